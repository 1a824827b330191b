"""A list of resources to be ticked, each with its disks: what of them is backed up."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.ids import ResourceId, VolumeId
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.text.catalogue import N_, _, listed
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import counted, gb_words, shown, status_words
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.lookalikes import duplicates
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.workflows.preflight import taken_gb

_COLUMNS = (N_("Name"), N_("Type"), N_("Size"), N_("Disks"), N_("Protectable"))
_NAME, _TYPE, _SIZE, _DISKS, _VERDICT = range(len(_COLUMNS))
_WIDTHS = (0, 80, 70, 50, 190)
_ID = Qt.ItemDataRole.UserRole
_LINES = 7
"""How many rows are seen at the least."""


class ResourceTicks(QWidget):
    """Resources to be ticked. What was chosen before stays as it was given until a tick of it is changed.

    Signals:
        changed: something else is ticked.
    """

    changed = Signal()

    def __init__(self, rows: Iterable[Protectable] = (), chosen: Iterable[ResourceChoice] = ()) -> None:
        super().__init__()
        self._given: dict[ResourceId, ResourceChoice] = {}
        self._is_filling = False
        self._ticked: dict[int, QTreeWidgetItem] = {}
        """The rows that are ticked by their places: of thousands, a few are."""
        self.tree = QTreeWidget()
        self.tree.setObjectName("resourceTicks")
        self.tree.setAccessibleName(_("Resources"))
        self.tree.setColumnCount(len(_COLUMNS))
        self.tree.setHeaderLabels([_(title) for title in _COLUMNS])
        self.tree.setAlternatingRowColors(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setMinimumHeight((_LINES + 1) * (self.fontMetrics().height() + 8))
        for column, width in enumerate(_WIDTHS):
            self.tree.setColumnWidth(column, width)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.filter = QLineEdit()
        self.filter.setObjectName("resourceFilter")
        self.filter.setAccessibleName(_("Filter resources"))
        self.filter.setPlaceholderText(_("Filter by name, id or type"))
        self.filter.setClearButtonEnabled(True)
        self.all = push_button(_("Tick &all shown"), "resourceTickAll", lambda: self._tick_shown(is_ticked=True))
        self.none = push_button(_("&Untick all"), "resourceTickNone", lambda: self._tick_shown(is_ticked=False))
        self.words = label(name="resourceSummary")
        self._lay_out()
        self.show_rows(rows, chosen)
        self.tree.itemChanged.connect(self._item_changed)
        self.tree.itemExpanded.connect(self._add_disks)
        self.filter.textChanged.connect(self._filter)

    def choices(self) -> tuple[ResourceChoice, ...]:
        """Return what is ticked, in the order of the list."""
        return tuple(self._choice(self._ticked[place]) for place in sorted(self._ticked))

    def chosen_gb(self) -> int:
        """Return the sizes of what is ticked, in GB."""
        return sum(taken_gb(_row(self._ticked[place]), self._choice(self._ticked[place])) for place in self._ticked)

    # filling

    def show_rows(self, known: Iterable[Protectable], chosen: Iterable[ResourceChoice] = ()) -> None:
        """Show other resources, some of them ticked; those come first, and what cannot be backed up comes last."""
        self._given = {each.id: each for each in chosen}
        rows = list(known)
        ids = {row.id for row in rows}
        rows += [Protectable(each.id, each.type, each.name) for id, each in self._given.items() if id not in ids]
        rows.sort(key=lambda row: (row.id not in self._given, not row.protectable, row.name.casefold(), row.id))
        alike = duplicates((row.id, row.name) for row in rows)
        with self._quiet():
            self.tree.clear()
            items = [self._item(row, alike.get(row.id, "")) for row in rows]
            self.tree.addTopLevelItems(items)
            self._ticked = {place: items[place] for place, row in enumerate(rows) if row.id in self._given}
        if self.filter.text():
            self._filter()
        self._summarize()

    def _item(self, row: Protectable, id: str) -> QTreeWidgetItem:
        given = self._given.get(row.id)
        name = f"{plain(row.name, 100)} · {id}" if id else plain(row.name or row.id, 120)
        size = gb_words(row.size_gb) if row.size_gb else ""
        item = QTreeWidgetItem([name, status_words(row.type) if row.type else "", size, "", _verdict(row)])
        item.setData(_NAME, _ID, row)
        item.setToolTip(_NAME, tooltip(row.name, row.id))
        if not row.protectable:
            item.setToolTip(_VERDICT, tooltip(_verdict(row)))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(_NAME, Qt.CheckState.Checked if given is not None else Qt.CheckState.Unchecked)
        # a disk that is a resource of its own is told as its own disk
        if row.disks and row.type != ResourceType.DISK:
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            taken = sum(given is None or _takes(given, disk.id) for disk in row.disks)
            item.setText(_DISKS, f"{taken}/{len(row.disks)}")
        return item

    def _add_disks(self, item: QTreeWidgetItem) -> None:
        """Add the disks of a row when it is opened: of thousands of rows that is done to a few."""
        row = item.data(_NAME, _ID)
        if not isinstance(row, Protectable) or item.childCount() or row.type == ResourceType.DISK:
            return
        given = self._given.get(row.id)
        with self._quiet():
            item.addChildren(
                [_disk_item(disk, is_ticked=given is None or _takes(given, disk.id)) for disk in row.disks]
            )

    def _choice(self, item: QTreeWidgetItem) -> ResourceChoice:
        row = _row(item)
        if not item.childCount():
            return self._given.get(row.id) or ResourceChoice(row.id, row.type, row.name)
        left_out = tuple(
            VolumeId(child.data(_NAME, _ID))
            for child in _children(item)
            if child.checkState(_NAME) != Qt.CheckState.Checked
        )
        given = self._given.get(row.id)
        if given is not None and left_out == tuple(
            VolumeId(child.data(_NAME, _ID))
            for child in _children(item)
            if not _takes(given, VolumeId(child.data(_NAME, _ID)))
        ):
            return given
        return ResourceChoice(row.id, row.type, row.name, left_out)

    # what the operator does

    def _item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if self._is_filling or column != _NAME:
            return
        parent = item.parent()
        if parent is not None:
            with self._quiet():
                _count_disks(parent)
                if item.checkState(_NAME) == Qt.CheckState.Checked:
                    parent.setCheckState(_NAME, Qt.CheckState.Checked)
        self._note(parent or item)
        self._summarize()
        self.changed.emit()

    def _note(self, item: QTreeWidgetItem, place: int | None = None) -> None:
        """Take note of whether a row is ticked."""
        place = self.tree.indexOfTopLevelItem(item) if place is None else place
        if item.checkState(_NAME) == Qt.CheckState.Unchecked:
            self._ticked.pop(place, None)
        else:
            self._ticked[place] = item

    def _tick_shown(self, *, is_ticked: bool) -> None:
        """Tick all that is shown and can be backed up, or nothing at all."""
        with self._quiet():
            for place, item in enumerate(self._rows()):
                if not is_ticked or (not item.isHidden() and _row(item).protectable):
                    item.setCheckState(_NAME, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
                    self._note(item, place)
        self._summarize()
        self.changed.emit()

    def _filter(self) -> None:
        words = self.filter.text().casefold().split()
        for item in self._rows():
            text = f"{_row(item).id} {item.text(_NAME)} {item.text(_TYPE)} {item.text(_VERDICT)}".casefold()
            item.setHidden(not all(word in text for word in words))

    def _summarize(self) -> None:
        count, total = len(self._ticked), self.tree.topLevelItemCount()
        if not total:
            self.words.setText(_("No resource of this kind is known that is in no vault."))
        elif not count:
            self.words.setText(counted("{count} resource is in no vault.", "{count} resources are in no vault.", total))
        else:
            said = counted("{count} resource is chosen", "{count} resources are chosen", count)
            self.words.setText(_("{chosen}, of {size}.").format(chosen=said, size=gb_words(self.chosen_gb())))

    def _rows(self) -> Iterator[QTreeWidgetItem]:
        for row in range(self.tree.topLevelItemCount()):
            yield cast(QTreeWidgetItem, self.tree.topLevelItem(row))

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Change rows without taking the changes for the operator's."""
        before, self._is_filling = self._is_filling, True
        try:
            yield
        finally:
            self._is_filling = before

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.filter, 1)
        head.addWidget(self.all)
        head.addWidget(self.none)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.words)


def free_ones(
    rows: Mapping[ResourceId, Protectable], held: Iterable[ResourceId], types: Iterable[str]
) -> list[Protectable]:
    """Return what is in no vault of what could be protected, of some types."""
    wanted = set(types)
    free = {id: row for id, row in rows.items() if row.type in wanted and row.vault_id is None}
    # what is held may be a hundred times what is free, and is gone through without being kept
    for id in filter(free.__contains__, held):
        free.pop(id, None)
    return list(free.values())


def _verdict(row: Protectable) -> str:
    if row.protectable:
        return _("Can be backed up")
    return _("Cannot: {reason}").format(reason=shown(row.reason or row.message or row.code))


def _takes(choice: ResourceChoice, id: VolumeId) -> bool:
    return id in choice.include_volumes if choice.include_volumes else id not in choice.exclude_volumes


def _disk_item(disk: Disk, *, is_ticked: bool) -> QTreeWidgetItem:
    kinds = [_("System disk") if disk.bootable else _("Data disk")]
    kinds += [_("encrypted")] if disk.encrypted else []
    kinds += [_("shared")] if disk.shared else []
    name = " · ".join(filter(None, (plain(disk.name or disk.id, 120), plain(disk.device, 40))))
    item = QTreeWidgetItem([name, _("Disk"), gb_words(disk.size_gb), "", listed(kinds)])
    item.setData(_NAME, _ID, str(disk.id))
    item.setToolTip(_NAME, tooltip(disk.name, disk.id, disk.device))
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(_NAME, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
    return item


def _count_disks(item: QTreeWidgetItem) -> None:
    disks = list(_children(item))
    ticked = sum(disk.checkState(_NAME) == Qt.CheckState.Checked for disk in disks)
    item.setText(_DISKS, f"{ticked}/{len(disks)}" if disks else "")


def _row(item: QTreeWidgetItem) -> Protectable:
    return cast(Protectable, item.data(_NAME, _ID))


def _children(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    for row in range(item.childCount()):
        yield cast(QTreeWidgetItem, item.child(row))
