"""Where the program's folders and files are."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.files import make_folder

HOME_VARIABLE = "CBR_DESKTOP_HOME"
"""Moves all folders under one root: for a portable installation and for tests."""

_APPLICATION = "cbr-desktop"
# The rest of a division by it tells texts apart as a checksum of 128 bits does. Making two profiles
# alike here gains nothing, and importing a cryptographic library would be felt at every start.
_PRIME = 2**128 - 159


class Places(NamedTuple):
    """The folders, as absolute paths. Several may be one folder (on Windows ``config`` is ``data``).

    ``requests`` is the folder that is suggested for request files; it is the operator's, made when first saved into.
    """

    config: Path
    data: Path
    cache: Path
    logs: Path
    state: Path
    requests: Path

    @property
    def profiles_file(self) -> Path:
        """Which clouds there are."""
        return self.config / "profiles.toml"

    @property
    def updates_file(self) -> Path:
        """Who is asked for newer versions; usually there is none."""
        return self.config / "updates.toml"

    @property
    def kept_profiles_file(self) -> Path:
        """The profiles as they were read last; it can be lost."""
        return self.cache / "profiles.json"

    @property
    def records_file(self) -> Path:
        """The outbox."""
        return self.data / "outbox.db"

    @property
    def refusals_file(self) -> Path:
        """Which passwords were refused of late."""
        return self.state / "refused.json"

    @property
    def journal_folder(self) -> Path:
        """The journal."""
        return self.data / "journal"

    @property
    def unsaved_folder(self) -> Path:
        """What was not saved of drafts."""
        return self.data / "drafts"

    @property
    def archive_file(self) -> Path:
        """Tasks beyond what the service remembers."""
        return self.data / "archive.db"

    @property
    def plans_folder(self) -> Path:
        """The copies of the plans that were run."""
        return self.data / "plans"

    @property
    def lock_file(self) -> Path:
        """Held by the one program that may write into ``data``."""
        return self.data / "instance.lock"

    @property
    def socket_path(self) -> Path:
        """Where the program whose lock it is listens for a second start."""
        # an earlier version that still runs listens under this name
        return self.data / "door"

    @property
    def log_file(self) -> Path:
        """The newest log."""
        return self.logs / "cbr-desktop.log"

    def cache_file(self, profile: Profile) -> Path:
        """Return the cache of a profile; another one as soon as the profile leads elsewhere."""
        target = "\n".join((profile.name, profile.cbr_endpoint, profile.domain, profile.project))
        return self.cache / f"{int.from_bytes(target.encode('utf-8', 'replace')) % _PRIME:032x}.db"

    def make(self) -> None:
        """Make the program's own folders, for this user alone. ``NotSaved`` names the first that cannot be."""
        errors = []
        for folder in (self.config, self.data, self.cache, self.logs, self.state):
            try:
                make_folder(folder)
            except NotSaved as error:
                errors.append(error)
        if errors:
            raise errors[0]


def places(environ: Mapping[str, str] | None = None) -> Places:
    """Return the folders of this user; nothing is made yet.

    ``environ`` (the process's when ``None``) is asked for ``CBR_DESKTOP_HOME`` alone; without it the platform's own
    rules decide, which read the process's environment themselves.
    """
    root = (os.environ if environ is None else environ).get(HOME_VARIABLE)
    return _under(Path(root).expanduser().absolute()) if root else _of_platform()


def _under(root: Path) -> Places:
    names = ("config", "data", "cache", "logs", "state", "requests")
    return Places(*(root / name for name in names))


def _of_platform() -> Places:
    from platformdirs import PlatformDirs

    if not Path(os.path.expanduser("~")).is_absolute():  # noqa: PTH111  the other raises
        # this user has no home at all, and a folder called ~ where the program was started is none
        return _under(Path(os.devnull))
    # without appauthor=False, Windows would put the folder into another one of the same name
    folders = PlatformDirs(_APPLICATION, appauthor=False, roaming=False)
    return Places(
        config=folders.user_config_path,
        data=folders.user_data_path,
        cache=folders.user_cache_path,
        logs=folders.user_log_path,
        state=folders.user_state_path,
        requests=folders.user_documents_path / "CBR requests",
    )
