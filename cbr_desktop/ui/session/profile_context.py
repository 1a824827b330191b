"""The context of a profile: everything that a screen of one profile is handed, in one value."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.workflows.guard import Guard
from cbr_desktop.workflows.ledger import Ledger

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.ui.session.draft_store import DraftStore
    from cbr_desktop.workflows.outbox import Outbox
    from cbr_desktop.workflows.ports import Clock
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


@dataclass(eq=False, repr=False)
class ProfileContext:
    """One profile's ledger, its outlet for changes, and the workflows that act on it.

    ``guard`` keeps a read-only profile. ``outbox`` and ``refresh`` join after the first paint and before the first
    event of the operator.
    ``draft_store`` has the drafts; it joins after the first paint as well, and without it nothing of them is kept.
    ``save_text`` writes a file that the operator chose (path, text) whole or not at all and raises ``NotSaved``.
    """

    profile: Profile
    ledger: Ledger
    signals: LedgerSignals
    clock: "Clock"
    settings: Settings
    save_text: Callable[[str, str], None]
    is_demo: bool = False
    draft_store: "DraftStore | None" = None
    guard: Guard = field(init=False)
    outbox: "Outbox" = field(init=False)
    refresh: "Refresh" = field(init=False)

    def __post_init__(self) -> None:
        self.guard = Guard(self.profile, self.clock)

    def join(self, outbox: "Outbox", refresh: "Refresh") -> None:
        """Hand the workflows in."""
        self.outbox = outbox
        self.refresh = refresh
