"""Cleaning up: which of the backups that persons made go by a rule, and why the others stay.

Backups that policies made expire by the rules of these; those that persons made stay until somebody deletes them. A
rule never takes

* one that a policy made, or a replica, whatever it is called;
* one of the newest ``keep`` good ones of its resource whose name the rule is about;
* one that is younger than ``days``, or of which nobody knows when it was made;
* one whose name does not match;
* one that is being made, deleted or restored, and one that failed unless the rule says so; those that failed never
  count among the newest that are kept;
* one that an image was made of, or that is being copied to another region: the service keeps it;
* the newest good backup of its resource: no resource is left without one by a rule.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from msgspec import Struct

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId, ResourceId

KEEP_LIMIT = 999
DAYS_LIMIT = 9999
_COPYING = ("replicating", "waiting_replicate")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class CleanUpRule(Struct, frozen=True):
    """``keep`` newest good ones of each resource stay, and what is younger than ``days``.

    ``pattern`` is what a name must match as a whole, with ``*`` and ``?``, in capitals or not; empty for any name.
    ``failed`` is whether those go as well that failed.
    """

    keep: int = 3
    days: int = 30
    pattern: str = ""
    failed: bool = False

    def is_about(self, name: str) -> bool:
        """Whether a name matches."""
        return not self.pattern or fnmatchcase(name.casefold(), self.pattern.casefold())


class Stay(StrEnum):
    """Why a backup stays."""

    OTHER_NAME = "other-name"
    YOUNG = "young"
    UNDATED = "undated"
    NEWEST = "newest"
    LAST_GOOD = "last-good"
    FAILED = "failed"
    BUSY = "busy"
    IMAGE = "image"
    COPYING = "copying"


class Sorted(Struct, frozen=True):
    """A backup that a person made, and why it stays; ``None`` where it goes."""

    backup: Backup
    stays: Stay | None


def is_manual(backup: Backup) -> bool:
    """Whether a person made a backup in its own region: neither a policy's, nor a replica."""
    return not backup.auto and backup.image_type == "backup"


def sorted_out(backups: Iterable[Backup], rule: CleanUpRule, now: datetime) -> list[Sorted]:
    """Return the backups that persons made, the oldest first, each with why it stays by a rule.

    ``backups`` are all of a project: what a resource is left with depends on those that policies made as well.
    """
    every = list(backups)
    manual = sorted((each for each in every if is_manual(each)), key=_age)
    newest_good = _newest_good(every)
    kept = _kept(manual, rule)
    return [Sorted(each, _reason(each, rule, now, kept, newest_good)) for each in manual]


def _age(backup: Backup) -> tuple[datetime, str]:
    return backup.created_at or _EARLIEST, backup.id


def _newest_good(backups: Iterable[Backup]) -> dict[ResourceId, Backup]:
    """Return the newest good backup of each resource, whoever made it."""
    newest: dict[ResourceId, Backup] = {}
    for each in backups:
        if each.status == BackupStatus.AVAILABLE:
            held = newest.get(each.resource_id)
            if held is None or _age(each) > _age(held):
                newest[each.resource_id] = each
    return newest


def _kept(manual: Iterable[Backup], rule: CleanUpRule) -> set[BackupId]:
    """Return the newest good ones of each resource that a rule keeps, of those that it is about."""
    own: dict[ResourceId, list[Backup]] = {}
    for each in manual:
        if each.status == BackupStatus.AVAILABLE and rule.is_about(each.name):
            own.setdefault(each.resource_id, []).append(each)
    return {each.id for held in own.values() for each in (held[-rule.keep :] if rule.keep else [])}


def _reason(
    backup: Backup, rule: CleanUpRule, now: datetime, kept: set[BackupId], newest_good: dict[ResourceId, Backup]
) -> Stay | None:
    failed, is_copying = (
        backup.status == BackupStatus.ERROR,
        any(each.status in _COPYING for each in backup.traits.replicas),
    )
    reasons = (
        (Stay.OTHER_NAME, not rule.is_about(backup.name)),
        (Stay.BUSY, backup.status not in (BackupStatus.AVAILABLE, BackupStatus.ERROR)),
        (Stay.FAILED, failed and not rule.failed),
        (Stay.UNDATED, backup.created_at is None),
        (Stay.NEWEST, backup.id in kept),
        (Stay.YOUNG, backup.created_at is not None and now - backup.created_at < timedelta(days=rule.days)),
        (Stay.IMAGE, bool(backup.traits.image_ids)),
        (Stay.COPYING, is_copying),
        (Stay.LAST_GOOD, newest_good.get(backup.resource_id) is backup),
    )
    return next((reason for reason, holds in reasons if holds), None)
