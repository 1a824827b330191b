"""Installs the packages of the lock for Windows, on whatever this is, and keeps of them what is in use."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import contents
from product import ROOT, WORK, environment, run
from windows.runtime import MINOR

_PLATFORM = "x86_64-pc-windows-msvc"

PLUGINS = {"platforms": ("qwindows", "qoffscreen")}
"""Qt's plugins in use on Windows: all drawing is done by the processor, all pictures are our own or PNG."""
_LIBRARIES = ("Core", "Gui", "Widgets")
_C_LIBRARIES = ("msvcp140", "msvcp140_1", "msvcp140_2", "vcruntime140", "vcruntime140_1")

_OF_QT = {
    *(f"PySide6/{name}.pyd" for name in contents.BINDINGS),
    *(f"PySide6/Qt6{name}.dll" for name in _LIBRARIES),
    *(f"PySide6/plugins/{kind}/{name}.dll" for kind, names in PLUGINS.items() for name in names),
    "PySide6/pyside6.abi3.dll",
    *("shiboken6/Shiboken.pyd", "shiboken6/shiboken6.abi3.dll"),
    *(f"{folder}/{name}.dll" for folder in ("PySide6", "shiboken6") for name in _C_LIBRARIES),
}
_BINDING_MODULE = re.compile(r"(PySide6|shiboken6)/\w+\.py|shiboken6/files\.dir/.*\.py")
# parts of packages that nobody imports
_UNUSED = ("bin/", "win32ctypes/tests/", "PySide6/scripts/", "PySide6/support/")
_KEPT_OF_METADATA = ("METADATA", "entry_points.txt")


def install(folder: Path) -> Path:
    """Install the packages whole into ``folder``, anew, and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    requirements = WORK / "windows" / "requirements.txt"
    requirements.parent.mkdir(parents=True, exist_ok=True)
    requirements.write_text(locked(), "utf-8")
    options = ("--require-hashes", "--no-deps", "--only-binary=:all:", "--quiet", "--link-mode=copy")
    run(
        *("uv", "pip", "install", f"--python-platform={_PLATFORM}", f"--python-version={MINOR}", *options),
        *(f"--python={sys.executable}", f"--target={folder}", f"--requirement={requirements}"),
    )
    return folder


def lay(whole: Path, folder: Path, compiler: Path) -> None:
    """Lay what is in use of the packages that are ``whole`` into ``folder``, their modules compiled."""
    for path in sorted(whole.rglob("*")):
        name = path.relative_to(whole).as_posix()
        if path.is_file() and is_wanted(name):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    compile_modules(folder, compiler)


def is_wanted(name: str) -> bool:
    """Tell whether a file of a package, by its path, is in use."""
    if name.startswith(_UNUSED) or "/__pycache__/" in name:
        return False
    top, _, rest = name.partition("/")
    if top in ("PySide6", "shiboken6"):
        return name in _OF_QT or bool(_BINDING_MODULE.fullmatch(name))
    if top.endswith(".dist-info"):
        return rest in _KEPT_OF_METADATA
    return not name.endswith((".pyi", ".typed", ".exe", ".c", ".h", ".pyx", ".pxd", ".lib"))


def compile_modules(folder: Path, compiler: Path) -> None:
    """Put compiled modules in the place of those in ``folder``; where it is does not show in them."""
    script = Path(__file__).with_name("compiling.py")
    done = subprocess.run(
        [str(compiler), "-I", str(script), str(folder)], env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{folder} was not compiled:\n{done.stderr}")


def locked() -> str:
    """Return the part of the lock that is for running; it holds for every system."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    found = re.search(r"^# for running\n(.*?)^(?:#|\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise SystemExit("requirements.lock has no part for running.")
    return found[1]
