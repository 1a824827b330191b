"""Creating a vault. A lost answer is looked for in the list of vaults; proved undone, it is sent again.

A vault tells when it was made. One of the same name, kind and size that was made after the request left is what was
asked for; if it was made by another person in the same minutes, it is the same all the same.
"""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject, SubjectType
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId, is_enterprise_project_id
from cbr_desktop.domain.intent import Candidate, Intent
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome, single
from cbr_desktop.domain.policy import BACKUP
from cbr_desktop.domain.vault import ProtectType, Vault, VaultKind
from cbr_desktop.domain.vault_changes import APP_CONSISTENT, CRASH_CONSISTENT, PRE_PAID, binding_findings, locks
from cbr_desktop.domain.vault_draft import (
    POST_PAID,
    NewResource,
    VaultDraft,
    as_vault,
    draft_body,
    draft_findings,
    homes_of,
    read_draft,
    resource_findings,
)
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.associate_resources import RESOURCE_CREATE
from cbr_desktop.workflows.operations.creation import found_in
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, found_good
from cbr_desktop.workflows.operations.policies import unknown_policy
from cbr_desktop.workflows.operations.update_vault import BIND_RULES
from cbr_desktop.workflows.operations.vaults import enterprise_project_findings, known_resources, name_taken
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since, span_of

_BILLING = Schema(
    "BillingCreate",
    {
        "charging_mode": (POST_PAID, PRE_PAID),
        "cloud_type": ("public",),
        "consistent_level": (CRASH_CONSISTENT, APP_CONSISTENT),
        "object_type": tuple(map(str, VaultKind)),
        "protect_type": (str(ProtectType.BACKUP), str(ProtectType.REPLICATION)),
        "size": int,
        "is_multi_az": bool,
        # what an order has besides, which is not made here
        "period_type": ("month", "year"),
        "period_num": int,
        **dict.fromkeys(("is_auto_renew", "is_auto_pay"), bool),
        "console_url": str,
    },
    frozenset({"consistent_level", "object_type", "protect_type", "size"}),
)
_SCHEMA = Schema(
    "VaultCreateReq",
    {
        "vault": Schema(
            "VaultCreate",
            {
                **dict.fromkeys(("name", "description", "backup_policy_id", "backup_name_prefix"), str),
                **dict.fromkeys(("enterprise_project_id", "availability_zone"), str),
                **dict.fromkeys(("auto_bind", "auto_expand", "smn_notify", "demand_billing"), bool),
                "threshold": int,
                "bind_rules": BIND_RULES,
                "billing": _BILLING,
                "resources": [RESOURCE_CREATE],
                "tags": [Schema("Tag", {"key": str, "value": str}, frozenset({"key", "value"}))],
            },
            frozenset({"name", "billing", "resources"}),
        )
    },
    frozenset({"vault"}),
)


class CreateVault(Operation):
    """The operation that makes a vault that is paid by use, with its first resources and its policy."""

    kind = Kind.CREATE_VAULT
    repeat = Repeat.AFTER_PROOF
    effect = Effect.ADDS
    template = "vaults"
    schema = _SCHEMA
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS, Part.POLICIES, Part.PROTECTABLES})
    rereads = frozenset({Part.VAULTS, Part.POLICIES, Part.PROTECTABLES})

    def draft_of(self, document: ChangeDocument) -> VaultDraft:
        """Return the vault that a request file asks for."""
        return found_good(read_draft(document.body))

    def subject(self, draft: VaultDraft, ledger: Reading) -> Subject:
        """Return the vault, which has no id yet."""
        return Subject(SubjectType.VAULT, "", draft.name)

    def change(self, draft: VaultDraft, ledger: Reading) -> Change:
        """Return the change that makes a vault. Two of one name go one after the other."""
        subject, lane = self.subject(draft, ledger), f"new-vault:{draft.name}"
        return Change(self.kind, subject, lane, "POST", "vaults", draft_body(draft), draft.name)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the draft by itself, by what it takes in, and by what the vault does by itself."""
        draft = read_draft(change.body)
        if draft is None:
            return Preflight(())
        findings = draft_findings(draft, ledger.profile.name_rules)
        if locks(change.body):
            findings.append(finding.block(FindingKind.LOCK_APART, finding.RequestPart.VAULT, vault=draft.name))
        findings += name_taken(draft.name, ledger)
        findings += _policy_findings(draft, ledger)
        if is_enterprise_project_id(draft.enterprise_project_id):
            findings += enterprise_project_findings(draft.enterprise_project_id, ledger)
        freshness = ledger.freshness[Part.PROTECTABLES]
        was_read = freshness.as_of is not None and freshness.complete
        homes = homes_of(ledger.vaults.values()) if draft.resources else {}
        findings += resource_findings(draft, ledger.protectables, homes, was_read=was_read)
        if any(each.include_volumes for each in draft.resources) and not ledger.profile.beta_fields:
            part = finding.RequestPart.RESOURCES
            findings.append(finding.warn(FindingKind.BETA_FIELD, part, "9900", path="include_volumes"))
        if draft.auto_bind:
            known, has_policy = known_resources(ledger), bool(draft.policy_id)
            findings += binding_findings(as_vault(draft), known, has_policy=has_policy)
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return ``None``: nothing that a list may say keeps a vault from being made."""
        return None

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost by a new vault."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vaults: one that is as was asked for and made since is the one; none in a whole list is proof."""
        span = span_of(intent, reader.ledger.connection)
        with reader.noting(intent, "vaults", searched_since(intent, reader.ledger.connection)):
            listing = await reader.cloud.vaults()
        draft = read_draft(intent.body)
        return found_in(
            *(listing, intent, reader, span),
            lambda each: each.created_at,
            lambda each: draft is not None and _is_as_asked(each, draft),
            _result,
        )

    def adopted(self, intent: Intent, candidate: Candidate) -> Result:
        """Return a candidate as the vault that a request made."""
        return Result(candidate.id)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the vault, into the ledger: what it has taken in may show later than it itself."""
        if intent.result is None:
            return None
        with reader.noting(intent, "vault", searched_since(intent, reader.ledger.connection)):
            vault = await reader.cloud.vault(VaultId(intent.result.id))
        reader.ledger.merge_vault(vault)
        return _result(vault)

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return whether the vault is there with each resource that it was to take in."""
        draft = read_draft(intent.body)
        if intent.result is None or draft is None:
            return None
        id, status = intent.result.id, intent.result.status
        vault = ledger.vaults.get(VaultId(id))
        if vault is None or not draft.resources:
            return single(id, intent.name, Fate.RUNNING if vault is None else Fate.DONE, status)
        return Outcome(tuple(_line(each, vault) for each in draft.resources), status)


CREATE_VAULT = CreateVault()


def _policy_findings(draft: VaultDraft, ledger: Ledger) -> Iterator[Finding]:
    if not draft.policy_id:
        if draft.protect_type == ProtectType.BACKUP:
            yield finding.info(FindingKind.NO_POLICY, finding.RequestPart.SCHEDULE, vault=draft.name)
        return
    policy = ledger.policies.get(PolicyId(draft.policy_id))
    part = finding.RequestPart.SCHEDULE
    if policy is None:
        yield unknown_policy(draft.policy_id, ledger)
    elif policy.operation_type != BACKUP or draft.protect_type != ProtectType.BACKUP:
        names = {"policy": policy.name, "vault": draft.name}
        yield finding.block(FindingKind.POLICY_TYPE_UNFIT, part, "6127", **names)
    elif not policy.enabled:
        yield finding.warn(FindingKind.POLICY_ASLEEP, part, policy=policy.name)


def _is_as_asked(vault: Vault, draft: VaultDraft) -> bool:
    """Whether what stays for the life of a vault is what was asked for, and its size."""
    return (vault.kind, vault.protect_type, vault.size_gb) == (draft.kind, draft.protect_type, draft.size_gb)


def _result(vault: Vault) -> Result:
    return Result(vault.id, str(vault.status))


def _line(resource: NewResource, vault: Vault) -> ResourceOutcome:
    is_in = vault.resource(ResourceId(resource.id.lower())) is not None or vault.resource(resource.id) is not None
    fate = Fate.DONE if is_in else Fate.UNCERTAIN
    return ResourceOutcome(resource.id, resource.name or resource.id, resource.type, fate)
