"""Policies by all that is known of them: when they run next, what their rules delete, and what is wrong with both."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from msgspec.structs import replace

from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, info, warn
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId
from cbr_desktop.domain.policy import BACKUP, Policy
from cbr_desktop.domain.retention import FOREVER, HORIZON_DAYS, Coverage, Forecast, Retention, Rules, forecast
from cbr_desktop.domain.schedule import Schedule, is_peak, offset_at
from cbr_desktop.domain.task import Task, TaskType
from cbr_desktop.domain.vault import ProtectType, Vault, VaultStatus
from cbr_desktop.workflows.derived import at_once, pieces
from cbr_desktop.workflows.ledger import Part, Reading
from cbr_desktop.workflows.timetable import Clash, ClashKind, Lasting, clashes, usual_durations

SHORT_DAYS = 7
"""Backups that reach back less than this many days are few: a weekend with its holidays is longer."""
LOOKED_BACK = timedelta(days=7)
"""How far back it is looked for runs that have made nothing: further back the policy may have been another one."""
LOOKED_AHEAD = timedelta(days=7)
"""How far ahead it is looked for runs that get into each other's way: rules are for days of the week."""
_PIECE_FINDINGS = 200
_CLASHES = {
    ClashKind.BEFORE_BACKUP_ENDS: FindingKind.REPLICATION_EARLY,
    ClashKind.SAME_VAULT: FindingKind.POLICIES_TOGETHER,
    ClashKind.STILL_RUNNING: FindingKind.RUN_OVERTAKES,
}
_EARLY, _LATE = timedelta(minutes=5), timedelta(hours=2)
"""Within what of its time a run has left a task; the service may spread runs over some time."""
_MONTH_DAYS, _YEAR_DAYS = 30, 365
_RUNNING = (VaultStatus.AVAILABLE, VaultStatus.LOCK)


# what the rules of a policy do


def coverage(vault_ids: Iterable[VaultId], ledger: Reading) -> list[Coverage]:
    """Return what a policy covers that is applied to some vaults, as far as they are known."""
    known = (ledger.vaults.get(id) for id in vault_ids)
    return [_covered(vault) for vault in known if vault is not None]


def _covered(vault: Vault) -> Coverage:
    resources: list[ResourceId] = []
    if vault.status in _RUNNING and vault.protect_type == ProtectType.BACKUP:
        resources = [resource.id for resource in vault.resources if resource.auto_protect]
    return Coverage(vault.id, tuple(resources), vault.worm_locked)


def outlook(
    ledger: Reading,
    vault_ids: Iterable[VaultId],
    rules: Rules | None,
    now: datetime,
    days: int = HORIZON_DAYS,
) -> Forecast:
    """Return what some rules, ``None`` for no policy, do to the known backups of vaults."""
    return forecast(ledger.backups.values(), coverage(vault_ids, ledger), rules, now, days)


def policy_of(vault_id: VaultId, ledger: Reading, but: PolicyId | None = None) -> Policy | None:
    """Return the backup policy of a vault, besides one, ``None`` where it has none."""
    applied = (policy for policy in ledger.policies.values() if vault_id in policy.vault_ids and policy.id != but)
    return next((policy for policy in applied if policy.operation_type == BACKUP), None)


# what is wrong


def schedule_findings(
    ledger: Reading, now: datetime, zone: tzinfo | None = None, *, lasting: Lasting | None = None
) -> list[Finding]:
    """Return what is wrong with the schedules of a project; nothing is said of lists that were never read.

    Busy hours are judged by the clocks of a zone, those of this machine where it is ``None``. ``lasting`` is how long
    runs usually take, where that has been worked out already.
    """
    return at_once(find_schedule_problems(ledger, now, zone, lasting=lasting))


def find_schedule_problems(
    ledger: Reading, now: datetime, zone: tzinfo | None = None, *, lasting: Lasting | None = None
) -> Generator[None, None, list[Finding]]:
    """Do the same in pieces: there may be ten thousand vaults, each with something wrong."""
    as_of = ledger.freshness[Part.POLICIES].as_of
    if as_of is None:
        return []
    own = [policy for policy in ledger.policies.values() if policy.operation_type == BACKUP]
    tasks = yield from _tasks_of_policies(ledger)
    found: list[Finding] = []
    for piece in pieces(_vaults_without(own, ledger), _PIECE_FINDINGS):
        found += [replace(each, as_of=as_of) for each in piece]
        yield
    for policy in own:
        about = _of_policy(policy, ledger, tasks[policy.id], now, zone)
        found += (replace(each, facts={**each.facts, "policy_id": policy.id}, as_of=as_of) for each in about)
        yield
    if lasting is None:
        lasting = yield from usual_durations(ledger.tasks.values())
    met = yield from clashes(ledger, lasting, now, now + LOOKED_AHEAD)
    return [*found, *(replace(each, as_of=as_of) for each in _clashing(ledger, met))]


def _tasks_of_policies(ledger: Reading) -> Generator[None, None, dict[PolicyId, list[Task]]]:
    """Return the backup tasks of every policy, the oldest first."""
    tasks = defaultdict[PolicyId, list[Task]](list)
    for piece in pieces(ledger.tasks.values()):
        for task in piece:
            if task.policy_id is not None and task.type == TaskType.BACKUP and task.created_at is not None:
                tasks[task.policy_id].append(task)
        yield
    for each in tasks.values():
        each.sort(key=_created_at)
        yield
    return tasks


def _created_at(task: Task) -> datetime:
    assert task.created_at is not None  # noqa: S101 those without a time were left out
    return task.created_at


def _clashing(ledger: Reading, met: Iterable[Clash]) -> Iterator[Finding]:
    """Yield which policies get into each other's way, each pair of them once."""
    pairs = defaultdict[object, list[Clash]](list)
    for clash in met:
        pairs[clash.kind, clash.policy_id, clash.other_id].append(clash)
    for each in pairs.values():
        first, policies = each[0], ledger.policies
        vault = ledger.vaults.get(first.vault_id)
        yield warn(
            _CLASHES[first.kind],
            RequestPart.SCHEDULE,
            policy_id=first.policy_id,
            policy=policies[first.policy_id].name,
            other=policies[first.other_id].name,
            vault=vault.name if vault is not None else first.vault_id,
            count=len(each),
            when=first.at,
            lasts=None if first.lasts is None else round(first.lasts / timedelta(minutes=1)),
        )


def _vaults_without(own: Sequence[Policy], ledger: Reading) -> Iterator[Finding]:
    covered = {id for policy in own for id in policy.vault_ids}
    for vault in ledger.vaults.values():
        holds = vault.protect_type == ProtectType.BACKUP and vault.status != VaultStatus.DELETING and vault.resources
        if holds and vault.id not in covered:
            kind, count = FindingKind.VAULT_WITHOUT_POLICY, len(vault.resources)
            yield warn(kind, RequestPart.VAULT, vault=vault.name, vault_id=vault.id, count=count)


def _of_policy(
    policy: Policy, ledger: Reading, tasks: Sequence[Task], now: datetime, zone: tzinfo | None
) -> Iterator[Finding]:
    name = policy.name
    if not policy.vault_ids:
        yield info(FindingKind.POLICY_UNUSED, RequestPart.SCHEDULE, policy=name)
    elif not policy.enabled:
        since = _created_at(tasks[-1]) if tasks else None
        count = len(policy.vault_ids)
        yield warn(FindingKind.POLICY_DISABLED, RequestPart.SCHEDULE, policy=name, count=count, since=since)
    else:
        yield from _runs_missed(policy, ledger, tasks, now)
    days = reach_days(policy.retention, policy.schedule, now)
    if days is not None and days < SHORT_DAYS:
        yield warn(FindingKind.RETENTION_SHORT, RequestPart.RETENTION, policy=name, count=round(days))
    offset = offset_at(now, zone)
    busy = [run for run in policy.schedule.recurrences if is_peak(run.moved(offset).minute)]
    if busy and policy.enabled:
        yield info(FindingKind.RUNS_IN_PEAK, RequestPart.SCHEDULE, policy=name, count=len(busy))


def reach_days(retention: Retention, schedule: Schedule, now: datetime) -> float | None:
    """Return how many days back the backups reach that a policy keeps, ``None`` for all that there is of time."""
    if retention.is_forever:
        return None
    spans = [retention.day_backups, 7 * retention.week_backups]
    spans += [_MONTH_DAYS * retention.month_backups, _YEAR_DAYS * retention.year_backups]
    kept = []
    if retention.days != FOREVER:
        kept.append(float(retention.days))
    if retention.max_backups != FOREVER:
        runs = list(schedule.runs(now, now + timedelta(days=_MONTH_DAYS)))
        kept.append(retention.max_backups * _MONTH_DAYS / len(runs) if runs else float(SHORT_DAYS))
    # where both are given either deletes
    return max(min(kept), *map(float, spans))


def _runs_missed(policy: Policy, ledger: Reading, tasks: Sequence[Task], _now: datetime) -> Iterator[Finding]:
    """Compare the runs that the schedule wants with the tasks there are, for each vault.

    No list tells when a policy was applied to a vault: it is looked from its first task there on. Where there is none,
    the last run alone is missed.
    """
    freshness = ledger.freshness[Part.TASKS]
    if freshness.as_of is None or not freshness.complete or not policy.schedule.is_certain:
        return
    until = freshness.as_of - _LATE
    for vault_id in policy.vault_ids:
        vault = ledger.vaults.get(vault_id)
        if vault is None or not any(resource.auto_protect for resource in vault.resources):
            continue
        own = [_created_at(task) for task in tasks if task.vault_id == vault_id]
        since = max([freshness.as_of - LOOKED_BACK, *([vault.created_at] if vault.created_at else [])])
        if own:
            since = max(since, own[0] - _EARLY)
        missed = list(_missed(list(policy.schedule.runs(since, until)), own))
        if not own:
            missed = missed[-1:]
        if missed:
            last, count = missed[-1], len(missed)
            kind, part = FindingKind.RUNS_MISSED, RequestPart.SCHEDULE
            yield warn(kind, part, policy=policy.name, vault=vault.name, count=count, last=last)


def _missed(runs: Sequence[datetime], made: Sequence[datetime]) -> Iterator[datetime]:
    """Yield the runs in whose time nothing was made; a time ends when the next run's begins. Both are in order."""
    index = 0
    for run, following in pairwise([*runs, None]):
        if run is None:
            return
        end = run + _LATE if following is None else min(run + _LATE, following - _EARLY)
        while index < len(made) and made[index] < run - _EARLY:
            index += 1
        if index == len(made) or made[index] > end:
            yield run
