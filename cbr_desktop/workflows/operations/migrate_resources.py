"""Migrating resources to another vault, with the backups that they have in the first.

A second request is refused while the first runs, and when it is through, since the resources are not in the vault any
more; it may go again once reading has proved that nothing of it was done.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cbr_desktop.domain import finding
from cbr_desktop.domain.association import ResourceMigration, Stage, ids_body, resource_ids
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.error import Forbidden
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId, VaultId, is_uuid
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import MB_PER_GB, RESOURCES_PER_VAULT, Resource, Vault
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.losses import BY_RESOURCE
from cbr_desktop.workflows.operations.operation import Reader, Search, Weighed
from cbr_desktop.workflows.operations.vault_resources import (
    ResourcesOperation,
    busy_findings,
    busy_lane,
    foreign_findings,
    ids_in,
    named_resources,
    names_of,
    outcome_by,
    read_tasks,
    result_of,
    vault_findings,
    with_reason,
)
from cbr_desktop.workflows.operations.vaults import judged, known_vault, read_vault, state_findings, vault_id_in
from cbr_desktop.workflows.preflight import Preflight, Running, running_in
from cbr_desktop.workflows.schedules import policy_of

_SLACK = timedelta(seconds=5)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_ENDED_BADLY = (TaskStatus.FAILED, TaskStatus.TIMEOUT)


class MigrateResources(ResourcesOperation):
    """The operation that moves resources with their backups to another vault of the same kind."""

    kind = Kind.MIGRATE_RESOURCES
    repeat = Repeat.AFTER_PROOF
    effect = Effect.CHANGES
    path = "migrateresources"
    schema = Schema(
        "VaultMigrateResourceReq",
        {"destination_vault_id": str, "resource_ids": [str]},
        frozenset({"destination_vault_id", "resource_ids"}),
    )
    busy_codes = frozenset({"6125", "6135"})
    """What the service says while resources are moved, and of those that are not in the vault any more."""
    judged_by = frozenset({Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.POLICIES})
    rereads = frozenset({Part.VAULTS, Part.TASKS, Part.BACKUPS})

    def draft_of(self, document: ChangeDocument) -> ResourceMigration:
        """Return the migration that a request file asks for."""
        target = VaultId((document.content or {})["destination_vault_id"])
        return ResourceMigration(vault_id_in(document), target, ids_in(document))

    def change(self, draft: ResourceMigration, ledger: Reading) -> Change:
        """Return the change that moves resources. ``ValueError`` while no vault is named that they move to."""
        if not draft.target_id:
            raise ValueError("a request needs the vault that the resources move to")
        names = names_of(draft.resource_ids, ledger.vaults.get(draft.vault_id))
        body = ids_body(draft.resource_ids, destination_vault_id=draft.target_id)
        return self.made(draft.vault_id, names, busy_lane(draft.vault_id), body, ledger)

    def keeps_busy(self, change: Change) -> tuple[str, ...]:
        """Return the lane of the vault that the resources move to: no task may run in it either (user manual)."""
        target_id = target_of(change)
        return (busy_lane(target_id),) if target_id else ()

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether both vaults are fit for it, and say what moves along."""
        return at_once(self.weigh((change,), ledger, now)).verdicts[0]

    def weigh(self, changes: Sequence[Change], ledger: Ledger, now: datetime) -> Generator[None, None, Weighed]:
        """Judge several migrations, each by the room that those before it leave in the vault that they move to.

        What moves to each vault in all is said of them as a whole, with the room that it has then.
        """
        vault_ids = {id for change in changes for id in (VaultId(change.subject.id), target_of(change))}
        at_work = yield from running_in(vault_ids, ledger)
        yield from BY_RESOURCE.find({id for change in changes for id in resource_ids(change.body)}, ledger)
        verdicts: list[Preflight] = []
        moved: dict[VaultId, list[Resource]] = {}
        for change in changes:
            before, vault = moved.setdefault(target_of(change), []), known_vault(change, ledger)
            verdicts.append(self._judged(change, before, at_work, ledger))
            if vault is not None and not verdicts[-1].is_blocked:
                before += named_resources(change, vault)
            yield
        return Weighed(verdicts, [Blast()] * len(changes), list(_summed_up(changes, ledger)))

    def _judged(self, change: Change, before: Sequence[Resource], at_work: Running, ledger: Ledger) -> Preflight:
        """Judge a migration; the resources ``before`` it are in the vault by then that it moves others to."""
        findings, vault = vault_findings(change, ledger), known_vault(change, ledger)
        if vault is not None:
            findings += [
                *foreign_findings(change, vault, ledger),
                *busy_findings(named_resources(change, vault)),
                *_work_findings(vault, at_work),
            ]
            if vault.worm_locked:
                findings.append(finding.block(FindingKind.VAULT_WORM, finding.RequestPart.VAULT, vault=vault.name))
        findings += _target_findings(change, vault, before, at_work, ledger)
        return judged(findings, ledger)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the tasks and both vaults: what is under way, or in the other vault, was done by the request."""
        tasks: list[Task] = []
        with suppress(Forbidden):
            tasks = await read_tasks(intent, reader, lambda task: _is_of(task, intent))
        if any(not task.is_over for task in tasks):
            return Search(result_of(intent, Stage.MIGRATING))
        status = await self._status(intent, reader)
        return Search(is_undone=True) if status == Stage.PRESENT else Search(result_of(intent, status))

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the tasks and both vaults until no task moves the resources any more."""
        tasks: list[Task] = []
        with suppress(Forbidden):
            tasks = await read_tasks(intent, reader, lambda task: _is_of(task, intent))
        status = await self._status(intent, reader)
        is_going = any(not task.is_over for task in tasks)
        return result_of(intent, Stage.MIGRATING if is_going and status == Stage.PRESENT else status)

    async def _status(self, intent: Intent, reader: Reader) -> Stage:
        """Read the vault that resources leave, and the other where they have left it; return what both show."""
        vault = await read_vault(intent, reader)
        if vault is not None and named_resources(intent.change, vault):
            return Stage.PRESENT
        await read_vault(intent, reader, target_of(intent.change))
        return Stage.MIGRATED

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return which resources are in the other vault; one that stays where it was has not been moved."""
        if intent.result is None:
            return None
        status, target = intent.result.status, ledger.vaults.get(target_of(intent.change))
        source = known_vault(intent.change, ledger)
        tasks = [each for each in ledger.tasks.values() if _is_of(each, intent)]
        newest = max(tasks, key=lambda each: each.created_at or _EARLIEST, default=None)

        def fate(id: ResourceId) -> tuple[Fate, str]:
            if target is not None and target.resource(id) is not None:
                return Fate.DONE, Stage.MIGRATED
            if status == Stage.MIGRATING:
                return Fate.RUNNING, Stage.MIGRATING
            is_there = source is not None and source.resource(id) is not None
            has_failed = is_there and newest is not None and newest.status in _ENDED_BADLY
            return Fate.FAILED if has_failed else Fate.UNCERTAIN, Stage.PRESENT if is_there else ""

        known = target if status == Stage.MIGRATED else source
        return with_reason(outcome_by(intent, fate, known), newest)


MIGRATE_RESOURCES = MigrateResources()


def target_of(change: Change) -> VaultId:
    """Return the vault that resources move to, empty where none is named."""
    return VaultId(str(content_of(change.body).get("destination_vault_id", "")))


def _is_of(task: Task, intent: Intent) -> bool:
    """Whether a task may be the one that moves the resources of a request.

    The service names no type for it, so that it is one of none of the others, in the vault, since it was asked for.
    """
    if isinstance(task.type, TaskType) or task.vault_id not in (intent.subject.id, target_of(intent.change)):
        return False
    if task.resource_id is not None and task.resource_id not in resource_ids(intent.body):
        return False
    if intent.service_sent_at is None or task.created_at is None:
        return True
    return task.created_at >= intent.service_sent_at - _SLACK


def _work_findings(vault: Vault, at_work: Running) -> Iterator[Finding]:
    """Say what runs in a vault: the service moves nothing out of it or into it meanwhile."""
    running = at_work[vault.id]
    if running:
        facts = {"vault": vault.name, "type": running[0].type}
        yield finding.block(FindingKind.VAULT_AT_WORK, finding.RequestPart.VAULT, "6125", **facts)


def _summed_up(changes: Sequence[Change], ledger: Ledger) -> Iterator[Finding]:
    for id in dict.fromkeys(target_of(change) for change in changes):
        target, moved = ledger.vaults.get(id), list[Resource]()
        own = [change for change in changes if target_of(change) == id and change.subject.id != id]
        for change in own:
            vault = known_vault(change, ledger)
            moved += named_resources(change, vault) if vault is not None else []
        if target is None or len(own) < 2:
            continue
        moved_gb = _size_gb(moved)
        facts: finding.FindingFacts = {"vaults": len(own), "moved_gb": moved_gb, "free_gb": target.free_gb - moved_gb}
        part = finding.RequestPart.VAULT
        yield finding.info(FindingKind.RESOURCES_MOVE, part, "", target=target.name, count=len(moved), **facts)


def _size_gb(resources: Iterable[Resource]) -> float:
    return sum(each.backup_size_mb for each in resources) / MB_PER_GB


def _target_findings(
    change: Change, vault: Vault | None, before: Sequence[Resource], at_work: Running, ledger: Ledger
) -> Iterator[Finding]:
    part, id = finding.RequestPart.VAULT, target_of(change)
    if not is_uuid(id):
        yield finding.block(FindingKind.BAD_ID, part, "9900", path="body.destination_vault_id", found=id)
        return
    target = ledger.vaults.get(id)
    if target is None:
        fresh = ledger.freshness[Part.VAULTS]
        is_certain = fresh.as_of is not None and fresh.complete and not fresh.from_cache
        say, kind = (
            (finding.block, FindingKind.VAULT_UNKNOWN) if is_certain else (finding.warn, FindingKind.VAULT_UNVERIFIED)
        )
        yield say(kind, part, "6120", id=id)
        return
    if id == change.subject.id:
        yield finding.block(FindingKind.SAME_VAULT, part, "9900", vault=target.name)
        return
    yield from state_findings(target)
    yield from _work_findings(target, at_work)
    if vault is None:
        return
    if (vault.kind, vault.protect_type) != (target.kind, target.protect_type):
        yield finding.block(FindingKind.TARGET_UNFIT, part, "6102", vault=vault.name, target=target.name)
    resources = named_resources(change, vault)
    count = len(target.resources) + len(before) + len(resources)
    if count > RESOURCES_PER_VAULT:
        facts = {"vault": target.name, "count": count, "limit": RESOURCES_PER_VAULT}
        yield finding.block(FindingKind.VAULT_CROWDED, part, "6100", **facts)
    moved_gb, free_gb = _size_gb(resources), target.free_gb - _size_gb(before)
    if moved_gb > free_gb:
        facts = {"target": target.name, "free_gb": max(free_gb, 0), "moved_gb": moved_gb}
        yield finding.block(FindingKind.TARGET_FULL, part, "6129", **facts)
    backups = BY_RESOURCE.of([each.id for each in resources], ledger)
    moved = sum(each.vault_id == vault.id for one in resources for each in backups[one.id])
    yield finding.info(
        FindingKind.BACKUPS_MOVE, finding.RequestPart.BACKUP, target=target.name, count=moved, moved_gb=moved_gb
    )
    if policy_of(vault.id, ledger) is not None and policy_of(target.id, ledger) is None:
        yield finding.warn(FindingKind.POLICY_LOST, finding.RequestPart.SCHEDULE, vault=vault.name, target=target.name)
