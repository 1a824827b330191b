"""Text of others is shown whole, harmless and finite."""

import html

import pytest

from cbr_desktop.text.markup import escape
from cbr_desktop.text.plain import plain, tooltip, unmarked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("vault-be94", "vault-be94"),
        ("工作区-vault-01", "工作区-vault-01"),
        ("a\nb\tc\r\nd", "a b c  d"),
        ("a\x00b\x1b[31m", "a␀b␛[31m"),
        ("\x7f\x9b", "␡�"),
        ("abc\u202ecba", "abc⟨U+202E⟩cba"),
        ("pay\u200bpal", "pay⟨U+200B⟩pal"),
        ("ad\u200dmin", "ad⟨U+200D⟩min"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\ud800", "�"),
        ("<b>x</b> & y", "<b>x</b> & y"),
    ],
)
def test_everything_can_be_seen(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert plain("x" * 500) == "x" * 500
    assert plain("x" * 501) == "x" * 499 + "…"
    assert plain("\u202e" * 400).endswith("…")
    assert len(plain("\u202e" * 400)) == 500
    assert len(plain("é" * 10_000_000)) == 500


def test_a_pile_of_marks_is_levelled() -> None:
    assert plain("a" + "\u0301" * 200_000) == "a" + "\u0301" * 8 + "…"


def test_a_tooltip_shows_markup_literally() -> None:
    assert tooltip("<img src='x'>", "", "a & b") == "<qt>&lt;img src='x'&gt;<br>a &amp; b</qt>"
    assert tooltip("") == ""


def test_text_for_readers_of_markup_has_none() -> None:
    assert not set("<>&") & set(unmarked("<a href='x'>y</a> & z"))


def test_text_between_tags_is_escaped_as_the_standard_library_does_it():
    text = "".join(map(chr, range(0x3000))) + "<&>\"'&amp;"
    assert escape(text) == html.escape(text)
