"""The command that asks whether there is a newer version."""

import argparse

from cbr_desktop import __version__
from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.updating import look
from cbr_desktop.cli.output import say, say_json, shown_path
from cbr_desktop.cli.running import run_command
from cbr_desktop.cli.tables import GOOD
from cbr_desktop.storage import updates
from cbr_desktop.storage.paths import places
from cbr_desktop.text.catalogue import _
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
            _("This is {version}. Nobody is asked for newer versions: {file} names no address.").format(
                version=__version__, file=shown_path(here.updates_file)
            )
        )
    elif release is None:
        say(_("This is {version}, and there is none newer.").format(version=__version__))
    else:
        say(
            _("Version {version} is available: {page}").format(version=shown(release.version), page=shown(release.page))
        )
    return GOOD
