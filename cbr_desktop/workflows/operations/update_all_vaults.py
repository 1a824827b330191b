"""Changing threshold and notification of all vaults of a project at once. Nothing but all of them can be chosen.

It comes to the same when repeated, and the vaults as the service lists them are the proof.
"""

from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject, SubjectType
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.vault import Vault, VaultStatus
from cbr_desktop.domain.vault_changes import VaultsUpdate, all_body, in_range, is_as_all, read_all
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, found_good
from cbr_desktop.workflows.operations.vaults import judged
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since

_PATH = "vaults/batch-update"
_CHANGEABLE = (VaultStatus.AVAILABLE, VaultStatus.LOCK)
"""The states of vaults that have to be as they were asked for; of others it is not known whether they are changed."""


class UpdateAllVaults(Operation):
    """The operation that changes threshold and notification of all vaults of a project."""

    kind = Kind.UPDATE_ALL_VAULTS
    repeat = Repeat.SAFE
    effect = Effect.CHANGES
    template = _PATH
    schema = Schema(
        "BatchUpdateVaultRequestBody",
        {"vault": Schema("VaultBatchUpdate", {"threshold": int, "smn_notify": bool})},
        frozenset({"vault"}),
    )
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS})
    rereads = frozenset({Part.VAULTS})

    def draft_of(self, document: ChangeDocument) -> VaultsUpdate:
        """Return the change that a request file asks for."""
        return found_good(read_all(document.body))

    def subject(self, draft: VaultsUpdate, ledger: Reading) -> Subject:
        """Return the project, which the profile names."""
        return Subject(SubjectType.PROJECT, "")

    def change(self, draft: VaultsUpdate, ledger: Reading) -> Change:
        """Return the change of all vaults."""
        return Change(self.kind, self.subject(draft, ledger), "all-vaults", "PUT", _PATH, all_body(draft))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the values, and say which vaults it is done to and how many of them are otherwise now."""
        draft, part = read_all(change.body), finding.RequestPart.VAULT
        if draft is None:
            return Preflight(())
        findings = []
        if draft == VaultsUpdate():
            findings.append(finding.block(FindingKind.ALL_UNCHANGED, part, "9900"))
        if draft.threshold_percent is not None:
            findings += in_range("threshold", draft.threshold_percent, 1, 100)
        if ledger.vaults:
            names = sorted(each.name or each.id for each in ledger.vaults.values())
            changed = sum(not is_as_all(each, draft) for each in ledger.vaults.values())
            facts: finding.FindingFacts = {"count": len(names), "names": names, "changed": changed}
            findings.append(finding.warn(FindingKind.ALL_VAULTS, part, "", **facts))
        return judged(findings, ledger)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return ledger.freshness[Part.VAULTS].as_of

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost by it but the thresholds of before, which the vaults tell."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vaults: if all that can be changed are as was asked for, it was done; else it was not so far."""
        listing, draft = await _read(intent, reader), read_all(intent.body)
        known = [each for each in listing.rows if each.status in _CHANGEABLE]
        if draft is None or not all(is_as_all(each, draft) for each in known):
            return Search(is_undone=True)
        tells = draft.notify is None or all(each.notify is not None for each in known)
        if not listing.complete or not tells:
            return Search(is_whole=False)
        return Search(Result(intent.subject.id, "changed"))

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the vaults: an answer that says that some were changed does not say that all were."""
        listing = await _read(intent, reader)
        reader.ledger.put_vaults(listing)
        return intent.result

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return vault by vault whether it is as was asked for."""
        draft = read_all(intent.body)
        if intent.result is None or draft is None:
            return None
        return Outcome(tuple(_line(each, draft) for each in ledger.vaults.values()), intent.result.status)


UPDATE_ALL_VAULTS = UpdateAllVaults()


async def _read(intent: Intent, reader: Reader) -> Listing[Vault]:
    with reader.noting(intent, "vaults", searched_since(intent, reader.ledger.connection)):
        return await reader.cloud.vaults()


def _line(vault: Vault, draft: VaultsUpdate) -> ResourceOutcome:
    fate = Fate.DONE if is_as_all(vault, draft) else Fate.UNCERTAIN
    return ResourceOutcome(ResourceId(vault.id), vault.name, "", fate, str(vault.status))
