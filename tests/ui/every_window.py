"""All windows of the program over a believable estate, opened once for tests that only look at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import delete

from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.domain.region import REGIONS
from cbr_desktop.ui.backups.forms import RenameForm, deletion_form
from cbr_desktop.ui.backups.offers import OffersWindow
from cbr_desktop.ui.backups.replication import ReplicateForm
from cbr_desktop.ui.backups.sharing import ShareForm
from cbr_desktop.ui.doctor.window import DoctorWindow
from cbr_desktop.ui.drafts.request import RequestDialog
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.policies.form import PolicyFields
from cbr_desktop.ui.profiles.dialog import ProfilesDialog
from cbr_desktop.ui.session.draft_store import Source
from cbr_desktop.ui.shell.window import MainWindow
from tests.ui import hostile
from tests.ui.counter import Counter
from tests.ui.profilebook import PROD, Account, Book, Keeper
from tests.ui.test_request_dialog import DELETION

TEXT = "vault-erp-prod"


@contextmanager
def every_window() -> Iterator[list[QWidget]]:
    """Open them all, and take them away at the end."""
    workspace = hostile.workspace(TEXT)
    opened = [*hostile.windows(workspace, TEXT), *_further(workspace)]
    for one in opened:
        one.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        one.show()
    QApplication.processEvents()
    yield opened
    for one in opened:
        one.hide()
        delete(one)


def _further(workspace: Any) -> list[QWidget]:
    """Open those that are asked for from other windows."""
    window = MainWindow(workspace)
    window.show()
    window.build_deferred_widgets()
    window.small_windows.export_table(window.current_page())
    window.small_windows.open_settings()
    window.small_windows.open_help().finish()
    beside: list[QWidget] = [one for one in window.findChildren(QDialog) if one.isVisible()]
    counter = Counter(None, of=workspace.contexts[0].profile)
    hostile.fill(counter.ledger, TEXT)
    backup = next(iter(counter.ledger.backups.values()))
    forms = (
        *(RenameForm(backup.id, backup.name), deletion_form(backup.id), PolicyFields(timedelta())),
        *(ShareForm(counter.context, backup.id, [ProjectId("a" * 32)]), ReplicateForm(counter.context, backup)),
    )
    account = Account()
    made: list[QWidget] = [
        *(ChangeDialog(counter.context, form) for form in forms),
        OffersWindow(workspace),
        RequestDialog(counter.context, Source(DELETION)),
        DoctorWindow(PROD, PROD.environment, cast(Any, None), lambda _found: "", settings=workspace.settings),
        ProfilesDialog(Book([PROD]), REGIONS, account, account.test, Keeper(), settings=workspace.settings),
    ]
    for one in beside:
        one.setParent(None, one.windowFlags())
    window._may_close = True
    window.close()
    delete(window)
    return [*made, *beside]


class Told(NamedTuple):
    """What a screen reader is told of one thing in a window."""

    role: QAccessible.Role
    name: str
    value: str
    description: str
    is_focusable: bool
    is_enabled: bool
    is_checked: bool
    whose: str
    """The class and the name of the widget."""


_LEAVES = frozenset({QAccessible.Role.Table, QAccessible.Role.Tree, QAccessible.Role.List, QAccessible.Role.ComboBox})


def told(window: QWidget) -> list[Told]:
    """Return what a screen reader is told of all that can be seen in a window, in its order; lists are one thing."""
    return list(_told(QAccessible.queryAccessibleInterface(window)))


def _told(interface: QAccessibleInterface) -> Iterator[Told]:
    state, widget, text = interface.state(), interface.object(), QAccessible.Text
    yield Told(
        interface.role(),
        interface.text(text.Name),
        interface.text(text.Value),
        interface.text(text.Description),
        bool(state.focusable),
        not state.disabled,
        bool(state.checked),
        f"{type(widget).__name__} {widget.objectName() if widget is not None else ''}",
    )
    if interface.role() in _LEAVES:
        return
    for place in range(interface.childCount()):
        child = interface.child(place)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from _told(child)
