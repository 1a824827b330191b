"""The archive: tasks that have ended, and how full vaults were, for longer than the service remembers them."""

import asyncio
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import VaultUse
from cbr_desktop.storage.database import (
    NewerVersion,
    Steps,
    connect,
    create_database,
    open_database,
    saving,
    set_aside,
    transaction,
)

STEPS: Steps = (
    (
        "CREATE TABLE project (number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL)",
        """
        CREATE TABLE task (
            project INTEGER NOT NULL,
            id TEXT NOT NULL,
            began REAL NOT NULL,
            content TEXT NOT NULL,
            checksum INTEGER NOT NULL,
            UNIQUE (project, id)
        )
        """,
        "CREATE INDEX by_time ON task (project, began, id)",
    ),
    (
        """
        CREATE TABLE use (
            project INTEGER NOT NULL,
            vault TEXT NOT NULL,
            day TEXT NOT NULL,
            used_mb REAL NOT NULL,
            size_gb INTEGER NOT NULL,
            UNIQUE (project, vault, day)
        )
        """,
    ),
)

KEPT = timedelta(days=396)
"""How long a task, and how full a vault was on a day, is kept: thirteen months, so that a year can be looked back on
in the month after it."""

_CACHE_KB = 128
Result = TypeVar("Result")
_Row = tuple[Any, ...]
_TIMES = ("created_at", "started_at", "ended_at")
_FIELDS = Task.__struct_fields__
_INSERT = "INSERT INTO task (project, id, began, content, checksum) VALUES (?, ?, ?, ?, ?)"
_UPSERT = (
    f"{_INSERT} ON CONFLICT (project, id) DO UPDATE SET"
    " began = excluded.began, content = excluded.content, checksum = excluded.checksum"
    " WHERE checksum <> excluded.checksum"
)
_INSERT_USE = "INSERT OR REPLACE INTO use (project, vault, day, used_mb, size_gb) VALUES (?, ?, ?, ?, ?)"
_SELECT_USE = "SELECT project, vault, day, used_mb, size_gb FROM use"
_PROBE = "SELECT project, id, began, content, checksum FROM task, project LIMIT 0"


class SqliteArchive:
    """The archive of a data folder; profiles that lead to one project share what is kept of it.

    A thread of its own holds the file, since a year of tasks takes longer to check than a frame, and opens it when it
    is first needed. A broken file is kept as ``*.bad-<time>`` and its whole rows are taken over; ``damaged`` tells of
    every such file and of every row that could not be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self.damaged: list[Damaged] = []

    def keep(self, profile: Profile, tasks: Sequence[Task], now: datetime) -> asyncio.Future[None]:
        """Begin to keep tasks, each once; what is older than ``KEPT`` goes.

        The future is done when they are on the disk. It has ``NotSaved`` when the disk would not, and ``Damaged`` when
        the file is of a newer version, which is not touched then.
        """
        return self._run(partial(self._keep, profile, tuple(tasks), now))

    def older(self, profile: Profile, before: datetime, than: str, limit: int) -> asyncio.Future[list[Task]]:
        """Return up to ``limit`` tasks of a project, newest first.

        They began before ``before``, or at that very time and with an id below ``than``.
        """
        return self._run(partial(self._older, profile, before, than, limit))

    def keep_use(self, profile: Profile, uses: Sequence[VaultUse], now: datetime) -> asyncio.Future[None]:
        """Begin to keep how full vaults were on a day, in place of what was kept of that day; errors as of ``keep``."""
        return self._run(partial(self._keep_use, profile, tuple(uses), now))

    def use_of(self, profile: Profile, vault_id: VaultId, since: date) -> asyncio.Future[list[VaultUse]]:
        """Return how full a vault was, day by day from ``since`` on, the days that are known."""
        return self._run(partial(self._use_of, profile, vault_id, since))

    def close(self) -> None:
        """Wait until everything is written, and close the file."""
        if self._thread is not None:
            self._thread.submit(self._close)
            self._thread.shutdown()
            self._thread = None

    def _run(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "archive")
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    # in the thread of the archive

    def _keep(self, profile: Profile, tasks: Sequence[Task], now: datetime) -> None:
        connection = self._opened()
        with saving(self._path), transaction(connection):
            project = _project(connection, profile, make=True)
            connection.executemany(_UPSERT, (_row(project, task) for task in tasks))
            newest = connection.execute("SELECT max(began) FROM task WHERE project = ?", (project,)).fetchone()[0]
            if newest is not None:
                # a clock that is far ahead must not take everything away
                limit = min(now.timestamp(), newest) - KEPT.total_seconds()
                connection.execute("DELETE FROM task WHERE project = ? AND began > 0 AND began < ?", (project, limit))

    def _older(self, profile: Profile, before: datetime, than: str, limit: int) -> list[Task]:
        connection = self._opened()
        select = (
            "SELECT project, id, began, content, checksum FROM task"
            " WHERE project = ? AND (began, id) < (?, ?) ORDER BY began DESC, id DESC LIMIT ?"
        )
        try:
            project = _project(connection, profile, make=False)
            rows = connection.execute(select, (project, before.timestamp(), than, limit)).fetchall()
        except sqlite3.Error as error:
            raise Damaged(str(self._path), str(error)) from error
        return list(self._whole(rows))

    def _keep_use(self, profile: Profile, uses: Sequence[VaultUse], now: datetime) -> None:
        connection = self._opened()
        with saving(self._path), transaction(connection):
            project = _project(connection, profile, make=True)
            rows = ((project, use.vault_id, use.day.isoformat(), use.used_mb, use.size_gb) for use in uses)
            connection.executemany(_INSERT_USE, rows)
            newest = max((use.day for use in uses), default=now.date())
            limit = min(newest, now.date()) - KEPT
            connection.execute("DELETE FROM use WHERE project = ? AND day < ?", (project, limit.isoformat()))

    def _use_of(self, profile: Profile, vault_id: VaultId, since: date) -> list[VaultUse]:
        connection = self._opened()
        select = f"{_SELECT_USE} WHERE project = ? AND vault = ? AND day >= ? ORDER BY day"
        try:
            project = _project(connection, profile, make=False)
            rows = connection.execute(select, (project, vault_id, since.isoformat())).fetchall()
        except sqlite3.Error as error:
            raise Damaged(str(self._path), str(error)) from error
        return list(_uses(rows))

    def _whole(self, rows: Sequence[_Row]) -> Iterator[Task]:
        for row in rows:
            try:
                yield _task(row)
            except (ValueError, TypeError, KeyError) as error:
                self.damaged.append(Damaged(str(self._path), f"a task: {error}"))

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
            # it is there all day for a few rows an hour
            self._connection.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
        return self._connection

    def _open(self) -> sqlite3.Connection:
        try:
            connection = open_database(self._path, STEPS)
        except NewerVersion:
            raise
        except Damaged as error:
            return self._rescue(error)
        try:
            connection.execute(_PROBE)
        except sqlite3.Error as error:
            connection.close()
            return self._rescue(Damaged(str(self._path), str(error)))
        return connection

    def _rescue(self, error: Damaged) -> sqlite3.Connection:
        """Begin a new file with the rows of the broken one that are whole."""
        with saving(self._path):
            kept = set_aside(self._path)
            projects, rows = _whole_rows(kept)
            uses = _whole_uses(kept)
            create_database(self._path, STEPS)
        connection = open_database(self._path, STEPS)
        with saving(self._path), transaction(connection):
            connection.executemany("INSERT INTO project (number, name) VALUES (?, ?)", projects)
            connection.executemany(_INSERT, rows)
            known = {row[0] for row in projects}
            connection.executemany(_INSERT_USE, (row for row in uses if row[0] in known))
        self.damaged.append(Damaged(str(kept), f"{error.detail}; tasks taken over: {len(rows)}"))
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _project(connection: sqlite3.Connection, profile: Profile, *, make: bool) -> int | None:
    """Return the number of a profile's project, wherever that profile's name has gone."""
    name = json.dumps([profile.cbr_endpoint, profile.domain, profile.project])
    found = connection.execute("SELECT number FROM project WHERE name = ?", (name,)).fetchone()
    if found is None and make:
        return connection.execute("INSERT INTO project (name) VALUES (?)", (name,)).lastrowid
    return None if found is None else int(found[0])


# rows


def _row(project: int | None, task: Task) -> _Row:
    # JSON in ASCII: a service may send half a character, which SQLite would not take
    values = {name: getattr(task, name) for name in _FIELDS}
    content = json.dumps(values, separators=(",", ":"), default=_text)
    began = task.began_at.timestamp() if task.began_at is not None else 0.0
    return project, task.id, began, content, _checksum(task.id, began, content)


def _task(row: _Row) -> Task:
    """Return the task of a row. ``ValueError``, ``TypeError`` or ``KeyError`` when it is not whole."""
    _, id, began, content, checksum = row
    id, content = id.decode(), content.decode()
    if _checksum(id, began, content) != checksum:
        raise ValueError("the checksum differs")
    values = {name: value for name, value in json.loads(content).items() if name in _FIELDS}
    values |= {name: None if values[name] is None else datetime.fromisoformat(values[name]) for name in _TIMES}
    values |= {"type": known(TaskType, values["type"]), "status": known(TaskStatus, values["status"])}
    return Task(**values)


def _uses(rows: Iterable[_Row]) -> Iterator[VaultUse]:
    """Yield the rows of a vault's use that can be read; a small point that cannot is left out."""
    for _project, vault, day, used, size in rows:
        with suppress(ValueError, TypeError, AttributeError):
            yield VaultUse(VaultId(vault.decode()), date.fromisoformat(day.decode()), float(used), int(size))


def _whole_uses(path: Path) -> list[_Row]:
    """Return the rows of use that can be read of a broken file, from either end up to the break."""
    found: dict[tuple[object, ...], _Row] = {}
    if not path.is_file():
        return []
    with suppress(sqlite3.Error), closing(connect(path)) as connection:
        for order in ("ASC", "DESC"):
            with suppress(sqlite3.Error):
                for row in connection.execute(f"{_SELECT_USE} ORDER BY rowid {order}"):
                    for use in _uses([row]):
                        kept = (row[0], use.vault_id, use.day.isoformat(), use.used_mb, use.size_gb)
                        found[kept[:3]] = kept
    return list(found.values())


def _checksum(id: str, began: float, content: str) -> int:
    return zlib.crc32(f"{len(id)}:{id}{began!r}{content}".encode())


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(type(value).__name__)


def _whole_rows(path: Path) -> tuple[list[_Row], list[_Row]]:
    """Return the projects, and the tasks that can be read of a broken file from either end up to the break."""
    projects: dict[int, _Row] = {}
    tasks: dict[tuple[int, str], _Row] = {}
    if not path.is_file():
        return [], []
    with suppress(sqlite3.Error), closing(connect(path)) as connection:
        with suppress(sqlite3.Error):
            for number, name in connection.execute("SELECT number, name FROM project"):
                projects[number] = (number, name.decode())
        for order in ("ASC", "DESC"):
            select = f"SELECT project, id, began, content, checksum FROM task ORDER BY rowid {order}"  # noqa: S608  # one of the two words above
            with suppress(sqlite3.Error):
                for row in connection.execute(select):
                    with suppress(ValueError, TypeError, KeyError, AttributeError):
                        task = _task(row)
                        tasks[row[0], task.id] = (row[0], task.id, row[2], row[3].decode(), row[4])
    return list(projects.values()), [row for row in tasks.values() if row[0] in projects]
