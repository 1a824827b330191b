"""Policies that are changed, deleted, applied to vaults and removed from them: what is accepted and refused."""

from typing import Any

import pytest

from cbr_desktop.simulator.estate import demo

from .conftest import START, Cloud, HandClock
from .test_policies import EVERY_DAY, code, create


@pytest.fixture
def cloud(contract: Any) -> Cloud:
    """The demo estate with a short past, since every change of a policy looks at it."""
    return Cloud(contract, demo(START, days=5), HandClock(START))


@pytest.fixture
def policy(cloud: Any) -> Any:
    """A backup policy of thirty days that is applied to nothing."""
    return create(cloud, keeps={"retention_duration_days": 30})


def update(cloud: Any, policy: Any, status: int = 200, **keys: Any) -> Any:
    body = cloud.cbr("PUT", f"policies/{policy['id']}", status, json={"policy": keys})
    return body.get("policy", body)


def apply(cloud: Any, vault: str, policy: Any, status: int = 200, **keys: Any) -> Any:
    request = {"policy_id": policy["id"], **keys}
    body = cloud.cbr("POST", f"vaults/{cloud.vault(vault).id}/associatepolicy", status, json=request)
    return body.get("associate_policy", body)


def remove(cloud: Any, vault: str, policy: Any, status: int = 200) -> Any:
    path = f"vaults/{cloud.vault(vault).id}/dissociatepolicy"
    body = cloud.cbr("POST", path, status, json={"policy_id": policy["id"]})
    return body.get("dissociate_policy", body)


def of_vault(cloud: Any, vault: str) -> list[str]:
    return [each["name"] for each in cloud.get("policies", vault_id=cloud.vault(vault).id)["policies"]]


def named(cloud: Any, name: str) -> Any:
    return next(each for each in cloud.get("policies")["policies"] if each["name"] == name)


def test_what_is_not_named_in_a_change_stays(cloud, policy):
    changed = update(cloud, policy, name="other", enabled=False)
    assert changed == policy | {"name": "other", "enabled": False, "associated_vaults": []}
    assert cloud.get(f"policies/{policy['id']}")["policy"] == changed
    pattern = "FREQ=DAILY;INTERVAL=2;BYHOUR=3;BYMINUTE=00"
    changed = update(cloud, policy, trigger={"properties": {"pattern": [pattern]}})
    assert (changed["trigger"]["properties"]["pattern"], changed["name"]) == ([pattern], "other")
    assert changed["trigger"]["properties"]["start_time"] == policy["trigger"]["properties"]["start_time"]


def test_rules_that_a_change_does_not_name_go_or_stay(cloud, policy):
    rule = {"max_backups": 7}
    assert update(cloud, policy, operation_definition=rule)["operation_definition"] == {
        "max_backups": 7,
        "full_backup_interval": -1,
        "created_by": "customer",
    }
    cloud.modes.unsent_rules = "stay"
    kept = update(cloud, policy, operation_definition={"full_backup_interval": 5})["operation_definition"]
    assert (kept["max_backups"], kept["full_backup_interval"]) == (7, 5)


@pytest.mark.parametrize(
    "keys",
    [
        {"name": "a b"},
        {"enabled": "no"},
        {"operation_definition": {"max_backups": 0}},
        {"operation_definition": {"day_backups": 1}},
        {"trigger": {}},
        {"trigger": {"properties": {"pattern": []}}},
    ],
)
def test_a_change_that_offends_is_refused_and_nothing_of_it_is_done(cloud, policy, keys):
    assert code(update(cloud, policy, 400, **({"name": "other"} | keys))) == "9900"
    assert cloud.get(f"policies/{policy['id']}")["policy"]["name"] == "policy001"


def test_time_and_number_together_are_refused_in_otc_alone(cloud, policy):
    both = {"retention_duration_days": 7, "max_backups": 7}
    update(cloud, policy, operation_definition=both)
    cloud.modes.otc = True
    assert code(update(cloud, policy, 400, operation_definition=both)) == "9900"
    zeros = dict.fromkeys(("day_backups", "week_backups", "month_backups", "year_backups"), 0)
    update(cloud, policy, operation_definition={"retention_duration_days": 7, **zeros})


def test_what_does_not_exist_is_404(cloud, policy):
    cloud.cbr("DELETE", f"policies/{policy['id']}", 204)
    assert code(update(cloud, policy, 404, name="x")) == "6000"
    assert code(cloud.cbr("DELETE", f"policies/{policy['id']}", 404)) == "6000"
    assert code(apply(cloud, "vault-be94", policy, 404)) == "6000"
    assert code(remove(cloud, "vault-be94", policy, 404)) == "6000"
    nowhere = f"vaults/{policy['id']}/associatepolicy"
    assert code(cloud.cbr("POST", nowhere, 404, json={"policy_id": policy["id"]})) == "6105"


def test_an_applied_policy_is_deleted_and_applied_no_more(cloud):
    daily = named(cloud, "daily-22h")
    backups = cloud.get("backups")["count"]
    cloud.cbr("DELETE", f"policies/{daily['id']}", 204)
    assert of_vault(cloud, "vault-web-prod") == []
    assert cloud.get("backups")["count"] == backups


def test_a_policy_takes_the_place_of_another_of_its_type(cloud, policy):
    assert of_vault(cloud, "vault-erp-prod") == ["daily-22h", "repl-eu-nl"]
    assert apply(cloud, "vault-erp-prod", policy) == {
        "vault_id": cloud.vault("vault-erp-prod").id,
        "policy_id": policy["id"],
    }
    assert of_vault(cloud, "vault-erp-prod") == ["repl-eu-nl", "policy001"]
    shown = cloud.get(f"policies/{policy['id']}")["policy"]["associated_vaults"]
    assert [each["vault_id"] for each in shown] == [cloud.vault("vault-erp-prod").id]
    assert cloud.get("vaults", policy_id=policy["id"])["count"] == 1
    apply(cloud, "vault-erp-prod", policy)
    assert of_vault(cloud, "vault-erp-prod") == ["repl-eu-nl", "policy001"]


def test_removal_needs_that_it_is_applied(cloud, policy):
    apply(cloud, "vault-be94", policy)
    assert remove(cloud, "vault-be94", policy)["policy_id"] == policy["id"]
    assert of_vault(cloud, "vault-be94") == []
    assert code(remove(cloud, "vault-be94", policy, 404)) == "6002"


def test_exactly_one_of_two_ways_to_name_the_policy(cloud, policy):
    path = f"vaults/{cloud.vault('vault-be94').id}/associatepolicy"
    several = {"add_policy_ids": [policy["id"]]}
    for body in ({}, {"policy_id": policy["id"], **several}, {"add_policy_ids": []}, {"policy_id": "x"}):
        assert code(cloud.cbr("POST", path, 400, json=body)) == "9900"
    assert cloud.cbr("POST", path, json=several)["associate_policy"]["policy_id"] == policy["id"]
    cloud.modes.otc = True
    assert code(cloud.cbr("POST", path, 400, json=several)) == "9900"


@pytest.mark.parametrize(
    ("vault", "refusal"),
    [("vault-erp-prod-dr", "6127"), ("vault-arrears", "6112"), ("vault-old-poc", "6112"), ("vault-legacy", "6112")],
)
def test_vaults_that_take_no_backup_policy(cloud, policy, vault, refusal):
    assert code(apply(cloud, vault, policy, 400)) == refusal


def test_a_hybrid_vault_takes_no_backup_policy_and_one_that_is_expanded_does(cloud, policy):
    cloud.vault("vault-be94").protect_type = "hybrid"
    assert code(apply(cloud, "vault-be94", policy, 400)) == "6136"
    apply(cloud, "vault-expand", policy)


def test_a_replication_policy_needs_a_vault_to_copy_to(cloud):
    replication = named(cloud, "repl-eu-nl")
    (applied,) = replication["associated_vaults"]
    target = applied["destination_vault_id"]
    assert code(apply(cloud, "vault-web-prod", replication, 400)) == "9900"
    nowhere = {"destination_vault_id": replication["id"]}
    assert code(apply(cloud, "vault-web-prod", replication, 400, **nowhere)) == "6120"
    answer = apply(cloud, "vault-web-prod", replication, destination_vault_id=target)
    assert answer["destination_vault_id"] == target
    assert code(apply(cloud, "vault-db-disks", replication, 400, destination_vault_id=target)) == "6122"
    assert code(apply(cloud, "vault-erp-prod-dr", replication, 400, destination_vault_id=target)) == "6127"


def test_where_an_applied_replication_policy_leads_cannot_be_changed(cloud):
    replication = named(cloud, "repl-eu-nl")
    rule = {"retention_duration_days": 7, "destination_region": "eu-nl"}
    kept = update(cloud, replication, operation_definition=rule)["operation_definition"]
    assert kept["destination_project_id"] == replication["operation_definition"]["destination_project_id"]
    elsewhere = {"destination_region": "eu-de"}
    assert code(update(cloud, replication, 400, operation_definition=elsewhere)) == "6003"
    remove(cloud, "vault-erp-prod", replication)
    update(cloud, replication, operation_definition=elsewhere)


def test_thirty_two_policies_of_a_type(cloud):
    for number in range(27):
        create(cloud, name=f"p-{number}")
    assert code(create(cloud, 400)) == "6001"
    cloud.cbr("DELETE", f"policies/{named(cloud, 'p-1')['id']}", 204)
    create(cloud)


def test_a_type_that_does_not_exist_has_a_code_of_its_own_in_some_regions(cloud):
    cloud.modes.unknown_policy_type = "6117"
    assert code(create(cloud, 400, operation_type="copy")) == "6117"


def test_policies_can_be_missing_and_forbidden(cloud, policy):
    cloud.modes.forbidden = {"cbr:policies:update", "cbr:policies:delete", "cbr:vaults:associatePolicy"}
    for method, path in (("PUT", f"policies/{policy['id']}"), ("DELETE", f"policies/{policy['id']}")):
        assert "forbidden" in cloud.cbr(method, path, 403, json={"policy": {}})
    assert "forbidden" in apply(cloud, "vault-be94", policy, 403)
    cloud.modes.missing = {"policies"}
    assert cloud.cbr("PUT", f"policies/{policy['id']}", 404, json={"policy": {}})["error_code"] == "APIGW.0101"


def test_the_published_example_of_a_change(cloud, policy):
    zeros = {"day_backups": 0, "month_backups": 0, "week_backups": 0, "year_backups": 0}
    example = {
        "enabled": True,
        "name": "policy001",
        "operation_definition": {"max_backups": 1, "timezone": "UTC+08:00", **zeros},
        "trigger": {"properties": {"pattern": [EVERY_DAY]}},
    }
    cloud.modes.otc = True
    changed = update(cloud, policy, **example)
    assert changed["operation_definition"] == example["operation_definition"]
    assert (changed["associated_vaults"], changed["operation_type"]) == ([], "backup")
