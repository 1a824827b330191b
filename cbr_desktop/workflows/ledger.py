"""The ledger: all that is known of one profile's cloud, as of when, with one outlet for changes."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import BackupId, CheckpointId, IntentId, PolicyId, ProjectId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.vault import Resource, ResourceType, Vault
from cbr_desktop.workflows.derived import NewestBackups, at_once

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.account import Project
    from cbr_desktop.domain.agent import AgentState
    from cbr_desktop.domain.backup_details import Member, OpenedBackup
    from cbr_desktop.domain.change import Subject
    from cbr_desktop.domain.enterprise_project import EnterpriseProject
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.domain.policy import Policy
    from cbr_desktop.domain.protectable import Protectable
    from cbr_desktop.domain.replication import DestinationVault
    from cbr_desktop.domain.sharing import Offer
    from cbr_desktop.domain.task import Task


class Part(StrEnum):
    """A part of the ledger that changes, loads and fails by itself."""

    VAULTS = "vaults"
    TASKS = "tasks"
    BACKUPS = "backups"
    POLICIES = "policies"
    PROTECTABLES = "protectables"
    OFFERS = "offers"
    """What other projects share with this one."""
    DESTINATIONS = "destinations"
    """Where backups can be replicated to."""
    ENTERPRISE_PROJECTS = "enterprise-projects"
    """What the account sorts its resources into."""
    OPENED = "opened"
    INTENTS = "intents"
    CONNECTION = "connection"


Listener = Callable[[Part], None]
"""Hears which part of a ledger is another now."""


class Freshness(NamedTuple):
    """How a part stands: ``as_of`` is the time of its data (``None``: never read), ``error`` the last failure.

    ``complete`` and ``shortfall`` tell whether rows may be missing from the list, and why. ``lacking`` is why something
    is missing for good although the reading went well: the region does not have it, or the account may not see it.

    ``total``, ``read_at`` and ``mark`` are those of the ``Listing``.
    """

    as_of: datetime | None = None
    complete: bool = True
    loading: bool = False
    error: CbrError | None = None
    from_cache: bool = False
    lacking: CbrError | None = None
    shortfall: Shortfall = Shortfall.NONE
    total: int | None = None
    read_at: datetime | None = None
    mark: datetime | None = None


class First(NamedTuple):
    """A list as it was when it was first whole: its rows by id, and the time of its data."""

    rows: Mapping[Any, Any]
    as_of: datetime


class ResourceRow(Struct, frozen=True):
    """A line of the Resources view: a resource with its vault; ``vault`` is ``None`` for one in none.

    ``vault`` is ``None`` as well where the service tells of a vault that it does not list: see ``unlisted_vault``.
    """

    resource: Resource
    vault: Vault | None
    protectable: "Protectable | None"
    last_good: Backup | None
    server_vault: Vault | None = None
    """The vault of the server that a disk is attached to: the disk is backed up with the server."""

    @property
    def unlisted_vault(self) -> VaultId | None:
        """The vault that the resource is in by the service, when that vault is not listed, or does not list it."""
        is_told = self.vault is None and self.server_vault is None and self.protectable is not None
        return self.protectable.vault_id if is_told and self.protectable is not None else None


def row_id(row: ResourceRow) -> str:
    """Return what names a line for good; a resource can be in a backup and in a replication vault."""
    return f"{row.vault.id if row.vault else ''}/{row.resource.id}"


def loose_row(
    protectable: "Protectable", vaults: Mapping[VaultId, Vault], last_good: Mapping[ResourceId, Backup]
) -> ResourceRow:
    """Return the line of a resource that no vault in the list has; a disk may be in one by its server."""
    resource = Resource(protectable.id, protectable.type, protectable.name, protectable.size_gb)
    is_disk = protectable.type == ResourceType.DISK and protectable.vault_id is not None
    server_vault = vaults.get(protectable.vault_id) if is_disk and protectable.vault_id else None
    return ResourceRow(resource, None, protectable, last_good.get(protectable.id), server_vault)


def resource_of(backup: Backup) -> ResourceId:
    """Return the resource that a backup is of."""
    return backup.resource_id


class Reading(Protocol):
    """What can be read of a ledger, or of several that are looked at together."""

    @property
    def members(self) -> "Sequence[Ledger]":
        """The ledgers that it is made of."""
        ...

    @property
    def vaults(self) -> Mapping[VaultId, Vault]:
        """The vaults by id."""
        ...

    @property
    def tasks(self) -> "Mapping[TaskId, Task]":
        """The tasks by id."""
        ...

    @property
    def backups(self) -> Mapping[BackupId, Backup]:
        """The backups by id."""
        ...

    @property
    def policies(self) -> "Mapping[PolicyId, Policy]":
        """The policies by id."""
        ...

    @property
    def offers(self) -> "Mapping[BackupId, Offer]":
        """The backups that other projects share with this one, by id."""
        ...

    @property
    def destinations(self) -> "Mapping[VaultId, DestinationVault]":
        """The vaults that backups can be replicated to, by id."""
        ...

    @property
    def enterprise_projects(self) -> "Mapping[str, EnterpriseProject]":
        """The enterprise projects of the account by id, the default one first; none while that was not read."""
        ...

    @property
    def intents(self) -> "Mapping[IntentId, Intent]":
        """The intents by id."""
        ...

    @property
    def opened(self) -> "Mapping[BackupId, OpenedBackup]":
        """The backups that were read by themselves, by id."""
        ...

    @property
    def freshness(self) -> Mapping[Part, Freshness]:
        """How each part stands."""
        ...

    def resource_rows(self) -> Iterator[ResourceRow]:
        """Yield every known resource: those of the vaults, vault by vault, then those in no vault."""
        ...

    def resource(self, id: ResourceId) -> ResourceRow | None:
        """Return a resource with its vault, ``None`` where it is not known; its last good backup is not looked for."""
        ...

    def tasks_of(self, checkpoint_id: CheckpointId) -> "list[Task]":
        """Return the tasks of a checkpoint."""
        ...

    def backups_of(self, checkpoint_id: CheckpointId) -> Sequence[Backup]:
        """Return the backups of a checkpoint that following has read where tasks tell nothing of it."""
        ...


class Ledger(Struct, eq=False, weakref=True):
    """What is known of one profile. Its listeners are called with the part after every change.

    ``listener`` is the first of them.
    """

    profile: Profile
    listener: "Listener | None" = None
    vaults: dict[VaultId, Vault] = field(default_factory=dict)
    tasks: "dict[TaskId, Task]" = field(default_factory=dict)
    backups: dict[BackupId, Backup] = field(default_factory=dict)
    policies: "dict[PolicyId, Policy]" = field(default_factory=dict)
    protectables: "dict[ResourceId, Protectable]" = field(default_factory=dict)
    offers: "dict[BackupId, Offer]" = field(default_factory=dict)
    destinations: "dict[VaultId, DestinationVault]" = field(default_factory=dict)
    enterprise_projects: "dict[str, EnterpriseProject]" = field(default_factory=dict)
    regions: "Sequence[str] | None" = None
    """The regions that this one replicates to, ``None`` until that is read."""
    projects: "Sequence[Project]" = ()
    """The account's projects in those regions."""
    other_projects: "Sequence[Project]" = ()
    """The other projects of the account in this region, as far as that was read."""
    receivers: "dict[BackupId, Listing[Member]]" = field(default_factory=dict)
    """The projects that backups are shared with, of those backups of which that was read."""
    project_id: ProjectId | None = None
    """The id of the project, once the login has told it."""
    intents: "dict[IntentId, Intent]" = field(default_factory=dict)
    opened: "dict[BackupId, OpenedBackup]" = field(default_factory=dict)
    """The backups that were read by themselves; they are kept as long as the program runs."""
    followed_backups: dict[CheckpointId, Sequence[Backup]] = field(default_factory=dict)
    agents: "dict[ResourceId, AgentState]" = field(default_factory=dict)
    """What was told of the agents on servers, the last time that they were asked for."""
    connection: Connection = field(default_factory=Connection)
    first: "dict[Part, First]" = field(default_factory=dict)
    """The lists as they were when they were first whole: what changes are told against until a person has looked."""
    unkept: CbrError | None = None
    """Why tasks that have ended could not be kept beyond the service's memory, the last time it was tried."""
    freshness: dict[Part, Freshness] = field(default_factory=lambda: dict.fromkeys(Part, Freshness()))
    _listeners: list[Listener] = field(default_factory=list)
    _homes: "tuple[object, dict[ResourceId, Vault]]" = (None, {})
    """The vaults of resources that were looked for, by the list that was looked through."""

    def __post_init__(self) -> None:
        if self.listener is not None:
            self._listeners.append(self.listener)

    def __repr__(self) -> str:
        return f"<ledger of {self.profile.name}>"

    # telling

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called with the part after every change, after those that subscribed before it.

        Returns what ends that.
        """
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def notify(self, part: Part) -> None:
        """Tell every listener that a part is another now.

        What one of them raises keeps no other from hearing; it is raised when all have heard.
        """
        troubles: list[Exception] = []
        for listener in tuple(self._listeners):
            try:
                listener(part)
            except Exception as error:
                troubles.append(error)
        if troubles:
            raise troubles[0] if len(troubles) == 1 else ExceptionGroup("listeners of the ledger failed", troubles)

    # reading

    @property
    def members(self) -> "tuple[Ledger, ...]":
        """This one alone."""
        return (self,)

    def still(self) -> "Ledger":
        """Return what is known now: it stays the same whatever is learned later, and has no subscribers."""
        return replace(
            self,
            listener=None,
            _listeners=[],
            # what is not replaced as a whole
            freshness=dict(self.freshness),
            intents=dict(self.intents),
            receivers=dict(self.receivers),
            followed_backups=dict(self.followed_backups),
            first=dict(self.first),
        )

    def contents(self, part: Part) -> tuple[object, ...]:
        """Return what a part holds: the very same objects as long as none of it is another."""
        held: dict[Part, tuple[object, ...]] = {
            Part.VAULTS: (self.vaults, self.agents),
            Part.TASKS: (self.tasks,),
            Part.BACKUPS: (self.backups,),
            Part.POLICIES: (self.policies,),
            Part.PROTECTABLES: (self.protectables,),
            Part.OFFERS: (self.offers, self.other_projects, *self.receivers.values()),
            Part.DESTINATIONS: (self.destinations,),
            Part.ENTERPRISE_PROJECTS: (self.enterprise_projects,),
            Part.OPENED: (self.opened,),
            Part.INTENTS: (*self.intents.values(), *self.followed_backups.values()),
            Part.CONNECTION: (self.connection,),
        }
        return held[part]

    def knows(self, subject: "Subject") -> bool:
        """Whether a thing is in the lists; what has no id yet is in none, and neither is a project."""
        if subject.type == "resource":
            return self.resource(ResourceId(subject.id)) is not None
        known: dict[str, Container[str]] = {"vault": self.vaults, "backup": self.backups, "policy": self.policies}
        return subject.id in known.get(subject.type, ()) or (subject.type == "backup" and subject.id in self.offers)

    def resource(self, id: ResourceId) -> ResourceRow | None:
        """Return a resource with its vault, ``None`` where it is not known; its last good backup is not looked for."""
        protectable = self.protectables.get(id)
        if self._homes[0] is not self.vaults:
            self._homes = (self.vaults, {})
        homes = self._homes[1]
        # what was found once is asked for again and again, and there may be thousands of vaults
        for vault in (homes[id],) if id in homes else self.vaults.values():
            found = vault.resource(id)
            if found is not None:
                homes[id] = vault
                return ResourceRow(found, vault, protectable, None)
        if protectable is None:
            return None
        return ResourceRow(
            Resource(id, protectable.type, protectable.name, protectable.size_gb), None, protectable, None
        )

    def resource_rows(self) -> Iterator[ResourceRow]:
        """Yield every known resource: those of the vaults, vault by vault, then those in no vault that is listed."""
        last_good = self.last_good_backups()
        seen: set[ResourceId] = set()
        for vault in self.vaults.values():
            for resource in vault.resources:
                seen.add(resource.id)
                yield ResourceRow(resource, vault, self.protectables.get(resource.id), last_good.get(resource.id))
        for protectable in self.protectables.values():
            if protectable.id not in seen:
                yield loose_row(protectable, self.vaults, last_good)

    def last_good_backups(self) -> Mapping[ResourceId, Backup]:
        """Return the newest available backup of every resource that has one."""
        newest = NewestBackups(resource_of)
        at_once(newest.follow(self.backups))
        return newest.found

    def running_tasks(self, vault_id: VaultId) -> "list[Task]":
        """Return the tasks of a vault that have not ended, as far as is known."""
        return [task for task in self.tasks.values() if task.vault_id == vault_id and not task.is_over]

    def tasks_of(self, checkpoint_id: CheckpointId) -> "list[Task]":
        """Return the tasks of a checkpoint."""
        return [task for task in self.tasks.values() if task.checkpoint_id == checkpoint_id]

    def backups_of(self, checkpoint_id: CheckpointId) -> Sequence[Backup]:
        """Return the backups of a checkpoint that following has read where tasks tell nothing of it."""
        return self.followed_backups.get(checkpoint_id, ())

    # writing, by workflows alone

    def put_vaults(self, listing: Listing[Vault], *, from_cache: bool = False) -> None:
        """Replace the vaults by a list that was read."""
        self.vaults = _unless_same(self.vaults, listing.rows)
        self._open_with(Part.VAULTS, self.vaults, listing, from_cache)
        self._fresh(Part.VAULTS, listing, from_cache)

    def merge_vault(self, vault: Vault) -> None:
        """Put a single vault in, as following a change of it brings it; the list keeps its age."""
        if self.vaults.get(vault.id) != vault:
            self.vaults = {**self.vaults, vault.id: vault}
            self.notify(Part.VAULTS)

    def put_agents(self, agents: "Iterable[AgentState]") -> None:
        """Put in what was told of the agents on servers; those not asked for stay as they were."""
        self.agents = {**self.agents, **{each.resource_id: each for each in agents}}
        self.notify(Part.VAULTS)

    def drop_vault(self, id: VaultId) -> None:
        """Take a vault out that the service does not know any more; the list keeps its age."""
        if id in self.vaults:
            self.vaults = {other: vault for other, vault in self.vaults.items() if other != id}
            self.notify(Part.VAULTS)

    def put_tasks(
        self, listing: "Listing[Task]", *, from_cache: bool = False, by_id: "dict[TaskId, Task] | None" = None
    ) -> None:
        """Merge a list of tasks: tasks do not vanish, they only grow old.

        ``by_id`` are all of them by then, where they are merged already; the list may be the newest alone then.
        """
        if by_id is None:
            by_id = {**{task.id: task for task in listing.rows}, **self._older(listing.rows)}
        self.tasks = by_id
        self._open_with(Part.TASKS, self.tasks, listing, from_cache)
        self._fresh(Part.TASKS, listing, from_cache)

    def merge_tasks(self, tasks: "Iterable[Task]") -> None:
        """Put single tasks in, as following a checkpoint brings them; the list keeps its age."""
        self.tasks = {**self.tasks, **{task.id: task for task in tasks}}
        self.notify(Part.TASKS)

    def put_backups_of(self, checkpoint_id: CheckpointId, backups: Sequence[Backup]) -> None:
        """Keep the backups of a checkpoint that is followed by them; the list of all keeps its age."""
        self.followed_backups[checkpoint_id] = tuple(backups)
        self.notify(Part.INTENTS)

    def put_backups(
        self,
        listing: Listing[Backup],
        *,
        from_cache: bool = False,
        by_id: dict[BackupId, Backup] | None = None,
    ) -> None:
        """Replace the backups by a list that was read; ``by_id`` are its rows where they are filed already."""
        self.backups = _unless_same(self.backups, listing.rows) if by_id is None else by_id
        self._open_with(Part.BACKUPS, self.backups, listing, from_cache)
        self._fresh(Part.BACKUPS, listing, from_cache)

    def recall_opened(self, opened: "Iterable[OpenedBackup]") -> None:
        """Put in what was read of backups before; what has been read since is newer and stays."""
        known = {each.details.backup.id: each for each in opened if each.details is not None}
        self.opened = {**known, **self.opened}
        self.notify(Part.OPENED)

    def put_opened(self, id: BackupId, opened: "OpenedBackup") -> None:
        """Keep a backup as it was read by itself; the list of all keeps its age."""
        self.opened = {**self.opened, id: opened}
        self.notify(Part.OPENED)

    def put_policies(self, listing: "Listing[Policy]", *, from_cache: bool = False) -> None:
        """Replace the policies by a list that was read."""
        self.policies = _unless_same(self.policies, listing.rows)
        self._fresh(Part.POLICIES, listing, from_cache)

    def put_protectables(self, listing: "Listing[Protectable]", *, from_cache: bool = False) -> None:
        """Replace what could be protected by a list that was read."""
        self.protectables = _unless_same(self.protectables, listing.rows)
        self._open_with(Part.PROTECTABLES, self.protectables, listing, from_cache)
        self._fresh(Part.PROTECTABLES, listing, from_cache)

    def put_offers(self, listing: "Listing[Offer]") -> None:
        """Replace what other projects share with this one by a list that was read."""
        self.offers = {offer.id: offer for offer in listing.rows}
        self._fresh(Part.OFFERS, listing, False)

    def put_destinations(
        self, regions: "Sequence[str]", projects: "Sequence[Project]", listing: "Listing[DestinationVault]"
    ) -> None:
        """Replace where backups can be replicated to: the regions, the account's projects and vaults there."""
        self.regions, self.projects = tuple(regions), tuple(projects)
        self.destinations = {vault.id: vault for vault in listing.rows}
        self._fresh(Part.DESTINATIONS, listing, False)

    def put_enterprise_projects(self, listing: "Listing[EnterpriseProject]") -> None:
        """Replace the enterprise projects by a list that was read."""
        self.enterprise_projects = _unless_same(self.enterprise_projects, listing.rows)
        self._fresh(Part.ENTERPRISE_PROJECTS, listing, False)

    def put_other_projects(self, projects: "Sequence[Project]") -> None:
        """Keep the other projects of the account in this region; the list of what is offered keeps its age."""
        self.other_projects = tuple(projects)
        self.notify(Part.OFFERS)

    def put_receivers(self, id: BackupId, listing: "Listing[Member]") -> None:
        """Keep which projects a backup is shared with; the list of what is offered keeps its age."""
        self.receivers[id] = listing
        self.notify(Part.OFFERS)

    def put_intent(self, intent: "Intent") -> None:
        """Replace or add an intent."""
        self.intents[intent.id] = intent
        self.notify(Part.INTENTS)

    def put_connection(self, connection: Connection) -> None:
        """Replace what is known of the connection."""
        self.connection = connection
        self.notify(Part.CONNECTION)

    def loading(self, part: Part) -> None:
        """Mark a part as being read."""
        self.freshness[part] = self.freshness[part]._replace(loading=True)
        self.notify(part)

    def read_before(self, part: Part) -> None:
        """Mark a part as not being read any more; its rows and their age stay."""
        self.freshness[part] = self.freshness[part]._replace(loading=False)
        self.notify(part)

    def failed(self, part: Part, error: CbrError) -> None:
        """Mark a part as not read; its rows and their age stay."""
        self.freshness[part] = self.freshness[part]._replace(loading=False, error=error)
        self.notify(part)

    def _open_with(self, part: Part, rows: Mapping[Any, Any], listing: Listing[Any], from_cache: bool) -> None:
        # the first page of the cache is not what was seen last, the whole list is
        if part not in self.first and (listing.complete or listing.lacking is not None or not from_cache):
            self.first[part] = First(rows, listing.as_of)

    def _fresh(self, part: Part, listing: Listing[Any], from_cache: bool) -> None:
        self.freshness[part] = Freshness(
            listing.as_of,
            listing.complete,
            from_cache=from_cache,
            lacking=listing.lacking,
            shortfall=listing.shortfall,
            total=listing.total,
            read_at=listing.read_at,
            mark=listing.mark,
        )
        self.notify(part)

    def _older(self, rows: "list[Task]") -> "dict[TaskId, Task]":
        fresh = {task.id for task in rows}
        return {id: task for id, task in self.tasks.items() if id not in fresh}


def _unless_same(held: dict[Any, Any], rows: list[Any]) -> dict[Any, Any]:
    """Return rows by id: what is held, where these are the very same, so that they do not count as new."""
    if len(held) == len(rows) and all(map(is_, held.values(), rows)):
        return held
    return {row.id: row for row in rows}
