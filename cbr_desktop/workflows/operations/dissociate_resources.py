"""Dissociating resources from a vault, which deletes all their backups in it.

It comes to the same when repeated, and a resource that is not in the vault any more, or on its way out, is the proof
that it was done. The service takes a request as a whole or refuses it.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cbr_desktop.domain import finding
from cbr_desktop.domain.association import ResourceDissociation, Stage, ids_body, resource_ids
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.blast import Blast, LostBackups
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.error import Forbidden
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, Vault, VaultKind
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.losses import BY_RESOURCE, NAMED, lost_backups, shareable
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
from cbr_desktop.workflows.operations.vaults import judged, known_vault, read_vault, vault_id_in
from cbr_desktop.workflows.preflight import Preflight

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_SLACK = timedelta(seconds=5)
"""By how much the clocks of the service's own machines may differ."""
_ENDED_BADLY = (TaskStatus.FAILED, TaskStatus.TIMEOUT)


class DissociateResources(ResourcesOperation):
    """The operation that takes resources out of a vault, for good as far as their backups are concerned."""

    kind = Kind.DISSOCIATE_RESOURCES
    repeat = Repeat.SAFE
    effect = Effect.DELETES
    path = "removeresources"
    schema = Schema("VaultRemoveResourceReq", {"resource_ids": [str]}, frozenset({"resource_ids"}))
    busy_codes = frozenset({"6134", "6135"})
    """What the service says of resources that it is removing, or has removed, for this request or another."""
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS})
    rereads = frozenset({Part.VAULTS, Part.TASKS, Part.BACKUPS, Part.PROTECTABLES})

    def draft_of(self, document: ChangeDocument) -> ResourceDissociation:
        """Return the dissociation that a request file asks for."""
        return ResourceDissociation(vault_id_in(document), ids_in(document))

    def change(self, draft: ResourceDissociation, ledger: Reading) -> Change:
        """Return the change that takes resources out of a vault."""
        names = names_of(draft.resource_ids, ledger.vaults.get(draft.vault_id))
        return self.made(draft.vault_id, names, busy_lane(draft.vault_id), ids_body(draft.resource_ids), ledger)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge what the service would refuse, and say which resources lose the last of their backups."""
        return self._judged(change, self.blast(change, ledger), ledger)

    def blast_together(self, changes: Sequence[Change], ledger: Reading) -> Generator[None, None, list[Blast]]:
        """Return what each of several dissociations deletes; what goes by another of them is not left."""
        gone = _gone(changes)
        yield from BY_RESOURCE.find({id for _vault_id, id in gone}, ledger)
        blasts = []
        for change in changes:
            blasts.append(self._blast(change, ledger, gone))
            yield
        return blasts

    def weigh(self, changes: Sequence[Change], ledger: Ledger, now: datetime) -> Generator[None, None, Weighed]:
        """Judge several dissociations, each by what is left when all of them are made."""
        gone = _gone(changes)
        yield from BY_RESOURCE.find({id for _vault_id, id in gone}, ledger)
        verdicts, blasts = [], []
        for change in changes:
            blasts.append(self._blast(change, ledger, gone))
            verdicts.append(self._judged(change, blasts[-1], ledger))
            yield
        return Weighed(verdicts, blasts)

    def _judged(self, change: Change, blast: Blast, ledger: Ledger) -> Preflight:
        findings, vault = vault_findings(change, ledger), known_vault(change, ledger)
        if vault is not None:
            findings += _findings(change, vault, ledger)
        findings += _last_findings(blast)
        return judged(findings, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return the backups that each resource loses, and what it has elsewhere."""
        return self._blast(change, ledger, frozenset())

    def _blast(self, change: Change, ledger: Reading, gone: frozenset[tuple[str, ResourceId]]) -> Blast:
        """Return what a dissociation deletes; of ``gone`` resources in vaults nothing is left either."""
        fresh, vault = ledger.freshness[Part.BACKUPS], known_vault(change, ledger)
        ids = resource_ids(change.body)
        own, elsewhere = _backups_of(ids, change, ledger)
        others = {id: [each for each in rows if (each.vault_id, id) not in gone] for id, rows in elsewhere.items()}
        counts = {each.id: each.backup_count for each in vault.resources} if vault is not None else {}
        is_whole = fresh.as_of is not None and fresh.complete
        lost = [
            lost_backups(
                *(id, name, change.subject.label, own[id]),
                others[id] if is_whole else None,
                0 if is_whole else counts.get(id, 0),
            )
            for id, name in zip(ids, names_of(ids, vault), strict=True)
        ]
        # where the list is not whole, even a resource of which no backup is known may lose some
        told = sorted((each for each in lost if each.count or not is_whole), key=lambda each: not each.is_last)
        gone_ids = shareable(backup for rows in own.values() for backup in rows)
        return Blast(tuple(told[:NAMED]), fresh.as_of, sum(each.count for each in told[NAMED:]), shareable=gone_ids)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vault: resources that are not in it any more, or on their way out, were dissociated."""
        vault = await read_vault(intent, reader)
        status = _status(intent, vault)
        return Search(is_undone=True) if status == Stage.PRESENT else Search(result_of(intent, status))

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the vault until no resource is on its way out, and the tasks, which tell what went wrong."""
        with suppress(Forbidden):
            await read_tasks(intent, reader, lambda task: _is_of(task, intent))
        vault = await read_vault(intent, reader)
        status = _status(intent, vault)
        is_going = vault is not None and any(
            each.protect_status == ProtectStatus.REMOVING for each in named_resources(intent.change, vault)
        )
        return result_of(intent, Stage.REMOVING if is_going else status)

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return which resources are out of the vault; one that is in it still when all is over was not removed."""
        if intent.result is None:
            return None
        status, vault = intent.result.status, known_vault(intent.change, ledger)
        tasks = [each for each in ledger.tasks.values() if _is_of(each, intent)]
        newest = max(tasks, key=lambda each: each.created_at or _EARLIEST, default=None)

        def fate(id: ResourceId) -> tuple[Fate, str]:
            held = vault.resource(id) if vault is not None else None
            is_out = vault is not None and (held is None or held.protect_status == ProtectStatus.DELETED)
            if status in (Stage.GONE, Stage.REMOVED) or is_out:
                return Fate.DONE, Stage.REMOVED
            if status == Stage.REMOVING or held is None:
                return Fate.RUNNING, Stage.REMOVING
            has_failed = newest is not None and newest.status in _ENDED_BADLY
            return Fate.FAILED if has_failed else Fate.UNCERTAIN, str(held.protect_status or "")

        return with_reason(outcome_by(intent, fate, vault), newest)


DISSOCIATE_RESOURCES = DissociateResources()


def _gone(changes: Iterable[Change]) -> frozenset[tuple[str, ResourceId]]:
    """Return the resources that changes take out of vaults, each with the id of its vault."""
    return frozenset((change.subject.id, id) for change in changes for id in resource_ids(change.body))


def _status(intent: Intent, vault: Vault | None) -> Stage:
    """Return what the vault shows of a request: done, under way for all of it, or not done."""
    if vault is None:
        return Stage.GONE
    held = [each for each in named_resources(intent.change, vault) if each.protect_status != ProtectStatus.DELETED]
    if any(each.protect_status != ProtectStatus.REMOVING for each in held):
        return Stage.PRESENT
    return Stage.REMOVING if held else Stage.REMOVED


def _is_of(task: Task, intent: Intent) -> bool:
    """Whether a task is one that removes resources from the vault of a request, since it was asked for."""
    is_one = task.type == TaskType.REMOVE_RESOURCE and task.vault_id == intent.subject.id
    if intent.service_sent_at is None or task.created_at is None:
        return is_one
    return is_one and task.created_at >= intent.service_sent_at - _SLACK


def _findings(change: Change, vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    part = finding.RequestPart.RESOURCES
    yield from foreign_findings(change, vault, ledger)
    if vault.worm_locked:
        yield finding.block(FindingKind.VAULT_WORM, finding.RequestPart.VAULT, vault=vault.name)
    resources = named_resources(change, vault)
    yield from busy_findings(resources)
    own, _others = _backups_of([each.id for each in resources], change, ledger)
    for resource in resources:
        count = sum(bool(each.traits.image_ids) for each in own[resource.id])
        if count:
            yield finding.block(
                FindingKind.BACKUPS_IN_IMAGES, part, "6204", resource=resource.name, id=resource.id, count=count
            )
    if vault.kind == VaultKind.SERVER and any(own.values()):
        yield finding.info(FindingKind.SHARES_END, part)


def _last_findings(blast: Blast) -> Iterator[Finding]:
    last = [each for each in blast.lost if isinstance(each, LostBackups) and each.is_last]
    if last:
        names, count = [each.resource_name for each in last], sum(each.good for each in last)
        yield finding.warn(FindingKind.LAST_BACKUPS, finding.RequestPart.BACKUP, resources=names, count=count)


def _backups_of(
    ids: Sequence[ResourceId], change: Change, ledger: Reading
) -> tuple[dict[ResourceId, list[Backup]], dict[ResourceId, list[Backup]]]:
    """Return the backups of resources in the vault of a change, and those that they have elsewhere."""
    found, vault_id = BY_RESOURCE.of(ids, ledger), change.subject.id
    own = {id: [each for each in found[id] if each.vault_id == vault_id] for id in ids}
    return own, {id: [each for each in found[id] if each.vault_id != vault_id] for id in ids}
