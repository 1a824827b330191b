"""The draft store: what the screens of drafts are handed of the disk."""

from typing import Protocol

from msgspec import Struct

from cbr_desktop.domain.draft import DraftEntry, DraftText, Unsaved
from cbr_desktop.text.states import counted


class DraftStore(Protocol):
    """A folder of request files and a private place for what was not saved. Paths are absolute.

    Everything that writes raises ``NotSaved`` when the disk would not.
    """

    @property
    def folder(self) -> str:
        """The folder that is looked at."""
        ...

    def choose(self, folder: str) -> None:
        """Look at another folder, now and at the next start."""
        ...

    def stamp(self) -> object:
        """Return what changes whenever a file of the folder does; may be called from another thread."""
        ...

    def glance(self, path: str) -> object:
        """Return what changes whenever a file does, ``None`` while there is none."""
        ...

    def entries(self) -> list[DraftEntry]:
        """Return the request files of the folder; may be called from another thread."""
        ...

    def entry(self, path: str) -> DraftEntry | None:
        """Return one file of the folder, ``None`` when it is none of them or not there."""
        ...

    def load(self, path: str) -> DraftText:
        """Read a file to be edited. Raises ``Damaged``."""
        ...

    def outside(self, path: str) -> bytes:
        """Return the bytes of any file, as far as one may be a request. Raises ``Damaged``."""
        ...

    def save(self, path: str, text: str, base: DraftText | None) -> DraftText:
        """Write a draft; raises ``ChangedOutside`` when the file is not ``base`` any more."""
        ...

    def create(self, stem: str, text: str) -> str:
        """Write a new file into the folder; return its path."""
        ...

    def free_path(self, stem: str) -> str:
        """Return a path in the folder that is not taken, with a name like ``stem``."""
        ...

    def duplicate(self, path: str) -> str:
        """Write a copy beside a file; return its path."""
        ...

    def rename(self, path: str, name: str) -> str:
        """Give a file another name; return its path."""
        ...

    def discard(self, path: str) -> None:
        """Put a file into the system's trash."""
        ...

    def keep(self, unsaved: Unsaved) -> None:
        """Keep a draft that was not saved."""
        ...

    def forget(self, id: str) -> None:
        """Forget a kept draft."""
        ...

    def throw_away(self, id: str) -> None:
        """Put a kept draft into the system's trash."""
        ...

    def unsaved(self) -> list[Unsaved]:
        """Return the drafts that were kept, oldest first."""
        ...


class Source(Struct, frozen=True):
    """What an editor begins with: the text, and the file that it came from, if it came from one.

    ``id`` names it among the kept drafts; ``base`` is what was read from the file.
    """

    text: str
    id: str = ""
    path: str = ""
    base: DraftText | None = None


def unsaved_words(count: int) -> str:
    """Return how many drafts were not saved."""
    return counted("{count} draft was not saved.", "{count} drafts were not saved.", count)
