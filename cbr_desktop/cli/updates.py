"""The command that asks whether there is a newer version."""

import argparse
import asyncio
import json

from cbr_desktop import __version__
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.updating import look
from cbr_desktop.cli.report import GOOD
from cbr_desktop.storage import updates
from cbr_desktop.storage.paths import places
from cbr_desktop.ui.states import shown


def update(options: argparse.Namespace) -> int:
    """Ask the address that the file names; without a file nobody is asked."""
    here = places()
    source = updates.read(here.updates_file)
    release = asyncio.run(look(source, WallClock())) if source is not None else None
    if options.json:
        newer = release and {
            "version": release.version,
            "published_at": release.published_at.isoformat(),
            "page": release.page,
        }
        print(json.dumps({"version": __version__, "asked": source is not None, "newer": newer}, indent=2))
    elif source is None:
        print(f"This is {__version__}. Nobody is asked for newer versions: {here.updates_file} names no address.")
    elif release is None:
        print(f"This is {__version__}, and there is none newer.")
    else:
        print(f"Version {shown(release.version)} is there: {shown(release.page)}")
    return GOOD
