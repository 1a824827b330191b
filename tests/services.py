"""Single services for screens that are shown without the rest of the program."""

from typing import Any, cast

from msgspec.structs import replace

from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.services import ProfileServices
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.session.workspace_services import WorkspaceServices


def give(context: ProfileContext, outbox: object, refresh: object) -> None:
    """Hand a context what acts on its profile; drafts that it has stay."""
    context.services = ProfileServices(cast(Any, outbox), cast(Any, refresh), context.draft_store)


def serve(workspace: Workspace, **parts: object) -> None:
    """Hand a workspace some of its services, beside those that it has; no session is opened."""
    nothing = WorkspaceServices(*(cast(Any, None),) * 5)
    workspace.services = replace(workspace.services or nothing, **cast(Any, parts))
    for context in workspace.contexts if "draft_store" in parts else ():
        if context.services is not None:
            context.services = replace(context.services, draft_store=cast(Any, parts["draft_store"]))
