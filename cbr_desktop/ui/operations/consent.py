"""The tick with which a person accepts the warnings about a change."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox

from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.states import counted, grouped


class WarningConsent(QCheckBox):
    """Offered while there are warnings and nothing worse. A kind of warning that was not accepted takes the tick back.

    ``more`` says, as a marked message with its number, where the warnings stand that have no room in one sentence.

    Signals:
        given: the warnings are accepted now, or are not any more.
    """

    given = Signal()

    def __init__(self, name: str, more: tuple[str, str]) -> None:
        super().__init__(_("Send an&yway"))
        self.setObjectName(name)
        self.setAccessibleName(_("Send anyway"))
        self._more = more
        self._warnings: list[Finding] = []
        self._accepted: frozenset[FindingKind] = frozenset()
        self.toggled.connect(self._take)

    @property
    def has_warnings(self) -> bool:
        """Whether there is anything to accept."""
        return bool(self._warnings)

    @property
    def wish(self) -> str:
        """What is to be accepted before the change can go, empty when nothing is."""
        if self._kinds <= self._accepted:
            return ""
        count = len(self._warnings)
        warned = ngettext("{count} warning: {first}", "{count} warnings: {first}", count).format(
            count=grouped(count), first=finding_sentence(self._warnings[0])
        )
        more = counted(*self._more, count - 1) if count > 1 else ""
        return sentences(warned, more, _("Tick ‘Send anyway’ to send it all the same."))

    def show_findings(self, findings: Sequence[Finding], *, is_offered: bool) -> None:
        """Take other findings; ``is_offered`` is whether nothing else speaks against the change."""
        self._warnings = [finding for finding in findings if finding.severity is Severity.WARN]
        if not self._kinds <= self._accepted:
            self._accepted = frozenset()
            self.setChecked(False)
        self.setVisible(bool(self._warnings) and is_offered)

    @property
    def _kinds(self) -> frozenset[FindingKind]:
        return frozenset(finding.kind for finding in self._warnings)

    def _take(self, is_given: bool) -> None:
        self._accepted = self._kinds if is_given else frozenset()
        self.given.emit()
