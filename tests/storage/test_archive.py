"""The archive keeps what has ended for thirteen months, once, and loses nothing else."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.error import Damaged, NotSaved
from cbr_desktop.domain.ids import TaskId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import VaultUse
from cbr_desktop.storage.archive import KEPT, STEPS, SqliteArchive
from cbr_desktop.storage.database import NewerVersion, open_database
from tests.storage.values import NOON

LAB = replace(DEMO, project="lab")
SOON = NOON + timedelta(seconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[SqliteArchive]:
    with closing(SqliteArchive(path)) as archive:
        yield archive


def task(number: int, at: datetime | None = None, **changes: object) -> Task:
    values: dict[str, object] = dict.fromkeys(Task.__struct_fields__, "")
    at = NOON - timedelta(days=number) if at is None else at
    values |= {"id": TaskId(f"t-{number}"), "type": TaskType.BACKUP, "status": TaskStatus.SUCCESS, "created_at": at}
    values |= {"started_at": at, "ended_at": at, "progress_percent": 100}
    return Task(**(values | changes))  # type: ignore[arg-type]


def keep(archive: SqliteArchive, *tasks: Task, now: datetime = NOON, profile: Profile = DEMO) -> None:
    async def kept() -> None:
        await archive.keep(profile, tasks, now)

    asyncio.run(kept())


def older(
    archive: SqliteArchive, before: datetime = SOON, than: str = "", limit: int = 100, profile: Profile = DEMO
) -> list[Task]:
    async def read() -> list[Task]:
        return await archive.older(profile, before, than, limit)

    return asyncio.run(read())


def test_tasks_come_back_as_they_were_newest_first(archive: SqliteArchive, path: Path) -> None:
    odd = task(3, type="dance", status="dancing", message="half \ud800 \u202e", policy_id=None, progress_percent=None)
    keep(archive, task(40), odd, task(1))
    archive.close()
    with closing(SqliteArchive(path)) as again:
        assert older(again) == [task(1), odd, task(40)]
    assert isinstance(older(archive)[0].status, TaskStatus)


def test_a_task_is_kept_once_and_its_newest_state_counts(archive: SqliteArchive) -> None:
    keep(archive, task(1), task(2))
    keep(archive, task(1, code="6113"), task(1, code="6113"))
    assert older(archive) == [task(1, code="6113"), task(2)]


def test_pages_by_time_leave_nothing_out_where_times_are_alike(archive: SqliteArchive) -> None:
    tasks = [task(number, NOON - timedelta(days=number // 7)) for number in range(60)]
    keep(archive, *tasks)
    found: list[Task] = []
    at, than = SOON, ""
    while page := older(archive, at, than, 8):
        assert len(page) <= 8
        found += page
        at, than = page[-1].began_at or NOON, page[-1].id
    assert len(found) == len({each.id for each in found}) == 60
    assert [each.began_at for each in found] == sorted((each.began_at for each in tasks), reverse=True)


def test_projects_are_kept_apart_and_found_under_another_name_of_the_profile(archive: SqliteArchive) -> None:
    keep(archive, task(1))
    keep(archive, task(2), profile=LAB)
    assert older(archive) == [task(1)]
    assert older(archive, profile=replace(LAB, name="Renamed")) == [task(2)]


def test_what_is_over_thirteen_months_old_goes_and_nothing_else(archive: SqliteArchive) -> None:
    limit = NOON - KEPT
    timeless = task(9, created_at=None, started_at=None)
    keep(archive, task(1, NOON), task(2, limit), task(3, limit - timedelta(seconds=1)), timeless)
    assert [each.id for each in older(archive)] == ["t-1", "t-2", "t-9"]


def test_a_clock_that_is_years_ahead_takes_nothing_away(archive: SqliteArchive) -> None:
    keep(archive, task(1), task(300))
    keep(archive, task(2), now=NOON + timedelta(days=4000))
    assert {each.id for each in older(archive)} == {"t-1", "t-2", "t-300"}


def test_a_spoilt_row_is_told_and_left_where_it_is(archive: SqliteArchive, path: Path) -> None:
    keep(archive, task(1), task(2))
    archive.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE task SET content = replace(content, 'backup', 'backed') WHERE id = 't-2'")
    assert older(archive) == [task(1)]
    assert [str(error.detail) for error in archive.damaged] == ["a task: the checksum differs"]
    archive.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM task").fetchone() == (2,)


@pytest.mark.parametrize("where", [0.5, 0.8, 0.95])
def test_of_a_broken_file_the_whole_rows_are_taken_over_and_it_is_kept(path: Path, where: float) -> None:
    with closing(SqliteArchive(path)) as archive:
        keep(archive, *(task(number) for number in range(300)))
    content = path.read_bytes()
    place = int(len(content) * where)
    path.write_bytes(content[:place] + os.urandom(4096) + content[place + 4096 :])
    with closing(SqliteArchive(path)) as archive:
        found = older(archive, limit=1000)
        assert found and all(each == task(int(each.id[2:])) for each in found)
        assert archive.damaged
        keep(archive, task(0, code="new"))
        assert older(archive, limit=1) == [task(0, code="new")]
    assert list(path.parent.glob("archive.db.bad-*"))


def test_a_file_that_is_no_database_is_kept_and_a_new_one_begun(archive: SqliteArchive, path: Path) -> None:
    path.write_bytes(b"something else")
    keep(archive, task(1))
    assert older(archive) == [task(1)]
    assert [kept.read_bytes() for kept in path.parent.glob("archive.db.bad-*")] == [b"something else"]


def test_a_newer_file_is_not_touched(archive: SqliteArchive, path: Path) -> None:
    keep(archive, task(1))
    archive.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={len(STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(NewerVersion):
        keep(archive, task(2))
    assert path.read_bytes() == before


def test_a_later_version_migrates_it_and_keeps_a_copy(archive: SqliteArchive, path: Path) -> None:
    keep(archive, task(1))
    archive.close()
    with closing(open_database(path, (*STEPS, ("ALTER TABLE task ADD COLUMN note TEXT",)))) as connection:
        assert connection.execute("SELECT count(*), max(note) FROM task").fetchone() == (1, None)
    assert (path.parent / f"archive.db.v{len(STEPS)}").exists()


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_the_file_is_private(archive: SqliteArchive, path: Path) -> None:
    before = os.umask(0)
    try:
        keep(archive, task(1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    with closing(SqliteArchive(tmp_path / "missing" / "archive.db")) as archive, pytest.raises((NotSaved, Damaged)):
        keep(archive, task(1))


def test_nothing_is_opened_before_it_is_needed(archive: SqliteArchive, path: Path) -> None:
    archive.close()
    assert not path.exists()


# how full vaults were


def use(day: int, used_mb: float = 1024.0, vault: str = "v-1") -> VaultUse:
    return VaultUse(VaultId(vault), (NOON - timedelta(days=day)).date(), used_mb, 100)


def keep_use(archive: SqliteArchive, *uses: VaultUse, now: datetime = NOON, profile: Profile = DEMO) -> None:
    async def kept() -> None:
        await archive.keep_use(profile, uses, now)

    asyncio.run(kept())


def use_of(archive: SqliteArchive, days: int = 90, vault: str = "v-1", profile: Profile = DEMO) -> list[VaultUse]:
    async def read() -> list[VaultUse]:
        return await archive.use_of(profile, VaultId(vault), (NOON - timedelta(days=days)).date())

    return asyncio.run(read())


def test_the_use_of_a_vault_is_one_point_a_day_and_the_last_of_a_day_counts(archive: SqliteArchive) -> None:
    keep_use(archive, use(2), use(0), use(0, vault="v-2"))
    keep_use(archive, use(0, 2048.0))
    keep_use(archive, use(1, 4.5), profile=LAB)
    assert use_of(archive) == [use(2), use(0, 2048.0)]
    assert use_of(archive, days=1) == [use(0, 2048.0)]
    assert use_of(archive, profile=LAB) == [use(1, 4.5)]
    assert use_of(archive, vault="v-3") == []


def test_use_is_kept_for_thirteen_months(archive: SqliteArchive) -> None:
    keep_use(archive, use(KEPT.days + 2), use(KEPT.days - 2))
    keep_use(archive, use(0))
    assert use_of(archive, days=1000) == [use(KEPT.days - 2), use(0)]


def test_an_archive_of_the_version_before_opens_with_all_it_has(path: Path) -> None:
    with closing(open_database(path, STEPS[:1])) as before:
        before.execute("INSERT INTO project (name) VALUES ('other')")
    with closing(SqliteArchive(path)) as archive:
        keep(archive, task(1))
        keep_use(archive, use(0))
        assert older(archive) == [task(1)]
        assert use_of(archive) == [use(0)]
        assert archive.damaged == []


def test_what_is_whole_of_the_use_is_taken_out_of_a_broken_archive(path: Path) -> None:
    with closing(SqliteArchive(path)) as archive:
        keep(archive, task(1))
        keep_use(archive, use(1), use(0))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DROP INDEX by_time")
        file.execute("ALTER TABLE task RENAME COLUMN checksum TO check_sum")
        file.execute("UPDATE use SET day = 'no day' WHERE day = ?", (use(1).day.isoformat(),))
    with closing(SqliteArchive(path)) as archive:
        assert use_of(archive) == [use(0)]
        assert len(archive.damaged) == 1
