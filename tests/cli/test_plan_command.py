"""Plans on the command line: judged without sending, run with exit codes, and told of afterwards."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from cbr_desktop.domain.plan import Run
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.planfile import PlanRuns, read

Write = Callable[..., str]
Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(*steps: object, **more: object) -> str:
        path = tmp_path / "all.plan.json"
        path.write_text(json.dumps({"plan": {"name": "patch day", "steps": list(steps), **more}}))
        return str(path)

    return write


def step(name: str, vault_id: str = REFERENCE_VAULT_ID, **more: object) -> dict[str, object]:
    parameters = {"name": name, "incremental": True, "resources": [REFERENCE_RESOURCE_ID]}
    return {"request": {"checkpoint": {"vault_id": vault_id, "parameters": parameters}}, **more}


def test_a_good_plan_is_judged_and_nothing_is_sent(written: Write, capsys: Out, home: Path) -> None:
    assert main(["plan", "check", "--demo", written(step("one"), step("two"))]) == 0
    told = capsys.readouterr().out
    assert "can be run" in told
    assert "Step 2: two" in told
    assert not (home / "data" / "plans").exists()


def test_every_bad_step_is_named(written: Write, capsys: Out) -> None:
    file = written(step("one"), step("b d"), step("three", profile="Moon"), {"file": "../x"})
    assert main(["plan", "check", "--demo", "--json", file]) == 1
    record = json.loads(capsys.readouterr().out)
    assert record["verdict"] == "bad"
    assert {found["step"] for found in record["findings"] if found["weight"] == "problem"} == {2, 3, 4}


def test_what_is_no_plan_cannot_be_used(tmp_path: Path, capsys: Out) -> None:
    (tmp_path / "x").write_text("{")
    assert main(["plan", "check", "--demo", str(tmp_path / "x")]) == 2
    assert main(["plan", "run", "--demo", str(tmp_path / "x")]) == 2
    assert "JSON" in capsys.readouterr().out
    assert main(["plan", "check", "--demo", str(tmp_path / "missing")]) == 2


def test_a_request_file_is_told_from_a_plan(tmp_path: Path, capsys: Out) -> None:
    (tmp_path / "one.cbr.json").write_text(json.dumps(step("one")["request"]))
    assert main(["plan", "check", "--demo", str(tmp_path / "one.cbr.json")]) == 2
    assert "The file holds one request, not a plan of several." in capsys.readouterr().out


def test_a_plan_is_run_and_told_step_by_step(written: Write, capsys: Out, tmp_path: Path) -> None:
    html = tmp_path / "report.html"
    assert main(["plan", "run", "--demo", "--arm", "--json", "--html", str(html), written(step("one"))]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [each["state"] for each in record["steps"]] == ["running"]
    assert record["steps"][0]["checkpoint_id"]
    assert "patch day" in html.read_text()


def test_a_bad_plan_is_not_run(written: Write, capsys: Out) -> None:
    assert main(["plan", "run", "--demo", "--arm", written(step("one"), step("b d"))]) == 1
    assert "cannot be run" in capsys.readouterr().out


def test_a_run_that_is_not_there_is_said(capsys: Out) -> None:
    assert main(["plan", "list"]) == 0
    assert "No plan was run" in capsys.readouterr().out
    assert main(["plan", "report", "abc"]) == 2
    assert "There is no run ‘abc’." in capsys.readouterr().err


def test_a_run_is_named_and_a_variable_that_was_never_set_names_none(written: Write, capsys: Out) -> None:
    plan, _ = read(Path(written(step("one"))))
    assert plan is not None
    PlanRuns(places().plans_folder).keep(Run("6f1c2a9e-run", plan, datetime(2026, 3, 1, 22, 5, tzinfo=UTC)))
    assert main(["plan", "list"]) == 0
    assert capsys.readouterr().out.startswith("6f1c2a9e  2026-03-01 22:05:00 UTC  patch day: ")
    for act in ("continue", "report"):
        assert main(["plan", act, ""]) == 2
        assert "There is no run ‘’." in capsys.readouterr().err


def test_profiles_that_cannot_be_read_are_not_said_to_be_gone(written: Write, capsys: Out, home: Path) -> None:
    plan = written(step("one", profile="Prod"))
    assert main(["plan", "check", plan]) == 1
    assert "There is no profile ‘Prod’ here" in capsys.readouterr().out
    (home / "config").mkdir(parents=True)
    (home / "config" / "profiles.toml").write_text("no = = toml")
    for act in ("check", "run"):
        assert main(["plan", act, plan]) == 2
        assert "profiles.toml’ exists but cannot be read" in capsys.readouterr().err


def test_a_plan_is_made_of_request_files(tmp_path: Path, capsys: Out) -> None:
    files = []
    for name in ("one", "two"):
        (tmp_path / f"{name}.cbr.json").write_text(json.dumps(step(name)["request"]))
        files.append(str(tmp_path / f"{name}.cbr.json"))
    made = tmp_path / "patch.plan.json"
    arguments = ["--output", str(made), "--concurrency", "2", "--go-on", "--stagger", "5"]
    assert main(["plan", "make", *files, *arguments]) == 0
    assert capsys.readouterr().out == f"{made}\n"
    plan = json.loads(made.read_text())["plan"]
    assert (plan["name"], plan["concurrency"], plan["stop_on_failure"]) == ("patch", 2, False)
    assert [each["request"]["checkpoint"]["parameters"]["name"] for each in plan["steps"]] == ["one", "two"]
    assert main(["plan", "check", "--demo", str(made)]) == 0
    assert main(["plan", "make", *files, "--output", str(made), "--concurrency", "99"]) == 2
    capsys.readouterr()
    assert main(["plan", "make", str(tmp_path / "missing.cbr.json"), *files, "--output", str(made)]) == 2
    assert "missing.cbr.json" in capsys.readouterr().err
    (tmp_path / "bad.cbr.json").write_text("{")
    assert main(["plan", "make", str(tmp_path / "bad.cbr.json"), "--output", str(made)]) == 2
