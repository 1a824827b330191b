"""Signatures: as the vendor computes them, and of exactly what is sent."""

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, quote

import httpx
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.keys import KeyLogin
from cbr_desktop.cloud.signing import Keys, query_string, signed_headers, stamp
from cbr_desktop.cloud.transport import Call, Client
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.simulator.call import Call as Arrived
from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.estate import DEMO_AK, DEMO_PROJECT_ID, DEMO_SK, demo
from cbr_desktop.simulator.modes import Modes
from cbr_desktop.simulator.refusals import Refusal
from cbr_desktop.simulator.service import Service
from cbr_desktop.simulator.signature import verify
from tests.cloud.values import NOON, Clock, Secret

ESTATE = demo(NOON, days=5)
PROJECT = "0605767b5780d5762fc5c0118072a564"
BASE = {
    "Host": "cbr.ap-southeast-1.myhuaweicloud.com",
    "X-Sdk-Date": "20250102T030405Z",
    "X-Project-Id": PROJECT,
}
KEYS = Keys("AKEXAMPLE0123456789A", "SkExampleKeyForTestVectorsOnly0123456789")
NEW_CHECKPOINT = (
    '{"checkpoint":{"vault_id":"3b5816b5-f29c-4172-9d9a-76c719a659ce","parameters":{"auto_trigger":false,'
    '"description":"before upgrade ü","incremental":true,"name":"manual_2025-01-02"}}}'
)
VECTORS = {
    "a query": (
        "GET",
        "backups",
        [("limit", "50"), ("offset", "0"), ("sort", "created_at:desc"), ("status", "available"), ("name", "a b~c")],
        {},
        "",
        "host;x-project-id;x-sdk-date",
        "702887a0228dbe97f3506d81f369ad9750ef875aacf8e4f08a938157f2a9b4b2",
    ),
    "a body": (
        "POST",
        "checkpoints",
        [],
        {"Content-Type": "application/json;charset=utf8"},
        NEW_CHECKPOINT,
        "content-type;host;x-project-id;x-sdk-date",
        "598702835a7c4542ec5ac36e60b39ddbfd45e2f164764df36eba56e1b32514a6",
    ),
    "a security token and a key that repeats": (
        "GET",
        "vaults",
        [
            ("id", "ea7b8717-2543-478a-a92d-3ca7ee448f67"),
            ("id", "06e844ba-d4bf-40be-b07f-c60d3c2ce679"),
            ("limit", "1000"),
        ],
        {"X-Security-Token": "EXAMPLESECURITYTOKEN"},
        "",
        "host;x-project-id;x-sdk-date;x-security-token",
        "917f9e8c4167ead72022aab184d6c9ec68c79c2df0f7f518ff91ed0b1f7da655",
    ),
    "a path that needs quoting": (
        "DELETE",
        "vault/ea7b8717-2543-478a-a92d-3ca7ee448f67/tags/key%20%C3%A9",
        [],
        {},
        "",
        "host;x-project-id;x-sdk-date",
        "c63804c047efef7ecdb8bd0b807233405d5fa37d3b4a1d1a524e557c77170db0",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_vectors(name: str) -> None:
    method, path, query, more, body, names, signature = VECTORS[name]
    headers = signed_headers(KEYS, method, f"/v3/{PROJECT}/{path}", query, {**BASE, **more}, body.encode())
    assert headers["Authorization"] == (
        f"SDK-HMAC-SHA256 Access={KEYS.access}, SignedHeaders={names}, Signature={signature}"
    )


def test_the_query_is_spelled_the_one_way_that_is_signed() -> None:
    assert query_string([("name", "a b~c"), ("limit", "50"), ("name", "")]) == "limit=50&name=&name=a%20b~c"
    assert query_string([("q", "ü+&=/%")]) == "q=%C3%BC%2B%26%3D%2F%25"
    assert query_string([]) == ""


def test_a_key_keeps_its_secrets_to_itself() -> None:
    assert "CANARY" not in repr(Keys("AK", "CANARY-1", "CANARY-2"))


def vendors(
    keys: Keys, method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], body: bytes
) -> str:
    """Return what the vendor's signer puts into ``Authorization``."""
    request = SdkRequest(
        method=method,
        schema="https",
        host=headers["Host"],
        resource_path=path,
        query_params=list(query),
        header_params=dict(headers),
        body=body,
    )
    value: str = Signer(BasicCredentials(keys.access, keys.secret)).sign(request).header_params["Authorization"]
    return value


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
QUERIES = st.lists(st.tuples(WORDS, WORDS), max_size=5)
SEGMENTS = st.lists(WORDS, min_size=1, max_size=5)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
TIMES = st.integers(946_684_800, 4_070_908_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["GET", "POST", "PUT", "DELETE"]), SEGMENTS, QUERIES, VALUES, st.binary(max_size=40), TIMES)
@example("GET", ["v3", ""], [("a", ""), ("a", ""), ("a", "ü"), ("", "b"), ("A", "~ +")], " x ", b"", NOON)
@example("GET", ["ü", "..", ".", "", ""], [], "", b"\xff\x00", NOON)
def test_the_vendors_signer_agrees(
    method: str, segments: list[str], query: list[tuple[str, str]], token: str, body: bytes, time: datetime
) -> None:
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    headers = {**BASE, "X-Sdk-Date": stamp(time), "X-Security-Token": token, "Content-Type": "application/json"}
    ours = signed_headers(KEYS, method, path, query, headers, body)
    assert ours["Authorization"] == vendors(KEYS, method, path, query, headers, body)


@pytest.mark.parametrize(
    "more",
    [{"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}, {"x_trace": "1"}, {"X-Long_Name": " a "}],
    ids=lambda more: next(iter(more)),
)
def test_the_vendors_signer_agrees_about_a_digest_that_is_given_and_names_that_are_not_signed(
    more: dict[str, str],
) -> None:
    headers = {**BASE, **more}
    ours = signed_headers(KEYS, "POST", "/v3/x", [], headers, b"{}")
    assert ours["Authorization"] == vendors(KEYS, "POST", "/v3/x", [], headers, b"{}")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed here")
def test_a_stamp_is_of_universal_time_wherever_this_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        try:
            assert stamp(NOON) == NOON.strftime("%Y%m%dT%H%M%SZ")
            assert stamp(NOON.astimezone(timezone(timedelta(hours=-7)))) == stamp(NOON)
        finally:
            context.undo()
            time.tzset()


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["GET", "POST"]), SEGMENTS, QUERIES, st.none() | st.binary(max_size=40))
@example("GET", ["vaults"], [("name", "a b+c~d&e=f/ü%20"), ("id", "2"), ("id", "1"), ("empty", "")], None)
@example("POST", ["tags", "key é", ""], [], b'{"a": "\xc3\xbc"}')
def test_what_is_signed_is_what_goes_over_the_wire(
    method: str, segments: list[str], query: list[tuple[str, str]], body: bytes | None
) -> None:
    sent: list[httpx.Request] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        verify(arrived(request), {DEMO_AK: DEMO_SK})
        return httpx.Response(200, json={})

    async def main() -> None:
        client = Client(httpx.MockTransport(gateway), Clock(), lambda _connection: None)
        profile = Profile("p", "https://iam.example", "https://cbr.example:8443", DEMO_PROJECT_ID, way=Way.KEYS)
        login = KeyLogin(with_key(profile), Secret(secret_key=f" {DEMO_SK}\n"))
        path = "/".join(quote(segment, safe="") for segment in segments if segment not in (".", ".."))
        headers = {} if body is None else {"Content-Type": "application/json;charset=UTF-8"}
        url = f"https://cbr.example:8443/v3/{DEMO_PROJECT_ID}/{path}"
        await client.once(await login.signed(Call(method, url, tuple(query), headers, body), client))
        (request,) = sent
        assert request.headers["x-project-id"] == DEMO_PROJECT_ID
        assert sorted(query) == query_of(request)
        assert request.content == (body or b"")

    asyncio.run(main())


def test_another_byte_on_the_way_is_noticed() -> None:
    async def main() -> None:
        client = Client(httpx.MockTransport(lambda _request: httpx.Response(200)), Clock(), lambda _connection: None)
        profile = Profile("p", "https://iam.example", "https://cbr.example", DEMO_PROJECT_ID, way=Way.KEYS)
        login = KeyLogin(with_key(profile), Secret(secret_key=DEMO_SK))
        call = await login.signed(Call("POST", "https://cbr.example/v3/x", (("a", "b"),), body=b"{}"), client)
        request = httpx.Request(call.method, call.url, headers=call.headers, content=call.body)
        verify(arrived(request), {DEMO_AK: DEMO_SK})
        for other in (
            httpx.Request("PUT", call.url, headers=call.headers, content=call.body),
            httpx.Request("POST", call.url + "&c=d", headers=call.headers, content=call.body),
            httpx.Request("POST", call.url, headers=call.headers, content=b"{ }"),
            httpx.Request("POST", call.url, headers={**call.headers, "Host": "cbr.other"}, content=call.body),
        ):
            with pytest.raises(Refusal, match="verify aksk signature fail"):
                verify(arrived(other), {DEMO_AK: DEMO_SK})

    asyncio.run(main())


def test_the_demo_cloud_lets_a_signed_story_in() -> None:
    async def main() -> None:
        service = Service(demo(NOON, days=5), HandClock(NOON))
        profile = Profile("p", "https://iam.demo.invalid", "https://cbr.demo.invalid", "eu-de_prod", way=Way.KEYS)
        login = KeyLogin(with_key(profile), Secret(secret_key=DEMO_SK))
        transport = httpx.ASGITransport(service.application)
        cloud = CbrCloud(with_key(profile), login, transport, Clock(), lambda _connection: None)
        assert await cloud.project_id() == DEMO_PROJECT_ID
        assert len((await cloud.vaults()).rows) == 14
        await cloud.backups(name="a name, with 100 % ü+~", since=NOON)
        await cloud.aclose()
        assert not service.journal.calls("POST", "tokens")
        assert [entry.status for entry in service.journal] == [200] * 3

    asyncio.run(main())


def with_key(profile: Profile) -> Profile:
    return replace(profile, access_key=DEMO_AK)


def query_of(request: httpx.Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query.decode(), keep_blank_values=True)


def arrived(request: httpx.Request) -> Arrived:
    """Return a request as the gateway of the simulator sees it: from the bytes of its first line, headers and body."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    return Arrived(
        method=request.method,
        path=path,
        query=parse_qsl(query, keep_blank_values=True),
        headers=dict(request.headers),
        body=request.content,
        base_url="https://cbr.example",
        now=NOON,
        estate=ESTATE,
        modes=Modes(),
    )
