"""The options of a request: its type, and what is rarely needed behind a fold."""

from datetime import datetime, timedelta

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.checkpoint import KEEP_FOREVER, RETENTION_LIMIT_DAYS, CheckpointDraft
from cbr_desktop.domain.finding import Finding
from cbr_desktop.domain.ids import PolicyId
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.finding_lines import FindingLines
from cbr_desktop.ui.kit.lines import NoWheelComboBox, NoWheelSpinBox, label

_UNSAID, _FOREVER, _DAYS = range(3)


class TypeCards(QWidget):
    """Incremental or full.

    Signals:
        changed: the other type.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._incremental = QRadioButton(_("&Incremental"))
        self._full = QRadioButton(_("Fu&ll"))
        self._incremental.setChecked(True)
        self._incremental.toggled.connect(self.changed)
        self._group = QButtonGroup(self)
        self.lines = FindingLines("checkpointTypeSentence")
        cards = QHBoxLayout()
        cards.setSpacing(8)
        cards.addWidget(
            self._card(self._incremental, "checkpointIncremental", _("What has changed since the last backup"))
        )
        cards.addWidget(self._card(self._full, "checkpointFull", _("Every block: larger and slower")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(label(_("Backup type")))
        layout.addLayout(cards)
        layout.addWidget(self.lines)

    @property
    def incremental(self) -> bool:
        """Whether an incremental backup is wanted."""
        return self._incremental.isChecked()

    def choose(self, *, incremental: bool) -> None:
        """Choose a type."""
        (self._incremental if incremental else self._full).setChecked(True)

    def _card(self, button: QRadioButton, name: str, words: str) -> QWidget:
        button.setObjectName(name)
        button.setAccessibleName(button.text().replace("&", ""))
        button.setAccessibleDescription(words)
        self._group.addButton(button)
        card = QFrame()
        card.setFrameShape(QFrame.Shape.StyledPanel)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.setSpacing(1)
        layout.addWidget(button)
        remark = label(words)
        remark.setIndent(20)
        layout.addWidget(remark)
        return card


class Advanced(QWidget):
    """What is rarely needed: the trigger, and where a region knows them, retention and policy.

    Signals:
        changed: another option.
    """

    changed = Signal()

    def __init__(self, *, beta_fields: bool, today: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._beta_fields = beta_fields
        self._today = today
        self.auto_trigger = QCheckBox(_("&Automatic trigger"))
        self.auto_trigger.setObjectName("checkpointAutoTrigger")
        self.auto_trigger.setAccessibleName(_("Automatic trigger"))
        self.auto_trigger.toggled.connect(self._changed)
        self.keep = NoWheelComboBox()
        self.keep.setObjectName("checkpointKeepFor")
        self.keep.setAccessibleName(_("Keep for"))
        self.keep.addItems([_("As the service does (not sent)"), _("Until it is deleted"), _("A number of days")])
        self.keep.currentIndexChanged.connect(self._changed)
        self.days = NoWheelSpinBox()
        self.days.setObjectName("checkpointKeepDays")
        self.days.setAccessibleName(_("Days to keep"))
        self.days.setRange(1, RETENTION_LIMIT_DAYS)
        self.days.setValue(30)
        self.days.setSuffix(_(" days"))
        self.days.valueChanged.connect(self._changed)
        self.until = label(name="checkpointKeepUntil")
        self.policy = QLineEdit()
        self.policy.setObjectName("checkpointPolicyId")
        self.policy.setAccessibleName(_("Policy id"))
        self.policy.setPlaceholderText(_("Only with the automatic trigger"))
        self.policy.textChanged.connect(self._changed)
        self.lines = FindingLines("checkpointAdvancedSentence")
        self._fold = QToolButton()
        self._content = QWidget()
        self._lay_out()
        self._show_state()

    @property
    def retention_days(self) -> int | None:
        """How long to keep the backups: days, ``KEEP_FOREVER``, or ``None`` when nothing is to be said."""
        if not self._beta_fields or self.keep.currentIndex() == _UNSAID:
            return None
        return KEEP_FOREVER if self.keep.currentIndex() == _FOREVER else self.days.value()

    @property
    def policy_id(self) -> PolicyId | None:
        """The policy whose run this is, ``None`` when nothing is to be said."""
        text = self.policy.text().strip()
        return PolicyId(text) if text and self._beta_fields and self.auto_trigger.isChecked() else None

    def show_options(self, draft: CheckpointDraft) -> None:
        """Take the options of a draft; those that this profile has no field for are left out."""
        self.auto_trigger.setChecked(draft.auto_trigger)
        self.policy.setText(draft.policy_id or "")
        if draft.retention_days is None:
            self.keep.setCurrentIndex(_UNSAID)
        else:
            self.keep.setCurrentIndex(_FOREVER if draft.retention_days == KEEP_FOREVER else _DAYS)
            self.days.setValue(draft.retention_days)

    def show_findings(self, findings: list[Finding]) -> None:
        """Show what is found about the options, unfolded so that it can be seen."""
        self.lines.show_findings(findings)
        if findings:
            self._fold.setChecked(True)

    def _changed(self) -> None:
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        counted = self.keep.currentIndex() == _DAYS
        self.days.setVisible(counted)
        self.until.setVisible(counted)
        end = (self._today.astimezone() + timedelta(days=self.days.value())).date() if counted else None
        self.until.setText(
            _("until {date}").format(date=QDate(end.year, end.month, end.day).toString(Qt.DateFormat.ISODate))
            if end
            else ""
        )
        self.policy.setEnabled(self.auto_trigger.isChecked())

    def _lay_out(self) -> None:
        self._fold.setText(_("Advanc&ed"))
        self._fold.setObjectName("checkpointAdvanced")
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setArrowType(Qt.ArrowType.RightArrow)
        self._fold.toggled.connect(self._unfold)
        grid = QGridLayout(self._content)
        grid.setContentsMargins(20, 0, 0, 0)
        grid.addWidget(self.auto_trigger, 0, 0, 1, 4)
        remark = label(_("Marks the backup as an automatic one, which a policy's retention may delete. Usually off."))
        remark.setIndent(20)
        grid.addWidget(remark, 1, 0, 1, 4)
        if self._beta_fields:
            self._lay_out_beta(grid)
        grid.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self._fold, self._content, self.lines):
            layout.addWidget(widget)
        self._content.hide()

    def _lay_out_beta(self, grid: QGridLayout) -> None:
        keep = label(_("&Keep for"))
        keep.setWordWrap(False)
        keep.setBuddy(self.keep)
        policy = label(_("&Policy id"))
        policy.setBuddy(self.policy)
        for column, widget in enumerate((keep, self.keep, self.days, self.until)):
            grid.addWidget(widget, 2, column)
        grid.addWidget(policy, 3, 0)
        grid.addWidget(self.policy, 3, 1, 1, 3)

    def _unfold(self, open: bool) -> None:
        self._content.setVisible(open)
        self._fold.setArrowType(Qt.ArrowType.DownArrow if open else Qt.ArrowType.RightArrow)
