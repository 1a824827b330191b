"""The right side of the dialog: what was found about the request, and the request as it will be sent."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.change import Change
from cbr_desktop.domain.finding import Finding
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.codes import explain
from cbr_desktop.text.findings import finding_sentence, findings_sentence
from cbr_desktop.text.plain import bounded, tooltip
from cbr_desktop.text.preview import PreviewForm, rendered
from cbr_desktop.text.states import clock_words, duration_words, grouped, shown, status_words
from cbr_desktop.ui.kit.fields import code_view
from cbr_desktop.ui.kit.icons import mark_icon
from cbr_desktop.ui.kit.lines import MARK_SIZE, READY, SEVERITY_MARKS, label

_OLD_SECONDS = 600
"""From this age on a finding tells how old its data are, not when they were read."""


class Inspector(QTabWidget):
    """Pre-flight and preview, each in a tab.

    Signals:
        subject_requested: the operator wants to see the field that a finding is about.
    """

    subject_requested = Signal(object)

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkpointInspector")
        self.setAccessibleName(_("Judgement and preview"))
        self.setDocumentMode(True)
        self.findings = FindingList()
        self.findings.subject_requested.connect(self.subject_requested)
        self.preview = Preview(profile)
        self.addTab(self.findings, _("Pre-flight"))
        self.addTab(self.preview, _("Preview"))


class FindingList(QWidget):
    """All findings, the most serious first, each with its code and the age of what was judged.

    Signals:
        subject_requested: the operator wants to see the field that a finding is about.
    """

    subject_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = label(name="checkpointFindingSummary")
        self._list = QListWidget()
        self._list.setIconSize(MARK_SIZE)
        self._list.setObjectName("checkpointFindings")
        self._list.setAccessibleName(_("Pre-flight findings"))
        self._list.setWordWrap(True)
        self._list.setSpacing(2)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemActivated.connect(lambda item: self.subject_requested.emit(item.data(Qt.ItemDataRole.UserRole)))
        layout = QVBoxLayout(self)
        layout.addWidget(self._summary)
        layout.addWidget(self._list, 1)

    def show_findings(self, findings: Sequence[Finding], now: datetime) -> None:
        """Show other findings; the same ones leave the list, its place and its selection alone."""
        self._summary.setText(findings_sentence(findings) + ".")
        rows = [(_line(finding, now), finding) for finding in findings]
        if [text for text, _finding in rows] == [
            self._list.item(row).text() for row in range(self._list.count())
        ] and rows:
            return
        self._list.clear()
        for text, finding in rows:
            self._list.addItem(self._item(text, finding))
        if not rows:
            item = QListWidgetItem(mark_icon(READY), _("All checks passed"))
            self._list.addItem(item)

    def _item(self, text: str, finding: Finding) -> QListWidgetItem:
        icon = mark_icon(SEVERITY_MARKS[finding.severity])
        item = QListWidgetItem(icon, text)
        item.setData(Qt.ItemDataRole.UserRole, finding.subject)
        explanation = explain(finding.code)
        if explanation:
            item.setToolTip(tooltip(f"{explanation.code}: {explanation.meaning}.", explanation.remedy))
        return item


def _line(finding: Finding, now: datetime) -> str:
    head = f"{status_words(finding.severity)} · {status_words(finding.subject)}"
    code = _("code {code}").format(code=shown(finding.code, 60)) if finding.code else ""
    foot = " · ".join(part for part in (code, _source(finding, now)) if part)
    return f"{head}\n{finding_sentence(finding)}" + (f"\n{foot}" if foot else "")


def _source(finding: Finding, now: datetime) -> str:
    if finding.as_of is None:
        return ""
    age = now - finding.as_of
    if age.total_seconds() < _OLD_SECONDS:
        return _("as read at {as_of}").format(as_of=clock_words(finding.as_of, now)[:-3])
    return _("as read {age} ago").format(age=duration_words(age))


class Preview(QWidget):
    """The request in the forms of several tools; the first is exactly what is sent."""

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile = profile
        self._change: Change | None = None
        self._tabs = QTabWidget()
        self._tabs.setObjectName("checkpointPreviewForms")
        self._tabs.setAccessibleName(_("Forms of the request"))
        self._texts = {form: _reader(form) for form in PreviewForm}
        for form, text in self._texts.items():
            self._tabs.addTab(text, str(form))
        self._tabs.currentChanged.connect(self._render)
        self._size = label(name="checkpointPreviewSize")
        copy = QPushButton(_("&Copy"))
        copy.setObjectName("checkpointPreviewCopy")
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        foot = QHBoxLayout()
        foot.addWidget(self._size, 1)
        foot.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.addWidget(self._tabs, 1)
        layout.addLayout(foot)

    @property
    def json(self) -> QPlainTextEdit:
        """The view of the bytes that are sent."""
        return self._texts[PreviewForm.JSON]

    def show_change(self, change: Change | None, remark: str = "") -> None:
        """Show another request, ``None`` where there is none; ``remark`` stands beside its size."""
        size = (
            ""
            if change is None
            else _("{count} bytes").format(count=grouped(len(change.body)))
            if change.body
            else _("It has no body")
        )
        self._size.setText(" · ".join(part for part in (size, remark) if part))
        if change != self._change:
            self._change = change
            self._render()

    def show_form(self, form: PreviewForm) -> None:
        """Turn to one of the forms."""
        self._tabs.setCurrentIndex(list(self._texts).index(form))

    def _render(self) -> None:
        """Write the form that is looked at, and always the one that is sent."""
        current = list(self._texts)[self._tabs.currentIndex()]
        for form in {PreviewForm.JSON, current}:
            text = bounded(self._text(form))
            if text != self._texts[form].toPlainText():
                self._texts[form].setPlainText(text)

    def copy_json(self) -> None:
        """Copy the request as it is sent, whatever form is looked at."""
        QGuiApplication.clipboard().setText(self._text(PreviewForm.JSON))

    def _copy(self) -> None:
        current = list(self._texts)[self._tabs.currentIndex()]
        QGuiApplication.clipboard().setText(self._text(current))

    def _text(self, form: PreviewForm) -> str:
        return rendered(form, self._change, self._profile) if self._change is not None else ""


def _reader(form: PreviewForm) -> QPlainTextEdit:
    if form is PreviewForm.JSON:
        return code_view("checkpointPreview", _("Preview"))
    return code_view(f"checkpointPreview{form}", _("Preview as {form}").format(form=form))
