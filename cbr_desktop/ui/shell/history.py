"""The history of pages and rows visited: back and forward."""

from typing import NamedTuple

_KEPT = 50


class Place(NamedTuple):
    """A page, and the id of its row; empty where there is none."""

    page: str
    id: str = ""


class History:
    """The places in the order in which they were visited, and the one that is looked at."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._now = -1

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place before this one."""
        return self._now > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a place that was left by going back."""
        return self._now + 1 < len(self._places)

    def visit(self, place: Place) -> None:
        """Go to a place. What was ahead is forgotten; the same page without another place between is one visit."""
        if self._places and self._places[self._now] == place:
            return
        self._places = [*self._places[: self._now + 1], place][-_KEPT:]
        self._now = len(self._places) - 1

    def stand(self, id: str) -> None:
        """Take note of the current row, to come back to it."""
        if self._places:
            self._places[self._now] = self._places[self._now]._replace(id=id)

    def back(self) -> Place | None:
        """Go to the place before and return it, ``None`` where there is none."""
        if not self.can_go_back:
            return None
        self._now -= 1
        return self._places[self._now]

    def forward(self) -> Place | None:
        """Go to the place after and return it, ``None`` where there is none."""
        if not self.can_go_forward:
            return None
        self._now += 1
        return self._places[self._now]
