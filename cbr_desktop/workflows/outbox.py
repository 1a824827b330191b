"""The outbox: every change leaves through here, durable first, one a lane at a time.

The states and the ways between them are drawn in ``domain/intent``. Three rules carry it all: the row says SENDING on
the disk before the first byte leaves, a row that says SENDING is not sent again before reading has settled it, and what
a person confirmed long ago is not sent without being confirmed again. What is particular to an operation is in
``workflows/operations``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from cbr_desktop.domain.blast import wants_reason
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.ids import CheckpointId, IntentId
from cbr_desktop.domain.intent import WAITING, Approval, Intent, IntentState, Origin, Reason, Target
from cbr_desktop.domain.journal import RequestObserver
from cbr_desktop.workflows.confirmations import Confirmations
from cbr_desktop.workflows.guard import Guard
from cbr_desktop.workflows.intent_rows import IntentRows, OwnRequests
from cbr_desktop.workflows.lanes import Lanes
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.obstacles import Obstacles
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.operations.operation import Operation, Search
from cbr_desktop.workflows.ports import Clock, Cloud, Records
from cbr_desktop.workflows.sender import Sender

PACE_SECONDS = 2.0
"""The pause between two requests of a profile."""
PASSING = frozenset({Reason.THROTTLED, Reason.OLD_DATA, Reason.REPEATED, Reason.PRIOR})
"""The reasons of queued requests that are tried again shortly by themselves."""


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
        self._clock = clock
        self._new_id = new_id
        self._guard = guard
        self._by = by
        self._pace_seconds = pace_seconds
        self._at = at
        self._wake = asyncio.Event()
        self._rows = IntentRows(ledger, records, clock)
        self._own = OwnRequests(ledger, origin)
        self._confirmations = Confirmations(self._rows, clock, want_data)
        self._obstacles = Obstacles(self._rows, self._own, clock, self._wake.set)
        self._lanes = Lanes(self._rows, self._own, self._confirmations, self._obstacles, clock)
        self._sender = Sender(self._rows, cloud, clock, self._obstacles, find=find, observer=observer, at=at)

    def restore(self) -> None:
        """Read this profile's rows from the disk. One found half sent, from a program that ended, is UNKNOWN.

        One that a command left in the queue is held: it need not be wanted any more when that command was ended. So is
        one that overwrites something, whatever asked for it.
        """
        for intent in self._rows.records.load():
            if intent.target.profile != self._ledger.profile.name:
                continue
            if intent.state is IntentState.SENDING:
                self._rows.move(intent, IntentState.UNKNOWN, reason=Reason.INTERRUPTED)
            elif self._own.was_left(intent):
                self._rows.move(intent, IntentState.HELD, reason=Reason.LEFT)
            elif intent.state in (IntentState.QUEUED, IntentState.SCHEDULED) and not self._own.leads_there(intent):
                self._rows.move(intent, IntentState.HELD, reason=Reason.ELSEWHERE)
            elif self._is_attended(intent) and self._own.would_go(intent):
                self._rows.move(intent, IntentState.HELD, reason=Reason.RESTARTED)
            elif (
                intent.state is IntentState.HELD and intent.reason == Reason.ELSEWHERE and self._own.leads_there(intent)
            ):
                self._rows.move(intent, self._waiting_state(intent), reason=Reason.NONE)
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
        return self._take(self._own.target(), change, held=held, **grounds)

    def send_again(self, id: IntentId, approval: Approval | None = None) -> Intent:
        """Queue a request of which no trace was found as a new one, because a person who saw that wishes it.

        The name stays, so that both are seen should the first one have come late; the old request stays as well.
        Raises ``ValueError`` for any other request, ``ReadOnly`` and ``NotSaved`` as ``submit`` does.
        """
        old = self._ledger.intents[id]
        if old.state is not IntentState.NOT_FOUND:
            raise ValueError("only a request of which no trace was found is sent again")
        if not self._own.leads_there(old):
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
        self._rows.move(intent, IntentState.HELD, reason=reason)
        return True

    def release(self, id: IntentId, approval: Approval | None = None) -> bool:
        """Confirm a held request anew, so that it is sent, or waits for its time again where that is still to come.

        Tells whether it was held and leads where its profile leads now. Raises ``ReadOnly`` and ``NotSaved``; it is
        held still then. ``ValueError`` when it overwrites something and ``approval`` gives no reason.
        """
        intent = self._ledger.intents[id]
        if intent.state is not IntentState.HELD or not self._own.leads_there(intent):
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
            preflight_at=self._confirmations.judged_at(intent.change),
            origin=self._own.origin,
            approval=approved,
        )
        self._rows.save(released)
        self._own.add(id)
        self._obstacles.clear_for(id)
        self._wake.set()
        self._confirmations.ask_for_data(released)
        return True

    def cancel(self, id: IntentId) -> bool:
        """Take a request back that has not left; tell whether it was in time."""
        intent = self._ledger.intents[id]
        if intent.state not in WAITING:
            return False
        self._rows.move(intent, IntentState.CANCELLED)
        return True

    def keep_looking(self, id: IntentId) -> bool:
        """Look once more for what a request made of which no trace was found; tell whether it is one of those.

        Nothing is sent by that: the outcome is unknown again, and reading settles it.
        """
        intent = self._ledger.intents[id]
        if intent.state is not IntentState.NOT_FOUND:
            return False
        self._rows.move(intent, IntentState.UNKNOWN, reason=Reason.LOOKING_AGAIN)
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
        self._rows.move(intent, IntentState.ACCEPTED, result=result, reason=Reason.ADOPTED, candidates=())
        return True

    def disown(self, id: IntentId) -> bool:
        """Take it from a person that nothing of what was found is of a request, so that it can be sent again.

        Tells whether the request is one that was looked for to the end.
        """
        intent = self._ledger.intents[id]
        if not intent.awaits_person:
            return False
        self._rows.move(intent, IntentState.NOT_FOUND, reason=Reason.DISOWNED, candidates=())
        self._wake.set()
        return True

    def wake(self) -> None:
        """Look at the queue now, pauses or not: what stood in the way may be gone."""
        self._obstacles.clear()
        self._wake.set()

    def ahead_of(self, intent: Intent) -> Intent | None:
        """Return the request that keeps a queued one from being sent now, ``None`` when none does."""
        return self._lanes.ahead_of(intent)

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
                intent = self._lanes.next_to_go()
                at = self._lanes.next_look
                alarm = None if at is None else tasks.create_task(self._ring(at))
                if intent is None:
                    continue
                claimed = self._sender.claim(intent)
                if claimed is not None:
                    tasks.create_task(self._send(claimed))
                    self._wake.set()
                    await self._clock.sleep(self._pace_seconds)
                else:
                    tasks.create_task(self._obstacles.rest(intent.id))

    async def _send(self, claimed: Intent) -> None:
        """Send a claimed intent, and look at the queue when it has come back."""
        try:
            await self._sender.send(claimed)
        finally:
            self._wake.set()

    async def _ring(self, at: datetime) -> None:
        """Have the queue looked at when a time has come."""
        await self._clock.sleep((at - self._clock.now()).total_seconds())
        self._wake.set()

    def _operation(self, intent: Intent) -> Operation:
        return OPERATIONS[intent.change.kind]

    def _waiting_state(self, intent: Intent) -> IntentState:
        """Return how a request waits that is not held: for its time, or in the queue."""
        is_early = intent.due_at is not None and intent.due_at > self._clock.now()
        return IntentState.SCHEDULED if is_early else IntentState.QUEUED

    def _is_attended(self, intent: Intent) -> bool:
        """Whether a request goes only while the program runs in which a person asked for it."""
        return wants_reason(self._operation(intent).effect)

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
            preflight_at=self._confirmations.judged_at(change),
            origin=self._own.origin,
            **grounds,
        )
        self._at("before-row")
        self._rows.records.add(intent)
        self._own.add(intent.id)
        self._at("after-row")
        self._ledger.put_intent(intent)
        self._wake.set()
        self._confirmations.ask_for_data(intent)
        return intent


def _approved(change: Change, approval: Approval | None) -> Approval | None:
    """Return why a change may go that overwrites something, ``None`` for any other.

    ``ValueError`` where that is missing.
    """
    if not wants_reason(OPERATIONS[change.kind].effect):
        return None
    if approval is None or not approval.reason.strip():
        raise ValueError("it overwrites something, and nobody says why")
    return approval
