"""What policies delete: automatic backups beyond their number or their time, by the rules of the user manual.

The time of a backup is set when it is made; a later change of the policy does not reach it. The number is looked at
after a backup was made. Backups made by hand are deleted by neither. Of failed ones the ten newest stay, for a month.
"""

import heapq
from datetime import UTC, datetime, timedelta, timezone

from .entities import Backup, Policy, Task, Vault
from .inventory import Estate
from .modes import Modes
from .refusals import SERVICE_CODES
from .timetable import MONTH
from .work import start_deletion

MOST_FAILED = 10
LONG_TERM = {"day_backups": "%Y-%m-%d", "week_backups": "%G-%V", "month_backups": "%Y-%m", "year_backups": "%Y"}
"""Whose newest backup each number keeps; a week begins on Monday."""


def number(policy: Policy | None, key: str, usual: int) -> int:
    """A number of the policy's definition, or the usual one."""
    given = policy.definition.get(key) if policy is not None else None
    return given if isinstance(given, int) else usual


def told(code: str) -> tuple[str, str]:
    """A short code as tasks show it, with its text."""
    return f"BackupService.{code}", SERVICE_CODES[code][1]


def after_backup(
    estate: Estate, vault: Vault, resource_id: str, checkpoint_id: str, now: datetime, modes: Modes
) -> None:
    """Delete what is too much, now that a run has made a backup of a resource or has failed to."""
    own = [each for each in estate.history.by_vault.get(vault.id, ()) if each.resource_id == resource_id]
    own = sorted((each for each in own if _is_subject(each)), key=lambda each: each.created_at)
    failed = [each for each in own if each.status == "error"]
    policy = _policy_of(estate, vault)
    for backup in failed[:-MOST_FAILED]:
        _delete(estate, backup, policy, now, modes)
    if failed and failed[-1].checkpoint_id == checkpoint_id:
        estate.timetable.note(failed[-1])
        return
    good = [each for each in own if each.status == "available"]
    most = number(policy, "max_backups", -1)
    lasting = [each for each in good if each.expired_at is None or each.expired_at > now]
    beyond = lasting[:-most] if most > 0 else []
    kept = _long_term(good, policy)
    for backup in good:
        expired = backup.expired_at is not None and backup.expired_at <= now
        if (expired or backup in beyond) and backup.id not in kept:
            _delete(estate, backup, policy, now, modes)


def expire(estate: Estate, now: datetime, modes: Modes) -> None:
    """Delete what has expired, unless it is kept as the newest of its day, week, month or year."""
    expiries = estate.timetable.expiries
    while expiries and expiries[0][0] <= now:
        _, backup_id = heapq.heappop(expiries)
        backup = estate.backups.get(backup_id)
        if backup is None or backup.status not in ("available", "error"):
            continue
        if not _is_over(backup, now):
            # it has another time than it had
            estate.timetable.note(backup)
            continue
        policy = _policy_of(estate, estate.vaults[backup.vault_id]) if backup.auto else None
        own = [each for each in estate.history.by_vault[backup.vault_id] if each.resource_id == backup.resource_id]
        good = [each for each in own if _is_subject(each) and each.status == "available"]
        if backup.id not in _long_term(good, policy):
            _delete(estate, backup, policy, now, modes)


def _is_over(backup: Backup, now: datetime) -> bool:
    """Whether the time of a backup has come; a failed one of a policy has a month."""
    if backup.auto and backup.status == "error":
        return backup.created_at + MONTH <= now
    return backup.expired_at is not None and backup.expired_at <= now


def look_again(estate: Estate, vault: Vault) -> None:
    """Have those looked at again that have expired but were kept, because the rules of their vault have changed."""
    for backup in estate.history.by_vault.get(vault.id, ()):
        if backup.auto and backup.status == "available":
            estate.timetable.note(backup)


def _is_subject(backup: Backup) -> bool:
    return backup.auto and backup.image_type == "backup"


def _policy_of(estate: Estate, vault: Vault) -> Policy | None:
    own = (policy for policy in estate.policies.values() if vault.id in policy.vaults)
    return next((policy for policy in own if policy.operation_type == "backup"), None)


def _long_term(good: list[Backup], policy: Policy | None) -> set[str]:
    """The backups that are the newest of one of the last days, weeks, months or years."""
    kept: set[str] = set()
    for key, form in LONG_TERM.items():
        most = number(policy, key, 0)
        if most and policy is not None:
            zone = _zone(str(policy.definition.get("timezone") or ""))
            newest = {f"{each.created_at.astimezone(zone):{form}}": each.id for each in sorted(good, key=_created_at)}
            kept |= {newest[period] for period in sorted(newest)[-most:]}
    return kept


def _created_at(backup: Backup) -> datetime:
    return backup.created_at


def _zone(text: str) -> timezone:
    """The zone that `UTC+08:00` means."""
    if not text:
        return UTC
    ahead = timedelta(hours=int(text[4:6]), minutes=int(text[7:9]))
    return timezone(-ahead if text[3] == "-" else ahead)


def _delete(estate: Estate, backup: Backup, policy: Policy | None, now: datetime, modes: Modes) -> None:
    """Begin to delete a backup; one from which an image was made stays."""
    if backup.images:
        return
    task = Task(
        id=estate.ids.uuid(),
        operation_type="delete",
        status="running",
        created_at=now,
        vault_id=backup.vault_id,
        resource_id=backup.resource_id,
        progress=0,
        policy_id=policy.id if policy is not None else None,
        backup_id=backup.id,
        backup_name=backup.name,
    )
    start_deletion(estate, backup, task, modes.deletion_seconds)
