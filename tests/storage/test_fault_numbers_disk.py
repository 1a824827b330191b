"""Faults of the catalogue that are about the disk, by number: 53, 56 and 58 to 64."""

import errno
import json
import logging
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import Damaged, NewerVersion, NotSaved
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.logs import Log
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.database import open_database, set_aside
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.files import System, clear_leftovers, make_folder, write_whole
from cbr_desktop.storage.profiles import good_copy, keep_good_copy, read
from cbr_desktop.storage.records import STEPS, SqliteRecords
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.text.errors import error_sentence
from tests.stage import staged
from tests.storage.values import NOON, full, intent, profile, sending

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX rights and calls")
ROOT = Path(__file__).parents[2]
FULL = OSError(errno.ENOSPC, "No space left on device")


def never_thrown_away(path: Path) -> None:
    raise AssertionError(path)


# 53: a home that several machines share

LOCKING = (
    "import sys; from pathlib import Path; from cbr_desktop.storage.lock import InstanceLock\n"
    "from cbr_desktop.domain.error import NotSaved\n"
    "try: print(InstanceLock(Path(sys.argv[1])).try_lock())\n"
    "except NotSaved as error: print(error.detail)"
)


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize(
    ("answer", "said"),
    [("ENOLCK", "No locks available"), ("ENOSYS", "Function not implemented"), ("EOPNOTSUPP", "Operation not supp")],
)
def test_fault_53_a_disk_that_knows_no_locks_is_refused_in_clear_words(tmp_path: Path, answer: str, said: str) -> None:
    path = tmp_path / "instance.lock"
    strace = ["strace", "-qq", "-o", os.devnull, "-e", "trace=flock", "-e", f"inject=flock:error={answer}"]
    command = [*strace, sys.executable, "-c", LOCKING, str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.stdout.startswith(said), done.stderr
    # no other kind of lock was taken in its place: that one would outlive a killed program
    assert {item.name for item in tmp_path.iterdir()} <= {"instance.lock"}


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_fault_53_a_lock_that_cannot_be_given_back_is_no_reason_to_fail(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cbr_desktop.storage.lock import InstanceLock\n"
        "lock = InstanceLock(Path(sys.argv[1])); print(lock.try_lock()); lock.release(); print('left')"
    )
    strace = ["strace", "-qq", "-o", os.devnull, "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK:when=2"]
    command = [*strace, sys.executable, "-c", code, str(tmp_path / "instance.lock")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.returncode) == ("True\nleft\n", 0), done.stderr


def test_fault_53_of_two_that_have_the_outbox_open_one_claims_a_row(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with closing(SqliteRecords(path)) as here, closing(SqliteRecords(path)) as there:
        here.add(intent())
        assert [here.claim(sending(intent())), there.claim(sending(intent()))] == [True, False]
        assert [each.state for each in there.load()] == [IntentState.SENDING]


# 56: a full disk


def told(reading: Iterator[object]) -> object:
    """Read page by page to the end; return the list."""
    try:
        while True:
            next(reading)
    except StopIteration as end:
        return end.value


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "none", str(place)])
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free on a disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return ballast


needs_mount = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or not shutil.which("mount"), reason="only root can mount a small disk"
)


@needs_mount
def test_fault_56_on_a_full_disk_a_draft_stays_as_it_was_and_the_words_say_why(small_disk: Path) -> None:
    drafts = Drafts(small_disk / "drafts", small_disk / "unsaved", never_thrown_away)
    path = drafts.create("nightly", '{"checkpoint": {"vault_id": "v-1"}}\n')
    base = drafts.load(path)
    fill(small_disk)
    with pytest.raises(NotSaved) as failure:
        drafts.save(path, "x" * 10_000, base)
    assert "No space left on device" in error_sentence(failure.value)
    assert drafts.load(path) == base
    assert [item.name for item in Path(path).parent.iterdir()] == [Path(path).name]


@needs_mount
def test_fault_56_on_a_full_disk_nothing_is_queued_and_so_nothing_sent(small_disk: Path) -> None:
    with staged(small_disk) as stage:

        async def story() -> None:
            kept = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="kept"))
            await stage.until(kept.id, IntentState.ACCEPTED)
            ballast = fill(small_disk)
            with pytest.raises(NotSaved):
                stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="lost"))
            assert [each.name for each in stage.session.ledger.intents.values()] == ["kept"]
            ballast.unlink()
            again = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="again"))
            await stage.until(again.id, IntentState.ACCEPTED)

        stage.play(story)
        assert [json.loads(body)["checkpoint"]["parameters"]["name"] for body in stage.posts] == ["kept", "again"]
    with staged(small_disk) as stage:
        assert sorted(each.name for each in stage.session.ledger.intents.values()) == ["again", "kept"]


@needs_mount
def test_fault_56_a_row_that_cannot_say_sending_is_not_sent(small_disk: Path) -> None:
    with staged(small_disk) as stage:
        waiting = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="waiting"))
        ballast = fill(small_disk)

        async def story() -> None:
            while stage.intent(waiting.id).reason != "not-saved":
                await stage.clock.sleep(1)
            assert stage.intent(waiting.id).state is IntentState.QUEUED
            assert stage.posts == []
            ballast.unlink()
            stage.session.outbox.wake()
            await stage.until(waiting.id, IntentState.ACCEPTED)

        stage.play(story)
        assert len(stage.posts) == 1


@needs_mount
def test_fault_56_a_full_disk_stops_neither_the_log_nor_the_cache(small_disk: Path) -> None:
    fill(small_disk)
    logger = logging.getLogger("cbr_desktop.test")
    with closing(Log(small_disk / "cbr-desktop.log")):
        for number in range(200):
            logger.warning("line %d %s", number, "x" * 200)
        try:
            raise ValueError("a defect")
        except ValueError:
            logger.exception("caught")
    with closing(SqliteCache(small_disk / "cache.db")) as cache:
        cache.keep_vaults(Listing([], NOON))
        assert told(cache.vaults()) is None


@posix
def test_fault_56_a_log_that_never_takes_a_byte_stops_nobody() -> None:
    logger = logging.getLogger("cbr_desktop.test")
    with closing(Log(Path("/dev/full"))):
        for number in range(200):
            logger.warning("line %d %s", number, "x" * 200)


# 58: the n-th call fails


class Failing:
    """Lets calls through until the n-th, which fails with one of the errors that a disk has."""

    def __init__(self, failing: int, error: int) -> None:
        self.left = failing
        self.error = error
        self.failed = ""

    def wrapped(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object) -> object:
            self.left -= 1
            if self.left == 0:
                self.failed = name
                raise OSError(self.error, os.strerror(self.error))
            return call(*arguments)

        return counted

    def system(self) -> System:
        calls = {"open": os.open, "write": os.write, "fsync": os.fsync, "replace": os.replace}
        return System(**{name: self.wrapped(name, call) for name, call in calls.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_fault_58_whichever_call_fails_a_draft_is_the_old_or_the_new_one(tmp_path: Path, error: int) -> None:
    old, new = "old " * 1000 + "\n", "new " * 600_000 + "\n"
    seen = set()
    for failing in range(1, 100):
        wrong = Failing(failing, error)
        drafts = Drafts(tmp_path / "drafts", tmp_path / "unsaved", never_thrown_away, wrong.system())
        path = tmp_path / "drafts" / "a.cbr.json"
        make_folder(path.parent)
        path.write_text(old)
        try:
            drafts.save(str(path), new, None)
        except NotSaved as failure:
            assert failure.detail == os.strerror(error)
            assert path.read_text() == old
        else:
            assert path.read_text() == new
        assert [item.name for item in path.parent.iterdir()] == ["a.cbr.json"]
        seen.add(wrong.failed)
        if not wrong.failed:
            break
    assert seen == {"open", "write", "fsync", "replace", ""}


def test_fault_58_what_a_killed_write_left_goes_at_the_next_start(tmp_path: Path) -> None:
    def killed(_source: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    here = tmp_path / "data"
    here.mkdir(0o700)
    with pytest.raises(KeyboardInterrupt):
        write_whole(here / "file", b"new", system=System(replace=killed))
    assert len(list(here.iterdir())) == 1
    # not of a program that may be writing just now
    clear_leftovers(here, older_than_seconds=60)
    assert len(list(here.iterdir())) == 1
    with staged(tmp_path):
        assert [item for item in here.iterdir() if item.name.endswith(".cbr-tmp")] == []


# 59: settings and profiles that are something else


def spoiled(path: Path, how: str) -> None:
    content = b'{"window/page": "Tasks", "window/theme": "dark"}'
    spoil: dict[str, Callable[[], object]] = {
        "empty": lambda: path.write_bytes(b""),
        "cut": lambda: path.write_bytes(content[:30]),
        "binary": lambda: path.write_bytes(bytes(range(256))),
        "list": lambda: path.write_bytes(b"[1, 2]"),
        "half a character": lambda: path.write_bytes(b'{"window/page": "\\ud800"}'),
        "deep": lambda: path.write_bytes(b"[" * 100_000),
        "huge": lambda: os.truncate(path, 1 << 30) if path.write_bytes(content) else None,
        "folder": lambda: path.mkdir(),
        "pipe": lambda: os.mkfifo(path),
        "link to a folder": lambda: path.symlink_to(path.parent, target_is_directory=True),
        "link to nothing that ends": lambda: path.symlink_to("/dev/zero"),
    }
    spoil[how]()


@posix
@pytest.mark.parametrize(
    "how",
    [
        *("empty", "cut", "binary", "list", "half a character", "deep", "huge", "folder", "pipe"),
        *("link to a folder", "link to nothing that ends"),
    ],
)
def test_fault_59_bad_settings_are_put_aside_and_the_defaults_stand(tmp_path: Path, how: str) -> None:
    path = tmp_path / "screens.json"
    spoiled(path, how)
    settings = JsonSettings(path)
    assert settings.get("window/page", "Vaults") == "Vaults"
    assert settings.damaged is not None
    (kept,) = tmp_path.glob("screens.json.bad-*")
    assert settings.damaged.path == str(kept)
    settings.put("window/page", "Tasks")
    settings.close()
    again = JsonSettings(path)
    assert (again.get("window/page", ""), again.damaged) == ("Tasks", None)
    assert list(tmp_path.glob("*.bad-*")) == [kept]


def test_fault_59_settings_cut_at_every_byte_are_whole_or_put_aside(tmp_path: Path) -> None:
    content = json.dumps({"window/page": "Tasks", "name": "Größe", "sizes": [1, 2, 3]}, ensure_ascii=False).encode()
    for length in range(len(content)):
        path = tmp_path / f"{length}" / "screens.json"
        path.parent.mkdir()
        path.write_bytes(content[:length])
        settings = JsonSettings(path)
        assert (settings.get("window/page", "Vaults"), settings.damaged is None) == ("Vaults", False)
        assert len(list(path.parent.iterdir())) == 1


@posix
def test_fault_59_good_settings_behind_a_link_are_good_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "dotfiles.json").write_text('{"window/page": "Tasks"}')
    (tmp_path / "screens.json").symlink_to("dotfiles.json")
    settings = JsonSettings(tmp_path / "screens.json")
    assert (settings.get("window/page", ""), settings.damaged) == ("Tasks", None)
    settings.put("window/page", "Vaults")
    settings.close()
    assert (tmp_path / "screens.json").is_symlink()


def test_fault_59_profiles_cut_at_every_byte_stay_as_they_are_and_a_good_copy_is_named(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    TomlProfiles(path).save(profile())
    TomlProfiles(path).save(profile(name="Zweites Profil ä", project="p2"))
    whole = path.read_bytes()
    keep_good_copy(path)
    assert good_copy(path).read_bytes() == whole
    told = 0
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        found, problems = read(path)
        assert all(each.name in ("Production", "Zweites Profil ä") for each in found)
        keep_good_copy(path)
        if problems:
            # neither the file nor the copy has changed by that
            assert good_copy(path).read_bytes() != whole[:length]
            if isinstance(problems[0], Damaged):
                told += "profiles.toml.good" in problems[0].detail
        good_copy(path).write_bytes(whole)
        assert path.read_bytes() == whole[:length]
    assert told > 50
    assert {item.name for item in tmp_path.iterdir()} == {"profiles.toml", "profiles.toml.good"}
    good_copy(path).replace(path)
    assert [each.name for each in read(path)[0]] == ["Production", "Zweites Profil ä"]


@posix
@pytest.mark.parametrize("how", ["binary", "deep", "huge", "folder", "link to a folder", "link to nothing that ends"])
def test_fault_59_profiles_that_are_something_else_are_told_and_never_written_over(tmp_path: Path, how: str) -> None:
    path = tmp_path / "profiles.toml"
    spoiled(path, how)
    found, problems = read(path)
    assert (found, [type(each) for each in problems]) == ([], [Damaged])
    with pytest.raises(Damaged):
        TomlProfiles(path).save(profile())
    keep_good_copy(path)
    assert [item.name for item in tmp_path.iterdir()] == ["profiles.toml"]


# 60: databases


def outbox(path: Path, count: int = 40, owner: str = "i") -> list[Intent]:
    """Make an outbox with requests in all states; return them."""
    intents = [intent(f"{owner}-{number}", created_at=NOON + timedelta(minutes=number)) for number in range(count)]
    intents.append(full())
    with closing(SqliteRecords(path)) as records:
        for each in intents:
            records.add(each)
    return intents


def reopened(path: Path) -> tuple[list[Intent], list[Damaged]]:
    """Open an outbox as a start does, twice; return what is in it and what was found damaged the first time."""
    with closing(SqliteRecords(path)) as records:
        found, damaged = records.load(), list(records.damaged)
    with closing(SqliteRecords(path)) as records:
        assert records.load() == found
    return found, damaged


@pytest.mark.parametrize("content", [b"", random.Random(60).randbytes(8192), b"SQLite format 3\x00", b"\0" * 4096])
def test_fault_60_an_outbox_that_is_no_database_is_kept_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(content)
    found, (damaged,) = reopened(path)
    assert found == []
    (kept,) = tmp_path.glob("outbox.db.bad-*")
    assert (damaged.path, kept.read_bytes()) == (str(kept), content)


def test_fault_60_of_75_outboxes_with_three_flipped_bits_no_wrong_row_is_taken_and_no_whole_one_lost_in_silence(
    tmp_path: Path,
) -> None:
    assert whole_of_flipped(tmp_path, 75) > 5


def whole_of_flipped(tmp_path: Path, count: int) -> int:
    """Flip three bits in each of so many outboxes and look at what is taken; return how many were read whole."""
    source = tmp_path / "source.db"
    right = {each.id: each for each in outbox(source)}
    content = source.read_bytes()
    chance = random.Random(6060)
    whole = 0
    for number in range(count):
        folder = tmp_path / str(number)
        folder.mkdir()
        flipped = bytearray(content)
        for _ in range(3):
            place = chance.randrange(len(flipped) * 8)
            flipped[place // 8] ^= 1 << place % 8
        (folder / "outbox.db").write_bytes(flipped)
        try:
            found, damaged = reopened(folder / "outbox.db")
        except NewerVersion:
            # the flipped bit is one of the version: then nothing was touched
            assert (folder / "outbox.db").read_bytes() == bytes(flipped)
            continue
        assert all(right[each.id] == each for each in found), number
        assert len(found) == len(right) or damaged, number
        if any("bad-" in each.path for each in damaged):
            (kept,) = folder.glob("outbox.db.bad-*")
            assert kept.read_bytes() == bytes(flipped)
        whole += len(found) == len(right)
    return whole


def test_fault_60_a_name_that_is_no_text_any_more_is_damage_and_no_defect(tmp_path: Path) -> None:
    # SQLite quotes the name in its words, and Python cannot read these
    path = tmp_path / "outbox.db"
    right = outbox(path, 5)
    content = path.read_bytes()
    for name in (b"CREATE TABLE intent", b"sqlite_autoindex_intent_1", b"checksum BLOB"):
        at = content.index(name) + len(name) - 3
        for place in range(at - 5, at + 2):
            path.write_bytes(content[:place] + b"\xac" + content[place + 1 :])
            found, damaged = reopened(path)
            assert all(each in right for each in found)
            assert len(found) == len(right) or damaged
            for kept in tmp_path.glob("*.bad-*"):
                kept.unlink()


def test_fault_60_an_outbox_that_breaks_while_it_is_open_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox(path)
    with closing(SqliteRecords(path)) as records:
        content = path.read_bytes()
        with path.open("r+b") as file:
            file.write(content[:24] + random.Random(1).randbytes(len(content) - 24))
        for act in (records.head, records.load):
            with pytest.raises((Damaged, NotSaved)):
                act()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_fault_60_an_outbox_without_its_log_or_with_another_s_has_no_row_that_nobody_wrote(
    tmp_path: Path, mode: str
) -> None:
    made: dict[str, list[Intent]] = {}
    # what SQLite keeps beside a database while a program that dies has it open
    for name in ("ours", "other"):
        path = tmp_path / name / "outbox.db"
        path.parent.mkdir()
        made[name] = outbox(path, 5 if name == "ours" else 9, name)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute("PRAGMA cache_size=1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE intent SET name = zeroblob(9000)")
        shutil.copytree(path.parent, tmp_path / f"{name}-dead")
        connection.close()
    side = {"WAL": "-wal", "DELETE": "-journal"}[mode]
    ours = tmp_path / "ours-dead"
    strange = tmp_path / "other-dead" / f"outbox.db{side}"
    # a journal does not say whose it is: with another's, SQLite brings back what that one was before, as a whole
    right = {each.id: each for each in (*made["ours"], *(made["other"] if mode == "DELETE" else ()))}
    for what in ("another's", "missing"):
        place = tmp_path / what
        shutil.copytree(ours, place)
        for leftover in place.glob("outbox.db-*"):
            leftover.unlink()
        if what == "another's":
            assert strange.stat().st_size > 0
            shutil.copy(strange, place / f"outbox.db{side}")
        found, damaged = reopened(place / "outbox.db")
        assert all(right[each.id] == each for each in found)
        assert len({each.id.partition("-")[0] for each in found} - {"i"}) <= 1
        assert len(found) in (6, 10) or damaged


def test_fault_60_a_broken_cache_is_rebuilt_and_nobody_hears_of_it(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    chance = random.Random(60)
    listing = Listing([], NOON)
    with closing(SqliteCache(path)) as cache:
        cache.keep_vaults(listing)
    content = path.read_bytes()
    for number in range(100):
        flipped = bytearray(content)
        for _ in range(3):
            place = chance.randrange(len(flipped) * 8)
            flipped[place // 8] ^= 1 << place % 8
        path.write_bytes([b"", b"nothing", chance.randbytes(5000), bytes(flipped)][number % 4])
        with closing(SqliteCache(path)) as cache:
            assert told(cache.vaults()) in (None, listing)
            cache.keep_vaults(listing)
            assert told(cache.vaults()) == listing
    assert list(tmp_path.glob("*bad*")) == []


# 61: a database of a newer version


def test_fault_61_an_outbox_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    before = {item.name: (item.read_bytes(), item.stat().st_mtime_ns) for item in tmp_path.iterdir()}
    with pytest.raises(NewerVersion) as failure:
        SqliteRecords(path)
    assert "was written by a newer version of CBR Desktop and was not touched" in error_sentence(failure.value)
    assert "99" in error_sentence(failure.value)
    assert {item.name: (item.read_bytes(), item.stat().st_mtime_ns) for item in tmp_path.iterdir()} == before


# 62: a migration that does not come to its end


@contextmanager
def released(path: Path, version: int) -> Iterator[list[object]]:
    """Make an outbox as the program of a version made it; yield its rows as they stand there."""
    shutil.copy(Path(__file__).parent / "data" / f"outbox-v{version}.db", path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)
        yield connection.execute("SELECT id, state, body FROM intent ORDER BY rowid").fetchall()


@pytest.mark.parametrize("version", range(1, len(STEPS)))
def test_fault_62_a_migration_that_fails_at_any_statement_leaves_what_was_and_works_when_run_again(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "outbox.db"
    with released(path, version) as rows:
        assert rows
    before = path.read_bytes()
    statements = sum(len(step) for step in STEPS[version:])
    for broken in range(statements + 1):
        steps = [list(step) for step in STEPS]
        place, at = version, broken
        while at > len(steps[place]) and place < len(steps) - 1:
            at -= len(steps[place])
            place += 1
        steps[place].insert(at, "INSERT INTO nowhere VALUES (1)")
        with pytest.raises(NotSaved):
            open_database(path, steps)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (version,)
            assert connection.execute("SELECT id, state, body FROM intent ORDER BY rowid").fetchall() == rows
        copy = tmp_path / f"outbox.db.v{version}"
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT id, state, body FROM intent ORDER BY rowid").fetchall() == rows
    assert before[:16] == path.read_bytes()[:16]
    found, damaged = reopened(path)
    assert (len(found), damaged) == (len(rows), [])
    assert {item.name for item in tmp_path.iterdir()} == {"outbox.db", f"outbox.db.v{version}"}


# 63: a file that somebody holds


@pytest.mark.parametrize("times", [3, None])
def test_fault_63_a_file_that_is_held_is_tried_for_a_while_and_then_left_whole(
    tmp_path: Path, times: int | None
) -> None:
    path = tmp_path / "a.cbr.json"
    path.write_text("old")
    tries: list[float] = []

    def held(source: Path, target: Path) -> None:
        if times is None or len(tries) < times:
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        source.replace(target)

    drafts = Drafts(tmp_path, tmp_path / "unsaved", never_thrown_away, System(replace=held, pause=tries.append))
    if times is None:
        with pytest.raises(NotSaved) as failure:
            drafts.save(str(path), "new\n", None)
        assert "The process cannot access the file" in error_sentence(failure.value)
        assert path.read_text() == "old"
    else:
        drafts.save(str(path), "new\n", None)
        assert path.read_text() == "new\n"
        assert len(tries) == 3
    assert sum(tries) <= 2.5
    assert [item.name for item in tmp_path.iterdir()] == ["a.cbr.json"]


def test_fault_63_several_broken_files_of_one_second_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    kept = set()
    for number in range(5):
        path.write_bytes(b"%d" % number)
        kept.add(set_aside(path))
    assert {item.read_bytes() for item in kept} == {b"0", b"1", b"2", b"3", b"4"}


# 64: rights, whatever the umask


def wide(folder: Path) -> dict[str, str]:
    """Return what is open to others in a folder, with its rights."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        # what a database needs for one transaction may be gone again by now
        with suppress(FileNotFoundError):
            status = path.lstat()
            mode = stat.S_IMODE(status.st_mode)
            if not stat.S_ISLNK(status.st_mode) and mode & ~(0o700 if stat.S_ISDIR(status.st_mode) else 0o600):
                found[str(path)] = f"{mode:o}"
    return found


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_fault_64_after_a_session_nothing_is_open_to_others(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    home = tmp_path / "home"
    try:
        with staged(home) as stage:
            intent_of = stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="nightly"))
            seen = wide(home)

            async def story() -> None:
                await stage.session.refresh.once()
                await stage.until(intent_of.id, IntentState.ACCEPTED)
                seen.update(wide(home))

            stage.play(story)
        here = home / "config" / "profiles.toml"
        TomlProfiles(here).save(profile())
        keep_good_copy(here)
        settings = JsonSettings(home / "state" / "screens.json")
        settings.put("a", 1)
        settings.close()
        with closing(Log(home / "logs" / "cbr-desktop.log")):
            logging.getLogger("cbr_desktop.test").warning("a line")
        (home / "data" / "outbox.db").write_bytes(b"broken")
        with staged(home):
            seen.update(wide(home))
        shutil.copy(Path(__file__).parent / "data" / "outbox-v1.db", home / "data" / "outbox.db")
        with staged(home):
            seen.update(wide(home))
        seen.update(wide(home))
    finally:
        os.umask(before)
    assert seen == {}
    names = {item.name.partition(".")[0] for item in home.rglob("*") if item.is_file()}
    assert {"outbox", "profiles", "screens", "cbr-desktop", "instance"} <= names


@posix
def test_fault_64_what_sqlite_keeps_beside_a_database_is_as_private_as_that(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    before = os.umask(0)
    try:
        outbox(path, 3)
        for mode in ("WAL", "DELETE"):
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute(f"PRAGMA journal_mode={mode}")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE intent SET name = 'other'")
                beside = [item for item in tmp_path.iterdir() if item.name.startswith("outbox.db-")]
                assert beside
                assert {stat.S_IMODE(item.stat().st_mode) for item in beside} == {0o600}
                connection.execute("ROLLBACK")
    finally:
        os.umask(before)
