"""The shapes that workflows ask for; cloud and storage fit them without importing this file."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.agent import AgentState
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, Member, OpenedBackup
from cbr_desktop.domain.change import Change, Sent
from cbr_desktop.domain.checkpoint import Checkpoint
from cbr_desktop.domain.enterprise_project import EnterpriseProject
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import BackupId, CheckpointId, ProjectId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.journal import Entry, EntryFilter, Event, RequestObserver, Verification
from cbr_desktop.domain.listing import ListChanges, Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.secret import SecretKind, SecretPlace
from cbr_desktop.domain.sharing import Offer
from cbr_desktop.domain.source import ProfileSource
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Resource, Vault, VaultUse

if TYPE_CHECKING:  # shapes need no loop, and to import it takes a third of what it takes to judge a file
    from asyncio import Future

Row = TypeVar("Row")
KeptReading = Generator[None, None, Listing[Row] | None]
"""Reading piece by piece: the caller may do something else between two, and gets the list or ``None``."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of this clock; it may wake a little early."""
        ...


class Cloud(Protocol):
    """One project of one cloud. Every method raises ``CloudError`` when there is no good answer.

    Reads are repeated a few times by themselves; ``send`` never is.
    """

    async def project_id(self) -> ProjectId:
        """Return the id of the profile's project, logging in if need be."""
        ...

    async def vaults(self, held: Mapping[VaultId, Vault] = ...) -> Listing[Vault]:
        """Return all vaults of the project, newest first, with their resources; as many as are ``held`` at once.

        One that says what a held one says is that one.
        """
        ...

    async def vault(self, id: VaultId) -> Vault:
        """Return one vault with its resources."""
        ...

    async def agents(self, resources: Sequence[Resource]) -> list[AgentState]:
        """Return what is known of the agents on some servers."""
        ...

    async def protectables(self, kind: str, held: Mapping[ResourceId, Protectable] = ...) -> Listing[Protectable]:
        """Return what could be protected; ``kind`` is ``server``, ``disk`` or ``turbo``.

        What says what is ``held`` is that.
        """
        ...

    async def backups(
        self,
        *,
        vault_id: VaultId | None = None,
        checkpoint_id: CheckpointId | None = None,
        resource_id: ResourceId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        name: str | None = None,
        slowly: bool = False,
        at_most: int | None = None,
    ) -> Listing[Backup]:
        """Return backups, newest first; the arguments up to ``name`` narrow the list.

        ``since`` and ``until`` are times of creation. ``slowly`` reads one page after the other, and none once
        ``at_most`` rows have come: the list is not complete then.
        """
        ...

    async def count_backups(self, since: datetime | None = None, until: datetime | None = None) -> int | None:
        """Return how many backups were created in a time, ``None`` where the service does not count."""
        ...

    async def changed_backups(self, since: datetime, expected: int = 0) -> ListChanges[Backup] | None:
        """Return the backups that were changed since a time, and how many there are; ``None`` if that is not told."""
        ...

    async def backup(self, id: BackupId) -> Backup:
        """Return one backup."""
        ...

    async def backup_details(self, id: BackupId) -> BackupDetails:
        """Return one backup with the backups of its disks."""
        ...

    async def members(self, id: BackupId) -> Listing[Member]:
        """Return the projects that a backup is shared with."""
        ...

    async def offers(self) -> Listing[Offer]:
        """Return the backups that other projects share with this one, whatever was said to them."""
        ...

    async def replication_regions(self) -> list[str]:
        """Return the regions that this one replicates to; ``region`` of the profile tells which this one is."""
        ...

    async def projects(self) -> list[Project]:
        """Return the projects that the login may use, by name."""
        ...

    async def enterprise_projects(self) -> Listing[EnterpriseProject]:
        """Return the enterprise projects of the account that the user may see, the default one first."""
        ...

    async def external_vaults(self, region: str, project_id: ProjectId) -> Listing[Vault]:
        """Return the vaults of a project in another region."""
        ...

    async def backup_metadata(self, id: BackupId) -> BackupMetadata | None:
        """Return how a server was built when it was backed up; ``None`` while the service has not got it ready."""
        ...

    async def tasks(
        self, *, since: datetime | None = None, operation_type: str | None = None, status: str | None = None
    ) -> Listing[Task]:
        """Return tasks, newest first; every argument narrows the list."""
        ...

    async def task(self, id: TaskId) -> Task:
        """Return one task."""
        ...

    async def policies(self) -> Listing[Policy]:
        """Return all policies of the project."""
        ...

    async def checkpoint(self, id: CheckpointId) -> Checkpoint:
        """Return one checkpoint; the service may tell no more than its status."""
        ...

    async def send(self, change: Change, project_id: ProjectId, observer: RequestObserver | None = None) -> Sent:
        """Send a change once, as it is. ``CloudError.executed`` tells whether it may have been carried out.

        ``observer`` hears of every request before its first byte leaves, and of its answer; what it raises stops the
        request.
        """
        ...

    def allow_login_again(self) -> None:
        """Let secrets that were refused be tried once more: to be called whenever a person gave some."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class Records(Protocol):
    """The precious rows of the outbox. Methods return when the row is on the disk; ``NotSaved`` when it cannot be."""

    def add(self, intent: Intent) -> None:
        """Keep a new intent."""
        ...

    def claim(self, intent: Intent) -> bool:
        """Turn the row of a QUEUED intent into ``intent`` (SENDING), if it is QUEUED still; tell whether it was."""
        ...

    def save(self, intent: Intent) -> None:
        """Keep the new state of an intent."""
        ...

    def save_all(self, intents: Sequence[Intent]) -> None:
        """Keep the new states of several intents, all of them or none: the disk is waited for once."""
        ...

    def load(self) -> list[Intent]:
        """Return all intents, oldest first. Rows that cannot be read are left out and kept on the disk."""
        ...

    def kept(self) -> list[Intent]:
        """Return the readable intents of all profiles, as they are on the disk now. ``Damaged``."""
        ...


class Journal(Protocol):
    """The chain of entries on the disk. It only grows."""

    def append(self, event: Event) -> Entry:
        """Write an event down; it is on the disk when this returns. ``NotSaved`` when it cannot be."""
        ...

    def append_all(self, events: Sequence[Event]) -> list[Entry]:
        """Write events down in their order, all of them or none; the disk is waited for once. ``NotSaved``."""
        ...

    def entries(self, wanted: EntryFilter = ...) -> Iterator[Entry]:
        """Yield the wanted entries, oldest first; lines that are none are passed over, ``verify`` tells of them."""
        ...

    def newest(self, count: int, *, before: int | None = None, after: int = 0) -> list[Entry]:
        """Return up to ``count`` entries, the newest first, of those with numbers between ``after`` and ``before``.

        Only as much is read as that needs. ``Damaged`` when it is unreadable.
        """
        ...

    def verify(self) -> Verification:
        """Go through the whole chain and tell whether nothing is missing and nothing was changed."""
        ...

    def verifier(self) -> Callable[[], Verification]:
        """Return what does that for the chain as it stands now; it can be called from another thread."""
        ...


class Cache(Protocol):
    """The rebuildable copy of the ledger's lists; failing is never an error here, only an empty cache."""

    def vaults(self) -> KeptReading[Vault]:
        """Read the vaults that were seen last."""
        ...

    def tasks(self) -> KeptReading[Task]:
        """Read the tasks that were seen last."""
        ...

    def backups(self) -> KeptReading[Backup]:
        """Read the backups that were seen last."""
        ...

    def policies(self) -> KeptReading[Policy]:
        """Read the policies that were seen last."""
        ...

    def protectables(self) -> KeptReading[Protectable]:
        """Read what could be protected when it was seen last."""
        ...

    def opened(self) -> KeptReading[OpenedBackup]:
        """Read the backups that were read by themselves."""
        ...

    def keep_vaults(self, listing: Listing[Vault]) -> None:
        """Keep a list in place of the one before."""
        ...

    def keep_tasks(self, listing: Listing[Task]) -> None:
        """Keep a list in place of the one before."""
        ...

    def keep_backups(self, listing: Listing[Backup]) -> None:
        """Keep a list in place of the one before."""
        ...

    def keep_policies(self, listing: Listing[Policy]) -> None:
        """Keep a list in place of the one before."""
        ...

    def keep_protectables(self, listing: Listing[Protectable]) -> None:
        """Keep a list in place of the one before."""
        ...

    def keep_opened(self, listing: Listing[OpenedBackup]) -> None:
        """Keep a list in place of the one before."""
        ...


class Archive(Protocol):
    """Tasks that have ended, kept for longer than the service remembers them."""

    def keep(self, profile: Profile, tasks: Sequence[Task], now: datetime) -> "Future[None]":
        """Begin to keep tasks, each once.

        The future has ``NotSaved`` when the disk would not, ``Damaged`` when the file cannot be used.
        """
        ...

    def older(self, profile: Profile, before: datetime, than: str, limit: int) -> "Future[list[Task]]":
        """Return up to ``limit`` tasks, newest first, that began before ``before``, or then and with an id below."""
        ...

    def keep_use(self, profile: Profile, uses: Sequence[VaultUse], now: datetime) -> "Future[None]":
        """Begin to keep how full vaults were on a day, one point each; errors as of ``keep``."""
        ...

    def use_of(self, profile: Profile, vault_id: VaultId, since: date) -> "Future[list[VaultUse]]":
        """Return how full a vault was, day by day from ``since`` on, the days that are known. ``Damaged``."""
        ...


class Profiles(Protocol):
    """The operator's profiles, in their order. Comments and unknown keys of the file survive every change.

    Methods that write raise ``ProfileError`` for values that cannot be, ``Damaged`` when the file is bad (it is left as
    it is) and ``NotSaved``.
    """

    def read(self) -> tuple[list[Profile], list[CbrError]]:
        """Return the profiles that can be used and what is wrong with the others."""
        ...

    def save(self, profile: Profile, old_name: str | None = None) -> None:
        """Change the profile called ``old_name`` (its own name when ``None``), or append it when there is none.

        With an empty ``old_name`` it is new: ``ProfileError`` when its name is taken.
        """
        ...

    def remove(self, name: str) -> None:
        """Take a profile out; nothing happens when there is none of that name."""
        ...

    def move(self, name: str, place: int) -> None:
        """Put a profile at a place in the order, counted from 0."""
        ...

    def export(self, path: str, names: Sequence[str]) -> None:
        """Write some profiles into a file of their own; there are no secrets in them."""
        ...

    def look_around(self) -> list[ProfileSource]:
        """Return what could be taken over from other programs on this machine; nothing is written."""
        ...

    def look_into(self, path: str) -> ProfileSource:
        """Return the profiles of a file that a person chose: exported by us, or ``clouds.yaml``, or of KooCLI."""
        ...


class AddressBook(Protocol):
    """Names for the projects that backups of a profile are shared with. No secret is in it.

    Methods that write raise ``ProfileError`` for what cannot be kept, ``Damaged`` and ``NotSaved``.
    """

    def entries(self) -> dict[str, ProjectId]:
        """Return the projects by name; none where the book cannot be read."""
        ...

    def remember(self, name: str, project_id: ProjectId) -> None:
        """Keep a project under a name, in place of one of that name or of that id."""
        ...

    def forget(self, name: str) -> None:
        """Take a name out; nothing happens where there is none."""
        ...


class SecretKeeper(Protocol):
    """Where secrets are kept: the system's store, and memory until the program ends. Nothing here raises."""

    @property
    def problem(self) -> str:
        """A word for why the store was of no use the last time, empty when it was."""
        ...

    async def get(self, profile: Profile, kind: SecretKind) -> str | None:
        """Return a secret of a profile, or ``None`` when none was given. A passcode is given out once."""
        ...

    def place_of(self, profile: Profile, kind: SecretKind) -> SecretPlace:
        """Tell where a secret of a profile is, as far as that is known without asking the system's store."""
        ...

    async def keep(self, profile: Profile, kind: SecretKind, secret: str) -> bool:
        """Keep a secret; ``False`` when no store would take it, so that it is gone when the program ends."""
        ...

    def remember(self, profile: Profile, kind: SecretKind, secret: str) -> None:
        """Hold a secret until the program ends, and nowhere else."""
        ...

    async def forget(self, profile: Profile, kind: SecretKind) -> None:
        """Delete a secret of a profile, wherever it is."""
        ...


class Directory(Protocol):
    """What an account has to choose from, asked with secrets that were just typed and are kept nowhere."""

    async def projects(self, profile: Profile, secrets: Mapping[SecretKind, str]) -> list[Project]:
        """Return the projects that the login of ``profile`` may use; ``profile.project`` may be empty."""
        ...
