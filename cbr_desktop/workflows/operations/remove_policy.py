"""Removing a policy from a vault. It comes to the same when repeated, and the vaults of the policy are the proof."""

from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.change import Change, Effect, Kind, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema, filled
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.policy import BACKUP, PolicyRemoval
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

_PATH = "vaults/{vault_id}/dissociatepolicy"
_REMOVED = "removed"


class RemovePolicy(PolicyOperation):
    """The operation that removes a policy from a vault, whose backups stay."""

    kind = Kind.REMOVE_POLICY
    effect = Effect.CHANGES
    template = _PATH
    schema = Schema("VaultDissociate", {"policy_id": str}, frozenset({"policy_id"}))
    done_codes = frozenset({"6002"})

    def draft_of(self, document: ChangeDocument) -> PolicyRemoval:
        """Return what a request file asks for."""
        content = document.content or {}
        return PolicyRemoval(PolicyId(content["policy_id"]), VaultId(document.path["vault_id"]))

    def subject(self, draft: PolicyRemoval, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: PolicyRemoval, ledger: Reading) -> Change:
        """Return the change that removes a policy; its tag is the policy's name, for people alone."""
        body, path = body_of(policy_id=draft.policy_id), filled(_PATH, {"vault_id": draft.vault_id})
        label = label_of(draft.policy_id, ledger)
        return Change(self.kind, self.subject(draft, ledger), lane_of(draft.vault_id), "POST", path, body, label)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether the vault has the policy, and what becomes of its backups without it."""
        findings = unknown_vault(change, ledger)
        policy, vault = policy_named(change, ledger), ledger.vaults.get(VaultId(change.subject.id))
        if policy is None:
            findings.append(unnamed_policy(change, ledger))
        elif vault is not None:
            part, names = finding.RequestPart.SCHEDULE, {"policy": policy.name, "vault": vault.name}
            if vault.id not in policy.vault_ids:
                findings.append(finding.block(FindingKind.POLICY_NOT_APPLIED, part, "6002", **names))
            elif policy.enabled and policy.operation_type == BACKUP:
                findings.append(finding.warn(FindingKind.POLICY_STOPS, part, policy=policy.name, count=1))
            findings += self.loss_findings(change, ledger, policy.name)
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    def shift(self, change: Change, ledger: Reading) -> Shift | None:
        """Return that the vault comes under no rules any more."""
        policy, vault_id = policy_named(change, ledger), VaultId(change.subject.id)
        if policy is None or policy.operation_type != BACKUP or vault_id not in policy.vault_ids:
            return None
        return Shift((vault_id,), policy.rules, None)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the policies: if the vault is not among those of the policy, it was removed."""
        listing = await read_policies(intent, reader)
        wanted, vault_id = policy_id_of(intent.change), VaultId(intent.subject.id)
        policy = next((each for each in listing.rows if each.id == wanted), None)
        if policy is not None and vault_id in policy.vault_ids:
            return Search(is_undone=True)
        if policy is None and not listing.complete:
            return Search(is_whole=False)
        return Search(Result(vault_id, _REMOVED))


REMOVE_POLICY = RemovePolicy()
