"""What a test of a profile found, a line for each thing that was looked at."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from cbr_desktop.domain.diagnosis import Check, CheckKind, Verdict
from cbr_desktop.domain.error import LoginRefused
from cbr_desktop.text.catalogue import NN_, _, ngettext
from cbr_desktop.text.diagnosis import check_kind_words, check_subject_words, found_sentence, next_sentence
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.states import counted
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.lines import MarkedLine, label

_MARKS = {
    Verdict.PASS: Mark(Shape.DISC, Tone.GOOD),
    Verdict.WARN: Mark(Shape.UP, Tone.WARN),
    Verdict.FAIL: Mark(Shape.CROSS, Tone.BAD),
    Verdict.SKIPPED: Mark(Shape.RING, Tone.IDLE),
}
_VERDICTS = {
    Verdict.PASS: NN_("{count} good", "{count} good"),
    Verdict.WARN: NN_("{count} to be looked at", "{count} to be looked at"),
    Verdict.FAIL: NN_("{count} failed", "{count} failed"),
    Verdict.SKIPPED: NN_("{count} not looked at", "{count} not looked at"),
}
_HEIGHT = 170


def login_refused(checks: Sequence[Check]) -> bool:
    """Tell whether the service refused the secrets that a test was made with."""
    return any(isinstance(check.error, LoginRefused) for check in checks)


def login_held(checks: Sequence[Check]) -> bool:
    """Tell whether the service took the secrets that a test was made with."""
    logins = [check for check in checks if check.kind is CheckKind.LOGIN]
    return not login_refused(checks) and any(check.verdict in (Verdict.PASS, Verdict.WARN) for check in logins)


class ChecksPanel(QFrame):
    """Shows the lines of a test until they are dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checks")
        self.setAccessibleName(_("What the test found"))
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._heading = label(name="checksHeading")
        dismiss = QToolButton()
        dismiss.setObjectName("dismissChecks")
        dismiss.setAccessibleName(_("Dismiss what the test found"))
        dismiss.setIcon(icon("close"))
        dismiss.setAutoRaise(True)
        dismiss.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(dismiss)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("checkLines")
        self._scroll.setAccessibleName(_("Checks of the test"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 6, 6)
        layout.addLayout(head)
        layout.addWidget(self._scroll)
        self.hide()

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Show the lines of a test in place of those before."""
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        first: MarkedLine | None = None
        for check in checks:
            line = MarkedLine("check")
            line.say(_MARKS[check.verdict], check_words(check))
            layout.addWidget(line)
            if check.verdict is Verdict.FAIL and first is None:
                first = line
        layout.addStretch(1)
        self._scroll.setWidget(content)
        needed = layout.heightForWidth(max(self.width(), self.sizeHint().width()) - 40)
        self._scroll.setFixedHeight(min(_HEIGHT, needed + 4))
        counts = {verdict: sum(check.verdict is verdict for check in checks) for verdict in Verdict}
        worst = next((v for v in (Verdict.FAIL, Verdict.WARN) if counts[v]), Verdict.PASS)
        parts = [ngettext(*_VERDICTS[verdict], count).format(count=count) for verdict, count in counts.items() if count]
        head = (
            _("All is well")
            if worst is Verdict.PASS
            else _("It works")
            if worst is Verdict.WARN
            else _("It does not work")
        )
        self._heading.setText(f"{head}: {counted('{count} check', '{count} checks', len(checks))}, {', '.join(parts)}.")
        self._heading.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.show()
        if first is not None:
            layout.activate()
            self._scroll.ensureWidgetVisible(first)


def check_words(check: Check) -> str:
    """Return a line: what was looked at, how it was found, and what to do next."""
    parts = [
        f"{check_kind_words(check.kind)} {check_subject_words(check)}:",
        found_sentence(check),
        next_sentence(check),
    ]
    return " ".join(part for part in parts if part)
