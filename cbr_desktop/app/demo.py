"""The demo cloud: the simulator, reached over the true wire without a socket."""

import os
from collections.abc import Mapping

from cbr_desktop.cloud.network import InProcess
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import SUFFIX, new_text
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import Clock
from cbr_desktop.simulator.faults import ConnectionCut
from cbr_desktop.simulator.history import DAYS
from cbr_desktop.simulator.modes import Modes
from cbr_desktop.simulator.service import Service

DAYS_VARIABLE = "CBR_DESKTOP_DEMO_DAYS"
"""How far back the demo cloud remembers, in days; with less to read, its lists are there sooner."""
FAR_SECONDS = 1.8
"""By how much every answer about the project in Brazil is late."""
ENDED_TOKEN = "MIIDemo" + 50 * "00ended0"
"""The token that has been pasted for the staging profile: it is no longer good for anything."""
_SECRETS = {
    SecretKind.PASSWORD: estate.DEMO_PASSWORD,
    SecretKind.PASSCODE: estate.DEMO_PASSCODE,
    SecretKind.TOKEN: ENDED_TOKEN,
    SecretKind.SECRET_KEY: estate.DEMO_SK,
}


def secret_of(profile: Profile) -> Secret:
    """Return what gives the secrets of a demo profile, which are no secrets."""

    async def secret(kind: SecretKind) -> str:
        if kind not in _SECRETS:
            raise SecretMissing(profile.name, kind)
        return _SECRETS[kind]

    return secret


def fresh_token(service: Service, profile: Profile) -> str:
    """Return a token that is good for the project of a demo profile, as if it were made elsewhere."""
    user = service.estate.users[estate.DEMO_USER]
    project = service.estate.project(profile.project)
    return service.identity.issue(user, project, service.clock.now(), service.modes)


def offered(service: Service, profile: Profile) -> dict[SecretKind, str]:
    """Return what the login of a demo profile is filled in with: a fresh token where one is pasted."""
    return {SecretKind.TOKEN: fresh_token(service, profile)} if profile.way is Way.TOKEN else {}


def days_of(environ: Mapping[str, str]) -> int:
    """Return how many days the demo cloud remembers: all it can unless the environment names a smaller number."""
    named = environ.get(DAYS_VARIABLE, "")
    days = int(named) if named.isdecimal() and len(named) < 5 else 0
    return min(days, DAYS) if days else DAYS


def demo_service(clock: Clock, seed: int = 1) -> Service:
    """Return the demo cloud as of now: the second project lacks ``protectables``, the fourth is far away."""
    made = Service(estate.demo(clock.now(), seed, days_of(os.environ)), clock)
    _, netherlands, _, brazil = made.estate.projects
    made.modes_of = {
        netherlands.id: Modes(missing={"protectables"}, beta_fields=False),
        brazil.id: Modes(latency_seconds=FAR_SECONDS),
    }
    return made


def drafts(service: Service) -> dict[str, str]:
    """Return the drafts that lie in the folder of the demo cloud, by the names of their files."""
    vaults = {vault.name: vault for vault in service.estate.vaults.values()}
    web, whole, full = (vaults[name] for name in ("vault-web-prod", "vault-be94", "vault-expand"))
    server = VaultId(str(whole.id))
    made = {
        "prepatch-2024-w24": CheckpointDraft(VaultId(web.id), "prepatch-2024-w24", "Before the patches of week 24"),
        "two-problems": CheckpointDraft(server, "before migration!", "old < new"),
        "monthly-full": CheckpointDraft(server, "monthly-full", "First of the month", incremental=False),
        "while-it-expands": CheckpointDraft(VaultId(full.id), "while-it-expands"),
    }
    texts = {f"{name}{SUFFIX}": new_text(draft) for name, draft in made.items()}
    imported = new_text(CheckpointDraft(server, "from-hcloud"))
    imported = imported.replace('"checkpoint"', '"_source": "hcloud",\n  "checkpoint"', 1)
    return texts | {f"imported-from-hcloud{SUFFIX}": imported}


class DemoTransport(InProcess):
    """Hands requests to the simulator."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.application, ConnectionCut)
