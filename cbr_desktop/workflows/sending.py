"""When a request was sent, by the service's clock: the bounds of every search for what it made."""

from datetime import datetime, timedelta

from msgspec import Struct

from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.intent import Intent

BEFORE = timedelta(minutes=15)
"""How far before the sending is read: what nearly fits has to be seen as well."""
_SLACK = timedelta(seconds=5)
"""By how much the clocks of a service's own machines may differ."""
_UNKNOWN = timedelta(days=1)
"""How far off a time may be while the clocks have not been compared."""


class Span(Struct, frozen=True):
    """When a request was sent by the service's clock, and the earliest that what it made can have been made.

    ``is_certain`` tells whether the clocks had been compared when it was sent.
    """

    sent_at: datetime
    earliest: datetime
    is_certain: bool

    def latest_of(self, other: "Span") -> "Span":
        """Return the span that begins later."""
        return max(self, other, key=lambda span: span.sent_at)

    def overlaps(self, other: "Span") -> bool:
        """Whether the time does not tell which of two requests made something."""
        return abs(self.sent_at - other.sent_at) <= max(self.sent_at - self.earliest, other.sent_at - other.earliest)


def span_of(intent: Intent, connection: Connection) -> Span:
    """Return when a request was sent; of one that was not, when it was made."""
    if intent.service_sent_at is not None:
        return Span(intent.service_sent_at, intent.service_sent_at - _SLACK, is_certain=True)
    at = intent.sent_at or intent.created_at
    by_service = connection.earliest_service_time(at) or at
    return Span(by_service, by_service - _UNKNOWN, is_certain=False)


def searched_since(intent: Intent, connection: Connection) -> datetime:
    """Return from when on tasks and backups are read, by the service's clock."""
    span = span_of(intent, connection)
    return min(span.earliest, span.sent_at - BEFORE)
