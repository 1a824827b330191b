"""How rows turn into columns of plain values and back; here are the vaults, which the first paint waits for.

Columns rather than rows: a fifth of the objects to parse, and rows are then made by one ``map`` each.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from msgspec import Struct

from cbr_desktop.domain.vault import ProtectStatus, ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus

Row = TypeVar("Row", bound=Struct)
Columns = list[list[Any]]
Pool = dict[Any, Any]
Restore = Callable[[list[Any]], list[Any]]


def moment(seconds: float) -> datetime:
    """Return a point in time, aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """Return a point in time where there is one."""
    return None if seconds is None else moment(seconds)


def seconds_or_none(at: datetime | None) -> float | None:
    """Return a point in time, where there is one, in seconds since 1970."""
    return None if at is None else at.timestamp()


def moments(column: list[float | None]) -> list[datetime | None]:
    """Bring points in time back."""
    return [None if seconds is None else moment(seconds) for seconds in column]


def tuples(column: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Bring tuples back, which JSON writes as lists."""
    return [tuple(value) for value in column]


def pairs(column: list[list[list[str]]]) -> list[tuple[tuple[str, ...], ...]]:
    """Bring tuples of pairs back, which JSON writes as lists of lists."""
    return [tuple(map(tuple, value)) for value in column]


def words(enumeration: type[StrEnum]) -> Restore:
    """Return what ``domain.word.known`` does, for a whole column: at this number a call for each would be felt."""
    members: dict[str | None, str] = {member.value: member for member in enumeration}

    def restore(column: list[Any]) -> list[Any]:
        return [members.get(text, text) for text in column]

    return restore


def _seconds(column: Iterable[datetime | None]) -> list[float | None]:
    return [None if at is None else at.timestamp() for at in column]


class Table(Generic[Row]):
    """How rows of one type turn into columns and back; ``restore`` has what JSON does not bring back by itself.

    ``shared`` names the fields whose texts many rows have in common. Of the fields in ``coded`` each value is written
    once a page, and the rows have its place; a function makes the value again of what JSON brings back.
    """

    def __init__(
        self,
        type: type[Row],
        restore: dict[str, Restore],
        shared: tuple[str, ...] = (),
        coded: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
    ) -> None:
        self.type = type
        self.restore = restore
        self.shared = shared
        self.coded = coded
        self.names = type.__struct_fields__

    def columns(self, rows: list[Row]) -> Columns:
        """Return the columns of rows, in the order of the fields."""
        if not rows:
            return [[] for _ in self.names]
        taken = zip(*map(attrgetter(*self.names), rows), strict=True)
        return [self._plain(name, column) for name, column in zip(self.names, taken, strict=True)]

    def rows(self, columns: Columns, pool: Pool) -> list[Row]:
        """Return the rows of columns; ``pool`` holds the texts that rows of all pages have in common."""
        whole = [self._restored(name, column, pool) for name, column in zip(self.names, columns, strict=True)]
        return list(map(self.type, *whole))

    def _plain(self, name: str, column: tuple[Any, ...]) -> list[Any]:
        if name in self.coded:
            places = {value: place for place, value in enumerate(dict.fromkeys(column))}
            return [list(places), [places[value] for value in column]]
        return _seconds(column) if self.restore.get(name) is moments else list(column)

    def _restored(self, name: str, column: list[Any], pool: Pool) -> list[Any]:
        if name in self.coded and column:
            made = [self.coded[name](value) for value in column[0]]
            values = [pool.setdefault(value, value) for value in made]
            return [values[place] for place in column[1]]
        if name in self.restore:
            return self.restore[name](column)
        if name in self.shared:
            return [pool.setdefault(text, text) for text in column]
        return column


class Nested(Generic[Row]):
    """A table whose rows hold rows of another in one field: counts stand in that column, the others come behind."""

    def __init__(self, own: Table[Row], field: str, inner: Table[Any]) -> None:
        self._own = own
        self._inner = inner
        self._field = field
        self._place = own.names.index(field)
        self._read = attrgetter(field)
        self.names = (*own.names, *inner.names)

    def columns(self, rows: list[Row]) -> Columns:
        """Return the columns of rows, then those of all that they hold."""
        columns = self._own.columns(rows)
        held = [self._read(row) for row in rows]
        columns[self._place] = [len(each) for each in held]
        return [*columns, *self._inner.columns([inner for each in held for inner in each])]

    def rows(self, columns: Columns, pool: Pool) -> list[Row]:
        """Return the rows of columns; what they hold comes as lists, or as what ``restore`` of the field makes."""
        own = columns[: len(self._own.names)]
        inner = iter(self._inner.rows(columns[len(self._own.names) :], pool))
        own[self._place] = [list(islice(inner, count)) for count in own[self._place]]
        return self._own.rows(own, pool)


Codec = Table[Row] | Nested[Row]


def shape(codec: Codec[Any]) -> int:
    """Return a number for the fields of a table: a list of a version with other fields is of no use."""
    return zlib.crc32(repr(codec.names).encode())


RESOURCE = Table(
    Resource,
    {
        "type": words(ResourceType),
        "protect_status": words(ProtectStatus),
        "exclude_volumes": tuples,
        "include_volumes": tuples,
    },
)
VAULTS = Nested(
    Table(
        Vault,
        {
            "kind": words(VaultKind),
            "protect_type": words(ProtectType),
            "status": words(VaultStatus),
            "created_at": moments,
            "bind_tags": pairs,
        },
        ("cloud_type", "consistent_level", "charging_mode", "enterprise_project_id"),
    ),
    "resources",
    RESOURCE,
)
