"""What a batch is judged by: what is asked for row by row, what is known in its profiles, and how fresh that is."""

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime, timedelta

from cbr_desktop.domain.blast import merged
from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.sharing import SharesLost
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import counted
from cbr_desktop.ui.operations.form import BatchForm, ContextRow
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.batch import (
    FRESH_MINUTES,
    LIMIT,
    Batch,
    BatchRow,
    Item,
    counted_at,
    destroys_something,
    judging,
)
from cbr_desktop.workflows.derived import is_little
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.ports import Clock

_FRESH = timedelta(minutes=FRESH_MINUTES)


class BatchJudge:
    """Judges what ``form`` asks for of rows, those that are left out excepted."""

    def __init__(self, asked: Sequence[ContextRow], form: BatchForm, clock: Clock) -> None:
        self.asked = list(asked)
        self.contexts: dict[str, ProfileContext] = {context.profile.name: context for context, _row in asked}
        """The profiles that the rows are of, by their names."""
        self.operation = OPERATIONS[form.kind]
        self.left_out: set[int] = set()
        """The numbers of the rows that a person has left out."""
        self._form = form
        self._clock = clock
        self._asked_at = clock.now()
        self._untaken: set[int] = set()
        """The rows of which the form asks for nothing."""
        self._lacking: dict[int, str] = {}
        """Why nothing can be asked for of a row, by its number."""

    @property
    def ledgers(self) -> dict[str, Ledger]:
        """What is known, by the names of the profiles."""
        return {name: context.ledger for name, context in self.contexts.items()}

    def named(self, batch: Batch) -> list[tuple[str, str]]:
        """Return ids and names of what its rows are done to, and of what else could be taken for a vault among it."""
        subjects = [row.subject for row in batch.rows if row.subject is not None and row.subject.id]
        named = [(each.id, each.name) for each in subjects]
        if any(each.type is SubjectType.VAULT for each in subjects):
            named += [(vault.id, vault.name) for each in self.ledgers.values() for vault in each.vaults.values()]
        return named

    @property
    def is_small(self) -> bool:
        """Whether there is so little to be gone through that it is done at once."""
        return is_little(len(self.asked), self.ledgers.values())

    @property
    def is_reached(self) -> bool:
        """Whether no profile is known to be out of reach."""
        return not self.away(self.contexts.values())

    def away(self, contexts: Iterable[ProfileContext]) -> list[str]:
        """Return which of some profiles are out of reach now."""
        return [each.profile.name for each in contexts if each.ledger.connection.reach is Reach.UNREACHABLE]

    def ask_anew(self) -> None:
        """Judge by lists alone that are read from now on, what destroys something."""
        self._asked_at = self._clock.now()

    def judging(self, now: datetime) -> Generator[None, None, Batch]:
        """Judge what is asked for by what is known now, in pieces."""
        items, lacking, untaken = [], dict[int, str](), set[int]()
        for number, (context, row) in enumerate(self.asked, 1):
            draft = None
            if not self._form.takes(context, row):
                untaken.add(number)
            else:
                try:
                    draft = self._form.draft(context, row)
                except ValueError:
                    lacking[number] = self._form.lacking(context, row)
            items.append(Item(context.profile.name, draft, self._form.subject(context, row)))
            yield
        left_out = self.left_out | untaken
        # all rows are judged by the same lists, also where others are read meanwhile
        ledgers = {name: ledger.still() for name, ledger in self.ledgers.items()}
        batch = yield from judging(self._form.kind, items, ledgers, left_out, now)
        self._lacking, self._untaken = lacking, untaken
        return batch

    def taken(self, batch: Batch) -> list[BatchRow]:
        """Return the rows of which something is asked for."""
        return [row for row in batch.rows if row.number not in self._untaken]

    def lacking(self, row: BatchRow) -> str:
        """Return why nothing can be asked for of a row, empty where something is."""
        return self._lacking.get(row.number, "")

    def counted_at(self) -> datetime | None:
        """Return how old the lists are by which it is counted what is destroyed, ``None`` where one was not read."""
        return counted_at(self._form.kind, self.ledgers.values())

    def is_counted(self, ledgers: Iterable[Ledger] | None = None) -> bool:
        """Whether lists, by default those of all profiles, were read since it was asked for that, and of late."""
        at = counted_at(self._form.kind, self.ledgers.values() if ledgers is None else ledgers)
        return at is not None and self._asked_at <= at and self._clock.now() - at <= _FRESH

    def uncounted(self, batch: Batch) -> set[str]:
        """Return the profiles of which it could not be counted afresh what is destroyed."""
        if not destroys_something(batch):
            return set()
        return {name for name, ledger in self.ledgers.items() if not self.is_counted([ledger])}

    def hindered(self, batch: Batch) -> list[BatchRow]:
        """Return the rows that cannot go and are not left out."""
        uncounted = self.uncounted(batch)
        return [row for row in batch.sent if row.is_blocked or row.profile in uncounted]

    def objection(self, batch: Batch) -> str:
        """Return what speaks against the batch by what is known, empty when nothing does."""
        if len(batch.sent) > LIMIT:
            return _("Not ready: a batch takes {limit} at most. Select fewer, and do the rest afterwards.").format(
                limit=LIMIT
            )
        if all(row.change is None for row in batch.sent):
            return self._unasked(batch)
        hindered = self.hindered(batch)
        if not hindered:
            return ""
        told = counted(
            "Not ready: {count} cannot be done. Leave it out, or close.",
            "Not ready: {count} cannot be done. Leave them out, or close.",
            len(hindered),
        )
        if all(row.is_blocked for row in hindered):
            return told
        return sentences(told, _("What is lost could not be counted afresh."), self._trouble(), _("Read again."))

    def shares(self, batch: Batch) -> SharesLost | None:
        """Return which of the backups that are lost are shared, ``None`` where that cannot be read."""
        found = []
        for name, context in self.contexts.items():
            reader = context.backup_reader
            if reader is None:
                return None
            own = merged([row.blast for row in batch.sent if row.profile == name]).shareable
            found.append(reader.shares_lost(own, context.ledger))
        shared = tuple(each for told in found for each in told.shared)
        return SharesLost(shared, sum(told.total for told in found), sum(told.unread for told in found))

    def _unasked(self, batch: Batch) -> str:
        """Return why nothing is asked for yet: what all rows lack, else what the first of them does."""
        missing = self._form.missing()
        if missing is None and not batch.sent:
            return _("Nothing is left to be done: everything is left out.")
        lacking = next((words for row in batch.sent if (words := self.lacking(row))), "")
        first = missing.words if missing is not None else lacking or _("Something is missing above.")
        return _("Not ready: {first}").format(first=first)

    def _trouble(self) -> str:
        """Return why a list could not be read, empty where that is not known."""
        errors = [
            ledger.freshness[part].error
            for ledger in self.ledgers.values()
            for part in sorted(self.operation.judged_by)
        ]
        return next((error_sentence(error) for error in errors if error is not None), "")
