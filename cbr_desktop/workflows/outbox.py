"""The outbox: every change leaves through here, durable first, one a lane at a time.

The states and the ways between them are drawn in ``domain/intent``. Three rules carry it all: the row says SENDING on
the disk before the first byte leaves, a row that says SENDING is not sent again before reading has settled it, and what
a person confirmed long ago is not sent without being confirmed again. What is particular to an operation is in
``workflows/operations``.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain.blast import wants_reason
from cbr_desktop.domain.change import Change, Result, Sent
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import (
    CbrError,
    CloudError,
    Forbidden,
    LoginRefused,
    NotFound,
    Refused,
    SecretMissing,
    StorageError,
    Throttled,
    Unreachable,
)
from cbr_desktop.domain.ids import CheckpointId, IntentId
from cbr_desktop.domain.intent import (
    WAITING,
    Approval,
    Intent,
    IntentState,
    Origin,
    Reason,
    Refusal,
    Target,
    reason_of,
)
from cbr_desktop.domain.journal import RequestObserver
from cbr_desktop.workflows.guard import Guard
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.operations.operation import Operation, Search
from cbr_desktop.workflows.ports import Clock, Cloud, Records

PAUSES_SECONDS = (5.0, 15.0, 30.0, 60.0)
"""How long a queued request waits after each failure to reach the service; the last one repeats."""
THROTTLE_PAUSE_SECONDS = 10.0
DISK_PAUSE_SECONDS = 30.0
"""How long a request waits for a disk that would not take the note of its sending."""
PACE_SECONDS = 2.0
"""The pause between two requests of a profile."""
CONFIRM_MINUTES = 15
"""How old a confirmation, and the data behind it, may be when a request could be sent; older ones are asked again."""
TICK_SECONDS = 10.0
"""How often the clock is looked at, at the least, while something waits for a time: it may be set, and a machine that
sleeps counts no seconds. All else that lets a request go wakes the outbox by itself."""
PASSING = frozenset({Reason.THROTTLED, Reason.OLD_DATA, Reason.REPEATED, Reason.PRIOR})
"""The reasons of queued requests that are tried again shortly by themselves."""

_OPEN = frozenset({IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})
"""States in which an intent may be running at the service, so that its lane takes no other."""

_SUSPICIOUS = timedelta(hours=24)
"""How long a request of which no trace was found may be what keeps its lane busy."""
_FRESH = timedelta(minutes=CONFIRM_MINUTES)
_AHEAD = timedelta(minutes=1)
"""By how much a time may lie in the future before it is one of a clock that was wrong, and confirms nothing."""


async def _find_nothing(_intent: Intent) -> Search:
    return Search()


class Outbox:
    """Takes requests, keeps them, and sends them one a lane at a time; ``new_id`` makes an id never used before.

    ``guard`` lets a request in or not; what is in the queue goes out whatever it says. ``by`` is who confirms here
    (``login@host``), ``observer`` sees what a request says to the service. ``pace_seconds`` lie between two of them.
    ``want_data`` asks for lists to be read when a request is confirmed by such that are too old. ``find`` looks
    once for what keeps the lane of a request busy; it raises ``CloudError``. ``at`` is told each named point that a
    request passes, for tests that end the program there. One whose ``origin`` is a command sends only what was
    submitted or released here: what else waits in the profile is not touched.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: Records,
        cloud: Cloud,
        clock: Clock,
        new_id: Callable[[], IntentId],
        guard: Guard,
        *,
        by: str = "",
        observer: Callable[[Intent], RequestObserver | None] = lambda _intent: None,
        pace_seconds: float = PACE_SECONDS,
        want_data: Callable[[frozenset[Part]], None] = lambda _parts: None,
        find: Callable[[Intent], Awaitable[Search]] = _find_nothing,
        at: Callable[[str], None] = lambda _point: None,
        origin: Origin = Origin.WINDOW,
    ) -> None:
        self._ledger = ledger
        self._records = records
        self._cloud = cloud
        self._clock = clock
        self._new_id = new_id
        self._guard = guard
        self._by = by
        self._observer = observer
        self._pace_seconds = pace_seconds
        self._want_data = want_data
        self._find = find
        self._at = at
        self._origin = origin
        self._own: set[IntentId] = set()
        """The requests that were submitted or released here."""
        self._wake = asyncio.Event()
        self._next_look: datetime | None = None
        """When the queue is to be looked at though nothing has happened; ``None``: nothing in it waits for a time."""
        self._failures = 0
        self._needs_login = False
        self._is_offline = False
        self._resting: set[IntentId] = set()
        self._cut_off: set[IntentId] = set()
        """The requests that have found the service out of reach and rest; meanwhile no other tries the same in vain."""
        self._in_line: dict[IntentId, datetime] = {}
        """When a request was last seen waiting for its lane alone; meanwhile its confirmation does not grow old."""

    def restore(self) -> None:
        """Read this profile's rows from the disk. One found half sent, from a program that ended, is UNKNOWN.

        One that a command left in the queue is held: it need not be wanted any more when that command was ended. So is
        one that overwrites something, whoever asked for it.
        """
        for intent in self._records.load():
            if intent.target.profile != self._ledger.profile.name:
                continue
            if intent.state is IntentState.SENDING:
                self._move(intent, IntentState.UNKNOWN, reason=Reason.INTERRUPTED)
            elif self._was_left(intent):
                self._move(intent, IntentState.HELD, reason=Reason.LEFT)
            elif intent.state in (IntentState.QUEUED, IntentState.SCHEDULED) and not self._leads_there(intent):
                self._move(intent, IntentState.HELD, reason=Reason.ELSEWHERE)
            elif self._is_attended(intent) and self._would_go(intent):
                self._move(intent, IntentState.HELD, reason=Reason.RESTARTED)
            elif intent.state is IntentState.HELD and intent.reason == Reason.ELSEWHERE and self._leads_there(intent):
                self._move(intent, self._waiting_state(intent), reason=Reason.NONE)
            else:
                self._ledger.put_intent(intent)
        self._wake.set()

    def submit(
        self,
        wanted: Any,
        *,
        retry_of: IntentId | None = None,
        file: str = "",
        plan: str = "",
        due_at: datetime | None = None,
        held: bool = False,
        after: IntentId | None = None,
        approval: Approval | None = None,
    ) -> Intent:
        """Queue a change, or schedule it for ``due_at``, and return it; it is on the disk when this returns.

        ``wanted`` is the change or the draft of one. With ``held`` a person holds it from the start. ``file`` is the
        path of the request file, ``plan`` the id of the run of a plan. It waits for ``after`` to finish, and takes the
        id of its result where the change has a place for it. Raises ``ReadOnly`` when the profile is not armed and
        ``NotSaved`` when the disk would not take it: then nothing will be sent. ``ValueError`` for what lacks something
        that makes a request. What overwrites something goes now or not at all: ``ValueError`` as well when it is to
        wait or is of a plan, or when its ``approval`` gives no reason.
        """
        change = change_of(wanted, self._ledger)
        if change.needs_prior and after is None:
            raise ValueError("it takes the result of another request, and waits for none")
        if wants_reason(OPERATIONS[change.kind].effect) and (held or plan or due_at or after):
            raise ValueError("it overwrites something, so that it neither waits nor is part of a plan")
        grounds: dict[str, Any] = {"retry_of": retry_of, "draft": file, "plan": plan, "due_at": due_at, "after": after}
        grounds |= {"approval": _approved(change, approval)}
        return self._take(self._target(), change, held=held, **grounds)

    def send_again(self, id: IntentId, approval: Approval | None = None) -> Intent:
        """Queue a request of which no trace was found as a new one, because a person who saw that wishes it.

        The name stays, so that both are seen should the first one have come late; the old request stays as well.
        Raises ``ValueError`` for any other request, ``ReadOnly`` and ``NotSaved`` as ``submit`` does.
        """
        old = self._ledger.intents[id]
        if old.state is not IntentState.NOT_FOUND:
            raise ValueError("only a request of which no trace was found is sent again")
        if not self._leads_there(old):
            raise ValueError("its profile leads elsewhere now")
        approved = _approved(old.change, approval)
        return self._take(old.target, old.change, retry_of=id, draft=old.draft, plan=old.plan, approval=approved)

    def hold(self, id: IntentId, reason: Reason = Reason.PERSON) -> bool:
        """Keep a request that waits from being sent until it is released; tell whether it was in time.

        ``reason`` is why: a person's wish, or ``Reason.LEFT`` when the command that asked for it ends.
        """
        intent = self._ledger.intents[id]
        if intent.state not in (IntentState.QUEUED, IntentState.SCHEDULED):
            return False
        self._move(intent, IntentState.HELD, reason=reason)
        return True

    def release(self, id: IntentId, approval: Approval | None = None) -> bool:
        """Confirm a held request anew, so that it is sent, or waits for its time again where that is still to come.

        Tells whether it was held and leads where its profile leads now. Raises ``ReadOnly`` and ``NotSaved``; it is
        held still then. ``ValueError`` when it overwrites something and ``approval`` gives no reason.
        """
        intent = self._ledger.intents[id]
        if intent.state is not IntentState.HELD or not self._leads_there(intent):
            return False
        approved = _approved(intent.change, approval)
        self._guard.check()
        now = self._clock.now()
        released = intent.moved(
            self._waiting_state(intent),
            now,
            reason=Reason.NONE,
            confirmed_at=now,
            by=self._by,
            preflight_at=self._judged_at(intent.change),
            origin=self._origin,
            approval=approved,
        )
        self._records.save(released)
        self._own.add(id)
        self._ledger.put_intent(released)
        # a person wants it to be tried now, whatever the tries of others have met
        self._resting.discard(id)
        self._cut_off.clear()
        self._wake.set()
        self._ask_for_data(released)
        return True

    def cancel(self, id: IntentId) -> bool:
        """Take a request back that has not left; tell whether it was in time."""
        intent = self._ledger.intents[id]
        if intent.state not in WAITING:
            return False
        self._move(intent, IntentState.CANCELLED)
        return True

    def keep_looking(self, id: IntentId) -> bool:
        """Look once more for what a request made of which no trace was found; tell whether it is one of those.

        Nothing is sent by that: the outcome is unknown again, and reading settles it.
        """
        intent = self._ledger.intents[id]
        if intent.state is not IntentState.NOT_FOUND:
            return False
        self._move(intent, IntentState.UNKNOWN, reason=Reason.LOOKING_AGAIN)
        return True

    def adopt(self, id: IntentId, checkpoint_id: CheckpointId) -> bool:
        """Take a candidate for what a request of unknown outcome made, because a person says so; follow it.

        Tells whether the request is one of those, and the checkpoint one of its candidates.
        """
        intent = self._ledger.intents[id]
        candidate = next((each for each in intent.candidates if each.id == checkpoint_id), None)
        if intent.state is not IntentState.UNKNOWN or candidate is None:
            return False
        result = self._operation(intent).adopted(intent, candidate)
        self._move(intent, IntentState.ACCEPTED, result=result, reason=Reason.ADOPTED, candidates=())
        return True

    def disown(self, id: IntentId) -> bool:
        """Take it from a person that nothing of what was found is of a request, so that it can be sent again.

        Tells whether the request is one that was looked for to the end.
        """
        intent = self._ledger.intents[id]
        if not intent.awaits_person:
            return False
        self._move(intent, IntentState.NOT_FOUND, reason=Reason.DISOWNED, candidates=())
        self._wake.set()
        return True

    def wake(self) -> None:
        """Look at the queue now, pauses or not: what stood in the way may be gone."""
        self._needs_login = False
        self._is_offline = False
        self._resting.clear()
        self._cut_off.clear()
        for intent in list(self._ledger.intents.values()):
            if intent.state is IntentState.QUEUED and intent.reason in (
                Reason.OFFLINE,
                Reason.UNREACHABLE,
                Reason.LOGIN,
            ):
                self._ledger.put_intent(replace(intent, reason=Reason.NONE))
        self._wake.set()

    def ahead_of(self, intent: Intent) -> Intent | None:
        """Return the request that keeps a queued one from being sent now, ``None`` when none does.

        That is one of its own lane, or the one whose result it waits for.
        """
        prior = self._ledger.intents.get(intent.after) if intent.after is not None else None
        if prior is not None and not prior.is_settled:
            return prior
        others = (each for each in self._ledger.intents.values() if each.id != intent.id and each.lane == intent.lane)
        return next((each for each in others if each.state in _OPEN), None)

    def lane_freed(self) -> None:
        """Look at the queue now, since a lane may take its next request; pauses and a missing login stay."""
        self._wake.set()

    def noticed(self, part: Part) -> None:
        """Take note of a change of the ledger: newer data may be what a request waits for."""
        if part is Part.VAULTS:
            self._wake.set()

    async def calm(self, seconds: float) -> None:
        """Return when nothing is being sent any more, or after ``seconds``: for leaving without cutting an answer."""
        deadline = self._clock.now() + timedelta(seconds=seconds)
        while self._clock.now() < deadline and any(
            intent.state is IntentState.SENDING for intent in self._ledger.intents.values()
        ):
            await self._clock.sleep(0.1)

    async def drain(self) -> None:
        """Send what is queued, for ever; runs as a resident task."""
        async with asyncio.TaskGroup() as tasks:
            alarm: asyncio.Task[None] | None = None
            while True:
                await self._wake.wait()
                self._wake.clear()
                if alarm is not None:
                    alarm.cancel()
                intent = self._next_to_go()
                alarm = None if self._next_look is None else tasks.create_task(self._ring(self._next_look))
                if intent is None:
                    continue
                if self._claim(intent):
                    tasks.create_task(self._send(self._ledger.intents[intent.id]))
                    self._wake.set()
                    await self._clock.sleep(self._pace_seconds)
                else:
                    tasks.create_task(self._rest(intent.id, DISK_PAUSE_SECONDS))

    def _next_to_go(self) -> Intent | None:
        """Return the request that is to be sent now, if any, after a look at all that waits."""
        self._next_look = None
        self._review()
        obstacle = self._obstacle()
        if obstacle:
            self._tell(obstacle)
        return None if obstacle else next(self._ready(), None)

    async def _ring(self, at: datetime) -> None:
        """Have the queue looked at when a time has come."""
        await self._clock.sleep((at - self._clock.now()).total_seconds())
        self._wake.set()

    def _look_by(self, at: datetime | None = None) -> None:
        """Have the queue looked at when a time comes; the next tick is always early enough."""
        tick = self._clock.now() + timedelta(seconds=TICK_SECONDS)
        self._next_look = min(each for each in (at, tick, self._next_look) if each is not None)

    def _review(self) -> None:
        """Hold what must not go by itself, and let go what is due."""
        now = self._clock.now()
        for intent in filter(self._is_mine, list(self._ledger.intents.values())):
            if intent.state is IntentState.SCHEDULED:
                if not self._leads_there(intent):
                    self._move(intent, IntentState.HELD, reason=Reason.ELSEWHERE)
                elif _is_from_the_future(intent, now):
                    self._move(intent, IntentState.HELD, reason=Reason.CLOCK)
                elif now - intent.wanted_at > _FRESH:
                    self._move(intent, IntentState.HELD, reason=Reason.LATE)
                elif intent.due_at is None or now >= intent.due_at:
                    self._move(intent, IntentState.QUEUED)
                else:
                    self._look_by(intent.due_at)
            elif intent.state is IntentState.QUEUED and not self._leads_there(intent):
                self._move(intent, IntentState.HELD, reason=Reason.ELSEWHERE)
            elif intent.state is IntentState.QUEUED and _is_from_the_future(intent, now):
                self._move(intent, IntentState.HELD, reason=Reason.CLOCK)
            elif intent.state is IntentState.QUEUED and self._was_left(intent):
                # reading has proved that a command did not do it before it ended
                self._move(intent, IntentState.HELD, reason=Reason.LEFT)
            elif intent.state is IntentState.QUEUED and self._has_failed(intent.after):
                self._move(intent, IntentState.HELD, reason=Reason.PRIOR_FAILED)

    def _ready(self) -> Iterator[Intent]:
        """Yield the oldest queued intent of every lane that has nothing open, if it may go by itself."""
        now = self._clock.now()
        intents = sorted(self._ledger.intents.values(), key=lambda intent: intent.created_at)
        taken = {intent.lane for intent in intents if intent.state in _OPEN}
        for intent in intents:
            if intent.state is not IntentState.QUEUED or not self._is_mine(intent):
                continue
            # a claim alone may put it into the row; its lane is that of what it is about all the same
            lane = replace(intent, change=self._completed(intent.change, intent.after)).lane
            if lane in taken or self._waits_for_prior(intent):
                self._wait_in_line(intent, now)
            elif self._may_go(intent, now):
                taken.add(lane)
                if intent.id not in self._resting:
                    yield intent

    def _wait_in_line(self, intent: Intent, now: datetime) -> None:
        """Note that only its lane stands in the way of a request whose confirmation is not old."""
        self._look_by()
        if self._is_in_contact and now - self._confirmed_at(intent) <= _FRESH:
            self._in_line[intent.id] = now

    def _confirmed_at(self, intent: Intent) -> datetime:
        return max(intent.wanted_at, self._in_line.get(intent.id, intent.wanted_at))

    @property
    def _is_in_contact(self) -> bool:
        return self._ledger.connection.reach is Reach.ONLINE

    def _may_go(self, intent: Intent, now: datetime) -> bool:
        """Whether a person would still send it: confirmed of late, and not contradicted by what is known since.

        What is too old is held as soon as it could be sent, and not tried until then.
        """
        if now - self._confirmed_at(intent) > _FRESH:
            if self._is_in_contact:
                self._move(intent, IntentState.HELD, reason=Reason.STALE)
            return False
        judged_at = intent.preflight_at
        if judged_at is None or -_AHEAD <= now - judged_at <= _FRESH:
            return True
        known = self._judged_at(intent.change)
        # data from the future, as a clock that was wrong dates them, are older than any
        if known is None or known > now + _AHEAD or known <= judged_at <= now + _AHEAD:
            self._look_by()
            reason = Reason.OLD_DATA if self._is_in_contact else Reason.UNREACHABLE
            if intent.reason != reason:
                self._ledger.put_intent(replace(intent, reason=reason))
                if reason is Reason.OLD_DATA and (intent.confirmed_at or intent.created_at) - judged_at <= _FRESH:
                    # they were new enough when it was confirmed, so that nobody has asked for newer ones
                    self._want_data(self._operation(intent).judged_by)
            return False
        if self._is_contradicted(intent, now):
            self._move(intent, IntentState.HELD, reason=Reason.CONTRADICTED)
            return False
        return True

    def _ask_for_data(self, intent: Intent) -> None:
        """Ask for newer data when those that a request was confirmed by do not let it go."""
        if intent.preflight_at is not None and self._clock.now() - intent.preflight_at > _FRESH:
            self._want_data(self._operation(intent).judged_by)

    def _is_contradicted(self, intent: Intent, now: datetime) -> bool:
        """Whether what is known by now blocks a request that was judged by older data."""
        change = self._completed(intent.change, intent.after)
        return self._operation(intent).judge(change, self._ledger, now).is_blocked

    def _judged_at(self, change: Change) -> datetime | None:
        """Return how old the data are by which a change is judged, ``None`` when there are none."""
        return OPERATIONS[change.kind].judged_at(change, self._ledger)

    def _operation(self, intent: Intent) -> Operation:
        return OPERATIONS[intent.change.kind]

    def _waits_for_prior(self, intent: Intent) -> bool:
        """Whether the request is still under way that another waits for."""
        prior = self._ledger.intents.get(intent.after) if intent.after is not None else None
        waits = prior is not None and not prior.is_settled
        if waits and not intent.reason:
            self._ledger.put_intent(replace(intent, reason=Reason.PRIOR))
        return waits

    def _has_failed(self, id: IntentId | None) -> bool:
        """Whether a request that another waits for has ended without doing all of what was asked for."""
        if id is None:
            return False
        prior = self._ledger.intents.get(id)
        if prior is None:
            return True
        is_whole = prior.state is IntentState.FINISHED and prior.outcome is not None and prior.outcome.is_whole
        return prior.is_settled and not is_whole

    def _completed(self, change: Change, after: IntentId | None) -> Change:
        """Return a change with the id that the request has made for which it waited."""
        prior = self._ledger.intents.get(after) if after is not None else None
        if prior is None or prior.result is None or not prior.is_settled:
            return change
        return change.with_prior(prior.result.id)

    def _waiting_state(self, intent: Intent) -> IntentState:
        """Return how a request waits that is not held: for its time, or in the queue."""
        is_early = intent.due_at is not None and intent.due_at > self._clock.now()
        return IntentState.SCHEDULED if is_early else IntentState.QUEUED

    def _is_mine(self, intent: Intent) -> bool:
        """Whether a request that waits may go out from here."""
        return self._origin is Origin.WINDOW or intent.id in self._own

    def _was_left(self, intent: Intent) -> bool:
        """Whether a row would go by itself though the command that asked for it has ended."""
        return intent.origin is Origin.COMMAND and intent.id not in self._own and self._would_go(intent)

    def _would_go(self, intent: Intent) -> bool:
        """Whether a row would go without being released by a person."""
        is_back = intent.state is IntentState.HELD and intent.reason == Reason.ELSEWHERE and self._leads_there(intent)
        return is_back or intent.state in (IntentState.QUEUED, IntentState.SCHEDULED)

    def _is_attended(self, intent: Intent) -> bool:
        """Whether a request goes only while the program runs in which a person asked for it."""
        return wants_reason(self._operation(intent).effect)

    def _leads_there(self, intent: Intent) -> bool:
        """Whether the profile still leads where the request was meant for: after an edit nothing is sent elsewhere."""
        profile = self._ledger.profile
        return (intent.target.cbr_endpoint, intent.target.project) == (profile.cbr_endpoint, profile.project)

    def _claim(self, intent: Intent) -> bool:
        """Make the row say SENDING, durably. When the disk would not, the request stays queued and is not sent."""
        now = self._clock.now()
        claimed = intent.moved(
            IntentState.SENDING,
            now,
            change=self._completed(intent.change, intent.after),
            sent_at=now,
            service_sent_at=self._service_time(now),
            sends=intent.sends + 1,
            reason=Reason.NONE,
        )
        try:
            won = self._records.claim(claimed)
        except CbrError:
            won = False
        if won:
            self._ledger.put_intent(claimed)
            self._at("after-sending")
        else:
            self._ledger.put_intent(intent.moved(IntentState.QUEUED, now, reason=Reason.NOT_SAVED))
        return won

    def _service_time(self, at: datetime) -> datetime | None:
        return self._ledger.connection.earliest_service_time(at)

    def _timed(self, intent: Intent) -> Intent:
        """Note by the service's clock when a request leaves, where only the login just now has told what that shows.

        Raises ``StorageError``.
        """
        at = self._service_time(self._clock.now())
        if intent.service_sent_at is not None or at is None:
            return intent
        timed = replace(intent, service_sent_at=at)
        self._records.save(timed)
        self._ledger.put_intent(timed)
        return timed

    async def _send(self, intent: Intent) -> None:
        """Send a claimed intent once and settle what came of it.

        A cancel leaves the outcome unknown once the request was handed to the wire; before that nothing was sent.
        """
        started = False
        try:
            project_id = intent.target.project_id or await self._cloud.project_id()
            intent = self._timed(intent)
            started = True
            sent = await self._cloud.send(intent.change, project_id, self._observer(intent))
            self._at("after-reply")
            self._accepted(intent, sent)
        except StorageError:
            # the journal would not take it, so it was not sent
            await self._back(intent, Reason.NOT_SAVED, DISK_PAUSE_SECONDS)
        except SecretMissing:
            self._wait_for_login(intent)
        except CloudError as error:
            if started and error.executed is not False:
                self._lose(intent, error)
            elif started and isinstance(error, Refused) and not isinstance(error, Throttled | LoginRefused):
                await self._refuse(intent, error)
            else:
                await self._wait(intent, error)
        except BaseException:
            # cancelled, or a defect of ours: what was handed to the wire may have arrived
            if started:
                self._move(intent, IntentState.UNKNOWN, reason=Reason.INTERRUPTED)
            else:
                self._move(intent, IntentState.QUEUED, reason=Reason.INTERRUPTED, **_unsent(intent))
            raise
        finally:
            self._wake.set()

    def _accepted(self, intent: Intent, sent: Sent) -> None:
        self._failures = 0
        if self._is_claimed(sent.result, intent):
            # an answer with what was made for another request does not tell what became of this one
            self._move(intent, IntentState.UNKNOWN, reason=Reason.BAD_ANSWER)
            return
        self._at("before-accepted")
        self._move(intent, IntentState.ACCEPTED, result=sent.result, request_id=sent.request_id)
        self._at("after-accepted")

    def _is_claimed(self, result: Result, intent: Intent) -> bool:
        """Whether another request has made the very thing that this one is said to have made."""
        if result.id in ("", intent.subject.id):
            return False
        others = (other for other in self._ledger.intents.values() if other.id != intent.id)
        return any(other.result is not None and other.result.id == result.id for other in others)

    def _lose(self, intent: Intent, error: CloudError) -> None:
        """Settle a request as unknown: whatever the answer looks like, it does not prove that nothing was done."""
        refusal = _refusal(error) if isinstance(error, Refused) else None
        self._move(intent, IntentState.UNKNOWN, refusal=refusal, reason=reason_of(type(error).__name__))

    async def _refuse(self, intent: Intent, error: Refused) -> None:
        """Settle a request that was refused; one for a busy lane once it is certain that not its own run keeps it.

        Something on the way may have sent it twice by itself: the second one is then refused for the first. Where
        nothing is seen that keeps the lane busy, it is looked for like any whose answer was lost.
        """
        if error.short_code in self._operation(intent).done_codes:
            self._move(intent, IntentState.ACCEPTED, result=Result(intent.subject.id), request_id=error.request_id)
            return
        if error.short_code not in self._operation(intent).busy_codes:
            self._reject(intent, error)
            return
        try:
            found = await self._find(intent)
        except Forbidden:
            found = Search()
        except CbrError:
            self._lose(intent, error)
            return
        except BaseException:
            self._move(intent, IntentState.UNKNOWN, refusal=_refusal(error), reason=Reason.INTERRUPTED)
            raise
        if found.proved is not None:
            self._move(intent, IntentState.ACCEPTED, result=found.proved, reason=Reason.RECONCILED)
        elif found.candidates or not found.is_whole:
            self._lose(intent, error)
        else:
            self._reject(intent, error)
            self._suspect(intent)

    def _reject(self, intent: Intent, error: Refused) -> None:
        self._move(intent, IntentState.REJECTED, refusal=_refusal(error), request_id=error.request_id)

    async def _wait(self, intent: Intent, error: CloudError) -> None:
        """Put back a request that certainly was not carried out, until it is worth another try."""
        if isinstance(error, Throttled):
            await self._back(intent, Reason.THROTTLED, error.retry_after or THROTTLE_PAUSE_SECONDS)
        elif isinstance(error, LoginRefused | Forbidden | NotFound):
            self._wait_for_login(intent)
        elif isinstance(error, Unreachable) and error.reason == Reason.OFFLINE:
            self._wait_for_line(intent)
        else:
            await self._back(intent, Reason.UNREACHABLE, self._pause_seconds())

    def _wait_for_login(self, intent: Intent) -> None:
        """Put a request back until a person has done something about the login: every try may lock the account."""
        self._needs_login = True
        self._move(intent, IntentState.QUEUED, reason=Reason.LOGIN, **_unsent(intent))

    def _wait_for_line(self, intent: Intent) -> None:
        """Put a request back until the operator ends working offline: it is not tried in vain meanwhile."""
        self._is_offline = True
        self._move(intent, IntentState.QUEUED, reason=Reason.OFFLINE, **_unsent(intent))

    def _pause_seconds(self) -> float:
        self._failures += 1
        return PAUSES_SECONDS[min(self._failures, len(PAUSES_SECONDS)) - 1]

    async def _back(self, intent: Intent, reason: Reason, pause_seconds: float) -> None:
        """Put a request that did not leave back into the queue, and look again after a pause."""
        self._move(intent, IntentState.QUEUED, reason=reason, **_unsent(intent))
        if reason is Reason.UNREACHABLE:
            self._cut_off.add(intent.id)
            self._wake.set()
        await self._rest(intent.id, pause_seconds)

    def _obstacle(self) -> Reason:
        """Return why no request can go at present, ``NONE`` when nothing stands in the way."""
        if self._needs_login:
            return Reason.LOGIN
        if self._is_offline:
            return Reason.OFFLINE
        return Reason.UNREACHABLE if self._cut_off else Reason.NONE

    def _tell(self, reason: Reason) -> None:
        """Show why no queued request goes; only what is seen here, for after a restart it may be otherwise."""
        for other in filter(self._is_mine, list(self._ledger.intents.values())):
            if other.state is IntentState.QUEUED and other.reason != reason and other.id not in self._resting:
                self._ledger.put_intent(replace(other, reason=reason))

    async def _rest(self, id: IntentId, seconds: float) -> None:
        """Let a queued request be for a while."""
        self._resting.add(id)
        await self._clock.sleep(seconds)
        self._resting.discard(id)
        self._cut_off.discard(id)
        self._wake.set()

    def _suspect(self, refused: Intent) -> None:
        """Look on for requests of which no trace was found, when their lane turns out to be busy: one may run."""
        since = self._clock.now() - _SUSPICIOUS
        for other in list(self._ledger.intents.values()):
            if (
                other.lane == refused.lane
                and other.state is IntentState.NOT_FOUND
                and (other.sent_at or other.created_at) > since
            ):
                self._move(other, IntentState.UNKNOWN, reason=Reason.LANE_BUSY)

    def _move(self, intent: Intent, state: IntentState, **changes: object) -> None:
        """Show and keep a new state. A row that cannot be kept stays SENDING on the disk: unknown, never resent."""
        moved = intent.moved(state, self._clock.now(), **changes)
        try:
            self._records.save(moved)
        except CbrError:
            moved = replace(moved, reason=Reason.NOT_SAVED)
        self._ledger.put_intent(moved)

    def _take(
        self, target: Target, change: Change, *, due_at: datetime | None = None, held: bool = False, **grounds: Any
    ) -> Intent:
        """Keep a new intent and return it; ``grounds`` are the fields that say why it was made."""
        self._guard.check()
        now = self._clock.now()
        is_early = due_at is not None and due_at > now
        intent = Intent(
            id=self._new_id(),
            target=target,
            change=change,
            state=IntentState.HELD if held else IntentState.SCHEDULED if is_early else IntentState.QUEUED,
            created_at=now,
            changed_at=now,
            reason=Reason.PERSON if held else Reason.NONE,
            due_at=due_at,
            confirmed_at=now,
            by=self._by,
            preflight_at=self._judged_at(change),
            origin=self._origin,
            **grounds,
        )
        self._at("before-row")
        self._records.add(intent)
        self._own.add(intent.id)
        self._at("after-row")
        self._ledger.put_intent(intent)
        self._wake.set()
        self._ask_for_data(intent)
        return intent

    def _target(self) -> Target:
        profile = self._ledger.profile
        return Target(profile.name, profile.cbr_endpoint, profile.project)


def _is_from_the_future(intent: Intent, now: datetime) -> bool:
    """Whether a request was confirmed by a clock that was ahead of the one of now: that confirms nothing."""
    return (intent.confirmed_at or intent.created_at) > now + _AHEAD


def _approved(change: Change, approval: Approval | None) -> Approval | None:
    """Return why a change may go that overwrites something, ``None`` for any other.

    ``ValueError`` where that is missing.
    """
    if not wants_reason(OPERATIONS[change.kind].effect):
        return None
    if approval is None or not approval.reason.strip():
        raise ValueError("it overwrites something, and nobody says why")
    return approval


def _unsent(intent: Intent) -> dict[str, Any]:
    """Return the fields of a request that was to be sent and did not leave: that was no sending."""
    return {"sent_at": None, "service_sent_at": None, "sends": intent.sends - 1}


def _refusal(error: Refused) -> Refusal:
    return Refusal(error.status, error.code, error.message, error.request_id)
