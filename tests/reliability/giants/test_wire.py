"""Answers nobody thought of, many more of them than the suite has time for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cloud.test_wire import LISTS, any_bytes, any_value_in_any_field


@settings(derandomize=True, max_examples=1000, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("key", sorted(LISTS))
def test_many_values_in_any_field(key: str, data: st.DataObject) -> None:
    any_value_in_any_field(key, data)


@settings(derandomize=True, max_examples=2000, deadline=None)
@given(data=st.data())
def test_many_bytes(data: st.DataObject) -> None:
    any_bytes(data)
