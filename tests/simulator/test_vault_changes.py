"""Creation, change and deletion of vaults: what is accepted and refused, and what time makes of it."""

from typing import Any

import pytest

from .conftest import Cloud, code

UNKNOWN = "00000000-0000-4000-8000-000000000000"
BILLING = {"size": 100, "object_type": "server", "protect_type": "backup", "consistent_level": "crash_consistent"}


def create(cloud: Cloud, status: int = 200, /, billing: Any = None, **more: Any) -> Any:
    given = {"name": "vault-new", "resources": [], "billing": BILLING | (billing or {}), **more}
    body = cloud.cbr("POST", "vaults", status, json={"vault": {k: v for k, v in given.items() if v is not ...}})
    return body.get("vault", body)


def update(cloud: Cloud, name: str, status: int = 200, /, **given: Any) -> Any:
    body = cloud.cbr("PUT", f"vaults/{cloud.vault(name).id}", status, json={"vault": given})
    return body.get("vault", body)


def delete(cloud: Cloud, name: str, status: int = 204) -> Any:
    return cloud.cbr("DELETE", f"vaults/{cloud.vault(name).id}", status)


def test_created_vault_is_there_at_once_with_what_was_left_out(cloud):
    made = create(cloud)
    assert (made["name"], made["created_at"], made["resources"]) == ("vault-new", "2026-05-04T09:00:00.000000", [])
    billing = made["billing"]
    assert (billing["size"], billing["used"], billing["allocated"], billing["status"]) == (100, 0, 0, "available")
    assert (billing["charging_mode"], billing["spec_code"]) == ("post_paid", "vault.backup.server.normal")
    assert (made["threshold"], made["smn_notify"], made["enterprise_project_id"]) == (80, True, "0")
    assert [made[key] for key in ("auto_bind", "auto_expand", "locked", "demand_billing")] == [False] * 4
    assert cloud.get(f"vaults/{made['id']}")["vault"] == made
    assert cloud.get("vaults")["vaults"][0] == made
    assert cloud.get("vaults")["count"] == 15


def test_created_vault_has_all_that_was_asked_for(cloud):
    server = cloud.resource("ecs-lab-01")
    policy = next(each for each in cloud.estate.policies.values() if each.name == "daily-22h")
    left_out = [server.disks[1].id]
    resources = [{"id": server.id, "type": server.type, "extra_info": {"exclude_volumes": left_out}}]
    options = {"auto_expand": True, "auto_bind": True, "locked": True, "smn_notify": False, "threshold": 55}
    made = create(
        cloud,
        billing={"consistent_level": "app_consistent", "is_multi_az": True},
        description="for tests",
        resources=resources,
        backup_policy_id=policy.id,
        bind_rules={"tags": [{"key": "app", "value": "web"}]},
        tags=[{"key": "env", "value": "test"}],
        backup_name_prefix="daily",
        enterprise_project_id=UNKNOWN,
        availability_zone="eu-de-02",
        **options,
    )
    assert {key: made[key] for key in options} == options
    assert (made["description"], made["backup_name_prefix"], made["tags"]) == (
        "for tests",
        "daily",
        [{"key": "env", "value": "test"}],
    )
    assert made["bind_rules"] == {"tags": [{"key": "app", "value": "web"}]}
    assert (made["billing"]["spec_code"], made["billing"]["allocated"]) == ("vault.backup.database.normal", 60)
    (shown,) = made["resources"]
    assert (shown["id"], shown["protect_status"], shown["backup_count"]) == (server.id, None, 0)
    assert shown["extra_info"] == {"exclude_volumes": left_out}
    assert [each["name"] for each in cloud.get("policies", vault_id=made["id"])["policies"]] == ["daily-22h"]


@pytest.mark.parametrize(
    ("kind", "spec", "provider"),
    [
        ("server", "vault.replication.server.normal", "0daac4c5-6707-4851-97ba-169e36266b66"),
        ("disk", "vault.backup.volume.normal", "d1603440-187d-4516-af25-121250c7cc97"),
        ("turbo", "vault.backup.turbo.normal", "3f3c3220-245c-4805-b811-758870015881"),
    ],
)
def test_kinds_of_vaults(cloud, kind, spec, provider):
    made = create(cloud, billing={"object_type": kind, "protect_type": "replication" if kind == "server" else "backup"})
    assert (made["billing"]["spec_code"], made["provider_id"]) == (spec, provider)


@pytest.mark.parametrize(
    ("billing", "more", "number"),
    [
        ({}, {"name": "no blanks"}, "9900"),
        ({}, {"name": ...}, "9900"),
        ({}, {"resources": ...}, "9900"),
        ({}, {"description": "<b>"}, "9900"),
        ({}, {"description": "d" * 65}, "9900"),
        ({}, {"threshold": 0}, "9900"),
        ({}, {"threshold": 101}, "9900"),
        ({}, {"backup_name_prefix": "p" * 33}, "9900"),
        ({}, {"bind_rules": {"tags": [{"key": "a", "value": "b"}] * 6}}, "9900"),
        ({}, {"tags": [{"key": "a", "value": "b"}, {"key": "a", "value": "c"}]}, "9900"),
        ({}, {"tags": [{"key": "k" * 37, "value": ""}]}, "9900"),
        ({}, {"tags": [{"key": f"k{number}", "value": ""} for number in range(11)]}, "9900"),
        ({}, {"enterprise_project_id": "mine"}, "9900"),
        ({}, {"availability_zone": ""}, "9900"),
        ({}, {"availability_zone": "z" * 33}, "9900"),
        ({}, {"demand_billing": True}, "9900"),
        ({}, {"demand_billing": "yes"}, "9900"),
        ({"size": 9}, {}, "9900"),
        ({"size": 10_485_761}, {}, "9900"),
        ({"object_type": "tape"}, {}, "9900"),
        ({"protect_type": "hybrid"}, {}, "9900"),
        ({"consistent_level": None}, {}, "9900"),
        ({"object_type": "disk", "consistent_level": "app_consistent"}, {}, "9900"),
        ({"charging_mode": "pre_paid"}, {}, "9900"),
        ({"charging_mode": "pre_paid", "period_type": "year", "period_num": 1}, {"auto_expand": True}, "9900"),
        ({"object_type": "vmware"}, {}, "6116"),
        ({"object_type": "disk", "protect_type": "replication"}, {}, "6122"),
    ],
)
def test_vaults_that_are_not_created(cloud, billing, more, number):
    assert code(create(cloud, 400, billing=billing, **more)) == number
    assert len(cloud.estate.vaults) == 14


def test_vault_is_created_with_its_resources_or_not_at_all(cloud):
    free, taken, disk = map(cloud.resource, ("ecs-k8s-node-05", "ecs-web-01", "vol-lab-01"))
    rows = [{"id": each.id, "type": each.type} for each in (free, taken, disk)]
    assert code(create(cloud, 400, resources=rows[:2])) == "6103"
    assert code(create(cloud, 400, resources=[rows[0], rows[2]])) == "6102"
    assert code(create(cloud, 400, resources=[rows[0], rows[0]])) == "6104"
    assert code(create(cloud, 404, resources=[rows[0] | {"id": UNKNOWN}])) == "6302"
    assert code(create(cloud, 404, resources=rows[:1], backup_policy_id=UNKNOWN)) == "6000"
    replication = next(each for each in cloud.estate.policies.values() if each.operation_type == "replication")
    assert code(create(cloud, 400, resources=rows[:1], backup_policy_id=replication.id)) == "6127"
    assert (len(cloud.estate.vaults), free.vault_id) == (14, None)


def test_prepaid_vault_is_answered_by_its_order(cloud):
    made = create(cloud, billing={"charging_mode": "pre_paid", "period_type": "month", "period_num": 3})
    (order,) = made["orders"]
    assert (order["orderId"][:2], order["subscribeResult"], made["retCode"]) == ("CS", 1, 0)
    vault = cloud.get(f"vaults/{order['resourceId']}")["vault"]
    assert vault["billing"]["charging_mode"] == "pre_paid"
    assert code(update(cloud, "vault-new", 400, billing={"size": 200})) == "6110"
    assert code(delete(cloud, "vault-new", 400)) == "6111"


def test_project_has_a_quota_of_vaults(cloud):
    cloud.modes.vault_quota = 15
    create(cloud)
    assert code(create(cloud, 400)) == "6133"


def test_unknown_keys_of_a_new_vault(cloud):
    create(cloud, colour="red")
    cloud.modes.unknown_keys = "refuse"
    assert create(cloud, 400, colour="red")["error_msg"] == "invalid key colour"
    assert create(cloud, 400, billing={"coin": "EUR"})["error_msg"] == "invalid key coin"


def test_updated_vault_is_answered_as_it_is_from_now_on(cloud):
    given = {"name": "vault-renamed", "threshold": 60, "smn_notify": False, "auto_expand": True, "auto_bind": True}
    vault_id = cloud.vault("vault-be94").id
    changed = update(cloud, "vault-be94", billing={"size": 300, "consistent_level": "app_consistent"}, **given)
    assert {key: changed[key] for key in given} == given
    assert (changed["billing"]["size"], changed["billing"]["spec_code"]) == (300, "vault.backup.database.normal")
    assert cloud.get(f"vaults/{vault_id}")["vault"] == changed
    assert update(cloud, "vault-renamed", billing={"size": 18})["billing"]["size"] == 18


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({"name": "no blanks"}, "9900"),
        ({"threshold": "60"}, "9900"),
        ({"billing": {"size": 0}}, "9900"),
        ({"billing": {"size": 17}}, "6101"),
        ({"billing": {"consistent_level": "perfect"}}, "9900"),
        ({"name": "fine", "billing": {"size": 17}}, "6101"),
    ],
)
def test_refused_update_changes_nothing(cloud, given, number):
    before = cloud.get(f"vaults/{cloud.vault('vault-be94').id}")
    assert code(update(cloud, "vault-be94", 400, **given)) == number
    assert cloud.get(f"vaults/{cloud.vault('vault-be94').id}") == before


def test_locking_and_consistency_cannot_be_taken_back(cloud):
    assert update(cloud, "vault-be94", locked=True)["locked"] is True
    assert code(update(cloud, "vault-be94", 400, locked=False)) == "6110"
    update(cloud, "vault-be94", billing={"consistent_level": "app_consistent"})
    assert code(update(cloud, "vault-be94", 400, billing={"consistent_level": "crash_consistent"})) == "6110"
    assert code(update(cloud, "vault-db-disks", 400, billing={"consistent_level": "app_consistent"})) == "9900"


@pytest.mark.parametrize("name", ["vault-arrears", "vault-old-poc", "vault-legacy"])
def test_only_available_vaults_are_updated(cloud, name):
    assert code(update(cloud, name, 400, threshold=70)) == "6112"


def test_vault_is_locked_while_it_expands(cloud):
    assert code(update(cloud, "vault-expand", 400, billing={"size": 200})) == "6123"
    assert update(cloud, "vault-expand", threshold=70)["threshold"] == 70
    cloud.modes.expansion_seconds = 30
    assert update(cloud, "vault-be94", billing={"size": 200})["billing"]["status"] == "lock"
    assert code(update(cloud, "vault-be94", 400, billing={"size": 300})) == "6123"
    assert code(delete(cloud, "vault-be94", 400)) == "6112"
    cloud.clock.advance(30)
    assert cloud.get(f"vaults/{cloud.vault('vault-be94').id}")["vault"]["billing"]["status"] == "available"
    update(cloud, "vault-be94", billing={"size": 300})


def test_threshold_and_notice_of_all_vaults_at_once(cloud):
    body = {"vault": {"threshold": 66, "smn_notify": False}}
    changed = cloud.cbr("PUT", "vaults/batch-update", json=body)["updated_vaults_id"]
    assert set(changed) == set(cloud.estate.vaults)
    vaults = cloud.get("vaults")["vaults"]
    assert {(each["threshold"], each["smn_notify"]) for each in vaults} == {(66, False)}
    refused = cloud.cbr("PUT", "vaults/batch-update", 400, json={"vault": {"threshold": 0}})
    assert code(refused) == "9900"


def test_deleted_vault_is_gone_with_its_backups(cloud):
    vault, server_id = cloud.vault("vault-be94"), cloud.resource("ecs-1f0f-0002").id
    count = cloud.get("backups", vault_id=vault.id)["count"]
    assert count > 0
    delete(cloud, "vault-be94")
    shown = cloud.get(f"vaults/{vault.id}")["vault"]
    assert (shown["billing"]["status"], shown["resources"][0]["protect_status"]) == ("deleting", "removing")
    task = cloud.get("operation-logs", operation_type="vault_delete")["operation_logs"][0]
    assert (task["status"], task["vault_name"]) == ("running", "vault-be94")
    assert task["extra_info"]["vault_delete"] == {"total_count": count, "fail_count": 0}
    assert code(delete(cloud, "vault-be94", 400)) == "6112"
    cloud.clock.advance(20)
    assert code(cloud.get(f"vaults/{vault.id}", 404)) == "6105"
    assert cloud.get("backups", vault_id=vault.id)["count"] == 0
    ended = cloud.get(f"operation-logs/{task['id']}")["operation_log"]
    assert (ended["status"], ended["vault_name"]) == ("success", "vault-be94")
    logs = cloud.get("operation-logs", vault_name="vault-be94", operation_type="backup")
    assert {each["vault_name"] for each in logs["operation_logs"]} == {"vault-be94"}
    server = cloud.get(f"protectables/server/instances/{server_id}")["instance"]
    assert server["protectable"]["vault"] is None
    assert code(delete_id(cloud, vault.id, 404)) == "6105"


def delete_id(cloud: Cloud, vault_id: str, status: int) -> Any:
    return cloud.cbr("DELETE", f"vaults/{vault_id}", status)


def test_checkpoints_of_a_deleted_vault_are_gone(cloud):
    vault = cloud.vault("vault-be94")
    cloud.resource("ecs-1f0f-0002").refusal = "7104"
    checkpoint = cloud.create(vault)
    assert checkpoint["vault"]["resources"] == []
    cloud.clock.advance(40)
    assert cloud.get(f"checkpoints/{checkpoint['id']}")["checkpoint"]["status"] == "available"
    delete(cloud, "vault-be94")
    cloud.clock.advance(20)
    assert code(cloud.get(f"checkpoints/{checkpoint['id']}", 404)) == "6217"


def test_servers_of_another_region_are_not_known_without_their_replicas(cloud):
    vault = cloud.vault("vault-erp-prod-dr")
    delete(cloud, "vault-erp-prod-dr")
    cloud.clock.advance(20)
    assert code(cloud.get(f"vaults/{vault.id}", 404)) == "6105"
    free = cloud.get("protectables/server/instances", name="ecs-erp-app-01")["instances"]
    assert [each["protectable"]["vault"]["name"] for each in free] == ["vault-erp-prod"]
    logs = cloud.get("operation-logs", operation_type="replication", limit=1)["operation_logs"]
    assert (logs[0]["vault_name"], logs[0]["extra_info"]["resource"]["type"]) == ("vault-erp-prod-dr", "vault")


def test_deleted_vault_leaves_its_policies(cloud):
    vault = cloud.vault("vault-sfs-media")
    delete(cloud, "vault-sfs-media")
    cloud.clock.advance(20)
    weekly = next(each for each in cloud.get("policies")["policies"] if each["name"] == "weekly-sfs")
    assert vault.id not in [each["vault_id"] for each in weekly["associated_vaults"]]


@pytest.mark.parametrize(
    ("name", "number"), [("vault-arrears", "6112"), ("vault-old-poc", "6112"), ("vault-expand", "6112")]
)
def test_vaults_that_cannot_be_deleted_now(cloud, name, number):
    assert code(delete(cloud, name, 400)) == number


def test_failed_vault_can_be_deleted(cloud):
    delete(cloud, "vault-legacy")


def test_vault_that_is_busy_or_bound_is_not_deleted(cloud):
    cloud.create(cloud.vault("vault-be94"))
    assert code(delete(cloud, "vault-be94", 400)) == "6203"
    cloud.clock.advance(40)
    backup = cloud.estate.kept_in(cloud.vault("vault-be94").id)[-1]
    backup.images = [UNKNOWN]
    assert code(delete(cloud, "vault-be94", 400)) == "6204"
    backup.images = None
    cloud.cbr("DELETE", f"backups/{backup.id}", 204)
    assert code(delete(cloud, "vault-be94", 400)) == "6203"
    cloud.clock.advance(20)
    delete(cloud, "vault-be94")
    assert code(delete(cloud, "vault-hr-worm", 400)) == "6111"


def test_otc_names_the_second_deletion_otherwise(cloud):
    cloud.modes.otc = True
    delete(cloud, "vault-be94")
    assert code(delete(cloud, "vault-be94", 400)) == "6203"


def test_vaults_that_cannot_be_seen_are_known_from_their_servers(cloud):
    hidden = cloud.get("protectables/server/instances", name="ecs-payroll")["instances"]
    vaults = {each["protectable"]["vault"]["id"] for each in hidden}
    assert (len(hidden), len(vaults)) == (2, 1)
    assert vaults.isdisjoint(each["id"] for each in cloud.get("vaults")["vaults"])
    assert code(cloud.get(f"vaults/{vaults.pop()}", 404)) == "6105"
    taken = [{"id": hidden[0]["id"], "type": hidden[0]["type"]}]
    assert code(create(cloud, 400, resources=taken)) == "6103"


def test_vaults_of_another_region(cloud):
    there = cloud.estate.projects[1]
    query = {"region_id": there.region, "external_project_id": there.id}
    assert cloud.get("vaults/external", **query)["count"] == 5
    (replicas,) = cloud.get("vaults/external", protect_type="replication", **query)["vaults"]
    assert (replicas["name"], replicas["project_id"]) == ("vault-erp-prod-nl", there.id)
    by_type = cloud.get("vaults/external", objcet_type="disk", **query)["vaults"]
    assert [each["name"] for each in by_type] == ["vault-nl-disks"]
    by_id = cloud.get("vaults/external", vault_id=replicas["id"], objcet_type="disk", **query)["vaults"]
    assert [each["id"] for each in by_id] == [replicas["id"]]
    assert cloud.get("vaults/external", region_id="sa-brazil-1", external_project_id=there.id)["count"] == 0
    assert code(cloud.get("vaults/external", 400, region_id=there.region)) == "9900"
    assert code(cloud.get("vaults/external", 400, external_project_id=there.id)) == "9900"


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("POST", "vaults", "cbr:vaults:create"),
        ("PUT", "vaults/{}", "cbr:vaults:update"),
        ("DELETE", "vaults/{}", "cbr:vaults:delete"),
        ("POST", "vaults/{}/addresources", "cbr:vaults:addResources"),
        ("POST", "vaults/{}/removeresources", "cbr:vaults:removeResources"),
        ("POST", "vaults/{}/migrateresources", "cbr:vaults:migrateResources"),
        ("POST", "vaults/{}/associatepolicy", "cbr:vaults:associatePolicy"),
        ("POST", "vault/{}/tags", "cbr:vaults:setTags"),
        ("POST", "checkpoints/replicate", "cbr:vaults:replicate"),
    ],
)
def test_changes_need_permissions(cloud, method, path, action):
    cloud.modes.forbidden.add(action)
    refused = cloud.cbr(method, path.format(cloud.vault("vault-be94").id), 403, json={})
    assert refused["forbidden"]["message"] == f"Policy doesn't allow {action} to be performed."


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "vaults/batch-update"),
        ("PUT", "vaults/{}/set-resources"),
        ("PUT", "vaults/{}/update-backup-expiration-time"),
        ("GET", "vaults/external"),
        ("GET", "cbr-features"),
        ("GET", "storage_usage"),
        ("POST", "agent/check"),
    ],
)
def test_otc_lacks_some_operations(cloud, method, path):
    cloud.modes.otc = True
    refused = cloud.cbr(method, path.format(cloud.vault("vault-be94").id), 404, json={})
    assert refused["error_code"] == "APIGW.0101"


def test_unknown_vaults(cloud):
    for method, path in (("PUT", ""), ("DELETE", ""), ("POST", "/addresources"), ("PUT", "/set-resources")):
        assert code(cloud.cbr(method, f"vaults/{UNKNOWN}{path}", 404, json={"vault": {}})) == "6105"
        assert code(cloud.cbr(method, f"vaults/latest{path}", 400, json={"vault": {}})) == "9900"
