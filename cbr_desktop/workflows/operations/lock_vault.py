"""Locking a vault: from then on its automatic backups stay until they expire, and its resources stay in it, for good.

It comes to the same when repeated, and the vault as the service tells of it is the proof.
"""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.policy import BACKUP
from cbr_desktop.domain.retention import FOREVER
from cbr_desktop.domain.vault import Vault
from cbr_desktop.domain.vault_changes import LOCK_BODY, VaultLock, encoded
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import AnsweredOperation, Reader, Search
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vaults import (
    VAULT_PATH,
    judged,
    judged_at,
    known_vault,
    read_vault,
    settings_lane,
    state_findings,
    vault_id_in,
    vault_path,
)
from cbr_desktop.workflows.preflight import Preflight


class LockVault(AnsweredOperation):
    """The operation that locks a vault for good (``locked``, which other products call WORM)."""

    kind = Kind.LOCK_VAULT
    repeat = Repeat.SAFE
    effect = Effect.BINDS
    template = VAULT_PATH
    schema = Schema(
        "VaultUpdateReq",
        {"vault": Schema("VaultUpdate", {"locked": (True,)}, frozenset({"locked"}))},
        frozenset({"vault"}),
    )
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS, Part.BACKUPS, Part.POLICIES})
    rereads = frozenset({Part.VAULTS})

    def draft_of(self, document: ChangeDocument) -> VaultLock:
        """Return the locking that a request file asks for."""
        return VaultLock(vault_id_in(document))

    def subject(self, draft: VaultLock, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: VaultLock, ledger: Reading) -> Change:
        """Return the change that locks a vault."""
        id = draft.vault_id
        subject = self.subject(draft, ledger)
        return Change(self.kind, subject, settings_lane(id), "PUT", vault_path(id), encoded(LOCK_BODY))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge by what is in the vault, and say what is forbidden from then on, and until when."""
        vault = known_vault(change, ledger)
        findings = unknown_vault(change, ledger)
        if vault is not None:
            findings += [*state_findings(vault), *_binding(vault, ledger)]
        return judged(findings, ledger)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost but a freedom, which the findings tell."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read whether the vault is locked; one that is gone was not, as the service says when it is asked again."""
        vault = await read_vault(intent, reader)
        if vault is not None and vault.worm_locked:
            return Search(Result(vault.id, str(vault.status)))
        return Search(is_undone=True)


LOCK_VAULT = LockVault()


def _binding(vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    """Say what cannot be done to a vault and to what is in it once it is locked."""
    part, name = finding.RequestPart.VAULT, vault.name
    if vault.worm_locked:
        yield finding.info(FindingKind.LOCKED_ALREADY, part, vault=name)
        return
    yield finding.warn(FindingKind.LOCK_FOR_GOOD, part, vault=name)
    if vault.resources:
        yield finding.warn(FindingKind.LOCK_HOLDS, part, vault=name, count=len(vault.resources))
    own = [each for each in ledger.backups.values() if each.vault_id == vault.id and each.auto]
    expiring = [each.expires_at for each in own if each.expires_at is not None]
    if expiring:
        yield finding.warn(FindingKind.LOCK_KEEPS, part, vault=name, count=len(expiring), last=max(expiring))
    if len(own) > len(expiring):
        yield finding.warn(FindingKind.LOCK_KEEPS_FOREVER, part, vault=name, count=len(own) - len(expiring))
    for policy in ledger.policies.values():
        if policy.operation_type == BACKUP and vault.id in policy.vault_ids and policy.retention_days == FOREVER:
            yield finding.warn(FindingKind.LOCK_POLICY_FOREVER, part, vault=name, policy=policy.name)
