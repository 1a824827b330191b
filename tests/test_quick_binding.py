"""Qt's binding is the same whether it is brought in as it is or with less."""

import os
import re
import subprocess
import sys
from pathlib import Path

from cbr_desktop.app import quick_binding
from cbr_desktop.late_patterns import LatePattern, compiled_when_used


def told(**more: str) -> list[str]:
    program = Path(__file__).with_name("quick_binding.py")
    environment = {**os.environ, "PYTHONPATH": str(program.parents[1]), **more}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


def test_signatures_and_the_words_of_a_wrong_call_are_the_same_with_less() -> None:
    way, *less = told()
    usual_way, *usual = told(**{quick_binding.SWITCH: "1"})
    assert (way, usual_way) == ("plain", "hooked")
    assert less == usual
    assert sum("(self" in line for line in usual) > 100
    assert any("Supported signatures" in line for line in usual)


def test_a_pattern_of_the_binding_is_compiled_when_it_is_used_and_any_other_at_once() -> None:
    late = LatePattern("b(a+)", re.VERBOSE)
    assert not hasattr(late, "__isabstractmethod__")
    assert late.split("xbaay") == ["x", "aa", "y"]
    assert [each.group(1) for each in late.finditer("ba baaa")] == ["a", "aaa"]
    assert late.groups == 1
    with compiled_when_used("others."):
        assert isinstance(re.compile("a"), re.Pattern)
    with compiled_when_used(__name__):
        assert isinstance(re.compile("a"), LatePattern)
    assert isinstance(re.compile("a"), re.Pattern)
