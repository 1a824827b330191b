"""The identity service's words: requests for a token, what comes back beside it, projects, and why it says no."""

import re
from typing import Any

from msgspec import Struct, json

from cbr_desktop.cloud.wire.reading import Flag, Id, ListReader, ObjectReader, Text


class TokenProjectRow(Struct):
    """``token.project``."""

    id: Text = None
    name: Text = None


class RoleRow(Struct):
    """One of ``token.roles``."""

    name: Text = None


class TokenRow(Struct):
    """``token``: the description of a token; the token itself travels in a header."""

    project: TokenProjectRow | None = None
    expires_at: Text = None
    issued_at: Text = None
    roles: list[RoleRow] | None = None


class ProjectRow(Struct):
    """One of ``projects``."""

    id: Id
    name: Id
    enabled: Flag = None
    is_domain: Flag = None


class DomainRow(Struct):
    """One of ``domains``: an account."""

    id: Id


_DOMAINS = ListReader("domains", DomainRow)
_TOKEN = ObjectReader(TokenRow, "token")
_PROJECTS = ListReader("projects", ProjectRow)

_REASONS = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        ("malformed|user ?name or password", ""),
        ("signature expired", "clock"),
        (r"aksk|signature fail|\bak \S+ not exist|access key|security ?token", "keys"),
        (r"decrypt token|x-auth-token|token (must|is expired|could not)", "token"),
        (r"\block(ed|out)\b|too many", "locked"),
        (r"\b(totp|mfa)\b|one-time|passcode|verification code|(second|multi)-? ?factor", "passcode"),
        ("huawei ?id|federat|programmatic|upgraded|access mode", "account-kind"),
        (r"\bproject\b", "project"),
        (r"\b(domain|account name|tenant)\b", "domain"),
    )
)
"""What the words of a refusal tell, the first that fits; there are no codes for this, and most refusals say less."""


def password_request(
    user: str, domain: str, password: str, scope: dict[str, Any], passcode: tuple[str, str] | None = None
) -> bytes:
    """Write a request for a token by password; ``scope`` is ``{"project": {"name": ...}}`` or the like.

    ``passcode`` is the user's id and the number of the moment, where the login has a second factor.
    """
    identity: dict[str, Any] = {
        "methods": ["password"],
        "password": {"user": {"name": user, "password": password, "domain": {"name": domain}}},
    }
    if passcode is not None:
        identity["methods"].append("totp")
        identity["totp"] = {"user": {"id": passcode[0], "passcode": passcode[1]}}
    return _request(identity, scope)


def agency_request(agency: str, domain: str, scope: dict[str, Any]) -> bytes:
    """Write a request for a token of an agency that ``domain`` lent to the asking account."""
    role = {"domain_name": domain, "agency_name": agency}
    return _request({"methods": ["assume_role"], "assume_role": role}, scope)


def token(body: bytes) -> TokenRow:
    """Read the description of a token."""
    return _TOKEN.read(body)


def projects(body: bytes) -> list[ProjectRow]:
    """Read a list of projects; rows that cannot be read are left out."""
    return _PROJECTS.read(body).rows


def own_domain_id(body: bytes) -> str:
    """Read which account a login is of; empty where it is of several, or none is told."""
    ids = {row.id for row in _DOMAINS.read(body).rows}
    return ids.pop() if len(ids) == 1 else ""


def login_refusal_reason(message: str) -> str:
    """Return why a login was refused, as a word of ``LoginRefused.reason``, as far as the message tells."""
    return next((word for pattern, word in _REASONS if pattern.search(message)), "")


def _request(identity: dict[str, Any], scope: dict[str, Any]) -> bytes:
    return json.encode({"auth": {"identity": identity, "scope": scope}})
