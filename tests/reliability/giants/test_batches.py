"""Batches that take their time: a command that deletes, and five hundred deletions with one true report."""

import json
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from tests.cli.test_batch_command import manual
from tests.cli.test_change_commands import Machine, machine
from tests.reliability.batches import TAGS, VAULTS, Asked, told_truly

__all__ = ["machine"]


def test_a_command_deletes_several_and_tells_of_each(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    rows = manual(machine)[:3]
    assert main(["backup", "delete", *(each.id for each in rows[:2]), "--yes", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "whole" and len(told["steps"]) == 2
    assert not {each.id for each in rows[:2]} & set(machine.service.estate.backups)
    assert rows[2].id in machine.service.estate.backups


def test_five_hundred_deletions_with_three_refused_and_two_unknown_end_in_a_true_report(tmp_path: Path) -> None:
    assert told_truly(tmp_path, 500, refused=3, lost=2, seed=1) == []


@pytest.mark.parametrize(("of", "count"), [(VAULTS, 40), (TAGS, 100)])
def test_batches_of_vaults_with_three_refused_and_two_unknown_end_in_a_true_report(
    tmp_path: Path, of: Asked, count: int
) -> None:
    assert told_truly(tmp_path, count, refused=3, lost=2, seed=1, of=of) == []
