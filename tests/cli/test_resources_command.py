"""The commands that tell what vaults hold, and changes of that by request files."""

import json
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.cli import main
from cbr_desktop.cli.tables import BAD, GOOD, PARTIAL, UNUSABLE
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, WEB_SHOP_ID


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = GOOD) -> Any:
    assert main([*words, "--demo", "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_vault_is_told_with_all_that_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vault", "show", "vault-erp-prod", "--demo"]) == GOOD
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "vault-erp-prod"
    assert any(line.split()[:2] == ["Policy", "daily-22h,"] for line in lines)
    facts = {line[2:22].strip(): line[22:].strip() for line in lines[1:] if line.startswith("  ")}
    assert (facts["Specification"], facts["Billing"]) == ("Crash-consistent, Single-AZ", "By use")
    assert (facts["Threshold"], facts["Auto association"]) == ("80 %, with a notice", "Off")
    (server,) = [line for line in lines if line.startswith("ecs-erp-db-01")]
    assert "2 disks are left out" in server
    record = told(capsys, "vault", "show", "vault-erp-prod")
    assert (record["name"], len(record["resources"]), record["complete"]) == ("vault-erp-prod", 12, True)
    assert [each["name"] for each in record["policies"]] == ["daily-22h", "repl-eu-nl"]


def test_a_vault_that_is_not_there_is_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    record = told(capsys, "vault", "show", "nobody", code=UNUSABLE)
    sentence = "There is no vault ‘nobody’ in this project. cbr-desktop vaults lists them."
    assert record == {"vault": None, "problems": [sentence]}
    capsys.readouterr()
    for words in (["vault", "show", "nobody"], ["resources", "--vault", "nobody"]):
        assert main([*words, "--demo"]) == UNUSABLE
        assert tuple(capsys.readouterr()) == ("", f"cbr-desktop: {sentence}\n")


def test_resources_are_listed_with_why_they_are_not_backed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resources", "--unprotected", "--demo"]) == GOOD
    said = capsys.readouterr()
    head, *rows = said.out.splitlines()
    assert head.split()[:4] == ["NAME", "TYPE", "VAULT", "STATE"]
    assert any("Not protectable (7111): Backup is not allowed" in row for row in rows)
    assert "15 resources: 12 in no vault, 2 not protectable, 1 suspended." in said.err
    assert main(["resources", "--without-policy", "--demo"]) == GOOD
    said = capsys.readouterr()
    assert "15 resources: 6 in vaults without policy, 9 in vaults whose policies are disabled." in said.err
    assert all("Vault without policy" in row or "Policy disabled" in row for row in said.out.splitlines()[1:])
    every = told(capsys, "resources")["resources"]
    gaps = [each["why_unprotected"] for each in every]
    assert [gaps.count(gap) for gap in ("free", "unfit", "suspended")] == [12, 2, 1]


def test_a_list_that_a_region_lacks_is_named_and_the_rest_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resources", "--demo", "--profile", "Prod · eu-nl"]) == PARTIAL
    said = capsys.readouterr()
    assert "The list of resources outside vaults could not be read: " in said.err
    assert said.out.splitlines()[1:]


def test_a_dissociation_by_file_is_counted_and_has_to_be_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    held = told(capsys, "resources", "--vault", "vault-web-prod")["resources"]
    assert {each["vault"]["name"] for each in held} == {"vault-web-prod"} and len(held) == 7
    own = next(each for each in held if each["name"] == "ecs-web-01")
    path = tmp_path / "dissociate.cbr.json"
    ids = {"path": {"vault_id": own["vault"]["id"]}, "body": {"resource_ids": [own["id"]]}}
    path.write_text(json.dumps({"operation": "RemoveVaultResource", **ids}))
    assert main(["send", str(path), "--arm", "--demo"]) == BAD
    said = capsys.readouterr()
    assert "name what is lost by --name, which is ‘vault-web-prod’" in said.out
    assert "All 2 backups of ‘ecs-web-01’ in vault ‘vault-web-prod’ are deleted for good." in said.err
    assert main(["send", str(path), "--arm", "--name", "vault-web-prod", "--demo"]) == GOOD
    assert "The service is taking ‘ecs-web-01’ out of vault ‘vault-web-prod’" in capsys.readouterr().out


def test_the_enterprise_project_of_a_vault_is_told_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    record = told(capsys, "vault", "show", "vault-db-disks")
    assert (record["enterprise_project"], len(record["enterprise_project_id"])) == ("databases", 36)
    assert main(["vault", "show", "vault-be94", "--demo"]) == GOOD
    assert ["Enterprise", "project", "Default"] in [line.split() for line in capsys.readouterr().out.splitlines()]


def test_a_vault_is_put_into_an_enterprise_project_by_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    vault = told(capsys, "vault", "show", "vault-web-prod")["id"]
    path = tmp_path / "assign.cbr.json"
    body = {"project_id": DEMO_PROJECT_ID, "resource_id": vault, "resource_type": "vault"}
    file = {"operation": "MigrateResource", "path": {"enterprise_project_id": WEB_SHOP_ID}, "body": body}
    path.write_text(json.dumps(file))
    assert main(["send", str(path), "--arm", "--demo"]) == GOOD
    said = capsys.readouterr()
    assert f"Done. The vault is in enterprise project ‘{WEB_SHOP_ID}’." in said.out
    wrong = file | {"path": {"enterprise_project_id": "web-shop"}, "body": body | {"resource_type": "server"}}
    path.write_text(json.dumps(wrong))
    assert main(["check", str(path), "--demo"]) == BAD
    said = capsys.readouterr()
    assert "path.enterprise_project_id" in said.out + said.err and "body.resource_type" in said.out + said.err
