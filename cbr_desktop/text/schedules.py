"""When a policy runs and how long it keeps what it makes, in words: by the service's clock, which is UTC, and here."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from cbr_desktop.domain.policy import DAY_MINUTES, DAYS, FOREVER, Policy, PolicyDraft, Recurrence, recurrence
from cbr_desktop.text.catalogue import N_, _, joined, listed, sentences
from cbr_desktop.text.states import counted, shown

DAY_WORDS = dict(zip(DAYS, (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")), strict=True))

_LONG_TERM = {
    "day_backups": N_("{count} of each day"),
    "week_backups": N_("{count} of each week"),
    "month_backups": N_("{count} of each month"),
    "year_backups": N_("{count} of each year"),
}


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
    shift, local = divmod(minute + round(offset.total_seconds() / 60), DAY_MINUTES)
    time = clock_of_day(local)
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


def local_days(days: Sequence[str], minute: int, offset: timedelta) -> list[str]:
    """Return the days of the week, by a clock that is ``offset`` from UTC, on which something runs."""
    shift = (minute + round(offset.total_seconds() / 60)) // DAY_MINUTES
    return [DAYS[(DAYS.index(day) + shift) % len(DAYS)] for day in days]


def runs_sentence(runs: Sequence[Recurrence], offset: timedelta) -> str:
    """Return when a policy would run, and what that is here, where the days of the week may be others."""
    if not runs:
        return _("It never runs: there is no time.")
    groups = _grouped_runs(runs).items()
    when = joined([_at_words(_often_inside(*often), sorted(minutes), offset) for often, minutes in groups])
    moved = [
        _("{time} UTC is here on {days}").format(
            time=clock_of_day(run.minute), days=days_words(local_days(run.days, run.minute, offset))
        )
        for run in runs
        if run.days and local_days(run.days, run.minute, offset) != list(run.days)
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
    more = kept.long_term.items() if isinstance(kept, PolicyDraft) else ()
    extra = listed([_(_LONG_TERM[name]).format(count=count) for name, count in more if count])
    return _("{kept}; in addition {extra}").format(kept=words, extra=extra) if extra else words
