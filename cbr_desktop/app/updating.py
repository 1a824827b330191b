"""Looking for a newer version, if an address is named for that; otherwise nothing is ever asked."""

from cbr_desktop import __version__
from cbr_desktop.cloud.network import Network, Transport
from cbr_desktop.cloud.updates import Updates
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.update import Release, UpdateSource
from cbr_desktop.workflows.ports import Clock


async def look(
    source: UpdateSource, clock: Clock, transport: Transport | None = None, than: str = __version__
) -> Release | None:
    """Ask once; return a newer release, or ``None``. Raises ``CloudError``. ``transport`` replaces the network."""
    # the way of a profile that says nothing: by the system's proxy
    updates = Updates(source, transport or Network(Profile("", "", "", "")), clock)
    try:
        return await updates.newer(than)
    finally:
        await updates.aclose()
