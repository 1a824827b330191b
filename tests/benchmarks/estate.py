"""Generated clouds of any size, as the service would write them and as the program knows them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from cbr_desktop.cloud.wire.backups import backups
from cbr_desktop.cloud.wire.vaults import vaults
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import Vault
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.entities import SERVER, Disk, Resource
from cbr_desktop.simulator.inventory import Estate, Ids
from cbr_desktop.simulator.modes import Modes
from cbr_desktop.simulator.wire import Wire

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGE = 1000
RESOURCES = 5
"""Resources of a vault."""


def vault_pages(count: int) -> list[bytes]:
    """Return the bodies of ListVault for ``count`` vaults of five servers each."""
    made = _with_resources(estate.generated(NOW, count, 0))
    render = Wire(made, Modes()).vault
    return list(_pages("vaults", [render(vault) for vault in made.vaults.values()]))


def backup_pages(count: int) -> list[bytes]:
    """Return the bodies of ListBackups for ``count`` backups of 1,000 servers."""
    made = estate.generated(NOW, 1000, count)
    render = Wire(made, Modes()).backup
    return list(_pages("backups", [render(backup) for backup in made.backups.values()]))


def vault_listing(pages: list[bytes]) -> Listing[Vault]:
    """Return what the program makes of pages of vaults."""
    return Listing([row for page in pages for row in vaults(page, {}).rows], NOW)


def backup_listing(pages: list[bytes]) -> Listing[Backup]:
    """Return what the program makes of pages of backups."""
    names: dict[str, str] = {}
    return Listing([row for page in pages for row in backups(page, names).rows], NOW)


def _with_resources(made: Estate) -> Estate:
    """Give every vault of an estate, which has one server each, four more."""
    ids = Ids(7)
    for vault in made.vaults.values():
        for number in range(1, RESOURCES):
            disk = Disk(id=ids.uuid(), name=f"{vault.name}-volume-{number}", size_gb=40)
            name = f"ecs-{vault.name[-5:]}-{number}"
            made.associate(vault, Resource(id=ids.uuid(), name=name, type=SERVER, size_gb=40, disks=[disk]))
    return made


def _pages(key: str, rows: list[dict[str, object]]) -> Iterator[bytes]:
    for offset in range(0, len(rows), PAGE):
        page = {key: rows[offset : offset + PAGE], "count": len(rows), "limit": PAGE, "offset": offset}
        yield msgspec.json.encode(page)
