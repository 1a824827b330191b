"""Twenty policies of chance over 400 days each: the forecast of retention against what the service deletes."""

from collections import Counter

from tests.retention_story import told_and_lived


def test_what_is_forecast_of_twenty_policies_comes_true_day_by_day() -> None:
    seen: Counter[str] = Counter()
    for number in range(20):
        seen += told_and_lived(number, days=400)
    assert seen["stretches"] > 300
    assert seen["deletions"] > 3000
