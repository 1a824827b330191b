"""A table as a file: what it shows, as CSV for a spreadsheet or as JSON for a program."""

import asyncio
import csv
import io
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Generic

from msgspec import Struct

from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.tables.column import Column, Row
from cbr_desktop.ui.kit.tables.copying import exact_cell, harmless_cell

_MARK = "\ufeff"
"""The byte order mark by which spreadsheets know UTF-8."""
_TURN_SECONDS = 0.008
"""How long cells are gathered before the window has its turn: half of a picture at 60 a second."""


class ExportForm(StrEnum):
    """The forms of a file, by the ends of their names."""

    CSV = "csv"
    JSON = "json"


class Export(Struct, Generic[Row], frozen=True):
    """What goes into a file: rows in their order and the columns of them that are shown.

    ``title`` and ``filter`` tell what it is, ``total`` how many rows there are altogether, and ``lack`` in words what
    of the list is missing or old, empty where nothing is. ``id_of`` names a row for good.
    """

    title: str
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    id_of: Callable[[Row], str]
    made_at: datetime
    total: int
    filter: str = ""
    lack: str = ""


def pieces(export: Export[Row], form: ExportForm) -> Iterator[str]:
    """Yield the text of a file: its head, a piece a row, and its end.

    A cell of CSV that a spreadsheet would run as a formula stands behind an apostrophe. What is missing of the list is
    said in the last line of CSV, and under ``lack`` in JSON.
    """
    yield from _csv(export) if form is ExportForm.CSV else _json(export)


async def gathered(export: Export[Row], form: ExportForm, turn_seconds: float = _TURN_SECONDS) -> str:
    """Return the text of a file; the loop has a turn after every ``turn_seconds``."""
    parts: list[str] = []
    until = time.perf_counter() + turn_seconds
    for piece in pieces(export, form):
        parts.append(piece)
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + turn_seconds
    return await asyncio.to_thread("".join, parts)


def _csv(export: Export[Row]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")

    def written(cells: Sequence[str]) -> str:
        line.seek(0)
        line.truncate()
        writer.writerow([harmless_cell(cell) for cell in cells])
        return line.getvalue()

    yield _MARK + written([column.title for column in export.columns])
    for row in export.rows:
        yield written([_shown(column, row) for column in export.columns])
    if export.lack:
        yield written([_("This list is not whole: {lack}").format(lack=export.lack)])


def _json(export: Export[Row]) -> Iterator[str]:
    head = {
        "list": export.title,
        "made_at": export.made_at.isoformat(),
        "filter": export.filter,
        "rows_in_file": len(export.rows),
        "rows_in_list": export.total,
        "whole": not export.lack,
        "lack": export.lack,
        "columns": {column.key: column.title for column in export.columns},
    }
    # the one control of ASCII that JSON lets stand in a text is escaped as well
    yield json.dumps(head, indent=1).replace("\x7f", "\\u007f").removesuffix("\n}") + ',\n "rows": ['
    separator = "\n  "
    for row in export.rows:
        cells = {"id": export.id_of(row), **{c.key: exact_cell(_shown(c, row)) for c in export.columns}}
        yield separator + json.dumps(cells).replace("\x7f", "\\u007f")
        separator = ",\n  "
    yield "\n ]\n}\n"


def _shown(column: Column[Row], row: Row) -> str:
    return (column.copied or column.text)(row)
