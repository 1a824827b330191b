"""What is not there at the start and will soon be wanted: dialogs and pages, imported in idle time.

They take some megabytes, so they come with the first input to the window: a pointer takes longer to a button
than this to what the button opens. A module at a time, those first that others need, so that the window is never held
up for longer than one of them takes.
"""
# ruff: noqa: F401  # to import is all that is wanted

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from cbr_desktop.memory import give_back

FIRST_SECONDS = 1.5
"""After the start, when the lists have been asked for and the operator looks at what is there."""
PAUSE_SECONDS = 0.01


async def prepare(first_sign: Callable[[], Awaitable[object]], build_details: Callable[[], object]) -> None:
    """After ``first_sign``, build the details and import what dialogs and pages are made of; ends by itself."""
    await asyncio.sleep(FIRST_SECONDS)
    give_back()  # what lists were read into, also before any input
    await first_sign()
    build_details()
    for _ in _imported():
        await asyncio.sleep(PAUSE_SECONDS)
    give_back()  # what source and lists were read into


def _imported() -> Iterator[None]:  # noqa: PLR0915  # one statement a module
    """Import a module at a time, those first that others need."""
    import cbr_desktop.ui.vaults.details

    yield
    import cbr_desktop.text.preview

    yield
    from cbr_desktop.text.operations import words_for
    from cbr_desktop.workflows.operations import OPERATIONS

    for operation in OPERATIONS.values():
        words_for(operation.kind)
        yield
    import cbr_desktop.ui.operations.environment_label

    yield
    import cbr_desktop.ui.operations.form

    yield
    import cbr_desktop.ui.operations.outcome

    yield
    import cbr_desktop.ui.operations.arming

    yield
    import cbr_desktop.ui.operations.send_bar

    yield
    import cbr_desktop.ui.operations.dialog

    yield
    import cbr_desktop.ui.operations.diff

    yield
    import cbr_desktop.ui.operations.draft_document

    yield
    import cbr_desktop.ui.operations.draft_file

    yield
    import cbr_desktop.ui.operations.json_field

    yield
    import cbr_desktop.ui.operations.inspector

    yield
    import cbr_desktop.ui.checkpoint.form

    yield
    import cbr_desktop.ui.checkpoint.name

    yield
    import cbr_desktop.ui.checkpoint.resources

    yield
    import cbr_desktop.ui.checkpoint.target

    yield
    import cbr_desktop.ui.checkpoint.fields

    yield
    import cbr_desktop.ui.checkpoint.dialog

    yield
    import cbr_desktop.ui.kit.timeline

    yield
    import cbr_desktop.ui.resources.page

    yield
    import cbr_desktop.ui.resources.details

    yield
    import cbr_desktop.ui.tasks.page

    yield
    import cbr_desktop.ui.tasks.details

    yield
    import cbr_desktop.ui.backups.page

    yield
    import cbr_desktop.ui.backups.content

    yield
    import cbr_desktop.ui.backups.details

    yield
    import cbr_desktop.ui.checkpoint.details

    yield
    import cbr_desktop.ui.kit.lane_chart

    yield
    import cbr_desktop.ui.policies.calendar

    yield
    import cbr_desktop.ui.policies.page

    yield
    import cbr_desktop.ui.policies.details

    yield
    import cbr_desktop.ui.outbox.page

    yield
    import cbr_desktop.ui.outbox.details

    yield
    import cbr_desktop.ui.drafts.model

    yield
    import cbr_desktop.ui.drafts.page

    yield
    import cbr_desktop.ui.plans.page

    yield
    import cbr_desktop.ui.journal.page

    yield
    import cbr_desktop.ui.journal.details

    yield
    import cbr_desktop.ui.operations.batch

    yield
    import cbr_desktop.ui.operations.association

    yield
    import cbr_desktop.ui.vaults.create

    yield
    import cbr_desktop.ui.vaults.edit

    yield
    import cbr_desktop.ui.vaults.forms

    yield
    import cbr_desktop.ui.resources.forms

    yield
    import cbr_desktop.ui.backups.cleanup

    yield
    import cbr_desktop.text.rehearsal

    yield
    import cbr_desktop.ui.backups.rehearsal

    yield
    import cbr_desktop.ui.backups.sharing

    yield
    import cbr_desktop.ui.backups.offers

    yield
    import cbr_desktop.ui.backups.forms

    yield
    import cbr_desktop.ui.policies.form

    yield
    import cbr_desktop.ui.policies.forms

    yield


def import_profiles() -> Iterator[None]:
    """Import what the window of profiles is made of, in pieces: most programs that run never open it."""
    import cbr_desktop.text.diagnosis

    yield
    import cbr_desktop.workflows.doctor

    yield
    import cbr_desktop.cloud.probe

    yield
    import cbr_desktop.ui.doctor.window

    yield
    import cbr_desktop.app.doctor

    yield
    import tomlkit

    yield
    import cbr_desktop.storage.sources

    yield
    import cbr_desktop.ui.profiles.draft

    yield
    import cbr_desktop.ui.profiles.where

    yield
    import cbr_desktop.ui.profiles.care

    yield
    import cbr_desktop.ui.profiles.keeping

    yield
    import cbr_desktop.ui.profiles.form

    yield
    import cbr_desktop.ui.profiles.imports

    yield
    import cbr_desktop.ui.profiles.exchange

    yield
    import cbr_desktop.ui.profiles.dialog

    yield
    import cbr_desktop.app.editing

    yield
