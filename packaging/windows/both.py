"""Builds the two packages for Windows, the installer and the portable archive, out of one folder."""

import shutil
from pathlib import Path

from product import NAME, PACKAGES, version
from windows import application, installer


def build() -> Path:
    """Build both, each with the list of what is in it beside it; return where the installer is."""
    folder = application.make()
    portable = PACKAGES / f"{NAME}-{version()}-windows-x86_64-portable.zip"
    packages = installer.build_installer(folder), installer.build_portable(folder, portable)
    for package in packages:
        shutil.copyfile(folder / application.LIST, f"{package}.cdx.json")
    return packages[0]
