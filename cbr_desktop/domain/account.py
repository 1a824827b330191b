"""What an account has to choose from: its projects and the regions they are in."""

from msgspec import Struct

from cbr_desktop.domain.ids import ProjectId


class Project(Struct, frozen=True):
    """A project; its name begins with its region: ``eu-de`` or ``eu-de_prod``."""

    id: ProjectId
    name: str
    enabled: bool = True

    @property
    def region(self) -> str:
        """The region's id."""
        return self.name.partition("_")[0]
