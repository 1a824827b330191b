"""How far an estate's policies have been played, and what is due next."""

import heapq
from datetime import datetime, timedelta

from .entities import Backup

MONTH = timedelta(days=30)
"""How long failed automatic backups stay."""


class Timetable:
    """What the schedules of an estate have to remember.

    Policies are played from `played_until` on, None before the first request. `ends` are the runs that policies have
    started, by when they end; `expiries` are backups, by when they expire.
    """

    def __init__(self) -> None:
        self.played_until: datetime | None = None
        self.next_runs: dict[str, tuple[object, datetime]] = {}
        """The next run of each policy, with what it was worked out from."""
        self.ends: list[tuple[datetime, str, str]] = []
        """The end of a run, its vault and its checkpoint."""
        self.expiries: list[tuple[datetime, str]] = []
        self.since_full: dict[str, tuple[int, datetime | None]] = {}
        """How many automatic backups of a resource were made since its last full one, and when that was."""

    def note(self, backup: Backup) -> None:
        """Remember when a backup is to go: when it expires, or a month after it has failed."""
        failed = backup.auto and backup.status == "error"
        ends = backup.created_at + MONTH if failed else backup.expired_at
        if ends is not None:
            heapq.heappush(self.expiries, (ends, backup.id))
