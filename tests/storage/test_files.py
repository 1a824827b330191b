"""Files are old or new, never a mix, and only their owner reads them."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.storage.files import System, clear_leftovers, make_folder, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX rights")

OLD = b"old " * 1000
NEW = b"new " * 600_000


class Countdown:
    """Lets calls through until the n-th, which fails."""

    def __init__(self, failing: int) -> None:
        self.left = failing
        self.failed = False

    def wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.failed = True
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(*arguments)

        return counted

    def system(self) -> System:
        return System(*(self.wrapped(call) for call in (os.open, os.write, os.fsync, os.replace)))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_whatever_call_fails_the_old_file_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for failing in range(1, 100):
        path.write_bytes(OLD)
        countdown = Countdown(failing)
        try:
            write_whole(path, NEW, system=countdown.system())
        except NotSaved as error:
            assert (error.path, error.detail) == (str(path), "No space left on device")
            assert path.read_bytes() == OLD
        assert list(tmp_path.iterdir()) == [path]
        if not countdown.failed:
            break
    assert failing > 5
    assert path.read_bytes() == NEW


def test_short_writes_are_continued(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, NEW, system=System(write=lambda descriptor, data: os.write(descriptor, data[:99_991])))
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("times", [0, 1, 3, 9])
def test_a_file_that_is_held_for_moments_is_replaced(tmp_path: Path, times: int) -> None:
    path = tmp_path / "file"
    refusals = [PermissionError(13, "held")] * times

    def held(source: Path, target: Path) -> None:
        if refusals:
            raise refusals.pop()
        source.replace(target)

    waits: list[float] = []
    write_whole(path, NEW, system=System(replace=held, pause=waits.append))
    assert path.read_bytes() == NEW
    assert len(waits) == times


def test_a_file_that_is_held_for_ever_is_told_in_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)

    def held(_source: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    waits: list[float] = []
    with pytest.raises(NotSaved, match="Permission denied"):
        write_whole(path, NEW, system=System(replace=held, pause=waits.append))
    assert sum(waits) <= 2.5
    assert [item.read_bytes() for item in tmp_path.iterdir()] == [OLD]


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_file_is_private_before_anything_is_in_it(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "file"
    seen = []

    def write(descriptor: int, data: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077)
        return os.write(descriptor, data)

    before = os.umask(umask)
    try:
        write_whole(path, b"x", system=System()._replace(write=write))
    finally:
        os.umask(before)
    assert seen == [0]
    assert mode(path) == 0o600


@posix
def test_folders_and_their_new_parents_are_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_folder(tmp_path / "a" / "b" / "c")
        (tmp_path / "wide").mkdir(0o777)
        make_folder(tmp_path / "wide")
    finally:
        os.umask(before)
    assert {mode(tmp_path / name) for name in ("a", "a/b", "a/b/c", "wide")} == {0o700}


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotSaved, match="Not a directory"):
            make_folder(path)


@posix
def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(OLD)
    (tmp_path / "link").symlink_to("target")
    write_whole(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == NEW


def test_leftovers_go_and_nothing_else(tmp_path: Path) -> None:
    for name in (".file.1234abcd.cbr-tmp", ".outbox.db.new.cbr-tmp-journal", "file", ".hidden", "x.cbr-tmp"):
        (tmp_path / name).touch()
    clear_leftovers(tmp_path)
    assert {item.name for item in tmp_path.iterdir()} == {"file", ".hidden", "x.cbr-tmp"}
