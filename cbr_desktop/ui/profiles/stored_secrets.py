"""The secrets of a profile: where each one is, in words. None is ever shown."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind, SecretPlace, is_storable, login_secrets, wants_proxy_login
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.identity import host_of, secret_title, store_sentence
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.profiles.section import Section
from cbr_desktop.workflows.ports import SecretKeeper


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


_PLACES = {
    SecretPlace.STORE: N_("kept in the system's password store"),
    SecretPlace.MEMORY: N_("kept in memory until you leave"),
    SecretPlace.ENVIRONMENT: N_("given by a variable of the environment"),
    SecretPlace.NOWHERE: N_("not kept: asked for when it is needed"),
    SecretPlace.NOT_ASKED: N_("the system's password store is asked when it is needed"),
}
_FORGETTABLE = (SecretPlace.STORE, SecretPlace.MEMORY, SecretPlace.NOT_ASKED)


class StoredSecretsSection(Section):
    """One row for each secret that the profile needs as it stands in the form (``whole``).

    The system's store is not asked by looking here: it might have to be unlocked, and a window for that would take the
    keyboard focus from the profile's fields. What it has is known once something was kept, tested or opened.

    Signals:
        entering_requested: the secrets should be asked for now.
    """

    entering_requested = Signal()

    def __init__(self, whole: Callable[[], Profile], keeper: SecretKeeper, parent: QWidget) -> None:
        super().__init__(_("Secrets"), "secretsSection", parent)
        self._whole = whole
        self._keeper = keeper
        self._tasks = TaskOwner(self)
        self._states = {kind: label(name=f"{kind}State") for kind in SecretKind}
        self._forget: dict[SecretKind, QPushButton] = {}
        for kind, state in self._states.items():
            button = QPushButton(_("Forget"))
            button.setObjectName(f"{kind}Forget")
            button.setAccessibleName(_("Forget the {kind}").format(kind=secret_title(kind)))
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._forget_now, kind))
            self._forget[kind] = button
            self.add_row(kind, secret_title(kind), state, button)
            self.show_row(kind, visible=False)
        self._enter = QPushButton(_("Enter now…"))
        self._enter.setObjectName("enterSecrets")
        self._enter.setAccessibleName(_("Enter the secrets now"))
        self._enter.setAutoDefault(False)
        self._enter.clicked.connect(self.entering_requested)
        self._problem = label(name="storeProblem")
        self.add_row("enter", "", self._problem, self._enter)

    def look(self) -> None:
        """Say where the secrets are, as far as that is known."""
        profile = self._whole()
        kinds = secrets_of(profile)
        for kind, state in self._states.items():
            self.show_row(kind, visible=kind in kinds)
            place = self._keeper.place_of(profile, kind) if host_of(profile.iam_endpoint) else SecretPlace.NOWHERE
            is_passcode = kind is SecretKind.PASSCODE
            state.setText(_("asked for at each login") if is_passcode else _(_PLACES[place]))
            self._forget[kind].setVisible(place in _FORGETTABLE and not is_passcode)
        self._problem.setText(store_sentence(self._keeper.problem))

    def allow_entering(self, allowed: bool) -> None:
        """Offer to enter the secrets only for a profile that says where they go."""
        self._enter.setEnabled(allowed)

    def _forget_now(self, kind: SecretKind) -> None:
        self._tasks.start(self._keeper.forget(self._whole(), kind), lambda _forgotten: self.look())
