"""The day on which the backups of a vault expire is changed: judged, counted, read back; half of it is no success."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.cloud.wire.reading import Unfit
from cbr_desktop.cloud.wire.results import result_of
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.blast import LostBackups, wants_typed_name
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.expiration import BackupExpiration, expiration_body, read_expiration
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.ids import BackupId, VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Environment
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.text.consequences import loss_sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.text.operations import words_for
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.operations.operation import Reader
from tests.stage import START, Stage, staged

S, K = IntentState, FindingKind
OPERATION = OPERATIONS[Kind.UPDATE_EXPIRATION]
SOON = f"{START + timedelta(days=2):%Y-%m-%d}"
FAR = "2039-12-31"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """All that the service tells, read once."""
    with staged(tmp_path_factory.mktemp("read")) as stage:
        stage.play(stage.session.refresh.once)
        return stage.session.ledger


@pytest.fixture
def ledger(read: Ledger) -> Ledger:
    """A ledger with all that the service tells; a test may change what is known."""
    lists = {name: dict(getattr(read, name)) for name in ("vaults", "tasks", "backups", "policies")}
    return Ledger(read.profile, **lists, freshness=dict(read.freshness))


def vault_id(ledger: Ledger, name: str = "vault-erp-prod") -> VaultId:
    return next(each.id for each in ledger.vaults.values() if each.name == name)


def asked(ledger: Ledger, day: str, zone: str = "UTC+00:00", name: str = "vault-erp-prod") -> Change:
    return change_of(BackupExpiration(vault_id(ledger, name), day, zone), ledger)


def judged(ledger: Ledger, change: Change) -> dict[FindingKind, tuple[Severity, str]]:
    findings = OPERATION.judge(change, ledger, START).findings
    return {each.kind: (each.severity, finding_sentence(each)) for each in findings}


def good(ledger: Ledger, name: str = "vault-erp-prod") -> list[Backup]:
    id = vault_id(ledger, name)
    return [each for each in ledger.backups.values() if each.vault_id == id and each.status == "available"]


def test_a_day_ends_by_its_zone_and_is_read_back_as_it_was_written() -> None:
    draft = BackupExpiration(VaultId("v"), "2027-03-01", "UTC+08:00")
    assert json.loads(expiration_body(draft)) == {"expect_expiration_date": "2027-03-01", "time_zone": "UTC+08:00"}
    assert read_expiration(expiration_body(draft), draft.vault_id) == draft
    assert draft.ends_at == datetime(2027, 3, 1, 16, tzinfo=UTC)
    assert replace(draft, zone="UTC-09:30").ends_at == datetime(2027, 3, 2, 9, 30, tzinfo=UTC)
    assert replace(draft, day="9999-12-31", zone="UTC-12:00").ends_at is None
    for body in (b"", b"[]", b"{}", b'{"expect_expiration_date": 7, "time_zone": "UTC+08:00"}', b"[" * 100_000):
        assert read_expiration(body, draft.vault_id) is None


@pytest.mark.parametrize(
    ("day", "zone", "kind", "said"),
    [
        ("2027-02-30", "UTC+08:00", K.EXPIRY_NO_DAY, "‘2027-02-30’ is no day"),
        ("20270301", "UTC+08:00", K.EXPIRY_NO_DAY, "is no day"),
        ("2027-03-01", "Asia/Shanghai", K.EXPIRY_NO_ZONE, "‘Asia/Shanghai’ is no zone"),
        ("2027-03-01", "UTC+25:00", K.EXPIRY_NO_ZONE, "is no zone"),
        ("0001-01-01", "UTC+14:00", K.EXPIRY_PAST, "is over"),
        ("9999-12-31", "UTC-12:00", K.EXPIRY_PAST, "takes no day of the past"),
        (f"{START - timedelta(days=1):%Y-%m-%d}", "UTC+00:00", K.EXPIRY_PAST, "takes no day of the past"),
    ],
)
def test_what_is_no_day_to_come_is_not_asked_for(
    day: str, zone: str, kind: FindingKind, said: str, ledger: Ledger
) -> None:
    change = asked(ledger, day, zone)
    found = judged(ledger, change)
    assert found[kind][0] is Severity.BLOCK and said in found[kind][1]
    assert OPERATION.blast(change, ledger).is_empty or kind is K.EXPIRY_PAST


def test_a_sooner_day_counts_and_names_what_goes(ledger: Ledger) -> None:
    own = good(ledger)
    first, *rest = own
    for each in rest:
        ledger.backups[each.id] = replace(each, expires_at=START + timedelta(days=30))
    ledger.backups[first.id] = replace(first, expires_at=None)
    change = asked(ledger, SOON)
    found = judged(ledger, change)
    assert set(found) == {K.EXPIRY_SOONER, K.EXPIRY_ENDLESS, K.EXPIRY_LAST}
    assert f"{len(own)} backups in vault ‘vault-erp-prod’ go sooner" in found[K.EXPIRY_SOONER][1]
    assert f"{SOON} (UTC+00:00)" in found[K.EXPIRY_SOONER][1]
    assert found[K.EXPIRY_ENDLESS][1].startswith("1 of them has no end now")
    blast = OPERATION.blast(change, ledger)
    lost = [each for each in blast.lost if isinstance(each, LostBackups)]
    assert {each.resource_name for each in lost} == {each.resource_name for each in own}
    assert sum(each.count for each in lost) == len(own) and sum(each.endless for each in lost) == 1
    assert {each.at for each in lost} == {BackupExpiration(VaultId(""), SOON, "UTC+00:00").ends_at}
    newest = max(each.created_at for each in own if each.resource_id == first.resource_id and each.created_at)
    assert next(each for each in lost if each.id == first.resource_id).newest_at == newest
    assert blast.takes_last and wants_typed_name(OPERATION.effect, Environment.TEST, blast)
    said = next(each for each in loss_sentences(blast, START) if "1 of them would stay until somebody" in each)
    assert "deleted for good by" in said and "sooner than now" in said
    assert "None of the good backups that" in said and "is left in this region then" in said


def test_a_backup_elsewhere_that_outlives_the_day_is_left(ledger: Ledger) -> None:
    own = good(ledger)[0]
    resource = [each for each in good(ledger) if each.resource_id == own.resource_id]
    for each in resource:
        ledger.backups[each.id] = replace(each, expires_at=None)
    other = vault_id(ledger, "vault-web-prod")
    ends = START + timedelta(days=1)
    ledger.backups[BackupId("7")] = replace(own, id=BackupId("7"), vault_id=other, expires_at=ends)
    ledger.backups[BackupId("8")] = replace(own, id=BackupId("8"), vault_id=other, expires_at=None)
    blast = OPERATION.blast(asked(ledger, SOON), ledger)
    told = next(each for each in blast.lost if isinstance(each, LostBackups) and each.id == own.resource_id)
    assert (told.count, told.left, told.is_last) == (len(resource), 1, False), "what expires before that day is gone"


def test_a_later_day_loses_nothing_and_says_what_is_kept(ledger: Ledger) -> None:
    own = good(ledger)
    for each in own:
        ledger.backups[each.id] = replace(each, expires_at=START + timedelta(days=30))
    change = asked(ledger, FAR)
    found = judged(ledger, change)
    assert set(found) == {K.EXPIRY_LATER} and found[K.EXPIRY_LATER][0] is Severity.INFO
    assert OPERATION.blast(change, ledger).is_empty
    end = BackupExpiration(VaultId(""), FAR, "UTC+00:00").ends_at
    for each in own:
        ledger.backups[each.id] = replace(each, expires_at=end)
    assert set(judged(ledger, change)) == {K.EXPIRY_UNCHANGED}


def test_what_is_in_doubt_is_said_before(ledger: Ledger) -> None:
    assert judged(ledger, asked(ledger, FAR, name="vault-arrears"))[K.VAULT_STATE][0] is Severity.BLOCK
    locked = asked(ledger, SOON, name="vault-hr-worm")
    assert "is not known; it may refuse" in judged(ledger, locked)[K.EXPIRY_LOCKED][1]
    empty = {id: each for id, each in ledger.backups.items() if each.vault_id != vault_id(ledger)}
    vault = ledger.vaults[vault_id(ledger)]
    ledger.vaults[vault.id] = replace(vault, resources=[])
    ledger.backups = empty
    assert judged(ledger, asked(ledger, FAR)).keys() == {K.EXPIRY_NOTHING}
    ledger.freshness[Part.BACKUPS] = Freshness(START, complete=False)
    assert judged(ledger, asked(ledger, FAR)).keys() == {K.DELETION_UNSEEN}
    unknown = change_of(BackupExpiration(VaultId(str(next(iter(ledger.backups)))), FAR, "UTC+00:00"), ledger)
    assert judged(ledger, unknown)[K.VAULT_UNKNOWN][0] is Severity.BLOCK


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"new_expiration_day": "2039-12-30"}', '{"other": 1}'])
def test_an_answer_about_something_else_is_none(answer: str, ledger: Ledger) -> None:
    with pytest.raises(Unfit):
        result_of(asked(ledger, FAR), answer.encode())


def test_a_part_that_stays_as_it_was_is_no_success(stage: Stage) -> None:
    """The service says yes, and has left a backup out: reading tells, and a person is told."""

    async def story() -> None:
        await stage.session.refresh.once()
        ledger, estate = stage.session.ledger, stage.service.estate
        held = estate.backups[good(ledger)[0].id]
        # the service takes only what is available; it is so again when the backups are read
        held.status = "deleting"
        made = stage.session.outbox.submit(BackupExpiration(held.vault_id, FAR, "UTC+00:00"))  # type: ignore[arg-type]
        accepted = await stage.until(made.id, S.ACCEPTED)
        begun = OPERATION.outcome(accepted, ledger)
        assert begun is not None and not begun.is_over, "the answer alone does not tell"
        held.status = "available"
        estate.changed()
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.outcome is not None and not ended.outcome.is_whole
        assert ended.outcome.status == "partly"
        said = words_for(Kind.UPDATE_EXPIRATION).outcome(ended, ended.outcome)
        assert said.startswith("Only a part is changed") and FAR in said

    stage.play(story)


def test_a_region_without_the_operation_says_so(stage: Stage) -> None:
    async def story() -> None:
        await stage.session.refresh.once()
        stage.service.modes.missing.add("vaults/expiry")
        made = stage.session.outbox.submit(change_draft(stage.session.ledger))
        refused = await stage.until(made.id, S.REJECTED)
        said = intent_sentence(refused, None, stage.clock.now())
        assert refused.sends == 1
        assert "This region does not have this operation" in said

    stage.play(story)


def change_draft(ledger: Ledger) -> Any:
    return BackupExpiration(vault_id(ledger), FAR, "UTC+00:00")


def test_a_list_that_is_not_whole_proves_nothing(stage: Stage) -> None:
    class Short:
        """Gives the backups that it has, as a list of which something is missing unless it is whole."""

        def __init__(self, rows: list[Backup], *, is_whole: bool = False) -> None:
            self._rows = rows
            self._is_whole = is_whole

        async def backups(self, **_narrowed: object) -> Listing[Backup]:
            return Listing(self._rows, START, complete=self._is_whole)

    async def story() -> None:
        await stage.session.refresh.once()
        ledger = stage.session.ledger
        stage.service.faults.add(Fault("PUT", "/update-backup-expiration-time", "cut", "after"))
        made = stage.session.outbox.submit(change_draft(ledger))
        ended = await stage.until(made.id, S.FINISHED)
        assert ended.sends == 1
        met = [replace(each, expires_at=change_draft(ledger).ends_at) for each in good(ledger)]
        for rows, proof in ((met, (False, False)), (good(ledger), (True, True)), ([], (False, False))):
            search = await OPERATION.find(ended, reader_of(stage, Short(rows)))
            assert (search.is_whole, search.is_undone) == proof and search.proved is None
        # what was made since it was sent is not what a person looked at: no word about it, and no second request
        new = [replace(each, created_at=stage.clock.now() + timedelta(hours=1)) for each in good(ledger)]
        for rows in ([], new):
            search = await OPERATION.find(ended, reader_of(stage, Short(rows, is_whole=True)))
            assert (search.proved, search.is_undone) == (None, False)

    stage.play(story)


def reader_of(stage: Stage, cloud: Any) -> Any:
    return Reader(cloud, stage.session.ledger, lambda _intent: [], lambda *_told: nullcontext())
