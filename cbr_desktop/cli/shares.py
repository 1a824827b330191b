"""The command that tells of shares: what other projects share, and whom a backup is shared with."""

import argparse
from typing import Any

from cbr_desktop.cli.lists import ProjectLists, run_reading
from cbr_desktop.cli.output import remark
from cbr_desktop.cli.tables import GOOD, PARTIAL, UNUSABLE, show, table
from cbr_desktop.domain.backup_details import Member
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId, is_uuid
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.sharing import Offer
from cbr_desktop.domain.vault import Vault
from cbr_desktop.storage.addresses import entries_in
from cbr_desktop.storage.paths import places
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import counted, quoted, shown, status_words
from cbr_desktop.text.words import NONE, incomplete_sentence
from cbr_desktop.workflows.ledger import Part


def shares(options: argparse.Namespace) -> int:
    """List what other projects share with this one, or whom a backup is shared with."""
    return run_reading(options, _listed)


async def _listed(lists: ProjectLists, options: argparse.Namespace) -> int:
    names = names_of(options, lists.profile)
    if options.id is not None and not is_uuid(options.id):
        remark(no_backup_id(options.id))
        return UNUSABLE
    if options.id is not None:
        members = await lists.cloud.members(BackupId(options.id))
        record = {"backup_id": options.id, "members": [_member_record(each, names) for each in members.rows]}
        return _print(options, record, _member_table(members.rows, names), members, "members")
    await lists.refresh.once([Part.OFFERS, Part.VAULTS])
    freshness = lists.ledger.freshness[Part.OFFERS]
    if freshness.error is not None:
        raise freshness.error
    if freshness.lacking is not None:
        remark(error_sentence(freshness.lacking))
    rows = list(lists.ledger.offers.values())
    vaults = lists.ledger.vaults
    listing = Listing(rows, lists.clock.now(), freshness.complete, freshness.lacking)
    record = {"offers": [_offer_record(each, names) for each in rows]}
    return _print(options, record, _offer_table(rows, names, vaults), listing, "offers")


def _print(options: argparse.Namespace, record: dict[str, Any], text: str, found: Listing[Any], what: str) -> int:
    show(options, {**record, "complete": found.complete, "as_of": found.as_of}, text)
    if not found.complete and found.lacking is None:
        count = len(found.rows)
        given = (
            counted("{count} project", "{count} projects", count)
            if what == "members"
            else counted("{count} backup", "{count} backups", count)
        )
        remark(incomplete_sentence(given))
    return GOOD if found.complete else PARTIAL


def no_backup_id(id: str) -> str:
    """Return that a text is no id of a backup."""
    return _("{id} is no id of a backup. cbr-desktop backups lists them.").format(id=quoted(id, 80))


def names_of(options: argparse.Namespace, profile: Profile) -> dict[str, ProjectId]:
    """Return the address book of the profile; the demo has none that is kept."""
    return {} if options.demo else entries_in(places().profiles_file, profile.name)


def _name_of(id: str, names: dict[str, ProjectId]) -> str:
    return next((name for name, known in names.items() if known == id), "")


def _member_record(member: Member, names: dict[str, ProjectId]) -> dict[str, Any]:
    return {
        "project_id": member.project_id,
        "name": _name_of(member.project_id, names),
        "status": str(member.status),
        "created_at": member.created_at,
        "vault_id": member.vault_id,
        "image_id": member.image_id,
    }


def _member_table(members: list[Member], names: dict[str, ProjectId]) -> str:
    head = (_("PROJECT"), _("NAME"), _("ANSWER"))
    rows = [
        (shown(each.project_id, 40), shown(_name_of(each.project_id, names), 64) or NONE, status_words(each.status))
        for each in members
    ]
    return table([head, *rows]) if rows else _("The backup is shared with nobody.")


def _offer_record(offer: Offer, names: dict[str, ProjectId]) -> dict[str, Any]:
    backup = offer.backup
    return {
        "backup_id": offer.id,
        "name": offer.name,
        "answer": str(offer.status),
        "status": str(backup.status),
        "resource_id": backup.resource_id,
        "resource_name": backup.resource_name,
        "created_at": backup.created_at,
        "owner_project_id": offer.owner_id,
        "owner": _name_of(offer.owner_id, names) or offer.owner_name,
        "vault_id": backup.vault_id or None,
    }


def _offer_table(offers: list[Offer], names: dict[str, ProjectId], vaults: dict[VaultId, Vault]) -> str:
    head = (_("NAME"), _("ANSWER"), _("RESOURCE"), _("SHARED BY"), _("VAULT"), _("ID"))
    rows = []
    for offer in offers:
        owner = _name_of(offer.owner_id, names) or offer.owner_name or offer.owner_id
        vault = vaults.get(offer.backup.vault_id)
        where = vault.name if vault is not None else offer.backup.vault_id
        names_shown = (shown(each, 60) or NONE for each in (offer.backup.resource_name, owner, where))
        rows.append((shown(offer.name, 64), status_words(offer.status), *names_shown, offer.id))
    return table([head, *rows]) if rows else _("No other project shares a backup with this one.")
