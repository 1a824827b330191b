"""The main window: navigation, pages, details, drawer and status bar of one profile, and the keys that move about."""

import base64
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.words import Times, page_noun
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.tables.density import store_density, stored_density
from cbr_desktop.ui.kit.theme import Dress, Theme, stored_theme
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.header_bar import ProfileHeader
from cbr_desktop.ui.shell.history import History, Place
from cbr_desktop.ui.shell.menus import Command, MenuBar
from cbr_desktop.ui.shell.navigation import NAMES, Navigation, page_key
from cbr_desktop.ui.shell.status_bar import StatusBar
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from cbr_desktop.workflows.ledger import Part

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.plan import Run
    from cbr_desktop.ui.kit.notice_bar import NoticeBar
    from cbr_desktop.ui.shell.commands import WindowCommands
    from cbr_desktop.ui.shell.deferred_widgets import DeferredWidgets
    from cbr_desktop.ui.shell.export import ExportDialog
    from cbr_desktop.ui.shell.notices import DesktopNotifier
    from cbr_desktop.ui.shell.settings import SettingsDialog
    from cbr_desktop.ui.shell.sheets import SheetWindow
    from cbr_desktop.ui.shell.task_drawer import Drawer
    from cbr_desktop.ui.shell.tour import Tour

_DEFAULT_SIZE = QSize(1280, 800)
_DETAILS_WIDTH = 360
_WIDE_ENOUGH_FOR_DETAILS = 1000
_NARROW_LETTERS = 160
"""Average letters beside each other below which a window is narrow: about 1000 pixels with usual letters."""
_FURNISH_MS = 150
_DROPPED = 5
"""Files that are opened of those dropped at once."""


class MainWindow(QMainWindow):
    """Shows the scope of a workspace.

    ``dialogs`` opens what comes over the window; ``notifier`` tells what has ended while it is not in front.

    Signals:
        leave_requested: the window was asked to close; it stays until ``close_for_good``.
        profiles_requested: the profiles should be edited.
        doctor_requested: the connection of a ``Profile`` should be looked into.
        login_requested: the login of a ``Profile`` should be asked for.
    """

    leave_requested = Signal()
    profiles_requested = Signal()
    doctor_requested = Signal(object)
    login_requested = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        dialogs: Dialogs | None = None,
        notifier: "DesktopNotifier | None" = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAccessibleName(_("CBR Desktop"))
        self.setAcceptDrops(True)
        self._workspace = workspace
        self._dialogs = dialogs or Dialogs()
        self._notifier = notifier
        self._may_close = False
        self.waiting: list[str] = []
        """Files that are opened for review once the drafts are there."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101  # no widget could be made without one
        self._dress = Dress(application, stored_theme(workspace.settings), self)
        self._times = Times(workspace.clock, utc=workspace.settings.get("window/times", "local") == "utc")
        self._vault_index = VaultIndex(workspace.scope)
        self._pages: dict[str, Page[Any]] = {}
        self._deferred_widgets: DeferredWidgets | None = None
        self._commands: WindowCommands | None = None
        self._settings_dialog: SettingsDialog | None = None
        self._tour: Tour | None = None
        self._is_returning = False
        self._has_news = False
        """Whether something has changed that the details may tell of."""
        self.history = History()
        """Where somebody has been in this window."""
        self._build()
        self._connect()
        self._restore()
        self._tell_title()
        self._arriving = Pieces(self)
        self._furnishing = QTimer(self)
        self._furnishing.setSingleShot(True)
        self._furnishing.setInterval(_FURNISH_MS)
        self._furnishing.timeout.connect(lambda: self._arriving.begin(self._furnish()))

    # what the application asks

    def close_for_good(self) -> None:
        """Close the window, remembering where everything was."""
        self._may_close = True
        from PySide6.QtWidgets import QDialog

        for beside in self.findChildren(QDialog):
            beside.close()  # each puts away what it holds, as a draft that is not saved
        self._remember()
        self.close()

    def show_vault(self, vault_id: VaultId) -> None:
        """Show a vault among the vaults."""
        self.show_page("Vaults")
        if not self.page("Vaults").show_row(vault_id):
            self.notices.say(_("That vault is not among the vaults that are known now."))

    def show_related(self, name: str, id: str) -> None:
        """Show the row of a page that something else tells of; the way back leads to where somebody was."""
        is_same = self.current_page().name == name
        self._stand()
        if not self.show_page(name).show_row(id):
            self.notices.say(_("That is not among the {page} that are known now.").format(page=page_noun(name)))
        elif is_same:
            self.history.visit(Place(name, id))
        else:
            self.history.stand(id)

    def open_checkpoint_dialog(
        self, vault_id: VaultId | None = None, resource_ids: Sequence[ResourceId] = (), words: str = ""
    ) -> QWidget:
        """Open the dialog for a new checkpoint; where it could be of several profiles, ask of which first.

        ``words`` say what of a selection it is not of.
        """
        context = self._workspace.context_of_vault(vault_id)
        if context is not None:
            return self._dialogs.create_checkpoint(context, vault_id, resource_ids, self, words)
        return self.deferred_widgets.open_profile_menu(
            self.header_bar.create_checkpoint, lambda chosen: self._dialogs.create_checkpoint(chosen, None, (), self)
        )

    def open_outside(self, path: object) -> None:
        """Open a file from outside for review; nothing is sent by that."""
        self.deferred_widgets.open_outside(str(path))

    def open_outcome(self, intent_id: IntentId) -> QWidget:
        """Open what became of a request."""
        return self._dialogs.show_outcome(self._workspace.context_of_intent(intent_id), intent_id, self)

    # its parts

    @property
    def deferred_widgets(self) -> "DeferredWidgets":
        """What joins after the first paint, or when it is first needed."""
        if self._deferred_widgets is None:
            self._deferred_widgets = self._furnished()
            for page in self._pages.values():
                self._deferred_widgets.help_with(page)
            self._tell_details()
        return self._deferred_widgets

    def furnish_soon(self) -> None:
        """Fetch the deferred widgets in a moment, piece by piece; to be asked for when all else is there."""
        self._furnishing.start()

    def build_deferred_widgets(self) -> None:
        """Fetch the deferred widgets now, if they have not come yet."""
        for _piece in self._furnish():
            pass

    def _furnish(self) -> Iterator[None]:
        """Fetch them in pieces, each of which leaves the window time to answer."""
        import cbr_desktop.ui.shell.facts

        yield
        import cbr_desktop.ui.shell.details

        yield
        import cbr_desktop.ui.shell.deferred_widgets  # noqa: F401

        yield
        self.current_page().view.viewport()  # the first such call takes Qt some milliseconds; nobody waits for it here
        yield
        self.deferred_widgets  # noqa: B018  # made when it is first named
        yield
        self.deferred_widgets.drawer.take()
        yield
        self.deferred_widgets.look_at_drafts()

    @property
    def notices(self) -> "NoticeBar":
        """The bar that says what has happened."""
        return self.deferred_widgets.notices

    @property
    def drawer(self) -> "Drawer":
        """The task drawer."""
        return self.deferred_widgets.drawer

    def page(self, name: str) -> Page[Any]:
        """Return a page, making it when it is first asked for."""
        if name not in self._pages:
            made = self._make_page(name)
            self._pages[name] = made
            self._stack.addWidget(made)
            made.checkpoint_requested.connect(partial(self._checkpoint_requested, made))
            made.vault_requested.connect(self.show_vault)
            made.remarked.connect(self._say)
            made.lines_requested.connect(self._show_lines)
            made.export_requested.connect(partial(self.export_table, made))
            if self._deferred_widgets is not None:
                self._deferred_widgets.help_with(made)
            made.verb_requested.connect(partial(self._ask, made))
            made.opened.connect(partial(self.show_details, True))
            made.selection_altered.connect(self._tell_details)
            made.taken.connect(partial(self._taken, made))
        return self._pages[name]

    def current_page(self) -> Page[Any]:
        """Return the page in front."""
        return self.page(NAMES[max(0, self.navigation.currentRow())])

    # what an operator asks

    def show_page(self, name: str) -> Page[Any]:
        """Bring a page to the front, and return it."""
        self.navigation.setCurrentRow(NAMES.index(name))
        return self.current_page()

    def go_to(self, name: str) -> None:
        """Bring a page to the front, with the focus in its table."""
        self.show_page(name).view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_back(self) -> None:
        """Go to where somebody was before, with its row."""
        self._stand()
        self._return_to(self.history.back())

    def go_forward(self) -> None:
        """Go to where somebody was before going back."""
        self._stand()
        self._return_to(self.history.forward())

    def new_draft(self) -> None:
        """Begin an empty draft, among the drafts."""
        self.deferred_widgets.new_draft()

    def ask_for_file(self) -> None:
        """Ask for a request file or a plan, and open it for review; nothing is sent by that."""
        from cbr_desktop.ui.kit.widgets import ask_for_file

        filters = [_("Request files and plans (*.json)")]
        ask_for_file(self, _("Open request file"), "requestFileDialog", filters, self.open_outside)

    def export_table(self, page: Page[Any]) -> "ExportDialog":
        """Ask which rows of a page go into a file."""
        from cbr_desktop.ui.shell.export import ExportDialog

        dialog = ExportDialog(page, self._workspace, self._say, self)
        dialog.open()
        return dialog

    def open_settings(self) -> "SettingsDialog":
        """Open the settings."""
        from cbr_desktop.ui.shell.commands import theme_words
        from cbr_desktop.ui.shell.settings import SettingsDialog

        if self._settings_dialog is not None and isValid(self._settings_dialog) and self._settings_dialog.isVisible():
            self._settings_dialog.activateWindow()
            return self._settings_dialog
        dialog = SettingsDialog(
            *(self._workspace, theme_words(), self.theme, self),
            is_utc=self.is_utc,
            has_menu_bar=not self.menuBar().isHidden(),
        )
        dialog.theme_chosen.connect(self.choose_theme)
        dialog.density_chosen.connect(self.choose_density)
        dialog.utc_chosen.connect(self.tell_in_utc)
        dialog.menu_bar_chosen.connect(self._show_menu_bar)
        dialog.keys_requested.connect(self.open_help)
        dialog.pace_chosen.connect(self.deferred_widgets.attendance.tell)
        dialog.open()
        self._settings_dialog = dialog
        return dialog

    def toggle_menu_bar(self) -> None:
        """Show the menu bar or hide it, now and at the next start; its keys work all the same."""
        self._show_menu_bar(self.menuBar().isHidden())

    def begin_tour(self) -> "Tour":
        """Show what is where, in five steps; one that is shown already goes on."""
        from cbr_desktop.ui.shell.tour import Tour, steps

        if self._tour is not None and isValid(self._tour) and not self._tour.isHidden():
            return self._tour
        told = steps(
            *(self.header_bar, self.navigation, lambda: self.show_page("Vaults").filter),
            *(self.header_bar.create_checkpoint, self.drawer.head),
        )
        self._tour = Tour(told, self)
        return self._tour

    def create_checkpoint(self) -> None:
        """Open the dialog for what is selected, or for nothing yet."""
        page = self.current_page()
        if page.targets():
            self._open_checkpoints(page)
        else:
            self.open_checkpoint_dialog(*page.target(), page.target_words())

    def show_details(self, shown: bool) -> None:
        """Show the details of what is selected or hide them, now and at the next start."""
        self._workspace.settings.put("window/details-shown", shown)
        self.header_bar.details.setChecked(shown)
        self._tell_details()

    @property
    def theme(self) -> Theme:
        """The theme that was chosen."""
        return self._dress.theme

    @property
    def is_utc(self) -> bool:
        """Whether times are told in UTC."""
        return self._times.utc

    @property
    def density(self) -> str:
        """How close rows stand to each other."""
        return stored_density(self._workspace.settings)

    def choose_density(self, density: str) -> None:
        """Let the rows of all tables stand closer or less close, now and at the next start."""
        store_density(self._workspace.settings, density)
        for page in self._pages.values():
            page.view.show_density(density)

    def choose_theme(self, theme: Theme) -> None:
        """Change to another theme and remember it."""
        self._dress.choose(theme)
        self._workspace.settings.put("window/theme", theme.value)

    def open_scope_menu(self) -> None:
        """Open the choice of profiles."""
        further: dict[str, Callable[[], object]] = {"Profiles…": self.profiles_requested.emit}
        if len(self._workspace.shown_contexts) == 1:
            further |= {"Log in…": self.request_login, "Connection doctor…": self.request_doctor}
        self.deferred_widgets.open_scope_menu(self.header_bar.scope, further)

    def open_help(self) -> "SheetWindow":
        """Open keys and versions."""
        return self.deferred_widgets.open_help()

    def open_problems(self) -> "SheetWindow":
        """Open the list of what could not be read and why."""
        return self.deferred_widgets.open_problems()

    # building

    def _make_page(self, name: str) -> Page[Any]:
        if name == "Vaults":
            return VaultsPage(self._workspace, self._times, self._vault_index, self._stack)
        return self.deferred_widgets.make_page(name)

    def _build(self) -> None:
        central = QWidget(self)
        central.setObjectName("central")
        self._floor = QVBoxLayout(central)
        self._floor.setContentsMargins(0, 0, 0, 0)
        self._floor.setSpacing(0)
        self.header_bar = ProfileHeader(self._workspace, central)
        self._split = QSplitter(Qt.Orientation.Horizontal, central)
        self._split.setObjectName("areas")
        self._split.setHandleWidth(5)
        self.navigation = Navigation(self._split)
        self._stack = PageStack(self._split)
        self._stack.setObjectName("pages")
        for place, stretch in enumerate((0, 1)):
            self._split.setStretchFactor(place, stretch)
            self._split.setCollapsible(place, False)
        for part in (self.header_bar, self._split):
            self._floor.addWidget(part)
        self._floor.setStretchFactor(self._split, 1)
        self.setCentralWidget(central)
        self.setMenuBar(self._menus())
        self.status = StatusBar(self._workspace, self._times, self)
        self.setStatusBar(self.status)

    def _menus(self) -> MenuBar:
        menus: list[tuple[str, str, Callable[[], Sequence[Command]]]] = [
            ("file", _("&File"), lambda: self._window_commands().file()),
            ("view", _("&View"), lambda: self._window_commands().view()),
            ("go", _("&Go"), lambda: self._window_commands().go()),
            ("actions", _("&Actions"), lambda: self._window_commands().actions()),
            ("help", _("&Help"), lambda: self._window_commands().help()),
        ]
        if self._workspace.is_demo:
            menus.insert(4, ("demo", _("D&emo"), lambda: self._window_commands().demo()))
        made = MenuBar(menus, self)
        made.setVisible(self._workspace.settings.get("window/menu-bar", True) is not False)
        return made

    def _window_commands(self) -> "WindowCommands":
        """Return the commands of the menus, which nobody needs before one is opened."""
        if self._commands is None:
            from cbr_desktop.ui.shell.commands import WindowCommands

            self._commands = WindowCommands(self, self._workspace)
        return self._commands

    def _connect(self) -> None:
        self._workspace.signals.changed.connect(self._note)
        self._workspace.signals.settled.connect(self._settle)
        self.navigation.currentRowChanged.connect(self._turn_to)
        self._workspace.scope_changed.connect(self._tell_scope)
        self._workspace.run_begun.connect(self._begin_run)
        header_bar, status = self.header_bar, self.status
        header_bar.scope_menu_requested.connect(self.open_scope_menu)
        header_bar.arm_menu_requested.connect(self._open_arm_menu)
        header_bar.create_requested.connect(self.create_checkpoint)
        header_bar.details_toggled.connect(self.show_details)
        header_bar.refresh_requested.connect(self.ask_refresh)
        header_bar.theme_menu_requested.connect(self._open_theme_menu)
        header_bar.help_requested.connect(self.open_help)
        status.refresh_requested.connect(self.ask_refresh)
        status.connection_asked.connect(self._tell_connection)
        status.clocks_turned.connect(self.turn_clocks)
        status.problems_asked.connect(self.open_problems)
        status.ticked.connect(self._tick)
        status.pace_asked.connect(self.open_settings)
        status.offline_requested.connect(self._workspace.work_offline)

    def _parts_in_front(self) -> frozenset[Part]:
        """Return what the page in front shows; one that is just being made tells of itself when it is there."""
        page = self._pages.get(NAMES[max(0, self.navigation.currentRow())])
        return frozenset() if page is None else frozenset(page.parts)

    def _furnished(self) -> "DeferredWidgets":
        """Fetch the deferred widgets and put them where their places are kept."""
        from cbr_desktop.ui.shell.deferred_widgets import DeferredWidgets

        made = DeferredWidgets(
            self,
            self._stack,
            self.navigation,
            self._workspace,
            self._dialogs,
            self._vault_index,
            self._times,
            self.show_page,
            self._notifier,
            self._parts_in_front,
        )
        self._split.addWidget(made.details)
        self._split.setCollapsible(self._split.count() - 1, False)
        made.details.hide()
        for area in (self.navigation, self._stack, made.details):  # read aloud in the order in which they are seen
            area.raise_()
        self._floor.insertWidget(1, made.strip)
        self._floor.addWidget(made.drawer)
        self.status.put_tasks(made.drawer.head)
        made.attendance.slowed.connect(self.status.tell_slowed)
        made.drawer.setVisible(made.drawer.is_open)
        made.strip.login_requested.connect(self.login_requested)
        made.strip.alone_requested.connect(self._look_alone)
        made.strip.remarked.connect(self._say)
        made.details.checkpoint_requested.connect(self.create_checkpoint)
        made.details.vault_requested.connect(self.show_vault)
        made.details.row_requested.connect(self.show_related)
        if self._workspace.settings.get("window/drawer-open", False) is True:
            made.drawer.toggle()
        made.drawer.toggled.connect(partial(self._workspace.settings.put, "window/drawer-open"))
        self._bind_keys(made)
        self.setWindowIcon(icon("program"))
        return made

    def _bind_keys(self, deferred_widgets: "DeferredWidgets") -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+N": self.create_checkpoint,
            "Ctrl+F": lambda: self.current_page().begin_filter(),
            "F5": self.ask_refresh,
            "Ctrl+R": self.ask_refresh,
            "Alt+D": self.header_bar.details.click,
            "F8": deferred_widgets.drawer.toggle,
            "Ctrl+B": self.fold_navigation,
            "F6": self.next_area,
            "F1": self.open_help,
            "Ctrl+P": self.open_scope_menu,
            "Ctrl+Shift+P": self.profiles_requested.emit,
            "Ctrl+Shift+D": self.request_doctor,
            "Ctrl+Q": self.close,
            "Ctrl+O": self.ask_for_file,
            "Ctrl+Shift+E": lambda: self.current_page().begin_export(),
            "Ctrl+,": self.open_settings,
            "Ctrl+M": self.toggle_menu_bar,
            "Alt+Left": self.go_back,
            "Alt+Right": self.go_forward,
        }
        for name in NAMES:
            keys[page_key(name)] = partial(self.go_to, name)
        for key, act in keys.items():
            QtGui.QShortcut(QtGui.QKeySequence(key), self).activated.connect(act)

    # remembering

    def _restore(self) -> None:
        get = self._workspace.settings.get
        stored = get("window/geometry", "")
        if not (isinstance(stored, str) and stored and self.restoreGeometry(_bytes(stored))):
            self.resize(_DEFAULT_SIZE.boundedTo(self.screen().availableGeometry().size()))
        is_shown = get("window/details-shown", self.width() >= _WIDE_ENOUGH_FOR_DETAILS) is not False
        self.header_bar.details.setChecked(is_shown)
        narrow = self.navigation.sizeHint().width()
        self._split.setSizes([narrow, max(320, self.width() - narrow)])
        if get("window/navigation-folded", False) is True:
            self.fold_navigation()
        self._fit_width()
        page = get("window/page", "")
        self.navigation.setCurrentRow(NAMES.index(page) if isinstance(page, str) and page in NAMES else 0)
        self.current_page().view.setFocus()

    def _details_width(self) -> int:
        wide = self._workspace.settings.get("window/details-width", _DETAILS_WIDTH)
        return wide if isinstance(wide, int) and 200 <= wide <= 2000 else _DETAILS_WIDTH

    def _remember(self) -> None:
        put = self._workspace.settings.put
        put("window/geometry", base64.b64encode(self.saveGeometry().data()).decode("ascii"))
        put("window/page", NAMES[max(0, self.navigation.currentRow())])
        put("window/navigation-folded", self.navigation.is_folded and not self.navigation.is_squeezed)
        if self._deferred_widgets is not None and self._deferred_widgets.details.isVisible():
            put("window/details-width", self._deferred_widgets.details.width())
        for page in self._pages.values():
            page.view.remember()

    # slots

    def _tell_scope(self) -> None:
        self.header_bar.tell_scope()
        self._tell_title()
        for page in self._pages.values():
            page.tell_scope()
        self.current_page().catch_up()

    def _tell_title(self) -> None:
        """Name the scope where the desktop lists its windows, with what is at stake there."""
        scope = self.header_bar.words()
        self.setWindowTitle(_("{scope} – CBR Desktop").format(scope=scope) if scope else _("CBR Desktop"))

    def _look_alone(self, profile: Profile) -> None:
        self._workspace.choose(Choice(Extent.ONE, profile.name, (profile.name,)))

    def _open_arm_menu(self) -> None:
        self.deferred_widgets.open_arm_menu(self.header_bar.arm, self._tell_armed)

    def _tell_armed(self, _context: ProfileContext) -> None:
        self.header_bar.tell_guards()
        self._workspace.signals.notice(Part.INTENTS)

    def request_doctor(self) -> None:
        """Ask for a look into the connection of the profile."""
        for context in self._workspace.shown_contexts[:1]:
            self.doctor_requested.emit(context.profile)

    def request_login(self) -> None:
        """Ask for the login of the profile."""
        for context in self._workspace.shown_contexts[:1]:
            self.login_requested.emit(context.profile)

    def _note(self, part: Part) -> None:
        """Take note of a change of the ledger."""
        for page in self._pages.values():
            page.note(part)
        if self._deferred_widgets is not None:
            self._deferred_widgets.notice(part)
        self._has_news = self._has_news or part is not Part.CONNECTION

    def _settle(self) -> None:
        """Take over what has changed together."""
        page = self.current_page()
        if page.isVisible():
            page.catch_up()
        self.status.tell()
        self.header_bar.tell_loading(any(held.loading for held in self._workspace.scope.freshness.values()))
        if self._has_news:
            self._has_news = False
            self._tell_details()

    def _taken(self, page: Page[Any]) -> None:
        """Tell the details of a page what its rows say now."""
        if page is self._stack.currentWidget():
            self._tell_details()

    def _turn_to(self, place: int) -> None:
        page = self.page(NAMES[place])
        if not self._is_returning:
            self._stand()
            self.history.visit(Place(page.name))
        self._stack.setCurrentWidget(page)
        self._stack.updateGeometry()
        page.catch_up()
        self.status.turn_to(page.parts[0])
        if self._deferred_widgets is not None:
            self._deferred_widgets.attendance.tell()
        self._tell_details()

    def _stand(self) -> None:
        """Take note of the row of the page in front, before it is left."""
        page = self._stack.currentWidget()
        if isinstance(page, Page):
            row = page.view.current_row()
            self.history.stand(page.id_of(row) if row is not None else "")

    def _return_to(self, place: Place | None) -> None:
        if place is not None:
            self._is_returning = True
            page = self.show_page(place.page)
            self._is_returning = False
            if place.id:
                page.show_row(place.id)
            page.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_menu_bar(self, shown: bool) -> None:
        self._workspace.settings.put("window/menu-bar", shown)
        self.menuBar().setVisible(shown)
        if not shown:
            self.notices.say(_("The menu bar is hidden. Ctrl+M shows it again."))

    def _tell_details(self) -> None:
        """Tell of what is selected; while nothing is, the table has the room."""
        if self._deferred_widgets is None:
            return
        page, details = self.current_page(), self._deferred_widgets.details
        subject = page.subject() if self.header_bar.details.isChecked() else None
        if self.header_bar.details.isChecked():
            details.show_subject(subject, _(page.without_subject))
        if details.isHidden() is (subject is not None):
            details.setVisible(subject is not None)
            narrow, *_others = self._split.sizes()
            wide = min(self._details_width(), (self._split.width() - narrow) * 2 // 5)
            room = max(1, self._split.width() - narrow - (wide if subject is not None else 0))
            self._split.setSizes([narrow, room, wide])

    def fold_navigation(self) -> None:
        """Fold the navigation to its pictures, or show the names again."""
        before, *others = self._split.sizes()
        self.navigation.is_squeezed = False
        self.navigation.fold()
        self._settle_navigation(before, others)

    def _settle_navigation(self, before: int, others: list[int]) -> None:
        now = self.navigation.sizeHint().width()
        others[0] += before - now
        self._split.setSizes([now, *others])

    def _checkpoint_requested(self, page: Page[Any], *target: Any) -> None:
        """Open the dialog for a checkpoint that a page asks for, or the batch where it is of several vaults."""
        if page.targets():
            self._open_checkpoints(page)
        else:
            self.open_checkpoint_dialog(*target)

    def _open_checkpoints(self, page: Page[Any]) -> None:
        contexts = [(self._workspace.context_of_vault(target[0]), target) for target in page.targets()]
        asked = [(context, target) for context, target in contexts if context is not None]
        self._dialogs.create_checkpoints(self._workspace, asked, self)

    def _begin_run(self, run: "Run") -> None:
        page: Any = self.page("Plans")
        page.begin(run)

    def _fit_width(self) -> None:
        """Make do with the width that there is: below some letters pictures stand for words."""
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW_LETTERS
        self.header_bar.show_narrow(narrow)
        self.status.show_narrow(narrow)
        before, *others = self._split.sizes()
        if self.navigation.show_narrow(narrow):
            self._settle_navigation(before, others)

    def _ask(self, page: Page[Any], verb: str, rows: Sequence[Any]) -> None:
        self.deferred_widgets.ask(page, verb, rows)

    def _say(self, text: str) -> None:
        self.notices.say(text)

    def _show_lines(self, title: str, lines: list[str]) -> None:
        self.deferred_widgets.open_lines(title, lines)

    def ask_refresh(self) -> None:
        """Read everything of the scope now."""
        self._workspace.ask_refresh()

    def _tell_connection(self) -> None:
        self.deferred_widgets.tell_connection()

    def turn_clocks(self) -> None:
        """Tell times in the other way, local or UTC."""
        self.tell_in_utc(not self._times.utc)

    def tell_in_utc(self, utc: bool) -> None:
        """Tell all times in UTC or in local time, now and at the next start."""
        self._times.utc = utc
        self._workspace.settings.put("window/times", "utc" if self._times.utc else "local")
        self._tick()
        self.notices.say(_("Times are told in UTC now.") if self._times.utc else _("Times are told in local time now."))

    def _tick(self) -> None:
        """Say all ages anew."""
        self.current_page().retell_times()
        if self._deferred_widgets is not None:
            self._deferred_widgets.drawer.take()
            self._deferred_widgets.strip.tell()
            self._deferred_widgets.attendance.tick()
            self._tell_details()
        self.header_bar.tell_guards()

    def _open_theme_menu(self) -> None:
        self.deferred_widgets.open_theme_menu(self.header_bar.theme, self._dress.theme, self.choose_theme)

    def next_area(self) -> None:
        """Move the focus from area to area."""
        details = self.deferred_widgets.details
        areas: list[QWidget] = [self.navigation, *self.current_page().areas()]
        areas += [] if details.isHidden() else [details.leaves]
        areas += [self.drawer.handle, self.status.connection]
        focused = self.focusWidget()
        held = [i for i, area in enumerate(areas) if focused and (area is focused or area.isAncestorOf(focused))]
        areas[((held or [-1])[0] + 1) % len(areas)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Qt asks

    def resizeEvent(self, event: "QtGui.QResizeEvent") -> None:
        """Show less of what is said elsewhere on a small screen."""
        super().resizeEvent(event)
        self._fit_width()

    def dragEnterEvent(self, event: "QtGui.QDragEnterEvent") -> None:
        """Take files of this machine that are dropped, and nothing else."""
        if _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: "QtGui.QDropEvent") -> None:
        """Open what was dropped for review."""
        for path in _dropped(event.mimeData()):
            self.open_outside(path)

    def changeEvent(self, event: QtCore.QEvent) -> None:
        """Look at what may have changed while somebody was elsewhere."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.ActivationChange and self.isActiveWindow() and self._deferred_widgets:
            self._deferred_widgets.look_at_drafts()

    def closeEvent(self, event: "QtGui.QCloseEvent") -> None:
        """Ask to leave at first; close when everything else has been put away.

        A person is asked before what is not at its end is left; a window that is hidden is being left already.
        """
        if self._may_close:
            event.accept()
            return
        event.ignore()
        if self.isVisible():
            self.deferred_widgets.ask_to_leave(self.leave_requested.emit)
        else:
            self.leave_requested.emit()


class PageStack(QStackedWidget):
    """As narrow as the page in front may be, whatever those behind it need."""

    def minimumSizeHint(self) -> QSize:
        """Return the least size of the page in front."""
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()


def _dropped(data: "QtCore.QMimeData") -> list[str]:
    """Return the files among what is dropped; a handful is enough to look at."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.lower().endswith(".json")][:_DROPPED]


def _bytes(stored: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(stored, validate=True))
    except ValueError:
        return QByteArray()
