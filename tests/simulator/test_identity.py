"""Credentials: tokens, scopes, one-time codes, signatures, and what the catalog tells a foreign client."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from cbr_desktop.simulator.clock import HandClock
from cbr_desktop.simulator.entities import Project
from cbr_desktop.simulator.estate import (
    DEMO_AK,
    DEMO_DOMAIN,
    DEMO_PASSCODE,
    DEMO_PASSWORD,
    DEMO_PROJECT,
    DEMO_PROJECT_ID,
    DEMO_SK,
    DEMO_USER,
    demo,
)
from cbr_desktop.simulator.identity import DEMO_AGENCY

VAULTS = f"/v3/{DEMO_PROJECT_ID}/vaults"

SIGNED_AT = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
VECTOR_AK = "AKEXAMPLE0123456789A"
VECTOR_SK = "SkExampleKeyForTestVectorsOnly0123456789"
VECTOR_PROJECT = "0605767b5780d5762fc5c0118072a564"
VECTOR_HEADERS = {
    "Host": "cbr.ap-southeast-1.myhuaweicloud.com",
    "X-Sdk-Date": "20250102T030405Z",
    "X-Project-Id": VECTOR_PROJECT,
}


def authorization(names: str, signature: str) -> dict[str, str]:
    value = f"SDK-HMAC-SHA256 Access={VECTOR_AK}, SignedHeaders={names}, Signature={signature}"
    return {**VECTOR_HEADERS, "Authorization": value}


@pytest.fixture
def signing(cloud):
    """A cloud at the time of the published test vectors, which knows their key and project."""
    cloud.service.estate = cloud.estate = demo(SIGNED_AT)
    cloud.service.clock = cloud.clock = HandClock(SIGNED_AT)
    cloud.estate.users[DEMO_USER].keys[VECTOR_AK] = VECTOR_SK
    cloud.estate.projects.append(Project(id=VECTOR_PROJECT, name="ap-southeast-1"))
    return cloud


LIST = (
    f"/v3/{VECTOR_PROJECT}/backups?limit=50&name=a%20b~c&offset=0&sort=created_at%3Adesc&status=available",
    authorization("host;x-project-id;x-sdk-date", "702887a0228dbe97f3506d81f369ad9750ef875aacf8e4f08a938157f2a9b4b2"),
)


def test_signature_of_the_published_vectors_is_accepted(signing):
    answer = signing.send("GET", LIST[0], headers=LIST[1])
    assert (answer.status_code, answer.json()["count"]) == (200, 0)
    body = (
        '{"checkpoint":{"vault_id":"3b5816b5-f29c-4172-9d9a-76c719a659ce","parameters":{"auto_trigger":false,'
        '"description":"before upgrade ü","incremental":true,"name":"manual_2025-01-02"}}}'
    )
    headers = authorization(
        "content-type;host;x-project-id;x-sdk-date", "598702835a7c4542ec5ac36e60b39ddbfd45e2f164764df36eba56e1b32514a6"
    )
    headers["Content-Type"] = "application/json;charset=utf8"
    answer = signing.send("POST", f"/v3/{VECTOR_PROJECT}/checkpoints", content=body.encode(), headers=headers)
    assert answer.json()["error_code"] == "BackupService.6105"
    answer = signing.send("POST", f"/v3/{VECTOR_PROJECT}/checkpoints", content=b"{}", headers=headers)
    assert answer.status_code == 401


def test_wrong_signature_quotes_the_canonical_request(signing):
    answer = signing.send("GET", LIST[0] + "&more=1", headers=LIST[1])
    body = answer.json()
    assert (answer.status_code, body["error_code"]) == (401, "APIGW.0301")
    assert "verify aksk signature fail, canonicalRequest:GET|/v3/" in body["error_msg"]
    assert body["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("minutes", [16, -16])
def test_signature_expires_after_a_quarter_of_an_hour(signing, minutes):
    signing.clock.advance(60 * minutes)
    text = signing.send("GET", LIST[0], headers=LIST[1]).json()["error_msg"]
    server_time = f"{SIGNED_AT + timedelta(minutes=minutes):%Y%m%dT%H%M%SZ}"
    assert text.endswith(f"signature expired, signature time:20250102T030405Z,server time:{server_time}")


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("SDK-HMAC-SHA256 Access=NOBODY, SignedHeaders=host;x-sdk-date, Signature=00", "ak NOBODY not exist"),
        (f"SDK-HMAC-SHA256 Access={VECTOR_AK}, SignedHeaders=host, Signature=00", "must be signed"),
        ("Basic b3BlcmF0b3I6ZGVtbw==", "Authorization format incorrect"),
    ],
)
def test_other_authorizations_are_refused(signing, header, text):
    answer = signing.send("GET", VAULTS, headers={**VECTOR_HEADERS, "Authorization": header})
    assert answer.status_code == 401
    assert text in answer.json()["error_msg"]


def test_signed_requests_to_the_identity_service_are_checked_too(signing):
    answer = signing.send("GET", "/v3/projects?name=eu-de", headers=LIST[1])
    assert answer.json()["error_code"] == "APIGW.0301"


def test_signature_without_a_time_is_refused(signing):
    headers = {**LIST[1], "X-Sdk-Date": "today"}
    assert "is not a time" in signing.send("GET", LIST[0], headers=headers).json()["error_msg"]


def test_requests_without_credentials_are_refused(cloud):
    for headers in ({}, {"X-Auth-Token": "garbage"}):
        answer = cloud.send("GET", VAULTS, headers=headers)
        assert (answer.status_code, answer.json()["error_code"]) == (401, "APIGW.0301")
        assert answer.headers["Server"] == "api-gateway"
    assert cloud.send("GET", "/v3/projects").json()["error"]["code"] == 401


def test_token_expires_by_the_clock(cloud):
    cloud.modes.token_hours = 1
    token = cloud.log_in().headers["X-Subject-Token"]
    cloud.clock.advance(3599)
    assert cloud.send("GET", VAULTS, headers={"X-Auth-Token": token}).status_code == 200
    cloud.clock.advance(1)
    answer = cloud.send("GET", VAULTS, headers={"X-Auth-Token": token})
    assert answer.json()["error_msg"] == "Incorrect IAM authentication information: decrypt token fail"


def test_revoked_tokens_are_worthless(cloud):
    cloud.service.identity.tokens.revoke_all()
    assert cloud.send("GET", VAULTS, headers={"X-Auth-Token": cloud.token}).status_code == 401


def test_token_tells_project_user_and_times(cloud):
    token = cloud.log_in({"project": {"id": DEMO_PROJECT_ID}}).json()["token"]
    assert (token["project"]["id"], token["project"]["name"]) == (DEMO_PROJECT_ID, DEMO_PROJECT)
    assert (token["user"]["name"], token["user"]["domain"]["name"]) == (DEMO_USER, DEMO_DOMAIN)
    assert token["issued_at"] == "2026-05-04T09:00:00.000000Z"
    assert token["expires_at"] == "2026-05-05T09:00:00.000000Z"
    endpoints = {each["type"]: each["endpoints"][0]["url"] for each in token["catalog"]}
    assert endpoints["cbr"] == f"https://cloud.test/v3/{DEMO_PROJECT_ID}"
    assert endpoints["identity"] == "https://cloud.test/v3"


def test_token_without_catalog(cloud):
    user = {"name": DEMO_USER, "password": DEMO_PASSWORD, "domain": {"name": DEMO_DOMAIN}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    answer = cloud.send("POST", "/v3/auth/tokens?nocatalog=true", json=body)
    assert answer.json()["token"]["catalog"] == []


def test_account_scope_lists_projects_but_opens_none(cloud):
    answer = cloud.log_in({"domain": {"name": DEMO_DOMAIN}})
    assert "project" not in answer.json()["token"]
    headers = {"X-Auth-Token": answer.headers["X-Subject-Token"]}
    for path in ("/v3/auth/projects", "/v3/projects"):
        found = cloud.send("GET", path, headers=headers).json()["projects"]
        assert [each["name"] for each in found] == [DEMO_PROJECT, "eu-nl_prod", "eu-de", "sa-brazil-1"]
    one = cloud.send("GET", f"/v3/projects?name={DEMO_PROJECT}", headers=headers).json()["projects"]
    assert [each["id"] for each in one] == [DEMO_PROJECT_ID]
    assert cloud.send("GET", "/v3/projects?domain_id=0", headers=headers).json()["projects"] == []
    assert cloud.send("GET", "/v3/projects?enabled=false", headers=headers).json()["projects"] == []
    assert cloud.send("GET", VAULTS, headers=headers).status_code == 403


def test_places_of_the_account(cloud):
    headers = {"X-Auth-Token": cloud.token}
    domains = cloud.send("GET", "/v3/auth/domains", headers=headers).json()["domains"]
    assert [each["name"] for each in domains] == [DEMO_DOMAIN]
    regions = cloud.send("GET", "/v3/regions", headers=headers).json()["regions"]
    assert [each["id"] for each in regions] == ["eu-de", "eu-nl", "sa-brazil-1"]
    catalog = cloud.send("GET", "/v3/auth/catalog", headers=headers).json()["catalog"]
    assert {each["type"] for each in catalog} == {"identity", "iam", "cbr"}
    project = cloud.send("GET", f"/v3/projects/{DEMO_PROJECT_ID}", headers=headers).json()["project"]
    assert project["name"] == DEMO_PROJECT
    assert cloud.send("GET", "/v3/projects/0", headers=headers).status_code == 404
    assert cloud.send("GET", "/v3").json()["version"]["id"].startswith("v3")
    assert cloud.send("GET", "/").status_code == 300


def test_token_can_be_validated(cloud):
    headers = {"X-Auth-Token": cloud.token, "X-Subject-Token": cloud.token}
    answer = cloud.send("GET", "/v3/auth/tokens", headers=headers)
    assert answer.json()["token"]["user"]["name"] == DEMO_USER
    headers["X-Subject-Token"] = "garbage"
    assert cloud.send("GET", "/v3/auth/tokens", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"password": "guess"}, {"name": "nobody"}, {"domain": {"name": "elsewhere"}}, {"id": "0"}, {"name": 5}]
)
def test_wrong_login_is_refused_in_the_words_of_the_identity_service(cloud, wrong):
    answer = cloud.log_in(**wrong)
    assert answer.status_code == 401
    message = "The username or password is wrong."
    assert answer.json() == {"error": {"code": 401, "message": message, "title": "Unauthorized"}}
    assert "X-Subject-Token" not in answer.headers


@pytest.mark.parametrize("scope", [{"project": {"name": "mars"}}, {"domain": {"name": "mars"}}])
def test_unknown_scope_is_refused(cloud, scope):
    assert cloud.log_in(scope).status_code == 401


@pytest.mark.parametrize("content", [b"", b"[]", b'{"auth": {}}', b'{"auth": {"identity": {"methods": ["token"]}}}'])
def test_unreadable_login_is_a_bad_request(cloud, content):
    answer = cloud.send("POST", "/v3/auth/tokens", content=content)
    assert answer.json()["error"] == {"code": 400, "message": "The request body is invalid", "title": "Bad Request"}


def test_fifth_wrong_password_locks_the_user_for_a_while(cloud):
    for _ in range(5):
        cloud.log_in(password="guess")
    assert cloud.log_in().status_code == 401
    cloud.clock.advance(15 * 60)
    assert cloud.log_in().status_code == 201


def test_user_with_a_second_factor(cloud):
    cloud.modes.mfa_required.add(DEMO_USER)
    assert cloud.log_in().status_code == 401
    user = cloud.estate.users[DEMO_USER]

    def with_code(passcode: str) -> int:
        password = {"user": {"id": user.id, "password": DEMO_PASSWORD}}
        totp = {"user": {"id": user.id, "passcode": passcode}}
        identity = {"methods": ["password", "totp"], "password": password, "totp": totp}
        body = {"auth": {"identity": identity, "scope": {"project": {"name": DEMO_PROJECT}}}}
        return cloud.send("POST", "/v3/auth/tokens", json=body).status_code

    assert with_code("000000") == 401
    assert with_code(DEMO_PASSCODE) == 201


def test_demo_keys_are_known(cloud):
    assert cloud.estate.users[DEMO_USER].keys == {DEMO_AK: DEMO_SK}


def roles(cloud, agency: str = DEMO_AGENCY, domain: str = DEMO_DOMAIN, **headers: str):
    role = {"domain_name": domain, "agency_name": agency}
    scope = {"project": {"name": DEMO_PROJECT}}
    body = {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}, "scope": scope}}
    return cloud.send("POST", "/v3/auth/tokens", json=body, headers=headers)


def test_a_role_is_taken_on_with_a_token(cloud):
    account = cloud.log_in({"domain": {"name": DEMO_DOMAIN}}).headers["X-Subject-Token"]
    answer = roles(cloud, **{"X-Auth-Token": account})
    assert (answer.status_code, answer.json()["token"]["methods"]) == (201, ["assume_role"])
    lent = answer.headers["X-Subject-Token"]
    assert cloud.send("GET", VAULTS, headers={"X-Auth-Token": lent}).status_code == 200
    assert roles(cloud, **{"X-Auth-Token": lent}).status_code == 403


def test_a_role_that_nobody_lent_is_not_taken_on(cloud):
    assert roles(cloud, "strangers", **{"X-Auth-Token": cloud.token}).status_code == 404
    assert roles(cloud, domain="elsewhere", **{"X-Auth-Token": cloud.token}).status_code == 404
    assert roles(cloud).status_code == 401


def temporary(cloud, **token) -> dict[str, str]:
    body = {"auth": {"identity": {"methods": ["token"], "token": token}}}
    path = "/v3.0/OS-CREDENTIAL/securitytokens"
    answer = cloud.send("POST", path, json=body, headers={"X-Auth-Token": cloud.token})
    assert answer.status_code == 201
    return answer.json()["credential"]


def signed(cloud, credential: dict[str, str], *unsigned: str, **more: str) -> dict[str, str]:
    """Headers of a request for the vaults with a temporary key, by the rules of the test vectors."""
    headers = {"host": "cloud.test", "x-sdk-date": f"{cloud.clock.now():%Y%m%dT%H%M%SZ}"}
    headers |= {"x-security-token": credential["securitytoken"]} | more
    names = sorted(name for name in headers if name not in unsigned)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    parts = ["GET", f"{VAULTS}/", "", lines, ";".join(names), hashlib.sha256(b"").hexdigest()]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    to_sign = f"SDK-HMAC-SHA256\n{headers['x-sdk-date']}\n{digest}"
    signature = hmac.new(credential["secret"].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    access = f"Access={credential['access']}, SignedHeaders={';'.join(names)}"
    return headers | {"Authorization": f"SDK-HMAC-SHA256 {access}, Signature={signature}"}


def test_temporary_keys_are_good_with_their_security_token_until_they_end(cloud):
    credential = temporary(cloud, duration_seconds=900)
    assert cloud.send("GET", VAULTS, headers=signed(cloud, credential)).status_code == 200
    for bad in (
        signed(cloud, credential, "x-security-token"),
        signed(cloud, credential, **{"x-security-token": "another"}),
        {name: value for name, value in signed(cloud, credential).items() if name != "x-security-token"},
    ):
        assert cloud.send("GET", VAULTS, headers=bad).json()["error_code"] == "APIGW.0301"
    cloud.clock.advance(900)
    answer = cloud.send("GET", VAULTS, headers=signed(cloud, credential))
    assert (answer.status_code, "security token" in answer.json()["error_msg"]) == (401, True)


@pytest.mark.parametrize("life", [899, 86_401, "900", True])
def test_temporary_keys_live_for_a_day_at_most(cloud, life):
    body = {"auth": {"identity": {"methods": ["token"], "token": {"duration_seconds": life}}}}
    headers = {"X-Auth-Token": cloud.token}
    assert cloud.send("POST", "/v3.0/OS-CREDENTIAL/securitytokens", json=body, headers=headers).status_code == 400


def test_a_frank_cloud_says_why_a_login_is_refused(cloud):
    cloud.modes.tells_why = True
    assert "domain" in cloud.log_in(domain={"name": "elsewhere"}).json()["error"]["message"]
    assert "wrong" in cloud.log_in(name="nobody").json()["error"]["message"]
    for _ in range(5):
        cloud.log_in(password="guess")
    answer = cloud.log_in()
    assert (answer.status_code, "locked" in answer.json()["error"]["message"]) == (403, True)
