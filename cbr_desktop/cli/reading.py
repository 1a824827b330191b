"""Reading from the service for a command that changes nothing: it takes no part in the outbox and the journal.

So it neither waits for nor keeps out another program on the same data, such as an open window.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.profile import find_demo, find_profile
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cloud.network import Network, Transport
from cbr_desktop.cloud.reader import ProjectReader
from cbr_desktop.cloud.ways import login_of
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.refusals import Refusals


@asynccontextmanager
async def opened_cloud(name: str | None, *, demo: bool) -> AsyncIterator[ProjectReader]:
    """Lend the service of the profile of this name, or of the only one; of the demo cloud, its first one."""
    clock = WallClock()
    transport: Transport
    if demo:
        from cbr_desktop.app.demo import DemoTransport, demo_service, secret_of

        profile = find_demo(name)
        secret, transport = secret_of(profile), DemoTransport(demo_service(clock))
        login = login_of(profile, secret)
    else:
        profile = find_profile(places(), name)
        secret = terminal_secret(profile)
        transport = Network(profile, partial(secret, SecretKind.PROXY_PASSWORD))
        login = login_of(profile, secret, refusals=Refusals(places().refusals_file, clock.now))
    cloud = ProjectReader(profile, login, transport, clock, lambda _connection: None)
    try:
        yield cloud
    finally:
        await cloud.aclose()
