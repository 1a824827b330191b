"""The states of backups, which many look at who need nothing else of a backup."""

from enum import StrEnum


class BackupStatus(StrEnum):
    """The state of a backup."""

    AVAILABLE = "available"
    PROTECTING = "protecting"
    DELETING = "deleting"
    RESTORING = "restoring"
    ERROR = "error"
    WAITING_PROTECT = "waiting_protect"
    WAITING_DELETE = "waiting_delete"
    WAITING_RESTORE = "waiting_restore"
