"""Gaps: why policies do not back a resource up, by the resource itself, by its vault and by the policies of that."""

from enum import StrEnum

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.vault import ProtectType, Vault
from cbr_desktop.workflows.ledger import Part, Reading, ResourceRow


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


class PolicyGaps:
    """Which vaults a policy backs up, worked out once until it is to be forgotten."""

    def __init__(self, ledger: Reading) -> None:
        self._ledger = ledger
        self._enabled: dict[VaultId, bool] | None = None
        """Whether one of its backup policies is enabled, by the vaults that have any."""
        self._is_known = self._is_whole = False

    def forget(self) -> None:
        """Work it out anew when it is next asked for: the policies may be others."""
        self._enabled = None

    def gap_of(self, vault: Vault) -> Gap | None:
        """Return why no policy backs a vault up, ``None`` where one does, and where that is not known."""
        if self._enabled is None:
            self._work_out()
        if not self._is_known or self._enabled is None or vault.protect_type == ProtectType.REPLICATION:
            return None
        enabled = self._enabled.get(vault.id)
        if enabled is None:
            return Gap.NO_POLICY if self._is_whole else None
        return None if enabled else Gap.POLICY_OFF

    def _work_out(self) -> None:
        fresh = self._ledger.freshness[Part.POLICIES]
        self._is_known, self._is_whole = fresh.as_of is not None, fresh.complete
        found: dict[VaultId, bool] = {}
        for policy in self._ledger.policies.values():
            if policy.operation_type == ProtectType.BACKUP:
                found |= {id: policy.enabled or found.get(id, False) for id in policy.vault_ids}
        self._enabled = found


def gap_of(row: ResourceRow, schedules: PolicyGaps) -> Gap | None:
    """Return why policies do not back a resource up, ``None`` where nothing that is known keeps them from it."""
    if row.vault is not None and not row.resource.auto_protect and row.vault.protect_type != ProtectType.REPLICATION:
        return Gap.SUSPENDED
    holder = row.vault or row.server_vault
    if holder is not None:
        return schedules.gap_of(holder)
    if row.unlisted_vault:
        return None
    return Gap.FREE if row.protectable is None or row.protectable.protectable else Gap.UNFIT
