"""The oracle: what the service has really done, what the program said of it, and the verdicts over the two."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cbr_desktop.domain import request
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.simulator.inventory import Estate

LEAVE_SECONDS = 5.0
"""How long leaving may take, by the clock that is turned."""
_SUCCESS = frozenset({IntentState.ACCEPTED, IntentState.FINISHED})
_OPEN = frozenset({IntentState.SENDING, IntentState.UNKNOWN})
_NOT_MADE = frozenset(set(IntentState) - _SUCCESS - _OPEN)


class Verdict(StrEnum):
    """What must never be; each is counted by the runs that show it."""

    SENT_TWICE = "sent twice"
    LOST = "lost"
    FALSE_SUCCESS = "called a success that it is not"
    FALSE_NOT_MADE = "called not made though it was"
    HANG = f"leaving took over {LEAVE_SECONDS:.0f} s"
    SECRET = "a secret in a file"
    BROKE = "a defect ended a resident"


@dataclass(frozen=True)
class Post:
    """A request for a checkpoint as it came to the service; ``made`` are the checkpoints that it made.

    ``is_denied`` is whether the program was told, in the service's own words, that nothing was done.
    """

    sender: str
    body: bytes
    made: tuple[str, ...]
    is_denied: bool


@dataclass(frozen=True)
class Told:
    """A state in which a person could see a request, and what was true then.

    ``executed`` is whether the service had made something of it by then, ``was_shown`` whether a true answer to the
    latest look would have shown that, or the answers were not true.
    """

    sender: str
    id: IntentId
    body: bytes
    state: IntentState
    at: datetime
    executed: bool
    was_shown: bool


@dataclass(frozen=True)
class Row:
    """A row of an outbox as it lies on the disk in the end, and whose program keeps it."""

    sender: str
    intent: Intent


@dataclass
class Evidence:
    """All that a run has left behind."""

    posts: list[Post] = field(default_factory=list)
    acknowledged: dict[IntentId, tuple[str, bytes]] = field(default_factory=dict)
    """The requests that the program said it keeps: by whom, and what they ask for."""
    told: list[Told] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    leaving: list[float] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    @property
    def asked(self) -> Counter[tuple[str, bytes]]:
        """How many requests of a sender and a wording there are; one may be kept though its program died over it."""
        known = {each.id: (each.sender, each.body) for each in self.told}
        known |= {row.intent.id: (row.sender, row.intent.body) for row in self.rows}
        return Counter((known | self.acknowledged).values())


@dataclass(frozen=True)
class Violation:
    """A verdict over one request of a run, with what it rests on."""

    verdict: Verdict
    why: str


def judged(evidence: Evidence, estate: Estate) -> list[Violation]:
    """Return what must not be in a run that is over. ``estate`` is the service's own."""
    return [
        *_sent_twice(evidence),
        *_lost(evidence),
        *_false_success(evidence, estate),
        *_false_not_made(evidence),
        *(Violation(Verdict.HANG, f"{each:.1f} s") for each in evidence.leaving if each > LEAVE_SECONDS),
        *(Violation(Verdict.SECRET, each) for each in evidence.secrets),
        *(Violation(Verdict.BROKE, each) for each in evidence.defects),
    ]


def resting(evidence: Evidence) -> Counter[str]:
    """Return why requests stay UNKNOWN: by the note on them."""
    unknown = (row.intent for row in evidence.rows if row.intent.state is IntentState.UNKNOWN)
    return Counter(intent.reason or "still looked for" for intent in unknown)


def unseen(evidence: Evidence) -> int:
    """Return how many requests were called NOT_FOUND at the end though made, because no answer could show them."""
    executed = {(post.sender, post.body) for post in evidence.posts if post.made}
    return sum(
        row.intent.state is IntentState.NOT_FOUND and (row.sender, row.intent.body) in executed for row in evidence.rows
    )


def _sent_twice(evidence: Evidence) -> list[Violation]:
    """A request may come again only when the service has said that nothing was done of the one before."""
    asked = evidence.asked
    sent = Counter((post.sender, post.body) for post in evidence.posts if not post.is_denied)
    made = Counter[tuple[str, bytes]]()
    for post in evidence.posts:
        made[post.sender, post.body] += len(post.made)
    return [
        Violation(Verdict.SENT_TWICE, f"{_name(key[1])}: {asked[key]} asked for, {sent[key]} sent, {made[key]} made")
        for key in sent | made
        if sent[key] > asked[key] or made[key] > asked[key]
    ]


def _lost(evidence: Evidence) -> list[Violation]:
    kept = {row.intent.id: row for row in evidence.rows}
    found = []
    for id, (sender, body) in evidence.acknowledged.items():
        row = kept.get(id)
        if row is None:
            found.append(Violation(Verdict.LOST, f"{_name(body)}: its row is gone"))
        elif (row.sender, row.intent.body) != (sender, body):
            found.append(Violation(Verdict.LOST, f"{_name(body)}: its row is of another request"))
        elif row.intent.state is IntentState.SENDING or _is_forgotten(row, evidence.rows):
            found.append(Violation(Verdict.LOST, f"{_name(body)}: {row.intent.state} for ever, and nobody is told why"))
    return found


def _is_forgotten(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a request waits for nothing: a note says what it waits for, or another is open in its vault."""
    intent = row.intent
    if intent.state is not IntentState.QUEUED or intent.reason:
        return False
    ahead = (other.intent for other in rows if other.sender == row.sender and other.intent.state in _OPEN)
    return all(other.lane != intent.lane for other in ahead)


def _false_success(evidence: Evidence, estate: Estate) -> list[Violation]:
    made: dict[tuple[str, bytes], set[str]] = {}
    for post in evidence.posts:
        made.setdefault((post.sender, post.body), set()).update(post.made)
    claims = Counter(
        row.intent.checkpoint.id for row in evidence.rows if row.intent.checkpoint and row.intent.state in _SUCCESS
    )
    found = []
    for row in evidence.rows:
        intent = row.intent
        if intent.state not in _SUCCESS:
            continue
        id = intent.checkpoint.id if intent.checkpoint is not None else "no checkpoint"
        if id not in made.get((row.sender, intent.body), ()):
            found.append(
                Violation(Verdict.FALSE_SUCCESS, f"{_name(intent.body)}: {intent.reason} by {id}, not its own")
            )
        elif claims[id] > 1:
            found.append(Violation(Verdict.FALSE_SUCCESS, f"{_name(intent.body)}: {id} is claimed {claims[id]} times"))
        elif intent.outcome is not None and intent.outcome.is_whole and not _is_whole(estate, intent, id):
            found.append(Violation(Verdict.FALSE_SUCCESS, f"{_name(intent.body)}: whole, and it is not"))
    return found


def _is_whole(estate: Estate, intent: Intent, id: str) -> bool:
    """Whether the service has a good backup of every resource that was asked for."""
    document, _ = request.read(intent.body)
    assert document is not None
    vault = estate.vaults[intent.subject.id]
    asked = {choice.id for choice in document.draft.resources or ()} or set(vault.resources)
    good = {b.resource_id for b in estate.backups.values() if b.checkpoint_id == id and b.status == "available"}
    return asked <= good


def _false_not_made(evidence: Evidence) -> list[Violation]:
    """A person who reads that nothing was made, at any time, may ask for it once more."""
    asked = evidence.asked
    found = {
        each.id: Violation(Verdict.FALSE_NOT_MADE, f"{_name(each.body)}: {each.state} at {each.at:%H:%M:%S}")
        for each in evidence.told
        if each.state in _NOT_MADE and each.executed and each.was_shown and asked[each.sender, each.body] == 1
    }
    made = Counter((post.sender, post.body) for post in evidence.posts if post.made)
    left = Counter((row.sender, row.intent.body) for row in evidence.rows if row.intent.state in _SUCCESS | _OPEN)
    for key in made:
        hidden = _hidden(evidence.told, key)
        if asked[key] > 1 and made[key] > left[key] + hidden:
            why = f"{_name(key[1])}: {made[key]} made, {left[key]} called so"
            found[IntentId(why)] = Violation(Verdict.FALSE_NOT_MADE, why)
    return list(found.values())


def _hidden(told: Sequence[Told], key: tuple[str, bytes]) -> int:
    """Return how many requests of one wording were called NOT_FOUND while no answer could show what they made."""
    return len(
        {
            each.id
            for each in told
            if (each.sender, each.body) == key and each.state is IntentState.NOT_FOUND and not each.was_shown
        }
    )


def _name(body: bytes) -> str:
    asked = json.loads(body)["checkpoint"]
    return str(asked.get("parameters", {}).get("name") or "unnamed")
