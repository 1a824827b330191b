"""What is worked out of long lists is worked out again only where these have changed, and in pieces."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId, CheckpointId, ResourceId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.workflows.derived import PIECE_ROWS, NewestBackups, at_once, changed
from cbr_desktop.workflows.ledger import Ledger, Part, ResourceRow, resource_of
from cbr_desktop.workflows.resource_rows import ResourceRows, ScopeResourceRows
from cbr_desktop.workflows.restore_points import RestorePoints
from cbr_desktop.workflows.scope import Scope
from tests.stage import START

PROFILE = Profile("p", iam_endpoint="", cbr_endpoint="", project="", user="", domain="")
SERVER = ResourceType.SERVER


def holder(number: int, **more: Any) -> Vault:
    """A vault with two servers."""
    id = VaultId(f"vault-{number}")
    held = [Resource(ResourceId(f"server-{number}-{n}"), SERVER, f"ecs-{number}-{n}", 40) for n in range(2)]
    made = Vault(id, id, VaultKind.SERVER, ProtectType.BACKUP, VaultStatus.AVAILABLE, 100, 0, resources=held)
    return replace(made, **more)


def backup(number: int, resource: str = "server-0-0", hours: int = 0, **more: Any) -> Backup:
    vault = VaultId("-".join(resource.replace("server", "vault").split("-")[:2]))
    made = Backup(
        *(BackupId(f"b{number}"), f"b{number}", BackupStatus.AVAILABLE, vault, CheckpointId(f"c{number // 2}")),
        *(ResourceId(resource), "", SERVER, 40, START + timedelta(hours=hours)),
    )
    return replace(made, **more)


@pytest.fixture
def ledger() -> Ledger:
    """Twenty vaults with two servers each, a server in none, and two backups."""
    made = Ledger(PROFILE)
    made.put_vaults(Listing([holder(number) for number in range(20)], START))
    loose = [Protectable(ResourceId("loose"), SERVER, "loose", 40)]
    made.put_protectables(Listing(loose, START))
    made.put_backups(Listing([backup(1), backup(2, "server-3-1")], START))
    return made


def others(before: Mapping[str, ResourceRow], now: Mapping[str, ResourceRow]) -> set[str]:
    """The lines that are not the very same."""
    return {id for id in before.keys() | now.keys() if before.get(id) is not now.get(id)}


def followed(rows: ResourceRows, ledger: Ledger) -> set[str]:
    """Take over what has changed, hold it against a joining from nothing, and return which lines are others."""
    before = rows.rows
    at_once(rows.follow())
    assert list(rows.rows.values()) == list(ledger.resource_rows())
    return others(before, rows.rows)


def test_what_is_new_other_and_gone_is_found_by_identity_and_in_pieces() -> None:
    rows = {number: [number] for number in range(3 * PIECE_ROWS)}
    now = {number: row for number, row in rows.items() if number != 7} | {8: [8], -1: [0]}
    found = changed(rows, now)
    assert sum(1 for _ in found) >= 3
    assert at_once(changed(rows, now)) == {7, 8, -1}
    assert at_once(changed(rows, dict(rows))) == at_once(changed(rows, rows)) == set()
    assert at_once(changed(rows, {})) == set(rows)


def test_the_newest_backup_of_each_is_followed_whatever_comes_goes_and_fails() -> None:
    newest = NewestBackups(resource_of)
    numbers = count(1)
    rows: dict[BackupId, Backup] = {}

    def put(*made: Backup, gone: str = "") -> set[ResourceId]:
        nonlocal rows
        rows = {id: row for id, row in rows.items() if id != gone} | {each.id: each for each in made}
        touched = at_once(newest.follow(rows))
        whole = NewestBackups(resource_of)
        at_once(whole.follow(rows))
        assert newest.found == whole.found
        return touched

    first, second = backup(next(numbers)), backup(next(numbers), hours=5)
    other = backup(next(numbers), "server-1-0", hours=2)
    assert put(first, second, other) == {"server-0-0", "server-1-0"}
    held = newest.found
    assert put(backup(next(numbers), hours=3)) == set() and newest.found is held
    assert put(backup(next(numbers), hours=9, status=BackupStatus.ERROR)) == set()
    assert put(replace(second, status=BackupStatus.DELETING)) == {"server-0-0"}
    assert newest.found[ResourceId("server-0-0")].id == "b4"
    assert put(gone="b4") == {"server-0-0"} and newest.found[ResourceId("server-0-0")] is first
    assert put(gone="b1") == {"server-0-0"} and ResourceId("server-0-0") not in newest.found
    assert put(gone="b3") == {"server-1-0"} and not newest.found


def test_a_list_that_is_the_same_makes_no_line_anew(ledger: Ledger) -> None:
    rows = ResourceRows(ledger)
    assert len(followed(rows, ledger)) == 41
    held = rows.rows
    ledger.put_vaults(Listing(list(ledger.vaults.values()), START))
    ledger.put_backups(Listing([*ledger.backups.values()][::-1], START))
    assert followed(rows, ledger) == set() and rows.rows is held
    assert rows.knows(ledger) and list(rows.follow()) == []


def test_of_many_vaults_the_lines_of_the_changed_one_alone_are_made_anew(ledger: Ledger) -> None:
    rows = ResourceRows(ledger)
    followed(rows, ledger)
    ledger.merge_vault(replace(ledger.vaults[VaultId("vault-4")], used_mb=7))
    assert followed(rows, ledger) == {"vault-4/server-4-0", "vault-4/server-4-1"}
    ledger.merge_vault(holder(99))
    assert followed(rows, ledger) == {"vault-99/server-99-0", "vault-99/server-99-1"}
    ledger.drop_vault(VaultId("vault-5"))
    assert followed(rows, ledger) == {"vault-5/server-5-0", "vault-5/server-5-1"}


def test_a_backup_and_a_verdict_make_the_lines_of_their_resource_anew(ledger: Ledger) -> None:
    rows = ResourceRows(ledger)
    followed(rows, ledger)
    ledger.put_backups(Listing([backup(9, "server-7-1"), *ledger.backups.values()], START))
    assert followed(rows, ledger) == {"vault-7/server-7-1"}
    told = [*ledger.protectables.values(), Protectable(ResourceId("server-2-0"), SERVER, "ecs-2-0", 40)]
    ledger.put_protectables(Listing(told, START))
    assert followed(rows, ledger) == {"vault-2/server-2-0"}
    ledger.drop_vault(VaultId("vault-2"))
    assert followed(rows, ledger) == {"vault-2/server-2-0", "vault-2/server-2-1", "/server-2-0"}
    ledger.put_backups(Listing([backup(10, "loose"), *ledger.backups.values()], START))
    assert followed(rows, ledger) == {"/loose"}


def test_what_is_left_in_the_middle_has_no_effect(ledger: Ledger) -> None:
    rows = ResourceRows(ledger)
    followed(rows, ledger)
    held = rows.rows
    ledger.merge_vault(holder(99))
    work = rows.follow()
    next(work)
    work.close()
    assert rows.rows is held and not rows.knows(ledger)
    assert followed(rows, ledger) == {"vault-99/server-99-0", "vault-99/server-99-1"}


def test_lists_of_before_and_of_other_profiles_share_the_lines_that_are_the_same(ledger: Ledger) -> None:
    lab = Ledger(replace(PROFILE, name="lab"))
    lab.put_protectables(Listing([Protectable(ResourceId("server-1-1"), SERVER, "ecs-1-1", 40)], START))
    scope = Scope([ledger, lab])
    earlier = Ledger(PROFILE)
    earlier.vaults, earlier.backups = ledger.vaults, ledger.backups
    ledger.merge_vault(replace(ledger.vaults[VaultId("vault-4")], used_mb=7))
    scope.forget(Part.VAULTS)
    joined = ScopeResourceRows(scope)
    at_once(joined.follow([(ledger, earlier)]))
    assert [row.resource.id for row in joined.rows].count(ResourceId("server-1-1")) == 1
    assert list(joined.rows) == list(scope.resource_rows())
    assert others(joined.of(ledger), joined.of(earlier)) == {"vault-4/server-4-0", "vault-4/server-4-1", "/loose"}
    held = joined.rows
    at_once(joined.follow())
    assert joined.rows is held


def test_of_many_restore_points_those_alone_are_put_together_anew_that_are_told_otherwise(ledger: Ledger) -> None:
    points = RestorePoints(ledger)

    def told() -> set[str]:
        before = {point.id: point for point in points.points}
        at_once(points.follow())
        whole = RestorePoints(ledger)
        at_once(whole.follow())
        assert points.points == whole.points
        now = {point.id: point for point in points.points}
        return {id for id in before.keys() | now.keys() if before.get(id) is not now.get(id)}

    rows = [backup(number, hours=-number) for number in range(40)]
    ledger.put_backups(Listing(rows, START))
    assert len(told()) == 20
    held = points.points
    ledger.put_backups(Listing(rows, START))
    assert told() == set() and points.points is held
    rows = [backup(99), *rows]
    rows[20] = replace(rows[20], status=BackupStatus.ERROR)
    ledger.put_backups(Listing(rows[:-2], START))
    assert told() == {"c49", "c9", "c19"}
    assert [point.id for point in points.points][:2] == ["c49", "c0"]
    ledger.merge_vault(replace(ledger.vaults[VaultId("vault-0")], used_mb=7))
    assert told() == set()
    ledger.merge_vault(replace(ledger.vaults[VaultId("vault-0")], name="other"))
    assert len(told()) == 20 and {point.vault_name for point in points.points} == {"other"}
    ledger.put_backups(Listing([*rows[1:-2], rows[0]], START))
    assert told() == set() and points.points[-1].id == "c49"
