"""Modules that other libraries import and hardly use, loaded when something is first taken from them.

``importlib.util.LazyLoader`` does not serve here: up to Python 3.12 a second ``import`` of the same module loads it.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType


@contextmanager
def loaded_when_used(*names: str) -> Iterator[None]:
    """Let what is imported in the block hold these modules without loading them; those that are loaded stay so.

    Whatever imports one after the block gets the module itself. What holds one may only take things from it: what is
    put into it does not reach the module.
    """
    waiting = {name: ModuleType(name) for name in names if name not in sys.modules}
    for name, module in waiting.items():
        module.__getattr__ = partial(_taken, name, module)  # type: ignore[method-assign]
    sys.modules.update(waiting)
    try:
        yield
    finally:
        for name, module in waiting.items():
            _give_way(name, module)


def _taken(name: str, waiting: ModuleType, attribute: str) -> object:
    """Return what is taken from a module, which is loaded now unless something else has loaded it.

    What looks at every module, as hooks of the import do, asks for names of Python's own and loads nothing.
    """
    if attribute.startswith("__"):
        raise AttributeError(attribute)
    _give_way(name, waiting)
    return getattr(importlib.import_module(name), attribute)


def _give_way(name: str, waiting: ModuleType) -> None:
    if sys.modules.get(name) is waiting:
        del sys.modules[name]
