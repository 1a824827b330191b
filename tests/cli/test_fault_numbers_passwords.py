"""Fault 97: a wrong password is tried once over several commands and starts, until a person changes something."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.reliability.gateway import TokenCloud, profile_to, refusal, served

COMMANDS = (["vaults"], ["doctor"], ["vaults", "--json"], ["doctor", "--json"], ["vaults"], ["doctor", "--report"])


@contextmanager
def cloud() -> Iterator[TokenCloud]:
    """Serve a cloud in a thread: a command runs a loop of its own."""
    made = TokenCloud()
    begun, end = threading.Event(), threading.Event()

    async def serve() -> None:
        async with served(made):
            begun.set()
            await asyncio.to_thread(end.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    begun.wait()
    try:
        yield made
    finally:
        end.set()
        thread.join()


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenCloud]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path))
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", "wrong")
    places().make()
    with cloud() as made:
        made.refusal = refusal(401, "The username or password is wrong.")
        known = TomlProfiles(places().profiles_file)
        known.save(profile_to(made.server.url), "")
        yield made


def test_fault_97_six_commands_try_a_wrong_password_once(town: TokenCloud, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [main(command) for command in COMMANDS]
    assert 0 not in codes
    assert town.logins == 1
    told = capsys.readouterr()
    assert "so it was not sent again" in told.out + told.err


def test_fault_97_another_profile_of_the_account_does_not_try_it_either(town: TokenCloud) -> None:
    known = TomlProfiles(places().profiles_file)
    known.save(replace(profile_to(town.server.url), name="Second", project="eu-de_second"), "")
    for name in ("Test", "Second"):
        assert main(["vaults", "--profile", name]) != 0
    assert town.logins == 1


def test_fault_97_a_person_may_say_try_again(town: TokenCloud) -> None:
    for command in (["vaults"], ["vaults", "--try-again"], ["vaults"]):
        assert main(command) != 0
    assert town.logins == 2


def test_fault_97_another_password_is_tried_and_a_good_one_clears_what_was_kept(
    town: TokenCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["vaults"]) != 0
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", "right")
    town.refusal = None
    assert main(["vaults"]) == 0
    assert town.logins == 2
    assert "hash" not in places().refusals_file.read_text()


@pytest.mark.parametrize(
    ("code", "message"), [(401, "Failed to find the project."), (403, "The account is not allowed to do this.")]
)
def test_fault_97_what_another_password_does_not_mend_is_not_kept(town: TokenCloud, code: int, message: str) -> None:
    town.refusal = refusal(code, message)
    for _ in range(2):
        assert main(["vaults"]) != 0
    assert town.logins == 2
