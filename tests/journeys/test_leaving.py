"""Journeys of leaving in the middle (fault 98): what is left is named, nothing is lost, nothing is sent unasked."""

import asyncio
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.journeys.departing import SAID, departed
from tests.reliability.g23 import ended_by_signal
from tests.reliability.ground import ground


@pytest.mark.parametrize("kind", SAID)
def test_fault_98_what_is_left_is_named_kept_and_not_sent_unasked(
    kind: str, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    assert departed(kind, tmp_path, qapp, qtbot).problems == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")
@pytest.mark.parametrize("stubborn", [False, True], ids=["a request hangs", "a task swallows its cancellation"])
def test_fault_83_a_signal_ends_the_program_whatever_hangs_and_the_row_stays(stubborn: bool) -> None:
    """The data folder can be opened by the next program, and what was being sent is looked for by it."""
    with ground() as here:
        ended = asyncio.run(ended_by_signal(here, stubborn=stubborn))
    assert (ended.code, ended.posts, len(ended.states)) == (0, 1, 1)
