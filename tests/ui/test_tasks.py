"""A widget's coroutines end with it, newest first, and every failure is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.error import Unreachable
from cbr_desktop.ui.kit.task_owner import TaskOwner

Run = Callable[..., Any]
Until = Callable[..., Awaitable[None]]


async def _give(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def _fail(error: Exception) -> int:
    await asyncio.sleep(0)
    raise error


async def _for_ever(ends: list[str]) -> int:
    try:
        await asyncio.Event().wait()
    finally:
        ends.append("ended")
    return 0


def test_a_result_is_handed_on(run: Run, until: Until) -> None:
    async def story() -> None:
        widget = QWidget()
        owner = TaskOwner(widget)
        busy: list[bool] = []
        owner.busy_changed.connect(busy.append)
        seen: list[int] = []
        owner.start(_give(7), seen.append)
        await until(lambda: busy == [True, False])
        assert seen == [7]

    run(story())


def test_the_newest_of_a_group_wins(run: Run, until: Until) -> None:
    async def story() -> None:
        widget = QWidget()
        owner = TaskOwner(widget)
        ends: list[str] = []
        seen: list[int] = []
        owner.start(_for_ever(ends), seen.append, group="look")
        await asyncio.sleep(0)
        owner.start(_give(2), seen.append, group="look")
        await until(lambda: seen == [2])
        assert ends == ["ended"]

    run(story())


def test_a_house_error_is_told(run: Run, until: Until) -> None:
    async def story() -> None:
        widget = QWidget()
        owner = TaskOwner(widget)
        told: list[object] = []
        owner.failed.connect(told.append)
        error = Unreachable("cbr.example.com")
        owner.start(_fail(error))
        await until(lambda: bool(told))
        assert told == [error]

    run(story())


def test_a_defect_goes_to_the_crash_sink(run: Run, until: Until) -> None:
    async def story() -> None:
        widget = QWidget()
        owner = TaskOwner(widget)
        told: list[object] = []
        owner.failed.connect(told.append)
        crashes: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: crashes.append(context))
        error = KeyError("x")
        owner.start(_fail(error))
        await until(lambda: bool(crashes))
        assert crashes[0]["exception"] is error
        assert not told

    run(story())


@pytest.mark.parametrize("has_started", [True, False])
def test_work_ends_with_its_widget(run: Run, until: Until, has_started: bool) -> None:
    async def story() -> None:
        widget = QWidget()
        owner = TaskOwner(widget)
        ends: list[str] = []
        seen: list[int] = []
        owner.start(_for_ever(ends), seen.append)
        if has_started:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        widget.deleteLater()
        await until(lambda: len(asyncio.all_tasks()) == 1)
        assert not seen
        assert ends == (["ended"] if has_started else [])

    run(story())
