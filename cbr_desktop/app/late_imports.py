"""What the main loop needs, imported after its first paint.

A piece at a time, those first that others need: in one go it would keep the window from painting for a tenth of a
second and more, just when the operator begins to look at it.
"""
# ruff: noqa: F401  # to import is all that is wanted

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from cbr_desktop.ui.shell.window import MainWindow


def import_main_loop(application: QApplication, window: MainWindow, pieces: Iterable[None] | None = None) -> None:
    """Import what lives behind a window, by ``pieces``, and let the window paint meanwhile.

    What a person types and clicks waits until there is something to answer it. A wish to close the window does not, so
    it is uttered again then.
    """
    wishes: list[bool] = []
    noted = window.leave_requested.connect(lambda: wishes.append(True))
    for _ in _imported() if pieces is None else pieces:
        application.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    window.leave_requested.disconnect(noted)
    if wishes:
        QTimer.singleShot(0, window.close)


def _imported() -> Iterator[None]:  # one statement a module
    """Import what ``main_loop`` needs, with a pause after each piece of some hundredths of a second."""
    import asyncio

    yield
    import http.cookiejar

    yield
    import cbr_desktop.cloud.network

    yield
    import tenacity

    import cbr_desktop.cloud.transport

    yield
    import cbr_desktop.domain.request

    yield
    import cbr_desktop.storage.drafts

    yield
    import cbr_desktop.app.draft_store

    yield
    import cbr_desktop.cloud.auth

    yield
    import cbr_desktop.cloud.api

    yield
    import cbr_desktop.workflows.operations

    yield
    import cbr_desktop.app.session

    yield
    import cbr_desktop.app.start

    yield
    import cbr_desktop.app.session_pool

    yield
    import cbr_desktop.app.access

    yield
    import cbr_desktop.runtime

    yield
    import cbr_desktop.workflows.plan

    yield
    import cbr_desktop.app.main_loop
