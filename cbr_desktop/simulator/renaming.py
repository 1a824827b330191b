"""Renaming of backups: the only change that the API has for them."""

from .bodies import Body
from .call import Answer, Call
from .queries import one
from .wire import Wire


def rename(call: Call) -> Answer:
    """PUT one backup: 200 with the backup under its new name and its children, or a refusal."""
    body = Body(call)
    given = body.wrapped("backup")
    body.keys(given, {"name"})
    name = body.name(given.get("name"))
    backup = one(call, call.estate.backups, "backup_id", "6200")
    backup.first_name = backup.first_name or backup.name
    backup.name, backup.updated_at = name, call.now
    call.estate.changed()
    return Answer({"backup": Wire(call.estate, call.modes).backup_with_children(backup)})
