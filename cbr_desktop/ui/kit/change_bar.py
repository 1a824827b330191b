"""The bar that counts what has changed since the operator last looked, and what can be done about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cbr_desktop.text.marks import CHANGED, NEW, Shape
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import grouped
from cbr_desktop.text.words import Times
from cbr_desktop.workflows.changes import Changes

SHOW = "changed:yes"
"""The filter that shows the rows that have changed."""
_GONE_LISTED = 200


class ChangeBar(QWidget):
    """Stands above a table while some of its rows are marked; ``name`` is that of the page."""

    def __init__(
        self,
        name: str,
        show: Callable[[], Any],
        show_gone: Callable[[], Any],
        accept: Callable[[], Any],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"changesOf{name}")
        self.words = QLabel(self)
        self.words.setObjectName(f"changesOf{name}Words")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.shown = self._button(f"show{name}Changes", "Show only these", show)
        self.gone = self._button(f"list{name}Gone", "List the gone…", show_gone)
        self.seen = self._button(f"mark{name}Seen", "Mark as seen", accept)
        self.seen.setToolTip("The marks go. They also go when you leave this page after ten seconds or more.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button in (self.shown, self.gone, self.seen):
            row.addWidget(button)

    def tell(self, marked_new: int, marked_changed: int, gone: int, since: datetime | None, times: Times) -> None:
        """Count what has changed; ``since`` is the time of the list that it is compared with."""
        self.words.setText(change_words(marked_new, marked_changed, gone, since, times))
        self.words.setAccessibleName(self.words.text())
        self.shown.setVisible(bool(marked_new or marked_changed))
        self.gone.setVisible(bool(gone))

    def _button(self, name: str, text: str, act: Callable[[], Any]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text.removesuffix("…"))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: act())
        return button


def change_words(new: int, changed: int, gone: int, since: datetime | None, times: Times) -> str:
    """Return how many rows are new, changed and gone since the list was last looked at."""
    counts = ((NEW.shape, new, "new"), (CHANGED.shape, changed, "changed"), (Shape.CROSS, gone, "gone"))
    found = ", ".join(f"{shape} {grouped(count)} {word}" for shape, count, word in counts if count)
    when = f" at {times.text(since)}, {times.age(since)} ago" if since is not None else ""
    return f"{found} since you last looked (list read{when})" if when else f"{found} since you last looked"


def gone_lines(changes: Changes[Any], id_and_name: Callable[[Any], tuple[str, str]]) -> list[str]:
    """Return the rows that are gone, by name and id; of very many the first ones."""
    pairs = sorted((id_and_name(row) for row in changes.gone.values()), key=lambda pair: pair[1].casefold())
    lines = [f"{plain(name, 80) or 'Without a name'} · {plain(id, 80)}" for id, name in pairs[:_GONE_LISTED]]
    left = len(pairs) - len(lines)
    return lines + ([f"and {grouped(left)} more"] if left else [])
