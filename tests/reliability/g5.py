"""G5: one login for all who need one, and one for each password that is wrong, whatever the situation."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain.error import LoginRefused
from cbr_desktop.domain.profile import Way
from cbr_desktop.domain.secret import SecretKind
from tests.cloud.values import Clock

from .finding import Finding
from .gateway import LIFE, TokenCloud, profile_to, refusal, served
from .ground import Ground

CALLS, SITUATIONS, SEED = 200, 1000, 5

WAYS = (Way.PASSWORD, Way.AGENCY)
MOMENTS = ("at the first call", "after the end", "ahead of the end", "after a revocation")
REFUSALS = {
    "wrong password": refusal(401, "The username or password is wrong."),
    "locked": refusal(403, "The account is locked."),
    "needs a passcode": refusal(401, "The user must use MFA."),
    "upgraded account": refusal(401, "The account is upgraded to HUAWEI ID."),
    "other domain": refusal(403, "You are not authorized to perform the requested action."),
}


def measure(_ground: Ground) -> Iterator[Finding]:
    """Count logins at a raw server."""
    yield asyncio.run(_single_flight())
    yield asyncio.run(_wrong_passwords())


class ProfileContext:
    """A cloud as the program has it, over the real network, with a password that can be changed."""

    def __init__(self, url: str, way: Way = Way.PASSWORD) -> None:
        profile = profile_to(url, way=way, agency="backup", agency_domain="lender")
        self.clock = Clock()
        self.password = "the first one"

        async def secret(_kind: SecretKind) -> str:
            return self.password

        self.auth = login_of(profile, secret)
        self.cloud = CbrCloud(profile, self.auth, Network(profile), self.clock, lambda _connection: None)

    async def call(self, times: int) -> Counter[str]:
        """Ask for the vaults ``times`` at once, and count how that ended."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._called()) for _ in range(times)]
        return Counter(task.result() for task in tasks)

    async def _called(self) -> str:
        try:
            await self.cloud.vaults()
        except LoginRefused:
            return "refused"
        return "good"


async def _single_flight() -> Finding:
    async with served(TokenCloud()) as cloud:
        context = ProfileContext(cloud.server.url)
        await context.call(1)
        cloud.revoke()
        cloud.logins = cloud.stale = 0
        ended = await context.call(CALLS)
        await context.cloud.aclose()
    reached = (cloud.logins, cloud.stale, ended["good"]) == (1, CALLS, CALLS)
    what = f"{CALLS} calls under way when their token dies: {cloud.stale} answers of 401, {ended['good']} calls good"
    return Finding("G5", what, f"{cloud.logins} login", "1 login", reached)


async def _wrong_passwords() -> Finding:
    chance = random.Random(SEED)
    logins: Counter[int] = Counter()
    async with served(TokenCloud()) as cloud:
        for number in range(SITUATIONS):
            way, moment = WAYS[number % 2], MOMENTS[number // 2 % len(MOMENTS)]
            logins[await _wrong_password(cloud, way, moment, chance)] += 1
    seen = ", ".join(f"{count:,} with {times}" for times, count in sorted(logins.items()))
    kinds = f"{len(WAYS)} ways in, {len(MOMENTS)} moments, {len(REFUSALS)} refusals"
    what = f"{SITUATIONS:,} passwords that are no longer right: {kinds}"
    return Finding("G5", what, f"{seen} login", "1 login each", logins == {1: SITUATIONS})


async def _wrong_password(cloud: TokenCloud, way: Way, moment: str, chance: random.Random) -> int:
    """Play one situation and return how many logins it cost; the next password must be taken at once after it."""
    cloud.server.requests.clear()
    cloud.refusal = None
    context = ProfileContext(cloud.server.url, way)
    if moment != MOMENTS[0]:
        assert await context.call(1) == {"good": 1}
        ahead = timedelta(minutes=chance.uniform(1, 4)) if moment == MOMENTS[2] else -timedelta(hours=1)
        context.clock.time += LIFE - ahead if moment != MOMENTS[3] else timedelta(hours=chance.uniform(0, 20))
        cloud.revoke()
    cloud.refusal = chance.choice(list(REFUSALS.values()))
    cloud.logins = 0
    for _ in range(chance.randint(1, 3)):
        calls = chance.randint(1, 12)
        assert await context.call(calls) == {"refused": calls}
        context.clock.time += timedelta(minutes=chance.uniform(0, 90))
    logins = cloud.logins
    cloud.refusal, context.password = None, "another"
    assert await context.call(2) == {"good": 2}
    assert cloud.logins == logins + 1
    await context.cloud.aclose()
    return logins
