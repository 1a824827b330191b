"""Changes: what can be done to a service, one shape for every operation.

A change is one request, byte for byte as it goes over the wire, with what the outbox must know of it: to what it is
done, what else may run beside it, and by what a lost answer is recognised. What is particular to an operation is in
``workflows/operations``.
"""

from datetime import datetime
from enum import Enum, StrEnum, auto

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import Checkpoint
from cbr_desktop.domain.ids import VaultId

PRIOR_ID = "{prior.id}"
"""Stands for the id that an earlier request makes, until that is known."""
VAULT_LANE = "vault:"


class Service(StrEnum):
    """The services that are asked for changes, by the short names that the vendor's tools have for them."""

    BACKUP = "CBR"
    ENTERPRISE_PROJECTS = "EPS"


class Kind(StrEnum):
    """The operations, under the names that the service's definition has for them.

    What can never be undone is a kind of its own, even where the definition has it as one of the things that an
    operation can ask for; it has a name of ours then, and ``definition`` tells the service's.
    """

    CREATE_CHECKPOINT = "CreateCheckpoint"
    DELETE_BACKUP = "DeleteBackup"
    RESTORE_BACKUP = "RestoreBackup"
    RENAME_BACKUP = "UpdateBackup"
    CREATE_POLICY = "CreatePolicy"
    UPDATE_POLICY = "UpdatePolicy"
    DELETE_POLICY = "DeletePolicy"
    APPLY_POLICY = "AssociateVaultPolicy"
    REMOVE_POLICY = "DisassociateVaultPolicy"
    SHARE_BACKUP = "AddMember"
    WITHDRAW_SHARE = "DeleteMember"
    ANSWER_SHARE = "UpdateMemberStatus"
    REPLICATE_BACKUP = "CopyBackup"
    REPLICATE_VAULT = "CopyCheckpoint"
    CREATE_VAULT = "CreateVault"
    ASSOCIATE_RESOURCES = "AddVaultResource"
    DISSOCIATE_RESOURCES = "RemoveVaultResource"
    MIGRATE_RESOURCES = "MigrateVaultResource"
    SET_PROTECTION = "SetVaultResource"
    UPDATE_VAULT = "UpdateVault"
    LOCK_VAULT = "LockVault"
    DELETE_VAULT = "DeleteVault"
    CHANGE_TAGS = "BatchCreateAndDeleteVaultTags"
    UPDATE_ALL_VAULTS = "BatchUpdateVault"
    UPDATE_EXPIRATION = "UpdateExpirationTime"
    CHANGE_ENTERPRISE_PROJECT = "MigrateResource"

    @property
    def definition(self) -> str:
        """The name that the service's definition has for it."""
        return "UpdateVault" if self.value == "LockVault" else self.value

    @property
    def service(self) -> Service:
        """The service that has it."""
        return Service.ENTERPRISE_PROJECTS if self.value == "MigrateResource" else Service.BACKUP


class Repeat(Enum):
    """What may follow when an answer was lost and reading does not find that the change was made."""

    NEVER = auto()
    """Only a person sends it again."""
    AFTER_PROOF = auto()
    """The program sends it again once reading has proved that it was not made."""
    SAFE = auto()
    """As ``AFTER_PROOF``, and twice comes to the same as once."""


class Effect(Enum):
    """What a change does to what is there: how much is asked of a person before it goes."""

    ADDS = auto()
    CHANGES = auto()
    DELETES = auto()
    OVERWRITES = auto()
    BINDS = auto()
    """It takes a freedom away for good: what it forbids is never allowed again."""


class SubjectType(StrEnum):
    """What a change is done to."""

    VAULT = "vault"
    BACKUP = "backup"
    POLICY = "policy"
    RESOURCE = "resource"
    PROJECT = "project"
    """All that a profile sees: such a subject has neither id nor name, as the profile says which it is."""


class Subject(Struct, frozen=True):
    """What a change is done to; ``id`` is empty for a thing that the change makes, ``name`` where it is not known."""

    type: SubjectType
    id: str
    name: str = ""

    @property
    def label(self) -> str:
        """The name, or the id where none is known."""
        return self.name or self.id


class Change(Struct, frozen=True):
    """One change of a service.

    ``path`` follows ``/v3/{project_id}/``, that of another service its version (``address``); ``body`` is empty where
    the operation has none. Of the requests of one
    ``lane`` at one endpoint one runs at a time. ``tag`` is the name by which a lost answer is recognised, empty where
    the subject's id is enough or the service chooses the name.
    """

    kind: Kind
    subject: Subject
    lane: str
    method: str
    path: str
    body: bytes = b""
    tag: str = ""

    @property
    def address(self) -> str:
        """The whole path, with a place for the id of the project where the service has it there."""
        is_own = self.kind.service is Service.BACKUP
        return f"/v3/{{project_id}}/{self.path}" if is_own else f"/v1.0/{self.path}"

    @property
    def vault_id(self) -> VaultId | None:
        """The vault whose turn it takes, ``None`` where it takes none's."""
        return VaultId(self.lane.removeprefix(VAULT_LANE)) if self.lane.startswith(VAULT_LANE) else None

    @property
    def needs_prior(self) -> bool:
        """Whether it cannot be sent before an earlier request has told its result."""
        return PRIOR_ID in self.path or PRIOR_ID.encode() in self.body

    def with_prior(self, id: str) -> "Change":
        """Return the change with the id that an earlier request has made; it is about that id from then on."""
        return replace(
            self,
            subject=replace(self.subject, id=self.subject.id.replace(PRIOR_ID, id)),
            lane=self.lane.replace(PRIOR_ID, id),
            path=self.path.replace(PRIOR_ID, id),
            body=self.body.replace(PRIOR_ID.encode(), id.encode("ascii")),
        )


class Result(Struct, frozen=True):
    """What a change has made or changed: its id, its status in the service's word as far as it is known, and all that
    the service says of it where it is a checkpoint. ``parts`` are the ids of what it has set going, where that is
    several things."""

    id: str
    status: str = ""
    checkpoint: Checkpoint | None = None
    parts: tuple[str, ...] = ()


class Sent(Struct, frozen=True):
    """A good answer to a change, with the gateway's id of the request and the service's clock if it told."""

    result: Result
    request_id: str = ""
    server_time: datetime | None = None


def checkpoint_result(checkpoint: Checkpoint) -> Result:
    """Return a checkpoint as what a change has made."""
    return Result(checkpoint.id, str(checkpoint.status), checkpoint)


def checkpoint_change(vault_id: VaultId, vault_name: str, body: bytes, tag: str) -> Change:
    """Return the change that asks for a checkpoint of a vault by ``body``; rows of before other changes mean the same.

    One runs at a time for a vault: the service refuses a second.
    """
    return Change(
        kind=Kind.CREATE_CHECKPOINT,
        subject=Subject(SubjectType.VAULT, vault_id, vault_name),
        lane=f"{VAULT_LANE}{vault_id}",
        method="POST",
        path="checkpoints",
        body=body,
        tag=tag,
    )
