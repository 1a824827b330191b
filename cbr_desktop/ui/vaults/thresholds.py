"""The fields that change threshold and notification of several vaults alike."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.fields import fields, number, row, tick
from cbr_desktop.ui.kit.lines import NoWheelComboBox

_USUAL_PERCENT = 80


class Thresholds(QWidget):
    """Asks for another threshold, another notification, and what ``more`` has; each may be left as it is.

    Signals:
        changed: something else is asked for now.
    """

    changed = Signal()

    def __init__(
        self,
        threshold_percent: int | None = None,
        notify: bool | None = None,  # a value among others, not a switch
        more: tuple[tuple[str, QWidget], ...] = (),
    ) -> None:
        super().__init__()
        self.changes_threshold = tick(_("Change it t&o"), "allThresholdChanged")
        self.changes_threshold.setChecked(threshold_percent is not None)
        self.threshold = number("allThreshold", _("Threshold in percent"), 1, 100, _(" %"))
        self.threshold.setValue(threshold_percent or _USUAL_PERCENT)
        self.notify = three_ways("allNotify", _("Notification"), _("Notify"), _("Do not notify"), notify)
        fields(
            self,
            ((_("Threshold"), row(self.changes_threshold, self.threshold)), (_("&Notification"), self.notify), *more),
            {},
        )
        self._tell()
        self.changes_threshold.toggled.connect(self._tell_changed)
        self.threshold.valueChanged.connect(self._tell_changed)
        self.notify.currentIndexChanged.connect(self._tell_changed)

    def threshold_percent(self) -> int | None:
        """Return the threshold that is asked for, ``None`` where it stays."""
        return self.threshold.value() if self.changes_threshold.isChecked() else None

    def notified(self) -> bool | None:
        """Return whether notices are sent, ``None`` where that stays."""
        value = self.notify.currentData()
        return None if value is None else bool(value)

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self.threshold.setEnabled(self.changes_threshold.isChecked())


def three_ways(name: str, words: str, on: str, off: str, value: bool | None = None) -> NoWheelComboBox:
    """Return a choice between on, off and as it is."""
    box = NoWheelComboBox()
    box.setObjectName(name)
    box.setAccessibleName(words)
    for said, way in ((_("Leave it as it is"), None), (on, True), (off, False)):
        box.addItem(said, way)
    box.setCurrentIndex(box.findData(value))
    return box
