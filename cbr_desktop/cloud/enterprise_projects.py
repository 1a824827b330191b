"""The enterprise project service (EPS) of an account, which asks for a login of its own."""

from http import HTTPStatus

from cbr_desktop.cloud.auth import Auth, Send, authorised, certainly_unsent
from cbr_desktop.cloud.transport import Answer, Call, Client
from cbr_desktop.cloud.wire.enterprise_projects import enterprise_projects
from cbr_desktop.cloud.wire.logins import own_domain_id
from cbr_desktop.cloud.wire.reading import Unfit
from cbr_desktop.domain.enterprise_project import EnterpriseProject, hindrance_of
from cbr_desktop.domain.error import AccountUntold, Forbidden, NotAsked, Refused
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.region import eps_endpoint

PAGE_SIZE = 1000
"""The documented maximum of ListEnterpriseProject."""
PAGES_LIMIT = 10
_LACKING = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


class EnterpriseProjects:
    """Asks the service of the profile's account; ``auth`` is a login for the account, ``client`` a line of its own.

    What goes wrong here says nothing of the connection to the backup service, so ``client`` does not report it.
    """

    def __init__(self, profile: Profile, auth: Auth, client: Client) -> None:
        self._profile = profile
        self._endpoint = eps_endpoint(profile.cbr_endpoint)
        self._auth = auth
        self._client = client
        self._domain_id: str | None = None

    @property
    def client(self) -> Client:
        """The line on which it is asked."""
        return self._client

    async def every(self) -> Listing[EnterpriseProject]:
        """Return the enterprise projects that the user may see, by name, the default one first.

        (ListEnterpriseProject) Raises ``CloudError``; ``NotAsked`` where the profile cannot ask.
        """
        found: dict[str, EnterpriseProject] = {}
        is_whole = False
        for number in range(PAGES_LIMIT):
            query = (("limit", str(PAGE_SIZE)), *((("offset", str(number * PAGE_SIZE)),) if number else ()))
            answer = await self.send(Call("GET", self.url("enterprise-projects"), query), self._client.read)
            try:
                page = enterprise_projects(answer.body)
            except Unfit as error:
                raise answer.unfit(str(error)) from None
            before = len(found)
            found.update((row.id, row) for row in page.rows if row is not None)
            is_whole = not page.lost and len(page.rows) < PAGE_SIZE
            if is_whole or page.lost or len(found) == before:
                break
        rows = sorted(found.values(), key=lambda each: (not each.is_default, each.name, each.id))
        return Listing(rows, self._client.clock.now(), is_whole)

    def url(self, path: str) -> str:
        """Return the address of a path of the service. ``NotAsked`` where the profile cannot ask it."""
        hindrance = hindrance_of(self._profile)
        if hindrance is not None:
            raise NotAsked(hindrance)
        return f"{self._endpoint}/v1.0/{path}"

    async def send(self, call: Call, send: Send) -> Answer:
        """Send a call by ``send`` as one of the account. ``AccountUntold`` where it is refused and was not named."""
        named = await self._of_account(call)
        try:
            return await authorised(self._auth, self._client, named, send)
        except Forbidden as error:
            if self._domain_id != "":
                raise
            raise AccountUntold(
                error.host,
                status=error.status,
                code=error.code,
                message=error.message,
                request_id=error.request_id,
                executed=error.executed,
            ) from error

    async def _of_account(self, call: Call) -> Call:
        """Return a call that names the account, as the vendor's clients do with a key; a token says it by itself."""
        if self._profile.way not in (Way.KEYS, Way.TEMPORARY_KEYS):
            return call
        if self._domain_id is None:
            self._domain_id = await certainly_unsent(self._read_domain_id())
        return call.with_headers({"X-Domain-Id": self._domain_id}) if self._domain_id else call

    async def _read_domain_id(self) -> str:
        """Return the id of the account, empty where the key may not ask for it."""
        call = Call("GET", f"{self._profile.iam_endpoint.rstrip('/')}/v3/auth/domains")
        try:
            answer = await authorised(self._auth, self._client, call, self._client.read)
        except Refused as error:
            if error.status not in _LACKING:
                raise
            return ""
        try:
            return own_domain_id(answer.body)
        except Unfit as error:
            raise answer.unfit(str(error)) from None
