"""What a person changes of vaults that there are: the drafts, their bodies, and the rules that judge them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.agent import AgentState
from cbr_desktop.domain.checkpoint import name_findings
from cbr_desktop.domain.finding import Finding, FindingFacts, FindingKind, RequestPart, block, info, warn
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import LARGEST_GB, ResourceType, Vault, VaultKind, VaultStatus

CRASH_CONSISTENT, APP_CONSISTENT = "crash_consistent", "app_consistent"
"""``billing.consistent_level``: whether the applications of a server are told before it is backed up."""
PRE_PAID = "pre_paid"
"""``billing.charging_mode`` of a vault that is bought by the year or month: its size is a matter of orders."""
EXPANSION_NUMERATOR, EXPANSION_DENOMINATOR = 5, 4
"""By what a vault grows that expands by itself when it is full (user manual: by a quarter)."""
WITH_AGENT = (ResourceType.SERVER, ResourceType.BMS)
"""The types of resources that can have the agent for application consistency."""
BIND_TAGS_LIMIT = 5
BIND_ROOM_GB = 40
"""What has to be left in a vault before it takes in resources by itself (user manual)."""
TAG_KEY_LIMIT, TAG_VALUE_LIMIT = 36, 43
"""Characters of a tag's key and value (definition of Tag)."""
TAGS_USUAL, TAGS_LIMIT = 10, 20
"""Tags that a vault has at the most: on Huawei Cloud, and on Open Telekom Cloud."""
# such wide patterns take milliseconds to compile, so they are compiled where they are needed
_NO_KEY = "[^A-Za-z0-9_\\-\u4e00-\u9fa5\uf900-\ufa2d]"
_NO_VALUE = "[^A-Za-z0-9_.\\-\u4e00-\u9fa5\uf900-\ufa2d]"
RESOURCE_TYPES = {
    VaultKind.SERVER: ResourceType.SERVER,
    VaultKind.DISK: ResourceType.DISK,
    VaultKind.TURBO: ResourceType.FILE_SYSTEM,
    VaultKind.WORKSPACE: ResourceType.WORKSPACE,
}
"""What a vault of each kind holds, as far as this program knows resources of that type."""
Tags = tuple[tuple[str, str], ...]


class VaultUpdate(Struct, frozen=True):
    """What a person changes of a vault; ``None`` stays as it is. ``bind_tags`` are changed as a whole."""

    change_kind: ClassVar[str] = "UpdateVault"

    vault_id: VaultId
    name: str | None = None
    size_gb: int | None = None
    level: str | None = None
    threshold_percent: int | None = None
    notify: bool | None = None
    auto_expand: bool | None = None
    auto_bind: bool | None = None
    bind_tags: Tags | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return self == VaultUpdate(self.vault_id)


class VaultLock(Struct, frozen=True):
    """What a person fills in for the locking of a vault, which is for good."""

    change_kind: ClassVar[str] = "LockVault"

    vault_id: VaultId


class VaultDeletion(Struct, frozen=True):
    """What a person fills in for the deletion of a vault."""

    change_kind: ClassVar[str] = "DeleteVault"

    vault_id: VaultId


class TagChange(Struct, frozen=True):
    """What a person changes of the tags of a vault: sets some of them, or deletes those with some keys."""

    change_kind: ClassVar[str] = "BatchCreateAndDeleteVaultTags"

    vault_id: VaultId
    tags: Tags
    deletes: bool = False


class VaultsUpdate(Struct, frozen=True):
    """What a person changes of all vaults of a project at once; ``None`` stays as it is."""

    change_kind: ClassVar[str] = "BatchUpdateVault"

    threshold_percent: int | None = None
    notify: bool | None = None


LOCK_BODY: dict[str, Any] = {"vault": {"locked": True}}
"""All that the locking of a vault asks for."""


def tag_rows(tags: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return tags as the service writes them."""
    return [{"key": key, "value": value} for key, value in tags]


def encoded(value: Any) -> bytes:
    """Return the bytes of a body."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def update_body(update: VaultUpdate) -> bytes:
    """Return the body that asks for a change of a vault, as UTF-8 JSON; what stays is left out."""
    named = {
        "name": update.name,
        "threshold": update.threshold_percent,
        "smn_notify": update.notify,
        "auto_expand": update.auto_expand,
        "auto_bind": update.auto_bind,
    }
    vault: dict[str, Any] = {key: value for key, value in named.items() if value is not None}
    if update.bind_tags is not None:
        vault["bind_rules"] = {"tags": tag_rows(update.bind_tags)}
    billed = {"size": update.size_gb, "consistent_level": update.level}
    billing = {key: value for key, value in billed.items() if value is not None}
    if billing:
        vault["billing"] = billing
    return encoded({"vault": vault})


def read_update(body: bytes, vault_id: VaultId) -> VaultUpdate | None:
    """Return the change that a body of ``update_body`` means, ``None`` for one that this version cannot read."""
    try:
        vault = json.loads(body)["vault"]
        billing, rules = vault.get("billing") or {}, vault.get("bind_rules")
        return VaultUpdate(
            vault_id,
            vault.get("name"),
            billing.get("size"),
            billing.get("consistent_level"),
            vault.get("threshold"),
            vault.get("smn_notify"),
            vault.get("auto_expand"),
            vault.get("auto_bind"),
            None if rules is None else read_tags(rules.get("tags") or ()),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def tags_body(draft: TagChange) -> bytes:
    """Return the body that sets or deletes tags; of those that are deleted the keys are enough."""
    if draft.deletes:
        return encoded({"action": "delete", "tags": [{"key": key} for key, _value in draft.tags]})
    return encoded({"action": "create", "tags": tag_rows(draft.tags)})


def read_tag_change(body: bytes, vault_id: VaultId) -> TagChange | None:
    """Return the change that a body of ``tags_body`` means, ``None`` for one that this version cannot read."""
    try:
        content = json.loads(body)
        deletes = {"create": False, "delete": True}[content["action"]]
        return TagChange(vault_id, read_tags(content.get("tags") or ()), deletes)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def all_body(draft: VaultsUpdate) -> bytes:
    """Return the body that changes all vaults of a project; what stays is left out."""
    named = {"threshold": draft.threshold_percent, "smn_notify": draft.notify}
    return encoded({"vault": {key: value for key, value in named.items() if value is not None}})


def read_all(body: bytes) -> VaultsUpdate | None:
    """Return the change that a body of ``all_body`` means, ``None`` for one that this version cannot read."""
    try:
        vault = json.loads(body)["vault"]
        return VaultsUpdate(vault.get("threshold"), vault.get("smn_notify"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def is_as_all(vault: Vault, draft: VaultsUpdate) -> bool:
    """Whether a vault is as a change of all vaults asks for, as far as it tells."""
    threshold, notify = draft.threshold_percent, draft.notify
    is_threshold = threshold is None or vault.threshold_percent == threshold
    return is_threshold and (notify is None or vault.notify is None or vault.notify == notify)


def read_tags(rows: Iterable[Any]) -> Tags:
    """Return tags of a body. ``KeyError`` and ``TypeError`` where they are none."""
    return tuple((str(row["key"]), str(row.get("value") or "")) for row in rows)


def locks(body: bytes) -> bool:
    """Whether a body asks for the locking of a vault, whatever else it asks for."""
    try:
        return json.loads(body)["vault"].get("locked") is not None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def updated(vault: Vault, update: VaultUpdate) -> Vault:
    """Return a vault as it is after a change."""

    def or_own(asked: Any, own: Any) -> Any:
        return own if asked is None else asked

    return replace(
        vault,
        name=or_own(update.name, vault.name),
        size_gb=or_own(update.size_gb, vault.size_gb),
        consistent_level=or_own(update.level, vault.consistent_level),
        threshold_percent=or_own(update.threshold_percent, vault.threshold_percent),
        notify=or_own(update.notify, vault.notify),
        auto_expand=or_own(update.auto_expand, vault.auto_expand),
        auto_bind=or_own(update.auto_bind, vault.auto_bind),
        bind_tags=or_own(update.bind_tags, vault.bind_tags),
    )


def expanded_gb(size_gb: int) -> int:
    """Return the size of a vault after it has expanded by itself once, in GB."""
    return min(-(-size_gb * EXPANSION_NUMERATOR // EXPANSION_DENOMINATOR), LARGEST_GB)


def bound(kind: VaultKind | str, tags: Tags, known: Iterable[Protectable]) -> tuple[list[Protectable], int]:
    """Return the free resources that a vault would take in by itself by its tags, and how many have only some of them.

    Free are those that are in no vault and can be protected. Without tags all of the vault's kind are taken in. That
    several tags have to be on the resource at once is what the definition says.
    """
    type, wanted = RESOURCE_TYPES.get(kind) if isinstance(kind, VaultKind) else None, set(tags)
    free = [each for each in known if each.type == type and each.vault_id is None and each.protectable]
    has = {each.id: {_split(text) for text in each.tags} for each in free}
    taken = [each for each in free if wanted <= has[each.id]]
    some = sum(not wanted <= has[each.id] and not wanted.isdisjoint(has[each.id]) for each in free)
    return taken, some


def _split(tag: str) -> tuple[str, str]:
    """Return key and value of a server's tag, which is written ``key=value``."""
    key, _, value = tag.partition("=")
    return key, value


# judging


def update_findings(update: VaultUpdate, rules: NameRules) -> list[Finding]:
    """Judge a change by itself."""
    found: list[Finding] = []
    if update.name is not None:
        found += vault_name_findings(update.name, rules)
    if update.size_gb is not None:
        found += in_range("billing.size", update.size_gb, 1, LARGEST_GB, "6101")
    if update.threshold_percent is not None:
        found += in_range("threshold", update.threshold_percent, 1, 100)
    if update.bind_tags is not None:
        found += bind_tag_findings(update.bind_tags)
    return found


def vault_name_findings(name: str, rules: NameRules) -> list[Finding]:
    """Judge the name of a vault."""
    missing = [] if name else [block(FindingKind.NAME_MISSING, RequestPart.NAME, "9900")]
    return [*missing, *(each for each in name_findings(name, rules) if each.kind not in _OF_BACKUPS)]


_OF_BACKUPS = (FindingKind.NAME_LOOKS_AUTOMATIC, FindingKind.NAME_OMITTED)


def in_range(path: str, found: int, low: int, high: int, code: str = "9900") -> Iterator[Finding]:
    """Say that a number is out of its range."""
    if not low <= found <= high:
        yield block(FindingKind.OUT_OF_RANGE, RequestPart.VAULT, code, path=path, found=found, low=low, high=high)


def tag_findings(tags: Tags) -> Iterator[Finding]:
    """Judge the tags that a vault is given by themselves: keys, values, and whether a key stands twice."""
    part = RequestPart.VAULT
    for key, value in tags:
        if not key:
            yield block(FindingKind.TAG_KEY_MISSING, part, "9900")
        elif len(key) > TAG_KEY_LIMIT or re.search(_NO_KEY, key):
            yield block(FindingKind.TAG_KEY, part, "9900", key=key, limit=TAG_KEY_LIMIT)
        if len(value) > TAG_VALUE_LIMIT or re.search(_NO_VALUE, value):
            yield block(FindingKind.TAG_VALUE, part, "9900", key=key, found=value, limit=TAG_VALUE_LIMIT)
    keys = [key for key, _value in tags]
    twice = next((key for number, key in enumerate(keys) if key and key in keys[:number]), None)
    if twice is not None:
        yield block(FindingKind.TAG_TWICE, part, "9900", key=twice)


def bind_tag_findings(tags: Tags) -> Iterator[Finding]:
    """Judge the tags by which a vault takes in resources."""
    if len(tags) > BIND_TAGS_LIMIT:
        count, limit = len(tags), BIND_TAGS_LIMIT
        yield block(FindingKind.TOO_MANY_TAGS, RequestPart.VAULT, "9900", count=count, limit=limit)
    if len(set(tags)) < len(tags):
        twice = next(key for number, (key, value) in enumerate(tags) if (key, value) in tags[:number])
        yield block(FindingKind.TAG_TWICE, RequestPart.VAULT, "9900", key=twice)
    if any(not key for key, _value in tags):
        yield block(FindingKind.TAG_KEY_MISSING, RequestPart.VAULT, "9900")


def size_findings(update: VaultUpdate, vault: Vault) -> Iterator[Finding]:
    """Judge another size of a vault by what is in it, and say what is free then."""
    size_gb = update.size_gb
    if size_gb is None or size_gb == vault.size_gb or size_gb < 1:
        return
    part, name = RequestPart.VAULT, vault.name
    if vault.charging_mode == PRE_PAID:
        yield block(FindingKind.SIZE_BY_ORDER, part, "6110", vault=name)
        return
    if vault.status == VaultStatus.LOCK:
        yield block(FindingKind.SIZE_BUSY, part, "6123", vault=name)
    if size_gb < vault.used_gb:
        yield block(FindingKind.SIZE_BELOW_USED, part, "6101", vault=name, used_gb=vault.used_gb, size_gb=size_gb)
        return
    if size_gb < vault.allocated_gb:
        say = warn if size_gb < vault.size_gb else info
        yield say(FindingKind.SIZE_BELOW_ALLOCATED, part, allocated_gb=vault.allocated_gb, size_gb=size_gb)
    after = replace(vault, size_gb=size_gb)
    facts: FindingFacts = {"size_gb": size_gb, "free_gb": after.free_gb, "used_percent": after.used_percent}
    yield info(FindingKind.SIZE_AFTER, part, "", vault=name, **facts)


def level_findings(update: VaultUpdate, vault: Vault, agents: Mapping[ResourceId, AgentState]) -> Iterator[Finding]:
    """Judge another specification: only from crash to application consistency, of servers alone, and never back.

    ``agents`` are those that the service was asked for.
    """
    level, part, name = update.level, RequestPart.VAULT, vault.name
    if level is None or level == vault.consistent_level:
        return
    if level != APP_CONSISTENT:
        yield block(FindingKind.LEVEL_BACK, part, "6110", vault=name)
    elif vault.kind != VaultKind.SERVER:
        yield block(FindingKind.LEVEL_UNFIT, part, "9900", vault=name)
    else:
        if vault.status == VaultStatus.LOCK:
            yield block(FindingKind.SIZE_BUSY, part, "6123", vault=name)
        yield warn(FindingKind.LEVEL_FOR_GOOD, part, vault=name, count=len(vault.resources))
        yield from agent_findings(vault, agents)


def agent_findings(vault: Vault, agents: Mapping[ResourceId, AgentState]) -> Iterator[Finding]:
    """Say which servers of a vault lack the agent for application consistency, of those that were asked for."""
    part = RequestPart.RESOURCES
    asked = [(each, agents[each.id]) for each in vault.resources if each.id in agents]
    lacking = [each.name or each.id for each, agent in asked if not agent.is_installed]
    old = [each.name or each.id for each, agent in asked if agent.is_installed and agent.is_old]
    if lacking:
        yield warn(FindingKind.AGENT_LACKING, part, "", count=len(lacking), names=sorted(lacking))
    if old:
        yield warn(FindingKind.AGENT_OLD, part, "", count=len(old), names=sorted(old))
    if asked and not (lacking or old):
        yield info(FindingKind.AGENT_THERE, part, "", count=len(asked))


def expansion_findings(update: VaultUpdate, vault: Vault) -> Iterator[Finding]:
    """Judge that a vault expands by itself, as it is after the change."""
    if not update.auto_expand or vault.auto_expand:
        return
    size_gb = vault.size_gb if update.size_gb is None else update.size_gb
    part, name = RequestPart.VAULT, vault.name
    if vault.charging_mode == PRE_PAID:
        yield block(FindingKind.EXPANSION_BY_ORDER, part, "9900", vault=name)
    elif vault.size_gb and vault.free_gb <= 0 and size_gb <= vault.size_gb:
        yield warn(FindingKind.EXPANSION_TOO_LATE, part, vault=name)
    else:
        yield info(FindingKind.EXPANSION_STEP, part, vault=name, size_gb=size_gb, then_gb=expanded_gb(size_gb))


def threshold_findings(update: VaultUpdate, vault: Vault) -> Iterator[Finding]:
    """Say that a vault is over its threshold by the change."""
    after = updated(vault, update)
    was_over = vault.used_percent >= vault.threshold_percent
    is_changed = after.threshold_percent != vault.threshold_percent or not was_over
    if is_changed and after.size_gb > 0 and after.used_percent >= after.threshold_percent:
        facts: FindingFacts = {"used_percent": after.used_percent, "threshold": after.threshold_percent}
        yield info(FindingKind.OVER_THRESHOLD, RequestPart.VAULT, "", vault=vault.name, **facts)


def binding_findings(
    vault: Vault, known: Sequence[Protectable] | None, *, has_policy: bool | None
) -> Iterator[Finding]:
    """Say what a vault takes in by itself, and what keeps it from that.

    ``known`` are the resources of the project, ``None`` while they have not been read; ``has_policy`` is ``None`` where
    that is not known.
    """
    part, name = RequestPart.VAULT, vault.name
    if has_policy is False:
        yield warn(FindingKind.BINDING_NEEDS_POLICY, part, vault=name)
    if vault.free_gb <= BIND_ROOM_GB:
        room: FindingFacts = {"free_gb": max(vault.free_gb, 0.0), "limit": BIND_ROOM_GB}
        yield warn(FindingKind.BINDING_NEEDS_ROOM, part, "", vault=name, **room)
    if known is None:
        yield info(FindingKind.BINDING_UNKNOWN, part, vault=name)
        return
    taken, some = bound(vault.kind, vault.bind_tags, known)
    facts: FindingFacts = {
        "names": [each.name or each.id for each in taken],
        "size_gb": sum(each.size_gb for each in taken),
        "some": some,
    }
    yield info(FindingKind.BINDING_TAKES, part, "", vault=name, count=len(taken), **facts)
