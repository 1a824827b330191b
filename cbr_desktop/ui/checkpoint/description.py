"""The description field: three lines of free text, judged while it is written."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.checkpoint import DESCRIPTION_LIMIT, description_findings
from cbr_desktop.domain.finding import Finding
from cbr_desktop.text.catalogue import _, ngettext
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import grouped
from cbr_desktop.ui.kit.finding_lines import FindingLines
from cbr_desktop.ui.kit.lines import label, offence

_NEARLY = 230
"""From here on the counter says how many characters are left."""


class DescriptionField(QWidget):
    """The description of a request.

    Signals:
        changed: another description.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("checkpointDescription")
        self.edit.setAccessibleName(_("Description"))
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText(_("Why this checkpoint is made (optional)"))
        self.edit.setFixedHeight(self.edit.fontMetrics().lineSpacing() * 3 + 14)
        self.edit.textChanged.connect(self._judge)
        self.counter = QLabel()
        self.counter.setTextFormat(Qt.TextFormat.PlainText)
        self.counter.setObjectName("checkpointDescriptionCounter")
        self.lines = FindingLines("checkpointDescriptionSentence")
        self.fix = QPushButton(_("&Use ‹ ›"))
        self.fix.setObjectName("checkpointDescriptionFix")
        hint = _("Replaces < by ‹ and > by ›, which are allowed")
        self.fix.setToolTip(tooltip(hint))
        self.fix.setAccessibleDescription(hint)
        self.fix.setAutoDefault(False)
        self.fix.clicked.connect(self._fix)
        self._lay_out()
        self._judge()

    @property
    def text(self) -> str:
        """The description as it would be sent; Qt's own line ends become those of JSON."""
        return self.edit.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def set_text(self, description: str) -> None:
        """Put another description in."""
        self.edit.setPlainText(description)

    def show_findings(self, findings: list[Finding]) -> None:
        """Show what is found about the description."""
        self.lines.show_findings(findings)
        self.edit.setAccessibleDescription(self.lines.text())

    def _lay_out(self) -> None:
        heading = label(_("&Description"))
        heading.setBuddy(self.edit)
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self.fix)
        head.addWidget(self.counter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self.edit)
        layout.addWidget(self.lines)

    def _judge(self) -> None:
        text = self.text
        left = DESCRIPTION_LIMIT - len(text)
        used = f"{len(text)}/{DESCRIPTION_LIMIT}"
        is_near = 0 <= left <= DESCRIPTION_LIMIT - _NEARLY
        self.counter.setText(_left(used, left) if is_near else used)
        self.show_findings(description_findings(text))
        self.fix.setVisible("<" in text or ">" in text)
        self._highlight(text)
        self.changed.emit()

    def _fix(self) -> None:
        cursor = self.edit.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(self.text.replace("<", "‹").replace(">", "›"))
        self.edit.setFocus()

    def _highlight(self, text: str) -> None:
        form = offence(self.edit.palette())
        self.edit.setExtraSelections([self._selection(start, end, form) for start, end in _offending(text)])

    def _selection(self, start: int, end: int, form: QTextCharFormat) -> QTextEdit.ExtraSelection:
        cursor = QTextCursor(self.edit.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        made = QTextEdit.ExtraSelection()
        made.cursor = cursor
        made.format = form
        return made


def _offending(text: str) -> list[tuple[int, int]]:
    """Return where the offending parts are, in the UTF-16 units that Qt counts in; what is too long is one part."""
    spans = []
    unit = 0
    for character in text[:DESCRIPTION_LIMIT]:
        width = _units(character)
        if character in "<>" or (ord(character) < 0x20 and character != "\n"):
            spans.append((unit, unit + width))
        unit += width
    return [*spans, (unit, _units(text))] if len(text) > DESCRIPTION_LIMIT else spans


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _left(used: str, left: int) -> str:
    """Return how much of the room is used, and how much is left of it."""
    return ngettext("{used} ({count} left)", "{used} ({count} left)", left).format(used=used, count=grouped(left))
