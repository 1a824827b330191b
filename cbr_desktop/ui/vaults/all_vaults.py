"""The form of threshold and notification of all vaults of a project."""

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.vault_changes import VaultsUpdate
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.fields import fields, number, row, tick
from cbr_desktop.ui.kit.lines import StillBox
from cbr_desktop.ui.operations.form import ChangeForm

_USUAL_PERCENT = 80


class AllVaultsForm(ChangeForm):
    """Asks for another threshold or notification of all vaults; ``asked`` is what was asked for before."""

    kind = Kind.UPDATE_ALL_VAULTS

    def __init__(self, asked: VaultsUpdate | None = None) -> None:
        super().__init__()
        self.setObjectName("allVaultsForm")
        asked = asked or VaultsUpdate()
        self.changes_threshold = tick(_("&Change it to"), "allThresholdChanged")
        self.changes_threshold.setChecked(asked.threshold_percent is not None)
        self.threshold = number("allThreshold", _("Threshold in percent"), 1, 100, _(" %"))
        self.threshold.setValue(asked.threshold_percent or _USUAL_PERCENT)
        self.notify = StillBox()
        self.notify.setObjectName("allNotify")
        self.notify.setAccessibleName(_("Notification"))
        for words, value in ((_("Leave it as it is"), None), (_("Notify"), True), (_("Do not notify"), False)):
            self.notify.addItem(words, value)
        self.notify.setCurrentIndex(self.notify.findData(asked.notify))
        fields(
            self,
            ((_("Threshold"), row(self.changes_threshold, self.threshold)), (_("&Notification"), self.notify)),
            {},
        )
        self._tell()
        self.changes_threshold.toggled.connect(self._tell_changed)
        self.threshold.valueChanged.connect(self._tell_changed)
        self.notify.currentIndexChanged.connect(self._tell_changed)

    def draft(self) -> VaultsUpdate:
        """Return what is changed."""
        threshold = self.threshold.value() if self.changes_threshold.isChecked() else None
        return VaultsUpdate(threshold, self.notify.currentData())

    def begin(self) -> None:
        """Put the focus into the first choice."""
        self.changes_threshold.setFocus()

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self.threshold.setEnabled(self.changes_threshold.isChecked())
