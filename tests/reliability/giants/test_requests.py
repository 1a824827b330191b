"""How much memory it takes to refuse what no request needs; counting it multiplies the time."""

import pytest

from cbr_desktop.domain import request
from tests.domain.test_fault_numbers_request import NEEDLESS
from tests.storage.test_fault_numbers_sources import peak_of


@pytest.mark.parametrize("data", [data for data, _ in NEEDLESS])
def test_fault_89_what_no_request_needs_is_refused_while_it_is_small(data: bytes) -> None:
    assert peak_of(lambda: request.read(data)) < 20 * len(data)
