"""What works for all profiles once the data folder is open, handed over as one complete value.

The first paint comes before it; until then a workspace has ``None`` in its place.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.text.plans import Plans
    from cbr_desktop.ui.session.draft_store import DraftStore
    from cbr_desktop.ui.session.profile_context import ProfileContext
    from cbr_desktop.ui.session.services import ProfileServices
    from cbr_desktop.workflows.ports import Journal


def _never() -> bool:
    return False


class WorkspaceServices(Struct, frozen=True):
    """What works for all profiles.

    ``open_session`` builds what acts on a profile context. ``orphans`` reads the requests that are kept and are of no
    profile with one of the names that it is given. ``plans`` are read and run, ``journal`` proves all of it.
    ``is_on_battery`` and ``is_metered`` (the network) may be asked in any thread.
    """

    open_session: "Callable[[ProfileContext], ProfileServices]"
    plans: "Plans"
    orphans: "Callable[[Sequence[str]], list[Intent]]"
    journal: "Journal"
    draft_store: "DraftStore"
    is_on_battery: Callable[[], bool] = _never
    is_metered: Callable[[], bool] = _never
