"""Default names."""

import random
from dataclasses import replace
from datetime import UTC, datetime

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import CheckpointDraft, name_findings
from cbr_desktop.domain.template import TOKENS
from cbr_desktop.workflows.naming import default_name

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
        rendered = default_name("{%s}" % token, DEMO, None, CheckpointDraft(), NOW)  # noqa: UP031
        assert rendered.problems == ()


def test_time_and_type() -> None:
    assert named("{utc}") == "20260302T093000Z"
    full = default_name("{type}", replace(DEMO), None, CheckpointDraft(incremental=False), NOW)
    assert full.name == "full"
