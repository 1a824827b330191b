"""Writing what a table shows to a file: which rows, and for whom."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.error import CbrError
from cbr_desktop.text.catalogue import N_, _, ngettext, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import grouped
from cbr_desktop.text.words import page_noun, page_title
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.tables.export import Export, ExportForm, gathered
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.kit.tokens import NEAR, WIDE
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.kit.window_size import make_room
from cbr_desktop.ui.session.workspace import Workspace

_FORM = "export/form"
_FORMS = {
    ExportForm.CSV: N_("&CSV, for a spreadsheet"),
    ExportForm.JSON: N_("&JSON, for a program"),
}
_FILES = {ExportForm.CSV: N_("CSV (*.csv)"), ExportForm.JSON: N_("JSON (*.json)")}


class ExportDialog(QDialog):
    """Asks which rows of a page go into a file, and writes them beside the window.

    The columns that are shown go into it, in their order, with the rows as filter and order have them. ``tell`` is
    called with what came of it, in words; this window has gone by then.
    """

    def __init__(self, page: Page[Any], workspace: Workspace, tell: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("exportTableDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._page = page
        self._workspace = workspace
        self._tell = tell
        self._tasks = TaskOwner(page)  # which outlives this window
        self._tasks.failed.connect(partial(_tell_failed, tell))
        self.setWindowTitle(_("Export {rows}").format(rows=page_noun(page.name)))
        self.setAccessibleName(self.windowTitle())
        count, total, chosen = page.model.rowCount(), page.model.total, len(page.view.selected_rows())
        self.all = QRadioButton(_all_words(count, total))
        self.all.setObjectName("exportAll")
        self.selected = QRadioButton(
            ngettext("The &selected row alone", "The {count} &selected rows", chosen).format(count=grouped(chosen))
            if chosen
            else _("The &selected rows (none is selected)")
        )
        self.selected.setObjectName("exportSelected")
        self.selected.setEnabled(chosen > 0)
        (self.selected if chosen > 1 else self.all).setChecked(True)
        self.forms = {form: QRadioButton(_(words)) for form, words in _FORMS.items()}
        stored = workspace.settings.get(_FORM, ExportForm.CSV.value)
        for form, button in self.forms.items():
            button.setObjectName(f"exportAs{form.name.title()}")
            button.setChecked(form == stored)
        if stored not in self.forms:
            self.forms[ExportForm.CSV].setChecked(True)
        self._lack = page.stale_words()
        self.save = push_button(_("Save to &file…"), "exportSave", self._ask_file)
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        self.save.setEnabled(count > 0)
        self._lay_out()

    @property
    def form(self) -> ExportForm:
        """The form of the file that is chosen now."""
        return next(form for form, button in self.forms.items() if button.isChecked())

    def export(self) -> Export[Any]:
        """Return what goes into the file by what is chosen now."""
        page = self._page
        chosen = self.selected.isChecked()
        return Export(
            title=page_title(page.name),
            columns=page.view.shown_columns(),
            rows=page.view.selected_rows() if chosen else list(page.model.shown_rows()),
            id_of=lambda row: page.id_and_name(row)[0],
            made_at=self._workspace.clock.now(),
            total=page.model.total,
            filter=page.filter.text().strip(),
            lack=self._lack,
        )

    def write(self, path: str) -> None:
        """Write the file, without holding up anything, and close."""
        form = self.form
        self._workspace.settings.put(_FORM, form.value)
        export = self.export()
        work = _written(export, form, path, self._workspace.save_text)
        self._tasks.start(work, partial(_tell_written, self._tell, path, export))
        self.accept()

    def _ask_file(self) -> None:
        form = self.form
        asked = QFileDialog(self, self.windowTitle())
        asked.setObjectName("exportFileDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(_(_FILES[form]))
        asked.setDefaultSuffix(form.value)
        asked.selectFile(f"cbr-{self._page.name.lower()}-{self._workspace.clock.now():%Y%m%d-%H%M}.{form.value}")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(self.write)
        asked.open()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        layout.setSpacing(WIDE)
        for title, name, buttons in (
            (_("Rows"), "exportRows", [self.all, self.selected]),
            (_("Form of the file"), "exportForms", list(self.forms.values())),
        ):
            box = QGroupBox(title)
            box.setObjectName(name)
            column = QVBoxLayout(box)
            group = QButtonGroup(box)
            for button in buttons:
                column.addWidget(button)
                group.addButton(button)
            layout.addWidget(box)
        said = _("The columns that are shown go into the file. It holds names and ids of your project, and no secret.")
        for name, words in (("exportSaid", said), ("exportLack", self._lack)):
            if words:
                label = QLabel(words)
                label.setObjectName(name)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                layout.addWidget(label)
        foot = QHBoxLayout()
        foot.setSpacing(NEAR)
        foot.addWidget(push_button(_("Close"), "exportClose", self.reject))
        foot.addStretch()
        foot.addWidget(self.save)
        layout.addLayout(foot)
        self.setMinimumWidth(460)
        make_room(self)


async def _written(export: Export[Any], form: ExportForm, path: str, save: Callable[[str, str], None]) -> None:
    text = await gathered(export, form)
    await asyncio.to_thread(save, path, text)


def _tell_written(tell: Callable[[str], object], path: str, export: Export[Any], _done: object) -> None:
    count = len(export.rows)
    words = ngettext("{count} row written to {path}.", "{count} rows written to {path}.", count)
    lack = _("The list is not whole, which the file says as well.") if export.lack else ""
    tell(sentences(words.format(count=grouped(count), path=plain(path)), lack))


def _tell_failed(tell: Callable[[str], object], error: CbrError) -> None:
    tell(sentences(_("Nothing was exported."), error_sentence(error)))


def _all_words(count: int, total: int) -> str:
    """Return how many rows all those are that the filter keeps."""
    if count == total:
        return ngettext("&All of the list: {count} row", "&All of the list: {count} rows", count).format(
            count=grouped(count)
        )
    words = ngettext(
        "&All that the filter keeps: {count} row of {total}",
        "&All that the filter keeps: {count} rows of {total}",
        count,
    )
    return words.format(count=grouped(count), total=grouped(total))
