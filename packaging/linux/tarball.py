"""Makes the archive that needs no installation: unpack it anywhere and start ``bin/cbr-desktop``."""

import shutil
from pathlib import Path

import bundle as bundles
from bundle import Bundle
from linux import tree
from product import NAME, PACKAGES, TITLE, WORK, epoch, pressed, run, version

_READ_ME = """\
{title} {version} for Linux on x86-64

Start bin/{name}. Nothing has to be installed and nothing of Python has to be there.

It needs the GNU C library {glibc} or newer, and these libraries of the system, which every desktop has:

{libraries}

To have it in the menus and *{name}* on the command line of your user alone:

    mkdir -p ~/.local && cp -a lib bin share ~/.local/

To have it in the menus of everybody, copy them to /usr/local instead. To remove it, remove what was copied; the
program's own folders are ~/.config/{name}, ~/.local/share/{name}, ~/.local/state/{name} and ~/.cache/{name}.

share/doc/{name}/NOTICE says what is taken along, under which licences, and how Qt can be replaced.
"""


def lay(bundle: Bundle) -> Path:
    """Lay out the folder that is packed; return it."""
    name = f"{NAME}-{version()}-linux-x86_64"
    root = tree.lay(WORK / "tar" / "root", bundle, whole=True, qt_place=f"lib/{NAME}/_internal/PySide6/Qt/lib")
    folder = WORK / "tar" / name
    shutil.rmtree(folder, ignore_errors=True)
    (root / "usr").rename(folder)
    (folder / "README").write_text(_read_me(folder), "utf-8")
    bundles.tidy(folder)
    return folder


def build(bundle: Bundle) -> Path:
    """Build the archive; return where it is."""
    folder = lay(bundle)
    package = PACKAGES / f"{folder.name}.tar.xz"
    run(
        *("tar", "--create", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"),
        *(f"--mtime=@{epoch()}", f"--use-compress-program=xz {pressed('-9e', '-1')} -T1", f"--file={package}"),
        *(f"--directory={folder.parent}", folder.name),
    )
    tree.lay_list_beside(package, folder / "share")
    return package


def _read_me(folder: Path) -> str:
    libraries = [name for name in bundles.outside(folder) if not name.startswith(bundles.C_LIBRARY)]
    return _READ_ME.format(
        title=TITLE,
        version=version(),
        name=NAME,
        glibc=bundles.oldest_c_library(folder),
        libraries="\n".join(f"    {library}" for library in libraries),
    )
