"""What the values of arguments are read by; each raises ``ArgumentTypeError`` for one that it does not understand."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime

from cbr_desktop.domain.schedule import DAYS, is_fixed_zone
from cbr_desktop.text.catalogue import _

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def times_of_day(text: str) -> list[int]:
    """Read ``01:00,13:00`` as minutes of the day."""
    found = [_TIME.fullmatch(part.strip()) for part in text.split(",")]
    if None in found:
        raise argparse.ArgumentTypeError(_("{text} is no list of times such as 01:00,13:00").format(text=repr(text)))
    return [60 * int(each[1]) + int(each[2]) for each in found if each is not None]


def days_of_week(text: str) -> list[str]:
    """Read ``MO,TU`` as days, in the order of the week."""
    given = [part.strip().upper() for part in text.split(",")]
    if not set(given) <= set(DAYS):
        raise argparse.ArgumentTypeError(
            _("{text} is no list of days such as MO,TU; they are {days}").format(text=repr(text), days=", ".join(DAYS))
        )
    return [day for day in DAYS if day in given]


def moment(text: str) -> datetime:
    """Read ``2026-03-01`` or ``2026-03-01T12:00Z``; one without a zone is the operator's."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        wrong = _("{text} is no time such as 2026-03-01 or 2026-03-01T12:00Z").format(text=repr(text))
        raise argparse.ArgumentTypeError(wrong) from None


def zone(text: str) -> str:
    """Read the zone that a policy keeps backups by."""
    if not is_fixed_zone(text):
        raise argparse.ArgumentTypeError(_("{text} is no zone such as UTC+01:00").format(text=repr(text)))
    return text


def whole(text: str) -> int:
    """Read a whole number, whose bounds are judged by who uses it."""
    if not _WHOLE.fullmatch(text):
        raise argparse.ArgumentTypeError(_("{text} is no whole number").format(text=repr(text)))
    return int(text)


def number(least: int, most: int) -> Callable[[str], int]:
    """Return what reads a whole number between two, both of them included."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            words = _("{text} is no whole number from {least} to {most}")
            raise argparse.ArgumentTypeError(words.format(text=repr(text), least=least, most=most))
        return int(text)

    return read


def seconds(text: str) -> float:
    """Read a number of seconds, with a fraction if need be."""
    if not _SECONDS.fullmatch(text):
        raise argparse.ArgumentTypeError(_("{text} is no number of seconds such as 0.5 or 30").format(text=repr(text)))
    return float(text)
