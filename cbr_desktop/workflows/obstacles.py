"""What keeps queued requests from being sent, until when, and what is said of it meanwhile."""

from collections.abc import Callable
from typing import Any

from cbr_desktop.domain.error import (
    CloudError,
    Forbidden,
    LoginRefused,
    NotFound,
    Throttled,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Reason
from cbr_desktop.workflows.intent_rows import IntentRows, OwnRequests
from cbr_desktop.workflows.ports import Clock

PAUSES_SECONDS = (5.0, 15.0, 30.0, 60.0)
"""How long a queued request waits after each failure to reach the service; the last one repeats."""
THROTTLE_PAUSE_SECONDS = 10.0
DISK_PAUSE_SECONDS = 30.0
"""How long a request waits for a disk that would not take the note of its sending."""


class Obstacles:
    """What keeps queued requests from being sent: no login, no network, a service out of reach, a full disk.

    ``wake`` has the queue looked at.
    """

    def __init__(self, rows: IntentRows, own: OwnRequests, clock: Clock, wake: Callable[[], None]) -> None:
        self._rows = rows
        self._own = own
        self._clock = clock
        self._wake = wake
        self._failures = 0
        self._needs_login = False
        self._is_offline = False
        self._resting: set[IntentId] = set()
        self._cut_off: set[IntentId] = set()
        """The requests that have found the service out of reach and rest; meanwhile no other tries the same in vain."""

    def reason(self) -> Reason:
        """Return why no request can go at present, ``NONE`` when nothing stands in the way."""
        if self._needs_login:
            return Reason.LOGIN
        if self._is_offline:
            return Reason.OFFLINE
        return Reason.UNREACHABLE if self._cut_off else Reason.NONE

    def tell(self, reason: Reason) -> None:
        """Show why no queued request goes."""
        for other in filter(self._own.is_mine, self._rows):
            if other.state is IntentState.QUEUED and other.reason != reason and not self.is_resting(other):
                self._rows.tell(other, reason)

    def is_resting(self, intent: Intent) -> bool:
        """Whether a queued request is let be for a while."""
        return intent.id in self._resting

    def clear(self) -> None:
        """Take it that nothing stands in the way any more."""
        self._needs_login = False
        self._is_offline = False
        self._resting.clear()
        self._cut_off.clear()
        for intent in self._rows:
            if intent.state is IntentState.QUEUED and intent.reason in (
                Reason.OFFLINE,
                Reason.UNREACHABLE,
                Reason.LOGIN,
            ):
                self._rows.tell(intent, Reason.NONE)

    def clear_for(self, id: IntentId) -> None:
        """Let a request be tried now, whatever the tries of others have met: a person wants it."""
        self._resting.discard(id)
        self._cut_off.clear()

    def note_success(self) -> None:
        """Take note that the service has answered."""
        self._failures = 0

    async def put_back(self, intent: Intent, error: CloudError) -> None:
        """Put back a request that certainly was not carried out, until it is worth another try."""
        if isinstance(error, Throttled):
            await self._put_back_for(intent, Reason.THROTTLED, error.retry_after or THROTTLE_PAUSE_SECONDS)
        elif isinstance(error, LoginRefused | Forbidden | NotFound):
            self.wait_for_login(intent)
        elif isinstance(error, Unreachable) and error.reason == UnreachableReason.OFFLINE:
            self._wait_for_line(intent)
        else:
            await self._put_back_for(intent, Reason.UNREACHABLE, self._pause_seconds())

    async def wait_for_disk(self, intent: Intent) -> None:
        """Put back a request that was not sent, since the disk would not take the note of it."""
        await self._put_back_for(intent, Reason.NOT_SAVED, DISK_PAUSE_SECONDS)

    def wait_for_login(self, intent: Intent) -> None:
        """Put a request back until a person has done something about the login: every try may lock the account."""
        self._needs_login = True
        self._rows.move(intent, IntentState.QUEUED, reason=Reason.LOGIN, **unsent(intent))

    async def rest(self, id: IntentId, seconds: float = DISK_PAUSE_SECONDS) -> None:
        """Let a queued request be for a while."""
        self._resting.add(id)
        await self._clock.sleep(seconds)
        self._resting.discard(id)
        self._cut_off.discard(id)
        self._wake()

    def _wait_for_line(self, intent: Intent) -> None:
        """Put a request back until the operator ends working offline: it is not tried in vain meanwhile."""
        self._is_offline = True
        self._rows.move(intent, IntentState.QUEUED, reason=Reason.OFFLINE, **unsent(intent))

    async def _put_back_for(self, intent: Intent, reason: Reason, pause_seconds: float) -> None:
        """Put a request that did not leave back into the queue, and look again after a pause."""
        self._rows.move(intent, IntentState.QUEUED, reason=reason, **unsent(intent))
        if reason is Reason.UNREACHABLE:
            self._cut_off.add(intent.id)
            self._wake()
        await self.rest(intent.id, pause_seconds)

    def _pause_seconds(self) -> float:
        self._failures += 1
        return PAUSES_SECONDS[min(self._failures, len(PAUSES_SECONDS)) - 1]


def unsent(intent: Intent) -> dict[str, Any]:
    """Return the fields of a request that was to be sent and did not leave: that was no sending."""
    return {"sent_at": None, "service_sent_at": None, "sends": intent.sends - 1}
