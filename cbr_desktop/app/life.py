"""The life of a window after its first paint: houses, loop, residents, and the ordered leaving."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication

from cbr_desktop.app import shelf
from cbr_desktop.app.access import Access
from cbr_desktop.app.beside import Behind, Beside
from cbr_desktop.app.houses import Houses, opened_houses, real_network
from cbr_desktop.app.neighbour import Neighbour
from cbr_desktop.app.start import copied_data, demo_corner
from cbr_desktop.cloud.network import Transport
from cbr_desktop.crash import CrashWatch
from cbr_desktop.departure import Deadline
from cbr_desktop.domain.error import NewerVersion, NotSaved
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.profiles import keep_good_copy
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.text.errors import crash_sentence, rescued_sentence, sealed_sentence, settings_sentence
from cbr_desktop.ui.hall import Hall
from cbr_desktop.ui.leaving import LEAVING_SECONDS, left_sentence
from cbr_desktop.ui.notices import REMARK, WARNING
from cbr_desktop.ui.plans import resting_sentence
from cbr_desktop.ui.window import MainWindow
from cbr_desktop.workflows.leaving import unfinished
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.plan import resting


def run_life(
    application: QApplication, window: MainWindow, hall: Hall, here: Places, secrets: Secrets | None = None
) -> int:
    """Open the houses behind a painted window and live until the operator leaves; return the exit code.

    ``secrets`` are those that were given before there was a window.
    """
    with ExitStack() as stack:
        deadline = Deadline()
        stack.callback(deadline.stop)
        log = stack.enter_context(closing(Log(here.log_file)))
        crashes = stack.enter_context(closing(CrashWatch(here.logs)))
        if crashes.before:
            window.notices.say(crash_sentence(str(crashes.report)), WARNING)
        stack.callback(hall.settings.close)
        behind = open_behind(stack, hall, here, log, secrets)
        Beside(window, hall, here, log, behind)
        shelf.tell_unsaved(window, hall)
        tell_the_disk(window, hall, behind.houses)
        tell_the_plans(window, hall)
        tell_the_left(window, hall)
        keep_good_copy(here.profiles_file)

        def living(leaving: Leaving) -> Coroutine[Any, Any, int]:
            return live(behind.houses, window, behind.access, leaving, begun=deadline.start)

        if hall.is_demo or hall.sealed is not None:
            # it works in a corner of its own, of which no second start can know
            return run(application, living)
        neighbour = Neighbour(window, here.door_file)
        neighbour.review_wished.connect(window.open_outside)
        return run(application, lambda leaving: neighbour.attend(living(leaving)))


def tell_the_disk(window: MainWindow, hall: Hall, houses: Houses) -> None:
    """Say what is wrong with the data folder."""
    if isinstance(hall.settings, JsonSettings) and hall.settings.damaged is not None:
        window.notices.say(settings_sentence(hall.settings.damaged), WARNING)
    for damaged in houses.damaged:
        window.notices.say(rescued_sentence(damaged), WARNING)
    if hall.sealed is not None:
        window.notices.say(sealed_sentence(hall.sealed), WARNING)
        window.band.tell_guards()


def tell_the_plans(window: MainWindow, hall: Hall) -> None:
    """Say which runs of plans were left in the middle; only a person continues them."""
    if hall.plans is None:
        return
    profiles = [desk.profile.name for desk in hall.desks]
    for told in resting(hall.plans.runs(), hall.open, profiles, hall.clock.now())[:1]:
        window.notices.say(resting_sentence(told), WARNING, "Show the plan", partial(_show_plan, window, told.run))


def tell_the_left(window: MainWindow, hall: Hall) -> None:
    """Say what was not at its end when the program ended, which may have been without a word to anybody."""
    found = unfinished(hall.open) if hall.sealed is None else []
    if found:
        words = left_sentence(found, hall.clock.now())
        window.notices.say(words, REMARK, "Show the outbox", partial(window.show_page, "Outbox"))


def _show_plan(window: MainWindow, run: str) -> None:
    window.show_page("Plans").show_row(run)


def open_behind(stack: ExitStack, hall: Hall, here: Places, log: Log, secrets: Secrets | None = None) -> Behind:
    """Open the data folder and a house behind every desk of a hall; ``stack`` closes them again."""

    def offline() -> bool:
        return hall.is_offline

    if hall.is_demo:
        # a whole service next door, of which those who work with a real one need not have anything in memory
        demo = importlib.import_module("cbr_desktop.app.demo")
        service = demo.service(hall.clock)
        transport: Transport | None = demo.DemoTransport(service)
        # the demo cloud has no secrets, and the store of the system is not for it
        offered = partial(demo.offered, service)
        drafts = demo.drafts(service)
        secrets = Secrets({}, lambda: None)
        access = Access(hall, log, secrets, demo.secret_of, offered)
        here = stack.enter_context(demo_corner(here))
        houses = stack.enter_context(
            opened_houses(here, access.secret_of, lambda profile: transport, offline, log.redact)
        )
    else:
        secrets = secrets or Secrets()
        drafts = {}
        transport = None
        access = Access(hall, log, secrets)
        try:
            houses = stack.enter_context(opened_houses(here, access.secret_of, real_network, offline, log.redact))
        except (NotSaved, NewerVersion) as error:
            # what is known can be looked at all the same
            hall.seal(error)
            copy = stack.enter_context(copied_data(here))
            houses = stack.enter_context(opened_houses(copy, access.secret_of, real_network, offline, log.redact))
    for desk in hall.desks:
        houses.admit(desk)
    hall.admit = houses.admit
    hall.journal = houses.journal
    hall.plans = houses.plans
    hall.strays = houses.strays
    hall.board.notice(Part.INTENTS)
    shelf.open_shelf(here, hall, drafts)
    return Behind(access, houses, secrets, transport)


Story = Callable[[Houses, Leaving], Awaitable[None]]
"""What is done in the houses while their residents work, besides what the operator does."""


async def live(
    houses: Houses,
    window: MainWindow,
    access: Access,
    leaving: Leaving,
    story: Story | None = None,
    begun: Callable[[], object] = lambda: None,
) -> int:
    """Keep the residents until somebody wishes to leave, then end everything in order; ``begun`` is told of that."""
    window.leave_requested.connect(leaving.ask)
    access.watch(window, houses)
    try:
        async with asyncio.TaskGroup() as tasks:
            houses.start(tasks)
            if story is not None:
                await story(houses, leaving)
            await leaving.wait()
            begun()
            window.hide()
            await houses.calm(LEAVING_SECONDS)
    finally:
        await houses.aclose()
        window.close_for_good()
    return 0
