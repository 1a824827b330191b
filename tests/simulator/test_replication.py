"""Replication of backups to another region: what goes where, what is refused, and what time makes of it."""

from typing import Any

import pytest

from cbr_desktop.simulator.entities import Backup

from .conftest import Cloud, code

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def there(cloud: Cloud) -> Any:
    """The estate of the project that has a replication vault, in another region."""
    return cloud.estate.of(cloud.estate.projects[1].id)


def newest(cloud: Cloud, vault: str) -> Backup:
    own = cloud.estate.kept_in(cloud.vault(vault).id)
    return next(each for each in reversed(own) if each.status == "available")


def destination(there: Any, vault: str = "vault-erp-prod-nl", **more: Any) -> dict[str, Any]:
    target = next(each for each in there.vaults.values() if each.name == vault)
    names = {"destination_region": there.home.region, "destination_project_id": there.project_id}
    return {**names, "destination_vault_id": target.id, **more}


def copy(cloud: Cloud, backup: Backup, given: dict[str, Any], status: int = 200) -> Any:
    body = cloud.cbr("POST", f"backups/{backup.id}/replicate", status, json={"replicate": given})
    return body.get("replication", body)


def copy_vault(cloud: Cloud, vault: str, given: dict[str, Any], status: int = 200) -> Any:
    given = {"vault_id": cloud.vault(vault).id, **given}
    body = cloud.cbr("POST", "checkpoints/replicate", status, json={"replicate": given})
    return body.get("replication", body)


def test_copy_of_a_backup_appears_in_the_other_region(cloud, there):
    backup = newest(cloud, "vault-be94")
    target = destination(there, name="copied", description="for the worst")
    made = copy(cloud, backup, target)
    assert (made["backup_id"], made["source_region"], made["destination_region"]) == (backup.id, "eu-de", "eu-nl")
    task = cloud.get("operation-logs", operation_type="copy")["operation_logs"][0]
    assert (task["status"], task["policy_id"]) == ("waiting", None)
    details = task["extra_info"]["replication"]
    assert (details["source_backup_id"], details["destination_project_id"]) == (backup.id, there.project_id)
    replica = there.backups[details["destination_backup_id"]]
    assert (replica.name, replica.status, replica.image_type) == ("copied", "waiting_protect", "replication")
    vault = there.vaults[target["destination_vault_id"]]
    used_mb = vault.used_mb
    cloud.clock.advance(30)

    def record() -> dict[str, Any]:
        rows = cloud.get("backups", vault_id=backup.vault_id, show_replication="true")["backups"]
        return next(each for each in rows if each["id"] == backup.id)["replication_records"][0]

    assert (record()["status"], record()["extra_info"]["progress"], replica.status) == ("replicating", 50, "protecting")
    assert code(cloud.cbr("DELETE", f"backups/{backup.id}", 400)) == "6216"
    cloud.clock.advance(30)
    assert (record()["id"], record()["status"]) == (made["replication_record_id"], "success")
    assert (replica.status, there.resources[replica.resource_id].name) == ("available", "ecs-1f0f-0002")
    server = cloud.resource("ecs-1f0f-0002")
    assert vault.used_mb == used_mb + server.backup_size_mb // server.backup_count > used_mb
    assert cloud.get(f"operation-logs/{task['id']}")["operation_log"]["status"] == "success"
    assert code(copy(cloud, backup, target, 400)) == "1012"
    cloud.cbr("DELETE", f"backups/{backup.id}", 204)


def test_failed_copy_can_be_repeated(cloud, there):
    cloud.modes.copy_fails_at = 40
    backup = newest(cloud, "vault-be94")
    copy(cloud, backup, destination(there))
    cloud.clock.advance(60)
    task = cloud.get("operation-logs", operation_type="copy")["operation_logs"][0]
    assert (task["status"], task["error_info"]["code"]) == ("failed", "BackupService.1006")
    (record,) = backup.records
    assert (record.status, record.fail_code) == ("fail", "BackupService.1006")
    assert there.backups[record.destination_backup_id].status == "error"
    cloud.modes.copy_fails_at = None
    copy(cloud, backup, destination(there))


def test_whole_vault_is_replicated_once(cloud, there):
    vault = cloud.vault("vault-be94")
    sound = [each for each in cloud.estate.kept_in(vault.id) if each.status == "available"]
    made = copy_vault(cloud, "vault-be94", destination(there))
    assert {each["backup_id"] for each in made["backups"]} == {each.id for each in sound}
    assert (made["vault_id"], made["destination_project_id"]) == (vault.id, there.project_id)
    assert code(copy_vault(cloud, "vault-be94", destination(there), 400)) == "6130"
    assert code(cloud.cbr("DELETE", f"vaults/{vault.id}", 400)) == "6203"
    cloud.clock.advance(60)
    assert code(copy_vault(cloud, "vault-be94", destination(there), 400)) == "1012"
    cloud.create(vault)
    cloud.clock.advance(40)
    assert len(copy_vault(cloud, "vault-be94", destination(there, auto_trigger=True))["backups"]) == 1
    task = cloud.get("operation-logs", operation_type="replication", vault_id=vault.id)["operation_logs"][0]
    assert task["status"] == "waiting"


def test_what_cannot_be_replicated(cloud, there):
    given = destination(there)
    assert code(copy(cloud, newest(cloud, "vault-db-disks"), given, 400)) == "6122"
    replica = next(each for each in cloud.estate.backups.values() if each.image_type == "replication")
    assert code(copy(cloud, replica, given, 400)) == "6128"
    assert code(copy_vault(cloud, "vault-legacy", given, 400)) == "6112"
    backup = newest(cloud, "vault-be94")
    for status, number in (("protecting", "6203"), ("waiting_protect", "6203"), ("restoring", "6216")):
        backup.status = status
        assert code(copy(cloud, backup, given, 400)) == number
    backup.status = "available"
    backup.without = [cloud.resource("ecs-1f0f-0002").disks[0].id]
    assert code(copy(cloud, backup, given, 400)) == "6122"
    assert code(cloud.cbr("POST", f"backups/{UNKNOWN}/replicate", 404, json={"replicate": given})) == "6200"
    missing = {"vault_id": UNKNOWN, **given}
    assert code(cloud.cbr("POST", "checkpoints/replicate", 404, json={"replicate": missing})) == "6105"


def test_destination_must_be_a_replication_vault_with_room(cloud, there):
    backup, given = newest(cloud, "vault-be94"), destination(there)
    target = there.vaults[given["destination_vault_id"]]

    def refused(status: int = 400, **more: Any) -> str:
        return code(copy(cloud, backup, given | more, status))

    assert refused(500, destination_region="eu-de") == "1005"
    assert refused(500, destination_region="moon-1") == "1005"
    assert refused(destination_project_id=cloud.estate.projects[3].id) == "1011"
    assert refused(destination_vault_id=UNKNOWN) == "6120"
    assert refused(**destination(there, "vault-shop-nl")) == "6119"
    target.status = "frozen"
    assert refused() == "6118"
    target.status, target.used_mb = "available", target.size_gb * 1024
    assert refused() == "6129"
    for wrong in ({"destination_vault_id": "latest"}, {"destination_region": None}, {"name": "no blanks"}):
        assert refused(**wrong) == "9900"
    cloud.modes.beta_fields = False
    assert refused(enable_acceleration=True) == "9900"


def test_region_tells_where_it_replicates_to(cloud):
    regions = cloud.get("replication-capabilities")["regions"]
    assert regions == [{"name": "eu-de", "replication_destinations": ["eu-nl", "sa-brazil-1"]}]
