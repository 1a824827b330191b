"""The estate: everything the simulated account owns, with history that is made when first asked for."""

import random
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from msgspec import Struct, msgpack

from .jobs import Job
from .things import (
    BARE_METAL,
    DESKTOP,
    DISK,
    SERVER,
    TURBO,
    Backup,
    Checkpoint,
    Disk,
    EnterpriseProject,
    Member,
    Policy,
    Project,
    Resource,
    Run,
    Task,
    User,
    Vault,
)
from .timetable import Timetable

BEGINNING = datetime(2018, 5, 18, 6, 49, 6, tzinfo=UTC)
"""When the enterprise project that every account has was made."""
Past = Iterator[tuple[list[Backup], list[Task]]]
"""The past in pieces: some backups with some tasks."""
PACKED_AFTER = timedelta(days=32)
"""Age from which tasks of the past are kept packed until they are listed."""

OBJECT_TYPES = {SERVER: "server", BARE_METAL: "server", DISK: "disk", TURBO: "turbo", DESKTOP: "workspace"}
"""Object type of the vaults that take a resource type."""


class Ids:
    """A stream of ids that is the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def hex(self, digits: int = 32) -> str:
        """Hex digits without hyphens, as in project ids and request ids."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A version 4 UUID in lower case with hyphens."""
        text = self.hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


CREATED_AT = attrgetter("created_at")


def child_id_of(parent: Backup, disk: Disk) -> str:
    """The id of the backup of one disk inside a server backup."""
    return f"{parent.id[:24]}{disk.id[-12:]}"


def disks_in(backup: Backup, resource: Resource) -> list[Disk]:
    """The disks of its resource that a backup holds."""
    left_out = backup.without or resource.excluded
    return [disk for disk in resource.disks if disk.id not in left_out] if left_out else resource.disks


class PackedTasks:
    """Tasks that have ended long ago, as bytes: a twentieth of what they take as objects."""

    def __init__(self, before: datetime) -> None:
        self.before = before
        self._pieces: list[bytes] = []

    def take(self, tasks: list[Task]) -> list[Task]:
        """Pack those of some tasks that are old enough; return the others."""
        old = [task for task in tasks if task.created_at < self.before]
        if old:
            self._pieces.append(zlib.compress(msgpack.encode(old), level=1))
        return [task for task in tasks if task.created_at >= self.before]

    def unpacked(self) -> Iterator[Task]:
        """Make them all again, in the order in which they came."""
        for piece in self._pieces:
            yield from msgpack.decode(zlib.decompress(piece), type=list[Task])


class History:
    """Backups and tasks in the order of their creation, oldest first; `packed` are tasks from before the others."""

    def __init__(self, backups: list[Backup], tasks: list[Task], packed: PackedTasks) -> None:
        self.backups = {backup.id: backup for backup in sorted(backups, key=CREATED_AT)}
        self._tasks = _by_id(tasks)
        self._packed: PackedTasks | None = packed
        self.by_vault: dict[str, list[Backup]] = {}
        for backup in self.backups.values():
            self.by_vault.setdefault(backup.vault_id, []).append(backup)

    def add(self, backup: Backup, task: Task | None) -> None:
        """Take in a backup and its task, if it has one here; they are the newest."""
        self.backups[backup.id] = backup
        if task is not None:
            self.log(task)
        self.by_vault.setdefault(backup.vault_id, []).append(backup)

    def log(self, task: Task) -> None:
        """Take in a task, which is the newest."""
        self._tasks[task.id] = task

    @property
    def tasks(self) -> dict[str, Task]:
        """All tasks by id; those from long ago are there from now on."""
        if self._packed is not None:
            self._tasks = _by_id(self._packed.unpacked()) | self._tasks
            self._packed = None
        return self._tasks

    def task(self, task_id: str) -> Task | None:
        """The task of that id, or None."""
        found = self._tasks.get(task_id)
        return self.tasks.get(task_id) if found is None else found

    def tasks_since(self, start: datetime | None) -> dict[str, Task]:
        """All tasks that were created at `start` or later, and maybe others."""
        if self._packed is None or start is None or start < self._packed.before:
            return self.tasks
        return self._tasks

    def remove(self, backups: Collection[Backup]) -> None:
        """Drop backups; their tasks stay."""
        gone = {backup.id for backup in backups}
        for backup_id in gone:
            del self.backups[backup_id]
        for vault_id in {backup.vault_id for backup in backups}:
            self.by_vault[vault_id] = [each for each in self.by_vault[vault_id] if each.id not in gone]

    def move(self, backups: Collection[Backup], vault_id: str) -> None:
        """Let backups belong to another vault."""
        for backup in backups:
            backup.vault_id = vault_id
        self.by_vault = {}
        for backup in self.backups.values():
            self.by_vault.setdefault(backup.vault_id, []).append(backup)


def _by_id(tasks: Iterable[Task]) -> dict[str, Task]:
    return {task.id: task for task in sorted(tasks, key=CREATED_AT)}


class Share(Struct):
    """A backup of `owner` that is offered to the project of a member.

    taken: the vault of the receiver that it takes room in, and how much in MB; None unless it was accepted.
    """

    member: Member
    backup: Backup
    owner: "Estate"
    taken: tuple[Vault, int] | None = None

    def take(self, vault: Vault) -> None:
        """Let it take room in a vault of the receiver: an even share of what its resource's backups have."""
        resource = self.owner.resources[self.backup.resource_id]
        self.give_back()
        self.taken = (vault, resource.backup_size_mb // max(resource.backup_count, 1))
        vault.used_mb += self.taken[1]

    def give_back(self) -> None:
        """Free the room that it takes."""
        if self.taken is not None:
            self.taken[0].used_mb -= self.taken[1]
        self.taken = None


class Estate:
    """The account, and what its project `project_id` owns; `of` leads to the estates of the other projects.

    `version` grows with every change, so that answers may be kept until then. The projects of the account have one
    list of `jobs`, `shares`, `partners` (accounts that share something with this one) and `enterprise_projects`.
    `hidden` are vaults that the user may not see, though their resources are seen; `gone` names deleted vaults.
    """

    def __init__(self, domain: Project, projects: list[Project], user: User, seed: int) -> None:
        self.domain = domain
        self.projects = projects
        self.project_id = projects[0].id
        self.users = {user.name: user}
        self.vaults: dict[str, Vault] = {}
        self.resources: dict[str, Resource] = {}
        self.policies: dict[str, Policy] = {}
        self.checkpoints: dict[str, Checkpoint] = {}
        self.runs: list[Run] = []
        self.account = self
        self.jobs: list[Job] = []
        self.shares: list[Share] = []
        self.partners: list[Estate] = []
        self.enterprise_projects = {"0": EnterpriseProject("0", "default", BEGINNING)}
        self.hidden: dict[str, Vault] = {}
        self.gone: dict[str, str] = {}
        self.children: dict[str, tuple[Backup, Disk]] = {}
        self.timetable = Timetable()
        self.ids = Ids(seed)
        self.version = 0
        self._past: Past = iter(())
        self._packed = PackedTasks(BEGINNING)
        self._backups: list[Backup] = []
        self._tasks: list[Task] = []
        self._history: History | None = None
        self._promised: dict[str, Callable[[], Estate]] = {}
        self._others: dict[str, Estate] = {}

    def branch(self, project: Project, seed: int) -> "Estate":
        """An empty estate for another project of the account, with which it shares users and projects."""
        other = Estate(self.domain, self.projects, next(iter(self.users.values())), seed)
        other.users, other.project_id = self.users, project.id
        other.account = self.account
        other.jobs, other.shares, other.partners = self.jobs, self.shares, self.partners
        other.enterprise_projects = self.enterprise_projects
        return other

    def promise(self, project: Project, make: "Callable[[], Estate]") -> None:
        """Set what makes the estate of another project when it is first asked for."""
        self._promised[project.id] = make

    def of(self, project_id: str) -> "Estate":
        """The estate of a project of the account: an empty one unless more was promised; else this one."""
        root = self.account
        project = next((each for each in self.projects if each.id == project_id), None)
        if project is None or project_id == self.project_id:
            return self
        if project_id == root.project_id:
            return root
        if project_id not in root._others:
            make = root._promised.pop(project_id, None)
            root._others[project_id] = root.branch(project, 0) if make is None else make()
        return root._others[project_id]

    @property
    def home(self) -> Project:
        """The project that owns what is here."""
        return next(each for each in self.projects if each.id == self.project_id)

    def remember(self, past: Past, now: datetime) -> None:
        """Set what makes the history before `now` when it is first asked for, piece by piece."""
        self._past = past
        self._packed = PackedTasks(now - PACKED_AFTER)

    def unfold(self) -> bool:
        """Make some more of the history, a few milliseconds' worth; whether all of it is there."""
        if self._history is not None:
            return True
        piece = next(self._past, None)
        if piece is not None:
            self._backups += piece[0]
            self._tasks += self._packed.take(piece[1])
            return False
        self._history = History(self._backups, self._tasks, self._packed)
        for backup in self._backups:
            self.timetable.note(backup)
        self._backups, self._tasks = [], []
        return True

    def begin(
        self, operation_type: str, now: datetime, vault_id: str, resource_id: str, status: str = "running", **more: Any
    ) -> Task:
        """Take in the newest task, of an operation that has not come further than its beginning."""
        task = Task(
            id=self.ids.uuid(),
            operation_type=operation_type,
            status=status,
            created_at=now,
            vault_id=vault_id,
            resource_id=resource_id,
            **{"progress": 0, **more},
        )
        self.log(task)
        return task

    def log(self, task: Task) -> None:
        """Take in the newest task."""
        self.history.log(task)

    def record(self, backup: Backup, task: Task | None = None) -> None:
        """Take in the newest backup with its task, if it has one here; this needs no history yet."""
        if self._history is not None:
            self._history.add(backup, task)
            self.timetable.note(backup)
        else:
            self._backups.append(backup)
            self._tasks += [] if task is None else [task]

    def forget(self, backups: Collection[Backup]) -> None:
        """Drop backups with those of their disks and their shares, and checkpoints of which nothing is left."""
        self.history.remove(backups)
        gone = {backup.id for backup in backups}
        self.children = {child_id: child for child_id, child in self.children.items() if child[0].id not in gone}
        for share in [each for each in self.shares if each.backup.id in gone]:
            share.give_back()
            self.shares.remove(share)
        left = {each.checkpoint_id for vault_id in {one.vault_id for one in backups} for each in self.kept_in(vault_id)}
        for checkpoint_id in {backup.checkpoint_id for backup in backups} - left:
            self.checkpoints.pop(checkpoint_id, None)

    def kept_in(self, vault_id: str, resource_ids: Collection[str] | None = None) -> list[Backup]:
        """The backups in a vault, oldest first: all, or those of some resources."""
        own = self.history.by_vault.get(vault_id, [])
        return [each for each in own if resource_ids is None or each.resource_id in resource_ids]

    @property
    def received(self) -> dict[str, Share]:
        """What is offered to this project, by the id of the backup."""
        return {each.backup.id: each for each in self.shares if each.member.dest_project_id == self.project_id}

    def members_of(self, backup_id: str) -> dict[str, Share]:
        """The projects that a backup is offered to, by id."""
        return {each.member.dest_project_id: each for each in self.shares if each.backup.id == backup_id}

    def vault_of(self, resource: Resource) -> Vault:
        """The vault that a resource is associated with, which the user may see or not."""
        vault_id = resource.vault_id or ""
        return self.hidden[vault_id] if vault_id in self.hidden else self.vaults[vault_id]

    def vault_name(self, vault_id: str) -> str | None:
        """The name of a vault that is there, or was."""
        vault = self.vaults.get(vault_id)
        return self.gone.get(vault_id) if vault is None else vault.name

    @property
    def history(self) -> History:
        """All backups and tasks, those of running checkpoints included."""
        while self._history is None:
            self.unfold()
        return self._history

    @property
    def backups(self) -> dict[str, Backup]:
        """Backups by id, oldest first."""
        return self.history.backups

    @property
    def tasks(self) -> dict[str, Task]:
        """Operation logs by id, oldest first."""
        return self.history.tasks

    def changed(self) -> None:
        """Note that something in the estate is no longer as it was."""
        self.version += 1

    def project(self, id_or_name: str) -> Project | None:
        """The project of that id or name, or None."""
        return next((each for each in self.projects if id_or_name in (each.id, each.name)), None)

    def resources_of(self, vault: Vault) -> list[Resource]:
        """The resources associated with a vault, in its order."""
        return [self.resources[each] for each in vault.resources]

    def associate(self, vault: Vault, resource: Resource) -> None:
        """Put a resource into a vault."""
        resource.vault_id = vault.id
        vault.resources.append(resource.id)
        self.resources[resource.id] = resource

    def release(self, vault: Vault, resource: Resource) -> None:
        """Let a resource be in its vault no more, and without backups; those of another region are not known then."""
        vault.resources.remove(resource.id)
        if vault.protect_type == "replication":
            del self.resources[resource.id]
        resource.vault_id = resource.protect_status = None
        resource.backup_count = resource.backup_size_mb = 0
        resource.excluded, resource.auto_protect = [], True

    def jobs_in(self, vault: Vault) -> list[Job]:
        """The work under way in a vault, beside checkpoints."""
        return [job for job in self.jobs if vault.id in job.vaults]

    def migrating(self, vault: Vault) -> bool:
        """Whether resources are on their way from the vault to another, or to it."""
        tasks = [job.task for job in self.jobs_in(vault)]
        return any(task is not None and task.operation_type == "migrate_resource" for task in tasks)

    def busy_with(self, vault: Vault) -> Run | None:
        """The checkpoint that is being made of a vault, or None."""
        return next((run for run in self.runs if run.vault.id == vault.id), None)
