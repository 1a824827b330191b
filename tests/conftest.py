"""What all tests share: no display is needed, and nobody's own folders are touched."""

import gc
import os
import sys
from collections.abc import Iterator

import pytest

if sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True, scope="session")
def _nobody_s_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the program's folders under the tests' own: a test that names no place must not find the developer's."""
    before = os.environ.get("CBR_DESKTOP_HOME")
    os.environ["CBR_DESKTOP_HOME"] = str(tmp_path_factory.mktemp("home"))
    yield
    if before is None:
        del os.environ["CBR_DESKTOP_HOME"]
    else:
        os.environ["CBR_DESKTOP_HOME"] = before


@pytest.fixture(autouse=True, scope="session")
def _one_collector() -> Iterator[None]:
    """Keep other threads from collecting widgets, as the runtime does: it could end in a deadlock with Qt."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _swept() -> Iterator[None]:
    """Collect what a module of tests leaves behind, in this thread."""
    yield
    gc.collect()
