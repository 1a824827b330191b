"""The bar over a draft whose file was changed by another program: what to keep is a person's choice."""

from pathlib import PurePath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cbr_desktop.domain.finding import Severity
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import quoted
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, MarkedLine
from cbr_desktop.ui.kit.widgets import push_button


class ConflictBar(QFrame):
    """Says what has happened to the file and offers three ways on, and a look at the difference.

    Signals:
        mine_requested: write this draft over the file.
        theirs_requested: take over what is in the file.
        elsewhere_requested: save this draft under another name.
        comparison_requested: show what differs.
    """

    mine_requested = Signal()
    theirs_requested = Signal()
    elsewhere_requested = Signal()
    comparison_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draftConflict")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.line = MarkedLine("draftConflictSentence")
        self.mine = push_button(_("Keep mine"), "draftKeepMine")
        self.theirs = push_button(_("Take theirs"), "draftTakeTheirs")
        self.elsewhere = push_button(_("Save mine under another name…"), "draftSaveElsewhere")
        self.compare = push_button(_("Compare…"), "draftCompareConflict")
        row = QHBoxLayout()
        for button, wish in (
            (self.compare, self.comparison_requested),
            (self.mine, self.mine_requested),
            (self.theirs, self.theirs_requested),
            (self.elsewhere, self.elsewhere_requested),
        ):
            button.clicked.connect(wish)
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addLayout(row)
        self.hide()

    def tell(self, path: str, *, is_gone: bool) -> None:
        """Say what has happened and show the bar."""
        name = quoted(PurePath(path).name, 80)
        if is_gone:
            words = _("{name} was taken away, or cannot be read any more. Your changes are kept here: choose.").format(
                name=name
            )
        else:
            words = _(
                "{name} was changed by another program while you changed it here. Nothing is lost yet: choose."
            ).format(name=name)
        self.line.say(SEVERITY_MARKS[Severity.WARN], words)
        self.theirs.setEnabled(not is_gone)
        self.compare.setEnabled(not is_gone)
        self.show()
