"""Brings Qt's binding in as the window does, and prints what its parser of signatures makes of some classes."""

import builtins
import importlib
import re

from cbr_desktop.app import quick_binding

quick_binding.bring_in()
assert isinstance(re.compile("a"), re.Pattern)
core, widgets = (importlib.import_module(f"PySide6.{name}") for name in ("QtCore", "QtWidgets"))
signature = importlib.import_module("PySide6.support.signature").get_signature
hook = getattr(builtins, "__orig_import__", None)
print("plain" if builtins.__import__ is hook else "hooked")
for holder in (core.QRect, core.QTimer, core.QObject, widgets.QTableView, widgets.QFileDialog):
    for name in sorted(vars(holder)):
        print(name, signature(getattr(holder, name)))
try:
    core.QRect("no", "numbers")
except TypeError as error:
    print(error)
