"""G10: files that were cut at any byte or have flipped bits crash nothing, and no wrong request is taken for one."""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.journal import read_only
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.profiles import read
from cbr_desktop.storage.records import SqliteRecords
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.stage import StageClock, staged
from tests.storage.values import NOON, full, intent, profile

from .finding import Finding
from .ground import Ground

FLIPPED = 1000
"""Copies with three flipped bits, of every kind of file."""
SECONDS = float(os.environ.get("CBR_RELIABILITY_SECONDS", "900"))
"""How long one kind of file is cut; where that is too short, cuts are spread over the file and the goal is missed."""


@dataclass
class Kind:
    """A kind of file: what stands in it when it is whole, and how it is read; ``look`` says what is wrong."""

    name: str
    content: bytes
    look: Callable[[Path], str]


@dataclass
class Count:
    """How reading went."""

    cuts: int = 0
    flips: int = 0
    crashes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def measure(ground: Ground) -> Iterator[Finding]:
    """Cut every kind of file at every byte, and flip bits in a thousand copies of it."""
    home = ground.home()
    memory = Path("/dev/shm")  # noqa: S108  quick, and as good as a disk for this
    with tempfile.TemporaryDirectory(prefix="cbr-g10-", dir=memory if memory.is_dir() else home.folder) as folder:
        for kind in _kinds(Path(folder)):
            count = _read_all(kind, Path(folder) / "copies")
            for line in (*count.crashes[:10], *count.wrong[:10]):
                print(line, file=sys.stderr)
            what = f"{kind.name}: cut at {count.cuts} of {len(kind.content)} places, {count.flips} with flipped bits"
            figure = f"{len(count.crashes)} crashes, {len(count.wrong)} wrong"
            is_whole = count.cuts == len(kind.content) and count.flips == FLIPPED
            good = is_whole and not count.crashes and not count.wrong
            yield Finding("G10", what, figure, "0, 0", good)


def _read_all(kind: Kind, folder: Path) -> Count:
    count = Count()
    chance = random.Random(10)
    for number in range(FLIPPED):
        flipped = bytearray(kind.content)
        for _ in range(3):
            place = chance.randrange(len(flipped) * 8)
            flipped[place // 8] ^= 1 << place % 8
        _read_one(kind, bytes(flipped), folder, f"flipped {number}", count)
        count.flips += 1
    until = time.monotonic() + SECONDS
    lengths = list(range(len(kind.content)))
    chance.shuffle(lengths)
    for length in lengths:
        if time.monotonic() > until:
            break
        _read_one(kind, kind.content[:length], folder, f"cut at {length}", count)
        count.cuts += 1
    return count


def _read_one(kind: Kind, content: bytes, folder: Path, how: str, count: Count) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / "file"
    path.write_bytes(content)
    try:
        problem = kind.look(path)
    except CbrError:
        problem = ""
    except Exception as error:
        count.crashes.append(f"{kind.name} {how}: {type(error).__name__}: {error}"[:300])
        problem = ""
    if problem:
        count.wrong.append(f"{kind.name} {how}: {problem}"[:300])
    for each in folder.iterdir():
        each.unlink()


def _kinds(folder: Path) -> Iterator[Kind]:
    yield _profiles(folder)
    yield _settings(folder)
    yield _draft(folder)
    yield _outbox(folder)
    yield from _of_a_session(folder)


def _profiles(folder: Path) -> Kind:
    path = folder / "profiles.toml"
    TomlProfiles(path).save(profile())
    TomlProfiles(path).save(profile(name="Zweites Profil ä", project="p2", group="g", colour="#d32f2f"))

    def look(copy: Path) -> str:
        before = copy.read_bytes()
        read(copy)
        # another profile is saved beside what can be read, or nothing is written at all
        try:
            TomlProfiles(copy).save(profile(name="new"))
        except CbrError:
            return "" if copy.read_bytes() == before else "a bad file was written over"
        return "" if any(each.name == "new" for each in read(copy)[0]) else "it was said to be saved and is not"

    return Kind("profiles", path.read_bytes(), look)


def _settings(folder: Path) -> Kind:
    path = folder / "screens.json"
    settings = JsonSettings(path)
    for number in range(20):
        settings.put(f"window/columns-{number}", [number, "Größe", None])
    settings.close()

    def look(copy: Path) -> str:
        before = copy.read_bytes()
        damaged = JsonSettings(copy).damaged
        if damaged is None:
            return ""
        return "" if Path(damaged.path).read_bytes() == before else "what was there is not kept"

    return Kind("settings", path.read_bytes(), look)


def _draft(_folder: Path) -> Kind:
    content = (
        b'{"checkpoint": {"vault_id": "3b5816b5-f29c-4172-9d9a-76c719a659ce", "parameters": {"auto_trigger": false,'
        b' "description": "before the update \xc3\xa4", "name": "nightly", "incremental": true, "resources":'
        b' [{"id": "94eba8b2-acc9-4d82-badc-127144cc5526", "type": "OS::Nova::Server", "extra_info": {}}]}}}\n'
    )

    def look(copy: Path) -> str:
        before = copy.read_bytes()
        Drafts(copy.parent, copy.parent / "unsaved", _keep).load(str(copy))
        request.read(before)
        return "" if copy.read_bytes() == before else "it was changed by reading"

    return Kind("draft", content, look)


def _keep(path: Path) -> None:
    """Throw nothing away."""


def _outbox(folder: Path) -> Kind:
    path = folder / "outbox.db"
    intents = [intent(f"i-{number}", created_at=NOON + timedelta(minutes=number)) for number in range(8)]
    right = {each.id: each for each in (*intents, full())}
    with closing(SqliteRecords(path)) as records:
        for each in right.values():
            records.add(each)

    def look(copy: Path) -> str:
        before = copy.read_bytes()
        with closing(SqliteRecords(copy)) as records:
            found, damaged = records.load(), list(records.damaged)
        wrong = [each.id for each in found if right.get(each.id) != each]
        if wrong:
            return f"rows that nobody wrote: {wrong}"
        if len(found) < len(right) and not damaged:
            return f"{len(right) - len(found)} rows are lost and nobody was told"
        kept = [each for each in copy.parent.glob("*.bad-*") if each.read_bytes() == before]
        return "" if len(found) == len(right) or kept or copy.read_bytes() == before else "what was there is not kept"

    return Kind("outbox", path.read_bytes(), look)


def _of_a_session(folder: Path) -> Iterator[Kind]:
    """Yield cache and journal as a day with a cloud leaves them; it is small, for every byte is a try."""
    home = folder / "home"
    here = places({"CBR_DESKTOP_HOME": str(home)})
    clock = StageClock()
    service = Service(estate.generated(clock.now(), vaults=3, backups=12), clock)
    with staged(home, service=service, clock=clock) as stage:

        async def a_day() -> None:
            await stage.session.refresh.once()
            vault = next(iter(stage.session.ledger.vaults))
            sent = stage.session.outbox.submit(CheckpointDraft(vault, name="nightly"))
            await stage.until(sent.id, IntentState.FINISHED)

        stage.play(a_day)
        profile_there = stage.session.profile
        right = {str(vault.id): vault for vault in stage.session.ledger.vaults.values()}
    cache = here.cache_file(profile_there)

    def look_into_cache(copy: Path) -> str:
        with closing(SqliteCache(copy)) as opened:
            listing = _told(opened.vaults())
            _told(opened.tasks())
        rows = [] if listing is None else listing.rows
        wrong = [vault.id for vault in rows if right.get(str(vault.id)) != vault]
        return f"vaults that nobody saw: {wrong}" if wrong else ""

    yield Kind("cache", cache.read_bytes(), look_into_cache)
    (journal,) = here.journal_folder.glob("*.jsonl")
    name, whole = journal.name, journal.read_bytes()

    def look_into_journal(copy: Path) -> str:
        renamed = copy.rename(copy.with_name(name))
        found = read_only(copy.parent)
        entries, verdict = list(found.entries()), found.verify()
        is_cut = whole.startswith(renamed.read_bytes())
        if not is_cut and verdict.is_sound:
            return "it was altered, and verifies"
        return "" if len(entries) <= whole.count(b"\n") else "entries that nobody wrote"

    yield Kind("journal", whole, look_into_journal)


def _told(reading: Iterator[object]) -> Any:
    """Read page by page to the end; return the list."""
    try:
        while True:
            next(reading)
    except StopIteration as end:
        return end.value
