"""Taking profiles over: without secrets, under free names, and to unknown hosts only once their names were typed."""

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.source import ProfileSource, Remark, RemarkKind, SourceKind
from cbr_desktop.ui.profiles.exchange import ProfileExchange
from cbr_desktop.ui.profiles.imports import ProfileImportDialog
from tests.ui.estate import Notebook
from tests.ui.profilebook import HQ, PROD, STAGING, Book
from tests.widgets import child, words

EVIL = replace(
    PROD,
    name="evil",
    iam_endpoint="https://iam.evil.example",
    cbr_endpoint="https://cbr.evil.example",
    user="victim",
)
KOOCLI = ProfileSource(
    SourceKind.KOOCLI,
    "/home/me/.hcloud/config.json",
    (HQ, EVIL),
    (
        Remark(HQ.name, RemarkKind.SECRET_LEFT, "secretAccessKey"),
        Remark(HQ.name, RemarkKind.GUESSED, "project"),
        Remark("sso", RemarkKind.UNUSABLE, "its mode is not known"),
    ),
)
Open = Callable[..., ProfileImportDialog]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    context = QWidget()
    qtbot.addWidget(context)

    def make(book: Book) -> ProfileImportDialog:
        dialog = ProfileImportDialog(book, context)
        dialog.open()
        return dialog

    return make


def pick(dialog: ProfileImportDialog, name: str, *, ticked: bool | None = None) -> None:
    found = next(found for found in dialog._found if found.name == name)
    dialog.tree.setCurrentItem(found.item)
    if ticked is not None:
        found.item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)


def take(dialog: ProfileImportDialog) -> QAbstractButton:
    button: QAbstractButton = child(dialog, QAbstractButton, "importNow")
    return button


def test_it_is_as_large_as_it_was_left(qtbot: QtBot) -> None:
    window, settings = QWidget(), Notebook()
    qtbot.addWidget(window)
    exchange = ProfileExchange(Book([PROD], [KOOCLI]), window, settings)
    exchange.ask_import()
    first = next(one for one in window.findChildren(ProfileImportDialog) if one.isVisible())
    first.resize(700, 555)
    first.close()
    exchange.ask_import()
    again = next(one for one in window.findChildren(ProfileImportDialog) if one.isVisible())
    assert (again.width(), again.height()) == (700, 555)


def test_what_was_found_is_shown_with_what_was_left_behind(opened: Open) -> None:
    dialog = opened(Book([PROD], [KOOCLI]))
    assert "The secret in ‘secretAccessKey’ was not read and stays where it is." in words(dialog)
    assert "The project was not said there and was filled in." in words(dialog)
    pick(dialog, "sso")
    assert "It cannot be taken over: its mode is not known." in words(dialog)
    assert not child(dialog, QLineEdit, "importName").isEnabled()


def test_fault_71_an_unknown_host_needs_its_name_before_it_is_taken_over(opened: Open) -> None:
    book = Book([PROD], [KOOCLI])
    dialog = opened(book)
    assert not take(dialog).isEnabled()
    assert "‘evil’: Type the host name ‘iam.evil.example’ to confirm it." in words(dialog)
    pick(dialog, "evil")
    assert "It leads to ‘iam.evil.example’, which is of no cloud that is known here." in words(dialog)
    assert "both host names" in child(dialog, QLineEdit, "importProof").placeholderText()
    child(dialog, QLineEdit, "importProof").setText("iam.evil.example")
    assert "‘cbr.evil.example’" in words(dialog)
    child(dialog, QLineEdit, "importProof").setText("iam.evil.example cbr.evil.example")
    imported: list[list[str]] = []
    dialog.imported.connect(imported.append)
    take(dialog).click()
    assert imported == [[HQ.name, "evil"]]
    assert book.profiles == [PROD, HQ, EVIL]
    assert not dialog.isVisible()


def test_what_is_not_ticked_stays_where_it_is(opened: Open) -> None:
    book = Book([], [KOOCLI])
    dialog = opened(book)
    pick(dialog, "evil", ticked=False)
    assert take(dialog).text() == "&Import 1 profile"
    take(dialog).click()
    assert book.profiles == [HQ]


def test_a_name_that_is_taken_gets_a_number_and_what_is_here_already_no_tick(opened: Open) -> None:
    other = replace(PROD, user="somebody-else")
    book = Book([PROD, STAGING], [ProfileSource(SourceKind.FILE, "/data/x.toml", (other, STAGING))])
    dialog = opened(book)
    assert child(dialog, QLineEdit, "importName").text() == "Prod · eu-de 2"
    assert take(dialog).text() == "&Import 1 profile"
    pick(dialog, "Staging · eu-de 2")
    assert "It says the same as ‘Staging · eu-de’, which you have." in words(dialog)
    pick(dialog, "Prod · eu-de 2")
    child(dialog, QLineEdit, "importName").setText("Staging · eu-de")
    assert not take(dialog).isEnabled()
    child(dialog, QLineEdit, "importName").setText(" Mine ")
    take(dialog).click()
    assert book.profiles == [PROD, STAGING, replace(other, name="Mine")]


def test_a_file_is_chosen_and_a_bad_one_is_told(opened: Open) -> None:
    book = Book([PROD])
    book.files = {
        "/data/good": ProfileSource(SourceKind.CLOUDS_YAML, "/data/good", (HQ,)),
        "/data/bad": Damaged("/data/bad", "no mapping"),
        "/data/empty": ProfileSource(SourceKind.CLOUDS_YAML, "/data/empty", ()),
    }
    dialog = opened(book)
    assert "Nothing was found on this machine." in words(dialog)
    child(dialog, QAbstractButton, "chooseImportFile").click()
    asked = child(dialog, QFileDialog, "importFileDialog")
    asked.fileSelected.emit("/data/bad")
    assert "‘/data/bad’ exists but cannot be read" in words(dialog)
    asked.fileSelected.emit("/data/empty")
    assert "There is no profile in ‘/data/empty’." in words(dialog)
    asked.fileSelected.emit("/data/good")
    assert "/data/empty" not in words(dialog)
    take(dialog).click()
    assert book.profiles == [PROD, HQ]


def test_a_full_disk_leaves_what_was_not_taken_over_ticked(opened: Open) -> None:
    book = Book([], [ProfileSource(SourceKind.FILE, "x", (HQ,))])
    dialog = opened(book)
    book.full = True
    take(dialog).click()
    assert dialog.isVisible()
    assert "was not taken over." in words(dialog)
    book.full = False
    take(dialog).click()
    assert book.profiles == [HQ]


class Held(Book):
    """Profiles whose sources answer when they are let, each time they are asked."""

    def __init__(self, *lists: object) -> None:
        super().__init__(*lists)  # type: ignore[arg-type]
        self.gate = threading.Event()

    def look_around(self) -> list[ProfileSource]:
        self.gate.wait()
        return super().look_around()

    def look_into(self, path: str) -> ProfileSource:
        self.gate.wait()
        return super().look_into(path)


@pytest.mark.timeout(20)
def test_fault_89_the_window_lives_while_places_are_looked_into(
    opened: Open, run: Callable[..., Any], until: Callable[..., Awaitable[None]]
) -> None:
    book = Held([PROD], [KOOCLI])
    book.files = {
        "/share/given": ProfileSource(SourceKind.FILE, "/share/given", (STAGING,)),
        "/bad": Damaged("/bad", "why"),
    }

    async def story() -> None:
        dialog = opened(book)
        assert "Looking into this machine…" in words(dialog)
        assert not take(dialog).isEnabled()
        dialog._patience.timeout.emit()
        assert "No answer from this machine yet." in words(dialog)
        book.gate.set()
        await until(lambda: len(dialog._found) == 3)
        assert "No answer" not in words(dialog)
        book.gate.clear()
        dialog._look_into("/share/given")
        assert "Looking into ‘/share/given’…" in words(dialog)
        dialog._patience.timeout.emit()
        assert "No answer from ‘/share/given’ yet. It may lie on a share that hangs" in words(dialog)
        book.gate.set()
        await until(lambda: not dialog._tasks.is_busy)
        assert [found.name for found in dialog._found][-1] == STAGING.name
        assert "Looking into" not in words(dialog)
        dialog._look_into("/bad")
        await until(lambda: not dialog._tasks.is_busy)
        assert "‘/bad’ exists but cannot be read" in words(dialog)

    run(story())


@pytest.mark.timeout(20)
def test_fault_89_a_window_that_is_closed_while_it_looks_leaves_nothing_behind(
    opened: Open, run: Callable[..., Any], until: Callable[..., Awaitable[None]]
) -> None:
    book = Held([PROD], [KOOCLI])

    async def story() -> None:
        dialog = opened(book)
        gone: list[object] = []
        dialog.destroyed.connect(lambda *_: gone.append(True))
        dialog.reject()
        await until(lambda: bool(gone))
        book.gate.set()

    run(story())


@pytest.mark.usefixtures("opened")
def test_fault_89_hundreds_of_profiles_are_judged_once_and_not_once_each() -> None:
    count = 500
    many = tuple(replace(PROD, name=f"p{number}") for number in range(count))
    remarks = tuple(Remark(f"p{number}", RemarkKind.GUESSED, "project") for number in range(count))

    class Counting(ProfileImportDialog):
        settled = 0

        def _settle(self) -> None:
            Counting.settled += 1
            super()._settle()

    known = [replace(STAGING, name=f"k{number}") for number in range(count)]
    context = QWidget()
    book = Book(known, [ProfileSource(SourceKind.FILE, "x", many, remarks)])
    dialog = Counting(book, context)
    assert len(dialog._found) == count
    assert Counting.settled < 5
    Counting.settled = 0
    take(dialog).click()
    assert len(book.profiles) == 2 * count
    assert Counting.settled < 5
