"""Words of the main window: sizes, shares, times and the empty states, for people and without Qt."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from cbr_desktop.domain.error import CbrError, Forbidden, LoginRefused, SecretMissing, Throttled, Unreachable
from cbr_desktop.domain.listing import Shortfall
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.vault import MB_PER_GB, Vault, VaultStatus
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import duration_words, gb_words, grouped, status_words
from cbr_desktop.workflows.ledger import Freshness, Part

if TYPE_CHECKING:
    from cbr_desktop.workflows.ports import Clock

NONE = "–"
"""Stands where there is nothing to show."""

ENVIRONMENTS = {
    Environment.PRODUCTION: "PRODUCTION",
    Environment.STAGING: "STAGING",
    Environment.TEST: "TEST",
    Environment.DEVELOPMENT: "DEVELOPMENT",
    Environment.DEMO: "DEMO",
}
_SHORTFALLS = {
    Shortfall.ROWS: "the service has more rows than this program reads",
    Shortfall.BYTES: "the service's answers are larger in all than what this program reads",
    Shortfall.PAGES: "the service gives it in more pages than this program reads",
}
PARTS = {
    Part.VAULTS: "vaults",
    Part.TASKS: "tasks",
    Part.BACKUPS: "backups",
    Part.POLICIES: "policies",
    Part.PROTECTABLES: "resources outside vaults",
    Part.INTENTS: "requests",
    Part.CONNECTION: "connection",
}


_LISTS = (Part.VAULTS, Part.PROTECTABLES, Part.BACKUPS, Part.POLICIES, Part.TASKS)


# quantities


def mb_words(megabytes: float) -> str:
    """Return a size that comes in MB: below one GB in MB, since rounding it to 0 GB would hide it."""
    return f"{round(megabytes)} MB" if 0 < megabytes < MB_PER_GB else gb_words(megabytes / MB_PER_GB)


def share_words(percent: float) -> str:
    """Return a share, beyond 100 as well; one that is not quite 0 or 100 is never rounded to it."""
    if percent in (0, 100):
        return f"{percent:.0f} %"
    if percent < 0.1:
        return "< 0.1 %"
    if percent < 10 or 99 <= percent <= 101:
        shown = max(0.1, min(99.9, percent)) if percent < 100 else max(100.1, percent)
        return f"{shown:.1f} %"
    return f"{percent:.0f} %"


def use_words(vault: Vault) -> str:
    """Return what is used of what was bought: ``58 / 40 GB``."""
    total = f"{grouped(vault.size_gb)} GB"
    if 0 < vault.used_mb < MB_PER_GB:
        return f"{mb_words(vault.used_mb)} / {total}"
    return f"{gb_words(vault.used_gb).removesuffix(' GB')} / {total}"


def state_words(value: object) -> str:
    """Return a state in plain words, with the service's own word where that is another."""
    words = status_words(value)
    if not isinstance(value, Enum) or str(value).casefold() == words.casefold():
        return words
    return f"{words} ({value})"


# times


class Times:
    """Tells points in time, local or in UTC, as the operator has chosen."""

    def __init__(self, clock: "Clock", *, utc: bool = False) -> None:
        self._clock = clock
        self.utc = utc

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        return self._clock.now()

    def text(self, at: datetime | None) -> str:
        """Return date and time to the minute."""
        if at is None:
            return NONE
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.utc else f"{at.astimezone():%Y-%m-%d %H:%M}"

    def both(self, at: datetime | None) -> str:
        """Return date and time to the second, local and in UTC."""
        if at is None:
            return ""
        return f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z} = {at.astimezone(UTC):%H:%M:%S} UTC"

    def age(self, at: datetime | None) -> str:
        """Return how long ago something was; a clock that is ahead makes it no younger than now."""
        return NONE if at is None else duration_words(self.now() - at)

    def text_and_age(self, at: datetime | None, never: str = NONE) -> str:
        """Return age, date and time; the age first, since it is what counts and what a narrow column still shows."""
        return never if at is None else f"{self.age(at)} ago · {self.text(at)}"

    def short_age(self, at: datetime | None, never: str = NONE) -> str:
        """Return the age in its largest unit, for a table's cell: ``23 h ago``."""
        if at is None:
            return never
        age = self.now() - at
        hours = int(age.total_seconds()) // 3600
        return f"{hours} h ago" if 1 <= hours < 48 else f"{duration_words(age)} ago"

    def clocks(self) -> str:
        """Return the time of day in UTC and here."""
        now = self.now()
        return f"UTC {now.astimezone(UTC):%H:%M} · here {now.astimezone():%H:%M}"


# the state of a vault explained


_VAULT_STATES = {
    VaultStatus.AVAILABLE: "The vault can be used: it takes backups while it has room.",
    VaultStatus.LOCK: "The vault is being expanded. Most operations work meanwhile; another expansion does not.",
    VaultStatus.FROZEN: "The vault is frozen, mostly over an unpaid bill. It takes no backups until that is settled.",
    VaultStatus.DELETING: "The vault is being deleted, with everything in it.",
    VaultStatus.ERROR: "Something is wrong with the vault at the service. It takes no backups; ask support.",
}


def explain_vault(vault: Vault) -> str:
    """Return what the state of a vault means for an operator, over-full and replication vaults included."""
    known = isinstance(vault.status, VaultStatus)
    parts = [
        _VAULT_STATES[VaultStatus(vault.status)]
        if known
        else f"The service calls its state {_quoted(vault.status)}, unknown to this version."
    ]
    if vault.protect_type == "replication":
        parts.append("It only takes replicas: a checkpoint cannot be made in it.")
    if vault.used_percent > 100:
        expand = (
            "It expands by itself when a backup needs room." if vault.auto_expand else "It does not expand by itself."
        )
        parts.append(f"It holds {share_words(vault.used_percent)} of its size: new backups may fail. {expand}")
    elif vault.used_percent >= vault.threshold_percent:
        parts.append(f"It has passed its threshold of {vault.threshold_percent} %.")
    if vault.worm_locked:
        parts.append("Its backups are locked: policy backups cannot be deleted before they expire.")
    return " ".join(parts)


def _quoted(text: str) -> str:
    return f"‘{plain(text, 60)}’"


# what stands over a table


class ListNotice(NamedTuple):
    """What is said in place of rows or above them: ``action`` is the word on its button, empty for none.

    ``verb`` tells what the button does: ``refresh``, ``clear-filter`` or ``create``.
    """

    title: str
    why: str
    action: str = ""
    verb: str = ""


def empty_notice(what: str, place: str, freshness: Freshness, total: int, filter_text: str) -> ListNotice | None:
    """Return what to say over a table without rows; ``what`` is its plural noun, ``total`` counts unfiltered rows.

    ``place`` is where they would be: ``project eu-de_prod``.
    """
    if total:
        hidden = "1 row is" if total == 1 else f"{grouped(total)} rows are"
        why = f"{hidden} hidden by the filter {_quoted(filter_text)}."
        return ListNotice(f"No {what} match the filter", why, "Clear the filter", "clear-filter")
    if freshness.loading:
        return ListNotice(f"Reading the {what}…", f"The list of {place} is on its way.")
    if freshness.error is not None:
        title = {
            LoginRefused: "The login was refused",
            SecretMissing: "A password is needed",
            Unreachable: "The service cannot be reached",
        }.get(type(freshness.error), f"The {what} could not be read")
        return ListNotice(title, error_sentence(freshness.error), "Try again", "refresh")
    if freshness.as_of is None:
        return ListNotice(f"The {what} have not been read yet", f"Nothing of {place} is known.", "Refresh", "refresh")
    return ListNotice(f"No {what}", f"There are none in {place}, as far as this account can see.", "Refresh", "refresh")


def stale_sentence(what: str, parts: Sequence[Freshness], times: Times) -> str:
    """Return what is wrong with rows that are shown all the same, or an empty text."""
    error = next((part.error for part in parts if part.error is not None), None)
    known = [part.as_of for part in parts if part.as_of is not None]
    if error is not None and known:
        oldest = min(known)
        return f"Not refreshed: {error_sentence(error)} Shown is what was read {times.age(oldest)} ago."
    if any(part.lacking is not None for part in parts):
        return lacking_sentence(what)
    if any(not part.complete for part in parts) and known:
        shortfall = next((part.shortfall for part in parts if part.shortfall), Shortfall.NONE)
        remedy = " Refresh to be sure." if may_pass(shortfall) else ""
        return f"The list of {what} may lack some rows: {shortfall_words(shortfall)}.{remedy}"
    return ""


def shortfall_words(shortfall: Shortfall) -> str:
    """Return why a list may lack rows."""
    return _SHORTFALLS.get(shortfall, "it changed or ended early while it was read")


def may_pass(shortfall: Shortfall) -> bool:
    """Tell whether another reading may bring a whole list."""
    return shortfall not in _SHORTFALLS


def lacking_sentence(what: str) -> str:
    """Return that a region or an account does not tell of what is in no vault."""
    return f"Only {what} in vaults are shown: this region, or this account's rights, tell of no others."


def trouble_words(freshness: Freshness) -> str:
    """Return in two words why a part is missing or old, or an empty text when it is neither."""
    if freshness.error is not None:
        return error_words(freshness.error)
    if freshness.as_of is None:
        return "reading…" if freshness.loading else "not read yet"
    if freshness.lacking is not None:
        return "only what is in vaults"
    return "" if freshness.complete else "perhaps not whole"


def error_words(error: CbrError) -> str:
    """Return an error in two words, for where there is no room for its sentence."""
    if isinstance(error, Unreachable) and error.reason == "offline":
        return "offline"
    for kind, words in _SHORT.items():
        if isinstance(error, kind):
            return words
    return "could not be read"


_SHORT: dict[type[CbrError], str] = {
    SecretMissing: "login needed",
    LoginRefused: "login refused",
    Unreachable: "unreachable",
    Forbidden: "not permitted",
    Throttled: "throttled",
}


def ages_words(parts: Mapping[Part, Freshness], times: Times) -> list[str]:
    """Return how old each list is, line by line."""
    return [f"{PARTS[part].capitalize()}: {age_words(parts[part], times)}" for part in _LISTS]


def age_words(freshness: Freshness, times: Times) -> str:
    """Return how old data is, for the status bar and above tables."""
    if freshness.loading:
        return "reading…" if freshness.as_of is None else f"data {times.age(freshness.as_of)} old, reading…"
    if freshness.as_of is None:
        return "no data yet"
    cache = " (from cache)" if freshness.from_cache else ""
    return f"data {times.age(freshness.as_of)} old{cache}"
