"""Passwords: from the environment, from the system's own store, or from memory until the program ends.

A token is never stored; it does not fit into the store of Windows, and it dies by itself. A password belongs to the
scheme, host and port it was given for, so that an edited profile finds none.
"""

import asyncio
import importlib
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind, is_storable

VARIABLE = "CBR_DESKTOP_PASSWORD"
"""The password of whatever profile is used: for servers and for tests."""

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
"""UTF-16 units that the store of Windows takes."""

_CHAINER = "keyring.backends.chainer.ChainerBackend"
_CHOICE_VARIABLE = "PYTHON_KEYRING_BACKEND"

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


class Secrets:
    """The passwords of all profiles. Nothing here raises or keeps the loop waiting for the store.

    ``find_store`` returns the system's store or ``None``; it runs in a thread, as everything that speaks to the store.
    ``problem`` says why the store was of no use the last time, empty when it was.
    """

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        find_store: Callable[[], Store | None] | None = None,
        *,
        allowed: tuple[str, ...] = ALLOWED,
        timeout: float = TIMEOUT_SECONDS,
        limit: int | None = WINDOWS_LIMIT if sys.platform == "win32" else None,
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self._find_store = find_store or (lambda: system_store(self._environ))
        self._allowed = allowed
        self._timeout = timeout
        self._limit = limit
        self._session: dict[tuple[str, str], str] = {}
        self._stuck: threading.Thread | None = None
        self.problem = ""

    def __repr__(self) -> str:
        return "Secrets()"

    async def get(self, profile: Profile, kind: SecretKind) -> str | None:
        """Return a secret of a profile, or ``None`` when nobody has given one. A passcode is given out once."""
        key = _key(profile, kind)
        if kind is SecretKind.PASSCODE:
            return self._session.pop(key, None)
        given = self._environ.get(VARIABLE) if kind is SecretKind.PASSWORD else None
        given = given or self._session.get(key)
        if given or not is_storable(profile, kind):
            return given
        return await self._ask(lambda store: store.get_password(*key))

    async def is_stored(self, profile: Profile, kind: SecretKind) -> bool:
        """Tell whether the system's store has a secret of a profile; what is only in memory does not count."""
        key = _key(profile, kind)
        if not is_storable(profile, kind):
            return False
        return bool(await self._ask(lambda store: store.get_password(*key)))

    async def keep(self, profile: Profile, kind: SecretKind, secret: str) -> bool:
        """Keep a secret; ``False`` when no store would take it, so that it is gone when the program ends."""
        key = _key(profile, kind)
        self._session[key] = secret
        if not is_storable(profile, kind):
            return False
        if self._limit is not None and len(secret.encode("utf-16-le", "surrogatepass")) // 2 > self._limit:
            await self._ask(lambda store: _delete(store, key))
            self.problem = f"longer than {self._limit} characters"
            return False
        kept = await self._ask(lambda store: _put(store, key, secret))
        if kept is False:
            self.problem = "the store does not give back what it takes"
        return kept is True

    def remember(self, profile: Profile, kind: SecretKind, secret: str) -> None:
        """Hold a secret until the program ends, and nowhere else."""
        self._session[_key(profile, kind)] = secret

    async def forget(self, profile: Profile, kind: SecretKind = SecretKind.PASSWORD) -> None:
        """Delete a secret of a profile, wherever it is."""
        key = _key(profile, kind)
        self._session.pop(key, None)
        if is_storable(profile, kind):
            await self._ask(lambda store: _delete(store, key))

    async def _ask(self, question: Callable[[Store], Answer]) -> Answer | None:
        """Return the store's answer, ``None`` when there is no store, no answer in time, or an error."""

        def work() -> Answer | None:
            store = allowed_store(self._find_store(), self._allowed)
            if store is None:
                raise LookupError("no store that encrypts")
            return question(store)

        if self._stuck is not None and self._stuck.is_alive():
            self.problem = "no answer"
            return None
        try:
            answer = await self._in_thread(work)
        except TimeoutError:
            self.problem = "no answer"
        except LookupError as error:
            self.problem = str(error)
        except Exception as error:  # back ends raise what their system raises; its text may quote the secret
            self.problem = type(error).__name__
        else:
            self.problem = ""
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
        store: Store = backend()
        if class_name == "WinVaultKeyring":
            # the default lets the password travel with a roaming profile
            store.persist = "local machine"  # type: ignore[attr-defined]
    except Exception:  # an import or a look at the bus fails in every way there is
        return None
    return store


def _key(profile: Profile, kind: SecretKind) -> tuple[str, str]:
    parts = urlsplit(profile.iam_endpoint)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    owner = f"{profile.domain}\\{profile.user}"
    name = owner if kind is SecretKind.PASSWORD else f"{kind} of {profile.access_key or owner}"
    return f"cbr-desktop {parts.scheme}://{host}:{port}", name


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
