"""Policies as the service writes them."""

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import Flag, Id, ListReader, Names, ObjectReader, Page, Size, Text, moment
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.policy import Policy


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


def policies(body: bytes, _names: Names) -> Page[Policy]:
    """Read a page of ListPolicies."""
    page = _LIST.read(body)
    return Page([_policy(row) for row in page.rows], page.count, page.lost)


def policy(body: bytes) -> Policy:
    """Read the answer of CreatePolicy or ShowPolicy. ``Unfit`` when it is none."""
    return _policy(_ONE.read(body))


def _policy(row: PolicyRow) -> Policy:
    retention = row.operation_definition or RetentionRow()
    properties = row.trigger and row.trigger.properties
    return Policy(
        PolicyId(row.id),
        row.name or "",
        row.operation_type or "",
        row.enabled is not False,
        tuple((properties and properties.pattern) or ()),
        -1 if retention.max_backups is None else retention.max_backups,
        -1 if retention.retention_duration_days is None else retention.retention_duration_days,
        tuple(VaultId(association.vault_id) for association in row.associated_vaults or ()),
        moment(properties.start_time) if properties else None,
    )
