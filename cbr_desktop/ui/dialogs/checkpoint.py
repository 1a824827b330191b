"""The window that asks for a checkpoint: a form, what is found about it, and what became of it once it was sent."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft, repaired_name
from cbr_desktop.domain.error import HouseError
from cbr_desktop.domain.finding import FindingKind, Severity, Subject
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.profile import Environment, NameRules
from cbr_desktop.domain.template import Rendered
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.dialogs.description import DescriptionField
from cbr_desktop.ui.dialogs.inspector import Inspector
from cbr_desktop.ui.dialogs.lines import READY, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.dialogs.name import NameField, host_name
from cbr_desktop.ui.dialogs.options import Advanced, TypeCards
from cbr_desktop.ui.dialogs.outcome import OutcomePanel
from cbr_desktop.ui.dialogs.resources import ResourcePicker
from cbr_desktop.ui.dialogs.target import VaultField
from cbr_desktop.ui.errors import error_sentence
from cbr_desktop.ui.plain import plain, tooltip
from cbr_desktop.ui.states import count_words, quoted
from cbr_desktop.ui.text import finding_sentence, verdict_sentence
from cbr_desktop.ui.theme import ENVIRONMENT_COLOURS
from cbr_desktop.ui.words import ENVIRONMENTS
from cbr_desktop.workflows.guard import ARM_MINUTES
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.naming import default_name
from cbr_desktop.workflows.preflight import Preflight, preflight

_ARM_MINUTES = ARM_MINUTES[1]
_JUDGE_MS = 100
"""How long the form rests before it is judged against all that is known."""
_SMALLEST = QSize(960, 640)
_USUAL = QSize(1180, 760)
_SUFFIX = "cbr.json"


class CheckpointDialog(QDialog):
    """Asks for one checkpoint. It blocks nothing: several may be open, and the main window goes on.

    Signals:
        submitted: the id of the intent that was queued.
    """

    submitted = Signal(str)

    def __init__(
        self,
        desk: Desk,
        vault_id: VaultId | None = None,
        resource_ids: Sequence[ResourceId] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
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
        self._judge()
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

    def show_draft(self, draft: CheckpointDraft) -> None:
        """Fill the form with a draft, as a file or an earlier request holds it."""
        self.vault.choose(draft.vault_id)
        self._vault_changed()
        self.name.set_text(draft.name)
        self.description.set_text(draft.description)
        self.types.choose(incremental=draft.incremental)
        self.advanced.show_options(draft)
        self.resources.choose(draft.resources)
        self._judge()

    def show_request(self, body: bytes) -> None:
        """Fill the form with an earlier request, so that it can be changed and sent anew."""
        document, _ = request.read(body)
        if document is not None:
            self.show_draft(document.draft)

    def _make_fields(self) -> None:
        profile = self._desk.profile
        template = self._desk.settings.get(f"checkpoint.template.{profile.name}", profile.name_template)
        self.vault = VaultField(self._desk.ledger)
        self.resources = ResourcePicker(self._desk.ledger)
        self.types = TypeCards()
        self.advanced = Advanced(beta_fields=profile.beta_fields, today=self._desk.clock.now())
        self.description = DescriptionField()
        self.inspector = Inspector(profile)
        self.name = NameField(profile.name_rules, str(template), self._name)
        self.verdict = MarkedLine("checkpointVerdict")
        self.anyway = QCheckBox("Send an&yway")
        self.anyway.setObjectName("checkpointSendAnyway")
        self.anyway.setAccessibleName("Send anyway")
        self.arm = _button(f"Arm for {count_words(_ARM_MINUTES, 'minute')}", "checkpointArm")
        self.send = _button("&Send", "checkpointSend")
        self.save = _button("Save to &file…", "checkpointSave")
        self.close_button = _button("Close", "checkpointClose")

    def _name(self, template: str) -> Rendered:
        """Return the name that a template gives; the same window gives the same chance each time."""
        draft = CheckpointDraft(resources=self.resources.choices(), incremental=self.types.incremental)
        vault, now = self.vault.vault, self._desk.clock.now()
        chance = random.Random(self._seed)
        return default_name(template, self._desk.profile, vault, draft, now, host=host_name(), chance=chance)

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
        self.save.clicked.connect(self._ask_file)
        self.close_button.clicked.connect(self.close)
        self.inspector.subject_wished.connect(self._focus)
        self._desk.board.changed.connect(self._ledger_changed)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._try)
        QShortcut(QKeySequence("Ctrl+S"), self, self._ask_file)
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
        elif part is not Part.CONNECTION:
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
        now = self._desk.clock.now()
        self._draft = self.draft()
        self._body = request.body(self._draft)
        self._verdict = preflight(self._draft, self._desk.ledger, now)
        self.inspector.preview.show_body(self._body, self._draft.resources)
        self.inspector.findings.show_findings(self._verdict.findings, now)
        self._show_findings()
        self._show_verdict()

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
        self.arm.setVisible(not self._desk.guard.is_open)
        self.anyway.setVisible(bool(warned) and not self._verdict.is_blocked)
        reason = self._reason()
        self.send.setEnabled(not reason)
        hint = reason or "Queues the request; it is sent at once when the service can be reached"
        self.send.setToolTip(tooltip(hint))
        self.send.setAccessibleDescription(hint)
        mark = READY
        if self._verdict.is_blocked:
            untouched = not self._touched and self._draft.vault_id is None
            mark = SEVERITY_MARKS[Severity.INFO if untouched else Severity.BLOCK]
        elif warned:
            mark = SEVERITY_MARKS[Severity.WARN]
        self.verdict.say(mark, reason or verdict_sentence(self._verdict))

    def _reason(self) -> str:
        """Return why the request cannot be sent as it is, empty when it can."""
        if not self._desk.guard.is_open:
            name = quoted(self._desk.profile.name)
            return f"Profile {name} is read-only: arm it, then send. Saving to a file works now."
        if self._verdict.is_blocked:
            return verdict_sentence(self._verdict)
        if self._warned - self._accepted:
            count = sum(f.severity is Severity.WARN for f in self._verdict.findings)
            first = next(f for f in self._verdict.findings if f.severity is Severity.WARN)
            rest = f" ({count - 1} more in the pre-flight)" if count > 1 else ""
            return (
                f"{count_words(count, 'warning')}: {finding_sentence(first)}{rest}"
                " Tick ‘Send anyway’ to send it all the same."
            )
        return ""

    def _accept_warnings(self, accepted: bool) -> None:
        self._accepted = self._warned if accepted else frozenset()
        self._show_verdict()

    def _arm(self) -> None:
        """Let requests of this profile through for some minutes, and say so everywhere."""
        self._desk.guard.arm(_ARM_MINUTES)
        self._desk.board.notice(Part.INTENTS)
        self._judge()

    # sending and saving

    def _try(self) -> None:
        """Send what the form asks for, after one more look at it; or show what is in the way."""
        if self._stack.currentWidget() is not self._form:
            return
        self._touched = True
        self._judge()
        if self._reason():
            self._next_problem()
            return
        try:
            intent = self._desk.outbox.submit(self._draft, body=self._body)
        except HouseError as error:
            self.verdict.say(SEVERITY_MARKS[Severity.BLOCK], f"Not sent. {error_sentence(error)}")
            return
        self._show_outcome(intent.id)
        self.submitted.emit(intent.id)

    def _show_outcome(self, id: IntentId) -> None:
        if self._outcome is not None:
            self._stack.removeWidget(self._outcome)
            self._outcome.deleteLater()
        self._outcome = OutcomePanel(self._desk, id)
        self._outcome.edit_wished.connect(self._edit_again)
        self._outcome.close_wished.connect(self.close)
        self._stack.addWidget(self._outcome)
        self._stack.setCurrentWidget(self._outcome)
        self._outcome.setFocus()

    def _edit_again(self) -> None:
        self._stack.setCurrentWidget(self._form)
        self._read_anew()
        self.name.edit.setFocus()

    def _ask_file(self) -> None:
        self._judge()
        asked = QFileDialog(self, "Save the request to a file")
        asked.setObjectName("checkpointSaveDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(f"Request files (*.{_SUFFIX})")
        asked.setDefaultSuffix(_SUFFIX)
        stem = repaired_name(self._draft.name, NameRules.ASCII).strip("-") or "checkpoint"
        asked.selectFile(f"{stem}.{_SUFFIX}")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(self._save)
        asked.open()

    def _save(self, path: str) -> None:
        try:
            self._desk.save_text(path, self._body.decode("utf-8", "replace") + "\n")
        except HouseError as error:
            self.notice.setText(f"Not saved. {error_sentence(error)}")
        else:
            self.notice.setText(f"Saved to {plain(path)}.")
        self.notice.setVisible(True)

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
        if subject in fields:
            fields[subject].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _keep_template(self, template: str) -> None:
        self._desk.settings.put(f"checkpoint.template.{self._desk.profile.name}", template)

    def _lay_out(self) -> None:
        self.setObjectName("createCheckpointDialog")
        self.setWindowTitle("Create checkpoint")
        self.setAccessibleName("Create checkpoint")
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
        layout.addWidget(self._middle(), 1)
        layout.addLayout(self._foot())
        self._restore_size()

    def _head(self) -> QHBoxLayout:
        profile = self._desk.profile
        where = " · ".join(plain(part, 60) for part in (profile.name, profile.region, profile.project) if part)
        words = "The console calls this “Perform Backup”; it makes a restore point."
        head = QHBoxLayout()
        head.addWidget(_chip(Environment.DEMO if self._desk.is_demo else profile.environment))
        head.addWidget(label(f"{where} — {words}", "checkpointSubtitle"), 1)
        return head

    def _middle(self) -> QWidget:
        fields = QWidget()
        layout = QVBoxLayout(fields)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(10)
        for field in (self.vault, self.name, self.description, self.types):
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
        self.notice = label(name="checkpointNotice")
        self.notice.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self.anyway)
        buttons.addStretch(1)
        for button in (self.save, self.close_button, self.arm, self.send):
            buttons.addWidget(button)
        foot = QVBoxLayout()
        foot.addWidget(self.notice)
        foot.addWidget(self.verdict)
        foot.addLayout(buttons)
        return foot

    def _restore_size(self) -> None:
        size = self._desk.settings.get("checkpoint.size", None)
        fits = isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) for side in size)
        self.resize(QSize(*size).expandedTo(_SMALLEST) if fits else _USUAL)  # type: ignore[misc]

    def done(self, result: int) -> None:
        """Remember the size on every way of closing."""
        self._desk.settings.put("checkpoint.size", [self.width(), self.height()])
        super().done(result)


def _chip(environment: Environment) -> QWidget:
    """Return the word for what is at stake, in white on its colour."""
    made = QLabel(ENVIRONMENTS[environment])
    made.setObjectName("checkpointEnvironment")
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setContentsMargins(8, 2, 8, 2)
    made.setAutoFillBackground(True)
    colours = made.palette()
    colours.setColor(QPalette.ColorRole.Window, QColor(ENVIRONMENT_COLOURS[environment]))
    colours.setColor(QPalette.ColorRole.WindowText, QColor("#ffffff"))
    made.setPalette(colours)
    return made


def _holds(area: QWidget | None, widget: QWidget | None) -> bool:
    return area is not None and widget is not None and area.isAncestorOf(widget)


def _button(text: str, name: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAutoDefault(False)
    return made
