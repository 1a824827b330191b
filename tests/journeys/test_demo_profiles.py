"""The four profiles of the demo cloud, each by its own way in, over one service."""

import asyncio

import httpx
import pytest

from cbr_desktop.app import demo
from cbr_desktop.app.profile import DEMO, DEMO_PROFILES
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.profile import Environment, NameRules, Way
from cbr_desktop.domain.secret import SecretKind, login_secrets
from cbr_desktop.simulator import estate
from tests.stage import StageClock


def told(kind: SecretKind, number: int = 0) -> str:
    async def ask() -> str:
        return await demo.secret_of(DEMO_PROFILES[number])(kind)

    return asyncio.run(ask())


def test_profiles_lead_to_the_projects_of_the_demo_account():
    account = estate.account(1)
    assert [each.project for each in DEMO_PROFILES] == [each.name for each in account.projects]
    assert [each.region for each in DEMO_PROFILES] == [each.region for each in account.projects]
    assert {(each.user, each.domain) for each in DEMO_PROFILES} == {(estate.DEMO_USER, estate.DEMO_DOMAIN)}
    assert len({each.name for each in DEMO_PROFILES}) == len(DEMO_PROFILES)
    for each in DEMO_PROFILES:
        assert all(getattr(each, name) for name in each.needed)
        assert each.environment is not Environment.DEMO
        assert each.cbr_endpoint.endswith(".demo.invalid")


def test_one_click_leads_to_a_profile_that_may_send_and_one_has_to_be_armed():
    assert DEMO_PROFILES[0] is DEMO
    assert [each.is_read_only for each in DEMO_PROFILES] == [False, True, False, False]
    assert [each.group for each in DEMO_PROFILES] == ["prod", "prod", "", ""]
    assert [each.way for each in DEMO_PROFILES] == [Way.PASSWORD, Way.PASSWORD, Way.TOKEN, Way.KEYS]
    assert [each.name_rules for each in DEMO_PROFILES].count(NameRules.CJK) == 1
    assert DEMO_PROFILES[3].access_key == estate.DEMO_AK


def test_every_profile_has_what_its_way_in_asks_for():
    for number, profile in enumerate(DEMO_PROFILES):
        assert all(told(kind, number) for kind in login_secrets(profile))
    assert told(SecretKind.SECRET_KEY) == estate.DEMO_SK
    with pytest.raises(SecretMissing):
        told(SecretKind.SECURITY_TOKEN)


@pytest.mark.parametrize(
    ("named", "days"), [("30", 30), ("400", 400), ("9999", 400), ("", 400), ("0", 400), ("-5", 400), ("a week", 400)]
)
def test_the_demo_cloud_remembers_as_many_days_as_the_environment_names_and_never_more_than_it_can(named, days):
    assert demo.days_of({"CBR_DESKTOP_DEMO_DAYS": named}) == days
    assert demo.days_of({}) == 400


def test_pasted_token_has_ended_until_a_fresh_one_is_pasted():
    service = demo.demo_service(StageClock())
    staging = DEMO_PROFILES[2]
    project = service.estate.project(staging.project)

    def asked(token: str) -> list[httpx.Response]:
        async def ask() -> list[httpx.Response]:
            async with httpx.AsyncClient(transport=demo.DemoTransport(service), trust_env=False) as client:
                own = {"X-Auth-Token": token}
                return [
                    await client.get(f"{staging.cbr_endpoint}/v3/{project.id}/vaults", headers=own),
                    await client.get(
                        f"{staging.iam_endpoint}/v3/auth/tokens",
                        headers={"X-Auth-Token": demo.fresh_token(service, staging), "X-Subject-Token": token},
                    ),
                ]

        return asyncio.run(ask())

    refused, unknown = asked(told(SecretKind.TOKEN, 2))
    assert (refused.status_code, refused.json()["error_code"]) == (401, "APIGW.0301")
    assert refused.json()["error_msg"].endswith("decrypt token fail")
    assert unknown.status_code == 404
    listed, validated = asked(demo.fresh_token(service, staging))
    assert listed.json()["count"] == 4
    assert validated.json()["token"]["project"]["name"] == staging.project


def test_second_project_lacks_a_part_and_the_fourth_is_far_away():
    service = demo.demo_service(StageClock())
    first, second, third, fourth = (service.modes_at(f"/v3/{each.id}/vaults") for each in service.estate.projects)
    assert second.lacks("protectables")
    assert not any(each.lacks("protectables") for each in (first, third, fourth))
    assert [each.latency_seconds for each in (first, second, third, fourth)] == [0, 0, 0, demo.FAR_SECONDS]
