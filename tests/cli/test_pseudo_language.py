"""The commands in a language that nobody speaks: what stays as it is has passed no catalogue."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from cbr_desktop.cli.arguments import ARGPARSE
from cbr_desktop.cli.command_line import parser
from cbr_desktop.cli.report import simulator_text
from cbr_desktop.cli.vaults import vault_table
from cbr_desktop.text.catalogue import choose_language, spoken
from cbr_desktop.text.states import shown
from tests.pseudo import Pseudo, compiled, narrow_words, own_domain, wide
from tests.ui import estate

_PRIVATE = "qaa"
"""A language that nobody has: the system would say its own words in another, to all tests that follow."""
TYPED = (
    # arguments, names of files, protocols and units, which are the same in every language
    *("FILE.cbr.json", "updates.toml", "patchday.plan.json", "CBR Desktop", "UTC", "MO,TU", "JSON", "PNG", "cURL"),
    *("TCP", "API", "hcloud", "protectables", "GB"),
)


def told(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield what a parser and those below it say of themselves."""
    yield parser.description or ""
    for action in parser._actions:
        if action.dest not in ("help", "version"):
            yield action.help or ""
        if isinstance(action, argparse._SubParsersAction):
            for below in action._choices_actions:
                yield below.help or ""
            for child in action.choices.values():
                yield from told(child)


def test_every_option_and_every_command_is_explained_through_the_catalogue() -> None:
    with spoken(Pseudo()):
        said = list(told(parser()))
    assert len(said) > 100
    assert {text: found for text in said if (found := narrow_words(text, TYPED))} == {}


@pytest.fixture
def wide_argparse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have what argparse says by itself in wide letters as well, from a file as a translation is."""
    messages = {"\0".join(each) if isinstance(each, tuple) else each: each for each in ARGPARSE}
    wides = {
        key: "\0".join(map(wide_places, [each] if isinstance(each, str) else each)) for key, each in messages.items()
    }
    compiled(tmp_path, _PRIVATE, wides)
    monkeypatch.setenv("LANGUAGE", _PRIVATE)
    with own_domain(), spoken(Pseudo()):
        choose_language(folder=tmp_path)
        with spoken(Pseudo()):
            yield


def wide_places(message: str) -> str:
    """Return a message of argparse in wide letters, whose places are filled in by ``%``."""
    parts = re.split(r"(%\(\w+\)[sr]|%[sr])", message)
    return "".join(part if part.startswith("%") else wide(part) for part in parts)


@pytest.mark.usefixtures("wide_argparse")
def test_the_headings_of_help_pass_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["backup", "rename", "--help"])
    lines = capsys.readouterr().out.splitlines()
    usage = " ".join(lines[: lines.index("")])
    assert narrow_words(usage.partition("cbr-desktop backup rename")[0]) == []
    # options are typed as they are
    assert narrow_words(re.sub(r"--?[a-z-]+", "", "\n".join(lines[lines.index("") :])), [*TYPED, "NAME", "ID"]) == []


@pytest.mark.usefixtures("wide_argparse")
@pytest.mark.parametrize(
    "words",
    [
        *(["backup"], ["backup", "no-such"], ["backup", "rename", "x"], ["backup", "rename", "x", "y", "z"]),
        *(["no-such"], ["--profile"], ["--demo=x"], ["outbox", "hold"], ["journal", "export", "--format", "pdf"]),
        *(["simulator", "--port", "x"], ["simulator", "--latency", "x"], ["plan", "make", "x", "--concurrency", "x"]),
        *(["doctor", "--json", "--report"], ["policy", "create", "--name", "x", "--at", "1:00"]),
        *(["policy", "create", "--keep", "3"], ["policy", "create", "--every", "0"]),
    ],
    ids=" ".join,
)
def test_what_is_wrong_with_a_command_line_is_said_through_the_catalogue(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1].removeprefix("cbr-desktop: ")
    typed = re.compile(r"--?[a-z-]+|'[^']*'|\b[A-Z]+\b|\b(?:cbr-desktop|x|y|z|pdf|no-such)\b")
    assert narrow_words(re.sub(r"\(.*", "", typed.sub("", said))) == [], said
    assert re.search("[ａ-ｚ]", said)


def test_what_is_printed_passes_the_catalogue() -> None:
    vaults = estate.vaults()
    known = [shown(word) for vault in vaults for word in (vault.name, vault.kind, vault.protect_type, vault.status)]
    reach = {"domain": "7", "user": "7", "password": "7", "access_key": "7", "secret_key": "7", "projects": {"7": "7"}}
    with spoken(Pseudo()):
        table = vault_table(vaults)
        simulator = simulator_text("7", **reach)
    assert narrow_words(table, [*known, *TYPED]) == []
    lines = [line for line in simulator.splitlines() if "OS_" not in line]
    assert narrow_words("\n".join(lines), TYPED) == []


@pytest.mark.parametrize(
    "words",
    [
        ["policies"],
        ["policy", "next", "daily-22h", "--zone", "Europe/Berlin"],
        ["policy", "simulate", "daily-22h", "--days", "3"],
        ["policy", "next", "no-such-policy"],
        ["policy", "next", "daily-22h", "--zone", "Nowhere"],
        ["backups", "--vault", "vault-be94"],
        ["backups", "--kept"],
    ],
    ids=" ".join,
)
def test_what_is_told_of_policies_and_backups_passes_the_catalogue(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path))
    with spoken(Pseudo()):
        main([*words, "--demo"])
    said = "".join(capsys.readouterr())
    assert said
    # what people and the service have named has hyphens, digits or a line below, or stands in quotes
    named = re.compile(r"‘[^’]*’|\S*[-_0-9]\S*|\b(?:cbr-desktop|backup|replication|available|error)\b")
    assert narrow_words(named.sub("", said), TYPED) == []
