"""What a chart of lanes shows: lines of bars on one axis, whose places are parts of it, 0 to 1; no Qt."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from cbr_desktop.text.tone import Tone


class Bar(NamedTuple):
    """What lasts from ``begin`` to ``end``, which are parts of the axis, 0 to 1; a hollow one only would happen."""

    begin: float
    end: float
    tone: Tone = Tone.BUSY
    is_hollow: bool = False
    is_marked: bool = False


class ChartLane(NamedTuple):
    """One line: what it is called, a word of second rank beside that, and its bars in their order."""

    id: str
    name: str
    bars: Sequence[Bar]
    is_faded: bool = False

    @property
    def has_marks(self) -> bool:
        """Whether a bar is marked."""
        return any(bar.is_marked for bar in self.bars)


class LaneChartContent(Struct, frozen=True):
    """All that a chart shows. ``ticks`` stand on the axis with their words; ``now`` is where the present is.

    ``nothing`` is what is said where there are no lanes. ``shades`` are spans that mean something, such as busy hours;
    all places are parts of the axis, 0 to 1.
    """

    lanes: Sequence[ChartLane] = ()
    ticks: Sequence[tuple[float, str]] = ()
    shades: Sequence[tuple[float, float]] = ()
    now: float | None = None
    words: str = ""
    nothing: str = ""
    describe: Callable[[ChartLane, Bar], str] = field(default=lambda lane, _bar: lane.name)
