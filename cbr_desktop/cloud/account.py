"""What an account has to choose from, asked with secrets that were just typed."""

from collections.abc import Callable, Mapping

from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.projects import own_projects
from cbr_desktop.cloud.sign_in import Secret, login_of
from cbr_desktop.cloud.transport import Client, Clock
from cbr_desktop.domain.account import Project
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind


class Account:
    """Looks into accounts; fits ``Directory`` of the workflows.

    ``transport`` makes the way to the network of a profile, with what gives the secrets that it may need (a proxy's
    password); it is closed after each question.
    """

    def __init__(self, transport: Callable[[Profile, Secret], Transport], clock: Clock) -> None:
        self._transport = transport
        self._clock = clock

    async def projects(self, profile: Profile, secrets: Mapping[SecretKind, str]) -> list[Project]:
        """Return the projects that the login of ``profile`` may use, by name; raises ``CbrError``."""

        async def secret(kind: SecretKind) -> str:
            if not secrets.get(kind):
                raise SecretMissing(profile.name, kind)
            return secrets[kind]

        auth = login_of(profile, secret, whole_account=True)
        client = Client(self._transport(profile, secret), self._clock, lambda _connection: None)
        try:
            return await own_projects(auth, client, profile)
        finally:
            await client.aclose()
