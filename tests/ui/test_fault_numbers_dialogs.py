"""Fault 77 of the catalogue: a dialog opens while ten tasks run, and all ten end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import new_text
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.text.words import Times
from cbr_desktop.ui.drafts.page import DraftsPage
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.shell.dialogs import Dialogs
from tests.services import serve
from tests.ui import estate
from tests.ui.draft_store import MemoryDraftStore
from tests.ui.estate import uid

DIALOGS: dict[str, Callable[[DraftsPage], object]] = {
    "the form": DraftsPage.new_draft,
    "a name": DraftsPage.ask_name,
    "a folder": DraftsPage.choose_folder,
    "an import": DraftsPage.import_request,
    "a review": lambda page: page.review("/requests/a.cbr.json"),
    "a comparison": DraftsPage.compare,
}


@pytest.mark.parametrize("opens", DIALOGS.values(), ids=DIALOGS)
def test_fault_77_ten_running_tasks_end_while_a_dialog_is_open(
    qtbot: QtBot,
    run: Callable[..., Any],
    until: Callable[..., Awaitable[None]],
    opens: Callable[[DraftsPage], object],
) -> None:
    text = new_text(CheckpointDraft(VaultId(uid(1)), "a"))
    workspace = estate.workspace()
    serve(workspace, draft_store=MemoryDraftStore(a=text, b=text.replace('"a"', '"b"')))
    page = DraftsPage(workspace, Times(workspace.clock), Dialogs())
    qtbot.addWidget(page)
    page.show()
    page.catch_up()
    page.show_row("/requests/a.cbr.json")
    ended: list[int] = []
    begun: list[int] = []

    async def task(number: int) -> int:
        begun.append(number)
        for _ in range(50):
            await asyncio.sleep(0.001)
        return number

    async def story() -> None:
        owner = TaskOwner(page)
        for number in range(10):
            owner.start(task(number), ended.append)
        await until(lambda: len(begun) == 10)
        opens(page)
        dialogs = [widget for widget in QApplication.topLevelWidgets() if is_open(widget)]
        assert dialogs
        assert not ended
        await until(lambda: len(ended) == 10)
        assert all(dialog.isVisible() for dialog in dialogs)
        for dialog in dialogs:
            dialog.close()

    run(story())
    assert sorted(ended) == list(range(10))


def is_open(widget: QWidget) -> bool:
    return isinstance(widget, QDialog | QFileDialog | QInputDialog) and widget.isVisible()
