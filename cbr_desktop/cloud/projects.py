"""Finding the projects that a login may use."""

from cbr_desktop.cloud.auth import Auth, authorised
from cbr_desktop.cloud.transport import Answer, Call, Client
from cbr_desktop.cloud.wire.logins import projects
from cbr_desktop.cloud.wire.reading import Unfit
from cbr_desktop.domain.account import Project
from cbr_desktop.domain.error import Forbidden, NotFound
from cbr_desktop.domain.ids import ProjectId, is_project_id
from cbr_desktop.domain.profile import Profile

_OBJECT_STORAGE = "MOS"
"""A project that every account has for object storage alone."""


async def own_projects(auth: Auth, client: Client, profile: Profile) -> list[Project]:
    """Return the projects that the login may use, by name; a cloud that does not tell is asked for all of them."""
    return await _first_answer(auth, client, profile, (("auth/projects", ()), ("projects", ())))


async def projects_by_name(auth: Auth, client: Client, profile: Profile) -> list[Project]:
    """Return the usable projects whose name is the profile's; that takes a permission, which not all have."""
    paths = (("projects", (("name", profile.project),)), ("auth/projects", ()))
    found = await _first_answer(auth, client, profile, paths)
    return [each for each in found if each.name == profile.project and each.enabled]


async def _first_answer(
    auth: Auth, client: Client, profile: Profile, ways: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
) -> list[Project]:
    (path, query), *others = ways
    call = Call("GET", f"{profile.iam_endpoint.rstrip('/')}/v3/{path}", query)
    try:
        return _read(await authorised(auth, client, call, client.read))
    except (Forbidden, NotFound):
        if not others:
            raise
    return await _first_answer(auth, client, profile, tuple(others))


def _read(answer: Answer) -> list[Project]:
    try:
        rows = projects(answer.body)
    except Unfit as error:
        raise answer.unfit(str(error)) from None
    found = [
        Project(ProjectId(row.id), row.name, row.enabled is not False)
        for row in rows
        if is_project_id(row.id) and row.name != _OBJECT_STORAGE and not row.is_domain
    ]
    return sorted(found, key=lambda project: project.name)
