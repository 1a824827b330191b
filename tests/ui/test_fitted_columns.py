"""Small tables and trees of windows: nothing that matters leaves a narrow one, and what a person drags stays."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHeaderView, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.text.batch import PROFILE_COLUMN, batch_columns, run_columns
from cbr_desktop.text.marks import GOOD
from cbr_desktop.text.plans import found_columns
from cbr_desktop.ui.checkpoint.resources import ResourcePicker
from cbr_desktop.ui.kit.step_table import StepTable
from cbr_desktop.ui.operations.outcome_table import ResourceTable
from cbr_desktop.ui.operations.resource_ticks import ResourceTicks
from tests.ui.counter import Counter
from tests.ui.estate import profile, vault

NARROW, WIDE = 720, 1000


def titles(header: QHeaderView) -> list[str]:
    model = header.model()
    return [
        str(model.headerData(place, Qt.Orientation.Horizontal))
        for place in range(header.count())
        if not header.isSectionHidden(place)
    ]


def header_of(view: QWidget) -> QHeaderView:
    return view.header() if isinstance(view, QTreeView) else view.horizontalHeader()  # type: ignore[attr-defined]


def steps() -> StepTable:
    table = StepTable("steps")
    table.fill(batch_columns(), [(tuple("word" for _ in batch_columns()), GOOD)], {PROFILE_COLUMN})
    return table


@pytest.mark.parametrize(
    ("make", "kept"),
    [
        (lambda: ResourcePicker(Counter([vault(1, "one", 1, 9)], of=profile()).ledger), ["Resource", "Verdict"]),
        (ResourceTicks, ["Name", "Protectable"]),
        (ResourceTable, ["Outcome", "Reason", "What to do"]),
    ],
    ids=["checkpoint", "ticks", "outcome"],
)
def test_a_narrow_list_keeps_what_matters_and_never_scrolls_sideways(
    qtbot: QtBot, make: Callable[[], QWidget], kept: list[str]
) -> None:
    shown = make()
    qtbot.addWidget(shown)
    shown.show()
    view = getattr(shown, "tree", shown)
    for width in (NARROW, WIDE):
        shown.resize(width, 400)
        QApplication.processEvents()
        header = header_of(view)
        assert set(kept) <= set(titles(header))
        assert header.length() <= view.viewport().width()
        assert not view.horizontalScrollBar().isVisible()
        assert all(header.sectionSize(place) >= 46 for place in range(header.count()) if header.sectionSize(place))


def test_steps_make_room_for_what_was_found(qtbot: QtBot) -> None:
    table = steps()
    qtbot.addWidget(table)
    table.show()
    for width in (760, WIDE):
        table.resize(width, 200)
        QApplication.processEvents()
        last = table.horizontalHeader().count() - 1
        assert table.columnWidth(last) >= 220
        assert table.horizontalHeader().length() <= table.viewport().width()


def test_lines_of_steps_are_as_high_as_their_words_and_numbers_stand_on_the_right(qtbot: QtBot) -> None:
    table = StepTable("steps")
    qtbot.addWidget(table)
    long = "word " * 40
    rows = [("9", "Ready", "p", "vault\nid", "r", long), ("10", "Ready", "p", "vault", "r", "short")]
    table.fill(found_columns(), [(each, GOOD) for each in rows])
    table.show()
    table.resize(WIDE, 200)
    QApplication.processEvents()
    line, room = table.fontMetrics().lineSpacing(), table.columnWidth(5) - 16
    needed = table.fontMetrics().boundingRect(0, 0, room, 999, Qt.TextFlag.TextWordWrap, long).height()
    assert 2 * line < min(needed, 4 * line) <= table.rowHeight(0)
    assert table.rowHeight(1) < 3 * line
    assert table.model().index(0, 3).data() == "vault\nid"
    sides = [table.model().index(1, column).data(Qt.ItemDataRole.TextAlignmentRole) for column in (0, 3)]
    assert sides == [Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, None]


def test_a_column_that_a_person_has_dragged_stays_as_wide(qtbot: QtBot) -> None:
    table = steps()
    qtbot.addWidget(table)
    table.show()
    table.resize(WIDE, 200)
    QApplication.processEvents()
    table.horizontalHeader().resizeSection(3, 222)
    table.resize(WIDE - 60, 200)
    QApplication.processEvents()
    assert table.columnWidth(3) == 222
    assert table.horizontalHeader().length() == table.viewport().width()


def test_the_report_of_a_batch_shows_columns_that_were_absent_before_it_went(qtbot: QtBot) -> None:
    table = StepTable("steps")
    qtbot.addWidget(table)
    table.show()
    table.fill(batch_columns(), [(tuple("word" for _ in batch_columns()), GOOD)], {PROFILE_COLUMN, 4, 5, 6})
    assert titles(table.horizontalHeader()) == ["No.", "Verdict", "Done to", "What was found"]
    table.fill(run_columns(), [(tuple("word" for _ in run_columns()), GOOD)], {PROFILE_COLUMN})
    assert titles(table.horizontalHeader()) == ["No.", "State", "Done to", "Took", "What happened"]


def test_lines_that_are_ticked_are_as_high_as_other_lines_from_the_first_paint_on(qtbot: QtBot) -> None:
    counter = Counter([vault(1, "one", 1, 9)], of=profile())
    picker = ResourcePicker(counter.ledger)
    qtbot.addWidget(picker)
    picker.show_vault(counter.ledger.vaults[next(iter(counter.ledger.vaults))])
    picker.show()
    QApplication.processEvents()
    tree = picker.tree
    first = tree.visualItemRect(tree.topLevelItem(0)).height()
    tree.doItemsLayout()
    assert tree.visualItemRect(tree.topLevelItem(0)).height() == first


def test_columns_grow_with_the_letters(qtbot: QtBot) -> None:
    widths = []
    for factor in (1.0, 1.5):
        table = ResourceTable()
        qtbot.addWidget(table)
        header = table.horizontalHeader()
        font = header.font()
        font.setPointSizeF(font.pointSizeF() * factor)
        header.setFont(font)
        table.resize(2000, 200)
        table.show()
        QApplication.processEvents()
        widths.append([header.sectionSize(place) for place in range(header.count() - 1)])
    assert all(large > usual for usual, large in zip(*widths, strict=True))
