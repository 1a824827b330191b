"""Backups: lists and single reads, with those that others share."""

from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter

from . import refusals
from .call import Answer, Call
from .entities import Backup, Resource, Vault
from .inventory import Estate
from .queries import Filters, after_marker, boolean, number, page, sorted_by, uuid_of
from .wire import Json, Wire

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
    """GET backups, top-level ones unless those of a `parent_id` are wanted, newest first unless sorted otherwise."""
    sight = Sight(call)
    parent_id = call.first("parent_id")
    if parent_id is not None:
        parent = sight.backup(parent_id)
        children = sight.wire(parent).backup_with_children(parent)["children"] if parent else []
        return page(call, "backups", children, lambda each: each)
    replication = boolean(call, "show_replication") or False
    found = sorted_by(call, _filters(call, sight).pick(_to_search(call, sight)), SORT_KEYS)
    return page(call, "backups", after_marker(call, found), lambda each: sight.rendered(each, replication), len(found))


class Sight:
    """The backups that a project sees: its own, and those that are offered to it, which it sees as their owner's."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.received = call.estate.received

    def backup(self, backup_id: str) -> Backup | None:
        """The backup of that id, or None."""
        share = self.received.get(backup_id)
        return share.backup if share else self._call.estate.backups.get(backup_id)

    def estate(self, backup: Backup) -> Estate:
        """The estate that a backup belongs to."""
        share = self.received.get(backup.id)
        return share.owner if share else self._call.estate

    def resource(self, backup: Backup) -> Resource:
        """What a backup was made of."""
        return self.estate(backup).resources[backup.resource_id]

    def vault(self, backup: Backup) -> Vault:
        """The vault that a backup was made in."""
        return self.estate(backup).vaults[backup.vault_id]

    def wire(self, backup: Backup | None) -> Wire:
        """What renders a backup."""
        estate = self._call.estate if backup is None else self.estate(backup)
        return Wire(estate, self._call.modes)

    def rendered(self, backup: Backup, replication: bool = False) -> Json:
        """A backup of a list; one that was offered is in the vault that it was accepted into, if any."""
        share = self.received.get(backup.id)
        if share is None:
            return self._own.backup(backup, replication)
        return self.wire(backup).backup(backup, replication) | {"vault_id": share.member.vault_id}

    @cached_property
    def _own(self) -> Wire:
        return Wire(self._call.estate, self._call.modes)


def show(call: Call) -> Answer:
    """GET one backup with its children; a child that was shown before can be read too."""
    backup_id = uuid_of(call.params["backup_id"], "backup_id")
    sight = Sight(call)
    for estate in (call.estate, *(each.owner for each in sight.received.values())):
        child = estate.children.get(backup_id)
        if child and (estate is call.estate or child[0].id in sight.received):
            return Answer({"backup": Wire(estate, call.modes).disk_backup(*child)})
    backup = sight.backup(backup_id)
    if backup is None:
        raise refusals.service("6200")
    body = sight.wire(backup).backup_with_children(backup)
    share = sight.received.get(backup.id)
    return Answer({"backup": body | {"vault_id": share.member.vault_id} if share else body})


def _to_search(call: Call, sight: Sight) -> Iterable[Backup]:
    own_type = call.first("own_type") or "private"
    if own_type not in ("private", "shared", "all_granted"):
        raise refusals.invalid("own_type")
    own = _own(call) if own_type != "shared" else []
    if own_type == "private":
        return own
    status = call.first("member_status")
    if status not in (None, "pending", "accepted", "rejected"):
        raise refusals.invalid("member_status")
    vault_id = call.first("vault_id")
    members = [(each.backup, each.member) for each in sight.received.values()]
    shared = [backup for backup, member in members if status in (None, member.status)]
    if vault_id is not None:
        shared = [backup for backup in shared if sight.received[backup.id].member.vault_id == vault_id]
    return sorted([*own, *shared], key=attrgetter("created_at"), reverse=True)


def _own(call: Call) -> Iterable[Backup]:
    history = call.estate.history
    vault_id = call.first("vault_id")
    if vault_id is None:
        return reversed(history.backups.values())
    return reversed(history.by_vault.get(vault_id, []))


def _filters(call: Call, sight: Sight) -> Filters[Backup]:
    wanted = Filters[Backup](call)
    wanted.equal("checkpoint_id", lambda backup: backup.checkpoint_id)
    wanted.equal("resource_id", lambda backup: backup.resource_id)
    wanted.name("name", lambda backup: backup.name)
    wanted.name("resource_name", lambda backup: sight.resource(backup).name)
    wanted.equal("resource_type", lambda backup: sight.resource(backup).type)
    wanted.equal("resource_az", lambda backup: sight.resource(backup).zone)
    wanted.choice("image_type", lambda backup: backup.image_type, ("backup", "replication"))
    project = "enterprise_project_id"
    wanted.equal(project, lambda backup: sight.vault(backup).enterprise_project_id, "all_granted_eps")
    if set(call.every("status")) - BACKUP_STATES:
        raise refusals.invalid("status")
    wanted.among("status", lambda backup: backup.status, call.every("status"))
    wanted.period(lambda backup: backup.created_at)
    wanted.boolean("incremental", lambda backup: backup.incremental)
    wanted.boolean("dec", lambda _backup: False)
    if call.first("used_percent") is not None:
        least = number(call, "used_percent", 1, 1, 100)
        wanted.tests.append(lambda backup: sight.vault(backup).used_percent > least)
    wanted.appeared(lambda backup: backup.created_at)
    return wanted
