"""The tokens of the look: every colour, distance, corner and size of type, in one table; no Qt.

The themes differ in colours alone. ``tests/ui/test_look.py`` reckons the contrast of each pair that is seen together,
by the rules of WCAG 2.1: 4.5:1 for words, 3:1 for the edges of controls and for drawings that say something.
"""

from typing import NamedTuple

from cbr_desktop.text.tone import Tone

SPACE = (4, 8, 12, 16)
"""Distances in device-independent pixels: within a group, between controls, to an edge, between parts."""
TIGHT, NEAR, WIDE, APART = SPACE
RADIUS = 6
"""The radius of a control's corners."""
TYPE = {"title": 20 / 13, "heading": 14 / 13, "body": 1.0, "small": 12 / 13}
"""The sizes of type, as parts of the size that the desktop has for programs."""


class Colours(NamedTuple):
    """The colours of one theme, each as ``#rrggbb``."""

    window: str
    """The ground of windows, bars and navigation."""
    surface: str
    """The ground of tables, lists, fields and menus."""
    stripe: str
    """The ground of every other row."""
    control: str
    """The ground of buttons."""
    hover: str
    """The ground of what the pointer is over."""
    pressed: str
    line: str
    """A line that parts things; what it parts is told by distance as well."""
    edge: str
    """The border of what can be operated."""
    text: str
    muted: str
    """Words of second rank, placeholders included."""
    faded: str
    """Words of what cannot be operated now."""
    accent: str
    """The primary button, the focus, what is chosen."""
    accent_hover: str
    accent_text: str
    """Words on the accent."""
    selection: str
    """The ground of selected rows and selected text, on which every tone can be read."""
    link: str
    visited: str
    good: str
    busy: str
    warn: str
    bad: str
    idle: str

    def tone(self, tone: Tone) -> str:
        """Return the colour of a tone."""
        return {
            Tone.GOOD: self.good,
            Tone.BUSY: self.busy,
            Tone.WARN: self.warn,
            Tone.BAD: self.bad,
            Tone.IDLE: self.idle,
        }[tone]


LIGHT = Colours(
    window="#f3f5f8",
    surface="#ffffff",
    stripe="#f8f9fb",
    control="#ffffff",
    hover="#e8ecf1",
    pressed="#d9dfe7",
    line="#d8dde4",
    edge="#7f8894",
    text="#16191d",
    muted="#555e69",
    faded="#8a929c",
    accent="#1459b8",
    accent_hover="#0f4a9c",
    accent_text="#ffffff",
    selection="#d7e6fa",
    link="#0b57d0",
    visited="#6b3fa0",
    good="#17713a",
    busy="#0b57d0",
    warn="#8a5000",
    bad="#b3261e",
    idle="#555e69",
)
DARK = Colours(
    window="#1d2126",
    surface="#23282e",
    stripe="#272c33",
    control="#2d333b",
    hover="#353c45",
    pressed="#404852",
    line="#3a414a",
    edge="#87919d",
    text="#e8eaed",
    muted="#aab2bb",
    faded="#78818b",
    accent="#8ab4f8",
    accent_hover="#a8c7fa",
    accent_text="#0f1c30",
    selection="#21405f",
    link="#8ab4f8",
    visited="#c5a3ff",
    good="#6fcf8f",
    busy="#8ab4f8",
    warn="#f2b84b",
    bad="#ff9b92",
    idle="#aab2bb",
)
CONTRAST_DARK = Colours(
    window="#000000",
    surface="#000000",
    stripe="#000000",
    control="#000000",
    hover="#26264d",
    pressed="#3a3a6b",
    line="#9a9a9a",
    edge="#ffffff",
    text="#ffffff",
    muted="#e0e0e0",
    faded="#9a9a9a",
    accent="#ffe14d",
    accent_hover="#fff2a8",
    accent_text="#000000",
    selection="#003a70",
    link="#9cd3ff",
    visited="#e3b8ff",
    good="#7dffa8",
    busy="#9cd3ff",
    warn="#ffd24d",
    bad="#ffb0a8",
    idle="#e0e0e0",
)
CONTRAST_LIGHT = Colours(
    window="#ffffff",
    surface="#ffffff",
    stripe="#ffffff",
    control="#ffffff",
    hover="#dbe4f5",
    pressed="#bccdec",
    line="#5a5a5a",
    edge="#000000",
    text="#000000",
    muted="#2b2b2b",
    faded="#6b6b6b",
    accent="#00308f",
    accent_hover="#001f5c",
    accent_text="#ffffff",
    selection="#c4dcff",
    link="#00308f",
    visited="#4a1580",
    good="#00491f",
    busy="#00308f",
    warn="#5c3300",
    bad="#8a0009",
    idle="#2b2b2b",
)
