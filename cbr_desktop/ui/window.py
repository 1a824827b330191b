"""The main window: navigation, pages, details, drawer and status bar of one profile, and the keys that move about."""

import base64
import importlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.words import Times
from cbr_desktop.ui.band import ProfileBand
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.hall import Choice, Extent, Hall
from cbr_desktop.ui.icons import icon
from cbr_desktop.ui.navigation import NAMES, Navigation
from cbr_desktop.ui.pages.page import Page
from cbr_desktop.ui.pages.vaults import VaultLore, VaultsPage
from cbr_desktop.ui.statusbar import StatusBar
from cbr_desktop.ui.theme import Dress, Theme
from cbr_desktop.workflows.ledger import Part

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.ui.drawer import Drawer
    from cbr_desktop.ui.furniture import Furniture
    from cbr_desktop.ui.notices import Herald, NoticeBar
    from cbr_desktop.ui.sheets import SheetWindow

OpenDialog = Callable[[Desk, VaultId | None, Sequence[ResourceId], QWidget], QWidget]
OpenOutcome = Callable[[Desk, IntentId, QWidget], QWidget]

_DEFAULT_SIZE = QSize(1280, 800)
_DETAILS_WIDTH = 360
_WIDE_ENOUGH_FOR_DETAILS = 1000
_FURNISH_MS = 150
_DROPPED = 5
"""Files that are opened of those dropped at once."""


class MainWindow(QMainWindow):
    """Shows one profile. ``herald`` tells what has ended while the window is not in front.

    Signals:
        leave_requested: the window was asked to close; it stays until ``close_for_good``.
        profiles_wished: the profiles should be edited.
        doctor_wished: the connection of a ``Profile`` should be looked into.
        login_wished: the login of a ``Profile`` should be asked for.
    """

    leave_requested = Signal()
    profiles_wished = Signal()
    doctor_wished = Signal(object)
    login_wished = Signal(object)

    def __init__(
        self, hall: Hall, open_dialog: OpenDialog, open_outcome: OpenOutcome, herald: "Herald | None" = None
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("CBR Desktop")
        self.setAccessibleName("CBR Desktop")
        self.setAcceptDrops(True)
        self._hall = hall
        self._open_dialog = open_dialog
        self._open_outcome = open_outcome
        self._herald = herald
        self._may_close = False
        self.waiting: list[str] = []
        """Files that are opened for review once the drafts are there."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101  # no widget could be made without one
        self._dress = Dress(application, _theme(hall.settings.get("window/theme", "system")), self)
        self._times = Times(hall.clock, utc=hall.settings.get("window/times", "local") == "utc")
        self._lore = VaultLore(hall.scope)
        self._pages: dict[str, Page[Any]] = {}
        self._furniture: Furniture | None = None
        self._build()
        self._connect()
        self._restore()
        self._furnishing = QTimer(self)
        self._furnishing.setSingleShot(True)
        self._furnishing.timeout.connect(self.furnish)
        self._furnishing.start(_FURNISH_MS)

    # what the application asks

    def close_for_good(self) -> None:
        """Close the window, remembering where everything was."""
        self._may_close = True
        for beside in self.findChildren(QDialog):
            beside.close()  # each puts away what it holds, as a draft that is not saved
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
        """Open the dialog for a new checkpoint; where it could be of several profiles, ask of which first."""
        desk = self._hall.desk_of_vault(vault_id)
        if desk is not None:
            return self._open_dialog(desk, vault_id, resource_ids, self)
        return self.furniture.open_profile_menu(
            self.band.create_checkpoint, lambda chosen: self._open_dialog(chosen, None, (), self)
        )

    def open_outside(self, path: object) -> None:
        """Open a file from outside for review; nothing is sent by that."""
        self.furniture.open_outside(str(path))

    def open_outcome(self, intent_id: IntentId) -> QWidget:
        """Open what became of a request."""
        return self._open_outcome(self._hall.desk_of_intent(intent_id), intent_id, self)

    # its parts

    @property
    def furniture(self) -> "Furniture":
        """What joins after the first paint, or when it is first needed."""
        if self._furniture is None:
            self._furniture = self._furnished()
            self._tell_details()
        return self._furniture

    def furnish(self) -> None:
        """Fetch the furniture now, if it has not come yet."""
        self.current_page().view.viewport()  # the first such call takes Qt some milliseconds; nobody waits for it here
        self.furniture.drawer.take()

    @property
    def notices(self) -> "NoticeBar":
        """The bar that says what has happened."""
        return self.furniture.notices

    @property
    def drawer(self) -> "Drawer":
        """The task drawer."""
        return self.furniture.drawer

    def page(self, name: str) -> Page[Any]:
        """Return a page, making it when it is first asked for."""
        if name not in self._pages:
            made = self._make_page(name)
            self._pages[name] = made
            self._stack.addWidget(made)
            made.checkpoint_wished.connect(self.open_checkpoint_dialog)
            made.vault_wished.connect(self.show_vault)
            made.remarked.connect(self._say)
            made.lines_wished.connect(self._show_lines)
            made.opened.connect(partial(self.show_details, True))
            made.selection_altered.connect(self._tell_details)
        return self._pages[name]

    def current_page(self) -> Page[Any]:
        """Return the page in front."""
        return self.page(NAMES[max(0, self.navigation.currentRow())])

    # what an operator asks

    def show_page(self, name: str) -> Page[Any]:
        """Bring a page to the front, and return it."""
        self.navigation.setCurrentRow(NAMES.index(name))
        return self.current_page()

    def create_checkpoint(self) -> None:
        """Open the dialog for what is selected, or for nothing yet."""
        self.open_checkpoint_dialog(*self.current_page().target())

    def show_details(self, shown: bool) -> None:
        """Show or hide the details, now and at the next start."""
        self._hall.settings.put("window/details-shown", shown)
        self.band.details.setChecked(shown)
        self.furniture.details.setVisible(shown)
        *others, wide = self._split.sizes()
        if shown and wide < self._details_width():
            others[1] = max(1, others[1] + wide - self._details_width())
            self._split.setSizes([*others, self._details_width()])
        self._tell_details()

    def choose_theme(self, theme: Theme) -> None:
        """Change to another theme and remember it."""
        self._dress.choose(theme)
        self._hall.settings.put("window/theme", theme.value)

    def open_scope_menu(self) -> None:
        """Open the choice of profiles."""
        further: dict[str, Callable[[], object]] = {"Profiles…": self.profiles_wished.emit}
        if len(self._hall.shown_desks) == 1:
            further |= {"Log in…": self._wish_login, "Connection doctor…": self._wish_doctor}
        self.furniture.open_scope_menu(self.band.scope, further)

    def open_help(self) -> "SheetWindow":
        """Open keys and versions."""
        return self.furniture.open_help()

    def open_problems(self) -> "SheetWindow":
        """Open the list of what could not be read and why."""
        return self.furniture.open_problems()

    # building

    def _make_page(self, name: str) -> Page[Any]:
        if name == "Vaults":
            return VaultsPage(self._hall, self._times, self._lore)
        return self.furniture.make_page(name)

    def _build(self) -> None:
        central = QWidget(self)
        central.setObjectName("central")
        self._floor = QVBoxLayout(central)
        self._floor.setContentsMargins(0, 0, 0, 0)
        self._floor.setSpacing(0)
        self.band = ProfileBand(self._hall, central)
        self._split = QSplitter(Qt.Orientation.Horizontal, central)
        self._split.setObjectName("areas")
        self._split.setHandleWidth(5)
        self.navigation = Navigation(self._split)
        self._stack = QStackedWidget(self._split)
        self._stack.setObjectName("pages")
        # these keep the places of details and drawer until the furniture comes
        self._details_place = QWidget(self._split)
        self._details_place.setObjectName("detailsPlace")
        self._drawer_place = QWidget(central)
        self._drawer_place.setObjectName("drawerPlace")
        self._drawer_place.setFixedHeight(self.fontMetrics().height() + 14)
        for place, stretch in enumerate((0, 1, 0)):
            self._split.setStretchFactor(place, stretch)
            self._split.setCollapsible(place, False)
        for part in (self.band, self._split, self._drawer_place):
            self._floor.addWidget(part)
        self._floor.setStretchFactor(self._split, 1)
        self.setCentralWidget(central)
        self.status = StatusBar(self._hall, self._times, self)
        self.setStatusBar(self.status)

    def _connect(self) -> None:
        self._hall.board.changed.connect(self._take)
        self.navigation.currentRowChanged.connect(self._turn_to)
        self._hall.scope_changed.connect(self._tell_scope)
        band, status = self.band, self.status
        band.scope_menu_wished.connect(self.open_scope_menu)
        band.arm_menu_wished.connect(self._open_arm_menu)
        band.create_wished.connect(self.create_checkpoint)
        band.details_toggled.connect(self.show_details)
        band.refresh_wished.connect(self._ask_refresh)
        band.theme_menu_wished.connect(self._open_theme_menu)
        band.help_wished.connect(self.open_help)
        status.refresh_wished.connect(self._ask_refresh)
        status.connection_asked.connect(self._tell_connection)
        status.clocks_turned.connect(self._turn_clocks)
        status.problems_asked.connect(self.open_problems)
        status.ticked.connect(self._tick)
        status.offline_wished.connect(self._hall.work_offline)

    def _furnished(self) -> "Furniture":
        """Fetch the furniture and put it where its places are kept."""
        module = importlib.import_module("cbr_desktop.ui.furniture")
        made: Furniture = module.Furniture(
            self, self._hall, self._lore, self._times, self.open_outcome, self.show_page, self._herald
        )
        sizes = self._split.sizes()
        self._split.replaceWidget(self._split.indexOf(self._details_place), made.details)
        made.details.setVisible(self.band.details.isChecked())
        self._split.setSizes(sizes)
        self._floor.replaceWidget(self._drawer_place, made.drawer)
        self._floor.insertWidget(1, made.strip)
        self._floor.insertWidget(2, made.notices)
        made.strip.login_wished.connect(self.login_wished)
        made.strip.alone_wished.connect(self._look_alone)
        made.strip.remarked.connect(self._say)
        for place in (self._details_place, self._drawer_place):
            place.hide()
            place.deleteLater()
        made.details.checkpoint_wished.connect(self.create_checkpoint)
        made.details.vault_wished.connect(self.show_vault)
        if self._hall.settings.get("window/drawer-open", False) is True:
            made.drawer.toggle()
        made.drawer.toggled.connect(partial(self._hall.settings.put, "window/drawer-open"))
        self._bind_keys(made)
        self.setWindowIcon(icon("program"))
        return made

    def _bind_keys(self, furniture: "Furniture") -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+N": self.create_checkpoint,
            "Ctrl+F": lambda: self.current_page().begin_filter(),
            "F5": self._ask_refresh,
            "Ctrl+R": self._ask_refresh,
            "Alt+D": self.band.details.click,
            "F8": furniture.drawer.toggle,
            "Ctrl+B": self._fold_navigation,
            "F6": self._next_area,
            "F1": self.open_help,
            "Ctrl+P": self.open_scope_menu,
            "Ctrl+Shift+P": self.profiles_wished.emit,
            "Ctrl+Shift+D": self._wish_doctor,
            "Ctrl+Q": self.close,
        }
        for place, name in enumerate(NAMES, 1):
            keys[f"Ctrl+{place}"] = partial(self.show_page, name)
        for key, act in keys.items():
            QtGui.QShortcut(QtGui.QKeySequence(key), self).activated.connect(act)

    # remembering

    def _restore(self) -> None:
        get = self._hall.settings.get
        stored = get("window/geometry", "")
        if not (isinstance(stored, str) and stored and self.restoreGeometry(_bytes(stored))):
            self.resize(_DEFAULT_SIZE.boundedTo(self.screen().availableGeometry().size()))
        is_shown = get("window/details-shown", self.width() >= _WIDE_ENOUGH_FOR_DETAILS) is not False
        self.band.details.setChecked(is_shown)
        self._details_place.setVisible(is_shown)
        wide = self._details_width()
        narrow = self.navigation.sizeHint().width()
        self._split.setSizes([narrow, max(320, self.width() - narrow - wide), wide])
        if get("window/navigation-folded", False) is True:
            self._fold_navigation()
        page = get("window/page", "")
        self.navigation.setCurrentRow(NAMES.index(page) if isinstance(page, str) and page in NAMES else 0)
        self.current_page().view.setFocus()

    def _details_width(self) -> int:
        wide = self._hall.settings.get("window/details-width", _DETAILS_WIDTH)
        return wide if isinstance(wide, int) and 200 <= wide <= 2000 else _DETAILS_WIDTH

    def _remember(self) -> None:
        put = self._hall.settings.put
        put("window/geometry", base64.b64encode(self.saveGeometry().data()).decode("ascii"))
        put("window/page", NAMES[max(0, self.navigation.currentRow())])
        put("window/navigation-folded", self.navigation.is_folded)
        if self._furniture is not None and self._furniture.details.isVisible():
            put("window/details-width", self._furniture.details.width())
        for page in self._pages.values():
            page.view.remember()

    # slots

    def _tell_scope(self) -> None:
        self.band.tell_scope()
        for page in self._pages.values():
            page.tell_scope()
        self.current_page().catch_up()

    def _look_alone(self, profile: Profile) -> None:
        self._hall.choose(Choice(Extent.ONE, profile.name, (profile.name,)))

    def _open_arm_menu(self) -> None:
        self.furniture.open_arm_menu(self.band.arm, self._tell_armed)

    def _tell_armed(self, desk: Desk) -> None:
        self.band.tell_guards()
        self._hall.board.notice(Part.INTENTS)

    def _wish_doctor(self) -> None:
        for desk in self._hall.shown_desks[:1]:
            self.doctor_wished.emit(desk.profile)

    def _wish_login(self) -> None:
        for desk in self._hall.shown_desks[:1]:
            self.login_wished.emit(desk.profile)

    def _take(self, part: Part) -> None:
        for page in self._pages.values():
            page.refresh(part)
        self.status.tell()
        self.band.tell_loading(any(held.loading for held in self._hall.scope.freshness.values()))
        if self._furniture is not None:
            self._furniture.notice(part)
            if part is not Part.CONNECTION:
                self._tell_details()

    def _turn_to(self, place: int) -> None:
        page = self.page(NAMES[place])
        self._stack.setCurrentWidget(page)
        page.catch_up()
        self.status.turn_to(page.parts[0])
        self._tell_details()

    def _tell_details(self) -> None:
        if self._furniture is not None and not self._furniture.details.isHidden():
            page = self.current_page()
            self._furniture.details.show_subject(page.subject(), page.without_subject)

    def _fold_navigation(self) -> None:
        before, *others = self._split.sizes()
        self.navigation.fold()
        now = self.navigation.sizeHint().width()
        others[0] += before - now
        self._split.setSizes([now, *others])

    def _say(self, text: str) -> None:
        self.notices.say(text)

    def _show_lines(self, title: str, lines: list[str]) -> None:
        self.furniture.open_lines(title, lines)

    def _ask_refresh(self) -> None:
        self._hall.ask_refresh()

    def _tell_connection(self) -> None:
        self.furniture.tell_connection()

    def _turn_clocks(self) -> None:
        self._times.utc = not self._times.utc
        self._hall.settings.put("window/times", "utc" if self._times.utc else "local")
        self._tick()
        self.notices.say("Times are told in UTC now." if self._times.utc else "Times are told in local time now.")

    def _tick(self) -> None:
        """Say all ages anew."""
        self.current_page().retell_times()
        if self._furniture is not None:
            self._furniture.drawer.take()
            self._furniture.strip.tell()
            self._tell_details()
        self.band.tell_guards()

    def _open_theme_menu(self) -> None:
        self.furniture.open_theme_menu(self.band.theme, self._dress.theme, self.choose_theme)

    def _next_area(self) -> None:
        """Move the focus from area to area."""
        details = self.furniture.details
        areas: list[QWidget] = [self.navigation, self.current_page().view]
        areas += [] if details.isHidden() else [details.leaves]
        areas += [self.drawer.handle, self.status.connection]
        focused = self.focusWidget()
        held = [i for i, area in enumerate(areas) if focused and (area is focused or area.isAncestorOf(focused))]
        areas[((held or [-1])[0] + 1) % len(areas)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Qt asks

    def dragEnterEvent(self, event: "QtGui.QDragEnterEvent") -> None:
        """Take files of this machine that are dropped, and nothing else."""
        if _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: "QtGui.QDropEvent") -> None:
        """Open what was dropped for review."""
        for path in _dropped(event.mimeData()):
            self.open_outside(path)

    def closeEvent(self, event: "QtGui.QCloseEvent") -> None:
        """Ask to leave at first; close when everything else has been put away.

        A person is asked before what is not at its end is left; a window that is hidden is being left already.
        """
        if self._may_close:
            event.accept()
            return
        event.ignore()
        if self.isVisible():
            self.furniture.ask_to_leave(self.leave_requested.emit)
        else:
            self.leave_requested.emit()


def _dropped(data: "QtCore.QMimeData") -> list[str]:
    """Return the files among what is dropped; a handful is enough to look at."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.lower().endswith(".json")][:_DROPPED]


def _theme(stored: object) -> Theme:
    return next((theme for theme in Theme if theme == stored), Theme.SYSTEM)


def _bytes(stored: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(stored, validate=True))
    except ValueError:
        return QByteArray()
