"""The bar that counts what has changed since the operator last looked, and what can be done about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cbr_desktop.text.catalogue import NN_, _, listed, ngettext
from cbr_desktop.text.marks import CHANGED, NEW, Shape
from cbr_desktop.text.plain import accessible, plain, tooltip
from cbr_desktop.text.states import counted, grouped
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.elided_label import Line
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
        self.words = Line(f"changesOf{name}Words", self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.shown = self._button(f"show{name}Changes", _("Show only these"), show)
        self.gone = self._button(f"list{name}Gone", _("List the gone…"), show_gone)
        self.seen = self._button(f"mark{name}Seen", _("Mark as seen"), accept)
        self.seen.setToolTip(
            tooltip(_("The marks go. They also go when you leave this page after ten seconds or more."))
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button in (self.shown, self.gone, self.seen):
            row.addWidget(button)

    def tell(self, marked_new: int, marked_changed: int, gone: int, since: datetime | None, times: Times) -> None:
        """Count what has changed; ``since`` is the time of the list that it is compared with."""
        self.words.tell(change_words(marked_new, marked_changed, gone, since, times))
        self.words.setAccessibleName(self.words.text())
        self.shown.setVisible(bool(marked_new or marked_changed))
        self.gone.setVisible(bool(gone))

    def _button(self, name: str, text: str, act: Callable[[], Any]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(accessible(text))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: act())
        return button


def change_words(new: int, changed: int, gone: int, since: datetime | None, times: Times) -> str:
    """Return how many rows are new, changed and gone since the list was last looked at."""
    counts = (
        (NEW.shape, new, NN_("{count} new", "{count} new")),
        (CHANGED.shape, changed, NN_("{count} changed", "{count} changed")),
        (Shape.CROSS, gone, NN_("{count} gone", "{count} gone")),
    )
    found = listed(
        [
            f"{shape} {ngettext(one, many, count).format(count=grouped(count))}"
            for shape, count, (one, many) in counts
            if count
        ]
    )
    if since is None:
        return _("{changes} since you last looked").format(changes=found)
    return _("{changes} since you last looked (list read at {at}, {age} ago)").format(
        changes=found, at=times.text(since), age=times.age(since)
    )


def gone_lines(changes: Changes[Any], id_and_name: Callable[[Any], tuple[str, str]]) -> list[str]:
    """Return the rows that are gone, by name and id; of very many the first ones."""
    pairs = sorted((id_and_name(row) for row in changes.gone.values()), key=lambda pair: pair[1].casefold())
    lines = [f"{plain(name, 80) or _('Without a name')} · {plain(id, 80)}" for id, name in pairs[:_GONE_LISTED]]
    left = len(pairs) - len(lines)
    return lines + ([counted("and {count} more", "and {count} more", left)] if left else [])
