"""The composition root: introduces the rooms to each other, opens the house and closes it."""

import sys

# WORKAROUND https://github.com/encode/httpx/blob/0.28.1/httpx/__init__.py: the library imports its own command line
# with all that this needs where it is installed, and a part of it always is; nobody calls it here
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
