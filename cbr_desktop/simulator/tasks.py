"""Operation logs: lists and single reads."""

from . import refusals
from .call import Answer, Call
from .entities import Task
from .queries import Filters, moment, page, uuid_of
from .wire import Wire

TASK_STATES = frozenset(["success", "skipped", "failed", "running", "timeout", "waiting"])
TASK_TYPES = frozenset(
    ["backup", "copy", "replication", "delete", "restore", "vault_delete", "remove_resource", "sync"]
)


def every(call: Call) -> Answer:
    """GET operation-logs, newest first."""
    vaults = call.estate.vaults
    wire = Wire(call.estate, call.modes)

    def enterprise_of(task: Task) -> str:
        return vaults[task.vault_id].enterprise_project_id if task.vault_id in vaults else "0"

    wanted = Filters[Task](call)
    wanted.choice("operation_type", lambda task: task.operation_type, TASK_TYPES)
    wanted.choice("status", lambda task: task.status, TASK_STATES)
    wanted.equal("vault_id", lambda task: task.vault_id)
    wanted.name("vault_name", lambda task: call.estate.vault_name(task.vault_id) or "")
    wanted.equal("resource_id", lambda task: task.resource_id)
    wanted.name("resource_name", lambda task: wire.subject(task)["name"])
    wanted.equal("provider_id", wire.provider_id)
    project = "enterprise_project_id"
    wanted.equal(project, enterprise_of, "all_granted_eps")
    wanted.period(lambda task: task.created_at)
    wanted.appeared(lambda task: task.created_at)
    tasks = call.estate.history.tasks_since(moment(call, "start_time"))
    found = wanted.pick(reversed(tasks.values()))
    return page(call, "operation_logs", found, wire.task)


def show(call: Call) -> Answer:
    """GET one operation log."""
    task = call.estate.history.task(uuid_of(call.params["operation_log_id"], "operation_log_id"))
    if task is None:
        raise refusals.service("6500")
    return Answer({"operation_log": Wire(call.estate, call.modes).task(task)})
