"""Deleting a policy. It comes to the same when repeated, and a policy that is gone is the proof that it was done."""

from datetime import datetime

from cbr_desktop.domain.change import Change, Effect, Kind, Result, Subject
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.policy import BACKUP, PolicyDeletion
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.policies import (
    POLICY_PATH,
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

_GONE = "gone"
"""The status of a policy that does not exist any more, which is not a word of the service."""


class DeletePolicy(PolicyOperation):
    """The operation that deletes a policy; it is applied to no vault any more then, and their backups stay."""

    kind = Kind.DELETE_POLICY
    effect = Effect.DELETES
    template = POLICY_PATH
    schema = None
    done_codes = frozenset({"6000"})

    def draft_of(self, document: ChangeDocument) -> PolicyDeletion:
        """Return the deletion that a request file asks for."""
        return PolicyDeletion(policy_id_in(document))

    def subject(self, draft: PolicyDeletion, ledger: Reading) -> Subject:
        """Return the policy."""
        return policy_subject(draft.policy_id, ledger)

    def change(self, draft: PolicyDeletion, ledger: Reading) -> Change:
        """Return the change that deletes a policy."""
        id = draft.policy_id
        return Change(self.kind, self.subject(draft, ledger), policy_lane(id), "DELETE", policy_path(id))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the deletion by the vaults that are not backed up then."""
        policy = known_policy(change, ledger)
        if policy is None:
            return Preflight((unknown_policy(change.subject.id, ledger),))
        return Preflight((*stopping(policy), *self.loss_findings(change, ledger, policy.name)))

    def shift(self, change: Change, ledger: Reading) -> Shift | None:
        """Return that its vaults come under no rules any more."""
        policy = known_policy(change, ledger)
        if policy is None or policy.operation_type != BACKUP:
            return None
        return Shift(policy.vault_ids, policy.rules, None)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the policies: one that is not among all of them was deleted."""
        listing = await read_policies(intent, reader)
        if any(each.id == intent.subject.id for each in listing.rows):
            return Search(is_undone=True)
        return Search(Result(intent.subject.id, _GONE)) if listing.complete else Search(is_whole=False)


DELETE_POLICY = DeletePolicy()
