"""Plan files: read leniently, judged by their steps, and never more than a file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.domain import plan as plans
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.plan import Plan, Run, is_blocked, plan_mark
from cbr_desktop.storage.planfile import PlanRuns, read

VAULT = "3b5816b5-f29c-4172-9d9a-76c719a659ce"
REQUEST = {"checkpoint": {"vault_id": VAULT, "parameters": {"name": "x", "incremental": True, "later_key": 7}}}


def data(*steps: object, **more: object) -> bytes:
    return json.dumps({"plan": {"name": "patch day", "steps": list(steps), **more}}).encode()


def kinds(raw: bytes) -> list[tuple[int, FindingKind]]:
    return [(found.step, found.finding.kind) for found in plans.read(raw)[1]]


def good(raw: bytes) -> Plan:
    plan, findings = plans.read(raw)
    assert plan is not None
    assert not is_blocked(findings)
    return plan


def test_a_plan_is_read_with_all_it_says() -> None:
    raw = data(
        {"profile": "a", "request": REQUEST},
        {"file": "deeper/erp.cbr.json"},
        names="{vault}",
        concurrency=3,
        stop_on_failure=False,
        stagger_seconds=1.5,
    )
    plan = good(raw)
    first, second = plan.steps
    assert (plan.name, plan.names, plan.concurrency, plan.stop_on_failure) == ("patch day", "{vault}", 3, False)
    assert plan.stagger_seconds == 1.5
    assert first.document is not None
    assert (first.number, first.profile, first.document.draft.name) == (1, "a", "x")
    assert (second.number, second.file, second.document) == (2, "deeper/erp.cbr.json", None)


def test_what_is_not_said_is_the_careful_choice() -> None:
    plan = good(data({"request": REQUEST}))
    assert (plan.concurrency, plan.stop_on_failure, plan.stagger_seconds, plan.names) == (1, True, 0, "")


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"{", [(0, FindingKind.NOT_JSON)]),
        (b"[]", [(0, FindingKind.NOT_OBJECT)]),
        (b'{"checkpoint": {"vault_id": "x"}}', [(0, FindingKind.PLAN_IS_REQUEST)]),
        (b'{"operation": "DeleteBackup", "path": {"backup_id": "x"}}', [(0, FindingKind.PLAN_IS_REQUEST)]),
        (b'{"other": 3}', [(0, FindingKind.NOT_OBJECT)]),
        (b'{"plan": 3}', [(0, FindingKind.NOT_OBJECT)]),
        (data(), [(0, FindingKind.PLAN_RANGE)]),
        (data(*[{"request": REQUEST}] * 501), [(0, FindingKind.PLAN_RANGE)]),
        (data({}), [(1, FindingKind.STEP_UNCLEAR)]),
        (data({"request": REQUEST, "file": "x"}), [(1, FindingKind.STEP_UNCLEAR)]),
        (data(7), [(1, FindingKind.NOT_OBJECT)]),
        (data({"file": "../etc/passwd"}), [(1, FindingKind.FILE_OUTSIDE)]),
        (data({"file": "/etc/passwd"}), [(1, FindingKind.FILE_OUTSIDE)]),
        (data({"file": "C:\\x.json"}), [(1, FindingKind.FILE_OUTSIDE)]),
        (data({"file": "\\\\host\\share\\x"}), [(1, FindingKind.FILE_OUTSIDE)]),
        (data({"file": 3}), [(1, FindingKind.WRONG_TYPE)]),
        (data({"file": "x"}, concurrency=0), [(0, FindingKind.PLAN_RANGE)]),
        (data({"file": "x"}, concurrency=True), [(0, FindingKind.PLAN_RANGE)]),
        (data({"file": "x"}, stagger_seconds=-1), [(0, FindingKind.PLAN_RANGE)]),
        (data({"file": "x"}, stop_on_failure="yes"), [(0, FindingKind.WRONG_TYPE)]),
        (data({"file": "x"}, endpoint="https://evil"), [(0, FindingKind.UNKNOWN_KEY)]),
        (data({"file": "x", "token": "t"}), [(1, FindingKind.UNKNOWN_KEY)]),
        (data({"request": {"checkpoint": {}}}), [(1, FindingKind.MISSING)]),
        (b'{"plan": {"steps": [{"file": "x"}], "steps": [{"file": "y"}]}}', [(0, FindingKind.DUPLICATE_KEY)]),
    ],
)
def test_every_fault_is_found_at_its_step(raw: bytes, found: list[tuple[int, FindingKind]]) -> None:
    assert [pair for pair in kinds(raw) if pair[1] is not FindingKind.UNKNOWN_KEY or pair in found][
        : len(found)
    ] == found


def test_keys_of_others_and_their_order_stay() -> None:
    raw: dict[str, Any] = json.loads(data({"request": REQUEST | {"note": "mine"}})) | {"zeta": 1, "alpha": 2}
    again = json.loads(plans.written(good(json.dumps(raw).encode())))
    assert list(again) == ["plan", "zeta", "alpha"]
    assert again["plan"]["steps"][0]["request"] == REQUEST | {"note": "mine"}
    assert plans.written(good(plans.written(good(json.dumps(raw).encode())))) == plans.written(
        good(json.dumps(raw).encode())
    )


def test_request_files_lie_beside_the_plan(tmp_path: Path) -> None:
    (tmp_path / "erp.cbr.json").write_text(json.dumps(REQUEST))
    (tmp_path / "all.plan.json").write_bytes(data({"file": "erp.cbr.json"}, {"file": "gone.cbr.json"}))
    plan, findings = read(tmp_path / "all.plan.json")
    assert plan is not None
    assert plan.steps[0].document is not None
    assert plan.steps[0].file == str(tmp_path / "erp.cbr.json")
    blocked = [(found.step, found.finding.kind) for found in findings if found.step == 2]
    assert blocked == [(2, FindingKind.FILE_UNREADABLE)]


def test_the_copy_of_a_run_says_the_same_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "erp.cbr.json").write_text(json.dumps(REQUEST))
    (tmp_path / "all.plan.json").write_bytes(data({"file": "erp.cbr.json", "profile": "a"}, names="{vault}"))
    plan, _ = read(tmp_path / "all.plan.json")
    assert plan is not None
    run = Run("r-1", plan, datetime(2026, 3, 2, 9, tzinfo=UTC))
    PlanRuns(tmp_path / "runs").keep(run)
    (tmp_path / "erp.cbr.json").write_text("{}")
    (again,) = PlanRuns(tmp_path / "runs").runs()
    assert again == run
    assert plan_mark(again.id, 1) == "r-1/1"


def test_a_damaged_copy_is_left_out(tmp_path: Path) -> None:
    for name, content in (("a", b""), ("b", b"{}"), ("c", data({"request": REQUEST})), ("d", b"\xff")):
        (tmp_path / f"{name}.plan.json").write_bytes(content)
    assert PlanRuns(tmp_path).runs() == []


BACKUP = "5606f1f6-8a2f-4e6f-9fd9-d5b3a3f0e4a1"
DELETION = {"operation": "DeleteBackup", "path": {"backup_id": BACKUP}, "note": "kept"}


def test_a_step_may_be_a_request_of_any_operation_and_wait_for_another() -> None:
    raw = data({"request": REQUEST}, {"request": DELETION, "after": 1, "profile": "a"}, {"file": "x", "after": 2})
    first, second, third = good(raw).steps
    assert (first.after, second.after, third.after) == (0, 1, 2)
    assert second.document is not None and second.document.value == DELETION
    steps = json.loads(plans.written(good(raw)))["plan"]["steps"]
    assert steps == [{"request": REQUEST}, {"profile": "a", "after": 1, "request": DELETION}, {"after": 2, "file": "x"}]


@pytest.mark.parametrize("after", [0, 2, 3, -1, "1", True, 1.0, None])
def test_a_step_waits_for_an_earlier_one_or_for_none(after: object) -> None:
    plan, findings = plans.read(data({"request": REQUEST}, {"request": DELETION, "after": after}))
    assert plan is not None and plan.steps[1].after == 0
    assert [(found.step, found.finding.kind) for found in findings if is_blocked([found])] == [
        (2, FindingKind.PLAN_RANGE)
    ]


def test_the_first_step_waits_for_none() -> None:
    assert (1, FindingKind.PLAN_RANGE) in kinds(data({"request": REQUEST, "after": 1}))


def test_what_is_wrong_with_a_request_of_any_operation_is_found_at_its_step() -> None:
    assert (1, FindingKind.OPERATION_UNKNOWN) in kinds(data({"request": {"operation": "EraseVault"}}))
