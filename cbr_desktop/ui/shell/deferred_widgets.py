"""The deferred widgets: what joins the window after its first paint, so that the first paint does not wait for it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid

from cbr_desktop.domain.plan import SUFFIX
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import counted
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import Times
from cbr_desktop.ui.drafts.watch import FolderWatch
from cbr_desktop.ui.kit.notice_bar import NoticeBar
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.page_help import PageHelp
from cbr_desktop.ui.kit.theme import ThemeWatcher
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.appearance import Appearance
from cbr_desktop.ui.shell.details import Details
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.facts import content_reader, use_reader
from cbr_desktop.ui.shell.header_bar import ProfileHeader
from cbr_desktop.ui.shell.header_menus import HeaderMenus
from cbr_desktop.ui.shell.notices import DesktopNotifier, Reminder, TrayNotifier, Watch
from cbr_desktop.ui.shell.pages import Areas
from cbr_desktop.ui.shell.refresh_pace import RefreshPace
from cbr_desktop.ui.shell.row_dialogs import RowDialogs
from cbr_desktop.ui.shell.scopes import ScopeStrip
from cbr_desktop.ui.shell.small_windows import SmallWindows
from cbr_desktop.ui.shell.status_bar import connection_sentence
from cbr_desktop.ui.shell.task_drawer import Drawer
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.workflows.leaving import Unfinished, unfinished
from cbr_desktop.workflows.ledger import Part


class DeferredWidgets:
    """Details, drawer, notices, the other pages and the small windows of one main window."""

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        dialogs: Dialogs,
        *,
        areas: Areas,
        header: ProfileHeader,
        vault_index: VaultIndex,
        times: Times,
        theme_watcher: ThemeWatcher,
        row_dialogs: RowDialogs,
        notifier: DesktopNotifier | None,
        further: Callable[[], dict[str, Callable[[], object]]],
    ) -> None:
        self._window = window
        self._workspace = workspace
        self._navigation = areas.navigation
        self._times = times
        self._dialogs = dialogs
        self._row_dialogs = row_dialogs
        self._show_page = areas.pages.turn_to
        reader_of = partial(content_reader, workspace=workspace, times=times)
        history_of = partial(use_reader, workspace=workspace)
        self.details = Details(workspace.scope, vault_index, times, window, reader_of, history_of)
        self.drawer = Drawer(workspace, window)
        self.notices = NoticeBar(window, areas.pages)
        self.strip = ScopeStrip(workspace, window)
        notifier = notifier or TrayNotifier(window)
        self._watch = Watch(workspace.open, self.notices, notifier, window, row_dialogs.open_outcome)
        self._reminder = Reminder(workspace, self.notices, notifier, window, self._review)
        self._reminder.look()
        self._plans_page: Any = None
        self._leave: Any = None
        self.drawer.remarked.connect(self.notices.say)
        self.notices.said.connect(self.drawer.note)
        self.drawer.counted.connect(self._tell_requests)
        self._folder = FolderWatch(lambda: workspace.draft_store, window)
        self._folder.changed.connect(self._tell_drafts)
        self.drawer.outcome_requested.connect(row_dialogs.open_outcome)
        self.refresh_pace = RefreshPace(workspace, window, areas.pages.parts_in_front)
        self.appearance = Appearance(workspace.settings, theme_watcher, times, areas.pages)
        self.menus = HeaderMenus(workspace, header, self.appearance, further)
        self.small_windows = SmallWindows(window, workspace, self.appearance)
        self.drawer.lines_requested.connect(self.small_windows.open_lines)
        self.small_windows.remarked.connect(self.notices.say)
        self.small_windows.pace_chosen.connect(self.refresh_pace.tell)

    def notice(self, part: Part) -> None:
        """Take over a change of the ledger."""
        self.drawer.notice(part)
        self.strip.tell()
        if part in (Part.INTENTS, Part.TASKS):
            self._watch.look()
            if self._is_asking:
                self._leave.tell()
        if part in (Part.INTENTS, Part.CONNECTION):
            self._reminder.look()

    def help_with(self, page: Page[Any]) -> None:
        """Let a page offer what its filter can ask for, keep filters, and lead to the console."""
        PageHelp(page, self._workspace.settings)

    def look_at_drafts(self) -> None:
        """Count the drafts in the folder anew, if it is known yet."""
        self._folder.look()

    def new_draft(self) -> None:
        """Begin an empty draft, among the drafts."""
        page: Any = self._show_page("Drafts")
        page.new_draft()

    def _tell_drafts(self) -> None:
        count = len(self._folder.entries)
        self._navigation.tell_count("Drafts", count, counted("{count} request file", "{count} request files", count))

    def _tell_requests(self, count: int) -> None:
        words = counted("{count} request needs you", "{count} requests need you", count)
        self._navigation.tell_count("Outbox", count, words, Tone.WARN)

    def make_page(self, name: str, parent: QWidget) -> Page[Any]:  # noqa: PLR0911  # one a page
        """Return a new page of this name; a sheet would dress all of it anew if it had its ``parent`` only later."""
        if name == "Drafts":
            return self._drafts(parent)
        if name == "Outbox":
            return self._outbox(parent)
        if name == "Plans":
            return self._plans(parent)
        if name == "Journal":
            from cbr_desktop.ui.journal.page import JournalPage

            return JournalPage(self._workspace, self._times, parent)
        if name == "Backups":
            from cbr_desktop.ui.backups.page import BackupsPage

            page = BackupsPage(self._workspace, self._times, parent)
            page.opened.connect(self.details.show_content)
            self.details.content_read.connect(page.view.viewport().update)
            return page
        if name == "Checkpoints":
            return self._checkpoints(parent)
        if name == "Policies":
            from cbr_desktop.ui.policies.page import PoliciesPage

            return PoliciesPage(self._workspace, self._times, parent)
        if name == "Resources":
            from cbr_desktop.ui.resources.page import ResourcesPage

            return ResourcesPage(self._workspace, self._times, parent)
        from cbr_desktop.ui.tasks.page import TasksPage

        return TasksPage(self._workspace, self._times, parent)

    def open_outside(self, path: str) -> None:
        """Open a file from outside for review, a plan to be judged; nothing is sent by that."""
        if path.lower().endswith(SUFFIX):
            self._open_plan(path)
        else:
            self._show_page("Drafts").review(path)  # type: ignore[attr-defined]

    def tell_connection(self) -> None:
        """Say at length how the connection stands."""
        several = self._workspace.scope.is_merged
        for member in self._workspace.scope.members:
            words = connection_sentence(member.connection)
            self.notices.say(f"{plain(member.profile.name, 60)}: {words}" if several else words)

    def ask_to_leave(self, leave: Callable[[], object]) -> None:
        """Leave at once when all is at its end, else ask whether to leave it as it is."""
        if self._is_asking:
            self._leave.activateWindow()
            return
        if self._workspace.sealed is not None or not self._unfinished():
            leave()
            return
        from cbr_desktop.ui.shell.leave import LeaveDialog

        dialog = LeaveDialog(self._unfinished, self._workspace.clock, self._window, is_demo=self._workspace.is_demo)
        dialog.leave_requested.connect(leave)
        self._leave = dialog
        if self._window.isMinimized():
            self._window.showNormal()
        dialog.open()

    @property
    def _is_asking(self) -> bool:
        return self._leave is not None and isValid(self._leave) and self._leave.isVisible()

    def _unfinished(self) -> list[Unfinished]:
        going = self._plans_page.going() if self._plans_page is not None else ()
        return unfinished(self._workspace.open, going)

    def _checkpoints(self, parent: QWidget) -> Page[Any]:
        from cbr_desktop.ui.checkpoint.page import CheckpointsPage

        page = CheckpointsPage(self._workspace, self._times, parent)
        page.backups_requested.connect(self._show_backups_of)
        return page

    def _show_backups_of(self, checkpoint_id: str) -> None:
        """Show the backups of a checkpoint among all backups."""
        self._show_page("Backups").filter.setText(f"checkpoint:{checkpoint_id}")

    def _drafts(self, parent: QWidget) -> Page[Any]:
        from cbr_desktop.ui.drafts.page import DraftsPage

        page = DraftsPage(self._workspace, self._times, self._dialogs, parent)
        page.plan_made.connect(self._open_plan)
        page.folder.changed.connect(self.look_at_drafts)
        return page

    def _outbox(self, parent: QWidget) -> Page[Any]:
        from cbr_desktop.ui.outbox.page import OutboxPage

        page = OutboxPage(self._workspace, self._times, parent)
        page.outcome_requested.connect(self._row_dialogs.open_outcome)
        page.edit_requested.connect(self._row_dialogs.edit_again)
        page.confirmation_requested.connect(self._row_dialogs.confirm_again)
        return page

    def _plans(self, parent: QWidget) -> Page[Any]:
        from cbr_desktop.ui.plans.page import PlansPage

        page = PlansPage(self._workspace, self._times, parent)
        self._plans_page = page
        page.outcome_requested.connect(self._row_dialogs.open_outcome)
        page.outbox_requested.connect(self._show_run)
        page.run_ended.connect(self._watch.tell_run)
        return page

    def _open_plan(self, path: str) -> None:
        self._show_page("Plans").files.open_plan(path)  # type: ignore[attr-defined]

    def _show_run(self, id: str) -> None:
        """Show the requests of a run in the outbox."""
        self._show_page("Outbox").filter.setText(f"plan:{id}")

    def _review(self) -> None:
        """Show the requests that are held."""
        self._show_page("Outbox").filter.setText("state:held")
