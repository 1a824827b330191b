"""Ways in that end in a token: by password, pasted, or lent by an agency; renewed once for everybody, never stored."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cbr_desktop.cloud.auth import (
    PASTED_LIMIT,
    Auth,
    RefusalStore,
    RefusedSecrets,
    Secret,
    SingleFlight,
    authorised,
    pasted,
)
from cbr_desktop.cloud.transport import Answer, Call, Client, tries_of_read
from cbr_desktop.cloud.wire.logins import TokenRow, agency_request, login_refusal_reason, password_request, token
from cbr_desktop.cloud.wire.reading import Unfit, moment
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    CbrError,
    CloudError,
    ErrorDetail,
    Forbidden,
    LoginRefused,
    NotFound,
    Refused,
    SecretMissing,
    Throttled,
    Unreachable,
)
from cbr_desktop.domain.ids import ProjectId, is_project_id
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import KeptRefusal, SecretKind

RENEW_AHEAD = timedelta(minutes=5)
"""How long before its end a token is renewed."""

_TOKEN = re.compile(r"[\x21-\x7e]+\Z")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}\Z")
_UNAUTHORIZED = 401
_OF_PASSWORD = ("", "locked")
"""The reasons of a refusal that another password, or time, may mend."""
_YOUNG = timedelta(minutes=1)
"""A token that was refused at this age without ever having been accepted is not worth another login."""
_REST = timedelta(seconds=30)
"""How long a renewal ahead of time is left alone after it failed, while the old token still serves."""


@dataclass(slots=True)
class Token:
    """A token, in memory only. Times are of our own clock; ``expires_at`` is ``None`` when the server did not say."""

    value: str = field(repr=False)
    project_id: ProjectId | None
    taken_at: datetime
    expires_at: datetime | None
    accepted: bool = False

    def is_young(self, now: datetime) -> bool:
        """Whether it was taken a moment ago, as far as a clock can tell that may have been set meanwhile."""
        return timedelta(0) <= now - self.taken_at < _YOUNG

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to renew it. A very young one never is, whatever the clocks say."""
        return self.expires_at is not None and now >= self.expires_at - RENEW_AHEAD and not self.is_young(now)

    def is_over(self, now: datetime) -> bool:
        """Whether it cannot be used any more."""
        return self.expires_at is not None and now >= self.expires_at


class TokenLogin:
    """Keeps a token of a profile and gets another when it is needed; each way of getting one is a class below."""

    renews_ahead = True
    """Whether another token can be had before the end of this one, without asking a person."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._token: Token | None = None
        self._flight: SingleFlight[Token] = SingleFlight()
        self._refused = RefusedSecrets()
        self._rest_until: datetime | None = None

    async def project_id(self, client: Client) -> ProjectId:
        """Return the id of the token's project, logging in if need be."""
        held = await self._valid(client)
        if held.project_id is None:
            raise BadAnswer(_host(self._profile), ErrorDetail.OF_ACCOUNT)
        return held.project_id

    async def signed(self, call: Call, client: Client) -> Call:
        """Return ``call`` with the token, logging in if need be."""
        held = await self._valid(client)
        return call.with_headers({"X-Auth-Token": held.value})

    async def renew(self, refused: Call, error: LoginRefused, client: Client) -> None:
        """Get a token in place of the one in ``refused``, unless another call already did.

        Raises ``error`` when the token was new and has never been accepted: a second one would fare no better.
        """
        used, held = refused.headers.get("X-Auth-Token"), self._token
        if held is not None and held.value != used:
            return
        if held is not None and not held.accepted and held.is_young(client.clock.now()):
            raise error
        self._token = None
        await self._login(used, client)

    def accepted(self, call: Call) -> None:
        """Remember that the token is good."""
        if self._token is not None and self._token.value == call.headers.get("X-Auth-Token"):
            self._token.accepted = True

    def allow_again(self) -> None:
        """Let refused secrets be tried once more, because a person gave them anew."""
        self._refused.clear()

    async def _ask(self, client: Client, old: str | None) -> Token:
        """Get a token from the identity service; ``old`` is the value of the one that it replaces."""
        raise NotImplementedError

    async def _valid(self, client: Client) -> Token:
        """Return a token that can be used now."""
        held, now = self._token, client.clock.now()
        if held is None or held.is_over(now):
            return await self._login(held.value if held else None, client)
        if self.renews_ahead and held.is_stale(now) and not self._rests(now):
            try:
                return await self._login(held.value, client)
            except LoginRefused:
                raise
            except CbrError:
                self._rest_until = now + _REST
        return held

    def _rests(self, now: datetime) -> bool:
        """Whether a renewal failed a moment ago; a clock that was set back since does not make that long."""
        return self._rest_until is not None and timedelta(0) < self._rest_until - now <= _REST

    async def _login(self, old: str | None, client: Client) -> Token:
        """Replace the token ``old``; all who ask for that at the same time share one login and its outcome."""
        return await self._flight.outcome(partial(self._other_than, old), partial(self._new, old, client))

    def _other_than(self, old: str | None) -> Token | None:
        return self._token if self._token is not None and self._token.value != old else None

    async def _new(self, old: str | None, client: Client) -> Token:
        self._token = await self._ask(client, old)
        client.hide(self._token.value)
        client.tell(token_expires_at=self._token.expires_at)
        return self._token


class PasswordLogin(TokenLogin):
    """Logs in with the name and password of a profile's user, and a passcode where it has ``mfa``.

    ``secret`` gives them when they are needed; they are not kept. A password that was refused is not tried again before
    ``secret`` gives another one or ``allow_again`` is called: each try may bring the account nearer to being locked.
    A passcode is sent once. With ``whole_account`` the token is for the account instead of a project. ``refusals``
    remembers what was refused for other programs; a login with a passcode is not among that, since it needs a person.
    """

    def __init__(
        self,
        profile: Profile,
        secret: Secret,
        *,
        whole_account: bool = False,
        refusals: RefusalStore | None = None,
    ) -> None:
        super().__init__(profile)
        self._refusals = None if profile.mfa else refusals
        self._secret = secret
        self._whole_account = whole_account
        self._used_passcodes = RefusedSecrets()
        self.renews_ahead = not profile.mfa

    def allow_again(self) -> None:
        """Let a refused password, or the passcode of before, be tried once more, because a person gave it anew."""
        super().allow_again()
        self._used_passcodes.clear()
        if self._refusals is not None:
            self._refusals.forget(self._profile)

    async def _ask(self, client: Client, _old: str | None) -> Token:
        profile = self._profile
        if profile.mfa and not profile.user_id:
            raise _our_refusal(profile, "user-id")
        password = await self._secret(SecretKind.PASSWORD)
        passcode = await self._passcode() if profile.mfa else ""
        client.hide(password, passcode)
        self._refused.check(password, passcode)
        await self._check_kept(password, passcode)
        factor = (profile.user_id, passcode) if profile.mfa else None
        scope = _scope(profile, profile.domain, self._whole_account)
        body = password_request(profile.user, profile.domain, password, scope, factor)
        try:
            answer = await client.read(_token_call(profile, body), _tries_of_login)
        except (LoginRefused, Forbidden) as error:
            refused = _login_refused(error)
            self._refused.add(refused, password, passcode)
            await self._keep_refusal(refused, password, client.clock.now())
            client.tell(reach=Reach.REFUSED, error=refused)
            raise refused from None
        self._refused.clear()
        if self._refusals is not None:
            self._refusals.forget(profile)
        return _token(answer, client.clock.now(), self._whole_account)

    async def _check_kept(self, password: str, passcode: str) -> None:
        """Raise what became of this password when it was refused to a program before this one."""
        kept = None if self._refusals is None else await self._refusals.recall(self._profile, password)
        if kept is not None:
            refused = LoginRefused(_host(self._profile), status=kept.status, code=kept.code, executed=False)
            refused.reason, refused.refused_at = kept.reason, kept.at
            # one error for all that ask from now on: listeners see by it that there is nothing new
            self._refused.add(refused, password, passcode)
            raise refused

    async def _keep_refusal(self, refused: LoginRefused, password: str, now: datetime) -> None:
        """Remember a password as wrong, unless it is something else that was: that may be mended without another."""
        if self._refusals is not None and refused.status == _UNAUTHORIZED and refused.reason in _OF_PASSWORD:
            code = refused.code if _CODE.match(refused.code) else ""
            await self._refusals.keep(self._profile, password, KeptRefusal(refused.status, code, refused.reason, now))

    async def _passcode(self) -> str:
        """Return a passcode that was not sent before; authenticators show it with a blank in its middle."""
        kind = SecretKind.PASSCODE
        passcode = "".join((await self._secret(kind)).split())
        self._used_passcodes.check(passcode)
        self._used_passcodes.add(SecretMissing(self._profile.name, kind), passcode)
        return passcode


class PastedToken(TokenLogin):
    """Uses a token that a person pasted, whose project and end the identity service tells; it cannot be renewed.

    When it has ended, ``SecretMissing`` asks for another. ``whole_account`` takes a token of any scope.
    """

    renews_ahead = False

    def __init__(self, profile: Profile, secret: Secret, *, whole_account: bool = False) -> None:
        super().__init__(profile)
        self._secret = secret
        self._whole_account = whole_account

    async def renew(self, refused: Call, error: LoginRefused, _client: Client) -> None:
        """Give up a refused token; raises ``error`` unless another has been given meanwhile."""
        used, held = refused.headers["X-Auth-Token"], self._token
        if held is not None and held.value == used:
            self._token = None
            self._refused.add(error, used)
            raise error

    async def _ask(self, client: Client, old: str | None) -> Token:
        profile = self._profile
        value = await pasted(self._secret, SecretKind.TOKEN, profile.name)
        client.hide(value)
        self._refused.check(value)
        if value == old:
            raise SecretMissing(profile.name, SecretKind.TOKEN)
        headers = {"X-Auth-Token": value, "X-Subject-Token": value}
        call = Call("GET", _token_url(profile), (("nocatalog", "true"),), headers)
        try:
            answer = await client.read(call, tries_of_read)
        except Forbidden as error:
            if not is_project_id(profile.project):
                raise self._given_up(error, value, client) from None
            # it is a token, but may not look at itself; its end will be seen when it comes
            return Token(value, ProjectId(profile.project), client.clock.now(), None)
        except (LoginRefused, NotFound) as error:
            raise self._given_up(error, value, client) from None
        row = _row(answer)
        given = (row.project.id, row.project.name) if row.project and is_project_id(row.project.id or "") else ()
        if not self._whole_account and profile.project not in given:
            # backups would be made in the wrong place
            refused = _our_refusal(profile, "project")
            self._refused.add(refused, value)
            raise refused
        expires_at = moment(row.expires_at)
        project = row.project and row.project.id
        return Token(
            value,
            ProjectId(project) if project and is_project_id(project) else None,
            client.clock.now(),
            expires_at and expires_at - client.clock_offset,
        )

    def _given_up(self, error: Refused, value: str, client: Client) -> LoginRefused:
        refused = _login_refused(error, "token")
        self._refused.add(refused, value)
        client.tell(reach=Reach.REFUSED, error=refused)
        return refused


class AgencyLogin(TokenLogin):
    """Takes on the role that another account lent by an agency; ``base`` proves who takes it on."""

    def __init__(self, profile: Profile, base: Auth, *, whole_account: bool = False) -> None:
        super().__init__(profile)
        self._base = base
        self._whole_account = whole_account

    def allow_again(self) -> None:
        """Let refused secrets be tried once more, because a person gave them anew."""
        self._base.allow_again()

    async def _ask(self, client: Client, _old: str | None) -> Token:
        profile = self._profile
        scope = _scope(profile, profile.agency_domain, self._whole_account)
        body = agency_request(profile.agency, profile.agency_domain, scope)

        async def send(call: Call) -> Answer:
            try:
                return await client.read(call, _tries_of_login)
            except (Forbidden, NotFound) as error:
                raise _login_refused(error, "agency") from None
            except LoginRefused as error:
                error.reason = error.reason or "agency"
                raise

        answer = await authorised(self._base, client, _token_call(profile, body), send, harmless=True)
        return _token(answer, client.clock.now(), self._whole_account)


def _scope(profile: Profile, domain: str, whole_account: bool) -> dict[str, Any]:
    if whole_account:
        return {"domain": {"name": domain}}
    key = "id" if is_project_id(profile.project) else "name"
    return {"project": {key: profile.project}}


def _token_url(profile: Profile) -> str:
    return f"{profile.iam_endpoint.rstrip('/')}/v3/auth/tokens"


def _token_call(profile: Profile, body: bytes) -> Call:
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    return Call("POST", _token_url(profile), (("nocatalog", "true"),), headers, body)


def _tries_of_login(error: CloudError) -> int:
    """Tell how often a login is sent in all: again only when it certainly was not looked at."""
    return tries_of_read(error) if isinstance(error, Throttled | Unreachable) else 1


def _login_refused(error: Refused, reason: str = "") -> LoginRefused:
    """Return a refusal as one of the login; ``reason`` is for when its words do not tell."""
    refused = LoginRefused(
        error.host,
        status=error.status,
        code=error.code,
        message=error.message,
        request_id=error.request_id,
        executed=False,
    )
    refused.reason = login_refusal_reason(error.message) or reason
    return refused


def _our_refusal(profile: Profile, reason: str) -> LoginRefused:
    refused = LoginRefused(_host(profile), status=0, executed=False)
    refused.reason = reason
    return refused


def _token(answer: Answer, now: datetime, whole_account: bool) -> Token:
    """Check what a login brought and make a token of it."""
    value = answer.headers.get("x-subject-token", "").strip()
    if not value or len(value) > PASTED_LIMIT or not _TOKEN.match(value):
        problem = "too long" if len(value) > PASTED_LIMIT else "not a token" if value else "missing"
        raise BadAnswer(answer.host, f"X-Subject-Token {problem}", answer.status, answer.request_id)
    row = _row(answer)
    project = row.project and row.project.id
    if not whole_account and not (project and is_project_id(project)):
        raise BadAnswer(answer.host, "token.project.id", answer.status, answer.request_id)
    return Token(value, ProjectId(project) if project else None, now, _expiry(row, now))


def _row(answer: Answer) -> TokenRow:
    try:
        return token(answer.body)
    except Unfit as error:
        raise answer.unfit(str(error)) from None


def _expiry(row: TokenRow, now: datetime) -> datetime | None:
    """Return a new token's end by our own clock: its life counts from now, so that a wrong clock does not matter."""
    issued_at, expires_at = moment(row.issued_at), moment(row.expires_at)
    if issued_at is not None and expires_at is not None and expires_at > issued_at:
        return now + (expires_at - issued_at)
    return expires_at


def _host(profile: Profile) -> str:
    return profile.iam_endpoint.partition("://")[2]
