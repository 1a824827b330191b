"""Applying a policy to a vault. It comes to the same when repeated, and the vaults of the policy are the proof."""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.change import Change, Effect, Kind, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema, filled
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.policy import BACKUP, REPLICATION, Policy, PolicyApplication
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.vault import ProtectType, Vault, VaultKind, VaultStatus
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.policies import (
    PolicyOperation,
    Shift,
    read_policies,
)
from cbr_desktop.workflows.operations.vault_policies import (
    body_of,
    label_of,
    lane_of,
    policy_id_of,
    policy_named,
    unknown_vault,
    unnamed_policy,
    vault_subject,
)
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.schedules import policy_of

_PATH = "vaults/{vault_id}/associatepolicy"
_APPLIED = "applied"


class ApplyPolicy(PolicyOperation):
    """The operation that applies a policy to a vault, in the place of one of its kind that the vault has."""

    kind = Kind.APPLY_POLICY
    effect = Effect.CHANGES
    template = _PATH
    schema = Schema("VaultAssociate", {"policy_id": str, "destination_vault_id": str}, frozenset({"policy_id"}))

    def draft_of(self, document: ChangeDocument) -> PolicyApplication:
        """Return what a request file asks for."""
        content = document.content or {}
        target = content.get("destination_vault_id", "")
        return PolicyApplication(PolicyId(content["policy_id"]), VaultId(document.path["vault_id"]), target)

    def subject(self, draft: PolicyApplication, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: PolicyApplication, ledger: Reading) -> Change:
        """Return the change that applies a policy; its tag is the policy's name, for people alone."""
        body = body_of(policy_id=draft.policy_id, destination_vault_id=draft.destination_vault_id)
        path, label = filled(_PATH, {"vault_id": draft.vault_id}), label_of(draft.policy_id, ledger)
        return Change(self.kind, self.subject(draft, ledger), lane_of(draft.vault_id), "POST", path, body, label)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether the policy suits the vault, and what it does to its backups."""
        findings = unknown_vault(change, ledger)
        policy, vault = policy_named(change, ledger), ledger.vaults.get(VaultId(change.subject.id))
        if policy is None:
            findings.append(unnamed_policy(change, ledger))
        elif vault is not None:
            findings += _fit_findings(change, policy, vault)
            findings += _place_findings(policy, vault, ledger)
            findings += self.loss_findings(change, ledger, policy.name)
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    def shift(self, change: Change, ledger: Reading) -> Shift | None:
        """Return the rules of the policy that the vault has, and of the one that it gets."""
        policy, vault_id = policy_named(change, ledger), VaultId(change.subject.id)
        if policy is None or policy.operation_type != BACKUP:
            return None
        before = policy_of(vault_id, ledger)
        return Shift((vault_id,), before.rules if before is not None else None, policy.rules)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the policies: if the vault is among those of the policy, it was applied."""
        listing = await read_policies(intent, reader)
        wanted, vault_id = policy_id_of(intent.change), VaultId(intent.subject.id)
        policy = next((each for each in listing.rows if each.id == wanted), None)
        if policy is not None and vault_id in policy.vault_ids:
            return Search(Result(vault_id, _APPLIED))
        return Search(is_whole=listing.complete, is_undone=policy is not None or listing.complete)


APPLY_POLICY = ApplyPolicy()


def _fit_findings(change: Change, policy: Policy, vault: Vault) -> Iterator[Finding]:
    part, names = finding.RequestPart.VAULT, {"policy": policy.name, "vault": vault.name}
    if vault.status not in (VaultStatus.AVAILABLE, VaultStatus.LOCK):
        yield finding.block(FindingKind.VAULT_STATUS, part, "6112", vault=vault.name, status=vault.status)
    if policy.operation_type == BACKUP and (vault.protect_type == ProtectType.HYBRID or vault.cloud_type != "public"):
        kind = vault.cloud_type if vault.cloud_type != "public" else str(vault.protect_type)
        yield finding.block(FindingKind.VAULT_NOT_PUBLIC, part, "6136", vault=vault.name, cloud_type=kind)
    elif vault.protect_type != ProtectType.BACKUP:
        yield finding.block(FindingKind.POLICY_TYPE_UNFIT, part, "6127", **names)
    elif policy.operation_type == REPLICATION and vault.kind != VaultKind.SERVER:
        yield finding.block(FindingKind.POLICY_TYPE_UNFIT, part, "6122", **names)
    if policy.operation_type == REPLICATION and not content_of(change.body).get("destination_vault_id"):
        yield finding.block(FindingKind.DESTINATION_MISSING, part, "9900", policy=policy.name)


def _place_findings(policy: Policy, vault: Vault, ledger: Reading) -> Iterator[Finding]:
    part, names = finding.RequestPart.SCHEDULE, {"policy": policy.name, "vault": vault.name}
    if vault.id in policy.vault_ids:
        yield finding.info(FindingKind.POLICY_APPLIED, part, **names)
        return
    for other in ledger.policies.values():
        if other.operation_type == policy.operation_type and vault.id in other.vault_ids:
            yield finding.warn(FindingKind.POLICY_REPLACED, part, **names, other=other.name)
