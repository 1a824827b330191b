"""G3: what was written before a request is on the disk before its first byte leaves, as the system calls show."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .finding import Finding
from .gateway import served
from .ground import Ground, ended, part_of, program
from .programs.correspondence import PLANTS
from .truth import TruthCloud

SUBMITS, PLANTED_SUBMITS = 100, 20
_SECONDS = 600.0
_TRACED = "fdatasync,fsync,write,pwrite64,sendto,sendmsg,unlink,unlinkat,ftruncate"
_CALL = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>.*)$", re.DOTALL)
_RESUMED = re.compile(r"^(?P<pid>\d+) +<\.\.\. (?P<name>\w+) resumed>")
_PATH = re.compile(r"^\d+<(?P<path>[^>]*)>")
_NAME = re.compile(r"durable-\d{4}-\w+\.")


@dataclass
class Wire:
    """What is not on the disk yet, call by call, and what left meanwhile.

    ``sent`` are the names of the requests in order, ``missed`` says of each that left too early what was still to be
    synced, or was never written.
    """

    data: Path
    sent: list[str] = field(default_factory=list)
    missed: dict[str, str] = field(default_factory=dict)
    syncs: int = 0
    _unsynced: set[str] = field(default_factory=set)
    _written: dict[str, set[str]] = field(default_factory=dict)
    _written_then: dict[str, set[str]] = field(default_factory=dict)
    _posts: dict[str, frozenset[str]] = field(default_factory=dict)
    _pending: dict[str, tuple[str, str]] = field(default_factory=dict)

    def read(self, lines: Iterable[str]) -> None:
        """Take in the lines of a trace."""
        for line in lines:
            if resumed := _RESUMED.match(line):
                name, rest = self._pending.pop(resumed["pid"], ("", ""))
                self._ended(name, rest)
            elif call := _CALL.match(line):
                self._began(call["name"], call["rest"])
                if "<unfinished ...>" in call["rest"]:
                    self._pending[call["pid"]] = (call["name"], call["rest"])
                else:
                    self._ended(call["name"], call["rest"])

    def _began(self, name: str, rest: str) -> None:
        """A write counts from its beginning, and so does a request."""
        path = self._path(rest)
        if name in ("sendto", "sendmsg"):
            self._sends(rest)
        elif name in ("unlink", "unlinkat"):
            if (removed := re.search(r'"([^"]*)"', rest)) and Path(removed[1]).is_relative_to(self.data):
                self._unsynced.add(str(Path(removed[1]).parent))
        elif name in ("write", "pwrite64", "ftruncate") and self._matters(path):
            self._unsynced.add(path)
            kind = "journal" if path.endswith(".jsonl") else "outbox"
            self._written.setdefault(kind, set()).update(_NAME.findall(rest))

    def _ended(self, name: str, rest: str) -> None:
        """A sync counts from its end."""
        if name in ("fsync", "fdatasync"):
            self.syncs += 1
            self._unsynced.discard(self._path(rest))

    def _sends(self, rest: str) -> None:
        """Judge a request when its first byte leaves; its name comes with the body, on the same socket."""
        socket = rest.partition(",")[0]
        if '"POST ' in rest[:400] and "/checkpoints" in rest:
            self._posts[socket] = frozenset(self._unsynced)
            self._written_then = {kind: set(names) for kind, names in self._written.items()}
        if socket in self._posts and (named := _NAME.search(rest)):
            late = self._posts.pop(socket)
            lacking = [kind for kind in ("outbox", "journal") if named[0] not in self._written_then.get(kind, ())]
            self.sent.append(named[0])
            if late or lacking:
                self.missed[named[0]] = f"unsynced {sorted(late)}, not written {lacking}"

    def _matters(self, path: str) -> bool:
        """Whether a file is the outbox or the journal, or what SQLite keeps beside the outbox."""
        name = Path(path).name
        return Path(path).is_relative_to(self.data) and (name.endswith(".jsonl") or name.startswith("outbox."))

    def _path(self, rest: str) -> str:
        found = _PATH.match(rest)
        return found["path"] if found else ""


def measure(ground: Ground) -> Iterator[Finding]:
    """Trace a program that submits, as it is and with three mistakes that must be seen."""
    if shutil.which("strace") is None:
        yield Finding("G3", "strace is not installed", "nothing", "a figure", False)
        return
    count = part_of(SUBMITS)
    wire = asyncio.run(_traced(ground, count, ""))
    print(*list(wire.missed.items())[:5], sep="\n", file=sys.stderr)
    what = f"{len(wire.sent)} requests whose row, journal entry and folder were synced before the first byte"
    good = len(set(wire.sent)) == count and not wire.missed
    yield Finding("G3", what, f"{len(wire.sent) - len(wire.missed)} of {count}, {wire.syncs:,} syncs", "all", good)
    for plant in PLANTS:
        wire = asyncio.run(_traced(ground, PLANTED_SUBMITS, plant))
        how = "a journal that is not synced" if plant == "JOURNAL" else f"SQLite's synchronous={plant}"
        figure = f"{len(wire.missed)} of {len(wire.sent)} seen"
        good = len(wire.sent) == PLANTED_SUBMITS == len(wire.missed)
        yield Finding("G3", f"planted: {how}", figure, "all seen", good)


async def _traced(ground: Ground, count: int, plant: str) -> Wire:
    home = ground.home()
    trace = home.folder / "trace"
    command = ["strace", "-f", "-y", "-s", "20000", "-e", f"trace={_TRACED}", "-o", str(trace)]
    async with served(TruthCloud()) as cloud:
        child = await asyncio.create_subprocess_exec(
            *command,
            *program("submitting", cloud.server.url, str(count), plant),
            env=home.environment(PATH=os.environ["PATH"]),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await ended(child, _SECONDS)
        assert child.returncode == 0 and int(said) == count == len(cloud.executed), (child.returncode, said)
    wire = Wire(home.places.data.resolve())
    with trace.open(encoding="utf-8", errors="replace") as lines:
        wire.read(lines)
    trace.unlink()
    return wire
