"""A page whose rows are one list of the ledger, each with the id and the name that the service gives it."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from cbr_desktop.ui.kit.page import Page
from cbr_desktop.workflows.ledger import Ledger, Reading


class Named(Protocol):
    """Something that the service knows by an id, and people by a name."""

    @property
    def id(self) -> str:
        """The service's id."""
        ...

    @property
    def name(self) -> str:
        """The name, empty where it has none."""
        ...


NamedRow = TypeVar("NamedRow", bound=Named)


class ListPage(Page[NamedRow]):
    """Shows one list of the ledger. Subclasses say which, by ``held``."""

    def held(self, ledger: Reading) -> Mapping[Any, NamedRow]:
        """Return the rows of a ledger, or of several that are looked at together, by id."""
        raise NotImplementedError

    def rows(self) -> list[NamedRow]:
        """Return all rows."""
        return list(self.held(self._workspace.scope).values())

    def id_of(self, row: NamedRow) -> str:
        """Return the id of a row."""
        return row.id

    def id_and_name(self, row: NamedRow) -> tuple[str, str]:
        """Return id and name of a row."""
        return row.id, row.name

    def owners(self, row: NamedRow) -> list[Ledger]:
        """Return the ledgers that know a row."""
        return [member for member in self._workspace.scope.members if row.id in self.held(member)]
