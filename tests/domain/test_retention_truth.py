"""The forecast of retention against the simulated service, whose rules are written from its reference alone."""

import pytest

from tests.retention_story import told_and_lived


@pytest.mark.parametrize("number", range(4))
def test_what_is_forecast_is_what_the_service_deletes(number: int) -> None:
    assert told_and_lived(number, days=60)["stretches"] > 1
