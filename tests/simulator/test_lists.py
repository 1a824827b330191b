"""Lists: order, pages, filters, and the oddities of single calls."""

from collections import Counter

import pytest

from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, demo

from .conftest import START, Cloud, Contract


@pytest.fixture(scope="module")
def known(contract: Contract) -> Cloud:
    """The demo estate with all its past, for those who only read: it is made once."""
    return Cloud(contract, demo(START), HandClock(START))


def test_fourteen_vaults_newest_first_with_count_limit_and_offset(known):
    body = known.get("vaults")
    assert (len(body["vaults"]), body["count"], body["limit"], body["offset"]) == (14, 14, 1000, 0)
    created = [each["created_at"] for each in body["vaults"]]
    assert created == sorted(created, reverse=True)
    used = {each["name"]: (each["billing"]["used"], each["billing"]["size"]) for each in body["vaults"]}
    assert used["vault-7669"] == (58 * 1024, 40)
    assert used["vault-files-hq"] == (200, 500)
    assert Counter(each["billing"]["status"] for each in body["vaults"]) == {
        "available": 10,
        "lock": 1,
        "frozen": 1,
        "deleting": 1,
        "error": 1,
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"name": "erp"}, 2),
        ({"name": "工作区"}, 1),
        ({"protect_type": "replication"}, 1),
        ({"cloud_type": "public"}, 14),
        ({"cloud_type": "hybrid"}, 0),
        ({"object_type": "turbo"}, 2),
        ({"status": "frozen"}, 1),
        ({"enterprise_project_id": "0"}, 13),
        ({"enterprise_project_id": "all_granted_eps"}, 14),
        ({"id": ["3b5816b5-f29c-4172-9d9a-76c719a659ce", "00000000-0000-4000-8000-000000000000"]}, 1),
        ({"resource_ids": "94eba8b2-acc9-4d82-badc-127144cc5526,00000000-0000-4000-8000-000000000000"}, 1),
        ({"policy_id": "00000000-0000-4000-8000-000000000000"}, 0),
    ],
)
def test_vault_filters(known, query, count):
    assert known.get("vaults", **query)["count"] == count


def test_vaults_of_a_policy(cloud):
    policies = {each["name"]: each for each in cloud.get("policies")["policies"]}
    assert cloud.get("vaults", policy_id=policies["daily-22h"]["id"])["count"] == 4
    assert cloud.get("vaults", exact="1", name="vault-erp-prod")["count"] == 2
    cloud.modes.exact_names = True
    assert cloud.get("vaults", name="vault-erp-prod")["count"] == 1


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("vaults", {"limit": 0}),
        ("vaults", {"limit": 1001}),
        ("vaults", {"limit": "ten"}),
        ("vaults", {"offset": -1}),
        ("vaults", {"protect_type": "hybrid"}),
        ("backups", {"sort": "size"}),
        ("backups", {"sort": "name:up"}),
        ("backups", {"sort": ",".join(["name"] * 60)}),
        ("backups", {"status": "done"}),
        ("backups", {"marker": "nobody"}),
        ("backups", {"incremental": "yes"}),
        ("backups", {"start_time": "yesterday"}),
        ("backups", {"own_type": "mine"}),
        ("operation-logs", {"status": "ready"}),
        ("operation-logs", {"operation_type": "dance"}),
        ("policies", {"operation_type": "dance"}),
        ("protectables/server/instances", {"limit": 0}),
        ("protectables/vmware/instances", {}),
    ],
)
def test_queries_outside_the_rules_are_refused(known, path, query):
    assert known.get(path, 400, **query)["error_code"] == "BackupService.9900"


def test_pages_by_offset_and_by_marker_hold_the_same_backups(known):
    whole = [each["id"] for each in known.get("backups")["backups"]]
    assert known.get("backups", limit=10, offset=20)["backups"][0]["id"] == whole[20]
    after = known.get("backups", limit=10, marker=whole[19])
    assert [each["id"] for each in after["backups"]] == whole[20:30]
    assert after["count"] > 2000


def test_regions_may_cap_pages_or_not_count_or_page_by_marker_alone_or_not_sort(cloud):
    modes = cloud.service.modes
    whole = [each["id"] for each in cloud.get("backups")["backups"]]
    modes.page_cap, modes.paging, modes.sorts = 7, "marker", False
    assert [each["id"] for each in cloud.get("backups", offset=20)["backups"]] == whole[:7]
    assert [each["id"] for each in cloud.get("backups", limit=3, marker=whole[2])["backups"]] == whole[3:6]
    assert [each["id"] for each in cloud.get("backups", sort="created_at:asc")["backups"]] == whole[:7]
    modes.counts = False
    # the contract wants a count, so this is asked for past it
    path = f"/v3/{cloud.estate.project_id}/backups"
    assert "count" not in cloud.send("GET", path, headers={"X-Auth-Token": cloud.token}).json()


def test_backups_can_be_sorted(known):
    body = known.get("backups", sort="created_at:asc,id:asc", limit=50)
    created = [(each["created_at"], each["id"]) for each in body["backups"]]
    assert created == sorted(created)
    mixed = known.get("backups", sort="status:asc,protected_at:desc", limit=1000)["backups"]
    by_time = [each["protected_at"] for each in mixed if each["status"] == "available"]
    times = [each for each in by_time if each is not None]
    assert by_time[: len(times)] == times == sorted(times, reverse=True)
    names = [each["name"] for each in known.get("backups", sort="name", limit=50)["backups"]]
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "error"}, lambda backup: backup["status"] == "error"),
        ({"status": ["error", "protecting"]}, lambda backup: backup["status"] in ("error", "protecting")),
        ({"image_type": "replication"}, lambda backup: backup["image_type"] == "replication"),
        ({"incremental": "false"}, lambda backup: backup["incremental"] is False),
        ({"resource_type": "OS::Cinder::Volume"}, lambda backup: backup["resource_type"] == "OS::Cinder::Volume"),
        ({"resource_name": "ecs-web-0"}, lambda backup: backup["resource_name"].startswith("ecs-web-0")),
        ({"name": "prepatch"}, lambda backup: "prepatch" in backup["name"]),
        ({"resource_az": "eu-de-01"}, lambda backup: backup["resource_az"] == "eu-de-01"),
        (
            {"start_time": "2026-04-01T00:00:00Z", "end_time": "2026-04-02T00:00:00"},
            lambda backup: backup["created_at"].startswith("2026-04-01"),
        ),
    ],
)
def test_backup_filters(known, query, expected):
    found = known.get("backups", **query)
    assert found["count"] > 0
    assert all(expected(each) for each in found["backups"])


def test_shared_backups_are_listed_apart(known):
    private = known.get("backups", limit=1)["count"]
    assert known.get("backups", own_type="shared")["count"] == 5
    assert known.get("backups", own_type="shared", member_status="pending")["count"] == 2
    assert known.get("backups", own_type="all_granted", limit=1)["count"] == private + 5


def test_replication_records_come_on_demand(known):
    plain = known.get("backups", image_type="replication")["backups"]
    assert all("replication_records" not in each for each in plain)
    shown = known.get("backups", image_type="replication", show_replication="true")["backups"]
    records = Counter(each["replication_records"][0]["status"] for each in shown)
    assert records == {"success": 7, "fail": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"operation_type": "restore"}, lambda task: task["operation_type"] == "restore"),
        ({"operation_type": "replication"}, lambda task: task["operation_type"] == "replication"),
        ({"operation_type": "delete"}, lambda task: task["operation_type"] == "delete"),
        ({"status": "failed"}, lambda task: task["status"] == "failed"),
        ({"vault_name": "vault-hr"}, lambda task: task["vault_name"] == "vault-hr-worm"),
        ({"resource_name": "sfs-media"}, lambda task: "sfs-media" in task["extra_info"]["resource"]["name"]),
        (
            {"provider_id": "3f3c3220-245c-4805-b811-758870015881"},
            lambda task: task["vault_name"].startswith(("vault-sfs", "vault-files")),
        ),
        ({"start_time": "2026-05-04T00:00:00Z"}, lambda task: task["created_at"] >= "2026-05-04"),
    ],
)
def test_task_filters(known, query, expected):
    found = known.get("operation-logs", limit=200, **query)
    assert found["count"] > 0
    assert all(expected(each) for each in found["operation_logs"])


def test_tasks_of_a_vault_and_a_resource(known):
    vault, resource = known.vault("vault-be94"), known.resource("ecs-1f0f-0002")
    by_vault = known.get("operation-logs", vault_id=vault.id)["count"]
    assert by_vault == known.get("operation-logs", resource_id=resource.id)["count"] > 0
    task = known.get("operation-logs", limit=1)["operation_logs"][0]
    assert known.get(f"operation-logs/{task['id']}")["operation_log"] == task
    unknown = known.get("operation-logs/00000000-0000-4000-8000-000000000000", 404)
    assert unknown == {"error_code": "BackupService.6500", "error_msg": "Operation log does not exist."}


def test_policies_and_what_they_are_applied_to(known):
    body = known.get("policies")
    assert body["count"] == 6
    vault = known.vault("vault-erp-prod")
    found = known.get("policies", vault_id=vault.id)["policies"]
    assert {each["name"] for each in found} == {"daily-22h", "repl-eu-nl"}
    assert known.get("policies", operation_type="replication")["count"] == 1
    assert known.get(f"policies/{found[0]['id']}")["policy"] == found[0]
    assert known.get("policies/00000000-0000-4000-8000-000000000000", 404)["error_code"] == "BackupService.6000"


def test_offset_of_servers_counts_pages_and_that_of_disks_items(known):
    def ids(kind: str, **query: int) -> list[str]:
        return [each["id"] for each in known.get(f"protectables/{kind}/instances", limit=5, **query)["instances"]]

    assert ids("server", offset=0) == ids("server", offset=1)
    assert not set(ids("server", offset=1)) & set(ids("server", offset=2))
    assert ids("disk", offset=1)[0] == ids("disk", offset=0)[1]
    first = ids("server")
    assert ids("server", marker=first[-1]) == ids("server", offset=2)


def test_pages_of_protectables_end_at_fifty(known):
    body = known.get("protectables/disk/instances", limit=100)
    assert len(body["instances"]) == 50
    assert body["count"] > 50


def test_protectables_tell_reason_vault_and_disks(known):
    found = {each["name"]: each for each in known.get("protectables/server/instances")["instances"]}
    free = [each for each in found.values() if each["protectable"]["vault"] is None]
    assert len(free) == 7
    blocked = {each["name"]: each["protectable"]["code"] for each in free if not each["protectable"]["result"]}
    assert blocked == {"ecs-dess-01": "BackupService.7111", "ecs-diskless-01": "BackupService.7108"}
    database = found["ecs-erp-db-01"]
    assert [each["size"] for each in database["children"]] == [40, 500, 500, 500, 500]
    assert database["children"][0]["detail"]["bootable"] == "true"
    assert database["protectable"]["vault"]["name"] == "vault-erp-prod"
    one = known.get(f"protectables/server/instances/{database['id']}")["instance"]
    assert one == database


def test_disks_tell_what_they_are(known):
    found = known.get("protectables/disk/instances")["instances"]
    disks = {each["name"]: each for each in found}
    assert disks["vol-db-archive"]["detail"]["encrypted"]
    assert disks["vol-shared-quorum"]["detail"]["multiattach"]
    assert disks["vol-scsi-01"]["protectable"]["code"] == "BackupService.7002"
    server = known.resource("ecs-web-06")
    attached = known.get("protectables/disk/instances", server_id=server.id)["instances"]
    assert {each["id"] for each in attached} == {disk.id for disk in server.disks}
    assert known.get(f"protectables/disk/instances/{attached[0]['id']}")["instance"]["vault_name"] == "vault-web-prod"
    for kind, count in (("turbo", 3), ("workspace", 4), ("workspace_v2", 4)):
        assert known.get(f"protectables/{kind}/instances")["count"] == count
    assert known.get("protectables/disk/instances/00000000-0000-4000-8000-000000000000", 404)


def test_summary_adds_up(known):
    vaults = known.get("vaults")["vaults"]
    sums = {"size": sum(each["billing"]["size"] for each in vaults), "used_size": 0}
    sums["used_size"] = sum(each["billing"]["used"] for each in vaults)
    assert known.get("vaults/summary") == sums


def test_unpublished_operations(known):
    for method, path in (("GET", "agents"), ("DELETE", "vaults"), ("POST", "vaults/order"), ("GET", "migrates")):
        body = known.cbr(method, path, 404)
        assert body["error_code"] == "APIGW.0101"
        assert len(body["request_id"]) == 32


def test_region_without_a_part_of_the_api(cloud):
    cloud.modes.missing.add("policies")
    assert cloud.get("policies", 404)["error_code"] == "APIGW.0101"


def test_missing_permission(cloud):
    cloud.modes.forbidden.add("cbr:vaults:backup")
    body = cloud.create(cloud.vault("vault-be94"), 403)
    assert body["forbidden"]["message"] == "Policy doesn't allow cbr:vaults:backup to be performed."
    assert cloud.get("vaults")["count"] == 14


def test_token_of_one_project_does_not_open_another(known):
    other = known.estate.projects[1]
    answer = known.send("GET", f"/v3/{other.id}/vaults", headers={"X-Auth-Token": known.token})
    assert answer.status_code == 403
    answer = known.send("GET", f"/v3/{'0' * 32}/vaults", headers={"X-Auth-Token": known.token})
    assert answer.status_code == 403
    domain = known.log_in({"domain": {"name": "demo"}}).headers["X-Subject-Token"]
    answer = known.send("GET", f"/v3/{DEMO_PROJECT_ID}/vaults", headers={"X-Auth-Token": domain})
    assert answer.status_code == 403
