"""A day at the window, with every secret typed into its field: ``session.py HOW PROFILE``; they come as JSON on stdin.

Everything is logged. It logs into every profile, makes a checkpoint, opens what can be opened and presses every button
that copies; defects happen in a slot, a task and a thread, and it ends by an abort. So it is when HOW is ``abort``;
``look`` opens everything of the first profile alone, and ``leave`` only logs in there. What stood in titles and on the
clipboard is written to ``seen-HOW.txt``.
"""

import asyncio
import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.session.workspace import Extent
from tests.benchmarks.programs import living

HOW, FIRST = sys.argv[1:]
SECRETS: dict[str, dict[str, str]] = json.load(sys.stdin)
FIELDS = {
    "password": "password",
    "passcode": "passcode",
    "token": "token",
    "access-key": "accessKey",
    "secret-key": "secretKey",
    "security-token": "securityToken",
    "proxy-password": "proxyPassword",
}
seen: set[str] = set()


def look() -> None:
    """Keep what others could read by now."""
    for window in QApplication.topLevelWidgets():
        seen.add(f"title {window.windowTitle()}")
        seen.update(f"hint {each.toolTip()}" for each in window.findChildren(QWidget) if each.toolTip())
    seen.add(f"clipboard {QGuiApplication.clipboard().text()}")
    Path(f"seen-{HOW}.txt").write_text("\n".join(sorted(seen)), encoding="utf-8")


def dialogs() -> list[LoginDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, LoginDialog) and each.isVisible()]


async def soon(condition: Callable[[], object], seconds: float = 5.0) -> bool:
    """Tell whether something has become true in time."""
    try:
        await living.until(condition, seconds)
    except TimeoutError:
        return False
    return True


async def log_in(session: Any) -> None:
    """Type what is asked for until the profile is online or is refused."""
    given: list[tuple[str, ...]] = []
    secrets = SECRETS[session.profile.name]
    while await soon(lambda: dialogs() or session.ledger.connection.reach is Reach.ONLINE):
        if not dialogs():
            break
        dialog = dialogs()[0]
        kinds = tuple(map(str, dialog.kinds))
        if kinds in given:
            dialog.reject()
            break
        given.append(kinds)
        for kind in kinds:
            field = dialog.findChild(QLineEdit, FIELDS[kind])
            assert field is not None
            field.setText(secrets[kind])
        keep = dialog.findChild(QAbstractButton, "keepPassword")
        assert keep is not None
        keep.setChecked(keep.isVisible())
        look()
        button = dialog.findChild(QAbstractButton, "logInNow")
        assert button is not None and button.isEnabled(), button and button.toolTip()
        button.click()
        await asyncio.sleep(0.3)
    print("profile", session.profile.name, session.ledger.connection.reach.name, flush=True)


async def press_copying() -> None:
    """Press every button that copies something."""
    buttons = [each for window in QApplication.topLevelWidgets() for each in window.findChildren(QAbstractButton)]
    for button in buttons:
        # a window may have gone while the loop went round
        if isValid(button) and "copy" in button.objectName().lower() and button.isVisible() and button.isEnabled():
            button.click()
            look()
            print("pressed", button.objectName(), flush=True)
            await asyncio.sleep(0)


async def make_checkpoint(session: Any, window: Any) -> None:
    await living.until(lambda: REFERENCE_VAULT_ID in session.ledger.vaults)
    dialog = window.row_dialogs.open_checkpoint(REFERENCE_VAULT_ID)
    await asyncio.sleep(0.3)
    if dialog.anyway.isVisible():
        dialog.anyway.setChecked(True)
    await living.until(dialog.send.isEnabled)
    await press_copying()
    dialog.send.click()
    await living.until(lambda: any(i.state is IntentState.ACCEPTED for i in session.ledger.intents.values()))
    dialog.close()
    window.row_dialogs.open_outcome(next(iter(session.ledger.intents)))
    await press_copying()


async def open_everything(session: Any, window: Any) -> None:
    workspace = window._workspace
    for page in ("Resources", "Tasks", "Outbox", "Plans", "Journal", "Vaults"):
        window.show_page(page)
        await asyncio.sleep(0.05)
    window.current_page().view.selectAll()
    for wish, signal in (("doctor", window.doctor_requested), ("profiles", window.profiles_requested)):
        before = len(QApplication.topLevelWidgets())
        signal.emit(session.profile) if wish == "doctor" else signal.emit()
        opened = await soon(lambda before=before: len(QApplication.topLevelWidgets()) > before, 2)
        print(wish, "opened" if opened else "did not open", flush=True)
        await asyncio.sleep(1.5)
        look()
    window.small_windows.open_help().finish()
    window.small_windows.open_problems()
    await press_copying()
    for choice in workspace.choices():
        if choice.extent is Extent.ALL and HOW == "abort":
            workspace.choose(choice)
            await asyncio.sleep(1)


async def have_defects(secrets: dict[str, str]) -> None:
    """Fail with secrets at hand and in the words of the errors, in each of the ways in which a defect can show."""

    def fail() -> None:
        password, headers = secrets["password"], {"X-Auth-Token": secrets["password"]}
        raise ValueError(f"a defect: {password} {headers!r}")

    async def fail_later() -> None:
        fail()

    QTimer.singleShot(0, fail)
    task = asyncio.get_running_loop().create_task(fail_later())
    await asyncio.wait([task])
    del task
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    logging.getLogger("cbr_desktop").debug("at debug level: %s", secrets)
    try:
        fail()
    except ValueError:
        logging.getLogger("cbr_desktop").exception("caught")
    await asyncio.sleep(0.1)


def log_everything() -> None:
    """Let even those log that the program silences, whenever it makes a client: they print headers."""
    for name in ("", "httpx", "httpcore"):
        logging.getLogger(name or None).setLevel(logging.DEBUG)


async def story(sessions: Any, window: Any) -> None:
    workspace = window._workspace
    window.build_deferred_widgets()
    names = [FIRST] if HOW != "abort" else [FIRST, *(each.name for each in workspace.profiles if each.name != FIRST)]
    for name in names:
        choices = (choice for choice in workspace.choices() if choice.extent is Extent.ONE and choice.name == name)
        workspace.choose(next(choices))
        log_everything()
        await log_in(next(session for session in sessions.all if session.profile.name == name))
    look()
    if HOW == "look":
        await living.loaded(sessions.all[0])
        await open_everything(sessions.all[0], window)
    if HOW == "abort":
        first = sessions.all[0]
        workspace.choose(next(choice for choice in workspace.choices() if choice.name == FIRST))
        await make_checkpoint(first, window)
        await open_everything(first, window)
        await have_defects(SECRETS[FIRST])
        look()
        print("done", flush=True)
        os.abort()
    print("done", flush=True)


living.tell_all(story, "--profile", FIRST)
