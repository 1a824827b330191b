"""Builds the two packages for Windows, the installer and the portable archive, out of one folder."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from product import NAME, PACKAGES, version
from windows import application, installer, runtime


def build(remark: Callable[[str], None]) -> Path:
    """Build both, each with the list of what is in it beside it; return where the installer is.

    ``remark`` is told in a line what speaks against publishing them, if something does.
    """
    folder, python = application.make()
    old = runtime.verdict(python, datetime.now(UTC).date())
    if old:
        remark(old)
    portable = PACKAGES / f"{NAME}-{version()}-windows-x86_64-portable.zip"
    packages = installer.build_installer(folder), installer.build_portable(folder, portable)
    for package in packages:
        shutil.copyfile(folder / application.LIST, f"{package}.cdx.json")
    return packages[0]
