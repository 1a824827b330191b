"""Fault 97: refused passwords are remembered across programs, none can be read or cheaply guessed from the file."""

import asyncio
import hashlib
import json
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import KeptRefusal
from cbr_desktop.storage.refusals import Refusals
from tests.storage.values import NOON, profile

PASSWORD = "CANARY-b51f0c77"
REFUSED = KeptRefusal(401, "IAM.0001", "", NOON)
Make = Callable[..., Refusals]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "refused.json"


@pytest.fixture
def kept(path: Path) -> Path:
    asyncio.run(refusals(path).keep(profile(), PASSWORD, REFUSED))
    return path


def refusals(path: Path, **later: float) -> Refusals:
    """What a new program remembers, a span of time after noon."""
    return Refusals(path, lambda: NOON + timedelta(**later), rounds=2)


def recalled(path: Path, password: str = PASSWORD, who: Profile | None = None, **later: float) -> KeptRefusal | None:
    return asyncio.run(refusals(path, **later).recall(who or profile(), password))


def test_fault_97_the_next_program_knows_the_password_that_was_refused_and_no_other(kept: Path) -> None:
    assert recalled(kept) == REFUSED
    assert recalled(kept, "another") is None


@pytest.mark.parametrize(
    "other",
    [
        {"user": "somebody-else"},
        {"domain": "another"},
        {"iam_endpoint": "https://iam.example.com:8443"},
        {"iam_endpoint": "https://iam.other.example.com"},
        {"iam_endpoint": "http://iam.example.com"},
    ],
)
def test_fault_97_it_counts_for_the_account_and_the_host_alone(kept: Path, other: dict[str, str]) -> None:
    assert recalled(kept, who=replace(profile(), **other)) is None  # type: ignore[arg-type]


def test_fault_97_the_project_is_no_part_of_the_account(kept: Path) -> None:
    assert recalled(kept, who=replace(profile(), name="other", project="eu-de_other")) == REFUSED


def test_fault_97_it_lasts_a_day_and_a_lock_a_quarter_of_an_hour(path: Path, kept: Path) -> None:
    assert recalled(kept, hours=23) == REFUSED
    assert recalled(kept, hours=-23) == REFUSED  # the clock was set back
    assert recalled(kept, hours=25) is None
    locked = REFUSED._replace(reason="locked")
    asyncio.run(refusals(path).keep(profile(), PASSWORD, locked))
    assert recalled(path, minutes=14) == locked
    assert recalled(path, minutes=16) is None


def test_fault_97_success_and_a_person_s_wish_clear_it(kept: Path) -> None:
    other = replace(profile(), user="other")
    asyncio.run(refusals(kept).keep(other, PASSWORD, REFUSED))
    refusals(kept).forget(profile())
    assert (recalled(kept), recalled(kept, who=other)) == (None, REFUSED)
    refusals(kept).forget_all()
    assert not kept.exists()


def test_fault_97_the_file_is_private_and_holds_neither_password_nor_a_cheap_hash(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 or os.name == "nt"
    text = kept.read_text()
    assert PASSWORD not in text
    (row,) = json.loads(text)["refused"].values()
    assert len(bytes.fromhex(row["salt"])) == 16
    before = row["salt"]
    refusals(kept).forget(profile())
    asyncio.run(refusals(kept).keep(profile(), PASSWORD, REFUSED))
    (row,) = json.loads(kept.read_text())["refused"].values()
    assert row["salt"] != before


def test_fault_97_a_guess_takes_64_mebibytes_and_as_much_time(path: Path) -> None:
    asyncio.run(Refusals(path, lambda: NOON).keep(profile(), PASSWORD, REFUSED))
    (row,) = json.loads(path.read_text())["refused"].values()
    salt = bytes.fromhex(row["salt"])
    slow = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=2**16, r=8, p=1, maxmem=96 * 2**20, dklen=32)
    assert row["hash"] == slow.hex()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"refused": []}',
        '{"refused": {"a": 1}}',
        '{"refused": {"a": {"at": 1}}}',
        "[" * 100_000,
    ],
)
def test_fault_97_a_file_that_is_none_counts_as_empty_and_is_replaced(path: Path, text: str) -> None:
    path.write_text(text)
    assert recalled(path) is None
    asyncio.run(refusals(path).keep(profile(), PASSWORD, REFUSED))
    assert recalled(path) == REFUSED


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes on Windows")
def test_fault_97_a_pipe_in_its_place_hangs_nobody(path: Path) -> None:
    os.mkfifo(path)
    assert recalled(path) is None


def test_fault_97_where_nothing_can_be_written_this_program_goes_on(tmp_path: Path) -> None:
    asyncio.run(refusals(tmp_path / "none" / "refused.json").keep(profile(), PASSWORD, REFUSED))
    refusals(tmp_path / "none" / "refused.json").forget_all()
