"""A newer version of this program: where one may be told of, and what is told."""

import re
from datetime import datetime

from msgspec import Struct


class UpdateSource(Struct, frozen=True):
    """Who is asked for newer versions: none, unless an operator or an administrator has named an address.

    ``address`` is the ``https`` URL of a manifest, whose signature lies beside it (``.sig``). ``public_key`` are the 32
    bytes of the Ed25519 key that it is signed with, ``every_hours`` how often it is asked for.
    """

    address: str
    public_key: bytes
    every_hours: float = 24.0


class Release(Struct, frozen=True):
    """A version as its manifest tells of it; ``page`` is the ``https`` URL where it can be had."""

    version: str
    published_at: datetime
    page: str


def is_newer(version: str, than: str) -> bool:
    """Tell whether a version comes after another; what is not numbers and dots is none, and so never newer."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){0,4}", version) is None:
        return ()
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return (1, *numbers)
