"""Builds the packages that were asked for; ``bootstrap.py package`` starts it in an environment made for it."""

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

# the project, whose command line is written into manuals, comes before whatever else is called like its folders
sys.path.append(str(Path(__file__).resolve().parent.parent))

import bundle
from bundle import Bundle
from linux import appimage, deb, rpm, tarball
from product import PACKAGES, version
from release import release
from windows import both

OUT_OF_BUNDLE: dict[str, Callable[[Bundle], Path]] = {
    "deb": deb.build,
    "rpm": rpm.build,
    "appimage": appimage.build,
    "tar": tarball.build,
}
"""What makes each kind of package out of the bundle for Linux."""
ON_THEIR_OWN: dict[str, Callable[[Callable[[str], None]], Path]] = {"windows": both.build}
"""What makes the kinds that need no bundle for Linux; it is handed whom to tell what speaks against publishing them."""
SUMS = "SHA256SUMS"


def main(kinds: list[str]) -> int:
    """Build packages of the ``kinds``, and the sums of all that are there."""
    verdicts = [release().verdict]
    drop_others(PACKAGES, version())
    made: Bundle | None = None
    for kind in kinds:
        begin = time.monotonic()
        if kind in ON_THEIR_OWN:
            package = ON_THEIR_OWN[kind](verdicts.append)
        else:
            made = made or bundle.make()
            package = OUT_OF_BUNDLE[kind](made)
        say(f"{time.monotonic() - begin:6.1f} s  {package.name}, {package.stat().st_size / 1e6:.1f} MB")
    write_sums(PACKAGES)
    say(f"The packages are in {PACKAGES}")
    for verdict in filter(None, verdicts):
        say(verdict)
    return 0


def drop_others(folder: Path, number: str) -> None:
    """Remove what was built of other versions, so that no list names it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if number not in path.name:
            path.unlink()


def write_sums(folder: Path) -> None:
    """Write the sums of all files in a folder into a file beside them, as ``sha256sum --check`` reads it."""
    packages = sorted(path for path in folder.iterdir() if path.name != SUMS and path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in packages]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
