"""What the details say of a row, whatever it is: pairs of words, relations and what happened to it."""

from dataclasses import dataclass

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.journal import Entry, EntryKind
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.task import Task, TaskStatus
from cbr_desktop.domain.vault import ProtectType, Vault
from cbr_desktop.text import evidence
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.errors import refusal_sentence
from cbr_desktop.text.marks import NEUTRAL, REMARK, Mark, mark
from cbr_desktop.text.operations import fate_of, words_of
from cbr_desktop.text.requests import intent_mark, request_name, request_words, waiting_words
from cbr_desktop.text.schedules import retention_words, schedule_words
from cbr_desktop.text.sentences import intent_sentence
from cbr_desktop.text.states import gb_words, grouped, protect_words, shown, status_words
from cbr_desktop.text.words import NONE, Times, explain_vault, mb_words, share_words, state_words, use_words
from cbr_desktop.ui.backups.page import full_words, maker_words
from cbr_desktop.ui.backups.page import resource_words as resource_of
from cbr_desktop.ui.policies.page import local_offset, policy_mark, policy_state, policy_type
from cbr_desktop.ui.resources.page import (
    last_good_at,
    protection_mark,
    protection_words,
    vault_words,
    verdict_words,
)
from cbr_desktop.ui.tasks.page import code_words, ended_words, percent_words, resource_words, started_at
from cbr_desktop.ui.vaults.page import VaultIndex, kind_words, tag_words
from cbr_desktop.workflows.ledger import Reading, ResourceRow
from cbr_desktop.workflows.outcomes import outcome_of

_ACTIVITY_LIMIT = 50
Subject = Vault | ResourceRow | Task | Intent | Entry | Backup | Policy
Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the details say of one subject, but its JSON. ``vault_id`` is where a checkpoint would be made."""

    id: str
    name: str
    kind: str
    state: str
    mark: Mark
    explanation: str
    facts: Facts
    relations: list[str]
    activity: list[str]
    vault_id: VaultId | None


def sheet(subject: Subject, ledger: Reading, vault_index: VaultIndex, times: Times) -> Sheet:
    """Return what is known of a subject."""
    if isinstance(subject, Vault):
        return _vault(subject, ledger, vault_index, times)
    if isinstance(subject, Task):
        return _task(subject, ledger, times)
    if isinstance(subject, Intent):
        return _intent(subject, ledger, times)
    if isinstance(subject, Entry):
        return _entry(subject, times)
    if isinstance(subject, Backup):
        return _backup(subject, ledger, times)
    if isinstance(subject, Policy):
        return _policy(subject, ledger, times)
    return _resource(subject, ledger, times)


def _vault(vault: Vault, ledger: Reading, vault_index: VaultIndex, times: Times) -> Sheet:
    facts = [
        (_("Used"), f"{use_words(vault)} = {share_words(vault.used_percent)}" if vault.size_gb else use_words(vault)),
        (
            _("Free"),
            gb_words(vault.free_gb)
            if vault.free_gb >= 0
            else _("none; over-full by {size}").format(size=gb_words(-vault.free_gb)),
        ),
        (_("Protection"), status_words(vault.protect_type)),
        (
            _("Resources"),
            _("{count}, {allocated_gb} allocated").format(
                count=len(vault.resources), allocated_gb=gb_words(vault.allocated_gb)
            ),
        ),
        (_("Policy"), vault_index.policy_words(vault)),
        (_("Last good backup"), times.text_and_age(vault_index.last_good_at(vault))),
        (_("Threshold"), f"{vault.threshold_percent} %"),
        (_("Auto expand"), _("On") if vault.auto_expand else _("Off")),
        (_("Backup locking"), _("Locked (WORM)") if vault.worm_locked else _("Off")),
        (_("Tags"), tag_words(vault) or NONE),
        (_("Description"), vault.description or NONE),
        (_("Created"), times.text_and_age(vault.created_at)),
        ("ID", vault.id),
    ]
    relations = [
        (_("Policy: {name}") if policy.enabled else _("Policy: {name} (disabled)")).format(name=shown(policy.name, 80))
        for policy in vault_index.policies(vault)
    ]
    relations += [
        f"{status_words(r.type)}: {shown(r.name, 80)} – {protect_words(r.protect_status)}, {gb_words(r.size_gb)}"
        for r in vault.resources
    ]
    activity = _activity([task for task in ledger.tasks.values() if task.vault_id == vault.id], times)
    kind = _("{vault} vault").format(vault=kind_words(vault))
    state = state_words(vault.status)
    return Sheet(
        vault.id,
        vault.name,
        kind,
        state,
        mark(vault.status),
        explain_vault(vault),
        facts,
        relations,
        activity,
        vault.id,
    )


def _resource(row: ResourceRow, ledger: Reading, times: Times) -> Sheet:
    resource = row.resource
    facts = [
        (_("Vault"), vault_words(row)),
        (_("Size"), gb_words(resource.size_gb)),
        (_("Last good backup"), times.text_and_age(last_good_at(row))),
        (
            _("Backups"),
            _("{backup_count}, {backup_size_mb} in all").format(
                backup_count=resource.backup_count, backup_size_mb=mb_words(resource.backup_size_mb)
            ),
        ),
        (_("Disks left out"), str(len(resource.exclude_volumes) or NONE)),
        (_("Auto-protect"), NONE if row.vault is None else _("On") if resource.auto_protect else _("Suspended")),
        (_("Protectable"), verdict_words(row)),
        ("ID", resource.id),
    ]
    relations = (
        [_("Vault: {vault} – {status}").format(vault=shown(row.vault.name, 80), status=state_words(row.vault.status))]
        if row.vault
        else []
    )
    if row.protectable is not None:
        relations += [
            _("Disk: {d} – {size_gb} {device}")
            .format(d=shown(d.name, 80), size_gb=gb_words(d.size_gb), device=shown(d.device, 40))
            .rstrip()
            for d in row.protectable.disks
        ]
    backups = sorted(
        (b for b in ledger.backups.values() if b.resource_id == resource.id and b.created_at is not None),
        key=lambda backup: backup.created_at or times.now(),
        reverse=True,
    )
    relations += [
        _("Backup: {b} – {status}, {created_at}").format(
            b=shown(b.name, 80), status=state_words(b.status), created_at=times.text(b.created_at)
        )
        for b in backups[:_ACTIVITY_LIMIT]
    ]
    activity = _activity([task for task in ledger.tasks.values() if task.resource_id == resource.id], times)
    return Sheet(
        resource.id,
        resource.name,
        status_words(resource.type),
        protection_words(row),
        protection_mark(row),
        _explain_resource(row),
        facts,
        relations,
        activity,
        row.vault.id if row.vault else None,
    )


def _explain_resource(row: ResourceRow) -> str:
    if row.unlisted_vault:
        return _("It is in vault {unlisted_vault} by the service, whose list of vaults does not show it there.").format(
            unlisted_vault=shown(row.unlisted_vault)
        )
    if row.vault is None:
        can = row.protectable is None or row.protectable.protectable
        return _("It is in no vault, so nothing backs it up.") + ("" if can else f" {verdict_words(row)}.")
    if row.resource.protect_status is None and row.vault.protect_type == ProtectType.REPLICATION:
        return _("Its backups are made in another vault; this one only takes replicas of them.")
    if row.resource.protect_status is None:
        return _("It is in a vault but has never been backed up; its first backup will be a full one.")
    return {
        "available": _("It can be backed up."),
        "protecting": _("It is being backed up now; another backup has to wait."),
        "restoring": _("It is being restored; it takes no backup meanwhile."),
        "removing": _("It is being taken out of its vault, and its backups with it."),
        "error": _("Something is wrong with it at the service; the newest task below may tell what."),
    }.get(str(row.resource.protect_status), _("This version does not know what that state means."))


def _backup(backup: Backup, ledger: Reading, times: Times) -> Sheet:
    vault = ledger.vaults.get(backup.vault_id)
    facts = [
        (_("Resource"), f"{resource_of(backup)} ({status_words(backup.resource_type)})"),
        (_("Resource size"), gb_words(backup.resource_size_gb)),
        (_("Vault"), vault.name if vault is not None else backup.vault_id or NONE),
        (_("Made"), times.text_and_age(backup.created_at)),
        (_("By"), maker_words(backup)),
        (_("Full or incremental"), full_words(backup)),
        (_("Kept until"), times.text(backup.expires_at) if backup.expires_at else _("Somebody deletes it")),
        (_("Checkpoint"), backup.checkpoint_id or NONE),
        (_("Resource id"), backup.resource_id or NONE),
        ("ID", backup.id),
    ]
    own = [each for each in ledger.backups.values() if each.resource_id == backup.resource_id and each.id != backup.id]
    own.sort(key=lambda each: (each.created_at is not None, each.created_at or times.now()), reverse=True)
    relations = [
        _("Same resource: {name} – {status}, {created_at}").format(
            name=shown(each.name, 80), status=state_words(each.status), created_at=times.text(each.created_at)
        )
        for each in own[:_ACTIVITY_LIMIT]
    ]
    tasks = [task for task in ledger.tasks.values() if task.backup_id == backup.id]
    return Sheet(
        backup.id,
        backup.name or _("(no name)"),
        _("Backup"),
        state_words(backup.status),
        mark(backup.status),
        _(_BACKUP_STATES.get(str(backup.status), N_("This version does not know that state."))),
        facts,
        relations,
        _activity(tasks, times),
        vault.id if vault is not None else None,
    )


_BACKUP_STATES: dict[str, str] = {
    BackupStatus.AVAILABLE: N_("It is good: its resource can be restored from it."),
    BackupStatus.PROTECTING: N_("It is being made, and good for nothing yet."),
    BackupStatus.DELETING: N_("It is being deleted, and cannot be brought back."),
    BackupStatus.RESTORING: N_("Its resource is being restored from it; it cannot be deleted meanwhile."),
    BackupStatus.ERROR: N_("It failed: nothing can be restored from it. It can be deleted."),
    BackupStatus.WAITING_PROTECT: N_("It waits to be made."),
    BackupStatus.WAITING_DELETE: N_("It waits to be deleted, and cannot be brought back."),
    BackupStatus.WAITING_RESTORE: N_("It waits until its resource is restored from it."),
}


def _policy(policy: Policy, ledger: Reading, times: Times) -> Sheet:
    facts = [
        (_("Type"), policy_type(policy)),
        (_("Runs"), schedule_words(policy.patterns, local_offset(times))),
        (_("Keeps"), retention_words(policy)),
        (_("Vaults"), str(len(policy.vault_ids) or NONE)),
        (_("Made"), times.text_and_age(policy.started_at)),
        ("ID", policy.id),
    ]
    known = ledger.vaults
    relations = [
        _("Vault: {name}").format(name=shown(known[id].name if id in known else id, 80)) for id in policy.vault_ids
    ]
    explanation = (
        _("It is applied to no vault, so it does nothing.")
        if not policy.vault_ids
        else _("It runs by its schedule.")
        if policy.enabled
        else _("It is disabled, so it does nothing.")
    )
    return Sheet(
        policy.id,
        policy.name,
        _("Policy"),
        policy_state(policy),
        policy_mark(policy),
        explanation,
        facts,
        relations,
        _activity([task for task in ledger.tasks.values() if task.policy_id == policy.id], times),
        None,
    )


def _task(task: Task, ledger: Reading, times: Times) -> Sheet:
    facts = [
        (_("Resource"), resource_words(task)),
        (_("Vault"), task.vault_name or task.vault_id or NONE),
        (_("Progress"), percent_words(task)),
        (_("Started"), times.text_and_age(started_at(task))),
        (_("Ended / elapsed"), ended_words(task, times)),
        (_("By"), "policy" if task.policy_id else "a person"),
        (_("Code"), code_words(task)),
        (_("Message"), task.message or NONE),
        (_("Request id"), task.request_id or NONE),
        (_("Backup"), task.backup_name or NONE),
        (_("Checkpoint"), task.checkpoint_id or NONE),
        ("ID", task.id),
    ]
    mates = ledger.tasks_of(task.checkpoint_id) if task.checkpoint_id else []
    relations = [
        _("Same checkpoint: {t} – {status}").format(t=shown(resource_words(t), 80), status=state_words(t.status))
        for t in mates
        if t.id != task.id
    ]
    same = [other for other in ledger.tasks.values() if task.resource_id and other.resource_id == task.resource_id]
    known = task.vault_id if task.vault_id in ledger.vaults else None
    name = _("{type} of {task}").format(type=status_words(task.type), task=shown(resource_words(task), 80))
    return Sheet(
        task.id,
        name,
        _("Task"),
        state_words(task.status),
        mark(task.status),
        _explain_task(task),
        facts,
        relations,
        _activity(same, times),
        known,
    )


def _explain_task(task: Task) -> str:
    if task.code:
        return refusal_sentence(task.code, task.message, task.request_id)
    return _(_TASK_STATES.get(str(task.status), N_("This version does not know that state.")))


_TASK_STATES: dict[str, str] = {
    TaskStatus.WAITING: N_("It has been accepted and waits for its turn at the service."),
    TaskStatus.RUNNING: N_("The service is at work. It cannot be stopped."),
    TaskStatus.SUCCESS: N_("It ended well."),
    TaskStatus.FAILED: N_("It failed, and the service gave no code."),
    TaskStatus.TIMEOUT: N_("The service gave up after too long a time. Start it again, and ask support if it recurs."),
    TaskStatus.SKIPPED: N_("The service left it out, and gave no code."),
}


def _intent(intent: Intent, ledger: Reading, times: Times) -> Sheet:
    target, outcome, words = intent.target, outcome_of(ledger, intent), words_of(intent)
    subject = intent.subject
    vault = f"{subject.name} ({subject.id})" if subject.name and subject.id else subject.label
    facts = [
        (_("Waiting for / note"), waiting_words(intent, outcome, times.now())),
        (status_words(subject.type), vault),
        (_("Profile"), target.profile),
        (
            _("Project"),
            _("{project} at {cbr_endpoint}").format(project=target.project, cbr_endpoint=target.cbr_endpoint),
        ),
        (_("Made"), times.text_and_age(intent.created_at)),
        (_("Confirmed"), times.text_and_age(intent.confirmed_at)),
        (_("Due"), times.text(intent.due_at)),
        (_("Sent"), times.text_and_age(intent.sent_at)),
        (_("By"), intent.by or NONE),
        (_("Judged by data of"), times.text_and_age(intent.preflight_at)),
        (_("Request id"), intent.request_id or (intent.refusal.request_id if intent.refusal else "") or NONE),
        *_made(intent),
        (_("Draft"), intent.draft or NONE),
        (_("Plan"), intent.plan or NONE),
        (_("Again for"), intent.retry_of or NONE),
        ("ID", intent.id),
    ]
    relations = [
        f"{words.line}: {shown(each.name or each.id, 80)} – {fate_of(intent, each.fate)}"
        for each in (outcome.resources if outcome else ())
    ]
    relations += [
        _("Twin: checkpoint {duplicate}").format(duplicate=shown(duplicate, 64)) for duplicate in intent.duplicates
    ]
    tasks = ledger.tasks_of(intent.checkpoint.id) if intent.checkpoint else []
    return Sheet(
        intent.id,
        request_name(intent) if not words.is_counted else words.name(intent),
        _("Request"),
        request_words(intent, outcome),
        intent_mark(intent, outcome),
        intent_sentence(intent, outcome, times.now()),
        facts,
        relations,
        _activity(tasks, times),
        intent.change.vault_id if intent.change.vault_id in ledger.vaults else None,
    )


def _made(intent: Intent) -> Facts:
    """Return what a request has made, where that is something else than what it is done to."""
    made = intent.result.id if intent.result is not None else ""
    is_subject = intent.subject.type is not SubjectType.VAULT and made in ("", intent.subject.id)
    return [] if is_subject else [(words_of(intent).thing_title, made or NONE)]


def _entry(entry: Entry, times: Times) -> Sheet:
    event = entry.event
    facts = [
        (_("Number"), grouped(entry.number)),
        (_("Time"), times.both(entry.at)),
        (_("By"), event.by or NONE),
        (_("Profile"), event.profile or NONE),
        (_("Project"), event.project or NONE),
        (_("Vault"), f"{event.vault_name} ({event.vault})" if event.vault_name else event.vault or NONE),
        (_("Request"), event.intent or NONE),
        (_("Hash"), _in_halves(entry.hash)),
        (_("Hash before"), _in_halves(entry.before) if entry.number > 1 else _("none: this is the first entry")),
    ]
    before = (
        _("Before: entry {entry}, hash {before}").format(entry=grouped(entry.number - 1), before=entry.before)
        if entry.number > 1
        else ""
    )
    return Sheet(
        entry.hash,
        _("Entry {entry}").format(entry=grouped(entry.number)),
        _("Entry of the journal"),
        evidence.kind_words(event.kind),
        REMARK if event.kind == EntryKind.REMARK else NEUTRAL,
        evidence.entry_summary(entry),
        facts,
        [before] if before else [],
        [],
        None,
    )


def _in_halves(digest: str) -> str:
    """Return a digest that can be broken into two lines; copying gives it as it is."""
    return f"{digest[:32]} {digest[32:]}".rstrip()


def _activity(tasks: list[Task], times: Times) -> list[str]:
    """Return the newest tasks, newest first, each a line."""
    tasks.sort(key=lambda task: (started_at(task) is not None, started_at(task) or times.now()), reverse=True)
    return [_activity_line(task, times) for task in tasks[:_ACTIVITY_LIMIT]]


def _activity_line(task: Task, times: Times) -> str:
    ends = [status_words(task.status)]
    if not task.is_over:
        ends.append(percent_words(task))
    if task.code:
        ends.append(code_words(task))
    what = f"{status_words(task.type)}: {shown(resource_words(task), 80)}"
    return f"{mark(task.status).shape} {times.text(started_at(task))}  {what} – {', '.join(ends)}"
