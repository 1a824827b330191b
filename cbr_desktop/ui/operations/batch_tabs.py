"""What stands beneath the rows of a batch: what comes of it, and the requests as they are sent."""

from collections.abc import Generator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import bounded
from cbr_desktop.text.states import counted
from cbr_desktop.ui.kit.fields import code_view
from cbr_desktop.ui.kit.lines import MarkedLine, label
from cbr_desktop.ui.kit.tokens import NEAR

_FEW_LINES = 3
_WITH_MANY, _WITH_FEW = [300, 200], [400, 100]
"""How the height is shared between the rows and what comes of them: by many lines of that, and by few."""


class BatchTabs(QTabWidget):
    """Tells the consequences line by line in one tab, and shows the requests in the other."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("batchTabs")
        self.lines: list[MarkedLine] = []
        self.as_of = label(name="batchAsOf")
        self.preview = code_view("batchPreview", _("The requests as they are sent"))
        inside = QWidget()
        column = QVBoxLayout(inside)
        self._losses = QVBoxLayout()
        column.addLayout(self._losses)
        column.addWidget(self.as_of)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(_("What is asked for and what comes of it"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        requests = QWidget()
        beneath = QVBoxLayout(requests)
        beneath.setContentsMargins(0, NEAR, 0, 0)
        beneath.addWidget(self.preview)
        self.addTab(scroll, _("Consequences"))
        self.addTab(requests, _("Requests"))

    def show_consequences(self, told: Sequence[tuple[Mark | None, str]]) -> Generator[None, None, None]:
        """Tell what comes of the batch, in pieces: there may be a line for each of many resources."""
        while len(self.lines) < len(told):
            line = MarkedLine(f"batchLoss{len(self.lines) or ''}")
            self.lines.append(line)
            self._losses.addWidget(line)
            yield
        for place, line in enumerate(self.lines):
            line.say(*(told[place] if place < len(told) else (None, "")))
            yield

    def show_requests(self, texts: Sequence[str], more: int) -> None:
        """Show requests, and how many there are ``more`` like them."""
        rest = [counted("… and {count} more like these", "… and {count} more like these", more)] if more else []
        text = bounded("\n\n".join([*texts, *rest]))
        if text != self.preview.toPlainText():
            self.preview.setPlainText(text)


class BatchAreas(QSplitter):
    """The rows over the tabs: these get by need what the height gives, until a person has moved the border."""

    def __init__(self, rows: QWidget, tabs: BatchTabs) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setObjectName("batchAreas")
        self.setChildrenCollapsible(False)
        self.addWidget(rows)
        self.addWidget(tabs)
        self._tabs = tabs
        self._lines = 0
        """How many lines of consequences there are."""
        self._has_many: bool | None = None
        """Whether there was much to show beneath the rows when the height was shared last."""
        self._is_moved = False
        tabs.currentChanged.connect(self._share)
        self.splitterMoved.connect(self._moved)

    def share(self, lines: int) -> None:
        """Give the table what so many lines of consequences do not need."""
        self._lines = lines
        self._share()

    def _share(self, *_rest: object) -> None:
        """Share the height out by what the tab shows that is chosen: a request has more lines than can be seen."""
        has_many = self._lines > _FEW_LINES or self._tabs.currentIndex() > 0
        if not self._is_moved and has_many is not self._has_many:
            self._has_many = has_many
            self.setSizes(_WITH_MANY if has_many else _WITH_FEW)
            for place, part in enumerate(_WITH_MANY if has_many else _WITH_FEW):
                self.setStretchFactor(place, part // 100)

    def _moved(self, *_rest: object) -> None:
        self._is_moved = True
