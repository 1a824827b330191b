"""The estates of the demo account's other projects: smaller, with a short past, made when first asked for."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from .building import DAILY, SATURDAY, Builder, share_out
from .entities import DESKTOP, TURBO
from .history import Rhythm, Rhythms, branch_history
from .inventory import Estate, Ids

DAYS = 90
"""How far the past of these projects goes back."""
OFFSET = 100_000
"""Distance between the seeds of two projects."""

RHYTHMS: Rhythms = {
    "vault-shop-nl": Rhythm(1, DAYS, 30, 6, policy="nightly-nl", span=DAYS),
    "vault-logistics-nl": Rhythm(1, 60, 21, 2, (0, 1, 2, 3, 4), policy="weekdays-nl", span=DAYS),
    "vault-nl-disks": Rhythm(1, 0, 0, 9, span=DAYS),
    "vault-nas-nl": Rhythm(3, DAYS, 10, 1, (5,), policy="weekly-nas", span=DAYS),
    "vault-staging-apps": Rhythm(23, 60, 14, 10, policy="nightly-staging", span=60),
    "vault-staging-db": Rhythm(23, 60, 14, 4, policy="nightly-staging", span=60),
    "vault-loadtest": Rhythm(3, DAYS, 6, 2, (5,), policy="weekly-loadtest", span=DAYS),
    "总部-办公-01": Rhythm(0, 75, 30, 3, policy="diario-21h", span=75),
    "vault-finance-br": Rhythm(0, DAYS, 30, 5, policy="diario-21h", span=DAYS),
    "vault-sap-disks-br": Rhythm(3, DAYS, 12, 4, (5,), policy="每周备份", span=DAYS),
    "vault-docs-br": Rhythm(9, 0, 0, 8, span=DAYS),
}
"""The past of each vault, by name."""


def promise_branches(account: Estate, now: datetime, seed: int) -> None:
    """Promise an estate as of `now` for every project of the account but the first."""
    for number, furnish in enumerate(FURNISH, 1):
        account.promise(account.projects[number], partial(_made, account, number, furnish, now, seed))


def replica_vault_id(seed: int) -> str:
    """The id of the vault in the second project that takes the replicas of the first."""
    return Ids(seed + OFFSET).uuid()


def _made(account: Estate, number: int, furnish: Callable[[Builder], None], now: datetime, seed: int) -> Estate:
    own_seed = seed + OFFSET * number
    estate = account.branch(account.projects[number], 2000 + own_seed)
    furnish(Builder(estate, now, own_seed, age_days=200))
    estate.remember(branch_history(estate, now, own_seed, RHYTHMS), now)
    share_out(estate)
    return estate


def _netherlands(build: Builder) -> None:
    replicas = build.vault("vault-erp-prod-nl", "server", 1301, 2000, protect_type="replication")
    for number in (1, 2):
        build.server(replicas, f"ecs-erp-app-{number:02}", 40, 200, protect_status=None, extra="")
    shop = build.vault("vault-shop-nl", "server", 540, 800, tags=[("env", "prod")], description="Web shop")
    for number in range(1, 4):
        build.server(shop, f"ecs-shop-{number:02}", 40, 100, fresh_mb=600)
    build.server(shop, "ecs-shop-db-01", 40, 300, fresh_mb=2400)
    logistics = build.vault("vault-logistics-nl", "server", 212, 300, auto_expand=True)
    build.server(logistics, "ecs-wms-01", 40, 100)
    build.server(logistics, "ecs-label-print-01", 40, os="Windows")
    disks = build.vault("vault-nl-disks", "disk", 380, 1024)
    build.disk(disks, "vol-shop-search", 200, encrypted=True)
    build.disk(disks, "vol-shop-orders", 300)
    share = build.vault("vault-nas-nl", "turbo", 610, 1024)
    build.resource(share, "sfs-scans-nl", TURBO, 1024, fresh_mb=3000)
    build.server(None, "ecs-shop-canary-01", 40)
    build.policy("nightly-nl", [DAILY.format("01")], [shop], retention_duration_days=30)
    weekdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=01;BYMINUTE=00"
    build.policy("weekdays-nl", [weekdays], [logistics], max_backups=21)
    build.policy("weekly-nas", [SATURDAY], [share], max_backups=10)


def _staging(build: Builder) -> None:
    apps = build.vault("vault-staging-apps", "server", 96, 200, tags=[("env", "staging")])
    for number in range(1, 4):
        build.server(apps, f"ecs-stg-app-{number:02}", 40, fresh_mb=300)
    database = build.vault("vault-staging-db", "disk", 130, 400)
    build.disk(database, "vol-stg-db-01", 200)
    build.disk(database, "vol-stg-db-02", 100, status="available")
    loadtest = build.vault("vault-loadtest", "server", 41, 50)
    build.server(loadtest, "ecs-load-01", 40, status="SHUTOFF")
    build.server(loadtest, "ecs-load-02", 40, status="SHUTOFF")
    build.vault("vault-sandbox", "server", 0, 100)
    build.server(None, "ecs-stg-jump-01", 40)
    build.server(None, "ecs-stg-experiment", 40, 20, status="SHUTOFF")
    build.policy("nightly-staging", [DAILY.format(23)], [apps, database], retention_duration_days=14)
    build.policy("weekly-loadtest", [SATURDAY], [loadtest], max_backups=6).enabled = False


def _headquarters(build: Builder) -> None:
    office = build.vault("总部-办公-01", "workspace", 88, 200, description="办公桌面")
    for number in range(1, 4):
        build.server(office, f"桌面-圣保罗-{number:02}", 80, kind=DESKTOP, os="Windows")
    finance = build.vault("vault-finance-br", "server", 720, 1000, locked=True, tags=[("dados", "fiscais")])
    build.server(finance, "ecs-sap-br-01", 60, 500, fresh_mb=3800)
    build.server(finance, "ecs-notas-fiscais-01", 40, 200, fresh_mb=900)
    disks = build.vault("vault-sap-disks-br", "disk", 410, 600)
    build.disk(disks, "vol-sap-log-br", 100)
    build.disk(disks, "vol-sap-data-br", 400, encrypted=True)
    documents = build.vault("vault-docs-br", "turbo", 300, 512)
    build.resource(documents, "sfs-档案-br", TURBO, 512, fresh_mb=700)
    build.server(None, "ecs-br-jump-01", 40)
    local = {"timezone": "UTC-03:00"}
    build.policy("diario-21h", [DAILY.format("00")], [office, finance], retention_duration_days=30, **local)
    build.policy("defaultPolicy", [DAILY.format(22)], [], retention_duration_days=30)
    build.policy("每周备份", [SATURDAY], [disks], max_backups=12, **local)


FURNISH = (_netherlands, _staging, _headquarters)
"""What furnishes the projects of the account, from the second on."""
