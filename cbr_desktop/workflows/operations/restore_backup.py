"""Restoring a backup: writing it over the resource that it was made of. It cannot be stopped, and is never repeated.

A lost answer is settled by the tasks: a restore of this backup to this target that began after the request had left
is its own unless another explanation remains. Where the answer names no task, it is found in the same way.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain import finding, request
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.blast import Blast, Overwritten
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject, SubjectType
from cbr_desktop.domain.document import ChangeDocument, Schema, body_findings, filled, parts_of
from cbr_desktop.domain.error import Forbidden, NotFound
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart
from cbr_desktop.domain.ids import BackupId, CheckpointId, ResourceId, TaskId, VolumeId, is_uuid
from cbr_desktop.domain.intent import Candidate, Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome, of_task, single
from cbr_desktop.domain.protectable import Disk
from cbr_desktop.domain.restore import (
    CODES,
    PATH_LIMIT,
    SERVERS,
    BackupRestore,
    DiskBackup,
    DiskPair,
    PairRow,
    TargetKind,
    broken_rules,
    disk_backup,
    judged_pairs,
    read_restore,
    target_kind,
    targets_named,
)
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, ResourceType, VaultStatus
from cbr_desktop.workflows.ledger import Ledger, Part, Reading, ResourceRow
from cbr_desktop.workflows.operations.backups import id_in
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since, span_of

RESTORE_PATH = "backups/{backup_id}/restore"
_SCHEMA = Schema(
    "BackupRestoreReq",
    {
        "restore": Schema(
            "BackupRestore",
            {
                "server_id": str,
                "volume_id": str,
                "resource_id": str,
                "mappings": [
                    Schema(
                        "BackupRestoreServerMapping",
                        {"backup_id": str, "volume_id": str},
                        frozenset({"backup_id", "volume_id"}),
                    )
                ],
                "power_on": bool,
                "details": Schema("RestoreDetails", {"destination_path": str}, frozenset({"destination_path"})),
            },
        )
    },
    frozenset({"restore"}),
)
_LATE = timedelta(minutes=15)
"""How long after the sending a restore may begin and still be taken for the request's."""
_BEING_RESTORED: dict[str, Fate] = {BackupStatus.WAITING_RESTORE: Fate.WAITING, BackupStatus.RESTORING: Fate.RUNNING}
_UNSETTLED = (IntentState.SENDING, IntentState.UNKNOWN, IntentState.NOT_FOUND)
_IN_THE_WAY = frozenset({IntentState.QUEUED, IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})
"""States in which another request may be restoring the same target, or is going to."""
_STEADY = ("ACTIVE", "SHUTOFF", "")
"""States of a server in which it can be restored; empty where the state is not told."""
_GONE = ("DELETED", "SOFT_DELETED")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class RestoreBackup(Operation):
    """The operation that writes a backup over a resource."""

    kind = Kind.RESTORE_BACKUP
    repeat = Repeat.NEVER
    effect = Effect.OVERWRITES
    template = RESTORE_PATH
    schema = _SCHEMA
    busy_codes = frozenset({"2010"})
    """What the service says of a resource that is being restored already."""
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.PROTECTABLES})
    rereads = frozenset({Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.PROTECTABLES})

    def draft_of(self, document: ChangeDocument) -> BackupRestore:
        """Return the restore that a request file asks for."""
        return read_restore(id_in(document), document.content or {})

    def subject(self, draft: BackupRestore, ledger: Reading) -> Subject:
        """Return what is written over."""
        row, backup = ledger.resource(draft.target_id), known_restored(draft.backup_id, ledger)
        name = row.resource.name if row is not None else ""
        if not name and backup is not None and backup.resource_id == draft.target_id:
            name = backup.resource_name
        return Subject(SubjectType.RESOURCE, draft.target_id, name)

    def change(self, draft: BackupRestore, ledger: Reading) -> Change:
        """Return the change that writes a backup over its target."""
        backup = known_restored(draft.backup_id, ledger)
        return Change(
            self.kind,
            self.subject(draft, ledger),
            f"resource:{draft.target_id}",
            "POST",
            filled(RESTORE_PATH, {"backup_id": draft.backup_id}),
            draft.body(),
            backup.name if backup is not None else "",
        )

    def opens(self, change: Change) -> BackupId | None:
        """Return the backup: no list has those of its disks."""
        return backup_id_of(change)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the restore by all that is known of backup, target and disks."""
        return Preflight(tuple(sorted(_findings(change, ledger), key=lambda each: each.severity.value)))

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the oldest of what is known of backup and target is."""
        opened = ledger.opened.get(backup_id_of(change))
        times = [opened.as_of if opened is not None else None]
        times += [ledger.freshness[part].as_of for part in self.judged_by]
        return None if None in times else min(at for at in times if at is not None)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return what is written over, and since when what was written there is lost."""
        return Blast(as_of=self.judged_at(change, ledger), overwritten=_overwritten(change, ledger))

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Look once among the tasks for the restore that a request has begun."""
        since = searched_since(intent, reader.ledger.connection)
        with reader.noting(intent, "tasks", since):
            listing = await reader.cloud.tasks(since=since, operation_type=TaskType.RESTORE)
        others = reader.others(intent)
        claimed = {other.result.id for other in others if other.result is not None}
        span = span_of(intent, reader.ledger.connection)
        latest = span.sent_at + _LATE if span.is_certain else None
        found = [
            task
            for task in listing.rows
            if _is_of(task, intent) and task.id not in claimed and _is_within(task.created_at, span.earliest, latest)
        ]
        rivals = [other for other in others if other.state in _UNSETTLED and other.change.path == intent.change.path]
        is_own = span.is_certain and not any(span.overlaps(span_of(each, reader.ledger.connection)) for each in rivals)
        if len(found) == 1 and is_own:
            reader.ledger.merge_tasks(found)
            return Search(Result(found[0].id, str(found[0].status)), (), listing.complete)
        candidates = (Candidate(CheckpointId(each.id), each.backup_name, each.created_at) for each in found)
        return Search(None, tuple(candidates), listing.complete)

    async def look_into_busy(self, intent: Intent, reader: Reader) -> Search:
        """Look for the restore that the request has begun, and for another one of the same target that runs."""
        search = await self.find(intent, reader)
        if search.proved is not None or search.candidates:
            return search
        for status in (TaskStatus.RUNNING, TaskStatus.WAITING):
            running = await reader.cloud.tasks(operation_type=TaskType.RESTORE, status=status)
            if any(_is_at(task, intent.subject.id) for task in running.rows):
                return search
        return replace(search, is_whole=False)

    def adopted(self, intent: Intent, candidate: Candidate) -> Result:
        """Return the task that a person says is the request's."""
        return Result(candidate.id, TaskStatus.WAITING)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the task, or the backup where there is none to be seen: that tells whether anything goes on at all."""
        assert intent.result is not None  # noqa: S101  # an accepted intent has one
        try:
            task = await _task(intent, reader)
        except (Forbidden, NotFound):
            task = None
        if task is not None:
            reader.ledger.merge_tasks([task])
            return Result(task.id, str(task.status))
        backup = await reader.cloud.backup(backup_id_of(intent.change))
        return Result(intent.result.id, str(backup.status))

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return how far the restore is; where its task cannot be seen, whether its backup is still being read."""
        if intent.result is None:
            return None
        subject, status = intent.subject, intent.result.status
        task = ledger.tasks.get(TaskId(intent.result.id))
        if task is not None:
            return of_task(subject.id, subject.name, task)
        fate = Fate.WAITING if status == TaskStatus.WAITING else _BEING_RESTORED.get(status, Fate.UNCERTAIN)
        return single(subject.id, subject.name, fate, status)


RESTORE_BACKUP = RestoreBackup()


def backup_id_of(change: Change) -> BackupId:
    """Return the backup that a restore writes."""
    return BackupId(parts_of(RESTORE_PATH, change.path).get("backup_id", ""))


def document_of(change: Change) -> ChangeDocument:
    """Return the request file of a restore. ``ValueError`` for bytes that are none."""
    content = _content(change)
    if content is None:
        raise ValueError("no restore")
    return ChangeDocument(RESTORE_BACKUP.kind, {"backup_id": backup_id_of(change)}, content)


def restore_of(change: Change) -> BackupRestore | None:
    """Return what a restore asks for, by the bytes that are sent; ``None`` where they cannot be read."""
    content = _content(change)
    return read_restore(backup_id_of(change), content) if content is not None else None


def disk_rows(asked: BackupRestore, ledger: Reading) -> list[PairRow]:
    """Return the pairs of a restore of a server with what is known of both sides of each."""
    return judged_pairs(asked.pairs, saved_disks(asked.backup_id, ledger), target_disks(asked.target_id, ledger))


def saved_disks(id: BackupId, ledger: Reading) -> list[DiskBackup]:
    """Return the backups of disks within a backup, none while it was not read by itself."""
    opened = ledger.opened.get(id)
    return [disk_backup(child) for child in opened.details.children] if opened and opened.details else []


def target_disks(id: ResourceId, ledger: Reading) -> tuple[Disk, ...] | None:
    """Return the disks that a server has today, ``None`` where that is not known."""
    row = ledger.resource(id)
    return row.protectable.disks if row is not None and row.protectable is not None else None


def newest_of(backup: Backup, ledger: Reading) -> Backup | None:
    """Return the newest good backup of the same resource, ``None`` when that is this one or older."""
    good = [
        each
        for each in ledger.backups.values()
        if each.resource_id == backup.resource_id and each.status == BackupStatus.AVAILABLE and each.id != backup.id
    ]
    newest = max(good, key=lambda each: each.created_at or _EARLIEST, default=None)
    is_newer = newest is not None and (newest.created_at or _EARLIEST) > (backup.created_at or _EARLIEST)
    return newest if is_newer else None


def _content(change: Change) -> dict[str, Any] | None:
    """Return the body of a restore as JSON has it, ``None`` where it has not the shape of one."""
    try:
        content = request.decode(change.body, [])
    except request.NotJson:
        return None
    if not isinstance(content, dict):
        return None
    is_blocked = any(each.severity is finding.Severity.BLOCK for each in body_findings(_SCHEMA, content))
    return None if is_blocked else content


def known_restored(id: BackupId, ledger: Reading) -> Backup | None:
    """Return a backup as it was read last: by itself, or in the list."""
    opened, listed = ledger.opened.get(id), ledger.backups.get(id)
    if opened is None or opened.details is None or opened.as_of is None:
        return listed
    listed_at = ledger.freshness[Part.BACKUPS].as_of
    return (
        listed if listed is not None and listed_at is not None and listed_at > opened.as_of else opened.details.backup
    )


# judging


def _findings(change: Change, ledger: Ledger) -> Iterator[Finding]:
    content = _content(change)
    if content is None:
        # what is wrong with its shape is told of the file that it comes from
        return
    asked, named = read_restore(backup_id_of(change), content), targets_named(content)
    if len(named) != 1:
        yield finding.block(FindingKind.RESTORE_TARGETS, RequestPart.TARGET, "9900")
        return
    yield from _id_findings(asked)
    for other in ledger.intents.values():
        # one that is judged once more is no other, and is known by its change
        is_like = other.change.kind is RESTORE_BACKUP.kind and other.change.lane.lower() == change.lane.lower()
        if is_like and other.change is not change and other.state in _IN_THE_WAY:
            target, state = change.subject.label, other.state
            yield finding.block(FindingKind.RESTORE_ASKED, RequestPart.TARGET, "2010", target=target, state=state)
            break
    backup = known_restored(asked.backup_id, ledger)
    if backup is None:
        yield _unknown_backup(asked.backup_id, ledger)
        return
    yield from _backup_findings(backup, ledger)
    yield from _target_findings(asked, backup, ledger)
    if asked.kind is TargetKind.SERVER:
        yield from _pair_findings(asked, backup, ledger)
    elif asked.kind is TargetKind.DISK:
        yield from _disk_findings(asked, backup, ledger)
    elif asked.kind is TargetKind.OTHER and len(asked.path) > PATH_LIMIT:
        facts = {"length": len(asked.path), "limit": PATH_LIMIT}
        yield finding.block(FindingKind.PATH_RANGE, RequestPart.TARGET, "9900", **facts)


def _id_findings(asked: BackupRestore) -> Iterator[Finding]:
    ids = {f"body.restore.{asked.kind}": str(asked.target_id)}
    for place, pair in enumerate(asked.pairs):
        where = f"body.restore.mappings[{place}]"
        ids |= {f"{where}.backup_id": pair.backup_id, f"{where}.volume_id": pair.volume_id}
    for path, id in ids.items():
        if not is_uuid(id):
            yield finding.block(FindingKind.BAD_ID, RequestPart.FILE, "9900", path=path, found=id)


def _unknown_backup(id: BackupId, ledger: Ledger) -> Finding:
    freshness = ledger.freshness[Part.BACKUPS]
    is_certain = freshness.as_of is not None and freshness.complete and not freshness.from_cache
    say = finding.block if is_certain else finding.warn
    return say(FindingKind.BACKUP_UNKNOWN, RequestPart.BACKUP, "6200", id=id)


def _backup_findings(backup: Backup, ledger: Ledger) -> Iterator[Finding]:
    part, name = RequestPart.BACKUP, backup.name
    if backup.status != BackupStatus.AVAILABLE:
        code = "2010" if backup.status in _BEING_RESTORED else "2005"
        yield finding.block(FindingKind.RESTORE_STATUS, part, code, backup=name, status=backup.status)
    if backup.resource_type == ResourceType.FILE_SYSTEM:
        facts = {"backup": name, "resource": backup.resource_name}
        yield finding.block(FindingKind.RESTORE_IN_PLACE, part, "6116", **facts)
    elif backup.traits.restorable_as == "na":
        yield finding.block(FindingKind.RESTORE_NOT_POSSIBLE, part, "2012", backup=name)
    if backup.image_type == "replication":
        code = "2003" if backup.resource_type in SERVERS else "2012"
        yield finding.block(FindingKind.RESTORE_REPLICA, part, code, backup=name)
    vault = ledger.vaults.get(backup.vault_id)
    if vault is not None and vault.status not in (VaultStatus.AVAILABLE, VaultStatus.LOCK):
        facts = {"vault": vault.name, "status": vault.status}
        yield finding.block(FindingKind.RESTORE_VAULT, RequestPart.VAULT, "6202", **facts)


def _target_findings(asked: BackupRestore, backup: Backup, ledger: Ledger) -> Iterator[Finding]:
    part, expected = RequestPart.TARGET, target_kind(backup.resource_type)
    if asked.kind is not expected:
        yield finding.block(FindingKind.RESTORE_WRONG_KEY, part, "9900", key=str(asked.kind), expected=str(expected))
        return
    row = ledger.resource(asked.target_id)
    if asked.target_id.lower() != backup.resource_id.lower():
        name = row.resource.name if row is not None else asked.target_id
        facts = {"backup": backup.name, "resource": backup.resource_name or backup.resource_id, "target": name}
        yield finding.block(FindingKind.RESTORE_ELSEWHERE, part, _elsewhere_code(backup, row), **facts)
        return
    if row is None:
        yield _unknown_target(asked, ledger)
        return
    yield from _state_findings(asked, row, ledger)


def _elsewhere_code(backup: Backup, row: ResourceRow | None) -> str:
    """Return what the service says of a target that the backup was not made of."""
    if target_kind(backup.resource_type) is not TargetKind.SERVER:
        return "2012"
    if row is None or row.resource.type == backup.resource_type:
        return "2003"
    if backup.resource_type == ResourceType.BMS:
        return "2014"
    return "2006" if row.resource.type == ResourceType.BMS else "2003"


def _unknown_target(asked: BackupRestore, ledger: Ledger) -> Finding:
    lists = [ledger.freshness[part] for part in (Part.VAULTS, Part.PROTECTABLES)]
    is_certain = all(each.as_of is not None and each.complete and not each.from_cache for each in lists)
    say = finding.block if is_certain else finding.warn
    code = "7000" if asked.kind is TargetKind.DISK else "7100" if asked.kind is TargetKind.SERVER else "6302"
    return say(FindingKind.TARGET_UNKNOWN, RequestPart.TARGET, code, target=asked.target_id)


def _state_findings(asked: BackupRestore, row: ResourceRow, ledger: Ledger) -> Iterator[Finding]:
    part, name = RequestPart.TARGET, row.resource.name
    running = {str(task.type) for task in ledger.tasks.values() if not task.is_over and _is_at(task, asked.target_id)}
    state = row.resource.protect_status
    if state == ProtectStatus.RESTORING or TaskType.RESTORE in running:
        yield finding.block(FindingKind.TARGET_RESTORING, part, "2010", target=name)
    if state == ProtectStatus.PROTECTING or TaskType.BACKUP in running:
        yield finding.block(FindingKind.TARGET_BACKED_UP, part, "2002", target=name)
    if state == ProtectStatus.REMOVING:
        yield finding.block(FindingKind.TARGET_REMOVED, part, "6134", target=name)
    status = row.protectable.status if row.protectable is not None else ""
    if asked.kind is TargetKind.SERVER and status not in _STEADY:
        code = "2007" if status in _GONE else "2008"
        yield finding.block(FindingKind.TARGET_STATUS, part, code, target=name, status=status)
    elif asked.kind is TargetKind.DISK and status not in ("available", ""):
        yield finding.block(FindingKind.TARGET_STATUS, part, "2011", target=name, status=status)


def _disk_findings(asked: BackupRestore, backup: Backup, ledger: Ledger) -> Iterator[Finding]:
    """Judge the disk that the backup of a disk is written to; its state is that of the target."""
    disks = target_disks(asked.target_id, ledger)
    if not disks:
        return
    size_gb, is_encrypted = backup.resource_size_gb, backup.traits.encrypted
    saved = DiskBackup(backup.id, backup.resource_name, VolumeId(backup.resource_id), size_gb, None, is_encrypted)
    pair = DiskPair(backup.id, VolumeId(asked.target_id))
    for rule in broken_rules(saved, replace(disks[0], status="")):
        facts = pair_facts(PairRow(pair, saved, disks[0]))
        yield finding.block(FindingKind.PAIR_RULE, RequestPart.TARGET, CODES[rule], rule=rule, **facts)


def _pair_findings(asked: BackupRestore, backup: Backup, ledger: Ledger) -> Iterator[Finding]:
    part = RequestPart.TARGET
    if not asked.pairs:
        yield finding.block(FindingKind.PAIRS_MISSING, part, "9900", backup=backup.name)
        return
    saved = saved_disks(asked.backup_id, ledger)
    if not saved:
        # they are read before it can be confirmed; a file is looked at before that
        yield finding.warn(FindingKind.RESTORE_UNREAD, RequestPart.BACKUP, backup=backup.name)
        return
    if target_disks(asked.target_id, ledger) is None:
        yield finding.warn(FindingKind.TARGET_UNREAD, part, target=backup.resource_name or asked.target_id)
    by_volume = {each.volume_id.lower(): each for each in saved}
    for row in disk_rows(asked, ledger):
        facts = pair_facts(row)
        for rule in row.broken:
            yield finding.block(FindingKind.PAIR_RULE, part, CODES[rule], rule=rule, **facts)
        is_moved = row.saved is not None and row.saved.volume_id.lower() != row.pair.volume_id.lower()
        if is_moved and row.disk is not None and not row.broken:
            other = by_volume.get(row.disk.id.lower())
            facts = facts | {"other": other.name or other.id if other is not None else ""}
            yield finding.warn(FindingKind.DISK_SWAPPED, part, "", **facts)
    taken = {pair.backup_id.lower() for pair in asked.pairs}
    left = [each.name or each.id for each in saved if each.id.lower() not in taken]
    if left:
        named = {"backup": backup.name, "names": tuple(left), "count": len(left)}
        yield finding.warn(FindingKind.DISKS_LEFT_OUT, part, "", **named)


def pair_facts(row: PairRow) -> dict[str, object]:
    """Return what the sentences of a pair are filled in with."""
    saved, disk = row.saved, row.disk
    return {
        "backup": (saved.name if saved is not None else "") or row.pair.backup_id,
        "disk": (disk.name if disk is not None else "") or row.pair.volume_id,
        "saved_gb": saved.size_gb if saved is not None else 0,
        "size_gb": disk.size_gb if disk is not None else 0,
        "status": disk.status if disk is not None else "",
        "type": disk.volume_type if disk is not None else "",
    }


# what is lost


def _overwritten(change: Change, ledger: Reading) -> Overwritten | None:
    asked = restore_of(change)
    if asked is None:
        return None
    backup = known_restored(asked.backup_id, ledger)
    opened = ledger.opened.get(asked.backup_id)
    newer = newest_of(backup, ledger) if backup is not None else None
    data_at = opened.details.protected_at if opened is not None and opened.details is not None else None
    disks = target_disks(asked.target_id, ledger) or ()
    named = {each.id.lower(): each.name or each.id for each in disks}
    written = [pair.volume_id.lower() for pair in asked.pairs]
    return Overwritten(
        change.subject.label,
        backup.name if backup is not None else asked.backup_id,
        data_at or (backup.created_at if backup is not None else None),
        newer.name or newer.id if newer is not None else "",
        newer.created_at if newer is not None else None,
        tuple(named.get(id, id) for id in written),
        tuple(name for id, name in named.items() if id not in written) if asked.kind is TargetKind.SERVER else (),
        asked.kind is TargetKind.SERVER,
        asked.kind is TargetKind.SERVER and asked.power_on,
    )


# finding it again


def _is_at(task: Task, id: str) -> bool:
    return task.resource_id is not None and task.resource_id.lower() == id.lower()


def _is_of(task: Task, intent: Intent) -> bool:
    """Whether a task is a restore of the backup of a request to its target."""
    id = backup_id_of(intent.change).lower()
    is_of_backup = task.backup_id is not None and task.backup_id.lower() == id
    return task.type == TaskType.RESTORE and is_of_backup and _is_at(task, intent.subject.id)


def _is_within(at: datetime | None, earliest: datetime, latest: datetime | None) -> bool:
    return at is None or (at >= earliest and (latest is None or at <= latest))


async def _task(intent: Intent, reader: Reader) -> Task | None:
    """Return the task of an accepted restore, as it is now; ``None`` while none is seen. Raises ``CloudError``."""
    assert intent.result is not None  # noqa: S101  # an accepted intent has one
    if intent.result.id:
        return await reader.cloud.task(TaskId(intent.result.id))
    found = await RESTORE_BACKUP.find(intent, reader)
    return await reader.cloud.task(TaskId(found.proved.id)) if found.proved is not None else None
