"""Proving who asks: a token by password, renewed once for everybody, never stored and never shown."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from cbr_desktop.cloud.transport import Answer, Call, Client
from cbr_desktop.cloud.wire.logins import TokenRow, login_request, token
from cbr_desktop.cloud.wire.reading import Unfit, moment
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import BadAnswer, CloudError, Forbidden, LoginRefused, Refused, Throttled, Unreachable
from cbr_desktop.domain.ids import ProjectId, is_project_id
from cbr_desktop.domain.profile import Profile

RENEW_AHEAD = timedelta(minutes=5)
"""How long before its end a token is renewed."""
TOKEN_LIMIT = 16 * 2**10
"""The longest token in characters; real ones have up to 10,000."""

_TOKEN = re.compile(r"[\x21-\x7e]+\Z")
_YOUNG = timedelta(minutes=1)
"""A token that was refused at this age without ever having been accepted is not worth another login."""
_REST = timedelta(seconds=30)
"""How long a renewal ahead of time is left alone after it failed, while the old token still serves."""


class Auth(Protocol):
    """What makes a call one of ours. Another way to prove who asks, such as signing with keys, has the same shape."""

    async def project_id(self, client: Client) -> ProjectId:
        """Return the id of the project that calls are made for."""
        ...

    async def signed(self, call: Call, client: Client) -> Call:
        """Return ``call`` with the headers that prove who asks."""
        ...

    async def renew(self, refused: Call, error: LoginRefused, client: Client) -> None:
        """Make ready to send again a call that the gateway did not let in; raise ``error`` when that is of no use."""
        ...

    def accepted(self, call: Call) -> None:
        """Hear that a signed call was let in."""
        ...


@dataclass(slots=True)
class Token:
    """A token, in memory only. Times are of our own clock; ``expires_at`` is ``None`` when the server did not say."""

    value: str = field(repr=False)
    project_id: ProjectId | None
    taken_at: datetime
    expires_at: datetime | None
    accepted: bool = False

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to renew it. A very young one never is, whatever the clocks say."""
        return self.expires_at is not None and now >= self.expires_at - RENEW_AHEAD and now >= self.taken_at + _YOUNG

    def is_over(self, now: datetime) -> bool:
        """Whether it cannot be used any more."""
        return self.expires_at is not None and now >= self.expires_at


class PasswordLogin:
    """Logs in with the name and password of a profile's user (``POST /v3/auth/tokens``) and keeps the token.

    ``secret`` gives the password when it is needed; it is not kept. A password that was refused is not tried again
    before ``secret`` gives another one or ``allow_again`` is called: each try may bring the account nearer to being
    locked. With ``domain_scope`` the token is for the account instead of a project.
    """

    def __init__(self, profile: Profile, secret: Callable[[], Awaitable[str]], *, domain_scope: bool = False) -> None:
        self._profile = profile
        self._secret = secret
        self._domain_scope = domain_scope
        self._token: Token | None = None
        self._lock = asyncio.Lock()
        self._round = 0
        self._failure: CloudError | None = None
        self._salt = secrets.token_bytes(16)
        self._refused: tuple[bytes, LoginRefused] | None = None
        self._rest_until: datetime | None = None

    async def project_id(self, client: Client) -> ProjectId:
        """Return the id of the token's project, logging in if need be."""
        held = await self._valid(client)
        if held.project_id is None:
            raise BadAnswer(_host(self._profile), "the token is for an account, not for a project")
        return held.project_id

    async def signed(self, call: Call, client: Client) -> Call:
        """Return ``call`` with the token, logging in if need be."""
        held = await self._valid(client)
        return call.with_headers({"X-Auth-Token": held.value})

    async def renew(self, refused: Call, error: LoginRefused, client: Client) -> None:
        """Get a token in place of the one in ``refused``, unless somebody already did.

        Raises ``error`` when the token was new and has never been accepted: a second one would fare no better.
        """
        used = refused.headers.get("X-Auth-Token")
        held = self._token
        if held is not None and held.value == used:
            if not held.accepted and client.clock.now() < held.taken_at + _YOUNG:
                raise error
            await self._login(used, client)

    def accepted(self, call: Call) -> None:
        """Remember that the token is good."""
        if self._token is not None and self._token.value == call.headers.get("X-Auth-Token"):
            self._token.accepted = True

    def allow_again(self) -> None:
        """Let a refused password be tried once more, because a person asked for it."""
        self._refused = None

    async def _valid(self, client: Client) -> Token:
        """Return a token that can be used now."""
        held, now = self._token, client.clock.now()
        if held is None or held.is_over(now):
            return await self._login(held.value if held else None, client)
        if held.is_stale(now) and not (self._rest_until and now < self._rest_until):
            try:
                return await self._login(held.value, client)
            except LoginRefused:
                raise
            except CloudError:
                self._rest_until = now + _REST
        return held

    async def _login(self, old: str | None, client: Client) -> Token:
        """Replace the token ``old``; all who ask for that at the same time share one login and its outcome."""
        seen = self._round
        async with self._lock:
            if self._token is not None and self._token.value != old:
                return self._token
            if self._round != seen and self._failure is not None:
                raise self._failure
            self._failure = None
            try:
                self._token = await self._ask(client)
            except CloudError as error:
                self._failure = error
                raise
            finally:
                self._round += 1
        client.tell(token_expires_at=self._token.expires_at)
        return self._token

    async def _ask(self, client: Client) -> Token:
        secret = await self._secret()
        print_of_secret = hashlib.sha256(self._salt + secret.encode("utf-8", "surrogatepass")).digest()
        if self._refused is not None and self._refused[0] == print_of_secret:
            raise self._refused[1]
        try:
            answer = await client.read(self._call(secret), _tries_of_login)
        except (LoginRefused, Forbidden) as error:
            refused = _login_refused(error)
            self._refused = (print_of_secret, refused)
            client.tell(reach=Reach.REFUSED, error=refused)
            raise refused from None
        self._refused = None
        return _token(answer, client.clock.now(), self._domain_scope)

    def _call(self, secret: str) -> Call:
        profile = self._profile
        body = login_request(profile.user, profile.domain, secret, self._scope())
        headers = {"Content-Type": "application/json;charset=UTF-8"}
        url = f"{profile.iam_endpoint.rstrip('/')}/v3/auth/tokens"
        return Call("POST", url, (("nocatalog", "true"),), headers, body)

    def _scope(self) -> dict[str, dict[str, str]]:
        if self._domain_scope:
            return {"domain": {"name": self._profile.domain}}
        key = "id" if is_project_id(self._profile.project) else "name"
        return {"project": {key: self._profile.project}}


def _tries_of_login(error: CloudError) -> int:
    """Tell how often a login is sent in all: again only when it certainly was not looked at."""
    if isinstance(error, Throttled):
        return 4
    return 2 if isinstance(error, Unreachable) and error.may_pass else 1


def _login_refused(error: Refused) -> LoginRefused:
    return LoginRefused(
        error.host,
        status=error.status,
        code=error.code,
        message=error.message,
        request_id=error.request_id,
        executed=False,
    )


def _token(answer: Answer, now: datetime, domain_scope: bool) -> Token:
    """Check what a login brought and make a token of it."""
    value = answer.headers.get("x-subject-token", "").strip()
    if not value or len(value) > TOKEN_LIMIT or not _TOKEN.match(value):
        problem = "too long" if len(value) > TOKEN_LIMIT else "not a token" if value else "missing"
        raise BadAnswer(answer.host, f"X-Subject-Token {problem}", answer.status, answer.request_id)
    try:
        row = token(answer.body)
    except Unfit as error:
        raise answer.unfit(str(error)) from None
    project = row.project and row.project.id
    if not domain_scope and not (project and is_project_id(project)):
        raise BadAnswer(answer.host, "token.project.id", answer.status, answer.request_id)
    return Token(value, ProjectId(project) if project else None, now, _expiry(row, now))


def _expiry(row: TokenRow, now: datetime) -> datetime | None:
    """Return a token's end by our own clock: its life counts from now, so that a wrong clock does not matter."""
    issued_at, expires_at = moment(row.issued_at), moment(row.expires_at)
    if issued_at is not None and expires_at is not None and expires_at > issued_at:
        return now + (expires_at - issued_at)
    return expires_at


def _host(profile: Profile) -> str:
    return profile.iam_endpoint.partition("://")[2]
