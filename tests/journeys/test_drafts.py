"""Drafts in the whole program: from the folder to the service, and back after the program was killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from cbr_desktop.app import demo
from cbr_desktop.app.draft_store import move_to_trash, open_draft_store, tell_unsaved
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.drafts.page import DraftsPage
from cbr_desktop.ui.drafts.review import ReviewDialog
from cbr_desktop.ui.shell.window import MainWindow
from tests.journeys.program import Program, settled
from tests.widgets import child

Until = Callable[..., Awaitable[None]]
ROOT = Path(__file__).parents[2]
KEPT = '{"checkpoint": {"vault_id": "3b5816b5-f29c-4172-9d9a-76c719a659ce", "parameters": {"name": "half'


@pytest.fixture
def program(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Program:
    made = Program(tmp_path, qapp, qtbot)
    made.draft_store = open_draft_store(made.here, made.workspace, demo.drafts(made.service))
    return made


def drafts_page(window: MainWindow) -> DraftsPage:
    window.show_page("Drafts")
    page = window.page("Drafts")
    assert isinstance(page, DraftsPage)
    return page


def test_a_draft_goes_from_the_folder_to_the_service_as_it_is_written(program: Program, until: Until) -> None:
    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        await until(lambda: settled(program.workspace, DEMO.name))
        page = drafts_page(window)
        path = str(Path(program.workspace.draft_store.folder, "prepatch-2024-w24.cbr.json"))  # type: ignore[union-attr]
        page._touch(path)
        assert page.show_row(path)
        page.open_current()
        (dialog,) = window.findChildren(CheckpointDialog)
        dialog.name.edit.setText("prepatch-w25")
        dialog.save.click()
        dialog.anyway.setChecked(True)
        dialog.send.click()
        (intent,) = (i for i in program.workspace.contexts[0].ledger.intents.values() if i.name == "prepatch-w25")
        assert intent.draft == path
        waiting = (IntentState.QUEUED, IntentState.SENDING)
        await until(lambda: program.workspace.contexts[0].ledger.intents[intent.id].state not in waiting)
        posts = [e.body for e in program.service.journal if e.method == "POST" and e.path.endswith("/checkpoints")]
        assert len(posts) == 1
        assert json.loads(posts[0]) == json.loads(program.workspace.draft_store.load(path).text)  # type: ignore[union-attr]
        dialog.close()

    program.play(tale)


def test_the_demo_has_drafts_to_look_at(program: Program, until: Until) -> None:
    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        await until(lambda: settled(program.workspace, DEMO.name))
        page = drafts_page(window)
        words: list[str] = []
        page.remarked.connect(words.append)
        page.check_all()
        await until(lambda: bool(words))
        assert words == ["5 drafts checked: 4 can be sent, 1 cannot."]

    program.play(tale)


def test_fault_75_a_killed_program_gives_back_what_was_not_saved(program: Program, tmp_path: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", _KEEPER, KEPT],
        env=os.environ | {"CBR_DESKTOP_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    with killed:
        assert killed.stdout.readline() == "kept\n"
        killed.send_signal(signal.SIGKILL)

    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        tell_unsaved(window, program.workspace)
        (notice,) = window.notices.notices
        assert notice.label.text().startswith("1 draft was not saved.")
        page = drafts_page(window)
        page.strip.restore.click()
        (dialog,) = window.findChildren(CheckpointDialog)
        assert dialog.draft_document.text == KEPT
        assert not dialog.name.isEnabled()
        dialog.close()
        assert len(program.workspace.draft_store.unsaved()) == 1  # type: ignore[union-attr]

    program.play(tale)


_KEEPER = """
import sys
from pathlib import Path
from cbr_desktop.app.clock import WallClock
from cbr_desktop.domain.draft import Unsaved
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.paths import places
here = places()
drafts = Drafts(here.requests, here.unsaved_folder, lambda path: None)
drafts.keep(Unsaved("1", "", sys.argv[1], "", "", WallClock().now()))
print("kept", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the trash of the desktops of Linux")
def test_what_is_discarded_lies_in_the_desktops_own_trash(tmp_path: Path) -> None:
    gone = tmp_path / "a.cbr.json"
    gone.write_text(KEPT)
    variables = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share"), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", _DISCARDER, str(gone)], env=variables, check=True, timeout=50)
    assert not gone.exists()
    assert (tmp_path / "share" / "Trash" / "files" / "a.cbr.json").read_text() == KEPT
    assert (tmp_path / "share" / "Trash" / "info" / "a.cbr.json.trashinfo").exists()


_DISCARDER = "import sys, pathlib, cbr_desktop.app.draft_store as shelf; shelf.move_to_trash(pathlib.Path(sys.argv[1]))"


def test_what_is_not_there_cannot_be_discarded(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        move_to_trash(tmp_path / "missing")


def test_fault_69_a_file_that_the_program_is_started_with_is_reviewed_and_never_sent(
    program: Program, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "from-mail.cbr.json"
    path.write_text(next(iter(demo.drafts(program.service).values())))

    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        await until(lambda: settled(program.workspace, DEMO.name))
        window.waiting = [str(path)]
        tell_unsaved(window, program.workspace)
        window.open_outside(path)
        (review,) = window.findChildren(ReviewDialog)
        assert review.isVisible()
        assert not window.findChildren(CheckpointDialog)
        review.close()

    program.play(tale)
    assert not [e for e in program.service.journal if e.method == "POST" and e.path.endswith("/checkpoints")]


def test_a_file_that_is_asked_for_in_the_window_is_reviewed(program: Program, until: Until, tmp_path: Path) -> None:
    path = tmp_path / "from-mail.cbr.json"
    path.write_text(next(iter(demo.drafts(program.service).values())))

    async def tale(_sessions: SessionPool, window: MainWindow) -> None:
        await until(lambda: settled(program.workspace, DEMO.name))
        window.small_windows.ask_for_file()
        asked = child(window, QFileDialog, "requestFileDialog")
        asked.fileSelected.emit(str(path))
        (review,) = window.findChildren(ReviewDialog)
        assert review.isVisible()
        asked.close()
        review.close()

    program.play(tale)
