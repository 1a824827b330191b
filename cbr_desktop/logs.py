"""The log: a few small private files in which no secret stands, whatever was logged."""

import logging
import os
import re
import sys
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from cbr_desktop.domain.redaction import Redaction
from cbr_desktop.storage.files import refuse_odd

FILE_BYTES = 1_000_000
FILES = 3
"""How many files there are: the one that grows and those before it."""

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# these print headers, tokens included, below WARNING
_TALKATIVE = ("httpx", "httpcore")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class RedactingFormatter(logging.Formatter):
    """Takes secrets out of the final text, the traceback included; a filter would see the message alone."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)
        self._redaction = Redaction()
        self.hide = self._redaction.hide

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))

    def redact(self, text: str) -> str:
        """Return ``text`` without what is, or looks like, a secret, and without characters that would fool a reader."""
        return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", self._redaction.redact(text))


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
    """Open a file for its owner alone. ``OSError``; ``NotPlain`` for a pipe or a device, which would hold us."""
    refuse_odd(Path(path))
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    if sys.platform != "win32":
        os.fchmod(descriptor, 0o600)
    return descriptor
