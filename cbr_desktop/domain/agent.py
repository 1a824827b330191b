"""The agent on a server that tells its applications of a backup, so that what is backed up is consistent with them."""

from typing import NamedTuple

from cbr_desktop.domain.ids import ResourceId


class AgentState(NamedTuple):
    """What the service knows of the agent on one server; ``code`` and ``message`` are why it cannot tell."""

    resource_id: ResourceId
    is_installed: bool
    is_old: bool = False
    version: str = ""
    code: str = ""
    message: str = ""
