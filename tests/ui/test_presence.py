"""What only a person opens is brought in when there is a sign of one."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow

from cbr_desktop.ui.shell.presence import Presence


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    window.setCentralWidget(QLineEdit(window))
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.mark.parametrize(
    "sign",
    [
        lambda edit: QTest.mouseMove(edit, QPoint(3, 3)),
        lambda edit: QTest.mouseClick(edit.window().windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20)),
        lambda edit: QTest.keyClick(edit.window().windowHandle(), Qt.Key.Key_Tab),
    ],
    ids=["pointer", "click", "key"],
)
def test_somebody_at_the_window_is_noticed(window, sign):
    presence = Presence(window)
    window.resize(500, 300)
    window.centralWidget().setText("what the program does itself is no sign")
    QTest.qWait(0)
    assert not presence.is_noticed
    sign(window.centralWidget())
    QTest.qWait(0)
    assert presence.is_noticed


def test_what_happens_in_a_window_is_let_through(window):
    presence = Presence(window)
    assert not presence.eventFilter(window, QEvent(QEvent.Type.KeyPress))
    assert presence.is_noticed
    QTest.keyClicks(window.centralWidget(), "abc")
    assert window.centralWidget().text() == "abc"


def test_it_is_told_once(window):
    presence, told = Presence(window), []
    presence.noticed.connect(lambda: told.append(presence.is_noticed))
    presence.notice()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    assert told == [True]
