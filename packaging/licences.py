"""Lays the licences of everything that is taken along into a package, and a notice that says what they ask for."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from components import Component
from product import ROOT, TITLE, version

_NOTICE = """\
{title} {version} is licensed under the Apache License 2.0; its text is in LICENSE.

This package brings along the works of others that are listed below. Each one stays under its own licence, and the
texts are in the folder "licences", by the names given here.


QT AND QT FOR PYTHON

Qt, PySide6 and Shiboken are used under the GNU Lesser General Public License, version 3. Its text and that of the GNU
General Public License, which it builds upon, are in licences/Qt.

They are shared libraries, unchanged, each in a file of its own:

    {qt_folder}

You may replace them with other versions that you have built or changed: put your files in the place of these, under
the same names, and start the program again. A version that has the same interface (the same first two numbers) works.
Nothing checks their content, and taking the program apart to find errors in such a change is allowed.

Their sources are at

{sources}

Whoever passes this package on has to see to it that the sources can be had, as the licence says in section 4.


{more}EVERYTHING THAT IS TAKEN ALONG

{table}

Those with a version of Debian are libraries of that system, unchanged; their sources are at
https://snapshot.debian.org/ by the same names and versions.
"""


def lay(folder: Path, components: Iterable[Component], *, qt_folder: str, more: str = "") -> None:
    """Fill an empty ``folder`` with LICENSE, NOTICE and the texts. ``qt_folder`` is where users find Qt's files."""
    components = list(components)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    for component in components:
        if not component.texts:
            raise SystemExit(f"There is no licence text for {component.name}.")
        target = folder / "licences" / component.name
        target.mkdir(parents=True, exist_ok=True)
        for text in component.texts:
            shutil.copyfile(text, target / _plain(text))
    sources = sorted({f"    {component.source}" for component in components if "qt.io" in component.source})
    notice = _NOTICE.format(
        title=TITLE,
        version=version(),
        qt_folder=qt_folder,
        sources="\n".join(sources),
        more=f"{more.strip()}\n\n\n" if more else "",
        table=table(components),
    )
    (folder / "NOTICE").write_text(notice, "utf-8")


def table(components: Iterable[Component]) -> str:
    """Return the components as lines: name, version, licence."""
    rows = [(component.name, component.version, component.licence) for component in components]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{name:{widths[0]}}  {number:{widths[1]}}  {licence}" for name, number, licence in rows)


def _plain(path: Path) -> str:
    """A name that opens as text on every system."""
    return path.name if path.suffix else f"{path.name}.txt"
