"""What has changed in a list since the operator last looked, row by row and column by column; no Qt."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from cbr_desktop.ui.kit.tables.column import Column, Row, RowChange
from cbr_desktop.workflows.changes import Changes, Seen
from cbr_desktop.workflows.ledger import Ledger, Part

CHANGE = "change"
"""The key of the column that tells changes."""
NO_CHANGES: Changes[Any] = Changes(frozenset(), {}, {})
_PIECE_ROWS = 50
_PLACES = (CHANGE, "profile", "region")
"""The columns that say nothing of the row itself."""


class RowChanges(Generic[Row]):
    """Compares lists with what was seen of them.

    ``whole_parts`` say which rows there are: only when all of them have been read, a row can be new or gone. ``held``
    returns the rows of a ledger by what names them, ``is_same`` whether two rows say the same.
    """

    def __init__(
        self,
        whole_parts: Sequence[Part],
        held: Callable[[Ledger], Mapping[Any, Row]],
        is_same: Callable[[Row, Row], bool],
    ) -> None:
        self._whole_parts = whole_parts
        self._held = held
        self._seen: Seen[Row] = Seen(is_same)
        self._firsts: dict[str, Ledger] = {}
        self.found: Changes[Row] = NO_CHANGES
        """What the last comparison found."""

    def accept(self, members: Iterable[Ledger], part: Part) -> None:
        """Take the lists as they are as seen, as of the age of ``part``; one that was never whole cannot be."""
        for member in members:
            if self._seen.knows(member.profile.name):
                self._seen.accept(member.profile.name, self._held(member), member.freshness[part].as_of)

    def since(self, members: Iterable[Ledger]) -> datetime | None:
        """Return since when changes are told."""
        return self._seen.since(member.profile.name for member in members)

    def unseen(self, members: Iterable[Ledger]) -> list[tuple[Ledger, Ledger]]:
        """Return the ledgers of which nothing is seen yet, each with its lists as they were when first whole."""
        found = []
        for member in members if self._whole_parts else ():
            name = member.profile.name
            if not self._seen.knows(name) and all(part in member.first for part in self._whole_parts):
                if name not in self._firsts:
                    self._firsts[name] = _as_at_first(member)
                found.append((member, self._firsts[name]))
        return found

    def compare(
        self, members: Sequence[Ledger], columns: Sequence[Column[Row]], shown: set[str] | None = None
    ) -> Generator[None, None, dict[str, RowChange[Row]]]:
        """Return what is new or says something else, by the ids of rows, of ``shown`` alone where it is given.

        What is looked at for the first time is seen by that. It is done in pieces.
        """
        for member, first in self.unseen(members):
            name = member.profile.name
            self._seen.accept(name, self._held(first), member.first[self._whole_parts[0]].as_of)
            del self._firsts[name]
        lists = {}
        for member in members if self._whole_parts else ():
            freshness = [member.freshness[part] for part in self._whole_parts]
            if self._seen.knows(member.profile.name):
                is_whole = all(part.complete or part.lacking is not None for part in freshness)
                lists[member.profile.name] = (self._held(member), is_whole)
        self.found = (yield from self._seen.find(lists)) if lists else NO_CHANGES
        changes: dict[str, RowChange[Row]] = dict.fromkeys(self.found.new, RowChange())
        for number, (id, before) in enumerate(self.found.changed.items(), 1):
            now = next(rows[id] for rows, _is_whole in lists.values() if id in rows)
            differing = _differing(columns, before, now)
            if differing:
                changes[id] = RowChange(differing, before)
            if not number % _PIECE_ROWS:
                yield
        return changes if shown is None else {id: change for id, change in changes.items() if id in shown}


def _differing(columns: Sequence[Column[Row]], before: Row, row: Row) -> tuple[str, ...]:
    """Return the columns that say something else; what follows from other lists is the same for both."""
    return tuple(
        column.key
        for column in columns
        if column.key not in _PLACES
        and column.sort(before) != column.sort(row)
        and column.text(before) != column.text(row)
    )


def _as_at_first(ledger: Ledger) -> Ledger:
    """Return a ledger with the lists as they were when they were first whole."""
    made = Ledger(ledger.profile, _ignore)
    first: dict[Part, Any] = {part: held.rows for part, held in ledger.first.items()}
    made.vaults, made.tasks = first.get(Part.VAULTS, {}), first.get(Part.TASKS, {})
    made.protectables, made.backups = first.get(Part.PROTECTABLES, {}), first.get(Part.BACKUPS, {})
    return made


def _ignore(part: Part) -> None:
    """Listen to a ledger that never changes."""
