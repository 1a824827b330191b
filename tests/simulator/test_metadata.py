"""The metadata kept with server backups, and the raw records of the services that own what is backed up."""

import json
from typing import Any

import pytest


def test_metadata_are_json_inside_of_texts(cloud):
    server = cloud.resource("ecs-erp-db-01")
    backup = cloud.estate.kept_in(server.vault_id, [server.id])[-1]
    body = cloud.get(f"backups/{backup.id}/metadata")
    assert body["backup_id"] == backup.id
    assert json.loads(body["server"])["server"]["id"] == server.id
    assert json.loads(body["backups"])["children"][0]["parent_id"] == backup.id
    assert json.loads(body["flavor"])["flavor"]["vcpus"] == "2"
    assert [json.loads(each)["volume"]["size"] for each in body["volumes"]] == [40, 500, 500]
    assert json.loads(body["ports"][0])["port"]["device_id"] == server.id
    assert json.loads(body["floatingips"][0]) == {"floatingips": None}


@pytest.mark.parametrize("status", ["protecting", "waiting_protect", "error", "deleting"])
def test_metadata_are_there_once_the_backup_is(cloud, status):
    backup = cloud.estate.kept_in(cloud.vault("vault-be94").id)[-1]
    backup.status = status
    assert cloud.get(f"backups/{backup.id}/metadata", 400)["error_code"] == "BackupService.6206"


def test_metadata_are_of_servers_alone(cloud):
    backup = cloud.estate.kept_in(cloud.vault("vault-db-disks").id)[-1]
    assert cloud.get(f"backups/{backup.id}/metadata", 400)["error_code"] == "BackupService.6116"
    cloud.modes.otc = True
    assert cloud.get(f"backups/{backup.id}/metadata", 404)["error_code"] == "APIGW.0101"


def test_records_of_disks_have_texts_where_flags_are_expected(cloud):
    disks = cloud.get("protectables/disk/instances")["instances"]
    details: dict[str, dict[str, Any]] = {each["name"]: each["detail"] for each in disks}
    shared, archive = details["vol-shared-quorum"], details["vol-db-archive"]
    assert (shared["shareable"], shared["multiattach"]) == ("true", True)
    assert (archive["shareable"], archive["bootable"], archive["encrypted"]) == ("false", "false", True)
    assert archive["metadata"]["__system__encrypted"] == "1"
    assert (archive["attachments"], archive["tags"]) == ([], {})


def test_records_of_servers_are_those_of_the_compute_service(cloud):
    server = cloud.resource("ecs-erp-db-01")
    detail = cloud.get(f"protectables/server/instances/{server.id}")["instance"]["detail"]
    assert detail["tags"] == ["app=oracle"]
    assert detail["flavor"]["ram"] == "4096"
    boots = [each["bootIndex"] for each in detail["os-extended-volumes:volumes_attached"]]
    assert boots == ["0", None, None, None, None]
    (addresses,) = detail["addresses"].values()
    assert (addresses[0]["version"], addresses[0]["OS-EXT-IPS:type"]) == ("4", "fixed")
