"""The draft of a policy: the request that it makes, and what may be said of it before it goes."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.policy import FOREVER, PolicyDraft, policy_body, policy_findings, read_policy
from cbr_desktop.domain.profile import NameRules

NIGHTLY = PolicyDraft("nightly-new", ("FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=01;BYMINUTE=00",), retention_days=30)


def at(hour: int, minute: int = 0) -> str:
    return f"FREQ=DAILY;INTERVAL=1;BYHOUR={hour:02};BYMINUTE={minute:02}"


def found(draft: PolicyDraft) -> dict[FindingKind, Severity]:
    return {each.kind: each.severity for each in policy_findings(draft, NameRules.ASCII)}


def test_a_draft_makes_the_documented_body_and_leaves_out_what_nobody_set() -> None:
    assert json.loads(policy_body(NIGHTLY)) == {
        "policy": {
            "name": "nightly-new",
            "enabled": True,
            "operation_type": "backup",
            "operation_definition": {"retention_duration_days": 30},
            "trigger": {"properties": {"pattern": ["FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=01;BYMINUTE=00"]}},
        }
    }


@pytest.mark.parametrize(
    "draft",
    [
        NIGHTLY,
        replace(NIGHTLY, retention_days=FOREVER),
        replace(NIGHTLY, retention_days=FOREVER, max_backups=12, enabled=False),
        replace(NIGHTLY, retention_days=FOREVER, day_backups=7, year_backups=5, timezone="UTC+01:00"),
        replace(NIGHTLY, full_backup_interval=30, name="每日-1"),
    ],
    ids=["days", "for ever", "number", "long term", "full ones"],
)
def test_a_body_is_read_back_as_the_draft_that_made_it(draft: PolicyDraft) -> None:
    assert read_policy(policy_body(draft)) == draft


@pytest.mark.parametrize("body", [b"", b"[]", b'{"policy": []}', b'{"policy": {"name": "n"}}', b"[" * 100_000])
def test_what_is_no_policy_is_none(body: bytes) -> None:
    assert read_policy(body) is None


def test_a_good_draft_has_nothing_against_it() -> None:
    assert found(NIGHTLY) == {}


@pytest.mark.parametrize(
    ("changes", "kind", "severity"),
    [
        ({"name": ""}, FindingKind.NAME_MISSING, Severity.BLOCK),
        ({"name": "n" * 65}, FindingKind.TOO_LONG, Severity.BLOCK),
        ({"name": "every night"}, FindingKind.BAD_CHARACTER, Severity.BLOCK),
        ({"patterns": ()}, FindingKind.NO_SCHEDULE, Severity.BLOCK),
        ({"patterns": ("FREQ=HOURLY",)}, FindingKind.BAD_PATTERN, Severity.BLOCK),
        ({"patterns": (at(24),)}, FindingKind.BAD_PATTERN, Severity.BLOCK),
        ({"patterns": (*(at(hour) for hour in range(24)), at(0, 30))}, FindingKind.TOO_MANY_PATTERNS, None),
        ({"patterns": (at(1), at(1, 59))}, FindingKind.RUNS_TOO_CLOSE, Severity.WARN),
        ({"patterns": (at(23, 30), at(0, 10))}, FindingKind.RUNS_TOO_CLOSE, Severity.WARN),
        ({"retention_days": 0}, FindingKind.OUT_OF_RANGE, Severity.BLOCK),
        ({"retention_days": FOREVER, "max_backups": 100_000}, FindingKind.OUT_OF_RANGE, Severity.BLOCK),
        ({"retention_days": FOREVER, "day_backups": 101}, FindingKind.OUT_OF_RANGE, Severity.BLOCK),
        ({"retention_days": FOREVER, "day_backups": 7}, FindingKind.TIMEZONE_MISSING, Severity.BLOCK),
        ({"max_backups": 5}, FindingKind.RETENTION_EXCLUSIVE, Severity.WARN),
        ({"retention_days": FOREVER}, FindingKind.KEPT_FOREVER, Severity.INFO),
    ],
)
def test_what_speaks_against_a_draft(changes: dict[str, Any], kind: FindingKind, severity: Severity | None) -> None:
    told = found(replace(NIGHTLY, **changes))
    assert kind in told
    assert severity in (None, told[kind])


@pytest.mark.parametrize("patterns", [(at(1), at(2)), (at(23), at(0)), (at(23, 10), at(0, 10)), (at(5),)])
def test_an_hour_between_two_runs_is_enough_over_midnight_too(patterns: tuple[str, ...]) -> None:
    assert FindingKind.RUNS_TOO_CLOSE not in found(replace(NIGHTLY, patterns=patterns))
