"""Fault 99 of the catalogue: whoever writes down what is sent hears of a request when it leaves, and not otherwise."""

import asyncio
import socket
import ssl
from collections.abc import Mapping

import pytest
import trustme
from msgspec.structs import replace

from cbr_desktop.cloud.network import Network
from cbr_desktop.domain.error import CloudError, NotSaved, Unreachable
from cbr_desktop.domain.profile import Profile, ProxyMode
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import Tunnel, answering, response, serving
from tests.cloud.stage import Site
from tests.cloud.values import BODY, CREATED, PROFILE, PROJECT, Service, WiredCloud


class Clerk:
    """Notes what it hears, and how many requests for a checkpoint the service had got by then."""

    def __init__(self, site: Site | None = None, refusal: Exception | None = None) -> None:
        self.site = site
        self.refusal = refusal
        self.heard: list[tuple[str, object]] = []

    def asks(self, method: str, _url: str, headers: Mapping[str, str], body: bytes) -> None:
        assert (method, body, "X-Auth-Token" in headers) == ("POST", BODY, True)
        self.heard.append(("asks", self.site.count("POST", "checkpoints") if self.site else None))
        if self.refusal is not None:
            raise self.refusal

    def answers(self, status: int, _request_id: str, _code: str, _body: bytes | None, error: str = "") -> None:
        self.heard.append(("answers", status or error))


def played(clerk: Clerk, wired: WiredCloud) -> CloudError | None:
    async def main() -> CloudError | None:
        await wired.cloud.project_id()
        try:
            await wired.cloud.send(checkpoint_change_of(BODY), PROJECT, clerk)
        except CloudError as error:
            return error
        finally:
            await wired.cloud.aclose()
        return None

    return asyncio.run(main())


def test_fault_99_working_offline_nothing_is_told_of_a_request_that_stays() -> None:
    is_offline = False
    wired, clerk = WiredCloud(Service(), offline=lambda: is_offline), Clerk()

    async def main() -> None:
        nonlocal is_offline
        await wired.cloud.project_id()
        is_offline = True
        with pytest.raises(Unreachable) as caught:
            await wired.cloud.send(checkpoint_change_of(BODY), PROJECT, clerk)
        assert (caught.value.reason, caught.value.executed) == ("offline", False)

    asyncio.run(main())
    assert clerk.heard == []


def closed_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.mark.parametrize("way", ["nobody listens", "no name", "no trust", "no tunnel"])
def test_fault_99_nothing_is_told_where_there_was_no_connection(way: str) -> None:
    async def main() -> None:
        site = Site({"checkpoints": answering(response(CREATED))})
        authority = trustme.CA()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
        async with (
            serving(site, at_once=True) as server,
            serving(site, context, at_once=True) as secured,
            serving(Tunnel(1, refusal=refusal), at_once=True) as proxy,
        ):
            places = {
                "nobody listens": f"http://127.0.0.1:{closed_port()}",
                "no name": "http://localhost",
                "no trust": secured.url.replace("http:", "https:"),
                "no tunnel": "https://cbr.example",
            }
            profile = replace(PROFILE, iam_endpoint=server.url, cbr_endpoint=places[way], proxy=ProxyMode.NONE)
            if way == "no tunnel":
                profile = replace(profile, proxy=ProxyMode.MANUAL, proxy_url=proxy.url)

            def resolve(_host: str, *_rest: object, **_more: object) -> list[tuple[object, ...]]:
                raise socket.gaierror(socket.EAI_NONAME, "no such name")

            wired, clerk = WiredCloud(Network(profile, resolve=resolve), profile), Clerk()  # type: ignore[arg-type]
            await wired.cloud.project_id()
            with pytest.raises(Unreachable) as caught:
                await wired.cloud.send(checkpoint_change_of(BODY), PROJECT, clerk)
            assert caught.value.executed is False
            assert clerk.heard == []
            assert site.count("POST", "checkpoints") == 0
            await wired.cloud.aclose()

    asyncio.run(main())


def served(clerk: Clerk, site: Site) -> BaseException | None:
    async def main() -> BaseException | None:
        async with serving(site, at_once=True) as server:
            profile: Profile = replace(PROFILE, iam_endpoint=server.url, cbr_endpoint=server.url, proxy=ProxyMode.NONE)
            wired = WiredCloud(Network(profile), profile)
            try:
                await wired.cloud.send(checkpoint_change_of(BODY), PROJECT, clerk)
            except (CloudError, NotSaved) as error:
                return error
            finally:
                await wired.cloud.aclose()
            return None

    return asyncio.run(main())


def test_fault_99_a_request_is_told_of_before_its_first_byte_leaves_and_once() -> None:
    site = Site({"checkpoints": answering(response(CREATED))})
    clerk = Clerk(site)
    assert served(clerk, site) is None
    assert clerk.heard == [("asks", 0), ("answers", 200)]
    assert site.count("POST", "checkpoints") == 1


def test_fault_99_a_request_that_cannot_be_written_down_does_not_leave() -> None:
    site = Site({"checkpoints": answering(response(CREATED))})
    clerk = Clerk(site, NotSaved("journal", "disk full"))
    assert isinstance(served(clerk, site), NotSaved)
    assert clerk.heard == [("asks", 0)]
    assert site.count("POST", "checkpoints") == 0
