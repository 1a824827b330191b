"""Opening the window: what comes before its first paint, beginning with what needs no Qt."""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cbr_desktop.app.profile import DEMO_PROFILES, find_demo, find_profile
from cbr_desktop.domain.error import CbrError, InUse, NotSaved
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.lists import first_vaults
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.workflows.ledger import Ledger


def run_window(options: argparse.Namespace) -> int:
    """Open the window; return its exit code when the operator has left."""
    here = places()
    try:
        with suppress(NotSaved):
            here.make()  # what cannot be written can still be looked at
        if not options.demo and _is_raised(here, options.files):
            return 0
        profile = find_demo(options.profile) if options.demo else _named(here, options.profile)
    except CbrError as error:
        window = importlib.import_module("cbr_desktop.app.window")
        window.tell(window.new_application(), error)
        raise
    # up to the first paint hardly anything becomes garbage, and looking for it takes a good part of the time; but a
    # window in which a profile is chosen first may stay for long
    (gc.enable if profile is None else gc.disable)()
    spare_the_sources()
    code: int = importlib.import_module("cbr_desktop.app.window").open_window(here, profile, options.files)
    return code


def recall(ledger: Ledger, here: Places) -> None:
    """Put the first page of what was seen last into the ledger: quick enough to come before the first paint."""
    if ledger.profile in DEMO_PROFILES:
        return
    listing = first_vaults(here.cache_file(ledger.profile))
    if listing is not None:
        ledger.put_vaults(listing, from_cache=True)


def spare_the_sources() -> None:
    """Bring Qt in, and keep its binding from reading the source of every module that is imported from now on.

    WORKAROUND https://bugreports.qt.io/browse/PYSIDE-2029: it looks for users of its switchable features, which we are
    not, and takes a quarter of a millisecond and the memory of all these sources for that.
    """
    importlib.import_module("PySide6.QtCore")
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda module: False  # type: ignore[union-attr]


def _is_raised(here: Places, files: Sequence[Path] = ()) -> bool:
    """Bring the window of a program that runs on the same data to the front; tell whether there is one that came.

    Raises ``InUse`` when there is one that does not answer. Where none has run or the last one has left in order, this
    is a look at one file.
    """
    if not os.path.lexists(here.socket_path):
        return False
    single_instance = importlib.import_module("cbr_desktop.app.single_instance")
    wishes = [single_instance.Wish(path) for path in files] or [single_instance.Wish()]
    # one after the other: what the first of them finds is what there is
    answers = [single_instance.activate(here.socket_path, wish) for wish in wishes]
    answer = answers[0]
    if answer:
        say_raised()
    elif answer is not None:
        raise InUse(str(here.data))
    return bool(answer)


def say_raised() -> None:
    """Say where there is a terminal that the running window is the one to look at."""
    if sys.stdout is not None:
        sys.stdout.write(importlib.import_module("cbr_desktop.text.errors").raised_sentence() + "\n")


def _named(here: Places, name: str | None) -> Profile | None:
    """Return the profile that was named, or the only one; ``None`` when there is something to choose or to explain."""
    try:
        return find_profile(here, name)
    except CbrError:
        if name is not None:
            raise
        return None
