"""The columns of a small table or tree, which share the width that there is; what a person drags stays as it is."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHeaderView

from cbr_desktop.ui.kit.tables.fitting import Wish, fitted

LETTER = 6
"""How wide letters are on an average for which wishes are told, in device-independent pixels."""


class FittedColumns(QObject):
    """Keeps the sections of a header as wide as their wishes and the room allow.

    Wishes are told for letters of the usual size, and grow with larger ones.
    A column that has to yield is hidden while there is no room for it; what it says has to stand elsewhere as well.
    """

    def __init__(self, header: QHeaderView) -> None:
        super().__init__(header)
        self.setObjectName("fittedColumns")
        self._header = header
        self._wishes: Sequence[Wish | None] = ()
        self._own: dict[int, int] = {}
        self._asked: tuple[object, ...] = ()
        self._is_fitting = False
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._resized)

    def wish(self, wishes: Sequence[Wish | None]) -> None:
        """Take wishes, one a column, ``None`` for one that is not there; by others what was dragged is forgotten."""
        if list(wishes) != list(self._wishes):
            self._wishes = wishes
            self._own.clear()

    def fit(self, room: int) -> None:
        """Share so many pixels out."""
        letter = self._header.fontMetrics().averageCharWidth()
        asked = (room, letter, tuple(self._wishes), tuple(self._own.items()))
        if asked == self._asked:
            return
        self._asked = asked
        there = [place for place, wish in enumerate(self._wishes) if wish is not None]
        wishes = [self._wish(place, wish) for place, wish in enumerate(self._wishes) if wish is not None]
        widths = dict(zip(there, fitted(wishes, room), strict=True))
        self._is_fitting = True
        for place in range(len(self._wishes)):
            width = widths.get(place, 0)
            self._header.setSectionHidden(place, not width)
            if width:
                self._header.resizeSection(place, width)
        self._is_fitting = False

    def _wish(self, place: int, wish: Wish) -> Wish:
        """Return what a column wishes for by letters as large as they are now, and as a person has dragged it."""
        factor = max(1.0, self._header.fontMetrics().averageCharWidth() / LETTER)
        least, good, full = (round(width * factor) for width in wish[:3])
        return wish._replace(least=least, good=good, full=full, own=self._own.get(place, 0))

    def _resized(self, place: int, _before: int, width: int) -> None:
        """Take note of what a person has dragged."""
        if not self._is_fitting and width and place < len(self._wishes):
            self._own[place] = width
