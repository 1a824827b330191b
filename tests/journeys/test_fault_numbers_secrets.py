"""Fault 76 of the catalogue: whole sessions at the finest level of logging, by every way in, and no secret anywhere."""

import base64
import gc
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cbr_desktop.app.main_loop import Access, live
from cbr_desktop.app.session_pool import SessionPool, opened_sessions
from cbr_desktop.app.window import new_workspace
from cbr_desktop.cloud.network import Network
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.profile import Profile, ProxyMode, Way
from cbr_desktop.domain.secret import SecretKind, login_secrets
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.ui.shell.window import MainWindow
from tests.cloud import stage
from tests.cloud.faults import answering, response, serving
from tests.cloud.values import PROJECT
from tests.stage import StageClock

Until = Callable[..., Awaitable[None]]
CANARIES = {
    SecretKind.PASSWORD: 'CANARY-pä"ss/w+%rd',
    SecretKind.PASSCODE: "482913",
    SecretKind.TOKEN: "MIICANARY-pasted-token/+41",
    SecretKind.ACCESS_KEY: "CANARYTEMPORARY00001",
    SecretKind.SECRET_KEY: "CANARY-secret-key-77f0",
    SecretKind.SECURITY_TOKEN: "CANARY-security-token-77f0",
    SecretKind.PROXY_PASSWORD: "CANARY-proxy-password-77f0",
}
SHOWN = (SecretKind.PASSCODE, SecretKind.ACCESS_KEY)
"""Secrets of no worth by themselves, of which six digits may also be a part of any number."""
WAYS: dict[str, dict[str, object]] = {
    "password": {},
    "passcode": {"mfa": True, "user_id": "u-1"},
    "token": {"way": Way.TOKEN},
    "keys": {"way": Way.KEYS, "access_key": "AKIDPERMANENT0000001"},
    "temporary": {"way": Way.TEMPORARY_KEYS},
    "agency": {"way": Way.AGENCY, "agency": "backup", "agency_domain": "other"},
}
CHECKPOINT = "8b0851a8-adf3-4f4c-a914-dead08bf9664"
CREATED = json.dumps({"checkpoint": {"id": CHECKPOINT, "status": "protecting", "vault": {"id": "new-1"}}}).encode()


def forms(secret: str) -> Iterator[bytes]:
    """Yield how a secret might stand in a file."""
    data = secret.encode()
    yield data
    yield quote(data, safe="").encode()
    yield json.dumps(secret)[1:-1].encode()
    yield repr(secret)[1:-1].encode()
    for each in (data, secret.encode("utf-16-le")):
        for before in range(3):
            yield base64.b64encode(bytes(before) + each)[4:-4]
    yield secret.encode("utf-16-le")
    yield secret.encode("utf-16-be")


SECRETS = [CANARIES[kind] for kind in SecretKind if kind not in SHOWN] + [stage.TOKEN]
FORMS = [form for secret in SECRETS for form in forms(secret)]


def secrets_in(text: str | bytes) -> list[bytes]:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return [form for form in FORMS if form in data]


def reprs() -> Iterator[str]:
    """Yield what every object of the program that is in memory says of itself, fields of its classes included."""
    # also of those that the collector was told to leave alone, which it does not list
    gc.unfreeze()
    items = gc.get_objects()
    gc.freeze()
    for item in items:
        kind = type(item)
        if str(kind.__module__).startswith("cbr_desktop.") and not issubclass(kind, QObject):
            # of a window that was closed earlier, some who knew it may still be there
            with suppress(RuntimeError):
                yield f"{kind.__qualname__} {item!r} {item!s}"


def session(
    here: Places, profile: Profile, qapp: QApplication, qtbot: QtBot, until: Until, *, refused: bool
) -> list[str]:
    """Live through a session in a window; return all that could be seen of it besides the disk."""
    seen: list[str] = []
    secrets = Secrets({}, lambda: None)
    no = answering(response(b'{"error": {"code": 401, "message": "no"}}', status=b"401 Unauthorized"))
    created = answering(response(CREATED))
    good = {"checkpoints": created, CHECKPOINT: created}
    site = stage.Site({"tokens": no, "vaults": no} if refused else good)

    async def story(sessions: SessionPool, leaving: Leaving) -> None:
        session = sessions.of(workspace.contexts[0])
        session.refresh.ask()
        if refused:
            await until(lambda: session.ledger.connection.error is not None)
        else:
            await until(lambda: len(session.ledger.vaults) == 3)
            intent = session.outbox.submit(CheckpointDraft(vault_id=VaultId("new-1"), name="nightly"))
            await until(lambda: session.ledger.intents[intent.id].state is not IntentState.QUEUED)
            await until(lambda: session.ledger.intents[intent.id].state is not IntentState.SENDING)
        seen.extend(reprs())
        seen.append(window.windowTitle())
        seen.extend(each.windowTitle() for each in qapp.topLevelWidgets())
        seen.append(qapp.clipboard().text())
        leaving.ask()

    async def main(leaving: Leaving) -> None:
        async with serving(site, at_once=True) as server:
            leads = replace(profile, iam_endpoint=server.url, cbr_endpoint=server.url)
            for kind in (*login_secrets(leads), SecretKind.PROXY_PASSWORD):
                secrets.remember(leads, kind, CANARIES[kind])
            TomlProfiles(here.profiles_file).save(leads)
            workspace_of(leads)
            with opened_sessions(here, access[0].secret_of, lambda each: Network(each)) as sessions:
                workspace.serve(sessions.services(None))
                await live(sessions, window, access[0], leaving, story)

    access: list[Access] = []

    def workspace_of(leads: Profile) -> None:
        nonlocal workspace, window
        workspace = new_workspace(here, leads, (leads,), StageClock())  # type: ignore[arg-type]
        access.append(Access(workspace, log, secrets))
        window = MainWindow(workspace)
        qtbot.addWidget(window)
        window.show()

    workspace: object = None
    window: object = None
    with closing(Log(here.log_file, logging.DEBUG)) as log:
        logging.getLogger("asyncio").setLevel(logging.DEBUG)
        try:
            run(qapp, main)
        finally:
            logging.getLogger("asyncio").setLevel(logging.NOTSET)
    assert site.requests
    return seen


@pytest.mark.parametrize("refused", [False, True], ids=["let-in", "refused"])
@pytest.mark.parametrize("way", list(WAYS))
def test_fault_76_a_whole_session_leaves_no_secret_anywhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    qapp: QApplication,
    qtbot: QtBot,
    until: Until,
    way: str,
    refused: bool,
) -> None:
    here = places({"CBR_DESKTOP_HOME": str(tmp_path / "home")})
    here.make()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    profile = replace(
        Profile("Prod", "https://x", "https://x", PROJECT, "operator", "OTC-1", proxy=ProxyMode.NONE, read_only=False),
        **WAYS[way],  # type: ignore[arg-type]
    )
    seen = session(here, profile, qapp, qtbot, until, refused=refused)
    assert len(seen) > 20
    assert [text[:200] for text in seen if secrets_in(text)] == []
    log = here.log_file.read_text(encoding="utf-8")
    assert "POST" in log or "GET" in log
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 2
    assert [path.name for path in files if secrets_in(path.read_bytes())] == []
    assert [secrets_in(text) for text in capfd.readouterr()] == [[], []]
    if os.path.exists("/proc/self/cmdline"):  # noqa: PTH110
        assert secrets_in(Path("/proc/self/cmdline").read_bytes()) == []
