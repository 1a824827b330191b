"""Journeys of leaving in the middle (fault 98): what is left is named, nothing is lost, nothing is sent unasked."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.journeys.departing import SAID, departed


@pytest.mark.parametrize("kind", SAID)
def test_fault_98_what_is_left_is_named_kept_and_not_sent_unasked(
    kind: str, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    assert departed(kind, tmp_path, qapp, qtbot).problems == []
