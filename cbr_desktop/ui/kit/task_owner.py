"""Who owns a coroutine that a widget starts: it ends with the widget, and its failure is told in one place."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal

from cbr_desktop.domain.error import CbrError
from cbr_desktop.text.catalogue import _

Result = TypeVar("Result")


def is_at_work() -> bool:
    """Whether the loop runs, and with it all that must not be kept waiting."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class TaskOwner(QObject):
    """Runs coroutines on behalf of its parent, a widget, and cancels them when the parent is destroyed.

    A coroutine returns a value and never touches a widget; ``then`` shows the value, and is not called when the
    widget is gone. A session error becomes ``failed``, a cancel is silence, anything else goes to the exception handler
    of the loop.

    Signals:
        failed: the ``CbrError`` that a coroutine ended with.
        busy_changed: whether anything runs now.
    """

    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks: dict[asyncio.Task[Any], str | None] = {}
        # a closure over the table, since a bound method of a dying object would not be called
        parent.destroyed.connect(partial(_cancel_all, self._tasks))

    @property
    def is_busy(self) -> bool:
        """Whether anything runs now."""
        return bool(self._tasks)

    def start(
        self,
        coroutine: Coroutine[Any, Any, Result],
        then: Callable[[Result], object] | None = None,
        *,
        group: str | None = None,
    ) -> None:
        """Run a coroutine; of those with the same ``group`` the newest wins and the older one is cancelled."""
        if group is not None:
            self.cancel(group)
        was_busy = self.is_busy
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks[task] = group
        task.add_done_callback(partial(self._ended, then))
        if not was_busy:
            self.busy_changed.emit(True)

    def cancel(self, group: str | None = None) -> None:
        """Cancel what runs in ``group``, or everything."""
        for task, held in list(self._tasks.items()):
            if group is None or held == group:
                task.cancel()

    def _ended(self, then: Callable[[Any], object] | None, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        if task.cancelled():
            self._tell_idle()
            return
        error = task.exception()
        if error is not None and not isinstance(error, CbrError):
            context = {"message": _("a task of a widget crashed"), "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)
        if not shiboken6.isValid(self):
            return
        if isinstance(error, CbrError):
            self.failed.emit(error)
        elif error is None and then is not None:
            then(task.result())
        self._tell_idle()

    def _tell_idle(self) -> None:
        if not self._tasks and shiboken6.isValid(self):
            self.busy_changed.emit(False)


def _cancel_all(tasks: dict[asyncio.Task[Any], str | None], *_rest: object) -> None:
    for task in list(tasks):
        task.cancel()
