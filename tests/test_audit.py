"""The audit of the dependencies is measured by: what was passed over, or cannot be known here, is no success."""

import json

import pytest

from tests.reliability.g19 import CONTROL, LOCK, Pin, judged, pin_of, requirements
from tests.reliability.ground import Done

PINS = [("anyio", "4.16.0"), ("httpx", "0.28.1")]


def said(*rows: dict[str, object]) -> Done:
    return Done(0, json.dumps({"dependencies": rows, "fixes": []}), "")


def row(pin: Pin, *ids: str) -> dict[str, object]:
    return {"name": pin[0], "version": pin[1], "vulns": [{"id": id, "fix_versions": []} for id in ids]}


KNOWN = said(row(CONTROL, "PYSEC-2019-133"))
SKIPPED: dict[str, object] = {"name": "httpx", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("asked", "reached", "figure"),
    [
        (said(*map(row, PINS)), True, "0 vulnerable, 0 passed over"),
        (said(row(PINS[0], "PYSEC-1"), row(PINS[1])), False, "1 vulnerable, 0 passed over"),
        (said(row(PINS[0]), SKIPPED), False, "0 vulnerable, 1 passed over"),
        (said(row(PINS[0])), False, "0 vulnerable, 1 passed over"),
        (said(row(PINS[0]), row(("httpx", "0.27.0"))), False, "0 vulnerable, 1 passed over"),
        (Done(1, "", "ERROR:pip_audit._cli:anyio: not found"), False, "0 vulnerable, 2 passed over"),
    ],
)
def test_an_audit_is_reached_only_if_every_version_was_looked_at(asked: Done, reached: bool, figure: str) -> None:
    found = judged(PINS, KNOWN, asked)
    assert (found.reached, found.figure) == (reached, figure)


@pytest.mark.parametrize("control", [said(row(CONTROL)), said(), Done(1, "", "no such host")])
def test_where_no_advisories_can_be_had_nothing_is_measured(control: Done) -> None:
    found = judged(PINS, control, said(*map(row, PINS)))
    assert (found.reached, found.verdict) == (None, "not measured")
    assert "not measured" in found.figure


def test_every_requirement_of_the_lock_is_looked_at_whatever_system_it_is_for() -> None:
    lines = requirements(LOCK.read_text(encoding="utf-8"))
    pins = {pin_of(line) for line in lines}
    assert None not in pins
    assert any("sys_platform == 'win32'" in line for line in lines)
    names = {name for name, _ in pins if name}  # type: ignore[misc]
    assert {"anyio", "pyside6-essentials", "pywin32-ctypes"} <= names


def test_a_requirement_without_one_version_is_none() -> None:
    (whole, loose) = requirements("# for running\na==1 \\\n    --hash=sha256:00\n\nB.c>=2\n")
    assert pin_of(whole) == ("a", "1")
    assert pin_of(loose) is None
