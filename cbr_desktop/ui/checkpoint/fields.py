"""The fields of a checkpoint: what a person fills in, and what is found about each of them."""

import random
from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.finding import RequestPart, Severity
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.template import Rendered
from cbr_desktop.ui.checkpoint.description import DescriptionField
from cbr_desktop.ui.checkpoint.form import CheckpointForm
from cbr_desktop.ui.checkpoint.name import NameField, host_name
from cbr_desktop.ui.checkpoint.options import Advanced, TypeCards
from cbr_desktop.ui.checkpoint.resources import ResourcePicker
from cbr_desktop.ui.checkpoint.target import VaultField
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine
from cbr_desktop.ui.kit.stepwise import Stepwise
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.naming import default_name

_ADVANCED = {"auto_trigger", "retention_days", "policy_id"}


class CheckpointFields(Stepwise, QWidget):
    """Lays the fields out and speaks of them as one: their draft, their findings, which of them is grey.

    Signals:
        vault_changed: another vault.
        choice_changed: other resources, or another type.
        changed: any other field.
    """

    vault_changed = Signal()
    choice_changed = Signal()
    changed = Signal()

    def __init__(self, context: ProfileContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        profile = context.profile
        self._context = context
        self._seed = random.randrange(2**32)
        self._template_key = f"checkpoint.template.{profile.name}"
        self.is_filling = False
        """Whether they are being filled in by a draft: what they tell meanwhile is no edit by the user."""

    def build(self) -> Iterator[None]:
        """Make the fields, and lay them out."""
        profile, context = self._context.profile, self._context
        self.unshown = MarkedLine("checkpointUnshown")
        self.unshown.hide()
        self.vault = VaultField(context.ledger, self)
        yield
        self.resources = ResourcePicker(context.ledger, self)
        yield
        self.types = TypeCards()
        self.advanced = Advanced(beta_fields=profile.beta_fields, today=context.clock.now())
        self.description = DescriptionField()
        template = context.settings.get(self._template_key, profile.name_template)
        self.name = NameField(profile.name_rules, str(template), self._named_by)
        self.name.template_chosen.connect(self._keep_template)
        yield
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(10)
        for widget in (self.unshown, self.vault, self.name, self.description, self.types):
            layout.addWidget(widget)
        layout.addWidget(self.resources, 1)
        layout.addWidget(self.advanced)
        for part in (self.resources, self.advanced):
            part.raise_()  # screen readers go by this order, which is that of the making
        self.vault.changed.connect(self.vault_changed)
        self.resources.changed.connect(self.choice_changed)
        self.types.changed.connect(self.choice_changed)
        self.name.changed.connect(self.changed)
        self.description.changed.connect(self.changed)
        self.advanced.changed.connect(self.changed)

    def draft(self) -> CheckpointDraft:
        """Return what the fields ask for now."""
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

    def choose(self, vault_id: VaultId | None, resource_ids: Sequence[ResourceId]) -> None:
        """Begin with a vault, and with resources of it where some are given."""
        self.vault.choose(vault_id)
        self.resources.show_vault(self.vault.vault)
        if resource_ids:
            self.resources.choose_ids(resource_ids)

    def fill(self, draft: CheckpointDraft) -> None:
        """Show a draft, as far as fields can."""
        self.is_filling = True
        self.vault.choose(draft.vault_id)
        self.resources.show_vault(self.vault.vault)
        if draft.name != self.name.text:
            self.name.set_text(draft.name)
        if draft.description != self.description.text:
            self.description.set_text(draft.description)
        self.types.choose(incremental=draft.incremental)
        self.advanced.show_options(draft)
        self.resources.choose(draft.resources)
        self.is_filling = False

    def grey(self, form: CheckpointForm) -> None:
        """Grey the fields that cannot show what the text says."""
        unshown = set(form.unshown)
        fields: dict[str, QWidget] = {
            "vault_id": self.vault,
            "name": self.name,
            "description": self.description,
            "incremental": self.types,
            "resources": self.resources,
        }
        for field, widget in fields.items():
            widget.setEnabled(field not in unshown)
        self.advanced.setEnabled(not _ADVANCED & unshown)
        words = form.unshown_words
        self.unshown.say(SEVERITY_MARKS[Severity.WARN if form.document is None else Severity.INFO], words)
        self.unshown.setVisible(bool(words))

    def show_findings(self, form: CheckpointForm) -> None:
        """Show beside each field what is found about it."""
        self.vault.show_findings(form.findings(RequestPart.VAULT), touched=form.is_touched)
        self.name.show_findings(form.findings(RequestPart.NAME, weighty=False))
        self.description.show_findings(form.findings(RequestPart.DESCRIPTION, weighty=False))
        self.types.lines.show_findings(form.findings(RequestPart.TYPE, weighty=False))
        self.resources.show_findings(form.findings(RequestPart.RESOURCES))
        self.advanced.show_findings(form.findings(RequestPart.ADVANCED))

    def field(self, subject: RequestPart | None) -> QWidget | None:
        """Return the field that a finding is about, ``None`` where it is about none of them."""
        fields: dict[RequestPart | None, QWidget] = {
            RequestPart.VAULT: self.vault.box,
            RequestPart.NAME: self.name.edit,
            RequestPart.DESCRIPTION: self.description.edit,
            RequestPart.RESOURCES: self.resources.tree,
            RequestPart.ADVANCED: self.advanced.auto_trigger,
        }
        return fields.get(subject)

    def focus(self, subject: RequestPart | None) -> None:
        """Put the focus into the field that a finding is about."""
        field = self.field(subject)
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def edits(self) -> list[QWidget]:
        """Return the fields that have an undo of their own."""
        lines = [*self.name.findChildren(QLineEdit), self.description.edit, self.advanced.policy]
        return [*lines, *self.vault.box.findChildren(QLineEdit), *self.advanced.days.findChildren(QLineEdit)]

    def _named_by(self, template: str, ticket: str) -> Rendered:
        """Return the name that a template gives; the same window gives the same chance each time."""
        draft = CheckpointDraft(resources=self.resources.choices(), incremental=self.types.incremental)
        profile, now, chance = self._context.profile, self._context.clock.now(), random.Random(self._seed)
        return default_name(
            *(template, profile, self.vault.vault, draft, now), host=host_name(), ticket=ticket, chance=chance
        )

    def _keep_template(self, template: str) -> None:
        self._context.settings.put(self._template_key, template)
