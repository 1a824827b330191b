"""How much memory it takes to read files of others that grow; counting it multiplies the time."""

from pathlib import Path

import pytest

from tests.storage.test_fault_numbers_sources import (
    DOTTED,
    MEGABYTE,
    YAML,
    keys_of_many_parts_are_refused,
    look,
    many_short_keys,
    peak_of,
)


@pytest.mark.parametrize("what", YAML)
def test_fault_89_yaml_that_grows_is_refused_while_it_is_small(tmp_path: Path, what: str) -> None:
    assert peak_of(lambda: look(tmp_path, YAML[what], "clouds.yaml")) < 60 * MEGABYTE


@pytest.mark.parametrize("what", DOTTED)
def test_fault_89_keys_of_60000_parts_are_refused_before_they_are_parsed(tmp_path: Path, what: str) -> None:
    keys_of_many_parts_are_refused(tmp_path, what, 60_000)


def test_fault_89_many_short_keys_stay_small(tmp_path: Path) -> None:
    assert peak_of(lambda: look(tmp_path, many_short_keys())) < 150 * MEGABYTE
