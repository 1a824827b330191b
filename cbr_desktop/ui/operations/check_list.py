"""What a person looks at once something has ended, as boxes to tick."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.tokens import TIGHT


class CheckList(QWidget):
    """What to look at once something has ended, as boxes to tick; nothing is kept of the ticks."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._words: list[str] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(TIGHT)
        self.hide()

    def show_checks(self, checks: list[str]) -> None:
        """Show other things to look at; the same ones keep their ticks."""
        if checks == self._words:
            return
        self._words = checks
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if checks:
            self._layout.addWidget(label(_("What to check now:"), f"{self.objectName()}Title"))
        for number, check in enumerate(checks):
            self._layout.addWidget(_check_row(f"{self.objectName()}{number}", check))
        self.setVisible(bool(checks))


def _check_row(name: str, words: str) -> QWidget:
    """Return a box to tick and its words beside it, which wrap as those of a box do not."""
    row = QWidget()
    box = QCheckBox()
    box.setObjectName(name)
    box.setAccessibleName(words)
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(label(words, f"{name}Words"), 1)
    return row
