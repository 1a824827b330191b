"""Who is asked for newer versions: nobody, unless a file says so."""

import base64
from pathlib import Path

import pytest

from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.update import UpdateSource
from cbr_desktop.storage.updates import read

KEY = base64.b64encode(bytes(range(32))).decode()
ADDRESS = "https://downloads.example/cbr/manifest.json"


def written(folder: Path, text: str) -> Path:
    path = folder / "updates.toml"
    path.write_text(text)
    return path


def test_without_a_file_nobody_is_asked(tmp_path: Path) -> None:
    assert read(tmp_path / "updates.toml") is None


def test_address_key_and_pace_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, f'[update]\naddress = "{ADDRESS}"\npublic_key = "{KEY}"\nevery_hours = 168\n')
    assert read(path) == UpdateSource(ADDRESS, bytes(range(32)), 168.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[update",
        "update = 1",
        f'[update]\npublic_key = "{KEY}"',
        f'[update]\naddress = "{ADDRESS}"',
        f'[update]\naddress = "{ADDRESS}"\npublic_key = "AAAA"',
        f'[update]\naddress = "{ADDRESS}"\npublic_key = "!"',
        f'[update]\naddress = "http://downloads.example/m.json"\npublic_key = "{KEY}"',
        f'[update]\naddress = "https://user@downloads.example/m.json"\npublic_key = "{KEY}"',
        f'[update]\naddress = "https://downloads.example"\npublic_key = "{KEY}"',
        f'[update]\naddress = "{ADDRESS}"\npublic_key = "{KEY}"\nevery_hours = 0',
        f'[update]\naddress = "{ADDRESS}"\npublic_key = "{KEY}"\nevery_hours = nan',
    ],
)
def test_a_file_that_cannot_be_used_is_told_of(tmp_path: Path, text: str) -> None:
    with pytest.raises(Damaged):
        read(written(tmp_path, text))
