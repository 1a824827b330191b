"""Vaults as the service writes them: billing nested, sizes in GB, use in MB."""

from typing import Annotated

import msgspec
from msgspec import Struct

from cbr_desktop.cloud.wire.reading import (
    NOT_EMPTY,
    AnswerPage,
    AnswerPieces,
    Flag,
    Id,
    ListReader,
    Names,
    ObjectReader,
    Size,
    Text,
    Unfit,
    mended,
    moment,
    whole,
    words,
)
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId
from cbr_desktop.domain.vault import ProtectStatus, ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus


class BillingRow(Struct, gc=False):
    """``billing`` of a vault."""

    size: Size = None
    used: Size = None
    allocated: Size = None
    status: Text = None
    object_type: Text = None
    protect_type: Text = None
    cloud_type: Text = None
    consistent_level: Text = None
    charging_mode: Text = None
    is_multi_az: Flag = None


class VolumeRow(Struct, gc=False):
    """One of ``include_volumes``."""

    id: VolumeId


class ResourceExtraRow(Struct, gc=False):
    """``extra_info`` of a resource."""

    exclude_volumes: list[VolumeId] | None = None
    include_volumes: list[VolumeRow] | None = None


class VaultResourceRow(Struct, gc=False):
    """One of ``resources`` of a vault."""

    id: Annotated[ResourceId, NOT_EMPTY]
    type: Text = None
    name: Text = None
    size: Size = None
    backup_size: Size = None
    backup_count: Size = None
    protect_status: Text = None
    auto_protect: Flag = None
    extra_info: ResourceExtraRow | str | None = None


class TagRow(Struct, gc=False):
    """One of ``tags``."""

    key: str
    value: Text = None


class BindRulesRow(Struct, gc=False):
    """``bind_rules`` of a vault."""

    tags: list[TagRow] | None = None


class VaultRow(Struct, gc=False):
    """One vault."""

    id: Annotated[VaultId, NOT_EMPTY]
    name: Text = None
    billing: BillingRow | None = None
    resources: list[VaultResourceRow] | None = None
    description: Text = None
    created_at: Text = None
    tags: list[TagRow] | None = None
    enterprise_project_id: Text = None
    auto_expand: Flag = None
    auto_bind: Flag = None
    locked: Flag = None
    threshold: Size = None
    smn_notify: Flag = None
    bind_rules: BindRulesRow | None = None


PIECE_SIZE = 1000
"""Vaults and resources that are made at one go, in about a millisecond."""
_LIST = ListReader("vaults", VaultRow)
_ONE = ObjectReader(VaultRow, "vault")
_NO_BILLING = BillingRow()
_kind, _protect_type, _status = words(VaultKind), words(ProtectType), words(VaultStatus)
_type, _protect_status = words(ResourceType), words(ProtectStatus)


def vaults(body: bytes, names: Names) -> AnswerPage[Vault]:
    """Read a page of ListVault."""
    return whole(vaults_in_pieces(body, names))


def vaults_in_pieces(body: bytes, names: Names) -> AnswerPieces[Vault]:
    """Read a page of ListVault piece by piece: it has many times as many resources as rows."""
    page = _LIST.read(body)
    made: list[Vault] = []
    left, size = page.rows[::-1], 0
    page.rows.clear()  # what has been made goes, since freeing all at one go takes its time as well
    while left:
        if size >= PIECE_SIZE:
            yield
            size = 0
        row = left.pop()
        size += 1 + len(row.resources or ())
        made.append(_vault(row, names))
    return AnswerPage(made, page.count, page.lost)


def vault(body: bytes) -> Vault:
    """Read the answer of ShowVault, CreateVault or UpdateVault. ``Unfit`` when it is none."""
    return _vault(_ONE.read(body), {})


class NamedAnswer(Struct):
    """The answers to changes of the resources of a vault: each names resources under a key of its own."""

    add_resource_ids: list[str] | None = None
    remove_resource_ids: list[str] | None = None
    migrated_resources: list[str] | None = None
    set_resource_ids: list[str] | None = None


_NAMED = msgspec.json.Decoder(NamedAnswer)


def named_ids(body: bytes, key: str) -> list[str]:
    """Read the ids that an answer names under a key. ``Unfit`` when it names none."""
    found: list[str] | None = getattr(mended(body, _NAMED.decode), key)
    if found is None:
        raise Unfit(f"no `{key}`")
    return found


class UpdatedAnswer(Struct):
    """The answer of BatchUpdateVault, which nothing is wrapped around."""

    updated_vaults_id: list[Id]


_UPDATED = msgspec.json.Decoder(UpdatedAnswer)


def updated(body: bytes) -> list[str]:
    """Read the answer of BatchUpdateVault: the ids of the vaults that were changed. ``Unfit`` when it is none."""
    return mended(body, _UPDATED.decode).updated_vaults_id


def _vault(row: VaultRow, names: Names) -> Vault:
    keep = names.setdefault
    billing = row.billing or _NO_BILLING
    status, kind, protect_type = billing.status or "", billing.object_type or "", billing.protect_type or ""
    cloud_type, level = billing.cloud_type or "public", billing.consistent_level or ""
    mode, project = billing.charging_mode or "", row.enterprise_project_id or "0"
    rules = row.bind_rules
    return Vault(
        row.id,
        row.name or "",
        _kind(kind, kind),
        _protect_type(protect_type, protect_type),
        _status(status, status),
        billing.size or 0,
        billing.used or 0,
        billing.allocated or 0,
        _resources(row.resources) if row.resources else [],
        keep(cloud_type, cloud_type),
        row.auto_expand or False,
        row.locked or False,
        80 if row.threshold is None else row.threshold,
        row.description or "",
        moment(row.created_at),
        {tag.key: tag.value or "" for tag in row.tags} if row.tags else {},
        keep(level, level),
        keep(mode, mode),
        keep(project, project),
        row.auto_bind or False,
        billing.is_multi_az or False,
        row.smn_notify,
        tuple((tag.key, tag.value or "") for tag in rules.tags) if rules is not None and rules.tags else (),
    )


def _resources(rows: list[VaultResourceRow]) -> list[Resource]:
    known_type, known_status, make = _type, _protect_status, Resource
    resources = []
    # there are several times as many of these as of anything else in a page: each call more in here is felt
    for row in rows:
        kind, status, extra = row.type or "", row.protect_status or None, row.extra_info
        resource = make(
            row.id,
            known_type(kind, kind),
            row.name or "",
            row.size or 0,
            row.backup_size or 0,
            row.backup_count or 0,
            status and known_status(status, status),
            row.auto_protect is not False,
        )
        if type(extra) is ResourceExtraRow and (extra.exclude_volumes or extra.include_volumes):
            resource.exclude_volumes = tuple(extra.exclude_volumes or ())
            resource.include_volumes = tuple([volume.id for volume in extra.include_volumes or ()])
        resources.append(resource)
    return resources
