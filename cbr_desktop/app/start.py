"""Opening a session on this disk, for a window or for a command."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from cbr_desktop import __version__
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.session import ProfileSession, SessionDisk, SessionWire, open_session, who
from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.error import CbrError, InUse, NotSaved
from cbr_desktop.domain.intent import Origin
from cbr_desktop.domain.journal import EntryKind, Event
from cbr_desktop.logs import RedactingFormatter
from cbr_desktop.storage.archive import SqliteArchive
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.database import SIDE_FILES
from cbr_desktop.storage.files import clear_leftovers, make_folder, reason
from cbr_desktop.storage.journal import FileJournal
from cbr_desktop.storage.lock import InstanceLock
from cbr_desktop.storage.paths import HOME_VARIABLE, Places, places
from cbr_desktop.storage.records import SqliteRecords
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Clock

KILL_VARIABLE = "CBR_KILL_AT"
_LEFT_SECONDS = 60.0
"""How old something half written must be to be left by a dead program, where one without the lock may write too."""


@contextmanager
def opened(
    places: Places,
    ledger: Ledger,
    clock: Clock,
    secret: Secret,
    transport: Transport | None = None,
    *,
    origin: Origin = Origin.WINDOW,
) -> Iterator[ProfileSession]:
    """Open the session of a ledger's profile; its rows and cache are closed at the end, its client is not.

    A command, which says so by ``origin``, sends nothing but what it asks for itself. Raises ``InUse`` when another
    program of ours writes into this data folder.
    """
    with opened_data(places, now=clock.now) as data, closing(SqliteCache(places.cache_file(ledger.profile))) as cache:
        session = open_session(
            ledger,
            SessionDisk(data.records, cache, data.journal, data.archive, Refusals(places.refusals_file, clock.now)),
            SessionWire(secret, transport),
            clock,
            at=kill_point(),
            origin=origin,
        )
        session.outbox.restore()
        yield session


class Data(Struct, frozen=True):
    """What is precious in a data folder."""

    records: SqliteRecords
    journal: FileJournal
    archive: SqliteArchive


@contextmanager
def opened_data(
    places: Places, redact: Callable[[str], str] | None = None, now: Callable[[], datetime] | None = None
) -> Iterator[Data]:
    """Be the one program that writes into the data folder, and open outbox and journal. Raises ``InUse``.

    ``redact`` takes secrets out of what is written into the journal, ``now`` gives its times.
    """
    with suppress(NotSaved):
        places.make()  # of all these, what is precious needs one
    make_folder(places.data)
    with ExitStack() as stack:
        stack.enter_context(locked(places))
        for folder in (places.data, places.unsaved_folder):
            clear_leftovers(folder)
        for folder in (places.config, places.state):
            clear_leftovers(folder, _LEFT_SECONDS)
        journal = FileJournal(
            places.journal_folder,
            redact or RedactingFormatter().redact,
            now or WallClock().now,
            lambda: records.head(),
        )
        records = stack.enter_context(closing(SqliteRecords(places.records_file, journal.head)))
        stack.enter_context(closing(journal))
        _note(journal, records, EntryKind.STARTED, version=__version__, process=os.getpid())
        archive = stack.enter_context(closing(SqliteArchive(places.archive_file)))
        yield Data(records, journal, archive)
        _note(journal, records, EntryKind.STOPPED)


def _note(journal: FileJournal, records: SqliteRecords, kind: EntryKind, **facts: object) -> None:
    """Write down that the program begins or ends, and remember where the journal ends; a full disk stops neither."""
    with suppress(CbrError):
        journal.append(Event(str(kind), by=who(), facts=facts))
        records.keep_head()


def kill_point(environ: Mapping[str, str] = os.environ) -> Callable[[str], None]:
    """Return what ends this program at the point that ``CBR_KILL_AT`` names, as a power cut would; for tests alone."""
    wanted = environ.get(KILL_VARIABLE)

    def at(point: str) -> None:
        if point == wanted:
            os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

    return at if wanted else lambda _point: None


@contextmanager
def demo_corner(here: Places) -> Iterator[Places]:
    """Lend the demo cloud a corner of its own on the disk, which goes with it: its estate does not last either."""
    with suppress(NotSaved):
        here.make()
    folder = here.cache if os.access(here.cache, os.W_OK) else None
    with _corner("demo-", folder) as corner:
        yield places({HOME_VARIABLE: corner})


@contextmanager
def _corner(prefix: str, folder: Path | None = None) -> Iterator[str]:
    """Lend a private folder that goes at the end, by default where temporary ones are. ``NotSaved`` without a place."""
    try:
        held = tempfile.TemporaryDirectory(prefix=prefix, dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise NotSaved(str(error.filename or folder or ""), reason(error)) from error
    with held as corner:
        yield corner


@contextmanager
def copied_data(here: Places) -> Iterator[Places]:
    """Lend a copy of a data folder that cannot be written, with as much of it as can be read; it is gone afterwards.

    What a newer program wrote is left out. Nothing may be sent from a copy: see ``SealedRecords``.
    """
    with _corner("cbr-desktop-") as corner:
        copy = here._replace(data=Path(corner) / "data")
        precious = (here.records_file, here.archive_file)
        for path in (Path(f"{file}{suffix}") for file in precious for suffix in ("", *SIDE_FILES)):
            with suppress(OSError):
                make_folder(copy.data)
                shutil.copyfile(path, copy.data / path.name)
        with suppress(OSError, shutil.Error):
            shutil.copytree(here.journal_folder, copy.journal_folder, copy_function=shutil.copyfile)
        try:
            SqliteRecords(copy.records_file).close()
        except CbrError:
            shutil.rmtree(copy.data, ignore_errors=True)
        yield copy


@contextmanager
def opened_demo(
    here: Places, ledger: Ledger, clock: Clock, *, origin: Origin = Origin.WINDOW
) -> Iterator[ProfileSession]:
    """Open the demo cloud for one profile."""
    # a whole service next door, of which those who work with a real one need not have anything in memory
    from cbr_desktop.app import demo

    transport = demo.DemoTransport(demo.demo_service(clock))
    with (
        demo_corner(here) as corner,
        opened(corner, ledger, clock, demo.secret_of(ledger.profile), transport, origin=origin) as session,
    ):
        yield session


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
