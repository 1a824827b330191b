"""G18: of 100 small changes to what sends, logs in, signs, redacts and keeps, at least 80 are noticed by a test."""

import json
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .finding import Finding, progress
from .ground import ROOT, Ground, Home, part_of, run

SAMPLE = 60
"""How many changes are tried in each part, drawn by a seed from all that there are."""
SEED = 18
LIMIT_PERCENT = 80
_SECONDS = 3600.0
_COPIED = ("cbr_desktop", "tests", "packaging", "resources")
_KILLED = frozenset({1, 3, 24, 36, 152, 255, -24})
"""How a run of tests ends that notices a change: by a failure, or by not coming to an end."""
_NO_TEST = 33
"""What mutmut notes for a change that no test of the part comes past."""


@dataclass(frozen=True)
class MutatedPart:
    """Modules that are changed, and the tests that have to notice it; paths are those of the repository."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


PARTS = (
    MutatedPart("signing", ("cbr_desktop/cloud/signing.py",), ("tests/cloud/test_signing.py",)),
    MutatedPart("redaction", ("cbr_desktop/logs.py",), ("tests/test_logs.py",)),
    MutatedPart(
        "auth",
        ("cbr_desktop/cloud/auth.py", "cbr_desktop/cloud/tokens.py", "cbr_desktop/cloud/keys.py"),
        (
            "tests/cloud/test_auth.py",
            "tests/cloud/test_auth_ways.py",
            "tests/cloud/test_fault_numbers_login.py",
            "tests/cloud/test_fault_numbers_refused.py",
        ),
    ),
    MutatedPart(
        "records",
        ("cbr_desktop/storage/records.py",),
        (
            "tests/storage/test_records.py",
            "tests/storage/test_records_versions.py",
            "tests/storage/test_fault_numbers.py",
        ),
    ),
    MutatedPart(
        "outbox",
        tuple(
            f"cbr_desktop/workflows/{name}.py"
            for name in ("outbox", "intent_rows", "confirmations", "lanes", "obstacles", "sender")
        ),
        (
            "tests/workflows/test_outbox_rows.py",
            "tests/workflows/test_outbox.py",
            "tests/workflows/test_at_once.py",
        ),
    ),
)


def measure(ground: Ground) -> Iterator[Finding]:
    """Change each part in many small ways, one at a time, in a copy of the tree; those that survive are listed."""
    for part in PARTS:
        yield _measured(part, ground.home())


def _measured(part: MutatedPart, home: Home) -> Finding:
    tree = _copied(part, home)
    # a name that no change has: it makes the changes and notes which tests come past each, and tries none
    complaint = _mutmut(tree, home, "none")
    names = sorted(_results(tree, part))
    sample = random.Random(SEED).sample(names, min(part_of(SAMPLE), len(names)))
    what = f"{part.name}: {len(sample)} of {len(names)} small changes, each noticed by a test"
    limit = f">= {LIMIT_PERCENT} %"
    if sample:
        complaint = _mutmut(tree, home, *sample)
    results = {name: code for name, code in _results(tree, part).items() if name in sample}
    ends = Counter(_word(code) for code in results.values())
    for name, code in sorted(results.items()):
        if code not in _KILLED:
            print(f"{part.name}: {_word(code)}: {name}", file=sys.stderr)
            print(_shown(tree, home, name), file=sys.stderr)
    untried = ends["not tried"] + ends["broken off"]
    if not sample or untried:
        print(complaint, file=sys.stderr)
        return Finding("G18", what, f"{untried} of {len(sample)} could not be tried", limit, None)
    percent = 100 * ends["noticed"] / len(sample)
    figure = f"{percent:.0f} %: " + ", ".join(f"{count} {word}" for word, count in ends.most_common())
    return Finding("G18", what, figure, limit, percent >= LIMIT_PERCENT)


def _word(code: int | None) -> str:
    """Return how the tests ended with a change."""
    words = {None: "not tried", 0: "survived", _NO_TEST: "not come past"}
    return "noticed" if code in _KILLED else words.get(code, "broken off")


def _copied(part: MutatedPart, home: Home) -> Path:
    """Copy the tree, and say in it what mutmut is to do."""
    tree = home.folder / "tree"
    tree.mkdir()
    for name in _COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {
        "source_paths": ["cbr_desktop"],
        "only_mutate": list(part.modules),
        "pytest_add_cli_args_test_selection": list(part.tests),
        "also_copy": list(_COPIED),
        # a change that makes a program wait for ever is noticed sooner than after 15 times the usual time
        "timeout_multiplier": 5.0,
        "timeout_constant": 60.0,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tree / "pyproject.toml").write_text("\n".join([project, "[tool.mutmut]", *lines, ""]), encoding="utf-8")
    return tree


def _mutmut(tree: Path, home: Home, *names: str) -> str:
    """Try some changes; return what mutmut complains of."""
    progress(f"mutmut tries {len(names)} changes")
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    done = run(command, home, {"PYTHONPATH": str(tree)}, seconds=_SECONDS, started_in=tree)
    return f"mutmut ended with {done.code}: {done.out[-2000:]}{done.err[-2000:]}"


def _results(tree: Path, part: MutatedPart) -> dict[str, int | None]:
    """Return how the tests ended for each change of a part, ``None`` for one that was not tried."""
    found: dict[str, int | None] = {}
    for module in part.modules:
        path = tree / "mutants" / f"{module}.meta"
        if path.exists():
            found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _shown(tree: Path, home: Home, name: str) -> str:
    """Return a change as a comparison of lines."""
    command = [sys.executable, "-m", "mutmut", "show", name]
    return run(command, home, {"PYTHONPATH": str(tree)}, started_in=tree).out
