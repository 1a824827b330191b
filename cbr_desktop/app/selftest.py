"""The self-test: does the main job in the demo cloud by the window's own buttons, and takes pictures of it.

Time runs faster than on the wall, for the program and the demo cloud alike. Two checkpoints are made: the documented
reference request, which must end whole, and one of a vault where two of seven resources are skipped, which must not.
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.main_loop import live, open_services
from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.session_pool import SessionPool
from cbr_desktop.app.window import new_application, new_workspace, paint_now
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.logs import Log
from cbr_desktop.runtime import Leaving, run
from cbr_desktop.storage.paths import places
from cbr_desktop.text.operations.create_checkpoint import outcome_sentence
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.session.workspace import Extent, Workspace
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.outcomes import outcome_of

WidgetKind = TypeVar("WidgetKind", bound=QWidget)

SPEED = 20.0
"""How much faster than on the wall time runs."""
_PATIENCE_SECONDS = 30.0
"""Real seconds that any one step may take."""
WHOLE_VAULT, PARTIAL_VAULT = "vault-be94", "vault-web-prod"


class SelftestFailed(Exception):
    """Something is not as it must be; the message says what."""


def run_selftest(options: argparse.Namespace) -> int:
    """Do the main job and print one line; return 0 when all was as it must be, else 1."""
    began = time.monotonic()
    here = places()
    here.make()
    if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"} & set(os.environ):
        os.environ["QT_QPA_PLATFORM"] = _offscreen(here.cache / "selftest-screen.json")
    application = new_application()
    clock = WallClock(SPEED)
    workspace = new_workspace(here, DEMO, clock=clock)
    workspace.settings.put("window/theme", str(Theme(options.theme)))
    window = MainWindow(workspace)
    window.resize(1280, 800)
    paint_now(application, window)
    operator = Operator(workspace, window, options.screenshot, options.pictures)
    with ExitStack() as stack:
        log = stack.enter_context(closing(Log(here.log_file)))
        services = open_services(stack, workspace, here, log)
        failures: list[object] = []
        defects = stack.enter_context(closing(Defects()))
        try:
            run(application, lambda leaving: live(services.sessions, window, services.access, leaving, operator.story))
        except* SelftestFailed as group:
            failures.extend(group.exceptions)
        failures.extend(defects.found)
    if failures:
        print(f"selftest: FAILED: {failures[0]}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"selftest: ok in {time.monotonic() - began:.1f} s: {operator.result}")  # noqa: T201
    return 0


def _offscreen(file: Path) -> str:
    """Return the platform without a display, with a screen (told in ``file``) that has room for every window."""
    size = {"width": 1920, "height": 1200, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    file.write_text(json.dumps({"screens": [{"name": "selftest", "x": 0, "y": 0, **size}]}))
    return f"offscreen:configfile={file}" if ":" not in str(file) else "offscreen"


class Defects(logging.Handler):
    """Collects what the program logged as an error of its own: a self-test with one of those has failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        logging.getLogger("cbr_desktop").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's last line."""
        self.found.append(self.format(record).splitlines()[-1])

    def close(self) -> None:
        """Stop collecting."""
        logging.getLogger("cbr_desktop").removeHandler(self)
        super().close()


class Operator:
    """Plays the person at the window: finds controls by their names, presses them, and looks at what comes of it."""

    def __init__(
        self, workspace: Workspace, window: MainWindow, screenshot: Path | None, pictures: Path | None
    ) -> None:
        self._workspace = workspace
        self._window = window
        self._screenshot = screenshot
        self._pictures = pictures
        self.result = ""

    async def story(self, sessions: SessionPool, leaving: Leaving) -> None:
        """Do the main job, then leave."""
        self._session: ProfileSession = sessions.of(self._workspace.context(DEMO.name))
        session = self._session
        await self._until(
            lambda: len(session.ledger.vaults) > 1 and bool(session.ledger.tasks), "the lists did not arrive"
        )
        whole = await self._ask_for(WHOLE_VAULT, "selftest")
        partial = await self._ask_for(PARTIAL_VAULT, "before-patch")
        await self._running()
        await self._look_around(VaultId(self._intent("before-patch").subject.id))
        whole_outcome = await self._ended(whole)
        partial_outcome = await self._ended(partial)
        self._judge(whole_outcome, partial_outcome)
        await asyncio.sleep(0.3)
        self._take("outcome", partial)
        if self._screenshot is not None:
            self._save(_over(self._window.grab(), partial.grab()), self._screenshot)
        whole.close()
        partial.close()
        await self._turn_the_pages()
        if self._pictures is not None:
            await self._look_at_all()
        leaving.ask()

    async def _ask_for(self, vault: str, name: str) -> CheckpointDialog:
        """Open the dialog, fill it in, compare its preview, and press Send."""
        self._press(self._window, "createCheckpoint")
        dialog = self._window.findChildren(CheckpointDialog)[-1]
        await self._until(dialog.isVisible, "the form of a checkpoint did not open")
        box = _child(dialog, QComboBox, "checkpointVault")
        box.setCurrentIndex(next(row for row in range(box.count()) if box.itemText(row).startswith(vault + " ")))
        _child(dialog, QLineEdit, "checkpointName").setText(name)
        preview_field = _child(dialog, QPlainTextEdit, "checkpointPreview")
        await self._until(lambda: f'"{name}"' in preview_field.toPlainText(), f"the preview does not show {name}")
        if dialog.anyway.isVisible():
            dialog.anyway.setChecked(True)
            await asyncio.sleep(0.2)
        self._take(f"dialog-{name}", dialog)
        preview = preview_field.toPlainText()
        self._press(dialog, "checkpointSend")
        if preview.encode() != self._intent(name).body:
            raise SelftestFailed(f"{name}: what was queued is not what the preview showed")
        return dialog

    async def _look_around(self, vault_id: VaultId) -> None:
        """Take a picture with the panes open: a vault's details, and the requests that run."""
        self._window.show_vault(vault_id)
        panes = [_child(self._window, QAbstractButton, name) for name in ("toggleDetails", "toggleTaskDrawer")]
        closed = [pane for pane in panes if not pane.isChecked()]
        for pane in closed:
            pane.click()
        await asyncio.sleep(0.3)
        self._take("window")
        for pane in closed:
            pane.click()

    async def _look_at_all(self) -> None:
        """Take a picture of every profile at once: one is far away, one lacks a list, the token of one has ended."""
        self._workspace.choose(next(choice for choice in self._workspace.choices() if choice.extent is Extent.ALL))
        far = self._workspace.contexts[-1].ledger
        await self._until(lambda: bool(far.vaults) and bool(far.backups), "the profile that is far away did not answer")
        self._window.current_page().view.clearSelection()  # without details the table has the room
        self._dismiss_notices()
        await asyncio.sleep(0.5)
        self._take("merged")

    async def _turn_the_pages(self) -> None:
        self._dismiss_notices()
        for page in (*NAMES[1:], NAMES[0]):
            self._window.show_page(page)
            # never from within: on Windows, sending posted events runs whatever else waits for the loop
            await asyncio.sleep(0.05 if self._pictures is None else 0.5)
            self._take(page.lower())

    def _dismiss_notices(self) -> None:
        for notice in list(self._window.notices.notices):
            notice.dismiss.click()

    async def _running(self) -> None:
        def half_way() -> bool:
            outcomes = [outcome_of(self._session.ledger, intent) for intent in self._session.ledger.intents.values()]
            return all(outcome is not None and outcome.progress_percent >= 25 for outcome in outcomes)

        await self._until(half_way, "no progress was seen")

    async def _ended(self, dialog: CheckpointDialog) -> Outcome:
        name = _child(dialog, QLineEdit, "checkpointName").text()
        finished = (IntentState.FINISHED, IntentState.REJECTED, IntentState.NOT_FOUND)
        await self._until(lambda: self._intent(name).state in finished, f"{name} did not end")
        outcome = outcome_of(self._session.ledger, self._intent(name))
        if outcome is None:
            raise SelftestFailed(f"{name} was refused: {self._intent(name).refusal}")
        return outcome

    def _judge(self, whole: Outcome, partial: Outcome) -> None:
        if not whole.is_whole:
            raise SelftestFailed(f"{WHOLE_VAULT}: {outcome_sentence(whole)}")
        if partial.is_whole or (partial.count(Fate.DONE), partial.count(Fate.SKIPPED)) != (5, 2):
            raise SelftestFailed(f"{PARTIAL_VAULT}: {outcome_sentence(partial)}")
        self.result = f"{WHOLE_VAULT}: {outcome_sentence(whole)} {PARTIAL_VAULT}: {outcome_sentence(partial)}"
        if self._screenshot is not None:
            self.result += f" Picture: {self._screenshot}"

    def _intent(self, name: str) -> Intent:
        return next(intent for intent in self._session.ledger.intents.values() if intent.name == name)

    async def _until(self, condition: Callable[[], bool], failure: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise SelftestFailed(failure)
            await asyncio.sleep(0.02)

    def _press(self, parent: QWidget, name: str) -> None:
        button = _child(parent, QPushButton, name)
        if not button.isEnabled():
            raise SelftestFailed(f"{name} cannot be pressed: {button.toolTip()}")
        button.click()

    def _take(self, name: str, dialog: QWidget | None = None) -> None:
        if self._pictures is None:
            return
        picture = self._window.grab() if dialog is None else dialog.grab()
        self._save(picture, self._pictures / f"{name}.png")

    def _save(self, picture: QPixmap, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(path), "PNG"):
            raise SelftestFailed(f"the picture could not be saved as {path}")


def _child(parent: QWidget, kind: type[WidgetKind], name: str) -> WidgetKind:
    child = parent.findChild(kind, name)
    if child is None:
        raise SelftestFailed(f"there is no {name} in {parent.objectName()}")
    return child


def _over(below: QPixmap, above: QPixmap) -> QPixmap:
    """Return the picture of a window with a dialog over its middle, as on a screen."""
    picture = QPixmap(below)
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 70))
    rest = picture.deviceIndependentSize() - above.deviceIndependentSize()
    painter.drawPixmap(QPoint(int(rest.width() / 2), int(rest.height() / 2)), above)
    painter.end()
    return picture
