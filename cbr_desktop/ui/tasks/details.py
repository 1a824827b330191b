"""What the details say of a task."""

from cbr_desktop.domain.task import MAKES_CHECKPOINTS, Task, TaskStatus
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.errors import refusal_sentence
from cbr_desktop.text.marks import mark
from cbr_desktop.text.states import shown, state_words
from cbr_desktop.text.tasks import (
    code_words,
    ended_words,
    progress_words,
    started_at,
    task_resource_words,
    task_type_words,
)
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.session.sheet import Relation, Sheet, activity
from cbr_desktop.workflows.ledger import Reading


def task_sheet(task: Task, ledger: Reading, times: Times) -> Sheet:
    """Return what is known of a task, and the others of the same checkpoint."""
    facts = [
        (_("Resource"), task_resource_words(task)),
        (_("Vault"), task.vault_name or task.vault_id or NONE),
        (_("Progress"), progress_words(task)),
        (_("Started"), times.age_and_date(started_at(task))),
        (_("Ended / elapsed"), ended_words(task, times)),
        (_("By"), _("Policy") if task.policy_id else _("A person")),
        (_("Code"), code_words(task)),
        (_("Message"), task.message or NONE),
        (_("Request id"), task.request_id or NONE),
        (_("Backup"), task.backup_name or NONE),
        (_("Checkpoint"), task.checkpoint_id or NONE),
        ("ID", task.id),
    ]
    mates = ledger.tasks_of(task.checkpoint_id) if task.checkpoint_id else []
    relations = []
    vault = ledger.vaults.get(task.vault_id) if task.vault_id else None
    if vault is not None:
        relations.append(Relation(_("Vault: {name}").format(name=shown(vault.name, 80)), "Vaults", vault.id))
    if task.resource_id:
        resource = shown(task_resource_words(task), 80)
        relations.append(Relation(_("Resource: {name}").format(name=resource), "Resources", task.resource_id))
    if task.checkpoint_id and task.type in MAKES_CHECKPOINTS:
        relations.append(Relation(_("Checkpoint that it is part of"), "Checkpoints", task.checkpoint_id))
    backup = ledger.backups.get(task.backup_id) if task.backup_id else None
    if backup is not None:
        relations.append(Relation(_("Backup: {name}").format(name=shown(backup.name, 80)), "Backups", backup.id))
    relations += [
        Relation(
            _("Same checkpoint: {t} – {status}").format(
                t=shown(task_resource_words(t), 80), status=state_words(t.status)
            ),
            "Tasks",
            t.id,
        )
        for t in mates
        if t.id != task.id
    ]
    same = [other for other in ledger.tasks.values() if task.resource_id and other.resource_id == task.resource_id]
    known = vault.id if vault is not None and vault.takes_checkpoints else None
    name = _("{type} of {task}").format(type=task_type_words(task.type), task=shown(task_resource_words(task), 80))
    return Sheet(
        task.id,
        name,
        _("Task"),
        state_words(task.status),
        mark(task.status),
        _explain(task),
        facts,
        relations,
        activity(same, times),
        known,
    )


def _explain(task: Task) -> str:
    if task.code:
        return refusal_sentence(task.code, task.message, task.request_id)
    return _(_STATES.get(str(task.status), N_("This version does not know that state.")))


_STATES: dict[str, str] = {
    TaskStatus.WAITING: N_("It has been accepted and waits for its turn at the service."),
    TaskStatus.RUNNING: N_("The service is at work. It cannot be stopped."),
    TaskStatus.SUCCESS: N_("It ended well."),
    TaskStatus.FAILED: N_("It failed, and the service gave no code."),
    TaskStatus.TIMEOUT: N_("The service gave up after too long a time. Start it again, and ask support if it recurs."),
    TaskStatus.SKIPPED: N_("The service left it out, and gave no code."),
}
