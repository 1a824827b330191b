"""The catalogue of messages: English sentences stand in the source, those of other languages in files of gettext.

A message is a literal, with named places that are filled in after it was looked up:
``_("{count} of {total} backups").format(count=count, total=total)``. It is looked up whenever it is said, never at
import. A table at the top of a module marks its messages with ``N_`` or ``NP_``, and its reader looks
them up with ``_(message)`` or ``pgettext(*message)``.
"""

import gettext as library
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    import locale

DOMAIN = "cbr_desktop"
_NO_DOMAIN = library.textdomain()
"""The domain of a process that has chosen none: there is no catalogue of it."""
FOLDER = Path(__file__).parent / "locale"
"""Holds ``<language>/LC_MESSAGES/cbr_desktop.mo`` for every language but English."""

Message = tuple[str, str]
"""A message with the context that tells it from the same English words said elsewhere: context, then message."""


class _Spoken:
    """The language that is spoken by this process."""

    translations: library.NullTranslations = library.NullTranslations()


def choose_language(languages: Sequence[str] = (), folder: Path = FOLDER) -> None:
    """Speak the first language of which there is a catalogue, else English.

    Without ``languages`` those of the environment count, as gettext reads them: ``LANGUAGE``, ``LC_ALL``,
    ``LC_MESSAGES``, ``LANG``, and on Windows that of the user's windows. English, also as ``C`` or ``POSIX``, ends the
    search: it needs no catalogue. argparse looks its own words up in the domain of the process, by the environment.
    """
    wanted = []
    for language in languages or _languages_of_environment():
        if language.split(".")[0].replace("-", "_").split("_")[0] in ("en", "C", "POSIX"):
            break
        wanted.append(language.replace("-", "_"))
    library.bindtextdomain(DOMAIN, str(folder))
    library.textdomain(DOMAIN if wanted else _NO_DOMAIN)
    if not wanted:
        _Spoken.translations = library.NullTranslations()
        return
    _Spoken.translations = library.translation(DOMAIN, folder, wanted, fallback=True)


def _languages_of_environment() -> list[str]:
    """Return the languages of the first variable that gives any, as gettext does, else that of the user's windows."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return [language for language in os.environ[name].split(":") if language]
    if sys.platform == "win32":
        language = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "en")
        os.environ["LANGUAGE"] = language  # gettext itself, which argparse asks, knows the variables alone
        return [language]
    return []


@contextmanager
def spoken(translations: library.NullTranslations) -> Iterator[None]:
    """Speak by these translations until the end of the block."""
    before, _Spoken.translations = _Spoken.translations, translations
    try:
        yield
    finally:
        _Spoken.translations = before


def translations() -> library.NullTranslations:
    """Return what messages are looked up in, for what is made once for a language."""
    return _Spoken.translations


def gettext(message: str) -> str:
    """Return a message in the language that is spoken."""
    return _Spoken.translations.gettext(message) if message else ""


_ = gettext


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a message that goes with a number."""
    return _Spoken.translations.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """Return a message that is said otherwise in another context; ``context`` is a word for the translator."""
    return _Spoken.translations.pgettext(context, message)


def N_(message: str) -> str:
    """Mark a message that is looked up later."""
    return message


def NP_(context: str, message: str) -> Message:
    """Mark a message with its context that is looked up later."""
    return context, message


def NN_(one: str, many: str) -> tuple[str, str]:
    """Mark the two English forms of a message that goes with a number and is looked up later."""
    return one, many


def sentences(*said: str) -> str:
    """Return whole sentences one after the other, without those that are empty."""
    return pgettext("between two sentences", " ").join(sentence for sentence in said if sentence)


def listed(things: Sequence[str]) -> str:
    """Return things in a row: ``a, b, c``."""
    return pgettext("between the things of a list", ", ").join(things)


def joined(parts: Sequence[str]) -> str:
    """Return parts that may have commas of their own in a row: ``a, b; c, d``."""
    return pgettext("between the parts of a list that have commas of their own", "; ").join(parts)


def enumerated(things: Sequence[str]) -> str:
    """Return things in a row that is all there is: ``a, b and c``."""
    *most, last = things
    return _("{things} and {last}").format(things=listed(most), last=last) if most else last


def inside(title: str) -> str:
    """Return a title as it stands within a sentence; a language says whether it has small letters there."""
    small = pgettext("whether a title has small letters within a sentence: yes or no", "yes")
    return title.lower() if small == "yes" else title
