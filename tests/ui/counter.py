"""A profile context with a real outbox, whose rows are kept in memory and whose cloud is never asked."""

from collections.abc import Iterable
from typing import Any, cast

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import Vault
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.outbox import Outbox
from tests.ui.estate import NOW, HandClock, Notebook, Wishes, profile


class MemoryRecords:
    """Rows of the outbox in memory; ``full`` makes the disk refuse."""

    def __init__(self) -> None:
        self.rows: dict[IntentId, Intent] = {}
        self.full = False

    def add(self, intent: Intent) -> None:
        """Keep a new row."""
        self._check()
        self.rows[intent.id] = intent

    def claim(self, intent: Intent) -> bool:
        """Claim a queued row."""
        self._check()
        won = self.rows[intent.id].state is IntentState.QUEUED
        self.rows[intent.id] = intent if won else self.rows[intent.id]
        return won

    def save(self, intent: Intent) -> None:
        """Keep a new state."""
        self._check()
        self.rows[intent.id] = intent

    def save_all(self, intents: Iterable[Intent]) -> None:
        """Keep several new states."""
        for intent in intents:
            self.save(intent)

    def load(self) -> list[Intent]:
        """Return all rows."""
        return list(self.rows.values())

    def _check(self) -> None:
        if self.full:
            raise NotSaved("/data/outbox.sqlite3", "no space left")


class Counter:
    """What a dialog is handed, and what can be seen of its doings; ``vaults`` is ``None`` while none were read."""

    def __init__(
        self, vaults: Iterable[Vault] | None, protectables: Iterable[Protectable] = (), of: Profile | None = None
    ) -> None:
        self.records = MemoryRecords()
        self.saved: list[tuple[str, str]] = []
        self.signals = LedgerSignals()
        self.ledger = Ledger(of or profile(), self.signals.notice)
        if vaults is not None:
            self.ledger.put_vaults(Listing(list(vaults), NOW))
        self.ledger.put_protectables(Listing(list(protectables), NOW))
        self.clock = HandClock()
        numbers = iter(range(1, 1000))
        cloud = cast(Any, None)
        self.settings = Notebook()
        self.context = ProfileContext(
            profile=self.ledger.profile,
            ledger=self.ledger,
            signals=self.signals,
            clock=self.clock,
            settings=self.settings,
            save_text=lambda path, text: self.saved.append((path, text)),
        )
        self.outbox = Outbox(
            self.ledger,
            self.records,
            cloud,
            self.clock,
            lambda: IntentId(f"{next(numbers):04d}-intent"),
            self.context.guard,
        )
        self.context.join(self.outbox, cast(Any, Wishes()))

    @property
    def sent(self) -> list[Intent]:
        """The requests that were queued, oldest first."""
        return list(self.records.rows.values())
