"""Request files of any operation: what they hold, and the shape that the service's definition gives it.

A checkpoint's file is the body of its request, verbatim (``domain/request``). The file of every other change names its
operation, the parts of the path and the body::

    {"operation": "UpdateBackup", "path": {"backup_id": "…"}, "body": {"backup": {"name": "…"}}}

Other top-level keys are kept and ignored. What each operation takes is said where it is defined.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from msgspec import Struct, field

from cbr_desktop.domain import request
from cbr_desktop.domain.change import PRIOR_ID, Kind
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, ValueKind, block, folded, warn
from cbr_desktop.domain.ids import is_enterprise_project_id, is_project_id, is_uuid
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.request import RequestDocument, is_of, wrong_type

_PART = re.compile(r"{(\w+)}")
_IDS = {"member_id": is_project_id, "enterprise_project_id": is_enterprise_project_id}
"""What tells the form of an id in a path that is of another one than most."""
_UNREADABLE = request.UNREADABLE | {FindingKind.OPERATION_UNKNOWN, FindingKind.CHECKPOINT_WRAPPED}


class ChangeDocument(Struct, frozen=True):
    """A request file that names its operation; ``content`` is the body as JSON has it, ``None`` where there is none.

    Whether ``path`` and ``content`` are what the operation takes is judged by ``path_findings`` and ``body_findings``.
    """

    kind: Kind
    path: dict[str, str] = field(default_factory=dict)
    content: dict[str, Any] | None = None
    other: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The bytes to send: the file's ``body`` with all its keys, in the file's order."""
        return b"" if self.content is None else request.encoded(self.content)

    @property
    def value(self) -> dict[str, Any]:
        """The JSON object of its file."""
        made: dict[str, Any] = {"operation": str(self.kind)}
        if self.path:
            made["path"] = self.path
        if self.content is not None:
            made["body"] = self.content
        return made | self.other


Document = RequestDocument | ChangeDocument


class Schema(Struct, frozen=True):
    """A part of a body, under the name that it has in the service's definition and in the vendor's SDK.

    A field is of a type, a further part, a list (``[str]``) of one of these, or one of some words (a tuple).
    ``needed`` are the fields that are always there.
    """

    name: str
    fields: Mapping[str, Any]
    needed: frozenset[str] = frozenset()


def laid_out(text: str) -> str:
    """Return JSON with each value on a line of its own, so that two texts can be compared line by line.

    A text that is no JSON, or that would not say the same afterwards, is returned as it is.
    """
    noted: list[Finding] = []
    try:
        value = request.decode(text.encode("utf-8", "surrogatepass"), noted)
    except request.NotJson:
        return text
    return text if noted else json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def read(data: bytes) -> tuple[Document | None, list[Finding]]:
    """Read a request file. The document is ``None`` when the findings say that it cannot be one."""
    value, noted = request.json_object(data)
    if value is None:
        return None, noted
    if not names_operation(value):
        return request.read_object(value, noted)
    findings = folded(chain(noted, _form_findings(value)))
    if any(finding.kind in _UNREADABLE for finding in findings):
        return None, findings
    if "checkpoint" in value:
        facts = {"path": "operation", "operation": value["operation"]}
        return None, [*findings, block(FindingKind.TWO_REQUESTS, RequestPart.FILE, **facts)]
    other = {key: item for key, item in value.items() if key not in ("operation", "path", "body")}
    made = ChangeDocument(Kind(value["operation"]), value.get("path", {}), value.get("body"), other)
    return made, findings


def names_operation(value: Mapping[str, Any]) -> bool:
    """Whether the JSON object of a request file has the form that names its operation.

    Beside a ``checkpoint`` that is so only where the name is another operation's; else it is a key like any other.
    """
    if "checkpoint" not in value:
        return not value.keys().isdisjoint({"operation", "path", "body"})
    operation = value.get("operation")
    return isinstance(operation, str) and operation != Kind.CREATE_CHECKPOINT and _is_operation(operation)


def filled(template: str, parts: Mapping[str, str]) -> str:
    """Return a path by its template, such as ``backups/{backup_id}``. ``KeyError`` when a part is missing."""
    return _PART.sub(lambda found: parts[found[1]], template)


def parts_of(template: str, path: str) -> dict[str, str]:
    """Return the parts of a path by its template; none of a path that is not of that template."""
    pieces = _PART.split(template)
    pattern = "".join(f"(?P<{piece}>[^/]+)" if odd % 2 else re.escape(piece) for odd, piece in enumerate(pieces))
    found = re.fullmatch(pattern, path)
    return found.groupdict() if found is not None else {}


def path_findings(template: str, path: Mapping[str, str]) -> Iterator[Finding]:
    """Judge the parts of a path by its template; each is an id, or that which an earlier request is going to make."""
    wanted = _PART.findall(template)
    for name in wanted:
        if name not in path:
            yield block(FindingKind.MISSING, RequestPart.FILE, path=f"path.{name}")
        elif path[name] != PRIOR_ID and not _IDS.get(name, is_uuid)(path[name]):
            yield block(FindingKind.BAD_ID, RequestPart.FILE, "9900", path=f"path.{name}", found=path[name])
    for name in path:
        if name not in wanted:
            yield block(FindingKind.NOT_TAKEN, RequestPart.FILE, path=f"path.{name}")


def body_findings(schema: Schema | None, content: dict[str, Any] | None) -> Iterator[Finding]:
    """Judge a body by the shape that the operation gives it, ``None`` for an operation that has no body."""
    if schema is None:
        if content is not None:
            yield block(FindingKind.NOT_TAKEN, RequestPart.FILE, path="body")
    elif content is None:
        yield block(FindingKind.MISSING, RequestPart.FILE, path="body")
    else:
        yield from _value_findings(schema, content, "body")


def _is_operation(name: str) -> bool:
    return isinstance(known(Kind, name), Kind)


def _form_findings(value: dict[str, Any]) -> Iterator[Finding]:
    """Judge the three keys that say which request a file asks for."""
    if "operation" not in value:
        yield block(FindingKind.MISSING, RequestPart.FILE, path="operation")
    elif not isinstance(value["operation"], str):
        yield wrong_type(RequestPart.FILE, "operation", str, value["operation"])
    elif value["operation"] == Kind.CREATE_CHECKPOINT:
        yield block(FindingKind.CHECKPOINT_WRAPPED, RequestPart.FILE, path="operation")
    elif not _is_operation(value["operation"]):
        names = [str(kind) for kind in Kind if kind is not Kind.CREATE_CHECKPOINT]
        facts = {"path": "operation", "found": value["operation"], "known": ", ".join(names)}
        yield block(FindingKind.OPERATION_UNKNOWN, RequestPart.FILE, **facts)
    for key in ("path", "body"):
        if key in value and not isinstance(value[key], dict):
            yield wrong_type(RequestPart.FILE, key, dict, value[key])
    path = value.get("path")
    for name, part in path.items() if isinstance(path, dict) else ():
        if not isinstance(part, str):
            yield wrong_type(RequestPart.FILE, f"path.{name}", str, part)


def _value_findings(expected: Any, value: Any, path: str) -> Iterator[Finding]:
    """Judge a value of a body; the first wrong container ends its branch."""
    if isinstance(expected, Schema):
        if not isinstance(value, dict):
            yield wrong_type(RequestPart.FILE, path, dict, value)
            return
        yield from _object_findings(expected, value, path)
    elif isinstance(expected, list):
        if not isinstance(value, list):
            yield wrong_type(RequestPart.FILE, path, list, value)
            return
        for index, item in enumerate(value):
            yield from _value_findings(expected[0], item, f"{path}[{index}]")
    elif isinstance(expected, tuple):
        if value not in expected:
            found = value if isinstance(value, str) else ValueKind.OTHER
            facts = {"path": path, "expected": expected, "found": found}
            yield block(FindingKind.WRONG_TYPE, RequestPart.FILE, "9900", **facts)
    elif not is_of(value, expected):
        yield wrong_type(RequestPart.FILE, path, expected, value)


def _object_findings(schema: Schema, value: dict[str, Any], path: str) -> Iterator[Finding]:
    for key in schema.fields:
        if key in value:
            yield from _value_findings(schema.fields[key], value[key], f"{path}.{key}")
        elif key in schema.needed:
            yield block(FindingKind.MISSING, RequestPart.FILE, path=f"{path}.{key}")
    for key in value:
        if key not in schema.fields:
            yield warn(FindingKind.UNKNOWN_KEY, RequestPart.FILE, "9900", path=f"{path}.{key}")
