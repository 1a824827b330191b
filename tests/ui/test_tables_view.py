"""A table's view: keys, copying, columns, and what is remembered."""

import json
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.change import checkpoint_change
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.tables.column import Column
from cbr_desktop.ui.kit.tables.copying import as_json, tsv
from cbr_desktop.ui.kit.tables.delegate import room_beside_text
from cbr_desktop.ui.kit.tables.filter import parse
from cbr_desktop.ui.kit.tables.model import TableModel
from cbr_desktop.ui.kit.tables.view import TableView
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from tests.ui import estate


@pytest.fixture
def settings() -> estate.Notebook:
    return estate.Notebook()


@pytest.fixture
def page(qtbot: QtBot, settings: estate.Notebook) -> Iterator[VaultsPage]:
    yield made(settings, qtbot)


def made(settings: estate.Notebook, qtbot: QtBot) -> VaultsPage:
    workspace = estate.workspace(settings=settings)
    page = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
    qtbot.addWidget(page)
    page.resize(1200, 600)
    page.show()
    page.catch_up()
    return page


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_rows_are_copied_with_tabs_as_they_stand(page: VaultsPage, qtbot: QtBot) -> None:
    page.view.select_id(estate.uid(3))
    qtbot.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    cells = clipboard().split("\t")
    assert cells[:4] == ["vault-7669", "Server", "Available", "145 % · 58 / 40 GB"]


def test_ids_and_names_are_copied_exactly(page: VaultsPage) -> None:
    page.view.select_id(estate.uid(15))
    page.view.copy_names()
    assert clipboard() == estate.NASTY
    page.view.copy_ids()
    assert clipboard() == estate.uid(15)


def test_one_cell_is_copied(page: VaultsPage, qtbot: QtBot) -> None:
    page.view.select_id(estate.uid(3))
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(page.view, Qt.Key.Key_C, modifiers)
    assert clipboard() == "vault-7669"


def test_rows_are_copied_as_json(page: VaultsPage) -> None:
    page.view.select_id(estate.uid(3))
    page.view.copy_json()
    assert json.loads(clipboard())["used_mb"] == 58 * 1024
    page.view.selectAll()
    page.view.copy_json()
    assert len(json.loads(clipboard())) == 15


def test_the_body_of_a_request_is_json_that_can_be_read() -> None:
    change = checkpoint_change(VaultId("v"), "vault", b'{"checkpoint": {"vault_id": "v"}}', "tag")
    assert json.loads(as_json(change))["body"] == {"checkpoint": {"vault_id": "v"}}
    assert json.loads(as_json(change, 2_000))["body"] == {"checkpoint": {"vault_id": "v"}}
    assert json.loads(as_json(replace(change, body=b"no json \xff"), 2_000))["body"] == "no json \\xff"


def test_a_column_that_is_shown_again_is_as_wide_as_its_words(page: VaultsPage) -> None:
    page.resize(2000, 600)
    page.show()
    page.view.show_columns(("profile",), True)
    page.view.show_columns(("profile",), False)
    page.view.show_columns(("profile",), True)
    section = [column.key for column in page.model.columns].index("profile")
    assert not page.view.isColumnHidden(section)
    assert section not in page.view._own, "nobody has set its width"
    page.view.setColumnWidth(section, 61)
    assert page.view._own[section] == 61


def test_a_cell_that_would_be_a_formula_is_quoted() -> None:
    assert (
        tsv([["=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "-5", "a\tb"]])
        == "'=HYPERLINK(1)\t+1\t'-1+1\t'@SUM(1)\t-5\ta b"
    )


def test_home_and_end_go_to_the_first_and_last_row(page: VaultsPage, qtbot: QtBot) -> None:
    page.view.select_id(estate.uid(3))
    qtbot.keyClick(page.view, Qt.Key.Key_End)
    assert page.view.currentIndex().row() == 14
    qtbot.keyClick(page.view, Qt.Key.Key_Home)
    assert page.view.currentIndex().row() == 0


def test_letters_jump_to_a_name(page: VaultsPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.view, "vault-w")
    current = page.view.current_row()
    assert current is not None and current.name == "vault-web-prod"


def test_enter_opens(page: VaultsPage, qtbot: QtBot) -> None:
    opened: list[int] = []
    page.opened.connect(lambda: opened.append(1))
    page.view.select_id(estate.uid(3))
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert opened == [1]


def test_the_menu_offers_what_can_be_done(page: VaultsPage) -> None:
    page.view.select_id(estate.uid(3))
    menu = page.view._menu()
    words = [action.text() for action in menu.actions() if action.text()]
    copies = ["Copy id", "Copy name", "Copy cell", "Copy row", "Copy as JSON", "Export…"]
    assert words == [*(_(verb.words) for verb in page.verbs), "Create checkpoint…", *copies]


def test_columns_are_chosen_and_remembered(page: VaultsPage, qtbot: QtBot, settings: estate.Notebook) -> None:
    menu = page.view._column_menu()
    next(action for action in menu.actions() if action.text() == "Tags").setChecked(True)
    next(action for action in menu.actions() if action.text() == "Kind").setChecked(False)
    page.view.horizontalHeader().moveSection(0, 2)
    page.view.setColumnWidth(0, 333)
    page.view.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    page.view.remember()
    again = made(settings, qtbot)
    titles = [again.model.columns[i].title for i in again.view._visible_columns()]
    assert "Tags" in titles and "Kind" not in titles
    assert again.view.horizontalHeader().visualIndex(0) == 2
    assert again.view.columnWidth(0) == 333
    assert again.model.row_at(0).name == "工作区-vault-01"
    again.view.reset_columns()
    assert again.view.horizontalHeader().visualIndex(0) == 0
    assert "Kind" in [again.model.columns[i].title for i in again.view._visible_columns()]


def test_the_last_column_cannot_be_hidden(page: VaultsPage) -> None:
    for section in range(len(page.model.columns)):
        page.view._show_column(section, False)
    assert len(page.view._visible_columns()) == 1


@pytest.mark.parametrize("stored", ["x", [1], [["name"]], [["name", "wide", 1]], [["nothing", 10, True]], {"a": 1}])
def test_damaged_settings_are_as_if_there_were_none(qtbot: QtBot, stored: object) -> None:
    page = made(estate.Notebook({"table/vaults/columns": stored, "table/vaults/sort": stored}), qtbot)
    assert len(page.view._visible_columns()) == 7


def test_cells_paint_at_any_width(page: VaultsPage) -> None:
    page.view.selectAll()
    for width in (1, 20, 90, 400):
        for section in range(7):
            page.view.setColumnWidth(section, width)
        assert not page.view.grab().isNull()


class Paintings(QObject):
    """Counts how often a widget is painted."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take note of a painting."""
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_key_of_the_filter_shows_what_it_keeps_at_once_and_paints_it_once(page: VaultsPage, qtbot: QtBot) -> None:
    QApplication.processEvents()
    paintings = Paintings()
    page.view.viewport().installEventFilter(paintings)
    for text, kept in (("w", 3), ("we", 1), ("wex", 0)):
        paintings.count = 0
        qtbot.keyClicks(page.filter, text[-1])
        assert page.model.rowCount() == kept
        for _turn in range(3):
            QApplication.processEvents()
        assert paintings.count == 1


def test_rows_that_are_selected_are_drawn_so_and_others_again_when_they_are_not(page: VaultsPage) -> None:
    def ground(position: int) -> str:
        cell = page.view.visualRect(page.model.index(position, 0))
        return page.view.viewport().grab(cell).toImage().pixelColor(cell.width() - 5, 5).name()

    page.view.select_id(page.model.id_at(1))
    assert (ground(1), ground(3)) == (page.palette().highlight().color().name(), ground(5))
    page.view.select_id(page.model.id_at(3))
    assert (ground(3), ground(1)) == (page.palette().highlight().color().name(), ground(5))


def test_what_is_looked_for_in_many_rows_is_prepared_while_nobody_waits(qapp: QApplication) -> None:
    asked: list[int] = []
    model = TableModel[int]((), str, lambda row: asked.append(row) or f"row {row}", qapp)  # type: ignore[func-returns-value]
    model.put(list(range(2_500)))
    assert not asked and model._preparing.isActive()
    while model._preparing.isActive():
        model._preparing.stop()
        model._preparing.timeout.emit()
    assert len(asked) == 2_500
    model.set_filter(parse('"row 24"', ()))
    assert model.rowCount() == 111 and len(asked) == 2_500


def test_what_is_in_sight_and_has_room_is_not_cut(settings: estate.Notebook, qtbot: QtBot) -> None:
    rows = [f"row-{number:03}" for number in range(300)]
    far = {rows[77]: "words that only one row far down has", rows[78]: "w" * 30}
    columns = [
        Column[str]("name", "Name", str, str, elastic=True),
        Column[str]("words", "Words", lambda row: far.get(row, "i" * 31), str, 8),
    ]
    model = TableModel[str](columns, str, str)
    view = TableView[str]("Rows", model, settings, lambda row: (row, row))
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    model.put(rows)
    for row in ("row-001", "row-077", "row-078"):
        assert view.select_id(row)
        view._measuring.timeout.emit()
        text = columns[1].text(row)
        assert view.columnWidth(1) >= view.fontMetrics().horizontalAdvance(text) + room_beside_text(columns[1]), row
    assert view.columnWidth(0) + view.columnWidth(1) <= view.viewport().width()


def test_a_number_is_never_cut(settings: estate.Notebook, qtbot: QtBot) -> None:
    columns = [
        Column[str]("name", "Name", str, str, elastic=True),
        Column[str]("size", "Size", lambda _row: "1 000 000 000 GB", str, 8, right=True),
        Column[str]("more", "More", lambda _row: "m" * 30, str, 30),
    ]
    model = TableModel[str](columns, str, str)
    view = TableView[str]("Rows", model, settings, lambda row: (row, row))
    qtbot.addWidget(view)
    view.show()
    model.put(["n" * 40])
    for width in (900, 400, 330):
        view.resize(width, 200)
        assert view.columnWidth(1) >= view.fontMetrics().horizontalAdvance("1 000 000 000 GB")
