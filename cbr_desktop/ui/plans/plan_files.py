"""The files of plans: one that is opened, request files that one is made of, and what a report is written to."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cbr_desktop.domain.draft import SUFFIX as REQUEST_SUFFIX
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.plan import SUFFIX
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.text.plans import report_file
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.widgets import ask_for_file
from cbr_desktop.ui.plans.make_plan import MakePlanDialog
from cbr_desktop.ui.plans.plan import PlanDialog
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.plan_report import PlanReport


class PlanFiles(QObject):
    """Asks for them over ``page``, and opens what they hold; nothing is sent by that.

    Signals:
        started: the ``Run`` of a plan that a person has started.
        remarked: something about what was just done, in words.
    """

    started = Signal(object)
    remarked = Signal(str)

    def __init__(self, workspace: Workspace, times: Times, page: QWidget) -> None:
        super().__init__(page)
        self._workspace = workspace
        self._times = times
        self._page = page

    def ask_plan(self) -> None:
        """Ask for a plan file to open."""
        ends = [_("Plans (*{ending})").format(ending=SUFFIX)]
        ask_for_file(self._page, _("Open a plan"), "planFileDialog", ends, self.open_plan)

    def ask_requests(self) -> None:
        """Ask for request files to make a plan of."""
        draft_store = self._workspace.draft_store
        folder = draft_store.folder if draft_store is not None else ""
        asked = QFileDialog(self._page, _("Make a plan of these requests"), folder)
        asked.setObjectName("planRequestsDialog")
        asked.setFileMode(QFileDialog.FileMode.ExistingFiles)
        asked.setNameFilters([_("Requests (*{ending})").format(ending=REQUEST_SUFFIX), _("All files (*)")])
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.filesSelected.connect(self.make_plan)
        asked.open()

    def make_plan(self, files: Sequence[str]) -> MakePlanDialog | None:
        """Open the window that makes a plan of request files; what it writes is opened to be judged."""
        if self._workspace.plans is None:
            return None
        dialog = MakePlanDialog(self._workspace, files, self._page.window())
        dialog.made.connect(self.open_plan)
        dialog.open()
        return dialog

    def open_plan(self, path: str) -> PlanDialog | None:
        """Open a plan file to be judged; ``None`` when it cannot be one."""
        plans = self._workspace.plans
        if plans is None:
            return None
        try:
            plan, findings = plans.read(path)
        except CbrError as error:
            self.remarked.emit(error_sentence(error))
            return None
        if plan is None:
            self.remarked.emit(" ".join(finding_sentence(found.finding) for found in findings))
            return None
        dialog = PlanDialog(self._workspace, plan, findings, self._page.window())
        dialog.started.connect(self.started)
        dialog.open()
        return dialog

    def ask_report(self, report: Callable[[], PlanReport]) -> None:
        """Ask for the file that a report is written to; its ending says in which form."""
        asked = QFileDialog(self._page, _("Save the report"))
        asked.setObjectName("planReportDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilters([_("Report to print (*.html)"), _("Text (*.txt)"), _("JSON (*.json)")])
        asked.setDefaultSuffix("html")
        asked.filterSelected.connect(lambda chosen: asked.setDefaultSuffix(chosen.partition("*.")[2].rstrip(")")))
        asked.selectFile("plan-report.html")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(lambda path: self.save_report(report(), path))
        asked.open()

    def save_report(self, told: PlanReport, path: str) -> None:
        """Write a report to a file, in the form that its name says."""
        try:
            self._workspace.save_text(path, report_file(told, self._times.now(), path))
        except CbrError as error:
            self.remarked.emit(_("Not saved. {error}").format(error=error_sentence(error)))
        else:
            self.remarked.emit(_("Saved to {path}.").format(path=plain(path)))
