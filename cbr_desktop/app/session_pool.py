"""The sessions of a workspace: built when a profile is first looked at, alive until the program ends."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime

from cbr_desktop.app.address_book import LateAddressBook
from cbr_desktop.app.metered import is_metered
from cbr_desktop.app.power import is_on_battery
from cbr_desktop.app.session import ProfileSession, SessionDisk, SessionWire, open_session
from cbr_desktop.app.start import Data, kill_point, opened_data
from cbr_desktop.cloud.gate import MOST_IN_FLIGHT
from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.intent import Intent, without_profile
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.addresses import MemoryAddressBook
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.journal import FileJournal
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.planfile import PlanRuns
from cbr_desktop.storage.records import peek
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.ui.session.draft_store import DraftStore
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.services import ProfileServices
from cbr_desktop.ui.session.workspace_services import WorkspaceServices
from cbr_desktop.workflows.backup_reading import BackupReader
from cbr_desktop.workflows.ports import Records

SecretOf = Callable[[Profile], Secret]
TransportOf = Callable[[Profile], Transport | None]
_CLOSING_SECONDS = 0.5


class SessionPool:
    """Builds sessions over one outbox, and keeps their residents in one task group."""

    def __init__(
        self,
        here: Places,
        data: Data,
        secret_of: SecretOf,
        transport_of: TransportOf,
        *,
        offline: Callable[[], bool],
        closing: ExitStack,
        most: Callable[[], int],
    ) -> None:
        self._here = here
        self._data = data
        self._secret_of = secret_of
        self._transport_of = transport_of
        self._offline = offline
        self._closing = closing
        self._most = most
        self._sessions: dict[ProfileContext, ProfileSession] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._residents: dict[ProfileContext, asyncio.Task[None]] = {}

    def services(self, draft_store: DraftStore) -> WorkspaceServices:
        """Return what works for all profiles over this data folder, with the drafts beside it."""

        def open_services(context: ProfileContext) -> ProfileServices:
            session = self.admit(context)
            reader = BackupReader(session.cloud, session.clock)
            book = (
                MemoryAddressBook()
                if context.is_demo
                else LateAddressBook(self._here.profiles_file, context.profile.name)
            )
            return ProfileServices(session.outbox, session.refresh, draft_store, reader, book)

        return WorkspaceServices(
            *(open_services, self.plans, self.orphans, self.journal, draft_store),
            is_on_battery=is_on_battery,
            is_metered=is_metered,
        )

    def admit(self, context: ProfileContext) -> ProfileSession:
        """Build the session of a profile context; its residents start at once when the others are at work."""
        cache = SqliteCache(self._here.cache_file(context.profile))
        self._closing.callback(cache.close)
        refusals = Refusals(self._here.refusals_file, context.clock.now)
        session = open_session(
            context.ledger,
            SessionDisk(self._data.records, cache, self._data.journal, self._data.archive, refusals),
            SessionWire(
                *(self._secret_of(context.profile), self._transport_of(context.profile), self._offline, self._most)
            ),
            context.clock,
            guard=context.guard,
            at=kill_point(),
        )
        session.outbox.restore()
        self._sessions[context] = session
        if self._tasks is not None:
            self._start(context)
        return session

    @property
    def records(self) -> Records:
        """The rows of the outbox of the data folder."""
        return self._data.records

    @property
    def journal(self) -> FileJournal:
        """The journal of the data folder."""
        return self._data.journal

    @property
    def damaged(self) -> list[Damaged]:
        """What was found broken in the outbox and in the archive, and where it is kept now."""
        return [*self._data.records.damaged, *self._data.archive.damaged]

    def orphans(self, names: Sequence[str]) -> list[Intent]:
        """Return the kept requests of profiles that are not among ``names``, as they stand without one.

        It may be called beside the window. Raises ``Damaged``.
        """
        kept, _ = peek(self._here.records_file)
        return [without_profile(intent) for intent in kept if intent.target.profile not in names]

    @property
    def plans(self) -> PlanRuns:
        """The copies of the plans that were run in the data folder."""
        return PlanRuns(self._here.plans_folder)

    @property
    def all(self) -> list[ProfileSession]:
        """The sessions there are, in the order in which they were built."""
        return list(self._sessions.values())

    def of(self, context: ProfileContext) -> ProfileSession:
        """Return the session of a profile context."""
        return self._sessions[context]

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Let the residents of every session work, now and of those that come later, as tasks of this group."""
        self._tasks = tasks
        for context in list(self._sessions):
            self._start(context)

    async def dismiss(self, contexts: Iterable[ProfileContext]) -> None:
        """Close the sessions of profile contexts that lead elsewhere now. What is being sent becomes unknown."""
        for context in contexts:
            session = self._sessions.pop(context, None)
            if session is not None:
                residents = self._residents.pop(context)
                residents.cancel()
                await asyncio.wait([residents])
                await session.cloud.aclose()

    async def calm(self, seconds: float) -> None:
        """Return when nothing is being sent any more anywhere, or after ``seconds``; then end all residents.

        The seconds are those of the loop as well: a clock that is set back meanwhile lengthens no wait.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as waits:
                for session in self._sessions.values():
                    waits.create_task(session.outbox.calm(seconds))
        for residents in self._residents.values():
            residents.cancel()
        self._tasks = None

    async def aclose(self) -> None:
        """Close all connections; one that does not let itself be closed is left to the end of the process."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                for session in self._sessions.values():
                    await session.cloud.aclose()

    def _start(self, context: ProfileContext) -> None:
        assert self._tasks is not None  # noqa: S101  # callers have looked
        session = self._sessions[context]
        self._residents[context] = self._tasks.create_task(session.residents())


@contextmanager
def opened_sessions(
    here: Places,
    secret_of: SecretOf,
    transport_of: TransportOf,
    offline: Callable[[], bool] = lambda: False,
    *,
    redact: Callable[[str], str] | None = None,
    now: Callable[[], datetime] | None = None,
    most: Callable[[], int] = lambda: MOST_IN_FLIGHT,
) -> Iterator[SessionPool]:
    """Open the data folder for as long as the block lasts. Raises ``InUse`` when another program writes into it.

    ``redact`` takes secrets out of what is written into the journal, ``now`` gives its times. ``most`` is how many
    requests of a profile are on their way at a time at the most.
    """
    with opened_data(here, redact, now) as data, ExitStack() as closing:
        yield SessionPool(here, data, secret_of, transport_of, offline=offline, closing=closing, most=most)


def session_network(_profile: Profile) -> Transport | None:
    """Return nothing: a session then makes its own way into the network."""
    return None
