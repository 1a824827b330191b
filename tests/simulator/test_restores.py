"""Restoration of backups: what is written over what, what is refused, and what time makes of it."""

from typing import Any

import pytest

from cbr_desktop.simulator.entities import BARE_METAL, Backup, Resource
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID

from .conftest import code

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def newest(cloud: Any, server: Resource) -> Backup:
    """The newest available backup of a resource."""
    own = cloud.estate.kept_in(server.vault_id, [server.id])
    return next(each for each in reversed(own) if each.status == "available")


def wish(cloud: Any, server: Resource, **more: Any) -> dict[str, Any]:
    """A wish to restore every disk of a server to itself."""
    backup = cloud.get(f"backups/{newest(cloud, server).id}")["backup"]
    mappings = [{"backup_id": each["id"], "volume_id": each["resource_id"]} for each in backup["children"]]
    return {"server_id": server.id, "mappings": mappings, **more}


def restore(cloud: Any, backup: Backup, given: Any, status: int = 202) -> Any:
    return cloud.cbr("POST", f"backups/{backup.id}/restore", status, json={"restore": given})


def task_of(cloud: Any, job_id: str) -> dict[str, Any]:
    return cloud.get(f"operation-logs/{job_id}")["operation_log"]


def status_of(cloud: Any, server: Resource) -> str:
    return cloud.get(f"protectables/server/instances/{server.id}")["instance"]["status"]


def test_restore_answers_with_its_operation_log_and_goes_on_to_its_end(cloud):
    server = cloud.resource("ecs-erp-app-01")
    backup = newest(cloud, server)
    job_id = restore(cloud, backup, wish(cloud, server))["job_id"]
    task = task_of(cloud, job_id)
    assert (task["operation_type"], task["status"], task["vault_id"]) == ("restore", "waiting", backup.vault_id)
    details = {"backup_id": backup.id, "backup_name": backup.name, "target_resource_id": server.id}
    assert task["extra_info"]["restore"] == {**details, "target_resource_name": server.name}
    seen = []
    for _ in range(5):
        cloud.clock.advance(15)
        task = task_of(cloud, job_id)
        seen.append((task["status"], task["extra_info"]["common"]["progress"]))
    assert seen == [("running", 25), ("running", 50), ("running", 75), ("success", 100), ("success", 100)]
    assert task["ended_at"] == "2026-05-04T09:01:00.000000"
    assert cloud.get("operation-logs", operation_type="restore", resource_id=server.id, limit=1)["operation_logs"] == [
        task
    ]


def test_backup_and_resource_are_restoring_meanwhile(cloud):
    server = cloud.resource("ecs-erp-app-01")
    backup = newest(cloud, server)
    restore(cloud, backup, wish(cloud, server))

    def states() -> tuple[str, str]:
        vault = cloud.get(f"vaults/{backup.vault_id}")["vault"]
        own = next(each for each in vault["resources"] if each["id"] == server.id)
        return cloud.get(f"backups/{backup.id}")["backup"]["status"], own["protect_status"]

    assert states() == ("waiting_restore", "restoring")
    cloud.clock.advance(10)
    assert states() == ("restoring", "restoring")
    cloud.clock.advance(50)
    assert states() == ("available", "available")


@pytest.mark.parametrize(
    ("more", "after"), [({}, "ACTIVE"), ({"power_on": True}, "ACTIVE"), ({"power_on": False}, "SHUTOFF")]
)
def test_server_is_shut_down_meanwhile_and_powered_on_if_wanted(cloud, more, after):
    server = cloud.resource("ecs-erp-app-01")
    restore(cloud, newest(cloud, server), wish(cloud, server, **more))
    assert status_of(cloud, server) == "ACTIVE"
    cloud.clock.advance(10)
    assert status_of(cloud, server) == "SHUTOFF"
    cloud.clock.advance(50)
    assert status_of(cloud, server) == after


def test_server_that_was_off_is_powered_on_too(cloud):
    server = cloud.resource("ecs-erp-batch-02")
    assert status_of(cloud, server) == "SHUTOFF"
    restore(cloud, newest(cloud, server), wish(cloud, server))
    cloud.clock.advance(60)
    assert status_of(cloud, server) == "ACTIVE"


def test_restore_without_a_body_is_found_among_the_tasks(cloud):
    cloud.modes.restore_answer = "empty"
    server = cloud.resource("ecs-erp-app-01")
    backup = newest(cloud, server)
    url = f"/v3/{DEMO_PROJECT_ID}/backups/{backup.id}/restore"
    body = {"restore": wish(cloud, server)}
    answer = cloud.send("POST", url, headers={"X-Auth-Token": cloud.token}, json=body)
    assert (answer.status_code, answer.content) == (202, b"")
    task = cloud.get("operation-logs", operation_type="restore", resource_id=server.id)["operation_logs"][0]
    assert (task["status"], task["extra_info"]["restore"]["backup_id"]) == ("waiting", backup.id)


def test_restore_that_breaks_off_leaves_the_server_off(cloud):
    server = cloud.resource("ecs-erp-app-01")
    server.restore_fails_at = 40
    job_id = restore(cloud, newest(cloud, server), wish(cloud, server))["job_id"]
    cloud.clock.advance(60)
    task = task_of(cloud, job_id)
    assert (task["status"], task["error_info"]["code"]) == ("failed", "BackupService.9910")
    assert (task["extra_info"]["common"]["progress"], task["ended_at"]) == (40, "2026-05-04T09:00:24.000000")
    assert (status_of(cloud, server), newest(cloud, server).status) == ("SHUTOFF", "available")
    restore(cloud, newest(cloud, server), wish(cloud, server))


def test_some_disks_of_a_server_may_be_restored(cloud):
    server = cloud.resource("ecs-erp-app-01")
    some = wish(cloud, server)
    some["mappings"] = some["mappings"][1:]
    restore(cloud, newest(cloud, server), some)


def test_disk_is_restored_while_it_is_detached(cloud):
    disk = cloud.resource("vol-db-archive")
    backup = newest(cloud, disk)
    job_id = restore(cloud, backup, {"volume_id": disk.id})["job_id"]
    cloud.clock.advance(10)
    assert cloud.get(f"protectables/disk/instances/{disk.id}")["instance"]["status"] == "restoring"
    cloud.clock.advance(50)
    assert task_of(cloud, job_id)["status"] == "success"
    assert cloud.get(f"protectables/disk/instances/{disk.id}")["instance"]["status"] == "available"
    attached = cloud.resource("vol-db-data-01")
    assert code(restore(cloud, newest(cloud, attached), {"volume_id": attached.id}, 400)) == "2011"
    assert code(restore(cloud, newest(cloud, attached), {"volume_id": disk.id}, 400)) == "2012"
    assert code(restore(cloud, backup, {"volume_id": UNKNOWN}, 404)) == "7000"
    disk.disks[0].volume_type = "DESS"
    assert code(restore(cloud, backup, {"volume_id": disk.id}, 400)) == "2009"


def test_one_restore_at_a_time(cloud):
    server = cloud.resource("ecs-erp-app-01")
    backup, given = newest(cloud, server), wish(cloud, server)
    restore(cloud, backup, given)
    assert code(restore(cloud, backup, given, 400)) == "2010"
    assert code(restore(cloud, newest(cloud, server), given, 400)) == "2010"
    assert code(cloud.create(cloud.vault("vault-erp-prod"), 400)) == "2010"
    assert code(cloud.cbr("DELETE", f"backups/{backup.id}", 400)) == "6201"
    cloud.clock.advance(60)
    restore(cloud, backup, given)


def test_resource_that_is_backed_up_is_not_restored(cloud):
    server = cloud.resource("ecs-1f0f-0002")
    backup, given = newest(cloud, server), wish(cloud, server)
    cloud.create(cloud.vault("vault-be94"))
    assert code(restore(cloud, backup, given, 400)) == "2002"
    cloud.clock.advance(40)
    restore(cloud, backup, given)


@pytest.mark.parametrize(("status", "number"), [("error", "2005"), ("protecting", "2005"), ("restoring", "2010")])
def test_only_available_backups_are_restored(cloud, status, number):
    server = cloud.resource("ecs-1f0f-0002")
    backup, given = newest(cloud, server), wish(cloud, server)
    backup.status = status
    assert code(restore(cloud, backup, given, 400)) == number


@pytest.mark.parametrize(("status", "number"), [("frozen", "6202"), ("deleting", "6202"), ("lock", None)])
def test_vault_must_be_available_or_expanding(cloud, status, number):
    server = cloud.resource("ecs-1f0f-0002")
    backup, given = newest(cloud, server), wish(cloud, server)
    cloud.vault("vault-be94").status = status
    body = restore(cloud, backup, given, 202 if number is None else 400)
    assert ("job_id" in body) if number is None else code(body) == number


@pytest.mark.parametrize(("status", "number"), [("DELETED", "2007"), ("SOFT_DELETED", "2007"), ("MIGRATING", "2008")])
def test_server_must_be_there_and_steady(cloud, status, number):
    server = cloud.resource("ecs-1f0f-0002")
    backup, given = newest(cloud, server), wish(cloud, server)
    server.status = status
    assert code(restore(cloud, backup, given, 400)) == number


def test_backup_goes_to_its_own_server_alone(cloud):
    server, other, metal = map(cloud.resource, ("ecs-erp-app-01", "ecs-erp-app-02", "bms-hana-01"))
    backup, given = newest(cloud, server), wish(cloud, server)
    assert code(restore(cloud, backup, given | {"server_id": other.id}, 400)) == "2003"
    assert code(restore(cloud, backup, given | {"server_id": metal.id}, 400)) == "2006"
    assert metal.type == BARE_METAL
    assert code(restore(cloud, newest(cloud, metal), given, 400)) == "2014"
    other.architecture = "aarch64"
    assert code(restore(cloud, backup, given | {"server_id": other.id}, 400)) == "2015"
    assert code(restore(cloud, backup, given | {"server_id": UNKNOWN}, 404)) == "7100"


def test_disks_must_fit_what_is_written_to_them(cloud):
    server, other = cloud.resource("ecs-erp-app-01"), cloud.resource("ecs-erp-app-02")
    backup, given = newest(cloud, server), wish(cloud, server)
    system, data = given["mappings"]
    swapped = [system | {"volume_id": data["volume_id"]}]

    def refused(*mappings: dict[str, str], status: int = 400) -> str:
        return code(restore(cloud, backup, given | {"mappings": list(mappings)}, status))

    assert refused(data | {"volume_id": system["volume_id"]}) == "2001"
    server.disks[0].size_gb = 200
    assert refused(data | {"volume_id": system["volume_id"]}) == "2013"
    server.disks[0].size_gb = 40
    server.disks[1].encrypted = True
    assert refused(*swapped) == "6140"
    server.disks[1].encrypted, server.disks[1].scsi = False, True
    assert refused(*swapped) == "6141"
    server.disks[1].scsi, server.disks[1].volume_type = False, "DESS"
    assert refused(*swapped) == "2009"
    server.disks[1].volume_type, server.disks[1].status = "SSD", "error"
    assert refused(*swapped) == "2011"
    server.disks[1].status = "in-use"
    assert refused(system | {"volume_id": other.disks[0].id}) == "7201"
    assert refused(system | {"volume_id": UNKNOWN}, status=404) == "7000"
    assert refused(system | {"backup_id": UNKNOWN}, status=404) == "6200"
    assert refused(system, data | {"volume_id": system["volume_id"]}) == "9900"
    assert refused(system, system) == "9900"
    restore(cloud, backup, given | {"mappings": swapped})


def test_disks_that_were_left_out_cannot_be_restored(cloud):
    server = cloud.resource("ecs-erp-db-01")
    backup, given = newest(cloud, server), wish(cloud, server)
    assert len(given["mappings"]) == 3
    left_out = {"backup_id": f"{backup.id[:24]}{server.disks[4].id[-12:]}", "volume_id": server.disks[4].id}
    given["mappings"] = [left_out]
    assert code(restore(cloud, backup, given, 404)) == "6200"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"server_id": "latest"},
        {"server_id": UNKNOWN, "volume_id": UNKNOWN},
        {"mappings": []},
        {"server_id": UNKNOWN, "power_on": "yes"},
        {"server_id": UNKNOWN, "mappings": [{"backup_id": UNKNOWN}]},
        {"resource_id": UNKNOWN, "details": {"destination_path": ""}},
        "everything",
    ],
)
def test_malformed_restores(cloud, given):
    backup = newest(cloud, cloud.resource("ecs-1f0f-0002"))
    assert code(restore(cloud, backup, given, 400)) == "9900"


def test_a_target_is_named_by_the_key_of_its_type(cloud):
    server, desktop = cloud.resource("ecs-1f0f-0002"), cloud.resource("desktop-hq-01")
    given = wish(cloud, server)
    by_resource = {"resource_id": given.pop("server_id"), **given}
    assert code(restore(cloud, newest(cloud, server), by_resource, 400)) == "9900"
    backup = newest(cloud, desktop)
    assert code(restore(cloud, backup, {"server_id": desktop.id}, 400)) == "9900"
    assert code(restore(cloud, backup, {"resource_id": server.id}, 404)) == "6302"
    restore(cloud, backup, {"resource_id": desktop.id})


def test_server_is_restored_as_a_server_with_its_disks(cloud):
    server = cloud.resource("ecs-1f0f-0002")
    backup, given = newest(cloud, server), wish(cloud, server)
    assert code(restore(cloud, backup, {"server_id": server.id}, 400)) == "9900"
    assert code(restore(cloud, backup, {"volume_id": server.disks[0].id}, 400)) == "9900"
    child = given["mappings"][0]["backup_id"]
    assert code(cloud.cbr("POST", f"backups/{child}/restore", 400, json={"restore": given})) == "2012"
    assert code(cloud.cbr("POST", f"backups/{UNKNOWN}/restore", 404, json={"restore": given})) == "6200"


def test_file_systems_and_replicas_are_not_restored_in_place(cloud):
    share = cloud.resource("sfs-files-hq")
    assert code(restore(cloud, newest(cloud, share), {"resource_id": share.id}, 400)) == "6116"
    replicas = [each for each in cloud.estate.backups.values() if each.image_type == "replication"]
    replica = next(each for each in replicas if each.status == "available")
    given = {"server_id": replica.resource_id, "mappings": [{"backup_id": UNKNOWN, "volume_id": UNKNOWN}]}
    assert code(restore(cloud, replica, given, 400)) == "2003"


def test_restore_needs_a_permission(cloud):
    cloud.modes.forbidden.add("cbr:backups:restore")
    server = cloud.resource("ecs-1f0f-0002")
    refused = restore(cloud, newest(cloud, server), wish(cloud, server), 403)
    assert refused["forbidden"]["message"] == "Policy doesn't allow cbr:backups:restore to be performed."
    assert server.protect_status == "available"
