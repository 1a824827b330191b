"""Where newer versions are told of: a file that is there only where that is wanted."""

import base64
import binascii
from pathlib import Path

from cbr_desktop.domain.endpoint import endpoint
from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.update import UpdateSource
from cbr_desktop.storage.files import open_plain, reason
from cbr_desktop.storage.profiles import parsed

SIZE_LIMIT = 64 * 1024
_KEY_BYTES = 32
_SHORTEST_HOURS = 1.0


def read(path: Path) -> UpdateSource | None:
    """Return who is to be asked, or ``None`` when there is no such file. ``Damaged`` when it cannot be used.

    ::

        [update]
        address = "https://downloads.example.com/cbr-desktop/manifest.json"
        public_key = "base64 of 32 bytes"
        every_hours = 24
    """
    try:
        with open_plain(path) as file:
            table = parsed(file.read(SIZE_LIMIT).decode("utf-8-sig")).get("update")
        if not isinstance(table, dict):
            raise ValueError("there is no table [update]")
        return _source(table)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Damaged(str(path), reason(error)) from error
    except (ValueError, RecursionError) as error:
        raise Damaged(str(path), str(error)) from error


def _source(table: dict[str, object]) -> UpdateSource:
    address, key, hours = table.get("address"), table.get("public_key"), table.get("every_hours", 24)
    if not isinstance(address, str) or not address.isprintable() or " " in address:
        raise ValueError("address must be the https address of a manifest")
    scheme, _, rest = address.partition("://")
    host, slash, _ = rest.partition("/")
    if not slash:
        raise ValueError("address must lead to a manifest, not to a host alone")
    endpoint(f"{scheme}://{host}")
    if not isinstance(key, str):
        raise ValueError("public_key is missing")
    try:
        public_key = base64.b64decode(key, validate=True)
    except binascii.Error:
        raise ValueError("public_key must be base64") from None
    if len(public_key) != _KEY_BYTES:
        raise ValueError(f"public_key must be {_KEY_BYTES} bytes")
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not hours >= _SHORTEST_HOURS:
        raise ValueError(f"every_hours must be {_SHORTEST_HOURS:.0f} or more")
    return UpdateSource(address, public_key, float(hours))
