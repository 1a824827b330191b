"""Backups: lists and single reads, with those that others share."""

from collections.abc import Iterable
from functools import partial
from operator import attrgetter
from typing import Any

from . import refusals
from .call import Answer, Call
from .queries import Filters, boolean, one, page, uuid_of
from .things import Backup
from .wire import Wire

SORT_KEYS = ("created_at", "updated_at", "name", "status", "protected_at", "id")
BACKUP_STATES = frozenset(
    [
        "available",
        "protecting",
        "deleting",
        "restoring",
        "error",
        "waiting_protect",
        "waiting_delete",
        "waiting_restore",
    ]
)


def every(call: Call) -> Answer:
    """GET backups, top-level ones, newest first unless sorted otherwise."""
    wire = Wire(call.estate, call.modes)
    parent_id = call.first("parent_id")
    if parent_id is not None:
        return _children(call, wire, parent_id)
    replication = boolean(call, "show_replication") or False
    found = _sorted(call, _backup_filters(call).pick(_backups_to_search(call)))
    return page(call, "backups", _after_marker(call, found), lambda each: wire.backup(each, replication), len(found))


def _children(call: Call, wire: Wire, parent_id: str) -> Answer:
    parent = call.estate.backups.get(parent_id)
    children = wire.backup_with_children(parent)["children"] if parent else []
    return page(call, "backups", children, lambda each: each)


def _backups_to_search(call: Call) -> Iterable[Backup]:
    history = call.estate.history
    vault_id = call.first("vault_id")
    if vault_id is None:
        return reversed(history.backups.values())
    return reversed(history.by_vault.get(vault_id, []))


def _backup_filters(call: Call) -> "Filters[Backup]":
    resources = call.estate.resources
    wanted = Filters[Backup](call)
    wanted.equal("checkpoint_id", lambda backup: backup.checkpoint_id)
    wanted.equal("resource_id", lambda backup: backup.resource_id)
    wanted.name("name", lambda backup: backup.name)
    wanted.name("resource_name", lambda backup: resources[backup.resource_id].name)
    wanted.equal("resource_type", lambda backup: resources[backup.resource_id].type)
    wanted.equal("resource_az", lambda backup: resources[backup.resource_id].zone)
    wanted.choice("image_type", lambda backup: backup.image_type, ("backup", "replication"))
    vaults = call.estate.vaults
    project = "enterprise_project_id"
    wanted.equal(project, lambda backup: vaults[backup.vault_id].enterprise_project_id, "all_granted_eps")
    if set(call.every("status")) - BACKUP_STATES:
        raise refusals.invalid("status")
    wanted.among("status", lambda backup: backup.status, call.every("status"))
    wanted.period(lambda backup: backup.created_at)
    wanted.boolean("incremental", lambda backup: backup.incremental)
    wanted.boolean("dec", lambda backup: False)
    _sharing(call, wanted)
    wanted.appeared(lambda backup: backup.created_at)
    return wanted


def _sharing(call: Call, wanted: "Filters[Backup]") -> None:
    own_type = call.first("own_type") or "private"
    if own_type not in ("private", "shared", "all_granted"):
        raise refusals.invalid("own_type")
    if own_type != "all_granted":
        shared = own_type == "shared"
        wanted.tests.append(lambda backup: (backup.share is not None) is shared)
    if own_type != "private":
        wanted.choice("member_status", lambda backup: backup.share, ("pending", "accepted", "rejected"))


def _sorted(call: Call, found: list[Backup]) -> list[Backup]:
    given = call.first("sort")
    if given is None:
        return found
    terms = [_sort_term(term) for term in given.split(",")]
    if len(given) > 255:
        raise refusals.invalid("sort")
    keys, descending = [key for key, _ in terms], {down for _, down in terms}
    if len(descending) == 1 and not {"updated_at", "protected_at"}.intersection(keys):
        return sorted(found, key=attrgetter(*keys), reverse=descending.pop())
    for key, down in reversed(terms):
        found.sort(key=partial(_sort_value, key), reverse=down)
    return found


def _sort_term(term: str) -> tuple[str, bool]:
    """Key, and whether the order is descending, as it is when nothing is said."""
    key, _, direction = term.partition(":")
    if key not in SORT_KEYS or direction not in ("", "asc", "desc"):
        raise refusals.invalid("sort")
    return key, direction != "asc"


def _sort_value(key: str, backup: Backup) -> tuple[bool, Any]:
    value = getattr(backup, key)
    return (value is not None, value)


def _after_marker(call: Call, found: list[Backup]) -> list[Backup]:
    marker = call.first("marker")
    if marker is None:
        return found
    position = next((place for place, backup in enumerate(found) if backup.id == marker), None)
    if position is None:
        raise refusals.invalid("marker")
    return found[position + 1 :]


def show(call: Call) -> Answer:
    """GET one backup with its children; a child that was shown before can be read too."""
    backup_id = uuid_of(call.params["backup_id"], "backup_id")
    wire = Wire(call.estate, call.modes)
    child = call.estate.children.get(backup_id)
    if child:
        return Answer({"backup": wire.disk_backup(*child)})
    return Answer({"backup": wire.backup_with_children(one(call, call.estate.backups, "backup_id", "6200"))})
