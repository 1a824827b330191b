"""Creating a checkpoint: backing up a vault, or some of its resources. A lost answer is settled by reading alone.

Looked for are the tasks and backups that the request would have made: by its name where it had one, else by vault,
resources and time. All times are the service's. What can only be the request's own proves it; what may be another's as
well is a candidate, and a person says whose it is.
"""

import random
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain import request
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import (
    Change,
    Effect,
    Kind,
    Repeat,
    Result,
    Subject,
    SubjectType,
    checkpoint_change,
    checkpoint_result,
)
from cbr_desktop.domain.checkpoint import (
    NAME_LIMIT,
    AcceptedResource,
    Checkpoint,
    CheckpointDraft,
    CheckpointStatus,
    ResourceChoice,
    is_distinctive,
)
from cbr_desktop.domain.document import Schema
from cbr_desktop.domain.error import CloudError, Forbidden, NotFound
from cbr_desktop.domain.ids import CheckpointId, ResourceId, VaultId
from cbr_desktop.domain.intent import Candidate, Intent, IntentState
from cbr_desktop.domain.outcome import Outcome, outcome
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.naming import random_part
from cbr_desktop.workflows.operations.operation import Operation, Reader, Search, Weighed
from cbr_desktop.workflows.preflight import Preflight, preflight, surroundings
from cbr_desktop.workflows.sending import BEFORE, Span, searched_since, span_of

_LATE = timedelta(minutes=15)
"""How long after the sending another's checkpoint without a name of its own may still be taken for the request's."""
_CANDIDATES_LIMIT = 5
"""Checkpoints that are looked at closely, the nearest to the sending first."""
_BEING_MADE = (BackupStatus.WAITING_PROTECT, BackupStatus.PROTECTING)
_UNSETTLED = (IntentState.SENDING, IntentState.UNKNOWN, IntentState.NOT_FOUND)
_NO_DISKS = ResourceChoice(ResourceId(""), "")
"""A choice that says nothing of disks; id, type and name are filled in."""


_RESOURCE = Schema(
    "Resource",
    {
        "id": str,
        "type": str,
        "name": str,
        "extra_info": Schema(
            "ResourceExtraInfo",
            {
                "exclude_volumes": [str],
                "include_volumes": [Schema("ResourceExtraInfoIncludeVolumes", {"id": str, "os_version": str})],
            },
        ),
    },
)
_SCHEMA = Schema(
    "VaultBackupReq",
    {
        "checkpoint": Schema(
            "VaultBackup",
            {
                "vault_id": str,
                "parameters": Schema(
                    "CheckpointParam",
                    {
                        "auto_trigger": bool,
                        "description": str,
                        "incremental": bool,
                        "name": str,
                        "resources": [str],
                        "resource_details": [_RESOURCE],
                        "retention_duration_days": int,
                        "policy_id": str,
                    },
                ),
            },
        )
    },
)
"""What a file of a checkpoint needs, and what is odd about it, ``domain/request`` says in more detail."""


class Sighting(Struct, frozen=True):
    """A checkpoint as tasks or backups tell of it."""

    id: CheckpointId
    name: str
    created_at: datetime | None
    resource_ids: frozenset[str]
    tasks: tuple[Task, ...] = ()


class CreateCheckpoint(Operation):
    """The operation that backs a vault up. It is never repeated by the program: a second one is a second backup."""

    kind = Kind.CREATE_CHECKPOINT
    repeat = Repeat.NEVER
    effect = Effect.ADDS
    template = "checkpoints"
    schema = _SCHEMA
    busy_codes = frozenset({"6125", "1001"})
    """The service's words for a vault that is being backed up already."""
    done_codes: frozenset[str] = frozenset()
    judged_by = frozenset({Part.VAULTS, Part.TASKS})
    rereads = frozenset({Part.VAULTS, Part.TASKS, Part.BACKUPS})

    def draft_of(self, document: RequestDocument) -> CheckpointDraft:
        """Return the checkpoint that a request file asks for."""
        return document.draft

    def subject(self, draft: CheckpointDraft, ledger: Reading) -> Subject:
        """Return the vault."""
        id = draft.vault_id or VaultId("")
        vault = ledger.vaults.get(id)
        return Subject(SubjectType.VAULT, id, vault.name if vault is not None else "")

    def change(self, draft: CheckpointDraft, ledger: Reading) -> Change:
        """Return the change that a draft asks for. ``ValueError`` when it names no vault."""
        return change(draft, ledger)

    def opens(self, change: Change) -> None:
        """Nothing: the lists tell all."""

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge a change by what is known; one that this version cannot read is not judged."""
        draft = _draft_in(change)
        return preflight(draft, ledger, now) if draft is not None else Preflight(())

    def weigh(self, changes: Sequence[Change], ledger: Ledger, now: datetime) -> Generator[None, None, Weighed]:
        """Judge several changes, for which long lists are gone through once."""
        drafts = []
        for change in changes:
            drafts.append(_draft_in(change))
            yield
        around = yield from surroundings([draft for draft in drafts if draft is not None], ledger)
        verdicts = []
        for draft in drafts:
            verdicts.append(preflight(draft, ledger, now, around) if draft is not None else Preflight(()))
            yield
        return Weighed(verdicts, [Blast()] * len(changes))

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is that the vault is in."""
        return ledger.freshness[Part.VAULTS].as_of if change.subject.id in ledger.vaults else None

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost by a backup; the service deletes none for one that a person asks for."""
        return Blast()

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Look once for the checkpoint that a request made. Raises ``CloudError``."""
        return await _Searching(intent, reader).search()

    async def look_into_busy(self, intent: Intent, reader: Reader) -> Search:
        """Look for the checkpoint that the request made, and for another backup that runs in the vault."""
        search = await self.find(intent, reader)
        if search.proved is not None or search.candidates or await _runs_another(intent, reader):
            return search
        return replace(search, is_whole=False)

    def adopted(self, intent: Intent, candidate: Candidate) -> Result:
        """Return a candidate as the checkpoint that a request made."""
        vault_id = VaultId(intent.subject.id)
        return checkpoint_result(Checkpoint(candidate.id, CheckpointStatus.PROTECTING, vault_id=vault_id))

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the tasks, the backups where tasks tell nothing, and the checkpoint when all that is known has ended."""
        checkpoint = intent.checkpoint
        assert checkpoint is not None  # noqa: S101  # an accepted intent has one
        ledger = reader.ledger
        failure = await _read_tasks(intent, checkpoint.id, reader)
        if failure is not None or not ledger.tasks_of(checkpoint.id):
            await _read_backups(intent, checkpoint.id, reader)
        told = self.outcome(intent, ledger)
        if failure is None and told is not None and not told.is_over and ledger.tasks_of(checkpoint.id):
            return None
        seen = await reader.cloud.checkpoint(checkpoint.id)
        if seen.status == checkpoint.status:
            return intent.result
        # a later look may tell less than the first answer, and then the first answer stays
        return checkpoint_result(replace(checkpoint, status=seen.status, accepted=checkpoint.accepted or seen.accepted))

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return what became of the resources, joined from the answer and what the ledger knows."""
        if intent.checkpoint is None:
            return None
        id = intent.checkpoint.id
        document, _ = request.read(intent.body)
        asked = (document.draft.resources or ()) if document is not None else ()
        return outcome(intent.checkpoint, ledger.tasks_of(id), ledger.backups_of(id), asked)


CREATE_CHECKPOINT = CreateCheckpoint()


def change(draft: CheckpointDraft, ledger: Reading, body: bytes | None = None) -> Change:
    """Return the change that asks for ``draft`` by ``body``, by default the bytes that the draft makes.

    ``ValueError`` when it names no vault.
    """
    if draft.vault_id is None:
        raise ValueError("a request needs a vault")
    made = request.body(draft) if body is None else body
    return checkpoint_change(draft.vault_id, CREATE_CHECKPOINT.subject(draft, ledger).name, made, draft.name)


def _draft_in(change: Change) -> CheckpointDraft | None:
    """Return the draft that a change asks for, ``None`` of one that this version cannot read."""
    document, _ = request.read(change.body)
    return document.draft if document is not None else None


def skipped_draft(intent: Intent) -> CheckpointDraft:
    """Return the draft that asks again for what was skipped, under a name of its own.

    Disk choices and options stay as they were asked for. ``ValueError`` when nothing was skipped.
    """
    document, _ = request.read(intent.body)
    if intent.checkpoint is None or not intent.checkpoint.skipped or document is None:
        raise ValueError("nothing was skipped")
    asked = {choice.id: choice for choice in document.draft.resources or ()}
    choices = tuple(
        replace(asked.get(skipped.id, _NO_DISKS), id=skipped.id, type=skipped.type, name=skipped.name)
        for skipped in intent.checkpoint.skipped
    )
    return replace(document.draft, name=_retry_name(document.draft.name), resources=choices)


def _retry_name(name: str) -> str:
    """Return a name that tells whose retry it is; a request without a name stays without one."""
    suffix = f"-again-{random_part(random.Random(), 4)}"
    return name[: NAME_LIMIT - len(suffix) - 5] + suffix if name else ""


async def _runs_another(intent: Intent, reader: Reader) -> bool:
    """Whether a backup runs in the vault of a request, by the tasks, or by the backups where those may not be read.

    A request of which no trace was found may be what runs, too.
    """
    if any(other.state is IntentState.NOT_FOUND for other in reader.others(intent)):
        return True
    vault_id = intent.subject.id.lower()
    try:
        for status in (TaskStatus.RUNNING, TaskStatus.WAITING):
            tasks = await reader.cloud.tasks(operation_type=TaskType.BACKUP, status=status)
            if any(task.vault_id is not None and task.vault_id.lower() == vault_id for task in tasks.rows):
                return True
    except Forbidden:
        backups = await reader.cloud.backups(vault_id=VaultId(intent.subject.id))
        return any(backup.status in _BEING_MADE for backup in backups.rows)
    return False


async def _read_tasks(intent: Intent, id: CheckpointId, reader: Reader) -> CloudError | None:
    """Read the tasks of a checkpoint; return why that cannot be."""
    since = searched_since(intent, reader.ledger.connection)
    try:
        tasks = (await reader.cloud.tasks(since=since, operation_type=TaskType.BACKUP)).rows
    except CloudError as error:
        return error
    reader.ledger.merge_tasks(task for task in tasks if task.checkpoint_id == id)
    return None


async def _read_backups(intent: Intent, id: CheckpointId, reader: Reader) -> None:
    """Read the backups of a checkpoint, which tell what became of it where tasks do not; they may be kept too."""
    with suppress(CloudError):
        backups = (await reader.cloud.backups(vault_id=VaultId(intent.subject.id), checkpoint_id=id)).rows
        reader.ledger.put_backups_of(id, [backup for backup in backups if backup.checkpoint_id == id])


class _Searching:
    """One look for the checkpoint of one request."""

    def __init__(self, intent: Intent, reader: Reader) -> None:
        self._intent = intent
        self._reader = reader
        self._connection = reader.ledger.connection
        document, _ = request.read(intent.body)
        # of a body that this version cannot read, the vault and the name alone are known
        unread = CheckpointDraft(VaultId(intent.subject.id), name=intent.name)
        self._draft = document.draft if document is not None else unread

    async def search(self) -> Search:
        """Read tasks, and backups where those tell nothing that can be the request's. Raises ``CloudError``."""
        intent, draft, cloud = self._intent, self._draft, self._reader.cloud
        since = searched_since(intent, self._connection)
        is_whole = True
        sightings: list[Sighting] = []
        try:
            with self._reader.noting(intent, "tasks", since):
                listing = await cloud.tasks(since=since)
            is_whole = listing.complete
            sightings = [each for each in _by_tasks(listing.rows, intent, draft) if _fits(each, intent, draft)]
        except Forbidden:
            pass
        own = self._not_of_others(sightings)
        if not own:
            with self._reader.noting(intent, "backups", since):
                found = await cloud.backups(vault_id=VaultId(intent.subject.id), since=since)
            is_whole = is_whole and found.complete
            sightings = [each for each in _by_backups(found.rows, draft) if _fits(each, intent, draft)]
            own = self._not_of_others(sightings)
        return await self._judged(own, is_whole=is_whole)

    def _not_of_others(self, sightings: Sequence[Sighting]) -> list[Sighting]:
        """Return what can be the request's by its time and is not known to be of another request of this program."""
        if not sightings:
            return []
        span = self._span(self._intent)
        others = self._reader.others(self._intent)
        claimed = {other.checkpoint.id for other in others if other.checkpoint is not None}
        return [each for each in sightings if each.id not in claimed and _may_be_in(span, each, self._intent)]

    def _rivals(self) -> list[Intent]:
        return [other for other in self._reader.others(self._intent) if _is_rival(other, self._intent)]

    def _is_rather_of(self, rival: Intent, sighting: Sighting) -> bool:
        """Whether a checkpoint was made after another request of this name had left that was sent later.

        Then it is no proof for this one, but what is long on its way may come to the service after what left later.
        """
        if rival.sent_at is None or sighting.created_at is None:
            return False
        mine, other = self._span(self._intent), self._span(rival)
        return mine.latest_of(other) is other and sighting.created_at >= other.earliest

    async def _judged(self, sightings: list[Sighting], *, is_whole: bool) -> Search:
        """Look at what was found closely, and say what of it can only be the request's."""
        sent_at = self._span(self._intent).sent_at
        nearest = sorted(sightings, key=lambda each: _distance(each, sent_at))[:_CANDIDATES_LIMIT]
        seen = [(each, await self._checkpoint(each)) for each in nearest]
        fitting = [(each, found) for each, found in seen if _is_as_asked(found, self._intent, self._draft)]
        rivals = self._rivals() if fitting else []
        before = [pair for pair in fitting if not any(self._is_rather_of(rival, pair[0]) for rival in rivals)]
        if len(before) == 1 and self._is_own(before[0][0]):
            sighting, checkpoint = before[0]
            self._reader.ledger.merge_tasks(sighting.tasks)
            return Search(checkpoint_result(checkpoint), (), is_whole)
        return Search(None, tuple(Candidate(each.id, each.name, each.created_at) for each, _ in fitting), is_whole)

    def _is_own(self, sighting: Sighting) -> bool:
        """Whether no other can have made a checkpoint: by its name, its time, and what else was asked for here."""
        span = self._span(self._intent)
        is_after = sighting.created_at is not None and (not span.is_certain or sighting.created_at >= span.earliest)
        if not is_after or not is_distinctive(self._intent.name):
            return False
        return not any(span.overlaps(self._span(rival)) for rival in self._rivals())

    async def _checkpoint(self, sighting: Sighting) -> Checkpoint:
        try:
            checkpoint = await self._reader.cloud.checkpoint(sighting.id)
        except NotFound:
            checkpoint = Checkpoint(sighting.id, CheckpointStatus.PROTECTING)
        if checkpoint.accepted or not sighting.tasks:
            return checkpoint
        accepted = tuple(
            AcceptedResource(ResourceId(task.resource_id or ""), task.resource_type, task.resource_name)
            for task in sighting.tasks
        )
        return replace(checkpoint, accepted=accepted)

    def _span(self, intent: Intent) -> Span:
        return span_of(intent, self._connection)


def _by_tasks(tasks: Sequence[Task], intent: Intent, draft: CheckpointDraft) -> Iterator[Sighting]:
    """Yield the checkpoints that tasks tell of and that a request to this vault can have made."""
    made: dict[CheckpointId, list[Task]] = {}
    for task in tasks:
        is_one = task.type == TaskType.BACKUP and task.policy_id == draft.policy_id
        # a task that tells no vault tells too little of a request that has no name
        vaults = (None, intent.subject.id) if intent.name else (intent.subject.id,)
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

    One of the same name from shortly before proves nothing, but is not the absence of a trace either. Where no
    name is this request's alone, what was made long after is of another.
    """
    at = sighting.created_at
    if at is None:
        return True
    earliest = span.earliest - BEFORE if intent.name else span.earliest
    return at >= earliest and (is_distinctive(intent.name) or not span.is_certain or at <= span.sent_at + _LATE)


def _is_as_asked(checkpoint: Checkpoint, intent: Intent, draft: CheckpointDraft) -> bool:
    """Whether what the service tells of a checkpoint, where it tells it, is what was asked for."""
    if checkpoint.vault_id is not None and checkpoint.vault_id.lower() != intent.subject.id.lower():
        return False
    if checkpoint.name and intent.name and not _is_named(checkpoint.name, intent.name):
        return False
    asked = {choice.id.lower() for choice in draft.resources or ()}
    if asked and not {each.id.lower() for each in checkpoint.accepted} <= asked:
        return False
    return not checkpoint.description or checkpoint.description == draft.description


def _is_rival(other: Intent, intent: Intent) -> bool:
    """Whether what is found may as well be of another request of ours, whose outcome is not known either."""
    is_alike = other.change.kind is intent.change.kind and other.name == intent.name
    return is_alike and other.sent_at is not None and other.state in _UNSETTLED


def _distance(sighting: Sighting, sent_at: datetime) -> timedelta:
    """Return how far a checkpoint is from the sending: of several, the nearest is it most likely."""
    return abs(sighting.created_at - sent_at) if sighting.created_at is not None else timedelta.max


def _is_named(found: str, name: str) -> bool:
    """Whether a backup's name is ``name``, or that with the number that the service adds for several resources."""
    return found == name or re.fullmatch(re.escape(name) + r"[-_]\d{4}", found) is not None
