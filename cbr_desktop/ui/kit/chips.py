"""Chips: filters that are asked for often, each a small button that says whether it is on."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.ui.kit.action_row import ActionRow


class Chips(ActionRow):
    """Offers filters; ``chips`` are their words, which are looked up here, and what each puts into the filter.

    Signals:
        chosen: the filter to be used, empty for none.
    """

    chosen = Signal(str)

    def __init__(self, name: str, chips: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(name, parent)
        self.setAccessibleName(_("Quick filters"))
        self.buttons: dict[str, QToolButton] = {}
        for words, filter in chips:
            button = QToolButton(self)
            button.setObjectName(f"{name}{len(self.buttons) + 1}")
            button.setProperty("chip", True)
            button.setText(_(words))
            button.setAccessibleName(_("Filter: {words}").format(words=_(words)))
            button.setToolTip(tooltip(_("Filter: {words}").format(words=filter)))
            button.setAccessibleDescription(filter)
            button.setCheckable(True)
            button.clicked.connect(partial(self._choose, filter, button))
            self.buttons[filter] = button
        self.add(self.buttons.values())

    def tell(self, filter: str) -> None:
        """Show which chip says what the filter says."""
        for said, button in self.buttons.items():
            button.setChecked(said == filter.strip())

    def _choose(self, filter: str, button: QToolButton, *_rest: object) -> None:
        self.chosen.emit(filter if button.isChecked() else "")
