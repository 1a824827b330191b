"""Tags of vaults, and the search for vaults by tags."""

from typing import Any

import pytest

from cbr_desktop.simulator.estate import DEMO_PROJECT_ID

from .conftest import Cloud, code

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def tags_of(cloud: Cloud, vault: str) -> dict[str, str]:
    rows = cloud.get(f"vault/{cloud.vault(vault).id}/tags")["tags"]
    return {each["key"]: each["value"] for each in rows}


def add(cloud: Cloud, vault: str, key: Any, value: Any, status: int = 204) -> Any:
    body = {"tag": {"key": key, "value": value}}
    return cloud.cbr("POST", f"vault/{cloud.vault(vault).id}/tags", status, json=body)


def act(cloud: Cloud, vault: str, action: str, *tags: dict[str, Any], status: int = 204) -> Any:
    body = {"action": action, "tags": list(tags)}
    return cloud.cbr("POST", f"vault/{cloud.vault(vault).id}/tags/action", status, json=body)


def found(cloud: Cloud, **more: Any) -> set[str]:
    body = cloud.cbr("POST", "vault/resource_instances/action", json={"action": "filter", **more})
    return {each["resource_name"] for each in body["resources"]}


def test_tag_is_added_and_overwritten_without_a_body(cloud):
    url = f"/v3/{DEMO_PROJECT_ID}/vault/{cloud.vault('vault-be94').id}/tags"
    answer = cloud.send("POST", url, headers={"X-Auth-Token": cloud.token}, json={"tag": {"key": "a", "value": "1"}})
    assert (answer.status_code, answer.content) == (204, b"")
    add(cloud, "vault-be94", " env ", " prod.1 ")
    add(cloud, "vault-be94", "a", "")
    assert tags_of(cloud, "vault-be94") == {"a": "", "env": "prod.1"}
    assert cloud.get(f"vaults/{cloud.vault('vault-be94').id}")["vault"]["tags"][1] == {"key": "env", "value": "prod.1"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("", "a"), ("k" * 37, "a"), ("two words", "a"), ("a.b", "a"), ("a", "v" * 44), ("a", "ü"), (7, "a"), ("a", 7)],
)
def test_malformed_tags(cloud, key, value):
    assert code(add(cloud, "vault-be94", key, value, 400)) == "9900"


def test_several_tags_are_added_and_deleted_at_once(cloud):
    act(cloud, "vault-erp-prod", "create", {"key": "env", "value": "test"}, {"key": "tier", "value": "1"})
    assert tags_of(cloud, "vault-erp-prod") == {"env": "test", "owner": "erp-team", "tier": "1"}
    act(cloud, "vault-erp-prod", "delete", {"key": "tier"}, {"key": "nobody"}, {"key": "env", "value": "other"})
    assert tags_of(cloud, "vault-erp-prod") == {"owner": "erp-team"}
    twice = ({"key": "a", "value": "1"}, {"key": "a", "value": "2"})
    assert code(act(cloud, "vault-erp-prod", "create", *twice, status=400)) == "9900"
    assert code(act(cloud, "vault-erp-prod", "replace", twice[0], status=400)) == "9900"
    assert tags_of(cloud, "vault-erp-prod") == {"owner": "erp-team"}


@pytest.mark.parametrize(("otc", "most"), [(False, 10), (True, 20)])
def test_vault_has_ten_tags_and_twenty_on_otc(cloud, otc, most):
    cloud.modes.otc = otc
    for number in range(most):
        add(cloud, "vault-be94", f"k{number}", "v")
    assert code(add(cloud, "vault-be94", "more", "v", 400)) == "6600"
    assert code(act(cloud, "vault-be94", "create", {"key": "more", "value": "v"}, status=400)) == "6600"
    add(cloud, "vault-be94", "k0", "other")


def test_values_on_otc_have_no_dot(cloud):
    cloud.modes.otc = True
    assert code(add(cloud, "vault-be94", "version", "1.2", 400)) == "9900"


def test_deleted_tag_must_be_there(cloud):
    vault_id = cloud.vault("vault-erp-prod").id
    cloud.cbr("DELETE", f"vault/{vault_id}/tags/env", 204)
    assert code(cloud.cbr("DELETE", f"vault/{vault_id}/tags/env", 404)) == "6601"
    assert tags_of(cloud, "vault-erp-prod") == {"owner": "erp-team"}


def test_unknown_vaults_have_no_tags(cloud):
    assert code(cloud.get(f"vault/{UNKNOWN}/tags", 404)) == "6105"
    assert cloud.get("vault/not-a-uuid/tags", 400)["error_msg"] == "Invalid vault_id provided."


def test_tags_of_the_project_are_keys_with_their_values(cloud):
    add(cloud, "vault-be94", "env", "test")
    tags = {each["key"]: each["values"] for each in cloud.get("vault/tags")["tags"]}
    assert tags == {"env": ["prod", "test"], "owner": ["erp-team"], "data": ["personal"]}


def test_search_by_tags(cloud):
    env = {"key": "env", "values": ["prod"]}
    owner, personal = {"key": "owner", "values": []}, {"key": "data", "values": ["personal", "public"]}
    assert found(cloud, tags=[env]) == {"vault-erp-prod", "vault-web-prod"}
    assert found(cloud, tags=[env, owner]) == {"vault-erp-prod"}
    assert found(cloud, tags_any=[owner, personal]) == {"vault-erp-prod", "vault-hr-worm"}
    everything = {each.name for each in cloud.estate.vaults.values()}
    assert everything - found(cloud, not_tags=[env, owner]) == {"vault-erp-prod"}
    assert everything - found(cloud, not_tags_any=[env, personal]) == {
        "vault-erp-prod",
        "vault-web-prod",
        "vault-hr-worm",
    }
    assert found(cloud, without_any_tag=True, object_type="turbo") == {"vault-sfs-media", "vault-files-hq"}
    assert found(cloud, matches=[{"key": "resource_name", "value": "prod"}], tags=[env]) == {
        "vault-erp-prod",
        "vault-web-prod",
    }
    assert found(cloud, cloud_type="hybrid") == set()


def test_search_has_pages_by_texts_and_counts(cloud):
    def pages(**more: Any) -> Any:
        return cloud.cbr("POST", "vault/resource_instances/action", json={"action": "filter", **more})

    whole = pages()
    assert (whole["total_count"], len(whole["resources"])) == (14, 14)
    some = pages(limit="3", offset="2")
    assert (some["total_count"], some["resources"]) == (14, whole["resources"][2:5])
    row = some["resources"][0]
    assert row["resource_detail"]["vault"]["id"] == row["resource_id"]
    counted = cloud.cbr("POST", "vault/resource_instances/action", json={"action": "count"})
    assert counted == {"total_count": 14}


@pytest.mark.parametrize(
    "given",
    [
        {"action": "look"},
        {"limit": 3},
        {"limit": "0"},
        {"limit": "1001"},
        {"offset": "-1"},
        {"tags": [{"key": "a"}]},
        {"tags": [{"key": "a", "values": ["b"] * 11}]},
        {"tags": [{"key": "a", "values": []}] * 11},
        {"matches": [{"key": "colour", "value": "red"}]},
        {"without_any_tag": "yes"},
    ],
)
def test_malformed_searches(cloud, given):
    refused = cloud.cbr("POST", "vault/resource_instances/action", 400, json={"action": "filter", **given})
    assert code(refused) == "9900"
