"""The commands that share backups, end and answer shares, and replicate to other regions."""

import argparse
from contextlib import suppress

from cbr_desktop.app.session import ProfileSession
from cbr_desktop.cli.changes import Unclear, prepared
from cbr_desktop.cli.output import remark
from cbr_desktop.cli.shares import names_of, no_backup_id
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.error import CloudError
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId, is_uuid
from cbr_desktop.domain.replication import BackupReplication, Destination, VaultReplication
from cbr_desktop.domain.sharing import BackupShare, ShareAnswer, ShareWithdrawal
from cbr_desktop.domain.vault import ProtectType, Vault, VaultKind
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.sharing import destination_words
from cbr_desktop.text.states import quoted
from cbr_desktop.workflows.ledger import Part


def share_backup(options: argparse.Namespace) -> int:
    """Share a backup with projects, by their ids or their names in the address book."""

    async def draft(session: ProfileSession) -> BackupShare:
        id, names = _backup(options.id), await _all_names(options, session)
        await _read_members(session, id)
        return BackupShare(id, tuple(names.get(each, ProjectId(each)) for each in options.projects))

    return prepared(options, draft)


def end_share(options: argparse.Namespace) -> int:
    """End the sharing of a backup with a project."""

    async def draft(session: ProfileSession) -> ShareWithdrawal:
        id = _backup(options.id)
        names = await _all_names(options, session)
        await _read_members(session, id)
        return ShareWithdrawal(id, names.get(options.project, ProjectId(options.project)))

    return prepared(options, draft)


def accept_share(options: argparse.Namespace) -> int:
    """Accept a backup that another project shares, into a vault."""

    async def draft(session: ProfileSession) -> ShareAnswer:
        own = await _read_offers(session)
        vault = _vault(session, options.vault)
        return ShareAnswer(BackupId(options.id), own, MemberStatus.ACCEPTED, vault)

    return prepared(options, draft)


def reject_share(options: argparse.Namespace) -> int:
    """Reject a backup that another project shares."""

    async def draft(session: ProfileSession) -> ShareAnswer:
        return ShareAnswer(BackupId(options.id), await _read_offers(session), MemberStatus.REJECTED)

    return prepared(options, draft)


def replicate_backup(options: argparse.Namespace) -> int:
    """Replicate a backup to another region, and wait until its replica is there."""

    async def draft(session: ProfileSession) -> BackupReplication:
        where = await _destination(session, options)
        return BackupReplication(BackupId(options.id), where, options.replica_name or "")

    return prepared(options, draft)


def replicate_vault(options: argparse.Namespace) -> int:
    """Replicate a vault to another region, and wait until all of it is there."""

    async def draft(session: ProfileSession) -> VaultReplication:
        where = await _destination(session, options)
        return VaultReplication(_vault(session, options.vault), where)

    return prepared(options, draft)


def _backup(id: str) -> BackupId:
    """Return the id of a backup. ``Unclear`` for a text that is none: it would be asked for of the service."""
    if not is_uuid(id):
        raise Unclear(no_backup_id(id))
    return BackupId(id)


async def _all_names(options: argparse.Namespace, session: ProfileSession) -> dict[str, ProjectId]:
    """Return the address book, and the account's own projects in this region as far as these can be read."""
    with suppress(CloudError):
        await session.refresh.read_other_projects()
    return {each.name: each.id for each in session.ledger.other_projects} | names_of(options, session.profile)


async def _read_members(session: ProfileSession, id: BackupId) -> None:
    """Read whom a backup is shared with, by which the request is judged; what cannot be read is said."""
    try:
        await session.refresh.read_members(id)
    except CloudError as error:
        remark(error_sentence(error))


async def _read_offers(session: ProfileSession) -> ProjectId:
    """Read what is shared with the project; return its id. ``CbrError`` when the list cannot be read."""
    await session.refresh.once([Part.OFFERS])
    error = session.ledger.freshness[Part.OFFERS].error
    if error is not None:
        raise error
    return await session.cloud.project_id()


def _vault(session: ProfileSession, named: str) -> VaultId:
    """Return the vault of this id or whole name. ``Unclear`` where several have that name; an unknown id is judged."""
    found = [vault.id for vault in session.ledger.vaults.values() if named in (vault.id, vault.name)]
    if len(found) > 1:
        raise Unclear(_("Several vaults are called {name}. Say which by its id.").format(name=quoted(named, 80)))
    return found[0] if found else VaultId(named)


async def _destination(session: ProfileSession, options: argparse.Namespace) -> Destination:
    """Return where replicas go: a known vault by its name or id, or any by region, project and id."""
    await session.refresh.once([Part.DESTINATIONS])
    if options.region or options.project:
        return Destination(options.region or "", ProjectId(options.project or ""), VaultId(options.to))
    known = [each for each in session.ledger.destinations.values() if _takes_servers(each.vault)]
    found = [each for each in known if options.to in (each.id, each.vault.name)]
    if len(found) == 1:
        return found[0].destination
    if found:
        raise Unclear(_("Several vaults there are called {name}. Say which by its id.").format(name=quoted(options.to)))
    there = listed([destination_words(each) for each in known])
    said = _("No replication vault {name} is known in another region.").format(name=quoted(options.to, 80))
    hint = (
        _("There are: {vaults}.").format(vaults=there)
        if known
        else _("Where it cannot be looked at from here, give --region and --project beside its id.")
    )
    raise Unclear(f"{said} {hint}")


def _takes_servers(vault: Vault) -> bool:
    return vault.protect_type == ProtectType.REPLICATION and vault.kind == VaultKind.SERVER
