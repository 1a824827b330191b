"""Associations of resources with vaults: what is asked for when they are made, ended, moved or suspended."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar

from msgspec import Struct

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, block
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId, is_uuid, spelled
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.vault import RESOURCES_PER_VAULT, ResourceType, VaultKind

SUSPEND, RESUME = "suspend", "unsuspend"
"""The service's words for what SetVaultResource does."""


class Stage(StrEnum):
    """What a request for resources of a vault has come to, as its result tells; these are no words of the service."""

    ASSOCIATED = "associated"
    UNSEEN = "unseen"
    """The vault does not show all of its new resources."""
    REMOVING = "removing"
    REMOVED = "removed"
    MIGRATING = "migrating"
    MIGRATED = "migrated"
    PRESENT = "present"
    """All is over, and a resource is in its vault still."""
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    GONE = "gone"
    """The vault does not exist any more."""


_HOLDERS: dict[str, VaultKind] = {
    ResourceType.SERVER: VaultKind.SERVER,
    ResourceType.BMS: VaultKind.SERVER,
    ResourceType.NATIVE_SERVER: VaultKind.SERVER,
    ResourceType.DISK: VaultKind.DISK,
    ResourceType.FILE_SYSTEM: VaultKind.TURBO,
    ResourceType.WORKSPACE: VaultKind.WORKSPACE,
}
_SEPARATOR = ", "


class ResourceAssociation(Struct, frozen=True):
    """What a person fills in for putting resources into a vault, each with the disks that are taken or left out."""

    change_kind: ClassVar[str] = "AddVaultResource"

    vault_id: VaultId
    resources: tuple[ResourceChoice, ...]


class ResourceDissociation(Struct, frozen=True):
    """What a person fills in for taking resources out of a vault, which deletes their backups in it."""

    change_kind: ClassVar[str] = "RemoveVaultResource"

    vault_id: VaultId
    resource_ids: tuple[ResourceId, ...]


class ResourceMigration(Struct, frozen=True):
    """What a person fills in for moving resources with their backups from a vault to another."""

    change_kind: ClassVar[str] = "MigrateVaultResource"

    vault_id: VaultId
    target_id: VaultId
    resource_ids: tuple[ResourceId, ...]


class ProtectionSetting(Struct, frozen=True):
    """What a person fills in for suspending the automatic backup of resources, or for letting it go on."""

    change_kind: ClassVar[str] = "SetVaultResource"

    vault_id: VaultId
    resource_ids: tuple[ResourceId, ...]
    is_on: bool


def holder_of(type: str) -> VaultKind | None:
    """Return the kind of the vaults that take resources of a type, ``None`` of a type that is not known."""
    return _HOLDERS.get(type)


def association_body(association: ResourceAssociation) -> bytes:
    """Return the body that asks for an association."""
    return request.encoded({"resources": [request.detail_of(each) for each in association.resources]})


def ids_body(ids: Iterable[ResourceId], **more: str) -> bytes:
    """Return a body that names resources by their ids, behind what it says more."""
    return request.encoded({**more, "resource_ids": list(ids)})


def choices_in(content: dict[str, Any]) -> tuple[ResourceChoice, ...]:
    """Return the resources that the body of an association names."""
    return tuple(map(request.choice_of, content.get("resources", ())))


@lru_cache(maxsize=512)
def resource_ids(body: bytes) -> tuple[ResourceId, ...]:
    """Return the resources that a body names, whichever of these requests it is of; none where it cannot be read."""
    content = content_of(body)
    ids, rows = content.get("resource_ids"), content.get("resources")
    if isinstance(ids, list):
        return tuple(ResourceId(each) for each in ids if isinstance(each, str))
    named = [each.get("id") for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []
    return tuple(ResourceId(each) for each in named if isinstance(each, str))


def tag_of(names: Iterable[str]) -> str:
    """Return the tag of a request for resources: their names, for people."""
    return _SEPARATOR.join(names)


def names_in(tag: str, count: int) -> tuple[str, ...]:
    """Return the names of so many resources as a tag has them; empty ones where it cannot be told which is which."""
    names = tuple(tag.split(_SEPARATOR))
    return names if len(names) == count else ("",) * count


def id_findings(ids: Sequence[ResourceId], path: str) -> Iterator[Finding]:
    """Judge the ids that a request names, by themselves."""
    seen: dict[str, ResourceId] = {}
    for id in ids:
        key = spelled(id)
        if not is_uuid(id):
            yield block(FindingKind.BAD_ID, RequestPart.RESOURCES, "9900", path=path, found=id)
        elif key in seen:
            other = seen[key]
            facts = {"resource": id, "other": "" if other == id else other}
            yield block(FindingKind.DUPLICATE_RESOURCE, RequestPart.RESOURCES, "6104", **facts)
        seen.setdefault(key, id)
    excess = excess_finding(len(ids))
    if not ids:
        yield block(FindingKind.NO_RESOURCE, RequestPart.RESOURCES, "9900")
    elif excess is not None:
        yield excess


def excess_finding(count: int) -> Finding | None:
    """Return that so many resources are more than a request may name, ``None`` where they are not."""
    if count <= RESOURCES_PER_VAULT:
        return None
    counts = {"count": count, "limit": RESOURCES_PER_VAULT}
    return block(FindingKind.REQUEST_TOO_LARGE, RequestPart.RESOURCES, "9900", **counts)


def volume_findings(choices: Iterable[ResourceChoice]) -> Iterator[Finding]:
    """Judge the disks that a request names, by themselves."""
    for choice in choices:
        volumes: tuple[VolumeId, ...] = choice.exclude_volumes + choice.include_volumes
        bad = next((each for each in volumes if not is_uuid(each)), None)
        if bad is not None:
            yield block(FindingKind.BAD_ID, RequestPart.RESOURCES, "9900", path="extra_info", found=bad)
