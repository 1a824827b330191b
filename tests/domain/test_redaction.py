"""Fault 85 of the catalogue: no value holds words of the service in which something looks like a secret."""

from collections.abc import Callable

import pytest

from cbr_desktop.domain.checkpoint import SkippedResource
from cbr_desktop.domain.ids import ResourceId, TaskId
from cbr_desktop.domain.intent import Refusal
from cbr_desktop.domain.outcome import Fate, ResourceOutcome
from cbr_desktop.domain.redaction import HIDDEN, WORDS_LIMIT, redacted
from cbr_desktop.domain.task import Task

SAID = "no: X-Auth-Token: hunter2hunter2"
CLEAN = f"no: X-Auth-Token: {HIDDEN}"
_NOTHING = (None,) * 3


def task(code: str, message: str) -> Task:
    return Task(TaskId("t"), "", "", None, None, "", None, "", "", None, None, None, "", *_NOTHING, code, message)


@pytest.mark.parametrize(
    "make",
    [
        lambda text: Refusal(400, text, text, text),
        lambda text: SkippedResource(ResourceId("r"), "", "", text, text),
        lambda text: ResourceOutcome(ResourceId("r"), "", "", Fate.FAILED, code=text, message=text),
        lambda text: task(text, text),
    ],
)
def test_fault_85_words_of_the_service_are_kept_without_what_looks_like_a_secret(make: Callable[[str], object]) -> None:
    assert make(SAID) == make(CLEAN)
    assert SAID not in repr(make(SAID))
    assert CLEAN in repr(make(SAID))


@pytest.mark.parametrize(
    "text", [SAID, "password=a&x", "Cookie: a=b; c", "https://a:b@c", "Signature=ab", "eyJ" + "a1B" * 40]
)
def test_fault_85_what_is_hidden_already_stays_as_it_is(text: str) -> None:
    once = redacted(text)
    assert HIDDEN in once
    assert redacted(once) == once


@pytest.mark.parametrize("text", ["\u00e9" * 10_000_000, "password: x " * 1_000_000])
def test_fault_85_of_endless_words_the_beginning_is_kept_and_looked_through(text: str) -> None:
    # all of them would take half a minute each
    held = [Refusal(400, "", text), SkippedResource(ResourceId("r"), "", "", "", text), task("", text)]
    held.append(ResourceOutcome(ResourceId("r"), "", "", Fate.FAILED, message=text))
    for one in held:
        assert "password: x" not in repr(one)
        assert len(repr(one)) < 2 * WORDS_LIMIT
