"""Other programs' settings, from which profiles can be taken over; a secret is never read out of them."""

import os
from collections.abc import Mapping
from pathlib import Path

from cbr_desktop.domain.source import Remark, RemarkKind, Source, SourceKind
from cbr_desktop.storage.profiles import read


class Surroundings:
    """What lies around this program: environment, home folder, and the folder in which it was started."""

    def __init__(
        self, environ: Mapping[str, str] | None = None, home: Path | None = None, folder: Path | None = None
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self._home = home or Path.home()
        self._folder = folder or Path.cwd()

    def look_around(self) -> list[Source]:
        """Return what other programs have here."""
        return []

    def look_into(self, path: Path) -> Source:
        """Return what a file has."""
        found, errors = read(path)
        remarks = tuple(Remark("", RemarkKind.UNUSABLE, str(error.args[-1])) for error in errors)
        return Source(SourceKind.FILE, str(path), tuple(found), remarks)
