"""Clients that we did not write, speaking to the service over TCP: the vendor's SDK and the OpenStack client."""

import functools
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkcbr.v1 import (
    AssociateVaultPolicyRequest,
    BackupUpdate,
    BackupUpdateReq,
    CbrClient,
    CheckpointParam,
    CreateCheckpointRequest,
    CreatePolicyRequest,
    DeleteBackupRequest,
    DeletePolicyRequest,
    DisassociateVaultPolicyRequest,
    ListBackupsRequest,
    ListOpLogsRequest,
    ListPoliciesRequest,
    ListProtectableRequest,
    ListVaultRequest,
    PolicyCreate,
    PolicyCreateReq,
    PolicyoODCreate,
    PolicyTriggerPropertiesReq,
    PolicyTriggerReq,
    PolicyUpdate,
    PolicyUpdateReq,
    ShowBackupRequest,
    ShowCheckpointRequest,
    ShowPolicyRequest,
    ShowVaultRequest,
    UpdateBackupRequest,
    UpdatePolicyRequest,
    VaultAssociate,
    VaultBackup,
    VaultBackupReq,
    VaultDissociate,
)
from huaweicloudsdkcore.auth import credentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.signer.signer import Signer
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain import document
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.inventory import child_id_of
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.text.preview import PreviewForm, rendered
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.ledger import Ledger

# the vendor's signer asks for the time in a way that Python 3.12 and later call outdated
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")

EVERY_NIGHT = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=22;BYMINUTE=00"


def sdk(url: str, ak: str = estate.DEMO_AK, sk: str = estate.DEMO_SK, **more: Any) -> Any:
    project_id = more.get("project_id", estate.DEMO_PROJECT_ID)
    signing = more.get("credentials") or credentials.BasicCredentials(ak, sk, project_id)
    return CbrClient.new_builder().with_credentials(signing).with_endpoint(url).build()


def with_token(token: str) -> Any:
    """Credentials that send a token instead of a signature; the SDK wants the class to have this name."""

    def send_token(_self: Any, request: Any) -> Any:
        request.header_params["X-Auth-Token"] = token
        Signer.process_request_uri(request)
        return request

    kind = type("BasicCredentials", (credentials.BasicCredentials,), {"sign_request": send_token})
    return kind("unused", "unused", estate.DEMO_PROJECT_ID)


def create_request(name: str) -> Any:
    parameters = CheckpointParam(name=name, description="before the upgrade, für alle", incremental=True)
    checkpoint = VaultBackup(vault_id=REFERENCE_VAULT_ID, parameters=parameters)
    return CreateCheckpointRequest(body=VaultBackupReq(checkpoint=checkpoint))


def backs_up_and_follows(client: Any) -> None:
    """The story of a checkpoint as the SDK sees it."""
    vaults = client.list_vault(ListVaultRequest(limit=50, protect_type="backup"))
    assert vaults.count == 13
    assert client.show_vault(ShowVaultRequest(vault_id=REFERENCE_VAULT_ID)).vault.billing.used == 18 * 1024
    checkpoint = client.create_checkpoint(create_request("sdk-1")).checkpoint
    assert (checkpoint.status, checkpoint.vault.resources[0].resource_size) == ("protecting", "40")
    shown = client.show_checkpoint(ShowCheckpointRequest(checkpoint_id=checkpoint.id)).checkpoint
    assert shown.vault.id == REFERENCE_VAULT_ID
    task = client.list_op_logs(ListOpLogsRequest(vault_id=REFERENCE_VAULT_ID, limit=1)).operation_logs[0]
    assert (task.checkpoint_id, task.extra_info.common.progress) == (checkpoint.id, 0)
    backups = client.list_backups(ListBackupsRequest(checkpoint_id=checkpoint.id, sort="created_at:asc")).backups
    assert [each.name for each in backups] == ["sdk-1"]


@pytest.mark.parametrize("packs", [False, True])
def test_vendor_sdk_with_access_keys(town, packs):
    town[0].modes.packs = packs
    client = sdk(town[1])
    backs_up_and_follows(client)
    assert client.list_policies(ListPoliciesRequest()).count == 6
    found = client.list_protectable(ListProtectableRequest(protectable_type="server", limit=50, name="ecs erp"))
    assert [each.name for each in found.instances] == ["ecs erp report 01"]


def test_vendor_sdk_with_a_token(town):
    service, url = town
    user = service.estate.users[estate.DEMO_USER]
    project = service.estate.projects[0]
    now = service.clock.now()
    given = service.identity.issue(user, project, now, service.modes)
    backs_up_and_follows(sdk(url, credentials=with_token(given)))


def test_vendor_sdk_finds_the_project_by_its_name(town):
    _, url = town
    signing = credentials.BasicCredentials(estate.DEMO_AK, estate.DEMO_SK).with_iam_endpoint(url)
    region = Region(estate.DEMO_PROJECT, url)
    client = CbrClient.new_builder().with_credentials(signing).with_region(region).build()
    assert client.list_vault(ListVaultRequest()).count == 14


def test_vendor_sdk_in_another_project(town):
    service, url = town
    project = service.estate.projects[1]
    client = sdk(url, project_id=project.id)
    vaults = client.list_vault(ListVaultRequest(limit=50)).vaults
    assert {each.project_id for each in vaults} == {project.id}
    assert "vault-shop-nl" in {each.name for each in vaults}
    assert client.list_policies(ListPoliciesRequest()).count == 3
    signing = credentials.BasicCredentials(estate.DEMO_AK, estate.DEMO_SK).with_iam_endpoint(url)
    builder = CbrClient.new_builder().with_credentials(signing).with_region(Region(project.name, url))
    assert builder.build().list_vault(ListVaultRequest()).count == len(vaults)


def test_vendor_sdk_reads_the_refusals(town):
    _, url = town
    with pytest.raises(ClientRequestException) as caught:
        sdk(url, sk="wrong").list_vault(ListVaultRequest())
    assert (caught.value.status_code, caught.value.error_code) == (401, "APIGW.0301")
    client = sdk(url)
    client.create_checkpoint(create_request("first"))
    with pytest.raises(ClientRequestException) as caught:
        client.create_checkpoint(create_request("second"))
    assert (caught.value.status_code, caught.value.error_code) == (400, "BackupService.6125")
    assert len(caught.value.request_id) == 32


def test_vendor_sdk_deletes_a_backup(town):
    client = sdk(town[1])
    backup = client.list_backups(ListBackupsRequest(vault_id=REFERENCE_VAULT_ID, limit=1)).backups[0]
    client.delete_backup(DeleteBackupRequest(backup_id=backup.id))
    assert client.show_backup(ShowBackupRequest(backup_id=backup.id)).backup.status == "deleting"
    task = client.list_op_logs(ListOpLogsRequest(operation_type="delete", limit=1)).operation_logs[0]
    assert (task.status, task.extra_info.delete.backup_id) == ("running", backup.id)
    with pytest.raises(ClientRequestException) as caught:
        client.delete_backup(DeleteBackupRequest(backup_id=backup.id))
    assert (caught.value.status_code, caught.value.error_code) == (404, "BackupService.6200")


def test_vendor_sdk_renames_a_backup(town):
    client = sdk(town[1])
    backup = client.list_backups(ListBackupsRequest(vault_id=REFERENCE_VAULT_ID, limit=1)).backups[0]
    body = BackupUpdateReq(backup=BackupUpdate(name="备份-before-upgrade"))
    renamed = client.update_backup(UpdateBackupRequest(backup_id=backup.id, body=body)).backup
    assert (renamed.id, renamed.name) == (backup.id, "备份-before-upgrade")
    assert [each.parent_id for each in renamed.children] == [backup.id]
    body.backup.name = "no blanks"
    with pytest.raises(ClientRequestException) as caught:
        client.update_backup(UpdateBackupRequest(backup_id=backup.id, body=body))
    assert (caught.value.status_code, caught.value.error_code) == (400, "BackupService.9900")


def test_vendor_sdk_creates_a_policy(town):
    client = sdk(town[1])
    trigger = PolicyTriggerReq(properties=PolicyTriggerPropertiesReq(pattern=[EVERY_NIGHT], start_window_minutes=120))
    keeps = PolicyoODCreate(day_backups=7, max_backups=30, timezone="UTC+08:00")
    wish = PolicyCreate(name="nightly", operation_type="backup", operation_definition=keeps, trigger=trigger)
    created = client.create_policy(CreatePolicyRequest(body=PolicyCreateReq(policy=wish))).policy
    assert (created.name, created.enabled, created.associated_vaults) == ("nightly", True, None)
    shown = client.show_policy(ShowPolicyRequest(policy_id=created.id)).policy
    assert (shown.operation_definition.day_backups, shown.operation_definition.max_backups) == (7, 30)
    assert (shown.trigger.properties.pattern, shown.trigger.properties.start_window_minutes) == ([EVERY_NIGHT], 120)
    assert client.list_policies(ListPoliciesRequest()).count == 7
    keeps.timezone = None
    with pytest.raises(ClientRequestException) as caught:
        client.create_policy(CreatePolicyRequest(body=PolicyCreateReq(policy=wish)))
    assert (caught.value.status_code, caught.value.error_code) == (400, "BackupService.9900")


def test_vendor_sdk_changes_applies_removes_and_deletes_a_policy(town):
    client = sdk(town[1])
    (hourly,) = [each for each in client.list_policies(ListPoliciesRequest()).policies if each.name == "hourly-db"]
    keeps = PolicyoODCreate(max_backups=48, week_backups=4, timezone="UTC+01:00")
    wish = PolicyUpdate(name="hourly-and-weekly", enabled=False, operation_definition=keeps)
    request = UpdatePolicyRequest(policy_id=hourly.id, body=PolicyUpdateReq(policy=wish))
    changed = client.update_policy(request).policy
    assert (changed.name, changed.enabled, changed.operation_definition.week_backups) == (wish.name, False, 4)
    assert len(changed.trigger.properties.pattern) == 24
    body = VaultAssociate(policy_id=hourly.id)
    applied = client.associate_vault_policy(AssociateVaultPolicyRequest(vault_id=REFERENCE_VAULT_ID, body=body))
    assert applied.associate_policy.policy_id == hourly.id
    assert client.list_policies(ListPoliciesRequest(vault_id=REFERENCE_VAULT_ID)).policies[0].name == wish.name
    removal = DisassociateVaultPolicyRequest(vault_id=REFERENCE_VAULT_ID, body=VaultDissociate(policy_id=hourly.id))
    assert client.disassociate_vault_policy(removal).dissociate_policy.vault_id == REFERENCE_VAULT_ID
    with pytest.raises(ClientRequestException) as caught:
        client.disassociate_vault_policy(removal)
    assert (caught.value.status_code, caught.value.error_code) == (404, "BackupService.6002")
    client.delete_policy(DeletePolicyRequest(policy_id=hourly.id))
    with pytest.raises(ClientRequestException) as caught:
        client.show_policy(ShowPolicyRequest(policy_id=hourly.id))
    assert (caught.value.status_code, caught.value.error_code) == (404, "BackupService.6000")


@pytest.fixture
def small_town():
    """A few vaults only, since the OpenStack client is slow with long lists."""
    clock = RunningClock()
    service = Service(estate.generated(clock.now(), vaults=3, backups=6), clock)
    with running(service) as url:
        yield service, url


SHELL = """
import json, sys
from openstackclient import shell
for words in json.load(sys.stdin):
    if shell.main(words):
        sys.exit(1)
    print(chr(12), flush=True)
"""
"""Gives the OpenStack client one command after the other; most of its time is its start."""


def openstack(url: str, home: Path, *commands: str, project: str = estate.DEMO_PROJECT) -> list[Any]:
    """What the OpenStack client prints as JSON for each command, read."""
    printed = run_openstack(url, home, *(f"{command} -f json" for command in commands), project=project)
    return [json.loads(text) for text in printed]


def run_openstack(url: str, home: Path, *commands: str, project: str = estate.DEMO_PROJECT) -> list[str]:
    """What the OpenStack client prints for each command."""
    words = json.dumps([["cbr", *shlex.split(command)] for command in commands])
    return [each.strip() for each in in_openstack(url, home, SHELL, words, project).split("\f")[:-1]]


def in_openstack(url: str, home: Path, program: str, given: str, project: str = estate.DEMO_PROJECT) -> str:
    """What a program prints that uses the OpenStack client; its process is its own, and so are its warnings."""
    environment = {
        "HOME": str(home),
        "NO_PROXY": "127.0.0.1",
        "OS_AUTH_URL": f"{url}/v3",
        "OS_USERNAME": estate.DEMO_USER,
        "OS_PASSWORD": estate.DEMO_PASSWORD,
        "OS_USER_DOMAIN_NAME": estate.DEMO_DOMAIN,
        "OS_PROJECT_NAME": project,
        "OS_PROJECT_DOMAIN_NAME": estate.DEMO_DOMAIN,
        "OS_IDENTITY_API_VERSION": "3",
        "OS_REGION_NAME": project.partition("_")[0],
    }
    process = openstack_process()
    assert process.stdin is not None
    assert process.stdout is not None
    print(json.dumps({"environ": environment, "program": program, "given": given}), file=process.stdin, flush=True)
    code, told, failed = json.loads(process.stdout.readline())
    if not hasattr(os, "fork"):
        end_openstack()
    assert code == 0, failed[-2000:]
    return str(told)


RUNNER = """
import contextlib, io, json, os, sys, traceback
import openstackclient.shell
wishes, answers = sys.stdin, sys.stdout
for line in wishes:
    if hasattr(os, "fork") and (child := os.fork()):
        os.waitpid(child, 0)
        continue
    wish = json.loads(line)
    os.environ.update(wish["environ"])
    sys.stdin, told, failed, code = io.StringIO(wish["given"]), io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(failed):
        try:
            exec(wish["program"], {"__name__": "__main__"})
        except SystemExit as error:
            code = error.code
        except Exception:
            code = 1
            traceback.print_exc()
    print(json.dumps([code, told.getvalue(), failed.getvalue()]), file=answers, flush=True)
    os._exit(0)
"""
"""Runs one program after the other, each in a fork, that uses the OpenStack client: it takes seconds to import."""


@functools.cache
def openstack_process() -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER], env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    )


def end_openstack() -> None:
    if openstack_process.cache_info().currsize:
        with openstack_process() as process:
            process.communicate()
        openstack_process.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def openstack_ends() -> Iterator[None]:
    yield
    end_openstack()


def test_openstack_client(small_town, tmp_path):
    service, url = small_town
    service.modes.packs = True
    service.modes.checkpoint_seconds = service.modes.restore_seconds = 0
    vault = next(iter(service.estate.vaults.values()))
    backup = next(each for each in service.estate.backups.values() if each.vault_id == vault.id)
    server = service.estate.resources[backup.resource_id]
    mapping = f"volume_id={server.disks[0].id} backup_id={child_id_of(backup, server.disks[0])}"
    printed = run_openstack(
        url,
        tmp_path,
        "vault list -f json",
        f"checkpoint create --vault-id {vault.id} --backup-name osc-1 -f json",
        "task list -f json",
        "backup list -f json",
        "backup show osc-1 -f json",
        f"backup restore {backup.id} --server-id {server.id} --mappings {shlex.quote(mapping)} --power-on",
        "task list -f json",
        "backup delete osc-1",
    )
    listed, created, tasks, backups, shown, restored = (json.loads(text) for text in printed if text)
    assert {each["name"] for each in listed} == {"vault-00000", "vault-00001", "vault-00002"}
    assert (created["status"], created["vault_name"], created["backup_name"]) == ("protecting", vault.name, "osc-1")
    assert created["id"] in {each["checkpoint_id"] for each in tasks}
    assert {each["name"]: each["checkpoint_id"] for each in backups}["osc-1"] == created["id"]
    assert (shown["name"], shown["status"], shown["checkpoint_id"]) == ("osc-1", "available", created["id"])
    (task,) = [each for each in service.estate.tasks.values() if each.operation_type == "restore"]
    assert task.id in {each["id"] for each in restored} - {each["id"] for each in tasks}
    assert (task.status, task.backup_id, server.status) == ("success", backup.id, "ACTIVE")
    assert {each.status for each in service.estate.backups.values() if each.name == "osc-1"} == {"deleting"}


def test_openstack_client_deletes_a_backup_and_creates_a_policy(small_town, tmp_path):
    service, url = small_town
    backup = next(iter(service.estate.backups.values()))
    service.modes.otc = True
    keeps = "--day-backups 7 --timezone UTC+01:00 --max-backups 30"
    create = f"policy create nightly --pattern {shlex.quote(EVERY_NIGHT)} {keeps} -f json"
    printed = run_openstack(url, tmp_path, f"backup delete {backup.id}", create, "policy list -f json")
    assert (printed[0], backup.status) == ("", "deleting")
    created, listed = map(json.loads, printed[1:])
    assert (created["name"], created["enabled"], created["day_backups"]) == ("nightly", True, 7)
    assert created["schedule_pattern_1"] == EVERY_NIGHT
    assert [(each["ID"], each["name"]) for each in listed] == [(created["ID"], "nightly")]


POLICY_LIFE = """
import json, openstack
from otcextensions import sdk
cloud = openstack.connect()
sdk.load(cloud)
cbr = cloud.cbr
(vault,) = [each for each in cbr.vaults() if each.name == "vault-00000"]
rule = {"max_backups": 30, "day_backups": 7, "timezone": "UTC+01:00"}
trigger = {"properties": {"pattern": ["FREQ=DAILY;INTERVAL=1;BYHOUR=22;BYMINUTE=00"]}}
made = cbr.create_policy(name="nightly", operation_type="backup", operation_definition=rule, trigger=trigger)
seen = [cbr.get_policy(made.id).name]
seen.append(cbr.update_policy(made.id, name="weekly", operation_definition={"max_backups": 5}).name)
seen.append(cbr.get_policy(made.id).operation_definition.max_backups)
cbr.bind_policy(vault=vault.id, policy=made.id)
seen.append([each.id for each in cbr.policies(vault_id=vault.id)] == [made.id])
cbr.unbind_policy(vault=vault.id, policy=made.id)
seen.append([each.id for each in cbr.policies(vault_id=vault.id)])
cbr.delete_policy(made.id, ignore_missing=False)
seen.append([each.id for each in cbr.policies()])
print(json.dumps(seen))
"""
"""What the OpenStack SDK does with a policy; the shell cannot show, change or delete one in version 0.34."""


def test_openstack_sdk_leads_a_policy_through_its_life(small_town, tmp_path):
    printed = in_openstack(small_town[1], tmp_path, POLICY_LIFE, "")
    assert json.loads(printed) == ["nightly", "weekly", 5, True, [], []]


BACKUP_LIFE = """
import json, sys, openstack
from otcextensions import sdk
told = json.load(sys.stdin)
cloud = openstack.connect()
sdk.load(cloud)
cbr = cloud.cbr
made = cbr.create_checkpoint(vault_id=told["vault"], parameters={"name": "otc-life", "resources": [told["server"]]})
cbr.wait_for_checkpoint(made)
(listed,) = cbr.backups(checkpoint_id=made.id)
shown = cbr.get_backup(listed.id)
seen = [shown.name, shown.status]
cbr.add_members(listed.id, [told["project"]])
seen += [[each.dest_project_id, each.status] for each in cbr.members(listed.id)]
seen.append(cbr.get_member(listed.id, told["project"]).status)
(child,) = [each["id"] for each in shown.children]
mappings = [{"backup_id": child, "volume_id": told["disk"]}]
cbr.restore_data(shown, server_id=told["server"], mappings=mappings, power_on=True)
cbr.delete_member(listed.id, told["project"])
seen.append([each.id for each in cbr.members(listed.id)])
cbr.delete_backup(listed.id)
print(json.dumps(seen))
"""
"""What the OpenStack SDK does with a checkpoint and its backup; the shell has no command for sharing."""


def test_openstack_sdk_takes_a_checkpoint_from_its_creation_to_the_deletion_of_its_backup(tmp_path):
    clock = RunningClock()
    service = Service(estate.demo(clock.now(), days=5), clock)
    service.modes.schedules, service.modes.checkpoint_seconds, service.modes.restore_seconds = False, 0, 0
    server = next(each for each in service.estate.resources.values() if each.name == "ecs-1f0f-0002")
    other = next(each.id for each in service.estate.projects[1:] if each.region == service.estate.home.region)
    told = {"vault": REFERENCE_VAULT_ID, "server": server.id, "disk": server.disks[0].id, "project": other}
    with running(service) as url:
        seen = json.loads(in_openstack(url, tmp_path, BACKUP_LIFE, json.dumps(told)))
    assert seen == ["otc-life", "available", [other, "pending"], "pending", []]
    tasks = [each for each in service.estate.tasks.values() if each.backup_name == "otc-life"]
    assert {each.operation_type: each.status for each in tasks if each.operation_type != "delete"} == {
        "backup": "success",
        "restore": "success",
    }
    assert {each.status for each in service.estate.backups.values() if each.name == "otc-life"} == {"deleting"}


def test_openstack_client_in_another_project(town, tmp_path):
    service, url = town
    service.modes.removal_seconds = 0
    estate_there = service.estate.of(service.estate.projects[1].id)
    free = next(each for each in estate_there.resources.values() if each.name == "ecs-shop-canary-01")
    policy = next(each for each in estate_there.policies.values() if each.name == "nightly-nl")
    disk = f"--resource id={free.disks[0].id},type=OS::Cinder::Volume"
    made = "--object-type disk --size 100 --consistent-level crash_consistent --tag env=osc"
    printed = run_openstack(
        url,
        tmp_path,
        "vault list -f json",
        f"vault create from-osc {made} -f json",
        f"vault associate from-osc {disk} -f json",
        f"vault bind from-osc {policy.id} -f json",
        "vault show from-osc -f json",
        "vault update from-osc --threshold 70 --size 200 -f json",
        f"vault unbind from-osc {policy.id}",
        f"vault dissociate from-osc --resource {free.disks[0].id}",
        "vault show from-osc -f json",
        "vault delete from-osc",
        project="eu-nl_prod",
    )
    listed, created, associated, bound, shown, updated, emptied = (json.loads(text) for text in printed if text)
    assert {each["name"] for each in listed} == {
        "vault-erp-prod-nl",
        "vault-shop-nl",
        "vault-logistics-nl",
        "vault-nl-disks",
        "vault-nas-nl",
    }
    disk_id = free.disks[0].id
    assert (created["status"], created["spec_code"], created["size"]) == (
        "available",
        "vault.backup.volume.normal",
        100,
    )
    assert associated == {"resource_1": disk_id}
    assert bound == {"vault_id": created["ID"], "policy_id": policy.id}
    assert (shown["resource_id_1"], "osc" in shown["tags"]) == (disk_id, True)
    assert (updated["size"], updated["resource_id_1"]) == (200, disk_id)
    assert "resource_id_1" not in emptied
    assert estate_there.vaults[created["ID"]].status == "deleting"
    assert created["ID"] not in policy.vaults


def previewed(url: str, value: dict[str, Any]) -> None:
    """Run a request as the preview writes it for the vendor's SDK."""
    found, findings = document.read(json.dumps(value).encode())
    assert found is not None, findings
    profile = replace(DEMO, cbr_endpoint=url)
    change = documents.change_in(found, Ledger(profile, lambda _part: None))
    exec(rendered(PreviewForm.PYTHON, change, profile), {"__name__": "__main__"})  # noqa: S102  # running it is the point


def test_what_the_preview_writes_for_the_sdk_does_what_is_asked_for(town, monkeypatch):
    url = town[1]
    for name, word in {"AK": estate.DEMO_AK, "SK": estate.DEMO_SK, "PROJECT_ID": estate.DEMO_PROJECT_ID}.items():
        monkeypatch.setenv(f"CBR_{name}", word)
    client = sdk(url)
    rows = [each for each in client.list_backups(ListBackupsRequest()).backups if each.status == "available"]
    first, second = rows[-1], rows[-2]
    renamed = {"operation": "UpdateBackup", "path": {"backup_id": first.id}, "body": {"backup": {"name": "better"}}}
    previewed(url, renamed)
    assert client.show_backup(ShowBackupRequest(backup_id=first.id)).backup.name == "better"
    previewed(url, {"operation": "DeleteBackup", "path": {"backup_id": second.id}})
    assert client.show_backup(ShowBackupRequest(backup_id=second.id)).backup.status in ("deleting", "deleted")
    pattern = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"
    policy = {
        "name": "by-preview",
        "operation_type": "backup",
        "operation_definition": {"retention_duration_days": 30},
        "trigger": {"properties": {"pattern": [pattern]}},
    }
    previewed(url, {"operation": "CreatePolicy", "body": {"policy": policy}})
    assert "by-preview" in [each.name for each in client.list_policies(ListPoliciesRequest()).policies]
    parameters = {"name": "by-preview", "resources": [estate.REFERENCE_RESOURCE_ID]}
    previewed(url, {"checkpoint": {"vault_id": REFERENCE_VAULT_ID, "parameters": parameters}})
    assert "by-preview" in [each.name for each in client.list_backups(ListBackupsRequest()).backups]
