"""Every way in, against the demo cloud; and the projects that an account has to choose from."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from cbr_desktop.cloud.account import Account
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.ways import Secret as Gives
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
from tests.cloud.values import NO_VAULTS, NOON, Desk

HERE = Profile("here", "https://iam.demo.invalid", "https://cbr.demo.invalid", DEMO_PROJECT, DEMO_USER, DEMO_DOMAIN)
AGENCY = {"way": Way.AGENCY, "agency": DEMO_AGENCY, "agency_domain": DEMO_DOMAIN}


class Town:
    """The demo cloud with a clock that is the desk's, and a desk that visits it by some way in."""

    def __init__(self, **more: Any) -> None:
        self.clock = HandClock(NOON)
        self.service = Service(demo(NOON, days=5), self.clock)
        self.user = self.service.estate.users[DEMO_USER]
        # the demo's own is a word that is in every address
        self.user.password = "Pa55word-of-the-operator"
        self.visit(**more)

    def visit(self, **more: Any) -> Desk:
        """Open another desk; ``more`` changes the profile."""
        self.desk = Desk(httpx.ASGITransport(self.service.application), replace(HERE, **more))
        self.desk.secret.value = self.user.password
        return self.desk

    def give(self, **secrets: str) -> None:
        """Put secrets where the desk finds them."""
        self.desk.secret.others.update(secrets)

    def pass_time(self, **time: float) -> None:
        self.clock.advance(timedelta(**time).total_seconds())
        self.desk.clock.time = self.clock.now()

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
        """Do the steps one after the other and return what came of each, errors of the house too."""

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
        return self.desk.cloud.vaults()


def kinds(found: list[Any]) -> list[type]:
    return [type(each) for each in found if isinstance(each, CbrError)]


def prepared(way: str) -> Town:
    """Return a town and a desk that has all it needs for a way in."""
    town = Town()
    match way:
        case "password with a passcode":
            town.service.modes.mfa_required.add(DEMO_USER)
            town.visit(mfa=True, user_id=town.user.id)
            town.give(passcode="123 456")
        case "token":
            town.visit(way=Way.TOKEN, user="", domain="")
            town.give(token=f"  {town.token()}\r\n")
        case "keys":
            town.visit(way=Way.KEYS, access_key=DEMO_AK, user="", domain="")
            town.give(secret_key=f"{DEMO_SK} \n")
        case "keys and a project's id":
            town.visit(way=Way.KEYS, access_key=DEMO_AK, project=DEMO_PROJECT_ID)
            town.give(secret_key=DEMO_SK)
        case "temporary keys":
            secrets = town.temporary_keys()
            town.visit(way=Way.TEMPORARY_KEYS, user="", domain="")
            town.give(**secrets)
        case "agency by password":
            town.visit(**AGENCY)
        case "agency by keys":
            town.visit(**AGENCY, access_key=DEMO_AK)
            town.give(secret_key=DEMO_SK)
    return town


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
    town = prepared(way)
    cloud = town.desk.cloud

    async def crowd() -> int:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(cloud.vaults()) for _ in range(20)]
        return sum(len(task.result().rows) for task in tasks)

    found = town.play(crowd, cloud.project_id)
    assert found == [20 * 14, DEMO_PROJECT_ID]
    assert town.logins == WAYS[way]
    assert len(town.service.journal.calls("GET", "/v3/projects")) == (way in ("keys", "temporary keys"))
    assert {entry.status for entry in town.service.journal} <= {200, 201}
    assert town.desk.connection.reach is Reach.ONLINE


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_in_what_can_be_seen(way: str, caplog: pytest.LogCaptureFixture) -> None:
    town = prepared(way)
    with caplog.at_level("DEBUG"):
        town.play(town.look)
    given = town.desk.secret.others
    secrets = [given[kind] for kind in ("token", "secret_key", "security_token") if kind in given]
    secrets += [DEMO_SK, town.desk.secret.value]
    secrets += [entry.headers["x-auth-token"] for entry in town.service.journal if "x-auth-token" in entry.headers]
    shown = repr(vars(town.desk.login)) + repr(town.desk.reports) + caplog.text
    assert not [secret for secret in secrets if secret.strip() in shown]


def test_a_passcode_is_sent_once() -> None:
    town = prepared("password with a passcode")
    found = town.play(town.look, lambda: town.pass_time(hours=25), town.look, town.look)
    assert kinds(found) == [SecretMissing, SecretMissing]
    assert (found[2].kind, town.logins) == (SecretKind.PASSCODE, 1)
    # the very same digits, typed anew by a person, are another matter
    found = town.play(town.desk.cloud.allow_login_again, town.look)
    assert (kinds(found), town.logins) == ([], 2)


def test_a_wrong_passcode_is_refused_as_one_and_another_is_tried() -> None:
    town = prepared("password with a passcode")
    town.give(passcode="000000")
    found = town.play(town.look, lambda: town.give(passcode=DEMO_PASSCODE), town.look)
    assert (kinds(found), found[0].reason, town.logins) == ([LoginRefused], "passcode", 2)


def test_a_login_with_a_passcode_takes_the_user_s_id() -> None:
    town = Town(mfa=True)
    (error,) = town.play(town.look)
    assert (type(error), error.reason, len(town.service.journal)) == (LoginRefused, "user-id", 0)


def test_a_pasted_token_serves_until_its_end_and_then_another_is_asked_for() -> None:
    town = prepared("token")
    found = town.play(town.look)
    ends_at = town.desk.connection.token_expires_at
    assert ends_at is not None
    assert abs(ends_at - (NOON + timedelta(hours=24))) < timedelta(seconds=2)
    found = town.play(lambda: town.pass_time(hours=23, minutes=58), town.look, lambda: town.pass_time(minutes=3))
    assert kinds(found) == []
    before = len(town.service.journal)
    found = town.play(town.look, town.look)
    assert [(type(each), each.kind) for each in found] == [(SecretMissing, SecretKind.TOKEN)] * 2
    assert len(town.service.journal) == before
    town.give(token=town.token())
    assert kinds(town.play(town.look)) == []


def test_the_end_of_a_pasted_token_is_told_by_our_own_clock() -> None:
    town = prepared("token")
    town.desk.clock.time = NOON - timedelta(hours=3)
    town.play(town.look)
    ends_at = town.desk.connection.token_expires_at
    assert ends_at is not None
    assert abs(ends_at - (NOON + timedelta(hours=21))) < timedelta(seconds=2)


def test_a_pasted_token_that_is_revoked_is_given_up_at_once() -> None:
    town = prepared("token")
    town.play(town.look)
    town.service.identity.tokens.revoke_all()
    before = len(town.service.journal)
    found = town.play(town.look, town.look, town.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 3, {"token"})
    assert len(town.service.journal) == before + 1
    assert town.desk.connection.reach is Reach.REFUSED


@pytest.mark.parametrize(
    ("project", "reason"), [(1, "project"), (None, "project"), ("garbage", "token")], ids=["other", "account", "none"]
)
def test_a_token_that_is_not_for_the_profile_s_project_is_not_used(project: Any, reason: str) -> None:
    town = prepared("token")
    town.give(token="garbage" if project == "garbage" else town.token(project))
    found = town.play(town.look, town.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 2, {reason})
    assert len(town.service.journal.calls("GET", "/v3/auth/tokens")) == 1
    assert not town.service.journal.calls("GET", "vaults")
    if reason == "token":
        assert town.desk.connection.error in found


@pytest.mark.parametrize("way", ["keys and a project's id", "temporary keys"])
def test_a_wrong_secret_key_is_tried_once_until_another_is_given(way: str) -> None:
    town = prepared(way)
    right = town.desk.secret.others["secret_key"]
    town.give(secret_key="wrong")
    found = town.play(town.look, town.look, town.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 3, {"keys"})
    assert len(town.service.journal) == 1
    found = town.play(town.desk.cloud.allow_login_again, town.look)
    assert (kinds(found), len(town.service.journal)) == ([LoginRefused], 2)
    town.give(secret_key=right)
    assert kinds(town.play(town.look)) == []


def test_the_gateway_s_quotation_of_a_wrong_signature_is_not_passed_on() -> None:
    town = prepared("temporary keys")
    security_token = town.desk.secret.others["security_token"]
    town.give(secret_key="wrong")
    (error,) = town.play(town.look)
    assert "verify aksk signature fail" in error.message
    assert security_token not in repr(error)
    assert "canonicalRequest" not in error.message


def test_temporary_keys_that_have_ended_are_asked_for_anew() -> None:
    town = prepared("temporary keys")
    town.play(town.look)
    town.pass_time(hours=2)
    before = len(town.service.journal)
    found = town.play(town.look, town.look)
    assert (kinds(found), found[0].reason, len(town.service.journal)) == ([LoginRefused] * 2, "keys", before + 1)
    town.give(**town.temporary_keys())
    assert kinds(town.play(town.desk.cloud.allow_login_again, town.look)) == []


def test_a_permanent_key_that_was_good_is_not_given_up_for_one_refusal() -> None:
    town = prepared("keys")
    town.play(town.look)
    keys = dict(town.user.keys)
    town.user.keys.clear()
    assert kinds(town.play(town.look)) == [LoginRefused]
    town.user.keys.update(keys)
    assert kinds(town.play(town.look)) == []


def test_an_access_key_that_cannot_be_one_is_not_sent() -> None:
    town = Town(way=Way.KEYS, access_key="AK, SignedHeaders=x", project=DEMO_PROJECT_ID)
    town.give(secret_key=DEMO_SK)
    (error,) = town.play(town.look)
    assert (type(error), error.kind, len(town.service.journal)) == (SecretUnfit, SecretKind.ACCESS_KEY, 0)
    assert error.problem == "characters"


def test_a_project_that_the_account_does_not_have_is_said_to_be_missing() -> None:
    town = Town(way=Way.KEYS, access_key=DEMO_AK, project="mars")
    town.give(secret_key=DEMO_SK)
    (error,) = town.play(town.look)
    assert (type(error), error.reason) == (LoginRefused, "project")
    assert (error.host, error.status, error.executed) == ("iam.demo.invalid", 0, False)


def test_a_project_is_found_without_the_permission_to_list_all() -> None:
    town = prepared("keys")
    town.service.faults.add(Fault("GET", "/v3/projects", "status", status=403, body=b"{}"))
    (listing,) = town.play(town.look)
    assert len(listing.rows) == 14
    assert len(town.service.journal.calls("GET", "/v3/auth/projects")) == 1


def test_an_agency_outlives_its_token_and_that_of_its_base() -> None:
    town = prepared("agency by password")
    found = town.play(town.look, lambda: town.pass_time(hours=25), town.look)
    assert (kinds(found), town.logins) == ([], 4)
    town.service.identity.tokens.revoke_all()
    # both are worthless: the agency's is refused, then its base's, then all is new
    assert (kinds(town.play(town.look)), town.logins) == ([], 7)


def test_an_agency_that_nobody_lent() -> None:
    town = prepared("agency by password")
    town.service.identity.agencies.clear()
    found = town.play(town.look, town.look)
    assert (kinds(found), {each.reason for each in found}) == ([LoginRefused] * 2, {"agency"})
    # the base logged in once; only the agency is asked for again
    assert [b"password" in e.body for e in town.service.journal.calls("POST", "/v3/auth/tokens")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_role_that_is_refused_in_any_words_is_the_agency_s_matter(status: int) -> None:
    town = prepared("agency by keys")
    body = json.dumps({"error": {"code": status, "message": "No.", "title": "x"}}).encode()
    town.service.faults.add(Fault("POST", "/v3/auth/tokens", "status", status=status, body=body, times=None))
    (error,) = town.play(town.look)
    assert (type(error), error.reason, error.executed) == (LoginRefused, "agency", False)


@pytest.mark.parametrize(("status", "logins"), [(429, 2), (500, 1)])
def test_a_role_is_asked_for_again_only_if_the_request_was_not_looked_at(status: int, logins: int) -> None:
    town = prepared("agency by keys")
    town.service.faults.add(Fault("POST", "/v3/auth/tokens", "status", status=status, body=b"{}"))
    town.play(town.look)
    assert town.logins == logins


def test_a_wrong_password_on_the_way_to_an_agency_is_tried_once() -> None:
    town = prepared("agency by password")
    town.desk.secret.value = "wrong"
    found = town.play(town.look, town.look, town.look)
    assert (kinds(found), town.logins) == ([LoginRefused] * 3, 1)
    town.desk.secret.value = town.user.password
    assert kinds(town.play(town.desk.cloud.allow_login_again, town.look)) == []


def projects(town: Town, secrets: Mapping[SecretKind, str], **more: Any) -> list[Project]:
    seen: list[Profile] = []

    def transport(profile: Profile, _secret: Gives) -> httpx.AsyncBaseTransport:
        seen.append(profile)
        return httpx.ASGITransport(town.service.application)

    profile = replace(HERE, project="", **more)
    found = asyncio.run(Account(transport, town.desk.clock).projects(profile, secrets))
    assert seen == [profile]
    return found


def by_way(town: Town, way: Way) -> tuple[dict[SecretKind, str], dict[str, Any]]:
    """Return the secrets and the fields of a profile for a way in."""
    match way:
        case Way.PASSWORD:
            return {SecretKind.PASSWORD: town.user.password}, {}
        case Way.TOKEN:
            return {SecretKind.TOKEN: town.token(None)}, {"way": way}
        case Way.KEYS:
            return {SecretKind.SECRET_KEY: DEMO_SK}, {"way": way, "access_key": DEMO_AK}
        case Way.TEMPORARY_KEYS:
            found = town.temporary_keys()
            return {SecretKind(name.replace("_", "-")): value for name, value in found.items()}, {"way": way}
        case Way.AGENCY:
            return {SecretKind.PASSWORD: town.user.password}, AGENCY


@pytest.mark.parametrize("way", Way)
def test_the_projects_of_an_account_by_any_way_in(way: Way) -> None:
    town = Town()
    secrets, more = by_way(town, way)
    found = projects(town, secrets, **more)
    assert [each.name for each in found] == ["eu-de", DEMO_PROJECT, "eu-nl_prod", "sa-brazil-1"]
    assert found[1] == Project(found[1].id, DEMO_PROJECT)
    assert found[1].region == "eu-de"


def test_a_token_of_one_project_lists_them_all() -> None:
    town = Town()
    assert len(projects(town, {SecretKind.TOKEN: town.token(1)}, way=Way.TOKEN)) == 4


def test_what_cannot_be_chosen_is_left_out() -> None:
    town = Town()
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
    town.service.faults.add(Fault("GET", "/v3/auth/projects", "reply", body=body))
    found = projects(town, {SecretKind.PASSWORD: town.user.password})
    assert [(each.name, each.enabled) for each in found] == [("eu-de", True), ("eu-de_old", False)]


def test_a_cloud_that_does_not_tell_one_s_own_projects_is_asked_for_all() -> None:
    town = Town()
    town.service.faults.add(Fault("GET", "/v3/auth/projects", "status", status=404, body=b"{}"))
    secrets, more = by_way(town, Way.KEYS)
    assert len(projects(town, secrets, **more)) == 4


@pytest.mark.parametrize(
    ("secrets", "kind"),
    [({}, SecretMissing), ({SecretKind.PASSWORD: ""}, SecretMissing), ({SecretKind.PASSWORD: "no"}, LoginRefused)],
)
def test_an_account_that_does_not_open(secrets: dict[SecretKind, str], kind: type[CbrError]) -> None:
    with pytest.raises(kind):
        projects(Town(), secrets)


def test_an_account_s_connections_are_closed_whatever_happens() -> None:
    class Dead(httpx.AsyncBaseTransport):
        closed = 0

        async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
            raise Unreachable("iam.demo.invalid")

        async def aclose(self) -> None:
            self.closed += 1

    transport = Dead()
    account = Account(lambda _profile, _secret: transport, Town().desk.clock)
    with pytest.raises(Unreachable):
        asyncio.run(account.projects(HERE, {SecretKind.PASSWORD: "x"}))
    assert transport.closed == 1


@pytest.mark.parametrize(("project", "kind"), [(DEMO_PROJECT_ID, None), (DEMO_PROJECT, LoginRefused)])
def test_a_token_that_may_not_look_at_itself_serves_where_the_project_s_id_is_known(
    project: str, kind: type[CbrError] | None
) -> None:
    town = Town(way=Way.TOKEN, project=project)
    town.give(token=town.token())
    town.service.faults.add(Fault("GET", "/v3/auth/tokens", "status", status=403, body=b"{}", times=None))
    found = town.play(town.look, town.look)
    assert kinds(found) == ([] if kind is None else [kind, kind])
    assert len(town.service.journal.calls("GET", "/v3/auth/tokens")) == 1


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

        desk = Desk(answer, replace(HERE, way=Way.KEYS, access_key=DEMO_AK, project=DEMO_PROJECT_ID))
        desk.secret.others["secret_key"] = "old"
        async with asyncio.TaskGroup() as group:
            late = group.create_task(desk.cloud.vaults())
            await arrived.wait()
            desk.secret.others["secret_key"] = "new"
            desk.cloud.allow_login_again()
            await desk.cloud.vaults()
            held.set()
        assert late.result().rows == []
        await desk.cloud.vaults()
        assert len(set(signatures)) == 2
        assert len(signatures) == 4

    asyncio.run(main())


def test_who_may_list_no_projects_is_told_so() -> None:
    town = Town()
    town.service.faults.add(Fault("GET", "/v3(/auth)?/projects", "status", status=403, body=b"{}", times=None))
    with pytest.raises(Forbidden):
        projects(town, {SecretKind.PASSWORD: town.user.password})
    town.service.faults.clear()
    town.service.faults.add(Fault("GET", "/v3/auth/projects", "reply", body=b'{"projects": null}'))
    with pytest.raises(BadAnswer):
        projects(town, {SecretKind.PASSWORD: town.user.password})


def test_a_person_s_new_secrets_are_the_proxy_s_business_too() -> None:
    class Listening(Network):
        allowed = 0

        def allow_again(self) -> None:
            self.allowed += 1

    network = Listening()
    Desk(network, HERE).cloud.allow_login_again()
    assert network.allowed == 1
