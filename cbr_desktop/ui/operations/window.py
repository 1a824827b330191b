"""What all windows of changes have: they stand beside the others, and say where a change goes."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from cbr_desktop.domain.profile import Environment
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.stepwise import StepwiseDialog
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.environment_label import stake_chip
from cbr_desktop.ui.session.profile_context import ProfileContext

LEAD_KEYS = "Ctrl+."
"""What leads to a field that has still to be filled in, by keys."""


class OperationWindow(QDialog):
    """A window that blocks nothing: several may be open, and the main window goes on. Closed, it is gone."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Window)

    def open(self) -> None:
        """Show the window beside the others."""
        self.setModal(False)
        self.show()
        self.activateWindow()


class StepwiseWindow(StepwiseDialog, OperationWindow):
    """The same, made in several turns of the loop."""


def lead_button(name: str, act: Callable[[], object]) -> QPushButton:
    """Return the button that leads to a field which has still to be filled in; it is there while there is one."""
    made = push_button(_("Go there"), name, act)
    hint = _("Puts the cursor into the field that is still to be filled in ({keys})").format(keys=LEAD_KEYS)
    made.setToolTip(tooltip(hint))
    made.setAccessibleDescription(hint)
    made.hide()
    return made


def place_line(context: ProfileContext, name: str, words: str = "") -> QHBoxLayout:
    """Return the first line of a window: what is at stake, and profile, region and project; ``words`` follow."""
    profile = context.profile
    parts = [profile.name]
    # a region that the name or the project has in it is not said twice
    parts += [profile.region] if not (profile.region in profile.name or profile.region in profile.project) else []
    where = " · ".join(plain(part, 60) for part in (*parts, profile.project) if part)
    line = QHBoxLayout()
    line.addWidget(stake_chip(Environment.DEMO if context.is_demo else profile.environment))
    line.addWidget(label(f"{where} — {words}" if words else where, name), 1)
    return line
