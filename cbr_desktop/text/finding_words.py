"""What the tables of findings are made of: a sentence, one whose form goes with a number, or what makes one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeGuard

from cbr_desktop.domain.finding import Finding
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import grouped, names_words, shown, status_words


class Plural(NamedTuple):
    """A sentence whose form goes with one of its facts."""

    fact: str
    one: str
    many: str


def is_int(value: object) -> TypeGuard[int]:
    """Whether a fact is a whole number."""
    return isinstance(value, int)


def presented(facts: Mapping[str, object]) -> dict[str, str]:
    """Return facts as they stand in sentences."""
    return {name: fact_words(value) for name, value in facts.items()}


def fact_words(value: object) -> str:
    """Return a fact as it stands in a sentence."""
    if isinstance(value, StrEnum) or value is None:
        return status_words(value)
    if isinstance(value, bool) or not isinstance(value, int | float | list | tuple):
        return shown(value)
    if isinstance(value, list | tuple):
        return names_words([str(name) for name in value])
    return grouped(value) if isinstance(value, int) else grouped(round(value))


def moment_words(value: object) -> str:
    """Return when something is, within a sentence."""
    if not isinstance(value, datetime):
        return _("at an unknown time")
    return _("at {time} UTC").format(time=f"{value:%Y-%m-%d %H:%M}")


FindingWords = str | Plural | Callable[[Finding], str]
