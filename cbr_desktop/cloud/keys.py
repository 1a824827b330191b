"""The way in by an access key, permanent or temporary: every request is signed, there is no login."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from cbr_desktop.cloud.auth import RefusedSecrets, Secret, SingleFlight, pasted
from cbr_desktop.cloud.projects import projects_by_name
from cbr_desktop.cloud.signing import STAMP, Keys, query_string, signed_headers, stamp
from cbr_desktop.cloud.transport import Call, Client
from cbr_desktop.domain.error import LoginRefused, SecretUnfit
from cbr_desktop.domain.ids import ProjectId, is_project_id
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.secret import SecretKind

_WORTH_ANOTHER = timedelta(minutes=1)
"""By how much the time in a signature must change to make it worth another try; the gateway allows 15 minutes."""


class KeyLogin:
    """Signs with the access key of a profile, by the service's clock as far as it is known.

    ``secret`` gives what is needed of it, once; it is kept in memory, since each request needs it. A key that was
    refused is not tried again before ``secret`` gives another or ``allow_again`` is called, unless it is a permanent
    one that has been good before: such a refusal may pass, and locks no account.
    """

    def __init__(self, profile: Profile, secret: Secret) -> None:
        self._profile = profile
        self._secret = secret
        self._project = ProjectId(profile.project) if is_project_id(profile.project) else None
        self._search: SingleFlight[ProjectId] = SingleFlight()
        self._keys: Keys | None = None
        self._question: SingleFlight[Keys] = SingleFlight()
        self._refused = RefusedSecrets()
        self._good: Keys | None = None

    async def project_id(self, client: Client) -> ProjectId:
        """Return the id of the profile's project; a name is looked up once."""
        if self._project is not None:
            return self._project
        return await self._search.outcome(lambda: self._project, partial(self._find_project, client))

    async def signed(self, call: Call, client: Client) -> Call:
        """Return ``call`` with a signature of now. Its query is in the URL, spelled as it was signed."""
        keys = await self._question.outcome(lambda: self._keys, self._ask)
        client.hide(keys.secret, keys.security_token)
        address = call.address
        headers = {**call.headers, "Host": address.netloc, "X-Sdk-Date": stamp(client.service_time())}
        project = address.path.split("/")[2:3]
        if project and is_project_id(project[0]):
            headers["X-Project-Id"] = project[0]
        if keys.security_token:
            headers["X-Security-Token"] = keys.security_token
        target = f"{call.url}?{query_string(call.query)}" if call.query else call.url
        return _proved(keys, replace(call, url=target, query=(), headers=headers))

    async def renew(self, refused: Call, error: LoginRefused, client: Client) -> None:
        """Let a call be signed again when it would be with another time or another key; raise ``error`` otherwise."""
        signed_at = datetime.strptime(refused.headers["X-Sdk-Date"], STAMP).replace(tzinfo=UTC)
        if abs(client.service_time() - signed_at) > _WORTH_ANOTHER:
            return
        keys = self._keys
        if keys is not None and _proved(keys, refused).headers == refused.headers:
            if error.reason != "clock":
                self._keys = None
                if keys != self._good or keys.security_token:
                    self._refused.add(error, keys.access, keys.secret, keys.security_token)
            raise error
        # another call heard of it before, and forgot that key
        await self._question.outcome(lambda: self._keys, self._ask)

    def accepted(self, _call: Call) -> None:
        """Remember that the key is good."""
        self._good = self._keys

    def allow_again(self) -> None:
        """Ask for the key anew, and let a refused one be tried once more."""
        self._refused.clear()
        self._keys = None

    async def _ask(self) -> Keys:
        ask = partial(pasted, self._secret, profile=self._profile.name)
        if self._profile.way is Way.TEMPORARY_KEYS:
            access = await ask(SecretKind.ACCESS_KEY)
            keys = Keys(access, await ask(SecretKind.SECRET_KEY), await ask(SecretKind.SECURITY_TOKEN))
        else:
            keys = Keys(self._profile.access_key.strip(), await ask(SecretKind.SECRET_KEY))
        if "," in keys.access or not keys.access.isascii() or not keys.access.isprintable():
            raise SecretUnfit(self._profile.name, SecretKind.ACCESS_KEY, "characters")
        self._refused.check(keys.access, keys.secret, keys.security_token)
        self._keys = keys
        return keys

    async def _find_project(self, client: Client) -> ProjectId:
        profile = self._profile
        found = await projects_by_name(self, client, profile)
        if not found:
            error = LoginRefused(urlsplit(profile.iam_endpoint).netloc, status=0, executed=False)
            error.reason = "project"
            raise error
        self._project = found[0].id
        return self._project


def _proved(keys: Keys, call: Call) -> Call:
    """Return a call whose headers and URL are complete with the signature of ``keys``."""
    address = call.address
    headers = {name: value for name, value in call.headers.items() if name != "Authorization"}
    query = parse_qsl(address.query, keep_blank_values=True)
    return replace(call, headers=signed_headers(keys, call.method, address.raw_path, query, headers, call.body or b""))
