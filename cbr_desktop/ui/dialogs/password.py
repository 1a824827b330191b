"""Asking for the password of a profile's user."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.dialogs.lines import label


class PasswordDialog(QDialog):
    """Asks for a password. It stays in this field until it is given; closing the dialog gives none.

    Signals:
        given: the password, and whether the system's store may keep it.
    """

    given = Signal(str, bool)

    def __init__(self, profile: Profile, reason: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Log in")
        self.setAccessibleName("Log in")
        self.setObjectName("logIn")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.addWidget(label(reason, "logInReason"))
        form = QFormLayout()
        form.addRow("Profile", label(profile.name, "logInProfile"))
        form.addRow("Account", label(f"{profile.user} ({profile.domain})", "logInAccount"))
        form.addRow("Goes to", label(profile.iam_endpoint, "logInEndpoint"))
        form.addRow("&Password", self._password_field())
        layout.addLayout(form)
        self._keep = QCheckBox("&Keep it in the system's password store", self)
        self._keep.setObjectName("keepPassword")
        layout.addWidget(self._keep)
        layout.addWidget(self._buttons())
        self._password.setFocus()

    def _password_field(self) -> QLineEdit:
        self._password = QLineEdit(self)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.setObjectName("password")
        self._password.setAccessibleName("Password")
        self._password.textChanged.connect(self._judge)
        return self._password

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        self._log_in = buttons.addButton("&Log in", QDialogButtonBox.ButtonRole.AcceptRole)
        self._log_in.setObjectName("logInNow")
        self._log_in.setEnabled(False)
        cancel = buttons.addButton("Work without", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setObjectName("logInLater")
        buttons.accepted.connect(self._give)
        buttons.rejected.connect(self.reject)
        return buttons

    def _judge(self, text: str) -> None:
        self._log_in.setEnabled(bool(text))

    def _give(self) -> None:
        password = self._password.text()
        self._password.clear()
        self.given.emit(password, self._keep.isChecked())
        self.accept()
