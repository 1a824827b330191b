"""Lists and single reads of policies."""

from .call import Answer, Call
from .entities import Policy
from .queries import Filters, one, page
from .wire import Wire


def policies(call: Call) -> Answer:
    """GET policies."""
    wanted = Filters[Policy](call)
    wanted.choice("operation_type", lambda policy: policy.operation_type, ("backup", "replication"))
    vault_id = call.first("vault_id")
    if vault_id is not None:
        wanted.tests.append(lambda policy: vault_id in policy.vaults)
    found = wanted.pick(call.estate.policies.values())
    return page(call, "policies", found, Wire(call.estate, call.modes).policy)


def show_policy(call: Call) -> Answer:
    """GET one policy."""
    policy = one(call, call.estate.policies, "policy_id", "6000")
    return Answer({"policy": Wire(call.estate, call.modes).policy(policy)})
