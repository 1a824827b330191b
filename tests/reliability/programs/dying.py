"""Sends requests and dies of it, again and again: ``dying.py`` reads a line of JSON for each life from standard input.

A life is a fork of this process, so that it costs no start: it opens a session on ``folder`` for the profile that
leads to ``url``, puts the change of ``kind`` with ``name`` and ``subject`` into the outbox unless the name is empty,
and sends what waits there. It dies at the point ``kill_at``, after ``seconds``, or when every request has been answered
or looked for; with ``hasty`` pauses are soon over, and it is looked for to the end. A line of JSON tells of its end:
the ids of the requests that were acknowledged, and its exit code.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from typing import Any

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.start import kill_point, opened
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator.estate import DEMO_DOMAIN, DEMO_PASSWORD, DEMO_USER
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.ledger import Ledger
from tests.reliability.samples import APPROVED, Sample

_LONGEST_SECONDS = 0.02
_UNSENT = (IntentState.QUEUED, IntentState.SENDING)


def main() -> None:
    for line in sys.stdin:
        wish = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            os.environ["CBR_KILL_AT"] = wish["kill_at"]
            code = 1
            try:
                asyncio.run(asyncio.wait_for(_live(wish, writing), 60))
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        timer = threading.Timer(wish["seconds"], os.kill, (child, signal.SIGKILL)) if wish["seconds"] else None
        if timer is not None:
            timer.start()
        _, status = os.waitpid(child, 0)
        if timer is not None:
            timer.cancel()
            timer.join()
        with os.fdopen(reading) as told:
            kept = told.read().split()
        print(json.dumps({"kept": kept, "code": os.waitstatus_to_exitcode(status)}), flush=True)


async def _live(wish: dict[str, Any], told: int) -> None:
    profile = Profile("Demo", wish["url"], wish["url"], wish["project"], DEMO_USER, DEMO_DOMAIN, read_only=False)
    here = places({"CBR_DESKTOP_HOME": wish["folder"]})
    clock = HastyClock() if wish["hasty"] else WallClock()
    is_open = _is_undecided if wish["hasty"] else _is_open
    with opened(here, Ledger(profile, lambda _part: None), clock, _secret_of(profile)) as session:
        async with asyncio.TaskGroup() as tasks:
            residents = tasks.create_task(session.correspondence())
            if wish["name"]:
                sample = Sample(Kind(wish["kind"]), wish["name"], wish["subject"])
                intent = session.outbox.submit(sample.draft, approval=APPROVED)
                os.write(told, f"{intent.id}\n".encode())
            while any(is_open(intent) for intent in session.ledger.intents.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            residents.cancel()
        await session.cloud.aclose()


class HastyClock(WallClock):
    """The true time, in which nobody waits for long; what is on its way to the service arrives within a wait."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(min(seconds, _LONGEST_SECONDS))


def _is_undecided(intent: Intent) -> bool:
    """Whether the program does more about a request by itself than to follow it."""
    is_left = intent.is_settled or intent.awaits_person or intent.state is IntentState.HELD
    return not is_left and intent.state is not IntentState.ACCEPTED


def _is_open(intent: Intent) -> bool:
    """Whether a request has still to be sent, answered or looked for."""
    return intent.state in _UNSENT or (intent.state is IntentState.UNKNOWN and len(intent.looked) < 2)


def _secret_of(_profile: Profile) -> Secret:
    async def secret(_kind: SecretKind) -> str:
        return DEMO_PASSWORD

    return secret


kill_point()  # everything is imported before the first life begins
main()
