"""The command line, as a person and a script meet it."""

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from cbr_desktop import __version__
from cbr_desktop.app.profile import DEMO_PROFILES, find_profile
from cbr_desktop.cli import main
from cbr_desktop.cli.tables import cells_wide, table
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.vault import Vault, VaultStatus
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.text.states import state_words
from tests import programs

Write = Callable[..., str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(*, vault_id: object = REFERENCE_VAULT_ID, **parameters: object) -> str:
        path = tmp_path / "request.cbr.json"
        path.write_text(json.dumps({"checkpoint": {"vault_id": vault_id, "parameters": parameters}}))
        return str(path)

    return write


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_a_command_leaves_the_collector_as_it_was() -> None:
    assert not gc.isenabled()
    assert main(["vaults", "--demo"]) == 0
    assert not gc.isenabled()


def test_the_version_is_told_without_what_commands_work_with() -> None:
    asked = [sys.executable, "-X", "importtime", "-m", "cbr_desktop", "--version"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("CBR Desktop ")
    assert [name for name in ("msgspec", "cbr_desktop.domain", "cbr_desktop.cli.output") if name in done.stderr] == []


def test_every_project_of_the_demo_cloud_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vaults", "--demo", "--profile", "Prod · eu-nl"]) == 0
    assert "vault-shop-nl" in capsys.readouterr().out
    assert main(["vaults", "--profile", "eu-nl_prod", "--demo"]) == 0
    assert "vault-shop-nl" in capsys.readouterr().out
    assert main(["vaults", "--demo", "--profile", "Moon"]) == 2
    assert "‘Prod · eu-de’, ‘Prod · eu-nl’" in capsys.readouterr().err


def test_vaults_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vaults", "--demo"]) == 0
    table = capsys.readouterr().out
    assert "vault-7669" in table
    assert "145 %" in table
    assert main(["vaults", "--demo", "--json"]) == 0
    vaults = json.loads(capsys.readouterr().out)["vaults"]
    assert len(vaults) == 14
    assert {vault["id"] for vault in vaults} >= {REFERENCE_VAULT_ID}


def test_a_table_in_a_terminal_has_the_words_of_the_window_and_keeps_its_columns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["vaults", "--demo"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    wide = next(row for row in rows if row.startswith("工作区"))
    assert " ".join(wide.split()[1:4]) == "Desktop vault Available"
    states = {row[head.index("STATE") :].split("  ")[0] for row in rows if row.isascii()}
    assert states >= {state_words(VaultStatus.AVAILABLE), state_words(VaultStatus.LOCK)}
    assert len(wide) + len("工作区") == len(rows[0])
    assert main(["backups", "--demo", "--vault", "vault-hr-worm"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert any("ecs-hr-long-name-" in row and "…" in row for row in rows), "a name is cut, and JSON has all of it"
    assert head.index("VAULT") - head.index("RESOURCE") <= 66


@pytest.mark.parametrize(("text", "cells"), [("vault", 5), ("工作区", 6), ("ＡＢ", 4), ("é", 1), ("e\u0301", 1)])
def test_a_character_takes_the_cells_that_a_terminal_gives_it(text: str, cells: int) -> None:
    assert cells_wide(text) == cells
    head, row = table([("NAME", "NEXT"), (text, "x")]).splitlines()
    assert cells_wide(row[: row.index("x")]) == head.index("NEXT")


def test_a_missing_password_is_told_with_the_variable_that_gives_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CBR_DESKTOP_PASSWORD", raising=False)
    (home / "config").mkdir(parents=True)
    TomlProfiles(home / "config" / "profiles.toml").save(
        Profile("Night", "https://iam.example.com", "https://cbr.example.com", "p", "u", "d")
    )
    assert main(["vaults"]) == 2
    told = capsys.readouterr().err
    assert "No password is known for profile" in told
    assert "CBR_DESKTOP_PASSWORD" in told


def test_a_good_file_is_called_good(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--demo", written(name="before-patch")]) == 0
    assert "can be sent" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"name": "x" * 70}, "70"),
        ({"name": "release.1"}, "position 8"),
        ({"description": "disk < 40"}, "<"),
        ({"resources": ["00000000-0000-4000-8000-000000000001"]}, "00000000-0000-4000-8000-000000000001"),
        ({"resources": [str(ResourceId(f"00000000-0000-4000-8000-{n:012d}")) for n in range(300)]}, "300"),
        ({"incremental": "yes"}, "checkpoint.parameters.incremental"),
    ],
)
def test_each_bad_request_gets_its_own_sentence(
    written: Write, capsys: pytest.CaptureFixture[str], parameters: dict[str, object], words: str
) -> None:
    assert main(["check", "--demo", written(**parameters)]) == 1
    out = capsys.readouterr().out
    assert "cannot be sent" in out
    assert words in out


def test_a_vault_without_resources_is_told_from_what_was_seen_last(
    home: Path, written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    profiles = home / "config" / "profiles.toml"
    profiles.parent.mkdir(parents=True)
    profiles.write_text(
        '[[profile]]\nname = "P"\niam_endpoint = "https://iam.example"\ncbr_endpoint = "https://cbr.example"\n'
        'project = "p"\nuser = "u"\ndomain = "d"\n'
    )
    here = places({"CBR_DESKTOP_HOME": str(home)})
    here.make()
    empty = Vault(VaultId(REFERENCE_VAULT_ID), "vault-bare", "server", "backup", "available", 100, 0)
    with closing(SqliteCache(here.cache_file(find_profile(here, "P")))) as cache:
        cache.keep_vaults(Listing([empty], datetime.now(UTC)))
    assert main(["check", written(name="n")]) == 1
    out = capsys.readouterr().out
    assert "vault-bare" in out
    assert "no resource" in out


def test_a_missing_vault_id_and_a_file_that_is_no_json(
    tmp_path: Path, written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", written(vault_id="")]) == 1
    broken = tmp_path / "broken.cbr.json"
    broken.write_text("{oops")
    assert main(["check", str(broken), str(tmp_path / "missing.cbr.json")]) == 2
    out = capsys.readouterr().out
    assert "missing.cbr.json" in out


def test_a_bad_file_is_not_sent(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["send", "--demo", "--json", written(name="a b")]) == 1
    record = json.loads(capsys.readouterr().out)
    assert record["state"] == "not sent"
    assert record["problems"]


def test_sending_tells_what_was_accepted(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["send", "--demo", "--json", written(name="now", resources=[REFERENCE_RESOURCE_ID])]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["state"], record["status"]) == ("accepted", "protecting")
    assert [resource["name"] for resource in record["accepted"]] == ["ecs-1f0f-0002"]


def test_part_of_it_is_told_by_the_exit_code(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    main(["vaults", "--demo", "--json"])
    vaults = json.loads(capsys.readouterr().out)["vaults"]
    web = next(vault["id"] for vault in vaults if vault["name"] == "vault-web-prod")
    assert main(["send", "--demo", "--json", written(vault_id=web, name="n")]) == 3
    record = json.loads(capsys.readouterr().out)
    assert (len(record["accepted"]), len(record["skipped"])) == (5, 2)
    assert all(skipped["code"] and skipped["reason"] and skipped["remedy"] for skipped in record["skipped"])


def test_a_profile_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vaults", "--profile", "Nowhere"]) == 2
    assert "Nowhere" in capsys.readouterr().err
    assert main(["vaults"]) == 2
    capsys.readouterr()
    TomlProfiles(places().profiles_file).save(Profile("Good", "https://a.example", "https://b.example", "p", "u", "d"))
    with places().profiles_file.open("a") as file:
        file.write('\n[[profile]]\nname = "Bad"\n')
    assert main(["vaults", "--profile", "Bad"]) == 2
    assert "Profile ‘Bad’ cannot be used: ‘iam_endpoint’ is missing." in capsys.readouterr().err


def test_a_service_that_cannot_be_reached_is_named_and_nothing_is_queued(
    home: Path, written: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", "demo")
    profile = home / "config" / "profiles.toml"
    profile.parent.mkdir(parents=True)
    profile.write_text(
        '[[profile]]\nname = "Down"\niam_endpoint = "http://127.0.0.1:1"\ncbr_endpoint = "http://127.0.0.1:1"\n'
        'project = "p"\nuser = "u"\ndomain = "d"\n'
    )
    assert main(["vaults"]) == 2
    assert "127.0.0.1" in capsys.readouterr().err
    assert main(["send", "--json", written(name="n")]) == 2
    assert "read-only" in capsys.readouterr().err
    assert main(["send", "--arm", "--json", written(name="n")]) == 2
    assert "127.0.0.1" in capsys.readouterr().err


@pytest.fixture
def simulator() -> Iterator[Callable[..., list[str]]]:
    """Start the command with options; the lines that it greets with. It ends with the test."""
    with ExitStack() as stack:

        def start(*options: str) -> list[str]:
            server = stack.enter_context(programs.start("simulator", "--port", "0", *options))
            stack.callback(server.terminate)
            lines = [server.stdout.readline()]
            while "CBR Desktop" not in lines[-1]:
                lines.append(server.stdout.readline())
                assert lines[-1], "the simulator has ended"
            return lines

        yield start


def test_the_simulator_serves_other_clients_over_tcp(simulator: Callable[..., list[str]]) -> None:
    lines = simulator()
    with urlopen(f"{lines[0].split()[5]}/v3", timeout=10) as answer:  # noqa: S310  our own address
        assert answer.status == 200
    projects = [line.split()[2] for line in lines if line.split()[0] == "project"]
    assert projects == [profile.project for profile in DEMO_PROFILES]


def test_the_simulator_can_lack_a_part_of_the_api(
    simulator: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = simulator("--missing", "policies", "--missing", "protectables", "--latency", "0.001")
    project = next(line.split()[1] for line in lines if line.split()[0] == "project")
    for part, status in (("policies", 404), ("protectables/server/instances", 404), ("vaults", 401)):
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{lines[0].split()[5]}/v3/{project}/{part}", timeout=10)  # noqa: S310  our own address
        assert caught.value.code == status
        caught.value.close()
    assert main(["simulator", "--missing", "volts"]) == 2
    assert "There are: agent/check, backups, backups/metadata, backups/rename" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["vaults", "--demo"], ["--help"]], ids=" ".join)
def test_a_reader_that_has_seen_enough_is_no_defect(words: list[str]) -> None:
    command = [sys.executable, "-m", "cbr_desktop", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == ""
        assert child.wait(30) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device of Linux that is always full")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["outbox"]], ids=" ".join)
def test_what_could_not_be_written_is_no_success(
    words: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not home.exists()
    with Path("/dev/full").open("w") as full, redirect_stdout(full):
        assert main(words) == 2
    assert "‘standard output’ could not be written" in capsys.readouterr().err


def test_which_cloud_is_meant_can_be_said_before_or_after_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--demo", "vaults", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)["vaults"]
    assert main(["vaults", "--demo", "--json"]) == 0
    after = json.loads(capsys.readouterr().out)["vaults"]
    assert [vault["id"] for vault in before] == [vault["id"] for vault in after]
    assert main(["--profile", "Nowhere", "vaults"]) == 2
    assert "Nowhere" in capsys.readouterr().err
