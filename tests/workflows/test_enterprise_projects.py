"""Enterprise projects: read when something needs them and from where they are kept, and vaults put into them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.app.demo import DemoTransport, secret_of
from cbr_desktop.app.profile import DEMO, DEMO_PROFILES
from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.enterprise_project import Hindrance, hindrance_of
from cbr_desktop.domain.enterprise_project_change import EnterpriseProjectChange
from cbr_desktop.domain.error import Forbidden, NotAsked, NotFound
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT, ProjectId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.region import eps_endpoint
from cbr_desktop.simulator.estate import CLOSED_PROJECT_ID, DEMO_PROJECT_ID, REFERENCE_VAULT_ID, WEB_SHOP_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.enterprise_projects import enterprise_project_words, reading_note
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from tests.stage import START, Stage, staged

S, K = IntentState, FindingKind
VAULT = VaultId(REFERENCE_VAULT_ID)
UNKNOWN = "00000000-0000-4000-8000-000000000000"
LIST = "/v1.0/enterprise-projects"
PART = [Part.ENTERPRISE_PROJECTS]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def into(target: str, project: str = DEMO_PROJECT_ID) -> EnterpriseProjectChange:
    return EnterpriseProjectChange(VAULT, target, project, "eu-de")


def asked(stage: Stage, path: str = LIST) -> list[Any]:
    return [each for each in stage.service.journal if each.path.partition("?")[0].startswith(path)]


def judged(ledger: Ledger, change: Change) -> dict[FindingKind, tuple[Severity, str]]:
    findings = OPERATIONS[change.kind].judge(change, ledger, START).findings
    return {each.kind: (each.severity, finding_sentence(each)) for each in findings}


def test_the_list_is_read_when_something_needs_it_and_is_kept(stage: Stage) -> None:
    async def story() -> None:
        session = stage.session
        ledger = session.ledger
        await session.refresh.round(whole=True)
        assert asked(stage) == [] and ledger.freshness[Part.ENTERPRISE_PROJECTS].as_of is None
        assert enterprise_project_words(WEB_SHOP_ID, ledger.enterprise_projects) == WEB_SHOP_ID
        assert enterprise_project_words("0", ledger.enterprise_projects) == "Default"
        await session.refresh.once(PART)
        (call,) = asked(stage)
        assert call.headers["host"] == "eps.demo.invalid"
        first, *others = ledger.enterprise_projects.values()
        assert first.is_default and [each.name for each in others] == ["databases", "migration-2024", "web-shop"]
        words = [enterprise_project_words(each, ledger.enterprise_projects) for each in (CLOSED_PROJECT_ID, "0", "")]
        assert words == ["migration-2024 (disabled)", "default (the default one)", "default (the default one)"]
        assert reading_note(ledger) == ""
        await session.refresh.round()
        assert len(asked(stage)) == 1

    stage.play(story)


@pytest.mark.parametrize(
    ("spoil", "kind", "said"),
    [
        (
            lambda stage: stage.service.modes.missing.add("enterprise-projects"),
            NotFound,
            "does not know",
        ),
        (
            lambda stage: stage.service.faults.add(
                Fault("GET", LIST, "status", status=403, body=b'{"error": {"code": "EPS.0010", "message": "no right"}}')
            ),
            Forbidden,
            "no right",
        ),
    ],
)
def test_a_service_that_does_not_answer_is_told_of_and_says_nothing_of_backups(
    spoil: Any, kind: type[Exception], said: str, stage: Stage
) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        spoil(stage)
        ledger, told = stage.session.ledger, stage.session.ledger.connection
        await stage.session.refresh.once(PART)
        assert isinstance(ledger.freshness[Part.ENTERPRISE_PROJECTS].error, kind)
        assert (ledger.connection.reach, ledger.connection.error) == (Reach.ONLINE, told.error)
        assert reading_note(ledger).startswith("The names of enterprise projects could not be read.")
        assert said in reading_note(ledger)
        change = change_of(into(WEB_SHOP_ID), ledger)
        assert judged(ledger, change)[K.ENTERPRISE_PROJECT_UNVERIFIED][0] is Severity.INFO

    stage.play(story)


def test_a_vault_is_put_into_another_one_by_one_request_for_the_account(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        ledger = stage.session.ledger
        made = stage.session.outbox.submit(into(WEB_SHOP_ID, str(ledger.project_id)))
        ended = await stage.until(made.id, S.FINISHED)
        (call,) = asked(stage)
        assert (call.method, call.path) == ("POST", f"{LIST}/{WEB_SHOP_ID}/resources-migrate")
        assert json.loads(call.body) == {
            "project_id": DEMO_PROJECT_ID,
            "region_id": "eu-de",
            "resource_id": VAULT,
            "resource_type": "vault",
            "associated": False,
        }
        assert (ended.sends, ended.outcome is not None and ended.outcome.is_whole) == (1, True)
        assert ledger.vaults[VAULT].enterprise_project_id == WEB_SHOP_ID
        back = stage.session.outbox.submit(into(DEFAULT_ENTERPRISE_PROJECT))
        await stage.until(back.id, S.FINISHED)
        assert stage.service.estate.vaults[VAULT].enterprise_project_id == "0"

    stage.play(story)


@pytest.mark.parametrize(
    ("target", "status", "code"), [(CLOSED_PROJECT_ID, 400, "EPS.0003"), (UNKNOWN, 404, "EPS.0004")]
)
def test_what_the_service_refuses_in_its_own_words_is_refused_at_once(
    target: str, status: int, code: str, stage: Stage
) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        made = stage.session.outbox.submit(into(target))
        refused = await stage.until(made.id, S.REJECTED)
        assert refused.refusal is not None
        assert (refused.refusal.status, refused.refusal.code, len(asked(stage))) == (status, code, 1)
        said = intent_sentence(refused, None, stage.clock.now())
        assert said.startswith("Refused; the vault is in the enterprise project that it was in.")

    stage.play(story)


def test_a_vault_that_is_out_of_sight_then_is_no_success_and_no_failure(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        body = b'{"forbidden": {"code": "403", "message": "not yours"}}'
        stage.service.faults.add(Fault("GET", f"/vaults/{VAULT}", "status", status=403, body=body, times=None))
        made = stage.session.outbox.submit(into(WEB_SHOP_ID))
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None
        assert [each.fate for each in ended.outcome.resources] == [Fate.UNCERTAIN]
        assert "cannot be seen any more" in intent_sentence(ended, ended.outcome, stage.clock.now())
        # neither can anybody tell whether it was done where its answer was lost
        stage.service.faults.add(Fault("POST", "/resources-migrate", "cut", "after"))
        lost = stage.session.outbox.submit(into(DEFAULT_ENTERPRISE_PROJECT))
        await stage.until(lost.id, S.UNKNOWN)
        await stage.clock.sleep(3600)
        assert (stage.intent(lost.id).state, stage.intent(lost.id).sends) == (S.UNKNOWN, 1)

    stage.play(story)


def test_where_it_goes_is_judged_before(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        await stage.session.refresh.once(PART)
        ledger = stage.session.ledger

        def found(draft: EnterpriseProjectChange, profile: Profile = DEMO) -> dict[FindingKind, tuple[Severity, str]]:
            known = Ledger(profile, vaults=ledger.vaults, enterprise_projects=ledger.enterprise_projects)
            known.freshness, known.project_id = ledger.freshness, ledger.project_id
            return judged(known, change_of(draft, known))

        told = found(into(WEB_SHOP_ID))
        assert set(told) == {K.ENTERPRISE_PROJECT_RIGHTS}
        assert "follows enterprise project ‘web-shop’" in told[K.ENTERPRISE_PROJECT_RIGHTS][1]
        assert set(found(into("0"))) == {K.ENTERPRISE_PROJECT_SAME}
        for draft, kind, severity in (
            (into(CLOSED_PROJECT_ID), K.ENTERPRISE_PROJECT_DISABLED, Severity.WARN),
            (into(UNKNOWN), K.ENTERPRISE_PROJECT_UNKNOWN, Severity.WARN),
            (into("web-shop"), K.BAD_ID, Severity.BLOCK),
            (into(WEB_SHOP_ID, ""), K.PROJECT_ID_MISSING, Severity.BLOCK),
            (into(WEB_SHOP_ID, "mine"), K.BAD_ID, Severity.BLOCK),
            (into(WEB_SHOP_ID, "0" * 32), K.PROJECT_ID_OTHER, Severity.BLOCK),
            (replace(into(WEB_SHOP_ID), vault_id=VaultId("7")), K.BAD_ID, Severity.BLOCK),
        ):
            assert found(draft)[kind][0] is severity, draft
        elsewhere = found(into(WEB_SHOP_ID), replace(DEMO, cbr_endpoint="https://cbr.eu-de.otc.t-systems.com"))
        assert elsewhere[K.EPS_NOT_ASKED][0] is Severity.BLOCK
        assert "is not known here" in elsewhere[K.EPS_NOT_ASKED][1]

    stage.play(story)


# how it is reached


@pytest.mark.parametrize(
    ("endpoint", "eps"),
    [
        ("https://cbr.ap-southeast-1.myhuaweicloud.com", "https://eps.myhuaweicloud.com"),
        ("https://CBR.cn-north-4.myhuaweicloud.com/", "https://eps.myhuaweicloud.com"),
        ("https://cbr.eu-west-101.myhuaweicloud.eu", "https://eps.eu-west-101.myhuaweicloud.eu"),
        ("https://cbr.ru-moscow-1.myhuaweicloud.com", "https://eps.ru-moscow-1.myhuaweicloud.com"),
        ("https://cbr.eu-de.otc.t-systems.com", ""),
        ("https://cbr.eu-west-0.prod-cloud-ocb.orange-business.com", ""),
        ("https://cbr.private.example", ""),
        ("https://cbr.eu-de.demo.invalid.evil.example", ""),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1.evil.example", ""),
    ],
)
def test_where_it_answers_is_known_or_not_asked(endpoint: str, eps: str) -> None:
    assert eps_endpoint(endpoint) == eps


@pytest.mark.parametrize(
    ("changes", "hindrance"),
    [
        ({"cbr_endpoint": "https://cbr.private.example"}, Hindrance.NO_ENDPOINT),
        ({"way": Way.TOKEN}, Hindrance.PASTED_TOKEN),
        ({"mfa": True, "user_id": "u"}, Hindrance.PASSCODE),
        ({"way": Way.AGENCY, "agency": "a", "agency_domain": "d", "mfa": True}, Hindrance.PASSCODE),
        ({"way": Way.AGENCY, "agency": "a", "agency_domain": "d", "mfa": True, "access_key": "AK"}, None),
        ({}, None),
    ],
)
def test_a_profile_that_cannot_ask_asks_nothing(changes: Any, hindrance: Hindrance | None, stage: Stage) -> None:
    profile = replace(DEMO, **changes)
    assert hindrance_of(profile) is hindrance
    if hindrance is None:
        return

    async def story() -> None:
        cloud = reaching(stage, profile)
        seen = len(stage.service.journal)
        with pytest.raises(NotAsked) as caught:
            await cloud.enterprise_projects()
        assert (caught.value.reason, caught.value.executed) == (hindrance, False)
        with pytest.raises(NotAsked):
            await cloud.send(change_of(into(WEB_SHOP_ID), Ledger(profile)), ProjectId(DEMO_PROJECT_ID))
        assert len(stage.service.journal) == seen

    stage.play(story)


def reaching(stage: Stage, profile: Profile) -> CbrCloud:
    secret = secret_of(profile)
    account = login_of(profile, secret, whole_account=True)
    line = DemoTransport(stage.service)
    return CbrCloud(profile, login_of(profile, secret), line, stage.clock, lambda _told: None, account=account)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_key_names_the_account_that_it_is_of_where_it_may_know_it(is_allowed: bool, stage: Stage) -> None:
    keys = next(each for each in DEMO_PROFILES if each.way is Way.KEYS)

    async def story() -> None:
        if not is_allowed:
            body = b'{"error": {"code": 403, "message": "no", "title": "Forbidden"}}'
            stage.service.faults.add(Fault("GET", "/auth/domains", "status", status=403, body=body, times=None))
        cloud = reaching(stage, keys)
        for _ in range(2):
            assert (await cloud.enterprise_projects()).complete
        calls = asked(stage)
        assert len(calls) == 2 and len(asked(stage, "/v3/auth/domains")) == 1
        named = stage.service.estate.domain.id if is_allowed else None
        assert {each.headers.get("x-domain-id") for each in calls} == {named}
        assert ("x-domain-id" in calls[0].headers["authorization"]) is is_allowed

    stage.play(story)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_key_that_may_not_tell_its_account_is_told_of_where_the_service_wants_it(is_told: bool, stage: Stage) -> None:
    keys = next(each for each in DEMO_PROFILES if each.way is Way.KEYS)

    async def story() -> None:
        body = b'{"error": {"code": 403, "message": "no", "title": "Forbidden"}}'
        if not is_told:
            stage.service.faults.add(Fault("GET", "/auth/domains", "status", status=403, body=body, times=None))
        refusal = b'{"error": {"code": "EPS.0004", "message": "no account"}}'
        stage.service.faults.add(Fault("GET", LIST, "status", status=403, body=refusal, times=None))
        with pytest.raises(Forbidden) as caught:
            await reaching(stage, keys).enterprise_projects()
        said = error_sentence(caught.value)
        assert "EPS.0004" in said and "no account" in said
        assert ("could not tell which account it is of" in said) is not is_told

    stage.play(story)


def test_more_than_a_page_is_read_to_its_end(stage: Stage) -> None:
    known = stage.service.estate.enterprise_projects
    for number in range(1500):
        id = f"00000000-0000-4000-8000-{number:012}"
        known[id] = type(known["0"])(id, f"p{number:04}", START)

    async def story() -> None:
        await stage.session.refresh.once(PART)
        ledger = stage.session.ledger
        assert len(ledger.enterprise_projects) == 1504 and ledger.freshness[Part.ENTERPRISE_PROJECTS].complete
        assert len(asked(stage)) == 2

    stage.play(story)
