"""P8: from the click on Send to the row on the disk and on the screen, with the service and without it."""

from .ground import CLOSED, Ground, simulator
from .measure import Comparison, Limit, Series

TITLE = "P8  click on Send to the row on disk and on screen"
_LIMIT = Limit("value", 50)


def measure(ground: Ground) -> list[Comparison]:
    """Press Send in the program, once with the simulator over the loopback, once with nobody there."""
    presses = 5 if ground.quick else 15
    with simulator(ground, "--vaults", "100", "--backups", "500") as url:
        online = _pressed(ground, url, presses)
    offline = _pressed(ground, CLOSED, presses)
    return [*_compared("service reached", online), *_compared("nobody there", offline)]


def _pressed(ground: Ground, url: str, presses: int) -> list[list[float]]:
    """Return a row for each press: to the disk, to the screen, and the anchors of both, in milliseconds."""
    ground.home.records_file.unlink(missing_ok=True)
    with ground.leading_to(url):
        lines = ground.run("send", str(presses), CBR_DESKTOP_PASSWORD="demo").splitlines()
    return [[float(word) for word in line.split()[:4]] for line in lines]


def _compared(how: str, found: list[list[float]]) -> list[Comparison]:
    disk, screen, anchor_disk, anchor_screen = ([row[n] for row in found] for n in range(4))
    both = [disk_ms + screen_ms for disk_ms, screen_ms in zip(anchor_disk, anchor_screen, strict=True)]
    return [
        Comparison(
            "P8",
            "ms",
            Series(f"click to the disk, {how}", disk),
            Series("4 KB written and one fdatasync", anchor_disk),
            _LIMIT,
        ),
        Comparison(
            "P8",
            "ms",
            Series(f"click to outcome and row painted, {how}", screen),
            Series("that and one bare repaint", both),
            _LIMIT,
        ),
    ]
