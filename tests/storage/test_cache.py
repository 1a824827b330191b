"""The cache brings back what it was given, or nothing."""

import os
import random
import re
import sqlite3
import stat
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup, BackupStatus, BackupTraits, Replica
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, OpenedBackup, SavedDisk, SavedPort
from cbr_desktop.domain.error import NotFound
from cbr_desktop.domain.ids import BackupId, CheckpointId, PolicyId, ResourceId, TaskId, VaultId, VolumeId
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.domain.open_enum import is_known
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.first_rows import FIRST_ROWS, recall_first
from cbr_desktop.storage.lists import PAGE_ROWS, first_vaults, whole
from tests.storage.values import NOON

BACKUPS = [
    Backup(
        *(BackupId("b-1"), "before-patch", BackupStatus.AVAILABLE, VaultId("v-1"), CheckpointId("c-1")),
        *(ResourceId("r-1"), "".join(("w", "eb")), ResourceType.SERVER, 40, NOON, NOON, True, False),
        traits=BackupTraits(
            True, None, False, "na", "az", "x86_64", ("i",), (Replica("eu-nl", "fail"), Replica("", ""))
        ),
    ),
    Backup(BackupId("b-2"), "", "odd", VaultId("v"), None, ResourceId("r"), "", "OS::New::Kind", 0, None),
]
POLICIES = [
    Policy(PolicyId("p-1"), "daily", "backup", True, ("FREQ=DAILY", "x"), 7, -1, (VaultId("v-1"),)),
    Policy(PolicyId("p-2"), "", "dance", False),
]
PROTECTABLES = [
    Protectable(
        *(
            ResourceId("r-1"),
            ResourceType.SERVER,
            "web",
            80,
            "ACTIVE",
            False,
            "7002",
            "reason",
            "words",
            VaultId("v-1"),
        ),
        disks=(
            Disk(VolumeId("d-1"), "root", 40, "in-use", "/dev/vda", True, True, True, "SSD"),
            Disk(VolumeId("d"), ""),
        ),
        tags=("env=prod", ""),
    ),
    Protectable(ResourceId("r-2"), "OS::New::Kind", ""),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.db"


def vault(number: int, resources: int = 1) -> Vault:
    kind = ResourceType.SERVER
    return Vault(
        VaultId(f"v-{number}"),
        f"vault {number}",
        VaultKind.SERVER,
        ProtectType.BACKUP,
        VaultStatus.AVAILABLE,
        100,
        1_234_567,
        resources=[Resource(ResourceId(f"r-{number}-{index}"), kind, "web") for index in range(resources)],
        created_at=NOON,
    )


def odd_vault() -> Vault:
    """Return a vault in which nothing is as usual."""
    odd = Resource(ResourceId("r"), "OS::New::Kind", "half \ud800", 1, 2, 3, "thinking", False, ("d-1", "d-2"))  # type: ignore[arg-type]
    plain = Resource(ResourceId("s"), ResourceType.DISK, "", protect_status=ProtectStatus.ERROR)
    return Vault(
        *(VaultId("odd"), "Tresor \u202e", "hologram", "wishful", "floating", 0, -1, 5),
        resources=[odd, plain],
        created_at=None,
        tags={"env": "prod", "": ""},
        worm_locked=True,
    )


def task(number: int, **changes: object) -> Task:
    values: dict[str, object] = dict.fromkeys(Task.__struct_fields__)
    values |= {"id": TaskId(f"t-{number}"), "type": TaskType.BACKUP, "status": TaskStatus.RUNNING, "created_at": NOON}
    return Task(**(values | changes))  # type: ignore[arg-type]


def kept(path: Path, listing: Listing[Vault]) -> SqliteCache:
    cache = SqliteCache(path)
    cache.keep_vaults(listing)
    return cache


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("rows", [[], [vault(1)], [vault(1, 0), odd_vault(), vault(2, 3)], [odd_vault()]])
def test_vaults_come_back_as_they_were(path: Path, rows: list[Vault], complete: bool) -> None:
    listing = Listing(rows, NOON, complete)
    kept(path, listing).close()
    assert whole(SqliteCache(path).vaults()) == listing
    assert first_vaults(path) == listing
    # half a character, which the odd one has, only the cache itself can keep
    assert recall_first(path) == (None if odd_vault() in rows else listing)


def test_known_words_come_back_as_members_and_unknown_ones_as_texts(path: Path) -> None:
    listing = whole(kept(path, Listing([vault(1), odd_vault()], NOON)).vaults())
    assert listing is not None
    plain, odd = listing.rows
    words = [(row.kind, row.protect_type, row.status, row.resources[0].type) for row in (plain, odd)]
    assert [[is_known(word) for word in row] for row in words] == [[True] * 4, [False] * 4]
    assert isinstance(odd.resources[1].protect_status, ProtectStatus)
    assert isinstance(odd.resources[0].exclude_volumes, tuple)


def test_tasks_come_back_as_they_were(path: Path) -> None:
    rows = [task(1), task(2, type="dance", status="dancing", created_at=None, ended_at=NOON, progress_percent=50)]
    cache = SqliteCache(path)
    cache.keep_tasks(Listing(rows, NOON, False))
    assert whole(cache.tasks()) == Listing(rows, NOON, False)


def test_moments_keep_their_microseconds(path: Path) -> None:
    chance = random.Random(3)
    moments = [datetime.fromtimestamp(chance.randrange(4 * 10**9), UTC) for _ in range(500)]
    moments = [moment.replace(microsecond=chance.randrange(10**6)) for moment in moments]
    rows = [task(number, created_at=moment) for number, moment in enumerate(moments)]
    cache = SqliteCache(path)
    cache.keep_tasks(Listing(rows, NOON))
    assert whole(cache.tasks()) == Listing(rows, NOON)


@pytest.mark.parametrize("count", [PAGE_ROWS - 1, PAGE_ROWS, PAGE_ROWS + 1, 2 * PAGE_ROWS + 5])
def test_the_first_page_says_whether_it_is_all(path: Path, count: int) -> None:
    rows = [vault(number) for number in range(count)]
    cache = kept(path, Listing(rows, NOON))
    cache.close()
    assert first_vaults(path) == Listing(rows[:PAGE_ROWS], NOON, count <= PAGE_ROWS)
    assert whole(cache.vaults()) == Listing(rows, NOON)


@pytest.mark.parametrize("count", [FIRST_ROWS, FIRST_ROWS + 1])
def test_the_first_rows_are_kept_beside_the_cache_and_say_whether_they_are_all(path: Path, count: int) -> None:
    listing = Listing([vault(number) for number in range(count)], NOON, total=count, read_at=NOON, mark=NOON)
    kept(path, listing).close()
    assert recall_first(path) == listing._replace(rows=listing.rows[:FIRST_ROWS], complete=count == FIRST_ROWS)


def test_first_rows_that_are_spoilt_or_of_another_version_are_not_there_and_the_cache_has_them(path: Path) -> None:
    kept(path, Listing([vault(1)], NOON)).close()
    first = path.with_name(f"{path.name}.first")
    whole_file = first.read_bytes()
    shape = re.sub(rb'"shape":\d+', b'"shape":1', whole_file.split(b"\n")[1])
    for content in (b"", b"x\n{}", whole_file[:-1], whole_file.replace(b"vault", b"vauld", 1), checked(shape)):
        first.write_bytes(content)
        assert recall_first(path) is None
        assert first_vaults(path) == Listing([vault(1)], NOON)
    first.unlink()
    assert recall_first(path) is None
    first.mkdir()
    assert recall_first(path) is None
    kept(path, Listing([vault(2)], NOON)).close()
    assert first_vaults(path) == Listing([vault(2)], NOON)


def checked(content: bytes) -> bytes:
    return b"%08x\n" % zlib.crc32(content) + content


def test_no_first_rows_outlive_their_cache_and_none_are_kept_of_what_they_cannot_tell(path: Path) -> None:
    refused = Listing([vault(1)], NOON, complete=False, lacking=NotFound("cbr.example.com", status=404))
    for listing in (refused, Listing([replace(vault(1), name="half \ud800")], NOON)):
        kept(path, Listing([vault(2)], NOON)).close()
        kept(path, listing).close()
        found = first_vaults(path)
        assert (recall_first(path), found and found.rows) == (None, listing.rows)
    kept(path, Listing([vault(2)], NOON)).close()
    path.write_bytes(b"no database")
    assert first_vaults(path) is None
    path.write_bytes(b"another one")
    assert recall_first(path) is None


def test_a_list_takes_the_place_of_the_one_before(path: Path) -> None:
    cache = kept(path, Listing([vault(number) for number in range(2500)], NOON))
    cache.keep_tasks(Listing([task(1)], NOON))
    for last in ([vault(3)], [], [vault(4), vault(5)]):
        cache.keep_vaults(Listing(last, NOON))
        assert whole(cache.vaults()) == Listing(last, NOON)
    assert whole(cache.tasks()) == Listing([task(1)], NOON)


def test_of_many_lists_the_newest_stays(path: Path) -> None:
    cache = SqliteCache(path)
    for number in range(50):
        cache.keep_vaults(Listing([vault(number)], NOON))
    assert whole(cache.vaults()) == Listing([vault(49)], NOON)


def test_an_empty_cache_is_no_error(path: Path) -> None:
    cache = SqliteCache(path)
    assert (first_vaults(path), whole(cache.vaults()), whole(cache.tasks())) == (None, None, None)
    assert not path.exists()
    cache.keep_tasks(Listing([], NOON))
    assert (whole(cache.tasks()), first_vaults(path)) == (Listing([], NOON), None)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_bad_file_is_thrown_away(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    cache = SqliteCache(path)
    assert first_vaults(path) is None
    assert not path.exists()
    path.write_bytes(content)
    cache.keep_vaults(Listing([vault(1)], NOON))
    assert whole(cache.vaults()) == Listing([vault(1)], NOON)


def test_a_cache_with_a_text_that_is_none_is_thrown_away(path: Path) -> None:
    cache = kept(path, Listing([vault(1)], NOON))
    cache.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE list SET lacking = CAST(x'ff' AS TEXT)")
    assert whole(cache.vaults()) is None
    assert not path.exists()


def test_a_cache_of_another_version_is_thrown_away(path: Path) -> None:
    for _ in range(2):
        kept(path, Listing([vault(1)], NOON)).close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version=5")
        cache = SqliteCache(path)
        cache.keep_vaults(Listing([vault(2)], NOON))
        assert whole(cache.vaults()) == Listing([vault(2)], NOON)
        assert whole(cache.tasks()) is None


def test_a_list_of_other_fields_is_as_if_it_were_not_there(path: Path) -> None:
    cache = kept(path, Listing([vault(1)], NOON))
    cache.keep_tasks(Listing([task(1)], NOON))
    cache.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE list SET shape = shape + 1 WHERE name = 'vaults'")
    assert (first_vaults(path), whole(cache.vaults())) == (None, None)
    assert whole(cache.tasks()) == Listing([task(1)], NOON)


def test_every_list_comes_back_as_it_was_with_its_age_and_what_is_missing(path: Path) -> None:
    lacking = NotFound("cbr.example.com", status=404)
    cache = SqliteCache(path)
    cache.keep_backups(Listing(BACKUPS, NOON, False))
    cache.keep_policies(Listing(POLICIES, NOON))
    cache.keep_protectables(Listing(PROTECTABLES, NOON, False, lacking))
    assert whole(cache.backups()) == Listing(BACKUPS, NOON, False)
    assert whole(cache.policies()) == Listing(POLICIES, NOON)
    found = whole(cache.protectables())
    assert found is not None
    assert (found.rows, found.as_of, found.complete) == (PROTECTABLES, NOON, False)
    assert isinstance(found.lacking, NotFound)
    assert found.lacking.host == lacking.host
    assert all(isinstance(disk, Disk) for disk in found.rows[0].disks)
    assert isinstance(found.rows[0].disks, tuple)


def test_a_page_that_says_the_same_is_not_written_again(path: Path) -> None:
    rows = [vault(number) for number in range(3 * PAGE_ROWS)]
    cache = kept(path, Listing(rows, NOON))
    cache.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        # a page that is written again comes back whole, one that is not stays spoilt
        connection.execute("UPDATE page SET content = X'00' WHERE number = 1")
    cache.keep_vaults(Listing(rows, NOON))
    cache.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT length(content) FROM page WHERE number = 1").fetchone() == (1,)
    rows[PAGE_ROWS] = replace(rows[PAGE_ROWS], name="renamed")
    cache.keep_vaults(Listing(rows, NOON))
    assert whole(cache.vaults()) == Listing(rows, NOON)


def test_a_row_that_is_new_gone_or_other_has_its_own_page_written_alone(path: Path) -> None:
    rows = [replace(BACKUPS[0], id=BackupId(f"b-{number}")) for number in range(4 * PAGE_ROWS)]
    cache, chance = SqliteCache(path), random.Random(3)
    cache.keep_backups(Listing(rows, NOON))
    cache.close()
    cache = SqliteCache(path)
    found = whole(cache.backups())
    assert found is not None
    rows = found.rows

    def written() -> int:
        """Keep the rows, and return how many pages were written; every page is marked before."""
        cache.close()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE page SET content = CAST(content || ' ' AS BLOB)")
        cache.keep_backups(Listing(rows, NOON))
        cache.close()
        with closing(sqlite3.connect(path)) as connection, connection:
            pages = connection.execute("SELECT number, content FROM page").fetchall()
            for number, content in pages:
                connection.execute("UPDATE page SET content = ? WHERE number = ?", (content.rstrip(), number))
            return sum(not content.endswith(b" ") for _, content in pages)

    assert written() == 0
    for turn in range(15):
        kind = chance.choice(["new", "gone", "other"])
        place = chance.randrange(len(rows))
        if kind == "new":
            rows = [replace(BACKUPS[0], id=BackupId(f"new-{turn}")), *rows]
        elif kind == "gone":
            rows = rows[:place] + rows[place + 1 :]
        else:
            rows = [*rows[:place], replace(rows[place], name=f"other {turn}"), *rows[place + 1 :]]
        assert written() <= 3
        assert whole(SqliteCache(path).backups()) == Listing(rows, NOON)
    rows = chance.sample(rows, len(rows))
    written()
    assert whole(SqliteCache(path).backups()) == Listing(rows, NOON)


def test_a_list_comes_back_with_how_it_was_read(path: Path) -> None:
    later = NOON + timedelta(hours=1)
    listing = Listing(BACKUPS, NOON, False, None, Shortfall.ROWS, 1663, NOON, later)
    cache = SqliteCache(path)
    cache.keep_backups(listing)
    assert whole(cache.backups()) == listing


def test_a_file_of_an_earlier_version_has_no_order_of_pages_and_is_read_as_it_is(path: Path) -> None:
    rows = [vault(number) for number in range(2 * PAGE_ROWS + 5)]
    kept(path, Listing(rows, NOON)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE more")
    assert first_vaults(path) == Listing(rows[:PAGE_ROWS], NOON, False)
    cache = SqliteCache(path)
    assert whole(cache.vaults()) == Listing(rows, NOON)
    cache.keep_vaults(Listing(rows[1:], NOON))
    cache.close()
    assert whole(SqliteCache(path).vaults()) == Listing(rows[1:], NOON)


def test_texts_that_rows_have_in_common_are_one_object(path: Path) -> None:
    rows = [replace(BACKUPS[0], id=BackupId(f"b-{number}")) for number in range(2 * PAGE_ROWS)]
    cache = SqliteCache(path)
    cache.keep_backups(Listing(rows, NOON))
    found = whole(cache.backups())
    assert found is not None
    assert len({id(row.resource_name) for row in found.rows}) == 1


@pytest.mark.parametrize("beside", ["", "half \ud800"])
def test_the_pages_that_hold_a_text_are_read_alone(path: Path, beside: str) -> None:
    rows = [vault(number) for number in range(2 * PAGE_ROWS)]
    rows[3] = replace(rows[3], name=beside)
    rows[5] = replace(rows[5], name="Süd \x7f \\ 北")
    kept(path, Listing(rows, NOON)).close()
    found = whole(SqliteCache(path, lambda _name: [rows[5].name]).vaults())
    assert found is not None
    assert found.rows == rows[:PAGE_ROWS]


def test_a_file_that_another_program_is_writing_is_left_alone(path: Path) -> None:
    kept(path, Listing([vault(1)], NOON)).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert first_vaults(path) is None
        connection.execute("ROLLBACK")
    assert first_vaults(path) == Listing([vault(1)], NOON)


def test_flipped_and_cut_files_give_the_list_or_nothing(path: Path) -> None:
    listing = Listing([vault(number, 2) for number in range(40)], NOON)
    kept(path, listing).close()
    intact = path.read_bytes()
    chance = random.Random(5)
    for _ in range(150):
        content = bytearray(intact)
        for _ in range(3):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content[: chance.choice([len(content), chance.randrange(len(content))])])
        found = whole(SqliteCache(path).vaults())
        assert found is None or found.rows == listing.rows


def test_a_missing_folder_and_a_folder_of_that_name_stop_nothing(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "cache.db", tmp_path):
        cache = kept(path, Listing([vault(1)], NOON))
        assert whole(cache.vaults()) is None


def test_a_row_that_cannot_be_written_does_not_stop_the_next(path: Path) -> None:
    odd = vault(1)
    odd.tags = {"env": object()}  # type: ignore[dict-item]
    cache = kept(path, Listing([odd], NOON))
    assert whole(cache.vaults()) is None
    cache.keep_vaults(Listing([vault(2)], NOON))
    assert whole(cache.vaults()) == Listing([vault(2)], NOON)


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_the_file_is_private(path: Path) -> None:
    before = os.umask(0)
    try:
        kept(path, Listing([vault(1)], NOON)).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_backup_that_was_read_by_itself_comes_back_with_its_disks_and_what_was_saved_with_it(path: Path) -> None:
    disks = (SavedDisk("d-1", "sys", 40, "SSD", "/dev/vda", True, False), SavedDisk("d-2", ""))
    metadata = BackupMetadata(BACKUPS[0].id, "web", "s3.large.2", 2, 4096, "EulerOS", "az-1", ("10.0.0.1",), disks)
    metadata = replace(metadata, tags=("a=b",), ports=(SavedPort(("10.0.0.1",), "net", "fa:16", ("default",)),))
    details = BackupDetails(BACKUPS[0], tuple(BACKUPS[1:]), "by hand", NOON, None, BackupId("parent"))
    rows = [OpenedBackup(details, metadata, NOON), OpenedBackup(BackupDetails(BACKUPS[1]), None, NOON)]
    cache = SqliteCache(path)
    cache.keep_opened(Listing([*rows, OpenedBackup()], NOON))
    found = whole(cache.opened())
    assert found is not None
    assert found.rows == rows
