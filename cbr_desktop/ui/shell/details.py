"""The details: all that is known of the row under the cursor."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.journal import Entry, record_of
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import bounded, plain, tooltip
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.tables.copying import as_json
from cbr_desktop.ui.kit.theme import tone_colour
from cbr_desktop.ui.shell.facts import Facts, Sheet, Subject, sheet
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.workflows.ledger import Reading

_JSON_TEXT_LIMIT = 2_000


class Details(QFrame):
    """Shows one subject on four leaves, each filled when it is looked at.

    Signals:
        checkpoint_requested: a checkpoint of what is shown was asked for.
        vault_requested: the vault with this id should be shown.
    """

    checkpoint_requested = Signal()
    vault_requested = Signal(object)

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

    def changeEvent(self, event: QEvent) -> None:
        """Take the colour of the state from the theme that is on now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _tell_head(self) -> None:
        held = self._sheet
        self.title.setText(plain(held.name) if held else _("Details"))
        self.state.setText(f"{held.mark.shape} {plain(held.state, 80)} · {held.kind}" if held else plain(self._nothing))
        self._colour()
        for button in (self.copy_id, self.copy_name, self.create_checkpoint, self.leaves):
            button.setVisible(held is not None)
        if held is not None:
            self.create_checkpoint.setVisible(held.vault_id is not None)

    def _colour(self) -> None:
        colours = self.palette()
        if self._sheet is not None:
            colours.setColor(QPalette.ColorRole.WindowText, tone_colour(self._sheet.mark.tone, colours))
        self.state.setPalette(colours)

    def _fill(self, leaf: int) -> None:
        if self._sheet is None or leaf in self._filled:
            return
        self._filled.add(leaf)
        held = self._sheet
        if leaf == 0:
            self._explanation.setText(plain(held.explanation))
            self._facts.tell(held.facts)
        elif leaf == 1:
            _list_lines(self._relations, held.relations or [_("No relations are known.")])
        elif leaf == 2:
            _list_lines(self._activity, held.activity or [_("No task of the last 30 days is known.")])
        else:
            told = record_of(self._subject) if isinstance(self._subject, Entry) else self._subject
            self._json.setPlainText(bounded(as_json(told, _JSON_TEXT_LIMIT)))

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(6)
        self.title = _label("detailsTitle", self)
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.title.setFont(font)
        self.state = _label("detailsState", self)
        layout.addWidget(self.title)
        layout.addWidget(self.state)
        layout.addLayout(self._buttons())
        self.leaves = QTabWidget(self)
        self.leaves.setObjectName("detailsLeaves")
        self.leaves.setAccessibleName(_("Leaves of the details"))
        self.leaves.setDocumentMode(True)
        self.leaves.addTab(self._summary(), _("Summary"))
        self._relations = _lines("relations", _("Relations"), self)
        self._activity = _lines("activity", _("Activity"), self)
        self.leaves.addTab(self._relations, _("Relations"))
        self.leaves.addTab(self._activity, _("Activity"))
        self._json = QPlainTextEdit(self)
        self._json.setObjectName("json")
        self._json.setAccessibleName("JSON")
        self._json.setReadOnly(True)
        self._json.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._json.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.leaves.addTab(self._json, "JSON")
        self.leaves.currentChanged.connect(self._fill)
        layout.addWidget(self.leaves, 1)
        layout.addStretch()
        self.setMinimumWidth(300)

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


def _list_lines(view: QListWidget, texts: list[str]) -> None:
    view.clear()
    for text in texts:
        item = QListWidgetItem(plain(text), view)
        item.setToolTip(tooltip(text))
