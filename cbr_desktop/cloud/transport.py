"""One request to the service and its answer: the only way to the network, and all that can go wrong on it.

::

    read ──repeat a few times──> once ──limit, deadline─> httpx ──> the transport that was passed in
                                   └──> Answer, or a CloudError; a foreign exception never gets past this file
"""

import asyncio
import contextlib
import functools
import importlib.util
import logging
import random
import re
import socket
import ssl
import sys
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, NamedTuple, Protocol

import httpx
import tenacity

from cbr_desktop.cloud.certificates import certificate_reason
from cbr_desktop.cloud.gate import IN_FLIGHT, MOST_IN_FLIGHT, Gate
from cbr_desktop.cloud.network import Network, wants_login
from cbr_desktop.cloud.redaction import AnswerRedaction, KnownSecrets, cookie_values, proofs
from cbr_desktop.cloud.wire.refusals import RefusalForm, envelope, refusal, refusal_form_of
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    CloudError,
    ErrorDetail,
    NoAnswer,
    Redirected,
    Refused,
    SignInPage,
    Throttled,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.domain.redaction import redacted

DEADLINE_SECONDS = 30.0
"""The longest that one request may take, from the first byte out to the last byte in."""
BODY_LIMIT = 16 * 2**20
"""Bytes of an answer, packed or unpacked."""
WAIT_LIMIT_SECONDS = 60.0
"""The longest wait before a request is repeated, whatever the server asks for."""
OFFSET_LIMIT = timedelta(days=2)
"""A clock that differs by more is taken for broken, whichever of the two it is."""

_LARGE = 64 * 2**10
"""Bytes of an answer from which on going through it has a turn of the loop to itself."""
_USUAL_WAIT = tenacity.wait_exponential(max=WAIT_LIMIT_SECONDS)
"""1, 2, 4 ... seconds before a repetition, without their spreading."""
_SLOW = timedelta(seconds=60)
"""An answer that took longer tells nothing about the clock."""
_SLEPT = timedelta(minutes=10)
"""When a request took that much by the clock on the wall, this machine slept meanwhile, or the clock was set."""

_HEADER_LIMIT = 100
_HEADER_BYTES = 64 * 2**10
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}\Z")
_RATE_TEXT = re.compile(r"time:\s*(\d{1,4})\s*(second|minute|hour)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_CUT = re.compile(r"disconnected|peer (unexpectedly )?closed|incomplete", re.IGNORECASE)
_logger = logging.getLogger("cbr_desktop.cloud")


@functools.lru_cache(maxsize=256)
def _parsed(url: str) -> httpx.URL:
    """Return the parts of a URL; taking one apart costs more than all else of a small request."""
    return httpx.URL(url)


def _unseen() -> None:
    """Be told of what leaves, and do nothing about it."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of this clock."""
        ...


class Address(NamedTuple):
    """Parts of a URL: server and port, the path with and without its signs spelled out, the query as it is sent."""

    netloc: str
    path: str
    raw_path: str
    query: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request before it is sent. ``fresh`` asks for a connection that nothing else has used; headers stay unshown.

    ``is_enterprise`` tells that it goes to the enterprise project service, whose form of a refusal only it can prove
    something by: relayed by the backup service the same words say nothing of what that has done.
    """

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    fresh: bool = False
    is_enterprise: bool = False

    @property
    def host(self) -> str:
        """The server's name, with its port where it is not the usual one."""
        return _parsed(self.url).netloc.decode("ascii", "replace")

    @property
    def address(self) -> "Address":
        """The parts of the URL as they go over the wire."""
        url = _parsed(self.url)
        raw_path = url.raw_path.partition(b"?")[0].decode("ascii")
        return Address(url.netloc.decode("ascii"), url.path, raw_path, url.query.decode("ascii"))

    def with_headers(self, headers: Mapping[str, str]) -> "Call":
        """Return the call with more headers."""
        return replace(self, headers={**self.headers, **headers})


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: status 2xx, the body unpacked, the gateway's request id and the server's clock if it told."""

    host: str
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    request_id: str
    server_time: datetime | None
    redact: Callable[[str], str] = field(default=redacted, repr=False)

    def unfit(self, detail: str) -> CloudError:
        """Return the error for a body that is not what was asked for; some refusals come under a good status."""
        found = envelope(self.body, self.redact)
        if found.code:
            request_id = self.request_id or found.request_id
            return Refused(self.host, status=self.status, code=found.code, message=found.message, request_id=request_id)
        return BadAnswer(self.host, self.redact(detail), self.status, self.request_id)


class Client:
    """Sends calls, a few at a time, and tells ``report`` how the connection is after each change.

    ``deadline`` is for one request, in seconds. ``chance`` gives numbers from 0 to 1 that spread repeated requests.
    While ``offline`` says so, nothing is sent. ``most`` is how many are on their way at a time at the most, of those
    that change something ``IN_FLIGHT``. ``meter`` tells seconds by which waits are measured.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        clock: Clock,
        report: Callable[[Connection], None],
        *,
        deadline: float = DEADLINE_SECONDS,
        chance: Callable[[], float] = random.random,
        offline: Callable[[], bool] = lambda: False,
        most: Callable[[], int] = lambda: MOST_IN_FLIGHT,
        meter: Callable[[], float] = time.perf_counter,
    ) -> None:
        _silence_libraries()
        _spare_searches()
        self.clock = clock
        self._client = _http_client(transport)
        self._network = transport if isinstance(transport, Network) else None
        self._report = report
        self._deadline = min(deadline, DEADLINE_SECONDS)
        self._chance = chance
        self._offline = offline
        self._secrets = KnownSecrets()
        self._meter = meter
        self._gate = Gate(lambda: self.clock.now(), most)
        self._changes = asyncio.Semaphore(IN_FLIGHT)
        self._turn = asyncio.Lock()
        self._connection = Connection()
        self._quiet_until: datetime | None = None
        self._waits: list[datetime] = []
        self._outages: dict[str, _Outage] = {}
        self._asked = 0

    @property
    def in_flight(self) -> int:
        """How many reads are worth to be on their way at a time now."""
        return self._gate.worth

    @property
    def clock_offset(self) -> timedelta:
        """How far the service's clock is ahead of ours, as far as it is known."""
        return self._connection.clock_offset or timedelta(0)

    def service_time(self) -> datetime:
        """Return the time by the service's clock, aware UTC."""
        return self.clock.now() + self.clock_offset

    def hide(self, *secrets: str) -> None:
        """Cut these from every answer, before anything is made of it."""
        self._secrets.hide(*secrets)

    def allow_again(self) -> None:
        """Let a login that the proxy refused be tried once more, because a person gave it anew."""
        if self._network is not None:
            self._network.allow_again()

    def tell(self, **changes: Any) -> None:
        """Report a change of the connection; what is not named stays as it was."""
        self._connection = self._connection._replace(**changes)
        self._report(self._connection)

    async def read(self, call: Call, tries: Callable[[CloudError], int] | None = None) -> Answer:
        """Send a call that may be repeated, and return the answer.

        ``tries`` tells how often a call is sent in all when it ends in a certain error; the usual rule is for calls
        that change nothing, and sends them four times at the most.
        """
        limit = tries or tries_of_read
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(CloudError),
            stop=lambda state: state.attempt_number >= limit(_error_of(state)),
            after=self._note_throttling,
            wait=self._wait_after,
            # it must follow the injected clock
            sleep=self._pause,
            reraise=True,
        )
        return await retrying(self._read_once, call)

    async def once(self, call: Call, leaves: Callable[[], None] = _unseen) -> Answer:
        """Send a call exactly once and return the answer, or raise the ``CloudError`` that became of it.

        ``leaves`` is called when its first byte is about to leave; what it raises stops the call.
        """
        async with self._changes:
            return await self._send(call, spares=False, leaves=leaves)

    async def _read_once(self, call: Call) -> Answer:
        await self._wait_out_throttling()
        return await self._send(call, spares=True)

    async def _send(self, call: Call, *, spares: bool, leaves: Callable[[], None] = _unseen) -> Answer:
        """Send a call; one that ``spares`` a server in an outage may get the answer of another instead."""
        if self._offline():
            error = Unreachable(call.host, "", UnreachableReason.OFFLINE)
            self.tell(reach=Reach.UNREACHABLE, error=error)
            raise error
        async with self._gate:
            outage = self._outages.get(call.host) if spares else None
            if outage is not None:
                outage.spare(self.clock.now())
            self._asked += 1
            number = self._asked
            try:
                answer = await self._exchange(call, leaves)
                self._outages.pop(call.host, None)
            except Throttled as error:
                self._gate.throttled()
                self.tell(reach=Reach.ONLINE, error=error)
                raise
            except Refused as error:
                self._note_outage(error, number)
                self.tell(reach=Reach.ONLINE, error=None)
                raise
            except CloudError as error:
                self.tell(reach=Reach.UNREACHABLE, error=error)
                raise
            finally:
                self._gate.adjust()
                if outage is not None:
                    outage.asked = False
        return answer

    @contextlib.asynccontextmanager
    async def turn(self, size_bytes: int) -> AsyncIterator[None]:
        """Have a turn of the loop for going through an answer, where that takes its time.

        Answers that have come together would otherwise be gone through in the same turn, and hold the loop up together.
        """
        if size_bytes < _LARGE:
            yield
            return
        async with self._turn:
            yield
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        """Close the connections. Raises nothing: at the end there is no use for what goes wrong in that."""
        with contextlib.suppress(httpx.HTTPError, OSError):
            await self._client.aclose()

    async def _exchange(self, call: Call, leaves: Callable[[], None]) -> Answer:
        started, asked_at = self._meter(), self.clock.now()
        status, request_id = 0, ""
        try:
            async with self._opened(call, leaves) as response:
                answered_at = self.clock.now()
                if call.method == "GET":
                    # logins go to another server
                    self._gate.answered(self._meter() - started)
                redaction = self._redaction(call, response.headers)
                response.headers = _without_secrets(response.headers, redaction)
                status, request_id = response.status_code, _request_id(response.headers)
                body = await _body(call.host, response)
                async with self.turn(len(body)):
                    body = redaction.body(body)
                if self.clock.now() - asked_at > _SLEPT:
                    # the deadline does not run while the machine sleeps; what is that old is no answer any more
                    raise NoAnswer(call.host, ErrorDetail.NOT_IN_TIME)
                self._compare_clocks(response, body, asked_at, answered_at)
                answer = _judged(call, response, body, request_id, redaction.text)
                latency_ms = (self._meter() - started) * 1000
                self.tell(reach=Reach.ONLINE, latency_ms=latency_ms, error=None)
                return answer
        finally:
            milliseconds = (self._meter() - started) * 1000
            path = _parsed(call.url).path
            _logger.info("%s %s -> %s %s in %.0f ms", call.method, path, status or "-", request_id or "-", milliseconds)

    def _redaction(self, call: Call, answered: httpx.Headers | None = None) -> AnswerRedaction:
        """Return what cuts the secrets of the session, and those of one call, from its answer."""
        given = [] if answered is None else answered.get_list("x-subject-token")
        cookies = [] if answered is None else cookie_values(answered.get_list("set-cookie"))
        proxied = () if self._network is None else self._network.passwords
        return self._secrets.redaction(*proofs(call.headers), *given, *cookies, *proxied)

    def _compare_clocks(self, response: httpx.Response, body: bytes, asked_at: datetime, answered_at: datetime) -> None:
        """Take the clock's offset from an answer of the service itself, when it can be trusted; told with what follows.

        ``Date`` says whole seconds, and was written somewhere between the two moments.
        """
        told, took = _time(response.headers.get("date")), answered_at - asked_at
        if told is None or "age" in response.headers or not timedelta(0) <= took <= _SLOW:
            return
        if 300 <= response.status_code < 400 or _is_page(response, body):
            return
        offset = told + timedelta(seconds=0.5) - (asked_at + took / 2)
        if abs(offset) <= OFFSET_LIMIT:
            error = timedelta(seconds=0.5) + took / 2
            self._connection = self._connection._replace(clock_offset=offset, clock_error=error)

    @contextlib.asynccontextmanager
    async def _opened(self, call: Call, leaves: Callable[[], None]) -> AsyncIterator[httpx.Response]:
        """Send, and hold the response open; within, every foreign exception becomes a ``CloudError``."""
        sending = _Sending(leaves)
        headers = {"Connection": "close", **call.headers} if call.fresh else dict(call.headers)
        request = self._client.build_request(
            call.method,
            _parsed(call.url),
            params=call.query or None,
            headers=headers,
            content=call.body,
            extensions={"trace": sending.trace},
        )
        if self._network is None:
            sending.start()
        try:
            async with asyncio.timeout(self._deadline):
                response = await self._client.send(request, stream=True)
                async with _closing(response):
                    yield response
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            made = _translated(call.host, error, sent=sending.started)
            made.hide(self._redaction(call).text)
            raise made from error

    def _note_outage(self, error: Refused, number: int) -> None:
        """Leave a server alone that cannot serve: for 1, 2, 4 ... 60 seconds; any other answer ends that."""
        known = self._outages.get(error.host)
        if error.status != 503:
            self._outages.pop(error.host, None)
        elif known is None or number > known.told_after:
            # those that were on their way already say nothing new
            seconds = known.pause * 2 if known else 1.0
            spread = 0.75 + 0.5 * self._chance()
            if seconds >= WAIT_LIMIT_SECONDS:
                seconds, spread = WAIT_LIMIT_SECONDS, max(spread, 1.0)
            until = self.clock.now() + timedelta(seconds=seconds * spread)
            self._outages[error.host] = _Outage(error, seconds, until, self._asked)

    def _note_throttling(self, state: tenacity.RetryCallState) -> None:
        """Have all requests wait after a 429: as long as it asks for, else as long as the repetition would."""
        error = _error_of(state)
        if isinstance(error, Throttled):
            asked = _USUAL_WAIT(state) if error.retry_after is None else error.retry_after
            seconds = min(WAIT_LIMIT_SECONDS, asked * (1 + 0.25 * self._chance()))
            until = self.clock.now() + timedelta(seconds=seconds)
            self._quiet_until = max(until, self._quiet_until or until)

    def _wait_after(self, state: tenacity.RetryCallState) -> float:
        """Return for how long to wait before a repetition, in seconds; the wait of a 429 is everybody's."""
        error = _error_of(state)
        if isinstance(error, Throttled):
            return 0.0
        outage = self._outages.get(error.host)
        at_least = outage.seconds_left(self.clock.now()) if outage else 0.0
        return max(at_least, _USUAL_WAIT(state) * (0.75 + 0.5 * self._chance()))

    async def _pause(self, seconds: float) -> None:
        if seconds:
            await self.clock.sleep(seconds)

    async def _wait_out_throttling(self) -> None:
        """Wait until a throttling that some request met is over, and show that."""
        until = self._quiet_until
        if until is None or not timedelta(0) < until - self.clock.now() <= timedelta(seconds=WAIT_LIMIT_SECONDS):
            # over; or the clock was set back meanwhile, and nothing shall wait for hours
            return
        self._waits.append(until)
        self.tell(waiting_until=max(self._waits))
        try:
            await self.clock.sleep((until - self.clock.now()).total_seconds())
        finally:
            self._waits.remove(until)
            self.tell(waiting_until=max(self._waits, default=None))


def tries_of_read(error: CloudError) -> int:
    """Tell how often a read is sent in all when it ends in ``error``."""
    if isinstance(error, Throttled) or (isinstance(error, Refused) and error.status in (408, 500, 502, 503, 504)):
        return 4
    if isinstance(error, Unreachable):
        return 2 if error.may_pass else 1
    return 2 if isinstance(error, NoAnswer) else 1


@dataclass(slots=True)
class _Outage:
    """What a server said that cannot serve, the pause in seconds before its spreading, and until when it is left alone.

    ``told_after`` is how many requests had been sent by then, to any server; ``asked`` says that one asks anew now.
    """

    error: Refused
    pause: float
    until: datetime
    told_after: int
    asked: bool = False

    def spare(self, now: datetime) -> None:
        """Raise what the server said, unless it is time that one request asks anew."""
        if self.asked or self.seconds_left(now) > 0:
            raise self.error.with_traceback(None)
        self.asked = True

    def seconds_left(self, now: datetime) -> float:
        """Return how long it is left alone; no longer than usual when the clock was set back meanwhile."""
        left = (self.until - now).total_seconds()
        return left if left <= 1.25 * WAIT_LIMIT_SECONDS else 0.0


def _error_of(state: tenacity.RetryCallState) -> CloudError:
    """Return what a try has ended in, which is to be asked only where it was a ``CloudError``."""
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, CloudError)  # noqa: S101  # no other is tried again
    return error


class _Sending:
    """Watches whether a byte of a request is written; with a transport without sockets that is so when it gets it.

    ``leaves`` is told just before.
    """

    def __init__(self, leaves: Callable[[], None]) -> None:
        self.started = False
        self._leaves = leaves

    def start(self) -> None:
        """Take note that it leaves now."""
        if not self.started:
            self._leaves()
            self.started = True

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        # a proxy is asked for a tunnel first; the server sees nothing of that
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.start()


_LET_GO = httpx.ByteStream(b"")
"""Stands for the body of a response that is not read any more."""


@contextlib.asynccontextmanager
async def _closing(response: httpx.Response) -> AsyncIterator[None]:
    """Close a response in the end. What goes wrong in that is no news and takes no cancellation's place."""
    try:
        yield
    finally:
        with contextlib.suppress(httpx.HTTPError, httpx.StreamError, OSError):
            await response.aclose()
        # its stream knows the response: in a cycle, what was received would stay until garbage is looked for
        response.stream = _LET_GO


def _http_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """Make the one kind of client there is: no redirects, no environment, no cookies, deadlines by the caller."""
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        timeout=None,  # noqa: S113  each of its timers lives to its end in Qt; one deadline over all is enough
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "cbr-desktop"},
    )


def _silence_libraries() -> None:
    """Keep libraries from logging by themselves: at DEBUG, the HTTP library would log tokens."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _spare_searches() -> None:
    """Let Python know for good that there is no sniffio, where there is none.

    WORKAROUND https://github.com/encode/httpcore/discussions/1102: the HTTP library tries to import it several times a
    request, and each time the whole path is searched in vain, a twentieth of what a page costs.
    """
    if importlib.util.find_spec("sniffio") is None:
        sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


async def _body(host: str, response: httpx.Response) -> bytes:
    """Read the body, whole and unpacked; ``NoAnswer`` when it was cut, ``BadAnswer`` when it is too large."""
    _check_headers(host, response)
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise _bad(host, response, f"content encoding {encoding[:40]}")
    decoder = zlib.decompressobj(31) if encoding.endswith("gzip") else None
    parts: list[bytes] = []
    received = unpacked = 0
    # the library's own reader unpacks without a limit, and a response made in memory lets itself be read only so
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101  # the client is asynchronous
    async for chunk in stream:
        received += len(chunk)
        part = chunk if decoder is None else _unpacked(host, response, decoder, chunk, BODY_LIMIT + 1 - unpacked)
        unpacked += len(part)
        parts.append(part)
        if max(received, unpacked) > BODY_LIMIT:
            raise _bad(host, response, f"larger than {BODY_LIMIT >> 20} MiB")
    if received < _content_length(response) or (received and decoder is not None and not decoder.eof):
        raise NoAnswer(host, ErrorDetail.CUT_SHORT)
    return b"".join(parts)


def _unpacked(host: str, response: httpx.Response, decoder: "zlib._Decompress", chunk: bytes, limit: int) -> bytes:
    try:
        unpacked = decoder.decompress(chunk, limit)
    except zlib.error:
        raise _bad(host, response, ErrorDetail.BODY_DAMAGED) from None
    if decoder.unused_data:
        raise _bad(host, response, ErrorDetail.BODY_FOLLOWED)
    return unpacked


def _check_headers(host: str, response: httpx.Response) -> None:
    raw = response.headers.raw
    if len(raw) > _HEADER_LIMIT or sum(len(name) + len(value) for name, value in raw) > _HEADER_BYTES:
        raise _bad(host, response, ErrorDetail.MANY_HEADERS)
    if _content_length(response) > BODY_LIMIT:
        raise _bad(host, response, f"larger than {BODY_LIMIT >> 20} MiB")


def _content_length(response: httpx.Response) -> int:
    text = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _bad(host: str, response: httpx.Response, detail: str) -> BadAnswer:
    return BadAnswer(host, detail, response.status_code, _request_id(response.headers))


def _request_id(headers: httpx.Headers) -> str:
    text = headers.get("x-request-id", "")
    return text if _REQUEST_ID.match(text) else ""


def _without_secrets(headers: httpx.Headers, redaction: AnswerRedaction) -> httpx.Headers:
    """Return the headers of an answer without secrets, but for the token that a login is there to bring."""
    return httpx.Headers(
        [
            (name, value if name.lower() == b"x-subject-token" else redaction.header(value))
            for name, value in headers.raw
        ]
    )


def _judged(call: Call, response: httpx.Response, body: bytes, request_id: str, redact: Callable[[str], str]) -> Answer:
    """Return a good answer as such; raise for a refusal, a redirect, a sign-in page and nonsense.

    ``redact`` takes secrets out of what is said.
    """
    host, status = call.host, response.status_code
    if 300 <= status < 400:
        raise Redirected(host, _origin(response), status, request_id)
    if not 200 <= status < 600:
        raise BadAnswer(host, f"status {status}", status, request_id)
    if status == 511 or (status < 300 and _is_page(response, body)):
        raise SignInPage(host, ErrorDetail.WEB_PAGE, status, request_id)
    if status >= 400:
        form = RefusalForm.OTHER if _is_page(response, body) else refusal_form_of(status, body)
        if form is RefusalForm.ENTERPRISE and not call.is_enterprise:
            form = RefusalForm.OTHER
        error = refusal(host, status, envelope(body, redact), request_id, form)
        if isinstance(error, Throttled):
            error.retry_after = _asked_wait(response, error.message)
        raise error
    return Answer(host, status, response.headers, body, request_id, _time(response.headers.get("date")), redact)


def _is_page(response: httpx.Response, body: bytes) -> bool:
    kind = response.headers.get("content-type", "").lower()
    return "html" in kind or ("json" not in kind and body.lstrip()[:1] == b"<")


def _origin(response: httpx.Response) -> str:
    """Return where a redirect points, without path and query, which may hold anything."""
    try:
        target = response.request.url.join(response.headers.get("location", ""))
    except (httpx.InvalidURL, ValueError):
        return ""
    return f"{target.scheme}://{target.netloc.decode('ascii', 'replace')}"


def _asked_wait(response: httpx.Response, message: str) -> float | None:
    """Return the wait that a 429 asks for, in seconds: from the header, else from the gateway's words."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 16:
        return min(float(text), WAIT_LIMIT_SECONDS)
    until, now = _time(text), _time(response.headers.get("date"))
    if until is not None and now is not None:
        return min(max((until - now).total_seconds(), 0.0), WAIT_LIMIT_SECONDS)
    rate = _RATE_TEXT.search(message)
    return min(float(rate[1]) * _SECONDS[rate[2]], WAIT_LIMIT_SECONDS) if rate else None


def _time(text: str | None) -> datetime | None:
    """Return the time in an HTTP header as aware UTC."""
    try:
        time = parsedate_to_datetime(text or "")
        return time if time.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _translated(host: str, error: Exception, *, sent: bool) -> CloudError:
    """Turn a foreign exception into a ``CloudError``: whether a byte was sent matters more than its name."""
    kind = next((kind for kind, _ in _MEANINGS if isinstance(error, kind)), OSError)
    make = dict(_MEANINGS)[kind]
    made = make(host, error)
    if not sent and not isinstance(made, Unreachable):
        return Unreachable(host, made.detail, _reason(error))
    return made


def _unreachable(host: str, error: Exception) -> CloudError:
    return Unreachable(host, _detail(error), _reason(error))


def _lost(host: str, _error: Exception) -> CloudError:
    return NoAnswer(host, ErrorDetail.CONNECTION_LOST)


def _late(host: str, _error: Exception) -> CloudError:
    return NoAnswer(host, ErrorDetail.NOT_IN_TIME)


def _odd(host: str, error: Exception) -> CloudError:
    text = str(error)
    return NoAnswer(host, ErrorDetail.CUT_SHORT) if _CUT.search(text) else BadAnswer(host, text[:200])


def _unsendable(host: str, _error: Exception) -> CloudError:
    """Say no more: the library's words hold the header that it did not like, which may be the token."""
    return NoAnswer(host, ErrorDetail.NOT_WRITTEN)


_MEANINGS: tuple[tuple[type[Exception], Callable[[str, Exception], CloudError]], ...] = (
    (httpx.ConnectError, _unreachable),
    (httpx.ConnectTimeout, _unreachable),
    (httpx.PoolTimeout, _unreachable),
    (httpx.ProxyError, _unreachable),
    (httpx.UnsupportedProtocol, _unreachable),
    (httpx.LocalProtocolError, _unsendable),
    (httpx.RemoteProtocolError, _odd),
    (httpx.TimeoutException, _late),
    (TimeoutError, _late),
    (httpx.HTTPError, _lost),
    (httpx.StreamError, _lost),
    (OSError, _lost),
)


def _reason(error: BaseException) -> UnreachableReason:
    """Return why there is no connection."""
    for seen in _causes(error):
        if isinstance(seen, ssl.SSLCertVerificationError):
            return certificate_reason(seen)
        if isinstance(seen, httpx.ProxyError) and wants_login(seen):
            return UnreachableReason.PROXY_LOGIN
        for kind, reason in _REASONS:
            if isinstance(seen, kind):
                return reason
    return UnreachableReason.CONNECTION


_REASONS: tuple[tuple[type[BaseException], UnreachableReason], ...] = (
    (httpx.ProxyError, UnreachableReason.PROXY),
    (socket.gaierror, UnreachableReason.NAME),
    (ssl.SSLError, UnreachableReason.TLS),
    (httpx.TimeoutException, UnreachableReason.TIMEOUT),
    (TimeoutError, UnreachableReason.TIMEOUT),
)


def _detail(error: BaseException) -> str:
    """Return what the error says: of a bad certificate, what is wrong with it."""
    said = next((seen for seen in _causes(error) if isinstance(seen, ssl.SSLError)), None)
    return str(getattr(said, "verify_message", "") or error)[:200]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, the last first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
