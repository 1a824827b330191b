"""Sheets: small windows beside the main window that list something, as the keys or the problems."""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import PySide6
from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop import __version__
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.words import page_title
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.links import HELP, HELP_HOSTS, Link, open_link
from cbr_desktop.ui.kit.stepwise import StepwiseDialog
from cbr_desktop.ui.kit.widgets import button_row, do, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.ui.shell.navigation import NAMES, page_key

Opener = Callable[[str], bool]


def keys() -> tuple[tuple[str, str], ...]:
    """Return the keys and what they do."""
    return (
        ("Ctrl+N", _("Create checkpoint")),
        (
            _("{first} to {last}").format(first=page_key(NAMES[0]), last=page_key(NAMES[-1])),
            listed([page_title(name) for name in NAMES]),
        ),
        ("Ctrl+Shift+N", _("New draft, among the drafts")),
        ("Ctrl+F", _("Filter the table")),
        (
            _("Delete"),
            _("Delete the selected vault, backup or policy; dissociate resources; take back requests in the outbox"),
        ),
        (_("Insert"), _("Associate resources with the selected vault, or protect the selected resources")),
        ("F2", _("Change the selected vault or policy, or rename the backup")),
        ("F5", _("Read everything now")),
        ("Ctrl+P", _("Choose profiles")),
        ("Ctrl+Shift+P", _("Edit profiles")),
        ("Ctrl+Shift+D", _("Connection doctor")),
        (_("Alt+Left, Alt+Right"), _("Back and forward between pages and rows")),
        ("Ctrl+O", _("Open a request file or a plan for review")),
        ("Ctrl+Shift+E", _("Export what the table shows")),
        ("Ctrl+,", _("Settings")),
        ("Alt+D", _("Details")),
        ("F8", _("Tasks of this program")),
        ("Ctrl+M", _("Show or hide the menu bar")),
        ("Ctrl+B", _("Fold the navigation")),
        ("F6", _("Next area")),
        (_("Enter"), _("Details of the row")),
        ("Ctrl+C", _("Copy the selected rows")),
        ("Ctrl+Shift+C", _("Copy the cell")),
        (_("Letters"), _("Jump to a name")),
        (
            _("Arrows, Shift, Enter, Escape"),
            _("In a timeline: go from day to day, mark days, filter by them, show all again"),
        ),
        ("Ctrl+.", _("In a form: go to what is still to be filled in or put right")),
        ("F1", _("This help")),
    )


class ListWindow(StepwiseDialog):
    """Shows pairs of words or lines, and buttons, which ``fill`` adds step by step once it is opened."""

    def __init__(
        self,
        name: str,
        title: str,
        parent: QWidget,
        fill: Callable[["ListWindow"], Iterator[None]],
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self._fill = fill
        self._settings = settings
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inside = QWidget(self)
        inside.setObjectName(f"{name}Inside")
        self.box = QVBoxLayout(inside)
        self.box.setSpacing(8)
        self._area = QScrollArea(self)
        self._area.setObjectName(f"{name}Area")
        self._area.setAccessibleName(title)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        self._inside = inside
        self._widest = 0
        """How wide the longest of the words is that stand beside others, in one line."""
        self._buttons: list[QPushButton] = []

    def build(self) -> Iterator[None]:
        """Add what is shown, and the buttons below it."""
        yield from self._fill(self)
        close = push_button(_("Close"), "close", self.close)
        close.setDefault(True)
        self.box.addStretch()
        buttons = button_row(close, *self._buttons)
        buttons.setContentsMargins(11, 0, 11, 11)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area, 1)
        layout.addLayout(buttons)
        self.setMinimumWidth(460)
        yield
        inside = self._inside
        beside = inside.sizeHint().width() + self._widest // 2
        wide = max(460, beside + self._area.verticalScrollBar().sizeHint().width())
        high = max(inside.sizeHint().height(), inside.heightForWidth(wide)) + buttons.sizeHint().height() + 12
        take_room(self, QSize(wide, high), self._settings)

    def add_text(self, text: str, *, bold: bool = False, faded: bool = False) -> QLabel:
        """Add a paragraph."""
        label = QLabel(self._inside)
        label.setObjectName("text")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setText(plain(text, 2000))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = label.font()
        font.setBold(bold)
        label.setFont(font)
        if faded:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.box.addWidget(label)
        return label

    def add_pairs(self, pairs: tuple[tuple[str, str], ...]) -> Iterator[None]:
        """Add pairs of words, one below the other."""
        grid = QGridLayout()
        self.box.addLayout(grid)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(1, 1)
        for place, pair in enumerate(pairs):
            for column, text in enumerate(pair):
                label = QLabel(self._inside)
                label.setObjectName("word")
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setText(plain(text))
                label.setWordWrap(column > 0)
                self._widest = max(self._widest, label.fontMetrics().horizontalAdvance(label.text()) if column else 0)
                label.sizeHint()  # which takes long of many together; Qt remembers it
                grid.addWidget(label, place, column)
            yield

    def add_link(self, name: str, link: Link, opener: Opener | None = None) -> QPushButton:
        """Add a line with a button that opens a page of a vendor; its address is there to be read."""
        row = QHBoxLayout()
        button = QPushButton(_("{page}…").format(page=_(link.words)), self._inside)
        button.setObjectName(name)
        button.setAccessibleName(_("Open {page}").format(page=_(link.words)))
        button.setToolTip(tooltip(link.url))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: open_link(link.url, HELP_HOSTS, opener))
        row.addWidget(button)
        row.addStretch()
        self.box.addLayout(row)
        self.add_text(link.url, faded=True)
        return button

    def add_button(self, name: str, text: str) -> QPushButton:
        """Add a button to the row at the bottom."""
        button = push_button(text, name)
        self._buttons.append(button)
        return button


def versions() -> tuple[tuple[str, str], ...]:
    """Return what this program runs on."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    return (
        (_("CBR Desktop"), __version__),
        ("Python", python),
        ("PySide6", PySide6.__version__),
        ("Qt", qVersion()),
        (_("Platform"), f"{sys.platform}, {QGuiApplication.platformName()}"),
    )


def open_help(parent: QWidget, opener: Opener | None = None, settings: Settings | None = None) -> ListWindow:
    """Open keys, links and versions; ``opener`` takes the place of the desktop that opens links."""
    made = ListWindow("helpSheet", _("Help"), parent, partial(_add_help, opener), settings)
    made.setWindowIcon(icon("program"))
    made.open()
    return made


def _add_help(opener: Opener | None, made: ListWindow) -> Iterator[None]:
    made.add_text(_("Keys"), bold=True)
    yield from made.add_pairs(keys())
    made.add_text(_("Documentation, opened in the browser"), bold=True)
    for number, link in enumerate(HELP):
        made.add_link(f"documentation{number}", link, opener)
        yield
    made.add_text(_("Versions"), bold=True)
    yield from made.add_pairs(versions())
    copy = made.add_button("copyVersions", _("Copy versions"))
    text = "\n".join(f"{name} {version}" for name, version in versions())
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))


def open_lines(title: str, lines: list[str], parent: QWidget, settings: Settings) -> ListWindow:
    """Open a list of lines that can be read through and copied."""
    made = ListWindow("linesSheet", title, parent, partial(_add_lines, title, "\n".join(lines)), settings)
    made.show()
    return made


def _add_lines(title: str, lines: str, made: ListWindow) -> Iterator[None]:
    text = QPlainTextEdit(made)
    text.setObjectName("lines")
    text.setAccessibleName(title)
    text.setReadOnly(True)
    text.setPlainText(lines)
    made.box.addWidget(text)
    copy = made.add_button("copyLines", _("Copy all"))
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(lines))
    yield


def open_problems(
    found: list[str], parent: QWidget, settings: Settings, remedies: Mapping[str, Callable[[], object]]
) -> ListWindow:
    """Open the list of what could not be read and why; ``remedies`` are what can be done about it, by their words."""
    made = ListWindow("problemsSheet", _("Problems"), parent, partial(_add_problems, found, remedies), settings)
    made.show()
    return made


def _add_problems(found: list[str], remedies: Mapping[str, Callable[[], object]], made: ListWindow) -> Iterator[None]:
    made.add_text(
        _("What was known before stays on screen, with its age.") if found else _("There is no problem now."),
        faded=True,
    )
    for sentence in found:
        made.add_text(sentence)
        yield
    copy = made.add_button("copyProblems", _("Copy all"))
    copy.setEnabled(bool(found))
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(found)))
    for number, (words, act) in enumerate(remedies.items()):
        button = made.add_button(f"remedy{number}", words)
        button.clicked.connect(made.close)
        button.clicked.connect(partial(do, act))
