"""The form of threshold and notification of all vaults of a project."""

from PySide6.QtWidgets import QVBoxLayout

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.vault_changes import VaultsUpdate
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.vaults.thresholds import Thresholds


class AllVaultsForm(ChangeForm):
    """Asks for another threshold or notification of all vaults; ``asked`` is what was asked for before."""

    kind = Kind.UPDATE_ALL_VAULTS

    def __init__(self, asked: VaultsUpdate | None = None) -> None:
        super().__init__()
        self.setObjectName("allVaultsForm")
        asked = asked or VaultsUpdate()
        self.thresholds = Thresholds(asked.threshold_percent, asked.notify)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.thresholds)
        self.thresholds.changed.connect(self.changed)

    def draft(self) -> VaultsUpdate:
        """Return what is changed."""
        return VaultsUpdate(self.thresholds.threshold_percent(), self.thresholds.notified())

    def begin(self) -> None:
        """Put the focus into the first choice."""
        self.thresholds.changes_threshold.setFocus()
