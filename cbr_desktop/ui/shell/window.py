"""The main window: navigation, pages, details, drawer and status bar of one profile, and the keys that move about."""

import binascii
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from cbr_desktop.domain.error import LoginRefused, SecretMissing
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.words import Times, page_noun
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.theme import ThemeWatcher, stored_theme
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.header_bar import ProfileHeader
from cbr_desktop.ui.shell.menus import Command, MenuBar
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.pages import Areas
from cbr_desktop.ui.shell.status_bar import StatusBar
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from cbr_desktop.workflows.ledger import Part

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.plan import Run
    from cbr_desktop.ui.kit.notice_bar import NoticeBar
    from cbr_desktop.ui.shell.appearance import Appearance
    from cbr_desktop.ui.shell.commands import WindowCommands
    from cbr_desktop.ui.shell.deferred_widgets import DeferredWidgets
    from cbr_desktop.ui.shell.notices import DesktopNotifier
    from cbr_desktop.ui.shell.row_dialogs import RowDialogs
    from cbr_desktop.ui.shell.small_windows import SmallWindows
    from cbr_desktop.ui.shell.task_drawer import Drawer
    from cbr_desktop.ui.shell.tour import Tour

_DEFAULT_SIZE = QSize(1280, 800)
_WIDE_ENOUGH_FOR_DETAILS = 1000
_NARROW_LETTERS = 160
"""Average letters beside each other below which a window is narrow: about 1000 pixels with usual letters."""
_DEFERRED_MS = 150
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
        self._theme_watcher = ThemeWatcher(application, stored_theme(workspace.settings), self)
        self._times = Times(workspace.clock, utc=workspace.settings.get("window/times", "local") == "utc")
        self._vault_index = VaultIndex(workspace.scope)
        self._deferred_widgets: DeferredWidgets | None = None
        self._row_dialogs: RowDialogs | None = None
        self._commands: WindowCommands | None = None
        self._tour: Tour | None = None
        self._has_news = False
        """Whether something has changed that the details may tell of."""
        self._build()
        self._connect()
        self._restore()
        self._tell_title()
        self._arriving = Pieces(self)
        self._deferred_timer = QTimer(self)
        self._deferred_timer.setSingleShot(True)
        self._deferred_timer.setInterval(_DEFERRED_MS)
        self._deferred_timer.timeout.connect(lambda: self._arriving.begin(self._building_deferred_widgets()))

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
        """Show the row of a page that something else tells of; the place left goes into the history."""
        if not self.pages.show_related(name, id):
            self.notices.say(_("That is not among the {page} that are known now.").format(page=page_noun(name)))

    def open_outside(self, path: object) -> None:
        """Open a file from outside for review; nothing is sent by that."""
        self.deferred_widgets.open_outside(str(path))

    # its parts

    @property
    def deferred_widgets(self) -> "DeferredWidgets":
        """What joins after the first paint, or when it is first needed."""
        if self._deferred_widgets is None:
            self._deferred_widgets = self._made_deferred_widgets()
            self._bind_keys()
            for page in self.pages.all_made:
                self._deferred_widgets.help_with(page)
            self._tell_details()
        return self._deferred_widgets

    def build_deferred_widgets_soon(self) -> None:
        """Fetch the deferred widgets in a moment, piece by piece; to be asked for when all else is there."""
        self._deferred_timer.start()

    def build_deferred_widgets(self) -> None:
        """Fetch the deferred widgets now, if they have not come yet."""
        for _piece in self._building_deferred_widgets():
            pass

    def _building_deferred_widgets(self) -> Iterator[None]:
        """Fetch them in pieces, each of which leaves the window time to answer."""
        import cbr_desktop.ui.shell.facts

        yield
        import cbr_desktop.ui.shell.details

        yield
        import cbr_desktop.ui.shell.deferred_widgets  # noqa: F401

        yield
        self.navigation.viewport()  # the first such call takes Qt some milliseconds, which matter less here
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

    @property
    def appearance(self) -> "Appearance":
        """What is chosen of how the window looks."""
        return self.deferred_widgets.appearance

    @property
    def small_windows(self) -> "SmallWindows":
        """What opens settings, help and lists."""
        return self.deferred_widgets.small_windows

    @property
    def row_dialogs(self) -> "RowDialogs":
        """What opens the dialogs of changes; a checkpoint may be asked for before the other parts have joined."""
        if self._row_dialogs is None:
            from cbr_desktop.ui.shell.row_dialogs import RowDialogs

            self._row_dialogs = RowDialogs(
                *(self._workspace, self._dialogs, self, self.header_bar.create_checkpoint),
                choose_profile=self._choose_profile,
                say=self._say,
            )
        return self._row_dialogs

    def page(self, name: str) -> Page[Any]:
        """Return a page, making it when it is first asked for."""
        return self.pages.page(name)

    def current_page(self) -> Page[Any]:
        """Return the page in front."""
        return self.pages.current()

    # what an operator asks

    def show_page(self, name: str) -> Page[Any]:
        """Bring a page to the front, and return it."""
        return self.pages.turn_to(name)

    def new_draft(self) -> None:
        """Begin an empty draft, among the drafts."""
        self.deferred_widgets.new_draft()

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
        self.row_dialogs.create_checkpoint(self.current_page())

    def show_details(self, shown: bool) -> None:
        """Show the details of what is selected or hide them, now and at the next start."""
        self._workspace.settings.put("window/details-shown", shown)
        self.header_bar.details.setChecked(shown)
        self._tell_details()

    def open_scope_menu(self) -> None:
        """Open the choice of profiles."""
        self.deferred_widgets.menus.open_scopes()

    # building

    def _make_page(self, name: str) -> Page[Any]:
        if name == "Vaults":
            return VaultsPage(self._workspace, self._times, self._vault_index, self.pages)
        return self.deferred_widgets.make_page(name, self.pages)

    def _build(self) -> None:
        central = QWidget(self)
        central.setObjectName("central")
        self._floor = QVBoxLayout(central)
        self._floor.setContentsMargins(0, 0, 0, 0)
        self._floor.setSpacing(0)
        self.header_bar = ProfileHeader(self._workspace, central)
        self.areas = Areas(self._make_page, self._workspace.settings, central)
        self.navigation, self.pages = self.areas.navigation, self.areas.pages
        for part in (self.header_bar, self.areas):
            self._floor.addWidget(part)
        self._floor.setStretchFactor(self.areas, 1)
        self.setCentralWidget(central)
        self.setMenuWidget(self._menus())  # for setMenuBar the binding has Qt make another one first
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
        """Return the commands of the menus, which are not needed before one is opened."""
        if self._commands is None:
            from cbr_desktop.ui.shell.commands import WindowCommands

            self._commands = WindowCommands(self, self._workspace)
        return self._commands

    def _connect(self) -> None:
        self._workspace.signals.changed.connect(self._note)
        self._workspace.signals.settled.connect(self._settle)
        self.pages.made.connect(self._add_page)
        self.pages.turned.connect(self._turned)
        self._workspace.scope_changed.connect(self._tell_scope)
        self._workspace.run_begun.connect(self._begin_run)
        header_bar, status = self.header_bar, self.status
        header_bar.scope_menu_requested.connect(self.open_scope_menu)
        header_bar.arm_menu_requested.connect(lambda: self.deferred_widgets.menus.open_arming())
        header_bar.create_requested.connect(self.create_checkpoint)
        header_bar.details_toggled.connect(self.show_details)
        header_bar.refresh_requested.connect(self.ask_refresh)
        header_bar.theme_menu_requested.connect(lambda: self.deferred_widgets.menus.open_themes())
        header_bar.help_requested.connect(lambda: self.small_windows.open_help())
        status.refresh_requested.connect(self.ask_refresh)
        status.connection_asked.connect(lambda: self.deferred_widgets.tell_connection())
        status.clocks_turned.connect(lambda: self.appearance.turn_clocks())
        status.problems_asked.connect(lambda: self.small_windows.open_problems())
        status.ticked.connect(self._tick)
        status.pace_asked.connect(lambda: self.small_windows.open_settings())
        status.offline_requested.connect(self._workspace.work_offline)

    def _made_deferred_widgets(self) -> "DeferredWidgets":
        """Fetch the deferred widgets and put them where their places are kept."""
        from cbr_desktop.ui.shell.deferred_widgets import DeferredWidgets

        made = DeferredWidgets(
            *(self, self._workspace, self._dialogs),
            areas=self.areas,
            header=self.header_bar,
            vault_index=self._vault_index,
            times=self._times,
            theme_watcher=self._theme_watcher,
            row_dialogs=self.row_dialogs,
            notifier=self._notifier,
            further=self._further_of_scope,
        )
        self.areas.add_details(made.details)
        self._floor.insertWidget(1, made.strip)
        self._floor.addWidget(made.drawer)
        self.status.put_tasks(made.drawer.head)
        made.refresh_pace.slowed.connect(self.status.tell_slowed)
        made.drawer.setVisible(made.drawer.is_open)
        made.strip.login_requested.connect(self.login_requested)
        made.strip.alone_requested.connect(self._look_alone)
        made.menus.armed.connect(self._tell_armed)
        made.appearance.clocks_turned.connect(self._tell_clocks)
        made.small_windows.file_chosen.connect(self.open_outside)
        made.small_windows.menu_bar_chosen.connect(self._show_menu_bar)
        made.small_windows.login_requested.connect(self.login_requested)
        made.small_windows.doctor_requested.connect(self.doctor_requested)
        made.strip.remarked.connect(self._say)
        made.details.checkpoint_requested.connect(self.create_checkpoint)
        made.details.vault_requested.connect(self.show_vault)
        made.details.row_requested.connect(self.show_related)
        if self._workspace.settings.get("window/drawer-open", False) is True:
            made.drawer.toggle()
        made.drawer.toggled.connect(partial(self._workspace.settings.put, "window/drawer-open"))
        self.setWindowIcon(icon("program"))
        return made

    def _bind_keys(self) -> None:
        for key, act in self._window_commands().keys().items():
            QtGui.QShortcut(QtGui.QKeySequence(key), self).activated.connect(act)

    def _add_page(self, page: Page[Any]) -> None:
        """Do what a page asks for that has just been made."""
        page.checkpoint_requested.connect(partial(self._create_checkpoint_of, page))
        page.vault_requested.connect(self.show_vault)
        page.remarked.connect(self._say)
        page.login_requested.connect(self.request_login)
        page.lines_requested.connect(lambda title, lines: self.small_windows.open_lines(title, lines))
        page.export_requested.connect(lambda: self.small_windows.export_table(page))
        page.verb_requested.connect(lambda verb, rows: self.row_dialogs.ask(page, verb, rows))
        page.opened.connect(partial(self.show_details, True))
        page.selection_altered.connect(self._tell_details)
        page.taken.connect(partial(self._taken, page))
        if self._deferred_widgets is not None:
            self._deferred_widgets.help_with(page)

    # remembering

    def _restore(self) -> None:
        get = self._workspace.settings.get
        stored = get("window/geometry", "")
        if not (isinstance(stored, str) and stored and self.restoreGeometry(_bytes(stored))):
            self.resize(_DEFAULT_SIZE.boundedTo(self.screen().availableGeometry().size()))
        is_shown = get("window/details-shown", self.width() >= _WIDE_ENOUGH_FOR_DETAILS) is not False
        self.header_bar.details.setChecked(is_shown)
        self.areas.restore(self.width())
        self._fit_width()
        page = get("window/page", "")
        self.navigation.setCurrentRow(NAMES.index(page) if isinstance(page, str) and page in NAMES else 0)
        self.current_page().view.setFocus()

    def _remember(self) -> None:
        put = self._workspace.settings.put
        put("window/geometry", binascii.b2a_base64(self.saveGeometry().data(), newline=False).decode("ascii"))
        put("window/page", self.pages.name_in_front)
        self.areas.remember()
        for page in self.pages.all_made:
            page.view.remember()

    # slots

    def _tell_scope(self) -> None:
        self.header_bar.tell_scope()
        self._tell_title()
        for page in self.pages.all_made:
            page.tell_scope()
        self.current_page().catch_up()

    def _tell_title(self) -> None:
        """Name the scope where the desktop lists its windows, with what is at stake there."""
        scope = self.header_bar.words()
        self.setWindowTitle(_("{scope} – CBR Desktop").format(scope=scope) if scope else _("CBR Desktop"))

    def _look_alone(self, profile: Profile) -> None:
        self._workspace.choose(Choice(Extent.ONE, profile.name, (profile.name,)))

    def _tell_armed(self, _context: ProfileContext) -> None:
        self.header_bar.tell_guards()
        self._workspace.signals.notice(Part.INTENTS)

    def _further_of_scope(self) -> dict[str, Callable[[], object]]:
        """Return the commands below the choice of profiles, by their words."""
        further: dict[str, Callable[[], object]] = {_("Profiles…"): self.profiles_requested.emit}
        if len(self._workspace.shown_contexts) == 1:
            further |= {_("Log in…"): self.request_login, _("Connection doctor…"): self.request_doctor}
        return further

    def request_doctor(self) -> None:
        """Ask for a look into the connection of the profile."""
        for context in self._workspace.shown_contexts[:1]:
            self.doctor_requested.emit(context.profile)

    def request_login(self) -> None:
        """Ask for the login of the profile; of several, of the first one that has none."""
        shown = self._workspace.shown_contexts
        lacking = [each for each in shown if isinstance(each.ledger.connection.error, LoginRefused | SecretMissing)]
        for context in (lacking or shown)[:1]:
            self.login_requested.emit(context.profile)

    def _note(self, part: Part) -> None:
        """Take note of a change of the ledger."""
        for page in self.pages.all_made:
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
        if page is self.pages.currentWidget():
            self._tell_details()

    def _turned(self, page: Page[Any]) -> None:
        """Tell of the page that has come to the front."""
        self.status.turn_to(page.parts[0])
        if self._deferred_widgets is not None:
            self._deferred_widgets.refresh_pace.tell()
        self._tell_details()

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
        self.areas.show_details(subject is not None)
        page.note_details(subject is not None)

    def _create_checkpoint_of(self, page: Page[Any], *_target: object) -> None:
        self.row_dialogs.create_checkpoint(page)

    def _choose_profile(self, button: QWidget, chosen: Callable[[ProfileContext], object]) -> QWidget:
        return self.deferred_widgets.menus.open_profiles(button, chosen)

    def _say(self, text: str) -> None:
        self.notices.say(text)

    def _tell_clocks(self, utc: bool) -> None:
        self._tick()
        self.notices.say(_("Times are told in UTC now.") if utc else _("Times are told in local time now."))

    def _begin_run(self, run: "Run") -> None:
        page: Any = self.page("Plans")
        page.begin(run)

    def _fit_width(self) -> None:
        """Make do with the width that there is: below some letters pictures stand for words."""
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW_LETTERS
        self.header_bar.show_narrow(narrow)
        self.status.show_narrow(narrow)
        self.areas.show_narrow(narrow)

    def ask_refresh(self) -> None:
        """Read everything of the scope now."""
        self._workspace.ask_refresh()

    def _tick(self) -> None:
        """Say all ages anew."""
        self.current_page().retell_times()
        if self._deferred_widgets is not None:
            self._deferred_widgets.drawer.take()
            self._deferred_widgets.strip.tell()
            self._deferred_widgets.refresh_pace.tick()
            self._tell_details()
        self.header_bar.tell_guards()

    def next_area(self) -> None:
        """Move the focus from area to area."""
        details = self.deferred_widgets.details
        areas: list[QWidget] = [self.navigation, *self.current_page().areas()]
        areas += [] if details.isHidden() else [details.tabs]
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
        """Look at what may have changed while the user was elsewhere."""
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


def _dropped(data: "QtCore.QMimeData") -> list[str]:
    """Return the files among what is dropped; a handful is enough to look at."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.lower().endswith(".json")][:_DROPPED]


def _bytes(stored: str) -> QByteArray:
    try:
        return QByteArray(binascii.a2b_base64(stored, strict_mode=True))
    except ValueError:
        return QByteArray()
