"""Secrets: from memory until the program ends, from the environment, or from the system's own store.

A token is never stored; it does not fit into the store of Windows, and it dies by itself. A secret belongs to the
scheme, host and port it was given for, so that a profile that was edited, or made by another to lead elsewhere,
finds none: the one of a login to the identity service, and to the backup service too where that is of no public cloud
(it is handed what the login brings), and a proxy's to the proxy.
"""

import asyncio
import importlib
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import is_public_cloud
from cbr_desktop.domain.secret import VARIABLES, SecretKind, SecretPlace, StoreProblem, is_storable, tidy

ALLOWED = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
)
"""The stores that encrypt; others write plain text, forget what they are given, or are planted."""

TIMEOUT_SECONDS = 3.0
WINDOWS_LIMIT = 1280
"""UTF-16 units that the store of Windows takes, which are 2,560 bytes."""

_CHAINER = "keyring.backends.chainer.ChainerBackend"
_CHOICE_VARIABLE = "PYTHON_KEYRING_BACKEND"
# what the stores raise; their modules exist where they do, and their texts may quote the secret
_PROBLEMS = {
    "KeyringLocked": StoreProblem.LOCKED,
    "LockedException": StoreProblem.LOCKED,
    "PromptDismissedException": StoreProblem.DENIED,
    "KeychainDenied": StoreProblem.DENIED,
    "PermissionError": StoreProblem.DENIED,
    "NoKeyringError": StoreProblem.NO_STORE,
    "InitError": StoreProblem.NO_STORE,
    "SecretServiceNotAvailableException": StoreProblem.NO_STORE,
}
# of Windows: RPC_X_BAD_STUB_DATA for a secret that is too long, ERROR_ACCESS_DENIED
_WINDOWS_PROBLEMS = {1783: StoreProblem.TOO_LONG, 5: StoreProblem.DENIED}

Answer = TypeVar("Answer")


class Store(Protocol):
    """What a back end of keyring can do."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a password, or ``None``."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a password."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Delete a password; an error when there is none."""
        ...


class _NoStore(Exception):
    """There is no store that may be used."""


class Secrets:
    """The secrets of all profiles. Nothing here raises or keeps the loop waiting for the store.

    ``find_store`` returns the system's store or ``None``, ``is_locked`` tells whether a store will ask a person before
    it answers; they run in a thread, as everything that speaks to the store. ``problem`` says why the store was of no
    use the last time.
    """

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        find_store: Callable[[], Store | None] | None = None,
        *,
        is_locked: Callable[[Store], bool] | None = None,
        allowed: tuple[str, ...] = ALLOWED,
        timeout: float = TIMEOUT_SECONDS,
        limit: int | None = WINDOWS_LIMIT if sys.platform == "win32" else None,
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self._find_store = find_store or (lambda: system_store(self._environ))
        self._is_locked = is_locked or is_locked_service
        self._allowed = allowed
        self._timeout = timeout
        self._limit = limit
        self._session: dict[tuple[str, str], str] = {}
        self._stored: dict[tuple[str, str], bool] = {}
        """What the store had of what it was asked for."""
        self._given_once: set[tuple[str, str]] = set()
        self._stuck: threading.Thread | None = None
        self._stuck_with = StoreProblem.NO_ANSWER
        self.problem = StoreProblem.NONE

    def __repr__(self) -> str:
        return "Secrets()"

    async def get(self, profile: Profile, kind: SecretKind) -> str | None:
        """Return a secret of a profile, or ``None`` when none was given.

        What was given in this session is newer than the environment, and that comes before the store. A passcode is
        given out once.
        """
        key = stored_under(profile, kind)
        if kind is SecretKind.PASSCODE:
            return self._session.pop(key, None) or self._passcode(key)
        given = self._session.get(key) or self._variable(kind)
        if given or not is_storable(profile, kind):
            return given
        found = await self._ask(lambda store: store.get_password(*key))
        self._note(key, bool(found))
        return found

    def place_of(self, profile: Profile, kind: SecretKind) -> SecretPlace:
        """Tell where a secret of a profile is, as far as that is known without asking the system's store.

        Asking it may open a window of the system that takes the keyboard from what is typed in.
        """
        key = stored_under(profile, kind)
        if self._stored.get(key):
            return SecretPlace.STORE
        if key in self._session:
            return SecretPlace.MEMORY
        if self._variable(kind):
            return SecretPlace.ENVIRONMENT
        is_known = key in self._stored or not is_storable(profile, kind)
        return SecretPlace.NOWHERE if is_known else SecretPlace.NOT_ASKED

    def is_too_long(self, secret: str) -> bool:
        """Tell whether the store of this system has no room for a secret; it could be held for the session alone."""
        return self._limit is not None and len(secret.encode("utf-16-le", "surrogatepass")) > 2 * self._limit

    async def keep(self, profile: Profile, kind: SecretKind, secret: str) -> bool:
        """Keep a secret; ``False`` when no store would take it, so that it is gone when the program ends."""
        self.remember(profile, kind, secret)
        if not is_storable(profile, kind):
            return False
        key, kept = stored_under(profile, kind), tidy(kind, secret)
        if self.is_too_long(kept):
            # an older one would be tried at the next start, and count against the account
            await self._ask(lambda store: _delete(store, key))
            self._note(key, False)
            self.problem = StoreProblem.TOO_LONG
            return False
        answer = await self._ask(lambda store: _put(store, key, kept))
        self._note(key, answer is True)
        if answer is False:
            self.problem = StoreProblem.NOT_GIVEN_BACK
        return answer is True

    def remember(self, profile: Profile, kind: SecretKind, secret: str) -> None:
        """Hold a secret until the program ends, and nowhere else."""
        self._session[stored_under(profile, kind)] = tidy(kind, secret)

    async def forget(self, profile: Profile, kind: SecretKind = SecretKind.PASSWORD) -> None:
        """Delete a secret of a profile, wherever it is."""
        key = stored_under(profile, kind)
        self._session.pop(key, None)
        if is_storable(profile, kind):
            await self._ask(lambda store: _delete(store, key))
            self._note(key, False)

    def _note(self, key: tuple[str, str], is_stored: bool) -> None:
        """Note what the store has said; one that did not answer has said nothing."""
        if self.problem is StoreProblem.NONE:
            self._stored[key] = is_stored
        else:
            self._stored.pop(key, None)

    def _variable(self, kind: SecretKind) -> str | None:
        value = self._environ.get(VARIABLES[kind])
        return tidy(kind, value) if value else None

    def _passcode(self, key: tuple[str, str]) -> str | None:
        """Return the passcode of the environment, to each profile once: a second time it would be refused."""
        if key in self._given_once:
            return None
        self._given_once.add(key)
        return self._variable(SecretKind.PASSCODE)

    async def _ask(self, question: Callable[[Store], Answer]) -> Answer | None:
        """Return the store's answer, ``None`` when there is no store, no answer in time, or an error."""
        waits_for = StoreProblem.NO_ANSWER

        def work() -> Answer | None:
            nonlocal waits_for
            store = allowed_store(self._find_store(), self._allowed)
            if store is None:
                raise _NoStore
            if self._is_locked(store):
                waits_for = StoreProblem.LOCKED
            return question(store)

        if self._stuck is not None and self._stuck.is_alive():
            self.problem = self._stuck_with
            return None
        try:
            answer = await self._in_thread(work)
        except TimeoutError:
            self.problem = self._stuck_with = waits_for
        except Exception as error:  # back ends raise what their system raises
            self.problem = _problem(error)
        else:
            self.problem = StoreProblem.NONE
            return answer
        return None

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        """Run ``work`` in a thread that may hang for ever without keeping the program from ending."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()

        def run() -> None:
            try:
                answer = work()
            except Exception as error:
                done: tuple[Callable[[Any], None], object] = (future.set_exception, error)
            else:
                done = (future.set_result, answer)
            with suppress(RuntimeError):  # the loop is closed by now
                loop.call_soon_threadsafe(lambda: None if future.done() else done[0](done[1]))

        # not the loop's executor, which waits for its threads when the program ends
        thread = threading.Thread(target=run, name="secrets", daemon=True)
        thread.start()
        try:
            async with asyncio.timeout(self._timeout):
                return await future
        except TimeoutError:
            self._stuck = thread
            raise


def system_store(environ: Mapping[str, str]) -> Store | None:
    """Return the first allowed store that this system has, or ``None``.

    keyring's own choice is not asked for: it loads whatever class the environment or a file in the home folder names.
    Where the environment names a store, that one is used if it is allowed, and none otherwise.
    """
    wish = environ.get(_CHOICE_VARIABLE)
    for name in ALLOWED if wish is None else (wish,):
        store = _load(name) if name in ALLOWED else None
        if store is not None:
            return store
    return None


def allowed_store(store: Any, allowed: tuple[str, ...]) -> Store | None:
    """Return ``store`` if its class is allowed; of a chain, the first allowed link."""
    links = getattr(store, "backends", ()) if _class_name(store) == _CHAINER else (store,)
    return next((link for link in links if _class_name(link) in allowed), None)


def _class_name(store: object) -> str:
    return f"{type(store).__module__}.{type(store).__qualname__}"


def _load(name: str) -> Store | None:
    module, _, class_name = name.rpartition(".")
    try:
        backend = getattr(importlib.import_module(module), class_name)
        if not backend.viable:
            return None
        store: Store = settled(backend())
    except Exception:  # an import or a look at the bus fails in every way there is
        return None
    return store


def settled(store: Any) -> Any:
    """Return a store set to keep things on this machine: that of Windows lets them travel with a roaming profile."""
    if _class_name(store) == "keyring.backends.Windows.WinVaultKeyring":
        store.persist = "local machine"
    return store


def is_locked_service(store: Store) -> bool:
    """Tell whether a store of the Secret Service is locked, without a question to unlock it."""
    if _class_name(store) != "keyring.backends.SecretService.Keyring":
        return False
    import secretstorage

    with suppress(Exception), closing(secretstorage.dbus_init()) as connection:
        return bool(secretstorage.get_default_collection(connection).is_locked())
    return False


def _problem(error: Exception) -> StoreProblem:
    if isinstance(error, _NoStore):
        return StoreProblem.NO_STORE
    codes = (getattr(error, "winerror", None), *error.args[:1])
    found = [problem for code, problem in _WINDOWS_PROBLEMS.items() if code in codes]
    found += [_PROBLEMS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _PROBLEMS]
    if "AccessDenied" in str(getattr(error, "name", "")):
        found.append(StoreProblem.DENIED)
    return found[0] if found else StoreProblem.FAILED


def stored_under(profile: Profile, kind: SecretKind) -> tuple[str, str]:
    """Return under which service and name a secret is kept: whose it is, and who may be shown it."""
    if kind is SecretKind.PROXY_PASSWORD:
        return f"cbr-desktop {_origin(profile.proxy_url)}", f"{kind} of {profile.proxy_user}"
    owner = f"{profile.domain}\\{profile.user}"
    name = owner if kind is SecretKind.PASSWORD else f"{kind} of {profile.access_key or owner}"
    if not is_storable(profile, kind):
        # two profiles that lead to one host may be used with tokens or keys of different accounts
        name = f"{kind} for {profile.name}"
    if not is_public_cloud(profile.cbr_endpoint):
        name += f" at {_origin(profile.cbr_endpoint)}"
    return f"cbr-desktop {_origin(profile.iam_endpoint)}", name


def _origin(address: str) -> str:
    parts = urlsplit(address)
    port = parts.port or {"https": 443, "http": 80, "socks5": 1080}.get(parts.scheme, 0)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def _put(store: Store, key: tuple[str, str], secret: str) -> bool:
    """Store a password and read it back. An older one must not outlive a failure: it would be tried, and count."""
    try:
        store.set_password(*key, secret)
        if store.get_password(*key) == secret:
            return True
    except Exception:
        _delete(store, key)
        raise
    _delete(store, key)
    return False


def _delete(store: Store, key: tuple[str, str]) -> None:
    with suppress(Exception):  # that there is none is an error to some stores
        store.delete_password(*key)
