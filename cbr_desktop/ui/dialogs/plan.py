"""The window of a plan: what was found about each step, and, once a person has started it, what becomes of each."""

from collections.abc import Sequence
from uuid import uuid4

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.error import HouseError
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.plan import Plan, Run, StepFinding, is_blocked
from cbr_desktop.ui.dialogs.lines import MARK_SIZE, SEVERITY_MARKS, MarkedLine, label, mark_icon
from cbr_desktop.ui.errors import error_sentence
from cbr_desktop.ui.hall import Hall
from cbr_desktop.ui.marks import BAD, BUSY, GOOD, PARTIAL, UNKNOWN, Mark
from cbr_desktop.ui.pieces import dress_table, push_button
from cbr_desktop.ui.plain import plain, tooltip
from cbr_desktop.ui.plans import (
    COLUMNS,
    FOUND_COLUMNS,
    cells,
    found_cells,
    found_mark,
    plan_sentence,
    report_html,
    report_text,
    stand_mark,
)
from cbr_desktop.ui.states import count_words, quoted
from cbr_desktop.ui.tasks import TaskOwner
from cbr_desktop.ui.text import finding_sentence
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.plan import PlanReport, PlanRun, Stand, Verdict, judged, prepared, report

_SIZE = QSize(1240, 560)
_SMALLEST = QSize(760, 400)
_REST_MS = 60
_WIDTHS = {"Step": 40, "State": 140, "Verdict": 100, "Name": 140, "Vault": 150, "Vault and id": 250, "Profile": 110}
_NARROW = 66
_LINES = 4
"""Lines of a row that are shown."""
_ARM_MINUTES = ARM_MINUTES[1]
_VERDICT_MARKS = {
    Verdict.RUNNING: BUSY,
    Verdict.WHOLE: GOOD,
    Verdict.PARTLY: PARTIAL,
    Verdict.FAILED: BAD,
    Verdict.UNKNOWN: UNKNOWN,
}


class PlanDialog(QDialog):
    """Shows one plan. Opening it sends nothing; a run that was started goes on when the window is closed."""

    def __init__(
        self,
        hall: Hall,
        plan: Plan,
        findings: Sequence[StepFinding] = (),
        parent: QWidget | None = None,
        *,
        run: Run | None = None,
    ) -> None:
        super().__init__(parent)
        self._hall = hall
        self._plan = plan
        self._read_findings = list(findings)
        self._findings: list[StepFinding] = []
        self._run = run
        self._active: PlanRun | None = None
        self._tasks = TaskOwner(hall)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.refresh)
        self._build()
        hall.board.changed.connect(self._changed)
        self.refresh()

    def open(self) -> None:
        """Show the window beside the others; it keeps nobody from anything."""
        self.setModal(False)
        self.show()
        self.activateWindow()

    # what is shown

    def refresh(self) -> None:
        """Show how everything stands now."""
        if self._run is None:
            self._show_findings()
        else:
            self._show_report(self._report(self._run))

    def _report(self, run: Run) -> PlanReport:
        if self._active is not None:
            return self._active.report()
        return report(run, self._hall.open, self._hall.clock.now(), stopped="paused")

    def _show_findings(self) -> None:
        now, default = self._hall.clock.now(), self._default()
        ledgers = {desk.profile.name: desk.ledger for desk in self._hall.desks}
        self._findings = [*self._read_findings, *judged(self._plan, ledgers, default, now)]
        rows = [
            (
                found_cells(self._plan, step.number, self._findings, default, self._hall.open.vaults),
                found_mark(step.number, self._findings),
            )
            for step in self._plan.steps
        ]
        self._fill(FOUND_COLUMNS, rows)
        closed = self._closed()
        self.open_profiles.setVisible(bool(closed))
        self.open_profiles.setText(f"Open {count_words(len(closed), 'profile')}")
        reason = self._reason(closed)
        self.arm.setVisible(bool(self._unarmed()) and not closed)
        self.start.setEnabled(not reason)
        self.start.setToolTip(tooltip(reason or "Sends the requests of the plan in their order"))
        whole = [finding_sentence(found.finding) for found in self._findings if found.step == 0]
        ready = f"Ready: {count_words(len(self._plan.steps), 'step')}, {self._rule_words()}."
        warned = {found.step for found in self._findings if found.finding.severity is Severity.WARN}
        if warned:
            whole.append(f"There are warnings about {count_words(len(warned), 'step')}; running the plan accepts them.")
        mark = BAD if reason else SEVERITY_MARKS[Severity.WARN] if warned else GOOD
        self.verdict.say(mark, reason or " ".join([ready, *whole]))
        self.stop.hide()
        self.export.hide()

    def _rule_words(self) -> str:
        together = count_words(self._plan.concurrency, "checkpoint")
        after = "none after a failure" if self._plan.stop_on_failure else "going on after a failure"
        pause = f", {self._plan.stagger_seconds:g} s apart" if self._plan.stagger_seconds else ""
        return f"{together} at a time{pause}, {after}"

    def _reason(self, closed: list[str]) -> str:
        """Return why the plan cannot be run as it is, empty when it can."""
        if closed:
            names = ", ".join(quoted(name, 60) for name in closed)
            return f"Not judged yet: open {names} first. Nothing is sent by that."
        if is_blocked(self._findings):
            count = len({found.step for found in self._findings if is_blocked([found])})
            return f"Not ready: {count_words(count, 'step')} must be put right in the file; see what was found."
        unarmed = self._unarmed()
        if unarmed:
            return f"Read-only: {', '.join(quoted(name, 60) for name in unarmed)}. Arm first, then run."
        return ""

    def _show_report(self, told: PlanReport) -> None:
        now = self._hall.clock.now()
        self._fill(COLUMNS, [(cells(row, now), stand_mark(row)) for row in told.rows])
        closed, unarmed = self._closed(), self._unarmed()
        if closed:
            names = ", ".join(quoted(name, 60) for name in closed)
            self.verdict.say(UNKNOWN, f"Not all of it is known: open {names} to see. Nothing is sent by that.")
        else:
            self.verdict.say(_VERDICT_MARKS[told.verdict], plan_sentence(told))
        is_active = self._active is not None and not told.stopped and told.verdict is Verdict.RUNNING
        can_go_on = bool(told.count(Stand.NOT_STARTED)) and not is_active and told.stopped != "failure"
        self.start.setText("&Continue")
        self.start.setVisible(can_go_on)
        self.start.setEnabled(can_go_on and not closed and not unarmed)
        self.start.setToolTip(tooltip("Confirms the rest of the plan anew, and starts what has not begun"))
        self.arm.setVisible(can_go_on and bool(unarmed) and not closed)
        self.open_profiles.setVisible(bool(closed))
        self.open_profiles.setText(f"Open {count_words(len(closed), 'profile')}")
        self.profile.setEnabled(False)
        self.stop.setVisible(is_active and bool(told.count(Stand.NOT_STARTED)))
        self.export.show()

    def _fill(self, titles: Sequence[str], rows: Sequence[tuple[tuple[str, ...], Mark]]) -> None:
        table = self.table
        if table.columnCount() != len(titles):
            table.setColumnCount(len(titles))
            table.setHorizontalHeaderLabels(list(titles))
            header = table.horizontalHeader()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            header.setSectionResizeMode(len(titles) - 1, QHeaderView.ResizeMode.Stretch)
            for column, title in enumerate(titles[:-1]):
                table.setColumnWidth(column, _WIDTHS.get(title, _NARROW))
        table.setRowCount(len(rows))
        for row, (words, mark) in enumerate(rows):
            for column, text in enumerate(words):
                self._put(row, column, plain(text, 600))
            item = table.item(row, 1)
            if item is not None:
                item.setIcon(mark_icon(mark, self.palette(), self.devicePixelRatioF()))
        table.resizeRowsToContents()
        highest = _LINES * table.fontMetrics().lineSpacing() + 6
        for row in range(len(rows)):
            # what is cut is whole in the tooltip
            table.setRowHeight(row, min(highest, table.rowHeight(row)))

    def _put(self, row: int, column: int, text: str) -> None:
        item = self.table.item(row, column)
        if item is None:
            item = QTableWidgetItem(text)
            self.table.setItem(row, column, item)
        item.setText(text)
        item.setToolTip(tooltip(text))

    def _changed(self, part: Part) -> None:
        if not self._timer.isActive():
            self._timer.start()

    # profiles

    def _default(self) -> str:
        return str(self.profile.currentData() or "")

    def _wanted(self) -> set[str]:
        return {step.profile or self._default() for step in self._plan.steps}

    def _closed(self) -> list[str]:
        """Return the profiles of the plan that there are and that are not open."""
        known = [profile.name for profile in self._hall.profiles if profile.name in self._wanted()]
        opened = {desk.profile.name for desk in self._hall.desks}
        return [name for name in known if name not in opened]

    def _unarmed(self) -> list[str]:
        wanted = self._wanted()
        return [d.profile.name for d in self._hall.desks if d.profile.name in wanted and not d.guard.is_open]

    def _open_profiles(self) -> None:
        self._hall.open_also(self._closed())
        self.refresh()

    def _arm(self) -> None:
        for desk in self._hall.desks:
            if desk.profile.name in self._unarmed():
                desk.guard.arm(_ARM_MINUTES)
        self._hall.board.notice(Part.INTENTS)
        self.refresh()

    # running

    def run(self) -> None:
        """Start the plan, or go on with it: that is the confirmation."""
        plans = self._hall.plans
        outlets = {desk.profile.name: desk for desk in self._hall.desks}
        if plans is None:
            return
        if self._run is None:
            ledgers = {name: desk.ledger for name, desk in outlets.items()}
            begun = prepared(self._plan, str(uuid4()), ledgers, self._default(), self._hall.clock.now())
            try:
                plans.keep(begun)
            except HouseError as error:
                self.verdict.say(BAD, f"Not started. {error_sentence(error)}")
                return
            self._run = begun
        self._active = PlanRun(self._run, outlets, self._hall.open, self._hall.clock)
        self._tasks.start(self._active.follow(), group="run")
        self.refresh()

    def _stop(self) -> None:
        if self._active is not None:
            self._active.stop()
        self.refresh()

    def _ask_file(self) -> None:
        asked = QFileDialog(self, "Export the report")
        asked.setObjectName("planReportDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilters(["Report to print (*.html)", "Text (*.txt)"])
        asked.setDefaultSuffix("html")
        asked.selectFile("plan-report.html")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(self.export_to)
        asked.open()

    def export_to(self, path: str) -> None:
        """Write the report to a file, as text where its name says so."""
        if self._run is None:
            return
        told, now = self._report(self._run), self._hall.clock.now()
        text = report_text(told, now) if path.endswith(".txt") else report_html(told, now)
        try:
            self._hall.save_text(path, text)
        except HouseError as error:
            self.said.setText(f"Not saved. {error_sentence(error)}")
        else:
            self.said.setText(f"Saved to {plain(path)}.")
        self.said.show()

    # building

    def _build(self) -> None:
        self.setObjectName("planDialog")
        title = f"Plan {plain(self._plan.name, 60)}" if self._plan.name else "Plan"
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self.table = QTableWidget(self)
        dress_table(self.table, "planSteps", "Steps")
        self.table.setIconSize(MARK_SIZE)
        self.table.setWordWrap(True)
        self.verdict = MarkedLine("planVerdict")
        self.said = label(name="planNotice")
        self.said.hide()
        layout = QVBoxLayout(self)
        layout.addLayout(self._head())
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.verdict)
        layout.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        self.profile = QComboBox(self)
        self.profile.setObjectName("planProfile")
        self.profile.setAccessibleName("Profile for steps that name none")
        for desk in self._hall.desks:
            self.profile.addItem(plain(desk.profile.name, 60), desk.profile.name)
        shown = self._hall.shown_desks
        self.profile.setCurrentIndex(max(0, self.profile.findData(shown[0].profile.name if shown else "")))
        self.profile.currentIndexChanged.connect(self.refresh)
        ask: QLabel = label("Steps that name no profile go by", "planProfileQuestion")
        ask.setWordWrap(False)
        ask.setBuddy(self.profile)
        names_none = any(not step.profile for step in self._plan.steps)
        ask.setVisible(names_none)
        self.profile.setVisible(names_none)
        head = QHBoxLayout()
        title = label(quoted(self._plan.name or "without a name", 80), "planTitle")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        head.addWidget(title, 1)
        head.addWidget(ask)
        head.addWidget(self.profile)
        return head

    def _foot(self) -> QHBoxLayout:
        many = count_words(len(self._plan.steps), "step")
        self.start = push_button(f"&Run {many}", "planRun", self.run)
        self.stop = push_button("S&top", "planStop", self._stop)
        self.stop.setToolTip(tooltip("Begins no further step; what has begun goes its way"))
        self.arm = push_button(f"&Arm for {count_words(_ARM_MINUTES, 'minute')}", "planArm", self._arm)
        self.open_profiles = push_button("&Open profiles", "planOpenProfiles", self._open_profiles)
        self.export = push_button("&Export report…", "planExport", self._ask_file)
        close = push_button("C&lose", "planClose", self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.export)
        foot.addStretch(1)
        for button in (close, self.open_profiles, self.arm, self.stop, self.start):
            foot.addWidget(button)
        return foot
