"""The profiles: a file in TOML that its owner may write by hand."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from cbr_desktop.domain.endpoint import endpoint
from cbr_desktop.domain.error import Damaged, HouseError, ProfileError
from cbr_desktop.domain.profile import AddressFamily, Environment, NameRules, Profile, ProxyMode, Way
from cbr_desktop.storage.files import make_folder, reason, write_whole

SIZE_LIMIT = 1024 * 1024
"""Bytes of a file of profiles; thousands fit in."""

_FIELDS = {field.name: field for field in fields(Profile)}
_REQUIRED = tuple(name for name, field in _FIELDS.items() if field.default is MISSING)
_ENDPOINTS = ("iam_endpoint", "cbr_endpoint")
_TYPES: dict[str, type] = dict.fromkeys(_FIELDS, str) | dict.fromkeys(("beta_fields", "mfa", "read_only"), bool)
# the demo is built in and is no profile that leads anywhere
_ENVIRONMENTS = tuple(word for word in Environment if word is not Environment.DEMO)
_WORDS: dict[str, tuple[StrEnum, ...]] = {
    "environment": _ENVIRONMENTS,
    "name_rules": tuple(NameRules),
    "way": tuple(Way),
    "proxy": tuple(ProxyMode),
    "address_family": tuple(AddressFamily),
}


def read(path: Path) -> tuple[list[Profile], list[HouseError]]:
    """Return the profiles of a file and what is wrong in it; a bad profile does not hide a good one.

    A missing file has no profiles and nothing wrong. ``Damaged`` in the list: the file is no TOML or cannot be read;
    ``ProfileError``: a profile lacks something or says something that cannot be. The file stays as it is.
    """
    try:
        return _profiles(path, tomllib.loads(_text(path)))
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [Damaged(str(path), reason(error))]
    except (ValueError, RecursionError) as error:
        return [], [Damaged(str(path), str(error))]


def find(profiles: Iterable[Profile], name: str) -> Profile | None:
    """Return the profile of that name, or ``None``."""
    return next((profile for profile in profiles if profile.name == name), None)


def add(path: Path, profile: Profile) -> None:
    """Append a profile to the file. ``ProfileError`` when there is one of its name; see also ``save``."""
    document = _document(path)
    if _table(document, profile.name) is not None:
        raise ProfileError(profile.name, "name", "there is a profile of this name")
    _write(path, document, profile, None)


def save(path: Path, profile: Profile, old_name: str | None = None) -> None:
    """Change the profile called ``old_name`` (the same name when ``None``), or append it when there is none.

    Comments, order and unknown keys stay. ``ProfileError`` for values that ``read`` would refuse, ``Damaged`` when the
    file is bad (it is left as it is), ``NotSaved`` when the disk would not.
    """
    document = _document(path)
    old_name = profile.name if old_name is None else old_name
    if profile.name != old_name and _table(document, profile.name) is not None:
        raise ProfileError(profile.name, "name", "there is a profile of this name")
    _write(path, document, profile, _table(document, old_name))


def remove(path: Path, name: str) -> None:
    """Take a profile out of the file; nothing happens when there is none of that name."""
    document = _document(path)
    table = _table(document, name)
    if table is not None:
        tables = document["profile"]
        del tables[next(index for index, item in enumerate(tables) if item is table)]
        write_whole(path, document.as_string().encode())


# reading


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise ValueError("not a file")
    with path.open("rb") as file:
        data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise ValueError(f"larger than {SIZE_LIMIT} bytes")
    return data.decode("utf-8-sig")


def _profiles(path: Path, document: dict[str, Any]) -> tuple[list[Profile], list[HouseError]]:
    tables = document.get("profile", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return [], [Damaged(str(path), "profiles are written as [[profile]]")]
    profiles: list[Profile] = []
    errors: list[HouseError] = []
    for number, table in enumerate(tables, 1):
        try:
            profile = _profile(table, f"#{number}")
            if find(profiles, profile.name) is not None:
                raise ProfileError(profile.name, "name", "used twice")
            profiles.append(profile)
        except ProfileError as error:
            errors.append(error)
    return profiles, errors


def _profile(table: Mapping[str, Any], label: str) -> Profile:
    """Return the profile of a table. ``ProfileError`` names the first thing that is wrong."""
    name = table.get("name")
    label = name if isinstance(name, str) and name else label
    for key in _REQUIRED:
        if key not in table:
            raise ProfileError(label, key, "missing")
    profile = Profile(**{key: _value(label, key, table[key]) for key in _FIELDS if key in table})
    for key in profile.needed:
        if not getattr(profile, key).strip():
            raise ProfileError(label, key, "empty" if key in table else "missing")
    return profile


def _value(label: str, key: str, value: Any) -> Any:
    is_right = isinstance(value, _TYPES[key])
    if not is_right:
        raise ProfileError(label, key, f"must be {'true or false' if _TYPES[key] is bool else 'text'}")
    if key in _ENDPOINTS:
        try:
            return endpoint(value)
        except ValueError as error:
            raise ProfileError(label, key, str(error)) from error
    if key in _WORDS:
        return _word(label, key, value)
    return value


def _word(label: str, key: str, value: str) -> StrEnum:
    for word in _WORDS[key]:
        if word == value:
            return word
    raise ProfileError(label, key, f"must be one of {', '.join(_WORDS[key])}")


# writing


def _document(path: Path) -> Any:
    """Return the file as a document that keeps its comments. ``Damaged`` when it must not be written over."""
    import tomlkit

    try:
        document = tomlkit.parse(_text(path))
    except FileNotFoundError:
        return tomlkit.document()
    except OSError as error:
        raise Damaged(str(path), reason(error)) from error
    except (ValueError, RecursionError) as error:
        raise Damaged(str(path), str(error)) from error
    tables = document.get("profile", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Damaged(str(path), "profiles are written as [[profile]]")
    return document


def _table(document: Any, name: str) -> Any:
    return next((table for table in document.get("profile", []) if table.get("name") == name), None)


def _write(path: Path, document: Any, profile: Profile, table: Any) -> None:
    import tomlkit

    _profile({key: value for key in _FIELDS if (value := getattr(profile, key)) is not None}, profile.name)
    fresh = tomlkit.table() if table is None else table
    for key, value in _written(profile, fresh).items():
        fresh[key] = value
    if table is None:
        if "profile" not in document:
            document["profile"] = tomlkit.aot()
        document["profile"].append(fresh)
    make_folder(path.parent)
    write_whole(path, document.as_string().encode())


def _written(profile: Profile, table: Any) -> dict[str, Any]:
    """Return what goes into a table: what differs from it, and defaults only where somebody wrote them before."""
    values: dict[str, Any] = {}
    for key, field in _FIELDS.items():
        value = getattr(profile, key)
        value = endpoint(value) if key in _ENDPOINTS else str(value) if isinstance(value, StrEnum) else value
        if key in table:
            if table[key] != value:
                values[key] = value
        elif value != field.default:
            values[key] = value
    return values
