"""G19: no dependency has a known vulnerability, all are pinned by hash, and bandit finds nothing grave."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .finding import Finding
from .ground import ROOT, Done, Ground, run

LOCK = ROOT / "requirements.lock"
CHECKED = (ROOT / "cbr_desktop", ROOT / "packaging")
CONTROL = ("urllib3", "1.24.1")
"""A package with vulnerabilities that are known since 2019: who does not tell of these tells of none."""

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;*]+)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")
_WAY = re.compile(r"(?i)(https?|no|all)_proxy|REQUESTS_CA_BUNDLE|SSL_CERT_FILE|CURL_CA_BUNDLE")
"""The variables without which some machines do not reach the network."""
_SECONDS = 600.0

Pin = tuple[str, str]
"""Name and version, as an index writes them."""


def measure(ground: Ground) -> Iterator[Finding]:
    """Look at the lock, at the code, and at what is known of the versions in the lock."""
    lines = requirements(LOCK.read_text(encoding="utf-8"))
    loose = [line for line in lines if not _PINNED.match(line) or not _HASH.search(line)]
    print(*loose, sep="\n", file=sys.stderr)
    what = f"{len(lines)} requirements of the lock have one version and a hash"
    yield Finding("G19", what, f"{len(loose)} have not", "0", bool(lines) and not loose)
    yield _bandit(ground)
    yield _audited(ground, sorted({pin for line in lines if (pin := pin_of(line)) is not None}))


def requirements(text: str) -> list[str]:
    """Return the requirements of a lock, one a line with its marker and hashes."""
    whole = re.sub(r"\\\n\s*", " ", text)
    return [line for line in whole.splitlines() if line.strip() and not line.startswith("#")]


def pin_of(line: str) -> Pin | None:
    """Return name and version of a requirement, ``None`` when it has not one version."""
    found = _PINNED.match(line)
    return (_normal(found[1]), found[2]) if found else None


def _normal(name: str) -> str:
    """Return the name of a package as an index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _bandit(ground: Ground) -> Finding:
    """Look through all of the code; a file that was not read, or is marked to be passed over, counts as well."""
    command = [sys.executable, "-m", "bandit", "-r", *map(str, CHECKED), "-f", "json", "-q", "--ignore-nosec"]
    done = run(command, ground.home(), seconds=_SECONDS)
    told = _read(done)
    files = {str(path) for folder in CHECKED for path in folder.rglob("*.py")}
    what = f"bandit in {len(files)} files"
    if told is None:
        return Finding("G19", what, f"ended with {done.code}: {done.err.strip()[-60:]}", "0 grave", False)
    grave = [row for row in told["results"] if row["issue_severity"] == "HIGH"]
    for row in grave:
        print(f"{row['filename']}:{row['line_number']}: {row['test_id']} {row['issue_text']}", file=sys.stderr)
    passed_over = len(files - set(told["metrics"])) + len(told["errors"])
    figure = f"{len(grave)} grave, {passed_over} passed over"
    return Finding("G19", what, figure, "0 grave, 0 passed over", bool(files) and not grave and not passed_over)


def _audited(ground: Ground, pins: list[Pin]) -> Finding:
    """Ask for the vulnerabilities of all versions, those for other systems as well, after a control."""
    control = _asked(ground, [CONTROL])
    asked = _asked(ground, pins) if vulnerabilities(control).get(CONTROL) else control
    return judged(pins, control, asked)


def judged(pins: list[Pin], control: Done, asked: Done) -> Finding:
    """Judge what pip-audit says of some versions; where it does not know of the control it is no measure of them."""
    what, limit = f"{len(pins)} versions of the lock are audited for known vulnerabilities", "0, none passed over"
    if not vulnerabilities(control).get(CONTROL):
        print(control.err, file=sys.stderr)
        return Finding("G19", what, "not measured: no advisories can be had here", limit, None)
    known = vulnerabilities(asked)
    bad = {pin: ids for pin, ids in known.items() if ids}
    print(*(f"{name} {version}: {', '.join(ids)}" for (name, version), ids in bad.items()), sep="\n", file=sys.stderr)
    missing = len(set(pins) - set(known))
    if missing:
        print(asked.err, file=sys.stderr)
    figure = f"{len(bad)} vulnerable, {missing} passed over"
    return Finding("G19", what, figure, limit, bool(pins) and not bad and not missing)


def _asked(ground: Ground, pins: Iterable[Pin]) -> Done:
    """Have pip-audit look at some versions."""
    home = ground.home()
    arguments = [part for file in _files(home.temporary, pins) for part in ("-r", str(file))]
    command = [sys.executable, "-m", "pip_audit", "--strict", "--no-deps", "--disable-pip", "-f", "json", *arguments]
    command += ["--progress-spinner", "off", "--cache-dir", str(home.temporary / "cache")]
    way = {name: value for name, value in os.environ.items() if _WAY.fullmatch(name)}
    return run(command, home, way, seconds=_SECONDS)


def vulnerabilities(done: Done) -> dict[Pin, list[str]]:
    """Return the ids of what is known against each version that was audited; one that was passed over has none."""
    told = _read(done) or {"dependencies": []}
    rows = [row for row in told["dependencies"] if "skip_reason" not in row]
    return {(_normal(row["name"]), row["version"]): [each["id"] for each in row["vulns"]] for row in rows}


def _files(folder: Path, pins: Iterable[Pin]) -> list[Path]:
    """Write the versions without their markers, so that none is left out here; no file has a name twice."""
    files: list[dict[str, str]] = []
    for name, version in pins:
        free = next((each for each in files if name not in each), None)
        if free is None:
            files.append(free := {})
        free[name] = version
    paths = [folder / f"{number}.txt" for number in range(len(files))]
    for path, held in zip(paths, files, strict=True):
        path.write_text("".join(f"{name}=={version}\n" for name, version in held.items()), encoding="utf-8")
    return paths


def _read(done: Done) -> Any:
    """Return the JSON that a tool has printed, ``None`` when it is none."""
    try:
        return json.loads(done.out)
    except ValueError:
        return None
