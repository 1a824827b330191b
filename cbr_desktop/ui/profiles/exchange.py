"""Profiles from and for elsewhere: taking over what other programs have, and writing saved ones into another file."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cbr_desktop.domain.error import CbrError
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import counted, grouped
from cbr_desktop.ui.profiles.imports import ProfileImportDialog
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.workflows.ports import Profiles


class ProfileExchange(QObject):
    """Asks what to take over and where to write. No secret goes either way.

    Signals:
        imported: the names of profiles that are in the file now.
        said: what was done, in words.
        troubled: what could not be done and why, in words.
    """

    imported = Signal(object)
    said = Signal(str)
    troubled = Signal(str)

    def __init__(self, profiles: Profiles, window: QWidget, settings: Settings | None = None) -> None:
        super().__init__(window)
        self._settings = settings
        self._profiles = profiles
        self._window = window

    def ask_import(self) -> None:
        """Ask which profiles of other programs or files to take over."""
        asked = ProfileImportDialog(self._profiles, self._window, self._settings)
        asked.imported.connect(self._take)
        asked.open()

    def ask_export(self, names: Sequence[str]) -> None:
        """Ask for the file to write the profiles of these names into."""
        if not names:
            self.said.emit(_("Nothing to export: save the profile first."))
            return
        asked = QFileDialog(self._window, _("Export profiles, without secrets"))
        asked.setObjectName("exportDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(_("Profiles (*.toml)"))
        asked.setDefaultSuffix("toml")
        asked.selectFile("cbr-profiles.toml")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(partial(self._export, names))
        asked.open()

    def _take(self, names: Sequence[str]) -> None:
        self.imported.emit(names)
        self.said.emit(
            counted(
                "{count} profile was taken over, without secrets. Test each one; you will be asked for its secrets.",
                "{count} profiles were taken over, without secrets. Test each one; you will be asked for its secrets.",
                len(names),
            )
        )

    def _export(self, names: Sequence[str], path: str) -> None:
        try:
            self._profiles.export(path, names)
        except CbrError as error:
            self.troubled.emit(sentences(_("Not exported."), error_sentence(error)))
        else:
            written = ngettext(
                "{count} profile was written to {path}, as saved and without secrets.",
                "{count} profiles were written to {path}, as saved and without secrets.",
                len(names),
            )
            self.said.emit(written.format(count=grouped(len(names)), path=path))
