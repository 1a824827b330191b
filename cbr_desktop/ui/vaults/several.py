"""What is asked for of several vaults at once: the same tags, or the same settings."""

from PySide6.QtWidgets import QVBoxLayout

from cbr_desktop.domain.change import Subject
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.vault import Vault
from cbr_desktop.domain.vault_changes import TagChange, VaultUpdate
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.pair_table import PairTable
from cbr_desktop.ui.operations.form import BatchForm, MissingField
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.vaults.edit import VaultEditForm
from cbr_desktop.ui.vaults.tags import TagsForm
from cbr_desktop.ui.vaults.thresholds import Thresholds, three_ways
from cbr_desktop.workflows.operations.vault_policies import vault_subject


class TagsBatch(BatchForm):
    """Sets the same tags of several vaults; other tags that they have stay."""

    kind = TagsForm.kind
    has_fields = True

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tagsBatchForm")
        self.table = PairTable("batchTags", _("Tags that are set"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(_("Tags that all of them get; others that they have stay."), "batchTagWords"))
        layout.addWidget(self.table)
        self.table.changed.connect(self.changed)

    def missing(self) -> MissingField | None:
        """Return that no tag is written yet."""
        return None if self.table.pairs() else MissingField(_("No tag is written yet. Add one."), self.table.add)

    def subject(self, context: ProfileContext, row: Vault) -> Subject:
        """Return the vault of a row."""
        return vault_subject(row.id, context.ledger)

    def draft(self, _context: ProfileContext, row: Vault) -> TagChange:
        """Return what is asked for of a vault. ``ValueError`` while there is no tag."""
        tags = self.table.pairs()
        if not tags:
            raise ValueError("no tag")
        return TagChange(row.id, tags)


class SettingsBatch(BatchForm):
    """Changes threshold, notification and growth of several vaults alike."""

    kind = VaultEditForm.kind
    has_fields = True

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("settingsBatchForm")
        self.auto_expand = three_ways(
            "batchAutoExpand", _("Growth"), _("Expand by itself when it is full"), _("Do not expand by itself")
        )
        self.thresholds = Thresholds(more=((_("&Growth"), self.auto_expand),))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.thresholds)
        self.thresholds.changed.connect(self.changed)
        self.auto_expand.currentIndexChanged.connect(self.changed)

    def missing(self) -> MissingField | None:
        """Return that no setting is changed yet."""
        if not self._update(VaultId("")).is_empty:
            return None
        words = _("Nothing is changed yet. Change threshold, notification or growth.")
        return MissingField(words, self.thresholds.changes_threshold)

    def subject(self, context: ProfileContext, row: Vault) -> Subject:
        """Return the vault of a row."""
        return vault_subject(row.id, context.ledger)

    def draft(self, _context: ProfileContext, row: Vault) -> VaultUpdate:
        """Return what is asked for of a vault. ``ValueError`` while nothing is changed."""
        update = self._update(row.id)
        if update.is_empty:
            raise ValueError("nothing is changed")
        return update

    def _update(self, id: VaultId) -> VaultUpdate:
        threshold, notify = self.thresholds.threshold_percent(), self.thresholds.notified()
        return VaultUpdate(id, threshold_percent=threshold, notify=notify, auto_expand=self.auto_expand.currentData())
