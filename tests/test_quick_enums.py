"""Qt's enumerations are the same whether they are made the quick way or the usual one."""

import enum
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cbr_desktop.app import quick_enums


@pytest.mark.skipif(sys.version_info[:2] not in quick_enums.COMPARED, reason="the usual way is used with this Python")
def test_every_enumeration_of_the_binding_is_the_same_member_by_member() -> None:
    program = Path(__file__).with_name("every_enum.py")
    environment = {**os.environ, "PYTHONPATH": str(program.parents[1])}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) > 600


def test_what_is_not_as_the_binding_asks_for_it_is_made_the_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_enums.begin()
    try:
        colour = enum.Enum("Colour", ["RED", "GREEN"])
        named = enum.IntEnum("Named", {"ONE": 1})
    finally:
        quick_enums.end()
    assert [each.value for each in colour] == [1, 2]
    assert named["ONE"] == 1
    usual = enum.EnumType._create_  # type: ignore[attr-defined]
    monkeypatch.setenv(quick_enums.SWITCH, "1")
    quick_enums.begin()
    assert enum.EnumType._create_ == usual, "the switch"  # type: ignore[attr-defined]
