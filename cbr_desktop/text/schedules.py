"""When a policy runs and how long it keeps what it makes, in words: by the service's clock, which is UTC, and here."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from cbr_desktop.domain.policy import Policy, PolicyDraft
from cbr_desktop.domain.retention import FOREVER, Day, Forecast
from cbr_desktop.domain.schedule import DAYS, Recurrence, Season, offset_at, recurrence
from cbr_desktop.text.states import count_words, grouped, quoted, shown

DAY_WORDS = dict(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_LONG_TERM = ("of each day", "of each week", "of each month", "of each year")


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
    day = {-1: " on the day before", 1: " on the next day"}.get(run.day_shift(offset), "")
    return f"{clock_of_day(run.moved(offset).minute)}{day}"


def schedule_words(patterns: Iterable[str], offset: timedelta) -> str:
    """Return when a policy runs, in UTC and by a clock that is ``offset`` from it."""
    groups: dict[tuple[tuple[str, ...], int], list[int]] = {}
    strange = []
    for pattern in patterns:
        found = recurrence(pattern)
        if found is None:
            strange.append(shown(pattern, 80))
        else:
            groups.setdefault((found.days, found.interval), []).append(found.minute)
    parts = [_group_words(days, interval, sorted(minutes), offset) for (days, interval), minutes in groups.items()]
    return "; ".join([*parts, *strange]) or "Never"


def _group_words(days: tuple[str, ...], interval: int, minutes: Sequence[int], offset: timedelta) -> str:
    head = f"{often_words(days, interval)} at {', '.join(map(clock_of_day, minutes))} UTC"
    return head if not offset else f"{head} (here {', '.join(local_words(minute, offset) for minute in minutes)})"


def often_words(days: Sequence[str], interval: int) -> str:
    """Return on which days something runs."""
    if days:
        return "Daily" if len(set(days)) == len(DAYS) else ", ".join(DAY_WORDS[day] for day in days)
    return "Daily" if interval == 1 else f"Every {count_words(interval, 'day')}"


def runs_sentence(runs: Sequence[Recurrence], offset: timedelta) -> str:
    """Return when a policy would run, and what that is here, where the days of the week may be others."""
    if not runs:
        return "It never runs: there is no time."
    words = f"It runs {_small(schedule_words((run.pattern for run in runs), offset))}."
    moved = [run for run in runs if run.moved(offset).days != run.days]
    if moved:
        there = "; ".join(
            f"{clock_of_day(run.minute)} UTC is here on {', '.join(DAY_WORDS[day] for day in run.moved(offset).days)}"
            for run in moved
        )
        words += f" The days shift: {there}."
    return words


def _small(words: str) -> str:
    return words[0].lower() + words[1:] if words.startswith(("Daily", "Every")) else f"on {words}"


def retention_words(kept: Policy | PolicyDraft) -> str:
    """Return how long a policy keeps what it makes."""
    parts = []
    if kept.max_backups != FOREVER:
        parts.append(f"the newest {count_words(kept.max_backups, 'backup')}")
    if kept.retention_days != FOREVER:
        parts.append(count_words(kept.retention_days, "day"))
    words = " and ".join(parts) or "until deleted"
    more = zip(kept.retention.long_term, _LONG_TERM, strict=True)
    extra = ", ".join(f"{count} {words}" for count, words in more if count)
    return f"{words[0].upper()}{words[1:]}" + (f"; in addition {extra}" if extra else "")


# runs and what rules delete


def moment_words(at: datetime, zone: tzinfo | None) -> str:
    """Return a moment in UTC and by the clocks of a zone, of this machine where it is ``None``."""
    there, offset = at.astimezone(zone), offset_at(at, zone)
    words = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if not offset:
        return words
    return f"{words} = {DAY_WORDS[DAYS[there.weekday()]]} {there:%Y-%m-%d %H:%M} {offset_words(offset)}"


def next_sentence(policy: Policy, runs: Sequence[datetime]) -> str:
    """Return what is to be said of a policy before its next runs are told."""
    name = quoted(policy.name, 80)
    if not runs:
        return f"Policy {name} never runs: it has no time that this version can read."
    days = "" if policy.schedule.is_certain else " Some of its times are not known for sure, as the service told less."
    if not policy.enabled:
        return f"Policy {name} is disabled, so nothing runs. It would run at:{days}"
    if not policy.vault_ids:
        return f"Policy {name} is applied to no vault, so nothing is backed up. It would run at:{days}"
    return f"Policy {name} runs next at:{days}"


def season_sentences(seasons: Sequence[Season]) -> list[str]:
    """Return from when on a schedule runs at other times of the clock, since the service stays at UTC."""
    told = []
    for before, after in pairwise(seasons):
        if after.since is None:
            continue
        day = (after.since + after.offset).strftime("%Y-%m-%d")
        was, now = (", ".join(_clock_runs(each)) for each in (before, after))
        if was:
            told.append(f"From {day} on the clock is at {offset_words(after.offset)}: it runs {now} instead of {was}.")
    return told


def _clock_runs(season: Season) -> list[str]:
    runs = ((often_words(run.days, run.interval), clock_of_day(run.minute)) for run in season.recurrences)
    return [f"{_small(often)} at {clock}" for often, clock in runs]


def forecast_sentences(told: Forecast, earlier: int = 0) -> list[str]:
    """Return what rules delete of the backups that are there, and which they never delete.

    ``earlier`` is how many of them go because of a change, or go earlier by it.
    """
    days = (told.until - told.since).days
    automatic = told.existing - told.by_hand
    words = [
        f"Of {count_words(automatic, 'automatic backup')} that are there, {grouped(len(told.removals))}"
        f" {_goes(len(told.removals))} deleted within {count_words(days, 'day')}."
    ]
    if earlier:
        words.append(
            f"{count_words(earlier, 'backup')} of them {_goes(earlier)} deleted, or deleted earlier, by this change."
        )
    if told.never:
        words.append(
            f"{count_words(len(told.never), 'automatic backup')} {_goes(len(told.never))} never deleted by a rule."
        )
    if told.by_hand:
        words.append(f"{count_words(told.by_hand, 'backup')} of another kind or made by hand: no rule deletes those.")
    return words


def _goes(count: int) -> str:
    return "is" if count == 1 else "are"


def day_row(day: Day) -> tuple[str, str, str, str]:
    """Return what is there at the end of a day: of the backups of now, of those made since, and together."""
    return f"{day.day:%Y-%m-%d}", str(day.existing), str(day.made), str(day.total)
