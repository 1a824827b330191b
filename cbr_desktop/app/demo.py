"""The demo cloud: the simulator next door, reached over the true wire without a socket."""

import httpx

from cbr_desktop.cloud.ways import Secret
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import Clock
from cbr_desktop.simulator.faults import ConnectionCut
from cbr_desktop.simulator.service import Service


async def password(kind: SecretKind) -> str:
    """Return the demo user's password, which is no secret."""
    return estate.DEMO_PASSWORD


def secret_of(profile: Profile) -> Secret:
    """Return what gives the secrets of a demo profile."""
    return password


def service(clock: Clock, seed: int = 1) -> Service:
    """Return the demo cloud with its estate as of now."""
    return Service(estate.demo(clock.now(), seed), clock)


class DemoTransport(httpx.ASGITransport):
    """Hands requests to the simulator; a connection that it cuts is one that httpx lost."""

    def __init__(self, service: Service) -> None:
        super().__init__(app=service.application)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except ConnectionCut as error:
            raise httpx.ReadError("the connection was cut", request=request) from error
