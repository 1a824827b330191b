"""What opening every dialog costs: ``dialogs.py --profile NAME``; prints what, and three times in ms.

They are the longest time between two beats of the loop, the most work of the thread between two, and the work of the
call that opens. ``open:`` is the first time, ``again:`` the second, ``live:`` something done in what is open. What
``reading:`` tells is there without any dialog: lists that are read again, as most dialogs have it done.
``CBR_BENCH_DIALOGS`` names some of them, if not all are wanted; with ``CBR_BENCH_PROFILE`` what costs most in the call
is told on standard error. With ``CBR_BENCH_ONCE`` each is opened once, and lists that are read in it are waited for a
second: for an estate of which reading takes long. Windows that were not opened are named on standard error.
"""

import asyncio
import cProfile
import json
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import living
from pulse import Pulse
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QWidget
from shiboken6 import isValid

from cbr_desktop.domain.backup import BackupDeletion
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.plan import Plan, Step
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.ui.drafts.request import RequestDialog
from cbr_desktop.ui.drafts.review import RequestImportDialog, ReviewDialog
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.operations.diff import DiffDialog
from cbr_desktop.ui.operations.schedule import ScheduleDialog
from cbr_desktop.ui.outbox.release import ReleaseDialog
from cbr_desktop.ui.outbox.resend import ResendDialog
from cbr_desktop.ui.plans.make_plan import MakePlanDialog
from cbr_desktop.ui.plans.plan import PlanDialog
from cbr_desktop.ui.profiles.deleting import DeleteDialog
from cbr_desktop.ui.profiles.imports import ProfileImportDialog
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.session.draft_store import Source
from cbr_desktop.ui.shell.dialogs import Dialogs, _features
from cbr_desktop.ui.shell.leave import LeaveDialog
from cbr_desktop.workflows.documents import document_of, judged_document
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import change_of
from cbr_desktop.workflows.preflight import Preflight

LOOK_SECONDS = 0.05
QUIET_LOOKS = 3
"""So many looks in a row in which nothing is read and little is worked, it is quiet: timers of 80 ms have passed."""
QUIET_WORK = 0.02
"""How much work in such a look is none; the pulse itself works as well."""
TRIES = 3
PATIENCE_SECONDS = 4.0
BRIEF_SECONDS = 1.0
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
        self.is_once = bool(os.environ.get("CBR_BENCH_ONCE"))
        self.seen: set[str] = set()

    async def tell(self) -> None:
        """Open everything there is."""
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self.pulse.run())
            await living.loaded(self.session)
            await self.made_whole()
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
        if not self.wanted:
            print("not opened:", *sorted(_windows(QDialog) - self.seen), file=sys.stderr)

    async def made_whole(self) -> None:
        """Read again what could not be read on a machine that has much else to do: all dialogs need rows."""
        for part in (Part.VAULTS, Part.BACKUPS, Part.PROTECTABLES, Part.POLICIES):
            for _ in range(TRIES):
                if self.ledger.freshness[part].as_of is None or self.ledger.freshness[part].error is not None:
                    await self.context.refresh.once(frozenset({part}))
            if self.ledger.freshness[part].as_of is None:
                raise RuntimeError(f"{part} could not be read: {self.ledger.freshness[part].error!r}")

    def _read(self, parts: frozenset[Part]) -> None:
        self.tasks.start(self.context.refresh.once(parts))

    async def settled(self) -> None:
        """Wait until nothing is read and nothing else goes on, or for long: then it is no dialog's doing."""
        stands, quiet = self.ledger.freshness, 0
        until = time.monotonic() + (BRIEF_SECONDS if self.is_once else PATIENCE_SECONDS)
        while quiet < QUIET_LOOKS and time.monotonic() < until:
            worked = time.thread_time()
            await asyncio.sleep(LOOK_SECONDS)
            is_quiet = time.thread_time() - worked < QUIET_WORK and not any(each.loading for each in stands.values())
            quiet = quiet + 1 if is_quiet else 0

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
        for turn in ("open",) if self.is_once else ("open", "again"):
            made = await self.felt(f"{turn}:{name}", act)
            if made is None:
                return
            self.seen.update(type(each).__name__ for each in (made, *self.window.findChildren(QDialog)))
            if (turn == "again" or self.is_once) and made is not self.window:
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
        made |= self.of_files(full)
        made |= self.of_profiles()
        made |= {
            "settings": window.small_windows.open_settings,
            "help": window.small_windows.open_help,
            "problems": window.small_windows.open_problems,
        }
        made |= {"export": lambda: window.small_windows.export_table(window.current_page())}
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
            "release": lambda: _shown(ReleaseDialog([(held, context)] * 50, window._times, window)),
            "send-again": lambda: _shown(ResendDialog(held, "Bench", context.clock.now(), window)),
            "schedule": lambda: _shown(ScheduleDialog(context.clock.now(), window)),
            "leave": lambda: _shown(LeaveDialog(self.window.deferred_widgets._unfinished, context.clock, window)),
        }

    def of_files(self, full: Any) -> dict[str, Open]:
        """Return what is opened for request files and plans: of as many steps as a batch."""
        ledger, window, workspace = self.ledger, self.window, self.workspace
        folder = Path(tempfile.mkdtemp())
        deletions = [change_of(BackupDeletion(id), ledger) for id in list(ledger.backups)[:BATCH]]
        drafts = [CheckpointDraft(id, f"of-{place}") for place, id in enumerate(list(ledger.vaults)[:BATCH])]
        checkpoints = [change_of(draft, ledger) for draft in drafts]
        plans = {
            name: Plan(
                name, tuple(Step(place, "Bench", "", document_of(each)) for place, each in enumerate(changes, 1))
            )
            for name, changes in {"of-deletions": deletions, "of-checkpoints": checkpoints}.items()
        }
        paths = []
        for place, each in enumerate(checkpoints):
            paths.append(str(folder / f"{place}.cbr.json"))
            Path(paths[-1]).write_bytes(each.body)
        many = json.dumps(json.loads(change_of(CheckpointDraft(full.id, "all"), ledger).body), indent=2)
        request = json.dumps({"operation": "DeleteBackup", "path": {"backup_id": next(iter(ledger.backups))}})
        made: dict[str, Open] = {
            f"plan.{name}": lambda plan=plan: _shown(PlanDialog(workspace, plan, (), window))
            for name, plan in plans.items()
        }
        return {
            **made,
            "plan.make": lambda: _shown(MakePlanDialog(workspace, paths, window)),
            "request": lambda: _shown(RequestDialog(self.context, Source(request), window)),
            "review": lambda: self.reviewed(many.encode()),
            "paste": lambda: _shown(RequestImportDialog(self.judged, lambda _path: b"", window, workspace.settings)),
            "diff": lambda: _shown(DiffDialog({"a": many, "b": many.replace("all", "some")}, "a", "b", window)),
        }

    def judged(self, document: Document) -> Preflight:
        """Judge a request from elsewhere."""
        return judged_document(document, self.ledger, self.context.clock.now())

    def reviewed(self, data: bytes) -> QWidget:
        """Open a request from elsewhere."""
        made = ReviewDialog(self.judged, "a request", self.window, self.workspace.settings)
        made.show_data(data, "request.json")
        return _shown(made)

    def of_profiles(self) -> dict[str, Open]:
        """Return what is opened for profiles, beside their window."""
        window, profile = self.window, self.context.profile
        kept = TomlProfiles(places(os.environ).profiles_file)
        return {
            "profiles": self.profiles,
            "profile.login": lambda: _shown(LoginDialog(profile, "", window)),
            "profile.delete": lambda: _shown(DeleteDialog(profile, window, owns_secrets=True)),
            "profile.import": lambda: _shown(ProfileImportDialog(kept, window, self.workspace.settings)),
            "doctor": self.doctor,
        }

    def profiles(self) -> QWidget:
        """Open the window of profiles, which comes once it is imported."""
        self.window.profiles_requested.emit()
        return self.window

    def doctor(self) -> QWidget:
        """Open the window that looks into a connection."""
        self.window.doctor_requested.emit(self.context.profile)
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


def _shown(dialog: QDialog) -> QDialog:
    dialog.open()
    return dialog


def _windows(of: type[QWidget]) -> set[str]:
    """Return the names of the kinds of windows of the program that are known by now, without what they share."""
    own = of.__subclasses__()
    found = {each.__name__ for each in own if each.__module__.startswith("cbr_desktop") and not each.__subclasses__()}
    return found.union(*map(_windows, own))


def _chosen(box: QComboBox) -> None:
    box.hidePopup()
    box.setCurrentIndex(50)


async def story(session: Any, window: Any) -> None:
    """Open every dialog of the living program."""
    await Story(session, window).tell()


living.tell(story, *sys.argv[1:])
