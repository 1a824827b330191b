"""The command that lists the vaults. It reads one list of the service and writes nothing, so it needs no session."""

import argparse
from collections.abc import Iterable
from typing import Any

from cbr_desktop.cli.output import remark
from cbr_desktop.cli.reading import opened_cloud
from cbr_desktop.cli.running import run_command
from cbr_desktop.cli.tables import GOOD, PARTIAL, show, table
from cbr_desktop.domain.vault import ProtectType, Vault
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.states import counted, shown, state_words, status_words


def vaults(options: argparse.Namespace) -> int:
    return run_command(_listed(options))


async def _listed(options: argparse.Namespace) -> int:
    """Read the vaults and print them; ``asyncio.run`` would make a text of a list that was returned through it."""
    async with opened_cloud(options.profile, demo=options.demo) as cloud:
        listing = await cloud.vaults()
    rows = [vault_record(vault) for vault in listing.rows]
    record = {"vaults": rows, "complete": listing.complete, "shortfall": listing.shortfall, "as_of": listing.as_of}
    show(options, record, "" if options.json else vault_table(listing.rows))
    if listing.complete:
        return GOOD
    from cbr_desktop.text.words import incomplete_sentence

    given = counted("{count} vault", "{count} vaults", len(rows))
    remark(incomplete_sentence(given, listing.shortfall, len(rows), listing.total))
    return PARTIAL


def vault_record(vault: Vault) -> dict[str, Any]:
    """Return a vault for JSON; sizes carry their unit in the key."""
    return {
        "id": vault.id,
        "name": vault.name,
        "kind": str(vault.kind),
        "protect_type": str(vault.protect_type),
        "status": str(vault.status),
        "size_gb": vault.size_gb,
        "used_mb": vault.used_mb,
        "used_percent": round(vault.used_percent, 2),
        "resources": [
            {
                "id": r.id,
                "name": r.name,
                "type": str(r.type),
                "protect_status": r.protect_status and str(r.protect_status),
            }
            for r in vault.resources
        ],
    }


def vault_table(vaults: Iterable[Vault]) -> str:
    """Return vaults as a table of plain text."""
    head = (_("NAME"), _("KIND"), _("STATE"), _("USED / TOTAL"), "", _("RESOURCES"), _("ID"))
    return table([head, *(_vault_cells(vault) for vault in vaults)])


def _vault_cells(vault: Vault) -> tuple[str, ...]:
    from cbr_desktop.text.words import share_words, use_words  # JSON goes without

    kind = status_words(vault.kind)
    if vault.protect_type is not ProtectType.BACKUP:
        kind = listed([kind, status_words(vault.protect_type)])
    count = str(len(vault.resources))
    return (
        shown(vault.name, 64),
        kind,
        state_words(vault.status),
        use_words(vault),
        share_words(vault.used_percent) if vault.size_gb else "",
        count,
        shown(vault.id),
    )
