"""A deletion that is followed to its end in the demo cloud, which takes its time for it."""

import json
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from tests.cli.test_documents_command import deletion, demo_backup


def test_a_deletion_says_what_is_lost_before_it_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    old = demo_backup(status="available")
    path = tmp_path / "deletion.cbr.json"
    path.write_text(json.dumps(deletion(old.id)))
    assert main(["send", "--demo", "--wait", "--name", old.name, str(path)]) == 0
    told = capsys.readouterr()
    assert "lost for good" in told.err and old.id in told.err
    assert told.out.startswith("Deleted")
