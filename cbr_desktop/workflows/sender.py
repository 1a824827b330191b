"""One sending of a request, and what its answer, or the lack of one, makes of it.

Two rules carry it: the row says SENDING on the disk before the first byte leaves, and only what certainly was not
carried out is put back to be sent again. All else is UNKNOWN, and settled by reading.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from msgspec.structs import replace

from cbr_desktop.domain.change import Result, Sent
from cbr_desktop.domain.error import (
    CbrError,
    CloudError,
    Forbidden,
    LoginRefused,
    Refused,
    SecretMissing,
    StorageError,
    Throttled,
)
from cbr_desktop.domain.intent import Intent, IntentState, Reason, Refusal, reason_of
from cbr_desktop.domain.journal import RequestObserver
from cbr_desktop.workflows.intent_rows import IntentRows
from cbr_desktop.workflows.obstacles import Obstacles, unsent
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.operations.operation import Search
from cbr_desktop.workflows.ports import Clock, Cloud

_SUSPICIOUS = timedelta(hours=24)
"""How long a request of which no trace was found may be what keeps its lane busy."""


class Sender:
    """Claims a queued request and sends it once.

    ``find`` looks once for what keeps the lane of a request busy; it raises ``CloudError``. ``observer`` sees what a
    request says to the service. ``at`` is told each named point that a request passes.
    """

    def __init__(
        self,
        rows: IntentRows,
        cloud: Cloud,
        clock: Clock,
        obstacles: Obstacles,
        *,
        find: Callable[[Intent], Awaitable[Search]],
        observer: Callable[[Intent], RequestObserver | None],
        at: Callable[[str], None],
    ) -> None:
        self._rows = rows
        self._cloud = cloud
        self._clock = clock
        self._obstacles = obstacles
        self._find = find
        self._observer = observer
        self._at = at

    def claim(self, intent: Intent) -> Intent | None:
        """Make the row say SENDING, durably, and return it.

        When the disk would not, the request stays queued and is not sent: ``None``.
        """
        now = self._clock.now()
        claimed = intent.moved(
            IntentState.SENDING,
            now,
            change=self._rows.completed(intent),
            sent_at=now,
            service_sent_at=self._rows.service_time(now),
            sends=intent.sends + 1,
            reason=Reason.NONE,
        )
        try:
            won = self._rows.records.claim(claimed)
        except CbrError:
            won = False
        if not won:
            self._rows.ledger.put_intent(intent.moved(IntentState.QUEUED, now, reason=Reason.NOT_SAVED))
            return None
        self._rows.ledger.put_intent(claimed)
        self._at("after-sending")
        return claimed

    async def send(self, intent: Intent) -> None:
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
            self._accept(intent, sent)
        except StorageError:
            # the journal would not take it, so it was not sent
            await self._obstacles.wait_for_disk(intent)
        except SecretMissing:
            self._obstacles.wait_for_login(intent)
        except CloudError as error:
            if started and error.executed is not False:
                self._lose(intent, error)
            elif started and isinstance(error, Refused) and not isinstance(error, Throttled | LoginRefused):
                await self._refuse(intent, error)
            else:
                await self._obstacles.put_back(intent, error)
        except BaseException:
            # cancelled, or a defect of ours: what was handed to the wire may have arrived
            if started:
                self._rows.move(intent, IntentState.UNKNOWN, reason=Reason.INTERRUPTED)
            else:
                self._rows.move(intent, IntentState.QUEUED, reason=Reason.INTERRUPTED, **unsent(intent))
            raise

    def _timed(self, intent: Intent) -> Intent:
        """Note by the service's clock when a request leaves, where only the login just now has told what that shows.

        Raises ``StorageError``.
        """
        at = self._rows.service_time(self._clock.now())
        if intent.service_sent_at is not None or at is None:
            return intent
        timed = replace(intent, service_sent_at=at)
        self._rows.save(timed)
        return timed

    def _accept(self, intent: Intent, sent: Sent) -> None:
        self._obstacles.note_success()
        if self._is_claimed(sent.result, intent):
            # an answer with what was made for another request does not tell what became of this one
            self._rows.move(intent, IntentState.UNKNOWN, reason=Reason.BAD_ANSWER)
            return
        self._at("before-accepted")
        self._rows.move(intent, IntentState.ACCEPTED, result=sent.result, request_id=sent.request_id)
        self._at("after-accepted")

    def _is_claimed(self, result: Result, intent: Intent) -> bool:
        """Whether another request has made the very thing that this one is said to have made."""
        if result.id in ("", intent.subject.id):
            return False
        others = (other for other in self._rows if other.id != intent.id)
        return any(other.result is not None and other.result.id == result.id for other in others)

    def _lose(self, intent: Intent, error: CloudError) -> None:
        """Settle a request as unknown: whatever the answer looks like, it does not prove that nothing was done."""
        refusal = _refusal(error) if isinstance(error, Refused) else None
        self._rows.move(intent, IntentState.UNKNOWN, refusal=refusal, reason=reason_of(type(error).__name__))

    async def _refuse(self, intent: Intent, error: Refused) -> None:
        """Settle a request that was refused; one for a busy lane once it is certain that not its own run keeps it.

        Something on the way may have sent it twice by itself: the second one is then refused for the first. Where
        nothing is seen that keeps the lane busy, it is looked for like any whose answer was lost.
        """
        operation = OPERATIONS[intent.change.kind]
        if error.short_code in operation.done_codes:
            made = Result(intent.subject.id)
            self._rows.move(intent, IntentState.ACCEPTED, result=made, request_id=error.request_id)
            return
        if error.short_code not in operation.busy_codes:
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
            self._rows.move(intent, IntentState.UNKNOWN, refusal=_refusal(error), reason=Reason.INTERRUPTED)
            raise
        if found.proved is not None:
            self._rows.move(intent, IntentState.ACCEPTED, result=found.proved, reason=Reason.RECONCILED)
        elif found.candidates or not found.is_whole:
            self._lose(intent, error)
        else:
            self._reject(intent, error)
            self._suspect(intent)

    def _reject(self, intent: Intent, error: Refused) -> None:
        self._rows.move(intent, IntentState.REJECTED, refusal=_refusal(error), request_id=error.request_id)

    def _suspect(self, refused: Intent) -> None:
        """Look on for requests of which no trace was found, when their lane turns out to be busy: one may run."""
        since = self._clock.now() - _SUSPICIOUS
        for other in self._rows:
            if (
                other.lane == refused.lane
                and other.state is IntentState.NOT_FOUND
                and (other.sent_at or other.created_at) > since
            ):
                self._rows.move(other, IntentState.UNKNOWN, reason=Reason.LANE_BUSY)


def _refusal(error: Refused) -> Refusal:
    return Refusal(error.status, error.code, error.message, error.request_id)
