"""The doctor on the command line: lines, JSON, a report to hand on, and exit codes."""

import json
from pathlib import Path

import pytest

from cbr_desktop.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write_profile(home: Path, **changes: str) -> None:
    fields = {
        "name": "Down",
        "iam_endpoint": "http://127.0.0.1:1",
        "cbr_endpoint": "http://127.0.0.1:1",
        "project": "p",
        "user": "u",
        "domain": "d",
    } | changes
    path = home / "config" / "profiles.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[[profile]]\n" + "".join(f'{key} = "{value}"\n' for key, value in fields.items()))


def test_the_demo_cloud_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--demo"]) == 0
    out = capsys.readouterr().out
    assert out.rstrip().endswith("All is well.")
    assert "Built-in cloud" in out
    assert "cbr:tasks:list" in out


def test_a_part_that_a_region_lacks_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--demo", "--profile", "eu-nl_prod", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    missing = [check["subject"] for check in record["checks"] if check["facts"].get("why") == "not-here"]
    assert missing == [
        "cbr:vaults:listProtectables",
        *(f"protectables/{kind}" for kind in ("server", "disk", "turbo")),
    ]
    assert {check["verdict"] for check in record["checks"]} == {"pass", "skipped"}
    assert all(check["found"] for check in record["checks"])


def test_a_token_that_has_ended_fails_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--demo", "--profile", "Staging · eu-de"]) == 1
    out = capsys.readouterr().out
    assert "Paste a new one" in out
    assert "1 check failed: Login" in out


def test_a_service_that_is_down_is_told_and_nothing_is_asked_of_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_profile(home)
    assert main(["doctor", "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    (failed,) = [check for check in record["checks"] if check["verdict"] == "fail"]
    assert (failed["kind"], failed["subject"], failed["error"]) == ("connection", "127.0.0.1:1", "Unreachable")
    assert failed["next"]


def test_a_profile_of_no_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--profile", "Nowhere"]) == 2
    assert "Nowhere" in capsys.readouterr().err


def test_the_report_keeps_hosts_and_veils_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--demo", "--report"]) == 0
    first = capsys.readouterr().out
    assert "https://cbr.eu-de.demo.invalid" in first
    assert "CBR Desktop 0" in first
    for name in ("operator", "eu-de_prod", "Prod · eu-de", "f841e01fd2b14e7fa41b6ae7aa6b0594", "MIIDemo"):
        assert name not in first
    project = next(line for line in first.splitlines() if line.startswith("Project ")).split()[1]
    assert first.count(project) >= 3
    assert main(["doctor", "--demo", "--report"]) == 0
    assert project not in capsys.readouterr().out
