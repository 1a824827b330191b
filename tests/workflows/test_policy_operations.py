"""Policies are changed, deleted, applied and removed: what is judged and lost, and what a lost answer leads to."""

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.change import PRIOR_ID, Change, Kind
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.policy import (
    Policy,
    PolicyApplication,
    PolicyDeletion,
    PolicyRemoval,
    PolicyUpdate,
    read_update,
    update_body,
)
from cbr_desktop.domain.retention import Retention, Transition
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.consequences import loss_sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from tests.stage import Stage, staged

S = IntentState
BE94 = VaultId(REFERENCE_VAULT_ID)
WEEKLY = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=06;BYMINUTE=00"
Draft = PolicyUpdate | PolicyDeletion | PolicyApplication | PolicyRemoval


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def play(stage: Stage, story: Callable[[Ledger], Awaitable[None]]) -> None:
    """Play a story after all lists have been read."""

    async def told() -> None:
        await stage.session.refresh.once()
        await story(stage.session.ledger)

    stage.play(told)


def named(ledger: Ledger, name: str) -> Policy:
    return next(each for each in ledger.policies.values() if each.name == name)


def vault_named(ledger: Ledger, name: str) -> VaultId:
    return next(each.id for each in ledger.vaults.values() if each.name == name)


def kinds(ledger: Ledger, draft: Draft | Change, stage: Stage) -> dict[FindingKind, Severity]:
    change = change_of(draft, ledger)
    verdict = OPERATIONS[change.kind].judge(change, ledger, stage.clock.now())
    assert all(finding_sentence(each) for each in verdict.findings)
    return {each.kind: each.severity for each in verdict.findings}


# what goes over the wire


def test_a_change_says_only_what_is_changed_and_the_rules_as_a_whole() -> None:
    id = PolicyId("p")
    assert json.loads(update_body(PolicyUpdate(id, name="x"))) == {"policy": {"name": "x"}}
    assert json.loads(update_body(PolicyUpdate(id, enabled=False))) == {"policy": {"enabled": False}}
    kept = PolicyUpdate(id, patterns=(WEEKLY,), retention=Retention(max_backups=7), full_backup_interval=5)
    zeros = {"day_backups": 0, "week_backups": 0, "month_backups": 0, "year_backups": 0}
    assert json.loads(update_body(kept)) == {
        "policy": {
            "operation_definition": {
                "max_backups": 7,
                "retention_duration_days": -1,
                **zeros,
                "full_backup_interval": 5,
            },
            "trigger": {"properties": {"pattern": [WEEKLY]}},
        }
    }


@pytest.mark.parametrize(
    "update",
    [
        PolicyUpdate(PolicyId("p")),
        PolicyUpdate(PolicyId("p"), "n", True, (WEEKLY, "FREQ=STRANGE")),
        PolicyUpdate(PolicyId("p"), retention=Retention(-1, 7, 1, 2, 3, 4, "UTC+01:00"), full_backup_interval=3),
        PolicyUpdate(PolicyId("p"), retention=Retention(), destination_region="eu-nl", destination_project_id="x"),
    ],
)
def test_a_change_is_read_back_as_it_was_written(update: PolicyUpdate) -> None:
    assert read_update(update_body(update), update.policy_id) == update


@pytest.mark.parametrize("body", [b"", b"[]", b'{"policy": []}', b'{"policy": {"trigger": {}}}', b"[" * 100_000])
def test_what_is_no_change_is_none(body: bytes) -> None:
    assert read_update(body, PolicyId("p")) is None


# lost answers


def drafts_of(ledger: Ledger) -> dict[Kind, Draft]:
    daily = named(ledger, "daily-22h")
    return {
        Kind.UPDATE_POLICY: PolicyUpdate(daily.id, "every-night", False, (WEEKLY,), Retention(max_backups=9)),
        Kind.DELETE_POLICY: PolicyDeletion(named(ledger, "policy_auto").id),
        Kind.APPLY_POLICY: PolicyApplication(daily.id, BE94),
        Kind.REMOVE_POLICY: PolicyRemoval(daily.id, daily.vault_ids[0]),
    }


WAYS = {
    Kind.UPDATE_POLICY: ("PUT", "/policies/[^/]+"),
    Kind.DELETE_POLICY: ("DELETE", "/policies/[^/]+"),
    Kind.APPLY_POLICY: ("POST", "/associatepolicy"),
    Kind.REMOVE_POLICY: ("POST", "/dissociatepolicy"),
}


@pytest.mark.parametrize(("when", "times"), [("", 1), ("after", 1), ("before", 2)])
@pytest.mark.parametrize("kind", WAYS)
def test_what_is_asked_for_is_done_once_whatever_becomes_of_its_answer(
    kind: Kind, when: str, times: int, stage: Stage
) -> None:
    method, path = WAYS[kind]

    async def story(ledger: Ledger) -> None:
        if when:
            stage.service.faults.add(Fault(method, path, "cut", when))  # type: ignore[arg-type]
        made = stage.session.outbox.submit(drafts_of(ledger)[kind])
        ended = await stage.until(made.id, S.FINISHED)
        outcome = ended.outcome
        assert (ended.sends, outcome is not None and outcome.is_whole) == (times, True)
        await stage.session.refresh.once()
        assert_done(kind, ledger)

    play(stage, story)
    assert len([each for each in stage.service.journal if each.method == method and path[:9] in each.path]) == times


def assert_done(kind: Kind, ledger: Ledger) -> None:
    names = [each.name for each in ledger.policies.values()]
    if kind is Kind.UPDATE_POLICY:
        changed = named(ledger, "every-night")
        assert (changed.enabled, changed.patterns, changed.retention) == (False, (WEEKLY,), Retention(max_backups=9))
    elif kind is Kind.DELETE_POLICY:
        assert "policy_auto" not in names
    else:
        daily = named(ledger, "daily-22h")
        assert (BE94 in daily.vault_ids) is (kind is Kind.APPLY_POLICY)
        assert len(daily.vault_ids) == (5 if kind is Kind.APPLY_POLICY else 3)


@pytest.mark.parametrize("kind", WAYS)
def test_what_never_arrives_is_left_to_a_person(kind: Kind, stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        stage.service.faults.add(Fault(*WAYS[kind], "cut", "before", times=None))
        made = stage.session.outbox.submit(drafts_of(ledger)[kind])
        assert (await stage.until(made.id, S.NOT_FOUND)).sends == 3

    play(stage, story)


def test_what_is_gone_already_is_done(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        daily = named(ledger, "daily-22h")
        for draft in (PolicyRemoval(daily.id, daily.vault_ids[0]), PolicyDeletion(daily.id)):
            for _ in range(2):
                made = stage.session.outbox.submit(draft)
                ended = await stage.until(made.id, S.FINISHED)
                assert ended.result is not None

    play(stage, story)


# what is judged


def test_a_change_of_a_number_names_the_backups_that_go_by_it(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        weekly = named(ledger, "gfs-hr")
        tighter = PolicyUpdate(weekly.id, retention=Retention(max_backups=1))
        assert kinds(ledger, tighter, stage)[FindingKind.BACKUPS_GO] is Severity.WARN
        change = change_of(tighter, ledger)
        blast = OPERATIONS[change.kind].blast(change, ledger)
        assert blast.lost and all(each.at is not None and each.at > stage.clock.now() for each in blast.lost)
        assert all(each.left is not None and each.left > 0 for each in blast.lost), "there are new ones by then"
        assert not any(each.is_newest for each in blast.lost)
        assert "is deleted by the policy at 21:00:00. " in loss_sentences(blast, stage.clock.now())[0]
        looser = replace(tighter, retention=Retention(max_backups=99))
        assert FindingKind.BACKUPS_GO not in kinds(ledger, looser, stage)
        assert OPERATIONS[change.kind].blast(change_of(looser, ledger), ledger).is_empty

    play(stage, story)


def test_which_documented_rule_a_change_comes_under_is_said(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        daily = named(ledger, "daily-22h")
        change = change_of(PolicyUpdate(daily.id, retention=Retention(max_backups=5)), ledger)
        verdict = OPERATIONS[change.kind].judge(change, ledger, stage.clock.now())
        (found,) = [each for each in verdict.findings if each.kind is FindingKind.RULES_CHANGED]
        assert found.facts["transition"] is Transition.TIME_TO_NUMBER

    play(stage, story)


def test_a_change_is_judged_by_itself_and_by_the_policies_there_are(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        daily = named(ledger, "daily-22h")
        bad = PolicyUpdate(daily.id, "a b", None, ("FREQ=HOURLY",), Retention(0))
        blocks = {kind for kind, severity in kinds(ledger, bad, stage).items() if severity is Severity.BLOCK}
        assert blocks == {FindingKind.BAD_CHARACTER, FindingKind.BAD_PATTERN, FindingKind.OUT_OF_RANGE}
        assert kinds(ledger, PolicyUpdate(daily.id, "hourly-db"), stage) == {
            FindingKind.POLICY_NAME_TAKEN: Severity.WARN
        }
        assert kinds(ledger, PolicyUpdate(daily.id, daily.name), stage) == {FindingKind.POLICY_UNCHANGED: Severity.INFO}
        assert kinds(ledger, PolicyUpdate(daily.id, enabled=False), stage) == {FindingKind.POLICY_STOPS: Severity.WARN}
        unknown = PolicyUpdate(PolicyId(REFERENCE_VAULT_ID), "x")
        assert kinds(ledger, unknown, stage) == {FindingKind.POLICY_UNKNOWN: Severity.BLOCK}

    play(stage, story)


def test_where_an_applied_replication_policy_leads_is_not_changed(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        copying = named(ledger, "repl-eu-nl")
        same = PolicyUpdate(
            copying.id,
            retention=Retention(days=7, timezone=copying.timezone),
            destination_region=copying.destination_region,
            destination_project_id=copying.destination_project_id,
        )
        assert FindingKind.DESTINATION_FIXED not in kinds(ledger, same, stage)
        elsewhere = replace(same, destination_region="eu-de")
        assert kinds(ledger, elsewhere, stage)[FindingKind.DESTINATION_FIXED] is Severity.BLOCK

    play(stage, story)


def test_rules_that_a_file_does_not_name_are_told(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        daily = named(ledger, "daily-22h")
        body = json.dumps({"policy": {"operation_definition": {"max_backups": 99}}}).encode()
        change = replace(change_of(PolicyUpdate(daily.id), ledger), body=body)
        verdict = OPERATIONS[change.kind].judge(change, ledger, stage.clock.now())
        (found,) = [each for each in verdict.findings if each.kind is FindingKind.RULES_UNSENT]
        assert found.facts["names"] == ["retention_duration_days", "full_backup_interval"]

    play(stage, story)


def test_a_deletion_says_how_many_vaults_nothing_backs_up_then(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        assert kinds(ledger, PolicyDeletion(named(ledger, "daily-22h").id), stage) == {
            FindingKind.POLICY_STOPS: Severity.WARN
        }
        assert kinds(ledger, PolicyDeletion(named(ledger, "policy_auto").id), stage) == {}
        assert kinds(ledger, PolicyDeletion(PolicyId(REFERENCE_VAULT_ID)), stage) == {
            FindingKind.POLICY_UNKNOWN: Severity.BLOCK
        }

    play(stage, story)


@pytest.mark.parametrize(
    ("policy", "vault", "expected"),
    [
        ("daily-22h", "vault-be94", set()),
        ("daily-22h", "vault-erp-prod", {FindingKind.POLICY_APPLIED}),
        ("hourly-db", "vault-sfs-media", {FindingKind.POLICY_REPLACED}),
        ("daily-22h", "vault-erp-prod-dr", {FindingKind.POLICY_TYPE_UNFIT}),
        ("daily-22h", "vault-arrears", {FindingKind.VAULT_STATUS}),
        ("repl-eu-nl", "vault-web-prod", {FindingKind.DESTINATION_MISSING}),
        ("repl-eu-nl", "vault-db-disks", {FindingKind.DESTINATION_MISSING, FindingKind.POLICY_TYPE_UNFIT}),
    ],
)
def test_whether_a_policy_suits_a_vault(policy: str, vault: str, expected: set[FindingKind], stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        draft = PolicyApplication(named(ledger, policy).id, vault_named(ledger, vault))
        assert set(kinds(ledger, draft, stage)) == expected

    play(stage, story)


def test_another_policy_names_the_backups_that_its_number_deletes(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        daily, gfs = named(ledger, "daily-22h"), named(ledger, "gfs-hr")
        tight = replace(daily, max_backups=1, retention_days=-1, vault_ids=())
        ledger.policies[daily.id] = tight
        draft = PolicyApplication(daily.id, gfs.vault_ids[0])
        assert {FindingKind.POLICY_REPLACED, FindingKind.BACKUPS_GO} == set(kinds(ledger, draft, stage))

    play(stage, story)


def test_a_removal_is_of_a_policy_that_the_vault_has(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        daily = named(ledger, "daily-22h")
        own = PolicyRemoval(daily.id, daily.vault_ids[0])
        assert kinds(ledger, own, stage) == {FindingKind.POLICY_STOPS: Severity.WARN}
        assert kinds(ledger, PolicyRemoval(daily.id, BE94), stage) == {FindingKind.POLICY_NOT_APPLIED: Severity.BLOCK}
        nowhere = PolicyRemoval(PolicyId(BE94), VaultId(daily.id))
        assert set(kinds(ledger, nowhere, stage)) == {FindingKind.POLICY_UNKNOWN, FindingKind.VAULT_UNKNOWN}

    play(stage, story)


def test_a_policy_that_an_earlier_request_makes_is_applied_once_it_is_known(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        change = change_of(PolicyApplication(PolicyId(PRIOR_ID), BE94), ledger)
        assert (change.tag, change.needs_prior) == ("", True)
        known = change.with_prior(named(ledger, "daily-22h").id)
        assert kinds(ledger, known, stage) == {}
        bad = replace(change, body=b'{"policy_id": "../x"}')
        assert kinds(ledger, bad, stage) == {FindingKind.BAD_ID: Severity.BLOCK}

    play(stage, story)


def test_what_was_told_once_is_told_again_while_the_lists_are_the_same(stage: Stage) -> None:
    """A form asks at every key, and the backups of a big project take a second."""

    async def story(ledger: Ledger) -> None:
        operation = OPERATIONS[Kind.UPDATE_POLICY]
        daily = named(ledger, "gfs-hr")
        change = change_of(PolicyUpdate(daily.id, retention=Retention(max_backups=1)), ledger)
        named_too = change_of(PolicyUpdate(daily.id, "n", retention=Retention(max_backups=1)), ledger)
        now = stage.clock.now()
        first = operation.outlooks(change, ledger, now)  # type: ignore[attr-defined]
        assert operation.outlooks(named_too, ledger, now) is first  # type: ignore[attr-defined]
        await stage.session.refresh.once()
        assert operation.outlooks(change, ledger, now) is not first  # type: ignore[attr-defined]

    play(stage, story)
