"""The agents on servers: what is asked of the service about them, and what it answers (CheckAgent)."""

import json
from collections.abc import Iterable

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import Flag, Id, ListReader, Text
from cbr_desktop.domain.agent import AgentState
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.vault import Resource


class AgentRow(Struct):
    """One of ``agent_status``."""

    resource_id: Id
    installed: Flag = None
    is_old: Flag = None
    version: Text = None
    code: Text = None
    message: Text = None


_LIST = ListReader("agent_status", AgentRow)


def question(resources: Iterable[Resource]) -> bytes:
    """Return the body that asks for the agents of some servers."""
    rows = [{"resource_id": each.id, "resource_type": str(each.type), "resource_name": each.name} for each in resources]
    return json.dumps({"agent_status": rows}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def agents(body: bytes) -> list[AgentState]:
    """Read the answer. ``Unfit`` when it is none."""
    return [
        AgentState(
            ResourceId(row.resource_id),
            bool(row.installed),
            bool(row.is_old),
            row.version or "",
            row.code or "",
            row.message or "",
        )
        for row in _LIST.read(body).rows
    ]
