"""The hall: the profiles that are open, and the scope of them that is looked at; what the window is handed."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from cbr_desktop.domain.error import StorageError
from cbr_desktop.domain.ids import IntentId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.board import Board
from cbr_desktop.ui.desk import Desk, Settings
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.scope import Scope

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.ui.plans import Plans
    from cbr_desktop.ui.shelf import Shelf
    from cbr_desktop.workflows.ports import Clock, Journal


_OFFLINE = "window/offline"


class Extent(StrEnum):
    """How much is looked at."""

    ONE = "one"
    GROUP = "group"
    ALL = "all"


class Choice(NamedTuple):
    """A scope that can be chosen: ``name`` is the profile's or the group's, ``profiles`` are the members' names."""

    extent: Extent
    name: str
    profiles: tuple[str, ...]


class Hall(QObject):
    """Knows all profiles, opens a desk for each that is looked at, and keeps it open until the program ends.

    ``admit`` is called with every desk that opens after the first paint, so that a house is built behind it.

    Signals:
        scope_changed: another scope is looked at now.
    """

    scope_changed = Signal()

    def __init__(
        self,
        profiles: Sequence[Profile],
        settings: Settings,
        clock: "Clock",
        save_text: Callable[[str, str], None],
        *,
        is_demo: bool = False,
    ) -> None:
        super().__init__()
        self.board = Board(self)
        self.settings = settings
        self.clock = clock
        self.is_demo = is_demo
        self.scope = Scope()
        """What is looked at."""
        self.open = Scope()
        """Everything that is open: requests are followed whatever is looked at."""
        self.admit: Callable[[Desk], None] | None = None
        self.plans: Plans | None = None
        """The plans that are read and run; they join after the first paint."""
        self.strays: Callable[[Sequence[str]], list[Intent]] | None = None
        """Reads the requests that are kept and are of no profile with one of these names; it joins as well."""
        self.journal: Journal | None = None
        """What proves all of it; it joins after the first paint."""
        self.shelf: Shelf | None = None
        self.sealed: StorageError | None = None
        self.choice = Choice(Extent.ONE, "", ())
        self._key = "demo/scope" if is_demo else "window/scope"
        self._profiles = list(profiles)
        self.save_text = save_text
        self._desks: dict[str, Desk] = {}

    # what there is

    @property
    def profiles(self) -> list[Profile]:
        """All profiles in the operator's order."""
        return list(self._profiles)

    @property
    def desks(self) -> list[Desk]:
        """The desks that are open."""
        return list(self._desks.values())

    @property
    def ledgers(self) -> dict[str, Ledger]:
        """The ledgers of the desks that are open, by the names of their profiles."""
        return {name: desk.ledger for name, desk in self._desks.items()}

    @property
    def shown_desks(self) -> list[Desk]:
        """The desks of the scope."""
        return [self._desks[name] for name in self.choice.profiles]

    def choices(self) -> list[Choice]:
        """Return what can be chosen: each profile, each group of several, and all of them."""
        ones = [Choice(Extent.ONE, profile.name, (profile.name,)) for profile in self._profiles]
        groups: dict[str, list[str]] = {}
        for profile in self._profiles:
            if profile.group:
                groups.setdefault(profile.group, []).append(profile.name)
        several = [Choice(Extent.GROUP, group, tuple(names)) for group, names in groups.items() if len(names) > 1]
        whole = tuple(profile.name for profile in self._profiles)
        return [*ones, *several, *([Choice(Extent.ALL, "", whole)] if len(whole) > 1 else [])]

    def remembered(self) -> Choice | None:
        """Return the scope that was looked at last, if there is such a one still."""
        stored = self.settings.get(self._key, None)
        return next((choice for choice in self.choices() if stored == [choice.extent.value, choice.name]), None)

    def desk(self, name: str) -> Desk:
        """Return the desk of a profile that is open."""
        return self._desks[name]

    def desk_of_vault(self, vault_id: VaultId | None) -> Desk | None:
        """Return the desk to act on a vault from: of those that know it, one that may change things comes first.

        Without a vault it is the only desk of the scope, or ``None`` where there are several.
        """
        if vault_id is None:
            shown = self.shown_desks
            return shown[0] if len(shown) == 1 else None
        return self.desk_of(lambda ledger: vault_id in ledger.vaults)

    def desk_of(self, knows: Callable[[Ledger], bool]) -> Desk | None:
        """Return the desk to act on something from: of those that know it, one that may change things comes first."""
        knowing = [desk for desk in (*self.shown_desks, *self.desks) if knows(desk.ledger)]
        return next((desk for desk in knowing if desk.guard.is_open), knowing[0] if knowing else None)

    def desk_of_intent(self, id: IntentId) -> Desk:
        """Return the desk from which a request was made."""
        return next(desk for desk in self.desks if id in desk.ledger.intents)

    @property
    def is_offline(self) -> bool:
        """Whether the operator works offline: then nothing leaves this machine."""
        return self.settings.get(_OFFLINE, False) is True

    # what is done

    def put_shelf(self, shelf: "Shelf") -> None:
        """Hand in the drafts, for the desks that are open and those to come."""
        self.shelf = shelf
        for desk in self.desks:
            desk.shelf = shelf

    def seal(self, error: StorageError) -> None:
        """Let no change through any profile from now on: the data folder cannot be written."""
        self.sealed = error
        for desk in self.desks:
            desk.guard.seal(error)

    def work_offline(self, offline: bool) -> None:
        """Begin or end working offline, now and at the next start."""
        self.settings.put(_OFFLINE, offline)
        for desk in self.desks:
            desk.refresh.ask()
            if not offline:
                desk.outbox.wake()
        self.board.notice(Part.CONNECTION)

    def choose(self, choice: Choice, *, remember: bool = True) -> None:
        """Look at another scope, opening what of it is not open yet; ``remember`` it for the next start."""
        self._choose(choice)
        if remember:
            self.settings.put(self._key, [choice.extent.value, choice.name])

    def open_also(self, names: Sequence[str]) -> None:
        """Open profiles beside those that are looked at."""
        for profile in self._profiles:
            if profile.name in names and profile.name not in self._desks:
                self._open(profile)
        self.open.show([desk.ledger for desk in self.desks])
        self.board.notice(Part.INTENTS)

    def ask_refresh(self) -> None:
        """Read everything of the scope now."""
        for desk in self.shown_desks:
            desk.refresh.ask()

    def outdated(self, profiles: Sequence[Profile]) -> list[Desk]:
        """Return the desks whose profile is not among ``profiles`` as it is."""
        return [desk for desk in self.desks if desk.profile not in profiles]

    def put_profiles(self, profiles: Sequence[Profile]) -> None:
        """Take over edited profiles. Desks that are outdated by that go; their houses must be closed before.

        The scope keeps what is left of it, or falls to the first profile there is.
        """
        for desk in self.outdated(profiles):
            del self._desks[desk.profile.name]
        self._profiles = list(profiles)
        same = [choice for choice in self.choices() if choice[:2] == self.choice[:2]]
        self._choose((same or self.choices() or [Choice(Extent.ONE, "", ())])[0])

    def _choose(self, choice: Choice) -> None:
        for name in choice.profiles:
            if name not in self._desks:
                self._open(next(profile for profile in self._profiles if profile.name == name))
        self.choice = choice
        self.scope.show([desk.ledger for desk in self.shown_desks])
        self.open.show([desk.ledger for desk in self.desks])
        self.scope_changed.emit()
        for part in Part:
            self.board.notice(part)

    def _open(self, profile: Profile) -> None:
        desk = Desk(
            profile=profile,
            ledger=Ledger(profile, self._noticed),
            board=self.board,
            clock=self.clock,
            settings=self.settings,
            save_text=self.save_text,
            is_demo=self.is_demo,
            shelf=self.shelf,
        )
        self._desks[profile.name] = desk
        if self.sealed is not None:
            desk.guard.seal(self.sealed)
        if self.admit is not None:
            self.admit(desk)

    def _noticed(self, part: Part) -> None:
        self.scope.forget(part)
        self.open.forget(part)
        self.board.notice(part)
