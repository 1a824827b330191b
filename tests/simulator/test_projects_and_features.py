"""What is told of region, projects, accounts and enterprise projects, of used storage and of agents."""

from typing import Any

from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, DEMO_USER

from .conftest import Cloud, code

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def asked(cloud: Cloud, path: str, status: int = 200, method: str = "GET", **more: Any) -> Any:
    """A request outside of projects."""
    answer = cloud.send(method, path, headers={"X-Auth-Token": cloud.token}, **more)
    assert answer.status_code == status, answer.text
    body = answer.json() if answer.content else None
    cloud.contract.check(method, path, status, body)
    return body


def test_features_are_a_flat_object(cloud):
    features = cloud.get("cbr-features")
    assert features["replication.source_region"] == "eu-de"
    assert features["replication.destination_regions"] == ["eu-nl", "sa-brazil-1"]
    assert cloud.get("cbr-features/replication.enable") == {"replication.enable": True}
    assert code(cloud.get("cbr-features/flying", 400)) == "9900"
    assert cloud.get("cbr-features", limit=1) == features
    assert code(cloud.get("cbr-features", 400, limit=1001)) == "9900"


def test_use_of_storage_is_told_of_servers_with_backups(cloud):
    body = cloud.get("storage_usage")
    rows = {each["resource_name"]: each for each in body["storage_usage"]}
    assert body["resource_count"] == len(rows)
    server = cloud.resource("ecs-1f0f-0002")
    assert (rows[server.name]["backup_count"], rows[server.name]["backup_size"]) == (
        server.backup_count,
        server.backup_size_mb,
    )
    assert not {"vol-db-log", "sfs-media", "ecs-lab-01", "ecs-payroll-01"} & set(rows)
    metal = cloud.get("storage_usage", resource_type="OS::Ironic::BareMetalServer")["storage_usage"]
    assert [each["resource_name"] for each in metal] == ["bms-hana-01"]
    assert cloud.get("storage_usage", resource_id=server.id)["resource_count"] == 1
    second = cloud.get("storage_usage", limit=1, offset=1)
    assert (second["storage_usage"], second["resource_count"]) == (body["storage_usage"][1:2], len(rows))
    assert code(cloud.get("storage_usage", 400, resource_type="OS::Cinder::Volume")) == "9900"


def test_agents_are_looked_for_on_servers(cloud):
    with_agent, without = cloud.resource("ecs-erp-db-01"), cloud.resource("ecs-web-01")
    rows = [{"resource_id": each.id, "resource_type": each.type} for each in (with_agent, without)]
    found = cloud.cbr("POST", "agent/check", json={"agent_status": rows})["agent_status"]
    assert [(each["installed"], each["version"]) for each in found] == [(True, "1.2.0"), (False, None)]
    assert [each["is_old"] for each in found] == [False, None]
    disk = cloud.resource("vol-db-log")
    for row, number, status in (
        ({"resource_id": disk.id, "resource_type": disk.type}, "9900", 400),
        ({"resource_id": UNKNOWN, "resource_type": with_agent.type}, "6302", 404),
        ({"resource_type": with_agent.type}, "9900", 400),
    ):
        assert code(cloud.cbr("POST", "agent/check", status, json={"agent_status": [row]})) == number


def test_projects_of_the_account(cloud):
    projects = asked(cloud, "/v3/region-projects")["projects"]
    assert [each["id"] for each in projects] == [each.id for each in cloud.estate.projects]
    assert {each["domain_id"] for each in projects} == {cloud.estate.domain.id}
    assert cloud.send("GET", "/v3/region-projects").status_code == 401
    cloud.modes.otc = True
    assert asked(cloud, "/v3/region-projects", 404)["error_code"] == "APIGW.0101"


def test_whose_a_project_is(cloud):
    partner = cloud.estate.partners[0]
    found = asked(cloud, f"/v3/domain/{partner.project_id}")
    assert (found["domain_name"], found["project_name"]) == ("integrator", "eu-de_integrator")
    assert asked(cloud, f"/v3/domain/{DEMO_PROJECT_ID}")["domain_name"] == "demo"
    assert code(asked(cloud, f"/v3/domain/{'0' * 32}", 400)) == "9900"
    theirs = asked(cloud, "/v3/domain/integrator/projects")["projects"]
    assert theirs == [{"project_id": partner.project_id, "project_name": "eu-de_integrator"}]
    assert asked(cloud, "/v3/domain/nobody/projects") == {"projects": []}


def of_account(cloud: Cloud, path: str, status: int = 200, method: str = "GET", **more: Any) -> Any:
    """A request with a token for the whole account."""
    user = cloud.estate.users[DEMO_USER]
    token = cloud.service.identity.issue(user, None, cloud.service.clock.now(), cloud.modes)
    answer = cloud.send(method, path, headers={"X-Auth-Token": token}, **more)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_enterprise_projects_are_told_of_to_the_account_alone(cloud):
    listed = of_account(cloud, "/v1.0/enterprise-projects")
    rows = {each["name"]: each for each in listed["enterprise_projects"]}
    assert listed["total_count"] == len(rows)
    assert (rows["default"]["id"], rows["default"]["status"], rows["migration-2024"]["status"]) == ("0", 1, 2)
    first = of_account(cloud, "/v1.0/enterprise-projects?limit=2")
    rest = of_account(cloud, "/v1.0/enterprise-projects?limit=2&offset=2")
    assert first["enterprise_projects"] + rest["enterprise_projects"] == listed["enterprise_projects"]
    assert first["total_count"] == len(rows)
    for query, names in (("status=2", ["migration-2024"]), ("name=data", ["databases"]), ("id=0", ["default"])):
        found = of_account(cloud, f"/v1.0/enterprise-projects?{query}")["enterprise_projects"]
        assert [each["name"] for each in found] == names
    assert of_account(cloud, "/v1.0/enterprise-projects?limit=0", 400)["error"]["code"] == "EPS.0003"
    assert "not scoped to the account" in asked(cloud, "/v1.0/enterprise-projects", 403)["forbidden"]["message"]
    cloud.modes.missing.add("enterprise-projects")
    assert of_account(cloud, "/v1.0/enterprise-projects", 404)["error_code"] == "APIGW.0101"


def test_vault_moves_to_another_enterprise_project(cloud):
    listed = of_account(cloud, "/v1.0/enterprise-projects")
    names = {each["name"] for each in listed["enterprise_projects"]}
    assert {"default", "databases"} <= names
    target = next(each["id"] for each in listed["enterprise_projects"] if each["name"] == "databases")
    vault = cloud.vault("vault-be94")
    body = {"project_id": DEMO_PROJECT_ID, "region_id": "eu-de", "resource_id": vault.id, "resource_type": "vault"}
    path = f"/v1.0/enterprise-projects/{target}/resources-migrate"
    of_account(cloud, path, 204, "POST", json=body)
    assert cloud.get("vaults", enterprise_project_id=target)["count"] == 2
    assert cloud.get(f"vaults/{vault.id}")["vault"]["enterprise_project_id"] == target

    def refused(status: int, where: str = path, **more: Any) -> str:
        return str(of_account(cloud, where, status, "POST", json=body | more)["error"]["code"])

    disabled = next(each["id"] for each in listed["enterprise_projects"] if each["status"] == 2)
    assert refused(400, path.replace(target, disabled)) == "EPS.0003"

    assert refused(404, path.replace(target, UNKNOWN)) == "EPS.0004"
    assert refused(404, resource_id=UNKNOWN) == "EPS.0006"
    assert refused(400, resource_type="server") == refused(400, project_id="0" * 32) == "EPS.0003"
