"""Names for the projects that backups of a profile are shared with, as they are read; ``addressbook`` writes them.

Most programs that run never write any, and what keeps the comments of a file takes a megabyte.
"""

from pathlib import Path

from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.domain.sharing import is_receiver
from cbr_desktop.storage.profiles import parsed, text_of

KEY = "share_members"
"""The key of a profile's table that holds the book."""
NAME_LIMIT = 64
"""Characters of a name."""


def entries_in(path: Path, profile: str) -> dict[str, ProjectId]:
    """Return the projects by name of a profile in a file; none where it cannot be read, and no entry that is none."""
    try:
        tables = parsed(text_of(path)).get("profile")
    except (OSError, ValueError, RecursionError):
        return {}
    named = (each for each in tables if isinstance(each, dict)) if isinstance(tables, list) else ()
    found = next((table.get(KEY) for table in named if table.get("name") == profile), None)
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: ProjectId(id) for name, id in sorted(pairs) if is_name(name) and is_id(id)}


class MemoryAddressBook:
    """An address book that is gone when the program ends, for a profile that is in no file."""

    def __init__(self) -> None:
        self._entries: dict[str, ProjectId] = {}

    def entries(self) -> dict[str, ProjectId]:
        """Return the projects by name."""
        return dict(sorted(self._entries.items()))

    def remember(self, name: str, project_id: ProjectId) -> None:
        """Keep a project under a name, in place of one of that name or of that id."""
        self._entries = {key: id for key, id in self._entries.items() if id != project_id} | {name: project_id}

    def forget(self, name: str) -> None:
        """Take a name out; nothing happens where there is none."""
        self._entries.pop(name, None)


def is_name(name: object) -> bool:
    """Tell whether a project can go by a name."""
    return isinstance(name, str) and name.isprintable() and 0 < len(name.strip()) == len(name) <= NAME_LIMIT


def is_id(id: object) -> bool:
    """Tell whether backups can be shared with what has this id."""
    return isinstance(id, str) and is_receiver(id)
