"""The commands on policies: which there are, when one runs next, and what its rules delete."""

import json
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.cli import main
from cbr_desktop.cli.tables import BAD, GOOD, UNUSABLE


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = GOOD) -> Any:
    assert main([*words, "--demo", "--json"]) == code
    return json.loads(capsys.readouterr().out)


def policy_id(capsys: pytest.CaptureFixture[str], name: str) -> str:
    return next(each["id"] for each in told(capsys, "policies")["policies"] if each["name"] == name)


def written(folder: Path, **request: Any) -> str:
    path = folder / "change.cbr.json"
    path.write_text(json.dumps(request))
    return str(path)


def test_policies_are_listed_with_what_is_wrong_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "--demo"]) == GOOD
    said = capsys.readouterr()
    head, *rows = said.out.splitlines()
    assert head.split()[:4] == ["NAME", "KIND", "STATE", "NEXT"]
    assert [row.split()[0] for row in rows] == sorted(row.split()[0] for row in rows)
    assert "Policy ‘policy_auto’ is disabled" in said.err
    assert "‘vault-be94’ holds 1 resource and has no policy" in said.err
    assert "hourly-db’ has left no task" not in said.err
    record = told(capsys, "policies")
    found = {each["name"]: each for each in record["policies"]}
    assert (found["policy_auto"]["next_run"], found["gfs-hr"]["retention"]["month_backups"]) == (None, 12)
    assert [vault["name"] for vault in found["weekly-sfs"]["vaults"]] == ["vault-sfs-media"]
    assert len(record["problems"]) == len(said.err.splitlines())


def test_the_next_runs_are_told_in_utc_and_by_a_clock(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "next", "daily-22h", "--demo", "--count", "2", "--zone", "UTC+08:00"]) == GOOD
    first, *runs = capsys.readouterr().out.splitlines()
    assert first == "Policy ‘daily-22h’ runs next at:"
    assert len(runs) == 2 and all(" 20:00 UTC = " in run and run.endswith(" 04:00 UTC+08:00") for run in runs)
    record = told(capsys, "policy", "next", "daily-22h", "--count", "3", "--zone", "Europe/Berlin")
    assert len(record["runs"]) == 3
    assert {each["utc_offset_minutes"] for each in record["clock_changes"]} == {60, 120}


def test_a_policy_that_does_not_run_is_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "next", "policy_auto", "--demo", "--count", "1", "--zone", "Europe/Berlin"]) == GOOD
    said = capsys.readouterr().out
    assert said.startswith("Policy ‘policy_auto’ is disabled, so nothing runs. It would run at:")
    assert "the clock is at UTC+02:00: it runs daily at 22:00 instead of daily at 21:00." in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["next", "nobody"], "There is no policy ‘nobody’"),
        (["next", "gfs-hr", "--zone", "Nowhere"], "‘Nowhere’ is no zone"),
        (["simulate", "nobody"], "There is no policy ‘nobody’"),
    ],
)
def test_what_cannot_be_told_is_said_why(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", *words, "--demo"]) == UNUSABLE
    said = capsys.readouterr()
    assert sentence in said.err and not said.out
    assert sentence in told(capsys, "policy", *words, code=UNUSABLE)["problems"][0]


def test_what_the_rules_of_a_policy_delete_is_told_day_by_day(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # so far back that there is something to delete
    monkeypatch.setenv("CBR_DESKTOP_DEMO_DAYS", "60")
    record = told(capsys, "policy", "simulate", "gfs-hr", "--days", "3")
    first, last = record["days"][0], record["days"][-1]
    assert len(record["days"]) == 4
    assert first["existing"] > last["existing"] and last["made"] > 0
    assert record["deleted"][0]["cause"] == "number"
    assert main(["policy", "simulate", "gfs-hr", "--demo", "--days", "3"]) == GOOD
    said = capsys.readouterr().out
    assert said.startswith("Of ") and "no rule deletes those." in said
    assert len(said.splitlines()) == 2 + 5


def test_what_a_file_would_make_the_rules_delete_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    id = policy_id(capsys, "daily-22h")
    one = {"policy": {"operation_definition": {"max_backups": 1}}}
    path = written(home, operation="UpdatePolicy", path={"policy_id": id}, body=one)
    record = told(capsys, "policy", "simulate", path, "--days", "2")
    assert record["changed"] > 0
    renamed = {"policy": {"name": "other"}}
    path = written(home, operation="UpdatePolicy", path={"policy_id": id}, body=renamed)
    assert told(capsys, "policy", "simulate", path)["changed"] == 0
    bad = {"policy": {"operation_definition": {"max_backups": 0}}}
    path = written(home, operation="UpdatePolicy", path={"policy_id": id}, body=bad)
    assert main(["policy", "simulate", path, "--demo"]) == BAD
    assert "may be 1 to 99\u00a0999, not 0" in capsys.readouterr().err


def test_a_file_that_changes_no_policy_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(home, operation="DeleteBackup", path={"backup_id": "3b5816b5-f29c-4172-9d9a-76c719a659ce"})
    assert main(["policy", "simulate", path, "--demo"]) == UNUSABLE
    assert "it changes neither an existing policy" in capsys.readouterr().err
    assert main(["policy", "simulate", str(home / "none.json"), "--demo"]) == UNUSABLE


def test_a_policy_is_changed_by_a_request_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each demo cloud is its own, so that it is sent and told, and gone afterwards."""
    id = policy_id(capsys, "policy_auto")
    path = written(home, operation="UpdatePolicy", path={"policy_id": id}, body={"policy": {"enabled": True}})
    assert main(["send", path, "--demo", "--wait"]) == GOOD
    assert capsys.readouterr().out.startswith("Changed")
