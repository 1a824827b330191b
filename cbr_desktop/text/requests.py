"""Requests as the drawer and the notices tell them: which group each belongs to, and its words."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import WAITING, Intent, IntentState, Reason, Refusal
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import N_, _, listed, ngettext, sentences
from cbr_desktop.text.codes import explain
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.text.marks import BAD, BUSY, GOOD, PARTIAL, UNKNOWN, Mark, mark
from cbr_desktop.text.operations import subject_type, typed_words, words_of
from cbr_desktop.text.operations.words import running_tally, tally
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import duration_words, grouped, quoted, status_words
from cbr_desktop.text.words import NONE, environment_words
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of

RECENT = timedelta(hours=24)
"""How long a request that needs nothing more stays in the drawer: a night's work must be there in the morning."""


class RequestGroup(StrEnum):
    """The groups of the drawer, most urgent first."""

    NEEDS_YOU = "needs-you"
    RUNNING = "running"
    QUEUED = "queued"
    DONE = "done"


_GROUP_TITLES = {
    RequestGroup.NEEDS_YOU: N_("Needs you"),
    RequestGroup.RUNNING: N_("Running"),
    RequestGroup.QUEUED: N_("Queued"),
    RequestGroup.DONE: N_("Done in 24 h"),
}


def group_title(group: RequestGroup) -> str:
    """Return the title of a group of the drawer."""
    return _(_GROUP_TITLES[group])


_GROUPS = {
    IntentState.SCHEDULED: RequestGroup.QUEUED,
    IntentState.HELD: RequestGroup.NEEDS_YOU,
    IntentState.QUEUED: RequestGroup.QUEUED,
    IntentState.SENDING: RequestGroup.RUNNING,
    IntentState.ACCEPTED: RequestGroup.RUNNING,
    IntentState.FINISHED: RequestGroup.DONE,
    IntentState.CANCELLED: RequestGroup.DONE,
    IntentState.UNKNOWN: RequestGroup.NEEDS_YOU,
    IntentState.REJECTED: RequestGroup.NEEDS_YOU,
    IntentState.NOT_FOUND: RequestGroup.NEEDS_YOU,
}
_DISMISSABLE = frozenset({IntentState.REJECTED, IntentState.NOT_FOUND})


class Request(Struct, frozen=True):
    """One line of the drawer. ``progress_percent`` is ``None`` where a bar would tell nothing."""

    id: IntentId
    group: RequestGroup
    mark: Mark
    name: str
    words: str
    sentence: str
    progress_percent: int | None
    can_cancel: bool
    can_dismiss: bool
    changed_at: datetime


def requests(ledger: Reading, now: datetime, dismissed: Collection[str]) -> list[Request]:
    """Return what the drawer shows: all that is live or needs the operator, and what was done lately."""
    shown = [
        _request(intent, outcome_of(ledger, intent), now)
        for intent in ledger.intents.values()
        if _is_shown(intent, now, dismissed)
    ]
    places = {group: place for place, group in enumerate(RequestGroup)}
    shown.sort(key=lambda request: request.changed_at, reverse=True)
    shown.sort(key=lambda request: places[request.group])
    return shown


def request_name(intent: Intent) -> str:
    """Return a request's name and vault, or what it does to what."""
    return f"{plain(words_of(intent).name(intent), 80)} · {plain(intent.subject.label, 64)}"


def subject_words(intent: Intent) -> str:
    """Return what a request is done to, by name where it has one; what is no vault is said to be what it is."""
    subject = intent.subject
    return subject.label if subject.type is SubjectType.VAULT else f"{subject.label} ({subject_type(subject.type)})"


def request_words(intent: Intent, outcome: Outcome | None) -> str:
    """Return the state of a request in a few words; half a success never reads like a whole one."""
    words = words_of(intent)
    if intent.state is IntentState.FINISHED and outcome is not None:
        head = words.done if outcome.is_whole else _("Partly done") if outcome.count(Fate.DONE) else words.failed
        return _("{stand}: {tally}").format(stand=head, tally=tally(outcome)) if words.is_counted else head
    if intent.state is IntentState.ACCEPTED and outcome is not None:
        if not words.is_counted:
            return words.running
        return _("{stand}: {tally}").format(stand=words.running, tally=running_tally(outcome))
    return status_words(intent.state)


def waiting_words(intent: Intent, outcome: Outcome | None, now: datetime) -> str:
    """Return what a request waits for, or what there is to say of its end, in a few words."""
    age = duration_words(now - intent.wanted_at)
    if intent.state is IntentState.HELD:
        return {
            Reason.PERSON: _("You: held by hand"),
            Reason.STALE: _("You: confirmed {age} ago").format(age=age),
            Reason.CONTRADICTED: _("You: newer data speak against it"),
            Reason.LATE: _("You: its time passed {age} ago").format(age=age),
            Reason.CLOCK: _("You: confirmed by a clock that was ahead"),
            Reason.ELSEWHERE: _("Its profile, which leads elsewhere now"),
            Reason.LEFT: _("You: the command that asked for it ended"),
            Reason.NO_PROFILE: _("Its profile, which is gone"),
        }.get(intent.reason, _("You"))
    if intent.state is IntentState.QUEUED:
        return {
            Reason.UNREACHABLE: _("The connection"),
            Reason.THROTTLED: _("The service: too many requests"),
            Reason.OFFLINE: _("The end of working offline"),
            Reason.LOGIN: _("The login"),
            Reason.NOT_SAVED: _("Room on the disk"),
        }.get(intent.reason, _("Its turn"))
    if intent.state is IntentState.REJECTED and intent.refusal is not None:
        return _refused_words(intent.refusal)
    if intent.reason == Reason.NO_PROFILE:
        return _("Its profile, which is gone")
    if intent.state in (IntentState.ACCEPTED, IntentState.FINISHED) and outcome is not None:
        return tally(outcome) if words_of(intent).is_counted else NONE if outcome.is_over else _("The service")
    if intent.awaits_person:
        place = words_of(intent).place
        return (
            _("You: say whether it is yours")
            if intent.candidates
            else _("You: look at {place} yourself").format(place=place)
        )
    return {
        IntentState.SCHEDULED: _("Its time"),
        IntentState.SENDING: _("The answer"),
        IntentState.UNKNOWN: _("Being looked for by reading"),
        IntentState.NOT_FOUND: _("You: look, or send again"),
    }.get(intent.state, NONE)


def _refused_words(refusal: Refusal) -> str:
    """Return the code of a refusal with what it means, or what the service says where it is a foreign one."""
    code, known = refusal.code.removeprefix("BackupService."), explain(refusal.code)
    if known is not None:
        return f"{plain(code, 40)} · {known.meaning}"
    return plain(code or refusal.message, 80) or NONE


def place_words(intent: Intent, profile: Profile) -> str:
    """Return where a request goes, so that two vaults are not confused."""
    target, subject = intent.target, intent.subject
    thing = f"{quoted(subject.name, 64)} ({plain(subject.id, 64)})" if subject.name and subject.id else subject.label
    places = [
        typed_words(subject.type, plain(thing, 140)),
        _("project {name}").format(name=plain(target.project, 60)),
        plain(profile.region, 40),
        _("profile {name} ({environment})").format(
            name=quoted(target.profile, 60), environment=environment_words(profile.environment)
        ),
    ]
    return listed([place for place in places if place])


def release_sentence(intent: Intent, profile: Profile, now: datetime, hindrance: str = "") -> str:
    """Return what a release does: where the request goes, how old the wish is, and what is in its way."""
    return sentences(
        _("Release sends it to {place}.").format(place=place_words(intent, profile)),
        _("You last wanted it {age} ago.").format(age=duration_words(now - intent.wanted_at)),
        hindrance,
    )


def review_sentence(held: Sequence[Intent], now: datetime) -> str:
    """Return that requests wait for the operator to look at them; they are never sent by themselves."""
    oldest = duration_words(now - min(intent.wanted_at for intent in held))
    return ngettext(
        "{count} request has waited for {oldest}. It is held; nothing is sent until you have looked.",
        "{count} requests have waited for up to {oldest}. They are held; nothing is sent until you have looked.",
        len(held),
    ).format(count=grouped(len(held)), oldest=oldest)


def finished_words(intent: Intent, outcome: Outcome | None) -> str:
    """Return what a notice says about a request that has come to an end or needs the operator."""
    notice, stand = words_of(intent).notice, request_words(intent, outcome)
    return f"{request_name(intent)}: {stand}" if notice is None else notice(intent, outcome, stand)


def outcome_mark(outcome: Outcome) -> Mark:
    """Return the mark of an outcome; only a whole one is good."""
    if not outcome.is_over:
        return BUSY
    if outcome.is_whole:
        return GOOD
    return PARTIAL if outcome.count(Fate.DONE) else BAD


def intent_mark(intent: Intent, outcome: Outcome | None) -> Mark:
    """Return the mark of a request, by what became of its resources where that is known."""
    if intent.state in (IntentState.ACCEPTED, IntentState.FINISHED):
        return outcome_mark(outcome) if outcome is not None else UNKNOWN
    return mark(intent.state)


def _is_shown(intent: Intent, now: datetime, dismissed: Collection[str]) -> bool:
    if intent.id in dismissed:
        return False
    return _GROUPS[intent.state] is not RequestGroup.DONE or now - intent.changed_at < RECENT


def _request(intent: Intent, outcome: Outcome | None, now: datetime) -> Request:
    running = intent.state is IntentState.ACCEPTED and words_of(intent).is_counted
    return Request(
        id=intent.id,
        group=_GROUPS[intent.state],
        mark=intent_mark(intent, outcome),
        name=request_name(intent),
        words=request_words(intent, outcome),
        sentence=intent_sentence(intent, outcome, now),
        progress_percent=outcome.progress_percent if running and outcome is not None else None,
        can_cancel=intent.state in WAITING,
        can_dismiss=intent.state in _DISMISSABLE,
        changed_at=intent.changed_at,
    )
