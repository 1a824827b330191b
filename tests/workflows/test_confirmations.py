"""Whether a person would still send a request, and from where it goes out: the judgement alone, without an outbox."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain import request
from cbr_desktop.domain.change import checkpoint_change
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Origin, Reason, Target
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.workflows.confirmations import CONFIRM_MINUTES, Confirmations, is_from_the_future
from cbr_desktop.workflows.intent_rows import IntentRows, OwnRequests
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.stage import START, StageClock

SERVER = Resource(ResourceId("s-1"), ResourceType.SERVER, "web", 40)
STATES = (VaultKind.SERVER, ProtectType.BACKUP, VaultStatus.AVAILABLE)
VAULT = Vault(VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce"), "vault-a", *STATES, 100, 0, resources=[SERVER])
CHANGE = checkpoint_change(VAULT.id, VAULT.name, request.body(CheckpointDraft(VAULT.id, name="nightly")), "nightly")
JUST, LONG = timedelta(minutes=CONFIRM_MINUTES), timedelta(minutes=CONFIRM_MINUTES, seconds=1)


def asked(**changes: Any) -> Intent:
    """Return a request that was confirmed now, by data of now."""
    target = Target(DEMO.name, DEMO.cbr_endpoint, DEMO.project)
    made = Intent(IntentId("i-1"), target, CHANGE, IntentState.QUEUED, START, START, confirmed_at=START)
    return replace(made, **{"preflight_at": START, **changes})


class Judge:
    """Confirmations over a ledger of one vault."""

    def __init__(self, reach: Reach = Reach.ONLINE) -> None:
        self.ledger = Ledger(DEMO, lambda _part: None)
        self.ledger.put_connection(Connection(reach))
        self.clock = StageClock()
        self.wanted: list[frozenset[Part]] = []
        # nothing here keeps a row
        rows = IntentRows(self.ledger, None, self.clock)  # type: ignore[arg-type]
        self.confirmations = Confirmations(rows, self.clock, self.wanted.append)

    def know(self, at: Any, status: VaultStatus = VaultStatus.AVAILABLE) -> None:
        self.ledger.put_vaults(Listing([replace(VAULT, status=status)], at))

    def objection(self, intent: Intent, after: timedelta) -> Reason:
        return self.confirmations.objection(intent, START + after)


@pytest.mark.parametrize(("after", "reason"), [(JUST, Reason.NONE), (LONG, Reason.STALE)])
def test_a_confirmation_is_good_for_a_quarter_of_an_hour(after: timedelta, reason: Reason) -> None:
    judge = Judge()
    assert judge.objection(asked(), after) is reason
    assert judge.objection(asked(preflight_at=None), after) is reason, "what needs no data is confirmed all the same"


def test_a_confirmation_does_not_grow_old_while_only_the_lane_is_in_the_way() -> None:
    judge, intent = Judge(), asked(preflight_at=None)
    judge.confirmations.stand_in_line(intent, START + JUST)
    assert judge.objection(intent, JUST * 2) is Reason.NONE
    assert judge.objection(intent, JUST * 2 + timedelta(seconds=1)) is Reason.STALE
    judge.confirmations.stand_in_line(intent, START + JUST * 3)
    assert judge.objection(intent, JUST * 3) is Reason.STALE, "what was old already is not made new by waiting"


def test_nothing_stands_in_line_while_the_service_is_out_of_reach() -> None:
    judge, intent = Judge(Reach.UNREACHABLE), asked(preflight_at=None)
    judge.confirmations.stand_in_line(intent, START + JUST)
    assert judge.objection(intent, LONG) is Reason.STALE


@pytest.mark.parametrize(
    ("reach", "reason"), [(Reach.ONLINE, Reason.OLD_DATA), (Reach.UNREACHABLE, Reason.UNREACHABLE)]
)
def test_data_that_are_too_old_are_waited_for(reach: Reach, reason: Reason) -> None:
    judge, intent = Judge(reach), asked(preflight_at=START - LONG)
    assert judge.objection(intent, timedelta(0)) is reason
    judge.know(START - LONG)
    assert judge.objection(intent, timedelta(0)) is reason, "the same as it was judged by"
    judge.know(START + timedelta(hours=1))
    assert judge.objection(intent, timedelta(0)) is reason, "a clock that was wrong has dated them"


def test_newer_data_let_a_request_go_or_speak_against_it() -> None:
    judge, intent = Judge(), asked(preflight_at=START - LONG)
    judge.know(START)
    assert judge.objection(intent, timedelta(0)) is Reason.NONE
    judge.know(START, VaultStatus.DELETING)
    assert judge.objection(intent, timedelta(0)) is Reason.CONTRADICTED
    assert judge.objection(asked(), timedelta(0)) is Reason.NONE, "it was judged by data that are new enough"


def test_newer_data_are_asked_for_once_when_confirmed_or_later_when_they_have_grown_old() -> None:
    judge = Judge()
    old, new = asked(preflight_at=START - LONG), asked()
    judge.confirmations.ask_for_data(new)
    judge.confirmations.ask_for_aged_data(old)
    assert judge.wanted == []
    judge.confirmations.ask_for_data(old)
    judge.confirmations.ask_for_aged_data(new)
    assert [Part.VAULTS in parts for parts in judge.wanted] == [True, True]


def test_a_clock_that_was_ahead_confirms_nothing() -> None:
    assert not is_from_the_future(asked(), START - timedelta(minutes=1))
    assert is_from_the_future(asked(), START - timedelta(minutes=1, seconds=1))


def test_a_window_sends_what_waits_in_its_profile_and_a_command_its_own_alone() -> None:
    ledger, intent = Ledger(DEMO, lambda _part: None), asked()
    window, command = OwnRequests(ledger, Origin.WINDOW), OwnRequests(ledger, Origin.COMMAND)
    assert (window.is_mine(intent), command.is_mine(intent)) == (True, False)
    left = replace(intent, origin=Origin.COMMAND)
    assert window.was_left(left) and command.was_left(left) and not window.was_left(intent)
    command.add(intent.id)
    assert command.is_mine(intent) and not command.was_left(left)
    assert window.would_go(intent) and not window.would_go(replace(intent, state=IntentState.HELD))


@pytest.mark.parametrize("where", [{"cbr_endpoint": "https://cbr.elsewhere"}, {"project": "another"}])
def test_a_request_goes_where_it_was_meant_for_and_nowhere_else(where: dict[str, str]) -> None:
    intent = asked(state=IntentState.HELD, reason=Reason.ELSEWHERE)
    there = OwnRequests(Ledger(DEMO, lambda _part: None), Origin.WINDOW)
    elsewhere = OwnRequests(Ledger(replace(DEMO, **where), lambda _part: None), Origin.WINDOW)
    assert (there.leads_there(intent), elsewhere.leads_there(intent)) == (True, False)
    assert (there.would_go(intent), elsewhere.would_go(intent)) == (True, False)
    assert there.target() == intent.target
