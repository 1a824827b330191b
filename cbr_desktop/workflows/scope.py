"""A scope: the ledgers that are looked at together, which read like one."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import BackupId, CheckpointId, IntentId, PolicyId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.listing import Shortfall
from cbr_desktop.domain.vault import Vault
from cbr_desktop.workflows.derived import at_once, pieces
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part, ResourceRow, row_id

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.backup_details import OpenedBackup
    from cbr_desktop.domain.enterprise_project import EnterpriseProject
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.domain.policy import Policy
    from cbr_desktop.domain.replication import DestinationVault
    from cbr_desktop.domain.sharing import Offer
    from cbr_desktop.domain.task import Task


class Scope:
    """Shows its members as one ledger. Of what several of them see, each thing is there once: ids are the service's.

    One member is passed through as it is. A change of a member is told with ``forget``.
    """

    def __init__(self, members: Sequence[Ledger] = ()) -> None:
        self._members = tuple(members)
        self._joined: dict[Part, dict[Any, Any]] = {}

    @property
    def members(self) -> tuple[Ledger, ...]:
        """The ledgers in their order."""
        return self._members

    @property
    def is_merged(self) -> bool:
        """Whether there is more than one."""
        return len(self._members) > 1

    def show(self, members: Sequence[Ledger]) -> None:
        """Show other ledgers from now on."""
        self._members = tuple(members)
        self._joined.clear()

    def forget(self, part: Part) -> None:
        """Join this part anew when it is next asked for: a member has changed."""
        self._joined.pop(part, None)

    def owners(self, vault_id: VaultId | None) -> list[Ledger]:
        """Return the ledgers that know a vault; several, where two profiles lead to the same project."""
        return [member for member in self._members if vault_id in member.vaults]

    def tellers(self, task_id: TaskId) -> list[Ledger]:
        """Return the ledgers that know a task."""
        return [member for member in self._members if task_id in member.tasks]

    def sighters(self, row: ResourceRow) -> list[Ledger]:
        """Return the ledgers that know the resource of a row: by its vault, or as one that is in none."""
        if row.vault is not None:
            return self.owners(row.vault.id)
        return [member for member in self._members if row.resource.id in member.protectables]

    # as one ledger

    @property
    def vaults(self) -> Mapping[VaultId, Vault]:
        """The vaults by id."""
        return self._join(Part.VAULTS, lambda ledger: ledger.vaults)

    @property
    def tasks(self) -> "Mapping[TaskId, Task]":
        """The tasks by id."""
        return self._join(Part.TASKS, lambda ledger: ledger.tasks)

    @property
    def backups(self) -> Mapping[BackupId, Backup]:
        """The backups by id."""
        return self._join(Part.BACKUPS, lambda ledger: ledger.backups)

    @property
    def policies(self) -> "Mapping[PolicyId, Policy]":
        """The policies by id."""
        return self._join(Part.POLICIES, lambda ledger: ledger.policies)

    @property
    def offers(self) -> "Mapping[BackupId, Offer]":
        """The backups that other projects share with these, by id."""
        return self._join(Part.OFFERS, lambda ledger: ledger.offers)

    @property
    def destinations(self) -> "Mapping[VaultId, DestinationVault]":
        """The vaults that backups can be replicated to, by id."""
        return self._join(Part.DESTINATIONS, lambda ledger: ledger.destinations)

    @property
    def enterprise_projects(self) -> "dict[str, EnterpriseProject]":
        """The enterprise projects of all profiles."""
        return self._join(Part.ENTERPRISE_PROJECTS, lambda ledger: ledger.enterprise_projects)

    @property
    def intents(self) -> "Mapping[IntentId, Intent]":
        """The intents by id."""
        return self._join(Part.INTENTS, lambda ledger: ledger.intents)

    @property
    def opened(self) -> "Mapping[BackupId, OpenedBackup]":
        """The backups that were read by themselves, by id."""
        return {id: opened for member in self._members for id, opened in member.opened.items()}

    @property
    def freshness(self) -> Mapping[Part, Freshness]:
        """How each part stands in all of them: as old as the oldest, and whole only where each is."""
        if len(self._members) == 1:
            return self._members[0].freshness
        return {part: _together([member.freshness[part] for member in self._members]) for part in Part}

    def resource_rows(self) -> Iterator[ResourceRow]:
        """Yield every known resource, each once; what is in a vault of any member is not told as unprotected."""
        if len(self._members) == 1:
            return self._members[0].resource_rows()
        return iter(at_once(merged([member.resource_rows() for member in self._members])).values())

    def resource(self, id: ResourceId) -> ResourceRow | None:
        """Return a resource with its vault, rather of a member that knows its vault; ``None`` where it is not known."""
        found = [row for member in self._members if (row := member.resource(id)) is not None]
        return next((row for row in found if row.vault is not None), found[0] if found else None)

    def tasks_of(self, checkpoint_id: CheckpointId) -> "list[Task]":
        """Return the tasks of a checkpoint."""
        found = {task.id: task for member in self._members for task in member.tasks_of(checkpoint_id)}
        return list(found.values())

    def backups_of(self, checkpoint_id: CheckpointId) -> Sequence[Backup]:
        """Return the backups of a checkpoint that following has read where tasks tell nothing of it."""
        return next((found for member in self._members if (found := member.backups_of(checkpoint_id))), ())

    def _join(self, part: Part, of: Callable[[Ledger], dict[Any, Any]]) -> dict[Any, Any]:
        if len(self._members) == 1:
            return of(self._members[0])
        if part not in self._joined:
            # the first member wins: its row is the one that its own screens show
            joined: dict[Any, Any] = {}
            for member in reversed(self._members):
                joined.update(of(member))
            self._joined[part] = joined
        return self._joined[part]


def merged(lists: Iterable[Iterable[ResourceRow]]) -> Generator[None, None, dict[str, ResourceRow]]:
    """Return the lines of several ledgers by what names them, each once, in pieces.

    What is in a vault of any of them is not told as unprotected.
    """
    found: dict[str, ResourceRow] = {}
    protected: set[ResourceId] = set()
    for rows in lists:
        for piece in pieces(rows):
            protected.update([row.resource.id for row in piece if row.vault is not None])
            for row in piece:
                found.setdefault(row_id(row), row)
            yield
    others = [id for id, row in found.items() if row.vault is None and row.resource.id in protected]
    for id in others:
        del found[id]
    return found


def _together(parts: list[Freshness]) -> Freshness:
    known = [part.as_of for part in parts if part.as_of is not None]
    totals = [part.total for part in parts]
    return Freshness(
        as_of=min(known, default=None),
        complete=all(part.complete and part.as_of is not None for part in parts),
        loading=any(part.loading for part in parts),
        error=next((part.error for part in parts if part.error is not None), None),
        from_cache=any(part.from_cache for part in parts),
        shortfall=next((part.shortfall for part in parts if part.shortfall), Shortfall.NONE),
        lacking=next((part.lacking for part in parts if part.lacking is not None), None),
        total=None if None in totals else sum(total for total in totals if total is not None),
    )
