"""The command that lists backups: what is kept, brought up to date where the service can be reached."""

import argparse
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cbr_desktop.cli.lists import ProjectLists, run_reading, unknown_resource, unknown_vault
from cbr_desktop.cli.output import problem_sentence, remark
from cbr_desktop.cli.tables import GOOD, PARTIAL, UNUSABLE, show, table
from cbr_desktop.domain.backup import Backup
from cbr_desktop.text.catalogue import _, pgettext, sentences
from cbr_desktop.text.states import counted, gb_words, shown, state_words, utc_words
from cbr_desktop.text.words import incomplete_sentence
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part


def backups(options: argparse.Namespace) -> int:
    """List the backups of a project, newest first."""
    return run_reading(options, _listed, keeps=not options.kept)


async def _listed(lists: ProjectLists, options: argparse.Namespace) -> int:
    await lists.refresh.recall()
    if not options.kept:
        await lists.refresh.once([Part.VAULTS, Part.TASKS, Part.BACKUPS])
    ledger = lists.ledger
    freshness = ledger.freshness[Part.BACKUPS]
    if freshness.as_of is None:
        if freshness.error is not None:
            raise freshness.error
        remark(_("No list of backups is kept for this profile. Without --kept it is read from the service."))
        return UNUSABLE
    unknown = unknown_vault(ledger, options.vault) if options.vault is not None else ""
    if not unknown and options.resource is not None:
        unknown = unknown_resource(ledger, options.resource)
    if unknown:
        remark(unknown)
        return UNUSABLE
    rows = _wanted(ledger, options)
    record = {
        "backups": [_record(row, ledger) for row in rows],
        "complete": freshness.complete,
        "shortfall": freshness.shortfall,
        "known": len(ledger.backups),
        "total": freshness.total,
        "as_of": freshness.as_of,
    }
    show(options, record, _table(rows, ledger))
    for sentence in _doubts(freshness, len(ledger.backups), kept=options.kept):
        remark(sentence)
    return GOOD if freshness.complete and freshness.error is None else PARTIAL


def _wanted(ledger: Ledger, options: argparse.Namespace) -> list[Backup]:
    rows: Iterable[Backup] = ledger.backups.values()
    if options.vault is not None:
        vaults = {vault.id for vault in ledger.vaults.values() if options.vault in (vault.id, vault.name)}
        rows = [row for row in rows if row.vault_id in vaults or row.vault_id == options.vault]
    if options.resource is not None:
        rows = [row for row in rows if options.resource in (row.resource_id, row.resource_name)]
    if options.since is not None:
        rows = [row for row in rows if row.created_at is not None and row.created_at >= options.since]
    return list(rows)


def _doubts(freshness: Freshness, known: int, *, kept: bool) -> Iterable[str]:
    """Yield what is not sure about the list."""
    at = _time_words(freshness.as_of)
    if freshness.error is not None:
        yield sentences(
            _("The list could not be read again: {error}").format(error=problem_sentence(freshness.error)),
            _("This list was read at {at}.").format(at=at),
        )
    elif kept:
        yield _("This list was read at {at}; nothing was asked of the service.").format(at=at)
    if not freshness.complete:
        given = counted("{count} backup", "{count} backups", known)
        yield incomplete_sentence(given, freshness.shortfall, known, freshness.total)


def _record(backup: Backup, ledger: Ledger) -> dict[str, Any]:
    """Return a backup for JSON; sizes carry their unit in the key, and ``null`` is what the service does not tell."""
    traits = backup.traits
    return {
        "id": backup.id,
        "name": backup.name,
        "status": str(backup.status),
        "vault": {"id": backup.vault_id, "name": _vault_name(backup, ledger)},
        "checkpoint_id": backup.checkpoint_id,
        "resource": {
            "id": backup.resource_id,
            "name": backup.resource_name,
            "type": str(backup.resource_type),
            "size_gb": backup.resource_size_gb,
            "az": traits.az or None,
        },
        "created_at": backup.created_at,
        "expires_at": backup.expires_at,
        "auto": backup.auto,
        "incremental": backup.incremental,
        "image_type": backup.image_type,
        "encrypted": traits.encrypted,
        "contains_system_disk": traits.contains_system_disk,
        "restorable_as": traits.restorable_as or None,
        "image_ids": list(traits.image_ids),
        "replicas": [{"region": replica.region, "status": replica.status} for replica in traits.replicas],
    }


def _table(rows: Iterable[Backup], ledger: Ledger) -> str:
    head = (
        *(_("NAME"), _("STATE"), _("RESOURCE"), _("VAULT"), _("MADE"), _("BY"), _("TYPE"), _("SIZE OF SOURCE")),
        *(_("KEPT UNTIL"), _("ID")),
    )
    return table([head, *(_cells(row, ledger) for row in rows)])


def _cells(backup: Backup, ledger: Ledger) -> tuple[str, ...]:
    return (
        shown(backup.name, 64),
        state_words(backup.status),
        shown(backup.resource_name or backup.resource_id, 64),
        shown(_vault_name(backup, ledger) or backup.vault_id, 64),
        _time_words(backup.created_at),
        pgettext("who made a backup", "policy") if backup.auto else pgettext("who made a backup", "person"),
        _type_words(backup),
        gb_words(backup.resource_size_gb),
        _time_words(backup.expires_at) if backup.expires_at is not None else _("until deleted"),
        shown(backup.id),
    )


def _type_words(backup: Backup) -> str:
    if backup.image_type == "replication":
        return pgettext("type of a backup", "replica")
    return pgettext("type of a backup", "incremental") if backup.incremental else pgettext("type of a backup", "full")


def _vault_name(backup: Backup, ledger: Ledger) -> str | None:
    vault = ledger.vaults.get(backup.vault_id)
    return vault.name if vault is not None else None


def _time_words(at: datetime | None) -> str:
    return "-" if at is None else utc_words(at)
