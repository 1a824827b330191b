"""A command asks for a password only where a person can type one; a planned task must not wait for ever."""

import io
import os
from types import SimpleNamespace

import pytest

from cbr_desktop.app.terminal import is_typed


@pytest.mark.skipif(os.name == "nt", reason="there are no such terminals here")
def test_a_terminal_is_typed_at() -> None:
    reading, writing = os.openpty()
    with os.fdopen(reading), open(writing) as terminal:  # noqa: PTH123 - an open file
        assert is_typed(terminal, "posix")


def test_nobody_types_into_a_file_or_into_nothing() -> None:
    assert not is_typed(io.StringIO("secret"))
    assert not is_typed(None)


def test_the_empty_device_of_windows_only_calls_itself_a_terminal() -> None:
    """It is read like a file; a console is read by a class of its own."""
    with io.FileIO(os.devnull) as raw:
        empty = SimpleNamespace(isatty=lambda: True, buffer=SimpleNamespace(raw=raw))
    assert not is_typed(empty, "nt")  # type: ignore[arg-type]
    console = SimpleNamespace(isatty=lambda: True, buffer=SimpleNamespace(raw=type("_WindowsConsoleIO", (), {})()))
    assert is_typed(console, "nt")  # type: ignore[arg-type]
