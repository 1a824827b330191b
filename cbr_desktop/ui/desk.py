"""The desk: everything that a screen of one profile is handed, in one value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.board import Board
from cbr_desktop.workflows.ledger import Ledger
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


@dataclass(frozen=True)
class Desk:
    """One profile's ledger, its outlet for changes, and the workflows that act on it.

    ``save_text`` writes a file that the operator chose (path, text) whole or not at all and raises ``NotSaved``.
    """

    profile: Profile
    ledger: Ledger
    board: Board
    outbox: Outbox
    refresh: Refresh
    clock: Clock
    settings: Settings
    save_text: Callable[[str, str], None]
    is_demo: bool = False
