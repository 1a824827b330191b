"""What is worked out of long lists, in pieces, and only where these have changed since it was worked out last.

Rows are never changed and lists are replaced as a whole, so whatever is the very same object says the same as before.
Each function is a generator: it stands still after some thousand rows, so that the window can do something else. What
a generator leaves undone has no effect.
"""

from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Result = TypeVar("Result")

PIECE_ROWS = 2_000
"""About a millisecond's work where little is done with each row."""
_FEW = 40


class Listed(Protocol):
    """What has the lists that may be long."""

    @property
    def backups(self) -> Mapping[Any, Any]:
        """The backups by id."""
        ...

    @property
    def tasks(self) -> Mapping[Any, Any]:
        """The tasks by id."""
        ...


def is_little(count: int, ledgers: Iterable[Listed]) -> bool:
    """Whether so few things are to be judged by so short lists that it is done at once."""
    return count <= _FEW and all(len(each.backups) + len(each.tasks) <= PIECE_ROWS for each in ledgers)


def at_once(work: Generator[object, None, Result]) -> Result:
    """Do all of a work, and return what it comes to."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


def changed(before: Mapping[Key, Value], now: Mapping[Key, Value]) -> Generator[None, None, set[Key]]:
    """Return the keys of what is new, other or gone."""
    found: set[Key] = set()
    if before is now:
        return found
    new = 0
    for piece in pieces(now.items()):
        others = [key for key, row in piece if before.get(key) is not row]
        new += sum(key not in before for key in others)
        found.update(others)
        yield
    if len(before) + new > len(now):
        for some in pieces(before):
            found.update(key for key in some if key not in now)
            yield
    return found


def pieces(rows: Iterable[Value], size: int = PIECE_ROWS) -> Iterator[tuple[Value, ...]]:
    """Yield rows some at a time; who goes through them stands still between two pieces."""
    left = iter(rows)
    while piece := tuple(islice(left, size)):
        yield piece


def gathered(
    rows: Iterable[Value], key: Callable[[Value], Key | None], wanted: Collection[Key]
) -> Generator[None, None, dict[Key, list[Value]]]:
    """Return the rows of each of some keys: a long list is gone through once for all of them."""
    found: dict[Key, list[Value]] = {each: [] for each in wanted}
    if not found:
        return found
    for piece in pieces(rows):
        for row in piece:
            of = key(row)
            if of in found:
                found[of].append(row)
        yield
    return found


class NewestBackups(Generic[Key]):
    """The newest available backup of each of what ``key`` tells of a backup: its resource, or its vault."""

    def __init__(self, key: Callable[[Backup], Key]) -> None:
        self._key = key
        self._backups: Mapping[BackupId, Backup] = {}
        self.found: Mapping[Key, Backup] = {}
        """By the keys; it is replaced, not changed."""

    def knows(self, backups: Mapping[BackupId, Backup]) -> bool:
        """Whether these are the backups that were followed last."""
        return backups is self._backups

    def follow(self, backups: Mapping[BackupId, Backup]) -> Generator[None, None, set[Key]]:
        """Take other backups over, and return the keys of which the newest one is another now."""
        before, key = self._backups, self._key
        ids = yield from changed(before, backups)
        found, touched = dict(self.found), set[Key]()
        for number, id in enumerate(ids, 1):
            was = before.get(id)
            if was is not None and found.get(key(was)) is was:
                del found[key(was)]
                touched.add(key(was))
            if not number % PIECE_ROWS:
                yield
        # where the newest one has changed or is gone, all the others count again
        lost = frozenset(touched)
        rows: Iterable[Backup] = backups.values() if lost else (backups[id] for id in ids if id in backups)
        for piece in pieces(rows):
            for backup in piece:
                of = key(backup)
                if lost and of not in lost and backup.id not in ids:
                    continue
                held = found.get(of)
                if is_good(backup) and (held is None or _is_newer(backup, held)):
                    found[of] = backup
                    touched.add(of)
            yield
        self._backups = backups
        if touched:
            self.found = found
        return touched


def is_good(backup: Backup) -> bool:
    """Whether a backup can be restored, as far as lists tell."""
    return backup.status == BackupStatus.AVAILABLE and backup.created_at is not None


def _is_newer(backup: Backup, held: Backup) -> bool:
    return held.created_at is None or (backup.created_at is not None and backup.created_at > held.created_at)
