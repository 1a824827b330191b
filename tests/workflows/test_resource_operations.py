"""Resources are put into vaults, taken out, moved and suspended: what is judged and lost, and what lost answers do."""

import json
from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.cloud.wire.reading import Unfit
from cbr_desktop.cloud.wire.results import result_of
from cbr_desktop.domain.association import (
    ProtectionSetting,
    ResourceAssociation,
    ResourceDissociation,
    ResourceMigration,
    resource_ids,
)
from cbr_desktop.domain.blast import LostBackups
from cbr_desktop.domain.change import PRIOR_ID, Kind
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.document import ChangeDocument
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import BackupId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.policy import PolicyApplication
from cbr_desktop.domain.vault import RESOURCES_PER_VAULT, ProtectStatus, Resource, Vault
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.consequences import loss_sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.intents import outcome_text
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.documents import judged_document
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.outcomes import outcome_of
from tests.stage import START, Stage, staged

S, K, BLOCK, WARN, INFO = IntentState, FindingKind, Severity.BLOCK, Severity.WARN, Severity.INFO
NOW = START
BE94 = VaultId(REFERENCE_VAULT_ID)
UNKNOWN = ResourceId("00000000-0000-4000-8000-000000000000")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """All lists of the estate, which is not changed."""
    with staged(tmp_path_factory.mktemp("read")) as stage:
        stage.service.estate.vaults[BE94].size_gb = 9000
        stage.play(stage.session.refresh.once)
        return stage.session.ledger


@pytest.fixture
def ledger(read: Ledger) -> Ledger:
    """What has been read, for a test to change."""
    made = Ledger(read.profile, policies=read.policies, protectables=read.protectables, backups=read.backups)
    made.vaults, made.tasks, made.freshness = deepcopy(read.vaults), read.tasks, dict(read.freshness)
    return made


def play(stage: Stage, story: Callable[[Ledger], Awaitable[None]]) -> None:
    """Play a story after all lists have been read; the reference vault has room for what others hold."""

    async def told() -> None:
        stage.service.estate.vaults[BE94].size_gb = 9000
        await stage.session.refresh.once()
        await story(stage.session.ledger)

    stage.play(told)


def vault(ledger: Ledger, name: str) -> Vault:
    return next(each for each in ledger.vaults.values() if each.name == name)


def held(ledger: Ledger, vault_name: str, name: str) -> Resource:
    return next(each for each in vault(ledger, vault_name).resources if each.name == name)


def free(ledger: Ledger, name: str) -> ResourceChoice:
    found = next(each for each in ledger.protectables.values() if each.name == name)
    return ResourceChoice(found.id, found.type, found.name)


def found(ledger: Ledger, draft: Any) -> dict[FindingKind, tuple[Severity, str]]:
    change = change_of(draft, ledger)
    verdict = OPERATIONS[change.kind].judge(change, ledger, NOW)
    assert all(finding_sentence(each) for each in verdict.findings)
    return {each.kind: (each.severity, each.code) for each in verdict.findings}


# what the service answers


KEYS = {
    Kind.ASSOCIATE_RESOURCES: "add_resource_ids",
    Kind.DISSOCIATE_RESOURCES: "remove_resource_ids",
    Kind.MIGRATE_RESOURCES: "migrated_resources",
    Kind.SET_PROTECTION: "set_resource_ids",
}


def test_an_answer_names_the_resources_that_were_asked_for_and_no_others(ledger: Ledger) -> None:
    for kind, draft in drafts_of(ledger).items():
        change = change_of(draft, ledger)
        ids = list(resource_ids(change.body))
        assert result_of(change, json.dumps({KEYS[kind]: [each.upper() for each in ids]}).encode()).id == draft.vault_id
        for wrong in ({}, {KEYS[kind]: []}, {KEYS[kind]: [UNKNOWN]}, {KEYS[kind]: None}, [], {KEYS[kind]: "all"}):
            with pytest.raises(Unfit):
                result_of(change, json.dumps(wrong).encode())
    # the definition's example of a migration echoes the other vault
    moved = change_of(drafts_of(ledger)[Kind.MIGRATE_RESOURCES], ledger)
    assert result_of(moved, json.dumps({"migrated_resources": [BE94]}).encode()).status == "migrating"
    # of an association a part is taken, and reading tells which
    added = change_of(drafts_of(ledger)[Kind.ASSOCIATE_RESOURCES], ledger)
    part = {"add_resource_ids": [resource_ids(added.body)[0]]}
    assert result_of(added, json.dumps(part).encode()).status == "unseen"


# lost answers


WAYS = {
    Kind.ASSOCIATE_RESOURCES: ("POST", "/addresources"),
    Kind.DISSOCIATE_RESOURCES: ("POST", "/removeresources"),
    Kind.MIGRATE_RESOURCES: ("POST", "/migrateresources"),
    Kind.SET_PROTECTION: ("PUT", "/set-resources"),
}


def drafts_of(ledger: Ledger) -> dict[Kind, Any]:
    """One of each kind, of resources and vaults that no other of them is about."""
    web, erp, old = (vault(ledger, f"vault-{name}") for name in ("web-prod", "erp-prod", "7669"))
    return {
        Kind.ASSOCIATE_RESOURCES: ResourceAssociation(
            old.id, (free(ledger, "ecs-k8s-node-05"), free(ledger, "ecs-k8s-node-06"))
        ),
        Kind.DISSOCIATE_RESOURCES: ResourceDissociation(erp.id, (erp.resources[0].id,)),
        Kind.MIGRATE_RESOURCES: ResourceMigration(web.id, BE94, (held(ledger, "vault-web-prod", "ecs-web-01").id,)),
        Kind.SET_PROTECTION: ProtectionSetting(old.id, (old.resources[0].id,), is_on=False),
    }


@pytest.mark.parametrize(("when", "times"), [("", 1), ("after", 1), ("before", 2)])
def test_what_is_asked_for_is_done_once_whatever_becomes_of_its_answer(when: str, times: int, stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        for method, path in WAYS.values() if when else ():
            stage.service.faults.add(Fault(method, path, "cut", when))  # type: ignore[arg-type]
        drafts = drafts_of(ledger)
        made = {kind: stage.session.outbox.submit(drafts[kind]) for kind in WAYS}
        for intent in made.values():
            ended = await stage.until(intent.id, S.FINISHED)
            outcome = ended.outcome
            assert (ended.sends, outcome is not None and outcome.is_whole) == (times, True)
            assert outcome is not None and all(line.name.startswith("ecs-") for line in outcome.resources)
            assert outcome_text(ended, outcome, stage.clock.now())
        await stage.session.refresh.once()
        assert_done(ledger, drafts)

    play(stage, story)
    sent = [each.path.rpartition("/")[2] for each in stage.service.journal if each.method in ("POST", "PUT")]
    assert {path: sent.count(path[1:]) for _method, path in WAYS.values()} == dict.fromkeys(
        (path for _method, path in WAYS.values()), times
    )


def assert_done(ledger: Ledger, drafts: dict[Kind, Any]) -> None:
    old = vault(ledger, "vault-7669").resources
    assert [each.name for each in old[-2:]] == ["ecs-k8s-node-05", "ecs-k8s-node-06"]
    assert [each.auto_protect for each in old] == [False, *(True for _ in old[1:])]
    (gone,) = drafts[Kind.DISSOCIATE_RESOURCES].resource_ids
    assert vault(ledger, "vault-erp-prod").resource(gone) is None
    assert not any(each.resource_id == gone and each.image_type == "backup" for each in ledger.backups.values())
    (moved,) = drafts[Kind.MIGRATE_RESOURCES].resource_ids
    assert vault(ledger, "vault-web-prod").resource(moved) is None and ledger.vaults[BE94].resource(moved) is not None
    assert {each.vault_id for each in ledger.backups.values() if each.resource_id == moved} == {BE94}


def test_what_never_arrives_is_left_to_a_person(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        for way in WAYS.values():
            stage.service.faults.add(Fault(*way, "cut", "before", times=None))
        drafts = drafts_of(ledger)
        for intent in [stage.session.outbox.submit(drafts[kind]) for kind in WAYS]:
            assert (await stage.until(intent.id, S.NOT_FOUND)).sends == 3

    play(stage, story)


def test_a_vault_that_shows_its_new_resource_late_is_waited_for(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        stage.service.modes.association_seconds = 20
        made = stage.session.outbox.submit(ResourceAssociation(BE94, (free(ledger, "ecs-k8s-node-05"),)))
        await stage.until(made.id, S.ACCEPTED)
        told = outcome_of(ledger, stage.intent(made.id))
        assert told is not None and [line.fate for line in told.resources] == [Fate.UNCERTAIN]
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None and ended.outcome.is_whole

    play(stage, story)


def test_a_lost_answer_of_a_vault_that_shows_it_late_does_not_become_a_refusal(stage: Stage) -> None:
    """It is sent again before the vault shows the first one, and refused as a duplicate of that."""

    async def story(ledger: Ledger) -> None:
        stage.service.modes.association_seconds = 60
        stage.service.faults.add(Fault("POST", "/addresources", "cut", "after"))
        made = stage.session.outbox.submit(ResourceAssociation(BE94, (free(ledger, "ecs-k8s-node-05"),)))
        ended = await stage.until(made.id, S.FINISHED, S.REJECTED)
        assert (ended.state, ended.sends) == (S.FINISHED, 2)

    play(stage, story)


def test_a_resource_that_another_vault_takes_meanwhile_is_refused(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        wanted = free(ledger, "ecs-k8s-node-05")
        estate = stage.service.estate
        estate.associate(estate.vaults[vault(ledger, "vault-web-prod").id], estate.resources[wanted.id])
        estate.changed()
        made = stage.session.outbox.submit(ResourceAssociation(BE94, (wanted,)))
        ended = await stage.until(made.id, S.REJECTED, S.FINISHED)
        assert ended.refusal is not None and ended.refusal.code == "BackupService.6103"

    play(stage, story)


@pytest.mark.parametrize("is_all", [True, False])
def test_what_another_has_dissociated_is_done_only_if_that_is_all(stage: Stage, *, is_all: bool) -> None:
    async def story(ledger: Ledger) -> None:
        erp = vault(ledger, "vault-erp-prod")
        gone, stays = erp.resources[0], erp.resources[1]
        ids = (gone.id,) if is_all else (gone.id, stays.id)
        estate = stage.service.estate
        estate.release(estate.vaults[erp.id], estate.resources[gone.id])
        estate.changed()
        made = stage.session.outbox.submit(ResourceDissociation(erp.id, ids))
        ended = await stage.until(made.id, S.REJECTED, S.FINISHED)
        assert (ended.state is S.FINISHED) is is_all
        assert estate.resources[stays.id].vault_id == erp.id

    play(stage, story)


def test_a_removal_that_fails_at_the_service_is_called_so(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        erp = vault(ledger, "vault-erp-prod")
        made = stage.session.outbox.submit(ResourceDissociation(erp.id, (erp.resources[0].id,)))
        await stage.until(made.id, S.ACCEPTED)
        (job,) = [each for each in stage.service.estate.jobs if each.task is not None]
        job.breaks_at = 50
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None
        (line,) = ended.outcome.resources
        assert (line.fate, line.code) == (Fate.FAILED, "BackupService.9910")
        assert "Not all of it is done" in outcome_text(ended, ended.outcome, stage.clock.now())

    play(stage, story)


@pytest.mark.parametrize("breaks", [True, False])
def test_a_migration_is_followed_by_its_task_to_its_end(stage: Stage, *, breaks: bool) -> None:
    async def story(ledger: Ledger) -> None:
        draft = drafts_of(ledger)[Kind.MIGRATE_RESOURCES]
        stage.service.modes.migration_seconds = 600
        made = stage.session.outbox.submit(draft)
        await stage.until(made.id, S.ACCEPTED)
        await stage.clock.sleep(120)
        told = outcome_of(ledger, stage.intent(made.id))
        assert told is not None and [line.fate for line in told.resources] == [Fate.RUNNING]
        (job,) = [each for each in stage.service.estate.jobs if each.task is not None]
        job.breaks_at = 50 if breaks else None
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None
        (line,) = ended.outcome.resources
        assert (line.fate, line.code) == ((Fate.FAILED, "BackupService.9910") if breaks else (Fate.DONE, ""))

    play(stage, story)


def test_a_migration_whose_tasks_nobody_may_read_is_seen_in_the_other_vault(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        draft = drafts_of(ledger)[Kind.MIGRATE_RESOURCES]
        stage.service.faults.add(Fault("GET", "/operation-logs", "status", status=403, body=b"{}", times=None))
        stage.service.faults.add(Fault("POST", "/migrateresources", "cut", "after"))
        made = stage.session.outbox.submit(draft)
        ended = await stage.until(made.id, S.FINISHED, S.NOT_FOUND, S.REJECTED)
        assert (ended.state, ended.sends) == (S.FINISHED, 1)
        assert ended.outcome is not None and ended.outcome.is_whole

    play(stage, story)


def test_a_resource_that_its_vault_calls_deleted_is_out_of_it(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        erp = vault(ledger, "vault-erp-prod")
        own = stage.service.estate.resources[erp.resources[0].id]
        stage.service.modes.removal_seconds = 36_000
        made = stage.session.outbox.submit(ResourceDissociation(erp.id, (erp.resources[0].id,)))
        await stage.until(made.id, S.ACCEPTED)
        own.protect_status = "deleted"
        stage.service.estate.changed()
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None and ended.outcome.is_whole

    play(stage, story)


def test_a_checkpoint_and_a_removal_of_one_vault_wait_for_each_other(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        erp = vault(ledger, "vault-erp-prod")
        last, first = erp.resources[-1], erp.resources[0]
        point = CheckpointDraft(erp.id, "x7k2-one", resources=(ResourceChoice(last.id, last.type, last.name),))
        one = stage.session.outbox.submit(point)
        two = stage.session.outbox.submit(ResourceDissociation(erp.id, (first.id,)))
        await stage.until(one.id, S.ACCEPTED)
        assert stage.intent(two.id).state is S.QUEUED
        await stage.until(one.id, S.FINISHED)
        assert (await stage.until(two.id, S.FINISHED)).sends == 1

    play(stage, story)


# what is lost


def test_a_dissociation_counts_the_backups_that_go_and_says_what_is_left(ledger: Ledger) -> None:
    server = held(ledger, "vault-web-prod", "ecs-web-01")
    own = [each for each in ledger.backups.values() if each.resource_id == server.id]
    draft = ResourceDissociation(vault(ledger, "vault-web-prod").id, (server.id,))
    change = change_of(draft, ledger)
    blast = OPERATIONS[change.kind].blast(change, ledger)
    (lost,) = blast.lost
    assert isinstance(lost, LostBackups)
    assert (lost.count, lost.left, lost.is_last) == (len(own), 0, True)
    (told,) = loss_sentences(blast, NOW)
    assert f"All {len(own)} backups of ‘ecs-web-01’ in vault ‘vault-web-prod’ are deleted for good." in told
    assert "No good backup of ‘ecs-web-01’ is left in this region then." in told
    assert found(ledger, draft)[K.LAST_BACKUPS] == (WARN, "")
    # with one in another vault it is not the last
    model = own[0]
    ledger.backups = {**ledger.backups, UNKNOWN: replace(model, id=UNKNOWN, vault_id=BE94)}  # type: ignore[arg-type, dict-item]
    assert K.LAST_BACKUPS not in found(ledger, draft)
    (lost,) = OPERATIONS[change.kind].blast(change, ledger).lost
    assert lost.left == 1


def test_of_several_dissociations_none_leaves_what_another_deletes(ledger: Ledger) -> None:
    server = held(ledger, "vault-web-prod", "ecs-web-01")
    model = next(each for each in ledger.backups.values() if each.resource_id == server.id)
    ledger.backups = {**ledger.backups, BackupId(UNKNOWN): replace(model, id=BackupId(UNKNOWN), vault_id=BE94)}
    ledger.vaults[BE94].resources.append(server)
    web = vault(ledger, "vault-web-prod").id
    changes = [change_of(ResourceDissociation(id, (server.id,)), ledger) for id in (web, BE94)]
    operation = OPERATIONS[Kind.DISSOCIATE_RESOURCES]
    assert not any(operation.blast(change, ledger).takes_last for change in changes)
    assert all(each.takes_last for each in at_once(operation.blast_together(changes, ledger)))
    told = at_once(operation.weigh(changes, ledger, NOW)).verdicts
    assert all(K.LAST_BACKUPS in [each.kind for each in verdict.findings] for verdict in told)


def test_many_resources_are_counted_with_those_first_that_lose_their_last_backup(ledger: Ledger) -> None:
    erp = vault(ledger, "vault-erp-prod")
    model = erp.resources[0]
    made = [replace(model, id=ResourceId(f"{n:08d}-0000-4000-8000-000000000000"), name=f"n{n}") for n in range(30)]
    erp.resources = [*made, *erp.resources]
    ledger.freshness[Part.BACKUPS] = ledger.freshness[Part.BACKUPS]._replace(complete=False)
    change = change_of(ResourceDissociation(erp.id, tuple(each.id for each in made)), ledger)
    blast = OPERATIONS[change.kind].blast(change, ledger)
    assert (len(blast.lost), blast.more) == (20, 10 * model.backup_count)
    assert {each.left for each in blast.lost} == {None}
    assert "is not known" in loss_sentences(blast, NOW)[0]


# what is judged


def test_a_dissociation_that_the_service_would_refuse_is_stopped_before(ledger: Ledger) -> None:
    be94 = ledger.vaults[BE94]
    (server,) = be94.resources
    draft = ResourceDissociation(BE94, (server.id,))
    assert not any(severity is BLOCK for severity, _code in found(ledger, draft).values())
    worm = vault(ledger, "vault-hr-worm")
    frozen = vault(ledger, "vault-arrears")
    for asked, kind, code in (
        (ResourceDissociation(worm.id, (worm.resources[0].id,)), K.VAULT_WORM, ""),
        (ResourceDissociation(frozen.id, (frozen.resources[0].id,)), K.VAULT_STATE, "6112"),
        (ResourceDissociation(BE94, (worm.resources[0].id,)), K.FOREIGN_RESOURCE, "6135"),
        (ResourceDissociation(BE94, (UNKNOWN,)), K.FOREIGN_RESOURCE, "6302"),
        (ResourceDissociation(BE94, ()), K.NO_RESOURCE, "9900"),
        (ResourceDissociation(BE94, (server.id, server.id)), K.DUPLICATE_RESOURCE, "6104"),
        (ResourceDissociation(BE94, (ResourceId("latest"),)), K.BAD_ID, "9900"),
        (ResourceDissociation(BE94, (server.id,) * 257), K.REQUEST_TOO_LARGE, "9900"),
        (ResourceDissociation(VaultId(UNKNOWN), (server.id,)), K.VAULT_UNKNOWN, "6105"),
    ):
        assert found(ledger, asked)[kind] == (BLOCK, code), kind


@pytest.mark.parametrize(("status", "code"), [("protecting", "6203"), ("restoring", "2010"), ("removing", "6134")])
def test_a_resource_at_work_is_not_taken_out(status: str, code: str, ledger: Ledger) -> None:
    (server,) = ledger.vaults[BE94].resources
    server.protect_status = ProtectStatus(status)
    assert found(ledger, ResourceDissociation(BE94, (server.id,)))[K.RESOURCE_BUSY] == (BLOCK, code)


def test_backups_that_images_were_made_of_keep_their_resource_in_the_vault(ledger: Ledger) -> None:
    backup = next(each for each in ledger.backups.values() if each.vault_id == BE94)
    imaged = replace(backup, traits=backup.traits._replace(image_ids=("i-1",)))
    ledger.backups = {**ledger.backups, backup.id: imaged}
    asked = ResourceDissociation(BE94, (backup.resource_id,))
    assert found(ledger, asked)[K.BACKUPS_IN_IMAGES] == (BLOCK, "6204")


def test_an_association_is_judged_by_type_room_and_what_the_service_says(ledger: Ledger) -> None:
    def judged(vault_name: str, *names: str) -> dict[FindingKind, tuple[Severity, str]]:
        choices = tuple(free(ledger, name) for name in names)
        return found(ledger, ResourceAssociation(vault(ledger, vault_name).id, choices))

    fine = {K.VAULT_ROOM: (INFO, ""), K.VAULT_WITHOUT_POLICY: (INFO, "")}
    assert judged("vault-be94", "ecs-k8s-node-05") == fine
    assert judged("vault-be94", "ecs-web-01")[K.RESOURCE_HELD] == (BLOCK, "6103")
    assert judged("vault-be94", "ecs-1f0f-0002")[K.RESOURCE_HELD] == (BLOCK, "6104")
    assert judged("vault-be94", "vol-db-log")[K.VAULT_TYPE_UNFIT] == (BLOCK, "6102")
    assert judged("vault-be94", "ecs-dess-01")[K.RESOURCE_NOT_PROTECTABLE] == (BLOCK, "7111")
    assert judged("vault-be94", "ecs-payroll-01")[K.RESOURCE_HELD] == (BLOCK, "6103")
    assert judged("vault-erp-prod-dr", "ecs-k8s-node-05")[K.VAULT_TAKES_REPLICAS] == (BLOCK, "6102")
    assert judged("vault-legacy", "ecs-k8s-node-05")[K.VAULT_STATE] == (BLOCK, "6112")
    assert judged("vault-7669", "ecs-k8s-node-05")[K.VAULT_OVERBOOKED] == (WARN, "6114")
    assert judged("vault-web-prod", "ecs-k8s-node-05")[K.VAULT_OVERBOOKED] == (INFO, "6114")
    nobody = ResourceAssociation(BE94, (ResourceChoice(UNKNOWN, "OS::Nova::Server", "x"),))
    assert found(ledger, nobody)[K.RESOURCE_UNKNOWN] == (BLOCK, "6302")
    odd = ResourceAssociation(BE94, (ResourceChoice(UNKNOWN, "OS::Tape", "x"),))
    assert found(ledger, odd)[K.TYPE_UNKNOWN] == (WARN, "6116")
    ledger.vaults[BE94].resources *= RESOURCES_PER_VAULT
    assert K.VAULT_CROWDED not in judged("vault-be94", "ecs-1f0f-0002")


def test_what_goes_into_a_vault_that_is_still_to_be_made_is_judged_all_the_same(ledger: Ledger) -> None:
    held_elsewhere = free(ledger, "ecs-web-01")
    path, body = {"vault_id": PRIOR_ID}, {"resources": [{"id": held_elsewhere.id, "type": held_elsewhere.type}]}
    document = ChangeDocument(Kind.ASSOCIATE_RESOURCES, path, body)
    told = judged_document(document, ledger, NOW, has_prior=True)
    assert [(each.kind, each.severity) for each in told.findings] == [(K.RESOURCE_HELD, BLOCK)]


def test_a_full_vault_takes_no_more_resources(ledger: Ledger) -> None:
    own = ledger.vaults[BE94].resources[0]
    more = [replace(own, id=ResourceId(f"{n:08d}-0000-4000-8000-000000000000")) for n in range(255)]
    ledger.vaults[BE94].resources = [own, *more]
    asked = ResourceAssociation(BE94, (free(ledger, "ecs-k8s-node-05"),))
    assert found(ledger, asked)[K.VAULT_CROWDED] == (BLOCK, "6100")


def test_the_disks_that_are_taken_are_judged(ledger: Ledger) -> None:
    server = free(ledger, "ecs-lab-01")
    system, data = (VolumeId(disk.id) for disk in ledger.protectables[server.id].disks)

    def judged(**disks: tuple[VolumeId, ...]) -> dict[FindingKind, tuple[Severity, str]]:
        return found(ledger, ResourceAssociation(BE94, (replace(server, **disks),)))

    assert judged(exclude_volumes=(system,))[K.SYSTEM_DISK_EXCLUDED] == (WARN, "6209")
    assert judged(exclude_volumes=(data,))[K.SOME_DISKS_EXCLUDED] == (WARN, "")
    assert judged(exclude_volumes=(system, data))[K.NO_DISK_LEFT] == (BLOCK, "7108")
    assert judged(exclude_volumes=(VolumeId(UNKNOWN),))[K.DISK_UNKNOWN] == (BLOCK, "7000")
    assert judged(exclude_volumes=(VolumeId("all"),))[K.BAD_ID] == (BLOCK, "9900")
    assert K.SOME_DISKS_EXCLUDED in judged(include_volumes=(system,))
    ledger.profile = replace(ledger.profile, beta_fields=False)
    assert judged(include_volumes=(system,))[K.BETA_FIELD] == (WARN, "9900")
    # a disk of the server in a vault by itself keeps the server out
    disks = vault(ledger, "vault-db-disks")
    disks.resources = [*disks.resources, replace(disks.resources[0], id=ResourceId(data))]
    assert judged()[K.DISK_HELD] == (BLOCK, "7006")


def test_a_migration_is_judged_by_both_vaults(ledger: Ledger) -> None:
    web = vault(ledger, "vault-web-prod")
    server = held(ledger, "vault-web-prod", "ecs-web-01")

    def judged(target: str) -> dict[FindingKind, tuple[Severity, str]]:
        return found(ledger, ResourceMigration(web.id, vault(ledger, target).id, (server.id,)))

    assert judged("vault-be94") == {K.BACKUPS_MOVE: (INFO, ""), K.POLICY_LOST: (WARN, "")}
    assert judged("vault-db-disks")[K.TARGET_UNFIT] == (BLOCK, "6102")
    assert judged("vault-erp-prod-dr")[K.TARGET_UNFIT] == (BLOCK, "6102")
    assert judged("vault-legacy")[K.VAULT_STATE] == (BLOCK, "6112")
    assert judged("vault-web-prod")[K.SAME_VAULT] == (BLOCK, "9900")
    assert judged("vault-7669")[K.TARGET_FULL] == (BLOCK, "6129")
    worm = vault(ledger, "vault-hr-worm")
    locked = ResourceMigration(worm.id, BE94, (worm.resources[0].id,))
    assert found(ledger, locked)[K.VAULT_WORM] == (BLOCK, "")
    nowhere = ResourceMigration(web.id, VaultId(UNKNOWN), (server.id,))
    assert found(ledger, nowhere)[K.VAULT_UNKNOWN] == (BLOCK, "6120")
    with pytest.raises(ValueError, match="needs the vault"):
        change_of(ResourceMigration(web.id, VaultId(""), (server.id,)), ledger)
    task = next(iter(ledger.tasks.values()))
    ledger.tasks = {task.id: replace(task, vault_id=BE94, status="running")}
    assert judged("vault-be94")[K.VAULT_AT_WORK] == (BLOCK, "6125")


def test_a_suspension_says_what_stops_and_what_is_so_already(ledger: Ledger) -> None:
    web = vault(ledger, "vault-web-prod")
    server = held(ledger, "vault-web-prod", "ecs-web-01")
    asked = ProtectionSetting(web.id, (server.id,), is_on=False)
    assert found(ledger, asked) == {K.PROTECTION_STOPS: (WARN, "")}
    assert found(ledger, replace(asked, is_on=True)) == {K.PROTECTION_UNCHANGED: (INFO, "")}
    server.auto_protect = False
    assert found(ledger, asked) == {K.PROTECTION_UNCHANGED: (INFO, "")}


# together


def test_a_policy_is_applied_once_the_resources_are_associated(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        policy = next(each for each in ledger.policies.values() if each.name == "daily-22h")
        first = stage.session.outbox.submit(ResourceAssociation(BE94, (free(ledger, "ecs-k8s-node-05"),)))
        second = stage.session.outbox.submit(PolicyApplication(policy.id, BE94), after=first.id)
        await stage.until(second.id, S.FINISHED)
        sent = [each.path.rpartition("/")[2] for each in stage.service.journal if "/vaults/" in each.path]
        assert [each for each in sent if each.endswith(("resources", "policy"))] == ["addresources", "associatepolicy"]

    play(stage, story)


def test_no_policy_is_applied_when_the_resources_are_refused(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        policy = next(each for each in ledger.policies.values() if each.name == "daily-22h")
        refused = ResourceAssociation(BE94, (free(ledger, "ecs-web-01"),))
        first = stage.session.outbox.submit(refused)
        second = stage.session.outbox.submit(PolicyApplication(policy.id, BE94), after=first.id)
        assert (await stage.until(first.id, S.REJECTED)).refusal is not None
        assert (await stage.until(second.id, S.HELD)).reason == "prior-failed"

    play(stage, story)


def test_the_tag_of_a_request_names_its_resources(ledger: Ledger) -> None:
    drafts = drafts_of(ledger)
    assert change_of(drafts[Kind.ASSOCIATE_RESOURCES], ledger).tag == "ecs-k8s-node-05, ecs-k8s-node-06"
    assert change_of(drafts[Kind.MIGRATE_RESOURCES], ledger).tag == "ecs-web-01"
