"""Drafts as texts: what a form changes is changed in its place, and nothing else is."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cbr_desktop.domain import draft, jsontext
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.ids import PolicyId, ResourceId, VaultId, VolumeId

VAULT = "5f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f"
ODD = """{
\t"_comment": "kept",
\t"checkpoint": {
\t\t"parameters": { "name": "a",   "future.knob": [1,2],
\t\t  "incremental": false },
\t\t"vault_id":"5f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f"
\t}
}
"""


def asked(text: str) -> CheckpointDraft:
    document, _ = draft.read(text)
    assert document is not None
    return document.draft


def test_a_changed_name_changes_its_letters_and_no_others() -> None:
    assert draft.edited(ODD, replace(asked(ODD), name="night")) == ODD.replace('"a"', '"night"')


def test_nothing_changed_is_the_same_text() -> None:
    assert draft.edited(ODD, asked(ODD)) == ODD


def test_what_is_new_comes_in_its_order_and_what_is_gone_leaves_no_comma() -> None:
    text = draft.new_text(CheckpointDraft(VaultId(VAULT), "a"))
    more = draft.edited(text, replace(asked(text), description="why", policy_id=PolicyId(VAULT)))
    assert list(json.loads(more)["checkpoint"]["parameters"]) == ["description", "incremental", "name", "policy_id"]
    assert draft.edited(more, asked(text)) == text


def test_what_others_wrote_beside_a_resource_stays_with_it() -> None:
    detail = {"id": VAULT, "type": "OS::Nova::Server", "x-owner": "team", "extra_info": {"future": 1}}
    body = {"checkpoint": {"vault_id": VAULT, "parameters": {"resource_details": [detail]}}}
    text = json.dumps(body, indent=4)
    other = ResourceId(VAULT.replace("5f0d", "6f0d"))
    choices = (
        ResourceChoice(ResourceId(VAULT), "OS::Nova::Server", exclude_volumes=(VolumeId(VAULT),)),
        ResourceChoice(other, "OS::Nova::Server"),
    )
    found = json.loads(draft.edited(text, replace(asked(text), resources=choices)))
    first, second = found["checkpoint"]["parameters"]["resource_details"]
    assert first["x-owner"] == "team"
    assert first["extra_info"] == {"future": 1, "exclude_volumes": [VAULT]}
    assert second == {"id": other, "type": "OS::Nova::Server"}


def test_a_form_that_cannot_show_all_leaves_the_rest_alone() -> None:
    taken = ResourceChoice(ResourceId(VAULT), "OS::Nova::Server", include_volumes=(VolumeId(VAULT),))
    held = CheckpointDraft(VaultId(VAULT), "a", retention_days=7, resources=(taken,))
    shown = replace(held, retention_days=None, resources=(replace(taken, include_volumes=(), name="ecs"),))
    assert draft.unshown(held, shown) == ["retention_days", "resources"]
    assert draft.merged(held, shown, replace(shown, name="b")) == replace(held, name="b")


def test_errors_are_at_their_line() -> None:
    broken = '{\n "checkpoint": {\n  "vault_id": 5,\n  "parameters": {\n   "resources": ["a",\n    7]}}}'
    _, findings = draft.read(broken)
    assert [line for line, _ in draft.lines_of(broken, findings)] == [3, 6]
    torn = '{\n "checkpoint": {,\n}'
    _, findings = draft.read(torn)
    assert [line for line, _ in draft.lines_of(torn, findings)] == [2]


def test_line_ends_of_another_system_come_back() -> None:
    data = ODD.replace("\n", "\r\n").encode()
    found = draft.decoded(data)
    assert "\r" not in found.text
    assert draft.draft_bytes(found.text, found.line_end) == data


CHOICES = st.lists(st.uuids(version=4).map(str), max_size=3, unique=True).map(
    lambda ids: tuple(ResourceChoice(ResourceId(id), "OS::Nova::Server") for id in ids) or None
)
DRAFTS = st.builds(
    CheckpointDraft,
    vault_id=st.just(VaultId(VAULT)),
    name=st.text("abc-é", max_size=4),
    description=st.text('ab"\\{}[],:\n ', max_size=6),
    incremental=st.booleans(),
    auto_trigger=st.booleans(),
    resources=CHOICES,
    retention_days=st.none() | st.integers(1, 9),
)
INDENTS = st.sampled_from([None, 1, 2, 4, "\t"])


@settings(max_examples=150, deadline=None)
@given(DRAFTS, DRAFTS, INDENTS)
def test_whatever_is_edited_into_whatever_comes_out_as_asked(
    before: CheckpointDraft, after: CheckpointDraft, indent: int | str | None
) -> None:
    value = json.loads(draft.new_text(before)) | {"x": {"deep": ["}", 1.5e3, None]}}
    value["checkpoint"]["parameters"]["unknown"] = True
    text = json.dumps(value, indent=indent)
    changed = draft.edited(text, after)
    assert draft.unshown(after, asked(changed)) == []
    assert json.loads(changed)["x"] == {"deep": ["}", 1.5e3, None]}
    assert json.loads(changed)["checkpoint"]["parameters"]["unknown"] is True
    assert ("\n" in changed) == (indent is not None)


def test_an_object_that_is_missing_on_the_way_is_made() -> None:
    text = '{\n  "checkpoint": {}\n}'
    assert json.loads(jsontext.put(text, ("checkpoint", "parameters"), "name", "a")) == {
        "checkpoint": {"parameters": {"name": "a"}}
    }


@pytest.mark.parametrize("text", ["", "{", '{"a": }', "[1,]"])
def test_what_is_no_json_has_no_places(text: str) -> None:
    with pytest.raises(ValueError):
        jsontext.located(text)
