"""A part of the profile form: rows of a label, a field, and the sentence about that field."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.finding import Severity
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine, NoWheelComboBox, label
from cbr_desktop.ui.profiles.draft import Problem

_LENGTH_LIMIT = 4000
_LABEL_LETTERS = 22
"""For how many letters of usual width there is room in the titles."""


class Section(QGroupBox):
    """Rows by the names of the profile's fields. A subclass emits ``changed`` when it is edited.

    Signals:
        changed: something else stands in a field.
    """

    changed = Signal()

    def __init__(self, title: str, name: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setAccessibleName(title.replace("&", ""))
        self._form = QFormLayout(self)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setVerticalSpacing(6)
        self._lines: dict[str, MarkedLine] = {}
        self._remarks: dict[str, QLabel] = {}
        self._fields: dict[str, QWidget] = {}
        self._rows: dict[str, QWidget] = {}

    def add_row(self, field: str, words: str, widget: QWidget, *beside: QWidget, remark: str = "") -> None:
        """Add a field with its label, what stands beside it, and a remark beneath."""
        line = MarkedLine(f"{field}Problem")
        line.hide()
        said = label(remark, f"{field}Remark")
        said.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        said.setVisible(bool(remark))
        across = QHBoxLayout()
        across.setSpacing(6)
        across.addWidget(widget, 1)
        for other in beside:
            across.addWidget(other)
        row = QWidget(self)  # what moves from a parent to another is styled anew with all it has
        down = QVBoxLayout(row)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(2)
        down.addLayout(across)
        down.addWidget(said)
        down.addWidget(line)
        named = QLabel(words)
        named.setTextFormat(Qt.TextFormat.PlainText)
        named.setBuddy(widget)
        named.setMinimumWidth(_LABEL_LETTERS * self.fontMetrics().averageCharWidth())
        named.setContentsMargins(0, 4, 0, 0)
        # beside the field, not beside the middle of what stands beneath it
        named.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        named.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._form.addRow(named, row)
        self._lines[field], self._remarks[field], self._fields[field], self._rows[field] = line, said, widget, row

    def add_line(self, field: str, words: str, name: str, text: str, hint: str = "") -> QLineEdit:
        """Add a row with a line of text, and return the line."""
        edit = text_line(field, name, text, hint)
        edit.textChanged.connect(self.changed)
        self.add_row(field, words, edit)
        return edit

    def add_choice(self, field: str, words: str, name: str, choices: Sequence[tuple[str, object]]) -> NoWheelComboBox:
        """Add a row with a list to choose from, and return the list."""
        box = choice_box(field, name, choices)
        box.currentIndexChanged.connect(self.changed)
        self.add_row(field, words, box)
        return box

    def show_row(self, field: str, visible: bool) -> None:
        """Show or hide a row; what stands in it stays."""
        self._form.setRowVisible(self._rows[field], visible)

    def remark(self, field: str, text: str) -> None:
        """Show another remark beneath a field."""
        self._remarks[field].setText(text)
        self._remarks[field].setVisible(bool(text))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show the first problem of each field beneath it."""
        first = {problem.field: problem for problem in reversed(problems)}
        for field, line in self._lines.items():
            problem = first.get(field)
            severity = Severity.BLOCK if problem is None or problem.blocks else Severity.WARN
            line.say(SEVERITY_MARKS[severity] if problem else None, problem.sentence if problem else "")
            self._fields[field].setAccessibleDescription(problem.sentence if problem else "")

    def focus(self, field: str) -> bool:
        """Put the focus into a field; ``False`` when it is not here."""
        if field in self._fields:
            self._fields[field].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return field in self._fields


def text_line(field: str, name: str, text: str, hint: str = "") -> QLineEdit:
    """Return a line of text; ``field`` is its object name, ``name`` what screen readers say."""
    edit = QLineEdit(text)
    edit.setObjectName(field)
    edit.setAccessibleName(name)
    edit.setPlaceholderText(hint)
    edit.setMaxLength(_LENGTH_LIMIT)
    edit.setCursorPosition(0)
    return edit


def narrow(box: QComboBox) -> None:
    """Let a list be narrower than its longest line, which is seen when it opens."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(16)


def choice_box(field: str, name: str, choices: Sequence[tuple[str, object]]) -> NoWheelComboBox:
    """Return a list to choose from: pairs of words and what they stand for."""
    box = NoWheelComboBox()
    box.setObjectName(field)
    box.setAccessibleName(name)
    narrow(box)
    for words, value in choices:
        box.addItem(words, value)
    return box


def choose(box: NoWheelComboBox, value: object) -> None:
    """Choose an entry by what it stands for; a ``StrEnum`` comes back from Qt as plain text, so equality is enough."""
    for index in range(box.count()):
        if box.itemData(index) == value:
            box.setCurrentIndex(index)
            return
