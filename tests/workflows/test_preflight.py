"""The pre-flight: what is known of vault and resources, turned into advice before anything is sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.finding import Finding, FindingKind, Severity, Subject
from cbr_desktop.domain.ids import CheckpointId, ResourceId, TaskId, VaultId, VolumeId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.preflight import Preflight, preflight

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
    ledger = Ledger(DEMO, lambda part: None)
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
    assert (finding.severity, finding.subject) == (Severity.BLOCK, Subject.VAULT)
    assert (finding.facts["found"], finding.facts["written"]) == (capitals, vault.id)
    resource = replace(server(1), id=ResourceId("abcdef00-0000-4000-8000-00000000000b"))
    vault = replace(VAULT, resources=[resource])
    choice = ResourceChoice(ResourceId(resource.id.upper()), "")
    found = judged(CheckpointDraft(vault.id, name="n", resources=(choice,)), vault)
    finding = only(found, FindingKind.OTHER_SPELLING)
    assert (finding.severity, finding.subject) == (Severity.BLOCK, Subject.RESOURCES)
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


def test_the_estimate_adds_up_and_never_invents() -> None:
    estimate = judged(DRAFT).estimate
    assert estimate is not None
    assert (estimate.asked, estimate.expected, estimate.upper_gb, estimate.likely_gb) == (2, 2, 80.0, 4.0)
    assert (estimate.percent_now, estimate.percent_likely, estimate.percent_worst) == (20.0, 24.0, 100.0)
    fresh = replace(VAULT, resources=[server(1), server(2, backup_count=0, backup_size_mb=0)])
    unknown = judged(DRAFT, fresh).estimate
    assert unknown is not None
    assert unknown.likely_gb is None


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


def test_a_vault_that_may_fill_warns() -> None:
    assert FindingKind.VAULT_MAY_FILL in kinds(judged(DRAFT, replace(VAULT, used_mb=60 * 1024)), Severity.WARN)


def test_a_vault_that_is_not_in_a_whole_list_does_not_exist() -> None:
    result = preflight(DRAFT, ledger(OTHER), NOON)
    assert only(result, FindingKind.VAULT_UNKNOWN).severity is Severity.BLOCK
    never_read = preflight(DRAFT, Ledger(DEMO, lambda part: None), NOON)
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
    assert result.estimate.expected == 0


def test_a_resource_that_cannot_be_protected_warns_with_the_service_s_code() -> None:
    barred = Protectable(
        ResourceId(id_of(1)), ResourceType.SERVER, "ecs-1", protectable=False, code="7104", reason="scsi"
    )
    result = judged(DRAFT, protectables=(barred,))
    assert only(result, FindingKind.RESOURCE_NOT_PROTECTABLE).code == "7104"
    assert result.estimate is not None
    assert (result.estimate.asked, result.estimate.expected, result.estimate.upper_gb) == (2, 1, 40.0)


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
