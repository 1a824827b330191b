"""Signatures of thousands of requests that nobody thought of, as the vendor computes them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cloud import test_signing as signing

METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE"])


@settings(max_examples=3000, deadline=None)
@given(METHODS, signing.SEGMENTS, signing.QUERIES, signing.VALUES, st.binary(max_size=40), signing.TIMES)
def test_the_vendors_signer_agrees_about_many_requests(method, segments, query, token, body, time) -> None:
    signing.test_the_vendors_signer_agrees.hypothesis.inner_test(method, segments, query, token, body, time)
