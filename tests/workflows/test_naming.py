"""Default names."""

import random
import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import NAME_LIMIT, CheckpointDraft, is_distinctive, name_findings
from cbr_desktop.domain.template import TOKENS
from cbr_desktop.workflows.naming import default_name, with_own_part

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def named(template: str, seed: int = 1) -> str:
    return default_name(template, DEMO, None, CheckpointDraft(), NOW, chance=random.Random(seed)).name


def test_the_default_template_gives_a_good_name_that_is_another_each_time() -> None:
    name = named(DEMO.name_template)
    assert name.startswith("manualbk_vault-")
    assert name_findings(name, DEMO.name_rules) == []
    assert name != named(DEMO.name_template, seed=2)
    assert name == named(DEMO.name_template)


def test_every_token_of_a_template_has_a_value() -> None:
    for token in TOKENS:
        rendered = default_name("{%s}" % token, DEMO, None, CheckpointDraft(), NOW, ticket="CHG7")  # noqa: UP031
        assert rendered.problems == ()


def test_time_and_type() -> None:
    assert named("{utc}").startswith("20260302T093000Z-")
    full = default_name("{type}", replace(DEMO), None, CheckpointDraft(incremental=False), NOW)
    assert full.name.startswith("full-")


@pytest.mark.parametrize(
    "template",
    [
        "{vault}",
        "{utc}",
        "nightly",
        "{rand:1}",
        "{rand:8|trunc:2}",
        "{rand:6}",
        "n" * 100,
        "{rand:64}-{date}",
        "{vault}{rand}",
    ],
)
def test_fault_81_a_name_that_a_template_gives_is_unique_by_itself(template: str) -> None:
    """A colleague's request of the same name, a moment before ours, must not be taken for it."""
    names = [named(template, seed) for seed in range(200)]
    assert len(set(names)) > 195
    for name in names:
        assert is_distinctive(name), name
        assert name_findings(name, DEMO.name_rules) == []
        assert len(name) <= NAME_LIMIT


def test_fault_81_the_template_is_shortened_and_never_the_random_part() -> None:
    name = named("n" * 100)
    assert len(name) == NAME_LIMIT
    assert re.fullmatch("n{57}-[a-z0-9]{6}", name)
    assert named("n" * 100 + "-{rand:6}")[57:] != named("n" * 100 + "-{rand:6}", seed=2)[57:]


def test_a_template_that_gives_nothing_gives_no_name() -> None:
    assert [named(template) for template in ("", "{moon}")] == ["", ""]


def test_a_random_part_is_put_to_a_typed_name_within_its_limit() -> None:
    assert re.fullmatch("nightly-[a-z0-9]{6}", with_own_part("nightly"))
    assert len(with_own_part("n" * NAME_LIMIT)) == NAME_LIMIT
