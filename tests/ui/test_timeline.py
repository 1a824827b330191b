"""The timeline over a table: what it counts, how days are chosen, and what the filter makes of that."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.text.marks import mark
from cbr_desktop.text.words import Times
from cbr_desktop.ui.backups.page import BackupsPage
from cbr_desktop.ui.kit.day_counts import day_counts
from cbr_desktop.ui.kit.day_filter import days_in, with_days
from cbr_desktop.ui.kit.page_timeline import PageTimeline
from cbr_desktop.ui.kit.timeline import Timeline, TimelineLane
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate
from tests.ui.estate import NOW, HandClock
from tests.widgets import child

TODAY = NOW.date()
K = Qt.Key


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def page_with(qtbot: QtBot, counts: dict[int, dict[str, int]], settings: Any = None) -> BackupsPage:
    """Return the page of backups with so many, by the days ago and their states."""
    workspace = estate.workspace(settings=settings if settings is not None else estate.Notebook())
    ledger = estate.ledger(workspace)
    one = next(iter(ledger.backups.values()))
    rows = [
        replace(one, id=BackupId(f"{day}-{status}-{n}"), status=status, created_at=NOW - timedelta(days=day))
        for day, states in counts.items()
        for status, number in states.items()
        for n in range(number)
    ]
    ledger.put_backups(Listing(rows, NOW))
    page = BackupsPage(workspace, Times(HandClock(), utc=True))
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    page.catch_up()
    return page


def strip(page: BackupsPage) -> Timeline:
    found: Timeline = child(page, Timeline, "timelineOfBackups")
    return found


def press(page: BackupsPage, *keys: Qt.Key, shift: bool = False) -> str:
    for key in keys:
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(strip(page), key, modifier)
    return strip(page).accessibleDescription()


GOOD, BAD = BackupStatus.AVAILABLE, BackupStatus.ERROR
COUNTS: dict[int, dict[str, int]] = {0: {GOOD: 3}, 1: {GOOD: 1, BAD: 2}, 9: {BAD: 1}, 40: {GOOD: 5}}


def test_each_day_has_a_mark_a_state_and_tells_them_in_words(qtbot: QtBot) -> None:
    page = page_with(qtbot, COUNTS)
    shown = strip(page)
    assert [(lane.mark.shape, lane.words) for lane in shown._lanes] == [("●", "Available"), ("✕", "Failed")]
    assert shown.day_words(days_ago(1)) == f"Fri {days_ago(1)}: 1 available, 2 failed"
    assert shown.day_words(days_ago(2)).endswith(": nothing")
    assert shown.accessibleName() == "Timeline of Backups"
    assert sum(map(sum, shown._days.values())) == page.model.total == 12


def test_the_day_under_the_pointer_is_framed_and_not_covered(qtbot: QtBot) -> None:
    shown = strip(page_with(qtbot, COUNTS))
    empty = QPoint(shown._x(days_ago(2)) + shown._layout.width // 2, shown._lanes_rect().center().y())
    place, no = QPointF(empty), Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, place, place, no, no, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(shown.viewport(), moved)
    assert shown._hovered == days_ago(2)
    ground = shown.palette().color(QPalette.ColorRole.Base)
    assert shown.viewport().grab().toImage().pixelColor(empty) == ground


def test_days_are_chosen_by_keys_and_stand_in_the_filter(qtbot: QtBot) -> None:
    page = page_with(qtbot, COUNTS)
    page.filter.setText("state:failed")
    assert press(page, K.Key_Left).startswith(f"Sat {TODAY}")
    assert "2 failed" in press(page, K.Key_Left)
    assert page.filter.text() == "state:failed"
    press(page, K.Key_Space)
    page._apply_filter()
    assert page.filter.text() == f"state:failed made:{days_ago(1)}" and page.model.rowCount() == 2
    assert press(page, K.Key_Up, K.Key_Left, shift=True) == f"{days_ago(9)} to {days_ago(1)}: 4"
    press(page, K.Key_Return)
    page._apply_filter()
    assert page.filter.text() == f"state:failed made:{days_ago(9)}..{days_ago(1)}" and page.model.rowCount() == 3
    assert press(page, K.Key_Home).startswith(f"{days_ago(40):%a %Y-%m-%d}: 5")
    assert press(page, K.Key_End, K.Key_PageUp).endswith("nothing")
    press(page, K.Key_Escape)
    assert page.filter.text() == "state:failed" and strip(page).span is None


def test_days_are_chosen_by_the_pointer_and_once_more_is_none(qtbot: QtBot) -> None:
    page = page_with(qtbot, COUNTS)
    shown = strip(page)

    def at(day: date) -> QPoint:
        return QPoint(shown._x(day) + 1, shown._lanes_rect().center().y())

    def drag(first: date, last: date) -> str:
        QTest.mousePress(shown.viewport(), Qt.MouseButton.LeftButton, pos=at(first))
        QTest.mouseMove(shown.viewport(), at(last))
        QTest.mouseRelease(shown.viewport(), Qt.MouseButton.LeftButton, pos=at(last))
        return page.filter.text()

    assert drag(days_ago(1), days_ago(1)) == f"made:{days_ago(1)}"
    assert drag(days_ago(1), days_ago(1)) == ""
    assert drag(TODAY, days_ago(9)) == f"made:{days_ago(9)}..{TODAY}"
    page.clear_filter()
    assert shown.span is None
    page.filter.setText(f"made:{days_ago(3)} by:person")
    assert shown.span == (days_ago(3), days_ago(3))


def test_a_long_past_is_gone_through_and_made_wider(qtbot: QtBot) -> None:
    page = page_with(qtbot, {0: {GOOD: 1}, 800: {GOOD: 1}})
    shown = strip(page)
    bar = shown.horizontalScrollBar()
    assert bar.maximum() > 0 and bar.value() == bar.maximum()
    before = shown._layout.visible
    press(page, K.Key_Home)
    assert bar.value() == 0 and shown._x(days_ago(800)) >= shown._layout.left
    press(page, K.Key_Plus)
    assert shown._layout.visible < before
    press(page, *[K.Key_Minus] * 9)
    assert shown._layout.visible > before
    assert shown.sizeHint().height() < 130


def test_it_is_put_away_and_stays_so_and_counts_nothing_meanwhile(qtbot: QtBot) -> None:
    settings = estate.Notebook()
    page = page_with(qtbot, COUNTS, settings)
    toggle = child(page, QToolButton, "showBackupsTimeline")
    assert strip(page).isVisible()
    toggle.click()
    assert not strip(page).isVisible()
    other = page_with(qtbot, COUNTS, settings)
    assert not strip(other).isVisible() and not strip(other)._days
    child(other, QToolButton, "showBackupsTimeline").click()
    assert strip(other).isVisible() and strip(other)._days


def test_where_there_is_nothing_on_any_day_it_takes_no_room(qtbot: QtBot) -> None:
    page = page_with(qtbot, {})
    assert strip(page).isHidden()
    assert strip(page_with(qtbot, {3: {"available": 1}})).isVisible()


def test_the_focus_comes_by_on_its_way_from_area_to_area(qtbot: QtBot) -> None:
    page = page_with(qtbot, COUNTS)
    assert page.areas() == [strip(page), page.view]
    chain: list[QWidget] = [strip(page)]
    while chain[-1] is not page.view:
        chain.append(chain[-1].nextInFocusChain())
    assert [one for one in chain if one.focusPolicy() & Qt.FocusPolicy.TabFocus] == [strip(page), page.view]
    page._timeline.toggle.click()
    assert page.areas() == [page.view]


def test_the_same_rows_are_counted_once_and_the_next_day_again(qtbot: QtBot) -> None:
    page = page_with(qtbot, COUNTS)
    counted = strip(page)._days
    page.refresh(Part.VAULTS)
    page.retell_times()
    assert strip(page)._days is counted
    clock: Any = page._times._clock
    clock.at += timedelta(days=1)
    page.retell_times()
    assert strip(page)._days is not counted and strip(page)._last == TODAY + timedelta(days=1)


def test_very_many_rows_are_counted_in_pieces(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    times, line = Times(HandClock(), utc=True), QLineEdit(holder)
    lane = TimelineLane(mark(GOOD), "x")
    made = PageTimeline("Backups", "made", line, estate.Notebook(), times, lambda _: lane, holder, at_once=3)
    made.take(COUNTS, 12_000, lambda: ((NOW - timedelta(hours=n % 48), "x") for n in range(12_000)))
    assert made._pieces.is_at_work and not made.strip._days
    qtbot.waitUntil(lambda: not made._pieces.is_at_work)
    assert sum(map(sum, made.strip._days.values())) == 12_000


def test_words_of_a_hostile_service_get_one_lane(qtbot: QtBot) -> None:
    page = page_with(qtbot, {0: {GOOD: 9, **{f"state-{n}": 1 for n in range(50)}}})
    lanes = strip(page)._lanes
    assert len(lanes) == 6 and (lanes[0].words, lanes[-1].words) == ("Available", "Other")
    assert sum(strip(page)._days[TODAY]) == 59


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("made:2026-03-02", (date(2026, 3, 2), date(2026, 3, 2))),
        ("a made:2026-03-02..2026-03-05 b", (date(2026, 3, 2), date(2026, 3, 5))),
        ("by:person made:today", (date(2026, 3, 9), date(2026, 3, 9))),
        ("made:2026-03-05..2026-03-02", None),
        ("made:2026-02-30", None),
        ("-made:2026-03-02", None),
        ("made:2026-03-02 made:2026-03-03", None),
        ("made:..2026-03-02", None),
        ("made>2026-03-02", None),
    ],
)
def test_days_are_read_from_a_filter(text: str, span: tuple[date, date] | None) -> None:
    assert days_in(text, "made", date(2026, 3, 9)) == span


def test_days_take_the_place_of_days_and_nothing_else_changes() -> None:
    day = date(2026, 3, 2)
    assert with_days('by:person  name:"a  b"', "made", (day, day)) == 'by:person  name:"a  b" made:2026-03-02'
    both = with_days("made:2026-01-01 by:person", "made", (day, date(2026, 3, 4)))
    assert both == "by:person made:2026-03-02..2026-03-04"
    assert with_days('made:2026-01-01 name:"a  b"', "made", None) == 'name:"a  b"'


def test_rows_in_any_order_and_without_a_time_are_counted_right() -> None:
    times = Times(HandClock(), utc=True)
    at = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)
    step: Callable[[int], datetime] = lambda seconds: at + timedelta(seconds=seconds)  # noqa: E731
    rows = [(step(0), "x"), (step(1), "x"), (step(-1), "y"), (None, "x"), (step(0), "x")]
    *_, counts = day_counts(rows, times.day, times.begin)
    assert counts == {date(2026, 3, 2): {"x": 2, "y": 1}, date(2026, 3, 3): {"x": 1}}
