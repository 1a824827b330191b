"""What a window runs after its first paint: sessions, loop, residents, and the ordered leaving."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication

from cbr_desktop.app import draft_store
from cbr_desktop.app.access import Access
from cbr_desktop.app.idle_imports import prepare
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.secondary_windows import SecondaryWindows, SessionServices
from cbr_desktop.app.session_pool import SessionPool, opened_sessions, session_network
from cbr_desktop.app.single_instance import SingleInstance
from cbr_desktop.app.start import copied_data, demo_corner
from cbr_desktop.cloud.gate import MOST_IN_FLIGHT
from cbr_desktop.cloud.network import Transport
from cbr_desktop.crash import CrashWatch
from cbr_desktop.deadline import Deadline
from cbr_desktop.domain.error import NewerVersion, NotSaved
from cbr_desktop.logs import Log
from cbr_desktop.memory import share_one_arena
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import Places
from cbr_desktop.storage.profiles import keep_for_the_start, keep_good_copy
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import crash_sentence, rescued_sentence, sealed_sentence, settings_sentence
from cbr_desktop.text.leaving import LEAVING_SECONDS, left_sentence
from cbr_desktop.ui.kit.notice_bar import REMARK, WARNING
from cbr_desktop.ui.session.network_settings import stored_at_once
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.presence import Presence
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.leaving import unfinished
from cbr_desktop.workflows.plan_report import resting


def run_main_loop(
    application: QApplication, window: MainWindow, workspace: Workspace, here: Places, secrets: Secrets | None = None
) -> int:
    """Open the sessions behind a painted window and live until the operator leaves; return the exit code.

    ``secrets`` are those that were given before there was a window.
    """
    share_one_arena()
    with ExitStack() as stack:
        deadline = Deadline()
        stack.callback(deadline.stop)
        log = stack.enter_context(closing(Log(here.log_file)))
        crashes = stack.enter_context(closing(CrashWatch(here.logs)))
        if crashes.before:
            window.notices.say(crash_sentence(str(crashes.report)), WARNING)
        stack.callback(workspace.settings.close)
        services = open_services(stack, workspace, here, log, secrets, has_past=True)
        SecondaryWindows(window, workspace, here, log, services)
        presence = Presence(window)
        window.pages.turned.connect(presence.notice)
        noticed = asyncio.Event()
        presence.noticed.connect(noticed.set)
        preparation = partial(prepare, noticed.wait, lambda: window.deferred_widgets.details.build())
        draft_store.tell_unsaved(window, workspace)
        tell_the_disk(window, workspace, services.sessions)
        tell_the_plans(window, workspace)
        tell_the_left(window, workspace)
        keep_good_copy(here.profiles_file)
        keep_for_the_start(here.profiles_file, here.kept_profiles_file)

        def living(leaving: Leaving) -> Coroutine[Any, Any, int]:
            return live(
                services.sessions, window, services.access, leaving, begun=deadline.start, preparation=preparation
            )

        if workspace.is_demo or workspace.sealed is not None:
            # it works in a corner of its own, of which no second start can know
            return run(application, living)
        single_instance = SingleInstance(window, here.socket_path)
        single_instance.review_requested.connect(window.open_outside)
        return run(application, lambda leaving: single_instance.attend(living(leaving)))


def tell_the_disk(window: MainWindow, workspace: Workspace, sessions: SessionPool) -> None:
    """Say what is wrong with the data folder."""
    if isinstance(workspace.settings, JsonSettings) and workspace.settings.damaged is not None:
        window.notices.say(settings_sentence(workspace.settings.damaged), WARNING)
    for damaged in sessions.damaged:
        window.notices.say(rescued_sentence(damaged), WARNING)
    if workspace.sealed is not None:
        window.notices.say(sealed_sentence(workspace.sealed), WARNING)
        window.header_bar.tell_guards()


def tell_the_plans(window: MainWindow, workspace: Workspace) -> None:
    """Say which runs of plans were left in the middle; only a person continues them."""
    if workspace.plans is None:
        return
    profiles = [context.profile.name for context in workspace.contexts]
    for told in resting(workspace.plans.runs(), workspace.open, profiles, workspace.clock.now())[:1]:
        from cbr_desktop.text.plans import resting_sentence

        window.notices.say(resting_sentence(told), WARNING, _("Show the plan"), partial(_show_plan, window, told.run))


def tell_the_left(window: MainWindow, workspace: Workspace) -> None:
    """Say what was not at its end when the program ended, which may have been without a word."""
    found = unfinished(workspace.open) if workspace.sealed is None else []
    if found:
        words = left_sentence(found, workspace.clock.now())
        window.notices.say(words, REMARK, _("Show the outbox"), partial(window.show_page, "Outbox"))


def _show_plan(window: MainWindow, run: str) -> None:
    window.show_page("Plans").show_row(run)


def open_services(
    stack: ExitStack,
    workspace: Workspace,
    here: Places,
    log: Log,
    secrets: Secrets | None = None,
    *,
    has_past: bool = False,
) -> SessionServices:
    """Open the data folder and a session for every profile context of a workspace; ``stack`` closes them again.

    ``has_past`` lets outbox and journal of the demo cloud begin with the requests of a day.
    """

    def offline() -> bool:
        return workspace.is_offline

    def most() -> int:
        return stored_at_once(workspace.settings) or MOST_IN_FLIGHT

    if workspace.is_demo:
        # a whole service next door, of which those who work with a real one need not have anything in memory
        from cbr_desktop.app import demo, demo_requests
        from cbr_desktop.app.situations import situations

        service = demo.demo_service(workspace.clock)
        transport: Transport | None = demo.DemoTransport(service)
        # the demo cloud has no secrets, and the store of the system is not for it
        offered = partial(demo.offered, service)
        drafts = demo.drafts(service)
        workspace.situations = situations(service)
        secrets = Secrets({}, lambda: None)
        access = Access(workspace, log, secrets, demo.secret_of, offered)
        here = stack.enter_context(demo_corner(here))
        past = demo_requests.PastClock(workspace.clock.now)
        sessions = stack.enter_context(
            opened_sessions(
                *(here, access.secret_of, lambda _profile: transport, offline),
                redact=log.redact,
                now=past.now if has_past else None,
                most=most,
            )
        )
        if has_past:
            demo_requests.fill(service, DEMO, sessions.records, sessions.journal, past)
    else:
        secrets = secrets or Secrets()
        drafts = {}
        transport = None
        access = Access(workspace, log, secrets)
        try:
            sessions = stack.enter_context(
                opened_sessions(here, access.secret_of, session_network, offline, redact=log.redact, most=most)
            )
        except (NotSaved, NewerVersion) as error:
            # what is known can be looked at all the same
            workspace.seal(error)
            copy = stack.enter_context(copied_data(here))
            sessions = stack.enter_context(
                opened_sessions(copy, access.secret_of, session_network, offline, redact=log.redact, most=most)
            )
    workspace.serve(sessions.services(draft_store.open_draft_store(here, workspace, drafts)))
    return SessionServices(access, sessions, secrets, transport)


Story = Callable[[SessionPool, Leaving], Awaitable[None]]
"""What is done in the sessions while their residents work, besides what the operator does."""


async def live(
    sessions: SessionPool,
    window: MainWindow,
    access: Access,
    leaving: Leaving,
    story: Story | None = None,
    begun: Callable[[], object] = lambda: None,
    preparation: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> int:
    """Keep the residents until leaving is asked for, then end everything in order; ``begun`` is told of that.

    ``preparation`` is done beside them, and is left where it is when the program ends.
    """
    window.leave_requested.connect(leaving.ask)
    access.watch(window, sessions)
    window.build_deferred_widgets_soon()
    try:
        async with asyncio.TaskGroup() as tasks:
            sessions.start(tasks)
            prepared = tasks.create_task(preparation()) if preparation is not None else None
            if story is not None:
                await story(sessions, leaving)
            await leaving.wait()
            begun()
            if prepared is not None:
                prepared.cancel()
            window.hide()
            await sessions.calm(LEAVING_SECONDS)
    finally:
        access.unwatch()
        await sessions.aclose()
        window.close_for_good()
    return 0
