"""The way to the service: proxies, authorities, names and addresses, and what the environment has no say in."""

import asyncio
import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme
from msgspec.structs import replace

from cbr_desktop.cloud.network import Network, aside, context_of, effective_network, masked, system_authorities
from cbr_desktop.cloud.transport import Call
from cbr_desktop.domain.error import NoAnswer, ProfileError, SecretMissing, Unreachable
from cbr_desktop.domain.network import RouteReason
from cbr_desktop.domain.profile import AddressFamily, Profile, ProxyMode
from tests.cloud.faults import Behaviour, FaultServer, Tunnel, answering, response, serving
from tests.cloud.test_transport import Line
from tests.cloud.values import PROFILE

DIRECT = replace(PROFILE, proxy=ProxyMode.NONE)
PASSWORD = "CANARY p:ss@"
OK = answering(response(b"{}"))


@pytest.fixture
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("cbr.example", "proxy.example", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(autouse=True)
def _no_proxy_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@contextlib.asynccontextmanager
async def line(profile: Profile, *arguments: Any, **options: Any) -> AsyncIterator[Line]:
    found = Line(Network(profile, *arguments, **options))
    try:
        yield found
    finally:
        await found.client.aclose()


@contextlib.asynccontextmanager
async def behind_a_proxy(
    certificate: ssl.SSLContext, proxy_certificate: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[tuple[FaultServer, Tunnel, int]]:
    async with serving(OK, certificate) as server:
        tunnel = Tunnel(server.port, **options)
        async with serving(tunnel, proxy_certificate, at_once=True) as proxy:
            yield server, tunnel, proxy.port


async def password() -> str:
    return PASSWORD


def basic(user: str, word: str) -> bytes:
    return b"Basic " + b64encode(f"{user}:{word}".encode())


def played(story: Callable[[], Any]) -> None:
    asyncio.run(story())


def test_a_proxy_of_the_profile(certificate: ssl.SSLContext, ca_file: str) -> None:
    async def story() -> None:
        async with behind_a_proxy(certificate) as (server, tunnel, port):
            profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=f"http://127.0.0.1:{port}", ca_file=ca_file)
            async with line(profile) as one:
                await one.client.read(Call("GET", "https://cbr.example/v3/x"))
                await one.client.read(Call("GET", "https://cbr.example/v3/x"))
                await one.client.once(Call("POST", "https://cbr.example/v3/x", body=b"{}", fresh=True))
            assert [head.splitlines()[0] for head in tunnel.heads] == [b"CONNECT cbr.example:443 HTTP/1.1"] * 2
            assert (server.count("GET"), server.count("POST")) == (2, 1)
            assert b"authorization" not in b"".join(tunnel.heads).lower()

    played(story)


def test_a_proxy_with_a_login(certificate: ssl.SSLContext, ca_file: str) -> None:
    async def story() -> None:
        async with behind_a_proxy(certificate, login=basic("ada", PASSWORD)) as (server, _, port):
            url = f"http://127.0.0.1:{port}"
            profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=url, proxy_user="ada", ca_file=ca_file)
            async with line(profile, password) as one:
                await one.client.read(Call("GET", "https://cbr.example/"))
            assert b"authorization" not in server.requests[0].lower()

    played(story)


def test_a_proxy_that_speaks_tls(certificate: ssl.SSLContext, ca_file: str) -> None:
    async def story() -> None:
        async with behind_a_proxy(certificate, certificate) as (server, tunnel, port):
            profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=f"https://127.0.0.1:{port}", ca_file=ca_file)
            async with line(profile) as one:
                await one.client.read(Call("GET", "https://cbr.example/"))
            assert (len(tunnel.heads), server.count("GET")) == (1, 1)

    played(story)


def test_a_password_that_a_proxy_refused_is_not_tried_again(certificate: ssl.SSLContext, ca_file: str) -> None:
    async def story() -> None:
        words = ["wrong", "wrong", PASSWORD]

        async def given() -> str:
            return words.pop(0)

        async with behind_a_proxy(certificate, login=basic("ada", PASSWORD)) as (server, tunnel, port):
            url = f"http://127.0.0.1:{port}"
            profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=url, proxy_user="ada", ca_file=ca_file)
            async with line(profile, given) as one:
                for _ in range(2):
                    with pytest.raises(Unreachable) as caught:
                        await one.client.read(Call("GET", "https://cbr.example/"))
                    assert (caught.value.reason, caught.value.executed) == ("proxy-login", False)
                    assert "wrong" not in repr(caught.value)
                assert len(tunnel.heads) == 1
                await one.client.read(Call("GET", "https://cbr.example/"))
            assert (len(tunnel.heads), server.count("GET")) == (2, 1)

    played(story)


def test_a_refused_password_may_be_tried_again_when_a_person_wants_it(certificate: ssl.SSLContext) -> None:
    async def story() -> None:
        async with behind_a_proxy(certificate, login=b"Basic nobody") as (_, tunnel, port):
            url = f"http://127.0.0.1:{port}"
            network = Network(replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=url, proxy_user="ada"), password)
            one = Line(network)
            for _ in range(3):
                with pytest.raises(Unreachable):
                    await one.client.read(Call("GET", "https://cbr.example/"))
            assert len(tunnel.heads) == 1
            network.allow_again()
            with pytest.raises(Unreachable):
                await one.client.read(Call("GET", "https://cbr.example/"))
            await one.client.aclose()
            assert len(tunnel.heads) == 2

    played(story)


def test_a_missing_proxy_password_is_asked_for() -> None:
    async def missing() -> str:
        raise SecretMissing("test", "proxy-password")

    async def story() -> None:
        profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url="http://127.0.0.1:9", proxy_user="ada")
        async with line(profile, missing) as one:
            with pytest.raises(SecretMissing):
                await one.client.read(Call("GET", "https://cbr.example/"))

    played(story)


def test_the_system_s_proxy_and_its_exceptions(
    certificate: ssl.SSLContext, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with behind_a_proxy(certificate, login=basic("ada", "p@ss")) as (server, tunnel, port):
            monkeypatch.setenv("HTTPS_PROXY", f"http://ada:p%40ss@127.0.0.1:{port}")
            monkeypatch.setenv("NO_PROXY", "other.example,.inside.example")
            async with line(replace(PROFILE, ca_file=ca_file), resolve=nobody) as one:
                await one.client.read(Call("GET", "https://cbr.example/"))
                for host in ("other.example", "deep.inside.example"):
                    with pytest.raises(Unreachable) as caught:
                        await one.client.once(Call("GET", f"https://{host}/"))
                    assert caught.value.reason == "name"
            assert (len(tunnel.heads), server.count("GET")) == (1, 1)

    played(story)


def nobody(_host: str, *_arguments: Any, **_options: Any) -> list[Any]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_this_machine_is_never_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with serving(OK) as server:
            monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
            for profile in (PROFILE, replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url="http://127.0.0.1:9")):
                async with line(profile) as one:
                    await one.client.read(Call("GET", server.url))
            assert server.count("GET") == 2

    played(story)


def test_a_network_that_was_left_is_noticed(
    certificate: ssl.SSLContext, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with behind_a_proxy(certificate) as (server, _, port):
            monkeypatch.setenv("HTTPS_PROXY", "127.0.0.1:9")
            async with line(replace(PROFILE, ca_file=ca_file)) as one:
                with pytest.raises(Unreachable) as caught:
                    await one.client.read(Call("GET", "https://cbr.example/"))
                assert caught.value.reason == "proxy"
                assert "127.0.0.1:9" in caught.value.detail
                monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{port}")
                await one.client.read(Call("GET", "https://cbr.example/"))
            assert server.count("GET") == 1

    played(story)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (answering(b"HTTP/1.1 407 Please\r\n\r\n", close=True), "proxy-login"),
        (answering(b"HTTP/1.1 403 No\r\n\r\n", close=True), "proxy"),
        (answering(b"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n", close=True), "proxy"),
        (answering(b"nonsense\r\n\r\n", close=True), "connection"),
        (answering(close=True), "connection"),
        (answering(), "timeout"),
    ],
    ids=["login", "forbidden", "redirect", "nonsense", "closed", "silence"],
)
def test_a_proxy_that_makes_no_tunnel_has_passed_nothing_on(behaviour: Behaviour, reason: str) -> None:
    async def story() -> None:
        async with serving(behaviour) as proxy:
            profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=proxy.url)
            one = Line(Network(profile), deadline=0.3)
            with pytest.raises(Unreachable) as caught:
                await one.client.once(Call("POST", "https://cbr.example/", body=b"{}", fresh=True))
            await one.client.aclose()
            assert (caught.value.reason, caught.value.executed) == (reason, False)
            assert proxy.count("POST") == 0

    played(story)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("socks5://proxy:1080", "SOCKS"),
        ("socks5h://proxy:1080", "SOCKS"),
        ("", "http://host:port"),
        ("proxy:3128", "http://host:port"),
        ("ftp://proxy", "http://host:port"),
        ("http://proxy:port", "http://host:port"),
        ("http://", "http://host:port"),
        ("http://proxy/path", "http://host:port"),
        ("http://ada:secret@proxy:3128", "a login"),
    ],
)
def test_a_proxy_that_cannot_be(url: str, word: str) -> None:
    profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=url)
    with pytest.raises(ProfileError, match=word) as caught:
        Network(profile)
    assert caught.value.field == "proxy_url"
    assert "secret" not in repr(caught.value)
    assert word in effective_network(profile, {}).proxy_problem


def test_a_system_s_proxy_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://ada:secret@127.0.0.1:9")

    async def story() -> None:
        async with line(PROFILE) as one:
            with pytest.raises(Unreachable, match="SOCKS") as caught:
                await one.client.read(Call("GET", "https://cbr.example/"))
        assert caught.value.reason == "proxy"
        assert "secret" not in repr(caught.value)

    played(story)


def test_a_company_s_authority_counts_beside_the_system_s(certificate: ssl.SSLContext, ca_file: str) -> None:
    async def story() -> None:
        async with serving(OK, certificate) as server:
            url = f"https://127.0.0.1:{server.port}/"
            async with line(replace(DIRECT, ca_file=ca_file)) as one:
                await one.client.read(Call("GET", url))
            async with line(DIRECT) as other:
                with pytest.raises(Unreachable) as caught:
                    await other.client.read(Call("GET", url))
            assert caught.value.reason == "unknown-authority"
            assert server.count("GET") == 1

    played(story)


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_company_s_file_that_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "company.pem"
    if content is not None:
        path.write_bytes(content)

    async def story() -> None:
        async with serving(OK) as server, line(replace(DIRECT, ca_file=str(path))) as one:
            for _ in range(2):
                with pytest.raises(Unreachable) as caught:
                    await one.client.read(Call("GET", server.url))
                assert (caught.value.reason, caught.value.executed) == ("ca-file", False)
                assert str(path) in caught.value.detail
            assert server.connections == 0

    played(story)


def test_a_company_s_file_that_was_put_right_is_read_again(authority: trustme.CA, tmp_path: Path) -> None:
    path = tmp_path / "company.pem"
    path.write_bytes(b"oops")

    async def story() -> None:
        async with serving(OK) as server, line(replace(DIRECT, ca_file=str(path))) as one:
            with pytest.raises(Unreachable):
                await one.client.read(Call("GET", server.url))
            authority.cert_pem.write_to_path(path)
            await one.client.read(Call("GET", server.url))
            assert server.count("GET") == 1

    played(story)


def test_profiles_with_the_same_authorities_share_a_context(ca_file: str, authority: trustme.CA) -> None:
    assert context_of("") is context_of("")
    first = context_of(ca_file)
    assert context_of(ca_file) is first
    assert first is not context_of("")
    Path(ca_file).write_bytes(authority.cert_pem.bytes() + trustme.CA().cert_pem.bytes())
    assert context_of(ca_file) is not first
    assert context_of(ca_file).verify_mode is ssl.CERT_REQUIRED
    assert context_of(ca_file).check_hostname


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("in_flight", [1, 3])
def test_a_file_of_authorities_is_read_when_the_folder_does_not_know_the_one(
    certificate: ssl.SSLContext, ca_file: str, tmp_path: Path, is_known: bool, in_flight: int
) -> None:
    folder = tmp_path / "authorities"
    folder.mkdir()
    if not is_known:
        Path(ca_file).write_bytes(trustme.CA().cert_pem.bytes())
    context = context_of("", store=(ca_file, str(folder)))
    assert context.cert_store_stats()["x509"] == 0, "the file can wait"

    async def story() -> None:
        async with serving(OK, certificate) as server, line(DIRECT, authorities=lambda _file: context) as one:
            url = f"https://127.0.0.1:{server.port}/"
            calls = [one.client.once(Call("POST", url, body=b"{}")) for _ in range(in_flight)]
            found = await asyncio.gather(*calls, return_exceptions=True)
            refused = [each for each in found if isinstance(each, Unreachable)]
            assert [each.reason for each in refused] == ([] if is_known else ["unknown-authority"] * in_flight)
            assert server.count("POST") == (in_flight if is_known else 0)

    played(story)
    assert context.cert_store_stats()["x509"] == 1


def test_the_system_s_authorities_are_not_the_environment_s(monkeypatch: pytest.MonkeyPatch, ca_file: str) -> None:
    before = system_authorities()
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)
    monkeypatch.setenv("SSL_CERT_DIR", str(Path(ca_file).parent))
    assert system_authorities() == before


@pytest.mark.parametrize(
    ("family", "host", "reason"),
    [
        (AddressFamily.ANY, "127.0.0.1", ""),
        (AddressFamily.IPV4, "127.0.0.1", ""),
        (AddressFamily.IPV6, "127.0.0.1", "connection"),
        (AddressFamily.ANY, "localhost", ""),
        (AddressFamily.IPV4, "localhost", ""),
        (AddressFamily.IPV6, "localhost", "connection"),
        (AddressFamily.IPV4, "[::1]", "connection"),
    ],
)
def test_only_addresses_of_the_wanted_kind_are_tried(family: AddressFamily, host: str, reason: str) -> None:
    """The server listens on IPv4 alone."""

    def both(_name: str, port: int, *, family: int, type: int) -> list[Any]:
        rows = [(socket.AF_INET6, type, 0, "", ("::1", port, 0, 0)), (socket.AF_INET, type, 0, "", ("127.0.0.1", port))]
        return [row for row in rows if family in (socket.AF_UNSPEC, row[0])]

    async def story() -> None:
        async with serving(OK) as server, line(replace(DIRECT, address_family=family), resolve=both) as one:
            call = Call("GET", f"http://{host}:{server.port}/")
            if not reason:
                await one.client.once(call)
                assert server.count("GET") == 1
            else:
                with pytest.raises(Unreachable) as caught:
                    await one.client.once(call)
                assert caught.value.reason == reason
                assert server.connections == 0

    played(story)


def test_a_name_without_an_address_of_the_wanted_kind() -> None:
    async def story() -> None:
        async with line(replace(DIRECT, address_family=AddressFamily.IPV6), resolve=nobody) as one:
            with pytest.raises(Unreachable, match="among IPv6") as caught:
                await one.client.once(Call("GET", "https://cbr.example/"))
            assert caught.value.reason == "name"

    played(story)


def test_work_aside_is_not_waited_for() -> None:
    stuck = threading.Event()

    async def story() -> None:
        task = asyncio.get_running_loop().create_task(aside(stuck.wait))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    played(story)
    stuck.set()


LEAVING = """
import asyncio, threading
from cbr_desktop.cloud.network import aside

async def main():
    asyncio.get_running_loop().create_task(aside(threading.Event().wait))
    await asyncio.sleep(0.01)

asyncio.run(main())
print("left")
"""


def test_a_program_ends_while_work_aside_is_stuck() -> None:
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", LEAVING], env=here, capture_output=True, text=True, timeout=30)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("left\n", "", 0)


def test_work_aside_gives_its_result_or_its_error() -> None:
    assert asyncio.run(aside(lambda: 7)) == 7
    with pytest.raises(KeyError):
        asyncio.run(aside(partial({}.__getitem__, "x")))


def test_what_counts_for_a_profile() -> None:
    environ = {
        "HTTPS_PROXY": "http://ada:secret@proxy.example:3128",
        "HTTP_PROXY": "http://other.example",
        "NO_PROXY": "iam.example",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "SSLKEYLOGFILE": "/var/keys",
        "NETRC": "/var/netrc",
        "HOME": "/home/ada",
    }
    found = effective_network(replace(PROFILE, ca_file="/etc/company.pem"), environ)
    iam, cbr = found.routes
    assert (iam.proxy, iam.reason) == ("", RouteReason.EXEMPT)
    assert (cbr.proxy, cbr.reason) == ("http://***@proxy.example:3128", RouteReason.SYSTEM)
    assert {each.name: each.used for each in found.variables} == {
        "HTTPS_PROXY": True,
        "HTTP_PROXY": False,
        "NO_PROXY": True,
        "SSL_CERT_FILE": False,
        "SSLKEYLOGFILE": False,
        "NETRC": False,
    }
    assert "secret" not in repr(found)
    assert (found.ca_file, found.authorities) == ("/etc/company.pem", system_authorities())


@pytest.mark.parametrize("mode", [ProxyMode.NONE, ProxyMode.MANUAL])
def test_variables_count_in_system_mode_alone(mode: ProxyMode) -> None:
    profile = replace(PROFILE, proxy=mode, proxy_url="http://mine.example:8080")
    found = effective_network(profile, {"https_proxy": "http://proxy.example", "all_proxy": "http://proxy.example"})
    expected = ("", RouteReason.NONE) if mode is ProxyMode.NONE else ("http://mine.example:8080", RouteReason.MANUAL)
    assert [(route.proxy, route.reason) for route in found.routes] == [expected] * 2
    assert not any(variable.used for variable in found.variables)


def test_small_letters_win_and_all_is_the_last_resort() -> None:
    found = effective_network(PROFILE, {"https_proxy": "small:1", "HTTPS_PROXY": "LARGE:1", "ALL_PROXY": "all:1"})
    assert {route.proxy for route in found.routes} == {"http://small:1"}
    assert [each.name for each in found.variables if each.used] == ["https_proxy"]
    found = effective_network(PROFILE, {"ALL_PROXY": "http://all:1"})
    assert {route.proxy for route in found.routes} == {"http://all:1"}
    assert [each.name for each in found.variables if each.used] == ["ALL_PROXY"]
    found = effective_network(PROFILE, {})
    assert {route.reason for route in found.routes} == {RouteReason.NOT_SET}


def test_this_machine_in_the_effective_network() -> None:
    profile = replace(PROFILE, iam_endpoint="http://127.0.0.1:1", cbr_endpoint="http://localhost:2")
    found = effective_network(profile, {"HTTP_PROXY": "http://proxy.example"})
    assert {route.reason for route in found.routes} == {RouteReason.LOOPBACK}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://proxy:1", "http://proxy:1"),
        ("http://ada:a/b@c@proxy:1", "http://***@proxy:1"),
        ("ada:secret@proxy:1", "***@proxy:1"),
        ("", ""),
    ],
)
def test_logins_are_masked(url: str, expected: str) -> None:
    assert masked(url) == expected


def test_a_deadline_holds_while_a_name_is_looked_up() -> None:
    stuck = threading.Event()

    def never(*_arguments: Any, **_options: Any) -> list[Any]:
        stuck.wait()
        return []

    async def story() -> None:
        one = Line(Network(DIRECT, resolve=never), deadline=0.2)
        with pytest.raises((Unreachable, NoAnswer)) as caught:
            await one.client.once(Call("POST", "https://cbr.example/", body=b"{}", fresh=True))
        await one.client.aclose()
        assert isinstance(caught.value, Unreachable)
        assert caught.value.reason == "timeout"

    played(story)
    stuck.set()
