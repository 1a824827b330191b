"""G17: the data folder of every version opens, or is refused unharmed."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.error import CbrError, NewerVersion
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.database import open_database
from cbr_desktop.storage.first_rows import recall_first
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.profiles import read
from cbr_desktop.storage.records import STEPS, SqliteRecords
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.recall import recall

from .finding import Finding
from .ground import Ground, Home, cbr_desktop, run

RELEASED = Path(__file__).parent / "released"
"""A folder for each version: profiles, an outbox, a cache of 14 vaults, what screens remember.

In each outbox are four requests that every version knew, and in that of the newest one of every kind besides. Where a
list has other fields than before, the program ``released`` makes a folder of this version, to be put beside these.
"""
_STATES = {
    "i-full": IntentState.ACCEPTED,
    "i-1": IntentState.QUEUED,
    "i-2": IntentState.SENDING,
    "i-3": IntentState.CANCELLED,
}


def measure(ground: Ground) -> Iterator[Finding]:
    """Open the folder of every version with this program, and hand this program's folder to every version before."""
    versions = sorted(RELEASED.iterdir())
    problems = [f"{version.name}: {problem}" for version in versions for problem in _opened(ground.home(), version)]
    print(*problems, sep="\n", file=sys.stderr)
    what = f"the data folders of {len(versions)} versions are opened, and used by a command"
    yield Finding("G17", what, f"{len(problems)} problems", "0", not problems and len(versions) > 2)
    refused = [_refused(ground.home(), version) for version in range(len(STEPS))]
    what = f"the outbox of this version before the {len(refused)} versions of its steps that are behind it"
    yield Finding("G17", what, f"{sum(refused)} refuse it unharmed", str(len(refused)), all(refused))


def _newest() -> Path:
    return max(RELEASED.iterdir())


def _opened(home: Home, version: Path) -> Iterator[str]:
    here = home.places
    for path in version.rglob("*"):
        if path.is_file():
            target = home.own / path.relative_to(version)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o600)
    before = here.profiles_file.read_bytes()
    # the program itself first, as an operator would: a command that opens the outbox, and has nowhere to send anything
    done = run(cbr_desktop("vaults"), home, {"CBR_DESKTOP_PASSWORD": "none"})
    if "Traceback" in done.err or done.code not in (0, 1, 2):
        yield f"a command ended with {done.code}: {done.err[-300:]}"
    found, errors = read(here.profiles_file)
    if len(found) != 1 or errors or here.profiles_file.read_bytes() != before:
        yield f"profiles: {found or errors}"
        return
    try:
        with closing(SqliteRecords(here.records_file)) as records:
            requests = records.load()
            damaged = list(records.damaged)
    except CbrError as error:
        yield f"outbox: {error!r}"
        return
    states = {str(each.id): each.state for each in requests}
    known = {id: states.pop(id, None) for id in _STATES}
    # what was half sent is not known, once this program has looked at it
    is_as_before = known.pop("i-2") in (IntentState.SENDING, IntentState.UNKNOWN)
    if damaged or not is_as_before or {**known, "i-2": IntentState.SENDING} != _STATES:
        yield f"outbox: {known}, {damaged}"
    if version == _newest() and {each.change.kind for each in requests} != set(Kind):
        yield f"outbox: not every kind of request is there as it was: {states}"
    yield from _rebuildable(here, version)
    bad = [path.name for path in home.own.rglob("*.bad-*")]
    if bad:
        yield f"put aside: {bad}"


def _rebuildable(here: Places, version: Path) -> Iterator[str]:
    settings = JsonSettings(here.state / "screens.json")
    if (settings.get("window/page", ""), settings.damaged) != ("Tasks", None):
        yield "what the screens remember is lost"
    (profile,) = read(here.profiles_file)[0]
    ledger = Ledger(profile, lambda _part: None)
    with closing(SqliteCache(here.cache_file(profile))) as cache:
        recall(ledger, cache)
    if len(ledger.vaults) not in (0, 14):
        yield f"{len(ledger.vaults)} of 14 vaults"
    if version == _newest() and not (ledger.vaults and recall_first(here.cache_file(profile))):
        yield "the cache of this version is not read"


def _refused(home: Home, version: int) -> bool:
    """Tell whether a program that knows ``version`` steps leaves the outbox of this one alone."""
    path = home.places.records_file
    SqliteRecords(path).close()
    before = path.read_bytes()
    try:
        open_database(path, STEPS[:version]).close()
    except NewerVersion:
        with closing(sqlite3.connect(path)) as connection:
            is_ours = connection.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
        return is_ours and path.read_bytes() == before
    return False
