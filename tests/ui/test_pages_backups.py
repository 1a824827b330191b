"""The pages of backups and policies: what they say of a row, and what they let a person do about it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import BackupTraits, Replica
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.ids import BackupId, PolicyId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.text.words import Times
from cbr_desktop.ui.backups.page import BackupsPage
from cbr_desktop.ui.operations.dialog import ChangeDialog
from cbr_desktop.ui.policies.page import PoliciesPage
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.window import MainWindow
from tests.ui import estate
from tests.ui.estate import NOW, HandClock
from tests.widgets import child


@pytest.fixture
def page(qtbot: QtBot) -> BackupsPage:
    made = BackupsPage(estate.workspace(), Times(HandClock(), utc=True))
    qtbot.addWidget(made)
    made.catch_up()
    return made


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow(estate.workspace())
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.show()
    made.build_deferred_widgets()
    return made


def wished(page: BackupsPage) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    page.verb_requested.connect(lambda verb, backups: told.extend((verb, each.id) for each in backups))
    page.remarked.connect(lambda words: told.append(("said", words)))
    return told


def press(page: BackupsPage, key: str) -> None:
    next(s for s in page.view.findChildren(QShortcut) if s.key().toString() == key).activated.emit()


def cells(page: BackupsPage | PoliciesPage, row: int) -> dict[str, str]:
    model = page.model
    return {c.title: model.data(model.index(row, place)) for place, c in enumerate(model.columns)}


def test_a_row_says_what_was_backed_up_when_and_by_whom(page: BackupsPage) -> None:
    page.view.select_id(estate.uid(1999))
    row = cells(page, page.view.currentIndex().row())
    assert (row["Name"], row["State"]) == ("autobk_1999", "Failed (error)")
    assert (row["Resource"], row["Vault"], row["By"]) == ("erp-prod-01", "vault-erp-prod", "A person")
    assert row["Made"].startswith("1 h ago")


def test_one_backup_is_deleted_or_renamed_by_button_key_and_menu(page: BackupsPage) -> None:
    told = wished(page)
    press(page, "Del")
    assert told == []
    assert not child(page, QPushButton, "backupsDelete").isEnabled()
    id = estate.uid(2001)
    page.view.select_id(id)
    press(page, "Del")
    press(page, "F2")
    child(page, QPushButton, "backupsDelete").click()
    child(page, QPushButton, "backupsRename").click()
    menu = QMenu(page)
    page.fill_menu(menu)
    for action in menu.actions()[:2]:
        action.trigger()
    assert told == [("delete", id), ("rename", id)] + [("delete", id), ("rename", id)] * 2


def test_several_backups_are_deleted_together_and_renamed_one_by_one(page: BackupsPage) -> None:
    told = wished(page)
    page.view.select_id(estate.uid(2001))
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in range(3):
        page.view.selectionModel().select(page.model.index(row, 0), rows)
    count = len(page.view.selected_rows())
    press(page, "F2")
    assert told == [("said", f"Renaming takes one backup at a time; {count} backups are selected. Nothing was done.")]
    press(page, "Del")
    assert [verb for verb, _ in told[1:]] == ["delete"] * count


def test_the_filter_knows_who_made_a_backup_and_when(page: BackupsPage) -> None:
    for words, count in (("state:failed", 1), ("by:policy", 0), ("age<2h", 1), ("resource:erp-prod-01", 1)):
        page.filter.setText(words)
        page._apply_filter()
        assert page.model.rowCount() == count, words


def test_a_row_says_what_it_holds_and_what_there_is_of_it_elsewhere(page: BackupsPage) -> None:
    plain = estate.ledger(page._workspace).backups[BackupId(estate.uid(1999))]
    traits = BackupTraits(
        True, False, None, "na", "eu-de-01", "x86_64", ("img-1", "img-2"), (Replica("eu-nl", "fail"),)
    )
    rich = replace(plain, id=BackupId("rich"), incremental=False, traits=traits, expires_at=NOW + timedelta(days=3))
    copy = replace(plain, id=BackupId("copy"), image_type="replication", auto=True, expires_at=NOW + timedelta(days=9))
    page._workspace.contexts[0].ledger.put_backups(Listing([plain, rich, copy], NOW))
    page._take()
    page.view.select_id("rich")
    row = cells(page, page.view.currentIndex().row())
    assert (row["Kind"], row["Encrypted"], row["System disk"], row["AZ"]) == ("Full", "Yes", "No", "eu-de-01")
    assert (row["Restorable as"], row["Image"], row["Replicas"]) == (
        "Nothing (na)",
        "2 images",
        "eu-nl: copying failed",
    )
    today = f"{NOW - timedelta(hours=1):%Y-%m-%d}"
    for words, found in {
        "kind:full": ["rich"],
        "kind:replica": ["copy"],
        "by:policy": ["copy"],
        "encrypted:yes system:no": ["rich"],
        "encrypted:untold": [plain.id, "copy"],
        "restorable:nothing": ["rich"],
        "image:yes": ["rich"],
        "image:img-2": ["rich"],
        "replica:eu-nl": ["rich"],
        "replica:no": [plain.id, "copy"],
        "az:eu-de-01": ["rich"],
        "expires<7d": ["rich"],
        "expires>7d": ["copy"],
        "expires:2026-08-25": ["rich"],
        f"made:{today}": [plain.id, "rich", "copy"],
        "made:..2026-08-21": [],
        f"made>{today}": [],
        f"made:2026-08-01..{today} kind:full": ["rich"],
    }.items():
        page.filter.setText(words)
        page._apply_filter()
        assert ([each.id for each in page.model.shown_rows()], page.model.filter.problems) == (found, ()), words
    for words in (
        "made:2026-02-30",
        "made:yesterday",
        "made>2026-01-01..2026-01-02",
        "expires:7d",
        "expires<999999999d",
    ):
        page.filter.setText(words)
        page._apply_filter()
        assert "needs a day or two" in page.model.filter.problems[0], words


def test_a_day_begins_where_times_are_told(page: BackupsPage) -> None:
    here = Times(HandClock())
    at = here.begin(date(2026, 8, 22))
    assert here.day(at) == date(2026, 8, 22) and here.day(at - timedelta(seconds=1)) == date(2026, 8, 21)
    assert page._times.begin(date(2026, 8, 22)) == datetime(2026, 8, 22, tzinfo=UTC)


def test_a_checkpoint_from_here_is_of_the_resource_of_the_backup(page: BackupsPage) -> None:
    page.view.select_id(estate.uid(1999))
    assert page.target() == (estate.uid(1), (estate.uid(100),))


def test_the_window_asks_before_it_deletes(window: MainWindow) -> None:
    page = window.show_page("Backups")
    page.view.select_id(estate.uid(1999))
    child(page, QPushButton, "backupsDelete").click()
    child(page, QPushButton, "backupsRename").click()
    dialogs = window.findChildren(ChangeDialog)
    assert [dialog.form.kind for dialog in dialogs] == [Kind.DELETE_BACKUP, Kind.RENAME_BACKUP]
    assert all("autobk_1999" in child(dialog, QLabel, "changeSubject").text() for dialog in dialogs)


def test_the_details_tell_of_a_backup(window: MainWindow) -> None:
    window.show_details(True)
    window.show_page("Backups").view.select_id(estate.uid(1999))
    details = window.deferred_widgets.details
    assert details.title.text() == "autobk_1999"
    assert "nothing can be restored from it" in details._explanation.text()
    assert details.create_checkpoint.isVisible()


@pytest.fixture
def policies(qtbot: QtBot) -> tuple[Workspace, PoliciesPage]:
    workspace = estate.workspace()
    made = PoliciesPage(workspace, Times(HandClock(), utc=True))
    qtbot.addWidget(made)
    made.catch_up()
    return workspace, made


def test_a_policy_tells_when_it_runs_and_what_it_keeps(
    policies: tuple[Workspace, PoliciesPage],
) -> None:
    workspace, page = policies
    pattern = "FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=22;BYMINUTE=30"
    made = Policy(PolicyId("p"), "nightly", "backup", True, (pattern,), retention_days=30, vault_ids=())
    estate.ledger(workspace).put_policies(Listing([made], NOW))
    page._take()
    row = cells(page, 0)
    assert (row["Runs"], row["Keeps"], row["Vaults"]) == ("Mon, Wed at 22:30 UTC", "30 days", "–")
    assert (row["State"], row["Type"]) == ("Enabled", "Backup")


def test_a_new_policy_is_asked_for_by_button_and_menu(policies: tuple[Workspace, PoliciesPage]) -> None:
    _, page = policies
    told: list[int] = []
    page.verb_requested.connect(lambda _verb, _rows: told.append(1))
    child(page, QPushButton, "policiesCreate").click()
    menu = QMenu(page)
    page.fill_menu(menu)
    menu.actions()[0].trigger()
    assert told == [1, 1]
