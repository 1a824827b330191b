"""What stands above the table of drafts: the buttons, the folder, and the strip of what was not saved."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import accessible, plain, tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.drafts.verdict import DraftRow
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.lines import MarkedLine
from cbr_desktop.ui.kit.widgets import do
from cbr_desktop.ui.session.draft_store import unsaved_words

DIFFERENT = Mark(Shape.DIAMOND, Tone.WARN)
Acts = Sequence[tuple[str, Callable[[], object]]]
"""What can be done, with its words in a menu."""
_TOOLS = {
    "new": (N_("&New"), "draftNew", N_("An empty draft (Ctrl+Shift+N)")),
    "open": (N_("&Open"), "draftOpen", N_("Edits the chosen draft (Enter)")),
    "importing": (N_("&Import…"), "draftImport", N_("A cURL command, hcloud input, any file")),
    "comparison": (N_("Co&mpare…"), "draftCompare", N_("With another draft or the last request")),
    "planning": (N_("Make p&lan…"), "draftPlan", N_("Of the selected drafts, in the order shown")),
    "check": (N_("Chec&k all"), "draftCheckAll", N_("Judges every file by what is known now")),
}


class DraftTools:
    """The buttons of the page; ``acts`` are what each of them does, ``of_file`` and ``further`` what its menu has."""

    def __init__(self, acts: Mapping[str, Callable[[], object]], of_file: Acts, further: Acts) -> None:
        self._of_file = of_file
        self._further = further
        self._has_row = False
        self.buttons = {
            name: _tool(_(words), tool, _(hint), acts[name]) for name, (words, tool, hint) in _TOOLS.items()
        }
        self.more = QToolButton()
        self.more.setText(_("More"))
        self.more.setIcon(icon("down"))
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setObjectName("draftMore")
        self.more.setAccessibleName(_("More"))
        self.more.clicked.connect(self._open_more)
        self.place = Line("draftFolder", middle=True)
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
        self.place.setToolTip(tooltip(_("The folder of drafts"), folder))

    def _open_more(self) -> None:
        menu = QMenu(self.more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, act in self._of_file:
            menu.addAction(words, partial(do, act)).setEnabled(self._has_row)
        menu.addSeparator()
        for words, act in self._further:
            menu.addAction(words, partial(do, act))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))


class UnsavedStrip(QWidget):
    """Says that drafts were not saved, and offers to restore or to discard them."""

    def __init__(self, restore: Callable[[], None], discard: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("draftsUnsaved")
        self.line = MarkedLine("draftsUnsavedSentence")
        self.restore = QPushButton(_("Restore"))
        self.restore.setObjectName("draftsRestore")
        self.restore.clicked.connect(restore)
        self.discard = QPushButton(_("Discard"))
        self.discard.setObjectName("draftsDiscard")
        self.discard.setToolTip(tooltip(_("Puts them into the system's trash")))
        self.discard.clicked.connect(discard)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.restore)
        layout.addWidget(self.discard)
        self.hide()

    def tell(self, count: int) -> None:
        """Say how many there are, or nothing when there are none."""
        self.line.say(
            DIFFERENT, sentences(unsaved_words(count), _("Restore opens each in its editor.")) if count else ""
        )
        self.setVisible(bool(count))


def _tool(text: str, name: str, hint: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(accessible(text))
    made.setToolTip(tooltip(hint))
    made.clicked.connect(partial(do, act))
    return made
