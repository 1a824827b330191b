"""The windows that open beside the main one: the profiles and the connection doctor, with what they work on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from cbr_desktop.app.access import Access
from cbr_desktop.app.idle_imports import import_profiles
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.cloud.network import Transport
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.update import Release, UpdateSource
from cbr_desktop.logs import Log
from cbr_desktop.storage import profiles, updates
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.links import open_link
from cbr_desktop.ui.kit.notice_bar import REMARK
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace
from cbr_desktop.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from cbr_desktop.ui.profiles.dialog import ProfilesDialog

_LOOKED_AT = "updates/looked-at"
_TOURED = "tour/begun"
_TOUR_AFTER_MS = 1_500
"""When the tour begins after the first start of the demo cloud: when the lists are there."""
_UPDATE_AFTER_MS = 30_000
"""When after the start a newer version may be asked for; nothing waits for it."""


class SessionServices(NamedTuple):
    """What stands behind a window: ``transport`` leads to a cloud that is part of this program, else ``None``."""

    access: Access
    sessions: SessionPool
    secrets: Secrets
    transport: Transport | None


class SecondaryWindows(QObject):
    """Opens them when the window wishes, and takes over what is changed there."""

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        here: Places,
        log: Log,
        services: SessionServices,
        *,
        tour_after_ms: int = _TOUR_AFTER_MS,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._sessions = services.sessions
        self._here = here
        self._secrets = services.secrets
        self._access = services.access
        self._log = log
        self._transport = services.transport
        self._tasks = TaskOwner(self)
        self._pieces = Pieces(self)
        self._profiles: ProfilesDialog | None = None
        window.profiles_requested.connect(self.open_profiles)
        self._tasks.failed.connect(self._tell_failure)
        if not workspace.is_demo:
            QTimer.singleShot(_UPDATE_AFTER_MS, self, self.look_for_update)
        elif workspace.settings.get(_TOURED, False) is not True:
            QTimer.singleShot(tour_after_ms, self, self.begin_tour)
        window.doctor_requested.connect(self.open_doctor)

    def open_profiles(self) -> None:
        """Open the profiles, at the one that is looked at; they are the operator's own in the demo cloud as well."""
        if self._profiles is not None and isValid(self._profiles) and self._profiles.is_open:
            self._profiles.activateWindow()
            return
        self._pieces.begin(self._opening_profiles())

    def _opening_profiles(self) -> Iterator[None]:
        # with a form for everything: most starts have no need of it
        yield from import_profiles()
        from cbr_desktop.app import editing

        dialog = editing.open_profiles(
            *(self._here, self._secrets, self._window),
            hide=self._log.hide,
            start=self._workspace.choice.name,
            settings=self._workspace.settings,
        )
        dialog.open_requested.connect(self._look_at)
        if not self._workspace.is_demo:
            dialog.changed.connect(self._read_anew)
        self._profiles = dialog

    def begin_tour(self) -> None:
        """Begin the tour by itself, once: it never comes back but by its command."""
        self._workspace.settings.put(_TOURED, True)
        self._window.begin_tour()

    def open_doctor(self, profile: Profile) -> None:
        """Look into the connection of a profile."""
        context = self._workspace.context(profile.name)
        from cbr_desktop.app import doctor

        diagnosis_runner = doctor.DiagnosisRunner(
            profile,
            self._access.secret_of(profile),
            self._workspace.clock,
            self._transport,
            refusal=lambda: context.ledger.connection.error,
            redact=self._log.redact,
            refusals=Refusals(self._here.refusals_file),
        )
        doctor.open_doctor(diagnosis_runner, context.environment, self._window, self._workspace.settings)

    def look_for_update(self) -> None:
        """Ask for a newer version if an address is named for that and it was not asked of late."""
        try:
            source = updates.read(self._here.updates_file)
        except CbrError as error:
            self._tell_failure(error)
            return
        if source is None or self._workspace.is_offline or not self._is_due(source.every_hours):
            return
        self._workspace.settings.put(_LOOKED_AT, self._workspace.clock.now().isoformat())
        from cbr_desktop.app.updating import look

        self._tasks.start(look(source, self._workspace.clock), partial(self._tell_release, source), group="update")

    def _is_due(self, hours: float) -> bool:
        looked_at = self._workspace.settings.get(_LOOKED_AT, "")
        try:
            before = datetime.fromisoformat(str(looked_at))
        except ValueError:
            return True
        return before.tzinfo is None or self._workspace.clock.now() - before >= timedelta(hours=hours)

    def _tell_release(self, source: UpdateSource, release: Release | None) -> None:
        if release is not None:
            host = urlsplit(source.address).netloc.lower()
            words = _("CBR Desktop {version} is available, made {date}.").format(
                version=plain(release.version, 20), date=f"{release.published_at:%Y-%m-%d}"
            )
            self._window.notices.say(words, REMARK, _("Show its page"), lambda: self._show_page(release.page, host))

    def _show_page(self, page: str, host: str) -> None:
        if not open_link(page, {host}):
            self._window.notices.say(
                _("The page is not at {host}, which the update check asks, so it was not opened.").format(host=host)
            )

    def _tell_failure(self, error: CbrError) -> None:
        self._window.notices.say(error_sentence(error))

    def _read_anew(self) -> None:
        """Take over the profiles of the file; sessions that lead elsewhere by that are closed first."""
        known, _faults = profiles.read(self._here.profiles_file)
        gone = self._workspace.outdated(known)
        self._tasks.start(
            self._sessions.dismiss(gone), lambda _gone: self._workspace.put_profiles(known), group="profiles"
        )

    def _look_at(self, profile: Profile) -> None:
        if self._workspace.is_demo:
            words = _("This window shows the demo cloud. Start CBR Desktop again to open {profile}.").format(
                profile=plain(profile.name, 60)
            )
            self._window.notices.say(words)
            return
        known, _faults = profiles.read(self._here.profiles_file)
        gone = self._workspace.outdated(known)
        self._tasks.start(self._sessions.dismiss(gone), partial(self._show, known, profile), group="profiles")

    def _show(self, known: list[Profile], profile: Profile, *_rest: object) -> None:
        self._workspace.put_profiles(known)
        self._workspace.choose(Choice(Extent.ONE, profile.name, (profile.name,)))
        self._window.activateWindow()
