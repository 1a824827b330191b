"""Every way in, against the demo cloud; and the projects that an account has to choose from."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from cbr_desktop.cloud.account import Account
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.sign_in import Secret as Gives
from cbr_desktop.domain.account import Project
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    CbrError,
    Forbidden,
    LoginRefused,
    SecretMissing,
    SecretUnfit,
    Unreachable,
)
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.estate import (
    DEMO_AK,
    DEMO_DOMAIN,
    DEMO_PASSCODE,
    DEMO_PROJECT,
    DEMO_PROJECT_ID,
    DEMO_SK,
    DEMO_USER,
    demo,
)
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.identity import DEMO_AGENCY
from cbr_desktop.simulator.service import Service
from tests.cloud.values import NO_VAULTS, NOON, WiredCloud

HERE = Profile("here", "https://iam.demo.invalid", "https://cbr.demo.invalid", DEMO_PROJECT, DEMO_USER, DEMO_DOMAIN)
AGENCY = {"way": Way.AGENCY, "agency": DEMO_AGENCY, "agency_domain": DEMO_DOMAIN}


class DemoService:
    """The demo cloud, and a wired cloud with the same clock that logs in there in some way."""

    def __init__(self, **more: Any) -> None:
        self.clock = HandClock(NOON)
        self.service = Service(demo(NOON, days=5), self.clock)
        self.user = self.service.estate.users[DEMO_USER]
        # the demo's own is a word that is in every address
        self.user.password = "Pa55word-of-the-operator"
        self.visit(**more)

    def visit(self, **more: Any) -> WiredCloud:
        """Open another wired; ``more`` changes the profile."""
        self.wired = WiredCloud(httpx.ASGITransport(self.service.application), replace(HERE, **more))
        self.wired.secret.value = self.user.password
        return self.wired

    def give(self, **secrets: str) -> None:
        """Put secrets where the wired cloud finds them."""
        self.wired.secret.others.update(secrets)

    def pass_time(self, **time: float) -> None:
        self.clock.advance(timedelta(**time).total_seconds())
        self.wired.clock.time = self.clock.now()

    def token(self, project: int | None = 0) -> str:
        """Return a token as a person pastes it; ``project`` is the number of one, or ``None`` for the account."""
        scope = None if project is None else self.service.estate.projects[project]
        return self.service.identity.issue(self.user, scope, self.clock.now(), self.service.modes)

    def temporary_keys(self) -> dict[str, str]:
        """Return the secrets of a temporary key that lasts for an hour."""

        async def ask() -> dict[str, str]:
            transport = httpx.ASGITransport(self.service.application)
            async with httpx.AsyncClient(transport=transport, base_url="https://iam.demo.invalid") as client:
                answer = await client.post(
                    "/v3.0/OS-CREDENTIAL/securitytokens",
                    headers={"X-Auth-Token": self.token()},
                    json={"auth": {"identity": {"methods": ["token"], "token": {"duration_seconds": 3600}}}},
                )
                found: dict[str, str] = answer.json()["credential"]
                return found

        found = asyncio.run(ask())
        self.service.journal.clear()
        return {
            "access_key": found["access"],
            "secret_key": found["secret"],
            "security_token": found["securitytoken"],
        }

    @property
    def logins(self) -> int:
        """How often somebody asked for a token."""
        return len(self.service.journal.calls("POST", "/v3/auth/tokens"))

    def play(self, *steps: Callable[[], Awaitable[Any] | None]) -> list[Any]:
        """Do the steps one after the other and return what came of each, errors of the program too."""

        async def main() -> list[Any]:
            found: list[Any] = []
            for step in steps:
                try:
                    outcome = step()
                    found.append(outcome if outcome is None else await outcome)
                except CbrError as error:
                    found.append(error)
            return found

        return asyncio.run(main())

    def look(self) -> Awaitable[Any]:
        return self.wired.cloud.vaults()


def kinds(found: list[Any]) -> list[type]:
    return [type(each) for each in found if isinstance(each, CbrError)]


def prepared(way: str) -> DemoService:
    """Return a demo cloud, and a wired cloud that has all it needs for a way in."""
    demo = DemoService()
    match way:
        case "password with a passcode":
            demo.service.modes.mfa_required.add(DEMO_USER)
            demo.visit(mfa=True, user_id=demo.user.id)
            demo.give(passcode="123 456")
        case "token":
            demo.visit(way=Way.TOKEN, user="", domain="")
            demo.give(token=f"  {demo.token()}\r\n")
        case "keys":
            demo.visit(way=Way.KEYS, access_key=DEMO_AK, user="", domain="")
            demo.give(secret_key=f"{DEMO_SK} \n")
        case "keys and a project's id":
            demo.visit(way=Way.KEYS, access_key=DEMO_AK, project=DEMO_PROJECT_ID)
            demo.give(secret_key=DEMO_SK)
        case "temporary keys":
            secrets = demo.temporary_keys()
            demo.visit(way=Way.TEMPORARY_KEYS, user="", domain="")
            demo.give(**secrets)
        case "agency by password":
            demo.visit(**AGENCY)
        case "agency by keys":
            demo.visit(**AGENCY, access_key=DEMO_AK)
            demo.give(secret_key=DEMO_SK)
    return demo


WAYS = {
    "password": 1,
    "password with a passcode": 1,
    "token": 0,
    "keys": 0,
    "keys and a project's id": 0,
    "temporary keys": 0,
    "agency by password": 2,
    "agency by keys": 1,
}
"""The ways in, and how many tokens are asked for."""


@pytest.mark.parametrize("way", WAYS)
def test_a_way_in_leads_to_the_project_and_asks_once(way: str) -> None:
    demo = prepared(way)
    cloud = demo.wired.cloud

    async def crowd() -> int:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(cloud.vaults()) for _ in range(20)]
        return sum(len(task.result().rows) for task in tasks)

    found = demo.play(crowd, cloud.project_id)
    assert found == [20 * 14, DEMO_PROJECT_ID]
    assert demo.logins == WAYS[way]
    assert len(demo.service.journal.calls("GET", "/v3/projects")) == (way in ("keys", "temporary keys"))
    assert {entry.status for entry in demo.service.journal} <= {200, 201}
    assert demo.wired.connection.reach is Reach.ONLINE


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_in_what_can_be_seen(way: str, caplog: pytest.LogCaptureFixture) -> None:
    demo = prepared(way)
    with caplog.at_level("DEBUG"):
        demo.play(demo.look)
    given = demo.wired.secret.others
    secrets = [given[kind] for kind in ("token", "secret_key", "security_token") if kind in given]
    secrets += [DEMO_SK, demo.wired.secret.value]
    secrets += [entry.headers["x-auth-token"] for entry in demo.service.journal if "x-auth-token" in entry.headers]
    shown = repr(vars(demo.wired.login)) + repr(demo.wired.reports) + caplog.text
    assert not [secret for secret in secrets if secret.strip() in shown]


def test_a_passcode_is_sent_once() -> None:
    demo = prepared("password with a passcode")
    found = demo.play(demo.look, lambda: demo.pass_time(hours=25), demo.look, demo.look)
    assert kinds(found) == [SecretMissing, SecretMissing]
    assert (found[2].kind, demo.logins) == (SecretKind.PASSCODE, 1)
    # the very same digits, typed anew by a person, are another matter
    found = demo.play(demo.wired.cloud.allow_login_again, demo.look)
    assert (kinds(found), demo.logins) == ([], 2)


def test_a_wrong_passcode_is_refused_as_one_and_another_is_tried() -> None:
    demo = prepared("password with a passcode")
    demo.give(passcode="000000")
    found = demo.play(demo.look, lambda: demo.give(passcode=DEMO_PASSCODE), demo.look)
    assert (kinds(found), found[0].reason, demo.logins) == ([LoginRefused], "passcode", 2)


def test_a_login_with_a_passcode_takes_the_user_s_id() -> None:
    demo = DemoService(mfa=True)
    (error,) = demo.play(demo.look)
    assert (type(error), error.reason, len(demo.service.journal)) == (LoginRefused, "user-id", 0)


def test_a_pasted_token_serves_until_its_end_and_then_another_is_asked_for() -> None:
    demo = prepared("token")
    found = demo.play(demo.look)
    ends_at = demo.wired.connection.token_expires_at
    assert ends_at is not None
    assert abs(ends_at - (NOON + timedelta(hours=24))) < timedelta(seconds=2)
    found = demo.play(lambda: demo.pass_time(hours=23, minutes=58), demo.look, lambda: demo.pass_time(minutes=3))
    assert kinds(found) == []
    before = len(demo.service.journal)
    found = demo.play(demo.look, demo.look)
    assert [(type(each), each.kind) for each in found] == [(SecretMissing, SecretKind.TOKEN)] * 2
    assert len(demo.service.journal) == before
    demo.give(token=demo.token())
    assert kinds(demo.play(demo.look)) == []


def test_the_end_of_a_pasted_token_is_told_by_our_own_clock() -> None:
    demo = prepared("token")
    demo.wired.clock.time = NOON - timedelta(hours=3)
    demo.play(demo.look)
    ends_at = demo.wired.connection.token_expires_at
    assert ends_at is not None
    assert abs(ends_at - (NOON + timedelta(hours=21))) < timedelta(seconds=2)


def test_a_pasted_token_that_is_revoked_is_given_up_at_once() -> None:
    demo = prepared("token")
    demo.play(demo.look)
    demo.service.identity.tokens.revoke_all()
    before = len(demo.service.journal)
    found = demo.play(demo.look, demo.look, demo.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 3, {"token"})
    assert len(demo.service.journal) == before + 1
    assert demo.wired.connection.reach is Reach.REFUSED


@pytest.mark.parametrize(
    ("project", "reason"), [(1, "project"), (None, "project"), ("garbage", "token")], ids=["other", "account", "none"]
)
def test_a_token_that_is_not_for_the_profile_s_project_is_not_used(project: Any, reason: str) -> None:
    demo = prepared("token")
    demo.give(token="garbage" if project == "garbage" else demo.token(project))
    found = demo.play(demo.look, demo.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 2, {reason})
    assert len(demo.service.journal.calls("GET", "/v3/auth/tokens")) == 1
    assert not demo.service.journal.calls("GET", "vaults")
    if reason == "token":
        assert demo.wired.connection.error in found


@pytest.mark.parametrize("way", ["keys and a project's id", "temporary keys"])
def test_a_wrong_secret_key_is_tried_once_until_another_is_given(way: str) -> None:
    demo = prepared(way)
    right = demo.wired.secret.others["secret_key"]
    demo.give(secret_key="wrong")
    found = demo.play(demo.look, demo.look, demo.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 3, {"keys"})
    assert len(demo.service.journal) == 1
    found = demo.play(demo.wired.cloud.allow_login_again, demo.look)
    assert (kinds(found), len(demo.service.journal)) == ([LoginRefused], 2)
    demo.give(secret_key=right)
    assert kinds(demo.play(demo.look)) == []


def test_the_gateway_s_quotation_of_a_wrong_signature_is_not_passed_on() -> None:
    demo = prepared("temporary keys")
    security_token = demo.wired.secret.others["security_token"]
    demo.give(secret_key="wrong")
    (error,) = demo.play(demo.look)
    assert "verify aksk signature fail" in error.message
    assert security_token not in repr(error)
    assert "canonicalRequest" not in error.message


def test_temporary_keys_that_have_ended_are_asked_for_anew() -> None:
    demo = prepared("temporary keys")
    demo.play(demo.look)
    demo.pass_time(hours=2)
    before = len(demo.service.journal)
    found = demo.play(demo.look, demo.look)
    assert (kinds(found), found[0].reason, len(demo.service.journal)) == ([LoginRefused] * 2, "keys", before + 1)
    demo.give(**demo.temporary_keys())
    assert kinds(demo.play(demo.wired.cloud.allow_login_again, demo.look)) == []


def test_a_permanent_key_that_was_good_is_not_given_up_for_one_refusal() -> None:
    demo = prepared("keys")
    demo.play(demo.look)
    keys = dict(demo.user.keys)
    demo.user.keys.clear()
    assert kinds(demo.play(demo.look)) == [LoginRefused]
    demo.user.keys.update(keys)
    assert kinds(demo.play(demo.look)) == []


def test_an_access_key_that_cannot_be_one_is_not_sent() -> None:
    demo = DemoService(way=Way.KEYS, access_key="AK, SignedHeaders=x", project=DEMO_PROJECT_ID)
    demo.give(secret_key=DEMO_SK)
    (error,) = demo.play(demo.look)
    assert (type(error), error.kind, len(demo.service.journal)) == (SecretUnfit, SecretKind.ACCESS_KEY, 0)
    assert error.problem == "characters"


def test_a_project_that_the_account_does_not_have_is_said_to_be_missing() -> None:
    demo = DemoService(way=Way.KEYS, access_key=DEMO_AK, project="mars")
    demo.give(secret_key=DEMO_SK)
    (error,) = demo.play(demo.look)
    assert (type(error), error.reason) == (LoginRefused, "project")
    assert (error.host, error.status, error.executed) == ("iam.demo.invalid", 0, False)


def test_a_project_is_found_without_the_permission_to_list_all() -> None:
    demo = prepared("keys")
    demo.service.faults.add(Fault("GET", "/v3/projects", "status", status=403, body=b"{}"))
    (listing,) = demo.play(demo.look)
    assert len(listing.rows) == 14
    assert len(demo.service.journal.calls("GET", "/v3/auth/projects")) == 1


def test_an_agency_outlives_its_token_and_that_of_its_base() -> None:
    demo = prepared("agency by password")
    found = demo.play(demo.look, lambda: demo.pass_time(hours=25), demo.look)
    assert (kinds(found), demo.logins) == ([], 4)
    demo.service.identity.tokens.revoke_all()
    # both are worthless: the agency's is refused, then its base's, then all is new
    assert (kinds(demo.play(demo.look)), demo.logins) == ([], 7)


def test_an_agency_that_nobody_lent() -> None:
    demo = prepared("agency by password")
    demo.service.identity.agencies.clear()
    found = demo.play(demo.look, demo.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 2, {"agency"})
    # the base logged in once; only the agency is asked for again
    assert [b"password" in e.body for e in demo.service.journal.calls("POST", "/v3/auth/tokens")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_role_that_is_refused_in_any_words_is_the_agency_s_matter(status: int) -> None:
    demo = prepared("agency by keys")
    body = json.dumps({"error": {"code": status, "message": "No.", "title": "x"}}).encode()
    demo.service.faults.add(Fault("POST", "/v3/auth/tokens", "status", status=status, body=body, times=None))
    (error,) = demo.play(demo.look)
    assert (type(error), error.reason, error.executed) == (LoginRefused, "agency", False)


@pytest.mark.parametrize(("status", "logins"), [(429, 2), (500, 1)])
def test_a_role_is_asked_for_again_only_if_the_request_was_not_looked_at(status: int, logins: int) -> None:
    demo = prepared("agency by keys")
    demo.service.faults.add(Fault("POST", "/v3/auth/tokens", "status", status=status, body=b"{}"))
    demo.play(demo.look)
    assert demo.logins == logins


def test_a_wrong_password_on_the_way_to_an_agency_is_tried_once() -> None:
    demo = prepared("agency by password")
    demo.wired.secret.value = "wrong"
    found = demo.play(demo.look, demo.look, demo.look)
    assert (kinds(found), demo.logins) == ([LoginRefused] * 3, 1)
    demo.wired.secret.value = demo.user.password
    assert kinds(demo.play(demo.wired.cloud.allow_login_again, demo.look)) == []


def projects(demo: DemoService, secrets: Mapping[SecretKind, str], **more: Any) -> list[Project]:
    seen: list[Profile] = []

    def transport(profile: Profile, _secret: Gives) -> httpx.AsyncBaseTransport:
        seen.append(profile)
        return httpx.ASGITransport(demo.service.application)

    profile = replace(HERE, project="", **more)
    found = asyncio.run(Account(transport, demo.wired.clock).projects(profile, secrets))
    assert seen == [profile]
    return found


def by_way(demo: DemoService, way: Way) -> tuple[dict[SecretKind, str], dict[str, Any]]:
    """Return the secrets and the fields of a profile for a way in."""
    match way:
        case Way.PASSWORD:
            return {SecretKind.PASSWORD: demo.user.password}, {}
        case Way.TOKEN:
            return {SecretKind.TOKEN: demo.token(None)}, {"way": way}
        case Way.KEYS:
            return {SecretKind.SECRET_KEY: DEMO_SK}, {"way": way, "access_key": DEMO_AK}
        case Way.TEMPORARY_KEYS:
            found = demo.temporary_keys()
            return {SecretKind(name.replace("_", "-")): value for name, value in found.items()}, {"way": way}
        case Way.AGENCY:
            return {SecretKind.PASSWORD: demo.user.password}, AGENCY


@pytest.mark.parametrize("way", Way)
def test_the_projects_of_an_account_by_any_way_in(way: Way) -> None:
    demo = DemoService()
    secrets, more = by_way(demo, way)
    found = projects(demo, secrets, **more)
    assert [each.name for each in found] == ["eu-de", DEMO_PROJECT, "eu-nl_prod", "sa-brazil-1"]
    assert found[1] == Project(found[1].id, DEMO_PROJECT)
    assert found[1].region == "eu-de"


def test_a_token_of_one_project_lists_them_all() -> None:
    demo = DemoService()
    assert len(projects(demo, {SecretKind.TOKEN: demo.token(1)}, way=Way.TOKEN)) == 4


def test_what_cannot_be_chosen_is_left_out() -> None:
    demo = DemoService()
    ids = [f"{number:032x}" for number in range(5)]
    rows: list[Any] = [
        {"id": ids[0], "name": "eu-de_old", "enabled": False},
        {"id": ids[1], "name": "MOS", "enabled": True},
        {"id": ids[2], "name": "acme", "is_domain": True},
        {"id": ids[3], "name": "eu-de", "enabled": None, "future": {}},
        {"id": ids[4], "name": ""},
        {"id": "../../x", "name": "evil"},
        {"name": "no id"},
        None,
    ]
    body = json.dumps({"projects": rows}).encode()
    demo.service.faults.add(Fault("GET", "/v3/auth/projects", "reply", body=body))
    found = projects(demo, {SecretKind.PASSWORD: demo.user.password})
    assert [(each.name, each.enabled) for each in found] == [("eu-de", True), ("eu-de_old", False)]


def test_a_cloud_that_does_not_tell_one_s_own_projects_is_asked_for_all() -> None:
    demo = DemoService()
    demo.service.faults.add(Fault("GET", "/v3/auth/projects", "status", status=404, body=b"{}"))
    secrets, more = by_way(demo, Way.KEYS)
    assert len(projects(demo, secrets, **more)) == 4


@pytest.mark.parametrize(
    ("secrets", "kind"),
    [({}, SecretMissing), ({SecretKind.PASSWORD: ""}, SecretMissing), ({SecretKind.PASSWORD: "no"}, LoginRefused)],
)
def test_an_account_that_does_not_open(secrets: dict[SecretKind, str], kind: type[CbrError]) -> None:
    with pytest.raises(kind):
        projects(DemoService(), secrets)


def test_an_account_s_connections_are_closed_whatever_happens() -> None:
    class Dead(httpx.AsyncBaseTransport):
        closed = 0

        async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
            raise Unreachable("iam.demo.invalid")

        async def aclose(self) -> None:
            self.closed += 1

    transport = Dead()
    account = Account(lambda _profile, _secret: transport, DemoService().wired.clock)
    with pytest.raises(Unreachable):
        asyncio.run(account.projects(HERE, {SecretKind.PASSWORD: "x"}))
    assert transport.closed == 1


@pytest.mark.parametrize(("project", "kind"), [(DEMO_PROJECT_ID, None), (DEMO_PROJECT, LoginRefused)])
def test_a_token_that_may_not_look_at_itself_serves_where_the_project_s_id_is_known(
    project: str, kind: type[CbrError] | None
) -> None:
    demo = DemoService(way=Way.TOKEN, project=project)
    demo.give(token=demo.token())
    demo.service.faults.add(Fault("GET", "/v3/auth/tokens", "status", status=403, body=b"{}", times=None))
    found = demo.play(demo.look, demo.look)
    assert kinds(found) == ([] if kind is None else [kind, kind])
    assert len(demo.service.journal.calls("GET", "/v3/auth/tokens")) == 1


def test_a_late_refusal_of_an_old_key_does_not_damn_the_new_one() -> None:
    async def main() -> None:
        arrived, held = asyncio.Event(), asyncio.Event()
        signatures: list[str] = []

        async def answer(request: httpx.Request) -> httpx.Response:
            signatures.append(request.headers["authorization"])
            if len(signatures) == 1:
                arrived.set()
                await held.wait()
                message = "Incorrect IAM authentication information: verify aksk signature fail"
                return httpx.Response(401, json={"error_code": "APIGW.0301", "error_msg": message})
            return httpx.Response(200, content=NO_VAULTS)

        wired = WiredCloud(answer, replace(HERE, way=Way.KEYS, access_key=DEMO_AK, project=DEMO_PROJECT_ID))
        wired.secret.others["secret_key"] = "old"
        async with asyncio.TaskGroup() as group:
            late = group.create_task(wired.cloud.vaults())
            await arrived.wait()
            wired.secret.others["secret_key"] = "new"
            wired.cloud.allow_login_again()
            await wired.cloud.vaults()
            held.set()
        assert late.result().rows == []
        await wired.cloud.vaults()
        assert len(set(signatures)) == 2
        assert len(signatures) == 4

    asyncio.run(main())


def test_who_may_list_no_projects_is_told_so() -> None:
    demo = DemoService()
    demo.service.faults.add(Fault("GET", "/v3(/auth)?/projects", "status", status=403, body=b"{}", times=None))
    with pytest.raises(Forbidden):
        projects(demo, {SecretKind.PASSWORD: demo.user.password})
    demo.service.faults.clear()
    demo.service.faults.add(Fault("GET", "/v3/auth/projects", "reply", body=b'{"projects": null}'))
    with pytest.raises(BadAnswer):
        projects(demo, {SecretKind.PASSWORD: demo.user.password})


def test_a_person_s_new_secrets_are_the_proxy_s_business_too() -> None:
    class Listening(Network):
        allowed = 0

        def allow_again(self) -> None:
            self.allowed += 1

    network = Listening()
    WiredCloud(network, HERE).cloud.allow_login_again()
    assert network.allowed == 1
