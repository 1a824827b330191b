"""Makes the pictures of the program's sign in every size and form that a system asks for, out of one drawing."""

import struct
from pathlib import Path

from product import ROOT, run

DRAWING = ROOT / "resources" / "cbr-desktop.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""The sides of the pictures that desktops on Linux look for, in pixels."""
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
"""The same for Windows."""


def write_png(path: Path, size: int) -> None:
    """Write the sign as a picture of ``size`` by ``size`` pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    run("rsvg-convert", f"--width={size}", f"--height={size}", f"--output={path}", DRAWING)


def write_ico(path: Path) -> None:
    """Write the sign as an icon of Windows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures = {}
    for size in ICO_SIZES:
        picture = path.with_suffix(f".{size}.png")
        write_png(picture, size)
        pictures[size] = picture.read_bytes()
        picture.unlink()
    path.write_bytes(packed_ico(pictures))


def packed_ico(pictures: dict[int, bytes]) -> bytes:
    """Return PNG pictures, by the length of their sides, as one icon: a head, a line for each, and the pictures."""
    lines, offset = [], 6 + 16 * len(pictures)
    for size, picture in pictures.items():
        side = size % 256  # 256 is written as 0
        lines.append(struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), offset))
        offset += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + b"".join(lines) + b"".join(pictures.values())
