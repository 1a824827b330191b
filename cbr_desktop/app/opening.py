"""Opening the window, the part that knows nothing of Qt.

It is imported first on purpose: once Qt is there, its binding reads the source of every module that is imported after.
"""

import argparse
import gc
import importlib

from cbr_desktop.app.profile import DEMO, find_profile
from cbr_desktop.domain.error import HouseError
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.workflows.ledger import Ledger


def run_window(options: argparse.Namespace) -> int:
    """Open the window; return its exit code when the operator has left."""
    here = places()
    here.make()
    profile = DEMO if options.demo else _named(here, options.profile)
    if profile is not None:
        # up to the first paint hardly anything becomes garbage, and looking for it takes a good part of the time
        gc.disable()
    code: int = importlib.import_module("cbr_desktop.app.window").open_window(here, profile)
    return code


def recall(ledger: Ledger, here: Places) -> None:
    """Put the first page of what was seen last into the ledger: quick enough to come before the first paint."""
    if ledger.profile is DEMO:
        return
    listing = SqliteCache(here.cache_file(ledger.profile)).first_vaults()
    if listing is not None:
        ledger.put_vaults(listing, from_cache=True)


def _named(here: Places, name: str | None) -> Profile | None:
    """Return the profile that was named, or the only one; ``None`` when there is something to choose or to explain."""
    try:
        return find_profile(here, name)
    except HouseError:
        if name is not None:
            raise
        return None
