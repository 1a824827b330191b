"""What lies over a table without rows."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cbr_desktop.text.words import ListNotice
from cbr_desktop.ui.kit.icons import Picture
from cbr_desktop.ui.kit.theme import set_type, style_as
from cbr_desktop.ui.kit.tokens import NEAR


class EmptyPanel(QFrame):
    """Lies over a table without rows and says what, why, and what to do: one thing, or another one first."""

    def __init__(self, name: str, verbs: dict[str, Callable[[], object]], view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName(f"no{name}")
        self._verbs = verbs
        self._notice = ListNotice("", "")
        self.title = QLabel(self)
        self.title.setObjectName(f"no{name}Title")
        self.why = QLabel(self)
        self.why.setObjectName(f"no{name}Reason")
        set_type(self.title, "heading", bold=True)
        self.button = QPushButton(self)
        self.button.setProperty("primary", True)  # as it mostly is: to dress it anew brings all of Qt's styles along
        self.button.setObjectName(f"no{name}Action")
        self.button.clicked.connect(lambda: self._verbs[self._notice.verb]())
        self.first = QPushButton(self)
        self.first.setProperty("primary", True)
        self.first.setObjectName(f"no{name}First")
        self.first.clicked.connect(lambda: self._verbs[self._notice.first_verb]())
        layout = self._column = QVBoxLayout(self)
        layout.setSpacing(NEAR)
        layout.addWidget(Picture(name.lower(), self), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.why):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        buttons = QHBoxLayout()
        buttons.setSpacing(NEAR)
        buttons.addStretch()
        buttons.addWidget(self.first)
        buttons.addWidget(self.button)
        buttons.addStretch()
        layout.addLayout(buttons)
        view.installEventFilter(self)

    def tell(self, notice: ListNotice) -> None:
        """Say something and show the panel."""
        self.title.setText(notice.title)
        self.why.setText(notice.why)
        for button, words in ((self.first, notice.first), (self.button, notice.action)):
            button.setText(words)
            button.setAccessibleName(words)
            button.setVisible(bool(words))
        style_as(self.button, "primary", not notice.first)
        self._notice = notice
        self.place()
        self.show()

    def place(self) -> None:
        """Lie in the middle of the table."""
        view = self._view
        width = min(520, view.width() - 40)
        height = self._column.heightForWidth(width)
        self.setGeometry((view.width() - width) // 2, max(40, (view.height() - height) // 2), width, height)

    def event(self, event: QEvent) -> bool:
        """Take the room that the words need, once Qt has laid them out."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
        return super().event(event)

    def eventFilter(self, _watched: Any, event: Any) -> bool:
        """Follow the size of the table."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def sizeHint(self) -> QSize:
        """Return the size that the words need."""
        return QSize(520, self._column.heightForWidth(520))
