"""The form of a policy that there is: what is changed of it, and nothing else."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from PySide6.QtWidgets import QGridLayout

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.policy import Policy, PolicyUpdate
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.schedules import kept_sentence, schedule_words
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.operations.form import FixedForm
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.policies.policyform import PolicyForm, copy_of, edit_of


class PolicyEditFields(PolicyFields):
    """Asks for another name, schedule, retention or state of a policy; ``asked`` is what was asked for before.

    Times and rules that the fields cannot show are told in words, and stay as they are.
    """

    kind = Kind.UPDATE_POLICY
    disabled_words = N_("It is disabled, so nothing runs before it is enabled.")
    is_new = False

    def __init__(
        self,
        policy: Policy,
        offset: timedelta,
        asked: Policy | None = None,
        *,
        now: Callable[[], datetime] | None = None,
        there: timedelta | None = None,
    ) -> None:
        self._edit = edit_of(policy, asked)
        super().__init__(offset, self._edit.form, now=now, there=there)
        self.setObjectName("policyEditForm")

    def build(self) -> Iterator[None]:
        """Make the fields; those that cannot show what the policy has are off."""
        yield from super().build()
        # where it copies to is changed by removing it from its vaults first, which is no matter of this form
        self.target_side.setEnabled(False)
        self.full_side.setEnabled(self._edit.shows_retention)
        for side in (self.schedule_side, self.clock_side) if not self._edit.shows_schedule else ():
            side.setEnabled(False)
        self.retention_side.setEnabled(self._edit.shows_retention)
        grid = self.layout()
        if isinstance(grid, QGridLayout) and self._kept_words():
            grid.addWidget(label(self._kept_words(), "policyKept"), grid.rowCount(), 1)

    def draft(self) -> PolicyUpdate:
        """Return what is changed."""
        return self._edit.update(self.form())

    def patterns(self, form: PolicyForm) -> tuple[str, ...]:
        """Return the rules that are shown, or those that stay since the fields cannot show them."""
        return super().patterns(form) if self._edit.shows_schedule else self._edit.policy.patterns

    def told(self, form: PolicyForm) -> tuple[str, str]:
        """Return when the policy runs, and how long its backups are kept; of what is not shown as it is."""
        runs, kept = super().told(form)
        policy = self._edit.policy
        if not self._edit.shows_schedule:
            runs = _("It runs: {schedule}.").format(schedule=schedule_words(policy.patterns, self._offset))
        return runs, kept if self._edit.shows_retention else kept_sentence(policy)

    def _kept_words(self) -> str:
        """Return which fields are off, empty where none are."""
        if self._edit.shows_schedule and self._edit.shows_retention:
            return ""
        if self._edit.shows_schedule:
            return _("This form cannot show its rules. They stay as they are.")
        if self._edit.shows_retention:
            return _("This form cannot show its times. They stay as they are.")
        return _("This form cannot show its times and its rules. They stay as they are.")


class PolicyCopyFields(PolicyFields):
    """Asks for a new policy like one that there is; what the fields cannot show of it is not copied, which is said."""

    def __init__(
        self,
        policy: Policy,
        offset: timedelta,
        *,
        now: Callable[[], datetime] | None = None,
        there: timedelta | None = None,
    ) -> None:
        self._copied = copied = copy_of(policy)
        super().__init__(offset, copied.form, now=now, there=there)

    def build(self) -> Iterator[None]:
        """Make the fields, and say what is not copied."""
        yield from super().build()
        copied = self._copied
        lost = [] if copied.shows_schedule else [_("This form cannot show its times. They are not copied.")]
        lost += [] if copied.shows_retention else [_("This form cannot show its rules. They are not copied.")]
        grid = self.layout()
        if isinstance(grid, QGridLayout) and lost:
            grid.addWidget(label(sentences(*lost), "policyKept"), grid.rowCount(), 1)


def switch_form(policy: Policy) -> FixedForm:
    """Return the form that enables a policy, or disables one that is enabled: there is nothing to fill in."""
    return FixedForm(Kind.UPDATE_POLICY, PolicyUpdate(policy.id, enabled=not policy.enabled))
