"""Taking secrets out of text: those that are known, in the forms in which they travel, and what looks like one."""

import base64
import json
import re
from functools import cache
from urllib.parse import quote, quote_plus

from msgspec import Struct
from msgspec.structs import force_setattr

HIDDEN = "[hidden]"
"""What stands in the place of a secret."""
SHORTEST_SECRET = 4
"""Characters of the shortest text that is taken for a secret: a shorter one would spoil what it is taken out of."""
WORDS_LIMIT = 10_000
"""Characters of a message of the service that are kept."""

_HEADERS = r"x-auth-token|x-subject-token|x-security-token|(?:proxy-)?authorization|(?:set-)?cookie"
# a name is looked for without what stands before it: a leading [\w-]* would cost the square of a long word
_FIELDS = (
    r"(?:password|passphrase|passcode|passwd|adminpass|secret|token|access[_-]?key)(?:[_-]?(?:access[_-]?key|key|id))?"
    r"|\bpwd|\bsk|\bak"
)
_SEPARATOR = r"(?:\\*['\"])?\s*[:=,]\s*"
_QUOTED = r"b?(?P<quote>\\*['\"])(?:\\.|(?!(?P=quote)).)*"


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what looks like a secret, and what takes its place; few commands need it, and it takes long to compile."""
    return (
        # a name, and a value in quotes: JSON, the repr of a dictionary or of httpcore's pairs of bytes
        (re.compile(rf"(?i)((?:{_HEADERS}|{_FIELDS}){_SEPARATOR}){_QUOTED}"), rf"\1\g<quote>{HIDDEN}"),
        # a header as it goes over the wire, to the end of its line
        (re.compile(rf"(?i)((?:{_HEADERS})\s*[:=]\s*)[^\s'\"\[][^\r\n]*"), rf"\1{HIDDEN}"),
        (re.compile(rf"(?i)((?:{_FIELDS})\s*[:=]\s*)[^\s,;&'\"{{}}\[\]()]+"), rf"\1{HIDDEN}"),
        (re.compile(r"(?i)(\b(?:access|signature|credential)=)[^\s,;&'\"]+"), rf"\1{HIDDEN}"),
        # user and password of a proxy or an endpoint
        (re.compile(r"(://)[^\s/'\"]*@"), rf"\1{HIDDEN}@"),
        (re.compile(r"\b(?:MII|eyJ)[A-Za-z0-9+/=_.-]{30,}"), HIDDEN),
    )


# without one of these no pattern can match; looking for them first makes most lines cheap
_TRIGGERS = (
    *("token", "authorization", "cookie", "pass", "secret", "access", "pwd", "sk", "ak"),
    *("signature", "credential", "@", "mii", "eyj"),
)
_LONG = re.compile(r"[A-Za-z0-9+/_-]{80,}={0,2}")
_MIXTURE = (re.compile(r"[A-Z]"), re.compile(r"[a-z]"), re.compile(r"[0-9]"))


class Redaction:
    """Takes the secrets that it was told of, and what looks like one, out of any text."""

    def __init__(self) -> None:
        self._known: tuple[str, ...] = ()

    def hide(self, secret: str) -> None:
        """Take this very text out from now on, in every form; one of up to three characters stays."""
        if len(secret) >= SHORTEST_SECRET:
            # the longest first: a form may begin with another
            self._known = tuple(sorted({*self._known, *forms(secret)}, key=len, reverse=True))

    def redact(self, text: str) -> str:
        """Return ``text`` without what is, or looks like, a secret."""
        for form in self._known:
            text = text.replace(form, HIDDEN)
        return redacted(text)


def redacted(text: str) -> str:
    """Return ``text`` without what looks like a secret."""
    lowered = text.lower()
    if any(trigger in lowered for trigger in _TRIGGERS):
        for pattern, replacement in _patterns():
            text = pattern.sub(replacement, text)
    return _LONG.sub(_hidden_if_mixed, text)


def redact_fields(value: Struct, *names: str) -> None:
    """Take what looks like a secret out of the service's words in a value that is being made, frozen or not.

    Of words beyond ``WORDS_LIMIT`` the beginning is kept: to look through megabytes would be felt.
    """
    for name in names:
        text = getattr(value, name)
        if text:
            force_setattr(value, name, redacted(text[:WORDS_LIMIT]))


def forms(secret: str) -> set[str]:
    """Return how a secret may stand in a text: as it is written, written out by a program, or in an encoding."""
    data, wide = secret.encode("utf-8", "surrogatepass"), secret.encode("utf-16-le", "surrogatepass")
    found = {
        repr(secret)[1:-1],
        repr(data)[2:-1],
        repr(wide)[2:-1],
        "\x00".join(secret),
        data.hex(),
        data.hex().upper(),
    }
    found |= _base64_forms(data) | _base64_forms(wide) | written_forms(secret)
    return {form for form in found if len(form) >= SHORTEST_SECRET}


def written_forms(secret: str) -> set[str]:
    """Return how a secret may be written where it can still be read: plain, or escaped for JSON or an address."""
    data = secret.encode("utf-8", "surrogatepass")
    found = {secret, secret.strip(), quote(data, safe=""), quote(data), quote_plus(data)}
    found |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {form for form in found if len(form) >= SHORTEST_SECRET}


def _base64_forms(data: bytes) -> set[str]:
    """Return what base64 makes of data wherever it begins: in ``Basic`` a user's name stands before the password."""
    found = {base64.b64encode(data).decode().rstrip("=")}
    for before, shared in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        # the last sign is one that what follows has a part in, unless the data ends with it
        found.add(text[shared : len(text) - ((before + len(data)) % 3 > 0)])
    return found | {form.replace("+", "-").replace("/", "_") for form in found}


def _hidden_if_mixed(match: re.Match[str]) -> str:
    """Hide what has letters of both cases and digits, as a token has; a digest or a path rarely does."""
    return HIDDEN if all(part.search(match[0]) for part in _MIXTURE) else match[0]
