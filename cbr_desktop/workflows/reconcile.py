"""Reconciling: finding out by reading whether a request whose answer was lost became a checkpoint.

Looked for are the tasks and backups that the request would have made: by its name where it had one, else by vault,
resources and time. All times are the service's. What can only be the request's own settles the intent as ACCEPTED;
nothing found after all looks makes it NOT_FOUND, and only a person asks again. What may be another's as well stays with
the intent as a candidate, and a person says whose it is. Where, how often and when it was looked for stays with the
intent, for that person to see.

A person who asks again keeps the name. Should the first request have come late after all, both are found and each is
told of the other: they are twins.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cbr_desktop.domain import request
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.checkpoint import (
    AcceptedResource,
    Checkpoint,
    CheckpointDraft,
    CheckpointStatus,
    is_distinctive,
)
from cbr_desktop.domain.error import CloudError, Forbidden, HouseError, NotFound
from cbr_desktop.domain.ids import CheckpointId, IntentId, ResourceId
from cbr_desktop.domain.intent import AMBIGUOUS, NO_CLOCK, Candidate, Intent, IntentState, Looked
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Clock, Cloud, Records
from cbr_desktop.workflows.sending import BEFORE, Span, searched_since, span_of

LOOKS_SECONDS = (0.0, 5.0, 10.0, 15.0, 30.0, 60.0, *([60.0] * 28))
"""The pauses before each look: about half an hour in all."""
KEEP_SECONDS = 2.0
"""How long the notes of looks that found nothing wait for those of others, so that the disk is waited for once.

Nothing rests on them: what was looked for in vain is looked for again after a power cut.
"""
_LATE = timedelta(minutes=15)
"""How long after the sending another's checkpoint without a name of its own may still be taken for the request's."""
_CANDIDATES_LIMIT = 5
"""Checkpoints that are looked at closely, the nearest to the sending first."""
_BEING_MADE = (BackupStatus.WAITING_PROTECT, BackupStatus.PROTECTING)
_UNSETTLED = (IntentState.SENDING, IntentState.UNKNOWN, IntentState.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Search:
    """What one look for a request has found.

    ``proved`` can only be its own; each of ``candidates`` may be its own or another's. ``is_whole`` is whether the
    lists could be read to their ends, so that what is not in them is not there yet.
    """

    proved: Checkpoint | None = None
    candidates: tuple[Candidate, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """A checkpoint as tasks or backups tell of it."""

    id: CheckpointId
    name: str
    created_at: datetime | None
    resource_ids: frozenset[str]
    tasks: tuple[Task, ...] = ()


class Reconcile:
    """Settles UNKNOWN intents by reading."""

    def __init__(self, ledger: Ledger, records: Records, cloud: Cloud, clock: Clock) -> None:
        self._ledger = ledger
        self._records = records
        self._cloud = cloud
        self._clock = clock
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
            with suppress(HouseError):
                self._records.save_all(unkept)

    async def settle(self, id: IntentId) -> None:
        """Look until the intent is found or every look was in vain; the last one must have been possible.

        Otherwise it is UNKNOWN still: what could not be read proves nothing, what may be another's neither, and nobody
        can tell what is too old while the clocks could not be compared.
        """
        search = Search(is_whole=False)
        for pause in LOOKS_SECONDS:
            await self._clock.sleep(pause)
            try:
                search = await self._once(id)
            except HouseError:
                search = Search(is_whole=False)
            if search.proved is not None:
                return
        intent = self._ledger.intents[id]
        if intent.candidates:
            self._rest(intent, AMBIGUOUS)
        elif search.is_whole and span_of(intent, self._ledger.connection).is_certain:
            self._move(id, IntentState.NOT_FOUND, None)
        elif search.is_whole:
            self._rest(intent, NO_CLOCK)

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
            self._tell_twins(id)
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
        """Look once for the checkpoint that a request made. Raises ``CloudError``."""
        since = searched_since(intent, self._ledger.connection)
        draft = _draft(intent)
        is_whole = True
        sightings: list[Sighting] = []
        try:
            with self._noting(intent.id, "tasks", since):
                listing = await self._cloud.tasks(since=since)
            is_whole = listing.complete
            sightings = [each for each in _by_tasks(listing.rows, intent, draft) if _fits(each, intent, draft)]
        except Forbidden:
            pass
        own = self._not_of_others(sightings, intent)
        if not own:
            with self._noting(intent.id, "backups", since):
                found = await self._cloud.backups(vault_id=intent.target.vault_id, since=since)
            is_whole = is_whole and found.complete
            sightings = [each for each in _by_backups(found.rows, draft) if _fits(each, intent, draft)]
            own = self._not_of_others(sightings, intent)
        return await self._judged(own, intent, draft, is_whole=is_whole)

    async def look_into_busy(self, intent: Intent) -> Search:
        """Look once for what keeps the vault of a refused request busy: what it made itself, or something else.

        It is not whole where nothing is seen that does: then it may be its own that does not show yet. Raises
        ``CloudError``.
        """
        search = await self.look(intent)
        if search.proved is not None or search.candidates or await self._runs_another(intent):
            return search
        return replace(search, is_whole=False)

    async def _runs_another(self, intent: Intent) -> bool:
        """Whether a backup runs in the vault of a request, by the tasks, or by the backups where nobody may see those.

        A request of which no trace was found may be what runs, too.
        """
        if any(other.state is IntentState.NOT_FOUND for other in self._others(intent)):
            return True
        vault_id = intent.target.vault_id.lower()
        try:
            for status in (TaskStatus.RUNNING, TaskStatus.WAITING):
                tasks = await self._cloud.tasks(operation_type=TaskType.BACKUP, status=status)
                if any(task.vault_id is not None and task.vault_id.lower() == vault_id for task in tasks.rows):
                    return True
        except Forbidden:
            backups = await self._cloud.backups(vault_id=intent.target.vault_id)
            return any(backup.status in _BEING_MADE for backup in backups.rows)
        return False

    def _not_of_others(self, sightings: Sequence[Sighting], intent: Intent) -> list[Sighting]:
        """Return what can be the request's by its time and is not known to be of another request of this program."""
        if not sightings:
            return []
        span = span_of(intent, self._ledger.connection)
        claimed = {other.checkpoint.id for other in self._others(intent) if other.checkpoint is not None}
        return [each for each in sightings if each.id not in claimed and _may_be_in(span, each, intent)]

    def _others(self, intent: Intent) -> list[Intent]:
        """Return the requests of all profiles of this data folder that went to the same vault."""
        rows = {row.id: row for row in self._records.kept()} | self._ledger.intents
        return [row for row in rows.values() if row.id != intent.id and _to_one_vault(row, intent)]

    def _rivals(self, intent: Intent) -> list[Intent]:
        return [other for other in self._others(intent) if _is_rival(other, intent)]

    def _is_rather_of(self, rival: Intent, intent: Intent, sighting: Sighting) -> bool:
        """Whether a checkpoint was made after another request of this name had left that was sent after ``intent``.

        Then it is no proof for ``intent``, but what is long on its way may come to the service after what left later.
        """
        if rival.sent_at is None or sighting.created_at is None:
            return False
        mine, other = (span_of(each, self._ledger.connection) for each in (intent, rival))
        return mine.latest_of(other) is other and sighting.created_at >= other.earliest

    async def _judged(
        self, sightings: list[Sighting], intent: Intent, draft: CheckpointDraft, *, is_whole: bool
    ) -> Search:
        """Look at what was found closely, and say what of it can only be the request's."""
        sent_at = span_of(intent, self._ledger.connection).sent_at
        nearest = sorted(sightings, key=lambda each: _distance(each, sent_at))[:_CANDIDATES_LIMIT]
        seen = [(each, await self._checkpoint(each)) for each in nearest]
        fitting = [(each, checkpoint) for each, checkpoint in seen if _is_as_asked(checkpoint, intent, draft)]
        rivals = self._rivals(intent) if fitting else []
        before = [pair for pair in fitting if not any(self._is_rather_of(rival, intent, pair[0]) for rival in rivals)]
        if len(before) == 1 and self._is_own(before[0][0], intent):
            sighting, checkpoint = before[0]
            self._ledger.merge_tasks(sighting.tasks)
            return Search(checkpoint, (), is_whole)
        candidates = tuple(Candidate(each.id, each.name, each.created_at) for each, _ in fitting)
        return Search(None, candidates, is_whole)

    def _is_own(self, sighting: Sighting, intent: Intent) -> bool:
        """Whether nobody else can have made a checkpoint: by its name, its time, and what else was asked for here."""
        span = span_of(intent, self._ledger.connection)
        is_after = sighting.created_at is not None and (not span.is_certain or sighting.created_at >= span.earliest)
        if not is_after or not is_distinctive(intent.name):
            return False
        return not any(span.overlaps(span_of(rival, self._ledger.connection)) for rival in self._rivals(intent))

    async def _checkpoint(self, sighting: Sighting) -> Checkpoint:
        try:
            checkpoint = await self._cloud.checkpoint(sighting.id)
        except NotFound:
            checkpoint = Checkpoint(sighting.id, CheckpointStatus.PROTECTING)
        if checkpoint.accepted or not sighting.tasks:
            return checkpoint
        accepted = tuple(
            AcceptedResource(ResourceId(task.resource_id or ""), task.resource_type, task.resource_name)
            for task in sighting.tasks
        )
        return replace(checkpoint, accepted=accepted)

    def _rest(self, intent: Intent, why: str) -> None:
        """Leave an intent UNKNOWN until a person says more of it, or the program starts anew."""
        if intent.state is IntentState.UNKNOWN:
            self._put(intent.moved(IntentState.UNKNOWN, self._clock.now(), note=why))

    def _move(self, id: IntentId, state: IntentState, checkpoint: Checkpoint | None) -> None:
        intent = self._ledger.intents[id]
        if intent.state not in (IntentState.UNKNOWN, IntentState.NOT_FOUND) or intent.state is state:
            return
        self._put(intent.moved(state, self._clock.now(), checkpoint=checkpoint, note="reconciled", candidates=()))

    def _tell_twins(self, id: IntentId) -> None:
        """Tell the requests that were sent one for the other, and that all came to be, of each other's checkpoints."""
        family = [each for each in self._family(id) if each.checkpoint is not None]
        for each in family:
            others = (other.checkpoint for other in family if other.id != each.id)
            twins = tuple(sorted({other.id for other in others if other is not None}))
            if twins != each.twins:
                self._put(replace(each, twins=twins))

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
    def _noting(self, id: IntentId, where: str, since: datetime) -> Iterator[None]:
        """Note in the intent that it is looked for, and with what success; it is kept with the next change, or soon."""
        try:
            yield
        except CloudError as error:
            self._note(id, where, since, type(error).__name__)
            raise
        self._note(id, where, since, "")

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
        with suppress(HouseError):
            self._records.save(intent)
        self._ledger.put_intent(intent)


def _by_tasks(tasks: Sequence[Task], intent: Intent, draft: CheckpointDraft) -> Iterator[Sighting]:
    """Yield the checkpoints that tasks tell of and that a request to this vault can have made."""
    made: dict[CheckpointId, list[Task]] = {}
    for task in tasks:
        is_one = task.type == TaskType.BACKUP and task.policy_id == draft.policy_id
        # a task that tells no vault tells too little of a request that has no name
        vaults = (None, intent.target.vault_id) if intent.name else (intent.target.vault_id,)
        if task.checkpoint_id is not None and is_one and task.vault_id in vaults:
            made.setdefault(task.checkpoint_id, []).append(task)
    for id, rows in made.items():
        yield Sighting(id, rows[0].backup_name, _first(rows), frozenset(r.resource_id or "" for r in rows), tuple(rows))


def _by_backups(backups: Sequence[Backup], draft: CheckpointDraft) -> Iterator[Sighting]:
    """Yield the checkpoints that a vault's backups tell of."""
    made: dict[CheckpointId, list[Backup]] = {}
    for backup in backups:
        if backup.checkpoint_id is not None and backup.auto == draft.auto_trigger:
            made.setdefault(backup.checkpoint_id, []).append(backup)
    for id, rows in made.items():
        yield Sighting(id, rows[0].name, _first(rows), frozenset(row.resource_id for row in rows))


def _first(rows: Sequence[Task] | Sequence[Backup]) -> datetime | None:
    """Return when the first of some rows was made."""
    return min((row.created_at for row in rows if row.created_at is not None), default=None)


def _fits(sighting: Sighting, intent: Intent, draft: CheckpointDraft) -> bool:
    """Whether a checkpoint has the name that was asked for, and no resource that was not."""
    if intent.name and not _is_named(sighting.name, intent.name):
        return False
    asked = {choice.id.lower() for choice in draft.resources or ()}
    return not asked or {id.lower() for id in sighting.resource_ids} <= asked


def _may_be_in(span: Span, sighting: Sighting, intent: Intent) -> bool:
    """Whether a checkpoint was made when the request can have made it.

    One of the same name from shortly before is no proof of anything, but nobody would call it no trace either. Where no
    name is anybody's own, what was made long after is another's.
    """
    at = sighting.created_at
    if at is None:
        return True
    earliest = span.earliest - BEFORE if intent.name else span.earliest
    return at >= earliest and (is_distinctive(intent.name) or not span.is_certain or at <= span.sent_at + _LATE)


def _is_as_asked(checkpoint: Checkpoint, intent: Intent, draft: CheckpointDraft) -> bool:
    """Whether what the service tells of a checkpoint, where it tells it, is what was asked for."""
    if checkpoint.vault_id is not None and checkpoint.vault_id.lower() != intent.target.vault_id.lower():
        return False
    if checkpoint.name and intent.name and not _is_named(checkpoint.name, intent.name):
        return False
    asked = {choice.id.lower() for choice in draft.resources or ()}
    if asked and not {each.id.lower() for each in checkpoint.accepted} <= asked:
        return False
    return not checkpoint.description or checkpoint.description == draft.description


def _is_rival(other: Intent, intent: Intent) -> bool:
    """Whether what is found may as well be of another request of ours, whose outcome is not known either."""
    return other.name == intent.name and other.sent_at is not None and other.state in _UNSETTLED


def _to_one_vault(one: Intent, other: Intent) -> bool:
    here, there = one.target, other.target
    return here.cbr_endpoint == there.cbr_endpoint and here.vault_id.lower() == there.vault_id.lower()


def _distance(sighting: Sighting, sent_at: datetime) -> timedelta:
    """Return how far a checkpoint is from the sending: of several, the nearest is it most likely."""
    return abs(sighting.created_at - sent_at) if sighting.created_at is not None else timedelta.max


def _is_named(found: str, name: str) -> bool:
    """Whether a backup's name is ``name``, or that with the number that the service adds for several resources."""
    return found == name or re.fullmatch(re.escape(name) + r"[-_]\d{4}", found) is not None


def _draft(intent: Intent) -> CheckpointDraft:
    """Return what the intent asked for; of a body that this version cannot read, the vault and the name alone."""
    document, _ = request.read(intent.body)
    return document.draft if document else CheckpointDraft(intent.target.vault_id, name=intent.name)
