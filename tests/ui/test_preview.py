"""A request in the words of other tools: what is copied means the same bytes."""

import json
import shlex
from typing import Any

import pytest
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization
from msgspec.structs import replace

from cbr_desktop.domain import document, request
from cbr_desktop.domain.change import PRIOR_ID, Change, Kind
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.preview import PreviewForm, rendered
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.ledger import Ledger
from tests.checkpoint_change import checkpoint_change_of

VAULT = VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce")
SERVER = ResourceId("94eba8b2-acc9-4d82-badc-127144cc5526")
DISK = VolumeId("4f0a7d7c-7a5f-4f4e-8f2e-0d6a1a1a1a1a")
PROFILE = Profile("p", "https://iam.example.com", "https://cbr.example.com", "eu-de_prod", "user", "domain", "eu-de")

DRAFTS = {
    "whole vault": CheckpointDraft(VAULT, name="nightly"),
    "reference": CheckpointDraft(
        VAULT, "backup_name", "backup_description", True, True, (ResourceChoice(SERVER, "OS::Nova::Server"),)
    ),
    "full, quotes": CheckpointDraft(VAULT, description='it\'s "the" $HOME `id` \\ of\nüñî 中 😀', incremental=False),
    "disks": CheckpointDraft(
        VAULT, resources=(ResourceChoice(SERVER, "OS::Nova::Server", "web 'one'", exclude_volumes=(DISK,)),)
    ),
    "only disks, kept": CheckpointDraft(
        VAULT,
        resources=(ResourceChoice(SERVER, "OS::Nova::Server", include_volumes=(DISK,)),),
        retention_days=30,
        policy_id=PolicyId("7a5f4f0a-7d7c-4f4e-8f2e-0d6a1a1a1a1a"),
    ),
}


@pytest.fixture(params=DRAFTS.values(), ids=DRAFTS.keys())
def body(request: pytest.FixtureRequest) -> bytes:
    return _body(request.param)


def _body(draft: CheckpointDraft) -> bytes:
    return request.body(draft)


def test_the_json_is_the_bytes_that_are_sent(body: bytes) -> None:
    assert rendered(PreviewForm.JSON, checkpoint_change_of(body), PROFILE).encode() == body


def test_the_http_form_ends_in_the_bytes_and_counts_them(body: bytes) -> None:
    head, _, tail = rendered(PreviewForm.HTTP, checkpoint_change_of(body), PROFILE).partition("\n\n")
    assert tail.encode() == body
    assert f"Content-Length: {len(body)}" in head.splitlines()
    assert "Host: cbr.example.com" in head.splitlines()


def test_a_shell_reads_the_curl_form_as_it_is_meant(body: bytes) -> None:
    words = shlex.split(rendered(PreviewForm.CURL, checkpoint_change_of(body), PROFILE))
    assert words[words.index("--data-binary") + 1].encode() == body
    assert words[words.index("POST") + 1] == "https://cbr.example.com/v3/$CBR_PROJECT_ID/checkpoints"
    assert "X-Auth-Token: $CBR_TOKEN" in words


def test_an_endpoint_with_shell_characters_stays_a_word() -> None:
    profile = Profile("p", "https://iam", "https://cbr.example.com/$(touch x);'", "p", "u", "d")
    words = shlex.split(rendered(PreviewForm.CURL, checkpoint_change_of(_body(DRAFTS["whole vault"])), profile))
    assert words[words.index("POST") + 1] == "https://cbr.example.com/$(touch x);'/v3/$CBR_PROJECT_ID/checkpoints"


def test_the_hcloud_form_writes_the_body_and_reads_it_back(body: bytes) -> None:
    text = rendered(PreviewForm.HCLOUD, checkpoint_change_of(body), PROFILE)
    document = text.partition("<<'END_OF_REQUEST'\n")[2].partition("\nEND_OF_REQUEST\n")[0]
    assert json.loads(document) == {"body": json.loads(body)}
    command = shlex.split(text.partition("\nEND_OF_REQUEST\n")[2])
    assert command[:3] == ["hcloud", "CBR", "CreateCheckpoint"]
    assert "--cli-jsonInput=CBR_CreateCheckpoint.json" in command


def test_the_python_form_builds_the_same_request_with_the_vendors_classes(body: bytes) -> None:
    scope: dict[str, Any] = {"__name__": "pasted"}
    exec(rendered(PreviewForm.PYTHON, checkpoint_change_of(body), PROFILE), scope)  # noqa: S102  # running it is the point
    assert sanitize_for_serialization(scope["body"]) == json.loads(body)


def test_an_unknown_key_is_named_where_the_sdk_has_no_field() -> None:
    body = json.dumps({"checkpoint": {"vault_id": VAULT, "parameters": {"new\nkey": 1}}}).encode()
    assert "# The SDK has no field for: 'new\\nkey'" in rendered(
        PreviewForm.PYTHON, checkpoint_change_of(body), PROFILE
    )


BACKUP = "5606f1f6-8a2f-4e6f-9fd9-d5b3a3f0e4a1"
POLICY = {
    "policy": {
        "name": "nightly üñî",
        "enabled": True,
        "operation_type": "backup",
        "operation_definition": {"max_backups": 7, "day_backups": 1, "timezone": "UTC+01:00"},
        "trigger": {"properties": {"pattern": ["FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"]}},
    }
}
PROJECT = "0123456789abcdef" * 2
THERE = {"destination_region": "eu-nl", "destination_project_id": PROJECT, "destination_vault_id": VAULT}
FILES: dict[Kind, dict[str, Any]] = {
    Kind.DELETE_BACKUP: {"operation": "DeleteBackup", "path": {"backup_id": BACKUP}},
    Kind.RENAME_BACKUP: {
        "operation": "UpdateBackup",
        "path": {"backup_id": BACKUP},
        "body": {"backup": {"name": "it's"}},
    },
    Kind.CREATE_POLICY: {"operation": "CreatePolicy", "body": POLICY},
    Kind.UPDATE_POLICY: {
        "operation": "UpdatePolicy",
        "path": {"policy_id": BACKUP},
        "body": {"policy": {"enabled": False, "operation_definition": {"max_backups": 7, "day_backups": 0}}},
    },
    Kind.DELETE_POLICY: {"operation": "DeletePolicy", "path": {"policy_id": BACKUP}},
    Kind.APPLY_POLICY: {
        "operation": "AssociateVaultPolicy",
        "path": {"vault_id": VAULT},
        "body": {"policy_id": BACKUP},
    },
    Kind.ASSOCIATE_RESOURCES: {
        "operation": "AddVaultResource",
        "path": {"vault_id": VAULT},
        "body": {
            "resources": [
                {
                    "id": SERVER,
                    "type": "OS::Nova::Server",
                    "name": "it's",
                    "extra_info": {"exclude_volumes": [DISK], "include_volumes": [{"id": DISK}]},
                }
            ]
        },
    },
    Kind.DISSOCIATE_RESOURCES: {
        "operation": "RemoveVaultResource",
        "path": {"vault_id": VAULT},
        "body": {"resource_ids": [SERVER]},
    },
    Kind.MIGRATE_RESOURCES: {
        "operation": "MigrateVaultResource",
        "path": {"vault_id": VAULT},
        "body": {"destination_vault_id": BACKUP, "resource_ids": [SERVER]},
    },
    Kind.SET_PROTECTION: {
        "operation": "SetVaultResource",
        "path": {"vault_id": VAULT},
        "body": {"action": "suspend", "resource_ids": [SERVER]},
    },
    Kind.REMOVE_POLICY: {
        "operation": "DisassociateVaultPolicy",
        "path": {"vault_id": VAULT},
        "body": {"policy_id": BACKUP},
    },
    Kind.SHARE_BACKUP: {
        "operation": "AddMember",
        "path": {"backup_id": BACKUP},
        "body": {"members": [PROJECT]},
    },
    Kind.WITHDRAW_SHARE: {"operation": "DeleteMember", "path": {"backup_id": BACKUP, "member_id": PROJECT}},
    Kind.ANSWER_SHARE: {
        "operation": "UpdateMemberStatus",
        "path": {"backup_id": BACKUP, "member_id": PROJECT},
        "body": {"status": "accepted", "vault_id": VAULT},
    },
    Kind.REPLICATE_BACKUP: {
        "operation": "CopyBackup",
        "path": {"backup_id": BACKUP},
        "body": {"replicate": {"name": "copied", **THERE}},
    },
    Kind.REPLICATE_VAULT: {
        "operation": "CopyCheckpoint",
        "body": {"replicate": {"vault_id": VAULT, **THERE}},
    },
}
FILES |= {
    Kind.CREATE_VAULT: {
        "operation": "CreateVault",
        "body": {
            "vault": {
                "name": "new",
                "billing": {
                    "consistent_level": "crash_consistent",
                    "object_type": "server",
                    "protect_type": "backup",
                    "size": 100,
                    "is_multi_az": True,
                },
                "resources": [
                    {"id": BACKUP, "type": "OS::Nova::Server", "extra_info": {"exclude_volumes": [BACKUP]}},
                ],
                "tags": [{"key": "env", "value": "prod"}],
                "backup_policy_id": BACKUP,
            }
        },
    },
    Kind.UPDATE_VAULT: {
        "operation": "UpdateVault",
        "path": {"vault_id": VAULT},
        "body": {
            "vault": {
                "name": "better",
                "auto_bind": True,
                "bind_rules": {"tags": [{"key": "app", "value": "web"}]},
                "billing": {"size": 200, "consistent_level": "app_consistent"},
            }
        },
    },
    Kind.LOCK_VAULT: {
        "operation": "LockVault",
        "path": {"vault_id": VAULT},
        "body": {"vault": {"locked": True}},
    },
    Kind.CHANGE_TAGS: {
        "operation": "BatchCreateAndDeleteVaultTags",
        "path": {"vault_id": VAULT},
        "body": {"action": "create", "tags": [{"key": "env", "value": "prod"}]},
    },
    Kind.UPDATE_ALL_VAULTS: {"operation": "BatchUpdateVault", "body": {"vault": {"threshold": 70, "smn_notify": True}}},
    Kind.UPDATE_EXPIRATION: {
        "operation": "UpdateExpirationTime",
        "path": {"vault_id": VAULT},
        "body": {"expect_expiration_date": "2027-03-01", "time_zone": "UTC+08:00"},
    },
    Kind.DELETE_VAULT: {"operation": "DeleteVault", "path": {"vault_id": VAULT}},
    Kind.RESTORE_BACKUP: {
        "operation": "RestoreBackup",
        "path": {"backup_id": BACKUP},
        "body": {
            "restore": {
                "server_id": SERVER,
                "mappings": [{"backup_id": VAULT, "volume_id": DISK}],
                "power_on": False,
                "details": {"destination_path": "/it's"},
            }
        },
    },
}
METHODS = {
    **dict.fromkeys((Kind.DELETE_BACKUP, Kind.DELETE_POLICY, Kind.DELETE_VAULT), "DELETE"),
    **dict.fromkeys(
        (Kind.RENAME_BACKUP, Kind.UPDATE_POLICY, Kind.UPDATE_VAULT, Kind.LOCK_VAULT, Kind.UPDATE_ALL_VAULTS), "PUT"
    ),
    **dict.fromkeys(
        (Kind.CREATE_POLICY, Kind.APPLY_POLICY, Kind.REMOVE_POLICY, Kind.CHANGE_TAGS, Kind.CREATE_VAULT), "POST"
    ),
    **dict.fromkeys((Kind.CREATE_POLICY, Kind.APPLY_POLICY, Kind.REMOVE_POLICY, Kind.CHANGE_TAGS), "POST"),
    **dict.fromkeys((Kind.SHARE_BACKUP, Kind.REPLICATE_BACKUP, Kind.REPLICATE_VAULT), "POST"),
    Kind.WITHDRAW_SHARE: "DELETE",
    Kind.ANSWER_SHARE: "PUT",
    **dict.fromkeys((Kind.ASSOCIATE_RESOURCES, Kind.DISSOCIATE_RESOURCES, Kind.MIGRATE_RESOURCES), "POST"),
    Kind.SET_PROTECTION: "PUT",
    Kind.RESTORE_BACKUP: "POST",
    Kind.UPDATE_EXPIRATION: "PUT",
}


def change(value: dict[str, Any]) -> Change:
    found, findings = document.read(json.dumps(value).encode())
    assert found is not None, findings
    return documents.change_in(found, Ledger(PROFILE, lambda _part: None))


@pytest.fixture(params=FILES, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param  # type: ignore[no-any-return]


def test_any_request_is_shown_with_its_method_and_its_path(kind: Kind) -> None:
    asked = change(FILES[kind])
    head, _, tail = rendered(PreviewForm.HTTP, asked, PROFILE).partition("\n\n")
    assert head.splitlines()[0] == f"{METHODS[kind]} /v3/{{project_id}}/{asked.path} HTTP/1.1"
    assert tail.encode() == asked.body == rendered(PreviewForm.JSON, asked, PROFILE).encode()
    assert ("Content-Length" in head) is bool(asked.body)
    words = shlex.split(rendered(PreviewForm.CURL, asked, PROFILE))
    assert words[words.index(METHODS[kind]) + 1] == f"https://cbr.example.com/v3/$CBR_PROJECT_ID/{asked.path}"
    assert ("--data-binary" in words) is bool(asked.body)
    if asked.body:
        assert words[words.index("--data-binary") + 1].encode() == asked.body


def test_any_request_is_written_as_koocli_reads_it(kind: Kind) -> None:
    text = rendered(PreviewForm.HCLOUD, change(FILES[kind]), PROFILE)
    written = json.loads(text.partition("<<'END_OF_REQUEST'\n")[2].partition("\nEND_OF_REQUEST\n")[0])
    assert {"operation": str(kind), **written} == FILES[kind]
    command = shlex.split(text.partition("\nEND_OF_REQUEST\n")[2])
    assert command[:3] == ["hcloud", "CBR", kind.definition]
    assert f"--cli-jsonInput=CBR_{kind.definition}.json" in command


def test_any_request_is_built_of_the_vendors_classes(kind: Kind) -> None:
    scope: dict[str, Any] = {"__name__": "pasted"}
    exec(rendered(PreviewForm.PYTHON, change(FILES[kind]), PROFILE), scope)  # noqa: S102  # running it is the point
    built = scope["request"]
    assert type(built).__name__ == f"{kind.definition}Request"
    assert getattr(built, "backup_id", BACKUP) == BACKUP
    if "body" in FILES[kind]:
        assert sanitize_for_serialization(built.body) == FILES[kind]["body"]


def test_what_another_request_is_going_to_make_stays_as_it_is_written() -> None:
    asked = change({"operation": "DeleteBackup", "path": {"backup_id": PRIOR_ID}})
    words = shlex.split(rendered(PreviewForm.CURL, asked, PROFILE))
    assert words[words.index("DELETE") + 1].endswith("/backups/{prior.id}")


def test_a_request_to_the_enterprise_project_service_names_its_own_address_and_login() -> None:
    target = "3b1f7c52-6c0e-4d39-9e0a-2f5d8a41c7b0"
    body = {"project_id": "0" * 32, "region_id": "eu-de", "resource_id": VAULT, "resource_type": "vault"}
    file = {"operation": "MigrateResource", "path": {"enterprise_project_id": target}, "body": body}
    asked, path = change(file), f"/v1.0/enterprise-projects/{target}/resources-migrate"
    known = replace(PROFILE, cbr_endpoint="https://cbr.cn-north-4.myhuaweicloud.com")
    lines = rendered(PreviewForm.HTTP, asked, known).splitlines()
    assert lines[:2] == [f"POST {path} HTTP/1.1", "Host: eps.myhuaweicloud.com"]
    words = shlex.split(rendered(PreviewForm.CURL, asked, known))
    assert words[words.index("POST") + 1] == f"https://eps.myhuaweicloud.com{path}"
    assert "X-Auth-Token: $ACCOUNT_TOKEN" in words
    assert f"https://$EPS_HOST{path}" in shlex.split(rendered(PreviewForm.CURL, asked, PROFILE)), (
        "where it is not known"
    )
    text = rendered(PreviewForm.HCLOUD, asked, known)
    assert json.loads(text.partition("<<'END_OF_REQUEST'\n")[2].partition("\nEND_OF_REQUEST\n")[0]) == {
        "path": file["path"],
        "body": body,
    }
    command = shlex.split(text.partition("\nEND_OF_REQUEST\n")[2])
    assert command[:3] == ["hcloud", "EPS", "MigrateResource"] and "--project_id=$CBR_PROJECT_ID" not in command
    program = rendered(PreviewForm.PYTHON, asked, known)
    compile(program, "pasted", "exec")
    for part in (
        "from huaweicloudsdkeps.v1 import (\n    EpsClient,\n    MigrateResource,\n    MigrateResourceRequest,\n)",
        "GlobalCredentials(",
        f"MigrateResourceRequest(enterprise_project_id='{target}', body=body)",
        "client.migrate_resource(request)",
    ):
        assert part in program
