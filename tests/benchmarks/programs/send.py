"""Presses Send in the living program again and again: ``send.py PRESSES``; prints milliseconds, a line a press.

to the disk, to the row in the window, of an anchor to the disk, of an anchor to the window, and the state then
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import living
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

OUTCOME, ROW = "outcome", "request"
NOT_MEASURED = 2


class Watch(QObject):
    """Sees when widgets of a name are painted for the first time after ``begin``."""

    def begin(self) -> None:
        self.seen: dict[str, float] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and watched.objectName() in (OUTCOME, ROW, "bare"):
            self.seen.setdefault(watched.objectName(), time.perf_counter())
        return False


class Presser:
    """Opens dialogs and presses their button."""

    def __init__(self, session: Any, window: Any) -> None:
        self.session, self.window = session, window
        self.kept = 0.0
        records = session.outbox._rows.records
        add = records.add

        def timed(intent: Any) -> None:
            add(intent)
            self.kept = time.perf_counter()

        records.add = timed
        self.watch = Watch()
        QApplication.instance().installEventFilter(self.watch)
        self.bare = QMainWindow()
        self.bare.setCentralWidget(QWidget())
        self.bare.centralWidget().setObjectName("bare")
        self.bare.resize(1280, 800)
        self.bare.show()

    async def press(self, vault_id: str) -> str:
        dialog = self.window.row_dialogs.open_checkpoint(vault_id)
        await asyncio.sleep(0.2)
        if dialog.anyway.isVisible():
            dialog.anyway.setChecked(True)
        await living.until(dialog.send.isEnabled)
        await asyncio.sleep(0.05)
        self.watch.begin()
        began = time.perf_counter()
        dialog.send.click()
        await living.until(lambda: {OUTCOME, ROW} <= self.watch.seen.keys())
        painted = max(self.watch.seen.values())
        intent = list(self.session.ledger.intents.values())[-1]
        dialog.close()
        return f"{_ms(self.kept - began)} {_ms(painted - began)} {self.anchors()} {intent.state}"

    def anchors(self) -> str:
        """Write and paint as little as can be written and painted."""
        sync = getattr(os, "fdatasync", os.fsync)
        path = Path(os.environ["CBR_DESKTOP_HOME"], "data", "anchor")
        with path.open("ab") as file:
            began = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            sync(file.fileno())
            kept = time.perf_counter()
        self.bare.centralWidget().repaint()
        return f"{_ms(kept - began)} {_ms(time.perf_counter() - kept)}"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.3f}"


async def story(session: Any, window: Any) -> None:
    """Press Send for one vault after the other."""
    await living.loaded(session)
    window.build_deferred_widgets()
    if not window.drawer.is_open:
        window.drawer.toggle()
    presser = Presser(session, window)
    presses = int(sys.argv[1])
    for number, vault_id in enumerate(list(session.ledger.vaults)[: presses + NOT_MEASURED]):
        line = await presser.press(vault_id)
        if number >= NOT_MEASURED:
            print(line, flush=True)
    presser.bare.close()


living.tell(story, "--profile", "Bench")
