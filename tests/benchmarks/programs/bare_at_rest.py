"""A bare window that has been open for a moment; tells its memory."""

import sys

import memory
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

application = QApplication(sys.argv[:1])
window = QMainWindow()
window.setCentralWidget(QWidget(window))
window.resize(1280, 800)
window.show()
QTimer.singleShot(1000, application.quit)
application.exec()
print(memory.told(), flush=True)
