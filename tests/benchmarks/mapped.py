"""An X server of its own, and how long a program takes until its first window is on it."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

X_PROGRAMS = ("Xvfb", "xev")
_ROOT = Path(__file__).parents[2]
_SETTLE_SECONDS = 0.5
_PATIENCE_SECONDS = 10


@contextmanager
def x_server() -> Iterator[str]:
    """Start an X server at a free number, and end it again."""
    told, telling = os.pipe()
    command = ["Xvfb", "-displayfd", str(telling), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=[telling], stderr=subprocess.DEVNULL) as server:
        os.close(telling)
        try:
            with os.fdopen(told) as lines:
                yield f":{lines.readline().strip()}"
        finally:
            server.terminate()


def until_mapped(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Start a program, and end it again; return the milliseconds until its first window was on the screen."""
    watch = subprocess.Popen(
        ["xev", "-root", "-event", "substructure"], stdout=subprocess.PIPE, text=True, env=environment
    )
    _stay(watch)
    began = time.perf_counter()
    program = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=_ROOT
    )
    try:
        for line in watch.stdout or ():
            if line.startswith("MapNotify"):
                return 1000 * (time.perf_counter() - began)
        raise RuntimeError("the watch of the screen ended before there was a window")
    finally:
        # what starts behind the first paint is over before the next one is measured
        _stay(program)
        for each in (program, watch):
            each.terminate()
            with suppress(subprocess.TimeoutExpired):
                each.wait(_PATIENCE_SECONDS)
            if each.poll() is None:
                each.kill()
                each.wait()
        if watch.stdout is not None:
            watch.stdout.close()


def _stay(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Let a process live for a while."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SETTLE_SECONDS)
