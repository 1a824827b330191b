"""What a second start may ask of the program that is running on the same data: its window, or a look at a file.

::

    second start ── "raise" or "open" and a path ──> first      a socket (on Windows a pipe) of this user alone
    second start <───────── "yes" or "no" ────────── first      anything else is "no", and the end of the connection

Nothing can be sent, changed or read through here. Who writes into the data folder is decided by its lock alone.

``QLocalServer`` is not used for it (Qt 6.11 on Linux, measured). It puts its socket in the place of whatever has the
name, a person's file too; it does not tell who calls, and lets in more callers than it is told to keep waiting: all of
these checks would stay here. Its module is 20 to 40 ms and 3 MB of memory at each start, and 5 MB more in a package,
with a library for Kerberos that nothing else here needs.
"""

import asyncio
import json
import os
import secrets
import socket
import stat
import struct
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from cbr_desktop.storage.files import PRIVATE_FILE, write_whole
from cbr_desktop.text.errors import raised_sentence

PATIENCE_SECONDS = 2.0
"""How long a second start waits for the answer, and how long the first listens to one that does not finish."""
MESSAGE_BYTES = 32 * 1024
"""The longest message: a path as long as any can be, every character of it escaped."""

_CALLERS = 8
_PATH_LIMIT = 4096
_RAISE, _OPEN = b"raise", b"open "
_YES, _NO = b"yes\n", b"no\n"
_LOOK_SECONDS = 0.05

Result = TypeVar("Result")


class Activation(NamedTuple):
    """What was asked for: the window, and ``path`` for review unless it is ``None``."""

    path: Path | None = None


def message(activation: Activation) -> bytes:
    """Return what is asked for as the line that is sent."""
    if activation.path is None:
        return _RAISE + b"\n"
    return _OPEN + json.dumps(str(activation.path.absolute())).encode("ascii") + b"\n"


def understood(line: bytes) -> Activation | None:
    """Return what a line, without its end, asks for, or ``None`` when it is neither of the two that can be."""
    if line == _RAISE:
        return Activation()
    if not line.startswith(_OPEN):
        return None
    try:
        text = json.loads(line.removeprefix(_OPEN))
    except (ValueError, RecursionError):
        return None
    if not isinstance(text, str) or "\0" in text or len(text) > _PATH_LIMIT or not Path(text).is_absolute():
        return None
    return Activation(Path(text))


# the one that asks


def activate(
    path: Path, activation: Activation, seconds: float = PATIENCE_SECONDS, *, wait: bool = False
) -> bool | None:
    """Ask the program behind a socket; tell whether it did that, or ``None`` where none listens.

    ``False`` also comes, after ``seconds``, from one that does not answer. With ``wait`` a program that has only just
    started is given as long to begin listening.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = _asked(path, message(activation), max(0.1, deadline - time.monotonic()))
        if answer is not None or not wait or time.monotonic() > deadline:
            return answer
        threading.Event().wait(_LOOK_SECONDS)


def _asked(path: Path, line: bytes, seconds: float) -> bool | None:
    if sys.platform == "win32":
        return _asked_pipe(path, line, seconds)
    deadline = time.monotonic() + seconds
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(seconds)
        try:
            caller.connect(os.fspath(path))
        except TimeoutError:
            return False
        except OSError:
            return None
        answer = b""
        with suppress(OSError):
            caller.sendall(line)
            while part := caller.recv(len(_YES)):
                answer += part
                caller.settimeout(max(0.01, deadline - time.monotonic()))
        return answer == _YES


def _asked_pipe(path: Path, line: bytes, seconds: float) -> bool | None:
    answers: list[bytes] = []

    def ask() -> None:
        with suppress(OSError, ValueError), Path(path.read_text("ascii")).open("r+b", buffering=0) as pipe:
            answers.append(b"")
            pipe.write(line)
            answers.append(pipe.read(len(_YES)))

    # a pipe has no time limit of its own, and a thread that still waits ends with the process
    caller = threading.Thread(target=ask, daemon=True)
    caller.start()
    caller.join(seconds)
    return answers[-1] == _YES if answers else None


# the one that is asked


class SingleInstance(QObject):
    """Listens at the socket of the data folder, whose lock must be held, and brings the window to the front.

    Signals:
        review_requested: the ``Path`` of a file that should be opened for review; nothing has looked at it yet.
    """

    review_requested = Signal(object)

    def __init__(self, window: QWidget, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._path = path
        self._callers = 0
        self._close: Callable[[], None] | None = None

    async def attend(self, life: Coroutine[Any, Any, Result]) -> Result:
        """Listen for as long as ``main_loop`` lasts. Where that is not possible, a second start says that one runs."""
        with suppress(OSError, NotImplementedError):
            await self._listen()
        try:
            return await life
        finally:
            self.close()

    def close(self) -> None:
        """Listen no longer."""
        if self._close is not None:
            self._close()
            self._close = None
            with suppress(OSError):
                self._path.unlink()

    def answer(self, line: bytes) -> bytes:
        """Do what a line asks for, and return what is answered to it."""
        activation = understood(line)
        # on its way out a window is hidden, and does not come back
        if activation is None or not self._window.isVisible():
            return _NO
        self._raise()
        if activation.path is not None:
            self.review_requested.emit(activation.path)
        return _YES

    async def _listen(self) -> None:
        loop: Any = asyncio.get_running_loop()
        if sys.platform == "win32":
            # the name of a pipe is for all to see, and could be taken by another before us: only we know this one
            name = rf"\\.\pipe\cbr-desktop-{secrets.token_hex(16)}"
            (server,) = await loop.start_serving_pipe(self._caller, name)
            write_whole(self._path, name.encode("ascii"))
        else:
            server = await loop.create_unix_server(self._caller, sock=_bound(self._path))
        self._close = server.close

    def _caller(self) -> asyncio.Protocol:
        return _Caller(self)

    def _raise(self) -> None:
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)

    def admitted(self) -> bool:
        """Count one caller more, unless there are too many."""
        self._callers += 1
        return self._callers <= _CALLERS

    def gone(self) -> None:
        """Count one caller less."""
        self._callers -= 1


class _Caller(asyncio.Protocol):
    """One connection: a line, an answer, and the end; a line that is too long or too slow is not waited for."""

    def __init__(self, single_instance: SingleInstance) -> None:
        self._single_instance = single_instance
        self._said = bytearray()
        self._transport: Any = None
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        if not self._single_instance.admitted() or not _is_ours(transport):
            transport.abort()  # type: ignore[attr-defined]
            return
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, transport.abort)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        self._said += data
        line, end, rest = bytes(self._said).partition(b"\n")
        if len(self._said) > MESSAGE_BYTES or rest:
            self._transport.abort()
        elif end:
            self._transport.write(self._single_instance.answer(line))
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        self._single_instance.gone()
        if self._timer is not None:
            self._timer.cancel()


def _bound(path: Path) -> socket.socket:
    """Return a socket of this user alone that has the name ``path``; no connection is taken before it listens."""
    with suppress(FileNotFoundError):
        # left by a program that was killed: ours is the lock now
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(os.fspath(path))
        path.chmod(PRIVATE_FILE)
    except OSError:
        listener.close()
        raise
    return listener


def _is_ours(transport: asyncio.BaseTransport) -> bool:
    """Tell whether the caller is a program of this user, where the system says so."""
    caller = transport.get_extra_info("socket")
    option = getattr(socket, "SO_PEERCRED", None)
    if caller is None or option is None:
        return True
    _, user, _ = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return bool(user == os.geteuid())


def say_raised() -> None:
    """Say where there is a terminal that the running window is the one to look at."""
    if sys.stdout is not None:
        sys.stdout.write(raised_sentence() + "\n")
