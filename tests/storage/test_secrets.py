"""Passwords: where they come from, and that only a proper store gets them."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.profile import Profile, ProxyMode, Way
from cbr_desktop.domain.secret import SecretKind, SecretPlace, StoreProblem
from cbr_desktop.storage.secrets import Secrets, Store, allowed_store, system_store
from tests.storage.values import profile

Answer = TypeVar("Answer")

SERVICE = "cbr-desktop https://iam.example:443"
USER = "OTC-1\\operator at https://cbr.example:443"


class MemoryStore:
    """A store in memory; ``faults`` maps the name of a call to the error that it raises."""

    def __init__(self, **faults: Exception) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.faults = faults
        self.threads: set[str] = set()

    def get_password(self, service: str, username: str) -> str | None:
        self._call("get")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._call("set")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._call("delete")
        del self.kept[service, username]

    def _call(self, name: str) -> None:
        self.threads.add(threading.current_thread().name)
        if name in self.faults:
            raise self.faults[name]


class NullStore(MemoryStore):
    """Takes everything, keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class TidyStore(MemoryStore):
    """Changes what it is given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password.strip()


class ChainerBackend:
    """A chain of stores."""

    __module__ = "keyring.backends.chainer"

    def __init__(self, *backends: object) -> None:
        self.backends = backends


ALLOWED = tuple(f"{kind.__module__}.{kind.__qualname__}" for kind in (MemoryStore, NullStore, TidyStore))


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(work)


def secrets(store: Any = None, environ: dict[str, str] | None = None, **options: Any) -> Secrets:
    find: Callable[[], Store | None] = store if callable(store) else lambda: store
    return Secrets(environ or {}, find, **({"allowed": ALLOWED, "limit": None} | options))


def test_a_password_is_there_after_a_restart() -> None:
    store = MemoryStore()
    assert run(secrets(store).keep(profile(), SecretKind.PASSWORD, "käse"))
    assert store.kept == {(SERVICE, USER): "käse"}
    assert run(secrets(store).get(profile(), SecretKind.PASSWORD)) == "käse"


def test_what_was_typed_comes_before_the_environment_and_that_before_the_store() -> None:
    store = MemoryStore()
    run(secrets(store).keep(profile(), SecretKind.PASSWORD, "kept"))
    given = secrets(store, {"CBR_DESKTOP_PASSWORD": " given "})
    assert run(given.get(profile(), SecretKind.PASSWORD)) == " given "
    # it was refused, or nobody would have been asked
    given.remember(profile(), SecretKind.PASSWORD, "typed")
    assert run(given.get(profile(), SecretKind.PASSWORD)) == "typed"


@pytest.mark.parametrize("kind", list(SecretKind))
def test_a_server_gives_any_secret_by_a_variable(kind: SecretKind) -> None:
    variable = f"CBR_DESKTOP_{kind.value.replace('-', '_').upper()}"
    found = secrets(None, {variable: "given\n"})
    is_password = kind in (SecretKind.PASSWORD, SecretKind.PROXY_PASSWORD)
    assert run(found.get(profile(), kind)) == ("given\n" if is_password else "given")
    assert [other for other in SecretKind if other is not kind and run(found.get(profile(), other))] == []


def test_a_passcode_is_given_out_once_to_each_profile() -> None:
    found = secrets(None, {"CBR_DESKTOP_PASSCODE": "111111"})
    found.remember(profile(), SecretKind.PASSCODE, " 222 222 ")
    given = [run(found.get(profile(), SecretKind.PASSCODE)) for _ in range(3)]
    assert given == ["222222", "111111", None]
    assert run(found.get(profile(name="other"), SecretKind.PASSCODE)) == "111111"


@pytest.mark.parametrize("kind", [SecretKind.SECRET_KEY, SecretKind.TOKEN, SecretKind.SECURITY_TOKEN])
def test_white_space_that_was_pasted_along_is_left_out(kind: SecretKind) -> None:
    store = MemoryStore()
    found = secrets(store)
    run(found.keep(profile(), kind, "  abc\r\n def\t"))
    assert run(found.get(profile(), kind)) == "abcdef"
    assert set(store.kept.values()) == ({"abcdef"} if kind is SecretKind.SECRET_KEY else set())


def test_without_a_store_a_password_lasts_for_the_session() -> None:
    found = secrets(None)
    assert run(found.get(profile(), SecretKind.PASSWORD)) is None
    assert not run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    assert run(found.get(profile(), SecretKind.PASSWORD)) == "x"
    assert found.problem == StoreProblem.NO_STORE
    run(found.forget(profile()))
    assert run(found.get(profile(), SecretKind.PASSWORD)) is None


@pytest.mark.parametrize(
    "edited",
    [
        profile(iam_endpoint="https://evil.example"),
        profile(iam_endpoint="https://iam.example:8443"),
        profile(iam_endpoint="http://iam.example"),
        profile(cbr_endpoint="https://cbr.evil.example"),
        profile(cbr_endpoint="https://cbr.example:8443"),
        profile(user="other"),
        profile(domain="other"),
    ],
)
def test_a_password_is_bound_to_where_it_was_given_for(edited: Profile) -> None:
    found = secrets(MemoryStore())
    run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    assert run(found.get(edited, SecretKind.PASSWORD)) is None
    assert run(found.get(profile(name="renamed", iam_endpoint="https://iam.example:443"), SecretKind.PASSWORD)) == "x"


@pytest.mark.parametrize(
    "host",
    ["bucket.obs.eu-de.otc.t-systems.com", "cbr.eu-de.otc.t-systems.com:8443", "cbr.eu-de.otc.t-systems.com."],
)
def test_fault_94_a_host_that_only_looks_like_the_service_gets_no_kept_secret(host: str) -> None:
    iam = "https://iam.eu-de.otc.t-systems.com"
    true = profile(iam_endpoint=iam, cbr_endpoint="https://cbr.eu-de.otc.t-systems.com")
    found = secrets(MemoryStore())
    for kind in (SecretKind.PASSWORD, SecretKind.SECRET_KEY):
        assert run(found.keep(true, kind, "canary"))
        assert run(found.get(true, kind)) == "canary"
        assert run(found.get(replace(true, cbr_endpoint=f"https://{host}"), kind)) is None
        assert run(found.get(replace(true, iam_endpoint=f"https://{host}"), kind)) is None


def test_one_account_has_one_password_in_all_regions_of_a_public_cloud() -> None:
    one = profile(iam_endpoint="https://iam.myhuaweicloud.com", cbr_endpoint="https://cbr.cn-north-4.myhuaweicloud.com")
    found = secrets(MemoryStore())
    run(found.keep(one, SecretKind.PASSWORD, "x"))
    assert run(found.get(replace(one, cbr_endpoint="https://cbr.tr-west-1.myhuaweicloud.com"), SecretKind.PASSWORD))
    assert not run(found.get(replace(one, cbr_endpoint="https://cbr.evil.example"), SecretKind.PASSWORD))


def test_a_secret_key_is_bound_to_its_access_key_and_a_proxy_password_to_its_proxy() -> None:
    found = secrets(MemoryStore())
    keys = profile(way=Way.KEYS, access_key="AK1")
    run(found.keep(keys, SecretKind.SECRET_KEY, "sk"))
    assert run(found.get(replace(keys, name="renamed"), SecretKind.SECRET_KEY)) == "sk"
    assert run(found.get(replace(keys, access_key="AK2"), SecretKind.SECRET_KEY)) is None
    assert run(found.get(replace(keys, iam_endpoint="https://iam.evil.example"), SecretKind.SECRET_KEY)) is None
    proxied = profile(proxy=ProxyMode.MANUAL, proxy_url="http://proxy.example:3128", proxy_user="me")
    run(found.keep(proxied, SecretKind.PROXY_PASSWORD, "pp"))
    # the proxy is the same, wherever the profile leads
    assert run(found.get(replace(proxied, iam_endpoint="https://other.example"), SecretKind.PROXY_PASSWORD)) == "pp"
    for edited in ({"proxy_url": "http://evil.example:3128"}, {"proxy_url": "http://proxy.example:8080"}):
        assert run(found.get(replace(proxied, **edited), SecretKind.PROXY_PASSWORD)) is None
    assert run(found.get(replace(proxied, proxy_user="you"), SecretKind.PROXY_PASSWORD)) is None


def test_tokens_and_keys_that_are_pasted_stay_with_their_profile() -> None:
    found = secrets(MemoryStore())
    first, second = profile(name="first", way=Way.TEMPORARY_KEYS), profile(name="second", way=Way.TEMPORARY_KEYS)
    found.remember(first, SecretKind.SECRET_KEY, "sk")
    assert run(found.get(first, SecretKind.SECRET_KEY)) == "sk"
    assert run(found.get(second, SecretKind.SECRET_KEY)) is None


def test_forgetting_reaches_the_store() -> None:
    store = MemoryStore()
    found = secrets(store)
    run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    run(found.forget(profile()))
    run(found.forget(profile()))
    assert store.kept == {}
    assert run(found.get(profile(), SecretKind.PASSWORD)) is None


def test_what_is_in_memory_alone_is_not_told_to_be_stored() -> None:
    store = MemoryStore()
    found = secrets(store)
    found.remember(profile(), SecretKind.PASSWORD, "x")
    assert found.place_of(profile(), SecretKind.PASSWORD) is SecretPlace.MEMORY
    run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    assert found.place_of(profile(), SecretKind.PASSWORD) is SecretPlace.STORE
    assert found.place_of(profile(), SecretKind.TOKEN) is not SecretPlace.STORE


def test_fault_97_where_a_secret_is_can_be_told_without_asking_the_store() -> None:
    store = MemoryStore()
    asked: list[int] = []

    def find() -> MemoryStore:
        asked.append(1)
        return store

    found = Secrets({"CBR_DESKTOP_TOKEN": "t"}, find, allowed=ALLOWED)
    where = [found.place_of(profile(), kind) for kind in (SecretKind.PASSWORD, SecretKind.TOKEN, SecretKind.PASSCODE)]
    assert where == [SecretPlace.NOT_ASKED, SecretPlace.ENVIRONMENT, SecretPlace.NOWHERE]
    found.remember(profile(), SecretKind.PASSWORD, "x")
    assert found.place_of(profile(), SecretKind.PASSWORD) is SecretPlace.MEMORY
    assert asked == []
    run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    assert found.place_of(profile(), SecretKind.PASSWORD) is SecretPlace.STORE
    run(found.forget(profile()))
    assert found.place_of(profile(), SecretKind.PASSWORD) is SecretPlace.NOWHERE


@pytest.mark.parametrize("store", [NullStore(), TidyStore()])
def test_a_store_that_does_not_give_back_what_it_takes_is_not_trusted(store: MemoryStore) -> None:
    found = secrets(store)
    assert not run(found.keep(profile(), SecretKind.PASSWORD, " x "))
    assert store.kept == {}
    assert run(found.get(profile(), SecretKind.PASSWORD)) == " x "


@pytest.mark.parametrize("fault", ["get", "set"])
def test_a_store_that_fails_costs_the_session_nothing(fault: str) -> None:
    store = MemoryStore(**{fault: OSError(1783, "the secret x is too long")})
    store.kept[SERVICE, USER] = "old"
    found = secrets(store)
    assert not run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    assert found.problem is StoreProblem.TOO_LONG
    assert run(found.get(profile(), SecretKind.PASSWORD)) == "x"
    # the old one would be tried at the next start, and count against the account
    assert store.kept == {}


def test_a_password_too_long_for_the_store_is_not_cut() -> None:
    store = MemoryStore()
    store.kept[SERVICE, USER] = "old"
    found = secrets(store, limit=1280)
    assert run(found.keep(profile(), SecretKind.PASSWORD, "x" * 1280))
    assert not run(found.keep(profile(), SecretKind.PASSWORD, "\U0001f9c0" * 641))
    assert found.problem == StoreProblem.TOO_LONG
    assert store.kept == {}
    assert run(found.get(profile(), SecretKind.PASSWORD)) == "\U0001f9c0" * 641


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("KeyringLocked", StoreProblem.LOCKED),
        ("LockedException", StoreProblem.LOCKED),
        ("PromptDismissedException", StoreProblem.DENIED),
        ("PermissionError", StoreProblem.DENIED),
        ("NoKeyringError", StoreProblem.NO_STORE),
        ("InitError", StoreProblem.NO_STORE),
        ("SomethingElse", StoreProblem.FAILED),
    ],
)
def test_each_failure_of_a_store_has_its_word(kind: str, problem: StoreProblem) -> None:
    found = secrets(MemoryStore(get=type(kind, (Exception,), {})("the secret x")))
    assert run(found.get(profile(), SecretKind.PASSWORD)) is None
    assert found.problem is problem


def test_a_store_that_gives_back_something_else_has_its_word() -> None:
    found = secrets(NullStore())
    run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    assert found.problem is StoreProblem.NOT_GIVEN_BACK
    run(found.get(profile(user="other"), SecretKind.PASSWORD))
    assert found.problem is StoreProblem.NONE


def test_a_locked_store_that_waits_for_a_person_is_told_apart_from_one_that_hangs() -> None:
    release = threading.Event()

    class AskingStore(MemoryStore):
        def get_password(self, _service: str, _username: str) -> str | None:
            release.wait(30)
            return "unlocked"

    async def story() -> None:
        kinds = (f"{AskingStore.__module__}.{AskingStore.__qualname__}",)
        found = secrets(AskingStore(), is_locked=lambda _store: True, allowed=kinds, timeout=0.02)
        for _ in range(2):
            assert await found.get(profile(), SecretKind.PASSWORD) is None
            assert found.problem is StoreProblem.LOCKED
        release.set()
        assert found._stuck is not None
        found._stuck.join(30)
        assert await found.get(profile(), SecretKind.PASSWORD) == "unlocked"
        assert found.problem is StoreProblem.NONE

    run(story())


def test_a_store_that_is_not_on_the_list_gets_nothing() -> None:
    store = MemoryStore()
    store.kept[SERVICE, USER] = "planted"
    found = secrets(store, allowed=("keyring.backends.SecretService.Keyring",))
    assert run(found.get(profile(), SecretKind.PASSWORD)) is None
    assert not run(found.keep(profile(), SecretKind.PASSWORD, "x"))
    assert store.threads == set()


def test_of_a_chain_only_an_allowed_link_is_used() -> None:
    store = MemoryStore()
    assert allowed_store(ChainerBackend(object(), store), ALLOWED) is store
    assert allowed_store(ChainerBackend(object()), ALLOWED) is None
    assert allowed_store(ChainerBackend(), ALLOWED) is None
    assert allowed_store(None, ALLOWED) is None


@pytest.mark.parametrize(
    "wish", ["", "evil.Keyring", "keyring.backends.null.Keyring", "keyrings.alt.file.PlaintextKeyring"]
)
def test_a_store_that_the_environment_names_is_not_loaded(wish: str) -> None:
    assert system_store({"PYTHON_KEYRING_BACKEND": wish}) is None


def test_a_store_that_hangs_keeps_nobody_waiting() -> None:
    release = threading.Event()
    asked = []

    def hang() -> None:
        asked.append(1)
        release.wait(30)

    async def story() -> None:
        found = secrets(hang, timeout=0.02)
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.get_running_loop().create_task(count())
        assert await found.get(profile(), SecretKind.PASSWORD) is None
        counting.cancel()
        assert turns > 10
        assert found.problem == StoreProblem.NO_ANSWER
        assert not await found.keep(profile(), SecretKind.PASSWORD, "x")
        assert await found.get(profile(), SecretKind.PASSWORD) == "x"
        assert asked == [1]
        release.set()

    run(story())


def test_the_store_is_asked_off_the_loops_thread() -> None:
    store = MemoryStore()
    run(secrets(store).keep(profile(), SecretKind.PASSWORD, "x"))
    assert store.threads == {"secrets"}


def test_nothing_shows_a_password() -> None:
    found = secrets(MemoryStore(), {"CBR_DESKTOP_PASSWORD": "canary"})
    run(found.keep(profile(), SecretKind.PASSWORD, "canary"))
    assert "canary" not in f"{found!r} {found} {found.problem}"
