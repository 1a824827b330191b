"""The profiles of a start: kept as they were read, and good only while their file says the same."""

from pathlib import Path

import pytest

from cbr_desktop.storage.kept_profiles import recall
from cbr_desktop.storage.profiles import keep_for_the_start, read
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.storage.test_profiles import WHOLE
from tests.storage.values import profile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "profiles.toml"
    path.write_text(WHOLE, "utf-8")
    return path


@pytest.fixture
def kept(tmp_path: Path, file: Path) -> Path:
    path = tmp_path / "kept.json"
    keep_for_the_start(file, path)
    return path


def test_what_is_kept_are_the_profiles_that_reading_the_file_brings(file: Path, kept: Path) -> None:
    assert recall(kept, file) == read(file)[0]
    assert len(read(file)[0]) == 2


def test_a_file_that_says_something_else_is_read_anew(file: Path, kept: Path) -> None:
    file.write_text(WHOLE.replace('"staging"', '"production"'), "utf-8")
    assert recall(kept, file) is None
    TomlProfiles(file).save(profile(name="Third"))
    keep_for_the_start(file, kept)
    assert recall(kept, file) == read(file)[0]
    file.unlink()
    assert recall(kept, file) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [("", ""), ('"fields":["name"', '"fields":["title"'), ('"staging"', '"moon"'), ('"mfa":false', '"mfa":"no"')],
)
def test_what_does_not_fit_counts_for_nothing(file: Path, kept: Path, old: str, new: str) -> None:
    assert old in kept.read_text("utf-8")
    kept.write_text(kept.read_text("utf-8").replace(old, new) if old else "{", "utf-8")
    assert recall(kept, file) is None
    keep_for_the_start(file, kept)
    assert recall(kept, file) == read(file)[0]


def test_a_file_with_something_wrong_in_it_is_read_each_time_so_that_it_is_said(file: Path, tmp_path: Path) -> None:
    file.write_text(WHOLE + "\n[[profile]]\nname = 3\n", "utf-8")
    keep_for_the_start(file, tmp_path / "none.json")
    assert not (tmp_path / "none.json").exists()
