"""The filter of a table: words and tokens like ``type:server used>80 -state:error``, judged while they are typed."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Generic, NamedTuple

from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.tables.column import AgeField, DateField, Field, NumberField, Row, TextField

_PART = r'(-?)(?:([^\s":<>=]+)(:|>=|<=|=|>|<))?("[^"]*"?|\S*)'
_NUMBER = r"(\d+(?:[.,]\d+)?)\s*(%|mb|gb|tb)?\Z"
_AGE = r"(\d+(?:[.,]\d+)?)(m|min|h|d|w)\Z"
_DAYS = r"(\d{4}-\d\d-\d\d)?(?:(\.\.)(\d{4}-\d\d-\d\d)?)?\Z"
_ONE_DAY = timedelta(days=1)
_AGE_SECONDS = {"m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    "=": lambda value, limit: value == limit,
    ":": lambda value, limit: value == limit,
}


class Asked(NamedTuple, Generic[Row]):
    """A part that compares text, case-folded: a row is kept that holds one of ``wanted``, or where ``is_whole`` is one.

    ``field`` is ``None`` for words, which are looked for in the search text. One that ``is_turned`` keeps all others.
    """

    field: TextField[Row] | None
    wanted: tuple[str, ...]
    is_whole: bool = False
    is_turned: bool = False

    def implies(self, other: "Asked[Row]") -> bool:
        """Tell whether every row that this keeps is kept by the other as well, as far as the texts show it."""
        if self.field != other.field or self.is_turned != other.is_turned:
            return False
        narrow, wide = (other, self) if self.is_turned else (self, other)
        if wide.is_whole:
            return narrow.is_whole and set(narrow.wanted) <= set(wide.wanted)
        return all(any(part in text for part in wide.wanted) for text in narrow.wanted)


class Filter(NamedTuple, Generic[Row]):
    """What is kept: rows that are all that is asked for in text and pass every test.

    ``words`` tell it, ``problems`` the faults. Tests are of numbers and times, and what they left is not kept from one
    typed letter to the next.
    """

    asked: tuple[Asked[Row], ...] = ()
    tests: tuple[Callable[[Row], bool], ...] = ()
    words: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything is kept."""
        return not self.asked and not self.tests

    def is_within(self, asked: Iterable[Asked[Row]]) -> bool:
        """Tell whether it can only keep rows that those texts kept."""
        return all(any(mine.implies(one) for mine in self.asked) for one in asked)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern, made at the first key: the first paint does without."""
    return re.compile(text, re.IGNORECASE)


def parse(text: str, fields: Iterable[Field[Row]]) -> Filter[Row]:
    """Read what an operator typed. A token that makes no sense is told in words and otherwise left out."""
    known = {field.name: field for field in fields}
    asked: list[Asked[Row]] = []
    tests: list[Callable[[Row], bool]] = []
    words: list[str] = []
    problems: list[str] = []
    for minus, name, sign, raw in _pattern(_PART).findall(text):
        value = raw.strip('"')
        if not name and value:
            asked.append(Asked(None, (value.casefold(),), is_turned=bool(minus)))
            words.append((_("without ‘{text}’") if minus else _("with ‘{text}’")).format(text=plain(value, 40)))
        elif name and value:
            test = _test(name, sign, value, known)
            if isinstance(test, str):
                problems.append(test)
            else:
                if isinstance(test, Asked):
                    asked.append(test._replace(is_turned=bool(minus)))
                else:
                    tests.append(_negated(test) if minus else test)
                words.append(_told(name.lower(), sign, plain(value, 40), is_turned=bool(minus)))
        elif name:
            problems.append(
                _("‘{token}’ needs a value, as in {example}.").format(
                    token=f"{plain(name, 40)}{sign}", example=_example(known.get(name.lower()))
                )
            )
    return Filter(tuple(asked), tuple(tests), tuple(words), tuple(problems))


def _told(name: str, sign: str, value: str, *, is_turned: bool) -> str:
    """Return in words what a token asks for."""
    if sign in ":=":
        told = _("not {field} is {value}") if is_turned else _("{field} is {value}")
    else:
        told = _("not {field} {sign} {value}") if is_turned else _("{field} {sign} {value}")
    return told.format(field=name, sign=sign, value=value)


def _test(name: str, sign: str, value: str, known: dict[str, Field[Row]]) -> Asked[Row] | Callable[[Row], bool] | str:
    field = known.get(name.lower())
    if field is None:
        names = listed(list(known))
        return _("There is no field ‘{name}’ here, but {names}. To look for the text itself, put it in quotes.").format(
            name=plain(name, 40), names=names
        )
    if isinstance(field, NumberField):
        return _number_test(field, sign, value)
    if isinstance(field, AgeField):
        return _age_test(field, sign, value)
    if isinstance(field, DateField):
        return _date_test(field, sign, value)
    return _text_test(field, sign, value)


def _text_test(field: TextField[Row], sign: str, value: str) -> Asked[Row] | Callable[[Row], bool] | str:
    if sign not in (":", "="):
        return _("‘{field}’ is text and is asked for with a colon: {example}.").format(
            field=field.name, example=_example(field)
        )
    wanted = tuple(part for part in value.casefold().split(",") if part)
    is_whole, read = sign == "=", field.value
    if not field.live:
        return Asked(field, wanted, is_whole)

    def test(row: Row) -> bool:
        text = read(row).casefold()
        return text in wanted if is_whole else any(part in text for part in wanted)

    return test


def _number_test(field: NumberField[Row], sign: str, value: str) -> Callable[[Row], bool] | str:
    match = _pattern(_NUMBER).match(value)
    if match is None:
        return _("‘{field}’ needs a number, as in {example}.").format(field=field.name, example=_example(field))
    factor = {"tb": 1024.0, "mb": 1 / 1024}.get((match[2] or "").lower(), 1.0)
    limit = float(match[1].replace(",", ".")) * factor
    compare, read = _COMPARE[sign], field.value

    def test(row: Row) -> bool:
        found = read(row)
        return found is not None and compare(found, limit)

    return test


def _age_test(field: AgeField[Row], sign: str, value: str) -> Callable[[Row], bool] | str:
    match = _pattern(_AGE).match(value)
    if match is None or sign not in ("<", "<=", ">", ">="):
        return _("‘{field}’ needs an age in m, h, d or w, as in {example}.").format(
            field=field.name, example=_example(field)
        )
    limit = _seconds(match)
    compare, read, now = _COMPARE[sign], field.value, field.now

    def test(row: Row) -> bool:
        at = read(row)
        return compare(float("inf") if at is None else (now() - at).total_seconds(), limit)

    return test


def _date_test(field: DateField[Row], sign: str, value: str) -> Callable[[Row], bool] | str:
    span = _pattern(_AGE).match(value)
    try:
        if span is not None and sign not in ":=":
            ends: _Ends | None = _ends_of_span(field, sign, _seconds(span))
        else:
            ends = _ends_of_days(field, sign, value)
    except (ValueError, OverflowError):  # a day that no calendar has, or a span beyond every calendar
        ends = None
    if ends is None:
        return _("‘{field}’ needs a day or two, as in {example}, {span} or {other}.").format(
            field=field.name,
            example=f"{field.name}:2026-03-02",
            span=f"{field.name}:2026-03-01..2026-03-05",
            other=f"{field.name}<7d",
        )
    begin, end = ends
    read = field.value

    def test(row: Row) -> bool:
        at = read(row)
        return at is not None and (begin is None or at >= begin) and (end is None or at < end)

    return test


_Ends = tuple[datetime | None, datetime | None]


def _seconds(span: re.Match[str]) -> float:
    return float(span[1].replace(",", ".")) * _AGE_SECONDS[span[2].lower()]


def _ends_of_span(field: DateField[Row], sign: str, seconds: float) -> _Ends:
    limit = field.now() + timedelta(seconds=seconds)
    return (limit, None) if ">" in sign else (None, limit)


def _ends_of_days(field: DateField[Row], sign: str, value: str) -> _Ends | None:
    """Return when the days that are asked for begin and end, ``None`` where no day is named."""
    if value.lower() == "today":
        value = _today(field).isoformat()
    match = _pattern(_DAYS).match(value)
    if match is None or not (match[1] or match[3]) or (match[2] and sign not in ":="):
        return None
    first = date.fromisoformat(match[1]) if match[1] else None
    last = date.fromisoformat(match[3]) if match[3] else None if match[2] else first
    begin = field.begin(first) if first else None
    end = field.begin(last + _ONE_DAY) if last else None
    return {">": (end, None), ">=": (begin, None), "<": (None, begin), "<=": (None, end)}.get(sign, (begin, end))


def _today(field: DateField[Row]) -> date:
    """Return the day that it is now where times are told."""
    now = field.now()
    day = now.date()
    while field.begin(day) > now:
        day -= _ONE_DAY
    while field.begin(day + _ONE_DAY) <= now:
        day += _ONE_DAY
    return day


def _example(field: Field[Row] | None) -> str:
    if field is None:
        return "name:web"
    if isinstance(field, NumberField):
        return f"{field.name}>80"
    if isinstance(field, DateField):
        return f"{field.name}:2026-03-02"
    return f"{field.name}>2d" if isinstance(field, AgeField) else f"{field.name}:web"


def _negated(test: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: not test(row)
