"""The command that rehearses a restore: all that can be known before, on paper; nothing that changes is sent."""

import argparse
import json
from pathlib import Path

from cbr_desktop.cli.destroying import approval_in
from cbr_desktop.cli.lists import ProjectLists, run_reading
from cbr_desktop.cli.output import problem_sentence, remark
from cbr_desktop.cli.tables import BAD, GOOD, UNUSABLE, show
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.ids import BackupId, is_uuid
from cbr_desktop.domain.profile import Environment
from cbr_desktop.storage import requestfile
from cbr_desktop.storage.files import write_output
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.rehearsal import rehearsal_record, sheet, sheet_html, sheet_text
from cbr_desktop.workflows.documents import change_in, shape_findings
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.operations.restore_backup import RESTORE_BACKUP, backup_id_of, document_of, known_restored
from cbr_desktop.workflows.rehearsal import rehearsed, usual_restore


def rehearse(options: argparse.Namespace) -> int:
    """Rehearse a restore; 1 where the service would refuse it, 2 where there is nothing to rehearse."""
    return run_reading(options, _rehearsed, keeps=True)


async def _rehearsed(lists: ProjectLists, options: argparse.Namespace) -> int:
    ledger, refresh = lists.ledger, lists.refresh
    document = None if is_uuid(options.what) else _document(Path(options.what))
    if document is None and not is_uuid(options.what):
        return UNUSABLE
    id = BackupId(options.what) if document is None else BackupId(document.path["backup_id"])
    # one that was asked for before is in the way; the demo cloud keeps none for the next command
    for intent in [] if options.demo else peek(places().records_file)[0]:
        if intent.target.profile == lists.profile.name:
            ledger.put_intent(intent)
    await refresh.recall()
    await refresh.judge_by(RESTORE_BACKUP.judged_by, id)
    opened, backup = ledger.opened.get(id), known_restored(id, ledger)
    if opened is not None and opened.error is not None:
        stale = _("It is rehearsed by what was known before.") if backup is not None or document is not None else ""
        remark(sentences(problem_sentence(opened.error), stale))
    change: Change
    if document is not None:
        change = change_in(document, ledger)
    elif backup is not None:
        change = change_of(usual_restore(backup, ledger), ledger)
    else:
        remark(_("No backup {id} is known here, so there is nothing to rehearse.").format(id=id))
        return UNUSABLE
    assert backup_id_of(change) == id  # noqa: S101  # both are of the same path
    made, now = rehearsed(change, ledger, lists.clock.now()), lists.clock.now()
    environment = Environment.DEMO if options.demo else lists.profile.environment
    paper = sheet(made, lists.profile, environment, now, approval_in(options))
    show(options, rehearsal_record(made, now), sheet_text(paper))
    if options.sheet is not None:
        write_output(options.sheet, sheet_html(paper).encode("utf-8", "backslashreplace"))
    if options.request is not None:
        text = json.dumps(document_of(change).value, ensure_ascii=False, indent=2) + "\n"
        write_output(options.request, text.encode("utf-8", "surrogatepass"))
    return BAD if made.is_blocked else GOOD


def _document(path: Path) -> ChangeDocument | None:
    """Return the request file of a restore; ``None``, and a remark, where it is none."""
    document, findings = requestfile.read(path)
    if isinstance(document, ChangeDocument) and document.kind is RESTORE_BACKUP.kind:
        findings = [*findings, *shape_findings(document)]
        if not any(each.severity is Severity.BLOCK for each in findings):
            return document
    for each in findings:
        remark(finding_sentence(each))
    remark(_("{file} is no request to restore a backup that can be rehearsed.").format(file=str(path)))
    return None
