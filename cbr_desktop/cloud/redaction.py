"""The secrets of a session, cut from every answer before anything is made of it: no server gets them onto the disk.

What is cut never makes an answer look better than it is: an id, a vault or a name with ``[hidden]`` in it is not the
one that was asked for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cbr_desktop.domain.redaction import HIDDEN, SHORTEST_SECRET, forms, redacted, written_forms

SECRETS_LIMIT = 16
"""How many secrets are known at a time; the oldest is one that was renewed long ago."""

_SECRET_HEADERS = (
    *("x-auth-token", "x-subject-token", "x-security-token"),
    *("authorization", "proxy-authorization", "cookie"),
)
_HIDDEN = HIDDEN.encode()
_ANCHOR = 24
"""Bytes of a longer form by which its beginning is known when the rest was cut off."""
_CUT_OFF = 32
"""Bytes of the shortest form that counts when only its beginning is there."""
_ENCODED = 7
"""Bytes of the shortest encoded form: a shorter one might be a part of anything."""
_WORD = re.compile(r"(?:[A-Za-z_]{1,19}|[0-9]{1,19}|.{1,5})\Z", re.DOTALL)
"""What a name, a status or a number may be as well: it is cut from sentences alone."""
_LARGE = 64 * 2**10
"""Bytes of the largest body that is searched for encodings as well."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,19}\Z")
"""What may be a part of a name as well: it is cut where it stands by itself."""
_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\(?:u00([2-7][0-9a-fA-F])|/)")
_ESCAPES_LIMIT = 100_000
"""Escapes of what needs none, in one answer; each is looked at."""
_REST = rb"[A-Za-z0-9+/=_.%~-]*"
_BEFORE, _AFTER = rb"(?:(?<![\w-])|(?<=\\[bfnrt]))", rb"(?![\w-])"
_NO_KEY = rb"(?!\"\s*:)"


@dataclass(frozen=True, slots=True, repr=False)
class _Trace:
    """One form of a secret. ``anchor`` is how it begins, in small letters; ``alone`` says that it stands by itself."""

    form: bytes
    anchor: bytes
    alone: bool

    def cut(self, data: bytes) -> bytes:
        """Return ``data`` without this form, however its letters are written."""
        exact = re.escape(self.form)
        if self.alone:
            pattern = _BEFORE + exact + _AFTER + _NO_KEY
        elif len(self.form) >= _CUT_OFF:
            pattern = exact + b"|" + re.escape(self.form[:_ANCHOR]) + _REST
        else:
            pattern = exact
        return re.sub(b"(?i)" + pattern, _HIDDEN, data)


@dataclass(frozen=True, slots=True, repr=False)
class _SecretTraces:
    """How a secret may stand in a large body, in any other, and in a sentence."""

    written: tuple[_Trace, ...]
    all: tuple[_Trace, ...]
    said: tuple[_Trace, ...]


class AnswerRedaction:
    """Cuts certain secrets from one answer."""

    def __init__(self, secrets: Iterable[_SecretTraces]) -> None:
        self._secrets = tuple(secrets)

    def body(self, body: bytes) -> bytes:
        """Return a body without the secrets; the very same bytes where there are none.

        A large one is a page of a list, where each form that is looked for would be felt: in that one a secret is found
        as it is written, and not in base64 or other encodings.
        A body in which plain letters are escaped over and over is no answer of a service: nothing of it is returned.
        """
        traces = [trace for each in self._secrets for trace in (each.all if len(body) <= _LARGE else each.written)]
        plain = body
        if b"\\" in body and (escapes := body.count(b"\\u00") + body.count(b"\\/")):
            if escapes > _ESCAPES_LIMIT:
                return b""
            plain = _ESCAPE.sub(_unescaped, body)
        cut = _cut(plain, traces)
        return body if cut is plain else cut

    def header(self, value: bytes) -> bytes:
        """Return the value of a header without the secrets."""
        return _cut(value, [trace for each in self._secrets for trace in each.all])

    def text(self, text: str) -> str:
        """Return a sentence without the secrets and without what looks like one."""
        data = text.encode("utf-8", "surrogatepass")
        cut = _cut(data, [trace for each in self._secrets for trace in (*each.all, *each.said)])
        return redacted(text if cut is data else cut.decode("utf-8", "surrogatepass"))


class KnownSecrets:
    """The secrets that one client was told of; the newest ones, when there are many."""

    def __init__(self) -> None:
        self._known: dict[str, _SecretTraces] = {}

    def hide(self, *secrets: str) -> None:
        """Cut these from every answer from now on."""
        for secret in secrets:
            if len(secret) >= SHORTEST_SECRET:
                self._known[secret] = self._known.pop(secret) if secret in self._known else _traces(secret)
        for oldest in list(self._known)[:-SECRETS_LIMIT]:
            del self._known[oldest]

    def redaction(self, *others: str) -> AnswerRedaction:
        """Return what cuts the known secrets, and others that count for one answer."""
        more = {each for each in others if len(each) >= SHORTEST_SECRET} - self._known.keys()
        return AnswerRedaction((*self._known.values(), *map(_traces, more)))


def proofs(headers: Mapping[str, str]) -> list[str]:
    """Return the secrets in the headers of a request: tokens, signatures, cookies."""
    return [_proof(value) for name, value in headers.items() if name.lower() in _SECRET_HEADERS]


def cookie_values(headers: Iterable[str]) -> list[str]:
    """Return the values of cookies in the ``Set-Cookie`` headers of an answer."""
    return [header.partition(";")[0].partition("=")[2].strip() for header in headers]


def _proof(value: str) -> str:
    """Return the part of a header that is secret: a signature, or what stands behind the name of a scheme."""
    return value.rpartition("Signature=")[2].strip().rpartition(" ")[2]


def _traces(secret: str) -> _SecretTraces:
    plain = secret.strip()
    if len(plain) < SHORTEST_SECRET:
        return _SecretTraces((), (), ())
    said = _trace(plain, alone=_PLAIN.match(plain) is not None or len(plain) < 6)
    if _WORD.match(plain):
        encoded = {form for form in forms(secret) if len(form) >= _ENCODED and form.strip() != plain}
        return _SecretTraces((), tuple(map(_trace, _distinct(encoded))) if len(plain) >= 6 else (), (said,))
    written, all = (
        (said, *(_trace(form) for form in _distinct(some) if len(form) >= _ENCODED and form.strip() != plain))
        for some in (written_forms(secret), forms(secret))
    )
    return _SecretTraces(written, all, (said,))


def _distinct(found: Iterable[str]) -> list[str]:
    """Return forms that differ by more than the size of their letters, each in front of those that it begins."""
    return sorted({form.lower(): form for form in found}.values(), key=len, reverse=True)


def _trace(form: str, alone: bool = False) -> _Trace:
    data = form.encode("utf-8", "surrogatepass")
    lowered = data.lower()
    return _Trace(data, lowered[:_ANCHOR] if len(lowered) >= _CUT_OFF else lowered, alone)


def _cut(data: bytes, traces: Sequence[_Trace]) -> bytes:
    """Return ``data`` without what left traces; the very same bytes where nothing did."""
    lowered = data.lower()
    found = {anchor for anchor in {trace.anchor for trace in traces} if anchor in lowered}
    cut = data
    for trace in traces if found else ():
        if trace.anchor in found:
            cut = trace.cut(cut)
    return data if cut == data else cut


def _unescaped(match: re.Match[bytes]) -> bytes:
    """Return what an escape in JSON stands for where that needs none."""
    found = b"/" if match[2] is None else bytes([int(match[2], 16)])
    return match[0] if found in b'"\\\x7f' else match[1] + found
