"""The tour: five steps through the window, which can be left at each of them."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain

_LETTERS = 57
"""How wide it is, in letters of usual width."""
_GAP = 10


class TourStep(NamedTuple):
    """One step: what is pointed at, and what is said of it. ``begin`` brings it into view."""

    title: str
    text: str
    begin: Callable[[], QWidget]


class Tour(QFrame):
    """A card beside what it speaks of, with a frame around that; everything can be used meanwhile.

    Signals:
        ended: the last step was left, or the tour was.
    """

    ended = Signal()

    def __init__(self, steps: list[TourStep], window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour")
        self.setAccessibleName(_("Tour"))
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._host = window
        self._steps = steps
        self._at = 0
        self._target: QWidget | None = None
        self.title, self.text, self.count = (_label(self, name) for name in ("tourTitle", "tourText", "tourCount"))
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.leave = _button(_("&End tour"), "tourEnd", self.end)
        self.next = _button(_("&Next"), "tourNext", self.step_on)
        self.next.setProperty("primary", True)
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch()
        row.addWidget(self.leave)
        row.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addLayout(row)
        self.setFixedWidth(_LETTERS * self.fontMetrics().averageCharWidth())
        self._frame = TourFrame(window)
        window.installEventFilter(self)
        self._show()

    def step_on(self) -> None:
        """Go to the next step, or end behind the last one."""
        self._at += 1
        if self._at >= len(self._steps):
            self.end()
        else:
            self._show()

    def end(self) -> None:
        """Leave the tour."""
        self._frame.hide()
        self._frame.deleteLater()
        self.hide()
        self.deleteLater()
        self.ended.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the window."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def _show(self) -> None:
        step = self._steps[self._at]
        self._target = step.begin()
        self.title.setText(plain(step.title))
        self.text.setText(plain(step.text))
        self.count.setText(_("{at} of {count}").format(at=self._at + 1, count=len(self._steps)))
        is_last = self._at == len(self._steps) - 1
        self.next.setText(_("&Done") if is_last else _("&Next"))
        self.leave.setVisible(not is_last)
        self.show()
        self._place()

    def _place(self) -> None:
        target = self._target
        if target is None:
            return
        layout = self.layout()
        if layout is not None:  # by its own width: the hint that Qt goes by is wider, and reckons with fewer lines
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))
        around = QRect(target.mapTo(self._host, QPoint(0, 0)), target.size())
        room = self._host.rect()
        self._frame.setGeometry(around.adjusted(-3, -3, 3, 3).intersected(room))
        self._frame.raise_()
        self._frame.show()
        left = max(_GAP, around.left())
        places = (
            QPoint(around.right() + _GAP, around.top()),
            QPoint(around.left() - _GAP - self.width(), around.top()),
            QPoint(left, around.bottom() + _GAP),
            QPoint(left, around.top() - _GAP - self.height()),
        )
        inside = (place for place in places if room.contains(QRect(place, self.size())))
        self.move(next(inside, room.center() - QPoint(self.width() // 2, self.height() // 2)))
        self.raise_()


class TourFrame(QWidget):
    """The frame around what is spoken of; the pointer goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tourFrame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.palette().color(QPalette.ColorRole.Link)), 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)
        painter.end()


def steps(
    header: QWidget, navigation: QWidget, filter_line: Callable[[], QWidget], create: QWidget, tasks: QWidget
) -> list[TourStep]:
    """Return the steps through the main window, whose parts these are; ``filter_line`` shows the vaults first."""
    return [
        TourStep(
            _("Whose cloud this is"),
            _(
                "The colour and the word say what is at stake. Click the name to look at another"
                " profile, or at all of them"
                " at once."
            ),
            lambda: header,
        ),
        TourStep(
            _("Everything the project holds"),
            _(
                "Vaults, resources, backups, policies and tasks. What you prepare and send is"
                " below: drafts, the outbox,"
                " plans, and the journal that proves it all."
            ),
            lambda: navigation,
        ),
        TourStep(
            _("Find and understand"),
            _("Type words, or fields such as used>80. Select a row to see all that is known of it."),
            filter_line,
        ),
        TourStep(
            _("Back up"),
            _(
                "The form judges while you type and shows the very request. What you send is on"
                " the disk before it leaves,"
                " and is never sent twice."
            ),
            lambda: create,
        ),
        TourStep(
            _("See it to its end"),
            _(
                "This line tells what runs and what needs you; F8 opens the list. Half a success"
                " is never shown as a whole"
                " one."
            ),
            lambda: tasks,
        ),
    ]


def _label(parent: QWidget, name: str) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(name == "tourText")
    return label


def _button(words: str, name: str, act: Callable[[], None]) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAccessibleName(words.replace("&", ""))
    button.setAutoDefault(False)
    button.clicked.connect(act)
    return button
