"""A bare window with a table of text: the least that a window with a list costs."""

import sys
import time

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

application = QApplication(sys.argv[:1])
window = QMainWindow()
model = QStandardItemModel(250, 0)
for column in range(8):
    model.appendColumn([QStandardItem(f"text {row} {column}") for row in range(250)])
table = QTableView(window)
table.setModel(model)
window.setCentralWidget(table)
window.resize(1280, 800)
window.show()
application.processEvents()
print(time.monotonic_ns(), time.process_time_ns(), flush=True)
