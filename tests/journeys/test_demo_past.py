"""The demo cloud begins with a day's work in outbox and journal."""

from contextlib import ExitStack
from pathlib import Path

from cbr_desktop.app import demo_requests
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.start import opened_data
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import HOME_VARIABLE, places
from tests.stage import StageClock


def test_the_demo_begins_with_requests_that_need_somebody_and_a_journal_that_proves_them(tmp_path: Path) -> None:
    clock = StageClock()
    service = Service(estate.demo(clock.now(), days=1), clock)
    here = places({HOME_VARIABLE: str(tmp_path)})
    here.make()
    past = demo_requests.PastClock(clock.now)
    with ExitStack() as stack:
        data = stack.enter_context(opened_data(here, now=past.now))
        demo_requests.fill(service, DEMO, data.records, data.journal, past)
        kept = data.records.load()
        entries = list(data.journal.entries())
        verified = data.journal.verify()
    assert [intent.state for intent in kept] == [
        IntentState.FINISHED,
        IntentState.FINISHED,
        IntentState.REJECTED,
        IntentState.NOT_FOUND,
        IntentState.HELD,
    ]
    outcome = kept[1].outcome
    assert outcome is not None
    assert (outcome.total, outcome.is_whole) == (7, False)
    assert len({entry.event.intent for entry in entries if entry.event.intent}) == 5
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert verified.is_whole
    assert past.now() == clock.now()
