"""The main window: navigation, pages, details, drawer and status bar of one profile, and the keys that move about."""

import base64
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.ui.band import ProfileBand
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.details import Details
from cbr_desktop.ui.drawer import Drawer
from cbr_desktop.ui.icons import icon
from cbr_desktop.ui.navigation import NAMES, Navigation
from cbr_desktop.ui.notices import REMARK, Herald, NoticeBar, TrayHerald, Watch
from cbr_desktop.ui.pages.page import Page
from cbr_desktop.ui.pages.resources import ResourcesPage
from cbr_desktop.ui.pages.tasks import TasksPage
from cbr_desktop.ui.pages.vaults import VaultLore, VaultsPage
from cbr_desktop.ui.sheets import SheetWindow, open_help, open_problems
from cbr_desktop.ui.statusbar import StatusBar, connection_sentence, problems
from cbr_desktop.ui.theme import Dress, Theme
from cbr_desktop.ui.words import Times
from cbr_desktop.workflows.ledger import Part

OpenDialog = Callable[[Desk, VaultId | None, Sequence[ResourceId], QWidget], QWidget]
OpenOutcome = Callable[[Desk, IntentId, QWidget], QWidget]

_DEFAULT_SIZE = QSize(1280, 800)
_DETAILS_WIDTH = 330
_THEMES = {Theme.SYSTEM: "As the desktop", Theme.LIGHT: "Light", Theme.DARK: "Dark"}


class MainWindow(QMainWindow):
    """Shows one profile. ``herald`` tells what has ended while the window is not in front.

    Signals:
        leave_requested: the window was asked to close; it stays until ``close_for_good``.
    """

    leave_requested = Signal()

    def __init__(
        self, desk: Desk, open_dialog: OpenDialog, open_outcome: OpenOutcome, herald: Herald | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("CBR Desktop")
        self.setAccessibleName("CBR Desktop")
        self._desk = desk
        self._open_dialog = open_dialog
        self._open_outcome = open_outcome
        self._may_close = False
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101  # no widget could be made without one
        self._dress = Dress(application, _theme(desk.settings.get("window/theme", "system")), self)
        self._times = Times(desk.clock, utc=desk.settings.get("window/times", "local") == "utc")
        self._lore = VaultLore(desk.ledger)
        self._pages: dict[str, Page[Any]] = {}
        self._details: Details | None = None
        self._build()
        self._watch = Watch(desk.ledger, self.notices, herald or TrayHerald(self), self, self.open_outcome)
        self._connect()
        self._bind_keys()
        self._restore()

    # what the application asks

    def close_for_good(self) -> None:
        """Close the window, remembering where everything was."""
        self._may_close = True
        self._remember()
        self.close()

    def show_vault(self, vault_id: VaultId) -> None:
        """Show a vault among the vaults."""
        self.show_page("Vaults")
        if not self.page("Vaults").show_row(vault_id):
            self.notices.say("That vault is not among the vaults that are known now.")

    def open_checkpoint_dialog(
        self, vault_id: VaultId | None = None, resource_ids: Sequence[ResourceId] = ()
    ) -> QWidget:
        """Open the dialog for a new checkpoint."""
        return self._open_dialog(self._desk, vault_id, resource_ids, self)

    def open_outcome(self, intent_id: IntentId) -> QWidget:
        """Open what became of a request."""
        return self._open_outcome(self._desk, intent_id, self)

    # pages

    def page(self, name: str) -> Page[Any]:
        """Return a page, making it when it is first asked for."""
        if name not in self._pages:
            made = self._make_page(name)
            self._pages[name] = made
            self._stack.addWidget(made)
            made.checkpoint_wished.connect(self.open_checkpoint_dialog)
            made.vault_wished.connect(self.show_vault)
            made.remarked.connect(self.notices.say)
            made.opened.connect(self._open_details)
            made.selection_altered.connect(self._tell_details)
        return self._pages[name]

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        self.navigation.setCurrentRow(NAMES.index(name))

    def current_page(self) -> Page[Any]:
        """Return the page in front."""
        return self.page(NAMES[max(0, self.navigation.currentRow())])

    def create_checkpoint(self) -> None:
        """Open the dialog for what is selected, or for nothing yet."""
        self.open_checkpoint_dialog(*self.current_page().target())

    def show_details(self, shown: bool) -> None:
        """Show or hide the details."""
        if shown and self._details is None:
            self._details = self._make_details()
        if self._details is not None:
            self._details.setVisible(shown)
            self._tell_details()
        if self.band.details.isChecked() is not shown:
            self.band.details.setChecked(shown)

    def choose_theme(self, theme: Theme) -> None:
        """Change to another theme and remember it."""
        self._dress.choose(theme)
        self._desk.settings.put("window/theme", theme.value)

    def open_help(self) -> SheetWindow:
        """Open keys and versions."""
        return open_help(self)

    def open_problems(self) -> SheetWindow:
        """Open the list of what could not be read and why."""
        return open_problems(problems(self._desk.ledger), self)

    # building

    def _make_page(self, name: str) -> Page[Any]:
        if name == "Resources":
            return ResourcesPage(self._desk, self._times)
        if name == "Tasks":
            return TasksPage(self._desk, self._times)
        return VaultsPage(self._desk, self._times, self._lore)

    def _make_details(self) -> Details:
        made = Details(self._desk.ledger, self._lore, self._times, self._split)
        made.checkpoint_wished.connect(self.create_checkpoint)
        made.vault_wished.connect(self.show_vault)
        self._split.setCollapsible(self._split.indexOf(made), False)
        sizes = self._split.sizes()
        stored = self._desk.settings.get("window/details-width", _DETAILS_WIDTH)
        wide = stored if isinstance(stored, int) and 200 <= stored <= 2000 else _DETAILS_WIDTH
        self._split.setSizes([sizes[0], max(300, self.width() - sizes[0] - wide), wide])
        return made

    def _build(self) -> None:
        central = QWidget(self)
        central.setObjectName("central")
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.band = ProfileBand(self._desk.profile, is_demo=self._desk.is_demo, parent=central)
        self.notices = NoticeBar(central)
        self._split = QSplitter(Qt.Orientation.Horizontal, central)
        self._split.setObjectName("areas")
        self._split.setHandleWidth(5)
        self.navigation = Navigation(self._split)
        self._stack = QStackedWidget(self._split)
        self._stack.setObjectName("pages")
        self._stack.setMinimumWidth(320)
        for place, stretch in enumerate((0, 1)):
            self._split.setStretchFactor(place, stretch)
            self._split.setCollapsible(place, False)
        self.drawer = Drawer(self._desk, central)
        layout.addWidget(self.band)
        layout.addWidget(self.notices)
        layout.addWidget(self._split, 1)
        layout.addWidget(self.drawer)
        self.setCentralWidget(central)
        self.status = StatusBar(self._desk, self._times, self)
        self.setStatusBar(self.status)

    def _connect(self) -> None:
        self._desk.board.changed.connect(self._take)
        self.navigation.currentRowChanged.connect(self._turn_to)
        band, status = self.band, self.status
        band.create_wished.connect(self.create_checkpoint)
        band.details_toggled.connect(self._choose_details)
        band.refresh_wished.connect(self._ask_refresh)
        band.theme_menu_wished.connect(self._open_theme_menu)
        band.help_wished.connect(self.open_help)
        status.refresh_wished.connect(self._ask_refresh)
        status.connection_asked.connect(self._tell_connection)
        status.clocks_turned.connect(self._turn_clocks)
        status.problems_asked.connect(self.open_problems)
        status.ticked.connect(self._tick)
        self.drawer.outcome_wished.connect(self.open_outcome)
        self.drawer.remarked.connect(self.notices.say)
        self.drawer.toggled.connect(partial(self._desk.settings.put, "window/drawer-open"))

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+N": self.create_checkpoint,
            "Ctrl+F": lambda: self.current_page().begin_filter(),
            "F5": self._ask_refresh,
            "Ctrl+R": self._ask_refresh,
            "Alt+D": self.band.details.click,
            "F8": self.drawer.toggle,
            "Ctrl+B": self.navigation.fold,
            "F6": self._next_area,
            "F1": self.open_help,
            "Ctrl+Q": self.close,
        }
        for place, name in enumerate(NAMES, 1):
            keys[f"Ctrl+{place}"] = partial(self.show_page, name)
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    # remembering

    def _restore(self) -> None:
        settings = self._desk.settings
        stored = settings.get("window/geometry", "")
        if not (isinstance(stored, str) and stored and self.restoreGeometry(_bytes(stored))):
            self.resize(_DEFAULT_SIZE)
        self.navigation.setCurrentRow(max(0, self._named_row(settings.get("window/page", ""))))
        self.navigation.fold(folded=settings.get("window/navigation-folded", False) is True)
        if settings.get("window/drawer-open", False) is True:
            self.drawer.toggle()

    def _named_row(self, name: object) -> int:
        return NAMES.index(name) if isinstance(name, str) and name in NAMES else 0

    def _remember(self) -> None:
        put = self._desk.settings.put
        put("window/geometry", base64.b64encode(self.saveGeometry().data()).decode("ascii"))
        put("window/page", NAMES[max(0, self.navigation.currentRow())])
        put("window/navigation-folded", self.navigation.is_folded)
        if self._details is not None and self._details.isVisible():
            put("window/details-width", self._details.width())
        for page in self._pages.values():
            page.view.remember()

    # slots

    def _take(self, part: Part) -> None:
        for page in self._pages.values():
            page.refresh(part)
        self.drawer.notice(part)
        self.status.tell()
        self.band.tell_loading(any(held.loading for held in self._desk.ledger.freshness.values()))
        if part in (Part.INTENTS, Part.TASKS):
            self._watch.look()
        if part is not Part.CONNECTION:
            self._tell_details()

    def _turn_to(self, place: int) -> None:
        page = self.page(NAMES[place])
        self._stack.setCurrentWidget(page)
        page.catch_up()
        self.status.turn_to(page.parts[0])
        self._tell_details()

    def _tell_details(self) -> None:
        if self._details is not None and self._details.isVisible():
            self._details.show_subject(self.current_page().view.current_row())

    def _open_details(self) -> None:
        self._choose_details(True)

    def _choose_details(self, shown: bool) -> None:
        self.show_details(shown)
        self._desk.settings.put("window/details-shown", shown)

    def _ask_refresh(self) -> None:
        self._desk.refresh.ask()

    def _tell_connection(self) -> None:
        self.notices.say(connection_sentence(self._desk.ledger.connection), REMARK)

    def _turn_clocks(self) -> None:
        self._times.utc = not self._times.utc
        self._desk.settings.put("window/times", "utc" if self._times.utc else "local")
        self._tick()
        self.notices.say("Times are told in UTC now." if self._times.utc else "Times are told in local time now.")

    def _tick(self) -> None:
        """Say all ages anew."""
        self.current_page().retell_times()
        self.drawer.take()

    def _open_theme_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for theme, words in _THEMES.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(theme is self._dress.theme)
            group.addAction(action)
            action.triggered.connect(partial(self._theme_chosen, theme))
        button = self.band.theme
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _theme_chosen(self, theme: Theme, *_: object) -> None:
        self.choose_theme(theme)

    def _next_area(self) -> None:
        """Move the focus from area to area."""
        areas: list[QWidget] = [self.navigation, self.current_page().view]
        if self._details is not None and self._details.isVisible():
            areas.append(self._details.leaves)
        areas += [self.drawer.handle, self.status.connection]
        focused = self.focusWidget()
        here = next(
            (i for i, area in enumerate(areas) if focused and (area is focused or area.isAncestorOf(focused))), -1
        )
        areas[(here + 1) % len(areas)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Qt asks

    def showEvent(self, event: QShowEvent) -> None:
        """Put the focus into the table, and show the details if they were shown."""
        super().showEvent(event)
        if self._details is None and self._desk.settings.get("window/details-shown", True) is True:
            self.show_details(True)
        self.setWindowIcon(icon("program"))
        self.current_page().view.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask to leave at first; close when everything else has been put away."""
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.leave_requested.emit()


def _theme(stored: object) -> Theme:
    return next((theme for theme in Theme if theme == stored), Theme.SYSTEM)


def _bytes(stored: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(stored, validate=True))
    except ValueError:
        return QByteArray()
