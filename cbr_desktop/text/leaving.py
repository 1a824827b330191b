"""Leaving in words: what is not at its end, and what becomes of it while the program is closed."""

from collections.abc import Sequence
from datetime import datetime

from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.marks import BUSY, NEUTRAL, UNKNOWN, Mark, Shape
from cbr_desktop.text.states import clock_words, count_words, quoted
from cbr_desktop.text.tone import Tone
from cbr_desktop.workflows.leaving import Pending, Unfinished, sent_until
from cbr_desktop.workflows.plan import Stand

LEAVING_SECONDS = 4.0
"""How long leaving waits for the answer to a request that is being sent; leaving as a whole takes five at most."""
_NAMED = 3
MARKS = {
    Pending.SENDING: BUSY,
    Pending.UNKNOWN: UNKNOWN,
    Pending.QUEUED: NEUTRAL,
    Pending.SCHEDULED: NEUTRAL,
    Pending.FOLLOWED: BUSY,
    Pending.PLAN: Mark(Shape.UP, Tone.WARN),
}
DEMO_WORDS = "The demo cloud ends with this window, and all of this with it."


def question(found: Sequence[Unfinished]) -> str:
    """Return how much is not at its end, in one sentence."""
    requests = sum(len(each.intents) for each in found if each.kind is not Pending.FOLLOWED)
    followed = sum(len(each.intents) for each in found if each.kind is Pending.FOLLOWED)
    plans = sum(each.plan is not None for each in found)
    counts = ((requests, "request"), (followed, "checkpoint"), (plans, "plan"))
    parts = [count_words(count, noun) for count, noun in counts if count]
    if not parts:
        return "All is at its end now; nothing is left to wait for."
    verb = "is" if requests + followed + plans == 1 else "are"
    return f"{_listed(parts)} {verb} not at the end yet."


def leaving_words(each: Unfinished, now: datetime) -> str:
    """Return what is not at its end of one kind, and what leaving means for it."""
    return f"{pending_words(each, now)}. {_meaning(each, now)}"


def pending_words(each: Unfinished, now: datetime) -> str:
    """Return what is not at its end of one kind: how many, how they stand, and which."""
    if each.plan is not None:
        left = f"{each.plan.count(Stand.NOT_STARTED)} of {count_words(len(each.plan.rows), 'step')}"
        return f"The plan {quoted(each.plan.name, 60)} is halfway: {left} have not begun"
    return f"{_head(each, now)}{_names(each.intents)}"


def _meaning(each: Unfinished, now: datetime) -> str:
    is_one = len(each.intents) == 1
    match each.kind:
        case Pending.PLAN:
            return "It stops here, and none of them is sent until you continue it."
        case Pending.SENDING:
            return (
                f"Leaving waits {LEAVING_SECONDS:.0f} s for the answer. Without one the outcome is unknown: it is"
                " looked for at the next start, and never sent twice."
            )
        case Pending.UNKNOWN:
            return "At the next start that goes on. Nothing is sent again without you."
        case Pending.QUEUED:
            return _queued_words(sent_until(each.intents), now, is_one=is_one)
        case Pending.SCHEDULED:
            which = "It is not sent" if is_one else "None is sent"
            return f"{which} while the program is closed. If its time passes, it is held as late, and you are asked."
        case _:
            return f"The service goes on with {'it' if is_one else 'them'}. The end is told at the next start."


def left_sentence(found: Sequence[Unfinished], now: datetime) -> str:
    """Return what was not at its end when the program ended the last time, and what becomes of it now."""
    parts = [f"{pending_words(each, now)}: {_now_words(each, now)}" for each in found if each.intents]
    return f"Left from before. {'; '.join(parts)}."


def _now_words(each: Unfinished, now: datetime) -> str:
    is_one = len(each.intents) == 1
    match each.kind:
        case Pending.QUEUED:
            if now > sent_until(each.intents):
                return "what was confirmed too long ago is held until you have looked"
            return f"{'it goes' if is_one else 'they go'} as soon as the service can be reached"
        case Pending.SCHEDULED:
            return f"{'it goes' if is_one else 'each goes'} at its time while the program is open"
        case Pending.FOLLOWED:
            return "followed on to the end"
        case _:
            return "looked for by reading, and never sent again by the program"


def _head(each: Unfinished, now: datetime) -> str:
    """Return how many there are of a kind, and how they stand."""
    count = len(each.intents)
    match each.kind:
        case Pending.SENDING:
            return f"{count_words(count, 'request is', 'requests are')} being sent"
        case Pending.UNKNOWN:
            return f"{count_words(count, 'request')} without an answer {'is' if count == 1 else 'are'} being looked for"
        case Pending.QUEUED:
            return f"{count_words(count, 'request is', 'requests are')} queued and not sent"
        case Pending.SCHEDULED:
            first = clock_words(each.intents[0].wanted_at, now)
            at = f"for {first}" if count == 1 else f"the first for {first}"
            return f"{count_words(count, 'request is scheduled', 'requests are scheduled,')} {at}"
        case _:
            return f"{count_words(count, 'checkpoint is', 'checkpoints are')} under way"


def _names(intents: Sequence[Intent]) -> str:
    """Return the names of requests in brackets, the first few of many."""
    named = [quoted(intent.name or intent.subject.label, 40) for intent in intents]
    more = [f"{len(named) - _NAMED} more"] if len(named) > _NAMED else []
    return f" ({_listed([*named[:_NAMED], *more])})"


def _queued_words(until: datetime, now: datetime, *, is_one: bool) -> str:
    if now > until:
        return "You are asked before anything of that is sent."
    goes = "it goes by itself" if is_one else "they go by themselves"
    return f"At a start until {clock_words(until, now)} {goes}; later you are asked first."


def _listed(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
