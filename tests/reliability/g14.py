"""G14: of several programs on one data folder one writes, and the next start after a kill has it at once."""

import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cbr_desktop.domain.profile import ProxyMode
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.storage.values import profile

from .finding import Finding
from .ground import Ground, Home, cbr_desktop, program, run

RACES, RACERS, KILLS, WINDOWS = 100, 4, 100, 5
_LIMIT_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0


def measure(ground: Ground) -> Iterator[Finding]:
    """Let programs race for a data folder, then kill the one that has it again and again, and start windows."""
    home = ground.home()
    writers = [_race(home) for _ in range(RACES)]
    wrong = [count for count in writers if count != 1]
    what = f"{RACES} races of {RACERS} starts for one data folder"
    yield Finding("G14", what, f"{RACES - len(wrong)} with one writer", f"{RACES}", not wrong)
    seconds = _starts_after_kills(home)
    late = sum(each > _LIMIT_SECONDS for each in seconds)
    figure = f"{max(seconds):.2f} s at the most, {late} later than {_LIMIT_SECONDS:.0f} s"
    what = f"{KILLS} times: from kill -9 of the writer to having the data folder, in a process that waits for that"
    yield Finding("G14", what, figure, f"{_LIMIT_SECONDS:.0f} s", not late and len(seconds) == KILLS)
    yield _windows(ground.home())


def _race(home: Home) -> int:
    """Start all at the same moment; return how many have the data folder while the others have been told no."""
    with _racers(home, RACERS) as racers:
        for racer in racers:
            _tell(racer, "go")
        said = [_line(racer) for racer in racers]
        assert set(said) <= {"writer", "in use"}, said
        return said.count("writer")


def _starts_after_kills(home: Home) -> list[float]:
    seconds = []
    with ExitStack() as stack:
        (before,) = stack.enter_context(_racers(home, 1))
        _tell(before, "go")
        assert _line(before) == "writer"
        for _ in range(KILLS):
            (after,) = stack.enter_context(_racers(home, 1))
            began = time.monotonic()
            before.kill()
            before.wait()
            _tell(after, "go")
            assert _line(after) == "writer"
            seconds.append(time.monotonic() - began)
            before = after
    return seconds


def _windows(home: Home) -> Finding:
    """Start the program itself, a second time beside it, and again after killing it."""
    here = home.places
    TomlProfiles(here.profiles_file).save(profile(proxy=ProxyMode.NONE))
    settings = JsonSettings(here.state / "screens.json")
    settings.put("window/offline", True)
    settings.close()
    raised, told = 0, []
    for _ in range(WINDOWS):
        with subprocess.Popen(
            cbr_desktop(), env=home.environment(), cwd=home.started_in, stderr=subprocess.PIPE, text=True
        ) as first:
            until = time.monotonic() + _PATIENCE_SECONDS
            while not here.door_file.is_socket() and first.poll() is None and time.monotonic() < until:
                select.select([], [], [], 0.01)
            second = run(cbr_desktop(), home)
            raised += second.code == 0 and "brought to the front" in second.out
            told.append(second.err)
            first.send_signal(signal.SIGKILL)
    print(*filter(None, told), sep="\n", file=sys.stderr)
    what = f"{WINDOWS} times the window, a second start beside it, and kill -9"
    return Finding("G14", what, f"{raised} times the first window came to the front", str(WINDOWS), raised == WINDOWS)


@contextmanager
def _racers(home: Home, count: int) -> Iterator[list["subprocess.Popen[str]"]]:
    """Lend processes that have everything imported and wait for the word."""
    racers: list[subprocess.Popen[str]] = []
    try:
        for _ in range(count):
            racers.append(_racer(home))
        for racer in racers:
            assert _line(racer) == "ready", racer.communicate()[1][-500:]
        yield racers
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()


def _racer(home: Home) -> "subprocess.Popen[str]":
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        program("writer"), env=home.environment(), cwd=home.started_in, text=True, **pipes
    )


def _tell(racer: "subprocess.Popen[str]", word: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(f"{word}\n")
    racer.stdin.flush()


def _line(racer: "subprocess.Popen[str]") -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()
