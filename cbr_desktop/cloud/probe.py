"""The doctor's instruments: one name, one connection, one certificate, one answer at a time."""

import asyncio
import base64
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec.structs import replace

from cbr_desktop.cloud.auth import Auth
from cbr_desktop.cloud.certificates import certificate_reason
from cbr_desktop.cloud.network import (
    FAMILIES,
    Resolve,
    Transport,
    aside,
    chosen_proxy,
    context_of,
    effective_network,
    whole,
)
from cbr_desktop.cloud.transport import Answer, Call, Client, Clock
from cbr_desktop.cloud.wire.logins import token
from cbr_desktop.cloud.wire.reading import Unfit, mended, moment
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.diagnosis import Certificate, Contact, Greeting, HostPort, LoginResult
from cbr_desktop.domain.error import (
    CbrError,
    CloudError,
    ErrorDetail,
    LoginRefused,
    NotFound,
    Refused,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.domain.ids import is_uuid
from cbr_desktop.domain.network import EffectiveNetwork
from cbr_desktop.domain.profile import Profile, ProxyMode

ADDRESS_SECONDS = 3.0
"""How long one address of several may take before the next is tried."""

_NOBODY = "0" * 32
_NO_CHECK_TIME = 0x200000
_ONE = (("limit", "1"),)
_KEYS = {
    "vaults": "vaults",
    "backups": "backups",
    "operation-logs": "operation_logs",
    "policies": "policies",
    "protectables": "instances",
}
"""The name of the rows in an answer, by the first part of the path."""
_STATUS_LINE = re.compile(rb"HTTP/1\.\d (\d{3})")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class BareNetwork:
    """The bare network of a profile, taken the way that its requests take.

    ``proxy_password`` gives the password for ``Profile.proxy_user``. ``authorities`` makes the TLS context for a
    company's file, ``resolve`` finds addresses; both run in a thread that need not be waited for.
    """

    def __init__(
        self,
        profile: Profile,
        proxy_password: Callable[[], Awaitable[str]] | None = None,
        *,
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        self._profile = profile
        self._proxy_password = proxy_password
        self._resolve = resolve

    async def resolve(self, place: HostPort) -> tuple[str, ...]:
        """Return the addresses of a host; the wait for them can be given up at once."""
        family = FAMILIES[self._profile.address_family]
        find = partial(self._resolve, place.host, place.port, family=family, type=socket.SOCK_STREAM)
        try:
            found = await aside(find)
        except (OSError, UnicodeError) as error:
            raise Unreachable(place.host, _words(error), UnreachableReason.NAME) from None
        return tuple(dict.fromkeys(str(row[4][0]) for row in found))

    async def connect(self, endpoint: str) -> Contact:
        """Open a connection and close it again."""
        async with self._open(endpoint) as (_, contact):
            return contact

    async def certificate(self, endpoint: str) -> Certificate:
        """Shake hands, and tell what the server showed; of what is not accepted as much as can be read."""
        place = HostPort.of(endpoint)
        try:
            context = await aside(lambda: whole(context_of(self._profile.ca_file)))
        except OSError as error:
            raise Unreachable(
                place.host, f"{self._profile.ca_file}: {_words(error)}", UnreachableReason.CA_FILE
            ) from None
        refused: Unreachable | None = None
        found = Certificate()
        try:
            found = await self._shown(endpoint, context)
        except ssl.SSLCertVerificationError as error:
            refused = Unreachable(place.host, _words(error), certificate_reason(error))
        except (OSError, asyncio.IncompleteReadError) as error:
            refused = Unreachable(place.host, _words(error), UnreachableReason.TLS)
        if found.ends_at is None and (refused is None or refused.reason != UnreachableReason.TLS):
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, CloudError):
                found = await self._described(endpoint)
        return replace(found, error=refused)

    async def _described(self, endpoint: str) -> Certificate:
        """Read a certificate that is not accepted, or that the system's own check keeps to itself.

        A second connection brings its bytes, and a third one trusts exactly these, since only a certificate that is
        trusted is taken apart. Nothing but the handshake is sent on either.
        """
        careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        careless.check_hostname = False
        careless.verify_mode = ssl.CERT_NONE
        async with self._secured(endpoint, careless) as shaken:
            data = shaken.getpeercert(binary_form=True)
        exact = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        exact.check_hostname = False
        exact.load_verify_locations(cadata=data)
        exact.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(_NO_CHECK_TIME)
        return await self._shown(endpoint, exact)

    async def _shown(self, endpoint: str, context: ssl.SSLContext) -> Certificate:
        async with self._secured(endpoint, context) as shaken:
            return _certificate(shaken.getpeercert() or {}, shaken.version() or "")

    @contextlib.asynccontextmanager
    async def _secured(self, endpoint: str, context: ssl.SSLContext) -> AsyncIterator[ssl.SSLObject]:
        async with self._open(endpoint) as ((_, writer), _):
            await writer.start_tls(context, server_hostname=HostPort.of(endpoint).host)
            shaken = writer.get_extra_info("ssl_object")
            assert shaken is not None  # noqa: S101  # asyncio shakes hands before it returns
            yield shaken

    @contextlib.asynccontextmanager
    async def _open(self, endpoint: str) -> AsyncIterator[tuple[Streams, Contact]]:
        """Hold a connection to a place open, through its proxy if there is one."""
        place = HostPort.of(endpoint)
        proxy = await self._proxy(endpoint)
        streams, contact = await self._reached(proxy.place if proxy else place, by_proxy=proxy is not None)
        try:
            if proxy is not None:
                await self._tunnel(streams, proxy, place)
            yield streams, contact
        finally:
            streams[1].transport.abort()

    async def _proxy(self, endpoint: str) -> "_ProxyWay | None":
        url, _ = await aside(partial(chosen_proxy, self._profile, endpoint))
        if not url:
            return None
        try:
            place, parts = HostPort.of(url), urlsplit(url)
        except ValueError as error:
            raise Unreachable(HostPort.of(endpoint).host, str(error), UnreachableReason.PROXY) from None
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
        if self._profile.proxy is ProxyMode.MANUAL and self._profile.proxy_user:
            password = await self._proxy_password() if self._proxy_password else ""
            login = f"{self._profile.proxy_user}:{password}"
        return _ProxyWay(place, login)

    async def _tunnel(self, streams: Streams, proxy: "_ProxyWay", place: HostPort) -> None:
        if proxy.place.secure:
            context = await aside(lambda: whole(context_of(self._profile.ca_file)))
            try:
                await streams[1].start_tls(context, server_hostname=proxy.place.host)
            except (OSError, asyncio.IncompleteReadError) as error:
                raise Unreachable(str(proxy.place), _words(error), UnreachableReason.PROXY) from None
        await _tunnel(*streams, proxy, place)

    async def _reached(self, place: HostPort, *, by_proxy: bool) -> tuple[Streams, Contact]:
        """Try the addresses of a place one after the other."""
        try:
            found = await self.resolve(place)
        except Unreachable as error:
            raise Unreachable(
                str(place), error.detail, UnreachableReason.PROXY if by_proxy else UnreachableReason.NAME
            ) from None
        dead: list[str] = []
        problem = Unreachable(str(place), "no address", UnreachableReason.NAME)
        for address in found:
            try:
                async with asyncio.timeout(ADDRESS_SECONDS if len(found) > 1 else None):
                    streams = await asyncio.open_connection(address, place.port)
                return streams, Contact(address, tuple(dict.fromkeys(dead)))
            except OSError as error:
                dead.append("IPv6" if ":" in address else "IPv4")
                reason = UnreachableReason.TIMEOUT if isinstance(error, TimeoutError) else UnreachableReason.CONNECTION
                problem = Unreachable(str(place), _words(error), UnreachableReason.PROXY if by_proxy else reason)
        raise problem


class CloudProbe:
    """Measures a profile's cloud; fits ``Probe`` of the workflows.

    ``refusal`` tells which login of the profile failed last, in a part of the program that goes on using the same
    secrets. Without a ``wire`` the cloud is part of this program.
    """

    def __init__(
        self,
        profile: Profile,
        auth: Auth,
        transport: Transport,
        clock: Clock,
        wire: BareNetwork | None = None,
        *,
        refusal: Callable[[], CbrError | None] = lambda: None,
    ) -> None:
        self._profile = profile
        self._auth = auth
        self._transport = transport
        self._clock = clock
        self._wire = wire
        self._refusal = refusal
        self._heard = Connection()
        self._client = _OnceClient(transport, clock, self._hear)
        self._entry: LoginResult | None = None

    @property
    def is_built_in(self) -> bool:
        """Whether the cloud is part of this program, so that there is no network to look at."""
        return self._wire is None

    async def network(self) -> EffectiveNetwork:
        """Return which way requests take."""
        return await aside(partial(effective_network, self._profile))

    def refused_before(self) -> CbrError | None:
        """Return what became of these secrets elsewhere in the program, if they were refused."""
        error = self._refusal()
        return error if isinstance(error, LoginRefused) else None

    async def resolve(self, endpoint: str) -> tuple[str, ...]:
        """Return the addresses of a host."""
        return await self._bare.resolve(HostPort.of(endpoint))

    async def connect(self, endpoint: str) -> Contact:
        """Open a connection, by the proxy if there is one, and close it again."""
        return await self._bare.connect(endpoint)

    async def certificate(self, endpoint: str) -> Certificate:
        """Return what a server shows, accepted or not; nothing is said to it."""
        return await self._bare.certificate(endpoint)

    async def greet(self, endpoint: str) -> Greeting:
        """Ask for vaults without a login, which the backup service refuses with a code, or for the other's version."""
        heard: list[Connection] = []
        client = Client(self._transport, self._clock, heard.append)
        is_cbr = endpoint == self._profile.cbr_endpoint
        path, query = (f"v3/{_NOBODY}/vaults", _ONE) if is_cbr else ("v3", ())
        greeting = await _greeted(client, Call("GET", f"{endpoint.rstrip('/')}/{path}", query), is_cbr)
        offset = heard[-1].clock_offset if heard else None
        if offset is not None:
            # calls are signed by the service's clock
            self._client.tell(clock_offset=offset)
        return replace(greeting, clock_offset=offset)

    async def log_in(self) -> LoginResult:
        """Log in, once. What was refused by an earlier call is refused again without a request."""
        project_id = await self._auth.project_id(self._client)
        self._entry = LoginResult(project_id, expires_at=self._heard.token_expires_at)
        with contextlib.suppress(CloudError):
            self._entry = await self._described(self._entry)
        return self._entry

    async def ask(self, path: str) -> str:
        """Read the first row below the project and return its id, empty when there is none."""
        assert self._entry is not None  # noqa: S101  # it is asked for after the login
        url = f"{self._profile.cbr_endpoint.rstrip('/')}/v3/{self._entry.project_id}/{path}"
        is_list = path in _KEYS or path.endswith("/instances")
        call = await self._auth.signed(Call("GET", url, _ONE if is_list else ()), self._client)
        answer = await self._client.once(call)
        return _first(answer, _KEYS[path.partition("/")[0]]) if is_list else _first(answer) or path.rpartition("/")[2]

    async def _described(self, entry: LoginResult) -> LoginResult:
        """Add what the identity service tells of a token to its holder; where calls are signed there is none."""
        call = Call("GET", f"{self._profile.iam_endpoint.rstrip('/')}/v3/auth/tokens")
        signed = await self._auth.signed(call, self._client)
        held = signed.headers.get("X-Auth-Token")
        if held is None:
            return entry
        answer = await self._client.once(signed.with_headers({"X-Subject-Token": held}))
        try:
            row = token(answer.body)
        except Unfit as error:
            raise answer.unfit(str(error)) from None
        return LoginResult(
            entry.project_id,
            (row.project and row.project.name) or "",
            entry.expires_at or moment(row.expires_at),
            tuple(role.name for role in row.roles or () if role.name),
        )

    @property
    def _bare(self) -> BareNetwork:
        assert self._wire is not None  # noqa: S101  # it is there before it is looked at
        return self._wire

    def _hear(self, connection: Connection) -> None:
        self._heard = connection


@dataclass(frozen=True, slots=True)
class _ProxyWay:
    place: HostPort
    login: str = field(default="", repr=False)


class _OnceClient(Client):
    """Sends everything once: of faults the first one is to be seen."""

    async def read(self, call: Call, _tries: Callable[[CloudError], int] | None = None) -> Answer:
        """Send a call once."""
        return await self.once(call)


async def _greeted(client: Client, call: Call, is_cbr: bool) -> Greeting:
    try:
        answer = await client.once(call)
    except Refused as error:
        is_service = bool(error.code) and not (is_cbr and isinstance(error, NotFound))
        return Greeting(error.status, error.code, is_service, error=error if error.status >= 500 else None)
    except CloudError as error:
        return Greeting(getattr(error, "status", 0), "", False, error=error)
    return Greeting(answer.status, "", not is_cbr and answer.body.lstrip()[:1] == b"{")


def _first(answer: Answer, key: str = "") -> str:
    """Return the id of the first row under ``key``, empty when there is none; without a key, of nothing."""
    try:
        tree = mended(answer.body, msgspec.json.decode)
    except Unfit as error:
        raise answer.unfit(str(error)) from None
    if not isinstance(tree, dict):
        raise answer.unfit("not an object")
    if not key:
        return ""
    rows: Any = tree.get(key)
    if not isinstance(rows, list):
        raise answer.unfit(f"Object missing required field `{key}`")
    id = rows[0].get("id") if rows and isinstance(rows[0], dict) else ""
    return id if isinstance(id, str) and is_uuid(id) else ""


async def _tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, proxy: _ProxyWay, place: HostPort
) -> None:
    """Have a proxy connect to a place. Raises ``Unreachable`` with ``proxy`` or ``proxy-login``."""
    head = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"
    if proxy.login:
        head += f"Proxy-Authorization: Basic {base64.b64encode(proxy.login.encode()).decode()}\r\n"
    name = str(proxy.place)
    try:
        writer.write(f"{head}\r\n".encode())
        await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise Unreachable(name, ErrorDetail.NO_PROXY, UnreachableReason.PROXY) from None
    found = _STATUS_LINE.match(answer)
    status = int(found[1]) if found else 0
    if status == 407:
        raise Unreachable(name, "", UnreachableReason.PROXY_LOGIN)
    if not 200 <= status < 300:
        detail = f"HTTP {status} for {place}" if status else ErrorDetail.NO_PROXY
        raise Unreachable(name, detail, UnreachableReason.PROXY)


def _certificate(shown: dict[str, Any], protocol: str) -> Certificate:
    ends = shown.get("notAfter")
    return Certificate(
        _name(shown.get("subject", ())),
        _name(shown.get("issuer", ())),
        tuple(value for _, value in shown.get("subjectAltName", ())),
        datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None,
        protocol,
    )


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """Return who is named in a certificate: the name, and the organization where there is one."""
    found = {key: value for part in parts for key, value in part}
    names = (found.get("commonName"), found.get("organizationName"))
    return ", ".join(name for name in names if name) or ", ".join(found.values())


def _words(error: BaseException) -> str:
    return str(getattr(error, "verify_message", "") or getattr(error, "strerror", "") or error)[:200]
