"""What a vault, a checkpoint, a task and an intent are: plain values and their rules.

Values are ``msgspec.Struct`` that are not changed after they are made: to make the classes of a hundred dataclasses
would take longer than all else that a command does before it begins. Times are aware UTC and end in ``_at``; quantities
carry their unit. An enumeration of the service is open: a value that this version does not know stays the text it was
(see ``known``).
"""

import gc
import sys

from cbr_desktop.late_modules import loaded_when_used
from cbr_desktop.late_patterns import compiled_when_used

if sys.version_info < (3, 12) and "datetime" not in sys.modules:
    # until then it makes its classes twice; those that it drops are looked for among what is new alone
    gc.freeze()
    import datetime  # noqa: F401

    gc.collect()
    gc.unfreeze()

# msgspec takes from typing_extensions what the standard library has as well; that is a module of four thousand lines,
# and what needs it finds it afterwards
if not {"msgspec", "typing_extensions"} & sys.modules.keys():
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        with (
            compiled_when_used("platform"),  # which is asked for the name of the system alone
            loaded_when_used("msgspec.inspect", "msgspec.toml", "msgspec.yaml"),
        ):
            import msgspec  # noqa: F401
    finally:
        del sys.modules["typing_extensions"]
