"""Deleting a vault with all the backups in it. It comes to the same when repeated, and that it is gone is the proof."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.blast import Blast, LostBackups
from cbr_desktop.domain.change import VAULT_LANE, Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.intent import WAITING, Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.domain.vault import Vault, VaultKind, VaultStatus
from cbr_desktop.domain.vault_changes import PRE_PAID, VaultDeletion
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.losses import NAMED, lost_backups, shareable
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vault_resources import BACKUPS
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
from cbr_desktop.workflows.preflight import Preflight

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
        return self.judge_together((change,), ledger, now)[0]

    def judge_together(self, changes: Sequence[Change], ledger: Ledger, now: datetime) -> list[Preflight]:
        """Judge several deletions, each by what is left when all of the vaults are gone."""
        held, verdicts = _backups_in(changes, ledger), []
        running = Counter(task.vault_id for task in ledger.tasks.values() if not task.is_over)
        ours = {each.change.vault_id for each in ledger.intents.values() if each.state in _OPEN}
        for change in changes:
            vault = known_vault(change, ledger)
            findings = unknown_vault(change, ledger)
            if vault is not None:
                own, told = held[change.subject.id], _losses_of(change, held, ledger)
                findings += [*_refusals(vault, own, running[vault.id]), *_losses(vault, own, told, ledger)]
                if vault.id in ours:
                    findings.append(_queued(vault))
                findings += _freed(vault, own, ledger)
            verdicts.append(judged(findings, ledger))
        return verdicts

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return the backups that each resource loses and what it has elsewhere, first where that is nothing."""
        return self.blast_together((change,), ledger)[0]

    def blast_together(self, changes: Sequence[Change], ledger: Reading) -> list[Blast]:
        """Return what each of several vaults takes with it; what is in another of them is not left."""
        held, as_of = _backups_in(changes, ledger), ledger.freshness[Part.BACKUPS].as_of
        blasts = []
        for change in changes:
            told = _losses_of(change, held, ledger)
            more = sum(each.count for each in told[NAMED:])
            blasts.append(Blast(tuple(told[:NAMED]), as_of, more, shareable=shareable(held[change.subject.id])))
        return blasts

    def sum_up(self, changes: Sequence[Change], ledger: Ledger) -> list[Finding]:
        """Say what all the vaults take with them, and what is left behind without them."""
        held = _backups_in(changes, ledger)
        vaults = [vault for change in changes if (vault := known_vault(change, ledger)) is not None]
        told = [each for change in changes for each in _losses_of(change, held, ledger)]
        return list(_summed_up(vaults, held, told, ledger))

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
        facts: finding.Facts = {"vault": name, "count": len(names), "names": names}
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
    facts: finding.Facts = {
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


def _backups_in(changes: Sequence[Change], ledger: Reading) -> dict[str, list[Backup]]:
    """Return the backups in the vaults of changes, by the ids of these; the list, which may be long, is read once."""
    held: dict[str, list[Backup]] = {change.subject.id: [] for change in changes}
    for backup in ledger.backups.values():
        if backup.vault_id in held:
            held[backup.vault_id].append(backup)
    return held


def _losses_of(change: Change, gone: Mapping[str, Sequence[Backup]], ledger: Reading) -> list[LostBackups]:
    """Return what each resource loses with a vault, those first of which no good backup is left.

    ``gone`` are the backups in all the vaults that go with it, by the ids of these.
    """
    vault, fresh = known_vault(change, ledger), ledger.freshness[Part.BACKUPS]
    own: dict[ResourceId, list[Backup]] = {}
    for backup in gone[change.subject.id]:
        own.setdefault(backup.resource_id, []).append(backup)
    held = {each.id: each for each in vault.resources} if vault is not None else {}
    is_whole = fresh.as_of is not None and fresh.complete
    lost = []
    for id in {**held, **own}:
        rows, resource = own.get(id, []), held.get(id)
        others = [each for each in BACKUPS.of(id, ledger) if each.vault_id not in gone] if is_whole else None
        name = (resource.name if resource is not None else rows[0].resource_name) or id
        lost.append(
            lost_backups(
                id, name, change.subject.label, rows, others, resource.backup_count if resource is not None else 0
            )
        )
    return sorted((each for each in lost if each.count), key=lambda each: (not each.is_last, each.resource_name))


def _result(intent: Intent, vault: Vault | None) -> Result:
    return Result(intent.subject.id, GONE if vault is None else str(vault.status))
