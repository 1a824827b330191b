"""Changing a policy: its name, its schedule, how long it keeps what it makes, or whether it does anything.

It comes to the same when repeated, and the policy as the service lists it is the proof.
"""

from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.change import Change, Effect, Kind, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import PolicyId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.policy import (
    BACKUP,
    Policy,
    PolicyUpdate,
    read_update,
    unsent_rules,
    update_body,
    update_findings,
    updated,
)
from cbr_desktop.domain.retention import transition
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.operation import Reader, Search, found_good
from cbr_desktop.workflows.operations.policies import (
    DESTINATION,
    NAME_AND_STATE,
    POLICY_PATH,
    RETENTION,
    TRIGGER,
    PolicyOperation,
    Shift,
    known_policy,
    policy_id_in,
    policy_lane,
    policy_path,
    policy_subject,
    read_policies,
    stopping,
    unknown_policy,
)
from cbr_desktop.workflows.preflight import Preflight

_SCHEMA = Schema(
    "PolicyUpdateReq",
    {
        "policy": Schema(
            "PolicyUpdate",
            {
                **NAME_AND_STATE,
                "operation_definition": Schema(
                    "PolicyoODCreate",
                    {**RETENTION, **DESTINATION},
                ),
                "trigger": TRIGGER,
            },
        )
    },
    frozenset({"policy"}),
)


class UpdatePolicy(PolicyOperation):
    """The operation that changes a policy."""

    kind = Kind.UPDATE_POLICY
    effect = Effect.CHANGES
    template = POLICY_PATH
    schema = _SCHEMA

    def draft_of(self, document: ChangeDocument) -> PolicyUpdate:
        """Return the change that a request file asks for."""
        return found_good(read_update(document.body, policy_id_in(document)))

    def subject(self, draft: PolicyUpdate, ledger: Reading) -> Subject:
        """Return the policy."""
        return policy_subject(draft.policy_id, ledger)

    def change(self, draft: PolicyUpdate, ledger: Reading) -> Change:
        """Return the change of a policy."""
        id = draft.policy_id
        subject, path = self.subject(draft, ledger), policy_path(id)
        return Change(self.kind, subject, policy_lane(id), "PUT", path, update_body(draft), draft.name or "")

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge what is changed by itself, by the policies there are, and by what it deletes."""
        update, policy = _update(change), known_policy(change, ledger)
        if update is None:
            return Preflight(())
        findings = update_findings(update, ledger.profile.name_rules)
        if policy is None:
            findings.append(unknown_policy(change.subject.id, ledger))
        else:
            findings += _known_findings(change, update, policy, ledger)
            findings += self.loss_findings(change, ledger, policy.name)
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    def shift(self, change: Change, ledger: Reading) -> Shift | None:
        """Return the rules of the policy before and after."""
        update, policy = _update(change), known_policy(change, ledger)
        if update is None or policy is None or policy.operation_type != BACKUP:
            return None
        return Shift(policy.vault_ids, policy.rules, updated(policy, update).rules)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the policies: the policy as it was asked for was changed, another was not so far."""
        listing = await read_policies(intent, reader)
        update = _update(intent.change)
        policy = next((each for each in listing.rows if each.id == intent.subject.id), None)
        if policy is None or update is None:
            # one that is gone was not changed, as the service says when it is asked again
            return Search(is_whole=listing.complete, is_undone=listing.complete)
        if _is_as_asked(policy, update):
            return Search(Result(policy.id, policy.operation_type))
        return Search(is_undone=True)


UPDATE_POLICY = UpdatePolicy()


def _update(change: Change) -> PolicyUpdate | None:
    return read_update(change.body, PolicyId(change.subject.id))


def _known_findings(change: Change, update: PolicyUpdate, policy: Policy, ledger: Ledger) -> list[Finding]:
    found: list[Finding] = []
    after = updated(policy, update)
    others = [each for each in ledger.policies.values() if each.id != policy.id]
    if after.name != policy.name and any(each.name == after.name for each in others):
        found.append(finding.warn(FindingKind.POLICY_NAME_TAKEN, finding.RequestPart.NAME, name=after.name))
    if after == policy:
        found.append(finding.info(FindingKind.POLICY_UNCHANGED, finding.RequestPart.NAME, policy=policy.name))
    if not after.enabled:
        found += stopping(policy)
    unsent = unsent_rules(change.body, policy)
    part = finding.RequestPart.RETENTION
    asked, own = ((each.destination_region, each.destination_project_id) for each in (update, policy))
    if policy.vault_ids and any(new not in ("", old) for new, old in zip(asked, own, strict=True)):
        found.append(finding.block(FindingKind.DESTINATION_FIXED, part, "6003", policy=policy.name))
    if unsent:
        found.append(finding.warn(FindingKind.RULES_UNSENT, part, policy=policy.name, names=unsent))
    rule = transition(policy.retention, after.retention)
    if rule is not None:
        found.append(finding.info(FindingKind.RULES_CHANGED, part, policy=policy.name, transition=rule))
    return found


def _is_as_asked(policy: Policy, update: PolicyUpdate) -> bool:
    """Whether a policy is as a change asks for; the order of its rules is no difference."""
    after = updated(policy, update)
    return (after.name, after.enabled, after.retention, after.full_backup_interval) == (
        policy.name,
        policy.enabled,
        policy.retention,
        policy.full_backup_interval,
    ) and sorted(after.patterns) == sorted(policy.patterns)
