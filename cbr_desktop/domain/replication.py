"""Replication of backups to another region: where it can go, and what a person fills in for it."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.vault import Vault


class Destination(Struct, frozen=True):
    """A replication vault that replicas can go to, by its region and project."""

    region: str
    project_id: ProjectId
    vault_id: VaultId


class DestinationVault(Struct, frozen=True):
    """A vault in another region, as that region tells of it."""

    region: str
    project: Project
    vault: Vault

    @property
    def id(self) -> VaultId:
        """The id of the vault."""
        return self.vault.id

    @property
    def destination(self) -> Destination:
        """Where replicas go that are sent to it."""
        return Destination(self.region, self.project.id, self.vault.id)


class BackupReplication(Struct, frozen=True):
    """What a person fills in to replicate one backup; without a ``name`` the replica has that of the backup."""

    change_kind: ClassVar[str] = "CopyBackup"

    backup_id: BackupId
    destination: Destination
    name: str = ""


class VaultReplication(Struct, frozen=True):
    """What a person fills in to replicate all backups of a vault that are not in the region yet."""

    change_kind: ClassVar[str] = "CopyCheckpoint"

    vault_id: VaultId
    destination: Destination


def replication_body(destination: Destination, **first: str) -> bytes:
    """Return the body that asks for a replication; what is empty of ``first`` is left out."""
    wish = {name: value for name, value in first.items() if value}
    where = {
        "destination_region": destination.region,
        "destination_project_id": destination.project_id,
        "destination_vault_id": destination.vault_id,
    }
    return json.dumps({"replicate": {**wish, **where}}, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def replication_in(body: bytes) -> Mapping[str, Any]:
    """Return what a body says of a replication, nothing where it cannot be read."""
    found = content_of(body).get("replicate")
    return found if isinstance(found, dict) else {}


def destination_in(body: bytes) -> Destination:
    """Return where a body replicates to; what it does not name is empty."""
    given = replication_in(body)
    region, project_id, vault_id = (
        str(given.get(f"destination_{name}") or "") for name in ("region", "project_id", "vault_id")
    )
    return Destination(region, ProjectId(project_id), VaultId(vault_id))
