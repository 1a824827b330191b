"""The JSON of a draft as a field: colours, numbers of lines, and each error at its line."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.draft import lines_of
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import draw_mark, mark_icon
from cbr_desktop.ui.kit.lines import MARK_SIZE, SEVERITY_MARKS, label
from cbr_desktop.ui.kit.theme import tone_colour
from cbr_desktop.ui.operations.problem import problem_sentence

_PARTS = (
    ("number", r"-?\b\d+(\.\d+)?([eE][+-]?\d+)?\b"),
    ("word", r"\b(true|false|null)\b"),
    ("text", r'"([^"\\]|\\.)*"'),
    ("key", r'"([^"\\]|\\.)*"(?=\s*:)'),
)
_LONGEST = 4000
"""Letters of a line that are coloured; a pasted book must not stop the window."""


class JsonColours(QSyntaxHighlighter):
    """Colours keys, texts, numbers and words of JSON, as the palette of the document's view wants it."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._rules = [(name, QRegularExpression(pattern)) for name, pattern in _PARTS]
        self._formats: dict[str, QTextCharFormat] = {}
        self.take_colours(QPalette())

    def take_colours(self, palette: QPalette) -> None:
        """Take the colours of a theme."""
        colours = {
            "key": palette.color(QPalette.ColorRole.Link),
            "text": tone_colour(Tone.GOOD, palette),
            "number": tone_colour(Tone.WARN, palette),
            "word": palette.color(QPalette.ColorRole.LinkVisited),
        }
        for name, colour in colours.items():
            form = QTextCharFormat()
            form.setForeground(colour)
            self._formats[name] = form
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        for name, rule in self._rules:
            matches = rule.globalMatch(text[:_LONGEST])
            while matches.hasNext():
                match = matches.next()
                self.setFormat(match.capturedStart(), match.capturedLength(), self._formats[name])


class JsonText(QPlainTextEdit):
    """A text with a margin of numbers and marks. Undo is not its own: one stack serves form and JSON."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("JSON")
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.colours = JsonColours(self.document())
        self.colours.take_colours(self.palette())
        self._margin = _Margin(self)
        self._marks: dict[int, Finding] = {}
        self.blockCountChanged.connect(self._fit)
        self.updateRequest.connect(self._scroll)
        self._fit()

    def mark(self, findings: Sequence[tuple[int, Finding]]) -> None:
        """Mark lines with what is found there; the most serious of a line counts."""
        self._marks = {}
        for line, finding in findings:
            held = self._marks.get(line)
            if held is None or finding.severity.value < held.severity.value:
                self._marks[line] = finding
        self.setExtraSelections([self._selection(line) for line, f in self._marks.items() if _is_block(f)])
        self._margin.update()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor at a line and a column, both from 1."""
        block = self.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        cursor.movePosition(
            QTextCursor.MoveOperation.Right,
            QTextCursor.MoveMode.MoveAnchor,
            min(column - 1, max(0, block.length() - 1)),
        )
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def plain_text(self) -> str:
        """The text as it stands, with the line ends of JSON."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def show_text(self, text: str) -> None:
        """Show another text; the part that is the same stays, and so do cursor and place."""
        old = self.plain_text
        if text == old:
            return
        start = _common(old, text)
        end = _common(old[start:][::-1], text[start:][::-1])
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(old[:start]))
        cursor.setPosition(_units(old[: len(old) - end]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[start : len(text) - end])

    def margin_width(self) -> int:
        """Return how wide the margin must be."""
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + MARK_SIZE.width() + 8

    def paint_margin(self, painter: QPainter, clip: QRect) -> None:
        """Draw numbers and marks of the lines that can be seen."""
        # of a brush, since of a colour Qt's 180 named gradients would be made at the first call
        painter.fillRect(clip, QBrush(self.palette().color(QPalette.ColorRole.AlternateBase)))
        block = self.firstVisibleBlock()
        top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
        high = self.fontMetrics().height()
        wide = self._margin.width()
        while block.isValid() and top <= clip.bottom():
            number = block.blockNumber() + 1
            if block.isVisible() and top + high >= clip.top():
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                painter.drawText(0, top, wide - 4, high, Qt.AlignmentFlag.AlignRight, str(number))
                if number in self._marks:
                    place = QRect(2, top + (high - MARK_SIZE.height()) // 2, MARK_SIZE.width(), MARK_SIZE.height())
                    draw_mark(painter, SEVERITY_MARKS[self._marks[number].severity], place.toRectF(), self.palette())
            top += round(self.blockBoundingRect(block).height())
            block = block.next()

    def _selection(self, line: int) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        made.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        tint = tone_colour(Tone.BAD, self.palette())
        tint.setAlpha(40)
        made.format.setBackground(tint)
        made.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        return made

    def _fit(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)

    def _scroll(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin beside the text."""
        super().resizeEvent(event)
        inner = self.contentsRect()
        self._margin.setGeometry(QRect(inner.left(), inner.top(), self.margin_width(), inner.height()))

    def changeEvent(self, event: object) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)  # type: ignore[arg-type]
        if hasattr(self, "colours") and event.type().name == "PaletteChange":  # type: ignore[attr-defined]
            self.colours.take_colours(self.palette())


class _Margin(QWidget):
    """The strip beside a text."""

    def __init__(self, text: JsonText) -> None:
        super().__init__(text)
        self._text = text

    def sizeHint(self) -> QSize:
        """Return the width that the numbers need."""
        return QSize(self._text.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw numbers and marks."""
        painter = QPainter(self)
        painter.setFont(self._text.font())
        self._text.paint_margin(painter, event.rect())
        painter.end()


_ONE = N_("The form and this text are one: what changes here changes there.")
_COMPARED = N_("With its file, and with the last request for this vault")


class JsonField(QWidget):
    """The JSON of a draft, to be edited, and what is wrong with it below.

    Signals:
        edited: the operator has written another text.
        comparison_requested: show what differs from the file and from the last request.
    """

    edited = Signal(str)
    comparison_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, state: str = "", compared: str = "") -> None:
        super().__init__(parent)
        self._showing = False
        self.text = JsonText("checkpointJson")
        self.text.textChanged.connect(self._changed)
        self.state = label(state or _(_ONE), "checkpointJsonState")
        self.list = QListWidget()
        self.list.setObjectName("checkpointJsonFindings")
        self.list.setAccessibleName(_("Problems in the JSON"))
        self.list.setIconSize(MARK_SIZE)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._go)
        self.list.itemClicked.connect(self._go)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.text)
        split.addWidget(self.list)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        self.compare = QPushButton(_("Compare… (Ctrl+D)"))
        self.compare.setObjectName("checkpointCompare")
        self.compare.setToolTip(tooltip(compared or _(_COMPARED)))
        self.compare.setAutoDefault(False)
        self.compare.clicked.connect(self.comparison_requested)
        layout.addWidget(self.state)
        layout.addWidget(split, 1)
        layout.addWidget(self.compare, 0, Qt.AlignmentFlag.AlignRight)

    def show_text(self, text: str) -> None:
        """Show another text that came from elsewhere."""
        self._showing = True
        self.text.show_text(text)
        self._showing = False

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show what is wrong with the text, each at its line."""
        rows = sorted(lines_of(self.text.plain_text, list(findings)), key=lambda row: row[0])
        self.text.mark(rows)
        self.list.clear()
        for line, finding in rows:
            icon = mark_icon(SEVERITY_MARKS[finding.severity])
            item = QListWidgetItem(
                icon, _("Line {line}: {finding}").format(line=line, finding=problem_sentence(finding)), self.list
            )
            column = finding.facts.get("column")
            item.setData(Qt.ItemDataRole.UserRole, (line, column if isinstance(column, int) else 1))
        self.list.setVisible(bool(rows))

    def go_to_first(self) -> None:
        """Put the cursor at the first problem."""
        if self.list.count():
            self._go(self.list.item(0))
        else:
            self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self, item: QListWidgetItem) -> None:
        line, column = item.data(Qt.ItemDataRole.UserRole)
        self.text.go_to(line, column)

    def _changed(self) -> None:
        if not self._showing:
            self.edited.emit(self.text.plain_text)


def _is_block(finding: Finding) -> bool:
    return finding.severity is Severity.BLOCK


def _common(first: str, second: str) -> int:
    """Return how many letters two texts begin alike with."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[:middle] == second[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
