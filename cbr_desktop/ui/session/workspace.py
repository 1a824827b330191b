"""The workspace: the profiles that are open, and the scope of them that is looked at; what the window is handed."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from cbr_desktop.domain.error import StorageError
from cbr_desktop.domain.ids import IntentId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.profile_context import ProfileContext, Settings
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.scope import Scope

if TYPE_CHECKING:  # the first paint comes before these are imported
    from cbr_desktop.domain.intent import Intent
    from cbr_desktop.domain.plan import Run
    from cbr_desktop.text.plans import Plans
    from cbr_desktop.ui.session.draft_store import DraftStore
    from cbr_desktop.ui.session.situation import Situation
    from cbr_desktop.ui.session.workspace_services import WorkspaceServices
    from cbr_desktop.workflows.plan_run import PlanRun
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


class Workspace(QObject):
    """Knows all profiles, opens a profile context for each that is looked at, and keeps it open until the program ends.

    ``services`` come after the first paint, all of them at once; they open a session for every profile context.

    Signals:
        scope_changed: another scope is looked at now.
        run_begun: a ``Run`` of a plan that a person has started, whose copy is on the disk: it is to be kept going.
    """

    scope_changed = Signal()
    run_begun = Signal(object)

    def __init__(
        self,
        profiles: Sequence[Profile],
        settings: Settings,
        clock: "Clock",
        save_text: Callable[[str, str | bytes], None],
        *,
        is_demo: bool = False,
    ) -> None:
        super().__init__()
        self.signals = LedgerSignals(self)
        self.settings = settings
        self.clock = clock
        self.is_demo = is_demo
        self.scope = Scope()
        """What is looked at."""
        self.open = Scope()
        """Everything that is open: requests are followed whatever is looked at."""
        self.services: WorkspaceServices | None = None
        self.situations: Sequence[Situation] = ()
        """What can be tried in the demo cloud; it joins after the first paint."""
        self.folders: Mapping[str, str] = {}
        """The folders of this program on this machine: ``config``, ``data`` and ``logs``, as far as they are known."""
        self.sealed: StorageError | None = None
        self.plan_runs: dict[str, PlanRun] = {}
        """The runs of plans that this program keeps going, or has kept going, by their ids."""
        self.choice = Choice(Extent.ONE, "", ())
        self._key = "demo/scope" if is_demo else "window/scope"
        self._profiles = list(profiles)
        self.save_text = save_text
        self._contexts: dict[str, ProfileContext] = {}

    # what there is

    @property
    def profiles(self) -> list[Profile]:
        """All profiles in the operator's order."""
        return list(self._profiles)

    @property
    def contexts(self) -> list[ProfileContext]:
        """The profile contexts that are open."""
        return list(self._contexts.values())

    @property
    def ledgers(self) -> dict[str, Ledger]:
        """The ledgers of the profile contexts that are open, by the names of their profiles."""
        return {name: context.ledger for name, context in self._contexts.items()}

    @property
    def shown_contexts(self) -> list[ProfileContext]:
        """The profile contexts of the scope."""
        return [self._contexts[name] for name in self.choice.profiles]

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

    def context(self, name: str) -> ProfileContext:
        """Return the profile context of a profile that is open."""
        return self._contexts[name]

    def context_of_vault(self, vault_id: VaultId | None) -> ProfileContext | None:
        """Return the profile context to act on a vault from: of those that know it, first one that may change things.

        Without a vault it is the only profile context of the scope, or ``None`` where there are several.
        """
        if vault_id is None:
            shown = self.shown_contexts
            return shown[0] if len(shown) == 1 else None
        return self.context_of(lambda ledger: vault_id in ledger.vaults)

    def context_of(self, knows: Callable[[Ledger], bool]) -> ProfileContext | None:
        """Return the context to act on something from: of those that know it, first one that may change things."""
        knowing = [context for context in (*self.shown_contexts, *self.contexts) if knows(context.ledger)]
        return next((context for context in knowing if context.guard.is_open), knowing[0] if knowing else None)

    def context_of_intent(self, id: IntentId) -> ProfileContext:
        """Return the profile context from which a request was made."""
        return next(context for context in self.contexts if id in context.ledger.intents)

    @property
    def plans(self) -> "Plans | None":
        """The plans that are read and run."""
        return self.services.plans if self.services is not None else None

    @property
    def orphans(self) -> "Callable[[Sequence[str]], list[Intent]] | None":
        """What reads the requests that are kept and are of no profile with one of these names."""
        return self.services.orphans if self.services is not None else None

    @property
    def journal(self) -> "Journal | None":
        """What proves all of it."""
        return self.services.journal if self.services is not None else None

    @property
    def draft_store(self) -> "DraftStore | None":
        """The drafts."""
        return self.services.draft_store if self.services is not None else None

    @property
    def is_offline(self) -> bool:
        """Whether the operator works offline: then nothing leaves this machine."""
        return self.settings.get(_OFFLINE, False) is True

    # what is done

    def serve(self, services: "WorkspaceServices") -> None:
        """Take the services over: a session is opened for every profile context, now and for those to come."""
        self.services = services
        for context in self.contexts:
            context.services = services.open_session(context)
        self.signals.notice(Part.INTENTS)

    def seal(self, error: StorageError) -> None:
        """Let no change through any profile from now on: the data folder cannot be written."""
        self.sealed = error
        for context in self.contexts:
            context.guard.seal(error)

    def begin(self, run: "Run") -> None:
        """Keep the run of a plan, and have it kept going. Raises ``NotSaved``: then nothing of it has begun."""
        if self.plans is not None:
            self.plans.keep(run)
            self.run_begun.emit(run)

    def work_offline(self, offline: bool) -> None:
        """Begin or end working offline, now and at the next start."""
        self.settings.put(_OFFLINE, offline)
        for context in self.contexts:
            context.refresh.ask()
            if not offline:
                context.outbox.wake()
        self.signals.notice(Part.CONNECTION)

    def choose(self, choice: Choice, *, remember: bool = True) -> None:
        """Look at another scope, opening what of it is not open yet; ``remember`` it for the next start."""
        self._choose(choice)
        if remember:
            self.settings.put(self._key, [choice.extent.value, choice.name])

    def open_also(self, names: Sequence[str]) -> None:
        """Open profiles beside those that are looked at."""
        for profile in self._profiles:
            if profile.name in names and profile.name not in self._contexts:
                self._open(profile)
        self.open.show([context.ledger for context in self.contexts])
        self.signals.notice(Part.INTENTS)

    def ask_refresh(self) -> None:
        """Read everything of the scope now."""
        for context in self.shown_contexts:
            context.refresh.ask_whole()

    def outdated(self, profiles: Sequence[Profile]) -> list[ProfileContext]:
        """Return the profile contexts whose profile is not among ``profiles`` as it is."""
        return [context for context in self.contexts if context.profile not in profiles]

    def put_profiles(self, profiles: Sequence[Profile]) -> None:
        """Take over edited profiles. Contexts that are outdated by that go; their sessions must be closed before.

        The scope keeps what is left of it, or falls to the first profile there is.
        """
        for context in self.outdated(profiles):
            del self._contexts[context.profile.name]
        self._profiles = list(profiles)
        same = [choice for choice in self.choices() if choice[:2] == self.choice[:2]]
        self._choose((same or self.choices() or [Choice(Extent.ONE, "", ())])[0])

    def _choose(self, choice: Choice) -> None:
        for name in choice.profiles:
            if name not in self._contexts:
                self._open(next(profile for profile in self._profiles if profile.name == name))
        self.choice = choice
        self.scope.show([context.ledger for context in self.shown_contexts])
        self.open.show([context.ledger for context in self.contexts])
        self.scope_changed.emit()
        for part in Part:
            self.signals.notice(part)

    def _open(self, profile: Profile) -> None:
        context = ProfileContext(
            profile=profile,
            ledger=Ledger(profile, self._noticed),
            signals=self.signals,
            clock=self.clock,
            settings=self.settings,
            save_text=self.save_text,
            is_demo=self.is_demo,
        )
        self._contexts[profile.name] = context
        if self.sealed is not None:
            context.guard.seal(self.sealed)
        if self.services is not None:
            context.services = self.services.open_session(context)

    def _noticed(self, part: Part) -> None:
        self.scope.forget(part)
        self.open.forget(part)
        self.signals.notice(part)
