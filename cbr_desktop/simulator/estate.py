"""Two estates: the demo account that every screen can be shown with, and one of any size."""

from datetime import datetime, timedelta

from .branches import promise_branches, replica_vault_id
from .building import DAILY, GB, SATURDAY, Builder, share_out
from .entities import (
    BARE_METAL,
    DESKTOP,
    TURBO,
    Backup,
    Checkpoint,
    EnterpriseProject,
    Part,
    Project,
    Resource,
    Task,
    User,
    Vault,
)
from .history import DAYS, demo_history, generated_history, hours
from .inventory import Estate, Ids
from .partners import partner_of
from .work import start

DEMO_DOMAIN = "demo"
DEMO_USER = "operator"
DEMO_PASSWORD = "demo"  # noqa: S105 the demo cloud has no secrets
DEMO_PASSCODE = "123456"
DEMO_AK = "AKDEMO0000000000DEMO"
DEMO_SK = "SkDemoKeyForTheBuiltInCloudOnly0000000000"
DEMO_PROJECT_ID = "f841e01fd2b14e7fa41b6ae7aa6b0594"
DEMO_PROJECT = "eu-de_prod"
REFERENCE_VAULT_ID = "3b5816b5-f29c-4172-9d9a-76c719a659ce"
REFERENCE_RESOURCE_ID = "94eba8b2-acc9-4d82-badc-127144cc5526"
WEB_SHOP_ID = "3b1f7c52-6c0e-4d39-9e0a-2f5d8a41c7b0"
"""An enterprise project that nothing is in."""
CLOSED_PROJECT_ID = "e0c9a6d4-7f2b-4b8a-8a55-91d3c2b7f604"
"""One that is disabled."""


def account(seed: int) -> Estate:
    """The demo account with its user and projects, owning nothing yet."""
    ids = Ids(1000 + seed)
    domain = Project(id=ids.hex(), name=DEMO_DOMAIN)
    projects = [Project(id=DEMO_PROJECT_ID, name=DEMO_PROJECT)]
    projects += [Project(id=ids.hex(), name=name) for name in ("eu-nl_prod", "eu-de", "sa-brazil-1")]
    user = User(id=ids.hex(), name=DEMO_USER, password=DEMO_PASSWORD, keys={DEMO_AK: DEMO_SK})
    return Estate(domain, projects, user, 2000 + seed)


def demo(now: datetime, seed: int = 1, days: int = DAYS) -> Estate:
    """The demo estate: 14 vaults in the project `DEMO_PROJECT_ID`, at most `days` days of history before `now`.

    The other projects own something too, made when they are first asked for (`Estate.of`).
    A backup of the whole of `vault-web-prod` asks for 7 resources and skips 2 (6215 and 7104); one of
    `vol-scsi-01` in `vault-db-disks` alone skips all. `vault-expand` is busy: its run is stuck at 63 %.
    In the workspace vault `desktop-hq-03` breaks off at 71 %.
    The two servers `ecs-payroll-01` and `-02` are in a vault that the user may not see. Another account has offered
    five backups, and is offered five; `ecs-hr-db-01` has an encrypted disk, and of some backups images were made.
    """
    build = Builder(account(seed), now, seed)
    promise_branches(build.estate, now, seed)
    vaults = {vault.name: vault for vault in _server_vaults(build) + _other_vaults(build)}
    _unprotected(build)
    _hidden(build)
    _policies(build, vaults, seed, days)
    _stuck_run(build, vaults["vault-expand"])
    partner_of(build.estate, now, seed)
    build.estate.remember(demo_history(build.estate, now, seed, days), now)
    share_out(build.estate)
    return build.estate


def _server_vaults(build: Builder) -> list[Vault]:
    return [
        _erp(build),
        _reference(build),
        _overfull(build),
        _web(build),
        _worm(build),
        _replicas(build),
        _nodes(build),
    ]


def _erp(build: Builder) -> Vault:
    vault = build.vault(
        "vault-erp-prod", "server", 1412, 2000, tags=[("env", "prod"), ("owner", "erp-team")], description="ERP"
    )
    for number in range(1, 5):
        build.server(vault, f"ecs-erp-app-{number:02}", 40, 200, fresh_mb=900)
    database = build.server(vault, "ecs-erp-db-01", 40, 500, 500, 500, 500, fresh_mb=6200, tags=["app=oracle"])
    database.agent = "1.2.0"
    database.excluded = [disk.id for disk in database.disks[3:]]
    build.server(vault, "ecs-ad-01", 60, os="Windows", fresh_mb=400)
    build.server(vault, "bms-hana-01", 200, 800, kind=BARE_METAL, fresh_mb=4100)
    build.server(vault, "ecs-erp-batch-01", 40, 100)
    build.server(vault, "ecs-erp-batch-02", 40, 100, status="SHUTOFF")
    build.server(
        vault, "ecs-erp-print-01", 40, os="Windows", tags=["floor=ground", "name=\u202bطابعة\u202c \U0001f5a8"]
    )
    build.server(vault, "ecs erp report 01", 40, 100)
    build.server(vault, "ecs-erp-archive-01", 40, 6104, fresh_mb=2300)
    return vault


def _reference(build: Builder) -> Vault:
    vault = build.vault("vault-be94", "server", 18, 100, id=REFERENCE_VAULT_ID)
    build.server(vault, "ecs-1f0f-0002", 40, id=REFERENCE_RESOURCE_ID)
    return vault


def _overfull(build: Builder) -> Vault:
    vault = build.vault("vault-7669", "server", 58, 40)
    build.server(vault, "ecs-build-01", 40)
    build.server(vault, "ecs-build-02", 40, status="SHUTOFF")
    return vault


def _web(build: Builder) -> Vault:
    vault = build.vault("vault-web-prod", "server", 655, 700, auto_expand=True, tags=[("env", "prod")])
    for number in range(1, 5):
        build.server(vault, f"ecs-web-{number:02}", 40, 100, fresh_mb=700)
    build.server(vault, "ecs-web-05", 40, 100, status="MIGRATING", refusal="6215")
    scsi = build.server(vault, "ecs-web-06", 40, 100, protect_status=None, refusal="7104")
    scsi.disks[1].scsi = True
    build.server(vault, "ecs-web-lb-01", 40)
    return vault


def _worm(build: Builder) -> Vault:
    vault = build.vault("vault-hr-worm", "server", 310, 800, locked=True, tags=[("data", "personal")])
    build.server(vault, "ecs-hr-01", 40, 100)
    build.server(vault, "ecs-hr-02", 40, 100, protect_status="restoring")
    build.server(vault, "ecs-hr-db-01", 40, 200, fresh_mb=1500).disks[1].encrypted = True
    build.server(vault, "ecs-hr-" + "long-name-" * 24 + "of-255ch", 40)
    return vault


def _replicas(build: Builder) -> Vault:
    vault = build.vault("vault-erp-prod-dr", "server", 1395, 2000, protect_type="replication")
    for number in (1, 2):
        build.server(vault, f"ecs-erp-app-{number:02}", 40, 200, protect_status=None, extra="")
    return vault


def _nodes(build: Builder) -> Vault:
    vault = build.vault("vault-expand", "server", 97, 100, status="lock")
    for number in range(1, 5):
        build.server(vault, f"ecs-k8s-node-{number:02}", 40, fresh_mb=300)
    return vault


def _other_vaults(build: Builder) -> list[Vault]:
    return [_databases(build), *_shares(build), *_troubled(build), _desktops(build)]


def _enterprise_projects(build: Builder, databases_id: str) -> None:
    """Beside the default one: one with a vault, one without, and one that is disabled."""
    for id, name, description, enabled in (
        (databases_id, "databases", "All that the data teams run", True),
        (WEB_SHOP_ID, "web-shop", "", True),
        (CLOSED_PROJECT_ID, "migration-2024", "Finished", False),
    ):
        made = EnterpriseProject(id, name, build.now - timedelta(days=900), description, enabled)
        build.estate.enterprise_projects[id] = made


def _databases(build: Builder) -> Vault:
    enterprise_project_id = build.ids.uuid()
    _enterprise_projects(build, enterprise_project_id)
    vault = build.vault("vault-db-disks", "disk", 2210, 4096, enterprise_project_id=enterprise_project_id)
    for number in range(1, 5):
        build.disk(vault, f"vol-db-data-{number:02}", 500)
    build.disk(vault, "vol-db-log", 200)
    build.disk(vault, "vol-db-archive", 1024, encrypted=True, status="available")
    build.disk(vault, "vol-shared-quorum", 10, shared=True)
    build.disk(vault, "vol-scsi-01", 100, scsi=True, refusal="7002").protect_status = None
    return vault


def _shares(build: Builder) -> list[Vault]:
    media = build.vault("vault-sfs-media", "turbo", 1020, 2048)
    build.resource(media, "sfs-media", TURBO, 2048, fresh_mb=9000)
    build.resource(media, "sfs-media-archive", TURBO, 500)
    files = build.vault("vault-files-hq", "turbo", 200 / GB, 500)
    build.resource(files, "sfs-files-hq", TURBO, 500, fresh_mb=8)
    return [media, files]


def _troubled(build: Builder) -> list[Vault]:
    arrears = build.vault("vault-arrears", "disk", 75, 200, status="frozen", frozen_scene="ARREAR")
    build.disk(arrears, "vol-lab-01", 100, status="available")
    build.disk(arrears, "vol-lab-02", 100, status="available")
    poc = build.vault("vault-old-poc", "disk", 0, 80, status="deleting")
    build.disk(poc, "vol-poc-01", 80).protect_status = "removing"
    legacy = build.vault("vault-legacy", "server", 512, 600, status="error")
    build.server(legacy, "ecs-legacy-01", 40, 200, protect_status="error")
    build.server(legacy, "ecs-legacy-02", 40, protect_status="deleted")
    return [arrears, poc, legacy]


def _desktops(build: Builder) -> Vault:
    vault = build.vault("工作区-vault-01", "workspace", 140, 300)
    for number in range(1, 5):
        build.server(vault, f"desktop-hq-{number:02}", 80, kind=DESKTOP, os="Windows")
    desktops = build.estate.resources_of(vault)
    desktops[2].fails_at = 71
    desktops[3].auto_protect = False
    return vault


def _unprotected(build: Builder) -> None:
    for number in range(5, 9):
        build.server(None, f"ecs-k8s-node-{number:02}", 40)
    build.server(None, "ecs-lab-01", 40, 20, status="SHUTOFF")
    build.server(None, "ecs-dess-01", 40, refusal="7111")
    build.server(None, "ecs-diskless-01", refusal="7108")


def _hidden(build: Builder) -> None:
    """Servers in a vault of an enterprise project that the user has no part in: it is told of, and never listed."""
    vault = build.vault("vault-payroll", "server", 90, 400, enterprise_project_id=build.ids.uuid())
    for number in (1, 2):
        build.server(vault, f"ecs-payroll-{number:02}", 40, 100)
    build.estate.hidden[vault.id] = build.estate.vaults.pop(vault.id)


def _policies(build: Builder, vaults: dict[str, Vault], seed: int, days: int) -> None:
    daily = [vaults[name] for name in ("vault-erp-prod", "vault-web-prod", "vault-expand", "工作区-vault-01")]
    build.policy("daily-22h", [DAILY.format(20)], daily, retention_duration_days=30, full_backup_interval=30)
    hourly = [DAILY.format(f"{hour:02}") for hour in range(24)]
    frequent = build.policy("hourly-db", hourly, [vaults["vault-db-disks"]], max_backups=48)
    frequent.start = build.now - timedelta(hours=hours(days))
    build.policy("weekly-sfs", [SATURDAY], [vaults["vault-sfs-media"]], max_backups=52)
    gfs = {"day_backups": 7, "week_backups": 4, "month_backups": 12, "year_backups": 5, "max_backups": 7}
    build.policy("gfs-hr", [DAILY.format(21)], [vaults["vault-hr-worm"]], **gfs)
    spare = [vaults["vault-7669"], vaults["vault-legacy"]]
    build.policy("policy_auto", [DAILY.format(20)], spare, retention_duration_days=30).enabled = False
    target = {"destination_region": "eu-nl", "destination_project_id": build.estate.projects[1].id}
    replication = build.policy("repl-eu-nl", [DAILY.format(20)], [], retention_duration_days=30, **target)
    replication.operation_type = "replication"
    replication.vaults = {vaults["vault-erp-prod"].id: replica_vault_id(seed)}


def _stuck_run(build: Builder, vault: Vault) -> None:
    started_at = build.now - timedelta(hours=5)
    checkpoint = Checkpoint(
        id=build.ids.uuid(),
        vault_id=vault.id,
        created_at=started_at,
        name="autobk_63d1",
        description="",
        retention_days=-1,
    )
    policy = build.estate.policies[next(iter(build.estate.policies))]
    parts = []
    stuck = zip(build.estate.resources_of(vault)[:3], (63, 0, 88), strict=True)
    for number, (resource, halts_at) in enumerate(stuck, 1):
        checkpoint.accepted.append(resource.id)
        parts.append(_stuck_part(build, checkpoint, resource, halts_at, f"autobk_63d1_{number:04}", policy.id))
    start(build.estate, vault, checkpoint, parts, started_at)


def _stuck_part(
    build: Builder, checkpoint: Checkpoint, resource: Resource, halts_at: int, name: str, policy_id: str
) -> Part:
    backup = Backup(
        id=build.ids.uuid(),
        name=name,
        checkpoint_id=checkpoint.id,
        vault_id=checkpoint.vault_id,
        resource_id=resource.id,
        created_at=checkpoint.created_at,
        status="waiting_protect",
        auto=True,
    )
    task = Task(
        id=build.ids.uuid(),
        operation_type="backup",
        status="waiting",
        created_at=checkpoint.created_at,
        vault_id=checkpoint.vault_id,
        resource_id=resource.id,
        progress=0,
        checkpoint_id=checkpoint.id,
        policy_id=policy_id,
        backup_id=backup.id,
        backup_name=name,
    )
    return Part(resource=resource, backup=backup, task=task, starts=5, ends=40, target_mb=0, halts_at=halts_at)


def generated(now: datetime, vaults: int, backups: int, seed: int = 1) -> Estate:
    """An estate of the given numbers of server vaults (one server each) and backups, for measuring."""
    build = Builder(account(seed), now, seed)
    for number in range(vaults):
        vault = build.vault(
            f"vault-{number:05}", "server", number % 90, 100, created_at=now - timedelta(minutes=vaults - number)
        )
        build.server(vault, f"ecs-{number:05}", 40)
    build.estate.remember(generated_history(build.estate, now, backups, seed), now)
    share_out(build.estate)
    return build.estate
