"""The window that says why there is no other one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.lines import label


class StopWindow(QWidget):
    """Shows one sentence and a button to close it.

    Signals:
        dismissed: the sentence was read.
    """

    dismissed = Signal()

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.setWindowTitle(_("CBR Desktop"))
        self.setAccessibleName(_("CBR Desktop"))
        self.setObjectName("stop")
        self.setMinimumWidth(480)
        button = QPushButton(_("&Close"), self)
        button.setObjectName("closeStop")
        button.setDefault(True)
        button.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addWidget(label(sentence, "stopSentence"))
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it was read."""
        self.dismissed.emit()
        super().closeEvent(event)
