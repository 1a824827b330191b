"""Sharing of backups: who is offered one, what they answer, and what both sides see of it."""

from typing import Any

import pytest

from cbr_desktop.simulator.entities import Backup
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID

from .conftest import Cloud, code

UNKNOWN = "00000000-0000-4000-8000-000000000000"
NOBODY = "0" * 32


@pytest.fixture
def neighbour(cloud: Cloud) -> Any:
    """Another project of the account in the same region; what it sends, and reads, as itself."""
    project = next(each for each in cloud.estate.projects[1:] if each.region == cloud.estate.projects[0].region)
    return Neighbour(cloud, project.id)


class Neighbour:
    """Requests to another project of the account."""

    def __init__(self, cloud: Cloud, project_id: str) -> None:
        self.cloud, self.id = cloud, project_id
        self.estate = cloud.estate.of(project_id)
        self.token = cloud.log_in({"project": {"id": project_id}}).headers["X-Subject-Token"]

    def cbr(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        headers = {"X-Auth-Token": self.token}
        answer = self.cloud.send(method, f"/v3/{self.id}/{path}", headers=headers, **more)
        assert answer.status_code == status, answer.text
        body = answer.json() if answer.content else None
        self.cloud.contract.check(method, answer.request.url.path, answer.status_code, body)
        return body

    def shared(self, **query: Any) -> list[dict[str, Any]]:
        return self.cbr("GET", "backups", params={"own_type": "shared", **query})["backups"]

    def decide(self, backup: Backup, expected: int = 200, **given: Any) -> Any:
        return self.cbr("PUT", f"backups/{backup.id}/members/{self.id}", expected, json=given)

    def vault_id(self, name: str) -> str:
        return next(each.id for each in self.estate.vaults.values() if each.name == name)


def newest(cloud: Cloud, name: str) -> Backup:
    own = cloud.estate.kept_in(cloud.vault(name).id)
    return next(each for each in reversed(own) if each.status == "available")


def share(cloud: Cloud, backup: Backup, *projects: str, status: int = 200) -> Any:
    return cloud.cbr("POST", f"backups/{backup.id}/members", status, json={"members": list(projects)})


def members(cloud: Cloud, backup: Backup, **query: Any) -> list[dict[str, Any]]:
    return cloud.get(f"backups/{backup.id}/members", **query)["members"]


def test_offered_backup_is_pending_on_both_sides(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    made = share(cloud, backup, neighbour.id)["members"][0]
    assert (made["backup_id"], made["dest_project_id"], made["status"]) == (backup.id, neighbour.id, "pending")
    assert (made["created_at"], made["updated_at"]) == ("2026-05-04T09:00:00.000000", None)
    assert members(cloud, backup) == [made]
    assert cloud.get(f"backups/{backup.id}/members/{neighbour.id}")["member"] == made
    (seen,) = neighbour.shared()
    assert (seen["id"], seen["project_id"], seen["vault_id"]) == (backup.id, DEMO_PROJECT_ID, None)
    assert neighbour.cbr("GET", f"backups/{backup.id}")["backup"]["resource_name"] == "ecs-1f0f-0002"
    assert neighbour.cbr("GET", f"backups/{backup.id}/members")["members"] == [made]
    assert backup.id not in [each["id"] for each in neighbour.cbr("GET", "backups")["backups"]]


def test_accepted_backup_takes_room_in_a_vault_of_the_receiver(cloud, neighbour):
    backup, vault_id = newest(cloud, "vault-be94"), neighbour.vault_id("vault-staging-apps")
    share(cloud, backup, neighbour.id)
    before = neighbour.estate.vaults[vault_id].used_mb
    cloud.clock.advance(5)
    member = neighbour.decide(backup, status="accepted", vault_id=vault_id)["member"]
    assert (member["status"], member["vault_id"]) == ("accepted", vault_id)
    assert member["updated_at"] == "2026-05-04T09:00:05.000000"
    assert members(cloud, backup) == [member]
    assert [each["vault_id"] for each in neighbour.shared(member_status="accepted", vault_id=vault_id)] == [vault_id]
    server = cloud.resource("ecs-1f0f-0002")
    taken_mb = server.backup_size_mb // server.backup_count
    assert neighbour.estate.vaults[vault_id].used_mb == before + taken_mb > before
    assert neighbour.decide(backup, status="accepted", vault_id=vault_id)["member"] == member
    assert neighbour.estate.vaults[vault_id].used_mb == before + taken_mb
    cloud.cbr("DELETE", f"backups/{backup.id}/members/{neighbour.id}", 204)
    assert (neighbour.shared(), neighbour.estate.vaults[vault_id].used_mb) == ([], before)


def test_rejected_backup_stays_rejected_until_it_is_withdrawn(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    share(cloud, backup, neighbour.id)
    assert neighbour.decide(backup, status="rejected")["member"]["status"] == "rejected"
    assert [each["status"] for each in members(cloud, backup)] == ["rejected"]
    assert (len(neighbour.shared(member_status="rejected")), neighbour.shared(member_status="pending")) == (1, [])
    assert code(share(cloud, backup, neighbour.id, status=400)) == "6703"
    cloud.cbr("DELETE", f"backups/{backup.id}/members/{neighbour.id}", 204)
    assert (members(cloud, backup), neighbour.shared()) == ([], [])
    assert code(neighbour.cbr("GET", f"backups/{backup.id}", 404)) == "6200"
    share(cloud, backup, neighbour.id)


def test_deletion_of_a_backup_withdraws_it(cloud, neighbour):
    backup, vault_id = newest(cloud, "vault-be94"), neighbour.vault_id("vault-staging-apps")
    before = neighbour.estate.vaults[vault_id].used_mb
    share(cloud, backup, neighbour.id)
    neighbour.decide(backup, status="accepted", vault_id=vault_id)
    cloud.cbr("DELETE", f"backups/{backup.id}", 204)
    assert neighbour.shared()[0]["status"] == "deleting"
    cloud.clock.advance(20)
    assert (neighbour.shared(), neighbour.estate.vaults[vault_id].used_mb) == ([], before)


def test_disks_of_a_shared_backup_are_seen_by_the_receiver(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    share(cloud, backup, neighbour.id)
    child = neighbour.cbr("GET", f"backups/{backup.id}")["backup"]["children"][0]
    assert neighbour.cbr("GET", f"backups/{child['id']}")["backup"]["parent_id"] == backup.id
    listed = neighbour.cbr("GET", "backups", params={"parent_id": backup.id})["backups"]
    assert [each["id"] for each in listed] == [child["id"]]


def test_only_sound_backups_of_servers_are_shared(cloud, neighbour):
    assert code(share(cloud, newest(cloud, "vault-db-disks"), neighbour.id, status=400)) == "6700"
    assert code(share(cloud, newest(cloud, "vault-sfs-media"), neighbour.id, status=400)) == "6700"
    assert code(share(cloud, newest(cloud, "工作区-vault-01"), neighbour.id, status=400)) == "6700"
    backup = newest(cloud, "vault-be94")
    backup.status = "error"
    assert code(share(cloud, backup, neighbour.id, status=400)) == "6702"
    backup.status = "available"
    cloud.vault("vault-be94").status = "frozen"
    assert code(share(cloud, backup, neighbour.id, status=400)) == "6712"
    cloud.vault("vault-be94").status = "available"
    cloud.resource("ecs-1f0f-0002").disks[0].encrypted = True
    assert code(share(cloud, backup, neighbour.id, status=400)) == "6709"
    assert code(cloud.cbr("POST", f"backups/{UNKNOWN}/members", 404, json={"members": [neighbour.id]})) == "6200"


def test_otc_shares_disks_too(cloud, neighbour):
    cloud.modes.otc = True
    disk = cloud.resource("vol-db-log")
    backup = next(each for each in cloud.estate.backups.values() if each.resource_id == disk.id)
    assert share(cloud, backup, neighbour.id)["members"][0]["status"] == "pending"


def test_receivers_are_other_projects_of_the_region(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    abroad = next(each for each in cloud.estate.projects if each.region != cloud.estate.projects[0].region)
    for wrong in (DEMO_PROJECT_ID, abroad.id, NOBODY, "somebody", 7):
        assert code(share(cloud, backup, wrong, status=400)) == "6704"
    assert code(share(cloud, backup, neighbour.id, NOBODY, status=400)) == "6704"
    assert members(cloud, backup) == []
    assert code(share(cloud, backup, status=400)) == "9900"
    assert code(share(cloud, backup, neighbour.id, neighbour.id, status=400)) == "9900"
    assert code(share(cloud, backup, *[f"{number:032x}" for number in range(11)], status=400)) == "9900"
    partner = cloud.estate.partners[0]
    assert len(share(cloud, backup, partner.project_id, neighbour.id)["members"]) == 2
    assert code(share(cloud, backup, partner.project_id, status=400)) == "6703"


def test_backup_has_ten_receivers_at_most(cloud, neighbour):
    backup, partner = newest(cloud, "vault-be94"), cloud.estate.partners[0]
    own = partner.projects[0]
    partner.projects += [type(own)(id=f"{number:032x}", name=own.name) for number in range(1, 11)]
    share(cloud, backup, *[f"{number:032x}" for number in range(1, 10)])
    assert code(share(cloud, backup, neighbour.id, own.id, status=400)) == "6701"
    share(cloud, backup, neighbour.id)
    assert len(members(cloud, backup)) == 10
    some = members(cloud, backup, sort="id:asc", limit=3)
    rest = cloud.get(f"backups/{backup.id}/members", sort="id:asc", marker=some[-1]["id"])
    assert (len(rest["members"]), rest["count"]) == (7, 10)
    assert [each["dest_project_id"] for each in members(cloud, backup, dest_project_id=neighbour.id)] == [neighbour.id]
    assert members(cloud, backup, status="accepted") == []
    for wrong in ({"status": "maybe"}, {"sort": "size"}, {"marker": UNKNOWN}):
        assert code(cloud.get(f"backups/{backup.id}/members", 400, **wrong)) == "9900"


def test_vault_of_the_receiver_must_fit(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    share(cloud, backup, neighbour.id)
    vault_id = neighbour.vault_id("vault-staging-apps")
    vault = neighbour.estate.vaults[vault_id]
    assert code(neighbour.decide(backup, 400, status="accepted")) == "9900"
    assert code(neighbour.decide(backup, 404, status="accepted", vault_id=UNKNOWN)) == "6105"
    disks = neighbour.vault_id("vault-staging-db")
    assert code(neighbour.decide(backup, 400, status="accepted", vault_id=disks)) == "6713"
    vault.status = "frozen"
    assert code(neighbour.decide(backup, 400, status="accepted", vault_id=vault_id)) == "6712"
    vault.status, vault.used_mb = "available", vault.size_gb * 1024
    assert code(neighbour.decide(backup, 400, status="accepted", vault_id=vault_id)) == "6114"
    for wrong in ({}, {"status": "pending"}, {"status": "perhaps"}, {"status": None}):
        assert code(neighbour.decide(backup, 400, **wrong)) == "6706"
    assert members(cloud, backup)[0]["status"] == "pending"


def test_each_side_does_its_own_part(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    share(cloud, backup, neighbour.id)
    path = f"backups/{backup.id}/members/{neighbour.id}"
    assert code(cloud.cbr("PUT", path, 400, json={"status": "rejected"})) == "6708"
    assert code(neighbour.cbr("DELETE", path, 400)) == "6711"
    assert code(neighbour.cbr("POST", f"backups/{backup.id}/members", 400, json={"members": [NOBODY]})) == "6707"
    assert code(neighbour.cbr("DELETE", f"backups/{backup.id}", 404)) == "6200"
    assert code(cloud.get(f"backups/{backup.id}/members/{NOBODY}", 404)) == "6705"
    assert code(cloud.cbr("DELETE", f"backups/{backup.id}/members/{NOBODY}", 404)) == "6705"
    cloud.estate.members_of(backup.id)[neighbour.id].member.image_id = UNKNOWN
    assert code(cloud.cbr("DELETE", path, 400)) == "6710"


def test_what_others_offered_is_listed_and_can_be_accepted(cloud):
    offered = cloud.get("backups", own_type="shared", member_status="pending")["backups"]
    assert {each["project_id"] for each in offered} == {cloud.estate.partners[0].project_id}
    path = f"backups/{offered[0]['id']}/members/{DEMO_PROJECT_ID}"
    vault = cloud.vault("vault-erp-prod")
    cloud.cbr("PUT", path, json={"status": "accepted", "vault_id": vault.id})
    assert cloud.get("backups", own_type="shared", vault_id=vault.id)["count"] == 1
    assert cloud.get("backups", own_type="shared", member_status="accepted")["count"] == 3
    assert cloud.get("backups", own_type="all_granted", name="golden", limit=1)["count"] == 5


def test_demo_project_shares_some_of_its_own(cloud):
    partner = cloud.estate.partners[0]
    cloud.get("backups", limit=1)
    offered = [each for each in cloud.estate.shares if each.member.dest_project_id == partner.project_id]
    states = [members(cloud, each.backup)[0]["status"] for each in offered]
    assert states == ["pending", "pending", "accepted", "accepted", "rejected"]


def test_sharing_needs_permissions(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    cloud.modes.forbidden.add("cbr:member:create")
    assert "cbr:member:create" in share(cloud, backup, neighbour.id, status=403)["forbidden"]["message"]


def test_domains_are_in_public_test(cloud, neighbour):
    backup = newest(cloud, "vault-be94")
    body = {"members": [neighbour.id], "domains": ["demo"]}
    cloud.modes.beta_fields = False
    assert code(cloud.cbr("POST", f"backups/{backup.id}/members", 400, json=body)) == "9900"
    cloud.modes.beta_fields = True
    cloud.cbr("POST", f"backups/{backup.id}/members", json=body)
