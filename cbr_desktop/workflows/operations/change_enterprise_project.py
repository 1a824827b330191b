"""Putting a vault into another enterprise project. It is a request to the service that keeps these (EPS).

It comes to the same when repeated, and the vault as the backup service tells of it is the proof. The service says
nothing but that it has taken the request (204), and a vault may show it a moment later. A user who may see nothing of
the new enterprise project does not see the vault any more: then it stays unknown.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema, filled, parts_of
from cbr_desktop.domain.enterprise_project import hindrance_of
from cbr_desktop.domain.enterprise_project_change import (
    VAULT_TYPE,
    EnterpriseProjectChange,
    Placing,
    enterprise_project_body,
    read_enterprise_project_change,
)
from cbr_desktop.domain.error import Forbidden
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import is_project_id, is_uuid
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.domain.vault import Vault
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, found_good
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vaults import (
    enterprise_project_findings,
    judged,
    judged_at,
    known_vault,
    read_vault,
    settings_lane,
)
from cbr_desktop.workflows.preflight import Preflight

_PATH = "enterprise-projects/{enterprise_project_id}/resources-migrate"
_NEEDED = frozenset({"project_id", "resource_id", "resource_type"})


class ChangeEnterpriseProject(Operation):
    """The operation that puts a vault into another enterprise project."""

    kind = Kind.CHANGE_ENTERPRISE_PROJECT
    repeat = Repeat.SAFE
    effect = Effect.CHANGES
    template = _PATH
    schema = Schema(
        "MigrateResource",
        {
            **dict.fromkeys(("region_id", "project_id", "resource_id"), str),
            "resource_type": (VAULT_TYPE,),
            "associated": bool,
        },
        _NEEDED,
    )
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS})
    rereads = frozenset({Part.VAULTS})

    def draft_of(self, document: ChangeDocument) -> EnterpriseProjectChange:
        """Return the change that a request file asks for."""
        return found_good(read_enterprise_project_change(document.body, document.path["enterprise_project_id"]))

    def subject(self, draft: EnterpriseProjectChange, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: EnterpriseProjectChange, ledger: Reading) -> Change:
        """Return the change of the enterprise project of a vault. ``ValueError`` while none is chosen."""
        if not draft.enterprise_project_id:
            raise ValueError("no enterprise project is chosen")
        path = filled(_PATH, {"enterprise_project_id": draft.enterprise_project_id})
        lane, body = settings_lane(draft.vault_id), enterprise_project_body(draft)
        return Change(self.kind, self.subject(draft, ledger), lane, "POST", path, body)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge where it goes, whether the service can be asked, and say what follows from it."""
        draft, vault = _draft(change), known_vault(change, ledger)
        if draft is None:
            return Preflight(())
        findings = [*_request_findings(draft, ledger), *unknown_vault(change, ledger)]
        findings += enterprise_project_findings(draft.enterprise_project_id, ledger)
        if vault is not None:
            findings += _effects(draft, vault, ledger)
        return judged(findings, ledger)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing that is in a vault is lost by it."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vault: in the enterprise project that was asked for, it was done; else it was not so far."""
        status = await _status(intent, reader)
        if status is Placing.UNSEEN:
            return Search(is_whole=False)
        if status is Placing.PLACED:
            return Search(Result(intent.subject.id, status))
        return Search(is_undone=True)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the vault until it shows where it is."""
        return Result(intent.subject.id, await _status(intent, reader))

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return whether the vault shows that it is there; of one that does not, or is not seen, it stays unknown."""
        if intent.result is None:
            return None
        status = intent.result.status
        fate = Fate.DONE if status == Placing.PLACED else Fate.UNCERTAIN
        return single(intent.subject.id, intent.subject.name, fate, status)


CHANGE_ENTERPRISE_PROJECT = ChangeEnterpriseProject()


def _draft(change: Change) -> EnterpriseProjectChange | None:
    return read_enterprise_project_change(change.body, target_of(change))


def target_of(change: Change) -> str:
    """Return the enterprise project that a vault is put into."""
    return parts_of(_PATH, change.path).get("enterprise_project_id", "")


def _request_findings(draft: EnterpriseProjectChange, ledger: Ledger) -> Iterator[Finding]:
    """Say that the service cannot be asked, or that what is asked for is of another project."""
    part, hindrance = finding.RequestPart.VAULT, hindrance_of(ledger.profile)
    if hindrance is not None:
        yield finding.block(FindingKind.EPS_NOT_ASKED, part, hindrance=hindrance.value)
    if not is_uuid(draft.vault_id):
        yield finding.block(FindingKind.BAD_ID, part, "9900", path="body.resource_id", found=draft.vault_id)
    if not draft.project_id:
        yield finding.block(FindingKind.PROJECT_ID_MISSING, part)
    elif not is_project_id(draft.project_id):
        yield finding.block(FindingKind.BAD_ID, part, "9900", path="body.project_id", found=draft.project_id)
    elif ledger.project_id not in (None, draft.project_id):
        yield finding.block(FindingKind.PROJECT_ID_OTHER, part, found=draft.project_id)


def _effects(draft: EnterpriseProjectChange, vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    part, target = finding.RequestPart.VAULT, draft.enterprise_project_id
    known = ledger.enterprise_projects.get(target)
    name = known.name if known is not None else ""
    is_there = vault.enterprise_project_id == target
    kind = FindingKind.ENTERPRISE_PROJECT_SAME if is_there else FindingKind.ENTERPRISE_PROJECT_RIGHTS
    yield finding.info(kind, part, vault=vault.name, name=name, id=target)


async def _status(intent: Intent, reader: Reader) -> Placing:
    """Read where the vault is. Raises ``CloudError``."""
    vault: Vault | None = None
    # a user who may see nothing of the new enterprise project is not let in to the vault any more
    with suppress(Forbidden):
        vault = await read_vault(intent, reader)
    if vault is None:
        return Placing.UNSEEN
    return Placing.PLACED if vault.enterprise_project_id == target_of(intent.change) else Placing.ASKED
