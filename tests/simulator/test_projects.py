"""The four projects of the demo account: each shows its own things alone, and behaves in its own way."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, demo, generated
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.inventory import Estate, Past
from cbr_desktop.simulator.modes import Modes

from .conftest import BASE_URL, START, Cloud

NAMES = ("eu-nl_prod", "eu-de", "sa-brazil-1")
HOLDINGS = ("vaults", "resources", "policies", "backups", "tasks")


def estates(estate: Estate) -> list[Estate]:
    return [estate.of(project.id) for project in estate.projects]


class Place:
    """A project of the account as somebody sees it who is logged in there; answers are held against the contract."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self._cloud = cloud
        self.id = next(each.id for each in cloud.estate.projects if each.name == name)
        self.token = cloud.log_in({"project": {"name": name}}).headers["X-Subject-Token"]

    @property
    def estate(self) -> Estate:
        return self._cloud.estate.of(self.id)

    def ask(self, method: str, path: str, status: int = 200, /, **more: Any) -> Any:
        url = f"/v3/{self.id}/{path}"
        answer = self._cloud.send(method, url, headers={"X-Auth-Token": self.token}, **more)
        assert answer.status_code == status, answer.text[:500]
        self._cloud.contract.check(method, url, status, answer.json())
        return answer.json()

    def every(self, path: str, key: str, page: int) -> list[Any]:
        """All rows of a list, page by page."""
        rows: list[Any] = []
        while True:
            body = self.ask("GET", path, params={"limit": page, "offset": len(rows)})
            rows += body[key]
            if len(rows) >= body["count"]:
                return rows


@pytest.fixture(params=NAMES)
def place(cloud, request) -> Place:
    return Place(cloud, request.param)


def test_no_two_projects_share_an_id():
    for holding in HOLDINGS:
        ids = [each for estate in estates(demo(START)) for each in getattr(estate, holding)]
        assert len(ids) == len(set(ids)) > 0, holding


def test_same_seed_same_projects():
    one, two, other = demo(START), demo(START), demo(START, seed=2)
    for project, unlike in zip(one.projects[1:], other.projects[1:], strict=True):
        for holding in HOLDINGS:
            mine = list(getattr(one.of(project.id), holding))
            assert mine == list(getattr(two.of(project.id), holding))
            assert not set(mine) & set(getattr(other.of(unlike.id), holding))


def test_other_projects_are_made_when_they_are_asked_for(cloud):
    estate = cloud.estate
    made = []
    estate.promise(estate.projects[1], lambda: made.append(1) or estate.branch(estate.projects[1], 1))
    cloud.get("vaults")
    cloud.get("operation-logs", limit=1)
    cloud.send("GET", f"/v3/projects/{estate.projects[1].id}", headers={"X-Auth-Token": cloud.token})
    assert made == []
    for _ in range(2):
        assert Place(cloud, "eu-nl_prod").ask("GET", "vaults")["count"] == 0
    assert made == [1]


def test_past_of_one_project_is_not_made_for_another(cloud):
    asked = []

    def past() -> Past:
        asked.append(1)
        yield [], []

    cloud.estate.remember(past(), cloud.clock.now())
    assert Place(cloud, "eu-nl_prod").ask("GET", "operation-logs")["count"] > 0
    assert asked == []
    assert cloud.get("operation-logs")["count"] == 3, "those of the run that is stuck"
    assert asked == [1]


def test_vaults_of_each_project(cloud):
    found = {name: {each["name"] for each in Place(cloud, name).ask("GET", "vaults")["vaults"]} for name in NAMES}
    assert found == {
        "eu-nl_prod": {
            "vault-erp-prod-nl",
            "vault-shop-nl",
            "vault-logistics-nl",
            "vault-nl-disks",
            "vault-nas-nl",
        },
        "eu-de": {"vault-staging-apps", "vault-staging-db", "vault-loadtest", "vault-sandbox"},
        "sa-brazil-1": {"总部-办公-01", "vault-finance-br", "vault-sap-disks-br", "vault-docs-br"},
    }
    assert cloud.get("vaults")["count"] == 14


def test_replicas_of_the_first_project_arrive_in_the_second(cloud):
    policy = next(each for each in cloud.get("policies")["policies"] if each["name"] == "repl-eu-nl")
    there = Place(cloud, "eu-nl_prod")
    target = there.ask("GET", f"vaults/{policy['associated_vaults'][0]['destination_vault_id']}")["vault"]
    assert (target["name"], target["billing"]["protect_type"]) == ("vault-erp-prod-nl", "replication")
    assert policy["operation_definition"]["destination_project_id"] == target["project_id"] == there.id
    query = {"vault_id": target["id"], "show_replication": "true"}
    copies = there.ask("GET", "backups", params=query)["backups"]
    assert {each["image_type"] for each in copies} == {"replication"}
    record = copies[0]["replication_records"][0]
    assert (record["source_project_id"], record["destination_project_id"]) == (DEMO_PROJECT_ID, there.id)


def test_past_of_another_project_is_short_and_agrees_with_its_counts(place):
    estate = place.estate
    assert 100 <= len(estate.backups) < len(estate.tasks) <= 700
    times = [task.created_at for task in estate.tasks.values()]
    assert timedelta(days=55) < START - min(times) < timedelta(days=125)
    assert max(times) < START
    for resource in estate.resources.values():
        counted = sum(each.resource_id == resource.id for each in estate.backups.values())
        assert resource.backup_count == counted, resource.name


@pytest.mark.parametrize(
    ("path", "key", "holding"),
    [("vaults", "vaults", "vaults"), ("policies", "policies", "policies")],
)
def test_short_lists_show_what_the_project_owns(place, path, key, holding):
    assert {each["id"] for each in place.ask("GET", path)[key]} == set(getattr(place.estate, holding))


@pytest.mark.parametrize(
    ("path", "key", "holding"), [("backups", "backups", "backups"), ("operation-logs", "operation_logs", "tasks")]
)
def test_long_lists_show_what_the_project_owns_page_by_page(place, path, key, holding):
    rows = place.every(path, key, page=100)
    assert {each["id"] for each in rows} == set(getattr(place.estate, holding))
    assert {each["project_id"] for each in rows} == {place.id}


def test_protectables_are_those_of_the_project(place):
    ids = {each["id"] for each in place.ask("GET", "protectables/server/instances")["instances"]}
    assert ids
    assert ids <= set(place.estate.resources)
    disks = place.ask("GET", "protectables/disk/instances")["instances"]
    assert {disk["detail"]["os-vol-tenant-attr:tenant_id"] for disk in disks} == {place.id}


def test_summary_adds_up_the_vaults_of_the_project(place):
    body = place.ask("GET", "vaults/summary")
    assert body["size"] == sum(vault.size_gb for vault in place.estate.vaults.values())
    assert body["used_size"] == sum(vault.used_mb for vault in place.estate.vaults.values())


def test_things_of_the_first_project_are_unknown_in_the_others(cloud, place):
    first = cloud.estate
    backup = next(each for each in first.backups.values() if first.resources[each.resource_id].disks)
    child = cloud.get(f"backups/{backup.id}")["backup"]["children"][0]["id"]
    checkpoint = cloud.create(cloud.vault("vault-be94"))["id"]
    server = cloud.resource("ecs-1f0f-0002").id
    for path in (
        f"vaults/{next(iter(first.vaults))}",
        f"backups/{backup.id}",
        f"backups/{child}",
        f"operation-logs/{next(iter(first.tasks))}",
        f"policies/{next(iter(first.policies))}",
        f"checkpoints/{checkpoint}",
        f"checkpoints/{backup.checkpoint_id}",
        f"protectables/server/instances/{server}",
    ):
        place.ask("GET", path, 404)
    for query in ({"vault_id": backup.vault_id}, {"parent_id": backup.id}, {"resource_id": backup.resource_id}):
        assert place.ask("GET", "backups", params=query)["count"] == 0
    assert place.ask("GET", "operation-logs", params={"vault_id": backup.vault_id})["count"] == 0


def test_checkpoint_is_made_in_its_own_project_alone(cloud, place):
    vault = next(each for each in place.estate.vaults.values() if each.protect_type == "backup" and each.resources)
    request = {"checkpoint": {"vault_id": vault.id, "parameters": {"name": "here"}}}
    body = cloud.cbr("POST", "checkpoints", 404, json=request)
    assert body["error_code"] == "BackupService.6105"
    created = place.ask("POST", "checkpoints", json=request)["checkpoint"]
    assert (created["status"], created["project_id"]) == ("protecting", place.id)
    assert place.ask("POST", "checkpoints", 400, json=request)["error_code"] == "BackupService.6125"
    cloud.get(f"checkpoints/{created['id']}", 404)
    cloud.clock.advance(60)
    assert place.ask("GET", f"checkpoints/{created['id']}")["checkpoint"]["status"] == "available"
    newest = place.ask("GET", "operation-logs", params={"vault_id": vault.id, "limit": 1})["operation_logs"][0]
    assert (newest["status"], newest["checkpoint_id"]) == ("success", created["id"])


def test_policy_and_resource_of_another_project_cannot_be_used(cloud, place):
    vault = next(each for each in place.estate.vaults.values() if each.protect_type == "backup" and each.resources)
    alien = {"policy_id": next(iter(cloud.estate.policies))}
    request = {"checkpoint": {"vault_id": vault.id, "parameters": alien}}
    assert place.ask("POST", "checkpoints", 404, json=request)["error_code"] == "BackupService.6000"
    request["checkpoint"]["parameters"] = {"resources": [cloud.resource("ecs-1f0f-0002").id]}
    assert place.ask("POST", "checkpoints", 404, json=request)["error_code"] == "BackupService.6302"


def test_generated_estates_have_empty_projects_beside_them(contract):
    cloud = Cloud(contract, generated(START, vaults=2, backups=4), HandClock(START))
    assert cloud.get("vaults")["count"] == 2
    for path in ("vaults", "backups", "operation-logs", "policies"):
        assert Place(cloud, "eu-nl_prod").ask("GET", path)["count"] == 0


def test_project_of_nobody_shows_nothing(cloud):
    for project_id in ("0" * 32, "eu-nl_prod"):
        answer = cloud.send("GET", f"/v3/{project_id}/vaults", headers={"X-Auth-Token": cloud.token})
        assert answer.status_code == 403


def test_part_of_the_api_is_missing_in_one_project_alone(cloud):
    there = Place(cloud, "eu-nl_prod")
    cloud.service.modes_of[there.id] = Modes(missing={"protectables"})
    assert there.ask("GET", "protectables/server/instances", 404)["error_code"] == "APIGW.0101"
    assert there.ask("GET", "vaults")["count"] == 5
    assert cloud.get("protectables/server/instances")["count"] > 0


def test_slow_project_keeps_nobody_else_waiting(cloud):
    slow = Place(cloud, "sa-brazil-1")
    cloud.service.modes_of[slow.id] = Modes(latency_seconds=3600)

    async def both() -> None:
        transport = httpx.ASGITransport(cloud.service.application)
        client = httpx.AsyncClient(transport=transport, base_url=BASE_URL, trust_env=False)
        async with client, asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(client.get(f"/v3/{slow.id}/vaults", headers={"X-Auth-Token": slow.token}))
            for _ in range(10):
                answer = await client.get(f"/v3/{DEMO_PROJECT_ID}/vaults", headers={"X-Auth-Token": cloud.token})
                assert answer.status_code == 200
            assert waiting.cancel(), "the slow answer was still on its way"

    asyncio.run(both())
    assert [each.status for each in cloud.service.journal if f"/{slow.id}/" in each.path] == [None]


def test_calls_are_counted_for_each_project_with_a_limit_of_its_own(cloud):
    there = Place(cloud, "eu-de")
    cloud.service.modes_of[there.id] = Modes(calls_per_minute=1)
    there.ask("GET", "vaults")
    assert there.ask("GET", "vaults", 429)["error_code"] == "APIGW.0308"
    for _ in range(3):
        cloud.get("vaults")


def test_fault_can_hit_one_project_or_one_host(cloud):
    there = Place(cloud, "eu-de")
    cloud.service.faults.add(Fault(path=f"{there.id}/vaults", kind="status", status=503))
    cloud.service.faults.add(Fault(path="/vaults", kind="status", status=502, host="cbr.eu-nl.test"))
    cloud.get("vaults")
    answer = cloud.send("GET", f"/v3/{there.id}/vaults", headers={"X-Auth-Token": there.token})
    assert answer.status_code == 503
    elsewhere = {"X-Auth-Token": there.token, "Host": "cbr.eu-nl.test:443"}
    assert cloud.send("GET", f"/v3/{there.id}/vaults", headers=elsewhere).status_code == 502
    assert cloud.send("GET", f"/v3/{there.id}/vaults", headers=elsewhere).status_code == 200
