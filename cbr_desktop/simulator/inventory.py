"""The estate: everything the simulated account owns, with history that is made when first asked for."""

import random
from collections.abc import Callable, Iterator
from operator import attrgetter

from .things import (
    BARE_METAL,
    DESKTOP,
    DISK,
    SERVER,
    TURBO,
    Backup,
    Checkpoint,
    Deletion,
    Disk,
    Policy,
    Project,
    Resource,
    Run,
    Task,
    User,
    Vault,
)
from .timetable import Timetable

Past = Iterator[tuple[list[Backup], list[Task]]]
"""The past in pieces: some backups with some tasks."""

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


class History:
    """Backups and tasks in the order of their creation, oldest first."""

    def __init__(self, backups: list[Backup], tasks: list[Task]) -> None:
        self.backups = {backup.id: backup for backup in sorted(backups, key=CREATED_AT)}
        self.tasks = {task.id: task for task in sorted(tasks, key=CREATED_AT)}
        self.by_vault: dict[str, list[Backup]] = {}
        for backup in self.backups.values():
            self.by_vault.setdefault(backup.vault_id, []).append(backup)

    def add(self, backup: Backup, task: Task) -> None:
        """Take in a backup and its task; they are the newest."""
        self.backups[backup.id] = backup
        self.tasks[task.id] = task
        self.by_vault.setdefault(backup.vault_id, []).append(backup)

    def remove(self, backup: Backup) -> None:
        """Drop a backup; its tasks stay."""
        del self.backups[backup.id]
        self.by_vault[backup.vault_id] = [each for each in self.by_vault[backup.vault_id] if each is not backup]


class Estate:
    """The account, and what its project `project_id` owns; `of` leads to the estates of the other projects.

    `version` grows with every change, so that answers may be kept until then.
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
        self.deletions: list[Deletion] = []
        self.children: dict[str, tuple[Backup, Disk]] = {}
        self.timetable = Timetable()
        self.ids = Ids(seed)
        self.version = 0
        self._past: Past = iter(())
        self._backups: list[Backup] = []
        self._tasks: list[Task] = []
        self._history: History | None = None
        self._promised: dict[str, Callable[[], Estate]] = {}
        self._others: dict[str, Estate] = {}

    def branch(self, project: Project, seed: int) -> "Estate":
        """An empty estate for another project of the account, with which it shares users and projects."""
        other = Estate(self.domain, self.projects, next(iter(self.users.values())), seed)
        other.users, other.project_id = self.users, project.id
        return other

    def promise(self, project: Project, make: "Callable[[], Estate]") -> None:
        """Set what makes the estate of another project when it is first asked for."""
        self._promised[project.id] = make

    def of(self, project_id: str) -> "Estate":
        """The estate of a project of the account: an empty one unless more was promised; else this one."""
        project = next((each for each in self.projects if each.id == project_id), None)
        if project is None or project_id == self.project_id:
            return self
        if project_id not in self._others:
            make = self._promised.pop(project_id, None)
            self._others[project_id] = self.branch(project, 0) if make is None else make()
        return self._others[project_id]

    @property
    def home(self) -> Project:
        """The project that owns what is here."""
        return next(each for each in self.projects if each.id == self.project_id)

    def remember(self, past: Past) -> None:
        """Set what makes the history when it is first asked for, piece by piece."""
        self._past = past

    def unfold(self) -> bool:
        """Make some more of the history, a few milliseconds' worth; whether all of it is there."""
        if self._history is not None:
            return True
        piece = next(self._past, None)
        if piece is not None:
            self._backups += piece[0]
            self._tasks += piece[1]
            return False
        self._history = History(self._backups, self._tasks)
        for backup in self._backups:
            self.timetable.note(backup)
        self._backups, self._tasks = [], []
        return True

    def record(self, backup: Backup, task: Task) -> None:
        """Take in the newest backup with its task; this needs no history yet."""
        if self._history is not None:
            self._history.add(backup, task)
            self.timetable.note(backup)
        else:
            self._backups.append(backup)
            self._tasks.append(task)

    def forget(self, backup: Backup) -> None:
        """Drop a backup with the backups of its disks, and its checkpoint when it was the last of it."""
        self.history.remove(backup)
        self.children = {child_id: child for child_id, child in self.children.items() if child[0] is not backup}
        left = self.history.by_vault[backup.vault_id]
        if all(each.checkpoint_id != backup.checkpoint_id for each in left):
            self.checkpoints.pop(backup.checkpoint_id, None)

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
        """Put a new resource into a vault."""
        resource.vault_id = vault.id
        vault.resources.append(resource.id)
        self.resources[resource.id] = resource

    def busy_with(self, vault: Vault) -> Run | None:
        """The checkpoint that is being made of a vault, or None."""
        return next((run for run in self.runs if run.vault.id == vault.id), None)
