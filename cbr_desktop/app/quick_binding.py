"""Bringing Qt's binding in, without what it does at every start for what this program never asks of it.

It imports what supports it twice, the first time for starts that this is none of, and drops that before the second.
Modules of the standard library that it imports for builds of another kind, and to write its stubs, are loaded when they
are first used.

Patterns of its parser of signatures are compiled when they are first used, which is when a call has failed; they are a
sixteenth of a start. It looks for users of its switchable features (``from __feature__ import``) in every import and in
the source of every module; there is none here, so that ends once it is there. ``CBR_DESKTOP_USUAL_BINDING=1`` brings it
in as it is.
"""

import builtins
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from cbr_desktop.late_modules import loaded_when_used
from cbr_desktop.late_patterns import compiled_when_used

SWITCH = "CBR_DESKTOP_USUAL_BINDING"
_KNOWN = "6.11.3"
"""The version of the binding of which it is known what it imports how often."""


def bring_in() -> None:
    """Import the binding's core."""
    if os.environ.get(SWITCH):
        import PySide6.QtCore

        return
    _spare_the_first_round()
    with (
        compiled_when_used("shibokensupport.", "textwrap"),
        loaded_when_used("argparse", "base64", "logging", "tempfile", "traceback", "zipfile"),
    ):
        import PySide6.QtCore  # noqa: F401
    _look_for_no_features()


def _spare_the_first_round() -> None:
    """Let what the binding imports first be there already; it drops whatever goes by these names and imports again.

    Where it would not do so it could not go on, so this is for the version alone that is known to.
    """
    found = importlib.util.find_spec("shiboken6")
    place = None if found is None or found.origin is None else Path(found.origin).parent
    if place is None or not (place / "files.dir").is_dir():
        return
    if (place.parent / f"shiboken6-{_KNOWN}.dist-info").is_dir():
        for name in ("shibokensupport", "shibokensupport.signature", "shibokensupport.signature.loader"):
            sys.modules[name] = ModuleType(name)


def _look_for_no_features() -> None:
    """Keep the binding from reading the source of every module, and from standing in every import.

    WORKAROUND https://bugreports.qt.io/browse/PYSIDE-2029: the first takes a quarter of a millisecond each, and the
    memory of all these sources.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: False  # type: ignore[union-attr]
        sys.modules["linecache"].clearcache()  # it has read some already
    usual = getattr(builtins, "__orig_import__", None)
    if usual is not None:
        builtins.__import__ = usual
