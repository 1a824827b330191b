"""The commands of restores: rehearsed with nothing sent, sent by name and reason alone, released after another look."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.start import opened
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cli import main
from cbr_desktop.domain.ids import BackupId, ResourceId
from cbr_desktop.domain.intent import Approval, IntentState, Reason
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.restore import BackupRestore, TargetKind
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.workflows.ledger import Ledger
from tests.stage import DAYS

SERVER = "ecs-erp-app-01"


class Cloud:
    """A demo cloud on a socket, and a profile that leads to it; it is no production, and need not be armed."""

    def __init__(self, url: str, service: Service) -> None:
        self.service, self.here = service, places()
        self.here.make()
        project = service.estate.projects[0]
        self.profile = Profile(
            *("Demo", url, url, project.name, estate.DEMO_USER, estate.DEMO_DOMAIN),
            read_only=False,
            environment=Environment.TEST,
        )
        TomlProfiles(self.here.profiles_file).save(self.profile)
        vault = next(each for each in service.estate.vaults.values() if each.name == "vault-erp-prod")
        server = next(each for each in service.estate.resources.values() if each.name == SERVER)
        self.server_id = server.id
        own = service.estate.kept_in(vault.id, [server.id])
        self.backup_id = next(each.id for each in reversed(own) if each.status == "available")

    @property
    def sent(self) -> list[dict[str, Any]]:
        calls = [each for each in self.service.journal if each.method == "POST" and each.path.endswith("/restore")]
        return [json.loads(each.body) for each in calls]


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", estate.DEMO_PASSWORD)
    clock = RunningClock()
    service = Service(estate.demo(clock.now(), days=DAYS), clock)
    service.modes.schedules = False
    service.modes.restore_seconds = 0
    with running(service) as url:
        yield Cloud(url, service)


def test_a_restore_is_rehearsed_into_paper_and_request_and_sent_by_name_and_reason(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, file = tmp_path / "sheet.html", tmp_path / "restore.cbr.json"
    asked = ["restore", "rehearse", cloud.backup_id, "--json", "--sheet", str(page), "--request", str(file)]
    assert main([*asked, "--reason", "ticket 4711"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["verdict"], record["target"]["name"], record["power_on"]) == ("good", SERVER, True)
    assert [disk["codes"] for disk in record["disks"]] == [[], []]
    assert "ticket 4711" in page.read_text()
    assert cloud.sent == []
    assert main(["restore", "rehearse", str(file)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("TEST\n") and "As far as is known, the service would accept it." in told
    assert "Fits: the very disk" in told
    for lacking, said in (
        (["--reason", "ticket 4711"], "Name what is written over by --name"),
        (["--name", SERVER], "Say by --reason why"),
        (["--name", SERVER.upper(), "--reason", "x"], "Name what is written over by --name"),
    ):
        assert main(["send", str(file), *lacking]) == 1
        assert said in capsys.readouterr().out
    assert cloud.sent == []
    sending = ["send", str(file), "--name", SERVER, "--reason", "ticket 4711", "--approver", "A. Turing"]
    assert main([*sending, "--wait", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["state"], record["change"], record["subject"]["name"]) == ("finished", "RestoreBackup", SERVER)
    assert cloud.sent == [json.loads(file.read_text())["body"]]
    (row,) = peek(cloud.here.records_file)[0]
    assert row.approval == Approval("ticket 4711", "A. Turing")


def test_a_disk_that_is_mapped_wrongly_is_refused_by_rehearsal_check_and_sending(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "restore.cbr.json"
    assert main(["restore", "rehearse", cloud.backup_id, "--request", str(file)]) == 0
    value = json.loads(file.read_text())
    first, second = value["body"]["restore"]["mappings"]
    first["volume_id"], second["volume_id"] = second["volume_id"], first["volume_id"]
    file.write_text(json.dumps(value))
    capsys.readouterr()
    assert main(["restore", "rehearse", str(file), "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert [disk["codes"] for disk in record["disks"]] == [[], ["2001", "2013"]]
    assert main(["send", str(file), "--name", SERVER, "--reason", "ticket 4711"]) == 1
    assert "does not fit" in capsys.readouterr().out
    assert cloud.sent == []


def test_what_is_no_restore_is_not_rehearsed(cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "delete.cbr.json"
    file.write_text(json.dumps({"operation": "DeleteBackup", "path": {"backup_id": cloud.backup_id}}))
    assert main(["restore", "rehearse", str(file)]) == 2
    assert main(["restore", "rehearse", "00000000-0000-4000-8000-000000000000"]) == 2
    assert "is no request to restore" in capsys.readouterr().err
    file.write_text(json.dumps({"plan": {"name": "p", "steps": [{"request": _request(cloud)}]}}))
    assert main(["plan", "check", str(file), "--profile", "Demo"]) != 0
    assert "never part of a plan" in capsys.readouterr().out


def _request(cloud: Cloud) -> dict[str, Any]:
    restore = {"server_id": cloud.server_id, "mappings": [{"backup_id": cloud.backup_id, "volume_id": cloud.server_id}]}
    return {"operation": "RestoreBackup", "path": {"backup_id": cloud.backup_id}, "body": {"restore": restore}}


def test_one_that_a_program_left_is_released_by_name_and_reason(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = next(each for each in cloud.service.estate.resources.values() if each.name == "vol-db-archive")
    own = cloud.service.estate.kept_in(disk.vault_id or "", [disk.id])
    backup = next(each for each in reversed(own) if each.status == "available")
    ledger = Ledger(cloud.profile, lambda _part: None)
    with opened(cloud.here, ledger, WallClock(), terminal_secret(cloud.profile)) as session:
        asked = BackupRestore(BackupId(backup.id), TargetKind.DISK, ResourceId(disk.id))
        left = session.outbox.submit(asked, approval=Approval("ticket 4711"))
        assert main(["restore", "rehearse", backup.id]) == 1, "beside the program that is going to send it"
        assert "was asked for before" in capsys.readouterr().out
    with suppress(SystemExit):
        main(["outbox", "release", left.id])
    assert cloud.sent == []
    (row,) = peek(cloud.here.records_file)[0]
    assert (row.state, row.reason) == (IntentState.HELD, Reason.RESTARTED)
    assert main(["outbox", "release", left.id, "--name", disk.id, "--reason", "looked at it"]) == 0
    assert len(cloud.sent) == 1
    (row,) = peek(cloud.here.records_file)[0]
    assert row.approval == Approval("looked at it")
