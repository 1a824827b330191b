"""When the next round of reading is due: the arithmetic alone, without anything that is read."""

from datetime import timedelta

from cbr_desktop.workflows.pacing import EVERY_SECONDS, SLOWEST, Attention, Pace
from tests.stage import START, StageClock


def test_a_service_that_is_asked_too_often_is_asked_less_and_less_down_to_a_limit() -> None:
    pace = Pace(StageClock())
    assert pace.every_seconds == EVERY_SECONDS
    slower = []
    for _ in range(5):
        pace.note(is_throttled=True)
        slower.append(pace.every_seconds / EVERY_SECONDS)
    assert slower == [2, 4, 8, 8, 8] and slower[-1] == SLOWEST
    pace.note(is_throttled=False)
    assert pace.every_seconds == EVERY_SECONDS, "one that answers again is asked as before"


def test_a_round_is_behind_by_the_pause_that_is_kept_now() -> None:
    clock = StageClock()
    pace = Pace(clock)
    assert not pace.is_behind(), "none was begun"
    pace.begin()
    clock.advance(EVERY_SECONDS - 1)
    assert not pace.is_behind()
    clock.advance(1)
    assert pace.is_behind() and clock.now() - START == timedelta(seconds=EVERY_SECONDS)
    pace.attend(Attention(is_seen=False))
    assert not pace.is_behind(), "what nobody sees is read less often"
    pace.attend(Attention(every_seconds=30))
    assert pace.is_behind()
