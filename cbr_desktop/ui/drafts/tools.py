"""What stands above the table of drafts: the buttons, the folder, and the strip of what was not saved."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.drafts.verdict import DraftRow
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.lines import MarkedLine
from cbr_desktop.ui.kit.widgets import do
from cbr_desktop.ui.session.draft_store import unsaved_words

DIFFERENT = Mark(Shape.DIAMOND, Tone.WARN)
Acts = Mapping[str, Callable[[], object]]
"""What can be done, by its words in a menu."""
_TOOLS = {
    "new": ("&New", "draftNew", "An empty draft (Ctrl+Shift+N)"),
    "open": ("&Open", "draftOpen", "Edits the chosen draft (Enter)"),
    "importing": ("&Import…", "draftImport", "A cURL command, hcloud input, any file"),
    "comparison": ("Co&mpare…", "draftCompare", "With another draft or the last request"),
    "planning": ("Make p&lan…", "draftPlan", "Of the selected drafts, in the order shown"),
    "check": ("Chec&k all", "draftCheckAll", "Judges every file by what is known now"),
}


class DraftTools:
    """The buttons of the page; ``acts`` are what each of them does, ``of_file`` and ``further`` what its menu has."""

    def __init__(self, acts: Acts, of_file: Acts, further: Acts) -> None:
        self._of_file = of_file
        self._further = further
        self._has_row = False
        self.buttons = {name: _tool(*words, acts[name]) for name, words in _TOOLS.items()}
        self.more = QToolButton()
        self.more.setText("More")
        self.more.setObjectName("draftMore")
        self.more.setAccessibleName("More")
        self.more.clicked.connect(self._open_more)
        self.place = Line("draftFolder")
        self.place.setAlignment(Qt.AlignmentFlag.AlignRight)

    def allow(self, current: DraftRow | None, selected: int) -> None:
        """Offer what can be done with the current draft, and with so many selected ones."""
        self._has_row = current is not None
        self.buttons["open"].setEnabled(current is not None)
        self.buttons["comparison"].setEnabled(current is not None and bool(current.path))
        # of one draft a plan can be made as well, by the menu: here it would be in the way of what is done every day
        self.buttons["planning"].setVisible(selected > 1)

    def show_folder(self, folder: str) -> None:
        """Show which folder is looked at."""
        self.place.setText(plain(folder, 200))
        self.place.setToolTip(tooltip("The folder of drafts", folder))

    def _open_more(self) -> None:
        menu = QMenu(self.more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, act in self._of_file.items():
            menu.addAction(words, partial(do, act)).setEnabled(self._has_row)
        menu.addSeparator()
        for words, act in self._further.items():
            menu.addAction(words, partial(do, act))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))


class UnsavedStrip(QWidget):
    """Says that drafts were not saved, and offers to restore or to discard them."""

    def __init__(self, restore: Callable[[], None], discard: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("draftsUnsaved")
        self.line = MarkedLine("draftsUnsavedSentence")
        self.restore = QPushButton("Restore")
        self.restore.setObjectName("draftsRestore")
        self.restore.clicked.connect(restore)
        self.discard = QPushButton("Discard")
        self.discard.setObjectName("draftsDiscard")
        self.discard.setToolTip("Puts them into the system's trash")
        self.discard.clicked.connect(discard)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.restore)
        layout.addWidget(self.discard)
        self.hide()

    def tell(self, count: int) -> None:
        """Say how many there are, or nothing when there are none."""
        self.line.say(DIFFERENT, f"{unsaved_words(count)} Restore opens each in its editor." if count else "")
        self.setVisible(bool(count))


def _tool(text: str, name: str, hint: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text.replace("&", "").removesuffix("…"))
    made.setToolTip(tooltip(hint))
    made.clicked.connect(partial(do, act))
    return made
