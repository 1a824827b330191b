"""Intents: what this program was asked to do to a service, from the click to the certain end.

::

    QUEUED ──claim──> SENDING ──200──> ACCEPTED ──all resources terminal──> FINISHED
      ^  |              | | └──a code that means "not done"──> REJECTED
      |  └──person──> CANCELLED
      └──nothing left this machine──┘ └──anything else, or found so at start──> UNKNOWN
                                                                                  |
      a person asks again: a new intent <──person──  NOT_FOUND <──looked, no trace┤
                                                     NOT_FOUND ──person: look on──> UNKNOWN
                                                                   ACCEPTED <──found by reading

Only SENDING reaches the wire, once. UNKNOWN is settled by reading and never sent again by the program.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cbr_desktop.domain.checkpoint import Checkpoint
from cbr_desktop.domain.ids import IntentId, ProjectId, VaultId
from cbr_desktop.domain.outcome import Outcome


class IntentState(StrEnum):
    """Where an intent stands; the drawing at the head of this file has the ways between them."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FINISHED = "finished"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_FOUND = "not-found"
    CANCELLED = "cancelled"


SETTLED = frozenset({IntentState.FINISHED, IntentState.REJECTED, IntentState.NOT_FOUND, IntentState.CANCELLED})
"""The states that the program does not leave by itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an intent goes: its own copy, so that an edited profile cannot send it elsewhere."""

    profile: str
    cbr_endpoint: str
    project: str
    project_id: ProjectId | None
    vault_id: VaultId
    vault_name: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an intent was not carried out: code and message as the service gave them, and the request id."""

    status: int
    code: str
    message: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """One request and its fate.

    ``body`` is what is sent, byte for byte. ``name`` is the tag by which a lost answer is looked for, empty when the
    service chooses. ``note`` is a word about the state, for people's eyes only after ``ui/text``. ``outcome`` is what
    became of the resources, once they have all ended: the service forgets its tasks after a month, the row does not.
    """

    id: IntentId
    target: Target
    body: bytes
    name: str
    state: IntentState
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None = None
    checkpoint: Checkpoint | None = None
    request_id: str = ""
    refusal: Refusal | None = None
    note: str = ""
    retry_of: IntentId | None = None
    outcome: Outcome | None = None

    def moved(self, state: IntentState, at: datetime, **changes: object) -> "Intent":
        """Return the intent in another state, as of ``at``."""
        return replace(self, state=state, changed_at=at, **changes)  # type: ignore[arg-type]

    @property
    def is_settled(self) -> bool:
        """Whether the program has nothing left to do about it."""
        return self.state in SETTLED
