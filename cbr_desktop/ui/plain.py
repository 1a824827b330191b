"""Text of others made fit for showing: no controls, nothing hidden, no markup, not endless."""

import unicodedata

_SPACES = frozenset("\t\n\v\f\r\x85\u2028\u2029")
_JOINERS = frozenset("\u200c\u200d")
_MARKS_IN_A_ROW = 8
"""More combining marks than any script puts on one letter; a pile of them paints over its neighbours."""


def plain(text: str, limit: int = 500) -> str:
    """Return ``text`` as one line of at most ``limit`` characters in which everything can be seen.

    Line breaks and tabs become spaces, controls their pictures (``␀``), characters that steer or hide text their
    names (``⟨U+202E⟩``). What is cut ends in ``…``. Markup stays as it is: widgets show it literally (``PlainText``),
    and tooltips go through ``tooltip``.
    """
    if len(text) <= limit and text.isprintable() and is_simple(text):
        return text
    shown = _visible(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def is_simple(text: str) -> bool:
    """Tell whether a text keeps to letters and signs that come before Unicode's first mark to be put on others."""
    return text.isascii() or max(text) < "\u0300"


def tooltip(*lines: str) -> str:
    """Return lines as a tooltip that shows them literally; an empty text when all of them are empty."""
    shown = [_escaped(plain(line)) for line in lines if line]
    return "<qt>" + "<br>".join(shown) + "</qt>" if shown else ""


def unmarked(text: str) -> str:
    """Return ``text`` for places that may read markup and cannot be told not to, as the desktop's notifications."""
    return plain(text).replace("<", "‹").replace(">", "›").replace("&", "＆")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _visible(text: str) -> str:
    marks = 0
    shown = []
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS_IN_A_ROW:
            shown.append(_shown(character, category, text, position))
        elif marks == _MARKS_IN_A_ROW + 1:
            shown.append("…")
    return "".join(shown)


def _shown(character: str, category: str, text: str, position: int) -> str:
    if character in _SPACES:
        return " "
    if category == "Cc":
        code = ord(character)
        return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"
    if category == "Cs":
        return "�"
    if category == "Cf" and not _joins(character, text, position):
        return f"⟨U+{ord(character):04X}⟩"
    return character


def _joins(character: str, text: str, position: int) -> bool:
    """Whether a joiner does what it is for: binding emoji, or letters of a script that needs it."""
    around = text[max(0, position - 1) : position + 2]
    return character in _JOINERS and len(around) == 3 and not around[0].isascii() and not around[2].isascii()
