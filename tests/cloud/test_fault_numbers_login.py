"""Faults 29 to 40 of the catalogue, by their numbers: login, clock and limits, against a socket that counts."""

import asyncio
import contextlib
import email.utils
import itertools
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

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
from tests.asking import asking
from tests.cloud.faults import FaultServer, Heard, replying, response
from tests.cloud.values import BODY, CREATED, NO_VAULTS, NOON, PROFILE, PROJECT, Clock, Desk

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


class Town:
    """The identity service and the gateway of the backup service on one socket.

    ``logins`` and ``calls`` are what came, ``executed`` the requests to change something that got past the gateway.
    ``login`` and ``gate`` answer in place of the usual; ``time`` is the town's clock, told in ``Date`` unless ``date``
    says otherwise.
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
        """Return the header that tells the town's time."""
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
async def visited(town: Town, **more: Any) -> AsyncIterator[Desk]:
    """Open a desk on a town over a real connection; ``more`` changes the profile."""
    async with replying(town.reply) as server:
        desk = at(server, **more)
        town.time = desk.clock.now
        try:
            yield desk
        finally:
            await desk.cloud.aclose()


def at(server: FaultServer, **more: Any) -> Desk:
    profile = replace(PROFILE, iam_endpoint=server.url, cbr_endpoint=server.url, proxy=ProxyMode.NONE, **more)
    return Desk(Network(profile), profile)


KEYS: dict[str, Any] = {"way": Way.KEYS, "access_key": "AK0123456789", "project": PROJECT}


def with_secret_key(desk: Desk) -> Desk:
    desk.secret.others["secret_key"] = "Sk0123456789"
    return desk


@pytest.mark.parametrize("why", ["ended", "revoked"])
def test_fault_29_a_token_that_ends_between_two_calls_costs_one_login(why: str) -> None:
    async def main() -> None:
        town = Town()
        async with visited(town) as desk:
            await desk.cloud.vaults()
            await desk.cloud.vaults()
            if why == "ended":
                desk.clock.time += timedelta(days=2)
            town.good.clear()
            await desk.cloud.vaults()
            assert (len(town.logins), desk.connection.reach) == (2, Reach.ONLINE)
            # a token that is known to have ended is not even tried
            assert len(town.calls) == (3 if why == "ended" else 4)

    asyncio.run(main())


@pytest.mark.parametrize("calls", [20, 200])
def test_fault_30_many_refused_calls_share_one_login_and_an_old_token_starts_none(calls: int) -> None:
    async def main() -> None:
        town = Town()
        held = asyncio.Event()

        async def slow(request: Heard) -> bytes | None:
            """Refuse at once, but for one call, whose refusal comes when all the others are through."""
            refusal = town.known(request)
            if refusal is not None and request.path.endswith("policies"):
                await held.wait()
            return refusal

        async with visited(town) as desk:
            await desk.cloud.vaults()
            town.good.clear()
            town.gate = slow
            async with asyncio.TaskGroup() as group:
                late = group.create_task(_expect(BadAnswer, desk.cloud.policies()))
                async with asyncio.TaskGroup() as others:
                    for _ in range(calls):
                        others.create_task(desk.cloud.vaults())
                assert not late.done()
                held.set()
            assert len(town.logins) == 2
            assert sum(each.token == "token-2" for each in town.calls) == calls + 1

    asyncio.run(main())


async def _expect(kind: type[Exception], work: Any) -> Exception:
    with pytest.raises(kind) as caught:
        await work
    return caught.value


def test_fault_31_a_fresh_token_that_is_refused_ends_it() -> None:
    async def main() -> None:
        town = Town()
        async with visited(town) as desk:
            await desk.cloud.vaults()
            town.gate = lambda _request: said(401, "APIGW.0301", STALE)
            error = await _expect(LoginRefused, desk.cloud.vaults())
            assert (len(town.logins), len(town.calls)) == (2, 3)
            assert "APIGW.0301" in error_sentence(error)  # type: ignore[arg-type]
            for _ in range(3):
                await _expect(LoginRefused, desk.cloud.vaults())
            assert (len(town.logins), desk.connection.reach) == (2, Reach.REFUSED)

    asyncio.run(main())


def test_fault_31_an_unknown_thing_is_no_logout() -> None:
    async def main() -> None:
        town = Town()
        async with visited(town) as desk:
            await desk.cloud.vaults()
            body = b'{"unauthorized": {"code": "401", "message": "Malformed request url"}}'
            town.gate = lambda _request: response(body, status=b"401 Unauthorized")
            await _expect(NotFound, desk.cloud.vaults())
            assert (len(town.logins), len(town.calls), desk.connection.reach) == (1, 2, Reach.ONLINE)

    asyncio.run(main())


def test_fault_32_a_wrong_password_is_tried_once_until_another_is_given() -> None:
    async def main() -> None:
        town = Town()
        town.login = lambda _request: iam_said(401, WRONG)
        async with visited(town) as desk:
            found = await asyncio.gather(*[desk.cloud.vaults() for _ in range(20)], return_exceptions=True)
            for _ in range(980):
                found.append(await _expect(LoginRefused, desk.cloud.vaults()))
            assert {type(each) for each in found} == {LoginRefused}
            assert (len(town.logins), town.calls) == (1, [])
            desk.secret.value = "another wrong one"
            await _expect(LoginRefused, desk.cloud.vaults())
            await _expect(LoginRefused, desk.cloud.vaults())
            assert len(town.logins) == 2
            # the very same one is tried when a person gives it again: the account may have been unlocked
            desk.cloud.allow_login_again()
            await _expect(LoginRefused, desk.cloud.vaults())
            await _expect(LoginRefused, desk.cloud.vaults())
            assert len(town.logins) == 3

    asyncio.run(main())


def test_fault_32_so_it_is_with_a_password_that_was_changed_meanwhile() -> None:
    async def main() -> None:
        town = Town()
        async with visited(town) as desk:
            await desk.cloud.vaults()
            town.login = lambda _request: iam_said(401, WRONG)
            town.good.clear()
            for _ in range(5):
                await _expect(LoginRefused, desk.cloud.vaults())
            assert (len(town.logins), len(town.calls)) == (2, 2)

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
        town = Town()
        town.login = lambda _request: iam_said(status, message)
        async with visited(town) as desk:
            for _ in range(3):
                error = await _expect(LoginRefused, desk.cloud.vaults())
            sentence = error_sentence(error)  # type: ignore[arg-type]
            assert (len(town.logins), town.calls) == (1, [])
            assert words in sentence
            assert message in sentence
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
        town = Town()
        town.login = answer
        async with visited(town) as desk:
            error = await _expect(BadAnswer, desk.cloud.vaults())
            assert (len(town.logins), town.calls) == (1, [])
            shown = error_sentence(error) + repr(error) + repr(desk.reports) + caplog.text  # type: ignore[arg-type]
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
        town = Town()
        town.gate = lambda _request: None
        more = KEYS | {"way": way, "access_key": "AK\n" if way is Way.KEYS else ""}
        async with visited(town, **more) as desk:
            for kind in ("token", "access_key", "secret_key", "security_token"):
                desk.secret.others[kind] = pasted
            if problem is None:
                await desk.cloud.vaults()
                assert town.calls[0].token == (CANARY if way is Way.TOKEN else "")
            else:
                error = await _expect(SecretUnfit, desk.cloud.vaults())
                assert error.problem == problem  # type: ignore[attr-defined]
                assert CANARY not in error_sentence(error) + repr(error)  # type: ignore[arg-type]
                assert (town.logins, town.calls) == ([], [])
            assert CANARY not in repr(desk.reports) + caplog.text

    with caplog.at_level("DEBUG"):
        asyncio.run(main())


@pytest.mark.parametrize("code", ["APIGW.0301", "APIGW.0307", "APIG.0301"])
def test_fault_35_a_post_that_the_gateway_refused_is_sent_once_more_after_one_login(code: str) -> None:
    async def main() -> None:
        town = Town()
        town.gate = lambda request: None if request.token in town.good else said(401, code, STALE)
        async with visited(town) as desk:
            await desk.cloud.vaults()
            town.good.clear()
            answer = await desk.cloud.send(asking(BODY), PROJECT)
            assert answer.result.id
            assert (len(town.logins), len(town.executed)) == (2, 1)
            assert [each.body for each in town.calls[1:]] == [BODY, BODY]

    asyncio.run(main())


@pytest.mark.parametrize(("status", "kind", "posts"), [(401, LoginRefused, 2), (403, Forbidden, 1)])
def test_fault_35_a_post_that_is_never_let_in_was_not_carried_out(status: int, kind: type[Refused], posts: int) -> None:
    async def main() -> None:
        town = Town()
        async with visited(town) as desk:
            await desk.cloud.vaults()
            town.gate = lambda _request: said(status, "APIGW.0301" if status == 401 else "APIGW.0302", STALE)
            error = await _expect(kind, desk.cloud.send(asking(BODY), PROJECT))
            assert error.executed is False  # type: ignore[attr-defined]
            assert (len(town.logins), len(town.calls) - 1, town.executed) == (posts, posts, [])

    asyncio.run(main())


OFFSETS = [10, -10, 20 * 60, -20 * 60, 86_400, -86_400, 7 * 3600, -11.5 * 3600]
"""How many seconds our clock is off: a little, twenty minutes, a day, and two zones taken for another."""


@pytest.mark.parametrize("seconds", OFFSETS)
@pytest.mark.parametrize("code", ["APIGW.0301", "APIGW.0303"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_fault_36_a_wrong_clock_costs_one_more_signature(seconds: float, code: str, method: str) -> None:
    async def main() -> None:
        town = Town()
        town.gate = town.punctual(code)
        async with visited(town, **KEYS) as desk:
            with_secret_key(desk)
            town.time = lambda: desk.clock.now() - timedelta(seconds=seconds)
            if method == "GET":
                await desk.cloud.vaults()
            else:
                await desk.cloud.send(asking(BODY), PROJECT)
                assert [each.body for each in town.executed] == [BODY]
            assert len(town.calls) == (1 if abs(seconds) < 900 else 2)
            offset = desk.connection.clock_offset
            assert offset is not None
            assert abs(offset + timedelta(seconds=seconds)) < timedelta(seconds=2)
            # from now on it is right at once, and when the clock is set right as well
            await desk.cloud.vaults()
            town.time = desk.clock.now
            await desk.cloud.vaults()
            assert len(town.calls) <= 5
            assert desk.connection.reach is Reach.ONLINE

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
        town = Town()
        town.date = date
        town.gate = town.punctual()
        async with visited(town, **KEYS) as desk:
            with_secret_key(desk)
            town.time = lambda: desk.clock.now() + timedelta(minutes=20)
            ask = desk.cloud.vaults() if method == "GET" else desk.cloud.send(asking(BODY), PROJECT)
            error = await _expect(LoginRefused, ask)
            assert "clock of this machine" in error_sentence(error)  # type: ignore[arg-type]
            assert (len(town.calls), town.executed, desk.connection.clock_offset) == (1, [], None)
            # nothing is wrong with the key: it serves as soon as the clock is right
            town.time = desk.clock.now
            await desk.cloud.vaults()
            assert len(town.calls) == 2

    asyncio.run(main())


def test_fault_37_an_answer_that_took_long_tells_nothing_about_the_clock() -> None:
    async def main() -> None:
        town = Town()

        def slow(_request: Heard) -> None:
            desk.clock.time += timedelta(seconds=61)

        town.gate = slow
        async with visited(town, **KEYS) as desk:
            with_secret_key(desk)
            town.time = lambda: NOON + timedelta(minutes=3)
            await desk.cloud.vaults()
            assert desk.connection.clock_offset is None

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
        town = Town()
        counter = itertools.count()
        dated = b"Date: Sun, 01 Mar 2026 12:00:00 GMT"
        async with visited(town) as desk:
            await desk.cloud.project_id()
            town.gate = lambda _request: said(429, "APIGW.0308", BUSY, header, dated) if next(counter) == 0 else None
            await desk.cloud.vaults()
            assert len(town.calls) == 2
            assert least <= sum(desk.clock.sleeps) <= min(60, least * 1.25)
            shown = [report.waiting_until for report in desk.reports if report.waiting_until]
            assert shown
            assert desk.connection.waiting_until is None

    asyncio.run(main())


def test_fault_38_a_throttled_read_is_sent_four_times_at_most_and_one_at_a_time() -> None:
    async def main() -> None:
        town = Town()
        inside, most = 0, 0

        async def count(_request: Heard) -> bytes:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            return said(429, "APIGW.0308", BUSY, b"Retry-After: 2")

        async with visited(town) as desk:
            await desk.cloud.project_id()
            town.gate = count
            await _expect(Throttled, desk.cloud.vaults())
            assert len(town.calls) == 4
            most = 0
            await asyncio.gather(*[_expect(Throttled, desk.cloud.vaults()) for _ in range(3)])
            assert (len(town.calls), most) == (16, 1)

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
        town = Town()
        async with visited(town) as desk:
            await desk.cloud.project_id()
            town.gate = lambda _request: said(429, "APIGW.0308", BUSY, b"Retry-After: 50")
            desk.cloud._client.clock = clock = PatientClock()
            async with asyncio.TaskGroup() as group:
                waiting = group.create_task(desk.cloud.vaults())
                await clock.asleep.wait()
                assert desk.connection.waiting_until is not None
                waiting.cancel()
            assert (len(town.calls), desk.connection.waiting_until) == (1, None)

    asyncio.run(main())


def test_fault_38_a_throttled_post_was_not_carried_out_and_is_not_repeated_here() -> None:
    async def main() -> None:
        town = Town()
        async with visited(town) as desk:
            await desk.cloud.project_id()
            town.gate = lambda _request: said(429, "APIGW.0308", BUSY, b"Retry-After: 2")
            error = await _expect(Throttled, desk.cloud.send(asking(BODY), PROJECT))
            assert (error.executed, error.retry_after) == (False, 2)  # type: ignore[attr-defined]
            assert (len(town.calls), town.executed) == (1, [])

    asyncio.run(main())


class SharedClock(Clock):
    """Lets many sleep at the same time: who sleeps as long as another wakes with them."""

    async def sleep(self, seconds: float) -> None:
        until = self.time + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.time = max(self.time, until)


def test_fault_39_a_service_that_is_down_is_left_alone_by_all_panes_together() -> None:
    async def main() -> None:
        town = Town()
        times: list[datetime] = []
        clock = SharedClock()

        def down(_request: Heard) -> bytes:
            times.append(clock.now())
            return said(503, "APIGW.0613", "The IAM service is currently unavailable.")

        async with visited(town) as desk:
            await desk.cloud.project_id()
            desk.cloud._client.clock = clock
            town.gate = down
            await _expect(Refused, desk.cloud.policies())
            assert len(times) == 4
            while clock.now() < NOON + timedelta(minutes=10):
                panes = [_expect(Refused, desk.cloud.vaults()) for _ in range(20)]
                await asyncio.gather(*panes)
            gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
            least = [0.75 * 2**number for number in range(6)] + [60] * len(gaps)
            assert [round(gap) for gap, limit in zip(gaps, least, strict=False) if gap < limit] == []
            assert 8 < len(gaps) <= 16
            assert len({gap % 1 for gap in gaps}) > 2, "no jitter"
            # and it is found again when it is back
            town.gate = lambda _request: None
            clock.time += timedelta(seconds=75)
            await desk.cloud.vaults()
            assert desk.connection.reach is Reach.ONLINE

    asyncio.run(main())


@pytest.mark.parametrize("hours", [8, -8])
def test_fault_40_a_jump_of_the_clock_costs_one_login_and_no_burst(hours: int) -> None:
    async def main() -> None:
        town = Town()
        town.life = timedelta(hours=4)
        async with visited(town) as desk:
            await desk.cloud.vaults()
            desk.clock.time += timedelta(hours=hours)
            if hours < 0:
                town.good.clear()
            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(desk.cloud.vaults())
            assert len(town.logins) == 2
            assert sum(each.token == "token-2" for each in town.calls) == 20
            assert desk.clock.sleeps == []

    asyncio.run(main())


def test_fault_40_a_wait_does_not_last_for_hours_when_the_clock_is_set_back() -> None:
    async def main() -> None:
        town = Town()
        counter = itertools.count()
        async with visited(town) as desk:
            await desk.cloud.project_id()
            town.gate = lambda _request: said(429, "APIGW.0308", BUSY) if next(counter) == 0 else None
            await _expect(Throttled, desk.cloud.send(asking(BODY), PROJECT))
            town.gate = lambda _request: said(429, "APIGW.0308", BUSY, b"Retry-After: 9")
            await _expect(Throttled, desk.cloud.vaults())
            town.gate = lambda _request: None
            desk.clock.time -= timedelta(hours=8)
            desk.clock.sleeps.clear()
            await desk.cloud.vaults()
            assert desk.clock.sleeps == []

    asyncio.run(main())


SLEEPER = """
import asyncio, sys
from dataclasses import replace
from cbr_desktop.cloud.network import Network
from cbr_desktop.domain.error import NoAnswer
from cbr_desktop.domain.profile import ProxyMode
from tests.asking import asking
from tests.cloud.values import BODY, PROFILE, PROJECT, Desk

async def main():
    url = sys.argv[1]
    profile = replace(PROFILE, iam_endpoint=url, cbr_endpoint=url, proxy=ProxyMode.NONE)
    desk = Desk(Network(profile), profile, deadline=0.5)
    await desk.cloud.project_id()
    try:
        await desk.cloud.send(asking(BODY), PROJECT)
    except NoAnswer as error:
        print("unknown", error.executed)
    await desk.cloud.aclose()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP")
def test_fault_40_a_post_in_flight_while_the_program_was_stopped_is_unknown_and_sent_once() -> None:
    async def main() -> None:
        town = Town()
        town.date = []

        async def stop(_request: Heard) -> None:
            child.send_signal(signal.SIGSTOP)
            asyncio.get_running_loop().call_later(0.8, child.send_signal, signal.SIGCONT)

        town.gate = stop
        async with replying(town.reply) as server:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", SLEEPER, server.url, stdout=asyncio.subprocess.PIPE, cwd=Path.cwd()
            )
            told, _ = await child.communicate()
        assert (told.split(), len(town.executed)) == ([b"unknown", b"None"], 1)

    asyncio.run(main())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_fault_40_an_answer_that_came_while_the_machine_slept_is_none(method: str) -> None:
    async def main() -> None:
        town = Town()
        naps = itertools.count()

        def nap(_request: Heard) -> None:
            if next(naps) == 0:
                desk.clock.time += timedelta(hours=8)

        async with visited(town) as desk:
            await desk.cloud.vaults()
            town.gate = nap
            if method == "GET":
                await desk.cloud.vaults()
                assert len(town.calls) == 3
            else:
                error = await _expect(NoAnswer, desk.cloud.send(asking(BODY), PROJECT))
                assert error.executed is None  # type: ignore[attr-defined]
                assert len(town.executed) == 1
            assert desk.connection.clock_offset is not None
            assert abs(desk.connection.clock_offset) < timedelta(seconds=2)

    asyncio.run(main())
