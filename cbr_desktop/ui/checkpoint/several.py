"""Checkpoints of several vaults at once: one template names them all, and each vault is a row of a batch."""

import platform
import random
from collections.abc import Sequence
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit

from cbr_desktop.domain.change import Kind, Subject
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.template import PRESETS, TICKET, Rendered, uses
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.request_findings import template_sentence
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.operations.form import BatchForm, ContextRow
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.naming import default_name
from cbr_desktop.workflows.operations.vault_policies import vault_subject

VaultTarget = tuple[VaultId, Sequence[ResourceId]]
"""A vault, and the resources of it that are backed up; none for all of them."""


class CheckpointsForm(BatchForm):
    """Asks how the checkpoints of several vaults are named, and whether they are full."""

    kind = Kind.CREATE_CHECKPOINT
    has_fields = True

    def __init__(self, asked: Sequence[ContextRow]) -> None:
        super().__init__()
        self.setObjectName("checkpointsForm")
        self._numbers = {vault_id: number for number, (_context, (vault_id, _ids)) in enumerate(asked, 1)}
        self._seed = uuid4().int
        """Names stay the same while they are shown, and no other request gets them."""
        self.template = NoWheelComboBox()
        self.template.setObjectName("checkpointsTemplate")
        self.template.setAccessibleName(_("Template of the names"))
        self.template.setEditable(True)
        self.template.setInsertPolicy(NoWheelComboBox.InsertPolicy.NoInsert)
        self.template.addItems([*PRESETS])
        self.template.setCurrentText(asked[0][0].profile.name_template if asked else PRESETS[0])
        self.ticket = QLineEdit()
        self.ticket.setObjectName("checkpointsTicket")
        self.ticket.setAccessibleName(_("Ticket"))
        self.description = QLineEdit()
        self.description.setObjectName("checkpointsDescription")
        self.description.setAccessibleName(_("Description"))
        self.full = QCheckBox(_("&Full backups"))
        self.full.setObjectName("checkpointsFull")
        self.full.setToolTip(tooltip(_("Every block instead of those that have changed: larger and slower")))
        self._lay_out()
        self.template.currentTextChanged.connect(self._tell_changed)
        for field in (self.ticket, self.description):
            field.textChanged.connect(self.changed)
        self.full.toggled.connect(self.changed)
        self._tell_changed()

    def draft(self, context: ProfileContext, row: VaultTarget) -> CheckpointDraft:
        """Return the checkpoint that is asked for of a vault. ``ValueError`` while the template gives no name."""
        vault_id, ids = row
        vault = context.ledger.vaults.get(vault_id)
        known = {each.id: each for each in vault.resources} if vault is not None else {}
        chosen = [ResourceChoice(id, known[id].type, known[id].name) for id in ids if id in known]
        draft = CheckpointDraft(
            vault_id,
            description=self.description.text().strip(),
            incremental=not self.full.isChecked(),
            resources=tuple(chosen) if ids else None,
        )
        name = self._name(context, draft)
        if name.problems or (ids and len(chosen) < len(ids)):
            raise ValueError("the template gives no name, or a resource is not in its vault any more")
        return CheckpointDraft(vault_id, name.name, draft.description, draft.incremental, resources=draft.resources)

    def subject(self, context: ProfileContext, row: VaultTarget) -> Subject:
        """Return the vault of a row."""
        return vault_subject(row[0], context.ledger)

    def lacking(self, context: ProfileContext, row: VaultTarget) -> str:
        """Return why no name can be given, or that a resource has left its vault."""
        problems = self._name(context, CheckpointDraft(row[0])).problems
        return template_sentence(problems[0]) if problems else _("A resource is not in the vault any more.")

    def _name(self, context: ProfileContext, draft: CheckpointDraft) -> Rendered:
        vault = context.ledger.vaults.get(draft.vault_id) if draft.vault_id is not None else None
        number = self._numbers.get(draft.vault_id, 1) if draft.vault_id is not None else 1
        return default_name(
            *(self.template.currentText().strip(), context.profile, vault, draft, context.clock.now()),
            sequence=number,
            host=platform.node(),
            ticket=self.ticket.text().strip(),
            chance=random.Random(self._seed + number),
        )

    def _tell_changed(self, *_rest: object) -> None:
        wants = uses(self.template.currentText(), TICKET)
        self.ticket.setVisible(wants)
        self._ticket_words.setVisible(wants)
        self.changed.emit()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 1)
        names = label(_("&Names by"), "checkpointsWords")
        names.setBuddy(self.template)
        self._ticket_words = label(_("Tic&ket"), "checkpointsWords")
        self._ticket_words.setBuddy(self.ticket)
        about = label(_("Descr&iption"), "checkpointsWords")
        about.setBuddy(self.description)
        for words in (names, self._ticket_words, about):
            words.setWordWrap(False)
        for column, widget in enumerate((names, self.template, self._ticket_words, self.ticket)):
            grid.addWidget(widget, 0, column)
        for column, widget in enumerate((about, self.description)):
            grid.addWidget(widget, 1, column)
        grid.addWidget(self.full, 1, 2, 1, 2, Qt.AlignmentFlag.AlignLeft)
