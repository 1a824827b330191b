"""Operation logs: lists and single reads."""

from .call import Answer, Call
from .inventory import OBJECT_TYPES
from .queries import Filters, one, page
from .things import PROVIDERS, Task
from .wire import Wire

TASK_STATES = frozenset(["success", "skipped", "failed", "running", "timeout", "waiting"])
TASK_TYPES = frozenset(
    ["backup", "copy", "replication", "delete", "restore", "vault_delete", "remove_resource", "sync"]
)


def every(call: Call) -> Answer:
    """GET operation-logs, newest first."""
    resources, vaults = call.estate.resources, call.estate.vaults
    wanted = Filters[Task](call)
    wanted.choice("operation_type", lambda task: task.operation_type, TASK_TYPES)
    wanted.choice("status", lambda task: task.status, TASK_STATES)
    wanted.equal("vault_id", lambda task: task.vault_id)
    wanted.name("vault_name", lambda task: vaults[task.vault_id].name)
    wanted.equal("resource_id", lambda task: task.resource_id)
    wanted.name("resource_name", lambda task: resources[task.resource_id].name)
    wire = Wire(call.estate, call.modes)
    wanted.equal("provider_id", lambda task: PROVIDERS[OBJECT_TYPES[resources[task.resource_id].type]])
    project = "enterprise_project_id"
    wanted.equal(project, lambda task: vaults[task.vault_id].enterprise_project_id, "all_granted_eps")
    wanted.period(lambda task: task.created_at)
    wanted.appeared(lambda task: task.created_at)
    found = wanted.pick(reversed(call.estate.tasks.values()))
    return page(call, "operation_logs", found, wire.task)


def show(call: Call) -> Answer:
    """GET one operation log."""
    task = one(call, call.estate.tasks, "operation_log_id", "6500")
    return Answer({"operation_log": Wire(call.estate, call.modes).task(task)})
