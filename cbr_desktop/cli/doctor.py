"""The command that examines the way to a profile's project, line by line."""

import argparse
from collections.abc import Callable

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.doctor import DiagnosisRunner, asked_before
from cbr_desktop.app.profile import find_demo, find_profile
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cli.output import say, say_json
from cbr_desktop.cli.running import run_command
from cbr_desktop.cli.tables import BAD, GOOD, UNUSABLE
from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.text.diagnosis import diagnosis_sentence
from cbr_desktop.text.diagnosis_report import check_text, diagnosis_record


def doctor(options: argparse.Namespace) -> int:
    """Examine, print each line as it comes, and return 0 when none failed, 2 for a profile of no use, else 1."""
    tell = _keep_quiet if options.json or options.report else _print_line
    diagnosis, diagnosis_runner = run_command(_examined(options, tell))
    if options.json:
        say_json(diagnosis_record(diagnosis))
    elif options.report:
        say(diagnosis_runner.report(diagnosis), end="")
    else:
        say(f"\n{diagnosis_sentence(diagnosis)}")
    failed = [check.kind for check in diagnosis.checks if check.verdict is Verdict.FAIL]
    return UNUSABLE if CheckKind.SETTINGS in failed else BAD if failed else GOOD


async def _examined(options: argparse.Namespace, tell: Callable[[Check], None]) -> tuple[Diagnosis, DiagnosisRunner]:
    diagnosis_runner = _demo(options) if options.demo else await _real(options)
    return await diagnosis_runner.examine(tell), diagnosis_runner


async def _real(options: argparse.Namespace) -> DiagnosisRunner:
    profile = find_profile(places(), options.profile)
    secret = await asked_before(profile, terminal_secret(profile))
    return DiagnosisRunner(profile, secret, WallClock(), refusals=Refusals(places().refusals_file))


def _demo(options: argparse.Namespace) -> DiagnosisRunner:
    from cbr_desktop.app import demo

    profile, clock = find_demo(options.profile), WallClock()
    return DiagnosisRunner(profile, demo.secret_of(profile), clock, demo.DemoTransport(demo.demo_service(clock)))


def _print_line(check: Check) -> None:
    say(check_text(check))


def _keep_quiet(check: Check) -> None:
    """Say nothing: the whole is printed at the end."""
