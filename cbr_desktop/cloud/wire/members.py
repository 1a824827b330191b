"""Members: the projects that a backup is shared with."""

import msgspec
from msgspec import Struct

from cbr_desktop.cloud.wire.reading import (
    AnswerPage,
    Id,
    ListReader,
    Names,
    ObjectReader,
    Text,
    mended,
    moment,
    words,
)
from cbr_desktop.domain.backup_details import Member, MemberStatus
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId


class MemberRow(Struct, gc=False):
    """One member."""

    id: Id
    backup_id: Text = None
    dest_project_id: Text = None
    status: Text = None
    created_at: Text = None
    vault_id: Text = None
    image_id: Text = None


class DomainRow(Struct):
    """The answer of ShowDomain: whose a project is."""

    domain_name: Text = None
    project_name: Text = None


_LIST = ListReader("members", MemberRow)
_ONE = ObjectReader(MemberRow, "member")
_status = words(MemberStatus)
_DOMAIN = msgspec.json.Decoder(DomainRow, strict=False)


def members(body: bytes, names: Names) -> AnswerPage[Member]:
    """Read a page of ShowMembersDetail, or the answer of AddMember."""
    page = _LIST.read(body)
    return AnswerPage([_member(row, names) for row in page.rows], page.count, page.lost)


def member(body: bytes) -> Member:
    """Read the answer of UpdateMemberStatus. ``Unfit`` when it is none."""
    return _member(_ONE.read(body), {})


def domain_name(body: bytes) -> str:
    """Read the answer of ShowDomain: the names of an account and of its project. ``Unfit`` when it is none."""
    found = mended(body, _DOMAIN.decode)
    return " · ".join(name for name in (found.domain_name, found.project_name) if name)


def _member(row: MemberRow, names: Names) -> Member:
    backup, status = row.backup_id or "", row.status or ""
    return Member(
        row.id,
        BackupId(names.setdefault(backup, backup)),
        ProjectId(row.dest_project_id or ""),
        _status(status, status),
        moment(row.created_at),
        VaultId(row.vault_id) if row.vault_id else None,
        row.image_id or "",
    )
