"""What opening every dialog costs: ``dialogs.py --profile NAME``; prints what, and three times in ms.

They are the longest time between two beats of the loop, the most work of the thread between two, and the work of the
call that opens. ``open:`` is the first time, ``again:`` the second, ``live:`` something done in what is open. What
``reading:`` tells is there without any dialog: lists that are read again, as most dialogs have it done.
``CBR_BENCH_DIALOGS`` names some of them, if not all are wanted; with ``CBR_BENCH_PROFILE`` what costs most in the call
is told on standard error.
"""

import asyncio
import cProfile
import os
import pstats
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import living
from pulse import Pulse
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QWidget
from shiboken6 import isValid

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.shell.dialogs import Dialogs, _features
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import change_of

SETTLE_SECONDS = 0.3
MANY = "a-vault-of-many"
BATCH = 500
"""Rows of a batch."""
_NEEDLESS = {("Vaults", "create"), ("Vaults", "all"), ("Policies", "create"), ("Backups", "offers")}
"""What is asked for without a row."""

Open = Callable[[], QWidget | None]


class Story:
    """Opens and closes, and tells of each what it cost."""

    def __init__(self, session: Any, window: Any) -> None:
        self.session, self.window = session, window
        self.workspace = window._workspace
        self.context = self.workspace.contexts[0]
        self.ledger = self.context.ledger
        self.dialogs = Dialogs()
        self.pulse = Pulse()
        self.tasks = TaskOwner(window)
        self.wanted = [each for each in os.environ.get("CBR_BENCH_DIALOGS", "").split(",") if each]

    async def tell(self) -> None:
        """Open everything there is."""
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self.pulse.run())
            await living.loaded(self.session)
            self.window.build_deferred_widgets()
            for name in ("Resources", "Vaults"):
                self.window.show_page(name)
                await asyncio.sleep(2.0)  # what is imported in advance is there by then
            await self.settled()
            parts = frozenset({Part.VAULTS, Part.BACKUPS, Part.PROTECTABLES})
            await self.felt("reading:vaults,backups,protectables", lambda: self._read(parts))
            for name, act in self.openings().items():
                if not self.wanted or any(each in name for each in self.wanted):
                    await self.opened(name, act)
            beating.cancel()

    def _read(self, parts: frozenset[Part]) -> None:
        self.tasks.start(self.context.refresh.once(parts))

    async def settled(self) -> None:
        """Wait until nothing is read and nothing else goes on, or for long: then it is no dialog's doing."""
        stands = self.ledger.freshness
        await asyncio.sleep(SETTLE_SECONDS)
        with suppress(TimeoutError):
            await living.until(lambda: not any(each.loading for each in stands.values()), seconds=20.0)
        await asyncio.sleep(SETTLE_SECONDS)

    async def felt(self, what: str, act: Open) -> QWidget | None:
        """Do something, and tell what it cost until all is quiet again."""
        await asyncio.sleep(0.05)
        self.pulse.told()
        profile = cProfile.Profile() if os.environ.get("CBR_BENCH_PROFILE") else None
        began = time.thread_time()
        made = profile.runcall(act) if profile is not None else act()
        work = 1000 * (time.thread_time() - began)
        if profile is not None:
            print(what, file=sys.stderr)
            pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
        await self.settled()
        print(what.replace(" ", "-"), self.pulse.told(), f"{work:.1f}", flush=True)
        return made

    async def opened(self, name: str, act: Open) -> None:
        """Open it twice, do in it what it is there for, and close it."""
        for turn in ("open", "again"):
            made = await self.felt(f"{turn}:{name}", act)
            if made is None:
                return
            if turn == "again" and made is not self.window:
                for what, live in self.doings(made).items():
                    await self.felt(f"live:{name}:{what}", live)
            if made is not self.window and isValid(made):
                made.close()
                made.deleteLater()
            for left in self.window.findChildren(QDialog):
                if left.isVisible():
                    left.close()
            await self.settled()

    # what there is to be opened

    def openings(self) -> dict[str, Open]:
        """Return how each of them is opened, by its name."""
        ledger, window, context = self.ledger, self.window, self.context
        full = next(each for each in ledger.vaults.values() if each.name == MANY)
        rows = self.rows(full)
        made: dict[str, Open] = {
            "checkpoint.many": lambda: self.dialogs.create_checkpoint(context, full.id, (), window),
            "checkpoint.one": lambda: self.dialogs.create_checkpoint(context, next(iter(ledger.vaults)), (), window),
            "checkpoint.none": lambda: self.dialogs.create_checkpoint(context, None, (), window),
        }
        vaults = [each for each in ledger.vaults.values() if each is not full][:BATCH]
        made["checkpoint.batch"] = lambda: self.dialogs.create_checkpoints(
            self.workspace, [(context, (each.id, ())) for each in vaults], window
        )
        for page, forms in _features().items():
            of_page = rows[page]
            for verb in (*forms.asked, *(each for each in forms.windows if each not in forms.asked)):
                given = rows.get(f"{page}.{verb}", of_page[:1])
                asked = [(context, None)] if (page, verb) in _NEEDLESS else [(context, row) for row in given]
                made[f"{page}.{verb}"] = lambda page=page, verb=verb, asked=asked: self.dialogs.ask(
                    self.workspace, page, verb, asked, window
                )
            for verb in forms.several:
                several = [(context, row) for row in of_page[:BATCH]]
                made[f"{page}.{verb}.several"] = lambda page=page, verb=verb, several=several: self.dialogs.ask(
                    self.workspace, page, verb, several, window
                )
        made |= self.of_requests(full)
        made |= {
            "settings": window.small_windows.open_settings,
            "help": window.small_windows.open_help,
            "problems": window.small_windows.open_problems,
        }
        made |= {"profiles": self.profiles, "export": lambda: window.small_windows.export_table(window.current_page())}
        return made

    def rows(self, full: Any) -> dict[str, list[Any]]:
        """Return the rows that verbs are asked for: by page, and by page and verb where others fit."""
        ledger = self.ledger
        told = list(ledger.resource_rows())
        free = [row for row in told if row.vault is None and row.resource.type == "OS::Nova::Server"]
        held = [row for row in told if row.vault is not None and row.vault.id == full.id]
        spread = [row for row in told if row.vault is not None and row.vault.id != full.id]
        vaults = [full, *(each for each in ledger.vaults.values() if each is not full)]
        backups = sorted(ledger.backups.values(), key=lambda each: each.id)
        return {
            "Vaults": vaults,
            "Resources": held,
            "Resources.protect": free[:BATCH],
            "Resources.create": free[:256],
            "Resources.dissociate": spread[:BATCH],
            "Resources.suspend": spread[:BATCH],
            "Backups": backups,
            "Policies": list(ledger.policies.values()),
        }

    def of_requests(self, full: Any) -> dict[str, Open]:
        """Return what is opened for requests; one is put by for that."""
        context, window = self.context, self.window
        change = change_of(CheckpointDraft(full.id, "held"), self.ledger)
        held = context.outbox.submit(change, held=True)
        assert held.state is IntentState.HELD  # nothing is to be sent here
        return {
            "outcome": lambda: self.dialogs.show_outcome(context, held.id, window),
            "confirm-again": lambda: self.dialogs.confirm_again(context, held.id, window),
            "edit-again": lambda: self.dialogs.edit_again(context, held.id, window),
        }

    def profiles(self) -> QWidget:
        """Open the window of profiles, which comes once it is imported."""
        self.window.profiles_requested.emit()
        return self.window

    # what is done in them

    def doings(self, made: QWidget) -> dict[str, Open]:
        """Return what is done in a window while somebody looks at it, by its name."""
        found: dict[str, Open] = {}
        for name in ("checkpointName", "policyName", "resourceFilter", "checkpointResourceFilter", "cleanUpPattern"):
            field = made.findChild(QWidget, name)
            if field is not None and field.isVisible():
                found[f"key in {name}"] = lambda field=field: QTest.keyClicks(field, "e")
        for name in ("resourceTickAll", "resourceTickNone"):
            button = made.findChild(QWidget, name)
            if button is not None and button.isVisible():
                found[name] = button.click  # type: ignore[attr-defined]
        tree = made.findChild(QWidget, "checkpointResources")
        if tree is not None:
            found["Ctrl+I"] = lambda: QTest.keyClick(tree, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
            found["Ctrl+A"] = lambda: QTest.keyClick(tree, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        for box in made.findChildren(QComboBox):
            if box.count() > 100 and box.isVisible():
                found[f"popup of {box.objectName()}"] = box.showPopup
                found[f"choice in {box.objectName()}"] = partial(_chosen, box)
                if box.isEditable():
                    edit = box.lineEdit()
                    found[f"key in {box.objectName()}"] = lambda edit=edit: (
                        edit.selectAll(),
                        QTest.keyClicks(edit, "1"),
                    )
        return found


def _typed_anew(edit: QLineEdit) -> None:
    edit.selectAll()
    QTest.keyClicks(edit, "1")


def _chosen(box: QComboBox) -> None:
    box.hidePopup()
    box.setCurrentIndex(50)


async def story(session: Any, window: Any) -> None:
    """Open every dialog of the living program."""
    await Story(session, window).tell()


living.tell(story, *sys.argv[1:])
