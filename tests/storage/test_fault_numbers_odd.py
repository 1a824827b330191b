"""The fault of the catalogue that is about pipes, sockets, devices and folders in place of files, by number: 90."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from cbr_desktop.domain.error import Damaged, NotSaved
from cbr_desktop.domain.journal import Head
from cbr_desktop.domain.listing import Listing
from cbr_desktop.storage.archive import SqliteArchive
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.database import SIDE_FILES
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.journal import read_only, verified
from cbr_desktop.storage.lock import InstanceLock
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.storage.profiles import keep_good_copy, read
from cbr_desktop.storage.records import SqliteRecords, peek
from cbr_desktop.storage.requestfile import read as read_request
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.storage.updates import read as read_update_source
from cbr_desktop.text.errors import error_sentence
from tests.storage.test_journal import event, filled, journal
from tests.storage.values import intent, profile

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes"),
    # none of these may be waited for
    pytest.mark.timeout(20),
]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_socket(path: Path) -> None:
    # the address of a socket is short
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


Odd = Callable[[Path], None]
odd_things = pytest.mark.parametrize("odd", [pipe, folder, device, a_socket])


def says_so(error: object) -> bool:
    assert isinstance(error, Damaged | NotSaved)
    return "not a file" in error_sentence(error)


@odd_things
def test_fault_90_in_place_of_a_file_of_the_journal(tmp_path: Path, odd: Odd) -> None:
    place = tmp_path / "journal"
    place.mkdir()
    odd(place / "0000000001.jsonl")
    assert verified(place, Head(1, "x")).why == "unreadable"
    for look in (lambda: list(read_only(place).entries()), lambda: read_only(place).newest(5)):
        with pytest.raises(Damaged) as told:
            look()
        assert says_so(told.value)
    with closing(journal(place)) as kept, pytest.raises(NotSaved) as refused:
        kept.append(event())
    assert says_so(refused.value)


@odd_things
def test_fault_90_in_place_of_the_next_file_of_the_journal(tmp_path: Path, odd: Odd) -> None:
    place = tmp_path / "journal"
    with closing(journal(place, file_bytes=100)) as kept:
        kept.append(event())
        odd(place / "0000000002.jsonl")
        with pytest.raises(NotSaved):
            kept.append(event())


@pytest.mark.parametrize("odd", [pipe, device, a_socket])
def test_fault_90_in_place_of_the_folder_of_the_journal(tmp_path: Path, odd: Odd) -> None:
    place = tmp_path / "journal"
    odd(place)
    for head in (None, Head(1, "x")):
        assert verified(place, head).why == "unreadable"
    for look in (lambda: list(read_only(place).entries()), lambda: read_only(place).newest(5)):
        with pytest.raises(Damaged, match="Not a directory"):
            look()
    with closing(journal(place)) as kept, pytest.raises(NotSaved, match="Not a directory"):
        kept.append(event())


@odd_things
@pytest.mark.parametrize("suffix", ["", *SIDE_FILES])
def test_fault_90_in_place_of_the_outbox(tmp_path: Path, odd: Odd, suffix: str) -> None:
    path = tmp_path / "outbox.db"
    if suffix:
        with closing(SqliteRecords(path)) as records:
            records.add(intent())
    odd(Path(f"{path}{suffix}"))
    with pytest.raises(Damaged) as told:
        peek(path)
    assert says_so(told.value)
    with closing(SqliteRecords(path)) as records:
        assert len(records.load()) == bool(suffix)
        assert [says_so(error) for error in records.damaged] == [True]
        records.save(intent())
    # what was there is put aside and not destroyed
    assert any(not item.is_file() and ".bad-" in item.name for item in tmp_path.iterdir())


@odd_things
def test_fault_90_in_place_of_the_cache(tmp_path: Path, odd: Odd) -> None:
    odd(tmp_path / "cache.db")
    with closing(SqliteCache(tmp_path / "cache.db")) as cache:
        # first the writer meets it, then a reader
        cache.keep_vaults(Listing([], datetime.now(UTC)))
        cache.close()
        with pytest.raises(StopIteration) as end:
            next(cache.vaults())
        assert end.value.value is None
        cache.keep_vaults(Listing([], datetime.now(UTC)))
    assert odd is folder or (tmp_path / "cache.db").is_file()


@odd_things
def test_fault_90_in_place_of_the_archive(tmp_path: Path, odd: Odd) -> None:
    odd(tmp_path / "archive.db")
    archive = SqliteArchive(tmp_path / "archive.db")

    async def story() -> None:
        assert await archive.older(profile(), datetime.now(UTC), "", 5) == []

    with closing(archive):
        asyncio.run(story())
        assert [says_so(error) for error in archive.damaged] == [True]


@odd_things
def test_fault_90_in_place_of_the_profiles(tmp_path: Path, odd: Odd) -> None:
    path = tmp_path / "profiles.toml"
    odd(path)
    found, (problem,) = read(path)
    assert found == []
    assert says_so(problem)
    with pytest.raises(Damaged) as told:
        TomlProfiles(path).save(profile())
    assert says_so(told.value)
    keep_good_copy(path)
    assert [item.name for item in tmp_path.iterdir()] == ["profiles.toml"]


@odd_things
def test_fault_90_in_place_of_the_good_copy_of_the_profiles(tmp_path: Path, odd: Odd) -> None:
    path = tmp_path / "profiles.toml"
    TomlProfiles(path).save(profile())
    odd(tmp_path / "profiles.toml.good")
    keep_good_copy(path)
    assert not (tmp_path / "profiles.toml.good").is_file()


@odd_things
def test_fault_90_in_place_of_the_settings(tmp_path: Path, odd: Odd) -> None:
    path = tmp_path / "settings.json"
    odd(path)
    settings = JsonSettings(path)
    assert settings.damaged is not None
    assert settings.damaged.detail == "not a file"
    settings.put("a", 1)
    settings.close()
    assert JsonSettings(path).get("a", 0) == 1


@odd_things
def test_fault_90_in_place_of_the_address_for_updates(tmp_path: Path, odd: Odd) -> None:
    odd(tmp_path / "updates.toml")
    with pytest.raises(Damaged) as told:
        read_update_source(tmp_path / "updates.toml")
    assert says_so(told.value)


@odd_things
def test_fault_90_in_place_of_the_lock(tmp_path: Path, odd: Odd) -> None:
    odd(tmp_path / "instance.lock")
    with pytest.raises(NotSaved) as told:
        InstanceLock(tmp_path / "instance.lock").try_lock()
    assert says_so(told.value)


@odd_things
def test_fault_90_in_place_of_a_draft(tmp_path: Path, odd: Odd) -> None:
    place = tmp_path / "requests"
    recovery = tmp_path / "unsaved"
    place.mkdir()
    recovery.mkdir()
    odd(place / "nightly.cbr.json")
    odd(recovery / "one.unsaved.json")
    drafts = Drafts(place, recovery, lambda _path: None)
    (entry,) = drafts.entries()
    assert says_so(entry.error)
    assert drafts.unsaved() == []
    for look in (drafts.load, drafts.outside, lambda path: read_request(Path(path))):
        with pytest.raises(Damaged) as told:
            look(entry.path)
        assert says_so(told.value)
    with pytest.raises(NotSaved):
        drafts.save(entry.path, "{}", None)


# on the command line


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    found = places()
    found.make()
    yield found


COMMANDS: list[tuple[str, list[str], str]] = [
    ("records_file", ["outbox", "list"], "not a file"),
    ("records_file", ["journal", "verify"], "not a file"),
    ("profiles_file", ["vaults"], "not a file"),
    ("profiles_file", ["outbox", "list"], ""),
    ("journal_folder", ["journal", "verify"], "cannot be read from here on"),
    ("journal_folder", ["journal", "export"], "Not a directory"),
    ("requests", ["drafts", "list"], "Not a directory"),
]


@pytest.mark.parametrize("odd", [pipe, device, a_socket])
@pytest.mark.parametrize(("place", "command", "words"), COMMANDS)
def test_fault_90_a_command_says_what_is_in_the_way(
    here: Places, capsys: pytest.CaptureFixture[str], odd: Odd, place: str, command: list[str], words: str
) -> None:
    path: Path = getattr(here, place)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        path.rmdir()
    odd(path)
    code = main(command)
    said = "".join(capsys.readouterr())
    assert words in said
    assert "Traceback" not in said
    assert (code != 0) is bool(words)


def test_fault_90_what_stands_beside_the_journal_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "journal"
    head = filled(place, 2)
    pipe(place / "notes")
    assert verified(place, head).is_whole
