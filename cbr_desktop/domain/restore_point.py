"""Restore points: checkpoints as far as they can be told, since the service has no list of them."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.ids import CheckpointId, IntentId, PolicyId, VaultId


class PointState(StrEnum):
    """How a restore point stands, all its resources together. The service has no such word."""

    RUNNING = "running"
    FINISHED = "finished"
    PARTIAL = "partial"
    """Some resources have a backup, and some that were asked for have none."""
    FAILED = "failed"
    """No resource has a backup."""
    UNKNOWN = "unknown"
    """It has ended, and what became of it is told by nothing any more."""


class Maker(StrEnum):
    """What asked for a restore point."""

    PROGRAM = "program"
    """A request of this program."""
    POLICY = "policy"
    PERSON = "person"
    """A person, by other means than this program."""
    REPLICATION = "replication"
    """It is a copy of one in another region."""


class RestorePoint(Struct):
    """One checkpoint, as tasks, backups and the requests of this program tell of it.

    ``accepted`` counts the resources that are known to be in it, ``failed`` those of them that have no good backup.
    ``skipped`` is ``None`` where nothing tells: only the answer to a request does, and that is known of one's own.
    ``left`` is how many of its backups there are still. ``ended_at`` is ``None`` while it runs and where no task tells.
    ``by`` is who sent the request, ``draft`` the file that it came from. It is never changed once it is in a list.
    """

    id: CheckpointId
    name: str
    vault_id: VaultId | None
    vault_name: str
    state: PointState
    accepted: int
    failed: int
    skipped: int | None
    left: int
    progress_percent: int
    started_at: datetime | None
    ended_at: datetime | None
    maker: Maker
    by: str = ""
    policy_id: PolicyId | None = None
    intent_id: IntentId | None = None
    draft: str = ""
