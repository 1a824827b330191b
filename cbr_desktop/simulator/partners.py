"""An account of others that shares backups with the demo account, and is offered some of its backups."""

from datetime import datetime, timedelta

from .building import Builder
from .entities import Backup, Member, Project, Task, User
from .inventory import Estate, Ids, Share

OFFSET = 900_000
"""Distance of its seed from that of the demo account."""
DOMAIN = "integrator"
PROJECT = "eu-de_integrator"
"""In the region of the demo account's first project, as sharing goes no further."""
OFFERED = ("pending", "pending", "accepted", "accepted", "rejected")
"""State of each of the five backups that the demo project was offered, the newest first."""


def partner_of(account: Estate, now: datetime, seed: int) -> Estate:
    """Make the other account known to the demo account, and offer backups of it to the first project."""
    estate = _stranger(account, seed + OFFSET)
    build = Builder(estate, now, seed + OFFSET + 1, age_days=120)
    vault = build.vault("vault-integration", "server", 64, 200)
    servers = [build.server(vault, f"ecs-golden-image-{number:02}", 40, 60) for number in (1, 2)]
    taken_in = next(each for each in account.vaults.values() if each.name == "vault-be94")
    for number, status in enumerate(OFFERED):
        server = servers[number % 2]
        at = now - timedelta(days=3 + 11 * number, hours=2)
        backup = Backup(
            id=build.ids.uuid(),
            name=f"golden-{at:%Y-%m-%d}",
            checkpoint_id=build.ids.uuid(),
            vault_id=vault.id,
            resource_id=server.id,
            created_at=at,
            updated_at=at + timedelta(minutes=9),
            protected_at=at + timedelta(seconds=20),
        )
        estate.record(backup, _task(build, backup))
        server.backup_count, server.backup_size_mb = server.backup_count + 1, server.backup_size_mb + 13_000
        member = Member(build.ids.uuid(), backup.id, account.project_id, at + timedelta(hours=1), status)
        if status != "pending":
            member.updated_at = at + timedelta(hours=5)
        if status == "accepted":
            member.vault_id = taken_in.id
        account.shares.append(Share(member=member, backup=backup, owner=estate))
    account.partners.append(estate)
    return estate


def _stranger(account: Estate, seed: int) -> Estate:
    ids = Ids(seed)
    domain, project = Project(ids.hex(), DOMAIN), Project(ids.hex(), PROJECT)
    user = User(id=ids.hex(), name=DOMAIN, password="", keys={})
    estate = Estate(domain, [project], user, seed)
    estate.shares = account.shares
    return estate


def _task(build: Builder, backup: Backup) -> Task:
    return Task(
        id=build.ids.uuid(),
        operation_type="backup",
        status="success",
        created_at=backup.created_at,
        ended_at=backup.updated_at,
        vault_id=backup.vault_id,
        resource_id=backup.resource_id,
        checkpoint_id=backup.checkpoint_id,
        backup_id=backup.id,
        backup_name=backup.name,
    )
