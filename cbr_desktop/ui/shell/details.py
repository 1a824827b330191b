"""The details: all that is known of the row under the cursor."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPainter, QPaintEvent, QPalette, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.journal import Entry, record_of
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import bounded, plain, tooltip
from cbr_desktop.text.states import counted
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.tables.column import Gauge
from cbr_desktop.ui.kit.tables.copying import as_json
from cbr_desktop.ui.kit.tables.delegate import draw_gauge
from cbr_desktop.ui.kit.theme import tone_colour
from cbr_desktop.ui.kit.tokens import RADIUS
from cbr_desktop.ui.session.sheet import Facts, Relation, Sheet
from cbr_desktop.ui.shell.facts import Subject, sheet
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.workflows.ledger import Reading

_JSON_TEXT_LIMIT = 2_000
_FOUND_LIMIT = 1_000
_GAUGE_HEIGHT = 18
_TARGET = Qt.ItemDataRole.UserRole
_TINT = 0.12


class Details(QFrame):
    """Shows one subject on four leaves, each filled when it is looked at.

    Signals:
        checkpoint_requested: a checkpoint of what is shown was asked for.
        vault_requested: the vault with this id should be shown.
        row_requested: the row of a page (name, id) should be shown.
    """

    checkpoint_requested = Signal()
    vault_requested = Signal(object)
    row_requested = Signal(str, str)

    def __init__(self, ledger: Reading, vault_index: VaultIndex, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("details")
        self.setAccessibleName(_("Details"))
        self._ledger = ledger
        self._vault_index = vault_index
        self._times = times
        self._subject: Subject | None = None
        self._nothing = ""
        self._sheet: Sheet | None = None
        self._filled: set[int] = set()
        self._build()
        self.show_subject(None)

    def show_subject(self, subject: Subject | None, nothing: str = "") -> None:
        """Show what a row stands for, or say ``nothing``: why there is nothing to show."""
        told = sheet(subject, self._ledger, self._vault_index, self._times) if subject is not None else None
        if (told, subject, nothing) == (self._sheet, self._subject, self._nothing) and told is not None:
            return
        self._subject, self._sheet, self._nothing = subject, told, nothing
        self._filled.clear()
        self._tell_head()
        self._fill(self.leaves.currentIndex())

    def _tell_head(self) -> None:
        held = self._sheet
        self.title.setText(plain(held.name) if held else _("Details"))
        self.state.tell(held.mark if held else None, held.state if held else "")
        self.kind.setText(plain(held.kind if held else self._nothing))
        self.gauge.tell(Gauge(*held.gauge) if held and held.gauge else None)
        for button in (self.copy_id, self.copy_name, self.create_checkpoint, self.leaves):
            button.setVisible(held is not None)
        if held is not None:
            self.create_checkpoint.setVisible(held.vault_id is not None)

    def _fill(self, leaf: int) -> None:
        if self._sheet is None or leaf in self._filled:
            return
        self._filled.add(leaf)
        held = self._sheet
        if leaf == 0:
            self._explanation.setText(plain(held.explanation))
            self._facts.tell(held.facts)
        elif leaf == 1:
            _list_lines(self._relations, held.relations or [Relation(_("No relations are known."))])
        elif leaf == 2:
            _list_lines(self._activity, held.activity or [Relation(_("No task of the last 30 days is known."))])
        else:
            told = record_of(self._subject) if isinstance(self._subject, Entry) else self._subject
            self._json.setPlainText(bounded(as_json(told, _JSON_TEXT_LIMIT)))
            self._find()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(6)
        self.title = _label("detailsTitle", self)
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.title.setFont(font)
        self.state = StateChip(self)
        self.kind = _label("detailsKind", self)
        self.kind.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.gauge = GaugeBar(self)
        layout.addWidget(self.title)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.state)
        head.addWidget(self.kind, 1)
        layout.addLayout(head)
        layout.addWidget(self.gauge)
        layout.addLayout(self._buttons())
        self.leaves = QTabWidget(self)
        self.leaves.setObjectName("detailsLeaves")
        self.leaves.setAccessibleName(_("Leaves of the details"))
        self.leaves.setDocumentMode(True)
        self.leaves.addTab(self._summary(), _("Summary"))
        self._relations = _lines("relations", _("Relations"), self)
        self._activity = _lines("activity", _("Activity"), self)
        for lines in (self._relations, self._activity):
            lines.itemActivated.connect(self._follow)
        self.leaves.addTab(self._relations, _("Relations"))
        self.leaves.addTab(self._activity, _("Activity"))
        self._json = FoundText(self)
        self._json.setObjectName("json")
        self._json.setAccessibleName("JSON")
        self._json.setReadOnly(True)
        self._json.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._json.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.leaves.addTab(self._json_leaf(), "JSON")
        self.leaves.currentChanged.connect(self._fill)
        layout.addWidget(self.leaves, 1)
        layout.addStretch()
        self.setMinimumWidth(300)

    def _json_leaf(self) -> QWidget:
        """Return the leaf of the JSON: a line to look for something, and the text below it."""
        leaf = QWidget(self)
        leaf.setObjectName("jsonLeaf")
        self.sought = QLineEdit(leaf)
        self.sought.setObjectName("findInJson")
        self.sought.setAccessibleName(_("Find in JSON"))
        self.sought.setPlaceholderText(_("Find (Enter: next)"))
        self.sought.setClearButtonEnabled(True)
        self.found = QLabel(leaf)
        self.found.setObjectName("foundInJson")
        self.found.setTextFormat(Qt.TextFormat.PlainText)
        self.found.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.sought.textChanged.connect(self._find)
        self.sought.returnPressed.connect(self._json.show_next)
        row = QHBoxLayout()
        row.addWidget(self.sought, 1)
        row.addWidget(self.found)
        layout = QVBoxLayout(leaf)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self._json, 1)
        return leaf

    def _follow(self, item: QListWidgetItem) -> None:
        """Go to what a line tells of, if it leads anywhere."""
        page, id = item.data(_TARGET)
        if page:
            self.row_requested.emit(page, id)

    def _find(self) -> None:
        count = self._json.find_all(self.sought.text())
        self.found.setText(counted("{count} found", "{count} found", count) if self.sought.text() else "")

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self.create_checkpoint = _button(
            "createCheckpointOfThis", _("Create checkpoint of this"), _("Create checkpoint"), "plus", self
        )
        self.create_checkpoint.clicked.connect(self.checkpoint_requested)
        self.copy_id = _button("copyId", _("Copy id"), _("Copy id"), "", self)
        self.copy_id.clicked.connect(partial(self._copy, lambda held: held.id))
        self.copy_name = _button("copyName", _("Copy name"), _("Copy name"), "", self)
        self.copy_name.clicked.connect(partial(self._copy, lambda held: held.name))
        for button in (self.create_checkpoint, self.copy_id, self.copy_name):
            row.addWidget(button)
        row.addStretch()
        return row

    def _summary(self) -> QWidget:
        area = QScrollArea(self)
        area.setObjectName("summary")
        area.setAccessibleName(_("Summary"))
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        inside.setObjectName("summaryInside")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(2, 8, 2, 2)
        self._explanation = _label("explanation", inside)
        self._facts = FactGrid(inside)
        layout.addWidget(self._explanation)
        layout.addSpacing(6)
        layout.addWidget(self._facts)
        layout.addStretch()
        area.setWidget(inside)
        return area

    def _copy(self, part: Callable[[Sheet], str], *_rest: object) -> None:
        if self._sheet is not None:
            QGuiApplication.clipboard().setText(part(self._sheet))


class StateChip(QLabel):
    """A state in its colour, on a tint of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("detailsState")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(8, 3, 8, 3)
        self._mark: Mark | None = None
        self._is_colouring = False

    def tell(self, mark: Mark | None, words: str) -> None:
        """Show another state, or none."""
        self._mark = mark
        self.setText(f"{mark.shape} {plain(words, 80)}" if mark is not None else "")
        self.setVisible(mark is not None)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colour from the theme that is on now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._is_colouring:
            self._colour()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tint below the words."""
        if self._mark is not None:
            tint = tone_colour(self._mark.tone, self.palette())
            tint.setAlphaF(_TINT)
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
            painter.end()
        super().paintEvent(event)

    def _colour(self) -> None:
        if self._mark is None:
            return
        colours = QPalette()
        colours.setColor(QPalette.ColorRole.WindowText, tone_colour(self._mark.tone, self.palette()))
        self._is_colouring = True
        self.setPalette(colours)
        self._is_colouring = False


class GaugeBar(QWidget):
    """How full something is, as wide as there is room, in the colours of the tables."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("detailsGauge")
        self._gauge: Gauge | None = None
        self.setFixedHeight(_GAUGE_HEIGHT)
        self.hide()

    def tell(self, gauge: Gauge | None) -> None:
        """Show another share, or nothing."""
        self._gauge = gauge
        self.setVisible(gauge is not None)
        self.setAccessibleName(f"{gauge.percent:.0f} %" if gauge is not None else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the gauge."""
        if self._gauge is not None:
            painter = QPainter(self)
            draw_gauge(painter, QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5), self._gauge, self.palette())
            painter.end()


class FoundText(QPlainTextEdit):
    """Text in which every place is marked where something stands that is looked for."""

    def find_all(self, sought: str) -> int:
        """Mark all places of a text, in whichever case, and go to the first; return how many there are."""
        marks: list[QTextEdit.ExtraSelection] = []
        if sought:
            cursor = self.document().find(sought, 0)
            while not cursor.isNull() and len(marks) < _FOUND_LIMIT:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = cursor
                mark.format.setBackground(self.palette().color(QPalette.ColorRole.Highlight))
                marks.append(mark)
                cursor = self.document().find(sought, cursor)
        self.setExtraSelections(marks)
        self._sought = sought
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if marks:
            self.show_next()
        return len(marks)

    def show_next(self) -> None:
        """Go to the next place, from the last to the first."""
        sought = getattr(self, "_sought", "")
        if sought and not self.find(sought):
            self.moveCursor(QTextCursor.MoveOperation.Start)
            self.find(sought)


class FactGrid(QWidget):
    """Pairs of words, one below the other; labels are used again and again."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("facts")
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnStretch(1, 1)
        self._labels: list[tuple[QLabel, QLabel]] = []

    def tell(self, facts: Facts) -> None:
        """Show other pairs."""
        while len(self._labels) < len(facts):
            self._add()
        for place, (name, value) in enumerate(self._labels):
            is_used = place < len(facts)
            name.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                name.setText(facts[place][0])
                if value.text() != plain(facts[place][1]):  # a text that is selected stays so
                    value.setText(plain(facts[place][1]))

    def _add(self) -> None:
        name, value = _label("factName", self), _label("factValue", self)
        name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        name.setWordWrap(False)
        place = len(self._labels)
        self._layout.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(value, place, 1)
        self._labels.append((name, value))


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(40)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label


def _button(name: str, accessible: str, text: str, picture: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    if picture:
        button.setIcon(icon(picture))
    button.setObjectName(name)
    button.setAccessibleName(accessible)
    button.setAutoDefault(False)
    return button


def _lines(name: str, accessible: str, parent: QWidget) -> QListWidget:
    lines = QListWidget(parent)
    lines.setObjectName(name)
    lines.setAccessibleName(accessible)
    lines.setAlternatingRowColors(True)
    lines.setSpacing(2)
    lines.setTextElideMode(Qt.TextElideMode.ElideRight)
    lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return lines


def _list_lines(view: QListWidget, relations: list[Relation]) -> None:
    view.clear()
    link = view.palette().brush(QPalette.ColorRole.Link)
    for relation in relations:
        item = QListWidgetItem(plain(relation.words), view)
        item.setData(_TARGET, (relation.page, relation.id))
        if relation.page:
            item.setForeground(link)
        item.setToolTip(tooltip(relation.words, _("Double click or Enter goes there") if relation.page else ""))
