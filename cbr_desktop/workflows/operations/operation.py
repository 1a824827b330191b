"""The shape of an operation: all that the engines must know of one kind of change, and what they hand to it."""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec import Struct

from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result, Subject
from cbr_desktop.domain.document import Schema
from cbr_desktop.domain.finding import Finding
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.intent import Candidate, Intent
from cbr_desktop.domain.outcome import Fate, Outcome, single
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.preflight import Preflight

if TYPE_CHECKING:  # a command that only judges does without
    from cbr_desktop.workflows.ports import Cloud

Draft = TypeVar("Draft")


class Search(Struct, frozen=True):
    """What one look for a request has found.

    ``proved`` can only be its own; each of ``candidates`` may be its own or another's. ``is_whole`` is whether all
    could be read, so that what was not seen is not there yet. ``is_undone`` is whether what was seen proves that the
    service has not done it so far.
    """

    proved: Result | None = None
    candidates: tuple[Candidate, ...] = ()
    is_whole: bool = True
    is_undone: bool = False


class Reader(Struct, frozen=True):
    """What an operation reads by. ``others`` gives the requests of all profiles that went to the same lane.

    ``noting`` notes in an intent that a list was read from a time on, and with what success.
    """

    cloud: "Cloud"
    ledger: Ledger
    others: Callable[[Intent], list[Intent]]
    noting: Callable[[Intent, str, datetime], AbstractContextManager[None]]


class Weighed(Struct, frozen=True):
    """What is told of several changes: the judgement of each, what each destroys, and what is said of them as a whole.

    What is left is told as it is when all of them are made.
    """

    verdicts: Sequence[Preflight]
    blasts: Sequence[Blast]
    sums: Sequence[Finding] = ()


def found_good(draft: Draft | None) -> Draft:
    """Return the draft that was read of a request file which has been found good. ``ValueError`` where it was not."""
    if draft is None:
        raise ValueError("the file was not found good")
    return draft


class Operation(Protocol):
    """One kind of change. Only ``find`` and ``look`` ask the service.

    ``judged_by`` are the lists that ``judge`` looks at, ``rereads`` those that are others after it. ``busy_codes`` are
    the refusals that a run of the very same request may cause, ``done_codes`` those that say that it was done already.
    ``template`` is the path of its request with a place for each id (``backups/{backup_id}``), ``schema`` the shape of
    its body, ``None`` where it has none. What a person fills in for it is a value of ``domain``, its draft, whose
    ``change_kind`` is the value of ``kind``.
    """

    @property
    def kind(self) -> Kind:
        """The name of the operation."""
        ...

    @property
    def repeat(self) -> Repeat:
        """What may follow a lost answer."""
        ...

    @property
    def effect(self) -> Effect:
        """What it does to what is there."""
        ...

    @property
    def busy_codes(self) -> frozenset[str]:
        """The refusals that a run of the very same request may cause."""
        ...

    @property
    def done_codes(self) -> frozenset[str]:
        """The refusals that say that it was done already."""
        ...

    @property
    def judged_by(self) -> frozenset[Part]:
        """The lists by which it is judged."""
        ...

    @property
    def rereads(self) -> frozenset[Part]:
        """The lists that are others after it."""
        ...

    @property
    def template(self) -> str:
        """The path of its request with a place for each id."""
        ...

    @property
    def schema(self) -> Schema | None:
        """The shape of its body."""
        ...

    def draft_of(self, document: Any) -> Any:
        """Return the draft that a request file of this operation means; its path and body have been found good."""
        ...

    def subject(self, draft: Any, ledger: Reading) -> Subject:
        """Return what a draft is done to."""
        ...

    def change(self, draft: Any, ledger: Reading) -> Change:
        """Return the change that a draft asks for. ``ValueError`` when it lacks what makes a request."""
        ...

    def keeps_busy(self, change: Change) -> tuple[str, ...]:
        """Return the lanes besides its own in which the service takes nothing while it runs."""
        return ()

    def opens(self, change: Change) -> BackupId | None:
        """Return the backup that has to be read by itself to judge a change, ``None`` where lists tell all."""
        return None

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge a change by what is known."""
        ...

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the data are by which it is judged, ``None`` when there are none."""
        ...

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Return what a change destroys or overwrites, counted by what is known."""
        ...

    def blast_together(self, changes: Sequence[Change], ledger: Reading) -> Generator[None, None, list[Blast]]:
        """Return what each of several changes destroys, in pieces; what is left is what stays when all are made."""
        blasts = []
        for change in changes:
            blasts.append(self.blast(change, ledger))
            yield
        return blasts

    def weigh(self, changes: Sequence[Change], ledger: Ledger, now: datetime) -> Generator[None, None, Weighed]:
        """Judge several changes and tell what they destroy, in pieces: there may be hundreds, and lists may be long.

        One by one, unless they have to do with each other or the operation knows a shorter way.
        """
        verdicts, blasts = [], []
        for change in changes:
            verdicts.append(self.judge(change, ledger, now))
            blasts.append(self.blast(change, ledger))
            yield
        return Weighed(verdicts, blasts)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Look once for what a request has made. Raises ``CloudError``."""
        ...

    async def look_into_busy(self, intent: Intent, reader: Reader) -> Search:
        """Look once for what keeps the lane of a refused request busy: what it made itself, or something else.

        The search is not whole where nothing is seen that does: then it may be its own that does not show yet. Raises
        ``CloudError``. Where the thing itself tells, as it does of most kinds, this is ``find``.
        """
        return await self.find(intent, reader)

    def adopted(self, intent: Intent, candidate: Candidate) -> Result:
        """Return a candidate as what a request has made, because a person says so.

        Never asked of a kind whose ``find`` names no candidates.
        """
        raise ValueError(f"{self.kind} has no candidates")

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read how an accepted request goes on, into the ledger; return what it has made where that was read.

        Raises ``CloudError`` when it could not be read; what else could be is in the ledger all the same.
        """
        ...

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return what became of an accepted request, as far as the ledger knows."""
        ...


class AnsweredOperation(Operation):
    """An operation that is through when it is accepted: its answer tells all, and that it was done."""

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """The answer has told all."""
        return intent.result

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return that it was done, since the answer said so."""
        if intent.result is None:
            return None
        return single(intent.subject.id, intent.subject.name, Fate.DONE, intent.result.status)
