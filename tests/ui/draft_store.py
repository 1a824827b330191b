"""A draft store in memory that stands in for the disk, and a trash that can be looked into."""

from datetime import timedelta
from pathlib import PurePosixPath

from cbr_desktop.domain import draft
from cbr_desktop.domain.document import read as read_document
from cbr_desktop.domain.draft import SUFFIX, DraftEntry, DraftText, Unsaved
from cbr_desktop.domain.error import ChangedOutside, Damaged, NotSaved
from tests.ui.estate import NOW


class MemoryDraftStore:
    """Files by their paths; ``full`` makes the disk refuse."""

    def __init__(self, **texts: str) -> None:
        self.folder = "/requests"
        self.files = {f"/requests/{name}{SUFFIX}": text.encode("utf-8", "replace") for name, text in texts.items()}
        self.kept: dict[str, Unsaved] = {}
        self.trash: list[str] = []
        self.full = False
        self.reads = 0

    def choose(self, folder: str) -> None:
        """Look at another folder."""
        self.folder = folder

    def stamp(self) -> object:
        """Return all there is."""
        return sorted(self.files.items())

    def glance(self, path: str) -> object:
        """Return the bytes themselves."""
        return self.files.get(path)

    def entries(self) -> list[DraftEntry]:
        """Return the files of the folder, an hour old each."""
        self.reads += 1
        found = []
        for path in sorted(self.files):
            entry = self.entry(path)
            found += [entry] if entry is not None else []
        return found

    def entry(self, path: str) -> DraftEntry | None:
        """Return one file of the folder."""
        if path not in self.files or not path.startswith(self.folder + "/"):
            return None
        data = self.files[path]
        document, findings = read_document(data)
        at = NOW - timedelta(hours=1)
        return DraftEntry(path, PurePosixPath(path).name, len(data), at, document, tuple(findings))

    def load(self, path: str) -> DraftText:
        """Read a file."""
        if path not in self.files:
            raise Damaged(path, "No such file or directory")
        return draft.decoded(self.files[path])

    def outside(self, path: str) -> bytes:
        """Read any file."""
        return self.load(path).data

    def save(self, path: str, text: str, base: DraftText | None) -> DraftText:
        """Write a file."""
        if base is not None and self.files.get(path) != base.data:
            raise ChangedOutside(path)
        self._check(path)
        self.files[path] = draft.draft_bytes(text)
        return draft.decoded(self.files[path])

    def create(self, stem: str, text: str) -> str:
        """Write a new file."""
        path = self.free_path(stem)
        self.save(path, text, None)
        return path

    def free_path(self, stem: str) -> str:
        """Return a name that is not taken."""
        path, number = f"{self.folder}/{stem}{SUFFIX}", 2
        while path in self.files:
            path, number = f"{self.folder}/{stem}-{number}{SUFFIX}", number + 1
        return path

    def duplicate(self, path: str) -> str:
        """Copy a file."""
        copy = self.free_path(PurePosixPath(path).name.removesuffix(SUFFIX) + "-copy")
        self.files[copy] = self.files[path]
        return copy

    def rename(self, path: str, name: str) -> str:
        """Give a file another name."""
        target = f"{self.folder}/{name.removesuffix(SUFFIX)}{SUFFIX}"
        if target in self.files:
            raise NotSaved(target, "a file of this name is there already")
        self.files[target] = self.files.pop(path)
        return target

    def discard(self, path: str) -> None:
        """Put a file into the trash."""
        self._check(path)
        del self.files[path]
        self.trash.append(path)

    def keep(self, unsaved: Unsaved) -> None:
        """Keep a draft."""
        self._check("/data/drafts")
        self.kept[unsaved.id] = unsaved

    def forget(self, id: str) -> None:
        """Forget a kept draft."""
        self.kept.pop(id, None)

    def throw_away(self, id: str) -> None:
        """Put a kept draft into the trash."""
        self.trash.append(id)
        del self.kept[id]

    def unsaved(self) -> list[Unsaved]:
        """Return what is kept."""
        return list(self.kept.values())

    def _check(self, path: str) -> None:
        if self.full:
            raise NotSaved(path, "No space left on device")
