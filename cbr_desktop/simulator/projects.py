"""The account's projects, whose a project is, and the enterprise projects that vaults are sorted into."""

from . import refusals
from .bodies import Body
from .call import Answer, Call
from .entities import EnterpriseProject
from .inventory import Estate
from .queries import Filters
from .wire import Json


def every(call: Call) -> Answer:
    """GET region-projects: the projects of the account, as the identity service would show them."""
    account = call.estate
    own = [_project(call, account, each.id, each.name) for each in account.projects]
    return Answer({"projects": own, "links": {"self": f"{call.base_url}/v3/auth/projects"}})


def _project(call: Call, account: Estate, project_id: str, name: str) -> Json:
    return {
        "id": project_id,
        "name": name,
        "description": "",
        "domain_id": account.domain.id,
        "parent_id": account.domain.id,
        "enabled": True,
        "is_domain": False,
        "links": {"self": f"{call.base_url}/v3/projects/{project_id}"},
    }


def of_domain(call: Call) -> Answer:
    """GET the projects of an account by its name, in this region or not; an unknown account has none."""
    name = call.params["domain_name"]
    found = [project for each in _accounts(call.estate) if each.domain.name == name for project in each.projects]
    return Answer({"projects": [{"project_id": each.id, "project_name": each.name} for each in found]})


def show_domain(call: Call) -> Answer:
    """GET whose a project is: names of account and project."""
    project_id = call.params["source_project_id"]
    for account in _accounts(call.estate):
        for project in account.projects:
            if project.id == project_id:
                return Answer(
                    {
                        "domain_id": account.domain.id,
                        "domain_name": account.domain.name,
                        "project_id": project.id,
                        "project_name": project.name,
                    }
                )
    raise refusals.invalid("source_project_id")


def _accounts(account: Estate) -> list[Estate]:
    return [account, *account.partners]


def enterprise(call: Call) -> Answer:
    """GET enterprise-projects: those that the user may see, the newest first, a page of 1000 at the most."""
    wanted = Filters[EnterpriseProject](call)
    wanted.equal("id", lambda each: each.id)
    wanted.name("name", lambda each: each.name)
    wanted.equal("status", lambda each: "1" if each.enabled else "2")
    found = wanted.pick(call.estate.enterprise_projects.values())
    found.sort(key=lambda each: each.created_at, reverse=call.first("sort_dir") != "asc")
    first, size = _number(call, "offset", 0, 0), _number(call, "limit", 1000, 1)
    rows = [_enterprise_project(each) for each in found[first : first + min(size, 1000)]]
    return Answer({"enterprise_projects": rows, "total_count": len(found)})


def _enterprise_project(project: EnterpriseProject) -> Json:
    made = f"{project.created_at:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "id": project.id,
        "name": project.name,
        "description": project.description,
        "status": 1 if project.enabled else 2,
        "created_at": made,
        "updated_at": made,
        "type": "prod",
        "delete_flag": False,
    }


def _number(call: Call, name: str, usual: int, least: int) -> int:
    given = call.first(name)
    if given is None:
        return usual
    if not given.isdecimal() or int(given) < least:
        raise _refused(400, "EPS.0003", f"The parameter {name} is invalid.")
    return int(given)


def move_to_enterprise(call: Call) -> Answer:
    """POST resources-migrate: 204, and a vault is in another enterprise project."""
    target = call.params["enterprise_project_id"]
    given = Body(call).plain()
    if target not in call.estate.enterprise_projects:
        raise _refused(404, "EPS.0004", "Enterprise project does not exist.")
    if not call.estate.enterprise_projects[target].enabled:
        raise _refused(400, "EPS.0003", "The enterprise project is disabled.")
    if given.get("resource_type") != "vault":
        raise _refused(400, "EPS.0003", "The resource type is not supported.")
    if given.get("project_id") not in [each.id for each in call.estate.projects]:
        raise _refused(400, "EPS.0003", "The project does not exist.")
    estate = call.estate.of(str(given["project_id"]))
    vault = estate.vaults.get(str(given.get("resource_id")))
    if vault is None:
        raise _refused(404, "EPS.0006", "The resource does not exist.")
    vault.enterprise_project_id = target
    estate.changed()
    return Answer(None, 204)


def _refused(status: int, code: str, message: str) -> refusals.Refusal:
    """A refusal in the shape of the enterprise project service."""
    return refusals.Refusal(status, {"error": {"code": code, "message": message}})
