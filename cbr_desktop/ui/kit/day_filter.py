"""The days that a filter line asks for by one of its fields; no Qt."""

import re
from datetime import date

DaySpan = tuple[date, date]
_ASKED = r"(?:^|\s+){field}:(today|\d{{4}}-\d\d-\d\d)(?:\.\.(\d{{4}}-\d\d-\d\d))?(?!\S)"


def days_in(text: str, field: str, today: date) -> DaySpan | None:
    """Return the first and the last day that a filter asks for, ``None`` where it asks for none or in another way."""
    found = list(_pattern(field).finditer(text))
    if len(found) != 1:
        return None
    try:
        first = today if found[0][1].lower() == "today" else date.fromisoformat(found[0][1])
        last = date.fromisoformat(found[0][2]) if found[0][2] else first
    except ValueError:
        return None
    return (first, last) if first <= last else None


def with_days(text: str, field: str, span: DaySpan | None) -> str:
    """Return a filter that asks for these days in place of others, or for none; the rest of it stays."""
    rest = _pattern(field).sub("", text).strip()
    if span is None:
        return rest
    first, last = span
    token = f"{field}:{first}" if first == last else f"{field}:{first}..{last}"
    return f"{rest} {token}".strip()


def _pattern(field: str) -> re.Pattern[str]:
    return re.compile(_ASKED.format(field=re.escape(field)), re.IGNORECASE)
