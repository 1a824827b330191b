"""The identity service's words: a request for a token and what comes back beside it."""

from msgspec import Struct, json

from cbr_desktop.cloud.wire.reading import ObjectReader, Text


class ProjectRow(Struct):
    """``token.project``."""

    id: Text = None
    name: Text = None


class TokenRow(Struct):
    """``token``: the description of a token; the token itself travels in a header."""

    project: ProjectRow | None = None
    expires_at: Text = None
    issued_at: Text = None


_TOKEN = ObjectReader(TokenRow, "token")


def login_request(user: str, domain: str, secret: str, scope: dict[str, dict[str, str]]) -> bytes:
    """Write a request for a token by password; ``scope`` is ``{"project": {"name": ...}}`` or the like."""
    password = {"user": {"name": user, "password": secret, "domain": {"name": domain}}}
    return json.encode({"auth": {"identity": {"methods": ["password"], "password": password}, "scope": scope}})


def token(body: bytes) -> TokenRow:
    """Read the description of a token."""
    return _TOKEN.read(body)
