"""A language that nobody speaks: the letters of its messages are wide, so that what passed no catalogue is narrow."""

import re
import string
from collections.abc import Iterable
from gettext import NullTranslations

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
