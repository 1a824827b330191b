"""Profiles, an account and secrets in memory, for the screens that change them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.diagnosis import Check
from cbr_desktop.domain.error import CbrError, NotSaved, ProfileError
from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.secret import STORABLE, SecretKind, SecretPlace
from cbr_desktop.domain.source import ProfileSource

PROD = Profile(
    name="Prod · eu-de",
    iam_endpoint="https://iam.eu-de.otc.t-systems.com",
    cbr_endpoint="https://cbr.eu-de.otc.t-systems.com",
    project="eu-de_prod",
    user="backup-operator",
    domain="OTC-EU-DE-00000000001000000001",
    region="eu-de",
)
STAGING = replace(PROD, name="Staging · eu-de", project="eu-de_staging", environment=Environment.STAGING)
HQ = replace(
    PROD,
    name="HQ · sa-brazil-1",
    iam_endpoint="https://iam.myhuaweicloud.com",
    cbr_endpoint="https://cbr.sa-brazil-1.myhuaweicloud.com",
    project="sa-brazil-1",
    region="sa-brazil-1",
    domain="hq",
    environment=Environment.TEST,
)


class Book:
    """A file of profiles in memory; ``full`` makes the disk refuse, ``problems`` is what is wrong in it."""

    def __init__(self, profiles: Iterable[Profile] = (), sources: Sequence[ProfileSource] = ()) -> None:
        self.profiles = list(profiles)
        self.problems: list[CbrError] = []
        self.sources = list(sources)
        self.files: dict[str, ProfileSource | CbrError] = {}
        self.exported: list[tuple[str, tuple[str, ...]]] = []
        self.full = False

    @property
    def names(self) -> list[str]:
        """The names in their order."""
        return [profile.name for profile in self.profiles]

    def read(self) -> tuple[list[Profile], list[CbrError]]:
        """Return all profiles."""
        return list(self.profiles), list(self.problems)

    def save(self, profile: Profile, old_name: str | None = None) -> None:
        """Change or append a profile."""
        self._check()
        old_name = profile.name if old_name is None else old_name
        if profile.name != old_name and profile.name in self.names:
            raise ProfileError(profile.name, "name", "there is a profile of this name")
        if old_name in self.names:
            self.profiles[self.names.index(old_name)] = profile
        else:
            self.profiles.append(profile)

    def remove(self, name: str) -> None:
        """Take a profile out."""
        self._check()
        self.profiles = [profile for profile in self.profiles if profile.name != name]

    def move(self, name: str, place: int) -> None:
        """Put a profile elsewhere."""
        self._check()
        self.profiles.insert(place, self.profiles.pop(self.names.index(name)))

    def export(self, path: str, names: Sequence[str]) -> None:
        """Note what would be written."""
        self._check()
        self.exported.append((path, tuple(names)))

    def look_around(self) -> list[ProfileSource]:
        """Return what was laid out."""
        return self.sources

    def look_into(self, path: str) -> ProfileSource:
        """Return what was laid into a file."""
        found = self.files[path]
        if isinstance(found, CbrError):
            raise found
        return found

    def _check(self) -> None:
        if self.full:
            raise NotSaved("/home/me/profiles.toml", "no space left")


class Account:
    """An account with projects; ``gate`` holds its answers back until it is set."""

    def __init__(self, names: Sequence[str] = ("eu-de", "eu-de_prod", "eu-nl_prod")) -> None:
        self.projects_of = [Project(ProjectId(f"{number:032x}"), name) for number, name in enumerate(names)]
        self.asked: list[tuple[Profile, dict[SecretKind, str]]] = []
        self.error: CbrError | None = None
        self.checks: list[Check] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def projects(self, profile: Profile, secrets: Mapping[SecretKind, str]) -> list[Project]:
        """Return the projects, or raise what was laid out."""
        await self._ask(profile, secrets)
        return self.projects_of

    async def test(self, profile: Profile, secrets: Mapping[SecretKind, str]) -> list[Check]:
        """Return the lines that were laid out."""
        await self._ask(profile, secrets)
        return self.checks

    async def _ask(self, profile: Profile, secrets: Mapping[SecretKind, str]) -> None:
        self.asked.append((profile, dict(secrets)))
        await self.gate.wait()
        if self.error is not None:
            raise self.error


class Keeper:
    """Secrets by host, user and kind; ``problem`` is why the store is of no use."""

    def __init__(self, problem: str = "") -> None:
        self.problem = problem
        self.store: dict[tuple[str, str, SecretKind], str] = {}
        self.memory: dict[tuple[str, str, SecretKind], str] = {}
        self.known: set[tuple[str, str, SecretKind]] = set()
        self.asked = 0

    async def get(self, profile: Profile, kind: SecretKind) -> str | None:
        """Return a secret that is at hand."""
        self.asked += 1
        self.known.add(_key(profile, kind))
        return self.memory.get(_key(profile, kind)) or self.store.get(_key(profile, kind))

    def place_of(self, profile: Profile, kind: SecretKind) -> SecretPlace:
        """Tell where it is, as far as that is known without asking the store."""
        key = _key(profile, kind)
        if key in self.known and key in self.store:
            return SecretPlace.STORE
        if key in self.memory:
            return SecretPlace.MEMORY
        return SecretPlace.NOWHERE if key in self.known or kind not in STORABLE else SecretPlace.NOT_ASKED

    async def keep(self, profile: Profile, kind: SecretKind, secret: str) -> bool:
        """Keep it, if there is a store."""
        self.remember(profile, kind, secret)
        self.asked += 1
        self.known.add(_key(profile, kind))
        if self.problem or kind not in STORABLE:
            return False
        self.store[_key(profile, kind)] = secret
        return True

    def remember(self, profile: Profile, kind: SecretKind, secret: str) -> None:
        """Hold it in memory."""
        self.memory[_key(profile, kind)] = secret

    async def forget(self, profile: Profile, kind: SecretKind) -> None:
        """Forget it everywhere."""
        self.asked += 1
        self.known.add(_key(profile, kind))
        self.memory.pop(_key(profile, kind), None)
        self.store.pop(_key(profile, kind), None)


def _key(profile: Profile, kind: SecretKind) -> tuple[str, str, SecretKind]:
    return profile.iam_endpoint, profile.access_key or profile.user, kind
