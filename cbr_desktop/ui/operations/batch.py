"""The window of a batch: one operation, several things, a verdict for each, and one report of what became of them.

What destroys something is sent by lists alone that were read since the window was opened and are two minutes old at the
most; rows that the service would refuse, or of which nothing could be counted afresh, go only once they are left out.
What a batch comes to is worked out in pieces, since there may be hundreds of rows; nothing can be sent meanwhile.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.blast import destroys, merged
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.plan import Run
from cbr_desktop.text import batch as words
from cbr_desktop.text.catalogue import NN_, _, sentences
from cbr_desktop.text.consequences import grave_sentence, shares_progress
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.operations import words_for
from cbr_desktop.text.plain import accessible, tooltip
from cbr_desktop.text.plans import away_sentence, plan_sentence, verdict_mark
from cbr_desktop.text.preview import request_text
from cbr_desktop.text.states import clock_words, counted, duration_words, quoted
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, label
from cbr_desktop.ui.kit.lookalikes import find_duplicates
from cbr_desktop.ui.kit.pieces import LONG_STEP, Pieces
from cbr_desktop.ui.kit.step_table import StepTable
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.batch_judge import BatchJudge
from cbr_desktop.ui.operations.batch_tabs import BatchAreas, BatchTabs
from cbr_desktop.ui.operations.consent import WarningConsent
from cbr_desktop.ui.operations.dialog import confirm_again
from cbr_desktop.ui.operations.form import BatchForm, ContextRow
from cbr_desktop.ui.operations.outcome_dialog import OutcomeDialog
from cbr_desktop.ui.operations.window import LEAD_KEYS, PlacesLine, StepwiseWindow, lead_button
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.senders import MINUTES_ARMED, Senders
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.batch import (
    Batch,
    BatchRow,
    destroys_something,
    name_of,
    plan_of,
    why_named,
)
from cbr_desktop.workflows.derived import at_once
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.plan import prepared
from cbr_desktop.workflows.plan_report import PlanReport, Stand, StepRow, left

_SIZE = QSize(1120, 700)
_SMALLEST = QSize(720, 480)
_REST_MS = 80
_RUN_REST_MS = 400
_LOOK_MS = 5_000
"""How often it is looked whether the lists have grown too old while the window is open."""
_PREVIEWED = 100
"""How many requests are shown; the others differ from them by their ids."""
_UNDONE = (Stand.REFUSED, Stand.TAKEN_BACK, Stand.NOT_STARTED)
"""How things stand that were provably not done."""
_TROUBLED = (Stand.REFUSED, Stand.UNKNOWN, Stand.NOTHING, Stand.PARTLY, Stand.TAKEN_BACK)
"""What a person has to look at; it stands first."""
_BLOCKED, _WARNED = SEVERITY_MARKS[Severity.BLOCK], SEVERITY_MARKS[Severity.WARN]
_NOTED = SEVERITY_MARKS[Severity.INFO]


class BatchWindow(StepwiseWindow):
    """Asks for one operation on several rows. It blocks nothing, and becomes the report of what it has sent.

    Unless ``at_once``, it is made in turns of the loop when it is opened.
    """

    def __init__(
        self,
        workspace: Workspace,
        asked: Sequence[ContextRow],
        form: BatchForm,
        parent: QWidget | None = None,
        *,
        at_once: bool = True,
    ) -> None:
        count = sum(form.takes(context, row) for context, row in asked)
        super().__init__("batchWindow", _title(form, count), parent)
        self._workspace = workspace
        self.form = form
        self._judge = BatchJudge(asked, form, workspace.clock)
        self._run: Run | None = None
        self._numbers: tuple[int, ...] = ()
        """The rows that were sent, by the order of the steps."""
        self._told: Sequence[StepRow] = ()
        """How what was sent stands, as it is shown."""
        self._batch: Batch | None = None
        """The batch as it is shown, ``None`` until it was judged for the first time."""
        self._lost: object = None
        self._agreed: object = None
        """What is lost as it stood there when it was asked to be sent, ``None`` until then."""
        self._wants_shares = False
        """Whether it is still to be read whom those backups are shared with that go."""
        self._is_counting = False
        """Whether what it comes to is not worked out yet by the lists that are known and by what is asked for."""
        self._is_outdated = False
        """Whether lists are others since that was worked out."""
        self._alike: Mapping[str, str] = {}
        """What is put beside names that look alike, by the ids of the things that are called so."""
        self._progress = ""
        """How far the reading has come, in words, empty where it does not tell."""
        self._pieces = Pieces(self)
        self._tasks = TaskOwner(self)
        self._tasks.busy_changed.connect(self._reading_changed)
        if at_once:
            self.finish()

    def build(self) -> Iterator[None]:
        """Make what stands around the form, and judge what it asks for at first."""
        self._make_parts()
        yield
        self._lay_out()
        yield
        self._connect()
        self.refresh()
        missing = self.form.missing()
        began = missing.field if missing is not None and missing.field is not None else self.leave
        began.setFocus()

    # building

    def _make_parts(self) -> None:
        self.hindrance = ""
        self.place = PlacesLine("batchPlace")
        self.table = StepTable("batchRows", self)
        self.tabs = BatchTabs()
        self.ask = label(name="batchAsk")
        self.typed = QLineEdit()
        self.typed.setObjectName("batchTyped")
        self.typed.setAccessibleName(_("The name of what it is taken from"))
        self.verdict = AnnouncedLine("batchVerdict")
        self.consent = WarningConsent("batchAnyway", NN_("({count} more above)", "({count} more above)"))
        self.leave = push_button(_("&Cancel"), "batchCancel", self.close)
        self.leave.setDefault(True)
        self.again = push_button(_("&Read again"), "batchRead", self.read)
        self.lead = lead_button("batchLead", self._lead)
        self.leave_out = push_button("", "batchLeaveOut", self.leave_out_hindered)
        self.take_in = push_button("", "batchTakeIn", self.take_all_in)
        arm = counted("&Arm for {count} minute", "&Arm for {count} minutes", MINUTES_ARMED)
        self.arm = push_button(arm, "batchArm", self._arm)
        self.outcome = push_button(_("Open outco&me"), "batchOutcome", self.open_outcome)
        self.outcome.setToolTip(tooltip(_("All that is known of the request of the chosen row, and what can be done")))
        self.retry = push_button("", "batchRetry", self.ask_again)
        self.outcome.hide()
        self.retry.hide()
        self.confirm = push_button(self.windowTitle(), "batchConfirm", self.send)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_REST_MS)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.start()

    def _connect(self) -> None:
        self.form.changed.connect(self.refresh)
        self.table.chosen.connect(self._offer_outcome)
        self.table.activated.connect(self.open_outcome)
        self.typed.textChanged.connect(self._typed)
        self.consent.given.connect(self._typed)
        self._workspace.signals.changed.connect(self._changed)
        self._resting.timeout.connect(self._rested)
        self._looking.timeout.connect(self._look)
        QShortcut(QKeySequence("F5"), self, self.read)
        QShortcut(QKeySequence(LEAD_KEYS), self, self._lead)

    def _typed(self, *_rest: object) -> None:
        self._agreed = None
        if self._batch is not None and self._run is None:
            self._show_standing(self._batch)

    def _lay_out(self) -> None:
        self.setMinimumSize(_SMALLEST)
        layout = QVBoxLayout(self)
        layout.addWidget(self.place)
        self.form.setParent(self)
        self.form.setVisible(self.form.has_fields)
        if self.form.has_fields:
            layout.addWidget(self.form)
        self._areas = BatchAreas(self.table, self.tabs)
        layout.addWidget(self._areas, 1)
        self._typing = QWidget()
        typing = QHBoxLayout(self._typing)
        typing.setContentsMargins(0, 0, 0, 0)
        typing.addWidget(self.ask, 1)
        typing.addWidget(self.typed, 1)
        layout.addWidget(self._typing)
        layout.addWidget(self.verdict)
        layout.addLayout(self._foot())
        take_room(self, _SIZE, self._workspace.settings)

    def _foot(self) -> QHBoxLayout:
        self.confirm.setProperty("danger" if destroys(self._judge.operation.effect) else "primary", True)
        before = (self.lead, self.take_in, self.leave_out, self.again, self.arm)
        after = (self.outcome, self.retry)
        return button_row(self.leave, *before, *after, self.confirm, beside=(self.consent,))

    def _come(self) -> None:
        """Come to the front, and read afresh what the batch is judged by."""
        super()._come()
        self.read()

    def read(self) -> None:
        """Read afresh what the batch is judged by, in every profile that it goes through."""
        if is_at_work() and self._run is None:
            self._judge.ask_anew()
            self._agreed = None
            self._wants_shares = destroys(self._judge.operation.effect)
            for name, context in self._judge.contexts.items():
                self._tasks.start(context.refresh.once(self._judge.operation.judged_by), group=name)
            if self._batch is not None:
                if not self._pieces.is_at_work:
                    # nothing else is known than before, only that it is being read
                    self._pieces.begin(self._shown(self._batch), at_once=self._judge.is_small)
                self._show_standing(self._batch)

    def _reading_changed(self, is_busy: bool) -> None:
        """Judge by what was read."""
        self._progress = ""
        if not is_busy:
            self._judge_again()

    def _read_shares(self, batch: Batch) -> None:
        """Read whom those backups are shared with that go, by the lists that were read."""
        self._wants_shares = False
        for name, context in self._judge.contexts.items():
            reader = context.backup_reader
            lost = merged([row.blast for row in batch.rows if row.profile == name]).shareable
            if reader is not None and lost:
                reading = reader.read_shares(lost, context.ledger, self._tell_progress)
                self._tasks.start(reading, group=f"{name}\nshares")

    def _tell_progress(self, read: int, total: int) -> None:
        """Say how far it was read whom they are shared with."""
        self._progress = shares_progress(read, total)
        self.verdict.say(_NOTED, self._progress)

    # what is shown

    def refresh(self, *_rest: object) -> None:
        """Judge the batch by what is known and asked for now, or tell how what it has sent stands."""
        self._agreed = None
        self._judge_again()

    def _judge_again(self, *, is_quiet: bool = False) -> None:
        """Judge it anew; ``is_quiet`` where what stands there is as true as before until that is through."""
        self._resting.stop()
        if self._run is not None:
            self._show_report(self._report(self._run))
            return
        self._is_counting = self._is_counting or not is_quiet
        self._pieces.begin(self._judged_and_shown(), at_once=self._judge.is_small)
        if self._is_counting:
            self._say_counting()

    def _rested(self) -> None:
        """Judge by what has changed, once what is being judged is through: else changes would put it off for ever."""
        if self._pieces.is_at_work:
            self._resting.start()
        else:
            self._judge_again(is_quiet=not self._is_outdated)

    def _judged_and_shown(self) -> Generator[object, None, None]:
        """Judge the batch in pieces and show what it comes to; then send it, where that is what was asked for."""
        now, self._is_outdated = self._workspace.clock.now(), False
        batch = self._batch = yield from self._judge.judging(now)
        yield from self._shown(batch)
        yield from self._show_consequences(batch, now)
        yield None
        self._show_requests(batch)
        yield LONG_STEP
        if self._wants_shares and not self._tasks.is_busy:
            self._read_shares(batch)
        self._is_counting = False
        self._show_standing(batch)
        agreed, self._agreed = self._agreed, None
        if agreed is None or self.hindrance or not self.isVisible():
            return
        if agreed == batch.blast.lost:
            self._begin(batch)
        else:
            self.verdict.say(_WARNED, _("Not sent: what is lost has changed meanwhile. Look at it again."))

    def _say_counting(self) -> None:
        """Say that it is not known yet what it comes to; nothing can be sent meanwhile."""
        if self._batch is not None:
            self._show_standing(self._batch)
            return
        self.place.show_contexts(self._judge.contexts.values())
        self.hindrance = _("Counting what this comes to…")
        self.confirm.setEnabled(False)
        for part in (self._typing, self.consent, self.arm, self.again, self.leave_out, self.take_in):
            part.hide()
        self.verdict.say(_NOTED, self.hindrance)

    def _shown(self, batch: Batch) -> Generator[object, None, None]:
        """Show the rows as they were judged, in pieces."""
        now = self._workspace.clock.now()
        self._alike = yield from find_duplicates(self._judge.named(batch))
        uncounted = self._judge.uncounted(batch) if not self._tasks.is_busy else set()
        taken = self._judge.taken(batch)
        is_open, lines = self.form.missing() is not None, []
        for row in sorted(taken, key=lambda row: _weight(row, is_uncounted=row.profile in uncounted)):
            line = words.batch_line(
                *(row, now, self._judge.lacking(row), self._alike),
                is_uncounted=row.profile in uncounted,
                is_open=is_open and row.change is None,
            )
            lines.append(line)
            yield None
        absent = {words.PROFILE_COLUMN} if len(self._judge.ledgers) < 2 else set()
        absent |= {words.NAME_COLUMN} if not any(row.name for row in batch.rows) else set()
        absent |= set(words.RESOURCE_COLUMNS) if all(each.at is not None for each in batch.blast.backups) else set()
        yield LONG_STEP
        self.table.fill(words.batch_columns(), lines, absent)
        yield None

    def _show_consequences(self, batch: Batch, now: datetime) -> Generator[None, None, None]:
        if batch.blast.lost != self._lost:
            # the losses that were on screen when the name was typed are not those of now
            self.typed.clear()
        self._lost = batch.blast.lost
        told = words.consequence_lines(batch.blast, now, self._judge.shares(batch), batch.sums)
        yield from self.tabs.show_consequences(told)
        self._areas.share(len(told))
        at = self._judge.counted_at()
        self.tabs.as_of.setText(
            _("Nothing of what this is judged by has been read yet.")
            if at is None
            else _("Judged by what was read at {as_of}, {age} ago.").format(
                as_of=clock_words(at, now), age=duration_words(now - at)
            )
        )

    def _show_requests(self, batch: Batch) -> None:
        contexts = self._judge.contexts
        shown = [(row.change, contexts[row.profile].profile) for row in batch.sent if row.change is not None]
        texts = [request_text(change, profile) for change, profile in shown[:_PREVIEWED]]
        self.tabs.show_requests(texts, len(shown) - len(texts))

    def _show_standing(self, batch: Batch) -> None:
        hindered, count = self._judge.hindered(batch), len(batch.sent)
        known = self._judge.contexts
        contexts = [known[name] for name in dict.fromkeys(row.profile for row in batch.sent)] or list(known.values())
        self.place.show_contexts(contexts)
        typed, why = name_of(batch), why_named(batch, self._judge.ledgers)
        self._typing.setVisible(why is not None and typed is not None)
        if typed is not None:
            self.ask.setText(words.typed_wish(typed, count))
        objection = self._objection(batch)
        self.consent.show_findings(batch.findings, is_offered=not objection)
        wish = ""
        if why is not None and typed is not None and not typed.is_met_by(self.typed.text()):
            ask = _("Type {name} above to go on.").format(name=quoted(typed.name, 80))
            wish = sentences(grave_sentence(why), ask)
        senders = self._senders(batch)
        arming = senders.hindrance(self.confirm.text().replace("&", ""))
        judged_words = objection or self.consent.wish or wish
        self.hindrance = judged_words or arming
        self.confirm.setText(_title(self.form, count))
        self.confirm.setAccessibleName(accessible(self.confirm.text()))
        self.confirm.setEnabled(not self.hindrance)
        self.confirm.setToolTip(tooltip(self.hindrance or _("Sends them one after the other, with one report")))
        self.arm.setVisible(bool(senders.unarmed) and self._workspace.sealed is None)
        self.again.setVisible(not self._tasks.is_busy and not self._judge.is_counted())
        has_some = any(row.change is not None for row in batch.sent)
        self.leave_out.setVisible(bool(hindered) and has_some and not self._tasks.is_busy)
        self.leave_out.setText(counted("Leave &out {count}", "Leave &out {count}", len(hindered)))
        missing = self.form.missing()
        self.lead.setVisible(missing is not None and missing.field is not None)
        self.take_in.setVisible(bool(self._judge.left_out))
        self.take_in.setText(counted("Take {count} back &in", "Take {count} back &in", len(self._judge.left_out)))
        is_waiting = missing is not None and all(row.change is None for row in batch.sent)
        is_waiting = is_waiting or self._tasks.is_busy or self._is_counting
        if objection:
            mark = _NOTED if is_waiting else _BLOCKED
        else:
            mark = _WARNED if judged_words or self.consent.has_warnings or arming else READY
        self.verdict.say(mark, judged_words or arming or sentences(_("Ready."), self._later(contexts)))

    def _senders(self, batch: Batch) -> Senders:
        return Senders(self._workspace, {row.profile for row in batch.sent})

    def _later(self, contexts: Sequence[ProfileContext]) -> str:
        """Return which profiles would not send now, empty where all would."""
        return away_sentence(self._judge.away(contexts))

    def _objection(self, batch: Batch) -> str:
        """Return what speaks against the batch by what is known, empty when nothing does."""
        if self._tasks.is_busy or self._is_counting:
            reading = self._progress or _("Reading afresh what this is judged by…")
            return reading if self._tasks.is_busy else _("Counting what this comes to…")
        if self._workspace.plans is None:
            return _("Not ready: the data folder is being opened.")
        return self._judge.objection(batch)

    # afterwards

    def _report(self, run: Run) -> PlanReport:
        going = self._workspace.plan_runs.get(run.id)
        return going.report() if going is not None else left(run, self._workspace.open, self._workspace.clock.now())

    def _show_report(self, report: PlanReport) -> None:
        rows = self._told = sorted(report.rows, key=lambda row: row.stand not in _TROUBLED and not row.is_held)
        absent = {words.PROFILE_COLUMN} if len({row.profile for row in report.rows}) < 2 else set()
        self.table.fill(words.run_columns(), words.run_lines(rows, self._workspace.clock.now(), self._alike), absent)
        waiting = {row.profile for row in report.rows if row.stand is Stand.NOT_STARTED and not report.stopped}
        later = self._later([self._judge.contexts[name] for name in waiting])
        self.verdict.say(verdict_mark(report), sentences(plan_sentence(report), later))
        self._offer_outcome()
        undone = self._undone(report)
        self.retry.setVisible(bool(undone))
        again = counted("&Ask again for {count} not done…", "&Ask again for {count} not done…", len(undone))
        self.retry.setText(again)

    def _undone(self, report: PlanReport) -> list[ContextRow]:
        """Return what was provably not done, once nothing of the batch is under way."""
        is_open = report.count(Stand.WAITING, Stand.RUNNING) or (not report.stopped and report.count(Stand.NOT_STARTED))
        if is_open:
            return []
        return [self._judge.asked[self._numbers[row.number - 1] - 1] for row in report.rows if row.stand in _UNDONE]

    def _chosen(self) -> StepRow | None:
        """Return the row of the report that is chosen, ``None`` where none is, several are, or it has not begun."""
        chosen = [index.row() for index in self.table.selectionModel().selectedRows()]
        row = self._told[chosen[0]] if len(chosen) == 1 and chosen[0] < len(self._told) else None
        return row if row is not None and row.intent is not None else None

    def _offer_outcome(self) -> None:
        self.outcome.setVisible(self._run is not None)
        self.outcome.setEnabled(self._chosen() is not None)

    def open_outcome(self, *_rest: object) -> None:
        """Open what became of the chosen row."""
        row = self._chosen()
        if row is not None and row.intent is not None:
            context = self._judge.contexts[row.profile]
            dialog = OutcomeDialog(context, row.intent.id, self.parentWidget())
            dialog.confirmation_requested.connect(lambda id: confirm_again(context, IntentId(id), dialog).open())
            dialog.open()

    def ask_again(self) -> None:
        """Open another window for what was provably not done; what became of the rest stays among the plans."""
        undone = self._undone(self._report(self._run)) if self._run is not None else []
        if undone:
            self.form.setEnabled(True)
            self.form.narrow(undone)
            BatchWindow(self._workspace, undone, self.form, self.parentWidget(), at_once=False).open()
            self.close()

    # what a person does

    def send(self) -> None:
        """Begin what stands here, after one more look at it."""
        self._agreed = self._batch.blast.lost if self._batch is not None else None
        self._judge_again()

    def _begin(self, batch: Batch) -> None:
        try:
            plan = plan_of(batch, self.form.title(len(batch.sent)))
            run = prepared(plan, str(uuid4()), self._judge.ledgers, "", self._workspace.clock.now())
            self._workspace.begin(run)
        except CbrError as error:
            self.verdict.say(_BLOCKED, _("Not started. {error}").format(error=error_sentence(error)))
            return
        self._run, self._numbers = run, tuple(row.number for row in batch.sent)
        self.setWindowTitle(plan.name)
        self.setAccessibleName(plan.name)
        gone = (self.confirm, self.arm, self.again, self.lead, self.leave_out, self.take_in)
        for part in (self.tabs, self._typing, *gone):
            part.hide()
        self.consent.hide()
        self.form.setEnabled(False)
        self.leave.setText(_("&Close"))
        self._resting.setInterval(_RUN_REST_MS)
        self.refresh()

    def _lead(self) -> None:
        """Put the focus where something has still to be filled in."""
        missing = self.form.missing() if self._run is None else None
        if missing is not None and missing.field is not None:
            missing.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave_out_hindered(self) -> None:
        """Leave out what cannot be done; it stays in the table, and can be taken in again."""
        if self._batch is not None:
            self._judge.left_out |= {row.number for row in self._judge.hindered(self._batch)}
            self.refresh()

    def take_all_in(self) -> None:
        """Take in again what was left out."""
        self._judge.left_out.clear()
        self.refresh()

    def _arm(self) -> None:
        if self._batch is not None:
            self._senders(self._batch).arm()
        self.refresh()

    def _changed(self, part: Part) -> None:
        is_list = part in self._judge.operation.judged_by
        self._is_outdated = self._is_outdated or is_list
        if (is_list or part in (Part.INTENTS, Part.CONNECTION)) and not self._resting.isActive():
            self._resting.start()

    def _look(self) -> None:
        """Read anew what grew too old while the window is visible; where nothing can be read, say how old it is."""
        if self._run is not None or self._batch is None or self._tasks.is_busy or self._pieces.is_at_work:
            return
        if destroys_something(self._batch) and self._judge.is_reached and not self._judge.is_counted():
            self.read()
        else:
            at_once(self._show_consequences(self._batch, self._workspace.clock.now()))
            self._show_standing(self._batch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus alone: in a field it neither sends nor throws away."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not isinstance(self.focusWidget(), QPushButton):
            event.accept()
            return
        super().keyPressEvent(event)


def _title(form: BatchForm, count: int) -> str:
    """Return what is asked for of so many rows, and of none what is asked for at all."""
    return form.title(count) if count else words_for(form.kind).title


def _weight(row: BatchRow, *, is_uncounted: bool) -> int:
    """Return where a row stands in the table: first what cannot go, then what is to be looked at."""
    if row.is_left_out:
        return 3
    if row.is_blocked or is_uncounted:
        return 0
    return 1 if any(each.severity is Severity.WARN for each in row.findings) else 2
