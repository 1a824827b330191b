"""The deferred widgets: what joins the window after its first paint, so that the first paint does not wait for it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget
from shiboken6 import isValid

from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.plan import SUFFIX
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import counted
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import Times
from cbr_desktop.ui.drafts.watch import FolderWatch
from cbr_desktop.ui.kit.notice_bar import NoticeBar
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.page_help import PageHelp
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.kit.verbs import Takes
from cbr_desktop.ui.resources.page import ResourcesPage
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.attendance import Attendance
from cbr_desktop.ui.shell.commands import theme_words
from cbr_desktop.ui.shell.details import Details
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.ui.shell.facts import content_reader, use_reader
from cbr_desktop.ui.shell.navigation import Navigation
from cbr_desktop.ui.shell.notices import DesktopNotifier, Reminder, TrayNotifier, Watch
from cbr_desktop.ui.shell.scopes import ScopeStrip, open_arm_menu, open_profile_menu, open_scope_menu
from cbr_desktop.ui.shell.sheets import SheetWindow, open_help, open_lines, open_problems
from cbr_desktop.ui.shell.status_bar import connection_sentence, problems
from cbr_desktop.ui.shell.task_drawer import Drawer
from cbr_desktop.ui.tasks.page import TasksPage
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.workflows.leaving import Unfinished, unfinished
from cbr_desktop.workflows.ledger import Ledger, Part


class DeferredWidgets:
    """Details, drawer, notices, the other pages and the small windows of one main window."""

    def __init__(
        self,
        window: QWidget,
        pages: QWidget,
        navigation: Navigation,
        workspace: Workspace,
        dialogs: Dialogs,
        vault_index: VaultIndex,
        times: Times,
        show_page: Callable[[str], Page[Any]],
        notifier: DesktopNotifier | None,
        front: Callable[[], frozenset[Part]],
    ) -> None:
        self._window = window
        self._workspace = workspace
        self._dialogs = dialogs
        self._navigation = navigation
        self._times = times
        self._show_page = show_page
        reader_of = partial(content_reader, workspace=workspace, times=times)
        history_of = partial(use_reader, workspace=workspace)
        self.details = Details(workspace.scope, vault_index, times, window, reader_of, history_of)
        self.drawer = Drawer(workspace, window)
        self.notices = NoticeBar(window, pages)
        self.strip = ScopeStrip(workspace, window)
        notifier = notifier or TrayNotifier(window)
        self._watch = Watch(workspace.open, self.notices, notifier, window, self._open_outcome)
        self._reminder = Reminder(workspace, self.notices, notifier, window, self._review)
        self._reminder.look()
        self._plans_page: Any = None
        self._leave: Any = None
        self.drawer.remarked.connect(self.notices.say)
        self.drawer.lines_requested.connect(self.open_lines)
        self.notices.said.connect(self.drawer.note)
        self.drawer.counted.connect(self._tell_requests)
        self._folder = FolderWatch(lambda: workspace.draft_store, window)
        self._folder.changed.connect(self._tell_drafts)
        self.drawer.outcome_requested.connect(self._open_outcome)
        self.attendance = Attendance(workspace, window, front)

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

    def make_page(self, name: str) -> Page[Any]:
        """Return a new page of this name."""
        if name == "Drafts":
            return self._drafts()
        if name == "Outbox":
            return self._outbox()
        if name == "Plans":
            return self._plans()
        if name == "Journal":
            from cbr_desktop.ui.journal.page import JournalPage

            return JournalPage(self._workspace, self._times)
        if name == "Backups":
            from cbr_desktop.ui.backups.page import BackupsPage

            page = BackupsPage(self._workspace, self._times)
            page.opened.connect(self.details.show_content)
            self.details.content_read.connect(page.view.viewport().update)
            return page
        if name == "Checkpoints":
            return self._checkpoints()
        if name == "Policies":
            from cbr_desktop.ui.policies.page import PoliciesPage

            return PoliciesPage(self._workspace, self._times)
        return (
            ResourcesPage(self._workspace, self._times)
            if name == "Resources"
            else TasksPage(self._workspace, self._times)
        )

    def open_outside(self, path: str) -> None:
        """Open a file from outside for review, a plan to be judged; nothing is sent by that."""
        if path.lower().endswith(SUFFIX):
            self._open_plan(path)
        else:
            self._show_page("Drafts").review(path)  # type: ignore[attr-defined]

    def open_help(self) -> SheetWindow:
        """Open keys and versions."""
        return open_help(self._window, settings=self._workspace.settings)

    def open_problems(self) -> SheetWindow:
        """Open the list of what could not be read and why."""
        return open_problems(problems(self._workspace.scope), self._window, self._workspace.settings)

    def open_lines(self, title: str, lines: list[str]) -> SheetWindow:
        """Open a list of lines."""
        return open_lines(title, lines, self._window, self._workspace.settings)

    def tell_connection(self) -> None:
        """Say at length how the connection stands."""
        several = self._workspace.scope.is_merged
        for member in self._workspace.scope.members:
            words = connection_sentence(member.connection)
            self.notices.say(f"{plain(member.profile.name, 60)}: {words}" if several else words)

    def open_scope_menu(self, button: QToolButton, further: dict[str, Callable[[], object]]) -> QMenu:
        """Open the choice of profiles below a button."""
        return open_scope_menu(self._workspace, button, further)

    def open_arm_menu(self, button: QToolButton, armed: Callable[[ProfileContext], object]) -> QMenu:
        """Open the choice of how long a profile is armed below a button."""
        return open_arm_menu(self._workspace, button, armed)

    def open_profile_menu(self, button: QWidget, chosen: Callable[[ProfileContext], object]) -> QMenu:
        """Open the choice of the profile that something is done with below a button."""
        return open_profile_menu(self._workspace, button, chosen)

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

    def edit_again(self, id: IntentId) -> None:
        """Open a request in its form, to be changed and sent anew."""
        if not self._dialogs.edit_again(self._workspace.context_of_intent(id), id, self._window):
            self.notices.say(_("This version has no form that can show the request."))

    def _confirm_again(self, id: IntentId) -> None:
        self._dialogs.confirm_again(self._workspace.context_of_intent(id), id, self._window)

    def ask(self, page: Page[Any], verb: str, rows: Sequence[Any]) -> None:
        """Open what a verb asks for of rows of a page; without any, of the only profile or of one that is chosen."""
        contexts = [self._workspace.context_of(partial(_is_among, page.owners(row))) for row in rows]
        known = [context for context in contexts if context is not None]
        if len(known) < len(rows):
            self.notices.say(_("Something of what is selected is gone meanwhile. Nothing was done."))
            return
        shown = self._workspace.shown_contexts
        if rows:
            self._dialogs.ask(self._workspace, page.name, verb, list(zip(known, rows, strict=True)), self._window)
        elif any(each.key == verb and each.takes is Takes.ALL for each in page.verbs):
            asked: list[tuple[ProfileContext, Any]] = [(context, None) for context in shown]
            self._dialogs.ask(self._workspace, page.name, verb, asked, self._window)
        elif len(shown) == 1:
            self._ask_of(page.name, verb, shown[0])
        elif shown:
            self.open_profile_menu(page.buttons[verb], partial(self._ask_of, page.name, verb))

    def _ask_of(self, page: str, verb: str, context: ProfileContext) -> None:
        self._dialogs.ask(self._workspace, page, verb, [(context, None)], self._window)

    def _checkpoints(self) -> Page[Any]:
        from cbr_desktop.ui.checkpoint.page import CheckpointsPage

        page = CheckpointsPage(self._workspace, self._times)
        page.backups_requested.connect(self._show_backups_of)
        return page

    def _show_backups_of(self, checkpoint_id: str) -> None:
        """Show the backups of a checkpoint among all backups."""
        self._show_page("Backups").filter.setText(f"checkpoint:{checkpoint_id}")

    def _drafts(self) -> Page[Any]:
        from cbr_desktop.ui.drafts.page import DraftsPage

        page = DraftsPage(self._workspace, self._times, self._dialogs)
        page.plan_made.connect(self._open_plan)
        page.folder.changed.connect(self.look_at_drafts)
        return page

    def _outbox(self) -> Page[Any]:
        from cbr_desktop.ui.outbox.page import OutboxPage

        page = OutboxPage(self._workspace, self._times)
        page.outcome_requested.connect(self._open_outcome)
        page.edit_requested.connect(self.edit_again)
        page.confirmation_requested.connect(self._confirm_again)
        return page

    def _plans(self) -> Page[Any]:
        from cbr_desktop.ui.plans.page import PlansPage

        page = PlansPage(self._workspace, self._times)
        self._plans_page = page
        page.outcome_requested.connect(self._open_outcome)
        page.outbox_requested.connect(self._show_run)
        page.run_ended.connect(self._watch.tell_run)
        return page

    def _open_outcome(self, id: IntentId) -> QWidget:
        """Open what became of a request."""
        return self._dialogs.show_outcome(self._workspace.context_of_intent(id), id, self._window)

    def _open_plan(self, path: str) -> None:
        self._show_page("Plans").open_plan(path)  # type: ignore[attr-defined]

    def _show_run(self, id: str) -> None:
        """Show the requests of a run in the outbox."""
        self._show_page("Outbox").filter.setText(f"plan:{id}")

    def _review(self) -> None:
        """Show the requests that are held."""
        self._show_page("Outbox").filter.setText("state:held")

    def open_theme_menu(self, button: QToolButton, theme: Theme, chosen: Callable[[Theme], None]) -> QMenu:
        """Open the choice of themes below a button."""
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for other, words in theme_words():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(other is theme)
            group.addAction(action)
            action.triggered.connect(partial(_choose, chosen, other))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        return menu


def _is_among(ledgers: Sequence[Ledger], ledger: Ledger) -> bool:
    return ledger in ledgers


def _choose(chosen: Callable[[Theme], None], theme: Theme, *_rest: object) -> None:
    chosen(theme)
