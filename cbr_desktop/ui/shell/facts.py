"""Which feature tells the details of a row, and which reads more of it."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.enterprise_project import hindrance_of
from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.journal import Entry
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.restore_point import RestorePoint
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Vault, VaultUse
from cbr_desktop.text.words import Times
from cbr_desktop.ui.session.content import ContentReader
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.sheet import Sheet
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.vaults.page import VaultIndex
from cbr_desktop.workflows.ledger import Part, Reading, ResourceRow

DetailsSubject = Vault | ResourceRow | Task | Intent | Entry | Backup | Policy | RestorePoint


def content_reader(subject: DetailsSubject, workspace: Workspace, times: Times) -> ContentReader | None:
    """Return what reads more of a subject than its row tells, ``None`` where there is no more."""
    if not isinstance(subject, Backup):
        return None
    context = workspace.context_of(lambda ledger: subject.id in ledger.backups)
    if context is None or context.backup_reader is None:
        return None
    from cbr_desktop.ui.backups.content import BackupContent
    from cbr_desktop.ui.backups.receivers import known_projects
    from cbr_desktop.workflows.backup_reading import shares_changed

    names, intents = partial(known_projects, context), context.ledger.intents
    return BackupContent(*(subject, context.backup_reader, times, names), lambda: shares_changed(intents.values()))


def use_reader(
    subject: DetailsSubject, workspace: Workspace
) -> Callable[[], Coroutine[Any, Any, list[VaultUse]]] | None:
    """Return what reads how full a subject was, day by day, ``None`` where it cannot be filled.

    It also has the list read that names the enterprise project which a vault is in, if it was not read so far.
    """
    if not isinstance(subject, Vault):
        return None
    context = workspace.context_of(lambda ledger: subject.id in ledger.vaults)
    if context is None or context.services is None:
        return None
    return partial(_read_vault, context, subject)


async def _read_vault(context: ProfileContext, vault: Vault) -> list[VaultUse]:
    freshness = context.ledger.freshness[Part.ENTERPRISE_PROJECTS]
    is_told = freshness.as_of is not None or freshness.error is not None or freshness.loading
    has_name = vault.enterprise_project_id != DEFAULT_ENTERPRISE_PROJECT
    if has_name and not is_told and hindrance_of(context.profile) is None:
        context.refresh.need(frozenset({Part.ENTERPRISE_PROJECTS}))
    return await context.refresh.use_of(vault.id)


def sheet(subject: DetailsSubject, ledger: Reading, vault_index: VaultIndex, times: Times) -> Sheet:
    """Return what is known of a subject; the feature that knows it is imported when its first row is looked at."""
    if isinstance(subject, Vault):
        from cbr_desktop.ui.vaults.details import vault_sheet

        return vault_sheet(subject, ledger, vault_index, times)
    if isinstance(subject, Task):
        from cbr_desktop.ui.tasks.details import task_sheet

        return task_sheet(subject, ledger, times)
    if isinstance(subject, Intent):
        from cbr_desktop.ui.outbox.details import intent_sheet

        return intent_sheet(subject, ledger, times)
    if isinstance(subject, Entry):
        from cbr_desktop.ui.journal.details import entry_sheet

        return entry_sheet(subject, times)
    if isinstance(subject, Backup):
        from cbr_desktop.ui.backups.details import backup_sheet

        return backup_sheet(subject, ledger, times)
    if isinstance(subject, RestorePoint):
        from cbr_desktop.ui.checkpoint.details import point_sheet

        return point_sheet(subject, ledger, times)
    if isinstance(subject, Policy):
        from cbr_desktop.ui.policies.details import policy_sheet

        return policy_sheet(subject, ledger, times)
    from cbr_desktop.ui.resources.details import resource_sheet

    return resource_sheet(subject, ledger, times)
