"""The journal on the disk: files of lines that only grow, each line bound to the one before.

A file is called by the number of its first entry. What a power cut left half written at the end is taken off when the
journal is next written to, and kept as an entry of its own: nothing is ever taken away in silence.
"""

import hashlib
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard

from msgspec.structs import asdict, replace

from cbr_desktop.domain.error import Damaged, NotSaved
from cbr_desktop.domain.journal import (
    DEPTH_LIMIT,
    Entry,
    EntryFilter,
    EntryKind,
    Event,
    Head,
    Verification,
    entry_line,
    entry_of,
    fault_of,
    sealed,
)
from cbr_desktop.storage.files import (
    PRIVATE_FILE,
    NotPlain,
    System,
    make_folder,
    narrow,
    open_plain,
    reason,
    sync_folder,
)

FILE_BYTES = 4 * 2**20
"""When a file has become larger, the next entry begins another."""
LINE_LIMIT = 8 * 2**20
"""Bytes of the longest line that is taken for an entry."""

_TORN_LIMIT = 2**20
"""Bytes of half a line that are kept; escaped they stay below ``LINE_LIMIT``."""
_SUFFIX = ".jsonl"
_NAME = re.compile(r"[0-9]+\.jsonl\Z")
_SYSTEM = System()


class FileJournal:
    """The journal of one data folder, for the one program that may write there; others can read it meanwhile.

    ``redact`` takes secrets out of every text before it is sealed. ``known`` gives the head that is remembered
    elsewhere, ``None`` when that remembers none; without ``known`` nothing is compared. Nothing is opened or repaired
    before the first entry is appended.
    """

    def __init__(
        self,
        folder: Path,
        redact: Callable[[str], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        known: Callable[[], Head | None] | None = None,
        *,
        file_bytes: int = FILE_BYTES,
        system: System = _SYSTEM,
    ) -> None:
        self._folder = folder
        self._redact = redact
        self._now = now
        self._known = known
        self._file_bytes = file_bytes
        self._system = system
        self._descriptor: int | None = None
        self._size = 0
        self._head = Head()

    def head(self) -> Head | None:
        """Return the last entry that this program wrote or found, ``None`` before it has written any."""
        return None if self._descriptor is None else self._head

    def append(self, event: Event) -> Entry:
        """Write an event down; it is on the disk when this returns. ``NotSaved`` when it cannot be."""
        return self.append_all((event,))[0]

    def append_all(self, events: Sequence[Event]) -> list[Entry]:
        """Write events down in their order; all of them are on the disk when this returns, or none. ``NotSaved``."""
        try:
            if self._descriptor is None:
                self._open()
            return self._append(events)
        except OSError as error:
            raise NotSaved(str(self._folder), reason(error)) from error

    def entries(self, wanted: EntryFilter = EntryFilter()) -> Iterator[Entry]:  # noqa: B008  it is frozen
        """Yield the wanted entries, oldest first; lines that are none are passed over. ``Damaged`` when unreadable."""
        try:
            for line, _ in _lines(self._folder):
                with suppress(ValueError):
                    entry = entry_of(line)
                    if wanted.takes(entry):
                        yield entry
        except OSError as error:
            raise Damaged(str(self._folder), reason(error)) from error

    def newest(self, count: int, *, before: int | None = None, after: int = 0) -> list[Entry]:
        """Return up to ``count`` entries, the newest first, of those with numbers between ``after`` and ``before``.

        Only as much is read as that needs, however long the journal is. ``Damaged`` when it is unreadable.
        """
        try:
            return _newest(self._folder, count, before, after)
        except OSError as error:
            raise Damaged(str(self._folder), reason(error)) from error

    def verifier(self) -> Callable[[], Verification]:
        """Return what goes through the chain as it stands now; it can be called from another thread."""
        known = self.head() or self._remembered()
        return lambda: verified(self._folder, known)

    def verify(self) -> Verification:
        """Go through the whole chain, and compare its end with the head that is remembered elsewhere."""
        # first what is remembered: the chain may grow meanwhile, and must hold what was there before
        return verified(self._folder, self._remembered())

    def close(self) -> None:
        """Close the file; nothing is waiting to be written."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _remembered(self) -> Head | None:
        return None if self._known is None else self._known()

    def _append(self, events: Sequence[Event]) -> list[Entry]:
        if self._size >= self._file_bytes:
            self.close()
            self._begin(self._head.number + 1)
        descriptor = self._descriptor
        assert descriptor is not None  # noqa: S101  # both callers have opened a file
        head, entries, lines = self._head, [], b""
        for event in events:
            event = replace(event, **{name: _clean(value, self._redact) for name, value in asdict(event).items()})
            entry = sealed(Entry(head.number + 1, self._now().astimezone(UTC), event, head.hash))
            head = Head(entry.number, entry.hash)
            entries.append(entry)
            lines += entry_line(entry) + b"\n"
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[self._system.write(descriptor, bytes(rest)) :]
            self._system.fsync(descriptor)
        except OSError:
            # half a line would stand in the way of the next one; where it cannot go it is found when opened again
            self._take_back(descriptor)
            raise
        self._size += len(lines)
        self._head = head
        return entries

    def _take_back(self, descriptor: int) -> None:
        try:
            os.ftruncate(descriptor, self._size)
        except OSError:
            self.close()

    def _open(self) -> None:
        """Take up the last file where it ends, or begin the first."""
        make_folder(self._folder)
        files = _files(self._folder)
        self._head, torn = _tail(files)
        if files:
            self._descriptor = self._descriptor_of(files[-1])
        else:
            self._begin(1)
        try:
            self._remark(torn)
        except BaseException:
            self.close()
            raise

    def _remark(self, torn: bytes) -> None:
        """Take off what was half written, and write down what does not fit what is remembered elsewhere.

        From the next entry on another head is remembered, so that this is the last time that it can be told.
        """
        descriptor = self._descriptor
        assert descriptor is not None  # noqa: S101  # it was just opened
        self._size = os.fstat(descriptor).st_size - len(torn)
        known, found = self._remembered(), self._head
        if torn:
            os.ftruncate(descriptor, self._size)
            self._append([_torn_remark(torn)])
        if _is_known(known) and known != found and known not in _heads(self._folder, known.number):
            what = "cut-off" if known.number > found.number else "other-head"
            self._append([_remark(what, known_number=known.number, known_hash=known.hash)])
        elif self._known is not None and not _is_known(known) and found.number > 0:
            self._append([_remark("no-head", entries=found.number)])

    def _begin(self, number: int) -> None:
        path = self._folder / f"{number:010d}{_SUFFIX}"
        self._descriptor, self._size = self._descriptor_of(path), 0
        sync_folder(self._folder)

    def _descriptor_of(self, path: Path) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        for more in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"):
            flags |= getattr(os, more, 0)
        descriptor = self._system.open(str(path), flags, PRIVATE_FILE)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise NotPlain
        if sys.platform != "win32":
            narrow(path, PRIVATE_FILE)
        return descriptor


def verified(folder: Path, known: Head | None = None) -> Verification:
    """Go through the chain of a folder; ``known`` is the head as it was remembered before this began."""
    head = Head()
    count = 0
    doubt = "" if _is_known(known) else "no-head"
    try:
        for line, is_ended in _lines(folder):
            number = head.number + 1
            if not is_ended:
                return Verification(count, head, number, "torn")
            try:
                entry = entry_of(line)
            except ValueError:
                return Verification(count, head, number, "not-an-entry")
            told = entry.event.facts.get("what") if entry.event.kind == EntryKind.REMARK else None
            fault = fault_of(line, entry, head) or (str(told) if told in ("cut-off", "other-head") else "")
            if fault:
                return Verification(count, head, number, fault)
            if told == "no-head":
                doubt = "no-head"
            count, head = count + 1, Head(entry.number, entry.hash)
            if _is_known(known) and head.number == known.number and head.hash != known.hash:
                return Verification(count, head, number, "other-head")
    except OSError:
        return Verification(count, head, head.number + 1, "unreadable")
    if _is_known(known) and head.number < known.number:
        return Verification(count, head, head.number + 1, "cut-off" if count else "gone")
    return Verification(count, head, doubt=doubt if count else "no-journal")


def _is_known(head: Head | None) -> TypeGuard[Head]:
    """Whether a head says anything of a journal: that of an empty one does not."""
    return head is not None and head.number != 0


def _remark(what: str, **facts: object) -> Event:
    return Event(str(EntryKind.REMARK), facts={"what": what, **facts})


def _torn_remark(torn: bytes) -> Event:
    """Return the remark that keeps half a line; of a very long one its beginning, its length and its digest."""
    facts = {"line": torn[:_TORN_LIMIT].decode("latin-1")}
    if len(torn) <= _TORN_LIMIT:
        return _remark("torn-line", **facts)
    return _remark("torn-line", **facts, bytes=len(torn), sha256=hashlib.sha256(torn).hexdigest())


def _files(folder: Path) -> list[Path]:
    """Return the files of a journal in their order; none where there is no folder. ``OSError``."""
    try:
        return sorted(path for path in folder.iterdir() if _NAME.match(path.name))
    except FileNotFoundError:
        return []


def _lines(folder: Path) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines of all files, without their ends, and whether they had one; an empty line is one.

    Of a line that is longer than any of ours only the beginning comes.
    """
    for path in _files(folder):
        with open_plain(path) as file:
            while line := file.readline(LINE_LIMIT):
                last = line
                while last and not last.endswith(b"\n"):
                    last = file.readline(LINE_LIMIT)
                yield line.removesuffix(b"\n"), bool(last)


def _newest(folder: Path, count: int, before: int | None, after: int) -> list[Entry]:
    found: list[Entry] = []
    for path in reversed(_files(folder)):
        first = int(path.stem)
        if before is not None and first >= before:
            continue
        for line in reversed(_lines_before(_whole(path).split(b"\n"), first, before)):
            with suppress(ValueError):
                entry = entry_of(line)
                if entry.number <= after:
                    return found
                if before is None or entry.number < before:
                    found.append(entry)
            if len(found) >= count:
                return found
    return found


def _whole(path: Path) -> bytes:
    with open_plain(path) as file:
        return file.read()


def _heads(folder: Path, number: int) -> list[Head]:
    """Return the head that a journal had at an entry, if it has that entry."""
    return [Head(entry.number, entry.hash) for entry in _newest(folder, 1, number + 1, number - 1)]


def _lines_before(lines: list[bytes], first: int, before: int | None) -> list[bytes]:
    """Return the lines up to the entry ``before``, where a file counts as it should; all of them where it does not."""
    place = 0 if before is None else before - first
    if 0 < place <= len(lines):
        with suppress(ValueError):
            if entry_of(lines[place - 1]).number + 1 == before:
                return lines[:place]
    return lines


def _tail(files: list[Path]) -> tuple[Head, bytes]:
    """Return the last entry that can be read, and what stands half written at the end of the last file."""
    torn = b""
    for path in reversed(files):
        whole, _, rest = _whole(path).rpartition(b"\n")
        if path is files[-1]:
            torn = rest
        for line in reversed(whole.split(b"\n")):
            with suppress(ValueError):
                entry = entry_of(line)
                return Head(entry.number, entry.hash), torn
    return Head(), torn


def _clean(value: Any, redact: Callable[[str], str], levels: int = DEPTH_LIMIT - 1) -> Any:
    """Return a value without secrets, in the forms that JSON has; what is nested deeper than ``levels`` is left out."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict | list | tuple) and not levels:
        return f"[nested more than {DEPTH_LIMIT} levels]"
    if isinstance(value, dict):
        return {redact(str(key)): _clean(each, redact, levels - 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each, redact, levels - 1) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    return redact(str(value))


def read_only(folder: Path) -> FileJournal:
    """Return a journal to read, though another program may write it; nothing can be appended."""

    def refused(path: str, _flags: int, _mode: int) -> int:
        raise OSError(f"{path} is open for reading only")

    return FileJournal(folder, lambda text: text, system=System(open=refused))
