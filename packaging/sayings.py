"""Finds the messages in the source of the program: what is given to the functions of ``cbr_desktop/text/catalogue.py``.

The syntax tree is read, since tools for gettext look neither into f-strings nor into calls within calls.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FUNCTIONS = {"_": 1, "gettext": 1, "N_": 1, "ngettext": 2, "NN_": 2, "counted": 2, "pgettext": 2, "NP_": 2}
"""The functions, and how many of their first arguments are messages or contexts."""
WITH_CONTEXT = ("pgettext", "NP_")


class Saying(NamedTuple):
    """A message: its context, empty for none, its English form for one, and that for many, empty for none."""

    context: str
    one: str
    many: str


def sayings(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, Saying]]:
    """Yield the messages in nodes of a syntax tree, each with its line."""
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS):
            continue
        name, wanted = node.func.id, FUNCTIONS[node.func.id]
        given = [part.value for part in node.args[:wanted] if isinstance(part, ast.Constant)]
        texts = [text for text in given if isinstance(text, str) and text]
        if len(texts) == wanted:
            context = texts.pop(0) if name in WITH_CONTEXT else ""
            yield node.lineno, Saying(context, texts[0], texts[1] if len(texts) > 1 else "")
