"""What a vault, a checkpoint, a task and an intent are: plain values and their rules.

Values are dataclasses that are not changed after they are made; the ones that come by the hundred thousand are not
frozen, because a frozen dataclass takes three times as long to make. Times are aware UTC and end in ``_at``; quantities
carry their unit. An enumeration of the service is open: a value that this version does not know stays the text it was
(see ``known``).
"""
