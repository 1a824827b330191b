"""What a table shows as a file, and the way to the cloud's own console."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.region import CONSOLE_HOSTS, REGIONS, ConsolePage, console_url
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.links import is_safe
from cbr_desktop.ui.kit.page_help import PageHelp, console_address
from cbr_desktop.ui.kit.tables.column import Column
from cbr_desktop.ui.kit.tables.export import Export, ExportForm, gathered, pieces
from cbr_desktop.ui.shell.export import ExportDialog
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from tests.ui import estate


def export(*rows: tuple[str, str], lack: str = "") -> Export[tuple[str, str]]:
    columns: list[Column[tuple[str, str]]] = [
        Column("name", "Name", lambda row: row[0], lambda row: row[0]),
        Column("size", "Size", lambda row: row[1], lambda row: row[1]),
    ]
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    return Export("Things", columns, rows, lambda row: f"id of {row[0]}", at, len(rows), lack=lack)


def test_csv_is_safe_against_formulas_and_whole_again_when_it_is_read() -> None:
    text = "".join(pieces(export(("=1+1", "-5"), ('a "b", c', "+SUM(A1)"), ("工作区", "@x")), ExportForm.CSV))
    assert text.startswith("\ufeffName,Size\r\n")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows == [["Name", "Size"], ["'=1+1", "-5"], ['a "b", c', "'+SUM(A1)"], ["工作区", "'@x"]]


def test_a_list_that_is_not_whole_says_so_in_its_file() -> None:
    last = list(csv.reader(io.StringIO("".join(pieces(export(("a", "1"), lack="some may lack"), ExportForm.CSV)))))[-1]
    assert last == ["This list is not whole: some may lack"]
    record = json.loads("".join(pieces(export(("a", "1"), lack="some may lack"), ExportForm.JSON)))
    assert (record["whole"], record["lack"]) == (False, "some may lack")


def test_json_has_ids_columns_and_rows() -> None:
    record = json.loads("".join(pieces(export(("a\x7f", "1"), ("b", "2")), ExportForm.JSON)))
    assert record["columns"] == {"name": "Name", "size": "Size"}
    assert record["rows"][1] == {"id": "id of b", "name": "b", "size": "2"}
    assert record["rows_in_file"] == record["rows_in_list"] == 2
    assert json.loads("".join(pieces(export(), ExportForm.JSON)))["rows"] == []


def test_others_have_their_turn_while_many_rows_are_gathered() -> None:
    async def story() -> int:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as tasks:
            at_work = tasks.create_task(others())
            text = await gathered(export(*[(str(row), "1") for row in range(200)]), ExportForm.CSV, turn_seconds=0)
            at_work.cancel()
        assert text.count("\r\n") == 201
        return turns

    assert asyncio.run(story()) > 200


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow(estate.workspace())
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.resize(1280, 800)
    made.show()
    made.build_deferred_widgets()
    return made


def dialog_of(window: MainWindow) -> ExportDialog:
    window.current_page().begin_export()
    return window.findChildren(ExportDialog)[-1]


def test_the_rows_that_the_filter_keeps_go_into_the_file_in_their_order(
    window: MainWindow, run: Any, until: Callable[..., Any]
) -> None:
    page = window.current_page()
    written: dict[str, str] = {}
    window._workspace.save_text = written.__setitem__
    page.filter.setText("name:vault")
    page._apply_filter()
    shown = [page.id_and_name(row) for row in page.model.shown_rows()]

    async def story() -> None:
        dialog = dialog_of(window)
        assert dialog.all.isChecked()
        assert f"{len(shown)} rows of {page.model.total}" in dialog.all.text()
        dialog.forms[ExportForm.JSON].setChecked(True)
        dialog.write("/x/vaults.json")
        await until(lambda: bool(written))
        await until(lambda: bool(window.notices.notices))

    run(story())
    record = json.loads(written["/x/vaults.json"])
    assert [row["id"] for row in record["rows"]] == [id for id, _name in shown]
    assert record["filter"] == "name:vault"
    assert list(record["columns"]) == [column.key for column in page.view.shown_columns()]
    assert "rows written to /x/vaults.json." in window.notices.notices[0].label.text()
    assert dialog_of(window).form is ExportForm.JSON


def test_the_selected_rows_alone_can_be_exported_and_a_full_disk_is_told(
    window: MainWindow, run: Any, until: Callable[..., Any]
) -> None:
    def full(path: str, _text: str) -> None:
        raise NotSaved(path, "no space left")

    page = window.current_page()
    window._workspace.save_text = full
    page.view.selectRow(1)
    page.view.selectionModel().select(
        page.model.index(3, 0),
        page.view.selectionModel().SelectionFlag.Select | page.view.selectionModel().SelectionFlag.Rows,
    )

    async def story() -> None:
        dialog = dialog_of(window)
        assert dialog.selected.isChecked()
        assert [page.id_of(row) for row in dialog.export().rows] == [page.model.id_at(1), page.model.id_at(3)]
        dialog.write("/full/x.csv")
        await until(lambda: bool(window.notices.notices))

    run(story())
    assert "Nothing was exported." in window.notices.notices[0].label.text()


# the console


@pytest.mark.parametrize("region", REGIONS)
def test_every_address_of_a_console_may_be_opened(region: str) -> None:
    for page in ConsolePage:
        url = console_url(REGIONS[region].cbr, page)
        assert not url or is_safe(url, CONSOLE_HOSTS)
        assert not url or region in url
    assert console_url("https://cbr.example.com", page) == ""


def test_a_row_leads_to_the_console_where_its_address_is_known(qtbot: QtBot) -> None:
    for endpoint, address in (
        ("https://cbr.example.com", ""),
        (REGIONS["eu-de"].cbr, "https://console.otc.t-systems.com/cbr/?region=eu-de#/cbr/manager/csbs/vaultList"),
    ):
        workspace = estate.workspace(profiles=[replace(estate.profile(), cbr_endpoint=endpoint)])
        page = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
        qtbot.addWidget(page)
        page.catch_up()
        page.view.selectRow(0)
        PageHelp(page, workspace.settings)
        menu = QMenu(page)
        page.view.menu_requested.emit(menu)
        row = page.model.row_at(0)
        assert console_address(page.console_page(row), page.owners(row)) == address
        assert ("Open in console" in [action.text() for action in menu.actions()]) is bool(address)
