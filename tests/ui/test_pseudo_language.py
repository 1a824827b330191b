"""Every window in a language that nobody speaks: what stays as it is has passed no catalogue."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cbr_desktop.text.catalogue import spoken
from cbr_desktop.ui.backups.cleanup import CleanUpWindow
from cbr_desktop.ui.backups.forms import deletions
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.checkpoint.several import CheckpointsForm
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.schedule import ScheduleDialog
from cbr_desktop.ui.policies.edit import PolicyEditFields
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.policies.forms import ApplyForm, RemoveForm
from cbr_desktop.ui.policies.several import ApplyToVaults, RemoveFromVaults
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.shell.appearance import theme_words
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.settings import SettingsDialog
from cbr_desktop.ui.shell.welcome import WelcomeWindow
from cbr_desktop.ui.shell.window import MainWindow
from tests.pseudo import Pseudo, narrow_words
from tests.ui import estate, hostile
from tests.ui.counter import Counter

_ROWS = 6
"""Rows of a table that are read: the others are made alike."""
FOREIGN = "жук"
"""What people and the service have named in the estate that is shown."""
KNOWN = (
    # units, names of products and protocols, and what is typed as it is written
    *(
        "GB",
        "MB",
        "UTC",
        "HTTP",
        "JSON",
        "POST",
        "DELETE",
        "PUT",
        "cURL",
        "hcloud",
        "Python",
        "PRODUCTION",
        "IPv4",
        "IPv6",
    ),
    *(
        "Ctrl",
        "Shift",
        "Alt",
        "Del",
        "Enter",
        "Esc",
        "CBR Desktop",
        "Qt",
        "PySide6",
        "AZ",
        "OS",
        "ID",
        "KooCLI",
        "clouds.yaml",
    ),
    *("Huawei Cloud Europe", "Huawei Cloud", "Open Telekom Cloud", "Flexible Engine", "Europe"),
    # what the test itself has given, the parser of JSON and the buttons of Qt
    *("run", "Open", "linux, offscreen", "Expecting value", "Scroll Left", "Scroll Right"),
)
_IDS = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|intent-\d+|\S+@\S+|[a-z]+://\S+|\b[a-z]{2}-[a-z]+\d*(-\d+)?\b|[\w.-]+\.example(\.com)?"
)
_WORDS_OF_THE_SERVICE = re.compile(r"\([a-z_-]+\)|\b(default|checkpoint\.[\w.]+)\b")
_TYPED = re.compile(
    r"[a-z]*\{[^ ]*\}\S*|manualbk_\S*|\S*\.(cbr|plan)\.json\S*|\S*\.toml|/requests\S*|\b[a-z]+[:<>][\w<>,]+"
)
"""Templates of names, files, and filters as they are typed."""


def read(windows: list[QWidget]) -> Iterator[tuple[str, str]]:
    """Yield what can be read or is read aloud in windows, with the name of what has it."""
    for one, text in hostile.texts(windows):
        yield one.objectName() or type(one).__name__, text
    for window in windows:
        for widget in [window, *window.findChildren(QWidget)]:
            name = widget.objectName() or type(widget).__name__
            for said in (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.whatsThis()):
                yield name, said
            if isinstance(widget, QLineEdit):
                yield name, widget.placeholderText()
            if isinstance(widget, QAbstractSpinBox):
                yield name, widget.text()
            if isinstance(widget, QHeaderView) and widget.model() is not None:
                model, way = widget.model(), widget.orientation()
                sections = model.columnCount(QModelIndex()) if way == Qt.Orientation.Horizontal else 0
                yield from ((name, str(model.headerData(section, way) or "")) for section in range(sections))
            if isinstance(widget, QAbstractItemView) and widget.model() is not None:
                yield from ((name, text) for text in _cells(widget))


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    # a list has one column, and does not say so
    columns = 1 if isinstance(view, QListView) else model.columnCount(QModelIndex())
    for row in range(min(_ROWS, model.rowCount(QModelIndex()))):
        for column in range(columns):
            index = model.index(row, column)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(index.data(role) or "")


def bypassed(windows: list[QWidget]) -> dict[str, set[str]]:
    """Return the texts that passed no catalogue, by the names of what shows them."""
    found: dict[str, set[str]] = {}
    for name, text in read(windows):
        bare = html.unescape(re.sub(r"<[^>]*>", " ", text))
        for known in (_IDS, _TYPED, _WORDS_OF_THE_SERVICE):
            bare = known.sub("", bare)
        # the names of fields are typed as they are listed
        if not name.startswith("filter") and narrow_words(bare, KNOWN):
            found.setdefault(name, set()).add(text[:150])
    return found


def opened() -> list[QWidget]:
    """Open the windows that people are in most of the time, over an estate of foreign names."""
    made = hostile.workspace(FOREIGN)
    window = MainWindow(made)
    window._may_close = True
    window.show()
    window.build_deferred_widgets()
    window.show_details(True)
    for name in NAMES:
        window.show_page(name)
        page = window.current_page()
        page.view.setCurrentIndex(page.model.index(0, 0))
    window.drawer.toggle()
    window.small_windows.open_help().finish()
    counter = Counter(None, of=made.contexts[0].profile)
    hostile.fill(counter.ledger, FOREIGN)
    vault_id = next(iter(counter.ledger.vaults))
    checkpoint = CheckpointDialog(counter.context, vault_id, [])
    checkpoint.open()
    login = LoginDialog(hostile.profiles(FOREIGN)[0], FOREIGN, store_problem=FOREIGN)
    welcome = WelcomeWindow(hostile.profiles(FOREIGN), [FOREIGN], FOREIGN, [FOREIGN])
    restores = hostile.restores(counter.context, FOREIGN)
    return [window, checkpoint, login, welcome, ScheduleDialog(estate.NOW), *restores]


def test_every_window_speaks_through_the_catalogue(qtbot: QtBot) -> None:
    with spoken(Pseudo()):
        windows = opened()
        for window in windows:
            window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
            qtbot.addWidget(window)
        assert bypassed(windows) == {}


def test_the_window_of_profiles_speaks_through_the_catalogue(run: Callable[..., Any], qtbot: QtBot) -> None:
    async def looked() -> dict[str, set[str]]:
        window = hostile.profiles_window(FOREIGN)
        qtbot.addWidget(window)
        window.show()
        return bypassed([window])

    with spoken(Pseudo()):
        assert run(looked()) == {}


def test_the_forms_of_policies_and_the_settings_speak_through_the_catalogue(qtbot: QtBot) -> None:
    with spoken(Pseudo()):
        workspace = hostile.workspace(FOREIGN)
        policies, vaults = list(workspace.open.policies.values()), list(workspace.open.vaults.values())
        parent = QWidget()
        windows: list[QWidget] = [
            PolicyFields(timedelta(hours=1)),
            *(PolicyEditFields(policy, timedelta(hours=1)) for policy in policies),
            ApplyForm(policies, vaults),
            RemoveForm(policies[0].id, vaults),
            SettingsDialog(workspace, theme_words(), Theme.SYSTEM, parent, is_utc=False, has_menu_bar=True),
        ]
        context = workspace.contexts[0]
        asked = [(context, each) for each in context.ledger.backups.values()]
        of_vaults = [(context, each) for each in vaults]
        targets = [(context, (each.id, ())) for each in vaults]
        windows += [
            BatchWindow(workspace, asked, deletions()),
            BatchWindow(workspace, of_vaults, ApplyToVaults(of_vaults)),
            BatchWindow(workspace, of_vaults, RemoveFromVaults(of_vaults)),
            BatchWindow(workspace, targets, CheckpointsForm(targets)),
            CleanUpWindow(workspace, [context], deletions),
        ]
        for window in (*windows, parent):
            qtbot.addWidget(window)
        assert bypassed(windows) == {}


def test_what_passes_the_catalogue_by_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QPushButton("Read it now", window)
    with spoken(Pseudo()):
        assert bypassed([window]) == {"QPushButton": {"Read it now"}}
