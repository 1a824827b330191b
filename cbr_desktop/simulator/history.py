"""The past of an estate: backups and tasks of the days before, made when they are first asked for."""

import math
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from .entities import Backup, Member, Record, Resource, Task, Vault
from .inventory import Estate, Ids, Past, Share
from .wire import replication_details

DAYS = 400
BAD_WEEK = range(120, 127)
UNNOTICED = range(203, 212)
FAILURE_RATE = 0.04
KEPT = timedelta(days=60)
"""How long backups of before were kept, where it was for a time; the policies have been changed since."""
PIECE = 200
"""Backups made at one go, and"""
PIECE_DAYS = 20
"""days of a vault: some milliseconds' worth."""

FAILURES = (
    ("BackupService.7101", "Backup is not allowed in the current server status."),
    ("BackupService.8300", "Insufficient snapshot quota."),
    ("BackupService.7203", "The snapshot is not in the correct status."),
    ("BackupService.9910", "Unknown error."),
)


class Rhythm(Struct, frozen=True):
    """How a vault was backed up: hour (UTC), the last days it covers, and how many backups each resource keeps.

    weekdays: days of the week with a run (Monday 0). manual: further backups by hand, spread over `span` days.
    """

    hour: int
    days: int
    kept: int
    manual: int
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    policy: str = "daily-22h"
    span: int = DAYS

    def within(self, days: int) -> "Rhythm":
        """The same habits for a vault of at most `days` days; it keeps so few that some failed runs matter nothing."""
        span = min(days, self.span)
        short = msgspec.structs.replace(self, days=min(days, self.days), span=span)
        kept = min(self.kept, short.hourly + short.days * len(self.weekdays) // 14)
        return msgspec.structs.replace(short, kept=kept, manual=math.ceil(self.manual * span / self.span))

    @property
    def hourly(self) -> int:
        """How many of those kept were made by the hour."""
        return hours(self.days) if self.policy == "hourly-db" else 0


def hours(days: int) -> int:
    """How many hours back a policy reaches that runs by the hour: a day, and fewer in a past of few days."""
    return min(24, 2 * days)


Rhythms = Mapping[str, Rhythm]
"""The past of vaults, by their names."""

RHYTHMS: Rhythms = {
    "vault-erp-prod": Rhythm(20, DAYS, 30, 45),
    "vault-be94": Rhythm(20, 0, 0, 12),
    "vault-7669": Rhythm(20, DAYS, 26, 4, policy="policy_auto"),
    "vault-web-prod": Rhythm(20, DAYS, 30, 20, (0, 1, 2, 3, 4)),
    "vault-db-disks": Rhythm(4, 90, 48, 10, policy="hourly-db"),
    "vault-sfs-media": Rhythm(3, DAYS, 52, 2, (5,), policy="weekly-sfs"),
    "vault-files-hq": Rhythm(9, 0, 0, 20),
    "vault-hr-worm": Rhythm(21, DAYS, 28, 12, policy="gfs-hr"),
    "vault-expand": Rhythm(20, 60, 30, 4),
    "vault-arrears": Rhythm(20, 120, 30, 2),
    "vault-legacy": Rhythm(20, 300, 40, 2, policy="policy_auto"),
    "工作区-vault-01": Rhythm(20, 90, 30, 8),
}
"""The past of each demo vault, by name."""


def demo_history(estate: Estate, now: datetime, seed: int, days: int) -> Past:
    """The demo's past of `days` days, piece by piece; sets at once how many backups each resource has."""
    rhythms = RHYTHMS if days >= DAYS else {name: rhythm.within(days) for name, rhythm in RHYTHMS.items()}
    _count(estate, rhythms)
    return _Past(estate, now, seed).pieces(rhythms)


def branch_history(estate: Estate, now: datetime, seed: int, rhythms: Rhythms) -> Past:
    """The past of another project: by the rhythms alone, with some copies in a replication vault."""
    _count(estate, rhythms)
    return _Past(estate, now, seed).short_pieces(rhythms)


def _count(estate: Estate, rhythms: Rhythms) -> None:
    """Set how many backups each resource has; those that were made by hand lie further back too."""
    for vault, rhythm in _rhythms(estate, rhythms):
        for resource in _with_past(estate, vault):
            resource.backup_count = rhythm.kept + rhythm.manual


def generated_history(estate: Estate, now: datetime, backups: int, seed: int) -> Past:
    """`backups` backups with a task each, evenly over the resources and the last 400 days."""
    resources = list(estate.resources.values())
    for resource in resources:
        resource.backup_count = backups // len(resources)
    backups = backups if resources else 0
    past = _Past(estate, now, seed)
    step = timedelta(days=DAYS) / max(backups, 1)

    def pieces() -> Past:
        for number in range(backups):
            resource = resources[number % len(resources)]
            past.backup(resource, now - step * (backups - number), f"manualbk_{number:06}", auto=False)
            if number % PIECE == 0:
                yield past.piece()
        yield past.piece()

    return pieces()


def _rhythms(estate: Estate, rhythms: Rhythms) -> Iterator[tuple[Vault, Rhythm]]:
    return ((vault, rhythms[vault.name]) for vault in estate.vaults.values() if vault.name in rhythms)


def _with_past(estate: Estate, vault: Vault) -> list[Resource]:
    return [each for each in estate.resources_of(vault) if each.protect_status is not None]


class _Past:
    """Makes backups and tasks with ids that depend on the seed alone."""

    def __init__(self, estate: Estate, now: datetime, seed: int) -> None:
        self.estate = estate
        self.now = now
        self.random = random.Random(3000 + seed)
        self.ids = Ids(4000 + seed)
        self.policies = {policy.name: policy for policy in estate.policies.values()}
        by_number = (each for each in self.policies.values() if each.definition["retention_duration_days"] == -1)
        self.untimed = {policy.id for policy in by_number}
        self.backups: list[Backup] = []
        self.tasks: list[Task] = []
        self._told = 0

    def pieces(self, rhythms: Rhythms) -> Past:
        """Everything that happened in the demo estate."""
        yield from self._told_by(rhythms)
        self._hourly(rhythms["vault-db-disks"])
        self._replicas()
        yield self.piece()
        self._other_tasks()
        self._mark_some()
        yield self.piece()

    def short_pieces(self, rhythms: Rhythms) -> Past:
        """Everything that happened in the estate of another project."""
        yield from self._told_by(rhythms)
        if any(vault.protect_type == "replication" for vault in self.estate.vaults.values()):
            self._replicas()
        self._other_tasks()
        yield self.piece()

    def _told_by(self, rhythms: Rhythms) -> Past:
        for vault, rhythm in _rhythms(self.estate, rhythms):
            for _ in self._automatic(vault, rhythm):
                yield self.piece()
            self._by_hand(vault, rhythm)
            yield self.piece()

    def piece(self) -> tuple[list[Backup], list[Task]]:
        """What has been made since the last piece."""
        backups, tasks = self.backups[self._told :], self.tasks
        self._told, self.tasks = len(self.backups), []
        return backups, tasks

    def _automatic(self, vault: Vault, rhythm: Rhythm) -> Iterator[int]:
        """One day after the other, the latest first; yields the day now and then."""
        if rhythm.days == 0:
            return
        resources = _with_past(self.estate, vault)
        left = {each.id: rhythm.kept - rhythm.hourly for each in resources}
        policy_id = self.policies[rhythm.policy].id
        next_run = self.now.replace(hour=rhythm.hour, minute=0, second=0, microsecond=0)
        if self.now - next_run > timedelta(hours=1):
            next_run += timedelta(days=1)
        for day in range(1, rhythm.days + 1):
            at = next_run - timedelta(days=day)
            if at.weekday() not in rhythm.weekdays or (day in UNNOTICED and vault.name == "vault-web-prod"):
                continue
            name, checkpoint_id = f"autobk_{self.ids.hex(4)}", self.ids.uuid()
            for number, resource in enumerate(resources, 1):
                self._run(resource, at, f"{name}_{number:04}", checkpoint_id, policy_id, day, left)
            if day % PIECE_DAYS == 0:
                yield day

    def _run(
        self,
        resource: Resource,
        at: datetime,
        name: str,
        checkpoint_id: str,
        policy_id: str,
        day: int,
        left: dict[str, int],
    ) -> None:
        at += timedelta(seconds=self.random.random() * 90)
        task = self._task(resource, at, name, checkpoint_id)
        task.policy_id = policy_id
        chance = 0.5 if day in BAD_WEEK else FAILURE_RATE
        if self.random.random() < chance:
            self._fail(task)
        elif left[resource.id] > 0:
            left[resource.id] -= 1
            self._backup(resource, task, auto=True)

    def _by_hand(self, vault: Vault, rhythm: Rhythm) -> None:
        resources = _with_past(self.estate, vault)
        for turn in range(rhythm.manual):
            at = self.now - timedelta(
                days=rhythm.span * (turn + 0.4) / rhythm.manual, seconds=self.random.random() * 9e4
            )
            name = f"prepatch-{at:%G-w%V}" if turn % 3 else f"manualbk_{self.ids.hex(4)}"
            checkpoint_id = self.ids.uuid()
            for number, resource in enumerate(resources, 1):
                own = name if len(resources) == 1 else f"{name}-{number:04}"
                self._backup(resource, self._task(resource, at, own, checkpoint_id), auto=False)

    def _hourly(self, rhythm: Rhythm) -> None:
        vault = next(each for each in self.estate.vaults.values() if each.name == "vault-db-disks")
        policy_id = self.policies["hourly-db"].id
        hour = self.now.replace(minute=0, second=0, microsecond=0)
        for back in range(rhythm.hourly):
            name, checkpoint_id = f"autobk_{self.ids.hex(4)}", self.ids.uuid()
            for number, resource in enumerate(_with_past(self.estate, vault), 1):
                at = hour - timedelta(hours=back + 1, seconds=-number)
                task = self._task(resource, at, f"{name}_{number:04}", checkpoint_id)
                task.policy_id = policy_id
                self._backup(resource, task, auto=True)

    def _other_tasks(self) -> None:
        old = [backup for backup in self.backups if self.now - backup.created_at > timedelta(days=2)]
        samples = old[::150]
        for backup in samples:
            for kind in ("restore", "delete"):
                resource = self.estate.resources[backup.resource_id]
                task = self._task(resource, backup.created_at + timedelta(days=1), backup.name, None)
                task.operation_type, task.backup_id = kind, backup.id

    def _mark_some(self) -> None:
        for backup in self.backups[40:2000:980]:
            backup.images = [self.ids.uuid()]
        offered = zip(self.backups[70:], ("pending", "pending", "accepted", "accepted", "rejected"), strict=False)
        for partner in self.estate.partners:
            for backup, status in offered:
                member_id = f"{backup.id[:24]}{backup.vault_id[-12:]}"
                at = backup.created_at + timedelta(hours=9)
                member = Member(member_id, backup.id, partner.project_id, created_at=at, status=status)
                self.estate.shares.append(Share(member=member, backup=backup, owner=self.estate))
        self.backups[-1].status = "error"
        self._leave_out_a_system_disk()

    def _leave_out_a_system_disk(self) -> None:
        """One backup by hand holds the data disk alone: no image can be made of it, and it cannot be replicated."""
        server = next(each for each in self.estate.resources.values() if each.name == "ecs-erp-batch-02")
        by_hand = (each for each in self.backups if each.resource_id == server.id and not each.auto)
        for backup in list(by_hand)[-1:]:
            backup.without = [disk.id for disk in server.disks if disk.system]

    def _replicas(self) -> None:
        """Eight copies in the replication vault, one of which failed."""
        target = next(each for each in self.estate.vaults.values() if each.protect_type == "replication")
        resources = self.estate.resources_of(target)
        for number in range(8):
            resource = resources[number % len(resources)]
            backup = self.backup(
                resource, self.now - timedelta(days=number + 1, hours=2), f"autobk_r{number:03}", auto=True
            )
            task, record = self.tasks[-1], self._record(backup)
            task.operation_type, backup.image_type, backup.records = "replication", "replication", [record]
            if number == 5:
                backup.status = "error"
                self._fail(task)
                record.status, record.progress = "fail", task.progress
                record.fail_code, record.fail_reason = task.error_code, task.error_message
            task.details = replication_details(record, backup.name)
        for resource in resources:
            resource.backup_count = 4

    def _record(self, replica: Backup) -> Record:
        """What made a replica here of a backup in another region."""
        here = self.estate.home
        there = next(each for each in self.estate.projects if each.region != here.region)
        return Record(
            id=f"{replica.id[:-12]}{replica.checkpoint_id[-12:]}",
            status="success",
            created_at=replica.created_at,
            source_backup_id=f"{replica.checkpoint_id[:-12]}{replica.id[-12:]}",
            source_checkpoint_id=replica.checkpoint_id[:-12] + replica.vault_id[-12:],
            source_project_id=there.id,
            source_region=there.region,
            destination_backup_id=replica.id,
            destination_checkpoint_id=replica.checkpoint_id,
            destination_project_id=here.id,
            destination_region=here.region,
            destination_vault_id=replica.vault_id,
            vault_id=replica.vault_id[:-12] + replica.id[-12:],
            auto=replica.auto,
        )

    def backup(self, resource: Resource, at: datetime, name: str, auto: bool) -> Backup:
        """A backup with a task and a checkpoint of its own."""
        return self._backup(resource, self._task(resource, at, name, self.ids.uuid()), auto)

    def _task(self, resource: Resource, at: datetime, name: str, checkpoint_id: str | None) -> Task:
        ended_at = at + timedelta(seconds=60 + self.random.random() * 900)
        task = Task(
            id=self.ids.uuid(),
            operation_type="backup",
            status="success",
            created_at=at,
            ended_at=ended_at,
            updated_at=ended_at,
            vault_id=resource.vault_id or "",
            resource_id=resource.id,
            checkpoint_id=checkpoint_id,
            backup_name=name,
        )
        self.tasks.append(task)
        return task

    def _fail(self, task: Task) -> None:
        task.status = "timeout" if self.random.random() < 0.1 else "failed"
        task.progress = self.random.randrange(5, 95)
        task.error_code, task.error_message = self.random.choice(FAILURES)

    def _backup(self, resource: Resource, task: Task, auto: bool) -> Backup:
        backup = Backup(
            id=self.ids.uuid(),
            name=task.backup_name,
            checkpoint_id=task.checkpoint_id or "",
            vault_id=task.vault_id,
            resource_id=resource.id,
            created_at=task.created_at,
            updated_at=task.ended_at,
            protected_at=task.created_at + timedelta(seconds=20) if resource.disks else None,
            expired_at=task.created_at + KEPT if auto and task.policy_id not in self.untimed else None,
            incremental=self.random.random() > 0.06,
            auto=auto,
        )
        task.backup_id, task.incremental = backup.id, backup.incremental
        self.backups.append(backup)
        return backup
