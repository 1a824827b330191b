"""How lists are read from services that page in their own ways, and what is told of a single backup."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import parse_qsl

import httpx
import pytest

from cbr_desktop.domain.backup import Backup, BackupTraits, Replica
from cbr_desktop.domain.backup_details import MemberStatus
from cbr_desktop.domain.error import BadAnswer, Refused
from cbr_desktop.domain.ids import BackupId, ResourceId
from cbr_desktop.domain.listing import Listing, Shortfall
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.service import Service as SimulatedService
from tests.cloud.values import NOON, PROFILE, Service, WiredCloud, examples

ROWS = 130
ID = BackupId("6df2b54c-dd62-4059-a07c-1b8f24f2725d")


class Far:
    """The simulated service with some hundred backups, and a cloud that speaks to it."""

    def __init__(self) -> None:
        self.estate = estate.generated(NOON, 10, ROWS)
        self.service = SimulatedService(self.estate, HandClock(NOON))
        self.wired = WiredCloud(httpx.ASGITransport(self.service.application), PROFILE_OF_DEMO)
        self.wired.secret.value = estate.DEMO_PASSWORD
        self.cloud = self.wired.cloud

    def asked(self) -> int:
        return len(self.service.journal.calls("GET", "/backups"))

    def told(self, story: Callable[[], Awaitable[Any]]) -> Any:
        async def all_of_it() -> Any:
            try:
                return await story()
            finally:
                await self.cloud.aclose()

        return asyncio.run(all_of_it())


PROFILE_OF_DEMO = PROFILE.__class__(
    "test", "https://iam.example", "https://cbr.example", estate.DEMO_PROJECT, estate.DEMO_USER, estate.DEMO_DOMAIN
)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("cap", [None, 100, 30])
@pytest.mark.parametrize("paging", ["offset", "marker"])
def test_a_list_is_read_to_its_end_however_it_is_paged(
    paging: Literal["offset", "marker"], cap: int | None, counts: bool
) -> None:
    far = Far()
    modes = far.service.modes
    modes.paging, modes.page_cap, modes.counts = paging, cap, counts
    listing: Listing[Backup] = far.told(far.cloud.backups)
    assert [row.id for row in listing.rows] == list(far.estate.backups)[::-1]
    assert listing.complete
    assert listing.total == (ROWS if counts else None)
    step = (cap or 1000) - (not counts)  # pages overlap by a row where nothing else tells that rows moved
    assert far.asked() <= ROWS // step + 2 + 6 * (paging == "marker")


def test_a_service_that_heeds_neither_offset_nor_marker_is_not_called_whole() -> None:
    page = {"backups": [{"id": "a"}, {"id": "b"}], "count": 1663}

    def answer(request: httpx.Request) -> httpx.Response:
        if "marker" in request.url.params:
            return httpx.Response(
                400, json={"error_code": "BackupService.9900", "error_msg": "Invalid marker provided."}
            )
        return httpx.Response(200, json=page)

    listing = asyncio.run(WiredCloud(Service(answer)).cloud.backups())
    assert (len(listing.rows), listing.complete, listing.shortfall) == (2, False, Shortfall.CHANGED)
    assert listing.total == 1663


def test_no_further_page_is_read_than_is_wanted() -> None:
    far = Far()
    far.service.modes.page_cap = 50
    listing: Listing[Backup] = far.told(lambda: far.cloud.backups(slowly=True, at_most=100))
    assert (len(listing.rows), listing.complete, far.asked()) == (100, False, 2)


def test_backups_are_read_and_counted_by_their_time_and_resource() -> None:
    far = Far()
    times = [backup.created_at for backup in far.estate.backups.values()]
    start, end = times[20] - timedelta(seconds=1), times[40] + timedelta(seconds=1)
    resource = next(iter(far.estate.resources))

    async def story() -> tuple[Listing[Backup], int | None, Listing[Backup]]:
        within = await far.cloud.backups(since=start, until=end)
        return (
            within,
            await far.cloud.count_backups(start, end),
            await far.cloud.backups(resource_id=ResourceId(resource)),
        )

    within, count, own = far.told(story)
    assert [row.created_at for row in within.rows] == times[40:19:-1]
    assert count == 21
    assert len(own.rows) == ROWS // 10
    assert {row.resource_id for row in own.rows} == {resource}


def test_what_was_changed_since_is_read_until_it_is_enough() -> None:
    far = Far()
    for number, backup in enumerate(list(far.estate.backups.values())[:75]):
        backup.updated_at = NOON - timedelta(seconds=number)

    async def story() -> None:
        changes = await far.cloud.changed_backups(NOON - timedelta(seconds=60))
        assert changes is not None
        assert (len(changes.rows), changes.total) == (61, ROWS)
        asked = [dict(parse_qsl(entry.path.partition("?")[2])) for entry in far.service.journal if "sort" in entry.path]
        assert [(each["limit"], each.get("offset")) for each in asked] == [("50", None), ("200", "40"), ("1", None)]
        assert await far.cloud.changed_backups(NOON - timedelta(seconds=60), expected=61) == changes
        assert "limit=200" in far.service.journal[-1].path, "whether the service sorts at all is asked once"
        assert await far.cloud.changed_backups(NOON + timedelta(seconds=1)) == changes._replace(rows=[])
        far.service.modes.page_cap = 8
        assert await far.cloud.changed_backups(NOON - timedelta(seconds=60)) == changes
        far.service.modes.paging = "marker"
        assert await far.cloud.changed_backups(NOON - timedelta(seconds=60)) is None

    far.told(story)


def test_the_same_bytes_are_not_decoded_again() -> None:
    far = Far()

    async def story() -> None:
        first, second = await far.cloud.vaults(), await far.cloud.vaults()
        assert all(one is other for one, other in zip(first.rows, second.rows, strict=True))
        next(iter(far.estate.vaults.values())).name = "other"
        third = await far.cloud.vaults()
        assert third.rows != first.rows
        assert sum(one.name == "other" for one in third.rows) == 1

    far.told(story)


def test_what_says_the_same_as_what_is_held_is_there_once() -> None:
    """An answer in which one row is another is decoded as a whole; the others are not held a second time by that."""
    far = Far()

    async def story() -> None:
        held = {one.id: one for one in (await far.cloud.vaults()).rows}
        changed = next(iter(far.estate.vaults.values()))
        changed.name = "other"
        for _ in range(2):
            found = await far.cloud.vaults(held)
            assert [one.id for one in found.rows if one is not held[one.id]] == [changed.id]
        kind = "server"
        known = {one.id: one for one in (await far.cloud.protectables(kind)).rows}
        far.cloud._remembered.clear()
        assert known and all(one is known[one.id] for one in (await far.cloud.protectables(kind, known)).rows)

    far.told(story)


@pytest.mark.parametrize("name", ["vaults", "backups"])
def test_pages_that_come_together_are_gone_through_in_turns_of_the_loop_of_their_own(name: str) -> None:
    """Otherwise the window stands still for as long as all of them take."""
    turns, asked_in = 0, []

    def page(request: httpx.Request) -> httpx.Response:
        asked_in.append(turns)
        offset = int(request.url.params.get("offset", "0"))
        rows = [{"id": f"{offset + number}", "name": "n" * 400} for number in range(200)]
        return httpx.Response(200, json={name: rows, "count": 200 * 19})

    async def turning() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def story() -> None:
        cloud = WiredCloud(Service(page)).cloud
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(turning())
            listing = await getattr(cloud, name)()
            ticking.cancel()
        assert (len(listing.rows), listing.complete) == (200 * 19, True)

    asyncio.run(story())
    first, together, following = asked_in[0], asked_in[1:7], asked_in[7:]
    assert first < together[0] and together[-1] - together[0] <= 2
    assert len(set(following)) == len(following) == 12, "each is asked for once another has been read"


def test_a_backup_has_what_its_page_shows() -> None:
    body = json.loads(examples("ListBackups")[1])
    row = body["backups"][0]
    row["extend_info"] |= {"os_images_data": [{"image_id": "i-1"}, {}], "encrypted": True}
    row["replication_records"] = [{"destination_region": "eu-nl", "status": "success"}, {"status": None}]
    listing = asyncio.run(WiredCloud(Service(lambda _request: httpx.Response(200, json=body))).cloud.backups())
    assert listing.rows[0].traits == BackupTraits(
        encrypted=True,
        contains_system_disk=True,
        restorable_as="backup",
        az=row["resource_az"],
        architecture="x86_64",
        image_ids=("i-1",),
        replicas=(Replica("eu-nl", "success"), Replica("", "")),
    )


def test_backups_with_the_same_traits_share_them() -> None:
    far = Far()
    listing: Listing[Backup] = far.told(far.cloud.backups)
    assert len({id(row.traits) for row in listing.rows}) == len({row.traits for row in listing.rows}) < 5


def test_a_single_backup_comes_with_those_of_its_disks() -> None:
    service = Service(lambda _request: httpx.Response(200, content=examples("ShowBackup")[0]))
    found = asyncio.run(WiredCloud(service).cloud.backup_details(ID))
    assert (found.backup.id, found.description, found.parent_id) == (ID, "backup_description", None)
    (child,) = found.children
    assert (child.traits.bootable, child.traits.encrypted) == (True, True)
    assert child.resource_type == "OS::Cinder::Volume"


def test_members_are_the_projects_that_a_backup_is_shared_with() -> None:
    member = {"id": "m-1", "backup_id": ID, "dest_project_id": "075e6035d300d48c2fd0c00b78b71ebf", "status": "pending"}
    body = {"members": [member, member | {"id": "m-2", "status": "pondering", "vault_id": "v-1"}], "count": 2}
    service = Service(lambda _request: httpx.Response(200, json=body))
    listing = asyncio.run(WiredCloud(service).cloud.members(ID))
    assert service.requests[0].url.path.endswith(f"/backups/{ID}/members")
    assert listing.complete
    assert [row.status for row in listing.rows] == [MemberStatus.PENDING, "pondering"]
    assert [row.vault_id for row in listing.rows] == [None, "v-1"]


SERVER = {"server": {"name": "ecs-1", "OS-EXT-AZ:availability_zone": "az1", "flavor": {"id": "s2"}}}
DISK = {
    "volume": {
        "id": "d-1",
        "name": "root",
        "size": 40,
        "bootable": "true",
        "encrypted": False,
        "attachments": [{"device": "/dev/vda"}],
        "volume_image_metadata": {"__os_version": "CentOS 7.6 64bit"},
    }
}


def told_metadata(**changes: object) -> httpx.Response:
    parts = {
        "backup_id": ID,
        "server": json.dumps(SERVER),
        "flavor": json.dumps({"flavor": {"name": "s2.small.1", "vcpus": 1, "ram": 1024}}),
        "interface": json.dumps({"interfaceAttachments": [{"fixed_ips": [{"ip_address": "192.168.1.128"}]}]}),
        "volumes": [json.dumps(DISK), '{"volume": {"provider_location": "{"storage_type": 1}"}}'],
        "ports": None,
    }
    return httpx.Response(200, json=parts | changes)


def test_metadata_tell_how_a_server_was_built_and_count_what_is_no_json() -> None:
    found = asyncio.run(WiredCloud(Service(lambda _request: told_metadata())).cloud.backup_metadata(ID))
    assert found is not None
    assert (found.server_name, found.flavor, found.vcpus, found.memory_mb) == ("ecs-1", "s2.small.1", 1, 1024)
    assert (found.os, found.az, found.addresses, found.unread) == ("CentOS 7.6 64bit", "az1", ("192.168.1.128",), 1)
    (disk,) = found.disks
    assert (disk.size_gb, disk.device, disk.bootable, disk.encrypted) == (40, "/dev/vda", True, False)


def test_metadata_that_are_not_ready_are_none_and_any_other_refusal_is_one() -> None:
    for code, raises in (("6206", False), ("6200", True)):
        body = {"error_code": f"BackupService.{code}", "error_msg": "no"}
        cloud = WiredCloud(Service(lambda _request, body=body: httpx.Response(400, json=body))).cloud  # type: ignore[misc]
        if raises:
            with pytest.raises(Refused):
                asyncio.run(cloud.backup_metadata(ID))
        else:
            assert asyncio.run(cloud.backup_metadata(ID)) is None
    with pytest.raises(BadAnswer):
        asyncio.run(WiredCloud(Service(lambda _request: told_metadata(backup_id="other"))).cloud.backup_metadata(ID))


def test_a_metadata_of_nothing_is_empty() -> None:
    nothing = dict.fromkeys(("server", "flavor", "interface", "volumes"))
    found = asyncio.run(WiredCloud(Service(lambda _request: told_metadata(**nothing))).cloud.backup_metadata(ID))
    assert found is not None
    assert (found.server_name, found.vcpus, found.disks, found.unread) == ("", None, (), 0)
