"""How an estate is put together: vaults, resources and policies, one after the other."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .entities import BARE_METAL, DESKTOP, DISK, SERVER, TURBO, Disk, Policy, Resource, Vault
from .inventory import Estate, Ids

GB = 1024
"""Megabytes in a gigabyte, as the service counts."""
DAILY = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={};BYMINUTE=00"
"""Pattern of a policy that runs every day at an hour."""
SATURDAY = "FREQ=WEEKLY;BYDAY=SA;BYHOUR=03;BYMINUTE=00"


class Builder:
    """Puts an empty estate together, vault by vault, as of `now`; its vaults are `age_days` old."""

    def __init__(self, estate: Estate, now: datetime, seed: int, age_days: int = 430) -> None:
        self.now = now
        self.ids = Ids(seed)
        self.estate = estate
        self.age_days = age_days
        region = estate.home.region
        self.zone = f"{region}a" if region[-1].isdigit() else f"{region}-01"

    def vault(self, name: str, object_type: str, used_gb: float, size_gb: int, **more: object) -> Vault:
        created_at = self.now - timedelta(days=self.age_days, hours=len(name))
        options = {"id": self.ids.uuid(), "created_at": created_at, **more}
        vault = Vault(
            name=name,
            object_type=object_type,
            size_gb=size_gb,
            used_mb=round(used_gb * GB),
            **options,  # type: ignore[arg-type]
        )
        self.estate.vaults[vault.id] = vault
        return vault

    def resource(self, vault: Vault | None, name: str, kind: str, size_gb: int, **more: object) -> Resource:
        usual = {SERVER: "ACTIVE", BARE_METAL: "ACTIVE", DISK: "in-use", TURBO: "available", DESKTOP: "ACTIVE"}
        options = {"id": self.ids.uuid(), "status": usual[kind], "zone": self.zone, **more}
        resource = Resource(name=name, type=kind, size_gb=size_gb, **options)  # type: ignore[arg-type]
        if vault is None:
            resource.protect_status = None
            self.estate.resources[resource.id] = resource
        else:
            self.estate.associate(vault, resource)
        return resource

    def server(self, vault: Vault | None, name: str, *sizes_gb: int, **more: object) -> Resource:
        """A server whose first disk is the system disk; sizes of the disks in GB."""
        resource = self.resource(vault, name, str(more.pop("kind", SERVER)), sum(sizes_gb), **more)
        for number, size_gb in enumerate(sizes_gb):
            resource.disks.append(
                Disk(
                    id=self.ids.uuid(),
                    name=f"{name}-volume-{number:04}",
                    size_gb=size_gb,
                    device=f"/dev/vd{chr(97 + number)}",
                    system=number == 0,
                )
            )
        return resource

    def disk(self, vault: Vault, name: str, size_gb: int, status: str = "in-use", **more: object) -> Resource:
        """A disk that is a resource of its own."""
        refusal = str(more.pop("refusal", ""))
        resource = self.resource(vault, name, DISK, size_gb, status=status, refusal=refusal)
        disk = Disk(id=resource.id, name=name, size_gb=size_gb, device="/dev/vdb", **more)  # type: ignore[arg-type]
        resource.disks.append(disk)
        return resource

    def policy(self, name: str, pattern: Iterable[str], vaults: Iterable[Vault], **more: object) -> Policy:
        definition: dict[str, object] = {
            "max_backups": -1,
            "retention_duration_days": -1,
            "day_backups": 0,
            "week_backups": 0,
            "month_backups": 0,
            "year_backups": 0,
            "timezone": "UTC+01:00",
            "full_backup_interval": -1,
            "created_by": "customer",
        }
        definition.update(more)
        policy = Policy(
            id=self.ids.uuid(),
            name=name,
            operation_type="backup",
            definition=definition,
            pattern=list(pattern),
            trigger_id=self.ids.uuid(),
            start=self.now - timedelta(days=self.age_days - 5),
            vaults={vault.id: None for vault in vaults},
        )
        self.estate.policies[policy.id] = policy
        return policy


def share_out(estate: Estate) -> None:
    """Divide what each vault holds among its resources, by their size and number of backups."""
    for vault in estate.vaults.values():
        resources = estate.resources_of(vault)
        weight = sum(each.size_gb * min(each.backup_count, 1) for each in resources)
        for resource in resources if weight else ():
            resource.backup_size_mb = vault.used_mb * resource.size_gb * min(resource.backup_count, 1) // weight
