"""The command line: the window, and the same workflows without one.

Exit codes of every command::

    0  all of it succeeded
    1  no: refused, judged bad, or nothing was backed up
    2  the command, a file or a profile cannot be used
    3  part of it: some resources were skipped or failed
    4  not known: the answer was lost and reading has not settled it
"""

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from cbr_desktop.text.catalogue import _

if TYPE_CHECKING:
    import argparse

    from cbr_desktop.domain.error import CbrError

_UNUSABLE = 2
_WINDOW = "app.opening:run_window"
_COMMANDS = "cli."
"""Where what is not shown in a window is."""
_INTERRUPTED = 130
_PIPE_CLOSED = 141
_FILES = ".json"
"""What words that name files for the window end in; no command does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a ``CbrError`` becomes one sentence on standard error.

    The collector of garbage works for a command, and is afterwards as it was.
    """
    is_looking = gc.isenabled()
    try:
        options = _options(sys.argv[1:] if arguments is None else arguments)
        module, name = options.run.split(":")
        if options.try_again:
            _let_try_again(options.profile)
        run = getattr(late(module), name)
        if options.run != _WINDOW:
            gc.enable()
        with late("text.states").whole_times() if options.run.startswith(_COMMANDS) else nullcontext():
            code: int = run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except SystemExit:  # by which help and the version end, without a need to know what errors there are
        raise
    except (_cbr_error(), ExceptionGroup) as error:
        return _refused(error)
    except KeyboardInterrupt:
        late("cli.output").remark(_("Interrupted."))
        return _INTERRUPTED
    except BrokenPipeError:
        # what read has seen enough, as ``head`` does; nothing may be written at the end either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    finally:
        (gc.enable if is_looking else gc.disable)()
    return code


def _let_try_again(name: str | None) -> None:
    """Let a refused password be tried once more, because a person says so: of a profile's account, or of all.

    That there is no profile of this name is for those to say who want to use it.
    """
    here = late("storage.paths").places()
    refusals = late("storage.refusals").Refusals(here.refusals_file)
    if name is None:
        refusals.forget_all()
    else:
        for profile in (each for each in late("app.profile").all_profiles(here) if each.name == name):
            refusals.forget(profile)


def _cbr_error() -> type["CbrError"]:
    """Return the base of the errors of this program, which is asked for once there is an error."""
    base: type[CbrError] = late("domain.error").CbrError
    return base


def _refused(error: "CbrError | ExceptionGroup") -> int:
    """Say what kept a command from its work; several tasks of it may have met errors of this program, and no others."""
    output = late("cli.output")
    if isinstance(error, ExceptionGroup):
        found, rest = _cbr_errors(error), error.split(_cbr_error())[1]
    else:
        found, rest = [error], None
    if rest is not None:
        raise error
    for sentence in dict.fromkeys(output.problem_sentence(each) for each in found):
        output.remark(sentence)
    return _UNUSABLE


def _cbr_errors(group: ExceptionGroup) -> "list[CbrError]":
    """Return the errors of this program in a group, and in the groups in it."""
    found: list[CbrError] = []
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            found += _cbr_errors(error)
        elif isinstance(error, _cbr_error()):
            found.append(error)
    return found


def late(module: str) -> Any:
    """Import a module of this program that only some commands need; each would cost the others their start-up time.

    Nothing of what is imported becomes garbage, so the collector rests meanwhile: that is a twentieth of a start.
    """
    is_looking = gc.isenabled()
    gc.disable()
    try:
        importlib.import_module("cbr_desktop.domain")  # before anything imports msgspec, which it sees to
        return importlib.import_module(f"cbr_desktop.{module}")
    finally:
        if is_looking:
            gc.enable()


def _options(arguments: Sequence[str]) -> "argparse.Namespace | SimpleNamespace":
    """Read the command line; its grammar is fetched only when it is not one of the usual ways to open a window."""
    plain = _plainly(arguments)
    if plain is not None:
        return plain
    from cbr_desktop.cli.command_line import read

    return read(arguments, usual())


def _plainly(arguments: Sequence[str]) -> SimpleNamespace | None:
    """Read the usual ways to open a window, ``None`` for any other: for these a grammar takes a fiftieth of a start."""
    options = usual()
    match arguments:
        case []:
            return options
        case ["--demo"]:
            options.demo = True
        case ["--profile", name] if name and not name.startswith("-"):
            options.profile = name
        case _ if are_files(arguments):
            options.files = [Path(word) for word in arguments]
        case _:
            return None
    return options


def are_files(words: Sequence[str]) -> bool:
    """Whether all words name files that the window opens."""
    return all(word.lower().endswith(_FILES) and not word.startswith("-") for word in words)


def usual() -> SimpleNamespace:
    """Return what counts unless it is said; defaults of a command would undo what stands before it."""
    return SimpleNamespace(run=_WINDOW, profile=None, demo=False, try_again=False, files=[])
