"""Logging in: once for everybody, never twice with a password that was refused, and without leaving a trace."""

import asyncio
from datetime import timedelta

import httpx
import msgspec
import pytest

from cbr_desktop.cloud.tokens import PasswordLogin
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    CloudError,
    LoginRefused,
    NoAnswer,
    NotFound,
    Refused,
    SecretMissing,
    Unreachable,
)
from cbr_desktop.domain.secret import SecretKind
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.values import BODY, CREATED, NO_VAULTS, NOON, PROFILE, PROJECT, Service, WiredCloud, token_answer

STALE = {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information: decrypt token fail"}
WRONG = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}


def good(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=NO_VAULTS if request.method == "GET" else CREATED)


def only(*tokens: str):  # type: ignore[no-untyped-def]
    """Answer to these tokens, and 401 to all others."""
    return lambda request: (
        good(request) if request.headers["x-auth-token"] in tokens else httpx.Response(401, json=STALE)
    )


def test_the_request_for_a_token() -> None:
    service = Service(good)
    wired = WiredCloud(service)
    assert asyncio.run(wired.cloud.project_id()) == PROJECT
    (request,) = service.logins
    assert str(request.url) == "https://iam.example/v3/auth/tokens?nocatalog=true"
    assert request.headers["content-type"] == "application/json;charset=UTF-8"
    assert msgspec.json.decode(request.content)["auth"] == {
        "identity": {
            "methods": ["password"],
            "password": {"user": {"name": "ada", "password": "Pa55word", "domain": {"name": "acme"}}},
        },
        "scope": {"project": {"name": "eu-de_prod"}},
    }
    assert wired.connection.token_expires_at == NOON + timedelta(days=1)


def test_a_token_for_the_account() -> None:
    async def main() -> None:
        service = Service(good, lambda _request: token_answer(project=None))
        wired = WiredCloud(service)
        login = PasswordLogin(PROFILE, wired.secret, whole_account=True)
        with pytest.raises(BadAnswer):
            await login.project_id(wired.cloud._client)
        assert msgspec.json.decode(service.logins[0].content)["auth"]["scope"] == {"domain": {"name": "acme"}}

    asyncio.run(main())


def test_one_login_for_many_calls() -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(wired.cloud.vaults())
        assert (len(service.logins), wired.secret.asked, service.count("GET")) == (1, 1, 20)

    asyncio.run(main())


@pytest.mark.parametrize("calls", [20, 200])
def test_a_token_that_died_is_replaced_once_for_all(calls: int) -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        service.answer = only("token-2")
        async with asyncio.TaskGroup() as group:
            for _ in range(calls):
                group.create_task(wired.cloud.vaults())
        assert len(service.logins) == 2
        assert service.count("GET") <= 1 + 2 * calls
        assert wired.connection.reach is Reach.ONLINE

    asyncio.run(main())


def test_a_late_refusal_of_an_old_token_starts_no_login() -> None:
    async def main() -> None:
        held, arrived = asyncio.Event(), asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            if request.headers["x-auth-token"] == "token-2":
                return good(request)
            if request.url.path.endswith("policies"):
                arrived.set()
                await held.wait()
            return httpx.Response(401, json=STALE)

        service = Service(good)
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        service.answer = answer
        async with asyncio.TaskGroup() as group:
            group.create_task(_policies(wired))
            await arrived.wait()
            await wired.cloud.vaults()
            held.set()
        assert len(service.logins) == 2

    async def _policies(wired: WiredCloud) -> None:
        with pytest.raises(BadAnswer):
            await wired.cloud.policies()

    asyncio.run(main())


def test_a_fresh_token_that_is_refused_too_ends_it() -> None:
    async def main() -> None:
        service = Service(lambda _request: httpx.Response(401, json=STALE))
        wired = WiredCloud(service)
        for _ in range(3):
            with pytest.raises(LoginRefused):
                await wired.cloud.vaults()
        assert len(service.logins) == 1
        assert wired.connection.reach is Reach.REFUSED

    asyncio.run(main())


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_password_is_asked_about_once(status: int) -> None:
    async def main() -> None:
        service = Service(good, lambda _request: httpx.Response(status, json=WRONG))
        wired = WiredCloud(service)
        for _ in range(5):
            with pytest.raises(LoginRefused) as caught:
                await wired.cloud.vaults()
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(_refused(wired))
        assert len(service.logins) == 1
        assert (caught.value.message, caught.value.status) == ("The username or password is wrong.", status)
        # nothing was done of what the call asked for: it may be sent again
        assert (caught.value.host, caught.value.executed) == ("iam.example", False)
        assert wired.connection.reach is Reach.REFUSED
        service.login = None
        wired.secret.value = "another"
        await wired.cloud.vaults()
        assert len(service.logins) == 2
        assert wired.connection.reach is Reach.ONLINE

    async def _refused(wired: WiredCloud) -> None:
        with pytest.raises(LoginRefused):
            await wired.cloud.vaults()

    asyncio.run(main())


def test_a_person_may_try_a_refused_password_again() -> None:
    async def main() -> None:
        service = Service(good, lambda _request: httpx.Response(401, json=WRONG))
        wired = WiredCloud(service)
        with pytest.raises(LoginRefused):
            await wired.cloud.vaults()
        service.login = None
        wired.cloud.allow_login_again()
        await wired.cloud.vaults()
        assert len(service.logins) == 2

    asyncio.run(main())


@pytest.mark.parametrize(
    ("error", "kind", "logins"),
    [(httpx.ReadTimeout("x"), NoAnswer, 1), (httpx.ConnectError("x"), Unreachable, 2)],
    ids=["lost", "unsent"],
)
def test_only_a_login_that_never_left_is_sent_again(error: Exception, kind: type[CloudError], logins: int) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    async def main() -> None:
        service = Service(good, fail)
        wired = WiredCloud(service)
        with pytest.raises(kind):
            await wired.cloud.vaults()
        assert (len(service.logins), len(service.requests)) == (logins, 0)

    asyncio.run(main())


def test_a_failed_login_is_everybodys() -> None:
    async def main() -> None:
        async def fail(_request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0)
            raise httpx.ReadTimeout("x")

        service = Service(good, fail)
        wired = WiredCloud(service)
        found = await asyncio.gather(*[wired.cloud.vaults() for _ in range(10)], return_exceptions=True)
        assert [type(each) for each in found] == [NoAnswer] * 10
        assert len(service.logins) == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    "login",
    [
        token_answer(None),
        token_answer(""),
        token_answer("  "),
        token_answer("a" * 32_000),
        token_answer("a b"),
        token_answer(project=None),
        token_answer(project={"id": "../../v3/other"}),
        token_answer(project={"id": 5}),
        httpx.Response(201, headers={"X-Subject-Token": "t"}),
        httpx.Response(201, headers={"X-Subject-Token": "t"}, json={"token": None}),
        httpx.Response(200, html="<p>sign in"),
    ],
    ids=range(11),
)
def test_a_login_that_brings_no_token(login: httpx.Response) -> None:
    async def main() -> None:
        service = Service(
            good, lambda _request: httpx.Response(login.status_code, headers=login.headers, content=login.content)
        )
        with pytest.raises(BadAnswer) as caught:
            await WiredCloud(service).cloud.vaults()
        assert (len(service.logins), len(service.requests)) == (1, 0)
        assert "aaaa" not in str(caught.value)

    asyncio.run(main())


@pytest.mark.parametrize(("status", "kind"), [(400, Refused), (404, NotFound), (500, Refused)])
def test_other_refusals_of_a_login(status: int, kind: type[Refused]) -> None:
    async def main() -> None:
        service = Service(good, lambda _request: httpx.Response(status, json=WRONG))
        with pytest.raises(kind) as caught:
            await WiredCloud(service).cloud.vaults()
        assert not isinstance(caught.value, LoginRefused)
        assert len(service.logins) == 1

    asyncio.run(main())


def test_a_token_is_renewed_ahead_of_its_end() -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        wired.clock.time += timedelta(hours=23, minutes=54)
        await wired.cloud.vaults()
        assert len(service.logins) == 1
        wired.clock.time += timedelta(minutes=2)
        await wired.cloud.vaults()
        assert len(service.logins) == 2
        assert service.requests[-1].headers["x-auth-token"] == "token-2"

    asyncio.run(main())


def test_a_renewal_that_fails_leaves_the_old_token_in_use() -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        service.login = lambda _request: httpx.Response(500)
        wired.clock.time += timedelta(hours=23, minutes=56)
        await wired.cloud.vaults()
        await wired.cloud.vaults()
        assert len(service.logins) == 2
        wired.clock.time += timedelta(minutes=5)
        with pytest.raises(Refused):
            await wired.cloud.vaults()

    asyncio.run(main())


@pytest.mark.parametrize("life", [None, "", "never", 7])
def test_a_token_without_an_end_is_used_until_it_is_refused(life: object) -> None:
    async def main() -> None:
        service = Service(good, lambda _request: token_answer(expires_at=life))
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        wired.clock.time += timedelta(days=9)
        await wired.cloud.vaults()
        assert len(service.logins) == 1

    asyncio.run(main())


def test_a_clock_that_is_wrong_does_not_renew_without_end() -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        wired.clock.time += timedelta(days=3000)
        for _ in range(5):
            await wired.cloud.vaults()
        assert len(service.logins) == 1

    asyncio.run(main())


def test_a_post_is_sent_a_second_time_only_after_the_gateway_refused_the_token() -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        service.answer = only("token-2")
        answer = await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
        assert answer.result.id == "8b0851a8-adf3-4f4c-a914-dead08bf9664"
        assert (service.count("POST"), len(service.logins)) == (2, 2)
        assert [request.content for request in service.requests[1:]] == [BODY, BODY]

    asyncio.run(main())


def test_a_post_is_not_sent_a_third_time() -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        service.answer = lambda _request: httpx.Response(401, json=STALE)
        with pytest.raises(LoginRefused) as caught:
            await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
        assert (service.count("POST"), len(service.logins), caught.value.executed) == (2, 2, False)

    asyncio.run(main())


@pytest.mark.parametrize("body", [WRONG, {"unauthorized": {"code": "401", "message": "who?"}}, {}], ids=range(3))
def test_a_post_is_not_sent_again_after_any_other_401(body: object) -> None:
    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        await wired.cloud.vaults()
        service.answer = lambda _request: httpx.Response(401, json=body)
        with pytest.raises(LoginRefused):
            await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
        assert (service.count("POST"), len(service.logins)) == (1, 1)

    asyncio.run(main())


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_post_whose_login_is_lost_was_not_carried_out(when: str) -> None:
    def lose(_request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("x")

    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        if when == "between":
            await wired.cloud.vaults()
            service.answer = only("token-2")
        service.login = lose
        with pytest.raises(NoAnswer) as caught:
            await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
        assert caught.value.executed is False
        assert service.count("POST") == (0 if when == "before" else 1)

    asyncio.run(main())


def test_no_password_no_request() -> None:
    async def missing(_kind: SecretKind) -> str:
        raise SecretMissing("test")

    async def main() -> None:
        service = Service(good)
        wired = WiredCloud(service)
        wired.login._secret = missing
        with pytest.raises(SecretMissing):
            await wired.cloud.vaults()
        assert service.logins == []

    asyncio.run(main())


def test_the_secrets_show_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        service = Service(good, lambda _request: token_answer("CANARY-TOKEN"))
        wired = WiredCloud(service)
        wired.secret.value = "CANARY-PASSWORD"
        await wired.cloud.vaults()
        service.login = lambda _request: httpx.Response(401, json=WRONG)
        service.answer = only("none")
        with pytest.raises(LoginRefused) as caught:
            await wired.cloud.vaults()
        shown = [
            repr(vars(wired.login)),
            repr(wired.login._token),
            repr(wired.reports),
            repr(caught.value),
            caplog.text,
        ]
        assert not [text for text in shown if "CANARY" in text]

    with caplog.at_level("DEBUG"):
        asyncio.run(main())
