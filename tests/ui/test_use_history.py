"""How full a vault was, day by day, and what its enterprise project is called: what the details have read of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.enterprise_project import EnterpriseProject
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import VaultUse
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.ui.vaults.use_history import use_history
from cbr_desktop.workflows.ledger import Part
from tests.ui import estate

DAY = estate.NOW.date()


def use(day: int, used_gb: float, vault: str = estate.uid(3)) -> VaultUse:
    return VaultUse(VaultId(vault), DAY - timedelta(days=day), used_gb * 1024, 40)


def test_nothing_is_made_up_for_a_day_that_is_not_known() -> None:
    history = use_history([use(3, 20), use(1, 50), use(0, 10)])
    assert history is not None
    assert history.percents == (50.0, None, 125.0, 25.0)
    assert history.words == "Use: 50 % on 2026-08-19, 25 % on 2026-08-22, at most 125 %"
    assert use_history([use(0, 20)]) is None
    assert use_history([]) is None


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    known = replace(estate.profile(), cbr_endpoint="https://cbr.cn-north-4.myhuaweicloud.com")
    made = MainWindow(estate.workspace(profiles=[known]))
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.resize(1280, 800)
    made.show()
    made.build_deferred_widgets()
    made.show_details(True)
    return made


def test_the_details_of_a_vault_show_its_history_and_those_of_another_do_not(
    window: MainWindow, run: Any, until: Callable[..., Any]
) -> None:
    cast(Any, window._workspace.contexts[0].refresh).uses = [use(1, 20), use(0, 30)]
    window.deferred_widgets.details.build()
    page, history = window.current_page(), window.deferred_widgets.details.history

    async def story() -> None:
        page.view.select_id(estate.uid(3))
        await until(history.isVisible)
        assert history.accessibleName() == "Use: 50 % on 2026-08-21, 75 % on 2026-08-22, at most 75 %"
        page.view.select_id(estate.uid(1))
        assert not history.isVisible()
        page.view.select_id(estate.uid(3))
        await until(history.isVisible)
        window.show_page("Tasks").view.selectRow(0)
        assert not history.isVisible()

    run(story())


def test_the_list_that_names_an_enterprise_project_is_read_once_somebody_looks_at_a_vault_in_one(
    window: MainWindow, run: Any, until: Callable[..., Any]
) -> None:
    context = window._workspace.contexts[0]
    wishes, ledger = cast(Any, context.refresh), context.ledger
    names = frozenset({Part.ENTERPRISE_PROJECTS})
    id, other = VaultId(estate.uid(3)), estate.uid(1)
    rows = [replace(v, enterprise_project_id=estate.uid(601)) if v.id == id else v for v in ledger.vaults.values()]
    ledger.put_vaults(Listing(rows, estate.NOW))
    page = window.current_page()

    async def story() -> None:
        page.view.select_id(other)
        await until(lambda: any(each.enterprise_project_id != "0" for each in page.known_rows))
        assert names not in wishes.needed
        page.view.select_id(id)
        await until(lambda: names in wishes.needed)
        assert shown_project() == estate.uid(601)
        ledger.put_enterprise_projects(Listing([EnterpriseProject(estate.uid(601), "databases")], estate.NOW))
        await until(lambda: shown_project() == "databases")
        page.view.select_id(other)
        page.view.select_id(id)
        assert wishes.needed.count(names) == 1

    def shown_project() -> str:
        sheet = window.deferred_widgets.details._sheet
        return dict(sheet.facts)["Enterprise project"] if sheet is not None else ""

    run(story())
