"""Keys and spellings of answers, against those recorded from the real service."""

import re

VAULT = """id name description resources provider_id created_at project_id enterprise_project_id auto_bind bind_rules
    auto_expand smn_notify threshold user_id billing tags backup_name_prefix demand_billing cbc_delete_count frozen
    availability_zone sys_lock_source_service supplier locked cross_account cross_account_urn"""
BILLING = """allocated cloud_type consistent_level frozen_scene charging_mode order_id product_id protect_type
    object_type spec_code is_multi_az is_double_az used storage_unit status size partner_bp_id"""
RESOURCE = "id type name auto_protect size backup_size backup_count protect_status extra_info"
BACKUP = """children checkpoint_id created_at description expired_at extend_info id image_type incremental name
    parent_id project_id protected_at provider_id resource_az resource_id resource_name scheduled_operation_id
    resource_size resource_type status updated_at vault_id version replication_records"""
EXTEND_INFO = """auto_trigger bootable os_images_data progress snapshot_id support_lld supported_restore_mode
    system_disk is_multi_az encrypted_algorithm is_dec app_consistency contain_system_disk encrypted architecture"""
TASK = """checkpoint_id created_at ended_at error_info extra_info id operation_type policy_id project_id provider_id
    started_at status updated_at vault_id vault_name"""

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}")


def test_vaults_have_the_recorded_keys(cloud):
    for vault in cloud.get("vaults")["vaults"]:
        assert set(vault) == set(VAULT.split())
        assert set(vault["billing"]) == set(BILLING.split())
        assert TIME.fullmatch(vault["created_at"])
    resource = cloud.get("vaults", name="vault-be94")["vaults"][0]["resources"][0]
    assert set(resource) == set(RESOURCE.split())


def test_backups_have_the_recorded_keys(cloud):
    for backup in cloud.get("backups", limit=200, show_replication="true")["backups"]:
        assert set(backup) == set(BACKUP.split())
        assert set(backup["extend_info"]) == set(EXTEND_INFO.split())
        assert TIME.fullmatch(backup["created_at"])


def test_tasks_have_the_documented_keys(cloud):
    for task in cloud.get("operation-logs", limit=200)["operation_logs"]:
        assert set(task) == set(TASK.split())
        assert set(task["extra_info"]) == {"common", "resource", task["operation_type"]}


def test_the_same_field_can_be_null_missing_or_empty(cloud):
    vaults = {each["name"]: each for each in cloud.get("vaults")["vaults"]}
    fresh = vaults["vault-erp-prod-dr"]["resources"][0]
    assert fresh["protect_status"] is None
    assert "extra_info" not in fresh
    assert vaults["vault-erp-prod"]["description"] == "ERP"
    assert vaults["vault-be94"]["description"] is None
    assert "deleted" in [each["protect_status"] for each in vaults["vault-legacy"]["resources"]]
    database = next(each for each in vaults["vault-erp-prod"]["resources"] if each["name"] == "ecs-erp-db-01")
    assert len(database["extra_info"]["exclude_volumes"]) == 2


def test_trigger_times_have_a_blank(cloud):
    policy = cloud.get("policies")["policies"][0]
    assert re.fullmatch(r"[0-9-]{10} [0-9:]{8}", policy["trigger"]["properties"]["start_time"])
