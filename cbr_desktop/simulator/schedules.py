"""Policies in the course of time: the backups that they make when their time comes, and the end of those before.

Time passes in leaps, from one request to the next; what was due in between is done moment by moment, in its order.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from . import retention
from .entities import Backup, Checkpoint, Policy, Resource, Task, Vault
from .inventory import Estate
from .modes import Modes
from .policies import DAYS, PATTERN
from .work import part, settle, start

MOST_DAYS = 31
"""Days within which the next run of every pattern lies."""


def is_due(estate: Estate, now: datetime, modes: Modes) -> bool:
    """Whether something happens by then that needs the history."""
    since = estate.timetable.played_until
    return modes.schedules and since is not None and _next(estate, since, now) is not None


def play(estate: Estate, now: datetime, modes: Modes) -> None:
    """Bring an estate up to `now`: what is under way, the runs of its policies, and what these delete."""
    timetable = estate.timetable
    if modes.schedules and timetable.played_until is None:
        timetable.played_until = now
    while modes.schedules and (moment := _next(estate, timetable.played_until or now, now)) is not None:
        settle(estate, moment)
        _end_runs(estate, moment, modes)
        retention.expire(estate, moment, modes)
        _start_runs(estate, timetable.played_until or now, moment, modes)
        timetable.played_until = moment
    if modes.schedules:
        timetable.played_until = max(now, timetable.played_until or now)
    settle(estate, now)


def _next(estate: Estate, since: datetime, now: datetime) -> datetime | None:
    """The next moment at which something is due, or None."""
    timetable = estate.timetable
    found = [moment for policy in _active(estate) if (moment := _next_run(estate, policy, since)) is not None]
    found += [end for end, *_ in timetable.ends[:1]]
    found += [end for end, _ in timetable.expiries[:1]]
    # what was due while nothing was played is due now
    moment = min(found, default=None)
    return None if moment is None or moment > now else max(moment, since)


def _active(estate: Estate) -> Iterator[Policy]:
    return (
        policy
        for policy in estate.policies.values()
        if policy.enabled and policy.vaults and policy.operation_type == "backup"
    )


def _next_run(estate: Estate, policy: Policy, since: datetime) -> datetime | None:
    known = estate.timetable.next_runs.get(policy.id)
    source = (tuple(policy.pattern), policy.start)
    if known is None or known[0] != source or known[1] <= since:
        moment = next(runs(policy, since), None)
        if moment is None:
            return None
        known = estate.timetable.next_runs[policy.id] = (source, moment)
    return known[1]


def runs(policy: Policy, after: datetime) -> Iterator[datetime]:
    """The moments at which the patterns of a policy come true, later than `after`, within some weeks.

    Nothing runs before the trigger was made; every n-th day is counted from that day.
    """
    after = max(after, policy.start)
    today = after.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = policy.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(MOST_DAYS):
        day = today + timedelta(days=number)
        found = {
            day + at for pattern in policy.pattern if (at := _time_on(pattern, day, (day - first).days)) is not None
        }
        yield from sorted(moment for moment in found if moment > after)


def _time_on(pattern: str, day: datetime, number: int) -> timedelta | None:
    """The time at which a pattern runs on a day, the `number`-th since the first, or None."""
    found = PATTERN.fullmatch(pattern)
    if found is None:
        return None
    days = found["days"]
    if DAYS[day.weekday()] not in days.split(",") if days else number % int(found["interval"]):
        return None
    return timedelta(hours=int(found["hour"]), minutes=int(found["minute"]))


# runs


def _start_runs(estate: Estate, since: datetime, moment: datetime, modes: Modes) -> None:
    for policy in list(_active(estate)):
        if _next_run(estate, policy, since) == moment:
            for vault_id in policy.vaults:
                vault = estate.vaults.get(vault_id)
                if vault is not None:
                    _run(estate, policy, vault, moment, modes)


def _run(estate: Estate, policy: Policy, vault: Vault, at: datetime, modes: Modes) -> None:
    """Back up a vault, unless its state forbids it or it is being backed up."""
    wanted = [each for each in estate.resources_of(vault) if each.auto_protect]
    if vault.status not in ("available", "lock") or estate.busy_with(vault) or not wanted:
        return
    if vault.used_mb >= vault.size_gb * 1024:
        if not vault.auto_expand:
            _refuse(estate, policy, vault, wanted, "6114", at)
            return
        vault.size_gb = vault.size_gb * 5 // 4
    refused = [each for each in wanted if _refusal(each)]
    accepted = [each for each in wanted if not _refusal(each)]
    _refuse(estate, policy, vault, refused, "", at)
    checkpoint = Checkpoint(
        id=estate.ids.uuid(),
        vault_id=vault.id,
        created_at=at,
        name=f"autobk_{estate.ids.hex(4)}",
        description="",
        retention_days=-1,
        accepted=[each.id for each in accepted],
    )
    if not accepted:
        return
    parts = []
    for number, resource in enumerate(accepted):
        name = f"{checkpoint.name}_{number + 1:04}" if len(accepted) > 1 else checkpoint.name
        backup = _backup(estate, policy, checkpoint, resource, name)
        task = _task(estate, policy, vault, resource, at)
        task.status, task.progress, task.checkpoint_id = "waiting", 0, checkpoint.id
        task.backup_id, task.backup_name, task.incremental = backup.id, backup.name, backup.incremental
        parts.append(part(resource, backup, task, number, len(accepted), modes.checkpoint_seconds))
    start(estate, vault, checkpoint, parts, at)
    ends = at + timedelta(seconds=modes.checkpoint_seconds)
    heapq.heappush(estate.timetable.ends, (ends, vault.id, checkpoint.id))


def _refusal(resource: Resource) -> str:
    """The code with which a resource is left out, or ""."""
    if resource.refusal:
        return resource.refusal
    return {"removing": "6134", "deleted": "6215", "restoring": "2010"}.get(resource.protect_status or "", "")


def _refuse(estate: Estate, policy: Policy, vault: Vault, resources: list[Resource], code: str, at: datetime) -> None:
    """Leave tasks behind that say why nothing was backed up."""
    for resource in resources:
        own = code or _refusal(resource)
        task = _task(estate, policy, vault, resource, at)
        task.status, task.ended_at = "failed" if code else "skipped", at
        task.error_code, task.error_message = retention.told(own)
        estate.log(task)
        estate.changed()


def _backup(estate: Estate, policy: Policy, checkpoint: Checkpoint, resource: Resource, name: str) -> Backup:
    days = retention.number(policy, "retention_duration_days", -1)
    at = checkpoint.created_at
    return Backup(
        id=estate.ids.uuid(),
        name=name,
        checkpoint_id=checkpoint.id,
        vault_id=checkpoint.vault_id,
        resource_id=resource.id,
        created_at=at,
        updated_at=at,
        status="waiting_protect",
        incremental=not _is_full(estate, policy, resource, at),
        auto=True,
        expired_at=at + timedelta(days=days) if days > 0 else None,
        without=resource.excluded or None,
    )


def _is_full(estate: Estate, policy: Policy, resource: Resource, at: datetime) -> bool:
    """Whether a backup stores everything: the first one, and every n-th where the policy says so, one a day at most."""
    known = estate.timetable.since_full
    made, last = known.get(resource.id, (0, None))
    interval = retention.number(policy, "full_backup_interval", -1)
    is_its_turn = interval >= 0 and made + 1 >= interval and (last is None or last.date() != at.date())
    is_full = resource.backup_count == 0 or is_its_turn
    known[resource.id] = (0, at) if is_full else (made + 1, last)
    return is_full


def _task(estate: Estate, policy: Policy, vault: Vault, resource: Resource, at: datetime) -> Task:
    return Task(
        id=estate.ids.uuid(),
        operation_type="backup",
        status="waiting",
        created_at=at,
        vault_id=vault.id,
        resource_id=resource.id,
        progress=0,
        policy_id=policy.id,
    )


def _end_runs(estate: Estate, moment: datetime, modes: Modes) -> None:
    """Look at the backups of before, now that a run has ended."""
    ends = estate.timetable.ends
    while ends and ends[0][0] <= moment:
        _, vault_id, checkpoint_id = heapq.heappop(ends)
        vault, checkpoint = estate.vaults.get(vault_id), estate.checkpoints.get(checkpoint_id)
        if vault is not None and checkpoint is not None:
            for resource_id in checkpoint.accepted:
                retention.after_backup(estate, vault, resource_id, checkpoint_id, moment, modes)
