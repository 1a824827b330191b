"""Creating a policy. A lost answer is looked for in the list of policies; proved undone, it is sent again.

A policy tells when its trigger was made. One of the same name, schedule and retention that was made after the request
left is what was asked for; if it was made by another person in the same minutes, it is the same all the same.
"""

from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject, SubjectType
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.intent import Candidate, Intent
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.domain.policy import (
    BACKUP,
    POLICIES_LIMIT,
    REPLICATION,
    Policy,
    PolicyDraft,
    policy_body,
    policy_findings,
    read_policy,
)
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.creation import found_in
from cbr_desktop.workflows.operations.operation import AnsweredOperation, Reader, Search, found_good
from cbr_desktop.workflows.operations.policies import DESTINATION, NAME_AND_STATE, RETENTION, TRIGGER
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since, span_of

_SCHEMA = Schema(
    "PolicyCreateReq",
    {
        "policy": Schema(
            "PolicyCreate",
            {
                **NAME_AND_STATE,
                "operation_type": (BACKUP, REPLICATION),
                "operation_definition": Schema("PolicyoODCreate", RETENTION | DESTINATION),
                "trigger": TRIGGER,
            },
            frozenset({"name", "operation_type", "operation_definition", "trigger"}),
        )
    },
    frozenset({"policy"}),
)


class CreatePolicy(AnsweredOperation):
    """The operation that makes a policy, which is applied to no vault yet."""

    kind = Kind.CREATE_POLICY
    repeat = Repeat.AFTER_PROOF
    effect = Effect.ADDS
    template = "policies"
    schema = _SCHEMA
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.POLICIES})
    rereads = frozenset({Part.POLICIES})

    def draft_of(self, document: ChangeDocument) -> PolicyDraft:
        """Return the policy that a request file asks for."""
        return found_good(read_policy(document.body))

    def subject(self, draft: PolicyDraft, ledger: Reading) -> Subject:
        """Return the policy, which has no id yet."""
        return Subject(SubjectType.POLICY, "", draft.name)

    def change(self, draft: PolicyDraft, ledger: Reading) -> Change:
        """Return the change that makes a policy. Two of one name go one after the other."""
        subject = self.subject(draft, ledger)
        return Change(self.kind, subject, f"policy:{draft.name}", "POST", "policies", policy_body(draft), draft.name)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the draft by itself, and by the policies there are."""
        draft = read_policy(change.body)
        if draft is None:
            return Preflight(())
        findings = policy_findings(draft, ledger.profile.name_rules)
        own = [policy for policy in ledger.policies.values() if policy.operation_type == draft.operation_type]
        if len(own) >= POLICIES_LIMIT:
            facts = {"count": len(own), "limit": POLICIES_LIMIT}
            findings.append(finding.block(FindingKind.POLICIES_FULL, finding.RequestPart.SCHEDULE, "6001", **facts))
        if any(policy.name == draft.name for policy in own):
            findings.append(finding.warn(FindingKind.POLICY_NAME_TAKEN, finding.RequestPart.NAME, name=draft.name))
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return ``None``: nothing that a list may say keeps a policy from being made but the service's own limit."""
        return None

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost by a new policy."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the policies: one that is as was asked for and made since is the one; none in a whole list is proof."""
        span = span_of(intent, reader.ledger.connection)
        with reader.noting(intent, "policies", searched_since(intent, reader.ledger.connection)):
            listing = await reader.cloud.policies()
        draft = read_policy(intent.body)
        return found_in(
            *(listing, intent, reader, span),
            lambda each: each.started_at,
            lambda each: draft is not None and _is_as_asked(each, draft),
            lambda each: Result(each.id, each.operation_type),
        )

    def adopted(self, intent: Intent, candidate: Candidate) -> Result:
        """Return a candidate as the policy that a request made."""
        draft = read_policy(intent.body)
        return Result(candidate.id, draft.operation_type if draft is not None else BACKUP)

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return that it was made, since the answer said so."""
        if intent.result is None:
            return None
        return single(intent.result.id, intent.name, Fate.DONE, intent.result.status)


CREATE_POLICY = CreatePolicy()


def _is_as_asked(policy: Policy, draft: PolicyDraft) -> bool:
    """Whether schedule, retention and state are what was asked for; the order of the rules is no difference."""
    return (
        sorted(policy.patterns) == sorted(draft.patterns)
        and policy.enabled == draft.enabled
        and policy.operation_type == draft.operation_type
        and (policy.max_backups, policy.retention_days) == (draft.max_backups, draft.retention_days)
    )
