"""The operations, against the simulated service and against odd answers."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from msgspec import structs
from msgspec.structs import replace

from cbr_desktop.cloud.network import Network
from cbr_desktop.domain.checkpoint import CheckpointStatus
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    CloudError,
    Forbidden,
    NoAnswer,
    NotFound,
    ProfileError,
    Refused,
    SignInPage,
    Throttled,
)
from cbr_desktop.domain.ids import CheckpointId, ProjectId, VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import REGIONS
from cbr_desktop.domain.task import TaskType
from cbr_desktop.domain.vault import Vault
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.service import Service as SimulatedService
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import answering, response, serving
from tests.cloud.values import BODY, CREATED, NO_VAULTS, NOON, PROFILE, PROJECT, VAULT, Service, WiredCloud

NOWHERE = "00000000-0000-4000-8000-000000000000"


class Demo:
    """The simulated service with its demo estate, and a cloud that speaks to it in this process."""

    def __init__(self) -> None:
        self.clock = HandClock(NOON)
        self.estate = estate.demo(NOON)
        self.service = SimulatedService(self.estate, self.clock)
        project = next(each for each in self.estate.projects if each.id == self.estate.project_id)
        self.profile = replace(PROFILE, project=project.name, user=estate.DEMO_USER, domain=self.estate.domain.name)
        self.wired = self.wire()
        self.cloud = self.wired.cloud

    def wire(self) -> WiredCloud:
        """Return a cloud that has asked the service nothing so far."""
        wired = WiredCloud(httpx.ASGITransport(self.service.application), self.profile)
        wired.secret.value = estate.DEMO_PASSWORD
        return wired

    def count(self, method: str, part: str) -> int:
        return sum(entry.method == method and part in entry.path for entry in self.service.journal)

    async def vault(self) -> Vault:
        found = await self.cloud.vaults()
        return next(vault for vault in found.rows if vault.id == VAULT)


Story = Callable[[Demo], Coroutine[Any, Any, None]]


def played(story: Story) -> None:
    asyncio.run(story(Demo()))


def test_all_lists() -> None:
    async def story(demo: Demo) -> None:
        cloud = demo.cloud
        vaults, policies = await cloud.vaults(), await cloud.policies()
        backups, tasks = await cloud.backups(), await cloud.tasks()
        for listing in (vaults, policies, backups, tasks):
            assert listing.complete
            assert listing.as_of == NOON
        assert len(vaults.rows) == demo.count("GET", "vaults?") * len(vaults.rows) > 5
        assert len(backups.rows) > 1000
        assert demo.count("GET", "backups?") == -(-len(backups.rows) // 1000)
        assert len(tasks.rows) > 1000
        assert demo.count("POST", "tokens") == 1
        times = [backup.created_at for backup in backups.rows if backup.created_at]
        assert times == sorted(times, reverse=True)

    played(story)


@pytest.mark.parametrize("kind", ["server", "disk", "turbo"])
def test_protectables(kind: str) -> None:
    async def story(demo: Demo) -> None:
        found = await demo.cloud.protectables(kind)
        assert found.rows
        assert found.complete

    played(story)


def test_more_servers_than_a_page_holds() -> None:
    async def story(demo: Demo) -> None:
        server = next(each for each in demo.estate.resources.values() if each.type == "OS::Nova::Server")
        for number in range(120):
            id = f"00000000-0000-4000-8000-{number:012}"
            demo.estate.resources[id] = structs.replace(server, id=id, vault_id=None)
        found = await demo.cloud.protectables("server")
        assert len(found.rows) > 120
        assert found.complete
        assert demo.count("GET", "protectables") == -(-len(found.rows) // 50) + 1

    played(story)


def test_filters() -> None:
    async def story(demo: Demo) -> None:
        since = NOON - timedelta(days=1)
        mine = await demo.cloud.backups(vault_id=VAULT)
        assert {backup.vault_id for backup in mine.rows} == {VAULT}
        one = await demo.cloud.backups(checkpoint_id=mine.rows[0].checkpoint_id, name=mine.rows[0].name)
        assert mine.rows[0] in one.rows
        tasks = await demo.cloud.tasks(since=since, operation_type="backup", status="success")
        assert {task.type for task in tasks.rows} == {TaskType.BACKUP}
        assert all(task.created_at and task.created_at >= since for task in tasks.rows)
        path = demo.service.journal[-1].path
        assert "start_time=2026-02-28T12%3A00%3A00Z" in path
        assert "vault_id" not in path

    played(story)


def test_a_checkpoint_from_the_request_to_the_end() -> None:
    async def story(demo: Demo) -> None:
        await demo.vault()
        answer = await demo.cloud.send(checkpoint_change_of(BODY), await demo.cloud.project_id())
        assert answer.result.checkpoint.status is CheckpointStatus.PROTECTING
        assert answer.result.checkpoint.vault_id == VAULT
        assert answer.server_time == NOON
        assert len(answer.request_id) == 32
        entry = demo.service.journal[-1]
        assert entry.body == BODY
        assert entry.headers["content-type"] == "application/json;charset=UTF-8"
        assert entry.headers["connection"] == "close"
        demo.clock.advance(300)
        assert (await demo.cloud.checkpoint(answer.result.id)).status is CheckpointStatus.AVAILABLE
        demo.service.modes.checkpoint_get_empty = True
        assert (await demo.cloud.checkpoint(answer.result.id)).vault_id is None
        assert demo.count("POST", "checkpoints") == 1

    played(story)


def test_what_the_service_refuses() -> None:
    async def story(demo: Demo) -> None:
        project = await demo.cloud.project_id()
        await demo.cloud.send(checkpoint_change_of(BODY), project)
        with pytest.raises(Refused) as caught:
            await demo.cloud.send(checkpoint_change_of(BODY), project)
        assert (caught.value.short_code, caught.value.executed) == ("6125", False)
        with pytest.raises(NotFound) as missing:
            await demo.cloud.send(checkpoint_change_of(BODY.replace(VAULT.encode(), NOWHERE.encode())), project)
        assert (missing.value.short_code, missing.value.executed) == ("6105", False)
        demo.service.modes.forbidden.add("cbr:vaults:backup")
        with pytest.raises(Forbidden) as forbidden:
            await demo.cloud.send(checkpoint_change_of(BODY), project)
        assert forbidden.value.executed is False
        demo.service.modes.otc = True
        with pytest.raises(NotFound) as lacking:
            await demo.cloud.protectables("server")
        assert lacking.value.code == "APIGW.0101"

    played(story)


def test_an_unknown_checkpoint_is_no_logout() -> None:
    async def story(demo: Demo) -> None:
        demo.service.modes.unknown_checkpoint_401 = True
        with pytest.raises(NotFound):
            await demo.cloud.checkpoint(CheckpointId(NOWHERE))
        assert demo.count("POST", "tokens") == 1

    played(story)


@pytest.mark.parametrize("otc", [False, True])
def test_other_spellings_of_the_same(otc: bool) -> None:
    async def story(demo: Demo) -> None:
        before = await demo.cloud.vaults()
        demo.service.modes.drift, demo.service.modes.otc = True, otc
        after = await demo.cloud.vaults()
        assert [vault.id for vault in after.rows] == [vault.id for vault in before.rows]
        assert all(vault.created_at and vault.created_at.tzinfo is UTC for vault in after.rows)

    played(story)


def test_packed_lists_are_the_same_lists() -> None:
    async def story(demo: Demo) -> None:
        before = await demo.cloud.vaults(), await demo.cloud.policies()
        demo.service.modes.packs = True
        cloud = demo.wire().cloud
        after = await cloud.vaults(), await cloud.policies()
        assert [each.rows for each in after] == [each.rows for each in before]
        assert all(each.complete for each in after)

    played(story)


def test_throttled_reads_wait_and_succeed() -> None:
    async def story(demo: Demo) -> None:
        await demo.cloud.project_id()
        body = b'{"error_code": "APIGW.0308", "error_msg": "over ratelimit,limit:100,time:1 minute"}'
        demo.service.faults.add(Fault("GET", "vaults", "status", status=429, body=body, times=2))
        found = await demo.cloud.vaults()
        assert found.complete
        assert demo.wired.clock.sleeps == [60, 60]
        assert any(report.waiting_until for report in demo.wired.reports)
        assert (demo.wired.connection.waiting_until, demo.wired.connection.reach) == (None, Reach.ONLINE)

    played(story)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_cut_leaves_the_fate_of_a_post_open(when: Any) -> None:
    async def story(demo: Demo) -> None:
        project = await demo.cloud.project_id()
        demo.service.faults.add(Fault("POST", "checkpoints", "cut", when))
        with pytest.raises(NoAnswer) as caught:
            await demo.cloud.send(checkpoint_change_of(BODY), project)
        assert caught.value.executed is None
        assert demo.count("POST", "checkpoints") == 1

    played(story)


def test_a_cut_read_is_repeated() -> None:
    async def story(demo: Demo) -> None:
        await demo.cloud.project_id()
        demo.service.faults.add(Fault("GET", "vaults", "cut"))
        assert (await demo.cloud.vaults()).complete
        assert demo.count("GET", "vaults") == 2

    played(story)


UNREADABLE = {
    "empty": b"",
    "cut": CREATED[:30],
    "null": b"null",
    "nothing": b"{}",
    "no checkpoint": b'{"checkpoint": null}',
    "no id": b'{"checkpoint": {"status": "protecting"}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_success_leaves_the_fate_of_a_post_open(name: str) -> None:
    async def main() -> None:
        service = Service(
            lambda _request: httpx.Response(200, headers={"X-Request-Id": "ab12"}, content=UNREADABLE[name])
        )
        with pytest.raises(BadAnswer) as caught:
            await WiredCloud(service).cloud.send(checkpoint_change_of(BODY), PROJECT)
        assert (caught.value.executed, caught.value.request_id, caught.value.status) == (None, "ab12", 200)
        assert service.count("POST") == 1

    asyncio.run(main())


@pytest.mark.parametrize("status", [200, 301, 307, 408, 429, 500, 502, 503, 504, 511, 999])
def test_a_post_is_sent_once_whatever_comes_back(status: int) -> None:
    async def main() -> None:
        service = Service(lambda _request: httpx.Response(status, html="<p>odd", headers={"Location": "/"}))
        wired = WiredCloud(service)
        with pytest.raises(CloudError) as caught:
            await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
        assert caught.value.executed is None
        assert service.count("POST") == 1
        assert wired.clock.sleeps == []

    asyncio.run(main())


def test_a_throttled_post_was_not_carried_out_and_is_not_repeated_here() -> None:
    async def main() -> None:
        service = Service(
            lambda _request: httpx.Response(429, json={"error_code": "APIGW.0308", "error_msg": "over ratelimit"})
        )
        with pytest.raises(Throttled) as caught:
            await WiredCloud(service).cloud.send(checkpoint_change_of(BODY), PROJECT)
        assert (caught.value.executed, service.count("POST")) == (False, 1)

    asyncio.run(main())


def test_a_refusal_under_a_good_status_is_a_refusal() -> None:
    async def main() -> None:
        refusal = {"error_code": "BackupService.9910", "error_msg": "Unknown error"}
        with pytest.raises(Refused) as caught:
            await WiredCloud(Service(lambda _request: httpx.Response(200, json=refusal))).cloud.vaults()
        assert (caught.value.code, caught.value.status) == ("BackupService.9910", 200)

    asyncio.run(main())


def test_a_sign_in_page_is_not_an_empty_list() -> None:
    async def main() -> None:
        wired = WiredCloud(Service(lambda _request: httpx.Response(200, html="<form>")))
        with pytest.raises(SignInPage):
            await wired.cloud.vaults()
        assert wired.connection.reach is Reach.UNREACHABLE

    asyncio.run(main())


@pytest.mark.parametrize("body", [b"null", b"[]", b'{"vaults": null}', b"{}", b"[1,2,3]", b""])
def test_an_odd_list_names_the_fault(body: bytes) -> None:
    async def main() -> None:
        with pytest.raises(BadAnswer) as caught:
            await WiredCloud(Service(lambda _request: httpx.Response(200, content=body))).cloud.vaults()
        assert caught.value.detail
        assert caught.value.host == "cbr.example"

    asyncio.run(main())


@pytest.mark.parametrize("id", ["", "..", "../../v3/other", "x" * 36, f"{VAULT}/tags", f"{VAULT}\n", VAULT + "?a=b"])
def test_what_is_no_id_is_not_sent(id: str) -> None:
    async def main() -> None:
        service = Service(lambda _request: httpx.Response(200, content=NO_VAULTS))
        cloud = WiredCloud(service).cloud
        for call in (
            cloud.checkpoint(CheckpointId(id)),
            cloud.backups(vault_id=VaultId(id)),
            cloud.send(checkpoint_change_of(BODY), ProjectId(id)),
        ):
            with pytest.raises(NotFound) as caught:
                await call
            assert caught.value.executed is False
        assert service.requests == []

    asyncio.run(main())


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "cbr.example",
        "http://cbr.example",
        "ftp://cbr.example",
        "https://",
        "https://cbr.example/v3",
        "https://cbr.example?x=1",
        "https://a:b@cbr.example",
        "https://cbr.example:99999",
        "https://[",
    ],
)
@pytest.mark.parametrize("field", ["iam_endpoint", "cbr_endpoint"])
def test_an_endpoint_that_is_none(endpoint: str, field: str) -> None:
    profile: Profile = replace(PROFILE, **{field: endpoint})  # type: ignore[arg-type]
    with pytest.raises(ProfileError) as caught:
        WiredCloud(Service(), profile)
    assert caught.value.field == field


def test_over_a_real_socket() -> None:
    async def main() -> None:
        token = b'{"token": {"project": {"id": "%s"}}}' % PROJECT.encode()
        async with (
            serving(answering(response(token, b"X-Subject-Token: t", status=b"201 Created"))) as iam,
            serving(answering(response(CREATED, b"Date: Sun, 01 Mar 2026 12:00:00 GMT"))) as cbr,
        ):
            wired = WiredCloud(Network(), replace(PROFILE, iam_endpoint=iam.url, cbr_endpoint=cbr.url + "/"))
            answer = await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
            await wired.cloud.aclose()
            assert answer.server_time == datetime(2026, 3, 1, 12, tzinfo=UTC)
            head, _, body = cbr.requests[0].partition(b"\r\n\r\n")
            assert body == BODY
            assert head.startswith(b"POST /v3/%s/checkpoints HTTP/1.1" % PROJECT.encode())
            assert (len(iam.requests), len(cbr.requests)) == (1, 1)
            assert b"x-auth-token" not in iam.requests[0].lower()

    asyncio.run(main())


def test_regions() -> None:
    assert REGIONS["ap-southeast-1"].cbr == "https://cbr.ap-southeast-1.myhuaweicloud.com"
    for endpoints in REGIONS.values():
        WiredCloud(Service(), replace(PROFILE, cbr_endpoint=endpoints.cbr, iam_endpoint=endpoints.iam))
