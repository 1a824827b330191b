"""Cleaning up: which of the backups that persons made go by a rule, and why the others stay.

Backups that policies made expire by the rules of these; those that persons made stay until they are deleted. A
rule never takes

* one that a policy made, or a replica, whatever it is called;
* one of the newest ``keep`` good ones of its resource whose name the rule is about;
* one that is younger than ``days``, or of which it is not known when it was made;
* one whose name does not match;
* one that is being made, deleted or restored, and one that failed unless the rule says so; those that failed never
  count among the newest that are kept;
* one that an image was made of, or that is being copied to another region: the service keeps it;
* the newest good backup of its resource: no resource is left without one by a rule.
"""

from collections.abc import Generator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from heapq import merge
from itertools import islice

from msgspec import Struct

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId, ResourceId

KEEP_LIMIT = 999
DAYS_LIMIT = 9999
_COPYING = ("replicating", "waiting_replicate")
_PIECE = 500
"""How many rows are gone through before anything else may have its turn."""
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
    work = sorting_out(backups, rule, now)
    while True:
        try:
            next(work)
        except StopIteration as end:
            told: list[Sorted] = end.value
            return told


def sorting_out(backups: Iterable[Backup], rule: CleanUpRule, now: datetime) -> Generator[None, None, list[Sorted]]:
    """Do the same in pieces: it stands still after some hundred rows."""
    runs, newest_good = list[list[Backup]](), dict[ResourceId, Backup]()
    left = iter(list(backups))
    while piece := list(islice(left, _PIECE)):
        runs.append(sorted((each for each in piece if is_manual(each)), key=_age))
        _take_newest_good(piece, newest_good)
        yield
    # runs that are sorted already are merged in one go through all
    manual = list[Backup]()
    merged = merge(*runs, key=_age)
    while piece := list(islice(merged, _PIECE)):
        manual += piece
        yield
    own: dict[ResourceId, list[Backup]] = {}
    told = list[Sorted]()
    about = set[BackupId]()
    for number, each in enumerate(manual, 1):
        if rule.is_about(each.name):
            about.add(each.id)
            if each.status == BackupStatus.AVAILABLE:
                own.setdefault(each.resource_id, []).append(each)
        if not number % _PIECE:
            yield
    kept = {each.id for held in own.values() for each in (held[-rule.keep :] if rule.keep else [])}
    young_from = now - timedelta(days=rule.days)
    for number, each in enumerate(manual, 1):
        stays = Stay.OTHER_NAME if each.id not in about else next(_reasons(each, rule, young_from, kept), None)
        if stays is None and newest_good.get(each.resource_id) is each:
            stays = Stay.LAST_GOOD
        told.append(Sorted(each, stays))
        if not number % _PIECE:
            yield
    return told


def _age(backup: Backup) -> tuple[datetime, str]:
    return backup.created_at or _EARLIEST, backup.id


def _take_newest_good(backups: Iterable[Backup], newest: dict[ResourceId, Backup]) -> None:
    """Take note of the newest good backup of each resource, made by hand or by a policy."""
    for each in backups:
        if each.status == BackupStatus.AVAILABLE:
            held = newest.get(each.resource_id)
            if held is None or _age(each) > _age(held):
                newest[each.resource_id] = each


def _reasons(backup: Backup, rule: CleanUpRule, young_from: datetime, kept: set[BackupId]) -> Iterator[Stay]:
    """Yield why a backup that a rule is about stays, the first reason first, but for that it is the last good one."""
    if backup.status not in (BackupStatus.AVAILABLE, BackupStatus.ERROR):
        yield Stay.BUSY
    if backup.status == BackupStatus.ERROR and not rule.failed:
        yield Stay.FAILED
    if backup.created_at is None:
        yield Stay.UNDATED
    if backup.id in kept:
        yield Stay.NEWEST
    if backup.created_at is not None and backup.created_at > young_from:
        yield Stay.YOUNG
    if backup.traits.image_ids:
        yield Stay.IMAGE
    if any(each.status in _COPYING for each in backup.traits.replicas):
        yield Stay.COPYING
