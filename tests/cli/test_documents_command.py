"""``check`` and ``send`` with files of other operations than a checkpoint, in the demo cloud."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.request_runner import left_behind
from cbr_desktop.cli import main
from cbr_desktop.cli.destroying import obstacle
from cbr_desktop.cli.opening import closing_client, opened_session
from cbr_desktop.domain import document
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.profile import Environment
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.workflows.documents import change_in
from tests.stage import staged

Write = Callable[[dict[str, Any]], str]
WEEKLY = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"
POLICY = {
    "operation": "CreatePolicy",
    "body": {
        "policy": {
            "name": "nightly",
            "operation_type": "backup",
            "operation_definition": {"retention_duration_days": 30},
            "trigger": {"properties": {"pattern": [WEEKLY]}},
        }
    },
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(value: dict[str, Any]) -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.cbr.json"
        path.write_text(json.dumps(value))
        return str(path)

    return write


def demo_backup(**wanted: object) -> Backup:
    """Return a backup of the demo cloud, which has the same ones each time."""
    with opened_session(None, demo=True) as session:
        asyncio.run(closing_client(session, session.refresh.once()))
        rows = [b for b in session.ledger.backups.values() if all(getattr(b, k) == v for k, v in wanted.items())]
    return min(rows, key=lambda row: (row.created_at is None, row.created_at, row.id))


def deletion(id: str) -> dict[str, Any]:
    return {"operation": "DeleteBackup", "path": {"backup_id": id}}


def test_check_judges_files_of_all_kinds_and_says_what_is_lost(
    written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    old = demo_backup(status="available")
    renamed = {"operation": "UpdateBackup", "path": {"backup_id": old.id}, "body": {"backup": {"name": "better"}}}
    assert main(["check", "--demo", "--json", written(deletion(old.id)), written(renamed), written(POLICY)]) == 0
    first, *others = json.loads(capsys.readouterr().out)["files"]
    assert (first["verdict"], first["problems"], len(first["losses"])) == ("good", [], 1)
    assert old.id in first["losses"][0] and "lost for good" in first["losses"][0]
    assert [(each["verdict"], each["losses"]) for each in others] == [("good", []), ("good", [])]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"path": {"backup_id": "x"}}, "‘operation’"),
        ({"operation": "DeleteEverything"}, "DeleteEverything"),
        ({"operation": "DeleteBackup"}, "‘path.backup_id’"),
        ({"operation": "DeleteBackup", "path": {"backup_id": "../vaults"}}, "no id"),
        (deletion("00000000-0000-4000-8000-000000000001"), "No backup 00000000"),
        ({"operation": "UpdateBackup", "path": {}, "body": {"backup": {"name": 1}}}, "‘body.backup.name’"),
    ],
)
def test_what_is_bad_is_said_and_not_sent(
    written: Write, capsys: pytest.CaptureFixture[str], value: dict[str, Any], words: str
) -> None:
    path = written(value)
    for command in ("check", "send"):
        assert main([command, "--demo", path]) == 1
        told = capsys.readouterr().out
        assert "cannot be sent" in told and words in told


def test_a_deletion_is_not_sent_before_its_name_is_given(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    old = demo_backup(status="available")
    assert main(["send", "--demo", "--json", written(deletion(old.id))]) == 1
    refused = json.loads(capsys.readouterr().out)
    assert refused["state"] == "not sent" and f"--name, which is ‘{old.name}’" in refused["problems"][0]


def test_a_renaming_and_a_policy_are_sent(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    old = demo_backup(status="available")
    renamed = {"operation": "UpdateBackup", "path": {"backup_id": old.id}, "body": {"backup": {"name": "better"}}}
    assert main(["send", "--demo", "--wait", written(renamed)]) == 0
    assert "better" in capsys.readouterr().out
    assert main(["send", "--demo", "--wait", "--json", written(POLICY)]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "finished"


def change(value: dict[str, Any], session: Any) -> Change:
    found, findings = document.read(json.dumps(value).encode())
    assert found is not None, findings
    return change_in(found, session.ledger)


def test_on_production_the_name_of_what_is_lost_is_wanted(tmp_path: Path) -> None:
    with staged(tmp_path, profile=replace(DEMO, environment=Environment.PRODUCTION)) as stage:
        asked_at = stage.clock.now()
        stage.play(stage.session.refresh.once)
        row = next(b for b in stage.session.ledger.backups.values() if b.status == "available" and b.name)
        wanted = change(deletion(row.id), stage.session)
        for typed in (None, "", "other", row.id):
            assert row.name in obstacle(stage.session, wanted, typed, asked_at)
        assert obstacle(stage.session, wanted, row.name, asked_at) == ""
        assert obstacle(stage.session, change(POLICY, stage.session), None, asked_at) == ""


def test_what_is_lost_is_counted_by_fresh_lists_or_nothing_goes(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.play(stage.session.refresh.once)
        row = next(iter(stage.session.ledger.backups.values()))
        wanted = change(deletion(row.id), stage.session)
        assert obstacle(stage.session, wanted, row.name, stage.clock.now() - timedelta(minutes=1)) == ""
        stage.clock.advance(60)
        assert "counted afresh" in obstacle(stage.session, wanted, row.name, stage.clock.now())


def test_the_same_again_is_the_same_operation_on_the_same_thing_with_the_same_body(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.play(stage.session.refresh.once)
        session = stage.session
        first, second = list(session.ledger.backups)[:2]
        session.outbox.submit(change(deletion(first), session))
        session.outbox.submit(change(POLICY, session))
        kept = list(session.ledger.intents.values())

        def behind(value: dict[str, Any]) -> int:
            return len(left_behind(kept, session.profile, change(value, session)))

        renamed = {"operation": "UpdateBackup", "path": {"backup_id": first}, "body": {"backup": {"name": "n"}}}
        other = {**POLICY, "body": {"policy": {**POLICY["body"]["policy"], "name": "weekly"}}}  # type: ignore[dict-item]
        turned = {**POLICY, "body": {"policy": dict(reversed(POLICY["body"]["policy"].items()))}}  # type: ignore[index]
        assert [behind(each) for each in (deletion(first), POLICY, turned)] == [1, 1, 1]
        assert [behind(each) for each in (deletion(second), renamed, other)] == [0, 0, 0]


def test_vaults_are_made_and_locked_by_files(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    billing = {"consistent_level": "crash_consistent", "object_type": "disk", "protect_type": "backup", "size": 10}
    new = {"operation": "CreateVault", "body": {"vault": {"name": "by-file", "billing": billing, "resources": []}}}
    path = {"vault_id": REFERENCE_VAULT_ID}
    lock = {"operation": "LockVault", "path": path, "body": {"vault": {"locked": True}}}
    hidden = {"operation": "UpdateVault", "path": path, "body": {"vault": {"locked": True}}}
    assert main(["check", "--demo", "--json", written(new), written(lock), written(hidden)]) == 1
    made, locked, slipped = json.loads(capsys.readouterr().out)["files"]
    assert [each["verdict"] for each in (made, locked)] == ["good", "good"]
    assert "lock the vault by a request of its own" in slipped["problems"][0]
    assert main(["send", "--demo", "--arm", "--json", written(lock)]) != 0
    refused = json.loads(capsys.readouterr().out)
    assert refused["state"] == "not sent" and "--name, which is ‘vault-be94’" in refused["problems"][0]
    assert main(["send", "--demo", "--arm", "--json", "--wait", "--name", "vault-be94", written(lock)]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "finished"
