"""Text of others made fit for showing: no controls, nothing hidden, no markup, not endless.

The table of Unicode is large, and is not loaded before there is a text that needs it.
"""

import functools

from cbr_desktop.text.catalogue import _

_SPACES = frozenset("\t\n\v\f\r\x85\u2028\u2029")
_JOINERS = frozenset("\u200c\u200d")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _END = "\u2068", "\u2069"
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and signs by their category that paint nothing."""
_ODD = frozenset({"Mn", "Me", "Cc", "Cf", "Cn", "Cs", "Zl", "Zp"})
"""Categories of characters that may have to be shown otherwise than they stand."""
_LAID_OUT = 200_000
_LINE = 5_000
_TOOLTIP = 80
"""Letters of a line of a tooltip."""
_MARKS_IN_A_ROW = 8
"""More combining marks than any script puts on one letter; a pile of them paints over its neighbours."""


def plain(text: str, limit: int = 500) -> str:
    """Return ``text`` as one line of at most ``limit`` characters in which everything can be seen.

    Line breaks and tabs become spaces, controls their pictures (``␀``), characters that steer or hide text their
    names (``⟨U+202E⟩``). Text with letters that run from right to left is put into an isolate, so that it leaves the
    order of what stands around it alone; what is plain already comes back as it is. What is cut ends in ``…``. Markup
    stays as it is: widgets show it literally (``PlainText``), and tooltips go through ``tooltip``.
    """
    if len(text) <= limit and text.isprintable() and is_simple(text):
        return text
    # the cut comes first: whatever is done with a character, it is not done with ten million of them
    return _fitted(text[: limit + 1], limit, len(text) > limit + 1)


@functools.lru_cache(1024)  # a name stands in many places, and what is worked out of its letters takes a while
def _fitted(head: str, limit: int, is_cut: bool) -> str:
    shown = _visible(head + _END * (head.count(_ISOLATE) - head.count(_END)) if is_cut else head)
    if not _runs_left(shown):
        return shown if len(shown) <= limit else _cut(shown, limit)
    whole = f"{_ISOLATE}{shown}{_END}"
    return whole if len(whole) <= limit else f"{_ISOLATE}{_cut(shown, limit - 2)}{_END}"


def bounded(text: str) -> str:
    """Return a text of many lines no longer than Qt lays out without a noticeable wait, saying what was cut."""
    shown = text[:_LAID_OUT]
    if len(text) > _LINE:
        shown = "\n".join(line if len(line) <= _LINE else f"{line[:_LINE]}…" for line in shown.split("\n"))
    if shown == text:
        return shown
    return f"{shown}\n{_('… cut for the screen; copying gives all {count} characters').format(count=len(text))}"


def is_simple(text: str) -> bool:
    """Tell whether a text keeps to letters and signs that come before Unicode's first mark to be put on others.

    The same is said of dashes, dots, arrows and shapes, which this program writes itself.
    """
    if text.isascii() or max(text) < "\u0300":
        return True
    return all(c < "\u0300" or "\u2010" <= c <= "\u2027" or "\u2190" <= c <= "\u27ff" for c in text)


def tooltip(*lines: str) -> str:
    """Return lines as a tooltip that shows them literally; an empty text when all of them are empty.

    Where there is nothing in them that Qt could take for markup there is none in the tooltip either: screen readers are
    given it as the description of what it belongs to, letter by letter.
    """
    shown = [plain(line) for line in lines if line]
    if any("<" in line for line in shown):
        return "<qt>" + "<br>".join(map(_escaped, shown)) + "</qt>"
    return "\n".join(map(_wrapped, shown))


def accessible(title: str) -> str:
    """Return the title of a button as it is read aloud: without its mnemonic and without the dots at its end."""
    return title.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("….")


def unmarked(text: str) -> str:
    """Return ``text`` for places that may read markup and cannot be told not to, as the desktop's notifications."""
    return plain(text).replace("<", "‹").replace(">", "›").replace("&", "＆")


def _wrapped(line: str) -> str:
    """Break a line at blanks, or within a word that is too long by itself."""
    rows = []
    while len(line) > _TOOLTIP:
        end = line.rfind(" ", 1, _TOOLTIP + 1)
        end = end if end > 0 else _TOOLTIP
        rows.append(line[:end])
        line = line[end:].lstrip(" ")
    return "\n".join([*rows, line] if line else rows)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def exact(text: str) -> str:
    """Return ``text`` without the isolates of ``plain``, for the clipboard."""
    return text.replace(_ISOLATE, "").replace(_END, "")


def _cut(shown: str, limit: int) -> str:
    """Cut to ``limit`` characters; isolates that lose their ends are closed before the mark of the cut."""
    for length in range(limit - 1, -1, -1):
        cut = shown[:length]
        ends = _END * max(0, cut.count(_ISOLATE) - cut.count(_END))
        if length + len(ends) < limit:
            return f"{cut}{ends}…"
    return "…"


def _runs_left(shown: str) -> bool:
    """Tell whether anything outside of isolates runs from right to left."""
    if is_simple(shown):
        return False
    import unicodedata

    leading = {one for one in set(shown) if unicodedata.bidirectional(one) in _RIGHT_TO_LEFT}
    depth = 0
    for character in shown if leading else ():
        depth += (character == _ISOLATE) - (character == _END)
        if not depth and character in leading:
            return True
    return False


def _isolates(text: str) -> frozenset[int]:
    """Return where isolates begin and end that embrace what runs from right to left, as those of ``plain`` do."""
    if _ISOLATE not in text:
        return frozenset()
    import unicodedata

    kept: set[int] = set()
    begun: list[int] = []
    last = -1  # where the newest letter stands that runs from right to left
    for position, character in enumerate(text):
        if character == _ISOLATE:
            begun.append(position)
        elif character == _END and begun:
            begin = begun.pop()
            if last > begin:
                kept |= {begin, position}
        elif unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
            last = position
    return frozenset(kept)


def _visible(text: str) -> str:
    import unicodedata

    # a text has few different characters, and most texts none that is shown otherwise than it stands
    odd = {one: category for one in set(text) if (category := unicodedata.category(one)) in _ODD or one in _BLANKS}
    if not odd:
        return text
    isolates = _isolates(text)
    marks = 0
    shown = []
    for position, character in enumerate(text):
        category = odd.get(character, "")
        if not category or position in isolates:
            marks = marks if category else 0
            shown.append(character)
            continue
        marks = marks + 1 if category in ("Mn", "Me") and character not in _BLANKS else 0
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
    is_unseen = category == "Cf" and not _joins(character, text, position)
    if is_unseen or category == "Cn" or character in _BLANKS:
        return f"⟨U+{ord(character):04X}⟩"
    return character


def _joins(character: str, text: str, position: int) -> bool:
    """Whether a joiner does what it is for: binding emoji, or letters of a script that needs it."""
    around = text[max(0, position - 1) : position + 2]
    return character in _JOINERS and len(around) == 3 and not around[0].isascii() and not around[2].isascii()
