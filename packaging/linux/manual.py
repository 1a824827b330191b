"""The manual page and the completion for bash, written out of the command line itself."""

import argparse
import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from cbr_desktop.cli.command_line import parser as command_line
from product import DESCRIPTION, NAME, SUMMARY, TITLE, epoch, version

_EXIT = {
    0: "All of it succeeded.",
    1: "No: refused, judged bad, or nothing was backed up.",
    2: "The command, a file or a profile cannot be used.",
    3: "Part of it: some resources were skipped or failed.",
    4: "Not known: the answer was lost and reading has not settled it.",
}
_FILES = {
    "~/.config/cbr-desktop/profiles.toml": "The clouds that the program knows, without their secrets.",
    "~/.local/share/cbr-desktop/": "Requests and what became of them.",
    "~/.cache/cbr-desktop/": "What was read from the clouds; it can be removed at any time.",
}
_ENVIRONMENT = {
    "CBR_DESKTOP_HOME": "A folder below which all of the program's own folders are, for a portable installation.",
    "CBR_DESKTOP_DEMO_DAYS": "How many days the built-in demo cloud remembers; 400 if this is not set.",
    "CBR_DESKTOP_PASSWORD": "The password of whatever profile is used, on servers that have no store for secrets.",
}


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands of a parser by name, those of a command as ``outer inner``."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                found[name] = inner
                found |= {f"{name} {more}": deeper for more, deeper in commands(inner).items()}
    return found


def opens_files(parser: argparse.ArgumentParser) -> bool:
    """Tell whether the window can be asked to open a file, which is what a desktop does on a double click."""
    return any("--open" in action.option_strings for action in parser._actions)


# The manual


def manual() -> bytes:
    """Return the manual page, compressed."""
    parser = command_line()
    day = datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%d")
    lines = [f'.TH CBR\\-DESKTOP 1 "{day}" "{TITLE} {version()}" "User Commands"']
    lines += [".SH NAME", f"{_roff(NAME)} \\- {_roff(SUMMARY[0].lower() + SUMMARY[1:])}"]
    lines += [".SH SYNOPSIS", f".B {_roff(NAME)}", _roff(_usage(parser)), ".br", f".B {_roff(NAME)}"]
    lines += ["\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIFILE\\fR]..."]
    lines += [".SH DESCRIPTION", *_paragraphs(*DESCRIPTION, "Without a command it opens its window.")]
    lines += [".SH OPTIONS", *_described(parser), ".SH COMMANDS"]
    helps = _helps(parser)
    for name, command in commands(parser).items():
        lines += [".TP", f"\\fB{_roff(name)}\\fR {_roff(_usage(command))}".rstrip(), _sentence(helps.get(name, ""))]
        inside = _described(command)
        lines += [".RS", *inside, ".RE"] if inside else []
    lines += [".SH EXIT STATUS", *_terms({str(code): text for code, text in _EXIT.items()})]
    lines += [".SH ENVIRONMENT", *_terms(_ENVIRONMENT), ".SH FILES", *_terms(_FILES)]
    text = "\n".join(line for line in lines if line) + "\n"
    return gzip.compress(text.encode("utf-8"), 9, mtime=0)


def _helps(parser: argparse.ArgumentParser, before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {before + str(choice.dest): choice.help or "" for choice in action._choices_actions}
            for name, inner in action.choices.items():
                found |= _helps(inner, f"{before}{name} ")
    return found


def _usage(parser: argparse.ArgumentParser) -> str:
    words = ["[OPTION]..."] if any(_options(parser)) else []
    for action in parser._actions:
        if not action.option_strings and not isinstance(action, argparse._SubParsersAction):
            word = str(action.metavar or action.dest)
            words.append(f"{word}..." if action.nargs in ("+", "*") else word)
    return " ".join(words)


def _options(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    return (action for action in parser._actions if action.option_strings and action.dest != "help")


def _described(parser: argparse.ArgumentParser) -> list[str]:
    lines = []
    for action in _options(parser):
        names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in action.option_strings)
        lines += [".TP", f"{names} {_value(action)}".rstrip(), _sentence(action.help or "")]
    return lines


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices:
        return "|".join(f"\\fB{_roff(str(choice))}\\fR" for choice in action.choices)
    return f"\\fI{_roff(str(action.metavar or action.dest.upper()))}\\fR"


def _sentence(text: str) -> str:
    text = text.replace("%(default)s", "the usual")
    return _roff(f"{text[:1].upper()}{text[1:]}.") if text else "\\&"


def _paragraphs(*texts: str) -> list[str]:
    return [line for text in texts for line in (".PP", _roff(text))][1:]


def _terms(terms: dict[str, str]) -> list[str]:
    return [line for term, text in terms.items() for line in (".TP", f"\\fB{_roff(term)}\\fR", _roff(text))]


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


# The completion

_COMPLETION = """\
# Completion of cbr-desktop for bash; made together with the package.
_cbr_desktop() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command="" index=1 word
    while [ "$index" -lt "$COMP_CWORD" ]; do
        word=${{COMP_WORDS[index]}}
        case "${{command:+$command }}$word" in
{commands}
        esac
        index=$((index + 1))
    done
    case "$previous" in
{values}
    esac
    case "$command" in
{options}
    esac
}}
complete -o filenames -F _cbr_desktop cbr-desktop
"""
_FILE_NAMES = ("FILE", "FILES", "FOLDER")


def completion() -> str:
    """Return the completion: commands, their options, values that are known beforehand, and files where one goes."""
    parser = command_line()
    known = commands(parser)
    values: dict[str, set[str]] = {}
    options = [_case('""', [*_option_names(parser), *_first(known, "")], takes_files=False)]
    for name, command in known.items():
        words = [*_option_names(command), *_first(known, f"{name} ")]
        options.append(_case(f'"{name}"', words, takes_files=any(_is_file(each) for each in _positionals(command))))
    for each in (parser, *known.values()):
        for action in _options(each):
            if action.nargs != 0:
                for option in action.option_strings:
                    values.setdefault(_answer(action), set()).add(option)
    cases = [f"        {'|'.join(sorted(names))}) {answer} return ;;" for answer, names in sorted(values.items())]
    return _COMPLETION.format(
        commands="\n".join(f'            "{name}") command="{name}" ;;' for name in known),
        values="\n".join(cases),
        options="\n".join(options),
    )


def _first(known: dict[str, argparse.ArgumentParser], before: str) -> list[str]:
    rest = [name.removeprefix(before) for name in known if name.startswith(before)]
    return [name for name in rest if " " not in name]


def _option_names(parser: argparse.ArgumentParser) -> list[str]:
    return [name for action in parser._actions for name in action.option_strings if name.startswith("--")]


def _positionals(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if not action.option_strings]


def _is_file(action: argparse.Action) -> bool:
    return str(action.metavar or action.dest).upper() in _FILE_NAMES


def _answer(action: argparse.Action) -> str:
    if action.choices:
        return f'COMPREPLY=($(compgen -W "{" ".join(map(str, action.choices))}" -- "$current"));'
    return 'COMPREPLY=($(compgen -f -- "$current"));' if _is_file(action) else "COMPREPLY=();"


def _case(pattern: str, words: list[str], *, takes_files: bool) -> str:
    files = ' $(compgen -f -- "$current")' if takes_files else ""
    return f'        {pattern}) COMPREPLY=($(compgen -W "{" ".join(words)}" -- "$current"){files}) ;;'
