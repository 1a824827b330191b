"""The pre-flight: what is known of vault and resources, turned into advice before anything is sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, Severity
from cbr_desktop.domain.ids import CheckpointId, ResourceId, TaskId, VaultId, VolumeId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.preflight import Addition, Basis, Estimate, Preflight, preflight
from tests.stage import staged

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).astimezone().replace(hour=12)


def id_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def server(number: int, **more: object) -> Resource:
    values = {"size_gb": 40, "backup_size_mb": 10240, "backup_count": 5, "protect_status": ProtectStatus.AVAILABLE}
    return Resource(ResourceId(id_of(number)), ResourceType.SERVER, f"ecs-{number}", **(values | more))  # type: ignore[arg-type]


VAULT = Vault(
    VaultId(id_of(900)),
    "vault-a",
    VaultKind.SERVER,
    ProtectType.BACKUP,
    VaultStatus.AVAILABLE,
    size_gb=100,
    used_mb=20 * 1024,
    resources=[server(1), server(2)],
)
OTHER = replace(VAULT, id=VaultId(id_of(901)), name="vault-b", resources=[server(3)])


def ledger(*vaults: Vault, protectables: tuple[Protectable, ...] = (), tasks: tuple[Task, ...] = ()) -> Ledger:
    ledger = Ledger(DEMO, lambda _part: None)
    ledger.put_vaults(Listing(list(vaults), NOON))
    ledger.put_protectables(Listing(list(protectables), NOON))
    ledger.put_tasks(Listing(list(tasks), NOON))
    return ledger


def judged(draft: CheckpointDraft, *vaults: Vault, **more: object) -> Preflight:
    return preflight(draft, ledger(*(vaults or (VAULT, OTHER)), **more), NOON)  # type: ignore[arg-type]


def only(result: Preflight, kind: FindingKind) -> Finding:
    (finding,) = [finding for finding in result.findings if finding.kind is kind]
    return finding


def kinds(result: Preflight, *severities: Severity) -> set[FindingKind]:
    return {finding.kind for finding in result.findings if finding.severity in (severities or tuple(Severity))}


def test_an_id_in_another_spelling_than_the_vaults_is_not_called_foreign() -> None:
    vault = replace(VAULT, id=VaultId("abcdef00-0000-4000-8000-00000000000a"), resources=[])
    capitals = VaultId(vault.id.upper())
    finding = only(judged(CheckpointDraft(capitals, name="n"), vault), FindingKind.OTHER_SPELLING)
    assert (finding.severity, finding.subject) == (Severity.BLOCK, RequestPart.VAULT)
    assert (finding.facts["found"], finding.facts["written"]) == (capitals, vault.id)
    resource = replace(server(1), id=ResourceId("abcdef00-0000-4000-8000-00000000000b"))
    vault = replace(VAULT, resources=[resource])
    choice = ResourceChoice(ResourceId(resource.id.upper()), "")
    found = judged(CheckpointDraft(vault.id, name="n", resources=(choice,)), vault)
    finding = only(found, FindingKind.OTHER_SPELLING)
    assert (finding.severity, finding.subject) == (Severity.BLOCK, RequestPart.RESOURCES)
    assert (finding.facts["found"], finding.facts["written"]) == (choice.id, resource.id)
    assert FindingKind.FOREIGN_RESOURCE not in kinds(found)


def test_thousands_of_foreign_resources_are_one_finding_with_a_count() -> None:
    finding = only(judged(choose(*range(1_000, 6_000))), FindingKind.FOREIGN_RESOURCE)
    assert finding.facts["more"] == 4_999


DRAFT = CheckpointDraft(VAULT.id, name="before-patch")


def choose(*numbers: int, **more: object) -> CheckpointDraft:
    choices = tuple(ResourceChoice(ResourceId(id_of(n)), ResourceType.SERVER, f"ecs-{n}") for n in numbers)
    return replace(DRAFT, resources=choices, **more)


def test_nothing_stands_in_the_way_of_a_plain_request() -> None:
    result = judged(DRAFT)
    assert result.findings == ()
    assert not result.is_blocked


def forecast(draft: CheckpointDraft, *vaults: Vault, **more: object) -> Estimate:
    estimate = judged(draft, *vaults, **more).estimate
    assert estimate is not None
    return estimate


FULL = replace(DRAFT, incremental=False)


def test_an_incremental_backup_is_judged_by_the_earlier_ones_and_a_full_one_by_its_disks() -> None:
    incremental, full = forecast(DRAFT), forecast(FULL)
    assert incremental.additions == (Addition(Basis.HISTORY, 0.0, 4.0, 40.0),) * 2
    assert full.additions == (Addition(Basis.FULL, 2.0, 40.0, 40.0),) * 2
    assert (incremental.asked, incremental.low_gb, incremental.high_gb, incremental.worst_gb) == (2, 0.0, 8.0, 80.0)
    assert [incremental.percent_with(gb) for gb in (0.0, incremental.high_gb, incremental.worst_gb)] == [20, 28, 100]
    assert forecast(FULL, replace(VAULT, size_gb=0)).percent_with(1.0) is None


@pytest.mark.parametrize("draft", [DRAFT, FULL])
def test_a_first_backup_is_judged_as_full_whatever_is_asked(draft: CheckpointDraft) -> None:
    fresh = replace(VAULT, resources=[server(2, backup_count=0, backup_size_mb=0)])
    assert forecast(draft, fresh).additions == (Addition(Basis.FIRST, 0.0, 40.0, 40.0),)


def test_no_size_is_invented_where_the_service_tells_none() -> None:
    silent = replace(VAULT, resources=[server(1, backup_size_mb=0)], used_mb=99 * 1024)
    result = judged(DRAFT, silent)
    assert result.estimate is not None
    assert result.estimate.additions == (Addition(Basis.NO_HISTORY, 0.0, 40.0, 40.0),)
    assert result.findings == ()


def test_the_estimate_leaves_out_the_disks_that_the_request_leaves_out() -> None:
    sizes = {11: 10, 12: 30}
    disks = tuple(Disk(VolumeId(id_of(number)), "d", size) for number, size in sizes.items())
    known = Protectable(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", disks=disks)
    left_out, taken = VolumeId(id_of(12)), VolumeId(id_of(11))

    def additions(draft: CheckpointDraft, protectable: Protectable = known, **more: object) -> Addition:
        choice = ResourceChoice(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", **more)  # type: ignore[arg-type]
        vault = replace(VAULT, resources=[server(1, backup_count=2, backup_size_mb=24 * 1024)])
        asked = replace(draft, resources=(choice,))
        (addition,) = forecast(asked, vault, protectables=(protectable,)).additions
        return addition

    for more in ({"exclude_volumes": (left_out,)}, {"include_volumes": (taken,)}):
        assert additions(FULL, **more) == Addition(Basis.FULL, 0.0, 10.0, 10.0)
        assert additions(DRAFT, **more) == Addition(Basis.HISTORY, 0.0, 10.0, 10.0)
    assert additions(FULL, exclude_volumes=(taken,)) == Addition(Basis.FULL, 2.0, 30.0, 30.0)
    assert additions(FULL) == Addition(Basis.FULL, 12.0, 40.0, 40.0)
    # where the size of one disk is unknown, all of the resource may be taken, or very little
    unsure = replace(known, disks=(disks[0], replace(disks[1], size_gb=0)))
    assert additions(FULL, unsure, exclude_volumes=(left_out,)) == Addition(Basis.FULL, 0.0, 40.0, 40.0)


def test_a_disk_that_the_vault_leaves_out_may_be_in_the_backup_or_not() -> None:
    disks = tuple(Disk(VolumeId(id_of(number)), "d", size) for number, size in ((11, 10), (12, 30)))
    known = Protectable(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", disks=disks)
    held = server(1, backup_count=1, backup_size_mb=24 * 1024, exclude_volumes=(VolumeId(id_of(11)),))
    estimate = forecast(FULL, replace(VAULT, resources=[held]), protectables=(known,))
    assert estimate.additions == (Addition(Basis.FULL, 14.0, 40.0, 40.0),)


def test_a_resource_without_a_disk_left_is_not_counted() -> None:
    disk = Disk(VolumeId(id_of(11)), "d", 40)
    known = Protectable(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", disks=(disk,))
    choice = ResourceChoice(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", exclude_volumes=(disk.id,))
    assert forecast(replace(DRAFT, resources=(choice,)), protectables=(known,)).additions == ()


SIZES = ("vault-be94", "vault-7669", "vault-erp-prod", "vault-db-disks", "vault-sfs-media")


@pytest.mark.parametrize("name", SIZES)
def test_what_a_checkpoint_adds_lies_within_its_forecast(tmp_path: Path, name: str) -> None:
    """A vault whose history begins here: first, incremental and full backups, with all disks and without some."""
    with staged(tmp_path) as stage:
        vault = next(each for each in stage.service.estate.vaults.values() if each.name == name)
        vault.used_mb, vault.size_gb = 0, 10**6
        resources = stage.service.estate.resources_of(vault)
        for resource in resources:
            resource.backup_count = resource.backup_size_mb = 0
            resource.fails_at = None

        async def added(draft: CheckpointDraft) -> Estimate:
            """Make a checkpoint, and return its forecast once what it added lies within."""
            session = stage.session
            estimate = preflight(draft, session.ledger, stage.clock.now()).estimate
            assert estimate is not None
            before = session.ledger.vaults[VaultId(vault.id)].used_gb
            ended = await stage.until(stage.session.outbox.submit(draft).id, IntentState.FINISHED)
            assert ended.outcome is not None
            assert ended.outcome.count(Fate.DONE) == len(estimate.additions)
            session.ledger.put_vaults(await session.cloud.vaults())
            grown_gb = session.ledger.vaults[VaultId(vault.id)].used_gb - before
            assert estimate.low_gb <= grown_gb <= estimate.high_gb <= estimate.worst_gb
            return estimate

        async def story() -> None:
            chosen = tuple(
                ResourceChoice(ResourceId(each.id), each.type, each.name, tuple(VolumeId(d.id) for d in each.disks[1:]))
                for each in resources
            )
            whole = CheckpointDraft(VaultId(vault.id), name="forecast-x7k2")
            full, fewer = replace(whole, incremental=False), replace(whole, resources=chosen)
            await stage.session.refresh.once()
            first = await added(whole)
            second = await added(whole)
            await added(whole)
            without = await added(fewer)
            all_of_it = await added(full)
            part = await added(replace(fewer, incremental=False))
            await added(whole)
            assert {each.basis for each in first.additions} == {Basis.FIRST}
            assert {each.basis for each in second.additions} == {Basis.HISTORY}
            assert {each.basis for each in all_of_it.additions} == {Basis.FULL}
            assert second.high_gb < all_of_it.high_gb
            if any(len(each.disks) > 1 for each in resources):
                assert part.high_gb < all_of_it.high_gb
                assert without.worst_gb < second.worst_gb

        stage.play(story)


def test_a_first_backup_without_some_disks_lies_within_its_forecast(tmp_path: Path) -> None:
    """The forecast of what is left is less than a full backup of all disks takes, so the disks must be known."""
    with staged(tmp_path) as stage:
        vault = next(each for each in stage.service.estate.vaults.values() if each.name == "vault-erp-prod")
        vault.size_gb = 10**6
        database = next(each for each in stage.service.estate.resources_of(vault) if each.name == "ecs-erp-db-01")
        database.backup_count = database.backup_size_mb = 0
        without = tuple(VolumeId(disk.id) for disk in database.disks[1:])
        choice = ResourceChoice(ResourceId(database.id), database.type, database.name, without)
        draft = CheckpointDraft(VaultId(vault.id), name="forecast-x7k2", resources=(choice,))

        async def story() -> None:
            await stage.session.refresh.once()
            estimate = preflight(draft, stage.session.ledger, stage.clock.now()).estimate
            assert estimate is not None
            assert estimate.additions == (Addition(Basis.FIRST, 0.0, 40.0, 40.0),)
            before = vault.used_mb
            await stage.until(stage.session.outbox.submit(draft).id, IntentState.FINISHED)
            assert 0 < vault.used_mb - before <= 40 * 1024

        stage.play(story)


def test_states_of_a_vault_that_take_no_backup_block() -> None:
    for status in (VaultStatus.FROZEN, VaultStatus.DELETING, VaultStatus.ERROR):
        finding = only(judged(DRAFT, replace(VAULT, status=status)), FindingKind.VAULT_STATUS)
        assert (finding.severity, finding.code) == (Severity.BLOCK, "6113")
        assert finding.as_of == NOON


def test_an_unknown_state_and_an_expansion_only_warn() -> None:
    finding = only(judged(DRAFT, replace(VAULT, status="archiving")), FindingKind.VAULT_STATUS)
    assert finding.severity is Severity.WARN
    assert kinds(judged(DRAFT, replace(VAULT, status=VaultStatus.LOCK)), Severity.WARN) == {FindingKind.VAULT_EXPANDING}


def test_a_replication_vault_takes_no_checkpoint() -> None:
    replicas = replace(VAULT, protect_type=ProtectType.REPLICATION)
    assert only(judged(DRAFT, replicas), FindingKind.VAULT_REPLICATION).code == "6124"


def test_an_empty_vault_has_nothing_to_back_up() -> None:
    assert only(judged(DRAFT, replace(VAULT, resources=[])), FindingKind.VAULT_EMPTY).severity is Severity.BLOCK


def test_a_full_vault_blocks_unless_it_grows_by_itself() -> None:
    full = replace(VAULT, used_mb=145 * 1024)
    finding = only(judged(DRAFT, full), FindingKind.VAULT_FULL)
    assert (finding.severity, finding.facts["used_percent"]) == (Severity.BLOCK, 145.0)
    growing = only(judged(DRAFT, replace(full, auto_expand=True)), FindingKind.VAULT_FULL)
    assert growing.severity is Severity.WARN


def test_a_vault_that_may_fill_warns_and_the_worst_case_alone_does_not() -> None:
    narrow = replace(VAULT, used_mb=60 * 1024)
    assert judged(DRAFT, narrow).findings == ()
    finding = only(judged(FULL, narrow), FindingKind.VAULT_MAY_FILL)
    assert (finding.severity, finding.facts["free_gb"], finding.facts["upper_gb"]) == (Severity.WARN, 40.0, 80.0)
    fuller = replace(VAULT, used_mb=93 * 1024)
    assert only(judged(DRAFT, fuller), FindingKind.VAULT_MAY_FILL).facts["upper_gb"] == 8.0
    assert judged(FULL, replace(narrow, auto_expand=True)).findings == ()


def test_a_vault_that_is_not_in_a_whole_list_does_not_exist() -> None:
    result = preflight(DRAFT, ledger(OTHER), NOON)
    assert only(result, FindingKind.VAULT_UNKNOWN).severity is Severity.BLOCK
    never_read = preflight(DRAFT, Ledger(DEMO, lambda _part: None), NOON)
    assert only(never_read, FindingKind.VAULT_UNVERIFIED).severity is Severity.WARN


def test_a_foreign_resource_is_named_with_its_home() -> None:
    finding = only(judged(choose(1, 3)), FindingKind.FOREIGN_RESOURCE)
    assert finding.facts == {"resource": "ecs-3", "id": id_of(3), "vault": "vault-a", "other_vault": "vault-b"}
    assert (finding.severity, finding.code) == (Severity.BLOCK, "6135")
    stranger = only(judged(choose(77)), FindingKind.FOREIGN_RESOURCE)
    assert (stranger.code, stranger.facts["other_vault"]) == ("6302", None)


def test_resources_that_the_service_would_skip_are_told_before() -> None:
    vault = replace(
        VAULT,
        resources=[server(1, protect_status=ProtectStatus.RESTORING), server(2, protect_status="archiving")],
    )
    result = judged(DRAFT, vault)
    assert kinds(result, Severity.WARN) >= {FindingKind.RESOURCE_RESTORING, FindingKind.RESOURCE_STATE}
    assert result.estimate is not None
    assert result.estimate.additions == ()


def test_a_resource_that_cannot_be_protected_warns_with_the_service_s_code() -> None:
    barred = Protectable(
        ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", protectable=False, code="7104", reason="scsi"
    )
    result = judged(DRAFT, protectables=(barred,))
    assert only(result, FindingKind.RESOURCE_NOT_PROTECTABLE).code == "7104"
    assert result.estimate is not None
    assert (result.estimate.asked, len(result.estimate.additions), result.estimate.worst_gb) == (2, 1, 40.0)


def test_disks_that_are_left_out() -> None:
    disks = (Disk(VolumeId(id_of(11)), "sys", bootable=True), Disk(VolumeId(id_of(12)), "data"))
    known = Protectable(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", disks=disks)

    def without(*numbers: int) -> Preflight:
        volumes = tuple(VolumeId(id_of(number)) for number in numbers)
        choice = ResourceChoice(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", exclude_volumes=volumes)
        return judged(replace(DRAFT, resources=(choice,)), protectables=(known,))

    assert kinds(without(12), Severity.WARN) == {FindingKind.SOME_DISKS_EXCLUDED}
    assert kinds(without(11), Severity.WARN) == {FindingKind.SOME_DISKS_EXCLUDED, FindingKind.SYSTEM_DISK_EXCLUDED}
    assert only(without(11, 12), FindingKind.NO_DISK_LEFT).severity is Severity.BLOCK


def test_more_shared_disks_than_a_server_backup_takes() -> None:
    disks = tuple(Disk(VolumeId(id_of(20 + n)), f"d{n}", shared=True) for n in range(11))
    known = Protectable(ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", disks=disks)
    assert only(judged(DRAFT, protectables=(known,)), FindingKind.SHARED_DISKS).facts["count"] == 11


def test_a_running_backup_makes_the_service_refuse() -> None:
    running = Task(
        TaskId("t"), TaskType.BACKUP, TaskStatus.RUNNING, 40, VAULT.id, "vault-a", ResourceId(id_of(1)), "ecs-1", "",
        CheckpointId("c"), None, None, "", NOON, NOON, None,
    )  # fmt: skip
    finding = only(judged(DRAFT, tasks=(running,)), FindingKind.VAULT_BUSY)
    assert (finding.severity, finding.code, finding.facts["progress"]) == (Severity.WARN, "6125", 40)
    assert judged(DRAFT, tasks=(replace(running, status=TaskStatus.SUCCESS),)).findings == ()


def test_a_first_backup_is_full_whatever_was_chosen() -> None:
    fresh = replace(VAULT, resources=[server(1, backup_count=0)])
    assert only(judged(DRAFT, fresh), FindingKind.FIRST_BACKUP_FULL).facts["resources"] == ["ecs-1"]
    assert judged(replace(DRAFT, incremental=False), fresh).findings == ()


def test_a_request_without_a_name_is_harder_to_find_again() -> None:
    assert kinds(judged(replace(DRAFT, name="")), Severity.INFO) == {FindingKind.NAME_OMITTED}


@pytest.mark.parametrize(("minutes", "from_cache"), [(4, True), (5, False), (600, True)])
def test_a_verdict_says_how_old_its_data_is_once_that_is_not_fresh(minutes: int, from_cache: bool) -> None:
    held = ledger()
    read_at = NOON - timedelta(minutes=minutes)
    held.put_vaults(Listing([VAULT], read_at), from_cache=from_cache)
    result = preflight(DRAFT, held, NOON)
    if minutes < 5:
        assert result.findings == ()
        return
    finding = only(result, FindingKind.DATA_OLD)
    assert (finding.severity, finding.as_of) == (Severity.INFO, read_at)
    assert finding.facts == {"age": timedelta(minutes=minutes), "from_cache": from_cache}


def test_the_oldest_of_the_lists_that_were_judged_by_counts() -> None:
    held = ledger(VAULT)
    held.put_tasks(Listing([], NOON - timedelta(hours=2)))
    assert only(preflight(DRAFT, held, NOON), FindingKind.DATA_OLD).facts["age"] == timedelta(hours=2)


def test_the_night_is_told() -> None:
    night = NOON.replace(hour=23)
    assert only(preflight(DRAFT, ledger(VAULT), night), FindingKind.PEAK_HOURS).severity is Severity.INFO


def test_a_failed_last_backup_is_told_and_keeps_nobody_from_the_next() -> None:
    result = judged(DRAFT, replace(VAULT, resources=[server(1, protect_status=ProtectStatus.ERROR)]))
    assert only(result, FindingKind.RESOURCE_FAILED).severity is Severity.INFO
    assert FindingKind.RESOURCE_STATE not in kinds(result)
    assert result.estimate is not None and len(result.estimate.additions) == 1


def test_what_is_foretold_of_a_resource_is_what_the_service_then_does(tmp_path: Path) -> None:
    """Skipped, refused as a whole, or backed up: what is known of a resource's state is what the service goes by."""
    told: dict[str, tuple[set[FindingKind], int, str]] = {}
    with staged(tmp_path) as stage:
        resource = stage.service.estate.resources[REFERENCE_RESOURCE_ID]

        async def story() -> None:
            for status in ("restoring", "removing", "deleted", "error"):
                resource.protect_status = status
                await stage.session.refresh.once(frozenset({Part.VAULTS}))
                draft = CheckpointDraft(VaultId(REFERENCE_VAULT_ID), f"night-{status}")
                found = preflight(draft, stage.session.ledger, NOON)
                sent = stage.session.outbox.submit(draft)
                ended = await stage.until(sent.id, IntentState.REJECTED, IntentState.ACCEPTED, IntentState.FINISHED)
                checkpoint = ended.checkpoint
                fate = ended.refusal.code if ended.refusal else "skipped" if checkpoint.skipped else "backed up"
                assert found.estimate is not None
                told[status] = (kinds(found, Severity.WARN), len(found.estimate.additions), fate)

        stage.play(story)
    assert told == {
        "restoring": ({FindingKind.RESOURCE_RESTORING}, 0, "BackupService.2010"),
        "removing": ({FindingKind.RESOURCE_STATE}, 0, "skipped"),
        "deleted": ({FindingKind.RESOURCE_STATE}, 0, "skipped"),
        "error": (set(), 1, "backed up"),
    }
