"""Faults of the catalogue that are about starting, by number: 52 and 70."""

import asyncio
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app.neighbour import MESSAGE_BYTES, Neighbour, Wish, knock, message, understood
from cbr_desktop.domain.profile import ProxyMode
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.storage.values import profile

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="sockets and rights of POSIX")
root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become another user"
)
SHORT = 20.0
"""Seconds in which a program starts even on a machine that is busy."""


@pytest.fixture
def here(tmp_path: Path) -> Places:
    """A data folder with one profile, of an operator who works offline."""
    found = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    found.make()
    TomlProfiles(found.profiles_file).save(profile(proxy=ProxyMode.NONE))
    settings = JsonSettings(found.state / "screens.json")
    settings.put("window/offline", True)
    settings.close()
    return found


def start(here: Places) -> "subprocess.Popen[str]":
    """Start the program as an operator does, unseen."""
    environment = os.environ | {"CBR_DESKTOP_HOME": str(here.data.parent), "PYTHONPATH": str(ROOT)}
    environment |= {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-m", "cbr_desktop"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def started(here: Places) -> Iterator["subprocess.Popen[str]"]:
    """Lend a program that is running and listens."""
    with start(here) as first:
        try:
            assert knock(here.door_file, Wish(), SHORT, wait=True), first.poll()
            yield first
        finally:
            with suppress(ProcessLookupError):
                first.kill()


# 52: a second start


@posix
def test_fault_52_a_second_start_brings_the_first_window_to_the_front_and_says_so(here: Places) -> None:
    with started(here) as first:
        with start(here) as second:
            said, complained = second.communicate(timeout=SHORT)
        assert (second.returncode, complained) == (0, "")
        assert said == "CBR Desktop is running already; its window was brought to the front.\n"
        assert first.poll() is None


@posix
def test_fault_52_after_kill_9_of_the_first_a_start_works_at_once(here: Places) -> None:
    with started(here) as first:
        first.kill()
        first.wait()
        assert here.door_file.exists()
        with started(here) as second:
            assert second.pid != first.pid
            second.terminate()
            assert second.wait(SHORT) == 0
    # who leaves in order leaves no door behind
    assert not here.door_file.exists()


@posix
def test_fault_52_a_first_that_does_not_answer_is_said_to_be_running(here: Places) -> None:
    with started(here) as first:
        first.send_signal(19)  # SIGSTOP
        with start(here) as second:
            said, complained = second.communicate(timeout=SHORT)
        assert second.returncode == 2
        assert said == ""
        assert complained.startswith("cbr-desktop: CBR Desktop is running already with the data in ")
        assert list(here.data.glob("*.bad-*")) == []


# 70: what may be said at the door


@pytest.mark.parametrize(
    "line",
    [
        *(
            b"",
            b"raise ",
            b"RAISE",
            b"raise\r",
            b"--send",
            b"send draft.cbr.json",
            b"https://evil.example/",
            b"\xff\xfe",
        ),
        *(b"open", b"open ", b"open draft", b'open "draft.cbr.json"', b'open "https://evil.example/x"', b"open null"),
        *(
            b'open "file:///etc/passwd"',
            b'open "/a\\u0000b"',
            b'open ["/a"]',
            b"open " + b"[" * 10_000,
            b"GET / HTTP/1.1",
        ),
        b'open "/' + b"a" * 5000 + b'"',
    ],
)
def test_fault_70_there_are_two_wishes_and_nothing_else(line: bytes) -> None:
    assert understood(line) is None


@posix
@pytest.mark.parametrize("name", ["/home/o/a draft.cbr.json", "/home/o/Entwürfe/ä\n.json", "/home/o/\udcff.json"])
def test_fault_70_a_path_arrives_as_it_is(name: str) -> None:
    line, end, rest = message(Wish(Path(name))).partition(b"\n")
    assert (understood(line), end, rest) == (Wish(Path(name)), b"\n", b"")
    assert understood(message(Wish()).strip()) == Wish()


class Door:
    """A window with a door, and what was wished there."""

    def __init__(self, folder: Path, qapp: QApplication, qtbot: QtBot) -> None:
        self.path = folder / "door"
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.wished: list[Path] = []
        self.neighbour = Neighbour(self.window, self.path)
        self.neighbour.review_wished.connect(self.wished.append)
        self._qapp = qapp

    def play(self, tale: Callable[[], Awaitable[None]]) -> None:
        async def told() -> None:
            async with asyncio.timeout(SHORT):
                await tale()

        def main(leaving: Leaving) -> object:
            return self.neighbour.attend(told())

        run(self._qapp, main)  # type: ignore[arg-type]


@pytest.fixture
def door(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Door:
    return Door(tmp_path, qapp, qtbot)


async def say(path: Path, said: bytes) -> bytes:
    """Say something at a door; return all that is answered, to the end of the connection."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    with suppress(OSError):
        writer.write(said)
        await writer.drain()
    with suppress(OSError):
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer
    writer.transport.abort()
    return b""


@posix
def test_fault_70_a_window_is_raised_and_a_file_wished_for_review_and_no_more(door: Door) -> None:
    async def tale() -> None:
        assert await say(door.path, b"raise\n") == b"yes\n"
        assert await say(door.path, message(Wish(Path("/home/o/draft.cbr.json")))) == b"yes\n"
        for line in (b"--send\n", b"https://evil.example/\n", b"\0\xff\n", b"raise\nraise\n"):
            assert await say(door.path, line) != b"yes\n"
        door.window.hide()
        assert await say(door.path, b"raise\n") == b"no\n"

    door.play(tale)
    assert door.wished == [Path("/home/o/draft.cbr.json")]
    assert not door.window.isVisible()


@posix
def test_fault_70_a_message_of_a_gigabyte_is_cut_off_early(door: Door) -> None:
    async def tale() -> None:
        _, writer = await asyncio.open_unix_connection(str(door.path))
        sent = 0
        with suppress(OSError):
            while sent < 1 << 30:
                writer.write(bytes(1 << 16))
                await writer.drain()
                sent += 1 << 16
        assert sent < 1 << 24
        writer.transport.abort()
        assert await say(door.path, b"raise\n") == b"yes\n"

    door.play(tale)
    assert MESSAGE_BYTES <= 1 << 16


@posix
def test_fault_70_who_says_nothing_is_not_waited_for_and_keeps_nobody_out(door: Door) -> None:
    async def tale() -> None:
        began = time.monotonic()
        silent = [await asyncio.open_unix_connection(str(door.path)) for _ in range(20)]
        ends = [await asyncio.wait_for(reader.read(), 5) for reader, _ in silent if not reader.at_eof()]
        assert set(ends) == {b""}
        assert time.monotonic() - began < 4
        for _, writer in silent:
            writer.transport.abort()
        assert await say(door.path, b"raise\n") == b"yes\n"

    door.play(tale)


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_fault_70_the_door_is_its_owner_s_alone(door: Door, umask: int) -> None:
    before = os.umask(umask)

    async def tale() -> None:
        assert stat.S_IMODE(door.path.stat().st_mode) == 0o600

    try:
        door.play(tale)
    finally:
        os.umask(before)
    assert not door.path.exists()


@root
def test_fault_70_another_user_is_turned_away_even_where_the_rights_are_wrong(door: Door) -> None:
    folder = door.path.parent
    for each in (folder, *folder.parents):
        if each.stat().st_mode & 0o777 == 0o700:
            each.chmod(0o755)
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]);"
        "s.sendall(b'raise\\n'); print(s.recv(9))"
    )

    async def stranger() -> tuple[bytes, bytes]:
        arguments = ["--reuid=65534", "--clear-groups", sys.executable, "-S", "-c", code, str(door.path)]
        child = await asyncio.create_subprocess_exec(
            str(shutil.which("setpriv")), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        return await child.communicate()

    async def tale() -> None:
        said, complained = await stranger()
        assert said == b""
        assert b"PermissionError" in complained
        door.path.chmod(0o666)
        said, complained = await stranger()
        # it comes to the door, and gets no answer
        assert b"PermissionError" not in complained
        assert said == b"b''\n" or b"ConnectionResetError" in complained or b"BrokenPipeError" in complained

    door.play(tale)


@posix
def test_fault_70_what_stands_in_the_door_s_place_is_not_removed(door: Door) -> None:
    door.path.write_text("something of somebody's")

    async def tale() -> None:
        assert await asyncio.to_thread(knock, door.path, Wish()) is None

    door.play(tale)
    assert door.path.read_text() == "something of somebody's"


def test_fault_70_where_a_socket_cannot_have_that_name_the_program_lives_without_one(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    deep = tmp_path.joinpath(*("a" * 30,) * 5)
    deep.mkdir(parents=True)
    door = Door(deep, qapp, qtbot)
    lived: list[bool] = []

    async def tale() -> None:
        lived.append(True)
        assert await asyncio.to_thread(knock, door.path, Wish()) is None

    door.play(tale)
    assert lived


@posix
def test_a_listener_that_never_answers_is_waited_for_within_bounds(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "door"))
        deaf.listen(1)
        began = time.monotonic()
        assert knock(tmp_path / "door", Wish(), 0.2) is False
        assert time.monotonic() - began < 2
