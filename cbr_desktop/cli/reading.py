"""Reading from the service for a command that changes nothing: it takes no part in the outbox and the journal.

So it neither waits for nor keeps out another program on the same data, such as an open window.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.profile import find_demo, find_profile
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cloud.auth import Auth
from cbr_desktop.cloud.network import Network, Transport
from cbr_desktop.cloud.reader import ProjectReader
from cbr_desktop.cloud.sign_in import Secret, login_of
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.refusals import Refusals


class WayIn(NamedTuple):
    """How the service of a profile is reached; refused passwords are remembered but for the demo cloud."""

    profile: Profile
    secret: Secret
    transport: Transport
    refusals: Refusals | None
    clock: WallClock

    def login(self, *, whole_account: bool = False) -> Auth:
        """Return what proves who asks, for the profile's project or for the account; nothing is sent yet."""
        return login_of(self.profile, self.secret, whole_account=whole_account, refusals=self.refusals)


def way_in(name: str | None, *, demo: bool) -> WayIn:
    """Return the way to the service of the profile of this name, or of the only one; in the demo cloud, of its first.

    Raises ``ProfileError`` and ``NoProfile``.
    """
    clock = WallClock()
    if demo:
        from cbr_desktop.app.demo import DemoTransport, demo_service, secret_of

        profile = find_demo(name)
        return WayIn(profile, secret_of(profile), DemoTransport(demo_service(clock)), None, clock)
    profile = find_profile(places(), name)
    secret = terminal_secret(profile)
    network = Network(profile, partial(secret, SecretKind.PROXY_PASSWORD))
    return WayIn(profile, secret, network, Refusals(places().refusals_file, clock.now), clock)


@asynccontextmanager
async def opened_cloud(name: str | None, *, demo: bool) -> AsyncIterator[ProjectReader]:
    """Lend the service of the profile of this name, or of the only one; of the demo cloud, its first one."""
    way = way_in(name, demo=demo)
    cloud = ProjectReader(way.profile, way.login(), way.transport, way.clock, lambda _connection: None)
    try:
        yield cloud
    finally:
        await cloud.aclose()
