"""The forms of policies: deleting, applying and removing one, and when each of them opens."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLineEdit

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.ids import PolicyId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.policy import (
    REPLICATION,
    Policy,
    PolicyApplication,
    PolicyDeletion,
    PolicyRemoval,
    read_policy,
    read_update,
    updated,
)
from cbr_desktop.domain.region import zone_name
from cbr_desktop.domain.replication import DestinationVault
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.schedule import offset_at, zone_of
from cbr_desktop.domain.vault import ProtectType, Vault
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.sharing import destination_words
from cbr_desktop.text.states import quoted, shown
from cbr_desktop.ui.kit.fields import column, fields
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.kit.task_owner import is_at_work
from cbr_desktop.ui.operations.form import ChangeForm, FixedForm, Forms, MissingField
from cbr_desktop.ui.operations.vault_box import VaultBox
from cbr_desktop.ui.policies.edit import PolicyCopyFields, PolicyEditFields, switch_form
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.policies.policyform import form_of
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part


def deletion_form(id: PolicyId) -> FixedForm:
    """Return the form that deletes a policy: there is nothing to fill in."""
    return FixedForm(Kind.DELETE_POLICY, PolicyDeletion(id))


_BY_ID = "by-id"
"""The choice of a vault that no list tells of."""


class ApplyForm(ChangeForm):
    """Asks which policy is applied to which vault; one that is given is chosen already."""

    kind = Kind.APPLY_POLICY

    def __init__(
        self,
        policies: Iterable[Policy],
        vaults: Iterable[Vault],
        policy_id: str = "",
        vault_id: str = "",
        destination: str = "",
    ) -> None:
        super().__init__()
        self._context: ProfileContext | None = None
        self.setObjectName("applyForm")
        known = sorted(policies, key=lambda each: (each.name, each.id))
        self._copying = {each.id: each for each in known if each.operation_type == REPLICATION}
        self.policy = _choice(
            "applyPolicy", _("Policy"), _("Choose a policy"), [(each.id, each.name) for each in known], policy_id
        )
        self.vault = VaultBox("applyVault", _("Vault"), vaults, vault_id, tells_room=False)
        self.elsewhere = NoWheelComboBox()
        self.elsewhere.setObjectName("applyElsewhere")
        self.elsewhere.setAccessibleName(_("Vault that it copies to"))
        self.elsewhere.setPlaceholderText(_("Choose a replication vault"))
        self.note = label(name="applyNote")
        self.destination = QLineEdit(destination)
        self.destination.setPlaceholderText(_("Id of the vault that it copies to"))
        self.destination.setObjectName("applyDestination")
        self.destination.setAccessibleName(_("Id of the vault that it copies to"))
        where = column(self.elsewhere, self.destination, self.note)
        rows = ((_("&Policy"), self.policy), (_("&Vault"), self.vault), (_("Cop&ies to"), where))
        self._rows = fields(self, rows, {_("Cop&ies to"): self.elsewhere})
        for box in (self.policy, self.vault):
            box.currentIndexChanged.connect(self._tell_changed)
        self.destination.textChanged.connect(self._tell_changed)
        self.elsewhere.currentIndexChanged.connect(self._take_elsewhere)
        self._tell_changed()

    def follow(self, context: ProfileContext) -> None:
        """Offer the replication vaults of the region that a policy copies to, and have them read where need be."""
        self._context = context
        context.signals.changed.connect(self._ledger_changed)
        self._tell_changed()

    def missing(self) -> MissingField | None:
        """Return whether the policy or the vault is not chosen yet."""
        if not self.policy.currentData():
            return MissingField(_("No policy is chosen yet."), self.policy)
        return None if self.vault.vault_id else MissingField(_("No vault is chosen yet."), self.vault)

    def draft(self) -> PolicyApplication:
        """Return what is asked for. ``ValueError`` while policy or vault are missing."""
        policy_id, vault_id = _chosen(self.policy), _chosen(self.vault)
        target = self.destination.text().strip() if policy_id in self._copying else ""
        return PolicyApplication(PolicyId(policy_id), VaultId(vault_id), target)

    def begin(self) -> None:
        """Put the focus into what is still to be chosen."""
        (self.vault if self.policy.currentIndex() >= 0 else self.policy).setFocus()

    def _tell_changed(self, *_rest: object) -> None:
        policy = self._copying.get(self.policy.currentData())
        for widget in self._rows[-1]:
            widget.setVisible(policy is not None)
        self._offer(policy)
        self.changed.emit()

    def _offer(self, policy: Policy | None) -> None:
        """Offer the vaults that a policy can copy to as far as they are known; an id can be written all the same."""
        if self._context is None or policy is None:
            self.elsewhere.hide()
            self.note.hide()
            return
        ledger, part = self._context.ledger, self._context.ledger.freshness[Part.DESTINATIONS]
        if part.as_of is None and not part.loading and part.error is None and is_at_work():
            self._context.refresh.need(frozenset({Part.DESTINATIONS}))
        known = [each for each in ledger.destinations.values() if _takes_copies(each, policy)]
        known.sort(key=lambda each: (each.vault.name, each.id))
        asked = self.destination.text().strip()
        is_named = bool(asked) and all(each.id != asked for each in known)
        with QSignalBlocker(self.elsewhere):
            was_by_id = not self.elsewhere.isHidden() and self.elsewhere.currentData() == _BY_ID
            self.elsewhere.clear()
            for each in known:
                self.elsewhere.addItem(destination_words(each), each.id)
            self.elsewhere.addItem(_("Another vault, by its id…"), _BY_ID)
            place = self.elsewhere.findData(_BY_ID if is_named or was_by_id or not known else asked)
            self.elsewhere.setCurrentIndex(place if place >= 0 else -1)
        self.elsewhere.setVisible(bool(known))
        self.destination.setVisible(self.elsewhere.currentData() == _BY_ID)
        is_read = part.as_of is not None or part.error is not None
        where = quoted(policy.destination_region, 40) if policy.destination_region else _("the other region")
        self.note.setText(
            _("No replication vault is known in {region}. Create one there, or write its id.").format(region=where)
            if is_read
            else _("Reading which replication vaults there are in {region}…").format(region=where)
        )
        self.note.setVisible(not known)

    def _take_elsewhere(self, *_rest: object) -> None:
        chosen = self.elsewhere.currentData()
        self.destination.setText("" if chosen == _BY_ID else str(chosen or ""))
        self._tell_changed()
        if chosen == _BY_ID:
            self.destination.setFocus()

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.DESTINATIONS:
            self._tell_changed()


class RemoveForm(ChangeForm):
    """Asks from which of its vaults a policy is removed."""

    kind = Kind.REMOVE_POLICY

    def __init__(self, policy_id: str, vaults: Iterable[Vault], vault_id: str = "") -> None:
        super().__init__()
        self.setObjectName("removeForm")
        self._policy_id = PolicyId(policy_id)
        self.vault = VaultBox("removeVault", _("Vault"), vaults, vault_id, tells_room=False)
        if self.vault.count() == 1:
            self.vault.setCurrentIndex(0)
        fields(self, ((_("From &vault"), self.vault),), {})
        self.vault.currentIndexChanged.connect(self.changed)

    def missing(self) -> MissingField | None:
        """Return that no vault is chosen yet, or that there is none to choose."""
        if self.vault.vault_id:
            return None
        if not self.vault.count():
            return MissingField(_("The policy is applied to no vault, so there is none to remove it from."))
        return MissingField(_("No vault is chosen yet."), self.vault)

    def draft(self) -> PolicyRemoval:
        """Return what is asked for. ``ValueError`` while the vault is missing."""
        return PolicyRemoval(self._policy_id, VaultId(_chosen(self.vault)))

    def begin(self) -> None:
        """Put the focus into the choice of the vault."""
        self.vault.setFocus()


def _choice(name: str, words: str, wish: str, items: Sequence[tuple[str, str]], chosen: str) -> NoWheelComboBox:
    """Return a choice by names; nothing is chosen unless it is given. Of one name the ids tell which is which."""
    box = NoWheelComboBox()
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setPlaceholderText(wish)
    counts = Counter(label for _id, label in items)
    for id, label_words in items:
        suffix = f" ({shown(id, 64)})" if counts[label_words] > 1 or not label_words else ""
        box.addItem(f"{shown(label_words, 80)}{suffix}", id)
    box.setCurrentIndex(box.findData(chosen))
    return box


def _takes_copies(elsewhere: DestinationVault, policy: Policy) -> bool:
    """Whether a vault elsewhere is one that a policy can copy to, by its region, its project and what it holds."""
    fits = elsewhere.region == policy.destination_region or not policy.destination_region
    is_own = elsewhere.project.id == policy.destination_project_id or not policy.destination_project_id
    return fits and is_own and elsewhere.vault.protect_type == ProtectType.REPLICATION


def _chosen(box: NoWheelComboBox) -> str:
    id = box.currentData()
    if not id:
        raise ValueError("nothing is chosen")
    return str(id)


def _apply_form(context: ProfileContext, *given: str) -> ApplyForm:
    """Return the form that applies a policy; ``given`` are the ids of policy, vault and copy as far as chosen."""
    form = ApplyForm(context.ledger.policies.values(), context.ledger.vaults.values(), *given)
    form.follow(context)
    return form


def _remove_form(context: ProfileContext, policy: Policy) -> RemoveForm:
    known = context.ledger.vaults
    return RemoveForm(policy.id, [known[id] for id in policy.vault_ids if id in known])


def _policy_again(context: ProfileContext, intent: Intent) -> PolicyFields | None:
    draft = read_policy(intent.body)
    given = form_of(draft) if draft is not None else None
    return PolicyFields(_offset(context), given, **_clocks(context)) if given is not None else None


def _edit_again(context: ProfileContext, intent: Intent) -> PolicyEditFields | None:
    id = PolicyId(intent.subject.id)
    policy, update = context.ledger.policies.get(id), read_update(intent.body, id)
    if policy is None or update is None:
        return None
    return PolicyEditFields(
        policy, _offset(context), updated(policy, update), now=context.clock.now, there=_there(context)
    )


def _application_again(context: ProfileContext, intent: Intent) -> ApplyForm:
    asked = content_of(intent.body)
    policy_id, destination = str(asked.get("policy_id", "")), str(asked.get("destination_vault_id", ""))
    return _apply_form(context, policy_id, intent.subject.id, destination)


def _removal_again(context: ProfileContext, intent: Intent) -> RemoveForm:
    id = VaultId(intent.subject.id)
    own = [context.ledger.vaults[id]] if id in context.ledger.vaults else []
    return RemoveForm(str(content_of(intent.body).get("policy_id", "")), own, id)


def _offset(context: ProfileContext) -> timedelta:
    """Return how far the operator's clock is from UTC now."""
    return context.clock.now().astimezone().utcoffset() or timedelta()


def _clocks(context: ProfileContext) -> dict[str, Any]:
    """Return what the forms of schedules are told of time."""
    return {"now": context.clock.now, "there": _there(context)}


def _there(context: ProfileContext) -> timedelta | None:
    """Return how far the clock of the profile's region is from UTC now, ``None`` where that is not known."""
    name = zone_name(context.profile.region)
    try:
        return offset_at(context.clock.now(), zone_of(name)) if name else None
    except LookupError:  # this machine has no data of time zones
        return None


FORMS = Forms(
    asked={
        "create": lambda context, _row: PolicyFields(_offset(context), **_clocks(context)),
        "copy": lambda context, policy: PolicyCopyFields(
            policy, _offset(context), now=context.clock.now, there=_there(context)
        ),
        "edit": lambda context, policy: PolicyEditFields(
            policy, _offset(context), now=context.clock.now, there=_there(context)
        ),
        "switch": lambda _context, policy: switch_form(policy),
        "apply": lambda context, policy: _apply_form(context, policy.id),
        "remove": _remove_form,
        "delete": lambda _context, policy: deletion_form(policy.id),
    },
    again={
        PolicyFields.kind: _policy_again,
        PolicyEditFields.kind: _edit_again,
        ApplyForm.kind: _application_again,
        RemoveForm.kind: _removal_again,
        Kind.DELETE_POLICY: lambda _context, intent: deletion_form(PolicyId(intent.subject.id)),
    },
)
