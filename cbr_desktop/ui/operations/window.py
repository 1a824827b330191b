"""What all windows of changes have: they stand beside the others, and say where a change goes."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.text.batch import profiles_words
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.stepwise import StepwiseDialog
from cbr_desktop.ui.kit.tokens import NEAR
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.operations.environment_label import EnvironmentLabel, stake_chip
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


def place_line(profile: Profile, environment: Environment, name: str, words: str = "") -> QHBoxLayout:
    """Return the first line of a window: what is at stake, and profile, region and project; ``words`` follow."""
    parts = [profile.name]
    # a region that the name or the project has in it is not said twice
    parts += [profile.region] if not (profile.region in profile.name or profile.region in profile.project) else []
    where = " · ".join(plain(part, 60) for part in (*parts, profile.project) if part)
    line = QHBoxLayout()
    line.addWidget(stake_chip(environment))
    line.addWidget(label(f"{where} — {words}" if words else where, name), 1)
    return line


class PlacesLine(QWidget):
    """The first line of a window that may be of several profiles: what is at stake in them, and their names."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._stakes = EnvironmentLabel()
        self._names = label(name=name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        row.addWidget(self._stakes)
        row.addWidget(self._names, 1)

    def show_contexts(self, contexts: Iterable[ProfileContext]) -> None:
        """Show these profiles, each once."""
        known = {context.profile.name: context for context in contexts}
        self._stakes.show_stakes({context.environment for context in known.values()})
        self._names.setText(profiles_words(list(known)))
