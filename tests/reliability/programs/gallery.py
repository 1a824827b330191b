"""Every window of the program with hostile texts in it, and the places that would read them as markup.

``gallery.py PROFILE`` prints JSON: windows and widgets that were looked through, how much hostile text was seen, sinks,
and whether planted sinks were seen.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget  # noqa: TID251  what the walk has to see

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import LoginRefused
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.shell.stop import StopWindow
from cbr_desktop.ui.shell.welcome import WelcomeWindow
from tests.benchmarks.programs import living
from tests.reliability.g8 import HOSTILE
from tests.ui.sinks import rich_text_sinks

windows: set[str] = set()
sinks: set[str] = set()
counts = {"widgets": 0, "hostile": 0}


def look() -> None:
    """Look through everything that there is now."""
    roots = [each for each in QApplication.topLevelWidgets() if each.parent() is None or each.isWindow()]
    windows.update(each.objectName() or type(each).__name__ for each in roots if each.isVisible())
    sinks.update(rich_text_sinks(roots))
    everything = [child for root in roots for child in root.findChildren(QWidget)]
    counts["widgets"] = max(counts["widgets"], len(everything))
    # the texts are shown with invisible marks around and within them, so a word of them is what is looked for
    hostile = [child for child in everything if isinstance(child, QLabel) and "img" in child.text()]
    counts["hostile"] = max(counts["hostile"], len(hostile))


def planted() -> Iterator[bool]:
    """Make sinks on purpose, and tell of each whether it is seen."""
    guessing, box, hint = QLabel("<b>x</b>"), QMessageBox(), QWidget()
    hint.setToolTip("<img src='x'>")
    rich = QLabel("x")
    rich.setTextFormat(Qt.TextFormat.RichText)
    for sink in (guessing, box, hint, rich):
        yield bool(rich_text_sinks([sink]))


async def shown(widget: QWidget) -> None:
    widget.show()
    await asyncio.sleep(0.1)
    look()
    widget.close()


async def story(session: Any, window: Any) -> None:
    """Open one window after the other."""
    await living.loaded(session)
    window.build_deferred_widgets()
    vault = next(iter(session.ledger.vaults))
    for page in ("Resources", "Tasks", "Outbox", "Plans", "Journal", "Vaults"):
        window.show_page(page)
        window.current_page().view.selectAll()
        window.show_details(True)
        await asyncio.sleep(0.2)
        look()
    dialog = window.row_dialogs.open_checkpoint(vault)
    await asyncio.sleep(0.3)
    look()
    dialog.close()
    intent = session.outbox.submit(CheckpointDraft(VaultId(vault), name="refused"))
    await living.until(lambda: session.ledger.intents[intent.id].state is IntentState.REJECTED)
    window.row_dialogs.open_outcome(intent.id)
    if not window.drawer.is_open:
        window.drawer.toggle()
    window.notices.say(HOSTILE)
    window.small_windows.open_help().finish()
    window.small_windows.open_problems()
    await asyncio.sleep(0.2)
    look()
    window.open_scope_menu()
    await asyncio.sleep(0.1)
    look()
    for signal, what in ((window.doctor_requested, (session.profile,)), (window.profiles_requested, ())):
        signal.emit(*what)
        await asyncio.sleep(2)
        look()
    refused = LoginRefused(HOSTILE, status=401, code=HOSTILE, message=HOSTILE)
    hostile = replace(session.profile, name=HOSTILE, user=HOSTILE, domain=HOSTILE, project=HOSTILE, region=HOSTILE)
    session.ledger.put_connection(session.ledger.connection._replace(error=refused))
    await shown(LoginDialog(hostile, HOSTILE, window))
    await shown(WelcomeWindow([hostile], [HOSTILE], HOSTILE, [HOSTILE]))
    await shown(StopWindow(HOSTILE))
    print(json.dumps({"windows": sorted(windows), "sinks": sorted(sinks), "planted": list(planted()), **counts}))


living.tell(story, "--profile", sys.argv[1])
