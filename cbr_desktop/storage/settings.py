"""What screens remember between starts: sizes, columns, theme; nothing that anybody would miss."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.storage.files import write_whole

_SIZE_LIMIT = 1024 * 1024


class JsonSettings:
    """Settings in one JSON file. A file that is not one counts as empty; one that cannot be written is let be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = _read(path)
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
                write_whole(self._path, json.dumps(self._values, ensure_ascii=False, indent=1).encode())
            self._is_changed = False


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            return {}
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
