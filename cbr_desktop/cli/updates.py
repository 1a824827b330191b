"""The command that asks whether there is a newer version."""

import argparse

from cbr_desktop import __version__
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.updating import look
from cbr_desktop.cli.opening import run_command
from cbr_desktop.cli.output import say, say_json, shown_path
from cbr_desktop.cli.report import GOOD
from cbr_desktop.storage import updates
from cbr_desktop.storage.paths import places
from cbr_desktop.text.states import shown


def update(options: argparse.Namespace) -> int:
    """Ask the address that the file names; without a file nothing is asked."""
    here = places()
    source = updates.read(here.updates_file)
    release = run_command(look(source, WallClock())) if source is not None else None
    if options.json:
        newer = release and {
            "version": release.version,
            "published_at": release.published_at.isoformat(),
            "page": release.page,
        }
        say_json({"version": __version__, "asked": source is not None, "newer": newer})
    elif source is None:
        say(
            f"This is {__version__}. Nobody is asked for newer versions:"
            f" {shown_path(here.updates_file)} names no address."
        )
    elif release is None:
        say(f"This is {__version__}, and there is none newer.")
    else:
        say(f"Version {shown(release.version)} is there: {shown(release.page)}")
    return GOOD
