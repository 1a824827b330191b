"""The choice of the projects that backups are shared with: by their names in the address book, or by their ids."""

from collections.abc import Iterable
from contextlib import suppress

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.domain.sharing import RECEIVERS_LIMIT, is_receiver
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.sharing import project_words
from cbr_desktop.text.states import counted, shown
from cbr_desktop.ui.kit.fields import row
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.widgets import push_button
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part

_LIST_LINES = 4
_NAME_LETTERS = 22


def known_projects(context: ProfileContext) -> dict[str, ProjectId]:
    """Return the projects of the address book by name, and the account's own ones in this region that it has not."""
    booked = _booked(context)
    known = {each.name: each.id for each in context.ledger.other_projects if each.id not in booked.values()}
    return known | booked


async def read_other_projects(context: ProfileContext) -> None:
    """Read the account's own projects in this region; without them ids are typed, or names of the address book."""
    with suppress(CbrError):
        await context.refresh.read_other_projects()


class Receivers(QWidget):
    """Asks for projects, one or several.

    What stands in the line counts as well as what was added to the list, so that one project takes one field.

    Signals:
        changed: it asks for something else now.
        renamed: a project has got a name in the address book, or has lost it.
    """

    changed = Signal()
    renamed = Signal()

    def __init__(self, context: ProfileContext, project_ids: Iterable[ProjectId] = ()) -> None:
        super().__init__()
        self.setObjectName("shareReceivers")
        self._context = context
        self._make_fields()
        self._lay_out()
        for project_id in project_ids:
            self._put(project_id)
        self._fill()
        self.project.editTextChanged.connect(self._tell_changed)
        self._line.returnPressed.connect(self.add_project)
        self.chosen.itemSelectionChanged.connect(self._tell)
        self.name.textChanged.connect(self._tell)
        self.name.returnPressed.connect(self.keep_name)
        context.signals.changed.connect(self._ledger_changed)
        self._tell()

    def ids(self) -> tuple[ProjectId, ...]:
        """Return the projects that are asked for, each once."""
        written = self._written()
        return tuple(dict.fromkeys([*self._listed(), *([written] if written else [])]))

    def add_project(self) -> None:
        """Take what stands in the line into the list, so that another can be written."""
        written = self._written()
        if written and written not in self._listed():
            self._put(written)
        self.project.setEditText("")
        self.project.setFocus()
        self._tell_changed()

    def take_out(self) -> None:
        """Take the selected project out of the list."""
        for item in self.chosen.selectedItems():
            self.chosen.takeItem(self.chosen.row(item))
        self._tell_changed()

    def keep_name(self) -> None:
        """Keep the project under the name that was written, in the address book of the profile."""
        book, id, name = self._context.address_book, self._named(), self.name.text().strip()
        if book is None or not id or not name:
            return
        try:
            book.remember(name, id)
        except CbrError as error:
            self._say(error_sentence(error))
            return
        self.name.clear()
        self._show_names()
        self._say(_("Kept: {project}.").format(project=project_words(id, self._names)))

    def forget_name(self) -> None:
        """Take the project's name out of the address book."""
        book, id = self._context.address_book, self._named()
        name = next((name for name, known in _booked(self._context).items() if known == id), "")
        if book is None or not name:
            return
        try:
            book.forget(name)
        except CbrError as error:
            self._say(error_sentence(error))
            return
        self._show_names()
        self._say(_("Forgotten: {name}.").format(name=shown(name, 64)))

    @property
    def _names(self) -> dict[str, ProjectId]:
        return known_projects(self._context)

    def _written(self) -> ProjectId:
        """Return what the line names: the id of a name of the address book, else the text itself."""
        text = self.project.currentText().strip()
        names = self._names
        if text in names:
            return names[text]
        return next((id for id in names.values() if project_words(id, names) == text), ProjectId(text))

    def _listed(self) -> list[ProjectId]:
        items = (self.chosen.item(place) for place in range(self.chosen.count()))
        return [ProjectId(str(item.data(Qt.ItemDataRole.UserRole))) for item in items]

    def _named(self) -> ProjectId:
        """Return the project whose name is kept or forgotten: the selected one, else the one in the line."""
        selected = [str(item.data(Qt.ItemDataRole.UserRole)) for item in self.chosen.selectedItems()]
        return ProjectId(selected[0]) if selected else self._written()

    def _put(self, id: ProjectId) -> None:
        item = QListWidgetItem(project_words(id, self._names))
        item.setData(Qt.ItemDataRole.UserRole, id)
        self.chosen.addItem(item)

    def _fill(self) -> None:
        """Offer the names of the address book; what stands in the line stays."""
        text, names = self.project.currentText(), self._names
        self.project.blockSignals(True)
        self.project.clear()
        self.project.addItems([project_words(id, names) for id in names.values()])
        self.project.setCurrentIndex(-1)
        self.project.setEditText(text)
        self.project.blockSignals(False)

    def _show_names(self) -> None:
        """Say the names anew after one was kept or forgotten."""
        written, ids = self._written(), self._listed()
        names = self._names
        self._fill()
        if is_receiver(written):
            self.project.setEditText(project_words(written, names))
        for place, id in enumerate(ids):
            self.chosen.item(place).setText(project_words(id, names))
        self.renamed.emit()
        self._tell_changed()

    def _tell_changed(self, *_rest: object) -> None:
        self._say("")
        self._tell()
        self.changed.emit()

    def _say(self, words: str) -> None:
        """Say what became of a name of the address book, or nothing."""
        self.book_words.setText(words)
        self.book_words.setVisible(bool(words))

    def _tell(self, *_rest: object) -> None:
        """Offer what can be done now, and what the address book has of the project."""
        id = self._named()
        is_known = id in _booked(self._context).values()
        can_keep = self._context.address_book is not None and is_receiver(id)
        self.add.setEnabled(bool(self._written()))
        self.remove.setEnabled(bool(self.chosen.selectedItems()))
        self.chosen.setVisible(self.chosen.count() > 0)
        self.remove.setVisible(self.chosen.count() > 0)
        self._acts.setVisible(can_keep or self.chosen.count() > 0)
        for widget in (self.name, self.keep):
            widget.setVisible(can_keep and not is_known)
        self.keep.setEnabled(bool(self.name.text().strip()))
        self.forget.setVisible(can_keep and is_known)

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.OFFERS:
            self._fill()

    # building

    def _make_fields(self) -> None:
        self.project = QComboBox()
        self.project.setObjectName("shareProject")
        self.project.setAccessibleName(_("Project"))
        self.project.setEditable(True)
        self.project.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._line = QLineEdit()
        self._line.setObjectName("shareLine")
        self.project.setLineEdit(self._line)
        self._line.setPlaceholderText(_("Id of the project, or its name in the address book"))
        self.add = push_button(_("Add anot&her"), "shareAdd", self.add_project)
        self.chosen = QListWidget()
        self.chosen.setObjectName("shareChosen")
        self.chosen.setAccessibleName(_("Projects that it is shared with"))
        self.chosen.setMaximumHeight(_LIST_LINES * (self.fontMetrics().height() + 8))
        self.remove = push_button(_("Take o&ut"), "shareRemove", self.take_out)
        self.name = QLineEdit()
        self.name.setObjectName("shareName")
        self.name.setAccessibleName(_("Name for the address book"))
        self.name.setPlaceholderText(_("Name for the address book"))
        self.name.setMinimumWidth(_NAME_LETTERS * self.fontMetrics().averageCharWidth())
        self.keep = push_button(_("&Keep the name"), "shareKeep", self.keep_name)
        self.forget = push_button(_("&Forget its name"), "shareForget", self.forget_name)
        self.book_words = label(name="shareBook")
        self.book_words.hide()
        self.limit = label(
            _("{count} at most, in this region. Each has to accept the backup into a vault of its own.").format(
                count=counted("{count} project", "{count} projects", RECEIVERS_LIMIT)
            ),
            "shareLimit",
        )

    def _lay_out(self) -> None:
        line = QWidget()
        inside = QHBoxLayout(line)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.project, 1)
        inside.addWidget(self.add)
        self._acts = row(self.remove, self.forget, self.name, self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (line, self.chosen, self._acts, self.book_words, self.limit):
            layout.addWidget(part)


def _booked(context: ProfileContext) -> dict[str, ProjectId]:
    book = context.address_book
    return book.entries() if book is not None else {}
