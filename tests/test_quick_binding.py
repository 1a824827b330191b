"""Qt's binding is the same whether it is brought in as it is or with less."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cbr_desktop.app import quick_binding
from cbr_desktop.late_modules import loaded_when_used
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


def test_a_module_is_loaded_when_something_is_taken_from_it_and_is_the_same_for_all(tmp_path: Path) -> None:
    (tmp_path / "holder.py").write_text("import large, larger\n")
    (tmp_path / "large.py").write_text("loaded = []\n")
    (tmp_path / "larger.py").write_text("import large\nlarge.loaded.append(__name__)\nword = 'larger'\n")
    names = ("holder", "large", "larger")
    sys.path.insert(0, str(tmp_path))
    try:
        with loaded_when_used("large", "larger", "sys"):
            holder = importlib.import_module("holder")
        assert {"large", "larger"}.isdisjoint(sys.modules)
        assert holder.larger.word == "larger"
        assert holder.large.loaded == importlib.import_module("large").loaded == ["larger"]
        with pytest.raises(AttributeError):
            holder.large.missing  # noqa: B018
    finally:
        sys.path.remove(str(tmp_path))
        for name in names:
            sys.modules.pop(name, None)
