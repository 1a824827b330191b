"""A text of TOML cut into the tables of one list, each with the comments that are its own, so that one can move."""

import re
from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct

# a string, a comment, a bracket that opens or closes, the end of a line, or what lies between
_PART = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:\\.|[^"\\\n])*"|'
    r"'[^'\n]*'|"
    r"#[^\n]*|\n|[\[{]+|[\]}]+|[^\"'#\[\]{}\n]+|.",
    re.DOTALL,
)


class Layout(Struct):
    """The tables ``[[name]]`` in their order, and what lies around them: ``gaps[n]`` stands before ``tables[n]``.

    A table has the comments right above its head and those right below its last line. A comment between empty lines
    stays where it is, as other tables do.
    """

    gaps: list[str]
    tables: list[str]

    def text(self) -> str:
        """Return the whole text; it is what was cut when nothing was changed."""
        return "".join(part for pair in zip(self.gaps, [*self.tables, ""], strict=True) for part in pair)

    def append(self, table: str) -> None:
        """Put a table behind the last one."""
        last = self.gaps.pop()
        if self.tables:
            self.tables[-1] = _closed(self.tables[-1])
            self.gaps += ["\n", _apart(last)]
        else:
            self.gaps += [_closed(last) + "\n" if last.strip() else last, ""]
        self.tables.append(_closed(table))

    def remove(self, index: int) -> None:
        """Take a table out, with its comments and with the empty line that parted it from the next one."""
        del self.tables[index]
        before, behind = self.gaps[index : index + 2]
        # but not the one that keeps a loose comment from becoming one of the table above
        if before.endswith("\n\n") or before == ("\n" if index else ""):
            behind = behind.removeprefix("\n")
        self.gaps[index : index + 2] = [before + behind]

    def move(self, index: int, place: int) -> None:
        """Put a table at another place among the tables; what lies between the places stays."""
        tables = [_closed(table) for table in self.tables]
        tables.insert(place, tables.pop(index))
        self.tables = tables
        self.gaps = [self.gaps[0], *map(_apart, self.gaps[1:-1]), self.gaps[-1]]


def cut(text: str, name: str) -> Layout:
    """Return the layout of a sound text whose lines end in ``\\n``; ``name`` is a bare key."""
    lines = list(_lines(text))
    kinds = [_kind(line, name) for line in lines]
    layout = Layout([], [])
    done = 0
    for head in (index for index, kind in enumerate(kinds) if kind is _Kind.HEAD):
        first, end = _span(kinds, head)
        layout.gaps.append("".join(lines[done:first]))
        layout.tables.append("".join(lines[first:end]))
        done = end
    layout.gaps.append("".join(lines[done:]))
    return layout


class _Kind(Enum):
    EMPTY = auto()
    COMMENT = auto()
    HEAD = auto()
    OTHER_HEAD = auto()
    CONTENT = auto()


_HEADS = (_Kind.HEAD, _Kind.OTHER_HEAD)


def _kind(line: str, name: str) -> _Kind:
    bare = line.strip()
    if not bare:
        return _Kind.EMPTY
    if bare.startswith("#"):
        return _Kind.COMMENT
    if not bare.startswith("["):
        return _Kind.CONTENT
    key = rf"\s*(?:{name}|\"{name}\"|'{name}')\s*"
    if re.match(rf"\[\[{key}\]\]", bare):
        return _Kind.HEAD
    # a table within a table of the list is part of it
    return _Kind.CONTENT if re.match(rf"\[\[?{key}\.", bare) else _Kind.OTHER_HEAD


def _span(kinds: list[_Kind], head: int) -> tuple[int, int]:
    """Return where the table with this head begins and where it has ended."""
    first, end = head, head + 1
    while first and kinds[first - 1] is _Kind.COMMENT:
        first -= 1
    for index in range(head + 1, len(kinds)):
        if kinds[index] in _HEADS:
            break
        if kinds[index] is _Kind.CONTENT:
            end = index + 1
    below = end
    while below < len(kinds) and kinds[below] is _Kind.COMMENT:
        below += 1
    belongs_to_the_next = below < len(kinds) and kinds[below] in _HEADS
    return first, end if belongs_to_the_next else below


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text; a value of several lines is part of the line on which it begins."""
    line: list[str] = []
    depth = 0
    for match in _PART.finditer(text):
        part = match[0]
        line.append(part)
        if part[0] in "[{":
            depth += len(part)
        elif part[0] in "]}":
            depth -= len(part)
        elif part == "\n" and depth <= 0:
            yield "".join(line)
            line.clear()
            depth = 0
    if line:
        yield "".join(line)


def _closed(text: str) -> str:
    return text if text.endswith("\n") or not text else text + "\n"


def _apart(gap: str) -> str:
    """Return a gap that begins with an empty line: tables behind each other are easier to tell apart."""
    return gap if gap.startswith("\n") or not gap else "\n" + gap
