"""The foot of every window from which a change is sent: the verdict, arming, warnings to accept, and the buttons."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.marks import Mark
from cbr_desktop.text.plain import tooltip
from cbr_desktop.ui.kit.announcer import REST_MS, Announcer
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, MarkedLine
from cbr_desktop.ui.kit.tokens import NEAR
from cbr_desktop.ui.operations.arming import ArmingLine
from cbr_desktop.ui.operations.consent import WarningConsent
from cbr_desktop.ui.session.profile_context import ProfileContext

_BLOCKED = SEVERITY_MARKS[Severity.BLOCK]
_WARNED = SEVERITY_MARKS[Severity.WARN]
_UNSENT = SEVERITY_MARKS[Severity.INFO]


class Standing(Struct, frozen=True):
    """How a change stands by what is known of it, whether the profile lets it through or not.

    ``words`` is the verdict where nothing speaks against it, ``objection`` what does, with ``mark`` as its weight.
    ``wish`` is what a person has still to do in the window after the warnings are accepted. ``hint`` says what the
    button does.
    """

    words: str
    findings: Sequence[Finding] = ()
    objection: str = ""
    mark: Mark = _BLOCKED
    wish: str = ""
    hint: str = ""


class SendBar(QWidget):
    """Shows the verdict on a change and switches the buttons that send it.

    The verdict is always what was judged; that the profile has to be armed stands in a line of its own. A green mark
    stands beside buttons alone that can be pressed. The first of ``senders`` stands out, as what destroys something if
    the change ``is_destructive``; ``leave``, far from it, closes the window.
    """

    def __init__(
        self,
        context: ProfileContext,
        prefix: str,
        consent: WarningConsent,
        *,
        buttons: Sequence[QPushButton],
        senders: Sequence[QPushButton],
        is_file: bool,
        leave: QPushButton | None = None,
        is_destructive: bool = False,
    ) -> None:
        super().__init__()
        self._senders = senders
        self._standing = Standing("")
        self.verdict = MarkedLine(f"{prefix}Verdict")
        self.announcer = Announcer(self.verdict, REST_MS)
        self.arming = ArmingLine(context, prefix, is_file=is_file)
        self.consent = consent
        senders[0].setProperty("danger" if is_destructive else "primary", True)
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        if leave is not None:
            row.addWidget(leave)
        row.addWidget(consent)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.verdict)
        layout.addWidget(self.arming)
        layout.addLayout(row)
        self.arming.changed.connect(self._refresh)
        consent.given.connect(self._refresh)

    @property
    def hindrance(self) -> str:
        """Why the change cannot be sent now, empty when it can."""
        return sentences(self.arming.hindrance, self._judged)

    def show_standing(self, standing: Standing) -> None:
        """Show how the change stands now."""
        self._standing = standing
        self.consent.show_findings(standing.findings, is_offered=not standing.objection)
        self.arming.refresh()
        hindrance = self.hindrance
        hint = hindrance or standing.hint
        for button in self._senders:
            button.setEnabled(not hindrance)
        self._senders[0].setToolTip(tooltip(hint))
        self._senders[0].setAccessibleDescription(hint)
        self.verdict.say(self._mark(hindrance), self._judged or standing.words)
        self.announcer.say(hindrance or standing.words)

    def refuse(self, error: CbrError) -> None:
        """Say that the outbox did not take the change."""
        self.refuse_for(_("Not sent. {error}").format(error=error_sentence(error)))

    def refuse_for(self, words: str) -> None:
        """Say why the change did not go."""
        self.verdict.say(_BLOCKED, words)
        self.announcer.say(words)

    @property
    def _judged(self) -> str:
        return self._standing.objection or self.consent.wish or self._standing.wish

    def _mark(self, hindrance: str) -> Mark:
        if self._standing.objection:
            return self._standing.mark
        if self.consent.has_warnings or self._standing.wish:
            return _WARNED
        return _UNSENT if hindrance else READY

    def _refresh(self) -> None:
        self.show_standing(self._standing)
