"""What is read of a single backup, from the service that answers as the real one does."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.domain.error import NotFound, Refused
from cbr_desktop.domain.ids import BackupId, ProjectId
from cbr_desktop.domain.sharing import BackupShare, may_be_shared
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.workflows.backup_reading import FRESH, SHARES_READ, SHARES_TIME, BackupReader, shares_changed
from cbr_desktop.workflows.operations import change_of
from tests.stage import Stage, staged

GONE = BackupId("00000000-0000-4000-8000-000000000000")


def asked(stage: Stage) -> list[str]:
    """Return what of backups was asked for, by the ends of the paths."""
    paths = [e.path.partition("?")[0].partition("/backups/") for e in stage.service.journal]
    return [rest[36:] or "/" for _, found, rest in paths if found]


def test_a_servers_backup_opens_to_its_disks_and_what_was_saved_with_it(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        cloud, clock = stage.session.cloud, stage.clock

        async def story() -> None:
            rows = (await cloud.backups()).rows
            of_server = next(row for row in rows if row.resource_name == "ecs-hr-db-01" and row.status == "available")
            reader = BackupReader(cloud, clock)
            assert reader.known(of_server.id) is None and not reader.is_fresh(of_server)
            read = await reader.read(of_server)
            system, data = read.details.children
            assert [each.traits.bootable for each in (system, data)] == [True, False]
            assert [each.traits.encrypted for each in (system, data)] == [False, True]
            assert set(read.details.snapshots) == {system.id, data.id}
            assert '"children"' in read.details.answer
            saved = read.metadata
            assert saved is not None and not isinstance(saved, Exception)
            (port,) = saved.ports
            assert (saved.server_name, saved.key_name, port.addresses) == (
                "ecs-hr-db-01",
                "KeyPair-ops",
                saved.addresses,
            )
            assert port.network_id and port.mac and port.security_groups
            assert read.members.rows == []  # type: ignore[union-attr]
            assert reader.is_fresh(of_server)
            assert not reader.is_fresh(replace(of_server, status=BackupStatus.RESTORING))
            clock.advance(FRESH.total_seconds())
            assert not reader.is_fresh(of_server) and reader.known(of_server.id) == read
            assert asked(stage) == ["/", "/metadata", "/members"]

        stage.play(story)


def test_each_part_that_is_refused_is_told_by_itself(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        cloud = stage.session.cloud

        async def story() -> None:
            rows = (await cloud.backups()).rows
            reader = BackupReader(cloud, stage.clock)
            of_disk = next(row for row in rows if row.resource_name == "vol-db-log")
            read = await reader.read(of_disk)
            assert (read.has_metadata, read.metadata, read.details.children) == (False, None, ())
            assert asked(stage) == ["/", "/members"]
            unready = next(row for row in rows if row.status == BackupStatus.PROTECTING)
            read = await reader.read(unready)
            assert (read.has_metadata, read.metadata) == (True, None)
            read = await reader.read(replace(of_disk, resource_type="satellite"))
            assert isinstance(read.metadata, Refused) and read.metadata.short_code == "6116"
            with pytest.raises(NotFound):
                await reader.read(replace(of_disk, id=GONE))
            assert reader.known(GONE) is None

        stage.play(story)


def test_what_was_read_is_held_for_the_last_ones_alone(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:

        async def story() -> None:
            rows = (await stage.session.cloud.backups()).rows[:3]
            reader = BackupReader(stage.session.cloud, stage.clock, held=2)
            for row in (*rows, rows[1]):
                await reader.read(row)
            assert [reader.known(row.id) is not None for row in rows] == [False, True, True]

        stage.play(story)


def test_shares_of_what_goes_are_counted_afresh_as_far_as_they_can_be_read(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        session, service = stage.session, stage.service

        async def story() -> None:
            await session.refresh.once()
            reader, ledger = BackupReader(session.cloud, stage.clock), session.ledger
            members = [each.member for each in service.estate.shares]
            own = next(each.backup_id for each in members if BackupId(each.backup_id) in ledger.backups)
            unshared = [id for id in ledger.backups if not service.estate.members_of(id)]
            ids = [BackupId(own), *unshared[:2]]
            before = reader.shares_lost(ids, ledger)
            assert (before.shared, before.total, before.unread) == ((), 3, 3)
            refusal = b'{"error_code": "BackupService.6700", "error_msg": "not to be shared"}'
            lost = Fault("GET", f"/backups/{ids[2]}/members", "status", status=400, body=refusal, times=None)
            service.faults.add(lost)
            await reader.read_shares(ids, ledger)
            told = reader.shares_lost(ids, ledger)
            receivers = {
                each.dest_project_id for each in members if each.backup_id == own and each.status != "rejected"
            }
            assert [(each.id, set(each.project_ids)) for each in told.shared] == [(own, receivers)]
            assert (told.total, told.unread) == (3, 1)
            assert [each for each in asked(stage) if each == "/members"] == ["/members"] * 3
            await reader.read_shares(ids[:2], ledger)
            assert asked(stage).count("/members") == 3
            stage.clock.advance(FRESH.total_seconds())
            assert reader.shares_lost(ids, ledger).unread == 3
            service.faults.add(Fault("GET", "/members", "status", status=403, body=b"{}", times=None))
            before_that, many = asked(stage).count("/members"), list(ledger.backups)[: SHARES_READ + 5]
            await reader.read_shares(many, ledger)
            assert reader.shares_lost(many, ledger).unread == len(many)
            assert asked(stage).count("/members") < before_that + 10

        stage.play(story)


def test_the_shares_of_hundreds_are_read_for_a_while_and_the_next_reading_goes_on_where_that_ended(
    tmp_path: Path,
) -> None:
    with staged(tmp_path, days=5) as stage:
        session = stage.session

        async def story() -> None:
            await session.refresh.once()
            reader, ledger = BackupReader(session.cloud, stage.clock), session.ledger
            ids = [each.id for each in ledger.backups.values() if may_be_shared(each)][:130]
            heard = list[tuple[int, int]]()

            def hear(read: int, total: int) -> None:
                heard.append((read, total))
                if (read, total) == (50, 130):
                    stage.clock.advance(SHARES_TIME.total_seconds())

            assert len(ids) == 130
            await reader.read_shares(ids, ledger, hear)
            assert heard == [(25, 130), (50, 130)]
            left = reader.shares_lost(ids, ledger).unread
            assert 130 - 60 < left <= 80
            await reader.read_shares(ids, ledger, hear)
            assert reader.shares_lost(ids, ledger).unread == 0
            assert asked(stage).count("/members") == 130 and heard[2] == (25, left)

        stage.play(story)


def test_what_was_read_before_the_shares_were_changed_tells_nothing_of_them(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        session = stage.session
        project = next(each.id for each in stage.service.estate.projects[1:] if each.region == "eu-de")

        async def story() -> None:
            await session.refresh.once()
            reader = BackupReader(session.cloud, stage.clock)
            backup = next(each for each in session.ledger.backups.values() if each.resource_name == "ecs-hr-db-01")
            await reader.read(backup)
            assert (reader.is_fresh(backup), reader.shared_with(backup.id)) == (True, 0)
            stage.clock.advance(1)
            draft = BackupShare(backup.id, (ProjectId(project),))
            session.guard.arm(60)
            session.outbox.submit(change_of(draft, session.ledger))
            changed = shares_changed(session.ledger.intents.values())
            assert list(changed) == [backup.id]
            assert not reader.is_fresh(backup, changed[backup.id])
            assert reader.shared_with(backup.id, changed[backup.id]) is None
            stage.clock.advance(1)
            await reader.read(backup)
            assert reader.is_fresh(backup, changed[backup.id])
            assert reader.shared_with(backup.id, changed[backup.id]) == 0

        stage.play(story)
