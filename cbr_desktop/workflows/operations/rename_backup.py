"""Renaming a backup. It comes to the same when repeated, and the backup's name is the proof."""

import json
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.backup import BackupRename
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.checkpoint import name_findings
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.intent import Intent
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.backups import (
    BACKUP_PATH,
    backup_subject,
    id_in,
    judged_at,
    known_backup,
    lane_of,
    path_of,
    read_backup,
    unknown_backup,
)
from cbr_desktop.workflows.operations.operation import AnsweredOperation, Reader, Search
from cbr_desktop.workflows.preflight import Preflight

_SCHEMA = Schema(
    "BackupUpdateReq",
    {"backup": Schema("BackupUpdate", {"name": str}, frozenset({"name"}))},
    frozenset({"backup"}),
)


class RenameBackup(AnsweredOperation):
    """The operation that gives a backup another name."""

    kind = Kind.RENAME_BACKUP
    repeat = Repeat.SAFE
    effect = Effect.CHANGES
    template = BACKUP_PATH
    schema = _SCHEMA
    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.BACKUPS})
    rereads = frozenset({Part.BACKUPS})

    def draft_of(self, document: ChangeDocument) -> BackupRename:
        """Return the renaming that a request file asks for."""
        return BackupRename(id_in(document), (document.content or {})["backup"]["name"])

    def subject(self, draft: BackupRename, ledger: Reading) -> Subject:
        """Return the backup."""
        return backup_subject(draft.backup_id, ledger)

    def change(self, draft: BackupRename, ledger: Reading) -> Change:
        """Return the change that gives a backup another name."""
        id = draft.backup_id
        body = json.dumps({"backup": {"name": draft.name}}, ensure_ascii=False, indent=2)
        subject = self.subject(draft, ledger)
        return Change(
            self.kind, subject, lane_of(id), "PUT", path_of(id), body.encode("utf-8", "surrogatepass"), draft.name
        )

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge the new name, and whether there is such a backup."""
        findings = name_findings(change.tag, ledger.profile.name_rules)
        if not change.tag:
            findings.append(finding.block(FindingKind.NAME_MISSING, finding.RequestPart.NAME, "9900"))
        backup = known_backup(change, ledger)
        if backup is None:
            findings.append(unknown_backup(change, ledger))
        elif backup.name == change.tag:
            findings.append(finding.info(FindingKind.NAME_UNCHANGED, finding.RequestPart.NAME, name=change.tag))
        return Preflight(tuple(sorted(findings, key=lambda each: each.severity.value)))

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of backups is."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost by another name."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the backup's name. One that is gone was not renamed, as the service says when it is asked again."""
        backup = await read_backup(intent, reader)
        if backup is not None and backup.name == intent.name:
            return Search(Result(intent.subject.id, str(backup.status)))
        return Search(is_undone=True)


RENAME_BACKUP = RenameBackup()
