"""Sharing of backups with other projects of the region, and what a project is offered by others."""

import json
import re
from typing import ClassVar

from msgspec import Struct

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.vault import ResourceType

RECEIVERS_LIMIT = 10
"""Projects that a backup is shared with at the most, and that one request names (definition of AddMember)."""
_PROJECT = re.compile(r"[0-9a-f]{32}\Z")


class BackupShare(Struct, frozen=True):
    """What a person fills in to share a backup with projects."""

    change_kind: ClassVar[str] = "AddMember"

    backup_id: BackupId
    project_ids: tuple[ProjectId, ...]


class SharedBackup(Struct, frozen=True):
    """A backup that other projects share, and which these are."""

    id: BackupId
    name: str
    project_ids: tuple[ProjectId, ...]


class SharesLost(Struct, frozen=True):
    """Which of ``total`` backups that go are shared; of ``unread`` ones that could not be read."""

    shared: tuple[SharedBackup, ...]
    total: int
    unread: int = 0


class ShareWithdrawal(Struct, frozen=True):
    """What a person fills in to end the sharing of a backup with a project."""

    change_kind: ClassVar[str] = "DeleteMember"

    backup_id: BackupId
    project_id: ProjectId


class ShareAnswer(Struct, frozen=True):
    """What a person fills in to accept or reject a backup that is offered to the own project.

    ``project_id`` is the own project. ``vault_id`` is the vault that takes the backup in, empty where it is rejected.
    """

    change_kind: ClassVar[str] = "UpdateMemberStatus"

    backup_id: BackupId
    project_id: ProjectId
    status: MemberStatus | str
    vault_id: VaultId | str = ""


class Offer(Struct, frozen=True):
    """A backup that another project shares with the own one.

    ``owner_id`` is the project that shares it, ``receiver_id`` the own one, ``status`` what that has said to it; empty
    where the service does not tell. The vault of ``backup`` is the one that has taken it in, once it is accepted.
    ``owner_name`` is what account and project of the owner are called, empty where that is not told.
    """

    backup: Backup
    owner_id: ProjectId
    receiver_id: ProjectId
    status: MemberStatus | str
    owner_name: str = ""

    @property
    def id(self) -> BackupId:
        """The id of the backup, which is the same on both sides."""
        return self.backup.id

    @property
    def name(self) -> str:
        """The name of the backup."""
        return self.backup.name


def is_receiver(id: str) -> bool:
    """Whether an id has the form of a project's that something can be shared with: 32 hexadecimal digits."""
    return _PROJECT.match(id) is not None


def receivers_body(project_ids: tuple[str, ...]) -> bytes:
    """Return the body that shares a backup with projects."""
    return json.dumps({"members": list(project_ids)}, indent=2).encode()


def receivers_in(body: bytes) -> tuple[ProjectId, ...]:
    """Return the projects that a body shares a backup with, none where it cannot be read."""
    found = content_of(body).get("members")
    return tuple(ProjectId(each) for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def may_be_shared(backup: Backup) -> bool:
    """Whether a backup can be shared at all: one of a server or a disk, and not encrypted (6700, 6709)."""
    return backup.resource_type in (ResourceType.SERVER, ResourceType.DISK) and not backup.traits.encrypted
