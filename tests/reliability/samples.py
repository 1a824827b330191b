"""A change of every kind that there is, as the measurements ask for them, and what the service knows of each."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain.association import (
    ProtectionSetting,
    ResourceAssociation,
    ResourceDissociation,
    ResourceMigration,
)
from cbr_desktop.domain.backup import BackupDeletion, BackupRename
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.enterprise_project_change import EnterpriseProjectChange
from cbr_desktop.domain.expiration import BackupExpiration
from cbr_desktop.domain.ids import BackupId, PolicyId, ProjectId, ResourceId, VaultId
from cbr_desktop.domain.intent import Approval
from cbr_desktop.domain.policy import (
    PolicyApplication,
    PolicyDeletion,
    PolicyDraft,
    PolicyRemoval,
    PolicyUpdate,
)
from cbr_desktop.domain.replication import BackupReplication, Destination, VaultReplication
from cbr_desktop.domain.restore import BackupRestore, TargetKind
from cbr_desktop.domain.sharing import BackupShare, ShareAnswer, ShareWithdrawal
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.domain.vault_changes import (
    TagChange,
    VaultDeletion,
    VaultLock,
    VaultsUpdate,
    VaultUpdate,
    all_body,
)
from cbr_desktop.domain.vault_draft import VaultDraft
from cbr_desktop.simulator.entities import Member
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, REFERENCE_VAULT_ID, WEB_SHOP_ID
from cbr_desktop.simulator.inventory import Share
from cbr_desktop.simulator.service import Service

_PATTERN = "FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=01;BYMINUTE=00"


APPROVED = Approval("it is measured")
"""What lets a change go that overwrites something; the others take no notice of it."""


@dataclass(frozen=True)
class _Way:
    """How a kind of change is asked for: ``subject`` finds or makes what it is done to, ``draft`` is filled in with
    that and a name, ``times_done`` tells how often the service has done it, as far as what is there tells that."""

    subject: Callable[[Service], str]
    draft: Callable[[str, str], Any]
    times_done: Callable[[Service, str, str], int]


def _own_backup(service: Service) -> str:
    """Put a backup into the estate that nothing else is done to."""
    backups = service.estate.backups
    model = next(each for each in backups.values() if each.status == "available" and not each.auto and not each.images)
    made = replace(model, id=str(uuid.uuid4()))
    backups[made.id] = made
    service.estate.changed()
    return made.id


def _own_disk(service: Service) -> str:
    """Put a disk with a backup into the estate that nothing else is restored to; return both ids, parted by a slash."""
    estate = service.estate
    model = next(each for each in estate.resources.values() if each.name == "vol-db-archive")
    id = str(uuid.uuid4())
    disk = replace(
        model, id=id, name=f"vol-{id[:8]}", disks=[replace(model.disks[0], id=id)], protect_status="available"
    )
    estate.resources[id] = disk
    estate.vault_of(model).resources.append(id)
    old = next(each for each in estate.kept_in(model.vault_id, [model.id]) if each.status == "available")
    backup = replace(old, id=str(uuid.uuid4()), resource_id=id)
    estate.backups[backup.id] = backup
    estate.changed()
    return f"{backup.id}/{id}"


def _restore(_name: str, subject: str) -> BackupRestore:
    backup_id, disk_id = subject.split("/")
    return BackupRestore(BackupId(backup_id), TargetKind.DISK, ResourceId(disk_id))


def _restores(service: Service, _name: str, subject: str) -> int:
    target = subject.split("/")[1]
    return sum(
        each.operation_type == "restore" and each.resource_id == target for each in service.estate.tasks.values()
    )


def _checkpoints(service: Service, name: str, _subject: str) -> int:
    return sum(each.name == name for each in service.estate.checkpoints.values())


def _policies(service: Service, name: str, _subject: str) -> int:
    return sum(each.name == name for each in service.estate.policies.values())


def _is_deleted(service: Service, _name: str, subject: str) -> int:
    backup = service.estate.backups.get(subject)
    return backup is None or backup.status == "deleting"


def _is_renamed(service: Service, name: str, subject: str) -> int:
    return service.estate.backups[subject].name == name


def _own_policy(service: Service) -> str:
    """Put a policy into the estate that nothing else is done to; it is applied to no vault."""
    policies = service.estate.policies
    model = next(each for each in policies.values() if each.operation_type == "backup")
    made = replace(model, id=str(uuid.uuid4()), trigger_id=str(uuid.uuid4()), vaults={})
    policies[made.id] = made
    service.estate.changed()
    return made.id


def _own_pair(service: Service) -> str:
    """Put a policy and an empty vault into the estate; return both ids, parted by a slash."""
    vaults = service.estate.vaults
    made = replace(vaults[REFERENCE_VAULT_ID], id=str(uuid.uuid4()), resources=[], used_mb=0)
    vaults[made.id] = made
    return f"{_own_policy(service)}/{made.id}"


def _own_applied_pair(service: Service) -> str:
    """Put a policy and a vault into the estate that it is applied to; return both ids, parted by a slash."""
    pair = _own_pair(service)
    policy_id, vault_id = pair.split("/")
    service.estate.policies[policy_id].vaults[vault_id] = None
    return pair


def _pair(subject: str) -> tuple[PolicyId, VaultId]:
    policy_id, vault_id = subject.split("/")
    return PolicyId(policy_id), VaultId(vault_id)


def _is_policy_renamed(service: Service, name: str, subject: str) -> int:
    return service.estate.policies[subject].name == name


def _is_policy_deleted(service: Service, _name: str, subject: str) -> int:
    return subject not in service.estate.policies


def _is_applied(service: Service, _name: str, subject: str) -> int:
    policy_id, vault_id = _pair(subject)
    return vault_id in service.estate.policies[policy_id].vaults


def _is_removed(service: Service, name: str, subject: str) -> int:
    return not _is_applied(service, name, subject)


def _neighbour(service: Service) -> str:
    """Return another project of the region."""
    estate = service.estate
    return next(each.id for each in estate.projects[1:] if each.region == estate.home.region)


def _to_be_shared(service: Service) -> str:
    """Put a backup into the estate that can be shared; return its id and that of a project, parted by a slash."""
    return f"{_own_copy(service, REFERENCE_VAULT_ID)}/{_neighbour(service)}"


def _own_copy(service: Service, vault_id: str) -> str:
    """Put a good backup of a server into a vault, which nothing else is done to."""
    estate = service.estate
    model = next(each for each in estate.kept_in(REFERENCE_VAULT_ID) if each.status == "available")
    ids = {"id": str(uuid.uuid4()), "checkpoint_id": str(uuid.uuid4())}
    made = replace(model, **ids, vault_id=vault_id, images=[], records=[])
    estate.record(made)
    estate.changed()
    return made.id


def _own_shared_backup(service: Service) -> str:
    """Put a backup into the estate that is shared with a project; return both ids, parted by a slash."""
    subject = _to_be_shared(service)
    id, project_id = subject.split("/")
    estate = service.estate
    backup = estate.backups[id]
    member = Member(str(uuid.uuid4()), id, project_id, created_at=backup.created_at)
    estate.shares.append(Share(member=member, backup=backup, owner=estate))
    return subject


def _offered_backup(service: Service) -> str:
    """Have another account offer a backup that nothing else is done to; return its id and that of the project."""
    estate = service.estate
    partner = estate.partners[0]
    made = replace(next(iter(partner.backups.values())), id=str(uuid.uuid4()))
    partner.record(made)
    member = Member(str(uuid.uuid4()), made.id, estate.project_id, created_at=made.created_at)
    estate.shares.append(Share(member=member, backup=made, owner=partner))
    return f"{made.id}/{estate.project_id}"


def _shared(subject: str) -> tuple[BackupId, ProjectId]:
    id, project_id = subject.split("/")
    return BackupId(id), ProjectId(project_id)


def _is_shared(service: Service, _name: str, subject: str) -> int:
    return len(service.estate.members_of(subject.partition("/")[0]))


def _is_withdrawn(service: Service, name: str, subject: str) -> int:
    return not _is_shared(service, name, subject)


def _is_rejected(service: Service, _name: str, subject: str) -> int:
    (share,) = service.estate.members_of(subject.partition("/")[0]).values()
    return share.member.status == "rejected"


def _there(service: Service) -> str:
    """Return region, project and id of a replication vault elsewhere that has room, parted by slashes."""
    for project in service.estate.projects[1:]:
        vaults = service.estate.of(project.id).vaults.values()
        for vault in (each for each in vaults if (each.protect_type, each.object_type) == ("replication", "server")):
            vault.used_mb = 0
            return f"{project.region}/{project.id}/{vault.id}"
    raise LookupError("no replication vault")


def _to_be_replicated(service: Service) -> str:
    """Put a backup into the estate that can be replicated; return its id and where to, parted by slashes."""
    return f"{_own_copy(service, REFERENCE_VAULT_ID)}/{_there(service)}"


def _vault_to_be_replicated(service: Service) -> str:
    """Put a vault with a backup into the estate; return its id and where to, parted by slashes."""
    vaults = service.estate.vaults
    made = replace(vaults[REFERENCE_VAULT_ID], id=str(uuid.uuid4()), resources=[], used_mb=0)
    vaults[made.id] = made
    _own_copy(service, made.id)
    return f"{made.id}/{_there(service)}"


def _where(subject: str) -> Destination:
    _, region, project_id, vault_id = subject.split("/")
    return Destination(region, ProjectId(project_id), VaultId(vault_id))


def _copies(service: Service, _name: str, subject: str) -> int:
    return len(service.estate.backups[subject.partition("/")[0]].records or ())


def _copies_of_vault(service: Service, _name: str, subject: str) -> int:
    (backup,) = service.estate.kept_in(subject.partition("/")[0])
    return len(backup.records or ())


def _own_vault(service: Service) -> str:
    """Put a vault into the estate that nothing else is done to; it is empty."""
    vaults = service.estate.vaults
    made = replace(vaults[REFERENCE_VAULT_ID], id=str(uuid.uuid4()), resources=[], used_mb=0)
    vaults[made.id] = made
    service.estate.changed()
    return made.id


def _own_vault_with_backup(service: Service) -> str:
    """Put a vault with one backup in it into the estate that nothing else is done to."""
    vault_id, history = _own_vault(service), service.estate.history
    some = history.backups.values()
    model = next(each for each in some if each.status == "available" and not each.auto and not each.images)
    history.add(replace(model, id=str(uuid.uuid4()), vault_id=vault_id), None)
    service.estate.changed()
    return vault_id


def _does_expire(service: Service, _name: str, subject: str) -> int:
    wanted = _expiration(VaultId(subject)).ends_at
    own = service.estate.kept_in(subject)
    return bool(own) and all(each.expired_at == wanted for each in own)


def _expiration(vault_id: VaultId) -> BackupExpiration:
    return BackupExpiration(vault_id, "2099-12-31", "UTC+08:00")


def _placing(_name: str, subject: str) -> EnterpriseProjectChange:
    return EnterpriseProjectChange(VaultId(subject), WEB_SHOP_ID, DEMO_PROJECT_ID, "eu-de")


def _is_placed(service: Service, _name: str, subject: str) -> int:
    return service.estate.vaults[subject].enterprise_project_id == WEB_SHOP_ID


def _vaults(service: Service, name: str, _subject: str) -> int:
    return sum(each.name == name for each in service.estate.vaults.values())


def _own_free(service: Service) -> str:
    """Put an empty vault and a server that is in none into the estate; return both ids, parted by a slash."""
    estate = service.estate
    model = estate.resources[estate.vaults[REFERENCE_VAULT_ID].resources[0]]
    made = replace(model, id=str(uuid.uuid4()), vault_id=None, disks=[], backup_count=0, backup_size_mb=0)
    estate.resources[made.id] = made
    return f"{_own_vault(service)}/{made.id}"


def _own_held(service: Service) -> str:
    """Put a vault and a server in it into the estate; return both ids, parted by a slash."""
    pair = _own_free(service)
    vault_id, resource_id = pair.split("/")
    service.estate.associate(service.estate.vaults[vault_id], service.estate.resources[resource_id])
    service.estate.changed()
    return pair


def _own_movable(service: Service) -> str:
    """Put a vault, a server in it and another vault into the estate; return the ids, parted by slashes."""
    return f"{_own_held(service)}/{_own_vault(service)}"


def _ids(subject: str) -> tuple[VaultId, ResourceId]:
    vault_id, resource_id, *_target = subject.split("/")
    return VaultId(vault_id), ResourceId(resource_id)


def _association(_name: str, subject: str) -> ResourceAssociation:
    vault_id, resource_id = _ids(subject)
    return ResourceAssociation(vault_id, (ResourceChoice(resource_id, ResourceType.SERVER),))


def _dissociation(_name: str, subject: str) -> ResourceDissociation:
    vault_id, resource_id = _ids(subject)
    return ResourceDissociation(vault_id, (resource_id,))


def _migration(_name: str, subject: str) -> ResourceMigration:
    vault_id, resource_id = _ids(subject)
    return ResourceMigration(vault_id, VaultId(subject.rpartition("/")[2]), (resource_id,))


def _suspension(_name: str, subject: str) -> ProtectionSetting:
    vault_id, resource_id = _ids(subject)
    return ProtectionSetting(vault_id, (resource_id,), is_on=False)


def _is_associated(service: Service, _name: str, subject: str) -> int:
    vault_id, resource_id = _ids(subject)
    return service.estate.resources[resource_id].vault_id == vault_id


def _is_dissociated(service: Service, _name: str, subject: str) -> int:
    vault_id, resource_id = _ids(subject)
    held = service.estate.resources.get(resource_id)
    return held is None or held.vault_id != vault_id or held.protect_status == "removing"


def _is_migrated(service: Service, _name: str, subject: str) -> int:
    vault_id, resource_id = _ids(subject)
    is_moving = service.estate.migrating(service.estate.vaults[vault_id])
    return is_moving or service.estate.resources[resource_id].vault_id != vault_id


def _is_suspended(service: Service, _name: str, subject: str) -> int:
    return not service.estate.resources[_ids(subject)[1]].auto_protect


def _is_vault_renamed(service: Service, name: str, subject: str) -> int:
    return service.estate.vaults[subject].name == name


def _is_locked(service: Service, _name: str, subject: str) -> int:
    return service.estate.vaults[subject].locked


def _is_vault_deleted(service: Service, _name: str, subject: str) -> int:
    vault = service.estate.vaults.get(subject)
    return vault is None or vault.status == "deleting"


def _is_tagged(service: Service, name: str, subject: str) -> int:
    return ("of", name[:43]) in service.estate.vaults[subject].tags


def _unasked(service: Service) -> str:
    """Return a threshold and a notification, parted by a hyphen, that nobody has asked all vaults for of late."""
    asked = {call.body for call in service.journal.calls("PUT", "/vaults/batch-update")}
    ways = (f"{percent}-{notify:d}" for notify in (True, False) for percent in range(1, 101))
    return next(way for way in ways if all_body(_all(way)) not in asked)


def _all(subject: str) -> VaultsUpdate:
    percent, notify = map(int, subject.split("-"))
    return VaultsUpdate(percent, bool(notify))


def _are_all(service: Service, _name: str, subject: str) -> int:
    wanted = _all(subject)
    vaults = service.estate.vaults.values()
    return all((each.threshold, each.smn_notify) == (wanted.threshold_percent, wanted.notify) for each in vaults)


_WAYS = {
    Kind.CREATE_CHECKPOINT: _Way(
        lambda _service: REFERENCE_VAULT_ID,
        lambda name, subject: CheckpointDraft(VaultId(subject), name=name),
        _checkpoints,
    ),
    Kind.CREATE_POLICY: _Way(
        lambda _service: "",
        lambda name, _subject: PolicyDraft(name, (_PATTERN,), retention_days=30),
        _policies,
    ),
    Kind.DELETE_BACKUP: _Way(_own_backup, lambda _name, subject: BackupDeletion(BackupId(subject)), _is_deleted),
    Kind.RENAME_BACKUP: _Way(_own_backup, lambda name, subject: BackupRename(BackupId(subject), name), _is_renamed),
    Kind.RESTORE_BACKUP: _Way(_own_disk, _restore, _restores),
    Kind.UPDATE_POLICY: _Way(
        _own_policy, lambda name, subject: PolicyUpdate(PolicyId(subject), name=name), _is_policy_renamed
    ),
    Kind.DELETE_POLICY: _Way(_own_policy, lambda _name, subject: PolicyDeletion(PolicyId(subject)), _is_policy_deleted),
    Kind.APPLY_POLICY: _Way(_own_pair, lambda _name, subject: PolicyApplication(*_pair(subject)), _is_applied),
    Kind.REMOVE_POLICY: _Way(_own_applied_pair, lambda _name, subject: PolicyRemoval(*_pair(subject)), _is_removed),
    Kind.SHARE_BACKUP: _Way(
        _to_be_shared,
        lambda _name, subject: BackupShare(_shared(subject)[0], (_shared(subject)[1],)),
        _is_shared,
    ),
    Kind.WITHDRAW_SHARE: _Way(
        _own_shared_backup, lambda _name, subject: ShareWithdrawal(*_shared(subject)), _is_withdrawn
    ),
    Kind.ANSWER_SHARE: _Way(
        _offered_backup, lambda _name, subject: ShareAnswer(*_shared(subject), MemberStatus.REJECTED), _is_rejected
    ),
    Kind.REPLICATE_BACKUP: _Way(
        _to_be_replicated,
        lambda _name, subject: BackupReplication(BackupId(subject.partition("/")[0]), _where(subject)),
        _copies,
    ),
    Kind.REPLICATE_VAULT: _Way(
        _vault_to_be_replicated,
        lambda _name, subject: VaultReplication(VaultId(subject.partition("/")[0]), _where(subject)),
        _copies_of_vault,
    ),
    Kind.CREATE_VAULT: _Way(lambda _service: "", lambda name, _subject: VaultDraft(name), _vaults),
    Kind.ASSOCIATE_RESOURCES: _Way(_own_free, _association, _is_associated),
    Kind.DISSOCIATE_RESOURCES: _Way(_own_held, _dissociation, _is_dissociated),
    Kind.MIGRATE_RESOURCES: _Way(_own_movable, _migration, _is_migrated),
    Kind.SET_PROTECTION: _Way(_own_held, _suspension, _is_suspended),
    Kind.UPDATE_VAULT: _Way(
        _own_vault, lambda name, subject: VaultUpdate(VaultId(subject), name=name), _is_vault_renamed
    ),
    Kind.CHANGE_TAGS: _Way(
        _own_vault, lambda name, subject: TagChange(VaultId(subject), (("of", name[:43]),)), _is_tagged
    ),
    Kind.UPDATE_ALL_VAULTS: _Way(_unasked, lambda _name, subject: _all(subject), _are_all),
    Kind.DELETE_VAULT: _Way(_own_vault, lambda _name, subject: VaultDeletion(VaultId(subject)), _is_vault_deleted),
    Kind.UPDATE_EXPIRATION: _Way(
        _own_vault_with_backup, lambda _name, subject: _expiration(VaultId(subject)), _does_expire
    ),
    Kind.CHANGE_ENTERPRISE_PROJECT: _Way(_own_vault, _placing, _is_placed),
    Kind.LOCK_VAULT: _Way(_own_vault, lambda _name, subject: VaultLock(VaultId(subject)), _is_locked),
}
"""Of every kind; one that is missing here lets the measurements of all kinds break off."""


@dataclass(frozen=True)
class Sample:
    """One change of a kind, with a name that no other has."""

    kind: Kind
    name: str
    subject: str

    @property
    def draft(self) -> Any:
        """What a person fills in."""
        return _WAYS[self.kind].draft(self.name, self.subject)

    def times_done(self, service: Service) -> int:
        """Return how often the service has done it; what comes to the same when repeated is done once at the most."""
        return int(_WAYS[self.kind].times_done(service, self.name, self.subject))

    def clear_away(self, service: Service) -> None:
        """Take away what it has made where there may not be many."""
        policies, vaults = service.estate.policies, service.estate.vaults
        own = {*self.subject.split("/")} - {REFERENCE_VAULT_ID}
        for id in own & service.estate.resources.keys():
            holders = [vault for vault in vaults.values() if id in vault.resources]
            if any(service.estate.jobs_in(vault) for vault in holders):
                continue  # it is on its way still, and may stay where that leads
            for vault in holders:
                # what was put into the vault that stays goes out of it as well
                vault.resources.remove(id)
            del service.estate.resources[id]
        for things in (policies, vaults):
            for id in [each.id for each in things.values() if self.name == each.name or each.id in own]:
                # a vault that is being deleted goes by itself
                if things is policies or vaults[id].status != "deleting":
                    del things[id]


def sample(kind: Kind, name: str, service: Service) -> Sample:
    """Return a change that can be asked for now."""
    return Sample(kind, name, _WAYS[kind].subject(service))


def arrived(service: Service, change: Change) -> int:
    """Return how often a change has reached the service, of the requests that it still remembers."""
    calls = service.journal.calls(change.method, f"/{change.path}")
    return sum(each.body == change.body for each in calls)
