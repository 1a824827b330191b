"""The one way out for what a command says: controls in the text of others are shown there, never obeyed.

Tables, sentences and reports go through ``say``, JSON through ``say_json``, what is remarked beside them through
``remark``, to the standard error. No other module of ``cli`` prints.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from cbr_desktop.app.interruptible import interruptible
from cbr_desktop.domain.error import CbrError, NotSaved, SecretMissing
from cbr_desktop.domain.secret import VARIABLES, SecretKind
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence, secret_unset_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import NO_BREAK, shown

_SIGNS = {"✕": "x", "▲": "!", "△": "!", "●": "*", "○": "o", "▶": ">", "◐": "~", "◆": "+", "■": "#", "✚": "+"}
_TYPED = str.maketrans(
    {NO_BREAK: " ", "‘": "'", "’": "'", "…": "...", "–": "-", "→": "->", "·": "-", "☐": "[ ]", **_SIGNS}
)
"""What our own sentences have beyond ASCII, as it is typed."""
_GROWTH = 16
"""How many times as long a line becomes at the most when everything in it is shown by its name."""


def say(text: str, *, end: str = "\n") -> None:
    """Print text of one or more lines. ``NotSaved`` when the standard output does not take it."""
    _print(sys.stdout, visible(text) + end)


def say_json(record: object) -> None:
    """Print a record as JSON in ASCII alone. ``NotSaved`` when the standard output does not take it."""
    text = json.dumps(record, ensure_ascii=True, indent=2, default=_time_text)
    # the one control of ASCII that JSON lets stand in a text
    _print(sys.stdout, text.replace("\x7f", "\\u007f") + "\n")


def put(content: bytes) -> None:
    """Print an export byte for byte, which was made to hold no controls. ``NotSaved`` as ``say``."""
    if sys.stdout is not None:
        with _handed_on(sys.stdout):
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()


def remark(text: str) -> None:
    """Print a sentence to the standard error, where it does not mix with what the command was asked for."""
    with suppress(NotSaved, BrokenPipeError):  # that nothing reads it is no reason to end
        _print(sys.stderr, f"cbr-desktop: {visible(text)}\n")


def problem_sentence(error: CbrError) -> str:
    """Return what kept a command from something, and what to do about it in a terminal."""
    if isinstance(error, SecretMissing):
        return secret_unset_sentence(error, VARIABLES[SecretKind(error.kind)])
    return error_sentence(error)


def answer(question: str) -> str:
    """Ask the person at the standard input, on the standard error, and return the line; Ctrl+C ends the command."""
    with interruptible():  # before the question, as it may come as soon as that is read
        _print(sys.stderr, visible(question))
        line = sys.stdin.readline()
        if not line:
            _print(sys.stderr, "\n")  # Ctrl+D leaves the cursor behind the question
        return line.rstrip("\r\n")


def flush() -> None:
    """Hand on everything that was said. ``NotSaved`` when the standard output does not take it."""
    _print(sys.stdout, "")


def visible(text: str) -> str:
    """Return text whose lines show every control, bidirectional and invisible character; the line breaks stay."""
    return "\n".join(plain(line, _GROWTH * len(line) + _GROWTH) for line in text.split("\n"))


def shown_path(path: object) -> str:
    """Return a path as one line in which everything can be seen, whole as far as systems take one."""
    return shown(path, 4096)


def _print(stream: TextIO | None, text: str) -> None:
    """Write text at once; what the stream's encoding does not have is escaped."""
    if stream is None:
        return
    with _handed_on(stream):
        stream.write(_encodable(text, stream.encoding or "utf-8"))
        stream.flush()


def _encodable(text: str, encoding: str) -> str:
    """Return text that an encoding can say: our own signs are typed otherwise, what it does not have is escaped."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_TYPED).encode(encoding, "backslashreplace").decode(encoding)
    return text


@contextmanager
def _handed_on(stream: TextIO) -> Iterator[None]:
    """Turn a failure to write into ``NotSaved``, except ``BrokenPipeError``; nothing is tried again at the end then."""
    try:
        yield
    except BrokenPipeError:
        _close(stream)
        raise
    except OSError as error:
        _close(stream)
        raise NotSaved(_("standard output"), error.strerror or type(error).__name__) from error


def _close(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def _time_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
