"""Proving who asks: what every way in has in common, and how a call is sent as one of ours."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from cbr_desktop.cloud.transport import Answer, Call, Client
from cbr_desktop.cloud.wire.refusals import gateway_codes
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError, CloudError, LoginRefused, SecretUnfit
from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import KeptRefusal, SecretKind

Secret = Callable[[SecretKind], Awaitable[str]]
"""Gives a secret when it is needed. Raises ``SecretMissing``."""
Send = Callable[[Call], Awaitable[Answer]]
Value = TypeVar("Value")

PASTED_LIMIT = 16 * 2**10
"""The longest token or key in characters; real tokens have up to 10,000."""

_PASTED = re.compile(r"[\x21-\x7e]+\Z")
_LOGIN_CODES = gateway_codes("0301", "0303", "0307")
"""The gateway's codes for a token or signature that it does not take: the call never reached the service."""


class Auth(Protocol):
    """A way to prove who asks."""

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

    def allow_again(self) -> None:
        """Let secrets that were refused be tried once more, because a person gave them anew."""
        ...


async def authorised(auth: Auth, client: Client, call: Call, send: Send, *, harmless: bool = False) -> Answer:
    """Send a call as one of ours; once more after a renewal when it was not let in.

    A call that may change something, which is any but GET that is not ``harmless``, is sent a second time only when the
    gateway said so itself, in its own words and form, and so cannot have passed the first on.
    """
    try:
        signed = await certainly_unsent(auth.signed(call, client))
        try:
            answer = await send(signed)
        except LoginRefused as error:
            if not harmless and call.method != "GET" and not _is_worth_another(error):
                raise
            await certainly_unsent(auth.renew(signed, error, client))
            signed = await certainly_unsent(auth.signed(call, client))
            answer = await send(signed)
    except LoginRefused as error:
        client.tell(reach=Reach.REFUSED, error=error)
        raise
    auth.accepted(signed)
    return answer


def _is_worth_another(error: LoginRefused) -> bool:
    """Tell whether a refused call that may change something can be sent again with a new login."""
    return error.executed is False and error.code in _LOGIN_CODES


class SingleFlight(Generic[Value]):
    """Lets one do a piece of work for all who want it at the same time; they share its outcome, a failure as well."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._round = 0
        self._failure: CbrError | None = None

    async def outcome(self, found: Callable[[], Value | None], work: Callable[[], Awaitable[Value]]) -> Value:
        """Return what ``found`` has, or what ``work`` brings, which one call at a time does."""
        seen = self._round
        async with self._lock:
            value = found()
            if value is not None:
                return value
            if self._round != seen and self._failure is not None:
                raise self._failure
            self._failure = None
            try:
                return await work()
            except CbrError as error:
                self._failure = error
                raise
            finally:
                self._round += 1


class RefusedSecrets:
    """Which secrets were refused last, so that they are not tried again by themselves: each try may lock the account.

    Only a salted hash is kept, in memory; what a ``RefusalStore`` keeps outlives the program.
    """

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._refused: tuple[bytes, CbrError] | None = None

    def check(self, *given: str) -> None:
        """Raise what became of these secrets when they are the refused ones."""
        if self._refused is not None and self._refused[0] == self._hash(given):
            # the same error each time tells listeners that there is nothing new; its old frames would only pile up
            raise self._refused[1].with_traceback(None) from None

    def add(self, error: CbrError, *given: str) -> None:
        """Remember what became of these secrets, in place of those before."""
        self._refused = (self._hash(given), error)

    def clear(self) -> None:
        """Let all secrets be tried."""
        self._refused = None

    def _hash(self, given: tuple[str, ...]) -> bytes:
        joined = "\0".join(given).encode("utf-8", "surrogatepass")
        return hashlib.sha256(self._salt + joined).digest()


class RefusalStore(Protocol):
    """Remembers refused passwords for the programs that come after this one. Nothing here raises."""

    async def recall(self, profile: Profile, password: str) -> KeptRefusal | None:
        """Return how this password was refused the last time, ``None`` when it was not of late."""
        ...

    async def keep(self, profile: Profile, password: str, refused: KeptRefusal) -> None:
        """Remember how a password was refused, in place of the one before."""
        ...

    def forget(self, profile: Profile) -> None:
        """Let the password of an account be tried: it was good, or a person wishes it."""
        ...


async def pasted(secret: Secret, kind: SecretKind, profile: str) -> str:
    """Return a secret that goes into headers, without the blanks and newlines that a paste brings along.

    Raises ``SecretUnfit`` for what cannot be one; the value is in no message.
    """
    value = (await secret(kind)).strip()
    if len(value) > PASTED_LIMIT:
        raise SecretUnfit(profile, kind, "too-long")
    if not _PASTED.match(value):
        raise SecretUnfit(profile, kind, "characters" if value else "empty")
    return value


async def certainly_unsent(step: Awaitable[Value]) -> Value:
    """Wait for a step before a call is sent; whatever goes wrong there, the call was not carried out."""
    try:
        return await step
    except CloudError as error:
        error.executed = False
        raise
