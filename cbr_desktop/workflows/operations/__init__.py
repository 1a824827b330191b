"""The operations, one file each, registered by name. A new one is added here and nowhere else in the engines."""

from typing import Any

from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.operations.answer_share import ANSWER_SHARE
from cbr_desktop.workflows.operations.apply_policy import APPLY_POLICY
from cbr_desktop.workflows.operations.associate_resources import ASSOCIATE_RESOURCES
from cbr_desktop.workflows.operations.change_enterprise_project import CHANGE_ENTERPRISE_PROJECT
from cbr_desktop.workflows.operations.change_tags import CHANGE_TAGS
from cbr_desktop.workflows.operations.create_checkpoint import CREATE_CHECKPOINT
from cbr_desktop.workflows.operations.create_policy import CREATE_POLICY
from cbr_desktop.workflows.operations.create_vault import CREATE_VAULT
from cbr_desktop.workflows.operations.delete_backup import DELETE_BACKUP
from cbr_desktop.workflows.operations.delete_policy import DELETE_POLICY
from cbr_desktop.workflows.operations.delete_vault import DELETE_VAULT
from cbr_desktop.workflows.operations.dissociate_resources import DISSOCIATE_RESOURCES
from cbr_desktop.workflows.operations.lock_vault import LOCK_VAULT
from cbr_desktop.workflows.operations.migrate_resources import MIGRATE_RESOURCES
from cbr_desktop.workflows.operations.operation import Operation
from cbr_desktop.workflows.operations.remove_policy import REMOVE_POLICY
from cbr_desktop.workflows.operations.rename_backup import RENAME_BACKUP
from cbr_desktop.workflows.operations.replicate_backup import REPLICATE_BACKUP
from cbr_desktop.workflows.operations.replicate_vault import REPLICATE_VAULT
from cbr_desktop.workflows.operations.restore_backup import RESTORE_BACKUP
from cbr_desktop.workflows.operations.set_protection import SET_PROTECTION
from cbr_desktop.workflows.operations.share_backup import SHARE_BACKUP
from cbr_desktop.workflows.operations.update_all_vaults import UPDATE_ALL_VAULTS
from cbr_desktop.workflows.operations.update_expiration import UPDATE_EXPIRATION
from cbr_desktop.workflows.operations.update_policy import UPDATE_POLICY
from cbr_desktop.workflows.operations.update_vault import UPDATE_VAULT
from cbr_desktop.workflows.operations.withdraw_share import WITHDRAW_SHARE

_ALL: tuple[Operation, ...] = (
    CREATE_CHECKPOINT,
    CREATE_POLICY,
    UPDATE_POLICY,
    DELETE_POLICY,
    APPLY_POLICY,
    REMOVE_POLICY,
    ASSOCIATE_RESOURCES,
    DISSOCIATE_RESOURCES,
    MIGRATE_RESOURCES,
    SET_PROTECTION,
    DELETE_BACKUP,
    RENAME_BACKUP,
    SHARE_BACKUP,
    WITHDRAW_SHARE,
    ANSWER_SHARE,
    REPLICATE_BACKUP,
    REPLICATE_VAULT,
    CREATE_VAULT,
    RESTORE_BACKUP,
    UPDATE_VAULT,
    LOCK_VAULT,
    DELETE_VAULT,
    UPDATE_ALL_VAULTS,
    CHANGE_TAGS,
    UPDATE_EXPIRATION,
    CHANGE_ENTERPRISE_PROJECT,
)
OPERATIONS: dict[Kind, Operation] = {operation.kind: operation for operation in _ALL}


def kind_of(draft: type[Any]) -> Kind:
    """Return the operation that takes drafts of a type. ``TypeError`` when none does."""
    for kind, operation in OPERATIONS.items():
        if operation.draft is draft:
            return kind
    raise TypeError(f"no operation takes a {draft.__name__}")


def change_of(draft: Any, ledger: Reading) -> Change:
    """Return the change that a draft asks for; one that is a change already is returned as it is.

    ``ValueError`` when it lacks what makes a request, ``TypeError`` when no operation knows drafts of its type.
    """
    if isinstance(draft, Change):
        return draft
    for operation in OPERATIONS.values():
        if isinstance(draft, operation.draft):
            return operation.change(draft, ledger)
    raise TypeError(f"no operation takes a {type(draft).__name__}")
