"""Fault 85 of the catalogue: answers that give back what they were asked with, in any encoding."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from msgspec.structs import replace

from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.redaction import KnownSecrets
from cbr_desktop.domain.error import BadAnswer, CbrError, CloudError, LoginRefused, Refused
from cbr_desktop.domain.profile import ProxyMode, Way
from cbr_desktop.domain.redaction import HIDDEN
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import Tunnel, answering, serving
from tests.cloud.values import (
    BODY,
    CREATED,
    NO_VAULTS,
    PROFILE,
    PROJECT,
    VAULT,
    Secret,
    Service,
    WiredCloud,
    token_answer,
)

PASSWORD = 'Kd83"Lm/w0+%7qZ'
TOKEN = "MIIQxAYJKoZIhvcNAQcCoIIQtTCCELECAQExDTALBglghkgBZQMEAgEwgg7W+uY0" * 30
SECRET_KEY = "pB7rV2kXw94mQzT1LsYh6Nc8GdJf0EaUo3RtWiMx"
SECURITY_TOKEN = "ggpjbi1ub3J0aC00Tm8eyJhY2Nlc3MiOiI5" * 8
WORD = "swordfish"
Disguise = Callable[[str], str]

DISGUISES: dict[str, Disguise] = {
    "plain": str,
    "among words": lambda text: f"the request was <<{text}>>, no",
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 after one": lambda text: base64.b64encode(f"a{text}".encode()).decode(),
    "base64 after two": lambda text: base64.b64encode(f"ab{text};".encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "URL": lambda text: quote(text, safe=""),
    "URL in small letters": lambda text: quote(text, safe="").lower(),
    "JSON in JSON": lambda text: json.dumps({"sent": text}),
    "hexadecimal": lambda text: text.encode().hex(),
    "HEXADECIMAL": lambda text: text.encode().hex().upper(),
    "capitals": str.upper,
    "UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "the beginning": lambda text: text[: max(len(text) * 2 // 3, 32)],
}
disguised = pytest.mark.parametrize("disguise", list(DISGUISES.values()), ids=list(DISGUISES))


def traces(secret: str) -> list[str]:
    """Return parts of a secret, in small letters, of which none may be anywhere."""
    cut = secret[: max(8, min(len(secret), 24))]
    plain = [cut, cut.encode().hex(), quote(cut, safe=""), json.dumps(cut)[1:-1]]
    packed = [base64.b64encode(b"x" * before + secret.encode()).decode()[4:-4] for before in range(3)]
    wide = base64.b64encode(secret.encode("utf-16-le")).decode()[4:-4]
    return [each.lower() for each in (*plain, *packed, wide)]


def seen_of(error: CbrError) -> str:
    return f"{error!r} {vars(error)} {error}".lower()


def refusing(disguise: Disguise, secret: str, **headers: str) -> httpx.Response:
    said = disguise(secret)
    body = {"error_code": f"BackupService.{said}", "error_msg": said, "request_id": said}
    return httpx.Response(400, headers={"X-Request-Id": said[:100]} | headers, json=body)


def post_answered(answer: Callable[[httpx.Request], httpx.Response], wired: WiredCloud | None = None) -> CloudError:
    service = Service(answer, lambda _request: token_answer(TOKEN))
    made = wired or WiredCloud(service)
    made.secret.value = PASSWORD

    async def main() -> CloudError:
        with pytest.raises(CloudError) as caught:
            await made.cloud.send(checkpoint_change_of(BODY), PROJECT)
        return caught.value

    return asyncio.run(main())


@disguised
@pytest.mark.parametrize("secret", [PASSWORD, TOKEN], ids=["password", "token"])
def test_fault_85_a_refusal_that_echoes_a_secret(disguise: Disguise, secret: str) -> None:
    error = post_answered(lambda _request: refusing(disguise, secret))
    assert isinstance(error, Refused)
    assert (error.status, error.executed) == (400, None)
    if disguise is not DISGUISES["the beginning"] or secret is TOKEN:
        assert HIDDEN in error.message
        assert [trace for trace in traces(secret) if trace in seen_of(error)] == []


def test_fault_85_a_refusal_that_echoes_the_whole_request() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        head = "\r\n".join(f"{name}: {value}" for name, value in request.headers.items())
        return refusing(str, f"{request.method} {request.url}\r\n{head}\r\nCookie: a=Kd83LmQz77\r\n\r\n{BODY.decode()}")

    error = post_answered(answer)
    assert isinstance(error, Refused)
    assert [trace for trace in (*traces(TOKEN), "kd83lmqz77") if trace in seen_of(error)] == []
    assert VAULT in error.message


def test_fault_85_escapes_that_hide_nothing_but_a_secret() -> None:
    escaped = "".join(f"\\u{ord(letter):04X}" for letter in PASSWORD).encode()
    body = b'{"error_code": "BackupService.6001", "error_msg": "you sent %s", "request_id": ""}' % escaped
    error = post_answered(lambda _request: httpx.Response(400, content=body))
    assert isinstance(error, Refused)
    assert (error.message, error.executed) == (f"you sent {HIDDEN}", False)


def test_fault_85_cookies_that_the_answer_itself_sets() -> None:
    cookie = "Zx81Qw55Tt02"
    error = post_answered(
        lambda _request: refusing(str, f"for {cookie}", **{"Set-Cookie": f"session={cookie}; Path=/"})
    )
    assert cookie.lower() not in seen_of(error)


@pytest.mark.parametrize("way", [Way.KEYS, Way.TEMPORARY_KEYS])
@disguised
def test_fault_85_keys_and_what_they_sign(way: Way, disguise: Disguise) -> None:
    others = {"access_key": "AKIDTEMPORARY0000001", "secret_key": SECRET_KEY, "security_token": SECURITY_TOKEN}
    profile = replace(PROFILE, way=way, access_key="AKIDPERMANENT0000001", project=PROJECT)
    signatures: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        signatures.append(request.headers["Authorization"].rpartition("Signature=")[2])
        told = [SECRET_KEY, signatures[-1]] + ([SECURITY_TOKEN] if way is Way.TEMPORARY_KEYS else [])
        return refusing(lambda _text: " ; ".join(map(disguise, told)), "")

    wired = WiredCloud(Service(answer), profile)
    wired.secret.others |= others
    error = post_answered(answer, wired)
    secrets = [SECRET_KEY, *signatures] + ([SECURITY_TOKEN] if way is Way.TEMPORARY_KEYS else [])
    assert [trace for secret in secrets for trace in traces(secret) if trace in seen_of(error)] == []


@pytest.mark.parametrize(
    "make",
    [
        lambda said: httpx.Response(302, headers={"Location": f"https://elsewhere.example/{said}"}),
        lambda said: httpx.Response(302, headers={"Location": f"https://{said}.example/"}),
        lambda said: httpx.Response(200, headers={"Content-Encoding": said[:30]}, content=NO_VAULTS),
        lambda said: httpx.Response(200, json={"error_code": "x", "error_msg": said}),
        lambda said: httpx.Response(200, json={"checkpoint": {"id": said, "vault": {"id": VAULT}}}),
        lambda said: httpx.Response(200, json={said: {said: said}}),
        lambda said: httpx.Response(200, text=said),
        lambda said: httpx.Response(666, text=said, headers={"X-Request-Id": said[:90]}),
    ],
)
@pytest.mark.parametrize("secret", [SECRET_KEY, SECRET_KEY.upper()])
def test_fault_85_answers_of_other_kinds(make: Callable[[str], httpx.Response], secret: str) -> None:
    service = Service(lambda _request: make(secret))
    wired = WiredCloud(service, replace(PROFILE, way=Way.KEYS, access_key="AKIDPERMANENT0000001", project=PROJECT))
    wired.secret.others |= {"secret_key": SECRET_KEY}
    assert [trace for trace in traces(secret) if trace in seen_of(post_answered(service.answer, wired))] == []  # type: ignore[arg-type]


def test_fault_85_a_login_that_echoes_the_password() -> None:
    def login(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"error": {"code": 401, "message": f"no: {PASSWORD} / {request.content!r}"}})

    wired = WiredCloud(Service(None, login))
    wired.secret.value = PASSWORD

    async def main() -> None:
        with pytest.raises(LoginRefused) as caught:
            await wired.cloud.project_id()
        assert [trace for trace in traces(PASSWORD) if trace in seen_of(caught.value)] == []

    asyncio.run(main())


def test_fault_85_lists_that_echo_a_secret() -> None:
    rows = [{"id": f"vault-{number}", "name": text} for number, text in enumerate((PASSWORD, f"x {TOKEN}", "plain"))]
    service = Service(
        lambda _request: httpx.Response(200, json={"vaults": rows, "count": 3}), lambda _: token_answer(TOKEN)
    )
    wired = WiredCloud(service)
    wired.secret.value = PASSWORD

    async def main() -> None:
        listing = await wired.cloud.vaults()
        assert [vault.name for vault in listing.rows] == [HIDDEN, f"x {HIDDEN}", "plain"]

    asyncio.run(main())


def test_fault_85_reasons_of_what_was_skipped_and_of_tasks_that_failed_hold_nothing_that_looks_like_a_secret() -> None:
    reason = "denied for X-Auth-Token: hunter2hunter2"
    made = json.loads(CREATED)
    made["checkpoint"]["vault"]["skipped_resources"] = [{"id": "r-1", "code": "x", "reason": reason}]
    task = {"id": "t-1", "error_info": {"code": "x", "message": reason}}
    answers = {"POST": made, "GET": {"operation_logs": [task], "count": 1}}
    wired = WiredCloud(Service(lambda request: httpx.Response(200, json=answers[request.method])))

    async def main() -> None:
        answer = await wired.cloud.send(checkpoint_change_of(BODY), PROJECT)
        tasks = await wired.cloud.tasks()
        assert answer.result.checkpoint.skipped[0].reason == f"denied for X-Auth-Token: {HIDDEN}"
        assert tasks.rows[0].message == f"denied for X-Auth-Token: {HIDDEN}"

    asyncio.run(main())


def test_fault_85_a_proxy_that_echoes_its_login() -> None:
    password = "prOxy-Secret-77"
    login = base64.b64encode(f"ada:{password}".encode())

    async def main() -> None:
        refusal = b"HTTP/1.1 502 no " + password.encode() + b" " + login + b"\r\nContent-Length: 0\r\n\r\n"
        async with serving(Tunnel(1, refusal=refusal), at_once=True) as proxy:
            profile = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url=proxy.url, proxy_user="ada")
            secret = Secret(PASSWORD, proxy_password=password)
            network = Network(profile, lambda: secret_of(secret))
            wired = WiredCloud(network, profile)
            with pytest.raises(CloudError) as caught:
                await wired.cloud.project_id()
            assert "502" in seen_of(caught.value)
            assert [trace for trace in traces(password) if trace in seen_of(caught.value)] == []
            await wired.cloud.aclose()

    async def secret_of(secret: Secret) -> str:
        return secret.others["proxy_password"]

    asyncio.run(main())


def test_fault_85_a_server_that_echoes_in_a_broken_head() -> None:
    async def main() -> None:
        async with serving(
            answering(b"HTTP/1.1 200 OK\r\n" + TOKEN[:60].encode() + b"\r\n\r\n"), at_once=True
        ) as server:
            profile = replace(PROFILE, way=Way.TOKEN, iam_endpoint=server.url, proxy=ProxyMode.NONE)
            wired = WiredCloud(Network(profile), profile)
            wired.secret.others |= {"token": TOKEN}
            with pytest.raises(CloudError) as caught:
                await wired.cloud.project_id()
            assert TOKEN[:24].lower() not in seen_of(caught.value)
            await wired.cloud.aclose()

    asyncio.run(main())


def knowing(*secrets: str) -> KnownSecrets:
    known = KnownSecrets()
    known.hide(*secrets)
    return known


@pytest.mark.parametrize(
    "secret", ["resources", "available", "123456", "4096", "ab", "", "backup2024", "vaults1", "name"]
)
def test_fault_85_valid_data_is_left_alone_where_a_secret_is_a_word_or_a_number(secret: str) -> None:
    record = {
        "id": "5f0d1c5e-1f2a-4b3c-8d9e-123456789abc",
        "resources": [{"size": 4096, "used": 123456}],
        "status": "available",
        "name": "backup2024-ab12cd",
        "vaults1": "resources1",
    }
    body = json.dumps(record).encode()
    assert knowing(secret).redaction().body(body) == body


def test_fault_85_a_word_goes_from_what_is_said_and_not_from_within_other_words() -> None:
    redaction = knowing(WORD, "abcd").redaction()
    assert (
        redaction.text(f"{WORD} is wrong, swordfishes are not: ABCD")
        == f"{HIDDEN} is wrong, swordfishes are not: {HIDDEN}"
    )


def test_fault_85_the_newest_secrets_are_known() -> None:
    known = knowing(*(f"secret-number-{number}-of-many" for number in range(100)))
    body = b'{"name": "secret-number-99-of-many"}'
    assert known.redaction().body(body) == b'{"name": "[hidden]"}'


def test_fault_85_a_body_full_of_a_secret_takes_no_time_to_speak_of() -> None:
    # a search that looks at every place from every place would take minutes
    body = TOKEN.encode() * 1000
    assert TOKEN[:24].encode() not in knowing(TOKEN, TOKEN[:40], PASSWORD).redaction().body(body)


@pytest.mark.parametrize("secret", [TOKEN, SECRET_KEY])
def test_fault_85_a_page_of_a_long_list_holds_no_secret_that_can_be_read(secret: str) -> None:
    names = [secret, quote(secret, safe=""), json.dumps(secret), *(f"backup-{number}" for number in range(10_000))]
    body = json.dumps({"backups": [{"name": name} for name in names]}).encode()
    cut = json.loads(knowing(PASSWORD, TOKEN, SECRET_KEY).redaction().body(body))
    assert [row["name"].strip('"') for row in cut["backups"]] == [*[HIDDEN] * 3, *names[3:]]


def test_fault_85_a_body_of_escapes_is_no_answer() -> None:
    # each of them is looked at, and a window would seem to hang
    assert knowing(PASSWORD).redaction().body(b"\\u0041" * 200_000) == b""
    backslashes = b"\\" * 2_000_000
    assert knowing(PASSWORD).redaction().body(backslashes) is backslashes


@pytest.mark.parametrize("text", ['\\"', "\\\\u0041", "\\\\/", "\\n", "\\u00e4"])
def test_fault_85_escapes_that_matter_stay_when_a_secret_is_cut(text: str) -> None:
    body = f'{{"a": "{text} \\/ {SECRET_KEY}"}}'.encode()
    cut = knowing(SECRET_KEY).redaction().body(body)
    assert json.loads(cut) == {"a": json.loads(body)["a"].replace(SECRET_KEY, HIDDEN)}


def test_fault_85_an_answer_without_a_secret_is_the_same_bytes() -> None:
    body = json.dumps({"name": "K\u00e4se / \\ \u202e", "path": "a\\/b"}).encode() + b' "\\u0041\\/"'
    assert knowing(PASSWORD, TOKEN).redaction().body(body) is body


def test_fault_85_an_id_that_is_a_secret_is_no_id() -> None:
    service = Service(lambda _request: httpx.Response(200, json={"checkpoint": {"id": TOKEN, "vault": {"id": VAULT}}}))
    service.login = lambda _request: token_answer(TOKEN)
    error = post_answered(service.answer, WiredCloud(service))  # type: ignore[arg-type]
    assert isinstance(error, BadAnswer)
    assert error.executed is None


def test_fault_85_the_token_of_a_login_is_taken_although_it_is_known() -> None:
    tokens: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        tokens.append(request.headers["X-Auth-Token"])
        return httpx.Response(200, content=NO_VAULTS) if len(tokens) != 2 else httpx.Response(401)

    wired = WiredCloud(Service(answer, lambda _request: token_answer(TOKEN)))

    async def main() -> None:
        await wired.cloud.vaults()
        await wired.cloud.vaults()

    asyncio.run(main())
    assert tokens == [TOKEN] * 3
