"""Fields of a form, and how they stand beside their titles."""

from PySide6 import QtGui, QtWidgets
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.lines import NoWheelSpinBox, label

_TITLE_DROP = 5
"""By how much a title stands lower than its field begins, so that both are on one line."""


_TITLE_LETTERS = 20
"""Letters for which there is room in the titles, so that the fields of several groups stand below each other."""


def number(name: str, words: str, low: int, high: int, suffix: str = "") -> NoWheelSpinBox:
    """Return a field for a whole number."""
    made = NoWheelSpinBox()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setRange(low, high)
    made.setSuffix(suffix)
    return made


def code_view(name: str, words: str) -> QPlainTextEdit:
    """Return a field that shows a text letter by letter, as a request is sent, to be read and copied."""
    made = QPlainTextEdit()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.setFont(QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.FixedFont))
    return made


def tick(words: str, name: str) -> QCheckBox:
    """Return a box to be ticked."""
    made = QCheckBox(words)
    made.setObjectName(name)
    made.setAccessibleName(words.replace("&", ""))
    return made


class _CalendarColours(QObject):
    """Gives the calendar of a field the colours of the theme when it is about to open, since many are never opened."""

    def eventFilter(self, edit: QObject, event: QEvent) -> bool:
        """Take note of what may open it."""
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress) and isinstance(edit, QDateTimeEdit):
            edit.removeEventFilter(self)
            _colour(edit.calendarWidget())
        return False


def _colour(calendar: "QtWidgets.QCalendarWidget") -> None:
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QtGui.QTextCharFormat())
    for name, picture in (("prevmonth", "left"), ("nextmonth", "right")):
        button = calendar.findChild(QToolButton, f"qt_calendar_{name}")
        if isinstance(button, QToolButton):
            button.setIcon(icon(picture))


def offer_calendar(edit: QDateTimeEdit) -> None:
    """Let a day be chosen in a calendar, in the colours of the theme; Qt's own has black arrows and red days."""
    edit.setCalendarPopup(True)
    edit.installEventFilter(_CalendarColours(edit))


def row(*widgets: QWidget) -> QWidget:
    """Return widgets side by side."""
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return made


def column(*widgets: QWidget) -> QWidget:
    """Return widgets one below the other."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget)
    return made


def fields(
    form: QWidget, rows: tuple[tuple[str, QWidget], ...], buddies: dict[str, QWidget]
) -> list[tuple[QWidget, ...]]:
    """Lay out fields with their titles, or over the whole width without one; return what stands in each row.

    ``buddies`` are the fields of titles whose widget holds several.
    """
    made: list[tuple[QWidget, ...]] = []
    grid = QGridLayout(form)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(10)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, _TITLE_LETTERS * form.fontMetrics().averageCharWidth())
    for place, (words, field) in enumerate(rows):
        if not words:
            grid.addWidget(field, place, 0, 1, 2)
            made.append((field,))
            continue
        title = label(words, "fieldTitle")
        title.setWordWrap(False)
        title.setContentsMargins(0, _TITLE_DROP, 0, 0)
        title.setBuddy(buddies.get(words, field))
        grid.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(field, place, 1)
        made.append((title, field))
    return made
