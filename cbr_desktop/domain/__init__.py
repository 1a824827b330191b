"""What a vault, a checkpoint, a task and an intent are: plain values and their rules.

Values are ``msgspec.Struct`` that are not changed after they are made: to make the classes of a hundred dataclasses
would take longer than all else that a command does before it begins. Times are aware UTC and end in ``_at``; quantities
carry their unit. An enumeration of the service is open: a value that this version does not know stays the text it was
(see ``known``).
"""

import sys

if "typing_extensions" not in sys.modules:
    # msgspec asks for it first, which is half of the time of its import, and takes typing in its place
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        import msgspec  # noqa: F401
    finally:
        del sys.modules["typing_extensions"]
