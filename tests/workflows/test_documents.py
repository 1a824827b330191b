"""Request files of any operation, judged and sent: the bytes of the file go over the wire, to the path it names."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.domain import document
from cbr_desktop.domain.association import (
    ProtectionSetting,
    ResourceAssociation,
    ResourceDissociation,
    ResourceMigration,
)
from cbr_desktop.domain.backup import Backup, BackupDeletion, BackupRename
from cbr_desktop.domain.change import PRIOR_ID, Change, Kind, SubjectType
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.document import Document, parts_of
from cbr_desktop.domain.enterprise_project_change import EnterpriseProjectChange
from cbr_desktop.domain.expiration import BackupExpiration
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import ProjectId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.policy import PolicyApplication, PolicyDeletion, PolicyDraft, PolicyRemoval, PolicyUpdate
from cbr_desktop.domain.replication import BackupReplication, Destination, VaultReplication
from cbr_desktop.domain.request import read as read_checkpoint
from cbr_desktop.domain.retention import Retention
from cbr_desktop.domain.sharing import BackupShare, ShareAnswer, ShareWithdrawal
from cbr_desktop.domain.vault_changes import TagChange, VaultDeletion, VaultLock, VaultsUpdate, VaultUpdate
from cbr_desktop.domain.vault_draft import VaultDraft
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, REFERENCE_VAULT_ID
from cbr_desktop.workflows import documents
from cbr_desktop.workflows.operations import OPERATIONS
from tests.restoring import newest, restore_of
from tests.stage import Stage, staged

S = IntentState
WEEKLY = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"
POLICY = {
    "policy": {
        "name": "nightly",
        "operation_type": "backup",
        "operation_definition": {"retention_duration_days": 30},
        "trigger": {"properties": {"pattern": [WEEKLY]}},
    }
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def parsed(value: dict[str, Any]) -> Document:
    found, findings = document.read(json.dumps(value).encode())
    assert found is not None, findings
    return found


def deletion(id: str) -> Document:
    return parsed({"operation": "DeleteBackup", "path": {"backup_id": id}})


def renaming(id: str, name: str = "better") -> Document:
    return parsed({"operation": "UpdateBackup", "path": {"backup_id": id}, "body": {"backup": {"name": name}}})


PROJECT = ProjectId("0123456789abcdef" * 2)


def file_of(change: Change) -> bytes:
    """Return the request file of a change, as the head of ``domain/document`` says."""
    body = json.loads(change.body) if change.body else None
    if change.kind is Kind.CREATE_CHECKPOINT:
        return json.dumps(body).encode()
    value = {"operation": change.kind, "path": parts_of(OPERATIONS[change.kind].template, change.path)}
    return json.dumps(value if body is None else {**value, "body": body}, ensure_ascii=False).encode()


def backup(stage: Stage) -> Backup:
    """Return a backup that nothing speaks against deleting: not the newest of its resource."""
    rows = [b for b in stage.session.ledger.backups.values() if b.status == "available"]
    return min(rows, key=lambda b: (b.created_at is None, b.created_at, b.id))


def sent(stage: Stage) -> list[tuple[str, str, bytes]]:
    """Return what changed the service, as it came over the wire."""
    return [(e.method, e.path, e.body) for e in stage.service.journal if e.method != "GET" and "/auth/" not in e.path]


def read(stage: Stage) -> None:
    stage.play(stage.session.refresh.once)


async def with_disks(stage: Stage) -> None:
    """Read all lists, and the disks of a backup of a server, which no list has."""
    await stage.session.refresh.once()
    await stage.session.refresh.open_backup(newest(stage).id)


@pytest.mark.parametrize("kind", Kind)
def test_every_operation_is_read_back_from_the_file_that_it_is_written_as(kind: Kind, stage: Stage) -> None:
    stage.play(lambda: with_disks(stage))
    ledger, id = stage.session.ledger, backup(stage).id
    daily = next(each for each in ledger.policies.values() if each.name == "daily-22h")
    ours = next(b for b in ledger.backups.values() if b.vault_id == REFERENCE_VAULT_ID and b.status == "available")
    there = Destination("eu-nl", PROJECT, VaultId(REFERENCE_VAULT_ID))
    other = next(each for each in ledger.vaults.values() if each.name == "vault-erp-prod")
    own = ledger.vaults[VaultId(REFERENCE_VAULT_ID)].resources[0]
    lone = next(each for each in ledger.protectables.values() if each.name == "ecs-lab-01")
    drafts = {
        Kind.CREATE_CHECKPOINT: CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="n"),
        Kind.DELETE_BACKUP: BackupDeletion(id),
        Kind.RENAME_BACKUP: BackupRename(id, "better"),
        Kind.CREATE_POLICY: PolicyDraft("nightly", (WEEKLY,), retention_days=30),
        Kind.UPDATE_POLICY: PolicyUpdate(
            daily.id, "nightly", False, (WEEKLY,), Retention(7, -1, 1, timezone="UTC+01:00")
        ),
        Kind.DELETE_POLICY: PolicyDeletion(daily.id),
        Kind.APPLY_POLICY: PolicyApplication(daily.id, VaultId(REFERENCE_VAULT_ID)),
        Kind.REMOVE_POLICY: PolicyRemoval(daily.id, daily.vault_ids[0]),
        Kind.SHARE_BACKUP: BackupShare(ours.id, (PROJECT,)),
        Kind.WITHDRAW_SHARE: ShareWithdrawal(ours.id, PROJECT),
        Kind.ANSWER_SHARE: ShareAnswer(ours.id, ProjectId(DEMO_PROJECT_ID), "accepted", REFERENCE_VAULT_ID),
        Kind.REPLICATE_BACKUP: BackupReplication(ours.id, there, "copied"),
        Kind.REPLICATE_VAULT: VaultReplication(VaultId(REFERENCE_VAULT_ID), there),
        Kind.ASSOCIATE_RESOURCES: ResourceAssociation(
            other.id, (ResourceChoice(lone.id, lone.type, lone.name, (lone.disks[1].id,)),)
        ),
        Kind.DISSOCIATE_RESOURCES: ResourceDissociation(other.id, (other.resources[0].id,)),
        Kind.MIGRATE_RESOURCES: ResourceMigration(VaultId(REFERENCE_VAULT_ID), other.id, (own.id,)),
        Kind.SET_PROTECTION: ProtectionSetting(other.id, (other.resources[0].id,), is_on=True),
        Kind.UPDATE_VAULT: VaultUpdate(VaultId(REFERENCE_VAULT_ID), "better", bind_tags=(("app", "web"),)),
        Kind.LOCK_VAULT: VaultLock(VaultId(REFERENCE_VAULT_ID)),
        Kind.CREATE_VAULT: VaultDraft("new", size_gb=500, tags=(("env", "prod"),), policy_id=daily.id),
        Kind.CHANGE_TAGS: TagChange(VaultId(REFERENCE_VAULT_ID), (("env", "prod"),)),
        Kind.UPDATE_ALL_VAULTS: VaultsUpdate(70, True),
        Kind.DELETE_VAULT: VaultDeletion(VaultId(REFERENCE_VAULT_ID)),
        Kind.UPDATE_EXPIRATION: BackupExpiration(VaultId(REFERENCE_VAULT_ID), "2027-03-01", "UTC+08:00"),
        Kind.CHANGE_ENTERPRISE_PROJECT: EnterpriseProjectChange(
            VaultId(REFERENCE_VAULT_ID), "0", DEMO_PROJECT_ID, "eu-de"
        ),
        Kind.RESTORE_BACKUP: restore_of(stage, newest(stage)),
    }
    operation = OPERATIONS[kind]
    change = operation.change(drafts[kind], ledger)
    found, findings = document.read(file_of(change))
    assert found is not None and findings == []
    assert documents.change_in(found, ledger) == change
    assert not documents.judged_document(found, ledger, stage.clock.now()).is_blocked


def test_keys_that_this_version_does_not_know_are_warned_of_and_sent(stage: Stage) -> None:
    read(stage)
    value = {**POLICY, "new": 1}
    found = parsed({"operation": "CreatePolicy", "body": value})
    told = documents.judged_document(found, stage.session.ledger, stage.clock.now())
    assert [(f.kind, f.facts["path"]) for f in told.findings if f.severity is Severity.WARN] == [
        (FindingKind.UNKNOWN_KEY, "body.new")
    ]
    assert json.loads(documents.change_in(found, stage.session.ledger).body) == value


def test_a_shape_that_is_none_blocks_and_makes_no_change(stage: Stage) -> None:
    read(stage)
    id = backup(stage).id
    strange = {"policy": {**POLICY["policy"], "operation_type": "snapshot"}}
    wrong: list[tuple[dict[str, Any], FindingKind]] = [
        ({"operation": "DeleteBackup"}, FindingKind.MISSING),
        ({"operation": "DeleteBackup", "path": {"backup_id": f"{id}/../x"}}, FindingKind.BAD_ID),
        ({"operation": "DeleteBackup", "path": {"backup_id": id, "project_id": "x"}}, FindingKind.NOT_TAKEN),
        ({"operation": "DeleteBackup", "path": {"backup_id": id}, "body": {}}, FindingKind.NOT_TAKEN),
        ({"operation": "UpdateBackup", "path": {"backup_id": id}}, FindingKind.MISSING),
        ({"operation": "UpdateBackup", "path": {"backup_id": id}, "body": {"backup": {}}}, FindingKind.MISSING),
        ({"operation": "CreatePolicy", "body": {"policy": []}}, FindingKind.WRONG_TYPE),
        ({"operation": "CreatePolicy", "body": strange}, FindingKind.WRONG_TYPE),
    ]
    for value, kind in wrong:
        found = parsed(value)
        told = documents.judged_document(found, stage.session.ledger, stage.clock.now())
        assert told.is_blocked and kind in [finding.kind for finding in told.findings], value
        assert documents.draft_of(found) is None
        assert documents.document_judged_at(found, stage.session.ledger) is None
        with pytest.raises(ValueError, match="does not ask"):
            documents.change_in(found, stage.session.ledger)


def test_the_judge_of_the_operation_is_asked(stage: Stage) -> None:
    read(stage)
    ledger, now = stage.session.ledger, stage.clock.now()
    unknown = deletion("5606f1f6-8a2f-4e6f-9fd9-d5b3a3f0e4a1")
    assert [f.kind for f in documents.judged_document(unknown, ledger, now).findings] == [FindingKind.BACKUP_UNKNOWN]
    assert documents.document_judged_at(unknown, ledger) is None and documents.knowing(unknown, [ledger]) is None
    known = deletion(backup(stage).id)
    assert documents.judged_document(known, ledger, now).findings == ()
    assert documents.knowing(known, [ledger]) is ledger
    named = renaming(backup(stage).id, backup(stage).name)
    assert FindingKind.NAME_UNCHANGED in [f.kind for f in documents.judged_document(named, ledger, now).findings]


def test_a_checkpoint_s_file_is_judged_as_its_draft_is(stage: Stage) -> None:
    read(stage)
    found, _ = read_checkpoint(json.dumps({"checkpoint": {"vault_id": REFERENCE_VAULT_ID, "x": 1}}).encode())
    assert found is not None
    change = documents.change_in(found, stage.session.ledger)
    assert (change.subject.type, change.subject.id, change.body) == (SubjectType.VAULT, REFERENCE_VAULT_ID, found.body)
    told = documents.judged_document(found, stage.session.ledger, stage.clock.now())
    assert told == OPERATIONS[found.kind].judge(change, stage.session.ledger, stage.clock.now())


def test_files_of_all_kinds_go_over_the_wire_as_they_are(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        ledger, row = stage.session.ledger, backup(stage)
        for file in (renaming(row.id), deletion(row.id)):
            intent = stage.session.outbox.submit(documents.change_in(file, ledger), file="x.cbr.json")
            await stage.until(intent.id, S.FINISHED)
        assert [(method, path.partition("/v3/")[2].partition("/")[2]) for method, path, _ in sent(stage)] == [
            ("PUT", f"backups/{row.id}"),
            ("DELETE", f"backups/{row.id}"),
        ]
        assert [body for *_, body in sent(stage)] == [renaming(row.id).body, b""]

    stage.play(story)


def test_what_takes_a_result_is_judged_without_it_and_waits_for_its_request(stage: Stage) -> None:
    read(stage)
    ledger, now = stage.session.ledger, stage.clock.now()
    file = renaming(PRIOR_ID, "bad<name")
    alone = documents.judged_document(file, ledger, now)
    assert FindingKind.PRIOR_MISSING in [finding.kind for finding in alone.findings]
    after = documents.judged_document(file, ledger, now, has_prior=True)
    assert [finding.kind for finding in after.findings] == [FindingKind.BAD_CHARACTER]
    with pytest.raises(ValueError, match="waits for none"):
        stage.session.outbox.submit(documents.change_in(file, ledger))


def test_a_result_that_is_taken_is_what_the_change_is_about_from_then_on(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        ledger, row = stage.session.ledger, backup(stage)
        first = stage.session.outbox.submit(documents.change_in(renaming(row.id), ledger))
        then = stage.session.outbox.submit(documents.change_in(renaming(PRIOR_ID, "best"), ledger), after=first.id)
        last = stage.session.outbox.submit(documents.change_in(deletion(PRIOR_ID), ledger), after=then.id)
        for intent in (first, then, last):
            await stage.until(intent.id, S.FINISHED)
        for intent in (then, last):
            held = stage.intent(intent.id)
            assert (held.subject.id, held.change.lane, held.change.path) == (
                row.id,
                f"backup:{row.id}",
                f"backups/{row.id}",
            )
        kept = {intent.id: intent for intent in stage.session.outbox._rows.records.load()}
        assert [kept[intent.id].change for intent in (then, last)] == [
            stage.intent(intent.id).change for intent in (then, last)
        ]
        assert [(method, json.loads(body)["backup"]["name"] if body else "") for method, _, body in sent(stage)] == [
            ("PUT", "better"),
            ("PUT", "best"),
            ("DELETE", ""),
        ]

    stage.play(story)


def test_a_result_that_is_taken_waits_in_the_lane_of_what_it_is(stage: Stage) -> None:
    """Another request of that very backup is under way: both at once is what a lane is there to prevent."""

    async def story() -> None:
        await stage.session.refresh.once()
        ledger, row = stage.session.ledger, backup(stage)
        first = stage.session.outbox.submit(documents.change_in(renaming(row.id), ledger))
        # confirmed before the one that waits, so that its turn comes first as soon as the lane is free
        other = stage.session.outbox.submit(documents.change_in(deletion(row.id), ledger))
        then = stage.session.outbox.submit(documents.change_in(renaming(PRIOR_ID, "late"), ledger), after=first.id)
        await stage.until(other.id, S.ACCEPTED, S.FINISHED)
        while stage.intent(other.id).state is not S.FINISHED:
            assert stage.intent(then.id).state is S.QUEUED
            await asyncio.sleep(0)
            await stage.clock.sleep(1)
            if stage.intent(first.id).state is S.FINISHED:
                stage.session.outbox.hold(then.id)
                assert then.id in [intent.id for intent in stage.session.outbox._rows.records.load()], (
                    "its row is whole"
                )
                stage.session.outbox.release(then.id)
        await stage.until(then.id, S.REJECTED, S.HELD)

    stage.play(story)
