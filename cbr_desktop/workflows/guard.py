"""The guard of a read-only profile: nothing is changed through it unless it was armed for some minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cbr_desktop.domain.error import ReadOnly
from cbr_desktop.domain.profile import Profile

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.workflows.ports import Clock

ARM_MINUTES = (5, 15, 60)
"""For how long a profile can be armed."""


class Guard:
    """Keeps one profile. Requests that were queued while it was armed are sent later all the same.

    ``notify`` hears until when it is armed, or ``None`` when it is no more.
    """

    def __init__(self, profile: Profile, clock: "Clock") -> None:
        self._profile = profile
        self._clock = clock
        self._armed_until: datetime | None = None
        self.notify: Callable[[datetime | None], None] = lambda until: None

    @property
    def is_read_only(self) -> bool:
        """Whether the profile needs arming at all."""
        return self._profile.is_read_only

    @property
    def armed_until(self) -> datetime | None:
        """Until when changes are let through, ``None`` when they are not."""
        until = self._armed_until
        return until if until is not None and self._clock.now() < until else None

    @property
    def is_open(self) -> bool:
        """Whether changes are let through now."""
        return not self.is_read_only or self.armed_until is not None

    def arm(self, minutes: float) -> None:
        """Let changes through for ``minutes`` from now on."""
        self._armed_until = self._clock.now() + timedelta(minutes=minutes)
        self.notify(self._armed_until)

    def disarm(self) -> None:
        """Let none through any more."""
        self._armed_until = None
        self.notify(None)

    def check(self) -> None:
        """Raise ``ReadOnly`` unless changes are let through now."""
        if not self.is_open:
            raise ReadOnly(self._profile.name)
