"""The cache of one profile: the lists that were seen last, so that every view is filled before the network answers."""

import sqlite3
import threading
from collections.abc import Callable, Collection
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from cbr_desktop.domain.backup import Backup, BackupStatus, BackupTraits, Replica
from cbr_desktop.domain.backup_details import OpenedBackup
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ResourceType, Vault
from cbr_desktop.storage.columns import VAULTS, Codec, Nested, Table, moments, tuples, words
from cbr_desktop.storage.database import refuse_odd_parts, transaction
from cbr_desktop.storage.files import create_private
from cbr_desktop.storage.first_rows import keep_first
from cbr_desktop.storage.lists import BUSY_SECONDS, KeptReading, Row, Written, discard, prepare, reading, write
from cbr_desktop.storage.opened import OpenedRow, opened_backup, opened_row

_Write = Callable[[sqlite3.Connection], None]


def _nothing() -> None:
    """Do nothing."""


Holding = Callable[[str], Collection[str] | None]
"""Tells which texts the rows of a list must have to be read, of the list of this name; ``None`` for all rows."""


def _traits(told: list[Any]) -> BackupTraits:
    *plain, images, replicas = told
    return BackupTraits._make([*plain, tuple(images), tuple(Replica._make(each) for each in replicas)])


_TASKS = Table(
    Task,
    {
        "type": words(TaskType),
        "status": words(TaskStatus),
        "created_at": moments,
        "started_at": moments,
        "ended_at": moments,
    },
    ("vault_id", "vault_name", "resource_id", "resource_name", "resource_type", "checkpoint_id", "policy_id", "code"),
)
_BACKUPS = Table(
    Backup,
    {
        "status": words(BackupStatus),
        "resource_type": words(ResourceType),
        "created_at": moments,
        "expires_at": moments,
    },
    ("vault_id", "checkpoint_id", "resource_id", "resource_name", "image_type"),
    {"traits": _traits},
)
_POLICIES = Table(Policy, {"patterns": tuples, "vault_ids": tuples, "started_at": moments})
_PROTECTABLES = Nested(
    Table(Protectable, {"type": words(ResourceType), "disks": tuples, "tags": tuples, "addresses": tuples}),
    "disks",
    Table(Disk, {}),
)


_OPENED = Nested(
    Table(OpenedRow, {"as_of": moments, "protected_at": moments, "updated_at": moments}), "backups", _BACKUPS
)


def _all_rows(_name: str) -> None:
    """Ask for no text."""


class SqliteCache:
    """The cache of one profile. Whatever goes wrong, it is empty afterwards and nothing is said.

    With ``holding`` only pages with certain texts are read, for who knows what little is needed of long lists; it is
    asked when a list is read.

    Writing happens in a thread that lives as long as there is something to write, since ten thousand vaults take longer
    than a frame; every read waits for it, so that a list that was kept is the list that is read. Of a list that is kept
    again only those pages are written in which another row stands: a row is never changed, another takes its place.
    What is kept without ``writes`` is forgotten: that is for who has not the lock of the data folder.
    """

    def __init__(self, path: Path, holding: Holding = _all_rows, *, writes: bool = True) -> None:
        self._path = path
        self._holding = holding
        self._writes = writes
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[_Write, Callable[[], None]]] = {}
        """By list how it is written, and what is done afterwards."""
        self._writer: threading.Thread | None = None
        self._written: dict[str, Written] = {}
        """What is on the disk of each list, as far as it was read or written here."""

    def vaults(self) -> KeptReading[Vault]:
        """Read the vaults that were seen last, page by page."""
        return self._read("vaults", VAULTS)

    def tasks(self) -> KeptReading[Task]:
        """Read the tasks that were seen last, page by page."""
        return self._read("tasks", _TASKS)

    def backups(self) -> KeptReading[Backup]:
        """Read the backups that were seen last, page by page."""
        return self._read("backups", _BACKUPS)

    def policies(self) -> KeptReading[Policy]:
        """Read the policies that were seen last, page by page."""
        return self._read("policies", _POLICIES)

    def protectables(self) -> KeptReading[Protectable]:
        """Read what could be protected when it was seen last, page by page."""
        return self._read("protectables", _PROTECTABLES)

    def opened(self) -> KeptReading[OpenedBackup]:
        """Read the backups that were read by themselves, page by page."""
        listing = yield from self._read("opened", _OPENED)
        if listing is None:
            return None
        return Listing([opened_backup(row) for row in listing.rows if row.backups], listing.as_of)

    def keep_vaults(self, listing: Listing[Vault]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        self._keep("vaults", VAULTS, listing, partial(keep_first, self._path, listing))

    def keep_tasks(self, listing: Listing[Task]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        self._keep("tasks", _TASKS, listing)

    def keep_backups(self, listing: Listing[Backup]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        self._keep("backups", _BACKUPS, listing)

    def keep_policies(self, listing: Listing[Policy]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        self._keep("policies", _POLICIES, listing)

    def keep_protectables(self, listing: Listing[Protectable]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        self._keep("protectables", _PROTECTABLES, listing)

    def keep_opened(self, listing: Listing[OpenedBackup]) -> None:
        """Keep a list in place of the one before; it is on its way to the disk when this returns."""
        rows = [opened_row(each) for each in listing.rows if each.details is not None]
        self._keep("opened", _OPENED, Listing(rows, listing.as_of))

    def close(self) -> None:
        """Wait until everything is written."""
        with self._lock:
            writer = self._writer
        if writer is not None:
            writer.join()

    # reading

    def _read(self, name: str, codec: Codec[Row]) -> KeptReading[Row]:
        self.close()
        written: Written = []
        listing = yield from reading(self._path, name, codec, written, holding=self._holding(name))
        self.close()
        if listing is not None:
            self._written[name] = written
        return listing

    # writing

    def _keep(
        self, name: str, codec: Codec[Row], listing: Listing[Row], afterwards: Callable[[], None] = _nothing
    ) -> None:
        if not self._writes:
            return
        with self._lock:
            self._waiting[name] = (partial(self._write_list, name, codec, listing), afterwards)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_waiting, name="cache")
                self._writer.start()

    def _write_list(self, name: str, codec: Codec[Row], listing: Listing[Row], connection: sqlite3.Connection) -> None:
        self._written[name] = write(connection, name, codec, listing, self._written.pop(name, []))

    def _write_waiting(self) -> None:
        while waiting := self._next():
            write, afterwards = waiting
            try:
                self._write_once(write)
                afterwards()
            except Exception:  # a row that cannot be written must not end the thread that writes the next
                discard(self._path)

    def _next(self) -> tuple[_Write, Callable[[], None]] | None:
        with self._lock:
            if not self._waiting:
                self._writer = None
                return None
            return self._waiting.pop(next(iter(self._waiting)))

    def _write_once(self, write: _Write) -> None:
        try:
            self._open_and(write)
        except sqlite3.DatabaseError:
            # what is there is broken or of another shape: once more, from nothing
            discard(self._path)
            self._open_and(write)

    def _open_and(self, write: _Write) -> None:
        create_private(self._path)
        refuse_odd_parts(self._path)
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        with closing(connection):
            # a power cut may spoil the file; its checksums tell, and it is thrown away
            connection.execute("PRAGMA synchronous=OFF")
            with transaction(connection):
                prepare(connection)
                write(connection)
