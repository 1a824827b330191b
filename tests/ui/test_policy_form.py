"""The form of a new policy: what is asked for is what is filled in, in UTC, and what that is here is said."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QTime
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.policy import PolicyDraft, policy_body, policy_findings, read_policy
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.schedule import DAYS
from cbr_desktop.text.schedules import local_words, retention_words, runs_sentence, schedule_words
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.policies.policyform import Keep, LongTerm, PolicyForm, form_of
from tests.ui.counter import Counter
from tests.ui.estate import NOW, profile, vault
from tests.widgets import child

MONDAY = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=01;BYMINUTE=00"
BERLIN, CHICAGO = timedelta(hours=1), timedelta(hours=-6)


@pytest.fixture
def fields(qtbot: QtBot) -> Iterator[PolicyFields]:
    made = PolicyFields(BERLIN)
    qtbot.addWidget(made)
    made.show()
    yield made


def test_a_weekly_policy_has_a_rule_for_each_time() -> None:
    form = PolicyForm("nightly", days=frozenset({"TU", "MO"}), minutes=(13 * 60, 60))
    assert form.draft() == PolicyDraft(
        "nightly",
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=01;BYMINUTE=00", "FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=13;BYMINUTE=00"),
        retention_days=30,
    )


def test_a_policy_of_every_so_many_days_names_no_days() -> None:
    form = PolicyForm("x", is_weekly=False, interval=3, minutes=(90,), keep=Keep.NUMBER, number=7)
    assert form.draft() == PolicyDraft("x", ("FREQ=DAILY;INTERVAL=3;BYHOUR=01;BYMINUTE=30",), max_backups=7)


def test_what_is_kept_in_addition_counts_while_it_is_ticked() -> None:
    more = LongTerm(7, 4, 12, 2, "UTC+01:00")
    kept = PolicyForm("x", minutes=(0,), keep=Keep.NUMBER, long_term=more).draft()
    assert list(kept.long_term.values()) == [7, 4, 12, 2]
    assert kept.timezone == "UTC+01:00"
    without = PolicyForm("x", minutes=(0,), keep=Keep.NUMBER).draft()
    assert not any(without.long_term.values()) and not without.timezone


def test_a_policy_without_days_or_times_is_judged_to_have_no_schedule() -> None:
    for form in (PolicyForm("x"), PolicyForm("x", days=frozenset(), minutes=(60,))):
        kinds = [str(finding.kind) for finding in policy_findings(form.draft(), NameRules.ASCII)]
        assert "no-schedule" in kinds


FORMS = [
    PolicyForm("a", minutes=(60,)),
    PolicyForm("full", minutes=(60,), full_interval=7),
    PolicyForm("copy", minutes=(60,), operation_type="replication", region="eu-nl", project="3" * 32),
    PolicyForm("b", is_weekly=False, interval=30, minutes=(0, 1439), keep=Keep.DELETED, enabled=False),
    PolicyForm(
        "c", days=frozenset({"SU"}), minutes=(60,), keep=Keep.NUMBER, long_term=LongTerm(1, 0, 0, 0, "UTC-06:00")
    ),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_an_earlier_request_is_shown_as_it_was_asked_for(form: PolicyForm, qtbot: QtBot) -> None:
    draft = read_policy(policy_body(form.draft()))
    assert draft is not None
    again = form_of(draft)
    assert again is not None and again.draft() == form.draft()
    fields = PolicyFields(CHICAGO, again)
    qtbot.addWidget(fields)
    assert fields.draft() == form.draft()


@pytest.mark.parametrize(
    "draft",
    [
        PolicyDraft("x", (MONDAY, "FREQ=DAILY;INTERVAL=1;BYHOUR=13;BYMINUTE=00"), retention_days=30),
        PolicyDraft("x", ("FREQ=MONTHLY",), retention_days=30),
        PolicyDraft("x", (MONDAY,), retention_days=30, max_backups=3),
    ],
)
def test_what_the_form_cannot_ask_for_is_not_shown_as_something_else(draft: PolicyDraft) -> None:
    assert form_of(draft) is None


@pytest.mark.parametrize(
    ("minute", "offset", "words"),
    [
        (60, BERLIN, "02:00"),
        (60, CHICAGO, "19:00 on the day before"),
        (23 * 60 + 30, BERLIN, "00:30 on the next day"),
        (0, timedelta(0), "00:00"),
        (30, timedelta(hours=5, minutes=45), "06:15"),
    ],
)
def test_a_time_is_told_by_the_clock_here(minute: int, offset: timedelta, words: str) -> None:
    assert local_words(minute, offset) == words


def test_days_and_times_may_be_filled_in_by_the_clock_here(qtbot: QtBot) -> None:
    form = PolicyForm("x", days=frozenset({"MO"}), minutes=(30,), clock=BERLIN)
    (run,) = form.runs
    assert (run.days, run.minute) == (("SU",), 23 * 60 + 30), "half past midnight on Monday is Sunday for the service"
    assert form.by_clock(timedelta()) == replace(form, days=frozenset({"SU"}), minutes=(1410,), clock=timedelta())
    assert replace(form, minutes=(30, 90)).by_clock(timedelta()) is None, "one of them is on another day there"
    fields = PolicyFields(BERLIN)
    qtbot.addWidget(fields)
    fields.show_form(PolicyForm("x", days=frozenset({"SU"}), minutes=(1410,)))
    before = fields.draft()
    fields.clock.setCurrentIndex(1)
    assert [fields.times.item(0).text(), fields.days["MO"].isChecked()] == [
        "00:30 here = 23:30 on the day before UTC",
        True,
    ]
    assert fields.draft() == before, "the same moments"
    fields.time.setTime(QTime(3, 0))
    fields.add.click()
    fields.clock.setCurrentIndex(0)
    assert fields.clock.currentIndex() == 1, "it stays where one set of days cannot say it"
    assert fields.clock_note.text().startswith("By that clock some of the times are on other days")


def test_days_and_times_may_be_filled_in_by_the_clock_of_the_region(qtbot: QtBot) -> None:
    fields = PolicyFields(timedelta(), PolicyForm("x", minutes=(60,)), there=timedelta(hours=8))
    qtbot.addWidget(fields)
    assert [fields.clock.itemText(row) for row in range(2)] == ["UTC", "Clock of the region (UTC+08:00)"]
    fields.clock.setCurrentIndex(1)
    assert fields.times.item(0).text() == "09:00 there = 01:00 UTC"
    same = PolicyFields(BERLIN, there=BERLIN)
    qtbot.addWidget(same)
    assert same.clock.count() == 2, "one clock is offered once"


def test_the_next_runs_and_the_rules_of_the_service_are_listed(qtbot: QtBot) -> None:
    fields = PolicyFields(timedelta(), PolicyForm("x", minutes=(60,)), now=lambda: NOW)
    qtbot.addWidget(fields)
    lines = fields.ahead.toPlainText().splitlines()
    assert len([line for line in lines if "01:00 UTC" in line]) == 10
    assert lines[-1] == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=01;BYMINUTE=00"


def test_a_replication_policy_names_where_it_copies_to(fields: PolicyFields) -> None:
    assert fields.target_side.isHidden()
    fields.type.setCurrentIndex(1)
    assert not fields.target_side.isHidden() and fields.full_side.isHidden()
    kinds = [finding.kind for finding in policy_findings(fields.draft(), NameRules.ASCII)]
    assert FindingKind.COPIES_NOWHERE in kinds
    fields.region.setText("eu-nl")
    fields.project.setText(" 0123 ")
    draft = fields.draft()
    assert (draft.destination_region, draft.destination_project_id) == ("eu-nl", "0123")
    assert FindingKind.COPIES_NOWHERE not in [each.kind for each in policy_findings(draft, NameRules.ASCII)]


def test_a_day_that_is_another_one_here_is_said() -> None:
    runs = PolicyForm("x", days=frozenset({"MO", "SU"}), minutes=(60,)).runs
    assert runs_sentence(runs, BERLIN) == "It runs on Mon, Sun at 01:00 UTC (here 02:00)."
    assert runs_sentence(runs, CHICAGO) == (
        "It runs on Mon, Sun at 01:00 UTC (here 19:00 on the day before)."
        " The days shift: 01:00 UTC is here on Sun, Sat."
    )
    assert runs_sentence([], BERLIN) == "It never runs: there is no time."


def test_schedules_are_told_together_and_strange_ones_as_they_are() -> None:
    patterns = (MONDAY, MONDAY.replace("01;", "13;"), "FREQ=DAILY;INTERVAL=2;BYHOUR=3;BYMINUTE=5", "FREQ=HOURLY")
    assert schedule_words(patterns, timedelta()) == "Mon at 01:00, 13:00 UTC; Every 2 days at 03:05 UTC; FREQ=HOURLY"
    assert schedule_words((), timedelta()) == "Never"
    hours = [f"FREQ=WEEKLY;BYDAY={','.join(DAYS)};BYHOUR={hour};BYMINUTE=30" for hour in range(24)]
    for zone in (0, 5.5):
        assert schedule_words(hours, timedelta(hours=zone)) == "Daily, every hour from 00:30 UTC"
    assert "every hour" not in schedule_words(hours[:-1], timedelta())


def test_what_is_kept_is_told_in_one_line() -> None:
    draft = PolicyDraft("x", (MONDAY,))
    assert retention_words(draft) == "Until deleted"
    assert (
        retention_words(replace(draft, max_backups=7, day_backups=3))
        == "The newest 7 backups; in addition 3 of each day"
    )
    assert retention_words(replace(draft, retention_days=1)) == "1 day"


def test_the_sentence_follows_the_fields(fields: PolicyFields) -> None:
    fields.time.setTime(QTime(23, 30))
    child(fields, QPushButton, "policyAddTime").click()
    assert [fields.times.item(row).text() for row in range(2)] == [
        "01:00 UTC = here 02:00",
        "23:30 UTC = here 00:30 on the next day",
    ]
    for day in ("TU", "WE", "TH", "FR", "SA", "SU"):
        fields.days[day].click()
    assert fields.rule.text() == (
        "It runs on Mon at 01:00, 23:30 UTC (here 02:00, 00:30 on the next day). The days shift: 23:30 UTC is here on"
        " Tue. Its backups are kept: 30 days."
    )
    fields.times.setCurrentRow(0)
    child(fields, QPushButton, "policyRemoveTime").click()
    assert fields.form().minutes == (23 * 60 + 30,)


def test_a_time_that_is_there_already_is_not_there_twice(fields: PolicyFields) -> None:
    child(fields, QPushButton, "policyAddTime").click()
    assert fields.form().minutes == (60,)


def test_fields_that_do_not_count_are_off(fields: PolicyFields) -> None:
    assert not fields.interval.isEnabled() and not fields.number.isEnabled()
    fields.every.click()
    fields.keep[Keep.NUMBER].click()
    assert fields.interval.isEnabled() and fields.number.isEnabled()
    assert not fields.days["MO"].isEnabled() and not fields.days_kept.isEnabled()
    assert not fields.zone.isVisible()
    fields.in_addition.click()
    assert fields.zone.isVisible()
    assert fields.zone.currentText() == "UTC+01:00"


def test_the_window_asks_for_what_the_form_says_and_judges_it_live(qtbot: QtBot) -> None:
    counter = Counter([vault(1, "vault-one", 1, 10)], of=profile())
    fields = PolicyFields(BERLIN)
    dialog = ChangeDialog(counter.context, fields)
    qtbot.addWidget(dialog)
    dialog.open()
    confirm = child(dialog, QPushButton, "changeConfirm")
    assert confirm.text() == "Create policy"
    assert child(dialog, QLabel, "changeVerdict").text().startswith("Not ready: There is no name.")
    fields.name.setText("nightly")
    assert confirm.isEnabled(), child(dialog, QLabel, "changeVerdict").text()
    confirm.click()
    (intent,) = counter.sent
    assert intent.body == policy_body(fields.draft())
