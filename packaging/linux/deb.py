"""Makes the package for Debian and what descends from it; the system's own libraries are used, by its own names."""

import hashlib
import shutil
import textwrap
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import bundle as bundles
from bundle import Bundle
from linux import tree
from product import DESCRIPTION, LICENCE, NAME, PACKAGES, ROOT, SUMMARY, WORK, epoch, pressed, run, version
from release import release

_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {name}
Comment: What is below usr/lib/{name}/_internal is the work of others. NOTICE, in this folder,
 names every part of it with its licence, and the folder licences has the texts.

Files: *
Copyright: 2026 the CBR Desktop developers
License: {licence}
 On Debian systems, the text of the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0.

Files: usr/lib/{name}/_internal/PySide6/* usr/lib/{name}/_internal/shiboken6/*
Copyright: 2016-2026 The Qt Company Ltd.
License: LGPL-3
 On Debian systems, the text of the GNU Lesser General Public License 3 is in /usr/share/common-licenses/LGPL-3.
"""
_OVERRIDES = """\
# The program brings its own Python and Qt along, in a folder of its own, where they find each other.
{name}: custom-library-search-path
{name}: embedded-library
{name}: extra-license-file
{name}: hardening-no-pie
{name}: library-not-linked-against-libc
{name}: package-installs-python-bytecode
{name}: shared-library-lacks-prerequisites
{name}: sharedobject-in-library-directory-missing-soname
{name}: unstripped-binary-or-object
{name}: unstripped-static-library
# A library can open an editor on the command line; the program never asks it to.
{name}: missing-depends-on-sensible-utils
# Not uploaded to an archive that has bugs to close.
{name}: initial-upload-closes-no-bugs
"""
_OVERRIDES_OF_NOBODY = """\
# Not for publication: nobody has given an address yet.
{name}: bogus-mail-host
{name}: bogus-mail-host-in-debian-changelog
"""
_RECOMMENDED = ("gnome-keyring | kwalletmanager | org.freedesktop.secrets", "xdg-desktop-portal", "ca-certificates")


def build(bundle: Bundle) -> Path:
    """Build the package; return where it is."""
    root = tree.lay(WORK / "deb", bundle, whole=False)
    documents = root / tree.DOCUMENTS
    (documents / "copyright").write_text(_COPYRIGHT.format(name=NAME, licence=LICENCE), "utf-8")
    (documents / "changelog.gz").write_bytes(tree.changelog(_changelog()))
    overrides = root / "usr/share/lintian/overrides" / NAME
    overrides.parent.mkdir(parents=True)
    excused = _OVERRIDES + (_OVERRIDES_OF_NOBODY if "maintainer" in release().missing else "")
    overrides.write_text(excused.format(name=NAME), "utf-8")
    # it has to be there before the libraries are looked at, as a sign that this is the root of a package
    control = root / "DEBIAN"
    control.mkdir()
    depends = _depends(root)
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in tree.files(root)
        if path.is_file() and not path.is_symlink()
    ]
    size = sum(path.lstat().st_size for path in tree.files(root)) // 1024
    (control / "md5sums").write_text("".join(sums), "utf-8")
    (control / "control").write_text(_control(depends, size), "utf-8")
    bundles.tidy(root)
    package = PACKAGES / f"{NAME}_{version()}_amd64.deb"
    run(
        "dpkg-deb",
        "--root-owner-group",
        "-Zxz",
        pressed("-z9", "-z1"),
        pressed("-Sextreme", "-Snone"),
        "--build",
        root,
        package,
    )
    tree.lay_list_beside(package, root / "usr/share")
    return package


def _depends(root: Path) -> str:
    """Ask Debian which packages have the libraries that are needed, looking into our own folders first."""
    folder = root / tree.LIBRARY
    files = bundles.programs(folder)
    private = sorted({path.parent for path in files})
    source = WORK / "deb-source"
    shutil.rmtree(source, ignore_errors=True)
    (source / "debian").mkdir(parents=True)
    (source / "debian/control").write_text(f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: amd64\n", "utf-8")
    said = run(
        *("dpkg-shlibdeps", "-O", "--ignore-missing-info"),
        # never the system's Qt, should this machine have one
        *("-xlibqt6core6", "-xlibqt6gui6", "-xlibqt6widgets6", "-xlibqt6dbus6"),
        *(f"-l{place}" for place in private),
        *(f"-e{path}" for path in files),
        cwd=source,
    )
    return said.strip().removeprefix("shlibs:Depends=")


def _control(depends: str, size: int) -> str:
    told = release()
    first, *more = DESCRIPTION
    description = [*_wrapped(first), *(line for text in more for line in (" .", *_wrapped(text)))]
    lines = {
        "Package": NAME,
        "Version": version(),
        "Architecture": "amd64",
        "Maintainer": told.maintainer,
        **({"Homepage": told.homepage} if told.homepage else {}),
        "Installed-Size": str(size),
        "Depends": depends,
        "Recommends": ", ".join(_RECOMMENDED),
        # names in Chinese are common in this cloud
        "Suggests": "fonts-noto-cjk",
        "Section": "admin",
        "Priority": "optional",
        "Description": "\n".join([SUMMARY[0].lower() + SUMMARY[1:], *description]),
    }
    return "".join(f"{key}: {value}\n" for key, value in lines.items())


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 78, initial_indent=" ", subsequent_indent=" ")


def _changelog() -> str:
    date = format_datetime(datetime.fromtimestamp(epoch(), UTC))
    news = (ROOT / "CHANGELOG.md").name
    return (
        f"{NAME} ({version()}) unstable; urgency=medium\n\n  * See {news} of the project.\n\n"
        f" -- {release().maintainer}  {date}\n"
    )
