"""The commands on shares and replicas: listed, shared, answered and replicated, each judged before it is sent."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cbr_desktop.cli import main
from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.simulator.entities import Backup
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.storage.addressbook import ProfileAddressBook
from tests.cli.test_change_commands import Machine
from tests.cli.test_change_commands import machine as machine  # the fixture


def newest(machine: Machine) -> Backup:
    own = machine.service.estate.kept_in(REFERENCE_VAULT_ID)
    return next(each for each in reversed(own) if each.status == "available")


def neighbour(machine: Machine) -> str:
    estate = machine.service.estate
    return next(each.id for each in estate.projects[1:] if each.region == estate.home.region)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    def read(*words: str) -> tuple[int, dict[str, Any], str]:
        code = main([*words, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out), said.err

    yield read


def test_a_backup_is_shared_by_names_of_the_address_book_and_the_share_ends(machine: Machine, told: Any) -> None:
    backup, project = newest(machine), neighbour(machine)
    ProfileAddressBook(machine.here.profiles_file, "Demo").remember("ops", ProjectId(project))
    code, record, _ = told("backup", "share", backup.id, "ops")
    assert (code, record["state"], record["change"]) == (0, "finished", "AddMember")
    code, record, _ = told("shares", backup.id)
    assert (code, record["complete"]) == (0, True)
    assert [(each["project_id"], each["name"], each["status"]) for each in record["members"]] == [
        (project, "ops", "pending")
    ]
    code, record, _ = told("backup", "share", backup.id, "ops")
    assert (code, record["state"]) == (1, "not sent")
    assert "is shared with project" in record["problems"][0]
    assert machine.calls("POST", "/members") == 1
    own_name = next(each.name for each in machine.service.estate.projects if each.id == project)
    assert told("backup", "end-share", backup.id, own_name)[0] == 0
    assert told("shares", backup.id)[1]["members"] == []


def test_what_others_share_is_listed_accepted_and_rejected(
    machine: Machine, told: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["shares", "no-id"], ["backup", "share", "no-id", "x"], ["backup", "end-share", "no-id", "x"]):
        assert main(words) == 2
    assert machine.calls("GET", "/members") == 0, "what is no id is not asked for"
    capsys.readouterr()
    code, record, _ = told("shares")
    pending = [each for each in record["offers"] if each["answer"] == "pending"]
    assert (code, len(record["offers"]), len(pending)) == (0, 5, 2)
    first, second = (each["backup_id"] for each in pending)
    assert told("backup", "accept", first, "--vault", "vault-db-disks")[0] == 1
    assert machine.calls("PUT", "/members") == 0
    assert told("backup", "accept", first, "--vault", "vault-erp-prod")[0] == 0
    assert told("backup", "reject", second)[0] == 0
    answers = {each["backup_id"]: each["answer"] for each in told("shares")[1]["offers"]}
    assert (answers[first], answers[second]) == ("accepted", "rejected")


def test_a_backup_and_a_vault_are_replicated_to_a_vault_by_its_name(machine: Machine, told: Any) -> None:
    machine.service.modes.copy_seconds = 0
    backup = newest(machine)
    code, record, _ = told("backup", "replicate", backup.id, "--to", "nowhere")
    assert (code, machine.calls("POST", "/replicate")) == (2, 0)
    assert "vault-erp-prod-nl" in record["problems"][0]
    code, record, _ = told("backup", "replicate", backup.id, "--to", "vault-erp-prod-nl")
    assert (code, record["state"], [each["fate"] for each in record["resources"]]) == (0, "finished", ["done"])
    code, record, _ = told("backup", "replicate", backup.id, "--to", "vault-erp-prod-nl")
    assert (code, record["problems"][0].partition(" ")[0]) == (1, f"‘{backup.name}’")
    machine.service.estate.vaults[REFERENCE_VAULT_ID].name = "reference"
    code, record, _ = told("vault", "replicate", "reference", "--to", "vault-erp-prod-nl")
    assert (code, machine.calls("POST", "/replicate")) == (1, 1)
    assert "is left to be replicated" in record["problems"][0]
