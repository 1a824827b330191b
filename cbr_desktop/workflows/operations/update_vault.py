"""Changing a vault: its name, size, specification, threshold, and what it does by itself.

It comes to the same when repeated, and the vault as the service tells of it is the proof. That it is locked for good is
another operation, as it cannot be undone.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from cbr_desktop.domain import finding
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.domain.policy import BACKUP
from cbr_desktop.domain.vault import Vault, VaultStatus
from cbr_desktop.domain.vault_changes import (
    APP_CONSISTENT,
    CRASH_CONSISTENT,
    VaultUpdate,
    binding_findings,
    expansion_findings,
    level_findings,
    locks,
    read_update,
    size_findings,
    threshold_findings,
    update_body,
    update_findings,
    updated,
)
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, found_good
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vaults import (
    GONE,
    VAULT_PATH,
    judged,
    judged_at,
    known_resources,
    known_vault,
    name_taken,
    read_vault,
    settings_lane,
    state_findings,
    vault_id_in,
    vault_path,
)
from cbr_desktop.workflows.preflight import Preflight

BIND_RULES = Schema(
    "VaultBindRules",
    {"tags": [Schema("BindRulesTags", {"key": str, "value": str}, frozenset({"key", "value"}))]},
)
"""By which tags a vault takes in resources."""
_SCHEMA = Schema(
    "VaultUpdateReq",
    {
        "vault": Schema(
            "VaultUpdate",
            {
                "name": str,
                "threshold": int,
                **dict.fromkeys(("smn_notify", "auto_expand", "auto_bind"), bool),
                "bind_rules": BIND_RULES,
                "billing": Schema(
                    "BillingUpdate", {"size": int, "consistent_level": (CRASH_CONSISTENT, APP_CONSISTENT)}
                ),
            },
        )
    },
    frozenset({"vault"}),
)


_FATES: dict[str, Fate] = {
    VaultStatus.LOCK: Fate.RUNNING,
    VaultStatus.ERROR: Fate.FAILED,
    GONE: Fate.UNCERTAIN,
}
"""What the state of a vault says of a change of it; in any other it is changed."""


class UpdateVault(Operation):
    """The operation that changes a vault."""

    kind = Kind.UPDATE_VAULT
    repeat = Repeat.SAFE
    effect = Effect.CHANGES
    template = VAULT_PATH
    schema = _SCHEMA
    busy_codes: frozenset[str] = frozenset({"6123"})
    """What the service says of a vault that is being expanded, as it is by the very same request."""
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS})
    rereads = frozenset({Part.VAULTS})

    def draft_of(self, document: ChangeDocument) -> VaultUpdate:
        """Return the change that a request file asks for."""
        return found_good(read_update(document.body, vault_id_in(document)))

    def subject(self, draft: VaultUpdate, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: VaultUpdate, ledger: Reading) -> Change:
        """Return the change of a vault."""
        id = draft.vault_id
        subject, path = self.subject(draft, ledger), vault_path(id)
        return Change(self.kind, subject, settings_lane(id), "PUT", path, update_body(draft), draft.name or "")

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge what is changed by itself, by what is in the vault, and by what it would do then."""
        update, vault = read_update(change.body, VaultId(change.subject.id)), known_vault(change, ledger)
        if update is None:
            return Preflight(())
        findings = update_findings(update, ledger.profile.name_rules)
        if locks(change.body):
            name = change.subject.label
            findings.append(finding.block(FindingKind.LOCK_APART, finding.RequestPart.VAULT, vault=name))
        findings += unknown_vault(change, ledger)
        if vault is not None:
            findings += _known_findings(update, vault, ledger)
        return judged(findings, ledger)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing that is in a vault is lost by a change of it."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vault: as it was asked for, it was changed; else it was not so far."""
        vault, update = await read_vault(intent, reader), read_update(intent.body, VaultId(intent.subject.id))
        if vault is None or update is None:
            # one that is gone was not changed, as the service says when it is asked again
            return Search(is_undone=True)
        if update.notify is not None and vault.notify is None:
            # where a region does not tell of its notices it stays unknown whether this was done
            return Search(is_whole=False)
        if _is_as_asked(vault, update):
            return Search(Result(vault.id, str(vault.status)))
        return Search(is_undone=True)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the vault until it is not being expanded any more; of another change the answer has told all."""
        if intent.result is None or intent.result.status != VaultStatus.LOCK:
            return intent.result
        vault = await read_vault(intent, reader)
        return Result(intent.subject.id, str(vault.status) if vault is not None else GONE)

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return that it was changed, since the answer said so; a vault that is being expanded is under way."""
        if intent.result is None:
            return None
        status = intent.result.status
        return single(intent.subject.id, intent.subject.name, _FATES.get(status, Fate.DONE), status)


UPDATE_VAULT = UpdateVault()


def _known_findings(update: VaultUpdate, vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    after = updated(vault, update)
    yield from state_findings(vault)
    if after == vault:
        yield finding.info(FindingKind.VAULT_UNCHANGED, finding.RequestPart.VAULT, vault=vault.name)
    if after.name != vault.name:
        yield from name_taken(after.name, ledger, vault.id)
    yield from size_findings(update, vault)
    yield from level_findings(update, vault, ledger.agents)
    yield from expansion_findings(update, vault)
    yield from threshold_findings(update, vault)
    is_bound_anew = (after.auto_bind, after.bind_tags) != (vault.auto_bind, vault.bind_tags)
    if after.auto_bind and is_bound_anew:
        known = known_resources(ledger)
        yield from binding_findings(after, known, has_policy=_has_backup_policy(vault.id, ledger))


def _has_backup_policy(id: VaultId, ledger: Reading) -> bool | None:
    """Whether a backup policy is applied to a vault, ``None`` while the policies have not been read."""
    if ledger.freshness[Part.POLICIES].as_of is None:
        return None
    return any(each.operation_type == BACKUP and id in each.vault_ids for each in ledger.policies.values())


def _is_as_asked(vault: Vault, update: VaultUpdate) -> bool:
    """Whether a vault is as a change asks for; the order of the tags by which it takes in resources is none."""
    ordered = replace(vault, bind_tags=tuple(sorted(vault.bind_tags)))
    after = updated(ordered, update)
    return replace(after, bind_tags=tuple(sorted(after.bind_tags))) == ordered
