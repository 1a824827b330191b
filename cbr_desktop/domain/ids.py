"""The ids of the service and our own, one type each, so that they cannot be mixed up."""

import re
from typing import NewType

VaultId = NewType("VaultId", str)
ResourceId = NewType("ResourceId", str)
VolumeId = NewType("VolumeId", str)
CheckpointId = NewType("CheckpointId", str)
BackupId = NewType("BackupId", str)
TaskId = NewType("TaskId", str)
PolicyId = NewType("PolicyId", str)
ProjectId = NewType("ProjectId", str)
IntentId = NewType("IntentId", str)

_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z"
_HEX32 = r"[0-9a-fA-F]{32}\Z"


def is_uuid(text: str) -> bool:
    """Tell whether ``text`` has the form of the service's object ids: a UUID with hyphens."""
    return re.match(_UUID, text) is not None


def spelled(text: str) -> str:
    """Return the id as the service spells it, whether capitals or missing hyphens spell it otherwise; else ``text``."""
    low = text.lower()
    if is_uuid(text):
        return low
    if re.match(_HEX32, text) is None:
        return text
    return "-".join((low[:8], low[8:12], low[12:16], low[16:20], low[20:]))


DEFAULT_ENTERPRISE_PROJECT = "0"
"""The enterprise project that everything is in that was put into none; its id is the same in every account."""


def is_enterprise_project_id(text: str) -> bool:
    """Tell whether ``text`` has the form of an id of an enterprise project."""
    return text == DEFAULT_ENTERPRISE_PROJECT or is_uuid(text)


def is_project_id(text: str) -> bool:
    """Tell whether ``text`` has the form of a project id: 32 hexadecimal digits, or a UUID in some clouds."""
    return re.match(_HEX32, text) is not None or is_uuid(text)
