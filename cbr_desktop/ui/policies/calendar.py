"""The panel below the policies: when all of them run, what the chosen one deletes, and what is wrong with schedules."""

import asyncio
from collections.abc import Generator, Iterator, Sequence
from copy import copy
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, partial
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.finding import Finding
from cbr_desktop.domain.ids import BackupId, PolicyId, ResourceId, VaultId
from cbr_desktop.domain.policy import BACKUP, Policy
from cbr_desktop.domain.retention import HORIZON_DAYS, Coverage, Forecast, forecast
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.schedules import forecast_sentences, removal_lines, runs_span_words, span_words
from cbr_desktop.text.states import counted, grouped, quoted
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.action_row import ActionRow
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.icons import icon, mark_icon
from cbr_desktop.ui.kit.lane_chart import LaneChart
from cbr_desktop.ui.kit.lanes import LaneChartContent
from cbr_desktop.ui.kit.lines import MARK_SIZE, SEVERITY_MARKS, label
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.tokens import NEAR, TIGHT
from cbr_desktop.ui.policies.timetable import (
    MONTH,
    WEEK,
    Losses,
    RunsOfPolicies,
    days_from,
    losses_picture,
    runs_picture,
    today,
)
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.schedules import coverage, find_schedule_problems
from cbr_desktop.workflows.timetable import Clash, clashes, usual_durations

_SHOWN, _VIEW = "policies/calendar", "policies/calendar-view"
_LINES, _SUPPOSED = 500, 4
"""Lines that a list of deletions has at the most, and how many of them say what is supposed."""
_PROBLEMS = 200
"""Problems that are listed; the others are counted."""
_LEAST_OF_SPAN = 12
"""Letters of the span below which it is not told: the axis tells the days as well."""
_SOON_MS = 50
"""What changes together is shown together."""


class View(StrEnum):
    """What the panel shows."""

    WEEK = "week"
    MONTH = "month"
    RETENTION = "retention"
    PROBLEMS = "problems"


_TITLES = {
    View.WEEK: (N_("&Week"), N_("When all policies run within seven days")),
    View.MONTH: (N_("M&onth"), N_("When all policies run within a month")),
    View.RETENTION: (N_("&Retention"), N_("Which backups the chosen policy deletes, and when")),
    View.PROBLEMS: (N_("&Problems"), N_("What is wrong with schedules")),
}
_DAYS = {View.WEEK: WEEK, View.MONTH: MONTH}


class _Known(NamedTuple):
    """What the pictures are made of, taken at one moment."""

    schedules: RunsOfPolicies
    findings: list[Finding]
    clock: tuple[date, bool]
    """The day for which that holds, by which clock."""


class PolicyCalendar(QWidget):
    """Shows the policies of the scope in time.

    Signals:
        policy_chosen: the id of the policy whose lane or problem was opened.
        vault_chosen: the id of the vault whose problem was opened.
        lines_requested: lines should be shown beside the window: their title, and a list of them.
    """

    policy_chosen = Signal(str)
    vault_chosen = Signal(object)
    lines_requested = Signal(str, object)

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("policyCalendar")
        self._workspace = workspace
        self._times = times
        self._ahead = 0
        """How many spans of the view the picture is away from today."""
        self._policies: Sequence[Policy] = ()
        self._policy: Policy | None = None
        self._known: _Known | None = None
        self._listed: list[Finding] | None = None
        """The problems that the list shows."""
        self._is_stale = True
        self._losses: Losses | None = None
        """What the chosen policy deletes, while that is shown."""
        self._tasks = TaskOwner(self)
        self._pieces = Pieces(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._work)
        self._build()
        stored = str(workspace.settings.get(_VIEW, View.WEEK.value))
        self.view = next((view for view in View if view == stored), View.WEEK)
        self.show_body(bool(workspace.settings.get(_SHOWN, True)))
        self._tell_view()

    # what the page tells

    def tell(self, policies: Sequence[Policy]) -> None:
        """Show other policies; ``policies`` are in the order in which their lanes stand."""
        self._policies, self._is_stale = policies, True
        self._begin()

    def choose(self, policy: Policy | None) -> None:
        """Mark the policy that is chosen in the table, and show what it deletes."""
        if policy == self._policy:
            return
        self._policy = policy
        if self.view is View.RETENTION:
            self._begin()
        elif policy is not None:
            self.chart.choose(policy.id)

    def retell(self) -> None:
        """Follow another way of telling times, or another day."""
        self._begin()

    def show_view(self, view: View) -> None:
        """Show something else."""
        self.view = view
        self._ahead = 0
        self._workspace.settings.put(_VIEW, view.value)
        self.show_body(True)
        self._tell_view()

    def show_body(self, shown: bool) -> None:
        """Show the picture, or the row of buttons alone."""
        self.body.setVisible(shown)
        self.fold.setIcon(icon("down" if shown else "up"))
        self.fold.setAccessibleName(_("Hide the calendar") if shown else _("Show the calendar"))
        self.fold.setToolTip(tooltip(self.fold.accessibleName()))
        self._workspace.settings.put(_SHOWN, shown)
        if shown:
            self._begin()

    # working

    def _begin(self) -> None:
        if self.isVisible() and not self.body.isHidden():
            self._soon.start()

    def showEvent(self, event: object) -> None:
        """Take over what has changed while the panel was not seen."""
        super().showEvent(event)  # type: ignore[arg-type]  # Qt's own event
        self._begin()

    def _work(self) -> None:
        """Work out what is shown, in pieces where the loop runs."""
        if not self._is_stale and self._known is not None and self._known.clock == self._clock_days():
            self._show()
            return
        self._is_stale = False
        self._pieces.begin(self._working(), at_once=not is_at_work())

    def _working(self) -> Iterator[None]:
        # lists are replaced, not changed: a copy that names those of now stays as it is while it is worked on
        members = [copy(member) for member in self._workspace.scope.members]
        self._known = yield from _known_of(members, tuple(self._policies), self._clock_days(), self._times.now())
        self._show()

    def _clock_days(self) -> tuple[date, bool]:
        return today(self._times.now(), utc=self._times.utc), self._times.utc

    def _show(self) -> None:
        if self._known is None:
            return
        self._tell_problems(self._known.findings)
        if self.view in _DAYS:
            self._show_runs(self._known)
        elif self.view is View.RETENTION:
            self._show_losses()

    def _show_runs(self, known: _Known) -> None:
        count, utc = _DAYS[self.view], self._times.utc
        begin, _utc = self._clock_days()
        days = days_from(begin + timedelta(days=count * self._ahead), count, utc=utc)
        self.span.tell(runs_span_words(days.since, days.until))
        work = partial(runs_picture, known.schedules, days, self._times.now(), utc=utc)
        if is_at_work():
            self._tasks.start(asyncio.to_thread(work), partial(self._show_picture, self.view), group="picture")
        else:
            self._show_picture(self.view, work())

    def _show_picture(self, view: View, picture: LaneChartContent) -> None:
        """Show the runs, unless something else is looked at by now."""
        if view is not self.view or self._known is None:
            return
        known = self._known
        self.chart.tell(picture)
        self.chart.choose(self._policy.id if self._policy is not None else "")
        self._say("" if known.schedules.policies else _("There is no policy, so nothing runs by itself."))

    def _show_losses(self) -> None:
        policy = self._policy
        self._losses = None
        self.list.setEnabled(False)
        self.span.tell("")
        if policy is None or policy.operation_type != BACKUP:
            self.chart.tell(LaneChartContent())
            self._say(
                _("Choose a policy in the table to see which backups it deletes, and when.")
                if policy is None
                else _("Policy {name} makes replicas. What becomes of those is not forecast.").format(
                    name=quoted(policy.name, 80)
                )
            )
            return
        owner = next((each for each in self._workspace.scope.members if policy.id in each.policies), None)
        if owner is None:
            return
        ids = set(policy.vault_ids)
        backups = {id: each for id, each in owner.backups.items() if each.vault_id in ids}
        names = {each.id: each.name for vault in owner.vaults.values() for each in vault.resources}
        work = partial(_losses_of, policy, backups, coverage(policy.vault_ids, owner), names, self._times)
        if is_at_work():
            self._tasks.start(asyncio.to_thread(work), self._show_forecast, group="losses")
        else:
            self._show_forecast(work())

    def _show_forecast(self, losses: Losses) -> None:
        if self.view is not View.RETENTION or self._policy is None:
            return
        utc = self._times.utc
        begin, _utc = self._clock_days()
        days = days_from(begin, HORIZON_DAYS, utc=utc)
        self.span.tell(span_words(days.since, days.until))
        self.chart.tell(losses_picture(losses, days, utc=utc))
        self._losses = losses
        self.list.setEnabled(True)
        self._say(sentences(*forecast_sentences(losses.forecast)))

    def list_losses(self) -> None:
        """Wish for the list of what the chosen policy deletes, and of what is supposed of the service."""
        if self._losses is None or self._policy is None:
            return
        known = self._losses.backups
        names = {id: (each.name, each.resource_name or each.resource_id) for id, each in known.items()}
        lines = removal_lines(self._losses.forecast, names, utc=self._times.utc)
        if len(lines) > _LINES:
            more = counted("and {count} more", "and {count} more", len(lines) - _LINES)
            lines = [*lines[: _LINES - _SUPPOSED], more, *lines[-_SUPPOSED:]]
        self.lines_requested.emit(_("What policy {name} deletes").format(name=quoted(self._policy.name, 80)), lines)

    def _tell_problems(self, findings: Sequence[Finding]) -> None:
        """Count what is wrong; the list itself is made when it is looked at, and is not longer than can be read."""
        title = _(_TITLES[View.PROBLEMS][0])
        self.views[View.PROBLEMS].setText(f"{title} {grouped(len(findings))}" if findings else title)
        if self.view is not View.PROBLEMS or findings == self._listed:
            return
        self._listed = list(findings)
        self.problems.clear()
        for finding in findings[:_PROBLEMS]:
            item = QListWidgetItem(mark_icon(SEVERITY_MARKS[finding.severity]), plain(finding_sentence(finding), 1000))
            item.setData(Qt.ItemDataRole.UserRole, (finding.facts.get("policy_id"), finding.facts.get("vault_id")))
            self.problems.addItem(item)
        if len(findings) > _PROBLEMS:
            more = len(findings) - _PROBLEMS
            self.problems.addItem(counted("and {count} more", "and {count} more", more))
        if not findings:
            self.problems.addItem(_("Nothing is wrong with the schedules, as far as is known."))

    # the panel

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(TIGHT)
        outer.addLayout(self._head())
        self.body = QWidget(self)
        self.body.setObjectName("policyCalendarBody")
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(TIGHT)
        self.words = label(name="policyCalendarWords")
        self.words.hide()
        inside.addWidget(self.words)
        self.stack = QStackedWidget(self.body)
        self.chart = LaneChart("policyChart")
        self.chart.lane_chosen.connect(self._open_lane)
        self.stack.addWidget(self.chart)
        inside.addWidget(self.stack, 1)
        self.stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.body.setMinimumHeight(self.chart.minimumSizeHint().height())
        outer.addWidget(self.body, 1)

    @cached_property
    def problems(self) -> QListWidget:
        """The list of what is wrong with schedules, made when it is first shown."""
        made = QListWidget()
        made.setObjectName("policyProblems")
        made.setAccessibleName(_("What is wrong with schedules"))
        made.setWordWrap(True)
        made.setIconSize(MARK_SIZE)
        made.setSpacing(2)
        made.setLayoutMode(QListView.LayoutMode.Batched)
        made.setBatchSize(20)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        made.itemActivated.connect(self._open_problem)
        self.stack.addWidget(made)
        return made

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(TIGHT)
        self.views: dict[View, QToolButton] = {}
        views = ActionRow("policyCalendarViews", self)
        for view, (words, hint) in _TITLES.items():
            button = self._button(f"policyCalendar{view.value.capitalize()}", _(words), _(hint), views)
            button.setProperty("chip", True)
            button.setCheckable(True)
            button.clicked.connect(partial(self._press, view))
            self.views[view] = button
        views.add(self.views.values())
        row.addWidget(views)
        row.addSpacing(NEAR)
        self.span = Line("policyCalendarSpan", self, least=_LEAST_OF_SPAN)
        row.addWidget(self.span, 1)
        self.list = self._button("policyCalendarList", _("&List…"), _("List every backup that is deleted, and when"))
        self.list.clicked.connect(self.list_losses)
        self.list.setAutoRaise(True)
        self.list.setEnabled(False)
        row.addWidget(self.list)
        self.earlier = self._arrow("policyCalendarEarlier", "left", _("Earlier"), -1)
        self.now = self._button("policyCalendarToday", _("&Today"), _("Show the days from today on"))
        self.now.clicked.connect(self._turn_to_today)
        self.later = self._arrow("policyCalendarLater", "right", _("Later"), 1)
        self.fold = self._button("policyCalendarFold", "", "")
        self.fold.clicked.connect(self._fold)
        for button in (self.earlier, self.now, self.later, self.fold):
            button.setAutoRaise(True)
            row.addWidget(button)
        return row

    def _button(self, name: str, words: str, hint: str, place: QWidget | None = None) -> QToolButton:
        button = QToolButton(place or self)
        button.setObjectName(name)
        button.setText(words)
        button.setAccessibleName((words or hint).replace("&", ""))
        button.setToolTip(tooltip(hint))
        return button

    def _arrow(self, name: str, picture: str, words: str, step: int) -> QToolButton:
        button = self._button(name, "", words)
        button.setIcon(icon(picture))
        button.setIconSize(QSize(16, 16))
        button.clicked.connect(partial(self._turn, step))
        return button

    def _tell_view(self) -> None:
        for view, button in self.views.items():
            button.setChecked(view is self.view)
        for button in (self.earlier, self.now, self.later):
            button.setVisible(self.view in _DAYS)
        self.list.setVisible(self.view is View.RETENTION)
        is_list = self.view is View.PROBLEMS
        self.stack.setCurrentWidget(self.problems if is_list else self.chart)
        self.span.tell("")
        self._say("")
        self._begin()

    def _say(self, words: str) -> None:
        self.words.setText(plain(words, 1000))
        self.words.setVisible(bool(words))

    def _press(self, view: View, *_rest: object) -> None:
        self.show_view(view)

    def _turn(self, step: int, *_rest: object) -> None:
        self._ahead += step
        self._begin()

    def _turn_to_today(self) -> None:
        self._ahead = 0
        self._begin()

    def _fold(self) -> None:
        self.show_body(self.body.isHidden())

    def _open_lane(self, id: str) -> None:
        if self.view is not View.RETENTION:
            self.policy_chosen.emit(id)

    def _open_problem(self, item: QListWidgetItem) -> None:
        policy_id, vault_id = item.data(Qt.ItemDataRole.UserRole) or (None, None)
        if policy_id is not None:
            self.policy_chosen.emit(policy_id)
        elif vault_id is not None:
            self.vault_chosen.emit(VaultId(vault_id))


def _known_of(
    members: Sequence[Ledger], policies: Sequence[Policy], clock: tuple[date, bool], now: datetime
) -> Generator[None, None, _Known]:
    """Work out what is wrong, how long runs usually take, and which get into each other's way, in pieces."""
    day, utc = clock
    days = days_from(day - timedelta(days=MONTH), 3 * MONTH, utc=utc)
    findings: list[Finding] = []
    lasting: dict[tuple[PolicyId, VaultId], timedelta] = {}
    met: list[Clash] = []
    vaults: dict[str, str] = {}
    for member in members:
        own = yield from usual_durations(member.tasks.values())
        lasting.update(own)
        met += yield from clashes(member, own, days.since, days.until)
        vaults.update({id: vault.name for id, vault in member.vaults.items()})
        yield
        findings += yield from find_schedule_problems(member, now, lasting=own)
    findings.sort(key=lambda each: each.severity.value)
    return _Known(RunsOfPolicies(policies, lasting, met, vaults), findings, clock)


def _losses_of(
    policy: Policy,
    backups: dict[BackupId, Backup],
    covered: Sequence[Coverage],
    names: dict[ResourceId, str],
    times: Times,
) -> Losses:
    """Work out what the rules of a policy delete; no widget is touched."""
    found: Forecast = forecast(backups.values(), covered, policy.rules, times.now())
    resources = {id: names.get(id) or id for each in covered for id in each.resources}
    for backup in backups.values():
        if backup.auto and backup.resource_id not in resources:
            resources[backup.resource_id] = backup.resource_name or backup.resource_id
    automatic = {id: each for id, each in backups.items() if each.auto}
    return Losses(found, automatic, resources)
