"""Builds the installer and the portable archive for Windows."""

import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from cbr_desktop.cli.command_line import parser as command_line
from linux.manual import opens_files
from product import LICENCE, NAME, PACKAGES, PACKAGING, SUMMARY, TITLE, WORK, epoch, pressed, version
from release import Release, release
from windows import launchers, nsis, signing
from windows.runtime import MINOR

PORTABLE = f"{NAME}.portable"
_PORTABLE_TEXT = """\
As long as this file lies here, CBR Desktop keeps its profiles, requests, logs and caches in the folder "data" beside
it, unless the variable CBR_DESKTOP_HOME names another one. Secrets do not travel along: they stay in the Credential
Manager of the user of each computer. Upgrade: unpack the new version elsewhere and move "data" into it.
"""


def build_installer(folder: Path) -> Path:
    """Build the installer of the program in ``folder``, signed if there is something to sign with."""
    package = PACKAGES / f"{NAME}-{version()}-windows-x86_64-setup.exe"
    package.parent.mkdir(parents=True, exist_ok=True)
    given = words(folder, package)
    # NSIS takes a mark of the byte order for the sign that a file is not of the old code page
    Path(given["INSTALLED"]).write_text(file_lines(folder), "utf-8-sig")
    defined = [f"-D{name}={value}" for name, value in given.items()]
    nsis.fetch().compile("-V2", "-WX", "-INPUTCHARSET", "UTF8", *defined, PACKAGING / "windows" / "installer.nsi")
    nsis.check_installer(package)
    signing.sign(package)
    return package


def words(folder: Path, package: Path, told: Release | None = None) -> dict[str, str]:
    """Return what the installer of ``folder``, to be written to ``package``, is told about the program."""
    work, told = WORK / "windows", told or release()
    found = {
        "TITLE": TITLE,
        "VERSION": version(),
        "NUMBERS": ".".join(map(str, launchers.numbers(version()))),
        "COMPANY": told.publisher,
        "COPYRIGHT": f"Licensed under {LICENCE}",
        "SUMMARY": SUMMARY,
        "WINDOW": launchers.WINDOW.file,
        "CONSOLE": launchers.CONSOLE.file,
        "PYTHON": f"python{MINOR.replace('.', '')}.dll",
        "ICON": str(work / "launchers" / launchers.ICON),
        "INSTALLED": str(work / "installed.nsh"),
        "SIZE": str(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1024),
        "COMPRESSION": pressed("lzma", "zlib"),
        "OUT": str(package),
    }
    if told.homepage:
        found["HOMEPAGE"] = told.homepage
    if opens_files(command_line()):
        found["OPENS"] = "1"
    if signing.is_possible():
        # the uninstaller comes into being within the installer, so NSIS has to have it signed
        found["SIGN"] = f'"{sys.executable}" "{PACKAGING / "windows" / "sign.py"}"'
    return found


def file_lines(folder: Path) -> str:
    """Return what NSIS is told about the files in ``folder``: one order for all, and what is alike side by side."""
    lines, before = [], ""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    for path in sorted(files, key=lambda path: (path.suffix, path.as_posix())):
        inside = str(path.parent).replace("/", "\\")
        target = "$INSTDIR" if inside == "." else f"$INSTDIR\\{inside}"
        if target != before:
            lines.append(f'SetOutPath "{target}"')
            before = target
        lines.append(f'File "{folder / path}"')
    return "\n".join([*lines, ""])


def build_portable(folder: Path, package: Path) -> Path:
    """Build the archive that needs no installation: unpack it and start one of the programs."""
    package.parent.mkdir(parents=True, exist_ok=True)
    day = datetime.fromtimestamp(epoch(), UTC).timetuple()[:6]
    level = int(pressed("9", "1"))
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files[PORTABLE] = _PORTABLE_TEXT.encode("ascii").replace(b"\n", b"\r\n")
    with zipfile.ZipFile(package, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{TITLE}/{name}", day)
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, level)
    return package
