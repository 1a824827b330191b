"""The vendor's SDK calls each operation of the simulator and reads what it answers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import huaweicloudsdkcbr.v1 as api
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.estate import DEMO_AK, DEMO_PROJECT_ID, DEMO_SK, REFERENCE_VAULT_ID, demo
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service

from .test_foreign_clients import sdk

# the vendor's signer asks for the time in a way that Python 3.12 and later call outdated
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")

SERVER, DISK = "OS::Nova::Server", "OS::Cinder::Volume"


class Vendor:
    """The vendor's client, which takes the parts of a request by name."""

    def __init__(self, service: Service, url: str) -> None:
        self.service, self.clock, self.estate = service, service.clock, service.estate
        self._url = url
        self._clients = {DEMO_PROJECT_ID: sdk(url)}

    def __call__(self, operation: str, project_id: str = DEMO_PROJECT_ID, **more: Any) -> Any:
        if project_id not in self._clients:
            self._clients[project_id] = sdk(self._url, DEMO_AK, DEMO_SK, project_id=project_id)
        request = "".join(word.capitalize() for word in operation.split("_")) + "Request"
        return getattr(self._clients[project_id], operation)(getattr(api, request)(**more))

    def wait(self, seconds: float = 60) -> None:
        """Let the time of the service pass."""
        self.clock.advance(seconds)

    def resource(self, name: str) -> Any:
        return next(each for each in self.estate.resources.values() if each.name == name)

    def vault(self, name: str) -> Any:
        return next(each for each in self.estate.vaults.values() if each.name == name)


@pytest.fixture(scope="module")
def vendor() -> Iterator[Vendor]:
    """The demo estate with a short past, by a clock that follows the tests but stays near the SDK's own."""
    start = datetime.now(UTC)
    service = Service(demo(start, days=5), HandClock(start))
    with running(service) as url:
        yield Vendor(service, url)


def test_vendor_sdk_takes_a_backup_from_its_checkpoint_to_its_end(vendor):
    body = {"checkpoint": {"vault_id": REFERENCE_VAULT_ID, "parameters": {"name": "whole-story"}}}
    checkpoint = vendor("create_checkpoint", body=body).checkpoint
    vendor.wait(40)
    assert vendor("show_checkpoint", checkpoint_id=checkpoint.id).checkpoint.status == "available"
    (listed,) = vendor("list_backups", checkpoint_id=checkpoint.id).backups
    backup = vendor("show_backup", backup_id=listed.id).backup
    (child,) = backup.children
    assert (child.parent_id, listed.children) == (backup.id, [])
    assert vendor("list_backups", parent_id=backup.id).backups[0].id == child.id
    metadata = vendor("show_metadata", backup_id=backup.id)
    assert (metadata.backup_id, backup.resource_id in metadata.server) == (backup.id, True)
    renamed = vendor("update_backup", backup_id=backup.id, body={"backup": {"name": "renamed"}}).backup
    assert renamed.name == "renamed"
    other = next(each.id for each in vendor.estate.projects[1:] if each.region == "eu-de")
    assert vendor("add_member", backup_id=backup.id, body={"members": [other]}).members[0].status == "pending"
    assert [each.id for each in vendor("list_backups", other, own_type="shared").backups] == [backup.id]
    mappings = [{"backup_id": child.id, "volume_id": child.resource_id}]
    wish = {"server_id": backup.resource_id, "mappings": mappings, "power_on": False}
    vendor("restore_backup", backup_id=backup.id, body={"restore": wish})
    task = vendor("list_op_logs", operation_type="restore", limit=1).operation_logs[0]
    vendor.wait()
    ended = vendor("show_op_log", operation_log_id=task.id).operation_log
    assert (ended.status, ended.extra_info.restore.backup_id) == ("success", backup.id)
    server = vendor("show_protectable", protectable_type="server", instance_id=backup.resource_id).instance
    assert (server.status, server.detail["flavor"]["vcpus"]) == ("SHUTOFF", "2")
    vendor("delete_backup", backup_id=backup.id)
    vendor.wait(20)
    with pytest.raises(ClientRequestException) as caught:
        vendor("show_backup", backup_id=backup.id)
    assert (caught.value.status_code, caught.value.error_code) == (404, "BackupService.6200")
    assert vendor("list_backups", other, own_type="shared").count == 0


def test_vendor_sdk_shares_a_backup_with_another_project(vendor):
    other = next(each.id for each in vendor.estate.projects[1:] if each.region == "eu-de")
    backup = vendor("list_backups", vault_id=REFERENCE_VAULT_ID, status=["available"]).backups[0]
    (member,) = vendor("add_member", backup_id=backup.id, body={"members": [other]}).members
    assert (member.dest_project_id, member.status) == (other, "pending")
    assert vendor("show_members_detail", backup_id=backup.id).count == 1
    (received,) = vendor("list_backups", other, own_type="shared").backups
    assert vendor("show_domain", source_project_id=received.project_id).domain_name == "demo"
    vault = next(each for each in vendor("list_vault", other).vaults if each.name == "vault-staging-apps")
    decision = {"status": "accepted", "vault_id": vault.id}
    answer = vendor("update_member_status", other, backup_id=backup.id, member_id=other, body=decision)
    assert answer.member.vault_id == vault.id
    assert vendor("show_member_detail", backup_id=backup.id, member_id=other).member.status == "accepted"
    vendor("delete_member", backup_id=backup.id, member_id=other)
    assert vendor("list_backups", other, own_type="shared").count == 0


def test_vendor_sdk_takes_a_vault_from_its_creation_to_its_end(vendor):
    disk, server = vendor.resource("ecs-lab-01").disks[1], vendor.resource("ecs-k8s-node-05")
    policy = next(each for each in vendor("list_policies").policies if each.name == "daily-22h")
    billing = {"size": 100, "object_type": "disk", "protect_type": "backup", "consistent_level": "crash_consistent"}
    wish = {"name": "with-disk", "billing": billing, "resources": [{"id": disk.id, "type": DISK}]}
    created = vendor("create_vault", body={"vault": wish}).vault
    assert (created.billing.allocated, created.resources[0].name) == (disk.size_gb, disk.name)
    vault_id = created.id
    applied = vendor("associate_vault_policy", vault_id=vault_id, body={"policy_id": policy.id}).associate_policy
    assert applied.policy_id == policy.id
    vendor("create_vault_tags", vault_id=vault_id, body={"tag": {"key": "env", "value": "sdk"}})
    several = {"action": "create", "tags": [{"key": "tier", "value": "1"}]}
    vendor("batch_create_and_delete_vault_tags", vault_id=vault_id, body=several)
    vendor("delete_vault_tag", vault_id=vault_id, key="tier")
    assert [(each.key, each.value) for each in vendor("show_vault_tag", vault_id=vault_id).tags] == [("env", "sdk")]
    assert "sdk" in next(each for each in vendor("show_vault_project_tag").tags if each.key == "env").values
    search = {"action": "filter", "tags": [{"key": "env", "values": ["sdk"]}], "limit": "5", "offset": "0"}
    found = vendor("show_vault_resource_instances", body=search)
    assert [each.resource_id for each in found.resources] == [vault_id]
    larger = vendor("update_vault", vault_id=vault_id, body={"vault": {"billing": {"size": 200}}}).vault
    assert larger.billing.size == 200
    second = vendor.resource("ecs-lab-01").disks[0]
    both = {"resources": [{"id": second.id, "type": DISK}]}
    assert vendor("add_vault_resource", vault_id=vault_id, body=both).add_resource_ids == [second.id]
    move = {"destination_vault_id": vendor.vault("vault-db-disks").id, "resource_ids": [second.id]}
    assert vendor("migrate_vault_resource", vault_id=vault_id, body=move).migrated_resources == [second.id]
    vendor.wait(20)
    assert [each.id for each in vendor("show_vault", vault_id=vault_id).vault.resources] == [disk.id]
    there = vendor.estate.projects[1]
    (target,) = vendor(
        "list_external_vault", region_id=there.region, external_project_id=there.id, protect_type="replication"
    ).vaults
    where = {"destination_region": there.region, "destination_project_id": there.id, "destination_vault_id": target.id}
    with pytest.raises(ClientRequestException) as caught:
        vendor("copy_checkpoint", body={"replicate": {"vault_id": vault_id, **where}})
    assert caught.value.error_code == "BackupService.6122"
    taken = vendor("disassociate_vault_policy", vault_id=vault_id, body={"policy_id": policy.id}).dissociate_policy
    assert taken.vault_id == vault_id
    vendor("delete_vault", vault_id=vault_id)
    vendor.wait(20)
    assert vault_id not in [each.id for each in vendor("list_vault").vaults]
    added = vendor(
        "add_vault_resource",
        vault_id=vendor.vault("vault-7669").id,
        body={"resources": [{"id": server.id, "type": SERVER}]},
    )
    assert added.add_resource_ids == [server.id]


def test_vendor_sdk_moves_resources_between_vaults(vendor):
    server, vault, target = vendor.resource("ecs-web-01"), vendor.vault("vault-web-prod"), vendor.vault("vault-hr-worm")
    paused = {"resource_ids": [server.id], "action": "suspend"}
    assert vendor("set_vault_resource", vault_id=vault.id, body=paused).set_resource_ids == [server.id]
    shown = vendor("show_vault", vault_id=vault.id).vault.resources
    assert [each.auto_protect for each in shown if each.id == server.id] == [False]
    body = {"destination_vault_id": target.id, "resource_ids": [server.id]}
    assert vendor("migrate_vault_resource", vault_id=vault.id, body=body).migrated_resources == [server.id]
    vendor.wait(20)
    moved = vendor("list_backups", vault_id=target.id, resource_id=server.id)
    assert moved.count == server.backup_count > 0
    other = vendor.resource("ecs-web-02")
    gone = vendor("remove_vault_resource", vault_id=vault.id, body={"resource_ids": [other.id]})
    assert gone.remove_resource_ids == [other.id]
    vendor.wait(20)
    task = vendor("list_op_logs", operation_type="remove_resource", limit=1).operation_logs[0]
    assert (task.status, task.extra_info.remove_resources.total_count) == ("success", 1)
    day = {"expect_expiration_date": "2099-12-31", "time_zone": "UTC+00:00"}
    assert vendor("update_expiration_time", vault_id=vault.id, body=day).affected_backups_count > 0
    changed = vendor("batch_update_vault", body={"vault": {"threshold": 75}}).updated_vaults_id
    assert set(changed) == set(vendor.estate.vaults)


def test_vendor_sdk_replicates_to_another_region(vendor):
    there = vendor.estate.projects[1]
    regions = vendor("show_replication_capabilities").regions
    assert there.region in regions[0].replication_destinations
    (target,) = vendor(
        "list_external_vault", region_id=there.region, external_project_id=there.id, protect_type="replication"
    ).vaults
    backup = vendor("list_backups", vault_id=REFERENCE_VAULT_ID, status=["available"]).backups[0]
    names = {"destination_region": there.region, "destination_project_id": there.id}
    body = {"replicate": {**names, "destination_vault_id": target.id}}
    record_id = vendor("copy_backup", backup_id=backup.id, body=body).replication.replication_record_id
    vendor.wait()
    shown = vendor("list_backups", vault_id=REFERENCE_VAULT_ID, show_replication=True).backups
    (record,) = next(each for each in shown if each.id == backup.id).replication_records
    assert (record.id, record.status) == (record_id, "success")
    assert vendor("show_backup", there.id, backup_id=record.destination_backup_id).backup.image_type == "replication"
    body["replicate"]["vault_id"] = vendor.vault("vault-7669").id
    assert len(vendor("copy_checkpoint", body=body).replication.backups) > 0


def test_vendor_sdk_reads_what_the_region_tells_of_itself(vendor):
    server = vendor.resource("ecs-erp-db-01")
    assert vendor("show_summary").size > 0
    assert vendor("show_storage_usage", resource_id=server.id).resource_count == 1
    row = {"resource_id": server.id, "resource_type": SERVER}
    assert vendor("check_agent", body={"agent_status": [row]}).agent_status[0].installed is True
    vendor("list_features")
    vendor("show_feature", feature_key="replication.enable")
    projects = vendor("list_projects").projects
    assert [each.id for each in projects] == [each.id for each in vendor.estate.projects]
    theirs = vendor("list_domain_projects", domain_name="integrator").projects
    assert [each.project_name for each in theirs] == ["eu-de_integrator"]
    assert len(vendor("list_protectable", protectable_type="disk", limit=5).instances) == 5


def test_vendor_sdk_takes_a_restore_that_is_answered_without_a_body_and_its_refusals(vendor):
    disk = vendor.resource("vol-db-archive")
    backups = vendor("list_backups", resource_id=disk.id).backups
    backup = next(each for each in backups if each.status == "available")
    vendor.service.modes.restore_answer = "empty"
    wish = {"restore": {"volume_id": disk.id}}
    vendor("restore_backup", backup_id=backup.id, body=wish)
    vendor.service.modes.restore_answer = "job"
    task = vendor("list_op_logs", operation_type="restore", resource_id=disk.id, limit=1).operation_logs[0]
    assert (task.status, task.extra_info.restore.target_resource_id) == ("waiting", disk.id)
    with pytest.raises(ClientRequestException) as caught:
        vendor("restore_backup", backup_id=backup.id, body=wish)
    assert (caught.value.status_code, caught.value.error_code) == (400, "BackupService.2010")
    vendor.wait()
    assert vendor("show_op_log", operation_log_id=task.id).operation_log.status == "success"
