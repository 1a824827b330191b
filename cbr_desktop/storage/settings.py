"""What screens remember between starts: sizes, columns, theme; nothing that would be missed."""

from codecs import BOM_UTF8
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from cbr_desktop.domain.error import Damaged, NotSaved
from cbr_desktop.storage.files import bad_name, open_plain, reason, replace_patiently, write_whole

_SIZE_LIMIT = 1024 * 1024


class JsonSettings:
    """Settings in one JSON file.

    A file that is not one is put aside as ``*.bad-<time>`` and counts as empty; ``damaged`` tells what was wrong and
    where it is now. One that cannot be written is let be.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.damaged: Damaged | None = None
        self._values = self._read()
        self._is_changed = False

    def get(self, key: str, default: object) -> object:
        """Return what was put under ``key``, or ``default``."""
        return self._values.get(key, default)

    def put(self, key: str, value: object) -> None:
        """Remember a value that JSON can hold; it is on the disk after ``close``."""
        if self._values.get(key) != value:
            self._values[key] = value
            self._is_changed = True

    def close(self) -> None:
        """Write what has changed."""
        if self._is_changed:
            with suppress(NotSaved):
                write_whole(self._path, msgspec.json.format(msgspec.json.encode(self._values), indent=1))
            self._is_changed = False

    def _read(self) -> dict[str, Any]:
        try:
            return _values(self._path)
        except FileNotFoundError:
            return {}
        except OSError as error:
            why = reason(error)
        except (ValueError, RecursionError) as error:
            why = str(error) if len(str(error)) < 200 else type(error).__name__
        place = bad_name(self._path)
        try:
            replace_patiently(self._path, place)
        except OSError:
            place = self._path
        self.damaged = Damaged(str(place), why)
        return {}


def _values(path: Path) -> dict[str, Any]:
    """Return what stands in the file. ``OSError``, ``ValueError`` or ``RecursionError`` when that is no settings."""
    with open_plain(path) as file:
        data = file.read(_SIZE_LIMIT + 1)
    if len(data) > _SIZE_LIMIT:
        raise ValueError(f"larger than {_SIZE_LIMIT} bytes")
    value = msgspec.json.decode(data.removeprefix(BOM_UTF8))
    if not isinstance(value, dict):
        raise ValueError("not an object of JSON")
    return value
