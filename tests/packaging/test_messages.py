"""The template of messages and its translations: what is found in the source, and what a translation must keep."""

import ast
from pathlib import Path

import pytest

from sayings import Saying, sayings

SOURCE = """
title = _("Refresh")
count = ngettext("{count} day", "{count} days", n).format(count=n)
page = f"<h1>{_('Journal')}</h1>"
told = _(_TABLE.get(key, N_("Unknown")))
state = NP_("state of a vault", "Available")
looked = _(_TABLE[key])
"""


def test_messages_are_found_within_calls_and_within_f_strings() -> None:
    found = [saying for _line, saying in sayings(ast.walk(ast.parse(SOURCE)))]
    assert sorted(found) == [
        Saying("", "Journal", ""),
        Saying("", "Refresh", ""),
        Saying("", "Unknown", ""),
        Saying("", "{count} day", "{count} days"),
        Saying("state of a vault", "Available", ""),
    ]


@pytest.mark.parametrize(
    ("translation", "faults"),
    [("{count} von {total}", 0), ("{count} von allen", 1), ("{count} von {total} {more}", 1), ("", 0)],
)
def test_a_translation_keeps_the_places_of_its_message(tmp_path: Path, translation: str, faults: int) -> None:
    messages = pytest.importorskip("messages", reason="Babel is not here", exc_type=ImportError)
    path = tmp_path / "de.po"
    path.write_text(f'msgid ""\nmsgstr ""\n\nmsgid "{{count}} of {{total}}"\nmsgstr "{translation}"\n', "utf-8")
    assert len(list(messages.broken(path))) == faults
