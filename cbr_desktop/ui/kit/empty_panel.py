"""What lies over a table without rows."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from cbr_desktop.text.words import ListNotice
from cbr_desktop.ui.kit.icons import Picture
from cbr_desktop.ui.kit.theme import set_type
from cbr_desktop.ui.kit.tokens import NEAR


class EmptyPanel(QFrame):
    """Lies over a table without rows and says what, why, and one thing to do."""

    def __init__(self, name: str, verbs: dict[str, Callable[[], object]], view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName(f"no{name}")
        self._verbs = verbs
        self._verb = ""
        self.title = QLabel(self)
        self.title.setObjectName(f"no{name}Title")
        self.why = QLabel(self)
        self.why.setObjectName(f"no{name}Reason")
        set_type(self.title, "heading", bold=True)
        self.button = QPushButton(self)
        self.button.setProperty("primary", True)
        self.button.setObjectName(f"no{name}Action")
        self.button.clicked.connect(self._act)
        layout = self._column = QVBoxLayout(self)
        layout.setSpacing(NEAR)
        layout.addWidget(Picture(name.lower(), self), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.why):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        view.installEventFilter(self)

    def tell(self, notice: ListNotice) -> None:
        """Say something and show the panel."""
        self.title.setText(notice.title)
        self.why.setText(notice.why)
        self.button.setText(notice.action)
        self.button.setAccessibleName(notice.action)
        self.button.setVisible(bool(notice.action))
        self._verb = notice.verb
        self.place()
        self.show()

    def place(self) -> None:
        """Lie in the middle of the table."""
        view = self._view
        width = min(520, view.width() - 40)
        height = self._column.heightForWidth(width)
        self.setGeometry((view.width() - width) // 2, max(40, (view.height() - height) // 2), width, height)

    def _act(self) -> None:
        self._verbs[self._verb]()

    def eventFilter(self, _watched: Any, event: Any) -> bool:
        """Follow the size of the table."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def sizeHint(self) -> QSize:
        """Return the size that the words need."""
        return QSize(520, self._column.heightForWidth(520))
