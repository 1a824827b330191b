"""Asking for the secrets of a profile, whichever way it goes in."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.error import CbrError, LoginRefused, SecretMissing, Unreachable, UnreachableReason
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.secret import SecretKind, StoreProblem, is_storable, login_secrets
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.identity import host_of, identity_words, secret_title, secret_words, store_sentence, way_words
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import counted
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, label
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import make_room

_LENGTH_LIMIT = 1_000_000
"""What a field takes at all: far more than any token, so that nothing is cut without a word."""
_LETTERS = 93
"""How wide the window is at the least, in letters of usual width."""
_LONG = (SecretKind.TOKEN, SecretKind.SECURITY_TOKEN)
_TYPED = (SecretKind.PASSWORD, SecretKind.PROXY_PASSWORD)
"""What a person made up: any character may be part of it, blanks too."""
_NAMES = {
    SecretKind.PASSWORD: "password",
    SecretKind.PASSCODE: "passcode",
    SecretKind.TOKEN: "token",
    SecretKind.ACCESS_KEY: "accessKey",
    SecretKind.SECRET_KEY: "secretKey",
    SecretKind.SECURITY_TOKEN: "securityToken",
    SecretKind.PROXY_PASSWORD: "proxyPassword",
}
_LABELS = {
    SecretKind.PASSWORD: N_("&Password"),
    SecretKind.PASSCODE: N_("Pass&code"),
    SecretKind.TOKEN: N_("&Token"),
    SecretKind.ACCESS_KEY: N_("&Access key id (AK)"),
    SecretKind.SECRET_KEY: N_("&Secret access key (SK)"),
    SecretKind.SECURITY_TOKEN: N_("Security &token"),
    SecretKind.PROXY_PASSWORD: N_("Pro&xy password"),
}


def wanted_secrets(profile: Profile, error: CbrError) -> tuple[SecretKind, ...]:
    """Return which secrets would help against an error; none when no secret would.

    A proxy is asked about alone: what the cloud wants may be known already.
    """
    wants_proxy = isinstance(error, SecretMissing) and error.kind == SecretKind.PROXY_PASSWORD
    if wants_proxy or (isinstance(error, Unreachable) and error.reason == UnreachableReason.PROXY_LOGIN):
        return (SecretKind.PROXY_PASSWORD,) if profile.proxy_user else ()
    return login_secrets(profile) if isinstance(error, SecretMissing | LoginRefused) else ()


class LoginDialog(QDialog):
    """Asks for secrets. They stay in these fields until they are given; closing the dialog gives none.

    ``reason`` is the sentence on top, ``kinds`` what is asked for (all that the way in needs when ``None``),
    ``store_problem`` the store's own word for why it is of no use, ``is_too_long`` tells what it has no room for.
    ``action`` and ``otherwise`` name the buttons, by default to log in or to work without.

    Signals:
        given: a mapping from ``SecretKind`` to text, and whether the system's store may keep what it can.
    """

    given = Signal(object, bool)

    def __init__(
        self,
        profile: Profile,
        reason: str,
        parent: QWidget | None = None,
        *,
        kinds: Sequence[SecretKind] | None = None,
        store_problem: str = "",
        is_too_long: Callable[[str], bool] = lambda _secret: False,
        action: str = "",
        otherwise: str = "",
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self._is_too_long = is_too_long
        self.kinds = login_secrets(profile) if kinds is None else tuple(kinds)
        self.setWindowTitle(_("Log in"))
        self.setAccessibleName(_("Log in"))
        self.setObjectName("logIn")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_LETTERS * self.fontMetrics().averageCharWidth())
        self._fields = {kind: SecretField(kind) for kind in self.kinds}
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(label(reason, "logInReason"))
        layout.addLayout(self._form())
        layout.addLayout(self._keeping(store_problem))
        self._state = AnnouncedLine("logInState")
        layout.addWidget(self._state)
        layout.addLayout(self._buttons(action, otherwise))
        for field in self._fields.values():
            field.changed.connect(self._judge)
        self._keep.toggled.connect(self._judge)
        self._judge()
        if self._fields:
            next(iter(self._fields.values())).setFocus()

    def offer(self, secrets: Mapping[SecretKind, str]) -> None:
        """Put what is at hand into the fields; it still has to be given."""
        for kind, secret in secrets.items():
            if kind in self._fields:
                self._fields[kind].put(secret)

    def _form(self) -> QFormLayout:
        profile = self._profile
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.addRow(_("Profile"), label(profile.name, "logInProfile"))
        if self.kinds == (SecretKind.PROXY_PASSWORD,):
            form.addRow(_("As"), label(profile.proxy_user, "logInAccount"))
            form.addRow(_("Goes to"), label(profile.proxy_url, "logInEndpoint"))
        else:
            form.addRow(_("Sign-in method"), label(way_words(profile.way), "logInWay"))
            form.addRow(_("As"), label(identity_words(profile), "logInAccount"))
            form.addRow(_("Goes to"), label(_destination(profile, self.kinds), "logInEndpoint"))
        for kind, field in self._fields.items():
            form.addRow(_(_LABELS[kind]), field)
        return form

    def _keeping(self, store_problem: str) -> QVBoxLayout:
        """Return what becomes of the secrets: a tick where the store may keep some, and what it does not keep."""
        storable = [kind for kind in self.kinds if is_storable(self._profile, kind)]
        fleeting = [kind for kind in self.kinds if kind not in storable]
        self._keep = QCheckBox(_("&Keep it in the system's password store"))
        self._keep.setObjectName("keepPassword")
        if fleeting and storable:
            self._keep.setText(
                _("&Keep the {storable} in the system's password store").format(storable=secret_words(storable[0]))
            )
        self._keep.setAccessibleName(self._keep.text().replace("&", ""))
        self._keep.setVisible(bool(storable))
        words = store_sentence(store_problem) if storable else ""
        if not storable:
            kept = _("It is kept") if len(self.kinds) == 1 else _("They are kept")
            words = _("{kept} in memory until you leave, never on the disk.").format(kept=kept)
        remark = label(words, "logInStore")
        remark.setVisible(bool(words))
        layout = QVBoxLayout()
        layout.setSpacing(4)
        layout.addWidget(self._keep)
        layout.addWidget(remark)
        return layout

    def _buttons(self, action: str, otherwise: str) -> QHBoxLayout:
        self._log_in = push_button(action or _("&Log in"), "logInNow", self._give)
        self._log_in.setDefault(True)
        self._log_in.setProperty("primary", True)
        return button_row(push_button(otherwise or _("Work without"), "logInLater", self.reject), self._log_in)

    def _judge(self) -> None:
        reason = next((words for field in self._fields.values() if (words := field.problem())), "")
        is_touched = any(field.is_touched for field in self._fields.values())
        if reason:
            self._state.say(SEVERITY_MARKS[Severity.BLOCK if is_touched else Severity.INFO], reason)
        else:
            words = self._without_room()
            self._state.say(SEVERITY_MARKS[Severity.WARN] if words else None, words)
        self._log_in.setEnabled(not reason)
        self._log_in.setToolTip(tooltip(reason))
        self._log_in.setAccessibleDescription(reason)
        make_room(self)

    def _without_room(self) -> str:
        """Return what the store will not keep although that is wanted, before it is used to log in."""
        if not self._keep.isChecked():
            return ""
        for kind, field in self._fields.items():
            if is_storable(self._profile, kind) and self._is_too_long(field.secret()):
                return store_sentence(StoreProblem.TOO_LONG)
        return ""

    def _give(self) -> None:
        secrets = {kind: field.secret() for kind, field in self._fields.items()}
        for field in self._fields.values():
            field.clear()
        # not isVisible: a dialog that is given its secrets before it is shown keeps them as well
        self.given.emit(secrets, self._keep.isChecked())
        self.accept()


class SecretField(QWidget):
    """A field for one secret: hidden, with a button to show it. What is pasted is trimmed as its kind allows.

    Signals:
        changed: another text stands there.
    """

    changed = Signal()

    def __init__(self, kind: SecretKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.is_touched = False
        self._line = QLineEdit()
        self._line.setObjectName(_NAMES[kind])
        self._line.setAccessibleName(secret_title(kind))
        self._line.setMaxLength(_LENGTH_LIMIT)
        self._line.textChanged.connect(self._edited)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._line)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._page: QPlainTextEdit | None = None
        self._show = QToolButton()
        self._show.setObjectName(f"{_NAMES[kind]}Show")
        self._show.setText(_("Show"))
        self._show.setAccessibleName(_("Show the {kind}").format(kind=secret_words(kind)))
        self._show.setCheckable(True)
        self._show.toggled.connect(self._reveal)
        self._length = label(name=f"{_NAMES[kind]}Length")
        self._length.hide()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._stack, 1)
        # an id and a number of the moment are read off and typed, with nothing to hide
        if kind in (SecretKind.PASSCODE, SecretKind.ACCESS_KEY):
            self._show.hide()
        else:
            self._line.setEchoMode(QLineEdit.EchoMode.Password)
            row.addWidget(self._show, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self._length)
        self.setFocusProxy(self._line)

    def secret(self) -> str:
        """Return what stands there, without the blanks and line breaks that a copy brings along."""
        text = self._line.text()
        return text if self._kind in _TYPED else "".join(text.split())

    def put(self, secret: str) -> None:
        """Let a secret stand there."""
        self._line.setText(secret)

    def clear(self) -> None:
        """Forget what stands there, also for undoing."""
        if self._page is not None:
            self._page.clear()
        self._line.clear()

    def problem(self) -> str:
        """Return why this cannot be used, empty when it can."""
        secret, words = self.secret(), secret_words(self._kind)
        if not secret:
            return _("Enter the {secret}.").format(secret=words)
        if self._kind is SecretKind.PASSCODE and not (secret.isascii() and secret.isdigit()):
            return _("The passcode has digits only. Type the number that the device shows now.")
        if self._kind not in _TYPED and not (secret.isascii() and secret.isprintable()):
            return _("The {secret} has characters that none can have. Copy it again.").format(secret=words)
        return ""

    def _edited(self, text: str) -> None:
        self.is_touched = True
        secret = self.secret()
        said = ""
        if self._kind in _LONG and secret:
            said = counted("{count} character", "{count} characters", len(secret))
            if secret != text:
                said = _("{characters}, spaces and line breaks left out").format(characters=said)
        elif self._kind in _TYPED and text != text.strip():
            said = _("It begins or ends with a space. That is sent, too.")
        self._length.setText(said)
        self._length.setVisible(bool(said))
        self.changed.emit()

    def _reveal(self, visible: bool) -> None:
        self._show.setText(_("Hide") if visible else _("Show"))
        if self._kind not in _LONG:
            self._line.setEchoMode(QLineEdit.EchoMode.Normal if visible else QLineEdit.EchoMode.Password)
            return
        if self._page is None:
            self._page = self._make_page()
        if visible:
            self._page.setPlainText(self._line.text())
        self._stack.setCurrentIndex(1 if visible else 0)
        self._stack.setFixedHeight(self._page.fontMetrics().height() * 6 if visible else self._line.sizeHint().height())
        self.setFocusProxy(self._page if visible else self._line)
        if not visible:
            self._page.clear()

    def _make_page(self) -> QPlainTextEdit:
        page = QPlainTextEdit()
        page.setObjectName(f"{_NAMES[self._kind]}Page")
        page.setAccessibleName(secret_title(self._kind))
        page.setTabChangesFocus(True)
        page.setUndoRedoEnabled(False)
        page.textChanged.connect(self._take_page)
        self._stack.addWidget(page)
        return page

    def _take_page(self) -> None:
        if self._page is not None and self._stack.currentWidget() is self._page:
            self._line.setText(self._page.toPlainText())


def _destination(profile: Profile, kinds: Sequence[SecretKind]) -> str:
    if profile.way in (Way.KEYS, Way.TEMPORARY_KEYS):
        return _("{cbr_endpoint}, as signatures: the key itself stays here").format(
            cbr_endpoint=host_of(profile.cbr_endpoint)
        )
    if profile.way is Way.TOKEN:
        return profile.cbr_endpoint
    return (
        profile.iam_endpoint
        if SecretKind.PASSWORD in kinds
        else _("{iam_endpoint}, as a signature").format(iam_endpoint=profile.iam_endpoint)
    )
