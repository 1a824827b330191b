"""Setting or deleting tags of a vault. It comes to the same when repeated, and the vault's tags are the proof."""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, Schema, filled
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.vault import Vault
from cbr_desktop.domain.vault_changes import (
    TAGS_LIMIT,
    TAGS_USUAL,
    TagChange,
    read_tag_change,
    tag_findings,
    tags_body,
)
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import AnsweredOperation, Reader, Search, found_good
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vaults import judged, judged_at, known_vault, read_vault, vault_id_in
from cbr_desktop.workflows.preflight import Preflight

_PATH = "vault/{vault_id}/tags/action"
"""Tags are the one thing that the service has under ``vault``, not ``vaults``."""


class ChangeTags(AnsweredOperation):
    """The operation that sets tags of a vault, in the place of those with the same keys, or deletes some."""

    kind = Kind.CHANGE_TAGS
    repeat = Repeat.SAFE
    effect = Effect.CHANGES
    template = _PATH
    schema = Schema(
        "BulkCreateAndDeleteVaultTagsReq",
        {"action": ("create", "delete"), "tags": [Schema("Tag", {"key": str, "value": str}, frozenset({"key"}))]},
        frozenset({"action", "tags"}),
    )
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS})
    rereads = frozenset({Part.VAULTS})

    def draft_of(self, document: ChangeDocument) -> TagChange:
        """Return the change that a request file asks for."""
        return found_good(read_tag_change(document.body, vault_id_in(document)))

    def subject(self, draft: TagChange, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def change(self, draft: TagChange, ledger: Reading) -> Change:
        """Return the change of the tags of a vault."""
        id = draft.vault_id
        subject, path = self.subject(draft, ledger), filled(_PATH, {"vault_id": id})
        return Change(self.kind, subject, f"vault-tags:{id}", "POST", path, tags_body(draft))

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the tags by themselves, and by those that the vault has."""
        draft, vault = _draft(change), known_vault(change, ledger)
        if draft is None:
            return Preflight(())
        findings = list(tag_findings(draft.tags))
        if not draft.tags:
            findings.append(finding.block(FindingKind.TAGS_NONE, finding.RequestPart.VAULT, "9900"))
        findings += unknown_vault(change, ledger)
        if vault is not None:
            findings += _known_findings(draft, vault)
        return judged(findings, ledger)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """No backup is lost by other tags."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the tags of the vault: as they were asked for, they were changed; else they were not so far."""
        vault, draft = await read_vault(intent, reader), _draft(intent.change)
        if vault is not None and draft is not None and _is_as_asked(vault, draft):
            return Search(Result(vault.id, "changed"))
        return Search(is_undone=True)


CHANGE_TAGS = ChangeTags()


def _draft(change: Change) -> TagChange | None:
    return read_tag_change(change.body, VaultId(change.subject.id))


def _is_as_asked(vault: Vault, draft: TagChange) -> bool:
    if draft.deletes:
        return vault.tags.keys().isdisjoint(key for key, _value in draft.tags)
    return all(vault.tags.get(key) == value for key, value in draft.tags)


def _known_findings(draft: TagChange, vault: Vault) -> Iterator[Finding]:
    part, name = finding.RequestPart.VAULT, vault.name
    if draft.tags and _is_as_asked(vault, draft):
        yield finding.info(FindingKind.TAGS_UNCHANGED, part, vault=name)
    if draft.deletes:
        return
    for key, value in draft.tags:
        found = vault.tags.get(key)
        if found not in (None, value):
            yield finding.info(FindingKind.TAG_OVERWRITTEN, part, vault=name, key=key, found=found, written=value)
    count = len(vault.tags.keys() | {key for key, _value in draft.tags})
    if count > TAGS_LIMIT:
        yield finding.block(FindingKind.TOO_MANY_TAGS, part, "6600", count=count, limit=TAGS_LIMIT)
    elif count > TAGS_USUAL:
        yield finding.warn(FindingKind.TAGS_MANY, part, "6600", vault=name, count=count, limit=TAGS_USUAL)
