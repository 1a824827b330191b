"""The day on which the backups of a vault expire: what a person asks for, and when that is."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from msgspec import Struct

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.schedule import is_fixed_zone, zone_of

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BackupExpiration(Struct, frozen=True):
    """What a person fills in: a day (``2027-03-01``) and the zone whose day that is (``UTC+08:00``)."""

    change_kind: ClassVar[str] = "UpdateExpirationTime"

    vault_id: VaultId
    day: str
    zone: str

    @property
    def begins_at(self) -> datetime | None:
        """When the day begins (aware, UTC), ``None`` where day or zone is none."""
        day = read_day(self.day)
        if day is None or not is_fixed_zone(self.zone):
            return None
        try:
            return datetime(day.year, day.month, day.day, tzinfo=zone_of(self.zone)).astimezone(UTC)
        except OverflowError:
            return None

    @property
    def ends_at(self) -> datetime | None:
        """When the day ends, which is when the next one begins (aware, UTC), ``None`` where day or zone is none."""
        begin = self.begins_at
        try:
            return begin + timedelta(days=1) if begin is not None else None
        except OverflowError:
            return None

    def is_met(self, backup: Backup) -> bool:
        """Whether a backup expires on that day; at which time of it the service's reference does not say."""
        begin, end, at = self.begins_at, self.ends_at, backup.expires_at
        return begin is not None and end is not None and at is not None and begin <= at <= end

    def is_sooner(self, backup: Backup) -> bool:
        """Whether a backup would be deleted sooner by that than it is now."""
        end = self.ends_at
        return end is not None and (backup.expires_at is None or backup.expires_at > end)


def read_day(text: str) -> date | None:
    """Return the day that ``2027-03-01`` means, ``None`` where it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def expiration_body(draft: BackupExpiration) -> bytes:
    """Return the body of UpdateExpirationTime (``UpdateExpirationTimeReq`` of the vendor's SDK), as UTF-8 JSON."""
    content = {"expect_expiration_date": draft.day, "time_zone": draft.zone}
    return json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def read_expiration(body: bytes, vault_id: VaultId) -> BackupExpiration | None:
    """Return what a body asks for, ``None`` for one that this version cannot read."""
    try:
        content = json.loads(body)
        day, zone = content["expect_expiration_date"], content["time_zone"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return BackupExpiration(vault_id, day, zone) if isinstance(day, str) and isinstance(zone, str) else None


def concerned(backups: Iterable[Backup], vault_id: VaultId) -> list[Backup]:
    """Return the backups of which it is changed when they expire: the good ones of a vault."""
    return [each for each in backups if each.vault_id == vault_id and each.status == BackupStatus.AVAILABLE]
