"""The request document of a checkpoint: its API body, made from a draft and read back from a file.

Its file holds one JSON object whose key ``checkpoint`` is the body of ``POST /v3/{project_id}/checkpoints``, verbatim;
other top-level keys are kept and ignored. The files of all other changes are read by ``domain/document``. What goes
over the wire, into the outbox and onto the preview are the same bytes: the ones that ``body`` or
``RequestDocument.body`` return.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from msgspec import Struct, field

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, JsonFault, RequestPart, ValueKind, block, folded, warn
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.jsontext import measure
from cbr_desktop.domain.vault import ResourceType

SIZE_LIMIT = 12 * 1024 * 1024
"""Bytes of a request body that the gateway takes."""
DEPTH_LIMIT = 32
"""Levels of nesting that a request file may have; a real one has seven."""
PART_LIMIT = 200_000
"""Texts, brackets and commas that a request file may have; one of 256 servers with 60 disks each has 120,000."""
RESOURCE_NAME_LIMIT = 255
"""Characters of a resource's name."""

_DIGITS = 100
_HALF = re.compile("[\ud800-\udfff]")
_MAY_BE_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")

_PARAMETER_TYPES: dict[str, type | tuple[type, ...]] = {
    "auto_trigger": bool,
    "description": str,
    "incremental": bool,
    "name": str,
    "resources": list,
    "resource_details": list,
    "retention_duration_days": int,
    "policy_id": str,
}
_PARAMETERS = "checkpoint.parameters"
_RESOURCE_TYPES = frozenset(ResourceType)
_DETAIL_TYPES: dict[str, type] = {"id": str, "type": str, "name": str, "extra_info": dict}
_SUBJECTS = {
    "description": RequestPart.DESCRIPTION,
    "incremental": RequestPart.TYPE,
    "name": RequestPart.NAME,
    "resources": RequestPart.RESOURCES,
    "resource_details": RequestPart.RESOURCES,
}


class RequestDocument(Struct, frozen=True):
    """A request file that was read: the draft it means, its body, and the keys that this version does not know."""

    draft: CheckpointDraft
    checkpoint: dict[str, Any]
    other: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """The operation that it asks for."""
        return Kind.CREATE_CHECKPOINT

    @property
    def body(self) -> bytes:
        """The bytes to send: the file's ``checkpoint`` with all its keys, in the file's order."""
        return encoded({"checkpoint": self.checkpoint})

    @property
    def value(self) -> dict[str, Any]:
        """The JSON object of its file."""
        return {"checkpoint": self.checkpoint} | self.other


def body(draft: CheckpointDraft) -> bytes:
    """Return the body that asks for ``draft``, as UTF-8 JSON, indented for reading, in the order of the definition.

    A field that was not set is left out, since a region may refuse a key that it does not know. ``incremental`` is
    always there: clients differ in its default, so that leaving it out invites a wrong guess.
    """
    parameters: dict[str, Any] = {}
    if draft.auto_trigger:
        parameters["auto_trigger"] = True
    if draft.description:
        parameters["description"] = draft.description
    parameters["incremental"] = draft.incremental
    if draft.name:
        parameters["name"] = draft.name
    if draft.resources is not None:
        parameters |= _resource_parameters(draft.resources)
    if draft.retention_days is not None:
        parameters["retention_duration_days"] = draft.retention_days
    if draft.policy_id is not None:
        parameters["policy_id"] = draft.policy_id
    return encoded({"checkpoint": {"vault_id": draft.vault_id or "", "parameters": parameters}})


def read(data: bytes) -> tuple[RequestDocument | None, list[Finding]]:
    """Read the request file of a checkpoint. The document is ``None`` when the findings say that it cannot be one."""
    value, noted = json_object(data)
    return read_object(value, noted) if value is not None else (None, noted)


def json_object(data: bytes) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Return the JSON object of a file's bytes and what is found about its JSON; ``None`` when there is none."""
    if len(data) > SIZE_LIMIT:
        return None, [block(FindingKind.TOO_LARGE, RequestPart.FILE, size=len(data), limit=SIZE_LIMIT)]
    noted: list[Finding] = []
    try:
        value = decode(data, noted)
    except NotJson as error:
        return None, [error.finding]
    if not isinstance(value, dict):
        return None, [block(FindingKind.NOT_OBJECT, RequestPart.FILE, path="", found=_kind(value))]
    return value, noted


def read_object(value: dict[str, Any], noted: list[Finding]) -> tuple[RequestDocument | None, list[Finding]]:
    """Read the JSON object of a checkpoint's file; ``noted`` is what was found about its JSON."""
    findings = folded(chain(noted, _shape_findings(value)))
    if any(finding.kind in UNREADABLE for finding in findings):
        return None, findings
    checkpoint = value["checkpoint"]
    draft = _draft(checkpoint)
    other = {key: item for key, item in value.items() if key != "checkpoint"}
    return RequestDocument(draft, checkpoint, other), findings


class NotJson(ValueError):
    """Bytes are no JSON, or more than is taken; ``finding`` tells why."""

    def __init__(self, fault: JsonFault, error: json.JSONDecodeError | None = None) -> None:
        super().__init__(str(fault))
        line, column, detail = (0, 0, "") if error is None else (error.lineno, error.colno, error.msg)
        facts = {"fault": fault, "line": line, "column": column, "detail": detail}
        self.fault = fault
        self.finding = block(FindingKind.NOT_JSON, RequestPart.FILE, "", **facts)


def decode(data: bytes, findings: list[Finding], parts: int = PART_LIMIT) -> Any:
    """Return the JSON of bytes of which there are no more than ``parts``. ``NotJson``.

    Keys that stand twice in an object, and texts that end in the middle of a character, are added to ``findings``.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]:
        raise NotJson(JsonFault.UTF_16)
    try:
        # half a character is told with its place
        text = data.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError as error:
        raise NotJson(JsonFault.NOT_UTF_8) from error
    levels, count = measure(text, DEPTH_LIMIT, parts)
    if levels > DEPTH_LIMIT:
        raise NotJson(JsonFault.TOO_DEEP)
    if max(count, text.count("\n")) > parts:
        raise NotJson(JsonFault.TOO_MANY)
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: checked_object(pairs, findings),
            parse_constant=_number,
            parse_float=_number,
            parse_int=_whole_number,
        )
    except json.JSONDecodeError as error:
        raise NotJson(JsonFault.SYNTAX, error) from error
    if _MAY_BE_HALF.search(text):
        findings += _half_characters(value, "")
    return value


def checked_object(pairs: list[tuple[str, Any]], findings: list[Finding]) -> dict[str, Any]:
    """Return an object by its keys and values; keys that stand twice are added to ``findings``."""
    made = dict(pairs)
    if len(made) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        findings += [
            block(FindingKind.DUPLICATE_KEY, RequestPart.FILE, path=key) for key, count in counts.items() if count > 1
        ]
    return made


def unknown_keys(checkpoint: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what this version does not know of a ``checkpoint``, and of its ``parameters``."""
    parameters = checkpoint.get("parameters", {})
    return (
        {key: item for key, item in checkpoint.items() if key not in ("vault_id", "parameters")},
        {key: item for key, item in parameters.items() if key not in _PARAMETER_TYPES},
    )


UNREADABLE = frozenset({FindingKind.NOT_OBJECT, FindingKind.MISSING, FindingKind.WRONG_TYPE, FindingKind.DUPLICATE_KEY})
"""What keeps a file from being read as a request."""


def content_of(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body, empty where it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def encoded(value: dict[str, Any]) -> bytes:
    """Return a JSON object as the bytes of a body: UTF-8, indented for reading, nothing in it unseen."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if not text.isascii():
        # a text that turns itself round must not look like another on the way to its sending; JSON has escapes for that
        text = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.encode("utf-8", "surrogatepass")


_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def _resource_parameters(choices: tuple[ResourceChoice, ...]) -> dict[str, Any]:
    """Choose the form by need: ids alone, or details as soon as one resource has disks to choose."""
    if not any(choice.has_disk_options for choice in choices):
        return {"resources": [choice.id for choice in choices]}
    return {"resource_details": [detail_of(choice) for choice in choices]}


def detail_of(choice: ResourceChoice) -> dict[str, Any]:
    """Return a resource in the form that has room for its disks."""
    detail: dict[str, Any] = {"id": choice.id, "type": str(choice.type)}
    if choice.name:
        detail["name"] = choice.name
    extra: dict[str, Any] = {}
    if choice.exclude_volumes:
        extra["exclude_volumes"] = list(choice.exclude_volumes)
    if choice.include_volumes:
        extra["include_volumes"] = [{"id": volume} for volume in choice.include_volumes]
    if extra:
        detail["extra_info"] = extra
    return detail


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJson(JsonFault.NUMBER)
    return number


def _whole_number(text: str) -> int:
    if len(text) > _DIGITS:
        raise NotJson(JsonFault.NUMBER)
    return int(text)


def _half_characters(value: Any, path: str) -> Iterator[Finding]:
    """Find the texts that end in the middle of a character; one in a key is told at the object that has the key."""
    if isinstance(value, str):
        found = _HALF.search(value)
        if found is not None:
            facts = {"path": path, "code_point": f"U+{ord(found[0]):04X}"}
            yield block(FindingKind.HALF_CHARACTER, RequestPart.FILE, "9900", **facts)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _half_characters(key, path)
            yield from _half_characters(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _half_characters(item, f"{path}[{index}]")


def _shape_findings(value: dict[str, Any]) -> Iterator[Finding]:
    """Judge the types of everything that this version knows; the first wrong container ends its branch."""
    if "checkpoint" not in value:
        yield block(FindingKind.MISSING, RequestPart.FILE, path="checkpoint")
        return
    checkpoint = value["checkpoint"]
    if not isinstance(checkpoint, dict):
        yield wrong_type(RequestPart.FILE, "checkpoint", dict, checkpoint)
        return
    if "vault_id" not in checkpoint:
        yield block(FindingKind.MISSING, RequestPart.VAULT, path="checkpoint.vault_id")
    elif not isinstance(checkpoint["vault_id"], str):
        yield wrong_type(RequestPart.VAULT, "checkpoint.vault_id", str, checkpoint["vault_id"])
    parameters = checkpoint.get("parameters", {})
    if not isinstance(parameters, dict):
        yield wrong_type(RequestPart.FILE, "checkpoint.parameters", dict, parameters)
        return
    for key, expected in _PARAMETER_TYPES.items():
        if key in parameters and not is_of(parameters[key], expected):
            subject = _SUBJECTS.get(key, RequestPart.ADVANCED)
            yield wrong_type(subject, f"{_PARAMETERS}.{key}", expected, parameters[key])
    if parameters.get("name") == "":
        yield block(FindingKind.NAME_EMPTY, RequestPart.NAME, "9900", path=f"{_PARAMETERS}.name")
    if "resources" in parameters and "resource_details" in parameters:
        yield block(FindingKind.BOTH_FORMS, RequestPart.RESOURCES)
    yield from _resource_shape_findings(parameters)
    unknown = unknown_keys(checkpoint)
    for path, keys in zip(("checkpoint", _PARAMETERS), unknown, strict=True):
        for key in keys:
            yield warn(FindingKind.UNKNOWN_KEY, RequestPart.FILE, "9900", path=f"{path}.{key}")


def _resource_shape_findings(parameters: dict[str, Any]) -> Iterator[Finding]:
    for key in ("resources", "resource_details"):
        if parameters.get(key) == []:
            yield warn(FindingKind.WHOLE_VAULT, RequestPart.RESOURCES, path=f"{_PARAMETERS}.{key}")
    for index, item in enumerate(_list(parameters.get("resources"))):
        if not isinstance(item, str):
            yield wrong_type(RequestPart.RESOURCES, f"{_PARAMETERS}.resources[{index}]", str, item)
    for index, item in enumerate(_list(parameters.get("resource_details"))):
        yield from _detail_shape_findings(f"{_PARAMETERS}.resource_details[{index}]", item)


def _detail_shape_findings(path: str, item: Any) -> Iterator[Finding]:
    if not isinstance(item, dict):
        yield wrong_type(RequestPart.RESOURCES, path, dict, item)
        return
    for key in ("id", "type"):
        if key not in item:
            yield block(FindingKind.MISSING, RequestPart.RESOURCES, path=f"{path}.{key}")
    for key, expected in _DETAIL_TYPES.items():
        if key in item and not is_of(item[key], expected):
            yield wrong_type(RequestPart.RESOURCES, f"{path}.{key}", expected, item[key])
    kind, name = item.get("type"), item.get("name")
    if isinstance(kind, str) and kind not in _RESOURCE_TYPES:
        yield warn(FindingKind.TYPE_UNKNOWN, RequestPart.RESOURCES, "9900", path=f"{path}.type", found=kind)
    if isinstance(name, str) and len(name) > RESOURCE_NAME_LIMIT:
        facts = {"length": len(name), "limit": RESOURCE_NAME_LIMIT, "over": len(name) - RESOURCE_NAME_LIMIT}
        yield block(FindingKind.TOO_LONG, RequestPart.RESOURCES, "9900", path=f"{path}.name", **facts)
    extra = item.get("extra_info")
    if isinstance(extra, dict):
        for key, expected in (("exclude_volumes", str), ("include_volumes", dict)):
            yield from _volume_shape_findings(f"{path}.extra_info.{key}", extra.get(key, []), expected)


def _volume_shape_findings(path: str, volumes: Any, expected: type) -> Iterator[Finding]:
    if not isinstance(volumes, list):
        yield wrong_type(RequestPart.RESOURCES, path, list, volumes)
        return
    for number, volume in enumerate(volumes):
        if not is_of(volume, expected) or (expected is dict and not isinstance(volume.get("id"), str)):
            yield wrong_type(RequestPart.RESOURCES, f"{path}[{number}]", expected, volume)


def _draft(checkpoint: dict[str, Any]) -> CheckpointDraft:
    """Return the draft that a body of the right shape means."""
    parameters = checkpoint.get("parameters", {})
    policy_id = parameters.get("policy_id")
    return CheckpointDraft(
        vault_id=VaultId(checkpoint["vault_id"]),
        name=parameters.get("name", ""),
        description=parameters.get("description", ""),
        incremental=parameters.get("incremental", True),
        auto_trigger=parameters.get("auto_trigger", False),
        resources=_choices(parameters),
        retention_days=parameters.get("retention_duration_days"),
        policy_id=PolicyId(policy_id) if policy_id is not None else None,
    )


def _choices(parameters: dict[str, Any]) -> tuple[ResourceChoice, ...] | None:
    """Return what is to be backed up; an empty list means the whole vault, as it does to the service."""
    if parameters.get("resource_details"):
        return tuple(choice_of(detail) for detail in parameters["resource_details"])
    if parameters.get("resources"):
        return tuple(ResourceChoice(ResourceId(id), "") for id in parameters["resources"])
    return None


def choice_of(detail: dict[str, Any]) -> ResourceChoice:
    """Return the resource that the form with room for its disks names."""
    extra = detail.get("extra_info", {})
    return ResourceChoice(
        ResourceId(detail["id"]),
        detail["type"],
        detail.get("name", ""),
        tuple(VolumeId(volume) for volume in extra.get("exclude_volumes", [])),
        tuple(VolumeId(volume["id"]) for volume in extra.get("include_volumes", [])),
    )


def is_of(value: Any, expected: type | tuple[type, ...]) -> bool:
    """Whether a value of JSON is of a type; true and false are no numbers."""
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, expected)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def wrong_type(subject: RequestPart, path: str, expected: Any, value: Any) -> Finding:
    """Say that a value of JSON is of another type than the ``expected`` one."""
    facts = {"path": path, "expected": _KINDS[expected], "found": _kind(value)}
    return block(FindingKind.WRONG_TYPE, subject, "9900", **facts)


_KINDS: dict[Any, ValueKind] = {
    str: ValueKind.TEXT,
    bool: ValueKind.BOOLEAN,
    int: ValueKind.WHOLE_NUMBER,
    list: ValueKind.LIST,
    dict: ValueKind.OBJECT,
    float: ValueKind.NUMBER,
    type(None): ValueKind.NULL,
}


def _kind(value: Any) -> ValueKind:
    return _KINDS.get(type(value), ValueKind.OTHER)
