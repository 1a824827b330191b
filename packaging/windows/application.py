"""Lays out the folder that is the program on Windows; the installer and the portable archive both carry it.

Beside its two programs there are::

    runtime   Python
    lib       the packages, those parts of them that are in use
    app       CBR Desktop itself
    licences  LICENSE, NOTICE and the texts of all that is taken along, and the list of it
"""

import shutil
from pathlib import Path
from typing import NamedTuple

import components
import licences
import sbom
from bundle import tidy
from components import Component
from product import NAME, ROOT, TITLE, WORK
from windows import launchers, runtime, wheels

_C_LIBRARIES = ("vcruntime140.dll", "vcruntime140_1.dll")


LIST = f"licences/{NAME}.cdx.json"
"""Where in the folder it is written down what the program is made of."""


class Program(NamedTuple):
    """The folder that is the program, and the Python that it runs on."""

    folder: Path
    python: runtime.Runtime


def make() -> Program:
    """Make the folder anew."""
    folder = WORK / "windows" / TITLE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    python, compiler = runtime.fetch(), runtime.compiler()
    whole = wheels.install(WORK / "windows" / "site-packages")
    runtime.lay(python, folder / "runtime", ("..\\lib", "..\\app"))
    wheels.lay(whole, folder / "lib", compiler)
    for name in _C_LIBRARIES:
        shutil.copyfile(folder / "lib" / "shiboken6" / name, folder / "runtime" / name)
    _lay_house(folder / "app", compiler)
    launchers.build(folder)
    found = _components(whole, python)
    licences.lay(folder / "licences", found, qt_folder=r"lib\PySide6 and lib\shiboken6")
    sbom.write(folder / LIST, found, "on Windows")
    tidy(folder)
    return Program(folder, python)


def _lay_house(folder: Path, compiler: Path) -> None:
    shutil.copytree(ROOT / "cbr_desktop", folder / "cbr_desktop", ignore=shutil.ignore_patterns("__pycache__"))
    wheels.compile_modules(folder, compiler)


def _components(whole: Path, python: runtime.Runtime) -> list[Component]:
    text = WORK / "windows" / "LICENSE.txt"
    text.write_bytes(python.files["LICENSE.txt"])
    interpreter = Component(
        "Python",
        python.version,
        "PSF-2.0",
        f"pkg:generic/python@{python.version}",
        (text,),
        made_on=python.made_on.isoformat(),
    )
    modules = {path.name.partition(".")[0] for path in whole.iterdir()}
    found = components.of_python(whole, modules)
    binding = next(each for each in found if each.name.lower().startswith("pyside6"))
    # the tables of characters that Qt asks on Linux are a part of Windows
    qt = [each for each in components.of_qt(binding.version, "") if each.name != "ICU"]
    return [interpreter, *qt, *found]
