"""The houses behind the desks of a hall: built when a profile is first looked at, alive until the program ends."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from cbr_desktop.app.house import House, open_house
from cbr_desktop.app.start import Data, kill_point, opened_data
from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.ways import Secret
from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.intent import Intent, without_profile
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.journal import FileJournal
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.planfile import PlanRuns
from cbr_desktop.storage.records import peek
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.ui.desk import Desk

SecretOf = Callable[[Profile], Secret]
TransportOf = Callable[[Profile], Transport | None]
_CLOSING_SECONDS = 0.5


class Houses:
    """Builds houses over one outbox, and keeps their residents in one task group."""

    def __init__(
        self,
        here: Places,
        data: Data,
        secret_of: SecretOf,
        transport_of: TransportOf,
        offline: Callable[[], bool],
        closing: ExitStack,
    ) -> None:
        self._here = here
        self._data = data
        self._secret_of = secret_of
        self._transport_of = transport_of
        self._offline = offline
        self._closing = closing
        self._houses: dict[Desk, House] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._residents: dict[Desk, asyncio.Task[None]] = {}

    def admit(self, desk: Desk) -> None:
        """Build the house of a desk; its residents start at once when the others are at work."""
        cache = SqliteCache(self._here.cache_file(desk.profile))
        self._closing.callback(cache.close)
        house = open_house(
            desk.ledger,
            self._data.records,
            cache,
            desk.clock,
            self._secret_of(desk.profile),
            self._transport_of(desk.profile),
            desk.guard,
            self._offline,
            self._data.journal,
            kill_point(),
            self._data.archive,
            Refusals(self._here.refusals_file, desk.clock.now),
        )
        house.outbox.restore()
        desk.join(house.outbox, house.refresh)
        self._houses[desk] = house
        if self._tasks is not None:
            self._start(desk)

    @property
    def journal(self) -> FileJournal:
        """The journal of the data folder."""
        return self._data.journal

    @property
    def damaged(self) -> list[Damaged]:
        """What was found broken in the outbox and in the archive, and where it is kept now."""
        return [*self._data.records.damaged, *self._data.archive.damaged]

    def strays(self, names: Sequence[str]) -> list[Intent]:
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
    def all(self) -> list[House]:
        """The houses there are, in the order in which they were built."""
        return list(self._houses.values())

    def of(self, desk: Desk) -> House:
        """Return the house of a desk."""
        return self._houses[desk]

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Let the residents of every house work, now and of those that come later, as tasks of this group."""
        self._tasks = tasks
        for desk in list(self._houses):
            self._start(desk)

    async def dismiss(self, desks: Iterable[Desk]) -> None:
        """Close the houses of some desks, whose profiles lead elsewhere now. What is being sent becomes unknown."""
        for desk in desks:
            house = self._houses.pop(desk, None)
            if house is not None:
                residents = self._residents.pop(desk)
                residents.cancel()
                await asyncio.wait([residents])
                await house.cloud.aclose()

    async def calm(self, seconds: float) -> None:
        """Return when nothing is being sent any more anywhere, or after ``seconds``; then end all residents.

        The seconds are those of the loop as well: a clock that is set back meanwhile makes nobody wait.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as waits:
                for house in self._houses.values():
                    waits.create_task(house.outbox.calm(seconds))
        for residents in self._residents.values():
            residents.cancel()
        self._tasks = None

    async def aclose(self) -> None:
        """Close all connections; one that does not let itself be closed is left to the end of the process."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                for house in self._houses.values():
                    await house.cloud.aclose()

    def _start(self, desk: Desk) -> None:
        assert self._tasks is not None  # noqa: S101  # callers have looked
        house = self._houses[desk]
        self._residents[desk] = self._tasks.create_task(house.residents())


@contextmanager
def opened_houses(
    here: Places,
    secret_of: SecretOf,
    transport_of: TransportOf,
    offline: Callable[[], bool] = lambda: False,
    redact: Callable[[str], str] | None = None,
) -> Iterator[Houses]:
    """Open the data folder for as long as the block lasts. Raises ``InUse`` when another program writes into it.

    ``redact`` takes secrets out of what is written into the journal.
    """
    with opened_data(here, redact) as data, ExitStack() as closing:
        yield Houses(here, data, secret_of, transport_of, offline, closing)


def real_network(profile: Profile) -> Transport | None:
    """Return nothing: a house then makes its own way into the network."""
    return None
