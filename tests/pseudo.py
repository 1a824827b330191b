"""A language that nobody speaks: the letters of its messages are wide, so that what passed no catalogue is narrow."""

import functools
import re
import string
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from gettext import NullTranslations, textdomain
from pathlib import Path

_WIDE = {ord(letter): chr(ord(letter) - 0x21 + 0xFF01) for letter in string.ascii_letters}
_NARROW = re.compile(r"[A-Za-z]{2,}")


class Pseudo(NullTranslations):
    """Speaks every message in wide letters; named places stay as they are."""

    def gettext(self, message: str) -> str:
        return wide(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return wide(msgid1 if n == 1 else msgid2)

    def pgettext(self, _context: str, message: str) -> str:
        return wide(message)


@functools.cache
def wide(message: str) -> str:
    """Return a message in wide letters."""
    try:
        parts = list(string.Formatter().parse(message))
    except ValueError:
        return message.translate(_WIDE)
    made = []
    for text, name, spec, conversion in parts:
        made.append(text.translate(_WIDE).replace("{", "{{").replace("}", "}}"))
        if name is not None:
            made.append("{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}")
    joined = "".join(made)
    # what is never filled in keeps its braces single
    return joined if any(name is not None for _text, name, _spec, _conversion in parts) else message.translate(_WIDE)


def narrow_words(text: str, known: Iterable[str] = ()) -> list[str]:
    """Return the words of a text that passed no catalogue, without those that are ``known`` not to be messages."""
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word, "")
    return _NARROW.findall(text)


def compiled(folder: Path, language: str, messages: Mapping[str, str]) -> None:
    """Write a catalogue as gettext reads it: a table of places, then the texts, each ended by a zero."""
    pairs = sorted({"": "Content-Type: text/plain; charset=utf-8\n", **messages}.items())
    texts = [text.encode() for pair in zip(*pairs, strict=True) for text in pair]
    begin = 28 + 8 * len(texts)
    places, body = b"", b""
    for text in texts:
        places += struct.pack("<II", len(text), begin + len(body))
        body += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    path = folder / language / "LC_MESSAGES"
    path.mkdir(parents=True)
    (path / "cbr_desktop.mo").write_bytes(head + places + body)


@contextmanager
def own_domain() -> Iterator[None]:
    """Leave the domain of the process, by which argparse looks its words up, as it was."""
    before = textdomain()
    try:
        yield
    finally:
        textdomain(before)
