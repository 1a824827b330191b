"""Asks a fuzzing cloud for everything again and again: ``fuzzing.py REPLIES SEED``; prints one line about it.

The cloud is in this program too, on a raw socket of its own; the stack above is the true one.
"""

import asyncio
import gc
import itertools
import json
import os
import random
import sys
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain.error import CbrError, CloudError
from cbr_desktop.domain.ids import BackupId, CheckpointId, ProjectId, VaultId
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.text.errors import error_sentence
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import serving
from tests.cloud.values import Clock
from tests.reliability.fuzz import FuzzCloud, moment
from tests.reliability.gateway import PROJECT, profile_to

REPLIES, SEED = int(sys.argv[1]), int(sys.argv[2])
DEADLINE_SECONDS, HANGING_DEADLINE_SECONDS, OVER_SECONDS = 5.0, 0.2, 1.0
AT_ONCE = 4
WARM_SHARE = 0.2
VAULT, CHECKPOINT = (
    VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce"),
    CheckpointId("8b0851a8-adf3-4f4c-a914-dead08bf9664"),
)
BACKUP = BackupId("6df2b54c-dd62-4059-a07c-1b8f24f2725d")
BODY = b'{"checkpoint": {"vault_id": "3b5816b5-f29c-4172-9d9a-76c719a659ce"}}'

Operation = Callable[[CbrCloud], Awaitable[object]]
OPERATIONS: dict[str, Operation] = {
    "ListVault": lambda cloud: cloud.vaults(),
    "ShowBackup": lambda cloud: cloud.backup(BACKUP),
    "ListProtectable": lambda cloud: cloud.protectables("server"),
    "ListBackups": lambda cloud: cloud.backups(vault_id=VAULT),
    "ListOpLogs": lambda cloud: cloud.tasks(),
    "ListPolicies": lambda cloud: cloud.policies(),
    "ShowCheckpoint": lambda cloud: cloud.checkpoint(CHECKPOINT),
    "CreateCheckpoint": lambda cloud: cloud.send(checkpoint_change_of(BODY), ProjectId(PROJECT)),
    "login": lambda cloud: cloud.project_id(),
}


class Lane:
    """One client and one cloud, which have nothing to do with the others."""

    def __init__(self, seed: int, *, hangs: bool) -> None:
        self._chance = random.Random(seed)
        self._deadline = HANGING_DEADLINE_SECONDS if hangs else DEADLINE_SECONDS
        self.fuzz = FuzzCloud(random.Random(seed + 1), hangs=hangs)
        self.ended: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.foreign: list[str] = []
        self.hung: list[str] = []
        self.denied: list[str] = []

    async def run(self, replies: int) -> None:
        """Ask until so many replies were given."""
        async with serving(self.fuzz) as server:
            self.fuzz.server = server
            while self.fuzz.replies < replies:
                await self._ask(server.url)

    async def _ask(self, url: str) -> None:
        name, operation = self._chance.choice(list(OPERATIONS.items()))
        self.fuzz.begin(name)
        profile = profile_to(url)

        async def secret(_kind: SecretKind) -> str:
            return "right"

        cloud = CbrCloud(
            profile, login_of(profile, secret), Network(profile), Clock(), _unheard, deadline=self._deadline
        )
        self.asked[name] += 1
        moments = [moment()]
        try:
            async with asyncio.timeout(60):
                await operation(cloud)
            ended = "good"
        except CbrError as error:
            ended = type(error).__name__
            error_sentence(error)
            if isinstance(error, CloudError) and name == "CreateCheckpoint" and error.executed is False:
                self._judge(error)
        except Exception as error:
            ended = "foreign"
            frames = traceback.extract_tb(error.__traceback__)
            self.foreign.append(f"{name}: {error!r} at {frames[-1].filename}:{frames[-1].lineno}; {self.fuzz.last!r}")
        self.ended[ended] += 1
        moments += [*self.fuzz.moments, moment()]
        longest = max(after - before for before, after in itertools.pairwise(moments))
        if longest > self._deadline + OVER_SECONDS:
            self.hung.append(f"{name}: {longest:.1f} s; {self.fuzz.last!r}")
        await cloud.aclose()

    def _judge(self, error: CloudError) -> None:
        """That it was certainly not carried out is told only by the gateway or the service, in a whole refusal."""
        if not self.fuzz.last_refuses:
            self.denied.append(f"{error!r}; {self.fuzz.last!r}")


def _unheard(connection: object) -> None:
    """Hear nothing."""


def resident() -> float:
    """Return the resident memory in MiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def main() -> None:
    hanging = REPLIES // 10
    lanes = [Lane(SEED + 10 * number, hangs=False) for number in range(AT_ONCE)]
    slow = [Lane(SEED + 1000 + 10 * number, hangs=True) for number in range(AT_ONCE * 2)]
    before = 0.0
    for share in (WARM_SHARE, 1.0):
        async with asyncio.TaskGroup() as tasks:
            for lane in lanes:
                tasks.create_task(lane.run(round((REPLIES - hanging) / len(lanes) * share)))
            for lane in slow:
                tasks.create_task(lane.run(round(hanging / len(slow) * share)))
        gc.collect()
        before = before or resident()
    after = resident()
    everything = lanes + slow
    told = {
        "replies": sum(lane.fuzz.replies for lane in everything),
        "hanging": sum(lane.fuzz.replies for lane in slow),
        "ended": sum((lane.ended for lane in everything), Counter()),
        "asked": sum((lane.asked for lane in everything), Counter()),
        "kinds": sum((lane.fuzz.kinds for lane in everything), Counter()),
        "foreign": [each for lane in everything for each in lane.foreign],
        "hung": [each for lane in everything for each in lane.hung],
        "denied": [each for lane in everything for each in lane.denied],
        "before_mib": before,
        "after_mib": after,
    }
    print(json.dumps(told), flush=True)


asyncio.run(main())
