"""The timeline of a page: counts its rows by day and kind, and puts the days that are chosen into its filter."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import UNKNOWN
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import Times, page_title
from cbr_desktop.ui.kit.day_counts import Counts, day_counts
from cbr_desktop.ui.kit.day_filter import DaySpan, days_in, with_days
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.pieces import AT_ONCE, Pieces
from cbr_desktop.ui.kit.timeline import Timeline, TimelineLane
from cbr_desktop.ui.session.profile_context import Settings

_LANES = 6
_TONES = (Tone.GOOD, Tone.BUSY, Tone.WARN, Tone.BAD, Tone.IDLE)


class PageTimeline(QObject):
    """Counts rows anew only when there are others. ``field`` is the one by which the filter asks for days.

    ``toggle`` shows and hides ``strip``, now and at the next start; what is hidden is not counted. ``lane_of`` returns
    the lane of a kind of rows. Of more rows than ``at_once`` some thousands are counted at a time.
    """

    def __init__(
        self,
        name: str,
        field: str,
        filter: QLineEdit,
        settings: Settings,
        times: Times,
        lane_of: Callable[[Hashable], TimelineLane],
        parent: QWidget,
        *,
        at_once: int = AT_ONCE,
    ) -> None:
        super().__init__(parent)
        self._field, self._filter, self._times, self._lane_of = field, filter, times, lane_of
        self._settings, self._key = settings, f"timeline/{name.lower()}"
        self._at_once = at_once
        self._source: object = None
        self._rows: Callable[[], Iterable[tuple[datetime | None, Hashable]]] = tuple
        self._counted: tuple[object, bool, date] | None = None
        """Of what, by which clocks and on which day it was counted last."""
        self._has_days = True
        """Whether anything is on any day; before that is known, room is kept for it."""
        self.strip = Timeline(f"timelineOf{name}", _("Timeline of {rows}").format(rows=page_title(name)), parent)
        self.strip.chosen.connect(self._choose)
        self.toggle = QToolButton(parent)
        self.toggle.setObjectName(f"show{name}Timeline")
        self.toggle.setIcon(icon("timeline"))
        self.toggle.setAutoRaise(True)
        self.toggle.setAccessibleName(_("Timeline"))
        self.toggle.setToolTip(tooltip(_("Timeline: how many there are on each day; choosing days filters the table")))
        self.toggle.setCheckable(True)
        self.toggle.setChecked(settings.get(self._key, True) is not False)
        self.toggle.toggled.connect(self._show)
        self.strip.setVisible(self.toggle.isChecked())
        self._pieces = Pieces(self)
        filter.textChanged.connect(self._tell_span)
        self._tell_span(filter.text())

    def take(self, source: object, count: int, rows: Callable[[], Iterable[tuple[datetime | None, Hashable]]]) -> None:
        """Take over ``count`` rows, each a time and a kind; the same ``source`` has the same rows."""
        self._source, self._rows, self._number = source, rows, count
        self.look()

    def look(self) -> None:
        """Count if there are other rows, another day or other clocks than when it was counted, and it is visible."""
        today = self._times.day(self._times.now())
        wanted = (self._source, self._times.utc, today)
        if self._source is None or not self.toggle.isChecked():
            return
        if self._counted is not None and self._counted[0] is self._source and self._counted[1:] == wanted[1:]:
            return
        self._counted = wanted
        self._pieces.begin(self._count(), at_once=self._number <= self._at_once)

    def _count(self) -> Iterator[None]:
        """Count in pieces; what is counted is shown when it is all."""
        counts: Counts = {}
        for so_far in day_counts(self._rows(), self._times.day, self._times.begin):
            counts = so_far
            yield
        self._tell(counts)

    def _tell(self, counts: Counts) -> None:
        totals: dict[Hashable, int] = {}
        for numbers in counts.values():
            for kind, number in numbers.items():
                totals[kind] = totals.get(kind, 0) + number
        places, lanes = self._lanes(totals)
        days = {}
        for day, numbers in counts.items():
            held = [0] * len(lanes)
            for kind, number in numbers.items():
                held[places[kind]] += number
            days[day] = held
        self.strip.tell(lanes, days, self._times.day(self._times.now()))
        self._has_days = bool(days)
        self._show_strip()

    def _lanes(self, totals: dict[Hashable, int]) -> tuple[dict[Hashable, int], list[TimelineLane]]:
        """Return the lanes, what went well first, and the place of each kind among them; rare kinds share the last."""
        of_kind = {kind: self._lane_of(kind) for kind in totals}
        sums: dict[TimelineLane, int] = {}
        for kind, lane in of_kind.items():
            sums[lane] = sums.get(lane, 0) + totals[kind]
        kept = sorted(sums, key=lambda lane: -sums[lane])[: _LANES if len(sums) <= _LANES else _LANES - 1]
        kept.sort(key=lambda lane: (_TONES.index(lane.mark.tone), lane.words))
        lanes = kept if len(kept) == len(sums) else [*kept, TimelineLane(UNKNOWN, _("Other"))]
        return {kind: lanes.index(lane) if lane in kept else len(lanes) - 1 for kind, lane in of_kind.items()}, lanes

    def _show(self, shown: bool) -> None:
        self._settings.put(self._key, shown)
        self._show_strip()
        self.look()

    def _show_strip(self) -> None:
        """Show the strip if it is wanted and there is something on any day."""
        self.strip.setVisible(self.toggle.isChecked() and self._has_days)

    def _choose(self, span: DaySpan | None) -> None:
        self._filter.setText(with_days(self._filter.text(), self._field, span))

    def _tell_span(self, text: str) -> None:
        self.strip.show_span(days_in(text, self._field, self._times.day(self._times.now())))
