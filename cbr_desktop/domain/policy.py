"""Policies: when the service makes or replicates backups by itself."""

from dataclasses import dataclass

from cbr_desktop.domain.ids import PolicyId, VaultId


@dataclass(slots=True)
class Policy:
    """A backup or replication policy; ``patterns`` are iCalendar rules in UTC, ``vault_ids`` where it is applied."""

    id: PolicyId
    name: str
    operation_type: str
    enabled: bool
    patterns: tuple[str, ...] = ()
    max_backups: int = -1
    retention_days: int = -1
    vault_ids: tuple[VaultId, ...] = ()
