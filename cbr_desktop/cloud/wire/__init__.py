"""The service's JSON and the domain's values: one module for each kind of answer, all tolerant in the same way.

Unknown fields are ignored, open enumerations stay text, and null, ``""``, ``{}`` and missing are one and the same. A
row with a field of a wrong type loses that field, never the list; what cannot be read at all raises ``Unfit``.
"""
