"""How the things of the estate look on the wire: JSON objects as recorded from the real service."""

from datetime import datetime, timedelta
from typing import Any

from .details import detail, disk_detail
from .entities import (
    DISK,
    PROVIDERS,
    Backup,
    Checkpoint,
    Disk,
    Policy,
    Record,
    Resource,
    Skipped,
    Task,
    Vault,
)
from .inventory import OBJECT_TYPES, Estate, child_id_of, disks_in
from .modes import Modes
from .refusals import SERVICE_CODES

Json = dict[str, Any]

GET_LAG = timedelta(microseconds=46588)
"""By how much `created_at` of a checkpoint differs between the create answer and a later GET."""

SPEC_CODES = {
    "server": "vault.backup.server.normal",
    "disk": "vault.backup.volume.normal",
    "turbo": "vault.backup.turbo.normal",
    "workspace": "vault.backup.server.normal",
}
IN_PLACE = {"available", "error", "protecting", "restoring", "removing"}
"""Protect states that a checkpoint's resource can show."""


DETAILS = {
    "update_expiration": "update_expiration_time",
    "copy": "replication",
    "remove_resource": "remove_resources",
}
"""The part of a task's extra_info that is not called as the operation is."""
UNNAMED = ("migrate_resource", "update_expiration")
"""Operations whose tasks are told of without a documented word for their type: it is null."""


def tags_of(pairs: list[tuple[str, str]]) -> list[Json]:
    """Tags as the wire has them."""
    return [{"key": key, "value": value} for key, value in pairs]


def _spec_code(vault: Vault) -> str:
    if vault.protect_type == "replication":
        return "vault.replication.server.normal"
    if vault.consistent_level == "app_consistent":
        return "vault.backup.database.normal"
    return SPEC_CODES[vault.object_type]


def replication_details(record: Record, backup_name: str) -> Json:
    """What the task of a replication tells of it."""
    return {
        "source_backup_id": record.source_backup_id,
        "source_backup_name": backup_name,
        "source_checkpoint_id": record.source_checkpoint_id,
        "source_project_id": record.source_project_id,
        "source_region": record.source_region,
        "destination_backup_id": record.destination_backup_id,
        "destination_backup_name": backup_name,
        "destination_checkpoint_id": record.destination_checkpoint_id,
        "destination_project_id": record.destination_project_id,
        "destination_region": record.destination_region,
    }


class Wire:
    """Renders things as JSON objects; `modes.drift` changes the spelling of times and sizes."""

    def __init__(self, estate: Estate, modes: Modes) -> None:
        self._estate = estate
        self._drift = modes.drift

    def time(self, moment: datetime) -> str:
        """`2025-03-25T06:12:48.673924`, in UTC without zone; drifted `2025-03-25T06:12:48.673+00:00`."""
        if self._drift:
            return moment.isoformat(timespec="milliseconds")
        return moment.isoformat(timespec="microseconds")[:26]

    def maybe_time(self, moment: datetime | None) -> str | None:
        """A time, or null."""
        return None if moment is None else self.time(moment)

    def vault(self, vault: Vault) -> Json:
        """A vault of lists and GET."""
        resources = self._estate.resources_of(vault)
        return {
            "id": vault.id,
            "name": vault.name,
            "description": vault.description,
            "resources": [self.resource(each) for each in resources],
            "provider_id": PROVIDERS[vault.object_type],
            "created_at": self.time(vault.created_at),
            "project_id": self._estate.project_id,
            "enterprise_project_id": vault.enterprise_project_id,
            "auto_bind": vault.auto_bind,
            "bind_rules": {"tags": tags_of(vault.bind_rules)} if vault.object_type == "server" else {},
            "auto_expand": vault.auto_expand,
            "smn_notify": vault.smn_notify,
            "threshold": vault.threshold,
            "user_id": next(iter(self._estate.users.values())).id,
            "billing": self._billing(vault, resources),
            "tags": tags_of(vault.tags),
            "backup_name_prefix": vault.backup_name_prefix,
            "demand_billing": vault.demand_billing,
            "cbc_delete_count": 0,
            "frozen": vault.status == "frozen",
            "availability_zone": vault.zone,
            "sys_lock_source_service": "",
            "supplier": "",
            "locked": vault.locked,
            "cross_account": False,
            "cross_account_urn": "",
        }

    def _billing(self, vault: Vault, resources: list[Resource]) -> Json:
        return {
            "allocated": sum(each.size_gb for each in resources),
            "cloud_type": "public",
            "consistent_level": vault.consistent_level,
            "frozen_scene": vault.frozen_scene,
            "charging_mode": vault.charging_mode,
            "order_id": None,
            "product_id": None,
            "protect_type": vault.protect_type,
            "object_type": vault.object_type,
            "spec_code": _spec_code(vault),
            "is_multi_az": vault.is_multi_az,
            "is_double_az": False,
            "used": vault.used_mb,
            "storage_unit": None,
            "status": vault.status,
            "size": vault.size_gb,
            "partner_bp_id": None,
        }

    def resource(self, resource: Resource) -> Json:
        """A resource inside a vault; `extra_info` is missing on newly associated ones."""
        body: Json = {
            "id": resource.id,
            "type": resource.type,
            "name": resource.name,
            "auto_protect": resource.auto_protect,
            "size": resource.size_gb,
            "backup_size": resource.backup_size_mb,
            "backup_count": resource.backup_count,
            "protect_status": resource.protect_status,
        }
        if resource.extra:
            body["extra_info"] = {"exclude_volumes": resource.excluded} if resource.excluded else {}
        return body

    def checkpoint(self, checkpoint: Checkpoint, resources: list[Json]) -> Json:
        """A checkpoint as its creation answers it; `resources` in the state before the run."""
        return {
            "id": checkpoint.id,
            "project_id": self._estate.project_id,
            "status": checkpoint.status,
            "vault": {
                "id": checkpoint.vault_id,
                "name": self._estate.vaults[checkpoint.vault_id].name,
                "resources": resources,
                "skipped_resources": [self._skipped(each) for each in checkpoint.skipped],
            },
            "created_at": self.time(checkpoint.created_at),
            "extra_info": {
                "name": checkpoint.name,
                "description": checkpoint.description,
                "retention_duration": checkpoint.retention_days,
            },
        }

    def checkpoint_later(self, checkpoint: Checkpoint) -> Json:
        """A checkpoint as GET answers it: other microseconds, provider instead of skipped resources."""
        resources = [self.checkpoint_resource(self._estate.resources[each]) for each in checkpoint.accepted]
        body = self.checkpoint(checkpoint, resources)
        del body["vault"]["skipped_resources"]
        vault = self._estate.vaults[checkpoint.vault_id]
        body["vault"]["provider_id"] = PROVIDERS[vault.object_type]
        body["created_at"] = self.time(checkpoint.created_at - GET_LAG)
        return body

    def checkpoint_resource(self, resource: Resource) -> Json:
        """A resource inside a checkpoint, whose sizes and counts are texts."""
        state = resource.protect_status if resource.protect_status in IN_PLACE else "available"
        return {
            "id": resource.id,
            "type": resource.type,
            "name": resource.name,
            "extra_info": {} if self._drift else resource.extra or None,
            "resource_size": self._count(resource.size_gb),
            "backup_size": self._count(resource.backup_size_mb),
            "backup_count": self._count(resource.backup_count),
            "protect_status": state,
        }

    def _count(self, number: int) -> int | str:
        return number if self._drift else str(number)

    @staticmethod
    def _skipped(skipped: Skipped) -> Json:
        resource = skipped.resource
        return {
            "id": resource.id,
            "type": resource.type,
            "name": resource.name,
            "code": f"BackupService.{skipped.code}",
            "reason": SERVICE_CODES[skipped.code][1],
        }

    def backup(self, backup: Backup, replication: bool = False) -> Json:
        """A backup as lists show it: without its children."""
        resource = self._estate.resources[backup.resource_id]
        vault = self._estate.vaults[backup.vault_id]
        body: Json = {
            "children": [],
            "checkpoint_id": backup.checkpoint_id,
            "created_at": self.time(backup.created_at),
            "description": backup.description,
            "expired_at": self.maybe_time(backup.expired_at),
            "extend_info": self._extend_info(backup, resource),
            "id": backup.id,
            "image_type": backup.image_type,
            "incremental": backup.incremental,
            "name": backup.name,
            "parent_id": None,
            "project_id": self._estate.project_id,
            "protected_at": self.maybe_time(backup.protected_at),
            "provider_id": PROVIDERS[vault.object_type],
            "resource_az": resource.zone,
            "resource_id": resource.id,
            "resource_name": resource.name,
            "resource_size": resource.size_gb,
            "resource_type": resource.type,
            "scheduled_operation_id": None,
            "status": backup.status,
            "updated_at": self.maybe_time(backup.updated_at),
            "vault_id": backup.vault_id,
            "version": 3,
        }
        if replication:
            body["replication_records"] = [self._record(each) for each in backup.records or ()]
        return body

    @staticmethod
    def _extend_info(backup: Backup, resource: Resource) -> Json:
        server = OBJECT_TYPES[resource.type] in ("server", "workspace")
        disks = disks_in(backup, resource)
        consistency = {f"app_consistency{tail}": "0" for tail in ("", "_status", "_error_code")}
        return {
            "auto_trigger": backup.auto,
            "bootable": None if server else False,
            "os_images_data": [{"image_id": each} for each in backup.images] if backup.images else None,
            "progress": backup.progress,
            "snapshot_id": None if server else backup.id[::-1].replace("-", "")[:32],
            "support_lld": True,
            "supported_restore_mode": _restore_mode(backup) if server else None,
            "system_disk": False,
            "is_multi_az": False,
            "encrypted_algorithm": None,
            "is_dec": False,
            "app_consistency": {**consistency, "app_consistency_error_message": ""} if server else None,
            "contain_system_disk": server and any(disk.system for disk in disks),
            "encrypted": any(disk.encrypted for disk in disks),
            "architecture": resource.architecture if server else None,
        }

    def _record(self, record: Record) -> Json:
        return {
            "id": record.id,
            "status": record.status,
            "created_at": self.time(record.created_at),
            "source_backup_id": record.source_backup_id,
            "source_checkpoint_id": record.source_checkpoint_id,
            "source_project_id": record.source_project_id,
            "source_region": record.source_region,
            "destination_backup_id": record.destination_backup_id,
            "destination_checkpoint_id": record.destination_checkpoint_id,
            "destination_project_id": record.destination_project_id,
            "destination_region": record.destination_region,
            "destination_vault_id": record.destination_vault_id,
            "vault_id": record.vault_id,
            "extra_info": {
                "auto_trigger": record.auto,
                "destination_vault_id": record.destination_vault_id,
                "fail_code": record.fail_code or None,
                "fail_reason": record.fail_reason or None,
                "progress": record.progress,
            },
        }

    def backup_with_children(self, backup: Backup) -> Json:
        """A backup as GET shows it: with its enterprise project, and one child for each disk of a server."""
        body = self.backup(backup)
        body["enterprise_project_id"] = self._estate.vaults[backup.vault_id].enterprise_project_id
        resource = self._estate.resources[backup.resource_id]
        if resource.type != DISK:
            body["children"] = [self.disk_backup(backup, disk) for disk in disks_in(backup, resource)]
        return body

    def disk_backup(self, parent: Backup, disk: Disk) -> Json:
        """The backup of one disk inside a server backup; it keeps its name when the server backup is renamed."""
        body = self.backup(parent)
        child_id = child_id_of(parent, disk)
        self._estate.children[child_id] = (parent, disk)
        body["extend_info"] |= {
            "bootable": disk.system,
            "system_disk": disk.system,
            "encrypted": disk.encrypted,
            "supported_restore_mode": None,
            "contain_system_disk": None,
            "app_consistency": None,
            "architecture": None,
            "snapshot_id": child_id,
        }
        own = {"name": f"{parent.first_name or parent.name}_{disk.name}", "description": None, "protected_at": None}
        own |= {"resource_id": disk.id, "resource_name": disk.name, "resource_type": DISK}
        return body | own | {"id": child_id, "parent_id": parent.id, "resource_size": disk.size_gb}

    def task(self, task: Task) -> Json:
        """An operation log; that of a whole vault has the vault in the place of the resource."""
        resource = self._estate.resources.get(task.resource_id)
        own = task.details or self._task_details(task, resource)
        return {
            "id": task.id,
            "operation_type": None if task.operation_type in UNNAMED else task.operation_type,
            "status": task.status,
            "project_id": self._estate.project_id,
            "provider_id": self.provider_id(task),
            "vault_id": task.vault_id,
            "vault_name": self._estate.vault_name(task.vault_id),
            "policy_id": task.policy_id,
            "checkpoint_id": task.checkpoint_id,
            "created_at": self.time(task.created_at),
            "started_at": self.time(task.created_at),
            "updated_at": self.time(task.updated_at or task.created_at),
            "ended_at": self.maybe_time(task.ended_at),
            "error_info": {"code": task.error_code, "message": task.error_message},
            "extra_info": {
                "common": {"progress": task.progress, "request_id": f"req-{task.id}", "task_id": task.id},
                "resource": self.subject(task),
                DETAILS.get(task.operation_type, task.operation_type): own,
            },
        }

    def subject(self, task: Task) -> Json:
        """What a task is about: a resource, or the vault where it is about the whole of it."""
        resource = self._estate.resources.get(task.resource_id)
        if resource is None:
            name = self._estate.vault_name(task.vault_id) or ""
            return {"id": task.vault_id, "name": name, "type": "vault", "extra_info": {}}
        return {"id": resource.id, "name": resource.name, "type": resource.type, "extra_info": {}}

    def provider_id(self, task: Task) -> str | None:
        """The backup provider of what a task is about, if that is still there."""
        resource = self._estate.resources.get(task.resource_id)
        if resource is not None:
            return PROVIDERS[OBJECT_TYPES[resource.type]]
        vault = self._estate.vaults.get(task.vault_id)
        return PROVIDERS[vault.object_type] if vault else None

    @staticmethod
    def _task_details(task: Task, resource: Resource | None) -> Json:
        named = {"backup_id": task.backup_id or "", "backup_name": task.backup_name}
        if task.operation_type == "backup":
            consistency = {"app_consistency_status": "0", "app_consistency_error_code": ""}
            named["incremental"] = "true" if task.incremental else "false"
            return {**named, **consistency, "app_consistency_error_message": ""}
        if task.operation_type == "restore" and resource is not None:
            return {**named, "target_resource_id": resource.id, "target_resource_name": resource.name}
        return named

    def policy(self, policy: Policy) -> Json:
        """A policy; the times of its trigger have a blank instead of T."""
        properties: Json = {"pattern": policy.pattern, "start_time": f"{policy.start:%Y-%m-%d %H:%M:%S}"}
        if policy.start_window_minutes is not None:
            properties["start_window_minutes"] = policy.start_window_minutes
        return {
            "id": policy.id,
            "name": policy.name,
            "operation_type": policy.operation_type,
            "operation_definition": policy.definition,
            "enabled": policy.enabled,
            "trigger": {
                "id": policy.trigger_id,
                "name": "default",
                "type": "time",
                "properties": properties,
            },
            "associated_vaults": [
                {"vault_id": vault_id, "destination_vault_id": target} for vault_id, target in policy.vaults.items()
            ],
        }

    def protectable(self, resource: Resource) -> Json:
        """Something that could be protected: its owner's record, its disks, and whether CBR can take it."""
        project_id = self._estate.project_id
        record = (
            self.disk_detail(resource.disks[0], resource) if resource.type == DISK else detail(resource, project_id)
        )
        children = [] if resource.type == DISK else [self._disk_of(disk, resource) for disk in resource.disks]
        return {
            "id": resource.id,
            "type": resource.type,
            "name": resource.name,
            "size": resource.size_gb,
            "status": resource.status,
            "protectable": self._verdict(resource),
            "detail": record,
            "children": children,
        }

    def _verdict(self, resource: Resource) -> Json:
        text = SERVICE_CODES[resource.refusal][1] if resource.refusal else ""
        return {
            "result": not resource.refusal,
            "code": f"BackupService.{resource.refusal}" if resource.refusal else "",
            "reason": text,
            "message": text,
            "vault": self.vault(self._estate.vault_of(resource)) if resource.vault_id else None,
        }

    def _disk_of(self, disk: Disk, server: Resource) -> Json:
        vault = self._estate.vault_of(server) if server.vault_id else None
        return {
            "id": disk.id,
            "type": DISK,
            "name": disk.name,
            "size": disk.size_gb,
            "status": disk.status,
            "detail": self.disk_detail(disk, server),
            "children": [],
            "vault_id": vault.id if vault else None,
            "vault_name": vault.name if vault else None,
        }

    def attached_disk(self, disk: Disk, server: Resource) -> Json:
        """A disk of a server, as the list of disks shows it."""
        verdict = {"result": not disk.scsi, "code": "", "reason": "", "message": "", "vault": None}
        if disk.scsi:
            verdict |= {"code": "BackupService.7002", "reason": SERVICE_CODES["7002"][1]}
        return self._disk_of(disk, server) | {"protectable": verdict}

    def disk_detail(self, disk: Disk, owner: Resource) -> Json:
        """The record of the disk service."""
        return disk_detail(disk, owner, self._estate.project_id)


def _restore_mode(backup: Backup) -> str:
    """What a server's backup can be restored as: nothing while it failed, an image as well once one was made of it."""
    if backup.status == "error":
        return "na"
    return "snapshot" if backup.images else "backup"
