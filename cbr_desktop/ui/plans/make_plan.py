"""The window that makes a plan of request files: their order, how they are named, and how the plan goes."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.document import Document
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.domain.plan import (
    CONCURRENCY_LIMIT,
    STAGGER_LIMIT_SECONDS,
    STEP_LIMIT,
    SUFFIX,
    Plan,
    Step,
    StepFinding,
    by_step,
    is_blocked,
)
from cbr_desktop.domain.template import PRESETS, TICKET, uses
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.marks import BAD, GOOD, NEUTRAL
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.plans import found_cells, found_mark, make_columns
from cbr_desktop.text.states import counted, quoted, shown
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, NoWheelComboBox, NoWheelSpinBox, label
from cbr_desktop.ui.kit.pieces import LONG_STEP, Pieces
from cbr_desktop.ui.kit.step_table import StepTable
from cbr_desktop.ui.kit.tokens import NEAR, WIDE
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.window import PlacesLine
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.derived import is_little
from cbr_desktop.workflows.documents import knowing, name_of
from cbr_desktop.workflows.plan import counting_losses, judging_steps, prepared, takes_name

_SIZE = QSize(1240, 600)
_SMALLEST = QSize(720, 420)
_REST_MS = 200
_FILES = 8
"""How many files are read at a time: that takes some milliseconds."""


class MakePlanDialog(QDialog):
    """Shows the requests in their order and asks how the plan goes; nothing is sent by it.

    Nothing is written while one of the files cannot be read.

    Signals:
        made: the path of the plan that was written.
    """

    made = Signal(str)

    def __init__(self, workspace: Workspace, files: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        assert workspace.plans is not None  # noqa: S101  # callers have looked
        self._plans = workspace.plans
        self._count = len(files)
        self._unread = list(files)
        """The files that have not been read yet."""
        self._steps: tuple[Step, ...] = ()
        self._findings: list[StepFinding] = []
        self._is_counting = False
        """Whether it is not worked out yet what was found of the requests."""
        self._pieces = Pieces(self)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_REST_MS)
        self._resting.timeout.connect(self.refresh)
        self._build()
        self.refresh()

    def open(self) -> None:
        """Show the window, non-modal."""
        self.setModal(False)
        self.show()
        self.activateWindow()

    def plan(self, name: str = "") -> Plan:
        """Return the plan as it stands."""
        return Plan(
            name,
            self._steps,
            self.names.currentText().strip(),
            self.concurrency.value(),
            self.stop_on_failure.isChecked(),
            float(self.stagger.value()),
        )

    def refresh(self) -> None:
        """Judge the requests by what is known, and say what keeps the plan from being written."""
        self._resting.stop()
        self._is_counting = True
        self._pieces.begin(self._judged_and_shown(), at_once=is_little(self._count, self._workspace.ledgers.values()))
        if self._is_counting:
            self.write.setEnabled(False)
            self.verdict.say(NEUTRAL, _("Counting what this comes to…"))

    def _judged_and_shown(self) -> Iterator[object]:
        """Read and judge the requests in pieces, since there may be hundreds, and show what was found."""
        while self._unread:
            self._read_some()
            yield None
        plan, ledger, now = self.plan(), self._workspace.open, self._workspace.clock.now()
        ledgers, default = {name: each.still() for name, each in self._workspace.ledgers.items()}, self._default()
        judged = (yield from judging_steps(plan, ledgers, default, now)) if ledgers else []
        lost = yield from counting_losses(plan, ledgers, default)
        found, lines = [*self._findings, *judged], []
        of_steps = by_step(found)
        for step in self._steps:
            own = of_steps.get(step.number, [])
            number, verdict, _profile, *rest = found_cells(plan, step.number, own, step.profile, ledger, lost, now)
            words = (number, verdict, shown(PurePath(step.file).name, 80), *rest)
            lines.append((words, found_mark(step.number, own)))
            yield None
        yield LONG_STEP
        self.table.fill(make_columns(), lines)
        self.place.show_contexts(self._contexts())
        yield LONG_STEP
        self._is_counting = False
        reason = self._reason(found)
        self.write.setEnabled(not reason)
        self.write.setToolTip(
            tooltip(reason or _("Asks for the file; the plan is judged then, and nothing is sent yet"))
        )
        mark = BAD if reason else SEVERITY_MARKS[Severity.WARN] if is_blocked(found) else GOOD
        self.verdict.say(mark, reason or self._ready_words(found))
        self.example.setText(plain(self._example(reason), 300))
        self._offer()

    def _read_some(self) -> None:
        """Read the next files, each as a step."""
        some, self._unread = self._unread[:_FILES], self._unread[_FILES:]
        steps, findings = self._plans.gather(some, self._profile_of)
        before = len(self._steps)
        self._steps = (*self._steps, *(replace(each, number=before + each.number) for each in steps))
        self._findings += [StepFinding(before + each.step, each.finding) for each in findings]

    def save(self, path: str) -> None:
        """Write the plan to a file, whole or not at all."""
        name = PurePath(path).name.removesuffix(SUFFIX)
        try:
            found = self._plans.write(path, self.plan(name))
        except CbrError as error:
            self.verdict.say(BAD, sentences(_("Not written."), error_sentence(error)))
            return
        if is_blocked(found):
            self.verdict.say(BAD, sentences(_("Not written."), *(finding_sentence(each.finding) for each in found)))
            return
        self.made.emit(path)
        self.close()

    # inside

    def _profile_of(self, document: Document) -> str:
        """Return the profile that knows what a request is about, so that the plan says itself where its steps go."""
        context = self._workspace.context_of(lambda ledger: knowing(document, [ledger]) is not None)
        return context.profile.name if context is not None else ""

    def _contexts(self) -> list[ProfileContext]:
        """Return the profiles from which the steps go, as far as that is known; all of them from one before."""
        names = [step.profile or self._default() for step in self._steps] or [self._default()]
        return [each for each in self._workspace.contexts if each.profile.name in names]

    def _default(self) -> str:
        contexts = self._workspace.shown_contexts or self._workspace.contexts
        return contexts[0].profile.name if contexts else ""

    def _reason(self, found: Sequence[StepFinding]) -> str:
        """Return why the plan cannot be written, empty when it can."""
        broken = [step for step in self._steps if step.document is None]
        if broken:
            first = broken[0]
            own = [finding_sentence(each.finding) for each in self._findings if each.step == first.number]
            more = counted("({count} more)", "({count} more)", len(broken) - 1) if len(broken) > 1 else ""
            name = quoted(PurePath(first.file).name, 80)
            return sentences(_("Nothing is written: {name} is no request.").format(name=name), *own, more)
        if len(self._steps) > STEP_LIMIT:
            return _("A plan has {limit} steps at most. Choose fewer requests.").format(limit=STEP_LIMIT)
        return next(
            (finding_sentence(each.finding) for each in found if each.finding.kind is FindingKind.BAD_TEMPLATE), ""
        )

    def _ready_words(self, found: Sequence[StepFinding]) -> str:
        words = counted(
            "{count} request will be copied into the plan in this order.",
            "{count} requests will be copied into the plan in this order.",
            len(self._steps),
        )
        bad = {each.step for each in found if each.step and is_blocked([each])}
        if bad:
            unfit = counted(
                "{count} step cannot be sent as it is known now; the plan is judged again before it is run.",
                "{count} steps cannot be sent as it is known now; the plan is judged again before it is run.",
                len(bad),
            )
            return sentences(words, unfit)
        return words

    def _example(self, reason: str) -> str:
        """Return a name that the template gives to the first request that has none of its own."""
        unnamed = [step for step in self._steps if step.document is not None and takes_name(step.document)]
        if not unnamed:
            return _("All requests have names of their own, so that the template names none.")
        count = counted("{count} request", "{count} requests", len(unnamed))
        ledgers = self._workspace.ledgers
        first, default = unnamed[0], self._default()
        if not self.plan().names:
            return _("The service names {count}. A lost answer is harder to look for without a name.").format(
                count=count
            )
        if reason or (first.profile or default) not in ledgers:
            return _("Names {count}.").format(count=count)
        run = prepared(replace(self.plan(), steps=(first,)), "", ledgers, default, self._workspace.clock.now())
        document = run.plan.steps[0].document
        return _("Names {count}, for instance {document}.").format(
            count=count, document=quoted(name_of(document) if document is not None else "", 80)
        )

    def _move(self, by: int) -> None:
        """Move the chosen step up or down."""
        row = self.table.current_row()
        if not (0 <= row < len(self._steps) and 0 <= row + by < len(self._steps)):
            return
        order = list(range(len(self._steps)))
        order[row], order[row + by] = order[row + by], order[row]
        numbers = {self._steps[old].number: new for new, old in enumerate(order, 1)}
        self._steps = tuple(replace(self._steps[old], number=new) for new, old in enumerate(order, 1))
        self._findings = [each._replace(step=numbers.get(each.step, 0)) for each in self._findings]
        self.refresh()
        self.table.selectRow(row + by)

    def _offer(self) -> None:
        row = self.table.current_row() if self.table.selectionModel().hasSelection() else -1
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(self._steps) - 1)

    def _ask_file(self) -> None:
        draft_store = self._workspace.draft_store
        asked = QFileDialog(self, _("Write the plan"), draft_store.folder if draft_store is not None else "")
        asked.setObjectName("makePlanFileDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(_("Plans (*{ending})").format(ending=SUFFIX))
        asked.setDefaultSuffix(SUFFIX.removeprefix("."))
        asked.selectFile(f"plan-{self._workspace.clock.now().astimezone():%Y%m%d}{SUFFIX}")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(self.save)
        asked.open()

    # building

    def _build(self) -> None:
        self.setObjectName("makePlanDialog")
        self.setWindowTitle(_("Make plan"))
        self.setAccessibleName(_("Make plan"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setMinimumSize(_SMALLEST)
        self.table = StepTable("makePlanSteps", self)
        self.table.setSelectionMode(StepTable.SelectionMode.SingleSelection)
        self.table.chosen.connect(self._offer)
        self.verdict = AnnouncedLine("makePlanVerdict")
        self.place = PlacesLine("makePlanPlace")
        self.place.show_contexts(self._contexts())
        layout = QVBoxLayout(self)
        layout.addWidget(self.place)
        layout.addWidget(self.table, 1)
        layout.addLayout(self._form())
        layout.addWidget(self.verdict)
        layout.addLayout(self._foot())
        take_room(self, _SIZE, self._workspace.settings)

    def _form(self) -> QGridLayout:
        self.names = NoWheelComboBox()
        self.names.setEditable(True)
        self.names.setInsertPolicy(NoWheelComboBox.InsertPolicy.NoInsert)
        self.names.setObjectName("makePlanNames")
        self.names.setAccessibleName(_("Names for requests that have none"))
        contexts = self._workspace.shown_contexts
        own = contexts[0].profile.name_template if contexts else PRESETS[0]
        # no ticket is asked for while a plan runs
        self.names.addItems(list(dict.fromkeys((own, *(each for each in PRESETS if not uses(each, TICKET))))))
        self.names.setEditText(own)
        self.names.editTextChanged.connect(self._resting.start)
        self.example = label(name="makePlanExample")
        self.concurrency = NoWheelSpinBox()
        self.concurrency.setRange(1, CONCURRENCY_LIMIT)
        self.concurrency.setObjectName("makePlanConcurrency")
        self.concurrency.setAccessibleName(_("Requests at a time"))
        self.stagger = NoWheelSpinBox()
        self.stagger.setRange(0, STAGGER_LIMIT_SECONDS)
        self.stagger.setSuffix(" s")
        self.stagger.setObjectName("makePlanStagger")
        self.stagger.setAccessibleName(_("Pause between two"))
        self.stop_on_failure = QCheckBox(_("Begin no further step after one that did not succeed"))
        self.stop_on_failure.setObjectName("makePlanStop")
        self.stop_on_failure.setAccessibleName(_("Stop on failure"))
        self.stop_on_failure.setChecked(True)
        pace = QHBoxLayout()
        pace.setSpacing(NEAR)
        pace.addWidget(self.concurrency)
        pace.addSpacing(16)
        pace.addWidget(_question(_("&Pause between two"), "makePlanStaggerQuestion", self.stagger))
        pace.addWidget(self.stagger)
        pace.addStretch(1)
        form = QGridLayout()
        form.setHorizontalSpacing(WIDE)
        form.setColumnStretch(1, 1)
        form.addWidget(_question(_("&Names"), "makePlanNamesQuestion", self.names), 0, 0)
        form.addWidget(self.names, 0, 1)
        form.addWidget(self.example, 1, 1)
        form.addWidget(_question(_("Requests &at a time"), "makePlanPaceQuestion", self.concurrency), 2, 0)
        form.addLayout(pace, 2, 1)
        form.addWidget(self.stop_on_failure, 3, 1)
        return form

    def _foot(self) -> QHBoxLayout:
        self.up = push_button(_("Move &up"), "makePlanUp", lambda: self._move(-1))
        self.down = push_button(_("Move &down"), "makePlanDown", lambda: self._move(1))
        self.write = push_button(_("&Write plan…"), "makePlanWrite", self._ask_file)
        close = push_button(_("C&lose"), "makePlanClose", self.close)
        self.write.setProperty("primary", True)
        return button_row(close, self.write, beside=(self.up, self.down))


def _question(text: str, name: str, field: QWidget) -> QLabel:
    made = label(text, name)
    made.setWordWrap(False)
    made.setBuddy(field)
    return made
