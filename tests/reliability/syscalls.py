"""Work in a process of its own in which one call into the system fails, or at which it dies."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_SECONDS = 20.0
CRASHED = 1
"""The exit code of work that ended by something that is no error of the program."""


class Hung(Exception):
    """The work did not come to an end."""


def is_possible() -> bool:
    """Whether this machine lets one process tamper with another's calls."""
    return shutil.which("strace") is not None


def ended(work: Callable[[], int], said: Path, call: str = "", how: str = "", number: int = 0) -> int:
    """Do ``work`` in a child and return its exit code, negative for a signal.

    Of the ``number``-th call of the name ``call`` comes ``how``: ``error=ENOSPC`` or ``signal=SIGKILL``. What the work
    said of a crash is in the file ``said``.
    """
    child = _stopped(work, said)
    with _traced(child, ["-e", f"trace={call}", "-e", f"inject={call}:{how}:when={number}"] if call else []):
        os.kill(child, signal.SIGCONT)
        return _code(child)


def counted(work: Callable[[], int], said: Path) -> tuple[int, dict[str, int]]:
    """Do ``work`` in a child; return its exit code and how often it made which call."""
    child = _stopped(work, said)
    log = said.with_suffix(".calls")
    with _traced(child, ["-e", "signal=none", "-o", str(log)]):
        os.kill(child, signal.SIGCONT)
        code = _code(child)
    found: dict[str, int] = {}
    for name in re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text("utf-8", "replace"), re.MULTILINE):
        found[name] = found.get(name, 0) + 1
    return code, found


def _stopped(work: Callable[[], int], said: Path) -> int:
    """Return a child that does ``work`` as soon as it is let go on."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        os.waitpid(child, os.WUNTRACED)
        return child
    code = CRASHED
    try:
        descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.kill(os.getpid(), signal.SIGSTOP)
        code = work()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


@contextmanager
def _traced(child: int, options: list[str]) -> Iterator[None]:
    """Watch a stopped child with strace for as long as the block lasts."""
    output = [] if "-o" in options else ["-o", os.devnull]
    command = ["strace", "-f", "-qq", *output, *options, "-p", str(child)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        try:
            until = time.monotonic() + _PATIENCE_SECONDS
            while not _is_traced(child):
                if tracer.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"strace: {tracer.communicate()[1]}")
                select.select([], [], [], 0.001)
            yield
        finally:
            try:
                tracer.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                tracer.kill()


def _is_traced(child: int) -> bool:
    found = re.search(r"^TracerPid:\s+(\d+)", Path(f"/proc/{child}/status").read_text(), re.MULTILINE)
    return found is not None and found[1] != "0"


def _code(child: int) -> int:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        ended_child, status = os.waitpid(child, os.WNOHANG)
        if ended_child:
            return os.waitstatus_to_exitcode(status)
        select.select([], [], [], 0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise Hung(f"process {child} did not end")
