"""The line in which a person says why something is overwritten, and who approved that."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from cbr_desktop.domain.intent import APPROVER_LIMIT, REASON_LIMIT, Approval
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.lines import label


class ApprovalFields(QWidget):
    """Reason and approver; ``prefix`` begins the names of its fields.

    Signals:
        changed: something else is said now.
    """

    changed = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.reason = _line(f"{prefix}Reason", _("Why it is to be done"), REASON_LIMIT)
        self.approver = _line(f"{prefix}Approver", _("Who approved it"), APPROVER_LIMIT)
        self.approver.setPlaceholderText(_("nobody, or a name"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for field, words in ((self.reason, _("Rea&son")), (self.approver, _("A&pproved by"))):
            named = label(words, f"{field.objectName()}Words")
            named.setBuddy(field)
            row.addWidget(named)
            row.addWidget(field, 2 if field is self.reason else 1)
            field.textChanged.connect(self.changed)

    @property
    def value(self) -> Approval:
        """What is said, without blanks at its ends; the reason is empty while none is given."""
        return Approval(self.reason.text().strip(), self.approver.text().strip())

    def show_value(self, value: Approval) -> None:
        """Show what was said elsewhere."""
        self.reason.setText(value.reason)
        self.approver.setText(value.approver)


def _line(name: str, words: str, limit: int) -> QLineEdit:
    """Return a line for a person's words, which takes no more of them than is kept."""
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(words)
    line.setMaxLength(limit)
    return line
