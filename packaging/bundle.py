"""Makes the bundle: the program with its own Python and its parts of Qt, as one folder that starts by itself.

There is one bundle and two ways to use it. Whole, it brings most libraries along and runs on any recent Linux; with the
libraries of the system left out it is what a package for the system that it was made on needs.
"""

import contextlib
import json
import os
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import contents
from product import NAME, PACKAGING, WORK, epoch, run

_INSIDE = "_internal"
_NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")
C_LIBRARY = ("ld-linux", "libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libutil.so", "libresolv.so")
"""How the names of the parts of the GNU C library begin."""


@dataclass(frozen=True)
class Bundle:
    """A bundle on the disk: its folder, and where each file in it that was compiled came from."""

    folder: Path
    origins: dict[str, str]
    modules: tuple[str, ...]

    @property
    def of_system(self) -> dict[str, str]:
        """The libraries in it that the system has packages for: their names here and where they were found."""
        return {name: source for name, source in self.origins.items() if contents.is_of_system(source)}

    def copy(self, target: Path, *, whole: bool) -> Path:
        """Copy it to a place where there is nothing yet, with or without the libraries of the system."""
        left_out = set() if whole else {f"{_INSIDE}/{name}" for name in self.of_system}

        def ignored(folder: str, names: list[str]) -> set[str]:
            here = Path(folder).relative_to(self.folder)
            return {name for name in names if (here / name).as_posix() in left_out}

        shutil.copytree(self.folder, target, symlinks=True, ignore=ignored)
        return target


def make() -> Bundle:
    """Make the bundle anew."""
    work, place = WORK / "pyinstaller", WORK / "bundle"
    shutil.rmtree(place, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    options = ("--noconfirm", "--clean", "--log-level=WARN", f"--distpath={place}", f"--workpath={work}")
    # modules lie there as they are: they are read sooner, and a package is smaller when it alone presses them together
    pressed = {"PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0"}
    run("pyinstaller", *options, PACKAGING / "bundle.spec", PYINSTALLER_CONFIG_DIR=str(work / "cache"), **pressed)
    folder = place / NAME
    made = json.loads((work / "bundle" / "origins.json").read_text("utf-8"))
    _drop_unneeded(folder, made["files"])
    _unpress(folder / _INSIDE / "base_library.zip")
    tidy(folder)
    origins = {name: source for name, source in made["files"].items() if (folder / _INSIDE / name).exists()}
    return Bundle(folder, origins, tuple(made["modules"]))


def _drop_unneeded(folder: Path, origins: dict[str, str]) -> None:
    """Remove the libraries of the system that only those parts of Qt asked for which stayed out."""
    files = set(programs(folder))
    libraries = {name: folder / _INSIDE / name for name, source in origins.items() if contents.is_of_system(source)}
    reached = {path for path in files if path not in set(libraries.values())}
    new = set(reached)
    while new:
        new = {libraries[name] for path in new for name in needed(path) if name in libraries} - reached
        reached |= new
    for path in files - reached:
        path.unlink()
    # links to what is gone
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()


def _unpress(archive: Path) -> None:
    """Store the modules that Python needs to begin with as they are, for the same reason as all others."""
    with zipfile.ZipFile(archive) as old:
        modules = {name: old.read(name) for name in sorted(old.namelist())}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as new:
        for name, content in modules.items():
            new.writestr(zipfile.ZipInfo(name), content)


def programs(folder: Path) -> list[Path]:
    """Return every compiled file in a folder: programs and libraries, not links to them."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def needed(path: Path) -> list[str]:
    """Return the names of the libraries that a compiled file asks for."""
    return _NEEDED.findall(run("readelf", "--dynamic", "--wide", path))


def outside(folder: Path) -> dict[str, list[str]]:
    """Return the libraries that a folder asks for and does not have, each with the files that ask."""
    inside = {path.name for path in folder.rglob("*") if ".so" in path.name}
    found: dict[str, list[str]] = {}
    for path in programs(folder):
        for name in needed(path):
            if name not in inside:
                found.setdefault(name, []).append(path.relative_to(folder).as_posix())
    return dict(sorted(found.items()))


def oldest_c_library(folder: Path) -> str:
    """Return the version of the GNU C library that the files of a folder need at least."""
    found = {(2, 0)}
    for path in programs(folder):
        said = run("readelf", "--version-info", "--wide", path)
        found |= {(int(major), int(minor)) for major, minor in re.findall(r"Name: GLIBC_(\d+)\.(\d+)", said)}
    return ".".join(map(str, max(found)))


def tidy(folder: Path) -> None:
    """Give everything in a folder the same time and plain rights, so that it is packed the same every time."""
    time = epoch()
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs and not _is_library(path) else 0o644)
        with contextlib.suppress(NotImplementedError):
            os.utime(path, (time, time), follow_symlinks=False)


def _is_library(path: Path) -> bool:
    return ".so" in path.name and path.is_file()
