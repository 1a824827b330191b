"""Serves a cloud whose dialogs have much to show: ``dialog_cloud.py VAULTS BACKUPS FREE``; prints where.

Beside the generated vaults there are one of as many servers as the service lets a request name, each with three disks,
``FREE`` servers in no vault, and twenty policies.
"""

import sys

from cbr_desktop.simulator import estate
from cbr_desktop.simulator.building import DAILY, Builder
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.serve import serve
from cbr_desktop.simulator.service import Service

RESOURCES = 256
POLICIES = 20


def main(vaults: int, backups: int, free: int) -> None:
    clock = RunningClock()
    made = estate.generated(clock.now(), vaults, backups)
    build = Builder(made, clock.now(), 7)
    full = build.vault("a-vault-of-many", "server", 3_000, 50_000)
    for number in range(RESOURCES):
        build.server(full, f"ecs-many-{number:03}", 40, 100, 100)
    for number in range(free):
        build.server(None, f"ecs-free-{number:05}", 40, 100)
    first = list(made.vaults.values())[:POLICIES]
    for number, vault in enumerate(first):
        build.policy(f"policy-{number:02}", [DAILY.format(20)], [vault], retention_duration_days=30)
    serve(Service(made, clock), started=lambda port: print(f"serving at http://127.0.0.1:{port}", flush=True))


main(*(int(each) for each in sys.argv[1:]))
