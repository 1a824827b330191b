"""How full a vault was, day by day, as the details show it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from cbr_desktop.domain.vault import VaultUse
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.words import share_words


class UseHistory(NamedTuple):
    """The use of a vault in percent, a value a day, ``None`` where a day is not known; ``words`` tell it."""

    percents: tuple[float | None, ...]
    words: str


def use_history(uses: Sequence[VaultUse]) -> UseHistory | None:
    """Return the history of a vault's use, ``None`` before two days of it are known."""
    if len(uses) < 2:
        return None
    known = {use.day: use.percent for use in uses}
    first, last = uses[0], uses[-1]
    days = (last.day - first.day).days
    percents = tuple(known.get(first.day + timedelta(days=day)) for day in range(days + 1))
    words = _("Use: {first} on {begin}, {last} on {end}, at most {most}").format(
        first=share_words(first.percent),
        begin=first.day.isoformat(),
        last=share_words(last.percent),
        end=last.day.isoformat(),
        most=share_words(max(known.values())),
    )
    return UseHistory(percents, words)
