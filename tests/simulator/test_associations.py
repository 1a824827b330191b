"""Resources of vaults: added, removed with their backups, moved with them, suspended; when they expire."""

from typing import Any

import pytest

from cbr_desktop.simulator.entities import Resource

from .conftest import Cloud, code

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def act(cloud: Cloud, vault: str, what: str, status: int = 200, /, method: str = "POST", **body: Any) -> Any:
    return cloud.cbr(method, f"vaults/{cloud.vault(vault).id}/{what}", status, json=body)


def add(cloud: Cloud, vault: str, *resources: Resource, status: int = 200) -> Any:
    return act(
        cloud, vault, "addresources", status, resources=[{"id": each.id, "type": each.type} for each in resources]
    )


def remove(cloud: Cloud, vault: str, *resources: Resource, status: int = 200) -> Any:
    return act(cloud, vault, "removeresources", status, resource_ids=[each.id for each in resources])


def migrate(cloud: Cloud, vault: str, target: str, *resources: Resource, status: int = 200) -> Any:
    body = {"destination_vault_id": cloud.vault(target).id, "resource_ids": [each.id for each in resources]}
    return act(cloud, vault, "migrateresources", status, **body)


def shown(cloud: Cloud, vault: str) -> dict[str, Any]:
    return {each["name"]: each for each in cloud.get(f"vaults/{cloud.vault(vault).id}")["vault"]["resources"]}


def test_added_resource_is_in_the_vault_and_has_no_backups_yet(cloud):
    server = cloud.resource("ecs-k8s-node-05")
    assert add(cloud, "vault-be94", server) == {"add_resource_ids": [server.id]}
    row = shown(cloud, "vault-be94")["ecs-k8s-node-05"]
    assert (row["protect_status"], row["backup_count"], row["auto_protect"]) == (None, 0, True)
    assert "extra_info" not in row
    cloud.create(cloud.vault("vault-be94"))
    cloud.clock.advance(40)
    row = shown(cloud, "vault-be94")["ecs-k8s-node-05"]
    assert (row["protect_status"], row["backup_count"]) == ("available", 1)
    assert row["backup_size"] == int(40 * 1024 * 0.35)


def test_vault_may_show_its_new_resource_a_little_later(cloud):
    cloud.modes.association_seconds = 5
    server = cloud.resource("ecs-k8s-node-05")
    add(cloud, "vault-be94", server)
    assert list(shown(cloud, "vault-be94")) == ["ecs-1f0f-0002"]
    assert code(add(cloud, "vault-be94", server, status=400)) == "6104"
    cloud.clock.advance(5)
    assert list(shown(cloud, "vault-be94")) == ["ecs-1f0f-0002", "ecs-k8s-node-05"]


def test_resources_that_are_not_added(cloud):
    free = cloud.resource("ecs-k8s-node-05")
    for name, number in {
        "ecs-web-01": "6103",
        "ecs-1f0f-0002": "6104",
        "vol-db-log": "6102",
        "ecs-dess-01": "7111",
        "ecs-diskless-01": "7108",
        "ecs-payroll-01": "6103",
    }.items():
        assert code(add(cloud, "vault-be94", free, cloud.resource(name), status=400)) == number
    assert code(add(cloud, "vault-be94", free, free, status=400)) == "6104"
    assert free.vault_id is None
    row = {"id": free.id, "type": free.type}
    for wrong, number in (
        ([], "9900"),
        ([row | {"type": "OS::Tape"}], "6116"),
        ([row | {"type": "OS::Cinder::Volume"}], "6300"),
        ([row | {"type": None}], "9900"),
        ([row | {"id": "latest"}], "9900"),
        ([row | {"name": "n" * 256}], "9900"),
        ([row | {"extra_info": {"exclude_volumes": ["all"]}}], "9900"),
        ([row | {"extra_info": {"exclude_volumes": [free.disks[0].id]}}], "7108"),
        ([row] * 257, "9900"),
    ):
        assert code(act(cloud, "vault-be94", "addresources", 400, resources=wrong)) == number
    unknown_disk = [row | {"extra_info": {"exclude_volumes": [UNKNOWN]}}]
    assert code(act(cloud, "vault-be94", "addresources", 404, resources=unknown_disk)) == "7000"
    unknown = [row | {"id": UNKNOWN}]
    assert code(act(cloud, "vault-be94", "addresources", 404, resources=unknown)) == "6302"


def test_disks_are_left_out_of_the_backups_or_alone_in_them(cloud):
    server = cloud.resource("ecs-lab-01")
    system, data = (disk.id for disk in server.disks)
    taken = cloud.resource("ecs-web-01")
    row = {"id": server.id, "type": server.type, "extra_info": {"include_volumes": [{"id": system}]}}
    refused = [row, {"id": taken.id, "type": taken.type}]
    assert code(act(cloud, "vault-be94", "addresources", 400, resources=refused)) == "6103"
    assert (server.excluded, server.vault_id) == ([], None)
    act(cloud, "vault-be94", "addresources", resources=[row])
    assert shown(cloud, "vault-be94")[server.name]["extra_info"] == {"exclude_volumes": [data]}
    cloud.modes.beta_fields = False
    assert code(act(cloud, "vault-be94", "addresources", 400, resources=[row])) == "9900"


def test_vault_holds_256_resources(cloud):
    vault = cloud.vault("vault-be94")
    vault.resources *= 256
    assert code(add(cloud, "vault-be94", cloud.resource("ecs-k8s-node-05"), status=400)) == "6100"


@pytest.mark.parametrize(("vault", "number"), [("vault-erp-prod-dr", "6102"), ("vault-legacy", "6112")])
def test_vaults_that_take_no_resources(cloud, vault, number):
    assert code(add(cloud, vault, cloud.resource("ecs-k8s-node-05"), status=400)) == number


def test_disk_of_a_server_is_associated_on_its_own(cloud):
    server = cloud.resource("ecs-lab-01")
    disk = server.disks[1]
    row = {"id": disk.id, "type": "OS::Cinder::Volume"}
    assert act(cloud, "vault-db-disks", "addresources", resources=[row]) == {"add_resource_ids": [disk.id]}
    listed = cloud.get("protectables/disk/instances", id=disk.id)["instances"]
    assert [each["protectable"]["vault"]["name"] for each in listed] == ["vault-db-disks"]
    assert listed[0]["detail"]["attachments"][0]["server_id"] == server.id
    assert code(add(cloud, "vault-be94", server, status=400)) == "7006"
    in_a_vault = {"id": cloud.resource("ecs-web-01").disks[0].id, "type": "OS::Cinder::Volume"}
    assert code(act(cloud, "vault-db-disks", "addresources", 400, resources=[in_a_vault])) == "7116"


def test_removed_resource_is_free_and_its_backups_are_gone(cloud):
    server, vault = cloud.resource("ecs-erp-app-01"), cloud.vault("vault-erp-prod")
    used_mb, own_mb, left = vault.used_mb, server.backup_size_mb, len(vault.resources) - 1
    assert cloud.get("backups", resource_id=server.id, vault_id=vault.id)["count"] > 0
    assert remove(cloud, "vault-erp-prod", server) == {"remove_resource_ids": [server.id]}
    assert shown(cloud, "vault-erp-prod")[server.name]["protect_status"] == "removing"
    task = cloud.get("operation-logs", operation_type="remove_resource")["operation_logs"][0]
    rows = [{"id": server.id, "name": server.name, "type": server.type, "extra_info": {}}]
    assert task["extra_info"]["remove_resources"] == {"total_count": 1, "fail_count": 0, "resources": rows}
    assert code(remove(cloud, "vault-erp-prod", server, status=400)) == "6134"
    cloud.clock.advance(20)
    assert server.name not in shown(cloud, "vault-erp-prod")
    assert cloud.get("backups", resource_id=server.id, vault_id=vault.id)["count"] == 0
    assert (vault.used_mb, len(vault.resources)) == (used_mb - own_mb, left)
    assert cloud.get(f"operation-logs/{task['id']}")["operation_log"]["status"] == "success"
    assert code(remove(cloud, "vault-erp-prod", server, status=400)) == "6135"
    add(cloud, "vault-be94", server)


def test_resources_that_are_not_removed(cloud):
    server = cloud.resource("ecs-1f0f-0002")
    backup = cloud.estate.kept_in(cloud.vault("vault-be94").id)[-1]
    backup.images = [UNKNOWN]
    assert code(remove(cloud, "vault-be94", server, status=400)) == "6204"
    backup.images = None
    cloud.create(cloud.vault("vault-be94"))
    assert code(remove(cloud, "vault-be94", server, status=400)) == "6125"
    cloud.clock.advance(40)
    cloud.get("vaults", limit=1)
    server.protect_status = "restoring"
    assert code(remove(cloud, "vault-be94", server, status=400)) == "2010"
    assert code(remove(cloud, "vault-hr-worm", cloud.resource("ecs-hr-01"), status=400)) == "6115"
    assert code(remove(cloud, "vault-arrears", cloud.resource("vol-lab-01"), status=400)) == "6112"
    for wrong in ([], [server.id, server.id], ["latest"], "all"):
        assert code(act(cloud, "vault-be94", "removeresources", 400, resource_ids=wrong)) == "9900"


def test_deletion_and_removal_of_the_same_backup_do_not_disturb_each_other(cloud):
    server = cloud.resource("ecs-1f0f-0002")
    backup = cloud.estate.kept_in(cloud.vault("vault-be94").id)[-1]
    cloud.modes.deletion_seconds = 60
    cloud.cbr("DELETE", f"backups/{backup.id}", 204)
    remove(cloud, "vault-be94", server)
    cloud.clock.advance(100)
    assert (cloud.get("backups", vault_id=cloud.vault("vault-be94").id)["count"], server.backup_count) == (0, 0)


def test_migrated_resource_takes_its_backups_along(cloud):
    server, vault, target = cloud.resource("ecs-web-01"), cloud.vault("vault-web-prod"), cloud.vault("vault-be94")
    target.size_gb = 2000
    count, own_mb = len(cloud.estate.kept_in(vault.id, [server.id])), server.backup_size_mb
    used_mb = vault.used_mb, target.used_mb
    assert min(count, own_mb) > 0
    assert migrate(cloud, "vault-web-prod", "vault-be94", server) == {"migrated_resources": [server.id]}
    assert server.name in shown(cloud, "vault-web-prod")
    task = cloud.get("operation-logs", resource_id=server.id, limit=1)["operation_logs"][0]
    assert (task["status"], task["operation_type"], task["vault_id"]) == ("running", None, vault.id)
    assert code(migrate(cloud, "vault-web-prod", "vault-be94", server, status=400)) == "6125"
    assert code(remove(cloud, "vault-web-prod", server, status=400)) == "6125"
    assert code(cloud.create(vault, 400)) == "6125"
    cloud.clock.advance(20)
    assert server.name not in shown(cloud, "vault-web-prod")
    assert shown(cloud, "vault-be94")[server.name]["backup_count"] == server.backup_count
    assert cloud.get("backups", vault_id=target.id, resource_id=server.id)["count"] == count
    assert (vault.used_mb, target.used_mb) == (used_mb[0] - own_mb, used_mb[1] + own_mb)


def test_resources_that_are_not_migrated(cloud):
    server, disk = cloud.resource("ecs-web-01"), cloud.resource("vol-db-log")
    target = cloud.vault("vault-be94")
    assert code(migrate(cloud, "vault-web-prod", "vault-be94", server, status=400)) == "6129"
    target.size_gb = 2000
    assert code(migrate(cloud, "vault-web-prod", "vault-web-prod", server, status=400)) == "9900"
    assert code(migrate(cloud, "vault-web-prod", "vault-db-disks", server, status=400)) == "6102"
    assert code(migrate(cloud, "vault-web-prod", "vault-erp-prod-dr", server, status=400)) == "6102"
    assert code(migrate(cloud, "vault-web-prod", "vault-legacy", server, status=400)) == "6112"
    assert code(migrate(cloud, "vault-web-prod", "vault-be94", disk, status=400)) == "6135"
    assert code(migrate(cloud, "vault-hr-worm", "vault-be94", cloud.resource("ecs-hr-01"), status=400)) == "6110"
    body = {"destination_vault_id": UNKNOWN, "resource_ids": [server.id]}
    assert code(act(cloud, "vault-web-prod", "migrateresources", 400, **body)) == "6120"
    cloud.create(target)
    assert code(migrate(cloud, "vault-web-prod", "vault-be94", server, status=400)) == "6125"


def test_automatic_backup_of_a_resource_is_suspended_and_goes_on(cloud):
    server = cloud.resource("ecs-web-01")
    for action, protected in (("suspend", False), ("unsuspend", True)):
        body = {"action": action, "resource_ids": [server.id]}
        answer = act(cloud, "vault-web-prod", "set-resources", method="PUT", **body)
        assert answer == {"set_resource_ids": [server.id]}
        assert shown(cloud, "vault-web-prod")[server.name]["auto_protect"] is protected
    other = {"action": "suspend", "resource_ids": [cloud.resource("ecs-1f0f-0002").id]}
    assert code(act(cloud, "vault-web-prod", "set-resources", 400, method="PUT", **other)) == "6135"
    paused = {"action": "pause", "resource_ids": [server.id]}
    assert code(act(cloud, "vault-web-prod", "set-resources", 400, method="PUT", **paused)) == "9900"
    server.protect_status = "removing"
    going = {"action": "suspend", "resource_ids": [server.id]}
    assert code(act(cloud, "vault-web-prod", "set-resources", 400, method="PUT", **going)) == "6134"


def test_backups_of_a_vault_get_another_day_of_expiry(cloud):
    vault = cloud.vault("vault-be94")
    body = {"expect_expiration_date": "2026-12-31", "time_zone": "UTC+08:00"}
    answer = act(cloud, "vault-be94", "update-backup-expiration-time", method="PUT", **body)
    backups = cloud.get("backups", vault_id=vault.id)["backups"]
    assert (answer["affected_backups_count"], answer["new_expiration_day"]) == (len(backups), "2026-12-31")
    assert {each["expired_at"] for each in backups} == {"2026-12-31T16:00:00.000000"}
    task = cloud.get(f"operation-logs/{answer['operation_log_id']}")["operation_log"]
    details = {"affected_backups_count": len(backups), "expiration_day": "2026-12-31"}
    assert (task["status"], task["extra_info"]["update_expiration_time"]) == ("success", details)
    for wrong in ("2026-05-03", "2026-13-01", "tomorrow", None):
        given = body | {"expect_expiration_date": wrong}
        assert code(act(cloud, "vault-be94", "update-backup-expiration-time", 400, method="PUT", **given)) == "9900"
    frozen = act(cloud, "vault-arrears", "update-backup-expiration-time", 400, method="PUT", **body)
    assert code(frozen) == "6112"


def test_removal_that_breaks_off_leaves_the_resource_and_its_backups(cloud):
    server, vault = cloud.resource("ecs-erp-app-01"), cloud.vault("vault-erp-prod")
    count = cloud.get("backups", resource_id=server.id, vault_id=vault.id)["count"]
    remove(cloud, "vault-erp-prod", server)
    cloud.estate.jobs[-1].breaks_at = 50
    cloud.clock.advance(20)
    assert shown(cloud, "vault-erp-prod")[server.name]["protect_status"] == "available"
    task = cloud.get("operation-logs", operation_type="remove_resource")["operation_logs"][0]
    assert (task["status"], task["error_info"]["code"]) == ("failed", "BackupService.9910")
    assert task["extra_info"]["remove_resources"]["fail_count"] == 1
    assert cloud.get("backups", resource_id=server.id, vault_id=vault.id)["count"] == count


def test_migration_that_breaks_off_leaves_all_where_it_was(cloud):
    server, target = cloud.resource("ecs-web-01"), cloud.vault("vault-be94")
    target.size_gb = 2000
    migrate(cloud, "vault-web-prod", "vault-be94", server)
    cloud.estate.jobs[-1].breaks_at = 50
    cloud.clock.advance(20)
    assert server.name in shown(cloud, "vault-web-prod") and server.name not in shown(cloud, "vault-be94")
    assert cloud.get("operation-logs", resource_id=server.id, limit=1)["operation_logs"][0]["status"] == "failed"
