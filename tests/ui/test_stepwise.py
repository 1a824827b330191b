"""Windows that are made in several turns of the loop: shown when they are whole, and whole as soon as they are used."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.ui.kit.stepwise import Stepwise, StepwiseDialog
from cbr_desktop.ui.operations.outcome_stack import OutcomeStack
from cbr_desktop.ui.shell.dialogs import Dialogs
from tests.ui.counter import Counter
from tests.ui.estate import uid, vault
from tests.widgets import child


class Form(Stepwise, QWidget):
    def build(self) -> Iterator[None]:
        layout = QVBoxLayout(self)
        self.name = QLineEdit()
        layout.addWidget(self.name)
        yield
        self.more = QLineEdit()
        layout.addWidget(self.more)


class Window(StepwiseDialog):
    def __init__(self) -> None:
        super().__init__()
        self.form = Form(self)

    def build(self) -> Iterator[None]:
        yield from self.form.steps()
        layout = QVBoxLayout(self)
        layout.addWidget(self.form)
        yield
        self.button = QPushButton("Send")
        layout.addWidget(self.button)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    return made


def test_a_window_is_shown_when_it_is_whole_and_others_have_their_turns_meanwhile(window: Window, qtbot: QtBot) -> None:
    seen: list[tuple[bool, bool]] = []
    beside = QTimer(window)
    beside.timeout.connect(lambda: seen.append((window.is_built, window.isVisible())))
    window.open()
    beside.start(0)
    assert window.is_open
    assert not window.isVisible()
    qtbot.waitUntil(window.isVisible)
    assert window.is_built
    assert window.is_open
    assert (False, True) not in seen, "nothing is shown by halves"
    assert window.button.isVisible()
    assert window.form.more.isVisible()


def test_a_part_that_is_asked_for_is_there(window: Window) -> None:
    assert window.button.text() == "Send"
    assert window.form.more.text() == ""
    assert not window.isVisible(), "nobody has opened it"


def test_a_window_that_is_used_while_it_opens_is_whole_and_shown_at_once(window: Window, qtbot: QtBot) -> None:
    window.open()
    window.open()
    assert window.button.isVisible()
    assert window.form.name.isVisible()
    qtbot.wait(0)
    assert window.findChildren(QPushButton) == [window.button], "it is made once"


def test_a_window_that_is_closed_while_it_opens_does_not_come_back(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    window = Window()
    window.setParent(parent, window.windowFlags())
    window.open()
    window.close()
    shown: list[bool] = []
    after = QTimer(parent)
    after.timeout.connect(lambda: shown.append(window.isVisible()))
    after.start(0)
    qtbot.waitUntil(lambda: len(shown) > 8)
    assert not any(shown)


def test_what_a_widget_does_not_have_is_missed_as_in_any_other(window: Window) -> None:
    with pytest.raises(AttributeError, match="Window has no nothing"):
        window.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_a_dialog_made_in_turns_is_the_same_as_one_made_at_once(qtbot: QtBot) -> None:
    counter = Counter([vault(1, "vault-one", 3, 100), vault(2, "vault-two", 0, 100)])
    parents = [QWidget(), QWidget()]
    made: list[QDialog] = []
    for parent in parents:
        qtbot.addWidget(parent)
        dialog = Dialogs().create_checkpoint(counter.context, VaultId(uid(1)), (), parent)
        assert isinstance(dialog, StepwiseDialog)
        made.append(dialog)
    at_once, in_turns = made
    at_once.finish()  # type: ignore[attr-defined]
    assert at_once.isVisible()
    assert not in_turns.isVisible()

    def is_the_same() -> None:
        assert _looks(in_turns) == _looks(at_once)

    qtbot.waitUntil(is_the_same)  # once it is shown, and Qt has laid it out


def _looks(window: QWidget) -> list[tuple[str, str, QRect | None]]:
    """Return what stands where in the form of a window, in the order in which it is read aloud; ``None`` is hidden."""
    form = child(window, OutcomeStack, "").currentWidget()  # what became of it is made beside it in later turns
    return [
        (
            type(each).__name__,
            each.objectName(),
            QRect(each.mapTo(window, QPoint()), each.size()) if each.isVisible() else None,
        )
        for each in form.findChildren(QWidget)
    ]
