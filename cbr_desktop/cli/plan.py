"""The commands of plans: judge one, run one, go on with one, and tell what became of it."""

import argparse
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.judging import cached_ledger
from cbr_desktop.app.plans import PlanSessions, opened_demo_plan_sessions, opened_plan_sessions
from cbr_desktop.app.profile import DEMO_PROFILES, find_demo, find_profile, profiles_read
from cbr_desktop.app.session import new_intent_id
from cbr_desktop.cli.delivery import read_shares
from cbr_desktop.cli.destroying import plan_obstacle
from cbr_desktop.cli.judgements import losses
from cbr_desktop.cli.opening import nothing_sent
from cbr_desktop.cli.output import remark, say, say_json, shown_path
from cbr_desktop.cli.running import run_command as run_work
from cbr_desktop.cli.tables import BAD, GOOD, PARTIAL, UNCERTAIN, UNUSABLE, show
from cbr_desktop.domain.blast import Blast, merged
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.plan import SUFFIX, Plan, Run, StepFinding, is_blocked
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.files import write_output
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.planfile import PlanRuns, gather, read, write
from cbr_desktop.storage.records import peek
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.consequences import shares_sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.intents import behind_sentence
from cbr_desktop.text.plans import findings_text, plan_report_record, plan_report_text, plan_sentence, report_html
from cbr_desktop.text.states import grouped, quoted, shown, utc_words
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.plan import blasts, destroying, judged_steps, prepared
from cbr_desktop.workflows.plan_report import PlanReport, PlanVerdict, Stand, all_left, left
from cbr_desktop.workflows.plan_report import report as status
from cbr_desktop.workflows.scope import Scope

Result = TypeVar("Result")

_ARMED_MINUTES = 24 * 60.0
"""For how long a read-only profile is armed by ``--arm``: the command has ended before."""


def check(options: argparse.Namespace) -> int:
    """Judge a plan by what was last seen; nothing is read from the service and nothing is sent."""
    plan, findings = read(options.file)
    if plan is not None:
        known = _profiles(options, plan)
        if options.demo:
            with opened_demo_plan_sessions(places(), known, WallClock()) as plan_sessions:
                run_work(closing(plan_sessions, plan_sessions.read()))
            ledgers = plan_sessions.ledgers
        else:
            ledgers = {profile.name: cached_ledger(places(), profile) for profile in known}
        findings += judged_steps(plan, ledgers, default_profile(options), WallClock().now())
    _show_findings(options, plan, findings)
    return GOOD if not is_blocked(findings) else BAD if plan is not None else UNUSABLE


def make(options: argparse.Namespace) -> int:
    """Write a plan with the requests of some files in their order; the plan has copies, so the files may change."""
    steps, findings = gather(options.files, lambda _document: options.profile or "")
    for step in steps:
        if step.document is None:
            own = " ".join(finding_sentence(found.finding) for found in findings if found.step == step.number)
            remark(f"{shown_path(step.file)}: {own}")
    if any(step.document is None for step in steps):
        return UNUSABLE
    name = options.output.name.removesuffix(SUFFIX)
    plan = Plan(name, steps, options.names, options.concurrency, not options.go_on, options.stagger)
    found = write(options.output, plan)
    if is_blocked(found):
        remark(findings_text(plan, found))
        return UNUSABLE
    say(shown_path(options.output))
    return GOOD


def run(options: argparse.Namespace) -> int:
    """Judge a plan by fresh lists, run it, and print what became of every step."""
    plan, findings = read(options.file)
    if plan is None or is_blocked(findings):
        _show_findings(options, plan, findings)
        return BAD if plan is not None else UNUSABLE
    with plan_sessions_of(options, _profiles(options, plan)) as plan_sessions:
        return run_work(closing(plan_sessions, _run(plan_sessions, plan, findings, options)))


async def _run(
    plan_sessions: PlanSessions, plan: Plan, findings: list[StepFinding], options: argparse.Namespace
) -> int:
    findings += judged_steps(plan, plan_sessions.ledgers, default_profile(options), plan_sessions.clock.now())
    if is_blocked([found for found in findings if _is_of_plan(found)]):
        _show_findings(options, plan, findings)
        return BAD
    arm_all(plan_sessions, options)
    asked_at = plan_sessions.clock.now()
    with nothing_sent():
        await plan_sessions.read()
    fresh = judged_steps(plan, plan_sessions.ledgers, default_profile(options), plan_sessions.clock.now())
    if is_blocked(fresh):
        _show_findings(options, plan, fresh)
        return BAD
    begun = prepared(plan, new_intent_id(), plan_sessions.ledgers, default_profile(options), plan_sessions.clock.now())
    if await _is_kept_back(plan_sessions, begun, options, asked_at) or is_behind(plan_sessions, begun, options):
        return BAD
    plan_sessions.runs.keep(begun)
    return await followed(plan_sessions, begun, options)


def go_on(options: argparse.Namespace) -> int:
    """Confirm a run anew, and start the steps of it that have not begun."""
    begun = _found(options)
    if begun is None:
        return UNUSABLE
    wanted = {step.profile for step in begun.plan.steps}
    known = [profile for profile in profiles_read(places()) if profile.name in wanted]
    with opened_plan_sessions(places(), known, WallClock()) as plan_sessions:
        return run_work(closing(plan_sessions, _go_on(plan_sessions, begun, options)))


async def _go_on(plan_sessions: PlanSessions, begun: Run, options: argparse.Namespace) -> int:
    arm_all(plan_sessions, options)
    asked_at = plan_sessions.clock.now()
    with nothing_sent():
        await plan_sessions.read()
    if await _is_kept_back(plan_sessions, begun, options, asked_at) or is_behind(plan_sessions, begun, options):
        return BAD
    return await followed(plan_sessions, begun, options)


async def followed(plan_sessions: PlanSessions, begun: Run, options: argparse.Namespace) -> int:
    report = await plan_sessions.follow(begun, wait=options.wait, say=remark)
    _show(options, report)
    return plan_exit_code(report)


async def _is_kept_back(plan_sessions: PlanSessions, begun: Run, options: argparse.Namespace, since: datetime) -> bool:
    """Say what the steps destroy or overwrite that have not left, and tell whether they may not go; say why then."""
    rows = status(begun, plan_sessions.scope, plan_sessions.clock.now()).rows
    waiting = {row.number for row in rows if row.stand in (Stand.NOT_STARTED, Stand.WAITING)}
    steps = [each for each in destroying(begun.plan, plan_sessions.ledgers, "") if each[0].number in waiting]
    lost = blasts(begun.plan, plan_sessions.ledgers, "")
    for step, _ledger in steps:
        for sentence in losses(lost.get(step.number, Blast()), plan_sessions.clock.now()):
            remark(_("Step {number}: {sentence}").format(number=step.number, sentence=sentence))
    for name, session in plan_sessions.sessions.items():
        own = merged([lost[step.number] for step, _ledger in steps if step.profile == name and step.number in lost])
        for sentence in shares_sentences(await read_shares(session, own)) if own.shareable else ():
            remark(sentence)
    reason = plan_obstacle(begun.plan, steps, options.name, since)
    if reason:
        problem = {"step": 0, "weight": "problem", "sentence": reason}
        show(
            options,
            {"run": begun.id, "verdict": "bad", "findings": [problem]},
            sentences(reason, _("No step has begun.")),
        )
    return bool(reason)


def is_behind(plan_sessions: PlanSessions, begun: Run, options: argparse.Namespace) -> bool:
    """Say what steps ask for that was asked for before and is not settled; tell whether that keeps the run back."""
    known = {id for ledger in plan_sessions.ledgers.values() for id in ledger.intents}
    kept = [intent for ledger in plan_sessions.ledgers.values() for intent in ledger.intents.values()]
    if not options.demo:
        kept += [intent for intent in peek(places().records_file)[0] if intent.id not in known]
    now = plan_sessions.clock.now()
    found = [(number, behind_sentence(intent, now)) for number, intent in plan_sessions.left_behind(begun, kept)]
    if options.again or not found:
        for number, sentence in found:
            remark(_("Step {number}: {sentence}").format(number=number, sentence=sentence))
        return False
    problems = [{"step": number, "weight": "problem", "sentence": sentence} for number, sentence in found]
    lines = [_("Step {number}: {sentence}").format(number=number, sentence=sentence) for number, sentence in found]
    lines.append(_("No step has begun. With --again they are sent besides."))
    show(options, {"run": begun.id, "verdict": "bad", "findings": problems}, "\n".join(lines))
    return True


def report(options: argparse.Namespace) -> int:
    """Print what became of a run, by what is kept here; nothing is opened for writing."""
    begun = _found(options)
    if begun is None:
        return UNUSABLE
    made = left(begun, _kept(), datetime.now(UTC))
    _show(options, made)
    return plan_exit_code(made)


def listed(options: argparse.Namespace) -> int:
    """Print the runs, the newest first."""
    now = datetime.now(UTC)
    reports = all_left(PlanRuns(places().plans_folder).runs(), _kept(), now)
    if options.json:
        say_json({"runs": [plan_report_record(each, now) for each in reports]})
    else:
        lines = [
            f"{each.run[:8]}  {utc_words(each.started_at)}  {shown(each.name, 80)}: {plan_sentence(each)}"
            for each in reports
        ]
        say("\n".join(lines) or _("No plan was run yet."))
    return GOOD


def plan_exit_code(report: PlanReport) -> int:
    """Return the exit code that a run deserves."""
    if report.count(Stand.UNKNOWN):
        return UNCERTAIN
    if report.verdict is PlanVerdict.RUNNING or report.count(Stand.RUNNING):
        lossy = any(row.outcome is not None and row.outcome.count(Fate.SKIPPED, Fate.FAILED) for row in report.rows)
        through = report.count(Stand.RUNNING, Stand.DONE)
        return GOOD if through == len(report.rows) and not lossy else PARTIAL if through else BAD
    return {PlanVerdict.WHOLE: GOOD, PlanVerdict.PARTLY: PARTIAL}.get(report.verdict, BAD)


@contextmanager
def plan_sessions_of(options: argparse.Namespace, known: list[Profile]) -> Iterator[PlanSessions]:
    opened = opened_demo_plan_sessions if options.demo else opened_plan_sessions
    with opened(places(), known, WallClock()) as plan_sessions:
        yield plan_sessions


def _profiles(options: argparse.Namespace, plan: Plan) -> list[Profile]:
    """Return the profiles that a plan names, as far as there are such, and the one for steps that name none."""
    known: Sequence[Profile] = DEMO_PROFILES if options.demo else profiles_read(places())
    wanted = {step.profile or default_profile(options) for step in plan.steps}
    return [profile for profile in known if profile.name in wanted]


def default_profile(options: argparse.Namespace) -> str:
    """Return the name of the profile for steps that name none: the one that was named, or the only one there is."""
    if options.demo:
        return find_demo(options.profile).name
    if options.profile is not None:
        return find_profile(places(), options.profile).name
    known = profiles_read(places())
    return known[0].name if len(known) == 1 else ""


def arm_all(plan_sessions: PlanSessions, options: argparse.Namespace) -> None:
    """Arm the profiles if that is wanted. ``ReadOnly`` when one lets nothing through: before anything is sent."""
    for session in plan_sessions.sessions.values():
        if options.arm:
            session.guard.arm(_ARMED_MINUTES)
        session.guard.check()


def _is_of_plan(found: StepFinding) -> bool:
    """Whether a finding needs no fresh list to be sure of: one about the plan, or about its profiles."""
    return found.step == 0 or found.finding.subject == "file"


def _found(options: argparse.Namespace) -> Run | None:
    # an empty id is a variable that was never set, and means none
    runs, id = PlanRuns(places().plans_folder).runs(), options.run_id
    found = [each for each in runs if id and each.id.startswith(id)]
    if len(found) == 1:
        return found[0]
    told = (
        ngettext(
            "{count} run has an id that begins with {id}. cbr-desktop plan list lists them.",
            "{count} runs have ids that begin with {id}. cbr-desktop plan list lists them.",
            len(found),
        )
        if found
        else _("There is no run {id}. cbr-desktop plan list lists them.")
    )
    remark(told.format(count=grouped(len(found)), id=quoted(id, 80)))
    return None


def _kept() -> Scope:
    """Return the requests of all runs as they are on the disk."""
    intents: list[Intent] = [intent for intent in peek(places().records_file)[0] if intent.plan]
    ledgers = {}
    for intent in intents:
        name = intent.target.profile
        if name not in ledgers:
            target = intent.target
            ledgers[name] = Ledger(Profile(name, "", target.cbr_endpoint, target.project, "", ""), lambda _part: None)
        ledgers[name].put_intent(intent)
    return Scope(list(ledgers.values()))


async def closing(plan_sessions: PlanSessions, work: Awaitable[Result]) -> Result:
    try:
        return await work
    finally:
        await plan_sessions.aclose()


def _show_findings(options: argparse.Namespace, plan: Plan | None, findings: list[StepFinding]) -> None:
    if not options.json:
        verdict = _("cannot be run") if is_blocked(findings) else _("can be run")
        say(f"{shown_path(options.file)}: {verdict}\n{findings_text(plan, findings)}".rstrip())
        return
    words = {Severity.BLOCK: "problem", Severity.WARN: "warning", Severity.INFO: "note"}
    record = {
        "file": str(options.file),
        "verdict": "bad" if is_blocked(findings) else "good",
        "findings": [
            {"step": found.step, "weight": words[found.finding.severity], "sentence": finding_sentence(found.finding)}
            for found in findings
        ],
    }
    say_json(record)


def _show(options: argparse.Namespace, made: PlanReport) -> None:
    now = datetime.now(UTC)
    html: Path | None = options.html
    if html is not None:
        write_output(html, report_html(made, now).encode("utf-8", "backslashreplace"))
    if options.json:
        say_json(plan_report_record(made, now))
    else:
        say(plan_report_text(made, now), end="")
