"""The details: all that is known of the row under the cursor."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStyledItemDelegate,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.journal import Entry, record_of
from cbr_desktop.domain.vault import VaultUse
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import bounded, plain, tooltip
from cbr_desktop.text.states import counted
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.action_row import ActionRow
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.sparkline import Sparkline
from cbr_desktop.ui.kit.tables.column import Gauge
from cbr_desktop.ui.kit.tables.copying import as_json
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.theme import scale_letters, set_type
from cbr_desktop.ui.session.content import Content, ContentReader
from cbr_desktop.ui.session.sheet import Relation, Sheet
from cbr_desktop.ui.shell.content_tab import ContentTab
from cbr_desktop.ui.shell.fact_grid import FactGrid, words_label
from cbr_desktop.ui.shell.facts import DetailsSubject, sheet
from cbr_desktop.ui.shell.found_text import FoundText
from cbr_desktop.ui.shell.gauge_bar import GaugeBar
from cbr_desktop.ui.shell.state_chip import StateChip
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.ui.vaults.use_history import use_history
from cbr_desktop.workflows.ledger import Reading

_JSON_TEXT_LIMIT = 2_000
_TARGET = Qt.ItemDataRole.UserRole
_READ_MS = 350
"""How long a row is looked at before its content is read: going from row to row sends no request."""
_READING = "content"


UseReader = Callable[[], Coroutine[Any, Any, list[VaultUse]]]


def _no_reader(_subject: DetailsSubject) -> None:
    return None


class Details(QFrame):
    """Shows one subject on its tabs, each filled when it is looked at.

    ``reader_of`` returns what reads more of a subject than its row tells, ``None`` where there is no more. It is read
    only when the user looks at the tab of the content or at the JSON, and not before a row has been looked at for a
    while; another subject ends it.

    Signals:
        checkpoint_requested: a checkpoint of what is shown was asked for.
        vault_requested: the vault with this id should be shown.
        row_requested: the row of a page (name, id) should be shown.
        content_read: more of a subject is known than before.
    """

    checkpoint_requested = Signal()
    vault_requested = Signal(object)
    row_requested = Signal(str, str)
    content_read = Signal()

    def __init__(
        self,
        ledger: Reading,
        vault_index: VaultIndex,
        times: Times,
        parent: QWidget | None = None,
        reader_of: Callable[[DetailsSubject], ContentReader | None] = _no_reader,
        history_of: Callable[[DetailsSubject], UseReader | None] = _no_reader,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("details")
        self.setAccessibleName(_("Details"))
        self._ledger = ledger
        self._vault_index = vault_index
        self._times = times
        self._subject: DetailsSubject | None = None
        self._nothing = ""
        self._sheet: Sheet | None = None
        self._filled: set[int] = set()
        self._reader_of = reader_of
        self._reader: ContentReader | None = None
        self._history_of = history_of
        self._history_id = ""
        self._histories = TaskOwner(self)  # one that cannot be read is not shown, which the disk is told of elsewhere
        self._trouble = ""
        self._is_reading = False
        self._fallen_to: QWidget | None = None
        """What came to the front when the content went from there, for a subject that has none."""
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_trouble)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(_READ_MS)
        self._waiting.timeout.connect(self._read)
        self._is_built = False
        self.setMinimumWidth(240)

    def build(self) -> None:
        """Make what shows a subject, unless it is there; with nothing to show, some sixty widgets are not needed."""
        if not self._is_built:
            self._is_built = True
            self._build()
            self.show_subject(None, self._nothing)

    def show_subject(self, subject: DetailsSubject | None, nothing: str = "") -> None:
        """Show what a row stands for, or say ``nothing``: why there is nothing to show."""
        if subject is None and not self._is_built:
            self._nothing = nothing
            return
        self.build()
        told = sheet(subject, self._ledger, self._vault_index, self._times) if subject is not None else None
        if (told, subject, nothing) == (self._sheet, self._subject, self._nothing) and told is not None:
            self._want_content()
            return
        self._subject, self._sheet, self._nothing = subject, told, nothing
        self._filled.clear()
        self._take_reader(self._reader_of(subject) if subject is not None else None)
        self._tell_head()
        self._want_history()
        self._fill(self.tabs.currentIndex())

    def _want_history(self) -> None:
        """Have read how full the subject was; until that is known, no line is shown for another one."""
        if self._sheet is None or self._sheet.id != self._history_id:
            self.history.hide()
            self.history_words.hide()
            self._histories.cancel()
            self._history_id = ""
        read = self._history_of(self._subject) if self._subject is not None else None
        if read is not None and self._sheet is not None and is_at_work() and not self._history_id:
            self._history_id = self._sheet.id
            self._histories.start(read(), self._tell_history, group=_READING)

    def _tell_history(self, uses: list[VaultUse]) -> None:
        told = use_history(uses)
        self.history.setVisible(told is not None)
        self.history_words.setVisible(told is not None)
        if told is not None:
            self.history.tell(told.percents, told.words, ceiling=100.0)
            self.history_words.tell(told.words)

    def show_content(self) -> None:
        """Bring the tab of the content to the front, where there is one."""
        if self._reader is not None:
            self.tabs.setCurrentWidget(self._content)

    def _take_reader(self, reader: ContentReader | None) -> None:
        """Take over who reads more of the subject; of another subject nothing is read any more."""
        if (reader.key if reader else None) != (self._reader.key if self._reader else None):
            self._end_reading()
            self._trouble = ""
        self._reader = reader
        place = self.tabs.indexOf(self._content)
        if reader is not None and place < 0:
            is_wanted = self._fallen_to is not None and self._fallen_to is self.tabs.currentWidget()
            self.tabs.insertTab(1, self._content, _("Content"))
            if is_wanted:
                self.tabs.setCurrentWidget(self._content)
        elif reader is None and place >= 0 and self._subject is not None:
            was_shown = self.tabs.currentWidget() is self._content
            self.tabs.removeTab(place)
            self._fallen_to = self.tabs.currentWidget() if was_shown else None

    def _want_content(self) -> None:
        """Have the content read if it is looked at and not known well enough; what failed is not tried again."""
        if self._reader is None or self._trouble or self._is_reading or self._reader.is_fresh:
            return
        if self.isVisible() and self.tabs.currentWidget() in (self._content, self._json_page):
            self._waiting.start()

    def _read(self) -> None:
        if self._reader is not None and self.isVisible() and is_at_work():
            self._tasks.start(self._reader.read(), self._tell_read, group=_READING)
            self._is_reading = True
            self._tell_content()

    def _end_reading(self) -> None:
        self._waiting.stop()
        self._tasks.cancel(_READING)
        self._is_reading = False

    def _read_again(self) -> None:
        self._trouble = ""
        self._read()

    def _tell_read(self, _nothing: None) -> None:
        self._trouble, self._is_reading = "", False
        self._tell_content()
        self.content_read.emit()

    def _tell_trouble(self, error: CbrError) -> None:
        self._trouble, self._is_reading = error_sentence(error), False
        self._tell_content()

    def _tell_content(self) -> None:
        """Show what is known by now on the tab in front."""
        if self._reader is None:
            return
        content = self._reader.content(is_reading=self._is_reading, trouble=self._trouble)
        if self.tabs.currentWidget() is self._content:
            self._content.tell(content, can_read=bool(self._trouble))
        elif self.tabs.currentWidget() is self._json_page:
            self._tell_json(content)

    def _tell_json(self, content: Content | None) -> None:
        """Show the service's own answer where it is known, else the row as this program holds it."""
        self.answer_note.setVisible(content is not None)
        self.answer_note.setText(plain(content.answer_note) if content is not None else "")
        told = record_of(self._subject) if isinstance(self._subject, Entry) else self._subject
        text = bounded(content.answer if content and content.answer else as_json(told, _JSON_TEXT_LIMIT))
        if self._json.toPlainText() != text:  # where it is being read, it stays as it is
            self._json.setPlainText(text)
            self._find()

    def _tell_head(self) -> None:
        held = self._sheet
        self.title.setText(plain(held.name) if held else _("Details"))
        self.state.tell(held.mark if held else None, held.state if held else "")
        self.kind.setText(plain(held.kind if held else self._nothing))
        self.gauge.tell(Gauge(*held.gauge) if held and held.gauge else None)
        for button in (self.copy_id, self.copy_name, self.create_checkpoint, self.tabs):
            button.setVisible(held is not None)
        if held is not None:
            self.create_checkpoint.setVisible(held.vault_id is not None)

    def _fill(self, tab: int) -> None:
        if self._sheet is None or tab in self._filled:
            return
        self._filled.add(tab)
        held = self._sheet
        shown = self.tabs.widget(tab)
        if tab == 0:
            self._explanation.setText(plain(held.explanation))
            self._facts.tell(held.facts)
        elif shown is self._content:
            self._tell_content()
        elif shown is self._relations:
            _list_lines(self._relations, held.relations or [Relation(_("No relations are known."))])
        elif shown is self._activity:
            _list_lines(self._activity, held.activity or [Relation(_("No task of the last 30 days is known."))])
        elif self._reader is None:
            self._tell_json(None)
        else:
            self._tell_content()
        self._want_content()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(6)
        self.title = words_label("detailsTitle", self)
        scale_letters(self.title, 1.15, bold=True)
        self.state = StateChip(self)
        self.kind = words_label("detailsKind", self)
        self.kind.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.gauge = GaugeBar(self)
        layout.addWidget(self.title)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.state)
        head.addWidget(self.kind, 1)
        layout.addLayout(head)
        layout.addWidget(self.gauge)
        self.history = Sparkline("detailsHistory", self)
        self.history.setMinimumHeight(3 * self.fontMetrics().height())
        self.history_words = Line("detailsHistoryWords", self)
        self.history_words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        set_type(self.history_words, "small")
        for part in (self.history, self.history_words):
            part.hide()
            layout.addWidget(part)
        layout.addWidget(self._buttons())
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("detailsTabs")
        self.tabs.setAccessibleName(_("Tabs of the details"))
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.addTab(self._summary(), _("Summary"))
        self._content = ContentTab(self)
        self._content.hide()
        self._content.read_requested.connect(self._read_again)
        self._relations = _lines("relations", _("Relations"), self)
        self._activity = _lines("activity", _("Activity"), self)
        for lines in (self._relations, self._activity):
            lines.itemActivated.connect(self._follow)
        self.tabs.addTab(self._relations, _("Relations"))
        self.tabs.addTab(self._activity, _("Activity"))
        self._json = FoundText(self)
        self._json.setObjectName("json")
        self._json.setAccessibleName("JSON")
        self._json.setReadOnly(True)
        self._json.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._json.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._json_page = self._json_leaf()
        self.tabs.addTab(self._json_page, "JSON")
        self.tabs.currentChanged.connect(self._fill)
        layout.addWidget(self.tabs, 1)
        layout.addStretch()

    def showEvent(self, event: QShowEvent) -> None:
        """Have read what is shown now."""
        self.build()
        super().showEvent(event)
        self._want_content()

    def hideEvent(self, event: QHideEvent) -> None:
        """End the reading of what is not shown any more."""
        super().hideEvent(event)
        self._end_reading()

    def _json_leaf(self) -> QWidget:
        """Return the tab of the JSON: a line to look for something, and the text below it."""
        tab = QWidget(self)
        tab.setObjectName("jsonTab")
        self.sought = QLineEdit(tab)
        self.sought.setObjectName("findInJson")
        self.sought.setAccessibleName(_("Find in JSON"))
        self.sought.setPlaceholderText(_("Find (Enter: next)"))
        self.sought.setClearButtonEnabled(True)
        self.found = QLabel(tab)
        self.found.setObjectName("foundInJson")
        self.found.setTextFormat(Qt.TextFormat.PlainText)
        self.found.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.found.hide()
        self.sought.textChanged.connect(self._find)
        self.sought.returnPressed.connect(self._json.show_next)
        row = QHBoxLayout()
        row.addWidget(self.sought, 1)
        row.addWidget(self.found)
        layout = QVBoxLayout(tab)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        self.answer_note = words_label("answerNote", tab)
        self.answer_note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout.addWidget(self.answer_note)
        layout.addLayout(row)
        layout.addWidget(self._json, 1)
        return tab

    def _follow(self, item: QListWidgetItem) -> None:
        """Go to what a line tells of, if it leads anywhere."""
        page, id = item.data(_TARGET)
        if page:
            self.row_requested.emit(page, id)

    def _find(self) -> None:
        count = self._json.find_all(self.sought.text())
        self.found.setVisible(bool(self.sought.text()))  # or else the line is as wide as the text below it
        self.found.setText(counted("{count} found", "{count} found", count) if self.sought.text() else "")

    def _buttons(self) -> ActionRow:
        row = ActionRow("detailsActions", self)
        self.create_checkpoint = _button(
            "createCheckpointOfThis", _("Create checkpoint of this"), _("Create checkpoint"), "plus", row
        )
        self.create_checkpoint.clicked.connect(self.checkpoint_requested)
        self.copy_id = _button("copyId", _("Copy id"), _("Copy id"), "", row)
        self.copy_id.clicked.connect(partial(self._copy, lambda held: held.id))
        self.copy_name = _button("copyName", _("Copy name"), _("Copy name"), "", row)
        self.copy_name.clicked.connect(partial(self._copy, lambda held: held.name))
        row.add([self.create_checkpoint, self.copy_id, self.copy_name])
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
        self._explanation = words_label("explanation", inside)
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
    lines.setItemDelegate(_LinkDelegate(lines))
    return lines


class _LinkDelegate(QStyledItemDelegate):
    """Draws lines that lead somewhere in the colour that links have in the theme that is on."""

    def initStyleOption(self, option: Any, index: QModelIndex | QPersistentModelIndex) -> None:
        """Choose the colour of the words."""
        super().initStyleOption(option, index)
        page, _id = index.data(_TARGET)
        if page:
            option.palette.setBrush(QPalette.ColorRole.Text, option.palette.brush(QPalette.ColorRole.Link))


def _list_lines(view: QListWidget, relations: list[Relation]) -> None:
    view.clear()
    for relation in relations:
        item = QListWidgetItem(plain(relation.words), view)
        item.setData(_TARGET, (relation.page, relation.id))
        item.setToolTip(tooltip(relation.words, _("Double click or Enter goes there") if relation.page else ""))
