"""Situations of the demo cloud: what can go wrong with a service, to be tried without harm.

Each lays its faults on the next requests of the built-in service and tells what to do then and what to look for.
"""

import json
from collections.abc import Callable

from cbr_desktop.simulator import refusals
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.refusals import Refusal
from cbr_desktop.simulator.service import Service
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.session.situation import Situation

_CREATE = "/checkpoints"
_THROTTLED = refusals.gateway(
    429,
    "0308",
    "The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute.",
    {"Retry-After": "8"},
)
_DOWN = refusals.gateway(503, "0201", "Backend unavailable.")


def situations(service: Service) -> list[Situation]:
    """Return what can be tried, in the order in which it is best tried."""

    def laid(*faults: Callable[[], Fault]) -> Callable[[], None]:
        def begin() -> None:
            service.faults.clear()
            for fault in faults:
                service.faults.add(fault())

        return begin

    return [
        Situation(
            "usual", _("All as usual"), _("Every fault is taken away. Press F5 to read everything again."), laid()
        ),
        Situation(
            "lost-made",
            _("The answer to a checkpoint is lost"),
            _("Create a checkpoint. The service makes it, but its answer never comes: watch how it is found again."),
            laid(lambda: Fault("POST", _CREATE, when="after")),
        ),
        Situation(
            "lost-not-made",
            _("A checkpoint is lost on its way"),
            _("Create a checkpoint. The service never hears of it: watch how that is told, and what is offered."),
            laid(lambda: Fault("POST", _CREATE, when="before")),
        ),
        Situation(
            "busy",
            _("The vault is busy"),
            _(
                "Create a checkpoint. The service refuses it, since the vault is being backed up, which may be by this"
                " very request: watch how that is looked into."
            ),
            laid(lambda: _refused(refusals.service("6125"))),
        ),
        Situation(
            "full",
            _("The vault is full"),
            _("Create a checkpoint. The service refuses it for want of room: see what it says and what can be done."),
            laid(lambda: _refused(refusals.service("6114"))),
        ),
        Situation(
            "forbidden",
            _("The right to back up is missing"),
            _("Create a checkpoint. The service says which right the user lacks."),
            laid(lambda: _refused(refusals.forbidden("cbr:vaults:backup"))),
        ),
        Situation(
            "throttled",
            _("The service asks for fewer requests"),
            _("Press F5. The service answers 429 for a while: watch the count down in the status bar."),
            laid(lambda: _answer(_THROTTLED, "GET", "", 6)),
        ),
        Situation(
            "down",
            _("The service is down"),
            _("Press F5. The service answers 503: what was known stays on the screen, with its age."),
            laid(lambda: _answer(_DOWN, "GET", "", 12)),
        ),
        Situation(
            "slow",
            _("The network is slow"),
            _("Press F5, or create a checkpoint. The next answers come three seconds late; nothing waits for them."),
            laid(lambda: Fault(kind="delay", seconds=3.0, times=20)),
        ),
        Situation(
            "cut",
            _("The cable is pulled"),
            _("Press F5. The connection ends in the middle of the next answers; work on, nothing is lost."),
            laid(lambda: Fault(kind="cut", times=20)),
        ),
    ]


def _refused(refusal: Refusal) -> Fault:
    """Return the fault that refuses the next checkpoint."""
    return _answer(refusal, "POST", _CREATE, 1)


def _answer(refusal: Refusal, method: str, path: str, times: int) -> Fault:
    body = json.dumps(refusal.body).encode()
    return Fault(method, path, "status", times=times, status=refusal.status, body=body, headers=dict(refusal.headers))
