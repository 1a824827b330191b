"""The doctor at work: a profile, its secrets and its network brought together for one examination after the other."""

import platform
import secrets
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from cbr_desktop import __version__
from cbr_desktop.cloud.auth import Auth
from cbr_desktop.cloud.network import Network, Transport
from cbr_desktop.cloud.probe import BareNetwork, CloudProbe
from cbr_desktop.cloud.sign_in import RefusalStore, Secret, login_of
from cbr_desktop.domain.diagnosis import CheckKind, Diagnosis
from cbr_desktop.domain.error import CbrError, LoginRefused, ProfileError, SecretMissing
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.secret import SecretKind, login_secrets, wants_proxy_login
from cbr_desktop.logs import RedactingFormatter
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.diagnosis_report import diagnosis_text
from cbr_desktop.workflows.doctor import Begin, Doctor, Tell
from cbr_desktop.workflows.ports import Clock

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cbr_desktop.ui.session.profile_context import Settings


class DiagnosisRunner:
    """Examines one profile as often as it is wanted, and writes the report.

    ``transport`` stands for the whole network where the cloud is part of this program. ``refusal`` tells which login
    failed last elsewhere in the program with the same secrets. ``redact`` takes secrets out of what leaves.
    ``refusals`` remembers refused passwords; with ``again`` a person wishes one of those to be tried.
    """

    def __init__(
        self,
        profile: Profile,
        secret: Secret,
        clock: Clock,
        transport: Transport | None = None,
        *,
        refusal: Callable[[], CbrError | None] = lambda: None,
        redact: Callable[[str], str] | None = None,
        refusals: RefusalStore | None = None,
        again: bool = False,
    ) -> None:
        self.profile = profile
        self._secret = secret
        self._clock = clock
        self._transport = transport
        self._refusal = refusal
        self._redact = redact or RedactingFormatter().redact
        self._refusals = refusals
        self._again = again
        self._auth: Auth | None = None

    async def examine(self, tell: Tell, begin: Begin = lambda _kind: None) -> Diagnosis:
        """Look at everything, over connections of its own."""
        if self._transport is not None:
            return await self._examined(self._transport, None, tell, begin)
        proxy_password = partial(self._secret, SecretKind.PROXY_PASSWORD)
        try:
            network = Network(self.profile, proxy_password)
        except ProfileError:
            # a line says so, and the examination ends there
            network = Network()
        try:
            return await self._examined(network, BareNetwork(self.profile, proxy_password), tell, begin)
        finally:
            await network.aclose()

    async def _examined(self, transport: Transport, wire: BareNetwork | None, tell: Tell, begin: Begin) -> Diagnosis:
        auth = self._auth or login_of(self.profile, self._secret, refusals=self._refusals)
        if self._again:
            auth.allow_again()
        probe = CloudProbe(self.profile, auth, transport, self._clock, wire, refusal=self._refusal)
        # kept while it may be wrong: what was refused is remembered, and not tried a second time
        self._auth = auth
        diagnosis = await Doctor(self.profile, probe, self._clock).run(tell, begin)
        refused = any(
            check.kind is CheckKind.LOGIN and isinstance(check.error, LoginRefused) for check in diagnosis.checks
        )
        self._auth = auth if refused else None
        return diagnosis

    def report(self, diagnosis: Diagnosis) -> str:
        """Return what may be handed on: names veiled, no secrets."""
        text = diagnosis_text(diagnosis, self.profile, program_versions(), secrets.token_bytes(16))
        return self._redact(text.replace(str(Path.home()), "~"))


def open_doctor(
    diagnosis_runner: DiagnosisRunner,
    environment: Environment,
    parent: "QWidget | None" = None,
    settings: "Settings | None" = None,
) -> "QWidget":
    """Open the window of a diagnosis and begin; needs a running loop. ``environment`` is what is at stake in it."""
    # a command needs no Qt
    from cbr_desktop.ui.doctor.window import DoctorWindow

    runner = diagnosis_runner
    window = DoctorWindow(runner.profile, environment, runner.examine, runner.report, parent, settings)
    window.open()
    return window


async def asked_before(profile: Profile, secret: Secret) -> Secret:
    """Ask for all that a login needs now, so that no check waits for a person, and return what gives it later."""
    kinds = login_secrets(profile) + ((SecretKind.PROXY_PASSWORD,) if wants_proxy_login(profile) else ())
    known: dict[SecretKind, str] = {}
    for kind in kinds:
        try:
            known[kind] = await secret(kind)
        except SecretMissing:
            break

    async def given(kind: SecretKind) -> str:
        if kind not in known:
            raise SecretMissing(profile.name, kind)
        return known[kind]

    return given


def program_versions() -> tuple[tuple[str, str], ...]:
    """Return what this program runs on; nothing of Qt is loaded for that."""
    return (
        ("CBR Desktop", __version__),
        ("Python", platform.python_version()),
        ("Qt for Python", _version_of("PySide6-Essentials")),
        (_("System"), f"{platform.system()} {platform.release()}, {platform.machine()}"),
    )


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
