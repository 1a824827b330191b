"""A command asks for a password only where a person can type one; a planned task must not wait for ever."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

import pytest

from cbr_desktop.app.terminal import is_typed
from cbr_desktop.cli.output import remark, say
from cbr_desktop.text.states import grouped


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


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "✕ ‘böse’: 1\u00a0930 GB… ☐ 磁"),
        ("latin-1", "x 'böse': 1 930 GB... [ ] \\u78c1"),
        ("ascii", "x 'b\\xf6se': 1 930 GB... [ ] \\u78c1"),
    ],
)
def test_what_a_terminal_has_no_letters_for_is_typed_or_escaped(encoding: str, said: str) -> None:
    text = f"✕ ‘böse’: {grouped(1_930)} GB… ☐ 磁"
    for redirected, tell in ((redirect_stdout, say), (redirect_stderr, remark)):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        with redirected(stream):
            tell(text)
        assert stream.buffer.getvalue().decode(encoding) in (f"{said}\n", f"cbr-desktop: {said}\n")
