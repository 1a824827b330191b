"""The queries of lists: filters, pages, and the ids in paths, read as the service reads them."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from . import refusals
from .call import Answer, Call, Rows
from .wire import Json

T = TypeVar("T")


class HasId(Protocol):
    """What a marker can name."""

    id: str


Named = TypeVar("Named", bound=HasId)

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
PAGE = 1000


def uuid_of(given: object, what: str) -> str:
    """The UUID in lower case; anything else is a 400 9900 naming `what`."""
    if not isinstance(given, str) or not UUID.fullmatch(given):
        raise refusals.invalid(what)
    return given.lower()


def one(call: Call, things: dict[str, T], parameter: str, unknown: str) -> T:
    """The thing whose id stands in the path; a refusal with the code `unknown` if there is none."""
    thing = things.get(uuid_of(call.params[parameter], parameter))
    if thing is None:
        raise refusals.service(unknown)
    return thing


class Filters(Generic[T]):
    """The tests that the query of a list lays on its items; absent parameters test nothing."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.tests: list[Callable[[T], bool]] = []

    def pick(self, items: Iterable[T]) -> list[T]:
        """The items that pass all tests, in their order."""
        found = list(items)
        for test in self.tests:
            found = [each for each in found if test(each)]
        return found

    def equal(self, name: str, value: Callable[[T], object], everything: str | None = None) -> None:
        """The value is the given one; `everything` lets all pass."""
        given = self._call.first(name)
        if given is not None and given != everything:
            self.tests.append(lambda each: value(each) == given)

    def choice(self, name: str, value: Callable[[T], object], allowed: Iterable[str]) -> None:
        """Like equal; a value that is not allowed is a 400."""
        given = self._call.first(name)
        if given is not None and given not in allowed:
            raise refusals.invalid(name)
        self.equal(name, value)

    def name(self, name: str, value: Callable[[T], str]) -> None:
        """The value contains the given text, or is it in the mode of exact names."""
        given = self._call.first(name)
        if given is None:
            return
        exact = self._call.modes.exact_names
        self.tests.append(lambda each: value(each) == given if exact else given in value(each))

    def among(self, name: str, value: Callable[[T], object], given: Iterable[str]) -> None:
        """The value is one of those given, if the parameter is there."""
        if self._call.first(name) is not None:
            allowed = set(given)
            self.tests.append(lambda each: value(each) in allowed)

    def boolean(self, name: str, value: Callable[[T], bool]) -> None:
        """The value is the given boolean."""
        given = boolean(self._call, name)
        if given is not None:
            self.tests.append(lambda each: value(each) is given)

    def period(self, value: Callable[[T], datetime]) -> None:
        """The moment lies between start_time and end_time, both included."""
        start, end = moment(self._call, "start_time"), moment(self._call, "end_time")
        if start is not None:
            self.tests.append(lambda each: value(each) >= start)
        if end is not None:
            self.tests.append(lambda each: value(each) <= end)

    def appeared(self, value: Callable[[T], datetime]) -> None:
        """In the mode of late lists: the item is old enough to show."""
        if self._call.modes.appears_after_seconds > 0:
            latest = self._call.now - timedelta(seconds=self._call.modes.appears_after_seconds)
            self.tests.append(lambda each: value(each) <= latest)


def page(call: Call, key: str, found: list[T], render: Callable[[T], Json], count: int | None = None) -> Answer:
    limit, offset = number(call, "limit", PAGE, 1, PAGE), number(call, "offset", 0, 0, None)
    start = 0 if call.modes.paging == "marker" else offset
    shown = Rows(found[start : start + min(limit, call.modes.page_cap or limit)], render)
    counted = {"count": len(found) if count is None else count} if call.modes.counts else {}
    return Answer({key: shown, **counted, "limit": limit, "offset": offset})


def number(call: Call, name: str, usual: int, least: int, most: int | None) -> int:
    given = call.first(name)
    if given is None:
        return usual
    value = int(given) if re.fullmatch(r"-?[0-9]{1,9}", given) else least - 1
    if value < least or (most is not None and value > most):
        raise refusals.invalid(name)
    return value


def boolean(call: Call, name: str) -> bool | None:
    given = call.first(name)
    if given is None:
        return None
    if given.lower() not in ("true", "false"):
        raise refusals.invalid(name)
    return given.lower() == "true"


def moment(call: Call, name: str) -> datetime | None:
    given = call.first(name)
    if given is None:
        return None
    try:
        told = datetime.fromisoformat(given)
    except ValueError:
        raise refusals.invalid(name) from None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def sorted_by(call: Call, found: list[T], known: Collection[str]) -> list[T]:
    """The items in the order that the query asks for, by keys with `:asc` or `:desc`; as they are without one."""
    given = call.first("sort")
    if given is None or not call.modes.sorts:
        return found
    terms = [_sort_term(term, known) for term in given.split(",")]
    if len(given) > 255:
        raise refusals.invalid("sort")
    keys, descending = [key for key, _ in terms], {down for _, down in terms}
    if len(descending) == 1 and not {"updated_at", "protected_at"}.intersection(keys):
        return sorted(found, key=attrgetter(*keys), reverse=descending.pop())
    for key, down in reversed(terms):
        found.sort(key=partial(_sort_value, key), reverse=down)
    return found


def _sort_term(term: str, known: Collection[str]) -> tuple[str, bool]:
    """Key, and whether the order is descending, as it is when nothing is said."""
    key, _, direction = term.partition(":")
    if key not in known or direction not in ("", "asc", "desc"):
        raise refusals.invalid("sort")
    return key, direction != "asc"


def _sort_value(key: str, item: object) -> tuple[bool, Any]:
    value = getattr(item, key)
    return (value is not None, value)


def after_marker(call: Call, found: list[Named]) -> list[Named]:
    """The items that follow the one whose id is the marker; all of them without one."""
    marker = call.first("marker")
    if marker is None:
        return found
    position = next((place for place, item in enumerate(found) if item.id == marker), None)
    if position is None:
        raise refusals.invalid("marker")
    return found[position + 1 :]
