"""The commands of the outbox: what waits and what became of the rest, and all that a person does about requests."""

import argparse
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import asdict

from cbr_desktop.app.profile import profiles_read
from cbr_desktop.app.request_runner import RequestRunner
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.cli.delivery import open_for, say_losses
from cbr_desktop.cli.destroying import approval_in, obstacle
from cbr_desktop.cli.opening import closing_client, make_ready, opened_session
from cbr_desktop.cli.output import problem_sentence, remark
from cbr_desktop.cli.report import change_record, exit_code, settling_record
from cbr_desktop.cli.running import run_command
from cbr_desktop.cli.tables import BAD, GOOD, UNCERTAIN, UNUSABLE, show
from cbr_desktop.domain.error import CbrError, Damaged
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Reason, without_profile
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.catalogue import listed as listed_words
from cbr_desktop.text.intents import intent_sentence, looked_sentence, settling_commands
from cbr_desktop.text.operations import state_of, typed_words, words_of
from cbr_desktop.text.states import clock_words, counted_states, grouped, quoted, shown

_LOST = (IntentState.UNKNOWN, IntentState.NOT_FOUND)


def listed(options: argparse.Namespace) -> int:
    """Print what is in the outbox; nothing is opened for writing, so the window may be open."""
    here = places()
    kept = peek(here.records_file)[0]
    intents = [i for i in kept if options.profile in (None, i.target.profile)]
    try:
        names = {profile.name for profile in profiles_read(here)}
    except Damaged as error:
        remark(problem_sentence(error))  # which profiles are gone is not known then
        names = {intent.target.profile for intent in intents}
    none = _("The outbox is empty.")
    if kept and options.profile is not None:
        none = _("The outbox has no request of profile {profile}.").format(profile=quoted(options.profile, 60))
    _show(options, [i if i.target.profile in names else without_profile(i) for i in intents], none)
    return GOOD


def hold(options: argparse.Namespace) -> int:
    """Hold waiting requests; 1 when one was not waiting."""

    def held(session: ProfileSession, intents: list[Intent]) -> int:
        return _done(options, session, intents, _waiting_alone(session, session.outbox.hold))

    return _with_some(options, held)


def cancel(options: argparse.Namespace) -> int:
    """Take waiting requests back; 1 when one was not waiting."""

    def cancelled(session: ProfileSession, intents: list[Intent]) -> int:
        return _done(options, session, intents, _waiting_alone(session, session.outbox.cancel))

    return _with_some(options, cancelled)


def _waiting_alone(session: ProfileSession, act: Callable[[IntentId], bool]) -> Callable[[IntentId], bool]:
    """Return what acts on a request, and says so where it is none that waits."""

    def acted(id: IntentId) -> bool:
        is_done = act(id)
        if not is_done and session.ledger.intents[id].reason != Reason.NOT_SAVED:
            remark(_("Request {id} does not wait to be sent, so nothing was changed.").format(id=id[:8]))
        return is_done

    return acted


def adopt(options: argparse.Namespace) -> int:
    """Take a checkpoint that was found for what a request made; 2 when it is none of the request's candidates."""

    def adopted(session: ProfileSession, intents: list[Intent]) -> int:
        (intent,) = intents
        candidates = [each.id for each in intent.candidates] if intent.awaits_person else []
        if not candidates:
            return _not_told(
                intent, _("Request {id}: there is no checkpoint that may be the one; nothing was changed.")
            )
        if options.checkpoint not in candidates:
            ids = ", ".join(shown(id, 64) for id in candidates)
            remark(
                _("{checkpoint} is no candidate of request {id}. These are: {ids}.").format(
                    checkpoint=quoted(options.checkpoint, 80), id=intent.id[:8], ids=ids
                )
            )
            return UNUSABLE
        return _done(options, session, intents, lambda id: session.outbox.adopt(id, options.checkpoint))

    return _with_some(options, adopted)


def disown(options: argparse.Namespace) -> int:
    """Take it that a request made nothing of what was found; 1 when that is not for a person to say."""

    def disowned(session: ProfileSession, intents: list[Intent]) -> int:
        (intent,) = intents
        if not intent.awaits_person:
            return _not_told(
                intent,
                _("Request {id}: it is not, or not yet, for you to say what became of it; nothing was changed."),
            )
        return _done(options, session, intents, session.outbox.disown)

    return _with_some(options, disowned)


def _not_told(intent: Intent, why: str) -> int:
    """Say why nothing is changed of what is known of a request."""
    stand = intent_sentence(intent, intent.outcome, datetime.now(UTC))
    remark(sentences(why.format(id=intent.id[:8]), stand))
    return BAD


def _done(
    options: argparse.Namespace, session: ProfileSession, intents: list[Intent], act: Callable[[IntentId], bool]
) -> int:
    """Do something about requests and show them; it is done only if it is on the disk, for this program ends now."""
    done = [act(intent.id) for intent in intents]
    now = [session.ledger.intents[intent.id] for intent in intents]
    _show(options, now)
    return GOOD if all(done) and all(intent.reason != Reason.NOT_SAVED for intent in now) else BAD


def release(options: argparse.Namespace) -> int:
    """Confirm held requests anew, send them, and print what became of them; 1 when one was not held, or stays so.

    What one destroys is said before, counted afresh, and on production it has to be named.
    """

    async def sent(session: ProfileSession, intents: list[Intent]) -> int:
        since = session.clock.now()
        waiting = [intent for intent in intents if intent.state is IntentState.HELD]
        for intent in intents:
            if intent not in waiting:
                remark(_("Request {id} is not held, so nothing was sent.").format(id=intent.id[:8]))
        await make_ready(session, arm=options.arm and bool(waiting))
        held = []
        for intent in waiting:
            await open_for(session, intent.change)
            await say_losses(session, intent.change)
            reason = obstacle(session, intent.change, options.name, since, approval_in(options))
            if reason:
                remark(sentences(_("Request {id} stays held.").format(id=intent.id[:8]), reason))
            else:
                held.append(intent.id)
        reports = await RequestRunner(session, remark).release(held, approval_in(options))
        _show(options, [session.ledger.intents[intent.id] for intent in intents])
        return max([GOOD if len(held) == len(intents) else BAD, *map(exit_code, reports)])

    return _with_some(options, lambda session, intents: run_command(closing_client(session, sent(session, intents))))


def reconcile(options: argparse.Namespace) -> int:
    """Look once for each request whose answer was lost; 4 when one is not found yet."""
    known = [i for i in peek(places().records_file)[0] if options.profile in (None, i.target.profile)]
    intents = [i for i in known if i.state in (*_LOST, IntentState.SENDING)]
    if options.id is None:
        lost = [i for i in intents if i.state is not IntentState.NOT_FOUND]
    else:
        named = [i for i in known if options.id and i.id.startswith(options.id)]
        if not named:
            return _refused(options.id, 0)
        lost = [i for i in named if i in intents]
    looked: list[Intent] = []
    for name in dict.fromkeys(i.target.profile for i in lost):
        with opened_session(name) as session:
            own = [i for i in lost if i.target.profile == name]
            looked += run_command(closing_client(session, _looked(session, own)))
    _show_looked(options, looked, [i for i in known if i.id not in {each.id for each in looked}])
    return UNCERTAIN if any(i.state in _LOST for i in looked) else GOOD


async def _looked(session: ProfileSession, intents: list[Intent]) -> list[Intent]:
    for intent in intents:
        try:
            await session.follow.reconcile.once(intent.id)
        except CbrError as error:
            remark(problem_sentence(error))
    return [session.ledger.intents[intent.id] for intent in intents]


def _with_some(options: argparse.Namespace, act: Callable[[ProfileSession, list[Intent]], int]) -> int:
    """Do something about the requests whose ids begin as given, profile by profile."""
    known = peek(places().records_file)[0]
    chosen: dict[str, list[Intent]] = {}
    for id in options.ids:
        # an empty one is a variable that was never set, and means none
        found = [intent for intent in known if id and intent.id.startswith(id)]
        if len(found) != 1:
            return _refused(id, len(found))
        chosen.setdefault(found[0].target.profile, []).append(found[0])
    code = GOOD
    for name, intents in chosen.items():
        with opened_session(name) as session:
            code = max(code, act(session, [session.ledger.intents[intent.id] for intent in intents]))
    return code


def _refused(id: str, count: int) -> int:
    told = (
        ngettext(
            "{count} request has an id that begins with {id}. cbr-desktop outbox lists them.",
            "{count} requests have ids that begin with {id}. cbr-desktop outbox lists them.",
            count,
        )
        if count
        else _("There is no request {id}. cbr-desktop outbox lists them.")
    )
    remark(told.format(count=grouped(count), id=quoted(id, 80)))
    return UNUSABLE


def _show(options: argparse.Namespace, intents: list[Intent], none: str = "") -> None:
    now = datetime.now(UTC)
    record = {"requests": [_record(intent, now) for intent in intents]}
    show(options, record, "\n".join(_text(intent, now) for intent in intents) or none)


def _show_looked(options: argparse.Namespace, looked: list[Intent], others: list[Intent]) -> None:
    """Show what was looked for, and how many requests the outbox has besides, by their states."""
    now = datetime.now(UTC)
    counts = Counter(str(intent.state) for intent in others)
    record = {"requests": [_record(intent, now) for intent in looked], "others": counts}
    lines = [_text(intent, now) for intent in looked] or [
        _("No request is of unknown outcome; nothing was looked for.")
    ]
    if others:
        words = [counted_states(IntentState(state), count) for state, count in counts.items()]
        lines.append(
            _("Also in the outbox: {states}. cbr-desktop outbox lists them.").format(states=listed_words(words))
        )
    show(options, record, "\n".join(lines))


def _record(intent: Intent, now: datetime) -> dict[str, Any]:
    return {
        "id": intent.id,
        "state": str(intent.state),
        "note": intent.reason,
        "summary": intent_sentence(intent, intent.outcome, now),
        **change_record(intent),
        "name": intent.name,
        "profile": intent.target.profile,
        "project": intent.target.project,
        "vault_id": intent.change.vault_id,
        "vault_name": intent.subject.name if intent.change.vault_id else "",
        "by": intent.by,
        "approval": intent.approval and asdict(intent.approval),
        "draft": intent.draft,
        "plan": intent.plan,
        "origin": str(intent.origin),
        "created_at": intent.created_at,
        "confirmed_at": intent.confirmed_at,
        "due_at": intent.due_at,
        "sent_at": intent.sent_at,
        "preflight_at": intent.preflight_at,
        "checkpoint_id": intent.checkpoint and intent.checkpoint.id,
        "request_id": intent.request_id,
        "refusal": intent.refusal and asdict(intent.refusal),
        "retry_of": intent.retry_of,
        "looked": [asdict(each) for each in intent.looked],
        "twins": list(intent.duplicates),
        **settling_record(intent),
    }


def _text(intent: Intent, now: datetime) -> str:
    subject = typed_words(intent.subject.type, shown(intent.subject.label, 64))
    name = shown(words_of(intent).name(intent), 64)
    head = f"{intent.id[:8]}  {state_of(intent)}  {name}  {subject}  {shown(intent.target.profile, 60)}"
    confirmed = (_("confirmed {at} by {by}") if intent.by else _("confirmed {at}")).format(
        at=clock_words(intent.confirmed_at or intent.created_at, now), by=shown(intent.by, 80)
    )
    lines = [head, f"          {confirmed}", f"          {intent_sentence(intent, intent.outcome, now)}"]
    if intent.looked and intent.state is IntentState.UNKNOWN:
        lines.append(f"          {looked_sentence(intent, now)}")
    lines += [f"          {command}" for command in settling_commands(intent)]
    return "\n".join(lines)
