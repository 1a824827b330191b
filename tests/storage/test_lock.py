"""One writer for a data folder."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.storage.lock import InstanceLock


def test_of_two_one_has_the_lock(tmp_path: Path) -> None:
    first, second = InstanceLock(tmp_path / "instance.lock"), InstanceLock(tmp_path / "instance.lock")
    assert [first.try_lock(), second.try_lock()] == [True, False]
    first.release()
    assert second.try_lock()
    second.release()


def test_the_lock_of_a_killed_program_is_free(tmp_path: Path) -> None:
    path = tmp_path / "instance.lock"
    code = (
        "import os, sys; from pathlib import Path; from cbr_desktop.storage.lock import InstanceLock;"
        "lock = InstanceLock(Path(sys.argv[1])); assert lock.try_lock(); print('held', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        lock = InstanceLock(path)
        assert not lock.try_lock()
        process.kill()
    assert lock.try_lock()
    lock.release()


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_the_lock_file_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        lock = InstanceLock(tmp_path / "instance.lock")
        lock.try_lock()
        assert stat.S_IMODE((tmp_path / "instance.lock").stat().st_mode) == 0o600
        lock.release()
    finally:
        os.umask(before)


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotSaved):
        InstanceLock(tmp_path / "file" / "instance.lock").try_lock()
