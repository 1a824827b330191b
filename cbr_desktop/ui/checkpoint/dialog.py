"""The window that asks for a checkpoint: a form, what is found about it, and what became of it once it was sent."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain import draft as drafts
from cbr_desktop.domain import request
from cbr_desktop.domain.change import checkpoint_change
from cbr_desktop.domain.checkpoint import CheckpointDraft, repaired_name
from cbr_desktop.domain.connection import Reach
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Finding, FindingKind, Severity, Subject
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.profile import Environment, NameRules
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.domain.template import Rendered
from cbr_desktop.text.catalogue import N_, _, listed, ngettext, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.sentences import finding_sentence, verdict_sentence
from cbr_desktop.text.states import clock_words, counted, grouped, quoted
from cbr_desktop.ui.checkpoint.description import DescriptionField
from cbr_desktop.ui.checkpoint.name import NameField, host_name
from cbr_desktop.ui.checkpoint.options import Advanced, TypeCards
from cbr_desktop.ui.checkpoint.resources import ResourcePicker
from cbr_desktop.ui.checkpoint.target import VaultField
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.draft_document import DraftDocument
from cbr_desktop.ui.operations.draft_file import DraftFile
from cbr_desktop.ui.operations.environment_label import stake_chip
from cbr_desktop.ui.operations.inspector import Inspector
from cbr_desktop.ui.operations.json_field import JsonField, problem_sentence
from cbr_desktop.ui.operations.outcome import OutcomePanel
from cbr_desktop.ui.operations.schedule import ScheduleDialog
from cbr_desktop.ui.session.draft_store import DraftStore, Source
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.naming import default_name
from cbr_desktop.workflows.operations import create_checkpoint
from cbr_desktop.workflows.preflight import Preflight, preflight

_ARM_MINUTES = ARM_MINUTES[1]
_JUDGE_MS = 100
"""How long the form rests before it is judged against all that is known."""
_SMALLEST = QSize(960, 640)
_USUAL = QSize(1180, 760)
_FROM_JSON = "json"
_GIVEN = "given"
_FIELD_WORDS = {
    "vault_id": "vault",
    "name": "name",
    "description": "description",
    "incremental": "type",
    "auto_trigger": N_("automatic trigger"),
    "retention_days": N_("keep for"),
    "policy_id": N_("policy"),
    "resources": N_("resources"),
}


class CheckpointDialog(QDialog):
    """Asks for one checkpoint. It blocks nothing: several may be open, and the main window goes on.

    The form and the JSON beside it are two views of one text, the ``draft_document``; with a ``draft_store`` that is
    kept and saved.

    Signals:
        submitted: the id of the intent that was queued.
    """

    submitted = Signal(str)

    def __init__(
        self,
        context: ProfileContext,
        vault_id: VaultId | None = None,
        resource_ids: Sequence[ResourceId] = (),
        parent: QWidget | None = None,
        *,
        draft_store: DraftStore | None = None,
        source: Source | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._draft_store = draft_store
        self.draft_document = DraftDocument(
            source or Source(""), context.clock, context.profile.name, draft_store, self
        )
        self._document: RequestDocument | None = None
        self._problems: list[Finding] = []
        self._held = self._shown = CheckpointDraft()
        self._filling = False
        self._seed = random.randrange(2**32)
        self._body = b""
        self._touched = False
        self._accepted: frozenset[FindingKind] = frozenset()
        self._warned: frozenset[FindingKind] = frozenset()
        self._verdict = Preflight(())
        self._draft = CheckpointDraft()
        self._outcome: OutcomePanel | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_MS)
        self._timer.timeout.connect(self._judge)
        self._make_fields()
        self._lay_out()
        self._choose(vault_id, resource_ids)
        self._connect()
        self._vault_changed()
        self._begin(source)
        (self.name.edit if vault_id else self.vault.box).setFocus()

    def open(self) -> None:
        """Show the window beside the others; unlike other dialogs it keeps nobody from anything."""
        self.setModal(False)
        self.show()
        self.activateWindow()

    # the form

    def draft(self) -> CheckpointDraft:
        """Return what the form asks for now."""
        return CheckpointDraft(
            vault_id=self.vault.vault_id,
            name=self.name.text,
            description=self.description.text,
            incremental=self.types.incremental,
            auto_trigger=self.advanced.auto_trigger.isChecked(),
            resources=self.resources.choices(),
            retention_days=self.advanced.retention_days,
            policy_id=self.advanced.policy_id,
        )

    def show_request(self, body: bytes) -> None:
        """Take an earlier request, so that it can be changed and sent anew; all its keys stay."""
        document, _other = request.read(body)
        if document is not None:
            text = document.body.decode("utf-8", "surrogatepass") + "\n"
            if self.draft_document.is_untouched:
                self.draft_document.start_over(text)
                self._take_text(text, _GIVEN)
            else:
                self.show_text(text)

    def show_text(self, text: str) -> None:
        """Take the text of a draft; that can be undone."""
        self.draft_document.write(text, _GIVEN)
        self._judge()

    def _begin(self, source: Source | None) -> None:
        """Begin with a draft as it is, or with one that has what the form has at first."""
        if source is None:
            self._held = self._shown = self.draft()
            self.draft_document.start_over(drafts.new_text(self._shown))
            self._document, self._problems = drafts.read(self.draft_document.text)
            self.json.show_text(self.draft_document.text)
            self._judge()
        else:
            self._take_text(self.draft_document.text, _GIVEN)
        self.file.tell()

    def _take_text(self, text: str, source: str) -> None:
        """Take over another text: into the JSON unless it was written there, and into the form when it is valid."""
        self._document, self._problems = drafts.read(text)
        if source != _FROM_JSON:
            self.json.show_text(text)
        if self._document is not None and source not in drafts.FIELDS:
            self._fill(self._document.draft)
        self._grey()
        if source not in drafts.FIELDS:
            self._judge()

    def _fill(self, draft: CheckpointDraft) -> None:
        """Fill the form; what it cannot show stays in the text."""
        self._filling = True
        self.vault.choose(draft.vault_id)
        self.resources.show_vault(self.vault.vault)
        if draft.name != self.name.text:
            self.name.set_text(draft.name)
        if draft.description != self.description.text:
            self.description.set_text(draft.description)
        self.types.choose(incremental=draft.incremental)
        self.advanced.show_options(draft)
        self.resources.choose(draft.resources)
        self._filling = False
        self._held, self._shown = draft, self.draft()

    def _grey(self) -> None:
        """Grey what the form cannot show as the text has it; all of it while the text cannot be read."""
        unshown = drafts.unshown(self._held, self._shown) if self._document is not None else list(drafts.FIELDS)
        fields: dict[str, QWidget] = {
            "vault_id": self.vault,
            "name": self.name,
            "description": self.description,
            "incremental": self.types,
            "resources": self.resources,
        }
        for field, widget in fields.items():
            widget.setEnabled(field not in unshown)
        self.advanced.setEnabled(not {"auto_trigger", "retention_days", "policy_id"} & set(unshown))
        words = ""
        if self._document is None:
            words = _("The form waits: the JSON beside it cannot be read. Correct it there, or undo (Ctrl+Z).")
        elif unshown:
            names = listed([_(_FIELD_WORDS[field]) for field in unshown])
            words = _("The JSON says more than the form can show: {names}. Change that in the JSON tab.").format(
                names=names
            )
        self.unshown.say(SEVERITY_MARKS[Severity.WARN if self._document is None else Severity.INFO], words)
        self.unshown.setVisible(bool(words))

    def _write_form(self) -> None:
        """Write into the text what has changed in the form."""
        now = self.draft()
        if self._filling or self._document is None or now == self._shown:
            return
        wanted = drafts.merged(self._held, self._shown, now)
        field = next(name for name in drafts.FIELDS if getattr(now, name) != getattr(self._shown, name))
        self._shown = now
        if wanted != self._held:
            self._held = wanted
            self.draft_document.write(drafts.edited(self.draft_document.text, wanted), field)

    def _judged(self) -> CheckpointDraft:
        """Return what is asked for, with the names and types that the form knows of resources."""
        known = {choice.id: choice for choice in self._shown.resources or ()}
        named = tuple(
            replace(choice, name=choice.name or known[choice.id].name, type=choice.type or known[choice.id].type)
            if choice.id in known
            else choice
            for choice in self._held.resources or ()
        )
        vault_id = self._held.vault_id or None
        return replace(self._held, vault_id=vault_id, resources=None if self._held.resources is None else named)

    def _make_fields(self) -> None:
        profile = self._context.profile
        template = self._context.settings.get(f"checkpoint.template.{profile.name}", profile.name_template)
        self.vault = VaultField(self._context.ledger)
        self.resources = ResourcePicker(self._context.ledger)
        self.types = TypeCards()
        self.advanced = Advanced(beta_fields=profile.beta_fields, today=self._context.clock.now())
        self.description = DescriptionField()
        self.inspector = Inspector(profile)
        self.json = JsonField()
        self.inspector.addTab(self.json, "JSON")
        self.unshown = MarkedLine("checkpointUnshown")
        self.name = NameField(profile.name_rules, str(template), self._name)
        self.verdict = MarkedLine("checkpointVerdict")
        self.anyway = QCheckBox(_("Send an&yway"))
        self.anyway.setObjectName("checkpointSendAnyway")
        self.anyway.setAccessibleName(_("Send anyway"))
        self.arm = push_button(
            counted("Arm for {count} minute", "Arm for {count} minutes", _ARM_MINUTES),
            "checkpointArm",
        )
        self.send = push_button(_("&Send"), "checkpointSend")
        self.hold = push_button(_("Hold"), "checkpointHold")
        self.hold.setToolTip(
            tooltip(_("Puts the request into the outbox and sends nothing until you release it (Ctrl+Shift+Enter)"))
        )
        self.schedule = push_button(_("Schedule…"), "checkpointSchedule")
        self.schedule.setToolTip(
            tooltip(_("Sends the request at a time that you choose, if this program runs then (Ctrl+Alt+Enter)"))
        )
        self.file = DraftFile(
            *(
                self,
                self._context,
                self.draft_document,
                self._draft_store,
                _("Create checkpoint"),
                self._stem,
                self._judge,
            )
        )
        self.save, self.save_as, self.conflict = self.file.save, self.file.save_as, self.file.conflict
        self.notice = self.file.notice
        self.close_button = push_button(_("Close"), "checkpointClose")

    def _name(self, template: str) -> Rendered:
        """Return the name that a template gives; the same window gives the same chance each time."""
        draft = CheckpointDraft(resources=self.resources.choices(), incremental=self.types.incremental)
        vault, now = self.vault.vault, self._context.clock.now()
        chance = random.Random(self._seed)
        return default_name(template, self._context.profile, vault, draft, now, host=host_name(), chance=chance)

    def _choose(self, vault_id: VaultId | None, resource_ids: Sequence[ResourceId]) -> None:
        self.vault.choose(vault_id)
        self.resources.show_vault(self.vault.vault)
        if resource_ids:
            self.resources.choose_ids(resource_ids)

    def _connect(self) -> None:
        self.vault.changed.connect(self._vault_changed)
        self.vault.touched.connect(self._touch)
        self.resources.changed.connect(self._choice_changed)
        self.types.changed.connect(self._choice_changed)
        for field in (self.name, self.description, self.advanced):
            field.changed.connect(self._timer.start)
        self.name.template_chosen.connect(self._keep_template)
        self.anyway.toggled.connect(self._accept_warnings)
        self.arm.clicked.connect(self._arm)
        self.send.clicked.connect(self._try)
        self.hold.clicked.connect(partial(self._try, held=True))
        self.schedule.clicked.connect(self._ask_time)
        self.json.edited.connect(self._take_json)
        self.json.comparison_requested.connect(self._compare)
        self.draft_document.changed.connect(self._take_text_of)
        for edit in self._edits():
            edit.installEventFilter(self)
        QShortcut(QKeySequence.StandardKey.Undo, self, self.undo)
        QShortcut(QKeySequence.StandardKey.Redo, self, self.redo)
        QShortcut(QKeySequence("Ctrl+Shift+S"), self, self.file.ask_file)
        QShortcut(QKeySequence("Ctrl+D"), self, self._compare)
        self.close_button.clicked.connect(self.close)
        self.inspector.subject_requested.connect(self._focus)
        self._context.signals.changed.connect(self._ledger_changed)
        for keys in (_("Return"), _("Enter")):
            QShortcut(QKeySequence(f"Ctrl+{keys}"), self, self._try)
            QShortcut(QKeySequence(f"Ctrl+Shift+{keys}"), self, self.hold.click)
            QShortcut(QKeySequence(f"Ctrl+Alt+{keys}"), self, self.schedule.click)
        QShortcut(QKeySequence("Ctrl+S"), self, self.file.request_save)
        QShortcut(QKeySequence("F5"), self, self._judge)
        QShortcut(QKeySequence("F6"), self, self._next_area)
        QShortcut(QKeySequence("Ctrl+Shift+C"), self, self.inspector.preview.copy_json)
        QShortcut(QKeySequence("Ctrl+."), self, self._next_problem)
        for number in range(self.inspector.count()):
            QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self, partial(self.inspector.setCurrentIndex, number))

    # judging

    def _vault_changed(self) -> None:
        self.resources.show_vault(self.vault.vault)
        self.name.refresh()
        self._timer.start()

    def _choice_changed(self) -> None:
        self.name.refresh()
        self._timer.start()

    def _ledger_changed(self, part: Part) -> None:
        if self._stack.currentWidget() is not self._form:
            return
        if part in (Part.VAULTS, Part.PROTECTABLES):
            self._read_anew()
        elif part is Part.CONNECTION:
            self._show_verdict()
        else:
            self._timer.start()

    def _read_anew(self) -> None:
        self.vault.refill()
        self.resources.show_vault(self.vault.vault)
        self._judge()

    def _touch(self) -> None:
        self._touched = True
        self._timer.start()

    def _judge(self) -> None:
        """Judge the form as it stands, and show the very bytes that would be sent."""
        self._timer.stop()
        self._write_form()
        now = self._context.clock.now()
        if self._document is None:
            self._body, self._verdict = b"", Preflight(tuple(self._problems))
        else:
            self._draft = self._judged()
            self._body = self._document.body
            found = preflight(self._draft, self._context.ledger, now)
            both = sorted((*self._problems, *found.findings), key=lambda finding: finding.severity.value)
            self._verdict = replace(found, findings=tuple(both))
        self.json.show_findings(self._problems)
        self._show_preview()
        self.inspector.findings.show_findings(self._verdict.findings, now)
        self._show_findings()
        self._show_verdict()

    def _show_preview(self) -> None:
        """Show the request as it would be sent, also while it names no vault yet."""
        named = self._draft.resources
        count = 0 if named is None else len(named)
        words = (
            _("names no resource: the whole vault")
            if named is None
            else counted("names {count} resource", "names {count} resources", count)
        )
        asked = checkpoint_change(self._draft.vault_id or VaultId(""), "", self._body, self._draft.name)
        self.inspector.preview.show_change(asked if self._body else None, words)

    def _show_findings(self) -> None:
        weighty = replace(
            self._verdict, findings=tuple(f for f in self._verdict.findings if f.severity is not Severity.INFO)
        )
        self.vault.show_findings(weighty.of(Subject.VAULT), touched=self._touched)
        self.name.show_findings(self._verdict.of(Subject.NAME))
        self.description.show_findings(self._verdict.of(Subject.DESCRIPTION))
        self.types.lines.show_findings(self._verdict.of(Subject.TYPE))
        self.resources.show_findings(weighty.of(Subject.RESOURCES))
        self.advanced.show_findings(weighty.of(Subject.ADVANCED))

    def _show_verdict(self) -> None:
        warned = frozenset(f.kind for f in self._verdict.findings if f.severity is Severity.WARN)
        if not warned <= self._accepted:
            self._accepted = frozenset()
            self.anyway.setChecked(False)
        self._warned = warned
        guard = self._context.guard
        self.arm.setVisible(not guard.is_open and guard.sealed is None)
        self.anyway.setVisible(bool(warned) and not self._verdict.is_blocked)
        reason = self._reason()
        for button in (self.send, self.hold, self.schedule):
            button.setEnabled(not reason)
        words, later = (_("&Send"), "") if self._is_reachable() else (_("&Queue"), _("There is no connection now."))
        self.send.setText(words)
        self.send.setAccessibleName(words.replace("&", ""))
        hint = reason or sentences(_("Queues the request; it is sent as soon as the service can be reached."), later)
        self.send.setToolTip(tooltip(hint))
        self.send.setAccessibleDescription(hint)
        mark = READY
        if self._verdict.is_blocked:
            untouched = not self._touched and self._draft.vault_id is None
            mark = SEVERITY_MARKS[Severity.INFO if untouched else Severity.BLOCK]
        elif warned or guard.sealed is not None:
            mark = SEVERITY_MARKS[Severity.WARN]
        self.verdict.say(mark, reason or verdict_sentence(self._verdict))

    def _reason(self) -> str:
        """Return why the request cannot be sent as it is, empty when it can."""
        sealed = self._context.guard.sealed
        if sealed is not None:
            return _("Read-only mode: nothing can be sent, saving to a file works. {sealed}").format(
                sealed=error_sentence(sealed)
            )
        if not self._context.guard.is_open:
            name = quoted(self._context.profile.name)
            return _("Profile {name} is read-only: arm it, then send. Saving to a file works now.").format(name=name)
        if self._document is None:
            return self._broken_words()
        if self._verdict.is_blocked:
            return verdict_sentence(self._verdict)
        if self._warned - self._accepted:
            count = sum(f.severity is Severity.WARN for f in self._verdict.findings)
            first = next(f for f in self._verdict.findings if f.severity is Severity.WARN)
            warned = ngettext("{count} warning: {first}", "{count} warnings: {first}", count).format(
                count=grouped(count), first=finding_sentence(first)
            )
            more = ""
            if count > 1:
                more = counted("({count} more in the pre-flight)", "({count} more in the pre-flight)", count - 1)
            return sentences(warned, more, _("Tick ‘Send anyway’ to send it all the same."))
        return ""

    def _broken_words(self) -> str:
        """Return where the JSON cannot be read."""
        line, finding = next(drafts.lines_of(self.draft_document.text, self._problems), (1, None))
        words = problem_sentence(finding) if finding is not None else _("There is no request in it.")
        return sentences(_("Not ready: line {line} of the JSON.").format(line=line), words)

    def _accept_warnings(self, accepted: bool) -> None:
        self._accepted = self._warned if accepted else frozenset()
        self._show_verdict()

    def _arm(self) -> None:
        """Let requests of this profile through for some minutes, and say so everywhere."""
        self._context.guard.arm(_ARM_MINUTES)
        self._context.signals.notice(Part.INTENTS)
        self._judge()

    # sending and saving

    def _is_reachable(self) -> bool:
        """Whether a request would leave soon, as far as is known."""
        return self._context.ledger.connection.reach is not Reach.UNREACHABLE

    def _may_go(self) -> bool:
        """Whether what the form asks for can be sent, after one more look at it; if not, show what is in the way."""
        if self._stack.currentWidget() is not self._form:
            return False
        self._touched = True
        self._judge()
        if self._reason():
            self._next_problem()
            return False
        return True

    def _ask_time(self) -> None:
        """Ask when it is to be sent."""
        if self._may_go():
            dialog = ScheduleDialog(self._context.clock.now(), self)
            dialog.chosen.connect(lambda at: self._try(due_at=at))
            dialog.open()

    def _try(self, *_rest: object, held: bool = False, due_at: datetime | None = None) -> None:
        """Send what the form asks for, at once or at a time, or put it by; or show what is in the way."""
        if not self._may_go():
            return
        try:
            wanted = create_checkpoint.change(self._draft, self._context.ledger, self._body)
            intent = self._context.outbox.submit(wanted, file=self.draft_document.path, held=held, due_at=due_at)
        except CbrError as error:
            self.verdict.say(SEVERITY_MARKS[Severity.BLOCK], _("Not sent. {error}").format(error=error_sentence(error)))
            return
        if not self.draft_document.path:
            self.draft_document.forget()
        self._show_outcome(intent.id)
        self.submitted.emit(intent.id)

    def _show_outcome(self, id: IntentId) -> None:
        if self._outcome is not None:
            self._stack.removeWidget(self._outcome)
            self._outcome.deleteLater()
        self._outcome = OutcomePanel(self._context, id)
        self._outcome.edit_requested.connect(self._edit_again)
        self._outcome.close_requested.connect(self.close)
        self._stack.addWidget(self._outcome)
        self._stack.setCurrentWidget(self._outcome)
        self._outcome.setFocus()

    def _stem(self) -> str:
        """Return how a file of this request may be called."""
        return repaired_name(self._draft.name, NameRules.ASCII).strip("-") or "checkpoint"

    def _edit_again(self) -> None:
        self._stack.setCurrentWidget(self._form)
        self._read_anew()
        self.name.edit.setFocus()

    # the document

    def undo(self) -> None:
        """Take the last change back, wherever it was made."""
        self._judge()
        self.draft_document.stack.undo()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self._judge()
        self.draft_document.stack.redo()

    def _edits(self) -> list[QWidget]:
        """Return the fields whose own undo gives way to that of the whole."""
        lines = [self.name.edit, self.description.edit, self.json.text, self.advanced.policy]
        return [*lines, *self.vault.box.findChildren(QLineEdit), *self.advanced.days.findChildren(QLineEdit)]

    def _take_json(self, text: str) -> None:
        self.draft_document.write(text, _FROM_JSON)

    def _take_text_of(self, text: str, source: str) -> None:
        self._take_text(text, source)

    def _compare(self) -> None:
        """Compare the draft with its file as it was read, and with the last request for its vault."""
        self._judge()
        asked = [i for i in self._context.ledger.intents.values() if i.change.vault_id == self._draft.vault_id]
        others = {
            _("Last request for this vault, {created_at}").format(
                created_at=clock_words(intent.created_at, self._context.clock.now())
            ): (intent.body.decode("utf-8", "replace") + "\n")
            for intent in sorted(asked, key=lambda intent: intent.created_at)[-1:]
        }
        self.file.compare(others, _("There is nothing to compare it with: no file, and no request for this vault."))

    # the window

    def _next_problem(self) -> None:
        """Put the focus where the most serious finding is."""
        for finding in self._verdict.findings:
            if finding.severity is Severity.BLOCK:
                self._focus(finding.subject)
                return
        if self.anyway.isVisible():
            self.anyway.setFocus()

    def _next_area(self) -> None:
        """Put the focus into the next of form, inspector and buttons."""
        areas = [self.vault.box, self.inspector.tabBar(), self.save]
        here = QApplication.focusWidget()
        inside = next((n for n, area in enumerate((self._split.widget(0), self.inspector)) if _holds(area, here)), 2)
        areas[(inside + 1) % len(areas)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _focus(self, subject: Subject | None) -> None:
        fields: dict[Subject | None, QWidget] = {
            Subject.VAULT: self.vault.box,
            Subject.NAME: self.name.edit,
            Subject.DESCRIPTION: self.description.edit,
            Subject.RESOURCES: self.resources.tree,
            Subject.ADVANCED: self.advanced.auto_trigger,
        }
        if subject is Subject.FILE or (subject in fields and not fields[subject].isEnabled()):
            self.inspector.setCurrentWidget(self.json)
            self.json.go_to_first()
            return
        if subject in fields:
            fields[subject].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _keep_template(self, template: str) -> None:
        self._context.settings.put(f"checkpoint.template.{self._context.profile.name}", template)

    def _lay_out(self) -> None:
        self.setObjectName("createCheckpointDialog")
        self.setWindowTitle(_("Create checkpoint"))
        self.setAccessibleName(_("Create checkpoint"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(_SMALLEST)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setSizeGripEnabled(True)
        self._form = QWidget()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._form)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        layout = QVBoxLayout(self._form)
        layout.addLayout(self._head())
        layout.addWidget(self.conflict)
        layout.addWidget(self._middle(), 1)
        layout.addLayout(self._foot())
        self._restore_size()

    def _head(self) -> QHBoxLayout:
        profile = self._context.profile
        where = " · ".join(plain(part, 60) for part in (profile.name, profile.region, profile.project) if part)
        words = _("The console calls this “Perform Backup”; it makes a restore point.")
        head = QHBoxLayout()
        head.addWidget(stake_chip(Environment.DEMO if self._context.is_demo else profile.environment))
        head.addWidget(label(f"{where} — {words}", "checkpointSubtitle"), 1)
        return head

    def _middle(self) -> QWidget:
        fields = QWidget()
        layout = QVBoxLayout(fields)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(10)
        self.unshown.hide()
        for field in (self.unshown, self.vault, self.name, self.description, self.types):
            layout.addWidget(field)
        layout.addWidget(self.resources, 1)
        layout.addWidget(self.advanced)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(fields)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(scroll)
        split.addWidget(self.inspector)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        self._split = split
        return split

    def _foot(self) -> QVBoxLayout:
        buttons = QHBoxLayout()
        buttons.addWidget(self.anyway)
        buttons.addStretch(1)
        for button in (self.save, self.save_as, self.close_button, self.arm, self.hold, self.schedule, self.send):
            buttons.addWidget(button)
        foot = QVBoxLayout()
        foot.addWidget(self.notice)
        foot.addWidget(self.verdict)
        foot.addLayout(buttons)
        return foot

    def _restore_size(self) -> None:
        size = self._context.settings.get("checkpoint.size", None)
        fits = isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) for side in size)
        self.resize(QSize(*size).expandedTo(_SMALLEST) if fits else _USUAL)  # type: ignore[misc]

    def done(self, result: int) -> None:
        """Remember the size on every way of closing, and keep what is not saved: nobody is asked."""
        self._judge()
        self.draft_document.keep()
        self.draft_document.watch(False)
        self._context.settings.put("checkpoint.size", [self.width(), self.height()])
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for changes of the file while the window is open."""
        super().showEvent(event)
        self.draft_document.look()
        self.draft_document.watch(True)

    def changeEvent(self, event: QEvent) -> None:
        """Keep what is not saved when another window comes to the front; look at the file when this one does."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            (self.draft_document.look if self.isActiveWindow() else self.draft_document.keep)()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the keys of undo to the whole window: a field's own would not know of the others."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            for keys, act in ((QKeySequence.StandardKey.Undo, self.undo), (QKeySequence.StandardKey.Redo, self.redo)):
                if event.matches(keys):
                    act()
                    return True
        return super().eventFilter(watched, event)


def _holds(area: QWidget | None, widget: QWidget | None) -> bool:
    return area is not None and widget is not None and area.isAncestorOf(widget)
