"""The choice of the vault in another region that replicas go to."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from cbr_desktop.domain.ids import ProjectId, VaultId
from cbr_desktop.domain.replication import Destination, DestinationVault
from cbr_desktop.domain.vault import ProtectType, VaultKind
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.sharing import destination_words
from cbr_desktop.text.states import shown
from cbr_desktop.ui.kit.fields import column, fields
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.operations.form import MissingField
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part

_BY_IDS = "by-ids"
"""The choice of a vault that no list tells of."""


class DestinationChoice(QWidget):
    """Asks for a replication vault in another region: one of those that are known, or any by its ids.

    Signals:
        changed: another vault is asked for now.
    """

    changed = Signal()

    def __init__(self, context: ProfileContext, chosen: Destination | None = None) -> None:
        super().__init__()
        self._context = context
        self._wanted = chosen
        self.setObjectName("destinationChoice")
        self.vault = NoWheelComboBox()
        self.vault.setObjectName("destinationVault")
        self.vault.setAccessibleName(_("Replication vault"))
        self.vault.setPlaceholderText(_("Choose a replication vault"))
        self.note = label(name="destinationNote")
        self.region = _line("destinationRegion", _("Region"), "eu-nl")
        self.project = _line("destinationProject", _("Project id"), _("32 digits and letters"))
        self.id = _line("destinationId", _("Vault id"), "")
        self._ids = QWidget()
        pairs = ((_("Re&gion"), self.region), (_("Pro&ject id"), self.project), (_("Vault i&d"), self.id))
        fields(self._ids, pairs, {})
        whole = column(self.vault, self.note, self._ids)
        layout = whole.layout()
        if layout is not None:
            self.setLayout(layout)
        self.setFocusProxy(self.vault)
        self._fill()
        self.vault.currentIndexChanged.connect(self._tell_changed)
        for line in (self.region, self.project, self.id):
            line.textChanged.connect(self.changed)
        context.signals.changed.connect(self._ledger_changed)

    def destination(self) -> Destination:
        """Return where replicas go. ``ValueError`` while nothing is chosen."""
        chosen = self.vault.currentData()
        if chosen == _BY_IDS:
            region, project, id = (line.text().strip() for line in (self.region, self.project, self.id))
            return Destination(region, ProjectId(project), VaultId(id))
        known = self._context.ledger.destinations.get(VaultId(str(chosen)))
        if known is None:
            raise ValueError("no vault is chosen")
        return known.destination

    def missing(self) -> MissingField | None:
        """Return that nothing is chosen yet, ``None`` where something is."""
        return None if self.vault.currentData() else MissingField(_("No vault is chosen yet."), self.vault)

    def _fill(self) -> None:
        """Offer what is known by now; what was chosen stays."""
        known = [each for each in self._context.ledger.destinations.values() if _takes_servers(each)]
        known.sort(key=lambda each: (each.region, each.vault.name, each.id))
        chosen = self.vault.currentData()
        self.vault.blockSignals(True)
        self.vault.clear()
        for each in known:
            self.vault.addItem(destination_words(each), each.id)
        self.vault.addItem(_("Another vault, by its ids…"), _BY_IDS)
        self.vault.setCurrentIndex(self.vault.findData(self._place(chosen, known)))
        self.vault.blockSignals(False)
        self.note.setText(self._note(known))
        self.note.setVisible(bool(self.note.text()))
        self._ids.setVisible(self.vault.currentData() == _BY_IDS)

    def _place(self, chosen: object, known: list[DestinationVault]) -> object:
        """Return what is chosen: what was, else what is wanted for, else the only one there is."""
        if chosen is not None:
            return chosen
        wanted = self._wanted
        if wanted is None:
            return known[0].id if len(known) == 1 else None
        if any(each.destination == wanted for each in known):
            return wanted.vault_id
        if self._context.ledger.freshness[Part.DESTINATIONS].as_of is None:
            return None
        self.region.setText(wanted.region)
        self.project.setText(wanted.project_id)
        self.id.setText(wanted.vault_id)
        return _BY_IDS

    def _note(self, known: list[DestinationVault]) -> str:
        freshness, regions = self._context.ledger.freshness[Part.DESTINATIONS], self._context.ledger.regions
        if freshness.as_of is None:
            if freshness.error is not None:
                return error_sentence(freshness.error)
            return _("Reading where this region replicates to, and which vaults are there…")
        if regions is not None and not regions and freshness.lacking is None:
            return _("This region replicates to no other by what it says of itself.")
        if not known and freshness.complete:
            named = listed([shown(region, 40) for region in regions or ()])
            return _("There is no replication vault of this account in {regions}. Create one there first.").format(
                regions=named
            )
        if not freshness.complete:
            return _("Not every vault there could be looked at. One that is missing here can be named by its ids.")
        return ""

    def _tell_changed(self, *_rest: object) -> None:
        self._ids.setVisible(self.vault.currentData() == _BY_IDS)
        self.changed.emit()

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.DESTINATIONS:
            self._fill()
            self.changed.emit()


def _takes_servers(destination: DestinationVault) -> bool:
    vault = destination.vault
    return vault.protect_type == ProtectType.REPLICATION and vault.kind == VaultKind.SERVER


def _line(name: str, words: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setPlaceholderText(hint)
    return made
