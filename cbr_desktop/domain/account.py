"""What an account has to choose from: its projects and the regions they are in."""

from dataclasses import dataclass

from cbr_desktop.domain.ids import ProjectId


@dataclass(frozen=True, slots=True)
class Project:
    """A project; its name begins with its region: ``eu-de`` or ``eu-de_prod``."""

    id: ProjectId
    name: str
    enabled: bool = True

    @property
    def region(self) -> str:
        """The region's id."""
        return self.name.partition("_")[0]
