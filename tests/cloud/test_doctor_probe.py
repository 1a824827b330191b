"""The doctor against raw servers: each kind of line fails for a reason of its own, and nobody is asked too often."""

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import trustme
from msgspec.structs import replace

from cbr_desktop.cloud.network import Network, context_of
from cbr_desktop.cloud.probe import BareNetwork, CloudProbe
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict, Why
from cbr_desktop.domain.error import CbrError, LoginRefused, Redirected, SecretMissing, SignInPage, Unreachable
from cbr_desktop.domain.profile import Profile, ProxyMode
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.workflows.doctor import Doctor
from tests.cloud.certificates import self_signed
from tests.cloud.faults import Behaviour, FaultServer, Tunnel, answering, response, serving
from tests.cloud.values import PROFILE, PROJECT, VAULT, Clock

DIRECT = replace(PROFILE, proxy=ProxyMode.NONE)
NOW = datetime.now(UTC).replace(microsecond=0)
PASSWORD = "CANARY-Pa55"
PROXY_PASSWORD = "CANARY-pr0xy"
WRONG = b'{"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}'
NOBODY = b'{"error_code": "APIGW.0301", "error_msg": "x-auth-token not found", "request_id": "r-1"}'
FORBIDDEN = (
    b'{"error_code": "BackupService.9903", "error_msg": "Policy doesn\'t allow cbr:tasks:list to be performed."}'
)
LACKING = b'{"error_code": "APIGW.0101", "error_msg": "API does not exist", "request_id": "r-2"}'


class WholeService:
    """A whole service in one server, which knows from the path who is asked; every answer can be another one."""

    def __init__(self, other: dict[str, bytes] | None = None, *, ahead: float | None = 0.0) -> None:
        self.faults: FaultServer | None = None
        self._ahead = ahead
        self._other = other or {}

    @property
    def calls(self) -> list[str]:
        assert self.faults is not None
        return [request.split(b" HTTP")[0].decode() for request in self.faults.requests]

    def count(self, start: str) -> int:
        return sum(call.startswith(start) for call in self.calls)

    async def __call__(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._answer(self.calls[-1]))
        await writer.drain()

    def _answer(self, call: str) -> bytes:
        for word, answer in self._other.items():
            if word in call:
                return answer
        headers = []
        if self._ahead is not None:
            date = format_datetime(NOW + timedelta(seconds=self._ahead), usegmt=True)
            headers.append(f"Date: {date}".encode())
        token = {
            "expires_at": (NOW + timedelta(hours=24)).isoformat(),
            "issued_at": NOW.isoformat(),
            "project": {"id": PROJECT, "name": "eu-de_prod"},
            "roles": [{"id": "0", "name": "te_admin"}],
        }
        if call.startswith("POST /v3/auth/tokens"):
            body = json.dumps({"token": token}).encode()
            return response(body, *headers, b"X-Subject-Token: CANARY-token", status=b"201 Created")
        if call.startswith("GET /v3/auth/tokens"):
            return response(json.dumps({"token": token}).encode(), *headers)
        if call == "GET /v3":
            return response(b'{"version": {"id": "v3.6"}}', *headers)
        if "/00000000000000000000000000000000/" in call:
            return response(NOBODY, *headers, status=b"401 Unauthorized")
        rows = {"vaults": "vaults", "backups": "backups", "operation-logs": "operation_logs", "policies": "policies"}
        part = call.split("/")[3].partition("?")[0]
        key = rows.get(part, "instances")
        if call.endswith(VAULT):
            return response(json.dumps({"vault": {"id": VAULT}}).encode(), *headers)
        return response(json.dumps({key: [{"id": VAULT}], "count": 1}).encode(), *headers)


class Visit:
    """One profile, its server and the doctor who comes to it."""

    def __init__(self, profile: Profile, port: int, *, ca_file: str = "", secrets: dict[SecretKind, str] | None = None):
        self.profile = replace(
            profile,
            iam_endpoint=f"https://iam.example:{port}",
            cbr_endpoint=f"https://cbr.example:{port}",
            ca_file=ca_file,
        )
        self.clock = Clock()
        self.clock.time = NOW
        self.addresses: list[str] = ["127.0.0.1"]
        self.resolve: Any = self._resolve
        self.refusal: CbrError | None = None
        self._secrets = {SecretKind.PASSWORD: PASSWORD} if secrets is None else secrets
        self.auth = login_of(self.profile, self.secret)

    async def secret(self, kind: SecretKind) -> str:
        if kind not in self._secrets:
            raise SecretMissing(self.profile.name, kind)
        return self._secrets[kind]

    async def proxy_password(self) -> str:
        return PROXY_PASSWORD

    def _resolve(self, _host: str, port: int, **_options: object) -> Iterable[tuple[Any, ...]]:
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, 1, 6, "", (a, port)) for a in self.addresses]

    async def run(self, seconds: float = 5.0) -> Diagnosis:
        network = Network(self.profile, self.proxy_password, resolve=self.resolve)
        wire = BareNetwork(self.profile, self.proxy_password, resolve=self.resolve)
        probe = CloudProbe(self.profile, self.auth, network, self.clock, wire, refusal=lambda: self.refusal)
        try:
            return await Doctor(self.profile, probe, self.clock, seconds).run(lambda _check: None)
        finally:
            await network.aclose()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Company Inspection")


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "company.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture(autouse=True)
def _no_proxy_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def shown_by(authority: trustme.CA, *names: str, ends_at: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("iam.example", "cbr.example")), not_after=ends_at).configure_cert(context)
    return context


@contextlib.asynccontextmanager
async def served(behaviour: WholeService, context: ssl.SSLContext) -> AsyncIterator[FaultServer]:
    async with serving(behaviour, context) as server:
        behaviour.faults = server
        yield server


def lines(diagnosis: Diagnosis, kind: CheckKind) -> list[Check]:
    return [check for check in diagnosis.checks if check.kind is kind]


def first(diagnosis: Diagnosis, kind: CheckKind) -> Check:
    return lines(diagnosis, kind)[0]


def reason(check: Check) -> str:
    assert isinstance(check.error, Unreachable), check
    return check.error.reason


def examined(behaviour: WholeService, authority: trustme.CA, ca_file: str, **options: Any) -> tuple[Visit, Diagnosis]:
    """Visit a service over TLS, once."""

    async def story() -> tuple[Visit, Diagnosis]:
        async with served(behaviour, shown_by(authority)) as server:
            visit = Visit(
                options.pop("profile", DIRECT), server.port, ca_file=ca_file, secrets=options.pop("secrets", None)
            )
            visit.refusal = options.pop("refusal", None)
            return visit, await visit.run()

    return asyncio.run(story())


# all is well


def test_all_is_well_with_one_login_and_nothing_that_changes_anything(authority: trustme.CA, ca_file: str) -> None:
    behaviour = WholeService()
    _, diagnosis = examined(behaviour, authority, ca_file)
    assert [c for c in diagnosis.checks if c.verdict not in (Verdict.PASS, Verdict.SKIPPED)] == []
    assert [c.why for c in diagnosis.checks if c.verdict is Verdict.SKIPPED] == [Why.ONLY_SENDING_SHOWS]
    assert behaviour.count("POST /v3/auth/tokens") == 1
    assert behaviour.count("GET") == len(behaviour.calls) - 1
    assert max(behaviour.calls.count(call) for call in behaviour.calls) == 1
    certificate = first(diagnosis, CheckKind.CERTIFICATE)
    assert certificate.fact("names") == ("iam.example", "cbr.example")
    assert "Company Inspection" in str(certificate.fact("issuer"))
    assert certificate.fact("protocol") == "TLSv1.3"
    assert first(diagnosis, CheckKind.NAME).fact("addresses") == ("127.0.0.1",)
    assert first(diagnosis, CheckKind.LOGIN).fact("minutes_left") == 24 * 60
    assert first(diagnosis, CheckKind.LOGIN).fact("roles") == ("te_admin",)
    assert first(diagnosis, CheckKind.SCOPE).fact("project") == "eu-de_prod"
    assert "CANARY" not in repr(diagnosis)


# the network


def test_a_name_that_does_not_resolve() -> None:
    def nowhere(*_arguments: object, **_options: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    visit = Visit(DIRECT, 443)
    visit.resolve = nowhere
    diagnosis = asyncio.run(visit.run())
    assert [reason(check) for check in lines(diagnosis, CheckKind.NAME)] == ["name", "name"]
    later = diagnosis.checks[4:]
    assert {(check.verdict, check.why, check.fact("after")) for check in later} == {
        (Verdict.SKIPPED, Why.EARLIER, CheckKind.NAME)
    }


def test_a_name_that_takes_too_long_is_given_up_and_holds_nobody() -> None:
    released = threading.Event()

    def slow(*_arguments: object, **_options: object) -> list[tuple[Any, ...]]:
        released.wait(30)
        return []

    visit = Visit(DIRECT, 443)
    visit.resolve = slow
    try:
        diagnosis = asyncio.run(visit.run(0.5))
    finally:
        released.set()
    assert [reason(check) for check in lines(diagnosis, CheckKind.NAME)] == ["timeout", "timeout"]


def test_a_port_that_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    diagnosis = asyncio.run(Visit(DIRECT, port).run())
    assert [reason(check) for check in lines(diagnosis, CheckKind.CONNECTION)] == ["connection", "connection"]
    assert {check.fact("after") for check in lines(diagnosis, CheckKind.CERTIFICATE)} == {CheckKind.CONNECTION}


def test_a_server_that_takes_the_connection_and_says_nothing() -> None:
    async def story() -> None:
        silent: Behaviour = lambda _reader, _writer: asyncio.Event().wait()  # type: ignore[assignment, return-value]  # noqa: E731
        async with serving(silent, at_once=True) as server:
            diagnosis = await Visit(DIRECT, server.port).run(0.2)
        assert [check.verdict for check in lines(diagnosis, CheckKind.CONNECTION)] == [Verdict.PASS, Verdict.PASS]
        assert [reason(check) for check in lines(diagnosis, CheckKind.CERTIFICATE)] == ["timeout", "timeout"]

    asyncio.run(story())


def test_a_family_of_addresses_that_is_dead(authority: trustme.CA, ca_file: str) -> None:
    async def story() -> None:
        async with served(WholeService(), shown_by(authority)) as server:
            visit = Visit(DIRECT, server.port, ca_file=ca_file)
            visit.addresses = ["::1", "127.0.0.1"]
            diagnosis = await visit.run()
        connection = first(diagnosis, CheckKind.CONNECTION)
        assert (connection.verdict, connection.why) == (Verdict.WARN, Why.FAMILY_DEAD)
        assert (connection.fact("dead"), connection.fact("family")) == (("IPv6",), "IPv4")
        assert diagnosis.verdict is Verdict.WARN

    asyncio.run(story())


# the proxy


def behind(profile: Profile, port: int) -> Profile:
    return replace(profile, proxy=ProxyMode.MANUAL, proxy_url=f"http://127.0.0.1:{port}", proxy_user="ada")


def test_a_proxy_that_takes_the_login(authority: trustme.CA, ca_file: str) -> None:
    async def story() -> None:
        async with served(WholeService(), shown_by(authority)) as server:
            tunnel = Tunnel(server.port, login=b"Basic " + b64encode(f"ada:{PROXY_PASSWORD}".encode()))
            async with serving(tunnel, at_once=True) as proxy:
                visit = Visit(behind(DIRECT, proxy.port), server.port, ca_file=ca_file)
                diagnosis = await visit.run()
        assert diagnosis.verdict is Verdict.PASS
        assert {check.why for check in lines(diagnosis, CheckKind.NAME)} == {Why.PROXY_RESOLVES}
        (line,) = lines(diagnosis, CheckKind.PROXY)
        assert (line.subject, line.fact("login")) == (f"127.0.0.1:{proxy.port}", True)
        assert first(diagnosis, CheckKind.CONNECTION).fact("proxy") == line.subject
        assert "CANARY" not in repr(diagnosis)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("tunnel", "word"),
    [
        (Tunnel(1, login=b"Basic another"), "proxy-login"),
        (Tunnel(1, refusal=b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), "proxy"),
        (Tunnel(1, refusal=b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "proxy"),
    ],
)
def test_a_proxy_that_opens_no_way(tunnel: Tunnel, word: str) -> None:
    async def story() -> None:
        async with serving(tunnel, at_once=True) as proxy:
            diagnosis = await Visit(behind(DIRECT, proxy.port), 443).run()
        (line,) = lines(diagnosis, CheckKind.PROXY)
        assert (line.verdict, reason(line)) == (Verdict.FAIL, word)
        assert {check.fact("after") for check in lines(diagnosis, CheckKind.CONNECTION)} == {CheckKind.PROXY}
        assert len(tunnel.heads) == 1
        assert "CANARY" not in repr(diagnosis)

    asyncio.run(story())


# certificates


@pytest.mark.parametrize("word", ["unknown-authority", "self-signed", "expired", "wrong-name"])
def test_certificates_are_refused_each_for_its_reason_and_shown_all_the_same(
    authority: trustme.CA, ca_file: str, tmp_path: Any, word: str
) -> None:
    contexts = {
        "unknown-authority": lambda: shown_by(trustme.CA(organization_name="Company Inspection")),
        "self-signed": lambda: self_signed(tmp_path, "cbr.example", NOW - timedelta(days=1), NOW + timedelta(days=100)),
        "expired": lambda: shown_by(authority, ends_at=NOW - timedelta(days=3)),
        "wrong-name": lambda: shown_by(authority, "portal.example"),
    }

    async def story() -> None:
        behaviour = WholeService()
        async with served(behaviour, contexts[word]()) as server:
            diagnosis = await Visit(DIRECT, server.port, ca_file=ca_file).run()
        for line in lines(diagnosis, CheckKind.CERTIFICATE):
            assert (line.verdict, reason(line)) == (Verdict.FAIL, word)
            assert line.fact("ends_at") is not None
        line = first(diagnosis, CheckKind.CERTIFICATE)
        if word == "wrong-name":
            assert line.fact("names") == ("portal.example",)
        elif word != "self-signed":
            assert "Company Inspection" in str(line.fact("issuer"))
        assert (line.fact("days_left") == -3) == (word == "expired")
        assert behaviour.calls == []
        assert {check.fact("after") for check in lines(diagnosis, CheckKind.LOGIN)} == {CheckKind.CERTIFICATE}

    asyncio.run(story())


def test_a_certificate_that_ends_soon(authority: trustme.CA, ca_file: str) -> None:
    async def story() -> None:
        async with served(WholeService(), shown_by(authority, ends_at=NOW + timedelta(days=9, hours=1))) as server:
            diagnosis = await Visit(DIRECT, server.port, ca_file=ca_file).run()
        line = first(diagnosis, CheckKind.CERTIFICATE)
        assert (line.verdict, line.why, line.fact("days_left")) == (Verdict.WARN, Why.ENDS_SOON, 9)

    asyncio.run(story())


def test_a_file_of_authorities_that_is_none(authority: trustme.CA, tmp_path: Any) -> None:
    broken = tmp_path / "company.pem"
    broken.write_text("no certificate")
    _, diagnosis = examined(WholeService(), authority, str(broken))
    assert [reason(check) for check in lines(diagnosis, CheckKind.CERTIFICATE)] == ["ca-file", "ca-file"]


def test_a_server_that_does_not_speak_tls() -> None:
    async def story() -> None:
        async with serving(answering(b"220 mail.example ESMTP\r\n", close=True), at_once=True) as server:
            diagnosis = await Visit(DIRECT, server.port).run()
        assert [reason(check) for check in lines(diagnosis, CheckKind.CERTIFICATE)] == ["tls", "tls"]

    asyncio.run(story())


# what answers


@pytest.mark.parametrize(
    ("ahead", "verdict", "offset"),
    [(0, Verdict.PASS, 0), (90, Verdict.WARN, 90), (-90, Verdict.WARN, -90), (1200, Verdict.FAIL, 1200)],
)
def test_clocks_that_differ(authority: trustme.CA, ca_file: str, ahead: int, verdict: Verdict, offset: int) -> None:
    _, diagnosis = examined(WholeService(ahead=ahead), authority, ca_file)
    line = first(diagnosis, CheckKind.CLOCK)
    assert line.verdict is verdict
    assert abs(int(str(line.fact("offset_seconds"))) - offset) <= 1


@pytest.mark.parametrize("ahead", [None, 400 * 86400])
def test_a_service_that_tells_no_time_or_one_that_cannot_be(
    authority: trustme.CA, ca_file: str, ahead: float | None
) -> None:
    _, diagnosis = examined(WholeService(ahead=ahead), authority, ca_file)
    assert first(diagnosis, CheckKind.CLOCK).why is Why.NO_DATE


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>", SignInPage),
        (b"HTTP/1.1 302 Found\r\nLocation: https://portal.example/in\r\nContent-Length: 0\r\n\r\n", Redirected),
    ],
)
def test_a_network_that_wants_a_sign_in(
    authority: trustme.CA, ca_file: str, answer: bytes, kind: type[CbrError]
) -> None:
    behaviour = WholeService({"v3": answer})
    _, diagnosis = examined(behaviour, authority, ca_file)
    assert all(isinstance(check.error, kind) for check in lines(diagnosis, CheckKind.SERVICE))
    assert behaviour.count("POST") == 0
    assert first(diagnosis, CheckKind.LOGIN).fact("after") is CheckKind.SERVICE


@pytest.mark.parametrize(
    "answer", [response(b"<html>404</html>", status=b"404 Not Found"), response(LACKING, status=b"404 Not Found")]
)
def test_something_answers_that_is_no_backup_service(authority: trustme.CA, ca_file: str, answer: bytes) -> None:
    _, diagnosis = examined(WholeService({"/0000": answer}), authority, ca_file)
    identity, backup = lines(diagnosis, CheckKind.SERVICE)
    assert identity.verdict is Verdict.PASS
    assert (backup.verdict, backup.why) == (Verdict.FAIL, Why.NO_SERVICE)
    assert first(diagnosis, CheckKind.LOGIN).verdict is Verdict.PASS
    assert {check.fact("after") for check in lines(diagnosis, CheckKind.FEATURE)} == {CheckKind.SERVICE}


# the login


def test_a_refused_password_is_tried_once_however_often_it_is_looked_at(authority: trustme.CA, ca_file: str) -> None:
    async def story() -> None:
        behaviour = WholeService({"POST /v3/auth/tokens": response(WRONG, status=b"401 Unauthorized")})
        async with served(behaviour, shown_by(authority)) as server:
            visit = Visit(DIRECT, server.port, ca_file=ca_file)
            for _ in range(3):
                diagnosis = await visit.run()
                assert isinstance(first(diagnosis, CheckKind.LOGIN).error, LoginRefused)
        assert behaviour.count("POST") == 1
        assert {check.fact("after") for check in lines(diagnosis, CheckKind.PERMISSION)} == {CheckKind.LOGIN}
        assert "CANARY" not in repr(diagnosis)

    asyncio.run(story())


def test_what_was_refused_elsewhere_in_the_program_is_not_tried_at_all(authority: trustme.CA, ca_file: str) -> None:
    behaviour = WholeService()
    refusal = LoginRefused("iam.example", status=401)
    _, diagnosis = examined(behaviour, authority, ca_file, refusal=refusal)
    line = first(diagnosis, CheckKind.LOGIN)
    assert (line.verdict, line.why, line.error) == (Verdict.FAIL, Why.REFUSED_BEFORE, refusal)
    assert behaviour.count("POST") == 0


@pytest.mark.parametrize("mfa", [False, True])
def test_a_secret_that_is_not_known_is_not_asked_for(authority: trustme.CA, ca_file: str, mfa: bool) -> None:
    behaviour = WholeService()
    profile = replace(DIRECT, mfa=mfa, user_id="0" * 32)
    secrets = {SecretKind.PASSWORD: PASSWORD} if mfa else {}
    _, diagnosis = examined(behaviour, authority, ca_file, profile=profile, secrets=secrets)
    line = first(diagnosis, CheckKind.LOGIN)
    assert (line.verdict, line.why) == (Verdict.SKIPPED, Why.NO_SECRET)
    assert isinstance(line.error, SecretMissing)
    assert line.error.kind == (SecretKind.PASSCODE if mfa else SecretKind.PASSWORD)
    assert behaviour.count("POST") == 0


@pytest.mark.parametrize("status", [b"429 Too Many Requests", b"503 Service Unavailable"])
def test_a_service_in_trouble_is_not_asked_to_log_in_again(authority: trustme.CA, ca_file: str, status: bytes) -> None:
    behaviour = WholeService({"POST /v3/auth/tokens": response(b"{}", status=status)})
    _, diagnosis = examined(behaviour, authority, ca_file)
    assert first(diagnosis, CheckKind.LOGIN).verdict is Verdict.FAIL
    assert behaviour.count("POST") == 1


# the project


def test_each_action_and_each_feature_has_a_line_of_its_own(authority: trustme.CA, ca_file: str) -> None:
    behaviour = WholeService(
        {
            "operation-logs": response(FORBIDDEN, status=b"403 Forbidden"),
            "protectables/disk": response(LACKING, status=b"404 Not Found"),
        }
    )
    _, diagnosis = examined(behaviour, authority, ca_file)
    failed = [check.subject for check in diagnosis.checks if check.verdict is Verdict.FAIL]
    assert failed == ["cbr:tasks:list"]
    missing = [check.subject for check in diagnosis.checks if check.why is Why.NOT_HERE]
    assert missing == ["protectables/disk"]
    assert behaviour.count("GET /v3/" + PROJECT) == 9


def test_a_list_that_is_no_list(authority: trustme.CA, ca_file: str) -> None:
    _, diagnosis = examined(WholeService({"backups": response(b'{"backups": null}')}), authority, ca_file)
    line = next(check for check in diagnosis.checks if check.subject == "cbr:backups:list")
    assert line.verdict is Verdict.FAIL
    assert "backups" in str(line.error)


def test_a_context_that_cannot_be_made_says_so_in_words() -> None:
    with pytest.raises(OSError, match="company"):
        context_of("/nowhere/company.pem")
