"""Drafts: request files while they are edited. The text is the document; what a form changes is changed in its place.

Keys that this version does not know, the order of keys and the way in which a file is written stay as they are.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain import jsontext, request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.document import Document, names_operation
from cbr_desktop.domain.document import read as read_document
from cbr_desktop.domain.error import StorageError
from cbr_desktop.domain.finding import Finding
from cbr_desktop.domain.request import RequestDocument

SUFFIX = ".cbr.json"
"""How the names of request files end."""

_CHECKPOINT = ("checkpoint",)
_PARAMETERS = ("checkpoint", "parameters")
_ORDER = (
    "auto_trigger",
    "description",
    "incremental",
    "name",
    "resources",
    "resource_details",
    "retention_duration_days",
    "policy_id",
)
_KEYS = {
    "name": "name",
    "description": "description",
    "incremental": "incremental",
    "auto_trigger": "auto_trigger",
    "retention_days": "retention_duration_days",
    "policy_id": "policy_id",
}
FIELDS = ("vault_id", *_KEYS, "resources")
"""The fields of a draft that a form shows."""


class DraftEntry(Struct, frozen=True):
    """A request file in the folder of drafts, as it was when it was looked at.

    ``document`` is ``None`` when it is none that can be read: ``findings`` say why, or ``error`` when the disk would
    not.
    """

    path: str
    file_name: str
    size: int
    changed_at: datetime
    document: Document | None = None
    findings: tuple[Finding, ...] = ()
    error: StorageError | None = None


class DraftText(Struct, frozen=True):
    """A request file that was read to be edited: its text with ``\\n`` as line end, its own line end, its bytes."""

    text: str
    line_end: str
    data: bytes


class Unsaved(Struct, frozen=True):
    """A draft that was not saved to its file yet; ``path`` is empty for one that never had a file.

    ``base`` is the text of the file that it began as, ``profile`` the profile that it was edited for.
    """

    id: str
    path: str
    text: str
    base: str
    profile: str
    kept_at: datetime


def decoded(data: bytes) -> DraftText:
    """Read the bytes of a file as text; ``UnicodeDecodeError`` when they are none."""
    text = data.decode("utf-8-sig")
    line_end = "\r\n" if "\r\n" in text else "\n"
    return DraftText(text.replace("\r\n", "\n").replace("\r", "\n"), line_end, data)


def draft_bytes(text: str, line_end: str = "\n") -> bytes:
    """Return the bytes of a file with this text."""
    whole = text if text.endswith("\n") else text + "\n"
    return whole.replace("\n", line_end).encode("utf-8", "surrogatepass")


def stem_of(file_name: str) -> str:
    """Return the name of a file without what its kind of files end in."""
    return PurePath(file_name).stem.removesuffix(".cbr")


def new_text(draft: CheckpointDraft) -> str:
    """Return the text of a new draft."""
    return request.body(draft).decode("utf-8", "surrogatepass") + "\n"


def read(text: str) -> tuple[RequestDocument | None, list[Finding]]:
    """Read the text of a checkpoint's draft, as ``request.read`` does with bytes."""
    return request.read(text.encode("utf-8", "surrogatepass"))


def read_any(text: str) -> tuple[Document | None, list[Finding]]:
    """Read the text of a draft of any operation, as ``document.read`` does with bytes."""
    return read_document(text.encode("utf-8", "surrogatepass"))


def is_checkpoint(text: str) -> bool:
    """Whether a text is, or is meant as, the draft of a checkpoint, which a form can show."""
    value, _ = request.json_object(text.encode("utf-8", "surrogatepass"))
    return value is None or not names_operation(value)


def edited(text: str, draft: CheckpointDraft) -> str:
    """Return ``text`` changed so that it asks for ``draft``; what asks for that already is left as it is written.

    A text that is no request is replaced as a whole.
    """
    document, _ = read(text)
    if document is None:
        return new_text(draft)
    before = document.draft
    if (draft.vault_id or "") != before.vault_id:
        text = jsontext.put(text, _CHECKPOINT, "vault_id", draft.vault_id or "", ("vault_id", "parameters"))
    for field, key in _KEYS.items():
        value = getattr(draft, field)
        if value != getattr(before, field):
            text = _with_parameter(text, key, value)
    if draft.resources != before.resources:
        text = _with_resources(text, document, draft.resources)
    return text


def merged(held: CheckpointDraft, shown: CheckpointDraft, now: CheckpointDraft) -> CheckpointDraft:
    """Return ``held`` with what has changed in a form from ``shown`` to ``now``: a form may not show all of a draft."""
    changes = {field: getattr(now, field) for field in FIELDS if getattr(now, field) != getattr(shown, field)}
    if changes.get("resources") is not None:
        before = {choice.id: choice for choice in shown.resources or ()}
        kept = {choice.id: choice for choice in held.resources or ()}
        changes["resources"] = tuple(
            kept[choice.id] if choice == before.get(choice.id) and choice.id in kept else choice
            for choice in changes["resources"]
        )
    return replace(held, **changes)


def unshown(held: CheckpointDraft, shown: CheckpointDraft) -> list[str]:
    """Return the fields of a draft that a form cannot show as they are."""
    return [field for field in FIELDS if _meaning(getattr(held, field)) != _meaning(getattr(shown, field))]


def lines_of(text: str, findings: list[Finding]) -> Iterator[tuple[int, Finding]]:
    """Yield for each finding about the document the line that it is about, from 1."""
    try:
        root: jsontext.Node | None = jsontext.located(text)
    except (ValueError, RecursionError):
        root = None
    for finding in findings:
        line, path = finding.facts.get("line"), finding.facts.get("path")
        if isinstance(line, int):
            yield max(1, line), finding
        elif root is not None and isinstance(path, str):
            yield jsontext.line_of(text, jsontext.nearest(root, path).start), finding


def _meaning(value: Any) -> Any:
    """Return what of a value counts: names and types of resources are only remarks."""
    if isinstance(value, tuple):
        return [(choice.id, choice.exclude_volumes, choice.include_volumes) for choice in value]
    return value or None if isinstance(value, str) else value


def _with_parameter(text: str, key: str, value: object) -> str:
    """Set or take out one parameter. ``incremental`` is always told, the others only when they say something."""
    if key != "incremental" and not value:
        return jsontext.drop(text, _PARAMETERS, key)
    return jsontext.put(text, _PARAMETERS, key, value, _ORDER)


def _with_resources(text: str, document: RequestDocument, choices: tuple[ResourceChoice, ...] | None) -> str:
    """Set what is to be backed up; what a detail says that this version does not know stays with its resource."""
    key, value = _resources(choices, document)
    for other in {"resources", "resource_details"} - {key}:
        text = jsontext.drop(text, _PARAMETERS, other)
    return jsontext.put(text, _PARAMETERS, key, value, _ORDER) if key else text


def _resources(choices: tuple[ResourceChoice, ...] | None, document: RequestDocument) -> tuple[str, list[Any]]:
    if choices is None:
        return "", []
    parameters = json.loads(request.body(CheckpointDraft(resources=choices)))["checkpoint"]["parameters"]
    held = {detail["id"]: detail for detail in document.checkpoint.get("parameters", {}).get("resource_details", [])}
    key = "resource_details" if "resource_details" in parameters else "resources"
    if key == "resources" and any(_has_more(held.get(choice.id)) for choice in choices):
        parameters, key = {"resource_details": [request.detail_of(choice) for choice in choices]}, "resource_details"
    if key == "resources":
        return key, parameters[key]
    return key, [_kept(held.get(detail["id"], {}), detail) for detail in parameters[key]]


def _has_more(held: Any) -> bool:
    return bool(held) and bool(set(held) - {"id", "type", "name", "extra_info"})


def _kept(held: dict[str, Any], detail: dict[str, Any]) -> dict[str, Any]:
    """Return a new detail with the unknown keys of the old one, in the old one's order."""
    extra = {k: v for k, v in held.get("extra_info", {}).items() if k not in ("exclude_volumes", "include_volumes")}
    extra |= detail.get("extra_info", {})
    kept = {k: detail.get(k, v) for k, v in held.items() if k in detail or k not in ("id", "type", "name")}
    whole = kept | detail
    whole.pop("extra_info", None)
    return whole | ({"extra_info": extra} if extra else {})
