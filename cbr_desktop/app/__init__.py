"""The composition root: builds sessions and windows of the other packages, opens and closes them."""

import sys

# WORKAROUND https://github.com/encode/httpx/blob/0.28.1/httpx/__init__.py: the library imports its own command line
# with all that this needs where it is installed, and a part of it always is; it is not called here
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
