"""The request document: the bytes of the body, and reading them back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId

VAULT = VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce")
SERVER = ResourceId("94eba8b2-acc9-4d82-badc-127144cc5526")
VOLUME = VolumeId("0b5816b5-f29c-4172-9d9a-76c719a659ce")

REFERENCE = {
    "checkpoint": {
        "parameters": {
            "auto_trigger": True,
            "description": "backup_description",
            "incremental": True,
            "name": "backup_name",
            "resources": [SERVER],
        },
        "vault_id": VAULT,
    }
}


def written(draft: CheckpointDraft) -> dict[str, object]:
    return json.loads(request.body(draft))["checkpoint"]


def read_kinds(value: object) -> list[FindingKind]:
    document, findings = request.read(json.dumps(value).encode())
    assert document is None or not any(
        f.severity is Severity.BLOCK and f.kind is not FindingKind.BOTH_FORMS for f in findings
    )
    return [finding.kind for finding in findings]


def with_parameters(**parameters: object) -> dict[str, object]:
    return {"checkpoint": {"vault_id": VAULT, "parameters": parameters}}


def test_the_documented_request_comes_out_of_its_draft() -> None:
    draft = CheckpointDraft(
        VAULT,
        name="backup_name",
        description="backup_description",
        auto_trigger=True,
        resources=(ResourceChoice(SERVER, "OS::Nova::Server", "ecs-1f0f-0002"),),
    )
    assert json.loads(request.body(draft)) == REFERENCE


def test_what_nobody_set_is_not_sent_and_the_backup_type_always_is() -> None:
    assert written(CheckpointDraft(VAULT)) == {"vault_id": VAULT, "parameters": {"incremental": True}}
    assert written(CheckpointDraft(VAULT, incremental=False))["parameters"] == {"incremental": False}


def test_disks_to_leave_out_need_the_longer_form() -> None:
    choices = (
        ResourceChoice(SERVER, "OS::Nova::Server", "ecs", exclude_volumes=(VOLUME,)),
        ResourceChoice(ResourceId(VOLUME), "OS::Nova::Server"),
    )
    parameters = written(CheckpointDraft(VAULT, resources=choices))["parameters"]
    assert parameters == {
        "incremental": True,
        "resource_details": [
            {"id": SERVER, "type": "OS::Nova::Server", "name": "ecs", "extra_info": {"exclude_volumes": [VOLUME]}},
            {"id": VOLUME, "type": "OS::Nova::Server"},
        ],
    }


def test_a_draft_survives_the_way_through_a_file() -> None:
    draft = CheckpointDraft(
        VAULT,
        name="n",
        description="vor dem Umzug – 1/2",
        incremental=False,
        resources=(ResourceChoice(SERVER, "OS::Nova::Server", "e", (VOLUME,)),),
        retention_days=30,
    )
    document, findings = request.read(request.body(draft))
    assert document is not None
    assert (document.draft, findings) == (draft, [])
    assert document.body == request.body(draft)


def test_a_file_is_sent_as_it_is_written() -> None:
    checkpoint = {"vault_id": VAULT, "parameters": {"name": "a", "new_key": [1]}}
    text = json.dumps({"ticket": 7, "checkpoint": checkpoint})
    document, findings = request.read(text.encode())
    assert document is not None
    assert document.other == {"ticket": 7}
    assert json.loads(document.body) == {"checkpoint": checkpoint}
    (finding,) = findings
    assert (finding.kind, finding.facts["path"]) == (FindingKind.UNKNOWN_KEY, "checkpoint.parameters.new_key")


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (with_parameters(incremental="yes"), "checkpoint.parameters.incremental"),
        (with_parameters(name=7), "checkpoint.parameters.name"),
        (with_parameters(description=None), "checkpoint.parameters.description"),
        (with_parameters(resources="all"), "checkpoint.parameters.resources"),
        (with_parameters(resources=[7]), "checkpoint.parameters.resources[0]"),
        (with_parameters(retention_duration_days=True), "checkpoint.parameters.retention_duration_days"),
        (with_parameters(resource_details=["x"]), "checkpoint.parameters.resource_details[0]"),
        (
            with_parameters(
                resource_details=[{"id": SERVER, "type": "OS::Nova::Server", "extra_info": {"exclude_volumes": [1]}}]
            ),
            "checkpoint.parameters.resource_details[0].extra_info.exclude_volumes[0]",
        ),
        ({"checkpoint": {"vault_id": 1}}, "checkpoint.vault_id"),
        ({"checkpoint": []}, "checkpoint"),
        ({"checkpoint": {"vault_id": VAULT, "parameters": []}}, "checkpoint.parameters"),
    ],
)
def test_a_wrong_type_is_named_with_its_place(value: object, path: str) -> None:
    document, findings = request.read(json.dumps(value).encode())
    assert document is None
    (finding,) = findings
    assert (finding.kind, finding.facts["path"]) == (FindingKind.WRONG_TYPE, path)


def test_what_is_missing_is_named() -> None:
    assert read_kinds({}) == [FindingKind.MISSING]
    assert read_kinds({"checkpoint": {}}) == [FindingKind.MISSING]
    assert read_kinds(with_parameters(resource_details=[{"type": "OS::Nova::Server"}])) == [FindingKind.MISSING]
    assert read_kinds([]) == [FindingKind.NOT_OBJECT]


def test_both_ways_of_naming_resources_at_once_are_refused() -> None:
    both = with_parameters(resources=[SERVER], resource_details=[{"id": SERVER, "type": "OS::Nova::Server"}])
    assert read_kinds(both) == [FindingKind.BOTH_FORMS]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe{}", b'{"checkpoint": NaN}', b"[" * 100_000, b'{"a": 1' + b"0" * 5000 + b"}"],
)
def test_what_is_not_json_gives_one_finding(data: bytes) -> None:
    document, findings = request.read(data)
    assert document is None
    assert [finding.kind for finding in findings] == [FindingKind.NOT_JSON]


def test_the_place_of_a_slip_is_told() -> None:
    _, (finding,) = request.read(b'{\n  "checkpoint": oops\n}')
    assert (finding.facts["line"], finding.facts["column"]) == (2, 17)


def test_a_key_written_twice_is_refused() -> None:
    document, (finding,) = request.read(b'{"checkpoint": {"vault_id": "a", "vault_id": "b"}}')
    assert document is None
    assert (finding.kind, finding.facts["path"]) == (FindingKind.DUPLICATE_KEY, "vault_id")


def test_a_byte_order_mark_does_no_harm() -> None:
    document, _ = request.read(b"\xef\xbb\xbf" + json.dumps(REFERENCE).encode())
    assert document is not None


def test_a_file_over_the_size_of_a_body_is_not_parsed() -> None:
    _, (finding,) = request.read(b" " * (request.SIZE_LIMIT + 1))
    assert finding.kind is FindingKind.TOO_LARGE


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "checkpoint",
                    "vault_id",
                    "parameters",
                    "resources",
                    "resource_details",
                    "id",
                    "type",
                    "extra_info",
                    "exclude_volumes",
                    "include_volumes",
                    "name",
                    "incremental",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_either_read_or_explained(value: object) -> None:
    document, findings = request.read(json.dumps({"checkpoint": value}).encode())
    assert document is not None or findings


def test_what_cannot_be_seen_is_escaped_and_means_the_same() -> None:
    draft = CheckpointDraft(VaultId("v"), description="left \u202egpj.exe\u202c \u200b right ü 工")
    data = request.body(draft)
    assert "\u202e" not in data.decode()
    assert "ü 工" in data.decode()
    document, _ = request.read(data)
    assert document is not None
    assert document.draft.description == draft.description
