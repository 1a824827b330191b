"""Checkpoints: the draft of one, the rules that judge it, and what the service answered."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, block, folded, warn
from cbr_desktop.domain.ids import CheckpointId, PolicyId, ResourceId, VaultId, VolumeId, is_uuid, spelled
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.redaction import redact_fields
from cbr_desktop.domain.vault import RESOURCES_PER_VAULT, ResourceType

NAME_LIMIT = 64
"""Code points in a checkpoint's name (definition of CreateCheckpoint)."""
DESCRIPTION_LIMIT = 255
"""Code points in a description (definition of CreateCheckpoint)."""
SUFFIX_LENGTH = 5
"""What the service adds to the name for each of several resources: ``-0001``."""
RETENTION_LIMIT_DAYS = 36500
"""The longest retention of a manual backup (vendor's SDK, CheckpointParam)."""
KEEP_FOREVER = -1

_FORBIDDEN_IN_NAME = {
    NameRules.ASCII: r"[^A-Za-z0-9_\-]",
    NameRules.CJK: "[^A-Za-z0-9_\\-\u4e00-\u9fa5\uf900-\ufa2d]",
}
_FORBIDDEN_IN_DESCRIPTION = "[<>]"
_OWN_PART, _OWN_RUNS = 4, 4
_ALTERNATION = re.compile("[0-9]+|[A-Za-z]+")
_AUTOMATIC_PREFIX = "autobk"


class CheckpointStatus(StrEnum):
    """The state of a checkpoint."""

    PROTECTING = "protecting"
    AVAILABLE = "available"
    DELETING = "deleting"
    DELETED = "deleted"
    ERROR = "error"
    ERROR_DELETING = "error-deleting"


class ResourceChoice(Struct, frozen=True):
    """A resource to back up, with the disks to leave out (or the only disks to take, where a region knows that)."""

    id: ResourceId
    type: ResourceType | str
    name: str = ""
    exclude_volumes: tuple[VolumeId, ...] = ()
    include_volumes: tuple[VolumeId, ...] = ()

    @property
    def has_disk_options(self) -> bool:
        """Whether the choice says more than the resource's id."""
        return bool(self.exclude_volumes or self.include_volumes)


class CheckpointDraft(Struct, frozen=True):
    """What an operator asks for.

    ``resources`` is ``None`` for the whole vault. An empty ``name`` leaves the naming to the service, an empty
    ``description`` is not sent. ``retention_days`` and ``policy_id`` are known to some regions only and are ``None``
    unless they were chosen; -1 days keeps the backups until they are deleted.
    """

    change_kind: ClassVar[str] = "CreateCheckpoint"

    vault_id: VaultId | None = None
    name: str = ""
    description: str = ""
    incremental: bool = True
    auto_trigger: bool = False
    resources: tuple[ResourceChoice, ...] | None = None
    retention_days: int | None = None
    policy_id: PolicyId | None = None


class AcceptedResource(Struct, frozen=True):
    """A resource that the service took into a checkpoint; ``protect_status`` is its state before the run."""

    id: ResourceId
    type: ResourceType | str
    name: str
    size_gb: int | None = None
    protect_status: str | None = None


class SkippedResource(Struct, frozen=True):
    """A resource that the service left out of a checkpoint, with its error code (``6215``) and its words."""

    id: ResourceId
    type: ResourceType | str
    name: str
    code: str
    reason: str

    def __post_init__(self) -> None:
        redact_fields(self, "code", "reason")


class Checkpoint(Struct, frozen=True):
    """A checkpoint as the service describes it. A later look may lack everything but id and status."""

    id: CheckpointId
    status: CheckpointStatus | str
    created_at: datetime | None = None
    vault_id: VaultId | None = None
    vault_name: str = ""
    accepted: tuple[AcceptedResource, ...] = ()
    skipped: tuple[SkippedResource, ...] = ()
    name: str = ""
    description: str = ""
    retention_days: int | None = None


def name_findings(name: str, rules: NameRules, resource_count: int = 1) -> list[Finding]:
    """Judge a checkpoint's name, by code point. An empty name is in order: the service then chooses one.

    ``resource_count`` is the number of backups that the checkpoint makes; several of them get a suffix.
    """
    findings = _length_findings(name, NAME_LIMIT, RequestPart.NAME)
    found = re.findall(_FORBIDDEN_IN_NAME[rules], name)
    if found:
        wider = {} if rules is NameRules.ASCII else {"rules": rules}
        findings.append(_bad_character(name, found, RequestPart.NAME, **wider))
    if name.startswith(_AUTOMATIC_PREFIX):
        findings.append(warn(FindingKind.NAME_LOOKS_AUTOMATIC, RequestPart.NAME))
    if resource_count > 1 and NAME_LIMIT - SUFFIX_LENGTH < len(name) <= NAME_LIMIT:
        limit = NAME_LIMIT - SUFFIX_LENGTH
        findings.append(warn(FindingKind.NAME_NO_ROOM_FOR_SUFFIX, RequestPart.NAME, length=len(name), limit=limit))
    return findings


def description_findings(description: str) -> list[Finding]:
    """Judge a description: its length by code point, ``<`` and ``>``, and control characters but line breaks."""
    findings = _length_findings(description, DESCRIPTION_LIMIT, RequestPart.DESCRIPTION)
    found = re.findall(_FORBIDDEN_IN_DESCRIPTION, description)
    if found:
        findings.append(_bad_character(description, found, RequestPart.DESCRIPTION))
    # what is far too long is not gone through: it may be a book
    for position, character in enumerate(description[: 4 * DESCRIPTION_LIMIT], 1):
        if unicodedata.category(character) == "Cc" and character not in "\r\n":
            facts = {"code_point": f"U+{ord(character):04X}", "position": position}
            findings.append(block(FindingKind.CONTROL_CHARACTER, RequestPart.DESCRIPTION, "9900", **facts))
            break
    return findings


def repaired_name(name: str, rules: NameRules) -> str:
    """Return ``name`` with every forbidden character replaced by ``-`` and cut to what is allowed."""
    return re.sub(_FORBIDDEN_IN_NAME[rules], "-", name)[:NAME_LIMIT]


def fixed_name(name: str, rules: NameRules) -> str:
    """Return the name that a person meant: like ``repaired_name``, without spaces and hyphens at its ends."""
    return repaired_name(name.strip(), rules).strip("-")


def is_distinctive(name: str) -> bool:
    """Tell whether a name has a part that no other is likely to have: a random one, or a time to the second.

    That is a part between hyphens and underscores, of four characters at least, in which letters and digits
    alternate three times:
    ``x7k2``, ``20260302T090000Z``; ``web01``, ``win2019srv`` and ``patch-2026`` have none.
    """
    return any(
        len(part) >= _OWN_PART and len(_ALTERNATION.findall(part)) >= _OWN_RUNS for part in re.split("[-_]", name)
    )


def forbidden_spans(name: str, rules: NameRules) -> list[tuple[int, int]]:
    """Return where the offending parts of a name are, as (start, end) in code points; too long counts as well."""
    spans = [match.span() for match in re.finditer(_FORBIDDEN_IN_NAME[rules], name)]
    return [*spans, (NAME_LIMIT, len(name))] if len(name) > NAME_LIMIT else spans


def draft_findings(draft: CheckpointDraft, rules: NameRules, *, beta_fields: bool) -> list[Finding]:
    """Judge a draft by itself, without any knowledge of the vault that it names; equal findings are counted."""
    count = 2 if draft.resources is None else len(draft.resources)
    return folded(
        [
            *_vault_id_findings(draft.vault_id),
            *name_findings(draft.name, rules, count),
            *description_findings(draft.description),
            *_choice_findings(draft.resources),
            *_option_findings(draft, beta_fields=beta_fields),
        ]
    )


def _vault_id_findings(vault_id: VaultId | None) -> list[Finding]:
    if not vault_id:
        return [block(FindingKind.NO_VAULT, RequestPart.VAULT)]
    if not is_uuid(vault_id):
        return [_bad_id(RequestPart.VAULT, "vault_id", vault_id)]
    return []


def _choice_findings(choices: tuple[ResourceChoice, ...] | None) -> list[Finding]:
    if choices is None:
        return []
    if not choices:
        return [block(FindingKind.NOTHING_CHOSEN, RequestPart.RESOURCES)]
    findings = []
    if len(choices) > RESOURCES_PER_VAULT:
        limit = RESOURCES_PER_VAULT
        findings.append(
            block(FindingKind.TOO_MANY_RESOURCES, RequestPart.RESOURCES, "9900", count=len(choices), limit=limit)
        )
    seen: dict[str, str] = {}
    for choice in choices:
        if not is_uuid(choice.id):
            findings.append(block(FindingKind.BAD_ID, RequestPart.RESOURCES, "9900", path="resources", found=choice.id))
        own = spelled(choice.id)
        if own in seen and is_uuid(own):
            facts = {"resource": choice.name or choice.id, "other": "" if seen[own] == choice.id else seen[own]}
            findings.append(block(FindingKind.DUPLICATE_RESOURCE, RequestPart.RESOURCES, "6104", **facts))
        seen.setdefault(own, choice.id)
        bad_volume = next((v for v in choice.exclude_volumes + choice.include_volumes if not is_uuid(v)), None)
        if bad_volume is not None:
            findings.append(_bad_id(RequestPart.RESOURCES, "extra_info", bad_volume))
    return findings


def _option_findings(draft: CheckpointDraft, *, beta_fields: bool) -> list[Finding]:
    findings = []
    days = draft.retention_days
    if days is not None and not (days == KEEP_FOREVER or 1 <= days <= RETENTION_LIMIT_DAYS):
        limit = RETENTION_LIMIT_DAYS
        findings.append(block(FindingKind.RETENTION_RANGE, RequestPart.ADVANCED, "9900", found=days, limit=limit))
    if days is not None and draft.auto_trigger:
        findings.append(block(FindingKind.RETENTION_WITH_AUTO, RequestPart.ADVANCED, "9900"))
    if draft.auto_trigger:
        findings.append(warn(FindingKind.AUTO_TRIGGER_ON, RequestPart.ADVANCED))
    if draft.policy_id is not None and not is_uuid(draft.policy_id):
        findings.append(_bad_id(RequestPart.ADVANCED, "policy_id", draft.policy_id))
    if not beta_fields:
        paths = {"retention_duration_days": days, "policy_id": draft.policy_id}
        used = [path for path, value in paths.items() if value is not None]
        findings += [warn(FindingKind.BETA_FIELD, RequestPart.ADVANCED, "9900", path=path) for path in used]
    return findings


def _length_findings(text: str, limit: int, subject: RequestPart) -> list[Finding]:
    """Judge the length by code point; and by UTF-16 unit, which a service written in another language may count."""
    length = max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2)
    if length <= limit:
        return []
    facts = {"length": length, "limit": limit, "over": length - limit}
    return [block(FindingKind.TOO_LONG, subject, "9900", **facts)]


def _bad_character(text: str, found: list[str], subject: RequestPart, **more: object) -> Finding:
    position = text.index(found[0]) + 1
    facts = {"character": found[0], "position": position, "count": len(found), **more}
    return block(FindingKind.BAD_CHARACTER, subject, "9900", **facts)


def _bad_id(subject: RequestPart, path: str, found: str) -> Finding:
    return block(FindingKind.BAD_ID, subject, "9900", path=path, found=found)
