"""Requests nobody thought of, many more of them than the suite has time for."""

import pytest

from tests.simulator.test_any_request import OPERATIONS, any_request_is_answered


@pytest.mark.parametrize("operation", OPERATIONS)
def test_many_requests_are_answered_within_the_contract(operation):
    any_request_is_answered(operation, 50)
