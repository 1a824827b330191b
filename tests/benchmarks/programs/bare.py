"""A bare window: what Qt and Python cost before there is any program."""

import sys
import time

from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

application = QApplication(sys.argv[:1])
window = QMainWindow()
window.setCentralWidget(QWidget(window))
window.resize(1280, 800)
window.show()
application.processEvents()
print(time.monotonic_ns(), time.process_time_ns(), flush=True)
