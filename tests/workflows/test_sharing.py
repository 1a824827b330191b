"""Backups are shared, taken back and answered: what is judged, and what a lost answer leads to."""

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.cloud.wire.reading import Unfit
from cbr_desktop.cloud.wire.results import result_of
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.backup_details import Member, MemberStatus
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import BackupId, ProjectId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.replication import BackupReplication, Destination, VaultReplication
from cbr_desktop.domain.sharing import BackupShare, Offer, ShareAnswer, ShareWithdrawal
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.simulator.estate import DEMO_PROJECT_ID, REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from tests.stage import Stage, staged

S, F = IntentState, FindingKind
STRANGER = ProjectId("0" * 32)
OTHER = ProjectId("1" * 32)
A, B = (BackupId(f"00000000-0000-4000-8000-00000000000{number}") for number in (1, 2))
THERE = Destination("eu-nl", OTHER, VaultId(B))
Draft = BackupShare | ShareWithdrawal | ShareAnswer | BackupReplication | VaultReplication


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def play(stage: Stage, story: Callable[[Ledger], Awaitable[None]]) -> None:
    """Play a story after all lists have been read."""

    async def told() -> None:
        await stage.session.refresh.once(frozenset(Part) - {Part.INTENTS, Part.CONNECTION})
        await story(stage.session.ledger)

    stage.play(told)


def neighbours(stage: Stage) -> list[ProjectId]:
    """Return the other projects of the region, those of other accounts too."""
    estate = stage.service.estate
    known = [*estate.projects[1:], *(each for partner in estate.partners for each in partner.projects)]
    return [ProjectId(each.id) for each in known if each.region == estate.home.region]


def shareable(ledger: Ledger) -> Backup:
    own = [each for each in ledger.backups.values() if each.vault_id == REFERENCE_VAULT_ID]
    return next(each for each in own if each.status == BackupStatus.AVAILABLE)


def found(draft: Draft, ledger: Ledger, stage: Stage) -> list[tuple[Severity, FindingKind, str]]:
    change = change_of(draft, ledger)
    verdict = OPERATIONS[change.kind].judge(change, ledger, stage.clock.now())
    assert all(finding_sentence(each) for each in verdict.findings)
    return [(each.severity, each.kind, each.code) for each in verdict.findings]


def kinds(draft: Draft, ledger: Ledger, stage: Stage) -> set[tuple[FindingKind, str]]:
    return {(kind, code) for _severity, kind, code in found(draft, ledger, stage)}


def lose(stage: Stage, method: str, when: str) -> None:
    path = "/members" if method == "POST" else "/members/[^/]+"
    stage.service.faults.add(Fault(method, path, "cut", when, times=1))  # type: ignore[arg-type]


def sent(stage: Stage, method: str) -> int:
    return len([each for each in stage.service.journal if each.method == method and "/members" in each.path])


def states(stage: Stage, backup: Backup) -> dict[str, str]:
    members = stage.service.estate.members_of(backup.id)
    return {project: share.member.status for project, share in members.items()}


@pytest.mark.parametrize(("when", "times"), [("after", 1), ("before", 2)])
def test_a_share_whose_answer_is_lost_is_known_by_the_members_of_the_backup(
    stage: Stage, when: str, times: int
) -> None:
    async def story(ledger: Ledger) -> None:
        backup, projects = shareable(ledger), tuple(neighbours(stage)[:2])
        lose(stage, "POST", when)
        made = stage.session.outbox.submit(BackupShare(backup.id, projects))
        ended = await stage.until(made.id, S.FINISHED)
        assert (ended.sends, ended.outcome is not None and ended.outcome.total) == (times, 2)
        assert states(stage, backup) == dict.fromkeys(projects, "pending")

    play(stage, story)
    assert sent(stage, "POST") == times


def test_a_share_that_others_made_in_part_is_left_to_a_person(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        backup, (first, second) = shareable(ledger), neighbours(stage)[:2]
        other = stage.session.outbox.submit(BackupShare(backup.id, (first,)))
        await stage.until(other.id, S.FINISHED)
        lose(stage, "POST", "before")
        made = stage.session.outbox.submit(BackupShare(backup.id, (first, second)))
        left = await stage.until(made.id, S.NOT_FOUND)
        assert left.sends == 1
        assert states(stage, backup) == {first: "pending"}

    play(stage, story)


@pytest.mark.parametrize(("when", "times"), [("after", 1), ("before", 2)])
def test_a_withdrawal_whose_answer_is_lost_is_known_by_the_members_of_the_backup(
    stage: Stage, when: str, times: int
) -> None:
    async def story(ledger: Ledger) -> None:
        backup, project = shareable(ledger), neighbours(stage)[0]
        shared = stage.session.outbox.submit(BackupShare(backup.id, (project,)))
        await stage.until(shared.id, S.FINISHED)
        await stage.clock.sleep(60)
        lose(stage, "DELETE", when)
        made = stage.session.outbox.submit(ShareWithdrawal(backup.id, project))
        ended = await stage.until(made.id, S.FINISHED)
        assert (ended.sends, states(stage, backup)) == (times, {})

    play(stage, story)
    assert sent(stage, "DELETE") == times


def test_a_share_that_was_made_anew_after_a_withdrawal_is_not_taken_for_the_old_one(stage: Stage) -> None:
    """Another person shares it again before the answer is looked for: sending again would take that away."""

    async def story(ledger: Ledger) -> None:
        backup, project = shareable(ledger), neighbours(stage)[0]
        shared = stage.session.outbox.submit(BackupShare(backup.id, (project,)))
        await stage.until(shared.id, S.FINISHED)
        lose(stage, "DELETE", "after")
        stage.service.faults.add(Fault("GET", "/members", "cut", "before", times=20))
        made = stage.session.outbox.submit(ShareWithdrawal(backup.id, project))
        while states(stage, backup):
            await stage.clock.sleep(1)
        await stage.clock.sleep(20)
        again = stage.service.estate
        member = type(again.shares[0].member)(again.ids.uuid(), backup.id, project, created_at=stage.clock.now())
        again.shares.append(type(again.shares[0])(member=member, backup=again.backups[backup.id], owner=again))
        ended = await stage.until(made.id, S.FINISHED)
        assert (ended.sends, states(stage, backup)) == (1, {project: "pending"})

    play(stage, story)


@pytest.mark.parametrize(("when", "times"), [("after", 1), ("before", 2)])
@pytest.mark.parametrize("status", [MemberStatus.ACCEPTED, MemberStatus.REJECTED])
def test_an_answer_whose_answer_is_lost_is_known_by_the_own_member(
    stage: Stage, status: MemberStatus, when: str, times: int
) -> None:
    async def story(ledger: Ledger) -> None:
        offer = next(each for each in ledger.offers.values() if each.status == MemberStatus.PENDING)
        vault_id = REFERENCE_VAULT_ID if status is MemberStatus.ACCEPTED else ""
        draft = ShareAnswer(offer.id, offer.receiver_id, status, vault_id)
        assert [each for each in found(draft, ledger, stage) if each[0] is Severity.BLOCK] == []
        lose(stage, "PUT", when)
        made = stage.session.outbox.submit(draft)
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.sends == times
        await stage.session.refresh.once([Part.OFFERS])
        now = ledger.offers[offer.id]
        assert (now.status, now.backup.vault_id) == (status, vault_id)

    play(stage, story)
    assert sent(stage, "PUT") == times


@pytest.mark.parametrize(
    ("draft", "answer"),
    [
        (BackupShare(A, (STRANGER, OTHER)), {"members": [{"id": "m", "backup_id": A, "dest_project_id": STRANGER}]}),
        (BackupShare(A, (STRANGER,)), {"members": [{"id": "m", "backup_id": B, "dest_project_id": STRANGER}]}),
        (BackupShare(A, (STRANGER,)), {}),
        (ShareWithdrawal(A, STRANGER), {"member": {}}),
        (ShareAnswer(A, STRANGER, "rejected"), {"member": {"id": "m", "backup_id": A, "status": "accepted"}}),
        (ShareAnswer(A, STRANGER, "rejected"), {"member": {"id": "m", "backup_id": B, "status": "rejected"}}),
        (
            ShareAnswer(A, STRANGER, "accepted", B),
            {"member": {"id": "m", "backup_id": A, "status": "accepted", "vault_id": A}},
        ),
        (BackupReplication(A, THERE), {"replication": {"backup_id": B}}),
        (BackupReplication(A, THERE), {"replication": {"backup_id": A, "destination_region": "moon-1"}}),
        (VaultReplication(VaultId(A), THERE), {"replication": {"vault_id": B, "backups": []}}),
        (VaultReplication(VaultId(A), THERE), {"replication": {"vault_id": A}}),
    ],
)
def test_an_answer_that_is_of_something_else_is_no_answer(draft: Draft, answer: dict[str, Any]) -> None:
    change = change_of(draft, Ledger(DEMO, lambda _part: None))
    with pytest.raises(Unfit):
        result_of(change, json.dumps(answer).encode())


def test_what_others_share_is_read_with_what_was_answered(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        partner = stage.service.estate.partners[0]
        told = [(each.status, each.owner_id, each.receiver_id) for each in ledger.offers.values()]
        assert sorted(str(status) for status, *_ in told) == ["accepted", "accepted", "pending", "pending", "rejected"]
        assert {each.owner_name for each in ledger.offers.values()} == {"integrator · eu-de_integrator"}
        assert {(owner, own) for _, owner, own in told} == {(partner.project_id, DEMO_PROJECT_ID)}
        assert not ledger.offers.keys() & ledger.backups.keys()
        assert ledger.project_id == DEMO_PROJECT_ID

    play(stage, story)


def test_the_accounts_own_projects_in_the_region_can_be_chosen(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        await stage.session.refresh.read_other_projects()
        estate = stage.service.estate
        near = {each.name: each.id for each in estate.projects[1:] if each.region == estate.home.region}
        assert {each.name: each.id for each in ledger.other_projects} == near != {}

    play(stage, story)


def test_what_a_region_without_sharing_offers_is_told_as_lacking(stage: Stage) -> None:
    stage.service.modes.missing.add("backups")

    async def story(ledger: Ledger) -> None:
        freshness = ledger.freshness[Part.OFFERS]
        assert (ledger.offers, freshness.complete, freshness.lacking is not None) == ({}, False, True)

    play(stage, story)


def test_receivers_are_judged_before_anything_is_sent(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        backup = shareable(ledger)

        def judged(*ids: str) -> set[tuple[FindingKind, str]]:
            return kinds(BackupShare(backup.id, tuple(map(ProjectId, ids))), ledger, stage)

        good = neighbours(stage)[0]
        assert judged(good) == set()
        assert judged() == {(F.RECEIVER_MISSING, "9900")}
        assert judged(DEMO_PROJECT_ID) == {(F.RECEIVER_OWN, "6704")}
        assert judged("eu-de_prod", good) == {(F.RECEIVER_INVALID, "6704")}
        assert judged(good, good) == {(F.RECEIVER_TWICE, "9900")}
        assert judged(*(f"{number:032x}" for number in range(11))) == {(F.RECEIVERS_TOO_MANY, "6701")}
        there = [Member("m", backup.id, ProjectId(f"{number:032x}"), MemberStatus.PENDING) for number in range(9)]
        ledger.put_receivers(backup.id, Listing(there, stage.clock.now()))
        assert judged(good) == set()
        assert judged(good, STRANGER) == {(F.SHARED_ALREADY, "6703")}
        assert judged(good, "f" * 32) == {(F.RECEIVERS_TOO_MANY, "6701")}

    play(stage, story)


def test_only_sound_backups_of_servers_without_encryption_are_shared(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        backup, project = shareable(ledger), neighbours(stage)[0]

        def judged(**changes: object) -> list[tuple[Severity, FindingKind, str]]:
            ledger.backups[backup.id] = replace(backup, **changes)  # type: ignore[arg-type]
            return found(BackupShare(backup.id, (project,)), ledger, stage)

        block = Severity.BLOCK
        assert judged(status=BackupStatus.ERROR) == [(block, F.SHARE_STATUS, "6702")]
        assert judged(traits=backup.traits._replace(encrypted=True)) == [(block, F.SHARE_ENCRYPTED, "6709")]
        assert judged(resource_type=ResourceType.FILE_SYSTEM) == [(block, F.SHARE_NO_SERVER, "6700")]
        assert judged(resource_type=ResourceType.DISK) == [(Severity.WARN, F.SHARE_DISK, "6700")]
        vault = ledger.vaults[VaultId(REFERENCE_VAULT_ID)]
        ledger.vaults[vault.id] = replace(vault, status="frozen")
        assert judged() == [(block, F.SHARE_VAULT_STATUS, "6712")]
        offer = next(iter(ledger.offers))
        assert kinds(BackupShare(offer, (project,)), ledger, stage) == {(F.SHARE_RECEIVED, "6707")}

    play(stage, story)


def test_ending_a_share_is_judged_by_what_the_receiver_has_done(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        backup, project = shareable(ledger), neighbours(stage)[0]
        draft = ShareWithdrawal(backup.id, project)
        member = Member("m", backup.id, project, MemberStatus.PENDING)

        def judged(*rows: Member) -> list[tuple[Severity, FindingKind, str]]:
            ledger.put_receivers(backup.id, Listing(list(rows), stage.clock.now()))
            return found(draft, ledger, stage)

        assert found(draft, ledger, stage) == []
        assert judged(member) == []
        assert judged(replace(member, status=MemberStatus.ACCEPTED)) == [(Severity.WARN, F.MEMBER_ACCEPTED, "")]
        assert judged(replace(member, image_id="i")) == [(Severity.BLOCK, F.MEMBER_IMAGE, "6710")]
        assert judged() == [(Severity.BLOCK, F.MEMBER_UNKNOWN, "6705")]

    play(stage, story)


def test_an_answer_is_judged_by_the_vault_that_takes_the_backup_in(stage: Stage) -> None:
    async def story(ledger: Ledger) -> None:
        pending = next(each for each in ledger.offers.values() if each.status == MemberStatus.PENDING)
        taken = next(each for each in ledger.offers.values() if each.status == MemberStatus.ACCEPTED)
        vaults = {each.name: each for each in ledger.vaults.values()}

        def judged(offer: Offer, status: str, vault_id: str = "") -> set[tuple[FindingKind, str]]:
            return kinds(ShareAnswer(offer.id, offer.receiver_id, status, vault_id), ledger, stage)

        fit = vaults["vault-erp-prod"]
        assert judged(pending, "accepted", fit.id) == set()
        assert judged(pending, "accepted") == {(F.TAKING_VAULT_MISSING, "9900")}
        assert judged(pending, "accepted", STRANGER) == {(F.VAULT_UNKNOWN, "6105")}
        assert judged(pending, "accepted", vaults["vault-db-disks"].id) == {(F.TAKING_VAULT_KIND, "6713")}
        ledger.vaults[fit.id] = replace(fit, used_mb=fit.size_gb * 1024, status="frozen")
        assert judged(pending, "accepted", fit.id) == {(F.TAKING_VAULT_FULL, "6114"), (F.SHARE_VAULT_STATUS, "6712")}
        assert judged(pending, "rejected") == set()
        assert judged(pending, "perhaps") == {(F.ANSWER_INVALID, "6706")}
        assert judged(taken, "rejected") == {(F.OFFER_GIVEN_BACK, "")}
        assert judged(taken, "accepted", taken.backup.vault_id) == {(F.OFFER_ANSWERED, "")}
        strange = replace(pending, receiver_id=STRANGER)
        assert judged(strange, "rejected") == {(F.ANSWER_FOR_OTHER, "6708")}
        unknown = ShareAnswer(shareable(ledger).id, ProjectId(DEMO_PROJECT_ID), "rejected")
        assert kinds(unknown, ledger, stage) == {(F.OFFER_UNKNOWN, "6705")}

    play(stage, story)
