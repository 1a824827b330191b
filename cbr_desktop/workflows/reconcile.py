"""Reconciling: finding out by reading what became of a request whose answer was lost.

How an operation is looked for is the operation's. What can only be the request's own settles the intent as ACCEPTED;
nothing found after all looks makes it NOT_FOUND, and only a person asks again. What may be another's as well stays with
the intent as a candidate, and a person says whose it is. What may be repeated is sent again once a few looks have
proved that it was not done. Where, how often and when it was looked for stays with the intent, for a person to see.

A person who asks again keeps the name. Should the first request have come late after all, both are found and each is
told of the other as its duplicate.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from msgspec.structs import replace

from cbr_desktop.domain.change import Repeat, Result
from cbr_desktop.domain.error import CbrError, CloudError
from cbr_desktop.domain.ids import CheckpointId, IntentId
from cbr_desktop.domain.intent import Intent, IntentState, Looked, Reason
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.ports import Clock, Cloud, Records
from cbr_desktop.workflows.sending import span_of

LOOKS_SECONDS = (0.0, 5.0, 10.0, 15.0, 30.0, 60.0, *([60.0] * 28))
"""The pauses before each look: about half an hour in all."""
PROOFS = 4
"""Looks in a row that must have proved that a request was not done before it is sent again: half a minute, in which
what is still on its way arrives."""
SENDS_LIMIT = 3
"""How often a request that may be repeated is sent in all."""
KEEP_SECONDS = 2.0
"""How long the notes of looks that found nothing wait for those of others, so that the disk is waited for once.

Nothing rests on them: what was looked for in vain is looked for again after a power cut.
"""


class Reconcile:
    """Settles UNKNOWN intents by reading."""

    def __init__(self, ledger: Ledger, records: Records, cloud: Cloud, clock: Clock) -> None:
        self._ledger = ledger
        self._records = records
        self._cloud = cloud
        self._clock = clock
        self.reader = Reader(cloud, ledger, self._others, self._noting)
        self._unkept: set[IntentId] = set()
        self._noted = asyncio.Event()

    async def keep_notes(self) -> None:
        """Keep what is noted of looks, that of many at once, for ever; runs as a resident task."""
        try:
            while True:
                await self._noted.wait()
                await self._clock.sleep(KEEP_SECONDS)
                self.keep_now()
        finally:
            self.keep_now()

    def keep_now(self) -> None:
        """Keep all that is noted of looks and not on the disk."""
        self._noted.clear()
        unkept = [self._ledger.intents[id] for id in sorted(self._unkept)]
        self._unkept.clear()
        if unkept:
            with suppress(CbrError):
                self._records.save_all(unkept)

    async def settle(self, id: IntentId) -> None:
        """Look until the intent is found or every look was in vain; the last one must have been possible.

        Otherwise it is UNKNOWN still: what could not be read proves nothing, what may be another's neither, and it
        cannot be told what is too old while the clocks could not be compared.
        """
        search, proofs = Search(is_whole=False), 0
        for pause in LOOKS_SECONDS:
            await self._clock.sleep(pause)
            try:
                search = await self._once(id)
            except CbrError:
                search = Search(is_whole=False)
            if search.proved is not None:
                return
            proofs = proofs + 1 if search.is_undone else 0
            if proofs >= PROOFS and self._repeat(id):
                return
        intent = self._ledger.intents[id]
        if intent.candidates:
            self._rest(intent, Reason.AMBIGUOUS)
        elif search.is_whole and span_of(intent, self._ledger.connection).is_certain:
            self._move(id, IntentState.NOT_FOUND, None)
        elif search.is_whole:
            self._rest(intent, Reason.NO_CLOCK)

    async def once(self, id: IntentId) -> bool:
        """Look once, keep that, and take over what is found; tell whether it was. Raises ``CloudError``."""
        try:
            return (await self._once(id)).proved is not None
        finally:
            self.keep_now()

    async def _once(self, id: IntentId) -> Search:
        search = await self.look(self._ledger.intents[id])
        if search.proved is not None:
            self._move(id, IntentState.ACCEPTED, search.proved)
            self._tell_duplicates(id)
            return search
        intent = self._ledger.intents[id]
        if search.candidates != intent.candidates:
            self._put(replace(intent, candidates=search.candidates))
        return search

    async def look_for_elder(self, intent: Intent) -> None:
        """Look once more for the request that ``intent`` was sent in place of: it may have come late.

        Raises ``CloudError``.
        """
        elder = self._ledger.intents.get(intent.retry_of) if intent.retry_of is not None else None
        if elder is not None and elder.state is IntentState.NOT_FOUND and elder.name == intent.name:
            await self.once(elder.id)

    async def look(self, intent: Intent) -> Search:
        """Look once for what a request has made. Raises ``CloudError``."""
        return await OPERATIONS[intent.change.kind].find(intent, self.reader)

    async def look_into_busy(self, intent: Intent) -> Search:
        """Look once for what keeps the lane of a refused request busy. Raises ``CloudError``."""
        return await OPERATIONS[intent.change.kind].look_into_busy(intent, self.reader)

    def _others(self, intent: Intent) -> list[Intent]:
        """Return the requests of all profiles of this data folder that went to the same lane."""
        rows = {row.id: row for row in self._records.kept()} | self._ledger.intents
        return [row for row in rows.values() if row.id != intent.id and row.lane == intent.lane]

    def _repeat(self, id: IntentId) -> bool:
        """Queue a request again that was proved not to be done; tell whether its operation lets the program do that.

        It goes like any other then: not when its confirmation has grown old. One that was sent often enough waits for
        a person.
        """
        intent = self._ledger.intents[id]
        if intent.state is not IntentState.UNKNOWN or OPERATIONS[intent.change.kind].repeat is Repeat.NEVER:
            return False
        if intent.sends >= SENDS_LIMIT:
            self._move(id, IntentState.NOT_FOUND, None)
        else:
            changes: dict[str, object] = {
                "reason": Reason.REPEATED,
                "sent_at": None,
                "service_sent_at": None,
                "refusal": None,
            }
            self._put(intent.moved(IntentState.QUEUED, self._clock.now(), **changes))
        return True

    def _rest(self, intent: Intent, why: Reason) -> None:
        """Leave an intent UNKNOWN until a person says more of it, or the program starts anew."""
        if intent.state is IntentState.UNKNOWN:
            self._put(intent.moved(IntentState.UNKNOWN, self._clock.now(), reason=why))

    def _move(self, id: IntentId, state: IntentState, result: Result | None) -> None:
        intent = self._ledger.intents[id]
        if intent.state not in (IntentState.UNKNOWN, IntentState.NOT_FOUND) or intent.state is state:
            return
        self._put(intent.moved(state, self._clock.now(), result=result, reason=Reason.RECONCILED, candidates=()))

    def _tell_duplicates(self, id: IntentId) -> None:
        """Tell the requests that were sent one for the other, and that all came to be, of each other's checkpoints."""
        family = [each for each in self._family(id) if each.checkpoint is not None]
        for each in family:
            others = (other.checkpoint for other in family if other.id != each.id)
            duplicates: tuple[CheckpointId, ...] = tuple(sorted({other.id for other in others if other is not None}))
            if duplicates != each.duplicates:
                self._put(replace(each, duplicates=duplicates))

    def _family(self, id: IntentId) -> list[Intent]:
        """Return the intents of one name that were sent in place of each other, ``id`` among them."""
        intents = self._ledger.intents
        found = {id}
        while True:
            more = {i.retry_of for i in intents.values() if i.id in found and i.retry_of in intents}
            more |= {i.id for i in intents.values() if i.retry_of in found}
            more = {each for each in more if each is not None and intents[each].name == intents[id].name} - found
            if not more:
                return [intents[each] for each in found]
            found |= more

    @contextmanager
    def _noting(self, intent: Intent, where: str, since: datetime) -> Iterator[None]:
        """Note in an intent that it is looked for, and with what success; it is kept with the next change, or soon."""
        try:
            yield
        except CloudError as error:
            self._note(intent.id, where, since, type(error).__name__)
            raise
        self._note(intent.id, where, since, "")

    def _note(self, id: IntentId, where: str, since: datetime, failure: str) -> None:
        intent, now = self._ledger.intents[id], self._clock.now()
        found = next((each for each in intent.looked if each.where == where), Looked(where, since))
        if failure:
            found = replace(found, failures=found.failures + 1, failure=failure)
        else:
            found = replace(found, times=found.times + 1, first_at=found.first_at or now, last_at=now)
        looked = (*(each for each in intent.looked if each.where != where), found)
        self._ledger.put_intent(replace(intent, looked=looked))
        self._unkept.add(id)
        self._noted.set()

    def _put(self, intent: Intent) -> None:
        """Show and keep an intent; what was found can be found again, so a full disk is no hindrance."""
        self._unkept.discard(intent.id)
        with suppress(CbrError):
            self._records.save(intent)
        self._ledger.put_intent(intent)
