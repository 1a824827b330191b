"""Opening a house for a command, and closing it on the loop that used it."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.house import House
from cbr_desktop.app.profile import find_demo, find_profile
from cbr_desktop.app.start import opened, opened_demo, terminal_secret
from cbr_desktop.domain.connection import Reach
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Ledger

Result = TypeVar("Result")


@contextmanager
def opened_house(name: str | None, *, demo: bool = False) -> Iterator[House]:
    """Open the house of the profile of this name, or of the only one, without a window."""
    here = places()
    profile = find_demo(name) if demo else find_profile(here, name)
    ledger = Ledger(profile, lambda part: None)
    if demo:
        with opened_demo(here, ledger, WallClock()) as house:
            yield house
    else:
        with opened(here, ledger, WallClock(), terminal_secret(profile)) as house:
            yield house


async def closing_client(house: House, work: Awaitable[Result]) -> Result:
    """Do ``work`` and close the client, on one loop."""
    try:
        return await work
    finally:
        await house.cloud.aclose()


async def make_ready(house: House, *, arm: bool) -> None:
    """Arm the profile if that is wished, and read its lists afresh.

    ``ReadOnly`` when it lets nothing through; when the service cannot be reached, the error that is in the way.
    """
    if arm:
        house.guard.arm(ARM_MINUTES[0])
    house.guard.check()
    await house.refresh.once()
    connection = house.ledger.connection
    if connection.reach is not Reach.ONLINE and connection.error is not None:
        raise connection.error
