"""The runs of all policies of a project on one axis of time, and which of them get into each other's way.

How long a run usually takes is the middle one of what tasks tell of earlier ones. Where that is not known, only what
begins at one moment is said to meet.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from heapq import merge
from itertools import islice

from msgspec import Struct

from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.policy import BACKUP, Policy
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.workflows.derived import PIECE_ROWS, pieces
from cbr_desktop.workflows.ledger import Reading

ENOUGH = 3
"""How many ended runs it takes to say what is usual."""
LIMIT = 20_000
"""The most runs of one policy that are worked out: 24 a day for longer than two years."""
_PIECE_RUNS = 100
_TYPES = {TaskType.BACKUP, TaskType.REPLICATION, TaskType.COPY}
Lasting = Mapping[tuple[PolicyId, VaultId], timedelta]


class ClashKind(Enum):
    """What is wrong with the moment at which a run begins."""

    BEFORE_BACKUP_ENDS = auto()
    """A replication begins while the backup that it should copy is usually still being made."""
    SAME_VAULT = auto()
    """Another backup policy is usually at work in the same vault, which makes one backup at a time."""
    STILL_RUNNING = auto()
    """The last run of the same policy is usually still at work in a vault."""


class Clash(Struct, frozen=True):
    """One run that begins too early: that of ``policy_id`` at ``at``, while that of ``other_id`` is at work.

    ``vault_id`` is where that takes longest, ``lasts`` how long it usually does, ``None`` where that is not known
    and both begin at one moment.
    """

    kind: ClashKind
    at: datetime
    policy_id: PolicyId
    other_id: PolicyId
    vault_id: VaultId
    lasts: timedelta | None


def is_at_work(policy: Policy) -> bool:
    """Whether a policy runs at all: it is enabled, and applied to a vault."""
    return policy.enabled and bool(policy.vault_ids)


def next_run(policy: Policy, now: datetime) -> datetime | None:
    """Return when a policy runs next, ``None`` where it does not run."""
    return next(policy.schedule.runs(now), None) if is_at_work(policy) else None


def runs_of(policy: Policy, since: datetime, until: datetime) -> list[datetime]:
    """Return when a policy runs from ``since`` on and before ``until``, aware UTC; no more than ``LIMIT``."""
    found = policy.schedule.runs(since - timedelta(microseconds=1), until - timedelta(microseconds=1))
    return list(islice(found, LIMIT))


def usual_durations(tasks: Iterable[Task]) -> Generator[None, None, dict[tuple[PolicyId, VaultId], timedelta]]:
    """Work out in pieces how long the runs of policies usually take, vault by vault, where enough of them are known.

    The middle one of all is what is usual, of an even number the longer. A run is what belongs to one checkpoint; it
    takes until the last of its tasks has ended. Runs of which nothing succeeded say nothing.
    """
    runs = defaultdict[tuple[PolicyId, VaultId], dict[str, list[Task]]](lambda: defaultdict(list))
    for piece in pieces(tasks):
        for task in piece:
            if task.policy_id is not None and task.vault_id is not None and task.type in _TYPES:
                runs[task.policy_id, task.vault_id][task.checkpoint_id or task.id].append(task)
        yield
    found = {}
    for number, (key, each) in enumerate(runs.items(), 1):
        spans = [span for own in each.values() if (span := _span(own)) is not None]
        if len(spans) >= ENOUGH:
            found[key] = sorted(spans)[len(spans) // 2]
        if not number % _PIECE_RUNS:
            yield
    return found


def _span(tasks: Sequence[Task]) -> timedelta | None:
    begun = [task.began_at for task in tasks if task.began_at is not None]
    ended = [task.ended_at for task in tasks if task.ended_at is not None]
    if len(ended) < len(tasks) or not begun or not any(task.status == TaskStatus.SUCCESS for task in tasks):
        return None
    return max(ended) - min(begun)


def clashes(ledger: Reading, lasting: Lasting, since: datetime, until: datetime) -> Generator[None, None, list[Clash]]:
    """Return the runs that begin too early, from ``since`` on and before ``until``; the earliest first.

    Vaults with the same policies are looked at together, each policy with the longest of its usual times there.
    """
    groups = defaultdict[tuple[PolicyId, ...], list[VaultId]](list)
    policies = {policy.id: policy for policy in ledger.policies.values() if is_at_work(policy)}
    applied = defaultdict[VaultId, list[PolicyId]](list)
    for policy in policies.values():
        for vault_id in policy.vault_ids:
            applied[vault_id].append(policy.id)
    yield
    for number, (vault_id, own) in enumerate(applied.items(), 1):
        groups[tuple(sorted(own))].append(vault_id)
        if not number % PIECE_ROWS:
            yield
    runs = {}
    for id, policy in policies.items():
        runs[id] = runs_of(policy, since, until)
        yield
    found: dict[tuple[ClashKind, datetime, PolicyId, PolicyId], Clash] = {}
    for ids, vault_ids in groups.items():
        for clash in _of_vaults([policies[id] for id in ids], vault_ids, lasting, runs):
            key = (clash.kind, clash.at, clash.policy_id, clash.other_id)
            known = found.get(key)
            if known is None or (clash.lasts or timedelta()) > (known.lasts or timedelta()):
                found[key] = clash
        yield
    return sorted(found.values(), key=lambda each: (each.at, each.policy_id, each.other_id))


def _of_vaults(
    policies: Sequence[Policy],
    vault_ids: Sequence[VaultId],
    lasting: Lasting,
    runs: Mapping[PolicyId, Sequence[datetime]],
) -> Iterator[Clash]:
    """Yield the runs of some policies that begin too early in vaults that have these very ones."""
    longest: dict[PolicyId, tuple[timedelta, VaultId]] = {}
    for policy in policies:
        known = [(lasts, id) for id in vault_ids if (lasts := lasting.get((policy.id, id))) is not None]
        if known:
            longest[policy.id] = max(known)
    is_backup = {policy.id: policy.operation_type == BACKUP for policy in policies}
    # at one moment backups come first: what is copied then is what is only being made
    every = merge(*([(at, not is_backup[policy.id], policy.id) for at in runs[policy.id]] for policy in policies))
    last: dict[PolicyId, datetime] = {}
    for at, _order, id in every:
        for other, began in last.items():
            lasts, vault_id = longest.get(other, (None, vault_ids[0]))
            if not (began == at if lasts is None else at - began < lasts or began == at):
                continue
            if is_backup[other] and not is_backup[id]:
                yield Clash(ClashKind.BEFORE_BACKUP_ENDS, at, id, other, vault_id, lasts)
            elif is_backup[other] and other != id:
                yield Clash(ClashKind.SAME_VAULT, at, id, other, vault_id, lasts)
            elif other == id and began != at:
                yield Clash(ClashKind.STILL_RUNNING, at, id, other, vault_id, lasts)
        last[id] = at
