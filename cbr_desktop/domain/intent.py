"""Intents: what this program was asked to do to a service, from the click to the certain end.

::

    SCHEDULED ──due──┐       ┌──a code that means "not done"──> REJECTED
        │            v       │
        │         QUEUED ──claim──> SENDING ──2xx──> ACCEPTED ──all of it has ended──> FINISHED
        │          ^  │ ^───nothing left this machine───┘ │             ^
        │  release │  │                                   │             │ found by reading ("reconciled")
        │          │  v hold                              │anything else, or found so at start
        └──late──> HELD                                   └──> UNKNOWN ─┤
                                                                  ^     └──looked, no trace──> NOT_FOUND
                                                                  └──person: look on, or the vault is busy──┘

    UNKNOWN ──person: this one is mine──> ACCEPTED ("adopted"), ──person: none is──> NOT_FOUND ("disowned")
    UNKNOWN ──proved undone, and the operation may be repeated──> QUEUED, at most twice

    SCHEDULED, QUEUED and HELD ──person──> CANCELLED
    HELD ──release──> SCHEDULED when its time is still to come
    NOT_FOUND ──person: send again──> a new intent with ``retry_of``; this one stays, and may yet be found (ACCEPTED)

A hold is a person's (note ``person``) or the program's: confirmed too long ago (``stale``), judged by data that newer
data contradict (``contradicted``), its time passed while nothing ran (``late``), it overwrites something and the
program ended before it was sent (``restarted``), its profile leads elsewhere (``elsewhere``, until it leads back), the
command that asked for it ended first (``left``), the request that it waited for failed (``prior-failed``). All others
only a person releases, and that is a new confirmation.

Only SENDING reaches the wire, once. UNKNOWN is settled by reading; what cannot be repeated without harm is never sent
again by the program, and the rest only when reading has proved that it was not done. What is found
may be another's: where a second explanation remains the request stays UNKNOWN (``AMBIGUOUS``) with its ``candidates``,
and where the clocks could not be compared "not found" is not concluded (``NO_CLOCK``).
"""

from datetime import datetime
from enum import StrEnum
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.change import Change, Result, Subject
from cbr_desktop.domain.checkpoint import Checkpoint
from cbr_desktop.domain.ids import CheckpointId, IntentId, ProjectId
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.domain.redaction import redact_fields


class IntentState(StrEnum):
    """Where an intent stands; the drawing at the head of this file has the ways between them."""

    SCHEDULED = "scheduled"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FINISHED = "finished"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_FOUND = "not-found"
    CANCELLED = "cancelled"


SETTLED = frozenset({IntentState.FINISHED, IntentState.REJECTED, IntentState.NOT_FOUND, IntentState.CANCELLED})
"""The states of which the program expects no more by itself."""

WAITING = frozenset({IntentState.SCHEDULED, IntentState.HELD, IntentState.QUEUED})
"""The states in which nothing has left this machine, so that a person can take the request back."""


class Reason(StrEnum):
    """Why an intent stands in its state, where the state alone does not say so; words for people are made of it."""

    NONE = ""

    # waiting
    OFFLINE = "offline"
    """The operator works offline."""
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    LOGIN = "login"
    """A person has to do something about the login first."""
    NOT_SAVED = "not-saved"
    """The disk would not take the state; the row there says what was before."""
    OLD_DATA = "old-data"
    """Newer data than those it was judged by are asked for."""
    PRIOR = "prior"
    """Another request has to finish first."""
    REPEATED = "repeated"
    """It was proved not to be done and goes again, because its operation may be repeated."""

    # held
    PERSON = "person"
    STALE = "stale"
    """It was confirmed too long ago."""
    CONTRADICTED = "contradicted"
    """Newer data speak against it."""
    LATE = "late"
    """Its time passed while nothing ran."""
    RESTARTED = "restarted"
    """It overwrites something, and the program that was told to send it ended before."""
    CLOCK = "clock"
    """It was confirmed by a clock that was ahead."""
    ELSEWHERE = "elsewhere"
    """Its profile leads elsewhere."""
    LEFT = "left"
    """The command that asked for it ended before it was sent: no other sends it until a person releases it."""
    PRIOR_FAILED = "prior-failed"
    """The request that it waited for did not do all of what was asked for."""
    NO_PROFILE = "no-profile"
    """It has no profile any more."""

    # unknown
    INTERRUPTED = "interrupted"
    """The program ended, or was told to, while it was being sent."""
    LOOKING_AGAIN = "looking-again"
    LANE_BUSY = "vault-busy"
    """No trace was found, but what is busy may be busy with it."""
    AMBIGUOUS = "ambiguous"
    """What was found may be its own or another's."""
    NO_CLOCK = "no-clock"
    """Nothing was found while it is not known when, by the service's time, to look."""
    NO_ANSWER = "NoAnswer"
    BAD_ANSWER = "BadAnswer"
    REDIRECTED = "Redirected"
    SIGN_IN_PAGE = "SignInPage"
    REFUSED = "Refused"
    """The service reported a fault of its own, or that something is at work there, which may be this very request."""
    FORBIDDEN = "Forbidden"
    NOT_THERE = "NotFound"
    LOGIN_REFUSED = "LoginRefused"
    TOO_MANY = "Throttled"
    UNPROVED = "Unproved"
    PROXY = "Unreachable"
    """A proxy wanted a login in place of an answer."""

    # settled
    RECONCILED = "reconciled"
    """It was found by reading."""
    ADOPTED = "adopted"
    """A person says that a candidate is its own."""
    DISOWNED = "disowned"
    """A person says that nothing of what was found is its own."""


def reason_of(text: str) -> Reason:
    """Return the reason that is spelled so; a word that this version does not know is kept as it is, and decides
    nothing."""
    return cast(Reason, known(Reason, text))


class Origin(StrEnum):
    """What confirmed a request, and thereby sends it: a window sends all of its profile, a command its own alone."""

    WINDOW = "window"
    COMMAND = "command"


class Target(Struct, frozen=True):
    """Where an intent goes: its own copy, so that an edited profile cannot send it elsewhere."""

    profile: str
    cbr_endpoint: str
    project: str
    project_id: ProjectId | None = None


REASON_LIMIT, APPROVER_LIMIT = 300, 120
"""Letters of a reason and of the name of the one who approved."""


class Approval(Struct, frozen=True):
    """Why something is overwritten, in the words of the one who sends it, and who approved that, empty for no one."""

    reason: str
    approver: str = ""


class Refusal(Struct, frozen=True):
    """Why an intent was not carried out: code and message as the service gave them, and the request id."""

    status: int
    code: str
    message: str
    request_id: str = ""

    def __post_init__(self) -> None:
        redact_fields(self, "code", "message", "request_id")


class Looked(Struct, frozen=True):
    """Where a request without an answer was looked for, how often and when.

    ``where`` is ``tasks`` or ``backups``, ``since`` the oldest that was read. ``times`` counts the looks that could be
    done, ``failures`` those that could not; ``failure`` is the name of the last one's error.
    """

    where: str
    since: datetime
    times: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    failures: int = 0
    failure: str = ""


class Candidate(Struct, frozen=True):
    """A checkpoint that may be what a request made: its id, the name of its backups, when the service made it."""

    id: CheckpointId
    name: str = ""
    created_at: datetime | None = None


class Intent(Struct, frozen=True):
    """One request and its fate.

    ``change`` is what is sent, ``result`` what it made, once that is known. ``reason`` is why it stands in its state.
    ``outcome`` is what became of it, once all of it has ended: the service forgets its tasks after a month, the row
    does not.

    ``confirmed_at`` is when a person last said send, ``by`` who that was (``login@host``), ``due_at`` when it is to go
    at the earliest. ``draft`` is the path of the file it came from and ``plan`` the id of the run of a plan, empty when
    there is none. ``preflight_at`` is how old the data were by which it was judged, ``None`` when there were none.
    ``duplicates`` are other checkpoints that exist under the same name: it was made more than once. ``origin`` is what
    confirmed it last.

    ``service_sent_at`` is the earliest time by the service's clock at which the request can have left, ``None`` while
    the difference between the clocks was not known. ``candidates`` are the checkpoints that may be its own. ``sends``
    is how often it was sent, more than once only where an operation may be repeated. It waits for the intent ``after``
    to finish, and takes the id of its result. ``approval`` is given for what overwrites something alone.
    """

    id: IntentId
    target: Target
    change: Change
    state: IntentState
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None = None
    result: Result | None = None
    request_id: str = ""
    refusal: Refusal | None = None
    reason: Reason = Reason.NONE
    retry_of: IntentId | None = None
    outcome: Outcome | None = None
    due_at: datetime | None = None
    confirmed_at: datetime | None = None
    by: str = ""
    draft: str = ""
    plan: str = ""
    preflight_at: datetime | None = None
    looked: tuple[Looked, ...] = ()
    duplicates: tuple[CheckpointId, ...] = ()
    service_sent_at: datetime | None = None
    candidates: tuple[Candidate, ...] = ()
    origin: Origin = Origin.WINDOW
    sends: int = 0
    after: IntentId | None = None
    approval: Approval | None = None

    @property
    def body(self) -> bytes:
        """What is sent, byte for byte."""
        return self.change.body

    @property
    def name(self) -> str:
        """The tag by which a lost answer is looked for, empty when the service chooses the name."""
        return self.change.tag

    @property
    def subject(self) -> Subject:
        """What it is done to."""
        return self.change.subject

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint that it made, as far as it is known."""
        return self.result.checkpoint if self.result is not None else None

    def moved(self, state: IntentState, at: datetime, **changes: object) -> "Intent":
        """Return the intent in another state, as of ``at``."""
        return replace(self, state=state, changed_at=at, **changes)

    @property
    def lane(self) -> tuple[str, str]:
        """What runs one request at a time: an endpoint, and the lane of the change there."""
        return self.target.cbr_endpoint, self.change.lane.lower()

    @property
    def is_settled(self) -> bool:
        """Whether the program has nothing left to do about it."""
        return self.state in SETTLED

    @property
    def awaits_person(self) -> bool:
        """Whether its outcome is unknown and a person can say it: by a candidate, or as reading has ended in vain."""
        return self.state is IntentState.UNKNOWN and (
            bool(self.candidates) or self.reason in (Reason.AMBIGUOUS, Reason.NO_CLOCK)
        )

    @property
    def wanted_at(self) -> datetime:
        """The last time for which a person wanted it sent: as confirmed, or as scheduled where that is later."""
        confirmed = self.confirmed_at or self.created_at
        return confirmed if self.due_at is None else max(confirmed, self.due_at)


def without_profile(intent: Intent) -> Intent:
    """Return an intent as it stands while there is no profile of its name: it is not sent, looked for or followed.

    What waits is held, and what was being sent is unknown. It is the row that is shown; the one on the disk stays.
    """
    if intent.is_settled:
        return intent
    if intent.state in WAITING:
        return replace(intent, state=IntentState.HELD, reason=Reason.NO_PROFILE)
    state = IntentState.UNKNOWN if intent.state is IntentState.SENDING else intent.state
    return replace(intent, state=state, reason=Reason.NO_PROFILE)
