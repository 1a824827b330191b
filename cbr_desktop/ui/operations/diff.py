"""Two texts side by side, line against line, with what differs marked by sign and tint."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.document import laid_out
from cbr_desktop.domain.error import CbrError
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import counted
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.fields import code_view
from cbr_desktop.ui.kit.theme import is_dark, tone_colour
from cbr_desktop.ui.kit.widgets import ask_for_file, button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.session.profile_context import Settings

_LINES = 20_000
"""Lines of a text that are compared; real requests have a hundred."""
_TINT = 46


class Pair(NamedTuple):
    """One line of either side, ``None`` where a side has none; ``is_same`` when both say the same."""

    left: str | None
    right: str | None
    is_same: bool

    @property
    def sides(self) -> tuple[str | None, str | None]:
        """Both lines."""
        return self.left, self.right


def pairs(left: str, right: str) -> list[Pair]:
    """Return two texts line against line."""
    ours, theirs = left.splitlines()[:_LINES], right.splitlines()[:_LINES]
    made: list[Pair] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        first: Sequence[str | None] = ours[a:b]
        second: Sequence[str | None] = theirs[c:d]
        for place in range(max(len(first), len(second))):
            one = first[place] if place < len(first) else None
            other = second[place] if place < len(second) else None
            made.append(Pair(one, other, kind == "equal"))
    return made


class DiffDialog(QDialog):
    """Compares any two of several texts, which are known by their names.

    ``read`` reads one more from a file and raises a ``CbrError``; without it there is no asking for one.
    """

    def __init__(
        self,
        sources: Mapping[str, str],
        left: str,
        right: str,
        parent: QWidget | None = None,
        *,
        read: Callable[[str], str] | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self.setObjectName("draftDiff")
        self.setWindowTitle(_("Compare"))
        self.setAccessibleName(_("Compare"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Window)
        self._sources = dict(sources)
        self._changes: list[int] = []
        self.boxes = (
            _box("draftDiffLeftSource", _("Left"), self._sources),
            _box("draftDiffRightSource", _("Right"), sources),
        )
        self.texts = (_text("draftDiffLeft", _("Left text")), _text("draftDiffRight", _("Right text")))
        self.summary = QLabel()
        self.summary.setObjectName("draftDiffSummary")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        take_room(self, QSize(1100, 680), settings)
        names = list(self._sources)
        for box, name in zip(self.boxes, (left, right), strict=True):
            box.setCurrentIndex(names.index(name))
            box.currentIndexChanged.connect(self._compare)
        first, second = (text.verticalScrollBar() for text in self.texts)
        first.valueChanged.connect(second.setValue)
        second.valueChanged.connect(first.setValue)
        QShortcut(QKeySequence("F7"), self, self.next_change)
        QShortcut(QKeySequence("Shift+F7"), self, self.previous_change)
        self._compare()

    def open(self) -> None:
        """Show the window, non-modal."""
        self.setModal(False)
        self.show()
        self.activateWindow()
        self.texts[0].setFocus()

    def next_change(self) -> None:
        """Go to the next change; after the last one comes the first."""
        here = self.texts[0].textCursor().blockNumber()
        self._go(next((row for row in self._changes if row > here), self._changes[0] if self._changes else 0))

    def previous_change(self) -> None:
        """Go to the change before; before the first one comes the last."""
        here = self.texts[0].textCursor().blockNumber()
        earlier = [row for row in self._changes if row < here]
        self._go(earlier[-1] if earlier else self._changes[-1] if self._changes else 0)

    def add_file(self, path: str) -> None:
        """Compare the left text with a file from anywhere; it is only read."""
        assert self._read is not None  # noqa: S101  # a file is only asked for where it can be read
        try:
            text = self._read(path)
        except CbrError as error:
            self.summary.setText(error_sentence(error))
            return
        if path not in self._sources:
            for box in self.boxes:
                box.addItem(plain(path, 120))
        self._sources[path] = text
        place = list(self._sources).index(path)
        if self.boxes[1].currentIndex() == place:
            self._compare()
        self.boxes[1].setCurrentIndex(place)

    def _ask_file(self) -> None:
        ask_for_file(
            self, _("Compare with another file"), "draftDiffFileDialog", [_("Requests (*.json)")], self.add_file
        )

    def _go(self, row: int) -> None:
        for text in self.texts:
            text.setTextCursor(QTextCursor(text.document().findBlockByNumber(row)))
            text.centerCursor()

    def _compare(self) -> None:
        names = list(self._sources)
        left, right = (self._sources[names[box.currentIndex()]] for box in self.boxes)
        rows = pairs(laid_out(left), laid_out(right))
        self._changes = [n for n, row in enumerate(rows) if not row.is_same and (n == 0 or rows[n - 1].is_same)]
        for side, text in enumerate(self.texts):
            lines = [row.sides[side] for row in rows]
            text.setPlainText("\n".join(_line(row, side) for row in rows))
            marked = [n for n, row in enumerate(rows) if not row.is_same]
            text.setExtraSelections([self._selection(text, n, lines[n] is None, side) for n in marked])
        changed = sum(not row.is_same for row in rows)
        self.summary.setText(
            _("{changes} in {lines} (F7 next, Shift+F7 back)").format(
                changes=counted("{count} change", "{count} changes", len(self._changes)),
                lines=counted("{count} line", "{count} lines", changed),
            )
            if changed
            else _("Both say the same, letter by letter.")
            if left == right
            else _("Both say the same; they differ only in line breaks and spaces.")
        )

    def _selection(self, text: QPlainTextEdit, row: int, is_gap: bool, side: int) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        made.cursor = QTextCursor(text.document().findBlockByNumber(row))
        tint = tone_colour(Tone.IDLE if is_gap else Tone.GOOD if side else Tone.BAD, self.palette())
        tint.setAlpha(_TINT + 20 if is_dark(self.palette()) else _TINT)
        made.format.setBackground(tint)
        made.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        return made

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for box, text in zip(self.boxes, self.texts, strict=True):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(box)
            column.addWidget(text, 1)
            split.addWidget(side)
        further = ((_("Another &file…"), "draftDiffFile", self._ask_file),) if self._read is not None else ()
        steps = (
            *further,
            (_("&Previous change"), "draftDiffPrevious", self.previous_change),
            (_("&Next change"), "draftDiffNext", self.next_change),
        )
        close = push_button(_("Close"), "draftDiffClose", self.close)
        foot = button_row(close, *(push_button(words, name, act) for words, name, act in steps))
        layout = QVBoxLayout(self)
        layout.addWidget(split, 1)
        layout.addWidget(self.summary)
        layout.addLayout(foot)


def _line(row: Pair, side: int) -> str:
    """Return a line with its sign, so that no colour is needed to see a change; hidden letters are seen as well."""
    text = row.sides[side]
    if text is None:
        return ""
    sign = " " if row.is_same else "+" if side else "-"
    bare = text.lstrip(" \t")
    return f"{sign} {text[: len(text) - len(bare)]}{plain(bare, 2000)}"


def _box(name: str, words: str, sources: Mapping[str, str]) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setAccessibleDescription(words)
    made.addItems([plain(source, 120) for source in sources])
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


def _text(name: str, words: str) -> QPlainTextEdit:
    made = code_view(name, words)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made
