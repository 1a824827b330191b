"""Processes for tests, forked from one that has imported the whole program: that is most of what a start costs.

A process has its own environment, folder, user, files and signals, and ends as any other does: by itself, by a signal,
by a power cut. Only its modules were read before it began; what importing does is for tests that start Python anew.
``python -m tests.programs`` is the process that the others are forked from. Without ``fork`` every one is a new start.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL
_MESSAGE_BYTES = 1 << 18
_PROGRAM = "cbr_desktop"
_LATE = (
    *("asyncio", "anyio._backends._asyncio", "concurrent.futures.thread", "encodings.idna", "sqlite3", "logging"),
    *("PySide6.QtWidgets", "PySide6.QtSvg", "qasync", "httpx", "keyring", "tomlkit", "platformdirs", "filelock"),
    *("truststore", "uvicorn", "uvicorn.loops.asyncio", "uvicorn.protocols.http.h11_impl", "uvicorn.lifespan.on"),
)
"""Modules of others that the program imports only when it needs them."""


def start(
    *arguments: str,
    script: str = "",
    environ: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    user: int | None = None,
    stdin: int = DEVNULL,
) -> "Child | subprocess.Popen[str]":
    """Start the program, or a ``script`` of Python, with arguments; both its outputs are pipes of text.

    ``environ`` is its whole environment, ``user`` whom root starts it as, ``stdin`` a file or one of ``subprocess``.
    """
    variables = dict(os.environ if environ is None else environ) | {"PYTHONPATH": str(ROOT)}
    if not hasattr(os, "fork"):
        command = [sys.executable, *([script] if script else ["-m", _PROGRAM]), *arguments]
        pipes: dict[str, Any] = {"stdin": stdin, "stdout": PIPE, "stderr": PIPE}
        return subprocess.Popen(command, env=variables, cwd=folder, text=True, **pipes)
    wish = {"arguments": arguments, "script": script, "environ": variables, "folder": str(folder), "user": user}
    return Child(wish, stdin)


def run(*arguments: str, timeout: float = 50, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Start the same, and return how it ended and what it said."""
    with start(*arguments, **more) as child:
        out, err = child.communicate(timeout=timeout)
    return subprocess.CompletedProcess([_PROGRAM, *arguments], child.returncode, out, err)


class Child:
    """A forked process, as ``subprocess.Popen`` shows one."""

    def __init__(self, wish: dict[str, Any], stdin: int) -> None:
        ours: list[int] = []
        theirs: list[int] = []
        for _ in range(3):
            reading, writing = os.pipe()
            ours.append(reading)
            theirs.append(writing)
        self.stdin: IO[str] | None = None
        if stdin == PIPE:
            given, typing = os.pipe()
            self.stdin = os.fdopen(typing, "w", encoding="utf-8")
        else:
            given = os.open(os.devnull, os.O_RDONLY) if stdin == DEVNULL else os.dup(stdin)
        try:
            socket.send_fds(_parent(), [json.dumps(wish).encode()], [given, *theirs])
        finally:
            for file in (given, *theirs):
                os.close(file)
        self.stdout: IO[str] = os.fdopen(ours[0], encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(ours[1], encoding="utf-8")
        self._report = os.fdopen(ours[2], "rb", buffering=0)
        self.pid = int(self._told())
        self.returncode: int | None = None

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()
        self._close()

    def poll(self) -> int | None:
        """Return how it ended, if it has: its code, or a signal as a negative number."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(_PROGRAM, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end and return all that it said; one that takes too long is killed."""
        if self.stdin is not None:
            self.stdin.close()
        with ThreadPoolExecutor(2) as readers:
            outputs = [readers.submit(output.read) for output in (self.stdout, self.stderr)]
            if wait_for(outputs, timeout).not_done:
                self.kill()
                raise subprocess.TimeoutExpired(_PROGRAM, timeout or 0)
        self.wait(timeout)
        self._close()
        return outputs[0].result(), outputs[1].result()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._report], [], [], timeout)[0]:
            self.returncode = int(self._told())
        return self.returncode

    def _told(self) -> bytes:
        """Read a line of what is told of it, which is a number of few digits and comes at once."""
        line = b""
        while not line.endswith(b"\n"):
            line += self._report.read(1) or b"\n"
        return line

    def _close(self) -> None:
        for file in (self.stdin, self.stdout, self.stderr, self._report):
            if file is not None:
                file.close()


@functools.cache
def _parent() -> socket.socket:
    """Start the process that others are forked from; it ends with this one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.programs", str(there.fileno())]
        process = subprocess.Popen(command, env=environ, cwd=ROOT, pass_fds=[there.fileno()], stdin=DEVNULL)

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


# The process that the others are forked from


def _serve(link: socket.socket) -> None:
    """Fork a process for each wish; return in a process that is to be one."""
    _import_all()
    while True:
        message, files, _, _ = socket.recv_fds(link, _MESSAGE_BYTES, 4)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not message:
            os._exit(0)
        if os.fork() == 0:
            link.close()
            *streams, report = files
            if _is_the_child(streams, report):
                return _become(streams, **json.loads(message))
        for file in files:
            os.close(file)


def _import_all() -> None:
    for name in _LATE:
        importlib.import_module(name)
    package = importlib.import_module(_PROGRAM)
    for found in pkgutil.walk_packages(package.__path__, f"{_PROGRAM}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    gc.collect()
    gc.freeze()


def _is_the_child(streams: Sequence[int], report: int) -> bool:
    """Fork, and return in the child; the other one tells its number and how it ended, and ends."""
    child = os.fork()
    if child == 0:
        os.close(report)
        return True
    for stream in streams:
        os.close(stream)
    os.write(report, b"%d\n" % child)
    _, status = os.waitpid(child, 0)
    os.write(report, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(
    files: Sequence[int], arguments: Sequence[str], script: str, environ: dict[str, str], folder: str, user: int | None
) -> None:
    """Be a process that has just been started."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(environ)
    if sys.platform != "win32":
        time.tzset()
        if user is not None:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
    os.chdir(folder)
    sys.argv = [script or _PROGRAM, *arguments]
    if script:
        runpy.run_path(script, run_name="__main__")
    else:
        runpy.run_module(_PROGRAM, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
