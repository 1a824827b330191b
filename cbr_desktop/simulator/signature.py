"""Check of AK/SK signatures: algorithm SDK-HMAC-SHA256 as the API gateway computes it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from .call import Call
from .refusals import unauthenticated

WINDOW = timedelta(minutes=15)
AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256 Access=(?P<access>[^,\s]+), ?"
    r"SignedHeaders=(?P<names>[^,\s]+), ?Signature=(?P<signature>[0-9a-f]+)"
)


def verify(call: Call, keys: Mapping[str, str]) -> tuple[str, list[str]]:
    """The access key that a request is signed with, and the names of the signed headers.

    Refuses with 401 APIGW.0301 unless it is one of the keys, used within 15 minutes.
    """
    match = AUTHORIZATION.fullmatch(call.headers.get("authorization", ""))
    if match is None:
        raise unauthenticated("Authorization format incorrect")
    access, names = match["access"], match["names"].split(";")
    if access not in keys:
        raise unauthenticated(f"ak {access} not exist")
    date = call.headers.get("x-sdk-date", "")
    if "host" not in names or "x-sdk-date" not in names:
        raise unauthenticated("verify aksk signature fail, host and x-sdk-date must be signed")
    _check_date(date, call.now)
    canonical = canonical_request(call, names)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"SDK-HMAC-SHA256\n{date}\n{digest}"
    expected = hmac.new(keys[access].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, match["signature"]):
        quoted = canonical.replace("\n", "|")
        raise unauthenticated(f"verify aksk signature fail, canonicalRequest:{quoted}")
    return access, names


def _check_date(date: str, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise unauthenticated("verify aksk signature fail, X-Sdk-Date is not a time") from None
    if abs(now - signed_at) > WINDOW:
        server_time = f"{now:%Y%m%dT%H%M%SZ}"
        raise unauthenticated(
            f"calc aksk signature fail:signature expired, signature time:{date},server time:{server_time}"
        )


def canonical_request(call: Call, names: list[str]) -> str:
    """The six parts that are hashed: method, path, query, headers, their names, hash of the body."""
    path = "/".join(_quote(each) for each in unquote(call.path).split("/"))
    query = "&".join(f"{_quote(key)}={_quote(value)}" for key, value in sorted(call.query))
    headers = "".join(f"{name}:{call.headers.get(name, '').strip()}\n" for name in names)
    given = call.headers.get("x-sdk-content-sha256")
    payload = given or hashlib.sha256(call.body).hexdigest()
    path = path if path.endswith("/") else f"{path}/"
    return "\n".join([call.method, path, query, headers, ";".join(names), payload])


def _quote(text: str) -> str:
    return quote(text, safe="~")
