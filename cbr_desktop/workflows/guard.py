"""The guard of a read-only profile: nothing is changed through it unless it was armed for some minutes.

Where the data folder cannot be written, every profile is sealed: no request could be kept, so none is let in.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cbr_desktop.domain.error import ReadOnly, StorageError
from cbr_desktop.domain.profile import Profile

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.workflows.ports import Clock, Records

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
        self._sealed: StorageError | None = None
        self.notify: Callable[[datetime | None], None] = lambda _until: None

    @property
    def sealed(self) -> StorageError | None:
        """Why nothing can be kept and so nothing changed, whatever the profile; ``None`` when that is not so."""
        return self._sealed

    @property
    def is_read_only(self) -> bool:
        """Whether the profile needs arming at all."""
        return self._sealed is not None or self._profile.is_read_only

    @property
    def armed_until(self) -> datetime | None:
        """Until when changes are let through, ``None`` when they are not."""
        until = self._armed_until if self._sealed is None else None
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

    def seal(self, error: StorageError) -> None:
        """Let no change through any more, since the disk would not take it."""
        self._sealed = error

    def check(self) -> None:
        """Raise ``ReadOnly``, or why it is sealed, unless changes are let through now."""
        if self._sealed is not None:
            raise self._sealed
        if not self.is_open:
            raise ReadOnly(self._profile.name)


class SealedRecords:
    """The rows of a data folder that cannot be written: they are told, and none is added, claimed or changed.

    ``rows`` may be a copy. That nothing of it can be claimed keeps a request from being sent from here as well as from
    where it is waiting.
    """

    def __init__(self, rows: "Records", error: StorageError) -> None:
        self._rows = rows
        self._error = error

    def add(self, _intent: "Intent") -> None:
        """Raise the error."""
        raise self._error

    def claim(self, _intent: "Intent") -> bool:
        """Raise the error."""
        raise self._error

    def save(self, _intent: "Intent") -> None:
        """Raise the error."""
        raise self._error

    def save_all(self, _intents: "Sequence[Intent]") -> None:
        """Raise the error."""
        raise self._error

    def load(self) -> "list[Intent]":
        """Return what the rows tell."""
        return self._rows.load()

    def kept(self) -> "list[Intent]":
        """Return what the rows tell."""
        return self._rows.kept()
