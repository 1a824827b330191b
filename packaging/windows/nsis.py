"""Fetches the compiler of installers, NSIS, in a version whose installers may be run as administrator.

What NSIS puts in front of an installer has had holes by which any user of the computer became the system:

    before 3.11    CVE-2025-43715   the folder of plugins could be made by somebody else, in time
    before 3.12    CVE-2026-42171   the folder for files in passing could be that of programs with low rights

Debian 12 has an older one, so the packages of a newer Debian are taken, known by their sums, and unpacked beside the
build; the C library that its compiler needs comes along and is not installed. ``CBR_MAKENSIS`` names another compiler.
"""

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from product import WORK, run

OLDEST = (3, 12)
"""The version of NSIS from which on no such hole is known."""
VARIABLE = "CBR_MAKENSIS"

_SUITE = "forky"
_VERSION = "3.12-1"
_SUMS = {
    f"nsis={_VERSION}": "7df43fb0dee49146089c4c9cde11621305fe6c978e1654c061c19b7451ffa340",
    f"nsis-common={_VERSION}": "03e1944ea80c1f8f833baafffde085c0c68ccd0dca7ada3a0274fa3d239b9274",
}
"""The packages whose parts get into installers: what comes in front of them, plugins, and the compiler itself."""
_LIBRARIES = ("libc6", "libgcc-s1", "libstdc++6", "zlib1g")
"""What the compiler runs on; none of it gets into an installer. Debian has signed them, as all other tools here."""
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_STUB = re.compile(rb"Nullsoft Install System v(\d+(?:\.\d+)*)")


@dataclass(frozen=True)
class Nsis:
    """A compiler of installers: how it is started, in which surroundings besides, and what it says its version is."""

    command: tuple[str | Path, ...]
    version: str
    surroundings: dict[str, str] = field(default_factory=dict)

    def compile(self, *words: str | Path) -> None:
        """Compile an installer; end the build when that fails."""
        run(*self.command, *words, **self.surroundings)


def fetch() -> Nsis:
    """Return the compiler to build with; end the build when there is none, or an unsafe one."""
    given = os.environ.get(VARIABLE)
    return (
        _asked((given,)) if given else _unpacked(_downloaded(WORK / "windows" / "downloads"), WORK / "windows" / "nsis")
    )


def check_version(said: str) -> None:
    """End the build when an NSIS that says to be of a version is one whose installers are unsafe."""
    found = re.match(r"v?(\d+)\.(\d+)", said)
    if found is None or tuple(map(int, found.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise SystemExit(
            f"NSIS {said.strip() or 'of no version'} is not used: its installers let users of the computer become"
            f" administrators. It must be {oldest} or newer; {VARIABLE} names one."
        )


def check_installer(installer: Path) -> None:
    """End the build when what NSIS has put in front of an installer is unsafe."""
    found = _STUB.search(installer.read_bytes())
    check_version(found[1].decode("ascii") if found else "")


def check_sum(package: Path, expected: str) -> None:
    """End the build when a package is not the known one."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != expected:
        raise SystemExit(f"The sum of {package.name} is {found} and should be {expected}.")


def _asked(command: tuple[str | Path, ...], **surroundings: str) -> Nsis:
    try:
        said = run(*command, "-VERSION", **surroundings).strip()
    except OSError as error:
        raise SystemExit(f"{command[0]} does not start: {error.strerror}.") from None
    check_version(said)
    return Nsis(command, said.removeprefix("v"), surroundings)


def _unpacked(packages: list[Path], folder: Path) -> Nsis:
    shutil.rmtree(folder, ignore_errors=True)
    for package in packages:
        run("dpkg-deb", "--extract", package, folder)
    libraries = folder / "usr" / "lib" / "x86_64-linux-gnu"
    loader = libraries / "ld-linux-x86-64.so.2"
    command = (loader, "--library-path", libraries, folder / "usr" / "bin" / "makensis")
    return _asked(command, NSISDIR=str(folder / "usr" / "share" / "nsis"), NSISCONFDIR=str(folder / "etc"))


def _downloaded(folder: Path) -> list[Path]:
    """Return the packages in ``folder``, which keeps them for the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(_kept(folder, name) is None for name in (*_SUMS, *_LIBRARIES)):
        _ask_debian(folder)
    found = []
    for name in (*_SUMS, *_LIBRARIES):
        package = _kept(folder, name)
        if package is None:
            raise SystemExit(f"Debian's {_SUITE} has given no package {name}.")
        if name in _SUMS:
            check_sum(package, _SUMS[name])
        found.append(package)
    return found


def _kept(folder: Path, name: str) -> Path | None:
    package, _, version = name.partition("=")
    return next(iter(sorted(folder.glob(f"{package}_{version or '*'}_*.deb"), reverse=True)), None)


def _ask_debian(folder: Path) -> None:
    """Have apt fetch the packages from the mirror of this machine, with lists of its own: nothing here is changed."""
    private = WORK / "windows" / "apt"
    shutil.rmtree(private, ignore_errors=True)
    for name in ("state/lists/partial", "cache/archives/partial"):
        (private / name).mkdir(parents=True)
    sources = private / "sources.list"
    sources.write_text(f"deb [arch=amd64 signed-by={_KEYS}] {_mirror()} {_SUITE} main\n", "utf-8")
    places = {
        "State": private / "state",
        "Cache": private / "cache",
        "Etc::SourceList": sources,
        "Etc::SourceParts": "-",
    }
    options = ["-qq", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"]
    options += [word for name, place in places.items() for word in ("-o", f"Dir::{name}={place}")]
    try:
        run("apt-get", *options, "update")
        run("apt-get", *options, "download", *_SUMS, *_LIBRARIES, cwd=folder)
    except (SystemExit, OSError) as error:
        raise SystemExit(
            f"NSIS {_VERSION} cannot be fetched from Debian's {_SUITE}: {error}"
            f" {VARIABLE} names a makensis of {'.'.join(map(str, OLDEST))} or newer to take instead."
        ) from None


def _mirror() -> str:
    """Return where this machine has its packages of Debian from."""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line.partition(" ") for line in done.stdout.splitlines() if "security" not in line]
    found = next((place for origin, _, place in lines if origin == "Debian"), None)
    if found is None:
        raise OSError("this machine has no packages of Debian; `apt-get update` reads which there are.")
    return found
