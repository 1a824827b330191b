"""Faults 29 to 40 of the catalogue, by their numbers: login, clock and limits, against a socket that counts."""

import asyncio
import contextlib
import email.utils
import itertools
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.cloud.network import Network
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    Forbidden,
    LoginRefused,
    NoAnswer,
    NotFound,
    Refused,
    SecretUnfit,
    Throttled,
)
from cbr_desktop.domain.profile import ProxyMode, Way
from cbr_desktop.text.errors import error_sentence
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import FaultServer, Heard, replying, response
from tests.cloud.values import BODY, CREATED, NO_VAULTS, NOON, PROFILE, PROJECT, Clock, WiredCloud

CANARY = "CANARY-3f9c2b7d51"
STALE = "Incorrect IAM authentication information: decrypt token fail"
EXPIRED = (
    "Incorrect IAM authentication information: calc aksk signature fail:signature expired,"
    " signature time:20260301T120000Z,server time:20260301T122000Z"
)
WRONG = "The username or password is wrong."


def said(status: int, code: str, message: str, *headers: bytes) -> bytes:
    """Return a refusal of the gateway."""
    body = json.dumps({"error_code": code, "error_msg": message, "request_id": "a" * 32}).encode()
    return response(body, *headers, status=b"%d No" % status)


def iam_said(status: int, message: str) -> bytes:
    """Return a refusal of the identity service."""
    body = json.dumps({"error": {"code": status, "message": message, "title": "No"}}).encode()
    return response(body, status=b"%d No" % status)


class ScriptedServices:
    """The identity service and the gateway of the backup service on one socket.

    ``logins`` and ``calls`` are what came, ``executed`` the requests to change something that got past the gateway.
    ``login`` and ``gate`` answer in place of the usual; ``time`` is their clock, told in ``Date`` unless ``date`` says
    otherwise.
    """

    def __init__(self) -> None:
        self.logins: list[Heard] = []
        self.calls: list[Heard] = []
        self.executed: list[Heard] = []
        self.good: set[str] = set()
        self.life = timedelta(days=1)
        self.login: Callable[[Heard], bytes] = self.log_in
        self.gate: Callable[[Heard], Any] = self.known
        self.time: Callable[[], datetime] = lambda: NOON
        self.date: list[bytes] | None = None

    async def reply(self, request: Heard) -> bytes:
        if request.path.endswith("/auth/tokens"):
            self.logins.append(request)
            return self.login(request)
        self.calls.append(request)
        refusal = self.gate(request)
        if asyncio.iscoroutine(refusal):
            refusal = await refusal
        if refusal is not None:
            answer: bytes = refusal
            return answer
        if request.method == "POST":
            self.executed.append(request)
        return response(CREATED if request.method == "POST" else NO_VAULTS, *self.dated())

    def dated(self) -> list[bytes]:
        """Return the header that tells the services's time."""
        if self.date is not None:
            return self.date
        return [b"Date: " + email.utils.format_datetime(self.time(), usegmt=True).encode()]

    def log_in(self, _request: Heard) -> bytes:
        """Give out another token."""
        token = f"token-{len(self.logins)}"
        self.good.add(token)
        issued_at = self.time()
        times = {
            "issued_at": f"{issued_at:%Y-%m-%dT%H:%M:%S}Z",
            "expires_at": f"{issued_at + self.life:%Y-%m-%dT%H:%M:%S}Z",
        }
        body = json.dumps({"token": {"project": {"id": PROJECT, "name": "eu-de_prod"}, **times}}).encode()
        return response(body, b"X-Subject-Token: " + token.encode(), *self.dated(), status=b"201 Created")

    def known(self, request: Heard) -> bytes | None:
        """Let in who has a token that is good."""
        return None if request.token in self.good else said(401, "APIGW.0301", STALE, *self.dated())

    def punctual(self, code: str = "APIGW.0301") -> Callable[[Heard], bytes | None]:
        """Let in who signs within a quarter of an hour."""

        def gate(request: Heard) -> bytes | None:
            signed_at = datetime.strptime(request.headers["x-sdk-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            late = abs(self.time() - signed_at) > timedelta(minutes=15)
            return said(401, code, EXPIRED, *self.dated()) if late else None

        return gate


@contextlib.asynccontextmanager
async def visited(services: ScriptedServices, **more: Any) -> AsyncIterator[WiredCloud]:
    """Open a wired cloud on scripted services over a real connection; ``more`` changes the profile."""
    async with replying(services.reply) as server:
        wired = at(server, **more)
        services.time = wired.clock.now
        try:
            yield wired
        finally:
            await wired.cloud.aclose()


def at(server: FaultServer, **more: Any) -> WiredCloud:
    profile = replace(PROFILE, iam_endpoint=server.url, cbr_endpoint=server.url, proxy=ProxyMode.NONE, **more)
    return WiredCloud(Network(profile), profile)


KEYS: dict[str, Any] = {"way": Way.KEYS, "access_key": "AK0123456789", "project": PROJECT}


def with_secret_key(wired: WiredCloud) -> WiredCloud:
    wired.secret.others["secret_key"] = "Sk0123456789"
    return wired


@pytest.mark.parametrize("why", ["ended", "revoked"])
def test_fault_29_a_token_that_ends_between_two_calls_costs_one_login(why: str) -> None:
    async def main() -> None:
        services = ScriptedServices()
        async with visited(services) as wired:
            await wired.cloud.vaults()
            await wired.cloud.vaults()
            if why == "ended":
                wired.clock.time += timedelta(days=2)
            services.good.clear()
            await wired.cloud.vaults()
            assert (len(services.logins), wired.connection.reach) == (2, Reach.ONLINE)
            # a token that is known to have ended is not even tried
            assert len(services.calls) == (3 if why == "ended" else 4)

    asyncio.run(main())


@pytest.mark.parametrize("calls", [20, 60])
def test_fault_30_many_refused_calls_share_one_login_and_an_old_token_starts_none(calls: int) -> None:
    async def main() -> None:
        services = ScriptedServices()
        held = asyncio.Event()

        async def slow(request: Heard) -> bytes | None:
            """Refuse at once, but for one call, whose refusal comes when all the others are through."""
            refusal = services.known(request)
            if refusal is not None and request.path.endswith("policies"):
                await held.wait()
            return refusal

        async with visited(services) as wired:
            await wired.cloud.vaults()
            services.good.clear()
            services.gate = slow
            async with asyncio.TaskGroup() as group:
                late = group.create_task(_expect(BadAnswer, wired.cloud.policies()))
                async with asyncio.TaskGroup() as others:
                    for _ in range(calls):
                        others.create_task(wired.cloud.vaults())
                assert not late.done()
                held.set()
            assert len(services.logins) == 2
            assert sum(each.token == "token-2" for each in services.calls) == calls + 1

    asyncio.run(main())


async def _expect(kind: type[Exception], work: Any) -> Exception:
    with pytest.raises(kind) as caught:
        await work
    return caught.value


def test_fault_31_a_fresh_token_that_is_refused_ends_it() -> None:
    async def main() -> None:
        services = ScriptedServices()
        async with visited(services) as wired:
            await wired.cloud.vaults()
            services.gate = lambda _request: said(401, "APIGW.0301", STALE)
            error = await _expect(LoginRefused, wired.cloud.vaults())
            assert (len(services.logins), len(services.calls)) == (2, 3)
            assert "APIGW.0301" in error_sentence(error)  # type: ignore[arg-type]
            for _ in range(3):
                await _expect(LoginRefused, wired.cloud.vaults())
            assert (len(services.logins), wired.connection.reach) == (2, Reach.REFUSED)

    asyncio.run(main())


def test_fault_31_an_unknown_thing_is_no_logout() -> None:
    async def main() -> None:
        services = ScriptedServices()
        async with visited(services) as wired:
            await wired.cloud.vaults()
            body = b'{"unauthorized": {"code": "401", "message": "Malformed request url"}}'
            services.gate = lambda _request: response(body, status=b"401 Unauthorized")
            await _expect(NotFound, wired.cloud.vaults())
            assert (len(services.logins), len(services.calls), wired.connection.reach) == (1, 2, Reach.ONLINE)

    asyncio.run(main())


def test_fault_32_a_wrong_password_is_tried_once_until_another_is_given() -> None:
    async def main() -> None:
        services = ScriptedServices()
        services.login = lambda _request: iam_said(401, WRONG)
        async with visited(services) as wired:
            found = await asyncio.gather(*[wired.cloud.vaults() for _ in range(20)], return_exceptions=True)
            for _ in range(980):
                found.append(await _expect(LoginRefused, wired.cloud.vaults()))
            assert {type(each) for each in found} == {LoginRefused}
            assert (len(services.logins), services.calls) == (1, [])
            wired.secret.value = "another wrong one"
            await _expect(LoginRefused, wired.cloud.vaults())
            await _expect(LoginRefused, wired.cloud.vaults())
            assert len(services.logins) == 2
            # the very same one is tried when a person gives it again: the account may have been unlocked
            wired.cloud.allow_login_again()
            await _expect(LoginRefused, wired.cloud.vaults())
            await _expect(LoginRefused, wired.cloud.vaults())
            assert len(services.logins) == 3

    asyncio.run(main())


def test_fault_32_so_it_is_with_a_password_that_was_changed_meanwhile() -> None:
    async def main() -> None:
        services = ScriptedServices()
        async with visited(services) as wired:
            await wired.cloud.vaults()
            services.login = lambda _request: iam_said(401, WRONG)
            services.good.clear()
            for _ in range(5):
                await _expect(LoginRefused, wired.cloud.vaults())
            assert (len(services.logins), len(services.calls)) == (2, 2)

    asyncio.run(main())


REFUSALS = {
    "wrong": (401, WRONG, "the same answer"),
    "locked": (403, "The user is locked. Try again in 15 minutes.", "too many wrong tries"),
    "passcode": (401, "A one-time password (TOTP) is required.", "passcode is wanted"),
    "account-kind": (401, "The account has been upgraded to a HUAWEI ID.", "IAM user with programmatic access"),
    "domain": (401, "The domain does not exist.", "domain (the account's name) is not known"),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_fault_33_each_refusal_of_a_login_has_its_own_words_and_no_second_try(reason: str) -> None:
    async def main() -> None:
        status, message, words = REFUSALS[reason]
        services = ScriptedServices()
        services.login = lambda _request: iam_said(status, message)
        async with visited(services) as wired:
            for _ in range(3):
                error = await _expect(LoginRefused, wired.cloud.vaults())
            sentence = error_sentence(error)  # type: ignore[arg-type]
            assert (len(services.logins), services.calls) == (1, [])
            assert words in sentence
            assert f"It says: ‘{message.removesuffix('.')}’." in sentence
            assert not [other for each, (_, _, other) in REFUSALS.items() if each != reason and other in sentence]

    asyncio.run(main())


@pytest.mark.parametrize(
    "token",
    [None, b"", b"   ", b"a" * 32_000, b"a" * 200_000, b"two words", CANARY.encode() + b"\xff"],
    ids=["none", "empty", "blank", "32k", "200k", "blanks", "bytes"],
)
def test_fault_34_a_login_that_brings_no_token_is_no_login(
    token: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(_request: Heard) -> bytes:
        headers = [] if token is None else [b"X-Subject-Token: " + token]
        return response(b'{"token": {"project": {"id": "%s"}}}' % PROJECT.encode(), *headers, status=b"201 Created")

    async def main() -> None:
        services = ScriptedServices()
        services.login = answer
        async with visited(services) as wired:
            error = await _expect(BadAnswer, wired.cloud.vaults())
            assert (len(services.logins), services.calls) == (1, [])
            shown = error_sentence(error) + repr(error) + repr(wired.reports) + caplog.text  # type: ignore[arg-type]
            assert "aaaa" not in shown
            assert CANARY not in shown

    with caplog.at_level("DEBUG"):
        asyncio.run(main())


@pytest.mark.parametrize(
    ("pasted", "problem"),
    [
        (f" {CANARY}\r\n", None),
        (f"\t{CANARY} ", None),
        ("  \n ", "empty"),
        (f"{CANARY}\nX-Evil: 1", "characters"),
        (f"{CANARY} {CANARY}", "characters"),
        (f"{CANARY}\x00", "characters"),
        (f"{CANARY}ü", "characters"),
        (CANARY * 1000, "too-long"),
    ],
)
@pytest.mark.parametrize("way", [Way.TOKEN, Way.KEYS, Way.TEMPORARY_KEYS])
def test_fault_34_what_is_pasted_is_trimmed_or_refused_before_it_is_sent(
    pasted: str, problem: str | None, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        services = ScriptedServices()
        services.gate = lambda _request: None
        more = KEYS | {"way": way, "access_key": "AK\n" if way is Way.KEYS else ""}
        async with visited(services, **more) as wired:
            for kind in ("token", "access_key", "secret_key", "security_token"):
                wired.secret.others[kind] = pasted
            if problem is None:
                await wired.cloud.vaults()
                assert services.calls[0].token == (CANARY if way is Way.TOKEN else "")
            else:
                error = await _expect(SecretUnfit, wired.cloud.vaults())
                assert error.problem == problem  # type: ignore[attr-defined]
                assert CANARY not in error_sentence(error) + repr(error)  # type: ignore[arg-type]
                assert (services.logins, services.calls) == ([], [])
            assert CANARY not in repr(wired.reports) + caplog.text

    with caplog.at_level("DEBUG"):
        asyncio.run(main())


@pytest.mark.parametrize("code", ["APIGW.0301", "APIGW.0307", "APIG.0301"])
def test_fault_35_a_post_that_the_gateway_refused_is_sent_once_more_after_one_login(code: str) -> None:
    async def main() -> None:
        services = ScriptedServices()
        services.gate = lambda request: None if request.token in services.good else said(401, code, STALE)
        async with visited(services) as wired:
            await wired.cloud.vaults()
            services.good.clear()
            answer = await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
            assert answer.result.id
            assert (len(services.logins), len(services.executed)) == (2, 1)
            assert [each.body for each in services.calls[1:]] == [BODY, BODY]

    asyncio.run(main())


@pytest.mark.parametrize(("status", "kind", "posts"), [(401, LoginRefused, 2), (403, Forbidden, 1)])
def test_fault_35_a_post_that_is_never_let_in_was_not_carried_out(status: int, kind: type[Refused], posts: int) -> None:
    async def main() -> None:
        services = ScriptedServices()
        async with visited(services) as wired:
            await wired.cloud.vaults()
            services.gate = lambda _request: said(status, "APIGW.0301" if status == 401 else "APIGW.0302", STALE)
            error = await _expect(kind, wired.cloud.send(checkpoint_change_of(BODY), PROJECT))
            assert error.executed is False  # type: ignore[attr-defined]
            assert (len(services.logins), len(services.calls) - 1, services.executed) == (posts, posts, [])

    asyncio.run(main())


OFFSETS = [10, -10, 20 * 60, -20 * 60, 86_400, -86_400, 7 * 3600, -11.5 * 3600]
"""How many seconds our clock is off: a little, twenty minutes, a day, and two zones taken for another."""


@pytest.mark.parametrize("seconds", OFFSETS)
@pytest.mark.parametrize("code", ["APIGW.0301", "APIGW.0303"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_fault_36_a_wrong_clock_costs_one_more_signature(seconds: float, code: str, method: str) -> None:
    async def main() -> None:
        services = ScriptedServices()
        services.gate = services.punctual(code)
        async with visited(services, **KEYS) as wired:
            with_secret_key(wired)
            services.time = lambda: wired.clock.now() - timedelta(seconds=seconds)
            if method == "GET":
                await wired.cloud.vaults()
            else:
                await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
                assert [each.body for each in services.executed] == [BODY]
            assert len(services.calls) == (1 if abs(seconds) < 900 else 2)
            offset = wired.connection.clock_offset
            assert offset is not None
            assert abs(offset + timedelta(seconds=seconds)) < timedelta(seconds=2)
            # from now on it is right at once, and when the clock is set right as well
            await wired.cloud.vaults()
            services.time = wired.clock.now
            await wired.cloud.vaults()
            assert len(services.calls) <= 5
            assert wired.connection.reach is Reach.ONLINE

    asyncio.run(main())


@pytest.mark.parametrize(
    "date",
    [
        [],
        [b"Date: yesterday"],
        [b"Date: Thu, 01 Mar 2016 12:20:00 GMT"],
        [b"Date: Sun, 01 Mar 2026 12:20:00 GMT", b"Age: 1200"],
        [b"Date: Wed, 04 Mar 2026 12:20:00 GMT"],
    ],
    ids=["missing", "garbage", "ten years", "cached", "three days"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_fault_37_a_date_that_tells_nothing_ends_in_a_word_about_the_clock(date: list[bytes], method: str) -> None:
    async def main() -> None:
        services = ScriptedServices()
        services.date = date
        services.gate = services.punctual()
        async with visited(services, **KEYS) as wired:
            with_secret_key(wired)
            services.time = lambda: wired.clock.now() + timedelta(minutes=20)
            ask = wired.cloud.vaults() if method == "GET" else wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
            error = await _expect(LoginRefused, ask)
            assert "clock of this machine" in error_sentence(error)  # type: ignore[arg-type]
            assert (len(services.calls), services.executed, wired.connection.clock_offset) == (1, [], None)
            # nothing is wrong with the key: it serves as soon as the clock is right
            services.time = wired.clock.now
            await wired.cloud.vaults()
            assert len(services.calls) == 2

    asyncio.run(main())


def test_fault_37_an_answer_that_took_long_tells_nothing_about_the_clock() -> None:
    async def main() -> None:
        services = ScriptedServices()

        def slow(_request: Heard) -> None:
            wired.clock.time += timedelta(seconds=61)

        services.gate = slow
        async with visited(services, **KEYS) as wired:
            with_secret_key(wired)
            services.time = lambda: NOON + timedelta(minutes=3)
            await wired.cloud.vaults()
            assert wired.connection.clock_offset is None

    asyncio.run(main())


BUSY = "The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute"


@pytest.mark.parametrize(
    ("header", "least"),
    [
        (b"Retry-After: 2", 2),
        (b"Retry-After: Sun, 01 Mar 2026 12:00:05 GMT", 5),
        (b"Retry-After: 999999", 60),
        (b"Retry-After: soon", 60),
        (b"X-None: 1", 60),
    ],
    ids=["seconds", "date", "ages", "garbage", "none"],
)
def test_fault_38_a_throttled_read_waits_as_asked_and_shows_it(header: bytes, least: int) -> None:
    async def main() -> None:
        services = ScriptedServices()
        counter = itertools.count()
        dated = b"Date: Sun, 01 Mar 2026 12:00:00 GMT"
        async with visited(services) as wired:
            await wired.cloud.project_id()
            services.gate = lambda _request: (
                said(429, "APIGW.0308", BUSY, header, dated) if next(counter) == 0 else None
            )
            await wired.cloud.vaults()
            assert len(services.calls) == 2
            assert least <= sum(wired.clock.sleeps) <= min(60, least * 1.25)
            shown = [report.waiting_until for report in wired.reports if report.waiting_until]
            assert shown
            assert wired.connection.waiting_until is None

    asyncio.run(main())


def test_fault_38_a_throttled_read_is_sent_four_times_at_most_and_one_at_a_time() -> None:
    async def main() -> None:
        services = ScriptedServices()
        inside, most = 0, 0

        async def count(_request: Heard) -> bytes:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            return said(429, "APIGW.0308", BUSY, b"Retry-After: 2")

        async with visited(services) as wired:
            await wired.cloud.project_id()
            services.gate = count
            await _expect(Throttled, wired.cloud.vaults())
            assert len(services.calls) == 4
            most = 0
            await asyncio.gather(*[_expect(Throttled, wired.cloud.vaults()) for _ in range(3)])
            assert (len(services.calls), most) == (16, 1)

    asyncio.run(main())


class PatientClock(Clock):
    """Sleeps for ever, until cancelled; ``asleep`` tells when somebody does."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = asyncio.Event()

    async def sleep(self, _seconds: float) -> None:
        self.asleep.set()
        await asyncio.get_running_loop().create_future()


def test_fault_38_a_wait_ends_at_once_when_it_is_cancelled() -> None:
    async def main() -> None:
        services = ScriptedServices()
        async with visited(services) as wired:
            await wired.cloud.project_id()
            services.gate = lambda _request: said(429, "APIGW.0308", BUSY, b"Retry-After: 50")
            wired.cloud._client.clock = clock = PatientClock()
            async with asyncio.TaskGroup() as group:
                waiting = group.create_task(wired.cloud.vaults())
                await clock.asleep.wait()
                assert wired.connection.waiting_until is not None
                waiting.cancel()
            assert (len(services.calls), wired.connection.waiting_until) == (1, None)

    asyncio.run(main())


def test_fault_38_a_throttled_post_was_not_carried_out_and_is_not_repeated_here() -> None:
    async def main() -> None:
        services = ScriptedServices()
        async with visited(services) as wired:
            await wired.cloud.project_id()
            services.gate = lambda _request: said(429, "APIGW.0308", BUSY, b"Retry-After: 2")
            error = await _expect(Throttled, wired.cloud.send(checkpoint_change_of(BODY), PROJECT))
            assert (error.executed, error.retry_after) == (False, 2)  # type: ignore[attr-defined]
            assert (len(services.calls), services.executed) == (1, [])

    asyncio.run(main())


class SharedClock(Clock):
    """Lets many sleep at the same time: who sleeps as long as another wakes with them."""

    async def sleep(self, seconds: float) -> None:
        until = self.time + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.time = max(self.time, until)


def test_fault_39_a_service_that_is_down_is_left_alone_by_all_panes_together() -> None:
    async def main() -> None:
        services = ScriptedServices()
        times: list[datetime] = []
        clock = SharedClock()

        def down(_request: Heard) -> bytes:
            times.append(clock.now())
            return said(503, "APIGW.0613", "The IAM service is currently unavailable.")

        async with visited(services) as wired:
            await wired.cloud.project_id()
            wired.cloud._client.clock = clock
            services.gate = down
            await _expect(Refused, wired.cloud.policies())
            assert len(times) == 4
            while clock.now() < NOON + timedelta(minutes=10):
                panes = [_expect(Refused, wired.cloud.vaults()) for _ in range(20)]
                await asyncio.gather(*panes)
            gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
            least = [0.75 * 2**number for number in range(6)] + [60] * len(gaps)
            assert [round(gap) for gap, limit in zip(gaps, least, strict=False) if gap < limit] == []
            assert 8 < len(gaps) <= 16
            assert len({gap % 1 for gap in gaps}) > 2, "no jitter"
            # and it is found again when it is back
            services.gate = lambda _request: None
            clock.time += timedelta(seconds=75)
            await wired.cloud.vaults()
            assert wired.connection.reach is Reach.ONLINE

    asyncio.run(main())


@pytest.mark.parametrize("hours", [8, -8])
def test_fault_40_a_jump_of_the_clock_costs_one_login_and_no_burst(hours: int) -> None:
    async def main() -> None:
        services = ScriptedServices()
        services.life = timedelta(hours=4)
        async with visited(services) as wired:
            await wired.cloud.vaults()
            wired.clock.time += timedelta(hours=hours)
            if hours < 0:
                services.good.clear()
            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(wired.cloud.vaults())
            assert len(services.logins) == 2
            assert sum(each.token == "token-2" for each in services.calls) == 20
            assert wired.clock.sleeps == []

    asyncio.run(main())


def test_fault_40_a_wait_does_not_last_for_hours_when_the_clock_is_set_back() -> None:
    async def main() -> None:
        services = ScriptedServices()
        counter = itertools.count()
        async with visited(services) as wired:
            await wired.cloud.project_id()
            services.gate = lambda _request: said(429, "APIGW.0308", BUSY) if next(counter) == 0 else None
            await _expect(Throttled, wired.cloud.send(checkpoint_change_of(BODY), PROJECT))
            services.gate = lambda _request: said(429, "APIGW.0308", BUSY, b"Retry-After: 9")
            await _expect(Throttled, wired.cloud.vaults())
            services.gate = lambda _request: None
            wired.clock.time -= timedelta(hours=8)
            wired.clock.sleeps.clear()
            await wired.cloud.vaults()
            assert wired.clock.sleeps == []

    asyncio.run(main())


SLEEPER = """
import asyncio, sys
from msgspec.structs import replace
from cbr_desktop.cloud.network import Network
from cbr_desktop.domain.error import NoAnswer
from cbr_desktop.domain.profile import ProxyMode
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.values import BODY, PROFILE, PROJECT, WiredCloud

async def main():
    url = sys.argv[1]
    profile = replace(PROFILE, iam_endpoint=url, cbr_endpoint=url, proxy=ProxyMode.NONE)
    wired = WiredCloud(Network(profile), profile, deadline=0.5)
    await wired.cloud.project_id()
    try:
        await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
    except NoAnswer as error:
        print("unknown", error.executed)
    await wired.cloud.aclose()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP")
def test_fault_40_a_post_in_flight_while_the_program_was_stopped_is_unknown_and_sent_once() -> None:
    async def main() -> None:
        services = ScriptedServices()
        services.date = []

        async def stop(_request: Heard) -> None:
            child.send_signal(signal.SIGSTOP)
            asyncio.get_running_loop().call_later(0.8, child.send_signal, signal.SIGCONT)

        services.gate = stop
        async with replying(services.reply) as server:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", SLEEPER, server.url, stdout=asyncio.subprocess.PIPE, cwd=Path.cwd()
            )
            told, _ = await child.communicate()
        assert (told.split(), len(services.executed)) == ([b"unknown", b"None"], 1)

    asyncio.run(main())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_fault_40_an_answer_that_came_while_the_machine_slept_is_none(method: str) -> None:
    async def main() -> None:
        services = ScriptedServices()
        naps = itertools.count()

        def nap(_request: Heard) -> None:
            if next(naps) == 0:
                wired.clock.time += timedelta(hours=8)

        async with visited(services) as wired:
            await wired.cloud.vaults()
            services.gate = nap
            if method == "GET":
                await wired.cloud.vaults()
                assert len(services.calls) == 3
            else:
                error = await _expect(NoAnswer, wired.cloud.send(checkpoint_change_of(BODY), PROJECT))
                assert error.executed is None  # type: ignore[attr-defined]
                assert len(services.executed) == 1
            assert wired.connection.clock_offset is not None
            assert abs(wired.connection.clock_offset) < timedelta(seconds=2)

    asyncio.run(main())
