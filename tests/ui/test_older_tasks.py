"""The tasks that the service has forgotten, on the page of tasks."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QWidget

from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.ids import TaskId
from cbr_desktop.domain.task import Task, TaskStatus
from cbr_desktop.text.words import Times
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.status_bar import problems
from cbr_desktop.ui.tasks.page import TasksPage
from tests.ui import estate

Until = Callable[..., Awaitable[None]]


def kept(number: int) -> Task:
    holder = estate.vaults()[0]
    at = estate.NOW - timedelta(days=30 + number)
    made = estate.task(9000 + number, holder, holder.resources[0], TaskStatus.FAILED)
    return replace(made, id=TaskId(f"kept-{number}"), created_at=at, started_at=at, ended_at=at + timedelta(minutes=4))


def opened(*older: Task) -> tuple[Workspace, TasksPage]:
    workspace = estate.workspace(settings=estate.Notebook())
    workspace.contexts[0].refresh.older.extend(older)  # type: ignore[attr-defined]
    page = TasksPage(workspace, Times(workspace.clock))
    page.show()
    page.catch_up()
    return workspace, page


def foot(page: TasksPage) -> str:
    label = page.findChild(QLabel, "olderTasksWords")
    holder = page.findChild(QWidget, "olderTasks")
    assert label is not None and holder is not None
    return "" if holder.isHidden() else label.text()


def words(page: TasksPage, key: str) -> dict[str, str]:
    column = next(column for column in page.model.columns if column.key == key)
    return {row.id: column.text(row) for row in page.model.shown_rows()}


def test_older_tasks_come_when_they_are_asked_for_and_page_by_page(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        _, page = opened(*(kept(number) for number in (1, 2, 3)))
        before = page.model.total
        assert foot(page) == ""
        page.older.click()
        await until(lambda: page.model.total == before + 2)
        assert foot(page).startswith("2 tasks read from what is kept here, back to 2026-07-21")
        assert words(page, "kept")["kept-1"] == "Kept here"
        assert set(words(page, "kept").values()) == {"", "Kept here"}
        page.more_button.click()
        await until(lambda: page.model.total == before + 3)
        page.more_button.click()
        await until(page.more_button.isHidden)
        page.older.click()
        assert page.model.total == before
        page.close()

    run(story())


def test_asking_for_an_age_brings_them(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        _, page = opened(kept(1), kept(20))
        page.filter.setText("age>40d")
        page._apply_filter()
        await until(lambda: page.model.rowCount() == 1)
        assert next(iter(page.model.shown_rows())).id == "kept-20"
        page.filter.setText("kept:here")
        page._apply_filter()
        assert page.model.rowCount() == 2
        page.close()

    run(story())


def test_what_the_service_still_tells_is_not_shown_twice(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        workspace, page = opened()
        known = next(iter(workspace.scope.tasks.values()))
        workspace.contexts[0].refresh.older.extend([replace(known, message="old"), kept(1)])  # type: ignore[attr-defined]
        before = page.model.total
        page.older.click()
        await until(lambda: page.model.total == before + 1)
        assert words(page, "message")[known.id] != "old"
        page.close()

    run(story())


def test_an_empty_archive_says_what_will_be(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        _, page = opened()
        page.older.click()
        await until(lambda: "13 months" in foot(page))
        assert page.more_button.isHidden()
        page.close()

    run(story())


@pytest.mark.usefixtures("qapp")
def test_an_archive_that_cannot_be_written_is_a_problem() -> None:
    workspace = estate.workspace(settings=estate.Notebook())
    assert problems(workspace.scope) == []
    estate.ledger(workspace).unkept = Damaged("/data/archive.db", "no database")
    assert problems(workspace.scope)[0].startswith("Ended tasks are not kept beyond the service's 30 days: ")
