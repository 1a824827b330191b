"""The state of the connection to a cloud, as the status bar tells it."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from cbr_desktop.domain.error import CbrError


class Reach(Enum):
    """Whether the service answers."""

    UNKNOWN = auto()
    ONLINE = auto()
    UNREACHABLE = auto()
    REFUSED = auto()


class Connection(NamedTuple):
    """What is known of the connection now.

    ``latency_ms`` is the last answer's, ``waiting_until`` when a throttled request is tried again (``None`` when
    nothing waits), ``token_expires_at`` the end of the login, ``clock_offset`` how far the service's clock is ahead of
    ours (``None``: not measured), ``clock_error`` by how much that may be wrong.
    """

    reach: Reach = Reach.UNKNOWN
    latency_ms: float | None = None
    waiting_until: datetime | None = None
    token_expires_at: datetime | None = None
    error: CbrError | None = None
    clock_offset: timedelta | None = None
    clock_error: timedelta = timedelta(0)

    def earliest_service_time(self, at: datetime) -> datetime | None:
        """Return the earliest time that the service's clock can have shown at ``at`` of ours; ``None``: not known."""
        return None if self.clock_offset is None else at + self.clock_offset - self.clock_error
