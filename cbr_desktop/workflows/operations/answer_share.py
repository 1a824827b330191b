"""Accepting or rejecting a backup that another project offers. The own member of the backup is the proof."""

import json
from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.change import Change, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema, filled
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.sharing import Offer, ShareAnswer
from cbr_desktop.domain.vault import ProtectType, ResourceType, VaultKind, VaultStatus
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.backups import id_in
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.shares import MEMBER_PATH, ShareOperation, lane_of, read_members, subject_of
from cbr_desktop.workflows.operations.withdraw_share import project_in
from cbr_desktop.workflows.preflight import Preflight

_ANSWERS = (MemberStatus.ACCEPTED, MemberStatus.REJECTED)
_KINDS: dict[str, VaultKind] = {ResourceType.SERVER: VaultKind.SERVER, ResourceType.DISK: VaultKind.DISK}


class AnswerShare(ShareOperation):
    """The operation that takes an offered backup into a vault, or rejects it."""

    kind = Kind.ANSWER_SHARE
    repeat = Repeat.SAFE
    template = MEMBER_PATH
    schema = Schema("UpdateMember", {"status": str, "vault_id": str}, frozenset({"status"}))
    judged_by = frozenset({Part.VAULTS, Part.OFFERS})
    rereads = frozenset({Part.VAULTS, Part.OFFERS})

    def draft_of(self, document: ChangeDocument) -> ShareAnswer:
        """Return what a request file asks for."""
        given = document.content or {}
        own = ProjectId(document.path["member_id"])
        return ShareAnswer(id_in(document), own, given["status"], given.get("vault_id", ""))

    def subject(self, draft: ShareAnswer, ledger: Reading) -> Subject:
        """Return the backup."""
        return subject_of(draft.backup_id, ledger)

    def change(self, draft: ShareAnswer, ledger: Reading) -> Change:
        """Return the change that answers an offer; its tag is the answer, for people alone."""
        id, subject = draft.backup_id, self.subject(draft, ledger)
        path = filled(MEMBER_PATH, {"backup_id": id, "member_id": draft.project_id})
        given = {"status": str(draft.status), **({"vault_id": draft.vault_id} if draft.vault_id else {})}
        body = json.dumps(given, indent=2).encode()
        return Change(self.kind, subject, lane_of(id), "PUT", path, body, str(draft.status))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether the backup is offered, and whether a vault can take it in."""
        findings = list(_findings(change, ledger))
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the own member: it says what was answered, and into which vault."""
        listing, own = await read_members(intent, reader), project_in(intent.change)
        member = next((each for each in listing.rows if each.project_id == own), None)
        asked = content_of(intent.body)
        wanted, vault_id = asked.get("status"), str(asked.get("vault_id") or "")
        is_there = member is not None and member.status == wanted
        if is_there and (not vault_id or (member is not None and member.vault_id == vault_id)):
            return Search(Result(intent.subject.id, str(wanted)))
        # an offer that has been withdrawn meanwhile cannot be answered: whether it was before stays unknown
        return Search(is_whole=listing.complete, is_undone=member is not None)


ANSWER_SHARE = AnswerShare()


def _findings(change: Change, ledger: Ledger) -> Iterator[Finding]:
    part, given = finding.RequestPart.BACKUP, content_of(change.body)
    if given.get("status") not in _ANSWERS:
        yield finding.block(FindingKind.ANSWER_INVALID, part, "6706", found=str(given.get("status", "")))
    if ledger.project_id is not None and project_in(change) != ledger.project_id:
        yield finding.block(FindingKind.ANSWER_FOR_OTHER, part, "6708", found=project_in(change))
    offer = ledger.offers.get(BackupId(change.subject.id))
    freshness = ledger.freshness[Part.OFFERS]
    if offer is None:
        is_certain = freshness.as_of is not None and freshness.complete
        say = finding.block if is_certain else finding.warn
        yield say(FindingKind.OFFER_UNKNOWN, part, "6705", id=change.subject.id)
    elif offer.status == given.get("status") and offer.backup.vault_id == str(given.get("vault_id") or ""):
        yield finding.info(FindingKind.OFFER_ANSWERED, part, backup=offer.backup.name, status=offer.status)
    elif offer.status == MemberStatus.ACCEPTED and given.get("status") == MemberStatus.REJECTED:
        vault = ledger.vaults.get(offer.backup.vault_id)
        facts = {"backup": offer.backup.name, "vault": vault.name if vault is not None else offer.backup.vault_id}
        yield finding.warn(FindingKind.OFFER_GIVEN_BACK, part, **facts)
    if given.get("status") == MemberStatus.ACCEPTED:
        yield from _vault_findings(str(given.get("vault_id") or ""), offer, ledger)


def _vault_findings(id: str, offer: Offer | None, ledger: Ledger) -> Iterator[Finding]:
    part, vault = finding.RequestPart.VAULT, ledger.vaults.get(VaultId(id))
    if not id:
        yield finding.block(FindingKind.TAKING_VAULT_MISSING, part, "9900")
        return
    if vault is None:
        freshness = ledger.freshness[Part.VAULTS]
        is_certain = freshness.as_of is not None and freshness.complete and not freshness.from_cache
        kind = FindingKind.VAULT_UNKNOWN if is_certain else FindingKind.VAULT_UNVERIFIED
        yield (finding.block if is_certain else finding.warn)(kind, part, "6105", id=id)
        return
    wanted = _KINDS.get(offer.backup.resource_type) if offer is not None else None
    if vault.protect_type != ProtectType.BACKUP or (wanted is not None and vault.kind != wanted):
        yield finding.block(FindingKind.TAKING_VAULT_KIND, part, "6713", vault=vault.name)
    if vault.status not in (VaultStatus.AVAILABLE, VaultStatus.LOCK):
        yield finding.block(FindingKind.SHARE_VAULT_STATUS, part, "6712", vault=vault.name, status=vault.status)
    if vault.free_gb <= 0 and offer is not None and offer.backup.vault_id != id:
        yield finding.block(FindingKind.TAKING_VAULT_FULL, part, "6114", vault=vault.name)
