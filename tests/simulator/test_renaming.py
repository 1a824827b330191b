"""Renaming of backups: what is accepted and refused."""

from typing import Any

import pytest

from cbr_desktop.simulator.entities import Backup
from cbr_desktop.simulator.faults import ConnectionCut, Fault

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def code(body: dict[str, Any]) -> str:
    return str(body["error_code"]).removeprefix("BackupService.")


@pytest.fixture
def backup(cloud) -> Backup:
    """The newest backup of a server with one disk."""
    return cloud.estate.history.by_vault[cloud.vault("vault-be94").id][-1]


def rename(cloud: Any, backup: Backup, status: int = 200, **keys: Any) -> Any:
    return cloud.cbr("PUT", f"backups/{backup.id}", status, json={"backup": keys})


def test_renamed_backup_is_answered_with_its_children(cloud, backup):
    answer = rename(cloud, backup, name="before-upgrade_2")["backup"]
    assert (answer["id"], answer["name"]) == (backup.id, "before-upgrade_2")
    assert [each["parent_id"] for each in answer["children"]] == [backup.id]
    assert answer["enterprise_project_id"] == "0"
    assert cloud.get(f"backups/{backup.id}")["backup"] == answer
    assert cloud.get("backups", name="before-upgrade_2")["count"] == 1


def test_disk_backups_and_tasks_keep_the_name_they_were_made_with(cloud, backup):
    made_as = backup.name
    child = cloud.get(f"backups/{backup.id}")["backup"]["children"][0]["name"]
    rename(cloud, backup, name="first")
    assert rename(cloud, backup, name="second")["backup"]["children"][0]["name"] == child
    tasks = cloud.get("operation-logs", vault_id=backup.vault_id)["operation_logs"]
    names = {each["extra_info"]["backup"]["backup_name"] for each in tasks if "backup" in each["extra_info"]}
    assert made_as in names
    assert not {"first", "second"} & names


def test_same_name_twice_is_the_same_result(cloud, backup):
    assert rename(cloud, backup, name="again") == rename(cloud, backup, name="again")


def test_name_need_not_be_unique(cloud, backup):
    other = cloud.estate.history.by_vault[backup.vault_id][0]
    rename(cloud, backup, name=other.name)


@pytest.mark.parametrize("name", ["", "a b", "a.b", "Zürich", "x" * 65, 7, None, ["a"]])
def test_offending_names_are_refused_with_9900(cloud, backup, name):
    before = backup.name
    assert rename(cloud, backup, 400, name=name)["error_msg"] == "Invalid name provided."
    assert backup.name == before


def test_ideographs_are_letters_too(cloud, backup):
    assert rename(cloud, backup, name="升级前")["backup"]["name"] == "升级前"


def test_request_without_a_name_is_refused(cloud, backup):
    assert code(rename(cloud, backup, 400)) == "9900"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"backup": null}', b'{"name": "a"}'])
def test_unreadable_bodies_are_refused_with_9900(cloud, backup, content):
    assert code(cloud.cbr("PUT", f"backups/{backup.id}", 400, content=content)) == "9900"


def test_unknown_keys_are_ignored_or_refused(cloud, backup):
    rename(cloud, backup, name="first", description="changed")
    assert cloud.get(f"backups/{backup.id}")["backup"]["description"] == backup.description != "changed"
    cloud.modes.unknown_keys = "refuse"
    refused = rename(cloud, backup, 400, name="second", description="changed")
    assert refused["error_msg"] == "invalid key description"
    assert backup.name == "first"


def test_unknown_and_malformed_backups(cloud):
    body = {"backup": {"name": "a"}}
    assert code(cloud.cbr("PUT", f"backups/{UNKNOWN}", 404, json=body)) == "6200"
    assert code(cloud.cbr("PUT", "backups/latest", 400, json=body)) == "9900"


def test_otc_has_no_renaming(cloud, backup):
    cloud.modes.otc = True
    assert rename(cloud, backup, 404, name="a")["error_code"] == "APIGW.0101"
    assert cloud.get(f"backups/{backup.id}")["backup"]["name"] == backup.name != "a"


def test_region_can_lack_renaming_alone(cloud, backup):
    cloud.modes.missing.add("backups/rename")
    assert rename(cloud, backup, 404, name="a")["error_code"] == "APIGW.0101"
    cloud.cbr("DELETE", f"backups/{backup.id}", 204)


def test_renaming_needs_a_permission(cloud, backup):
    cloud.modes.forbidden.add("cbr:backups:update")
    refused = rename(cloud, backup, 403, name="a")
    assert refused["forbidden"]["message"] == "Policy doesn't allow cbr:backups:update to be performed."


@pytest.mark.parametrize(("when", "done"), [("before", False), ("during", True), ("after", True)])
def test_cut_renaming_is_done_or_not(cloud, backup, when, done):
    cloud.service.faults.add(Fault(method="PUT", path=f"/backups/{backup.id}", when=when))
    with pytest.raises(ConnectionCut):
        rename(cloud, backup, name="a")
    assert (backup.name == "a") is done


def test_gateway_timeout_after_the_renaming(cloud, backup):
    body = b'{"error_code":"APIGW.0201","error_msg":"Backend timeout.","request_id":"0"}'
    cloud.service.faults.add(Fault(method="PUT", kind="status", when="after", status=504, body=body))
    assert rename(cloud, backup, 504, name="a")["error_code"] == "APIGW.0201"
    assert backup.name == "a"
