"""A table's rows: order, filter, and what is kept when they change."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.states import quoted
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.tables.filter import parse
from cbr_desktop.ui.resources.page import ResourcesPage
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.tasks.page import TasksPage
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def workspace() -> Workspace:
    return estate.workspace()


@pytest.fixture
def page(qapp: QApplication, workspace: Workspace) -> Iterator[VaultsPage]:  # noqa: ARG001  asked for by name
    made = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
    made.show()
    made.catch_up()
    yield made
    made.close()


def column(page: Page, key: str) -> int:  # type: ignore[type-arg]
    return [c.key for c in page.model.columns].index(key)


def names(page: VaultsPage) -> list[str]:
    return [vault.name for vault in page.model.shown_rows()]


def shown(page: VaultsPage, text: str) -> list[str]:
    page.filter.setText(text)
    page._apply_filter()
    return names(page)


def test_rows_come_in_the_order_of_their_names(page: VaultsPage) -> None:
    assert names(page)[:3] == [estate.NASTY, "vault-7669", "vault-arrears"]


def test_numbers_sort_as_numbers(page: VaultsPage) -> None:
    page.model.sort(column(page, "used"), DESCENDING)
    assert names(page)[0] == "vault-7669"


@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
def test_what_is_not_there_comes_last_either_way(page: VaultsPage, order: Qt.SortOrder) -> None:
    page.model.sort(column(page, "last-good"), order)
    assert names(page)[-1] in {"vault-be94", "vault-old-poc", "vault-sfs-media"}


def test_without_a_sorted_column_rows_come_as_the_service_has_them(page: VaultsPage, workspace: Workspace) -> None:
    page.model.sort(-1)
    assert names(page) == [vault.name for vault in estate.ledger(workspace).vaults.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("used>100", ["vault-7669"]),
        ("used>80% state:available", ["vault-7669", "vault-web-prod"]),
        ("type:turbo", ["vault-files-hq", "vault-sfs-media"]),
        ("state:error,frozen", ["vault-arrears", "vault-legacy"]),
        ("size>=2tb -type:server", ["vault-db-disks", "vault-sfs-media"]),
        ("name:工作区", ["工作区-vault-01"]),
        ("tag:team=erp", ["vault-erp-prod"]),
        ("policy:disabled", ["vault-hr-worm", "vault-legacy"]),
        ("erp -dr", ["vault-erp-prod"]),
        ('"vault-erp-prod-dr"', ["vault-erp-prod-dr"]),
        ("VERY-LONG-NAME", ["vault-erp-prod"]),
        ("type:replication", ["vault-erp-prod-dr"]),
        ("age>3650d", ["vault-be94", "vault-old-poc", "vault-sfs-media"]),
        ("free<0", ["vault-7669"]),
        ("resources=12", ["vault-erp-prod"]),
    ],
)
def test_tokens_keep_what_they_say(page: VaultsPage, text: str, expected: list[str]) -> None:
    assert shown(page, text) == expected
    assert not page.model.filter.problems


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("stat:x", "no field ‘stat’"),
        ("used>many", "‘used’ needs a number, as in used>80"),
        ("age:2", "needs an age"),
        ("age>2x", "needs an age"),
        ("name>x", "asked for with a colon"),
        ("state:", "needs a value"),
    ],
)
def test_a_token_without_sense_is_told_in_words(page: VaultsPage, text: str, part: str) -> None:
    assert len(shown(page, text)) == 15
    assert part in page.remark.text()
    assert page.remark.isVisible()


@pytest.mark.parametrize(
    "text", ['"', "-", ":", ">", '-"', "used>", '""', "a:b:c", "-:", "(", "\\", "used>1e9", "= =", "\u202e"]
)
def test_no_typing_raises(page: VaultsPage, text: str) -> None:
    shown(page, text)
    parse(text, page.fields())


def test_the_count_tells_what_is_hidden(page: VaultsPage) -> None:
    shown(page, "used>100")
    assert page.count.text().startswith("1 of 15")
    assert page.remark.text() == "used > 100"


def test_the_same_rows_in_the_same_order_are_no_reset(page: VaultsPage, workspace: Workspace) -> None:
    resets: list[int] = []
    page.model.modelReset.connect(lambda: resets.append(1))
    estate.ledger(workspace).vaults = {
        id: estate.replace(vault, used_mb=1) for id, vault in estate.ledger(workspace).vaults.items()
    }
    page.refresh(Part.VAULTS)
    assert not resets
    assert page.model.row_at(0).used_mb == 1


def test_selection_and_cursor_stay_with_their_rows(page: VaultsPage, workspace: Workspace) -> None:
    page.view.select_id(estate.uid(3))
    estate.add_vault(workspace, estate.vault(77, "aaa-new", 1, 10))
    page.refresh(Part.VAULTS)
    current = page.view.current_row()
    assert names(page)[1] == "aaa-new"
    assert current is not None and current.name == "vault-7669"
    assert [vault.name for vault in page.view.selected_rows()] == ["vault-7669"]


def test_a_selection_of_all_stays_whole(page: VaultsPage, workspace: Workspace) -> None:
    page.view.selectAll()
    estate.add_vault(workspace, estate.vault(77, "aaa-new", 1, 10))
    page.refresh(Part.VAULTS)
    assert {vault.name for vault in page.view.selected_rows()} == {v.name for v in estate.vaults()}


def test_a_vault_that_is_gone_is_not_selected(page: VaultsPage, workspace: Workspace) -> None:
    page.view.select_id(estate.uid(3))
    ledger = estate.ledger(workspace)
    ledger.drop_vault(next(v.id for v in ledger.vaults.values() if v.name == "vault-7669"))
    page.refresh(Part.VAULTS)
    assert page.view.selected_rows() == []
    assert page.view.current_row() is None


def test_a_page_that_is_not_seen_waits(page: VaultsPage, workspace: Workspace) -> None:
    page.hide()
    estate.add_vault(workspace, estate.vault(77, "aaa-new", 1, 10))
    page.refresh(Part.VAULTS)
    assert "aaa-new" not in names(page)
    page.catch_up()
    assert "aaa-new" in names(page)


def test_an_unknown_word_of_the_service_is_shown_and_said_to_be_unknown(page: VaultsPage) -> None:
    text = page.model.data(page.model.index(0, column(page, "state")))
    assert text == "archiving (unknown to this version)"


def test_the_gauge_is_honest_above_its_end(page: VaultsPage) -> None:
    position = page.model.position_of(estate.uid(3))
    assert position is not None
    used = page.model.columns[column(page, "used")]
    row: Vault = page.model.row_at(position)
    assert used.text(row) == "145 % · 58 / 40 GB"
    assert used.gauge is not None
    gauge = used.gauge(row)
    assert gauge is not None and gauge.percent == 145


def test_a_little_is_told_in_megabytes(page: VaultsPage) -> None:
    position = page.model.position_of(estate.uid(7))
    assert position is not None
    used = page.model.columns[column(page, "used")]
    assert used.text(page.model.row_at(position)) == "< 0.1 % · 200 MB / 500 GB"


@pytest.mark.usefixtures("qapp")
def test_resources_in_no_vault_are_unprotected(workspace: Workspace) -> None:
    page = ResourcesPage(workspace, Times(workspace.clock))
    page.catch_up()
    row = next(r for r in page.model.shown_rows() if r.resource.name == "vol-scsi-01")
    texts = {c.key: c.text(row) for c in page.model.columns}
    assert texts["vault"] == texts["state"] == "Unprotected"
    assert texts["verdict"] == "Cannot: SCSI disks cannot be backed up"


@pytest.mark.usefixtures("qapp")
def test_a_checkpoint_of_resources_is_of_the_vault_of_the_cursor(workspace: Workspace) -> None:
    page = ResourcesPage(workspace, Times(workspace.clock))
    page.catch_up()
    remarks: list[str] = []
    page.remarked.connect(remarks.append)
    page.view.selectAll()
    first = next(p for p in range(page.model.rowCount()) if page.model.row_at(p).resource.name == "7669-01")
    page.view.selectionModel().setCurrentIndex(
        page.model.index(first, 0), page.view.selectionModel().SelectionFlag.NoUpdate
    )
    vault_id, resource_ids = page.target()
    assert vault_id == estate.uid(3)
    assert len(resource_ids) == 3
    assert remarks == ["A checkpoint is of one vault: 54 selected resources outside vault-7669 left out."]


@pytest.mark.usefixtures("qapp")
def test_a_checkpoint_of_resources_is_of_a_vault_that_is_selected_when_the_cursor_is_in_none(
    workspace: Workspace,
) -> None:
    page = ResourcesPage(workspace, Times(workspace.clock))
    page.catch_up()
    page.view.selectAll()
    free = next(p for p in range(page.model.rowCount()) if page.model.row_at(p).vault is None)
    page.view.selectionModel().setCurrentIndex(
        page.model.index(free, 0), page.view.selectionModel().SelectionFlag.NoUpdate
    )
    vault_id, resource_ids = page.target()
    assert vault_id is not None and resource_ids
    assert "A checkpoint is of one vault:" in page.target_words()


def test_of_several_selected_vaults_the_one_of_the_cursor_is_taken_and_that_is_said(
    page: VaultsPage,
) -> None:
    page.view.selectAll()
    row = page.view.current_row()
    assert row is not None
    count = len(page.view.selected_rows())
    assert page.target()[0] == row.id
    assert page.target_words() == (
        f"{count} vaults are selected; a checkpoint is of one vault: this form is for {quoted(row.name)}."
    )


@pytest.mark.usefixtures("qapp")
def test_tasks_tell_how_they_stand(workspace: Workspace) -> None:
    page = TasksPage(workspace, Times(workspace.clock))
    page.catch_up()
    rows = list(page.model.shown_rows())
    texts = [{c.key: c.text(row) for c in page.model.columns} for row in rows]
    assert texts[0]["state"] == "Running"
    assert texts[0]["progress"] == "62 %"
    assert texts[0]["ended"] == "running for 2 min"
    failed = next(t for t in texts if t["code"] == "6113")
    assert failed["state"] == "Failed"
    assert failed["ended"].endswith("took 4 min")
    assert [text["state"] for text in texts].count("pondering (unknown to this version)") == 1
