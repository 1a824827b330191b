"""When a policy runs and how long it keeps what it makes, in words: by the service's clock, which is UTC, and here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from cbr_desktop.domain.ids import BackupId, PolicyId
from cbr_desktop.domain.policy import Policy, PolicyDraft
from cbr_desktop.domain.region import zone_name
from cbr_desktop.domain.retention import ASSUMED, FOREVER, Day, Forecast
from cbr_desktop.domain.schedule import (
    DAY_MINUTES,
    DAYS,
    PEAK_HOURS,
    Recurrence,
    Season,
    offset_at,
    recurrence,
    zone_of,
)
from cbr_desktop.text.catalogue import N_, _, joined, listed, ngettext, sentences
from cbr_desktop.text.states import counted, duration_words, grouped, quoted, shown
from cbr_desktop.text.words import Times
from cbr_desktop.workflows.timetable import Clash, ClashKind

_HOUR_MINUTES = 60
DAY_WORDS = dict(zip(DAYS, (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")), strict=True))
_LONG_TERM = (
    N_("{count} of each day"),
    N_("{count} of each week"),
    N_("{count} of each month"),
    N_("{count} of each year"),
)


def day_words(day: str) -> str:
    """Return the short name of a day of the week: ``Mon`` for ``MO``."""
    return _(DAY_WORDS[day])


def clock_of_day(minute: int) -> str:
    """Return a time of day: ``01:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def offset_words(offset: timedelta) -> str:
    """Return the distance of a clock to UTC: ``UTC+01:00``."""
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{clock_of_day(abs(minutes))}"


def local_words(minute: int, offset: timedelta) -> str:
    """Return what a time in UTC is on a clock that is ``offset`` from it, and whether that is another day there."""
    run = Recurrence((), 1, minute)
    time, shift = clock_of_day(run.moved(offset).minute), run.day_shift(offset)
    if not shift:
        return time
    return (_("{time} on the next day") if shift > 0 else _("{time} on the day before")).format(time=time)


def schedule_words(patterns: Iterable[str], offset: timedelta) -> str:
    """Return when a policy runs, in UTC and by a clock that is ``offset`` from it."""
    found = [(pattern, recurrence(pattern)) for pattern in patterns]
    groups = _grouped_runs(run for pattern, run in found if run is not None).items()
    parts = [_at_words(often_words(*often), sorted(minutes), offset) for often, minutes in groups]
    strange = [shown(pattern, 80) for pattern, run in found if run is None]
    return joined([*parts, *strange]) or _("Never")


def _at_words(often: str, minutes: Sequence[int], offset: timedelta) -> str:
    if list(minutes) == list(range(minutes[0], DAY_MINUTES, _HOUR_MINUTES)):
        return _("{often}, every hour from {time} UTC").format(often=often, time=clock_of_day(minutes[0]))
    times = listed([clock_of_day(minute) for minute in minutes])
    if not offset:
        return _("{often} at {times} UTC").format(often=often, times=times)
    here = listed([local_words(minute, offset) for minute in minutes])
    return _("{often} at {times} UTC (here {here})").format(often=often, times=times, here=here)


def often_words(days: Sequence[str], interval: int) -> str:
    """Return on which days something runs."""
    if days:
        return _("Daily") if len(set(days)) == len(DAYS) else days_words(days)
    return _("Daily") if interval == 1 else counted("Every {count} day", "Every {count} days", interval)


def _often_inside(days: Sequence[str], interval: int) -> str:
    """Return on which days something runs, for the middle of a sentence."""
    if days and len(set(days)) < len(DAYS):
        return _("on {days}").format(days=days_words(days))
    return _("daily") if days or interval == 1 else counted("every {count} day", "every {count} days", interval)


def days_words(days: Sequence[str]) -> str:
    """Return days of the week in a row: ``Mon, Sun``."""
    return listed([day_words(day) for day in days])


def runs_sentence(runs: Sequence[Recurrence], offset: timedelta) -> str:
    """Return when a policy would run, and what that is here, where the days of the week may be others."""
    if not runs:
        return _("It never runs: there is no time.")
    groups = _grouped_runs(runs).items()
    when = joined([_at_words(_often_inside(*often), sorted(minutes), offset) for often, minutes in groups])
    moved = [
        _("{time} UTC is here on {days}").format(time=clock_of_day(run.minute), days=days_words(run.moved(offset).days))
        for run in runs
        if run.moved(offset).days != run.days
    ]
    shift = _("The days shift: {moved}.").format(moved=joined(moved)) if moved else ""
    return sentences(_("It runs {when}.").format(when=when), shift)


def _grouped_runs(runs: Iterable[Recurrence]) -> dict[tuple[tuple[str, ...], int], list[int]]:
    """Return the minutes of the day at which something runs, by days and interval."""
    groups: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for run in runs:
        groups.setdefault((run.days, run.interval), []).append(run.minute)
    return groups


def retention_words(kept: Policy | PolicyDraft) -> str:
    """Return how long a policy keeps what it makes."""
    has_number, has_days = kept.max_backups != FOREVER, kept.retention_days != FOREVER
    if has_number and has_days:
        words = _("The newest {backups} and {days}").format(backups=_backups(kept), days=_days(kept))
    elif has_number:
        words = counted("The newest {count} backup", "The newest {count} backups", kept.max_backups)
    else:
        words = _days(kept) if has_days else _("Until deleted")
    return _with_long_term(words, kept)


def kept_sentence(kept: Policy | PolicyDraft) -> str:
    """Return how long a policy keeps what it makes, as a sentence."""
    has_number, has_days = kept.max_backups != FOREVER, kept.retention_days != FOREVER
    if has_number and has_days:
        words = _("the newest {backups} and {days}").format(backups=_backups(kept), days=_days(kept))
    elif has_number:
        words = counted("the newest {count} backup", "the newest {count} backups", kept.max_backups)
    else:
        words = _days(kept) if has_days else _("until deleted")
    return _("Its backups are kept: {kept}.").format(kept=_with_long_term(words, kept))


def _backups(kept: Policy | PolicyDraft) -> str:
    return counted("{count} backup", "{count} backups", kept.max_backups)


def _days(kept: Policy | PolicyDraft) -> str:
    return counted("{count} day", "{count} days", kept.retention_days)


def _with_long_term(words: str, kept: Policy | PolicyDraft) -> str:
    more = zip(kept.retention.long_term, _LONG_TERM, strict=True)
    extra = listed([_(of_each).format(count=count) for count, of_each in more if count])
    return _("{kept}; in addition {extra}").format(kept=words, extra=extra) if extra else words


# runs and what rules delete


def moment_words(at: datetime, zone: tzinfo | None) -> str:
    """Return a moment in UTC and by the clocks of a zone, of this machine where it is ``None``."""
    there, offset = at.astimezone(zone), offset_at(at, zone)
    words = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if not offset:
        return words
    return f"{words} = {day_words(DAYS[there.weekday()])} {there:%Y-%m-%d %H:%M} {offset_words(offset)}"


def next_sentence(policy: Policy, runs: Sequence[datetime]) -> str:
    """Return what is to be said of a policy before its next runs are told."""
    if not runs:
        said = _("Policy {name} never runs: it has no time that this version can read.")
        return said.format(name=quoted(policy.name, 80))
    if not policy.enabled:
        said = _("Policy {name} is disabled, so nothing runs. It would run at:")
    elif not policy.vault_ids:
        said = _("Policy {name} is applied to no vault, so nothing is backed up. It would run at:")
    else:
        said = _("Policy {name} runs next at:")
    unsure = _("Some of its times are not certain: the service did not tell all of it.")
    return sentences(said.format(name=quoted(policy.name, 80)), "" if policy.schedule.is_certain else unsure)


def season_sentences(seasons: Sequence[Season]) -> list[str]:
    """Return from when on a schedule runs at other times of the clock, since the service stays at UTC."""
    told = []
    for before, after in pairwise(seasons):
        if after.since is None:
            continue
        day = (after.since + after.offset).strftime("%Y-%m-%d")
        was, now = (listed(_clock_runs(each)) for each in (before, after))
        if was:
            moved = _("From {day} on the clock is at {offset}: it runs {now} instead of {was}.")
            told.append(moved.format(day=day, offset=offset_words(after.offset), now=now, was=was))
    return told


def _clock_runs(season: Season) -> list[str]:
    return [
        _("{often} at {times}").format(often=_often_inside(run.days, run.interval), times=clock_of_day(run.minute))
        for run in season.recurrences
    ]


def forecast_sentences(told: Forecast, earlier: int = 0) -> list[str]:
    """Return what rules delete of the backups that are there, and which they never delete.

    ``earlier`` is how many of them go because of a change, or go earlier by it.
    """
    days, removed = (told.until - told.since).days, len(told.removals)
    automatic = counted("{count} automatic backup", "{count} automatic backups", told.existing - told.by_hand)
    words = [
        ngettext(
            "Of {backups} that are there, {count} is deleted within {days}.",
            "Of {backups} that are there, {count} are deleted within {days}.",
            removed,
        ).format(backups=automatic, count=grouped(removed), days=counted("{count} day", "{count} days", days))
    ]
    if earlier:
        words.append(
            counted(
                "{count} backup of them is deleted, or deleted earlier, by this change.",
                "{count} backups of them are deleted, or deleted earlier, by this change.",
                earlier,
            )
        )
    if told.never:
        words.append(
            counted(
                "{count} automatic backup is never deleted by a rule.",
                "{count} automatic backups are never deleted by a rule.",
                len(told.never),
            )
        )
    if told.by_hand:
        words.append(
            counted(
                "{count} backup of another kind or made by hand: no rule deletes those.",
                "{count} backups of another kind or made by hand: no rule deletes those.",
                told.by_hand,
            )
        )
    return words


def day_row(day: Day) -> tuple[str, str, str, str]:
    """Return what is there at the end of a day: of the backups of now, of those made since, and together."""
    return f"{day.day:%Y-%m-%d}", str(day.existing), str(day.made), str(day.total)


# pictures

_FEW_DAYS, _MANY_DAYS = 14, 31
"""Up to how many days the days of the week are written on an axis, and from how many on each month."""


def axis_day_words(at: datetime, days: int) -> str:
    """Return what stands on an axis of so many days where one begins: ``Mon 30`` or ``30``; the first as ``12-01``."""
    day = f"{at:%m-%d}" if at.day == 1 or days > _MANY_DAYS else str(at.day)
    return f"{day_words(DAYS[at.weekday()])} {day}" if days <= _FEW_DAYS else day


def span_words(since: datetime, until: datetime) -> str:
    """Return the days from one to the other: ``2026-11-30 – 2026-12-06``."""
    return f"{since:%Y-%m-%d} – {until - timedelta(hours=1):%Y-%m-%d}"


def runs_span_words(since: datetime, until: datetime) -> str:
    """Return the days of a picture of runs, and what is shaded in it."""
    late, early = PEAK_HOURS
    return _("{span} · shaded: busy hours of the service, {late} to {early}").format(
        span=span_words(since, until), late=clock_of_day(60 * late), early=clock_of_day(60 * early)
    )


def calendar_words(policies: int, runs: int, days: int) -> str:
    """Return what a picture of runs shows, for screen readers."""
    return _("{runs} of {policies} within {days}. The arrow keys go from run to run.").format(
        runs=counted("{count} run", "{count} runs", runs),
        policies=counted("{count} policy", "{count} policies", policies),
        days=counted("{count} day", "{count} days", days),
    )


def no_runs_sentence() -> str:
    """Return what is said in the place of a picture of runs where there is no policy."""
    return _("There is no policy, so nothing is backed up by itself.")


def _at(at: datetime, *, utc: bool) -> str:
    """Return a moment with its day of the week, by the operator's clock."""
    there = at.astimezone(UTC) if utc else at.astimezone()
    words = f"{day_words(DAYS[there.weekday()])} {there:%Y-%m-%d %H:%M}"
    return f"{words} UTC" if utc else f"{words} ({at.astimezone(UTC):%H:%M} UTC)"


def run_sentence(policy: str, at: datetime, lasts: timedelta | None, *, is_certain: bool, utc: bool) -> str:
    """Return when a policy runs, or would if it did, and how long that usually takes."""
    if not is_certain:
        return _("{policy} would run {at}, if it were enabled and applied to a vault.").format(
            policy=quoted(policy, 80), at=_at(at, utc=utc)
        )
    takes = _("It usually takes {lasts}.").format(lasts=duration_words(lasts)) if lasts is not None else ""
    return sentences(_("{policy} runs {at}.").format(policy=quoted(policy, 80), at=_at(at, utc=utc)), takes)


_CLASHES = {
    ClashKind.BEFORE_BACKUP_ENDS: N_("{other} is usually still backing up vault {vault} then."),
    ClashKind.SAME_VAULT: N_("{other} is usually at work in vault {vault} then, which makes one backup at a time."),
    ClashKind.STILL_RUNNING: N_("Its last run in vault {vault} is usually still at work then."),
}


def clash_sentence(clash: Clash, policies: Mapping[PolicyId, str], vaults: Mapping[str, str]) -> str:
    """Return what a run gets in the way of, by the names of policies and vaults."""
    other, vault = policies.get(clash.other_id, clash.other_id), vaults.get(clash.vault_id, clash.vault_id)
    return _(_CLASHES[clash.kind]).format(other=quoted(other, 80), vault=quoted(vault, 80))


def resource_forecast_words(name: str, now: int, then: int) -> str:
    """Return a resource, how many of its backups are there now, and how many of these at the end."""
    return _("{name}  {now} → {then}").format(name=shown(name, 40), now=grouped(now), then=grouped(then))


def removals_words(removals: int, resources: int, days: int) -> str:
    """Return what a picture of deletions shows, for screen readers."""
    return _("Deleted within {days}: {backups} of {resources}.").format(
        backups=counted("{count} backup", "{count} backups", removals),
        resources=counted("{count} resource", "{count} resources", resources),
        days=counted("{count} day", "{count} days", days),
    )


def removal_sentence(name: str, at: datetime, made: Sequence[datetime], *, is_last: bool, utc: bool) -> str:
    """Return which backups of a resource are deleted at a moment, by when they were made."""
    said = ngettext(
        "{at}: {count} backup of {name} is deleted, made {made}.",
        "{at}: {count} backups of {name} are deleted, the first of them made {made}.",
        len(made),
    ).format(at=_at(at, utc=utc), count=grouped(len(made)), name=quoted(name, 80), made=_at(min(made), utc=utc))
    return sentences(said, _("None of those that are there now is left then.") if is_last else "")


def removal_lines(told: Forecast, names: Mapping[BackupId, tuple[str, str]], *, utc: bool) -> list[str]:
    """Return the backups that rules delete, the first first, by name and resource, and what is supposed of the service.

    ``names`` are the names of backup and resource by the backup's id.
    """
    lines = []
    for removal in told.removals:
        name, resource = names.get(removal.id, (removal.id, removal.resource_id))
        lines.append(
            _("{at}: {name} of {resource}, made {made}").format(
                at=_at(removal.at, utc=utc),
                name=quoted(name, 80),
                resource=quoted(resource, 80),
                made=_at(removal.made_at, utc=utc),
            )
        )
    supposed = [
        _("Assumed, since it is not documented: every run succeeds, and old backups are looked at when it has ended."),
        ngettext(
            "Of failed backups the newest {count} of each resource is kept, for {days}.",
            "Of failed backups the newest {count} of each resource are kept, for {days}.",
            ASSUMED.failed_limit,
        ).format(count=grouped(ASSUMED.failed_limit), days=counted("{count} day", "{count} days", ASSUMED.failed_days)),
        _("A lock (WORM) keeps backups from being deleted by hand, not by the number of a rule."),
        _("What a disabled policy keeps for days, weeks, months and years stays kept."),
    ]
    return [*lines, *supposed]


def used_words(used: int, limit: int) -> str:
    """Return how many of the policies are used that an account may have."""
    return _("{used} of {limit} used").format(used=grouped(used), limit=grouped(limit))


def full_interval_words(policy: Policy) -> str:
    """Return how often a policy makes a full backup."""
    every = policy.full_backup_interval
    if every < 1:
        return _("The first")
    return _("Each") if every == 1 else counted("Every {count}th", "Every {count}th", every)


def policy_destination_words(policy: Policy) -> str:
    """Return where a policy replicates to: region and project."""
    places = [shown(each, 80) for each in (policy.destination_region, policy.destination_project_id) if each]
    return " · ".join(places)


def next_run_words(at: datetime | None, times: Times, region: str) -> str:
    """Return when a policy runs next, by this clock, in UTC, and by the clocks of where its region is."""
    if at is None:
        return _("It does not run: it is disabled, or applied to no vault.")
    zone = zone_name(region)
    try:
        there = at.astimezone(zone_of(zone)) if zone else None
    except LookupError:  # this machine has no data of time zones
        there = None
    if there is None or there.utcoffset() == at.astimezone().utcoffset():
        return times.both(at)
    return _("{times} = {there} in region {region}").format(
        times=times.both(at), there=f"{there:%Y-%m-%d %H:%M}", region=shown(region, 40)
    )
