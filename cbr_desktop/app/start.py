"""Opening a house on this disk, for a window or for a command."""

import getpass
import importlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx

from cbr_desktop.app.house import House, open_house
from cbr_desktop.cloud.ways import Secret
from cbr_desktop.crash import forbid_dumps
from cbr_desktop.domain.error import InUse, SecretMissing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.lock import InstanceLock
from cbr_desktop.storage.paths import HOME_VARIABLE, Places, places
from cbr_desktop.storage.records import SqliteRecords
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Clock


@contextmanager
def opened(
    places: Places, ledger: Ledger, clock: Clock, secret: Secret, transport: httpx.AsyncBaseTransport | None = None
) -> Iterator[House]:
    """Open the house of a ledger's profile; its rows and cache are closed at the end, its client is not.

    Raises ``InUse`` when another program of ours writes into this data folder.
    """
    with opened_data(places) as records, closing(SqliteCache(places.cache_file(ledger.profile))) as cache:
        house = open_house(ledger, records, cache, clock, secret, transport)
        house.outbox.restore()
        yield house


@contextmanager
def opened_data(places: Places) -> Iterator[SqliteRecords]:
    """Be the one program that writes into the data folder, and open the outbox. Raises ``InUse``."""
    places.make()
    with locked(places), closing(SqliteRecords(places.records_file)) as records:
        yield records


@contextmanager
def demo_corner(here: Places) -> Iterator[Places]:
    """Lend the demo cloud a corner of its own on the disk, which goes with it: its estate does not last either."""
    here.make()
    with tempfile.TemporaryDirectory(prefix="demo-", dir=here.cache, ignore_cleanup_errors=True) as corner:
        yield places({HOME_VARIABLE: corner})


@contextmanager
def opened_demo(here: Places, ledger: Ledger, clock: Clock) -> Iterator[House]:
    """Open the demo cloud for one profile."""
    # a whole service next door, of which those who work with a real one need not have anything in memory
    demo = importlib.import_module("cbr_desktop.app.demo")
    transport = demo.DemoTransport(demo.service(clock))
    with (
        demo_corner(here) as corner,
        opened(corner, ledger, clock, demo.secret_of(ledger.profile), transport) as house,
    ):
        yield house


@contextmanager
def locked(places: Places) -> Iterator[None]:
    """Be the one program that writes into the data folder. Raises ``InUse`` when another one is."""
    lock = InstanceLock(places.lock_file)
    if not lock.try_lock():
        raise InUse(str(places.data))
    try:
        yield
    finally:
        lock.release()


def terminal_secret(profile: Profile) -> Secret:
    """Return how a command gets the password: environment, the system's store, or a prompt where there is a person."""
    forbid_dumps()
    secrets = Secrets()

    async def secret(kind: SecretKind) -> str:
        found = await secrets.get(profile, kind)
        if found is None and sys.stdin.isatty():
            found = getpass.getpass(f"{kind} for {profile.name}: ")
        if not found:
            raise SecretMissing(profile.name, kind)
        return found

    return secret
