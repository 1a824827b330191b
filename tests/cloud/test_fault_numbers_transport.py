"""Faults 1 to 19 of the catalogue: what a network does to requests, by number."""

import asyncio
import contextlib
import gzip
import json
import os
import socket
import ssl
import threading
import tracemalloc
import zlib
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from cbr_desktop.cloud.network import context_of, effective_network
from cbr_desktop.cloud.transport import BODY_LIMIT
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import (
    BadAnswer,
    CbrError,
    CloudError,
    NoAnswer,
    Redirected,
    SignInPage,
    Unreachable,
)
from cbr_desktop.domain.network import RouteReason
from cbr_desktop.domain.profile import ProxyMode
from cbr_desktop.workflows.ledger import Part
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.certificates import self_signed
from tests.cloud.faults import Behaviour, Tunnel, answering, resetting, response, serving
from tests.cloud.stage import EARLIER, Stage, listed, stage, told
from tests.cloud.values import BODY, CREATED, NO_VAULTS, NOON

GZIP = b"Content-Encoding: gzip"
CHUNKED = b"Transfer-Encoding: chunked"
UNTIL_CLOSED = b"Connection: close"
PACKED = gzip.compress(NO_VAULTS * 50)
HALF = b'{"vaults": [{"id": "half-1"}, '
CUT = "cut short"

Story = Callable[[Stage], Awaitable[None]]


def played(story: Story, faults: dict[str, Behaviour] | None = None, **options: Any) -> None:
    async def main() -> None:
        async with stage(faults, **options) as opened:
            await story(opened)

    asyncio.run(main())


def lists_survive(behaviour: Behaviour, kind: type[CloudError], reads: int, words: str, **options: Any) -> None:
    """Read all lists while those of the vaults fail: the old ones stay, the request comes so many times."""

    async def story(opened: Stage) -> None:
        error = await opened.fail_to_read_vaults()
        assert type(error) is kind, repr(error)
        assert words in told(error)
        assert opened.site.count("GET", "vaults") == reads
        assert opened.site.count("POST", "tokens") == 1

    played(story, {"vaults": behaviour}, **options)


def a_post_is_sent_once(
    behaviour: Behaviour, kind: type[CloudError], reach: Reach = Reach.UNREACHABLE, **options: Any
) -> None:
    """Send a checkpoint into the fault: nobody can know what became of it, and it is not sent again."""

    async def story(opened: Stage) -> None:
        error = await opened.post()
        assert type(error) is kind, repr(error)
        assert isinstance(error, CloudError)
        assert error.executed is None
        told(error)
        assert opened.site.count("POST", "checkpoints") == 1
        assert opened.connection.reach is reach

    played(story, {"checkpoints": behaviour}, **options)


def nobody_knows(_host: str, *_arguments: Any, **_options: Any) -> list[Any]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@contextlib.contextmanager
def nobody_listens() -> Iterator[int]:
    """Hold a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("reason", ["connection", "name"])
def test_fault_01_no_connection(reason: str) -> None:
    asked: list[str] = []

    def resolve(host: str, *_arguments: Any, **_options: Any) -> list[Any]:
        asked.append(host)
        return nobody_knows(host)

    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        error = opened.ledger.freshness[Part.VAULTS].error
        assert isinstance(error, Unreachable)
        assert error.reason == reason
        assert "Cannot reach " in told(error)
        assert list(opened.ledger.vaults) == ["old-1", "old-2"]
        assert opened.as_of(Part.VAULTS) == EARLIER
        assert opened.connection.reach is Reach.UNREACHABLE
        # five lists, each tried once more after a wait
        assert len(opened.clock.sleeps) == 5
        assert len(asked) == (10 if reason == "name" else 0)
        opened.clock.sleeps.clear()
        error = await opened.post()
        assert isinstance(error, Unreachable)
        assert error.executed is False
        assert opened.clock.sleeps == []
        assert opened.site.count("POST", "checkpoints") == 0

    with nobody_listens() as port:
        host = "127.0.0.1" if reason == "connection" else "localhost"
        played(story, network={"resolve": resolve}, cbr_endpoint=f"http://{host}:{port}")


def test_fault_02_no_answer_at_all() -> None:
    lists_survive(answering(), NoAnswer, 2, "did not answer", deadline=1.2)
    a_post_is_sent_once(answering(), NoAnswer, deadline=0.4)


@pytest.mark.parametrize(
    "drips",
    [
        answering(*[b"H"] * 100, pause=0.1),
        answering(response(b"{", length=101), *[b" "] * 100, pause=0.1),
    ],
    ids=["before the body", "in the body"],
)
def test_fault_03_one_byte_at_a_time(drips: Behaviour) -> None:
    lists_survive(drips, NoAnswer, 2, "did not answer", deadline=1.2)
    a_post_is_sent_once(drips, NoAnswer, deadline=0.4)


def test_fault_04_shorter_than_its_length() -> None:
    cut = answering(response(HALF, length=100), close=True)
    lists_survive(cut, NoAnswer, 2, CUT)
    a_post_is_sent_once(cut, NoAnswer)


@pytest.mark.parametrize("body", [b"40\r\n" + HALF, b"2\r\n{}\r\n"], ids=["in mid-chunk", "before the last"])
def test_fault_05_cut_between_chunks(body: bytes) -> None:
    cut = answering(response(body, CHUNKED), close=True)
    lists_survive(cut, NoAnswer, 2, CUT)
    a_post_is_sent_once(cut, NoAnswer)


@pytest.mark.parametrize("body", [b"[1,2,3]", b"[]", b"7", b"{}"])
def test_fault_06_cut_where_it_still_is_json(body: bytes) -> None:
    cut = answering(response(body, UNTIL_CLOSED), close=True)
    lists_survive(cut, BadAnswer, 1, "is not one of this service")
    a_post_is_sent_once(cut, BadAnswer, Reach.ONLINE)


def test_fault_07_gzip_without_its_end() -> None:
    for packed in (PACKED[:-12], PACKED[:-8]):
        lists_survive(answering(response(packed, GZIP)), NoAnswer, 2, CUT)
        a_post_is_sent_once(answering(response(packed, GZIP)), NoAnswer)


@pytest.mark.parametrize(
    "packed",
    [PACKED[:-8] + b"\0" * 8, NO_VAULTS, PACKED + b"more of it"],
    ids=["damaged", "no gzip", "bytes after it"],
)
def test_fault_07_gzip_that_is_wrong(packed: bytes) -> None:
    lists_survive(answering(response(packed, GZIP)), BadAnswer, 1, "is not one of this service")


def bomb() -> bytes:
    """Return about a megabyte that unpacks to a gigabyte: a block that stands for itself, many times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * 2**24) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * 64


def test_fault_08_a_gzip_bomb() -> None:
    packed = bomb()
    assert len(packed) < 2**21

    async def story(opened: Stage) -> None:
        tracemalloc.start()
        try:
            error = await opened.fail_to_read_vaults()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert isinstance(error, BadAnswer)
        assert "larger than 16 MiB" in told(error)
        assert peak < 100 * 2**20
        assert opened.site.count("GET", "vaults") == 1

    played(story, {"vaults": answering(response(packed, GZIP))})
    a_post_is_sent_once(answering(response(packed, GZIP)), BadAnswer)


def test_fault_09_a_hundred_megabytes() -> None:
    row = b'{"id": "3b5816b5-f29c-4172-9d9a-76c719a659ce", "name": "' + b"x" * 1000 + b'"},'
    block, sent = row * 1000, 0

    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(response(b'{"vaults": [', UNTIL_CLOSED))
        while sent < 100 * 2**20:
            writer.write(block)
            await writer.drain()
            sent += len(block)
        writer.close()

    lists_survive(pour, BadAnswer, 1, "larger than 16 MiB")
    assert sent < 2 * BODY_LIMIT
    lists_survive(answering(response(b"", length=100 * 2**20)), BadAnswer, 1, "larger than 16 MiB")


def test_fault_09_a_string_of_ten_megabytes() -> None:
    name = "x" * 10_000_000
    body = json.dumps({"vaults": [{"id": "new-1", "name": name}], "count": 1}).encode()

    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        assert [vault.name for vault in opened.ledger.vaults.values()] == [name]
        assert opened.site.count("GET", "vaults") == 1

    played(story, {"vaults": answering(response(body))})


@pytest.mark.parametrize("row", ['{"id": "%d"}', '{"id": %d}', '{"id": "%d", "billing": []}', "%d"])
def test_fault_09_two_hundred_thousand_items(row: str) -> None:
    body = f'{{"vaults": [{",".join(row % number for number in range(200_000))}], "count": 200000}}'.encode()
    lists_survive(answering(response(body)), BadAnswer, 1, "is not one of this service")


@pytest.mark.parametrize(
    "behaviour",
    [resetting(), resetting(response(HALF, length=100)), answering(close=True)],
    ids=["reset before headers", "reset in the body", "closed after reading"],
)
def test_fault_10_the_connection_goes_away(behaviour: Behaviour) -> None:
    lists_survive(behaviour, NoAnswer, 2, "did not answer")
    a_post_is_sent_once(behaviour, NoAnswer)


def test_fault_11_an_idle_connection_is_closed() -> None:
    created = answering(response(CREATED))
    idle: list[asyncio.StreamWriter] = []

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        idle.append(writer)
        await answering(listed("policies", "policy-1"))(reader, writer)

    async def close_them(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert writer not in idle, "the request came over a connection that others had used"
        for each in idle:
            each.transport.abort()
        await created(reader, writer)

    async def story(opened: Stage) -> None:
        await opened.cloud.policies()
        before = opened.server.connections
        await opened.cloud.send(checkpoint_change_of(BODY), await opened.cloud.project_id())
        assert opened.server.connections == before + 1
        assert opened.site.count("POST", "checkpoints") == 1
        # the list comes over a new connection, and nobody notices
        await opened.cloud.policies()

    played(story, {"policies": keep, "checkpoints": close_them})
    a_post_is_sent_once(answering(close=True), NoAnswer)


@pytest.mark.parametrize(
    "behaviour",
    [
        answering(response(b"{}", b"X-Big: " + b"a" * 200_000)),
        answering(response(b"{}", b"X-Big: " + b"a" * 90_000)),
        answering(response(b"{}", *[b"X-Many: 1"] * 150)),
        answering(response(b"{}", b"Content-Length: 7")),
        answering(b"HELLO\r\n\r\n", close=True),
        answering(b"\x15\x03\x01\x00\x02\x02\x46", close=True),
        answering(response(b"x", b"Content-Encoding: br")),
    ],
    ids=["huge header", "large header", "many headers", "two lengths", "bad status line", "TLS", "odd encoding"],
)
def test_fault_12_no_valid_answer(behaviour: Behaviour) -> None:
    lists_survive(behaviour, BadAnswer, 1, "The answer of 127.0.0.1")
    a_post_is_sent_once(behaviour, BadAnswer)


def test_fault_12_a_plain_port_behind_https() -> None:
    async def main() -> None:
        async with serving(answering(b"HTTP/1.1 400 Bad\r\n\r\n", close=True), at_once=True) as plain:
            await story(plain.port)

    async def story(port: int) -> None:
        async with stage(cbr_endpoint=f"https://127.0.0.1:{port}") as opened:
            await opened.refresh.once()
            error = opened.ledger.freshness[Part.VAULTS].error
            assert isinstance(error, Unreachable)
            assert error.reason == "tls"
            assert "no secure connection" in told(error)
            error = await opened.post()
            assert isinstance(error, Unreachable)
            assert error.executed is False

    asyncio.run(main())


@pytest.mark.parametrize("status", [b"302 Found", b"307 Temporary Redirect", b"308 Permanent Redirect"])
@pytest.mark.parametrize("target", ["another host", "http", "itself"])
def test_fault_13_redirects(status: bytes, target: str) -> None:
    async def main() -> None:
        async with serving(answering(response(NO_VAULTS))) as sink:
            place = {
                "another host": f"https://localhost:{sink.port}/v3?token=1",
                "http": f"{sink.url}/v3",
                "itself": "/v3/vaults",
            }[target]
            redirect = answering(response(b"", b"Location: " + place.encode(), status=status))
            async with stage({"vaults": redirect, "checkpoints": redirect}) as opened:
                error = await opened.fail_to_read_vaults()
                assert isinstance(error, Redirected)
                sentence = told(error)
                assert ("localhost" if target == "another host" else "127.0.0.1") in sentence
                assert "nothing was sent there" in sentence
                assert "token=1" not in sentence
                error = await opened.post()
                assert isinstance(error, Redirected)
                assert error.executed is None
                assert opened.site.count("GET", "vaults") == opened.site.count("POST", "checkpoints") == 1
            assert sink.connections == 0

    asyncio.run(main())


def certified(made: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.configure_cert(context)
    return context


@pytest.mark.parametrize("what", ["self-signed", "expired", "not yet valid", "wrong-name", "unknown-authority"])
def test_fault_14_certificates(what: str, authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    past, future = datetime(2001, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
    context = {
        "self-signed": lambda: self_signed(
            tmp_path, "127.0.0.1", NOON - timedelta(days=3650), NOON + timedelta(days=3650)
        ),
        "expired": lambda: certified(authority.issue_cert("127.0.0.1", not_after=past)),
        "not yet valid": lambda: certified(authority.issue_cert("127.0.0.1", not_before=future, not_after=future)),
        "wrong-name": lambda: certified(authority.issue_cert("other.example")),
        "unknown-authority": lambda: certified(trustme.CA().issue_cert("127.0.0.1")),
    }[what]()

    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        error = opened.ledger.freshness[Part.VAULTS].error
        assert isinstance(error, Unreachable)
        assert error.reason == ("expired" if what == "not yet valid" else what)
        sentence = told(error)
        assert "company CA in the profile" in sentence
        assert "anyway" not in sentence
        assert list(opened.ledger.vaults) == ["old-1", "old-2"]
        assert opened.clock.sleeps == [], "it was tried again"
        error = await opened.post()
        assert isinstance(error, Unreachable)
        assert error.executed is False
        # not a byte of HTTP
        assert opened.site.requests == []

    played(story, context=context, ca_file=ca_file)


@pytest.mark.parametrize("where", ["store", "profile"])
def test_fault_15_a_company_s_authority(where: str, authority: trustme.CA, ca_file: str) -> None:
    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        assert list(opened.ledger.vaults) == ["new-1", "new-2", "new-3"]

    context = certified(authority.issue_cert("127.0.0.1"))
    if where == "store":
        played(story, context=context, network={"authorities": partial(context_of, store=(ca_file,))})
    else:
        played(story, context=context, ca_file=ca_file)


PROXY_PASSWORD = "CANARY-proxy-pass"


@pytest.mark.parametrize("password", [PROXY_PASSWORD, "CANARY-wrong"])
def test_fault_15_a_proxy_that_wants_a_login(password: str, authority: trustme.CA, ca_file: str) -> None:
    async def given() -> str:
        return password

    async def main() -> None:
        tunnel = Tunnel(0, login=b"Basic " + b64encode(f"ada:{PROXY_PASSWORD}".encode()))
        async with (
            serving(tunnel, at_once=True) as proxy,
            stage(
                behind=certified(authority.issue_cert("iam.example", "cbr.example")),
                network={"proxy_password": given},
                iam_endpoint="https://iam.example",
                cbr_endpoint="https://cbr.example",
                proxy=ProxyMode.MANUAL,
                proxy_url=proxy.url,
                proxy_user="ada",
                ca_file=ca_file,
            ) as opened,
        ):
            tunnel.port = opened.server.port
            await opened.refresh.once()
            if password == PROXY_PASSWORD:
                assert list(opened.ledger.vaults) == ["new-1", "new-2", "new-3"]
                assert not [each for each in opened.site.requests if b"proxy-authorization" in each.lower()]
                return
            error = opened.ledger.freshness[Part.VAULTS].error
            assert isinstance(error, Unreachable)
            assert error.reason == "proxy-login"
            assert "the proxy wants a login" in told(error)
            error = await opened.post()
            assert isinstance(error, Unreachable)
            assert error.executed is False
            # the account at the proxy is not locked by trying
            assert len(tunnel.heads) == 1
            assert opened.site.requests == []

    asyncio.run(main())


@pytest.mark.parametrize("mode", [ProxyMode.SYSTEM, ProxyMode.NONE])
def test_fault_16_the_environment(
    mode: ProxyMode, authority: trustme.CA, ca_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, keys, netrc, other = (tmp_path / name for name in ("planted.pem", "keys", "netrc", "other.pem"))
    hostile = trustme.CA()
    hostile.cert_pem.write_to_path(planted)
    trustme.CA().cert_pem.write_to_path(other)
    netrc.write_text("machine 127.0.0.1 login CANARY password CANARY-netrc\ndefault login x password CANARY-netrc\n")
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://ada:CANARY-proxy@127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", str(planted))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(planted))

    async def works(opened: Stage) -> None:
        await opened.refresh.once()
        assert list(opened.ledger.vaults) == ["new-1", "new-2", "new-3"]
        assert not [each for each in opened.site.requests if b"\nauthorization:" in each.lower()]

    async def is_refused(opened: Stage) -> None:
        await opened.refresh.once()
        error = opened.ledger.freshness[Part.VAULTS].error
        assert isinstance(error, Unreachable)
        assert error.reason == "unknown-authority"
        assert opened.site.requests == []

    played(works, context=certified(authority.issue_cert("127.0.0.1")), ca_file=ca_file, proxy=mode)
    # a context that is made now, with the planted file in the environment, does not trust it
    played(is_refused, context=certified(hostile.issue_cert("127.0.0.1")), ca_file=str(other), proxy=mode)
    assert not keys.exists()

    async def shown(opened: Stage) -> None:
        profile = opened.ledger.profile
        found = effective_network(profile)
        assert {route.reason for route in found.routes} == {RouteReason.LOOPBACK}
        assert {variable.name for variable in found.variables if not variable.used} >= {
            *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "NETRC", "REQUESTS_CA_BUNDLE", "HTTP_PROXY"),
        }
        assert "CANARY-proxy" not in repr(found)

    played(shown, proxy=mode)


PAGE = b"<!DOCTYPE html><form>Welcome to Hotel Wi-Fi, please sign in</form>"
PORTAL = b"Location: http://portal.example/login?from=cbr"


@pytest.mark.parametrize("place", ["vaults", "tokens"])
@pytest.mark.parametrize(
    ("page", "kind", "words"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n", SignInPage, "wants a sign-in"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", SignInPage, "wants a sign-in"),
        (b"HTTP/1.1 511 Sign in\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n", SignInPage, "a sign-in"),
        (b"HTTP/1.1 302 Found\r\n" + PORTAL + b"\r\nContent-Length: %d\r\n\r\n", Redirected, "portal.example"),
    ],
    ids=["html", "unmarked html", "511", "302"],
)
def test_fault_17_a_captive_portal(page: bytes, kind: type[CbrError], words: str, place: str) -> None:
    behaviour = answering(page % len(PAGE) + PAGE)

    async def story(opened: Stage) -> None:
        if place == "vaults":
            error = await opened.fail_to_read_vaults()
        else:
            await opened.refresh.once()
            found = opened.ledger.freshness[Part.VAULTS].error
            assert found is not None
            error = found
            assert len(opened.ledger.vaults) == 2
        assert type(error) is kind
        assert words in told(error)
        assert "sign in with a browser" in told(error).lower()
        assert opened.site.count("GET", "vaults") == (place == "vaults")
        assert opened.site.count("POST", "tokens") == 1

    played(story, {place: behaviour})
    if place == "vaults":
        a_post_is_sent_once(behaviour, kind)  # type: ignore[arg-type]


@contextlib.contextmanager
def black_hole(port: int) -> Iterator[None]:
    """Let an IPv6 port take no connection and refuse none, as a broken tunnel does."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket(socket.AF_INET6))
        full.bind(("::1", port))
        full.listen(0)
        for _ in range(4):
            caller = stack.enter_context(socket.socket(socket.AF_INET6))
            caller.setblocking(False)
            caller.connect_ex(("::1", port))
        yield


def both_families(_host: str, port: int, **_options: Any) -> list[Any]:
    kind = socket.SOCK_STREAM
    return [
        (socket.AF_INET6, kind, 6, "", ("::1", port, 0, 0)),
        (socket.AF_INET, kind, 6, "", ("127.0.0.1", port)),
    ]


def test_fault_18_an_ipv6_black_hole() -> None:
    async def main() -> None:
        async with serving(answering(listed("vaults", "far-1"))) as server:
            with black_hole(server.port):
                endpoint = f"http://localhost:{server.port}"
                async with stage(cbr_endpoint=endpoint, network={"resolve": both_families}, deadline=5) as opened:
                    assert [vault.id for vault in (await opened.cloud.vaults()).rows] == ["far-1"]
                    assert server.count("GET") == 1

    asyncio.run(main())


def test_fault_18_names_take_their_time() -> None:
    answer = threading.Event()

    def slow(host: str, *_arguments: Any, **_options: Any) -> list[Any]:
        answer.wait()
        return nobody_knows(host)

    async def story(opened: Stage) -> None:
        await opened.cloud.project_id()
        # within the deadline of the whole
        error = await opened.post()
        assert isinstance(error, Unreachable)
        assert (error.reason, error.executed) == ("timeout", False)
        assert "did not take the connection in time" in told(error)
        # and cancelled at once: the loop goes round a few times, not for seconds
        reading = asyncio.get_running_loop().create_task(opened.cloud.vaults())
        await asyncio.sleep(0.05)
        beats = opened.pulse.beats
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert opened.pulse.beats - beats < 10

    # leaving does not wait for the name either: the answer comes after the loop has ended
    played(story, network={"resolve": slow}, cbr_endpoint="http://localhost:1", deadline=0.4)
    answer.set()


def test_fault_19_the_link_drops_between_lists() -> None:
    async def story(opened: Stage) -> None:
        error = await opened.fail_to_read_vaults()
        assert isinstance(error, NoAnswer)
        assert opened.as_of(Part.TASKS) != EARLIER
        assert opened.ledger.freshness[Part.TASKS].error is None
        assert opened.ledger.freshness[Part.POLICIES].error is None
        assert opened.site.count("GET", "operation-logs") == opened.site.count("GET", "policies") == 1

    played(story, {"vaults": resetting()})
