"""Requests from elsewhere: a file from another person, KooCLI's input, a pasted cURL command.

Only what is asked for is taken over. Where it went, who asked and with which secret is told and left out: a draft goes
where its profile leads, and no secret stands in a file.
"""

import json
import re
import shlex
from collections.abc import Iterator
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from cbr_desktop.domain import jsontext, request
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.document import names_operation
from cbr_desktop.domain.draft import decoded

FOREIGN_LIMIT = 512 * 1024
"""Bytes of a request from elsewhere; a full one of 256 resources with all their disks has a fifth of that.

What is larger was made to be in the way: reading it would keep the window waiting.
"""


class ForeignForm(StrEnum):
    """What a request from elsewhere was written as."""

    REQUEST = "request"
    HCLOUD = "hcloud"
    CURL = "curl"


class NoteKind(StrEnum):
    """What is told about a request from elsewhere; ``what`` of the note is named in each comment."""

    # it cannot be taken over
    TOO_LARGE = "too-large"
    NOT_TEXT = "not-text"
    NOT_UNDERSTOOD = "not-understood"  # the parser's words, or a ``JsonFault``
    NO_BODY = "no-body"
    BODY_IN_FILE = "body-in-file"  # the file that the command names
    OTHER_METHOD = "other-method"  # the method
    OTHER_OPERATION = "other-operation"  # the path
    # it was left out
    SECRET = "secret"  # noqa: S105  # the name of the field, header or option, never its value; empty: a login in the address
    ENDPOINT = "endpoint"  # the host, or the name of the field
    PROJECT = "project"  # the id
    IGNORED = "ignored"  # the name of the field or option
    # it was kept
    KEPT = "kept"  # the name of the field


REFUSALS = frozenset(
    {
        NoteKind.TOO_LARGE,
        NoteKind.NOT_TEXT,
        NoteKind.NOT_UNDERSTOOD,
        NoteKind.NO_BODY,
        NoteKind.BODY_IN_FILE,
        NoteKind.OTHER_METHOD,
        NoteKind.OTHER_OPERATION,
    }
)


class Note(Struct, frozen=True):
    """One thing to be told."""

    kind: NoteKind
    what: str = ""


class Foreign(Struct, frozen=True):
    """A request from elsewhere: the text of a draft, ``None`` when the notes say that there is none."""

    form: ForeignForm
    text: str | None
    notes: tuple[Note, ...] = ()


class _Refused(Exception):
    def __init__(self, kind: NoteKind, what: str = "") -> None:
        super().__init__(kind)
        self.note = Note(kind, what)


_SECRET_NAMES = re.compile(
    r"token|passw|passcode|secret|authorization|cookie|credential|api-?key|access-?key|signature|^(ak|sk|auth|user)$",
    re.IGNORECASE,
)
_ENDPOINT_NAMES = re.compile(r"endpoint|^(url|uri|host|server|proxy|region|cli-region)$", re.IGNORECASE)
_PROJECT_NAMES = frozenset({"project", "project_id", "cli-project-id"})
_CONTAINERS = frozenset({"header", "headers", "path", "query", "body", "body_json"})
_HEREDOC = re.compile(r"<<\s*'?(\w+)'?\n(.*?)\n\1", re.DOTALL)


def foreign(data: bytes) -> Foreign:
    """Read a request from elsewhere, in whatever of the forms it is. Nothing that it names is looked at or asked."""
    form = ForeignForm.REQUEST
    notes: list[Note] = []
    try:
        if len(data) > FOREIGN_LIMIT:
            raise _Refused(NoteKind.TOO_LARGE)
        try:
            text = decoded(data).text
        except UnicodeDecodeError as error:
            raise _Refused(NoteKind.NOT_TEXT) from error
        here = _HEREDOC.search(text)
        text = here[2] if here is not None and here[2].lstrip().startswith("{") else text
        if _is_command(text):
            form = ForeignForm.CURL
            return Foreign(form, _from_curl(text, notes), tuple(notes))
        value = _value(text.encode("utf-8", "surrogatepass"))
        if isinstance(value, dict) and "checkpoint" not in value and "body" in value and not _is_change(value):
            form = ForeignForm.HCLOUD
            return Foreign(form, _from_hcloud(value, notes), tuple(notes))
        return Foreign(form, _from_request(text, value, notes), tuple(notes))
    except _Refused as refused:
        return Foreign(form, None, (refused.note, *notes))


def _value(data: bytes) -> Any:
    try:
        # keys that stand twice are told when what is taken over is judged
        return request.decode(data, [])
    except request.NotJson as error:
        raise _Refused(NoteKind.NOT_UNDERSTOOD, str(error.finding.facts["detail"] or error.fault)) from error


def _pretty(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


# a request file


def _from_request(text: str, value: Any, notes: list[Note]) -> str:
    if not isinstance(value, dict) or not (_is_change(value) or isinstance(value.get("checkpoint"), dict)):
        raise _Refused(NoteKind.NO_BODY)
    own = {"operation", "path", "body"} if _is_change(value) else {"checkpoint"}
    path = value.get("path") if "path" in own else None
    for name, item in path.items() if isinstance(path, dict) else ():
        if name in _PROJECT_NAMES:
            notes.append(Note(NoteKind.PROJECT, _what(NoteKind.PROJECT, name, item)))
            text = jsontext.drop(text, ("path",), name)
    for name, item in value.items():
        if name not in own:
            kind = _kind_of(name)
            notes.append(Note(kind, _what(kind, name, item)))
            notes += _inner_secrets(name, item)
            # what is only unknown stays: it means something where it was written
            text = text if kind is NoteKind.KEPT else jsontext.drop(text, (), name)
    return text if text.endswith("\n") else text + "\n"


def _is_change(value: dict[str, Any]) -> bool:
    """Whether an object is the file of a change other than a checkpoint, as our own files name it."""
    operation = value.get("operation")
    return isinstance(operation, str) and operation != Kind.CREATE_CHECKPOINT and names_operation(value)


def _kind_of(name: str) -> NoteKind:
    if name.lower() in _PROJECT_NAMES:
        return NoteKind.PROJECT
    if _SECRET_NAMES.search(name):
        return NoteKind.SECRET
    if _ENDPOINT_NAMES.search(name):
        return NoteKind.ENDPOINT
    return NoteKind.IGNORED if name.lower() in _CONTAINERS else NoteKind.KEPT


def _what(kind: NoteKind, name: str, item: Any) -> str:
    """Return what a note names: a project's id, an endpoint's address; of all else the name, and never a secret."""
    return item if kind in (NoteKind.PROJECT, NoteKind.ENDPOINT) and isinstance(item, str) else name


def _inner_secrets(name: str, item: Any) -> list[Note]:
    if not isinstance(item, dict) or name.lower() not in ("header", "headers"):
        return []
    return [Note(NoteKind.SECRET, str(key)) for key in item if _SECRET_NAMES.search(str(key))]


# KooCLI


def _from_hcloud(value: dict[str, Any], notes: list[Note]) -> str:
    """Read the input file of ``hcloud CBR CreateCheckpoint --cli-jsonInput``: header, path and body."""
    for name, item in value.items():
        if name == "path" and isinstance(item, dict):
            notes += [_part(str(key), each) for key, each in item.items()]
        elif name != "body":
            notes += _inner_secrets(name, item)
            if name not in ("header", "headers"):
                notes.append(_part(name, item))
    body = value["body"]
    if not isinstance(body, dict) or not isinstance(body.get("checkpoint"), dict):
        raise _Refused(NoteKind.NO_BODY)
    return _pretty(body)


def _part(name: str, item: Any) -> Note:
    kind = _kind_of(name)
    kind = NoteKind.IGNORED if kind is NoteKind.KEPT else kind
    return Note(kind, _what(kind, name, item))


# cURL

_DATA = frozenset({"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"})
_SECRET_OPTIONS = frozenset(
    {"-u", "--user", "-b", "--cookie", "--oauth2-bearer", "--key", "--pass", "-U", "--proxy-user", "-E", "--cert"}
)
_WITH_VALUE = frozenset(
    {
        *("-o", "--output", "-A", "--user-agent", "-e", "--referer", "-m", "--max-time", "--connect-timeout"),
        *("--cacert", "--capath", "-x", "--proxy", "-K", "--config", "--resolve", "--retry", "-w", "--write-out"),
        *("-c", "--cookie-jar", "-D", "--dump-header", "-T", "--upload-file", "-F", "--form", "--aws-sigv4"),
    }
)
_ENDS = frozenset({"|", "||", ";", "&&", "&", ">", ">>", "2>", "2>&1"})
_SHORT = ("-X", "-H", "-d", "-u", "-b", "-o", "-A", "-e", "-m", "-x", "-K", "-w", "-U", "-E")
_ANSI = re.compile(r"(?<=\s)\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def _is_command(text: str) -> bool:
    return bool(re.match(r"\s*(\$\s+)?curl(\.exe)?\s", text))


def _from_curl(text: str, notes: list[Note]) -> str:
    """Read a pasted command as bash or cmd.exe writes it; it is not run, and no file that it names is read."""
    method, url, body = "", "", []
    for option, value in _options(_words(text)):
        if option in ("", "--url"):
            url = value
        elif option in ("-X", "--request"):
            method = value.upper()
        elif option in ("-H", "--header"):
            notes += _header(value)
        elif option in _DATA:
            if value.startswith("@") and option != "--data-raw":
                raise _Refused(NoteKind.BODY_IN_FILE, value[1:])
            body.append(value)
        elif option in _SECRET_OPTIONS:
            notes.append(Note(NoteKind.SECRET, option))
        elif option in _WITH_VALUE:
            notes.append(Note(NoteKind.IGNORED, option))
    if method not in ("", "POST"):
        raise _Refused(NoteKind.OTHER_METHOD, method)
    notes += _address(url)
    if not body:
        raise _Refused(NoteKind.NO_BODY)
    value = _value("&".join(body).encode("utf-8", "surrogatepass"))
    if not isinstance(value, dict) or not isinstance(value.get("checkpoint"), dict):
        raise _Refused(NoteKind.NO_BODY)
    return _pretty(value)


def _words(text: str) -> list[str]:
    if "^\n" in text or '^"' in text:
        text = re.sub(r"\^(\n|.)", lambda match: "" if match[1] == "\n" else match[1], text)
    # a line goes on after a backslash; within the quotes of a body, none can stand before the end of a line
    text = text.replace("\\\n", " ")
    text = _ANSI.sub(lambda match: shlex.quote(_unescaped(match[1])), text)
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise _Refused(NoteKind.NOT_UNDERSTOOD, str(error)) from error
    return words[words.index("$") + 2 :] if words[:1] == ["$"] else words[1:]


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        letter = match[1]
        return chr(int(letter[1:], 16)) if letter[0] in "ux" and len(letter) > 1 else _ESCAPES.get(letter, letter)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", plain, text, flags=re.DOTALL)


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each option with its value, an address with an empty option; what follows the command is not read."""
    rest = iter(words)
    for word in rest:
        if word in _ENDS:
            return
        name, sign, value = word.partition("=")
        takes = _DATA | _SECRET_OPTIONS | _WITH_VALUE | {"-X", "--request", "-H", "--header", "--url"}
        if not word.startswith("-"):
            yield "", word
        elif word in takes:
            yield word, next(rest, "")
        elif sign and name in takes:
            yield name, value
        elif word[:2] in _SHORT and not word.startswith("--"):
            yield word[:2], word[2:]


def _header(line: str) -> list[Note]:
    name = line.partition(":")[0].strip()
    if _SECRET_NAMES.search(name):
        return [Note(NoteKind.SECRET, name)]
    return [Note(NoteKind.PROJECT, line.partition(":")[2].strip())] if name.lower() == "x-project-id" else []


def _address(url: str) -> list[Note]:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, has_login = parts.hostname or "", parts.username is not None
    except ValueError as error:
        raise _Refused(NoteKind.NOT_UNDERSTOOD, str(error)) from error
    found = re.fullmatch(r"/v3/([^/]+)/checkpoints/?", parts.path)
    if found is None:
        raise _Refused(NoteKind.OTHER_OPERATION, parts.path)
    notes = [Note(NoteKind.ENDPOINT, host), Note(NoteKind.PROJECT, found[1])]
    return [*notes, Note(NoteKind.SECRET)] if has_login else notes
