"""Vaults are changed: what is judged, what goes over the wire, and what a lost answer leads to."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.cloud.wire.reading import Unfit
from cbr_desktop.cloud.wire.results import result_of
from cbr_desktop.domain.agent import AgentState
from cbr_desktop.domain.backup import Replica
from cbr_desktop.domain.blast import LostBackups, destroys, wants_typed_name
from cbr_desktop.domain.change import Change, Effect, Kind, Result
from cbr_desktop.domain.enterprise_project_change import EnterpriseProjectChange
from cbr_desktop.domain.expiration import BackupExpiration
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import BackupId, IntentId, ResourceId, VaultId, VolumeId
from cbr_desktop.domain.intent import Intent, IntentState, Target
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.domain.vault_changes import (
    TagChange,
    VaultDeletion,
    VaultLock,
    VaultsUpdate,
    VaultUpdate,
    bound,
    expanded_gb,
    read_tag_change,
    read_update,
    tags_body,
    update_body,
)
from cbr_desktop.domain.vault_draft import NewResource, VaultDraft, draft_body, read_draft
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID, WEB_SHOP_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.operations import words_for
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from tests.stage import START, Stage, staged

S = IntentState
ID = VaultId(REFERENCE_VAULT_ID)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """All that the service tells, read once."""
    with staged(tmp_path_factory.mktemp("read")) as stage:
        play(stage, _nothing)
        return stage.session.ledger


async def _nothing(_ledger: Ledger) -> None:
    pass


@pytest.fixture
def ledger(read: Ledger) -> Ledger:
    """A ledger with all that the service tells; a test may change what is known."""
    lists = {name: dict(getattr(read, name)) for name in ("vaults", "tasks", "backups", "policies", "protectables")}
    return Ledger(read.profile, **lists, freshness=dict(read.freshness))


def play(stage: Stage, story: Callable[[Ledger], Awaitable[None]]) -> None:
    """Play a story after all lists have been read."""

    async def told() -> None:
        await stage.session.refresh.once()
        await story(stage.session.ledger)

    stage.play(told)


def named(ledger: Ledger, name: str) -> Vault:
    return next(each for each in ledger.vaults.values() if each.name == name)


def judged(ledger: Ledger, draft: Any) -> dict[FindingKind, tuple[Severity, str]]:
    """Return what is found about a draft: how much it weighs, and what it says."""
    change = draft if isinstance(draft, Change) else change_of(draft, ledger)
    verdict = OPERATIONS[change.kind].judge(change, ledger, START)
    return {each.kind: (each.severity, finding_sentence(each)) for each in verdict.findings}


def kinds(ledger: Ledger, draft: Any) -> dict[FindingKind, Severity]:
    return {kind: severity for kind, (severity, _words) in judged(ledger, draft).items()}


# what goes over the wire


def test_a_change_says_only_what_is_changed() -> None:
    assert json.loads(update_body(VaultUpdate(ID, "x"))) == {"vault": {"name": "x"}}
    assert json.loads(update_body(VaultUpdate(ID, notify=False))) == {"vault": {"smn_notify": False}}
    assert json.loads(update_body(VaultUpdate(ID, size_gb=50, bind_tags=()))) == {
        "vault": {"billing": {"size": 50}, "bind_rules": {"tags": []}}
    }


@pytest.mark.parametrize(
    "update",
    [
        VaultUpdate(ID),
        VaultUpdate(ID, "n", 100, "app_consistent", 70, False, True, False, (("a", "b"), ("c", ""))),
        VaultUpdate(ID, bind_tags=()),
    ],
)
def test_a_change_is_read_back_as_it_was_written(update: VaultUpdate) -> None:
    assert read_update(update_body(update), ID) == update


@pytest.mark.parametrize("body", [b"", b"[]", b'{"vault": []}', b'{"vault": {"billing": 7}}', b"[" * 100_000])
def test_what_is_no_change_is_none(body: bytes) -> None:
    assert read_update(body, ID) is None


# lost answers


def drafts_of(ledger: Ledger) -> dict[Kind, Any]:
    web = named(ledger, "vault-web-prod")
    free = next(each for each in ledger.protectables.values() if each.vault_id is None and len(each.disks) > 1)
    taken = NewResource(free.id, str(free.type), free.name, (free.disks[-1].id,))
    return {
        Kind.CREATE_VAULT: VaultDraft(
            *("vault-brand-new", VaultKind.SERVER),
            size_gb=500,
            resources=(taken,),
            policy_id=next(iter(ledger.policies.values())).id,
            tags=(("env", "test"),),
            description="for tests",
            zone="eu-de-02",
        ),
        Kind.UPDATE_VAULT: VaultUpdate(
            web.id, "vault-web-new", web.size_gb + 100, None, 55, False, False, True, (("b", "2"), ("a", "1"))
        ),
        Kind.LOCK_VAULT: VaultLock(web.id),
        Kind.CHANGE_TAGS: TagChange(web.id, (("env", "test"), ("owner", ""))),
        Kind.UPDATE_ALL_VAULTS: VaultsUpdate(33, True),
        Kind.UPDATE_EXPIRATION: BackupExpiration(web.id, "2027-03-01", "UTC+08:00"),
        Kind.CHANGE_ENTERPRISE_PROJECT: EnterpriseProjectChange(web.id, WEB_SHOP_ID, str(ledger.project_id), "eu-de"),
        Kind.DELETE_VAULT: VaultDeletion(named(ledger, "vault-sfs-media").id),
    }


WAYS = dict.fromkeys((Kind.UPDATE_VAULT, Kind.LOCK_VAULT), ("PUT", "/vaults/[^/]{36}"))
WAYS[Kind.CREATE_VAULT] = ("POST", "/vaults")
WAYS[Kind.CHANGE_TAGS] = ("POST", "/vault/[^/]+/tags/action")
WAYS[Kind.UPDATE_ALL_VAULTS] = ("PUT", "/vaults/batch-update")
WAYS[Kind.UPDATE_EXPIRATION] = ("PUT", "/vaults/[^/]+/update-backup-expiration-time")
WAYS[Kind.CHANGE_ENTERPRISE_PROJECT] = ("POST", "/enterprise-projects/[^/]+/resources-migrate")
WAYS[Kind.DELETE_VAULT] = ("DELETE", "/vaults/[^/]+")


def assert_done(ledger: Ledger) -> None:
    changed = named(ledger, "vault-web-new")
    made = named(ledger, "vault-brand-new")
    assert (made.size_gb, made.tags, made.description) == (500, {"env": "test"}, "for tests")
    assert [len(each.exclude_volumes) for each in made.resources] == [1]
    assert made.id in next(iter(ledger.policies.values())).vault_ids
    assert not changed.auto_expand
    assert {(each.threshold_percent, each.notify) for each in ledger.vaults.values()} == {(33, True)}
    assert changed.tags == {"env": "test", "owner": ""}
    assert changed.enterprise_project_id == WEB_SHOP_ID
    assert (changed.auto_bind, sorted(changed.bind_tags)) == (True, [("a", "1"), ("b", "2")])
    assert changed.worm_locked
    own = [each for each in ledger.backups.values() if each.vault_id == changed.id and each.status == "available"]
    assert {f"{each.expires_at:%Y-%m-%d %H:%M}" for each in own} == {"2027-03-01 16:00"}
    assert "vault-sfs-media" not in [each.name for each in ledger.vaults.values()]


@pytest.mark.parametrize(("when", "times"), [("", 1), ("after", 1), ("before", 2)])
def test_what_is_asked_for_is_done_once_whatever_becomes_of_its_answer(when: str, times: int, stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        for kind, draft in drafts_of(ledger).items():
            seen = len(arrived(stage, kind))
            if when:
                stage.service.faults.add(Fault(*WAYS[kind], "cut", when))  # type: ignore[arg-type]
            made = stage.session.outbox.submit(draft)
            ended = await stage.until(made.id, S.FINISHED)
            outcome = ended.outcome
            assert (kind, ended.sends, outcome is not None and outcome.is_whole) == (kind, times, True)
            assert len(arrived(stage, kind)) - seen == times
        await stage.session.refresh.once()
        assert_done(ledger)

    play(stage, story)


def arrived(stage: Stage, kind: Kind) -> list[object]:
    method, path = WAYS[kind]
    return [each for each in stage.service.journal if each.method == method and re.search(f"{path}$", each.path)]


def test_what_never_arrives_is_left_to_a_person(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        made = []
        for kind, draft in drafts_of(ledger).items():
            stage.service.faults.add(Fault(*WAYS[kind], "cut", "before", times=None))
            made.append(stage.session.outbox.submit(draft))
        for each in made:
            assert (await stage.until(each.id, S.NOT_FOUND)).sends == 3

    play(stage, story)


def test_a_vault_that_is_being_resized_is_followed_until_it_is_available(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        stage.service.modes.expansion_seconds = 60
        made = stage.session.outbox.submit(VaultUpdate(ID, size_gb=named(ledger, "vault-be94").size_gb + 10))
        accepted = await stage.until(made.id, S.ACCEPTED)
        assert accepted.result is not None and accepted.result.status == VaultStatus.LOCK
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None and ended.outcome.is_whole
        assert ended.outcome.status == VaultStatus.AVAILABLE

    play(stage, story)


# what is judged


def test_a_size_is_judged_by_what_is_in_the_vault(ledger: Ledger) -> None:
    vault = named(ledger, "vault-erp-prod")
    used = int(vault.used_gb)
    assert kinds(ledger, VaultUpdate(vault.id, size_gb=0))[FindingKind.OUT_OF_RANGE] is Severity.BLOCK
    below = judged(ledger, VaultUpdate(vault.id, size_gb=used - 1))
    assert below[FindingKind.SIZE_BELOW_USED][0] is Severity.BLOCK
    tight = judged(ledger, VaultUpdate(vault.id, size_gb=used + 2))
    assert tight[FindingKind.SIZE_BELOW_ALLOCATED][0] is Severity.WARN
    assert tight[FindingKind.OVER_THRESHOLD][0] is Severity.INFO
    assert " is 100 % full, and " in tight[FindingKind.SIZE_AFTER][1]
    larger = kinds(ledger, VaultUpdate(vault.id, size_gb=100_000))
    assert larger == {FindingKind.SIZE_AFTER: Severity.INFO}


def test_what_orders_decide_is_not_asked_for(ledger: Ledger) -> None:
    own = named(ledger, "vault-web-prod")
    ledger.vaults[own.id] = replace(own, charging_mode="pre_paid", auto_expand=False)
    asked = VaultUpdate(own.id, size_gb=own.size_gb + 1, auto_expand=True)
    assert kinds(ledger, asked) == {
        FindingKind.SIZE_BY_ORDER: Severity.BLOCK,
        FindingKind.EXPANSION_BY_ORDER: Severity.BLOCK,
    }


def test_what_the_state_of_a_vault_forbids_is_not_asked_for(ledger: Ledger) -> None:
    frozen = named(ledger, "vault-arrears")
    assert kinds(ledger, VaultUpdate(frozen.id, "x")) == {FindingKind.VAULT_STATE: Severity.BLOCK}
    own = named(ledger, "vault-web-prod")
    ledger.vaults[own.id] = replace(own, status=VaultStatus.LOCK)
    assert kinds(ledger, VaultUpdate(own.id, "x")) == {}
    assert kinds(ledger, VaultUpdate(own.id, size_gb=9_000))[FindingKind.SIZE_BUSY] is Severity.BLOCK
    ledger.vaults[own.id] = replace(own, status="archived")
    assert kinds(ledger, VaultUpdate(own.id, "x")) == {FindingKind.VAULT_STATE: Severity.WARN}


def test_a_full_vault_is_told_that_it_grows_too_late(ledger: Ledger) -> None:
    own = named(ledger, "vault-web-prod")
    ledger.vaults[own.id] = full = replace(own, used_mb=own.size_gb * 1024, auto_expand=False)
    assert kinds(ledger, VaultUpdate(full.id, auto_expand=True)) == {FindingKind.EXPANSION_TOO_LATE: Severity.WARN}
    found = kinds(ledger, VaultUpdate(full.id, size_gb=full.size_gb * 9, auto_expand=True))
    assert found[FindingKind.EXPANSION_STEP] is Severity.INFO
    assert (expanded_gb(100), expanded_gb(101), expanded_gb(10_485_760)) == (125, 127, 10_485_760)


def test_a_specification_only_goes_one_way_and_for_servers(ledger: Ledger) -> None:
    servers, disks = named(ledger, "vault-web-prod"), named(ledger, "vault-db-disks")
    up = judged(ledger, VaultUpdate(servers.id, level="app_consistent"))
    assert up[FindingKind.LEVEL_FOR_GOOD][0] is Severity.WARN
    unfit = kinds(ledger, VaultUpdate(disks.id, level="app_consistent"))
    assert unfit == {FindingKind.LEVEL_UNFIT: Severity.BLOCK}
    ledger.vaults[servers.id] = replace(servers, consistent_level="app_consistent")
    back = kinds(ledger, VaultUpdate(servers.id, level="crash_consistent"))
    assert back == {FindingKind.LEVEL_BACK: Severity.BLOCK}


def test_which_servers_have_the_agent_is_asked_before_they_need_it(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        vault = named(ledger, "vault-erp-prod")
        await stage.session.refresh.read_agents(vault.id)
        found = judged(ledger, VaultUpdate(vault.id, level="app_consistent"))
        with_agent = [each for each in ledger.agents.values() if each.is_installed]
        assert len(ledger.agents) == len(vault.resources) > len(with_agent) > 0
        severity, words = found[FindingKind.AGENT_LACKING]
        assert severity is Severity.WARN
        assert words.startswith(f"{len(vault.resources) - len(with_agent)} servers have no agent: ")
        old = AgentState(vault.resources[0].id, True, True, "1.0")
        ledger.agents = {each.id: old._replace(resource_id=each.id) for each in vault.resources}
        assert kinds(ledger, VaultUpdate(vault.id, level="app_consistent"))[FindingKind.AGENT_OLD] is Severity.WARN
        ledger.agents = {id: each._replace(is_old=False) for id, each in ledger.agents.items()}
        assert FindingKind.AGENT_THERE in kinds(ledger, VaultUpdate(vault.id, level="app_consistent"))
        assert FindingKind.AGENT_THERE not in kinds(ledger, VaultUpdate(vault.id, "other"))

    play(stage, story)
    (asked,) = [each for each in stage.service.journal if each.path.endswith("/agent/check")]
    assert asked.method == "POST"


def test_locking_is_not_slipped_in_among_other_changes(ledger: Ledger) -> None:
    change = replace(change_of(VaultUpdate(ID, "x"), ledger), body=b'{"vault": {"name": "x", "locked": true}}')
    assert kinds(ledger, change)[FindingKind.LOCK_APART] is Severity.BLOCK


def test_names_of_vaults_are_judged_as_names(ledger: Ledger) -> None:
    assert kinds(ledger, VaultUpdate(ID, "a b")) == {FindingKind.BAD_CHARACTER: Severity.BLOCK}
    assert kinds(ledger, VaultUpdate(ID, "")) == {FindingKind.NAME_MISSING: Severity.BLOCK}
    assert kinds(ledger, VaultUpdate(ID, "vault-web-prod")) == {FindingKind.VAULT_NAME_TAKEN: Severity.WARN}
    assert kinds(ledger, VaultUpdate(ID)) == {FindingKind.VAULT_UNCHANGED: Severity.INFO}
    unknown = VaultUpdate(VaultId(REFERENCE_VAULT_ID.replace("3", "4")), "x")
    assert kinds(ledger, unknown) == {FindingKind.VAULT_UNKNOWN: Severity.BLOCK}


def server(name: str, *tags: str, **more: Any) -> Protectable:
    return Protectable(ResourceId(name), ResourceType.SERVER, name, 40, tags=tags, **more)


def test_what_a_vault_takes_in_by_itself_is_named_beforehand(ledger: Ledger) -> None:
    known = [
        server("web-1", "app=web", "env=prod"),
        server("web-2", "app=web"),
        server("taken", "app=web", "env=prod", vault_id=ID),
        server("unfit", "app=web", "env=prod", protectable=False),
        replace(server("disk", "app=web"), type=ResourceType.DISK),
    ]
    taken, some = bound("server", (("app", "web"), ("env", "prod")), known)
    assert ([each.name for each in taken], some) == ([], 0), "a kind is no kind before it is known"

    ledger.put_protectables(Listing(known, START))
    own = named(ledger, "vault-web-prod")
    ledger.vaults[own.id] = replace(own, size_gb=own.allocated_gb + 90_000)
    draft = VaultUpdate(own.id, auto_bind=True, bind_tags=(("app", "web"), ("env", "prod")))
    found = judged(ledger, draft)
    assert set(found) == {FindingKind.BINDING_TAKES}
    assert found[FindingKind.BINDING_TAKES][1] == (
        "By what is known now vault ‘vault-web-prod’ takes in 1 resource of 40 GB before its next backup: web-1."
        " 1 more has a part of these tags only."
    )
    full = replace(own, size_gb=int(own.used_gb) + 40)
    ledger.vaults[own.id] = full
    assert kinds(ledger, draft)[FindingKind.BINDING_NEEDS_ROOM] is Severity.WARN
    bare = named(ledger, "vault-be94")
    alone = kinds(ledger, VaultUpdate(bare.id, auto_bind=True))
    assert alone[FindingKind.BINDING_NEEDS_POLICY] is Severity.WARN
    six = tuple((f"k{number}", "") for number in range(6))
    assert kinds(ledger, replace(draft, bind_tags=six))[FindingKind.TOO_MANY_TAGS] is Severity.BLOCK
    twice = replace(draft, bind_tags=(("a", "b"), ("a", "b")))
    assert kinds(ledger, twice)[FindingKind.TAG_TWICE] is Severity.BLOCK


# locking


def test_a_lock_says_what_can_never_be_deleted_again_and_until_when(ledger: Ledger) -> None:
    vault = named(ledger, "vault-web-prod")
    found = judged(ledger, VaultLock(vault.id))
    automatic = [each for each in ledger.backups.values() if each.vault_id == vault.id and each.auto]
    last = max(each.expires_at for each in automatic if each.expires_at is not None)
    assert set(found) == {FindingKind.LOCK_FOR_GOOD, FindingKind.LOCK_HOLDS, FindingKind.LOCK_KEEPS}
    assert f"{len(automatic)} automatic backups" in found[FindingKind.LOCK_KEEPS][1]
    assert f"the last of them on {last:%Y-%m-%d}." in found[FindingKind.LOCK_KEEPS][1]
    disks = named(ledger, "vault-db-disks")
    assert kinds(ledger, VaultLock(disks.id))[FindingKind.LOCK_POLICY_FOREVER] is Severity.WARN
    locked = named(ledger, "vault-hr-worm")
    assert kinds(ledger, VaultLock(locked.id)) == {FindingKind.LOCKED_ALREADY: Severity.INFO}


def test_what_can_never_be_undone_asks_for_a_name_everywhere() -> None:
    assert all(wants_typed_name(Effect.BINDS, environment) for environment in Environment)
    assert destroys(Effect.BINDS)


def test_an_answer_that_says_nothing_of_a_lock_is_none_to_it(ledger: Ledger) -> None:
    vault = named(ledger, "vault-web-prod")
    change = change_of(VaultLock(vault.id), ledger)
    answer = {"vault": {"id": vault.id, "name": vault.name, "locked": False}}
    with pytest.raises(Unfit, match="not locked"):
        result_of(change, json.dumps(answer).encode())


# deleting


def test_a_deletion_counts_and_names_what_goes_with_the_vault(ledger: Ledger) -> None:
    vault = named(ledger, "vault-erp-prod")
    found = judged(ledger, VaultDeletion(vault.id))
    own = [each for each in ledger.backups.values() if each.vault_id == vault.id]
    assert set(found) == {
        FindingKind.DELETION_BACKUPS,
        FindingKind.DELETION_LAST,
        FindingKind.DELETION_RESOURCES,
        FindingKind.DELETION_POLICIES,
        FindingKind.DELETION_SHARES,
    }
    assert f"{len(own)} backups in vault ‘vault-erp-prod’" in found[FindingKind.DELETION_BACKUPS][1]
    assert "daily-22h, repl-eu-nl." in found[FindingKind.DELETION_POLICIES][1]
    change = change_of(VaultDeletion(vault.id), ledger)
    blast = OPERATIONS[change.kind].blast(change, ledger)
    names = {each.resource_name for each in own if each.status == "available"}
    assert {each.resource_name for each in blast.lost} == names
    assert blast.takes_last and all(each.is_last for each in blast.lost)
    assert sum(each.count for each in blast.lost if isinstance(each, LostBackups)) == len(own)


def test_a_backup_elsewhere_makes_a_restore_point_not_the_last(ledger: Ledger) -> None:
    vault, other = named(ledger, "vault-erp-prod"), named(ledger, "vault-web-prod")
    own = next(b for b in ledger.backups.values() if b.vault_id == vault.id and b.status == "available")
    ledger.backups[BackupId("7")] = replace(own, id=BackupId("7"), vault_id=other.id)
    change = change_of(VaultDeletion(vault.id), ledger)
    last = OPERATIONS[change.kind].blast(change, ledger).lost[-1]
    assert (last.resource_name, last.left) == (own.resource_name, 1)
    assert own.resource_name not in judged(ledger, VaultDeletion(vault.id))[FindingKind.DELETION_LAST][1]


def test_backups_that_nobody_has_seen_are_told(ledger: Ledger) -> None:
    vault = named(ledger, "vault-erp-prod")
    for id in [each.id for each in ledger.backups.values() if each.vault_id == vault.id][3:]:
        del ledger.backups[id]
    found = judged(ledger, VaultDeletion(vault.id))
    counted = sum(each.backup_count for each in vault.resources)
    assert f"The service counts {counted - 3} more backups" in found[FindingKind.DELETION_UNSEEN][1]
    change = change_of(VaultDeletion(vault.id), ledger)
    blast = OPERATIONS[change.kind].blast(change, ledger)
    assert sum(each.count for each in blast.lost if isinstance(each, LostBackups)) == counted


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("vault-arrears", FindingKind.DELETION_STATE),
        ("vault-expand", FindingKind.DELETION_STATE),
        ("vault-old-poc", FindingKind.DELETION_STATE),
        ("vault-hr-worm", FindingKind.DELETION_LOCKED),
    ],
)
def test_what_the_service_would_refuse_is_not_asked_for(name: str, kind: FindingKind, ledger: Ledger) -> None:
    assert kinds(ledger, VaultDeletion(named(ledger, name).id))[kind] is Severity.BLOCK


def test_a_vault_with_images_or_orders_or_running_tasks_is_not_deleted(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        vault = named(ledger, "vault-7669")
        ledger.vaults[vault.id] = replace(vault, charging_mode="pre_paid")
        own = next(each for each in ledger.backups.values() if each.vault_id == vault.id)
        traits = own.traits._replace(image_ids=("i",), replicas=(Replica("eu-nl", "success"),))
        ledger.backups[own.id] = replace(own, traits=traits)
        task = next(iter(ledger.tasks.values()))
        ledger.tasks[task.id] = replace(task, vault_id=vault.id, status="running")
        found = judged(ledger, VaultDeletion(vault.id))
        blocks = {kind for kind, (severity, _words) in found.items() if severity is Severity.BLOCK}
        assert blocks == {FindingKind.DELETION_IMAGES, FindingKind.DELETION_BY_ORDER, FindingKind.DELETION_BUSY}
        assert "has copies in eu-nl" in found[FindingKind.DELETION_REPLICAS][1]
        stage.session.outbox.submit(VaultDeletion(vault.id), held=True)
        assert FindingKind.VAULT_BUSY in kinds(ledger, VaultDeletion(vault.id))

    play(stage, story)


def test_a_vault_that_is_gone_already_is_deleted(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        draft = VaultDeletion(named(ledger, "vault-sfs-media").id)
        for _ in range(2):
            made = stage.session.outbox.submit(draft)
            ended = await stage.until(made.id, S.FINISHED)
            assert ended.outcome is not None and ended.outcome.is_whole

    play(stage, story)


def test_a_vault_that_stays_was_not_deleted(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        vault = named(ledger, "vault-sfs-media")
        made = stage.session.outbox.submit(VaultDeletion(vault.id))
        await stage.until(made.id, S.ACCEPTED)
        stage.service.estate.jobs.clear()
        stage.service.estate.vaults[vault.id].status = "error"
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None and ended.outcome.count(Fate.FAILED) == 1

    play(stage, story)


# tags


@pytest.mark.parametrize("draft", [TagChange(ID, (("a", "b"), ("c", "")), False), TagChange(ID, (("a", ""),), True)])
def test_a_change_of_tags_is_read_back_as_it_was_written(draft: TagChange) -> None:
    assert read_tag_change(tags_body(draft), ID) == draft
    assert read_tag_change(b'{"action": "replace", "tags": []}', ID) is None


def test_tags_are_judged_by_the_rules_and_by_those_that_there_are(ledger: Ledger) -> None:
    own = named(ledger, "vault-erp-prod")
    found = judged(ledger, TagChange(own.id, (("env", "test"),)))
    assert found == {
        FindingKind.TAG_OVERWRITTEN: (
            Severity.INFO,
            "The tag ‘env’ of vault ‘vault-erp-prod’ has ‘prod’ now, and ‘test’ then.",
        )
    }
    assert kinds(ledger, TagChange(own.id, (("env", "prod"),))) == {FindingKind.TAGS_UNCHANGED: Severity.INFO}
    assert kinds(ledger, TagChange(own.id, ())) == {FindingKind.TAGS_NONE: Severity.BLOCK}
    wrong = TagChange(own.id, (("a b", "x"), ("k" * 37, ""), ("v", "a b"), ("w", "v" * 44), ("v", "1.2"), ("", "x")))
    assert kinds(ledger, wrong) == dict.fromkeys(
        (FindingKind.TAG_KEY, FindingKind.TAG_VALUE, FindingKind.TAG_TWICE, FindingKind.TAG_KEY_MISSING), Severity.BLOCK
    )
    some = tuple((f"k{number}", "") for number in range(19))
    assert kinds(ledger, TagChange(own.id, some[:9])) == {FindingKind.TAGS_MANY: Severity.WARN}
    assert kinds(ledger, TagChange(own.id, some)) == {FindingKind.TOO_MANY_TAGS: Severity.BLOCK}
    assert kinds(ledger, TagChange(own.id, (("env", ""), ("never", "")), deletes=True)) == {}
    assert kinds(ledger, TagChange(own.id, (("never", ""),), deletes=True)) == {
        FindingKind.TAGS_UNCHANGED: Severity.INFO
    }


def test_tags_are_deleted_and_proved_by_that(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        own = named(ledger, "vault-erp-prod")
        stage.service.faults.add(Fault(*WAYS[Kind.CHANGE_TAGS], "cut", "after"))
        made = stage.session.outbox.submit(TagChange(own.id, (("env", ""), ("never", "")), deletes=True))
        assert (await stage.until(made.id, S.FINISHED)).sends == 1
        await stage.session.refresh.once()
        assert named(ledger, "vault-erp-prod").tags == {"owner": "erp-team"}

    play(stage, story)


# all vaults at once


def test_a_change_of_all_vaults_counts_and_names_them(ledger: Ledger) -> None:
    found = judged(ledger, VaultsUpdate(33))
    words = found[FindingKind.ALL_VAULTS][1]
    assert words.startswith(f"This is done to all {len(ledger.vaults)} vaults of the project, without a choice: ")
    assert words.endswith(f"{len(ledger.vaults)} of them are different now.")
    assert kinds(ledger, VaultsUpdate())[FindingKind.ALL_UNCHANGED] is Severity.BLOCK
    assert kinds(ledger, VaultsUpdate(101))[FindingKind.OUT_OF_RANGE] is Severity.BLOCK


def test_a_vault_that_was_left_out_is_no_success(ledger: Ledger) -> None:
    change = change_of(VaultsUpdate(33), ledger)
    intent = Intent(IntentId("7"), Target("p", "https://x", "p"), change, S.ACCEPTED, START, START, result=Result(""))
    ledger.vaults = {id: replace(each, threshold_percent=33) for id, each in ledger.vaults.items()}
    outcome = OPERATIONS[change.kind].outcome(intent, ledger)
    assert outcome is not None and outcome.is_whole and outcome.total == len(ledger.vaults)
    ledger.vaults[ID] = replace(ledger.vaults[ID], threshold_percent=80)
    outcome = OPERATIONS[change.kind].outcome(intent, ledger)
    assert outcome is not None and not outcome.is_whole
    assert [line.id for line in outcome.resources if line.fate is not Fate.DONE] == [ID]
    assert words_for(change.kind).outcome(intent, outcome) == (
        "The service accepted it. 1 vault is not as was asked for."
    )


def test_an_answer_that_names_no_vaults_is_none(ledger: Ledger) -> None:
    change = change_of(VaultsUpdate(33), ledger)
    assert result_of(change, b'{"updated_vaults_id": ["x"]}').id == ""
    for body in (b"", b"{}", b'{"updated_vaults_id": "x"}'):
        with pytest.raises(Unfit):
            result_of(change, body)


# creating


def free_servers(ledger: Ledger) -> list[Protectable]:
    own = [each for each in ledger.protectables.values() if each.type == ResourceType.SERVER and each.protectable]
    return [each for each in own if each.vault_id is None]


def test_a_new_vault_says_only_what_is_not_as_usual() -> None:
    assert json.loads(draft_body(VaultDraft("n"))) == {
        "vault": {
            "name": "n",
            "billing": {
                "charging_mode": "post_paid",
                "consistent_level": "crash_consistent",
                "object_type": "server",
                "protect_type": "backup",
                "size": 100,
            },
            "resources": [],
        }
    }


FULL = VaultDraft(
    *("n", "disk", "backup", "crash_consistent", 20, True, "post_paid"),
    (NewResource(ResourceId(ID), "OS::Cinder::Volume", "d", (VolumeId(ID),), (VolumeId(ID[::-1]),)),),
    *(ID, True, True, (("a", "b"),), 55, False, (("c", "d"),), "text", "pre", "0", "eu-de-01", True),
)


@pytest.mark.parametrize("draft", [VaultDraft("n"), FULL])
def test_a_new_vault_is_read_back_as_it_was_written(draft: VaultDraft) -> None:
    assert read_draft(draft_body(draft)) == draft
    assert read_draft(b'{"vault": {"name": "n"}}') is None


def test_a_new_vault_is_judged_by_the_rules_of_each_field(ledger: Ledger) -> None:
    own = {FindingKind.PRICE_CLASS: Severity.INFO, FindingKind.NO_POLICY: Severity.INFO}
    assert kinds(ledger, VaultDraft("fresh")) == own
    wrong = VaultDraft(
        *("a b", "disk", "replication", "app_consistent", 9),
        threshold_percent=0,
        description="<" * 65,
        prefix="p." * 20,
        enterprise_project_id="mine",
        tags=(("a b", ""),),
        zone="z" * 33,
        overuse=True,
    )
    found = kinds(ledger, wrong)
    blocks = {kind for kind, severity in found.items() if severity is Severity.BLOCK}
    assert blocks == {
        *(FindingKind.BAD_CHARACTER, FindingKind.TOO_LONG, FindingKind.BAD_PREFIX, FindingKind.BAD_ID),
        *(FindingKind.OUT_OF_RANGE, FindingKind.REPLICATION_UNFIT, FindingKind.LEVEL_UNFIT, FindingKind.TAG_KEY),
        *(FindingKind.BAD_ZONE, FindingKind.OVERUSE_BY_ORDER),
    }
    ordered = kinds(ledger, VaultDraft("fresh", charging_mode="pre_paid"))
    assert ordered[FindingKind.CREATION_BY_ORDER] is Severity.BLOCK
    assert kinds(ledger, VaultDraft("vault-be94"))[FindingKind.VAULT_NAME_TAKEN] is Severity.WARN
    change = change_of(VaultDraft("fresh"), ledger)
    locked = json.loads(change.body)
    locked["vault"]["locked"] = True
    assert kinds(ledger, replace(change, body=json.dumps(locked).encode()))[FindingKind.LOCK_APART] is Severity.BLOCK


@pytest.mark.parametrize(
    ("draft", "name"),
    [
        (VaultDraft("n"), "vault.backup.server.normal"),
        (VaultDraft("n", level="app_consistent"), "vault.backup.database.normal"),
        (VaultDraft("n", protect_type="replication"), "vault.replication.server.normal"),
        (VaultDraft("n", "turbo"), "vault.backup.turbo.normal"),
        (VaultDraft("n", "workspace"), ""),
        (VaultDraft("n", "tape"), ""),
    ],
)
def test_the_class_that_is_billed_is_told_where_it_is_known(draft: VaultDraft, name: str) -> None:
    assert draft.price_class == name


def test_a_policy_of_a_new_vault_has_to_suit_it(ledger: Ledger) -> None:
    daily = next(each for each in ledger.policies.values() if each.name == "daily-22h")
    copying = next(each for each in ledger.policies.values() if each.operation_type == "replication")
    assert FindingKind.NO_POLICY not in kinds(ledger, VaultDraft("n", policy_id=daily.id))
    for draft in (
        VaultDraft("n", policy_id=copying.id),
        VaultDraft("n", protect_type="replication", policy_id=daily.id),
    ):
        assert kinds(ledger, draft)[FindingKind.POLICY_TYPE_UNFIT] is Severity.BLOCK
    assert kinds(ledger, VaultDraft("n", policy_id=ID))[FindingKind.POLICY_UNKNOWN] is Severity.BLOCK
    ledger.policies[daily.id] = replace(daily, enabled=False)
    assert kinds(ledger, VaultDraft("n", policy_id=daily.id))[FindingKind.POLICY_ASLEEP] is Severity.WARN


def test_what_a_new_vault_takes_in_is_judged_by_what_is_known(ledger: Ledger) -> None:
    server = next(each for each in free_servers(ledger) if len(each.disks) > 1)
    own = named(ledger, "vault-web-prod").resources[0]
    disks = tuple(each.id for each in server.disks)
    chosen = NewResource(server.id, str(server.type), server.name)

    def found(*resources: NewResource, size_gb: int = 4000) -> dict[FindingKind, Severity]:
        told = kinds(ledger, VaultDraft("fresh", size_gb=size_gb, resources=resources))
        return {kind: told[kind] for kind in told if kind not in (FindingKind.PRICE_CLASS, FindingKind.NO_POLICY)}

    assert found(chosen) == {}
    assert found(chosen, size_gb=10) == {FindingKind.SIZE_BELOW_ALLOCATED: Severity.WARN}
    assert found(chosen, chosen) == {FindingKind.DUPLICATE_RESOURCE: Severity.BLOCK}
    assert found(replace(chosen, exclude_volumes=disks)) == {FindingKind.NO_DISK_LEFT: Severity.BLOCK}
    assert found(replace(chosen, exclude_volumes=disks[1:])) == {FindingKind.SOME_DISKS_EXCLUDED: Severity.WARN}
    assert found(NewResource(own.id, str(own.type), own.name)) == {FindingKind.RESOURCE_TAKEN: Severity.BLOCK}
    assert found(replace(chosen, type="OS::Cinder::Volume")) == {FindingKind.RESOURCE_UNFIT: Severity.BLOCK}
    assert found(replace(chosen, id=ResourceId("x"))) == {FindingKind.BAD_ID: Severity.BLOCK}
    ledger.freshness[Part.PROTECTABLES] = Freshness(START)
    assert found(replace(chosen, id=ResourceId(ID))) == {FindingKind.RESOURCE_UNSEEN: Severity.WARN}
    many = [replace(chosen, id=ResourceId(f"{number:08x}{ID[8:]}")) for number in range(256)]
    assert found(*many)[FindingKind.VAULT_TAKES_FEWER] is Severity.BLOCK
    copies = VaultDraft("fresh", protect_type="replication", resources=(chosen,))
    assert kinds(ledger, copies)[FindingKind.REPLICATION_HOLDS] is Severity.BLOCK


def test_a_resource_that_the_new_vault_did_not_take_is_no_success(ledger: Ledger) -> None:
    server = free_servers(ledger)[0]
    draft = VaultDraft("fresh", resources=(NewResource(server.id, str(server.type), server.name),))
    change = change_of(draft, ledger)
    made = replace(named(ledger, "vault-be94"), id=VaultId("new"), name="fresh", resources=[])
    target, result = Target("p", "https://x", "p"), Result("new")
    intent = Intent(IntentId("7"), target, change, S.ACCEPTED, START, START, result=result)
    outcome = OPERATIONS[change.kind].outcome(intent, ledger)
    assert outcome is not None and not outcome.is_over, "the vault itself is not known yet"
    ledger.merge_vault(made)
    outcome = OPERATIONS[change.kind].outcome(intent, ledger)
    assert outcome is not None and outcome.count(Fate.UNCERTAIN) == 1
    assert words_for(change.kind).outcome(intent, outcome) == "Created. 1 resource is not in it: associate it."


def test_a_vault_of_the_same_name_that_was_there_before_proves_nothing(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        own = named(ledger, "vault-7669")
        stage.service.faults.add(Fault("POST", "/vaults", "cut", "before"))
        made = stage.session.outbox.submit(VaultDraft("vault-7669", size_gb=own.size_gb))
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.sends == 2
        assert ended.result is not None and ended.result.id != own.id

    play(stage, story)
