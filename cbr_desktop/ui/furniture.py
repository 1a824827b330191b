"""The furniture: what joins the window after its first paint, so that the first paint does not wait for it."""

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget
from shiboken6 import isValid

from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.plan import SUFFIX
from cbr_desktop.text.plain import plain
from cbr_desktop.text.words import Times
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.details import Details
from cbr_desktop.ui.drawer import Drawer
from cbr_desktop.ui.hall import Hall
from cbr_desktop.ui.notices import Herald, NoticeBar, Reminder, TrayHerald, Watch
from cbr_desktop.ui.pages.page import Page
from cbr_desktop.ui.pages.resources import ResourcesPage
from cbr_desktop.ui.pages.tasks import TasksPage
from cbr_desktop.ui.pages.vaults import VaultLore
from cbr_desktop.ui.scopes import ScopeStrip, open_arm_menu, open_profile_menu, open_scope_menu
from cbr_desktop.ui.sheets import SheetWindow, open_help, open_lines, open_problems
from cbr_desktop.ui.statusbar import connection_sentence, problems
from cbr_desktop.ui.theme import Theme
from cbr_desktop.workflows.leaving import Unfinished, unfinished
from cbr_desktop.workflows.ledger import Part

_THEMES = {Theme.SYSTEM: "As the desktop", Theme.LIGHT: "Light", Theme.DARK: "Dark"}


class Furniture:
    """Details, drawer, notices, the other pages and the small windows of one main window."""

    def __init__(
        self,
        window: QWidget,
        hall: Hall,
        lore: VaultLore,
        times: Times,
        open_outcome: Callable[[IntentId], object],
        show_page: Callable[[str], Page[Any]],
        herald: Herald | None,
    ) -> None:
        self._window = window
        self._hall = hall
        self._times = times
        self._show_page = show_page
        self.details = Details(hall.scope, lore, times, window)
        self.drawer = Drawer(hall, window)
        self.notices = NoticeBar(window)
        self.strip = ScopeStrip(hall, window)
        herald = herald or TrayHerald(window)
        self._open_outcome = open_outcome
        self._watch = Watch(hall.open, self.notices, herald, window, open_outcome)
        self._reminder = Reminder(hall, self.notices, herald, window, self._review)
        self._reminder.look()
        self._plans_page: Any = None
        self._leave: Any = None
        self.drawer.remarked.connect(self.notices.say)
        self.drawer.outcome_wished.connect(open_outcome)

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

    def make_page(self, name: str) -> Page[Any]:
        """Return a new page of this name."""
        if name == "Drafts":
            made: Page[Any] = _late("drafts.page").DraftsPage(self._hall, self._times)
            made.plan_made.connect(self._open_plan)  # type: ignore[attr-defined]
            return made
        if name == "Outbox":
            return self._outbox()
        if name == "Plans":
            return self._plans()
        if name == "Journal":
            journal: Page[Any] = _late("pages.journal").JournalPage(self._hall, self._times)
            return journal
        return ResourcesPage(self._hall, self._times) if name == "Resources" else TasksPage(self._hall, self._times)

    def open_outside(self, path: str) -> None:
        """Open a file from outside for review, a plan to be judged; nothing is sent by that."""
        if path.lower().endswith(SUFFIX):
            self._open_plan(path)
        else:
            self._show_page("Drafts").review(path)  # type: ignore[attr-defined]

    def open_help(self) -> SheetWindow:
        """Open keys and versions."""
        return open_help(self._window)

    def open_problems(self) -> SheetWindow:
        """Open the list of what could not be read and why."""
        return open_problems(problems(self._hall.scope), self._window)

    def open_lines(self, title: str, lines: list[str]) -> SheetWindow:
        """Open a list of lines."""
        return open_lines(title, lines, self._window)

    def tell_connection(self) -> None:
        """Say at length how the connection stands."""
        several = self._hall.scope.is_merged
        for member in self._hall.scope.members:
            words = connection_sentence(member.connection)
            self.notices.say(f"{plain(member.profile.name, 60)}: {words}" if several else words)

    def open_scope_menu(self, button: QToolButton, further: dict[str, Callable[[], object]]) -> QMenu:
        """Open the choice of profiles below a button."""
        return open_scope_menu(self._hall, button, further)

    def open_arm_menu(self, button: QToolButton, armed: Callable[[Desk], object]) -> QMenu:
        """Open the choice of how long a profile is armed below a button."""
        return open_arm_menu(self._hall, button, armed)

    def open_profile_menu(self, button: QWidget, chosen: Callable[[Desk], object]) -> QMenu:
        """Open the choice of the profile that something is done with below a button."""
        return open_profile_menu(self._hall, button, chosen)

    def ask_to_leave(self, leave: Callable[[], object]) -> None:
        """Leave at once when all is at its end, else ask whether to leave it as it is."""
        if self._is_asking:
            self._leave.activateWindow()
            return
        if self._hall.sealed is not None or not self._unfinished():
            leave()
            return
        dialog = _late("dialogs.leave").LeaveDialog(
            self._unfinished, self._hall.clock, self._window, is_demo=self._hall.is_demo
        )
        dialog.leave_wished.connect(leave)
        self._leave = dialog
        if self._window.isMinimized():
            self._window.showNormal()
        dialog.open()

    @property
    def _is_asking(self) -> bool:
        return self._leave is not None and isValid(self._leave) and self._leave.isVisible()

    def _unfinished(self) -> list[Unfinished]:
        going = self._plans_page.going() if self._plans_page is not None else ()
        return unfinished(self._hall.open, going)

    def edit_again(self, id: IntentId) -> QWidget:
        """Open a request in the form, to be changed and sent anew."""
        desk = self._hall.desk_of_intent(id)
        form: QWidget = _late("dialogs.checkpoint").CheckpointDialog(desk, None, (), self._window)
        form.show_request(desk.ledger.intents[id].body)  # type: ignore[attr-defined]
        form.open()  # type: ignore[attr-defined]
        return form

    def _outbox(self) -> Page[Any]:
        page: Page[Any] = _late("pages.outbox").OutboxPage(self._hall, self._times)
        page.outcome_wished.connect(self._open_outcome)  # type: ignore[attr-defined]
        page.edit_wished.connect(self.edit_again)  # type: ignore[attr-defined]
        return page

    def _plans(self) -> Page[Any]:
        page: Page[Any] = _late("pages.plans").PlansPage(self._hall, self._times)
        self._plans_page = page
        page.outcome_wished.connect(self._open_outcome)  # type: ignore[attr-defined]
        page.outbox_wished.connect(self._show_run)  # type: ignore[attr-defined]
        return page

    def _open_plan(self, path: str) -> None:
        self._show_page("Plans").open_plan(path)  # type: ignore[attr-defined]

    def _show_run(self, id: str) -> None:
        """Show the requests of a run in the outbox."""
        self._show_page("Outbox").filter.setText(f"plan:{id}")

    def _review(self) -> None:
        """Show the requests that are held."""
        self._show_page("Outbox").filter.setText("state:held")

    def open_theme_menu(self, button: QToolButton, theme: Theme, chosen: Callable[[Theme], None]) -> QMenu:
        """Open the choice of light and dark below a button."""
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for other, words in _THEMES.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(other is theme)
            group.addAction(action)
            action.triggered.connect(partial(_choose, chosen, other))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        return menu


def _late(module: str) -> Any:
    """Import a module of the screens that few need."""
    return importlib.import_module(f"cbr_desktop.ui.{module}")


def _choose(chosen: Callable[[Theme], None], theme: Theme, *_: object) -> None:
    chosen(theme)
