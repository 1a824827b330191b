"""The address book of a profile's session: what writes it is imported when it is first written."""

from pathlib import Path
from typing import TYPE_CHECKING

from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.storage.addresses import entries_in

if TYPE_CHECKING:
    from cbr_desktop.storage.addressbook import ProfileAddressBook


class LateAddressBook:
    """The address book of one profile in the file of profiles; errors as of ``AddressBook``."""

    def __init__(self, path: Path, profile: str) -> None:
        self._path = path
        self._profile = profile

    def entries(self) -> dict[str, ProjectId]:
        """Return the projects by name; none where the book cannot be read."""
        return entries_in(self._path, self._profile)

    def remember(self, name: str, project_id: ProjectId) -> None:
        """Keep a project under a name, in place of one of that name or of that id."""
        self._book().remember(name, project_id)

    def forget(self, name: str) -> None:
        """Take a name out; nothing happens where there is none."""
        self._book().forget(name)

    def _book(self) -> "ProfileAddressBook":
        from cbr_desktop.storage.addressbook import ProfileAddressBook

        return ProfileAddressBook(self._path, self._profile)
