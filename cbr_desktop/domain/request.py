"""The request document: the API body of a checkpoint, made from a draft and read back from a file.

A request file holds one JSON object whose key ``checkpoint`` is the body of ``POST /v3/{project_id}/checkpoints``,
verbatim; other top-level keys are kept and ignored. What goes over the wire, into the outbox and onto the preview are
the same bytes: the ones that ``body`` or ``RequestDocument.body`` return.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, Subject, block, warn
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId, VolumeId

SIZE_LIMIT = 12 * 1024 * 1024
"""Bytes of a request body that the gateway takes."""
DEPTH_LIMIT = 32
"""Levels of nesting that a request file may have; a real one has seven."""

_BRACKETS = re.compile(r"[\[\]{}]")

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
_DETAIL_TYPES: dict[str, type] = {"id": str, "type": str, "name": str, "extra_info": dict}
_SUBJECTS = {
    "description": Subject.DESCRIPTION,
    "incremental": Subject.TYPE,
    "name": Subject.NAME,
    "resources": Subject.RESOURCES,
    "resource_details": Subject.RESOURCES,
}


@dataclass(frozen=True, slots=True)
class RequestDocument:
    """A request file that was read: the draft it means, its body, and the keys that this version does not know."""

    draft: CheckpointDraft
    checkpoint: dict[str, Any]
    other: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The bytes to send: the file's ``checkpoint`` with all its keys, in the file's order."""
        return _encode({"checkpoint": self.checkpoint})


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
    return _encode({"checkpoint": {"vault_id": draft.vault_id or "", "parameters": parameters}})


def read(data: bytes) -> tuple[RequestDocument | None, list[Finding]]:
    """Read a request file. The document is ``None`` when the findings say that it cannot be one."""
    if len(data) > SIZE_LIMIT:
        return None, [block(FindingKind.TOO_LARGE, Subject.FILE, size=len(data), limit=SIZE_LIMIT)]
    findings: list[Finding] = []
    try:
        value = _decode(data, findings)
    except (ValueError, RecursionError) as error:
        return None, [not_json(error)]
    if not isinstance(value, dict):
        return None, [block(FindingKind.NOT_OBJECT, Subject.FILE, path="", found=_type_word(value))]
    findings += _shape_findings(value)
    if any(finding.kind in _UNREADABLE for finding in findings):
        return None, findings
    checkpoint = value["checkpoint"]
    draft = _draft(checkpoint)
    other = {key: item for key, item in value.items() if key != "checkpoint"}
    return RequestDocument(draft, checkpoint, other), findings


def decode(data: bytes, findings: list[Finding] | None = None) -> Any:
    """Return the JSON of bytes. ``ValueError`` when it is none, ``RecursionError`` when it is nested too deeply.

    Keys that stand twice in an object are added to ``findings``.
    """
    return _decode(data, [] if findings is None else findings)


_UNREADABLE = frozenset(
    {FindingKind.NOT_OBJECT, FindingKind.MISSING, FindingKind.WRONG_TYPE, FindingKind.DUPLICATE_KEY}
)


def _encode(value: dict[str, Any]) -> bytes:
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


def _decode(data: bytes, findings: list[Finding]) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in items]
        for key in {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else ():
            findings.append(block(FindingKind.DUPLICATE_KEY, Subject.FILE, path=key))
        return dict(items)

    text = data.decode("utf-8-sig")
    if _depth(text) > DEPTH_LIMIT:
        raise RecursionError(f"more than {DEPTH_LIMIT} levels")
    return json.loads(text, object_pairs_hook=pairs, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _depth(text: str) -> int:
    """Return an upper bound of the nesting: brackets in texts count too, which does no harm to real files."""
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEPTH_LIMIT:
                break
        else:
            depth -= 1
    return deepest


def not_json(error: Exception) -> Finding:
    line = getattr(error, "lineno", 0)
    column = getattr(error, "colno", 0)
    detail = getattr(error, "msg", None) or str(error)
    return block(FindingKind.NOT_JSON, Subject.FILE, line=line, column=column, detail=detail)


def _shape_findings(value: dict[str, Any]) -> list[Finding]:
    """Judge the types of everything that this version knows; the first wrong container ends its branch."""
    if "checkpoint" not in value:
        return [block(FindingKind.MISSING, Subject.FILE, path="checkpoint")]
    checkpoint = value["checkpoint"]
    if not isinstance(checkpoint, dict):
        return [_wrong(Subject.FILE, "checkpoint", dict, checkpoint)]
    findings = []
    if "vault_id" not in checkpoint:
        findings.append(block(FindingKind.MISSING, Subject.VAULT, path="checkpoint.vault_id"))
    elif not isinstance(checkpoint["vault_id"], str):
        findings.append(_wrong(Subject.VAULT, "checkpoint.vault_id", str, checkpoint["vault_id"]))
    unknown = [f"checkpoint.{key}" for key in checkpoint if key not in ("vault_id", "parameters")]
    parameters = checkpoint.get("parameters", {})
    if not isinstance(parameters, dict):
        return [*findings, _wrong(Subject.FILE, "checkpoint.parameters", dict, parameters)]
    unknown += [f"checkpoint.parameters.{key}" for key in parameters if key not in _PARAMETER_TYPES]
    for key, expected in _PARAMETER_TYPES.items():
        if key in parameters and not _is(parameters[key], expected):
            subject = _SUBJECTS.get(key, Subject.ADVANCED)
            findings.append(_wrong(subject, f"checkpoint.parameters.{key}", expected, parameters[key]))
    if "resources" in parameters and "resource_details" in parameters:
        findings.append(block(FindingKind.BOTH_FORMS, Subject.RESOURCES))
    findings += _resource_shape_findings(parameters)
    return findings + [warn(FindingKind.UNKNOWN_KEY, Subject.FILE, "9900", path=path) for path in unknown]


def _resource_shape_findings(parameters: dict[str, Any]) -> list[Finding]:
    findings = []
    for index, item in enumerate(_list(parameters.get("resources"))):
        if not isinstance(item, str):
            findings.append(_wrong(Subject.RESOURCES, f"checkpoint.parameters.resources[{index}]", str, item))
    for index, item in enumerate(_list(parameters.get("resource_details"))):
        path = f"checkpoint.parameters.resource_details[{index}]"
        findings += _detail_shape_findings(path, item)
    return findings


def _detail_shape_findings(path: str, item: Any) -> list[Finding]:
    if not isinstance(item, dict):
        return [_wrong(Subject.RESOURCES, path, dict, item)]
    findings = [
        block(FindingKind.MISSING, Subject.RESOURCES, path=f"{path}.{key}") for key in ("id", "type") if key not in item
    ]
    for key, expected in _DETAIL_TYPES.items():
        if key in item and not _is(item[key], expected):
            findings.append(_wrong(Subject.RESOURCES, f"{path}.{key}", expected, item[key]))
    extra = item.get("extra_info")
    for key, expected in (("exclude_volumes", str), ("include_volumes", dict)) if isinstance(extra, dict) else ():
        volumes = extra.get(key, []) if isinstance(extra, dict) else []
        place = f"{path}.extra_info.{key}"
        if not isinstance(volumes, list):
            findings.append(_wrong(Subject.RESOURCES, place, list, volumes))
            continue
        findings += [
            _wrong(Subject.RESOURCES, f"{place}[{number}]", expected, volume)
            for number, volume in enumerate(volumes)
            if not _is(volume, expected) or (expected is dict and not isinstance(volume.get("id"), str))
        ]
    return findings


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
        return tuple(_choice(detail) for detail in parameters["resource_details"])
    if parameters.get("resources"):
        return tuple(ResourceChoice(ResourceId(id), "") for id in parameters["resources"])
    return None


def _choice(detail: dict[str, Any]) -> ResourceChoice:
    extra = detail.get("extra_info", {})
    return ResourceChoice(
        ResourceId(detail["id"]),
        detail["type"],
        detail.get("name", ""),
        tuple(VolumeId(volume) for volume in extra.get("exclude_volumes", [])),
        tuple(VolumeId(volume["id"]) for volume in extra.get("include_volumes", [])),
    )


def _is(value: Any, expected: type | tuple[type, ...]) -> bool:
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, expected)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _wrong(subject: Subject, path: str, expected: Any, value: Any) -> Finding:
    facts = {"path": path, "expected": _TYPE_WORDS[expected], "found": _type_word(value)}
    return block(FindingKind.WRONG_TYPE, subject, "9900", **facts)


_TYPE_WORDS: dict[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "an object",
    float: "a number",
    type(None): "null",
}


def _type_word(value: Any) -> str:
    return _TYPE_WORDS.get(type(value), type(value).__name__)
