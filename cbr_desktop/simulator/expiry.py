"""The day on which the backups of a vault expire, set for all of them at once."""

import re
from datetime import UTC, datetime, timedelta

from . import refusals
from .bodies import Body, text_of
from .call import Answer, Call
from .queries import one

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ZONE = re.compile(r"UTC([+-])([0-9]{2}):([0-9]{2})")


def update(call: Call) -> Answer:
    """PUT update-backup-expiration-time: 200 with how many backups are affected and the task that tells of it.

    They expire when the day ends in the time zone that is given. It is done at once.
    """
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"expect_expiration_date", "time_zone"})
    day = text_of(given.get("expect_expiration_date"), DAY, "expect_expiration_date")
    moment = _end_of(day, text_of(given.get("time_zone"), ZONE, "time_zone"))
    if moment <= call.now:
        raise refusals.invalid("expect_expiration_date")
    if vault.status not in ("available", "lock"):
        raise refusals.service("6112")
    backups = [each for each in call.estate.kept_in(vault.id) if each.status == "available"]
    for backup in backups:
        backup.expired_at = moment
    details = {"affected_backups_count": len(backups), "expiration_day": day}
    ended = {"progress": 100, "ended_at": call.now, "details": details}
    task = call.estate.begin("update_expiration", call.now, vault.id, "", "success", **ended)
    call.estate.changed()
    return Answer(
        {"affected_backups_count": len(backups), "new_expiration_day": day, "operation_log_id": task.id},
    )


def _end_of(day: str, zone: str) -> datetime:
    found = ZONE.fullmatch(zone)
    try:
        midnight = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise refusals.invalid("expect_expiration_date") from None
    sign, hours, minutes = found.groups() if found else ("+", "00", "00")
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return midnight - ahead if sign == "+" else midnight + ahead
