"""Takes the messages of the program out of its source into the template that translations are made of.

What is new, changed and gone against the kept template is told. With ``--check`` nothing is written, and the exit code
is 1 when the template is not true to the source. Translations beside it are looked through as well: each has to keep
the named places of its messages.
"""

from __future__ import annotations

import ast
import difflib
import io
import re
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from sayings import sayings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "messages"
TEMPLATE = FOLDER / "cbr_desktop.pot"
_HEAD = "# The messages of CBR Desktop, made by `python3 packaging/bootstrap.py messages`; do not edit it.\n"
_PASSING = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To).*\n', re.M
)
_PLACE = re.compile(r"%\(\w+\)[rs]|%[rs]\b")
"""What argparse fills in by ``%``."""
_ALIKE = 0.6
"""How much of a message has to stay for a new one to count as changed."""


def main(arguments: list[str]) -> int:
    """Make the template anew, or check that it is true; return the exit code."""
    extracted = extract()
    text = written(extracted)
    kept = TEMPLATE.read_text("utf-8") if TEMPLATE.exists() else ""
    new, gone = told(read_po(io.StringIO(kept)), extracted)
    faults = [fault for path in sorted(FOLDER.glob("*.po")) for fault in broken(path)]
    print(f"{len(extracted)} messages, {new} new or changed, {gone} gone.")
    for fault in faults:
        print(fault)
    if arguments == ["--check"]:
        if text != kept:
            name = TEMPLATE.relative_to(ROOT)
            print(f"{name} is not true to the source. Start `bootstrap.py messages` to make it anew.")
        return 1 if faults or text != kept else 0
    if arguments:
        print("messages takes --check and nothing else.")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_text(text, encoding="utf-8")
    return 1 if faults else 0


def extract() -> Catalog:
    """Return the messages that the source looks up or marks, by the files that they stand in."""
    catalog = Catalog(project="CBR Desktop", charset="utf-8")
    for path in sorted((ROOT / "cbr_desktop").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for _line, (context, one, many) in sorted(sayings(ast.walk(tree))):
            place = [(path.relative_to(ROOT).as_posix(), None)]
            catalog.add((one, many) if many else one, None, place, context=context or None)
    return catalog


def written(catalog: Catalog) -> str:
    """Return a catalogue as a template without lines and dates, which would change when no message does."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, include_lineno=False)
    text = out.getvalue().decode("utf-8")
    # the comment that Babel puts first names a year and an author
    return _HEAD + _PASSING.sub("", text[text.index("#, fuzzy") :].removeprefix("#, fuzzy\n"))


def told(kept: Catalog, extracted: Catalog) -> tuple[int, int]:
    """Print what is new, changed and gone; return how much is new or changed, and how much is gone without being so."""
    before, now = ({_key(message): message for message in catalog if message.id} for catalog in (kept, extracted))
    new = [key for key in now if key not in before]
    gone = [key for key in before if key not in now]
    changed = 0
    for key in new:
        alike = difflib.get_close_matches(key, gone, 1, _ALIKE)
        if alike:
            gone.remove(alike[0])
            changed += 1
            print(f"changed  {alike[0]}\n     to  {key}")
        else:
            print(f"new      {key}")
    for key in gone:
        print(f"gone     {key}")
    return len(new), len(gone)


def _key(message: Message) -> str:
    words = message.id if isinstance(message.id, str) else " | ".join(message.id)
    return f"[{message.context}] {words}" if message.context else words


def broken(path: Path) -> Iterator[str]:
    """Yield what is wrong with a translation: a message that lacks a named place, or has one too many."""
    with path.open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        wanted = set().union(*map(places, ids))
        for form in forms:
            if form and message.id and places(form) != wanted and not (len(ids) > 1 and places(form) <= wanted):
                yield f"{path.name}: {form!r} has not the places of {ids[0]!r}"


def places(text: str) -> set[str]:
    """Return the places of a message; text that is never filled in may have braces that are none."""
    try:
        named = {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        named = set()
    return named.union(_PLACE.findall(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
