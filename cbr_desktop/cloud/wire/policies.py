"""Policies as the service writes them."""

from typing import Any

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import AnswerPage, Flag, Id, ListReader, Names, ObjectReader, Size, Text, moment
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.retention import FOREVER


class PropertiesRow(Struct):
    """``trigger.properties``."""

    pattern: list[str] | None = None
    start_time: Text = None


class TriggerRow(Struct):
    """``trigger``: when a policy runs."""

    properties: PropertiesRow | None = None


class RetentionRow(Struct):
    """``operation_definition``: how long a policy keeps what it made."""

    max_backups: Size = None
    retention_duration_days: Size = None
    day_backups: Size = None
    week_backups: Size = None
    month_backups: Size = None
    year_backups: Size = None
    timezone: Text = None
    full_backup_interval: Size = None
    destination_region: Text = None
    destination_project_id: Text = None
    advanced_retention_rules: Any = None


class AssociationRow(Struct):
    """One of ``associated_vaults``."""

    vault_id: Id


class PolicyRow(Struct):
    """One policy."""

    id: Id
    name: Text = None
    operation_type: Text = None
    enabled: Flag = None
    trigger: TriggerRow | None = None
    operation_definition: RetentionRow | None = None
    associated_vaults: list[AssociationRow] | None = None


_LIST = ListReader("policies", PolicyRow)
_ONE = ObjectReader(PolicyRow, "policy")


def policies(body: bytes, _names: Names) -> AnswerPage[Policy]:
    """Read a page of ListPolicies."""
    page = _LIST.read(body)
    return AnswerPage([_policy(row) for row in page.rows], page.count, page.lost)


def policy(body: bytes) -> Policy:
    """Read the answer of CreatePolicy or ShowPolicy. ``Unfit`` when it is none."""
    return _policy(_ONE.read(body))


class AssociationAnswer(Struct):
    """The answer of AssociateVaultPolicy or DisassociateVaultPolicy."""

    vault_id: Id
    policy_id: Id


_ASSOCIATIONS = {key: ObjectReader(AssociationAnswer, key) for key in ("associate_policy", "dissociate_policy")}


def association(body: bytes, key: str) -> tuple[str, str]:
    """Read which vault and which policy an answer names. ``Unfit`` when it names none."""
    found = _ASSOCIATIONS[key].read(body)
    return found.vault_id, found.policy_id


def _policy(row: PolicyRow) -> Policy:
    retention = row.operation_definition or RetentionRow()
    properties = row.trigger and row.trigger.properties
    return Policy(
        PolicyId(row.id),
        row.name or "",
        row.operation_type or "",
        row.enabled is not False,
        tuple((properties and properties.pattern) or ()),
        _limit(retention.max_backups),
        _limit(retention.retention_duration_days),
        tuple(VaultId(association.vault_id) for association in row.associated_vaults or ()),
        moment(properties.start_time) if properties else None,
        retention.day_backups or 0,
        retention.week_backups or 0,
        retention.month_backups or 0,
        retention.year_backups or 0,
        retention.timezone or "",
        _limit(retention.full_backup_interval),
        retention.destination_region or "",
        retention.destination_project_id or "",
        bool(retention.advanced_retention_rules),
    )


def _limit(given: int | None) -> int:
    """Return a limit, -1 for none."""
    return FOREVER if given is None else given
