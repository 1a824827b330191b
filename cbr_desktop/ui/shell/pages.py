"""The pages of the window, what stands beside them, and the way back and forward."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.ui.shell.navigation import NAMES, Navigation
from cbr_desktop.workflows.ledger import Part

_KEPT = 50
_DETAILS_WIDTH = 360
_LEAST_PAGE = 320


class VisitedRow(NamedTuple):
    """A page, and the id of its row; empty where there is none."""

    page: str
    id: str = ""


class History:
    """The places in the order in which they were visited, and the one that is looked at."""

    def __init__(self) -> None:
        self._places: list[VisitedRow] = []
        self._now = -1

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place before this one."""
        return self._now > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a place that was left by going back."""
        return self._now + 1 < len(self._places)

    def visit(self, place: VisitedRow) -> None:
        """Go to a place. What was ahead is forgotten; the same page without another place between is one visit."""
        if self._places and self._places[self._now] == place:
            return
        self._places = [*self._places[: self._now + 1], place][-_KEPT:]
        self._now = len(self._places) - 1

    def stand(self, id: str) -> None:
        """Take note of the current row, to come back to it."""
        if self._places:
            self._places[self._now] = self._places[self._now]._replace(id=id)

    def back(self) -> VisitedRow | None:
        """Go to the place before and return it, ``None`` where there is none."""
        if not self.can_go_back:
            return None
        self._now -= 1
        return self._places[self._now]

    def forward(self) -> VisitedRow | None:
        """Go to the place after and return it, ``None`` where there is none."""
        if not self.can_go_forward:
            return None
        self._now += 1
        return self._places[self._now]


class Pages(QStackedWidget):
    """Shows the page that ``navigation`` names; ``make`` returns a new one of a name.

    It is as narrow as the page in front may be, whatever those behind it need.

    Signals:
        made: this ``Page`` is here from now on.
        turned: this ``Page`` is in front now.
    """

    made = Signal(object)
    turned = Signal(object)

    def __init__(self, make: Callable[[str], Page[Any]], navigation: Navigation, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self._make = make
        self._navigation = navigation
        self._pages: dict[str, Page[Any]] = {}
        self.history = History()
        """The pages and rows visited in this window."""
        self._is_returning = False
        navigation.currentRowChanged.connect(self._turn_to)

    @property
    def all_made(self) -> Iterable[Page[Any]]:
        """The pages that have been made."""
        return self._pages.values()

    @property
    def name_in_front(self) -> str:
        """The name of the page in front, or of the first where none is yet."""
        return NAMES[max(0, self._navigation.currentRow())]

    def page(self, name: str) -> Page[Any]:
        """Return a page, making it when it is first asked for."""
        if name not in self._pages:
            page = self._pages[name] = self._make(name)
            self.addWidget(page)
            self.made.emit(page)
        return self._pages[name]

    def current(self) -> Page[Any]:
        """Return the page in front."""
        return self.page(self.name_in_front)

    def parts_in_front(self) -> frozenset[Part]:
        """Return what the page in front shows; one that is just being made tells of itself when it is there."""
        page = self._pages.get(self.name_in_front)
        return frozenset() if page is None else frozenset(page.parts)

    def turn_to(self, name: str) -> Page[Any]:
        """Bring a page to the front, and return it."""
        self._navigation.setCurrentRow(NAMES.index(name))
        return self.current()

    def go_to(self, name: str) -> None:
        """Bring a page to the front, with the focus in its table."""
        self.turn_to(name).view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_back(self) -> None:
        """Go back in the history, to the page and its row."""
        self._stand()
        self._return_to(self.history.back())

    def go_forward(self) -> None:
        """Go forward in the history."""
        self._stand()
        self._return_to(self.history.forward())

    def show_related(self, name: str, id: str) -> bool:
        """Show the row of a page that something else tells of, and tell whether there is such a row.

        The place left goes into the history.
        """
        is_same = self.name_in_front == name
        self._stand()
        if not self.turn_to(name).show_row(id):
            return False
        if is_same:
            self.history.visit(VisitedRow(name, id))
        else:
            self.history.stand(id)
        return True

    def minimumSizeHint(self) -> QSize:
        """Return the least size of the page in front."""
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()

    def _turn_to(self, place: int) -> None:
        page = self.page(NAMES[place])
        if not self._is_returning:
            self._stand()
            self.history.visit(VisitedRow(page.name))
        self.setCurrentWidget(page)
        self.updateGeometry()
        page.catch_up()
        self.turned.emit(page)

    def _stand(self) -> None:
        """Take note of the row of the page in front, before it is left."""
        page = self.currentWidget()
        if isinstance(page, Page):
            row = page.view.current_row()
            self.history.stand(page.id_of(row) if row is not None else "")

    def _return_to(self, place: VisitedRow | None) -> None:
        if place is not None:
            self._is_returning = True
            page = self.turn_to(place.page)
            self._is_returning = False
            if place.id:
                page.show_row(place.id)
            page.view.setFocus(Qt.FocusReason.ShortcutFocusReason)


class Areas(QSplitter):
    """Navigation, pages and details side by side; how they share the width is kept in ``settings``."""

    def __init__(self, make_page: Callable[[str], Page[Any]], settings: Settings, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("areas")
        self.setHandleWidth(5)
        self._settings = settings
        self._details: QWidget | None = None
        self.navigation = Navigation(self)
        self.pages = Pages(make_page, self.navigation, self)
        for place, stretch in enumerate((0, 1)):
            self.setStretchFactor(place, stretch)
            self.setCollapsible(place, False)

    def add_details(self, details: QWidget) -> None:
        """Put the details into their place, where they stay hidden for now."""
        self._details = details
        details.hide()  # before it is taken in, which would show it
        self.addWidget(details)
        self.setCollapsible(self.count() - 1, False)
        for area in (self.navigation, self.pages, details):  # read aloud in the order in which they are seen
            area.raise_()

    def show_details(self, shown: bool) -> None:
        """Show the details or give the table their room."""
        details = self._details
        if details is None or details.isHidden() is not shown:
            return
        details.setVisible(shown)
        narrow, *_others = self.sizes()
        wide = min(self._details_width(), (self.width() - narrow) * 2 // 5)
        room = max(1, self.width() - narrow - (wide if shown else 0))
        self.setSizes([narrow, room, wide])

    def fold_navigation(self) -> None:
        """Fold the navigation to its pictures, or show the names again."""
        before, *others = self.sizes()
        self.navigation.is_squeezed = False
        self.navigation.fold()
        self._settle_navigation(before, others)

    def show_narrow(self, narrow: bool) -> None:
        """Make do with little width, or use it all again."""
        before, *others = self.sizes()
        if self.navigation.show_narrow(narrow):
            self._settle_navigation(before, others)

    def restore(self, width: int) -> None:
        """Share a width out as it was the last time."""
        narrow = self.navigation.sizeHint().width()
        self.setSizes([narrow, max(_LEAST_PAGE, width - narrow)])
        if self._settings.get("window/navigation-folded", False) is True:
            self.fold_navigation()

    def remember(self) -> None:
        """Keep how the width is shared out."""
        self._settings.put("window/navigation-folded", self.navigation.is_folded and not self.navigation.is_squeezed)
        if self._details is not None and self._details.isVisible():
            self._settings.put("window/details-width", self._details.width())

    def _settle_navigation(self, before: int, others: list[int]) -> None:
        now = self.navigation.sizeHint().width()
        others[0] += before - now
        self.setSizes([now, *others])

    def _details_width(self) -> int:
        wide = self._settings.get("window/details-width", _DETAILS_WIDTH)
        return wide if isinstance(wide, int) and 200 <= wide <= 2000 else _DETAILS_WIDTH
