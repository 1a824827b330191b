"""Batches: one operation done to several things, of several profiles, which are judged together and go as one plan.

A batch is a plan that no file was written for: its run is kept, followed and told like that of any other. No thing of
it waits for another, so a refusal keeps nothing back, and neither does a profile that cannot be reached.
"""

from collections import Counter
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.blast import (
    Blast,
    Lost,
    LostBackups,
    NameCheck,
    can_be_typed,
    destroys,
    grave,
    merged,
    name_to_type,
)
from cbr_desktop.domain.change import Change, Kind, Subject, SubjectType
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.domain.plan import STEP_LIMIT, Plan, Step
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.documents import document_of
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import OPERATIONS, change_of

LIMIT = STEP_LIMIT
"""How many things one batch takes."""
CONCURRENCY = 4
"""How many of its requests may be under way at once."""
FRESH_MINUTES = 2
"""How old the lists may be by which it is counted what a batch destroys."""
NAMES_TYPED = 5
"""How many names of vaults a person types at the most."""
_NOTHING = Blast()


class Item(Struct, frozen=True):
    """One thing of a batch: the draft of what is asked for, and the profile that it is asked from.

    While something is missing that all of the batch need, the draft is ``None``, and ``subject`` stands for it.
    """

    profile: str
    draft: Any
    subject: Subject | None = None


class BatchRow(Struct, frozen=True):
    """One thing of a batch as it was judged; ``change`` is ``None`` while its draft lacks what makes a request.

    ``name`` is the one that the request gives to something, empty where it gives none.
    """

    number: int
    profile: str
    subject: Subject | None
    change: Change | None = None
    findings: tuple[Finding, ...] = ()
    blast: Blast = _NOTHING
    is_left_out: bool = False
    name: str = ""

    @property
    def is_blocked(self) -> bool:
        """Whether the service would refuse it, or nothing can be asked for."""
        return self.change is None or any(each.severity is Severity.BLOCK for each in self.findings)


class Batch(Struct, frozen=True):
    """All of it, judged by what is known; what is lost is counted of the rows that are not left out."""

    kind: Kind
    rows: tuple[BatchRow, ...]
    blast: Blast
    sums: tuple[Finding, ...] = ()
    """What is to be said of those rows as a whole, profile by profile."""

    @property
    def sent(self) -> tuple[BatchRow, ...]:
        """The rows that are not left out."""
        return tuple(row for row in self.rows if not row.is_left_out)

    @property
    def blocked(self) -> tuple[BatchRow, ...]:
        """The rows that are not left out and would be refused."""
        return tuple(row for row in self.sent if row.is_blocked)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found of the rows that are not left out."""
        return tuple(finding for row in self.sent for finding in row.findings)


def judged(
    kind: Kind, items: Sequence[Item], ledgers: Mapping[str, Ledger], left_out: Collection[int], now: datetime
) -> Batch:
    """Judge a batch by what is known of its profiles; ``left_out`` are numbers of items, counted from 1."""
    return at_once(judging(kind, items, ledgers, left_out, now))


def judging(
    kind: Kind, items: Iterable[Item], ledgers: Mapping[str, Ledger], left_out: Collection[int], now: datetime
) -> Generator[None, None, Batch]:
    """Do the same in pieces: there may be hundreds of items."""
    operation = OPERATIONS[kind]
    rows: dict[int, BatchRow] = {}
    for number, item in enumerate(items, 1):
        rows[number] = _row(number, item, ledgers[item.profile])
        yield
    sums: list[Finding] = []
    for profile, ledger in ledgers.items():
        own = [row for row in rows.values() if row.profile == profile and row.change is not None]
        for is_left_out in (False, True):
            some = [row for row in own if (row.number in left_out) is is_left_out]
            changes = [row.change for row in some if row.change is not None]
            if not changes:
                continue
            weighed = yield from operation.weigh(changes, ledger, now)
            for row, verdict, blast in zip(some, weighed.verdicts, weighed.blasts, strict=True):
                rows[row.number] = replace(row, findings=verdict.findings, blast=blast, is_left_out=is_left_out)
            if not is_left_out:
                sums += weighed.sums
            yield
    for row in rows.values():
        if row.change is None:
            rows[row.number] = replace(row, is_left_out=row.number in left_out)
    made = tuple(rows.values())
    lost = merged([row.blast for row in made if not row.is_left_out and row.change is not None])
    return Batch(kind, made, lost, tuple(sums))


def counted_at(kind: Kind, ledgers: Iterable[Ledger]) -> datetime | None:
    """Return how old the oldest list is by which a batch is judged, ``None`` where one was never read."""
    parts = OPERATIONS[kind].judged_by
    known = [ledger.freshness[part].as_of for ledger in ledgers for part in parts]
    return None if None in known else min((at for at in known if at is not None), default=None)


def why_named(batch: Batch, ledgers: Mapping[str, Ledger]) -> NameCheck | None:
    """Return why a person types a name before a batch goes, the gravest; ``None`` where it is not typed."""
    effect, profiles = OPERATIONS[batch.kind].effect, {row.profile for row in batch.sent}
    found = {grave(effect, ledgers[name].profile.environment, batch.blast) for name in profiles}
    return next((each for each in NameCheck if each in found), None)


class NameToType(Struct, frozen=True):
    """The name that is typed to confirm a batch: of the resource or the vault that ``count`` of its things are of.

    Of ``vaults`` it is several names with commas between, those of the vaults that lose the most.
    """

    name: str
    of: str
    count: int

    def is_met_by(self, text: str) -> bool:
        """Whether a text is that name; between several names spaces count for nothing."""
        if self.of != "vaults":
            return text == self.name
        return [each.strip() for each in text.split(",")] == self.name.split(", ")


def name_of(batch: Batch) -> NameToType | None:
    """Return the name that a person types: of the resource if all things are of one, else of the vault of most of them.

    Of a batch of vaults it is the names of those that lose the most, ``NAMES_TYPED`` at most. Where none of that can
    be typed, it is what the first thing is called. ``None`` of an empty batch.
    """
    lost, sent = batch.blast.backups, batch.sent
    if sent and all(row.subject is not None and row.subject.type is SubjectType.VAULT for row in sent):
        ranked = sorted(sent, key=_gravity)[:NAMES_TYPED]
        names = list(dict.fromkeys(name_to_type(row.subject) for row in ranked if row.subject is not None))
        return NameToType(", ".join(names), "vaults", len(names))
    resources = {each.resource_id: each.resource_name for each in lost}
    if len(resources) == 1 and len(lost) == len(sent):
        (name,) = resources.values()
        if can_be_typed(name):
            return NameToType(name, "resource", len(sent))
    vaults = Counter(each.vault_name for each in lost if can_be_typed(each.vault_name))
    if vaults:
        name, count = min(vaults.items(), key=lambda each: (-each[1], each[0]))
        return NameToType(name, "vault", count)
    subjects = [row.subject for row in sent if row.subject is not None]
    return NameToType(name_to_type(subjects[0]), "thing", 1) if subjects else None


def _gravity(row: BatchRow) -> tuple[bool, int, int]:
    """Return how much a row destroys, to be sorted by: what takes last backups first, then what takes the most."""
    counts = (each.count for each in row.blast.lost if isinstance(each, LostBackups))
    return not row.blast.takes_last, -(sum(counts) + row.blast.more), row.number


class Remainder(Struct, frozen=True):
    """What becomes of the backups of one resource: how many are lost, and how many good ones stay.

    ``next_at`` is when the newest of those was made that stay, ``is_last`` whether none is left though there was one.
    """

    resource_name: str
    lost: int
    left: int | None
    next_at: datetime | None
    is_last: bool


def remainders(blast: Blast) -> list[Remainder]:
    """Return what becomes of each resource of which backups are lost, those with the least left first."""
    own: dict[str, list[Lost]] = {}
    for each in blast.backups:
        own.setdefault(each.resource_id or each.resource_name, []).append(each)
    made = [
        Remainder(held[0].resource_name, len(held), held[0].left, held[0].next_at, any(each.is_last for each in held))
        for held in own.values()
    ]
    return sorted(made, key=lambda each: (not each.is_last, each.left if each.left is not None else -1))


def destroys_something(batch: Batch) -> bool:
    """Whether a batch takes something away that was there."""
    return destroys(OPERATIONS[batch.kind].effect)


def plan_of(batch: Batch, name: str) -> Plan:
    """Return the plan of a batch: a step for every row that is not left out.

    ``ValueError`` while one of them lacks what makes a request, or there are more than ``LIMIT``.
    """
    sent = batch.sent
    if not 0 < len(sent) <= LIMIT:
        raise ValueError("a batch has from one to as many things as a plan takes")
    steps = []
    for number, row in enumerate(sent, 1):
        if row.change is None:
            raise ValueError("a thing of the batch lacks what makes a request")
        steps.append(Step(number, row.profile, "", document_of(row.change)))
    # what keeps more busy than its own lane begins one after the other, instead of standing in line in the outbox
    is_wide = any(OPERATIONS[batch.kind].keeps_busy(row.change) for row in sent if row.change is not None)
    return Plan(name, tuple(steps), "", 1 if is_wide else CONCURRENCY, stop_on_failure=False, in_order=False)


def _row(number: int, item: Item, ledger: Ledger) -> BatchRow:
    if item.draft is None:
        return BatchRow(number, item.profile, item.subject)
    try:
        change = change_of(item.draft, ledger)
    except ValueError:
        return BatchRow(number, item.profile, item.subject)
    return BatchRow(number, item.profile, change.subject, change, name=str(getattr(item.draft, "name", "")))
