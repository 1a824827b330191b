"""Profiles from and for elsewhere: taking over what other programs have, and writing saved ones into another file."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cbr_desktop.domain.error import CbrError
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import count_words
from cbr_desktop.ui.profiles.imports import ImportDialog
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

    def __init__(self, profiles: Profiles, window: QWidget) -> None:
        super().__init__(window)
        self._profiles = profiles
        self._window = window

    def ask_import(self) -> None:
        """Ask which profiles of other programs or files to take over."""
        asked = ImportDialog(self._profiles, self._window)
        asked.imported.connect(self._take)
        asked.open()

    def ask_export(self, names: Sequence[str]) -> None:
        """Ask for the file to write the profiles of these names into."""
        if not names:
            self.said.emit("Nothing to export: save the profile first.")
            return
        asked = QFileDialog(self._window, "Export profiles, without secrets")
        asked.setObjectName("exportDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter("Profiles (*.toml)")
        asked.setDefaultSuffix("toml")
        asked.selectFile("cbr-profiles.toml")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(partial(self._export, names))
        asked.open()

    def _take(self, names: Sequence[str]) -> None:
        self.imported.emit(names)
        words = count_words(len(names), "profile was", "profiles were")
        self.said.emit(f"{words} taken over, without secrets. Test each one; you will be asked for its secrets.")

    def _export(self, names: Sequence[str], path: str) -> None:
        try:
            self._profiles.export(path, names)
        except CbrError as error:
            self.troubled.emit(f"Not exported. {error_sentence(error)}")
        else:
            words = count_words(len(names), "profile was", "profiles were")
            self.said.emit(f"{words} written to {path}, as saved and without secrets.")
