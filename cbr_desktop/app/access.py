"""Asking for secrets: where they come from, and the dialog for those that are missing or were not accepted."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.error import CbrError, LoginRefused, SecretMissing, Unreachable
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind, SecretPlace, is_storable, login_secrets
from cbr_desktop.logs import Log
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.identity import store_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.notice_bar import WARNING
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part

_NOT_OF_SECRETS = ("clock", "project", "domain", "user-id", "account-kind")
"""Reasons for which a login is refused and that no other secret mends; the profile or the clock has to."""


class Access(QObject):
    """Gets the secrets of the workspace's profiles, and asks the operator for what is missing or was not accepted.

    ``otherwise`` gives what is not asked for, and ``offered`` what stands in the dialog's fields when it opens: the
    demo cloud's secrets.
    """

    def __init__(
        self,
        workspace: Workspace,
        log: Log,
        secrets: Secrets | None = None,
        otherwise: Callable[[Profile], Secret] | None = None,
        offered: Callable[[Profile], Mapping[SecretKind, str]] | None = None,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._log = log
        self._secrets = secrets or Secrets()
        self._otherwise = otherwise
        self._offered = offered
        self._tasks = TaskOwner(self)
        self._asked_for: dict[str, object] = {}

    def secret_of(self, profile: Profile) -> Secret:
        """Return what gives the secrets of a profile: environment, store or this session."""
        last = self._otherwise(profile) if self._otherwise is not None else None

        async def secret(kind: SecretKind) -> str:
            found = await self._secrets.get(profile, kind)
            if not found and last is not None:
                return await last(kind)
            if not found:
                raise SecretMissing(profile.name, kind)
            self._log.hide(found)
            return found

        return secret

    def watch(self, window: MainWindow, sessions: SessionPool) -> None:
        """Ask whenever a login fails for want of a secret: at once for the one profile that is looked at.

        Of several, or while another dialog is open, a notice tells which needs one: dialogs do not pile up.
        """
        self._window = window
        self._sessions = sessions
        window.login_requested.connect(self.ask)
        self._workspace.signals.changed.connect(self._look)

    def unwatch(self) -> None:
        """Ask for nothing more: the window is about to go, and what ends now may fail as well."""
        self._workspace.signals.changed.disconnect(self._look)

    def ask(self, profile: Profile) -> None:
        """Open the login of a profile, because a person wants to."""
        context = self._workspace.context(profile.name)
        error = context.ledger.connection.error
        words = error_sentence(error) if error is not None else _("What is given here replaces what was given before.")
        self._open(context, words, error)

    def _look(self, part: Part) -> None:
        """Ask once for each failure: dismissing the dialog means working without, until the next refresh is asked."""
        if part is not Part.CONNECTION:
            return
        for context in self._workspace.shown_contexts:
            error = context.ledger.connection.error
            if error is not self._asked_for.get(context.profile.name):
                self._asked_for[context.profile.name] = error
                if isinstance(error, SecretMissing | LoginRefused | Unreachable) and not self._is_past(context, error):
                    self._want(context, error)

    def _is_past(self, context: ProfileContext, error: CbrError) -> bool:
        """Whether a secret was missing that has been given since: what began before that may end after it."""
        if type(error) is not SecretMissing:
            return False
        return self._secrets.place_of(context.profile, SecretKind(error.kind)) is SecretPlace.MEMORY

    def _want(self, context: ProfileContext, error: CbrError) -> None:
        words = error_sentence(error)
        text = f"{plain(context.profile.name, 60)}: {words}"
        if isinstance(error, LoginRefused) and error.reason in _NOT_OF_SECRETS:
            self._window.notices.say(text, WARNING, _("Profiles…"), self._window.profiles_requested.emit)
        elif not self._workspace.scope.is_merged and not self._is_at_a_dialog():
            self._open(context, words, error)
        elif _wanted(context.profile, error):
            self._window.notices.say(text, WARNING, _("Log in…"), lambda: self.ask(context.profile))

    def _is_at_a_dialog(self) -> bool:
        """Whether a person reads or writes in a window over the main one, which nothing is to cover."""
        return any(dialog.isVisible() for dialog in self._window.findChildren(QDialog))

    def _open(self, context: ProfileContext, reason: str, error: CbrError | None) -> None:
        """Open the dialog for what would help against ``error``, or for all that the way in needs."""
        kinds = login_secrets(context.profile) if error is None else _wanted(context.profile, error)
        if kinds:
            # with a form of its own, which most starts do not need
            from cbr_desktop.ui.profiles.login import LoginDialog

            dialog = LoginDialog(
                context.profile,
                reason,
                self._window,
                kinds=kinds,
                store_problem=self._secrets.problem,
                is_too_long=self._secrets.is_too_long,
            )
            dialog.given.connect(partial(self._take, context))
            if self._offered is not None:
                dialog.offer(self._offered(context.profile))
            dialog.open()

    def _take(self, context: ProfileContext, secrets: Mapping[SecretKind, str], keep: bool) -> None:
        for kind, secret in secrets.items():
            self._log.hide(secret)
            self._secrets.remember(context.profile, kind, secret)
        if keep:
            self._tasks.start(_keep(self._secrets, context.profile, secrets), self._tell_kept)
        self._sessions.of(context).cloud.allow_login_again()
        context.refresh.ask()
        context.outbox.wake()

    def _tell_kept(self, problem: str) -> None:
        if problem:
            self._window.notices.say(store_sentence(problem), WARNING)


async def _keep(store: Secrets, profile: Profile, secrets: Mapping[SecretKind, str]) -> str:
    """Keep what the system's store may have; return why it did not take all of that, empty when it did."""
    problem = ""
    for kind, text in secrets.items():
        if is_storable(profile, kind) and not await store.keep(profile, kind, text):
            problem = store.problem
    return problem


def _wanted(profile: Profile, error: CbrError) -> tuple[SecretKind, ...]:
    """Return the secrets that would help against an error."""
    from cbr_desktop.ui.profiles.login import wanted_secrets

    return wanted_secrets(profile, error)
