"""Changes: what of a list is new, other or gone since the operator has last seen it, profile by profile."""

from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from cbr_desktop.workflows.derived import at_once, pieces

Row = TypeVar("Row")


class Changes(NamedTuple, Generic[Row]):
    """The ids of new rows, and by id the rows as they were seen: of those that are others now, and of those gone."""

    new: frozenset[str]
    changed: Mapping[str, Row]
    gone: Mapping[str, Row]


class _Sight(NamedTuple, Generic[Row]):
    rows: Mapping[str, Row]
    as_of: datetime | None


class Seen(Generic[Row]):
    """What the operator has seen of one kind of list. ``is_same`` tells whether a row says what another one said.

    Mappings that are given are kept and must not change afterwards.
    """

    def __init__(self, is_same: Callable[[Row, Row], bool]) -> None:
        self._is_same = is_same
        self._sights: dict[str, _Sight[Row]] = {}

    def knows(self, profile: str) -> bool:
        """Tell whether anything was seen of a profile: until then nothing of it is new."""
        return profile in self._sights

    def accept(self, profile: str, rows: Mapping[str, Row], as_of: datetime | None) -> None:
        """Take note that the operator has seen these rows, by id, as they were at ``as_of``."""
        self._sights[profile] = _Sight(rows, as_of)

    def since(self, profiles: Iterable[str]) -> datetime | None:
        """Return the time of the oldest list that these profiles are compared with."""
        return min((s.as_of for p in profiles if (s := self._sights.get(p)) and s.as_of is not None), default=None)

    def compare(self, lists: Mapping[str, tuple[Mapping[str, Row], bool]]) -> Changes[Row]:
        """Compare lists with what was seen: by profile the rows by id, and whether they are all there are.

        What one profile has seen is not new in another that leads to the same project. From a list that may lack rows
        nothing is gone.
        """
        return at_once(self.find(lists))

    def find(self, lists: Mapping[str, tuple[Mapping[str, Row], bool]]) -> Generator[None, None, Changes[Row]]:
        """Do the same in pieces."""
        new: set[str] = set()
        changed: dict[str, Row] = {}
        gone: dict[str, Row] = {}
        known = [(self._sights[profile].rows, *held) for profile, held in lists.items() if profile in self._sights]
        for before, rows, is_whole in known:
            if before is rows:
                continue
            # there may be a hundred thousand rows, of which few are others
            for piece in pieces(rows.items()):
                for id, row in [each for each in piece if before.get(each[0]) is not each[1]]:
                    seen = before.get(id)
                    if seen is None:
                        new.add(id)
                    elif id not in changed and not self._is_same(seen, row):
                        changed[id] = seen
                yield
            if is_whole and (len(known) > 1 or len(before) + len(new) > len(rows)):
                for some in pieces(before):
                    gone.update((id, before[id]) for id in some if id not in rows)
                    yield
        if len(known) > 1:
            new = {id for id in new if not any(id in before for before, _, _ in known)}
            gone = {id: row for id, row in gone.items() if not any(id in rows for _, rows, _ in known)}
        return Changes(frozenset(new), changed, gone)
