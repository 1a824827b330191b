"""The commands that delete several backups: what they say before, and what keeps them from sending anything."""

import json

import pytest

from cbr_desktop.cli import main
from cbr_desktop.domain.profile import Environment
from cbr_desktop.simulator.entities import Backup
from tests.cli.test_change_commands import Machine, machine

__all__ = ["machine"]


def manual(machine: Machine) -> list[Backup]:
    """The backups that a person made and that can be deleted."""
    known = machine.service.estate.backups.values()
    return [each for each in known if each.status == "available" and not each.auto and not each.images]


def test_a_clean_up_tells_what_goes_and_what_stays_and_sends_nothing(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "cleanup", "--keep", "0", "--older", "0", "--json"]) == 0
    told = capsys.readouterr()
    rows = json.loads(told.out)["backups"]
    known = machine.service.estate.backups
    assert {each["id"] for each in rows} >= {each.id for each in manual(machine)}
    assert all(not known[each["id"]].auto for each in rows)
    reasons = {each["stays"] for each in rows}
    assert "last-good" in reasons and None in reasons
    assert "would go, made between" in told.err
    assert machine.calls("DELETE", "/backups/") == 0


def test_several_are_counted_together_and_confirmed_by_the_name_of_their_vault(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.save(Environment.PRODUCTION)
    rows = manual(machine)[:2]
    busy = next(each for each in machine.service.estate.backups.values() if each.status not in ("available", "error"))
    ids = [each.id for each in rows]
    assert main(["backup", "delete", *ids, busy.id]) == 1
    told = capsys.readouterr()
    assert "With --leave-out the others are sent." in told.out
    assert main(["backup", "delete", *ids, busy.id, "--leave-out", "--yes"]) == 2
    told = capsys.readouterr()
    assert "It is left out." in told.err and "2 backups of " in told.err
    assert "It destroys something on production. To go on, type ‘" in told.out
    assert main(["backup", "delete", *ids, "--name", "something else"]) == 1
    assert machine.calls("DELETE", "/backups/") == 0


def test_a_number_of_a_rule_is_whole_and_within_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("-1", "1.5", "many", "1000"):
        with pytest.raises(SystemExit):
            main(["backup", "cleanup", "--keep", wrong])
        assert "is no whole number from 0 to 999" in capsys.readouterr().err or wrong == "-1"
