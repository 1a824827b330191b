"""Policies on vaults: applied and removed again, by the rules of the API reference and its error table."""

from collections.abc import Sequence

from . import refusals
from .bodies import Body, items_of
from .call import Answer, Call
from .inventory import Estate
from .queries import one, uuid_of
from .things import Policy, Vault


def _apply(estate: Estate, vault: Vault, policies: Sequence[Policy], destination_vault_id: str | None) -> None:
    """Put policies on a vault in the place of those of the same types."""
    kinds = {policy.operation_type for policy in policies}
    for each in estate.policies.values():
        if each.operation_type in kinds:
            each.vaults.pop(vault.id, None)
    for policy in policies:
        policy.vaults[vault.id] = destination_vault_id if policy.operation_type == "replication" else None


def associate(call: Call) -> Answer:
    """POST associatepolicy: 200 with vault and policy, or a refusal."""
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"policy_id", "destination_vault_id"}, {"add_policy_ids"})
    policies = _wanted(call, given.get("policy_id"), given.get("add_policy_ids"))
    if vault.status not in ("available", "lock"):
        raise refusals.service("6112")
    target_id = given.get("destination_vault_id")
    for policy in policies:
        if vault.protect_type == "replication":
            raise refusals.service("6127")
        if policy.operation_type == "replication":
            target_id = uuid_of(target_id, "destination_vault_id")
            _check_destination(call, vault, policy, target_id)
    _apply(call.estate, vault, policies, target_id)
    call.estate.changed()
    return Answer({"associate_policy": _pair(vault, policies[0])})


def _wanted(call: Call, single: object, several: object) -> list[Policy]:
    if (single is None) is (several is None):
        raise refusals.invalid("policy_id or add_policy_ids")
    ids = [single] if several is None else items_of(several, "add_policy_ids", most=10)
    policies = [call.estate.policies.get(uuid_of(each, "policy_id")) for each in ids]
    found = [each for each in policies if each is not None]
    if not found or len(found) < len(policies):
        raise refusals.service("6000") if policies else refusals.invalid("add_policy_ids")
    return found


def _check_destination(call: Call, vault: Vault, policy: Policy, target_id: str) -> None:
    if vault.object_type != "server":
        raise refusals.service("6127")
    there = call.estate.of(str(policy.definition.get("destination_project_id")))
    target = there.vaults.get(target_id)
    if target is None or there is call.estate:
        raise refusals.service("6120")
    if target.protect_type != "replication" or target.object_type != vault.object_type:
        raise refusals.service("6119")


def dissociate(call: Call) -> Answer:
    """POST dissociatepolicy: 200 with vault and policy, or a refusal."""
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"policy_id"})
    policy = call.estate.policies.get(uuid_of(given.get("policy_id"), "policy_id"))
    if policy is None:
        raise refusals.service("6000")
    if vault.id not in policy.vaults:
        raise refusals.service("6002")
    pair = _pair(vault, policy)
    del policy.vaults[vault.id]
    call.estate.changed()
    return Answer({"dissociate_policy": pair})


def _pair(vault: Vault, policy: Policy) -> dict[str, str]:
    pair = {"vault_id": vault.id, "policy_id": policy.id}
    target_id = policy.vaults[vault.id]
    return pair if target_id is None else {**pair, "destination_vault_id": target_id}
