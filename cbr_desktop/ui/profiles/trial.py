"""Trying a profile out: testing it, listing its projects, and the secrets that are asked for on the way."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.diagnosis import Check
from cbr_desktop.domain.error import CbrError, LoginRefused
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.text.catalogue import _, enumerated
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.identity import secret_words, store_sentence
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.profiles.checks import login_held, login_refused
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.profiles.model import login_of
from cbr_desktop.ui.profiles.stored_secrets import found_secrets, keep_secrets, secrets_of
from cbr_desktop.workflows.ports import Directory, SecretKeeper

Test = Callable[[Profile, Mapping[SecretKind, str]], Coroutine[Any, Any, Sequence[Check]]]
"""Looks at everything between this machine and a profile's project, with secrets that are kept nowhere."""

TEST, LIST = "test", "list"
_WORK = "work"


class ProfileTrial(QObject):
    """Does one thing at a time with a profile as it stands in its form. Nothing waits for a network.

    A login that was refused is not tried a second time by itself: that would bring the account closer to being locked.

    Signals:
        work_changed: something else is done now, or nothing.
        tested: the ``Check``s that a test has made.
        listed: the ``Project``s of the account.
        secrets_changed: secrets may be kept in another place now.
        troubled: what could not be done and why, in words.
    """

    work_changed = Signal()
    tested = Signal(object)
    listed = Signal(object)
    secrets_changed = Signal()
    troubled = Signal(str)

    def __init__(self, directory: Directory, test: Test, keeper: SecretKeeper, window: QWidget) -> None:
        super().__init__(window)
        self._directory = directory
        self._test_with = test
        self._keeper = keeper
        self._window = window
        self.work = ""
        """What is done now: ``TEST``, ``LIST``, or empty."""
        self._tried_login: tuple[str, ...] = ()
        self._refused: set[tuple[str, ...]] = set()
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._fail)

    def begin(self, work: str, profile: Profile) -> None:
        """Begin to test or to list projects: get the secrets first, and ask for those that are not at hand."""
        self._turn_to(work)
        found = found_secrets(self._keeper, profile, secrets_of(profile))
        self._tasks.start(found, partial(self._go_on, work, profile), group=_WORK)

    def stop(self) -> None:
        """Leave off what is done now."""
        self._tasks.cancel(_WORK)
        self._turn_to("")

    def stop_all(self) -> None:
        """Leave off everything, as the window closes."""
        self._tasks.cancel()

    def enter_secrets(self, profile: Profile) -> None:
        """Ask for the secrets without trying them."""
        kinds = [kind for kind in secrets_of(profile) if kind is not SecretKind.PASSCODE]
        words = enumerated([secret_words(kind) for kind in kinds])
        asked = self._login(
            profile, kinds, _("Enter the {secrets}. Nothing is sent now.").format(secrets=words), _("&Keep")
        )
        asked.given.connect(partial(self._accepted, profile))
        asked.open()

    def forget_all(self, profile: Profile) -> None:
        """Forget all secrets of a profile."""
        self._tasks.start(_forget_all(self._keeper, profile))

    def _go_on(self, work: str, profile: Profile, found: Mapping[SecretKind, str]) -> None:
        self.secrets_changed.emit()
        if login_of(profile) in self._refused:
            found = {kind: text for kind, text in found.items() if kind is SecretKind.PROXY_PASSWORD}
        missing = [kind for kind in secrets_of(profile) if kind not in found]
        if not missing:
            self._run(work, profile, found, {}, keep=False)
            return
        reason = _("To test this profile, it has to log in.") if work == TEST else _("To list the projects, log in.")
        asked = self._login(profile, missing, reason, _("&Test") if work == TEST else _("&List projects"))
        asked.given.connect(lambda typed, keep: self._run(work, profile, {**found, **typed}, typed, keep=keep))
        asked.rejected.connect(self.stop)
        asked.open()

    def _login(self, profile: Profile, kinds: Sequence[SecretKind], reason: str, action: str) -> LoginDialog:
        problem = self._keeper.problem
        return LoginDialog(
            *(profile, reason, self._window), kinds=kinds, store_problem=problem, action=action, otherwise=_("Cancel")
        )

    def _run(
        self,
        work: str,
        profile: Profile,
        secrets: Mapping[SecretKind, str],
        typed: Mapping[SecretKind, str],
        *,
        keep: bool,
    ) -> None:
        """Ask the service. What was typed is remembered only once the service has taken it."""
        if not self.work:
            return
        accepted = partial(self._accepted, profile, typed, keep)
        self._tried_login = login_of(profile)
        if work == TEST:
            self._tasks.start(self._test_with(profile, secrets), partial(self._take_checks, accepted), group=_WORK)
        else:
            listing = self._directory.projects(profile, secrets)
            self._tasks.start(listing, partial(self._take_projects, accepted), group=_WORK)

    def _take_checks(self, accepted: Callable[[], None], checks: Sequence[Check]) -> None:
        self._turn_to("")
        self.tested.emit(checks)
        if login_refused(checks):
            self._refused.add(self._tried_login)
        elif login_held(checks):
            accepted()

    def _take_projects(self, accepted: Callable[[], None], projects: Sequence[Project]) -> None:
        self._turn_to("")
        accepted()
        if projects:
            self.listed.emit(projects)
        else:
            self.troubled.emit(_("The account has no project that this login may use."))

    def _accepted(self, profile: Profile, typed: Mapping[SecretKind, str], keep: bool) -> None:
        lasting: dict[SecretKind, str] = {kind: text for kind, text in typed.items() if kind is not SecretKind.PASSCODE}
        self._refused.discard(login_of(profile))
        for kind, text in lasting.items():
            self._keeper.remember(profile, kind, text)
        if keep:
            self._tasks.start(keep_secrets(self._keeper, profile, lasting), self._tell_kept)
        else:
            self.secrets_changed.emit()

    def _tell_kept(self, problem: str) -> None:
        if problem:
            self.troubled.emit(store_sentence(problem))
        self.secrets_changed.emit()

    def _fail(self, error: CbrError) -> None:
        self._turn_to("")
        if isinstance(error, LoginRefused):
            self._refused.add(self._tried_login)
        self.troubled.emit(error_sentence(error))

    def _turn_to(self, work: str) -> None:
        self.work = work
        self.work_changed.emit()


async def _forget_all(keeper: SecretKeeper, profile: Profile) -> None:
    for kind in secrets_of(profile):
        await keeper.forget(profile, kind)
