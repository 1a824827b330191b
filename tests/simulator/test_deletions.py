"""Deletion of backups: what is accepted and refused, and what time makes of it."""

from typing import Any

import httpx
import pytest

from cbr_desktop.simulator.entities import Backup
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID
from cbr_desktop.simulator.faults import ConnectionCut, Fault

from .conftest import code

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def backups_of(cloud: Any, vault: str, auto: bool | None = None) -> list[Backup]:
    """The backups of a vault, newest first."""
    own = cloud.estate.history.by_vault[cloud.vault(vault).id]
    return [each for each in reversed(own) if auto in (None, each.auto)]


def delete(cloud: Any, backup: Backup, status: int = 204) -> Any:
    return cloud.cbr("DELETE", f"backups/{backup.id}", status)


def test_accepted_deletion_is_answered_without_a_body(cloud):
    backup = backups_of(cloud, "vault-be94")[0]
    url = f"/v3/{DEMO_PROJECT_ID}/backups/{backup.id}"
    answer = cloud.send("DELETE", url, headers={"X-Auth-Token": cloud.token})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert len(answer.headers["X-Request-Id"]) == 32


def test_backup_is_deleting_for_a_while_and_then_gone(old_cloud):
    backup = backups_of(old_cloud, "vault-be94")[3]
    before = old_cloud.get("backups", vault_id=backup.vault_id)["count"]
    delete(old_cloud, backup)
    assert old_cloud.get(f"backups/{backup.id}")["backup"]["status"] == "deleting"
    assert old_cloud.get("backups", vault_id=backup.vault_id, status="deleting")["count"] == 1
    old_cloud.clock.advance(19)
    assert old_cloud.get("backups", vault_id=backup.vault_id)["count"] == before
    old_cloud.clock.advance(1)
    assert code(old_cloud.get(f"backups/{backup.id}", 404)) == "6200"
    assert old_cloud.get("backups", vault_id=backup.vault_id)["count"] == before - 1


def test_deletion_takes_the_time_that_the_mode_says(cloud):
    cloud.modes.deletion_seconds = 0
    backup = backups_of(cloud, "vault-be94")[0]
    delete(cloud, backup)
    assert code(cloud.get(f"backups/{backup.id}", 404)) == "6200"


def test_deletion_has_a_task(cloud):
    backup = backups_of(cloud, "vault-be94")[0]
    delete(cloud, backup)

    def task() -> dict[str, Any]:
        return cloud.get("operation-logs", operation_type="delete", vault_id=backup.vault_id)["operation_logs"][0]

    started = task()
    assert (started["status"], started["ended_at"]) == ("running", None)
    assert started["extra_info"]["delete"] == {"backup_id": backup.id, "backup_name": backup.name}
    assert started["extra_info"]["resource"]["id"] == backup.resource_id
    assert (started["created_at"], started["checkpoint_id"]) == ("2026-05-04T09:00:00.000000", None)
    cloud.clock.advance(5)
    assert task()["extra_info"]["common"]["progress"] == 25
    cloud.clock.advance(60)
    ended = task()
    assert (ended["id"], ended["status"], ended["ended_at"]) == (
        started["id"],
        "success",
        "2026-05-04T09:00:20.000000",
    )
    assert ended["extra_info"]["common"]["progress"] == 100


def test_vault_and_resource_hold_less_once_the_backup_is_gone(cloud):
    vault, resource = cloud.vault("vault-be94"), cloud.resource("ecs-1f0f-0002")
    count, size_mb, used_mb = resource.backup_count, resource.backup_size_mb, vault.used_mb
    share_mb = size_mb // count
    assert share_mb > 0
    delete(cloud, backups_of(cloud, "vault-be94")[0])
    cloud.clock.advance(19)
    assert cloud.get(f"vaults/{vault.id}")["vault"]["billing"]["used"] == used_mb
    cloud.clock.advance(1)
    shown = cloud.get(f"vaults/{vault.id}")["vault"]
    assert shown["billing"]["used"] == used_mb - share_mb
    assert shown["resources"][0]["backup_count"] == count - 1
    assert shown["resources"][0]["backup_size"] == size_mb - share_mb


def test_resource_without_backups_holds_nothing(cloud):
    vault, resource = cloud.vault("vault-be94"), cloud.resource("ecs-1f0f-0002")
    cloud.modes.deletion_seconds = 0
    for backup in backups_of(cloud, "vault-be94"):
        delete(cloud, backup)
    assert cloud.get("backups", vault_id=vault.id)["count"] == 0
    assert (resource.backup_count, resource.backup_size_mb, vault.used_mb) == (0, 0, 0)


def test_failed_backup_holds_nothing(cloud):
    vault, resource = cloud.vault("vault-be94"), cloud.resource("ecs-1f0f-0002")
    resource.fails_at = 50
    cloud.create(vault)
    cloud.clock.advance(40)
    cloud.get("vaults")
    before = (vault.used_mb, resource.backup_count, resource.backup_size_mb)
    failed = backups_of(cloud, "vault-be94")[0]
    assert failed.status == "error"
    delete(cloud, failed)
    cloud.clock.advance(20)
    cloud.get(f"backups/{failed.id}", 404)
    assert (vault.used_mb, resource.backup_count, resource.backup_size_mb) == before


@pytest.mark.parametrize("status", ["protecting", "restoring", "waiting_protect", "waiting_delete", "waiting_restore"])
def test_only_available_and_failed_backups_can_be_deleted(cloud, status):
    backup = backups_of(cloud, "vault-be94")[0]
    backup.status = status
    assert code(delete(cloud, backup, 400)) == "6201"
    assert backup.status == status


@pytest.mark.parametrize(("mode", "status"), [("6200", 404), ("6203", 400)])
def test_second_deletion_finds_the_backup_deleting(cloud, mode, status):
    cloud.modes.deleting_code = mode
    backup = backups_of(cloud, "vault-be94")[0]
    delete(cloud, backup)
    assert code(delete(cloud, backup, status)) == mode
    assert cloud.get("operation-logs", operation_type="delete", status="running")["count"] == 1
    cloud.clock.advance(20)
    assert code(delete(cloud, backup, 404)) == "6200"


def test_newest_backup_stays_while_the_next_is_made(old_cloud):
    older, newest = backups_of(old_cloud, "vault-be94")[1::-1]
    old_cloud.create(old_cloud.vault("vault-be94"))
    assert code(delete(old_cloud, newest, 400)) == "6203"
    delete(old_cloud, older)
    old_cloud.clock.advance(40)
    delete(old_cloud, newest)


def test_backup_in_the_making_cannot_be_deleted(cloud):
    checkpoint = cloud.create(cloud.vault("vault-be94"))
    backup = backups_of(cloud, "vault-be94")[0]
    assert (backup.checkpoint_id, backup.status) == (checkpoint["id"], "waiting_protect")
    assert code(delete(cloud, backup, 400)) == "6201"


def test_backup_with_an_image_cannot_be_deleted(cloud):
    backup = backups_of(cloud, "vault-be94")[0]
    backup.images = [UNKNOWN]
    assert code(delete(cloud, backup, 400)) == "6204"


def test_automatic_backups_of_a_locked_vault_cannot_be_deleted_and_manual_ones_can(cloud):
    automatic, manual = backups_of(cloud, "vault-hr-worm", auto=True)[0], backups_of(cloud, "vault-hr-worm", False)[0]
    assert code(delete(cloud, automatic, 400)) == "6220"
    delete(cloud, manual)


def test_automatic_backups_of_other_vaults_can_be_deleted(cloud):
    delete(cloud, backups_of(cloud, "vault-web-prod", auto=True)[0])


def test_unknown_and_malformed_backups(cloud):
    assert code(cloud.cbr("DELETE", f"backups/{UNKNOWN}", 404)) == "6200"
    assert code(cloud.cbr("DELETE", "backups/latest", 400)) == "9900"


def test_disk_backups_go_with_the_backup_of_their_server_alone(cloud):
    backup = backups_of(cloud, "vault-be94")[0]
    child = cloud.get(f"backups/{backup.id}")["backup"]["children"][0]
    assert code(cloud.cbr("DELETE", f"backups/{child['id']}", 400)) == "6201"
    delete(cloud, backup)
    assert cloud.get(f"backups/{child['id']}")["backup"]["status"] == "deleting"
    cloud.clock.advance(20)
    assert code(cloud.get(f"backups/{child['id']}", 404)) == "6200"


def test_checkpoint_is_gone_with_its_last_backup(cloud):
    checkpoint = cloud.create(cloud.vault("vault-sfs-media"))
    cloud.clock.advance(40)
    cloud.modes.deletion_seconds = 0
    first, second = backups_of(cloud, "vault-sfs-media")[:2]
    delete(cloud, first)
    assert cloud.get(f"checkpoints/{checkpoint['id']}")["checkpoint"]["status"] == "available"
    delete(cloud, second)
    assert code(cloud.get(f"checkpoints/{checkpoint['id']}", 404)) == "6217"


def test_deletion_needs_a_permission(cloud):
    cloud.modes.forbidden.add("cbr:backups:delete")
    backup = backups_of(cloud, "vault-be94")[0]
    refused = delete(cloud, backup, 403)
    assert refused["forbidden"]["message"] == "Policy doesn't allow cbr:backups:delete to be performed."
    assert backup.status == "available"


@pytest.mark.parametrize(("when", "done"), [("before", False), ("during", True), ("after", True)])
def test_cut_deletion_is_done_or_not(cloud, when, done):
    backup = backups_of(cloud, "vault-be94")[0]
    cloud.service.faults.add(Fault(method="DELETE", path=f"/backups/{backup.id}", when=when))
    with pytest.raises(ConnectionCut):
        delete(cloud, backup)
    assert (backup.status == "deleting") is done


def test_gateway_timeout_after_the_deletion(cloud):
    backup = backups_of(cloud, "vault-be94")[0]
    body = b'{"error_code":"APIGW.0201","error_msg":"Backend timeout.","request_id":"0"}'
    cloud.service.faults.add(Fault(method="DELETE", kind="status", when="after", status=504, body=body))
    assert delete(cloud, backup, 504)["error_code"] == "APIGW.0201"
    assert backup.status == "deleting"


def test_over_tcp_the_answer_without_a_body_arrives_whole_or_not_at_all(town):
    service, url = town
    vault = next(each for each in service.estate.vaults.values() if each.name == "vault-legacy")
    first, second = service.estate.history.by_vault[vault.id][:2]
    now = service.clock.now()
    token = service.identity.issue(
        next(iter(service.estate.users.values())), service.estate.projects[0], now, service.modes
    )
    service.faults.add(Fault(method="DELETE", when="during"))
    with httpx.Client(trust_env=False, headers={"X-Auth-Token": token}) as client:
        with pytest.raises(httpx.TransportError):
            client.delete(f"{url}/v3/{DEMO_PROJECT_ID}/backups/{first.id}")
        answer = client.delete(f"{url}/v3/{DEMO_PROJECT_ID}/backups/{second.id}")
        assert client.get(f"{url}/v3/{DEMO_PROJECT_ID}/vaults").status_code == 200
    assert (first.status, second.status) == ("deleting", "deleting")
    assert (answer.status_code, answer.content) == (204, b"")
