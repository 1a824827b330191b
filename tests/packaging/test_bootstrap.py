"""The set-up script is readable by old Pythons, and the lock it installs is complete, exact and of today."""

import ast
import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "bootstrap.py"

MACHINES = [
    {
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": system,
        "os_name": os_name,
        "platform_system": name,
        "platform_machine": machine,
        "extra": "",
    }
    for minor in (11, 12, 13)
    for system, os_name, name, machine in (("linux", "posix", "Linux", "x86_64"), ("win32", "nt", "Windows", "AMD64"))
]


def machine_name(machine: dict[str, str]) -> str:
    return f"{machine['sys_platform']}-{machine['python_version']}"


def load_script(script: Path = SCRIPT):
    spec = importlib.util.spec_from_file_location("bootstrap", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bootstrap = load_script()


def locked(*parts: str) -> list[Requirement]:
    pins = [pin for part in parts for pin in bootstrap.pins(bootstrap.lock_part(part))]
    return [Requirement(pin.split(" \\\n")[0]) for pin in pins]


def versions(requirements: list[Requirement], machine: dict[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(machine):
            found.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier))
    return found


def test_an_old_python_reads_as_far_as_the_refusal():
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))


def test_the_script_and_the_project_agree_on_python():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    fitting = Requirement(f"python{project['requires-python']}").specifier
    assert [minor for minor in range(20) if fitting.contains(f"3.{minor}")] == list(bootstrap.FITTING_MINORS)


def test_the_lock_is_made_from_todays_dependencies():
    assert bootstrap.lock_fits_project()


def test_every_pin_is_exact_and_has_hashes():
    for part in (bootstrap.RUNNING, *bootstrap.EXTRAS):
        for pin in bootstrap.pins(bootstrap.lock_part(part)):
            requirement, *hashes = pin.split(" \\\n")
            assert "==" in requirement
            assert hashes
            assert all(line.strip().startswith("--hash=sha256:") for line in hashes)


def test_the_lock_names_no_address():
    assert "://" not in bootstrap.LOCK.read_text("utf-8")


@pytest.mark.parametrize("machine", MACHINES, ids=machine_name)
@pytest.mark.parametrize("extra", bootstrap.EXTRAS)
def test_a_machine_gets_one_version_of_each_package(machine, extra):
    found = versions(locked(bootstrap.RUNNING, extra), machine)
    assert {name: pins for name, pins in found.items() if len(pins) > 1} == {}


@pytest.mark.parametrize("machine", MACHINES, ids=machine_name)
def test_a_machine_gets_what_the_project_asks_for(machine):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for_running = versions(locked(bootstrap.RUNNING), machine)
    asked = [(text, for_running) for text in project["dependencies"]]
    for part, extra in bootstrap.EXTRAS.items():
        for_all = versions(locked(bootstrap.RUNNING, part), machine)
        asked += [(text, for_all) for text in project["optional-dependencies"][extra]]
    for text, found in asked:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(machine):
            (pin,) = found[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(pin.removeprefix("=="))


def test_the_index_is_the_one_that_pip_is_set_up_to_ask():
    settings = "global.timeout='60'\nglobal.index-url='https://all.example/simple'\n"
    assert bootstrap.pip_index("global.timeout='60'\n") is None
    assert bootstrap.pip_index(settings) == "https://all.example/simple"
    assert bootstrap.pip_index(f"{settings}:env:.index-url='https://one.example/'\n") == "https://one.example/"


def test_the_tests_of_the_machine_room_are_those_of_the_script():
    assert "exec python3 packaging/bootstrap.py test\n" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_each_command_says_what_it_does(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        bootstrap.main(["--help"])
    told = capsys.readouterr().out
    for name in ("demo", "test", "bench", "reliability", "run", "setup", "lock"):
        assert f"\n{name:12}{getattr(bootstrap, name).__doc__}\n" in f"{told}\n"


def test_what_takes_minutes_is_a_command_of_its_own_and_no_part_of_the_tests():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    for folder in ("benchmarks", "reliability"):
        assert (ROOT / "tests" / folder / "__main__.py").is_file()
        assert folder in options["norecursedirs"]


@pytest.fixture
def second_tree(tmp_path: Path):
    """The script of a tree whose environment is a link to that of another, and what that one holds."""
    made, there = tmp_path / "second", tmp_path / "first" / ".venv"
    (made / "packaging").mkdir(parents=True)
    for name in ("packaging/bootstrap.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, made / name)
    python = there / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho {sys.version_info[0]}.{sys.version_info[1]}\n")
    python.chmod(0o755)
    (made / ".venv").symlink_to(there)
    script = load_script(made / "packaging" / "bootstrap.py")
    digest = hashlib.sha256(script.lock_part(script.RUNNING).encode()).hexdigest()
    state = {"place": str(there), "python": f"{sys.version_info[0]}.{sys.version_info[1]}", script.RUNNING: digest}
    (there / "cbr-desktop.json").write_text(json.dumps(state))
    return script, there


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_good_environment_of_another_tree_serves_through_a_link(second_tree, tmp_path: Path):
    script, there = second_tree
    before = contents(there)
    script.make_ready([script.RUNNING], ())
    assert contents(there) == before
    # and what it finds is this tree's program, not the one that the environment was made for
    script.call(["sh", "-c", f'printf %s "$PYTHONPATH" > {tmp_path}/told'])
    assert (tmp_path / "told").read_text() == str(tmp_path / "second")


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda there: (there / "cbr-desktop.json").write_text("{}"), "it was made for another folder or Python"),
        (lambda there: (there / "cbr-desktop.json").unlink(), "it lacks packages of requirements.lock, or has others"),
        (lambda there: (there / "cbr-desktop.unfinished").touch(), "its last set-up was interrupted"),
        (shutil.rmtree, "there is nothing"),
    ],
)
def test_an_environment_of_another_tree_is_refused_in_words_and_never_changed(
    second_tree, spoil, reason: str, capsys: pytest.CaptureFixture[str]
):
    script, there = second_tree
    spoil(there)
    before = contents(there)
    with pytest.raises(SystemExit):
        script.make_ready([script.RUNNING], ())
    told = capsys.readouterr().out
    assert f".venv is a link to {there}, which cannot be used: {reason}." in told
    assert (contents(there), (there.parent.parent / "second" / ".venv").is_symlink()) == (before, True)


def test_the_suite_is_compiled_in_one_process_where_none_has_done_so(second_tree, tmp_path: Path):
    script, _ = second_tree
    assert not script.has_compiled_tests()
    compiled = tmp_path / "second" / "tests" / "ui" / "__pycache__"
    compiled.mkdir(parents=True)
    (compiled / f"test_window.{sys.implementation.cache_tag}.pyc").touch()
    assert not script.has_compiled_tests(), "this is not what pytest makes, which shows what an assertion compared"
    (compiled / f"test_window.{sys.implementation.cache_tag}-pytest-9.2.0.pyc").touch()
    assert script.has_compiled_tests()
