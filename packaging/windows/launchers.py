"""Builds the two small programs that start the program for Windows: one with a window, one for the command line."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import icons
from product import LICENCE, NAME, PACKAGING, TITLE, WORK, run, version
from release import release
from windows import signing
from windows.runtime import MINOR

COMPILER = "x86_64-w64-mingw32-gcc"
_RESOURCES = "x86_64-w64-mingw32-windres"


class Launcher(NamedTuple):
    """One of the programs: its file, what it is called in lists of tasks, and how it is compiled."""

    file: str
    description: str
    flags: tuple[str, ...]


WINDOW = Launcher(f"{TITLE}.exe", TITLE, ("-mwindows",))
CONSOLE = Launcher(f"{NAME}.exe", f"{TITLE} (command line)", ("-mconsole", "-DCONSOLE"))
ICON = f"{NAME}.ico"


def build(folder: Path) -> None:
    """Build both into ``folder``, signed if there is something to sign with."""
    work = WORK / "windows" / "launchers"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    icons.write_ico(work / ICON)
    _fill(PACKAGING / "windows" / "launcher.manifest", work, {"VERSION": ".".join(map(str, numbers(version())))})
    for launcher in (WINDOW, CONSOLE):
        _build_one(launcher, work, folder / launcher.file)
        signing.sign(folder / launcher.file)


def numbers(number: str) -> tuple[int, int, int, int]:
    """Return a version as Windows wants it: four numbers. What makes it a preview is dropped."""
    found = [int(part) for part in re.findall(r"\d+", re.split(r"[^\d.]", number)[0])]
    first, second, third, fourth = (*found, 0, 0, 0, 0)[:4]
    return first, second, third, fourth


def _build_one(launcher: Launcher, work: Path, target: Path) -> None:
    words = {
        "NUMBERS": ",".join(map(str, numbers(version()))),
        "COMPANY": release().publisher,
        "DESCRIPTION": launcher.description,
        "VERSION": version(),
        "NAME": launcher.file.removesuffix(".exe"),
        "COPYRIGHT": f"Licensed under {LICENCE}",
        "FILE": launcher.file,
        "TITLE": TITLE,
    }
    script = _fill(PACKAGING / "windows" / "launcher.rc", work, words)
    resources = script.with_suffix(".o")
    # the text is UTF-8
    run(_RESOURCES, "-c", "65001", script.name, "-O", "coff", "-o", resources.name, cwd=work)
    run(
        *(COMPILER, "-municode", "-O2", "-s", "-Wall", "-Wextra", "-Werror", "-Wl,--no-insert-timestamp"),
        *("-Wl,--dynamicbase", "-Wl,--nxcompat", "-Wl,--high-entropy-va"),
        *(*launcher.flags, f'-DPYTHON=L"python{MINOR.replace(".", "")}.dll"'),
        *(PACKAGING / "windows" / "launcher.c", resources, "-o", target),
    )


def _fill(template: Path, work: Path, words: dict[str, str]) -> Path:
    text = template.read_text("utf-8")
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    filled = work / template.name
    filled.write_text(text, "utf-8")
    return filled
