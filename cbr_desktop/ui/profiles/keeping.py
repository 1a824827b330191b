"""The secrets of a profile: where each one is, in words. None is ever shown."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton

from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind, is_storable, login_secrets, wants_proxy_login
from cbr_desktop.ui.dialogs.lines import label
from cbr_desktop.ui.identity import SECRETS, host_of, store_sentence
from cbr_desktop.ui.profiles.section import Section
from cbr_desktop.ui.tasks import TaskOwner
from cbr_desktop.workflows.ports import SecretKeeper

_REST_MS = 300
"""How long the form rests before the store is asked: it may have to be unlocked."""


def secrets_of(profile: Profile) -> tuple[SecretKind, ...]:
    """Return all secrets that a profile needs, its proxy's as well."""
    proxy = (SecretKind.PROXY_PASSWORD,) if wants_proxy_login(profile) else ()
    return (*login_secrets(profile), *proxy)


async def found_secrets(keeper: SecretKeeper, profile: Profile, kinds: Sequence[SecretKind]) -> dict[SecretKind, str]:
    """Return those of the secrets that are at hand."""
    found = {kind: await keeper.get(profile, kind) for kind in kinds}
    return {kind: secret for kind, secret in found.items() if secret}


async def keep_secrets(keeper: SecretKeeper, profile: Profile, secrets: Mapping[SecretKind, str]) -> str:
    """Keep in the system's store what it may have; return why it did not take all of it, empty when it did."""
    kept = [await keeper.keep(profile, kind, text) for kind, text in secrets.items() if is_storable(profile, kind)]
    return "" if all(kept) else keeper.problem or "unknown"


async def _places(keeper: SecretKeeper, profile: Profile) -> tuple[dict[SecretKind, str], str]:
    """Return in words where each secret is, and why the store was of no use; a passcode is never kept."""
    places: dict[SecretKind, str] = {}
    for kind in secrets_of(profile):
        if kind is SecretKind.PASSCODE:
            places[kind] = "asked for at each login"
        elif await keeper.is_stored(profile, kind):
            places[kind] = "kept in the system's password store"
        else:
            problem = keeper.problem
            places[kind] = "kept in memory until you leave" if await keeper.get(profile, kind) else ""
            if problem and is_storable(profile, kind):
                return places | dict.fromkeys(set(secrets_of(profile)) - places.keys(), ""), problem
    return places, ""


class KeepingSection(Section):
    """One row for each secret that the profile needs as it stands in the form (``whole``).

    Signals:
        entering_wished: the secrets should be asked for now.
    """

    entering_wished = Signal()

    def __init__(self, whole: Callable[[], Profile], keeper: SecretKeeper) -> None:
        super().__init__("Secrets", "secretsSection")
        self._whole = whole
        self._keeper = keeper
        self._tasks = TaskOwner(self)
        self._asked: Profile | None = None
        self._states = {kind: label(name=f"{kind}State") for kind in SecretKind}
        self._forget: dict[SecretKind, QPushButton] = {}
        for kind, state in self._states.items():
            button = QPushButton("&Forget")
            button.setObjectName(f"{kind}Forget")
            button.setAccessibleName(f"Forget the {SECRETS[kind]}")
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._forget_now, kind))
            self._forget[kind] = button
            self.add_row(kind, SECRETS[kind], state, button)
            self.show_row(kind, visible=False)
        self._enter = QPushButton("&Enter now…")
        self._enter.setObjectName("enterSecrets")
        self._enter.setAccessibleName("Enter the secrets now")
        self._enter.setAutoDefault(False)
        self._enter.clicked.connect(self.entering_wished)
        self._problem = label(name="storeProblem")
        self.add_row("enter", "", self._problem, self._enter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self._look)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask nothing for a form that nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Look where the secrets are."""
        super().showEvent(event)
        self.look_soon()

    def look_soon(self) -> None:
        """Look where the secrets are once the form has rested, for a profile that is shown."""
        if self.isVisible():
            self._arrange()
            self._timer.start()

    def allow_entering(self, allowed: bool) -> None:
        """Offer to enter the secrets only for a profile that says where they go."""
        self._enter.setEnabled(allowed)

    def _arrange(self) -> None:
        kinds = secrets_of(self._whole())
        for kind in self._states:
            self.show_row(kind, visible=kind in kinds)

    def _look(self) -> None:
        profile = self._whole()
        if host_of(profile.iam_endpoint):
            self._tasks.start(_places(self._keeper, profile), self._show, group="look")
        else:
            self._show(({}, ""))

    def _show(self, found: tuple[Mapping[SecretKind, str], str]) -> None:
        places, problem = found
        for kind, state in self._states.items():
            words = places.get(kind, "")
            state.setText(words or "not kept: asked for when it is needed")
            self._forget[kind].setVisible(words.startswith("kept"))
        self._problem.setText(store_sentence(problem))

    def _forget_now(self, kind: SecretKind) -> None:
        self._tasks.start(self._keeper.forget(self._whole(), kind), lambda _: self._look())
