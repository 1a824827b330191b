"""Checkpoints as the service writes them, straight after creation and later, when much of them may be gone."""

from typing import Any

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import Id, ObjectReader, Size, Text, Unfit, moment, strictly
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointStatus, SkippedResource
from cbr_desktop.domain.ids import CheckpointId, ResourceId, VaultId, is_uuid
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.vault import ResourceType


class AcceptedRow(Struct):
    """One of ``vault.resources``; sizes are texts here."""

    id: Id
    type: Text = None
    name: Text = None
    resource_size: Size = None
    protect_status: Text = None


class SkippedRow(Struct):
    """One of ``vault.skipped_resources``."""

    id: Id
    type: Text = None
    name: Text = None
    code: Text = None
    reason: Text = None


class CheckpointVaultRow(Struct):
    """``vault`` of a checkpoint."""

    id: Text = None
    name: Text = None
    resources: list[AcceptedRow] | None = None
    skipped_resources: list[SkippedRow] | None = None


class CheckpointExtraRow(Struct):
    """``extra_info`` of a checkpoint."""

    name: Text = None
    description: Text = None
    retention_duration: Size = None


class CheckpointRow(Struct):
    """One checkpoint."""

    id: Id
    status: Text = None
    created_at: Text = None
    vault: CheckpointVaultRow | None = None
    extra_info: CheckpointExtraRow | None = None


_ONE = ObjectReader(CheckpointRow, "checkpoint")


def created(body: bytes, request: bytes) -> Checkpoint:
    """Read the answer of CreateCheckpoint to ``request``, which must be one to this very request.

    ``Unfit`` where it is not valid JSON in UTF-8 with each key once, its id is no UUID, it names another vault or none,
    a resource or a name that was not asked for, or no resource at all: such an answer may speak of anything.
    """
    answer = strictly(body)
    made = checkpoint(body)
    asked = _member(strictly(request), "checkpoint")
    parameters = _member(asked, "parameters")
    details = parameters.get("resource_details") or ()
    ids = (*(parameters.get("resources") or ()), *(_member(each).get("id") for each in details))
    wanted = {str(id).lower() for id in ids}
    told = [*(each.id.lower() for each in made.accepted), *(each.id.lower() for each in made.skipped)]
    if not is_uuid(made.id):
        raise Unfit("the id is no UUID - at `checkpoint.id`")
    if str(made.vault_id).lower() != str(asked.get("vault_id")).lower():
        raise Unfit("another vault than was asked for - at `checkpoint.vault.id`")
    if not told or len(told) != _count(answer):
        raise Unfit("no resources, or some that cannot be read - at `checkpoint.vault`")
    if wanted and not wanted.issuperset(told):
        raise Unfit("a resource that was not asked for - at `checkpoint.vault`")
    if made.name and parameters.get("name") and made.name != parameters["name"]:
        raise Unfit("another name than was asked for - at `checkpoint.extra_info.name`")
    return made


def _member(value: Any, key: str = "") -> dict[str, Any]:
    """Return the object under a key, or a value itself; an empty one in place of anything else."""
    found = value.get(key) if key and isinstance(value, dict) else value
    return found if isinstance(found, dict) else {}


def _count(answer: Any) -> int:
    """Return how many resources an answer names, readable or not; what is no list names one that is not."""
    vault = answer["checkpoint"]["vault"]
    parts = (vault.get("resources") or (), vault.get("skipped_resources") or ())
    return sum(len(part) if isinstance(part, list | tuple) else 1 for part in parts)


def checkpoint(body: bytes) -> Checkpoint:
    """Read the answer of CreateCheckpoint or ShowCheckpoint; the latter may tell nothing but id and status."""
    row = _ONE.read(body)
    vault, extra = row.vault or CheckpointVaultRow(), row.extra_info or CheckpointExtraRow()
    return Checkpoint(
        CheckpointId(row.id),
        known(CheckpointStatus, row.status or ""),
        moment(row.created_at),
        VaultId(vault.id) if vault.id else None,
        vault.name or "",
        tuple(map(_accepted, vault.resources or ())),
        tuple(map(_skipped, vault.skipped_resources or ())),
        extra.name or "",
        extra.description or "",
        extra.retention_duration,
    )


def _accepted(row: AcceptedRow) -> AcceptedResource:
    kind = known(ResourceType, row.type or "")
    return AcceptedResource(ResourceId(row.id), kind, row.name or "", row.resource_size, row.protect_status or None)


def _skipped(row: SkippedRow) -> SkippedResource:
    kind = known(ResourceType, row.type or "")
    return SkippedResource(ResourceId(row.id), kind, row.name or "", row.code or "", row.reason or "")
