"""The program as somebody sees it who cannot write: prints as JSON what is on the screen, tries to send, and leaves."""

import asyncio
import json
import sys
from typing import Any

from PySide6.QtWidgets import QLabel

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import VaultId
from tests.benchmarks.programs import living


async def story(session: Any, window: Any) -> None:
    """Look, try, and tell."""
    window.build_deferred_widgets()
    dialog = window.row_dialogs.open_checkpoint()
    dialog.finish()  # it would be made in turns of the loop
    await asyncio.sleep(0.3)
    try:
        session.outbox.submit(CheckpointDraft(VaultId("v-1"), name="nightly"))
        refused = ""
    except CbrError as error:
        refused = f"{type(error).__name__}"
    told = {
        "mode": window.header_bar.arm.text() if not window.header_bar.arm.isHidden() else "",
        "notices": [notice.label.text() for notice in window.notices.notices],
        "can_send": dialog.send.isEnabled(),
        "hint": dialog.send.accessibleDescription(),
        "can_arm": not dialog.arm.isHidden(),
        "refused": refused,
        "requests": sorted(session.ledger.intents),
        "states": sorted({str(intent.state) for intent in session.ledger.intents.values()}),
        "labels": len(window.findChildren(QLabel)),
    }
    print(json.dumps(told), flush=True)


living.tell(story, *sys.argv[1:])
