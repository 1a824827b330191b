"""Cleaning up backups that persons made: what goes by a rule, and what never does."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup, BackupStatus, BackupTraits, Replica
from cbr_desktop.domain.cleanup import CleanUpRule, Stay, sorted_out
from cbr_desktop.domain.ids import BackupId, ResourceId, VaultId

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def backup(number: int, days: float | None, resource: str = "a", **more: object) -> Backup:
    made = Backup(
        BackupId(f"{number:04d}"),
        f"patch-{number}",
        BackupStatus.AVAILABLE,
        VaultId("v"),
        None,
        ResourceId(resource),
        resource,
        "OS::Nova::Server",
        40,
        NOW - timedelta(days=days) if days is not None else None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def reasons(rule: CleanUpRule, *backups: Backup) -> dict[str, Stay | None]:
    return {each.backup.id: each.stays for each in sorted_out(backups, rule, NOW)}


def test_the_newest_of_each_resource_stay_and_the_oldest_come_first() -> None:
    rows = [backup(n, 100 - n) for n in range(5)] + [backup(9, 300, "b"), backup(8, 400, "b")]
    told = sorted_out(rows, CleanUpRule(keep=2, days=30), NOW)
    assert [each.backup.id for each in told] == ["0008", "0009", "0000", "0001", "0002", "0003", "0004"]
    assert [each.stays for each in told] == [Stay.NEWEST, Stay.NEWEST, None, None, None, Stay.NEWEST, Stay.NEWEST]


@pytest.mark.parametrize(
    ("row", "stays"),
    [
        (backup(1, 90), None),
        (backup(1, 29.9), Stay.YOUNG),
        (backup(1, None), Stay.UNDATED),
        (backup(1, 90, name="Nightly"), Stay.OTHER_NAME),
        (backup(1, 90, name="PATCH-x"), None),
        (backup(1, 90, status=BackupStatus.RESTORING), Stay.BUSY),
        (backup(1, 90, status="something new"), Stay.BUSY),
        (backup(1, 90, status=BackupStatus.ERROR), Stay.FAILED),
        (backup(1, 90, traits=BackupTraits(image_ids=("i",))), Stay.IMAGE),
        (backup(1, 90, traits=BackupTraits(replicas=(Replica("r", "replicating"),))), Stay.COPYING),
        (backup(1, 90, traits=BackupTraits(replicas=(Replica("r", "success"),))), None),
    ],
)
def test_each_reason_to_stay_is_told(row: Backup, stays: Stay | None) -> None:
    rule = CleanUpRule(keep=1, days=30, pattern="patch-*")
    assert reasons(rule, row, backup(2, 1))[row.id] is stays


def test_failed_ones_go_when_the_rule_says_so_and_never_count_as_kept() -> None:
    failed, good = backup(1, 40, status=BackupStatus.ERROR), backup(2, 50)
    assert reasons(CleanUpRule(keep=1, failed=True), failed, good) == {"0001": None, "0002": Stay.NEWEST}


def test_no_resource_is_left_without_a_good_backup_by_a_rule() -> None:
    rule = CleanUpRule(keep=0, days=0)
    old, new = backup(1, 90), backup(2, 60)
    assert reasons(rule, old, new) == {"0001": None, "0002": Stay.LAST_GOOD}
    by_policy = backup(3, 1, auto=True)
    assert reasons(rule, old, new, by_policy) == {"0001": None, "0002": None}


_BACKUPS = st.lists(
    st.builds(
        backup,
        st.integers(0, 9999),
        st.one_of(st.none(), st.integers(0, 200)),
        st.sampled_from("abc"),
        status=st.sampled_from([*BackupStatus, "new"]),
        auto=st.booleans(),
        image_type=st.sampled_from(["backup", "replication"]),
        name=st.sampled_from(["patch-1", "PATCH-2", "other", ""]),
        traits=st.sampled_from([BackupTraits(), BackupTraits(image_ids=("i",))]),
    ),
    max_size=25,
    unique_by=lambda each: each.id,
)
_RULES = st.builds(
    CleanUpRule, st.integers(0, 4), st.integers(0, 120), st.sampled_from(["", "patch-*", "p?tch-1"]), st.booleans()
)


@settings(max_examples=50, deadline=None)
@given(_BACKUPS, _RULES, st.integers(0, 3), st.integers(0, 60))
def test_what_a_rule_never_takes(rows: list[Backup], rule: CleanUpRule, more: int, longer: int) -> None:
    told = sorted_out(rows, rule, NOW)
    goes = [each.backup for each in told if each.stays is None]
    assert all(not each.auto and each.image_type == "backup" for each in (each.backup for each in told))
    assert {each.backup.id for each in told} == {x.id for x in rows if not x.auto and x.image_type == "backup"}
    assert all(each.created_at and NOW - each.created_at >= timedelta(days=rule.days) for each in goes)
    assert all(rule.is_about(each.name) and not each.traits.image_ids for each in goes)
    assert all(each.status == "available" or (rule.failed and each.status == "error") for each in goes)
    good: dict[str, list[Backup]] = defaultdict(list)
    for each in rows:
        if each.status == "available":
            good[each.resource_id].append(each)
    gone = {each.id for each in goes}
    for resource, own in good.items():
        left = [each for each in own if each.id not in gone]
        assert left
        kept = [each for each in left if not each.auto and each.image_type == "backup" and rule.is_about(each.name)]
        asked = [each for each in own if not each.auto and each.image_type == "backup" and rule.is_about(each.name)]
        assert len(kept) >= min(rule.keep, len(asked)), resource
    # a milder rule takes nothing that a stricter one leaves
    milder = replace(rule, keep=rule.keep + more, days=rule.days + longer, failed=False)
    assert {each.backup.id for each in sorted_out(rows, milder, NOW) if each.stays is None} <= gone
