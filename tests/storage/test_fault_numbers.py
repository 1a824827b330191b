"""Faults of the catalogue that are about secrets and where they go, by number: 71 to 74."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.sign_in import Secret, login_of
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.profile import Profile, ProxyMode, Way
from cbr_desktop.domain.secret import SecretKind, StoreProblem
from cbr_desktop.domain.source import RemarkKind
from cbr_desktop.runtime import Leaving
from cbr_desktop.runtime import run as run_with_qt
from cbr_desktop.storage.secrets import TIMEOUT_SECONDS, WINDOWS_LIMIT, Secrets, Store, settled
from cbr_desktop.storage.sources import SourceFolders
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.text.identity import store_sentence
from tests.cloud.faults import FaultServer, answering, response, serving
from tests.cloud.values import Clock
from tests.storage.values import profile

ROOT = Path(__file__).parents[2]
CANARY = "canary-7Hq2"
Answer = TypeVar("Answer")


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(work)


def secret_of(secrets: Secrets, asked_for: Profile) -> Secret:
    """Return what gives the secrets of a profile, as a login asks for them."""

    async def secret(kind: SecretKind) -> str:
        found = await secrets.get(asked_for, kind)
        if not found:
            raise SecretMissing(asked_for.name, kind)
        return found

    return secret


async def open_list(secrets: Secrets, asked_for: Profile) -> None:
    """Ask for the vaults of a profile with the secrets that there are."""
    login = login_of(asked_for, secret_of(secrets, asked_for))
    cloud = CbrCloud(asked_for, login, Network(asked_for), Clock(), lambda _connection: None)
    try:
        await cloud.vaults()
    finally:
        await cloud.aclose()


class MemoryStore:
    """A store in memory, which counts what it is asked to take."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.taken = 0

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.taken += 1
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def kept_in(store: Store, **options: Any) -> Secrets:
    kind = type(store)
    return Secrets(
        {}, lambda: store, **({"allowed": (f"{kind.__module__}.{kind.__qualname__}",), "limit": None} | options)
    )


# 71: a profile from outside


def exported(folder: Path, text: str) -> Path:
    path = folder / "from-a-colleague.toml"
    path.write_text(text, encoding="utf-8")
    return path


EVIL = """\
[[profile]]
name = "Production"
iam_endpoint = "{iam}"
cbr_endpoint = "{cbr}"
project = "p"
user = "operator"
domain = "OTC-1"
"""


def test_fault_71_an_imported_profile_with_plain_http_is_refused_and_an_unknown_host_named(tmp_path: Path) -> None:
    found = SourceFolders({}, tmp_path, tmp_path, tmp_path)
    plain = EVIL.format(iam="https://iam.eu-de.otc.t-systems.com", cbr="http://cbr.evil.example")
    source = found.look_into(exported(tmp_path, plain))
    assert source.profiles == ()
    assert [remark.kind for remark in source.remarks] == [RemarkKind.UNUSABLE]
    unknown = EVIL.format(iam="https://iam.eu-de.otc.t-systems.com", cbr="https://cbr.evil.example")
    source = found.look_into(exported(tmp_path, unknown))
    assert [(remark.kind, remark.detail) for remark in source.remarks] == [
        (RemarkKind.ENDPOINT_UNKNOWN, "cbr.evil.example")
    ]
    # what looks like a public cloud and is none is no better
    for host in ("cbr.eu-de.otc.t-systems.com.evil.example", "myhuaweicloud.com", "evilmyhuaweicloud.com"):
        source = found.look_into(exported(tmp_path, unknown.replace("cbr.evil.example", host)))
        assert [remark.detail for remark in source.remarks] == [host]


@pytest.mark.parametrize("way", [Way.PASSWORD, Way.KEYS, Way.AGENCY])
def test_fault_71_a_saved_secret_is_not_sent_to_another_host(tmp_path: Path, way: Way) -> None:
    own = profile(way=way, access_key="AK1" if way is Way.KEYS else "", agency="a", agency_domain="b")
    kind = SecretKind.SECRET_KEY if way is Way.KEYS else SecretKind.PASSWORD

    async def story(leads: str) -> FaultServer:
        secrets = kept_in(MemoryStore())
        assert await secrets.keep(own, kind, CANARY)
        async with serving(answering(response(b"{}"))) as evil:
            fields = {"iam_endpoint": evil.url, "cbr_endpoint": evil.url} if leads == "both" else {leads: evil.url}
            ours = TomlProfiles(tmp_path / "profiles.toml", SourceFolders({}, tmp_path, tmp_path, tmp_path))
            ours.save(replace(own, **fields))
            path = tmp_path / "exported.toml"
            ours.export(str(path), [own.name])
            (imported,) = ours.look_into(str(path)).profiles
            with pytest.raises(SecretMissing):
                await open_list(secrets, replace(imported, proxy=ProxyMode.NONE))
            # it is still there for the profile that it was given for
            assert await secrets.get(own, kind) == CANARY
            return evil

    for leads in ("iam_endpoint", "cbr_endpoint", "both"):
        evil = run(story(leads))
        assert (evil.connections, evil.requests) == (0, [])


# 72: a store that is of no use


def missing() -> Store | None:
    return None


def failing(name: str) -> Store:
    class Failing(MemoryStore):
        def get_password(self, _service: str, _username: str) -> str | None:
            raise type(name, (Exception,), {})(f"about {CANARY}")

        def set_password(self, _service: str, _username: str, password: str) -> None:
            raise type(name, (Exception,), {})(f"about {password}")

    return Failing()


@pytest.mark.parametrize(
    ("store", "problem"),
    [
        (None, StoreProblem.NO_STORE),
        (failing("NoKeyringError"), StoreProblem.NO_STORE),
        (failing("KeyringLocked"), StoreProblem.LOCKED),
        (failing("PromptDismissedException"), StoreProblem.DENIED),
    ],
)
def test_fault_72_without_a_store_nothing_is_sent_until_a_secret_is_given_and_it_lasts_for_the_session(
    store: Store | None, problem: StoreProblem
) -> None:
    async def story() -> None:
        secrets = Secrets({}, missing) if store is None else kept_in(store)
        async with serving(answering(response(b"{}", status=b"401 Unauthorized"))) as server:
            here = profile(iam_endpoint=server.url, cbr_endpoint=server.url, proxy=ProxyMode.NONE)
            with pytest.raises(SecretMissing):
                await open_list(secrets, here)
            assert server.connections == 0
            assert secrets.problem is problem
            assert not await secrets.keep(here, SecretKind.PASSWORD, CANARY)
            assert secrets.problem is problem
            assert await secrets.get(here, SecretKind.PASSWORD) == CANARY
        sentence = store_sentence(secrets.problem)
        assert "only in memory" in sentence
        assert CANARY not in sentence + repr(secrets)

    run(story())


def test_fault_72_a_store_that_hangs_for_a_minute_leaves_the_window_free(qapp: QApplication) -> None:
    assert TIMEOUT_SECONDS == 3.0
    release = threading.Event()

    class Hanging(MemoryStore):
        def get_password(self, _service: str, _username: str) -> str | None:
            release.wait(60)
            return "too late"

    async def main(_leaving: Leaving) -> int:
        ticks = 0

        def tick() -> None:
            nonlocal ticks
            ticks += 1

        timer = QTimer()
        timer.timeout.connect(tick)
        timer.start(1)
        secrets = kept_in(Hanging(), timeout=0.2)
        asked = [await secrets.get(profile(), SecretKind.PASSWORD)]
        during = ticks
        # from now on nobody waits at all
        asked += [await secrets.get(profile(), SecretKind.PASSWORD) for _ in range(100)]
        timer.stop()
        assert asked == [None] * 101
        assert secrets.problem is StoreProblem.NO_ANSWER
        secrets.remember(profile(), SecretKind.PASSWORD, "typed")
        assert await secrets.get(profile(), SecretKind.PASSWORD) == "typed"
        return during

    try:
        assert run_with_qt(qapp, main) > 20
    finally:
        release.set()


# 73: stores that only look like one


PLANTED = """
from pathlib import Path
import os

Path(os.environ["WITNESS"]).write_text("imported")

class PlaintextKeyring:
    priority = 9
    viable = True
    def get_password(self, service, username): return "planted"
    def set_password(self, service, username, password): Path(os.environ["WITNESS"]).write_text(password)
    def delete_password(self, service, username): pass

Keyring = PlaintextKeyring
"""
ASKING = f"""
import asyncio
from cbr_desktop.domain.secret import SecretKind, SecretPlace
from cbr_desktop.storage.secrets import Secrets
from tests.storage.values import profile

async def story():
    secrets = Secrets()
    kept = await secrets.keep(profile(), SecretKind.PASSWORD, "{CANARY}")
    stored = secrets.place_of(profile(), SecretKind.PASSWORD) is SecretPlace.STORE
    print(kept, stored, await secrets.get(profile(), SecretKind.PASSWORD) == "{CANARY}", secrets.problem)

asyncio.run(story())
"""


@pytest.mark.parametrize(
    "wish",
    [
        None,
        "evil.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
    ],
)
def test_fault_73_a_store_that_is_not_on_the_list_is_not_even_imported(tmp_path: Path, wish: str | None) -> None:
    planted = tmp_path / "planted"
    for name in ("evil.py", "keyrings/alt/file.py", "keyring_plant/__init__.py"):
        (planted / name).parent.mkdir(parents=True, exist_ok=True)
        (planted / name).write_text(PLANTED, encoding="utf-8")
    entry = planted / "keyring_plant-1.0.dist-info" / "entry_points.txt"
    entry.parent.mkdir()
    entry.write_text("[keyring.backends]\nplant = keyring_plant\nalt = keyrings.alt.file\n", encoding="utf-8")
    (entry.parent / "METADATA").write_text("Metadata-Version: 2.1\nName: keyring-plant\nVersion: 1.0\n", "utf-8")
    settings = tmp_path / "home" / ".config" / "python_keyring" / "keyringrc.cfg"
    settings.parent.mkdir(parents=True)
    settings.write_text("[backend]\ndefault-keyring = keyrings.alt.file.PlaintextKeyring\n", encoding="utf-8")
    observer = tmp_path / "witness"
    # there is no bus, and so no store of the system
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS", "XDG", "KDE"))}
    environment |= {"HOME": str(tmp_path / "home"), "XDG_RUNTIME_DIR": str(tmp_path / "nowhere")}
    environment |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{planted}", "WITNESS": str(observer)}
    environment |= {} if wish is None else {"PYTHON_KEYRING_BACKEND": wish}
    if sys.platform == "linux":
        environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={tmp_path / 'nowhere' / 'bus'}"
    elif wish is None:
        pytest.skip("a Windows or a Mac has a store of its own")
    ended = subprocess.run(
        [sys.executable, "-c", ASKING], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert (ended.stdout, ended.stderr) == ("False False True no-store\n", "")
    assert not observer.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_fault_73_what_a_store_does_not_give_back_was_not_kept() -> None:
    class Null(MemoryStore):
        def set_password(self, _service: str, _username: str, _password: str) -> None:
            self.taken += 1

    async def story() -> None:
        store = Null()
        secrets = kept_in(store)
        assert not await secrets.keep(profile(), SecretKind.PASSWORD, CANARY)
        assert (store.taken, secrets.problem) == (1, StoreProblem.NOT_GIVEN_BACK)
        assert "does not give back" in store_sentence(secrets.problem)

    run(story())


# 74: the store of Windows


class WinVaultKeyring(MemoryStore):
    """The store of Windows: it has room for 2,560 bytes, and its things roam unless told otherwise."""

    __module__ = "keyring.backends.Windows"
    persist = "enterprise"

    def set_password(self, service: str, username: str, password: str) -> None:
        self.taken += 1
        if len(password.encode("utf-16-le")) > 2560:
            error = OSError("(1783, 'CredWrite', 'The stub received bad data')")
            error.winerror = 1783  # type: ignore[attr-defined,unused-ignore]
            raise error
        self.kept[service, username] = password


@pytest.mark.parametrize("secret", ["x" * 1281, "\U0001f9c0" * 641, "ä" * 1281])
@pytest.mark.parametrize("limit", [WINDOWS_LIMIT, None])
def test_fault_74_a_secret_too_long_for_windows_is_told_of_and_nothing_is_cut_off(
    secret: str, limit: int | None
) -> None:
    async def story() -> None:
        store = WinVaultKeyring()
        secrets = kept_in(store, limit=limit)
        assert await secrets.keep(profile(), SecretKind.PASSWORD, "x" * 1280)
        assert secrets.is_too_long(secret) is (limit is not None)
        assert not await secrets.keep(profile(), SecretKind.PASSWORD, secret)
        assert secrets.problem is StoreProblem.TOO_LONG
        assert "no room for a secret of this length" in store_sentence(secrets.problem)
        # known beforehand, the store is not even asked; and the shorter one is not left to be tried in its place
        assert store.taken == (1 if limit is not None else 2)
        assert store.kept == {}
        assert await secrets.get(profile(), SecretKind.PASSWORD) == secret

    run(story())


def test_fault_74_what_is_kept_stays_on_this_machine() -> None:
    assert settled(WinVaultKeyring()).persist == "local machine"
    assert not hasattr(settled(MemoryStore()), "persist")
