"""Lines of findings: a mark that tells the weight by its shape, and the sentence beside it."""

from collections.abc import Iterable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbr_desktop.domain.finding import Finding
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine
from cbr_desktop.ui.kit.tokens import TIGHT

_LINES = 3
"""Findings that stand beneath one field; all of them are in the pre-flight."""


class FindingLines(QWidget):
    """The findings about one field, the most serious first and no more than ``lines``; hidden while there are none.

    A line is made when there is something to say in it.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, lines: int = _LINES) -> None:
        super().__init__(parent)
        self._name = name
        self._most = lines
        self._lines: list[MarkedLine] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(TIGHT)
        self.hide()

    def show_findings(self, findings: Iterable[Finding]) -> None:
        """Show the first few of these findings."""
        rows = sorted(findings, key=lambda finding: finding.severity.value)[: self._most]
        for number in range(len(self._lines), len(rows)):
            line = MarkedLine(f"{self._name}{number + 1}" if number else self._name, self)
            self._layout.addWidget(line)
            self._lines.append(line)
        for line, finding in zip(self._lines, rows, strict=False):
            line.say(SEVERITY_MARKS[finding.severity], finding_sentence(finding))
        for line in self._lines[len(rows) :]:
            line.say(None, "")
        self.setVisible(bool(rows))

    def text(self) -> str:
        """Return what is shown, for assistive technology."""
        return "\n".join(line.text for line in self._lines if line.text)
