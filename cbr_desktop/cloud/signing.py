"""Signing a request with an access key: SDK-HMAC-SHA256 as the gateway checks it."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, unquote

STAMP = "%Y%m%dT%H%M%SZ"
"""The form of ``X-Sdk-Date``, always UTC."""


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key with its secret; a temporary one has a security token as well."""

    access: str
    secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)


def signed_headers(
    keys: Keys, method: str, path: str, query: Iterable[tuple[str, str]], headers: Mapping[str, str], body: bytes
) -> dict[str, str]:
    """Return ``headers`` with ``Authorization``; all of them but names with ``_`` are signed.

    ``path`` is quoted as it is sent. ``headers`` hold ``Host``, ``X-Sdk-Date`` and what else must not be changed on the
    way; the query has to be sent in the form that ``query_string`` gives it.
    """
    values = {name.lower(): value.strip() for name, value in headers.items() if "_" not in name}
    names = ";".join(sorted(values))
    lines = "".join(f"{name}:{values[name]}\n" for name in sorted(values))
    payload = values.get("x-sdk-content-sha256") or hashlib.sha256(body).hexdigest()
    canonical = "\n".join((method, _canonical_path(path), query_string(query), lines, names, payload))
    to_sign = f"SDK-HMAC-SHA256\n{values['x-sdk-date']}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(keys.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    value = f"SDK-HMAC-SHA256 Access={keys.access}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "Authorization": value}


def query_string(query: Iterable[tuple[str, str]]) -> str:
    """Return a query sorted and quoted the one way that is signed: nothing is left for a library to spell otherwise."""
    return "&".join(f"{_quoted(key)}={_quoted(value)}" for key, value in sorted(query))


def stamp(time: datetime) -> str:
    """Return a time as ``X-Sdk-Date`` wants it."""
    return time.astimezone(UTC).strftime(STAMP)


def _canonical_path(path: str) -> str:
    canonical = "/".join(map(_quoted, unquote(path).split("/")))
    return canonical if canonical.endswith("/") else f"{canonical}/"


def _quoted(text: str) -> str:
    return quote(text, safe="~")
