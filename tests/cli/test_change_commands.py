"""The commands that delete and rename a backup and make a policy: confirmed first, sent once, told at the end."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.start import opened
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cli import main
from cbr_desktop.domain.backup import BackupDeletion
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.entities import Backup
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.workflows.ledger import Ledger
from tests import programs
from tests.programs import Child
from tests.stage import DAYS

PATIENCE_SECONDS = 40.0


class Machine:
    """A profile on this disk that leads to a demo cloud on a socket."""

    def __init__(self, url: str, service: Service, here: Places) -> None:
        self.service = service
        self.here = here
        project = service.estate.projects[0]
        self.profile = Profile("Demo", url, url, project.name, estate.DEMO_USER, estate.DEMO_DOMAIN, read_only=False)
        here.make()
        self.save(Environment.TEST)

    def save(self, environment: Environment, *, read_only: bool = False) -> None:
        self.profile = replace(self.profile, environment=environment, read_only=read_only)
        TomlProfiles(self.here.profiles_file).save(self.profile)

    @property
    def backup(self) -> Backup:
        """A backup that may be deleted."""
        known = self.service.estate.backups.values()
        return next(each for each in known if each.status == "available" and not each.auto and not each.images)

    def session(self) -> ProfileSession:
        ledger = Ledger(self.profile, lambda _part: None)
        return opened(self.here, ledger, WallClock(), terminal_secret(self.profile))  # type: ignore[return-value]

    def calls(self, method: str, path: str) -> int:
        return len([each for each in self.service.journal if each.method == method and path in each.path])


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", estate.DEMO_PASSWORD)
    clock = RunningClock()
    service = Service(estate.demo(clock.now(), days=DAYS), clock)
    service.modes.schedules = False
    service.modes.deletion_seconds = 0.1
    with running(service) as url:
        yield Machine(url, service, places())


@contextmanager
def at_a_terminal(*arguments: str) -> Iterator[tuple[Child, int]]:
    """Run a command whose standard input is a terminal; give the child, and where somebody types."""
    typing, terminal = os.openpty()
    with programs.start(*arguments, stdin=terminal) as child:
        os.close(terminal)
        try:
            yield child, typing
        finally:
            child.kill()
            os.close(typing)


def asked(child: Child) -> str:
    """Return what a child says until it waits for an answer."""
    said = ""
    while not said.endswith("to go on: "):
        part = child.stderr.read(1)
        assert part, said
        said += part
    return said


def typed(line: str, *arguments: str) -> tuple[int, str]:
    """Run a command at a terminal, type a line when it asks; return the exit code and the question."""
    with at_a_terminal(*arguments) as (child, typing):
        question = asked(child)
        os.write(typing, f"{line}\n".encode())
        child.communicate(timeout=PATIENCE_SECONDS)
        return child.returncode, question


def test_a_backup_is_deleted_once_and_what_is_lost_is_said_before(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = machine.backup
    assert main(["backup", "delete", backup.id, "--yes", "--json"]) == 0
    told = capsys.readouterr()
    record = json.loads(told.out)
    assert (record["state"], record["change"]) == ("finished", "DeleteBackup")
    assert record["subject"] == {"type": "backup", "id": backup.id, "name": backup.name}
    assert f"Backup ‘{backup.name}’ ({backup.id})" in told.err
    assert "is lost for good." in told.err
    assert backup.id not in machine.service.estate.backups
    assert machine.calls("DELETE", "/backups/") == 1


def test_without_a_terminal_nothing_is_deleted_unless_that_is_confirmed(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "delete", machine.backup.id]) == 2
    assert "nobody can be asked here. Say --yes to confirm it. Nothing was sent." in capsys.readouterr().out
    assert machine.calls("DELETE", "/backups/") == 0


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals here")
@pytest.mark.parametrize(("said", "code", "times"), [("yes", 0, 1), ("y", 1, 0), ("", 1, 0)])
def test_at_a_terminal_it_asks(machine: Machine, said: str, code: int, times: int) -> None:
    ended, question = typed(said, "backup", "delete", machine.backup.id)
    assert ended == code
    assert "is lost for good." in question
    assert question.endswith("It cannot be taken back. Type yes to go on: ")
    assert machine.calls("DELETE", "/backups/") == times


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals here")
def test_ctrl_c_at_the_question_ends_it_and_nothing_is_sent(machine: Machine) -> None:
    with at_a_terminal("backup", "delete", machine.backup.id) as (child, _):
        asked(child)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=PATIENCE_SECONDS)
    assert (child.returncode, said.strip()) == (130, "cbr-desktop: Interrupted.")
    assert machine.calls("DELETE", "/backups/") == 0


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals here")
def test_production_wants_the_name_typed(machine: Machine) -> None:
    machine.save(Environment.PRODUCTION)
    backup = machine.backup
    assert typed("another", "backup", "delete", backup.id)[0] == 1
    assert machine.calls("DELETE", "/backups/") == 0
    ended, question = typed(backup.name, "backup", "delete", backup.id)
    assert ended == 0
    assert question.endswith(f"This is production. Type ‘{backup.name}’ to go on: ")
    assert machine.calls("DELETE", "/backups/") == 1


def test_production_wants_the_name(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.save(Environment.PRODUCTION)
    backup = machine.backup
    assert main(["backup", "delete", backup.id, "--yes"]) == 2
    assert f"say its name with --name, which is ‘{backup.name}’. Nothing was sent." in capsys.readouterr().out
    assert main(["backup", "delete", backup.id, "--yes", "--name", "another"]) == 1
    assert machine.calls("DELETE", "/backups/") == 0


def test_production_by_name_and_yes_needs_nobody(machine: Machine) -> None:
    machine.save(Environment.PRODUCTION)
    backup = machine.backup
    assert main(["backup", "delete", backup.id, "--name", backup.name, "--yes"]) == 0
    assert main(["backup", "delete", machine.backup.id, "--name", machine.backup.name]) == 2


def test_the_name_of_what_is_lost_can_be_spelled_as_a_confirmation(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of every command that takes it; ``--name`` stays the one that sentences say."""
    machine.save(Environment.PRODUCTION)
    backup = machine.backup
    assert main(["backup", "delete", backup.id, "--yes", "--confirm", "another"]) == 1
    assert main(["backup", "delete", backup.id, "--yes", "--confirm", backup.name]) == 0
    assert machine.calls("DELETE", "/backups/") == 1
    capsys.readouterr()
    for command in ("send", "outbox release", "plan run", "plan continue", "backup delete", "backup cleanup"):
        with pytest.raises(SystemExit):
            main([*command.split(), "--help"])
        assert "--name NAME, --confirm NAME" in capsys.readouterr().out, command


def test_a_read_only_profile_is_armed_by_the_command(machine: Machine) -> None:
    machine.save(Environment.TEST, read_only=True)
    id = machine.backup.id
    assert main(["backup", "delete", id, "--yes"]) == 2
    assert machine.calls("DELETE", "/backups/") == 0
    assert main(["backup", "delete", id, "--yes", "--arm"]) == 0


def test_a_backup_that_there_is_not_is_not_deleted(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    id = "00000000-0000-4000-8000-000000000000"
    assert main(["backup", "delete", id, "--yes", "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert (record["state"], record["subject"]) == ("not sent", id)
    assert record["problems"][0].startswith(f"No backup {id} is known.")
    assert machine.calls("DELETE", "/backups/") == 0


def test_what_cannot_be_counted_is_not_deleted(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    id = machine.backup.id
    machine.service.faults.add(Fault("GET", "/backups", "status", status=403, times=None))
    assert main(["backup", "delete", id, "--yes"]) == 1
    assert "could not be counted afresh, so nothing was sent" in capsys.readouterr().out
    assert machine.calls("DELETE", "/backups/") == 0


def test_a_refusal_is_told_with_its_code(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    body = b'{"error_code": "BackupService.6203", "error_msg": "in use"}'
    machine.service.faults.add(Fault("DELETE", "/backups/[^/]+", "status", status=409, body=body))
    assert main(["backup", "delete", machine.backup.id, "--yes", "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert (record["state"], record["refusal"]["code"]) == ("rejected", "BackupService.6203")


def test_a_backup_is_renamed(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    backup = machine.backup
    assert main(["backup", "rename", backup.id, "kept-for-audit"]) == 0
    assert backup.name == "kept-for-audit"
    assert "Renamed: the backup is called ‘kept-for-audit’." in capsys.readouterr().out
    assert main(["backup", "rename", backup.id, "x" * 65]) == 1
    assert "The name has 65 characters" in capsys.readouterr().out
    assert machine.calls("PUT", "/backups/") == 1


def test_a_policy_is_made_as_it_is_asked_for(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    words = "policy create --name nightly-x --weekly tu,MO --at 13:00,1:00 --keep-number 7 --keep-daily 3"
    assert main([*words.split(), "--timezone", "UTC+01:00", "--disabled", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    made = machine.service.estate.policies[record["result_id"]]
    assert made.pattern == [f"FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR={hour};BYMINUTE=00" for hour in ("01", "13")]
    assert (made.definition["max_backups"], made.definition["day_backups"], made.enabled) == (7, 3, False)
    words = "policy create --name every-x --every 2 --at 01:30 --keep-days 30"
    assert main(words.split()) == 0
    (made,) = [each for each in machine.service.estate.policies.values() if each.name == "every-x"]
    assert made.pattern == ["FREQ=DAILY;INTERVAL=2;BYHOUR=01;BYMINUTE=30"]


@pytest.mark.parametrize(
    "words",
    [
        "--weekly MO --at 25:00",
        "--weekly MONDAY --at 01:00",
        "--weekly MO --every 2 --at 01:00",
        "--at 01:00",
        "--weekly MO",
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused_as_a_command(machine: Machine, words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["policy", "create", "--name", "x", *words.split()])
    assert ended.value.code == 2
    assert machine.calls("POST", "/policies") == 0


def test_a_policy_that_the_service_would_refuse_is_not_sent(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "policy create --name x --weekly MO --at 01:00 --keep-number 0 --keep-daily 3"
    assert main(words.split()) == 1
    told = capsys.readouterr().out
    assert "‘max_backups’ may be 1 to 99\u00a0999, not 0" in told
    assert "needs a time zone" in told
    assert machine.calls("POST", "/policies") == 0


def test_what_was_asked_for_before_and_is_not_settled_is_said_first(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    id = machine.backup.id
    with machine.session() as session:  # type: ignore[attr-defined]
        before = session.outbox.submit(BackupDeletion(BackupId(id)), held=True)
    assert main(["backup", "delete", id, "--yes", "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert record["left"] == [before.id]
    assert "With --again" in record["problems"][-1]
    assert machine.calls("DELETE", "/backups/") == 0
    assert main(["backup", "delete", id, "--yes", "--again"]) == 0
    assert machine.calls("DELETE", "/backups/") == 1


def test_the_list_of_requests_says_what_each_does_to_what(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    backup = machine.backup
    with machine.session() as session:  # type: ignore[attr-defined]
        session.outbox.submit(BackupDeletion(BackupId(backup.id)), held=True)
    assert main(["outbox"]) == 0
    assert f"Held  Delete backup  backup {backup.id}  Demo" in capsys.readouterr().out
    assert main(["outbox", "--json"]) == 0
    (request,) = json.loads(capsys.readouterr().out)["requests"]
    assert (request["change"], request["subject"]["id"], request["vault_id"]) == ("DeleteBackup", backup.id, None)


def test_a_held_deletion_is_released_by_name_on_production_and_says_what_is_lost(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.save(Environment.PRODUCTION)
    backup = machine.backup
    with machine.session() as session:
        held = session.outbox.submit(BackupDeletion(BackupId(backup.id)), held=True)
    assert main(["outbox", "release", held.id]) == 1
    told = capsys.readouterr()
    assert f"Request {held.id[:8]} stays held." in told.err
    assert f"‘{backup.name}’" in told.err and "is lost for good" in told.err
    assert machine.calls("DELETE", "/backups/") == 0
    # of what is known offline alone, the request has no name for it
    assert main(["outbox", "release", held.id, "--name", backup.id]) == 0
    assert machine.calls("DELETE", "/backups/") == 1


def test_a_request_to_the_enterprise_project_service_leaves_no_secret_on_the_disk(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "assign.cbr.json"
    vault = next(each for each in machine.service.estate.vaults.values() if each.name == "vault-be94")
    body = {"project_id": estate.DEMO_PROJECT_ID, "resource_id": vault.id, "resource_type": "vault"}
    file = {"operation": "MigrateResource", "path": {"enterprise_project_id": estate.WEB_SHOP_ID}, "body": body}
    path.write_text(json.dumps(file))
    assert main(["send", str(path), "--arm", "--wait", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["state"] == "finished"
    assert (vault.enterprise_project_id, machine.calls("POST", "/resources-migrate")) == (estate.WEB_SHOP_ID, 1)
    tokens = {each.headers.get("x-auth-token", "") for each in machine.service.journal} - {""}
    assert len(tokens) == 2, "one for the project, and one for the account"
    kept = b"".join(each.read_bytes() for each in (tmp_path / "home").rglob("*") if each.is_file())
    assert b"/v1.0/enterprise-projects/" in kept, "what was sent is in the journal"
    for secret in tokens:
        assert secret.encode() not in kept
    assert main(["journal", "verify"]) == 0
