"""A page: a title, a filter, a table over one part of the ledger, and what is said where there are no rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from functools import partial
from itertools import pairwise
from operator import is_
from typing import Any, ClassVar, Generic

from PySide6 import QtGui, QtWidgets
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.text.catalogue import N_, NN_, _, ngettext, sentences
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import counted, grouped, shown
from cbr_desktop.text.words import (
    NONE,
    ListNotice,
    Times,
    age_words,
    empty_notice,
    page_noun,
    page_title,
    stale_sentence,
    trouble_words,
)
from cbr_desktop.ui.kit.empty_panel import EmptyPanel
from cbr_desktop.ui.kit.lookalikes import find_duplicates
from cbr_desktop.ui.kit.page_changes import SHOW, PageChanges, change_column, change_fields, gone_lines
from cbr_desktop.ui.kit.page_head import FilterLine, PageHead, TableBar
from cbr_desktop.ui.kit.pieces import AT_ONCE, LONG_STEP, Pieces
from cbr_desktop.ui.kit.row_changes import CHANGE, RowChanges
from cbr_desktop.ui.kit.tables.column import Column, Field, Row, RowChange, TextField
from cbr_desktop.ui.kit.tables.filter import parse
from cbr_desktop.ui.kit.tables.model import TableModel
from cbr_desktop.ui.kit.tables.view import TableView
from cbr_desktop.ui.kit.tokens import NEAR, WIDE
from cbr_desktop.ui.kit.verbs import Verb, VerbBar
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part

_AT_ONCE = 100_000
"""Of up to so many rows a filter shows what it keeps with each key; of more it waits for a short rest."""
CheckpointTarget = tuple[VaultId | None, Sequence[ResourceId]]


class Page(QWidget, Generic[Row]):
    """Shows the rows of one part of the ledger. Subclasses say what a row is.

    Signals:
        selection_altered: another row is the one that details are wanted for.
        opened: details of the current row were asked for.
        checkpoint_requested: a checkpoint was asked for, of ``target``; ``target_words`` come with it.
        vault_requested: the vault with this id should be shown.
        lines_requested: lines should be shown beside the window: their title, and a list of them.
        remarked: something about what was just done, in words.
        export_requested: what the table shows should be written to a file.
        taken: the rows that are there now have been made and are shown.
        login_requested: the user wants to log in, since without that there are no rows.
        verb_requested: the key of a verb, and the list of the rows that it was asked for; empty where it takes none.
    """

    name: ClassVar[str] = ""
    """What it is called in settings, links and tests; its title is said by ``page_title``."""
    parts: ClassVar[tuple[Part, ...]] = ()
    """The parts of the ledger that rows are made of; the first one is the list itself."""
    default_sort: ClassVar[tuple[str, Qt.SortOrder] | None] = None
    whole_parts: ClassVar[tuple[Part, ...]] = ()
    """The parts that say which rows there are: only when all have been read, a row can be new or gone. None: never."""
    is_derived: ClassVar[bool] = False
    """Whether rows and what they say follow from ``parts`` and the time alone: they are the same while these are."""
    tells_lookalikes: ClassVar[bool] = False
    """Whether ``name_words`` is asked for, which tells names apart that look alike; they are found when rows come."""
    chips: ClassVar[Sequence[tuple[str, str]]] = ()
    """Filters that are asked for often: their words, and what they put into the filter."""
    verbs: ClassVar[Sequence[Verb]] = ()
    """What can be done about its rows; who opens what they ask for is told by ``verb_requested``."""
    counts: ClassVar[tuple[str, str]] = NN_("{count} row", "{count} rows")
    """A number of its rows, in both forms."""
    hint: ClassVar[str] = ""
    """What the empty filter line suggests."""
    console: ClassVar[str] = ""
    """The page of the cloud's own console that tells of its rows, a name of ``ConsolePage``."""
    without_subject: ClassVar[str] = N_("Nothing is selected. Choose a row to see all that is known of it.")
    """What the details say, once looked up, while this page has no subject for them."""

    selection_altered = Signal()
    opened = Signal()
    checkpoint_requested = Signal(object, object, str)
    vault_requested = Signal(object)
    lines_requested = Signal(str, object)
    remarked = Signal(str)
    export_requested = Signal()
    taken = Signal()
    login_requested = Signal()
    verb_requested = Signal(str, object)

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{self.name.lower()}Page")
        self._workspace = workspace
        self._times = times
        self._above: list[QWidget] = []
        """What a subclass has put between chips and table."""
        self.at_once = AT_ONCE
        """What is made of no more than so many rows of lists is made at once, of more in pieces."""
        self._is_stale = True
        self._pieces = Pieces(self)
        self._taken: list[object] = []
        """What the rows were made of, to be told from what is there now."""
        self._is_making = self._is_outdated = False
        """Whether rows are being made, and whether something has changed meanwhile."""
        self._rows: list[Row] = []
        self._duplicates: dict[str, str] = {}
        columns, self._fields = tuple(self.columns()), tuple(self.fields())
        if self.whole_parts:
            change = change_column(columns, self._change_of)
            columns = (columns[0], change, *columns[1:])
            self._fields += change_fields(change, self._change_of)
        self.model: TableModel[Row] = TableModel(columns, self.id_of, self.search_text, self)
        self.view: TableView[Row] = TableView(
            self.name, self.model, workspace.settings, self.id_and_name, self.default_sort, self
        )
        self._empty: EmptyPanel | None = None
        self.buttons: dict[str, QPushButton] = {}
        """The buttons in its head, by what they do."""
        self._verb_bar: VerbBar | None = None
        self._build()
        self._changes = self._made_changes()
        self.view.selection_altered.connect(self.selection_altered)
        self.view.selection_altered.connect(self._tell_count)
        self.view.opened.connect(self.opened)
        self.view.menu_requested.connect(self.fill_menu)
        self.view.export_requested.connect(self.begin_export)
        self.model.arranged.connect(self._tell_state)
        if self.verbs:
            self._add_verbs()
        self.tell_scope()

    # what a subclass says

    def columns(self) -> Sequence[Column[Row]]:
        """Return the columns."""
        raise NotImplementedError

    def fields(self) -> Sequence[Field[Row]]:
        """Return what the filter can ask for."""
        raise NotImplementedError

    def rows(self) -> list[Row]:
        """Return all rows of the ledger now."""
        raise NotImplementedError

    def work_out(self) -> Iterator[None]:
        """Work out what ``rows`` returns, and what its cells look up, in pieces."""
        return iter(())

    def id_of(self, row: Row) -> str:
        """Return what names a row for good."""
        raise NotImplementedError

    def id_and_name(self, row: Row) -> tuple[str, str]:
        """Return the service's id and name of a row."""
        raise NotImplementedError

    def search_text(self, row: Row) -> str:
        """Return the text that plain words of the filter are looked for in."""
        raise NotImplementedError

    def beside_rows(self) -> object:
        """Return what the text that words are looked for in depends on besides the row, ``None`` if it cannot be told.

        While that is equal, rows that are the very same say the same.
        """
        return None

    def owners(self, row: Row) -> list[Ledger]:
        """Return the ledgers that know a row; several, where two profiles lead to the same project."""
        raise NotImplementedError

    def held(self, ledger: Ledger) -> Mapping[Any, Row]:
        """Return the rows of one ledger by what names them; the mapping does not change afterwards."""
        raise NotImplementedError

    def is_same(self, before: Row, row: Row) -> bool:
        """Tell whether a row says what it said before, as far as that is of interest."""
        return before == row

    def place_columns(self) -> tuple[Column[Row], Column[Row]]:
        """Return the columns that tell profiles apart; they are there while several are looked at."""
        profiles, regions = self._profile_words, self._region_words
        keys = [partial(self._by_owners, words) for words in (_profiles, _region)]
        return (
            Column("profile", _("Profile"), profiles, profiles, 18, shown=False, keys=keys[0]),
            Column("region", _("Region"), regions, regions, 12, shown=False, minor=True, keys=keys[1]),
        )

    def place_fields(self) -> tuple[Field[Row], Field[Row]]:
        """Return what the filter can ask of profiles."""
        return (TextField("profile", self._profile_words), TextField("region", self._region_words))

    def name_words(self, row: Row) -> str:
        """Return the name of a row, with the beginning of its id where another row's name looks like it."""
        id, name = self.id_and_name(row)
        return f"{shown(name)} · {self._duplicates[id]}" if id in self._duplicates else name

    def target_words(self) -> str:
        """Return what of the selection ``target`` leaves out, and why; empty when that is nothing."""
        return ""

    def target(self) -> CheckpointTarget:
        """Return what a checkpoint made from here would be of: a vault and resources, as far as they are chosen."""
        return (None, ())

    def targets(self) -> "Sequence[tuple[VaultId, Sequence[ResourceId]]]":
        """Return the vaults of which checkpoints would be made from here at once, with the resources that are chosen.

        None where that is a single one, which is ``target``.
        """
        return ()

    def subject(self) -> Any:
        """Return what the details are wanted for, ``None`` where they have nothing to say."""
        return self.view.current_row()

    def note_details(self, _shown: bool) -> None:
        """Take over whether the details tell of the subject now, so that a page need not say the same."""

    def fill_menu(self, menu: "QtWidgets.QMenu") -> None:
        """Put the verbs into the menu of the selected rows, then what else this page offers."""
        if self._verb_bar is not None:
            self._verb_bar.extend_menu(menu)
            menu.addSeparator()
        self.extend_menu(menu)

    def console_page(self, _row: Row) -> str:
        """Return which page of the cloud's own console tells of a row (a name of ``ConsolePage``), empty for none."""
        return self.console

    @property
    def filter_fields(self) -> Sequence[Field[Row]]:
        """What the filter can ask for."""
        return self._fields

    @property
    def known_rows(self) -> Sequence[Row]:
        """All rows, those included that the filter hides."""
        return self._rows

    def extend_menu(self, menu: "QtWidgets.QMenu") -> None:
        """Put what a page offers beside its verbs into the menu of the selected rows."""
        action = menu.addAction(_("Create checkpoint…"))
        action.triggered.connect(self._request_checkpoint)

    # what the window asks

    def note(self, part: Part) -> None:
        """Take note of a change of the ledger, which ``catch_up`` takes over."""
        if part in self.parts:
            self._is_stale = True

    def refresh(self, part: Part) -> None:
        """Take over a change of the ledger, now or when the page is next seen."""
        self.note(part)
        if self.isVisible():
            self.catch_up()

    def catch_up(self) -> None:
        """Take over what has changed while the page was not seen."""
        if not self._is_stale:
            return
        if self.is_derived and self._is_same_as(self._taken):
            self._is_stale = False
            self._retell()
        else:
            self._take()

    @property
    def is_at_work(self) -> bool:
        """Whether rows are still being made, so that those that are there are not all, or are of before."""
        return self._is_making

    def tell_scope(self) -> None:
        """Take over another scope: the columns that tell profiles apart, and other rows."""
        self.view.show_columns(("profile", "region"), self._workspace.scope.is_merged)
        self._show_change_column()
        self._is_stale = True

    def retell_times(self) -> None:
        """Say ages and times anew; some have become longer words by that."""
        self.view.measure()
        self.view.viewport().update()
        self._tell_state()
        self._changes.tell(self._times)

    def areas(self) -> list[QWidget]:
        """Return the parts that the focus goes through from area to area."""
        return [self.view]

    def begin_filter(self) -> None:
        """Put the cursor into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def show_row(self, id: str) -> bool:
        """Select a row, clearing a filter that hides it; tell whether there is such a row."""
        self.catch_up()
        self._pieces.finish()
        if self.view.select_id(id):
            return True
        self.clear_filter()
        return self.view.select_id(id)

    def begin_export(self) -> None:
        """Wish for a file with what the table shows."""
        self.export_requested.emit()

    def use_filter(self, text: str) -> None:
        """Show the rows that a filter keeps."""
        self.filter.use(text)

    def clear_filter(self) -> None:
        """Show all rows."""
        self.use_filter("")

    # what has changed

    def mark_seen(self) -> None:
        """Take all that is here as seen: the marks go."""
        self._changes.accept(self.parts[0])
        was_filtered = self.filter.text() == SHOW
        self._take()
        if was_filtered:
            self.clear_filter()

    def show_changes(self) -> None:
        """Show the rows that are new or changed alone."""
        self.use_filter(SHOW)

    def list_gone(self) -> None:
        """Wish for the list of the rows that are gone."""
        title = _("{name} that are gone").format(name=page_title(self.name))
        self.lines_requested.emit(title, gone_lines(self._changes.found, self.id_and_name))

    def _change_of(self, row: Row) -> RowChange[Row] | None:
        return self.model.change_of(row)

    def _show_change_column(self) -> None:
        self.view.show_columns((CHANGE,), bool(self.model.changes))

    # building

    def _build(self) -> None:
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(WIDE, NEAR, WIDE, NEAR)
        layout.setSpacing(NEAR)
        self.head = self._made_head()
        self.filter, self.count = self.head.filter, self.head.titles.count
        layout.addLayout(self.head.layout)
        self.table_bar = self._made_table_bar()
        self.remark = self.table_bar.remark
        layout.addWidget(self.table_bar)
        layout.addWidget(self.view, 1)
        self._put_in_order()

    def _made_changes(self) -> PageChanges[Row]:
        rows = RowChanges(self.whole_parts, self.held, self.is_same)
        made: PageChanges[Row] = PageChanges(self.name, rows, self.model, self._workspace, self.table_bar, self)
        made.marking_altered.connect(self._show_change_column)
        made.told.connect(self._share_room)
        made.shown_requested.connect(self.show_changes)
        made.gone_requested.connect(self.list_gone)
        made.seen_requested.connect(self.mark_seen)
        return made

    def _add_verbs(self) -> None:
        """Put the verbs into the head of the page, and on the keys of its table."""
        row = self.head.new_row()
        self._verb_bar = VerbBar(self.name.lower(), self.verbs, self.view, self.counts, row.button_parent)
        self._verb_bar.requested.connect(self.verb_requested)
        self._verb_bar.remarked.connect(self.remarked)
        self.buttons = self._verb_bar.buttons
        self.head.add_row(row, self.buttons.values())
        self.view.selection_altered.connect(self._verb_bar.tell_choice)
        self.model.arranged.connect(self._verb_bar.tell_choice)

    def add_actions(self, buttons: Iterable[QAbstractButton]) -> None:
        """Put buttons into the page's head, where those of every page are."""
        self.head.add_row(self.head.new_row(), buttons)

    def _put_in_order(self) -> None:
        """Let Tab and screen readers go through it as it is seen: head, chips, table."""
        order = [*self.head.members, *self.table_bar.members, *self._above, self.view]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        self.view.raise_()  # which lies over nothing, and is last among the children by that

    def _made_table_bar(self) -> TableBar:
        made = TableBar(self.name, self.chips, self)
        if made.chips is not None:
            made.chips.rearranged.connect(self._put_in_order)
            made.chips.chosen.connect(self.filter.setText)
            self.filter.textChanged.connect(made.chips.tell)
            made.chips.tell(self.filter.text())
        return made

    def _made_head(self) -> PageHead:
        names = (field.name for field in self._fields)
        filter = FilterLine(self.name, self.hint, names, lambda: self.model.total > _AT_ONCE, self)
        filter.settled.connect(self._apply_filter)
        filter.returnPressed.connect(self.view.setFocus)
        made = PageHead(self.name, filter, self)
        made.gear.clicked.connect(self._show_columns)
        made.rearranged.connect(self._put_in_order)
        return made

    # slots

    def _take(self) -> None:
        """Take over all that is there; what comes while that is done in pieces is taken over after it."""
        self._is_stale = False
        if self._pieces.is_at_work:
            self._is_outdated = True
            return
        self._taken = self._sources()
        size = sum(len(each) for each in self._taken if isinstance(each, Sized))
        at_once = not self.is_derived or size <= self.at_once
        self._is_making = True
        self._pieces.begin(self._taking(), at_once=at_once)
        if not at_once and not self.model.total:
            self._tell_state()

    def _taking(self) -> Iterator[object]:
        while True:
            yield from self.work_out()
            rows = self.rows()
            if self.tells_lookalikes:
                yield None
                self._duplicates = yield from find_duplicates(map(self.id_and_name, rows))
            self._rows = rows
            yield None
            # of what several profiles tell, not every row is shown
            shown = {self.id_of(row) for row in rows} if self._workspace.scope.is_merged else None
            yield from self._changes.comparing(shown)
            yield None
            if not self.model.filter.tests and not self.model.filter.asked:
                yield from self.model.order_ahead(rows)
            yield LONG_STEP
            self._is_making = False
            self.model.put(self._rows, self.beside_rows())
            self._changes.tell(self._times)
            self.taken.emit()
            if not self._is_outdated:
                return
            self._is_making, self._is_outdated = True, False
            self._taken = self._sources()
            yield None

    def _sources(self) -> list[object]:
        """Return what the rows are made of: the very same objects as long as nothing is another."""
        found: list[object] = []
        for member in self._workspace.scope.members:
            found.append(member)
            for part in self.parts:
                held = member.freshness[part]
                found += (held.complete, held.lacking is None, held.as_of is None, part in member.first)
                found += member.contents(part)
        return found

    def _is_same_as(self, taken: list[object]) -> bool:
        sources = self._sources()
        return len(sources) == len(taken) and all(map(is_, sources, taken))

    def _retell(self) -> None:
        """Say what has become of the same rows by the time, and how old they are."""
        filter = self.model.filter
        if filter.tests or any(one.field is not None for one in filter.asked):
            self.model.set_filter(filter)
        else:
            self._tell_state()

    def _apply_filter(self) -> None:
        self.model.set_filter(parse(self.filter.text(), self._fields))

    def _show_columns(self) -> None:
        self.view.show_column_menu(self.head.gear.mapToGlobal(QPoint(0, self.head.gear.height())))

    def _ask_refresh(self) -> None:
        self._workspace.ask_refresh()

    def _request_checkpoint(self) -> None:
        self.checkpoint_requested.emit(*self.target(), self.target_words())

    def _tell_state(self) -> None:
        """Say how many rows there are, what the filter makes of them, and what is wrong with them."""
        shown, total = self.model.rowCount(), self.model.total
        self._tell_count()
        problems = self.model.filter.problems
        stale = self.stale_words()
        text = "  ".join(problems) or stale or " · ".join(self.model.filter.words)
        self.table_bar.say(text, is_warning=bool(problems or stale))
        self._share_room()
        self._tell_empty(None if shown else self.empty_notice(total))

    def _tell_count(self) -> None:
        """Say how many rows there are, how many of them are selected, and how old they are."""
        shown, total = self.model.rowCount(), self.model.total
        count = (
            grouped(total)
            if shown == total
            else _("{shown} of {total}").format(shown=grouped(shown), total=grouped(total))
        )
        if self._is_making and not total:
            count = ""  # not known yet
        several = self.view.selected_count()
        chosen = counted("{count} selected", "{count} selected", several) if several > 1 else ""
        self.count.tell(" · ".join(filter(None, (count, chosen, self.age_words()))))

    def _place(self) -> str:
        """Return where rows would be, in words."""
        members = self._workspace.scope.members
        if not members:
            return _("a profile, since there is none (Ctrl+Shift+P)")
        if len(members) == 1:
            return _("project {name}").format(name=plain(members[0].profile.project or members[0].profile.name, 60))
        return ngettext("this {count} profile", "these {count} profiles", len(members)).format(count=len(members))

    def age_words(self) -> str:
        """Return how old the rows are; empty where rows do not grow old."""
        return age_words(self._workspace.scope.freshness[self.parts[0]], self._times)

    def empty_notice(self, total: int) -> ListNotice | None:
        """Return what to say where no row is shown; ``total`` counts those that the filter hides."""
        if self._is_making and not total:
            return ListNotice(_("Putting the list together…"), "")
        freshness = self._workspace.scope.freshness[self.parts[0]]
        return empty_notice(page_noun(self.name), self._place(), freshness, total, self.filter.text())

    def stale_words(self) -> str:
        """Return what of the rows is missing or old, and why; of several profiles each by its name."""
        members = self._workspace.scope.members
        if not self.model.total and len(members) < 2:
            return ""
        if len(members) == 1:
            return stale_sentence(page_noun(self.name), self._freshness(members[0]), self._times)
        troubles = []
        for member in members:
            words = [words for freshness in self._freshness(member) if (words := trouble_words(freshness))]
            if words:
                troubles.append(f"{plain(member.profile.name, 40)}: {words[0]}")
        return sentences(_("Not everything is here or up to date."), " · ".join(troubles)) if troubles else ""

    def _freshness(self, ledger: Ledger) -> list[Freshness]:
        return [ledger.freshness[part] for part in self.parts]

    def _profile_words(self, row: Row) -> str:
        return _profiles(self.owners(row))

    def _region_words(self, row: Row) -> str:
        return _region(self.owners(row))

    def _by_owners(self, words: Callable[[Sequence[Ledger]], str], rows: Sequence[Row]) -> list[str]:
        """Return what is said of the owners of each row, of which there are few: ledger by ledger, not row by row."""
        members = self._workspace.scope.members if self.whole_parts else ()
        ids = list(map(self.id_of, rows))
        owning = [0] * len(ids)
        for number, member in enumerate(members):
            held, bit = self.held(member), 1 << number
            owning = [bits | bit if id in held else bits for bits, id in zip(owning, ids, strict=True)]
        told = {bits: words([each for n, each in enumerate(members) if bits >> n & 1]) for bits in set(owning)}
        return [told[bits] if bits else words(self.owners(row)) for bits, row in zip(owning, rows, strict=True)]

    def _verbs(self) -> dict[str, Callable[[], object]]:
        """Return what the panel over an empty table can do, by the words of its notices."""
        return {
            "refresh": self._ask_refresh,
            "clear-filter": self.clear_filter,
            "create": self._request_checkpoint,
            "login": self.login_requested.emit,
        }

    def resizeEvent(self, event: "QtGui.QResizeEvent") -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Let buttons and chips give way before what is told and typed does: these have a menu for the others."""
        room = self.width() - 2 * WIDE
        self.head.share(room)
        self.table_bar.share(room, beside=self._changes.bar_width())

    def hideEvent(self, event: "QtGui.QHideEvent") -> None:
        """Take the marks as seen when somebody leaves the page after having had them in front for a while."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._changes.leave()

    def _tell_empty(self, notice: ListNotice | None) -> None:
        if notice is None:
            if self._empty is not None:
                self._empty.hide()
            return
        if self._empty is None:
            self._empty = EmptyPanel(self.name, self._verbs(), self.view)
        self._empty.tell(notice)


def _profiles(owners: Sequence[Ledger]) -> str:
    return ", ".join(owner.profile.name for owner in owners) or NONE


def _region(owners: Sequence[Ledger]) -> str:
    return next((owner.profile.region for owner in owners if owner.profile.region), NONE)
