"""The rules by which a disk takes the backup of another, held against those of the simulator."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cbr_desktop.domain import protectable, restore
from cbr_desktop.domain.ids import BackupId, ResourceId, VolumeId
from cbr_desktop.domain.restore import CODES, BackupRestore, DiskBackup, DiskPair, Rule, TargetKind
from cbr_desktop.simulator import entities, restores
from cbr_desktop.simulator.refusals import Refusal

SIZES = st.integers(1, 3).map(lambda tens: 10 * tens)
FLAGS = st.booleans()
IDS = st.sampled_from(["vol-1", "vol-2"])
DISKS: Any = st.builds(
    entities.Disk,
    id=IDS,
    name=st.just("disk"),
    size_gb=SIZES,
    system=FLAGS,
    encrypted=FLAGS,
    scsi=FLAGS,
    volume_type=st.sampled_from(["SSD", "DESS"]),
    status=st.sampled_from(["in-use", "error", "attaching"]),
)


def told(disk: entities.Disk) -> protectable.Disk:
    """A disk as the list of what could be protected tells of it."""
    return protectable.Disk(
        VolumeId(disk.id),
        disk.name,
        disk.size_gb,
        disk.status,
        bootable=disk.system,
        encrypted=disk.encrypted,
        volume_type=disk.volume_type,
        scsi=disk.scsi,
    )


def saved(disk: entities.Disk) -> DiskBackup:
    return DiskBackup(BackupId("backup"), disk.name, VolumeId(disk.id), disk.size_gb, disk.system, disk.encrypted)


@given(source=DISKS, target=DISKS)
def test_a_pair_breaks_a_rule_exactly_where_the_service_refuses_it_and_by_the_same_code(
    source: entities.Disk, target: entities.Disk
) -> None:
    try:
        restores.admit_pair(source, target)
        refused = ""
    except Refusal as refusal:
        refused = refusal.body["error_code"].removeprefix("BackupService.")
    broken = [CODES[rule] for rule in restore.broken_rules(saved(source), told(target))]
    assert (broken or [""])[0] == refused


@given(source=DISKS, target=DISKS, size=st.integers(0, 20))
def test_a_larger_disk_never_takes_less(source: entities.Disk, target: entities.Disk, size: int) -> None:
    small = set(restore.broken_rules(saved(source), told(target)))
    target.size_gb += size
    assert set(restore.broken_rules(saved(source), told(target))) <= small


def test_a_disk_that_does_not_tell_what_it_was_goes_to_itself_alone_if_that_is_the_system_disk() -> None:
    untold = DiskBackup(BackupId("b"), "", VolumeId("vol-1"), 10, None)
    assert list(restore.broken_rules(untold, protectable.Disk(VolumeId("vol-1"), "", 10, bootable=True))) == []
    other = protectable.Disk(VolumeId("vol-2"), "", 10, bootable=True)
    assert list(restore.broken_rules(untold, other)) == [Rule.DATA_TO_SYSTEM]


def test_pairs_are_judged_with_what_is_known_of_both_sides() -> None:
    disks = [protectable.Disk(VolumeId("vol-1"), "sys", 40, "in-use", bootable=True)]
    backups = [DiskBackup(BackupId("b-1"), "sys", VolumeId("VOL-1"), 40, True)]

    def broken(*pairs: tuple[str, str], known: Any = disks) -> list[tuple[Rule, ...]]:
        asked = [DiskPair(BackupId(backup), VolumeId(volume)) for backup, volume in pairs]
        return [row.broken for row in restore.judged_pairs(asked, backups, known)]

    assert broken(("b-1", "vol-1")) == [()]
    assert broken(("b-1", "vol-9"), ("b-9", "vol-1")) == [(Rule.DISK_UNKNOWN,), (Rule.BACKUP_UNKNOWN,)]
    assert broken(("b-1", "vol-1"), ("B-1", "vol-1"))[1] == (Rule.NAMED_TWICE,)
    assert broken(("b-1", "vol-9"), known=None) == [()]
    assert restore.own_pairs(backups, disks) == (DiskPair(BackupId("b-1"), VolumeId("vol-1")),)
    assert restore.own_pairs(backups, []) == ()


@given(
    kind=st.sampled_from(TargetKind),
    power_on=FLAGS,
    path=st.sampled_from(["", "/srv/ü"]),
    pairs=st.lists(st.tuples(st.uuids().map(str), st.uuids().map(str)), max_size=3),
)
def test_a_request_is_read_back_as_it_was_asked_for(
    kind: TargetKind, power_on: bool, path: str, pairs: list[tuple[str, str]]
) -> None:
    given_pairs = tuple(DiskPair(BackupId(backup), VolumeId(volume)) for backup, volume in pairs)
    is_server = kind is TargetKind.SERVER
    asked = BackupRestore(
        BackupId("b"), kind, ResourceId("t"), given_pairs, power_on=power_on if is_server else True, path=path
    )
    content = json.loads(asked.body())
    assert restore.read_restore(BackupId("b"), content) == asked
    assert restore.targets_named(content) == [kind]
    # "false" has to be really sent, and nothing of it where there is no server
    assert ("power_on" in content["restore"]) is is_server
