"""Leaving in words: what is not at its end, and what becomes of it while the program is closed."""

from collections.abc import Sequence
from datetime import datetime

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.catalogue import NN_, _, enumerated, joined, ngettext, sentences
from cbr_desktop.text.marks import BUSY, NEUTRAL, UNKNOWN, Mark, Shape
from cbr_desktop.text.states import clock_words, counted, grouped, quoted
from cbr_desktop.text.tone import Tone
from cbr_desktop.workflows.leaving import Pending, Unfinished, sent_until
from cbr_desktop.workflows.plan_report import Stand

LEAVING_SECONDS = 4.0
"""How long leaving waits for the answer to a request that is being sent; leaving as a whole takes five at most."""
_NAMED = 3
MARKS = {
    Pending.SENDING: BUSY,
    Pending.UNKNOWN: UNKNOWN,
    Pending.QUEUED: NEUTRAL,
    Pending.ATTENDED: NEUTRAL,
    Pending.SCHEDULED: NEUTRAL,
    Pending.FOLLOWED: BUSY,
    Pending.PLAN: Mark(Shape.UP, Tone.WARN),
}


def demo_sentence() -> str:
    """Return what leaving means in the demo cloud."""
    return _("The demo cloud ends with this window, and all of this with it.")


def question(found: Sequence[Unfinished]) -> str:
    """Return how much is not at its end, in one sentence."""
    requests = sum(len(each.intents) for each in found if each.kind is not Pending.FOLLOWED)
    followed = sum(len(each.intents) for each in found if each.kind is Pending.FOLLOWED)
    plans = sum(each.plan is not None for each in found)
    counts = (
        (requests, NN_("{count} request", "{count} requests")),
        (followed, NN_("{count} checkpoint", "{count} checkpoints")),
        (plans, NN_("{count} plan", "{count} plans")),
    )
    parts = [ngettext(one, many, count).format(count=grouped(count)) for count, (one, many) in counts if count]
    if not parts:
        return _("All of it has ended now; nothing is left to wait for.")
    return ngettext("{things} has not ended yet.", "{things} have not ended yet.", requests + followed + plans).format(
        things=enumerated(parts)
    )


def leaving_words(each: Unfinished, now: datetime) -> str:
    """Return what is not at its end of one kind, and what leaving means for it."""
    return sentences(_("{pending}.").format(pending=pending_words(each, now)), _meaning(each, now))


def pending_words(each: Unfinished, now: datetime) -> str:
    """Return what is not at its end of one kind: how many, how they stand, and which."""
    if each.plan is not None:
        return ngettext(
            "The plan {name} is halfway: {left} of {count} step have not begun",
            "The plan {name} is halfway: {left} of {count} steps have not begun",
            len(each.plan.rows),
        ).format(
            name=quoted(each.plan.name, 60),
            left=each.plan.count(Stand.NOT_STARTED),
            count=grouped(len(each.plan.rows)),
        )
    return _("{head} ({names})").format(head=_head(each, now), names=_names(each.intents))


def _meaning(each: Unfinished, now: datetime) -> str:
    count = len(each.intents)
    match each.kind:
        case Pending.PLAN:
            return _("It stops here, and none of them is sent until you continue it.")
        case Pending.SENDING:
            return _(
                "Leaving waits {seconds} s for the answer. Without one the outcome is unknown: it is"
                " looked for at the next start, and never sent twice."
            ).format(seconds=f"{LEAVING_SECONDS:.0f}")
        case Pending.UNKNOWN:
            return _("At the next start that goes on. Nothing is sent again without you.")
        case Pending.QUEUED:
            return _queued_words(sent_until(each.intents), now, count)
        case Pending.ATTENDED:
            return _("It overwrites something: at the next start it is held, and you are asked before it is sent.")
        case Pending.SCHEDULED:
            return ngettext(
                "It is not sent while the program is closed. If its time passes, it is held as late, and you are"
                " asked.",
                "None is sent while the program is closed. If its time passes, it is held as late, and you are asked.",
                count,
            )
        case _:
            return ngettext(
                "The service goes on with it. The end is told at the next start.",
                "The service goes on with them. The end is told at the next start.",
                count,
            )


def left_sentence(found: Sequence[Unfinished], now: datetime) -> str:
    """Return what was not at its end when the program ended the last time, and what becomes of it now."""
    parts = [
        _("{pending}: {now}").format(pending=pending_words(each, now), now=_now_words(each, now))
        for each in found
        if each.intents
    ]
    return _("Left from before. {parts}.").format(parts=joined(parts))


def _now_words(each: Unfinished, now: datetime) -> str:
    count = len(each.intents)
    match each.kind:
        case Pending.QUEUED:
            if now > sent_until(each.intents):
                return _("what was confirmed too long ago is held until you have looked")
            return ngettext(
                "it goes as soon as the service can be reached", "they go as soon as the service can be reached", count
            )
        case Pending.ATTENDED:
            return _("held until you have looked, since it overwrites something")
        case Pending.SCHEDULED:
            return ngettext(
                "it goes at its time while the program is open",
                "each goes at its time while the program is open",
                count,
            )
        case Pending.FOLLOWED:
            return _("followed on to the end")
        case _:
            return _("looked for by reading, and never sent again by the program")


def _head(each: Unfinished, now: datetime) -> str:
    """Return how many there are of a kind, and how they stand."""
    count = len(each.intents)
    match each.kind:
        case Pending.SENDING:
            return counted("{count} request is being sent", "{count} requests are being sent", count)
        case Pending.UNKNOWN:
            return counted(
                "{count} request without an answer is being looked for",
                "{count} requests without an answer are being looked for",
                count,
            )
        case Pending.QUEUED | Pending.ATTENDED:
            return counted("{count} request is queued and not sent", "{count} requests are queued and not sent", count)
        case Pending.SCHEDULED:
            return ngettext(
                "{count} request is scheduled for {first}",
                "{count} requests are scheduled, the first for {first}",
                count,
            ).format(count=grouped(count), first=clock_words(each.intents[0].wanted_at, now))
        case _ if any(intent.change.kind is not Kind.CREATE_CHECKPOINT for intent in each.intents):
            return counted("{count} request is under way", "{count} requests are under way", count)
        case _:
            return counted("{count} checkpoint is under way", "{count} checkpoints are under way", count)


def _names(intents: Sequence[Intent]) -> str:
    """Return the names of requests, the first few of many."""
    named = [quoted(intent.name or intent.subject.label, 40) for intent in intents]
    more = len(named) - _NAMED
    return enumerated([*named[:_NAMED], *([counted("{count} more", "{count} more", more)] if more > 0 else [])])


def _queued_words(until: datetime, now: datetime, count: int) -> str:
    if now > until:
        return _("You are asked before anything of that is sent.")
    return ngettext(
        "At a start until {until} it goes by itself; later you are asked first.",
        "At a start until {until} they go by themselves; later you are asked first.",
        count,
    ).format(until=clock_words(until, now))
