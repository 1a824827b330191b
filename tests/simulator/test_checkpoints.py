"""Checkpoints: what is accepted, skipped and refused, and what time makes of them."""

from typing import Any

import pytest

from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def code(body: dict[str, Any]) -> str:
    return str(body["error_code"]).removeprefix("BackupService.")


def test_reference_request_is_answered_like_the_reference(cloud):
    request = (
        b'{"checkpoint": {"parameters": {"auto_trigger": true, "description": "backup_description", '
        b'"incremental": true, "name": "backup_name", "resources": ["94eba8b2-acc9-4d82-badc-127144cc5526"]}, '
        b'"vault_id": "3b5816b5-f29c-4172-9d9a-76c719a659ce"}}'
    )
    body = cloud.cbr("POST", "checkpoints", content=request, headers={"Content-Type": "application/json"})
    checkpoint = body["checkpoint"]
    assert checkpoint["status"] == "protecting"
    assert checkpoint["created_at"] == "2026-05-04T09:00:00.000000"
    assert checkpoint["extra_info"] == {
        "retention_duration": -1,
        "name": "backup_name",
        "description": "backup_description",
    }
    vault = checkpoint["vault"]
    assert (vault["id"], vault["name"], vault["skipped_resources"]) == (REFERENCE_VAULT_ID, "vault-be94", [])
    resource = vault["resources"][0]
    assert (resource["id"], resource["name"]) == (REFERENCE_RESOURCE_ID, "ecs-1f0f-0002")
    assert (resource["resource_size"], resource["protect_status"]) == ("40", "available")
    assert cloud.service.journal[-1].body == request


def test_states_move_with_the_clock_alone(cloud):
    vault = cloud.vault("vault-be94")
    before_mb, before_count = vault.used_mb, cloud.resource("ecs-1f0f-0002").backup_count
    checkpoint_id = cloud.create(vault, name="before-upgrade")["id"]

    def states() -> tuple[Any, ...]:
        backup = cloud.get("backups", checkpoint_id=checkpoint_id)["backups"][0]
        task = cloud.tasks_of(checkpoint_id)[0]
        shown = cloud.get(f"vaults/{vault.id}")["vault"]["resources"][0]
        checkpoint = cloud.get(f"checkpoints/{checkpoint_id}")["checkpoint"]
        progress = task["extra_info"]["common"]["progress"]
        return checkpoint["status"], backup["status"], task["status"], progress, shown["protect_status"]

    assert states() == ("protecting", "waiting_protect", "waiting", 0, "protecting")
    assert states() == ("protecting", "waiting_protect", "waiting", 0, "protecting")
    cloud.clock.advance(21)
    assert states() == ("protecting", "protecting", "running", 50, "protecting")
    assert before_mb < vault.used_mb
    cloud.clock.advance(19)
    assert states() == ("available", "available", "success", 100, "available")
    resource = cloud.get(f"vaults/{vault.id}")["vault"]["resources"][0]
    assert resource["backup_count"] == before_count + 1
    task = cloud.tasks_of(checkpoint_id)[0]
    assert task["ended_at"] == "2026-05-04T09:00:40.000000"
    assert task["policy_id"] is None
    assert task["extra_info"]["backup"]["backup_name"] == "before-upgrade"


def test_partial_outcome_names_code_and_reason(cloud):
    checkpoint = cloud.create(cloud.vault("vault-web-prod"), name="patch")
    assert len(checkpoint["vault"]["resources"]) == 5
    skipped = {each["name"]: (each["code"], each["reason"]) for each in checkpoint["vault"]["skipped_resources"]}
    assert skipped == {
        "ecs-web-05": ("BackupService.6215", "Backup is not allowed in the current resource status."),
        "ecs-web-06": ("BackupService.7104", "Backup is not allowed for servers using SCSI disks."),
    }
    assert len(cloud.tasks_of(checkpoint["id"])) == 5
    names = {each["name"] for each in cloud.get("backups", checkpoint_id=checkpoint["id"])["backups"]}
    assert names == {f"patch-{number:04}" for number in range(1, 6)}


def test_all_skipped_is_an_empty_success_or_a_refusal(cloud):
    vault, scsi = cloud.vault("vault-db-disks"), cloud.resource("vol-scsi-01")
    checkpoint = cloud.create(vault, resources=[scsi.id])
    assert checkpoint["vault"]["resources"] == []
    assert [each["code"] for each in checkpoint["vault"]["skipped_resources"]] == ["BackupService.7002"]
    cloud.modes.all_skipped = "refuse"
    cloud.clock.advance(1)
    assert code(cloud.create(vault, 400, resources=[scsi.id])) == "0001"


@pytest.mark.parametrize("busy_code", ["6125", "1001", "6203"])
def test_busy_vault_refuses_until_the_first_run_is_through(cloud, busy_code):
    cloud.modes.busy_code = busy_code
    vault = cloud.vault("vault-be94")
    cloud.create(vault)
    cloud.clock.advance(39)
    assert code(cloud.create(vault, 400)) == busy_code
    cloud.clock.advance(1)
    cloud.create(vault)


def test_one_resource_fails_in_mid_flight_and_the_others_finish(cloud):
    checkpoint_id = cloud.create(cloud.vault("工作区-vault-01"), name="friday")["id"]
    cloud.clock.advance(40)
    tasks = cloud.tasks_of(checkpoint_id)
    assert [each["status"] for each in tasks] == ["success", "success", "failed", "success"]
    assert tasks[2]["extra_info"]["common"]["progress"] == 71
    assert tasks[2]["error_info"]["code"] == "BackupService.7203"
    assert cloud.get(f"checkpoints/{checkpoint_id}")["checkpoint"]["status"] == "available"
    backups = cloud.get("backups", checkpoint_id=checkpoint_id)["backups"]
    assert sorted(each["status"] for each in backups) == ["available", "available", "available", "error"]


def test_checkpoint_whose_only_resource_fails_is_an_error(cloud):
    cloud.resource("ecs-1f0f-0002").fails_at = 0
    checkpoint_id = cloud.create(cloud.vault("vault-be94"))["id"]
    cloud.clock.advance(40)
    assert cloud.get(f"checkpoints/{checkpoint_id}")["checkpoint"]["status"] == "error"


@pytest.mark.parametrize(
    ("vault", "expected"),
    [
        ("vault-erp-prod-dr", "6124"),
        ("vault-arrears", "6113"),
        ("vault-old-poc", "6113"),
        ("vault-legacy", "6113"),
        ("vault-expand", "6125"),
        ("vault-hr-worm", "2010"),
        ("vault-7669", "6114"),
    ],
)
def test_vault_that_cannot_be_backed_up_says_why(cloud, vault, expected):
    assert code(cloud.create(cloud.vault(vault), 400)) == expected


def test_full_vault_grows_by_a_quarter_when_it_may(cloud):
    vault = cloud.vault("vault-7669")
    vault.auto_expand = True
    cloud.create(vault)
    assert vault.size_gb == 50


@pytest.mark.parametrize(
    "parameters",
    [
        {"name": "Zürich"},
        {"name": ""},
        {"name": "a b"},
        {"name": "x" * 65},
        {"name": 7},
        {"description": "a < b"},
        {"description": "x" * 256},
        {"incremental": "false"},
        {"auto_trigger": 1},
        {"retention_duration_days": 0},
        {"retention_duration_days": True},
        {"retention_duration_days": 36501},
        {"retention_duration_days": 30, "auto_trigger": True},
        {"policy_id": "daily"},
        {"resources": "all"},
        {"resources": ["ecs-1f0f-0002"]},
        {"resources": [UNKNOWN] * 257},
        {"resources": [UNKNOWN], "resource_details": [{"id": UNKNOWN, "type": "OS::Nova::Server"}]},
        {"resource_details": [{"id": UNKNOWN, "type": "Server"}]},
        {"resource_details": [{"type": "OS::Nova::Server"}]},
        {"resource_details": [{"id": UNKNOWN, "type": "OS::Nova::Server", "extra_info": {"exclude_volumes": ["vda"]}}]},
    ],
)
def test_offending_parameters_are_refused_with_9900(cloud, parameters):
    assert code(cloud.create(cloud.vault("vault-be94"), 400, **parameters)) == "9900"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"checkpoint": null}', b'{"checkpoint": {}}', b"[" * 100_000, b"\xff"]
)
def test_unreadable_bodies_are_refused_with_9900(cloud, content):
    assert code(cloud.cbr("POST", "checkpoints", 400, content=content)) == "9900"


def test_malformed_vault_id_is_worded_as_on_the_wire(cloud):
    body = cloud.cbr("POST", "checkpoints", 400, json={"checkpoint": {"vault_id": "vault-be94"}})
    assert body == {"error_code": "BackupService.9900", "error_msg": "Invalid vault_id provided."}


def test_unknown_things_are_named(cloud):
    vault = cloud.vault("vault-be94")
    elsewhere = cloud.resource("ecs-web-01").id
    assert code(cloud.cbr("POST", "checkpoints", 404, json={"checkpoint": {"vault_id": UNKNOWN}})) == "6105"
    assert code(cloud.create(vault, 404, resources=[UNKNOWN])) == "6302"
    assert code(cloud.create(vault, 400, resources=[elsewhere])) == "6135"
    assert code(cloud.create(vault, 400, resources=[REFERENCE_RESOURCE_ID] * 2)) == "6104"
    assert code(cloud.create(vault, 404, policy_id=UNKNOWN, auto_trigger=True)) == "6000"
    extra = {"exclude_volumes": [UNKNOWN]}
    detail = {"id": REFERENCE_RESOURCE_ID, "type": "OS::Nova::Server", "extra_info": extra}
    assert code(cloud.create(vault, 404, resource_details=[detail])) == "7000"


def test_unknown_keys_are_ignored_or_refused(cloud):
    vault = cloud.vault("vault-be94")
    cloud.modes.unknown_keys = "refuse"
    assert cloud.create(vault, 400, priority=1)["error_msg"] == "invalid key priority"
    cloud.modes.unknown_keys = "ignore"
    cloud.create(vault, priority=1)


def test_excluded_disks_are_left_out_of_the_backup(cloud):
    vault, server = cloud.vault("vault-erp-prod"), cloud.resource("ecs-erp-app-01")
    system, data = server.disks
    detail = {"id": server.id, "type": server.type, "extra_info": {"exclude_volumes": [data.id]}}
    checkpoint = cloud.create(vault, resource_details=[detail], name="system-only")
    listed = cloud.get("backups", checkpoint_id=checkpoint["id"])["backups"][0]
    assert listed["children"] == []
    children = cloud.get(f"backups/{listed['id']}")["backup"]["children"]
    assert [each["resource_id"] for each in children] == [system.id]
    assert children[0]["parent_id"] == listed["id"]
    assert cloud.get(f"backups/{children[0]['id']}")["backup"]["resource_type"] == "OS::Cinder::Volume"
    assert cloud.get("backups", parent_id=listed["id"])["count"] == 1


def test_server_without_any_disk_left_is_skipped(cloud):
    server = cloud.resource("ecs-1f0f-0002")
    extra = {"exclude_volumes": [disk.id for disk in server.disks]}
    details = [{"id": server.id, "type": server.type, "extra_info": extra}]
    checkpoint = cloud.create(cloud.vault("vault-be94"), resource_details=details)
    assert checkpoint["vault"]["skipped_resources"][0]["code"] == "BackupService.7108"


def test_only_included_disks_are_backed_up(cloud):
    server = cloud.resource("ecs-erp-app-01")
    extra = {"include_volumes": [{"id": server.disks[0].id, "os_version": "Linux"}]}
    details = [{"id": server.id, "type": server.type, "extra_info": extra}]
    checkpoint = cloud.create(cloud.vault("vault-erp-prod"), resource_details=details)
    backup_id = cloud.get("backups", checkpoint_id=checkpoint["id"])["backups"][0]["id"]
    assert len(cloud.get(f"backups/{backup_id}")["backup"]["children"]) == 1


def test_included_disks_are_unknown_to_some_regions(cloud):
    cloud.modes.beta_fields = False
    server = cloud.resource("ecs-1f0f-0002")
    details = [{"id": server.id, "type": server.type, "extra_info": {"include_volumes": [{"id": server.disks[0].id}]}}]
    refused = cloud.create(cloud.vault("vault-be94"), 400, resource_details=details)
    assert refused["error_msg"] == "invalid key include_volumes"


def test_resource_that_was_deleted_is_skipped(cloud):
    server = cloud.resource("ecs-1f0f-0002")
    server.protect_status = "deleted"
    details = [{"id": server.id, "type": server.type}]
    skipped = cloud.create(cloud.vault("vault-be94"), resource_details=details)["vault"]["skipped_resources"]
    assert [each["code"] for each in skipped] == ["BackupService.6215"]


def test_first_backup_of_a_resource_is_full(cloud):
    vault, resource = cloud.vault("vault-be94"), cloud.resource("ecs-1f0f-0002")
    resource.backup_count = 0
    first = cloud.create(vault, incremental=True)["id"]
    cloud.clock.advance(40)
    second = cloud.create(vault, incremental=True)["id"]
    found = {each["checkpoint_id"]: each["incremental"] for each in cloud.get("backups", limit=2)["backups"]}
    assert found == {first: False, second: True}


def test_names_that_the_service_chooses(cloud):
    manual = cloud.create(cloud.vault("vault-be94"))
    automatic = cloud.create(cloud.vault("vault-sfs-media"), auto_trigger=True, name="nightly")
    manual_backup = cloud.get("backups", checkpoint_id=manual["id"])["backups"][0]
    assert manual_backup["name"].startswith("manualbk_")
    assert manual_backup["extend_info"]["auto_trigger"] is False
    found = cloud.get("backups", checkpoint_id=automatic["id"])["backups"]
    assert sorted(each["name"] for each in found) == ["nightly_0001", "nightly_0002"]
    assert all(each["extend_info"]["auto_trigger"] for each in found)


def test_retention_sets_the_expiry(cloud):
    checkpoint = cloud.create(cloud.vault("vault-be94"), retention_duration_days=10)
    assert checkpoint["extra_info"]["retention_duration"] == 10
    backup = cloud.get("backups", checkpoint_id=checkpoint["id"])["backups"][0]
    assert backup["expired_at"] == "2026-05-14T09:00:00.000000"


def test_region_without_beta_fields(cloud):
    cloud.modes.otc = True
    vault = cloud.vault("vault-be94")
    refused = cloud.create(vault, 400, retention_duration_days=10)
    assert refused["error_msg"] == "invalid key retention_duration_days"
    assert code(cloud.create(vault, 400, name="备份")) == "9900"
    assert cloud.get("protectables/server/instances", 404)["error_code"] == "APIGW.0101"
    cloud.modes.otc, cloud.modes.beta_fields = False, False
    assert code(cloud.create(vault, 400, auto_trigger=True, policy_id=UNKNOWN)) == "9900"
    cloud.create(vault, name="备份")


def test_get_differs_from_create_as_on_the_wire(cloud):
    created = cloud.create(cloud.vault("vault-web-prod"))
    shown = cloud.get(f"checkpoints/{created['id']}")["checkpoint"]
    assert shown["created_at"] != created["created_at"]
    assert "skipped_resources" not in shown["vault"]
    cloud.modes.checkpoint_get_empty = True
    shown = cloud.get(f"checkpoints/{created['id']}")["checkpoint"]
    assert (shown["vault"], shown["extra_info"]) == (None, None)


def test_unknown_checkpoint(cloud):
    assert code(cloud.get(f"checkpoints/{UNKNOWN}", 404)) == "6217"
    assert code(cloud.get("checkpoints/latest", 400)) == "9900"
    cloud.modes.unknown_checkpoint_401 = True
    assert cloud.get(f"checkpoints/{UNKNOWN}", 401)["unauthorized"]["message"] == "Malformed request url"


def test_checkpoints_of_the_past_can_be_read(cloud):
    backup = cloud.get("backups", status="available", limit=1)["backups"][0]
    checkpoint = cloud.get(f"checkpoints/{backup['checkpoint_id']}")["checkpoint"]
    assert checkpoint["status"] == "available"


def test_drifted_region_writes_times_and_sizes_otherwise(cloud):
    cloud.modes.drift = True
    checkpoint = cloud.create(cloud.vault("vault-be94"))
    assert checkpoint["created_at"] == "2026-05-04T09:00:00.000+00:00"
    assert checkpoint["vault"]["resources"][0]["resource_size"] == 40
    assert checkpoint["vault"]["resources"][0]["extra_info"] == {}


def test_late_lists_hide_what_is_new(cloud):
    cloud.modes.appears_after_seconds = 60
    checkpoint_id = cloud.create(cloud.vault("vault-be94"))["id"]
    assert cloud.get("backups", checkpoint_id=checkpoint_id)["count"] == 0
    assert cloud.tasks_of(checkpoint_id) == []
    cloud.clock.advance(60)
    assert cloud.get("backups", checkpoint_id=checkpoint_id)["count"] == 1
    assert len(cloud.tasks_of(checkpoint_id)) == 1


def test_resource_that_is_being_removed_is_skipped(cloud):
    cloud.resource("ecs-web-lb-01").protect_status = "removing"
    skipped = cloud.create(cloud.vault("vault-web-prod"))["vault"]["skipped_resources"]
    assert [each["code"] for each in skipped if each["name"] == "ecs-web-lb-01"] == ["BackupService.6134"]
