"""Senders: the profiles that the steps of a plan are sent from, and what they lack before anything can be sent."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.plan import Step
from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import quoted
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.batch import FRESH_MINUTES
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.plan import uncounted

MINUTES_ARMED = ARM_MINUTES[1]
"""For how long profiles are armed for a plan."""


class Senders:
    """The profiles that the steps of a plan are sent from, as the workspace has them now."""

    def __init__(self, workspace: Workspace, names: Collection[str]) -> None:
        self._workspace = workspace
        self._names = names

    @property
    def closed(self) -> list[str]:
        """The profiles that there are and that are not open."""
        opened = {context.profile.name for context in self._workspace.contexts}
        known = [profile.name for profile in self._workspace.profiles if profile.name in self._names]
        return [name for name in known if name not in opened]

    @property
    def gone(self) -> list[str]:
        """The profiles that there are not."""
        known = {profile.name for profile in self._workspace.profiles}
        return sorted(name for name in self._names if name and name not in known)

    @property
    def away(self) -> list[str]:
        """The open profiles to which there is no connection now."""
        contexts = [context for context in self._workspace.contexts if context.profile.name in self._names]
        return [each.profile.name for each in contexts if each.ledger.connection.reach is Reach.UNREACHABLE]

    @property
    def unarmed(self) -> list[str]:
        """The open profiles that let nothing through."""
        contexts = [context for context in self._workspace.contexts if context.profile.name in self._names]
        return [context.profile.name for context in contexts if not context.guard.is_open]

    @property
    def environments(self) -> set[Environment]:
        """What is at stake in all of them together."""
        if self._workspace.is_demo:
            return {Environment.DEMO}
        return {profile.environment for profile in self._workspace.profiles if profile.name in self._names}

    def hindrance(self, act: str) -> str:
        """Return what keeps them from letting anything through, empty when nothing does; ``act`` is what was wanted."""
        if self._workspace.sealed is not None:
            return error_sentence(self._workspace.sealed)
        names = ", ".join(quoted(name, 60) for name in self.unarmed)
        return _("Read-only: {names}. Arm first, then {act}.").format(names=names, act=act) if names else ""

    def uncounted(self, steps: Sequence[tuple[Step, Ledger]]) -> Step | None:
        """Return the first step of which what it destroys was not counted within ``FRESH_MINUTES``; it is read anew."""
        found = uncounted(steps, self._workspace.clock.now() - timedelta(minutes=FRESH_MINUTES))
        if found is None:
            return None
        step, part, ledger = found
        freshness = ledger.freshness[part]
        for context in self._workspace.contexts:
            if context.ledger is ledger and context.services is not None and not (freshness.loading or freshness.error):
                context.refresh.need(frozenset({part}))
        return step

    def open(self) -> None:
        """Open those that are closed; nothing is sent by that."""
        self._workspace.open_also(self.closed)

    def arm(self) -> None:
        """Arm those that are read-only for a while."""
        unarmed = self.unarmed
        for context in self._workspace.contexts:
            if context.profile.name in unarmed:
                context.guard.arm(MINUTES_ARMED)
        self._workspace.signals.notice(Part.INTENTS)
