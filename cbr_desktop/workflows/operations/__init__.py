"""The operations, one file each: the module and the object in it are named as the kind is, so none is registered.

Each is imported when it is first asked for. A command needs one or two of them, and all take longer than what it does.
"""

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.operations.operation import Operation


class _Operations(Mapping[Kind, Operation]):
    """The operations by their kind."""

    def __getitem__(self, kind: Kind) -> Operation:
        return _imported(kind)

    def __iter__(self) -> Iterator[Kind]:
        return iter(Kind)

    def __len__(self) -> int:
        return len(Kind)


@cache
def _imported(kind: Kind) -> Operation:
    operation: Operation = getattr(importlib.import_module(f"{__name__}.{kind.name.lower()}"), kind.name)
    return operation


OPERATIONS: Mapping[Kind, Operation] = _Operations()


def kind_of(draft: type[Any]) -> Kind:
    """Return the operation that takes drafts of a type. ``TypeError`` when none does."""
    try:
        return Kind(draft.change_kind)
    except AttributeError:
        raise TypeError(f"no operation takes a {draft.__name__}") from None


def change_of(draft: Any, ledger: Reading) -> Change:
    """Return the change that a draft asks for; one that is a change already is returned as it is.

    ``ValueError`` when it lacks what makes a request, ``TypeError`` when no operation knows drafts of its type.
    """
    if isinstance(draft, Change):
        return draft
    return OPERATIONS[kind_of(type(draft))].change(draft, ledger)
