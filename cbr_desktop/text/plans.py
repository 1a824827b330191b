"""Plans as people read them: sentences about a run, and its report for a terminal, a ticket and on paper."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Subject, SubjectType
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.plan import Plan, Run, Step, StepFinding
from cbr_desktop.text.catalogue import N_, NN_, _, listed, ngettext, sentences
from cbr_desktop.text.consequences import loss_sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.text.marks import BAD, BUSY, GOOD, NEUTRAL, PARTIAL, UNKNOWN, Mark, Shape, mark
from cbr_desktop.text.markup import escape, page
from cbr_desktop.text.operations import asked_for_words, plan_words, subject_words, typed_words, words_for
from cbr_desktop.text.operations.words import PlanWords, tally
from cbr_desktop.text.states import (
    clock_words,
    counted,
    duration_words,
    grouped,
    quoted,
    shown,
    status_words,
    utc_words,
    whole_times,
)
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import NONE
from cbr_desktop.workflows.documents import name_of, subject_of
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.plan_report import PlanReport, PlanVerdict, Stand, StepRow, StopReason
from cbr_desktop.workflows.scope import Scope

_STANDS = {
    Stand.NOT_STARTED: N_("Not started"),
    Stand.WAITING: N_("Waiting"),
    Stand.RUNNING: N_("Under way"),
    Stand.DONE: N_("Done"),
    Stand.PARTLY: N_("Partly done"),
    Stand.NOTHING: N_("Nothing done"),
    Stand.REFUSED: N_("Refused"),
    Stand.UNKNOWN: N_("Outcome unknown"),
    Stand.TAKEN_BACK: N_("Taken back"),
}
_MARKS = {
    Stand.NOT_STARTED: NEUTRAL,
    Stand.WAITING: NEUTRAL,
    Stand.RUNNING: BUSY,
    Stand.DONE: GOOD,
    Stand.PARTLY: PARTIAL,
    Stand.NOTHING: BAD,
    Stand.REFUSED: BAD,
    Stand.UNKNOWN: UNKNOWN,
    Stand.TAKEN_BACK: Mark(Shape.SQUARE, Tone.IDLE),
}
_VERDICT_MARKS = {
    PlanVerdict.RUNNING: BUSY,
    PlanVerdict.WHOLE: GOOD,
    PlanVerdict.PARTLY: PARTIAL,
    PlanVerdict.FAILED: BAD,
    PlanVerdict.UNKNOWN: UNKNOWN,
}
_LEFT = Mark(Shape.UP, Tone.WARN)
_STOPPED = {
    StopReason.FAILURE: N_("No further step began, because one did not succeed."),
    StopReason.STALE: N_("No further step began: it could not go on for too long. Continue it to confirm it again."),
    StopReason.PAUSED: N_("No further step begins until somebody continues it."),
    StopReason.PERSON: N_("It was stopped; no further step began."),
    StopReason.REFUSED: N_("A step could not be queued: the profile is read-only, or the disk would not take it."),
    StopReason.PROFILE: N_("A step's profile is not open here, or is gone."),
}
PROFILE_COLUMN = 2
"""Where the profile stands among ``columns``."""


def found_columns() -> tuple[str, ...]:
    """Return the titles of what was found about a plan, step by step."""
    return _("Step"), _("Verdict"), _("Profile"), _("Done to, with id"), _("Request"), _("What was found")


def make_columns() -> tuple[str, ...]:
    """Return the titles of what was found about files that are to become a plan."""
    return _("Step"), _("Verdict"), _("File"), _("Done to, with id"), _("Request"), _("What was found")


def columns() -> tuple[str, ...]:
    """Return the titles of a run, step by step."""
    return (
        *(_("Step"), _("State"), _("Profile"), _("Done to"), _("Request"), _("Accepted"), _("Skipped"), _("Failed")),
        *(_("Took"), _("What happened")),
    )


class Plans(Protocol):
    """The plan files on the disk, and the copies of those that were run."""

    def read(self, path: str) -> tuple[Plan | None, list[StepFinding]]:
        """Read a plan file and the request files that it names. ``Damaged`` when there is no readable file."""
        ...

    def gather(
        self, files: Sequence[str], profile_of: Callable[[Document], str]
    ) -> tuple[tuple[Step, ...], list[StepFinding]]:
        """Return a step for each request file, in their order, and what was found about them.

        One whose file cannot be read has no document. ``profile_of`` names the profile that a request is sent from.
        """
        ...

    def write(self, path: str, plan: Plan) -> list[StepFinding]:
        """Write a plan whose steps have documents, unless what is found keeps it from being one. ``NotSaved``."""
        ...

    def keep(self, run: Run) -> None:
        """Keep the plan of a run as it will be sent, before any of it is. ``NotSaved``."""
        ...

    def runs(self) -> list[Run]:
        """Return the runs whose copies can be read, the newest first."""
        ...


class PlanRow(Struct, frozen=True):
    """A run in the list of plans; ``is_going``: this window begins its steps.

    ``closed`` and ``gone`` are profiles, ``away`` those to which there is no connection now.
    """

    run: Run
    told: PlanReport
    is_going: bool = False
    closed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    away: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether all of its profiles are open, so that what became of it can be told."""
        return not self.closed and not self.gone

    @property
    def can_go_on(self) -> bool:
        """Whether a person may continue it: steps have not begun, and no failure keeps them back."""
        is_at_rest = self.is_known and not self.is_going and self.told.stopped is not StopReason.FAILURE
        return is_at_rest and bool(self.told.count(Stand.NOT_STARTED))

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of its profiles, in the order of the steps."""
        return tuple(dict.fromkeys(step.profile for step in self.run.plan.steps))


def run_left_sentence(told: PlanReport) -> str:
    """Return that a command which kept a run going is ended, and how to go on with it."""
    waits = told.count(Stand.NOT_STARTED)
    left = (
        ngettext(
            "The run of {name} is left with {count} step not begun.",
            "The run of {name} is left with {count} steps not begun.",
            waits,
        )
        if waits
        else _("The run of {name} is left with all steps begun.")
    )
    goes_on = waits or told.count(Stand.WAITING)
    then = (
        _("'cbr-desktop plan continue {run}' goes on with it.")
        if goes_on
        else _("'cbr-desktop plan report {run}' tells of it.")
    )
    return sentences(left.format(name=quoted(told.name), count=grouped(waits)), then.format(run=shown(told.run[:8])))


def run_words(row: PlanRow) -> str:
    """Return how a run stands in two or three words; only a whole success reads like one."""
    if not row.is_known:
        return _("Not known here")
    if row.is_going:
        return _("Running")
    waits = row.told.count(Stand.NOT_STARTED)
    if row.told.verdict is PlanVerdict.RUNNING and waits:
        return _left_words(row.told)
    if _is_stopped(row.told):
        return _left_words(row.told)
    words = _plan_words(row.told)
    return {
        PlanVerdict.RUNNING: _("Under way"),
        PlanVerdict.WHOLE: _("Finished"),
        PlanVerdict.PARTLY: words.partly,
        PlanVerdict.FAILED: words.nothing,
        PlanVerdict.UNKNOWN: _("Not all is known"),
    }[row.told.verdict]


def _is_stopped(report: PlanReport) -> bool:
    """Whether a person has stopped a run before all of its steps had begun: it can be continued, and has not ended."""
    return report.stopped is StopReason.PERSON and bool(report.count(Stand.NOT_STARTED))


def _left_words(report: PlanReport) -> str:
    """Return how a run stands that somebody may continue."""
    is_begun = report.count(Stand.NOT_STARTED) < len(report.rows)
    return _("Left in the middle") if is_begun else _("Not begun")


def run_mark(row: PlanRow) -> Mark:
    """Return the mark of a run."""
    if not row.is_known:
        return UNKNOWN
    rests = not row.is_going and row.told.verdict is PlanVerdict.RUNNING and row.told.count(Stand.NOT_STARTED)
    return _LEFT if rests else verdict_mark(row.told)


def need_words(row: PlanRow) -> str:
    """Return what a run needs a person for, in a few words."""
    if row.gone:
        return ngettext("You: profile {names} is gone", "You: profile {names} is gone", len(row.gone)).format(
            names=_names_words(row.gone)
        )
    if row.closed:
        return _("You: open {names}").format(names=_names_words(row.closed))
    states = [step.intent.state for step in row.told.rows if step.intent is not None]
    if lost := states.count(IntentState.NOT_FOUND):
        return counted("You: {count} step without a trace", "You: {count} steps without a trace", lost)
    if held := states.count(IntentState.HELD):
        return counted("You: {count} step held", "You: {count} steps held", held)
    if not row.can_go_on:
        return NONE
    return counted(
        "You: continue, or leave {count} undone",
        "You: continue, or leave {count} undone",
        row.told.count(Stand.NOT_STARTED),
    )


def run_sentence(row: PlanRow) -> str:
    """Return what became of a run, or what is needed to know it."""
    if row.gone:
        return _(
            "Not all of it is known: there is no profile {names} any more. Add one of that name to see the rest."
        ).format(names=_names_words(row.gone))
    if row.closed:
        return _("Not all of it is known: open {names} to see. Nothing is sent by that.").format(
            names=_names_words(row.closed)
        )
    waits = row.is_going and bool(row.told.count(Stand.NOT_STARTED))
    return sentences(plan_sentence(row.told), away_sentence(row.away) if waits else "")


def away_sentence(names: Sequence[str]) -> str:
    """Return that there is no connection to these profiles, and what becomes of what goes there; empty of none."""
    if not names:
        return ""
    return _(
        "There is no connection now to {names}: what goes there waits, and is left for you to continue if it waits"
        " for long."
    ).format(names=_names_words(names))


def _names_words(names: Sequence[str]) -> str:
    return listed([quoted(name, 60) for name in names])


def run_line(row: PlanRow, step: StepRow, now: datetime) -> tuple[tuple[str, ...], Mark]:
    """Return the words of a step of a run, in the order of ``columns``, and its mark."""
    words = cells(step, now)
    if step.intent is not None or step.profile not in (*row.closed, *row.gone):
        return words, stand_mark(step)
    why = _("Its profile {name} is not open.") if step.profile in row.closed else _("Its profile {name} is gone.")
    return (words[0], _("Not known"), *words[2:-1], why.format(name=quoted(step.profile, 60))), UNKNOWN


def stand_words(row: StepRow) -> str:
    """Return how a step stands, in the words of its operation; one that is held waits for nothing but a person."""
    if row.is_held:
        return status_words(IntentState.HELD)
    words = words_for(row.kind) if row.kind is not None else None
    own = {} if words is None else {Stand.RUNNING: words.running, Stand.DONE: words.done, Stand.NOTHING: words.failed}
    return own.get(row.stand) or _(_STANDS[row.stand])


def _plan_words(report: PlanReport) -> PlanWords:
    """Return what a plan is when it is through, in the words of its operation, or of all kinds of them."""
    kinds = {row.kind for row in report.rows if row.kind is not None}
    return words_for(kinds.pop()).plan if len(kinds) == 1 else plan_words()


def stand_mark(row: StepRow) -> Mark:
    """Return the mark of a step."""
    return mark(IntentState.HELD) if row.is_held else _MARKS[row.stand]


def verdict_mark(report: PlanReport) -> Mark:
    """Return the mark of what became of a run."""
    rests = bool(report.stopped) and report.verdict is PlanVerdict.RUNNING
    return _LEFT if rests or _is_stopped(report) else _VERDICT_MARKS[report.verdict]


def plan_sentence(report: PlanReport) -> str:
    """Return what became of a run in one or two sentences; only a whole success reads like one."""
    own = _plan_words(report)
    total = len(report.rows)
    steps = counted("{count} step", "{count} steps", total)
    parts = [_("{count} of {steps} finished").format(count=grouped(report.count(Stand.DONE)), steps=steps)]
    held = sum(row.is_held for row in report.rows)
    if held:
        parts.append(counted("{count} held", "{count} held", held))
    for stands, told in _COUNTED:
        if count := report.count(*stands) - (held if Stand.WAITING in stands else 0):
            parts.append(ngettext(*told, count).format(count=grouped(count)) if told else own.without(count))
    verdict = {
        PlanVerdict.RUNNING: _("Not over yet"),
        PlanVerdict.WHOLE: own.whole,
        PlanVerdict.PARTLY: own.part,
        PlanVerdict.FAILED: own.none,
        PlanVerdict.UNKNOWN: _("Ended, and not all outcomes are known"),
    }[report.verdict]
    if _is_stopped(report):
        verdict = _left_words(report)
    head = _("{verdict}: {tally}.").format(verdict=verdict, tally=listed(parts))
    is_kept_back = bool(report.stopped) and bool(report.count(Stand.NOT_STARTED))
    return sentences(head, _(_STOPPED[report.stopped])) if is_kept_back else head


_COUNTED: tuple[tuple[tuple[Stand, ...], tuple[str, str] | None], ...] = (
    ((Stand.PARTLY,), NN_("{count} partly done", "{count} partly done")),
    ((Stand.NOTHING,), None),
    ((Stand.REFUSED,), NN_("{count} refused", "{count} refused")),
    ((Stand.UNKNOWN,), NN_("{count} unknown", "{count} unknown")),
    ((Stand.TAKEN_BACK,), NN_("{count} taken back", "{count} taken back")),
    ((Stand.WAITING, Stand.RUNNING), NN_("{count} under way", "{count} under way")),
    ((Stand.NOT_STARTED,), NN_("{count} not started", "{count} not started")),
)
"""How steps that are not done are counted; those with nothing done in the words of their operation."""


def resting_sentence(report: PlanReport) -> str:
    """Return that a run was left in the middle, and how to go on with it."""
    left = ngettext(
        "The plan {name} was left in the middle: {left} of {count} step not started.",
        "The plan {name} was left in the middle: {left} of {count} steps not started.",
        len(report.rows),
    ).format(
        name=quoted(report.name, 60), left=grouped(report.count(Stand.NOT_STARTED)), count=grouped(len(report.rows))
    )
    return sentences(left, _("Nothing of them is sent until you continue it, among the plans."))


def cells(row: StepRow, now: datetime) -> tuple[str, ...]:
    """Return the words of a step, in the order of ``columns``."""
    counts = ("", "", "")
    if row.outcome is not None:
        skipped, failed = row.outcome.count(Fate.SKIPPED), row.outcome.count(Fate.FAILED, Fate.UNCERTAIN)
        counts = (str(row.outcome.total - skipped), str(skipped), str(failed))
    return (
        str(row.number),
        stand_words(row),
        shown(row.profile, 60),
        subject_words(row.subject),
        asked_for_words(row.kind, row.name),
        *(count or NONE for count in counts),
        duration_words(row.took) if row.took is not None else NONE,
        step_sentence(row, now),
    )


def step_sentence(row: StepRow, now: datetime) -> str:
    """Return what became of a step, and what is to be done."""
    return intent_sentence(row.intent, row.outcome, now) if row.intent is not None else _("It has not begun.")


def plan_report_record(report: PlanReport, now: datetime) -> dict[str, Any]:
    """Return a report as JSON has it."""
    return {
        "plan": report.name,
        "run": report.run,
        "started_at": report.started_at.isoformat(),
        "verdict": str(report.verdict),
        "stopped": report.stopped,
        "summary": plan_sentence(report),
        "steps": [_step_record(row, now) for row in report.rows],
    }


def report_file(report: PlanReport, now: datetime, path: str) -> str:
    """Return a report as the file of this name has it: JSON, text, or a page to print."""
    with whole_times():
        if path.lower().endswith(".json"):
            return json.dumps(plan_report_record(report, now), ensure_ascii=False, indent=2) + "\n"
        return plan_report_text(report, now) if path.lower().endswith(".txt") else report_html(report, now)


def plan_report_text(report: PlanReport, now: datetime) -> str:
    """Return a report as lines of text."""
    head = _("Plan {name}, run {run}, begun {at}").format(
        name=quoted(report.name), run=report.run, at=clock_words(report.started_at, now)
    )
    lines = [head, plan_sentence(report), ""]
    for row in report.rows:
        took = f" ({duration_words(row.took)})" if row.took is not None else ""
        told = f" {tally(row.outcome)}" if row.outcome is not None else ""
        profile = _("profile {name}").format(name=shown(row.profile, 60))
        what = listed([asked_for_words(row.kind, row.name), _typed_words(row.subject), profile])
        lines.append(f"{stand_mark(row).shape} {row.number}. {stand_words(row)}{told}{took}: {what}")
        if row.stand is not Stand.NOT_STARTED:
            lines.append(f"     {step_sentence(row, now)}")
    return "\n".join([*lines, ""])


def _typed_words(subject: Subject | None) -> str:
    return typed_words(subject.type, shown(subject.label, 80)) if subject is not None else NONE


def report_html(report: PlanReport, now: datetime) -> str:
    """Return a report as a page to print: whole in itself, nothing in it is run or fetched."""
    heads = "".join(f"<th>{escape(title)}</th>" for title in columns())
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(shown(cell, 600))}</td>' for cell in cells(row, now))}</tr>\n"
        for row in report.rows
    )
    title = _("Plan {name}").format(name=shown(report.name))
    begun = _("Run {run}, begun {at}.").format(run=report.run, at=utc_words(report.started_at))
    made = _("Report of {at}.").format(at=utc_words(now))
    state = "sound" if report.verdict is PlanVerdict.WHOLE else "broken"
    body = (
        f"<h1>{escape(title)}</h1><p>{escape(sentences(begun, made))}</p>"
        f'<p class="{state}">{escape(plan_sentence(report))}</p>\n'
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>"
    )
    return page(_("CBR Desktop plan"), body, _STYLE)


_STYLE = ":is(th,td):nth-child(n+6):nth-child(-n+9){text-align:right;white-space:nowrap}"
"""The numbers: from the resources that were accepted to the time that it took."""


def found_cells(
    plan: Plan,
    number: int,
    findings: Sequence[StepFinding],
    default: str,
    ledger: Reading,
    blasts: Mapping[int, Blast],
    now: datetime,
) -> tuple[str, ...]:
    """Return the words of a step that was not run yet, in the order of ``found_columns``, first what is lost by it."""
    step = plan.steps[number - 1]
    own = [found.finding for found in findings if found.step == number]
    worst = min((finding.severity.value for finding in own), default=Severity.INFO.value)
    verdict = {Severity.BLOCK.value: _("Not ready"), Severity.WARN.value: _("Look at it")}.get(worst, _("Ready"))
    document = step.document
    subject = subject_of(document, ledger) if document is not None else None
    kind, name = (document.kind, name_of(document)) if document is not None else (None, "")
    lost = loss_sentences(blasts.get(number, Blast()), now)
    said = sentences(*lost, *(finding_sentence(each) for each in own if each.severity is not Severity.INFO))
    asked = asked_for_words(kind, name, _("(named by the plan)") if plan.names else "")
    if step.after:
        asked = _("{request} (after step {number})").format(request=asked, number=step.after)
    where = _subject_and_id(subject)
    return str(number), verdict, shown(step.profile or default, 60), where, asked, said or NONE


def _subject_and_id(subject: Subject | None) -> str:
    """Return what a step is done to, and its id on a line of its own, where it is not broken."""
    if subject is None:
        return NONE
    name, id = shown(subject.name, 64), shown(subject.id, 64)
    label = name or id
    words = label if subject.type is SubjectType.VAULT else typed_words(subject.type, label)
    return f"{words}\n{id}" if name and id else words


def unopened_line(plan: Plan, number: int, profile: str, now: datetime) -> tuple[tuple[str, ...], Mark]:
    """Return the words and the mark of a step whose profile is not open, so that nothing can be said of it."""
    step_number, _verdict, _profile, *rest, _found = found_cells(plan, number, [], profile, Scope(), {}, now)
    why = _("Its profile {name} is not open.").format(name=quoted(profile, 60))
    return (step_number, _("Not known"), shown(profile, 60), *rest, why), NEUTRAL


def found_mark(number: int, findings: Sequence[StepFinding]) -> Mark:
    """Return the mark of what was found about a step."""
    weights = {found.finding.severity for found in findings if found.step == number}
    return BAD if Severity.BLOCK in weights else Mark(Shape.UP, Tone.WARN) if Severity.WARN in weights else GOOD


def findings_text(plan: Plan | None, findings: Sequence[StepFinding]) -> str:
    """Return what was found about a plan, step by step, as lines."""
    signs = {Severity.BLOCK: "✕", Severity.WARN: "▲", Severity.INFO: "·"}
    lines = []
    for number in range(len(plan.steps) + 1 if plan is not None else 1):
        own = [found.finding for found in findings if found.step == number]
        if number and plan is not None:
            lines.append(_("Step {number}: {request}").format(number=number, request=step_words(plan, number)))
        lines += [f"  {signs[finding.severity]} {finding_sentence(finding)}" for finding in own]
    return "\n".join(lines)


def step_words(plan: Plan, number: int) -> str:
    """Return what a step asks for, in a line."""
    step = plan.steps[number - 1]
    document = step.document
    parts = [shown(step.file, 100) if step.file else _("no request")]
    if document is not None:
        parts = [asked_for_words(document.kind, name_of(document), _("(named by the plan or the service)"))]
        subject = subject_of(document, Scope())
        if subject is not None and subject.id:
            parts.append(_typed_words(subject))
    if step.profile:
        parts.append(_("profile {name}").format(name=shown(step.profile, 60)))
    if step.after:
        parts.append(_("after step {number}").format(number=step.after))
    return listed(parts)


def _step_record(row: StepRow, now: datetime) -> dict[str, Any]:
    outcome = row.outcome
    return {
        "step": row.number,
        "state": str(row.stand),
        "profile": row.profile,
        "operation": row.kind,
        "vault": row.subject.label if row.subject is not None and row.subject.type is SubjectType.VAULT else "",
        "subject": {"type": row.subject.type, "id": row.subject.id, "name": row.subject.name} if row.subject else None,
        "name": row.name,
        "file": row.file,
        "intent": row.intent.id if row.intent is not None else None,
        "request_id": row.intent.request_id if row.intent is not None else "",
        "checkpoint_id": row.intent.checkpoint.id if row.intent is not None and row.intent.checkpoint else None,
        "resources": {fate.name.lower(): outcome.count(fate) for fate in Fate} if outcome is not None else None,
        "took_seconds": row.took.total_seconds() if row.took is not None else None,
        "summary": step_sentence(row, now),
    }
