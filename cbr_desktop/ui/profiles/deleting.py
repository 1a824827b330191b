"""Asking once before a profile is deleted: what goes with it, and what stays."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import quoted
from cbr_desktop.text.words import environment_words
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import make_room
from cbr_desktop.ui.profiles.listing import place_words

_LETTERS = 77
"""How wide the window is at the least, in letters of usual width."""


class DeleteDialog(QDialog):
    """Names what is lost; the safe button is the default. ``owns_secrets``: no other profile logs in the same way.

    Signals:
        confirmed: the profile is to be deleted; the argument tells whether its secrets are to be forgotten, too.
    """

    confirmed = Signal(bool)

    def __init__(self, profile: Profile, parent: QWidget | None = None, *, owns_secrets: bool) -> None:
        super().__init__(parent)
        self.setObjectName("deleteProfileDialog")
        self.setWindowTitle(_("Delete profile"))
        self.setAccessibleName(_("Delete profile"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_LETTERS * self.fontMetrics().averageCharWidth())
        place = " · ".join(part for part in (environment_words(profile.environment), place_words(profile)) if part)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(
            label(
                _("Delete {profile} ({place})?").format(profile=quoted(profile.name, 80), place=place), "deleteQuestion"
            )
        )
        layout.addWidget(
            label(
                _(
                    "Its settings and the comments beside them go out of the file of profiles. Nothing in the cloud"
                    " changes; requests that were sent through it stay in the records."
                ),
                "deleteLosses",
            )
        )
        self._forget = QCheckBox(_("&Forget its secrets in the system's password store as well"))
        self._forget.setObjectName("forgetSecrets")
        self._forget.setAccessibleName(_("Forget its secrets in the system's password store as well"))
        self._forget.setVisible(owns_secrets)
        layout.addWidget(self._forget)
        stays = label(_("Its secrets stay: another profile logs in with them."), "secretsStay")
        stays.setVisible(not owns_secrets)
        layout.addWidget(stays)
        delete = push_button(_("&Delete"), "deleteNow", self._confirm)
        delete.setProperty("danger", True)
        keep = push_button(_("&Keep it"), "keepProfile", self.reject)
        keep.setDefault(True)
        keep.setFocus()
        layout.addLayout(button_row(keep, delete))
        make_room(self)

    def _confirm(self) -> None:
        self.confirmed.emit(not self._forget.isHidden() and self._forget.isChecked())
        self.accept()
