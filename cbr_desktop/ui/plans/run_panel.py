"""What stands beneath the runs of plans: how the chosen one stands, what the rest of it destroys, and its steps."""

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.blast import merged
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.plan import Step
from cbr_desktop.text.batch import consequence_lines
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.consequences import grave_sentence
from cbr_desktop.text.plans import PROFILE_COLUMN, PlanRow, columns, run_line, run_mark, run_sentence
from cbr_desktop.text.states import quoted
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import MarkedLine, label
from cbr_desktop.ui.kit.step_table import StepTable
from cbr_desktop.ui.session.senders import Senders
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.plan import destroying, step_blasts, why_named
from cbr_desktop.workflows.plan_report import Stand

_LOSSES = 6
"""Lines of what the rest of a run destroys, the gravest first."""


class RunPanel(QWidget):
    """Tells of one run, and asks for its name where the rest of it is grave.

    Signals:
        step_altered: another step is chosen.
        outcome_requested: the id of the request of a step whose outcome should open.
        name_altered: something else was typed as the name of the plan.
    """

    step_altered = Signal()
    outcome_requested = Signal(object)
    name_altered = Signal()

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("planPanel")
        self._workspace = workspace
        self._times = times
        self._row: PlanRow | None = None
        self._told = ""
        """The id of the run that was told of last."""
        self.verdict = AnnouncedLine("planRunVerdict")
        self.losses = [MarkedLine(f"planLoss{place}") for place in range(_LOSSES)]
        self.ask = label(name="planContinueAsk")
        self.typed = QLineEdit()
        self.typed.setObjectName("planContinueTyped")
        self.typed.setAccessibleName(_("The name of the plan"))
        self.typed.textChanged.connect(self.name_altered)
        self.steps = StepTable("planSteps", self)
        self.steps.setSelectionMode(StepTable.SelectionMode.SingleSelection)
        self.steps.chosen.connect(self.step_altered)
        self.steps.activated.connect(self._open_outcome)
        self._typing = QWidget()
        typing = QHBoxLayout(self._typing)
        typing.setContentsMargins(0, 0, 0, 0)
        typing.addWidget(self.ask, 1)
        typing.addWidget(self.typed, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(6)
        for part in (self.verdict, *self.losses, self._typing):
            layout.addWidget(part)
        layout.addWidget(self.steps, 1)

    def tell(self, row: PlanRow | None) -> None:
        """Tell of a run, or stand aside."""
        self.setVisible(row is not None)
        self._row = row
        if row is None:
            return
        if row.run.id != self._told:
            self._told = row.run.id
            self.steps.clearSelection()
            self.typed.clear()
        self.verdict.say(run_mark(row), run_sentence(row))
        self._tell_losses(row)
        absent, now = {PROFILE_COLUMN} if len(row.profiles) < 2 else set(), self._times.now()
        self.steps.fill(columns(), [run_line(row, step, now) for step in row.told.rows], absent)

    def subject(self) -> Intent | None:
        """Return the request of the chosen step, ``None`` where none is chosen or it has not begun."""
        chosen = self.steps.selectionModel().selectedRows()
        if self._row is None or len(chosen) != 1 or chosen[0].row() >= len(self._row.told.rows):
            return None
        return self._row.told.rows[chosen[0].row()].intent

    def hindrance(self, row: PlanRow) -> str:
        """Return why a run is not continued that has things to destroy left, empty when nothing keeps it."""
        steps = self._waiting(row)
        if Senders(self._workspace, row.profiles).uncounted(steps) is not None:
            return _("What the rest destroys was not counted recently. Refresh (F5), then continue.")
        why = why_named(steps)
        if why is not None and self.typed.text() != (row.run.plan.name or row.run.id):
            ask = _("Type {plan} above the steps to continue.").format(plan=quoted(row.run.plan.name or row.run.id, 80))
            return sentences(grave_sentence(why), ask)
        return ""

    def _waiting(self, row: PlanRow) -> list[tuple[Step, Ledger]]:
        """Return the steps of a run that destroy something and have not begun."""
        waiting = {step.number for step in row.told.rows if step.stand is Stand.NOT_STARTED}
        found = destroying(row.run.plan, self._workspace.ledgers, "")
        return [each for each in found if each[0].number in waiting]

    def _tell_losses(self, row: PlanRow) -> None:
        """Say what the rest of a run destroys, and ask for its name where that is grave."""
        steps = self._waiting(row) if row.can_go_on else []
        lost = merged(list(step_blasts(steps).values()))
        told = consequence_lines(lost, self._times.now())[:_LOSSES] if steps else []
        for line, said in zip(self.losses, [*told, *[(None, "")] * (_LOSSES - len(told))], strict=True):
            line.say(*said)
        self._typing.setVisible(why_named(steps) is not None)
        self.ask.setText(_("To continue, type {plan}:").format(plan=quoted(row.run.plan.name or row.run.id, 80)))

    def _open_outcome(self, index: QModelIndex) -> None:
        intent = self._row.told.rows[index.row()].intent if self._row is not None else None
        if intent is not None:
            self.outcome_requested.emit(intent.id)
