"""Words of the main window: shares, sizes, empty tables, requests and the status bar."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from cbr_desktop.cli.vaults import vault_table
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.error import CbrError, LoginRefused, NoAnswer, SecretMissing, Unreachable
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Shortfall
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.domain.vault import Resource, ResourceType, VaultStatus
from cbr_desktop.text.marks import NEUTRAL, NEVER
from cbr_desktop.text.operations.words import tally
from cbr_desktop.text.requests import RequestGroup, finished_words, requests
from cbr_desktop.text.states import protect_words, state_words
from cbr_desktop.text.words import (
    Times,
    age_words,
    ages_words,
    empty_notice,
    explain_vault,
    mb_words,
    share_words,
    stale_sentence,
    use_words,
)
from cbr_desktop.ui.checkpoint.target import vault_line_words
from cbr_desktop.ui.resources.page import UNLISTED, UNPROTECTED, holder_words, protection_mark, protection_words
from cbr_desktop.ui.shell.header_bar import _place_words
from cbr_desktop.ui.shell.status_bar import StatusBar, connection_words, login_words, member_problems, throttled_words
from cbr_desktop.ui.shell.task_drawer import Drawer
from cbr_desktop.ui.vaults.details import vault_sheet
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from cbr_desktop.workflows.ledger import Freshness, Part, ResourceRow
from cbr_desktop.workflows.outcomes import outcome_of
from tests.ui import estate

REFUSED = LoginRefused("iam.example.com", status=401, code="IAM.0001", message="<b>no</b>")


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (0, "0 %"),
        (0.04, "< 0.1 %"),
        (0.5, "0.5 %"),
        (62.4, "62 %"),
        (99.97, "99.9 %"),
        (100, "100 %"),
        (100.02, "100.1 %"),
        (145, "145 %"),
        (1234.5, "1234 %"),
    ],
)
def test_a_share_is_never_rounded_to_its_ends(percent: float, words: str) -> None:
    assert share_words(percent) == words


@pytest.mark.parametrize(("megabytes", "words"), [(0, "0 GB"), (200, "200 MB"), (1023, "1023 MB"), (1536, "1.5 GB")])
def test_small_sizes_keep_their_megabytes(megabytes: int, words: str) -> None:
    assert mb_words(megabytes) == words


def test_use_is_told_beyond_what_was_bought() -> None:
    assert use_words(estate.vault(1, "v", 58, 40)) == "58 / 40 GB"
    assert use_words(estate.vault(1, "v", 0, 80)) == "0 / 80 GB"


def test_states_come_in_plain_words_with_those_of_the_service() -> None:
    assert state_words(VaultStatus.LOCK) == "Being expanded (lock)"
    assert state_words(VaultStatus.AVAILABLE) == "Available"
    assert state_words("archiving") == "archiving (unknown to this version)"


def test_a_state_is_explained_with_what_else_matters() -> None:
    assert "may fail" in explain_vault(estate.vault(1, "v", 58, 40))
    assert "threshold" in explain_vault(estate.vault(1, "v", 85, 100))
    assert "‘archiving’" in explain_vault(estate.vault(1, "v", 1, 40, status="archiving"))
    assert "replicas" in explain_vault(estate.vault(1, "v", 1, 40, protect_type="replication"))


# empty tables


@pytest.mark.parametrize(
    ("freshness", "total", "title", "action"),
    [
        (Freshness(), 0, "The vaults have not been read yet", "Refresh"),
        (Freshness(loading=True), 0, "Reading the vaults…", ""),
        (Freshness(as_of=estate.NOW), 0, "No vaults", "Refresh"),
        (Freshness(as_of=estate.NOW), 14, "No vaults match the filter", "Clear the filter"),
        (Freshness(error=REFUSED), 0, "The login was refused", "Try again"),
        (Freshness(error=SecretMissing("p")), 0, "A password is needed", "Try again"),
        (Freshness(error=SecretMissing("p", "token")), 0, "What the login needs is missing", "Try again"),
        (Freshness(error=Unreachable("cbr.example.com")), 0, "The service cannot be reached", "Try again"),
        (Freshness(error=NoAnswer("cbr.example.com")), 0, "The vaults could not be read", "Try again"),
    ],
)
def test_an_empty_table_says_what_why_and_one_thing_to_do(
    freshness: Freshness, total: int, title: str, action: str
) -> None:
    notice = empty_notice("vaults", "project eu-de_prod", freshness, total, "x\u202ey")
    assert notice is not None
    assert (notice.title, notice.action) == (title, action)
    assert notice.why
    assert "\u202e" not in notice.why


def test_rows_that_could_not_be_refreshed_say_how_old_they_are() -> None:
    times = Times(estate.HandClock())
    old = Freshness(estate.NOW - timedelta(minutes=3), error=Unreachable("cbr.example.com"), from_cache=True)
    assert stale_sentence("vaults", [old], times).endswith("What is shown was read 3 min ago.")
    cut = Freshness(estate.NOW - timedelta(minutes=3), error=NoAnswer("cbr.example.com", "the connection was lost"))
    assert stale_sentence("vaults", [cut], times) == (  # reading changes nothing, so that nothing is said of that
        "Not refreshed. cbr.example.com did not answer, or its answer was cut short (the connection was lost)."
        " What is shown was read 3 min ago."
    )
    away = Freshness(cut.as_of, error=Unreachable("cbr.example.com", reason="offline"))
    assert "You work offline; end that in the status bar." in stale_sentence("vaults", [away], times)
    assert age_words(old, times) == "data 3 min old (from cache)"
    assert "may lack" in stale_sentence("vaults", [Freshness(estate.NOW, complete=False)], times)
    assert stale_sentence("vaults", [Freshness(estate.NOW)], times) == ""
    ended = stale_sentence("vaults", [Freshness(estate.NOW, complete=False, shortfall=Shortfall.ROWS)], times)
    assert "more rows than this program reads" in ended
    assert "Refresh" not in ended


def test_fault_96_a_resource_in_a_vault_that_is_not_listed_is_not_called_unprotected() -> None:
    inside = Protectable(ResourceId("r"), ResourceType.SERVER, "web", vault_id=VaultId("v-9"))
    row = ResourceRow(Resource(inside.id, inside.type, inside.name, 1), None, inside, None)
    assert (holder_words(row), protection_words(row), protection_mark(row)) == (UNLISTED, "In a vault", NEUTRAL)
    free = replace(row, protectable=None)
    assert (holder_words(free), protection_words(free), protection_mark(free)) == (UNPROTECTED, UNPROTECTED, NEVER)


@pytest.mark.usefixtures("qapp")
def test_the_panel_over_an_empty_table_comes_goes_and_acts() -> None:
    workspace = estate.workspace(filled=False)
    page = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
    page.show()
    page.catch_up()
    assert page._empty is not None
    assert page._empty.title.text() == "The vaults have not been read yet"
    page._empty.button.click()
    assert workspace.contexts[0].refresh.refreshed == 1  # type: ignore[attr-defined]
    estate.fill(estate.ledger(workspace))
    page.refresh(Part.VAULTS)
    assert not page._empty.isVisible()
    page.filter.setText("nothing like this")
    page._apply_filter()
    assert page._empty.title.text() == "No vaults match the filter"
    page._empty.button.click()
    assert not page._empty.isVisible()
    assert page.model.rowCount() == 15
    page.close()


# requests


def test_half_a_success_never_reads_like_a_whole_one() -> None:
    ledger = estate.ledger(estate.workspace())
    intent = ledger.intents[IntentId("intent-4")]
    outcome = outcome_of(ledger, intent)
    assert outcome is not None
    assert tally(outcome) == "5 of 7, 2 skipped"
    assert finished_words(intent, outcome) == "Checkpoint prepatch-4 partly done: 5 of 7, 2 skipped"
    row = next(r for r in requests(ledger, estate.NOW, ()) if r.id == intent.id)
    assert row.words == "Partly done: 5 of 7, 2 skipped"
    assert (row.mark.shape, row.mark.tone) == ("◐", "warn")


def test_requests_are_grouped_by_what_they_need() -> None:
    ledger = estate.ledger(estate.workspace())
    groups = [(r.group, r.id) for r in requests(ledger, estate.NOW, ())]
    assert [id for group, id in groups if group is RequestGroup.NEEDS_YOU] == ["intent-5", "intent-6", "intent-7"]
    assert [id for group, id in groups if group is RequestGroup.RUNNING] == ["intent-2", "intent-3"]
    assert [id for group, id in groups if group is RequestGroup.QUEUED] == ["intent-1"]
    assert [id for group, id in groups if group is RequestGroup.DONE] == ["intent-4", "intent-8"]


def test_what_is_done_leaves_after_a_day_and_what_needs_somebody_stays() -> None:
    ledger = estate.ledger(estate.workspace())
    later = {r.id for r in requests(ledger, estate.NOW + timedelta(days=2), ())}
    assert later == {"intent-1", "intent-2", "intent-3", "intent-5", "intent-6", "intent-7"}


def test_a_running_request_tells_its_progress() -> None:
    row = next(r for r in requests(estate.ledger(estate.workspace()), estate.NOW, ()) if r.id == "intent-3")
    assert row.words == "Backing up: 1 of 4 done, 1 skipped"
    assert row.progress_percent == 54


@pytest.mark.usefixtures("qapp")
def test_the_drawer_cancels_only_what_is_queued_and_dismisses_what_was_seen() -> None:
    workspace = estate.workspace()
    drawer = Drawer(workspace)
    assert drawer.ticker.text() == "prepatch-5 · vault-db-disks: Outcome unknown"
    drawer.toggle()
    rows = drawer._rows
    assert [id for id, row in rows.items() if not row.cancel.isHidden()] == ["intent-1"]
    assert [id for id, row in rows.items() if not row.dismiss.isHidden()] == ["intent-6", "intent-7"]
    rows[IntentId("intent-1")].cancel.click()
    assert workspace.contexts[0].outbox.cancelled == ["intent-1"]  # type: ignore[attr-defined]
    rows[IntentId("intent-6")].dismiss.click()
    assert IntentId("intent-6") not in drawer._rows
    assert workspace.settings.get("drawer/dismissed", []) == ["intent-6"]
    wished: list[str] = []
    drawer.outcome_requested.connect(wished.append)
    rows[IntentId("intent-4")].open.click()
    assert wished == ["intent-4"]


@pytest.mark.usefixtures("qapp")
def test_the_drawer_shows_one_group() -> None:
    drawer = Drawer(estate.workspace())
    drawer.groups[RequestGroup.QUEUED].click()
    assert drawer.is_open
    assert list(drawer._rows) == ["intent-1"]
    drawer.groups[RequestGroup.QUEUED].click()
    assert len(drawer._rows) == 8


@pytest.mark.usefixtures("qapp")
def test_a_row_moves_on_with_its_request() -> None:
    workspace = estate.workspace()
    drawer = Drawer(workspace)
    drawer.toggle()
    intent = estate.ledger(workspace).intents[IntentId("intent-1")]
    estate.ledger(workspace).put_intent(intent.moved(IntentState.SENDING, estate.NOW))
    drawer.take()
    assert drawer._rows[intent.id].words.text() == "Sending"
    assert drawer._rows[intent.id].cancel.isHidden()


# the status bar


def test_the_connection_is_told_in_a_word_with_a_shape() -> None:
    assert connection_words(Connection(Reach.ONLINE, 84.4)) == "● Online 84 ms"
    assert connection_words(Connection(Reach.UNREACHABLE)) == "✕ Unreachable"
    assert connection_words(Connection(Reach.REFUSED)) == "✕ Login refused"
    missing = SecretMissing("Prod", SecretKind.PASSWORD)
    assert connection_words(Connection(Reach.REFUSED, error=missing)) == "○ Not logged in"
    assert connection_words(Connection()) == "○ Not connected yet"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=21, minutes=4), "login 21 h 4 min"),
        (timedelta(minutes=12), "◆ login 12 min"),
        (timedelta(seconds=-1), "◆ login has ended"),
    ],
)
def test_the_login_tells_what_is_left_of_it(left: timedelta, words: str) -> None:
    assert login_words(Connection(token_expires_at=estate.NOW + left), estate.NOW) == words


def test_throttling_counts_down_and_only_then() -> None:
    waiting = Connection(waiting_until=estate.NOW + timedelta(seconds=9))
    assert throttled_words(waiting, estate.NOW) == "◆ throttled, again in 9 s"
    assert throttled_words(waiting, estate.NOW + timedelta(seconds=9)) == ""


def test_problems_of_one_cause_are_one() -> None:
    ledger = estate.ledger(estate.workspace())
    for part in (Part.VAULTS, Part.TASKS):
        ledger.failed(part, REFUSED)
    ledger.put_connection(Connection(Reach.REFUSED, error=REFUSED))
    found = member_problems(ledger)
    assert len(found) == 1
    assert found[0].startswith("Vaults, tasks: iam.example.com did not accept the login.")


@pytest.mark.usefixtures("qapp")
def test_the_status_bar_follows() -> None:
    workspace = estate.workspace()
    times = Times(workspace.clock)
    bar = StatusBar(workspace, times)
    assert bar.age.text() == "data 3 min old"
    assert bar.problems.isHidden()
    assert not bar._counting_down.isActive()
    error: CbrError = Unreachable("cbr.example.com")
    estate.ledger(workspace).failed(Part.VAULTS, error)
    estate.ledger(workspace).put_connection(
        Connection(Reach.UNREACHABLE, None, estate.NOW + timedelta(seconds=5), None, error)
    )
    bar.tell()
    assert bar.problems.text() == "✕ 1 problem"
    assert bar.waiting.text() == "◆ throttled, again in 5 s"
    assert bar._counting_down.isActive()
    assert bar.login.isHidden()
    workspace.clock.at += timedelta(seconds=6)  # type: ignore[attr-defined]
    bar._tell_waiting()
    assert not bar._counting_down.isActive()


def test_the_strip_gives_up_what_is_seen_elsewhere_before_it_widens_the_window(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    bar = StatusBar(workspace, Times(workspace.clock))
    qtbot.addWidget(bar)
    token_until = estate.NOW + timedelta(hours=20)
    estate.ledger(workspace).put_connection(Connection(Reach.ONLINE, 84.4, token_expires_at=token_until))
    bar.tell()
    bar.resize(1200, 30)
    bar.show()
    assert bar.login.isVisible() and bar.clocks.isVisible()
    bar.resize(bar.minimumSizeHint().width(), 30)
    estate.ledger(workspace).failed(Part.VAULTS, Unreachable("cbr.example.com"))
    bar.tell()
    assert bar.problems.isVisible() and not bar.clocks.isVisible()
    assert bar.minimumSizeHint().width() <= bar.width()


def test_every_list_tells_its_own_age() -> None:
    times = Times(estate.HandClock())
    parts = dict.fromkeys(Part, Freshness())
    parts[Part.VAULTS] = Freshness(times.now() - timedelta(hours=3), from_cache=True)
    parts[Part.TASKS] = Freshness(times.now() - timedelta(seconds=9))
    assert ages_words(parts, times) == [
        "Vaults: data 3 h old (from cache)",
        "Resources outside vaults: no data yet",
        "Backups: no data yet",
        "Policies: no data yet",
        "Tasks: data 9 s old",
    ]


def test_the_header_says_a_region_once() -> None:
    profile = estate.profile()
    assert "region" not in _place_words([replace(profile, name="Prod · eu-de")], is_demo=False)
    assert "region" not in _place_words([replace(profile, name="Prod", project="eu-de_prod")], is_demo=False)
    assert "region eu-de" in _place_words([replace(profile, name="Prod", project="payroll")], is_demo=False)


def test_a_state_has_one_word_in_list_details_relations_combo_box_and_command_line(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    times = Times(workspace.clock)
    index = VaultIndex(workspace.scope)
    page = VaultsPage(workspace, times, index)
    qtbot.addWidget(page)
    page.catch_up()
    column = next(each for each in page.model.columns if each.key == "state")
    for vault in workspace.scope.vaults.values():
        words = state_words(vault.status)
        assert column.text(vault) == words
        assert vault_sheet(vault, workspace.scope, index, times).state == words
        assert vault_line_words(vault).endswith(words)
        assert words in vault_table([vault])
        assert use_words(vault) in vault_line_words(vault)
        assert use_words(vault) in vault_table([vault])
        for resource in vault.resources:
            said = protect_words(resource.protect_status)
            row = next(r for r in workspace.scope.resource_rows() if r.resource is resource)
            assert protection_words(row) in (said, "Replicas only")
            assert any(
                said in relation.words for relation in vault_sheet(vault, workspace.scope, index, times).relations
            )


def test_how_a_vault_is_paid_for_and_kept_is_said_in_words_in_list_and_details(qtbot: QtBot) -> None:
    workspace = estate.workspace()
    times, index = Times(workspace.clock), VaultIndex(workspace.scope)
    page = VaultsPage(workspace, times, index)
    qtbot.addWidget(page)
    columns = {each.key: each for each in page.model.columns}
    vault = replace(next(iter(workspace.scope.vaults.values())), charging_mode="pre_paid", multi_az=True)
    told = dict(vault_sheet(vault, workspace.scope, index, times).facts)
    assert columns["billing"].text(vault) == "By the year or month"
    assert told["Billing"] == "By the year or month; size and end are a matter of orders, made in the console"
    assert (columns["redundancy"].text(vault), columns["specification"].text(vault)) == ("Multi-AZ", "Crash-consistent")
    assert told["Specification"] == "Crash-consistent, Multi-AZ"
    odd = replace(vault, charging_mode="by the moon", consistent_level="")
    assert (columns["billing"].text(odd), columns["specification"].text(odd)) == ("by the moon", "–")
    assert (told["Enterprise project"], columns["enterprise-project"].text(vault)) == ("Default", "Default")
