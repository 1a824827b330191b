"""The form of a policy: its name, when it runs in UTC and here, and how long its backups are kept."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTime
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QRadioButton,
    QTimeEdit,
    QWidget,
)

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.finding import RequestPart
from cbr_desktop.domain.policy import BACKUP, LONG_TERM_LIMIT, REPLICATION, RETENTION_LIMIT
from cbr_desktop.domain.schedule import INTERVAL_LIMIT, PATTERNS_LIMIT, Schedule, seasons
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.schedules import (
    DAY_WORDS,
    clock_of_day,
    kept_sentence,
    local_words,
    moment_words,
    offset_words,
    runs_sentence,
    season_sentences,
)
from cbr_desktop.ui.kit.fields import column, number, row, tick
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.kit.stepwise import Stepwise
from cbr_desktop.ui.kit.tokens import WIDE
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.form import ChangeForm
from cbr_desktop.ui.policies.policyform import Keep, LongTerm, PolicyForm

_FIRST_TIME = QTime(1, 0)
_LONG_TERM = {
    "daily": (N_("Daily backups"), N_("days")),
    "weekly": (N_("Weekly backups"), N_("weeks")),
    "monthly": (N_("Monthly backups"), N_("months")),
    "yearly": (N_("Yearly backups"), N_("years")),
}
"""What is kept in addition, as it is read aloud and as it stands behind its number."""
_ZONES = range(-12, 15)
_TYPES = {BACKUP: N_("Makes backups"), REPLICATION: N_("Replicates backups to another region")}
_NEXT_RUNS, _AHEAD_LINES = 10, 6
_TIME_LETTERS = 27
"""For how many letters of usual width there is room in the list of times."""
_YEAR = timedelta(days=366)
_KEEPS = {
    Keep.DELETED: N_("Until somebody deletes them"),
    Keep.NUMBER: N_("The newest"),
    Keep.DAYS: N_("For"),
}


class PolicyFields(Stepwise, ChangeForm):
    """Asks for a new policy; ``offset`` is how far the operator's clock is from UTC, ``now`` tells the time.

    Days and times are filled in by UTC, by the operator's clock or by that of the region, which is ``there`` ahead of
    UTC where that is known. Without ``now`` no next runs are listed.
    """

    kind = Kind.CREATE_POLICY
    disabled_words = N_("It is made disabled, so nothing runs before it is enabled.")

    is_new = True
    """Whether what it does is still to be chosen: a backup policy never becomes one of replication."""

    def __init__(
        self,
        offset: timedelta,
        given: PolicyForm | None = None,
        *,
        now: Callable[[], datetime] | None = None,
        there: timedelta | None = None,
    ) -> None:
        super().__init__()
        self._offset = offset
        self._there = there
        self._now = now
        self._clock = timedelta()
        """How far the clock is ahead of UTC by which days and times are filled in."""
        self._unfull = -1
        """What a policy says that makes no backup a full one by itself."""
        self._given = given or PolicyForm(minutes=(60,), long_term=None)
        self.setObjectName("policyForm")

    def build(self) -> Iterator[None]:
        """Make the fields, and show in them what they begin with."""
        self._make_fields()
        self._describe()
        yield
        self._lay_out()
        yield
        self.show_form(self._given)
        self._connect()

    # what is filled in

    def form(self) -> PolicyForm:
        """Return what is filled in."""
        more = {name: field.value() for name, field in self.more.items()}
        return PolicyForm(
            name=self.name.text(),
            is_weekly=self.weekly.isChecked(),
            days=frozenset(day for day, box in self.days.items() if box.isChecked()),
            interval=self.interval.value(),
            minutes=tuple(self._minutes()),
            keep=next(keep for keep, choice in self.keep.items() if choice.isChecked()),
            number=self.number.value(),
            days_kept=self.days_kept.value(),
            long_term=LongTerm(**more, timezone=self.zone.currentText()) if self.in_addition.isChecked() else None,
            enabled=self.enabled.isChecked(),
            clock=self._clock,
            full_interval=self.full_every.value() if self.full.isChecked() else self._unfull,
            operation_type=str(self.type.currentData()),
            region=self.region.text().strip(),
            project=self.project.text().strip(),
        )

    def field(self, part: RequestPart | None) -> QWidget | None:
        """Return the field that a finding is about, ``None`` where that cannot be told."""
        return {RequestPart.NAME: self.name, RequestPart.SCHEDULE: self.time}.get(part or RequestPart.FILE)

    def draft(self) -> Any:
        """Return the policy that is asked for."""
        return self.form().draft()

    def told(self, form: PolicyForm) -> tuple[str, str]:
        """Return in a sentence each when the policy runs, and how long its backups are kept."""
        return runs_sentence(form.runs, self._offset), kept_sentence(form.draft())

    def begin(self) -> None:
        """Put the focus into the name."""
        self.name.setFocus()

    def show_form(self, form: PolicyForm) -> None:
        """Fill the fields."""
        self._clock = form.clock
        with QSignalBlocker(self.clock):
            self.clock.setCurrentIndex(max(0, self.clock.findData(_minutes_of(form.clock))))
        self.name.setText(form.name)
        self.type.setCurrentIndex(max(0, self.type.findData(form.operation_type)))
        self.region.setText(form.region)
        self.project.setText(form.project)
        self._unfull = form.full_interval if form.full_interval < 1 else -1
        self.full.setChecked(form.full_interval > 0)
        self.full_every.setValue(max(1, form.full_interval))
        (self.weekly if form.is_weekly else self.every).setChecked(True)
        for day, box in self.days.items():
            box.setChecked(day in form.days)
        self.interval.setValue(form.interval)
        self.times.clear()
        for minute in form.minutes:
            self._add(minute)
        self.keep[form.keep].setChecked(True)
        self.number.setValue(form.number)
        self.days_kept.setValue(form.days_kept)
        self.in_addition.setChecked(form.long_term is not None)
        more = form.long_term or LongTerm(timezone=offset_words(self._offset))
        for name, field in self.more.items():
            field.setValue(getattr(more, name))
        if self.zone.findText(more.timezone) < 0:
            self.zone.addItem(more.timezone)
        self.zone.setCurrentText(more.timezone)
        self.enabled.setChecked(form.enabled)
        self._tell()

    # the times of the day

    def choose_clock(self, clock: timedelta) -> None:
        """Tell the same moments by another clock; where that cannot be shown, the clock stays, and that is said."""
        moved = self.form().by_clock(clock)
        self.clock_note.setText(self._clock_words(is_refused=moved is None))
        self.show_form(moved or self.form())

    def add_time(self) -> None:
        """Add the time that is set to those at which it runs; one that is there already is only selected."""
        minute = self.time.time().hour() * 60 + self.time.time().minute()
        if minute not in self._minutes():
            self._add(minute)
            self.times.sortItems()
        self._select(minute)
        self._tell_changed()

    def remove_time(self) -> None:
        """Take out the selected times."""
        for item in self.times.selectedItems():
            self.times.takeItem(self.times.row(item))
        self._tell_changed()

    def _add(self, minute: int) -> None:
        words = f"{clock_of_day(minute)} UTC"
        if self._clock:
            by_this = _("{here} here = {time} UTC") if self._clock == self._offset else _("{here} there = {time} UTC")
            words = by_this.format(here=clock_of_day(minute), time=local_words(minute, -self._clock))
        elif self._offset:
            words = _("{time} UTC = here {here}").format(
                time=clock_of_day(minute), here=local_words(minute, self._offset)
            )
        item = QListWidgetItem(words, self.times)
        item.setData(Qt.ItemDataRole.UserRole, minute)

    def _minutes(self) -> list[int]:
        return [self.times.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.times.count())]

    def _select(self, minute: int) -> None:
        self.times.setCurrentRow(self._minutes().index(minute))

    # what is told

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Say in one sentence what the fields come to, and leave alone what does not count."""
        form = self.form()
        for box in self.days.values():
            box.setEnabled(form.is_weekly)
        self.interval.setEnabled(not form.is_weekly)
        self.number.setEnabled(form.keep is Keep.NUMBER)
        self.days_kept.setEnabled(form.keep is Keep.DAYS)
        self._more.setVisible(form.long_term is not None)
        self.remove.setEnabled(bool(self.times.selectedItems()))
        self.add.setEnabled(self.times.count() < PATTERNS_LIMIT)
        self.rule.setText(sentences(*self.told(form), "" if form.enabled else _(self.disabled_words)))
        is_copying = form.operation_type == REPLICATION
        self.full_every.setEnabled(self.full.isChecked())
        for side, shown in ((self.full_side, not is_copying), (self.target_side, is_copying)):
            side.setVisible(shown)
            self.titles[side].setVisible(shown)
        self.ahead.setPlainText(self._ahead_text(form))

    def patterns(self, form: PolicyForm) -> tuple[str, ...]:
        """Return the rules of the schedule that is shown, as the service has them."""
        return form.draft().patterns

    def _ahead_text(self, form: PolicyForm) -> str:
        """Return the next runs, from when on the season moves them here, and the rules themselves."""
        patterns = self.patterns(form)
        schedule = Schedule(patterns)
        lines = []
        if self._now is not None:
            now = self._now()
            lines += [moment_words(at, None) for at in islice(schedule.runs(now), _NEXT_RUNS)]
            lines += season_sentences(seasons(schedule, None, now, now + _YEAR))
        return "\n".join([*lines, *patterns])

    # building

    def _describe(self) -> None:
        """Say what boxes without a label of their own are for: some readers take what is chosen for their name."""
        for box in (self.zone, self.clock):
            box.setAccessibleDescription(box.accessibleName())

    def _make_fields(self) -> None:
        self.name = QLineEdit()
        self.name.setObjectName("policyName")
        self.name.setAccessibleName(_("Name"))
        self.weekly = _radio(_("On &days of the week"), "policyWeekly")
        self.every = _radio(_("&Every"), "policyEvery")
        self.days = {day: tick(_(words), f"policy{words}") for day, words in DAY_WORDS.items()}
        self.interval = number("policyInterval", _("Days between two runs"), 1, INTERVAL_LIMIT)
        self.time = QTimeEdit(_FIRST_TIME)
        self.time.setObjectName("policyTime")
        self.time.setAccessibleName(_("Time of the day in UTC"))
        self.time.setDisplayFormat("HH:mm")
        self.add = push_button(_("&Add time"), "policyAddTime", self.add_time)
        self.remove = push_button(_("Remo&ve"), "policyRemoveTime", self.remove_time)
        self.times = QListWidget()
        self.times.setMinimumWidth(_TIME_LETTERS * self.fontMetrics().averageCharWidth())
        self.times.setObjectName("policyTimes")
        self.times.setAccessibleName(_("Times at which it runs"))
        self.times.setFixedHeight(_AHEAD_LINES * self.fontMetrics().height() + 12)
        self.keep = {keep: _radio(_(words), f"policyKeep{keep.capitalize()}") for keep, words in _KEEPS.items()}
        # they stand in different rows, which would else be groups of their own
        for choices in ((self.weekly, self.every), self.keep.values()):
            group = QButtonGroup(self)
            for choice in choices:
                group.addButton(choice)
        self.number = number("policyNumber", _("Number of backups that are kept"), 1, RETENTION_LIMIT)
        self.number.setSuffix(_(" backups of each resource"))
        self.number.setSpecialValueText(_("1 backup of each resource"))
        self.days_kept = number("policyDaysKept", _("Days for which backups are kept"), 1, RETENTION_LIMIT)
        for days in (self.interval, self.days_kept):
            days.setSuffix(_(" days"))
            days.setSpecialValueText(_("1 day"))
        self.in_addition = tick(_("&In addition keep the last backup of:"), "policyInAddition")
        self.more = {
            name: number(f"policy{name.capitalize()}", _(title), 0, LONG_TERM_LIMIT)
            for name, (title, _noun) in _LONG_TERM.items()
        }
        self.zone = NoWheelComboBox()
        self.zone.setObjectName("policyZone")
        self.zone.setAccessibleName(_("Time zone of these days"))
        self.zone.addItems([offset_words(timedelta(hours=hours)) for hours in _ZONES])
        self.full = tick(_("Besides the first, make full every"), "policyFull")
        self.full_every = number("policyFullEvery", _("Every how many backups one is full"), 1, LONG_TERM_LIMIT)
        self.full_every.setSuffix(_(" backups"))
        self.full_every.setSpecialValueText(_("1 backup"))
        self.type = _box("policyType", _("What the policy does"), _TYPES, self.is_new)
        self.region = _line("policyRegion", _("Region that it copies to"))
        self.project = _line("policyProject", _("Id of the project that it copies to"))
        self.clock = self._clock_box()
        self.clock_note = label(self._clock_words(), "policyClockNote")
        self.ahead = QPlainTextEdit()
        self.ahead.setObjectName("policyAhead")
        self.ahead.setAccessibleName(_("The next runs, and the rules as the service has them"))
        self.ahead.setReadOnly(True)
        self.ahead.setTabChangesFocus(True)
        self.ahead.setFixedHeight(_AHEAD_LINES * self.fontMetrics().height() + 12)
        self.enabled = tick(_("Ena&bled"), "policyEnabled")
        self.rule = label(name="policyRule")

    def _clock_box(self) -> NoWheelComboBox:
        """Return the choice of the clock, which is hidden where there is one alone."""
        clocks = {0: "UTC"}
        clocks.setdefault(_minutes_of(self._offset), self._here())
        if self._there is not None:
            offset = offset_words(self._there)
            clocks.setdefault(_minutes_of(self._there), _("Clock of the region ({offset})").format(offset=offset))
        made = NoWheelComboBox()
        made.setObjectName("policyClock")
        made.setAccessibleName(_("Clock by which days and times are filled in"))
        for minutes, words in clocks.items():
            made.addItem(words, minutes)
        if len(clocks) == 1:
            made.hide()
        return made

    def _connect(self) -> None:
        for edit in (self.name, self.region, self.project):
            edit.textChanged.connect(self._tell_changed)
        for box in (
            self.weekly,
            self.every,
            *self.days.values(),
            *self.keep.values(),
            self.in_addition,
            self.enabled,
            self.full,
        ):
            box.toggled.connect(self._tell_changed)
        for field in (self.interval, self.number, self.days_kept, self.full_every, *self.more.values()):
            field.valueChanged.connect(self._tell_changed)
        self.zone.currentTextChanged.connect(self._tell_changed)
        self.type.currentIndexChanged.connect(self._tell_changed)
        self.clock.currentIndexChanged.connect(self._take_clock)
        self.times.itemSelectionChanged.connect(self._tell)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(WIDE)
        grid.setColumnStretch(1, 1)
        self.schedule_side, self.clock_side, self.retention_side = self._schedule(), self._clocks(), self._retention()
        self.full_side = row(self.full, self.full_every)
        self.target_side = column(self.region, self.project)
        rows: tuple[tuple[str, QWidget], ...] = (
            (_("&Name"), self.name),
            (_("Does"), self.type),
            (_("Copies to"), self.target_side),
            (_("Runs"), self.schedule_side),
            (_("At"), self.clock_side),
            (_("Keeps"), self.retention_side),
            (_("Full backups"), self.full_side),
            ("", self.enabled),
            ("", self.rule),
        )
        self.titles: dict[QWidget, QLabel] = {}
        for place, (words, field) in enumerate(rows):
            title = QLabel(words)
            title.setObjectName("policyField")
            title.setTextFormat(Qt.TextFormat.PlainText)
            title.setBuddy(field)
            grid.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, place, 1)
            self.titles[field] = title

    def _schedule(self) -> QWidget:
        days = row(*self.days.values())
        every = row(self.every, self.interval)
        return column(self.weekly, days, every)

    def _here(self) -> str:
        return _("Clock here ({offset})").format(offset=offset_words(self._offset))

    def _clock_words(self, *, is_refused: bool = False) -> str:
        """Return what is to be said of the clocks."""
        if is_refused:
            return _(
                "By that clock some of the times are on other days than the others, which this form cannot show. The"
                " times stay as they are."
            )
        here = offset_words(self._offset)
        note = _("It is {here} here today; where clocks change with the season, the time here does, too.").format(
            here=here
        )
        return sentences(_("The service runs by UTC."), note if self._offset else "")

    def _take_clock(self, *_rest: object) -> None:
        self.choose_clock(timedelta(minutes=int(self.clock.currentData())))
        self._tell_changed()

    def _clocks(self) -> QWidget:
        lists = QWidget()
        grid = QGridLayout(lists)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 3)
        grid.addWidget(label(_("Next runs, and the rules as the service has them"), "policyAheadTitle"), 0, 1)
        grid.addWidget(self.times, 1, 0)
        grid.addWidget(self.ahead, 1, 1)
        return column(row(self.time, self.clock, self.add, self.remove), lists, self.clock_note)

    def _retention(self) -> QWidget:
        told = [(self.more[name], label(_(noun), "policyWords")) for name, (_title, noun) in _LONG_TERM.items()]
        counts = column(*(row(*(part for pair in told[at : at + 2] for part in pair)) for at in range(0, len(told), 2)))
        zone = label(_("Time zone of these days"), "policyWords")
        zone.setWordWrap(False)
        self._more = column(counts, row(zone, self.zone))
        return column(
            self.keep[Keep.DELETED],
            row(self.keep[Keep.NUMBER], self.number),
            row(self.keep[Keep.DAYS], self.days_kept),
            self.in_addition,
            self._more,
        )


def _minutes_of(offset: timedelta) -> int:
    return round(offset / timedelta(minutes=1))


def _line(name: str, words: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setPlaceholderText(words)
    return made


def _box(name: str, words: str, items: Mapping[str, str], is_enabled: bool) -> NoWheelComboBox:
    made = NoWheelComboBox()
    made.setObjectName(name)
    made.setAccessibleName(words)
    for key, message in items.items():
        made.addItem(_(message), key)
    made.setEnabled(is_enabled)
    return made


def _radio(words: str, name: str) -> QRadioButton:
    made = QRadioButton(words)
    made.setObjectName(name)
    made.setAccessibleName(words.replace("&", ""))
    return made
