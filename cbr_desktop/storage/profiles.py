"""The profiles as they are read: a file in TOML that its owner may write by hand."""

import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from cbr_desktop.domain.endpoint import endpoint, proxy_address
from cbr_desktop.domain.error import CbrError, Damaged, ErrorDetail, FieldFault, NotSaved, ProfileError
from cbr_desktop.domain.profile import AddressFamily, Environment, NameRules, Profile, ProxyMode, Way
from cbr_desktop.storage.files import open_plain, reason, write_whole
from cbr_desktop.storage.kept_profiles import keep

SIZE_LIMIT = 1024 * 1024
"""Bytes of a file of profiles; thousands fit in."""
VALUE_LIMIT = 2000
"""Characters of a value of a profile."""

_KEY_PARTS = 32
# the texts and remarks of TOML; what does not end goes on to the end of all, so that each is gone through once
_TEXT_OR_REMARK = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5})?'
    r"|'''(?:[^']++|'(?!''))*+(?:'{3,5})?"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)

_REQUIRED = Profile.__struct_fields__[: -len(Profile.__struct_defaults__)]
DEFAULTS = dict(zip(Profile.__struct_fields__[len(_REQUIRED) :], Profile.__struct_defaults__, strict=True))
FIELDS = Profile.__struct_fields__
_TYPES: dict[str, type] = dict.fromkeys(FIELDS, str) | dict.fromkeys(("beta_fields", "mfa", "read_only"), bool)
# the demo is built in and is no profile that leads anywhere
_ENVIRONMENTS = tuple(word for word in Environment if word is not Environment.DEMO)
_WORDS: dict[str, tuple[StrEnum, ...]] = {
    "environment": _ENVIRONMENTS,
    "name_rules": tuple(NameRules),
    "way": tuple(Way),
    "proxy": tuple(ProxyMode),
    "address_family": tuple(AddressFamily),
}

_LABEL = 60
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read(path: Path) -> tuple[list[Profile], list[CbrError]]:
    """Return the profiles of a file and what is wrong in it; a bad profile does not hide a good one.

    A missing file has no profiles and nothing wrong. ``Damaged`` in the list: the file is no TOML or cannot be read;
    ``ProfileError``: a profile lacks something or says something that cannot be. The file stays as it is.
    """
    try:
        return _profiles(path, parsed(text_of(path)))
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [Damaged(str(path), reason(error))]
    except (ValueError, RecursionError) as error:
        copy = good_copy(path)
        hint = f"; a copy from when it was good is {copy.name}, beside it" if copy.is_file() else ""
        return [], [Damaged(str(path), f"{error}{hint}")]


def good_copy(path: Path) -> Path:
    """Return where the last copy of a file of profiles is in which nothing was wrong."""
    return path.with_name(f"{path.name}.good")


def keep_good_copy(path: Path) -> None:
    """Keep a copy of a file of profiles beside it, if something stands in it and nothing is wrong with it.

    The file itself is its owner's: it is never moved, and the copy is never put in its place by the program.
    """
    found, problems = read(path)
    if not found or problems:
        return
    with suppress(OSError, NotSaved):
        data, copy = path.read_bytes(), good_copy(path)
        if not copy.is_file() or copy.read_bytes() != data:
            write_whole(copy, data)


def keep_for_the_start(path: Path, kept: Path) -> None:
    """Keep what stands in a file of profiles where a start finds it sooner, if nothing is wrong with it."""
    with suppress(OSError, ValueError):
        said = text_of(path)
        found, problems = read(path)
        if found and not problems and text_of(path) == said:
            keep(kept, said, found)


def colour(text: str) -> str:
    """Return a colour as ``#rrggbb`` in lower case; ``ValueError`` when it is none."""
    text = text.strip().lower()
    if not _COLOUR.match(text):
        raise ValueError(FieldFault.NO_COLOUR)
    return text


def _proxy_user(text: str) -> str:
    if ":" in text:
        raise ValueError(FieldFault.COLON)
    return text


def checked(values: Mapping[str, Any], label: str = "") -> Profile:
    """Return the profile of a table; what is no field of one is left out.

    ``ProfileError`` names the first thing that is wrong, and the profile by its name or else by ``label``.
    """
    name = values.get("name")
    label = name[:_LABEL] if isinstance(name, str) and name else label
    for key in _REQUIRED:
        if key not in values:
            raise ProfileError(label, key, FieldFault.MISSING)
    profile = Profile(**{key: _value(label, key, values[key]) for key in FIELDS if key in values})
    for key in profile.needed:
        if not getattr(profile, key).strip():
            raise ProfileError(label, key, FieldFault.EMPTY if key in values else FieldFault.MISSING)
    return profile


def values_of(profile: Profile) -> dict[str, Any]:
    """Return the fields of a profile as TOML has them; without those that are left to a default of later."""
    values = {key: getattr(profile, key) for key in FIELDS}
    return {
        key: str(value) if isinstance(value, StrEnum) else value for key, value in values.items() if value is not None
    }


class TooMuch(ValueError):
    """A text would take far more time or memory to parse than its length tells."""


def parsed(text: str) -> dict[str, Any]:
    """Return what a text in TOML says; ``ValueError`` or ``RecursionError`` when it is none.

    ``TooMuch`` for keys of many parts: the parser remembers every beginning of each, which grows with their square.
    """
    if any(line.count(".") > _KEY_PARTS for line in _TEXT_OR_REMARK.sub("", text).split("\n")):
        raise TooMuch("a key in it has far too many parts")
    return tomllib.loads(text)


def text_of(path: Path) -> str:
    """Return what stands in a file. ``OSError``, or ``ValueError`` for what is no text of a decent size."""
    with open_plain(path) as file:
        data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise ValueError(f"larger than {SIZE_LIMIT} bytes")
    return data.decode("utf-8-sig")


# reading


def _profiles(path: Path, document: dict[str, Any]) -> tuple[list[Profile], list[CbrError]]:
    tables = document.get("profile", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return [], [Damaged(str(path), ErrorDetail.PROFILE_TABLES)]
    profiles: dict[str, Profile] = {}
    errors: list[CbrError] = []
    for number, table in enumerate(tables, 1):
        try:
            profile = checked(table, f"#{number}")
            if profile.name in profiles:
                raise ProfileError(profile.name, "name", FieldFault.USED_TWICE)
            profiles[profile.name] = profile
        except ProfileError as error:
            errors.append(error)
    return list(profiles.values()), errors


def _value(label: str, key: str, value: Any) -> Any:
    is_right = isinstance(value, _TYPES[key])
    if not is_right:
        raise ProfileError(label, key, FieldFault.NOT_BOOLEAN if _TYPES[key] is bool else FieldFault.NOT_TEXT)
    if isinstance(value, str) and len(value) > VALUE_LIMIT:
        raise ProfileError(label, key, f"longer than {VALUE_LIMIT} characters")
    if isinstance(value, str) and _CONTROL.search(value):
        raise ProfileError(label, key, FieldFault.CONTROLS)
    if key in _WORDS:
        return _word(label, key, value)
    if key in _FORMS and (value or key in _REQUIRED):
        try:
            return _FORMS[key](value)
        except ValueError as error:
            raise ProfileError(label, key, str(error)) from error
    return value


def _word(label: str, key: str, value: str) -> StrEnum:
    for word in _WORDS[key]:
        if word == value:
            return word
    raise ProfileError(label, key, f"must be one of {', '.join(_WORDS[key])}")


_FORMS: dict[str, Callable[[str], str]] = {
    "iam_endpoint": endpoint,
    "cbr_endpoint": endpoint,
    "proxy_url": proxy_address,
    "proxy_user": _proxy_user,
    "colour": colour,
}
