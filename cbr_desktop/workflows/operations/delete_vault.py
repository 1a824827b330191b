"""Deleting a vault with all the backups in it. It comes to the same when repeated, and that it is gone is the proof."""

from collections.abc import Container, Generator, Iterator, Mapping, Sequence
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.blast import Blast, LostBackups
from cbr_desktop.domain.change import VAULT_LANE, Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.intent import WAITING, Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.domain.vault import Vault, VaultKind, VaultStatus
from cbr_desktop.domain.vault_changes import PRE_PAID, VaultDeletion
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.losses import BY_RESOURCE, BY_VAULT, NAMED, lost_backups, shareable
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, Weighed
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vaults import (
    GONE,
    NO_VAULT,
    VAULT_PATH,
    judged,
    judged_at,
    known_vault,
    read_vault,
    vault_id_in,
    vault_path,
)
from cbr_desktop.workflows.preflight import Preflight, running_in

_DELETABLE = (VaultStatus.AVAILABLE, VaultStatus.ERROR)
_OPEN = (*WAITING, IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN)


class DeleteVault(Operation):
    """The operation that deletes a vault, for good."""

    kind = Kind.DELETE_VAULT
    repeat = Repeat.SAFE
    effect = Effect.DELETES
    template = VAULT_PATH
    schema = None
    busy_codes = frozenset({"6203", "6112"})
    """What the service says of a vault that it is deleting already; it says the same while it is backed up."""
    done_codes = frozenset({NO_VAULT})
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS, Part.POLICIES, Part.TASKS})
    rereads = frozenset({Part.VAULTS, Part.BACKUPS, Part.POLICIES, Part.TASKS})

    def draft_of(self, document: ChangeDocument) -> VaultDeletion:
        """Return the deletion that a request file asks for."""
        return VaultDeletion(vault_id_in(document))

    def subject(self, draft: VaultDeletion, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: VaultDeletion, ledger: Reading) -> Change:
        """Return the change that deletes a vault; it waits for what backs the vault up."""
        id = draft.vault_id
        return Change(self.kind, self.subject(draft, ledger), f"{VAULT_LANE}{id}", "DELETE", vault_path(id))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether the service would delete the vault, and say what goes with it and what is left behind."""
        return at_once(_verdicts_of((change,), *at_once(_losses_of((change,), ledger)), ledger))[0]

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return the backups that each resource loses and what it has elsewhere, first where that is nothing."""
        return at_once(self.blast_together((change,), ledger))[0]

    def blast_together(self, changes: Sequence[Change], ledger: Reading) -> Generator[None, None, list[Blast]]:
        """Return what each of several vaults takes with it; what is in another of them is not left."""
        held, told = yield from _losses_of(changes, ledger)
        blasts = []
        for change, lost in zip(changes, told, strict=True):
            blasts.append(_blast(lost, held[change.subject.id], ledger))
            yield
        return blasts

    def weigh(self, changes: Sequence[Change], ledger: Ledger, now: datetime) -> Generator[None, None, Weighed]:
        """Judge several deletions, each by what is left when all of the vaults are gone, and say what all of it is."""
        held, told = yield from _losses_of(changes, ledger)
        verdicts = yield from _verdicts_of(changes, held, told, ledger)
        blasts = []
        for change, lost in zip(changes, told, strict=True):
            blasts.append(_blast(lost, held[change.subject.id], ledger))
            yield
        vaults = [vault for change in changes if (vault := known_vault(change, ledger)) is not None]
        return Weighed(
            verdicts, blasts, list(_summed_up(vaults, held, [each for lost in told for each in lost], ledger))
        )

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vault: gone, or on its way to that, it was deleted; else it was not so far."""
        vault = await read_vault(intent, reader)
        if vault is None or vault.status == VaultStatus.DELETING:
            return Search(_result(intent, vault))
        return Search(is_undone=True)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the vault until it is gone."""
        return _result(intent, await read_vault(intent, reader))

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return whether the vault is gone; one that is in order again, or in error, was not deleted."""
        if intent.result is None:
            return None
        status = intent.result.status
        fate = Fate.DONE if status == GONE else Fate.FAILED if status in _DELETABLE else Fate.RUNNING
        return single(intent.subject.id, intent.subject.name, fate, status)


DELETE_VAULT = DeleteVault()


def _verdicts_of(
    changes: Sequence[Change],
    held: Mapping[str, Sequence[Backup]],
    told: Sequence[Sequence[LostBackups]],
    ledger: Ledger,
) -> Generator[None, None, list[Preflight]]:
    """Judge deletions by the backups that are ``held`` in their vaults, and by what was ``told`` of what each loses."""
    at_work = yield from running_in({VaultId(change.subject.id) for change in changes}, ledger)
    ours = {each.change.vault_id for each in ledger.intents.values() if each.state in _OPEN}
    verdicts = []
    for change, lost in zip(changes, told, strict=True):
        vault, own = known_vault(change, ledger), held[change.subject.id]
        findings = unknown_vault(change, ledger)
        if vault is not None:
            findings += [*_refusals(vault, own, len(at_work[vault.id])), *_losses(vault, own, lost, ledger)]
            if vault.id in ours:
                findings.append(_queued(vault))
            findings += _freed(vault, own, ledger)
        verdicts.append(judged(findings, ledger))
        yield
    return verdicts


def _refusals(vault: Vault, own: Sequence[Backup], running: int) -> Iterator[Finding]:
    """Say why the service would refuse, by all that is known; so many tasks are ``running`` in the vault."""
    part, name = finding.RequestPart.VAULT, vault.name
    if vault.status not in _DELETABLE:
        say = finding.block if isinstance(vault.status, VaultStatus) else finding.warn
        yield say(FindingKind.DELETION_STATE, part, "6112", vault=name, status=vault.status)
    if vault.charging_mode == PRE_PAID:
        yield finding.block(FindingKind.DELETION_BY_ORDER, part, "6111", vault=name)
    if running:
        yield finding.block(FindingKind.DELETION_BUSY, part, "6203", vault=name, count=running)
    with_images = [each for each in own if each.traits.image_ids]
    if with_images:
        names = [each.name or each.id for each in with_images]
        facts: finding.FindingFacts = {"vault": name, "count": len(names), "names": names}
        yield finding.block(FindingKind.DELETION_IMAGES, part, "6204", **facts)
    kept = sum(each.auto for each in own) if vault.worm_locked else 0
    if kept:
        yield finding.block(FindingKind.DELETION_LOCKED, part, "6111", vault=name, count=kept)


def _queued(vault: Vault) -> Finding:
    """Say that something of ours is under way in the vault, which the deletion waits for."""
    part = finding.RequestPart.VAULT
    return finding.info(FindingKind.VAULT_BUSY, part, "", vault=vault.name, ours=True, progress=None)


def _losses(vault: Vault, own: Sequence[Backup], told: Sequence[LostBackups], ledger: Ledger) -> Iterator[Finding]:
    """Say what is lost with a vault."""
    part, name = finding.RequestPart.BACKUP, vault.name
    count, listed = sum(each.count for each in told), len(own)
    if count:
        yield finding.warn(FindingKind.DELETION_BACKUPS, part, "", vault=name, count=count, size_gb=vault.used_gb)
    last = sorted(each.resource_name for each in told if each.is_last)
    if last:
        yield finding.warn(FindingKind.DELETION_LAST, part, "", count=len(last), names=last)
    if count > listed or not ledger.freshness[Part.BACKUPS].complete:
        yield finding.warn(FindingKind.DELETION_UNSEEN, part, "", vault=name, count=count - listed)


def _freed(vault: Vault, own: Sequence[Backup], ledger: Ledger) -> Iterator[Finding]:
    """Say what is left behind without the vault."""
    part, name = finding.RequestPart.VAULT, vault.name
    if vault.resources:
        names = [each.name or each.id for each in vault.resources]
        yield finding.info(FindingKind.DELETION_RESOURCES, part, "", vault=name, count=len(names), names=names)
    policies = [each.name or each.id for each in ledger.policies.values() if vault.id in each.vault_ids]
    if policies:
        yield finding.info(FindingKind.DELETION_POLICIES, part, "", count=len(policies), names=sorted(policies))
    copied = [each for each in own if each.traits.replicas]
    if copied:
        regions = sorted({replica.region for each in copied for replica in each.traits.replicas if replica.region})
        yield finding.info(FindingKind.DELETION_REPLICAS, part, "", count=len(copied), names=regions)
    if own and vault.kind == VaultKind.SERVER:
        yield finding.info(FindingKind.DELETION_SHARES, part)


def _summed_up(
    vaults: Sequence[Vault], held: Mapping[str, Sequence[Backup]], told: Sequence[LostBackups], ledger: Ledger
) -> Iterator[Finding]:
    """Say of several vaults together what ``_losses`` and ``_freed`` say of each, things that several have once."""
    part, gone = finding.RequestPart.VAULT, {each.id for each in vaults}
    facts: finding.FindingFacts = {
        "backups": sum(each.count for each in told),
        "size_gb": sum(each.used_gb for each in vaults),
    }
    names = [each.name or each.id for each in vaults]
    yield finding.warn(FindingKind.VAULTS_GO, part, "", count=len(vaults), names=names, **facts)
    last = {each.id: each.resource_name for each in told if each.is_last}
    if last:
        yield finding.warn(FindingKind.DELETION_LAST, part, count=len(last), names=sorted(last.values()))
    left_in = {each.id for vault in ledger.vaults.values() if vault.id not in gone for each in vault.resources}
    free = {each.id: each.name or each.id for vault in vaults for each in vault.resources if each.id not in left_in}
    if free:
        yield finding.info(FindingKind.DELETION_RESOURCES, part, count=len(free), names=sorted(free.values()))
    policies = [each for each in ledger.policies.values() if gone.intersection(each.vault_ids)]
    if policies:
        idle = sorted(each.name or each.id for each in policies if gone.issuperset(each.vault_ids))
        named = sorted(each.name or each.id for each in policies)
        yield finding.info(FindingKind.VAULTS_FREE, part, count=len(named), names=named, idle=idle)
    copied = [each for id in gone for each in held.get(id, ()) if each.traits.replicas]
    if copied:
        regions = sorted({replica.region for each in copied for replica in each.traits.replicas if replica.region})
        yield finding.info(FindingKind.DELETION_REPLICAS, part, count=len(copied), names=regions)


def _losses_of(
    changes: Sequence[Change], ledger: Reading
) -> Generator[None, None, tuple[Mapping[str, Sequence[Backup]], list[list[LostBackups]]]]:
    """Return the backups in the vaults of changes by the ids of these, and what each resource loses with each vault."""
    gone, fresh = {change.subject.id for change in changes}, ledger.freshness[Part.BACKUPS]
    held = yield from BY_VAULT.find(gone, ledger)
    vaults = [known_vault(change, ledger) for change in changes]
    ids = {each.id for vault in vaults if vault is not None for each in vault.resources}
    ids.update(each.resource_id for id in gone for each in held[id])
    is_whole = fresh.as_of is not None and fresh.complete
    everywhere = (yield from BY_RESOURCE.find(ids, ledger)) if is_whole else None
    told = []
    for change, vault in zip(changes, vaults, strict=True):
        told.append(_losses_with(change, vault, held[change.subject.id], everywhere, gone))
        yield
    return held, told


def _losses_with(
    change: Change,
    vault: Vault | None,
    backups: Sequence[Backup],
    everywhere: Mapping[ResourceId, Sequence[Backup]] | None,
    gone: Container[str],
) -> list[LostBackups]:
    """Return what each resource loses with a vault, those first of which no good backup is left.

    ``everywhere`` are the backups of the resources in all vaults, ``None`` where they are not all known; what is in
    those that have ``gone`` is not left.
    """
    own: dict[ResourceId, list[Backup]] = {}
    for backup in backups:
        own.setdefault(backup.resource_id, []).append(backup)
    held = {each.id: each for each in vault.resources} if vault is not None else {}
    lost = []
    for id in {**held, **own}:
        rows, resource = own.get(id, []), held.get(id)
        others = None if everywhere is None else [each for each in everywhere[id] if each.vault_id not in gone]
        name = (resource.name if resource is not None else rows[0].resource_name) or id
        lost.append(
            lost_backups(
                id, name, change.subject.label, rows, others, resource.backup_count if resource is not None else 0
            )
        )
    return sorted((each for each in lost if each.count), key=lambda each: (not each.is_last, each.resource_name))


def _blast(told: Sequence[LostBackups], own: Sequence[Backup], ledger: Reading) -> Blast:
    """Return what a vault takes with it; what is in another of those that go is not left."""
    more = sum(each.count for each in told[NAMED:])
    return Blast(tuple(told[:NAMED]), ledger.freshness[Part.BACKUPS].as_of, more, shareable=shareable(own))


def _result(intent: Intent, vault: Vault | None) -> Result:
    return Result(intent.subject.id, GONE if vault is None else str(vault.status))
