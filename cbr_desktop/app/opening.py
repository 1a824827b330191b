"""Opening the window: what comes before its first paint, beginning with what needs no Qt."""

import gc
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cbr_desktop.app import quick_binding, quick_enums
from cbr_desktop.app.profile import find_demo, find_profile
from cbr_desktop.domain.error import CbrError, InUse, NotSaved
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.paths import Places, places

if TYPE_CHECKING:
    import argparse
    from types import SimpleNamespace


def run_window(options: "argparse.Namespace | SimpleNamespace") -> int:
    """Open the window; return its exit code when the operator has left."""
    here = places()
    try:
        with suppress(NotSaved):
            here.make()  # what cannot be written can still be looked at
        if not options.demo and _is_raised(here, options.files):
            return 0
        profile = find_demo(options.profile) if options.demo else _named(here, options.profile)
    except CbrError as error:
        from cbr_desktop.app import window

        window.tell_startup_error(window.new_application(), error)
        raise
    # up to the first paint hardly anything becomes garbage, and looking for it takes a good part of the time; but a
    # window in which a profile is chosen first may stay for long
    (gc.enable if profile is None else gc.disable)()
    quick_enums.begin()
    quick_binding.bring_in()
    from cbr_desktop.app.window import open_window

    return open_window(here, profile, options.files)


def _is_raised(here: Places, files: Sequence[Path] = ()) -> bool:
    """Bring the window of a program that runs on the same data to the front; tell whether there is one that came.

    Raises ``InUse`` when there is one that does not answer. Where none has run or the last one has left in order, this
    is a look at one file.
    """
    if not os.path.lexists(here.socket_path):
        return False
    from cbr_desktop.app.single_instance import Activation, activate, say_raised

    # one after the other: what the first of them finds is what there is
    answers = [activate(here.socket_path, wish) for wish in [Activation(path) for path in files] or [Activation()]]
    answer = answers[0]
    if answer:
        say_raised()
    elif answer is not None:
        raise InUse(str(here.data))
    return bool(answer)


def _named(here: Places, name: str | None) -> Profile | None:
    """Return the profile that was named, or the only one; ``None`` when there is something to choose or to explain."""
    try:
        return find_profile(here, name)
    except CbrError:
        if name is not None:
            raise
        return None
