"""What the filter of a table offers while it is typed: the names of fields, and the values that rows have."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.tables.column import AgeField, DateField, Field, NumberField, Row, TextField

MOST = 12
"""How many things are offered at once."""
_LOOKED_AT = 3000
"""Rows whose values are looked at, evenly over the list, so that a key is answered at once."""
_LONGEST = 60
_BEFORE = r'(?:^|\s)(-?(?:[^\s":<>=]+(?::|>=|<=|=|>|<))?(?:"[^"]*|[^\s"]*))\Z'
_PARTS = r'(-?)([^\s":<>=]*)(:|>=|<=|=|>|<)?("?)(.*)\Z'


class Completion(NamedTuple):
    """One thing that is offered: ``text`` takes the place of what stands from ``start`` on, ``words`` tell it.

    ``is_whole`` says that the part is complete by it; else more is to be typed.
    """

    start: int
    text: str
    words: str
    is_whole: bool


def offers(text: str, cursor: int, fields: Sequence[Field[Row]], rows: Sequence[Row]) -> list[Completion]:
    """Return what may be meant by what stands before the cursor; nothing where a plain word is as likely as any.

    Fields are offered by the beginning of their names, values by anything in them, those that most rows have first.
    """
    before = text[:cursor]
    part = re.search(_BEFORE, before)
    if part is None or before.count('"') - part[1].count('"') & 1:
        return []
    token = re.match(_PARTS, part[1], re.DOTALL)
    if token is None:
        return []
    minus, name, sign, quote, typed = token.groups()
    start = part.start(1)
    if sign is None:
        if quote:
            return []
        return [_offered(start, minus, field) for field in fields if field.name.startswith(name.lower())][:MOST]
    field = next((each for each in fields if each.name == name.lower()), None)
    if field is None:
        return []
    begun = f"{minus}{field.name}{sign}"
    made = [
        Completion(start, f"{begun}{_quoted(value)}", words, is_whole=True)
        for value, words in _values(field, sign, typed.casefold(), rows)
    ]
    return [] if [offer.text for offer in made] == [part[1]] else made


def _offered(start: int, minus: str, field: Field[Row]) -> Completion:
    if isinstance(field, TextField):
        return Completion(start, f"{minus}{field.name}:", _("text"), is_whole=False)
    if isinstance(field, NumberField):
        words = _("a number, in {unit}").format(unit=field.unit) if field.unit else _("a number")
        return Completion(start, f"{minus}{field.name}>", words, is_whole=False)
    if isinstance(field, AgeField):
        return Completion(start, f"{minus}{field.name}>", _("an age, as 2d or 12h"), is_whole=False)
    return Completion(start, f"{minus}{field.name}:", _("a day, as today or 2026-03-01"), is_whole=False)


def _values(field: Field[Row], sign: str, typed: str, rows: Sequence[Row]) -> list[tuple[str, str]]:
    if isinstance(field, TextField):
        return _text_values(field, typed, rows) if sign in (":", "=") else []
    known: tuple[str, ...]
    if isinstance(field, NumberField):
        known = ("50", "80", "95") if field.unit == "%" else ("0", "10", "100", "1000")
    elif isinstance(field, AgeField):
        known = ("1h", "24h", "2d", "7d", "30d")
    elif isinstance(field, DateField):
        known = ("today",) if sign in (":", "=") else ("1d", "7d", "30d")
    return [(value, "") for value in known if value.startswith(typed)]


def _text_values(field: TextField[Row], typed: str, rows: Sequence[Row]) -> list[tuple[str, str]]:
    step = max(1, len(rows) // _LOOKED_AT)
    looked_at = rows[::step]
    read, told = field.value, field.offer or field.value
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for row in looked_at:
        value = told(row).strip()
        if not value or len(value) > _LONGEST:
            continue
        counts[value] += 1
        if value not in words:
            words[value] = read(row).strip()
    found = [value for value in counts if typed in value.casefold() or typed in words[value].casefold()]
    found.sort(key=lambda value: (not value.casefold().startswith(typed), -counts[value], value.casefold()))
    return [(value, _told(value, words[value])) for value in found[:MOST]]


def _told(value: str, whole: str) -> str:
    """Return what the whole value of a field says besides what is offered of it."""
    rest = whole.replace(value, "", 1).strip()
    return "" if rest == whole else plain(rest, _LONGEST)


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s,]", value) else value.replace('"', "")
