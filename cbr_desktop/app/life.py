"""The life of a window after its first paint: house, loop, residents, and the ordered leaving."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, closing

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from cbr_desktop.app.house import House
from cbr_desktop.app.start import opened, opened_demo
from cbr_desktop.domain.error import LoginRefused, SecretMissing, Unreachable
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind, is_storable
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.errors import error_sentence
from cbr_desktop.ui.tasks import TaskOwner
from cbr_desktop.ui.window import MainWindow
from cbr_desktop.workflows.ledger import Part

_PATIENCE_SECONDS = 5.0
"""How long leaving waits for the answer to a request that is being sent."""


def run_life(application: QApplication, window: MainWindow, desk: Desk, here: Places) -> int:
    """Open the house behind a painted window and live until the operator leaves; return the exit code."""
    with ExitStack() as stack:
        log = stack.enter_context(closing(Log(here.log_file)))
        stack.callback(desk.settings.close)
        access = Access(desk, log)
        if desk.is_demo:
            house = stack.enter_context(opened_demo(here, desk.ledger, desk.clock))
        else:
            house = stack.enter_context(opened(here, desk.ledger, desk.clock, access.secret))
        desk.join(house.outbox, house.refresh)
        return run(application, lambda leaving: live(house, window, access, leaving))


Story = Callable[[House, Leaving], Awaitable[None]]
"""What is done in a house while its residents work, besides what the operator does."""


async def live(house: House, window: MainWindow, access: "Access", leaving: Leaving, story: Story | None = None) -> int:
    """Keep the residents until somebody wishes to leave, then end everything in order."""
    window.leave_requested.connect(leaving.ask)
    access.watch(house, window)
    try:
        async with asyncio.TaskGroup() as tasks:
            house.refresh.recall()
            residents = tasks.create_task(house.residents())
            if story is not None:
                await story(house, leaving)
            await leaving.wait()
            window.hide()
            await house.outbox.calm(_PATIENCE_SECONDS)
            residents.cancel()
    finally:
        await house.cloud.aclose()
        window.close_for_good()
    return 0


class Access(QObject):
    """Gets the secrets for a desk's profile, and asks the operator when there is none or it was not accepted."""

    def __init__(self, desk: Desk, log: Log, secrets: Secrets | None = None) -> None:
        super().__init__()
        self._desk = desk
        self._log = log
        self._secrets = secrets or Secrets()
        self._tasks = TaskOwner(self)
        self._asked_for: object = None

    async def secret(self, kind: SecretKind) -> str:
        """Return a secret from environment, store or this session. Raises ``SecretMissing``."""
        found = await self._secrets.get(self._desk.profile, kind)
        if not found:
            raise SecretMissing(self._desk.profile.name, kind)
        self._log.hide(found)
        return found

    def watch(self, house: House, window: MainWindow) -> None:
        """Open the login dialog over ``window`` whenever the login fails for want of one."""
        self._house = house
        self._window = window
        self._desk.board.changed.connect(self._look)

    def _look(self, part: Part) -> None:
        """Ask once for each failure: dismissing the dialog means working without, until the next refresh is asked."""
        error = self._desk.ledger.connection.error
        if part is not Part.CONNECTION or error is self._asked_for:
            return
        self._asked_for = error
        if not isinstance(error, SecretMissing | LoginRefused | Unreachable):
            return
        # most logins ask for nothing
        module = importlib.import_module("cbr_desktop.ui.dialogs.login")
        kinds = module.wanted_secrets(self._desk.profile, error)
        if kinds:
            dialog = module.LoginDialog(
                self._desk.profile,
                error_sentence(error),
                self._window,
                kinds=kinds,
                store_problem=self._secrets.problem,
            )
            dialog.given.connect(self._take)
            dialog.open()

    def _take(self, secrets: Mapping[SecretKind, str], keep: bool) -> None:
        profile = self._desk.profile
        for kind, secret in secrets.items():
            self._log.hide(secret)
            self._secrets.remember(profile, kind, secret)
        if keep:
            self._tasks.start(_keep(self._secrets, profile, secrets), self._tell_kept)
        self._house.refresh.ask()
        self._house.outbox.wake()

    def _tell_kept(self, kept: bool) -> None:
        if not kept:
            self._window.notices.say("The system's store did not take the secret; it is forgotten when you leave.")


async def _keep(store: Secrets, profile: Profile, secrets: Mapping[SecretKind, str]) -> bool:
    """Keep what the system's store may have; tell whether it took all of that."""
    return all([await store.keep(profile, kind, text) for kind, text in secrets.items() if is_storable(profile, kind)])
