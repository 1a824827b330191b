"""The outbox: every request for a checkpoint leaves through here, durable first, sent at most once.

The states and the ways between them are drawn in ``domain/intent``. Two rules carry it all: the row says SENDING on the
disk before the first byte leaves, and a row that says SENDING is never sent again by this program.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import NAME_LIMIT, CheckpointDraft, CreateAnswer, ResourceChoice
from cbr_desktop.domain.error import (
    CloudError,
    Forbidden,
    HouseError,
    LoginRefused,
    NotFound,
    Refused,
    SecretMissing,
    Throttled,
    Unreachable,
)
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Refusal, Target
from cbr_desktop.workflows.guard import Guard
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Clock, Cloud, Records

PAUSES_SECONDS = (5.0, 15.0, 30.0, 60.0)
"""How long a queued request waits after each failure to reach the service; the last one repeats."""
THROTTLE_PAUSE_SECONDS = 10.0
OFFLINE = "offline"
"""The reason of ``Unreachable`` while the operator works offline, and the note of what waits for the end of that."""

_OPEN = frozenset({IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})
"""States in which an intent may be running at the service, so that its vault takes no other."""

_NO_DISKS = ResourceChoice(ResourceId(""), "")
"""A choice that says nothing of disks; id, type and name are filled in."""


class Outbox:
    """Takes requests, keeps them, and sends them one a vault at a time; ``new_id`` makes an id never used before.

    ``guard`` lets a request in or not; what is in the queue goes out whatever it says.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: Records,
        cloud: Cloud,
        clock: Clock,
        new_id: Callable[[], IntentId],
        guard: Guard,
    ) -> None:
        self._ledger = ledger
        self._records = records
        self._cloud = cloud
        self._clock = clock
        self._new_id = new_id
        self._guard = guard
        self._wake = asyncio.Event()
        self._failures = 0
        self._needs_login = False
        self._is_offline = False
        self._resting: set[IntentId] = set()

    def restore(self) -> None:
        """Read this profile's rows from the disk. One found half sent, from a program that ended, is UNKNOWN."""
        for intent in self._records.load():
            if intent.target.profile != self._ledger.profile.name:
                continue
            if intent.state is IntentState.SENDING:
                self._move(intent, IntentState.UNKNOWN, note="interrupted")
            elif intent.state is IntentState.QUEUED and not self._leads_there(intent):
                self._ledger.put_intent(replace(intent, note="elsewhere"))
            else:
                self._ledger.put_intent(intent)
        self._wake.set()

    def submit(self, draft: CheckpointDraft, *, body: bytes | None = None, retry_of: IntentId | None = None) -> Intent:
        """Queue a request and return it; it is on the disk when this returns.

        ``body`` are the exact bytes to send, by default those that the draft makes. Raises ``ReadOnly`` when the
        profile is not armed and ``NotSaved`` when the disk would not take it: then nothing will be sent.
        """
        if draft.vault_id is None:
            raise ValueError("a request needs a vault")
        self._guard.check()
        now = self._clock.now()
        intent = Intent(
            id=self._new_id(),
            target=self._target(draft.vault_id),
            body=request.body(draft) if body is None else body,
            name=draft.name,
            state=IntentState.QUEUED,
            created_at=now,
            changed_at=now,
            retry_of=retry_of,
        )
        self._records.add(intent)
        self._ledger.put_intent(intent)
        self._wake.set()
        return intent

    def cancel(self, id: IntentId) -> bool:
        """Take a queued request back; tell whether it was in time."""
        intent = self._ledger.intents[id]
        if intent.state is not IntentState.QUEUED:
            return False
        self._move(intent, IntentState.CANCELLED)
        return True

    def keep_looking(self, id: IntentId) -> bool:
        """Look once more for the checkpoint of a request of which no trace was found; tell whether it is one of those.

        Nothing is sent by that: the outcome is unknown again, and reading settles it.
        """
        intent = self._ledger.intents[id]
        if intent.state is not IntentState.NOT_FOUND:
            return False
        self._move(intent, IntentState.UNKNOWN, note="looking-again")
        return True

    def retry_skipped(self, id: IntentId) -> Intent:
        """Queue a new request for the resources that the service skipped, and for those only."""
        intent = self._ledger.intents[id]
        return self.submit(self.skipped_draft(intent), retry_of=id)

    def skipped_draft(self, intent: Intent) -> CheckpointDraft:
        """Return the draft that asks again for what was skipped, under a name of its own.

        Disk choices and options stay as they were asked for. Raises ``ValueError`` when nothing was skipped.
        """
        document, _ = request.read(intent.body)
        if intent.checkpoint is None or not intent.checkpoint.skipped or document is None:
            raise ValueError("nothing was skipped")
        asked = {choice.id: choice for choice in document.draft.resources or ()}
        choices = tuple(
            replace(asked.get(skipped.id, _NO_DISKS), id=skipped.id, type=skipped.type, name=skipped.name)
            for skipped in intent.checkpoint.skipped
        )
        return replace(document.draft, name=self._retry_name(document.draft.name), resources=choices)

    def wake(self) -> None:
        """Look at the queue now, pauses or not: what stood in the way may be gone."""
        self._needs_login = False
        self._is_offline = False
        self._resting.clear()
        self._wake.set()

    def vault_freed(self) -> None:
        """Look at the queue now, since a vault may take its next request; pauses and a missing login stay."""
        self._wake.set()

    async def calm(self, seconds: float) -> None:
        """Return when nothing is being sent any more, or after ``seconds``: for leaving without cutting an answer."""
        deadline = self._clock.now() + timedelta(seconds=seconds)
        while self._clock.now() < deadline and any(
            intent.state is IntentState.SENDING for intent in self._ledger.intents.values()
        ):
            await self._clock.sleep(0.1)

    async def drain(self) -> None:
        """Send what is queued, for ever; runs as a resident task."""
        async with asyncio.TaskGroup() as sends:
            while True:
                await self._wake.wait()
                self._wake.clear()
                for intent in () if self._needs_login or self._is_offline else list(self._ready()):
                    if self._claim(intent):
                        sends.create_task(self._send(self._ledger.intents[intent.id]))

    def _ready(self) -> Iterator[Intent]:
        """Yield the oldest queued intent of every vault that has nothing open."""
        intents = sorted(self._ledger.intents.values(), key=lambda intent: intent.created_at)
        taken = {(i.target.cbr_endpoint, i.target.vault_id) for i in intents if i.state in _OPEN}
        for intent in intents:
            key = (intent.target.cbr_endpoint, intent.target.vault_id)
            if intent.state is IntentState.QUEUED and key not in taken:
                taken.add(key)
                if intent.id not in self._resting and self._leads_there(intent):
                    yield intent

    def _leads_there(self, intent: Intent) -> bool:
        """Whether the profile still leads where the request was meant for: after an edit nothing is sent elsewhere."""
        profile = self._ledger.profile
        return (intent.target.cbr_endpoint, intent.target.project) == (profile.cbr_endpoint, profile.project)

    def _claim(self, intent: Intent) -> bool:
        """Make the row say SENDING, durably. When the disk would not, the request stays queued and is not sent."""
        now = self._clock.now()
        claimed = intent.moved(IntentState.SENDING, now, sent_at=now, note="")
        try:
            won = self._records.claim(claimed)
        except HouseError:
            self._ledger.put_intent(intent.moved(IntentState.QUEUED, now, note="not-saved"))
            return False
        if won:
            self._ledger.put_intent(claimed)
        return won

    async def _send(self, intent: Intent) -> None:
        """Send a claimed intent once and settle what came of it. A cancel leaves the outcome unknown."""
        started = False
        try:
            project_id = intent.target.project_id or await self._cloud.project_id()
            started = True
            self._accepted(intent, await self._cloud.create_checkpoint(intent.body, project_id))
        except Throttled as error:
            await self._back(intent, "throttled", error.retry_after or THROTTLE_PAUSE_SECONDS)
        except (LoginRefused, SecretMissing):
            self._wait_for_login(intent)
        except Unreachable as error:
            if error.reason == OFFLINE:
                self._wait_for_line(intent)
            else:
                await self._back(intent, "unreachable", self._pause_seconds())
        except CloudError as error:
            if started:
                await self._failed(intent, error)
            elif isinstance(error, Forbidden | NotFound):
                self._wait_for_login(intent)
            else:
                await self._back(intent, "unreachable", self._pause_seconds())
        except BaseException:
            # cancelled, or a defect of ours: what was handed to the wire may have arrived
            self._move(intent, IntentState.UNKNOWN if started else IntentState.QUEUED, note="interrupted")
            raise
        finally:
            self._wake.set()

    def _accepted(self, intent: Intent, answer: CreateAnswer) -> None:
        self._failures = 0
        self._move(intent, IntentState.ACCEPTED, checkpoint=answer.checkpoint, request_id=answer.request_id)

    async def _failed(self, intent: Intent, error: CloudError) -> None:
        """Settle a request that was handed to the wire and was not accepted."""
        if isinstance(error, Refused) and error.executed is False:
            self._move(intent, IntentState.REJECTED, refusal=_refusal(error), request_id=error.request_id)
        elif error.executed is False:
            await self._back(intent, "unreachable", self._pause_seconds())
        else:
            refusal = _refusal(error) if isinstance(error, Refused) else None
            self._move(intent, IntentState.UNKNOWN, refusal=refusal, note=type(error).__name__)

    def _wait_for_login(self, intent: Intent) -> None:
        """Put a request back until somebody has done something about the login: every try may lock the account."""
        self._needs_login = True
        self._move(intent, IntentState.QUEUED, note="login", sent_at=None)

    def _wait_for_line(self, intent: Intent) -> None:
        """Put a request back until the operator ends working offline: nobody tries in vain meanwhile."""
        self._is_offline = True
        self._move(intent, IntentState.QUEUED, note=OFFLINE, sent_at=None)

    def _pause_seconds(self) -> float:
        self._failures += 1
        return PAUSES_SECONDS[min(self._failures, len(PAUSES_SECONDS)) - 1]

    async def _back(self, intent: Intent, note: str, pause_seconds: float) -> None:
        """Put a request that did not leave back into the queue, and look again after a pause."""
        self._resting.add(intent.id)
        self._move(intent, IntentState.QUEUED, note=note, sent_at=None)
        await self._clock.sleep(pause_seconds)
        self._resting.discard(intent.id)

    def _move(self, intent: Intent, state: IntentState, **changes: object) -> None:
        """Show and keep a new state. A row that cannot be kept stays SENDING on the disk: unknown, never resent."""
        moved = intent.moved(state, self._clock.now(), **changes)
        try:
            self._records.save(moved)
        except HouseError:
            moved = replace(moved, note="not-saved")
        self._ledger.put_intent(moved)

    def _target(self, vault_id: VaultId) -> Target:
        profile = self._ledger.profile
        vault = self._ledger.vaults.get(vault_id)
        return Target(
            profile=profile.name,
            cbr_endpoint=profile.cbr_endpoint,
            project=profile.project,
            project_id=None,
            vault_id=vault_id,
            vault_name=vault.name if vault else "",
        )

    def _retry_name(self, name: str) -> str:
        """Return a name that tells whose retry it is; a request without a name stays without one."""
        if not name:
            return ""
        suffix = f"-again-{self._new_id()[:4]}"
        return name[: NAME_LIMIT - len(suffix) - 5] + suffix


def _refusal(error: Refused) -> Refusal:
    return Refusal(error.status, error.code, error.message, error.request_id)
