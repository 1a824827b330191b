"""What holds of every window: it fits on a small screen, and what it has can be reached."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabBar,
    QWidget,
)

from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.kit.announcer import Announcer
from cbr_desktop.ui.kit.lines import MarkedLine
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.step_table import StepTable
from cbr_desktop.ui.kit.tick_tree import TickTree
from cbr_desktop.ui.kit.window_size import available, keep_within
from cbr_desktop.ui.operations.outcome_dialog import OutcomeDialog
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.window import MainWindow
from tests.ui.every_window import TEXT, every_window, told
from tests.widgets import titles

SMALL = QSize(784, 460)
"""The room of a window on a screen of 800x500, which is 1600x1000 at 200 %."""


@pytest.fixture(scope="module")
def windows(qapp: QApplication) -> Iterator[list[QWidget]]:
    assert qapp is not None
    with every_window() as opened:
        yield opened


def test_no_page_has_a_column_twice(windows: list[QWidget]) -> None:
    window = windows[0]
    assert isinstance(window, MainWindow)
    for name in NAMES:
        keys = [column.key for column in window.page(name).model.columns]
        assert len(keys) == len(set(keys)), name
    window.show_page("Vaults")


# the screen reader and the keyboard


def test_whatever_can_have_the_focus_has_a_role_and_a_name(windows: list[QWidget]) -> None:
    nameless = {
        (type(window).__name__, one.whose)
        for window in windows
        for one in told(window)
        if one.is_focusable and not one.name
    }
    assert nameless == set()
    plain = {
        (one.role, one.whose.split()[0])
        for window in windows
        for one in told(window)
        if one.is_focusable and one.role is QAccessible.Role.NoRole
    }
    assert plain == set()


def test_a_box_whose_name_is_what_is_chosen_has_a_label_or_a_description(windows: list[QWidget]) -> None:
    unlabelled = {
        (type(window).__name__, box.objectName())
        for window in windows
        for box in window.findChildren(QComboBox)
        if not box.accessibleDescription()
        and not QAccessible.queryAccessibleInterface(box).relations(QAccessible.RelationFlag.Label)
    }
    assert unlabelled == set()


def test_what_is_read_of_a_control_is_no_markup(windows: list[QWidget]) -> None:
    marked = {(one.whose, one.description) for window in windows for one in told(window) if "<qt>" in one.description}
    assert marked == set()
    unseen = {
        (type(window).__name__, one.objectName())
        for window in windows
        for one in window.findChildren(QWidget)
        if one.toolTip().startswith("<qt>") and not one.accessibleDescription()
    }
    assert unseen == set()


def test_every_verdict_and_every_state_is_read_aloud_when_it_changes(windows: list[QWidget]) -> None:
    told = [line for window in windows for line in window.findChildren(MarkedLine)]
    verdicts = [line for line in told if line.label.objectName().endswith(("Verdict", "State", "Summary"))]
    assert len({line.label.objectName() for line in verdicts}) > 8
    silent = {line.label.objectName() for line in verdicts if line.findChild(Announcer) is None}
    assert silent == set()


def test_everything_can_be_reached_by_keys(windows: list[QWidget]) -> None:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView, QPlainTextEdit)
    unreached = {
        (type(window).__name__, type(one).__name__, one.objectName())
        for window in windows
        for one in window.findChildren(QWidget)
        if isinstance(one, kinds)
        and one.window() is window
        and one.isVisible()
        and one.isEnabled()
        and not one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(one.parent(), QLineEdit | QAbstractSpinBox | QComboBox | QTabBar | QAbstractItemView)
    }
    assert unreached == set()


def test_the_main_window_is_read_area_by_area_as_it_is_seen(windows: list[QWidget]) -> None:
    window = windows[0]
    assert isinstance(window, MainWindow)
    window.resize(1280, 800)
    page = window.show_page("Vaults")
    page.clear_filter()
    page.view.selectRow(0)
    QApplication.processEvents()
    read = [one.name for one in told(window) if one.name]
    order = [
        "Create checkpoint",
        "Navigation",
        "Filter vaults",
        "Columns of vaults",
        "Vaults",
        "Details",
        "Task drawer",
    ]
    last = {name: len(read) - 1 - read[::-1].index(name) for name in order}
    assert sorted(order, key=last.__getitem__) == order
    chain: list[QWidget] = [page.filter]
    while chain[-1] is not page.view:
        chain.append(chain[-1].nextInFocusChain())
        assert len(chain) < 200
    reached = [one.objectName() for one in chain if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible()]
    assert reached[:2] == ["filterVaults", "filtersOfVaults"]
    assert reached.index("columnsOfVaults") < reached.index("chipsOfVaults1") < len(reached) - 1


def test_a_cell_is_read_with_its_words_its_state_and_the_title_of_its_column(windows: list[QWidget]) -> None:
    window = windows[0]
    assert isinstance(window, MainWindow)
    page = window.show_page("Vaults")
    page.clear_filter()
    page.view.selectRow(1)
    table = QAccessible.queryAccessibleInterface(page.view)
    assert (table.role(), table.text(QAccessible.Text.Name)) == (QAccessible.Role.Table, "Vaults")
    columns = page.model.columns
    across = len(columns) + 1  # the head of each row is one as well
    for place, column in enumerate(columns):
        cell = table.child(across * 2 + 1 + place)
        assert cell.role() is QAccessible.Role.Cell
        assert cell.text(QAccessible.Text.Name) == page.model.index(1, place).data()
        where = cell.tableCellInterface()
        assert (where.rowIndex(), where.columnIndex(), where.isSelected()) == (1, place, True)
        assert [head.text(QAccessible.Text.Name) for head in where.columnHeaderCells()] == [column.title]
    state = next(place for place, column in enumerate(columns) if column.key == "state")
    assert page.model.index(1, state).data()  # what the mark says is said by words as well


def test_the_form_of_a_checkpoint_tells_roles_names_values_and_states(windows: list[QWidget]) -> None:
    dialog = next(one for one in windows if isinstance(one, CheckpointDialog))
    found = {(one.role, one.name): one for one in told(dialog)}
    role = QAccessible.Role
    assert any(one.value.startswith(TEXT) for one in told(dialog) if one.role is role.ComboBox)
    assert found[role.EditableText, "Name"].value == dialog.fields.name.edit.text()
    kinds = [one for one in told(dialog) if one.role is role.RadioButton]
    assert next(one.name for one in kinds if one.is_checked) == "Incremental"
    assert (role.Tree, "Resources") in found
    read = [one.name for one in told(dialog) if one.is_focusable]
    order = [
        "Name",
        "Description",
        "Incremental",
        "Whole vault",
        "Resources",
        "Advanced",
        "Pre-flight",
        "Close",
        "Send",
    ]
    assert sorted(order, key=read.index) == order
    send = next(one for one in told(dialog) if one.name == "Send")
    assert not send.is_enabled
    assert send.description == dialog.bar.hindrance


def test_the_outcome_tells_its_table_and_its_progress(windows: list[QWidget]) -> None:
    outcomes = [one for one in windows if isinstance(one, OutcomeDialog)]
    found = {(one.role, one.name): one for dialog in outcomes for one in told(dialog)}
    progress = found[QAccessible.Role.ProgressBar, "Progress of all resources"]
    assert progress.value.isdigit()
    assert any(role is QAccessible.Role.Table for role, _name in found)


# the room


def test_no_window_is_larger_than_its_screen(windows: list[QWidget]) -> None:
    assert len(windows) > 25
    room = available(windows[0])
    too_large = {
        (type(one).__name__, one.objectName()): one.size().toTuple()
        for one in windows
        if isinstance(one, QDialog) and (one.width() > room.width() or one.height() > room.height())
    }
    assert too_large == {}


def test_no_title_of_a_page_and_no_head_of_a_column_is_cut(windows: list[QWidget]) -> None:
    cut = {
        (type(window).__name__, page.head.titles.title.text())
        for window in windows
        for page in window.findChildren(Page)
        if page.isVisible() and page.head.titles.title.width() < page.head.titles.title.sizeHint().width()
    }
    for window in windows:
        for table in window.findChildren(StepTable):
            letters, header = table.fontMetrics(), table.horizontalHeader()
            for column, title in enumerate(titles(table)):
                if not header.isSectionHidden(column) and header.sectionSize(column) < letters.horizontalAdvance(title):
                    cut.add((type(window).__name__, title))
    assert cut == set()


def test_names_to_be_ticked_are_cut_in_their_middle(windows: list[QWidget]) -> None:
    trees = [tree for window in windows for tree in window.findChildren(TickTree)]
    assert len(trees) > 1
    assert {tree.textElideMode() for tree in trees} == {Qt.TextElideMode.ElideMiddle}


def test_every_window_with_something_to_scroll_remembers_its_size(windows: list[QWidget]) -> None:
    kinds = (QAbstractItemView, QPlainTextEdit, QScrollArea)
    forgetful = {
        (type(window).__name__, window.objectName())
        for window in windows
        if isinstance(window, QDialog)
        and any(
            isinstance(one, kinds) and one.isVisible() and one.window() is window
            for one in window.findChildren(QWidget)
        )
        and window.findChild(QObject, "sizeMemory") is None
    }
    assert forgetful == set()


def test_what_leaves_a_window_is_at_its_left_and_what_it_is_for_at_its_right(windows: list[QWidget]) -> None:
    leaving = {"Close", "Cancel", "Keep it", "Keep them held", "Stay", "Work without"}
    misplaced, without = {}, set()
    for window in windows:
        if not isinstance(window, QDialog):
            continue
        buttons = [one for one in window.findChildren(QPushButton) if one.isVisible() and one.window() is window]
        leave = next((one for one in buttons if one.text().replace("&", "") in leaving), None)
        if leave is None:
            without.add(type(window).__name__)
            continue
        at = {one: one.mapTo(window, QPoint()) for one in buttons}
        # what is scrolled out of sight stands in no row, wherever it would be
        seen = [one for one in buttons if not one.visibleRegion().isEmpty()]
        row = [one for one in seen if abs(at[one].y() - at[leave].y()) < leave.height()]
        row.sort(key=lambda one: at[one].x())
        acting = [one for one in row if one.property("primary") or one.property("danger")]
        if row[0] is not leave or (acting and row[-1:] != acting):
            misplaced[type(window).__name__] = [one.text() for one in row]
    assert misplaced == {}
    assert without == {"OffersWindow"}  # a list beside the main window's, which its frame closes


def test_every_dialog_can_be_used_on_a_screen_of_800x500(windows: list[QWidget]) -> None:
    found = {}
    for one in windows:
        if isinstance(one, QDialog):
            keep_within(one, SMALL)
            one.resize(SMALL)
            QApplication.processEvents()
            if one.width() > SMALL.width() or one.height() > SMALL.height():
                found[type(one).__name__, one.objectName()] = one.size().toTuple()
    assert found == {}


def test_the_main_window_can_be_used_on_a_screen_of_800x500(windows: list[QWidget]) -> None:
    window = windows[0]
    assert isinstance(window, MainWindow)
    window.resize(SMALL)
    window.show_details(True)
    for name in NAMES:
        page = window.show_page(name)
        if page.model.rowCount():
            page.view.selectRow(0)
        QApplication.processEvents()
        assert window.size() == SMALL, name
        assert window.minimumSizeHint().width() <= SMALL.width(), name
        assert window.minimumSizeHint().height() <= SMALL.height(), name
