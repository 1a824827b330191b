"""JSON as it stands in a text: where each value begins and ends, so that one is changed and all else stays."""

import json
import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

_DECODER = json.JSONDecoder()
# a text that does not end goes on to the end of all: to look into it again from each of its quotes takes for ever
_PARTS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*+")


class Node(Struct, frozen=True):
    """A value in a text, from ``start`` to before ``end``; an object has ``members``, a list has ``items``."""

    start: int
    end: int
    members: "tuple[JsonMember, ...]" = ()
    items: "tuple[Node, ...]" = ()

    def member(self, key: str) -> "JsonMember | None":
        """Return the member with this key."""
        return next((member for member in self.members if member.key == key), None)


class JsonMember(Struct, frozen=True):
    """A key and its value; ``start`` is where the key begins."""

    key: str
    start: int
    value: Node


def measure(text: str, levels: int, parts: int) -> tuple[int, int]:
    """Return how deep a text is nested and how many parts (texts, brackets, commas) it has, whether or not it is JSON.

    It ends at the first that goes beyond ``levels`` or ``parts``.
    """
    level = deepest = count = 0
    for count, found in enumerate(_PARTS.finditer(text), 1):
        first = text[found.start()]
        if first in "[{":
            level += 1
            deepest = max(deepest, level)
        elif first in "]}":
            level -= 1
        if deepest > levels or count > parts:
            break
    return deepest, count


def located(text: str) -> Node:
    """Return the whole value of a text that is JSON (``ValueError`` otherwise), with everything in it."""
    json.loads(text)
    return _value(text, 0)


def find(node: Node, path: str) -> Node | None:
    """Return the value at a path as findings name it: ``checkpoint.parameters.resources[2]``; keys may have dots."""
    if not path:
        return node
    if path.startswith("["):
        number, _, rest = path[1:].partition("]")
        if not number.isdecimal() or int(number) >= len(node.items):
            return None
        return find(node.items[int(number)], rest.removeprefix("."))
    for member in node.members:
        rest = path.removeprefix(member.key)
        if path.startswith(member.key) and (not rest or rest[0] in ".["):
            found = find(member.value, rest.removeprefix("."))
            if found is not None:
                return found
    return None


def nearest(node: Node, path: str) -> Node:
    """Return the value at a path, or the innermost one on the way to it that is there."""
    while path:
        found = find(node, path)
        if found is not None:
            return found
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return node


def line_of(text: str, position: int) -> int:
    """Return the line of a position, from 1."""
    return text.count("\n", 0, position) + 1


def put(text: str, path: Sequence[str], key: str, value: Any, order: Sequence[str] = ()) -> str:
    """Return ``text`` with ``key`` of the object at ``path`` set to ``value``, in the manner of what is around it.

    A new key comes after the last one that is before it in ``order``, or at the end. Objects that are missing on the
    way are made.
    """
    node, missing = _object(text, path)
    if missing:
        for name in reversed(missing[1:]):
            value, key = {key: value}, name
        return put(text, [name for name in path if name not in missing], missing[0], {key: value})
    member = node.member(key)
    lead = _lead(text, node)
    words = _written(text, value, lead)
    if member is not None:
        return text[: member.value.start] + words + text[member.value.end :]
    pair = f"{json.dumps(key, ensure_ascii=False)}: {words}"
    before = _place(node, key, order)
    if not node.members:
        inner = f"{lead}{pair}{_lead_of_end(text, node)}" if lead else pair
        return text[: node.start] + "{" + inner + "}" + text[node.end :]
    if before is None:
        first = node.members[0].start
        return text[:first] + f"{pair},{lead or ' '}" + text[first:]
    end = before.value.end
    return text[:end] + f",{lead or ' '}{pair}" + text[end:]


def drop(text: str, path: Sequence[str], key: str) -> str:
    """Return ``text`` without ``key`` of the object at ``path``, if it is there."""
    node, missing = _object(text, path)
    names = [member.key for member in node.members]
    if missing or key not in names:
        return text
    place = names.index(key)
    members = node.members
    if place > 0:
        return text[: members[place - 1].value.end] + text[members[place].value.end :]
    if len(members) > 1:
        return text[: members[0].start] + text[members[1].start :]
    return text[: node.start] + "{}" + text[node.end :]


def _value(text: str, at: int) -> Node:
    at = _skip(text, at)
    if text[at] == "{":
        return _members(text, at)
    if text[at] == "[":
        return _items(text, at)
    _, end = _DECODER.raw_decode(text, at)
    return Node(at, end)


def _members(text: str, start: int) -> Node:
    members = []
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        value = _value(text, _skip(text, end) + 1)
        members.append(JsonMember(key, at, value))
        at = _skip(text, value.end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return Node(start, at + 1, members=tuple(members))


def _items(text: str, start: int) -> Node:
    items = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        items.append(_value(text, at))
        at = _skip(text, items[-1].end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return Node(start, at + 1, items=tuple(items))


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _object(text: str, path: Sequence[str]) -> tuple[Node, list[str]]:
    """Return the object at a path, or the last one on the way that is there and the names that are missing."""
    node = located(text)
    for place, name in enumerate(path):
        member = node.member(name)
        if member is None:
            return node, list(path[place:])
        node = member.value
    return node, []


def _place(node: Node, key: str, order: Sequence[str]) -> JsonMember | None:
    """Return the member after which a new key comes, ``None`` for the very first place."""
    if key not in order:
        return node.members[-1] if node.members else None
    earlier = set(order[: order.index(key)])
    after = [member for member in node.members if member.key in earlier]
    later = [member for member in node.members if member.key in order and member.key not in earlier]
    if after:
        return after[-1]
    return None if later or not node.members else node.members[-1]


def _lead(text: str, node: Node) -> str:
    """Return what stands before each member: a line break and its indent, or nothing where all is on one line."""
    if node.members:
        between = text[node.start + 1 : node.members[0].start]
        return between[between.rfind("\n") :] if "\n" in between else ""
    unit = _unit(text)
    return _lead_of_end(text, node) + unit if unit else ""


def _lead_of_end(text: str, node: Node) -> str:
    """Return a line break and the indent of the line in which an object begins."""
    begin = text.rfind("\n", 0, node.start) + 1
    line = text[begin : node.start]
    return "\n" + line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    """Return the indent of one level, empty where the text is on one line."""
    root = _value(text, 0)
    inner = root.members[0].start if root.members else root.items[0].start if root.items else root.end
    between = text[root.start + 1 : inner]
    return between[between.rfind("\n") + 1 :] if "\n" in between else ""


def _written(text: str, value: Any, lead: str) -> str:
    if not lead:
        return json.dumps(value, ensure_ascii=False)
    words = json.dumps(value, ensure_ascii=False, indent=_unit(text) or "  ")
    return words.replace("\n", lead)
