"""How much memory this process takes, as the kernel tells it."""

from pathlib import Path

_ROLLUP = Path("/proc/self/smaps_rollup")


def told() -> str:
    """Return "RSS PSS" in MB: what is resident, and the same with shared pages divided among those who share them."""
    sizes = {}
    for line in _ROLLUP.read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            sizes[name] = int(rest.split()[0]) / 1024
    return f"{sizes['Rss']:.2f} {sizes['Pss']:.2f}"
