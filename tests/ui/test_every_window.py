"""What holds of every window: it fits on a small screen, and what it has can be reached."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from cbr_desktop.ui.kit.room import available, keep_within
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.window import MainWindow
from tests.ui.every_window import every_window

SMALL = QSize(784, 460)
"""The room of a window on a screen of 800x500, which is 1600x1000 at 200 %."""


@pytest.fixture(scope="module")
def windows(qapp: QApplication) -> Iterator[list[QWidget]]:
    assert qapp is not None
    with every_window() as opened:
        yield opened


def test_no_window_is_larger_than_its_screen(windows: list[QWidget]) -> None:
    assert len(windows) > 25
    room = available(windows[0])
    too_large = {
        (type(one).__name__, one.objectName()): one.size().toTuple()
        for one in windows
        if isinstance(one, QDialog) and (one.width() > room.width() or one.height() > room.height())
    }
    assert too_large == {}


def test_every_dialog_can_be_used_on_a_screen_of_800x500(windows: list[QWidget]) -> None:
    found = {}
    for one in windows:
        if isinstance(one, QDialog):
            keep_within(one, SMALL)
            one.resize(SMALL)
            QApplication.processEvents()
            if one.width() > SMALL.width() or one.height() > SMALL.height():
                found[type(one).__name__, one.objectName()] = one.size().toTuple()
    assert found == {}


def test_the_main_window_can_be_used_on_a_screen_of_800x500(windows: list[QWidget]) -> None:
    window = windows[0]
    assert isinstance(window, MainWindow)
    window.resize(SMALL)
    window.show_details(True)
    for name in NAMES:
        page = window.show_page(name)
        if page.model.rowCount():
            page.view.selectRow(0)
        QApplication.processEvents()
        assert window.size() == SMALL, name
        assert window.minimumSizeHint().width() <= SMALL.width(), name
        assert window.minimumSizeHint().height() <= SMALL.height(), name
