"""What applying a policy to a vault and removing it from one have in common."""

import json

from cbr_desktop.domain import finding
from cbr_desktop.domain.change import PRIOR_ID, Change, Subject, SubjectType
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import PolicyId, VaultId, is_uuid
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.request import content_of
from cbr_desktop.workflows.ledger import Part, Reading
from cbr_desktop.workflows.operations.policies import unknown_policy

_NO_VAULT = "6105"
"""The service's word for a vault that does not exist."""


def vault_subject(id: VaultId, ledger: Reading) -> Subject:
    """Return a vault as what something is done to."""
    known = ledger.vaults.get(id)
    return Subject(SubjectType.VAULT, id, known.name if known is not None else "")


def lane_of(id: VaultId) -> str:
    """Return the lane of the policies of a vault; what is backed up meanwhile does not matter to them."""
    return f"vault-policy:{id}"


def body_of(**ids: str) -> bytes:
    """Return a body that names ids; an empty one is left out."""
    return json.dumps({name: id for name, id in ids.items() if id}, indent=2).encode()


def policy_id_of(change: Change) -> PolicyId:
    """Return the policy that a change names, empty where it names none."""
    return PolicyId(str(content_of(change.body).get("policy_id", "")))


def policy_named(change: Change, ledger: Reading) -> Policy | None:
    """Return the policy that a change names, as far as it is known."""
    return ledger.policies.get(policy_id_of(change))


def label_of(policy_id: PolicyId, ledger: Reading) -> str:
    """Return the name of a policy, its id where that is not known; nothing while an earlier request makes it."""
    if policy_id == PRIOR_ID:
        return ""
    known = ledger.policies.get(policy_id)
    return known.name if known is not None and known.name else policy_id


def unnamed_policy(change: Change, ledger: Reading) -> Finding:
    """Say that the policy which a change names is none of the known ones, or that what it names is no id."""
    id = policy_id_of(change)
    if id == PRIOR_ID or is_uuid(id):
        return unknown_policy(id, ledger)
    return finding.block(FindingKind.BAD_ID, finding.RequestPart.FILE, "9900", path="body.policy_id", found=id)


def unknown_vault(change: Change, ledger: Reading) -> list[Finding]:
    """Say that a vault is not among the known ones; that blocks only when the list is known to be whole."""
    if VaultId(change.subject.id) in ledger.vaults:
        return []
    freshness = ledger.freshness[Part.VAULTS]
    is_certain = freshness.as_of is not None and freshness.complete and not freshness.from_cache
    say, kind = (
        (finding.block, FindingKind.VAULT_UNKNOWN) if is_certain else (finding.warn, FindingKind.VAULT_UNVERIFIED)
    )
    return [say(kind, finding.RequestPart.VAULT, _NO_VAULT, id=change.subject.id)]
