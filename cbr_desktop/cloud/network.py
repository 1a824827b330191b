"""The way to the service: TLS by the system's trust, the proxy that was chosen, and nothing else from around us.

::

    request ──> which proxy? ──> the connections of that proxy ──> names, in a thread ──> one address after the other
"""

import asyncio
import contextlib
import ipaddress
import itertools
import os
import re
import socket
import ssl
import sys
import threading
import urllib.request
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar, cast
from urllib.parse import unquote, urlsplit

import httpx

from cbr_desktop.cloud.gate import MOST_IN_FLIGHT
from cbr_desktop.domain.error import FieldFault, ProfileError, Unreachable, UnreachableReason
from cbr_desktop.domain.network import EffectiveNetwork, Route, RouteReason, Variable
from cbr_desktop.domain.profile import AddressFamily, Profile, ProxyMode

if TYPE_CHECKING:  # the demo and a program at rest do without it
    import httpcore

HEAD_START_SECONDS = 0.25
"""How long an address of a host is tried before the next one is tried as well (RFC 8305)."""

_KEPT_SECONDS = 20
_PIECE_BYTES = 256 * 2**10
"""As much as the loop takes out of a socket at one go."""
_DIRECT = Profile("", "", "", "", proxy=ProxyMode.NONE)
FAMILIES = {
    AddressFamily.ANY: socket.AF_UNSPEC,
    AddressFamily.IPV4: socket.AF_INET,
    AddressFamily.IPV6: socket.AF_INET6,
}
_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_UNHEARD_VARIABLES = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSLKEYLOGFILE",
    "NETRC",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_HASHED = re.compile(r"[0-9a-f]{8}\.\d\Z")
_ASKS_THE_SYSTEM = sys.platform in ("win32", "darwin")
_HIDDEN_LOGIN = "***"

Transport: TypeAlias = httpx.AsyncBaseTransport
"""What carries requests: the real network, a cloud that is a part of this program, or one that a test has made."""
Result = TypeVar("Result")
Resolve = Callable[..., Iterable[tuple[Any, ...]]]
"""Returns the addresses of a name, as ``socket.getaddrinfo`` does; it may take its time."""


class Network(httpx.AsyncBaseTransport):
    """The real network as a profile wants it; without a profile, the direct way. Making one costs nothing.

    ``proxy_password`` gives the password for ``Profile.proxy_user`` when it is needed and may raise ``SecretMissing``.
    ``authorities`` makes the TLS context for a company's file, ``resolve`` finds addresses; both run in a thread that
    need not be waited for. Raises ``ProfileError`` for a proxy of the profile that cannot be used; requests raise
    ``Unreachable`` for what is found out later.

    Requests that ask for it (``Connection: close``) get a connection of their own, so that a server that closes an
    idle connection cannot swallow them.
    """

    def __init__(
        self,
        profile: Profile = _DIRECT,
        proxy_password: Callable[[], Awaitable[str]] | None = None,
        *,
        authorities: Callable[[str], ssl.SSLContext] | None = None,
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        if profile.proxy is ProxyMode.MANUAL:
            problem = _manual_problem(profile)
            if problem:
                raise ProfileError(profile.name, "proxy_url", problem)
        self._profile = profile
        self._proxy_password = proxy_password
        self._authorities = authorities or context_of
        self._resolve = resolve
        self._opening = asyncio.Lock()
        self._lines: dict[_Proxy | None, _Lines] = {}
        self._ways: dict[tuple[str, str], _Proxy | None] = {}
        self._refused: set[_Proxy] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send over a kept connection, or over one of its own."""
        place = (request.url.scheme, request.url.netloc.decode("ascii", "replace"))
        if place not in self._ways or self._ways[place] not in self._lines:
            await self._open(place, request.url.host)
        proxy = self._ways[place]
        lines = self._lines[proxy]
        transport = lines.fresh if request.headers.get("connection") == "close" else lines.kept
        try:
            return await _trusting(lines.context, transport, request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            # the machine may have moved to another network, where another proxy serves
            self._ways.pop(place, None)
            if proxy is not None and proxy.login and wants_login(error):
                self._refused.add(proxy)
            raise

    @property
    def passwords(self) -> tuple[str, ...]:
        """The passwords of the proxies in use."""
        return tuple({proxy.login[1] for proxy in self._lines if proxy is not None and proxy.login})

    def allow_again(self) -> None:
        """Let a login that a proxy refused be tried once more, because a person asked for it."""
        self._refused.clear()

    async def aclose(self) -> None:
        """Close all connections; what goes wrong in that is not told."""
        for each in [each for lines in self._lines.values() for each in (lines.kept, lines.fresh)]:
            with contextlib.suppress(httpx.HTTPError, OSError):
                await each.aclose()

    async def _open(self, place: tuple[str, str], host: str) -> None:
        async with self._opening:
            proxy = await self._proxy(*place, host)
            if proxy in self._refused:
                # each try may bring the account nearer to being locked
                raise Unreachable(place[1], f"{proxy.url} did not accept the login", UnreachableReason.PROXY_LOGIN)
            if proxy not in self._lines:
                self._lines[proxy] = await aside(partial(self._make, place[1], proxy))
            self._ways[place] = proxy

    async def _proxy(self, scheme: str, netloc: str, host: str) -> "_Proxy | None":
        """Return the proxy for a server as the settings are now; the system may look names up to tell."""
        url, _ = await aside(partial(_choice, self._profile, scheme, netloc, host, os.environ))
        if not url:
            return None
        problem = _problem(url)
        if problem:
            raise Unreachable(netloc, f"{masked(url)} {problem}", UnreachableReason.PROXY)
        parts = urlsplit(url)
        login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        if self._profile.proxy is ProxyMode.MANUAL and self._profile.proxy_user:
            password = await self._proxy_password() if self._proxy_password else ""
            login = (self._profile.proxy_user, password)
        return _Proxy(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", login)

    def _make(self, netloc: str, proxy: "_Proxy | None") -> "_Lines":
        """Make the connections of a proxy: imports and reads files, so it belongs in a thread."""
        try:
            context = self._authorities(self._profile.ca_file)
        except OSError as error:
            raise Unreachable(netloc, f"{self._profile.ca_file}: {_words(error)}", UnreachableReason.CA_FILE) from error
        dial = _Dial(self._resolve, FAMILIES[self._profile.address_family], proxy is not None)
        return _Lines(context, _pool(context, dial, proxy, MOST_IN_FLIGHT), _pool(context, dial, proxy, 0))


class InProcess(httpx.ASGITransport):
    """Hands requests to an application in this process; an error of kind ``cut`` is a connection that was lost."""

    def __init__(self, application: Any, cut: type[Exception]) -> None:
        super().__init__(app=application)
        self._cut = cut

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand a request over."""
        try:
            return await super().handle_async_request(request)
        except self._cut as error:
            raise httpx.ReadError("the connection was cut", request=request) from error


async def _trusting(context: ssl.SSLContext, transport: Transport, request: httpx.Request) -> httpx.Response:
    """Send a request; where a certificate is not trusted, once more by all authorities, if some were not read yet.

    Nothing of the request has left then: there is no connection.
    """
    is_whole = not isinstance(context, _FoldersFirst) or context.is_whole
    try:
        return await transport.handle_async_request(request)
    except (httpx.ConnectError, httpx.ProxyError) as error:
        if is_whole or not _is_distrust(error):
            raise
    await aside(partial(whole, context))
    return await transport.handle_async_request(request)


def _is_distrust(error: BaseException | None) -> bool:
    """Tell whether a certificate was not accepted, which led to an error."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def wants_login(error: Exception) -> bool:
    """Tell whether a proxy asked for a login, or for another one."""
    return isinstance(error, httpx.ProxyError) and str(error).startswith("407")


class _FoldersFirst(ssl.SSLContext):
    """Trusts authorities in folders, in which OpenSSL looks for the one that it needs, and those in files later.

    A system has its authorities in both ways, mostly the same ones, and to read the file takes a tenth of a short
    command. Only where a certificate is not trusted by the folders is it read as well.
    """

    def __init__(self, *_arguments: Any) -> None:
        self._unread: list[str] = []
        self._reading = threading.Lock()

    @property
    def is_whole(self) -> bool:
        """Whether all is read."""
        return not self._unread

    def add(self, places: Iterable[str]) -> None:
        """Trust those in files and folders."""
        found = {place: Path(place).is_dir() for place in places}
        for place, is_folder in found.items():
            if is_folder:
                self.load_verify_locations(capath=place)
        self._unread += [place for place, is_folder in found.items() if not is_folder]
        if True not in found.values():
            self.read_files()

    def read_files(self) -> None:
        """Read the files; who comes meanwhile waits for it."""
        with self._reading:
            for place in self._unread:
                self.load_verify_locations(cafile=place)
            self._unread = []


def whole(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return a context with all authorities read. Reads files, so it belongs in a thread."""
    if isinstance(context, _FoldersFirst):
        context.read_files()
    return context


@lru_cache(maxsize=8)
def _context(ca_file: str, _stamp: tuple[int, int], store: tuple[str, ...]) -> ssl.SSLContext:
    """Make a context once for every state of a file, for all that use it."""
    if _ASKS_THE_SYSTEM:
        import truststore

        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        # elsewhere truststore would load OpenSSL's defaults at each connection, and SSL_CERT_FILE would have a say
        context = _FoldersFirst(ssl.PROTOCOL_TLS_CLIENT)
        context.add(store)
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def context_of(ca_file: str, store: tuple[str, ...] | None = None) -> ssl.SSLContext:
    """Return the TLS context that trusts the system's authorities and those in ``ca_file``; ``OSError`` if it is bad.

    Those of the system that stand in a file as well as in a folder are trusted by the folder alone until ``whole`` has
    read them all. ``store`` are files and folders to take for the system's, which Windows and macOS do not look at.
    Contexts are shared, and a file is read again once it has changed. Reads files, so it belongs in a thread.
    """
    store = system_authorities() if store is None else store
    if not ca_file:
        return _context("", (0, 0), store)
    path = Path(ca_file).expanduser()
    status = path.stat()
    return _context(str(path), (status.st_mtime_ns, status.st_size), store)


def system_authorities() -> tuple[str, ...]:
    """Return the files and folders of the system's authorities; empty where the system is asked by other means.

    They are those that OpenSSL was built with, else where systems usually keep theirs; the environment has no say.
    """
    if _ASKS_THE_SYSTEM:
        return ()
    built_in = ssl.get_default_verify_paths()
    found = [built_in.openssl_cafile] if Path(built_in.openssl_cafile).is_file() else []
    with contextlib.suppress(OSError):
        if any(_HASHED.match(entry.name) for entry in Path(built_in.openssl_capath).iterdir()):
            found.append(built_in.openssl_capath)
    return tuple(found) or tuple(bundle for bundle in _BUNDLES if Path(bundle).is_file())[:1]


def effective_network(profile: Profile, environ: Mapping[str, str] = os.environ) -> EffectiveNetwork:
    """Tell which way the requests of a profile take. Nothing is sent; on Windows a name may be looked up."""
    endpoints = dict.fromkeys((profile.iam_endpoint, profile.cbr_endpoint))
    choices = [(endpoint, *chosen_proxy(profile, endpoint, environ)) for endpoint in endpoints if endpoint]
    problem = _manual_problem(profile) if profile.proxy is ProxyMode.MANUAL else ""
    for _, url, _ in choices:
        problem = problem or (_problem(url) if url else "")
    return EffectiveNetwork(
        routes=tuple(Route(endpoint, masked(url), reason) for endpoint, url, reason in choices),
        authorities=system_authorities(),
        ca_file=profile.ca_file,
        address_family=profile.address_family,
        variables=tuple(_variables(environ, choices)),
        proxy_problem=problem,
    )


def masked(url: str) -> str:
    """Return the address of a proxy without its login."""
    head, separator, tail = url.rpartition("@")
    scheme, slashes, _ = head.partition("://")
    if not separator:
        return url
    return f"{scheme}://{_HIDDEN_LOGIN}@{tail}" if slashes else f"{_HIDDEN_LOGIN}@{tail}"


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _literal(host)
    return address is not None and address.is_loopback


async def aside(work: Callable[[], Result]) -> Result:
    """Do blocking work in a thread of its own that neither a cancelled caller nor the end of the program waits for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:
            failure = error
        if not done.done():
            with contextlib.suppress(RuntimeError):  # the loop is closed, so no coroutine waits
                loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="network", daemon=True).start()
    return await done


@dataclass(frozen=True, slots=True)
class _Proxy:
    """A proxy and who we are to it; ``url`` is without the login."""

    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)


class _Lines(NamedTuple):
    """The connections through one proxy, or direct ones: kept for the next request, or for one request alone."""

    context: ssl.SSLContext
    kept: httpx.AsyncBaseTransport
    fresh: httpx.AsyncBaseTransport


class _Pool(httpx.AsyncHTTPTransport):
    """A transport over connections that were made elsewhere: the library's own has no choice of how names resolve."""

    def __init__(self, pool: "httpcore.AsyncConnectionPool") -> None:
        self._pool = pool


def _pool(context: ssl.SSLContext, dial: "_Dial", proxy: _Proxy | None, kept: int) -> _Pool:
    import httpcore

    options: dict[str, Any] = {
        "ssl_context": context,
        "max_connections": MOST_IN_FLIGHT,
        "max_keepalive_connections": kept,
        "keepalive_expiry": _KEPT_SECONDS,
        "network_backend": dial,
    }
    if proxy is None:
        return _Pool(httpcore.AsyncConnectionPool(**options))
    if proxy.url.startswith("https:"):
        options["proxy_ssl_context"] = context
    login = tuple(part.encode() for part in proxy.login) if proxy.login else None
    return _Pool(httpcore.AsyncHTTPProxy(proxy_url=proxy.url, proxy_auth=login, **options))  # type: ignore[arg-type]


class _Stream:
    """A connection that hands over what has come in larger pieces than the HTTP library asks for.

    It asks for 64 KiB; each piece then goes through five layers, which took a tenth of the time of a page.
    """

    def __init__(self, inner: "httpcore.AsyncNetworkStream") -> None:
        self._inner = inner
        self.write, self.aclose, self.get_extra_info = inner.write, inner.aclose, inner.get_extra_info

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, empty at the end."""
        return await self._inner.read(max(max_bytes, _PIECE_BYTES), timeout)

    async def start_tls(self, *given: Any, **options: Any) -> "httpcore.AsyncNetworkStream":
        """Return the same connection under TLS."""
        return cast("httpcore.AsyncNetworkStream", _Stream(await self._inner.start_tls(*given, **options)))


class _Dial:
    """Opens connections for the HTTP library. Names are resolved aside, addresses are tried one after the other."""

    def __init__(self, resolve: Resolve, family: int, is_for_proxy: bool) -> None:
        import anyio._backends._asyncio  # noqa: F401  # here in a thread, else on the loop with the first connection
        import httpcore

        self._resolve = resolve
        self._family = family
        self._failure = httpcore.ProxyError if is_for_proxy else httpcore.ConnectError
        self._failures = (httpcore.ConnectError, httpcore.ConnectTimeout)
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, **_options: Any) -> "httpcore.AsyncNetworkStream":
        """Return a connection to a host. Cancelling it works at once, whatever names and networks do."""
        try:
            addresses = await self._addresses(host, port)
            stream = await self._first(addresses, port)
        except (OSError, *self._failures) as error:
            raise self._failure(f"{host}:{port}: {_words(error)}") from error
        return cast("httpcore.AsyncNetworkStream", _Stream(stream))

    async def _addresses(self, host: str, port: int) -> list[str]:
        literal = _literal(host)
        if literal is not None:
            if self._family not in (socket.AF_UNSPEC, _family_of(literal)):
                raise OSError(f"not an {_family_name(self._family)} address")
            return [host]
        find = partial(self._resolve, host, port, family=self._family, type=socket.SOCK_STREAM)
        try:
            found = await aside(find)
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, str(error)) from None
        except socket.gaierror as error:
            if self._family == socket.AF_UNSPEC:
                raise
            raise socket.gaierror(error.errno, f"{error.strerror} (among {_family_name(self._family)})") from None
        return _interleaved([(row[0], str(row[4][0])) for row in found])

    async def _first(self, addresses: list[str], port: int) -> "httpcore.AsyncNetworkStream":
        """Return the first connection that is made; each address has a head start over the next."""
        if len(addresses) == 1:
            return await self._backend.connect_tcp(addresses[0], port)
        won: list[httpcore.AsyncNetworkStream] = []
        errors: list[Exception] = []
        attempts: list[asyncio.Task[None]] = []

        async def attempt(address: str, over: asyncio.Event) -> None:
            try:
                stream = await self._backend.connect_tcp(address, port)
                if won:
                    await stream.aclose()
                else:
                    won.append(stream)
            except self._failures as error:
                errors.append(error)
            finally:
                over.set()

        try:
            async with asyncio.TaskGroup() as group:
                for address in addresses:
                    over = asyncio.Event()
                    attempts.append(group.create_task(attempt(address, over)))
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(HEAD_START_SECONDS):
                            await over.wait()
                    if won:
                        break
                waiting: set[asyncio.Task[None]] = set(attempts)
                while waiting and not won:
                    _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for each in waiting:
                    each.cancel()
        except BaseException:
            for stream in won:
                with contextlib.suppress(OSError, *self._failures):
                    await stream.aclose()
            raise
        if won:
            return won[0]
        raise errors[0] if errors else OSError("no address")

    async def connect_unix_socket(self, path: str, **options: Any) -> "httpcore.AsyncNetworkStream":
        """Do not: no endpoint is a file."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait before the library tries again, which it is not asked to do."""
        await asyncio.sleep(seconds)


def _interleaved(found: list[tuple[int, str]]) -> list[str]:
    """Return addresses with the families taking turns, in the order in which the system prefers them."""
    by_family: dict[int, list[str]] = {}
    for family, address in dict.fromkeys(found):
        by_family.setdefault(family, []).append(address)
    turns = itertools.zip_longest(*by_family.values())
    return [address for turn in turns for address in turn if address is not None]


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _family_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def _family_name(family: int) -> str:
    return "IPv4" if family == socket.AF_INET else "IPv6"


def _words(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)


def chosen_proxy(profile: Profile, endpoint: str, environ: Mapping[str, str] = os.environ) -> tuple[str, RouteReason]:
    """Return the proxy for an endpoint with the login that its address holds, empty for none, and why.

    On Windows a name may be looked up.
    """
    parts = urlsplit(endpoint)
    return _choice(profile, parts.scheme, parts.netloc, parts.hostname or "", environ)


def _choice(
    profile: Profile, scheme: str, netloc: str, host: str, environ: Mapping[str, str]
) -> tuple[str, RouteReason]:
    """Return the proxy for a server with its login, empty for none, and why."""
    if is_loopback(host):
        return "", RouteReason.LOOPBACK
    if profile.proxy is ProxyMode.NONE:
        return "", RouteReason.NONE
    if profile.proxy is ProxyMode.MANUAL:
        return profile.proxy_url, RouteReason.MANUAL
    proxies, is_exempt = _system_proxies(netloc, environ)
    found = proxies.get(scheme) or proxies.get("all", "")
    if not found:
        return "", RouteReason.NOT_SET
    if is_exempt:
        return "", RouteReason.EXEMPT
    return found if "://" in found else f"http://{found}", RouteReason.SYSTEM


def _system_proxies(netloc: str, environ: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return the proxies that the system names, by scheme, and whether a host is to be reached without them."""
    proxies = _proxies_in(environ)
    if proxies or not _ASKS_THE_SYSTEM:
        is_exempt = urllib.request.proxy_bypass_environment(netloc, proxies)  # type: ignore[attr-defined]
        return proxies, bool(is_exempt)
    return urllib.request.getproxies(), bool(urllib.request.proxy_bypass(netloc))


def _proxies_in(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what ``urllib.request.getproxies_environment`` would, of any environment: small letters win."""
    names = [name for name in environ if name.lower().endswith("_proxy")]
    names.sort(key=str.islower)
    found = {name.lower().removesuffix("_proxy"): environ[name] for name in names}
    return {scheme: value for scheme, value in found.items() if value}


def _variables(environ: Mapping[str, str], choices: list[tuple[str, str, RouteReason]]) -> Iterable[Variable]:
    """Yield what is set: a variable for a proxy is used when it decides the way of an endpoint."""
    by_system = {
        (urlsplit(endpoint).scheme, reason) for endpoint, _, reason in choices if reason in _DECIDED_BY_VARIABLES
    }
    proxies = _proxies_in(environ)
    for name in sorted(environ):
        upper = name.upper()
        if upper in _UNHEARD_VARIABLES:
            yield Variable(name, environ[name], False)
        elif upper in _PROXY_VARIABLES and environ[name]:
            kind = upper.removesuffix("_PROXY").lower()
            wins = proxies.get(kind) == environ[name]
            serves = {scheme for scheme, _ in by_system if kind == scheme or (kind == "all" and scheme not in proxies)}
            exempts = kind == "no" and any(reason is RouteReason.EXEMPT for _, reason in by_system)
            yield Variable(name, masked(environ[name]), wins and (bool(serves) or exempts))


_DECIDED_BY_VARIABLES = (RouteReason.SYSTEM, RouteReason.EXEMPT)


def _manual_problem(profile: Profile) -> str:
    """Tell what is wrong with the proxy that a profile names, empty for nothing."""
    problem = _problem(profile.proxy_url)
    if not problem and "@" in profile.proxy_url:
        return FieldFault.PROXY_HOLDS_LOGIN
    return problem


def _problem(url: str) -> str:
    """Tell what is wrong with the address of a proxy, empty for nothing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return FieldFault.PROXY_FORM
    if parts.scheme.startswith("socks"):
        return FieldFault.PROXY_SOCKS
    if parts.scheme not in ("http", "https") or not host or port == 0 or parts.path.strip("/") or parts.query:
        return FieldFault.PROXY_FORM
    return ""
