"""The first screen where no profile is chosen: the profiles there are, how to add one, and the demo."""

from collections.abc import Callable, Sequence
from pathlib import PurePath

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.states import quoted
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.theme import set_type, style_as
from cbr_desktop.ui.kit.widgets import ask_for_file
from cbr_desktop.ui.profiles.listing import PROFILE_ROLE, ProfileDelegate, row_words

_SIGN = 36
_STEPS = (
    N_("Add a profile: its region, its project, and who you are. Or import what other programs on this machine have."),
    N_("Test it: name, network, certificate and login are looked at one by one, and nothing is changed."),
    N_("Open it. The password is asked for once; it goes into the system's password store only if you say so."),
)


class WelcomeWindow(QWidget):
    """Offers the profiles of ``place`` and the demo cloud; ``problems`` are sentences about that file.

    ``files`` are the paths that the program was started with, which open once there is a cloud to judge them by.

    Signals:
        chosen: the ``Profile`` to open, or ``None`` for the demo cloud.
        dismissed: the window was closed without a choice.
        add_requested: a profile should be made.
        import_requested: profiles should be taken over from other programs.
        edit_requested: the profile of this name should be looked at and changed.
        file_chosen: the file of this path should open once there is a cloud.
    """

    chosen = Signal(object)
    dismissed = Signal()
    add_requested = Signal()
    import_requested = Signal()
    edit_requested = Signal(str)
    file_chosen = Signal(str)

    def __init__(
        self, profiles: Sequence[Profile], problems: Sequence[str], place: str, files: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._profiles: list[Profile] = []
        self.setWindowTitle(_("CBR Desktop"))
        self.setAccessibleName(_("CBR Desktop"))
        self.setObjectName("welcome")
        self.setWindowIcon(icon("program"))
        self.resize(720, 520)
        self._files = list(files)
        self._place = place
        self._heading = _heading()
        self._waiting = MarkedLine("welcomeFiles")
        self._tell_files()
        self._problems = MarkedLine("welcomeProblems")
        self._list = self._make_list()
        self._steps = _steps(place)
        self._open = _button(_("&Open"), "openProfile", self._open_current)
        self._edit = _button(_("&Edit…"), "editProfile", self._edit_current)
        self._add = _button(_("&Add a profile…"), "addProfile", self.add_requested.emit)
        self._import = _button(_("&Import…"), "importProfiles", self.import_requested.emit)
        self._file = _button(_("Open a request &file…"), "openFile", self._ask_for_file)
        self._demo = _button(_("Open the &demo cloud"), "openDemo", self._open_demo)
        self._lay_out()
        self.show_profiles(profiles, problems)

    def show_profiles(self, profiles: Sequence[Profile], problems: Sequence[str]) -> None:
        """Show what there is now; the choice stays where it was."""
        row = max(0, self._list.currentRow())
        self._profiles = list(profiles)
        self._list.clear()
        for profile in profiles:
            item = QListWidgetItem()
            item.setData(PROFILE_ROLE, profile)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row_words(profile))
            self._list.addItem(item)
        self._list.setCurrentRow(min(row, len(profiles) - 1))
        words = " ".join(problems)
        if words and self._place not in words:
            words = sentences(words, _("The file is {place}.").format(place=self._place))
        self._problems.say(SEVERITY_MARKS[Severity.BLOCK] if words else None, words)
        has_some = bool(profiles)
        self._heading.setText(_("Which cloud?") if has_some else _("No cloud is set up yet"))
        for widget in (self._list, self._open, self._edit):
            widget.setVisible(has_some)
        self._steps.setVisible(not has_some)
        for button, is_first in ((self._open, has_some), (self._add, not has_some)):
            button.setDefault(is_first)
            style_as(button, "primary", is_first)
        (self._list if has_some else self._add).setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that nothing was chosen."""
        self.dismissed.emit()
        super().closeEvent(event)

    def _make_list(self) -> QListWidget:
        made = QListWidget()
        made.setObjectName("profiles")
        made.setAccessibleName(_("Profiles"))
        made.setItemDelegate(ProfileDelegate(made))
        made.itemActivated.connect(self._open_current)
        return made

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        for button in (self._open, self._edit, self._add, self._import, self._file):
            above.addWidget(button)
        above.addStretch(1)
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.HLine)
        rule.setForegroundRole(QPalette.ColorRole.Mid)
        below = QHBoxLayout()
        words = _("The demo cloud is built in: it needs no account and sends nothing anywhere.")
        below.addWidget(label(words, "welcomeDemo"), 1)
        below.addWidget(self._demo)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(_sign())
        head.addWidget(self._heading, 1)
        layout.addLayout(head)
        layout.addWidget(self._waiting)
        layout.addWidget(self._problems)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._steps)
        layout.addLayout(above)
        layout.addStretch()
        layout.addWidget(rule)
        layout.addLayout(below)

    def _ask_for_file(self) -> None:
        filters = [_("Request files and plans (*.json)")]
        ask_for_file(self, _("Open a request file"), "requestFileDialog", filters, self.take_file)

    def take_file(self, path: str) -> None:
        """Keep a file until there is a cloud to judge it by."""
        if path not in self._files:
            self._files.append(path)
            self._tell_files()
            self.file_chosen.emit(path)

    def _tell_files(self) -> None:
        self._waiting.say(SEVERITY_MARKS[Severity.INFO] if self._files else None, _waiting_words(self._files))

    def _open_current(self) -> None:
        if self._profiles:
            self.chosen.emit(self._profiles[max(0, self._list.currentRow())])

    def _edit_current(self) -> None:
        if self._profiles:
            self.edit_requested.emit(self._profiles[max(0, self._list.currentRow())].name)

    def _open_demo(self) -> None:
        self.chosen.emit(None)


def _waiting_words(files: Sequence[str]) -> str:
    """Return what becomes of the files that the program was started with."""
    if not files:
        return ""
    one = _("{name} waits for a cloud to be chosen; then it opens for review").format(
        name=quoted(PurePath(files[0]).name, 80)
    )
    several = _("{count} files wait for a cloud to be chosen; then they open for review").format(count=len(files))
    return _("{several}, and nothing is sent by that.").format(several=several if len(files) > 1 else one)


def _heading() -> QLabel:
    heading = label(name="welcomeHeading")
    set_type(heading, "title", bold=True)
    return heading


def _sign() -> QLabel:
    made = QLabel()
    made.setObjectName("welcomeSign")
    made.setPixmap(icon("program").pixmap(QSize(_SIGN, _SIGN), made.devicePixelRatioF()))
    return made


def _steps(place: str) -> QWidget:
    """Return the way to a first profile, which takes a minute."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(10)
    for number, step in enumerate(map(_, _STEPS), 1):
        layout.addWidget(label(f"{number}.  {step}", f"welcomeStep{number}"))
    where = label(
        _("Profiles are kept in {place}, without secrets; you may write that file by hand as well.").format(
            place=place
        ),
        "welcomeHow",
    )
    where.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    layout.addWidget(where)
    return made


def _button(text: str, name: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text.replace("&", "").rstrip("…"))
    button.clicked.connect(lambda: act())
    return button
