"""The resource picker: the whole vault, or chosen resources and their disks."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget

from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.protectable import Disk
from cbr_desktop.domain.vault import Resource, Vault
from cbr_desktop.text.catalogue import N_, _, ngettext
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.marks import NEVER, mark
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import gb_words, grouped, protect_words, short_type_words, shown, status_words
from cbr_desktop.ui.kit.finding_lines import FindingLines
from cbr_desktop.ui.kit.icons import mark_icon
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, label
from cbr_desktop.ui.kit.lookalikes import duplicates
from cbr_desktop.ui.kit.tables.fitting import Wish
from cbr_desktop.ui.kit.tick_tree import Ticks, TickTree
from cbr_desktop.ui.operations.resource_ticks import disk_kind_words
from cbr_desktop.workflows.ledger import Ledger

_NAME, _TYPE, _STATE, _SIZE, _DISKS, _BACKUPS, _VERDICT = range(7)
_COLUMNS = (N_("Resource"), N_("Type"), N_("State"), N_("Size"), N_("Disks"), N_("Backups"), N_("Verdict"))
_WISHES = (
    Wish(120, 140, 260, yields=False),
    Wish(62, 66, 125, yields=False),
    Wish(134, 140, 200, yields=False),
    Wish(62, 64, 72),
    Wish(46, 46, 46),
    Wish(62, 62, 62),
    Wish(144, 166, 210, yields=False, elastic=True),
)
_ID_END = 6
"""Letters of an id's end that tell things apart which look alike."""
_SKIPS = frozenset(
    {
        FindingKind.FOREIGN_RESOURCE,
        FindingKind.OTHER_SPELLING,
        FindingKind.RESOURCE_STATE,
        FindingKind.RESOURCE_RESTORING,
        FindingKind.RESOURCE_NOT_PROTECTABLE,
        FindingKind.NO_DISK_LEFT,
        FindingKind.SHARED_DISKS,
    }
)
"""What makes the service refuse or skip a resource."""
_LEAST_HEIGHT = 150


class _VaultResourceTicks(Ticks[Resource, Disk]):
    """The resources of a vault and those that are named besides, with their disks."""

    def __init__(self) -> None:
        super().__init__([_(title) for title in _COLUMNS])
        self.is_whole = True
        self.held: frozenset[str] = frozenset()
        """The resources that are in the vault."""
        self.disks: Mapping[str, tuple[Disk, ...]] = {}
        self.alike: Mapping[str, str] = {}
        """What stands beside the names of those that look alike, by their ids."""
        self.worst: Mapping[str, Finding] = {}
        """The most serious finding of a resource, by its id, or by its name where the finding knows no id."""

    def id_of(self, row: Resource) -> str:
        return row.id

    def parts_of(self, row: Resource) -> Sequence[Disk]:
        return self.disks.get(row.id, ())

    def part_id(self, part: Disk) -> str:
        return part.id

    def is_fixed(self, row: Resource, part: Disk) -> bool:
        # what the vault leaves out is not backed up, whatever a checkpoint asks for
        return row.id in self.held and not row.takes(part.id)

    def row_words(self, row: Resource, column: int) -> str:
        match column:
            case 0:
                suffix = self.alike.get(row.id, "")
                return f"{plain(row.name, 100)} · {suffix}" if suffix else plain(row.name, 120)
            case 1:
                return short_type_words(row.type) if row.type else ""
            case 2:
                # the service's own word has no room here, and stands in the tooltip
                return status_words(row.protect_status) if self._is_backed_up(row) else self._state(row)
            case 3:
                return gb_words(row.size_gb) if row.size_gb else ""
            case 4:
                count = len(self.parts_of(row))
                return f"{self.taken(row)}/{count}" if count else ""
            case 5:
                return str(row.backup_count) if row.id in self.held else ""
        finding = self._finding(row)
        if not self._is_asked(row):
            return _("Left out")
        return _verdict_words(finding) if finding is not None else _("Ready")

    def part_words(self, row: Resource, part: Disk, column: int) -> str:
        match column:
            case 0:
                return self._disk_name(row, part)
            case 1:
                return _("Disk")
            case 2:
                return plain(part.status, 40)
            case 3:
                return gb_words(part.size_gb)
            case 6:
                return _("Left out by the vault") if self.is_fixed(row, part) else disk_kind_words(part)
        return ""

    def row_hint(self, row: Resource, column: int) -> str:
        finding = self._finding(row)
        if column == _VERDICT and finding is not None and self._is_asked(row):
            return tooltip(finding_sentence(finding))
        hints = {_NAME: (row.name, row.id), _TYPE: (status_words(row.type),), _STATE: (self._state(row),)}
        return tooltip(*hints.get(column, ()))

    def part_hint(self, row: Resource, part: Disk, column: int) -> str:
        if column == _VERDICT and self.is_fixed(row, part):
            return tooltip(_("It was left out when the server was associated with the vault."))
        return tooltip(part.name, part.id, part.device) if column == _NAME else ""

    def row_icon(self, row: Resource, column: int) -> QIcon | None:
        if column == _STATE:
            return mark_icon(NEVER if row.protect_status is None else mark(row.protect_status))
        if column == _VERDICT and self._is_asked(row):
            finding = self._finding(row)
            return mark_icon(SEVERITY_MARKS[finding.severity] if finding is not None else READY)
        return None

    def search(self, row: Resource) -> str:
        types = f"{self.row_words(row, _TYPE)} {status_words(row.type)}"
        return f"{row.id} {self.row_words(row, _NAME)} {types} {self._state(row)}"

    def _is_backed_up(self, row: Resource) -> bool:
        """Tell whether a resource is in the vault and has been backed up before."""
        return row.id in self.held and row.protect_status is not None

    def _state(self, row: Resource) -> str:
        return protect_words(row.protect_status) if row.id in self.held else _("Not in this vault")

    def _finding(self, row: Resource) -> Finding | None:
        return self.worst.get(row.id) or self.worst.get(row.name)

    def _is_asked(self, row: Resource) -> bool:
        return self.is_whole or self.is_ticked(row.id)

    def _disk_name(self, row: Resource, disk: Disk) -> str:
        """Return the name of a disk; one that another has too carries its device and the end of its id."""
        name = plain(disk.name or disk.id, 120)
        if disk.id not in duplicates((each.id, each.name) for each in self.parts_of(row)):
            return name
        return " · ".join(filter(None, (name, plain(disk.device, 40), f"…{plain(disk.id[-_ID_END:], 40)}")))


class ResourcePicker(QWidget):
    """What to back up of a vault.

    Signals:
        changed: another choice.
    """

    changed = Signal()

    def __init__(self, ledger: Ledger, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ledger = ledger
        self._vault: Vault | None = None
        self._seen: tuple[Sequence[Resource], Mapping[ResourceId, tuple[Disk, ...]]] | None = None
        self._extra: dict[ResourceId, ResourceChoice] = {}
        self._is_filling = False
        self._blocked: list[str] = []
        self.whole = QRadioButton(_("&Whole vault"))
        self.whole.setObjectName("checkpointWholeVault")
        self.whole.setChecked(True)
        self.chosen = QRadioButton(_("C&hosen resources"))
        self.chosen.setObjectName("checkpointChosen")
        scope = QButtonGroup(self)
        scope.addButton(self.whole)
        scope.addButton(self.chosen)
        self.whole.toggled.connect(self._scope_toggled)
        self.filter = _field("checkpointResourceFilter", _("Filter resources"), _("Filter by name, type, state or id"))
        self._ticks = _VaultResourceTicks()
        self.tree = TickTree("checkpointResources", _("Resources"), self._ticks, _WISHES)
        self.filter.textChanged.connect(self.tree.set_filter)
        self.tree.setMinimumHeight(_LEAST_HEIGHT)
        self.tree.ticked.connect(self._tell_chosen)
        self.tree.all_requested.connect(self._tick_shown)
        self.tree.invert_requested.connect(self._invert)
        self.summary = label(name="checkpointResourceSummary")
        self.drop = QPushButton()
        self.drop.setObjectName("checkpointDropBlocked")
        self.drop.setAutoDefault(False)
        self.drop.clicked.connect(self._drop_blocked)
        self.ids = _field("checkpointResourceIds", _("Add by id"), _("Paste ids of resources that are not listed"))
        self.ids.returnPressed.connect(self._add_ids)
        self.lines = FindingLines("checkpointResourcesSentence")
        self._lay_out()

    # what is chosen

    def choices(self) -> tuple[ResourceChoice, ...] | None:
        """Return the chosen resources with their disk choices, or ``None`` for the whole vault."""
        return None if self.whole.isChecked() else tuple(map(self._choice, self._ticks.ticked_rows))

    def show_vault(self, vault: Vault | None) -> None:
        """Show another vault's resources, or the same ones as they are now; ids that were added by hand stay."""
        before, self._vault = self._vault, vault
        same = vault is not None and before is not None and vault.id == before.id
        rows = vault.resources if vault is not None else []
        seen = (rows, {row.id: self._disks(row.id) for row in rows})
        if seen == self._seen and (same or vault is before):
            return
        # the ledger may change its rows in place
        self._seen = ([copy(row) for row in rows], seen[1])
        self._fill(self.choices() if same or self._extra else None)

    def choose(self, choices: Sequence[ResourceChoice] | None) -> None:
        """Choose resources; those that the vault does not have are listed all the same."""
        known = {resource.id for resource in self._vault.resources} if self._vault else set()
        for choice in choices or ():
            if choice.id not in known:
                self._extra[choice.id] = choice
        self._fill(tuple(choices) if choices is not None else None)
        self.changed.emit()

    def choose_ids(self, ids: Iterable[ResourceId]) -> None:
        """Choose resources by their ids."""
        self.choose([self._from_id(id) for id in ids])

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show the verdict on every row, and what is wrong with the choice as a whole."""
        worst: dict[str, Finding] = {}
        for finding in findings:
            key = str(finding.facts.get("id") or finding.facts.get("resource", ""))
            if key and (key not in worst or finding.severity.value < worst[key].severity.value):
                worst[key] = finding
        self._ticks.worst = worst
        self.tree.repaint_all()
        self.lines.show_findings(
            [f for f in findings if not f.facts.get("resource") or f.severity is Severity.BLOCK],
        )
        self._show_blocked(worst)

    # the rows

    def _fill(self, choices: tuple[ResourceChoice, ...] | None) -> None:
        wanted = {choice.id: choice for choice in choices or ()}
        rows = list(self._vault.resources) if self._vault else []
        known = frozenset(row.id for row in rows)
        rows += [Resource(c.id, c.type, c.name or c.id) for c in self._extra.values() if c.id not in known]
        ticks, self._is_filling = self._ticks, True
        ticks.held, ticks.alike = known, duplicates((row.id, row.name) for row in rows)
        ticks.disks = {row.id: self._disks(row.id) for row in rows}
        left_out = {id: frozenset(choice.exclude_volumes) for id, choice in wanted.items()}
        self.tree.put(rows, (row.id for row in rows if row.id in (known if choices is None else wanted)), left_out)
        (self.whole if choices is None else self.chosen).setChecked(True)
        self._is_filling = False
        self._summarize()

    def _disks(self, id: ResourceId) -> tuple[Disk, ...]:
        protectable = self._ledger.protectables.get(id)
        return protectable.disks if protectable else ()

    def _choice(self, resource: Resource) -> ResourceChoice:
        given = self._extra.get(resource.id)
        if given is not None and resource.id not in self._ticks.held:
            return given
        left_out = self._ticks.left_out(resource.id)
        disks = tuple(disk.id for disk in self._ticks.parts_of(resource) if disk.id in left_out) if left_out else ()
        name = resource.name if resource.name != resource.id else ""
        return ResourceChoice(resource.id, resource.type, name, disks)

    def _from_id(self, id: ResourceId) -> ResourceChoice:
        found = self._vault.resource(id) if self._vault else None
        if found is None:
            rows = (row.resource for row in self._ledger.resource_rows() if row.resource.id == id)
            found = next(rows, None)
        return ResourceChoice(id, found.type, found.name) if found else ResourceChoice(id, "")

    # what the operator does

    def _scope_toggled(self, whole: bool) -> None:
        if self._is_filling:
            return
        if whole:
            self._extra.clear()
            self._fill(None)
        self._summarize()
        self.changed.emit()

    def _tell_chosen(self) -> None:
        """Take note that a person has changed ticks: then it is no more the whole vault, whatever is ticked."""
        before, self._is_filling = self._is_filling, True
        self.chosen.setChecked(True)
        self._is_filling = before
        self._summarize()
        self.changed.emit()

    def _tick_shown(self) -> None:
        self.tree.tick({row.id for row in self.tree.shown_rows}, is_on=True)
        self._tell_chosen()

    def _invert(self) -> None:
        shown = {row.id for row in self.tree.shown_rows}
        ticked = set(filter(self._ticks.is_ticked, shown))
        self.tree.tick(ticked, is_on=False)
        self.tree.tick(shown - ticked, is_on=True)
        self._tell_chosen()

    def _drop_blocked(self) -> None:
        blocked = set(self._blocked)
        self.tree.tick({row.id for row in self._ticks.rows if {row.id, row.name} & blocked}, is_on=False)
        self._tell_chosen()

    def _add_ids(self) -> None:
        """Add every id of a pasted list; the check says which of them are none."""
        ids = [ResourceId(id) for id in self.ids.text().replace(",", " ").replace(";", " ").split()]
        if not ids:
            return
        self.ids.clear()
        before = self.choices() or ()
        held = {choice.id for choice in before}
        self.choose([*before, *(self._from_id(id) for id in dict.fromkeys(ids) if id not in held)])

    # what is shown

    def _show_blocked(self, worst: dict[str, Finding]) -> None:
        self._blocked = [key for key, finding in worst.items() if finding.kind in _SKIPS]
        names = [str(worst[key].facts["resource"]) for key in self._blocked[:8]]
        self.drop.setText(_("D&rop {count} blocked").format(count=len(self._blocked)))
        self.drop.setToolTip(tooltip(_("Unticks the resources that would be refused or skipped:"), *names))
        self.drop.setVisible(bool(self._blocked))

    def _summarize(self) -> None:
        if self._ticks.is_whole is not self.whole.isChecked():
            self._ticks.is_whole = self.whole.isChecked()
            self.tree.repaint_all()
        rows, ticked = self._ticks.rows, list(self._ticks.ticked_rows)
        size = gb_words(sum(resource.size_gb for resource in ticked))
        if self._vault is None and not rows:
            self.summary.setText(_("The resources of the vault are listed here, once one is chosen"))
        elif not rows:
            self.summary.setText(_("There are no resources in the vault"))
        elif self.whole.isChecked():
            self.summary.setText(
                ngettext(
                    "{count} resource · {size} · no resource is named in the request, so the service takes all"
                    " that are in the vault then",
                    "{count} resources · {size} · no resource is named in the request, so the service takes"
                    " all that are in the vault then",
                    len(ticked),
                ).format(count=grouped(len(ticked)), size=size)
            )
        else:
            self.summary.setText(_("{count} of {total} · {size}").format(count=len(ticked), total=len(rows), size=size))

    def _lay_out(self) -> None:
        heading = label(_("Res&ources"))
        heading.setBuddy(self.tree)
        scope = QHBoxLayout()
        scope.setSpacing(12)
        scope.addWidget(heading)
        scope.addWidget(self.whole)
        scope.addWidget(self.chosen)
        scope.addStretch(1)
        scope.addWidget(self.filter, 2)
        foot = QHBoxLayout()
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.drop)
        foot.addWidget(self.ids, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(scope)
        layout.addWidget(self.tree, 1)
        layout.addLayout(foot)
        layout.addWidget(self.lines)


def _field(name: str, accessible: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(accessible)
    made.setPlaceholderText(hint)
    made.setClearButtonEnabled(True)
    return made


def _verdict_words(finding: Finding) -> str:
    words = {
        FindingKind.RESOURCE_STATE: _("Likely skipped"),
        FindingKind.RESOURCE_RESTORING: _("Request refused"),
        FindingKind.RESOURCE_NOT_PROTECTABLE: _("Not protectable"),
        FindingKind.FOREIGN_RESOURCE: _("Not in this vault"),
        FindingKind.OTHER_SPELLING: _("Its id is spelled otherwise"),
        FindingKind.NO_DISK_LEFT: _("No disk ticked"),
        FindingKind.SHARED_DISKS: _("Too many shared disks"),
        FindingKind.SOME_DISKS_EXCLUDED: _("Some disks left out"),
        FindingKind.SYSTEM_DISK_EXCLUDED: _("Without system disk"),
        FindingKind.RESOURCE_LARGE: _("Very large"),
        FindingKind.DUPLICATE_RESOURCE: _("Named twice"),
    }.get(finding.kind, status_words(finding.severity))
    return f"{words} ({shown(finding.code, 40)})" if finding.code else words
