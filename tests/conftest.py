"""What all tests share: no display is needed, and nobody's own folders are touched. Qt comes as for the program."""

import contextlib
import faulthandler
import gc
import os
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from cbr_desktop.app import quick_binding

if sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
with contextlib.suppress(ImportError):  # there may be no Qt, and then none of the tests that want it
    quick_binding.bring_in()


LONG = ("journeys", "cli", "workflows", "ui", "simulator")
"""Folders of modules that take long: they are shared out first, so that no process is left with one at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests, and refuse two of one name: of those the processes would run only one, and not say so."""
    places = {config.rootpath / "tests" / folder: place for place, folder in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.parent, len(LONG)))
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"tests of the same name: {', '.join(twice)}")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Escape halves of characters, which tests log and compare: a process of the suite cannot tell another of them."""
    return _escaped((yield))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Keep other threads from collecting widgets, as the runtime does: it could end in a deadlock or a crash of Qt."""
    gc.disable()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Delete the windows that a test is through with, which Qt does in a loop alone: each one costs all that follow.

    A crash of Qt is told of in the log of the suite again after a test whose program watched for it itself.
    """
    try:
        return (yield)
    finally:
        _delete_now()
        _release_keys()
        if not faulthandler.is_enabled() and (plugin := item.config.pluginmanager.get_plugin("faulthandler")):
            faulthandler.enable(item.config.stash[plugin.fault_handler_stderr_fd_key])


@pytest.fixture(autouse=True, scope="session")
def _of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the program's folders under the tests' own: a test that names no place must not find the developer's.

    The demo cloud of tests, and of the programs that they start, remembers few days: a long past costs. The collector
    is spared what is imported and the tests themselves: they are no garbage, and most of what there is.
    """
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("CBR_DESKTOP_HOME", str(tmp_path_factory.mktemp("home")))
        variables.setenv("CBR_DESKTOP_DEMO_DAYS", "3")
        gc.collect()
        gc.freeze()
        yield


@pytest.fixture(autouse=True, scope="module")
def _swept() -> Iterator[None]:
    """Delete and collect what a module of tests leaves behind, in this thread; what stays is not looked at again."""
    yield
    if (widgets := sys.modules.get("PySide6.QtWidgets")) and widgets.QApplication.instance():
        for window in widgets.QApplication.topLevelWidgets():
            if window.parent() is None:
                window.deleteLater()
        _delete_now()
    gc.collect()
    gc.freeze()


def _delete_now() -> None:
    if (core := sys.modules.get("PySide6.QtCore")) and core.QCoreApplication.instance():
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)


def _release_keys() -> None:
    """Let go of the keys that a test held with a click: for Qt they are held until the next click of any key."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets and widgets.QApplication.instance() and widgets.QApplication.keyboardModifiers().value:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(widgets.QWidget(), Qt.Key.Key_unknown)


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_escaped(key): _escaped(each) for key, each in value.items()}
    return type(value)(map(_escaped, value)) if isinstance(value, (list, tuple)) else value
