"""Fault 98: what is not at its end when the program is left, counted by kind."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.change import Subject, SubjectType
from cbr_desktop.domain.ids import BackupId, IntentId, ResourceId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.restore import BackupRestore, TargetKind
from cbr_desktop.text.leaving import leaving_words, left_sentence
from cbr_desktop.workflows.leaving import Pending, sent_until, unfinished
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.plan_report import PlanReport, PlanVerdict, Stand, StepRow, StopReason
from tests.storage import values

NOW = values.intent().created_at
KINDS = {
    IntentState.SENDING: Pending.SENDING,
    IntentState.UNKNOWN: Pending.UNKNOWN,
    IntentState.QUEUED: Pending.QUEUED,
    IntentState.SCHEDULED: Pending.SCHEDULED,
    IntentState.ACCEPTED: Pending.FOLLOWED,
}


def ledger(*intents: Intent) -> Ledger:
    made = Ledger(values.profile(), lambda _part: None)
    for intent in intents:
        made.put_intent(intent)
    return made


def report(stopped: str, *stands: Stand) -> PlanReport:
    rows = tuple(
        StepRow(number, "Test", Subject(SubjectType.VAULT, "vault"), "name", "", stand)
        for number, stand in enumerate(stands, 1)
    )
    return PlanReport("patch-day", "run", NOW, PlanVerdict.RUNNING, rows, StopReason(stopped))


def test_fault_98_what_overwrites_something_is_told_apart_since_it_never_goes_by_itself() -> None:
    asked = BackupRestore(BackupId("b"), TargetKind.DISK, ResourceId("d"))
    queued = values.intent(state=IntentState.QUEUED)
    restore = replace(queued, id=IntentId("i-2"), change=change_of(asked, ledger()))
    found = unfinished(ledger(queued, restore))
    assert [each.kind for each in found] == [Pending.QUEUED, Pending.ATTENDED]
    assert "you are asked before it is sent" in leaving_words(found[1], NOW)
    assert "held until you have looked" in left_sentence(found, NOW)


@pytest.mark.parametrize("state", IntentState)
def test_fault_98_each_state_is_told_or_waits_for_nobody(state: IntentState) -> None:
    found = unfinished(ledger(values.intent(state=state)))
    assert [each.kind for each in found] == ([KINDS[state]] if state in KINDS else [])


def test_fault_98_what_is_told_is_counted_the_one_that_is_due_first_leading() -> None:
    later, sooner = (
        values.intent(f"i-{hours}", state=IntentState.SCHEDULED, due_at=NOW + timedelta(hours=hours))
        for hours in (2, 1)
    )
    queued = values.intent("i-3", state=IntentState.QUEUED)
    found = unfinished(ledger(later, queued, sooner))
    assert [(each.kind, [intent.id for intent in each.intents]) for each in found] == [
        (Pending.QUEUED, [IntentId("i-3")]),
        (Pending.SCHEDULED, [IntentId("i-1"), IntentId("i-2")]),
    ]


@pytest.mark.parametrize(
    ("stopped", "stands", "is_told"),
    [
        ("", (Stand.DONE, Stand.NOT_STARTED), True),
        ("stale", (Stand.DONE, Stand.NOT_STARTED), True),
        ("person", (Stand.DONE, Stand.NOT_STARTED), False),
        ("failure", (Stand.REFUSED, Stand.NOT_STARTED), False),
        ("", (Stand.DONE, Stand.RUNNING), False),
    ],
)
def test_fault_98_a_plan_is_told_while_steps_of_it_would_still_begin(
    stopped: str, stands: tuple[Stand, ...], is_told: bool
) -> None:
    made = report(stopped, *stands)
    assert [each.plan for each in unfinished(ledger(), [made])] == ([made] if is_told else [])


def test_fault_98_a_queued_request_goes_by_itself_for_a_quarter_of_an_hour() -> None:
    old = values.intent("i-1", confirmed_at=NOW - timedelta(minutes=10))
    assert sent_until([old, values.intent("i-2", confirmed_at=NOW)]) == NOW + timedelta(minutes=5)
