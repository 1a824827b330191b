"""Vaults are changed: what is judged, what goes over the wire, and what a lost answer leads to."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.cloud.wire.reading import Unfit
from cbr_desktop.cloud.wire.results import result_of
from cbr_desktop.domain.blast import destroys, wants_typed_name
from cbr_desktop.domain.change import Change, Effect, Kind
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Environment
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import ResourceType, Vault, VaultStatus
from cbr_desktop.domain.vault_changes import VaultLock, VaultUpdate, bound, expanded_gb, read_update, update_body
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.sentences import finding_sentence
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from tests.stage import Stage, staged

S = IntentState
ID = VaultId(REFERENCE_VAULT_ID)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def play(stage: Stage, story: Callable[[Ledger], Awaitable[None]]) -> None:
    """Play a story after all lists have been read."""

    async def told() -> None:
        await stage.session.refresh.once()
        await story(stage.session.ledger)

    stage.play(told)


def named(ledger: Ledger, name: str) -> Vault:
    return next(each for each in ledger.vaults.values() if each.name == name)


def judged(ledger: Ledger, draft: Any, stage: Stage) -> dict[FindingKind, tuple[Severity, str]]:
    """Return what is found about a draft: how much it weighs, and what it says."""
    change = draft if isinstance(draft, Change) else change_of(draft, ledger)
    verdict = OPERATIONS[change.kind].judge(change, ledger, stage.clock.now())
    return {each.kind: (each.severity, finding_sentence(each)) for each in verdict.findings}


def kinds(ledger: Ledger, draft: Any, stage: Stage) -> dict[FindingKind, Severity]:
    return {kind: severity for kind, (severity, _words) in judged(ledger, draft, stage).items()}


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
    return {
        Kind.UPDATE_VAULT: VaultUpdate(
            web.id, "vault-web-new", web.size_gb + 100, None, 55, False, False, True, (("b", "2"), ("a", "1"))
        ),
        Kind.LOCK_VAULT: VaultLock(web.id),
    }


WAYS = dict.fromkeys((Kind.UPDATE_VAULT, Kind.LOCK_VAULT), ("PUT", "/vaults/[^/]+"))


def assert_done(kind: Kind, ledger: Ledger) -> None:
    if kind is Kind.UPDATE_VAULT:
        changed = named(ledger, "vault-web-new")
        assert (changed.threshold_percent, changed.notify, changed.auto_expand, changed.auto_bind) == (
            *(55, False),
            *(False, True),
        )
        assert sorted(changed.bind_tags) == [("a", "1"), ("b", "2")]
    else:
        assert named(ledger, "vault-web-prod").worm_locked


@pytest.mark.parametrize(("when", "times"), [("", 1), ("after", 1), ("before", 2)])
@pytest.mark.parametrize("kind", WAYS)
def test_what_is_asked_for_is_done_once_whatever_becomes_of_its_answer(
    kind: Kind, when: str, times: int, stage: Stage
) -> None:
    method, path = WAYS[kind]

    async def story(ledger: Ledger) -> None:
        if when:
            stage.service.faults.add(Fault(method, path, "cut", when))  # type: ignore[arg-type]
        made = stage.session.outbox.submit(drafts_of(ledger)[kind])
        ended = await stage.until(made.id, S.FINISHED)
        outcome = ended.outcome
        assert (ended.sends, outcome is not None and outcome.is_whole) == (times, True)
        await stage.session.refresh.once()
        assert_done(kind, ledger)

    play(stage, story)
    assert len([each for each in stage.service.journal if each.method == method]) == times


@pytest.mark.parametrize("kind", WAYS)
def test_what_never_arrives_is_left_to_a_person(kind: Kind, stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        stage.service.faults.add(Fault(*WAYS[kind], "cut", "before", times=None))
        made = stage.session.outbox.submit(drafts_of(ledger)[kind])
        assert (await stage.until(made.id, S.NOT_FOUND)).sends == 3

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


def test_a_size_is_judged_by_what_is_in_the_vault(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        vault = named(ledger, "vault-erp-prod")
        used = int(vault.used_gb)
        assert kinds(ledger, VaultUpdate(vault.id, size_gb=0), stage)[FindingKind.OUT_OF_RANGE] is Severity.BLOCK
        below = judged(ledger, VaultUpdate(vault.id, size_gb=used - 1), stage)
        assert below[FindingKind.SIZE_BELOW_USED][0] is Severity.BLOCK
        tight = judged(ledger, VaultUpdate(vault.id, size_gb=used + 2), stage)
        assert tight[FindingKind.SIZE_BELOW_ALLOCATED][0] is Severity.WARN
        assert tight[FindingKind.OVER_THRESHOLD][0] is Severity.INFO
        assert " is 100 % full, and " in tight[FindingKind.SIZE_AFTER][1]
        larger = kinds(ledger, VaultUpdate(vault.id, size_gb=100_000), stage)
        assert larger == {FindingKind.SIZE_AFTER: Severity.INFO}

    play(stage, story)


def test_what_orders_decide_is_not_asked_for(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        own = named(ledger, "vault-web-prod")
        ledger.vaults[own.id] = replace(own, charging_mode="pre_paid", auto_expand=False)
        asked = VaultUpdate(own.id, size_gb=own.size_gb + 1, auto_expand=True)
        assert kinds(ledger, asked, stage) == {
            FindingKind.SIZE_BY_ORDER: Severity.BLOCK,
            FindingKind.EXPANSION_BY_ORDER: Severity.BLOCK,
        }

    play(stage, story)


def test_what_the_state_of_a_vault_forbids_is_not_asked_for(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        frozen = named(ledger, "vault-arrears")
        assert kinds(ledger, VaultUpdate(frozen.id, "x"), stage) == {FindingKind.VAULT_STATE: Severity.BLOCK}
        own = named(ledger, "vault-web-prod")
        ledger.vaults[own.id] = replace(own, status=VaultStatus.LOCK)
        assert kinds(ledger, VaultUpdate(own.id, "x"), stage) == {}
        assert kinds(ledger, VaultUpdate(own.id, size_gb=9_000), stage)[FindingKind.SIZE_BUSY] is Severity.BLOCK
        ledger.vaults[own.id] = replace(own, status="archived")
        assert kinds(ledger, VaultUpdate(own.id, "x"), stage) == {FindingKind.VAULT_STATE: Severity.WARN}

    play(stage, story)


def test_a_full_vault_is_told_that_it_grows_too_late(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        own = named(ledger, "vault-web-prod")
        ledger.vaults[own.id] = full = replace(own, used_mb=own.size_gb * 1024, auto_expand=False)
        assert kinds(ledger, VaultUpdate(full.id, auto_expand=True), stage) == {
            FindingKind.EXPANSION_TOO_LATE: Severity.WARN
        }
        found = kinds(ledger, VaultUpdate(full.id, size_gb=full.size_gb * 9, auto_expand=True), stage)
        assert found[FindingKind.EXPANSION_STEP] is Severity.INFO
        assert (expanded_gb(100), expanded_gb(101), expanded_gb(10_485_760)) == (125, 127, 10_485_760)

    play(stage, story)


def test_a_specification_only_goes_one_way_and_for_servers(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        servers, disks = named(ledger, "vault-web-prod"), named(ledger, "vault-db-disks")
        up = judged(ledger, VaultUpdate(servers.id, level="app_consistent"), stage)
        assert up[FindingKind.LEVEL_FOR_GOOD][0] is Severity.WARN
        unfit = kinds(ledger, VaultUpdate(disks.id, level="app_consistent"), stage)
        assert unfit == {FindingKind.LEVEL_UNFIT: Severity.BLOCK}
        ledger.vaults[servers.id] = replace(servers, consistent_level="app_consistent")
        back = kinds(ledger, VaultUpdate(servers.id, level="crash_consistent"), stage)
        assert back == {FindingKind.LEVEL_BACK: Severity.BLOCK}

    play(stage, story)


def test_locking_is_not_slipped_in_among_other_changes(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        change = replace(change_of(VaultUpdate(ID, "x"), ledger), body=b'{"vault": {"name": "x", "locked": true}}')
        assert kinds(ledger, change, stage)[FindingKind.LOCK_APART] is Severity.BLOCK

    play(stage, story)


def test_names_of_vaults_are_judged_as_names(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        assert kinds(ledger, VaultUpdate(ID, "a b"), stage) == {FindingKind.BAD_CHARACTER: Severity.BLOCK}
        assert kinds(ledger, VaultUpdate(ID, ""), stage) == {FindingKind.NAME_MISSING: Severity.BLOCK}
        assert kinds(ledger, VaultUpdate(ID, "vault-web-prod"), stage) == {FindingKind.VAULT_NAME_TAKEN: Severity.WARN}
        assert kinds(ledger, VaultUpdate(ID), stage) == {FindingKind.VAULT_UNCHANGED: Severity.INFO}
        unknown = VaultUpdate(VaultId(REFERENCE_VAULT_ID.replace("3", "4")), "x")
        assert kinds(ledger, unknown, stage) == {FindingKind.VAULT_UNKNOWN: Severity.BLOCK}

    play(stage, story)


def server(name: str, *tags: str, **more: Any) -> Protectable:
    return Protectable(ResourceId(name), ResourceType.SERVER, name, 40, tags=tags, **more)


def test_what_a_vault_takes_in_by_itself_is_named_beforehand(stage: Stage) -> None:
    known = [
        server("web-1", "app=web", "env=prod"),
        server("web-2", "app=web"),
        server("taken", "app=web", "env=prod", vault_id=ID),
        server("unfit", "app=web", "env=prod", protectable=False),
        replace(server("disk", "app=web"), type=ResourceType.DISK),
    ]
    taken, some = bound("server", (("app", "web"), ("env", "prod")), known)
    assert ([each.name for each in taken], some) == ([], 0), "a kind is no kind before it is known"

    async def story(ledger: Ledger) -> None:
        ledger.put_protectables(Listing(known, stage.clock.now()))
        own = named(ledger, "vault-web-prod")
        ledger.vaults[own.id] = replace(own, size_gb=own.allocated_gb + 90_000)
        draft = VaultUpdate(own.id, auto_bind=True, bind_tags=(("app", "web"), ("env", "prod")))
        found = judged(ledger, draft, stage)
        assert set(found) == {FindingKind.BINDING_TAKES}
        assert found[FindingKind.BINDING_TAKES][1] == (
            "By what is known now vault ‘vault-web-prod’ takes in 1 resource of 40 GB before its next backup: web-1."
            " 1 more has a part of these tags only."
        )
        full = replace(own, size_gb=int(own.used_gb) + 40)
        ledger.vaults[own.id] = full
        assert kinds(ledger, draft, stage)[FindingKind.BINDING_NEEDS_ROOM] is Severity.WARN
        bare = named(ledger, "vault-be94")
        alone = kinds(ledger, VaultUpdate(bare.id, auto_bind=True), stage)
        assert alone[FindingKind.BINDING_NEEDS_POLICY] is Severity.WARN
        six = tuple((f"k{number}", "") for number in range(6))
        assert kinds(ledger, replace(draft, bind_tags=six), stage)[FindingKind.TOO_MANY_TAGS] is Severity.BLOCK
        twice = replace(draft, bind_tags=(("a", "b"), ("a", "b")))
        assert kinds(ledger, twice, stage)[FindingKind.TAG_TWICE] is Severity.BLOCK

    play(stage, story)


# locking


def test_a_lock_says_what_can_never_be_deleted_again_and_until_when(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        vault = named(ledger, "vault-web-prod")
        found = judged(ledger, VaultLock(vault.id), stage)
        automatic = [each for each in ledger.backups.values() if each.vault_id == vault.id and each.auto]
        last = max(each.expires_at for each in automatic if each.expires_at is not None)
        assert set(found) == {FindingKind.LOCK_FOR_GOOD, FindingKind.LOCK_HOLDS, FindingKind.LOCK_KEEPS}
        assert f"{len(automatic)} automatic backups" in found[FindingKind.LOCK_KEEPS][1]
        assert f"the last of them on {last:%Y-%m-%d}." in found[FindingKind.LOCK_KEEPS][1]
        disks = named(ledger, "vault-db-disks")
        assert kinds(ledger, VaultLock(disks.id), stage)[FindingKind.LOCK_POLICY_FOREVER] is Severity.WARN
        locked = named(ledger, "vault-hr-worm")
        assert kinds(ledger, VaultLock(locked.id), stage) == {FindingKind.LOCKED_ALREADY: Severity.INFO}

    play(stage, story)


def test_what_can_never_be_undone_asks_for_a_name_everywhere() -> None:
    assert all(wants_typed_name(Effect.BINDS, environment) for environment in Environment)
    assert destroys(Effect.BINDS)


def test_an_answer_that_says_nothing_of_a_lock_is_none_to_it(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        vault = named(ledger, "vault-web-prod")
        change = change_of(VaultLock(vault.id), ledger)
        answer = {"vault": {"id": vault.id, "name": vault.name, "locked": False}}
        with pytest.raises(Unfit, match="not locked"):
            result_of(change, json.dumps(answer).encode())

    play(stage, story)
