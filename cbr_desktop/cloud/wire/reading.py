"""Reading JSON that may be damaged, hostile or newer than this program."""

import contextlib
import gc
import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

import msgspec

Row = TypeVar("Row")
Wire = TypeVar("Wire", bound=msgspec.Struct)
Names = dict[Any, Any]
"""Texts that come again and again in a list, so that each is kept once: text to the first one that was equal."""

NOT_EMPTY = msgspec.Meta(min_length=1)
Id = Annotated[str, NOT_EMPTY]
Text = str | None
Flag = bool | None
Size = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] | None
"""A number that every database and every screen can hold; digits in a text count as well."""

ROWS_LIMIT = 20_000
"""Rows that one page may have, twenty times what is asked for."""
PIECE_ROWS = 250
"""Rows that are made at one go, in about a millisecond."""
VALUES_LIMIT = 500_000
OBJECTS_LIMIT = 120_000
"""Values and objects in one answer: more than any page has, and no more than is read before a window seems to hang."""
REPAIRS_LIMIT = 5_000
"""Objects of one answer that are read field by field because something in them does not fit."""

_LARGE = 2**20
_MENDED_LIMIT = 8 * 2**20
_ESCAPES_LIMIT = 400_000
_parsed = datetime.fromisoformat
_BOM = b"\xef\xbb\xbf"
_NUL = b"\\u0000"
_ESCAPES = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_NO_CHARACTER = re.compile(rb"\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000)\Z")
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Unfit(Exception):
    """JSON that is not an answer to what was asked; the text names the field."""


class _Hopeless(Exception):
    """Too much of an answer is odd; the text names the first oddity."""


@dataclass(slots=True)
class AnswerPage(Generic[Row]):
    """Some rows of a list. ``count`` is how many there are in all by the service, ``lost`` how many were unreadable.

    ``size_bytes`` is how large the answer was.
    """

    rows: list[Row]
    count: int | None = None
    lost: int = 0
    size_bytes: int = 0

    def __len__(self) -> int:
        """Return how many rows the service gave, readable or not."""
        return len(self.rows) + self.lost


AnswerPieces = Generator[None, None, AnswerPage[Row]]
"""Reading a page piece by piece: the caller may do something else between two, and gets the page at the end."""


def whole(pieces: AnswerPieces[Row]) -> AnswerPage[Row]:
    """Read to the end at one go."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            page: AnswerPage[Row] = end.value
            return page


def at_once(read: Callable[[bytes, Names], AnswerPage[Row]]) -> Callable[[bytes, Names], AnswerPieces[Row]]:
    """Return a way to read a page in a single piece."""

    def pieces(body: bytes, names: Names) -> AnswerPieces[Row]:
        yield from ()
        return read(body, names)

    return pieces


class ObjectReader(Generic[Wire]):
    """Reads an object of one kind, kept under the key ``wrapper``."""

    def __init__(self, kind: type[Wire], wrapper: str) -> None:
        self._kind = kind
        self._wrapper = wrapper
        self._decoder: msgspec.json.Decoder[Wire] = msgspec.json.Decoder(kind, strict=False)

    def read(self, body: bytes) -> Wire:
        """Return the object in ``body``; ``Unfit`` when there is none or a field that must be is missing."""
        return mended(body, self._read)

    def _read(self, body: bytes) -> Wire:
        raw = _member(body, self._wrapper)
        try:
            return self._decoder.decode(raw)
        except msgspec.ValidationError:
            try:
                return _Repair().whole(self._kind, raw)
            except Unfit as error:
                raise Unfit(f"{error} - in `{self._wrapper}`") from None


class ListReader(Generic[Wire]):
    """Reads a page of a list of one kind, kept under ``key``: all rows at once, or one by one when one is odd."""

    def __init__(self, key: str, kind: type[Wire]) -> None:
        self._key = key
        self._kind = kind
        page = msgspec.defstruct("Page", [("rows", list[kind]), ("count", Size, None)], rename={"rows": key})  # type: ignore[valid-type]
        self._page = msgspec.json.Decoder(page, strict=False)
        self._row: msgspec.json.Decoder[Wire] = msgspec.json.Decoder(kind, strict=False)

    def read(self, body: bytes) -> AnswerPage[Wire]:
        """Return the rows in ``body``; ``Unfit`` when there is no list or no row of it can be read."""
        return mended(body, self._read)

    def _read(self, body: bytes) -> AnswerPage[Wire]:
        try:
            page: Any = self._page.decode(body)
        except msgspec.ValidationError as error:
            return self._read_slowly(body, str(error))
        _check_rows(page.rows)
        return AnswerPage(page.rows, page.count)

    def _read_slowly(self, body: bytes, problem: str) -> AnswerPage[Wire]:
        try:
            raws = msgspec.json.decode(_member(body, self._key), type=list[msgspec.Raw])
        except msgspec.ValidationError:
            raise Unfit(problem) from None
        _check_rows(raws)
        repair = _Repair()
        rows = [row for row in (self._one(raw, repair) for raw in raws) if row is not None]
        if raws and not rows:
            raise Unfit(problem)
        return AnswerPage(rows, self._count(body), len(raws) - len(rows))

    def _one(self, raw: msgspec.Raw, repair: "_Repair") -> Wire | None:
        try:
            return self._row.decode(raw)
        except msgspec.ValidationError:
            try:
                return repair.whole(self._kind, raw)
            except Unfit:
                return None

    def _count(self, body: bytes) -> int | None:
        try:
            count: int | None = msgspec.json.decode(_member(body, "count"), type=Size, strict=False)
        except (Unfit, msgspec.ValidationError):
            return None
        return count


def in_pieces(
    reader: ListReader[Wire], make: Callable[[list[Wire], Names], list[Row]]
) -> Callable[[bytes, Names], AnswerPieces[Row]]:
    """Return a way to read a page of which some rows are made at a time."""

    def pieces(body: bytes, names: Names) -> AnswerPieces[Row]:
        page = reader.read(body)
        made: list[Row] = []
        for start in range(0, len(page.rows), PIECE_ROWS):
            if start:
                yield
            made += make(page.rows[start : start + PIECE_ROWS], names)
        return AnswerPage(made, page.count, page.lost)

    return pieces


def strictly(body: bytes) -> Any:
    """Return what JSON holds that is valid to the letter: UTF-8, each key of an object once. ``Unfit`` otherwise.

    For what is to prove something; answers that are only shown are read leniently.
    """
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unfit(str(error)[:200]) from None


def moment(text: str | None) -> datetime | None:
    """Return a time in any of the service's spellings as aware UTC; one without zone is UTC, garbage is ``None``."""
    if not text:
        return None
    try:
        # the usual form has no zone; naming it before parsing is quicker than replacing it afterwards
        time = _parsed(text + "+00:00" if len(text) == 26 else text)
        if time.tzinfo is not UTC:
            time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if 1970 <= time.year < 9999 else None


@contextlib.contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the cycle collector from running: it would go through a page's new rows again and again while they come.

    For a block without waiting only. None of the rows can be part of a cycle.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def words(kind: type[StrEnum]) -> Callable[[str, str], Any]:
    """Return a quick ``known``: ``word = words(Kind); word(text, text)`` is the member or the text itself."""
    members: Mapping[str, Any] = kind._value2member_map_
    return members.get


def mended(body: bytes, read: Callable[[bytes], Row]) -> Row:
    """Read ``body``; where it holds what no text can hold, read it again with U+FFFD in those places.

    ``Unfit`` as well for a body that would take so long to read that a window would seem to hang.
    """
    body = body.removeprefix(_BOM)
    if len(body) > _LARGE and _has_too_much(body):
        raise Unfit("more values than a page has")
    try:
        try:
            # looking for one byte first costs a fiftieth, and most answers have no escape at all
            return read(_without_holes(body) if b"\\" in body and _NUL in body else body)
        except _MALFORMED as error:
            if len(body) > _MENDED_LIMIT:
                raise Unfit(str(error)) from None
        return read(_without_holes(body.decode("utf-8", "replace").encode()))
    except RecursionError:
        raise Unfit("nested too deeply") from None
    except (*_MALFORMED, _Hopeless) as error:
        raise Unfit(str(error)) from None


def _has_too_much(body: bytes) -> bool:
    """Whether there are more values or objects than a page has: a comma stands between two of them.

    Where there are fewer commas than objects may be, these are not counted: that takes a twentieth of what a page does.
    """
    commas = body.count(b",")
    return commas > VALUES_LIMIT or (commas >= OBJECTS_LIMIT and body.count(b"{") > OBJECTS_LIMIT)


def _without_holes(body: bytes) -> bytes:
    """Replace escapes of NUL and of halves of characters, which files, databases and screens cannot hold."""
    if len(body) > _LARGE and body.count(b"\\") > _ESCAPES_LIMIT:
        raise Unfit("more escapes than a page has")
    return _ESCAPES.sub(
        lambda match: rb"\ufffd" if _NO_CHARACTER.match(match[0]) and len(match[0]) == 6 else match[0], body
    )


def _check_rows(rows: Sized) -> None:
    if len(rows) > ROWS_LIMIT:
        raise Unfit(f"more than {ROWS_LIMIT} rows in a page")


def _member(body: bytes | msgspec.Raw, key: str) -> msgspec.Raw:
    try:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError as error:
        raise Unfit(str(error)) from None
    if key not in members:
        raise Unfit(f"Object missing required field `{key}`")
    return members[key]


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key comes twice")
    return members


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


class _Repair:
    """Reads what does not fit, part by part, and gives up when there is too much of it."""

    def __init__(self) -> None:
        self._left = REPAIRS_LIMIT

    def whole(self, kind: type[Wire], raw: bytes | msgspec.Raw) -> Wire:
        """Read an object; a field that does not fit gets its default, ``Unfit`` where it has none."""
        try:
            members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        except msgspec.ValidationError as error:
            raise self._spent(error) from None
        values = {}
        for field in msgspec.structs.fields(kind):
            if field.encode_name in members:
                try:
                    values[field.name] = self._value(field.type, members[field.encode_name])
                except Unfit as error:
                    if field.required:
                        raise Unfit(f"{error} - at `{field.encode_name}`") from None
            elif field.required:
                raise self._spent(f"Object missing required field `{field.encode_name}`")
        return kind(**values)

    def _value(self, kind: Any, raw: msgspec.Raw) -> Any:
        try:
            return msgspec.json.decode(raw, type=kind, strict=False)
        except msgspec.ValidationError as error:
            unfit = self._spent(error)
        for part in _parts(kind):
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                return self.whole(part, raw)
            if getattr(part, "__origin__", None) is list:
                return self._list(part.__args__[0], raw)
        raise unfit

    def _list(self, kind: Any, raw: msgspec.Raw) -> list[Any]:
        try:
            raws = msgspec.json.decode(raw, type=list[msgspec.Raw])
        except msgspec.ValidationError as error:
            raise self._spent(error) from None
        values = []
        for each in raws:
            try:
                values.append(self._value(kind, each))
            except Unfit:
                continue
        return values

    def _spent(self, problem: object) -> Unfit:
        """Count one more oddity."""
        self._left -= 1
        if self._left < 0:
            raise _Hopeless(f"too much of it is odd: {problem}")
        return Unfit(str(problem))


def _parts(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the type itself."""
    return (kind,) if isinstance(kind, type) or hasattr(kind, "__origin__") else getattr(kind, "__args__", (kind,))
