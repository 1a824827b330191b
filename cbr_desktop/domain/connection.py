"""The state of the connection to a cloud, as the status bar tells it."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from cbr_desktop.domain.error import HouseError


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
    ours (``None``: not measured).
    """

    reach: Reach = Reach.UNKNOWN
    latency_ms: float | None = None
    waiting_until: datetime | None = None
    token_expires_at: datetime | None = None
    error: HouseError | None = None
    clock_offset: timedelta | None = None
