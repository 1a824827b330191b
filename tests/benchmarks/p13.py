"""P13: what a command takes, from its start to its end, against Python itself and the OpenStack client."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from cbr_desktop.simulator import estate

from .ground import BUNDLE, Ground, simulator
from .measure import Comparison, Limit, Series, interleaved, progress

TITLE = "P13  a command from its start to its end: `check` of a file, `vaults --json` of three vaults"
_REQUEST = {"checkpoint": {"vault_id": estate.REFERENCE_VAULT_ID, "parameters": {"name": "nightly"}}}
_OPENSTACK = (
    "import sys; from openstackclient import shell; sys.exit(shell.main(['cbr', 'vault', 'list', '-f', 'json']))"
)
Pair = tuple[float, float]
"""Milliseconds on the clock and of the processor."""


def measure(ground: Ground) -> list[Comparison]:
    """Start the commands in turn. The processor's time is told as well: other work disturbs it less."""
    many, few = (7, 3) if ground.quick else (15, 5)
    file = ground.folder / "nightly.cbr.json"
    file.write_text(json.dumps(_REQUEST), encoding="utf-8")
    assert ground.home.profiles_file.exists()
    progress(f"{many} times check, {few} times the list of vaults")
    here = ground.environment()
    checking = _both(
        {
            "check": partial(_timed, [*_program(), "check", str(file)], here),
            "pass": partial(_timed, _python("pass"), here),
        },
        {"check": many, "pass": many},
    )
    compared = [
        Comparison(
            *("P13", "ms"),
            Series(f"check, {how}", [each[which] for each in checking["check"]]),
            Series(f"python -c pass, {how}", [each[which] for each in checking["pass"]]),
            limit,
        )
        for which, how, limit in ((0, "on the clock", Limit("ratio", 8)), (1, "of the processor", None))
    ]
    if BUNDLE.exists():
        version, nothing = [str(BUNDLE), "--version"], _python("pass")
        sides = {"bundle": partial(_timed, version, here), "pass": partial(_timed, nothing, here)}
        told = _both(sides, dict.fromkeys(sides, many))
        bundled, bare = ([each[0] for each in told[side]] for side in sides)
        pair = Series("bundle, --version", bundled), Series("python -c pass", bare)
        compared.append(Comparison("P13", "ms", *pair, Limit("value", 45)))
    with simulator(ground, "--vaults", "3", "--backups", "6") as url, ground.leading_to(url):
        wanted = ground.environment(CBR_DESKTOP_PASSWORD=estate.DEMO_PASSWORD)
        listing = _both(
            {
                "vaults": partial(_timed, [*_program(), "vaults", "--json", "--profile", "Bench"], wanted),
                "openstack": partial(_timed, _python(_OPENSTACK), _openstack(ground, url)),
            },
            {"vaults": few, "openstack": few},
        )
    ours, theirs = ([each[0] for each in listing[side]] for side in ("vaults", "openstack"))
    pair = Series("vaults --json", ours), Series("OpenStack client, cbr vault list -f json", theirs)
    return [*compared, Comparison("P13", "ms", *pair, Limit("ratio", 0.12))]


def _program() -> list[str]:
    return [sys.executable, "-m", "cbr_desktop"]


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _openstack(ground: Ground, url: str) -> dict[str, str]:
    home = ground.folder / "openstack"
    home.mkdir(exist_ok=True)
    return {
        **ground.environment(),
        "HOME": str(home),
        "NO_PROXY": "127.0.0.1",
        "OS_AUTH_URL": f"{url}/v3",
        "OS_USERNAME": estate.DEMO_USER,
        "OS_PASSWORD": estate.DEMO_PASSWORD,
        "OS_USER_DOMAIN_NAME": estate.DEMO_DOMAIN,
        "OS_PROJECT_NAME": estate.DEMO_PROJECT,
        "OS_PROJECT_DOMAIN_NAME": estate.DEMO_DOMAIN,
        "OS_IDENTITY_API_VERSION": "3",
        "OS_REGION_NAME": estate.DEMO_PROJECT.partition("_")[0],
    }


def _both(sides: dict[str, Callable[[], Pair]], repeats: dict[str, int]) -> dict[str, list[Pair]]:
    """Run the sides in turn; return what each took, without the first turn."""
    kept: dict[str, list[Pair]] = {side: [] for side in sides}

    def run(side: str) -> float:
        kept[side].append(sides[side]())
        return kept[side][-1][0]

    interleaved({side: partial(run, side) for side in sides}, repeats)
    return {side: values[-repeats[side] :] for side, values in kept.items()}


def _timed(command: Sequence[str], environment: dict[str, str]) -> Pair:
    """Run a command; return milliseconds on the clock and of the processor."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    took, after = time.perf_counter() - began, os.times()
    if done.returncode:
        raise RuntimeError(f"{command[-1]} ended with {done.returncode}: {done.stderr[-500:]!r}")
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return 1000 * took, 1000 * worked
