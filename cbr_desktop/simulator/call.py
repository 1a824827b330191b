"""A request on its way to an endpoint, and the answer on its way back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .inventory import Estate
from .modes import Modes


@dataclass
class Call:
    """What an endpoint is told: the request, the present moment and the state of the service.

    headers have lower-case names; params are the variable parts of the path; project_id is the
    project of the path, checked against the caller's rights; estate and modes are that project's.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    now: datetime
    estate: Estate
    modes: Modes
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def project_id(self) -> str:
        """The project named in the path."""
        return self.params["project_id"]

    def first(self, name: str) -> str | None:
        """The first value of a query parameter that is not empty, or None."""
        return next((value for key, value in self.query if key == name and value), None)

    def every(self, name: str) -> list[str]:
        """All values of a query parameter that are not empty."""
        return [value for key, value in self.query if key == name and value]


@dataclass
class Answer:
    """What an endpoint says: JSON body or none, HTTP status and extra headers."""

    body: Mapping[str, Any] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Rows:
    """A list in an answer's body whose items become JSON a few at a time, so that no one else waits long."""

    items: Sequence[Any]
    render: Callable[[Any], dict[str, Any]]
