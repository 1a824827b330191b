"""The tab of the details that shows what is read of a subject only when it is shown."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.ui.kit.theme import set_type
from cbr_desktop.ui.kit.tokens import NEAR, TIGHT, WIDE
from cbr_desktop.ui.session.content import Content, ContentSection
from cbr_desktop.ui.shell.fact_grid import FactGrid, words_label

_SHOWN_LIMIT = 1_000
"""Letters of one value."""


class ContentTab(QScrollArea):
    """Shows sections below one another; what shows them is used again and again.

    Signals:
        read_requested: it should be read once more.
    """

    read_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("content")
        self.setAccessibleName(_("Content"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = self._inside = QWidget()
        inside.setObjectName("contentInside")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(2, NEAR, 2, 2)
        self._column.setSpacing(TIGHT)
        self.note = words_label("contentNote", inside)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.again = QPushButton(_("Try again"), inside)
        self.again.setObjectName("readContentAgain")
        self.again.setAccessibleName(_("Read the content again"))
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self.read_requested)
        self._column.addWidget(self.note)
        self._column.addWidget(self.again)
        self._parts: list[_Part] = []
        self._column.addStretch()
        self.setWidget(inside)

    def tell(self, content: Content, *, can_read: bool) -> None:
        """Show other content; ``can_read`` offers to read it once more."""
        if self.note.text() != plain(content.note, _SHOWN_LIMIT):
            self.note.setText(plain(content.note, _SHOWN_LIMIT))
        self.note.setVisible(bool(content.note))
        self.again.setVisible(can_read)
        while len(self._parts) < len(content.sections):
            made = _Part(self._inside)
            self._column.insertWidget(self._column.count() - 1, made)
            self._parts.append(made)
        for place, part in enumerate(self._parts):
            is_used = place < len(content.sections)
            if is_used:
                part.tell(content.sections[place])
            part.setVisible(is_used)


class _Part(QWidget):
    """One section."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("contentSection")
        self._title: QLabel = words_label("contentTitle", self)
        set_type(self._title, "body", bold=True)
        self._facts = FactGrid(self)
        self._note = words_label("contentSectionNote", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, WIDE, 0, 0)
        column.setSpacing(TIGHT)
        for each in (self._title, self._facts, self._note):
            column.addWidget(each)

    def tell(self, section: ContentSection) -> None:
        """Show another section."""
        title = plain(section.title)
        if self._title.text() != title:
            self._title.setText(title)
            self.setAccessibleName(title)
        self._facts.tell(section.facts)
        self._facts.setVisible(bool(section.facts))
        self._note.setText(plain(section.note, _SHOWN_LIMIT))
        self._note.setVisible(bool(section.note))
