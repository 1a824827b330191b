"""The page of the journal: the newest first, read in pieces, verified in words, exported for tickets and tables."""

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.journal import EntryKind, Event
from cbr_desktop.storage.journal import FileJournal
from cbr_desktop.text.words import Times
from cbr_desktop.ui.journal.page import NEWEST, JournalPage
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.ledger import Part
from tests.services import serve
from tests.ui import estate

Run = Callable[..., Any]
Until = Callable[..., Awaitable[None]]
FORMULAS = ('=HYPERLINK("http://evil")', "+1", "-1+1", "@SUM(1)", "\tx", "\rx")


class Saved(dict[str, str]):
    """Stands for the disk."""

    def save(self, path: str, text: str) -> None:
        if path == "/full":
            raise NotSaved(path, "no space left")
        self[path] = text


@pytest.fixture
def journal(tmp_path: Path) -> FileJournal:
    made = FileJournal(tmp_path / "journal", lambda text: text, lambda: estate.NOW, file_bytes=4096)
    made.append(Event("started", "amara@ops", facts={"version": "1"}))
    made.append(Event("made", "amara@ops", "Prod · eu-de", "eu-de_prod", "v-1", "vault-erp", "abcdef12", {"name": "x"}))
    answer = {"status": 200, "request_id": "req-77", "code": ""}
    made.append(Event("answer", "amara@ops", "Prod · eu-de", "eu-de_prod", "v-1", "vault-erp", "abcdef12", answer))
    return made


@pytest.fixture
def saved() -> Saved:
    return Saved()


@pytest.fixture
def page(journal: FileJournal, saved: Saved, qtbot: QtBot) -> JournalPage:
    workspace = estate.workspace(filled=False)
    serve(workspace, journal=journal)
    workspace.save_text = saved.save
    made = JournalPage(workspace, Times(workspace.clock))
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    made.catch_up()
    workspace.signals.changed.connect(made.refresh)
    return made


def grow(journal: FileJournal, count: int) -> None:
    for number in range(count):
        journal.append(Event(EntryKind.MOVED, "amara@ops", intent=f"i{number}", facts={"from": "a", "to": "b"}))


def numbers(page: JournalPage) -> list[int]:
    return [entry.number for entry in page.model.shown_rows()]


def test_the_newest_entry_comes_first_with_all_that_it_tells(page: JournalPage) -> None:
    assert numbers(page) == [3, 2, 1]
    cells = {c.key: page.model.index(0, i).data() for i, c in enumerate(page.model.columns)}
    assert cells["what"] == "Answer"
    assert "status 200" in cells["summary"]
    assert (cells["vault"], cells["profile"], cells["by"]) == ("vault-erp", "Prod · eu-de", "amara@ops")
    assert (cells["request-id"], cells["number"]) == ("req-77", "3")


def test_what_is_written_meanwhile_comes_on_top(page: JournalPage, journal: FileJournal) -> None:
    grow(journal, 2)
    page.refresh(Part.INTENTS)
    assert numbers(page) == [5, 4, 3, 2, 1]


def test_a_long_journal_is_read_in_pieces_without_a_gap(page: JournalPage, journal: FileJournal) -> None:
    grow(journal, NEWEST + 700)
    page.refresh(Part.INTENTS)
    last = NEWEST + 703
    assert numbers(page) == list(range(last, last - NEWEST, -1))
    assert "the newest of" in page.count.text()
    page.filter.setText("what:started")
    page._apply_filter()
    assert numbers(page) == []
    assert "Read all" in page.remark.text()
    page.show_older()
    assert numbers(page) == [1]
    assert "Read all" not in page.remark.text()
    page.clear_filter()
    assert numbers(page) == list(range(last, 0, -1))


def test_everything_can_be_read_at_once_beside_the_window(
    page: JournalPage, journal: FileJournal, run: Run, until: Until
) -> None:
    grow(journal, NEWEST + 50)
    page.refresh(Part.INTENTS)

    async def story() -> None:
        page.buttons["all"].click()
        await until(lambda: len(numbers(page)) == NEWEST + 53)
        await until(lambda: not page._tasks.is_busy)

    run(story())
    assert not page.buttons["all"].isEnabled()


def test_verifying_says_how_many_entries_are_sound(page: JournalPage, run: Run, until: Until) -> None:
    async def story() -> None:
        page.buttons["verify"].click()
        await until(lambda: "whole" in page.verdict.label.text())

    run(story())
    assert "3 entries" in page.verdict.label.text()


def test_a_changed_entry_is_named(page: JournalPage, tmp_path: Path, run: Run, until: Until) -> None:
    (file,) = (tmp_path / "journal").glob("*.jsonl")
    file.write_bytes(file.read_bytes().replace(b"vault-erp", b"vault-xyz", 1))

    async def story() -> None:
        page.buttons["verify"].click()
        await until(lambda: "breaks at entry 2" in page.verdict.label.text())

    run(story())


def test_what_was_cut_off_at_the_end_is_noticed(page: JournalPage, tmp_path: Path, run: Run, until: Until) -> None:
    (file,) = (tmp_path / "journal").glob("*.jsonl")
    file.write_bytes(b"\n".join(file.read_bytes().split(b"\n")[:2]) + b"\n")

    async def story() -> None:
        page.buttons["verify"].click()
        await until(lambda: "cut off" in page.verdict.label.text())

    run(story())


def test_fault_68_a_table_holds_no_formula_and_json_is_exact(
    page: JournalPage, journal: FileJournal, saved: Saved, run: Run, until: Until
) -> None:
    for formula in FORMULAS:
        journal.append(Event("made", formula, formula, vault_name=formula, facts={"name": formula}))
    page.refresh(Part.INTENTS)

    async def story() -> None:
        page.export("/out.csv", "csv")
        await until(lambda: "/out.csv" in saved)
        await until(lambda: not page._tasks.is_busy)
        page.export("/out.json", "json")
        await until(lambda: "/out.json" in saved)

    run(story())
    cells = [cell for row in csv.reader(io.StringIO(saved["/out.csv"], newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {f"'{formula}" for formula in FORMULAS} <= set(cells)
    held = json.loads(saved["/out.json"])
    assert [entry["number"] for entry in held] == list(range(1, 10))
    assert [entry["by"] for entry in held[3:]] == list(FORMULAS)


def test_with_a_filter_only_what_is_shown_is_exported(page: JournalPage, saved: Saved, run: Run, until: Until) -> None:
    page.filter.setText("what:answer")
    page._apply_filter()
    said: list[str] = []
    page.remarked.connect(said.append)

    async def story() -> None:
        page.export("/out.json", "json")
        await until(lambda: bool(said))

    run(story())
    assert [entry["number"] for entry in json.loads(saved["/out.json"])] == [3]
    assert said == ["1 entry written to /out.json."]


def test_the_report_says_whether_the_journal_is_whole(page: JournalPage, saved: Saved, run: Run, until: Until) -> None:
    async def story() -> None:
        page.export("/out.html", "html")
        await until(lambda: "/out.html" in saved)

    run(story())
    assert "The journal is whole: 3 entries" in saved["/out.html"]


def test_a_full_disk_is_said(page: JournalPage, run: Run, until: Until) -> None:
    said: list[str] = []
    page.remarked.connect(said.append)

    async def story() -> None:
        page.export("/full", "csv")
        await until(lambda: bool(said))

    run(story())
    assert "no space left" in said[0]


def test_the_file_dialog_is_opened_and_waited_for_by_nobody(page: JournalPage, run: Run) -> None:
    async def story() -> None:
        page.ask_file("csv")
        await asyncio.sleep(0)

    run(story())
    dialog = page.findChild(QFileDialog, "journalExportDialog")
    assert dialog is not None
    assert dialog.selectedFiles()[0].endswith(".csv")
    dialog.reject()


@pytest.mark.usefixtures("saved")
def test_details_show_the_record_with_its_hash_and_the_one_before(journal: FileJournal, qtbot: QtBot) -> None:
    workspace = estate.workspace()
    serve(workspace, journal=journal)
    window = MainWindow(workspace)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.show()
    window.build_deferred_widgets()
    window.show_details(True)
    page = window.show_page("Journal")
    page.view.setCurrentIndex(page.model.index(0, 0))
    details = window.deferred_widgets.details
    details.tabs.setCurrentIndex(3)
    record = json.loads(details._json.toPlainText())
    newest, before = journal.newest(2)
    assert (record["hash"], record["before"], record["number"]) == (newest.hash, before.hash, 3)
    assert details.title.text() == "Entry 3"


def test_without_a_journal_nothing_is_offered(qtbot: QtBot) -> None:
    workspace = estate.workspace(filled=False)
    page = JournalPage(workspace, Times(workspace.clock))
    qtbot.addWidget(page)
    page.show()
    page.catch_up()
    assert not any(button.isEnabled() for button in page.buttons.values())
    assert page._empty is not None
    assert page._empty.title.text() == "The journal is empty"


def test_the_newest_entries_are_found_across_files(journal: FileJournal) -> None:
    grow(journal, 100)
    assert [entry.number for entry in journal.newest(5)] == [103, 102, 101, 100, 99]
    assert [entry.number for entry in journal.newest(60, before=50)] == list(range(49, 0, -1))
    assert [entry.number for entry in journal.newest(60, after=101)] == [103, 102]
    assert journal.newest(5, before=1) == []
