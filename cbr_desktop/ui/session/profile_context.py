"""The context of a profile: everything that a screen of one profile is handed, in one value."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.workflows.guard import Guard
from cbr_desktop.workflows.ledger import Ledger

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.ui.session.draft_store import DraftStore
    from cbr_desktop.ui.session.services import ProfileServices
    from cbr_desktop.workflows.backup_reading import BackupReader
    from cbr_desktop.workflows.outbox import Outbox
    from cbr_desktop.workflows.ports import AddressBook, Clock
    from cbr_desktop.workflows.refresh import Refresh


class Settings(Protocol):
    """What screens remember between starts: sizes, columns, theme. Nothing private."""

    def get(self, key: str, default: object) -> object:
        """Return what was put under ``key``, or ``default``; values are what JSON can hold."""
        ...

    def put(self, key: str, value: object) -> None:
        """Remember ``value`` under ``key``."""
        ...

    def close(self) -> None:
        """Write what has changed."""
        ...


class ProfileContext(Struct, eq=False, weakref=True):
    """One profile's ledger, its outlet for changes, and the workflows that act on it.

    ``guard`` keeps a read-only profile. ``services`` come after the first paint and before the first event of the
    operator, all of them at once.
    ``save_text`` writes a file that the operator chose (path, text) whole or not at all and raises ``NotSaved``; what
    is no text it takes as bytes.
    """

    profile: Profile
    ledger: Ledger
    signals: LedgerSignals
    clock: "Clock"
    settings: Settings
    save_text: Callable[[str, str | bytes], None]
    is_demo: bool = False
    services: "ProfileServices | None" = None
    _guard: Guard | None = None

    def __repr__(self) -> str:
        return f"<context of {self.profile.name}>"

    @property
    def environment(self) -> Environment:
        """What is at stake in it: nothing in the demo cloud, whatever its profile says."""
        return Environment.DEMO if self.is_demo else self.profile.environment

    @property
    def guard(self) -> Guard:
        """What keeps a read-only profile."""
        if self._guard is None:
            self._guard = Guard(self.profile, self.clock)
        return self._guard

    @property
    def outbox(self) -> "Outbox":
        """The outlet for changes."""
        return self._there.outbox

    @property
    def refresh(self) -> "Refresh":
        """The reading of the lists."""
        return self._there.refresh

    @property
    def backup_reader(self) -> "BackupReader | None":
        """The reading of single backups; ``None`` before the first paint, and where nothing is read."""
        return self.services.backup_reader if self.services is not None else None

    @property
    def draft_store(self) -> "DraftStore | None":
        """The drafts; without it nothing of them is kept."""
        return self.services.draft_store if self.services is not None else None

    @property
    def address_book(self) -> "AddressBook | None":
        """Names for the projects that backups are shared with; without it none is kept."""
        return self.services.address_book if self.services is not None else None

    @property
    def _there(self) -> "ProfileServices":
        assert self.services is not None, "nothing acts on a profile before the first paint"  # noqa: S101
        return self.services
