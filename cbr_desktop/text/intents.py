"""Requests and their fates as sentences for people, on a screen or in a terminal."""

import shlex
from collections.abc import Callable
from datetime import datetime

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.intent import WAITING, Candidate, Intent, IntentState, Origin, Reason
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.text.catalogue import N_, _, joined, listed, ngettext, pgettext, sentences
from cbr_desktop.text.errors import refusal_sentence
from cbr_desktop.text.operations import fate_of, state_of, words_of
from cbr_desktop.text.states import (
    clock_words,
    counted,
    duration_words,
    grouped,
    names_words,
    quoted,
    shown,
    utc_words,
)

_NEVER_LEFT = (*WAITING, IntentState.CANCELLED)


def intent_sentence(intent: Intent, outcome: Outcome | None, now: datetime) -> str:
    """Return where a request stands, why, and what happens next or is to be done."""
    if intent.state not in (IntentState.ACCEPTED, IntentState.FINISHED):
        return sentences(_INTENTS[intent.state](intent, now), _unsaved(intent))
    words = words_of(intent)
    settled = ""
    if intent.reason == Reason.RECONCILED:
        settled = words.found
    elif intent.reason == Reason.ADOPTED:
        settled = _("The answer had been lost; you said that this {thing} is the one.").format(thing=words.thing)
    elif intent.reason == Reason.NO_PROFILE:
        settled = _("There is no profile of its name any more, so nobody follows it.")
    head = words.outcome(intent, outcome) if outcome else words.accepted
    return sentences(head, settled, _duplicate_words(intent), _unsaved(intent))


def _scheduled(intent: Intent, now: datetime) -> str:
    when = clock_words(intent.due_at, now) if intent.due_at else _("its time")
    return _(
        "Scheduled for {when}. It is sent then if this program runs; if not, it is held and you are asked."
    ).format(when=when)


def _held(intent: Intent, now: datetime) -> str:
    held = _(_HELD.get(intent.reason, N_("Held; nothing is sent until you release it.")))
    return held.format(
        age=duration_words(now - intent.wanted_at),
        wanted=clock_words(intent.wanted_at, now),
        place=words_of(intent).place,
        by=shown(intent.by, 80) if intent.by else _("somebody"),
    )


_HELD: dict[Reason, str] = {
    Reason.PERSON: N_("Held by you; nothing is sent. Release it to send it, or take it back."),
    Reason.STALE: N_(
        "Held: you confirmed it {age} ago, and things may have changed since. Nothing was sent."
        " Look at it, then release it or take it back."
    ),
    Reason.PRIOR_FAILED: N_(
        "Held: the request that it waited for did not do all of what was asked for. Nothing was sent."
        " Look at that one, then release this one or take it back."
    ),
    Reason.CONTRADICTED: N_(
        "Held: what is known of {place} now speaks against it. Nothing was sent."
        " Run the pre-flight again, then release it or take it back."
    ),
    Reason.LATE: N_(
        "Held: it was scheduled for {wanted} and this program did not run or had no connection then."
        " Nothing was sent. Release it to send it now, or take it back."
    ),
    Reason.RESTARTED: N_(
        "Held: it overwrites something, and the program ended before it was sent. Nothing was sent."
        " Look at it once more, then release it or take it back."
    ),
    Reason.LEFT: N_(
        "Held: the command with which {by} asked for it at {wanted} ended before it"
        " was sent. Nothing was sent. Release it to send it, or take it back."
    ),
    Reason.NO_PROFILE: N_(
        "Held: there is no profile of this name any more. Nothing was sent."
        " Add a profile of the same name and project again to decide."
    ),
    Reason.CLOCK: N_(
        "Held: by this machine's clock you confirmed it at {wanted}, which is still to come, so the clock has"
        " been set back since. Nothing was sent. Look at it, then release it or take it back."
    ),
    Reason.ELSEWHERE: N_(
        "Held: its profile leads elsewhere now than when this was asked for. Nothing was sent."
        " Take it back, or change the profile back."
    ),
}


def _queued(intent: Intent, _now: datetime) -> str:
    waiting = N_(
        "Queued. It is sent as soon as the service can be reached and the queue for {place} has nothing else to do."
    )
    if intent.origin is Origin.COMMAND:  # which may have ended, and then nothing sends it
        waiting = N_("Queued by a command. It is sent while that command runs, and held once it has ended.")
    return _(_QUEUED.get(intent.reason, waiting)).format(place=words_of(intent).place)


_QUEUED: dict[Reason, str] = {
    Reason.UNREACHABLE: N_("Queued: the service cannot be reached. It is tried again by itself; nothing was sent."),
    Reason.THROTTLED: N_(
        "Queued: the service asked for fewer requests. It is tried again by itself; nothing was done."
    ),
    Reason.OFFLINE: N_("Queued: you work offline. It is sent when you end that; nothing was sent."),
    Reason.LOGIN: N_("Queued: the login was not accepted. Enter the password, then it is sent; nothing was done."),
    Reason.NOT_SAVED: N_(
        "Queued: that it is being sent could not be noted on the disk, so it is not sent. Make room on the disk."
    ),
    Reason.INTERRUPTED: N_("Queued: it was interrupted before anything left this machine. It is sent by itself."),
    Reason.OLD_DATA: N_("Queued: it was judged by old data. It is sent when newer data say nothing against it."),
    Reason.REPEATED: N_("Queued: reading has proved that it was not done, so it is sent again."),
    Reason.PRIOR: N_("Queued: it waits for the request before it to finish."),
}


def _sending(intent: Intent, now: datetime) -> str:
    since = duration_words(now - (intent.sent_at or intent.changed_at))
    return _("Being sent for {since}; the service has not answered yet.").format(since=since)


def _rejected(intent: Intent, _now: datetime) -> str:
    refusal, head = intent.refusal, words_of(intent).refused
    if refusal is None:
        return sentences(head, _("The service gave no reason."))
    return sentences(head, refusal_sentence(refusal.code, refusal.message))


def _unknown(intent: Intent, now: datetime) -> str:
    words = words_of(intent)
    if intent.reason == Reason.NO_PROFILE:
        return _(
            "It is not known whether it was carried out, and nobody looks for {sought}:"
            " there is no profile of this name any more. Add one of the same name and project again; then it is looked"
            " for, and not sent again."
        ).format(sought=words.sought(intent))
    if intent.candidates:
        return _may_be_words(intent, now)
    if intent.reason == Reason.NO_CLOCK:
        unproved = _(
            "It is not known whether it was carried out. No trace of it was found in {place_searched}, but the"
            " service's time could not be compared with this machine's, so nobody can tell whether the right hours were"
            " looked at. Look at {place} yourself, then say that none is yours."
        ).format(place_searched=words.searched(intent), place=words.place)
        return sentences(unproved, looked_sentence(intent, now))
    is_busy = intent.reason == Reason.REFUSED and intent.refusal is not None and intent.refusal.status < _OWN_FAULT
    lost = _(_BUSY if is_busy else _LOST.get(intent.reason, N_("The answer was lost {age} ago.")))
    return sentences(lost.format(age=duration_words(now - intent.changed_at)), words.looking(intent))


def _may_be_words(intent: Intent, now: datetime) -> str:
    """Return what was found for a request that may as well be another's."""
    found = joined([candidate_words(each, now) for each in intent.candidates])
    words = words_of(intent)
    if len(intent.candidates) == 1:
        lost = _(
            "The answer was lost, and a {thing} was found that may be the one, or another operator's: {found}."
        ).format(thing=words.thing, found=found)
    else:
        lost = _(
            "The answer was lost, and {things} were found that may be the one, or another operator's: {found}."
        ).format(things=words.things, found=found)
    name = (
        _("The request has a name that others may choose as well, so only you can tell.")
        if intent.name
        else _("The request has no name, so only you can tell.")
    )
    return sentences(lost, words.ambiguity or name, _("It is not sent again."))


def candidate_words(candidate: Candidate, now: datetime) -> str:
    """Return which checkpoint was found: its name, its id, and when the service made it."""
    name = quoted(candidate.name) if candidate.name else _("one without a name")
    id = shown(candidate.id, 64)
    if not candidate.created_at:
        return _("{name} ({id})").format(name=name, id=id)
    return _("{name} ({id}, made {at})").format(name=name, id=id, at=clock_words(candidate.created_at, now))


_OWN_FAULT = 500
"""From this HTTP status on an answer tells of a fault of the service."""
_BUSY = N_(
    "The service refused it {age} ago because something is at work there. That may be this very request, if something"
    " on the way has sent it twice."
)
_LOST: dict[Reason, str] = {
    Reason.INTERRUPTED: N_("The answer was lost {age} ago (the program ended while it was being sent)."),
    Reason.LOOKING_AGAIN: N_("The answer was lost {age} ago (no trace of it was found so far)."),
    Reason.LANE_BUSY: N_(
        "The answer was lost {age} ago (no trace of it was found so far, but the vault is busy: it may be running)."
    ),
    Reason.NO_ANSWER: N_("The answer was lost {age} ago (no whole answer came)."),
    Reason.BAD_ANSWER: N_("The answer was lost {age} ago (the answer could not be read)."),
    Reason.REDIRECTED: N_("The answer was lost {age} ago (the service pointed elsewhere)."),
    Reason.SIGN_IN_PAGE: N_("The answer was lost {age} ago (a sign-in page answered)."),
    Reason.REFUSED: N_("The answer was lost {age} ago (the service reported a fault of its own)."),
}


def _not_found_again(intent: Intent, now: datetime) -> str:
    words, at = words_of(intent), clock_words(intent.changed_at, now)
    head = (
        _("You said at {at} that nothing of what was found belongs to this request.").format(at=at)
        if intent.reason is Reason.DISOWNED
        else words.untraceable(intent, at)
    )
    then = _("Keep looking, or look at {place} yourself before you send it again.").format(place=words.place)
    answer = intent.refusal
    said = (
        sentences(_("The last answer to it proves nothing, but reads:"), refusal_sentence(answer.code, answer.message))
        if answer is not None
        else ""
    )
    return sentences(head, said, then, looked_sentence(intent, now))


def _cancelled(intent: Intent, _now: datetime) -> str:
    return words_of(intent).taken_back


_INTENTS: dict[IntentState, Callable[[Intent, datetime], str]] = {
    IntentState.SCHEDULED: _scheduled,
    IntentState.HELD: _held,
    IntentState.QUEUED: _queued,
    IntentState.SENDING: _sending,
    IntentState.REJECTED: _rejected,
    IntentState.UNKNOWN: _unknown,
    IntentState.NOT_FOUND: _not_found_again,
    IntentState.CANCELLED: _cancelled,
}


def _duplicate_words(intent: Intent) -> str:
    if not intent.duplicates or intent.checkpoint is None:
        return ""
    ids = listed([shown(id, 64) for id in (intent.checkpoint.id, *intent.duplicates)])
    count = len(intent.duplicates) + 1
    if count == 2:
        return _("Created twice: checkpoints {ids} have the same name.").format(ids=ids)
    return ngettext(
        "Created {count} time: checkpoints {ids} have the same name.",
        "Created {count} times: checkpoints {ids} have the same name.",
        count,
    ).format(count=count, ids=ids)


_PLACES = {
    "tasks": N_("the tasks of the project"),
    "backups": N_("the backups of the vault"),
    "backup": N_("the backup itself"),
    "policies": N_("the policies of the project"),
}
"""Where requests are looked for."""


def searched_words(where: str, otherwise: str) -> str:
    """Return a place where a request was looked for; ``otherwise`` is said of one that this version does not know."""
    return _(_PLACES[where]) if where in _PLACES else otherwise


def looked_sentence(intent: Intent, now: datetime) -> str:
    """Return where a request was looked for, how often and when, so that a person can judge; empty when nowhere."""
    parts = []
    for looked in intent.looked:
        where = searched_words(looked.where, _("lists"))
        if looked.times and looked.first_at and looked.last_at:
            part = ngettext(
                "{where} since {since}, {count} time ({first} to {last})",
                "{where} since {since}, {count} times ({first} to {last})",
                looked.times,
            ).format(
                where=where,
                count=grouped(looked.times),
                since=clock_words(looked.since, now),
                first=clock_words(looked.first_at, now),
                last=clock_words(looked.last_at, now),
            )
        else:
            part = _("{where}, never with success").format(where=where)
        if looked.failures:
            failed = counted("{count} more try failed", "{count} more tries failed", looked.failures)
            part = listed([part, failed])
        parts.append(part)
    return _("Looked through {places}.").format(places=joined(parts)) if parts else ""


# what a command says of requests while it waits, and of those that it leaves


def waiting_sentence(intent: Intent, ahead: Intent | None, outcome: Outcome | None, now: datetime) -> str:
    """Return what a request waits for; ``ahead`` has its vault, ``outcome`` is what is known of its end."""
    if intent.state is not IntentState.QUEUED or ahead is None:
        return _standing(intent, outcome, now)
    told = _ahead_words(intent, ahead, now)
    if ahead.state is not IntentState.UNKNOWN:
        return told
    if ahead.awaits_person:
        remedies = _("Only a person can tell. End this command first; then {remedies}")
        return sentences(told, remedies.format(remedies=_remedies(ahead)))
    return sentences(told, _("It is looked for by reading, for about half an hour."))


def queued_behind(intent: Intent, ahead: Intent, now: datetime) -> str:
    """Return what a queued request waits for in the window: ``ahead``, of the same thing, has to be settled first."""
    told = _ahead_words(intent, ahead, now)
    if ahead.state is not IntentState.UNKNOWN:
        return sentences(told, _("It is sent by itself after that."))
    if ahead.awaits_person:
        return sentences(told, _("Only a person can tell: open that one in the outbox, and say what became of it."))
    return sentences(told, _("It is looked for by reading, for about half an hour."))


def _ahead_words(intent: Intent, ahead: Intent, now: datetime) -> str:
    """Return which request keeps another one waiting, and how it stands."""
    words, first = words_of(intent), words_of(ahead).request_inside(ahead)
    if ahead.state is IntentState.UNKNOWN:
        return _(
            "{request} waits: {place} takes one request at a time, and {first} may be running there: its answer was"
            " lost {age} ago."
        ).format(
            request=words.request(intent),
            place=words.place,
            first=first,
            age=duration_words(now - ahead.changed_at),
        )
    waits = (
        _("{request} waits: {place} takes one request at a time, and {first} is being sent there, since {since}.")
        if ahead.state is IntentState.SENDING
        else _(
            "{request} waits: {place} takes one request at a time, and {first} is being carried out there, since"
            " {since}."
        )
    )
    since = clock_words(ahead.sent_at or ahead.changed_at, now)
    return waits.format(request=words.request(intent), place=words.place, first=first, since=since)


def _standing(intent: Intent, outcome: Outcome | None, now: datetime) -> str:
    return _("{request}: {stand}").format(
        request=words_of(intent).request(intent), stand=intent_sentence(intent, outcome, now)
    )


def given_up_sentence(intent: Intent, why: Intent, now: datetime) -> str:
    """Return that a command does not wait any longer to send a request; ``why`` is how it stood until then."""
    unsent = {
        Reason.UNREACHABLE: _("{request}: it could not be sent: the service cannot be reached."),
        Reason.OFFLINE: _("{request}: it could not be sent: you work offline."),
        Reason.LOGIN: _("{request}: it could not be sent: the login was not accepted."),
        Reason.NOT_SAVED: _("{request}: it could not be sent: that could not be noted on the disk; make room there."),
        Reason.OLD_DATA: _("{request}: it could not be sent: the data by which it was judged are old."),
    }.get(why.reason)
    request = words_of(intent).request(intent)
    said = (
        unsent.format(request=request)
        if unsent
        else _("{request}: {stand}").format(request=request, stand=intent_sentence(why, None, now))
    )
    then = (
        _("It is held; nothing was sent.")
        if intent.state is IntentState.HELD
        else _("It was taken back; nothing was sent.")
    )
    return sentences(said, then)


def left_request_sentence(intent: Intent, now: datetime) -> str:
    """Return what a command that is ended leaves of a request, and what can be done about it."""
    words = words_of(intent)
    request = words.request(intent)
    if intent.state in WAITING:
        return sentences(_("{request} was not sent and is held.").format(request=request), _remedies(intent))
    if intent.state in (IntentState.SENDING, IntentState.UNKNOWN):
        unknown = _("{request} was on its way: it is not known whether it is carried out.")
        return sentences(unknown.format(request=request), _remedies(intent))
    if intent.state is IntentState.ACCEPTED:
        id = shown(intent.result.id, 64) if intent.result is not None else "?"
        return _(
            "{request} was accepted as {thing} {id} and goes on at the service; nobody waits here for its end."
        ).format(request=request, thing=words.thing, id=id)
    return _standing(intent, intent.outcome, now)


_BEFORE = {
    IntentState.SCHEDULED: N_("The same was asked for before: {request}, of {at}, is scheduled."),
    IntentState.HELD: N_("The same was asked for before: {request}, of {at}, is held."),
    IntentState.QUEUED: N_("The same was asked for before: {request}, of {at}, is queued."),
    IntentState.SENDING: N_("The same was asked for before: {request}, of {at}, is being sent."),
    IntentState.UNKNOWN: N_("The same was asked for before: {request}, of {at}, is of unknown outcome."),
}


def behind_sentence(intent: Intent, now: datetime) -> str:
    """Return that the same request was asked for before and is not settled, and what can be done about it."""
    before = _(_BEFORE[intent.state]).format(
        request=words_of(intent).request_inside(intent), at=clock_words(intent.created_at, now)
    )
    return sentences(before, intent_sentence(intent, intent.outcome, now), _remedies(intent))


def settling_commands(intent: Intent) -> list[str]:
    """Return the commands by which a person says what became of a request; none where only reading can tell."""
    if not intent.awaits_person:
        return []
    adopting = [f"adopt {intent.id[:8]} {shlex.quote(shown(each.id, 64))}" for each in intent.candidates]
    return [f"cbr-desktop outbox {act}" for act in (*adopting, f"disown {intent.id[:8]}")]


def _remedies(intent: Intent) -> str:
    id = intent.id[:8]
    *adopting, disowning = settling_commands(intent) or [""]
    if disowning:
        if not adopting:
            return _("'{disown}' says that none is.").format(disown=disowning)
        mine = pgettext("between commands of which one is chosen", " or ").join(f"'{command}'" for command in adopting)
        return _("{adopt} says that this checkpoint is the one, '{disown}' says that none is.").format(
            adopt=mine, disown=disowning
        )
    if intent.state is IntentState.HELD:
        return _("'cbr-desktop outbox release {id}' sends it, 'cbr-desktop outbox cancel {id}' takes it back.").format(
            id=id
        )
    if intent.state in WAITING:
        return _("The window sends it; 'cbr-desktop outbox cancel {id}' takes it back.").format(id=id)
    return _("'cbr-desktop outbox reconcile {id}' looks for it by reading; nothing is sent by that.").format(id=id)


def _unsaved(intent: Intent) -> str:
    if intent.reason != Reason.NOT_SAVED or intent.state is IntentState.QUEUED:
        return ""
    return sentences(
        _("This could not be written to the disk: make room there."),
        _("When the program starts again, it waits as before.")
        if intent.state in _NEVER_LEFT
        else _("It is not sent again."),
    )


def request_stand_words(intent: Intent, outcome: Outcome | None) -> str:
    """Return where a request stands in a few words; half a success has words of its own."""
    if intent.state not in (IntentState.ACCEPTED, IntentState.FINISHED) or outcome is None:
        return state_of(intent)
    words = words_of(intent)
    if not outcome.is_over:
        return words.running
    if outcome.is_whole:
        return _("Uncertain") if outcome.is_failed else words.done
    return words.partly if outcome.count(Fate.DONE) else words.failed


def outcome_text(intent: Intent, outcome: Outcome | None, now: datetime) -> str:
    """Return the outcome as lines of text for a ticket or a mail."""
    target = intent.target
    checkpoint = intent.checkpoint
    words = words_of(intent)
    project, endpoint = shown(target.project), shown(target.cbr_endpoint)
    head = [
        *words.report(intent),
        _("State: {state}").format(state=request_stand_words(intent, outcome)),
        intent_sentence(intent, outcome, now),
        _("Project: {project} at {endpoint}").format(project=project, endpoint=endpoint),
        _("Requested: {at}").format(at=utc_words(intent.created_at)),
    ]
    if intent.sent_at:
        head.append(_("Sent: {at}").format(at=utc_words(intent.sent_at)))
    if checkpoint:
        head.append(_("Checkpoint id: {id} ({status})").format(id=checkpoint.id, status=checkpoint.status))
    elif intent.result is not None and intent.result.id not in ("", intent.subject.id):
        head.append(_("{title}: {id}").format(title=words.id_title, id=shown(intent.result.id)))
    if intent.request_id:
        head.append(_("Request id: {id}").format(id=shown(intent.request_id)))
    lines = [_report_line(intent, resource) for resource in outcome.resources] if outcome else []
    return "\n".join([*head, *(["", _("{title}:").format(title=words.lines)] if lines else []), *lines, ""])


def _report_line(intent: Intent, resource: ResourceOutcome) -> str:
    is_running = resource.progress_percent is not None and not resource.is_over
    line = _("- {name} ({id}): {fate} {progress} %.") if is_running else _("- {name} ({id}): {fate}.")
    said = line.format(
        name=shown(resource.name) or _("(no name)"),
        id=resource.id,
        fate=fate_of(intent, resource.fate),
        progress=resource.progress_percent,
    )
    return sentences(said, refusal_sentence(resource.code, resource.message))


def retry_sentence(draft: CheckpointDraft) -> str:
    """Return what a retry of skipped resources would send, before it is sent."""
    choices = draft.resources or ()
    names = names_words([choice.name or choice.id for choice in choices])
    return ngettext(
        "Sends a new checkpoint for {count} resource: {names}.",
        "Sends a new checkpoint for {count} resources: {names}.",
        len(choices),
    ).format(count=grouped(len(choices)), names=names)
