"""What a network can do to a request, and what is said of it."""

import asyncio
import gc
import gzip
import logging
import socket
import ssl
import weakref
from datetime import timedelta

import httpx
import pytest

from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.transport import BODY_LIMIT, Call, Client
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    Forbidden,
    LoginRefused,
    NoAnswer,
    NotFound,
    Redirected,
    Refused,
    Throttled,
    Unreachable,
)
from tests.cloud.faults import answering, response, serving
from tests.cloud.values import NO_VAULTS, NOON, Clock, Handler


class Line:
    """A client with all that was handed to it."""

    def __init__(self, transport: httpx.AsyncBaseTransport | Handler, **options: float) -> None:
        self.clock = Clock()
        self.reports: list[Connection] = []
        if not isinstance(transport, httpx.AsyncBaseTransport):
            transport = httpx.MockTransport(transport)
        self.client = Client(transport, self.clock, self.reports.append, chance=lambda: 0.5, **options)


class Script:
    """Answers one after the other, the last one for ever; exceptions are raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = answers
        self.count = 0

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        answer = self._answers[min(self.count, len(self._answers) - 1)]
        self.count += 1
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def test_a_connection_that_takes_too_long_has_sent_nothing() -> None:
    async def main() -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            crowd = [socket.socket() for _ in range(4)]
            for each in crowd:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", port))
            line = Line(Network(), deadline=0.2)
            with pytest.raises(Unreachable) as caught:
                await line.client.once(Call("POST", f"http://127.0.0.1:{port}/"))
            await line.client.aclose()
            for each in crowd:
                each.close()
        assert (caught.value.reason, caught.value.executed) == ("timeout", False)

    asyncio.run(main())


def test_an_answer_is_let_go_of_by_who_has_read_it() -> None:
    """Between collections of garbage a cycle would keep megabytes of every list that was read."""
    answers: list[weakref.ref[httpx.Response]] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        made = httpx.Response(200, content=NO_VAULTS)
        answers.append(weakref.ref(made))
        return made

    async def main() -> None:
        await Line(answer).client.read(Call("GET", "https://cbr.example/"))
        assert answers
        assert [each() for each in answers] == [None] * len(answers)

    was_enabled = gc.isenabled()
    gc.disable()
    try:
        asyncio.run(main())
    finally:
        if was_enabled:
            gc.enable()


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "reason", "tries"),
    [
        (caused(httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known")), "name", 2),
        (httpx.ConnectError("refused"), "connection", 2),
        (httpx.ConnectTimeout("slow"), "timeout", 2),
        (httpx.PoolTimeout("full"), "timeout", 2),
        (caused(httpx.ConnectError("x"), ssl.SSLCertVerificationError("expired")), "expired", 1),
        (caused(httpx.ConnectError("x"), ssl.SSLError("wrong version number")), "tls", 1),
        (httpx.ProxyError("407 Proxy Authentication Required"), "proxy-login", 1),
        (httpx.ProxyError("502 Bad gateway"), "proxy", 1),
        (httpx.UnsupportedProtocol("gopher"), "connection", 2),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_never_left_this_machine(error: Exception, reason: str, tries: int) -> None:
    script = Script(error)
    line = Line(script)
    with pytest.raises(Unreachable) as caught:
        asyncio.run(line.client.read(Call("GET", "https://cbr.example/")))
    assert (caught.value.reason, caught.value.executed, caught.value.host) == (reason, False, "cbr.example")
    assert script.count == tries


@pytest.mark.parametrize(
    ("number", "text", "reason"),
    [
        (18, "self-signed certificate", "self-signed"),
        (19, "self-signed certificate in certificate chain", "unknown-authority"),
        (20, "unable to get local issuer certificate", "unknown-authority"),
        (10, "certificate has expired", "expired"),
        (9, "certificate is not yet valid", "expired"),
        (62, "Hostname mismatch, certificate is not valid for 'cbr.example'.", "wrong-name"),
        (64, "IP address mismatch, certificate is not valid for '192.0.2.1'.", "wrong-name"),
        (26, "unsuitable certificate purpose", "tls"),
        (0x800B0101, "Ein erforderliches Zertifikat befindet sich nicht im Gültigkeitszeitraum.", "expired"),
        (0x800B0109, "terminated in a root certificate which is not trusted", "unknown-authority"),
        (0x800B010F - 2**32, "The certificate's CN name does not match the passed value.", "wrong-name"),
        (0x80092010, "The certificate is revoked.", "tls"),
    ],
)
@pytest.mark.parametrize("has_number", [True, False])
def test_what_is_wrong_with_a_certificate(number: int, text: str, reason: str, has_number: bool) -> None:
    if not has_number and not text.isascii():
        return
    error = ssl.SSLCertVerificationError(text)
    if has_number:
        error.verify_code, error.verify_message = number, text
    with pytest.raises(Unreachable) as caught:
        asyncio.run(
            Line(Script(caused(httpx.ConnectError("x"), error))).client.read(Call("GET", "https://cbr.example/"))
        )
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("x"),
        httpx.WriteTimeout("x"),
        httpx.ReadError("x"),
        httpx.WriteError("x"),
        ConnectionError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_have_arrived(error: Exception) -> None:
    script = Script(error)
    with pytest.raises(NoAnswer) as caught:
        asyncio.run(Line(script).client.once(Call("POST", "https://cbr.example/")))
    assert caught.value.executed is None
    assert script.count == 1


def test_a_header_that_cannot_be_written_is_not_repeated_to_anybody() -> None:
    script = Script(httpx.LocalProtocolError("Illegal header value b'CANARY\\n'"))
    with pytest.raises(NoAnswer) as caught:
        asyncio.run(Line(script).client.once(Call("POST", "https://cbr.example/")))
    assert "CANARY" not in str(caught.value)


def test_a_lost_read_is_sent_again_and_then_good() -> None:
    script = Script(httpx.ReadError("x"), httpx.Response(200, content=NO_VAULTS))
    line = Line(script)
    answer = asyncio.run(line.client.read(Call("GET", "https://cbr.example/")))
    assert answer.body == NO_VAULTS
    assert script.count == 2
    assert line.clock.sleeps == [1.0]
    assert line.reports[-1].reach is Reach.ONLINE
    assert line.reports[-1].error is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 304])
@pytest.mark.parametrize("target", ["https://evil.example/token?x=1", "http://cbr.example/", "/v3/x"])
def test_redirects_are_not_followed(status: int, target: str) -> None:
    script = Script(httpx.Response(status, headers={"Location": target}))
    with pytest.raises(Redirected) as caught:
        asyncio.run(Line(script).client.read(Call("GET", "https://cbr.example/", headers={"X-Auth-Token": "t"})))
    assert script.count == 1
    assert caught.value.detail in ("https://evil.example", "http://cbr.example", "https://cbr.example")


@pytest.mark.parametrize("target", ["", "http://[", "https://\ud83d"])
def test_redirects_to_nonsense(target: str) -> None:
    headers = {b"Location": target.encode("utf-8", "surrogatepass")}
    script = Script(httpx.Response(302, headers=headers))
    with pytest.raises(BadAnswer):
        asyncio.run(Line(script).client.read(Call("GET", "https://cbr.example/")))
    assert script.count == 1


EPS = b'{"error": {"code": "EPS.0003", "message": "No."}}'


@pytest.mark.parametrize(
    ("body", "is_proof"),
    [
        (EPS, True),
        (EPS.replace(b"}}", b'}, "id": 1}'), False),
        (EPS.replace(b'No."}', b'No.", "more": 1}'), False),
        (EPS.replace(b"EPS.0003", b"EPS.00035"), False),
        (EPS.replace(b"EPS.0003", b"XEPS.0003"), False),
        (EPS.replace(b"error", b"errors"), False),
        (b'{"error_code": "EPS.0003", "error_msg": "No."}', False),
        (EPS + b" relayed", False),
    ],
)
def test_a_refusal_of_the_enterprise_project_service_proves_something_from_itself_alone(
    body: bytes, is_proof: bool
) -> None:
    for is_enterprise, status, proves in ((True, 400, is_proof), (True, 500, False), (False, 400, False)):
        script = Script(httpx.Response(status, content=body, headers={"content-type": "application/json"}))
        with pytest.raises(Refused) as caught:
            call = Call("POST", "https://eps.example/", is_enterprise=is_enterprise)
            asyncio.run(Line(script).client.once(call))
        assert caught.value.executed is (False if proves else None), (is_enterprise, status)


@pytest.mark.parametrize(
    ("status", "code", "kind", "executed"),
    [
        (400, "BackupService.6113", Refused, False),
        (404, "BackupService.6105", NotFound, False),
        (409, "BackupService.6125", Refused, False),
        (400, "9900", Refused, False),
        (400, "EPS.0003", Refused, None),
        (400, "APIGW.0602", Refused, None),
        (404, "APIGW.0101", NotFound, False),
        (404, "APIG.0101", NotFound, False),
        # something is behind the path, whatever became of it
        (404, "APIGW.0103", NotFound, None),
        (404, "APIGW.0104", NotFound, None),
        # a code that belongs to another status
        (404, "APIGW.0301", NotFound, None),
        (403, "APIGW.0101", Forbidden, None),
        (404, "", NotFound, None),
        (401, "APIGW.0301", LoginRefused, False),
        (401, "APIG.0301", LoginRefused, False),
        (403, "APIGW.0302", Forbidden, False),
        (403, "BackupService.8600", Forbidden, False),
        (403, "403", Forbidden, None),
        (403, "EPS.0003", Forbidden, None),
        (429, "APIGW.0308", Throttled, False),
        (429, "", Throttled, None),
        (408, "", Refused, None),
        (500, "BackupService.0002", Refused, None),
        (502, "APIGW.0201", Refused, None),
        (504, "", Refused, None),
    ],
)
def test_refusals(status: int, code: str, kind: type[Refused], executed: bool | None) -> None:
    body = {"error_code": code, "error_msg": "No.", "request_id": "ab12"}
    script = Script(httpx.Response(status, json=body))
    line = Line(script)
    with pytest.raises(Refused) as caught:
        asyncio.run(line.client.once(Call("POST", "https://cbr.example/")))
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code, error.message, error.request_id) == (status, code, "No.", "ab12")
    assert error.executed is executed
    assert script.count == 1
    assert line.reports[-1].reach is Reach.ONLINE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 502, 503])
@pytest.mark.parametrize("content", [b"", b"<html>502", b"oops", b"[1]"])
def test_a_refusal_without_words_proves_nothing(status: int, content: bytes) -> None:
    script = Script(httpx.Response(status, headers={"X-Request-Id": "ab12"}, content=content))
    with pytest.raises(Refused) as caught:
        asyncio.run(Line(script).client.once(Call("POST", "https://cbr.example/")))
    assert (caught.value.code, caught.value.request_id, caught.value.executed) == ("", "ab12", None)


def test_a_malformed_request_url_is_something_missing_not_a_logout() -> None:
    body = {"unauthorized": {"code": "401", "message": "Malformed request url"}}
    with pytest.raises(NotFound):
        asyncio.run(Line(Script(httpx.Response(401, json=body))).client.read(Call("GET", "https://cbr.example/")))


def test_a_proxy_that_wants_a_login() -> None:
    with pytest.raises(Unreachable) as caught:
        asyncio.run(Line(Script(httpx.Response(407))).client.read(Call("GET", "https://cbr.example/")))
    assert caught.value.reason == "proxy-login"


def test_a_proxy_that_wants_a_login_when_the_request_has_been_sent_proves_nothing() -> None:
    with pytest.raises(Unreachable) as caught:
        asyncio.run(Line(Script(httpx.Response(407))).client.once(Call("POST", "https://cbr.example/")))
    assert (caught.value.reason, caught.value.executed) == ("proxy-login", None)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_read_is_tried_four_times_with_growing_waits(status: int) -> None:
    script = Script(httpx.Response(status))
    line = Line(script)
    with pytest.raises(Refused):
        asyncio.run(line.client.read(Call("GET", "https://cbr.example/")))
    assert script.count == 4
    assert line.clock.sleeps == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
def test_a_clear_refusal_is_not_asked_twice(status: int) -> None:
    script = Script(httpx.Response(status, json={"error_code": "BackupService.9900"}))
    with pytest.raises(Refused):
        asyncio.run(Line(script).client.read(Call("GET", "https://cbr.example/")))
    assert script.count == 1


RATE = "The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute"
DATE = {"Date": "Sun, 01 Mar 2026 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "message", "asked", "waits"),
    [
        ({"Retry-After": "2"}, "", 2, [2.25] * 3),
        ({"Retry-After": "0"}, "", 0, []),
        ({"Retry-After": "999999"}, "", 60, [60] * 3),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:08 GMT"} | DATE, "", 8, [9] * 3),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"} | DATE, "", 0, []),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:08 GMT"}, "", None, [1.125, 2.25, 4.5]),
        ({"Retry-After": "soon"}, "", None, [1.125, 2.25, 4.5]),
        ({"Retry-After": "-5"}, "", None, [1.125, 2.25, 4.5]),
        ({}, RATE, 60, [60] * 3),
        ({}, "time:8 second", 8, [9] * 3),
        ({}, "", None, [1.125, 2.25, 4.5]),
    ],
)
def test_throttling(headers: dict[str, str], message: str, asked: float | None, waits: list[float]) -> None:
    script = Script(httpx.Response(429, headers=headers, json={"error_code": "APIGW.0308", "error_msg": message}))
    line = Line(script)
    with pytest.raises(Throttled) as caught:
        asyncio.run(line.client.read(Call("GET", "https://cbr.example/")))
    assert caught.value.retry_after == asked
    assert script.count == 4
    assert line.clock.sleeps == pytest.approx(waits)


def test_a_wait_is_shown_and_then_over() -> None:
    script = Script(httpx.Response(429, headers={"Retry-After": "8"}), httpx.Response(200, content=NO_VAULTS))
    line = Line(script)
    line.client.tell(token_expires_at=NOON)
    asyncio.run(line.client.read(Call("GET", "https://cbr.example/")))
    waiting = [report.waiting_until for report in line.reports]
    assert NOON + timedelta(seconds=9) in waiting
    assert waiting[-1] is None
    assert all(report.token_expires_at == NOON for report in line.reports)
    assert line.reports[-1].reach is Reach.ONLINE


def test_a_cancelled_wait_is_not_shown_any_longer() -> None:
    async def main() -> None:
        class StandingClock(Clock):
            async def sleep(self, _seconds: float) -> None:
                await asyncio.Event().wait()

        reports: list[Connection] = []
        transport = httpx.MockTransport(Script(httpx.Response(429, headers={"Retry-After": "8"})))
        client = Client(transport, StandingClock(), reports.append)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.read(Call("GET", "https://cbr.example/"))
        assert any(report.waiting_until for report in reports)
        assert reports[-1].waiting_until is None

    asyncio.run(main())


def test_others_wait_along_and_then_one_goes_at_a_time() -> None:
    async def main() -> None:
        inside, most, served = 0, 0, 0
        line: Line

        async def answer(_request: httpx.Request) -> httpx.Response:
            nonlocal inside, most, served
            inside, served = inside + 1, served + 1
            if served > 1:
                most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            return httpx.Response(429, headers={"Retry-After": "8"}) if served == 1 else httpx.Response(200)

        line = Line(answer)
        with pytest.raises(Throttled):
            await line.client.once(Call("POST", "https://cbr.example/"))
        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(line.client.read(Call("GET", "https://cbr.example/")))
        assert most == 1
        line.clock.time += timedelta(seconds=61)
        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(line.client.read(Call("GET", "https://cbr.example/")))
        assert most == 6

    asyncio.run(main())


def test_six_at_a_time_and_no_place_is_lost() -> None:
    async def main() -> None:
        inside, most = 0, 0
        held, full = asyncio.Event(), asyncio.Event()

        async def answer(_request: httpx.Request) -> httpx.Response:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            if inside == 6:
                full.set()
            try:
                await held.wait()
            finally:
                inside -= 1
            return httpx.Response(200)

        line = Line(answer)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(line.client.read(Call("GET", "https://cbr.example/"))) for _ in range(30)]
            await full.wait()
            for task in tasks[3:9] + tasks[20:]:
                task.cancel()
            held.set()
        assert most == 6
        assert sum(not task.cancelled() for task in tasks) == 14
        assert await line.client.read(Call("GET", "https://cbr.example/"))

    asyncio.run(main())


async def _turns(count: int) -> None:
    """Let everything else that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_no_more_than_six_are_on_their_way_when_a_throttling_ends_among_many() -> None:
    async def main() -> None:
        inside, most = 0, 0
        asked: asyncio.Queue[asyncio.Future[int]] = asyncio.Queue()

        async def answer(_request: httpx.Request) -> httpx.Response:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            asked.put_nowait(status)
            await status
            inside -= 1
            return httpx.Response(status.result(), headers={"Retry-After": "1"})

        line = Line(answer)
        async with asyncio.TaskGroup() as group:
            for _ in range(30):
                group.create_task(line.client.read(Call("GET", "https://cbr.example/")))
            (await asked.get()).set_result(429)
            await _turns(20)
            # the other five are on their way still; that one goes at a time is over with the next answer
            assert inside == 5
            line.clock.time += timedelta(seconds=61)
            (await asked.get()).set_result(200)
            await _turns(20)
            assert inside == 6
            for _ in range(29):
                (await asked.get()).set_result(200)
        assert most == 6

    asyncio.run(main())


class Distant:
    """A service whose answers take ``seconds`` by a meter that it turns itself; it knows how many come at a time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.status = 200
        self.time = 0.0
        self.most = self.inside = 0

    def meter(self) -> float:
        return self.time

    async def answer(self, _request: httpx.Request) -> httpx.Response:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await _turns(60)
        self.inside -= 1
        self.time += self.seconds
        return httpx.Response(self.status, headers={"Retry-After": "1"} if self.status == 429 else {})

    async def most_of(self, line: Line, method: str = "GET") -> int:
        """Return how many of many requests were on their way together, once the first has been answered."""
        send = line.client.read if method == "GET" else line.client.once
        await send(Call(method, "https://cbr.example/"))
        self.most = 0
        async with asyncio.TaskGroup() as group:
            for _ in range(40):
                group.create_task(send(Call(method, "https://cbr.example/")))
        return self.most


@pytest.mark.parametrize(("seconds", "expected"), [(0.002, 6), (0.030, 6), (0.050, 10), (0.200, 16), (3.0, 16)])
def test_the_farther_the_service_the_more_reads_are_on_their_way_and_changes_never(
    seconds: float, expected: int
) -> None:
    async def main() -> None:
        service = Distant(seconds)
        line = Line(service.answer, meter=service.meter)
        assert await service.most_of(line) == expected == line.client.in_flight
        assert await service.most_of(line, "POST") == min(expected, 6)
        small = Line(service.answer, meter=service.meter, most=lambda: 2)
        assert await service.most_of(small) == 2, "what a person has chosen is not passed"

    asyncio.run(main())


def test_an_answer_that_stood_in_line_says_nothing_of_the_distance_and_another_network_is_found_out() -> None:
    async def main() -> None:
        service = Distant(0.005)
        line = Line(service.answer, meter=service.meter)
        assert await service.most_of(line) == 6
        service.seconds = 0.2
        assert await service.most_of(line) == 6, "one quick answer of late tells that the service is near"
        for _ in range(2):
            line.clock.time += timedelta(seconds=60)
            await line.client.read(Call("GET", "https://cbr.example/"))
        assert await service.most_of(line) == 16

    asyncio.run(main())


def test_after_a_throttling_a_distant_service_is_asked_carefully_for_a_while() -> None:
    async def main() -> None:
        service = Distant(0.2)
        line = Line(service.answer, meter=service.meter)
        assert await service.most_of(line) == 16
        service.status = 429
        with pytest.raises(Throttled):
            await line.client.once(Call("POST", "https://cbr.example/"))
        service.status = 200
        assert await service.most_of(line) == 1
        line.clock.time += timedelta(seconds=61)
        assert await service.most_of(line) == 6
        line.clock.time += timedelta(minutes=10)
        assert await service.most_of(line) == 16

    asyncio.run(main())


def test_a_body_of_the_greatest_size_is_read() -> None:
    script = Script(httpx.Response(200, content=b" " * BODY_LIMIT))
    assert len(asyncio.run(Line(script).client.read(Call("GET", "https://cbr.example/"))).body) == BODY_LIMIT


@pytest.mark.parametrize("pack", [False, True])
def test_a_body_beyond_it_is_not(pack: bool) -> None:
    content = b" " * (BODY_LIMIT + 1)
    response = httpx.Response(200, headers={"Content-Encoding": "gzip"} if pack else {}, stream=Raw(content, pack))
    with pytest.raises(BadAnswer, match="16 MiB"):
        asyncio.run(Line(lambda _request: response).client.once(Call("GET", "https://cbr.example/")))


class Raw(httpx.AsyncByteStream):
    """A body without a length, packed on request."""

    def __init__(self, content: bytes, pack: bool) -> None:
        self._content = gzip.compress(content, 1) if pack else content

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        yield self._content


def test_gzip_is_asked_for_and_unpacked() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Raw(NO_VAULTS, True))

    answered = asyncio.run(Line(answer).client.read(Call("GET", "https://cbr.example/")))
    assert answered.body == NO_VAULTS
    assert seen[0].headers["accept-encoding"] == "gzip"


def test_connections_are_kept_for_reads_and_fresh_for_a_post() -> None:
    async def main() -> None:
        async with serving(answering(response(b"{}"))) as server:
            line = Line(Network())
            for _ in range(3):
                await line.client.read(Call("GET", server.url))
            assert server.connections == 1
            await line.client.once(Call("POST", server.url, body=b"{}", fresh=True))
            assert server.connections == 2
            await line.client.aclose()

    asyncio.run(main())


def test_no_cookie_is_kept() -> None:
    async def main() -> None:
        async with serving(answering(response(b"{}", b"Set-Cookie: a=b; Path=/"))) as server:
            line = Line(Network())
            await line.client.read(Call("GET", server.url))
            await line.client.read(Call("GET", server.url))
            await line.client.aclose()
        assert b"cookie" not in server.requests[1].lower()

    asyncio.run(main())


def test_the_log_has_neither_headers_nor_bodies(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with serving(answering(response(b'"CANARY-1"', b"X-Request-Id: ab12", b"X-Other: CANARY-2"))) as server:
            line = Line(Network())
            headers = {"X-Auth-Token": "CANARY-3"}
            call = Call("POST", f"{server.url}/v3/x", (("name", "CANARY-4"),), headers, b"CANARY-5")
            await line.client.once(call)
            assert "CANARY" not in repr(call).replace("CANARY-4", "")
            await line.client.aclose()

    with caplog.at_level(logging.DEBUG):
        asyncio.run(main())
    ours = [record.getMessage() for record in caplog.records if record.name == "cbr_desktop.cloud"]
    assert len(ours) == 1
    assert ours[0].startswith("POST /v3/x -> 200 ab12 in ")
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<p>Welcome. Please sign in.", headers={"Date": "Sun, 01 Mar 2026 14:00:00 GMT"}),
        httpx.Response(302, headers={"Location": "https://portal.example", "Date": "Sun, 01 Mar 2026 14:00:00 GMT"}),
    ],
    ids=["a page", "a redirect"],
)
def test_whoever_answers_in_place_of_the_service_does_not_set_the_clock(answer: httpx.Response) -> None:
    async def main() -> None:
        line = Line(Script(answer))
        with pytest.raises(BadAnswer):
            await line.client.read(Call("GET", "https://cbr.example/v3/x/vaults"))
        assert line.client.clock_offset == timedelta(0)
        await line.client.aclose()

    asyncio.run(main())
