"""Databases: settings by version, migrations, and what may not be touched."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.storage.database import NewerVersion, journal, open_database

ONE = ("CREATE TABLE thing (name TEXT)", "INSERT INTO thing VALUES ('first')")
TWO = ("ALTER TABLE thing ADD COLUMN size INTEGER", "UPDATE thing SET size = 7")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "things.db"


def things(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM thing").fetchall()


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 54, 1), "WAL"),
    ],
)
def test_the_log_ahead_is_used_where_it_is_sound(version: tuple[int, ...], mode: str) -> None:
    assert journal(version) == (mode, {"WAL": "FULL", "DELETE": "EXTRA"}[mode])


def test_the_settings_of_this_machine_are_in_force(path: Path) -> None:
    mode, synchronous = journal(sqlite3.sqlite_version_info)
    with closing(open_database(path, [ONE])) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (mode.lower().encode(),)
        assert connection.execute("PRAGMA synchronous").fetchone() == ({"FULL": 2, "EXTRA": 3}[synchronous],)


def test_a_migration_keeps_a_copy_of_what_was(path: Path) -> None:
    open_database(path, [ONE]).close()
    open_database(path, [ONE, TWO]).close()
    assert things(path) == [("first", 7)]
    assert things(path.with_name("things.db.v1")) == [("first",)]
    assert path.with_name("things.db.v1").stat().st_mode & 0o077 == 0 or os.name != "posix"


@pytest.mark.parametrize("broken", range(3))
def test_a_migration_that_fails_at_any_statement_changes_nothing(path: Path, broken: int) -> None:
    open_database(path, [ONE]).close()
    steps = [*TWO]
    steps.insert(broken, "INSERT INTO missing VALUES (1)")
    with pytest.raises(NotSaved):
        open_database(path, [ONE, steps])
    assert things(path) == [("first",)]
    open_database(path, [ONE, TWO]).close()
    assert things(path) == [("first", 7)]


def test_a_first_opening_that_fails_leaves_no_file_of_that_name(path: Path) -> None:
    with pytest.raises(NotSaved):
        open_database(path, [(*ONE, "broken")])
    assert not path.exists()
    open_database(path, [ONE]).close()
    assert things(path) == [("first",)]


def test_a_newer_file_is_not_touched(path: Path) -> None:
    open_database(path, [ONE, TWO]).close()
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    with pytest.raises(NewerVersion, match="version 2, this program knows 1"):
        open_database(path, [ONE])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_in_use_is_not_called_broken(path: Path) -> None:
    open_database(path, [ONE]).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(NotSaved, match="locked"):
            open_database(path, [ONE])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_file_without_rights_is_not_called_broken(path: Path) -> None:
    open_database(path, [ONE]).close()
    path.chmod(0)
    with pytest.raises(NotSaved):
        open_database(path, [ONE])
