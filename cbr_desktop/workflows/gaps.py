"""Gaps: why policies do not back a resource up, by the resource itself and by its vault."""

from enum import StrEnum

from cbr_desktop.domain.vault import ProtectType
from cbr_desktop.workflows.ledger import ResourceRow


class Gap(StrEnum):
    """Why policies do not back a resource up, as filters and commands name it."""

    FREE = "free"
    """It is in no vault, and could be."""
    UNFIT = "unfit"
    """It is in no vault, and the service says that it cannot be backed up."""
    SUSPENDED = "suspended"


def gap_of(row: ResourceRow) -> Gap | None:
    """Return why policies do not back a resource up, ``None`` where nothing of the resource keeps them from it."""
    if row.vault is not None:
        is_suspended = not row.resource.auto_protect and row.vault.protect_type != ProtectType.REPLICATION
        return Gap.SUSPENDED if is_suspended else None
    if row.unlisted_vault or row.server_vault is not None:
        return None
    return Gap.FREE if row.protectable is None or row.protectable.protectable else Gap.UNFIT
