"""The pictures of policies, worked out without Qt: when all of them run, and what one of them deletes when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import BackupId, PolicyId, ResourceId
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.retention import Forecast, Removal
from cbr_desktop.domain.schedule import PEAK_HOURS
from cbr_desktop.text.schedules import (
    axis_day_words,
    calendar_words,
    clash_sentence,
    no_runs_sentence,
    removal_sentence,
    removals_words,
    resource_forecast_words,
    run_sentence,
)
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.lanes import Bar, ChartLane, LaneChartContent
from cbr_desktop.workflows.timetable import Clash, Lasting, is_at_work, runs_of

_LEAST = timedelta(minutes=10)
"""How long a run is drawn of which it is not known how long it takes."""
WEEK, MONTH = 7, 31
"""Days that the pictures show."""


class Days(NamedTuple):
    """A span of whole days by the operator's clock: the midnights that part them, aware; one more than days."""

    midnights: tuple[datetime, ...]

    @property
    def since(self) -> datetime:
        """When it begins."""
        return self.midnights[0]

    @property
    def until(self) -> datetime:
        """When it is over."""
        return self.midnights[-1]

    def part(self, at: datetime) -> float:
        """Return where a moment is on the axis, 0 at the beginning and 1 at the end."""
        return (at - self.since) / (self.until - self.since)


def days_from(day: date, count: int, *, utc: bool) -> Days:
    """Return ``count`` days, of UTC or of this machine's clock, on which days may have 23 or 25 hours."""
    found = []
    for ahead in range(count + 1):
        naive = datetime.combine(day + timedelta(days=ahead), datetime.min.time())
        found.append(naive.replace(tzinfo=UTC) if utc else naive.astimezone())
    return Days(tuple(found))


def today(now: datetime, *, utc: bool) -> date:
    """Return the day that it is by the operator's clock."""
    return (now.astimezone(UTC) if utc else now.astimezone()).date()


class RunsOfPolicies(Struct, frozen=True):
    """All that the picture of runs is made of. ``lasting`` and ``clashes`` are as ``workflows.timetable`` has them."""

    policies: Sequence[Policy]
    lasting: Lasting
    clashes: Sequence[Clash]
    vaults: Mapping[str, str]


def runs_picture(known: RunsOfPolicies, days: Days, now: datetime, *, utc: bool) -> LaneChartContent:
    """Return when the policies run in a span: a lane for each, those that do nothing hollow, clashes marked."""
    usual, names = _usual(known.lasting), {policy.id: policy.name for policy in known.policies}
    marked = defaultdict[PolicyId, dict[datetime, Clash]](dict)
    for clash in known.clashes:
        marked[clash.policy_id].setdefault(clash.at, clash)
    told: dict[tuple[str, float], tuple[datetime, Clash | None]] = {}
    lanes, total = [], 0
    for policy in known.policies:
        works, own = is_at_work(policy), marked[policy.id]
        lasts = usual.get(policy.id, _LEAST)
        bars = []
        for at in runs_of(policy, days.since, days.until):
            begin, early = days.part(at), own.get(at) if works else None
            tone = Tone.BUSY if works else Tone.IDLE
            bars.append(Bar(begin, days.part(at + lasts), tone, is_hollow=not works, is_marked=early is not None))
            told[policy.id, begin] = (at, early)
        total += len(bars) if works else 0
        lanes.append(ChartLane(policy.id, policy.name, bars, is_faded=not works))

    def describe(lane: ChartLane, bar: Bar) -> str:
        at, met = told[lane.id, bar.begin]
        id = PolicyId(lane.id)
        said = run_sentence(lane.name, at, usual.get(id), is_certain=not bar.is_hollow, utc=utc)
        return f"{said} {clash_sentence(met, names, known.vaults)}" if met is not None else said

    return LaneChartContent(
        lanes,
        [(days.part(at), axis_day_words(at, len(days.midnights) - 1)) for at in days.midnights[:-1]],
        _peaks(days),
        days.part(now) if days.since <= now < days.until else None,
        calendar_words(len(lanes), total, len(days.midnights) - 1),
        "" if lanes else no_runs_sentence(),
        describe,
    )


def _usual(lasting: Lasting) -> dict[PolicyId, timedelta]:
    """Return how long the runs of each policy usually take where they take longest."""
    found: dict[PolicyId, timedelta] = {}
    for (policy_id, _vault_id), lasts in lasting.items():
        found[policy_id] = max(lasts, found.get(policy_id, lasts))
    return found


def _peaks(days: Days) -> list[tuple[float, float]]:
    """Return the spans of the service's busy hours, which are hours of the local day, whatever clock is shown."""
    late, early = PEAK_HOURS
    shown = days.since.date() - timedelta(days=1)
    spans = []
    for ahead in range(len(days.midnights) + 2):
        day = datetime.combine(shown + timedelta(days=ahead), datetime.min.time())
        begin = (day + timedelta(hours=late)).astimezone()
        end = (day + timedelta(days=1, hours=early)).astimezone()
        spans.append((max(0.0, days.part(begin)), min(1.0, days.part(end))))
    return [(begin, end) for begin, end in spans if begin < end]


# what rules delete


class Losses(Struct, frozen=True):
    """What the rules of a policy delete; ``backups`` are those that are there, by id."""

    forecast: Forecast
    backups: Mapping[BackupId, Backup]
    resources: Mapping[ResourceId, str]


def losses_picture(known: Losses, days: Days, *, utc: bool) -> LaneChartContent:
    """Return when existing backups are deleted, a lane for each resource.

    Where no run makes new ones, the moment stands out at which a resource loses the last that it has.
    """
    removals = defaultdict[ResourceId, list[Removal]](list)
    for removal in known.forecast.removals:
        removals[removal.resource_id].append(removal)
    there = _there(known.backups.values())
    told: dict[str, dict[float, list[Removal]]] = {}
    lanes = []
    for id, name in sorted(known.resources.items(), key=lambda each: (each[1], each[0])):
        own, count = removals[id], there.get(id, 0)
        gone = defaultdict[float, list[Removal]](list)
        for removal in own:
            gone[days.part(max(removal.at, days.since))].append(removal)
        last = days.part(max(own[-1].at, days.since)) if own and len(own) == count and not known.forecast.made else None
        bars = [
            Bar(begin, begin, Tone.BAD if begin == last else Tone.WARN, is_marked=begin == last)
            for begin in sorted(gone)
            if begin < 1.0
        ]
        told[id] = gone
        lanes.append(ChartLane(id, resource_forecast_words(name, count, count - len(own)), bars, is_faded=not own))

    def describe(lane: ChartLane, bar: Bar) -> str:
        gone, name = told[lane.id][bar.begin], known.resources[ResourceId(lane.id)]
        made = [each.made_at for each in gone]
        return removal_sentence(name, gone[0].at, made, is_last=bar.is_marked, utc=utc)

    return LaneChartContent(
        lanes,
        [(days.part(at), axis_day_words(at, len(days.midnights) - 1)) for at in days.midnights[:-1:7]],
        (),
        None,
        removals_words(len(known.forecast.removals), len(lanes), len(days.midnights) - 1),
        "",
        describe,
    )


def _there(backups: Iterable[Backup]) -> dict[ResourceId, int]:
    counts: dict[ResourceId, int] = defaultdict(int)
    for backup in backups:
        counts[backup.resource_id] += 1
    return counts
