"""The draft of a new vault: what a person fills in, its body, and the rules that judge it."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from msgspec import Struct

from cbr_desktop.domain.checkpoint import description_findings
from cbr_desktop.domain.finding import Finding, FindingFacts, FindingKind, RequestPart, block, folded, info, warn
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId, is_enterprise_project_id, is_uuid
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import (
    LARGEST_GB,
    SMALLEST_GB,
    ProtectType,
    Vault,
    VaultKind,
    VaultStatus,
)
from cbr_desktop.domain.vault_changes import (
    APP_CONSISTENT,
    CRASH_CONSISTENT,
    PRE_PAID,
    RESOURCE_TYPES,
    TAGS_LIMIT,
    TAGS_USUAL,
    Tags,
    bind_tag_findings,
    encoded,
    expanded_gb,
    in_range,
    read_tags,
    tag_findings,
    tag_rows,
    vault_name_findings,
)

POST_PAID = "post_paid"
"""``billing.charging_mode`` of a vault that is paid by what it has, which is the only one that is made here."""
RESOURCES_LIMIT = 255
"""Resources that a vault takes when it is created, one fewer than later on (definition)."""
DESCRIPTION_LIMIT = 64
PREFIX_LIMIT = 32
ZONE_LIMIT = 32
"""Characters of the name of an availability zone (definition)."""
USUAL_THRESHOLD = 80
_NO_PREFIX = re.compile("[^A-Za-z0-9_\\-\u4e00-\u9fa5\uf900-\ufa2d]")
_CLASSES = {
    (VaultKind.SERVER, ProtectType.BACKUP): "vault.backup.server.normal",
    (VaultKind.SERVER, ProtectType.REPLICATION): "vault.replication.server.normal",
    (VaultKind.DISK, ProtectType.BACKUP): "vault.backup.volume.normal",
    (VaultKind.TURBO, ProtectType.BACKUP): "vault.backup.turbo.normal",
}
_APP_CLASS = "vault.backup.database.normal"


class NewResource(Struct, frozen=True):
    """A resource that a new vault takes in, without some of its disks, or with some of them alone."""

    id: ResourceId
    type: str
    name: str = ""
    exclude_volumes: tuple[VolumeId, ...] = ()
    include_volumes: tuple[VolumeId, ...] = ()

    def takes(self, volume: VolumeId) -> bool:
        """Whether the vault takes a disk of it."""
        return volume in self.include_volumes if self.include_volumes else volume not in self.exclude_volumes


class VaultDraft(Struct, frozen=True):
    """What a person fills in for a new vault; what is as usual is not sent.

    ``kind``, ``protect_type``, ``multi_az`` and ``description`` stay for the life of the vault. ``prefix`` is what the
    names of automatic backups begin with, ``zone`` the availability zone, empty where that is left to the service.
    ``overuse`` lets a vault that is paid ahead hold more than was bought (``demand_billing``).
    """

    change_kind: ClassVar[str] = "CreateVault"

    name: str
    kind: str = VaultKind.SERVER
    protect_type: str = ProtectType.BACKUP
    level: str = CRASH_CONSISTENT
    size_gb: int = 100
    multi_az: bool = False
    charging_mode: str = POST_PAID
    resources: tuple[NewResource, ...] = ()
    policy_id: str = ""
    auto_expand: bool = False
    auto_bind: bool = False
    bind_tags: Tags = ()
    threshold_percent: int = USUAL_THRESHOLD
    notify: bool = True
    tags: Tags = ()
    description: str = ""
    prefix: str = ""
    enterprise_project_id: str = ""
    zone: str = ""
    overuse: bool = False

    @property
    def price_class(self) -> str:
        """The service's name for what is billed, empty where it is not known."""
        if self.level == APP_CONSISTENT and (self.kind, self.protect_type) == (VaultKind.SERVER, ProtectType.BACKUP):
            return _APP_CLASS
        return _CLASSES.get((VaultKind(self.kind), ProtectType(self.protect_type)), "") if self.is_known else ""

    @property
    def is_known(self) -> bool:
        """Whether it is of a kind that this version knows."""
        return self.kind in list(VaultKind) and self.protect_type in list(ProtectType)


def draft_body(draft: VaultDraft) -> bytes:
    """Return the body that asks for a vault, as UTF-8 JSON; what was not set is left out."""
    billing: dict[str, Any] = {
        "charging_mode": draft.charging_mode,
        "consistent_level": draft.level,
        "object_type": draft.kind,
        "protect_type": draft.protect_type,
        "size": draft.size_gb,
    }
    if draft.multi_az:
        billing["is_multi_az"] = True
    vault: dict[str, Any] = {"name": draft.name, "billing": billing, "resources": [*map(_row, draft.resources)]}
    usual = VaultDraft("")
    named = {
        "description": "description",
        "backup_policy_id": "policy_id",
        "auto_expand": "auto_expand",
        "auto_bind": "auto_bind",
        "threshold": "threshold_percent",
        "smn_notify": "notify",
        "backup_name_prefix": "prefix",
        "enterprise_project_id": "enterprise_project_id",
        "availability_zone": "zone",
        "demand_billing": "overuse",
    }
    vault |= {key: getattr(draft, name) for key, name in named.items() if getattr(draft, name) != getattr(usual, name)}
    if draft.bind_tags:
        vault["bind_rules"] = {"tags": tag_rows(draft.bind_tags)}
    if draft.tags:
        vault["tags"] = tag_rows(draft.tags)
    return encoded({"vault": vault})


def _row(resource: NewResource) -> dict[str, Any]:
    row: dict[str, Any] = {"id": resource.id, "type": resource.type}
    if resource.name:
        row["name"] = resource.name
    extra: dict[str, Any] = {}
    if resource.exclude_volumes:
        extra["exclude_volumes"] = list(resource.exclude_volumes)
    if resource.include_volumes:
        extra["include_volumes"] = [{"id": each} for each in resource.include_volumes]
    return row | {"extra_info": extra} if extra else row


def read_draft(body: bytes) -> VaultDraft | None:
    """Return the draft that a body of ``draft_body`` means, ``None`` for one that this version cannot read."""
    try:
        vault = json.loads(body)["vault"]
        billing, usual = vault["billing"], VaultDraft("")
        return VaultDraft(
            name=vault["name"],
            kind=billing["object_type"],
            protect_type=billing["protect_type"],
            level=billing["consistent_level"],
            size_gb=billing["size"],
            multi_az=bool(billing.get("is_multi_az")),
            charging_mode=billing.get("charging_mode", POST_PAID),
            resources=tuple(_resource(each) for each in vault["resources"]),
            policy_id=vault.get("backup_policy_id") or "",
            auto_expand=bool(vault.get("auto_expand")),
            auto_bind=bool(vault.get("auto_bind")),
            bind_tags=read_tags((vault.get("bind_rules") or {}).get("tags") or ()),
            threshold_percent=vault.get("threshold", usual.threshold_percent),
            notify=vault.get("smn_notify", True),
            tags=read_tags(vault.get("tags") or ()),
            description=vault.get("description") or "",
            prefix=vault.get("backup_name_prefix") or "",
            enterprise_project_id=str(vault.get("enterprise_project_id") or ""),
            zone=str(vault.get("availability_zone") or ""),
            overuse=bool(vault.get("demand_billing")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _resource(row: Any) -> NewResource:
    extra = row.get("extra_info") or {}
    left_out = tuple(map(VolumeId, extra.get("exclude_volumes") or ()))
    alone = tuple(VolumeId(each["id"]) for each in extra.get("include_volumes") or ())
    return NewResource(ResourceId(row["id"]), row["type"], row.get("name") or "", left_out, alone)


def as_vault(draft: VaultDraft, allocated_gb: int = 0) -> Vault:
    """Return the vault that a draft makes, as far as it can be told before."""
    return Vault(
        VaultId(""),
        draft.name,
        VaultKind(draft.kind) if draft.kind in list(VaultKind) else draft.kind,
        draft.protect_type,
        VaultStatus.AVAILABLE,
        draft.size_gb,
        0,
        allocated_gb,
        auto_bind=draft.auto_bind,
        bind_tags=draft.bind_tags,
    )


def allocated_gb(draft: VaultDraft, known: Mapping[ResourceId, Protectable]) -> int:
    """Return the sizes of what a new vault takes in, without the disks that are left out, in GB."""
    return sum(_size_gb(each, known[each.id]) for each in draft.resources if each.id in known)


def _size_gb(resource: NewResource, protectable: Protectable) -> int:
    if not protectable.disks:
        return protectable.size_gb
    return sum(disk.size_gb for disk in protectable.disks if resource.takes(disk.id))


# judging


def draft_findings(draft: VaultDraft, rules: NameRules) -> list[Finding]:
    """Judge a draft by itself."""
    return [
        *vault_name_findings(draft.name, rules),
        *_text_findings(draft),
        *in_range("billing.size", draft.size_gb, SMALLEST_GB, LARGEST_GB, "6101"),
        *in_range("threshold", draft.threshold_percent, 1, 100),
        *_kind_findings(draft),
        *_billing_findings(draft),
        *tag_findings(draft.tags),
        *_tag_number_findings(draft),
        *bind_tag_findings(draft.bind_tags),
    ]


def _text_findings(draft: VaultDraft) -> Iterator[Finding]:
    length, part = len(draft.description), RequestPart.DESCRIPTION
    yield from (each for each in description_findings(draft.description) if each.kind is not FindingKind.TOO_LONG)
    if length > DESCRIPTION_LIMIT:
        facts: FindingFacts = {"length": length, "limit": DESCRIPTION_LIMIT, "over": length - DESCRIPTION_LIMIT}
        yield block(FindingKind.TOO_LONG, part, "9900", **facts)
    if len(draft.prefix) > PREFIX_LIMIT or _NO_PREFIX.search(draft.prefix):
        yield block(FindingKind.BAD_PREFIX, RequestPart.VAULT, "9900", found=draft.prefix, limit=PREFIX_LIMIT)
    if len(draft.zone) > ZONE_LIMIT or not draft.zone.isprintable():
        yield block(FindingKind.BAD_ZONE, RequestPart.VAULT, "9900", found=draft.zone, limit=ZONE_LIMIT)
    project = draft.enterprise_project_id
    if project and not is_enterprise_project_id(project):
        facts = {"path": "enterprise_project_id", "found": project}
        yield block(FindingKind.BAD_ID, RequestPart.VAULT, "9900", **facts)


def _kind_findings(draft: VaultDraft) -> Iterator[Finding]:
    part = RequestPart.VAULT
    if draft.protect_type == ProtectType.REPLICATION and draft.kind != VaultKind.SERVER:
        yield block(FindingKind.REPLICATION_UNFIT, part, "6122")
    if draft.protect_type == ProtectType.REPLICATION and draft.resources:
        yield block(FindingKind.REPLICATION_HOLDS, part, "6102", count=len(draft.resources))
    if draft.level == APP_CONSISTENT and draft.kind != VaultKind.SERVER:
        yield block(FindingKind.LEVEL_UNFIT, part, "9900", vault=draft.name)
    if draft.level == APP_CONSISTENT and draft.kind == VaultKind.SERVER:
        yield info(FindingKind.AGENT_NEEDED, part)


def _billing_findings(draft: VaultDraft) -> Iterator[Finding]:
    part = RequestPart.VAULT
    if draft.charging_mode == PRE_PAID:
        yield block(FindingKind.CREATION_BY_ORDER, part, "9900")
        return
    if draft.overuse:
        yield block(FindingKind.OVERUSE_BY_ORDER, part, "9900", vault=draft.name)
    facts: FindingFacts = {"size_gb": draft.size_gb, "name": draft.price_class, "multi": draft.multi_az}
    yield info(FindingKind.PRICE_CLASS, part, "", **facts)
    if draft.auto_expand:
        facts = {"vault": draft.name, "size_gb": draft.size_gb, "then_gb": expanded_gb(draft.size_gb)}
        yield info(FindingKind.EXPANSION_STEP, part, "", **facts)


def _tag_number_findings(draft: VaultDraft) -> Iterator[Finding]:
    part, count = RequestPart.VAULT, len(draft.tags)
    if count > TAGS_LIMIT:
        yield block(FindingKind.TOO_MANY_TAGS, part, "6600", count=count, limit=TAGS_LIMIT)
    elif count > TAGS_USUAL:
        yield warn(FindingKind.TAGS_MANY, part, "6600", vault=draft.name, count=count, limit=TAGS_USUAL)


def resource_findings(
    draft: VaultDraft, known: Mapping[ResourceId, Protectable], homes: Mapping[ResourceId, str], *, was_read: bool
) -> list[Finding]:
    """Judge the resources of a draft by what is known of them.

    ``homes`` are the names of the vaults that resources are in. ``was_read`` is whether ``known`` is all that there is.
    """
    excess = excess_finding(len(draft.resources))
    return [
        *folded(_own_findings(draft, known, homes, was_read=was_read)),
        *([excess] if excess is not None else []),
        *_room_findings(draft, known),
    ]


def _own_findings(
    draft: VaultDraft, known: Mapping[ResourceId, Protectable], homes: Mapping[ResourceId, str], *, was_read: bool
) -> Iterator[Finding]:
    part = RequestPart.RESOURCES
    wanted = RESOURCE_TYPES.get(VaultKind(draft.kind)) if draft.is_known else None
    seen: set[ResourceId] = set()
    for each in draft.resources:
        name = each.name or each.id
        found = known.get(each.id)
        if each.id in seen:
            yield block(FindingKind.DUPLICATE_RESOURCE, part, "6104", resource=name, id=each.id)
        seen.add(each.id)
        if not is_uuid(each.id):
            yield block(FindingKind.BAD_ID, part, "9900", path="resources[].id", found=each.id)
        elif wanted is not None and each.type != wanted:
            yield block(FindingKind.RESOURCE_UNFIT, part, "6102", resource=name, id=each.id)
        elif each.id in homes:
            yield block(FindingKind.RESOURCE_TAKEN, part, "6103", resource=name, id=each.id, vault=homes[each.id])
        elif found is None and was_read:
            yield warn(FindingKind.RESOURCE_UNSEEN, part, "6302", resource=name, id=each.id)
        elif found is not None:
            yield from _known_findings(each, found)


def _known_findings(resource: NewResource, found: Protectable) -> Iterator[Finding]:
    part, facts = RequestPart.RESOURCES, {"resource": found.name or found.id, "id": found.id}
    if found.vault_id is not None:
        yield block(FindingKind.RESOURCE_TAKEN, part, "6103", vault=str(found.vault_id), **facts)
    if not found.protectable:
        code, reason = found.code.removeprefix("BackupService."), found.reason or found.message
        yield warn(FindingKind.RESOURCE_NOT_PROTECTABLE, part, code, reason=reason, **facts)
    left_out = [disk for disk in found.disks if not resource.takes(disk.id)]
    if left_out and len(left_out) == len(found.disks):
        yield block(FindingKind.NO_DISK_LEFT, part, "7108", **facts)
    elif left_out:
        numbers: FindingFacts = {"excluded": len(left_out), "disks": len(found.disks)}
        yield warn(FindingKind.SOME_DISKS_EXCLUDED, part, "", **facts, **numbers)
        if any(disk.bootable for disk in left_out):
            yield warn(FindingKind.SYSTEM_DISK_EXCLUDED, part, "6209", **facts)


def excess_finding(count: int) -> Finding | None:
    """Return that so many resources are more than a new vault takes, ``None`` where they are not."""
    if count <= RESOURCES_LIMIT:
        return None
    facts: FindingFacts = {"count": count, "limit": RESOURCES_LIMIT}
    return block(FindingKind.VAULT_TAKES_FEWER, RequestPart.RESOURCES, "6100", **facts)


def _room_findings(draft: VaultDraft, known: Mapping[ResourceId, Protectable]) -> Iterator[Finding]:
    taken = allocated_gb(draft, known)
    if taken > draft.size_gb:
        facts: FindingFacts = {"allocated_gb": taken, "size_gb": draft.size_gb}
        yield warn(FindingKind.SIZE_BELOW_ALLOCATED, RequestPart.VAULT, "", **facts)


def homes_of(vaults: Collection[Vault]) -> dict[ResourceId, str]:
    """Return the names of the vaults that resources are in."""
    return {resource.id: vault.name or vault.id for vault in vaults for resource in vault.resources}
