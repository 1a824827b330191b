"""The resources that a new vault can take in, with their disks: what is ticked is taken."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.ids import ResourceId, VolumeId
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.vault_draft import NewResource
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import counted, gb_words, shown
from cbr_desktop.text.words import NONE
from cbr_desktop.ui.kit.lines import label

_ROWS = 8
"""Rows that are seen at once."""
_ID = Qt.ItemDataRole.UserRole
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class ResourceTree(QWidget):
    """Chooses among resources. A filter hides what has not its words, and leaves what is ticked as it is.

    Signals:
        changed: others are chosen now.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[ResourceId, Protectable] = {}
        self.filter = QLineEdit()
        self.filter.setObjectName("newVaultFilter")
        self.filter.setAccessibleName(_("Filter of the resources"))
        self.filter.setPlaceholderText(_("Filter by name or id"))
        self.filter.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setObjectName("newVaultResources")
        self.tree.setAccessibleName(_("Resources that the vault takes in"))
        self.tree.setHeaderLabels([_("Name"), _("Size"), _("State"), _("Zone")])
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setUniformRowHeights(True)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        line = self.fontMetrics().height() + 8
        self.tree.setFixedHeight((_ROWS + 1) * line)
        self.words = label(name="newVaultChosen")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.filter, self.tree, self.words):
            layout.addWidget(widget)
        self.tree.itemChanged.connect(self._tell_changed)
        self.filter.textChanged.connect(self._apply_filter)
        self._tell()

    def show_resources(self, known: Iterable[Protectable], chosen: Iterable[NewResource] = ()) -> None:
        """Put other resources into the tree, some of them ticked."""
        self._known = {each.id: each for each in sorted(known, key=lambda each: (each.name, each.id))}
        left_out = {each.id: each.exclude_volumes for each in chosen}
        self.tree.blockSignals(True)
        self.tree.clear()
        for each in self._known.values():
            self._append(each, left_out.get(each.id))
        self.tree.blockSignals(False)
        self._apply_filter(self.filter.text())
        self._tell()

    def chosen(self) -> tuple[NewResource, ...]:
        """Return the ticked resources in their order, each without the disks that are not ticked."""
        items = (self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount()))
        return tuple(self._resource(item) for item in items if item is not None and _state(item) != _UNCHECKED)

    def chosen_gb(self) -> int:
        """Return the sizes of what is ticked, in GB."""
        total = 0
        for each in self.chosen():
            known = self._known[each.id]
            disks = [disk.size_gb for disk in known.disks if disk.id not in each.exclude_volumes]
            total += sum(disks) if known.disks else known.size_gb
        return total

    def _resource(self, item: QTreeWidgetItem) -> NewResource:
        known = self._known[item.data(0, _ID)]
        disks = [item.child(place) for place in range(item.childCount())]
        left_out = tuple(VolumeId(disk.data(0, _ID)) for disk in disks if disk and _state(disk) == _UNCHECKED)
        return NewResource(known.id, str(known.type), known.name, left_out)

    def _append(self, known: Protectable, left_out: tuple[VolumeId, ...] | None) -> None:
        item = QTreeWidgetItem(self.tree, _cells(known.name or known.id, known.size_gb, known))
        item.setData(0, _ID, known.id)
        item.setData(0, Qt.ItemDataRole.ToolTipRole, tooltip(known.id))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        is_server = len(known.disks) > 1
        item.setFlags(flags | Qt.ItemFlag.ItemIsAutoTristate if is_server else flags)
        for disk in known.disks if is_server else ():
            child = QTreeWidgetItem(item, [_disk_words(disk), gb_words(disk.size_gb), shown(disk.status, 40), ""])
            child.setData(0, _ID, disk.id)
            child.setFlags(flags)
            is_taken = left_out is not None and disk.id not in left_out
            child.setCheckState(0, _CHECKED if is_taken else _UNCHECKED)
        if not is_server:
            item.setCheckState(0, _UNCHECKED if left_out is None else _CHECKED)

    def _apply_filter(self, text: str) -> None:
        wanted = text.casefold().split()
        for place in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(place)
            if item is not None:
                known = self._known[item.data(0, _ID)]
                said = f"{known.name} {known.id} {' '.join(known.tags)}".casefold()
                item.setHidden(not all(word in said for word in wanted))

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        chosen = self.chosen()
        if not self._known:
            self.words.setText(_("No resource of this kind is known that is in no vault."))
        elif not chosen:
            free = counted("{count} resource is in no vault.", "{count} resources are in no vault.", len(self._known))
            self.words.setText(free)
        else:
            said = counted("{count} resource is chosen", "{count} resources are chosen", len(chosen))
            self.words.setText(_("{chosen}, of {size}.").format(chosen=said, size=gb_words(self.chosen_gb())))


def _state(item: QTreeWidgetItem) -> Qt.CheckState:
    return item.checkState(0)


def _cells(name: str, size_gb: int, known: Protectable) -> list[str]:
    return [
        shown(name, 80),
        gb_words(size_gb),
        shown(known.status, 40) if known.status else NONE,
        shown(known.availability_zone, 40) if known.availability_zone else NONE,
    ]


def _disk_words(disk: Disk) -> str:
    name = shown(disk.name or disk.id, 80)
    if disk.bootable:
        return _("{name} (system disk)").format(name=name)
    return name
