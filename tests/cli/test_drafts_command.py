"""The commands on drafts: all of them work without a network, and tell what they did by words and exit codes."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from cbr_desktop.cli import _options, _plainly, main, usual
from cbr_desktop.cli.command_line import which_cloud
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_draft_is_made_listed_and_judged(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for act in (["drafts"], ["drafts", "check"]):
        assert main(act) == 0
        assert capsys.readouterr().out == f"There are no drafts in {home / 'requests'}.\n"
    assert main(["drafts", "new", "nightly", "--vault", REFERENCE_VAULT_ID]) == 0
    path = home / "requests" / "nightly.cbr.json"
    assert capsys.readouterr().out == f"{path}\n"
    assert main(["drafts", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["drafts"]
    assert (row["file"], row["name"], row["vault_id"]) == (str(path), "nightly", REFERENCE_VAULT_ID)
    assert main(["drafts", "check"]) == 0
    assert "can be sent" in capsys.readouterr().out
    path.write_text(path.read_text().replace("nightly", "bad name"))
    assert main(["drafts", "--json", "check"]) == 1
    assert json.loads(capsys.readouterr().out)["files"][0]["verdict"] == "bad"
    path.write_text("{")
    assert main(["drafts", "check"]) == 2


def test_another_folder_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drafts", "new", "a", "--folder", str(tmp_path / "other")]) == 0
    assert main(["drafts", "--folder", str(tmp_path / "other")]) == 0
    assert "a.cbr.json" in capsys.readouterr().out


def test_two_files_are_compared_by_path_or_by_name(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["drafts", "new", "a"])
    main(["drafts", "new", "b"])
    assert main(["drafts", "diff", "a.cbr.json", str(home / "requests" / "a.cbr.json")]) == 0
    assert main(["drafts", "diff", "a.cbr.json", "b.cbr.json"]) == 1
    out = capsys.readouterr().out
    assert '-      "name": "a"' in out
    assert '+      "name": "b"' in out
    assert main(["drafts", "diff", "a.cbr.json", "missing.cbr.json"]) == 2


def test_json_on_one_line_is_compared_value_by_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other, spread = (tmp_path / f"{name}.json" for name in ("one", "other", "spread"))
    one.write_text('{"checkpoint":{"vault_id":"x","parameters":{"name":"a","incremental":true}}}')
    other.write_text('{"checkpoint":{"vault_id":"x","parameters":{"name":"b","incremental":true}}}')
    spread.write_text(json.dumps(json.loads(one.read_text()), indent=4))
    assert main(["drafts", "diff", str(one), str(other)]) == 1
    changed = [line for line in capsys.readouterr().out.splitlines()[2:] if line[0] in "+-"]
    assert changed == ['-      "name": "a",', '+      "name": "b",']
    assert main(["drafts", "diff", str(one), str(spread)]) == 0
    assert "only in line breaks and spaces" in capsys.readouterr().out
    one.write_text('{"a": 1, "a": 2}')
    other.write_text('{"a": 2}')
    assert main(["drafts", "diff", str(one), str(other)]) == 1


def test_a_command_is_imported_without_its_secret(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps({"checkpoint": {"vault_id": REFERENCE_VAULT_ID}})
    command = tmp_path / "from-mail.txt"
    command.write_text(f"curl https://cbr.example.com/v3/p/checkpoints -H 'X-Auth-Token: CANARY' -d '{body}'")
    assert main(["drafts", "import", str(command)]) == 0
    out = capsys.readouterr().out
    assert "‘X-Auth-Token’ may hold a secret" in out
    assert json.loads((home / "requests" / "from-mail.cbr.json").read_text()) == json.loads(body)
    assert "CANARY" not in out
    command.write_text("rm -rf /")
    assert main(["drafts", "import", str(command)]) == 2
    assert len(list((home / "requests").iterdir())) == 1


@pytest.mark.parametrize("words", [[], ["--demo"], ["--profile", "eu de"]])
def test_a_usual_way_to_open_the_window_is_read_as_the_grammar_reads_it(words: list[str]) -> None:
    read, more = which_cloud().parse_known_args(words, Namespace(**vars(usual())))
    assert (vars(_options(words)), more) == (vars(read), [])


@pytest.mark.parametrize("words", [["--profile", ""], ["--profile", "-x"], ["--profile"], ["--dem"], ["x"]])
def test_any_other_way_is_left_to_the_grammar(words: list[str]) -> None:
    assert _plainly(words) is None


def test_a_file_in_place_of_a_command_is_for_the_window() -> None:
    options = _options(["--demo", "a.cbr.json", "/x/b.CBR.JSON"])
    assert (options.run, options.demo) == ("app.opening:run_window", True)
    assert options.files == [Path("a.cbr.json"), Path("/x/b.CBR.JSON")]
    assert _options([]).files == []
    assert _options(["--open", "/x/odd.txt", "--demo"]).files == [Path("/x/odd.txt")]
    assert _options(["--open=/x/a.cbr.json"]).run == "app.opening:run_window"
    assert _options(["check", "a.cbr.json"]).run == "cli.check:check"
    with pytest.raises(SystemExit):
        _options(["--send", "a.cbr.json"])
