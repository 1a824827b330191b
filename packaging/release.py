"""Who stands behind the packages: what pyproject.toml says under ``[tool.cbr-desktop.release]``.

Nothing there is invented: what is missing is left out of the packages, or said by a name that nobody takes for an
address, and the build tells that they are not for publication.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from product import ROOT

TABLE = "tool.cbr-desktop.release"
KEYS = ("publisher", "maintainer", "homepage")

# signs that mean something to NSIS, to compilers of resources or to rpm; no company is called by one
_NAME = r'[^\W_](?:[^"\\$`%<>@\x00-\x1f\x7f]{0,98}[^"\\$`%<>@\s\x00-\x1f\x7f])?'
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
_FORMS = {
    "publisher": (re.compile(_NAME), "a name of at most 100 letters, without quotation marks and signs like $ and %"),
    "maintainer": (re.compile(rf"{_NAME} <[\w.+-]+@(?P<host>{_HOST})>", re.ASCII | re.IGNORECASE), "Name <address>"),
    "homepage": (
        re.compile(rf"https://(?P<host>{_HOST})(?::\d{{1,5}})?(?:/[\w.~/-]*)?", re.ASCII | re.IGNORECASE),
        "an https address without a question or login in it",
    ),
}
_NOBODYS = re.compile(r"(?:^|\.)(?:localhost|localdomain|local|internal|invalid|test|example(?:\.(?:com|net|org))?)$")
"""How the names of hosts end that belong to nobody, or to everybody."""


@dataclass(frozen=True)
class Release:
    """Who stands behind the packages: by name, as ``Name <address>``, and the address of a page, if there is one."""

    publisher: str = "The CBR Desktop developers"
    maintainer: str = "The CBR Desktop developers <cbr-desktop@localhost>"
    homepage: str = ""
    missing: tuple[str, ...] = KEYS

    @property
    def verdict(self) -> str:
        """One line for whoever builds; nothing when the packages may be published."""
        if not self.missing:
            return ""
        *most, last = self.missing
        words = f"{', '.join(most)} and {last}" if most else last
        return f"Not for publication: pyproject.toml names no {words} under [{TABLE}]."


def release() -> Release:
    """Return what this project says; end the build when that cannot be."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return understood(project.get("tool", {}).get("cbr-desktop", {}).get("release", {}))


def understood(table: Mapping[str, object]) -> Release:
    """Return what a table says; end the build when there is something in it that cannot be."""
    for key, value in table.items():
        if key not in _FORMS:
            raise SystemExit(f"[{TABLE}] knows {', '.join(KEYS)}, and no {key}.")
        form, words = _FORMS[key]
        found = form.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise SystemExit(f"{key} under [{TABLE}] must be {words}.")
        host = found.groupdict().get("host", "").lower()
        if _NOBODYS.search(host):
            raise SystemExit(f"{key} under [{TABLE}] leads to {host}, where nobody is.")
    given = {key: str(value) for key, value in table.items()}
    return Release(**given, missing=tuple(key for key in KEYS if key not in given))
