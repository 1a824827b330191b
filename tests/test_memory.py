"""What is freed goes back to the system, where the allocator is the one that this is about."""

import platform
from pathlib import Path

import pytest

from cbr_desktop.memory import give_back, share_one_arena

_BLOCK, _BLOCKS = 16_384, 1_500
glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is about the allocator of glibc")


def resident() -> int:
    """Return how many bytes of this process are in memory."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Rss:"):
            return 1024 * int(line.split()[1])
    raise AssertionError("the kernel does not tell it")


@glibc
def test_what_was_freed_below_something_that_is_still_there_is_given_back() -> None:
    blocks = [bytes(_BLOCK) + b"." for _ in range(_BLOCKS)]
    last = blocks.pop()
    blocks.clear()
    before = resident()
    assert give_back()
    assert before - resident() > _BLOCK * _BLOCKS / 2
    assert last


@glibc
def test_threads_share_one_arena() -> None:
    assert share_one_arena()


@pytest.mark.skipif(platform.libc_ver()[0] == "glibc", reason="there is something to be done")
def test_elsewhere_nothing_is_done() -> None:
    assert not share_one_arena() and not give_back()
