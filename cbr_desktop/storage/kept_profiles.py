"""The profiles as they were read last, for a start to take while their file says, letter for letter, the same.

To read TOML takes a fiftieth of a start. What is kept is made anew from the file, and never the other way round.
"""

from codecs import BOM_UTF8
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.files import open_plain, write_whole

_SIZE_LIMIT = 4 * 1024 * 1024
_FIELDS = Profile.__struct_fields__


class _Kept(msgspec.Struct):
    """``file`` is what the file of profiles said, ``fields`` are those that a profile had then."""

    fields: tuple[str, ...]
    file: str
    profiles: list[Profile]


def recall(path: Path, file: Path) -> list[Profile] | None:
    """Return what ``path`` keeps of a file of profiles; ``None`` where that says something else now."""
    try:
        kept = msgspec.json.decode(_read(path), type=_Kept)
        said = _read(file).removeprefix(BOM_UTF8).decode()
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return kept.profiles if (kept.file, kept.fields) == (said, _FIELDS) else None


def keep(path: Path, said: str, profiles: Sequence[Profile]) -> None:
    """Keep the profiles of a file that says this, if something else is kept; a full disk is no error."""
    data = msgspec.json.encode(_Kept(_FIELDS, said, list(profiles)))
    with suppress(OSError, NotSaved):
        if not path.is_file() or _read(path) != data:
            write_whole(path, data)


def _read(path: Path) -> bytes:
    with open_plain(path) as file:
        return file.read(_SIZE_LIMIT)
