"""Opening the window of profiles, with the file, the account, the network and the secrets that it works on."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.doctor import DiagnosisRunner
from cbr_desktop.cloud.account import Account
from cbr_desktop.cloud.network import Network, Transport, aside, effective_network
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.account import Project
from cbr_desktop.domain.diagnosis import Check
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.network import EffectiveNetwork
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import REGIONS
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.ui.profiles.dialog import ProfilesDialog
from cbr_desktop.ui.session.profile_context import Settings

TransportOf = Callable[[Profile, Secret], Transport]


def open_profiles(
    here: Places,
    secrets: Secrets,
    parent: QWidget,
    *,
    hide: Callable[[str], None] = lambda _secret: None,
    transport_of: TransportOf | None = None,
    start: str = "",
    settings: Settings | None = None,
) -> ProfilesDialog:
    """Open the window of profiles over another one; ``start`` names the profile that is shown first.

    ``settings`` keep its size. ``hide`` is told every secret before it is used, so that it stays out of the log.
    ``transport_of`` makes the way to the network, by default the real one.
    """
    profile_tester = ProfileTester(hide, transport_of, Refusals(here.refusals_file))
    dialog = ProfilesDialog(
        TomlProfiles(here.profiles_file),
        REGIONS,
        profile_tester,
        profile_tester.test,
        secrets,
        parent,
        place=str(here.profiles_file),
        effective=effective,
        start=start,
        settings=settings,
        at_once=False,
    )
    dialog.open()
    return dialog


class ProfileTester:
    """Asks an account and its cloud with secrets that were just typed. The log is told each one before it is used."""

    def __init__(
        self, hide: Callable[[str], None], transport_of: TransportOf | None, refusals: Refusals | None = None
    ) -> None:
        self._refusals = refusals
        self._hide = hide
        self._transport_of = transport_of
        self._account = Account(transport_of or profile_network, WallClock())

    async def projects(self, profile: Profile, secrets: Mapping[SecretKind, str]) -> list[Project]:
        """Return the projects that the login of ``profile`` may use."""
        self._hide_all(secrets)
        return await self._account.projects(profile, secrets)

    async def test(self, profile: Profile, secrets: Mapping[SecretKind, str]) -> Sequence[Check]:
        """Look at everything between this machine and the profile's project."""
        self._hide_all(secrets)

        async def secret(kind: SecretKind) -> str:
            if not secrets.get(kind):
                raise SecretMissing(profile.name, kind)
            return secrets[kind]

        transport = self._transport_of(profile, secret) if self._transport_of is not None else None
        diagnosis_runner = DiagnosisRunner(profile, secret, WallClock(), transport, refusals=self._refusals, again=True)
        diagnosis = await diagnosis_runner.examine(lambda _check: None)
        return diagnosis.checks

    def _hide_all(self, secrets: Mapping[SecretKind, str]) -> None:
        for secret in secrets.values():
            self._hide(secret)


async def effective(profile: Profile) -> EffectiveNetwork:
    """Work out which way the requests of a profile take, aside: asking the system may take a while."""
    return await aside(lambda: effective_network(profile))


def profile_network(profile: Profile, secret: Secret) -> Transport:
    """Return the way to the real network."""
    return Network(profile, partial(secret, SecretKind.PROXY_PASSWORD))
