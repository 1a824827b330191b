"""BRANCHES: the quick suite takes the branches of what must not fail; measuring doubles its time."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from .finding import Finding
from .ground import ROOT, Ground, run

GROUPS = {
    "outbox": tuple(
        f"cbr_desktop/workflows/{name}"
        for name in ("outbox", "intent_rows", "confirmations", "lanes", "obstacles", "sender", "sending")
    ),
    "auth": ("cbr_desktop/cloud/auth", "cbr_desktop/cloud/tokens"),
    "signing": ("cbr_desktop/cloud/signing",),
    "redaction": ("cbr_desktop/logs",),
    "storage": ("cbr_desktop/storage/",),
}
"""What is looked at, by how the paths of its modules begin."""
_SECONDS = 3600.0
_LIMIT = 95.0


def measure(ground: Ground) -> Iterator[Finding]:
    """Run the quick suite under coverage, in as many processes as there are cores."""
    home = ground.home()
    report = home.folder / "coverage.json"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadscope", "--cov"]
    command += [f"--cov-report=json:{report}"]
    done = run(command, home, {"COVERAGE_FILE": str(home.folder / "coverage")}, _SECONDS, started_in=ROOT)
    print(done.out + done.err if done.code else "", file=sys.stderr)
    yield Finding("BRANCHES", "the quick suite under coverage", f"pytest ended with {done.code}", "0", done.code == 0)
    told = json.loads(report.read_text("utf-8"))
    yield _found("all", told["totals"], None)
    for name, beginnings in GROUPS.items():
        files = [file["summary"] for path, file in told["files"].items() if path.startswith(beginnings)]
        summed = {key: sum(file[key] for file in files) for key in ("num_branches", "covered_branches")}
        yield _found(name, summed, _LIMIT)


def _found(name: str, summary: dict[str, Any], limit: float | None) -> Finding:
    taken = 100 * summary["covered_branches"] / summary["num_branches"]
    what = f"branches taken in {name}"
    wanted = "no limit" if limit is None else f">= {limit:.0f} %"
    return Finding(
        "BRANCHES", what, f"{taken:.1f} % of {summary['num_branches']}", wanted, limit is None or taken >= limit
    )
