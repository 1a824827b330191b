"""What is in a bundle that others have made: packages of Python, Qt, Python itself, and libraries of the system."""

import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from product import PACKAGING, ROOT

TEXTS = PACKAGING / "licences"
"""The texts that the wheels themselves do not bring."""
UNSAID = "as its text says"
"""The licence of a component that names none in a form that a program can read."""
_LOCK = ROOT / "requirements.lock"
_TEXT_NAME = re.compile(r"(licen[cs]es?|copying|notice|authors)\b", re.IGNORECASE)

_OF_QT = {"pyside6-essentials": "PySide6 (Qt for Python)", "shiboken6": "Shiboken (Qt for Python)"}
_QT_LICENCE = "LGPL-3.0-only"
_QT_TEXTS = ("LGPL-3.0.txt", "GPL-3.0.txt")
# what these packages say about themselves does not name a licence that is in the list of SPDX
_SAID_ELSEWHERE = {
    "jaraco-classes": "MIT",
    "jeepney": "MIT",
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "qasync": "BSD-2-Clause",
    "secretstorage": "BSD-3-Clause",
}
_CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


@dataclass(frozen=True)
class Component:
    """A work of others. ``licence`` is an SPDX expression, ``texts`` are files, ``hashes`` those of the lock.

    ``made_on`` is the day it was made, as ``2026-10-07``, where that matters.
    """

    name: str
    version: str
    licence: str
    purl: str
    texts: tuple[Path, ...] = ()
    hashes: tuple[str, ...] = ()
    source: str = ""
    files: tuple[str, ...] = field(default=(), compare=False)
    made_on: str = ""


def of_python(site_packages: Path, modules: Iterable[str]) -> list[Component]:
    """Return the packages in a folder of packages that one of the top-level ``modules`` belongs to.

    The folder may be that of another system than this one.
    """
    wanted, hashes = set(modules), _locked_hashes()
    found = []
    for distribution in distributions(path=[str(site_packages)]):
        name = canonicalize_name(distribution.name)
        if name != "cbr-desktop" and wanted & _modules_of(distribution):
            found.append(_component_of(distribution, name, hashes.get(name, ())))
    return sorted(found, key=lambda component: component.name)


def of_qt(version: str, icu: str) -> list[Component]:
    """Return Qt itself, of the version of its binding, and the library for texts of all languages that it brings."""
    source = f"https://download.qt.io/official_releases/qt/{version.rpartition('.')[0]}/{version}/submodules/"
    qt = [TEXTS / name for name in (*_QT_TEXTS, "qtbase.txt", "qtwayland.txt")]
    return [
        Component("Qt", version, _QT_LICENCE, f"pkg:generic/qt@{version}", tuple(qt), source=source),
        Component(
            "ICU",
            icu,
            "Unicode-3.0",
            f"pkg:generic/icu@{icu}",
            (TEXTS / "ICU.txt",),
            source="https://github.com/unicode-org/icu",
        ),
    ]


def of_interpreter() -> Component:
    """Return the Python that is taken along: the one that this runs in."""
    version, minor = platform.python_version(), f"{sys.version_info[0]}.{sys.version_info[1]}"
    places = [
        Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        Path(f"/usr/share/doc/libpython{minor}-minimal/copyright"),
        Path(f"/usr/share/doc/python{minor}/copyright"),
    ]
    texts = tuple(place for place in places if place.exists())[:1]
    return Component("Python", version, "PSF-2.0", f"pkg:generic/python@{version}", texts)


def of_system(libraries: dict[str, str]) -> list[Component]:
    """Return the packages of this Debian that libraries come from; ``libraries`` are places by names."""
    files: dict[str, list[str]] = {}
    for name, place in libraries.items():
        files.setdefault(_package_of(place), []).append(name)
    return [_of_package(package, tuple(sorted(names))) for package, names in sorted(files.items())]


def of_packages(names: Iterable[str]) -> list[Component]:
    """Return packages of this Debian that something of them was built in from."""
    return [_of_package(name, ()) for name in sorted(names)]


def _of_package(package: str, files: tuple[str, ...]) -> Component:
    text = Path("/usr/share/doc", package, "copyright")
    version = _query("-W", "-f=${Version}", package)
    purl = f"pkg:deb/debian/{package}@{version.replace('+', '%2B').replace(':', '%3A')}"
    return Component(package, version, _licence_in(text), purl, (text,) if text.exists() else (), files=files)


def _component_of(distribution: Distribution, name: str, hashes: tuple[str, ...]) -> Component:
    version = distribution.version
    purl = f"pkg:pypi/{name}@{version}"
    if name in _OF_QT:
        source = f"https://download.qt.io/official_releases/QtForPython/pyside6/PySide6-{version}-src/"
        texts = tuple(TEXTS / text for text in _QT_TEXTS)
        return Component(distribution.name, version, _QT_LICENCE, purl, texts, hashes, source)
    texts = tuple(
        Path(str(distribution.locate_file(file)))
        for file in sorted(distribution.files or (), key=str)
        if ".dist-info" in file.parts[0] and _TEXT_NAME.match(file.name)
    )
    return Component(distribution.name, version, _said_licence(distribution, name), purl, texts, hashes)


def _said_licence(distribution: Distribution, name: str) -> str:
    said = distribution.metadata
    if name in _SAID_ELSEWHERE:
        return _SAID_ELSEWHERE[name]
    if said["License-Expression"]:
        return str(said["License-Expression"])
    for classifier in said.get_all("Classifier") or ():
        licence = _CLASSIFIERS.get(classifier.rpartition(" :: ")[2])
        if classifier.startswith("License ::") and licence:
            return licence
    return str(said["License"] or UNSAID).splitlines()[0]


def _modules_of(distribution: Distribution) -> set[str]:
    tops = {file.parts[0] for file in distribution.files or () if file.suffix in (".py", ".so", ".pyd")}
    return {top.partition(".")[0] for top in tops}


def _locked_hashes() -> dict[str, tuple[str, ...]]:
    """Return the hashes of every wheel of each package that the lock names."""
    found: dict[str, tuple[str, ...]] = {}
    for pin in re.split(r"\n(?=\S)", _LOCK.read_text("utf-8")):
        if pin and pin[0].isalnum():
            name = canonicalize_name(Requirement(pin.split(" \\\n")[0]).name)
            found[name] = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", pin))
    return found


def _package_of(place: str) -> str:
    for path in _names_of(Path(place)):
        owner = _query("-S", path)
        if owner:
            return owner.splitlines()[0].split(":")[0]
    raise SystemExit(f"No package of this system owns {place}, so nothing is known about its licence.")


def _names_of(place: Path) -> Iterator[str]:
    """Yield what the packages may call a file, since ``/lib`` has become a part of ``/usr/lib``."""
    for path in (place, place.resolve()):
        yield str(path)
        yield str(path).removeprefix("/usr") if str(path).startswith("/usr/") else f"/usr{path}"


def _query(*arguments: str) -> str:
    done = subprocess.run(["dpkg-query", *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def _licence_in(copyright_file: Path) -> str:
    """Return what the file says about the whole package, when it says so in a form that can be read."""
    if not copyright_file.exists():
        return UNSAID
    found = re.search(r"^Files: \*\n(?:.*\n)*?License: (.+)$", copyright_file.read_text("utf-8"), re.MULTILINE)
    return found[1].strip() if found else UNSAID
