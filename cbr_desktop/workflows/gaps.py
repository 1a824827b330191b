"""Gaps: why policies do not back a resource up, by the resource itself and by its vault."""

from enum import StrEnum

from cbr_desktop.domain.vault import ProtectType
from cbr_desktop.workflows.ledger import ResourceRow, VaultSchedule


class Gap(StrEnum):
    """Why policies do not back a resource up, as filters and commands name it."""

    FREE = "free"
    """It is in no vault, and could be."""
    UNFIT = "unfit"
    """It is in no vault, and the service says that it cannot be backed up."""
    SUSPENDED = "suspended"
    NO_POLICY = "no-policy"
    """It is in a vault that no backup policy is applied to."""
    POLICY_OFF = "policy-off"
    """It is in a vault of which the backup policies are disabled."""


_OF_VAULT = {VaultSchedule.NONE: Gap.NO_POLICY, VaultSchedule.ASLEEP: Gap.POLICY_OFF}


def gap_of(row: ResourceRow) -> Gap | None:
    """Return why policies do not back a resource up, ``None`` where nothing that is known keeps them from it."""
    if row.vault is not None or row.server_vault is not None:
        is_plain = row.vault is not None and row.vault.protect_type != ProtectType.REPLICATION
        if is_plain and not row.resource.auto_protect:
            return Gap.SUSPENDED
        return _OF_VAULT.get(row.schedule) if row.schedule is not None else None
    if row.unlisted_vault:
        return None
    return Gap.FREE if row.protectable is None or row.protectable.protectable else Gap.UNFIT
