"""What joins a page after the first paint: help with its filter, and the way to the cloud's own console."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from cbr_desktop.domain.region import ConsolePage, console_url
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.filter_offers import FilterOffers
from cbr_desktop.ui.kit.filters_menu import FiltersMenu
from cbr_desktop.ui.kit.links import open_console
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.tables.completion import Completion, offers
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.workflows.ledger import Ledger


class PageHelp(QObject):
    """Offers what the filter can ask for, keeps filters by a name, and puts the console into the menu of a row."""

    def __init__(self, page: Page[Any], settings: Settings) -> None:
        super().__init__(page)
        self._page = page
        self.offers = FilterOffers(page.filter, self._offers)
        self.filters = FiltersMenu(page.head.filters, page.name, settings, page.filter.text)
        self.filters.chosen.connect(page.use_filter)
        self.filters.remarked.connect(page.remarked)
        page.view.menu_requested.connect(self.extend_menu)

    def extend_menu(self, menu: QMenu) -> None:
        """Put the way to the console into the menu of a row, where its address is known."""
        row = self._page.view.current_row()
        url = console_address(self._page.console_page(row), self._page.owners(row)) if row is not None else ""
        if url:
            action = menu.addAction(_("Open in console"))
            action.setObjectName("openInConsole")
            action.triggered.connect(partial(self._open, url))

    def _offers(self, text: str, cursor: int) -> list[Completion]:
        """Return what may be meant in the filter, by the fields of the page and the values of its rows."""
        return offers(text, cursor, self._page.filter_fields, self._page.known_rows)

    def _open(self, url: str, *_rest: object) -> None:
        if not open_console(url):
            self._page.remarked.emit(_("No program of this machine takes {address}.").format(address=url))


def console_address(page: str, owners: list[Ledger]) -> str:
    """Return the address of a page of the console (a name of ``ConsolePage``), empty where none is known."""
    if not page:
        return ""
    return next((console_url(each.profile.cbr_endpoint, ConsolePage[page]) for each in owners), "")
