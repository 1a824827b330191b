"""Members: the projects that a backup is shared with, by the rules of the API reference and its error table."""

import re
from collections.abc import Iterable
from datetime import datetime

from . import refusals
from .bodies import Body, items_of
from .call import Answer, Call
from .entities import SERVER, Backup, Member
from .inventory import OBJECT_TYPES, Estate, Share, disks_in
from .queries import Filters, after_marker, one, page, sorted_by, uuid_of
from .wire import Json, Wire

MOST = 10
"""Projects that a backup can be shared with."""
PROJECT_ID = re.compile(r"[0-9a-f]{32}")
SORT_KEYS = ("created_at", "updated_at", "id", "status")


def add(call: Call) -> Answer:
    """POST members: 200 with a member for each project, or a refusal of all of them."""
    backup_id = uuid_of(call.params["backup_id"], "backup_id")
    if backup_id in call.estate.received:
        raise refusals.service("6707")
    backup = one(call, call.estate.backups, "backup_id", "6200")
    projects = _read(Body(call))
    _admit(call, backup)
    known = call.estate.members_of(backup.id)
    if any(each in known for each in projects):
        raise refusals.service("6703")
    for each in projects:
        if each == call.project_id or each not in _neighbours(call.estate):
            raise refusals.service("6704")
    if len(known) + len(projects) > MOST:
        raise refusals.service("6701")
    members = [Member(call.estate.ids.uuid(), backup.id, each, created_at=call.now) for each in projects]
    call.estate.shares += [Share(member=each, backup=backup, owner=call.estate) for each in members]
    call.estate.changed()
    return Answer({"members": [_rendered(call, each) for each in members]})


def _read(body: Body) -> list[str]:
    """The ids of the projects to share with, which stand in no wrapper."""
    given = body.plain()
    body.keys(given, {"members"}, {"domains"})
    projects = items_of(given.get("members"), "members", most=MOST)
    if not projects or len(set(map(str, projects))) < len(projects):
        raise refusals.invalid("members")
    for each in projects:
        if not isinstance(each, str) or not PROJECT_ID.fullmatch(each):
            raise refusals.service("6704")
    return projects


def _admit(call: Call, backup: Backup) -> None:
    """Refuse backups that cannot be shared: all but servers', and on OTC disks', that are well and not encrypted."""
    resource = call.estate.resources[backup.resource_id]
    kinds = ("server", "disk") if call.modes.otc else ("server",)
    if OBJECT_TYPES[resource.type] not in kinds or (not call.modes.otc and resource.type != SERVER):
        raise refusals.service("6700")
    if backup.status != "available":
        raise refusals.service("6702")
    if call.estate.vaults[backup.vault_id].status not in ("available", "lock"):
        raise refusals.service("6712")
    if any(disk.encrypted for disk in disks_in(backup, resource)):
        raise refusals.service("6709")


def _neighbours(estate: Estate) -> Iterable[str]:
    """The ids of all projects in the region, of whatever account."""
    others = [project for partner in estate.partners for project in partner.projects]
    return {each.id for each in (*estate.projects, *others) if each.region == estate.home.region}


def every(call: Call) -> Answer:
    """GET members: those of a backup of one's own, or oneself where a backup was received."""
    found = list(_visible(call))
    wanted = Filters[Member](call)
    wanted.equal("dest_project_id", lambda member: member.dest_project_id)
    wanted.equal("image_id", lambda member: member.image_id)
    wanted.equal("vault_id", lambda member: member.vault_id)
    wanted.choice("status", lambda member: member.status, ("pending", "accepted", "rejected"))
    members = sorted_by(call, wanted.pick(each.member for each in found), SORT_KEYS)
    rest = after_marker(call, members)
    return page(call, "members", rest, lambda each: _rendered(call, each), len(members))


def show(call: Call) -> Answer:
    """GET one member, which is found by the id of its project."""
    return Answer({"member": _rendered(call, _one(call).member)})


def decide(call: Call) -> Answer:
    """PUT a member: its project accepts the backup into a vault, or rejects it."""
    share = _one(call)
    body = Body(call)
    given = body.plain()
    body.keys(given, {"status", "vault_id"})
    if given.get("status") not in ("accepted", "rejected"):
        raise refusals.service("6706")
    if share.member.dest_project_id != call.project_id:
        raise refusals.service("6708")
    if given["status"] == "accepted":
        _accept(call, share, uuid_of(given.get("vault_id"), "vault_id"))
    else:
        share.give_back()
        _settle(share.member, "rejected", None, call.now)
    call.estate.changed()
    return Answer({"member": _rendered(call, share.member)})


def _accept(call: Call, share: Share, vault_id: str) -> None:
    vault = call.estate.vaults.get(vault_id)
    if vault is None:
        raise refusals.service("6105")
    if share.member.status == "accepted" and share.member.vault_id == vault_id:
        return
    kind = OBJECT_TYPES[share.owner.resources[share.backup.resource_id].type]
    if vault.object_type != kind or vault.protect_type != "backup":
        raise refusals.service("6713")
    if vault.status not in ("available", "lock"):
        raise refusals.service("6712")
    if vault.used_mb >= 1024 * vault.size_gb:
        raise refusals.service("6114")
    share.take(vault)
    _settle(share.member, "accepted", vault_id, call.now)


def _settle(member: Member, status: str, vault_id: str | None, now: datetime) -> None:
    member.status, member.vault_id, member.updated_at = status, vault_id, now


def withdraw(call: Call) -> Answer:
    """DELETE a member: 204, and its project does not see the backup any more."""
    share = _one(call)
    if share.owner is not call.estate:
        raise refusals.service("6711")
    if share.member.image_id is not None:
        raise refusals.service("6710")
    share.give_back()
    call.estate.shares.remove(share)
    call.estate.changed()
    return Answer(None, 204)


def _visible(call: Call) -> list[Share]:
    backup_id = uuid_of(call.params["backup_id"], "backup_id")
    received = call.estate.received.get(backup_id)
    if received is not None:
        return [received]
    return list(call.estate.members_of(one(call, call.estate.backups, "backup_id", "6200").id).values())


def _one(call: Call) -> Share:
    wanted = call.params["member_id"]
    found = next((each for each in _visible(call) if each.member.dest_project_id == wanted), None)
    if found is None:
        raise refusals.service("6705")
    return found


def _rendered(call: Call, member: Member) -> Json:
    wire = Wire(call.estate, call.modes)
    return {
        "id": member.id,
        "backup_id": member.backup_id,
        "dest_project_id": member.dest_project_id,
        "status": member.status,
        "created_at": wire.time(member.created_at),
        "updated_at": wire.maybe_time(member.updated_at),
        "vault_id": member.vault_id,
        "image_id": member.image_id,
    }
