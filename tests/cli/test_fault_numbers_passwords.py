"""Fault 97: a wrong password is tried once over several commands and starts, until a person changes something."""

import asyncio
import io
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.start import opened
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cli import main
from cbr_desktop.cli.running import run_command
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator import estate
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.workflows.ledger import Ledger
from tests.journeys.commands import machine
from tests.reliability.gateway import TokenCloud, profile_to, refusal, served

COMMANDS = (["vaults"], ["doctor"], ["vaults", "--json"], ["doctor", "--report"])


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


def test_fault_97_four_commands_try_a_wrong_password_once(town: TokenCloud, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_fault_97_try_again_is_for_the_account_of_the_profile_alone(town: TokenCloud) -> None:
    known = TomlProfiles(places().profiles_file)
    known.save(replace(profile_to(town.server.url), name="Other", user="somebody-else"), "")
    for name in ("Test", "Other"):
        assert main(["vaults", "--profile", name]) != 0
    assert town.logins == 2
    assert main(["vaults", "--profile", "Test", "--try-again"]) != 0
    assert town.logins == 3
    assert main(["vaults", "--profile", "Other"]) != 0
    assert town.logins == 3
    assert main(["vaults", "--profile", "Nobody", "--try-again"]) == 2
    assert town.logins == 3


@pytest.mark.usefixtures("town")
def test_fault_97_the_doctor_does_not_say_that_it_tried_what_it_did_not_try(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    assert "It was tried once" in capsys.readouterr().out
    main(["doctor"])
    said = capsys.readouterr().out
    assert "so it was not sent again" in said
    assert "It was tried once" not in said


def test_fault_97_an_account_that_is_edited_is_another(town: TokenCloud) -> None:
    assert main(["vaults"]) != 0
    TomlProfiles(places().profiles_file).save(replace(profile_to(town.server.url), domain="another"))
    for _ in range(2):
        assert main(["vaults"]) != 0
    assert town.logins == 2


class Terminal(io.StringIO):
    """A terminal with a person in front of it."""

    def isatty(self) -> bool:
        return True


def test_fault_97_what_a_person_types_anew_is_tried_once_for_each_time(
    town: TokenCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = profile_to(town.server.url)

    def session(secret: Secret) -> None:
        async def look() -> None:
            for _ in range(3):
                await session.refresh.once()
            await session.cloud.aclose()

        with opened(places(), Ledger(profile, lambda _part: None), WallClock(), secret) as session:
            asyncio.run(look())
            assert not session.ledger.vaults

    monkeypatch.delenv("CBR_DESKTOP_PASSWORD")
    for count in (1, 2):
        session(terminal_secret(profile, Terminal(), lambda _prompt: "wrong"))
        assert town.logins == count
    # nobody types what a script gives
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", "wrong")
    for _ in range(3):
        session(terminal_secret(profile, Terminal(), lambda _prompt: "never asked for"))
    assert town.logins == 2


def test_ctrl_c_and_the_end_of_the_input_leave_the_prompt_for_a_password(
    town: TokenCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CBR_DESKTOP_PASSWORD")
    went_on = []

    def interrupted(_prompt: str) -> str:
        signal.raise_signal(signal.SIGINT)
        went_on.append("to wait for the line")
        return "late"

    def ended(_prompt: str) -> str:
        raise EOFError

    def asked(ask: Callable[[str], str]) -> str:
        return run_command(terminal_secret(profile_to(town.server.url), Terminal(), ask)(SecretKind.PASSWORD))

    with pytest.raises(KeyboardInterrupt):
        asked(interrupted)
    assert not went_on
    with pytest.raises(SecretMissing):
        asked(ended)
    assert town.logins == 0


def test_fault_97_three_processes_try_a_wrong_password_once(tmp_path: Path) -> None:
    tried_once(tmp_path, ["vaults"], [*sending(tmp_path), "--wait"], ["doctor", "--json"])


def sending(folder: Path) -> list[str]:
    """Return the command that sends a request."""
    request = folder / "a.cbr.json"
    request.write_text(f'{{"checkpoint": {{"vault_id": "{estate.REFERENCE_VAULT_ID}", "parameters": {{}}}}}}')
    return ["send", str(request)]


def tried_once(folder: Path, *commands: list[str]) -> None:
    """Start a process for each command with a wrong password, and one with the right one."""
    with machine(folder / "home") as context:
        context.password = "wrong"
        ends = [context.run(*command) for command in commands]
        logins = context.service.journal.calls("POST", "/auth/tokens")
        assert len(logins) == 1
        assert all(code != 0 for code, _, _ in ends)
        assert all("so it was not sent again" in out + err for _, out, err in ends[1:])
        assert (context.posts, context.rows) == ([], [])
        context.password = estate.DEMO_PASSWORD
        assert context.run("vaults")[0] == 0
        assert len(context.service.journal.calls("POST", "/auth/tokens")) == 2
