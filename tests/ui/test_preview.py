"""A request in the words of other tools: what is copied means the same bytes."""

import json
import shlex
from typing import Any

import pytest
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.preview import Form, rendered

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
    assert rendered(Form.JSON, body, PROFILE).encode() == body


def test_the_http_form_ends_in_the_bytes_and_counts_them(body: bytes) -> None:
    head, _, tail = rendered(Form.HTTP, body, PROFILE).partition("\n\n")
    assert tail.encode() == body
    assert f"Content-Length: {len(body)}" in head.splitlines()
    assert "Host: cbr.example.com" in head.splitlines()


def test_a_shell_reads_the_curl_form_as_it_is_meant(body: bytes) -> None:
    words = shlex.split(rendered(Form.CURL, body, PROFILE))
    assert words[words.index("--data-binary") + 1].encode() == body
    assert words[words.index("POST") + 1] == "https://cbr.example.com/v3/$CBR_PROJECT_ID/checkpoints"
    assert "X-Auth-Token: $CBR_TOKEN" in words


def test_an_endpoint_with_shell_characters_stays_a_word() -> None:
    profile = Profile("p", "https://iam", "https://cbr.example.com/$(touch x);'", "p", "u", "d")
    words = shlex.split(rendered(Form.CURL, _body(DRAFTS["whole vault"]), profile))
    assert words[words.index("POST") + 1] == "https://cbr.example.com/$(touch x);'/v3/$CBR_PROJECT_ID/checkpoints"


def test_the_hcloud_form_writes_the_body_and_reads_it_back(body: bytes) -> None:
    text = rendered(Form.HCLOUD, body, PROFILE)
    document = text.partition("<<'END_OF_REQUEST'\n")[2].partition("\nEND_OF_REQUEST\n")[0]
    assert json.loads(document) == {"body": json.loads(body)}
    command = shlex.split(text.partition("\nEND_OF_REQUEST\n")[2])
    assert command[:3] == ["hcloud", "CBR", "CreateCheckpoint"]
    assert "--cli-jsonInput=CBR_CreateCheckpoint.json" in command


def test_the_python_form_builds_the_same_request_with_the_vendors_classes(body: bytes) -> None:
    scope: dict[str, Any] = {"__name__": "pasted"}
    exec(rendered(Form.PYTHON, body, PROFILE), scope)  # noqa: S102  # running it is the point
    assert sanitize_for_serialization(scope["body"]) == json.loads(body)


def test_an_unknown_key_is_named_where_the_sdk_has_no_field() -> None:
    body = json.dumps({"checkpoint": {"vault_id": VAULT, "parameters": {"new\nkey": 1}}}).encode()
    assert "# The SDK has no field for: 'new\\nkey'" in rendered(Form.PYTHON, body, PROFILE)
