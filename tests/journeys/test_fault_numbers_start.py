"""Faults of the catalogue that are about starting, by number: 52, 57, 61 and 70."""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.app.profile import DEMO, DEMO_PROFILES
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.app.single_instance import MESSAGE_BYTES, Activation, SingleInstance, activate, message, understood
from cbr_desktop.app.start import demo_corner
from cbr_desktop.domain.change import checkpoint_change
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.ids import IntentId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.profile import ProxyMode
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.storage.records import SqliteRecords
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.ui.shell.window import MainWindow
from tests import programs
from tests.journeys.program import Program, settled
from tests.programs import Child
from tests.storage.values import CHANGE, TARGET, intent, profile
from tests.unprivileged import UNPRIVILEGED_ID, environment, unprivileged_command

Until = Callable[..., Awaitable[None]]

ONLOOKER = str(Path(__file__).with_name("onlooker.py"))
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


def start(here: Places) -> Child:
    """Start the program as an operator does, unseen."""
    home = {"CBR_DESKTOP_HOME": str(here.data.parent), "QT_QPA_PLATFORM": "offscreen"}
    return programs.start(environ=os.environ | home)


@contextmanager
def started(here: Places) -> Iterator[Child]:
    """Lend a program that is running and listens."""
    with start(here) as first:
        try:
            assert activate(here.socket_path, Activation(), SHORT, wait=True), first.poll()
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
        assert here.socket_path.exists()
        with started(here) as second:
            assert second.pid != first.pid
            second.terminate()
            assert second.wait(SHORT) == 0
    # who leaves in order leaves no socket behind
    assert not here.socket_path.exists()


@posix
def test_fault_52_a_first_that_does_not_answer_is_said_to_be_running(here: Places) -> None:
    with started(here) as first:
        first.send_signal(19)  # SIGSTOP
        with start(here) as second:
            said, complained = second.communicate(timeout=SHORT)
        assert second.returncode == 2
        assert said == ""
        assert complained.startswith("cbr-desktop: Another CBR Desktop, a window or a command, works with the data in ")
        assert list(here.data.glob("*.bad-*")) == []


# 57: a home that is no place to write


def complaints(said: str) -> list[str]:
    """Return what was said on standard error, besides what the unseen platform says of every window."""
    return [line for line in said.splitlines() if not line.startswith("This plugin does not support")]


def seen_by_nobody(variables: dict[str, str], folder: Path, *more: str) -> dict[str, Any]:
    """Run the program as a user who owns nothing, whose Python may be another one, and return what was seen."""
    program = [*unprivileged_command(), ONLOOKER, *more]
    return seen(subprocess.run(program, env=variables, cwd=folder, capture_output=True, text=True, timeout=50))


def seen(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """Return what was on the screen of the program, as the onlooker told it."""
    assert done.returncode == 0, done.stderr
    # a log that cannot be written is no reason for a word
    assert complaints(done.stderr) == []
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def of_the_mode(told: dict[str, Any]) -> str:
    """Return why nothing can be written, which is said once; a password may be wanted besides."""
    (said,) = [each for each in told["notices"] if each.startswith("Read-only mode: ")]
    return str(said)


def settled_home(home: Path) -> Places:
    """Make the folders of a home as platforms other than a test's have them, with one request in the outbox."""
    here = Places(
        config=home / ".config" / "cbr-desktop",
        data=home / ".local" / "share" / "cbr-desktop",
        cache=home / ".cache" / "cbr-desktop",
        logs=home / ".local" / "state" / "cbr-desktop" / "log",
        state=home / ".local" / "state" / "cbr-desktop",
        requests=home / "Documents",
    )
    here.make()
    TomlProfiles(here.profiles_file).save(profile(proxy=ProxyMode.NONE))
    settings = JsonSettings(here.state / "screens.json")
    settings.put("window/offline", True)
    settings.close()
    records = SqliteRecords(here.records_file)
    records.add(intent("waiting"))
    records.close()
    return here


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in sorted(folder.rglob("*"))}


def opened_to_all(folder: Path) -> None:
    """Let everybody look at what is in a folder, and at the way to it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in folder.parents:
        if path.stat().st_mode & 0o777 == 0o700:
            path.chmod(0o755)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder to which everybody has a way; those of other tests are shut again by whoever runs tests as well."""
    with tempfile.TemporaryDirectory(prefix="cbr-desktop-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def _nobody() -> None:
    if not unprivileged_command():
        pytest.skip("only root can become another user")


nobody = pytest.mark.usefixtures("_nobody")  # to find out takes a start of Python


@nobody
def test_fault_57_in_a_home_that_is_read_only_the_program_looks_and_sends_nothing(open_folder: Path) -> None:
    home = open_folder / "home"
    settled_home(home)
    opened_to_all(home)
    before = tree(home)
    told = seen_by_nobody(environment(home), open_folder)
    assert told["mode"] == "Read-only mode"
    said = of_the_mode(told)
    assert "Permission denied" in said or "Operation not permitted" in said
    assert (told["can_send"], told["can_arm"], told["refused"]) == (False, False, "NotSaved")
    assert told["hint"].startswith("Read-only mode: nothing can be sent, saving to a file works.")
    # what waits is told, and stays where it waits
    assert (told["requests"], told["states"]) == (["waiting"], ["queued"])
    assert tree(home) == before


@nobody
def test_fault_57_a_data_folder_of_somebody_else_is_left_alone(open_folder: Path) -> None:
    home = open_folder / "home"
    here = settled_home(home)
    opened_to_all(home)
    for path in (home, *home.rglob("*")):
        os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
        path.chmod(0o755 if path.is_dir() else 0o644)
    for path in (here.data, *here.data.rglob("*")):
        os.chown(path, 0, 0)
    here.data.chmod(0o700)
    before = tree(here.data)
    told = seen_by_nobody(environment(home), open_folder)
    assert (told["mode"], told["can_send"], told["refused"]) == ("Read-only mode", False, "NotSaved")
    assert told["requests"] == []
    assert tree(here.data) == before
    assert here.data.stat().st_uid == 0


@nobody
def test_fault_57_a_cache_that_cannot_be_reached_is_no_cache(open_folder: Path) -> None:
    home = open_folder / "home"
    here = settled_home(home)
    opened_to_all(home)
    here.cache.chmod(0o700)
    told = seen_by_nobody(environment(home), open_folder)
    assert (told["mode"], told["can_send"]) == ("Read-only mode", False)


@nobody
@pytest.mark.parametrize("is_set", [True, False])
def test_fault_57_without_a_home_the_demo_opens_and_nothing_is_left(open_folder: Path, is_set: bool) -> None:
    opened_to_all(open_folder)
    variables = environment(open_folder / "missing" if is_set else None, TMPDIR=str(open_folder / "tmp"))
    (open_folder / "tmp").mkdir()
    os.chown(open_folder / "tmp", UNPRIVILEGED_ID, UNPRIVILEGED_ID)
    assert seen_by_nobody(variables, open_folder, "--demo")["mode"] == ""
    assert list((open_folder / "tmp").iterdir()) == []
    assert not (open_folder / "~").exists()


def test_fault_57_nothing_leaves_a_sealed_data_folder_though_the_service_can_be_reached(
    demo_program: Program, until: Until
) -> None:
    workspace, service = demo_program.workspace, demo_program.service
    target = replace(
        TARGET,
        profile=DEMO.name,
        cbr_endpoint=DEMO.cbr_endpoint,
        project=DEMO.project,
        project_id=None,
    )
    change = checkpoint_change(VaultId(REFERENCE_VAULT_ID), "", CHANGE.body, CHANGE.tag)
    records = SqliteRecords(demo_program.here.records_file)
    now = demo_program.clock.now()
    records.add(intent("waiting", target=target, change=change, created_at=now, changed_at=now))
    records.close()
    error = NotSaved("/home/o/.local/share/cbr-desktop", "Read-only file system")
    workspace.seal(error)

    async def story(_sessions: SessionPool, window: MainWindow) -> None:
        window.show()
        window.build_deferred_widgets()
        context = workspace.context(DEMO.name)
        await until(lambda: settled(workspace, DEMO.name))
        await until(lambda: context.ledger.intents[IntentId("waiting")].reason == "not-saved")
        context.outbox.wake()
        with pytest.raises(NotSaved):
            context.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="now"))
        context.guard.arm(5)
        assert not context.guard.is_open
        assert (context.guard.armed_until, context.guard.sealed) == (None, error)
        assert window.header_bar.arm.text() == "Read-only mode"
        menu = window.deferred_widgets.menus.open_arming()
        assert [action.isEnabled() for action in menu.actions()] == [False]
        menu.close()
        # a profile that is opened later is sealed as well
        workspace.choose(next(each for each in workspace.choices() if each.name == DEMO_PROFILES[2].name))
        assert workspace.context(DEMO_PROFILES[2].name).guard.sealed is error

    demo_program.play(story)
    assert service.journal.calls("POST", "/checkpoints") == []
    records = SqliteRecords(demo_program.here.records_file)
    assert [(each.id, each.state) for each in records.load()] == [("waiting", IntentState.QUEUED)]
    records.close()


@root
def test_fault_57_where_there_is_no_place_for_a_copy_either_it_is_said_so(here: Places) -> None:
    # nobody can make a folder there
    with pytest.raises(NotSaved, match="No such file"), demo_corner(here._replace(cache=Path("/proc"))):
        raise AssertionError("it was lent a corner")


# 61: data of a newer version


@posix
def test_fault_61_data_of_a_newer_version_is_looked_at_by_nobody_and_said_to_be_newer(here: Places) -> None:
    SqliteRecords(here.records_file).close()
    with closing(sqlite3.connect(here.records_file)) as connection:
        connection.execute("PRAGMA user_version=99")
    before = tree(here.data)
    variables = environment(None, CBR_DESKTOP_HOME=str(here.data.parent))
    told = seen(programs.run(script=ONLOOKER, environ=variables, folder=here.data.parent))
    assert (told["mode"], told["can_send"], told["refused"]) == ("Read-only mode", False, "NewerVersion")
    said = of_the_mode(told)
    assert "was written by a newer version of CBR Desktop and was not touched" in said
    assert "version 99" in said
    after = tree(here.data)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {str(here.lock_file)}


# 70: what may be said at the socket


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
    line, end, rest = message(Activation(Path(name))).partition(b"\n")
    assert (understood(line), end, rest) == (Activation(Path(name)), b"\n", b"")
    assert understood(message(Activation()).strip()) == Activation()


class ListeningWindow:
    """A window that listens, and what was wished there."""

    def __init__(self, folder: Path, qapp: QApplication, qtbot: QtBot) -> None:
        self.path = folder / "socket"
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.wished: list[Path] = []
        self.single_instance = SingleInstance(self.window, self.path)
        self.single_instance.review_requested.connect(self.wished.append)
        self._qapp = qapp

    def play(self, story: Callable[[], Awaitable[None]]) -> None:
        async def told() -> None:
            async with asyncio.timeout(SHORT):
                await story()

        def main(_leaving: Leaving) -> object:
            return self.single_instance.attend(told())

        run(self._qapp, main)  # type: ignore[arg-type]


@pytest.fixture
def listening(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> ListeningWindow:
    return ListeningWindow(tmp_path, qapp, qtbot)


async def say(path: Path, said: bytes) -> bytes:
    """Say something at a socket; return all that is answered, to the end of the connection."""
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
def test_fault_70_a_window_is_raised_and_a_file_wished_for_review_and_no_more(listening: ListeningWindow) -> None:
    async def story() -> None:
        assert await say(listening.path, b"raise\n") == b"yes\n"
        assert await say(listening.path, message(Activation(Path("/home/o/draft.cbr.json")))) == b"yes\n"
        for line in (b"--send\n", b"https://evil.example/\n", b"\0\xff\n", b"raise\nraise\n"):
            assert await say(listening.path, line) != b"yes\n"
        listening.window.hide()
        assert await say(listening.path, b"raise\n") == b"no\n"

    listening.play(story)
    assert listening.wished == [Path("/home/o/draft.cbr.json")]
    assert not listening.window.isVisible()


@posix
def test_fault_70_a_message_of_a_gigabyte_is_cut_off_early(listening: ListeningWindow) -> None:
    async def story() -> None:
        _, writer = await asyncio.open_unix_connection(str(listening.path))
        sent = 0
        with suppress(OSError):
            while sent < 1 << 30:
                writer.write(bytes(1 << 16))
                await writer.drain()
                sent += 1 << 16
        assert sent < 1 << 24
        writer.transport.abort()
        assert await say(listening.path, b"raise\n") == b"yes\n"

    listening.play(story)
    assert MESSAGE_BYTES <= 1 << 16


@posix
def test_fault_70_who_says_nothing_is_not_waited_for_and_keeps_nobody_out(listening: ListeningWindow) -> None:
    async def story() -> None:
        # one after the other they would take longer than a story may
        silent = [await asyncio.open_unix_connection(str(listening.path)) for _ in range(20)]
        ends = [await asyncio.wait_for(reader.read(), 5) for reader, _ in silent if not reader.at_eof()]
        assert set(ends) == {b""}
        for _, writer in silent:
            writer.transport.abort()
        assert await say(listening.path, b"raise\n") == b"yes\n"

    listening.play(story)


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_fault_70_the_socket_is_its_owner_s_alone(listening: ListeningWindow, umask: int) -> None:
    before = os.umask(umask)

    async def story() -> None:
        assert stat.S_IMODE(listening.path.stat().st_mode) == 0o600

    try:
        listening.play(story)
    finally:
        os.umask(before)
    assert not listening.path.exists()


@root
def test_fault_70_another_user_is_turned_away_even_where_the_rights_are_wrong(listening: ListeningWindow) -> None:
    folder = listening.path.parent
    for each in (folder, *folder.parents):
        if each.stat().st_mode & 0o777 == 0o700:
            each.chmod(0o755)
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]);"
        "s.sendall(b'raise\\n'); print(s.recv(9))"
    )

    async def stranger() -> tuple[bytes, bytes]:
        arguments = ["--reuid=65534", "--clear-groups", sys.executable, "-S", "-c", code, str(listening.path)]
        child = await asyncio.create_subprocess_exec(
            str(shutil.which("setpriv")), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        return await child.communicate()

    async def story() -> None:
        said, complained = await stranger()
        assert said == b""
        assert b"PermissionError" in complained
        listening.path.chmod(0o666)
        said, complained = await stranger()
        # it comes to the socket, and gets no answer
        assert b"PermissionError" not in complained
        assert said == b"b''\n" or b"ConnectionResetError" in complained or b"BrokenPipeError" in complained

    listening.play(story)


@posix
def test_fault_70_what_stands_in_the_socket_s_place_is_not_removed(listening: ListeningWindow) -> None:
    listening.path.write_text("something of somebody's")

    async def story() -> None:
        assert await asyncio.to_thread(activate, listening.path, Activation()) is None

    listening.play(story)
    assert listening.path.read_text() == "something of somebody's"


def test_fault_70_where_a_socket_cannot_have_that_name_the_program_lives_without_one(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    deep = tmp_path.joinpath(*("a" * 30,) * 5)
    deep.mkdir(parents=True)
    listening = ListeningWindow(deep, qapp, qtbot)
    lived: list[bool] = []

    async def story() -> None:
        lived.append(True)
        assert await asyncio.to_thread(activate, listening.path, Activation()) is None

    listening.play(story)
    assert lived


@posix
def test_a_listener_that_never_answers_is_waited_for_within_bounds(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "socket"))
        deaf.listen(1)
        # one that is waited for without bounds would end this test by its timeout
        assert activate(tmp_path / "socket", Activation(), 0.2) is False
