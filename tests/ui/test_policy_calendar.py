"""The calendar of policies: when all of them run, what the chosen one deletes, and what is wrong with schedules."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import BACKUP, REPLICATION, Policy
from cbr_desktop.domain.region import REGIONS, zone_name
from cbr_desktop.domain.retention import Coverage, forecast
from cbr_desktop.domain.schedule import zone_of
from cbr_desktop.text.schedules import axis_day_words, next_run_words
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.lane_chart import LaneChart
from cbr_desktop.ui.kit.lanes import Bar, ChartLane, LaneChartContent
from cbr_desktop.ui.policies.calendar import View
from cbr_desktop.ui.policies.page import PoliciesPage
from cbr_desktop.ui.policies.timetable import Losses, RunsOfPolicies, days_from, losses_picture, runs_picture
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.timetable import Clash, ClashKind
from tests.ui import estate
from tests.ui.estate import NOW, HandClock, profile, resource, uid, vault

DAY = timedelta(days=1)
VAULT = VaultId(uid(1))


def policy(name: str, hour: int, **more: object) -> Policy:
    told = {"operation_type": BACKUP, "enabled": True, "vault_ids": (VAULT,), "retention_days": 7, **more}
    return Policy(PolicyId(name), name, patterns=(f"FREQ=DAILY;INTERVAL=1;BYHOUR={hour};BYMINUTE=0",), **told)  # type: ignore[arg-type]  # fmt: skip


def shown(policies: Sequence[Policy], *found: Clash, lasting: timedelta | None = None) -> LaneChartContent:
    lasts = {} if lasting is None else {(each.id, VAULT): lasting for each in policies}
    known = RunsOfPolicies(policies, lasts, found, {VAULT: "vault-one"})
    return runs_picture(known, days_from(NOW.date(), 7, utc=True), NOW, utc=True)


# the picture


def test_a_lane_of_each_policy_has_a_bar_of_each_run_as_long_as_it_usually_takes() -> None:
    (lane,) = shown([policy("night", 12)], lasting=timedelta(hours=6)).lanes
    assert (lane.name, len(lane.bars)) == ("night", 7)
    first = lane.bars[0]
    assert (first.begin * 7, first.end * 7) == (pytest.approx(0.5), pytest.approx(0.75)), "noon to six of the first day"


def test_what_does_nothing_is_hollow_and_counts_for_nothing() -> None:
    picture = shown([policy("off", 12, enabled=False), policy("idle", 12, vault_ids=())])
    assert all(lane.is_faded and lane.bars[0].is_hollow for lane in picture.lanes)
    assert picture.words.startswith("0 runs of 2 policies")
    assert "would run" in picture.describe(picture.lanes[0], picture.lanes[0].bars[0])


def test_a_run_that_begins_too_early_is_marked_and_says_why() -> None:
    backup, copy = policy("night", 12), policy("copy", 13, operation_type=REPLICATION)
    at = datetime.combine(NOW.date(), datetime.min.time(), UTC) + timedelta(hours=13)
    clash = Clash(ClashKind.BEFORE_BACKUP_ENDS, at, copy.id, backup.id, VAULT, timedelta(hours=2))
    picture = shown([backup, copy], clash)
    lane = picture.lanes[1]
    assert [bar.is_marked for bar in lane.bars] == [True] + 6 * [False]
    assert picture.describe(lane, lane.bars[0]).endswith("‘night’ is usually still backing up vault ‘vault-one’ then.")


def test_the_axis_names_its_days_and_the_busy_hours_are_shaded() -> None:
    picture = shown([])
    assert picture.nothing.startswith("There is no policy") and not shown([policy("night", 12)]).nothing
    assert [words for _at, words in picture.ticks][:2] == [axis_day_words(NOW, 7), axis_day_words(NOW + DAY, 7)]
    assert axis_day_words(datetime(2026, 12, 1, tzinfo=UTC), 31) == "12-01"
    assert all(0 <= begin < end <= 1 for begin, end in picture.shades)
    assert len(picture.shades) >= 7, "each night"


def test_a_span_is_of_whole_days() -> None:
    days = days_from(date(2026, 3, 28), 3, utc=True)
    assert days.until - days.since == 3 * DAY
    assert days.part(days.since + 1.5 * DAY) == 0.5


# what the rules delete


def test_what_is_deleted_stands_in_the_lane_of_its_resource() -> None:
    holder = vault(1, "vault-one", 1, 10)
    held = resource(100, holder, 0)
    own = [
        replace(estate.backup(n, holder, held, NOW - n * DAY), auto=True, expires_at=NOW + (8 - n) * DAY)
        for n in (1, 2, 3)
    ]
    by_id = {each.id: each for each in own}
    days = days_from(NOW.date(), 90, utc=True)
    for rules, is_last in ((policy("night", 12).rules, False), (None, True)):
        told = forecast(own, [Coverage(holder.id, (held.id,))], rules, NOW)
        picture = losses_picture(Losses(told, by_id, {held.id: "ecs"}), days, utc=True)
        (lane,) = picture.lanes
        assert (lane.name, len(lane.bars)) == ("ecs  3 → 0", 3)
        assert lane.bars[-1].is_marked is is_last, "where no run makes new ones, the last that goes stands out"
        assert "1 backup of ‘ecs’ is deleted" in picture.describe(lane, lane.bars[0])


# the chart


def chart(qtbot: QtBot, picture: LaneChartContent) -> LaneChart:
    made = LaneChart("chart")
    qtbot.addWidget(made)
    made.resize(700, 200)
    made.tell(picture)
    made.show()
    return made


LANES = LaneChartContent(
    [
        ChartLane("a", "first", [Bar(0.1, 0.2), Bar(0.5, 0.6, Tone.WARN)]),
        ChartLane("b", "second", [Bar(0.5, 0.5)]),
    ],
    words="two lanes",
    describe=lambda lane, bar: f"{lane.name} at {bar.begin}",
)


def test_the_keys_go_from_lane_to_lane_and_from_bar_to_bar(qtbot: QtBot) -> None:
    made, chosen = chart(qtbot, LANES), []
    made.lane_chosen.connect(chosen.append)
    assert made.accessibleName() == "two lanes"
    for key, told in (
        (Qt.Key.Key_Down, "first"),
        (Qt.Key.Key_Right, "first at 0.1"),
        (Qt.Key.Key_Right, "first at 0.5"),
        (Qt.Key.Key_Right, "first at 0.5"),
        (Qt.Key.Key_Down, "second at 0.5"),
    ):
        QTest.keyClick(made, key)
        assert made.accessibleDescription() == told
    QTest.keyClick(made, Qt.Key.Key_Return)
    assert chosen == ["b"]


def test_the_pointer_is_told_what_it_is_at_and_a_click_opens_the_lane(qtbot: QtBot) -> None:
    made, chosen = chart(qtbot, LANES), []
    made.lane_chosen.connect(chosen.append)
    line = made.line_height
    assert made.words_at(4, 1.5 * line) == "first"
    found = {made.words_at(x, 1.5 * line) for x in range(made.viewport().width())}
    assert found == {"first", "", "first at 0.1", "first at 0.5"}
    assert made.words_at(4, 10 * line) == "", "below the last lane is nothing"
    QTest.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(4, int(2.5 * line)))
    assert chosen == ["b"]
    made.grab()


def test_bars_on_the_same_pixels_are_drawn_once_and_the_marked_ones_all_the_same(qtbot: QtBot) -> None:
    many = [Bar(n / 100_000, n / 100_000, is_marked=n == 50_001) for n in range(100_000)]
    made = chart(qtbot, LaneChartContent([ChartLane("a", "many", many)]))
    made.grab()
    drawn = [each.bar for each in made._bars_of(0)]
    assert len(drawn) < made.width()
    assert many[50_001] in drawn


def test_the_axis_tells_all_its_days_or_one_in_so_many(qtbot: QtBot) -> None:
    days = ["29", "30", "12-01", *map(str, range(2, 29))]
    made = chart(qtbot, LaneChartContent((), [(place / 30, words) for place, words in enumerate(days)]))
    for width in (300, 500, 700, 2500):
        made.resize(width, 200)
        told = [days.index(words) for _rect, words in made.told_ticks()]
        assert 2 in told, "the one that names the month"
        assert len({b - a for a, b in pairwise(told)}) == 1
        rects = [rect for rect, _words in made.told_ticks()]
        assert all(a.right() < b.left() for a, b in pairwise(rects))
    assert len(told) == 30


def test_a_chart_of_many_lanes_scrolls_to_the_chosen_one(qtbot: QtBot) -> None:
    made = chart(qtbot, LaneChartContent([ChartLane(str(n), f"lane {n}", []) for n in range(32)]))
    made.choose("31")
    assert made.verticalScrollBar().value() > 0
    made.tell(LaneChartContent([ChartLane("31", "alone", [])]))
    assert made.current_words() == "alone", "it stays chosen where it is still there"


# the page


@pytest.fixture
def workspace() -> Workspace:
    made = estate.workspace()
    (ledger,) = made.scope.members
    ledger.profile = replace(profile(), region="ap-southeast-1")
    own = [policy("night", 20), policy("copy", 20, operation_type=REPLICATION), policy("off", 3, enabled=False)]
    ledger.put_policies(Listing(own, NOW, True))
    ledger.put_tasks(Listing([], NOW, True))
    return made


def page(qtbot: QtBot, workspace: Workspace) -> PoliciesPage:
    made = PoliciesPage(workspace, Times(HandClock(), utc=True))
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.catch_up()
    return made


def test_the_page_shows_the_runs_of_all_its_policies_and_what_is_wrong(qtbot: QtBot, workspace: Workspace) -> None:
    made = page(qtbot, workspace)
    calendar = made.calendar
    qtbot.waitUntil(lambda: bool(calendar.chart.picture.lanes))
    assert [lane.name for lane in calendar.chart.picture.lanes] == ["copy", "night", "off"], "as the rows stand"
    assert calendar.problems.count() == 0, "nobody looks at the list yet"
    counter = calendar.views[View.PROBLEMS].text()
    calendar.show_view(View.PROBLEMS)
    qtbot.waitUntil(lambda: calendar.problems.count() > 0)
    said = [calendar.problems.item(row).text() for row in range(calendar.problems.count())]
    assert counter == f"&Problems {len(said)}"
    assert any("begins to copy at the very moment" in words for words in said)
    (row,) = [n for n, words in enumerate(said) if "Policy ‘off’ is disabled" in words]
    calendar.problems.itemActivated.emit(calendar.problems.item(row))
    current = made.view.current_row()
    assert current is not None and current.name == "off", "a problem leads to its policy"
    vaults: list[object] = []
    made.vault_requested.connect(vaults.append)
    (row,) = [n for n, words in enumerate(said) if "Vault ‘vault-be94’" in words]
    calendar.problems.itemActivated.emit(calendar.problems.item(row))
    assert vaults == [uid(2)]


def test_of_very_many_problems_the_first_ones_are_listed_and_the_others_counted(
    qtbot: QtBot, workspace: Workspace
) -> None:
    (ledger,) = workspace.scope.members
    holder = ledger.vaults[VAULT]
    ledger.put_vaults(Listing([replace(holder, id=VaultId(f"v{n}"), name=f"v{n}") for n in range(300)], NOW, True))
    made = page(qtbot, workspace).calendar
    made.show_view(View.PROBLEMS)
    qtbot.waitUntil(lambda: made.problems.count() > 0)
    total = int(made.views[View.PROBLEMS].text().rpartition(" ")[2])
    assert total >= 300
    assert (made.problems.count(), made.problems.item(200).text()) == (201, f"and {total - 200} more")


def test_the_week_is_turned_and_the_month_is_remembered(qtbot: QtBot, workspace: Workspace) -> None:
    made = page(qtbot, workspace).calendar
    qtbot.waitUntil(lambda: bool(made.chart.picture.lanes))
    this_week = made.span.text()
    made.later.click()
    qtbot.waitUntil(lambda: made.span.text() != this_week)
    assert made.chart.picture.now is None, "the present is not in it"
    made.now.click()
    qtbot.waitUntil(lambda: made.span.text() == this_week)
    made.show_view(View.MONTH)
    made.fold.click()
    assert made.body.isHidden()
    again = page(qtbot, workspace).calendar
    assert (again.view, again.body.isHidden()) == (View.MONTH, True)
    again.views[View.RETENTION].click()
    assert not again.body.isHidden(), "whoever asks for a view wants to see it"


def test_what_the_chosen_policy_deletes_is_shown_and_of_a_replication_that_nothing_is_known(
    qtbot: QtBot, workspace: Workspace
) -> None:
    made = page(qtbot, workspace)
    made.calendar.show_view(View.RETENTION)
    qtbot.waitUntil(lambda: made.calendar.words.text().startswith("Choose a policy"))
    made.show_row("copy")
    qtbot.waitUntil(lambda: made.calendar.words.text().startswith("Policy ‘copy’ makes replicas"))
    made.show_row("night")
    qtbot.waitUntil(lambda: bool(made.calendar.chart.picture.lanes))
    assert made.calendar.words.text().startswith("Of 0 automatic backups that are there, 0 are deleted within 90 days.")
    (ledger,) = workspace.scope.members
    assert len(made.calendar.chart.picture.lanes) == len(ledger.vaults[VAULT].resources), "each resource that it covers"


def test_what_is_deleted_is_listed_with_what_is_supposed_of_the_service(qtbot: QtBot, workspace: Workspace) -> None:
    (ledger,) = workspace.scope.members
    holder = ledger.vaults[VAULT]
    held = holder.resources[0]
    own = [replace(estate.backup(n, holder, held, NOW - DAY), auto=True, expires_at=NOW + n * DAY) for n in (1, 2)]
    ledger.put_backups(Listing(own, NOW, True))
    made = page(qtbot, workspace)
    made.calendar.show_view(View.RETENTION)
    assert not made.calendar.list.isEnabled()
    made.show_row("night")
    qtbot.waitUntil(made.calendar.list.isEnabled)
    told: list[tuple[str, list[str]]] = []
    made.lines_requested.connect(lambda title, lines: told.append((title, lines)))
    made.calendar.list.click()
    ((title, lines),) = told
    assert title == "What policy ‘night’ deletes"
    assert [f"‘{each.name}’ of ‘{held.name}’" in line for each, line in zip(own, lines, strict=False)] == [True, True]
    assert lines[2].startswith("Assumed, since it is not documented") and len(lines) == 6


def test_the_next_run_is_told_by_this_clock_in_utc_and_by_that_of_the_region(
    qtbot: QtBot, workspace: Workspace
) -> None:
    made = page(qtbot, workspace)
    column = next(each for each in made.model.columns if each.key == "next")
    rows = {row.name: row for row in made.rows()}
    at = column.sort(rows["night"])
    assert isinstance(at, datetime)
    assert (at.hour, at > NOW) == (20, True)
    assert column.sort(rows["off"]) is None
    assert column.hint is not None
    there = at.astimezone(zone_of("Asia/Hong_Kong"))
    assert f"= {there:%Y-%m-%d %H:%M} in region ap-southeast-1" in column.hint(rows["night"])
    assert "does not run" in next_run_words(None, Times(HandClock()), "")
    assert made.age_words().startswith("2 of 32 used"), "of backup policies, which have a limit of their own"


def test_every_region_of_the_list_has_a_time_zone_that_there_is() -> None:
    assert all(zone_of(zone_name(region)) for region in REGIONS)
    assert zone_name("nowhere-1") == ""
