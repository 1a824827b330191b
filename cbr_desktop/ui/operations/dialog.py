"""The shell of every change: what is done to what, what is found about it, what is lost, and the request itself.

Nothing can be confirmed before what it is judged by was read afresh, or could not be; what destroys something is not
confirmed at all by older data.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.blast import Blast, NameCheck, destroys, grave, name_to_type, wants_reason, wants_typed_name
from cbr_desktop.domain.change import Change, Subject, SubjectType
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.ids import BackupId, IntentId
from cbr_desktop.domain.intent import Approval, Intent, IntentState
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.sharing import SharesLost
from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.catalogue import NN_, _, sentences
from cbr_desktop.text.consequences import lookalikes_sentence, loss_sentences, shares_progress, shares_sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.operations import words_for
from cbr_desktop.text.plain import bounded
from cbr_desktop.text.preview import request_text
from cbr_desktop.text.states import clock_words, duration_words, quoted, shown, status_words
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.fields import code_view
from cbr_desktop.ui.kit.finding_lines import FindingLines
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.lookalikes import lookalikes
from cbr_desktop.ui.kit.stepwise import Stepwise
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.tokens import TIGHT
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.approval import ApprovalFields
from cbr_desktop.ui.operations.consent import WarningConsent
from cbr_desktop.ui.operations.form import ChangeForm, FixedForm
from cbr_desktop.ui.operations.outcome_stack import OutcomeStack
from cbr_desktop.ui.operations.send_bar import SendBar, Standing
from cbr_desktop.ui.operations.window import LEAD_KEYS, StepwiseWindow, lead_button, place_line
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.batch import FRESH_MINUTES
from cbr_desktop.workflows.confirmations import CONFIRM_MINUTES
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import OPERATIONS, change_of
from cbr_desktop.workflows.preflight import Preflight

_FRESH = timedelta(minutes=CONFIRM_MINUTES)
_COUNTED = timedelta(minutes=FRESH_MINUTES)
"""How old the lists may be by which it is counted what is destroyed."""
_LOOK_MS = 5_000
_LINES = 10
_SMALLEST = QSize(460, 320)
_USUAL = QSize(720, 560)
_USUAL_WITH_FIELDS = QSize(760, 700)
_AROUND_FIELDS, _HIGHEST = 360, 1000
"""What stands around the fields of a long form, and the height above which a window scrolls on any screen."""
_FEW_LINES, _MANY_LINES = 6, 16
"""How high the request is shown."""
_MANY_LOSSES = 3
"""Losses above which what was found, which sums them up, stands before them."""
_UNCHANGED = (FindingKind.VAULT_UNCHANGED, FindingKind.POLICY_UNCHANGED, FindingKind.NAME_UNCHANGED)
"""What is found where the form asks for what there is already."""
_UNFILLED = frozenset(
    {
        *(FindingKind.NAME_MISSING, FindingKind.NO_RESOURCE, FindingKind.RECEIVER_MISSING, FindingKind.ALL_UNCHANGED),
        *(FindingKind.TAKING_VAULT_MISSING, FindingKind.PROJECT_ID_MISSING, FindingKind.DESTINATION_MISSING),
        *(FindingKind.NO_SCHEDULE, FindingKind.TIMEZONE_MISSING),
    }
)
"""What is found where something is not filled in: a fault only once it had been."""
_OF_SHARES = (FindingKind.SHARES_END, FindingKind.DELETION_SHARES)
_GRAVE = Mark(Shape.CROSS, Tone.BAD)
_LOSS = Mark(Shape.UP, Tone.WARN)


class ChangeDialog(StepwiseWindow):
    """Asks for one change. It blocks nothing: several may be open, and the main window goes on.

    Unless ``at_once``, it is made in turns of the loop when it is opened.
    ``confirm`` takes the change once it is confirmed, and returns the request for it; by default it is a new one.
    ``ValueError`` says that it cannot go any more.

    Signals:
        submitted: the id of the intent that was queued.
    """

    submitted = Signal(str)

    def __init__(
        self,
        context: ProfileContext,
        form: ChangeForm,
        parent: QWidget | None = None,
        *,
        confirm: Callable[[Change, Approval | None], Intent] | None = None,
        at_once: bool = True,
    ) -> None:
        super().__init__("changeDialog", form.title or words_for(form.kind).title, parent)
        self._context = context
        self._submit = confirm
        self.form = form
        self._operation = OPERATIONS[form.kind]
        self._asked_at = context.clock.now()
        """Since when the lists must have been read to count as fresh."""
        self._change: Change | None = None
        self._is_incomplete = True
        """Whether something is missing before there is a request."""
        self._verdict = Preflight(())
        self._blast = Blast()
        self._compared: tuple[Subject | None, object] = (None, None)
        """What was looked through last for names that look alike: what it is done to, and all that is like it."""
        self._is_outdated = False
        """Whether lists are others since it was judged."""
        self._filled: set[FindingKind] = set()
        """What is found of fields that were filled in once, and are empty where it is found."""
        self._progress = ""
        """How far the reading has come, in words, empty where it does not tell."""
        self._tasks = TaskOwner(self)
        self._tasks.busy_changed.connect(self._reading_changed)
        if at_once:
            self.finish()

    def build(self) -> Iterator[None]:
        """Make the form and what stands around it, and judge what it asks for at first."""
        if isinstance(self.form, Stepwise):
            yield from self.form.steps()
            yield
        self._make_parts()
        yield
        self._lay_out()
        yield
        self._take_room()
        yield
        self._connect()
        if self._destroys:
            looking = QTimer(self)
            looking.setInterval(_LOOK_MS)
            looking.timeout.connect(self._look)
            looking.start()
        self._judge()
        self.cancel.setFocus()
        self.form.begin()

    @property
    def _destroys(self) -> bool:
        return destroys(self._operation.effect)

    def _come(self) -> None:
        """Come to the front, and read afresh what the change is judged by."""
        super()._come()
        self.read()

    def read(self) -> None:
        """Read afresh what the change is judged by; it can be confirmed after that."""
        if is_at_work():
            self._asked_at = self._context.clock.now()
            refresh, parts, backup = self._context.refresh, self._operation.judged_by, self._opened_id()
            reading = refresh.once(parts) if backup is None else refresh.judge_by(parts, backup)
            self._tasks.start(reading, self._read_shares, group="reading")
            self._show_verdict()

    def _reading_changed(self, is_busy: bool) -> None:
        """Judge by what was read; while it is being read nothing else is known than before."""
        self._progress = ""
        if not is_busy:
            self._judge()

    def _read_shares(self, _read: object) -> None:
        """Read whom those backups are shared with that go, by the lists that were read."""
        reader = self._context.backup_reader
        if reader is not None and self._destroys:
            self._judge()
            reading = reader.read_shares(self._blast.shareable, self._context.ledger, self._tell_progress)
            self._tasks.start(reading, group="shares")

    def _tell_progress(self, read: int, total: int) -> None:
        """Say how far it was read whom they are shared with."""
        self._progress = shares_progress(read, total)
        self._show_verdict()

    # judging

    def _judge(self, *_rest: object) -> None:
        """Judge what is asked for by what is known now, and show the very request that would be sent."""
        if not self._stack.shows_form:
            return
        self._is_outdated = False
        ledger, now = self._context.ledger, self._context.clock.now()
        before = (self._blast.lost, self._blast.overwritten)
        self._change, excess = None, self.form.excess()
        if excess is None:
            with suppress(ValueError):
                self._change = change_of(self.form.draft(), ledger)
        self._is_incomplete = self._change is None and excess is None
        if self._change is not None:
            self._verdict = self._operation.judge(self._change, ledger, now)
            self._filled |= _UNFILLED - {each.kind for each in self._verdict.findings}
            self._blast = self._operation.blast(self._change, ledger)
            self._show_change(self._change)
        else:
            self._verdict = Preflight(() if excess is None else (excess,))
            self._filled |= {FindingKind.NO_RESOURCE} if excess is not None else set()
            self.subject.hide()
            self.alike.say(None, "")
            self._compared = (None, None)
            self.preview.clear()
        if (self._blast.lost, self._blast.overwritten) != before:
            # the loss that was on screen when the name was typed is not the one of now
            self.typed.clear()
        self._show_losses(now)
        told = (each for each in self._verdict.findings if not self.form.answers(each))
        told = (self._weighed(each) for each in told if not self._told_already(each))
        self.findings.show_findings(told)
        self._show_verdict()

    def _show_change(self, change: Change) -> None:
        subject = change.subject
        name = quoted(subject.name, 80) if subject.name else _("without a name")
        id = f" ({shown(subject.id, 64)})" if subject.id else ""
        self.subject.setText(f"{status_words(subject.type)} {name}{id}")
        self.subject.setVisible(bool(subject.id or subject.name))
        self._show_lookalikes(subject)
        text = bounded(request_text(change, self._context.profile))
        if text != self.preview.toPlainText():
            self.preview.setPlainText(text)
        self.ask.setText(_("To go on, type {subject}:").format(subject=quoted(name_to_type(subject))))

    def _show_lookalikes(self, subject: Subject) -> None:
        """Say which other things could be taken for the one that this is done to."""
        ledger = self._context.ledger
        by_type: dict[SubjectType, Mapping[Any, Vault | Policy]] = {
            SubjectType.VAULT: ledger.vaults,
            SubjectType.POLICY: ledger.policies,
        }
        known = by_type.get(subject.type, {})
        if subject == self._compared[0] and known is self._compared[1]:
            return
        self._compared = (subject, known)
        named = [(each.id, each.name) for each in known.values()] if subject.id and subject.name else []
        others = lookalikes(subject.id, subject.name, named)
        self.alike.say(_LOSS, lookalikes_sentence(others))

    def _show_losses(self, now: datetime) -> None:
        told, shares = list(self._loss_words(now)), self._share_words()
        has_many = len(told) > _MANY_LOSSES
        # what sums all of it up stands before the single losses where these are many
        told = [*shares, *told] if has_many else [*told, *shares]
        while len(self._loss_lines) < len(told):
            line = MarkedLine(f"changeLoss{len(self._loss_lines) or ''}")
            self._loss_lines.append(line)
            self._losses.addWidget(line)
        for place, line in enumerate(self._loss_lines):
            line.say(*(told[place] if place < len(told) else (None, "")))
        order = QBoxLayout.Direction
        self._told.setDirection(order.BottomToTop if has_many else order.TopToBottom)
        as_of = self._judged_at()
        age = duration_words(now - as_of) if as_of is not None else ""
        read = (
            _("Judged by what was read at {as_of}, {age} ago.").format(as_of=clock_words(as_of, now), age=age)
            if as_of is not None
            else ""
        )
        self.as_of.setText(read or _("Nothing of what this is judged by has been read yet."))

    def _loss_words(self, now: datetime) -> Iterator[tuple[Mark, str]]:
        """Yield what is lost, thing by thing, each with its mark."""
        for place, words in enumerate(loss_sentences(self._blast, now)):
            lost = self._blast.lost[place] if place < len(self._blast.lost) else None
            is_grave = lost.left == 0 if lost is not None else self._blast.overwritten is not None and place == 0
            yield (_GRAVE if is_grave else _LOSS), words

    def _share_words(self) -> list[tuple[Mark, str]]:
        """Return whom it is shared with, each sentence with its mark."""
        shares = self._shares()
        if shares is None:
            return []
        mark = _LOSS if shares.shared or shares.unread else SEVERITY_MARKS[Severity.INFO]
        return [(mark, words) for words in shares_sentences(shares)]

    def _shares(self) -> SharesLost | None:
        """Return which of the backups that are lost are shared, ``None`` where none is or that cannot be read."""
        reader = self._context.backup_reader
        if reader is None or not self._blast.shareable:
            return None
        return reader.shares_lost(self._blast.shareable, self._context.ledger)

    def _weighed(self, found: Finding) -> Finding:
        """Return something found as it is shown: that a field is empty is no fault as long as nobody was there."""
        is_open = self.form.has_fields and found.kind in _UNFILLED - self._filled
        return replace(found, severity=Severity.INFO) if is_open else found

    def _told_already(self, found: Finding) -> bool:
        """Whether something found says of shares in general what is counted above."""
        return found.kind in _OF_SHARES and self._shares() is not None

    def _judged_at(self) -> datetime | None:
        """Return how old the oldest of what the change is judged by is: the lists, and the backup it is opened for."""
        ledger = self._context.ledger
        known = [ledger.freshness[part].as_of for part in self._operation.judged_by]
        backup = self._opened_id()
        if backup is not None:
            opened = ledger.opened.get(backup)
            known.append(opened.as_of if opened is not None else None)
        return None if None in known else min(at for at in known if at is not None)

    def _opened_id(self) -> BackupId | None:
        """Return the backup that has to be read by itself for the change."""
        return self._operation.opens(self._change) if self._change is not None else None

    def _is_fresh(self) -> bool:
        """Whether all that the change is judged by was read since it was asked for, and of late."""
        at, now = self._judged_at(), self._context.clock.now()
        return at is not None and self._asked_at <= at and now - at <= (_COUNTED if self._destroys else _FRESH)

    def _look(self) -> None:
        """Count anew what is destroyed when that has grown too old while the window is visible."""
        if not self._stack.shows_form or self._tasks.is_busy:
            return
        if self._is_fresh() or self._context.ledger.connection.reach is Reach.UNREACHABLE:
            self._judge()
        else:
            self.read()

    def _show_verdict(self) -> None:
        if not self._stack.shows_form:
            return
        self.again.setVisible(not self._tasks.is_busy and not self._is_fresh())
        self.lead.setVisible(self._open_field() is not None)
        self._typing.setVisible(self._wants_name())
        self.approval.setVisible(wants_reason(self._operation.effect))
        self.bar.show_standing(
            Standing(
                sentences(_("Ready."), self._later()),
                self._verdict.findings,
                objection=self._objection(),
                mark=self._mark(),
                wish=self._reason_wish() or self._name_wish(),
                hint=sentences(
                    _("Queues the request; it is sent as soon as the service can be reached."), self._later()
                ),
            )
        )

    def _later(self) -> str:
        """Return that the request would wait, where it would."""
        if self._context.ledger.connection.reach is Reach.UNREACHABLE:
            return _("There is no connection now: it is queued, and sent when there is one.")
        return (
            "" if self._is_fresh() else _("It is judged by what was known before, since that could not be read again.")
        )

    def _wants_name(self) -> bool:
        return wants_typed_name(self._operation.effect, self._context.profile.environment, self._blast)

    def _objection(self) -> str:
        """Return what speaks against the change by what is known, empty when nothing does."""
        if self._tasks.is_busy:
            return self._progress or _("Reading afresh what this is judged by…")
        if self._is_incomplete:
            missing = self.form.missing()
            if missing is None:
                return _("Not ready: something is missing.")
            return _("Not ready: {first}").format(first=missing.words)
        if self._verdict.is_blocked:
            first = next(f for f in self._verdict.findings if f.severity is Severity.BLOCK)
            return _("Not ready: {first}").format(first=finding_sentence(first))
        if self._destroys and not self._is_fresh():
            return sentences(
                _("Not ready: what is lost could not be counted afresh."), self._trouble(), _("Read again.")
            )
        same = next((each for each in self._verdict.findings if each.kind in _UNCHANGED), None)
        if same is not None and self.form.has_fields:
            return _("Not ready: {first}").format(first=finding_sentence(same))
        return ""

    def _mark(self) -> Mark:
        """Return how grave an objection is: that it is being read, or not filled in yet, is no fault."""
        if self._tasks.is_busy:
            return SEVERITY_MARKS[Severity.INFO]
        found = [self._weighed(each) for each in self._verdict.findings]
        if not self._is_incomplete and any(each.severity is Severity.BLOCK for each in found):
            return SEVERITY_MARKS[Severity.BLOCK]
        is_unasked = self._is_incomplete or self._verdict.is_blocked or any(each.kind in _UNCHANGED for each in found)
        return SEVERITY_MARKS[Severity.INFO if is_unasked else Severity.WARN]

    def _lead(self) -> None:
        """Put the focus where something has still to be filled in."""
        field = self._open_field()
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_field(self) -> QWidget | None:
        """Return the field in which something is missing or to be put right, ``None`` where no field is known."""
        if self._tasks.is_busy:
            return None
        if self._is_incomplete:
            missing = self.form.missing()
            return missing.field if missing is not None else None
        first = next((each for each in self._verdict.findings if each.severity is Severity.BLOCK), None)
        return self.form.field(first.subject) if first is not None else None

    def _reason_wish(self) -> str:
        """Return that a reason is still to be given, empty when none is wanted or one is there."""
        if not wants_reason(self._operation.effect) or self.approval.value.reason:
            return ""
        return _("Say above why this is to be done; it is kept with the request.")

    def _name_wish(self) -> str:
        """Return which name has still to be typed, empty when none has."""
        if self._change is None or not self._wants_name():
            return ""
        name = name_to_type(self._change.subject)
        if self.typed.text() == name:
            return ""
        why = grave(self._operation.effect, self._context.profile.environment, self._blast)
        words = {
            NameCheck.PRODUCTION: _("This is production: type {subject} above to go on."),
            NameCheck.LAST: _("It leaves a resource without a good backup: type {subject} above to go on."),
            NameCheck.BINDING: _("This can never be undone: type {subject} above to go on."),
        }
        return words[why].format(subject=quoted(name)) if why is not None else ""

    def _approval(self) -> Approval | None:
        """Return what was said about why something is overwritten, ``None`` for a change that asks for no reason."""
        if not wants_reason(self._operation.effect):
            return None
        return self.approval.value

    def _trouble(self) -> str:
        """Return why a list that the change is judged by could not be read, empty where that is not known."""
        errors = [self._context.ledger.freshness[part].error for part in sorted(self._operation.judged_by)]
        opened = self._context.ledger.opened.get(self._opened_id() or BackupId(""))
        errors += [opened.error] if opened is not None else []
        return next((f" {error_sentence(error)}" for error in errors if error is not None), "")

    # what the operator does

    def _send(self) -> None:
        """Queue what stands here, after one more look at it."""
        self._judge()
        if not self._stack.shows_form or self.bar.hindrance or self._change is None:
            return
        try:
            if self._submit is not None:
                intent = self._submit(self._change, self._approval())
            else:
                approval = self._approval()
                outbox = self._context.outbox
                if approval is None:
                    intent = self.form.submit(outbox, self._change)
                else:
                    intent = outbox.submit(self._change, file=self.form.file, approval=approval)
        except CbrError as error:
            self.bar.refuse(error)
            return
        except ValueError:
            self.bar.refuse_for(_("Not sent: meanwhile the request stands otherwise, or its profile leads elsewhere."))
            return
        self._stack.show_outcome(intent.id, can_edit=self.form.has_fields)
        self.submitted.emit(intent.id)

    def _edit_again(self) -> None:
        """Show the form again; what was filled in stands in it still."""
        self._stack.show_form()
        self.form.begin()
        self.read()
        self._judge()

    def _confirm_again(self, id: IntentId) -> None:
        confirm_again(self._context, id, self).open()

    def _ledger_changed(self, part: Part) -> None:
        is_own = part in self._operation.judged_by or part in (Part.CONNECTION, Part.INTENTS, Part.OPENED)
        self._is_outdated = self._is_outdated or is_own

    def _ledger_settled(self) -> None:
        """Judge by what has changed, once where several lists have changed together."""
        if self._is_outdated:
            self._judge()

    # the window

    def _make_parts(self) -> None:
        self.subject = label(name="changeSubject")
        font = self.subject.font()
        font.setBold(True)
        self.subject.setFont(font)
        self.alike = MarkedLine("changeAlike")
        self.alike.hide()
        self.about = label(self.form.about, "changeAbout")
        self.about.setVisible(bool(self.form.about))
        self._loss_lines: list[MarkedLine] = []
        self.as_of = label(name="changeAsOf")
        self.findings = FindingLines("changeFindings", lines=_LINES)
        self.preview = code_view("changePreview", _("The request as it is sent"))
        self.preview.setPlaceholderText(_("It is shown here as soon as nothing is missing."))
        self.ask = label(name="changeAsk")
        self.typed = QLineEdit()
        self.typed.setObjectName("changeTyped")
        self.typed.setAccessibleName(_("The name of what is lost"))
        self.approval = ApprovalFields("change")
        self.cancel = push_button(_("&Cancel"), "changeCancel", self.close)
        self.cancel.setDefault(True)
        self.again = push_button(_("&Read again"), "changeRead", self.read)
        self.lead = lead_button("changeLead", self._lead)
        self.confirm = push_button(self.windowTitle(), "changeConfirm", self._send)
        self.confirm.setAccessibleName(self.windowTitle())
        self.bar = SendBar(
            self._context,
            "change",
            WarningConsent("changeAnyway", NN_("({count} more above)", "({count} more above)")),
            buttons=(self.again, self.lead, self.confirm),
            senders=(self.confirm,),
            is_file=False,
            leave=self.cancel,
            is_destructive=destroys(self._operation.effect),
        )

    def _connect(self) -> None:
        self.form.changed.connect(self._judge)
        self.typed.textChanged.connect(self._show_verdict)
        self.approval.changed.connect(self._show_verdict)
        self._context.signals.changed.connect(self._ledger_changed)
        self._context.signals.settled.connect(self._ledger_settled)
        self._stack.edit_requested.connect(self._edit_again)
        self._stack.close_requested.connect(self.close)
        self._stack.confirmation_requested.connect(self._confirm_again)
        QShortcut(QKeySequence("F5"), self, self.read)
        QShortcut(QKeySequence(LEAD_KEYS), self, self._lead)
        if not self._destroys:
            for keys in (_("Return"), _("Enter")):
                QShortcut(QKeySequence(f"Ctrl+{keys}"), self, self.confirm.click)

    def _lay_out(self) -> None:
        self.setMinimumSize(_SMALLEST)
        form_side = QWidget()
        self._stack = OutcomeStack(self._context, form_side)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        layout = QVBoxLayout(form_side)
        layout.addLayout(place_line(self._context.profile, self._context.environment, "changePlace"))
        scroll = QScrollArea()
        layout.addWidget(scroll, 1)
        self._fill_middle(scroll)
        layout.addWidget(self.approval)
        layout.addWidget(self._typed_row())
        layout.addWidget(self.bar)

    def _take_room(self) -> None:
        is_long = self.form.has_fields or wants_reason(self._operation.effect)
        usual = _USUAL_WITH_FIELDS if is_long else _USUAL
        if self.form.has_fields:  # as much of a long form as the screen has room for
            usual = usual.expandedTo(QSize(0, min(self.form.sizeHint().height() + _AROUND_FIELDS, _HIGHEST)))
        take_room(self, usual, self._context.settings, f"windows/change/{self.form.objectName()}")

    def _fill_middle(self, scroll: QScrollArea) -> None:
        """Fill what is seen of the change, from the outside in: a widget is styled anew with all it has as it moves."""
        inside = QWidget()
        scroll.setAccessibleName(_("What is asked for and what comes of it"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(10)
        layout.addWidget(self.subject)
        layout.addWidget(self.alike)
        layout.addWidget(self.about)
        if self.form.has_fields:
            layout.addWidget(self.form)
        else:
            self.form.setParent(inside)
            self.form.hide()
        self._losses = QVBoxLayout()
        self._losses.setSpacing(TIGHT)
        self._told = QVBoxLayout()
        self._told.setSpacing(TIGHT)
        self._told.addLayout(self._losses)
        self._told.addWidget(self.findings)
        layout.addLayout(self._told)
        layout.addWidget(self.as_of)
        layout.addWidget(label(_("The request"), "changeRequestTitle"))
        line = self.fontMetrics().height()
        self.preview.setMinimumHeight(_FEW_LINES * line)
        self.preview.setMaximumHeight(_MANY_LINES * line)
        layout.addWidget(self.preview, 1)
        layout.addStretch()

    def _typed_row(self) -> QWidget:
        self._typing = QWidget()
        row = QHBoxLayout(self._typing)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.ask, 1)
        row.addWidget(self.typed, 2)
        return self._typing

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus alone: in a field it neither sends nor throws away."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not isinstance(self.focusWidget(), QPushButton):
            event.accept()
            return
        super().keyPressEvent(event)


def confirm_again(context: ProfileContext, id: IntentId, parent: QWidget) -> ChangeDialog:
    """Return the window that asks anew whether a request goes that is held, or of which no trace was found."""

    def confirm(_change: Change, approval: Approval | None) -> Intent:
        if context.ledger.intents[id].state is IntentState.NOT_FOUND:
            return context.outbox.send_again(id, approval)
        if not context.outbox.release(id, approval):
            raise ValueError("it is not held any more, or its profile leads elsewhere")
        return context.ledger.intents[id]

    change = context.ledger.intents[id].change
    return ChangeDialog(context, FixedForm(change.kind, change), parent, confirm=confirm)
