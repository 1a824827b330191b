"""Policies on vaults: applied in the place of others, and removed again."""

from typing import Any

from .conftest import Cloud, code

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def act(cloud: Cloud, vault: str, what: str, status: int = 200, /, **body: Any) -> Any:
    return cloud.cbr("POST", f"vaults/{cloud.vault(vault).id}/{what}", status, json=body)


def policy_id(cloud: Cloud, name: str) -> str:
    return next(each.id for each in cloud.estate.policies.values() if each.name == name)


def test_policy_takes_the_place_of_the_one_of_its_type(cloud):
    vault, wanted = cloud.vault("vault-erp-prod"), policy_id(cloud, "gfs-hr")
    answer = act(cloud, "vault-erp-prod", "associatepolicy", policy_id=wanted)
    assert answer == {"associate_policy": {"vault_id": vault.id, "policy_id": wanted}}
    names = {each["name"] for each in cloud.get("policies", vault_id=vault.id)["policies"]}
    assert names == {"gfs-hr", "repl-eu-nl"}
    answer = act(cloud, "vault-erp-prod", "dissociatepolicy", policy_id=wanted)
    assert answer == {"dissociate_policy": {"vault_id": vault.id, "policy_id": wanted}}
    assert code(act(cloud, "vault-erp-prod", "dissociatepolicy", 404, policy_id=wanted)) == "6002"
    assert code(act(cloud, "vault-erp-prod", "dissociatepolicy", 404, policy_id=UNKNOWN)) == "6000"


def test_replication_policy_needs_a_destination(cloud):
    wanted = policy_id(cloud, "repl-eu-nl")
    there = cloud.estate.of(cloud.estate.projects[1].id)
    vaults = {each.name: each.id for each in there.vaults.values()}

    def refused(status: int = 400, vault: str = "vault-web-prod", **more: Any) -> str:
        return code(act(cloud, vault, "associatepolicy", status, policy_id=wanted, **more))

    assert refused() == "9900"
    assert refused(destination_vault_id=UNKNOWN) == "6120"
    assert refused(destination_vault_id=vaults["vault-shop-nl"]) == "6119"
    target = vaults["vault-erp-prod-nl"]
    assert refused(vault="vault-db-disks", destination_vault_id=target) == "6122"
    assert refused(vault="vault-erp-prod-dr", destination_vault_id=target) == "6127"
    assert refused(vault="vault-legacy", destination_vault_id=target) == "6112"
    answer = act(cloud, "vault-web-prod", "associatepolicy", policy_id=wanted, destination_vault_id=target)
    assert answer["associate_policy"]["destination_vault_id"] == target


def test_several_policies_are_applied_where_that_is_known(cloud):
    ids = [policy_id(cloud, "daily-22h"), policy_id(cloud, "gfs-hr")]
    act(cloud, "vault-be94", "associatepolicy", add_policy_ids=ids)
    assert cloud.get("policies", vault_id=cloud.vault("vault-be94").id)["count"] == 2
    for wrong in ({}, {"policy_id": ids[0], "add_policy_ids": ids}, {"add_policy_ids": []}, {"policy_id": "all"}):
        assert code(act(cloud, "vault-be94", "associatepolicy", 400, **wrong)) == "9900"
    assert code(act(cloud, "vault-be94", "associatepolicy", 404, add_policy_ids=[UNKNOWN])) == "6000"
    cloud.modes.otc = True
    assert code(act(cloud, "vault-be94", "associatepolicy", 400, add_policy_ids=ids)) == "9900"
