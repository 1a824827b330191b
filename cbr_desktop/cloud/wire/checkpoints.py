"""Checkpoints as the service writes them, straight after creation and later, when much of them may be gone."""

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import Id, ObjectReader, Size, Text, moment
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointStatus, SkippedResource
from cbr_desktop.domain.ids import CheckpointId, ResourceId, VaultId
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.domain.word import known


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


class VaultRow(Struct):
    """``vault`` of a checkpoint."""

    id: Text = None
    name: Text = None
    resources: list[AcceptedRow] | None = None
    skipped_resources: list[SkippedRow] | None = None


class ExtraRow(Struct):
    """``extra_info`` of a checkpoint."""

    name: Text = None
    description: Text = None
    retention_duration: Size = None


class CheckpointRow(Struct):
    """One checkpoint."""

    id: Id
    status: Text = None
    created_at: Text = None
    vault: VaultRow | None = None
    extra_info: ExtraRow | None = None


_ONE = ObjectReader(CheckpointRow, "checkpoint")


def checkpoint(body: bytes) -> Checkpoint:
    """Read the answer of CreateCheckpoint or ShowCheckpoint; the latter may tell nothing but id and status."""
    row = _ONE.read(body)
    vault, extra = row.vault or VaultRow(), row.extra_info or ExtraRow()
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
