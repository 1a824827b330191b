"""The outcome ledger: what became of one request, resource by resource, and what can be done about it."""

from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from cbr_desktop.domain.blast import destroys
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import WAITING, Intent, IntentState
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.intents import (
    candidate_words,
    intent_sentence,
    outcome_text,
    queued_behind,
    request_stand_words,
    retry_sentence,
)
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.operations import typed_words, words_of
from cbr_desktop.text.plain import bounded, plain, tooltip
from cbr_desktop.text.requests import intent_mark
from cbr_desktop.text.states import clock_words, percent_words
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.announcer import Announcer
from cbr_desktop.ui.kit.copy_line import CopyLine
from cbr_desktop.ui.kit.lines import MarkDot, MarkedLine, label
from cbr_desktop.ui.kit.tokens import APART, TIGHT
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.operations.check_list import CheckList
from cbr_desktop.ui.operations.outcome_table import ResourceTable
from cbr_desktop.ui.operations.window import place_line
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.operations.create_checkpoint import skipped_draft
from cbr_desktop.workflows.outcomes import outcome_of

_QUARTER = 25
"""Percent of the way after which progress is read aloud."""
_TICK_MS = 1000
_BAD = Mark(Shape.CROSS, Tone.BAD)
_AGAIN = frozenset({IntentState.REJECTED, IntentState.NOT_FOUND, IntentState.CANCELLED})
"""The states after which a person may ask anew."""


class OutcomePanel(QWidget):
    """What became of one intent; it follows the ledger by itself.

    Signals:
        edit_requested: the operator wants to change the request and send it again.
        close_requested: the operator has seen enough.
        confirmation_requested: the held request of this id destroys something, and is to be looked at before it goes.
        shown: the id of the intent that is looked at now, as a retry changes it.
    """

    edit_requested = Signal()
    close_requested = Signal()
    confirmation_requested = Signal(str)
    shown = Signal(str)

    def __init__(self, context: ProfileContext, intent_id: IntentId | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._id = intent_id or IntentId("")
        self._trail: list[IntentId] = []
        self._can_edit = True
        self.setObjectName("outcome")
        self.setAccessibleName(_("Outcome"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._head = _Head()
        self._sentence = label(name="outcomeSentence")
        self._progress = QProgressBar()
        self._progress.setObjectName("outcomeProgress")
        self._progress.setAccessibleName(_("Progress of all resources"))
        self._table = ResourceTable()
        self._empty = label(name="outcomeEmpty")
        self._checks = CheckList("outcomeChecks")
        self._body = QPlainTextEdit()
        self._body.setObjectName("outcomeRequest")
        self._body.setAccessibleName(_("The request"))
        self._body.setReadOnly(True)
        self._body.setTabChangesFocus(True)
        self._body.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._before_retry = label(name="retrySkippedSentence")
        self._problem = MarkedLine("outcomeProblem")
        self._problem.say(None, "")
        self._buttons()
        self._lay_out()
        self.announcer = Announcer(self)
        self._told: object = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.refresh)
        context.signals.changed.connect(self._ledger_changed)
        if self._id:
            self.refresh()

    @property
    def intent_id(self) -> IntentId:
        """The intent that is looked at."""
        return self._id

    def offer_editing(self, *, possible: bool) -> None:
        """Say whether there is a form to go back to."""
        self._can_edit = possible
        self.refresh()

    def refresh(self) -> None:
        """Show the intent as the ledger has it now."""
        intent = self._context.ledger.intents.get(self._id)
        if intent is None:
            self._sentence.setText(_("This request is no longer kept here."))
            return
        outcome = outcome_of(self._context.ledger, intent)
        now = self._context.clock.now()
        self._head.show_intent(intent, outcome, clock_words(intent.sent_at or intent.created_at, now))
        ahead = self._context.outbox.ahead_of(intent) if intent.state is IntentState.QUEUED else None
        self._sentence.setText(queued_behind(intent, ahead, now) if ahead else intent_sentence(intent, outcome, now))
        self._show_rows(intent, outcome)
        self._show_buttons(intent, outcome)
        self._announce(intent, outcome)

    def _announce(self, intent: Intent, outcome: Outcome | None) -> None:
        """Have what has changed read aloud: another state, the end, and each quarter of the way there."""
        percent = outcome.progress_percent if outcome is not None and _has_progress(intent, outcome) else 0
        is_over = outcome is not None and outcome.is_over
        stands = (intent.id, intent.state, is_over, 0 if is_over else percent // _QUARTER)
        if stands != self._told and self.isVisible():
            self._told = stands
            share = percent_words(percent) if percent and not is_over else ""
            self.announcer.say(sentences(self._sentence.text(), share))

    def showEvent(self, event: QShowEvent) -> None:
        """Let the clock run while the window is visible."""
        super().showEvent(event)
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the clock."""
        super().hideEvent(event)
        self._timer.stop()

    def _ledger_changed(self, part: Part) -> None:
        if part in (Part.INTENTS, Part.TASKS):
            self.refresh()

    def _show_rows(self, intent: Intent, outcome: Outcome | None) -> None:
        self._table.setVisible(outcome is not None)
        self._empty.setVisible(outcome is None)
        self._empty.setText(_waiting_words(intent))
        self._body.setVisible(outcome is None)
        self._show_body(intent)
        self._progress.setVisible(outcome is not None and not outcome.is_over and _has_progress(intent, outcome))
        self._show_checks(intent, outcome)
        if outcome is not None:
            self._progress.setValue(outcome.progress_percent)
            self._table.show_outcome(intent, outcome)

    def _show_checks(self, intent: Intent, outcome: Outcome | None) -> None:
        """Say what a person looks at once it has ended, where there is more to do than to read."""
        self._checks.show_checks(words_of(intent).checks() if outcome is not None and outcome.is_over else [])

    def _show_body(self, intent: Intent) -> None:
        text = bounded(_request_text(intent))
        if text != self._body.toPlainText():
            self._body.setPlainText(text)

    def _show_buttons(self, intent: Intent, _outcome: Outcome | None) -> None:
        retry = self._retry_words(intent)
        self._before_retry.setText(retry)
        self._before_retry.setVisible(bool(retry))
        self.retry.setVisible(bool(retry))
        self.retry.setAccessibleDescription(retry)
        self.retry.setToolTip(tooltip(retry))
        self.cancel.setVisible(intent.state in WAITING)
        self.release.setVisible(intent.state is IntentState.HELD)
        self.look_on.setVisible(intent.state is IntentState.NOT_FOUND)
        self._show_candidates(intent)
        self.edit.setVisible(self._can_edit and intent.state in _AGAIN and not self._trail)
        self.back.setVisible(bool(self._trail))

    def _show_candidates(self, intent: Intent) -> None:
        """Offer to say whose the checkpoints are that were found for a request whose answer was lost."""
        found = intent.candidates if intent.state is IntentState.UNKNOWN else ()
        ids = [each.id for each in found]
        if ids != [self.candidates.itemData(row) for row in range(self.candidates.count())]:
            self.candidates.clear()
            for each in found:
                self.candidates.addItem(plain(candidate_words(each, self._context.clock.now()), 200), each.id)
        self.candidates.setVisible(len(found) > 1)
        self.mine.setVisible(bool(found))
        self.not_mine.setVisible(intent.awaits_person)

    def _retry_words(self, intent: Intent) -> str:
        """Return what a retry would send, empty when nothing was skipped or a retry is on its way already."""
        others = self._context.ledger.intents.values()
        if any(other.retry_of == intent.id and other.state not in _AGAIN for other in others):
            return ""
        try:
            return retry_sentence(skipped_draft(intent))
        except ValueError:
            return ""

    # what the operator does

    def _retry(self) -> None:
        try:
            asked = skipped_draft(self._context.ledger.intents[self._id])
            made = self._context.outbox.submit(asked, retry_of=self._id)
        except CbrError as error:
            self._say_problem(_("Not sent. {error}").format(error=error_sentence(error)))
            return
        self._trail.append(self._id)
        self.look_at(made.id)

    def _release(self) -> None:
        """Let a held request go; what destroys something is looked at once more before."""
        intent = self._context.ledger.intents[self._id]
        if destroys(OPERATIONS[intent.change.kind].effect):
            self.confirmation_requested.emit(self._id)
            return
        try:
            is_released = self._context.outbox.release(self._id)
        except CbrError as error:
            self._say_problem(sentences(_("Not released."), error_sentence(error)))
            return
        words = _("Not released: meanwhile it stands otherwise, or its profile leads elsewhere.")
        self._say_problem("" if is_released else words)

    def _keep_looking(self) -> None:
        self._context.outbox.keep_looking(self._id)

    def _adopt(self) -> None:
        self._context.outbox.adopt(self._id, self.candidates.currentData())

    def _disown(self) -> None:
        self._context.outbox.disown(self._id)

    def _go_back(self) -> None:
        self.look_at(self._trail.pop())

    def look_at(self, id: IntentId) -> None:
        """Show another intent."""
        self._id = id
        self._say_problem("")
        self._table.setRowCount(0)
        self.refresh()
        self.shown.emit(id)

    def _cancel(self) -> None:
        if not self._context.outbox.cancel(self._id):
            self._say_problem(_("Too late: the request is being sent already. The service may have started it."))

    def _copy_report(self) -> None:
        intent = self._context.ledger.intents[self._id]
        text = outcome_text(intent, outcome_of(self._context.ledger, intent), self._context.clock.now())
        QGuiApplication.clipboard().setText(text)

    def _copy_request(self) -> None:
        QGuiApplication.clipboard().setText(_request_text(self._context.ledger.intents[self._id]))

    def _say_problem(self, text: str) -> None:
        self._problem.say(_BAD, text)

    def _buttons(self) -> None:
        self.retry = push_button(_("&Retry skipped"), "retrySkipped", self._retry)
        self.edit = push_button(_("&Edit and send again"), "editAgain", self.edit_requested.emit)
        self.back = push_button(_("&Back to the first checkpoint"), "outcomeBack", self._go_back)
        self.look_on = push_button(_("&Keep looking"), "keepLooking", self._keep_looking)
        self.mine = push_button(_("It is &mine"), "adoptCheckpoint", self._adopt)
        self.mine.setToolTip(tooltip(_("Take this for what the request made, and follow it")))
        self.not_mine = push_button(_("&None is mine"), "disownCheckpoints", self._disown)
        self.not_mine.setToolTip(tooltip(_("The request made nothing of this; you can send it again then")))
        self.candidates = QComboBox()
        self.candidates.setObjectName("outcomeCandidates")
        self.candidates.setAccessibleName(_("Which is yours"))
        self.candidates.setAccessibleDescription(_("Which is yours"))
        self.cancel = push_button(_("&Take back"), "takeBack", self._cancel)
        self.release = push_button(_("Re&lease"), "outcomeRelease", self._release)
        self.release.setToolTip(tooltip(_("Confirm again, so that it is sent")))
        self.report = push_button(_("&Copy report"), "copyReport", self._copy_report)
        self.request = push_button(_("Copy re&quest"), "copyRequest", self._copy_request)
        self.close_button = push_button(_("Close"), "outcomeClose", self.close_requested.emit)

    def _lay_out(self) -> None:
        settling = (self.look_on, self.mine, self.not_mine)
        acts = (self.back, self.retry, *settling, self.edit, self.release, self.cancel)
        buttons = button_row(self.close_button, self.report, self.request, *acts)
        layout = QVBoxLayout(self)
        layout.addLayout(place_line(self._context.profile, self._context.environment, "outcomePlace"))
        for widget in (self._head, self._sentence, self._progress):
            layout.addWidget(widget)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._checks)
        layout.addWidget(self._empty)
        layout.addWidget(self._body, 1)
        layout.addWidget(self._before_retry)
        layout.addWidget(self.candidates)
        layout.addWidget(self._problem)
        layout.addLayout(buttons)


class _Head(QWidget):
    """The first lines: state, name and vault, time, and the ids to copy."""

    def __init__(self) -> None:
        super().__init__()
        self._dot = MarkDot()
        self._status = label(name="outcomeStatus")
        font = self._status.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        self._status.setFont(font)
        self._what = label(name="outcomeWhat")
        self._made = CopyLine(_("Checkpoint id"), "outcomeCheckpointId", "copyCheckpointId")
        self._request = CopyLine(_("Request id"), "outcomeRequestId", "copyRequestId")
        first = QHBoxLayout()
        first.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        first.addWidget(self._status, 1)
        ids = self._ids = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for line in (self._made, self._request):
            ids.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft)
        ids.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(first)
        layout.addWidget(self._what)
        layout.addLayout(ids)

    def minimumSizeHint(self) -> QSize:
        """Need no more width than the longer of the ids."""
        hint = super().minimumSizeHint()
        widest = max(self._made.sizeHint().width(), self._request.sizeHint().width())
        return QSize(min(hint.width(), widest), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the ids stand side by side where there is room for both, else one below the other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wanted = self._made.sizeHint().width() + self._request.sizeHint().width() + APART
        direction = QBoxLayout.Direction
        is_beside = wanted <= self.width()
        self._ids.setDirection(direction.LeftToRight if is_beside else direction.TopToBottom)
        self._ids.setSpacing(APART if is_beside else TIGHT)

    def show_intent(self, intent: Intent, outcome: Outcome | None, when: str) -> None:
        """Show another state."""
        self._dot.show_mark(intent_mark(intent, outcome))
        stand, vendor = request_stand_words(intent, outcome), outcome.status if outcome is not None else ""
        is_said = not vendor or str(vendor).casefold() == stand.casefold()
        self._status.setText(stand if is_said else f"{stand} ({plain(vendor, 60)})")
        words = words_of(intent)
        name = _("Checkpoint named by the service") if words.is_counted and not intent.name else words.name(intent)
        parts = (
            _("{name} · {subject} · sent at {at}") if intent.sent_at else _("{name} · {subject} · asked for at {at}")
        )
        subject = typed_words(intent.subject.type, _subject_words(intent))
        self._what.setText(parts.format(name=plain(name, 80), subject=subject, at=when))
        self._made.show_text(
            intent.result.id if intent.result is not None else "",
            words.id_title,
        )
        refused = intent.refusal.request_id if intent.refusal else ""
        self._request.show_text(intent.request_id or refused)
        self._arrange()


def _request_text(intent: Intent) -> str:
    """Return the body of a request, or method and path of one that has none."""
    return intent.body.decode("utf-8", "replace") or f"{intent.change.method} {intent.change.path}"


def _subject_words(intent: Intent) -> str:
    """Return where a request went: its subject's name, the id, and the endpoint of its region."""
    host = urlsplit(intent.target.cbr_endpoint).hostname or intent.target.cbr_endpoint
    id, name = plain(intent.subject.id, 80), plain(intent.subject.name, 80)
    return _("{subject} at {host}").format(
        subject=f"{name} ({id})" if name and id else name or id, host=plain(host, 80)
    )


def _has_progress(intent: Intent, outcome: Outcome) -> bool:
    """Whether the service tells how far it is."""
    return words_of(intent).is_counted or any(each.progress_percent is not None for each in outcome.resources)


def _waiting_words(intent: Intent) -> str:
    """Return what will stand in the place of the table, or why nothing will."""
    if intent.state in (*WAITING, IntentState.SENDING, IntentState.UNKNOWN):
        if words_of(intent).is_counted:
            return _("The resources are listed here as soon as the service has answered. This is the request:")
        return _("What becomes of it is listed here as soon as the service has answered. This is the request:")
    return _("This is the request; it stays among your requests, so that it can be looked at later:")
