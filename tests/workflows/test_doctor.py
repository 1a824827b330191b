"""The doctor's judgement: what follows from what was measured, and what is not asked any more."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.diagnosis import (
    Certificate,
    Check,
    CheckKind,
    Contact,
    Diagnosis,
    Greeting,
    LoginResult,
    Verdict,
    Why,
)
from cbr_desktop.domain.error import (
    CbrError,
    Forbidden,
    LoginRefused,
    NoAnswer,
    NotFound,
    SecretUnfit,
    SignInPage,
    Unreachable,
)
from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.domain.network import EffectiveNetwork, Route, RouteReason, Variable
from cbr_desktop.domain.profile import AddressFamily, Profile, ProxyMode
from cbr_desktop.workflows.doctor import BACKUP, FEATURES, PERMISSIONS, Doctor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IAM, CBR = "https://iam.eu-de.otc.t-systems.com", "https://cbr.eu-de.otc.t-systems.com"
PROFILE = Profile("test", IAM, CBR, "eu-de_prod", "ada", "acme")
PROJECT = ProjectId("0605767b5780d5762fc5c0118072a564")
VAULT = "3b5816b5-f29c-4172-9d9a-76c719a659ce"


class StillClock:
    def now(self) -> datetime:
        return NOW

    async def sleep(self, _seconds: float) -> None:
        raise AssertionError("nobody waits")


class Body:
    """What a probe finds in perfect health; ``ill`` is what is wrong, by the name of the method and its argument."""

    def __init__(self, **ill: object) -> None:
        self.ill = ill
        self.asked: Counter[str] = Counter()
        self.is_built_in = False
        self.proxies: dict[str, str] = {}
        self.variables: tuple[Variable, ...] = ()
        self.problem = ""
        self.before: CbrError | None = None
        self.hanging: set[str] = set()

    async def _found(self, what: str, good: object) -> object:
        self.asked[what] += 1
        if what in self.hanging:
            await asyncio.Event().wait()
        found = self.ill.get(what, good)
        if isinstance(found, CbrError):
            raise found
        return found

    async def network(self) -> EffectiveNetwork:
        routes = tuple(Route(e, self.proxies.get(e, ""), RouteReason.SYSTEM) for e in (IAM, CBR))
        return EffectiveNetwork(routes, (), "", AddressFamily.ANY, self.variables, self.problem)

    def refused_before(self) -> CbrError | None:
        return self.before

    async def resolve(self, endpoint: str) -> tuple[str, ...]:
        return await self._found(f"resolve {endpoint}", ("192.0.2.1", "2001:db8::1"))  # type: ignore[return-value]

    async def connect(self, endpoint: str) -> Contact:
        return await self._found(f"connect {endpoint}", Contact("192.0.2.1"))  # type: ignore[return-value]

    async def certificate(self, endpoint: str) -> Certificate:
        good = Certificate("a", "b", ("a",), NOW + timedelta(days=90), "TLSv1.3")
        return await self._found(f"certificate {endpoint}", good)  # type: ignore[return-value]

    async def greet(self, endpoint: str) -> Greeting:
        good = Greeting(200, clock_offset=timedelta(seconds=1))
        return await self._found(f"greet {endpoint}", good)  # type: ignore[return-value]

    async def log_in(self) -> LoginResult:
        return await self._found("log in", LoginResult(PROJECT, "eu-de_prod"))  # type: ignore[return-value]

    async def ask(self, path: str) -> str:
        return await self._found(f"ask {path}", VAULT)  # type: ignore[return-value]


def examine(body: Body, profile: Profile = PROFILE) -> Diagnosis:
    return asyncio.run(Doctor(profile, body, StillClock(), 0.05).run(lambda _check: None))


def line(diagnosis: Diagnosis, kind: CheckKind, subject: str = "") -> Check:
    return next(check for check in diagnosis.checks if check.kind is kind and subject in check.subject)


def failed(diagnosis: Diagnosis) -> list[tuple[CheckKind, str]]:
    return [(check.kind, check.subject) for check in diagnosis.checks if check.verdict is Verdict.FAIL]


def test_lines_come_in_their_order_and_each_thing_is_asked_once() -> None:
    told: list[Check] = []
    begun: list[CheckKind] = []
    body = Body()
    diagnosis = asyncio.run(Doctor(PROFILE, body, StillClock()).run(told.append, begun.append))
    assert tuple(told) == diagnosis.checks
    order = list(CheckKind)
    assert [order.index(check.kind) for check in told] == sorted(order.index(check.kind) for check in told)
    assert set(begun) == set(CheckKind) - {CheckKind.PROXY}
    assert set(body.asked.values()) == {1}
    assert (diagnosis.verdict, diagnosis.started_at) == (Verdict.PASS, NOW)
    assert line(diagnosis, CheckKind.NAME).fact("families") == ("IPv4", "IPv6")
    assert line(diagnosis, CheckKind.PERMISSION, BACKUP).why is Why.ONLY_SENDING_SHOWS


@pytest.mark.parametrize("endpoint", ["", "cbr.example", "http://cbr.example", "https://cbr.example/path"])
def test_endpoints_of_no_use_end_it_at_once(endpoint: str) -> None:
    body = Body()
    diagnosis = examine(body, replace(PROFILE, cbr_endpoint=endpoint))
    assert [check.why for check in diagnosis.checks] == [Why.NOT_HTTPS]
    assert not body.asked


def test_an_empty_field_leaves_the_network_to_look_at() -> None:
    body = Body()
    diagnosis = examine(body, replace(PROFILE, user=""))
    assert line(diagnosis, CheckKind.SETTINGS).fact("fields") == ("user",)
    assert line(diagnosis, CheckKind.SERVICE).verdict is Verdict.PASS
    assert line(diagnosis, CheckKind.LOGIN).fact("after") is CheckKind.SETTINGS
    assert not body.asked["log in"]


def test_variables_that_decide_are_warned_of_and_others_told() -> None:
    body = Body()
    body.variables = (Variable("HTTPS_PROXY", "http://p:1", True), Variable("SSLKEYLOGFILE", "/x", False))
    check = line(examine(body), CheckKind.ENVIRONMENT)
    assert (check.verdict, check.fact("used"), check.fact("ignored")) == (
        Verdict.WARN,
        ("HTTPS_PROXY",),
        ("SSLKEYLOGFILE",),
    )


def test_a_proxy_that_cannot_be_one_spares_what_is_behind_it() -> None:
    body = Body()
    body.problem, body.proxies = "is a SOCKS proxy", {IAM: "socks5://p:1", CBR: "socks5://p:1"}
    diagnosis = examine(body, replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url="socks5://p:1"))
    assert line(diagnosis, CheckKind.ENVIRONMENT).why is Why.PROXY_UNFIT
    assert not body.asked


def test_one_proxy_for_both_is_tried_once_and_its_login_stays_hidden() -> None:
    body = Body()
    body.proxies = {IAM: "http://***@proxy:3128", CBR: "http://***@proxy:3128"}
    diagnosis = examine(body)
    assert [check.subject for check in diagnosis.checks if check.kind is CheckKind.PROXY] == ["proxy:3128"]
    assert line(diagnosis, CheckKind.PROXY).fact("login") is True
    assert line(diagnosis, CheckKind.NAME).why is Why.PROXY_RESOLVES


def test_what_fails_for_one_host_is_still_looked_at_for_the_other() -> None:
    body = Body(**{f"connect {IAM}": Unreachable("iam", reason="connection")})
    diagnosis = examine(body)
    assert failed(diagnosis) == [(CheckKind.CONNECTION, "iam.eu-de.otc.t-systems.com:443")]
    assert line(diagnosis, CheckKind.SERVICE, "cbr").verdict is Verdict.PASS
    assert line(diagnosis, CheckKind.LOGIN).fact("after") is CheckKind.CONNECTION


def test_what_hangs_is_given_up_after_its_time() -> None:
    body = Body()
    body.hanging = {f"certificate {CBR}", "log in"}
    diagnosis = examine(body)
    check = line(diagnosis, CheckKind.CERTIFICATE, "cbr")
    assert isinstance(check.error, Unreachable)
    assert check.error.reason == "timeout"
    assert isinstance(line(diagnosis, CheckKind.LOGIN).error, NoAnswer)


def test_stopping_works_in_the_middle_of_a_wait() -> None:
    body = Body()
    body.hanging = {"log in"}

    async def story() -> None:
        told: list[Check] = []
        async with asyncio.TaskGroup() as group:
            running = group.create_task(Doctor(PROFILE, body, StillClock()).run(told.append))
            while not body.asked["log in"]:  # noqa: ASYNC110  # the double sets no event
                await asyncio.sleep(0)
            running.cancel()
        assert running.cancelled()
        assert told[-1].kind is CheckKind.SERVICE

    asyncio.run(story())


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(59, Verdict.PASS), (60, Verdict.WARN), (-899, Verdict.WARN), (900, Verdict.FAIL), (-3600, Verdict.FAIL)],
)
def test_how_far_a_clock_may_be_off(seconds: int, verdict: Verdict) -> None:
    diagnosis = examine(Body(**{f"greet {CBR}": Greeting(401, clock_offset=timedelta(seconds=seconds))}))
    assert line(diagnosis, CheckKind.CLOCK).verdict is verdict


def test_the_identity_service_tells_the_time_when_the_other_does_not() -> None:
    diagnosis = examine(Body(**{f"greet {CBR}": Greeting(401)}))
    assert line(diagnosis, CheckKind.CLOCK).subject.startswith("iam")


def test_a_certificate_is_warned_of_two_weeks_ahead() -> None:
    def left(days: int) -> Verdict:
        shown = Certificate("a", "b", (), NOW + timedelta(days=days), "TLSv1.3")
        return line(examine(Body(**{f"certificate {IAM}": shown})), CheckKind.CERTIFICATE).verdict

    assert (left(13), left(14)) == (Verdict.WARN, Verdict.PASS)


def test_a_sign_in_page_keeps_the_password_in() -> None:
    page = SignInPage("iam", "a web page", 200)
    body = Body(**{f"greet {IAM}": Greeting(200, is_service=False, error=page)})
    diagnosis = examine(body)
    assert line(diagnosis, CheckKind.SERVICE, "iam").error is page
    assert not body.asked["log in"]


def test_what_was_refused_before_is_not_sent_again() -> None:
    body = Body()
    body.before = LoginRefused("iam", status=401)
    diagnosis = examine(body)
    assert line(diagnosis, CheckKind.LOGIN).why is Why.REFUSED_BEFORE
    assert not body.asked["log in"]


def test_a_secret_that_cannot_be_one_is_a_failure() -> None:
    diagnosis = examine(Body(**{"log in": SecretUnfit("test", "token", "too-long")}))
    assert line(diagnosis, CheckKind.LOGIN).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("profile", "project", "verdict"),
    [
        (PROFILE, "eu-de_prod", Verdict.PASS),
        (PROFILE, "eu-nl_prod", Verdict.WARN),
        (replace(PROFILE, iam_endpoint="https://iam.eu-nl.otc.t-systems.com"), "eu-de", Verdict.WARN),
        (replace(PROFILE, cbr_endpoint="https://cbr.eu-nl.private.example"), "eu-de", Verdict.PASS),
        (
            replace(
                PROFILE,
                iam_endpoint="https://iam.myhuaweicloud.com",
                cbr_endpoint="https://cbr.ap-southeast-1.myhuaweicloud.com",
            ),
            "ap-southeast-1",
            Verdict.PASS,
        ),
    ],
)
def test_project_and_endpoints_must_be_of_one_region(profile: Profile, project: str, verdict: Verdict) -> None:
    diagnosis = examine(Body(**{"log in": LoginResult(PROJECT, project)}), profile)
    assert line(diagnosis, CheckKind.SCOPE).verdict is verdict


def test_permissions_and_features_are_told_apart() -> None:
    body = Body(
        **{
            "ask operation-logs": Forbidden("cbr", status=403),
            "ask policies": NotFound("cbr", status=404, code="APIGW.0101"),
            "ask protectables/turbo/instances": Forbidden("cbr", status=403),
        }
    )
    diagnosis = examine(body)
    assert failed(diagnosis) == [(CheckKind.PERMISSION, "cbr:tasks:list")]
    assert line(diagnosis, CheckKind.PERMISSION, "policies").why is Why.NOT_HERE
    assert line(diagnosis, CheckKind.FEATURE, "policies").why is Why.NOT_HERE
    assert line(diagnosis, CheckKind.FEATURE, "turbo").fact("forbidden") is True


@pytest.mark.parametrize("vaults", ["", Forbidden("cbr", status=403)])
def test_no_vault_says_nothing_of_reading_one(vaults: object) -> None:
    body = Body(**{"ask vaults": vaults})
    diagnosis = examine(body)
    assert line(diagnosis, CheckKind.PERMISSION, "vaults:get").why is Why.NO_VAULT
    assert not any(what.startswith("ask vaults/3") for what in body.asked)


def test_the_demo_cloud_has_no_network_to_look_at() -> None:
    body = Body()
    body.is_built_in = True
    diagnosis = examine(body)
    assert {check.why for check in diagnosis.checks[1:8]} == {Why.BUILT_IN}
    assert not any(what.startswith(("resolve", "connect", "certificate")) for what in body.asked)
    assert diagnosis.verdict is Verdict.PASS


def test_every_action_and_feature_has_a_line_even_when_nothing_can_be_asked() -> None:
    diagnosis = examine(Body(**{"log in": LoginRefused("iam", status=401)}))
    subjects = [c.subject for c in diagnosis.checks if c.kind in (CheckKind.PERMISSION, CheckKind.FEATURE)]
    assert subjects == [*(action for action, _ in PERMISSIONS), BACKUP, *(feature for feature, _ in FEATURES)]
