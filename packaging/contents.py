"""What goes into a bundle and what stays out: modules of Python, parts of Qt, libraries of the system."""

import py_compile
import re
import shutil
import sys
import sysconfig
from pathlib import Path

from product import NAME, ROOT, WORK

__all__ = ["BINDINGS", "LATE", "NAME", "PLUGINS", "ROOT", "UNUSED", "binding_files", "is_base", "is_wanted"]

LATE = (
    *("keyring", "keyring.backends.chainer", "PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets"),
    # by the library of the update check, out of C
    "_cffi_backend",
    # by zoneinfo, where the system has no data of time zones
    *(("tzdata",) if sys.platform == "win32" else ()),
)
"""Modules that are imported by a name in a text, or by no text of Python."""

UNUSED = [
    *("tkinter", "test", "unittest", "pydoc", "doctest", "pdb", "lib2to3", "distutils", "ensurepip", "venv"),
    *("setuptools", "pkg_resources", "pip", "wheel", "PyInstaller"),
    # what uvicorn, starlette, anyio, httpx and tenacity would use if it were there, and it never is
    *("gunicorn", "httptools", "websockets", "wsproto", "uvloop", "winloop", "watchfiles", "trio", "h2"),
    *("rich", "pygments", "tornado", "PyQt5", "PyQt6", "PySide2"),
    "PySide6.QtNetwork",
]
"""Modules that nobody here imports when it counts."""

BINDINGS = ("QtCore", "QtGui", "QtWidgets")
"""The modules of Qt's binding in use."""
_LIBRARIES = ("Core", "Gui", "Widgets", "DBus", "XcbQpa", "WaylandClient")
_ICU = ("icui18n", "icuuc", "icudata")

PLUGINS = {
    "platforms": ("xcb", "wayland", "offscreen"),
    "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
    # the file dialogs of the desktop, whichever it is; the one for GTK would bring GTK along
    "platformthemes": ("xdgdesktopportal",),
    "wayland-shell-integration": ("xdg-shell",),
    "wayland-decoration-client": ("bradient",),
}
"""Qt's plugins in use on Linux: all drawing is done by the processor, all pictures are our own or PNG."""

_QT_FILES = {
    *(f"PySide6/{name}.abi3.so" for name in BINDINGS),
    *(f"PySide6/Qt/lib/libQt6{name}.so.6" for name in _LIBRARIES),
    *(f"PySide6/Qt/plugins/{kind}/lib{name}.so" for kind, names in PLUGINS.items() for name in names),
    # most plugins of the platforms are called after Qt
    *(f"PySide6/Qt/plugins/{kind}/libq{name}.so" for kind, names in PLUGINS.items() for name in names),
}
_OUR_BINDING = re.compile(r"(PySide6/libpyside6|shiboken6/).*\.so(\.[\d.]+)?|shiboken6/files\.dir/.*")
_OUR_ICU = re.compile(rf"PySide6/Qt/lib/lib({'|'.join(_ICU)})\.so\.\d+")
_STRANGE_CODECS = re.compile(r".*/lib-dynload/_(codecs_(cn|hk|iso2022|jp|kr|tw)|multibytecodec|ctypes_test|test).*\.so")
# what pip notes about an installation, which says where that was
_INSTALLATION = re.compile(r".*\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)")

_BASE = (
    *("ld-linux-x86-64", "libc", "libm", "libdl", "libpthread", "librt", "libresolv", "libutil", "libnsl"),
    # the drivers of the screen belong to the machine, and so does what speaks to them
    *("libEGL", "libGL", "libGLX", "libGLdispatch", "libOpenGL", "libdrm", "libgbm", "libvulkan"),
    # these two read the machine's own settings for fonts
    *("libfontconfig", "libfreetype"),
    *("libX11", "libX11-xcb", "libxcb"),
    # these are of one release, and the screen's drivers use the first of them
    *("libwayland-client", "libwayland-cursor"),
)
"""Libraries that no bundle takes along, because they have to be those of the machine it runs on."""


def is_wanted(name: str, source: str) -> bool:
    """Tell whether a file that PyInstaller would take along, ``source``, to be called ``name``, is in use."""
    name = name.replace("\\", "/")
    if "/" not in name and is_base(name):
        return False
    if "/" not in name and is_of_system(source):
        # what only the parts of Qt that stay out have asked for is found again by ``bundle``
        return True
    if _STRANGE_CODECS.fullmatch(name) or _INSTALLATION.fullmatch(name):
        return False
    if name.startswith(("PySide6/", "shiboken6/")):
        return name in _QT_FILES or bool(_OUR_BINDING.fullmatch(name) or _OUR_ICU.fullmatch(name))
    # every library that a file in a deeper folder needs is linked at the top too
    return not ("/" not in name and re.match(r"lib(Qt6|icu|pyside6|shiboken6)", name))


def is_base(soname: str) -> bool:
    """Tell whether a shared library is one that has to come from the machine itself."""
    return soname.partition(".so")[0] in _BASE


def is_of_system(source: str) -> bool:
    """Tell whether a library comes from the system's own packages and is not a part of Python."""
    folder = Path(source).resolve().parent.as_posix()
    ours = Path(source).name.startswith("libpython") or "/lib-dynload" in folder or "/python3" in folder
    return not ours and folder.startswith(("/usr/lib", "/lib", "/usr/local/lib"))


def binding_files() -> list[tuple[str, str]]:
    """Return the binding's own Python files, compiled, as pairs of file and folder in the bundle.

    Without them the binding compiles texts that it has inside at every start, which takes a tenth of the time.
    """
    source = Path(sysconfig.get_path("purelib"), "shiboken6", "files.dir")
    target = WORK / "files.dir"
    shutil.rmtree(target, ignore_errors=True)
    found = []
    for path in sorted(source.rglob("*.py")):
        inside = path.relative_to(source)
        compiled = target / inside.with_suffix(".pyc")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(
            str(path), str(compiled), f"shiboken6/files.dir/{inside.as_posix()}", True, 1, invalidation_mode=mode
        )
        found.append((str(compiled), (Path("shiboken6/files.dir") / inside.parent).as_posix()))
    return found
