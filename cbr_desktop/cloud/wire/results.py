"""What the service answers to a change, one entry a kind."""

from collections.abc import Callable
from functools import partial

from cbr_desktop.cloud.wire.backups import backup
from cbr_desktop.cloud.wire.checkpoints import created
from cbr_desktop.cloud.wire.members import member, members
from cbr_desktop.cloud.wire.policies import association, policy
from cbr_desktop.cloud.wire.reading import Unfit, strictly
from cbr_desktop.cloud.wire.replication import backup_copy, vault_copy
from cbr_desktop.cloud.wire.tasks import job
from cbr_desktop.cloud.wire.vaults import named_ids, updated, vault
from cbr_desktop.domain.association import RESUME, Stage, resource_ids
from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.domain.change import Change, Kind, Result, checkpoint_result
from cbr_desktop.domain.enterprise_project_change import Placing
from cbr_desktop.domain.expiration import read_expiration
from cbr_desktop.domain.ids import VaultId, is_uuid
from cbr_desktop.domain.replication import destination_in
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.sharing import receivers_in
from cbr_desktop.domain.task import TaskStatus
from cbr_desktop.domain.vault import VaultStatus


def result_of(change: Change, body: bytes) -> Result:
    """Read the answer to a change. ``Unfit`` where it cannot be one to this very change."""
    return _RESULTS[change.kind](change, body)


def _checkpoint(change: Change, body: bytes) -> Result:
    return checkpoint_result(created(body, change.body))


def _deletion(change: Change, body: bytes) -> Result:
    """Read 204 without a body, which says that the deletion has begun."""
    if body.strip():
        raise Unfit("a body where there is none")
    return Result(change.subject.id, BackupStatus.DELETING)


def _rename(change: Change, body: bytes) -> Result:
    found = backup(body)
    if found.id.lower() != change.subject.id.lower():
        raise Unfit("another backup than was asked for - at `backup.id`")
    if found.name != change.tag:
        raise Unfit("another name than was asked for - at `backup.name`")
    return Result(found.id, str(found.status))


def _restore(_change: Change, body: bytes) -> Result:
    """Read 202 with the id of the task, or without a body: then the task is found among the others."""
    if not body.strip():
        return Result("", TaskStatus.WAITING)
    return Result(job(body), TaskStatus.WAITING)


def _policy(change: Change, body: bytes) -> Result:
    made = policy(body)
    if not is_uuid(made.id):
        raise Unfit("the id is no UUID - at `policy.id`")
    if made.name != change.tag:
        raise Unfit("another name than was asked for - at `policy.name`")
    return Result(made.id, made.operation_type)


def _policy_update(change: Change, body: bytes) -> Result:
    found = policy(body)
    if found.id.lower() != change.subject.id.lower():
        raise Unfit("another policy than was asked for - at `policy.id`")
    if change.tag and found.name != change.tag:
        raise Unfit("another name than was asked for - at `policy.name`")
    return Result(found.id, found.operation_type)


def _policy_deletion(change: Change, body: bytes) -> Result:
    """Read 204 without a body, which says that the policy is gone."""
    if body.strip():
        raise Unfit("a body where there is none")
    return Result(change.subject.id, "gone")


def _association(key: str, status: str, change: Change, body: bytes) -> Result:
    vault_id, policy_id = association(body, key)
    if vault_id.lower() != change.subject.id.lower():
        raise Unfit(f"another vault than was asked for - at `{key}.vault_id`")
    if policy_id.lower().encode() not in change.body.lower():
        raise Unfit(f"another policy than was asked for - at `{key}.policy_id`")
    return Result(change.subject.id, status)


def _share(change: Change, body: bytes) -> Result:
    """Read a member for each project that was asked for; one less, and it was not all done."""
    rows = members(body, {}).rows
    missing = set(receivers_in(change.body)) - {row.project_id for row in rows}
    if missing:
        raise Unfit("not every project that was asked for - at `members`")
    if any(row.backup_id and row.backup_id.lower() != change.subject.id.lower() for row in rows):
        raise Unfit("another backup than was asked for - at `members`")
    return Result(change.subject.id, "shared")


def _withdrawal(change: Change, body: bytes) -> Result:
    """Read 204 without a body, which says that the project does not see the backup any more."""
    if body.strip():
        raise Unfit("a body where there is none")
    return Result(change.subject.id, "withdrawn")


def _answer(change: Change, body: bytes) -> Result:
    found, asked = member(body), content_of(change.body)
    if found.backup_id and found.backup_id.lower() != change.subject.id.lower():
        raise Unfit("another backup than was asked for - at `member.backup_id`")
    if found.status != asked.get("status"):
        raise Unfit("another answer than was given - at `member.status`")
    if asked.get("vault_id") and found.vault_id and found.vault_id.lower() != str(asked["vault_id"]).lower():
        raise Unfit("another vault than was asked for - at `member.vault_id`")
    return Result(change.subject.id, str(found.status))


def _backup_copy(change: Change, body: bytes) -> Result:
    found = backup_copy(body)
    if found.backup_id.lower() != change.subject.id.lower():
        raise Unfit("another backup than was asked for - at `replication.backup_id`")
    if found.destination_region and found.destination_region != destination_in(change.body).region:
        raise Unfit("another region than was asked for - at `replication.destination_region`")
    return Result(found.backup_id, "replicating")


def _vault_copy(change: Change, body: bytes) -> Result:
    found = vault_copy(body)
    if found.vault_id.lower() != change.subject.id.lower():
        raise Unfit("another vault than was asked for - at `replication.vault_id`")
    if found.destination_region and found.destination_region != destination_in(change.body).region:
        raise Unfit("another region than was asked for - at `replication.destination_region`")
    return Result(found.vault_id, "replicating", parts=tuple(each.backup_id for each in found.backups))


def _vault_creation(change: Change, body: bytes) -> Result:
    made = vault(body)
    if not is_uuid(made.id):
        raise Unfit("the id is no UUID - at `vault.id`")
    if made.name != change.tag:
        raise Unfit("another name than was asked for - at `vault.name`")
    return Result(made.id, str(made.status))


def _resources(key: str, stage: Stage, change: Change, body: bytes, *, is_whole: bool = True) -> Result:
    """Read the answer that names resources by their ids: those that were asked for, and no others.

    ``is_whole`` is whether it has to name them all. One known example of a migration echoes the other vault's id.
    """
    told = named_ids(body, key)
    asked = {id.lower() for id in resource_ids(change.body)}
    named = {id.lower() for id in told}
    if not named <= asked and not (len(told) == 1 and told[0].lower().encode() in change.body.lower()):
        raise Unfit(f"another resource than was asked for - at `{key}`")
    if not told or (is_whole and named < asked):
        raise Unfit(f"fewer resources than were asked for - at `{key}`")
    return Result(change.subject.id, stage)


def _protection(change: Change, body: bytes) -> Result:
    is_on = content_of(change.body).get("action") == RESUME
    return _resources("set_resource_ids", Stage.RESUMED if is_on else Stage.SUSPENDED, change, body)


def _vault_update(change: Change, body: bytes) -> Result:
    found = vault(body)
    if found.id.lower() != change.subject.id.lower():
        raise Unfit("another vault than was asked for - at `vault.id`")
    if change.tag and found.name != change.tag:
        raise Unfit("another name than was asked for - at `vault.name`")
    return Result(found.id, str(found.status))


def _vault_deletion(change: Change, body: bytes) -> Result:
    """Read 204 without a body, which says that the deletion has begun."""
    if body.strip():
        raise Unfit("a body where there is none")
    return Result(change.subject.id, VaultStatus.DELETING)


def _tags(change: Change, body: bytes) -> Result:
    """Read 204 without a body, which says that the tags are set or gone."""
    if body.strip():
        raise Unfit("a body where there is none")
    return Result(change.subject.id, "changed")


def _enterprise_project(change: Change, body: bytes) -> Result:
    """Read 204 without a body, which says that the vault is put into the enterprise project."""
    if body.strip():
        raise Unfit("a body where there is none")
    return Result(change.subject.id, Placing.ASKED)


def _all_vaults(change: Change, body: bytes) -> Result:
    updated(body)
    return Result(change.subject.id, "changed")


def _vault_lock(change: Change, body: bytes) -> Result:
    made = _vault_update(change, body)
    if not vault(body).worm_locked:
        raise Unfit("not locked - at `vault.locked`")
    return made


def _expiration(change: Change, body: bytes) -> Result:
    """Read the day that was set, and the task that tells of it where the service names one.

    Whether all backups expire then is read afterwards: the answer says how many are affected, and not of how many.
    """
    answer, asked = strictly(body), read_expiration(change.body, VaultId(change.subject.id))
    if not isinstance(answer, dict):
        raise Unfit("no object")
    day, count, task = (answer.get(key) for key in ("new_expiration_day", "affected_backups_count", "operation_log_id"))
    if day is None and count is None and task is None:
        raise Unfit("no `new_expiration_day`")
    if day is not None and (asked is None or day != asked.day):
        raise Unfit("another day than was asked for - at `new_expiration_day`")
    parts = (task,) if isinstance(task, str) and is_uuid(task) else ()
    return Result(change.subject.id, "changing", parts=parts)


_RESULTS: dict[Kind, Callable[[Change, bytes], Result]] = {
    Kind.CREATE_CHECKPOINT: _checkpoint,
    Kind.CREATE_POLICY: _policy,
    Kind.UPDATE_POLICY: _policy_update,
    Kind.DELETE_POLICY: _policy_deletion,
    Kind.APPLY_POLICY: partial(_association, "associate_policy", "applied"),
    Kind.REMOVE_POLICY: partial(_association, "dissociate_policy", "removed"),
    Kind.ASSOCIATE_RESOURCES: partial(_resources, "add_resource_ids", Stage.UNSEEN, is_whole=False),
    Kind.DISSOCIATE_RESOURCES: partial(_resources, "remove_resource_ids", Stage.REMOVING),
    Kind.MIGRATE_RESOURCES: partial(_resources, "migrated_resources", Stage.MIGRATING),
    Kind.SET_PROTECTION: _protection,
    Kind.DELETE_BACKUP: _deletion,
    Kind.RENAME_BACKUP: _rename,
    Kind.SHARE_BACKUP: _share,
    Kind.WITHDRAW_SHARE: _withdrawal,
    Kind.ANSWER_SHARE: _answer,
    Kind.REPLICATE_BACKUP: _backup_copy,
    Kind.REPLICATE_VAULT: _vault_copy,
    Kind.CREATE_VAULT: _vault_creation,
    Kind.RESTORE_BACKUP: _restore,
    Kind.UPDATE_VAULT: _vault_update,
    Kind.LOCK_VAULT: _vault_lock,
    Kind.DELETE_VAULT: _vault_deletion,
    Kind.CHANGE_TAGS: _tags,
    Kind.UPDATE_ALL_VAULTS: _all_vaults,
    Kind.UPDATE_EXPIRATION: _expiration,
    Kind.CHANGE_ENTERPRISE_PROJECT: _enterprise_project,
}
