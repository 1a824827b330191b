"""The template of messages and its translations: what is found in the source, and what a translation must keep."""

import argparse
import ast
import inspect
import sys
from pathlib import Path

import pytest

from cbr_desktop.cli.arguments import ARGPARSE
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


def test_argparse_says_what_is_listed_for_translators() -> None:
    source = ast.parse(inspect.getsource(argparse))
    said = {form for _line, saying in sayings(ast.walk(source)) for form in (saying.one, saying.many)}
    listed = {form for each in ARGPARSE for form in ([each] if isinstance(each, str) else each)}
    assert listed - said == ({"%(heading)s:"} if sys.version_info < (3, 13) else set())


@pytest.mark.parametrize(
    ("translation", "faults"),
    [("{count} von {total}", 0), ("{count} von allen", 1), ("{count} von {total} {more}", 1), ("", 0)],
)
def test_a_translation_keeps_the_places_of_its_message(tmp_path: Path, translation: str, faults: int) -> None:
    messages = pytest.importorskip("messages", reason="Babel is not here", exc_type=ImportError)
    path = tmp_path / "de.po"
    path.write_text(f'msgid ""\nmsgstr ""\n\nmsgid "{{count}} of {{total}}"\nmsgstr "{translation}"\n', "utf-8")
    assert len(list(messages.broken(path))) == faults
    filled = translation.replace("{", "%(").replace("}", ")s")
    path.write_text(f'msgid ""\nmsgstr ""\n\nmsgid "%(count)s of %(total)s"\nmsgstr "{filled}"\n', "utf-8")
    assert len(list(messages.broken(path))) == faults, "as argparse fills in"
