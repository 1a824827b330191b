"""The profiles as they are changed: their file keeps its comments, its order and the keys that are not ours."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomlkit
from msgspec import Struct

from cbr_desktop.domain.error import CbrError, Damaged, ErrorDetail, FieldFault, ProfileError
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.source import ProfileSource
from cbr_desktop.storage.files import make_folder, reason, write_whole
from cbr_desktop.storage.layout import Layout, cut
from cbr_desktop.storage.profiles import DEFAULTS, FIELDS, checked, parsed, read, text_of, values_of
from cbr_desktop.storage.sources import SourceFolders

_LIST = "profile"


class TomlProfiles:
    """The profiles of one file. Nothing is held in memory: its owner may be writing into it at the same time."""

    def __init__(self, path: Path, surroundings: SourceFolders | None = None) -> None:
        self._path = path
        self._surroundings = surroundings or SourceFolders()

    def read(self) -> tuple[list[Profile], list[CbrError]]:
        """Return the profiles that can be used and what is wrong with the others."""
        return read(self._path)

    def save(self, profile: Profile, old_name: str | None = None) -> None:
        """Change the profile called ``old_name`` (its own name when ``None``), or append it when there is none.

        With ``""`` it is appended in any case. ``ProfileError`` for values that ``read`` would refuse and for the name
        of another profile, ``Damaged`` when the file is bad (it is left as it is), ``NotSaved`` when the disk would
        not.
        """
        profile = checked(values_of(profile), profile.name)
        file = self._file()
        old_name = profile.name if old_name is None else old_name
        place = file.place(old_name)
        if profile.name != old_name and file.place(profile.name) is not None:
            raise ProfileError(profile.name, "name", FieldFault.NAME_TAKEN)
        if place is None:
            file.layout.append(_new_table(profile))
            file.tables.append(_differing(profile, {}))
        else:
            changes = _differing(profile, file.tables[place])
            file.layout.tables[place] = _changed_table(file.layout.tables[place], changes)
            changed = file.tables[place] | changes
            file.tables[place] = {key: value for key, value in changed.items() if value is not None}
        self._write(file)

    def further(self, name: str, key: str) -> Any:
        """Return what stands under a key of a profile's table that is no field of it, ``None`` where nothing does.

        ``Damaged`` when the file cannot be read.
        """
        file = self._file()
        place = file.place(name)
        return file.tables[place].get(key) if place is not None else None

    def put_further(self, name: str, key: str, values: dict[str, Any]) -> None:
        """Put a table in one line under a key of a profile's table that is no field of it; an empty one goes.

        ``ProfileError`` when there is no such profile, ``Damaged`` when the file is bad, ``NotSaved``.
        """
        file = self._file()
        place = file.place(name)
        if place is None:
            raise ProfileError(name, "name", FieldFault.NAME_UNKNOWN)
        table = file.tables[place]
        if not values and key not in table:
            return
        written = tomlkit.inline_table()
        written.update(values)
        file.layout.tables[place] = _changed_table(file.layout.tables[place], {key: written if values else None})
        file.tables[place] = {other: value for other, value in table.items() if other != key}
        if values:
            file.tables[place][key] = values
        self._write(file)

    def remove(self, name: str) -> None:
        """Take a profile out; nothing happens when there is none of that name."""
        file = self._file()
        place = file.place(name)
        if place is not None:
            file.layout.remove(place)
            del file.tables[place]
            self._write(file)

    def move(self, name: str, place: int) -> None:
        """Put a profile at a place in the order, counted from 0; nothing happens when there is none of that name.

        The places are those of ``read``: a table that cannot be used has none, and stays behind the one before it.
        """
        file = self._file()
        old = file.place(name)
        if old is None:
            return
        others = [profile.name for profile in self.read()[0] if profile.name != name]
        behind = file.place(others[min(place, len(others)) - 1]) if place > 0 and others else None
        new = 0 if behind is None else behind + 1 if behind < old else behind
        if new != old:
            file.layout.move(old, new)
            file.tables.insert(new, file.tables.pop(old))
            self._write(file)

    def export(self, path: str, names: Sequence[str]) -> None:
        """Write some profiles into a file of their own, in the order of ours; there are no secrets in them.

        Only what is a field of a profile gets there, whatever else stands in our file.
        """
        known, problems = self.read()
        found = [profile for profile in known if profile.name in names]
        missing = [name for name in names if name not in {profile.name for profile in found}]
        if missing:
            raise next(iter(problems), ProfileError(missing[0], "name", FieldFault.NAME_UNKNOWN))
        write_whole(Path(path), "\n".join(map(_new_table, found)).encode())

    def look_around(self) -> list[ProfileSource]:
        """Return what could be taken over from other programs on this machine; nothing is written."""
        return self._surroundings.look_around()

    def look_into(self, path: str) -> ProfileSource:
        """Return the profiles of a file that a person chose: exported by us, or ``clouds.yaml``, or of KooCLI."""
        return self._surroundings.look_into(Path(path))

    def _file(self) -> "_File":
        """Return the file in parts. ``Damaged`` when it must not be written over."""
        try:
            text = text_of(self._path)
            values = parsed(text)
        except FileNotFoundError:
            return _File(Layout([""], []), [], {}, "\n")
        except OSError as error:
            raise Damaged(str(self._path), reason(error)) from error
        except (ValueError, RecursionError) as error:
            raise Damaged(str(self._path), str(error)) from error
        tables = values.pop(_LIST, [])
        layout = cut(text.replace("\r\n", "\n"), _LIST)
        if not isinstance(tables, list) or len(layout.tables) != len(tables):
            raise Damaged(str(self._path), ErrorDetail.PROFILE_TABLES)
        return _File(layout, tables, values, "\r\n" if "\r\n" in text else "\n")

    def _write(self, file: "_File") -> None:
        """Write the file, once it is certain that it says what is meant and that nothing else has changed."""
        text = file.layout.text()
        try:
            values = parsed(text)
        except ValueError:
            values = {}
        if _canonical(values.pop(_LIST, [])) != _canonical(file.tables) or _canonical(values) != _canonical(file.rest):
            raise Damaged(str(self._path), ErrorDetail.AUTHORS_FORM)
        make_folder(self._path.parent)
        write_whole(self._path, text.replace("\n", file.line_end).encode())


class _File(Struct):
    """A file in parts: its text, the values of its tables, and the other values, which stay."""

    layout: Layout
    tables: list[dict[str, Any]]
    rest: dict[str, Any]
    line_end: str

    def place(self, name: str) -> int | None:
        """Return the place of the first table of a profile, whether or not it can be used."""
        return next((place for place, table in enumerate(self.tables) if table.get("name") == name), None)


def _differing(profile: Profile, table: dict[str, Any]) -> dict[str, Any]:
    """Return what has to change in a table; ``None`` for a key that has to go.

    A default is written only where that key was written before.
    """
    values = values_of(profile)
    changes = {key: value for key, value in values.items() if _canonical(table.get(key)) != _canonical(value)}
    changes = {key: value for key, value in changes.items() if key in table or value != DEFAULTS.get(key)}
    return changes | {key: None for key in table if key in FIELDS and key not in values}


def _new_table(profile: Profile) -> str:
    table = tomlkit.table()
    for key, value in _differing(profile, {}).items():
        table[key] = value
    document = tomlkit.document()
    document[_LIST] = tomlkit.aot()
    document[_LIST].append(table)
    return document.as_string()


def _changed_table(text: str, changes: dict[str, Any]) -> str:
    """Return a table with other values; its comments and the keys that are not named stay."""
    document = tomlkit.parse(text)
    table: Any = document[_LIST][0]
    for key, value in changes.items():
        if value is None:
            del table[key]
        else:
            table[key] = value
    return document.as_string()


def _canonical(value: Any) -> str:
    """Return a text that is the same for the same value; a NaN is the same as itself, and ``1`` is not ``true``."""
    return json.dumps(value, sort_keys=True, default=repr)
