"""What an operator who cannot see has of the program: its accessibility tree on X, and what is told unasked.

Keys go the way of the X server's own, buttons are pressed as a screen reader presses them, and all that is compared
came over the accessibility bus.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import programs
from tests.journeys.screen_reader import ScreenReader, Thing, missing, screen_reader

MISSING = missing()

# where every check counts, what could be installed is a failure
pytestmark = pytest.mark.skipif(bool(MISSING) and not os.environ.get("CI"), reason=MISSING)

VAULT = "vault-erp-prod"


class Desk(NamedTuple):
    """The program as it stands on the screen, and who reads it."""

    reader: ScreenReader
    program: Thing
    window: Thing


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    # a socket lies in it, whose path may have 107 bytes: that of the test's own folder can be longer
    with (
        tempfile.TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True) as run,
        screen_reader(Path(run)) as (reader, environ),
    ):
        child = programs.start("--demo", environ=environ | {"CBR_DESKTOP_HOME": str(tmp_path)})
        try:
            reader.until(reader.programs, "the program is on the bus")
            program = reader.programs()[0]
            yield Desk(reader, program, reader.found(program, "frame", "CBR Desktop"))
        finally:
            child.kill()
            child.communicate()


def walk_to_vault(desk: Desk) -> None:
    """Go to a row of the main table by keys, and be told of each cell on the way by itself."""
    reader = desk.reader
    table = reader.found(desk.window, "table", "Vaults")
    reader.until(lambda: reader.rows(table) > 1, "the vaults are read")
    titles = reader.titles(table)
    assert titles[0] == "Name"
    assert {"State", "Used / total", "Last good backup"} < set(titles)
    names = [reader.name(reader.cell(table, row, 0)) for row in range(reader.rows(table))]
    row = names.index(VAULT)
    assert row > 0
    state = reader.cell(table, row, titles.index("State"))
    assert (reader.role(state), reader.name(state)) == ("cell", "Available")
    assert reader.place(state) == (row, titles.index("State"))

    reader.clicks(reader.found(desk.window, "label", "Vaults"))
    reader.until(lambda: reader.is_(desk.window, "active"), "the window is in front")
    reader.types("1", "Control")
    reader.until(lambda: reader.is_(table, "focused"), "Ctrl+1 puts the focus into the table")
    reader.types("Home")
    for _ in range(row):
        reader.types("Down")
    there = reader.cell(table, row, 0)
    reader.until(lambda: reader.focus == there, "the cell of the row is told of")
    assert (reader.role(there), reader.name(there), reader.place(there)) == ("cell", VAULT, (row, 0))
    assert reader.name(reader.header(there)) == "Name"
    assert reader.is_(there, "selected")
    assert not reader.is_(reader.cell(table, row - 1, 0), "selected")


def fill_in(desk: Desk) -> Thing:
    """Open the checkpoint dialog by its key, be told what is wrong in it, and put it right; return its window."""
    reader = desk.reader
    reader.types("n", "Control")
    dialog = reader.found(desk.program, "dialog", "Create checkpoint")
    assert reader.hears("Tick ‘Send anyway’")
    name = reader.found(dialog, "text", "Name")
    send = reader.found(dialog, "push button", "Send")
    assert reader.is_(name, "focused")
    assert reader.text(name).startswith(f"manualbk_{VAULT}")
    assert reader.is_(reader.found(dialog, "radio button", "Incremental"), "checked")
    assert not reader.is_(reader.found(dialog, "radio button", "Full"), "checked")
    reader.writes(name, "not a name")
    reader.hears("A space at position 4 is not allowed in a name")
    assert not reader.is_(send, "enabled")
    assert "A space at position 4" in reader.description(send)
    reader.writes(name, "by-ear")
    assert reader.text(name) == "by-ear"

    resources = reader.found(dialog, "tree", "Resources")
    first = [reader.name(reader.cell(resources, 0, column)) for column in range(len(reader.titles(resources)))]
    assert dict(zip(reader.titles(resources), first, strict=True)) == {
        "Resource": "ecs-erp-app-01",
        "Type": "Server",
        "State": "Available",
        "Size": "240 GB",
        "Disks": "2/2",
        "Backups": "2",
        "Verdict": "Ready",
    }
    anyway = reader.found(dialog, "check box", "Send anyway")
    reader.presses(anyway)
    reader.until(lambda: reader.is_(send, "enabled"), "what was confirmed can be sent")
    assert reader.is_(anyway, "checked")
    reader.presses(send)
    return dialog


def test_a_checkpoint_is_made_and_followed_by_ear(desk: Desk) -> None:
    walk_to_vault(desk)
    dialog = fill_in(desk)
    reader = desk.reader
    reader.hears("are being backed up")
    told = [words for words in reader.announced if words.startswith(("Queued.", "Being sent"))]
    assert told
    assert told[0].startswith("Queued.")
    progress = reader.found(dialog, "progress bar", "Progress of all resources")
    assert reader.is_(progress, "showing")
    assert 0 <= reader.value(progress) <= 100
    outcome = reader.found(dialog, "table", "Resources")
    titles = reader.titles(outcome)
    assert titles[:3] == ["Resource", "Outcome", "Progress"]
    assert reader.rows(outcome) == 12
    last = [reader.cell(outcome, 11, column) for column in range(3)]
    assert [reader.role(cell) for cell in last] == ["cell"] * 3
    assert [reader.place(cell) for cell in last] == [(11, 0), (11, 1), (11, 2)]
    assert reader.name(last[1]) in {"Waiting", "Running", "Backing up"}
    assert reader.name(last[2]).endswith(" %")
