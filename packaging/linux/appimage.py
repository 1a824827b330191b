"""Makes the AppImage: one file that is made executable and started, on any desktop that is not too old."""

import shutil
from pathlib import Path

import components
from bundle import Bundle, tidy
from linux import tree
from product import COMPONENT, NAME, PACKAGES, PACKAGING, WORK, pressed, run, version

_SOURCE = PACKAGING / "linux" / "runtime.c"
_LIBRARIES = ("squashfuse_ll", "squashfuse", "fuse3", "lzma", "zstd", "lz4", "z", "pthread", "dl")
_BUILT_IN = ("libsquashfuse-dev", "libfuse3-dev", "liblzma-dev", "libzstd-dev", "liblz4-dev", "zlib1g-dev", "libc6-dev")
"""The packages whose libraries become a part of the runtime."""
_MARK = b"AI\x02"
"""What stands at the ninth byte of an AppImage of the second kind."""
_NOTICE = """
THE HEAD OF THIS APPIMAGE

Its source is runtime.c in this folder; the command that builds it stands at its head. It has libfuse 3 and the GNU C
library built in, both under the GNU Lesser General Public License, version 2.1: change them, build it again, and put it
before the packed folder, which is what comes after the first bytes, as many as --appimage-offset says.
"""


def build(bundle: Bundle) -> Path:
    """Build the AppImage; return where it is."""
    work = WORK / "appimage"
    root = tree.lay(
        work / "root",
        bundle,
        whole=True,
        more=components.of_packages(_BUILT_IN),
        more_notice=_NOTICE,
        qt_place=f"usr/lib/{NAME}/_internal/PySide6/Qt/lib in what --appimage-extract unpacks",
    )
    shutil.copyfile(_SOURCE, root / tree.DOCUMENTS / _SOURCE.name)
    shutil.copyfile(root / f"usr/share/applications/{NAME}.desktop", root / f"{NAME}.desktop")
    shutil.copyfile(root / f"usr/share/icons/hicolor/256x256/apps/{NAME}.png", root / f"{NAME}.png")
    (root / ".DirIcon").symlink_to(f"{NAME}.png")
    (root / "AppRun").symlink_to(f"usr/lib/{NAME}/{NAME}")
    # the name under which catalogues of AppImages look for it
    metadata = root / "usr/share/metainfo"
    shutil.copyfile(metadata / f"{COMPONENT}.metainfo.xml", metadata / f"{NAME}.appdata.xml")
    tidy(root)
    packed, head = work / "packed.squashfs", work / "runtime"
    packed.unlink(missing_ok=True)
    run(
        "mksquashfs",
        root,
        packed,
        "-comp",
        "zstd",
        "-Xcompression-level",
        pressed("19", "3"),
        "-b",
        "128K",
        "-root-owned",
        "-noappend",
        "-no-xattrs",
        "-no-progress",
        "-quiet",
    )
    run("gcc", "-O2", "-s", "-static", "-Wall", "-o", head, _SOURCE, *(f"-l{library}" for library in _LIBRARIES))
    package = PACKAGES / f"{NAME}-{version()}-x86_64.AppImage"
    marked = bytearray(head.read_bytes())
    marked[8:11] = _MARK
    package.write_bytes(bytes(marked) + packed.read_bytes())
    package.chmod(0o755)
    tree.lay_list_beside(package, root / "usr/share")
    return package
