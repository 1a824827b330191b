"""A list of resources to be ticked, each with its disks: what of them is backed up."""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.ids import ResourceId, VolumeId
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.text.catalogue import N_, _, listed
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import counted, gb_words, short_type_words, shown, status_words
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.lookalikes import find_duplicates
from cbr_desktop.ui.kit.tables.fitting import Wish
from cbr_desktop.ui.kit.tick_tree import Ticks, TickTree
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.preflight import taken_gb

_COLUMNS = (N_("Name"), N_("Type"), N_("Size"), N_("Disks"), N_("Protectable"))
_NAME, _TYPE, _SIZE, _DISKS, _VERDICT = range(len(_COLUMNS))
_WISHES = (
    Wish(140, 200, 260, yields=False, elastic=True),
    Wish(60, 80, 125, yields=False),
    Wish(60, 70, 70, yields=False),
    Wish(50, 50, 50),
    Wish(150, 190, 360, yields=False),
)
_LINES = 7
"""How many rows are seen at the least."""
_NONE: frozenset[str] = frozenset()


class _ProtectableTicks(Ticks[Protectable, Disk]):
    """What could be protected, with its disks."""

    def __init__(self) -> None:
        super().__init__([_(title) for title in _COLUMNS])
        self.alike: Mapping[str, str] = {}
        """What stands beside the names of those that look alike, by their ids."""

    def id_of(self, row: Protectable) -> str:
        return row.id

    def parts_of(self, row: Protectable) -> Sequence[Disk]:
        # a disk that is a resource of its own is told as its own disk
        return row.disks if row.type != ResourceType.DISK else ()

    def part_id(self, part: Disk) -> str:
        return part.id

    def row_words(self, row: Protectable, column: int) -> str:
        match column:
            case 0:
                suffix = self.alike.get(row.id, "")
                return f"{plain(row.name, 100)} · {suffix}" if suffix else plain(row.name or row.id, 120)
            case 1:
                return short_type_words(row.type) if row.type else ""
            case 2:
                return gb_words(row.size_gb) if row.size_gb else ""
            case 3:
                count = len(self.parts_of(row))
                return f"{self.taken(row)}/{count}" if count else ""
        return _verdict(row)

    def part_words(self, _row: Protectable, part: Disk, column: int) -> str:
        match column:
            case 0:
                return " · ".join(filter(None, (plain(part.name or part.id, 120), plain(part.device, 40))))
            case 1:
                return _("Disk")
            case 2:
                return gb_words(part.size_gb)
            case 3:
                return ""
        return disk_kind_words(part)

    def row_hint(self, row: Protectable, column: int) -> str:
        if column == _VERDICT and not row.protectable:
            return tooltip(_verdict(row))
        if column == _TYPE and row.type:
            return tooltip(status_words(row.type))
        return tooltip(row.name, row.id) if column == _NAME else ""

    def part_hint(self, _row: Protectable, part: Disk, column: int) -> str:
        return tooltip(part.name, part.id, part.device) if column == _NAME else ""

    def search(self, row: Protectable) -> str:
        types = f"{self.row_words(row, _TYPE)} {status_words(row.type)}"
        return f"{row.id} {self.row_words(row, _NAME)} {types} {_verdict(row)}"


class ResourceTicks(QWidget):
    """Resources to be ticked. What was chosen before stays as it was given until a tick of it is changed.

    Signals:
        changed: something else is ticked.
    """

    changed = Signal()

    def __init__(self, rows: Iterable[Protectable] = (), chosen: Iterable[ResourceChoice] = ()) -> None:
        super().__init__()
        self._given: dict[ResourceId, ResourceChoice] = {}
        self._ticks = _ProtectableTicks()
        self._sizes_gb: dict[str, int] = {}
        """The sizes of what is ticked, by their ids."""
        self.tree = TickTree("resourceTicks", _("Resources"), self._ticks, _WISHES)
        self.tree.setMinimumHeight((_LINES + 1) * (self.fontMetrics().height() + 8))
        self.filter = QLineEdit()
        self.filter.setObjectName("resourceFilter")
        self.filter.setAccessibleName(_("Filter resources"))
        self.filter.setPlaceholderText(_("Filter by name, id or type"))
        self.filter.setClearButtonEnabled(True)
        self.all = push_button(_("Tick &all shown"), "resourceTickAll", self._tick_shown)
        self.none = push_button(_("&Untick all"), "resourceTickNone", self._untick)
        self.words = label(name="resourceSummary")
        self._lay_out()
        self.show_rows(rows, chosen)
        self.tree.ticked.connect(self._tell_changed)
        self.tree.all_requested.connect(self._tick_shown)
        self.tree.invert_requested.connect(self._invert)
        self.filter.textChanged.connect(self.tree.set_filter)

    @property
    def count(self) -> int:
        """How many are ticked."""
        return self._ticks.ticked_count

    def choices(self) -> tuple[ResourceChoice, ...]:
        """Return what is ticked, in the order of the list."""
        return tuple(map(self._choice, self._ticks.ticked_rows))

    def chosen_gb(self, but: Collection[str] = ()) -> int:
        """Return the sizes of what is ticked, in GB, without resources of some ids."""
        return sum(self._sizes_gb.values()) - sum(self._sizes_gb.get(id, 0) for id in but)

    def show_rows(self, known: Iterable[Protectable], chosen: Iterable[ResourceChoice] = ()) -> None:
        """Show other resources, some of them ticked; those come first, and what cannot be backed up comes last."""
        at_once(self.showing(known, chosen))

    def showing(
        self, known: Iterable[Protectable], chosen: Iterable[ResourceChoice] = ()
    ) -> Generator[None, None, None]:
        """Do the same in pieces."""
        given = self._given = {each.id: each for each in chosen}
        rows = list(known)
        ids = {row.id for row in rows}
        rows += [Protectable(each.id, each.type, each.name) for id, each in given.items() if id not in ids]
        rows.sort(key=lambda row: (row.id not in given, not row.protectable, row.name.casefold(), row.id))
        yield
        self._ticks.alike = yield from find_duplicates([(row.id, row.name) for row in rows])
        left_out = {row.id: _left_out(row, given[row.id]) for row in rows if row.id in given}
        self.tree.put(rows, given, left_out)
        yield
        self._summarize()

    def _choice(self, row: Protectable) -> ResourceChoice:
        left_out, given = self._ticks.left_out(row.id), self._given.get(row.id)
        if given is not None and left_out == _left_out(row, given):
            return given
        disks = tuple(disk.id for disk in self._ticks.parts_of(row) if disk.id in left_out) if left_out else ()
        return ResourceChoice(row.id, row.type, row.name, disks)

    # what the operator does

    def _tell_changed(self) -> None:
        self._summarize()
        self.changed.emit()

    def _tick_shown(self) -> None:
        """Tick all that is shown and can be backed up."""
        self._tick({row.id for row in self.tree.shown_rows if row.protectable}, is_on=True)

    def _untick(self) -> None:
        self._tick({row.id for row in self._ticks.rows}, is_on=False)

    def _invert(self) -> None:
        """Turn the tick of all round that is shown and can be backed up."""
        shown = {row.id for row in self.tree.shown_rows if row.protectable}
        ticked = set(filter(self._ticks.is_ticked, shown))
        self.tree.tick(ticked, is_on=False)
        self._tick(shown - ticked, is_on=True)

    def _tick(self, ids: Collection[str], *, is_on: bool) -> None:
        self.tree.tick(ids, is_on=is_on)
        self._tell_changed()

    def _summarize(self) -> None:
        self._sizes_gb = {row.id: taken_gb(row, self._choice(row)) for row in self._ticks.ticked_rows}
        count, total = self.count, len(self._ticks.rows)
        if not total:
            self.words.setText(_("No resource of this kind is known that is in no vault."))
        elif not count:
            self.words.setText(counted("{count} resource is in no vault.", "{count} resources are in no vault.", total))
        else:
            said = counted("{count} resource is chosen", "{count} resources are chosen", count)
            self.words.setText(_("{chosen}, of {size}.").format(chosen=said, size=gb_words(self.chosen_gb())))

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


def disk_kind_words(disk: Disk) -> str:
    """Return what kind of disk it is."""
    kinds = [_("System disk") if disk.bootable else _("Data disk")]
    kinds += [_("encrypted")] if disk.encrypted else []
    kinds += [_("shared")] if disk.shared else []
    return listed(kinds)


def _verdict(row: Protectable) -> str:
    if row.protectable:
        return _("Can be backed up")
    return _("Cannot: {reason}").format(reason=shown(row.reason or row.message or row.code))


def _left_out(row: Protectable, choice: ResourceChoice) -> frozenset[str]:
    """Return the disks of a resource that a choice leaves out."""
    return frozenset(disk.id for disk in row.disks if not _takes(choice, disk.id)) if choice.has_disk_options else _NONE


def _takes(choice: ResourceChoice, id: VolumeId) -> bool:
    return id in choice.include_volumes if choice.include_volumes else id not in choice.exclude_volumes
