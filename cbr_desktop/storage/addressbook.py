"""The address book of a profile: names for the projects that backups are shared with, kept beside the profile's fields.

It is a key of the profile's own table that programs without an address book keep as it is::

    share_members = { audit = "0123456789abcdef0123456789abcdef" }
"""

from pathlib import Path

from cbr_desktop.domain.error import FieldFault, ProfileError
from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.storage.addresses import KEY, entries_in, is_id, is_name
from cbr_desktop.storage.tomlprofiles import TomlProfiles


class ProfileAddressBook:
    """The address book of one profile in the file of profiles; fits ``AddressBook`` of the workflows.

    Nothing is held in memory: the file's owner may be writing into it at the same time.
    """

    def __init__(self, path: Path, profile: str) -> None:
        self._path = path
        self._profiles = TomlProfiles(path)
        self._profile = profile

    def entries(self) -> dict[str, ProjectId]:
        """Return the projects by name; none where the file cannot be read, and no entry that cannot be one."""
        return entries_in(self._path, self._profile)

    def remember(self, name: str, project_id: ProjectId) -> None:
        """Keep a project under a name, in place of one of that name or of that id.

        ``ProfileError`` for a name that cannot be one, for what is no project id, and for a profile that is not in the
        file; ``Damaged``, ``NotSaved``.
        """
        if not is_name(name):
            raise ProfileError(self._profile, KEY, FieldFault.CONTROLS if name.strip() else FieldFault.EMPTY)
        if not is_id(project_id):
            raise ProfileError(self._profile, KEY, f"no project id: {project_id!r}")
        self._put({**{key: id for key, id in self._held().items() if id != project_id}, name: project_id})

    def forget(self, name: str) -> None:
        """Take a name out; nothing happens where there is none."""
        held = self._held()
        if name in held:
            del held[name]
            self._put(held)

    def _held(self) -> dict[str, object]:
        """Return the book as it stands in the file, entries that cannot be one too: they are their author's."""
        found = self._profiles.further(self._profile, KEY)
        return dict(found) if isinstance(found, dict) else {}

    def _put(self, entries: dict[str, object]) -> None:
        self._profiles.put_further(self._profile, KEY, entries)
