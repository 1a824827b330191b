"""The log: a few small private files in which no secret stands, whatever was logged."""

import base64
import json
import logging
import os
import re
import sys
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote, quote_plus

FILE_BYTES = 1_000_000
FILES = 3
"""How many files there are: the one that grows and those before it."""

_HIDDEN = "[hidden]"
_SHORTEST_SECRET = 4
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# these print headers, tokens included, below WARNING
_TALKATIVE = ("httpx", "httpcore")

_HEADERS = r"x-auth-token|x-subject-token|x-security-token|(?:proxy-)?authorization|(?:set-)?cookie"
# a name is looked for without what stands before it: a leading [\w-]* would cost the square of a long word
_FIELDS = (
    r"(?:password|passphrase|passcode|passwd|adminpass|secret|token|access[_-]?key)(?:[_-]?(?:access[_-]?key|key|id))?"
    r"|\bpwd|\bsk|\bak"
)
_SEPARATOR = r"(?:\\*['\"])?\s*[:=,]\s*"
_QUOTED = r"b?(?P<quote>\\*['\"])(?:\\.|(?!(?P=quote)).)*"

_PATTERNS = (
    # a name, and a value in quotes: JSON, the repr of a dictionary or of httpcore's pairs of bytes
    (re.compile(rf"(?i)((?:{_HEADERS}|{_FIELDS}){_SEPARATOR}){_QUOTED}"), rf"\1\g<quote>{_HIDDEN}"),
    # a header as it goes over the wire, to the end of its line
    (re.compile(rf"(?i)((?:{_HEADERS})\s*[:=]\s*)[^\s'\"\[][^\r\n]*"), rf"\1{_HIDDEN}"),
    (re.compile(rf"(?i)((?:{_FIELDS})\s*[:=]\s*)[^\s,;&'\"{{}}\[\]()]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)(\b(?:access|signature|credential)=)[^\s,;&'\"]+"), rf"\1{_HIDDEN}"),
    # user and password of a proxy or an endpoint
    (re.compile(r"(://)[^\s/'\"]*@"), rf"\1{_HIDDEN}@"),
    (re.compile(r"\b(?:MII|eyJ)[A-Za-z0-9+/=_.-]{30,}"), _HIDDEN),
)
# without one of these no pattern can match; looking for them first makes most lines cheap
_TRIGGERS = (
    *("token", "authorization", "cookie", "pass", "secret", "access", "pwd", "sk", "ak"),
    *("signature", "credential", "@", "mii", "eyj"),
)
_LONG = re.compile(r"[A-Za-z0-9+/_-]{80,}={0,2}")
_MIXTURE = (re.compile(r"[A-Z]"), re.compile(r"[a-z]"), re.compile(r"[0-9]"))
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class RedactingFormatter(logging.Formatter):
    """Takes secrets out of the final text, the traceback included; a filter would see the message alone."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)
        self._known: tuple[str, ...] = ()

    def hide(self, secret: str) -> None:
        """Take this very text out from now on, in the forms in which it travels.

        A text of up to three characters stays: taking it out would spoil the log and give it away.
        """
        if len(secret) >= _SHORTEST_SECRET:
            # the longest first: a form may begin with another
            self._known = tuple(sorted({*self._known, *_forms(secret)}, key=len, reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))

    def redact(self, text: str) -> str:
        """Return ``text`` without what is, or looks like, a secret, and without characters that would fool a reader."""
        for form in self._known:
            text = text.replace(form, _HIDDEN)
        lowered = text.lower()
        if any(trigger in lowered for trigger in _TRIGGERS):
            for pattern, replacement in _PATTERNS:
                text = pattern.sub(replacement, text)
        text = _LONG.sub(_hidden_if_mixed, text)
        return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class PrivateFileHandler(RotatingFileHandler):
    """Files of 0600 from their first byte. What the disk refuses is lost: a log never stops the program."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=_private)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing; there may be no place left to say it."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()


class Log:
    """The running log of this program. ``close`` takes it off again."""

    def __init__(self, path: Path, level: int = logging.INFO) -> None:
        self.path = path
        self._formatter = RedactingFormatter()
        with suppress(OSError):
            path.parent.mkdir(0o700, parents=True, exist_ok=True)
        self._handler = PrivateFileHandler(
            path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="backslashreplace", delay=True
        )
        self._handler.setFormatter(self._formatter)
        root = logging.getLogger()
        self._level_before = root.level
        root.setLevel(level)
        root.addHandler(self._handler)
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)

    def hide(self, secret: str) -> None:
        """Keep this very text out of the log from now on."""
        self._formatter.hide(secret)

    def redact(self, text: str) -> str:
        """Return a text that is to leave the program without what is, or looks like, a secret."""
        return self._formatter.redact(text)

    def close(self) -> None:
        """Stop logging and close the file."""
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._level_before)
        self._handler.close()


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    if sys.platform != "win32":
        os.fchmod(descriptor, 0o600)
    return descriptor


def _hidden_if_mixed(match: re.Match[str]) -> str:
    """Hide what has letters of both cases and digits, as a token has; a digest or a path rarely does."""
    return _HIDDEN if all(part.search(match[0]) for part in _MIXTURE) else match[0]


def _forms(secret: str) -> set[str]:
    """Return how a secret may stand in a text: plain, escaped for JSON, Python or an address, in base64 or UTF-16."""
    data, wide = secret.encode("utf-8", "surrogatepass"), secret.encode("utf-16-le", "surrogatepass")
    forms = {secret, secret.strip(), repr(secret)[1:-1], repr(data)[2:-1], quote(data, safe=""), quote_plus(data)}
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {repr(wide)[2:-1], "\x00".join(secret)}
    for each in (data, wide):
        forms |= _base64_forms(each)
        forms |= {form.replace("+", "-").replace("/", "_") for form in _base64_forms(each)}
    return {form for form in forms if len(form) >= _SHORTEST_SECRET}


def _base64_forms(data: bytes) -> set[str]:
    """Return what base64 makes of data wherever it begins: in ``Basic`` a user's name stands before the password."""
    forms = {base64.b64encode(data).decode().rstrip("=")}
    for before, shared in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        # the last sign is one that what follows has a part in, unless the data ends with it
        forms.add(text[shared : len(text) - ((before + len(data)) % 3 > 0)])
    return forms
