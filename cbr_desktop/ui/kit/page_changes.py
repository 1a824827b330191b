"""What has changed in the list of a page since the operator last looked: its marks, and the bar that counts them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Generic

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cbr_desktop.text.catalogue import NN_, _, inside, listed, ngettext
from cbr_desktop.text.marks import CHANGED, NEW, Mark, Shape
from cbr_desktop.text.plain import accessible, plain, tooltip
from cbr_desktop.text.states import counted, grouped
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.page_head import TableBar
from cbr_desktop.ui.kit.row_changes import CHANGE, RowChanges
from cbr_desktop.ui.kit.tables.column import Column, Row, RowChange, TextField
from cbr_desktop.ui.kit.tables.model import TableModel
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.changes import Changes
from cbr_desktop.workflows.ledger import Ledger, Part

SHOW = "changed:yes"
"""The filter that shows the rows that have changed."""
_GONE_LISTED = 200
_LOOK_MS = 10_000
"""How long marks are on screen before leaving the page means that they have been seen."""


class PageChanges(QObject, Generic[Row]):
    """Marks the rows of a page that differ from what was seen of them, and counts them in a bar of ``table_bar``.

    ``rows`` finds them, ``model`` carries the marks. ``name`` and ``page`` are those of the page.

    Signals:
        marking_altered: there are marks where there were none, or none any more.
        told: the bar has come or gone, or says something else.
        shown_requested: the marked rows should be shown alone.
        gone_requested: the rows that are gone should be listed.
        seen_requested: all that is here should be taken as seen.
    """

    marking_altered = Signal()
    told = Signal()
    shown_requested = Signal()
    gone_requested = Signal()
    seen_requested = Signal()

    def __init__(
        self,
        name: str,
        rows: RowChanges[Row],
        model: TableModel[Row],
        workspace: Workspace,
        table_bar: TableBar,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._name = name
        self._rows = rows
        self._model = model
        self._workspace = workspace
        self._table_bar = table_bar
        self._page = page
        self._bar: ChangeBar | None = None
        self._looking: QTimer | None = None
        self._has_looked = False

    @property
    def found(self) -> Changes[Row]:
        """What the last comparison found."""
        return self._rows.found

    def unseen(self) -> list[tuple[Ledger, Ledger]]:
        """Return the ledgers of which nothing is seen yet, each with its lists as they were when first whole."""
        return self._rows.unseen(self._workspace.scope.members)

    def comparing(self, shown: set[str] | None) -> Iterator[None]:
        """Find out in pieces what differs from what was seen, of the rows ``shown`` where it is given, and mark it."""
        members = self._workspace.scope.members
        changes = yield from self._rows.compare(members, self._model.columns, shown)
        had, self._model.changes = bool(self._model.changes), changes
        if had != bool(changes):
            self.marking_altered.emit()

    def accept(self, part: Part) -> None:
        """Take the lists as they are as seen, as of the age of ``part``."""
        self._rows.accept(self._workspace.scope.members, part)

    def tell(self, times: Times) -> None:
        """Count what is marked and what is gone, in a bar that is there only while something is."""
        new = sum(change.before is None for change in self._model.changes.values())
        counts = (new, len(self._model.changes) - new, len(self.found.gone))
        if any(counts):
            bar = self._made_bar()
            bar.tell(*counts, self._rows.since(self._workspace.scope.members), times)
            bar.show()
            if not self._has_looked:
                self._look_soon()
            self.told.emit()
        else:
            self._has_looked = False
            if self._bar is not None:
                self._bar.hide()

    def bar_width(self) -> int:
        """Return the width that the bar would have, 0 where there is none."""
        return self._bar.sizeHint().width() if self._bar is not None and not self._bar.isHidden() else 0

    def look(self) -> None:
        """Take note that the marks have been on screen for a while, if the window is in use."""
        if self._page.isVisible() and self._page.isActiveWindow():
            self._has_looked = True
        elif self._model.changes or self.found.gone:
            self._look_soon()

    def leave(self) -> None:
        """Take the marks as seen when the page is left after they were on screen for a while."""
        if self._has_looked:
            self.seen_requested.emit()

    def _look_soon(self) -> None:
        if self._looking is None:
            self._looking = QTimer(self)
            self._looking.setSingleShot(True)
            self._looking.setInterval(_LOOK_MS)
            self._looking.timeout.connect(self.look)
        if not self._looking.isActive():
            self._looking.start()

    def _made_bar(self) -> "ChangeBar":
        if self._bar is None:
            self._bar = ChangeBar(self._name, self._page)
            self._bar.shown.clicked.connect(self.shown_requested)
            self._bar.gone.clicked.connect(self.gone_requested)
            self._bar.seen.clicked.connect(self.seen_requested)
            self._table_bar.add(self._bar, 5)
        return self._bar


class ChangeBar(QWidget):
    """Stands above a table while some of its rows are marked; ``name`` is that of the page."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"changesOf{name}")
        self.words = Line(f"changesOf{name}Words", self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.shown = self._button(f"show{name}Changes", _("Show only these"))
        self.gone = self._button(f"list{name}Gone", _("List the gone…"))
        self.seen = self._button(f"mark{name}Seen", _("Mark as seen"))
        self.seen.setToolTip(
            tooltip(_("The marks go. They also go when you leave this page after ten seconds or more."))
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button in (self.shown, self.gone, self.seen):
            row.addWidget(button)

    def tell(self, marked_new: int, marked_changed: int, gone: int, since: datetime | None, times: Times) -> None:
        """Count what has changed; ``since`` is the time of the list that it is compared with."""
        self.words.tell(change_words(marked_new, marked_changed, gone, since, times))
        self.words.setAccessibleName(self.words.text())
        self.shown.setVisible(bool(marked_new or marked_changed))
        self.gone.setVisible(bool(gone))

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(accessible(text))
        button.setAutoDefault(False)
        return button


def change_column(columns: Sequence[Column[Row]], change_of: Callable[[Row], RowChange[Row] | None]) -> Column[Row]:
    """Return the column that tells what of a row has changed, by the titles of ``columns``."""

    @cache
    def told(keys: tuple[str, ...]) -> str:
        titles = [inside(column.title) for column in columns if column.key in keys]
        return _("Changed: {columns}").format(columns=listed(titles)) if titles else _("New")

    def words(row: Row) -> str:
        change = change_of(row)
        return "" if change is None else told(change.columns if change.before is not None else ())

    def mark(row: Row) -> Mark | None:
        change = change_of(row)
        return None if change is None else NEW if change.before is None else CHANGED

    return Column(CHANGE, _("Change"), words, words, 20, shown=False, mark=mark)


def change_fields(
    column: Column[Row], change_of: Callable[[Row], RowChange[Row] | None]
) -> tuple[TextField[Row], TextField[Row]]:
    """Return what the filter can ask of changes; ``column`` tells them."""
    return (
        TextField("changed", lambda row: "yes" if change_of(row) is not None else "no"),
        TextField("is", lambda row: column.text(row).partition(":")[0]),
    )


def change_words(new: int, changed: int, gone: int, since: datetime | None, times: Times) -> str:
    """Return how many rows are new, changed and gone since the list was last looked at."""
    counts = (
        (NEW.shape, new, NN_("{count} new", "{count} new")),
        (CHANGED.shape, changed, NN_("{count} changed", "{count} changed")),
        (Shape.CROSS, gone, NN_("{count} gone", "{count} gone")),
    )
    found = listed(
        [
            f"{shape} {ngettext(one, many, count).format(count=grouped(count))}"
            for shape, count, (one, many) in counts
            if count
        ]
    )
    if since is None:
        return _("{changes} since you last looked").format(changes=found)
    return _("{changes} since you last looked (list read at {at}, {age} ago)").format(
        changes=found, at=times.text(since), age=times.age(since)
    )


def gone_lines(changes: Changes[Any], id_and_name: Callable[[Any], tuple[str, str]]) -> list[str]:
    """Return the rows that are gone, by name and id; of very many the first ones."""
    pairs = sorted((id_and_name(row) for row in changes.gone.values()), key=lambda pair: pair[1].casefold())
    lines = [f"{plain(name, 80) or _('Without a name')} · {plain(id, 80)}" for id, name in pairs[:_GONE_LISTED]]
    left = len(pairs) - len(lines)
    return lines + ([counted("and {count} more", "and {count} more", left)] if left else [])
