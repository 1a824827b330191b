"""G14: of several programs on one data folder one writes, and the next start after a kill has it at once."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cbr_desktop.app.single_instance import Activation, activate
from cbr_desktop.app.start import opened_data
from cbr_desktop.domain.error import InUse
from cbr_desktop.domain.profile import ProxyMode
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.storage.values import profile

from .finding import Finding
from .ground import Ground, Home, cbr_desktop, run

RACES, RACERS, KILLS, WINDOWS = 100, 4, 100, 5
_LIMIT_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0
_WRITER, _IN_USE = b"w", b"n"


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
    with _racers(home, RACERS) as (word, said, _):
        os.close(word)
        return sum(_answer(said) == _WRITER for _ in range(RACERS))


def _starts_after_kills(home: Home) -> list[float]:
    seconds = []
    with ExitStack() as stack:
        word, said, before = stack.enter_context(_racers(home, 1))
        os.close(word)
        assert _answer(said) == _WRITER
        for _ in range(KILLS):
            word, said, after = stack.enter_context(_racers(home, 1))
            began = time.monotonic()
            os.kill(before[0], signal.SIGKILL)
            os.waitpid(before[0], 0)
            os.close(word)
            assert _answer(said) == _WRITER
            seconds.append(time.monotonic() - began)
            before.clear()
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
            # the door that a killed one left is still there
            activate(here.socket_path, Activation(), _PATIENCE_SECONDS, wait=True)
            second = run(cbr_desktop(), home)
            raised += second.code == 0 and "brought to the front" in second.out
            told.append(second.err)
            first.send_signal(signal.SIGKILL)
    print(*filter(None, told), sep="\n", file=sys.stderr)
    what = f"{WINDOWS} times the window, a second start beside it, and kill -9"
    return Finding("G14", what, f"{raised} times the first window came to the front", str(WINDOWS), raised == WINDOWS)


@contextmanager
def _racers(home: Home, count: int) -> Iterator[tuple[int, int, list[int]]]:
    """Lend processes that wait for the word and then open the data folder, until they are killed.

    The word is that the first descriptor is closed; on the second one each of them answers with a byte.
    """
    waiting, word = os.pipe()
    said, answers = os.pipe()
    racers = [_racer(home, waiting, word, answers) for _ in range(count)]
    os.close(waiting)
    os.close(answers)
    try:
        yield word, said, racers
    finally:
        os.close(said)
        for racer in racers:
            os.kill(racer, signal.SIGKILL)
            os.waitpid(racer, 0)


def _racer(home: Home, waiting: int, word: int, answers: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        os.close(word)
        os.read(waiting, 1)
        with opened_data(home.places):
            os.write(answers, _WRITER)
            signal.pause()
    except InUse:
        os.write(answers, _IN_USE)
        signal.pause()
    finally:
        os._exit(1)


def _answer(said: int) -> bytes:
    """Return the next answer; ``AssertionError`` when somebody has died without one."""
    if not select.select([said], [], [], _PATIENCE_SECONDS)[0]:
        raise AssertionError("no answer")
    answer = os.read(said, 1)
    assert answer in (_WRITER, _IN_USE), "somebody died"
    return answer
