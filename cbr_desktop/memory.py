"""What the allocator of glibc, which Linux mostly has, keeps for itself; elsewhere nothing of this does anything.

Freed memory stays with the process, and each thread that allocates gets an arena of its own, where more of it stays.
"""

import ctypes
import sys
from functools import cache
from typing import Any

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of ``malloc.h``."""


@cache
def _libc() -> Any:
    """Return glibc, or ``None`` where it is not what this process runs on."""
    if not sys.platform.startswith("linux"):
        return None
    loaded = ctypes.CDLL(None)
    return loaded if hasattr(loaded, "gnu_get_libc_version") else None


def share_one_arena() -> bool:
    """Let threads that begin from now on allocate where this one does; tell whether it is so."""
    libc = _libc()
    return libc is not None and libc.mallopt(_ARENA_MAX, 1) == 1


def give_back() -> bool:
    """Give freed memory back to the system, which takes about a millisecond; tell whether there was any."""
    libc = _libc()
    return libc is not None and libc.malloc_trim(0) == 1
