"""Words of the main window: sizes, shares, times and the empty states, for people and without Qt."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from cbr_desktop.domain.error import (
    CbrError,
    Forbidden,
    LoginRefused,
    SecretMissing,
    Throttled,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.domain.listing import Shortfall
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.vault import MB_PER_GB, Resource, Vault, VaultStatus
from cbr_desktop.text.catalogue import N_, _, listed, ngettext, sentences
from cbr_desktop.text.errors import reading_sentence
from cbr_desktop.text.states import counted, duration_words, gb_number, gb_words, grouped, quoted, shown
from cbr_desktop.workflows.gaps import Gap, PolicyGaps, gap_of
from cbr_desktop.workflows.ledger import Freshness, Part, ResourceRow

if TYPE_CHECKING:
    from cbr_desktop.workflows.ports import Clock

NONE = "–"
"""Stands where there is nothing to show."""

_ENVIRONMENTS = {
    Environment.PRODUCTION: N_("PRODUCTION"),
    Environment.STAGING: N_("STAGING"),
    Environment.TEST: N_("TEST"),
    Environment.DEVELOPMENT: N_("DEVELOPMENT"),
    Environment.DEMO: N_("DEMO"),
}
_SHORTFALLS = {
    Shortfall.ROWS: N_("the service has more rows than this program reads"),
    Shortfall.BYTES: N_("the service's answers are larger in all than what this program reads"),
    Shortfall.PAGES: N_("the service gives it in more pages than this program reads"),
}
_PARTS = {
    Part.VAULTS: N_("vaults"),
    Part.TASKS: N_("tasks"),
    Part.BACKUPS: N_("backups"),
    Part.POLICIES: N_("policies"),
    Part.PROTECTABLES: N_("resources outside vaults"),
    Part.OFFERS: N_("backups that others share"),
    Part.DESTINATIONS: N_("vaults in other regions"),
    Part.ENTERPRISE_PROJECTS: N_("enterprise projects"),
    Part.INTENTS: N_("requests"),
    Part.CONNECTION: N_("connection"),
}
_PART_TITLES = {
    Part.VAULTS: N_("Vaults"),
    Part.TASKS: N_("Tasks"),
    Part.BACKUPS: N_("Backups"),
    Part.POLICIES: N_("Policies"),
    Part.PROTECTABLES: N_("Resources outside vaults"),
    Part.OFFERS: N_("Backups that others share"),
    Part.DESTINATIONS: N_("Vaults in other regions"),
    Part.ENTERPRISE_PROJECTS: N_("Enterprise projects"),
    Part.INTENTS: N_("Requests"),
    Part.CONNECTION: N_("Connection"),
}


_PAGES = {
    "Vaults": (N_("Vaults"), N_("vaults")),
    "Resources": (N_("Resources"), N_("resources")),
    "Backups": (N_("Backups"), N_("backups")),
    "Checkpoints": (N_("Checkpoints"), N_("checkpoints")),
    "Policies": (N_("Policies"), N_("policies")),
    "Tasks": (N_("Tasks"), N_("tasks")),
    "Offers": (N_("Shared with this project"), N_("backups that others share")),
    "Drafts": (N_("Drafts"), N_("drafts")),
    "Outbox": (N_("Outbox"), N_("outbox")),
    "Plans": (N_("Plans"), N_("plans")),
    "Journal": (N_("Journal"), N_("journal")),
}
"""The pages by their names, which are the same in every language: their titles, and what their rows are called."""
_LISTS = (Part.VAULTS, Part.PROTECTABLES, Part.BACKUPS, Part.POLICIES, Part.TASKS)


def page_title(name: str) -> str:
    """Return the title of a page; one that is not of the program is its own title."""
    return _(_PAGES[name][0]) if name in _PAGES else name


def page_noun(name: str) -> str:
    """Return what the rows of a page are called within a sentence: ``vaults``."""
    return _(_PAGES[name][1]) if name in _PAGES else name.lower()


def environment_words(environment: Environment) -> str:
    """Return what an environment is called on its sign: ``PRODUCTION``."""
    return _(_ENVIRONMENTS[environment])


_ENVIRONMENT_TITLES = {
    Environment.PRODUCTION: N_("Production"),
    Environment.STAGING: N_("Staging"),
    Environment.TEST: N_("Test"),
    Environment.DEVELOPMENT: N_("Development"),
    Environment.DEMO: N_("Demo"),
}
_ENVIRONMENTS_INSIDE = {
    Environment.PRODUCTION: N_("production"),
    Environment.STAGING: N_("staging"),
    Environment.TEST: N_("test"),
    Environment.DEVELOPMENT: N_("development"),
    Environment.DEMO: N_("demo"),
}


def environment_title(environment: Environment) -> str:
    """Return what an environment is called where one is chosen: ``Production``."""
    return _(_ENVIRONMENT_TITLES[environment])


def environment_inside(environment: Environment) -> str:
    """Return what an environment is called within a line: ``production``."""
    return _(_ENVIRONMENTS_INSIDE[environment])


def part_words(part: Part) -> str:
    """Return what a part of the data is called within a sentence: ``vaults``."""
    return _(_PARTS[part])


def part_title(part: Part) -> str:
    """Return what a part of the data is called at the head of a line: ``Vaults``."""
    return _(_PART_TITLES[part])


# quantities


def mb_words(megabytes: float) -> str:
    """Return a size that comes in MB: below one GB in MB, since rounding it to 0 GB would hide it."""
    if 0 < megabytes < MB_PER_GB:
        return _("{size} MB").format(size=round(megabytes))
    return gb_words(megabytes / MB_PER_GB)


def share_words(percent: float) -> str:
    """Return a share, beyond 100 as well; one that is not quite 0 or 100 is never rounded to it."""
    if 0 < percent < 0.1:
        return _("< {share} %").format(share=0.1)
    if percent not in (0, 100) and (percent < 10 or 99 <= percent <= 101):
        shown = max(0.1, min(99.9, percent)) if percent < 100 else max(100.1, percent)
        return _("{share} %").format(share=f"{shown:.1f}")
    return _("{share} %").format(share=f"{percent:.0f}")


def use_words(vault: Vault) -> str:
    """Return what is used of what was bought: ``58 / 40 GB``."""
    if 0 < vault.used_mb < MB_PER_GB:
        return _("{used} MB / {total} GB").format(used=round(vault.used_mb), total=grouped(vault.size_gb))
    return _("{used} / {total} GB").format(used=gb_number(vault.used_gb), total=grouped(vault.size_gb))


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

    def day(self, at: datetime) -> date:
        """Return the day of a point in time where times are told."""
        return (at.astimezone(UTC) if self.utc else at.astimezone()).date()

    def begin(self, day: date) -> datetime:
        """Return when a day begins where times are told, in UTC."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC if self.utc else None)
        return midnight.astimezone(UTC)

    def both(self, at: datetime | None) -> str:
        """Return date and time to the second, local and in UTC; once where the clock here is that of UTC."""
        if at is None:
            return ""
        here = f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}"
        return here if here.endswith(" UTC") else f"{here} = {at.astimezone(UTC):%H:%M:%S} UTC"

    def age(self, at: datetime | None) -> str:
        """Return how long ago something was; a clock that is ahead makes it no younger than now."""
        return NONE if at is None else duration_words(self.now() - at)

    def text_and_age(self, at: datetime | None, never: str = NONE) -> str:
        """Return age, date and time, for what is copied of a cell that tells the age alone."""
        return never if at is None else _("{age} · {at}").format(age=self.short_age(at), at=self.text(at))

    def age_and_date(self, at: datetime | None, never: str = NONE) -> str:
        """Return age, date and time for a line that may break: the age first, since it is what counts."""
        return never if at is None else _("{age} ({at})").format(age=self.short_age(at), at=self.text(at))

    def short_age(self, at: datetime | None, never: str = NONE) -> str:
        """Return the age in its largest unit, for a table's cell: ``23 h ago``."""
        if at is None:
            return never
        age = self.now() - at
        hours = int(age.total_seconds()) // 3600
        if 1 <= hours < 48:
            return _("{hours} h ago").format(hours=hours)
        return _("{age} ago").format(age=duration_words(age))

    def clocks(self) -> str:
        """Return the time of day in UTC and here; once where the clock here is that of UTC."""
        now = self.now()
        if not now.astimezone().utcoffset():
            return _("UTC {utc}").format(utc=f"{now.astimezone(UTC):%H:%M}")
        return _("UTC {utc} · here {here}").format(utc=f"{now.astimezone(UTC):%H:%M}", here=f"{now.astimezone():%H:%M}")


# the state of a vault explained


_VAULT_STATES = {
    VaultStatus.AVAILABLE: N_("The vault can be used: it takes backups while it has room."),
    VaultStatus.LOCK: N_("The vault is being expanded. Most operations work meanwhile; another expansion does not."),
    VaultStatus.FROZEN: N_(
        "The vault is frozen, mostly over an unpaid bill. It takes no backups until that is settled."
    ),
    VaultStatus.DELETING: N_("The vault is being deleted, with everything in it."),
    VaultStatus.ERROR: N_("Something is wrong with the vault at the service. It takes no backups; ask support."),
}


def explain_vault(vault: Vault) -> str:
    """Return what the state of a vault means for an operator, over-full and replication vaults included."""
    known = isinstance(vault.status, VaultStatus)
    parts = [
        _(_VAULT_STATES[VaultStatus(vault.status)])
        if known
        else _("The service calls its state {status}, unknown to this version.").format(status=quoted(vault.status, 60))
    ]
    if vault.protect_type == "replication":
        parts.append(_("It only takes replicas: a checkpoint cannot be made in it."))
    if vault.used_percent > 100:
        expand = (
            _("It expands by itself when a backup needs room.")
            if vault.auto_expand
            else _("It does not expand by itself.")
        )
        parts.append(
            _("It holds {share} of its size: new backups may fail.").format(share=share_words(vault.used_percent))
        )
        parts.append(expand)
    elif vault.used_percent >= vault.threshold_percent:
        parts.append(_("It has passed its threshold of {threshold} %.").format(threshold=vault.threshold_percent))
    if vault.worm_locked:
        parts.append(_("Its backups are locked: policy backups cannot be deleted before they expire."))
    return sentences(*parts)


# what stands over a table


class ListNotice(NamedTuple):
    """What is said in place of rows or above them: ``action`` is the word on its button, empty for none.

    ``verb`` tells what the button does: ``refresh``, ``clear-filter`` or ``create``. Where something else has to be
    done before, ``first`` and ``first_verb`` tell of it: ``login``.
    """

    title: str
    why: str
    action: str = ""
    verb: str = ""
    first: str = ""
    first_verb: str = ""


def empty_notice(what: str, place: str, freshness: Freshness, total: int, filter_text: str) -> ListNotice | None:
    """Return what to say over a table without rows; ``what`` is its plural noun, ``total`` counts unfiltered rows.

    ``place`` is where they would be: ``project eu-de_prod``.
    """
    if total:
        why = ngettext(
            "{count} row is hidden by the filter {filter}.", "{count} rows are hidden by the filter {filter}.", total
        ).format(count=grouped(total), filter=quoted(filter_text, 60))
        return ListNotice(_("No {what} match the filter").format(what=what), why, _("Clear the filter"), "clear-filter")
    if freshness.loading:
        return ListNotice(
            _("Reading the {what}…").format(what=what), _("The list of {place} is on its way.").format(place=place)
        )
    if freshness.error is not None:
        title = {
            LoginRefused: _("The login was refused"),
            SecretMissing: _("A password is needed"),
            Unreachable: _("The service cannot be reached"),
        }.get(type(freshness.error), _("The {what} could not be read").format(what=what))
        if isinstance(freshness.error, SecretMissing) and freshness.error.kind != "password":
            title = _("What the login needs is missing")
        first = (_("Log in…"), "login") if isinstance(freshness.error, LoginRefused | SecretMissing) else ("", "")
        return ListNotice(title, reading_sentence(freshness.error), _("Try again"), "refresh", *first)
    if freshness.as_of is None:
        return ListNotice(
            _("The {what} have not been read yet").format(what=what),
            _("Nothing of {place} is known.").format(place=place),
            _("Refresh"),
            "refresh",
        )
    return ListNotice(
        _("No {what}").format(what=what),
        _("There are none in {place}, as far as this account can see.").format(place=place),
        _("Refresh"),
        "refresh",
    )


def stale_sentence(what: str, parts: Sequence[Freshness], times: Times) -> str:
    """Return what is wrong with rows that are shown all the same, or an empty text."""
    error = next((part.error for part in parts if part.error is not None), None)
    known = [part.as_of for part in parts if part.as_of is not None]
    if error is not None and known:
        oldest = min(known)
        return sentences(
            _("Not refreshed."),
            reading_sentence(error),
            _("What is shown was read {age} ago.").format(age=times.age(oldest)),
        )
    if any(part.lacking is not None for part in parts):
        return lacking_sentence(what)
    if any(not part.complete for part in parts) and known:
        shortfall = next((part.shortfall for part in parts if part.shortfall), Shortfall.NONE)
        lacks = _("The list of {what} may lack some rows: {why}.").format(what=what, why=shortfall_words(shortfall))
        return sentences(lacks, _("Refresh to be sure.") if may_pass(shortfall) else "")
    return ""


def shortfall_words(shortfall: Shortfall) -> str:
    """Return why a list may lack rows."""
    return _(_SHORTFALLS.get(shortfall, N_("it changed or ended early while it was read")))


def may_pass(shortfall: Shortfall) -> bool:
    """Tell whether another reading may bring a whole list."""
    return shortfall not in _SHORTFALLS


def lacking_sentence(what: str) -> str:
    """Return that a region or an account does not tell of what is in no vault."""
    return _("Only {what} in vaults are shown: this region, or this account's rights, tell of no others.").format(
        what=what
    )


def incomplete_sentence(
    given: str, shortfall: Shortfall = Shortfall.NONE, count: int = 0, total: int | None = None
) -> str:
    """Return that a list which was printed lacks rows, and why.

    ``given`` is what there is, ``20 vaults``, and ``count`` its number; ``total`` is how many there are by the service.
    """
    counts = ""
    if total is not None and total > count:
        counts = ngettext(
            "By the service's count there is {count}.", "By the service's count there are {count}.", total
        ).format(count=grouped(total))
    return sentences(_lacking_words(given, shortfall), counts)


def _lacking_words(given: str, shortfall: Shortfall) -> str:
    if may_pass(shortfall):
        return _(
            "The list is not whole: the service gave {given}, and not all that there are. Ask again; what is missing"
            " here may be there all the same."
        ).format(given=given)
    return _(
        "The list is not whole: the service gave {given}, and not all that there are: {why}; what is missing here may"
        " be there all the same."
    ).format(given=given, why=shortfall_words(shortfall))


def trouble_words(freshness: Freshness) -> str:
    """Return in two words why a part is missing or old, or an empty text when it is neither."""
    if freshness.error is not None:
        return error_words(freshness.error)
    if freshness.as_of is None:
        return _("reading…") if freshness.loading else _("not read yet")
    if freshness.lacking is not None:
        return _("only what is in vaults")
    return "" if freshness.complete else _("perhaps not whole")


def error_words(error: CbrError) -> str:
    """Return an error in two words, for where there is no room for its sentence."""
    if isinstance(error, Unreachable) and error.reason == UnreachableReason.OFFLINE:
        return _("offline")
    for kind, words in _SHORT.items():
        if isinstance(error, kind):
            return _(words)
    return _("could not be read")


_SHORT: dict[type[CbrError], str] = {
    SecretMissing: N_("login needed"),
    LoginRefused: N_("login refused"),
    Unreachable: N_("unreachable"),
    Forbidden: N_("not permitted"),
    Throttled: N_("throttled"),
}


def ages_words(parts: Mapping[Part, Freshness], times: Times) -> list[str]:
    """Return how old each list is, line by line."""
    return [_("{part}: {age}").format(part=part_title(part), age=age_words(parts[part], times)) for part in _LISTS]


def age_words(freshness: Freshness, times: Times) -> str:
    """Return how old data is, for the status bar and above tables."""
    if freshness.loading:
        if freshness.as_of is None:
            return _("reading…")
        return _("data {age} old, reading…").format(age=times.age(freshness.as_of))
    if freshness.as_of is None:
        return _("no data yet")
    age = times.age(freshness.as_of)
    if freshness.from_cache:
        return _("data {age} old (from cache)").format(age=age)
    return _("data {age} old").format(age=age)


def fixed_disks_words(resource: Resource) -> str:
    """Return which disks of a resource its vault backs up, where that is not all of them."""
    if resource.include_volumes:
        count = len(resource.include_volumes)
        return counted("only {count} disk is backed up", "only {count} disks are backed up", count)
    if resource.exclude_volumes:
        return counted("{count} disk is left out", "{count} disks are left out", len(resource.exclude_volumes))
    return ""


def gap_words(row: ResourceRow, schedules: PolicyGaps) -> str:
    """Return why policies do not back a resource up, with the service's reason where it gives one; empty if they do."""
    gap = gap_of(row, schedules)
    if gap is Gap.UNFIT and row.protectable is not None:
        code = row.protectable.code.removeprefix("BackupService.")
        reason = shown(row.protectable.reason or row.protectable.message)
        return _("Not protectable ({code}): {reason}").format(code=shown(code) or NONE, reason=reason or NONE)
    words = {
        Gap.FREE: _("In no vault"),
        Gap.SUSPENDED: _("Suspended"),
        Gap.NO_POLICY: _("Vault without policy"),
        Gap.POLICY_OFF: _("Policy disabled"),
    }
    return words.get(gap, "") if gap is not None else ""


def level_words(level: str) -> str:
    """Return how consistent the backups of a vault are."""
    known = {"crash_consistent": _("Crash-consistent"), "app_consistent": _("Application-consistent")}
    return known.get(level, shown(level, 40) or NONE)


def redundancy_words(vault: Vault) -> str:
    """Return whether the backups of a vault are kept in several availability zones."""
    return _("Multi-AZ") if vault.multi_az else _("Single-AZ")


def billing_words(charging_mode: str) -> str:
    """Return how a vault is paid for."""
    known = {"post_paid": _("By use"), "pre_paid": _("By the year or month")}
    return known.get(charging_mode, shown(charging_mode, 40) or NONE)


def vault_billing_words(vault: Vault) -> str:
    """Return how a vault is paid for; what orders decide is decided in the console."""
    said = billing_words(vault.charging_mode)
    if vault.charging_mode != "pre_paid":
        return said
    return _("{billing}; size and end are a matter of orders, made in the console").format(billing=said)


def threshold_words(vault: Vault) -> str:
    """Return from which use on a vault is called full, and whether its owner is told."""
    percent = f"{vault.threshold_percent} %"
    if vault.notify is None:
        return percent
    said = _("{percent}, with a notice") if vault.notify else _("{percent}, without a notice")
    return said.format(percent=percent)


def binding_words(vault: Vault) -> str:
    """Return what a vault takes in by itself."""
    if not vault.auto_bind:
        return _("Off")
    tags = listed([shown(f"{key}={value}" if value else key, 90) for key, value in vault.bind_tags])
    return _("On, of resources with {tags}").format(tags=tags) if tags else _("On, of all resources")
