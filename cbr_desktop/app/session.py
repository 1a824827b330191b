"""A session: one profile with its ledger, disk, wire and workflows, opened and closed as one."""

import asyncio
import getpass
import importlib
import os
import socket
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import Struct

from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.gate import MOST_IN_FLIGHT
from cbr_desktop.cloud.network import Network, Transport
from cbr_desktop.cloud.sign_in import RefusalStore, Secret, login_of
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, Origin
from cbr_desktop.domain.journal import RequestObserver
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.workflows.follow import Follow
from cbr_desktop.workflows.guard import Guard, SealedRecords
from cbr_desktop.workflows.journal import AuditWriter, JournalledRecords
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.outbox import Outbox
from cbr_desktop.workflows.ports import Archive, Cache, Clock, Cloud, Journal, Records
from cbr_desktop.workflows.reconcile import Reconcile
from cbr_desktop.workflows.refresh import Refresh

RESTART_SECONDS = 5.0
"""How long a resident rests after a defect before it is started again."""


class ProfileSession(Struct, frozen=True):
    """What works for one profile. ``residents`` is the coroutine that keeps it alive until it is cancelled."""

    profile: Profile
    ledger: Ledger
    cloud: Cloud
    outbox: Outbox
    follow: Follow
    refresh: Refresh
    guard: Guard
    clock: Clock

    async def residents(self) -> None:
        """Run the resident tasks, for ever: they end by being cancelled together."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._kept_alive(self.outbox.drain))
            tasks.create_task(self._kept_alive(self.follow.run))
            tasks.create_task(self._kept_alive(self.refresh.run))

    async def _kept_alive(self, resident: Callable[[], Awaitable[None]]) -> None:
        """Run a resident again after a defect of ours: it goes to the crash sink, and the others go on meanwhile."""
        while True:
            try:
                await resident()
            except Exception as error:
                context = {"message": "a resident crashed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)
                await self.clock.sleep(RESTART_SECONDS)

    async def correspondence(self) -> None:
        """Run what sends and follows requests alone, for ever; no list is read but for a request that waits for it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.outbox.drain())
            tasks.create_task(self.follow.run())
            tasks.create_task(self.refresh.run_when_needed())


class SessionDisk(Struct, frozen=True):
    """What a session keeps on the disk.

    What happens to requests is written into ``journal``. Tasks are kept in ``archive`` when they have ended, and
    refused passwords in ``refusals``.
    """

    records: Records
    cache: Cache
    journal: Journal | None = None
    archive: Archive | None = None
    refusals: RefusalStore | None = None


def _never() -> bool:
    return False


class SessionWire(Struct, frozen=True):
    """How a session reaches the service.

    ``transport`` is the only seam to the network, by default the real one. Nothing is sent while ``offline`` says so,
    and no more than ``most`` requests at a time.
    """

    secret: Secret
    transport: Transport | None = None
    offline: Callable[[], bool] = _never
    most: Callable[[], int] = lambda: MOST_IN_FLIGHT


def open_session(
    ledger: Ledger,
    disk: SessionDisk,
    wire: SessionWire,
    clock: Clock,
    *,
    guard: Guard | None = None,
    at: Callable[[str], None] = lambda _point: None,
    origin: Origin = Origin.WINDOW,
) -> ProfileSession:
    """Introduce everybody. The workflows that live on changes of the ledger hear of them after its other listeners.

    Nothing is sent by opening. ``at`` is told each point of the outbox by name, for tests that end the program there.
    ``origin`` says whether all requests of the profile go out from here, as from a window, or a command's own alone.
    """
    profile = ledger.profile
    network = wire.transport or Network(profile, partial(wire.secret, SecretKind.PROXY_PASSWORD))
    login = login_of(profile, wire.secret, refusals=disk.refusals)
    account = login_of(profile, wire.secret, whole_account=True, refusals=disk.refusals)
    cloud = CbrCloud(
        *(profile, login, network, clock, ledger.put_connection),
        offline=wire.offline,
        account=account,
        most=wire.most,
    )
    guard, records = guard or Guard(profile, clock), disk.records
    if guard.sealed is not None:
        records = SealedRecords(records, guard.sealed)
    by = who()
    observer: Callable[[Intent], RequestObserver | None] = _nobody
    if disk.journal is not None:
        audit_writer = AuditWriter(disk.journal, profile, by)
        records = JournalledRecords(records, audit_writer, at)
        observer, guard.notify = audit_writer.observer, audit_writer.armed
    refresh = Refresh(ledger, disk.cache, cloud, clock, disk.archive)
    reconcile = Reconcile(ledger, records, cloud, clock)
    outbox = Outbox(
        *(ledger, records, cloud, clock, new_intent_id, guard),
        by=by,
        observer=observer,
        want_data=refresh.need,
        find=reconcile.look_into_busy,
        at=at,
        origin=origin,
    )
    follow = Follow(ledger, records, clock, outbox, reconcile, ended=refresh.ask)
    for listener in (follow.noticed, outbox.noticed, _Reconnection(ledger, outbox).noticed):
        ledger.subscribe(listener)
    return ProfileSession(profile, ledger, cloud, outbox, follow, refresh, guard, clock)


class _Reconnection:
    """Wakes the outbox when the service is reached again."""

    def __init__(self, ledger: Ledger, outbox: Outbox) -> None:
        self._ledger = ledger
        self._outbox = outbox
        self._reach = ledger.connection.reach

    def noticed(self, _part: Part) -> None:
        """Look whether the service is reached now and was not before."""
        before, self._reach = self._reach, self._ledger.connection.reach
        if self._reach is Reach.ONLINE and before is not Reach.ONLINE:
            self._outbox.wake()


def who() -> str:
    """Return who runs this program: the name that the system has for the user, and this machine's."""
    try:
        name = importlib.import_module("pwd").getpwuid(os.getuid()).pw_name if os.name == "posix" else getpass.getuser()
    except (KeyError, OSError, ImportError):
        name = ""
    return f"{name}@{socket.gethostname()}"


def _nobody(intent: Intent) -> None:
    """See nothing."""


def new_intent_id() -> IntentId:
    """Return an id for an intent that no machine has given before."""
    return IntentId(str(uuid.uuid4()))
