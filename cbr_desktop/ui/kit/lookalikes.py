"""Names in one list that look alike, and the part of the id that tells them apart."""

from collections.abc import Generator, Iterable, Sequence

from cbr_desktop.workflows.derived import at_once, pieces

_LETTERS = 200
"""How much of a name is compared: more than a cell shows."""
_ID_LETTERS = 8
_PIECE_NAMES = 500
_ALIKE = str.maketrans(
    # Latin letters and digits among themselves, then Greek, Cyrillic, Armenian and others, all after case folding
    "01l|" + "αβγεηικνορτυχω" + "абвгеёзикмнопрстухчѕіїјһԁԛԝоӏьу" + "օսհոց" + "ⲟоᴏᴠᴡᴢɑɡıɩ" + "‐‑‒–—−",
    "oiii" + "abyenikvoptuxw" + "a6bree3nkmhonpctyx4siijhdqwoiby" + "ouhng" + "ooovwzagii" + "------",
)


def looks(name: str) -> str:
    """Return what a name comes down to for the eye: equal for names that look alike, case aside.

    It knows full-width and styled forms (NFKC), invisible characters, marks, and the letters of other alphabets that
    are drawn like Latin ones. It is coarse on purpose: a name too many is told by its id, none too few.
    """
    name = name[:_LETTERS]
    if not name.isascii():
        import unicodedata  # its table is large, and most names do without

        folded = unicodedata.normalize("NFKD", name).casefold()
        name = "".join(one for one in folded if unicodedata.category(one) not in ("Cf", "Cn", "Mn", "Me"))
    return " ".join(_alike(name).split())


def _alike(text: str) -> str:
    return text.casefold().translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _all_looks(names: Sequence[str]) -> list[str]:
    """Return what ``looks`` says of each; nearly all names are short and of Latin letters, which are told together."""
    text = "".join(names)
    if not text.isascii() or not text.isprintable() or " " in text or any(len(name) > _LETTERS for name in names):
        return [looks(name) for name in names]
    return _alike("\n".join(names)).split("\n")


def duplicates(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return, by id, what to put beside the name of each thing that shares it; ``named`` are ids and names.

    That is the beginning of the id, or the whole of it where beginnings are equal as well.
    """
    return at_once(find_duplicates(named))


def lookalikes(id: str, name: str, named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the others among ``named``, by ids and names, whose names look like this one."""
    look, found = looks(name), []
    for piece in pieces(named, _PIECE_NAMES):
        seen = _all_looks([other for _id, other in piece])
        found += [each for each, its in zip(piece, seen, strict=True) if its == look and each[0] != id]
    return found


def find_duplicates(named: Iterable[tuple[str, str]]) -> Generator[None, None, dict[str, str]]:
    """Do the same in pieces."""
    first: dict[str, str] = {}
    alike: dict[str, set[str]] = {}
    for piece in pieces(named, _PIECE_NAMES):
        for (id, _name), look in zip(piece, _all_looks([name for _id, name in piece]), strict=True):
            other = first.setdefault(look, id)
            if other != id:
                alike.setdefault(look, {other}).add(id)
        yield
    told: dict[str, str] = {}
    for some in pieces(alike.values(), _PIECE_NAMES):
        for ids in some:
            short = {id[:_ID_LETTERS] for id in ids}
            told.update((id, id[:_ID_LETTERS] if len(short) == len(ids) else id) for id in ids)
        yield
    return told
