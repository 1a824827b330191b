"""What the details say of a backup."""

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.text.backups import (
    REPLICA,
    full_words,
    image_words,
    maker_words,
    replicas_words,
    resource_words,
    restorable_words,
    told_words,
)
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.requests import request_name
from cbr_desktop.text.states import gb_words, shown, state_words, status_words
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.session.sheet import LINES, Relation, Sheet, WordPairs, activity
from cbr_desktop.workflows.ledger import Reading


def backup_sheet(backup: Backup, ledger: Reading, times: Times) -> Sheet:
    """Return what is known of a backup, and the others of the same resource."""
    vault = ledger.vaults.get(backup.vault_id)
    facts = [
        (_("Resource"), f"{resource_words(backup)} ({status_words(backup.resource_type)})"),
        (_("Resource size"), gb_words(backup.resource_size_gb)),
        (_("Vault"), vault.name if vault is not None else backup.vault_id or NONE),
        (_("Made"), times.age_and_date(backup.created_at)),
        (_("By"), maker_words(backup)),
        (_("Full or incremental"), full_words(backup)),
        *_traits(backup),
        (_("Kept until"), times.text(backup.expires_at) if backup.expires_at else _("Somebody deletes it")),
        (_("Checkpoint"), backup.checkpoint_id or NONE),
        (_("Resource id"), backup.resource_id or NONE),
        ("ID", backup.id),
    ]
    own = [each for each in ledger.backups.values() if each.resource_id == backup.resource_id and each.id != backup.id]
    own.sort(key=lambda each: (each.created_at is not None, each.created_at or times.now()), reverse=True)
    relations = []
    if vault is not None:
        relations.append(Relation(_("Vault: {name}").format(name=shown(vault.name, 80)), "Vaults", vault.id))
    if backup.resource_id:
        name = shown(resource_words(backup), 80)
        relations.append(Relation(_("Resource: {name}").format(name=name), "Resources", backup.resource_id))
    if backup.checkpoint_id is not None:
        relations.append(Relation(_("Checkpoint that made it"), "Checkpoints", backup.checkpoint_id))
    relations += [
        Relation(
            _("Same resource: {created_at}, {status} – {name}").format(
                name=shown(each.name, 80), status=state_words(each.status), created_at=times.text(each.created_at)
            ),
            "Backups",
            each.id,
        )
        for each in own[:LINES]
    ]
    relations += _requests(backup, ledger)
    tasks = [task for task in ledger.tasks.values() if task.backup_id == backup.id]
    return Sheet(
        backup.id,
        backup.name or _("(no name)"),
        _("Backup"),
        state_words(backup.status),
        mark(backup.status),
        _(_STATES.get(str(backup.status), N_("This version does not know that state."))),
        facts,
        relations,
        activity(tasks, times),
        vault.id if vault is not None and vault.takes_checkpoints else None,
    )


def _traits(backup: Backup) -> WordPairs:
    """Return what the service tells of what a backup holds, and of what there is of it elsewhere."""
    traits = backup.traits
    return [
        (name, words)
        for name, words in (
            (_("Copied from"), _("another region") if backup.image_type == REPLICA else NONE),
            (_("Encrypted"), told_words(traits.encrypted)),
            (_("System disk"), told_words(traits.contains_system_disk)),
            (_("Restorable as"), restorable_words(backup)),
            (_("Images"), image_words(backup)),
            (_("Replicas"), replicas_words(backup)),
            (_("AZ"), traits.az or NONE),
        )
        if words != NONE
    ]


def _requests(backup: Backup, ledger: Reading) -> list[Relation]:
    """Return the requests of this program that made a backup, or that are about it."""
    return [
        Relation(
            _("Request: {name} – {state}").format(
                name=shown(request_name(intent), 80), state=status_words(intent.state)
            ),
            "Outbox",
            intent.id,
        )
        for intent in ledger.intents.values()
        if intent.subject.id == backup.id
        or (intent.checkpoint is not None and intent.checkpoint.id == backup.checkpoint_id)
    ]


_STATES: dict[str, str] = {
    BackupStatus.AVAILABLE: N_("It is good: its resource can be restored from it."),
    BackupStatus.PROTECTING: N_("It is being made, and cannot be used yet."),
    BackupStatus.DELETING: N_("It is being deleted, and cannot be brought back."),
    BackupStatus.RESTORING: N_("Its resource is being restored from it; it cannot be deleted meanwhile."),
    BackupStatus.ERROR: N_("It failed: nothing can be restored from it. It can be deleted."),
    BackupStatus.WAITING_PROTECT: N_("It waits to be made."),
    BackupStatus.WAITING_DELETE: N_("It waits to be deleted, and cannot be brought back."),
    BackupStatus.WAITING_RESTORE: N_("It waits until its resource is restored from it."),
}
