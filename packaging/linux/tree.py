"""Lays out the program as it stands on a Linux system: the bundle, its place in menus, its manual, its licences."""

import gzip
import shutil
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

import components
import icons
import licences
import sbom
from bundle import Bundle, tidy
from components import Component
from linux import manual, texts
from product import NAME

LIBRARY = f"usr/lib/{NAME}"
DOCUMENTS = f"usr/share/doc/{NAME}"


def components_of(bundle: Bundle, *, whole: bool) -> list[Component]:
    """Return what others have made of the bundle, with or without the libraries of the system."""
    # PyInstaller's own program is what starts the bundle
    found = components.of_python(Path(sysconfig.get_path("purelib")), {*bundle.modules, "PyInstaller"})
    binding = next(each for each in found if each.name.lower().startswith("pyside6"))
    icu = next(name.rpartition(".")[2] for name in bundle.origins if "libicudata.so." in name)
    more = components.of_system(bundle.of_system) if whole else []
    return [components.of_interpreter(), *components.of_qt(binding.version, icu), *found, *more]


def lay(
    root: Path,
    bundle: Bundle,
    *,
    whole: bool,
    more: Sequence[Component] = (),
    more_notice: str = "",
    qt_place: str = "",
) -> Path:
    """Fill ``root``, which is emptied first, with all that a package has, and return it.

    ``whole`` takes the libraries of the system along. ``more`` are components besides those of the bundle, and
    ``more_notice`` is what has to be said about them; ``qt_place`` says where users find Qt's files.
    """
    shutil.rmtree(root, ignore_errors=True)
    (root / "usr/lib").mkdir(parents=True)
    bundle.copy(root / LIBRARY, whole=whole)
    _link(root / "usr/bin" / NAME, f"../lib/{NAME}/{NAME}")
    for path, text in texts.all_texts().items():
        _write(root / path, text)
    _write(root / f"usr/share/man/man1/{NAME}.1.gz", manual.manual())
    for size in icons.SIZES:
        for kind, name in (("apps", NAME), ("mimetypes", texts.ICON_OF_TYPE)):
            icons.write_png(root / f"usr/share/icons/hicolor/{size}x{size}/{kind}/{name}.png", size)
    for kind, name in (("apps", NAME), ("mimetypes", texts.ICON_OF_TYPE)):
        _write(root / f"usr/share/icons/hicolor/scalable/{kind}/{name}.svg", icons.DRAWING.read_text("utf-8"))
    brought = [*components_of(bundle, whole=whole), *more]
    qt_folder = qt_place or f"/{LIBRARY}/_internal/PySide6/Qt/lib (and Qt/plugins beside it)"
    licences.lay(root / DOCUMENTS, brought, qt_folder=qt_folder, more=more_notice)
    sbom.write(root / DOCUMENTS / f"{NAME}.cdx.json", brought, "whole" if whole else "on Debian")
    tidy(root)
    return root


def lay_list_beside(package: Path, shared: Path) -> None:
    """Lay the list of components that a package has beside it too; ``shared`` is the folder ``share`` of its files."""
    shutil.copyfile(shared / "doc" / NAME / f"{NAME}.cdx.json", f"{package}.cdx.json")


def files(root: Path) -> Iterable[Path]:
    """Return every file below ``root`` by name, links included, folders not."""
    return (path for path in sorted(root.rglob("*")) if path.is_symlink() or not path.is_dir())


def changelog(root_text: str) -> bytes:
    """Return a text compressed as packages want it."""
    return gzip.compress(root_text.encode("utf-8"), 9, mtime=0)


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
