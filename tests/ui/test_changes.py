"""The marks of what has changed: new, other and gone rows, until the operator has looked."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.ids import BackupId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.task import Task, TaskStatus
from cbr_desktop.domain.vault import ProtectStatus, ResourceType, Vault, VaultStatus
from cbr_desktop.text.words import Times
from cbr_desktop.ui.backups.page import BackupsPage
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.resources.page import ResourcesPage
from cbr_desktop.ui.session.workspace import Choice, Extent, Workspace
from cbr_desktop.ui.tasks.page import TasksPage
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate

BE94, WEB, SFS = estate.uid(2), estate.uid(4), estate.uid(6)


@pytest.fixture
def workspace(qapp: QApplication) -> Workspace:  # noqa: ARG001  asked for by name
    return estate.workspace(settings=estate.Notebook())


@pytest.fixture
def page(workspace: Workspace) -> VaultsPage:
    return VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))


def refreshed(workspace: Workspace, *pages: Page[Any]) -> None:
    """Read the vaults again: one is in error, one is fuller, one is gone and one is new."""
    ledger = estate.ledger(workspace)
    rows: dict[str, Vault] = {id: replace(vault) for id, vault in ledger.vaults.items() if id != SFS}
    rows[BE94].status = VaultStatus.ERROR
    rows[WEB].used_mb += 20 * 1024
    rows[WEB].resources = [
        replace(rows[WEB].resources[0], protect_status=ProtectStatus.ERROR),
        *rows[WEB].resources[1:],
    ]
    brand_new = estate.vault(99, "vault-brand-new", 1, 10)
    ledger.put_vaults(Listing([*rows.values(), brand_new], estate.NOW))
    for page in pages:
        page.refresh(Part.VAULTS)
        page.catch_up()


def told(page: Page[Any]) -> dict[str, str]:
    """Return what the column of changes says of the rows that it says something of."""
    words = {page.id_of(row): cell(page, page.id_of(row), "change") for row in page.model.shown_rows()}
    return {id: text for id, text in words.items() if text}


def cell(page: Page[Any], id: str, key: str, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
    section = [column.key for column in page.model.columns].index(key)
    position = page.model.position_of(id)
    assert position is not None
    text: str = page.model.data(page.model.index(position, section), role)
    return text


def bar(page: Page[Any]) -> QWidget | None:
    found = page.findChild(QWidget, f"changesOf{page.name}")
    assert found is None or isinstance(found, QWidget)
    return None if found is None or found.isHidden() else found


def press(page: Page[Any], name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None and not button.isHidden()
    button.click()


def is_column_shown(page: Page[Any]) -> bool:
    return not page.view.isColumnHidden([column.key for column in page.model.columns].index("change"))


@pytest.mark.usefixtures("workspace")
def test_what_is_seen_for_the_first_time_carries_no_marks(page: VaultsPage) -> None:
    page.catch_up()
    assert (told(page), bar(page), is_column_shown(page)) == ({}, None, False)


def test_a_refresh_marks_what_has_changed_in_words_and_counts_what_is_gone(
    workspace: Workspace, page: VaultsPage
) -> None:
    page.catch_up()
    refreshed(workspace, page)
    assert told(page) == {BE94: "Changed: state", WEB: "Changed: used / total, free", estate.uid(99): "New"}
    assert is_column_shown(page)
    words = page.findChild(QLabel, "changesOfVaultsWords")
    assert words is not None
    assert words.text().startswith("✚ 1 new, △ 2 changed, ✕ 1 gone since you last looked (list read at ")
    assert words.accessibleName() == words.text()
    assert "Before: Available" in cell(page, BE94, "state", Qt.ItemDataRole.ToolTipRole)


def test_a_page_that_is_opened_late_tells_what_has_changed_since_the_start(workspace: Workspace) -> None:
    refreshed(workspace)
    page = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
    page.catch_up()
    assert set(told(page)) == {BE94, WEB, estate.uid(99)}


def test_marks_stay_through_further_refreshes_and_go_when_they_are_taken_as_seen(
    workspace: Workspace, page: VaultsPage
) -> None:
    page.catch_up()
    refreshed(workspace, page)
    before = told(page)
    estate.ledger(workspace).put_vaults(Listing(list(estate.ledger(workspace).vaults.values()), estate.NOW))
    page.refresh(Part.VAULTS)
    page.catch_up()
    assert told(page) == before
    press(page, "markVaultsSeen")
    assert (told(page), bar(page), is_column_shown(page)) == ({}, None, False)


def test_the_changed_rows_can_be_shown_alone_and_come_back_when_seen(workspace: Workspace, page: VaultsPage) -> None:
    page.catch_up()
    refreshed(workspace, page)
    press(page, "showVaultsChanges")
    assert {page.id_of(row) for row in page.model.shown_rows()} == {BE94, WEB, estate.uid(99)}
    for text, ids in (
        ("is:new", {estate.uid(99)}),
        ("is:changed", {BE94, WEB}),
        ("-changed:yes used>140", {estate.uid(3)}),
    ):
        page.filter.setText(text)
        page._apply_filter()
        assert {page.id_of(row) for row in page.model.shown_rows()} == ids
    press(page, "showVaultsChanges")
    press(page, "markVaultsSeen")
    assert page.filter.text() == ""
    assert page.model.rowCount() == 15


def test_the_gone_rows_can_be_listed(workspace: Workspace, page: VaultsPage) -> None:
    page.catch_up()
    refreshed(workspace, page)
    listed: list[tuple[str, list[str]]] = []
    page.lines_requested.connect(lambda title, lines: listed.append((title, lines)))
    press(page, "listVaultsGone")
    assert listed == [("Vaults that are gone", [f"vault-sfs-media · {SFS}"])]


def test_leaving_a_page_takes_marks_as_seen_only_when_they_were_looked_at(
    workspace: Workspace, page: VaultsPage, qtbot: QtBot
) -> None:
    page.show()
    page.catch_up()
    refreshed(workspace, page)
    page.hide()
    page.show()
    assert told(page), "a glance is no look"
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page._changes.look()
    assert told(page), "nothing goes while somebody is looking"
    page.hide()
    page.show()
    assert told(page) == {}


def test_a_window_that_nobody_uses_keeps_its_marks(workspace: Workspace, page: VaultsPage, qtbot: QtBot) -> None:
    other = QWidget()
    page.show()
    page.catch_up()
    refreshed(workspace, page)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    page._changes.look()
    page.hide()
    page.show()
    assert told(page)
    other.close()


def test_resources_are_marked_by_what_they_are_and_not_by_their_vaults_or_backups(workspace: Workspace) -> None:
    page = ResourcesPage(workspace, Times(workspace.clock))
    page.catch_up()
    refreshed(workspace, page)
    first = estate.ledger(workspace).vaults[VaultId(WEB)].resources[0]
    assert told(page) == {f"{WEB}/{first.id}": "Changed: state"}
    assert len(page._changes.found.gone) == 1


@pytest.mark.usefixtures("qapp")
def test_what_one_profile_calls_unprotected_is_not_new_where_another_protects_it() -> None:
    prod = estate.profile()
    lab = replace(prod, name="Lab", project="eu-de_lab")
    workspace = estate.workspace(profiles=(prod, lab), settings=estate.Notebook())
    workspace.choose(Choice(Extent.ALL, "", (prod.name, lab.name)))
    second = workspace.context("Lab").ledger
    second.put_vaults(Listing([], estate.NOW))
    second.put_protectables(Listing([], estate.NOW))
    page = ResourcesPage(workspace, Times(workspace.clock))
    page.catch_up()
    inside = estate.ledger(workspace).vaults[VaultId(WEB)].resources[0]
    free = Protectable(ResourceId(estate.uid(999)), ResourceType.SERVER, "free")
    second.put_protectables(Listing([replace(free, id=inside.id), free], estate.NOW))
    page.refresh(Part.PROTECTABLES)
    page.catch_up()
    assert told(page) == {f"/{free.id}": "New"}
    words = page.findChild(QLabel, "changesOfResourcesWords")
    assert words is not None and words.text().startswith("✚ 1 new since")


def test_a_task_that_goes_on_is_no_change_and_one_that_failed_is(workspace: Workspace) -> None:
    page = TasksPage(workspace, Times(workspace.clock))
    page.catch_up()
    ledger = estate.ledger(workspace)
    running, waiting, *others = (replace(task) for task in ledger.tasks.values())
    running.progress_percent = 80
    waiting.status, waiting.code = TaskStatus.FAILED, "BackupService.6113"
    new: Task = replace(others[0], id=TaskId(estate.uid(4999)))
    ledger.put_tasks(Listing([new, running, waiting, *others], estate.NOW))
    page.refresh(Part.TASKS)
    page.catch_up()
    assert told(page) == {waiting.id: "Changed: state, code", new.id: "New"}


@pytest.mark.usefixtures("qapp")
def test_of_several_profiles_each_is_compared_with_what_was_seen_of_it() -> None:
    prod = estate.profile()
    lab = replace(prod, name="Lab", project="eu-de_lab")
    workspace = estate.workspace(profiles=(prod, lab), settings=estate.Notebook())
    page = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
    page.catch_up()
    workspace.choose(Choice(Extent.ALL, "", (prod.name, lab.name)))
    page.tell_scope()
    page.catch_up()
    second = workspace.context("Lab").ledger
    own = [estate.vault(number, f"lab-{number}", 1, 10) for number in (500, 501)]
    second.put_vaults(Listing(own, estate.NOW - timedelta(hours=1)))
    page.refresh(Part.VAULTS)
    page.catch_up()
    assert told(page) == {}, "what another profile shows for the first time is not new"
    second.put_vaults(Listing([replace(own[0], status=VaultStatus.LOCK)], estate.NOW))
    refreshed(workspace, page)
    assert told(page) == {
        BE94: "Changed: state",
        WEB: "Changed: used / total, free",
        estate.uid(99): "New",
        estate.uid(500): "Changed: state",
    }
    assert set(page._changes.found.gone) == {SFS, estate.uid(501)}


def test_backups_are_marked_as_well(workspace: Workspace) -> None:
    page = BackupsPage(workspace, Times(workspace.clock))
    page.catch_up()
    ledger = estate.ledger(workspace)
    first, second, *others = ledger.backups.values()
    renamed, made = replace(second, name="before-the-move"), replace(second, id=BackupId("new"))
    ledger.put_backups(Listing([renamed, *others, made], estate.NOW))
    page.refresh(Part.BACKUPS)
    page.catch_up()
    assert told(page) == {second.id: "Changed: name", "new": "New"}
    assert list(page._changes.found.gone) == [first.id]
    page.mark_seen()
    assert told(page) == {}
