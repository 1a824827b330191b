"""Where things are: under one root, or where the platform puts them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.storage.paths import places
from tests.storage.values import profile


def test_portable_mode_keeps_everything_under_one_root(tmp_path: Path) -> None:
    folders = tuple(places({"CBR_DESKTOP_HOME": str(tmp_path / "root")}))
    assert {folder.parent for folder in folders} == {tmp_path / "root"}
    assert len(set(folders)) == len(folders)


def test_a_relative_root_becomes_absolute() -> None:
    assert places({"CBR_DESKTOP_HOME": "here"}).data == Path.cwd() / "here" / "data"


@pytest.mark.parametrize("environ", [{}, {"CBR_DESKTOP_HOME": ""}])
def test_the_platform_decides_otherwise(environ: dict[str, str]) -> None:
    found = places(environ)
    assert all(folder.is_absolute() for folder in found)
    assert all(str(folder).count("cbr-desktop") == 1 for folder in found[:5])


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_the_programs_own_folders_are_made_private(tmp_path: Path) -> None:
    found = places({"CBR_DESKTOP_HOME": str(tmp_path / "root")})
    before = os.umask(0)
    try:
        found.make()
    finally:
        os.umask(before)
    made = [path for path in tmp_path.rglob("*") if path.is_dir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}
    assert not found.requests.exists()


def test_a_root_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "root").touch()
    with pytest.raises(NotSaved) as caught:
        places({"CBR_DESKTOP_HOME": str(tmp_path / "root")}).make()
    assert caught.value.path == str(tmp_path / "root" / "config")


def test_an_edited_profile_has_another_cache(tmp_path: Path) -> None:
    found = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    variants = [
        profile(),
        profile(name="Other /../ name"),
        profile(cbr_endpoint="https://other.example"),
        profile(project="other"),
        profile(domain="other"),
    ]
    files = {found.cache_file(variant) for variant in variants}
    assert len(files) == len(variants)
    assert {file.parent for file in files} == {found.cache}
    assert found.cache_file(profile(name_template="x")) == found.cache_file(profile())


def test_importing_the_room_loads_nothing_slow() -> None:
    rooms = ("paths", "cache", "records", "secrets", "profiles", "lock", "requestfile")
    code = f"import sys, {', '.join(f'cbr_desktop.storage.{room}' for room in rooms)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"keyring", "tomlkit", "platformdirs", "filelock", "httpx"} & set(loaded)
