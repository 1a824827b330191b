"""The resource picker: the whole vault, or chosen resources and their disks."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.ids import ResourceId, VolumeId
from cbr_desktop.domain.protectable import Disk
from cbr_desktop.domain.vault import Resource, Vault
from cbr_desktop.text.catalogue import N_, _, ngettext
from cbr_desktop.text.marks import NEVER, Mark, mark
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.sentences import finding_sentence
from cbr_desktop.text.states import gb_words, grouped, protect_words, shown, status_words
from cbr_desktop.ui.kit.lines import MARK_SIZE, READY, SEVERITY_MARKS, FindingLines, label, mark_icon
from cbr_desktop.ui.kit.lookalikes import duplicates
from cbr_desktop.workflows.ledger import Ledger

_NAME, _TYPE, _STATE, _SIZE, _DISKS, _BACKUPS, _VERDICT = range(7)
_COLUMNS = (N_("Resource"), N_("Type"), N_("State"), N_("Size"), N_("Disks"), N_("Backups"), N_("Verdict"))
_WIDTHS = (175, 70, 112, 72, 46, 62)
_ID = Qt.ItemDataRole.UserRole
_FIXED = Qt.ItemDataRole.UserRole + 1
"""Whether a disk is left out by the vault alone, and not by the request."""
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
        self._seen: tuple[Vault | None, list[tuple[Disk, ...]]] | None = None
        self._extra: dict[ResourceId, ResourceChoice] = {}
        self._filling = False
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
        self.filter.textChanged.connect(self._filter)
        self.tree = _Tree()
        self.tree.itemChanged.connect(self._item_changed)
        self.tree.all_requested.connect(lambda: self._tick_visible(Qt.CheckState.Checked))
        self.tree.invert_requested.connect(lambda: self._tick_visible(None))
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
        if self.whole.isChecked():
            return None
        return tuple(self._choice(item) for item in self._rows() if item.checkState(_NAME) == Qt.CheckState.Checked)

    def show_vault(self, vault: Vault | None) -> None:
        """Show another vault's resources, or the same ones as they are now; ids that were added by hand stay."""
        seen = (vault, [self._disks(resource.id) for resource in vault.resources] if vault else [])
        if seen == self._seen:
            return
        self._seen = deepcopy(seen)
        same = vault is not None and self._vault is not None and vault.id == self._vault.id
        choices = self.choices() if same or self._extra else None
        self._vault = vault
        self._fill(choices)

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
        with self._quiet():
            for item in self._rows():
                self._show_verdict(item, worst)
        self.lines.show_findings(
            [f for f in findings if not f.facts.get("resource") or f.severity is Severity.BLOCK],
        )
        self._show_blocked(worst)

    # the rows

    def _fill(self, choices: tuple[ResourceChoice, ...] | None) -> None:
        wanted = {choice.id: choice for choice in choices or ()}
        with self._quiet(), self._standing():
            self.tree.clear()
            rows = list(self._vault.resources) if self._vault else []
            known = {row.id for row in rows}
            rows += [Resource(c.id, c.type, c.name or c.id) for c in self._extra.values() if c.id not in known]
            alike = duplicates((row.id, row.name) for row in rows)
            items = [self._item(row, wanted.get(row.id), choices is None, alike.get(row.id, "")) for row in rows]
            self.tree.addTopLevelItems(items)
            (self.whole if choices is None else self.chosen).setChecked(True)
        self._filter()
        self._summarize()

    def _item(self, resource: Resource, choice: ResourceChoice | None, whole: bool, id: str) -> QTreeWidgetItem:
        in_vault = self._vault is not None and self._vault.resource(resource.id) is not None
        disks = self._disks(resource.id)
        state = protect_words(resource.protect_status) if in_vault else _("Not in this vault")
        size = gb_words(resource.size_gb) if resource.size_gb else ""
        backups = str(resource.backup_count) if in_vault else ""
        kind = status_words(resource.type) if resource.type else ""
        name = f"{plain(resource.name, 100)} · {id}" if id else plain(resource.name, 120)
        item = QTreeWidgetItem([name, kind, state, size, "", backups, ""])
        item.setData(_NAME, _ID, resource)
        item.setToolTip(_NAME, tooltip(resource.name, resource.id))
        item.setToolTip(_STATE, tooltip(state))
        never = resource.protect_status is None
        item.setIcon(_STATE, self._icon(NEVER if never else mark(resource.protect_status)))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        ticked = (whole and in_vault) or choice is not None
        item.setCheckState(_NAME, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        same = duplicates((disk.id, disk.name) for disk in disks)
        for disk in disks:
            # what the vault leaves out is not backed up, whatever a checkpoint asks for
            is_fixed = in_vault and not resource.takes(disk.id)
            is_asked = choice is None or disk.id not in choice.exclude_volumes
            child = _disk_item(disk, is_asked and not is_fixed, is_alike=disk.id in same)
            if is_fixed:
                _fix(child, is_asked=is_asked)
            item.addChild(child)
        _count_disks(item)
        return item

    def _icon(self, mark: Mark) -> QIcon:
        return mark_icon(mark, self.palette(), self.devicePixelRatioF())

    def _disks(self, id: ResourceId) -> tuple[Disk, ...]:
        protectable = self._ledger.protectables.get(id)
        return protectable.disks if protectable else ()

    def _rows(self) -> Iterator[QTreeWidgetItem]:
        for row in range(self.tree.topLevelItemCount()):
            yield cast(QTreeWidgetItem, self.tree.topLevelItem(row))

    def _choice(self, item: QTreeWidgetItem) -> ResourceChoice:
        resource = _resource(item)
        left_out = tuple(
            VolumeId(child.data(_NAME, _ID))
            for child in _children(item)
            if child.checkState(_NAME) != Qt.CheckState.Checked and not child.data(_NAME, _FIXED)
        )
        given = self._extra.get(resource.id)
        if given is not None and (self._vault is None or self._vault.resource(resource.id) is None):
            return given
        name = resource.name if resource.name != resource.id else ""
        return ResourceChoice(resource.id, resource.type, name, left_out)

    def _from_id(self, id: ResourceId) -> ResourceChoice:
        found = self._vault.resource(id) if self._vault else None
        if found is None:
            rows = (row.resource for row in self._ledger.resource_rows() if row.resource.id == id)
            found = next(rows, None)
        return ResourceChoice(id, found.type, found.name) if found else ResourceChoice(id, "")

    # what the operator does

    def _scope_toggled(self, whole: bool) -> None:
        if self._filling:
            return
        if whole:
            self._extra.clear()
            self._fill(None)
        self._summarize()
        self.changed.emit()

    def _item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if self._filling or column != _NAME:
            return
        with self._quiet():
            parent = item.parent()
            if parent is not None:
                _count_disks(parent)
                if item.checkState(_NAME) == Qt.CheckState.Checked:
                    parent.setCheckState(_NAME, Qt.CheckState.Checked)
            self.chosen.setChecked(True)
        self._summarize()
        self.changed.emit()

    def _tick_visible(self, state: Qt.CheckState | None) -> None:
        """Tick every row that is shown, or turn each tick round when no state is given."""
        with self._quiet():
            for item in self._rows():
                if not item.isHidden():
                    item.setCheckState(_NAME, state if state is not None else _opposite(item.checkState(_NAME)))
            self.chosen.setChecked(True)
        self._summarize()
        self.changed.emit()

    def _drop_blocked(self) -> None:
        with self._quiet():
            for item in self._rows():
                resource = _resource(item)
                if resource.name in self._blocked or resource.id in self._blocked:
                    item.setCheckState(_NAME, Qt.CheckState.Unchecked)
            self.chosen.setChecked(True)
        self._summarize()
        self.changed.emit()

    def _add_ids(self) -> None:
        """Add every id of a pasted list; the check says which of them are none."""
        ids = [ResourceId(id) for id in self.ids.text().replace(",", " ").replace(";", " ").split()]
        if not ids:
            return
        self.ids.clear()
        before = self.choices() or ()
        held = {choice.id for choice in before}
        self.choose([*before, *(self._from_id(id) for id in dict.fromkeys(ids) if id not in held)])

    def _filter(self) -> None:
        words = self.filter.text().casefold().split()
        for item in self._rows():
            resource = _resource(item)
            text = f"{resource.id} " + " ".join(item.text(column) for column in (_NAME, _TYPE, _STATE))
            item.setHidden(not all(word in text.casefold() for word in words))

    # what is shown

    def _show_verdict(self, item: QTreeWidgetItem, worst: dict[str, Finding]) -> None:
        resource = _resource(item)
        finding = worst.get(resource.id) or worst.get(resource.name)
        ticked = self.whole.isChecked() or item.checkState(_NAME) == Qt.CheckState.Checked
        if not ticked:
            text, icon, hint = _("Left out"), QIcon(), ""
        elif finding is None:
            text, icon, hint = _("Ready"), self._icon(READY), ""
        else:
            text, hint = _verdict_words(finding), finding_sentence(finding)
            icon = self._icon(SEVERITY_MARKS[finding.severity])
        if (item.text(_VERDICT), item.toolTip(_VERDICT)) != (text, tooltip(hint)):
            item.setText(_VERDICT, text)
            item.setIcon(_VERDICT, icon)
            item.setToolTip(_VERDICT, tooltip(hint))

    def _show_blocked(self, worst: dict[str, Finding]) -> None:
        self._blocked = [key for key, finding in worst.items() if finding.kind in _SKIPS]
        names = [str(worst[key].facts["resource"]) for key in self._blocked[:8]]
        self.drop.setText(_("D&rop {count} blocked").format(count=len(self._blocked)))
        self.drop.setToolTip(tooltip(_("Unticks the resources that would be refused or skipped:"), *names))
        self.drop.setVisible(bool(self._blocked))

    def _summarize(self) -> None:
        rows = [(item, _resource(item)) for item in self._rows()]
        ticked = [resource for item, resource in rows if item.checkState(_NAME) == Qt.CheckState.Checked]
        size = gb_words(sum(resource.size_gb for resource in ticked))
        if self._vault is None and not rows:
            self.summary.setText(_("The resources of the vault are listed here, once one is chosen"))
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

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Change rows without taking the changes for the operator's."""
        before, self._filling = self._filling, True
        try:
            yield
        finally:
            self._filling = before

    @contextmanager
    def _standing(self) -> Iterator[None]:
        """Make the rows anew and leave open, current and in sight what was so before."""
        current, scrolled = self.tree.currentItem(), self.tree.verticalScrollBar().value()
        chosen = _path(current) if current is not None else ()
        opened = {_path(item) for item in self._rows() if item.isExpanded()}
        yield
        for item in self._rows():
            item.setExpanded(_path(item) in opened)
            for each in (item, *_children(item)):
                if chosen and _path(each) == chosen:
                    self.tree.setCurrentItem(each)
        self.tree.verticalScrollBar().setValue(scrolled)

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


class _Tree(QTreeWidget):
    """The table of resources, with the keys of a list of ticks.

    Signals:
        all_requested: tick everything that is shown.
        invert_requested: turn every tick that is shown round.
    """

    all_requested = Signal()
    invert_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("checkpointResources")
        self.setIconSize(MARK_SIZE)
        self.setAccessibleName(_("Resources"))
        self.setColumnCount(len(_COLUMNS))
        self.setHeaderLabels([_(title) for title in _COLUMNS])
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMinimumHeight(150)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        self.header().setStretchLastSection(True)
        self.header().setSectionResizeMode(_VERDICT, QHeaderView.ResizeMode.Stretch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick all with Ctrl+A, turn round with Ctrl+I, toggle the selected with Space."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.all_requested.emit()
        elif event.key() == Qt.Key.Key_I and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.invert_requested.emit()
        elif event.key() == Qt.Key.Key_Space and len(self.selectedItems()) > 1:
            self._toggle_selected()
        else:
            super().keyPressEvent(event)

    def _toggle_selected(self) -> None:
        items = self.selectedItems()
        state = _opposite(items[0].checkState(_NAME))
        for item in items:
            item.setCheckState(_NAME, state)


def _field(name: str, accessible: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(accessible)
    made.setPlaceholderText(hint)
    made.setClearButtonEnabled(True)
    return made


def _resource(item: QTreeWidgetItem) -> Resource:
    return cast(Resource, item.data(_NAME, _ID))


def _children(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    for row in range(item.childCount()):
        yield cast(QTreeWidgetItem, item.child(row))


def _opposite(state: Qt.CheckState) -> Qt.CheckState:
    return Qt.CheckState.Unchecked if state == Qt.CheckState.Checked else Qt.CheckState.Checked


def _path(item: QTreeWidgetItem) -> tuple[str, ...]:
    """Return the ids that lead to a row: the resource's, and the disk's below it."""
    parent = item.parent()
    return (_resource(item).id,) if parent is None else (_resource(parent).id, str(item.data(_NAME, _ID)))


def _fix(item: QTreeWidgetItem, *, is_asked: bool) -> None:
    """Show a disk as left out by the vault; whether the request leaves it out as well stays as it is."""
    item.setData(_NAME, _FIXED, is_asked)
    item.setDisabled(True)
    item.setText(_VERDICT, _("Left out by the vault"))
    item.setToolTip(_VERDICT, tooltip(_("It was left out when the server was associated with the vault.")))


def _disk_item(disk: Disk, ticked: bool, *, is_alike: bool) -> QTreeWidgetItem:
    """Return the row of a disk; one whose name another has too carries its device and the end of its id."""
    kinds = [_("System disk") if disk.bootable else _("Data disk")]
    kinds += ["encrypted"] if disk.encrypted else []
    kinds += ["shared"] if disk.shared else []
    name = plain(disk.name or disk.id, 120)
    if is_alike:
        name = " · ".join(filter(None, (name, plain(disk.device, 40), f"…{plain(disk.id[-_ID_END:], 40)}")))
    item = QTreeWidgetItem([name, _("Disk"), plain(disk.status, 40), gb_words(disk.size_gb), "", "", ", ".join(kinds)])
    item.setData(_NAME, _ID, str(disk.id))
    item.setToolTip(_NAME, tooltip(disk.name, disk.id, disk.device))
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(_NAME, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    return item


def _count_disks(item: QTreeWidgetItem) -> None:
    disks = list(_children(item))
    ticked = sum(disk.checkState(_NAME) == Qt.CheckState.Checked for disk in disks)
    item.setText(_DISKS, f"{ticked}/{len(disks)}" if disks else "")


def _verdict_words(finding: Finding) -> str:
    words = {
        FindingKind.RESOURCE_STATE: _("Likely skipped"),
        FindingKind.RESOURCE_RESTORING: _("Request refused"),
        FindingKind.RESOURCE_NOT_PROTECTABLE: _("Cannot be backed up"),
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
