"""What acts on one profile once the data folder is open, handed over as one complete value.

The first paint comes before it; until then a context has ``None`` in its place.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.ui.session.draft_store import DraftStore
    from cbr_desktop.workflows.backup_reading import BackupReader
    from cbr_desktop.workflows.outbox import Outbox
    from cbr_desktop.workflows.ports import AddressBook
    from cbr_desktop.workflows.refresh import Refresh


class ProfileServices(Struct, frozen=True):
    """What acts on one profile: the outlet for changes, the reading, and the drafts (``None``: none are kept).

    ``address_book`` has names for the projects that backups are shared with; without it none is kept.
    ``backup_reader`` reads single backups whose details are shown; without it no more is told of them than in the list.
    """

    outbox: "Outbox"
    refresh: "Refresh"
    draft_store: "DraftStore | None"
    backup_reader: "BackupReader | None" = None
    address_book: "AddressBook | None" = None
