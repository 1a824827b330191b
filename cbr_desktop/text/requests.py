"""Requests as the drawer and the notices tell them: which group each belongs to, and its words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import WAITING, Intent, IntentState, Reason
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.marks import BAD, BUSY, GOOD, PARTIAL, UNKNOWN, Mark, mark
from cbr_desktop.text.operations import words_of
from cbr_desktop.text.operations.words import running_tally, tally
from cbr_desktop.text.plain import plain
from cbr_desktop.text.sentences import intent_sentence
from cbr_desktop.text.states import count_words, duration_words, quoted
from cbr_desktop.text.words import ENVIRONMENTS, NONE
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of

RECENT = timedelta(hours=24)
"""How long a request that needs nothing more stays in the drawer: a night's work must be there in the morning."""


class Group(StrEnum):
    """The groups of the drawer, most urgent first; the values are their words."""

    NEEDS_YOU = "Needs you"
    RUNNING = "Running"
    QUEUED = "Queued"
    DONE = "Done in 24 h"


_GROUPS = {
    IntentState.SCHEDULED: Group.QUEUED,
    IntentState.HELD: Group.NEEDS_YOU,
    IntentState.QUEUED: Group.QUEUED,
    IntentState.SENDING: Group.RUNNING,
    IntentState.ACCEPTED: Group.RUNNING,
    IntentState.FINISHED: Group.DONE,
    IntentState.CANCELLED: Group.DONE,
    IntentState.UNKNOWN: Group.NEEDS_YOU,
    IntentState.REJECTED: Group.NEEDS_YOU,
    IntentState.NOT_FOUND: Group.NEEDS_YOU,
}
_DISMISSABLE = frozenset({IntentState.REJECTED, IntentState.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the drawer. ``progress_percent`` is ``None`` where a bar would tell nothing."""

    id: IntentId
    group: Group
    mark: Mark
    name: str
    words: str
    sentence: str
    progress_percent: int | None
    can_cancel: bool
    can_dismiss: bool
    changed_at: datetime


def requests(ledger: Reading, now: datetime, dismissed: Collection[str]) -> list[Request]:
    """Return what the drawer shows: all that is live or needs somebody, and what was done of late."""
    shown = [
        _request(intent, outcome_of(ledger, intent), now)
        for intent in ledger.intents.values()
        if _is_shown(intent, now, dismissed)
    ]
    places = {group: place for place, group in enumerate(Group)}
    shown.sort(key=lambda request: request.changed_at, reverse=True)
    shown.sort(key=lambda request: places[request.group])
    return shown


def request_name(intent: Intent) -> str:
    """Return a request's name and vault, or what it does to what."""
    return f"{plain(words_of(intent).name(intent), 80)} · {plain(intent.subject.label, 64)}"


def subject_words(intent: Intent) -> str:
    """Return what a request is done to, by name where it has one; what is no vault is said to be what it is."""
    subject = intent.subject
    return subject.label if subject.type is SubjectType.VAULT else f"{subject.label} ({subject.type})"


def request_words(intent: Intent, outcome: Outcome | None) -> str:
    """Return the state of a request in a few words; half a success never reads like a whole one."""
    words = words_of(intent)
    if intent.state is IntentState.FINISHED and outcome is not None:
        head = words.done if outcome.is_whole else "Partly done" if outcome.count(Fate.DONE) else words.failed
        return f"{head}: {tally(outcome)}" if words.is_counted else head
    if intent.state is IntentState.ACCEPTED and outcome is not None:
        return f"{words.running}: {running_tally(outcome)}" if words.is_counted else words.running
    return _WORDS[intent.state]


_WORDS = {
    IntentState.SCHEDULED: "Scheduled",
    IntentState.HELD: "Held",
    IntentState.QUEUED: "Queued",
    IntentState.SENDING: "Sending",
    IntentState.ACCEPTED: "Accepted",
    IntentState.FINISHED: "Ended",
    IntentState.REJECTED: "Refused",
    IntentState.UNKNOWN: "Outcome unknown",
    IntentState.NOT_FOUND: "No trace found",
    IntentState.CANCELLED: "Taken back",
}


def waiting_words(intent: Intent, outcome: Outcome | None, now: datetime) -> str:
    """Return what a request waits for, or what there is to say of its end, in a few words."""
    age = duration_words(now - intent.wanted_at)
    if intent.state is IntentState.HELD:
        return {
            Reason.PERSON: "You: held by hand",
            Reason.STALE: f"You: confirmed {age} ago",
            Reason.CONTRADICTED: "You: newer data speak against it",
            Reason.LATE: f"You: its time passed {age} ago",
            Reason.CLOCK: "You: confirmed by a clock that was ahead",
            Reason.ELSEWHERE: "Its profile, which leads elsewhere now",
            Reason.LEFT: "You: the command that asked for it ended",
            Reason.NO_PROFILE: "Its profile, which is gone",
        }.get(intent.reason, "You")
    if intent.state is IntentState.QUEUED:
        return {
            Reason.UNREACHABLE: "The connection",
            Reason.THROTTLED: "The service: too many requests",
            Reason.OFFLINE: "The end of working offline",
            Reason.LOGIN: "The login",
            Reason.NOT_SAVED: "Room on the disk",
        }.get(intent.reason, "Its turn")
    if intent.state is IntentState.REJECTED and intent.refusal is not None:
        return plain(intent.refusal.code.removeprefix("BackupService.") or intent.refusal.message, 80) or NONE
    if intent.reason == Reason.NO_PROFILE:
        return "Its profile, which is gone"
    if intent.state in (IntentState.ACCEPTED, IntentState.FINISHED) and outcome is not None:
        return tally(outcome) if words_of(intent).is_counted else NONE if outcome.is_over else "The service"
    if intent.awaits_person:
        place = words_of(intent).place
        return "You: say whether it is yours" if intent.candidates else f"You: look at {place} yourself"
    return {
        IntentState.SCHEDULED: "Its time",
        IntentState.SENDING: "The answer",
        IntentState.UNKNOWN: "Being looked for by reading",
        IntentState.NOT_FOUND: "You: look, or send again",
    }.get(intent.state, NONE)


def place_words(intent: Intent, profile: Profile) -> str:
    """Return where a request goes, so that nobody takes one vault for another."""
    target, subject = intent.target, intent.subject
    thing = f"{quoted(subject.name, 64)} ({plain(subject.id, 64)})" if subject.name and subject.id else subject.label
    places = [f"{subject.type} {plain(thing, 140)}", f"project {plain(target.project, 60)}", plain(profile.region, 40)]
    return (
        f"{', '.join(filter(None, places))}, profile {quoted(target.profile, 60)} ({ENVIRONMENTS[profile.environment]})"
    )


def release_sentence(intent: Intent, profile: Profile, now: datetime, hindrance: str = "") -> str:
    """Return what a release does: where the request goes, how old the wish is, and what is in its way."""
    age = duration_words(now - intent.wanted_at)
    return f"Release sends it to {place_words(intent, profile)}. You last wanted it {age} ago. {hindrance}".rstrip()


def review_sentence(held: Sequence[Intent], now: datetime) -> str:
    """Return that requests wait for somebody to look at them; they are never sent by themselves."""
    oldest = duration_words(now - min(intent.wanted_at for intent in held))
    verb = "waits" if len(held) == 1 else "wait"
    since = f"for {oldest}" if len(held) == 1 else f"for up to {oldest}"
    which = "It is" if len(held) == 1 else "They are"
    return f"{count_words(len(held), 'request')} {verb} {since}. {which} held; nothing is sent until you have looked."


def finished_words(intent: Intent, outcome: Outcome | None) -> str:
    """Return what a notice says about a request that has come to an end or needs somebody."""
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
    return _GROUPS[intent.state] is not Group.DONE or now - intent.changed_at < RECENT


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
