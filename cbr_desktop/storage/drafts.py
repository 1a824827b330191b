"""The folder of drafts: the request files of the operator, and what was not saved into them yet."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cbr_desktop.domain import draft
from cbr_desktop.domain.document import read as read_bytes
from cbr_desktop.domain.draft import SUFFIX, DraftEntry, DraftText, Unsaved
from cbr_desktop.domain.error import ChangedOutside, Damaged, ErrorDetail, NotSaved, StorageError
from cbr_desktop.domain.finding import FindingKind, RequestPart, block
from cbr_desktop.domain.request import SIZE_LIMIT
from cbr_desktop.storage.files import PRIVATE_FILE, System, make_folder, make_missing_folder, reason, write_whole
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.requestfile import content, mode

FOLDER = "drafts/folder"
"""Where the settings remember the folder that was chosen."""
EDIT_LIMIT = 2 * 1024 * 1024
"""Bytes of a file that is edited: a request for all resources of a vault with all their disks fits in."""
LINE_LIMIT = 20_000
"""Lines of a file that is edited; a field for text takes a second for 30,000."""
_FILES = 2000
"""Files of one folder that are listed; a folder with more of them is not one of drafts."""
_NAME_LIMIT = 120
_NOT_IN_NAMES = frozenset('/\\:*?"<>|') | {chr(code) for code in range(32)}
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_RECOVERY_SUFFIX = ".unsaved.json"


class Drafts:
    """Lists, reads and writes request files, and never deletes one: ``discard`` puts it into the system's trash.

    ``recovery`` is a private folder for what was not saved yet. ``discard`` raises ``OSError``. ``remember`` is told
    of another folder.
    """

    def __init__(
        self,
        folder: Path,
        recovery: Path,
        discard: Callable[[Path], None],
        system: System | None = None,
        remember: Callable[[str], None] = lambda _folder: None,
    ) -> None:
        self._folder = folder
        self._recovery = recovery
        self._discard = discard
        self._system = system or System()
        self._remember = remember
        self._known: dict[str, tuple[tuple[int, int], DraftEntry]] = {}

    # the folder

    @property
    def folder(self) -> str:
        """The folder that is looked at."""
        return str(self._folder)

    def choose(self, folder: str) -> None:
        """Look at another folder, and tell ``remember`` which."""
        self._folder = Path(folder)
        self._remember(folder)
        self._known.clear()

    def stamp(self) -> object:
        """Return what changes whenever a file of the folder does; asking costs no reading."""
        return sorted((path.name, *_stamp(path)) for path in self._paths())

    def glance(self, path: str) -> object:
        """Return what changes whenever a file does, ``None`` while there is none."""
        stamp = _stamp(Path(path))
        return stamp if stamp != (0, 0) else None

    def entries(self) -> list[DraftEntry]:
        """Return the request files of the folder; those that have not changed are not read again."""
        known = {}
        for path in self._paths():
            stamp = _stamp(path)
            before = self._known.get(str(path))
            entry = before[1] if before is not None and before[0] == stamp else _entry(path, stamp)
            known[str(path)] = (stamp, entry)
        self._known = known
        return [entry for _, entry in known.values()]

    def entry(self, path: str) -> DraftEntry | None:
        """Return one request file of the folder, ``None`` when it is none of them or not there."""
        file = Path(path)
        is_one = file.parent == self._folder and file.name.lower().endswith(SUFFIX) and not file.name.startswith(".")
        stamp = _stamp(file) if is_one else (0, 0)
        return _entry(file, stamp) if stamp != (0, 0) else None

    def refuse_unreadable(self) -> None:
        """Raise ``Damaged`` when there is a folder that cannot be looked into, or something else in its place."""
        try:
            os.scandir(self._folder).close()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Damaged(str(self._folder), reason(error)) from error

    def _paths(self) -> list[Path]:
        return _files(self._folder, SUFFIX)

    # files

    def load(self, path: str) -> DraftText:
        """Read a file to be edited. ``Damaged`` when it cannot be, or is not text, or is too large."""
        data = read_whole(Path(path))
        if len(data) > EDIT_LIMIT or data.count(b"\n") > LINE_LIMIT:
            raise Damaged(path, ErrorDetail.MANY_LINES)
        try:
            return draft.decoded(data)
        except UnicodeDecodeError as error:
            raise Damaged(path, ErrorDetail.NOT_UTF_8) from error

    def outside(self, path: str) -> bytes:
        """Return the bytes of a file that may come from outside. ``Damaged``."""
        return read_whole(Path(path))

    def save(self, path: str, text: str, base: DraftText | None) -> DraftText:
        """Write a draft whole and return what is in the file now.

        ``base`` is what was read from the file; it raises ``ChangedOutside`` when something else is there now, and
        ``NotSaved`` when the disk would not. Without a base it is written whatever was there.
        """
        target = Path(path)
        if base is not None and _bytes_or_none(target) != base.data:
            raise ChangedOutside(path)
        data = draft.draft_bytes(text, base.line_end if base is not None else "\n")
        make_missing_folder(target.parent)
        write_whole(target, data, mode=mode(target), system=self._system)
        return DraftText(text, base.line_end if base is not None else "\n", data)

    def create(self, stem: str, text: str) -> str:
        """Write a new file into the folder, under a name like ``stem`` that is not taken; return its path."""
        path = self.free_path(stem)
        self.save(path, text, None)
        return path

    def free_path(self, stem: str) -> str:
        """Return a path in the folder that is not taken, with a name like ``stem``."""
        name = "".join("-" if character in _NOT_IN_NAMES else character for character in stem).strip(" .")
        name = name[:_NAME_LIMIT] or "draft"
        name = f"{name}-draft" if name.partition(".")[0].lower() in _DEVICES else name
        path, number = self._folder / f"{name}{SUFFIX}", 2
        while os.path.lexists(path):
            path, number = self._folder / f"{name}-{number}{SUFFIX}", number + 1
        return str(path)

    def duplicate(self, path: str) -> str:
        """Write a copy beside the others and return its path."""
        data = read_whole(Path(path))
        copy = self.free_path(f"{_stem(Path(path))}-copy")
        write_whole(Path(copy), data, mode=PRIVATE_FILE, system=self._system)
        return copy

    def rename(self, path: str, name: str) -> str:
        """Give a file another name in its folder, never one that is taken (``NotSaved``); return the new path."""
        bare = name.strip().removesuffix(SUFFIX)
        if not is_file_name(bare):
            raise NotSaved(name, ErrorDetail.NO_FILE_NAME)
        source, target = Path(path), Path(path).with_name(f"{bare}{SUFFIX}")
        if target == source:
            return path
        if os.path.lexists(target) and not _is_same(source, target):
            raise NotSaved(str(target), ErrorDetail.FILE_NAME_TAKEN)
        try:
            self._system.replace(source, target)
        except OSError as error:
            raise NotSaved(str(target), reason(error)) from error
        return str(target)

    def discard(self, path: str) -> None:
        """Put a file into the system's trash. ``NotSaved`` when there is none; the file stays then."""
        try:
            self._discard(Path(path))
        except OSError as error:
            raise NotSaved(path, reason(error)) from error

    # what was not saved

    def keep(self, unsaved: Unsaved) -> None:
        """Keep a draft that was not saved, in case the program ends before it is. ``NotSaved``."""
        record = {
            "path": unsaved.path,
            "text": unsaved.text,
            "base": unsaved.base,
            "profile": unsaved.profile,
            "kept_at": unsaved.kept_at.isoformat(),
        }
        make_folder(self._recovery)
        data = json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
        write_whole(self._recovery_file(unsaved.id), data, system=self._system)

    def forget(self, id: str) -> None:
        """Forget what was kept of a draft: it is saved, or not wanted any more."""
        with suppress(OSError):
            self._recovery_file(id).unlink(missing_ok=True)

    def throw_away(self, id: str) -> None:
        """Put what was kept of a draft into the system's trash. ``NotSaved`` when there is none; it stays then."""
        self.discard(str(self._recovery_file(id)))

    def unsaved(self) -> list[Unsaved]:
        """Return the drafts that were kept and never saved, oldest first; what cannot be read is left where it is."""
        found = []
        for path in _files(self._recovery, _RECOVERY_SUFFIX):
            with suppress(StorageError, ValueError, KeyError, TypeError, RecursionError):
                record = json.loads(read_whole(path, 3 * SIZE_LIMIT))
                found.append(_unsaved(path.name.removesuffix(_RECOVERY_SUFFIX), record))
        return sorted(found, key=lambda unsaved: (unsaved.kept_at, unsaved.id))

    def _recovery_file(self, id: str) -> Path:
        return self._recovery / f"{id}{_RECOVERY_SUFFIX}"


def drafts_folder(here: Places, stored: object) -> Path:
    """Return the folder of drafts: the one that the settings have ``stored``, or the one that is suggested."""
    return Path(stored) if isinstance(stored, str) and Path(stored).is_absolute() else here.requests


def is_file_name(name: str) -> bool:
    """Tell whether every system takes ``name`` for a file, and none takes it for a way elsewhere."""
    return (
        0 < len(name) <= _NAME_LIMIT
        and not _NOT_IN_NAMES & set(name)
        and name == name.strip(" .")
        and not name.startswith(".")
        and name.partition(".")[0].lower() not in _DEVICES
    )


def read_whole(path: Path, limit: int = SIZE_LIMIT) -> bytes:
    """Return the bytes of a file. ``Damaged`` when it is none, cannot be read, or is larger than ``limit``."""
    data = content(path, limit)
    if isinstance(data, int):
        raise Damaged(str(path), f"it has {data} bytes, a request has {limit} at most")
    return data


def _files(folder: Path, suffix: str) -> list[Path]:
    """Return the files of a folder by the end of their names; none where it cannot be looked into."""
    try:
        with os.scandir(folder) as entries:
            found = [Path(entry.path) for entry in entries if entry.name.lower().endswith(suffix)]
    except OSError:
        return []
    return sorted(path for path in found if not path.name.startswith("."))[:_FILES]


def _entry(path: Path, stamp: tuple[int, int]) -> DraftEntry:
    size, changed = stamp
    at = datetime.fromtimestamp(changed / 1e9, UTC)
    if size > SIZE_LIMIT:
        finding = block(FindingKind.TOO_LARGE, RequestPart.FILE, size=size, limit=SIZE_LIMIT)
        return DraftEntry(str(path), path.name, size, at, findings=(finding,))
    try:
        document, findings = read_bytes(read_whole(path))
    except StorageError as error:
        return DraftEntry(str(path), path.name, size, at, error=error)
    return DraftEntry(str(path), path.name, size, at, document, tuple(findings))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _bytes_or_none(path: Path) -> bytes | None:
    try:
        return read_whole(path)
    except Damaged:
        return None


def _stem(path: Path) -> str:
    return path.name[: -len(SUFFIX)] if path.name.lower().endswith(SUFFIX) else path.stem


def _is_same(source: Path, target: Path) -> bool:
    """Whether two names are one file, as where capitals do not count."""
    with suppress(OSError):
        return source.samefile(target) and source.name.lower() == target.name.lower()
    return False


def _unsaved(id: str, record: Any) -> Unsaved:
    path, text, base, profile = (record[key] for key in ("path", "text", "base", "profile"))
    if not all(isinstance(each, str) for each in (path, text, base, profile)):
        raise TypeError(record)
    return Unsaved(id, path, text, base, profile, datetime.fromisoformat(record["kept_at"]))
